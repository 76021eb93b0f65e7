/* SPDX-License-Identifier: Apache-2.0
 * One save (record, head, opening, log entry, tile) and one erasure, with everything that can fail failing once: the
 * n-th call of the backend, the n-th operation of the disk, the power at the n-th write. Afterwards each save is
 * whole or absent, and what was acknowledged is there. Then every bit of the file, and the bytes of an erased
 * compartment in none of the files. */
#include <stdlib.h>

#include "crypto/crypto.h"
#include "db/db_fault.h"
#include "store/store_backend.h"
#include "t.h"

enum { SAVES = 4 };

static struct compartment id_of(uint8_t nr) { return (struct compartment){{nr, 9}}; }

static struct str seal(struct store_tx *tx, struct compartment id, enum data_class class, struct str text,
                       struct arena *mem)
{
    struct crypto_keys *keys = NULL;
    struct store_head head;
    struct str record = STR_NONE;
    if (store_head_get(tx, id, &head, NULL) != SALVE_OK) return record;
    struct crypto_record clear = {.compartment = id, .seq = head.seq + 1, .class = class, .key_version = 1};
    memcpy(clear.prev, head.sha256, 32);
    assert_ok(crypto_keys_new(1, &keys, NULL));
    assert_ok(crypto_record_seal(crypto_keys_at(keys, 0), &clear, text, mem, &record, NULL));
    crypto_keys_drop(&keys);
    return record;
}

static enum salve_code append(struct store_tx *tx, struct compartment id, enum data_class class, struct arena *mem)
{
    struct store_head head;
    enum salve_code code = store_head_get(tx, id, &head, NULL);
    struct str record = seal(tx, id, class, STR("text of a record"), mem);
    if (code == SALVE_OK && record.ptr == NULL) code = SALVE_E_IO;
    return code == SALVE_OK ? store_record_append(tx, id, head.seq + 1, class, record, NULL) : code;
}

/* what a save into compartment nr % 2 with log entry nr puts into a transaction */
static enum salve_code put_save(struct store_tx *tx, uint8_t nr, struct arena *mem)
{
    int64_t now;
    bool is_suspect;
    enum salve_code code = store_clock(tx, 1000 * nr, &now, &is_suspect, NULL);
    if (code == SALVE_OK) code = append(tx, id_of(nr % 2), CLASS_CLIN, mem);
    if (code == SALVE_OK) code = append(tx, id_of(nr % 2), CLASS_AUDIT, mem);
    if (code == SALVE_OK) code = store_log_append(tx, nr, &STR("entry"), 1, NULL);
    return code == SALVE_OK ? store_tile_put(tx, 0, 0, str_make((char *)&nr, 1), NULL) : code;
}

static enum salve_code save(struct store *store, uint8_t nr)
{
    struct store_tx *tx = NULL;
    struct arena *mem = arena_open(1 << 20);
    enum salve_code code = store_begin(store, false, &tx, NULL);
    if (code == SALVE_OK) code = put_save(tx, nr, mem);
    if (code == SALVE_OK) code = store_commit(&tx, NULL);
    store_abandon(&tx);
    arena_close(mem);
    return code;
}

/* SAVES of them, each in a savepoint and all in one commit: one that fails is undone, the others go on. How many stand
 * when it returns; 0 if the transaction was lost. */
static uint8_t save_group(struct store *store)
{
    struct store_tx *tx = NULL;
    struct arena *mem = arena_open(1 << 20);
    uint8_t done = 0;
    enum salve_code code = store_begin(store, false, &tx, NULL);
    for (int i = 0; code == SALVE_OK && i < SAVES; i++) {
        code = store_savepoint(tx, NULL);
        if (code != SALVE_OK) break;
        bool is_good = put_save(tx, done, mem) == SALVE_OK && store_savepoint_keep(tx, NULL) == SALVE_OK;
        if (!is_good) code = store_savepoint_undo(tx, NULL);
        done += is_good;
    }
    if (code == SALVE_OK) code = store_commit(&tx, NULL);
    store_abandon(&tx);
    arena_close(mem);
    return code == SALVE_OK ? done : 0;
}

/* number of whole saves; fails the test if a save is there in part */
static uint64_t saves_there(struct store *store)
{
    struct store_counts counts;
    struct store_head heads[2];
    struct store_tx *tx = NULL;
    struct arena *mem = arena_open(1 << 20);
    uint64_t size;
    struct str tile;
    assert_ok(store_verify(store, NULL, NULL, &counts, NULL));
    assert_ok(store_begin(store, true, &tx, NULL));
    assert_ok(store_log_size(tx, &size, NULL));
    for (uint8_t i = 0; i < 2; i++) assert_ok(store_head_get(tx, id_of(i), &heads[i], NULL));
    assert_int_equal(heads[0].seq + heads[1].seq, 2 * size);
    assert_int_equal(counts.records, 2 * size);
    if (size > 0) {
        assert_ok(store_tile_get(tx, 0, 0, mem, &tile, NULL));
        assert_int_equal(tile.ptr[0], (char)(size - 1));
    }
    store_abandon(&tx);
    arena_close(mem);
    return size;
}

static struct store *open_on(struct db_disk *disk)
{
    struct store *store = NULL;
    const struct store_options options = {.where = "sqlite:store.db", .create = true, .disk = disk};
    return store_open(&options, &store, NULL) == SALVE_OK ? store : NULL;
}

static bool backend_call_fails(uint64_t nth, bool is_sticky)
{
    struct store *store = NULL;
    struct db_disk *disk = db_disk_open();
    const struct store_options options = {.where = "sqlite:store.db", .create = true, .disk = disk};
    uint64_t acknowledged = 0;
    assert_ok(store_open_faulty(&options, &store, NULL));
    store_faulty_arm(store, nth, is_sticky, nth % 2 ? SALVE_E_IO : SALVE_E_FULL);
    enum salve_code code = SALVE_OK;
    while (code == SALVE_OK && acknowledged < SAVES) {
        code = save(store, (uint8_t)acknowledged);
        if (code == SALVE_OK) acknowledged++;
    }
    bool has_fired = store_faulty_fired(store);
    store_faulty_arm(store, 0, false, SALVE_E_IO);
    assert_int_equal(saves_there(store), acknowledged);
    assert_ok(save(store, (uint8_t)acknowledged)); /* it recovers */
    assert_ok(store_close(&store, NULL));
    db_disk_close(&disk);
    return has_fired;
}

static void any_backend_call_may_fail(void **state)
{
    (void)state;
    for (int sticky = 0; sticky < 2; sticky++)
        for (uint64_t nth = 1; backend_call_fails(nth, sticky == 1); nth++) assert_true(nth < 1000);
}

static bool backend_call_fails_in_group(uint64_t nth, bool is_sticky)
{
    struct store *store = NULL;
    struct db_disk *disk = db_disk_open();
    const struct store_options options = {.where = "sqlite:store.db", .create = true, .disk = disk};
    assert_ok(store_open_faulty(&options, &store, NULL));
    store_faulty_arm(store, nth, is_sticky, nth % 2 ? SALVE_E_IO : SALVE_E_FULL);
    uint8_t acknowledged = save_group(store);
    bool has_fired = store_faulty_fired(store);
    store_faulty_arm(store, 0, false, SALVE_E_IO);
    assert_int_equal(saves_there(store), acknowledged);
    if (!has_fired) assert_int_equal(acknowledged, SAVES);
    if (has_fired && !is_sticky) assert_true(acknowledged == SAVES - 1 || acknowledged == 0);
    assert_ok(save(store, acknowledged)); /* it recovers */
    assert_ok(store_close(&store, NULL));
    db_disk_close(&disk);
    return has_fired;
}

static void one_save_of_a_group_may_fail_and_the_others_stand(void **state)
{
    uint64_t nth = 1;
    (void)state;
    for (; backend_call_fails_in_group(nth, false); nth++) assert_true(nth < 1000);
    assert_true(nth > 10 * SAVES);
    for (nth = 1; backend_call_fails_in_group(nth, true); nth++) assert_true(nth < 1000);
}

static bool disk_fails_in_group(unsigned ops, uint64_t nth, bool is_cut)
{
    struct db_disk *disk = db_disk_open();
    struct store *store = open_on(disk);
    assert_non_null(store);
    db_disk_fail(disk, ops, nth, is_cut, nth % 2 ? SALVE_E_IO : SALVE_E_FULL);
    uint8_t acknowledged = save_group(store);
    bool has_fired = db_disk_fired(disk);
    if (is_cut) db_disk_cut_power(disk, nth, DB_DISK_TORN);
    db_disk_fail(disk, 0, 0, false, SALVE_E_IO);
    (void)!store_close(&store, NULL);
    store = open_on(disk);
    assert_non_null(store);
    uint64_t there = saves_there(store);
    assert_true(there == acknowledged || (acknowledged == 0 && there == SAVES)); /* whole, or nothing */
    assert_ok(store_close(&store, NULL));
    db_disk_close(&disk);
    return has_fired;
}

static void the_disk_may_fail_under_a_group(void **state)
{
    (void)state;
    const unsigned ops = DB_DISK_WRITE | DB_DISK_SYNC | DB_DISK_TRUNCATE | DB_DISK_DELETE;
    for (uint64_t nth = 1; disk_fails_in_group(DB_DISK_ANY, nth, false); nth++) assert_true(nth < 2000);
    for (uint64_t nth = 1; disk_fails_in_group(ops, nth, true); nth++) assert_true(nth < 2000);
}

static bool disk_fails(unsigned ops, uint64_t nth, bool is_cut, uint64_t seed)
{
    struct db_disk *disk = db_disk_open();
    struct store *store = open_on(disk);
    uint64_t acknowledged = 1;
    assert_non_null(store);
    assert_ok(save(store, 0));
    assert_ok(store_close(&store, NULL));
    db_disk_fail(disk, ops, nth, is_cut, nth % 2 ? SALVE_E_IO : SALVE_E_FULL);
    store = open_on(disk);
    while (store != NULL && acknowledged < SAVES && save(store, (uint8_t)acknowledged) == SALVE_OK) acknowledged++;
    bool has_fired = db_disk_fired(disk);
    if (is_cut)
        db_disk_cut_power(disk, seed, seed == 0 ? DB_DISK_LOSE_ALL : DB_DISK_TORN);
    else
        (void)!store_close(&store, NULL);
    has_fired = has_fired || db_disk_fired(disk);
    db_disk_fail(disk, 0, 0, false, SALVE_E_IO);
    (void)!store_close(&store, NULL);
    store = open_on(disk);
    assert_non_null(store);
    uint64_t there = saves_there(store);
    if (there < acknowledged || there > SAVES)
        fail_msg("operation %llu: %llu saves, %llu acknowledged", (unsigned long long)nth, (unsigned long long)there,
                 (unsigned long long)acknowledged);
    assert_ok(store_close(&store, NULL));
    db_disk_close(&disk);
    return has_fired;
}

static void any_disk_operation_may_fail(void **state)
{
    (void)state;
    for (uint64_t nth = 1; disk_fails(DB_DISK_ANY, nth, false, 0); nth++) assert_true(nth < 2000);
}

static void the_power_may_go_at_any_write(void **state)
{
    (void)state;
    const unsigned ops = DB_DISK_WRITE | DB_DISK_SYNC | DB_DISK_TRUNCATE | DB_DISK_DELETE;
    for (uint64_t nth = 1; disk_fails(ops, nth, true, 0); nth++)
        for (uint64_t seed = 1; seed <= 4; seed++) (void)disk_fails(ops, nth, true, nth * 100 + seed);
}

/* A seed decides at which write, and which sectors of what was not synced stay: 1,000 of them, 10,000 with ALL=1. What
 * fails names its seed. */
static void the_power_may_go_a_thousand_times(void **state)
{
    (void)state;
    const unsigned ops = DB_DISK_WRITE | DB_DISK_SYNC | DB_DISK_TRUNCATE | DB_DISK_DELETE;
    const uint64_t cuts = t_is_all() ? 10000 : 1000;
    uint64_t writes = 1, fired = 0;
    while (disk_fails(ops, writes, true, 0)) writes++;
    for (uint64_t seed = 1; seed <= cuts; seed++) {
        uint64_t stream = seed, nth = 1 + t_random(&stream) % (writes - 1);
        fired += disk_fails(ops, nth, true, seed + (1 << 20));
    }
    assert_true(fired == cuts);
}

static void every_flipped_bit_is_found_by_verify(void **state)
{
    (void)state;
    size_t len, missed = 0;
    struct store_counts counts;
    struct db_disk *disk = db_disk_open();
    struct store *store = open_on(disk);
    for (uint8_t i = 0; i < 3; i++) assert_ok(save(store, i));
    assert_ok(store_close(&store, NULL));
    assert_int_equal(db_disk_file_count(disk), 1);
    uint8_t *bytes = db_disk_file(disk, "store.db", &len);
    for (size_t bit = 3; bit < len * 8; bit += 401) { /* every page, every bit position; db_faults does the header */
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        store = open_on(disk);
        if (store != NULL) missed += store_verify(store, NULL, NULL, &counts, NULL) != SALVE_E_INTEGRITY;
        (void)!store_close(&store, NULL);
        bytes = db_disk_file(disk, "store.db", &len);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(missed, 0);
    store = open_on(disk);
    assert_int_equal(saves_there(store), 3);
    assert_ok(store_close(&store, NULL));
    db_disk_close(&disk);
}

static bool is_in(const uint8_t *hay, size_t len, const char *needle, size_t needle_len)
{
    return hay != NULL && memmem(hay, len, needle, needle_len) != NULL;
}

static void an_erased_compartment_is_in_no_file(void **state)
{
    (void)state;
    static char canary[3000];
    size_t len = 0;
    struct db_disk *disk = db_disk_open();
    struct store *store = open_on(disk);
    struct store_tx *tx = NULL;
    memset(canary, 'Q', sizeof canary);
    assert_ok(store_begin(store, false, &tx, NULL));
    for (uint8_t i = 0; i < 2; i++) /* the store does not look into what it keeps */
        assert_ok(store_record_append(tx, id_of(i), 1, CLASS_CLIN, str_make(canary, i == 0 ? 3000 : 40), NULL));
    assert_ok(store_commit(&tx, NULL));
    assert_ok(store_begin(store, false, &tx, NULL));
    assert_ok(store_compartment_erase(tx, id_of(0), false, NULL));
    assert_ok(store_commit(&tx, NULL));
    /* the store is still open: neither the file nor the log file has it */
    uint8_t *bytes = db_disk_file(disk, "store.db", &len);
    assert_false(is_in(bytes, len, canary, 100));
    assert_true(is_in(bytes, len, canary, 40)); /* the other's record is */
    bytes = db_disk_file(disk, "store.db-wal", &len);
    assert_false(is_in(bytes, len, canary, 40));
    assert_ok(store_close(&store, NULL));
    db_disk_close(&disk);
}

static void put_and_delete_soon(struct store *store, const char *canary)
{
    struct store_tx *tx = NULL;
    assert_ok(store_begin(store, false, &tx, NULL));
    assert_ok(store_commons_put(tx, STR("pending/a"), str_make(canary, 300), true, NULL));
    assert_ok(store_commit(&tx, NULL));
    assert_ok(store_begin(store, false, &tx, NULL));
    assert_ok(store_commons_delete_soon(tx, STR("pending/a"), NULL));
    assert_ok(store_commit(&tx, NULL));
}

static bool is_in_a_file(struct db_disk *disk, const char *canary)
{
    size_t len = 0, log_len = 0;
    const uint8_t *bytes = db_disk_file(disk, "store.db", &len), *log = db_disk_file(disk, "store.db-wal", &log_len);
    return is_in(bytes, len, canary, 200) || is_in(log, log_len, canary, 200);
}

static void what_is_deleted_soon_is_in_no_file_after_a_while(void **state)
{
    (void)state;
    static char canary[300];
    struct db_disk *disk = db_disk_open();
    struct store *store = open_on(disk);
    struct store_tx *tx = NULL;
    memset(canary, 'Q', sizeof canary);
    for (int i = 0; i < 16; i++) put_and_delete_soon(store, canary); /* so many at most */
    assert_false(is_in_a_file(disk, canary));
    put_and_delete_soon(store, canary);
    assert_true(is_in_a_file(disk, canary));
    assert_ok(store_begin(store, false, &tx, NULL)); /* something else goes */
    assert_ok(store_commons_put(tx, STR("b"), STR("b"), true, NULL));
    assert_ok(store_commons_delete(tx, STR("b"), NULL));
    assert_ok(store_commit(&tx, NULL));
    assert_false(is_in_a_file(disk, canary));
    put_and_delete_soon(store, canary);
    assert_ok(store_close(&store, NULL));
    assert_false(is_in_a_file(disk, canary));
    db_disk_close(&disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_backend_call_may_fail),
        cmocka_unit_test(any_disk_operation_may_fail),
        cmocka_unit_test(the_power_may_go_at_any_write),
        cmocka_unit_test(the_power_may_go_a_thousand_times),
        cmocka_unit_test(every_flipped_bit_is_found_by_verify),
        cmocka_unit_test(an_erased_compartment_is_in_no_file),
        cmocka_unit_test(what_is_deleted_soon_is_in_no_file_after_a_while),
        cmocka_unit_test(one_save_of_a_group_may_fail_and_the_others_stand),
        cmocka_unit_test(the_disk_may_fail_under_a_group),
    };
    if (crypto_init(NULL) != SALVE_OK) return 1;
    return t_run(tests);
}
