/* SPDX-License-Identifier: Apache-2.0
 *
 * How far a file of new people came (rec_rows.c), for those who write about one of them. */
#ifndef SALVE_RECORDS_ROWS_INT_H
#define SALVE_RECORDS_ROWS_INT_H

#include "records/tx_int.h"

/* rec_rows_put - into a transaction that is about to commit; nothing where no file is under way.
 * rec_rows_enrolled - the row under way is this person, from the commit of their enrolment on; rec_rows_not_enrolled -
 * it did not come to be. */
SALVE_MUST_USE enum salve_code rec_rows_put(struct rec_tx *tx, struct salve_err *err);
void rec_rows_enrolled(struct site *site, struct compartment id);
void rec_rows_not_enrolled(struct site *site);

#endif
