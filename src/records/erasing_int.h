/* SPDX-License-Identifier: Apache-2.0
 *
 * Erasures that were asked for, until their day is over. */
#ifndef SALVE_RECORDS_ERASING_INT_H
#define SALVE_RECORDS_ERASING_INT_H

#include "records/tx_int.h"

/* rec_erasing_put - one that is asked for, in the transaction of its leaf; an earlier one of the person stands, and its
 * time is *due_unix_ms. rec_erasing_find - E_NOT_FOUND. rec_erasing_drop - fine if there is none. */
SALVE_MUST_USE enum salve_code rec_erasing_put(struct rec_tx *tx, struct compartment id, int64_t *due_unix_ms,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_erasing_find(struct rec_tx *tx, struct compartment id, int64_t *due_unix_ms,
                                                struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_erasing_drop(struct rec_tx *tx, struct compartment id, struct salve_err *err);

/* rec_due - carries out what is due: erasures whose day is over, a recovery of staff (staff.h). Asked at every opening
 * of the site or of a record; nothing is while the clock is doubted. rec_is_due - something may be. rec_due_one - at
 * most one of them; *has_more: there are others. */
bool rec_is_due(const struct site *site);
SALVE_MUST_USE enum salve_code rec_due_one(struct site *site, bool *has_more, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_due(struct site *site, struct salve_err *err);

#endif
