/* SPDX-License-Identifier: Apache-2.0
 * The backend on one SQLite file. A row that is large lies in the table in the order of writing, with an index on
 * its key; the small and often replaced ones lie in the index itself. All SQL is made from the table list when the
 * file is opened. */
#include <stdio.h>
#include <stdlib.h>

#include "db/db.h"
#include "store/store_int.h"

struct statements {
    struct db_stmt *insert, *replace, *get, *next, *from, *next_bytes, *from_bytes, *drop, *count;
};

struct sqlite_place {
    struct store_place base;
    struct db *db;
    struct statements of[STORE_TABLE_COUNT];
};

enum { LAYOUT_VERSION = 1, SQL_BYTES = 512 };

#define KEY_COLUMNS "(name BLOB NOT NULL, number INTEGER NOT NULL, tag INTEGER NOT NULL, bytes BLOB NOT NULL, "
static const char schema[] = "CREATE TABLE record " KEY_COLUMNS "UNIQUE (name, number)) STRICT;"
                             "CREATE TABLE head " KEY_COLUMNS "PRIMARY KEY (name, number)) STRICT, WITHOUT ROWID;"
                             "CREATE TABLE log_entry " KEY_COLUMNS "PRIMARY KEY (name, number)) STRICT, WITHOUT ROWID;"
                             "CREATE TABLE log_tile " KEY_COLUMNS "PRIMARY KEY (name, number)) STRICT, WITHOUT ROWID;"
                             "CREATE TABLE tombstone " KEY_COLUMNS "PRIMARY KEY (name, number)) STRICT, WITHOUT ROWID;"
                             "CREATE TABLE commons " KEY_COLUMNS "UNIQUE (name, number)) STRICT;"
                             "CREATE TABLE mark " KEY_COLUMNS "PRIMARY KEY (name, number)) STRICT, WITHOUT ROWID;";

#define X(name, text) text,
static const char *const table_names[STORE_TABLE_COUNT] = {STORE_TABLES(X)};
#undef X

static enum salve_code prepare(struct db *db, const char *table, const char *format, struct db_stmt **out,
                               struct salve_err *err)
{
    char sql[SQL_BYTES];
    const char *mark = strstr(format, "TABLE");
    (void)snprintf(sql, sizeof sql, "%.*s%s%s", (int)(mark - format), format, table, mark + 5);
    return db_prepare(db, sql, out, err);
}

static enum salve_code prepare_table(struct db *db, const char *table, struct statements *out, struct salve_err *err)
{
    const struct {
        const char *sql;
        struct db_stmt **to;
    } all[] = {
        {"INSERT INTO TABLE VALUES (?1, ?2, ?3, ?4)", &out->insert},
        {"INSERT INTO TABLE VALUES (?1, ?2, ?3, ?4) ON CONFLICT (name, number) "
         "DO UPDATE SET tag = excluded.tag, bytes = excluded.bytes",
         &out->replace},
        {"SELECT tag, bytes FROM TABLE WHERE name = ?1 AND number = ?2", &out->get},
        {"SELECT name, number, tag, length(bytes) FROM TABLE WHERE (name, number) > (?1, ?2) "
         "ORDER BY name, number LIMIT 1",
         &out->next},
        {"SELECT name, number, tag, length(bytes) FROM TABLE WHERE (name, number) >= (?1, ?2) "
         "ORDER BY name, number LIMIT 1",
         &out->from},
        {"SELECT name, number, tag, length(bytes), bytes FROM TABLE WHERE (name, number) > (?1, ?2) "
         "ORDER BY name, number LIMIT 1",
         &out->next_bytes},
        {"SELECT name, number, tag, length(bytes), bytes FROM TABLE WHERE (name, number) >= (?1, ?2) "
         "ORDER BY name, number LIMIT 1",
         &out->from_bytes},
        {"DELETE FROM TABLE WHERE name = ?1", &out->drop},
        {"SELECT count(*) FROM TABLE", &out->count},
    };
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; code == SALVE_OK && i < sizeof all / sizeof all[0]; i++)
        code = prepare(db, table, all[i].sql, all[i].to, err);
    return code;
}

static enum salve_code sqlite_open(const struct store_options *options, struct store_place **out, struct salve_err *err)
{
    const struct db_options db_options = {
        .create = options->create, .disk = options->disk, .schema = schema, .schema_version = LAYOUT_VERSION};
    struct sqlite_place *place = calloc(1, sizeof *place);
    if (place == NULL) return salve_fail(err, SALVE_E_MEMORY, "store");
    place->base.backend = &store_sqlite;
    enum salve_code code = db_open(options->path, &db_options, &place->db, err);
    for (size_t i = 0; code == SALVE_OK && i < STORE_TABLE_COUNT; i++)
        code = prepare_table(place->db, table_names[i], &place->of[i], err);
    if (code == SALVE_OK)
        *out = &place->base;
    else {
        db_abandon(&place->db);
        free(place);
    }
    return code;
}

static struct sqlite_place *my(struct store_place *place) { return (struct sqlite_place *)place; }

static enum salve_code sqlite_close(struct store_place *place, struct salve_err *err)
{
    enum salve_code code = db_close(&my(place)->db, err);
    free(place);
    return code;
}

static enum salve_code sqlite_begin(struct store_place *place, bool read_only, struct salve_err *err)
{
    return db_begin(my(place)->db, read_only, err);
}

static enum salve_code sqlite_commit(struct store_place *place, struct salve_err *err)
{
    return db_commit(my(place)->db, err);
}

static void sqlite_abandon(struct store_place *place) { db_rollback(my(place)->db); }

static enum salve_code sqlite_put(struct store_place *place, const struct store_row *row, bool insert,
                                  struct salve_err *err)
{
    struct statements *of = &my(place)->of[row->table];
    struct db_stmt *stmt = insert ? of->insert : of->replace;
    db_bind_blob(stmt, 1, row->name);
    db_bind_i64(stmt, 2, (int64_t)row->number);
    db_bind_i64(stmt, 3, row->tag);
    db_bind_blob(stmt, 4, row->bytes);
    return db_run(stmt, err);
}

static enum salve_code sqlite_get(struct store_place *place, struct store_row *row, struct arena *mem,
                                  struct salve_err *err)
{
    bool found = false;
    struct db_stmt *stmt = my(place)->of[row->table].get;
    db_bind_blob(stmt, 1, row->name);
    db_bind_i64(stmt, 2, (int64_t)row->number);
    enum salve_code code = db_step(stmt, &found, err);
    if (code == SALVE_OK && !found) code = salve_fail(err, SALVE_E_NOT_FOUND, "%s", table_names[row->table]);
    if (code == SALVE_OK) {
        row->tag = (uint32_t)db_column_i64(stmt, 0);
        code = arena_str(mem, db_column_blob(stmt, 1), &row->bytes, err);
    }
    db_reset(stmt);
    return code;
}

static enum salve_code sqlite_next(struct store_place *place, struct store_row *row, unsigned flags, bool *found,
                                   struct arena *mem, struct salve_err *err)
{
    struct statements *of = &my(place)->of[row->table];
    bool with_bytes = (flags & STORE_WITH_BYTES) != 0, from = (flags & STORE_FROM_START) != 0;
    struct db_stmt *stmt = with_bytes ? (from ? of->from_bytes : of->next_bytes) : (from ? of->from : of->next);
    db_bind_blob(stmt, 1, row->name);
    db_bind_i64(stmt, 2, (int64_t)row->number);
    enum salve_code code = db_step(stmt, found, err);
    if (code == SALVE_OK && *found) {
        struct str name = db_column_blob(stmt, 0);
        row->number = (uint64_t)db_column_i64(stmt, 1);
        row->tag = (uint32_t)db_column_i64(stmt, 2);
        row->bytes_len = (size_t)db_column_i64(stmt, 3);
        row->bytes = STR_NONE;
        code = arena_str(mem, name, &row->name, err);
        if (code == SALVE_OK && with_bytes) code = arena_str(mem, db_column_blob(stmt, 4), &row->bytes, err);
    }
    db_reset(stmt);
    return code;
}

static enum salve_code sqlite_drop(struct store_place *place, enum store_table table, struct str name,
                                   struct salve_err *err)
{
    struct db_stmt *stmt = my(place)->of[table].drop;
    db_bind_blob(stmt, 1, name);
    return db_run(stmt, err);
}

static enum salve_code sqlite_count(struct store_place *place, enum store_table table, uint64_t *out,
                                    struct salve_err *err)
{
    bool row = false;
    struct db_stmt *stmt = my(place)->of[table].count;
    enum salve_code code = db_step(stmt, &row, err);
    if (code == SALVE_OK) *out = (uint64_t)db_column_i64(stmt, 0);
    db_reset(stmt);
    return code;
}

static enum salve_code sqlite_scrub(struct store_place *place, struct salve_err *err)
{
    return db_scrub(my(place)->db, err);
}

static enum salve_code sqlite_verify(struct store_place *place, store_report *report, void *who, struct salve_err *err)
{
    return db_verify(my(place)->db, report, who, err);
}

const struct store_backend store_sqlite = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .abandon = sqlite_abandon,
    .put = sqlite_put,
    .get = sqlite_get,
    .next = sqlite_next,
    .drop = sqlite_drop,
    .count = sqlite_count,
    .scrub = sqlite_scrub,
    .verify = sqlite_verify,
};
