/* SPDX-License-Identifier: Apache-2.0
 *
 * What is done once a day with all rows of a kind: by the clock, in pieces, where the gate runs for long; else with the
 * first reading of the day that needs it. Nothing by a clock that is doubted. */
#ifndef SALVE_RECORDS_DAILY_INT_H
#define SALVE_RECORDS_DAILY_INT_H

#include "records/tx_int.h"

/* `look` is asked about each row; it sets `changes` where there is something to do, and does it unless looks_only. */
struct rec_daily {
    const char *mark, *rows; /* of the store: the day on which it was done; what names of rows begin with */
    enum salve_code (*look)(struct rec_tx *tx, struct str name, struct rec_daily *daily, struct salve_err *err);
    bool looks_only, changes;
};

/* rec_daily_is_done - also where it is not to be done here. rec_daily_do - all rows, unless it is done. */
SALVE_MUST_USE enum salve_code rec_daily_is_done(struct rec_tx *tx, const char *mark, bool *is_done,
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_daily_do(struct rec_tx *tx, struct rec_daily *daily, struct salve_err *err);
/* rec_daily_waits, rec_daily_piece - by the clock of the gate; where nothing is to be done nothing is written. */
bool rec_daily_waits(const struct site *site, const struct rec_daily_at *at);
SALVE_MUST_USE enum salve_code rec_daily_piece(struct site *site, const struct rec_daily *what, struct rec_daily_at *at,
                                               struct arena *mem, bool *has_more, struct salve_err *err);

#endif
