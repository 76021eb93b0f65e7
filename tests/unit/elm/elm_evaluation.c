/* SPDX-License-Identifier: Apache-2.0
 * ELM by cases of text: tests/unit/elm/elm.cases, "expression => value" a line, where the expression is ELM JSON (#5
 * is the Integer literal 5, #'x' a String) and the value is JSON or the name of an error. Then what a line cannot say:
 * links between libraries, parameters, defines that ask for themselves, budgets, subjects. */
#include "base/file.h"
#include "elm/elm.h"
#include "fhir/fhir.h"
#include "elm_case.h"
#include "t.h"

#define HEAD                                                                                                           \
    "{\"library\":{\"identifier\":{\"id\":\"%s\",\"version\":\"1\"},"                                                  \
    "\"schemaIdentifier\":{\"id\":\"urn:hl7-org:elm\"},%s}}"

static struct str library(struct arena *mem, const char *id, const char *body)
{
    return arena_printf(mem, HEAD, id, body);
}

static enum salve_code evaluate(struct str body, struct arena *mem, const struct expr_env *env, struct str *out,
                                struct salve_err *err)
{
    struct elm_set *set = elm_set_make(mem);
    struct elm_program *program;
    struct elm_run *run;
    struct expr_value value;
    struct buf text;
    enum salve_code code = set == NULL ? SALVE_E_MEMORY : elm_load(set, body, NULL, err);
    if (code == SALVE_OK) code = elm_link(set, STR("T"), STR_NONE, mem, &program, err);
    if (code == SALVE_OK) code = elm_run_open(program, NULL, env, NULL, 0, mem, &run, err);
    if (code == SALVE_OK) code = elm_run_define(run, STR("A"), &value, err);
    if (code != SALVE_OK) return code;
    buf_init(&text, mem, 1 << 20);
    elm_json(&value, &text);
    return buf_done(&text, out, err);
}

static void each_case_gives_its_value(void **state)
{
    struct arena *mem = arena_open(64 << 20);
    struct salve_err err = {0};
    struct str text, line;
    unsigned count = 0;
    (void)state;
    assert_ok(file_read("tests/unit/elm/elm.cases", 1 << 20, mem, &text, &err));
    while (str_next_line(&text, &line)) {
        ptrdiff_t at = str_find(line, STR(" => "));
        if (at < 0 || line.ptr[0] == '#') continue;
        struct str want = str_trim(str_cut(line, (size_t)at + 4, line.len)), got = STR("");
        struct str body = spell_out(str_cut(line, 0, (size_t)at), mem);
        body =
            arena_printf(mem, "\"statements\":{\"def\":[{\"name\":\"A\",\"context\":\"Patient\",\"expression\":%.*s}]}",
                         STR_ARGS(body));
        struct expr_env env = {.steps_max = 100000};
        err = (struct salve_err){0};
        enum salve_code code = evaluate(library(mem, "T", body.ptr), mem, &env, &got, &err);
        if (code != SALVE_OK) got = str_of(salve_code_name(code));
        if (!str_eq(got, want))
            fail_msg("%.*s: got %.*s (%s %s)", STR_ARGS(line), STR_ARGS(got), t_where(&err), err.why);
        count++;
    }
    assert_true(count > 60);
    arena_close(mem);
}

static enum salve_code run_defs(const char *defs, uint64_t steps_max, struct salve_err *err)
{
    struct arena *mem = arena_open(64 << 20);
    const struct expr_env env = {.steps_max = steps_max};
    struct str got;
    enum salve_code code = evaluate(library(mem, "T", defs), mem, &env, &got, err);
    arena_close(mem);
    return code;
}

static void a_define_that_asks_for_itself_is_an_error(void **state)
{
    struct salve_err err = {0};
    (void)state;
    assert_code(
        run_defs(
            "\"statements\":{\"def\":[{\"name\":\"A\",\"expression\":{\"type\":\"ExpressionRef\",\"name\":\"B\"}},"
            "{\"name\":\"B\",\"expression\":{\"type\":\"ExpressionRef\",\"name\":\"A\",\"locator\":\"7:3-7:9\"}}]}",
            0, &err),
        SALVE_E_TOO_DEEP);
    assert_string_equal(t_where(&err), "T:7:3: B");
}

static void a_function_that_calls_itself_for_ever_is_an_error(void **state)
{
    struct salve_err err = {0};
    (void)state;
    assert_code(
        run_defs("\"statements\":{\"def\":[{\"name\":\"F\",\"type\":\"FunctionDef\",\"operand\":[{\"name\":\"x\"}],"
                 "\"expression\":{\"type\":\"FunctionRef\",\"name\":\"F\",\"operand\":[{\"type\":\"OperandRef\","
                 "\"name\":\"x\"}]}},"
                 "{\"name\":\"A\",\"expression\":{\"type\":\"FunctionRef\",\"name\":\"F\","
                 "\"operand\":[{\"type\":\"Null\"}]}}]}",
                 0, &err),
        SALVE_E_TOO_DEEP);
}

static void a_budget_of_steps_ends_long_work(void **state)
{
    struct salve_err err = {0};
    (void)state;
    const char *big =
        "{\"type\":\"Expand\",\"operand\":[{\"type\":\"Interval\",\"low\":{\"type\":\"Literal\",\"valueType\":"
        "\"{urn:hl7-org:elm-types:r1}Integer\",\"value\":\"1\"},\"high\":{\"type\":\"Literal\",\"valueType\":"
        "\"{urn:hl7-org:elm-types:r1}Integer\",\"value\":\"2000000000\"}}]}";
    char defs[1000];
    (void)snprintf(defs, sizeof defs, "\"statements\":{\"def\":[{\"name\":\"A\",\"expression\":%s}]}", big);
    assert_code(run_defs(defs, 10000, &err), SALVE_E_STEPS);
}

static void depth_is_bounded(void **state)
{
    struct arena *mem = arena_open(64 << 20);
    struct salve_err err = {0};
    struct buf out;
    (void)state;
    buf_init(&out, mem, 1 << 20);
    buf_add(&out, STR("\"statements\":{\"def\":[{\"name\":\"A\",\"expression\":"));
    for (int i = 0; i < 205; i++) buf_add(&out, STR("{\"type\":\"Not\",\"operand\":"));
    buf_add(&out, STR("{\"type\":\"Null\"}"));
    for (int i = 0; i < 205; i++) buf_add_char(&out, '}');
    buf_add(&out, STR("}]}"));
    buf_add_char(&out, '\0');
    assert_code(run_defs(out.ptr, 0, &err), SALVE_E_TOO_DEEP);
    arena_close(mem);
}

static void errors_name_library_define_and_place(void **state)
{
    struct salve_err err = {0};
    (void)state;
    assert_code(run_defs("\"statements\":{\"def\":[{\"name\":\"A\",\"expression\":{\"type\":\"Nonsense\","
                         "\"locator\":\"12:5-12:30\"}}]}",
                         0, &err),
                SALVE_E_UNSUPPORTED);
    assert_string_equal(t_where(&err), "T:12:5: A");
    assert_string_equal(err.why, "unknown ELM node Nonsense");
    err = (struct salve_err){0};
    assert_code(run_defs("\"statements\":{\"def\":[{\"name\":\"A\",\"expression\":{\"type\":\"SingletonFrom\","
                         "\"locator\":\"3:1-3:9\","
                         "\"operand\":{\"type\":\"List\",\"element\":[{\"type\":\"Null\"},{\"type\":\"Null\"}]}}}]}",
                         0, &err),
                SALVE_E_TYPE);
    assert_string_equal(t_where(&err), "T:3:1: A");
}

static void what_is_not_elm_is_refused(void **state)
{
    struct arena *mem = arena_open(1 << 20);
    struct elm_set *set = elm_set_make(mem);
    struct salve_err err = {0};
    (void)state;
    assert_code(elm_load(set, STR("[]"), "x", &err), SALVE_E_INVALID);
    assert_code(elm_load(set, STR("{\"library\":{}}"), "x", &err), SALVE_E_INVALID);
    assert_code(elm_load(set, STR("{\"library\":{\"identifier\":{\"id\":\"T\"}}}"), "x", &err), SALVE_E_INVALID);
    assert_code(elm_load(set, STR("{\"library\":"), "x", &err), SALVE_E_SYNTAX);
    arena_close(mem);
}

static void an_include_is_found_by_name_and_version(void **state)
{
    struct arena *mem = arena_open(4 << 20);
    struct elm_set *set = elm_set_make(mem);
    struct salve_err err = {0};
    struct elm_program *program;
#define INCLUDES                                                                                                       \
    "\"includes\":{\"def\":[{\"localIdentifier\":\"H\",\"path\":\"http://x.org/Help\",\"version\":\"%s\"}]},"          \
    "\"statements\":{\"def\":[{\"name\":\"A\",\"expression\":{\"type\":\"ExpressionRef\",\"name\":\"B\","              \
    "\"libraryName\":\"H\"}}]}"
    (void)state;
    assert_ok(elm_load(
        set, library(mem, "Help", "\"statements\":{\"def\":[{\"name\":\"B\",\"expression\":{\"type\":\"Null\"}}]}"),
        "h", &err));
    assert_ok(elm_load(set, library(mem, "T", arena_printf(mem, INCLUDES, "1").ptr), "t", &err));
    assert_ok(elm_link(set, STR("T"), STR_NONE, mem, &program, &err));
    assert_ok(elm_load(set, library(mem, "T2", arena_printf(mem, INCLUDES, "2").ptr), "t", &err));
    assert_code(elm_link(set, STR("T2"), STR_NONE, mem, &program, &err), SALVE_E_UNKNOWN_NAME);
    assert_code(elm_link(set, STR("None"), STR_NONE, mem, &program, &err), SALVE_E_UNKNOWN_NAME);
    arena_close(mem);
}

static void parameters_have_defaults_and_can_be_given(void **state)
{
    struct arena *mem = arena_open(4 << 20);
    struct elm_set *set = elm_set_make(mem);
    struct salve_err err = {0};
    struct elm_program *program;
    struct elm_run *run;
    struct expr_value value;
    struct str body = spell_out(
        STR("\"parameters\":{\"def\":[{\"name\":\"P\",\"default\":#5}]},\"statements\":{\"def\":[{\"name\":\"A\","
            "\"expression\":{\"type\":\"ParameterRef\",\"name\":\"P\"}}]}"),
        mem);
    struct elm_param given = {.name = STR("P")};
    (void)state;
    assert_ok(elm_load(set, library(mem, "T", arena_printf(mem, "%.*s", STR_ARGS(body)).ptr), "t", &err));
    assert_ok(elm_link(set, STR("T"), STR_NONE, mem, &program, &err));
    assert_ok(elm_run_open(program, NULL, NULL, NULL, 0, mem, &run, &err));
    assert_ok(elm_run_define(run, STR("A"), &value, &err));
    assert_int_equal(value.as.integer, 5);
    assert_ok(elm_text_param(STR("7"), mem, &given.value, &err));
    assert_ok(elm_run_open(program, NULL, NULL, &given, 1, mem, &run, &err));
    assert_ok(elm_run_define(run, STR("A"), &value, &err));
    assert_int_equal(value.as.integer, 7);
    assert_code(elm_run_define(run, STR("Z"), &value, &err), SALVE_E_UNKNOWN_NAME);
    arena_close(mem);
}

static void retrieves_find_by_type_and_code_and_tell_what_they_touched(void **state)
{
    static const char bundle[] =
        "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
        "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"1970-01-01\"}},"
        "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o1\",\"status\":\"final\","
        "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"1-8\"}]},\"valueInteger\":4}},"
        "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o2\",\"status\":\"final\","
        "\"code\":{\"coding\":[{\"system\":\"urn:other\",\"code\":\"1-8\"}]}}}]}";
    const char *defs = "\"codeSystems\":{\"def\":[{\"name\":\"L\",\"id\":\"http://loinc.org\"}]},"
                       "\"codes\":{\"def\":[{\"name\":\"C\",\"id\":\"1-8\","
                       "\"codeSystem\":{\"name\":\"L\"}}]},\"statements\":{\"def\":[{\"name\":\"A\","
                       "\"expression\":{\"type\":\"Property\",\"path\":\"value.value\","
                       "\"source\":{\"type\":\"First\",\"source\":{\"type\":\"Retrieve\","
                       "\"dataType\":\"{http://hl7.org/fhir}Observation\",\"codeProperty\":\"code\","
                       "\"codes\":{\"type\":\"ToList\",\"operand\":{\"type\":\"CodeRef\",\"name\":\"C\"}}}}}},"
                       "{\"name\":\"E\",\"expression\":{\"type\":\"Exists\",\"operand\":{\"type\":\"Retrieve\","
                       "\"dataType\":\"{http://hl7.org/fhir}Observation\"}}},"
                       "{\"name\":\"N\",\"expression\":{\"type\":\"Count\",\"source\":{\"type\":\"Retrieve\","
                       "\"dataType\":\"{http://hl7.org/fhir}Observation\"}}}]}";
    struct arena *mem = arena_open(16 << 20);
    struct elm_set *set = elm_set_make(mem);
    struct salve_err err = {0};
    struct elm_program *program;
    struct elm_subject subject;
    struct elm_run *run;
    struct expr_value value;
    struct tape tape;
    const struct tape *tapes = &tape;
    (void)state;
    assert_ok(fhir_read(str_of(bundle), NULL, mem, &tape, NULL, &err));
    assert_ok(elm_load(set, library(mem, "T", defs), "t", &err));
    assert_ok(elm_link(set, STR("T"), STR_NONE, mem, &program, &err));
    assert_ok(elm_subject_make(&tapes, 1, mem, &subject, &err));
    assert_ok(elm_run_open(program, &subject, NULL, NULL, 0, mem, &run, &err));
    assert_ok(elm_run_define(run, STR("A"), &value, &err));
    assert_int_equal(value.kind, VALUE_INTEGER);
    assert_int_equal(value.as.integer, 4);
    assert_ok(elm_touched(run, &value, &err));
    assert_int_equal(value.aux, 1);
    assert_ok(elm_run_define(run, STR("N"), &value, &err));
    assert_int_equal(value.as.integer, 2);
    assert_ok(elm_touched(run, &value, &err));
    assert_int_equal(value.aux, 2);
    /* exists stops at the first; what the retrieve would have given counts as touched all the same */
    assert_ok(elm_run_open(program, &subject, NULL, NULL, 0, mem, &run, &err));
    assert_ok(elm_run_define(run, STR("E"), &value, &err));
    assert_true(value.as.boolean);
    assert_ok(elm_touched(run, &value, &err));
    assert_int_equal(value.aux, 2);
    arena_close(mem);
}

static void running_out_of_memory_anywhere_is_an_error_and_nothing_else(void **state)
{
    struct arena *code_mem = arena_open(4 << 20);
    struct str body =
        spell_out(STR("\"statements\":{\"def\":[{\"name\":\"A\",\"expression\":{\"type\":\"Combine\","
                      "\"source\":{\"type\":\"Query\","
                      "\"source\":[{\"alias\":\"X\",\"expression\":{\"type\":\"List\",\"element\":[#'a',#'b',#'c']}}],"
                      "\"return\":"
                      "{\"expression\":{\"type\":\"Upper\",\"operand\":{\"type\":\"AliasRef\",\"name\":\"X\"}}},"
                      "\"sort\":{\"by\":[{\"type\":"
                      "\"ByDirection\",\"direction\":\"desc\"}]}}}}]}"),
                  code_mem);
    struct str elm = library(code_mem, "T", arena_printf(code_mem, "%.*s", STR_ARGS(body)).ptr);
    (void)state;
    for (uint64_t nth = 0;; nth++) {
        struct arena *mem = arena_open(4 << 20);
        struct salve_err err = {0};
        struct str got;
        assert_true(nth < 10000);
        arena_fail_after(mem, nth);
        enum salve_code code = evaluate(elm, mem, NULL, &got, &err);
        if (code == SALVE_OK)
            assert_str(got, "\"CBA\"");
        else
            assert_true(code == SALVE_E_MEMORY || code == SALVE_E_TOO_BIG);
        arena_close(mem);
        if (code == SALVE_OK) break;
    }
    arena_close(code_mem);
}

static void an_explanation_out_of_memory_anywhere_is_an_error_and_nothing_else(void **state)
{
    static const char person[] = "{\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"1970-01-01\"}";
    const char *defs =
        "\"statements\":{\"def\":[{\"name\":\"A\",\"locator\":\"3:1-4:9\",\"expression\":{\"type\":\"If\","
        "\"condition\":{\"type\":\"IsNull\",\"locator\":\"3:12-3:20\",\"operand\":{\"type\":\"Property\","
        "\"path\":\"birthDate\",\"source\":{\"type\":\"SingletonFrom\",\"operand\":{\"type\":\"Retrieve\","
        "\"dataType\":\"{http://hl7.org/fhir}Patient\"}}}},\"then\":{\"type\":\"Null\"},"
        "\"else\":{\"type\":\"Null\",\"locator\":\"4:5-4:9\"}}}]}";
    struct arena *keep = arena_open(16 << 20);
    struct elm_set *set = elm_set_make(keep);
    struct salve_err err = {0};
    struct elm_program *program;
    struct tape tape;
    const struct tape *tapes = &tape;
    (void)state;
    assert_ok(fhir_read(str_of(person), NULL, keep, &tape, NULL, &err));
    assert_ok(elm_load(set, library(keep, "T", defs), "t", &err));
    assert_ok(elm_link_explained(set, STR("T"), STR_NONE, keep, &program, &err));
    for (uint64_t nth = 0;; nth++) {
        struct arena *mem = arena_open(4 << 20);
        struct elm_subject subject;
        struct elm_explanation explanation;
        struct elm_run *run;
        struct str json;
        assert_true(nth < 1000);
        arena_fail_after(mem, nth);
        enum salve_code code = elm_subject_make(&tapes, 1, mem, &subject, &err);
        if (code == SALVE_OK) code = elm_run_open(program, &subject, NULL, NULL, 0, mem, &run, &err);
        if (code == SALVE_OK) code = elm_explain(run, 0, &explanation, &err);
        if (code == SALVE_OK) code = elm_explanation_json(&explanation, mem, &json, &err);
        if (code == SALVE_OK)
            assert_str(json, "{\"value\":null,\"used\":[{\"reference\":\"Patient/p\",\"type\":\"Patient\","
                             "\"date\":null,\"elements\":[\"birthDate\"]}],\"at\":\"T 3:1\",\"because\":["
                             "{\"at\":\"T 3:12\",\"clause\":\"if\",\"value\":false},"
                             "{\"at\":\"T 4:5\",\"clause\":\"else\"}]}");
        else
            assert_int_equal(code, SALVE_E_MEMORY);
        arena_close(mem);
        if (code == SALVE_OK) break;
    }
    arena_close(keep);
}

static void assert_same_reasons(const struct elm_explanation *a, const struct elm_explanation *b)
{
    assert_int_equal(a->reason_count, b->reason_count);
    assert_true(a->at.line == b->at.line && expr_truth_of(a->value) == expr_truth_of(b->value));
    for (uint32_t i = 0; i < a->reason_count; i++) {
        const struct elm_reason *x = &a->reasons[i], *y = &b->reasons[i];
        assert_true(x->at.line == y->at.line && x->at.column == y->at.column && str_eq(x->at.library, y->at.library));
        assert_true(x->clause == y->clause && str_eq(x->define, y->define) && x->has_value == y->has_value);
        assert_true(x->value == y->value && x->times == y->times);
    }
}

/* B asks A twice. The libraries' trees are gone when the program runs. */
static void reasons_in_a_run_that_answered_are_those_of_a_run_alone(void **state)
{
    const char *defs =
        "\"statements\":{\"def\":["
        "{\"name\":\"A\",\"locator\":\"3:1-4:9\",\"expression\":{\"type\":\"If\",\"condition\":"
        "{\"type\":\"IsNull\",\"locator\":\"3:12-3:20\",\"operand\":{\"type\":\"Null\"}},"
        "\"then\":{\"type\":\"Literal\",\"valueType\":\"{urn:hl7-org:elm-types:r1}Boolean\","
        "\"value\":\"tr\\u0075e\",\"locator\":\"3:25-3:30\"},\"else\":{\"type\":\"Null\"}}},"
        "{\"name\":\"B\",\"locator\":\"5:1-6:9\",\"expression\":{\"type\":\"And\",\"locator\":\"6:1-6:9\","
        "\"operand\":[{\"type\":\"ExpressionRef\",\"name\":\"A\",\"locator\":\"6:1-6:2\"},"
        "{\"type\":\"ExpressionRef\",\"name\":\"A\",\"locator\":\"6:8-6:9\"}]}}]}";
    struct arena *keep = arena_open(16 << 20), *work = arena_open(16 << 20);
    struct elm_set *set = elm_set_make_apart(work, keep);
    struct salve_err err = {0};
    struct elm_program *program, *explained;
    struct elm_subject subject;
    struct elm_run *all, *alone;
    struct elm_explanation here, there;
    struct expr_value value;
    (void)state;
    assert_ok(elm_load(set, library(keep, "T", defs), "t", &err));
    assert_ok(elm_link_reasoned(set, STR("T"), STR_NONE, keep, &program, &err));
    assert_ok(elm_link_explained(set, STR("T"), STR_NONE, keep, &explained, &err));
    arena_close(work);
    assert_ok(elm_subject_make(NULL, 0, keep, &subject, &err));
    assert_ok(elm_run_open(program, &subject, NULL, NULL, 0, keep, &all, &err));
    assert_ok(elm_run_define(all, STR("B"), &value, &err));
    assert_int_equal(expr_truth_of(value), EXPR_TRUE);
    for (int turn = 0; turn < 2; turn++) {
        for (size_t define = 0; define < 2; define++) {
            assert_ok(elm_run_open(explained, &subject, NULL, NULL, 0, keep, &alone, &err));
            assert_ok(elm_explain(alone, define, &there, &err));
            assert_ok(elm_reasons(all, define, &here, &err));
            assert_true(there.reason_count > 0);
            assert_same_reasons(&here, &there);
        }
    }
    arena_close(keep);
}

/* A function of one String by its name; `body` is an expression of its operand `s`. */
static const char *text_function(struct arena *mem, const char *name, const char *body)
{
    return arena_printf(mem,
                        "{\"name\":\"%s\",\"type\":\"FunctionDef\",\"expression\":%s,\"operand\":[{\"name\":\"s\","
                        "\"operandTypeSpecifier\":{\"type\":\"NamedTypeSpecifier\","
                        "\"name\":\"{urn:hl7-org:elm-types:r1}String\"}}]}",
                        name, body)
        .ptr;
}
static const char *text_call(struct arena *mem, const char *name, const char *operand)
{
    return arena_printf(mem, "{\"type\":\"FunctionRef\",\"name\":\"%s\",\"operand\":[%s]}", name, operand).ptr;
}
static const char *with_more(struct arena *mem, const char *a, const char *b)
{
    return arena_printf(mem, "{\"type\":\"Concatenate\",\"operand\":[%s,%s]}", a, b).ptr;
}
static const char *text_literal(struct arena *mem, const char *text)
{
    return arena_printf(
               mem, "{\"type\":\"Literal\",\"valueType\":\"{urn:hl7-org:elm-types:r1}String\",\"value\":\"%s\"}", text)
        .ptr;
}

/* F(s) = s + 'f'; G(s) = s + F(s); E(s) = s + E(s + 'e'), '!' behind 60 letters: many calls wait for each other, and
 * what a call in the middle of the chain gave is asked for again (the last of the list). */
static const char *text_functions(struct arena *mem)
{
    const char *s = "{\"type\":\"OperandRef\",\"name\":\"s\"}", *x = "{\"type\":\"AliasRef\",\"name\":\"X\"}";
    const char *f = with_more(mem, s, text_literal(mem, "f")), *g = with_more(mem, s, text_call(mem, "F", s));
    const char *longer = with_more(mem, s, text_call(mem, "E", with_more(mem, s, text_literal(mem, "e"))));
    const char *later = text_call(mem, "E", with_more(mem, x, text_literal(mem, "eeeeeeeeeeeeeeeeeeee")));
    const char *e =
        arena_printf(mem,
                     "{\"type\":\"If\",\"condition\":{\"type\":\"Greater\",\"operand\":[{\"type\":\"Length\","
                     "\"operand\":%s},{\"type\":\"Literal\",\"valueType\":\"{urn:hl7-org:elm-types:r1}Integer"
                     "\",\"value\":\"60\"}]},\"then\":%s,\"else\":%s}",
                     s, text_literal(mem, "!"), longer)
            .ptr;
    return arena_printf(mem,
                        "\"statements\":{\"def\":[%s,%s,%s,{\"name\":\"A\",\"context\":\"Patient\",\"expression\":{"
                        "\"type\":\"Query\",\"source\":[{\"alias\":\"X\",\"expression\":{\"type\":\"ParameterRef\","
                        "\"name\":\"P\"}}],\"relationship\":[],\"return\":{\"distinct\":false,\"expression\":{\"type\":"
                        "\"List\",\"element\":[%s,%s,%s,%s]}}}}]},\"parameters\":{\"def\":[{\"name\":\"P\"}]}",
                        text_function(mem, "F", f), text_function(mem, "G", g), text_function(mem, "E", e),
                        text_call(mem, "F", x), text_call(mem, "G", x), text_call(mem, "E", x), later)
        .ptr;
}

static struct str chain_of(struct arena *mem, struct str text)
{
    struct str chain = STR("");
    while (text.len <= 60) {
        chain = arena_printf(mem, "%.*s%.*s", STR_ARGS(chain), STR_ARGS(text));
        text = arena_printf(mem, "%.*se", STR_ARGS(text));
        assert_non_null(text.ptr);
    }
    return arena_printf(mem, "%.*s!", STR_ARGS(chain));
}

/* What a function gave for a text is given again (CALL_TEXT): that of another function, or for another text, never. */
static void a_function_of_a_text_gives_each_text_its_own_result(void **state)
{
    enum { TEXTS = 100 };
    struct arena *keep = arena_open(256 << 20);
    struct elm_set *set = elm_set_make(keep);
    struct salve_err err = {0};
    struct elm_program *program;
    struct elm_run *run;
    struct expr_value items[TEXTS], value;
    (void)state;
    for (int i = 0; i < TEXTS; i++) items[i] = expr_string(arena_printf(keep, "t%d", i % (TEXTS / 4)));
    struct elm_param param = {STR_NONE, STR("P"), expr_list(items, TEXTS)};
    assert_ok(elm_load(set, library(keep, "T", text_functions(keep)), "t", &err));
    assert_ok(elm_link(set, STR("T"), STR_NONE, keep, &program, &err));
    assert_ok(elm_run_open(program, NULL, NULL, &param, 1, keep, &run, &err));
    assert_ok(elm_run_define(run, STR("A"), &value, &err));
    assert_int_equal(value.aux, TEXTS);
    for (int i = 0; i < TEXTS; i++) {
        const struct expr_value *four = value.as.items[i].as.items;
        struct str text = expr_text(items[i]);
        assert_str(expr_text(four[0]), arena_printf(keep, "%.*sf", STR_ARGS(text)).ptr);
        assert_str(expr_text(four[1]), arena_printf(keep, "%.*s%.*sf", STR_ARGS(text), STR_ARGS(text)).ptr);
        assert_str(expr_text(four[2]), chain_of(keep, text).ptr);
        assert_str(expr_text(four[3]),
                   chain_of(keep, arena_printf(keep, "%.*seeeeeeeeeeeeeeeeeeee", STR_ARGS(text))).ptr);
    }
    arena_close(keep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_gives_its_value),
        cmocka_unit_test(a_function_of_a_text_gives_each_text_its_own_result),
        cmocka_unit_test(a_define_that_asks_for_itself_is_an_error),
        cmocka_unit_test(a_function_that_calls_itself_for_ever_is_an_error),
        cmocka_unit_test(a_budget_of_steps_ends_long_work),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(errors_name_library_define_and_place),
        cmocka_unit_test(what_is_not_elm_is_refused),
        cmocka_unit_test(an_include_is_found_by_name_and_version),
        cmocka_unit_test(parameters_have_defaults_and_can_be_given),
        cmocka_unit_test(retrieves_find_by_type_and_code_and_tell_what_they_touched),
        cmocka_unit_test(reasons_in_a_run_that_answered_are_those_of_a_run_alone),
        cmocka_unit_test(an_explanation_out_of_memory_anywhere_is_an_error_and_nothing_else),
        cmocka_unit_test(running_out_of_memory_anywhere_is_an_error_and_nothing_else),
    };
    return t_run(tests);
}
