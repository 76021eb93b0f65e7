/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/answers - a form that was filled in (form/form.h) comes into a record. Rules:
 * - Alarms of all that can be read are looked for first, with all that is known about the person: whatever is not
 *   asked, not allowed, missing or unlikely beside it, and whether or not the record opens.
 * - The form is reckoned here again; what the page calculated is not taken.
 * - Of what is asked, the answers to questions with a code are kept: as a QuestionnaireResponse, and as the
 *   Observations that its import makes of it (admit/import.h). What is kept apart stands in a response for each of its
 *   families, so that nothing else is put apart with it. An answer without a code steers the form and is kept nowhere.
 *   Where the person did not agree to keep what is kept apart, it is judged all the same: what it finds is said now.
 * - A number that cannot be right is refused, one that is unlikely is asked about once more (visit/measure.h).
 * - A request that is made again keeps nothing twice; its key stands in the ids of its responses. */
#ifndef SALVE_VISIT_ANSWERS_H
#define SALVE_VISIT_ANSWERS_H

#include "form/form.h"
#include "visit/content.h"
#include "visit/import.h"

/* visit_answers_first - the first answers of a form for the person with that card: of the form, of what is recorded of
 * them, and of what was measured before. Errors as of opening a record. */
SALVE_MUST_USE enum salve_code visit_answers_first(const struct visit *visit, struct str card, const struct form *form,
                                                   struct form_answer **out, size_t *count, struct salve_err *err);

/* visit_populate - the same as a QuestionnaireResponse in progress about the person; one without answers where there
 * are none. */
SALVE_MUST_USE enum salve_code visit_populate(const struct visit *visit, struct str card, const struct form *form,
                                              struct str *json, struct salve_err *err);

/* A number that a person has to confirm. */
struct visit_answer_doubt {
    const struct form_kept *kept;
    struct range_answer range;
    bool is_age_not_known; /* perhaps it is a child's */
};

struct visit_answers_ask {
    const struct form *form;
    const struct form_answer *answers;
    size_t count;
    struct str language;                             /* of what checks say */
    bool (*is_confirmed)(void *with, size_t answer); /* that answer was looked at once more */
    const struct visit_screening *screening;         /* judges the alarms */
    void (*alarms)(void *with, const struct screen_found *findings);
    const struct salve_err *impossible; /* the error of reading the request: alarms are told, then that is the answer */
    struct str key;                     /* of the request: a UUID in lower case; STR_NONE: it is not made again */
    void *with;
};

enum visit_answers_state { VISIT_ANSWERS_STORED, VISIT_ANSWERS_ASKS, VISIT_ANSWERS_REFUSED };

struct visit_answered {
    enum visit_answers_state state;
    const struct form_fault *faults; /* of REFUSED: nothing is kept */
    size_t fault_count;
    struct visit_answer_doubt *doubts; /* of ASKS: nothing is kept */
    size_t doubt_count;
    size_t kept;              /* answers */
    size_t unkept;            /* answers that are kept apart, and that the person did not agree to keep */
    struct screen_found said; /* what these find, with all that is known; as the actor may see it */
    size_t unasked;           /* answers to what is not asked */
    bool was_kept;            /* by the same request, before */
};

/* visit_answers_save - errors: E_CONFLICT: the key is of other answers; those of form_reckon and visit_import. */
SALVE_MUST_USE enum salve_code visit_answers_save(const struct visit *visit, struct str card,
                                                  const struct visit_answers_ask *ask, struct visit_answered *out,
                                                  struct salve_err *err);

/* visit_answers_judge - of a form that is still being filled in: its alarms are told, and nothing else is done. What
 * the record gives by itself is not among them. key, is_confirmed and impossible of the ask are not looked at.
 *   errors   of opening a record, and of form_reckon */
SALVE_MUST_USE enum salve_code visit_answers_judge(const struct visit *visit, struct str card,
                                                   const struct visit_answers_ask *ask, struct salve_err *err);

#endif
