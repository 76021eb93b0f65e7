/* SPDX-License-Identifier: Apache-2.0
 * The database seam on real files: settings, errors, one process a site, flips named by file and page. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "db/db.h"
#include "t.h"

static char folder[64], path[100];
static const struct db_options made = {
    .create = true, .schema = "CREATE TABLE t (k BLOB PRIMARY KEY, n INTEGER) STRICT", .schema_version = 1};

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/salve-db-XXXXXX");
    if (mkdtemp(folder) == NULL) return 1;
    (void)snprintf(path, sizeof path, "%s/a.db", folder);
    return 0;
}

static int drop_folder(void **state)
{
    char command[100];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static int64_t pragma(struct db *db, const char *sql)
{
    bool row = false;
    struct db_stmt *stmt = NULL;
    assert_ok(db_prepare(db, sql, &stmt, NULL));
    assert_ok(db_step(stmt, &row, NULL));
    assert_true(row);
    int64_t number = db_column_i64(stmt, 0);
    if (str_is(db_column_text(stmt, 0), "wal")) number = 1;
    db_reset(stmt);
    return number;
}

static void settings_are_those_of_the_design(void **state)
{
    (void)state;
    struct db *db = NULL;
    assert_ok(db_open(path, &made, &db, NULL));
    assert_int_equal(pragma(db, "PRAGMA journal_mode"), 1);
    assert_int_equal(pragma(db, "PRAGMA synchronous"), 2);
    assert_int_equal(pragma(db, "PRAGMA secure_delete"), 1);
    assert_int_equal(pragma(db, "PRAGMA trusted_schema"), 0);
    assert_int_equal(pragma(db, "PRAGMA cell_size_check"), 1);
    assert_int_equal(pragma(db, "PRAGMA foreign_keys"), 1);
    assert_int_equal(pragma(db, "PRAGMA page_size"), DB_PAGE_BYTES);
    assert_code(db_exec(db, "PRAGMA writable_schema=ON; DELETE FROM sqlite_schema", NULL), SALVE_E_IO); /* DEFENSIVE */
    assert_ok(db_close(&db, NULL));
}

static void values_go_in_and_come_out(void **state)
{
    (void)state;
    struct db *db = NULL;
    struct db_stmt *put = NULL, *get = NULL;
    bool row = false;
    assert_ok(db_open(path, &made, &db, NULL));
    assert_ok(db_prepare(db, "INSERT INTO t VALUES (?1, ?2)", &put, NULL));
    assert_ok(db_prepare(db, "SELECT k, n FROM t ORDER BY k", &get, NULL));
    db_bind_blob(put, 1, STR_NONE);
    db_bind_i64(put, 2, INT64_MIN);
    assert_ok(db_run(put, NULL));
    db_bind_blob(put, 1, str_make("\0x", 2));
    db_bind_i64(put, 2, 7);
    assert_ok(db_run(put, NULL));
    db_bind_blob(put, 1, str_make("\0x", 2));
    assert_code(db_run(put, NULL), SALVE_E_CONFLICT);
    assert_ok(db_step(get, &row, NULL));
    assert_true(row && db_column_blob(get, 0).len == 0 && db_column_i64(get, 1) == INT64_MIN);
    assert_ok(db_step(get, &row, NULL));
    assert_true(row && str_eq(db_column_blob(get, 0), str_make("\0x", 2)));
    assert_ok(db_step(get, &row, NULL));
    assert_false(row);
    assert_ok(db_close(&db, NULL)); /* with a statement that was not reset */
}

/* A trigger or view that somebody wrote into the file does nothing with what is written and read here. */
static void a_planted_trigger_or_view_does_not_run(void **state)
{
    (void)state;
    struct db *db = NULL;
    struct db_stmt *stmt = NULL;
    char planted[120];
    (void)snprintf(planted, sizeof planted, "%s/planted.db", folder);
    assert_ok(db_open(planted, &made, &db, NULL));
    assert_ok(db_exec(db, "CREATE TRIGGER hide AFTER INSERT ON t BEGIN DELETE FROM t; END", NULL));
    assert_ok(db_exec(db, "CREATE VIEW v AS SELECT 1 AS n", NULL));
    assert_ok(db_close(&db, NULL));
    assert_ok(db_open(planted, &made, &db, NULL));
    assert_ok(db_exec(db, "INSERT INTO t VALUES (x'01', 1)", NULL));
    assert_int_equal(pragma(db, "SELECT count(*) FROM t"), 1);
    assert_int_not_equal(db_prepare(db, "SELECT n FROM v", &stmt, NULL), SALVE_OK);
    assert_ok(db_close(&db, NULL));
}

static void a_missing_or_foreign_file_is_refused(void **state)
{
    (void)state;
    struct db *db = NULL;
    struct db_options other = made;
    const struct db_options must_exist = {.schema = "CREATE TABLE t (n)", .schema_version = 1};
    char foreign[120];
    assert_code(db_open("/tmp/salve-nothing-here/x.db", &must_exist, &db, NULL), SALVE_E_NOT_FOUND);
    assert_code(db_scan("/tmp/salve-nothing-here/x.db", NULL, NULL, NULL), SALVE_E_NOT_FOUND);
    other.schema_version = 2;
    assert_code(db_open(path, &other, &db, NULL), SALVE_E_UNSUPPORTED);
    (void)snprintf(foreign, sizeof foreign, "%s/foreign.db", folder);
    assert_ok(file_write(foreign,
                         STR("this is not a database, whatever it is called; it goes on for more than a hundred "
                             "bytes, so that a whole header is there to be read"),
                         0600, NULL));
    assert_code(db_open(foreign, &must_exist, &db, NULL), SALVE_E_INTEGRITY);
    assert_null(db);
}

static void a_second_opening_is_busy(void **state)
{
    (void)state;
    struct db *db = NULL, *second = NULL;
    assert_ok(db_open(path, &made, &db, NULL));
    assert_ok(db_exec(db, "DELETE FROM t", NULL));
    assert_code(db_open(path, &made, &second, NULL), SALVE_E_BUSY);
    assert_ok(db_close(&db, NULL));
}

struct waiting {
    int times, finish; /* finish: where a byte ends the holder; -1: nowhere */
    int64_t pid;
};

static void tell_waiting(void *with, int64_t pid, const char *program)
{
    struct waiting *waiting = with;
    waiting->times++;
    waiting->pid = pid;
    if (waiting->finish >= 0 && write(waiting->finish, program, 1) != 1) abort();
}

static bool is_over(void *with)
{
    (void)with;
    return true;
}

static void the_site_lock_names_the_process_that_has_it(void **state)
{
    (void)state;
    struct db_lock *lock = NULL, *second = NULL;
    int ready[2], finish[2], status = 0;
    char name[120], want[64], byte = 0;
    struct stat info;
    (void)snprintf(name, sizeof name, "%s/lock", folder);
    assert_int_equal(pipe(ready) | pipe(finish), 0);
    pid_t child = fork();
    if (child == 0) {
        byte = db_lock(name, NULL, &lock, NULL) == SALVE_OK;
        if (write(ready[1], &byte, 1) != 1 || read(finish[0], &byte, 1) != 1) _exit(1);
        _exit(0); /* without unlocking: as if it had been killed */
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 1);
    struct salve_err err = {0};
    assert_code(db_lock(name, NULL, &second, &err), SALVE_E_BUSY);
    (void)snprintf(want, sizeof want, "process %ld (", (long)child);
    assert_int_equal(strncmp(err.why, want, strlen(want)), 0);
    struct waiting waiting = {.finish = -1};
    struct db_wait wait = {.seconds = 1, .tell = tell_waiting, .with = &waiting};
    assert_code(db_lock(name, &wait, &second, &err), SALVE_E_BUSY); /* a second later it is still held */
    assert_int_equal(waiting.times, 1);
    assert_int_equal(waiting.pid, child);
    wait.is_over = is_over;
    wait.seconds = 3600;
    assert_code(db_lock(name, &wait, &second, &err), SALVE_E_BUSY);
    waiting = (struct waiting){.finish = finish[1]}; /* who is told lets the child end */
    wait.is_over = NULL;
    wait.seconds = 10;
    assert_ok(db_lock(name, &wait, &second, &err));
    assert_int_equal(waiting.times, 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_code(db_lock(name, NULL, &lock, NULL), SALVE_E_BUSY); /* also in one process */
    assert_int_equal(stat(name, &info), 0);
    assert_int_equal(info.st_size, 0);
    db_unlock(&second);
    assert_null(second);
}

/* The folder of a lock is exchanged for another while somebody waits for it, as an upgrade does. */
struct exchange {
    char one[120], two[120];
    struct db_lock *lock;
};

static void exchange_and_unlock(void *with, int64_t pid, const char *program)
{
    (void)pid;
    (void)program;
    struct exchange *e = with;
    assert_int_equal(renameat2(AT_FDCWD, e->one, AT_FDCWD, e->two, RENAME_EXCHANGE), 0);
    db_unlock(&e->lock);
}

static void who_waited_has_the_lock_of_the_folder_that_is_there(void **state)
{
    (void)state;
    struct exchange e = {.lock = NULL};
    struct db_lock *waited = NULL, *second = NULL;
    char name[140], other[140];
    (void)snprintf(e.one, sizeof e.one, "%s/one", folder);
    (void)snprintf(e.two, sizeof e.two, "%s/two", folder);
    (void)snprintf(name, sizeof name, "%s/lock", e.one);
    (void)snprintf(other, sizeof other, "%s/lock", e.two);
    assert_int_equal(mkdir(e.one, 0700) | mkdir(e.two, 0700), 0);
    assert_ok(db_lock(name, NULL, &e.lock, NULL));
    const struct db_wait wait = {.seconds = 10, .tell = exchange_and_unlock, .with = &e};
    assert_ok(db_lock(name, &wait, &waited, NULL));
    assert_code(db_lock(name, NULL, &second, NULL), SALVE_E_BUSY);
    assert_ok(db_lock(other, NULL, &second, NULL));
    db_unlock(&second);
    db_unlock(&waited);
    assert_int_equal(unlink(name) | unlink(other) | rmdir(e.one) | rmdir(e.two), 0);
}

static char told[200];
static void note(void *who, const char *place, const char *what)
{
    (void)who, (void)what;
    (void)snprintf(told, sizeof told, "%s", place);
}

static void a_flip_in_a_real_file_is_named(void **state)
{
    (void)state;
    struct db *db = NULL;
    struct salve_err err = {0};
    char want[200];
    assert_ok(db_open(path, &made, &db, NULL));
    assert_ok(db_exec(db, "INSERT INTO t VALUES (zeroblob(9000), 1)", NULL));
    assert_ok(db_close(&db, NULL));
    assert_ok(db_scan(path, note, NULL, NULL));
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 4 * DB_PAGE_BYTES + 1000, SEEK_SET), 0);
    assert_int_equal(fputc(1, file), 1);
    assert_int_equal(fclose(file), 0);
    (void)snprintf(want, sizeof want, "%s page 5", path);
    assert_code(db_scan(path, note, NULL, NULL), SALVE_E_INTEGRITY);
    assert_string_equal(told, want);
    assert_ok(db_open(path, &made, &db, NULL));
    struct db_stmt *get = NULL;
    bool row = false;
    assert_ok(db_prepare(db, "SELECT sum(length(k || 'x')) FROM t", &get, NULL));
    assert_code(db_step(get, &row, &err), SALVE_E_INTEGRITY);
    assert_string_equal(t_where(&err), want);
    db_abandon(&db);
}

/* A copy has what was committed, while the file is open; a damaged page stops it and leaves nothing. */
static void a_copy_is_whole_or_not_there(void **state)
{
    (void)state;
    char here[120], copy[120], link[120];
    struct db *db = NULL, *back = NULL;
    struct stat info;
    struct salve_err err = {0};
    (void)snprintf(here, sizeof here, "%s/c.db", folder);
    (void)snprintf(copy, sizeof copy, "%s/copy.db", folder);
    (void)snprintf(link, sizeof link, "%s/link.db", folder);
    assert_ok(db_open(here, &made, &db, NULL));
    assert_ok(db_exec(db, "INSERT INTO t VALUES (zeroblob(9000), 7)", NULL));
    assert_ok(db_copy(db, copy, NULL));
    assert_code(db_copy(db, copy, NULL), SALVE_E_CONFLICT);
    assert_int_equal(symlink("nowhere", link), 0);
    assert_true(db_copy(db, link, NULL) != SALVE_OK);                       /* nothing is written through a link */
    assert_ok(db_exec(db, "INSERT INTO t VALUES (zeroblob(10), 8)", NULL)); /* the file goes on */
    assert_int_equal(stat(copy, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_ok(db_open(copy, &made, &back, NULL));
    assert_int_equal(pragma(back, "SELECT sum(n) FROM t"), 7);
    assert_ok(db_close(&back, NULL));
    assert_int_equal(unlink(copy), 0);
    FILE *file = fopen(here, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 3 * DB_PAGE_BYTES + 1000, SEEK_SET), 0);
    assert_int_equal(fputc(1, file), 1);
    assert_int_equal(fclose(file), 0);
    assert_code(db_copy(db, copy, &err), SALVE_E_INTEGRITY);
    assert_non_null(strstr(t_where(&err), "page 4"));
    assert_int_not_equal(stat(copy, &info), 0);
    db_abandon(&db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_those_of_the_design),
        cmocka_unit_test(values_go_in_and_come_out),
        cmocka_unit_test(a_planted_trigger_or_view_does_not_run),
        cmocka_unit_test(a_missing_or_foreign_file_is_refused),
        cmocka_unit_test(a_second_opening_is_busy),
        cmocka_unit_test(the_site_lock_names_the_process_that_has_it),
        cmocka_unit_test(who_waited_has_the_lock_of_the_folder_that_is_there),
        cmocka_unit_test(a_flip_in_a_real_file_is_named),
        cmocka_unit_test(a_copy_is_whole_or_not_there),
    };
    if (make_folder(NULL) != 0) return 1;
    int status = t_run(tests);
    return drop_folder(NULL) != 0 ? 1 : status;
}
