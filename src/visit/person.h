/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/person - one person as a station sees them: who it is, what was measured today and before, what is open about
 * them, and the findings with what was said of them. All texts are copies in visit->mem. */
#ifndef SALVE_VISIT_PERSON_H
#define SALVE_VISIT_PERSON_H

#include "records/worklist.h"
#include "screen/told.h"
#include "visit/measure.h"
#include "visit/visit.h"

/* A measurement or an answer that stands, in the words in which a station types it; ranges are not set. */
struct visit_past {
    struct visit_reading reading;
    struct str at;         /* as the record has it, a date or an instant */
    int64_t order_unix_ms; /* of `at`, for sorting */
};

/* The same number as it was signed at an earlier day. */
struct visit_earlier {
    struct str date; /* of the check, ISO, on the site's day */
    struct str value, value2;
};

/* A finding that needs an outcome, or is one of a list. */
struct visit_shown {
    struct finding finding;
    struct str id; /* of the Observation that keeps it; empty: it is not kept */
    struct screen_told told;
    /* The rest is set by visit_findings. */
    bool is_withheld;                    /* it stands in no letter before the person was told in person (release.h) */
    bool is_stale;                       /* it rests on something that was taken back or changed since */
    struct str date;                     /* of the check, ISO, on the site's day */
    const struct visit_earlier *earlier; /* of the same item in the same unit, the oldest first */
    size_t earlier_count;
};

/* That something was noted: a code of LOINC, of a question, or the id of a form that was answered. */
struct visit_noted {
    struct str what;
    int64_t day; /* the newest, of the site (zone.h) */
};

/* A test that a sample was drawn for. */
struct visit_drawn {
    struct str code;  /* of LOINC */
    struct str label; /* of its tube (order.h) */
    int64_t day;      /* of the site (zone.h) */
};

struct visit_facts {
    struct str name;                 /* as it may be printed; empty: none is recorded */
    struct str birth_date;           /* of any precision; empty: not known */
    struct str sex;                  /* "female", "male"; empty: not recorded */
    int32_t age_years;               /* on the site's day; -1: the birth date does not say */
    struct visit_past *today, *last; /* last: of earlier days, the newest a word. Both the newest first */
    size_t today_count, last_count;
    struct visit_noted *noted; /* sorted by what, each once: whatever stands, also what no station types */
    size_t noted_count;
    struct visit_drawn *drawn; /* oldest first, also those whose result came */
    size_t drawn_count;
    int64_t day; /* the site's, now (zone.h) */
    struct work open;
    struct visit_shown *urgent; /* alarms that nobody was told of, the most urgent first */
    size_t urgent_count;
};

/* visit_person_read - E_NOT_FOUND: there is no Patient; those of rec_open. */
SALVE_MUST_USE enum salve_code visit_person_read(const struct visit *visit, struct str card, struct visit_facts *out,
                                                 struct salve_err *err);

/* visit_untold - the alarms of the person that nobody was told of, alone; and what is open. */
SALVE_MUST_USE enum salve_code visit_untold(const struct visit *visit, struct str card, struct visit_facts *out,
                                            struct salve_err *err);

/* The findings as they are kept, the most urgent first. */
struct visit_findings {
    struct visit_shown *drafts, *signed_ones; /* signed: of the newest signing */
    size_t draft_count, signed_count;
    struct str signed_by, signed_at; /* the printed name; empty: nothing is signed */
    enum screen_age age;             /* of the drafts where there are some, else of what is signed */
    bool has_unjudged;               /* what is kept apart came after the last run of somebody who may see it */
};
SALVE_MUST_USE enum salve_code visit_findings(const struct visit *visit, struct str card, struct visit_findings *out,
                                              struct salve_err *err);

/* What a finding says to people, in the first of the languages that its guideline has, as one speaks to a person of
 * that sex; parts may be empty. */
struct visit_said_words {
    const struct guideline *guideline; /* NULL: there are no words */
    struct str language;
    struct str name, headline, meaning, action, when, excluded, meanwhile;
};
void visit_finding_words(const struct visit_content *content, const struct str *languages, size_t count, struct str sex,
                         const struct finding *finding, struct arena *mem, struct visit_said_words *out);

#endif
