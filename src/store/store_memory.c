/* SPDX-License-Identifier: Apache-2.0
 * The backend in memory, for tests: a sorted array a table. Who writes has a copy of all rows, which the commit puts in
 * the place of the old ones; who reads keeps the rows of when it began. Simple on purpose; the contract suite holds it
 * against SQLite. */
#include <stdlib.h>

#include "base/assert.h"
#include "store/store_int.h"

struct cell {
    char *text; /* the name, then the bytes */
    size_t name_len, bytes_len;
    uint64_t number;
    uint32_t tag;
};

struct rows {
    struct cell *at;
    size_t count, cap;
};

/* All rows as they were at some time. */
struct version {
    struct rows of[STORE_TABLE_COUNT];
    unsigned users;        /* the place, and each transaction that sees it */
    struct version *saved; /* of one that is written: as it was at its savepoint */
};

struct memory_place {
    struct store_place base;
    struct version *now;
    bool has_writer;
};

struct memory_tx {
    struct store_place_tx base;
    struct version *seen;
    bool writes;
};

static struct memory_place *place_of(struct store_place *place) { return (struct memory_place *)place; }
static struct memory_tx *my(struct store_place_tx *tx) { return (struct memory_tx *)tx; }
static struct rows *rows_of(struct store_place_tx *tx, enum store_table table) { return &my(tx)->seen->of[table]; }

static struct store_key key_of(const struct cell *cell)
{
    return (struct store_key){str_make(cell->text, cell->name_len), cell->number};
}

static struct str bytes_of(const struct cell *cell) { return str_make(cell->text + cell->name_len, cell->bytes_len); }

static int compare(struct store_key a, struct store_key b)
{
    int order = str_cmp(a.name, b.name);
    if (order != 0) return order;
    return a.number < b.number ? -1 : a.number > b.number;
}

/* The place of the first row at or after the key. */
static size_t lower(const struct rows *rows, struct store_key key, bool *found)
{
    size_t low = 0, high = rows->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(key, key_of(&rows->at[middle])) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    *found = low < rows->count && compare(key, key_of(&rows->at[low])) == 0;
    return low;
}

/* --- versions ----------------------------------------------------------------------------------------------------- */

static bool make_cell(struct store_key key, uint32_t tag, struct str bytes, struct cell *out)
{
    char *text = malloc(key.name.len + bytes.len + 1);
    if (text == NULL) return false;
    if (key.name.len > 0) memcpy(text, key.name.ptr, key.name.len);
    if (bytes.len > 0) memcpy(text + key.name.len, bytes.ptr, bytes.len);
    *out = (struct cell){text, key.name.len, bytes.len, key.number, tag};
    return true;
}

static bool make_room(struct rows *rows)
{
    if (rows->count < rows->cap) return true;
    size_t cap = rows->cap == 0 ? 16 : rows->cap * 2;
    struct cell *grown = realloc(rows->at, cap * sizeof *grown);
    if (grown == NULL) return false;
    rows->at = grown;
    rows->cap = cap;
    return true;
}

/* One user fewer; NULL is fine. Gives what it was saved from. */
static struct version *drop(struct version *version)
{
    if (version == NULL) return NULL;
    struct version *saved = version->saved;
    if (--version->users > 0) return saved;
    for (size_t table = 0; table < STORE_TABLE_COUNT; table++) {
        struct rows *rows = &version->of[table];
        for (size_t i = 0; i < rows->count; i++) free(rows->at[i].text);
        free(rows->at);
    }
    free(version);
    return saved;
}

static struct version *copy(const struct version *from)
{
    struct version *to = calloc(1, sizeof *to);
    bool is_done = to != NULL;
    if (is_done) to->users = 1;
    for (size_t table = 0; is_done && table < STORE_TABLE_COUNT; table++)
        for (size_t i = 0; is_done && i < from->of[table].count; i++) {
            const struct cell *cell = &from->of[table].at[i];
            struct rows *rows = &to->of[table];
            is_done = make_room(rows) && make_cell(key_of(cell), cell->tag, bytes_of(cell), &rows->at[rows->count]);
            rows->count += is_done;
        }
    if (is_done) return to;
    (void)drop(to);
    return NULL;
}

/* --- the place and its transactions ------------------------------------------------------------------------------- */

static enum salve_code memory_open(const struct store_options *options, const char *where, struct store_place **out,
                                   struct salve_err *err)
{
    struct memory_place *place = calloc(1, sizeof *place);
    (void)options, (void)where;
    if (place != NULL) place->now = calloc(1, sizeof *place->now);
    if (place == NULL || place->now == NULL) {
        free(place);
        return salve_fail(err, SALVE_E_MEMORY, "store");
    }
    place->base.backend = &store_memory;
    place->now->users = 1;
    *out = &place->base;
    return SALVE_OK;
}

static enum salve_code memory_is_there(const struct store_options *options, const char *where, bool *out,
                                       struct salve_err *err)
{
    (void)options, (void)where, (void)err;
    *out = false;
    return SALVE_OK;
}

static enum salve_code memory_close(struct store_place *place, struct salve_err *err)
{
    (void)err;
    (void)drop(place_of(place)->now);
    free(place);
    return SALVE_OK;
}

static enum salve_code memory_begin(struct store_place *place, bool read_only, struct store_place_tx **out,
                                    struct salve_err *err)
{
    struct version *now = place_of(place)->now;
    if (!read_only && place_of(place)->has_writer)
        return salve_refuse(err, SALVE_E_BUSY, "a transaction is open already", "store");
    struct memory_tx *tx = calloc(1, sizeof *tx);
    if (tx != NULL) tx->seen = read_only ? now : copy(now);
    if (tx == NULL || tx->seen == NULL) {
        free(tx);
        return salve_fail(err, SALVE_E_MEMORY, "store");
    }
    if (read_only)
        now->users++;
    else
        tx->writes = place_of(place)->has_writer = true;
    tx->base.place = place;
    *out = &tx->base;
    return SALVE_OK;
}

static void memory_abandon(struct store_place_tx *tx)
{
    if (my(tx)->writes) place_of(tx->place)->has_writer = false;
    for (struct version *version = my(tx)->seen; version != NULL;) version = drop(version);
    free(tx);
}

static enum salve_code memory_commit(struct store_place_tx *tx, struct salve_err *err)
{
    (void)err;
    if (my(tx)->writes) {
        (void)drop(place_of(tx->place)->now);
        place_of(tx->place)->now = my(tx)->seen;
        my(tx)->seen = NULL;
    }
    memory_abandon(tx);
    return SALVE_OK;
}

static enum salve_code memory_savepoint(struct store_place_tx *tx, struct salve_err *err)
{
    struct version *next = copy(my(tx)->seen);
    if (next == NULL) return salve_fail(err, SALVE_E_MEMORY, "store");
    next->saved = my(tx)->seen;
    my(tx)->seen = next;
    return SALVE_OK;
}

static enum salve_code memory_savepoint_keep(struct store_place_tx *tx, struct salve_err *err)
{
    (void)err;
    my(tx)->seen->saved = drop(my(tx)->seen->saved);
    return SALVE_OK;
}

static enum salve_code memory_savepoint_undo(struct store_place_tx *tx, struct salve_err *err)
{
    (void)err;
    my(tx)->seen = drop(my(tx)->seen);
    return SALVE_OK;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static enum salve_code memory_put(struct store_place_tx *tx, const struct store_row *row, bool insert,
                                  struct salve_err *err)
{
    struct cell cell;
    bool found;
    struct rows *rows = rows_of(tx, row->table);
    size_t at = lower(rows, row->key, &found);
    salve_assert(my(tx)->writes);
    if (found && insert) return salve_fail(err, SALVE_E_CONFLICT, "store");
    if (!make_room(rows) || !make_cell(row->key, row->tag, row->bytes, &cell))
        return salve_fail(err, SALVE_E_MEMORY, "store");
    if (found)
        free(rows->at[at].text);
    else {
        memmove(&rows->at[at + 1], &rows->at[at], (rows->count - at) * sizeof cell);
        rows->count++;
    }
    rows->at[at] = cell;
    return SALVE_OK;
}

static enum salve_code memory_get(struct store_place_tx *tx, struct store_row *row, struct arena *mem,
                                  struct salve_err *err)
{
    bool found;
    struct rows *rows = rows_of(tx, row->table);
    size_t at = lower(rows, row->key, &found);
    if (!found) return salve_fail(err, SALVE_E_NOT_FOUND, "store");
    row->tag = rows->at[at].tag;
    return arena_str(mem, bytes_of(&rows->at[at]), &row->bytes, err);
}

static enum salve_code memory_scan(struct store_place_tx *tx, struct store_scan *scan, struct store_row rows[],
                                   size_t max, size_t *count, struct arena *mem, struct salve_err *err)
{
    bool is_exact;
    const struct rows *all = rows_of(tx, scan->table);
    size_t at = lower(all, scan->from, &is_exact), used = 0, bytes = 0;
    size_t end = scan->to.name.ptr == NULL ? all->count : lower(all, scan->to, &is_exact);
    for (; at < end && used < max && bytes < STORE_PAGE_BYTES; at++, used++) {
        const struct cell *cell = &all->at[at];
        struct store_row *row = &rows[used];
        *row = (struct store_row){
            .table = scan->table, .key = key_of(cell), .tag = cell->tag, .bytes_len = cell->bytes_len};
        TRY(arena_str(mem, row->key.name, &row->key.name, err));
        if (scan->with_bytes) TRY(arena_str(mem, bytes_of(cell), &row->bytes, err));
        bytes += row->bytes.len;
    }
    scan->is_done = at >= end;
    *count = used;
    return SALVE_OK;
}

static enum salve_code memory_drop(struct store_place_tx *tx, enum store_table table, struct str name,
                                   struct salve_err *err)
{
    bool found;
    struct rows *rows = rows_of(tx, table);
    size_t from = lower(rows, (struct store_key){.name = name}, &found), to = from;
    (void)err;
    while (to < rows->count && str_eq(key_of(&rows->at[to]).name, name)) free(rows->at[to++].text);
    if (to > from) memmove(&rows->at[from], &rows->at[to], (rows->count - to) * sizeof rows->at[0]);
    rows->count -= to - from;
    return SALVE_OK;
}

static enum salve_code memory_count(struct store_place_tx *tx, enum store_table table, uint64_t *out,
                                    struct salve_err *err)
{
    (void)err;
    *out = rows_of(tx, table)->count;
    return SALVE_OK;
}

const struct store_backend store_memory = {
    .name = "memory",
    .can_overlap = true,
    .open = memory_open,
    .is_there = memory_is_there,
    .close = memory_close,
    .begin = memory_begin,
    .commit = memory_commit,
    .abandon = memory_abandon,
    .savepoint = memory_savepoint,
    .savepoint_keep = memory_savepoint_keep,
    .savepoint_undo = memory_savepoint_undo,
    .put = memory_put,
    .get = memory_get,
    .scan = memory_scan,
    .drop = memory_drop,
    .count = memory_count,
};
