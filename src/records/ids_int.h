/* SPDX-License-Identifier: Apache-2.0
 *
 * Ids of resources. Include only from src/records/. */
#ifndef SALVE_RECORDS_IDS_INT_H
#define SALVE_RECORDS_IDS_INT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"
#include "fhir/tape.h"

/* rec_with_id - a copy of a resource under another id. rec_id_number - the number of an id ("<compartment>.<number>",
 * with or without its type before it); E_INVALID if it is not of this compartment. */
SALVE_MUST_USE enum salve_code rec_with_id(const struct tape *tape, struct str id, struct arena *mem, struct tape *out,
                                           struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_id_number(struct compartment of, struct str id, uint64_t *number,
                                             struct salve_err *err);

#endif
