/* SPDX-License-Identifier: Apache-2.0
 *
 * Owners: whose each row of the log is, sealed for the gate alone, under a tag that the gate can make again. So a leaf
 * does not stay behind unnoticed when somebody takes the records away that open it: an opening asks for the tag of the
 * next number of its chain, and verify opens all owners (docs/internals/records.md). */
#ifndef SALVE_RECORDS_OWNER_INT_H
#define SALVE_RECORDS_OWNER_INT_H

#include "records/tx_int.h"

struct store_owner;

/* rec_owner_person - a leaf of the save that begins with record `first_seq`. rec_owner_document - of version `version`
 * of a document. rec_owner_tombstone - of the erasure of `id`. */
struct rec_owner rec_owner_person(struct compartment id, uint64_t first_seq);
struct rec_owner rec_owner_document(const struct site *site, struct str kind, struct str id, uint64_t version);
struct rec_owner rec_owner_tombstone(struct compartment id);

/* rec_owner_put - seals the owner of row `index` of the log, whose entry is given. A kind that has no number of its own
 * gets that of the row. */
SALVE_MUST_USE enum salve_code rec_owner_put(struct rec_tx *tx, uint64_t index, struct str entry,
                                             struct rec_owner owner, struct salve_err *err);
/* rec_owner_read - false: it is not what the gate wrote for that row and entry, under that tag. */
bool rec_owner_read(const struct site *site, const struct store_owner *row, struct str entry, struct rec_owner *out);
/* rec_owner_is_there - whether some row of the log is this owner's. */
SALVE_MUST_USE enum salve_code rec_owner_is_there(struct rec_tx *tx, struct rec_owner owner, bool *out,
                                                  struct salve_err *err);
/* rec_owner_row - which row; *found is false where there is none. */
SALVE_MUST_USE enum salve_code rec_owner_row(struct rec_tx *tx, struct rec_owner owner, bool *found, uint64_t *row,
                                             struct salve_err *err);
/* rec_owner_forget - the rows of a person who is being erased say "erased" from now on, and no tag leads to them. */
SALVE_MUST_USE enum salve_code rec_owner_forget(struct rec_tx *tx, struct compartment id, uint64_t last_seq,
                                                struct salve_err *err);

#endif
