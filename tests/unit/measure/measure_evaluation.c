/* SPDX-License-Identifier: Apache-2.0
 * Measures by cases of text, tests/unit/measure/measure.cases (its head says how they are written). Criteria are
 * parameters of one small ELM library, so that a person is the list of what is true of them. Then what a case cannot
 * say: many strata, value sets, a report's form. */
#include "base/file.h"
#include "base/limits.h"
#include "measure/measure.h"
#include "value/scalar.h"
#include "fhir/fhir.h"
#include "json/json.h"
#include "t.h"

static const char *const names[] = {"ipp", "den", "dex", "exc", "num", "nex", "pop", "pex", "n", "group"};
static const char *const codes[] = {
    "initial-population", "denominator",         "denominator-exclusion", "denominator-exception",
    "numerator",          "numerator-exclusion", "measure-population",    "measure-population-exclusion"};
enum { NAMES = sizeof names / sizeof names[0], CODES = sizeof codes / sizeof codes[0] };

struct trial {
    struct arena *mem;
    struct buf bundle; /* entries, in writing */
    unsigned entries;
    struct measure_set *set;
    struct measure_tally *all;
    enum salve_code code;
    struct salve_err err;
};

/* Each name is a parameter and a define; Value() is the observation of a person, Itself(x) of an episode. */
static struct str library(struct arena *mem)
{
    struct buf out;
    buf_init(&out, mem, 1 << 16);
    buf_add(&out, STR("{\"library\":{\"identifier\":{\"id\":\"T\"},\"schemaIdentifier\":{\"id\":\"urn:hl7-org:elm\"},"
                      "\"parameters\":{\"def\":["));
    for (int i = 0; i < NAMES; i++) buf_addf(&out, "%s{\"name\":\"%s\"}", i > 0 ? "," : "", names[i]);
    buf_add(&out, STR("]},\"statements\":{\"def\":["));
    for (int i = 0; i < NAMES; i++)
        buf_addf(&out,
                 "{\"name\":\"%s\",\"context\":\"Patient\",\"expression\":{\"type\":\"ParameterRef\","
                 "\"name\":\"%s\"}},",
                 names[i], names[i]);
    buf_add(&out, STR("{\"name\":\"Value\",\"type\":\"FunctionDef\",\"expression\":{\"type\":\"ParameterRef\","
                      "\"name\":\"n\"}},{\"name\":\"Itself\",\"type\":\"FunctionDef\",\"operand\":[{\"name\":\"x\"}],"
                      "\"expression\":{\"type\":\"OperandRef\",\"name\":\"x\"}}]}}}"));
    return buf_str(&out);
}

static struct str word(struct str *line)
{
    *line = str_trim(*line);
    ptrdiff_t space = str_find(*line, STR(" "));
    size_t end = space < 0 ? line->len : (size_t)space;
    struct str out = str_cut(*line, 0, end);
    *line = str_cut(*line, end, line->len);
    return out;
}
static struct str cut_at(struct str *text, const char *mark) /* what stands before the mark, or STR_NONE */
{
    ptrdiff_t at = str_find(*text, str_of(mark));
    if (at < 0) return STR_NONE;
    struct str before = str_cut(*text, 0, (size_t)at);
    *text = str_cut(*text, (size_t)at + 1, text->len);
    return before;
}

static void open_entry(struct trial *t, struct str name)
{
    buf_addf(&t->bundle, "%s{\"resource\":{\"resourceType\":\"Measure\",\"status\":\"draft\",\"url\":\"http://x/%.*s\"",
             t->entries++ > 0 ? "," : "", STR_ARGS(name));
}
#define CODE "{\"coding\":[{\"code\":\"%.*s\"}]}"

static void add_population(struct trial *t, struct str id, struct str code, struct str expression, struct str aggregate)
{
    buf_addf(&t->bundle, "{\"id\":\"%.*s\",\"code\":" CODE ",\"criteria\":{\"language\":\"text/cql\"", STR_ARGS(id),
             STR_ARGS(code));
    if (expression.len > 0) buf_addf(&t->bundle, ",\"expression\":\"%.*s\"", STR_ARGS(expression));
    buf_add_char(&t->bundle, '}');
    if (str_is(code, "measure-observation")) {
        buf_addf(&t->bundle, ",\"extension\":[{\"url\":\"http://x/cqfm-criteriaReference\",\"valueString\":\"%.*s\"}",
                 STR_ARGS(str_cut(id, 4, id.len)));
        if (aggregate.len > 0)
            buf_addf(&t->bundle, ",{\"url\":\"http://x/cqfm-aggregateMethod\",\"valueString\":\"%.*s\"}",
                     STR_ARGS(aggregate));
        buf_add(&t->bundle, STR("]"));
    }
    buf_add(&t->bundle, STR("},"));
}

static void add_word(struct trial *t, struct str text, bool is_boolean, struct buf *strata)
{
    struct str expression = text, before = cut_at(&text, "=");
    if (str_is(before, "strat") && text.len == 0)
        buf_add(strata, STR("{\"description\":\"no criteria\"}"));
    else if (str_is(before, "strat"))
        buf_addf(strata, "%s{\"criteria\":{\"language\":\"text/cql\",\"expression\":\"%.*s\"}}",
                 strata->len > 0 ? "," : "", STR_ARGS(text));
    if (str_is(before, "strat")) return;
    if (before.len > 0) {
        add_population(t, arena_printf(t->mem, "obs-%.*s", STR_ARGS(str_cut(before, 4, before.len))),
                       STR("measure-observation"),
                       str_is(text, "-") ? STR_NONE
                       : is_boolean      ? STR("Value")
                                         : STR("Itself"),
                       str_is(text, "-") ? STR_NONE : text);
        return;
    }
    if ((before = cut_at(&text, ":")).len > 0) expression = before; /* "dex:den": den, by parameter dex */
    if (str_is(before, "-")) expression = STR_NONE;                 /* "-:den": den without criteria */
    struct str code = text;
    for (int i = 0; i < CODES; i++)
        if (str_is(text, names[i])) code = str_of(codes[i]);
    add_population(t, text, code, expression, STR_NONE);
}

static void add_measure(struct trial *t, struct str line)
{
    struct str name = word(&line), scoring = word(&line), basis = STR_NONE;
    struct buf strata;
    buf_init(&strata, t->mem, 1 << 16);
    open_entry(t, name);
    buf_addf(&t->bundle, ",\"library\":[\"http://x/T\"],\"scoring\":" CODE, STR_ARGS(scoring));
    if (str_find(line, STR(" decrease")) >= 0)
        buf_addf(&t->bundle, ",\"improvementNotation\":" CODE, STR_ARGS(STR("decrease")));
    buf_add(&t->bundle, STR(",\"group\":[{\"population\":["));
    while (str_trim(line).len > 0) {
        struct str w = word(&line);
        if (str_starts(w, STR("basis=")))
            basis = str_cut(w, 6, w.len);
        else if (!str_is(w, "decrease"))
            add_word(t, w, basis.len == 0, &strata);
    }
    t->bundle.len--; /* the last comma */
    buf_add(&t->bundle, STR("]"));
    if (strata.len > 0) buf_addf(&t->bundle, ",\"stratifier\":[%.*s]", STR_ARGS(buf_str(&strata)));
    if (basis.len > 0)
        buf_addf(&t->bundle, ",\"extension\":[{\"url\":\"http://x/cqfm-populationBasis\",\"valueCode\":\"%.*s\"}]",
                 STR_ARGS(basis));
    buf_add(&t->bundle, STR("}]}}"));
}

static void add_composite(struct trial *t, struct str line)
{
    struct str name = word(&line), kind = word(&line);
    const char *comma = "";
    open_entry(t, name);
    buf_addf(&t->bundle, ",\"scoring\":" CODE ",\"compositeScoring\":" CODE, STR_ARGS(STR("composite")),
             STR_ARGS(kind));
    if (str_trim(line).len > 0) buf_add(&t->bundle, STR(",\"relatedArtifact\":["));
    bool is_open = str_trim(line).len > 0;
    for (; str_trim(line).len > 0; comma = ",") {
        struct str weight = word(&line), component = cut_at(&weight, ":");
        if (component.len == 0) component = weight, weight = STR_NONE;
        buf_addf(&t->bundle, "%s{\"type\":\"composed-of\",\"resource\":\"http://x/%.*s\"", comma, STR_ARGS(component));
        if (weight.len > 0)
            buf_addf(&t->bundle, ",\"extension\":[{\"url\":\"http://x/cqfm-weight\",\"valueDecimal\":%.*s}]",
                     STR_ARGS(weight));
        buf_add(&t->bundle, STR("}"));
    }
    buf_add(&t->bundle, is_open ? STR("]}}") : STR("}}"));
}

static void open_set(struct trial *t)
{
    struct tape *tape = arena_new(t->mem, struct tape);
    struct str elm = library(t->mem);
    if (t->set != NULL || t->code != SALVE_OK) return;
    struct str json =
        arena_printf(t->mem, "{\"resourceType\":\"Bundle\",\"type\":\"collection\"%s%.*s%s}",
                     t->entries > 0 ? ",\"entry\":[" : "", STR_ARGS(buf_str(&t->bundle)), t->entries > 0 ? "]" : "");
    t->code = fhir_read(json, NULL, t->mem, tape, NULL, &t->err);
    if (t->code != SALVE_OK) fail_msg("%s %s in %.*s", t_where(&t->err), t->err.why, STR_ARGS(json));
    t->code = measure_open(tape, &elm, 1, NULL, t->mem, &t->set, &t->err);
    if (t->code == SALVE_OK) t->code = measure_tally_make(t->set, t->mem, &t->all, &t->err);
}

static struct expr_value value_of(struct trial *t, struct str text)
{
    struct expr_value value = expr_boolean(true);
    struct expr_build list = {0};
    if (text.ptr == NULL) return value;
    if (str_find(text, STR(",")) < 0) {
        assert_ok(elm_text_param(text, t->mem, &value, &t->err));
        return value;
    }
    while (text.len > 0) {
        struct str one = cut_at(&text, ",");
        if (one.ptr == NULL) one = text, text.len = 0;
        assert_ok(elm_text_param(one, t->mem, &value, &t->err));
        assert_ok(expr_build_add(&list, value, t->mem, &t->err));
    }
    return (struct expr_value){.kind = VALUE_LIST, .aux = list.count, .as.items = list.items};
}

static void add_person(struct trial *t, struct str line)
{
    struct elm_param params[NAMES];
    size_t count = 0;
    struct tape person;
    struct measure_tally *one;
    const struct expr_env env = {.steps_max = 100000};
    open_set(t);
    if (t->code != SALVE_OK) return;
    while (str_trim(line).len > 0) {
        struct str value = word(&line), name = cut_at(&value, "=");
        if (name.ptr == NULL) name = value, value = STR_NONE;
        params[count++] = (struct elm_param){STR_NONE, name, value_of(t, value)};
    }
    assert_ok(fhir_read(STR("{\"resourceType\":\"Patient\",\"id\":\"p\"}"), NULL, t->mem, &person, NULL, &t->err));
    t->code = measure_person(t->set, &person, &env, params, count, t->mem, &one, &t->err);
    if (t->code == SALVE_OK) t->code = measure_tally_add(t->set, t->all, one, &t->err);
}

/* --- a report as a line of text ----------------------------------------------------------------------------------- */
static void tell_counts(const struct json *from, struct buf *out)
{
    const struct json *populations = json_get(from, "population");
    for (const struct json *p = json_first(populations); p != NULL; p = p->next) {
        struct str code = json_text(json_get(json_first(json_path(p, "code.coding")), "code"));
        for (int i = 0; i < CODES; i++)
            if (str_is(code, codes[i])) buf_addf(out, " %s", names[i]);
        buf_addf(out, " %.*s", STR_ARGS(json_number(json_get(p, "count"))));
    }
    const struct json *score = json_path(from, "measureScore.value");
    if (score != NULL) buf_addf(out, " score %.*s", STR_ARGS(json_number(score)));
}

static struct str report(struct trial *t, size_t measure)
{
    struct buf out;
    buf_init(&out, t->mem, 1 << 20);
    const struct measure_facts facts = {STR("2026-01-01"), STR("2026-12-31"), STR_NONE, STR_NONE};
    open_set(t);
    assert_ok(t->code);
    assert_ok(measure_report(t->set, t->all, measure, &facts, &out, &t->err));
    return buf_str(&out);
}

static struct str tell(struct trial *t, struct str name)
{
    const struct json *doc;
    struct json_opts opts = {.bytes_max = 1 << 20, .depth_max = JSON_DEPTH_MAX};
    struct buf out;
    buf_init(&out, t->mem, 1 << 20);
    open_set(t);
    for (size_t i = 0; t->code == SALVE_OK && i < measure_count(t->set); i++) {
        assert_ok(json_read(report(t, i), &opts, t->mem, &doc, &t->err));
        struct str url = json_text(json_get(doc, "measure"));
        if (!str_eq(str_cut(url, 9, url.len), name)) continue;
        const struct json *group = json_first(json_get(doc, "group"));
        tell_counts(group, &out);
        for (const struct json *s = json_first(json_get(group, "stratifier")); s != NULL; s = s->next)
            for (const struct json *v = json_first(json_get(s, "stratum")); v != NULL; v = v->next) {
                buf_addf(&out, " | %.*s", STR_ARGS(json_text(json_path(v, "value.text"))));
                tell_counts(v, &out);
            }
    }
    return str_trim(buf_str(&out));
}

static void start(struct trial *t)
{
    *t = (struct trial){.mem = arena_open(64 << 20)};
    buf_init(&t->bundle, t->mem, 1 << 20);
}

static bool do_line(struct trial *t, struct str name, struct str line) /* true: it was a claim */
{
    struct str verb = word(&line);
    if (str_is(verb, "measure"))
        add_measure(t, line);
    else if (str_is(verb, "composite"))
        add_composite(t, line);
    else if (str_is(verb, "person"))
        add_person(t, line);
    else if (str_is(verb, "error")) {
        open_set(t);
        if (!str_eq(str_trim(line), str_of(salve_code_name(t->code))))
            fail_msg("%.*s: got %s (%s %s)", STR_ARGS(name), salve_code_name(t->code), t_where(&t->err), t->err.why);
        if (t->err.code != t->code || t_where(&t->err)[0] == '\0')
            fail_msg("%.*s: the error says nothing", STR_ARGS(name));
        return true;
    } else if (str_is(verb, "want")) {
        struct str want = line, measure = str_trim(cut_at(&want, ":"));
        if (t->code != SALVE_OK) fail_msg("%.*s: %s %s", STR_ARGS(name), t_where(&t->err), t->err.why);
        struct str got = tell(t, measure);
        if (!str_eq(got, str_trim(want)))
            fail_msg("%.*s, %.*s: got \"%.*s\"", STR_ARGS(name), STR_ARGS(measure), STR_ARGS(got));
        return true;
    } else
        fail_msg("unknown line %.*s", STR_ARGS(verb));
    return false;
}

static void each_case_gives_its_counts_and_scores(void **state)
{
    struct arena *mem = arena_open(1 << 20);
    struct salve_err err = {0};
    struct str text, line, name = STR_NONE;
    struct trial t = {0};
    unsigned claims = 0;
    (void)state;
    assert_ok(file_read("tests/unit/measure/measure.cases", 1 << 18, mem, &text, &err));
    while (str_next_line(&text, &line)) {
        if (line.len == 0 || line.ptr[0] == '#') continue;
        if (str_starts(line, STR("case "))) {
            if (t.mem != NULL) arena_close(t.mem);
            start(&t);
            name = line;
        } else
            claims += do_line(&t, name, line);
    }
    arena_close(t.mem);
    arena_close(mem);
    assert_true(claims >= 50);
}

static void strata_are_bounded(void **state)
{
    struct trial t;
    char line[64];
    (void)state;
    start(&t);
    add_measure(&t, STR("m cohort ipp strat=group"));
    for (int i = 0; i <= SALVE_MEASURE_STRATA_MAX; i++) {
        assert_ok(t.code);
        (void)snprintf(line, sizeof line, "ipp group=%d", i);
        add_person(&t, arena_printf(t.mem, "%s", line));
    }
    assert_code(t.code, SALVE_E_TOO_BIG);
    arena_close(t.mem);
}

static void episodes_are_bounded(void **state)
{
    struct trial t;
    struct buf line;
    (void)state;
    start(&t);
    add_measure(&t, STR("m cohort basis=Encounter ipp"));
    buf_init(&line, t.mem, 1 << 16);
    buf_add(&line, STR("ipp="));
    for (int i = 0; i <= SALVE_MEASURE_EPISODES_MAX; i++) buf_addf(&line, "%d,", i);
    add_person(&t, buf_str(&line));
    assert_code(t.code, SALVE_E_TOO_BIG);
    arena_close(t.mem);
}

static void measures_are_bounded(void **state)
{
    struct trial t;
    (void)state;
    start(&t);
    for (int i = 0; i <= SALVE_MEASURES_MAX; i++) add_measure(&t, STR("m cohort ipp"));
    open_set(&t);
    assert_code(t.code, SALVE_E_TOO_BIG);
    arena_close(t.mem);
}

static void a_report_is_fhir(void **state)
{
    struct trial t;
    struct tape tape;
    (void)state;
    start(&t);
    add_measure(&t, STR("m proportion ipp den num strat=group"));
    add_measure(&t, STR("n cohort ipp strat=group"));
    add_composite(&t, STR("c weighted m:0.5"));
    add_person(&t, STR("ipp den num group=a"));
    assert_ok(t.code);
    for (size_t i = 0; i < 3; i++) {
        struct str json = report(&t, i);
        enum salve_code code = fhir_read(json, NULL, t.mem, &tape, NULL, &t.err);
        if (code != SALVE_OK) fail_msg("%s %s in %.*s", t_where(&t.err), t.err.why, STR_ARGS(json));
    }
    uint64_t count = 0;
    assert_true(measure_members(t.set, t.all, 0, 0, MEASURE_NUMERATOR, &count));
    assert_int_equal(count, 1);
    assert_false(measure_members(t.set, t.all, 1, 0, MEASURE_NUMERATOR, &count));
    assert_int_equal(measure_count(t.set), 3);
    arena_close(t.mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_gives_its_counts_and_scores),
        cmocka_unit_test(strata_are_bounded),
        cmocka_unit_test(episodes_are_bounded),
        cmocka_unit_test(measures_are_bounded),
        cmocka_unit_test(a_report_is_fhir),
    };
    return t_run(tests);
}
