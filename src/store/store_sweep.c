/* SPDX-License-Identifier: Apache-2.0
 * All heads and all records in one pass, side by side in the order of their names. It answers one question: is all of
 * it as it should be? What is not is named by the checks of store_verify.c, which go compartment by compartment; so
 * this one stops at the first thing that it does not expect, whatever it is. */
#include "crypto/crypto.h"
#include "store/store_int.h"

enum { ROW_NAME_BYTES = COMPARTMENT_BYTES, PAGE_BYTES_MAX = 64 << 20 };

/* The rows of one table, one after the other. */
struct cursor {
    struct store_tx *tx;
    struct store_scan scan;
    struct arena *mem; /* of the page */
    struct arena_mark start;
    struct store_row rows[STORE_PAGE_ROWS];
    size_t count, at;
};

static enum salve_code next_page(struct cursor *cursor, struct salve_err *err)
{
    char last[ROW_NAME_BYTES];
    struct str name = cursor->scan.from.name;
    if (name.len > sizeof last) return salve_fail(err, SALVE_E_INTEGRITY, "name of a row");
    if (name.len > 0) memcpy(last, name.ptr, name.len);
    arena_rewind(cursor->mem, cursor->start);
    cursor->at = cursor->count = 0;
    cursor->scan.from.name = str_make(last, name.len);
    return store_scan_rows(cursor->tx, &cursor->scan, cursor->rows, STORE_PAGE_ROWS, &cursor->count, cursor->mem, err);
}

/* *out NULL: there is no more. */
static enum salve_code next_row(struct cursor *cursor, struct store_row **out, struct salve_err *err)
{
    *out = NULL;
    while (cursor->at == cursor->count) {
        if (cursor->scan.is_done) return SALVE_OK;
        TRY(next_page(cursor, err));
    }
    *out = &cursor->rows[cursor->at++];
    return SALVE_OK;
}

static enum salve_code cursor_open(struct store_tx *tx, enum store_table table, struct cursor *out,
                                   struct salve_err *err)
{
    *out = (struct cursor){.tx = tx, .scan = {.table = table, .with_bytes = true}, .mem = arena_open(PAGE_BYTES_MAX)};
    if (out->mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "store");
    out->start = arena_mark(out->mem);
    return SALVE_OK;
}

struct sweep {
    struct cursor heads, records;
    struct crypto_sha256 *hasher;
    struct store_swept *out;
};

static enum salve_code not_clean(struct salve_err *err) { return salve_fail(err, SALVE_E_INTEGRITY, "records"); }

static enum salve_code sweep_record(struct sweep *sweep, struct str id, uint64_t seq, uint8_t prev[STORE_HASH_BYTES],
                                    struct salve_err *err)
{
    struct store_row *row;
    struct store_record record;
    struct store_value value;
    struct compartment compartment;
    TRY(next_row(&sweep->records, &row, err));
    if (row == NULL || !str_eq(row->key.name, id) || row->key.number != seq) return not_clean(err);
    TRY(store_record_fill(row, true, sweep->hasher, sweep->records.mem, &record, err));
    memcpy(compartment.bytes, id.ptr, COMPARTMENT_BYTES);
    if (!store_record_is_next(&record, compartment, prev)) return not_clean(err);
    memcpy(prev, record.sha256, STORE_HASH_BYTES);
    store_row_value(sweep->records.tx, row, &value);
    store_sum_add(sweep->out->sum, &value);
    sweep->out->records++;
    return SALVE_OK;
}

static enum salve_code sweep_compartment(struct sweep *sweep, struct store_row *row, struct salve_err *err)
{
    struct store_head head;
    struct store_value value;
    uint8_t prev[STORE_HASH_BYTES] = {0};
    if (row->key.name.len != COMPARTMENT_BYTES || row->key.number != 0) return not_clean(err);
    TRY(store_row_check(sweep->heads.tx, row, &value, err));
    if (!store_head_read(row->bytes, &head)) return not_clean(err);
    for (uint64_t seq = 1; seq <= head.seq; seq++) TRY(sweep_record(sweep, row->key.name, seq, prev, err));
    if (memcmp(prev, head.sha256, sizeof prev) != 0) return not_clean(err);
    store_sum_add(sweep->out->sum, &value);
    sweep->out->compartments++;
    return SALVE_OK;
}

static enum salve_code sweep_all(struct sweep *sweep, struct salve_err *err)
{
    struct store_row *row = NULL;
    do {
        TRY(next_row(&sweep->heads, &row, err));
        if (row != NULL) TRY(sweep_compartment(sweep, row, err));
    } while (row != NULL);
    TRY(next_row(&sweep->records, &row, err));
    return row == NULL ? SALVE_OK : not_clean(err);
}

bool store_sweep(struct store_tx *tx, struct store_swept *out)
{
    struct sweep sweep = {.out = out};
    *out = (struct store_swept){.compartments = 0};
    if (tx->store->layout != STORE_LAYOUT) return false;
    sweep.hasher = crypto_sha256_open(); /* without one it is slower */
    enum salve_code code = cursor_open(tx, STORE_HEAD, &sweep.heads, NULL);
    if (code == SALVE_OK) code = cursor_open(tx, STORE_RECORD, &sweep.records, NULL);
    if (code == SALVE_OK) code = sweep_all(&sweep, NULL);
    arena_close(sweep.heads.mem);
    arena_close(sweep.records.mem);
    crypto_sha256_close(sweep.hasher);
    return code == SALVE_OK;
}
