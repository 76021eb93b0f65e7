/* SPDX-License-Identifier: Apache-2.0
 * ELM beyond one person and beyond ELM: defines of contexts Patient and Unfiltered that ask each other without end,
 * external functions, and the filters of Retrieve. What the contexts give is told by elm_people.sh. */
#include "elm/elm.h"
#include "fhir/fhir.h"
#include "t.h"

#define HEAD                                                                                                           \
    "{\"library\":{\"identifier\":{\"id\":\"T\"},\"schemaIdentifier\":{\"id\":\"urn:hl7-org:elm\"},"                   \
    "\"statements\":{\"def\":[%s]}}}"
#define REF(name)             "{\"type\":\"ExpressionRef\",\"name\":\"" name "\"}"
#define DEF(name, context, e) "{\"name\":\"" name "\",\"context\":\"" context "\",\"expression\":" e "}"
#define RETRIEVE(fields)      "{\"type\":\"Retrieve\",\"dataType\":\"{http://hl7.org/fhir}Observation\"" fields "}"
#define LITERAL(type, text)                                                                                            \
    "{\"type\":\"Literal\",\"valueType\":\"{urn:hl7-org:elm-types:r1}" type "\",\"value\":\"" text "\"}"
#define TEXT(text)   LITERAL("String", text)
#define DAY(y, m, d) "{\"type\":\"Date\",\"year\":" NUMBER(y) ",\"month\":" NUMBER(m) ",\"day\":" NUMBER(d) "}"
#define NUMBER(n)    LITERAL("Integer", #n)

static const char *const lines[] = {
    "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
    "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"a\"}},"
    "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o1\",\"status\":\"final\",\"code\":{\"coding\":["
    "{\"system\":\"http://x.org\",\"version\":\"2\",\"code\":\"c1\"}]},\"effectiveDateTime\":\"2026-03-01\"}},"
    "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o2\",\"status\":\"final\",\"code\":{\"coding\":["
    "{\"system\":\"http://x.org\",\"code\":\"c2\"}]},\"effectivePeriod\":{"
    "\"start\":\"2026-03-01\",\"end\":\"2026-04-01\"}"
    "}}]}",
    "{\"resourceType\":\"Patient\",\"id\":\"b\"}",
    "{\"resourceType\":\"Organization\",\"id\":\"o\",\"name\":\"x\"}",
};

struct people {
    struct arena *mem;
    struct tape tapes[3];
    struct elm_population *population;
    struct elm_program *program;
    struct salve_err err;
};

static enum salve_code open_people(struct people *p, const char *defs)
{
    *p = (struct people){.mem = arena_open(64 << 20)};
    const struct tape *tapes[3];
    struct elm_set *set = elm_set_make(p->mem);
    for (int i = 0; i < 3; i++) {
        assert_ok(fhir_read(str_of(lines[i]), NULL, p->mem, &p->tapes[i], NULL, &p->err));
        tapes[i] = &p->tapes[i];
    }
    assert_ok(elm_population_make(tapes, 3, p->mem, &p->population, &p->err));
    assert_ok(elm_load(set, arena_printf(p->mem, HEAD, defs), NULL, &p->err));
    return elm_link(set, STR("T"), STR_NONE, p->mem, &p->program, &p->err);
}

/* A define of the first person, or of all, as JSON or the name of the error. */
static const char *ask(struct people *p, bool is_all, const char *define, const struct expr_env *env)
{
    struct elm_subject *subject = is_all ? elm_population_all(p->population) : elm_population_person(p->population, 0);
    struct elm_run *run;
    struct expr_value value;
    struct buf out;
    struct str text;
    p->err = (struct salve_err){0};
    enum salve_code code = elm_run_open(p->program, subject, env, NULL, 0, p->mem, &run, &p->err);
    if (code == SALVE_OK) code = elm_run_define(run, str_of(define), &value, &p->err);
    if (code != SALVE_OK) return salve_code_name(code);
    buf_init(&out, p->mem, 1 << 20);
    elm_json(&value, &out);
    assert_ok(buf_done(&out, &text, &p->err));
    return arena_printf(p->mem, "%.*s", STR_ARGS(text)).ptr;
}

static void lines_about_nobody_are_no_people(void **state)
{
    struct people p;
    (void)state;
    assert_ok(open_people(&p, DEF("A", "Unfiltered", "{\"type\":\"Null\"}")));
    assert_int_equal(elm_population_count(p.population), 2);
    assert_true(elm_is_person(&p.tapes[0]));
    assert_false(elm_is_person(&p.tapes[2]));
    arena_close(p.mem);
}

static const char *line_of(struct people *p, struct elm_subject *subject, struct elm_wanted wanted)
{
    struct buf out;
    struct str text;
    buf_init(&out, p->mem, 1 << 20);
    assert_ok(elm_defines_json(p->program, subject, NULL, NULL, 0, &wanted, &out, &p->err));
    assert_ok(buf_done(&out, &text, &p->err));
    return arena_printf(p->mem, "%.*s", STR_ARGS(text)).ptr;
}

static void the_wanted_defines_are_one_object(void **state)
{
    struct people p;
    struct elm_wanted wanted = {.context = ELM_PATIENT};
    (void)state;
    assert_ok(open_people(&p, "{\"name\":\"Own\",\"accessLevel\":\"Private\",\"expression\":" NUMBER(7) "}," DEF(
                                  "A", "Patient", NUMBER(1)) "," DEF("B", "Unfiltered", REF("A"))));
    struct elm_subject *one = elm_population_person(p.population, 1), *all = elm_population_all(p.population);
    assert_string_equal(line_of(&p, one, wanted), "{\"A\":1}");
    wanted.context = ELM_UNFILTERED;
    assert_string_equal(line_of(&p, all, wanted), "{\"B\":[1,1]}");
    wanted = (struct elm_wanted){.context = ELM_ANY_CONTEXT};
    assert_string_equal(line_of(&p, one, wanted), "{\"A\":1,\"B\":[1,1]}");
    wanted.define = STR("Own"); /* by its name also what is private */
    assert_true(elm_has_wanted(p.program, &wanted));
    assert_string_equal(line_of(&p, one, wanted), "{\"Own\":7}");
    wanted.context = ELM_UNFILTERED;
    assert_false(elm_has_wanted(p.program, &wanted));
    assert_string_equal(line_of(&p, all, wanted), "{}");
    arena_close(p.mem);
}

static enum salve_code note(void *with, const struct tape *tape, struct elm_subject *subject, struct arena *mem,
                            struct salve_err *err)
{
    struct buf *ids = with;
    (void)err;
    assert_non_null(mem);
    buf_addf(ids, "%u:%.*s ", subject->number, STR_ARGS(tape_child_text(tape, tape_patient(tape), "id")));
    return str_ends(str_make(ids->ptr, ids->len), STR("b ")) ? SALVE_E_CONFLICT : SALVE_OK;
}

static void every_person_has_a_turn_until_the_first_error(void **state)
{
    static const char *const three[] = {"a", "b", "c"};
    struct elm_crowd crowd = {.mem = arena_open(64 << 20)};
    struct elm_population *people = NULL;
    struct salve_err err = {0};
    struct tape *tape = NULL;
    struct buf ids;
    struct str text;
    (void)state;
    buf_init(&ids, crowd.mem, 1 << 10);
    for (int i = 0; i < 3; i++) {
        struct str json = arena_printf(crowd.mem, "{\"resourceType\":\"Patient\",\"id\":\"%s\"}", three[i]);
        assert_ok(elm_crowd_tape(&crowd, &tape, &err));
        assert_ok(fhir_read(json, NULL, crowd.mem, tape, NULL, &err));
    }
    assert_int_equal(crowd.count, 3);
    assert_ok(elm_population_make(crowd.tapes, crowd.count, crowd.mem, &people, &err));
    assert_code(elm_population_each(people, note, &ids, &err), SALVE_E_CONFLICT);
    assert_ok(buf_done(&ids, &text, &err));
    assert_str(text, "0:a 1:b ");
    arena_close(crowd.mem);
}

static void contexts_that_ask_each_other_for_ever_are_an_error(void **state)
{
    struct people p;
    (void)state;
    assert_ok(open_people(&p, DEF("A", "Patient", REF("B")) "," DEF("B", "Unfiltered", REF("C")) "," DEF(
                                  "C", "Patient", REF("D")) "," DEF("D", "Unfiltered", REF("A"))));
    assert_string_equal(ask(&p, false, "A", NULL), "E_TOO_DEEP");
    assert_string_equal(ask(&p, false, "A", NULL), "E_TOO_DEEP"); /* and again: nothing is left half done */
    assert_string_equal(ask(&p, true, "B", NULL), "E_TOO_DEEP");
    arena_close(p.mem);
    /* one person alone */
    assert_ok(open_people(&p, DEF("A", "Patient", REF("B")) "," DEF("B", "Unfiltered", REF("A"))));
    struct elm_run *run;
    struct expr_value value;
    assert_ok(elm_run_open(p.program, NULL, NULL, NULL, 0, p.mem, &run, &p.err));
    assert_code(elm_run_define(run, STR("A"), &value, &p.err), SALVE_E_TOO_DEEP);
    arena_close(p.mem);
}

static void contexts_may_ask_back_and_forth(void **state)
{
    struct people p;
    (void)state;
    assert_ok(open_people(
        &p,
        DEF("A", "Patient", REF("B")) "," DEF("B", "Unfiltered", REF("C")) "," DEF("C", "Patient", REF("D")) "," DEF(
            "D", "Unfiltered", REF("E")) "," DEF("E", "Patient", "{\"type\":\"Count\",\"source\":" RETRIEVE("") "}")));
    assert_string_equal(ask(&p, false, "A", NULL), "[2,0,2,0]");
    assert_string_equal(ask(&p, true, "E", NULL), "[2,0]");
    arena_close(p.mem);
}

static void the_budget_is_that_of_who_asks(void **state)
{
    struct people p;
    (void)state;
    const struct expr_env env = {.steps_max = 1000};
    assert_ok(open_people(&p, DEF("A", "Patient", REF("B")) "," DEF(
                                  "B", "Unfiltered",
                                  "{\"type\":\"Expand\",\"operand\":[{\"type\":\"Interval\",\"low\":" NUMBER(
                                      1) ",\"high\":" NUMBER(1000000) "}]}")));
    assert_string_equal(ask(&p, false, "A", &env), "E_STEPS");
    assert_string_equal(t_where(&p.err), "T: B");
    arena_close(p.mem);
}

static void other_contexts_are_refused_when_linking(void **state)
{
    struct people p;
    (void)state;
    assert_code(open_people(&p, DEF("A", "Practitioner", "{\"type\":\"Null\"}")), SALVE_E_UNSUPPORTED);
    assert_string_equal(t_where(&p.err), "T: A");
    arena_close(p.mem);
}

static void a_function_called_from_unfiltered_has_no_person(void **state)
{
    static const char defs[] =
        DEF("A", "Patient", "{\"type\":\"FunctionRef\",\"name\":\"F\"}") "," DEF("B", "Unfiltered", "{\"type\":\"FunctionRef\",\"name\":\"F\"}") "," DEF(
            "C", "Patient",
            "{\"type\":\"Count\",\"source\":" RETRIEVE(
                "") "}") ",{\"type\":\"FunctionDef\",\"name\":\"F\",\"context\":\"Patient\",\"expression\":" REF("C") "}";
    struct people p;
    (void)state;
    assert_ok(open_people(&p, defs));
    assert_string_equal(ask(&p, false, "A", NULL), "2");
    assert_string_equal(ask(&p, true, "B", NULL), "E_TYPE");
    arena_close(p.mem);
}

/* --- external functions ------------------------------------------------------------------------------------------- */
static enum salve_code supply(void *user, struct str library, struct str name, const struct expr_value *args,
                              uint32_t count, struct arena *mem, struct expr_value *out, struct salve_err *err)
{
    (void)user;
    (void)mem;
    if (!str_is(library, "T") || !str_is(name, "Twice")) return SALVE_E_UNKNOWN_NAME;
    if (count != 1) return salve_fail(err, SALVE_E_TYPE, "count");
    *out = args[0].kind == VALUE_INTEGER ? expr_integer(2 * args[0].as.integer) : expr_string(STR("x"));
    return SALVE_OK;
}

static void external_functions_are_supplied_by_the_environment(void **state)
{
    struct people p;
    const struct expr_env with = {.external = supply};
    (void)state;
#define EXTERNAL(name)                                                                                                 \
    "{\"type\":\"FunctionDef\",\"name\":\"" name "\",\"external\":true,\"operand\":[{\"name\":\"x\"}],"                \
    "\"resultTypeName\":\"{urn:hl7-org:elm-types:r1}Integer\"}"
#define CALL(name, x) "{\"type\":\"FunctionRef\",\"name\":\"" name "\",\"operand\":[" x "]}"
    assert_ok(open_people(
        &p, EXTERNAL("Twice") "," EXTERNAL("Thrice") "," DEF("A", "Patient", CALL("Twice", NUMBER(21))) "," DEF(
                "B", "Patient", CALL("Thrice", NUMBER(1))) "," DEF("C", "Patient", CALL("Twice", TEXT("a")))));
    assert_string_equal(ask(&p, false, "A", &with), "42");
    assert_string_equal(ask(&p, false, "B", &with), "E_UNKNOWN_NAME");
    assert_string_equal(p.err.why, "the external function T.Thrice is not supplied");
    assert_string_equal(ask(&p, false, "C", &with), "E_TYPE"); /* a text is not the Integer that was promised */
    assert_string_equal(ask(&p, false, "A", NULL), "E_UNKNOWN_NAME");
    arena_close(p.mem);
}

/* --- filters of Retrieve ------------------------------------------------------------------------------------------ */
#define CODE(version, code)                                                                                            \
    "{\"type\":\"Instance\",\"classType\":\"{urn:hl7-org:elm-types:r1}Code\",\"element\":[{\"name\":\"system\","       \
    "\"value\":" TEXT("http://x.org") "},{\"name\":\"version\",\"value\":" version                                     \
                                      "},{\"name\":\"code\",\"value\":" TEXT(code) "}]}"
#define MARCH "{\"type\":\"Interval\",\"low\":" DAY(2026, 3, 1) ",\"high\":" DAY(2026, 3, 31) "}"
#define NONE  "{\"type\":\"Null\"}"

static void every_filter_of_a_retrieve_is_honoured(void **state)
{
    static const struct {
        const char *fields, *want;
    } rows[] = {
        {"", "2"},
        {",\"codeProperty\":\"code\",\"codes\":" CODE(NONE, "c1"), "1"},
        {",\"codeProperty\":\"code\",\"codeComparator\":\"~\",\"codes\":" CODE(NONE, "c1"), "1"},
        {",\"codeProperty\":\"code\",\"codeComparator\":\"=\",\"codes\":" CODE(TEXT("2"), "c1"), "1"},
        {",\"codeProperty\":\"code\",\"codeComparator\":\"=\",\"codes\":" CODE(TEXT("3"), "c1"), "0"},
        {",\"codeProperty\":\"code.coding\",\"codes\":" CODE(NONE, "c2"), "1"},
        {",\"codeProperty\":\"code\",\"codes\":" NONE, "0"}, /* null is no code */
        {",\"codeFilter\":[{\"property\":\"code\",\"comparator\":\"in\",\"value\":" CODE(
             NONE, "c1") "},{\"property\":\"status\",\"comparator\":\"~\",\"value\":" TEXT("final") "}]",
         "1"},
        {",\"codeFilter\":[{\"property\":\"code\",\"comparator\":\"in\",\"value\":" CODE(
             NONE, "c1") "},{\"property\":\"status\",\"comparator\":\"~\",\"value\":" TEXT("amended") "}]",
         "0"},
        {",\"dateProperty\":\"effective\",\"dateRange\":" MARCH, "1"},
        {",\"dateProperty\":\"effective\",\"dateRange\":" NONE, "0"},
        {",\"dateLowProperty\":\"effective.start\",\"dateHighProperty\":\"effective.end\",\"dateRange\":{\"type\":"
         "\"Interval\",\"low\":" DAY(2026, 3, 1) ",\"high\":" DAY(2026, 4, 1) "}",
         "1"},
        {",\"dateFilter\":[{\"property\":\"effective\",\"value\":" MARCH "},{\"property\":\"effective\",\"value\":{"
         "\"type\":\"Interval\",\"low\":" DAY(2026, 3, 2) ",\"high\":" DAY(2026, 3, 31) "}}]",
         "0"},
        {",\"id\":" TEXT("o2"), "1"},
        {",\"id\":" TEXT("o2") ",\"idProperty\":\"status\"", "0"},
        {",\"id\":" NONE, "0"},
        {",\"context\":" TEXT("Patient/b"), "0"},
        {",\"context\":" TEXT("a"), "2"},
        {",\"context\":" NUMBER(1), "E_TYPE"},
        {",\"include\":[{\"relatedDataType\":\"{http://hl7.org/fhir}Patient\"}]", "E_UNSUPPORTED"},
        {",\"otherFilter\":[{\"property\":\"x\"}]", "E_UNSUPPORTED"},
        {",\"codeSearch\":\"code\",\"codes\":" CODE(NONE, "c1"), "E_UNSUPPORTED"},
        {",\"dateRange\":" MARCH, "E_INVALID"},
        {",\"codeProperty\":\"code\",\"codeComparator\":\"<\",\"codes\":" NONE, "E_INVALID"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct people p;
        char defs[4000];
        (void)snprintf(defs, sizeof defs, DEF("A", "Patient", "{\"type\":\"Count\",\"source\":" RETRIEVE("%s") "}"),
                       rows[i].fields);
        enum salve_code code = open_people(&p, defs);
        const char *got = code == SALVE_OK ? ask(&p, false, "A", NULL) : salve_code_name(code);
        if (strcmp(got, rows[i].want) != 0)
            fail_msg("%s: got %s (%s %s)", rows[i].fields, got, t_where(&p.err), p.err.why);
        arena_close(p.mem);
    }
}

static void running_out_of_memory_anywhere_is_an_error(void **state)
{
    struct people p;
    const struct tape *tapes[3];
    (void)state;
    assert_ok(open_people(&p, DEF("A", "Patient", REF("B")) "," DEF("B", "Unfiltered", REF("C")) "," DEF(
                                  "C", "Patient", RETRIEVE(",\"context\":" TEXT("b")))));
    for (int i = 0; i < 3; i++) tapes[i] = &p.tapes[i];
    for (uint64_t nth = 0;; nth++) {
        struct arena *mem = arena_open(4 << 20);
        struct elm_population *population;
        struct elm_run *run;
        struct expr_value value;
        struct salve_err err = {0};
        assert_true(nth < 1000);
        arena_fail_after(mem, nth);
        enum salve_code code = elm_population_make(tapes, 3, mem, &population, &err);
        if (code == SALVE_OK)
            code = elm_run_open(p.program, elm_population_person(population, 0), NULL, NULL, 0, mem, &run, &err);
        if (code == SALVE_OK) code = elm_run_define(run, STR("A"), &value, &err);
        assert_true(code == SALVE_OK || code == SALVE_E_MEMORY);
        arena_close(mem);
        if (code == SALVE_OK) break;
    }
    arena_close(p.mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_about_nobody_are_no_people),
        cmocka_unit_test(the_wanted_defines_are_one_object),
        cmocka_unit_test(every_person_has_a_turn_until_the_first_error),
        cmocka_unit_test(contexts_that_ask_each_other_for_ever_are_an_error),
        cmocka_unit_test(contexts_may_ask_back_and_forth),
        cmocka_unit_test(the_budget_is_that_of_who_asks),
        cmocka_unit_test(other_contexts_are_refused_when_linking),
        cmocka_unit_test(a_function_called_from_unfiltered_has_no_person),
        cmocka_unit_test(external_functions_are_supplied_by_the_environment),
        cmocka_unit_test(every_filter_of_a_retrieve_is_honoured),
        cmocka_unit_test(running_out_of_memory_anywhere_is_an_error),
    };
    return t_run(tests);
}
