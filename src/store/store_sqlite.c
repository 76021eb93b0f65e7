/* SPDX-License-Identifier: Apache-2.0
 * The backend on one SQLite file. A row that is large lies in the table in the order of writing, with an index on
 * its key; the small and often replaced ones lie in the index itself. All SQL is made from the table list when the
 * file is opened. */
#include <stdio.h>
#include <stdlib.h>

#include "db/db.h"
#include "store/store_int.h"

struct statements {
    struct db_stmt *insert, *replace, *get, *scan, *scan_to, *drop, *count;
};

struct sqlite_place {
    struct store_place base;
    struct db *db;
    struct statements of[STORE_TABLE_COUNT];
    struct store_place_tx tx; /* a file has one at a time */
    bool has_tx;
};

enum { SQL_BYTES = 512, PATH_BYTES = 4096 };

#define KEY_COLUMNS   "(name BLOB NOT NULL, number INTEGER NOT NULL, tag INTEGER NOT NULL, bytes BLOB NOT NULL, "
#define OWNER_COLUMNS KEY_COLUMNS "PRIMARY KEY (name, number)) STRICT, WITHOUT ROWID;"
static const char schema[] = "CREATE TABLE record " KEY_COLUMNS "UNIQUE (name, number)) STRICT;"
                             "CREATE TABLE head " KEY_COLUMNS "PRIMARY KEY (name, number)) STRICT, WITHOUT ROWID;"
                             "CREATE TABLE log_entry " KEY_COLUMNS "PRIMARY KEY (name, number)) STRICT, WITHOUT ROWID;"
                             "CREATE TABLE log_tile " KEY_COLUMNS "PRIMARY KEY (name, number)) STRICT, WITHOUT ROWID;"
                             "CREATE TABLE owner " OWNER_COLUMNS "CREATE TABLE tombstone " KEY_COLUMNS
                             "PRIMARY KEY (name, number)) STRICT, WITHOUT ROWID;"
                             "CREATE TABLE commons " KEY_COLUMNS "UNIQUE (name, number)) STRICT;"
                             "CREATE TABLE mark " KEY_COLUMNS "PRIMARY KEY (name, number)) STRICT, WITHOUT ROWID;";

#define X(name, kept, text) text,
static const char *const table_names[STORE_TABLE_COUNT] = {STORE_TABLES(X)};
#undef X

static enum salve_code prepare(struct db *db, const char *table, const char *format, struct db_stmt **out,
                               struct salve_err *err)
{
    char sql[SQL_BYTES];
    size_t len = 0;
    for (const char *mark; (mark = strstr(format, "TABLE")) != NULL; format = mark + 5)
        len += (size_t)snprintf(sql + len, sizeof sql - len, "%.*s%s", (int)(mark - format), format, table);
    (void)snprintf(sql + len, sizeof sql - len, "%s", format);
    return db_prepare(db, sql, out, err);
}

/* A record lies at place_of its key; where another one has that, at one drawn by lot. */
#define INSERT_RECORD                                                                                                  \
    "INSERT INTO TABLE (rowid, name, number, tag, bytes) VALUES (CASE WHEN EXISTS (SELECT 1 FROM TABLE WHERE "         \
    "rowid = ?5) THEN random() & 0x7fffffffffffffff ELSE ?5 END, ?1, ?2, ?3, ?4)"
#define INSERT_ROW "INSERT INTO TABLE VALUES (?1, ?2, ?3, ?4)"
#define OR_REPLACE " ON CONFLICT (name, number) DO UPDATE SET tag = excluded.tag, bytes = excluded.bytes"

static enum salve_code prepare_table(struct db *db, const char *table, struct statements *out, struct salve_err *err)
{
    bool is_record = strcmp(table, table_names[STORE_RECORD]) == 0;
    const struct {
        const char *sql;
        struct db_stmt **to;
    } all[] = {
        {is_record ? INSERT_RECORD : INSERT_ROW, &out->insert},
        {is_record ? INSERT_RECORD OR_REPLACE : INSERT_ROW OR_REPLACE, &out->replace},
        {"SELECT tag, bytes FROM TABLE WHERE name = ?1 AND number = ?2", &out->get},
        {"SELECT name, number, tag, length(bytes), CASE WHEN ?3 THEN bytes END FROM TABLE "
         "WHERE (name, number) >= (?1, ?2) ORDER BY name, number LIMIT ?4",
         &out->scan},
        {"SELECT name, number, tag, length(bytes), CASE WHEN ?3 THEN bytes END FROM TABLE "
         "WHERE (name, number) >= (?1, ?2) AND (name, number) < (?5, ?6) ORDER BY name, number LIMIT ?4",
         &out->scan_to},
        {"DELETE FROM TABLE WHERE name = ?1", &out->drop},
        {"SELECT count(*) FROM TABLE", &out->count},
    };
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; code == SALVE_OK && i < sizeof all / sizeof all[0]; i++)
        code = prepare(db, table, all[i].sql, all[i].to, err);
    return code;
}

/* The path behind the scheme; a relative one begins in the folder. */
static enum salve_code path_of(const struct store_options *options, const char *where, char out[PATH_BYTES],
                               struct salve_err *err)
{
    bool is_whole = options->folder == NULL || where[0] == '/';
    int len =
        is_whole ? snprintf(out, PATH_BYTES, "%s", where) : snprintf(out, PATH_BYTES, "%s/%s", options->folder, where);
    if (where[0] != '\0' && len > 0 && len < PATH_BYTES) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFIG, "the path behind sqlite: is empty or too long", "store");
}

static enum salve_code sqlite_is_there(const struct store_options *options, const char *where, bool *out,
                                       struct salve_err *err)
{
    char path[PATH_BYTES];
    TRY(path_of(options, where, path, err));
    *out = db_is_there(path, options->disk);
    return SALVE_OK;
}

static enum salve_code prepare_tables(struct sqlite_place *place, struct salve_err *err)
{
    for (size_t i = 0; i < STORE_TABLE_COUNT; i++)
        if (i != STORE_OWNER || place->base.layout == STORE_LAYOUT)
            TRY(prepare_table(place->db, table_names[i], &place->of[i], err));
    return SALVE_OK;
}

/* Its database was opened with `code`: where that is OK its tables are prepared; else the place goes. */
static enum salve_code take_up(struct sqlite_place *place, enum salve_code code, struct store_place **out,
                               struct salve_err *err)
{
    if (code == SALVE_OK) code = prepare_tables(place, err);
    if (code == SALVE_OK)
        *out = &place->base;
    else {
        db_abandon(&place->db);
        free(place);
    }
    return code;
}

static enum salve_code sqlite_open(const struct store_options *options, const char *where, struct store_place **out,
                                   struct salve_err *err)
{
    struct db_options db_options = {
        .create = options->create, .disk = options->disk, .schema = schema, .schema_version = STORE_LAYOUT};
    char path[PATH_BYTES];
    TRY(path_of(options, where, path, err));
    struct sqlite_place *place = calloc(1, sizeof *place);
    if (place == NULL) return salve_fail(err, SALVE_E_MEMORY, "store");
    place->base.backend = &store_sqlite;
    place->tx.place = &place->base;
    enum salve_code code = db_open(path, &db_options, &place->db, err);
    place->base.layout = STORE_LAYOUT;
    if (code == SALVE_E_UNSUPPORTED && options->is_earlier) {
        db_options.schema_version = place->base.layout = 1;
        code = db_open(path, &db_options, &place->db, err);
    }
    return take_up(place, code, out, err);
}

static struct sqlite_place *my(struct store_place *place) { return (struct sqlite_place *)place; }
static struct db *db_of(struct store_place_tx *tx) { return my(tx->place)->db; }
static struct statements *of(struct store_place_tx *tx, enum store_table table) { return &my(tx->place)->of[table]; }

static enum salve_code sqlite_close(struct store_place *place, struct salve_err *err)
{
    enum salve_code code = db_close(&my(place)->db, err);
    free(place);
    return code;
}

/* --- transactions ------------------------------------------------------------------------------------------------- */

static enum salve_code sqlite_begin(struct store_place *place, bool read_only, struct store_place_tx **out,
                                    struct salve_err *err)
{
    if (my(place)->has_tx) return salve_refuse(err, SALVE_E_BUSY, "a transaction is open already", "store");
    TRY(db_begin(my(place)->db, read_only, err));
    my(place)->has_tx = true;
    *out = &my(place)->tx;
    return SALVE_OK;
}

static enum salve_code sqlite_commit(struct store_place_tx *tx, struct salve_err *err)
{
    my(tx->place)->has_tx = false;
    return db_commit(db_of(tx), err);
}

static void sqlite_abandon(struct store_place_tx *tx)
{
    my(tx->place)->has_tx = false;
    db_rollback(db_of(tx));
}

static enum salve_code sqlite_savepoint(struct store_place_tx *tx, struct salve_err *err)
{
    return db_savepoint(db_of(tx), err);
}

static enum salve_code sqlite_savepoint_keep(struct store_place_tx *tx, struct salve_err *err)
{
    return db_savepoint_keep(db_of(tx), err);
}

static enum salve_code sqlite_savepoint_undo(struct store_place_tx *tx, struct salve_err *err)
{
    return db_savepoint_undo(db_of(tx), err);
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static void bind_key(struct db_stmt *stmt, int nr, struct store_key key)
{
    db_bind_blob(stmt, nr, key.name);
    db_bind_i64(stmt, nr + 1, (int64_t)key.number);
}

/* Records lie by person, then number: not in the order of writing, which would tell over all people who came when; and
 * a damaged page reaches few. The first bits of the name, which is random, and the last of the number. */
static int64_t place_of(struct store_key key)
{
    uint64_t place = 0;
    for (size_t i = 0; i < 8; i++) place = place << 8 | (i < key.name.len ? (uint8_t)key.name.ptr[i] : 0);
    return (int64_t)((place & 0x7fffffffff000000) | (key.number & 0xffffff));
}

static enum salve_code sqlite_put(struct store_place_tx *tx, const struct store_row *row, bool insert,
                                  struct salve_err *err)
{
    struct db_stmt *stmt = insert ? of(tx, row->table)->insert : of(tx, row->table)->replace;
    bind_key(stmt, 1, row->key);
    db_bind_i64(stmt, 3, row->tag);
    db_bind_blob(stmt, 4, row->bytes);
    if (row->table == STORE_RECORD) db_bind_i64(stmt, 5, place_of(row->key));
    return db_run(stmt, err);
}

static enum salve_code sqlite_get(struct store_place_tx *tx, struct store_row *row, struct arena *mem,
                                  struct salve_err *err)
{
    bool found = false;
    struct db_stmt *stmt = of(tx, row->table)->get;
    bind_key(stmt, 1, row->key);
    enum salve_code code = db_step(stmt, &found, err);
    if (code == SALVE_OK && !found) code = salve_fail(err, SALVE_E_NOT_FOUND, "%s", table_names[row->table]);
    if (code == SALVE_OK) {
        row->tag = (uint32_t)db_column_i64(stmt, 0);
        code = arena_str(mem, db_column_blob(stmt, 1), &row->bytes, err);
    }
    db_reset(stmt);
    return code;
}

/* The row that the statement stands on. */
static enum salve_code read_row(struct db_stmt *stmt, const struct store_scan *scan, struct store_row *out,
                                struct arena *mem, struct salve_err *err)
{
    *out = (struct store_row){.table = scan->table,
                              .key.number = (uint64_t)db_column_i64(stmt, 1),
                              .tag = (uint32_t)db_column_i64(stmt, 2),
                              .bytes_len = (size_t)db_column_i64(stmt, 3)};
    TRY(arena_str(mem, db_column_blob(stmt, 0), &out->key.name, err));
    return scan->with_bytes ? arena_str(mem, db_column_blob(stmt, 4), &out->bytes, err) : SALVE_OK;
}

static enum salve_code sqlite_scan(struct store_place_tx *tx, struct store_scan *scan, struct store_row rows[],
                                   size_t max, size_t *count, struct arena *mem, struct salve_err *err)
{
    bool has_end = scan->to.name.ptr != NULL, row = false;
    struct db_stmt *stmt = has_end ? of(tx, scan->table)->scan_to : of(tx, scan->table)->scan;
    size_t used = 0, bytes = 0;
    bind_key(stmt, 1, scan->from);
    db_bind_i64(stmt, 3, scan->with_bytes);
    db_bind_i64(stmt, 4, (int64_t)max);
    if (has_end) bind_key(stmt, 5, scan->to);
    enum salve_code code = SALVE_OK;
    while (code == SALVE_OK && used < max && bytes < STORE_PAGE_BYTES) {
        code = db_step(stmt, &row, err);
        if (code != SALVE_OK || !row) break;
        code = read_row(stmt, scan, &rows[used], mem, err);
        bytes += rows[used++].bytes.len;
    }
    db_reset(stmt);
    scan->is_done = !row;
    *count = used;
    return code;
}

static enum salve_code sqlite_drop(struct store_place_tx *tx, enum store_table table, struct str name,
                                   struct salve_err *err)
{
    struct db_stmt *stmt = of(tx, table)->drop;
    db_bind_blob(stmt, 1, name);
    return db_run(stmt, err);
}

static enum salve_code sqlite_count(struct store_place_tx *tx, enum store_table table, uint64_t *out,
                                    struct salve_err *err)
{
    bool row = false;
    struct db_stmt *stmt = of(tx, table)->count;
    enum salve_code code = db_step(stmt, &row, err);
    if (code == SALVE_OK) *out = (uint64_t)db_column_i64(stmt, 0);
    db_reset(stmt);
    return code;
}

static enum salve_code sqlite_upgrade(struct store_place_tx *tx, struct salve_err *err)
{
    struct sqlite_place *place = my(tx->place);
    TRY(db_exec(place->db, "CREATE TABLE owner " OWNER_COLUMNS, err));
    TRY(prepare_table(place->db, table_names[STORE_OWNER], &place->of[STORE_OWNER], err));
    return db_exec(place->db, "PRAGMA user_version=2", err);
}

static enum salve_code sqlite_scrub(struct store_place *place, struct salve_err *err)
{
    return db_scrub(my(place)->db, err);
}

static enum salve_code sqlite_check(struct store_place *place, store_report *report, void *who, struct salve_err *err)
{
    return db_verify(my(place)->db, report, who, err);
}

static enum salve_code sqlite_copy(struct store_place *place, const char *to, struct salve_err *err)
{
    return db_copy(my(place)->db, to, err);
}

static enum salve_code sqlite_freeze(struct store_place *place, struct salve_err *err)
{
    return db_freeze(my(place)->db, err);
}

static void sqlite_thaw(struct store_place *place) { db_thaw(my(place)->db); }

static enum salve_code sqlite_beside(struct store_place *from, struct store_place **out, struct salve_err *err)
{
    struct sqlite_place *place = calloc(1, sizeof *place);
    if (place == NULL) return salve_fail(err, SALVE_E_MEMORY, "store");
    place->base = *from;
    place->tx.place = &place->base;
    enum salve_code code = db_beside(my(from)->db, &place->db, err);
    return take_up(place, code, out, err);
}

static bool sqlite_has_failed(const struct store_place *place)
{
    return db_has_failed(((const struct sqlite_place *)place)->db);
}

const struct store_backend store_sqlite = {
    .name = "sqlite",
    .open = sqlite_open,
    .is_there = sqlite_is_there,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .abandon = sqlite_abandon,
    .savepoint = sqlite_savepoint,
    .savepoint_keep = sqlite_savepoint_keep,
    .savepoint_undo = sqlite_savepoint_undo,
    .put = sqlite_put,
    .get = sqlite_get,
    .scan = sqlite_scan,
    .drop = sqlite_drop,
    .count = sqlite_count,
    .upgrade = sqlite_upgrade,
    .scrub = sqlite_scrub,
    .check = sqlite_check,
    .copy = sqlite_copy,
    .freeze = sqlite_freeze,
    .thaw = sqlite_thaw,
    .has_failed = sqlite_has_failed,
    .beside = sqlite_beside,
};
