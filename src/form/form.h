/* SPDX-License-Identifier: Apache-2.0
 *
 * form - forms with questions: a FHIR R4 Questionnaire with extensions of SDC, read, checked and compiled once; then
 * asked what it looks like in a language, what its first answers are, and what becomes of answers. The page runs the
 * same programs (form_write), and what it reckoned is never taken: form_reckon does it again.
 *
 *     code = form_read(json, rules, mem, &form, err);            // E_INVALID, E_UNSUPPORTED: err names what
 *     form_write(form, STR("ar"), NULL, &w);                     // FORM of docs/formats/questionnaires.md
 *     struct form_ask ask = {.answers = answers, .count = n, .today = STR("2026-11-30")};
 *     code = form_reckon(form, &ask, mem, &reckoned, err);
 *     if (reckoned.fault_count > 0) ...                             // what cannot be kept, and why
 *     for each reckoned.kept[i] ...                                 // the answers to keep, calculated ones too
 *
 * A form is immutable after reading; threads may share it. No I/O, no clock.
 * Sources: FHIR R4 Questionnaire; SDC 3.0 and 4.0; FHIRPath 2.0.0. */
#ifndef SALVE_FORM_FORM_H
#define SALVE_FORM_FORM_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "fhir/tape.h"

struct admit_rules;
struct json_writer;
struct form; /* compiled, opaque */

enum { FORM_DEPTH_MAX = 8 };

enum form_kind {
#define FORM_KIND(id, text, answers) FORM_##id,
#include "form/form_kinds.def"
#undef FORM_KIND
};

enum form_why {
#define FORM_FAULT(id, text, what) FORM_WHY_##id,
#include "form/form_faults.def"
#undef FORM_FAULT
};
struct str form_why_text(enum form_why why); /* "range"; static */

/* form_read - a Questionnaire from its JSON text.
 *   rules    codes have to be ones that observations are admitted under; NULL: any code will do
 *   errors   E_SYNTAX, E_TOO_BIG, E_TOO_DEEP; E_INVALID: it is no Questionnaire of R4, or breaks a rule of
 *            docs/formats/questionnaires.md; E_UNSUPPORTED: an element, type or extension that forms do not have;
 *            E_UNKNOWN_NAME, E_TYPE: of an expression. err has the item (by linkId) and what of it */
SALVE_MUST_USE enum salve_code form_read(struct str json, const struct admit_rules *rules, struct arena *mem,
                                         struct form **out, struct salve_err *err);

struct str form_id(const struct form *form);      /* "phq-9" */
struct str form_version(const struct form *form); /* "1.0.0" */
struct str form_title(const struct form *form, struct str language);
size_t form_item_count(const struct form *form);

/* form_language - the next language of the words; STR_NONE: no more. *at starts at 0. */
struct str form_language(const struct form *form, size_t *at);

/* form_write - the object FORM as an item or value of w (docs/formats/questionnaires.md). A language that the form does
 * not have is English. */
void form_write(const struct form *form, struct str language, const char *name, struct json_writer *w);

/* Answers to one item, or to one instance of it. */
struct form_answer {
    struct str link;
    uint32_t in[FORM_DEPTH_MAX]; /* numbers of the repeating groups around it, outermost first */
    size_t in_count;
    const struct str *values; /* as texts, by the kind of the item */
    size_t value_count;
};

/* form_answer_read - one answer of JSON text that was read: {"link","in","values"}; texts are views of it. E_INVALID
 * names the member. form_answers_read - an array of them; the first error is told, and *out has all that could be
 * read. */
struct json;
enum { FORM_ANSWERS_MAX = 2000, FORM_VALUES_MAX = 100 };
SALVE_MUST_USE enum salve_code form_answer_read(const struct json *json, struct arena *mem, struct form_answer *out,
                                                struct salve_err *err);
SALVE_MUST_USE enum salve_code form_answers_read(const struct json *json, struct arena *mem, struct form_answer **out,
                                                 size_t *count, struct salve_err *err);

/* form_first - the first answers: of `initial`, of initialExpression over the Patient, and of the newest Observation
 * with the item's code in its observationLinkPeriod.
 *   patient, observations   tapes of the record; patient may be NULL
 *   now_unix_ms             the moment from which periods count back
 *   errors                  E_MEMORY. An expression that ends in an error gives no answer */
struct form_first_ask {
    const struct tape *patient;
    const struct tape *observations;
    size_t observation_count;
    int64_t now_unix_ms;
};
SALVE_MUST_USE enum salve_code form_first(const struct form *form, const struct form_first_ask *ask, struct arena *mem,
                                          struct form_answer **out, size_t *count, struct salve_err *err);

/* What cannot be kept. */
struct form_fault {
    enum form_why why;
    size_t answer; /* of ask.answers; SIZE_MAX: none of them */
    size_t which;  /* of its values */
    struct str link;
    uint32_t in[FORM_DEPTH_MAX];
    size_t in_count;
    struct str say; /* of a check: its words in the language of the ask; else STR_NONE */
};

/* One answer that is asked and has a place; also one with a fault. */
struct form_kept {
    struct str link, system, code; /* code: STR_NONE where the answer is not kept */
    enum form_kind kind;
    uint32_t in[FORM_DEPTH_MAX];
    size_t in_count;
    size_t answer, which; /* of the ask; SIZE_MAX: it is calculated */
    struct str value;     /* number, date, text, "true", "false"; of a choice what the option's value is */
    struct str unit;      /* UCUM, of a quantity */
};

struct form_reckoned {
    struct form_fault *faults;
    size_t fault_count;
    struct form_kept *kept; /* in the order of the form */
    size_t kept_count;
    size_t unasked_count;     /* answers of the ask to items that are not asked: they are not among `kept` */
    struct form_state *state; /* for what is written of it; there are nodes in it as soon as answers were read */
};

struct form_ask {
    const struct form_answer *answers;
    size_t count;
    struct str today;    /* "2026-11-30" */
    struct str language; /* of what faults say; STR_NONE: English */
};

/* form_reckon - what is asked, what is calculated, what cannot be kept. Faults are no error.
 *   errors   E_MEMORY; E_TOO_BIG: too many groups; E_STEPS: the programs take too long; E_INVALID: today is no date */
SALVE_MUST_USE enum salve_code form_reckon(const struct form *form, const struct form_ask *ask, struct arena *mem,
                                           struct form_reckoned *out, struct salve_err *err);

/* form_state_write - for whoever tries a form: each item that is asked or calculated, as the page would have it:
 * {"asked":[{"link","in"}],"answers":[..],"faults":[..]}. */
void form_state_write(const struct form_reckoned *reckoned, struct json_writer *w);

/* form_faults_write - an array of what cannot be kept. form_answers_write - an array of answers as they are. */
void form_faults_write(const struct form_fault *faults, size_t count, const char *name, struct json_writer *w);
void form_answers_write(const struct form_answer *answers, size_t count, const char *name, struct json_writer *w);

/* form_response_write - the answers as a QuestionnaireResponse, an item or value of w.
 *   wants   which of the questions with a code; NULL: all of them
 *   is_all  to be judged: whatever can be read, asked or not. Else what is asked
 *   false   there is no such answer, and nothing was written */
struct form_response_ask {
    struct str id, status, subject, authored; /* id: STR_NONE, none */
    bool (*wants)(const void *with, struct str system, struct str code);
    const void *with;
    bool is_all;
};
bool form_response_write(const struct form_reckoned *reckoned, const struct form_response_ask *ask,
                         struct json_writer *w);

#endif
