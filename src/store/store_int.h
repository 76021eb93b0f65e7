/* SPDX-License-Identifier: Apache-2.0
 * The workshop of store: what its files share. */
#ifndef SALVE_STORE_INT_H
#define SALVE_STORE_INT_H

#include "crypto/crypto.h"
#include "store/store_backend.h"

enum { STORE_SUM_BYTES = 32, STORE_NAME_BYTES_MAX = 32 };

/* What one row gives to the MAC at its end and to the sum over all (store_sum.c). */
struct store_value {
    uint8_t mac[STORE_MAC_BYTES], sum[STORE_SUM_BYTES];
};

/* The numbers that every transaction needs, in one row with the sum. */
enum store_hot { STORE_LOG_SIZE, STORE_MAX_SEEN, STORE_OPEN, STORE_REVOKED, STORE_HOT_COUNT };
struct store_marks {
    bool is_loaded, is_changed;
    uint64_t numbers[STORE_HOT_COUNT];
    uint8_t sum[STORE_SUM_BYTES];
};

/* A small row that was read last, for the write that replaces it. */
struct store_seen {
    bool is_known, is_there;
    enum store_table table;
    uint64_t number;
    uint8_t name[STORE_NAME_BYTES_MAX];
    size_t name_len;
    struct store_value value;
};

struct store_tx {
    struct store *store;
    struct store_place_tx *at; /* the backend's */
    struct store_tx *next;     /* of the open ones of the store, or of the idle ones */
    struct arena *scratch;     /* rows that are read in passing; rewound at once */
    unsigned savepoints;
    struct store_marks marks;
    struct store_seen seen;
    bool is_sum_held; /* rows go that were never counted */
    bool read_only;
    bool has_dropped; /* the commit is followed by a scrub */
    bool has_failed;  /* can only be abandoned, or go back to a savepoint */
};

/* OPEN is zeros, where no key was lent; SEAL is made of the key of rows when it is needed (store_quota.c). */
enum store_own_key { STORE_KEY_OPEN, STORE_KEY_SEAL, STORE_OWN_KEYS };

struct store {
    struct store_place *place;
    struct store_tx *open, *idle; /* an idle one keeps its scratch for the next begin */
    const struct crypto_key *row_key;
    struct crypto_keys *own_keys; /* enum store_own_key */
    uint32_t layout;
    unsigned unscrubbed; /* rows that went since the last scrub and may stay in the log file for a while */
};

/* store_mark_read - the bytes of a mark, in mem; STR_NONE: there is none. */
SALVE_MUST_USE enum salve_code store_mark_read(struct store_tx *tx, struct str name, struct arena *mem, struct str *out,
                                               struct salve_err *err);

/* store_begin_any - also one that writes to a place of layout 1. */
SALVE_MUST_USE enum salve_code store_begin_any(struct store *store, bool read_only, struct store_tx **out,
                                               struct salve_err *err);

/* Rows through the backend of a transaction; after a failure the transaction takes no more calls that write. put, get
 * and drop keep MACs and the sum; a row that is not the store's is E_INTEGRITY in the words of store_not_ours. _raw are
 * the bytes as they lie there, as a scan gives them. */
enum salve_code store_not_ours(const struct store_row *row, struct salve_err *err);
SALVE_MUST_USE enum salve_code store_put_raw(struct store_tx *tx, const struct store_row *row, bool insert,
                                             struct salve_err *err);
SALVE_MUST_USE enum salve_code store_get_raw(struct store_tx *tx, struct store_row *row, struct arena *mem,
                                             struct salve_err *err);
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

/* store_sum.c. store_row_value - of a row whose bytes are without MAC. store_row_check - of a row of a table with MACs
 * as it lies there: cuts it off. store_sum_of_rows -
 * what the sum should be; swept: what is known of heads and records already, or NULL. */
struct store_swept;
enum store_kept store_kept(const struct store_tx *tx, enum store_table table, uint64_t number);
void store_row_value(const struct store_tx *tx, const struct store_row *row, struct store_value *out);
SALVE_MUST_USE enum salve_code store_row_check(const struct store_tx *tx, struct store_row *row,
                                               struct store_value *value, struct salve_err *err);
void store_sum_add(uint8_t sum[STORE_SUM_BYTES], const struct store_value *value);
SALVE_MUST_USE enum salve_code store_sum_of_rows(struct store_tx *tx, const struct store_swept *swept,
                                                 struct arena *mem, uint8_t sum[STORE_SUM_BYTES],
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code store_marks_load(struct store_tx *tx, struct salve_err *err);
SALVE_MUST_USE enum salve_code store_marks_flush(struct store_tx *tx, struct salve_err *err);

/* store_record_fill - a row of the table of records as a record, with its hash if the row has its bytes, which are then
 * in the row or in mem; a hasher may be NULL. store_record_is_next - whether a record with bytes is the one of its
 * number in this compartment, behind the record with that hash. store_head_read - what the bytes of a head say, those
 * of layout 1 too. */
SALVE_MUST_USE enum salve_code store_record_fill(const struct store_row *row, bool with_bytes,
                                                 struct crypto_sha256 *hasher, struct arena *mem,
                                                 struct store_record *out, struct salve_err *err);
bool store_record_is_next(const struct store_record *record, struct compartment id, const uint8_t *prev);
bool store_head_read(struct str bytes, struct store_head *out);

/* store_sweep - whether every head is the store's own, its records are all there, in a chain that ends with it, and no
 * record is beside them. Only then is `out` filled: what they give to the sum, and how many there are. */
struct store_swept {
    uint64_t compartments, records;
    uint8_t sum[STORE_SUM_BYTES];
};
bool store_sweep(struct store_tx *tx, struct store_swept *out);

/* Bits of the tag of a record, beside its class. REST: of a sealed record the row has a byte with the version of its
 * key, and what does not follow from it, the row's key, the class and the length (crypto_record_rest). */
enum { STORE_TAG_REST = 64, STORE_TAG_BLANK = 256 };
enum { STORE_HASH_BYTES = 32, STORE_PAGE_ROWS = 64 };
#define STORE_NUMBER_END ((uint64_t)INT64_MAX) /* behind the number of every row */

#endif
