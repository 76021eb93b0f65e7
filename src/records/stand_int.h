/* SPDX-License-Identifier: Apache-2.0
 *
 * What views rest on, as numbers: each decision of a person, each new card, each retirement of staff and each
 * registration of an app raises one, and a view compares them with those it was opened under. So a look at them needs
 * no transaction. */
#ifndef SALVE_RECORDS_STAND_INT_H
#define SALVE_RECORDS_STAND_INT_H

#include "records/site_int.h"

/* What was decided about one compartment since it has views; kept while it has one. */
struct rec_decided {
    struct rec_decided *next;
    struct compartment id;
    uint32_t view_count;
    uint32_t of[PURPOSE_LAST + 1]; /* decisions on each purpose */
    uint32_t cards, apps;          /* new cards; decisions about apps */
    bool is_erased;
};

/* The numbers that one view was opened under. */
struct rec_stand {
    struct rec_decided *decided;
    uint32_t of[PURPOSE_LAST + 1];
    uint32_t cards, apps;
    uint64_t retirements, registrations;
    uint64_t session;         /* whose actor opened it; 0: nobody's */
    int64_t opened_wall_ms;   /* not guarded: a clock that was set back before must not stop a view's age */
    bool is_present;          /* it was opened with the card */
    bool is_app;              /* by an app, for what follows: */
    int64_t app_left_ms;      /* of its token */
    int64_t app_until_unix_s; /* what the person allowed ends */
    enum salve_code over;     /* OK: it stands */
};

/* rec_stand_begin - the numbers as they are now; before the decisions are read. rec_stand_end: zeros are fine. */
SALVE_MUST_USE enum salve_code rec_stand_begin(struct site *site, struct compartment id, bool is_present,
                                               struct rec_stand *out, struct salve_err *err);
void rec_stand_end(struct site *site, struct rec_stand *stand);

/* rec_stand_holds - no decision on this purpose since the view was opened. */
bool rec_stand_holds(const struct rec_stand *stand, enum purpose purpose);

/* What happened, as soon as it cannot be taken back any more. */
void rec_decided_purpose(struct site *site, struct compartment id, enum purpose purpose);
void rec_decided_erasure(struct site *site, struct compartment id);
void rec_decided_app(struct site *site, struct compartment id);
/* rec_decided_card - `by` is the view that made the new card: it goes on. */
void rec_decided_card(struct site *site, struct compartment id, struct rec_stand *by);

#endif
