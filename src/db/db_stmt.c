/* SPDX-License-Identifier: Apache-2.0
 * Statements and transactions. A failed disk stops all writing until the file is opened again: after a sync that
 * failed, trying again may report success for pages that were thrown away. */
#include <stdlib.h>

#include "base/assert.h"
#include "db/db_int.h"

enum salve_code db_prepare(struct db *db, const char *sql, struct db_stmt **out, struct salve_err *err)
{
    struct db_stmt *stmt = calloc(1, sizeof *stmt);
    if (stmt == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", db->path);
    int code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt->stmt, NULL);
    if (code != SQLITE_OK) {
        free(stmt);
        return db_fail(db, code, err);
    }
    stmt->db = db;
    stmt->next = db->stmts;
    db->stmts = stmt;
    *out = stmt;
    return SALVE_OK;
}

static void note_bind(struct db_stmt *stmt, int code)
{
    salve_assert(code != SQLITE_RANGE && code != SQLITE_MISUSE);
    if (stmt->bind_code == SQLITE_OK) stmt->bind_code = code;
}

void db_bind_i64(struct db_stmt *stmt, int nr, int64_t number)
{
    note_bind(stmt, sqlite3_bind_int64(stmt->stmt, nr, number));
}

void db_bind_blob(struct db_stmt *stmt, int nr, struct str bytes)
{
    const char *ptr = bytes.ptr == NULL ? "" : bytes.ptr; /* empty, not NULL */
    note_bind(stmt, sqlite3_bind_blob64(stmt->stmt, nr, ptr, bytes.len, SQLITE_STATIC));
}

void db_bind_text(struct db_stmt *stmt, int nr, struct str text)
{
    const char *ptr = text.ptr == NULL ? "" : text.ptr;
    note_bind(stmt, sqlite3_bind_text64(stmt->stmt, nr, ptr, text.len, SQLITE_STATIC, SQLITE_UTF8));
}

enum salve_code db_step(struct db_stmt *stmt, bool *row, struct salve_err *err)
{
    int code = stmt->bind_code;
    *row = false;
    if (code == SQLITE_OK) code = sqlite3_step(stmt->stmt);
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW || code == SQLITE_DONE) return SALVE_OK;
    db_reset(stmt);
    return db_fail(stmt->db, code, err);
}

int64_t db_column_i64(struct db_stmt *stmt, int nr) { return sqlite3_column_int64(stmt->stmt, nr); }

struct str db_column_blob(struct db_stmt *stmt, int nr)
{
    const char *ptr = sqlite3_column_blob(stmt->stmt, nr);
    int len = sqlite3_column_bytes(stmt->stmt, nr);
    return str_make(ptr == NULL ? "" : ptr, (size_t)len);
}

struct str db_column_text(struct db_stmt *stmt, int nr)
{
    const char *ptr = (const char *)sqlite3_column_text(stmt->stmt, nr);
    int len = sqlite3_column_bytes(stmt->stmt, nr);
    return str_make(ptr == NULL ? "" : ptr, (size_t)len);
}

void db_reset(struct db_stmt *stmt)
{
    if (stmt == NULL) return;
    (void)sqlite3_reset(stmt->stmt);
    (void)sqlite3_clear_bindings(stmt->stmt);
    stmt->bind_code = SQLITE_OK;
}

enum salve_code db_run(struct db_stmt *stmt, struct salve_err *err)
{
    bool row;
    enum salve_code code = db_step(stmt, &row, err);
    db_reset(stmt);
    return code;
}

enum salve_code db_exec(struct db *db, const char *sql, struct salve_err *err)
{
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? SALVE_OK : db_fail(db, code, err);
}

/* SQLite ends a transaction by itself after some errors; what was written after that would stand at once. */
static bool is_in_transaction(const struct db *db) { return sqlite3_get_autocommit(db->handle) == 0; }

bool db_has_failed(const struct db *db) { return db->is_broken; }

enum salve_code db_begin(struct db *db, bool read_only, struct salve_err *err)
{
    if (db->is_broken && !read_only)
        return salve_refuse(err, SALVE_E_IO,
                            "the disk failed before; nothing is written until the site is opened again", "%s",
                            db->path);
    salve_assert(!is_in_transaction(db));
    return db_run(read_only ? db->begin_read : db->begin_write, err);
}

enum salve_code db_commit(struct db *db, struct salve_err *err)
{
    enum salve_code code = db_run(db->commit, err);
    if (code != SALVE_OK) db_rollback(db);
    return code;
}

void db_rollback(struct db *db)
{
    if (db->handle == NULL || !is_in_transaction(db)) return;
    for (struct db_stmt *stmt = db->stmts; stmt != NULL; stmt = stmt->next) db_reset(stmt);
    (void)!db_run(db->rollback, NULL); /* SQLite drops the changes even if it reports an error */
}

enum salve_code db_savepoint(struct db *db, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    salve_assert(is_in_transaction(db));
    if (db->savepoint == NULL) code = db_prepare(db, "SAVEPOINT s", &db->savepoint, err);
    if (code == SALVE_OK && db->release == NULL) code = db_prepare(db, "RELEASE s", &db->release, err);
    if (code == SALVE_OK && db->go_back == NULL) code = db_prepare(db, "ROLLBACK TO s", &db->go_back, err);
    return code == SALVE_OK ? db_run(db->savepoint, err) : code;
}

enum salve_code db_savepoint_keep(struct db *db, struct salve_err *err) { return db_run(db->release, err); }

enum salve_code db_savepoint_undo(struct db *db, struct salve_err *err)
{
    if (db->is_broken || !is_in_transaction(db))
        return salve_refuse(err, SALVE_E_IO, "the disk failed; nothing of this transaction can be kept", "%s",
                            db->path);
    enum salve_code code = db_run(db->go_back, err);
    return code == SALVE_OK ? db_run(db->release, err) : code;
}

enum salve_code db_scrub(struct db *db, struct salve_err *err)
{
    if (db->handle == NULL) return SALVE_OK;
    salve_assert(!is_in_transaction(db));
    db->wants_scrub = db->is_frozen;
    if (db->is_frozen) return SALVE_OK;
    int code = sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return code == SQLITE_OK ? SALVE_OK : db_fail(db, code, err);
}

enum { CHECKPOINT_PAGES = 1000 }; /* as in the settings of db_open.c */

static void fold_by_itself(struct db *db)
{
    (void)sqlite3_wal_autocheckpoint(db->handle, db->fold_pages == 0 ? CHECKPOINT_PAGES : (int)db->fold_pages);
}

void db_fold_each(struct db *db, unsigned pages)
{
    if (db->fold_pages == pages) return;
    db->fold_pages = pages;
    if (!db->is_frozen) fold_by_itself(db);
}

enum salve_code db_freeze(struct db *db, struct salve_err *err)
{
    if (db->is_frozen) return salve_fail(err, SALVE_E_BUSY, "%s", db->path);
    TRY(db_scrub(db, err));
    (void)sqlite3_wal_autocheckpoint(db->handle, 0);
    db->is_frozen = true;
    return SALVE_OK;
}

void db_thaw(struct db *db)
{
    if (!db->is_frozen) return;
    db->is_frozen = false;
    fold_by_itself(db);
    if (db->wants_scrub) (void)!db_scrub(db, NULL);
}
