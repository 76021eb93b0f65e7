/* SPDX-License-Identifier: Apache-2.0
 * The backend in memory, for tests: a sorted array a table, and a copy of all rows taken at begin, to go back to.
 * Simple on purpose; the contract suite holds it against SQLite. */
#include <stdlib.h>

#include "base/assert.h"
#include "store/store_int.h"

struct rows {
    struct store_row *at; /* name and bytes are heap blocks of their own */
    size_t count, cap;
};

struct memory_place {
    struct store_place base;
    struct rows now[STORE_TABLE_COUNT], before[STORE_TABLE_COUNT];
    bool in_write;
};

static struct memory_place *my(struct store_place *place) { return (struct memory_place *)place; }

static int compare(struct str name, uint64_t number, const struct store_row *row)
{
    int order = str_cmp(name, row->name);
    if (order != 0) return order;
    return number < row->number ? -1 : number > row->number;
}

/* The place of the first row at or after the key. */
static size_t lower(const struct rows *rows, struct str name, uint64_t number, bool *found)
{
    size_t low = 0, high = rows->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(name, number, &rows->at[middle]) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    *found = low < rows->count && compare(name, number, &rows->at[low]) == 0;
    return low;
}

static bool copy_str(struct str from, struct str *to)
{
    char *bytes = malloc(from.len + 1);
    if (bytes == NULL) return false;
    if (from.len > 0) memcpy(bytes, from.ptr, from.len);
    *to = str_make(bytes, from.len);
    return true;
}

static void free_row(struct store_row *row)
{
    free((void *)(uintptr_t)row->name.ptr);
    free((void *)(uintptr_t)row->bytes.ptr);
}

static bool copy_row(const struct store_row *from, struct store_row *to)
{
    *to = *from;
    to->bytes = STR_NONE;
    if (!copy_str(from->name, &to->name)) return false;
    if (copy_str(from->bytes, &to->bytes)) return true;
    free_row(to);
    return false;
}

static void clear(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) free_row(&rows->at[i]);
    free(rows->at);
    *rows = (struct rows){0};
}

static bool make_room(struct rows *rows)
{
    if (rows->count < rows->cap) return true;
    size_t cap = rows->cap == 0 ? 16 : rows->cap * 2;
    struct store_row *grown = realloc(rows->at, cap * sizeof *grown);
    if (grown == NULL) return false;
    rows->at = grown;
    rows->cap = cap;
    return true;
}

static bool copy_table(const struct rows *from, struct rows *to)
{
    for (size_t i = 0; i < from->count; i++) {
        if (!make_room(to) || !copy_row(&from->at[i], &to->at[i])) return false;
        to->count++;
    }
    return true;
}

static enum salve_code memory_open(const struct store_options *options, struct store_place **out, struct salve_err *err)
{
    struct memory_place *place = calloc(1, sizeof *place);
    (void)options;
    if (place == NULL) return salve_fail(err, SALVE_E_MEMORY, "store");
    place->base.backend = &store_memory;
    *out = &place->base;
    return SALVE_OK;
}

static enum salve_code memory_close(struct store_place *place, struct salve_err *err)
{
    (void)err;
    for (size_t i = 0; i < STORE_TABLE_COUNT; i++) {
        clear(&my(place)->now[i]);
        clear(&my(place)->before[i]);
    }
    free(place);
    return SALVE_OK;
}

static enum salve_code memory_begin(struct store_place *place, bool read_only, struct salve_err *err)
{
    my(place)->in_write = !read_only;
    for (size_t i = 0; !read_only && i < STORE_TABLE_COUNT; i++)
        if (!copy_table(&my(place)->now[i], &my(place)->before[i])) {
            for (size_t k = 0; k <= i; k++) clear(&my(place)->before[k]);
            return salve_fail(err, SALVE_E_MEMORY, "store");
        }
    return SALVE_OK;
}

static enum salve_code memory_commit(struct store_place *place, struct salve_err *err)
{
    (void)err;
    for (size_t i = 0; i < STORE_TABLE_COUNT; i++) clear(&my(place)->before[i]);
    my(place)->in_write = false;
    return SALVE_OK;
}

static void memory_abandon(struct store_place *place)
{
    for (size_t i = 0; my(place)->in_write && i < STORE_TABLE_COUNT; i++) {
        clear(&my(place)->now[i]);
        my(place)->now[i] = my(place)->before[i];
        my(place)->before[i] = (struct rows){0};
    }
    my(place)->in_write = false;
}

static enum salve_code memory_put(struct store_place *place, const struct store_row *row, bool insert,
                                  struct salve_err *err)
{
    struct store_row copy;
    bool found;
    struct rows *rows = &my(place)->now[row->table];
    size_t at = lower(rows, row->name, row->number, &found);
    if (found && insert) return salve_fail(err, SALVE_E_CONFLICT, "store");
    if (!make_room(rows) || !copy_row(row, &copy)) return salve_fail(err, SALVE_E_MEMORY, "store");
    if (found)
        free_row(&rows->at[at]);
    else {
        memmove(&rows->at[at + 1], &rows->at[at], (rows->count - at) * sizeof copy);
        rows->count++;
    }
    rows->at[at] = copy;
    return SALVE_OK;
}

static enum salve_code memory_get(struct store_place *place, struct store_row *row, struct arena *mem,
                                  struct salve_err *err)
{
    bool found;
    struct rows *rows = &my(place)->now[row->table];
    size_t at = lower(rows, row->name, row->number, &found);
    if (!found) return salve_fail(err, SALVE_E_NOT_FOUND, "store");
    row->tag = rows->at[at].tag;
    return arena_str(mem, rows->at[at].bytes, &row->bytes, err);
}

static enum salve_code memory_next(struct store_place *place, struct store_row *row, unsigned flags, bool *found,
                                   struct arena *mem, struct salve_err *err)
{
    bool is_exact;
    struct rows *rows = &my(place)->now[row->table];
    size_t at = lower(rows, row->name, row->number, &is_exact);
    if (is_exact && (flags & STORE_FROM_START) == 0) at++;
    *found = at < rows->count;
    if (!*found) return SALVE_OK;
    const struct store_row *from = &rows->at[at];
    row->number = from->number;
    row->tag = from->tag;
    row->bytes_len = from->bytes.len;
    row->bytes = STR_NONE;
    enum salve_code code = arena_str(mem, from->name, &row->name, err);
    if (code == SALVE_OK && (flags & STORE_WITH_BYTES) != 0) code = arena_str(mem, from->bytes, &row->bytes, err);
    return code;
}

static enum salve_code memory_drop(struct store_place *place, enum store_table table, struct str name,
                                   struct salve_err *err)
{
    bool found;
    struct rows *rows = &my(place)->now[table];
    size_t from = lower(rows, name, 0, &found), to = from;
    (void)err;
    while (to < rows->count && str_eq(rows->at[to].name, name)) free_row(&rows->at[to++]);
    if (to > from) memmove(&rows->at[from], &rows->at[to], (rows->count - to) * sizeof rows->at[0]);
    rows->count -= to - from;
    return SALVE_OK;
}

static enum salve_code memory_count(struct store_place *place, enum store_table table, uint64_t *out,
                                    struct salve_err *err)
{
    (void)err;
    *out = my(place)->now[table].count;
    return SALVE_OK;
}

static enum salve_code memory_scrub(struct store_place *place, struct salve_err *err)
{
    return (void)place, (void)err, SALVE_OK;
}

static enum salve_code memory_verify(struct store_place *place, store_report *report, void *who, struct salve_err *err)
{
    return (void)place, (void)report, (void)who, (void)err, SALVE_OK;
}

const struct store_backend store_memory = {
    .name = "memory",
    .open = memory_open,
    .close = memory_close,
    .begin = memory_begin,
    .commit = memory_commit,
    .abandon = memory_abandon,
    .put = memory_put,
    .get = memory_get,
    .next = memory_next,
    .drop = memory_drop,
    .count = memory_count,
    .scrub = memory_scrub,
    .verify = memory_verify,
};
