/* SPDX-License-Identifier: Apache-2.0
 *
 * t_rows - what somebody does who can write every file of a site's folder and has no secret: rows changed with SQLite,
 * page checksums right, older rows and files in place of those of today. */
#ifndef SALVE_TESTS_T_ROWS_H
#define SALVE_TESTS_T_ROWS_H

#include "db/db.h"
#include "t_site.h"

static inline struct db *t_rows_open(const char *folder, const char *file)
{
    char path[1024];
    struct db *db = NULL;
    const struct db_options options = {.schema_version = 1};
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    t_must(db_open(path, &options, &db, &err));
    return db;
}

static inline void t_rows_change(const char *folder, const char *file, const char *sql)
{
    struct db *db = t_rows_open(folder, file);
    t_must(db_exec(db, sql, &err));
    t_must(db_close(&db, &err));
}

static inline bool t_rows_next(struct db_stmt *stmt)
{
    bool row = false;
    t_must(db_step(stmt, &row, &err));
    return row;
}

/* Rows of `table` in site.db as they once were, in place of those of today. */
static inline void t_rows_put_back(const char *backup, const char *folder, const char *table)
{
    char sql[200];
    struct db *old = t_rows_open(backup, "site.db"), *now = t_rows_open(folder, "site.db");
    struct db_stmt *from = NULL, *to = NULL;
    (void)snprintf(sql, sizeof sql, "DELETE FROM %s", table);
    t_must(db_exec(now, sql, &err));
    (void)snprintf(sql, sizeof sql, "SELECT name, number, tag, bytes FROM %s", table);
    t_must(db_prepare(old, sql, &from, &err));
    (void)snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (?1, ?2, ?3, ?4)", table);
    t_must(db_prepare(now, sql, &to, &err));
    while (t_rows_next(from)) {
        db_bind_blob(to, 1, db_column_blob(from, 0));
        db_bind_i64(to, 2, db_column_i64(from, 1));
        db_bind_i64(to, 3, db_column_i64(from, 2));
        db_bind_blob(to, 4, db_column_blob(from, 3));
        t_must(db_run(to, &err));
    }
    db_reset(from);
    t_must(db_close(&old, &err));
    t_must(db_close(&now, &err));
}

static inline void t_rows_copy_file(const char *from_folder, const char *to_folder, const char *file)
{
    char path[1024];
    struct str bytes;
    struct arena *mem = arena_open((size_t)1 << 26);
    (void)snprintf(path, sizeof path, "%s/%s", from_folder, file);
    t_must(file_read(path, (size_t)1 << 25, mem, &bytes, &err));
    (void)snprintf(path, sizeof path, "%s/%s", to_folder, file);
    t_must(file_write(path, bytes, 0600, &err));
    arena_close(mem);
}

static inline struct str t_rows_backup(struct t_site *t, const char *name)
{
    struct str backup = arena_printf(t->mem, "%s-%s", t->folder, name);
    t_site_close(t);
    t_remove(backup.ptr);
    t_copy(t->folder, backup.ptr);
    t_site_open(t);
    return backup;
}

#endif
