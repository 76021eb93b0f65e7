/* SPDX-License-Identifier: Apache-2.0
 * Compares Salve with answers of another matcher: search_differ RESOURCES.json ANSWERS.tsv THEIRS.tsv. ANSWERS has a line a
 * search (search_differential.mjs makes it): search, ids or ERROR, marks. THEIRS lists what the other one reads differently:
 * "mark<tab>clause and reason"; a search with such a mark may differ and is counted as skipped then. Without arguments:
 * nothing. */
#include "base/file.h"
#include "fhir/fhir.h"
#include "search/search.h"
#include "search_case.h"
#include "t.h"

enum { ARENA_BYTES = 256 << 20, RESOURCES_MAX = 1000 };

struct world {
    struct search_resource resources[RESOURCES_MAX];
    struct tape tapes[RESOURCES_MAX];
    size_t count;
    struct str theirs;
};

static struct str cut_field(struct str *line)
{
    ptrdiff_t tab = str_find(*line, STR("\t"));
    struct str out = tab < 0 ? *line : str_cut(*line, 0, (size_t)tab);
    *line = tab < 0 ? STR("") : str_cut(*line, (size_t)tab + 1, SIZE_MAX);
    return out;
}

static enum salve_code ask(const struct world *world, struct str text, struct arena *mem, struct buf *ids,
                           struct salve_err *err)
{
    struct search_case pairs = {.count = 0};
    ptrdiff_t mark = str_find(text, STR("?"));
    struct search_ask asked = {.type = fhir_type_find(str_cut(text, 0, (size_t)mark)), .is_strict = true};
    struct search_fault fault;
    struct search *search;
    struct search_found found;
    search_case_read(str_cut(text, (size_t)mark + 1, SIZE_MAX), mem, &pairs);
    asked.pairs = pairs.pairs;
    asked.pair_count = pairs.count;
    TRY(search_parse(&asked, mem, &search, &fault, err));
    TRY(search_run(search, world->resources, world->count, 0, mem, &found, err));
    for (size_t i = 0; i < found.match_count; i++)
        buf_addf(ids, "%s%.*s", i > 0 ? " " : "",
                 STR_ARGS(tape_child_text(world->resources[found.matches[i]].tape, 0, "id")));
    return SALVE_OK;
}

static bool is_listed(struct str theirs, struct str marks)
{
    struct str line;
    while (str_next_line(&theirs, &line)) {
        struct str mark = cut_field(&line), rest = marks;
        while (rest.len > 0) {
            ptrdiff_t space = str_find(rest, STR(" "));
            struct str one = space < 0 ? rest : str_cut(rest, 0, (size_t)space);
            if (line.len > 0 && str_eq(one, mark)) return true;
            rest = space < 0 ? STR("") : str_cut(rest, (size_t)space + 1, SIZE_MAX);
        }
    }
    return false;
}

static void compare(const struct world *world, struct str line, struct arena *mem)
{
    struct salve_err err = {0};
    struct buf ids;
    char label[300];
    struct str text = cut_field(&line), theirs = cut_field(&line);
    if (text.len == 0) return;
    buf_init(&ids, mem, 1 << 20);
    enum salve_code code = ask(world, text, mem, &ids, &err);
    (void)snprintf(label, sizeof label, "%.*s", STR_ARGS(text));
    bool is_same = code == SALVE_OK ? str_eq(buf_str(&ids), theirs) : str_is(theirs, "ERROR");
    if (is_same)
        t_pass();
    else if (is_listed(world->theirs, line))
        t_skipped(1);
    else
        t_fail(label, "%s %.*s\n    theirs: %.*s\n    marks: %.*s", salve_code_name(code), STR_ARGS(buf_str(&ids)),
               STR_ARGS(theirs), STR_ARGS(line));
}

static enum salve_code load(struct world *world, char **argv, struct str *answers, struct arena *mem,
                            struct salve_err *err)
{
    struct tape *bundle = arena_new(mem, struct tape);
    struct str json;
    TRY(file_read(argv[1], 64 << 20, mem, &json, err));
    TRY(file_read(argv[2], 64 << 20, mem, answers, err));
    TRY(file_read(argv[3], 1 << 20, mem, &world->theirs, err));
    TRY(fhir_read(json, NULL, mem, bundle, NULL, err));
    for (tape_at at = TAPE_NONE; tape_each_resource(bundle, &at) && world->count < RESOURCES_MAX; world->count++) {
        world->tapes[world->count] = tape_view(bundle, at);
        world->resources[world->count] = (struct search_resource){.tape = &world->tapes[world->count]};
    }
    return SALVE_OK;
}

int main(int argc, char **argv)
{
    if (argc < 4) return t_end();
    struct arena *mem = arena_open(ARENA_BYTES);
    struct world *world = arena_new(mem, struct world);
    struct salve_err err = {0};
    struct str answers, line;
    if (world == NULL || load(world, argv, &answers, mem, &err) != SALVE_OK) {
        t_fail("search_differ", "%s", t_where(&err));
        answers = STR("");
    }
    while (str_next_line(&answers, &line)) {
        struct arena_mark mark = arena_mark(mem);
        compare(world, line, mem);
        arena_rewind(mem, mark);
    }
    arena_close(mem);
    return t_end();
}
