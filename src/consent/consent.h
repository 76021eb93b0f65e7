/* SPDX-License-Identifier: Apache-2.0
 *
 * consent - may this actor use this purpose for these classes of this person's data, now? The decision is a pure
 * function of its arguments: no files, no clock, no keys. Its whole test is a table of cases
 * (tests/unit/consent/decide.cases). Two calls of this header read files: consent_form_load and consent_texts_load.
 *
 * A person's choices are CONSENT records in their own compartment, one per decision and purpose; each is a
 * `struct consent_grant` in canonical JSON (docs/formats/consent.md). Saying yes makes one, taking it back makes
 * another. Saying no makes nothing at all: there is no value here that could hold a refusal (docs/never.md N9).
 *
 *     consent_decide(grants, count, &ask)  ->  {allowed, classes, reason, grant}
 *
 * The newest grant of a purpose (largest seq) decides alone: an expired or withdrawn one never lets an older one
 * answer. Classes only ever narrow: role table x purpose table (base/ids.h) x what the grant chose x what was asked.
 *
 * The second half reads consent forms (folder forms/), which are data: one file per language, all languages or none. */
#ifndef SALVE_CONSENT_CONSENT_H
#define SALVE_CONSENT_CONSENT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"

/* --- who may use which purpose, and how long -------------------------------------------------------------------- */

/* Which role may open what is in may.h. Statistics has no row there: its only reader is the release job, which sees the
 * STAT class through consent_stands. */
#define CONSENT_CLASSES_ALL (((class_mask)1 << (CLASS_LAST + 1)) - 2)

/* clang-format off */
/*    purpose     days_max  may choose SENS  why this long. 0: no end of its own.
 * The maximum is compiled in: a site may set less, never more. */
#define CONSENT_TERMS(X)                                                                                               \
    X(CARE,       1827, true,  "five years without a new visit close it; the person must be present at each use")      \
    X(FOLLOW_UP,   180, false, "until the results are closed, at most half a year")                                    \
    X(STATISTICS, 1827, false, "five years or the next check")                                                         \
    X(RESEARCH,    731, false, "two years")                                                                            \
    X(TRANSFER,      7, true,  "one use within a week")                                                                \
    X(SELF,          0, true,  "a right, not a permission: it needs no grant and has no end")                          \
    X(HELPER,      366, false, "a helper is asked about again every year; never the sensitive class")                  \
    X(LETTER,       90, false, "the person's own results with the code of their letter; as long as a letter is of use")
/* clang-format on */

enum { CONSENT_GRACE_DAYS = 90 }; /* after a new major version of a form: time to ask everybody again */

/* The reminder of the next check has a tick of its own in the form of follow-up, from version 1.1 on. It delivers who
 * the person is and their telephone (identity) and nothing else, in this time around the date of the check. */
enum {
    CONSENT_REMIND_BEFORE_DAYS = 14, /* project choice */
    CONSENT_REMIND_AFTER_DAYS = 60,
    CONSENT_REMIND_DAYS_MAX = 430 /* after the yes */
};

/* consent_role_classes - what the role may see through the purpose (may.h, ACT_OPEN); 0: nothing. */
class_mask consent_role_classes(enum role role, enum purpose purpose);

/* consent_is_asked - people agree to it; the others, SELF and LETTER, are their own right. */
bool consent_is_asked(enum purpose purpose);

/* consent_days_max - the compiled-in maximum; 0: none. */
int32_t consent_days_max(enum purpose purpose);

/* consent_may_add_sensitive - may a person add what is kept apart, with a yes of its own? */
bool consent_may_add_sensitive(enum purpose purpose);

/* --- one decision of a person ------------------------------------------------------------------------------------ */

/* clang-format off */
/*    name         text         what */
#define CONSENT_STATES(X)                                                                                              \
    X(GIVEN,       "given",     "the person said yes")                                                                 \
    X(WITHDRAWN,   "withdrawn", "the person took it back")                                                             \
    X(USED,        "used",      "a one-time permission that has been used (transfer)")
/* clang-format on */

/* clang-format off */
/*    name         text           how it was given. Never a fingerprint, never a picture of a signature */
#define CONSENT_METHODS(X)                                                                                             \
    X(SIGNED,      "signed",      "on paper, kept by the person")                                                      \
    X(PIN,         "pin",         "with their PIN or passphrase")                                                      \
    X(CARD,        "card",        "with their card")                                                                   \
    X(SPOKEN,      "spoken",      "a spoken yes, noted by an independent witness")
/* clang-format on */

/* clang-format off */
/*    name         text           who stood by */
#define CONSENT_WITNESSES(X)                                                                                           \
    X(NONE,        "none",        "nobody was needed")                                                                 \
    X(INDEPENDENT, "independent", "somebody who does not work for the programme")                                      \
    X(INTERPRETER, "interpreter", "an interpreter, who does not work for the programme")
/* clang-format on */

/* clang-format off */
/*    name         text           how reading back went */
#define CONSENT_TEACH_BACKS(X)                                                                                         \
    X(DONE,        "done",        "the person said in own words what happens, after one or two rounds")                \
    X(NOT_DONE,    "not-done",    "not asked, or not yet understood: the purpose stays off")
/* clang-format on */

/* clang-format off */
/*    name         text           who decided */
#define CONSENT_DECIDERS(X)                                                                                            \
    X(PARTICIPANT, "participant", "the person")                                                                        \
    X(GUARDIAN,    "guardian",    "a guardian, for a child; ends at majority")
/* clang-format on */

/* clang-format off */
/*    name         text           the child's own word, beside a guardian's permission */
#define CONSENT_ASSENTS(X)                                                                                             \
    X(NONE,        "none",        "not a child")                                                                       \
    X(GIVEN,       "given",       "the child agrees")                                                                  \
    X(NOT_ABLE,    "not-able",    "too young or not able to say")                                                      \
    X(DISSENT,     "dissent",     "the child does not want it: that decides; never stored, always refused")
/* clang-format on */

#define X(name, text, what) CONSENT_##name,
enum consent_state { CONSENT_STATES(X) CONSENT_STATE_COUNT };
#undef X
#define X(name, text, what) CONSENT_BY_##name,
enum consent_decider { CONSENT_DECIDERS(X) CONSENT_DECIDER_COUNT };
#undef X
#define X(name, text, what) CONSENT_METHOD_##name,
enum consent_method { CONSENT_METHODS(X) CONSENT_METHOD_COUNT };
#undef X
#define X(name, text, what) CONSENT_WITNESS_##name,
enum consent_witness { CONSENT_WITNESSES(X) CONSENT_WITNESS_COUNT };
#undef X
#define X(name, text, what) CONSENT_TEACH_BACK_##name,
enum consent_teach_back { CONSENT_TEACH_BACKS(X) CONSENT_TEACH_BACK_COUNT };
#undef X
#define X(name, text, what) CONSENT_ASSENT_##name,
enum consent_assent { CONSENT_ASSENTS(X) CONSENT_ASSENT_COUNT };
#undef X

/* The text of a list as its value; false for any other text. */
bool consent_method_find(struct str text, enum consent_method *out);
bool consent_assent_find(struct str text, enum consent_assent *out);

enum { CONSENT_SHA256_BYTES = 32 };

/* Which words the person heard. Texts view what the grant was read from. */
struct consent_form_ref {
    struct str id;                        /* "statistics" */
    uint32_t major, minor;                /* 3, 1 */
    struct str lang;                      /* BCP 47: "ar" */
    uint8_t sha256[CONSENT_SHA256_BYTES]; /* of the form file's bytes */
    struct str text;                      /* those bytes, where a decision is made; no part of what is stored */
};

struct consent_grant {
    uint64_t seq; /* number of the CONSENT record; set by records, not part of the JSON */
    enum consent_state state;
    enum purpose purpose;
    class_mask classes;       /* chosen classes; 0 in WITHDRAWN and USED */
    int64_t at_unix_s;        /* whole minutes */
    int64_t not_after_unix_s; /* first second at which it no longer holds; 0 only if the purpose has no end */
    struct consent_form_ref form;
    enum consent_method method;
    enum consent_witness witness;
    enum consent_teach_back teach_back;
    uint32_t teach_back_rounds; /* 1 or 2 when done */
    enum consent_decider by;
    enum consent_assent assent; /* NONE unless by guardian */
    int64_t majority_unix_s;    /* by guardian: the day the child comes of age; else 0 */
    struct str to;              /* helper: their pseudonym; transfer: the provider; else empty */
    struct str taken_by;        /* staff pseudonym who took it down; empty: the person alone */
    struct str agreed_on;       /* on paper: the date that stands on it, from which it counts; empty: `at` */
    struct str of_age_by;       /* clinician who states that the person is old enough to decide alone; else empty */
    struct str remind_on;       /* follow-up: the day of the next check, before which they are called; else empty */
};

/* --- the decision ------------------------------------------------------------------------------------------------ */

/* clang-format off */
/*    name          text            allowed  shown as        words for the person's own view
 * "shown as" is what staff, API and printouts may see: never asked, withdrawn, expired, dissented... are one and the
 * same there (N17). Only the participant's own view may show `text` and the words. */
#define CONSENT_REASONS(X)                                                                                             \
    X(ALLOWED,      "allowed",       true,  "allowed",    "you agreed to this")                                        \
    X(OWN_RECORD,   "own-record",    true,  "allowed",    "this is your own record")                                   \
    X(NO_GRANT,     "no-grant",      false, "not-open",   "you have not agreed to this")                               \
    X(WITHDRAWN,    "withdrawn",     false, "not-open",   "you took your agreement back")                              \
    X(EXPIRED,      "expired",       false, "not-open",   "your agreement has ended")                                  \
    X(USED,         "used",          false, "not-open",   "this one-time agreement has been used")                     \
    X(NOT_YET,      "not-yet",       false, "not-open",   "this agreement is dated in the future")                     \
    X(DISSENT,      "dissent",       false, "not-open",   "the child does not want this, and that decides")            \
    X(NO_ASSENT,    "no-assent",     false, "not-open",   "the child was not asked")                                   \
    X(OF_AGE,       "of-age",        false, "not-open",   "you are of age now and decide yourself")                    \
    X(FORM_OLD,     "form-old",      false, "not-open",   "the form has changed; please look at it again")             \
    X(NOT_READ_BACK,"not-read-back", false, "not-open",   "the form was not gone through together")                    \
    X(NOT_THIS_ONE, "not-this-one",  false, "not-open",   "you agreed to this for somebody else")                      \
    X(CLASS,        "class",         false, "not-open",   "you did not agree to this kind of data")                    \
    X(INVALID,      "invalid",       false, "not-open",   "the stored agreement is not complete")                      \
    X(ABSENT,       "absent",        false, "be-present", "this opens only while you are present")                     \
    X(ROLE,         "role",          false, "role",       "nobody with this role may use this")
/* clang-format on */

#define X(name, text, allowed, shown, words) CONSENT_REASON_##name,
enum consent_reason { CONSENT_REASONS(X) CONSENT_REASON_COUNT };
#undef X

/* The columns of a row, for tests. */
const char *consent_reason_text(enum consent_reason reason);
const char *consent_reason_shown(enum consent_reason reason);
const char *consent_reason_words(enum consent_reason reason);

/* The form major now in force for each purpose, and since when; 0 major: nothing is known, no grace is applied. */
struct consent_forms_now {
    struct {
        uint32_t major;
        int64_t since_unix_s;
    } of[PURPOSE_LAST + 1];
};

struct consent_ask {
    struct actor actor;
    enum purpose purpose;
    class_mask classes;                    /* wanted; must not be 0 */
    int64_t now_unix_s;                    /* from a clock guarded against being set back */
    bool is_present;                       /* the person is here: card shown or PIN entered at this visit */
    bool is_reminder;                      /* FOLLOW_UP, to call the person before the next check: identity alone */
    const struct consent_forms_now *forms; /* NULL: no grace rule */
};

struct consent_decision {
    bool allowed;
    enum consent_reason reason;
    class_mask classes;                /* exactly what was asked if allowed, else 0 */
    const struct consent_grant *grant; /* the one that decided; NULL for own record, no grant, role */
};

/* consent_decide - the decision. Grants may come in any order; `seq` orders them. Never fails. */
struct consent_decision consent_decide(const struct consent_grant *grants, size_t count, const struct consent_ask *ask);

/* consent_stands - whether a purpose is on at all, without an actor: for making wraps (keys), for writing the
 * statistics projection, and for the release job. `classes` of the result are those that a wrap may deliver. Presence
 * and role are not looked at. */
struct consent_decision consent_stands(const struct consent_grant *grants, size_t count, enum purpose purpose,
                                       int64_t now_unix_s, const struct consent_forms_now *forms);

/* consent_reminds - whether the person is to be called before their next check: the newest decision on follow-up has
 * the tick, and its time is not over. `classes` is identity alone. The time of results may be over by then.
 * consent_remind_end - the first second at which that no longer holds; 0: no tick.
 * consent_remind_days_max - the latest day of a next check that can be reminded of, in days after the yes. */
struct consent_decision consent_reminds(const struct consent_grant *grants, size_t count, int64_t now_unix_s,
                                        const struct consent_forms_now *forms);
int64_t consent_remind_end(const struct consent_grant *grant);
int32_t consent_remind_days_max(void);

/* --- making a decision ------------------------------------------------------------------------------------------- */

/* Ages are a jurisdiction's, in whole years; the defaults are offered, to be confirmed locally. */
struct consent_ages {
    int32_t assent_years;      /* 7: from here on the child is asked */
    int32_t own_consent_years; /* 16: from here on the young person decides alone */
    int32_t majority_years;    /* 18 */
};
/* For tests: 7, 16, 18. A site has its own in its settings. */
struct consent_ages consent_ages_default(void);

/* consent_age_years - whole years at `at`; -1 if born later. Born on 29 February: a year older on 1 March.
 * consent_majority - the first second of the day on which the person comes of age. */
int32_t consent_age_years(int64_t born_unix_s, int64_t at_unix_s);
int64_t consent_majority(int64_t born_unix_s, const struct consent_ages *ages);

/* The days on which somebody may have been born. Where the birth date is a month, a year or not known, an age is judged
 * by the youngest that it allows; only whether a child is asked goes by the oldest. */
struct consent_birth {
    int64_t earliest_unix_s; /* INT64_MIN: any */
    int64_t latest_unix_s;
};
/* consent_birth_read - of a FHIR date; at: nobody is born later. Text that is no date: nothing is known. */
struct consent_birth consent_birth_read(struct str text, int64_t at_unix_s);
struct consent_birth consent_birth_of_day(int64_t unix_s);
int32_t consent_age_youngest(const struct consent_birth *birth, int64_t at_unix_s);
int32_t consent_age_oldest(const struct consent_birth *birth, int64_t at_unix_s);

/* consent_agreed_unix_s - when the person said yes: the day of agreed_on, or `at`. A date that is none, or is later
 * than `at`, gives `at`; consent_check refuses such a grant. */
int64_t consent_agreed_unix_s(const struct consent_grant *grant);

/* consent_end - when a grant given at `at` ends: the smallest of the compiled maximum, `days` (0: not set by the
 * site) and majority (0: not by a guardian). 0: no end. */
int64_t consent_end(enum purpose purpose, int64_t at_unix_s, int32_t days, int64_t majority_unix_s);

/* consent_check - may this grant be stored? The rules of 2.1-2.6 at the moment of giving. Who may be a child by the
 * birth date needs a guardian, or a clinician who states that they are old enough (of_age_by).
 *   errors        E_CONSENT  the child dissents, did not assent, has no guardian, or the reading back was not done:
 *                            store nothing
 *                 E_INVALID  names the element: "Consent.not_after", "Consent.witness" ... with the rule */
SALVE_MUST_USE enum salve_code consent_check(const struct consent_grant *grant, const struct consent_birth *birth,
                                             const struct consent_ages *ages, struct salve_err *err);

/* consent_withdrawal - the object that takes `grant` back, in *out: same purpose and form, no proof of anything asked
 * for. It is by the participant; a guardian who takes back sets out->by before consent_check. */
void consent_withdrawal(const struct consent_grant *grant, int64_t at_unix_s, struct str taken_by,
                        struct consent_grant *out);

/* consent_write - the grant as canonical JSON (RFC 8785), what a CONSENT record holds. E_MEMORY.
 * consent_read - the reverse; texts in mem. Unknown members are errors. E_SYNTAX, E_INVALID, E_UNKNOWN_NAME. */
SALVE_MUST_USE enum salve_code consent_write(const struct consent_grant *grant, struct arena *mem, struct str *json,
                                             struct salve_err *err);
SALVE_MUST_USE enum salve_code consent_read(struct str json, struct arena *mem, struct consent_grant *out,
                                            struct salve_err *err);

/* What the FHIR view of a grant names besides the grant itself. */
struct consent_fhir_names {
    struct str id;                    /* of the Consent */
    struct str patient, organization; /* references, such as "Patient/abc.1"; organization may be empty */
    struct str form_base;             /* canonical base of form URIs, such as "https://example.org/forms" */
};

/* consent_fhir - the grant as a FHIR R4 Consent (docs/formats/consent.md), for `take` and the API. Its status is active
 * if the grant stands at now_unix_s, else inactive; `rejected` cannot be made. */
SALVE_MUST_USE enum salve_code consent_fhir(const struct consent_grant *grant, const struct consent_fhir_names *names,
                                            int64_t now_unix_s, struct arena *mem, struct str *json,
                                            struct salve_err *err);

/* --- forms ------------------------------------------------------------------------------------------------------- */

/* clang-format off */
/*    name       what the section answers; all five are needed, in this order */
#define CONSENT_SECTIONS(X)                                                                                            \
    X(what,      "what happens with my data")                                                                          \
    X(who,       "who sees it")                                                                                        \
    X(how_long,  "for how long")                                                                                       \
    X(if_no,     "what if I say no: nothing changes for the check")                                                    \
    X(withdraw,  "how I take it back")
/* clang-format on */

enum {
    CONSENT_SECTION_COUNT = 5,
    CONSENT_READ_BACKS_MIN = 3,
    CONSENT_READ_BACKS_MAX = 5,
    CONSENT_FORM_WORDS_MAX = 400,
    CONSENT_POINTS_MAX = 6,
};

struct consent_read_back {
    struct str ask;     /* the question, to be answered in own words */
    struct str *points; /* what a right answer holds; shown to staff, never stored with an answer */
    size_t point_count;
};

struct consent_section {
    struct str id, heading, text;
};

/* The question of its own about a reminder, in a form of follow-up; texts empty: the form has none. */
struct consent_reminder {
    struct str heading, text; /* asked before the date is known: {date} stands in neither */
    struct str yes;           /* what the person agrees to */
};

struct consent_form {
    struct consent_form_ref ref; /* sha256 is zero: the caller hashes `bytes` */
    enum purpose purpose;
    struct str title;
    struct consent_section sections[CONSENT_SECTION_COUNT];
    struct consent_read_back read_back[CONSENT_READ_BACKS_MAX];
    size_t read_back_count;
    struct str yes; /* the sentence the person agrees to */
    struct consent_reminder reminder;
    int32_t days;         /* how long it holds; at most the compiled maximum */
    struct str dpia;      /* reference of the impact assessment */
    double grade;         /* reading grade as declared; English only is recomputed */
    struct str in_force;  /* date from which this version is used */
    struct str changes;   /* what changed since the major before; empty for the first */
    struct str direction; /* "ltr" or "rtl" */
    uint32_t words;       /* counted, title to yes */
    struct str bytes;     /* the file's bytes: what is hashed and signed for */
};

/* consent_form_parse - one file's text, checked: every element there, one purpose, nothing ticked in advance, at most
 * 400 words, English grade as computed. Texts live in mem.
 *   name     for messages: "forms/statistics/1.0/form.ar.json"
 *   errors   E_TOO_BIG, E_SYNTAX, E_INVALID, E_UNKNOWN_NAME, each "file: element" with the rule */
SALVE_MUST_USE enum salve_code consent_form_parse(struct str text, const char *name, struct arena *mem,
                                                  struct consent_form *out, struct salve_err *err);

/* All languages of one version. */
struct consent_form_set {
    struct consent_form *forms; /* sorted by language */
    size_t count;
};

/* consent_form_load - every language of forms/<purpose>/<major.minor>, from folder `forms`.
 *   version   "1.0"; STR_NONE: the newest (by number)
 *   langs     languages that the site offers; a missing one makes the whole version unusable: E_CONFIG names it
 *   errors    E_NOT_FOUND, E_CONFIG (missing language; languages that differ in purpose, version, days, dpia, the
 *   number
 *             of questions or of points), those of consent_form_parse */
SALVE_MUST_USE enum salve_code consent_form_load(const char *forms, enum purpose purpose, struct str version,
                                                 const struct str *langs, size_t lang_count, struct arena *mem,
                                                 struct consent_form_set *out, struct salve_err *err);

/* consent_version_read - "3.1": major from 1, no leading zeros; false for any other text. */
bool consent_version_read(struct str text, uint32_t *major, uint32_t *minor);

/* consent_form_in - the form in language `lang` of a set; NULL if there is none. */
const struct consent_form *consent_form_in(const struct consent_form_set *set, struct str lang);

/* consent_form_grade - reading grade of English text (Flesch-Kincaid; docs/formats/forms.md has the counting rules).
 * consent_word_count - words between white space that hold a letter or a digit, in any script. */
double consent_form_grade(struct str english);
uint32_t consent_word_count(struct str text);

/* --- words on receipts ------------------------------------------------------------------------------------------- */

/* consent_texts_load - forms/receipts/<lang>.json: withdrawal and erasure receipts, paper mode. */
struct consent_texts {
    struct {
        struct str id, title, body; /* body may hold {placeholders} that its file's "fields" lists */
        struct str *fields;
        size_t field_count;
    } * items;
    size_t count;
    struct str lang, direction;
    struct str bytes; /* the file's bytes */
};
SALVE_MUST_USE enum salve_code consent_texts_load(const char *forms, struct str lang, struct arena *mem,
                                                  struct consent_texts *out, struct salve_err *err);

/* consent_texts_fill - body of item `id` with {name} replaced by values[i] where fields[i] == name, in mem.
 *   errors   E_NOT_FOUND (no such item), E_INVALID (a field without value or the other way round) */
struct consent_field {
    struct str name, value;
};
SALVE_MUST_USE enum salve_code consent_texts_fill(const struct consent_texts *texts, struct str id,
                                                  const struct consent_field *values, size_t count, struct arena *mem,
                                                  struct str *title, struct str *body, struct salve_err *err);

#endif
