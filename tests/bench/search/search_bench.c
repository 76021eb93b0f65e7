/* SPDX-License-Identifier: Apache-2.0
 * Salve on the searches of search.tsv: search_bench TSV RECORD.json. Prints a line of JSON a search: searches per CPU-second
 * (read the query, match each resource; median of three) and how many were found. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "fhir/fhir.h"
#include "search_case.h"

enum { ARENA_BYTES = 256 << 20, RESOURCES_MAX = 2000 };

struct record {
    struct tape tapes[RESOURCES_MAX];
    struct search_resource resources[RESOURCES_MAX];
    size_t count;
};

static double cpu_s(void) { return (double)clock() / CLOCKS_PER_SEC; }

static bool once(const struct record *record, struct str text, struct arena *mem, size_t *found_count)
{
    struct search_case pairs = {.count = 0};
    struct salve_err err = {0};
    struct search_fault fault;
    struct search_found found;
    struct search *search;
    ptrdiff_t mark = str_find(text, STR("?"));
    search_case_read(str_cut(text, (size_t)mark + 1, SIZE_MAX), mem, &pairs);
    struct search_ask ask = {.type = fhir_type_find(str_cut(text, 0, (size_t)mark)), .pairs = pairs.pairs};
    ask.pair_count = pairs.count;
    if (search_parse(&ask, mem, &search, &fault, &err) != SALVE_OK ||
        search_run(search, record->resources, record->count, 0, mem, &found, &err) != SALVE_OK)
        return false;
    *found_count = found.total;
    return true;
}

static double per_second(const struct record *record, struct str text, struct arena *mem, size_t *found)
{
    double start = cpu_s(), now;
    unsigned long n = 0;
    do {
        for (int i = 0; i < 20; i++) {
            struct arena_mark mark = arena_mark(mem);
            if (!once(record, text, mem, found)) return 0;
            arena_rewind(mem, mark);
        }
        n += 20;
        now = cpu_s();
    } while (now - start < 0.3);
    return (double)n / (now - start);
}

static double middle(double a, double b, double c) { return (a > b) == (b > c) ? b : (b > a) == (a > c) ? a : c; }

int main(int argc, char **argv)
{
    struct arena *mem = arena_open(ARENA_BYTES);
    struct record *record = arena_new(mem, struct record);
    struct salve_err err = {0};
    struct str rows, json, line;
    struct tape bundle;
    if (argc < 3 || record == NULL || file_read(argv[1], 1 << 20, mem, &rows, &err) != SALVE_OK ||
        file_read(argv[2], 64 << 20, mem, &json, &err) != SALVE_OK ||
        fhir_read(json, NULL, mem, &bundle, NULL, &err) != SALVE_OK)
        return 1;
    for (tape_at at = TAPE_NONE; tape_each_resource(&bundle, &at) && record->count < RESOURCES_MAX; record->count++) {
        record->tapes[record->count] = tape_view(&bundle, at);
        record->resources[record->count] = (struct search_resource){.tape = &record->tapes[record->count]};
    }
    while (str_next_line(&rows, &line)) {
        size_t found = 0;
        if (line.len == 0) continue;
        double rate = middle(per_second(record, line, mem, &found), per_second(record, line, mem, &found),
                             per_second(record, line, mem, &found));
        printf("{\"text\":\"%.*s\",\"rate\":%.0f,\"found\":%zu}\n", STR_ARGS(line), rate, found);
    }
    arena_close(mem);
    return 0;
}
