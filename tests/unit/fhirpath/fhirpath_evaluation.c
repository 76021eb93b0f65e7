/* SPDX-License-Identifier: Apache-2.0
 * The FHIRPath door: what it asks its caller for, where errors are placed, and the limits that keep it bounded. What
 * expressions mean is in tests/conformance/fhirpath. */
#include <stdlib.h>

#include "fhirpath/fhirpath.h"
#include "fhir/fhir.h"
#include "t.h"

enum { ARENA_BYTES = 512 << 20 };

static struct salve_err last;

static enum salve_code compile(struct arena *mem, struct str text, struct fhirpath **path)
{
    last = (struct salve_err){0};
    return fhirpath_compile(text, 0, mem, path, &last);
}

static enum salve_code evaluate(struct arena *mem, const char *text, const struct expr_env *env,
                                struct expr_value focus, struct expr_value *out)
{
    struct fhirpath *path;
    enum salve_code code = compile(mem, str_of(text), &path);
    return code != SALVE_OK ? code : fhirpath_run(path, env, focus, mem, out, &last);
}

static struct str repeated(struct arena *mem, const char *piece, size_t times, const char *end)
{
    size_t bytes = strlen(piece), tail = strlen(end);
    char *text = arena_alloc(mem, bytes * times + tail + 1);
    assert_non_null(text);
    for (size_t i = 0; i < times; i++) memcpy(text + i * bytes, piece, bytes);
    memcpy(text + bytes * times, end, tail);
    return str_make(text, bytes * times + tail);
}

static void refuses_ten_thousand_parentheses_with_a_place(void **state)
{
    (void)state;
    struct arena *mem = arena_open(ARENA_BYTES);
    struct fhirpath *path;
    assert_code(compile(mem, repeated(mem, "(", 10000, "1"), &path), SALVE_E_TOO_DEEP);
    assert_string_equal(t_where(&last), "1:201");
    assert_code(compile(mem, repeated(mem, "-", 10000, "1"), &path), SALVE_E_TOO_DEEP);
    assert_code(compile(mem, repeated(mem, "a[", 10000, "1"), &path), SALVE_E_TOO_DEEP);
    assert_code(compile(mem, repeated(mem, "iif(", 10000, "1"), &path), SALVE_E_TOO_DEEP);
    arena_close(mem);
}

static void takes_long_chains_and_literals(void **state)
{
    (void)state;
    struct arena *mem = arena_open(ARENA_BYTES);
    struct fhirpath *path;
    struct expr_value out;
    assert_ok(compile(mem, repeated(mem, "1+", 100000, "1"), &path));
    assert_ok(fhirpath_run(path, NULL, EXPR_NONE, mem, &out, &last));
    assert_int_equal(out.as.integer, 100001);
    assert_ok(compile(mem, repeated(mem, "id.", 100000, "id"), &path));
    assert_ok(fhirpath_run(path, NULL, EXPR_NONE, mem, &out, &last));
    struct str literal = repeated(mem, "x", (1 << 20) - 2, "'");
    ((char *)literal.ptr)[0] = '\'';
    assert_ok(compile(mem, literal, &path));
    assert_ok(fhirpath_run(path, NULL, EXPR_NONE, mem, &out, &last));
    assert_int_equal(out.aux, (1 << 20) - 3);
    assert_code(compile(mem, repeated(mem, "x", (1 << 20) + 1, ""), &path), SALVE_E_TOO_BIG);
    arena_close(mem);
}

static void stops_at_the_step_budget(void **state)
{
    (void)state;
    struct arena *mem = arena_open(ARENA_BYTES);
    struct expr_value out;
    struct expr_env env = {.steps_max = 1000};
    assert_code(evaluate(mem, "(1).repeat($this + 1)", &env, EXPR_NONE, &out), SALVE_E_STEPS);
    assert_string_equal(t_where(&last), "1:5"); /* repeat */
    env.steps_max = 0;
    assert_ok(evaluate(mem, "(1).repeat(iif($this < 50, $this + 1, {})).count()", &env, EXPR_NONE, &out));
    assert_int_equal(out.as.integer, 49);
    arena_close(mem);
}

/* The budget counts what is done inside one instruction too: the search of a pattern, the bytes of long texts. */
static void the_step_budget_bounds_patterns_and_long_texts(void **state)
{
    (void)state;
    struct arena *mem = arena_open(ARENA_BYTES);
    struct fhirpath *path;
    struct expr_value out, a = expr_string(repeated(mem, "a", 100000, ""));
    static const char *const costly[] = {
        "matches('^(a+)+[bc]$')", /* backtracks without end */
        "matches('a*[bc]')",      /* quadratic without backtracking */
        "replaceMatches('a*[bc]', '')",
        "toChars().select(%context = %context)", /* long texts, compared often */
        "toChars().select(%context < %context)",
        "toChars().select(%context ~ %context)",
        "toChars().select(%context.length())",
        "toChars().where(%context.endsWith('b'))",
    };
    for (size_t i = 0; i < sizeof costly / sizeof costly[0]; i++) {
        uint64_t steps = 400 * 1000;
        struct expr_env env = {.steps = &steps};
        assert_ok(compile(mem, str_of(costly[i]), &path));
        assert_code(fhirpath_run(path, &env, a, mem, &out, &last), SALVE_E_STEPS);
        assert_true(steps < 200 * 1000); /* it was used, not only refused */
    }
    uint64_t steps = 400 * 1000;
    struct expr_env env = {.steps = &steps};
    assert_ok(compile(mem, STR("matches('^a+$')"), &path));
    assert_ok(fhirpath_run(path, &env, a, mem, &out, &last));
    assert_true(steps > 380 * 1000); /* what is cheap stays cheap */
    arena_close(mem);
}

static void says_out_of_memory_and_stays_usable(void **state)
{
    (void)state;
    struct arena *mem = arena_open(ARENA_BYTES);
    struct fhirpath *path;
    struct expr_value out;
    assert_ok(compile(mem, STR("('a' | 'b' | 'c').select($this & 'x').join(',')"), &path));
    for (uint64_t nth = 0;; nth++) {
        struct arena *small = arena_open(1 << 20);
        arena_fail_after(small, nth);
        enum salve_code code = fhirpath_run(path, NULL, EXPR_NONE, small, &out, &last);
        if (code == SALVE_OK)
            assert_str(expr_text(out), "ax,bx,cx");
        else
            assert_code(code, SALVE_E_MEMORY);
        arena_close(small);
        if (code == SALVE_OK) break;
        assert_true(nth < 1000);
    }
    arena_close(mem);
}

static void compiling_says_out_of_memory(void **state)
{
    (void)state;
    for (uint64_t nth = 0;; nth++) {
        struct arena *small = arena_open(1 << 20);
        struct fhirpath *path;
        arena_fail_after(small, nth);
        enum salve_code code =
            compile(small, STR("name.where(use = 'a' and given.matches('^x$')).given.first() & 'y'"), &path);
        arena_close(small);
        if (code == SALVE_OK) break;
        assert_true(code == SALVE_E_MEMORY || code == SALVE_E_TYPE); /* PCRE2 does not tell the two apart */
        assert_true(nth < 1000);
    }
}

static void memory_is_flat_over_many_runs(void **state)
{
    (void)state;
    struct arena *mem = arena_open(ARENA_BYTES);
    struct fhirpath *path;
    struct expr_value out;
    assert_ok(compile(mem, STR("(1 | 2 | 3).select($this * 2).where($this > 2).sum() & 'x'.upper()"), &path));
    assert_code(fhirpath_run(path, NULL, EXPR_NONE, mem, &out, &last), SALVE_E_TYPE);
    assert_ok(
        compile(mem, STR("(1 | 2 | 3).select($this * 2).where($this > 2).sum().toString() & 'x'.upper()"), &path));
    size_t before = arena_bytes(mem);
    for (int i = 0; i < 100000; i++) {
        struct arena_mark mark = arena_mark(mem);
        assert_ok(fhirpath_run(path, NULL, EXPR_NONE, mem, &out, &last));
        arena_rewind(mem, mark);
    }
    assert_int_equal(arena_bytes(mem), before);
    arena_close(mem);
}

struct asked {
    unsigned traced, count;
    char name[20];
    struct tape *other;
};

static void on_trace(void *user, struct str name, const struct expr_value *values)
{
    struct asked *asked = user;
    asked->traced++;
    asked->count = expr_items(values).count;
    (void)snprintf(asked->name, sizeof asked->name, "%.*s", STR_ARGS(name));
}
static bool on_variable(void *user, struct str name, struct expr_value *out)
{
    (void)user;
    *out = expr_integer(7);
    return str_is(name, "seven");
}
static bool on_resolve(void *user, struct str reference, struct expr_value *out)
{
    *out = expr_node(((struct asked *)user)->other, 0);
    return str_is(reference, "Patient/other");
}
static void asks_its_caller_for_what_is_outside(void **state)
{
    (void)state;
    struct arena *mem = arena_open(ARENA_BYTES);
    struct tape other, tape;
    struct asked asked = {.other = &other};
    struct expr_value out;
    struct expr_env env = {.user = &asked, .trace = on_trace, .variable = on_variable, .resolve = on_resolve};
    assert_ok(fhir_read(STR("{\"resourceType\":\"Patient\",\"id\":\"other\"}"), NULL, mem, &other, NULL, &last));
    assert_ok(
        fhir_read(STR("{\"resourceType\":\"Observation\",\"id\":\"o\",\"status\":\"final\",\"code\":{\"text\":\"t\"},"
                      "\"subject\":{\"reference\":\"Patient/other\"}}"),
                  NULL, mem, &tape, NULL, &last));
    struct expr_value focus = expr_node(&tape, 0);
    assert_ok(evaluate(mem, "(1 | 2).trace('two').count() + %seven", &env, focus, &out));
    assert_int_equal(out.as.integer, 9);
    assert_int_equal(asked.traced, 1);
    assert_int_equal(asked.count, 2);
    assert_string_equal(asked.name, "two");
    assert_ok(evaluate(mem, "subject.resolve().id", &env, focus, &out));
    assert_int_equal(out.kind, VALUE_NODE);
    assert_str(tape_text(out.as.tape, out.aux), "other");
    assert_code(evaluate(mem, "%eight", &env, focus, &out), SALVE_E_UNKNOWN_NAME);
    assert_ok(evaluate(mem, "%resource.id", &env, focus, &out));
    arena_close(mem);
}

static void tells_line_and_column_and_no_value(void **state)
{
    (void)state;
    struct arena *mem = arena_open(ARENA_BYTES);
    struct expr_value out;
    assert_code(evaluate(mem, "1 +\n  'secret'", NULL, EXPR_NONE, &out), SALVE_E_TYPE);
    assert_string_equal(t_where(&last), "1:3");
    assert_null(strstr(last.why, "secret"));
    assert_code(evaluate(mem, "1 +\n  )", NULL, EXPR_NONE, &out), SALVE_E_SYNTAX);
    assert_string_equal(t_where(&last), "2:3");
    arena_close(mem);
}

static void folds_common_paths_into_one_instruction(void **state)
{
    (void)state;
    struct arena *mem = arena_open(ARENA_BYTES);
    struct fhirpath *path;
    struct buf out;
    assert_ok(compile(mem, STR("name.period.start"), &path));
    buf_init(&out, mem, 1 << 16);
    fhirpath_list(path, &out);
    assert_true(str_find(buf_str(&out), STR("name.period.start")) > 0);
    assert_ok(compile(mem, STR("name.where(use = 'official').given"), &path));
    buf_init(&out, mem, 1 << 16);
    fhirpath_list(path, &out);
    assert_true(str_find(buf_str(&out), STR("PATH_WHERE_TEXT")) > 0);
    assert_true(str_find(buf_str(&out), STR("LOOP")) < 0);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_ten_thousand_parentheses_with_a_place),
        cmocka_unit_test(takes_long_chains_and_literals),
        cmocka_unit_test(stops_at_the_step_budget),
        cmocka_unit_test(the_step_budget_bounds_patterns_and_long_texts),
        cmocka_unit_test(says_out_of_memory_and_stays_usable),
        cmocka_unit_test(compiling_says_out_of_memory),
        cmocka_unit_test(memory_is_flat_over_many_runs),
        cmocka_unit_test(asks_its_caller_for_what_is_outside),
        cmocka_unit_test(tells_line_and_column_and_no_value),
        cmocka_unit_test(folds_common_paths_into_one_instruction),
    };
    return t_run(tests);
}
