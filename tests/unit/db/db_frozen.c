/* SPDX-License-Identifier: Apache-2.0
 * A database whose file stands still: what others read is of that moment, from the file or from its bytes, and cannot
 * be written; what is committed meanwhile is in the log, what is dropped leaves with the thaw. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "db/db.h"
#include "t.h"

static char folder[64], path[100];
static struct db *db;

static void run(const char *sql) { assert_ok(db_exec(db, sql, NULL)); }

static int make(void **state)
{
    (void)state;
    const struct db_options made = {
        .create = true, .schema = "CREATE TABLE t (n INTEGER, b BLOB)", .schema_version = 1};
    (void)snprintf(folder, sizeof folder, "/tmp/salve-db-XXXXXX");
    if (mkdtemp(folder) == NULL) return 1;
    (void)snprintf(path, sizeof path, "%s/a.db", folder);
    assert_ok(db_open(path, &made, &db, NULL));
    run("INSERT INTO t VALUES (1, randomblob(200)), (2, zeroblob(200))");
    return 0;
}

static int drop(void **state)
{
    char command[100];
    (void)state;
    db_abandon(&db);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static int64_t count_of(struct db *of)
{
    bool row = false;
    struct db_stmt *stmt = NULL;
    assert_ok(db_prepare(of, "SELECT count(*) FROM t", &stmt, NULL));
    assert_ok(db_step(stmt, &row, NULL));
    int64_t count = db_column_i64(stmt, 0);
    db_reset(stmt);
    return count;
}

static off_t log_bytes(void)
{
    char name[120];
    struct stat info;
    (void)snprintf(name, sizeof name, "%s-wal", path);
    return stat(name, &info) == 0 ? info.st_size : 0;
}

static struct db_disk *disk_of(bool by_bytes, struct arena *mem)
{
    struct str bytes;
    struct db_disk *disk = db_frozen();
    assert_non_null(disk);
    assert_ok(file_read(path, (size_t)1 << 26, mem, &bytes, NULL));
    assert_true(by_bytes ? db_frozen_bytes(disk, "a.db", bytes)
                         : db_frozen_file(disk, "a.db", open(path, O_RDONLY | O_CLOEXEC)));
    return disk;
}

static void read_of_a_moment(bool by_bytes)
{
    struct db *reader = NULL;
    struct arena *mem = arena_open((size_t)1 << 28);
    assert_ok(db_freeze(db, NULL));
    assert_int_equal(log_bytes(), 0);
    struct db_disk *disk = disk_of(by_bytes, mem);
    const struct db_options options = {.disk = disk, .schema = "", .schema_version = 1};
    assert_ok(db_open(path, &options, &reader, NULL));
    assert_int_equal(count_of(reader), 2);
    for (int i = 0; i < 3000; i++) run("INSERT INTO t VALUES (3, zeroblob(3000))"); /* more than a checkpoint's pages */
    assert_int_equal(count_of(db), 3002);
    assert_int_equal(count_of(reader), 2);
    assert_ok(db_verify(reader, NULL, NULL, NULL));
    assert_ok(db_close(&reader, NULL));
    db_frozen_drop(&disk);
    db_thaw(db);
    arena_close(mem);
    run("INSERT INTO t VALUES (3, NULL)"); /* the log is folded in again as ever */
    assert_int_equal(count_of(db), 3003);
}

static void a_file_is_read_of_one_moment(void **state)
{
    (void)state;
    read_of_a_moment(false);
}

static void bytes_are_read_like_a_file(void **state)
{
    (void)state;
    read_of_a_moment(true);
}

static void what_is_dropped_meanwhile_leaves_with_the_thaw(void **state)
{
    (void)state;
    assert_ok(db_freeze(db, NULL));
    assert_code(db_freeze(db, NULL), SALVE_E_BUSY);
    assert_code(db_verify(db, NULL, NULL, NULL), SALVE_E_BUSY);
    assert_code(db_copy(db, "/nowhere", NULL), SALVE_E_BUSY);
    run("DELETE FROM t");
    assert_ok(db_scrub(db, NULL));
    assert_true(log_bytes() > 0);
    db_thaw(db);
    assert_int_equal(log_bytes(), 0);
    db_thaw(db); /* nothing more */
    assert_ok(db_verify(db, NULL, NULL, NULL));
}

static void a_flipped_bit_is_found_in_what_is_frozen(void **state)
{
    (void)state;
    struct db *reader = NULL;
    struct arena *mem = arena_open((size_t)1 << 28);
    struct str bytes;
    assert_ok(db_freeze(db, NULL));
    assert_ok(file_read(path, (size_t)1 << 26, mem, &bytes, NULL));
    struct db_disk *disk = db_frozen();
    ((char *)(uintptr_t)bytes.ptr)[DB_PAGE_BYTES + 4000] ^= 1;
    assert_true(db_frozen_bytes(disk, "a.db", bytes));
    const struct db_options options = {.disk = disk, .schema = "", .schema_version = 1};
    enum salve_code code = db_open(path, &options, &reader, NULL);
    if (code == SALVE_OK) code = db_verify(reader, NULL, NULL, NULL);
    assert_code(code, SALVE_E_INTEGRITY);
    db_abandon(&reader);
    db_frozen_drop(&disk);
    db_thaw(db);
    arena_close(mem);
}

/* As another process sees it: whether the file can be had. */
static enum salve_code open_elsewhere(void)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        struct db *other = NULL;
        const struct db_options options = {.schema = "", .schema_version = 1};
        _exit((int)db_open(path, &options, &other, NULL));
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    return (enum salve_code)WEXITSTATUS(status);
}

static void *read_all(void *with)
{
    struct db *of = with;
    return db_verify(of, NULL, NULL, NULL) == SALVE_OK && count_of(of) == 2002 ? of : NULL;
}

static void others_read_beside_it_and_its_lock_stays(void **state)
{
    (void)state;
    struct db *first = NULL, *second = NULL;
    pthread_t thread;
    void *is_right = NULL;
    run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
        "INSERT INTO t SELECT 3, zeroblob(3000) FROM n");
    assert_true(log_bytes() > 0);
    assert_ok(db_beside(db, &first, NULL));
    assert_int_equal(log_bytes(), 0);
    assert_ok(db_beside(first, &second, NULL)); /* of one that is read beside, too */
    assert_int_equal(pthread_create(&thread, NULL, read_all, first), 0);
    assert_non_null(read_all(second));
    assert_int_equal(pthread_join(thread, &is_right), 0);
    assert_non_null(is_right);
    assert_ok(db_verify(db, NULL, NULL, NULL));
    assert_ok(db_close(&second, NULL));
    assert_ok(db_close(&first, NULL));
    assert_code(open_elsewhere(), SALVE_E_BUSY);
    run("DELETE FROM t WHERE n = 3");
    assert_int_equal(count_of(db), 2);
    assert_ok(db_freeze(db, NULL));
    assert_code(db_beside(db, &first, NULL), SALVE_E_BUSY);
    assert_ok(db_close(&db, NULL));
    assert_code(open_elsewhere(), SALVE_OK);
}

static void note_place(void *who, const char *place, const char *what)
{
    char *text = who;
    size_t used = strlen(text);
    (void)snprintf(text + used, 400 - used, "%s %s\n", place, what);
}

/* A bit of the free room of the last page. */
static void flip_behind(void)
{
    uint8_t byte;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    off_t at = lseek(fd, 0, SEEK_END) - 2000;
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 16;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

static void beside_it_verify_alone_looks_at_sums_also_of_what_was_read_before(void **state)
{
    (void)state;
    struct db *beside = NULL;
    char told[2][400] = {"", ""};
    run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) "
        "INSERT INTO t SELECT 3, zeroblob(3000) FROM n");
    assert_ok(db_beside(db, &beside, NULL));
    assert_int_equal(count_of(beside), 42);
    assert_ok(db_verify(beside, NULL, NULL, NULL));
    flip_behind();
    assert_int_equal(count_of(beside), 42);
    assert_code(db_verify(beside, note_place, told[0], NULL), SALVE_E_INTEGRITY);
    assert_int_equal(count_of(beside), 42);
    assert_ok(db_close(&beside, NULL));
    assert_code(db_verify(db, note_place, told[1], NULL), SALVE_E_INTEGRITY);
    assert_true(told[0][0] != '\0');
    assert_string_equal(told[0], told[1]);
    flip_behind();
    assert_ok(db_verify(db, NULL, NULL, NULL));
}

static void a_file_that_lost_its_name_is_not_read_beside(void **state)
{
    char other[120];
    struct db *beside = NULL;
    (void)state;
    (void)snprintf(other, sizeof other, "%s.other", path);
    assert_int_equal(rename(path, other), 0);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0 && close(fd) == 0);
    assert_code(db_beside(db, &beside, NULL), SALVE_E_IO);
    assert_int_equal(rename(other, path), 0);
}

#define frozen_test(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        frozen_test(a_file_is_read_of_one_moment),
        frozen_test(bytes_are_read_like_a_file),
        frozen_test(what_is_dropped_meanwhile_leaves_with_the_thaw),
        frozen_test(a_flipped_bit_is_found_in_what_is_frozen),
        frozen_test(others_read_beside_it_and_its_lock_stays),
        frozen_test(beside_it_verify_alone_looks_at_sums_also_of_what_was_read_before),
        frozen_test(a_file_that_lost_its_name_is_not_read_beside),
    };
    return t_run(tests);
}
