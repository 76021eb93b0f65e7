/* SPDX-License-Identifier: Apache-2.0
 * Loading and linking a guideline's logic: compile_bench SHARE [TURNS]. SHARE holds lib/ *.json and ID/logic.json. Prints
 * for every guideline the CPU milliseconds (median) from the JSON texts to the linked program, with FHIRHelpers and the
 * common libraries. With TURNS only the largest logic.json, that often: for instruction counts. */
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "elm/elm.h"
#include "t.h"

#include <glob.h>

enum { LIBRARIES_MAX = 16, REPEATS = 15 };

static struct str libraries[LIBRARIES_MAX];
static size_t library_count;

static void die(const char *what, const struct salve_err *err)
{
    printf("%s: %s %s %s\n", what, salve_code_name(err->code), t_where(err), err->why);
    exit(1);
}

static struct str id_of(struct str logic, struct arena *mem)
{
    struct salve_err err = {0};
    ptrdiff_t at = str_find(logic, STR("\"identifier\""));
    struct str rest = at < 0 ? STR("") : str_cut(logic, (size_t)at, logic.len), id;
    at = str_find(rest, STR("\"id\""));
    rest = at < 0 ? STR("") : str_cut(rest, (size_t)at + 4, rest.len);
    at = str_find(rest, STR("\""));
    rest = at < 0 ? STR("") : str_cut(rest, (size_t)at + 1, rest.len);
    at = str_find(rest, STR("\""));
    if (at < 0 || arena_str(mem, str_cut(rest, 0, (size_t)at), &id, &err) != SALVE_OK) exit(1);
    return id;
}

/* valgrind counts what happens inside this function. */
__attribute__((noinline)) void compile_turn(struct str logic, struct str id, struct arena *mem)
{
    struct arena_mark mark = arena_mark(mem);
    struct salve_err err = {0};
    struct elm_set *set = elm_set_make(mem);
    struct elm_program *program;
    for (size_t i = 0; i < library_count; i++)
        if (elm_load(set, libraries[i], "lib", &err) != SALVE_OK) die("load", &err);
    if (elm_load(set, logic, "logic.json", &err) != SALVE_OK) die("load", &err);
    if (elm_link(set, id, STR_NONE, mem, &program, &err) != SALVE_OK) die("link", &err);
    arena_rewind(mem, mark);
}

static double cpu_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double middle_ms(struct str logic, struct str id, struct arena *mem)
{
    double took[REPEATS];
    for (int i = 0; i < REPEATS; i++) {
        double start = cpu_ms();
        compile_turn(logic, id, mem);
        took[i] = cpu_ms() - start;
    }
    qsort(took, REPEATS, sizeof took[0], by_size);
    return took[REPEATS / 2];
}

static struct str text_of(const char *path, struct arena *mem)
{
    struct salve_err err = {0};
    struct str text;
    if (file_read(path, 64 << 20, mem, &text, &err) != SALVE_OK) die(path, &err);
    return text;
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open((size_t)1 << 30), *scratch = arena_open((size_t)1 << 30);
    glob_t found = {0};
    struct str largest = STR_NONE;
    double most = 0;
    if (argc < 2 || glob(arena_printf(mem, "%s/lib/*.json", argv[1]).ptr, 0, NULL, &found) != 0) return 2;
    for (size_t i = 0; i < found.gl_pathc && library_count < LIBRARIES_MAX; i++)
        libraries[library_count++] = text_of(found.gl_pathv[i], mem);
    globfree(&found);
    if (glob(arena_printf(mem, "%s/*/logic.json", argv[1]).ptr, 0, NULL, &found) != 0) return 2;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct str logic = text_of(found.gl_pathv[i], mem);
        if (logic.len > largest.len) largest = logic;
        if (argc > 2) continue;
        double ms = middle_ms(logic, id_of(logic, mem), scratch);
        if (ms > most) most = ms;
        printf("%7.2f ms  %4zu kB  %s\n", ms, logic.len / 1000, found.gl_pathv[i]);
    }
    for (int i = 0; argc > 2 && i < atoi(argv[2]); i++) compile_turn(largest, id_of(largest, mem), scratch);
    if (argc == 2) printf("%7.2f ms  the slowest (aim: under 10)\n", most);
    globfree(&found);
    arena_close(scratch);
    arena_close(mem);
    return 0;
}
