/* SPDX-License-Identifier: Apache-2.0
 * The workshop of store: what its files share. */
#ifndef SALVE_STORE_INT_H
#define SALVE_STORE_INT_H

#include "store/store_backend.h"

struct store_tx {
    struct store *store;
    struct store_place_tx *at; /* the backend's */
    struct store_tx *next;     /* of the open ones of the store, or of the idle ones */
    struct arena *scratch;     /* rows that are read in passing; rewound at once */
    unsigned savepoints;
    bool read_only;
    bool has_dropped; /* the commit is followed by a scrub */
    bool has_failed;  /* can only be abandoned, or go back to a savepoint */
};

struct store {
    struct store_place *place;
    struct store_tx *open, *idle; /* an idle one keeps its scratch for the next begin */
};

/* Rows through the backend of a transaction; after a failure the transaction takes no more calls that write. */
SALVE_MUST_USE enum salve_code store_put(struct store_tx *tx, const struct store_row *row, bool insert,
                                         struct salve_err *err);
SALVE_MUST_USE enum salve_code store_get(struct store_tx *tx, struct store_row *row, struct arena *mem,
                                         struct salve_err *err);
/* store_scan_rows - the next page, and scan->from behind it. The name of from is that of the last row, in mem: who
 * rewinds mem between pages sets it again. */
SALVE_MUST_USE enum salve_code store_scan_rows(struct store_tx *tx, struct store_scan *scan, struct store_row rows[],
                                               size_t max, size_t *count, struct arena *mem, struct salve_err *err);
SALVE_MUST_USE enum salve_code store_drop(struct store_tx *tx, enum store_table table, struct str name,
                                          struct salve_err *err);
SALVE_MUST_USE enum salve_code store_count(struct store_tx *tx, enum store_table table, uint64_t *out,
                                           struct salve_err *err);

/* store_record_fill - a row of the table of records as a record, with its hash if the row has its bytes. */
SALVE_MUST_USE enum salve_code store_record_fill(const struct store_row *row, bool with_bytes, struct store_record *out,
                                                 struct salve_err *err);

enum { STORE_TAG_BLANK = 256, STORE_HASH_BYTES = 32, STORE_PAGE_ROWS = 64 };
#define STORE_NUMBER_END ((uint64_t)INT64_MAX) /* behind the number of every row */

#endif
