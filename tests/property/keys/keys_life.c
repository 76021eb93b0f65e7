/* SPDX-License-Identifier: Apache-2.0
 * The life of a key store on a disk in memory: what a purpose can read, what withdrawal, erasure and rotation make
 * of it, and that none of it comes back. keys.epoch is a real file in a folder of its own. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "db/db_fault.h"
#include "keys/keys_int.h"
#include "t.h"

static char folder[64], epoch_path[100];
static struct arena *mem;
static struct db_disk *disk;
static const struct keys_secret secret = {.bytes = {"correct horse battery", 21}};

static struct keys_options options_of(struct keys_secret with)
{
    return (struct keys_options){
        .path = "site/keys.db", .epoch_path = epoch_path, .secret = with, .cost = CRYPTO_COST_MIN, .disk = disk};
}

static struct keys *fresh(void)
{
    struct keys *keys = NULL;
    arena_close(mem);
    mem = arena_open(64 << 20);
    db_disk_close(&disk);
    disk = db_disk_open();
    (void)unlink(epoch_path);
    struct keys_options options = options_of(secret);
    assert_ok(keys_create(&options, &keys, NULL));
    return keys;
}

static enum salve_code reopen(struct keys **keys, struct keys_secret with)
{
    struct keys_options options = options_of(with);
    assert_ok(keys_close(keys, NULL));
    return keys_open(&options, keys, NULL);
}

static void done(struct keys **keys)
{
    assert_ok(keys_verify(*keys, NULL, NULL, NULL));
    assert_ok(keys_close(keys, NULL));
}

static struct compartment id_of(uint8_t nr) { return (struct compartment){{nr, 5, 6}}; }

static struct keys_consent consent_of(uint64_t seq)
{
    struct keys_consent consent = {.seq = seq};
    memset(consent.sha256, (int)seq, sizeof consent.sha256);
    return consent;
}

static struct keys_grant grant_of(enum purpose purpose, int64_t not_after)
{
    return (struct keys_grant){.purpose = purpose,
                               .classes = purpose_classes(purpose),
                               .not_after_unix_s = not_after,
                               .consent = consent_of((uint64_t)purpose)};
}

static struct keys_receipt receipt_of(struct compartment id)
{
    uint8_t hash[32] = {1};
    return keys_receipt(id, 4, 5, hash);
}

/* A person with records of every class (seq = class), own access, care, statistics. */
static void enrol(struct keys *keys, uint8_t nr, struct str records[CLASS_LAST + 1])
{
    struct keys_ring *ring = NULL;
    uint8_t prev[32] = {0};
    struct keys_grant grants[] = {grant_of(PURPOSE_SELF, 0), grant_of(PURPOSE_CARE, 0),
                                  grant_of(PURPOSE_FOLLOW_UP, 5000), grant_of(PURPOSE_STATISTICS, 2000)};
    assert_ok(keys_ring_new(keys, id_of(nr), &ring, NULL));
    for (int class = 1; class <= CLASS_LAST; class ++)
        assert_ok(keys_seal(ring, (enum data_class) class, (uint64_t) class, prev, STR("what was found"), mem,
                            &records[class], NULL));
    assert_ok(keys_grant(keys, ring, grants, 4, NULL));
    keys_ring_drop(&ring);
}

static struct keys_ring *ring_of(struct keys *keys, uint8_t nr)
{
    struct keys_ring *ring = NULL;
    struct keys_receipt receipt = receipt_of(id_of(nr));
    assert_ok(keys_ring_open(keys, &receipt, &ring, NULL));
    return ring;
}

static enum salve_code deliver(struct keys *keys, struct keys_ring *ring, enum purpose purpose, int64_t now)
{
    struct keys_consent consent = consent_of((uint64_t)purpose);
    return keys_deliver(keys, ring, purpose, purpose_classes(purpose), &consent, now, NULL, NULL);
}

static enum salve_code reads(struct keys_ring *ring, enum data_class class, struct str record)
{
    struct str plain;
    return keys_unseal(ring, class, (uint64_t) class, record, mem, &plain, NULL, NULL);
}

/* classes that can be read through `purpose`, as a mask, or E_* */
static class_mask seen_by(struct keys *keys, uint8_t nr, enum purpose purpose, int64_t now,
                          const struct str records[CLASS_LAST + 1])
{
    struct keys_ring *ring = ring_of(keys, nr);
    class_mask seen = 0;
    (void)!deliver(keys, ring, purpose, now);
    for (int class = 1; class <= CLASS_LAST; class ++)
        if (reads(ring, (enum data_class) class, records[class]) == SALVE_OK) seen |= CLASS_BIT(class);
    keys_ring_drop(&ring);
    return seen;
}

#define CONSENT_ONLY CLASS_BIT(CLASS_CONSENT)

static void a_purpose_reads_its_classes_and_no_others(void **state)
{
    (void)state;
    struct str records[CLASS_LAST + 1];
    struct keys *keys = fresh();
    enrol(keys, 1, records);
    for (int p = 1; p <= PURPOSE_LAST; p++) {
        bool is_granted = p == PURPOSE_SELF || p == PURPOSE_CARE || p == PURPOSE_FOLLOW_UP || p == PURPOSE_STATISTICS;
        class_mask want = CONSENT_ONLY | (is_granted ? purpose_classes((enum purpose)p) : 0);
        assert_int_equal(seen_by(keys, 1, (enum purpose)p, 1000, records), want);
    }
    done(&keys);
}

/* How many wraps lie there in so many bytes. */
static int64_t wraps_of(struct keys *keys, int bytes)
{
    char sql[100];
    bool row = false;
    struct db_stmt *stmt = NULL;
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM wrap WHERE length(bytes) = %d", bytes);
    assert_ok(db_prepare(keys->db, sql, &stmt, NULL));
    assert_ok(db_step(stmt, &row, NULL));
    int64_t count = db_column_i64(stmt, 0);
    db_reset(stmt);
    return count;
}

/* Every wrap with all that a row of before had. */
static void write_as_before(struct keys *keys, uint8_t nr)
{
    struct keys_wrap_row *rows = NULL;
    size_t count = 0;
    assert_ok(keys_wrap_rows(keys, id_of(nr), &rows, &count, NULL));
    for (size_t i = 0; i < count; i++) {
        db_bind_blob(keys->wrap_replace, 1, str_bytes(rows[i].id.bytes, sizeof rows[i].id.bytes));
        db_bind_i64(keys->wrap_replace, 2, rows[i].purpose);
        db_bind_i64(keys->wrap_replace, 3, rows[i].class);
        db_bind_i64(keys->wrap_replace, 4, rows[i].version);
        db_bind_blob(keys->wrap_replace, 5, str_bytes(rows[i].bytes, sizeof rows[i].bytes));
        assert_ok(db_run(keys->wrap_replace, NULL));
    }
    free(rows);
}

static void a_row_leaves_out_what_its_key_says(void **state)
{
    (void)state;
    struct str records[CLASS_LAST + 1], others[CLASS_LAST + 1];
    struct keys_rotated counts;
    struct keys *keys = fresh();
    enrol(keys, 1, records);
    enrol(keys, 2, others);
    class_mask care = seen_by(keys, 1, PURPOSE_CARE, 1000, records);
    int64_t all = wraps_of(keys, CRYPTO_WRAP_BYTES - CRYPTO_WRAP_PLACE_BYTES);
    assert_true(all > 0 && wraps_of(keys, CRYPTO_WRAP_BYTES) == 0);
    write_as_before(keys, 1);
    assert_int_equal(wraps_of(keys, CRYPTO_WRAP_BYTES), all / 2);
    assert_ok(keys_verify(keys, NULL, NULL, NULL));
    assert_int_equal(seen_by(keys, 1, PURPOSE_CARE, 1000, records), care);
    assert_int_equal(seen_by(keys, 2, PURPOSE_CARE, 1000, others), care);
    assert_ok(keys_rotate(keys, 1000, &counts, NULL));
    assert_int_equal(wraps_of(keys, CRYPTO_WRAP_BYTES), 0);
    assert_int_equal(seen_by(keys, 1, PURPOSE_CARE, 1000, records), care);
    /* bytes under the key of another wrap of the same length open for neither */
    assert_ok(db_exec(keys->db,
                      "UPDATE wrap SET bytes = (SELECT bytes FROM wrap AS w WHERE w.compartment = wrap.compartment AND "
                      "w.purpose = wrap.purpose AND w.class <> wrap.class ORDER BY class LIMIT 1) WHERE purpose = 1",
                      NULL));
    assert_int_equal(seen_by(keys, 1, PURPOSE_CARE, 1000, records) & ~CONSENT_ONLY, 0);
    assert_code(keys_verify(keys, NULL, NULL, NULL), SALVE_E_INTEGRITY);
    assert_ok(keys_close(&keys, NULL));
}

static void no_key_comes_out_without_a_durable_leaf(void **state)
{
    (void)state;
    struct str records[CLASS_LAST + 1];
    struct keys *keys = fresh();
    struct keys_ring *ring = NULL;
    uint8_t hash[32] = {1}, prev[32] = {0};
    struct keys_receipt good = receipt_of(id_of(1)), not_durable = keys_receipt(id_of(1), 5, 5, hash);
    struct keys_receipt other = receipt_of(id_of(2)), empty = {.compartment = id_of(1), .durable_size = 9};
    enrol(keys, 1, records);
    assert_code(keys_ring_open(keys, &not_durable, &ring, NULL), SALVE_E_CONSENT);
    assert_code(keys_ring_open(keys, &empty, &ring, NULL), SALVE_E_CONSENT);
    assert_code(keys_ring_open(keys, &other, &ring, NULL), SALVE_E_NOT_FOUND);
    assert_null(ring);
    assert_ok(keys_ring_sealing(keys, id_of(1), &ring, NULL));
    assert_int_equal(keys_ring_readable(ring), 0);
    assert_ok(keys_seal(ring, CLASS_AUDIT, 8, prev, STR("look"), mem, &records[0], NULL)); /* write-only */
    for (int class = 1; class <= CLASS_LAST; class ++)
        assert_code(reads(ring, (enum data_class) class, records[class]), SALVE_E_CONSENT);
    assert_code(keys_ring_admit(ring, &other, NULL), SALVE_E_CONSENT);
    assert_ok(keys_ring_admit(ring, &good, NULL));
    assert_int_equal(keys_ring_readable(ring), CONSENT_ONLY);
    keys_ring_drop(&ring);
    assert_code(keys_ring_open(keys, &good, &ring, NULL), SALVE_E_CONSENT); /* a receipt opens one ring */
    done(&keys);
}

static void a_wrap_is_bound_to_its_time_and_its_decision(void **state)
{
    (void)state;
    struct str records[CLASS_LAST + 1];
    struct keys *keys = fresh();
    struct keys_consent newer = consent_of(99), altered = consent_of(PURPOSE_CARE);
    enrol(keys, 1, records);
    struct keys_ring *ring = ring_of(keys, 1);
    altered.sha256[31] ^= 1;
    assert_code(keys_deliver(keys, ring, PURPOSE_CARE, CLASS_BIT(CLASS_CLIN), &newer, 1000, NULL, NULL),
                SALVE_E_CONSENT);
    assert_code(keys_deliver(keys, ring, PURPOSE_CARE, CLASS_BIT(CLASS_CLIN), &altered, 1000, NULL, NULL),
                SALVE_E_CONSENT);
    assert_int_equal(keys_ring_readable(ring), CONSENT_ONLY);
    assert_code(deliver(keys, ring, PURPOSE_STATISTICS, 2001), SALVE_E_CONSENT);
    assert_ok(deliver(keys, ring, PURPOSE_STATISTICS, 2000));
    assert_code(keys_deliver(keys, ring, PURPOSE_CARE, CLASS_BIT(CLASS_CLIN) | CLASS_BIT(CLASS_SENS),
                             &(struct keys_consent){.seq = 1}, 1000, NULL, NULL),
                SALVE_E_CONSENT);
    keys_ring_drop(&ring);
    done(&keys);
}

static void grants_outside_the_purpose_are_refused(void **state)
{
    (void)state;
    struct str records[CLASS_LAST + 1];
    struct keys *keys = fresh();
    struct keys_ring *ring = NULL;
    struct keys_grant self = grant_of(PURPOSE_SELF, 0), part = self, helper = grant_of(PURPOSE_HELPER, 0);
    part.classes &= ~CLASS_BIT(CLASS_SENS);
    assert_ok(keys_ring_new(keys, id_of(1), &ring, NULL));
    assert_code(keys_grant(keys, ring, &helper, 1, NULL), SALVE_E_INVALID); /* own access first */
    assert_code(keys_grant(keys, ring, &part, 1, NULL), SALVE_E_INVALID);
    assert_ok(keys_grant(keys, ring, &self, 1, NULL));
    helper.classes |= CLASS_BIT(CLASS_SENS); /* never to a helper */
    assert_code(keys_grant(keys, ring, &helper, 1, NULL), SALVE_E_INVALID);
    keys_ring_drop(&ring);
    assert_ok(keys_ring_new(keys, id_of(1), &ring, NULL));
    assert_code(keys_grant(keys, ring, &self, 1, NULL), SALVE_E_CONFLICT); /* the compartment exists */
    keys_ring_drop(&ring);
    enrol(keys, 2, records);
    ring = ring_of(keys, 2);
    struct keys_grant care = grant_of(PURPOSE_CARE, 0);
    care.classes |= CLASS_BIT(CLASS_SENS); /* by its own tick */
    assert_ok(keys_grant(keys, ring, &care, 1, NULL));
    struct keys_consent consent = consent_of(PURPOSE_CARE);
    assert_ok(keys_deliver(keys, ring, PURPOSE_CARE, care.classes, &consent, 1, NULL, NULL));
    assert_ok(reads(ring, CLASS_SENS, records[CLASS_SENS]));
    keys_ring_drop(&ring);
    done(&keys);
}

static void withdrawal_ends_reading_and_turns_the_class_keys(void **state)
{
    (void)state;
    struct str records[CLASS_LAST + 1], later, plain;
    struct keys *keys = fresh();
    struct keys_granted granted[PURPOSE_LAST + 1];
    uint8_t prev[32] = {0};
    enrol(keys, 1, records);
    struct keys_ring *kept = ring_of(keys, 1); /* somebody who opened before and kept what they got */
    assert_ok(deliver(keys, kept, PURPOSE_CARE, 1));
    struct keys_ring *ring = ring_of(keys, 1);
    assert_code(keys_withdraw(keys, ring, PURPOSE_SELF, 9, NULL), SALVE_E_CONSENT);
    assert_ok(keys_withdraw(keys, ring, PURPOSE_CARE, 9, NULL));
    assert_ok(keys_withdraw(keys, ring, PURPOSE_CARE, 9, NULL)); /* again is fine */
    assert_ok(keys_seal(ring, CLASS_CLIN, 50, prev, STR("later"), mem, &later, NULL));
    keys_ring_drop(&ring);
    assert_int_equal(seen_by(keys, 1, PURPOSE_CARE, 1, records), CONSENT_ONLY);
    assert_int_equal(seen_by(keys, 1, PURPOSE_SELF, 1, records), purpose_classes(PURPOSE_SELF));
    assert_int_equal(seen_by(keys, 1, PURPOSE_FOLLOW_UP, 1, records),
                     CONSENT_ONLY | purpose_classes(PURPOSE_FOLLOW_UP));
    assert_code(keys_unseal(kept, CLASS_CLIN, 50, later, mem, &plain, NULL, NULL), SALVE_E_INTEGRITY);
    keys_ring_drop(&kept);
    ring = ring_of(keys, 1); /* who keeps the class reads what came after as well */
    assert_ok(deliver(keys, ring, PURPOSE_FOLLOW_UP, 1));
    assert_ok(keys_unseal(ring, CLASS_CLIN, 50, later, mem, &plain, NULL, NULL));
    keys_ring_drop(&ring);
    assert_ok(keys_granted(keys, id_of(1), granted, NULL));
    assert_int_equal(granted[PURPOSE_CARE].classes, 0);
    ring = ring_of(keys, 1); /* given again: all versions */
    struct keys_grant care = grant_of(PURPOSE_CARE, 0);
    assert_ok(keys_grant(keys, ring, &care, 1, NULL));
    assert_ok(deliver(keys, ring, PURPOSE_CARE, 1));
    assert_ok(reads(ring, CLASS_CLIN, records[CLASS_CLIN]));
    assert_ok(keys_unseal(ring, CLASS_CLIN, 50, later, mem, &plain, NULL, NULL));
    keys_ring_drop(&ring);
    done(&keys);
}

static void rotation_keeps_every_live_wrap_and_two_epochs(void **state)
{
    (void)state;
    struct str records[3][CLASS_LAST + 1];
    struct keys *keys = fresh();
    struct keys_rotated rotated;
    struct keys_status status;
    for (uint8_t nr = 0; nr < 3; nr++) enrol(keys, nr, records[nr]);
    for (uint32_t turn = 2; turn < 6; turn++) {
        assert_ok(keys_rotate(keys, 1000, &rotated, NULL));
        assert_int_equal(rotated.epoch, turn);
        assert_int_equal(rotated.expired, 0);
        assert_ok(keys_status(keys, &status, NULL));
        assert_true(status.wraps == rotated.rewrapped && status.wraps_old == 0 && status.compartments == 3);
        if (turn % 2) assert_ok(reopen(&keys, secret));
        for (uint8_t nr = 0; nr < 3; nr++) {
            assert_int_equal(seen_by(keys, nr, PURPOSE_SELF, 1000, records[nr]), purpose_classes(PURPOSE_SELF));
            assert_int_equal(seen_by(keys, nr, PURPOSE_STATISTICS, 1000, records[nr]),
                             CONSENT_ONLY | CLASS_BIT(CLASS_STAT));
        }
        struct db_stmt *stmt = NULL;
        bool row;
        assert_ok(db_prepare(keys->db, "SELECT count(DISTINCT epoch), max(epoch) FROM kek", &stmt, NULL));
        assert_ok(db_step(stmt, &row, NULL));
        assert_int_equal(db_column_i64(stmt, 0), 2);
        assert_int_equal(db_column_i64(stmt, 1), turn);
        db_reset(stmt);
    }
    assert_ok(keys_rotate(keys, 3000, &rotated, NULL)); /* statistics ended at 2000 */
    assert_int_equal(rotated.expired, 3);
    done(&keys);
}

static struct str copy_of_disk(void)
{
    size_t len;
    struct str copy;
    uint8_t *bytes = db_disk_file(disk, "keys.db", &len);
    assert_non_null(bytes);
    assert_ok(arena_str(mem, str_make((char *)bytes, len), &copy, NULL));
    return copy;
}

/* Erasure is final: everything backed up, erased, two turns, all restored with the root secret */
static void an_erased_person_does_not_come_back_from_a_backup(void **state)
{
    (void)state;
    struct str records[CLASS_LAST + 1], old_epoch;
    struct keys *keys = fresh();
    struct keys_rotated rotated;
    struct keys_options options = options_of(secret);
    enrol(keys, 1, records);
    enrol(keys, 2, records);
    assert_ok(keys_close(&keys, NULL));
    struct str backup = copy_of_disk();
    assert_ok(file_read(epoch_path, 1000, mem, &old_epoch, NULL));
    assert_ok(keys_open(&options, &keys, NULL));
    assert_ok(keys_erase(keys, id_of(1), NULL));
    bool exists = true;
    assert_ok(keys_exists(keys, id_of(1), &exists, NULL));
    assert_false(exists);
    assert_ok(keys_rotate(keys, 1, &rotated, NULL));
    assert_ok(keys_rotate(keys, 1, &rotated, NULL));
    assert_int_equal(seen_by(keys, 2, PURPOSE_SELF, 1, records), purpose_classes(PURPOSE_SELF));
    assert_ok(keys_close(&keys, NULL));
    struct str today = copy_of_disk();
    assert_true(db_disk_set(disk, "keys.db", backup));
    assert_code(keys_open(&options, &keys, NULL), SALVE_E_INTEGRITY);
    /* nor when the number in keys.epoch is forged to fit: the secret itself is gone */
    struct keys_epoch forged;
    unsigned good;
    assert_ok(keys_epoch_read(epoch_path, &forged, &good, NULL));
    for (uint32_t epoch = 1; epoch <= 2; epoch++) {
        forged.epoch = epoch;
        assert_ok(keys_epoch_write(epoch_path, &forged, NULL));
        assert_code(keys_open(&options, &keys, NULL), SALVE_E_INTEGRITY);
        assert_null(keys);
    }
    forged.epoch = 3;
    assert_ok(keys_epoch_write(epoch_path, &forged, NULL));
    assert_true(db_disk_set(disk, "keys.db", today));
    assert_ok(keys_open(&options, &keys, NULL));
    assert_int_equal(seen_by(keys, 2, PURPOSE_SELF, 1, records), purpose_classes(PURPOSE_SELF));
    done(&keys);
    /* the other half: yesterday's keys.epoch beside today's key store is refused too */
    assert_ok(file_write(epoch_path, old_epoch, 0600, NULL));
    assert_code(keys_open(&options, &keys, NULL), SALVE_E_INTEGRITY);
}

static void yesterdays_copy_still_opens_after_one_turn(void **state)
{
    (void)state;
    struct str records[CLASS_LAST + 1];
    struct keys *keys = fresh();
    struct keys_rotated rotated;
    struct keys_options options = options_of(secret);
    enrol(keys, 1, records);
    assert_ok(keys_rotate(keys, 1, &rotated, NULL));
    assert_ok(keys_close(&keys, NULL));
    struct str backup = copy_of_disk();
    assert_ok(keys_open(&options, &keys, NULL));
    assert_ok(keys_rotate(keys, 1, &rotated, NULL));
    assert_ok(keys_close(&keys, NULL));
    assert_true(db_disk_set(disk, "keys.db", backup));
    assert_ok(keys_open(&options, &keys, NULL));
    assert_int_equal(seen_by(keys, 1, PURPOSE_CARE, 1, records), CONSENT_ONLY | purpose_classes(PURPOSE_CARE));
    assert_ok(keys_rotate(keys, 1, &rotated, NULL));
    assert_int_equal(rotated.epoch, 3);
    assert_int_equal(seen_by(keys, 1, PURPOSE_CARE, 1, records), CONSENT_ONLY | purpose_classes(PURPOSE_CARE));
    done(&keys);
}

static void a_wrong_passphrase_changes_nothing(void **state)
{
    (void)state;
    struct str records[CLASS_LAST + 1];
    struct keys *keys = fresh();
    const struct keys_secret wrong = {.bytes = STR("correct horse batterx")}, small = {.bytes = STR("short")};
    const struct keys_secret next = {.bytes = STR("another passphrase")};
    const struct keys_secret file = {.is_key_file = true, .bytes = STR("0123456789abcdef0123456789abcdef")};
    struct keys_rotated rotated;
    enrol(keys, 1, records);
    assert_ok(keys_rotate(keys, 1, &rotated, NULL));
    assert_ok(keys_close(&keys, NULL));
    struct str before = copy_of_disk();
    assert_code(reopen(&keys, wrong), SALVE_E_SECRET);
    assert_code(reopen(&keys, file), SALVE_E_SECRET);
    assert_true(str_eq(copy_of_disk(), before));
    assert_ok(reopen(&keys, secret));
    assert_code(keys_change_secret(keys, wrong, next, 1, &rotated, NULL), SALVE_E_SECRET);
    assert_code(keys_change_secret(keys, secret, small, 1, &rotated, NULL), SALVE_E_RANGE);
    assert_ok(reopen(&keys, secret));
    assert_ok(keys_change_secret(keys, secret, next, 1, &rotated, NULL));
    assert_int_equal(seen_by(keys, 1, PURPOSE_CARE, 1, records), CONSENT_ONLY | purpose_classes(PURPOSE_CARE));
    assert_code(reopen(&keys, secret), SALVE_E_SECRET);
    assert_ok(reopen(&keys, next));
    assert_ok(keys_change_secret(keys, next, file, 1, &rotated, NULL));
    assert_code(reopen(&keys, next), SALVE_E_SECRET);
    assert_ok(reopen(&keys, file));
    assert_ok(keys_rotate(keys, 1, &rotated, NULL));
    assert_int_equal(seen_by(keys, 1, PURPOSE_CARE, 1, records), CONSENT_ONLY | purpose_classes(PURPOSE_CARE));
    done(&keys);
}

/* A site of made-up people is one for ever, and no other becomes one: also by bytes of the row, which the sealing of
 * the root secret covers. */
static void made_up_stays_made_up(void **state)
{
    (void)state;
    const struct keys_secret next = {.bytes = STR("another passphrase")};
    struct keys_rotated rotated;
    for (int is_made_up = 0; is_made_up < 2; is_made_up++) {
        struct keys *keys = fresh();
        struct keys_options options = options_of(secret);
        options.is_made_up = is_made_up;
        assert_ok(keys_close(&keys, NULL));
        db_disk_close(&disk);
        options.disk = disk = db_disk_open();
        (void)unlink(epoch_path);
        assert_ok(keys_create(&options, &keys, NULL));
        assert_int_equal(keys_layout(keys), KEYS_LAYOUT);
        assert_ok(keys_change_secret(keys, secret, next, 1, &rotated, NULL));
        assert_ok(reopen(&keys, next));
        assert_int_equal(keys_is_made_up(keys), is_made_up);
        uint8_t root[96];
        assert_ok(keys_meta_get(keys, "root", root, sizeof root, NULL));
        assert_ok(keys_close(&keys, NULL));
        struct str good = copy_of_disk();
        for (size_t at = 4; at < 8; at++) { /* layout, kind, cost, flags */
            assert_true(db_disk_set(disk, "keys.db", good));
            assert_ok(reopen(&keys, next));
            root[at] ^= 1;
            assert_ok(keys_meta_put(keys, "root", str_bytes(root, sizeof root), NULL));
            assert_int_not_equal(reopen(&keys, next), SALVE_OK);
            root[at] ^= 1;
        }
        assert_true(db_disk_set(disk, "keys.db", good));
        assert_ok(reopen(&keys, next));
        done(&keys);
    }
}

/* What an old passphrase opens after a change: nothing, and also not the copy of the key store that it opened
 * before, with the keys.epoch of today. */
static void an_old_secret_opens_no_old_copy_either(void **state)
{
    (void)state;
    struct str records[CLASS_LAST + 1];
    struct keys *keys = fresh();
    const struct keys_secret next = {.bytes = STR("another passphrase")};
    struct keys_rotated rotated;
    enrol(keys, 1, records);
    assert_ok(keys_rotate(keys, 1, &rotated, NULL));
    assert_ok(keys_close(&keys, NULL));
    struct str old_copy = copy_of_disk();
    assert_ok(reopen(&keys, secret));
    assert_ok(keys_change_secret(keys, secret, next, 1, &rotated, NULL));
    assert_int_equal(rotated.epoch, 4);
    assert_ok(keys_close(&keys, NULL));
    struct str new_copy = copy_of_disk();
    assert_true(db_disk_set(disk, "keys.db", old_copy));
    assert_code(reopen(&keys, secret), SALVE_E_INTEGRITY);
    assert_code(reopen(&keys, next), SALVE_E_SECRET);
    assert_true(db_disk_set(disk, "keys.db", new_copy));
    assert_ok(reopen(&keys, next));
    done(&keys);
}

/* The file is written over where it is: who had it open sees the new secrets and nothing of the old, and no other
 * file of the folder has them. */
static void a_secret_that_goes_is_written_over_in_its_place(void **state)
{
    (void)state;
    struct keys *keys = fresh();
    struct keys_rotated rotated;
    struct keys_epoch first;
    unsigned good;
    struct stat before, after;
    uint8_t bytes[1000];
    assert_ok(keys_epoch_read(epoch_path, &first, &good, NULL));
    int fd = open(epoch_path, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &before) == 0);
    for (int i = 0; i < 2; i++) assert_ok(keys_rotate(keys, 1, &rotated, NULL));
    assert_int_equal(stat(epoch_path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    ssize_t len = read(fd, bytes, sizeof bytes);
    assert_int_equal(len, 224);
    close(fd);
    for (size_t i = 0; i + sizeof first.now <= (size_t)len; i++)
        assert_memory_not_equal(bytes + i, first.now, sizeof first.now);
    struct str *names;
    size_t count;
    assert_ok(file_list(folder, mem, &names, &count, NULL));
    assert_int_equal(count, 1);
    done(&keys);
}

/* How old the keys are is known by a row that only the secret of this epoch makes. */
static void keys_do_not_look_younger_than_they_are(void **state)
{
    (void)state;
    struct keys *keys = fresh();
    struct keys_rotated rotated;
    struct keys_due due;
    uint8_t row[44], forged[44];
    assert_ok(keys_rotate(keys, 1000, &rotated, NULL));
    keys_due(keys, &due);
    assert_int_equal(due.renewed_unix_s, 1000);
    assert_ok(keys_meta_get(keys, "renewed", row, sizeof row, NULL));
    for (size_t at = 0; at < sizeof row; at++) {
        memcpy(forged, row, sizeof row);
        forged[at] ^= 1;
        assert_ok(keys_meta_put(keys, "renewed", str_bytes(forged, sizeof forged), NULL));
        keys_due(keys, &due);
        assert_int_equal(due.renewed_unix_s, 0);
    }
    assert_ok(keys_rotate(keys, 2000, &rotated, NULL));
    assert_ok(keys_meta_put(keys, "renewed", str_bytes(row, sizeof row), NULL)); /* of the epoch before */
    keys_due(keys, &due);
    assert_int_equal(due.renewed_unix_s, 0);
    assert_code(keys_verify(keys, NULL, NULL, NULL), SALVE_E_INTEGRITY);
    assert_ok(keys_rotate(keys, 3000, &rotated, NULL));
    done(&keys);
}

static void tokens_find_exactly_and_go_with_the_person(void **state)
{
    (void)state;
    struct str records[CLASS_LAST + 1];
    struct keys *keys = fresh();
    struct keys_bound *found;
    struct keys_rotated rotated;
    size_t count;
    uint8_t tokens[3][KEYS_TOKEN_BYTES], again[KEYS_TOKEN_BYTES];
    enrol(keys, 1, records);
    enrol(keys, 2, records);
    assert_ok(keys_token(keys, KEYS_TOKEN_CARD, STR("card one"), tokens[0], NULL));
    assert_ok(keys_token(keys, KEYS_TOKEN_NAME_BIRTH, STR("ada lovelace|1815-12-10"), tokens[1], NULL));
    assert_ok(keys_token(keys, KEYS_TOKEN_CARD, STR("ada lovelace|1815-12-10"), tokens[2], NULL));
    assert_memory_not_equal(tokens[1], tokens[2], KEYS_TOKEN_BYTES);
    assert_ok(
        keys_token_put(keys, &(struct keys_bound){id_of(1), 1}, (const uint8_t(*)[KEYS_TOKEN_BYTES])tokens, 2, NULL));
    assert_ok(keys_token_put(keys, &(struct keys_bound){id_of(2), 1}, (const uint8_t(*)[KEYS_TOKEN_BYTES])tokens + 1, 1,
                             NULL)); /* a twin */
    assert_ok(keys_rotate(keys, 1, &rotated, NULL));
    assert_ok(reopen(&keys, secret));
    assert_ok(keys_token(keys, KEYS_TOKEN_NAME_BIRTH, STR("ada lovelace|1815-12-10"), again, NULL));
    assert_memory_equal(again, tokens[1], KEYS_TOKEN_BYTES);
    assert_ok(keys_token_find(keys, again, mem, &found, &count, NULL));
    assert_true(count == 2 && compartment_eq(found[0].id, id_of(1)) && compartment_eq(found[1].id, id_of(2)));
    assert_ok(keys_token_find(keys, tokens[2], mem, &found, &count, NULL));
    assert_int_equal(count, 0);
    assert_ok(keys_token_replace(keys, &(struct keys_bound){id_of(1), 7},
                                 (const uint8_t(*)[KEYS_TOKEN_BYTES])tokens + 2, 1, NULL));
    assert_ok(keys_token_find(keys, tokens[0], mem, &found, &count, NULL));
    assert_int_equal(count, 0);
    assert_ok(keys_token_find(keys, tokens[2], mem, &found, &count, NULL));
    assert_true(count == 1 && found[0].since == 7);
    assert_ok(keys_erase(keys, id_of(1), NULL));
    assert_ok(keys_token_find(keys, tokens[2], mem, &found, &count, NULL));
    assert_int_equal(count, 0);
    done(&keys);
}

/* A row of a token is good for the compartment and the card that it was made for. */
static void a_token_that_was_turned_is_refused(void **state)
{
    (void)state;
    static const char *const turns[] = {
        "UPDATE token SET compartment = CAST(x'02050600000000000000000000000000' || substr(compartment, 17) AS BLOB)",
        "UPDATE token SET compartment = CAST(substr(compartment,1,16) || zeroblob(8) || substr(compartment,25) AS BLOB)",
        "UPDATE token SET compartment = CAST(substr(compartment, 1, 24) || zeroblob(16) AS BLOB)",
        "UPDATE token SET compartment = substr(compartment, 1, 16)",
        "UPDATE token SET compartment = CAST(compartment || x'00' AS BLOB)"};
    struct keys_bound *found, to = {id_of(1), 7};
    size_t count;
    uint8_t token[1][KEYS_TOKEN_BYTES];
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        struct keys *keys = fresh();
        assert_ok(keys_token(keys, KEYS_TOKEN_CARD, STR("card one"), token[0], NULL));
        assert_ok(keys_token_put(keys, &to, (const uint8_t(*)[KEYS_TOKEN_BYTES])token, 1, NULL));
        assert_ok(keys_token_find(keys, token[0], mem, &found, &count, NULL));
        assert_int_equal(count, 1);
        assert_ok(db_exec(keys->db, turns[i], NULL));
        assert_code(keys_token_find(keys, token[0], mem, &found, &count, NULL), SALVE_E_INTEGRITY);
        assert_ok(keys_close(&keys, NULL));
    }
}

static void named_secrets_survive_rotation(void **state)
{
    (void)state;
    struct keys *keys = fresh();
    struct crypto_keys *pair = NULL;
    struct keys_rotated rotated;
    assert_ok(crypto_keys_new(2, &pair, NULL));
    crypto_key_random(crypto_keys_at(pair, 0));
    assert_code(keys_sealed_get(keys, STR("log key"), crypto_keys_at(pair, 1), NULL), SALVE_E_NOT_FOUND);
    assert_ok(keys_sealed_put(keys, STR("log key"), crypto_keys_at(pair, 0), NULL));
    for (int i = 0; i < 3; i++) assert_ok(keys_rotate(keys, 1, &rotated, NULL));
    assert_ok(reopen(&keys, secret));
    assert_ok(keys_sealed_get(keys, STR("log key"), crypto_keys_at(pair, 1), NULL));
    assert_true(crypto_key_equal(crypto_keys_at(pair, 0), crypto_keys_at(pair, 1)));
    crypto_keys_drop(&pair);
    done(&keys);
}

static void a_presence_wrap_needs_the_card(void **state)
{
    (void)state;
    struct str records[CLASS_LAST + 1];
    struct keys *keys = fresh();
    struct keys_rotated rotated;
    const uint8_t token[KEYS_PRESENCE_BYTES] = {1, 2, 3}, other[KEYS_PRESENCE_BYTES] = {9};
    struct keys_consent consent = consent_of(PURPOSE_CARE);
    const class_mask classes = purpose_classes(PURPOSE_CARE);
    enrol(keys, 1, records);
    struct keys_ring *ring = ring_of(keys, 1);
    struct keys_grant care = grant_of(PURPOSE_CARE, 0);
    care.presence = token;
    assert_ok(keys_grant(keys, ring, &care, 1, NULL));
    assert_ok(keys_rotate(keys, 1, &rotated, NULL)); /* the epoch turns without the card */
    assert_code(keys_deliver(keys, ring, PURPOSE_CARE, classes, &consent, 1, NULL, NULL), SALVE_E_CONSENT);
    assert_code(keys_deliver(keys, ring, PURPOSE_CARE, classes, &consent, 1, other, NULL), SALVE_E_CONSENT);
    assert_ok(keys_deliver(keys, ring, PURPOSE_CARE, classes, &consent, 1, token, NULL));
    assert_ok(reads(ring, CLASS_CLIN, records[CLASS_CLIN]));
    keys_ring_drop(&ring);
    done(&keys);
}

static bool is_on_disk(const struct crypto_key *key)
{
    static const char *const files[] = {"keys.db", "keys.db-wal"};
    const uint8_t *raw = (const uint8_t *)(const void *)key; /* the canary looks where nobody else may */
    struct str epoch;
    size_t len;
    bool is_there = false;
    for (size_t i = 0; i < 2; i++) {
        uint8_t *bytes = db_disk_file(disk, files[i], &len);
        if (bytes != NULL && memmem(bytes, len, raw, CRYPTO_KEY_BYTES) != NULL) is_there = true;
    }
    assert_ok(file_read(epoch_path, 1000, mem, &epoch, NULL));
    return is_there || memmem(epoch.ptr, epoch.len, raw, CRYPTO_KEY_BYTES) != NULL;
}

static void no_key_is_in_any_file(void **state)
{
    (void)state;
    struct str records[CLASS_LAST + 1];
    struct keys *keys = fresh();
    struct keys_rotated rotated;
    enrol(keys, 1, records);
    for (int turn = 0; turn < 2; turn++) {
        struct keys_ring *ring = ring_of(keys, 1);
        for (size_t i = 0; i < ring->count; i++) assert_false(is_on_disk(crypto_keys_at(ring->keys, i)));
        for (unsigned slot = 0; slot < SLOT_COUNT; slot++) {
            static const uint8_t zeros[CRYPTO_KEY_BYTES];
            const struct crypto_key *key = keys_slot(keys, slot);
            if (memcmp((const void *)key, zeros, sizeof zeros) != 0) assert_false(is_on_disk(key));
        }
        keys_ring_drop(&ring);
        assert_ok(keys_rotate(keys, 1, &rotated, NULL));
    }
    done(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_purpose_reads_its_classes_and_no_others),
        cmocka_unit_test(a_row_leaves_out_what_its_key_says),
        cmocka_unit_test(no_key_comes_out_without_a_durable_leaf),
        cmocka_unit_test(a_wrap_is_bound_to_its_time_and_its_decision),
        cmocka_unit_test(grants_outside_the_purpose_are_refused),
        cmocka_unit_test(withdrawal_ends_reading_and_turns_the_class_keys),
        cmocka_unit_test(rotation_keeps_every_live_wrap_and_two_epochs),
        cmocka_unit_test(an_erased_person_does_not_come_back_from_a_backup),
        cmocka_unit_test(yesterdays_copy_still_opens_after_one_turn),
        cmocka_unit_test(a_wrong_passphrase_changes_nothing),
        cmocka_unit_test(an_old_secret_opens_no_old_copy_either),
        cmocka_unit_test(a_secret_that_goes_is_written_over_in_its_place),
        cmocka_unit_test(keys_do_not_look_younger_than_they_are),
        cmocka_unit_test(tokens_find_exactly_and_go_with_the_person),
        cmocka_unit_test(a_token_that_was_turned_is_refused),
        cmocka_unit_test(named_secrets_survive_rotation),
        cmocka_unit_test(made_up_stays_made_up),
        cmocka_unit_test(a_presence_wrap_needs_the_card),
        cmocka_unit_test(no_key_is_in_any_file),
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
