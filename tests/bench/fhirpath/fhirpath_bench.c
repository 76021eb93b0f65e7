/* SPDX-License-Identifier: Apache-2.0
 * Salve on the expressions of fhirpath.tsv: fhirpath_bench TSV FOLDER [TURNS]. Prints a line of JSON an expression:
 * evaluations per CPU-second (median of three) and the result. With TURNS it evaluates each that often and measures
 * nothing: for instruction counts. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "fhirpath/fhirpath.h"
#include "fhir/fhir.h"

enum { ARENA_BYTES = 256 << 20 };

static double cpu_s(void) { return (double)clock() / CLOCKS_PER_SEC; }

struct bench {
    struct fhirpath *path;
    struct tape tape;
    struct expr_env env;
    struct arena *mem;
    bool failed;
};

/* valgrind counts what happens inside this function. */
__attribute__((noinline)) void fhirpath_turn(struct bench *b, struct expr_value *out)
{
    struct salve_err err = {0};
    if (fhirpath_run(b->path, &b->env, expr_node(&b->tape, 0), b->mem, out, &err) == SALVE_OK) return;
    fprintf(stderr, "fhirpath_bench: %s %s\n", err.element, err.why);
    b->failed = true;
}

static double per_second(struct bench *b, double seconds)
{
    double start = cpu_s(), now;
    unsigned long n = 0;
    struct expr_value ignored;
    do {
        for (int i = 0; i < 1000; i++) {
            struct arena_mark mark = arena_mark(b->mem);
            fhirpath_turn(b, &ignored);
            arena_rewind(b->mem, mark);
        }
        n += 1000;
        now = cpu_s();
    } while (now - start < seconds && !b->failed);
    return (double)n / (now - start);
}

static double middle(double a, double b, double c) { return (a > b) == (b > c) ? b : (b > a) == (a > c) ? a : c; }

static void measure(struct bench *b, struct str text, long turns)
{
    struct expr_value result;
    struct salve_err err = {0};
    struct str json;
    struct buf out;
    double rate = 0;
    struct arena_mark mark = arena_mark(b->mem);
    for (long i = 0; i < turns; i++) {
        fhirpath_turn(b, &result);
        arena_rewind(b->mem, mark);
    }
    if (turns == 0) rate = middle(per_second(b, 0.3), per_second(b, 0.3), per_second(b, 0.3));
    fhirpath_turn(b, &result);
    buf_init(&out, b->mem, 1 << 20);
    expr_json(&result, &out);
    if (buf_done(&out, &json, &err) != SALVE_OK)
        b->failed = true;
    else
        printf("{\"text\":\"%.*s\",\"rate\":%.0f,\"result\":%.*s}\n", STR_ARGS(text), rate, STR_ARGS(json));
}

static bool line_of(struct str line, const char *folder, long turns, struct clock *clock)
{
    struct bench b = {.mem = arena_open(ARENA_BYTES), .env = {.clock = clock}};
    struct salve_err err = {0};
    ptrdiff_t tab = str_find(line, STR("\t"));
    struct str text = str_cut(line, (size_t)tab + 1, SIZE_MAX), json;
    struct str file = arena_printf(b.mem, "%s/%.*s.json", folder, (int)tab, line.ptr);
    enum salve_code code = file_read(file.ptr, 64 << 20, b.mem, &json, &err);
    if (code == SALVE_OK) code = fhir_read(json, NULL, b.mem, &b.tape, NULL, &err);
    if (code == SALVE_OK) code = fhirpath_compile(text, tape_type(&b.tape, 0), b.mem, &b.path, &err);
    if (code != SALVE_OK)
        fprintf(stderr, "fhirpath_bench: %s %s\n", err.element, err.why);
    else
        measure(&b, text, turns);
    arena_close(b.mem);
    return code == SALVE_OK && !b.failed;
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open(ARENA_BYTES);
    struct salve_err err = {0};
    struct str rows, line;
    struct clock clock = clock_system();
    bool good = argc >= 3 && file_read(argv[1], 1 << 20, mem, &rows, &err) == SALVE_OK;
    while (good && str_next_line(&rows, &line))
        if (line.len > 0) good = line_of(line, argv[2], argc > 3 ? atol(argv[3]) : 0, &clock);
    arena_close(mem);
    return good ? 0 : 1;
}
