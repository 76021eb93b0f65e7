/* SPDX-License-Identifier: Apache-2.0
 * What every backend of the store promises: one suite, run over each row of store_backends.def (SQLite on a disk in
 * memory) by itself and in the faulty wrapper. */
#include "crypto/crypto.h"
#include "db/db_fault.h"
#include "store/store_int.h"
#include "t.h"

static struct db_disk *disk;
static struct arena *mem;

/* one of store_backends, by itself or in the wrapper */
struct kind {
    const struct store_backend *backend;
    bool is_wrapped;
};
static struct kind now;

static struct store *fresh(struct kind kind)
{
    char where[64];
    struct store *store = NULL;
    db_disk_close(&disk);
    disk = db_disk_open();
    arena_close(mem);
    mem = arena_open(64 << 20);
    now = kind;
    (void)snprintf(where, sizeof where, "%s:store.db", kind.backend->name);
    const struct store_options options = {.where = where, .create = true, .disk = disk};
    assert_ok(kind.is_wrapped ? store_open_faulty(&options, &store, NULL) : store_open(&options, &store, NULL));
    return store;
}

static struct compartment id_of(uint8_t nr)
{
    struct compartment id = {{nr, 1, 2, 3}};
    return id;
}

static struct store_tx *begin(struct store *store, bool read_only)
{
    struct store_tx *tx = NULL;
    assert_ok(store_begin(store, read_only, &tx, NULL));
    return tx;
}

/* a sealed record of the chain, so that store_verify can follow it */
static struct str sealed(struct store_tx *tx, struct compartment id, enum data_class class, size_t len)
{
    static const char zeros[4096];
    struct crypto_keys *keys = NULL;
    struct store_head head;
    struct str record;
    assert_ok(store_head_get(tx, id, &head, NULL));
    struct crypto_record clear = {.compartment = id, .seq = head.seq + 1, .class = class, .key_version = 1};
    memcpy(clear.prev, head.sha256, 32);
    assert_ok(crypto_keys_new(1, &keys, NULL));
    assert_ok(crypto_record_seal(crypto_keys_at(keys, 0), &clear, str_make(zeros, len), mem, &record, NULL));
    crypto_keys_drop(&keys);
    return record;
}

static struct str append(struct store_tx *tx, struct compartment id, enum data_class class, size_t len)
{
    struct store_head head;
    struct str record = sealed(tx, id, class, len);
    assert_ok(store_head_get(tx, id, &head, NULL));
    assert_ok(store_record_append(tx, id, head.seq + 1, class, record, NULL));
    return record;
}

static void records_form_a_sequence_with_a_head(struct store *store)
{
    struct store_head head;
    struct store_record record, *list;
    size_t count;
    uint8_t hash[32];
    struct store_tx *tx = begin(store, false);
    assert_ok(store_head_get(tx, id_of(1), &head, NULL));
    assert_int_equal(head.seq, 0);
    struct str first = append(tx, id_of(1), CLASS_CLIN, 10), second = append(tx, id_of(1), CLASS_AUDIT, 3000);
    append(tx, id_of(2), CLASS_IDENT, 1);
    assert_code(store_record_append(tx, id_of(1), 2, CLASS_CLIN, STR("x"), NULL), SALVE_E_CONFLICT);
    assert_code(store_record_append(tx, id_of(1), 4, CLASS_CLIN, STR("x"), NULL), SALVE_E_CONFLICT);
    assert_ok(store_commit(&tx, NULL));
    assert_null(tx);
    tx = begin(store, true);
    assert_ok(store_head_get(tx, id_of(1), &head, NULL));
    crypto_sha256(second, hash);
    assert_int_equal(head.seq, 2);
    assert_memory_equal(head.sha256, hash, 32);
    assert_ok(store_record_get(tx, id_of(1), 1, mem, &record, NULL));
    assert_true(str_eq(record.bytes, first) && record.class == CLASS_CLIN && record.bytes_len == first.len);
    crypto_sha256(first, hash);
    assert_memory_equal(record.sha256, hash, 32);
    assert_code(store_record_get(tx, id_of(1), 3, mem, &record, NULL), SALVE_E_NOT_FOUND);
    assert_ok(
        store_record_list(tx, id_of(1), CLASS_BIT(CLASS_AUDIT) | CLASS_BIT(CLASS_CLIN), 1, mem, &list, &count, NULL));
    assert_true(count == 2 && list[1].seq == 2 && list[1].bytes_len == second.len && list[1].bytes.ptr == NULL);
    assert_ok(store_record_list(tx, id_of(1), CLASS_BIT(CLASS_AUDIT), 1, mem, &list, &count, NULL));
    assert_true(count == 1 && list[0].seq == 2);
    assert_ok(store_record_list(tx, id_of(1), ~0u, 2, mem, &list, &count, NULL));
    assert_int_equal(count, 1);
    assert_ok(store_record_list(tx, id_of(9), ~0u, 1, mem, &list, &count, NULL));
    assert_int_equal(count, 0);
    store_abandon(&tx);
}

static void an_abandoned_transaction_leaves_nothing(struct store *store)
{
    struct store_head head;
    uint64_t size;
    struct str out;
    struct store_tx *tx = begin(store, false), *second = NULL;
    assert_code(store_begin(store, false, &second, NULL), SALVE_E_BUSY);
    if (!now.backend->can_overlap) assert_code(store_begin(store, true, &second, NULL), SALVE_E_BUSY);
    append(tx, id_of(1), CLASS_CLIN, 10);
    assert_ok(store_log_append(tx, 0, &STR("entry"), 1, NULL));
    assert_ok(store_commons_put(tx, STR("k"), STR("v"), true, NULL));
    store_abandon(&tx);
    store_abandon(&tx); /* NULL by now */
    tx = begin(store, true);
    assert_ok(store_head_get(tx, id_of(1), &head, NULL));
    assert_ok(store_log_size(tx, &size, NULL));
    assert_true(head.seq == 0 && size == 0);
    assert_code(store_commons_get(tx, STR("k"), mem, &out, NULL), SALVE_E_NOT_FOUND);
    store_abandon(&tx);
}

static void compartments_are_walked_in_order(struct store *store)
{
    struct compartment id, ids[4];
    size_t count;
    struct store_tx *tx = begin(store, false);
    append(tx, id_of(200), CLASS_CLIN, 1);
    append(tx, id_of(0), CLASS_CLIN, 1);
    append(tx, id_of(7), CLASS_CLIN, 1);
    const uint8_t want[] = {0, 7, 200};
    assert_ok(store_compartment_list(tx, NULL, &id, 1, &count, NULL));
    for (size_t i = 0; i < 3; i++) {
        assert_true(count == 1 && id.bytes[0] == want[i]);
        assert_ok(store_compartment_list(tx, &id, &id, 1, &count, NULL));
    }
    assert_int_equal(count, 0);
    assert_ok(store_compartment_list(tx, NULL, ids, 4, &count, NULL));
    assert_true(count == 3 && ids[0].bytes[0] == 0 && ids[2].bytes[0] == 200);
    assert_ok(store_compartment_list(tx, &ids[0], ids, 2, &count, NULL));
    assert_true(count == 2 && ids[0].bytes[0] == 7 && ids[1].bytes[0] == 200);
    assert_ok(store_commit(&tx, NULL));
}

static void erasure_takes_all_of_one_and_nothing_of_others(struct store *store)
{
    struct store_head head;
    struct store_counts counts;
    struct store_record *list;
    size_t count;
    bool is_erased;
    uint64_t tombstones;
    uint8_t hash[2][32], want[32];
    struct store_tx *tx = begin(store, false);
    for (int i = 0; i < 5; i++) append(tx, id_of(1), CLASS_CLIN, 500), append(tx, id_of(2), CLASS_CLIN, 500);
    assert_ok(store_commit(&tx, NULL));
    tx = begin(store, false);
    assert_ok(store_compartment_erase(tx, id_of(1), false, NULL));
    assert_ok(store_compartment_erase(tx, id_of(1), false, NULL)); /* again is fine */
    assert_ok(store_commit(&tx, NULL));
    tx = begin(store, true);
    assert_ok(store_head_get(tx, id_of(1), &head, NULL));
    assert_int_equal(head.seq, 0);
    assert_ok(store_record_list(tx, id_of(1), ~0u, 1, mem, &list, &count, NULL));
    assert_int_equal(count, 0);
    assert_ok(store_head_get(tx, id_of(2), &head, NULL));
    assert_int_equal(head.seq, 5);
    assert_ok(store_tombstone_get(tx, id_of(1), &is_erased, NULL));
    assert_true(is_erased);
    assert_ok(store_tombstone_get(tx, id_of(2), &is_erased, NULL));
    assert_false(is_erased);
    assert_ok(store_tombstone_count(tx, &tombstones, NULL));
    assert_int_equal(tombstones, 1);
    assert_ok(store_tombstone_list(tx, NULL, hash, 2, &count, NULL));
    crypto_sha256(str_make((char *)id_of(1).bytes, 16), want);
    assert_true(count == 1 && memcmp(hash, want, 32) == 0);
    assert_ok(store_tombstone_list(tx, hash[0], hash, 2, &count, NULL));
    assert_int_equal(count, 0);
    store_abandon(&tx);
    assert_ok(store_verify(store, NULL, NULL, &counts, NULL));
    assert_true(counts.compartments == 1 && counts.records == 5 && counts.tombstones == 1);
}

static void a_blanked_record_keeps_its_place_in_the_chain(struct store *store)
{
    struct store_counts counts;
    struct store_record record, *list;
    size_t count;
    uint8_t hash[32];
    struct store_tx *tx = begin(store, false);
    append(tx, id_of(1), CLASS_CLIN, 1);
    struct str projection = append(tx, id_of(1), CLASS_STAT, 400);
    append(tx, id_of(1), CLASS_CLIN, 1);
    append(tx, id_of(1), CLASS_STAT, 1);
    assert_ok(store_record_blank(tx, id_of(1), 2, NULL));
    assert_ok(store_record_blank(tx, id_of(1), 2, NULL));
    assert_ok(store_record_blank(tx, id_of(1), 4, NULL)); /* the newest */
    assert_code(store_record_blank(tx, id_of(1), 5, NULL), SALVE_E_NOT_FOUND);
    append(tx, id_of(1), CLASS_CLIN, 1);
    assert_ok(store_commit(&tx, NULL));
    tx = begin(store, true);
    assert_ok(store_record_get(tx, id_of(1), 2, mem, &record, NULL));
    crypto_sha256(projection, hash);
    assert_true(record.is_blank && record.bytes.ptr == NULL && record.class == CLASS_STAT);
    assert_memory_equal(record.sha256, hash, 32);
    assert_ok(store_record_list(tx, id_of(1), CLASS_BIT(CLASS_STAT), 1, mem, &list, &count, NULL));
    assert_true(count == 2 && list[0].is_blank && list[0].bytes_len == 0);
    store_abandon(&tx);
    assert_ok(store_verify(store, NULL, NULL, &counts, NULL));
    assert_int_equal(counts.records, 5);
}

static void log_rows_are_numbered_without_gaps(struct store *store)
{
    struct str out, all[299];
    uint64_t size;
    struct store_tx *tx = begin(store, false);
    for (uint64_t i = 0; i < 300; i++) {
        uint8_t entry[2] = {(uint8_t)i, (uint8_t)(i >> 8)};
        assert_ok(store_log_append(tx, i, &(struct str){(char *)entry, 2}, 1, NULL));
    }
    assert_code(store_log_append(tx, 299, &STR("x"), 1, NULL), SALVE_E_CONFLICT);
    assert_code(store_log_append(tx, 301, &STR("x"), 1, NULL), SALVE_E_CONFLICT);
    const struct str two[] = {STR("300"), STR("301")};
    assert_ok(store_log_append(tx, 300, two, 2, NULL));
    assert_ok(store_tile_put(tx, 0, 1, STR("one"), NULL));
    assert_ok(store_tile_put(tx, 0, 1, STR("two"), NULL));
    assert_ok(store_tile_put(tx, 63, ((uint64_t)1 << 56) - 1, STR(""), NULL));
    assert_ok(store_commit(&tx, NULL));
    tx = begin(store, true);
    assert_ok(store_log_size(tx, &size, NULL));
    assert_int_equal(size, 302);
    assert_ok(store_log_list(tx, 258, 1, mem, &out, NULL));
    assert_true(out.len == 2 && out.ptr[0] == 2 && out.ptr[1] == 1);
    assert_code(store_log_list(tx, 302, 1, mem, &out, NULL), SALVE_E_NOT_FOUND);
    assert_ok(store_log_list(tx, 3, 299, mem, all, NULL)); /* over several pages */
    for (unsigned i = 3; i < 300; i++) assert_true(all[i - 3].len == 2 && (uint8_t)all[i - 3].ptr[0] == i % 256);
    assert_str(all[298], "301");
    assert_code(store_log_list(tx, 4, 299, mem, all, NULL), SALVE_E_NOT_FOUND);
    assert_ok(store_tile_get(tx, 0, 1, mem, &out, NULL));
    assert_str(out, "two");
    assert_ok(store_tile_get(tx, 63, ((uint64_t)1 << 56) - 1, mem, &out, NULL));
    assert_int_equal(out.len, 0);
    assert_code(store_tile_get(tx, 1, 1, mem, &out, NULL), SALVE_E_NOT_FOUND);
    store_abandon(&tx);
}

static void commons_are_replaced_listed_and_deleted(struct store *store)
{
    struct str out, *keys;
    size_t count;
    struct store_tx *tx = begin(store, false);
    assert_ok(store_commons_put(tx, STR("form/b"), STR("1"), true, NULL));
    assert_ok(store_commons_put(tx, STR("form/a"), STR(""), true, NULL));
    assert_ok(store_commons_put(tx, STR("forn"), STR("3"), true, NULL));
    assert_ok(store_commons_put(tx, STR("fora"), STR("4"), true, NULL));
    assert_code(store_commons_put(tx, STR("form/b"), STR("2"), true, NULL), SALVE_E_CONFLICT);
    assert_ok(store_commons_put(tx, STR("form/b"), STR("22"), false, NULL));
    assert_ok(store_commit(&tx, NULL));
    tx = begin(store, false);
    assert_ok(store_commons_get(tx, STR("form/b"), mem, &out, NULL));
    assert_str(out, "22");
    assert_ok(store_commons_get(tx, STR("form/a"), mem, &out, NULL));
    assert_str(out, "");
    assert_ok(store_commons_list(tx, STR("form/"), mem, &keys, &count, NULL));
    assert_int_equal(count, 2);
    assert_str(keys[0], "form/a");
    assert_str(keys[1], "form/b");
    assert_ok(store_commons_delete(tx, STR("form/a"), NULL));
    assert_ok(store_commit(&tx, NULL));
    tx = begin(store, true);
    assert_code(store_commons_get(tx, STR("form/a"), mem, &out, NULL), SALVE_E_NOT_FOUND);
    assert_ok(store_commons_list(tx, STR(""), mem, &keys, &count, NULL));
    assert_int_equal(count, 3);
    store_abandon(&tx);
}

static void the_clock_never_runs_backwards(struct store *store)
{
    int64_t now;
    bool is_suspect;
    struct store_tx *tx = begin(store, false);
    assert_ok(store_clock(tx, 1000000, &now, &is_suspect, NULL));
    assert_true(now == 1000000 && !is_suspect);
    assert_ok(store_commit(&tx, NULL));
    tx = begin(store, true);
    assert_ok(store_clock(tx, 1000000 - 2000, &now, &is_suspect, NULL));
    assert_true(now == 1000000 && !is_suspect);
    assert_ok(store_clock(tx, 1000000 - 2001, &now, &is_suspect, NULL));
    assert_true(now == 1000000 && is_suspect);
    assert_ok(store_clock(tx, 2000000, &now, &is_suspect, NULL)); /* reading does not put it down */
    assert_true(now == 2000000 && !is_suspect);
    assert_ok(store_clock(tx, 1500000, &now, &is_suspect, NULL));
    assert_true(now == 1500000);
    store_abandon(&tx);
}

static void the_61st_compartment_in_an_hour_is_refused(struct store *store)
{
    struct store_tx *tx = begin(store, false);
    for (uint8_t i = 0; i < 60; i++) assert_ok(store_quota_take(tx, id_of(i), 1000000 + i, 60, NULL));
    assert_ok(store_quota_take(tx, id_of(5), 1000100, 60, NULL)); /* the same one counts once */
    assert_code(store_quota_take(tx, id_of(60), 1000100, 60, NULL), SALVE_E_QUOTA);
    assert_ok(store_commit(&tx, NULL));
    tx = begin(store, false);
    assert_code(store_quota_take(tx, id_of(60), 1000000 + 59 * 60000, 60, NULL), SALVE_E_QUOTA);
    assert_ok(store_quota_take(tx, id_of(60), 1000000 + 61 * 60000, 60, NULL));
    assert_ok(store_commit(&tx, NULL));
}

static void a_compartment_made_just_now_does_not_count(struct store *store)
{
    struct store_tx *tx = begin(store, false);
    for (uint16_t i = 0; i < 2000; i++) {
        struct compartment one = id_of((uint8_t)i);
        one.bytes[1] = (uint8_t)(1 + i / 256);
        assert_ok(store_quota_free(tx, one, 1000000, NULL)); /* the newest thousand are remembered */
    }
    for (uint8_t i = 0; i < 80; i++) assert_ok(store_quota_free(tx, id_of(i), 1000000, NULL));
    for (uint8_t i = 0; i < 80; i++) assert_ok(store_quota_take(tx, id_of(i), 1000100, 2, NULL));
    assert_ok(store_quota_take(tx, id_of(100), 1000100, 2, NULL));
    assert_ok(store_quota_take(tx, id_of(101), 1000100, 2, NULL));
    assert_code(store_quota_take(tx, id_of(102), 1000100, 2, NULL), SALVE_E_QUOTA);
    /* after the hour it is one like any other */
    assert_ok(store_quota_take(tx, id_of(1), 1000000 + 61 * 60000, 1, NULL));
    assert_code(store_quota_take(tx, id_of(2), 1000000 + 61 * 60000, 1, NULL), SALVE_E_QUOTA);
    assert_ok(store_commit(&tx, NULL));
}

struct told {
    unsigned count;
    char place[200];
};
static void note(void *who, const char *place, const char *what)
{
    struct told *told = who;
    (void)what;
    if (told->count++ == 0) (void)snprintf(told->place, sizeof told->place, "%s", place);
}

static void verify_names_the_compartment_whose_chain_is_wrong(struct store *store)
{
    struct store_counts counts;
    struct told told = {0};
    char text[27], want[80];
    struct store_tx *tx = begin(store, false);
    append(tx, id_of(1), CLASS_CLIN, 1);
    append(tx, id_of(3), CLASS_CLIN, 1);
    struct str stale = sealed(tx, id_of(2), CLASS_CLIN, 1);
    append(tx, id_of(2), CLASS_CLIN, 2);
    assert_ok(store_record_append(tx, id_of(2), 2, CLASS_CLIN, stale, NULL)); /* says seq 1 and prev 0 */
    assert_ok(store_commit(&tx, NULL));
    assert_code(store_verify(store, note, &told, &counts, NULL), SALVE_E_INTEGRITY);
    compartment_text(id_of(2), text);
    (void)snprintf(want, sizeof want, "compartment %s record 2", text);
    assert_string_equal(told.place, want);
    assert_int_equal(counts.bad, 1);
    assert_int_equal(counts.compartments, 3);
}

/* The row of a record as it lies there. */
static struct store_row row_of(struct store_tx *tx, struct compartment id, uint64_t seq)
{
    struct store_row row = {.table = STORE_RECORD, .key = {str_bytes(id.bytes, sizeof id.bytes), seq}};
    assert_ok(arena_str(mem, row.key.name, &row.key.name, NULL));
    assert_ok(store_get_raw(tx, &row, mem, NULL));
    return row;
}

/* By length too, where nobody asks for the bytes. */
static void is_still(struct store_tx *tx, struct compartment id, uint64_t seq, struct str bytes)
{
    struct store_record record, *list = NULL;
    size_t count = 0;
    assert_ok(store_record_get(tx, id, seq, mem, &record, NULL));
    assert_true(str_eq(record.bytes, bytes) && record.bytes_len == bytes.len && record.class == CLASS_CLIN);
    assert_ok(store_record_list(tx, id, CLASS_BIT(CLASS_CLIN), seq, mem, &list, &count, NULL));
    assert_true(count > 0 && list[0].seq == seq && list[0].bytes_len == bytes.len);
}

static void a_row_leaves_out_what_its_place_says(struct store *store)
{
    struct store_counts counts;
    struct store_tx *tx = begin(store, false);
    struct str first = append(tx, id_of(1), CLASS_CLIN, 10), second = append(tx, id_of(1), CLASS_CLIN, 3000);
    struct store_row row = row_of(tx, id_of(1), 1);
    assert_int_equal(row.bytes.len, first.len - CRYPTO_RECORD_PLACE_BYTES + 1);
    assert_int_equal(row.tag, CLASS_CLIN | STORE_TAG_REST);
    row = row_of(tx, id_of(1), 2); /* as a row of before, which had all of it */
    row.tag = CLASS_CLIN;
    row.bytes = second;
    assert_ok(store_put(tx, &row, false, NULL));
    struct str third = append(tx, id_of(1), CLASS_CLIN, 20);
    is_still(tx, id_of(1), 1, first);
    is_still(tx, id_of(1), 2, second);
    is_still(tx, id_of(1), 3, third);
    assert_ok(store_commit(&tx, NULL));
    assert_ok(store_verify(store, NULL, NULL, &counts, NULL));
    assert_int_equal(counts.records, 3);
}

static void what_its_place_does_not_say_is_kept_whole(struct store *store)
{
    struct store_tx *tx = begin(store, false);
    struct str elsewhere = sealed(tx, id_of(2), CLASS_CLIN, 9), class = sealed(tx, id_of(1), CLASS_CLIN, 9);
    struct str short_one = str_cut(class, 0, 100), key = sealed(tx, id_of(1), CLASS_CLIN, 9);
    memcpy((char *)(uintptr_t)key.ptr + 32, "\0\0\1\0", 4); /* version 256 */
    const struct str all[] = {elsewhere, short_one, key, STR("x"), STR("")};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        assert_ok(store_record_append(tx, id_of(1), i + 1, CLASS_CLIN, all[i], NULL));
        assert_int_equal(row_of(tx, id_of(1), i + 1).tag, CLASS_CLIN);
        is_still(tx, id_of(1), i + 1, all[i]);
    }
    assert_ok(store_record_append(tx, id_of(1), 6, CLASS_AUDIT, class, NULL));
    assert_int_equal(row_of(tx, id_of(1), 6).tag, CLASS_AUDIT);
    store_abandon(&tx);
}

/* Whoever puts a row under another key, or bytes of their own into one, makes a record that verify names. */
static void a_row_in_another_place_is_another_record(struct store *store)
{
    struct store_counts counts;
    struct store_record record;
    struct store_tx *tx = begin(store, false);
    struct str first = append(tx, id_of(1), CLASS_CLIN, 10);
    for (uint64_t seq = 2; seq <= 4; seq++) append(tx, id_of(1), CLASS_CLIN, 10);
    const struct str bytes[] = {row_of(tx, id_of(1), 1).bytes, STR("\1"), STR("")};
    for (uint64_t seq = 2; seq <= 4; seq++) {
        struct store_row row = row_of(tx, id_of(1), seq);
        row.bytes = bytes[seq - 2];
        assert_ok(store_put(tx, &row, false, NULL));
    }
    assert_ok(store_record_get(tx, id_of(1), 2, mem, &record, NULL));
    assert_true(record.bytes.len == first.len && !str_eq(record.bytes, first));
    assert_ok(store_record_get(tx, id_of(1), 3, mem, &record, NULL));
    assert_code(store_record_get(tx, id_of(1), 4, mem, &record, NULL), SALVE_E_INTEGRITY);
    assert_ok(store_commit(&tx, NULL));
    assert_code(store_verify(store, NULL, NULL, &counts, NULL), SALVE_E_INTEGRITY);
    assert_true(counts.bad >= 3);
}

static void lists_are_whole_over_pages_and_in_order(struct store *store)
{
    struct compartment ids[200], after;
    struct store_record *records;
    struct str *keys;
    size_t count, all = 0;
    char key[32];
    struct store_tx *tx = begin(store, false);
    for (unsigned i = 0; i < 200; i++) {
        enum data_class class = i % 3 == 0 ? CLASS_CLIN : CLASS_AUDIT;
        if (i != 77) assert_ok(store_record_append(tx, id_of((uint8_t)i), 1, CLASS_CLIN, STR("a record"), NULL));
        assert_ok(store_record_append(tx, id_of(77), i + 1, class, STR("a record"), NULL));
        assert_ok(
            store_commons_put(tx, str_make(key, (size_t)snprintf(key, sizeof key, "k/%03u", i)), STR("x"), true, NULL));
    }
    assert_ok(store_commons_put(tx, STR("k0"), STR("behind k/"), true, NULL));
    assert_ok(store_commit(&tx, NULL));
    tx = begin(store, true);
    assert_ok(store_record_list(tx, id_of(77), ~0u, 1, mem, &records, &count, NULL));
    assert_int_equal(count, 200);
    for (size_t i = 0; i < count; i++) assert_int_equal(records[i].seq, i + 1);
    assert_ok(store_record_list(tx, id_of(77), CLASS_BIT(CLASS_AUDIT), 100, mem, &records, &count, NULL));
    for (size_t i = 1; i < count; i++) assert_true(records[i].seq > records[i - 1].seq && records[0].seq >= 100);
    assert_ok(store_commons_list(tx, STR("k/"), mem, &keys, &count, NULL));
    assert_int_equal(count, 200);
    for (size_t i = 1; i < count; i++) assert_true(str_cmp(keys[i], keys[i - 1]) > 0);
    assert_ok(store_compartment_list(tx, NULL, ids, 200, &count, NULL));
    assert_true(count == 200 && ids[0].bytes[0] == 0 && ids[199].bytes[0] == 199);
    for (count = 70; count == 70; all += count) { /* pages of the caller's size */
        assert_ok(store_compartment_list(tx, all == 0 ? NULL : &after, ids, 70, &count, NULL));
        if (count > 0) after = ids[count - 1];
    }
    assert_int_equal(all, 200);
    store_abandon(&tx);
}

/* A page with bytes ends with the row that fills it; what is behind it is not lost. */
static void large_rows_come_in_more_pages(struct store *store)
{
    struct str *out = arena_array(mem, struct str, 5);
    char *large = arena_alloc(mem, STORE_PAGE_BYTES / 2);
    struct store_tx *tx = begin(store, false);
    for (uint64_t i = 0; i < 5; i++) {
        large[0] = (char)('a' + i);
        assert_ok(store_log_append(tx, i, &(struct str){large, STORE_PAGE_BYTES / 2}, 1, NULL));
    }
    assert_ok(store_log_list(tx, 0, 5, mem, out, NULL));
    for (size_t i = 0; i < 5; i++) assert_true(out[i].len == STORE_PAGE_BYTES / 2 && out[i].ptr[0] == (char)('a' + i));
    store_abandon(&tx);
}

static void a_savepoint_that_is_undone_takes_only_its_own(struct store *store)
{
    struct store_head head;
    struct store_counts counts;
    struct str out;
    uint64_t size;
    struct store_tx *tx = begin(store, false);
    append(tx, id_of(0), CLASS_CLIN, 1);
    for (uint8_t i = 1; i <= 6; i++) { /* every second save fails in the middle */
        assert_ok(store_savepoint(tx, NULL));
        append(tx, id_of(i), CLASS_CLIN, 1);
        append(tx, id_of(0), CLASS_AUDIT, 1);
        assert_ok(store_log_size(tx, &size, NULL));
        assert_ok(store_log_append(tx, size, &STR("leaf"), 1, NULL));
        if (i % 2 == 0) {
            assert_code(store_record_append(tx, id_of(i), 9, CLASS_CLIN, STR("x"), NULL), SALVE_E_CONFLICT);
            assert_ok(store_savepoint_undo(tx, NULL));
        } else
            assert_ok(store_savepoint_keep(tx, NULL));
    }
    assert_ok(store_commons_put(tx, STR("k"), STR("old"), true, NULL));
    assert_ok(store_savepoint(tx, NULL)); /* one in another */
    assert_ok(store_commons_put(tx, STR("k"), STR("new"), false, NULL));
    assert_ok(store_savepoint(tx, NULL));
    assert_ok(store_commons_delete(tx, STR("k"), NULL));
    assert_ok(store_compartment_erase(tx, id_of(1), false, NULL));
    assert_ok(store_savepoint_undo(tx, NULL));
    assert_ok(store_commons_get(tx, STR("k"), mem, &out, NULL));
    assert_str(out, "new");
    assert_ok(store_savepoint_undo(tx, NULL));
    assert_ok(store_commit(&tx, NULL));
    tx = begin(store, true);
    assert_ok(store_commons_get(tx, STR("k"), mem, &out, NULL));
    assert_str(out, "old");
    for (uint8_t i = 1; i <= 6; i++) {
        assert_ok(store_head_get(tx, id_of(i), &head, NULL));
        assert_int_equal(head.seq, i % 2);
    }
    assert_ok(store_log_size(tx, &size, NULL));
    assert_int_equal(size, 3);
    store_abandon(&tx);
    assert_ok(store_verify(store, NULL, NULL, &counts, NULL));
    assert_true(counts.compartments == 4 && counts.records == 1 + 3 + 3 && counts.tombstones == 0);
}

static void an_abandoned_transaction_takes_its_savepoints_along(struct store *store)
{
    struct store_head head;
    struct store_tx *tx = begin(store, false);
    append(tx, id_of(1), CLASS_CLIN, 1);
    assert_ok(store_savepoint(tx, NULL));
    append(tx, id_of(1), CLASS_CLIN, 1);
    assert_ok(store_savepoint_keep(tx, NULL));
    assert_ok(store_savepoint(tx, NULL));
    append(tx, id_of(1), CLASS_CLIN, 1);
    store_abandon(&tx);
    tx = begin(store, false);
    assert_ok(store_head_get(tx, id_of(1), &head, NULL));
    assert_int_equal(head.seq, 0);
    append(tx, id_of(1), CLASS_CLIN, 1);
    assert_ok(store_commit(&tx, NULL));
}

/* In the wrapper, a save that fails is undone and the others stand; without an undo nothing of the transaction does. */
static void a_failed_save_is_undone_or_all_is_lost(struct store *store)
{
    struct store_head head;
    if (!now.is_wrapped) return;
    for (int undoes = 1; undoes >= 0; undoes--) {
        struct store_tx *tx = begin(store, false);
        append(tx, id_of(1), CLASS_CLIN, 1);
        assert_ok(store_savepoint(tx, NULL));
        struct str record = sealed(tx, id_of(2), CLASS_CLIN, 1);
        store_faulty_arm(store, 3, false, SALVE_E_FULL); /* the head, behind its record */
        assert_code(store_record_append(tx, id_of(2), 1, CLASS_CLIN, record, NULL), SALVE_E_FULL);
        store_faulty_arm(store, 0, false, SALVE_E_FULL);
        assert_code(store_log_append(tx, 0, &STR("x"), 1, NULL), SALVE_E_IO); /* it takes no more */
        assert_code(store_savepoint(tx, NULL), SALVE_E_IO);
        if (undoes)
            assert_ok(store_savepoint_undo(tx, NULL));
        else
            assert_code(store_savepoint_keep(tx, NULL), SALVE_E_IO);
        if (undoes)
            assert_ok(store_commit(&tx, NULL));
        else
            store_abandon(&tx);
        tx = begin(store, true);
        assert_ok(store_head_get(tx, id_of(1), &head, NULL));
        assert_int_equal(head.seq, 1);
        assert_ok(store_head_get(tx, id_of(2), &head, NULL));
        assert_int_equal(head.seq, 0);
        store_abandon(&tx);
    }
}

static uint64_t mark_seen(struct store_tx *tx)
{
    uint64_t number = 0;
    assert_ok(store_mark_get(tx, STR("n"), &number, NULL));
    return number;
}

static void a_transaction_sees_what_was_committed_when_it_began(struct store *store)
{
    struct store_tx *reader = NULL, *second = NULL, *writer = begin(store, false);
    assert_ok(store_mark_put(writer, STR("n"), 1, NULL));
    assert_ok(store_commit(&writer, NULL));
    reader = begin(store, true);
    enum salve_code code = store_begin(store, false, &writer, NULL);
    if (now.backend->can_overlap) {
        assert_ok(code);
        assert_ok(store_mark_put(writer, STR("n"), 2, NULL));
        assert_true(mark_seen(writer) == 2 && mark_seen(reader) == 1);
        second = begin(store, true);
        assert_ok(store_commit(&writer, NULL));
        assert_true(mark_seen(reader) == 1 && mark_seen(second) == 1);
        store_abandon(&second);
    } else {
        assert_code(code, SALVE_E_BUSY);
        assert_code(store_begin(store, true, &second, NULL), SALVE_E_BUSY);
        assert_int_equal(mark_seen(reader), 1); /* the refusal did it no harm */
        store_abandon(&reader);
        writer = begin(store, false);
        assert_ok(store_mark_put(writer, STR("n"), 2, NULL));
        assert_ok(store_commit(&writer, NULL));
    }
    store_abandon(&reader);
    reader = begin(store, true);
    assert_int_equal(mark_seen(reader), 2);
    store_abandon(&reader);
    (void)begin(store, false); /* close abandons what is open */
}

/* What a backend cannot do is not missed by those above it. */
static void what_only_files_can_do_is_left_out_elsewhere(struct store *store)
{
    struct store_counts counts;
    bool has_file = strcmp(now.backend->name, "sqlite") == 0;
    assert_int_equal(now.backend->scrub != NULL, has_file);
    assert_int_equal(now.backend->check != NULL, has_file);
    struct store_tx *tx = begin(store, false);
    append(tx, id_of(1), CLASS_CLIN, 1);
    assert_ok(store_compartment_erase(tx, id_of(1), false, NULL));
    assert_ok(store_commit(&tx, NULL));
    assert_ok(store_verify(store, NULL, NULL, &counts, NULL));
    assert_int_equal(counts.tombstones, 1);
}

static void a_place_is_named_by_its_backend(struct store *store)
{
    static const char *const unknown[] = {"postgres:salve", "sqlitex:a", "store.db", "/tmp/store.db", ":a", ""};
    char where[64];
    struct store *other = NULL;
    struct salve_err err;
    bool is_there = true;
    (void)store;
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        const struct store_options options = {.where = unknown[i], .create = true, .disk = disk};
        err = (struct salve_err){0};
        assert_code(store_open(&options, &other, &err), SALVE_E_CONFIG);
        assert_non_null(strstr(err.why, "sqlite:"));
        assert_non_null(strstr(err.why, "memory:"));
        assert_code(store_is_there(&options, &is_there, NULL), SALVE_E_CONFIG);
    }
    (void)snprintf(where, sizeof where, "%s:store.db", now.backend->name);
    const struct store_options options = {.where = where, .disk = disk};
    assert_ok(store_is_there(&options, &is_there, NULL));
    assert_int_equal(is_there, now.backend->check != NULL); /* memory keeps nothing */
    const struct store_options nowhere = {.where = "sqlite:nothing.db", .folder = "/none", .disk = disk};
    assert_ok(store_is_there(&nowhere, &is_there, NULL));
    assert_false(is_there);
    assert_code(store_open(&nowhere, &other, NULL), SALVE_E_NOT_FOUND);
    assert_code(store_open(&(struct store_options){.where = "sqlite:", .create = true, .disk = disk}, &other, NULL),
                SALVE_E_CONFIG);
}

int main(void)
{
    static const struct {
        const char *name;
        void (*run)(struct store *);
    } cases[] = {
#define CASE(name) {#name, name}
        CASE(records_form_a_sequence_with_a_head),
        CASE(an_abandoned_transaction_leaves_nothing),
        CASE(compartments_are_walked_in_order),
        CASE(erasure_takes_all_of_one_and_nothing_of_others),
        CASE(a_blanked_record_keeps_its_place_in_the_chain),
        CASE(log_rows_are_numbered_without_gaps),
        CASE(commons_are_replaced_listed_and_deleted),
        CASE(the_clock_never_runs_backwards),
        CASE(the_61st_compartment_in_an_hour_is_refused),
        CASE(a_compartment_made_just_now_does_not_count),
        CASE(verify_names_the_compartment_whose_chain_is_wrong),
        CASE(a_row_leaves_out_what_its_place_says),
        CASE(what_its_place_does_not_say_is_kept_whole),
        CASE(a_row_in_another_place_is_another_record),
        CASE(lists_are_whole_over_pages_and_in_order),
        CASE(large_rows_come_in_more_pages),
        CASE(a_savepoint_that_is_undone_takes_only_its_own),
        CASE(an_abandoned_transaction_takes_its_savepoints_along),
        CASE(a_failed_save_is_undone_or_all_is_lost),
        CASE(a_transaction_sees_what_was_committed_when_it_began),
        CASE(what_only_files_can_do_is_left_out_elsewhere),
        CASE(a_place_is_named_by_its_backend),
    };
    enum { CASE_COUNT = sizeof cases / sizeof cases[0] };
    if (crypto_init(NULL) != SALVE_OK) return 1;
    for (size_t kind = 0; kind < 2 * store_backend_count; kind++)
        for (size_t i = 0; i < CASE_COUNT; i++) {
            const struct kind this = {store_backends[kind / 2], kind % 2 == 1};
            struct store *store = fresh(this);
            printf("%s%s: %s\n", this.backend->name, this.is_wrapped ? ", wrapped" : "", cases[i].name);
            cases[i].run(store);
            if (store_close(&store, NULL) == SALVE_OK && store == NULL)
                t_pass();
            else
                t_fail(cases[i].name, "close");
        }
    db_disk_close(&disk);
    arena_close(mem);
    return t_end();
}
