/* SPDX-License-Identifier: Apache-2.0
 * Our side of the ELM bench: elm_rate DATA.jsonl ELM... runs the workloads over people whose tapes are in memory and
 * prints one JSON object: subjects per CPU-second of each workload, and the values of every subject. The index of each
 * subject is made anew in every turn. With `workload TURNS` as the first words it only runs that one (for instruction
 * counts). */
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "expr/elm.h"
#include "fhir/fhir.h"
#include "t.h"

enum { PEOPLE_MAX = 100000 };

static const char *const workloads[3] = {"exists", "value", "screening"};
static const char *const defines[3][5] = {
    {"HasWeight"}, {"Weight50"}, {"Age", "Last BP", "Systolic value", "Due for BP"}};
static const char *const shown[] = {"HasWeight", "Weight50", "Age", "Systolic value", "Due for BP"};

static struct tape *tapes;
static size_t people;
static struct elm_program *program;

static void die(const char *what, const struct salve_err *err)
{
    printf("%s: %s %s %s\n", what, salve_code_name(err->code), err->at, err->why);
    exit(1);
}

static struct elm_run *open_run(size_t person, struct elm_subject *subject, struct arena *mem)
{
    static const struct expr_env env = {0};
    struct salve_err err = {0};
    struct elm_run *run;
    const struct tape *one = &tapes[person];
    if (elm_subject_make(&one, 1, mem, subject, &err) != SALVE_OK ||
        elm_run_open(program, subject, &env, NULL, 0, mem, &run, &err) != SALVE_OK)
        die("run", &err);
    return run;
}

static void turn(int workload, const size_t *numbers, struct arena *mem)
{
    for (size_t p = 0; p < people; p++) {
        struct arena_mark mark = arena_mark(mem);
        struct elm_subject subject;
        struct salve_err err = {0};
        struct elm_run *run = open_run(p, &subject, mem);
        for (int d = 0; defines[workload][d] != NULL; d++) {
            struct expr_value value;
            if (elm_run_define_at(run, numbers[d], &value, &err) != SALVE_OK) die(defines[workload][d], &err);
        }
        arena_rewind(mem, mark);
    }
}

static double cpu_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double rate(int workload, int turns, struct arena *mem)
{
    size_t numbers[5];
    double best = 0;
    for (int d = 0; defines[workload][d] != NULL; d++)
        if (!elm_define_find(program, str_of(defines[workload][d]), &numbers[d])) exit(1);
    if (turns > 0) {
        for (int i = 0; i < turns; i++) turn(workload, numbers, mem);
        return 0;
    }
    for (int round = 0; round < 5; round++) {
        double start = cpu_s(), took = 0;
        int count = 0;
        for (; took < 0.2; count++, took = cpu_s() - start) turn(workload, numbers, mem);
        double one = (double)count * (double)people / took;
        if (one > best) best = one;
    }
    return best;
}

static void print_values(struct arena *mem)
{
    printf("\"values\":{");
    for (size_t p = 0; p < people; p++) {
        struct elm_subject subject;
        struct elm_run *run = open_run(p, &subject, mem);
        printf("%s\"p%zu\":[", p > 0 ? "," : "", p);
        for (size_t d = 0; d < sizeof shown / sizeof shown[0]; d++) {
            struct expr_value value;
            struct salve_err err = {0};
            struct buf out;
            buf_init(&out, mem, 1 << 20);
            if (elm_run_define(run, str_of(shown[d]), &value, &err) != SALVE_OK) die(shown[d], &err);
            if (value.kind == VALUE_NODE) { /* a Quantity: its number */
                tape_at at = tape_get(value.as.tape, value.aux, "value");
                buf_add(&out, at == TAPE_NONE ? STR("null") : tape_text(value.as.tape, at));
            } else {
                elm_json(&value, &out);
            }
            printf("%s%.*s", d > 0 ? "," : "", (int)out.len, out.ptr);
        }
        printf("]");
    }
    printf("}");
}

int main(int argc, char **argv)
{
    struct salve_err err = {0};
    struct arena *mem = arena_open((size_t)4 << 30), *scratch = arena_open(256 << 20);
    int only = -1, turns = 0;
    if (argc > 3 && atoi(argv[2]) > 0) {
        for (int w = 0; w < 3; w++)
            if (strcmp(argv[1], workloads[w]) == 0) only = w;
        turns = atoi(argv[2]);
        argv += 2;
        argc -= 2;
    }
    if (argc < 3) {
        t_skipped(1); /* no data: nothing to measure */
        return t_end();
    }
    struct str text, line;
    struct elm_set *set = elm_set_make(mem);
    if (file_read(argv[1], (size_t)1 << 30, mem, &text, &err) != SALVE_OK) die(argv[1], &err);
    tapes = arena_array(mem, struct tape, PEOPLE_MAX);
    while (people < PEOPLE_MAX && str_next_line(&text, &line))
        if (line.len > 0 && fhir_read(line, NULL, mem, &tapes[people++], NULL, &err) != SALVE_OK) die("data", &err);
    for (int i = 2; i < argc; i++) {
        struct str elm;
        if (file_read(argv[i], 16 << 20, mem, &elm, &err) != SALVE_OK || elm_load(set, elm, argv[i], &err) != SALVE_OK)
            die(argv[i], &err);
    }
    if (elm_link(set, STR("Screen"), STR_NONE, mem, &program, &err) != SALVE_OK) die("link", &err);
    if (only >= 0) {
        (void)rate(only, turns, scratch);
        return 0;
    }
    printf("{\"rates\":{");
    for (int w = 0; w < 3; w++) printf("%s\"%s\":%.0f", w > 0 ? "," : "", workloads[w], rate(w, 0, scratch));
    printf("},");
    print_values(scratch);
    printf("}\n");
    arena_close(scratch);
    arena_close(mem);
    return 0;
}
