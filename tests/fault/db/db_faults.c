/* SPDX-License-Identifier: Apache-2.0
 * The database seam on a disk that flips bits, fails the n-th operation, and loses its power. The workload is always
 * the same: rows that say how many there must be, so that half a transaction is seen. */
#include <stdio.h>

#include "base/arena.h"
#include "crypto/crypto.h"
#include "db/db_fault.h"
#include "t.h"

static const char schema[] = "CREATE TABLE row (nr INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
                             "CREATE TABLE total (one INTEGER PRIMARY KEY, count INTEGER NOT NULL) STRICT;"
                             "INSERT INTO total VALUES (1, 0);";

static enum salve_code open_on(struct db_disk *disk, bool create, struct db **db)
{
    const struct db_options options = {.create = create, .disk = disk, .schema = schema, .schema_version = 3};
    return db_open("site/test.db", &options, db, NULL);
}

/* One transaction: a row of 3000 bytes and the total. */
static enum salve_code add_row(struct db *db, int64_t nr)
{
    char bytes[3000];
    struct db_stmt *row = NULL, *total = NULL;
    memset(bytes, (int)nr, sizeof bytes);
    enum salve_code code = db_prepare(db, "INSERT INTO row VALUES (?1, ?2)", &row, NULL);
    if (code == SALVE_OK) code = db_prepare(db, "UPDATE total SET count = count + 1", &total, NULL);
    if (code == SALVE_OK) code = db_begin(db, false, NULL);
    if (code == SALVE_OK) {
        db_bind_i64(row, 1, nr);
        db_bind_blob(row, 2, str_make(bytes, sizeof bytes));
        code = db_run(row, NULL);
    }
    if (code == SALVE_OK) code = db_run(total, NULL);
    if (code == SALVE_OK) code = db_commit(db, NULL);
    db_rollback(db);
    return code;
}

/* rows and total as they are; -1 if they cannot be read or do not agree */
static int64_t count_rows(struct db *db)
{
    bool row = false;
    int64_t count = -1;
    struct db_stmt *stmt = NULL;
    if (db_prepare(db, "SELECT (SELECT count(*) FROM row WHERE length(bytes) = 3000), (SELECT count FROM total)", &stmt,
                   NULL) != SALVE_OK)
        return -1;
    if (db_step(stmt, &row, NULL) == SALVE_OK && row && db_column_i64(stmt, 0) == db_column_i64(stmt, 1))
        count = db_column_i64(stmt, 0);
    db_reset(stmt);
    return count;
}

static struct db_disk *disk_with_rows(int64_t rows)
{
    struct db_disk *disk = db_disk_open();
    struct db *db = NULL;
    assert_ok(open_on(disk, true, &db));
    for (int64_t nr = 1; nr <= rows; nr++) assert_ok(add_row(db, nr));
    /* deleted rows leave free pages, which are part of the file as well */
    assert_ok(db_exec(db,
                      "CREATE TABLE gone (bytes BLOB) STRICT; INSERT INTO gone VALUES (zeroblob(20000));"
                      "DROP TABLE gone",
                      NULL));
    assert_ok(db_close(&db, NULL));
    return disk;
}

static void a_closed_file_is_one_file_and_reads_back(void **state)
{
    (void)state;
    struct db_disk *disk = disk_with_rows(5);
    struct db *db = NULL;
    size_t len;
    assert_int_equal(db_disk_file_count(disk), 1);
    assert_non_null(db_disk_file(disk, "test.db", &len));
    assert_int_equal(len % DB_PAGE_BYTES, 0);
    assert_ok(open_on(disk, false, &db));
    assert_int_equal(count_rows(db), 5);
    assert_ok(db_verify(db, NULL, NULL, NULL));
    assert_ok(db_close(&db, NULL));
    db_disk_close(&disk);
}

struct told {
    unsigned count;
    char place[200];
};

static void note(void *who, const char *place, const char *what)
{
    struct told *told = who;
    told->count++;
    (void)snprintf(told->place, sizeof told->place, "%s", place);
    (void)what;
}

static void every_flipped_bit_is_found_and_its_page_named(void **state)
{
    (void)state;
    struct db_disk *disk = disk_with_rows(3);
    size_t len, found = 0;
    uint8_t *bytes = db_disk_file(disk, "test.db", &len);
    char want[200];
    for (size_t bit = 0; bit < len * 8; bit += bit < 800 ? 1 : 37) { /* the header whole, then a stride prime to 8 */
        struct told told = {0};
        struct db *db = NULL;
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        enum salve_code code = open_on(disk, false, &db);
        if (code == SALVE_OK)
            code = db_verify(db, note, &told, NULL);
        else
            told.count = 1, (void)snprintf(told.place, sizeof told.place, "site/test.db page 1");
        (void)snprintf(want, sizeof want, "site/test.db page %zu", bit / 8 / DB_PAGE_BYTES + 1);
        found += code == SALVE_E_INTEGRITY && told.count >= 1 && strncmp(told.place, "site/test.db", 12) == 0 &&
                 (bit / 8 < DB_PAGE_BYTES || strcmp(told.place, want) == 0);
        if (code != SALVE_E_INTEGRITY) fail_msg("bit %zu: %s", bit, salve_code_name(code));
        db_abandon(&db);
        bytes = db_disk_file(disk, "test.db", &len);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(found, 800 + (len * 8 - 800 + 36) / 37);
    db_disk_close(&disk);
}

static void swapped_pages_and_a_cut_file_are_found(void **state)
{
    (void)state;
    struct db_disk *disk = disk_with_rows(4);
    struct db *db = NULL;
    size_t len;
    uint8_t *bytes = db_disk_file(disk, "test.db", &len), page[DB_PAGE_BYTES];
    memcpy(page, bytes + 3 * DB_PAGE_BYTES, sizeof page);
    memcpy(bytes + 3 * DB_PAGE_BYTES, bytes + 4 * DB_PAGE_BYTES, sizeof page);
    memcpy(bytes + 4 * DB_PAGE_BYTES, page, sizeof page);
    assert_ok(open_on(disk, false, &db));
    assert_code(db_verify(db, NULL, NULL, NULL), SALVE_E_INTEGRITY);
    db_abandon(&db);
    bytes = db_disk_file(disk, "test.db", &len);
    char *shorter = test_malloc(len);
    memcpy(shorter, bytes, len);
    assert_true(db_disk_set(disk, "test.db", str_make(shorter, len - DB_PAGE_BYTES)));
    test_free(shorter);
    enum salve_code code = open_on(disk, false, &db);
    if (code == SALVE_OK) code = db_verify(db, NULL, NULL, NULL);
    assert_code(code, SALVE_E_INTEGRITY);
    db_abandon(&db);
    assert_true(db_disk_set(disk, "test.db", STR("")));
    assert_code(open_on(disk, false, &db), SALVE_E_INTEGRITY);
    db_disk_close(&disk);
}

/* Runs the workload with the n-th operation failing; what was acknowledged must be there afterwards, and nothing
 * half. */
static bool fail_nth(unsigned ops, uint64_t nth, bool is_sticky, enum salve_code how)
{
    struct db_disk *disk = disk_with_rows(2);
    struct db *db = NULL;
    int64_t acknowledged = 2;
    bool is_clean = true;
    db_disk_fail(disk, ops, nth, is_sticky, how);
    enum salve_code code = open_on(disk, false, &db);
    for (int64_t nr = 3; code == SALVE_OK && nr <= 6; nr++) {
        code = add_row(db, nr);
        acknowledged += code == SALVE_OK;
    }
    if (code != SALVE_OK && code != SALVE_E_IO && code != SALVE_E_FULL && code != SALVE_E_NOT_FOUND) is_clean = false;
    if (db_close(&db, NULL) != SALVE_OK) code = SALVE_E_IO;
    bool has_fired = db_disk_fired(disk);
    db_disk_fail(disk, 0, 0, false, SALVE_E_IO);
    if (!is_clean) fail_msg("operation %llu: %s", (unsigned long long)nth, salve_code_name(code));
    assert_ok(open_on(disk, false, &db));
    int64_t rows = count_rows(db);
    if (rows < acknowledged || rows > 6)
        fail_msg("operation %llu: %d rows, %d acknowledged", (unsigned long long)nth, (int)rows, (int)acknowledged);
    assert_ok(db_verify(db, NULL, NULL, NULL));
    assert_ok(add_row(db, 100));
    assert_ok(db_close(&db, NULL));
    db_disk_close(&disk);
    return has_fired;
}

static void any_failing_operation_loses_nothing_acknowledged(void **state)
{
    (void)state;
    for (int sticky = 0; sticky < 2; sticky++)
        for (uint64_t nth = 1; fail_nth(DB_DISK_ANY, nth, sticky == 1, SALVE_E_IO); nth++) assert_true(nth < 2000);
}

static void a_full_disk_is_said_and_loses_nothing(void **state)
{
    (void)state;
    for (int sticky = 0; sticky < 2; sticky++)
        for (uint64_t nth = 1; fail_nth(DB_DISK_WRITE, nth, sticky == 1, SALVE_E_FULL); nth++) assert_true(nth < 2000);
}

static void after_a_failed_sync_nothing_is_written_until_reopened(void **state)
{
    (void)state;
    struct db_disk *disk = disk_with_rows(1);
    struct db *db = NULL;
    assert_ok(open_on(disk, false, &db));
    assert_ok(add_row(db, 2)); /* the log file is there now */
    db_disk_fail(disk, DB_DISK_SYNC, 1, false, SALVE_E_IO);
    assert_code(add_row(db, 3), SALVE_E_IO);
    assert_code(add_row(db, 4), SALVE_E_IO); /* the disk would answer again, but is not asked */
    assert_ok(db_close(&db, NULL));
    assert_ok(open_on(disk, false, &db));
    assert_ok(add_row(db, 5));
    assert_true(count_rows(db) >= 3);
    assert_ok(db_close(&db, NULL));
    db_disk_close(&disk);
}

/* Power goes at the n-th write or sync, for all n, with all or a random part of the unsynced sectors lost. */
static bool cut_at_nth(uint64_t nth, uint64_t seed, enum db_disk_loss loss)
{
    struct db_disk *disk = disk_with_rows(2);
    struct db *db = NULL;
    int64_t acknowledged = 2;
    db_disk_fail(disk, DB_DISK_WRITE | DB_DISK_SYNC | DB_DISK_TRUNCATE | DB_DISK_DELETE, nth, true, SALVE_E_IO);
    enum salve_code code = open_on(disk, false, &db);
    for (int64_t nr = 3; code == SALVE_OK && nr <= 5; nr++) {
        code = add_row(db, nr);
        acknowledged += code == SALVE_OK;
    }
    if (code == SALVE_OK) code = db_close(&db, NULL);
    bool has_fired = db_disk_fired(disk);
    db_disk_cut_power(disk, seed, loss);
    db_disk_fail(disk, 0, 0, false, SALVE_E_IO);
    db_abandon(&db);
    assert_ok(open_on(disk, false, &db));
    int64_t rows = count_rows(db);
    if (rows < acknowledged || rows > 5)
        fail_msg("cut at %llu, seed %llu: %d rows, %d acknowledged", (unsigned long long)nth, (unsigned long long)seed,
                 (int)rows, (int)acknowledged);
    assert_ok(db_verify(db, NULL, NULL, NULL));
    assert_ok(db_close(&db, NULL));
    db_disk_close(&disk);
    return has_fired;
}

static void a_power_cut_at_any_write_loses_nothing_acknowledged(void **state)
{
    (void)state;
    for (uint64_t nth = 1; cut_at_nth(nth, 0, DB_DISK_LOSE_ALL); nth++)
        for (uint64_t seed = 1; seed <= 8; seed++) (void)cut_at_nth(nth, seed, DB_DISK_TORN);
}

/* A process was killed after six saves. Damage in any but the last two is said; in those it may also look like a
 * transaction that the power cut off, and then the file is whole without them. */
static void a_flipped_bit_in_the_log_of_a_killed_process_is_found(void **state)
{
    (void)state;
    static char whole[1 << 20], file[1 << 20];
    struct db_disk *disk = disk_with_rows(2);
    struct db *db = NULL;
    size_t len, total, last_two = 0, found = 0, tried = 0;
    assert_ok(open_on(disk, false, &db));
    for (int64_t nr = 3; nr <= 8; nr++) {
        if (nr == 7) (void)db_disk_file(disk, "test.db-wal", &last_two);
        assert_ok(add_row(db, nr));
    }
    const uint8_t *bytes = db_disk_file(disk, "test.db-wal", &len);
    assert_true(len < sizeof whole);
    memcpy(whole, bytes, len);
    bytes = db_disk_file(disk, "test.db", &total);
    assert_true(total < sizeof file);
    memcpy(file, bytes, total);
    db_disk_cut_power(disk, 0, DB_DISK_LOSE_ALL); /* all was synced */
    db_abandon(&db);
    for (size_t bit = 1; bit < len * 8; bit += bit < 1000 ? 1 : 401) {
        struct salve_err err = {0};
        const struct db_options options = {.disk = disk, .schema = schema, .schema_version = 3};
        whole[bit / 8] = (char)(whole[bit / 8] ^ 1 << bit % 8);
        assert_true(db_disk_set(disk, "test.db", str_make(file, total)));
        assert_true(db_disk_set(disk, "test.db-wal", str_make(whole, len)));
        enum salve_code code = db_open("site/test.db", &options, &db, &err);
        if (bit / 8 < last_two) {
            tried++;
            found += code == SALVE_E_INTEGRITY && strncmp(t_where(&err), "site/test.db-wal", 16) == 0;
        }
        if (code == SALVE_OK && count_rows(db) < 6) fail_msg("bit %zu of %zu", bit, len * 8);
        db_abandon(&db);
        whole[bit / 8] = (char)(whole[bit / 8] ^ 1 << bit % 8);
    }
    printf("%zu of %zu flips named\n", found, tried);
    assert_true(tried > 1000);
    assert_int_equal(found, tried);
    assert_true(db_disk_set(disk, "test.db", str_make(file, total)));
    assert_true(db_disk_set(disk, "test.db-wal", str_make(whole, len)));
    assert_ok(open_on(disk, false, &db));
    assert_int_equal(count_rows(db), 8);
    assert_ok(db_close(&db, NULL));
    db_disk_close(&disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_closed_file_is_one_file_and_reads_back),
        cmocka_unit_test(every_flipped_bit_is_found_and_its_page_named),
        cmocka_unit_test(swapped_pages_and_a_cut_file_are_found),
        cmocka_unit_test(any_failing_operation_loses_nothing_acknowledged),
        cmocka_unit_test(a_full_disk_is_said_and_loses_nothing),
        cmocka_unit_test(after_a_failed_sync_nothing_is_written_until_reopened),
        cmocka_unit_test(a_power_cut_at_any_write_loses_nothing_acknowledged),
        cmocka_unit_test(a_flipped_bit_in_the_log_of_a_killed_process_is_found),
    };
    return t_run(tests);
}
