/* SPDX-License-Identifier: Apache-2.0
 * Rotation, withdrawal, change of passphrase and erasure, stopped at every operation of the disk: no wrap is lost,
 * no third epoch is left, and the step is done or not done. Then every bit of keys.epoch and a stride of those of
 * keys.db. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "db/db_fault.h"
#include "keys/keys_int.h"
#include "t.h"

static char folder[64], epoch_path[100];
static struct arena *mem;
static struct db_disk *disk;
static const struct keys_secret secret = {.bytes = {"correct horse battery", 21}};
static const struct keys_secret next_secret = {.bytes = {"another passphrase", 18}};

static struct compartment id_of(uint8_t nr) { return (struct compartment){{nr, 5, 6}}; }

static enum salve_code open_keys(struct keys_secret with, struct keys **keys)
{
    const struct keys_options options = {
        .path = "site/keys.db", .epoch_path = epoch_path, .secret = with, .cost = CRYPTO_COST_MIN, .disk = disk};
    return keys_open(&options, keys, NULL);
}

static struct str records[2]; /* the CLIN record of each person */

static void enrol(struct keys *keys, uint8_t nr)
{
    struct keys_ring *ring = NULL;
    uint8_t prev[32] = {0};
    struct keys_grant grants[2] = {{.purpose = PURPOSE_SELF, .classes = purpose_classes(PURPOSE_SELF)},
                                   {.purpose = PURPOSE_CARE, .classes = purpose_classes(PURPOSE_CARE)}};
    grants[0].consent.seq = grants[1].consent.seq = 1;
    assert_ok(keys_ring_new(keys, id_of(nr), &ring, NULL));
    assert_ok(keys_seal(ring, CLASS_CLIN, 2, prev, STR("found"), mem, &records[nr], NULL));
    assert_ok(keys_grant(keys, ring, grants, 2, NULL));
    keys_ring_drop(&ring);
}

static void fresh(void)
{
    struct keys *keys = NULL;
    arena_close(mem);
    mem = arena_open(16 << 20);
    db_disk_close(&disk);
    disk = db_disk_open();
    (void)unlink(epoch_path);
    const struct keys_options options = {
        .path = "site/keys.db", .epoch_path = epoch_path, .secret = secret, .cost = CRYPTO_COST_MIN, .disk = disk};
    struct keys_rotated rotated;
    assert_ok(keys_create(&options, &keys, NULL));
    enrol(keys, 0);
    enrol(keys, 1);
    assert_ok(keys_rotate(keys, 1, &rotated, NULL)); /* two epochs are there from the start */
    assert_ok(keys_close(&keys, NULL));
}

static bool is_readable(struct keys *keys, uint8_t nr, enum purpose purpose)
{
    struct keys_ring *ring = NULL;
    struct str plain;
    uint8_t hash[32] = {1};
    struct keys_receipt receipt = keys_receipt(id_of(nr), 1, 2, hash);
    struct keys_consent consent = {.seq = 1};
    enum salve_code code = keys_ring_open(keys, &receipt, &ring, NULL);
    if (code == SALVE_OK) code = keys_deliver(keys, ring, purpose, CLASS_BIT(CLASS_CLIN), &consent, 1, NULL, NULL);
    if (code == SALVE_OK) code = keys_unseal(ring, CLASS_CLIN, 2, records[nr], mem, &plain, NULL, NULL);
    keys_ring_drop(&ring);
    return code == SALVE_OK;
}

static unsigned kek_epochs(struct keys *keys)
{
    struct db_stmt *stmt = NULL;
    bool row = false;
    assert_ok(db_prepare(keys->db, "SELECT count(DISTINCT epoch) FROM kek", &stmt, NULL));
    assert_ok(db_step(stmt, &row, NULL));
    unsigned count = (unsigned)db_column_i64(stmt, 0);
    db_reset(stmt);
    return count;
}

enum step { ROTATE, WITHDRAW, CHANGE, ERASE, STEP_COUNT };

static enum salve_code take_step(struct keys *keys, enum step step)
{
    struct keys_rotated rotated;
    struct keys_ring *ring = NULL;
    if (step == ROTATE) return keys_rotate(keys, 1, &rotated, NULL);
    if (step == CHANGE) return keys_change_secret(keys, secret, next_secret, 1, &rotated, NULL);
    if (step == ERASE) return keys_erase(keys, id_of(0), NULL);
    enum salve_code code = keys_ring_sealing(keys, id_of(0), &ring, NULL);
    if (code == SALVE_OK) code = keys_withdraw(keys, ring, PURPOSE_CARE, 9, NULL);
    keys_ring_drop(&ring);
    return code;
}

/* What must hold whether the step was done or not; `was_done` is what the step itself said. */
static void check(enum step step, bool was_done, uint64_t nth)
{
    struct keys *keys = NULL;
    struct keys_rotated rotated;
    enum salve_code with_next = open_keys(next_secret, &keys);
    enum salve_code code = with_next == SALVE_OK ? SALVE_OK : open_keys(secret, &keys);
    if (code != SALVE_OK) fail_msg("step %d stopped at %llu: %s", step, (unsigned long long)nth, salve_code_name(code));
    if (step == CHANGE && was_done) assert_ok(with_next);
    for (int turn = 0; turn < 2; turn++) { /* also after the work was finished by another rotation */
        assert_true(kek_epochs(keys) <= 2);
        assert_ok(keys_verify(keys, NULL, NULL, NULL));
        assert_true(is_readable(keys, 1, PURPOSE_SELF) && is_readable(keys, 1, PURPOSE_CARE));
        bool own = is_readable(keys, 0, PURPOSE_SELF), care = is_readable(keys, 0, PURPOSE_CARE);
        if (step == ROTATE || step == CHANGE) assert_true(own && care);
        if (step == WITHDRAW) assert_true(own && !(was_done && care));
        if (step == ERASE) assert_true(own == care && !(was_done && own));
        assert_ok(keys_rotate(keys, 1, &rotated, NULL));
    }
    assert_ok(keys_close(&keys, NULL));
}

static bool stop_at(enum step step, uint64_t nth, bool is_cut)
{
    struct keys *keys = NULL;
    fresh();
    assert_ok(open_keys(secret, &keys));
    db_disk_fail(disk, DB_DISK_WRITE | DB_DISK_SYNC | DB_DISK_TRUNCATE | DB_DISK_DELETE | (is_cut ? 0 : DB_DISK_READ),
                 nth, is_cut, SALVE_E_IO);
    bool was_done = take_step(keys, step) == SALVE_OK;
    bool has_fired = db_disk_fired(disk);
    if (is_cut) db_disk_cut_power(disk, nth, nth % 2 ? DB_DISK_TORN : DB_DISK_LOSE_ALL);
    (void)!keys_close(&keys, NULL);
    db_disk_fail(disk, 0, 0, false, SALVE_E_IO);
    check(step, was_done, nth);
    return has_fired;
}

static void a_step_stopped_anywhere_loses_no_wrap(void **state)
{
    (void)state;
    for (int step = 0; step < STEP_COUNT; step++)
        for (int cut = 0; cut < 2; cut++)
            for (uint64_t nth = 1; stop_at((enum step)step, nth, cut == 1); nth++) assert_true(nth < 1000);
}

/* The stop that the disk above cannot make: keys.epoch has turned, keys.db has not. */
static void a_stop_between_the_two_files_is_finished_by_the_next_rotation(void **state)
{
    (void)state;
    struct keys *keys = NULL;
    struct keys_epoch epoch, ahead = {0};
    struct keys_rotated rotated;
    unsigned good;
    fresh();
    assert_ok(keys_epoch_read(epoch_path, &epoch, &good, NULL));
    ahead.epoch = epoch.epoch + 1;
    memcpy(ahead.old, epoch.now, sizeof ahead.old);
    crypto_random(ahead.now, sizeof ahead.now);
    assert_ok(keys_epoch_write(epoch_path, &ahead, NULL));
    assert_ok(open_keys(secret, &keys));
    assert_int_equal(kek_epochs(keys), 1);                                       /* the dead one is gone */
    assert_ok(keys_change_secret(keys, secret, next_secret, 1, &rotated, NULL)); /* in the middle of it */
    assert_ok(keys_close(&keys, NULL));
    check(CHANGE, true, 0);
}

/* A change of the secret that was stopped between its parts says that turns are left. */
static void turns_that_a_change_still_asks_for_are_known(void **state)
{
    (void)state;
    struct keys *keys = NULL;
    struct keys_due due = {0};
    struct keys_rotated rotated;
    bool saw_left = false;
    for (uint64_t nth = 1; nth < 60; nth++) {
        fresh();
        assert_ok(open_keys(secret, &keys));
        db_disk_fail(disk, DB_DISK_WRITE | DB_DISK_SYNC, nth, false, SALVE_E_IO);
        bool was_done = keys_change_secret(keys, secret, next_secret, 9, &rotated, NULL) == SALVE_OK;
        (void)!keys_close(&keys, NULL);
        db_disk_fail(disk, 0, 0, false, SALVE_E_IO);
        bool is_new = open_keys(next_secret, &keys) == SALVE_OK;
        if (!is_new) assert_ok(open_keys(secret, &keys));
        keys_due(keys, &due);
        assert_true(due.turns <= KEYS_CHANGE_TURNS);
        if (!is_new || was_done) assert_int_equal(due.turns, 0);
        saw_left = saw_left || due.turns > 0;
        for (; due.turns > 0; keys_due(keys, &due)) assert_ok(keys_rotate(keys, 9, &rotated, NULL));
        if (is_new) assert_int_equal(due.renewed_unix_s, 9);
        assert_ok(keys_close(&keys, NULL));
    }
    assert_true(saw_left);
}

/* A stop at any write of keys.epoch, as it leaves the two files: the helper is not there yet, or whole beside an old,
 * torn or new file. Opening finishes it and leaves no helper. */
static void a_write_of_the_epoch_file_stopped_anywhere_is_finished(void **state)
{
    (void)state;
    char next_path[120], torn[224];
    struct str before, after;
    struct keys *keys = NULL;
    struct keys_rotated rotated;
    struct keys_epoch epoch, ahead = {0};
    unsigned good;
    (void)snprintf(next_path, sizeof next_path, "%s.next", epoch_path);
    for (size_t torn_at = 0; torn_at <= 224; torn_at += 16) {
        fresh();
        assert_ok(file_read(epoch_path, 1000, mem, &before, NULL));
        assert_ok(keys_epoch_read(epoch_path, &epoch, &good, NULL));
        ahead.epoch = epoch.epoch + 1;
        memcpy(ahead.old, epoch.now, sizeof ahead.old);
        crypto_random(ahead.now, sizeof ahead.now);
        assert_ok(keys_epoch_write(epoch_path, &ahead, NULL));
        assert_int_not_equal(access(next_path, F_OK), 0);
        assert_ok(file_read(epoch_path, 1000, mem, &after, NULL));
        memcpy(torn, before.ptr, sizeof torn);
        memcpy(torn, after.ptr, torn_at);
        assert_ok(file_write(epoch_path, str_make(torn, sizeof torn), 0600, NULL));
        assert_ok(file_write(next_path, after, 0600, NULL));
        assert_ok(open_keys(secret, &keys));
        assert_int_equal(keys->file.epoch, ahead.epoch);
        assert_memory_equal(keys->file.now, ahead.now, sizeof ahead.now);
        assert_int_not_equal(access(next_path, F_OK), 0);
        assert_ok(keys_verify(keys, NULL, NULL, NULL));
        assert_ok(keys_rotate(keys, 1, &rotated, NULL));
        assert_true(is_readable(keys, 1, PURPOSE_CARE));
        assert_ok(keys_close(&keys, NULL));
    }
    /* half of a helper, or one of another store, is not taken */
    fresh();
    assert_ok(file_read(epoch_path, 1000, mem, &before, NULL));
    assert_ok(file_write(next_path, str_make(torn, 100), 0600, NULL));
    assert_ok(open_keys(secret, &keys));
    assert_ok(keys_close(&keys, NULL));
    crypto_random(ahead.old, sizeof ahead.old);
    ahead.epoch = 3;
    assert_ok(keys_epoch_write(next_path, &ahead, NULL));
    assert_ok(open_keys(secret, &keys));
    assert_ok(keys_close(&keys, NULL));
    assert_ok(file_read(epoch_path, 1000, mem, &after, NULL));
    assert_true(str_eq(before, after));
    assert_int_not_equal(access(next_path, F_OK), 0);
}

static void every_flipped_bit_of_the_epoch_file_is_found_and_survived(void **state)
{
    (void)state;
    struct str whole;
    char copy[1000];
    fresh();
    assert_ok(file_read(epoch_path, sizeof copy, mem, &whole, NULL));
    assert_int_equal(whole.len, 224);
    for (size_t bit = 0; bit < whole.len * 8; bit += 5) {
        struct keys *keys = NULL;
        memcpy(copy, whole.ptr, whole.len);
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        assert_ok(file_write(epoch_path, str_make(copy, whole.len), 0600, NULL));
        assert_ok(open_keys(secret, &keys));
        struct salve_err err = {0};
        assert_code(keys_verify(keys, NULL, NULL, &err), SALVE_E_INTEGRITY);
        assert_ok(keys_close(&keys, NULL));
    }
    for (size_t len = 0; len < whole.len; len += 37) {
        struct keys *keys = NULL;
        assert_ok(file_write(epoch_path, str_make(whole.ptr, len), 0600, NULL));
        assert_code(open_keys(secret, &keys), SALVE_E_INTEGRITY);
    }
}

static char told[200];
static void note(void *who, const char *place, const char *what)
{
    (void)who, (void)what;
    if (told[0] == 0) (void)snprintf(told, sizeof told, "%s", place);
}

static void a_flipped_bit_of_the_key_store_is_found_and_named(void **state)
{
    (void)state;
    size_t len;
    fresh();
    uint8_t *bytes = db_disk_file(disk, "keys.db", &len);
    for (size_t bit = 5; bit < len * 8; bit += 1009) {
        struct keys *keys = NULL;
        struct salve_err err = {0};
        told[0] = 0;
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        const struct keys_options options = {
            .path = "site/keys.db", .epoch_path = epoch_path, .secret = secret, .disk = disk};
        enum salve_code code = keys_open(&options, &keys, &err);
        if (code == SALVE_OK) code = keys_verify(keys, note, NULL, &err);
        if (code != SALVE_E_INTEGRITY) fail_msg("bit %zu: %s", bit, salve_code_name(code));
        assert_non_null(strstr(told[0] == 0 ? t_where(&err) : told, "keys.db"));
        (void)!keys_close(&keys, NULL);
        bytes = db_disk_file(disk, "keys.db", &len);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_stopped_anywhere_loses_no_wrap),
        cmocka_unit_test(a_stop_between_the_two_files_is_finished_by_the_next_rotation),
        cmocka_unit_test(turns_that_a_change_still_asks_for_are_known),
        cmocka_unit_test(a_write_of_the_epoch_file_stopped_anywhere_is_finished),
        cmocka_unit_test(every_flipped_bit_of_the_epoch_file_is_found_and_survived),
        cmocka_unit_test(a_flipped_bit_of_the_key_store_is_found_and_named),
    };
    /* a file in memory where there is one: every rotation syncs keys.epoch */
    (void)snprintf(folder, sizeof folder, "%s/salve-keys-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (crypto_init(NULL) != SALVE_OK || mkdtemp(folder) == NULL) return 1;
    (void)snprintf(epoch_path, sizeof epoch_path, "%s/keys.epoch", folder);
    int status = t_run(tests);
    (void)unlink(epoch_path);
    (void)rmdir(folder);
    db_disk_close(&disk);
    arena_close(mem);
    return status;
}
