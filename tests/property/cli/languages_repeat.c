/* SPDX-License-Identifier: Apache-2.0
 * What must hold however often and wherever programs run: memory is flat over a million evaluations, and threads that
 * share a program get the values that one thread gets. The logic is every guideline of build/share over the person of one
 * of its cases, and the expressions of tests/bench/fhirpath/fhirpath.tsv. */
#include <malloc.h>
#include <glob.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/file.h"
#include "elm/elm.h"
#include "fhirpath/fhirpath.h"
#include "fhir/fhir.h"
#include "json/json.h"
#include "t.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SLOW 1
#endif
#endif
#ifndef SLOW
#define SLOW 0
#endif

enum {
    EVALUATIONS = SLOW ? 20000 : 1000000, /* sanitizers: for their own checks, not for the count */
    EARLY = 1000,
    THREADS = 4,
    TURNS = SLOW ? 3 : 30,
    LOGIC_MAX = 64,
    EXPRESSIONS_MAX = 16,
};

struct logic {
    struct elm_program *program;
    struct tape tape; /* a person */
    const char *path;
};
static struct world {
    struct arena *mem;
    struct logic logic[LOGIC_MAX];
    struct fhirpath *paths[EXPRESSIONS_MAX];
    struct expr_value focus[EXPRESSIONS_MAX];
    struct tape bundle; /* what the expressions are asked about */
    size_t logic_count, path_count;
} world;

static struct clock clock_at(void) { return clock_fixed(INT64_C(1795426200000)); } /* 2026-11-23 */

static struct str text_of(const char *path)
{
    struct salve_err err = {0};
    struct str text = STR_NONE;
    if (file_read(path, 16 << 20, world.mem, &text, &err) != SALVE_OK) return STR_NONE;
    return text;
}

/* The "subject" of a case file, as JSON text of its own. */
static struct str subject_text(struct str cases)
{
    ptrdiff_t at = str_find(cases, STR("\"subject\""));
    if (at < 0) return STR_NONE;
    struct str rest = str_cut(cases, (size_t)at, cases.len);
    at = str_find(rest, STR("{"));
    size_t start = at < 0 ? rest.len : (size_t)at, end = start;
    for (int depth = 0; end < rest.len; end++) {
        depth += rest.ptr[end] == '{' ? 1 : rest.ptr[end] == '}' ? -1 : 0;
        if (depth == 0) break;
    }
    return str_cut(rest, start, end + 1 - start);
}

static void add_logic(const char *share, const char *path)
{
    struct salve_err err = {0};
    struct logic *logic = &world.logic[world.logic_count];
    struct elm_set *set = elm_set_make(world.mem);
    glob_t found = {0};
    assert_int_equal(glob(arena_printf(world.mem, "%s/lib/*.json", share).ptr, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) assert_ok(elm_load(set, text_of(found.gl_pathv[i]), "lib", &err));
    globfree(&found);
    struct str text = text_of(path), folder = str_cut(str_of(path), 0, strlen(path) - strlen("logic.json"));
    const struct json_opts opts = {.bytes_max = 16 << 20, .depth_max = JSON_DEPTH_MAX};
    const struct json *root;
    assert_ok(elm_load(set, text, "logic", &err));
    assert_ok(json_read(text, &opts, world.mem, &root, &err));
    assert_ok(
        elm_link(set, json_text(json_path(root, "library.identifier.id")), STR_NONE, world.mem, &logic->program, &err));
    if (glob(arena_printf(world.mem, "%.*scases/*.json", STR_ARGS(folder)).ptr, 0, NULL, &found) == 0) {
        struct str subject = subject_text(text_of(found.gl_pathv[0]));
        assert_ok(fhir_read(subject, NULL, world.mem, &logic->tape, NULL, &err));
        logic->path = path;
        world.logic_count++;
    }
    globfree(&found);
}

#define LOINC(code) "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"" code "\"}]}"
#define MMHG(value)                                                                                                    \
    "\"valueQuantity\":{\"value\":" value                                                                              \
    ",\"unit\":\"mmHg\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mm[Hg]\"}"
#define HEAD "{\"resource\":{\"resourceType\":\"Observation\",\"status\":\"final\","

/* Each expression finds something here, some of them more than one item. */
static const char *const bundle_text =
    "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\","
    "\"name\":[{\"use\":\"official\",\"given\":[\"A\",\"B\",\"C\",\"D\",\"E\"]},{\"use\":\"nickname\",\"given\":[\"F\"]}],"
    "\"birthDate\":\"1990-02-03\"}}," HEAD LOINC("85354-9") ",\"component\":[{" LOINC("8480-6") "," MMHG(
        "141") "},{" LOINC("8462-4") "," MMHG("88") "}]}}," HEAD
        LOINC("29463-7") ",\"valueQuantity\":{\"value\":81.5,"
                         "\"unit\":\"kg\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}}}]}";

static struct expr_value focus_of(struct str input)
{
    int entry = str_is(input, "patient") ? 0 : str_is(input, "panel") ? 1 : str_is(input, "weight") ? 2 : -1;
    const struct tape *tape = &world.bundle;
    tape_at at = tape_get(tape, 0, "entry");
    for (int i = 0; i < entry; i++) at = tape_next(tape, 0, at);
    return expr_node(tape, entry < 0 ? 0 : tape_get(tape, at, "resource"));
}

static int prepare(void **state)
{
    const char *build = getenv("BUILD");
    struct salve_err err = {0};
    glob_t found = {0};
    (void)state;
    world.mem = arena_open((size_t)1 << 30);
    const char *share = arena_printf(world.mem, "%s/share/guidelines", build == NULL ? "build" : build).ptr;
    assert_int_equal(glob(arena_printf(world.mem, "%s/*/logic.json", share).ptr, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc && world.logic_count < LOGIC_MAX; i++)
        add_logic(share, arena_printf(world.mem, "%s", found.gl_pathv[i]).ptr);
    globfree(&found);
    assert_true(world.logic_count > 10);
    assert_ok(fhir_read(str_of(bundle_text), NULL, world.mem, &world.bundle, NULL, &err));
    struct str rows = text_of("tests/bench/fhirpath/fhirpath.tsv"), line;
    while (str_next_line(&rows, &line) && world.path_count < EXPRESSIONS_MAX) {
        ptrdiff_t tab = str_find(line, STR("\t"));
        if (tab < 0) continue;
        world.focus[world.path_count] = focus_of(str_cut(line, 0, (size_t)tab));
        assert_ok(fhirpath_compile(str_cut(line, (size_t)tab + 1, line.len), 0, world.mem,
                                   &world.paths[world.path_count], &err));
        world.path_count++;
    }
    assert_int_equal(world.path_count, 6);
    return 0;
}

static int clean(void **state)
{
    (void)state;
    arena_close(world.mem);
    return 0;
}

/* --- one evaluation ------------------------------------------------------------------------------------------------ */
/* The text of all values of a logic over its person; *count is how many. */
static enum salve_code run_logic(const struct logic *logic, struct arena *mem, struct buf *out, unsigned *count)
{
    struct clock clock = clock_at();
    struct expr_env env = {.clock = &clock};
    const struct tape *tapes = &logic->tape;
    struct elm_subject subject;
    struct elm_run *run;
    struct salve_err err = {0};
    enum salve_code code = elm_subject_make(&tapes, 1, mem, &subject, &err);
    if (code == SALVE_OK) code = elm_run_open(logic->program, &subject, &env, NULL, 0, mem, &run, &err);
    for (size_t d = 0; code == SALVE_OK && d < elm_define_count(logic->program); d++, (*count)++) {
        struct expr_value value;
        code = elm_run_define_at(run, d, &value, &err);
        if (code == SALVE_OK && out != NULL) elm_json(&value, out);
    }
    return code;
}

static enum salve_code run_path(size_t number, struct arena *mem, struct buf *out)
{
    struct clock clock = clock_at();
    struct expr_env env = {.clock = &clock};
    struct expr_value value;
    struct salve_err err = {0};
    enum salve_code code = fhirpath_run(world.paths[number], &env, world.focus[number], mem, &value, &err);
    if (code == SALVE_OK && out != NULL) expr_json(&value, out);
    return code;
}

/* --- memory -------------------------------------------------------------------------------------------------------- */
struct memory {
    size_t arena_bytes, heap_bytes;
};
static struct memory memory_of(const struct arena *mem)
{
#if SLOW
    return (struct memory){arena_bytes(mem), 0}; /* mallinfo2 does not know the sanitizer's heap */
#else
    struct mallinfo2 heap = mallinfo2();
    return (struct memory){arena_bytes(mem), heap.uordblks + heap.hblkhd};
#endif
}

static void same_memory(struct memory early, struct memory late)
{
    assert_int_equal(early.arena_bytes, late.arena_bytes);
    assert_int_equal(early.heap_bytes, late.heap_bytes);
}

static void memory_is_flat_over_a_million_evaluations_of_fhirpath(void **state)
{
    struct arena *mem = arena_open(64 << 20);
    struct memory early = {0, 0};
    (void)state;
    for (unsigned i = 0; i < EVALUATIONS; i++) {
        struct arena_mark mark = arena_mark(mem);
        assert_int_equal(run_path(i % world.path_count, mem, NULL), SALVE_OK);
        arena_rewind(mem, mark);
        if (i == EARLY) early = memory_of(mem);
    }
    same_memory(early, memory_of(mem));
    arena_close(mem);
}

static void memory_is_flat_over_a_million_defines_of_the_guidelines(void **state)
{
    struct arena *mem = arena_open(64 << 20);
    struct memory early = {0, 0};
    (void)state;
    for (unsigned count = 0, turn = 0; count < EVALUATIONS; turn++) {
        struct arena_mark mark = arena_mark(mem);
        assert_int_equal(run_logic(&world.logic[turn % world.logic_count], mem, NULL, &count), SALVE_OK);
        arena_rewind(mem, mark);
        if (early.heap_bytes + early.arena_bytes == 0 && count >= EARLY && turn > world.logic_count)
            early = memory_of(mem);
    }
    same_memory(early, memory_of(mem));
    arena_close(mem);
}

/* --- threads ------------------------------------------------------------------------------------------------------- */
/* All values of all programs as one text. */
static bool all_values(struct arena *mem, struct buf *out)
{
    unsigned count = 0;
    for (size_t i = 0; i < world.logic_count; i++)
        if (run_logic(&world.logic[i], mem, out, &count) != SALVE_OK) return false;
    for (size_t i = 0; i < world.path_count; i++)
        if (run_path(i, mem, out) != SALVE_OK) return false;
    return true;
}

struct worker {
    pthread_t thread;
    struct str want;
    unsigned same;
};

static void *work_of(void *what) /* no cmocka in here: it belongs to one thread */
{
    struct worker *worker = what;
    struct arena *mem = arena_open(256 << 20);
    for (unsigned i = 0; i < TURNS; i++) {
        struct arena_mark mark = arena_mark(mem);
        struct buf out;
        buf_init(&out, mem, 16 << 20);
        worker->same += all_values(mem, &out) && str_eq(buf_str(&out), worker->want);
        arena_rewind(mem, mark);
    }
    arena_close(mem);
    return NULL;
}

static void threads_over_one_program_get_the_values_of_one_thread(void **state)
{
    struct arena *mem = arena_open(256 << 20);
    struct worker workers[THREADS];
    struct buf out;
    (void)state;
    buf_init(&out, mem, 16 << 20);
    for (size_t i = 0; i < world.path_count; i++) assert_int_equal(run_path(i, mem, &out), SALVE_OK);
    assert_str(buf_str(&out), "[\"A\",\"B\",\"C\",\"D\",\"E\"][true][141][true][true][2]");
    buf_init(&out, mem, 16 << 20);
    assert_true(all_values(mem, &out));
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.want = buf_str(&out)};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work_of, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_int_equal(workers[i].same, TURNS);
    }
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_flat_over_a_million_evaluations_of_fhirpath),
        cmocka_unit_test(memory_is_flat_over_a_million_defines_of_the_guidelines),
        cmocka_unit_test(threads_over_one_program_get_the_values_of_one_thread),
    };
    return t_close(_cmocka_run_group_tests("", tests, 3, prepare, clean), 3);
}
