/* SPDX-License-Identifier: Apache-2.0
 * Opening and closing a database file the one way that Salve does it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/file.h"
#include "db/db_int.h"

/* Every setting of docs/internals/db.md that is a pragma. locking_mode comes before journal_mode, so that the index
 * of the write-ahead log is in our memory and no third file appears. */
static const char settings[] =
    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    "PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON;"
    "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA auto_vacuum=NONE; PRAGMA wal_autocheckpoint=1000;"
    "PRAGMA cache_size=-8000; PRAGMA busy_timeout=0;";

/* false also for a file in a folder that is not there */
static bool is_found(sqlite3_vfs *vfs, const char *path)
{
    int found = 0;
    return vfs->xAccess(vfs, path, SQLITE_ACCESS_EXISTS, &found) == SQLITE_OK && found;
}

bool db_is_there(const char *path, struct db_disk *disk)
{
    return disk == NULL ? access(path, F_OK) == 0 : is_found(&disk->vfs, path);
}

/* A file of a database, where it is there: a link, a pipe or a device is refused, and other people's rights are taken
 * away. By its name, since closing a descriptor would drop the locks that this process may have on it. */
static enum salve_code check_file(const char *path, const char *ending, struct salve_err *err)
{
    char name[4096];
    struct stat info;
    int len = snprintf(name, sizeof name, "%s%s", path, ending);
    if (len < 0 || (size_t)len >= sizeof name) return salve_fail(err, SALVE_E_IO, "%s", path);
    if (lstat(name, &info) != 0) return SALVE_OK;
    if (!S_ISREG(info.st_mode))
        return salve_refuse(err, SALVE_E_IO, "it is no plain file; nothing was read or written through it", "%s", name);
    if ((info.st_mode & 077) != 0) (void)!chmod(name, 0600);
    return SALVE_OK;
}

/* A new file is for its owner alone from the beginning; what lies beside it gets the same mode from SQLite. */
static enum salve_code make_file(const char *path, struct salve_err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return file_fail(err, path);
    (void)close(fd);
    return SALVE_OK;
}

static enum salve_code check_files(const char *path, bool create, struct salve_err *err)
{
    TRY(check_file(path, "", err));
    TRY(check_file(path, "-wal", err));
    TRY(check_file(path, "-journal", err));
    return create ? make_file(path, err) : SALVE_OK;
}

static enum salve_code open_handle(struct db *db, const struct db_options *options, struct salve_err *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
    int reserve = DB_PAGE_SUM_BYTES, is_on = 0;
    if (options->create) flags |= SQLITE_OPEN_CREATE;
    int code = sqlite3_open_v2(db->path, &db->handle, flags, db_sum_name(db->sums));
    if (code == SQLITE_CANTOPEN && !is_found(db_sum_below(db->sums), db->path))
        return salve_fail(err, SALVE_E_NOT_FOUND, "%s", db->path);
    if (code == SQLITE_OK) code = sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
    if (code == SQLITE_OK) code = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, &is_on);
    /* what somebody wrote into the schema of a file does not run with our statements */
    if (code == SQLITE_OK) code = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    if (code == SQLITE_OK) code = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    if (code == SQLITE_OK && !is_on) code = SQLITE_ERROR;
    if (code == SQLITE_OK) code = sqlite3_exec(db->handle, settings, NULL, NULL, NULL);
    return code == SQLITE_OK ? SALVE_OK : db_fail(db, code, err);
}

static enum salve_code one_number(struct db *db, const char *sql, int64_t *out, struct salve_err *err)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(stmt);
    if (code == SQLITE_ROW) *out = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt);
    return code == SQLITE_ROW ? SALVE_OK : db_fail(db, code, err);
}

static enum salve_code make_schema(struct db *db, const struct db_options *options, struct salve_err *err)
{
    char version[64];
    (void)snprintf(version, sizeof version, "PRAGMA user_version=%u", options->schema_version);
    enum salve_code code = db_begin(db, false, err);
    if (code == SALVE_OK) code = db_exec(db, options->schema, err);
    if (code == SALVE_OK) code = db_exec(db, version, err);
    if (code == SALVE_OK) code = db_commit(db, err);
    db_rollback(db);
    return code;
}

/* A file without tables is new, or was one whose making was cut off: both get the schema, if making is allowed. */
static enum salve_code check_schema(struct db *db, const struct db_options *options, struct salve_err *err)
{
    int64_t version = 0, tables = 0;
    enum salve_code code = one_number(db, "PRAGMA user_version", &version, err);
    if (code == SALVE_OK) code = one_number(db, "SELECT count(*) FROM sqlite_schema", &tables, err);
    if (code != SALVE_OK || options->schema == NULL) return code;
    if (tables == 0 && version == 0) {
        if (options->create) return make_schema(db, options, err);
        return salve_refuse(err, SALVE_E_INTEGRITY, "the file is empty", "%s", db->path);
    }
    if (version == options->schema_version) return SALVE_OK;
    (void)salve_fail(err, SALVE_E_UNSUPPORTED, "%s", db->path);
    return salve_why(err, SALVE_E_UNSUPPORTED, "the file has layout %lld, this program knows %u", (long long)version,
                     options->schema_version);
}

static enum salve_code prepare_transactions(struct db *db, struct salve_err *err)
{
    enum salve_code code = db_prepare(db, "BEGIN DEFERRED", &db->begin_read, err);
    if (code == SALVE_OK) code = db_prepare(db, "BEGIN IMMEDIATE", &db->begin_write, err);
    if (code == SALVE_OK) code = db_prepare(db, "COMMIT", &db->commit, err);
    if (code == SALVE_OK) code = db_prepare(db, "ROLLBACK", &db->rollback, err);
    return code;
}

enum salve_code db_open(const char *path, const struct db_options *options, struct db **out, struct salve_err *err)
{
    struct db *db = calloc(1, sizeof *db);
    sqlite3_vfs *below = options->disk == NULL ? sqlite3_vfs_find(NULL) : &options->disk->vfs;
    if (db != NULL) db->path = strdup(path);
    if (db != NULL) db->beside_fd = -1;
    if (db == NULL || db->path == NULL || below == NULL) {
        free(db);
        return salve_fail(err, SALVE_E_MEMORY, "%s", path);
    }
    enum salve_code code = db_sum_open(below, &db->sums, err);
    if (code == SALVE_OK && options->disk == NULL) code = check_files(path, options->create, err);
    if (code == SALVE_OK) code = db_wal_check(below, path, err);
    if (code == SALVE_OK) code = open_handle(db, options, err);
    if (code == SALVE_OK) code = prepare_transactions(db, err);
    if (code == SALVE_OK) code = check_schema(db, options, err);
    if (code == SALVE_OK)
        *out = db;
    else
        db_abandon(&db);
    return code;
}

/* The file that is open, which may have lost its name since. */
static enum salve_code beside_fd(struct db *db, struct salve_err *err)
{
    int has_moved = 1;
    if (db->beside_fd < 0) db->beside_fd = open(db->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (db->beside_fd < 0) return file_fail(err, db->path);
    int code = sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
    if (code == SQLITE_OK && has_moved == 0) return SALVE_OK;
    return salve_fail(err, SALVE_E_IO, "%s", db->path);
}

static enum salve_code disk_beside(struct db *db, struct db_disk **out, struct salve_err *err)
{
    sqlite3_vfs *below = db_sum_below(db->sums);
    bool is_file = below == sqlite3_vfs_find(NULL);
    if (!is_file && !db_is_frozen_disk(below)) return salve_fail(err, SALVE_E_UNSUPPORTED, "%s", db->path);
    if (is_file) TRY(beside_fd(db, err));
    *out = is_file ? db_frozen() : db_frozen_twin(below);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", db->path);
    if (!is_file || db_frozen_lend(*out, db_memory_name(db->path), db->beside_fd)) return SALVE_OK;
    return salve_fail(err, SALVE_E_MEMORY, "%s", db->path);
}

enum salve_code db_beside(struct db *db, struct db **out, struct salve_err *err)
{
    struct db_options options = {.create = false};
    if (db->is_frozen) return salve_fail(err, SALVE_E_BUSY, "%s", db->path);
    TRY(db_scrub(db, err));
    enum salve_code code = disk_beside(db, &options.disk, err);
    if (code == SALVE_OK) code = db_open(db->path, &options, out, err);
    if (code != SALVE_OK) {
        db_frozen_drop(&options.disk);
        return code;
    }
    (*out)->own_disk = options.disk;
    db_sum_trust((*out)->sums, true);
    return SALVE_OK;
}

static int close_handle(struct db *db)
{
    for (struct db_stmt *stmt = db->stmts; stmt != NULL;) {
        struct db_stmt *next = stmt->next;
        (void)sqlite3_finalize(stmt->stmt);
        free(stmt);
        stmt = next;
    }
    int code = sqlite3_close(db->handle);
    db_sum_close(db->sums);
    if (db->beside_fd >= 0) (void)close(db->beside_fd);
    db_frozen_drop(&db->own_disk);
    free(db->path);
    free(db);
    return code;
}

enum salve_code db_close(struct db **db, struct salve_err *err)
{
    if (*db == NULL) return SALVE_OK;
    db_rollback(*db);
    db_thaw(*db);
    enum salve_code code = (*db)->is_broken ? SALVE_OK : db_scrub(*db, err);
    int closed = close_handle(*db);
    *db = NULL;
    salve_assert(closed == SQLITE_OK); /* a statement that we forgot */
    return code;
}

void db_abandon(struct db **db) { (void)!db_close(db, NULL); }
