/* SPDX-License-Identifier: Apache-2.0
 * Our side of the ELM bench: elm_rate WORKLOADS.tsv DATA.jsonl ELM... runs the workloads (name, aim, defines) over people,
 * and prints one JSON object: subjects per CPU-second of each workload, over tapes in memory and from JSON text (read,
 * indexed, evaluated); what two threads do in the time of one; and the values of every subject. The index of each
 * subject is made anew in every turn. `tapes|text NAME TURNS` as the first words: only that workload, so many turns, for
 * instruction counts. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "elm/elm.h"
#include "fhir/fhir.h"
#include "t.h"

enum { PEOPLE_MAX = 100000, DEFINES_MAX = 8, WORKLOADS_MAX = 32, REPEATS = 15 };

struct workload {
    struct str name, defines[DEFINES_MAX];
    size_t numbers[DEFINES_MAX], count;
};

static struct workload workloads[WORKLOADS_MAX];
static size_t workload_count, people;
static struct tape *tapes;
static struct str *texts;
static struct elm_program *program;

static void die(const char *what, const struct salve_err *err)
{
    printf("%s: %s %s %s\n", what, salve_code_name(err->code), t_where(err), err->why);
    exit(1);
}

static struct elm_run *open_run(const struct tape *person, struct elm_subject *subject, struct arena *mem)
{
    static const struct expr_env env = {0};
    struct salve_err err = {0};
    struct elm_run *run;
    if (elm_subject_make(&person, 1, mem, subject, &err) != SALVE_OK ||
        elm_run_open(program, subject, &env, NULL, 0, mem, &run, &err) != SALVE_OK)
        die("run", &err);
    return run;
}

static __attribute__((noinline)) void subject_of(const struct workload *w, const struct tape *person, struct arena *mem)
{
    struct elm_subject subject;
    struct salve_err err = {0};
    struct elm_run *run = open_run(person, &subject, mem);
    for (size_t d = 0; d < w->count; d++) {
        struct expr_value value;
        if (elm_run_define_at(run, w->numbers[d], &value, &err) != SALVE_OK) die("define", &err);
    }
}

/* All people once; a reader: from their JSON text. valgrind counts what happens inside this function. */
__attribute__((noinline)) void elm_turn(const struct workload *w, struct fhir_reader *reader, struct arena *mem)
{
    struct fhir_read_opts opts = {.reader = reader, .bytes_max = 64 << 20};
    for (size_t p = 0; p < people; p++) {
        struct arena_mark mark = arena_mark(mem);
        struct salve_err err = {0};
        struct tape own;
        if (reader != NULL && fhir_read(texts[p], &opts, mem, &own, NULL, &err) != SALVE_OK) die("data", &err);
        subject_of(w, reader != NULL ? &own : &tapes[p], mem);
        arena_rewind(mem, mark);
    }
}

static double seconds(clockid_t which)
{
    struct timespec now;
    (void)clock_gettime(which, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double rate(const struct workload *w, struct fhir_reader *reader, struct arena *mem)
{
    double best = 0;
    for (int round = 0; round < 5; round++) {
        double start = seconds(CLOCK_PROCESS_CPUTIME_ID), took = 0;
        int count = 0;
        for (; took < 0.15; count++, took = seconds(CLOCK_PROCESS_CPUTIME_ID) - start) elm_turn(w, reader, mem);
        double one = (double)count * (double)people / took;
        if (one > best) best = one;
    }
    return best;
}

/* --- two threads, wall clock: an arena each, the program and the tapes shared -------------------------------------- */
struct share {
    const struct workload *workload;
    struct arena *mem;
    int turns;
};
static void *work_of(void *what)
{
    struct share *share = what;
    for (int i = 0; i < share->turns; i++) elm_turn(share->workload, NULL, share->mem);
    return NULL;
}
static double wall_of(struct share *shares, int threads)
{
    pthread_t more;
    double start = seconds(CLOCK_MONOTONIC);
    bool is_two = threads == 2 && pthread_create(&more, NULL, work_of, &shares[1]) == 0;
    (void)work_of(&shares[0]);
    if (is_two) (void)pthread_join(more, NULL);
    return is_two || threads == 1 ? seconds(CLOCK_MONOTONIC) - start : 1e9;
}
static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
/* How much more two threads do than one: measured in turn with one, the middle of all. */
static double two_threads(const struct workload *w, struct arena *mem)
{
    struct share shares[2] = {{w, mem, 1}, {w, arena_open((size_t)1 << 30), 1}};
    double ratios[REPEATS], one = 0;
    while ((one = wall_of(shares, 1)) < 0.05) shares[0].turns = shares[1].turns = shares[0].turns * 2;
    for (int i = 0; i < REPEATS; i++) {
        one = wall_of(shares, 1);
        ratios[i] = 2 * one / wall_of(shares, 2);
    }
    arena_close(shares[1].mem);
    qsort(ratios, REPEATS, sizeof ratios[0], by_size);
    return ratios[REPEATS / 2];
}

/* --- values -------------------------------------------------------------------------------------------------------- */
static void print_value(struct elm_run *run, struct str name, struct arena *mem)
{
    struct expr_value value;
    struct salve_err err = {0};
    struct buf out;
    buf_init(&out, mem, 1 << 20);
    if (elm_run_define(run, name, &value, &err) != SALVE_OK) die("define", &err);
    if (value.kind == VALUE_NODE) { /* a Quantity: its number */
        tape_at at = tape_get(value.as.tape, value.aux, "value");
        buf_add(&out, at == TAPE_NONE ? STR("null") : tape_text(value.as.tape, at));
    } else {
        elm_json(&value, &out);
    }
    printf("\"%.*s\":%.*s", STR_ARGS(name), (int)out.len, out.ptr);
}

static void print_values(struct arena *mem)
{
    printf("\"values\":{");
    for (size_t p = 0; p < people; p++) {
        struct elm_subject subject;
        struct elm_run *run = open_run(&tapes[p], &subject, mem);
        const char *comma = "";
        printf("%s\"p%zu\":{", p > 0 ? "," : "", p);
        for (size_t w = 0; w < workload_count; w++)
            for (size_t d = 0; d < workloads[w].count; d++) {
                if (str_is(workloads[w].defines[d], "Last BP")) continue;
                printf("%s", comma);
                print_value(run, workloads[w].defines[d], mem);
                comma = ",";
            }
        printf("}");
    }
    printf("}");
}

static void print_rates(const char *name, bool is_text, struct arena *mem)
{
    struct fhir_reader *reader = is_text ? fhir_reader_open() : NULL;
    printf("\"%s\":{", name);
    for (size_t w = 0; w < workload_count; w++)
        printf("%s\"%.*s\":%.0f", w > 0 ? "," : "", STR_ARGS(workloads[w].name), rate(&workloads[w], reader, mem));
    printf("},");
    fhir_reader_close(reader);
}

static void print_threads(struct arena *mem)
{
    printf("\"threads\":{");
    for (size_t w = 0; w < workload_count; w++)
        printf("%s\"%.*s\":%.3f", w > 0 ? "," : "", STR_ARGS(workloads[w].name), two_threads(&workloads[w], mem));
    printf("},");
}

/* --- input --------------------------------------------------------------------------------------------------------- */
static struct str field(struct str *rest)
{
    ptrdiff_t tab = str_find(*rest, STR("\t"));
    struct str own = tab < 0 ? *rest : str_cut(*rest, 0, (size_t)tab);
    *rest = tab < 0 ? STR("") : str_cut(*rest, (size_t)tab + 1, rest->len);
    return own;
}

static void read_workloads(struct str text)
{
    struct str line;
    while (str_next_line(&text, &line) && workload_count < WORKLOADS_MAX) {
        if (line.len == 0) continue;
        struct workload *w = &workloads[workload_count++];
        w->name = field(&line);
        (void)field(&line);
        while (line.len > 0 && w->count < DEFINES_MAX) {
            w->defines[w->count] = field(&line);
            if (!elm_define_find(program, w->defines[w->count], &w->numbers[w->count])) exit(1);
            w->count++;
        }
    }
}

static void read_people(struct str text, struct arena *mem)
{
    struct salve_err err = {0};
    struct str line;
    tapes = arena_array(mem, struct tape, PEOPLE_MAX);
    texts = arena_array(mem, struct str, PEOPLE_MAX);
    for (; people < PEOPLE_MAX && str_next_line(&text, &line); people += line.len > 0) {
        texts[people] = line;
        if (line.len > 0 && fhir_read(line, NULL, mem, &tapes[people], NULL, &err) != SALVE_OK) die("data", &err);
    }
}

static struct str text_of(const char *path, struct arena *mem)
{
    struct salve_err err = {0};
    struct str text;
    if (file_read(path, (size_t)1 << 30, mem, &text, &err) != SALVE_OK) die(path, &err);
    return text;
}

static int only_turns(const char *from, const char *name, int turns, struct arena *mem)
{
    struct fhir_reader *reader = strcmp(from, "text") == 0 ? fhir_reader_open() : NULL;
    for (size_t w = 0; w < workload_count; w++)
        for (int i = 0; i < turns && str_is(workloads[w].name, name); i++) elm_turn(&workloads[w], reader, mem);
    fhir_reader_close(reader);
    return 0;
}

int main(int argc, char **argv)
{
    struct salve_err err = {0};
    struct arena *mem = arena_open((size_t)4 << 30), *scratch = arena_open((size_t)1 << 30);
    int first = argc > 4 && atoi(argv[3]) > 0 ? 4 : 1;
    if (argc < first + 3) return 2;
    struct elm_set *set = elm_set_make(mem);
    for (int i = first + 2; i < argc; i++)
        if (elm_load(set, text_of(argv[i], mem), argv[i], &err) != SALVE_OK) die(argv[i], &err);
    if (elm_link(set, STR("Screen"), STR_NONE, mem, &program, &err) != SALVE_OK) die("link", &err);
    read_workloads(text_of(argv[first], mem));
    read_people(text_of(argv[first + 1], mem), mem);
    if (first == 4) return only_turns(argv[1], argv[2], atoi(argv[3]), scratch);
    printf("{");
    print_rates("rates", false, scratch);
    print_rates("json", true, scratch);
    print_threads(scratch);
    print_values(scratch);
    printf("}\n");
    arena_close(scratch);
    arena_close(mem);
    return 0;
}
