/* SPDX-License-Identifier: Apache-2.0
 * What a file of many people needs of memory does not grow with it: between two rows the heap holds what it held some
 * hundreds of rows before, but for the page caches of SQLite, which have a bound of their own. New people, judged; then
 * their results by their cards. */
#include <malloc.h>
#include <sqlite3.h>

#include "../../unit/visit/visit_world.h"
#include "t.h"
#include "t_choices.h"
#include "visit/check.h"

enum {
    PEOPLE = 600,
    SETTLED = 200,            /* so many rows fill what has a bound: statements, tables that grew to their size */
    GROWTH_BYTES_MAX = 12288, /* of 200 rows: what SQLite's pages cost beside their bytes is a third of it */
    PADDING_BYTES = 5000,     /* of a column that nobody reads: the file is larger than anything that may stay of it */
    CARD_BYTES = REC_CODE_TEXT_BYTES + 1
};

/* The file as it is made, and what is seen while it is read. */
struct flat {
    struct str rest; /* of the row that is handed out */
    char row[PADDING_BYTES + 200];
    size_t made, cards_count;
    bool is_results;
    char cards[PEOPLE][CARD_BYTES];
    size_t seen, early_bytes, late_bytes;
    const struct arena *mem; /* of the import, beside that of each row */
    const struct visit_screening *screening;
};

/* Live bytes that are not SQLite's; of each of its allocations malloc and SQLite keep the size beside it. */
static size_t heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    int count = 0, most;
    (void)sqlite3_status(SQLITE_STATUS_MALLOC_COUNT, &count, &most, 0);
    return info.uordblks + info.hblkhd - (size_t)sqlite3_memory_used() - 16 * (size_t)count;
}

/* The head is row 0. */
static void make_row(struct flat *flat, size_t row)
{
    int len;
    if (row == 0)
        len = snprintf(flat->row, sizeof flat->row, flat->is_results ? "key,kg,more" : "id,born,kg,cm,care,more");
    else if (flat->is_results)
        len = snprintf(flat->row, sizeof flat->row, "%s,%zu", flat->cards[row - 1], 55 + row % 60);
    else
        len = snprintf(flat->row, sizeof flat->row, "p%zu,19%02zu,%zu,%zu,1.0/en signed 2026-11-20 none 1", row,
                       40 + row % 60, 50 + row % 60, 150 + row % 40);
    if (row > 0) flat->row[len++] = ',';
    for (size_t i = 0; row > 0 && i < PADDING_BYTES; i++) flat->row[len++] = (char)('a' + (row + i) % 26);
    flat->row[len++] = '\n';
    flat->rest = str_make(flat->row, (size_t)len);
}

static enum salve_code read_some(void *with, char *into, size_t room, size_t *got, struct salve_err *e)
{
    struct flat *flat = with;
    (void)e;
    if (flat->rest.len == 0 && flat->made <= PEOPLE) make_row(flat, flat->made++);
    *got = flat->rest.len < room ? flat->rest.len : room;
    if (*got > 0) memcpy(into, flat->rest.ptr, *got);
    flat->rest = str_cut(flat->rest, *got, flat->rest.len);
    return SALVE_OK;
}

static enum salve_code keep_card(void *with, struct str subject, struct str code, struct salve_err *e)
{
    struct flat *flat = with;
    (void)subject;
    if (flat->cards_count == PEOPLE || code.len >= CARD_BYTES) return salve_fail(e, SALVE_E_FULL, "cards");
    memcpy(flat->cards[flat->cards_count], code.ptr, code.len);
    flat->cards[flat->cards_count++][code.len] = '\0';
    return SALVE_OK;
}

static bool look(void *with, uint64_t people)
{
    struct flat *flat = with;
    size_t bytes = heap_bytes() + arena_bytes(flat->mem);
    (void)people;
    flat->seen++;
    if (flat->seen >= SETTLED && flat->seen < 2 * SETTLED && bytes > flat->early_bytes) flat->early_bytes = bytes;
    if (flat->seen > PEOPLE - SETTLED && bytes > flat->late_bytes) flat->late_bytes = bytes;
    return true;
}

static void refused(void *with, uint64_t line, const struct salve_err *why)
{
    (void)with;
    t_fail("a row", "line %llu: %s %s", (unsigned long long)line, t_where(why), why->why);
}

#define OBSERVATIONS                                                                                                   \
    "\"observations\":[{\"column\":\"kg\",\"loinc\":\"29463-7\",\"type\":\"quantity\",\"unit\":\"kg\","                \
    "\"category\":\"vital-signs\"}"
static const char people_map[] =
    "{\"format\":\"salve-csv-map\",\"version\":1,\"subject\":\"id\",\"patient\":{\"birthDate\":{\"column\":\"born\"}}"
    "," OBSERVATIONS ",{\"column\":\"cm\",\"loinc\":\"8302-2\",\"type\":\"quantity\",\"unit\":\"cm\"}],"
    "\"consents\":{\"care\":{\"column\":\"care\"}}}";
static const char results_map[] =
    "{\"format\":\"salve-csv-map\",\"version\":1,\"person\":{\"column\":\"key\"}," OBSERVATIONS "]}";

static void is_flat(const char *name, struct world *w, struct flat *flat)
{
    struct csv_map *map = NULL;
    struct visit_imported sum = {0};
    struct visit_import_ask ask = {.alarms = flat->screening, .screening = flat->is_results ? NULL : flat->screening};
    struct csv_source file = {read_some, flat};
    flat->rest = STR("");
    flat->mem = w->t->mem;
    flat->made = flat->seen = flat->early_bytes = flat->late_bytes = 0;
    ask.watch = (struct visit_watch){.card = keep_card, .person = look, .refused = refused, .with = flat};
    struct str json = str_of(flat->is_results ? results_map : people_map);
    t_must(csv_map_read(site_admission(w->t->site), json, w->t->mem, &map, &err));
    t_must((flat->is_results ? visit_import_results : visit_import_rows)(&w->visit, map, &file, STR(""), &ask, &sum,
                                                                         &err));
    printf("%s: %llu people, %llu resources; heap %zu kB, later %zu kB\n", name, (unsigned long long)sum.people,
           (unsigned long long)sum.kept, flat->early_bytes >> 10, flat->late_bytes >> 10);
    if (sum.people != PEOPLE || sum.enrolled_only > 0)
        t_fail(name, "%llu people, %llu enrolled only", (unsigned long long)sum.people,
               (unsigned long long)sum.enrolled_only);
    else if (flat->late_bytes > flat->early_bytes + GROWTH_BYTES_MAX)
        t_fail(name, "%zu bytes more after %d rows more", flat->late_bytes - flat->early_bytes, PEOPLE - 2 * SETTLED);
    else
        t_pass();
}

int main(void)
{
    struct visit_screening screening;
    struct guideline_choice choices[8];
    const struct guideline *unused = NULL;
    if (T_IS_SANITIZED) {
        t_skipped(2); /* there malloc is another, which keeps what was freed */
        return t_end();
    }
    static struct flat flat; /* 20 kB of cards */
    t_made_up = true;
    struct world w = empty_world("flat", "body-measures");
    (void)as(&w, T_CLINICIAN);
    const struct guideline *first = w.visit.content->guidelines[0];
    size_t chosen = t_choices(first, choices, 8);
    t_must(visit_accept(&w.visit, guideline_info(first)->id, choices, chosen, &unused, &err));
    t_must(visit_screening(&w.visit, &screening, &err));
    flat.screening = &screening;
    is_flat("new people", &w, &flat);
    flat.is_results = true;
    is_flat("their results", &w, &flat);
    world_drop(&w);
    return t_end();
}
