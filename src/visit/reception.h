/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/reception - what is asked at the desk before a person goes to the stations: who decides about their record, and
 * which purposes are switched on. Enrolment and agreements are in enrol.h, taking back in rights.h. */
#ifndef SALVE_VISIT_RECEPTION_H
#define SALVE_VISIT_RECEPTION_H

#include "visit/visit.h"

/* Who may agree, by the birth date and the ages of the site: the person; a guardian for a child; or either, where the
 * date leaves it open (then a clinician states that the person is of age). */
enum visit_decider { VISIT_DECIDES_SELF, VISIT_DECIDES_GUARDIAN, VISIT_DECIDES_EITHER };
const char *visit_decider_text(enum visit_decider who); /* "self", "guardian", "either" */

/* The purposes that are asked about at a visit, in the order of asking. */
enum { VISIT_CHOICES = 4 };

/* One purpose. Off says one thing for never asked, refused, taken back and ended (N17). */
struct visit_choice {
    enum purpose purpose;
    bool is_on;
    bool keeps_apart;      /* with the tick for what is kept apart */
    int64_t until_unix_ms; /* of one that is on; 0: it has no end */
    struct str remind_on;  /* follow-up with a reminder: the day of the next check; else empty */
};
struct visit_choices {
    enum visit_decider who;
    bool asks_child; /* beside a guardian's permission the child is asked: it is old enough, or may be */
    struct visit_choice list[VISIT_CHOICES];
};

/* visit_choices - for who stands beside the person: the actor, a member of staff. It is the person's own look (SELF,
 * with staff there), of the identity and the decisions alone, and stands in their history as such. Errors of rec_open;
 * E_NOT_FOUND: no card */
SALVE_MUST_USE enum salve_code visit_choices(const struct visit *visit, struct str card, struct visit_choices *out,
                                             struct salve_err *err);

/* visit_choice_purposes - the purposes in that order, for who has no card in hand yet. */
void visit_choice_purposes(enum purpose out[VISIT_CHOICES]);

/* visit_year_of_age - the birth year of who says how old they are, "1972": by it they are never older than they say, so
 * that a child is never taken for who decides alone. E_USAGE: no whole number; E_RANGE: more than 130. */
enum { VISIT_YEAR_BYTES = 8 };
SALVE_MUST_USE enum salve_code visit_year_of_age(struct str age, int64_t now_unix_ms, char out[VISIT_YEAR_BYTES],
                                                 struct salve_err *err);

#endif
