/* SPDX-License-Identifier: Apache-2.0
 *
 * Notes of closed views, until the next commit takes them along. */
#ifndef SALVE_RECORDS_CLOSING_INT_H
#define SALVE_RECORDS_CLOSING_INT_H

#include "records/chain_int.h"

/* rec_closing_add - `event` about the compartment goes with the next commit, or with the closing of the site; its time
 * is that of the commit. Nothing where the person is erased until then. Of many that wait, a commit is made.
 * rec_closing_flush - commits them now, if there are any.
 * rec_closing_carry - puts them into a transaction; rec_closing_done - it was committed, or there will be none. Both
 * are called by rec_tx.c and the closing of the site alone. */
SALVE_MUST_USE enum salve_code rec_closing_add(struct site *site, struct compartment id, const struct rec_event *event,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_closing_flush(struct site *site, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_closing_carry(struct rec_tx *tx, struct salve_err *err);
void rec_closing_done(struct site *site);

#endif
