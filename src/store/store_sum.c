/* SPDX-License-Identifier: Apache-2.0
 * What makes rows the store's own: a MAC at the end of a row, and a sum over all rows of a site.
 *
 * A row of a table that ends with a MAC is refused when it is read, if it is not what the store wrote under that name.
 * That says nothing about a row that is not there any more, or about one of yesterday. So the row of marks holds a sum:
 * the XOR of a keyed value of each row, which changes with every row that comes or goes and is written with the same
 * commit. verify makes it anew from the rows. Nobody but who has the key knows a value or the sum: the values are of
 * the same keyed hash as the MAC, behind it, and the sum is masked with a hash of the marks it stands with.
 *
 * The row of marks itself cannot be put back unseen, since it holds the size of the log, which the log proves. */
#include "base/assert.h"
#include "store/store_int.h"

enum { OUT_BYTES = STORE_MAC_BYTES + STORE_SUM_BYTES };
_Static_assert(OUT_BYTES <= 64, "one hash of BLAKE2b");

#define X(name, kept, text) STORE_KEPT_##kept,
static const enum store_kept kept_of[STORE_TABLE_COUNT] = {STORE_TABLES(X)};
#undef X

/* Blocks of the log that no hash of the tree proves: its archived heads, and which is the newest. */
#define PROVED_END ((uint64_t)17 << 56)

enum store_kept store_kept(const struct store_tx *tx, enum store_table table, uint64_t number)
{
    if (tx->store->layout != STORE_LAYOUT) return STORE_KEPT_NONE;
    if (table == STORE_LOG_TILE) return number < PROVED_END ? STORE_KEPT_NONE : STORE_KEPT_BYTES;
    return kept_of[table];
}

void store_row_value(const struct store_tx *tx, const struct store_row *row, struct store_value *out)
{
    uint8_t head[1 + 4 + 8 + 4], both[OUT_BYTES];
    head[0] = (uint8_t)row->table;
    crypto_put_u32(head + 1, (uint32_t)row->key.name.len);
    crypto_put_u64(head + 5, row->key.number);
    crypto_put_u32(head + 13, row->tag);
    const struct str parts[] = {str_bytes(head, sizeof head), row->key.name, row->bytes};
    size_t count = kept_of[row->table] == STORE_KEPT_KEY ? 2 : 3;
    crypto_key_mac(tx->store->row_key, parts, count, both, sizeof both);
    memcpy(out->mac, both, STORE_MAC_BYTES);
    memcpy(out->sum, both + STORE_MAC_BYTES, STORE_SUM_BYTES);
}

void store_sum_add(uint8_t sum[STORE_SUM_BYTES], const struct store_value *value)
{
    for (size_t i = 0; i < STORE_SUM_BYTES; i++) sum[i] ^= value->sum[i];
}

enum salve_code store_not_ours(const struct store_row *row, struct salve_err *err)
{
    char id[COMPARTMENT_TEXT_BYTES + 1];
    struct compartment compartment;
    const char *const why = "it is not what this site wrote there";
    if (row->table == STORE_HEAD && row->key.name.len == COMPARTMENT_BYTES) {
        memcpy(compartment.bytes, row->key.name.ptr, COMPARTMENT_BYTES);
        compartment_text(compartment, id);
        return salve_refuse(err, SALVE_E_INTEGRITY, why, "compartment %s head", id);
    }
    if (row->table == STORE_TOMBSTONE) return salve_refuse(err, SALVE_E_INTEGRITY, why, "tombstone");
    return salve_refuse(err, SALVE_E_INTEGRITY, why, "%s/%.*s", row->table == STORE_COMMONS ? "commons" : "mark",
                        STR_ARGS(row->key.name));
}

enum salve_code store_row_check(const struct store_tx *tx, struct store_row *row, struct store_value *value,
                                struct salve_err *err)
{
    if (row->bytes.len < STORE_MAC_BYTES) return store_not_ours(row, err);
    const char *mac = row->bytes.ptr + row->bytes.len - STORE_MAC_BYTES;
    row->bytes.len -= STORE_MAC_BYTES;
    store_row_value(tx, row, value);
    return crypto_equal(value->mac, mac, STORE_MAC_BYTES) ? SALVE_OK : store_not_ours(row, err);
}

/* --- the row of marks --------------------------------------------------------------------------------------------- */

/* The numbers, the sum masked with a hash of the MAC, the MAC over numbers and sum. */
enum {
    NUMBERS_BYTES = 8 * STORE_HOT_COUNT,
    AT_SUM = NUMBERS_BYTES,
    AT_MAC = AT_SUM + STORE_SUM_BYTES,
    MARKS_BYTES = AT_MAC + STORE_MAC_BYTES
};

static void mask_sum(const struct store_tx *tx, const uint8_t mac[STORE_MAC_BYTES], uint8_t sum[STORE_SUM_BYTES])
{
    uint8_t mask[STORE_SUM_BYTES];
    const struct str parts[] = {STR("mask of the sum"), str_bytes(mac, STORE_MAC_BYTES)};
    crypto_key_mac(tx->store->row_key, parts, 2, mask, sizeof mask);
    for (size_t i = 0; i < sizeof mask; i++) sum[i] ^= mask[i];
}

static void marks_mac(const struct store_tx *tx, const uint8_t bytes[AT_MAC], uint8_t mac[STORE_MAC_BYTES])
{
    const struct str parts[] = {STR("marks"), str_bytes(bytes, AT_MAC)};
    crypto_key_mac(tx->store->row_key, parts, 2, mac, STORE_MAC_BYTES);
}

static struct store_row marks_row(void) { return (struct store_row){.table = STORE_MARK, .key.name = STR("marks")}; }

enum salve_code store_marks_load(struct store_tx *tx, struct salve_err *err)
{
    uint8_t bytes[MARKS_BYTES], mac[STORE_MAC_BYTES];
    struct store_row row = marks_row();
    struct salve_err why = {0};
    if (tx->marks.is_loaded) return SALVE_OK;
    struct arena_mark mark = arena_mark(tx->scratch);
    enum salve_code code = store_get_raw(tx, &row, tx->scratch, &why);
    size_t len = code == SALVE_OK ? row.bytes.len : 0;
    if (len == MARKS_BYTES) memcpy(bytes, row.bytes.ptr, MARKS_BYTES);
    arena_rewind(tx->scratch, mark);
    tx->marks = (struct store_marks){.is_loaded = code == SALVE_OK || code == SALVE_E_NOT_FOUND};
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK) {
        if (err != NULL) *err = why;
        return code;
    }
    if (len == MARKS_BYTES) mask_sum(tx, bytes + AT_MAC, bytes + AT_SUM);
    if (len == MARKS_BYTES) marks_mac(tx, bytes, mac);
    if (len != MARKS_BYTES || !crypto_equal(mac, bytes + AT_MAC, sizeof mac)) return store_not_ours(&row, err);
    for (size_t i = 0; i < STORE_HOT_COUNT; i++) tx->marks.numbers[i] = crypto_get_u64(bytes + 8 * i);
    memcpy(tx->marks.sum, bytes + AT_SUM, STORE_SUM_BYTES);
    return SALVE_OK;
}

enum salve_code store_marks_flush(struct store_tx *tx, struct salve_err *err)
{
    uint8_t bytes[MARKS_BYTES];
    struct store_row row = marks_row();
    if (!tx->marks.is_changed) return SALVE_OK;
    for (size_t i = 0; i < STORE_HOT_COUNT; i++) crypto_put_u64(bytes + 8 * i, tx->marks.numbers[i]);
    memcpy(bytes + AT_SUM, tx->marks.sum, STORE_SUM_BYTES);
    marks_mac(tx, bytes, bytes + AT_MAC);
    mask_sum(tx, bytes + AT_MAC, bytes + AT_SUM);
    row.bytes = str_bytes(bytes, sizeof bytes);
    tx->marks.is_changed = false;
    return store_put_raw(tx, &row, false, err);
}

static bool is_marks(const struct store_row *row) { return row->table == STORE_MARK && str_is(row->key.name, "marks"); }

/* --- the sum over all rows ---------------------------------------------------------------------------------------- */

static enum salve_code sum_table(struct store_tx *tx, enum store_table table, struct arena *mem,
                                 uint8_t sum[STORE_SUM_BYTES], struct salve_err *err)
{
    struct store_row rows[STORE_PAGE_ROWS];
    struct store_scan scan = {.table = table, .with_bytes = kept_of[table] != STORE_KEPT_KEY};
    if (table == STORE_LOG_TILE) scan.from.number = PROVED_END;
    size_t tail = kept_of[table] == STORE_KEPT_MAC ? STORE_MAC_BYTES : 0;
    while (!scan.is_done) {
        size_t used = 0;
        struct store_value value;
        char last[256]; /* the name where the next page goes on, which the rewinding of mem would take */
        struct arena_mark mark = arena_mark(mem);
        TRY(store_scan_rows(tx, &scan, rows, STORE_PAGE_ROWS, &used, mem, err));
        for (size_t i = 0; i < used; i++) {
            if (is_marks(&rows[i])) continue;
            rows[i].bytes.len -= rows[i].bytes.len < tail ? rows[i].bytes.len : tail;
            store_row_value(tx, &rows[i], &value);
            store_sum_add(sum, &value);
        }
        if (scan.from.name.len > sizeof last) return salve_fail(err, SALVE_E_INTEGRITY, "name of a row");
        if (scan.from.name.len > 0) memcpy(last, scan.from.name.ptr, scan.from.name.len);
        arena_rewind(mem, mark);
        if (!scan.is_done && arena_str(mem, str_make(last, scan.from.name.len), &scan.from.name, err) != SALVE_OK)
            return SALVE_E_MEMORY;
    }
    return SALVE_OK;
}

enum salve_code store_sum_of_rows(struct store_tx *tx, const struct store_swept *swept, struct arena *mem,
                                  uint8_t sum[STORE_SUM_BYTES], struct salve_err *err)
{
    memset(sum, 0, STORE_SUM_BYTES);
    if (swept != NULL) memcpy(sum, swept->sum, STORE_SUM_BYTES);
    for (int table = 0; table < STORE_TABLE_COUNT; table++) {
        bool is_swept = swept != NULL && (table == STORE_HEAD || table == STORE_RECORD);
        if (is_swept || kept_of[table] == STORE_KEPT_NONE) continue;
        struct arena_mark mark = arena_mark(mem);
        TRY(sum_table(tx, (enum store_table)table, mem, sum, err));
        arena_rewind(mem, mark);
    }
    return SALVE_OK;
}
