/* SPDX-License-Identifier: Apache-2.0
 *
 * How the site is: what other files of the gate note for it. */
#ifndef SALVE_RECORDS_HEALTH_INT_H
#define SALVE_RECORDS_HEALTH_INT_H

#include "records/health.h"
#include "records/tx_int.h"

/* rec_verified_note - verifying went to its end now, and found so much. In a transaction of its own. */
SALVE_MUST_USE enum salve_code rec_verified_note(struct site *site, uint64_t findings, struct arena *mem,
                                                 struct salve_err *err);

#endif
