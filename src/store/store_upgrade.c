/* SPDX-License-Identifier: Apache-2.0
 * Rows of layout 1 become rows of layout 2, in one transaction: heads, tombstones, commons and marks get their MACs,
 * the marks that every transaction needs come into one row, and the sum over all rows begins. */
#include "base/assert.h"
#include "store/store_int.h"

enum { UPGRADE_BYTES_MAX = 256 << 20, HEAD_BYTES_1 = 8 + STORE_HASH_BYTES, HEAD_BYTES = HEAD_BYTES_1 + 16 };

static enum salve_code newest_decision(struct store_tx *tx, const struct store_row *head, struct arena *mem,
                                       uint8_t seq[8], struct salve_err *err)
{
    struct compartment id;
    struct store_record *records = NULL;
    size_t count = 0;
    if (head->key.name.len != sizeof id.bytes) return salve_fail(err, SALVE_E_INTEGRITY, "head");
    memcpy(id.bytes, head->key.name.ptr, sizeof id.bytes);
    TRY(store_record_list(tx, id, CLASS_BIT(CLASS_CONSENT), 1, mem, &records, &count, err));
    if (count > 0) crypto_put_u64(seq, records[count - 1].seq);
    return SALVE_OK;
}

/* The content of a row in layout 2. *is_gone: it has none of its own any more. */
static enum salve_code convert(struct store_tx *tx, struct store_row *row, struct arena *mem, bool *is_gone,
                               struct salve_err *err)
{
    static const char *const hot[] = {"log size", "max_seen", "open", "revoked"};
    *is_gone = false;
    if (row->table == STORE_TOMBSTONE) row->bytes = STR("");
    if (row->table == STORE_COMMONS) {
        TRY(store_commons_get(tx, row->key.name, mem, &row->bytes, err));
    } else if (row->table == STORE_HEAD) {
        uint8_t *bytes = arena_alloc(mem, HEAD_BYTES);
        if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "upgrade");
        if (row->bytes.len != HEAD_BYTES_1) return salve_fail(err, SALVE_E_INTEGRITY, "head");
        memcpy(bytes, row->bytes.ptr, HEAD_BYTES_1);
        crypto_put_u64(bytes + HEAD_BYTES_1, 1);
        TRY(newest_decision(tx, row, mem, bytes + HEAD_BYTES_1 + 8, err));
        row->bytes = str_bytes(bytes, HEAD_BYTES);
    } else if (row->table == STORE_MARK) {
        for (int i = 0; i < STORE_HOT_COUNT && !*is_gone; i++) {
            *is_gone = str_is(row->key.name, hot[i]);
            if (*is_gone && row->bytes.len != 8) return salve_fail(err, SALVE_E_INTEGRITY, "mark %s", hot[i]);
            if (*is_gone) tx->marks.numbers[i] = crypto_get_u64((const uint8_t *)row->bytes.ptr);
        }
    }
    return SALVE_OK;
}

static enum salve_code put_new(struct store_tx *tx, struct store_row *row, struct arena *mem, struct salve_err *err)
{
    struct store_value value;
    char *bytes = arena_alloc_raw(mem, row->bytes.len + STORE_MAC_BYTES, 1);
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "upgrade");
    store_row_value(tx, row, &value);
    if (row->bytes.len > 0) memcpy(bytes, row->bytes.ptr, row->bytes.len);
    memcpy(bytes + row->bytes.len, value.mac, STORE_MAC_BYTES);
    row->bytes = str_make(bytes, row->bytes.len + STORE_MAC_BYTES);
    return store_put_raw(tx, row, false, err);
}

static enum salve_code convert_table(struct store_tx *tx, enum store_table table, struct arena *mem,
                                     struct salve_err *err)
{
    struct store_row rows[STORE_PAGE_ROWS];
    struct store_scan scan = {.table = table, .with_bytes = true};
    while (!scan.is_done) { /* names of all rows stay in mem: they are as many as people and documents */
        size_t used = 0;
        bool is_gone;
        TRY(store_scan_rows(tx, &scan, rows, STORE_PAGE_ROWS, &used, mem, err));
        for (size_t i = 0; i < used; i++) {
            TRY(convert(tx, &rows[i], mem, &is_gone, err));
            if (is_gone)
                TRY(store_drop(tx, table, rows[i].key.name, err));
            else
                TRY(put_new(tx, &rows[i], mem, err));
        }
    }
    return SALVE_OK;
}

static enum salve_code upgrade_in(struct store_tx *tx, struct arena *mem, struct salve_err *err)
{
    static const enum store_table tables[] = {STORE_HEAD, STORE_TOMBSTONE, STORE_COMMONS, STORE_MARK};
    struct store *store = tx->store;
    const struct store_backend *backend = store->place->backend;
    tx->marks = (struct store_marks){.is_loaded = true, .is_changed = true};
    salve_assert(backend->upgrade != NULL);
    TRY(backend->upgrade(tx->at, err));
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) TRY(convert_table(tx, tables[i], mem, err));
    store->layout = STORE_LAYOUT;
    return store_sum_of_rows(tx, NULL, mem, tx->marks.sum, err);
}

enum salve_code store_upgrade(struct store *store, store_upgrade_own *own, void *with, struct salve_err *err)
{
    struct store_tx *tx = NULL;
    if (store->layout == STORE_LAYOUT) return SALVE_OK;
    struct arena *mem = arena_open_private(UPGRADE_BYTES_MAX);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "upgrade");
    enum salve_code code = store_begin_any(store, false, &tx, err);
    if (code == SALVE_OK) code = upgrade_in(tx, mem, err);
    if (code == SALVE_OK) code = own(with, tx, err);
    if (code == SALVE_OK) code = store_commit(&tx, err);
    store_abandon(&tx);
    if (code == SALVE_OK)
        store->place->layout = STORE_LAYOUT;
    else
        store->layout = store->place->layout;
    arena_close(mem);
    return code;
}
