/* SPDX-License-Identifier: Apache-2.0
 * What guideline.json may say: every rule of its reader, told with file, element and reason. */
#include "t.h"

#include "guideline/guideline_int.h"

/* A whole small guideline.json; each test breaks one thing of it. */
static const char small[] =
    "{\"id\":\"x\",\"version\":\"1\",\"title\":\"X\",\"canonical\":\"urn:salve:guideline:x\",\"date\":\"2026-01-01\","
    "\"review-by\":\"2027-01-01\",\"sources\":[{\"issuer\":\"a\",\"title\":\"b\",\"year\":\"2020\"}],"
    "\"switches\":[{\"name\":\"s\",\"parameter\":\"S\",\"values\":[\"a\",\"b\"],\"initial\":\"a\"}],"
    "\"inputs\":[{\"label\":\"h\",\"loinc\":\"8302-2\",\"unit\":\"cm\",\"max-age-days\":7},{\"label\":\"w\"}],"
    "\"items\":[{\"name\":\"i\",\"source\":\"a 2020\",\"decimals\":1,\"categories\":[\"low\"],\"actions\":[\"none\"],"
    "\"exclusions\":[]}],"
    "\"lines\":[{\"name\":\"l\",\"unit\":\"cm\",\"scales\":[{\"label\":\"h\",\"from\":\"0\",\"to\":\"9\",\"bands\":["
    "{\"name\":\"b\",\"below\":\"3\"},{\"name\":\"c\",\"up-to\":\"4\"},{\"name\":\"d\"}]}]}],"
    "\"vectors\":{\"v\":{\"inputs\":{\"a\":{\"parameter\":\"A\",\"type\":\"decimal\"}},"
    "\"outputs\":{\"exp_b\":\"v\"}}}}";

static enum salve_code read_text(struct str text, struct arena *mem, struct guideline *out, struct salve_err *err)
{
    struct guideline_doc doc = {.file = "guideline.json", .text = text, .mem = mem};
    assert_int_equal(json_read(text, NULL, mem, &doc.root, err), SALVE_OK);
    return guideline_read_about(&doc, out, err);
}

static void reads_what_it_says(void **state)
{
    struct arena *mem = arena_open(1 << 20);
    struct guideline g = {0};
    struct salve_err err = {0};
    (void)state;
    assert_int_equal(read_text(str_of(small), mem, &g, &err), SALVE_OK);
    assert_str(g.info.id, "x");
    assert_int_equal(g.info.switch_count, 1);
    assert_str(g.info.switches[0].values[1], "b");
    assert_str(g.info.inputs[0].code, "8302-2");
    assert_int_equal(g.info.inputs[0].max_age_days, 7);
    assert_false(g.info.inputs[0].is_question);
    assert_int_equal(g.info.inputs[1].max_age_days, -1);
    assert_int_equal(g.info.items[0].decimals, 1);
    assert_int_equal(g.info.lines[0].scales[0].band_count, 3);
    assert_true(g.info.lines[0].scales[0].bands[1].inclusive);
    assert_str(g.info.families[0], "v");
    assert_int_equal(g.families[0].column_count, 2);
    assert_true(g.families[0].columns[1].is_output);
    arena_close(mem);
}

/* A choice that nobody made for the site. */
static void a_switch_may_have_no_initial_value(void **state)
{
    struct arena *mem = arena_open(1 << 20);
    struct guideline g = {0};
    struct salve_err err = {0};
    (void)state;
    const char *hit = strstr(small, ",\"initial\":\"a\"");
    assert_non_null(hit);
    struct str text = arena_printf(mem, "%.*s%s", (int)(hit - small), small, hit + strlen(",\"initial\":\"a\""));
    assert_int_equal(read_text(text, mem, &g, &err), SALVE_OK);
    assert_int_equal(g.info.switches[0].initial.len, 0);
    arena_close(mem);
}

/* refused - `from` in the small text becomes `to`; the error must name `at` and say `why`. */
static void refused(const char *from, const char *to, const char *at, const char *why)
{
    struct arena *mem = arena_open(1 << 20);
    struct guideline g = {0};
    struct salve_err err = {0};
    const char *hit = strstr(small, from);
    assert_non_null(hit);
    struct str text = arena_printf(mem, "%.*s%s%s", (int)(hit - small), small, to, hit + strlen(from));
    assert_int_equal(read_text(text, mem, &g, &err), SALVE_E_INVALID);
    assert_non_null(strstr(t_where(&err), "guideline.json:1: "));
    if (strstr(t_where(&err), at) == NULL) fail_msg("at is \"%s\", want \"%s\"", t_where(&err), at);
    if (strstr(err.why, why) == NULL) fail_msg("why is \"%s\", want \"%s\"", err.why, why);
    arena_close(mem);
}

static void names_a_key_that_is_not_known(void **state)
{
    (void)state;
    refused("\"title\":\"X\"", "\"titel\":\"X\"", "titel", "not known");
    refused("\"unit\":\"cm\",\"max", "\"units\":\"cm\",\"max", "inputs[0].units", "not known");
}

static void names_what_is_missing_or_empty(void **state)
{
    (void)state;
    refused("\"title\":\"X\",", "", "title", "missing");
    refused("\"year\":\"2020\"", "\"year\":\"\"", "sources[0].year", "empty");
    refused("\"categories\":[\"low\"]", "\"categories\":[]", "items[0].categories", "empty");
    refused("\"sources\":[{\"issuer\":\"a\",\"title\":\"b\",\"year\":\"2020\"}]", "\"sources\":[]", "sources", "empty");
}

static void wants_closed_lists_without_doubles(void **state)
{
    (void)state;
    refused("[\"a\",\"b\"]", "[\"a\",\"a\"]", "switches[0].values", "twice");
    refused("\"initial\":\"a\"", "\"initial\":\"c\"", "switches[0].initial", "one of the values");
    refused("\"actions\":[\"none\"]", "\"actions\":[\"no ne\"]", "items[0].actions", "letters");
}

static void wants_numbers_as_text_and_units_of_ucum(void **state)
{
    (void)state;
    refused("\"unit\":\"cm\",\"max", "\"unit\":\"foo\",\"max", "inputs[0].unit", "UCUM");
    refused("\"decimals\":1", "\"decimals\":9", "items[0].decimals", "0 to 8");
}

static void wants_an_age_of_each_input_that_is_read(void **state)
{
    (void)state;
    refused(",\"max-age-days\":7", "", "inputs[0].max-age-days", "missing");
    refused("\"max-age-days\":7", "\"max-age-days\":-1", "inputs[0].max-age-days", "days");
    refused("\"max-age-days\":7", "\"max-age-days\":\"7\"", "inputs[0].max-age-days", "days");
    refused("{\"label\":\"w\"}", "{\"label\":\"w\",\"max-age-days\":7}", "inputs[1].max-age-days", "without a code");
    refused("\"loinc\":\"8302-2\"", "\"loinc\":\"8302-2\",\"question\":\"h\"", "inputs[0].question", "beside loinc");
}

static void wants_bands_that_rise_and_end_open(void **state)
{
    (void)state;
    refused("\"up-to\":\"4\"", "\"up-to\":\"3\"", "lines[0].scales[0].bands", "rise");
    refused("{\"name\":\"d\"}", "{\"name\":\"d\",\"below\":\"8\"}", "lines[0].scales[0].bands", "last");
    refused("\"below\":\"3\"", "\"below\":\"3\",\"up-to\":\"3\"", "bands[0].below", "beside");
}

static void wants_dots_for_a_number_out_of_100_only(void **state)
{
    (void)state;
    refused("\"unit\":\"cm\",\"scales\"", "\"unit\":\"cm\",\"picture\":\"dots\",\"scales\"", "lines[0].picture",
            "must be %");
    refused("\"unit\":\"cm\",\"scales\"", "\"unit\":\"%\",\"picture\":\"pie\",\"scales\"", "lines[0].picture", "dots");
    refused("\"unit\":\"cm\",\"scales\"", "\"unit\":\"%\",\"scales\":[],\"picture\":\"dots\",\"x\"", "lines[0].x",
            "not known");
    struct arena *mem = arena_open(1 << 20);
    struct guideline g = {0};
    struct salve_err err = {0};
    struct str text = str_of(small);
    int64_t at = str_find(text, STR("\"unit\":\"cm\",\"scales\""));
    text = arena_printf(mem, "%.*s\"unit\":\"%%\",\"picture\":\"dots\",%.*s", (int)at, text.ptr,
                        STR_ARGS(str_cut(text, (size_t)at + 12, text.len)));
    assert_int_equal(read_text(text, mem, &g, &err), SALVE_OK);
    assert_true(g.info.lines[0].has_dots);
    arena_close(mem);
}

static void wants_columns_of_a_family_in_their_form(void **state)
{
    (void)state;
    refused("\"type\":\"decimal\"", "\"type\":\"number\"", "vectors.v.inputs.a.type", "decimal, integer");
    refused("\"exp_b\":\"v\"", "\"exp_b\":{\"parameter\":\"A\",\"type\":\"decimal\"}", "vectors.v.outputs.exp_b",
            "output");
}

#define MARKED "\"categories\":[\"low\",\"mid\"],\"marks\":"

static void a_category_has_one_mark_and_else_none(void **state)
{
    struct arena *mem = arena_open(1 << 20);
    struct guideline g = {0};
    struct salve_err err = {0};
    (void)state;
    const char *hit = strstr(small, "\"categories\":[\"low\"]");
    struct str text = arena_printf(mem, "%.*s" MARKED "{\"usual\":[\"low\"]}%s", (int)(hit - small), small, hit + 20);
    assert_ok(read_text(str_of(small), mem, &g, &err));
    assert_int_equal(guideline_mark(&g.info.items[0], STR("low")), GUIDELINE_NEUTRAL);
    assert_false(g.info.items[0].has_marks);
    assert_ok(read_text(text, mem, &g, &err));
    assert_int_equal(guideline_mark(&g.info.items[0], STR("low")), GUIDELINE_USUAL);
    assert_int_equal(guideline_mark(&g.info.items[0], STR("mid")), GUIDELINE_NEUTRAL);
    assert_int_equal(guideline_mark(&g.info.items[0], STR("none-such")), GUIDELINE_NEUTRAL);
    assert_false(g.info.items[0].has_marks);
    refused("\"categories\":[\"low\"]", MARKED "{\"see\":[\"high\"]}", "items[0].marks.see", "categories of the item");
    refused("\"categories\":[\"low\"]", MARKED "{\"see\":[\"low\"],\"watch\":[\"low\"]}", "items[0].marks",
            "two marks");
    refused("\"categories\":[\"low\"]", MARKED "{\"red\":[\"low\"]}", "items[0].marks.red", "not known");
    arena_close(mem);
}

static void survives_running_out_of_memory(void **state)
{
    (void)state;
    for (uint64_t nth = 0;; nth++) {
        struct arena *mem = arena_open(1 << 20);
        struct guideline g = {0};
        struct salve_err err = {0};
        struct guideline_doc doc = {.file = "guideline.json", .text = str_of(small), .mem = mem};
        assert_int_equal(json_read(doc.text, NULL, mem, &doc.root, &err), SALVE_OK);
        arena_fail_after(mem, nth);
        enum salve_code code = guideline_read_about(&doc, &g, &err);
        arena_close(mem);
        if (code == SALVE_OK) break;
        assert_int_equal(code, SALVE_E_MEMORY);
        assert_true(nth < 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_says),
        cmocka_unit_test(a_switch_may_have_no_initial_value),
        cmocka_unit_test(names_a_key_that_is_not_known),
        cmocka_unit_test(names_what_is_missing_or_empty),
        cmocka_unit_test(wants_closed_lists_without_doubles),
        cmocka_unit_test(wants_numbers_as_text_and_units_of_ucum),
        cmocka_unit_test(wants_an_age_of_each_input_that_is_read),
        cmocka_unit_test(wants_bands_that_rise_and_end_open),
        cmocka_unit_test(wants_dots_for_a_number_out_of_100_only),
        cmocka_unit_test(wants_columns_of_a_family_in_their_form),
        cmocka_unit_test(a_category_has_one_mark_and_else_none),
        cmocka_unit_test(survives_running_out_of_memory),
    };
    return t_run(tests);
}
