/* SPDX-License-Identifier: Apache-2.0
 * The workshop of store: what its files share. */
#ifndef SALVE_STORE_INT_H
#define SALVE_STORE_INT_H

#include "store/store_backend.h"

struct store_tx {
    struct store *store;
    bool read_only;
    bool has_dropped; /* the commit is followed by a scrub */
    bool has_failed;  /* can only be abandoned */
};

struct store {
    struct store_place *place;
    struct store_tx tx;
    bool in_tx;
    struct arena *scratch; /* rows that are read in passing; rewound at once */
};

/* Rows through the backend of a transaction; after a failure the transaction takes no more writes. */
SALVE_MUST_USE enum salve_code store_put(struct store_tx *tx, const struct store_row *row, bool insert,
                                         struct salve_err *err);
SALVE_MUST_USE enum salve_code store_get(struct store_tx *tx, struct store_row *row, struct arena *mem,
                                         struct salve_err *err);
SALVE_MUST_USE enum salve_code store_next(struct store_tx *tx, struct store_row *row, unsigned flags, bool *found,
                                          struct arena *mem, struct salve_err *err);
SALVE_MUST_USE enum salve_code store_drop(struct store_tx *tx, enum store_table table, struct str name,
                                          struct salve_err *err);

static inline struct str store_bytes(const void *bytes, size_t len) { return str_make((const char *)bytes, len); }
static inline struct str store_id(const struct compartment *id) { return store_bytes(id->bytes, COMPARTMENT_BYTES); }

enum { STORE_TAG_BLANK = 256, STORE_HASH_BYTES = 32 };

#endif
