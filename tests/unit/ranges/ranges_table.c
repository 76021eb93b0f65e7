/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of ranges of this repository, and tables that are broken. Numbers at the edges are rows of tests/vectors/ranges.csv
 * (tests/conformance/cli/vectors.sh). */
#include "base/file.h"
#include "ranges/ranges.h"
#include "t.h"

static struct expr_decimal number(const char *text)
{
    struct expr_decimal out;
    assert_true(expr_decimal_parse(str_of(text), &out));
    return out;
}

static const struct ranges *ours(struct arena *mem)
{
    const struct ranges *ranges = NULL;
    struct str text;
    assert_int_equal(file_read("ranges.json", 1 << 20, mem, &text, NULL), SALVE_OK);
    assert_int_equal(ranges_read(text, mem, &ranges, NULL), SALVE_OK);
    return ranges;
}

static void a_unit_that_is_not_listed_is_no_number_to_judge(void **state)
{
    (void)state;
    struct arena *mem = arena_open(4 << 20);
    const struct ranges *ranges = ours(mem);
    struct range_answer answer = ranges_judge(ranges, STR("8302-2"), number("170"), STR("mm"));
    assert_int_equal(answer.state, RANGE_UNIT);
    assert_true(str_is(answer.name, "height"));
    answer = ranges_judge(ranges, STR("8302-2"), number("170"), STR_NONE);
    assert_int_equal(answer.state, RANGE_UNIT);
    answer = ranges_judge(ranges, STR("unknown"), number("170"), STR("cm"));
    assert_int_equal(answer.state, RANGE_NONE);
    arena_close(mem);
}

static void numbers_that_depend_on_each_other_are_both_refused(void **state)
{
    (void)state;
    struct arena *mem = arena_open(4 << 20);
    const struct ranges *ranges = ours(mem);
    const struct str s = STR("systolic"), d = STR("diastolic"), total = STR("cholesterol"), hdl = STR("hdl");
    assert_true(ranges_pair_fits(ranges, s, number("120"), d, number("115")));
    assert_false(ranges_pair_fits(ranges, s, number("120"), d, number("115.1")));
    assert_false(ranges_pair_fits(ranges, d, number("120"), s, number("80"))); /* in either order */
    assert_false(ranges_pair_fits(ranges, total, number("5.0"), hdl, number("5.0")));
    assert_true(ranges_pair_fits(ranges, total, number("5.1"), hdl, number("5.0")));
    assert_true(ranges_pair_fits(ranges, s, number("1"), hdl, number("5.0")));
    arena_close(mem);
}

static void a_weight_that_only_fits_in_pounds_is_asked_about(void **state)
{
    (void)state;
    assert_true(ranges_weight_in_pounds(number("160"), number("170")));  /* 55 kg/m2; 25 in pounds */
    assert_false(ranges_weight_in_pounds(number("80"), number("170")));  /* 28 kg/m2 */
    assert_false(ranges_weight_in_pounds(number("400"), number("170"))); /* heavy either way */
    assert_false(ranges_weight_in_pounds(number("80"), number("0")));
}

static void ages_have_a_limit_by_kind(void **state)
{
    (void)state;
    struct arena *mem = arena_open(4 << 20);
    const struct ranges *ranges = ours(mem);
    int64_t days = 7;
    assert_true(ranges_kind_days(ranges, STR("known-disease"), &days));
    assert_int_equal(days, -1);
    assert_true(ranges_kind_days(ranges, STR("question"), &days));
    assert_int_equal(days, 0);
    assert_false(ranges_kind_days(ranges, STR("star-sign"), &days));
    arena_close(mem);
}

#define UNIT(body)                                                                                                     \
    "{\"format\":\"salve-ranges\",\"kinds\":{\"k\":1},\"quantities\":[{\"name\":\"n\",\"codes\":{\"c\":\"k\"},"        \
    "\"units\":[{\"unit\":\"cm\"," body "}]}]}"

static void a_broken_table_is_refused_with_its_place(void **state)
{
    (void)state;
    static const char *const broken[][2] = {
        {"{\"format\":\"other\"}", "format"},
        {"{\"format\":\"salve-ranges\",\"kinds\":{},\"quantities\":{}}", "quantities"},
        {"{\"format\":\"salve-ranges\",\"kinds\":{\"k\":-1},\"quantities\":[]}", "kinds.k"},
        {"{\"format\":\"salve-ranges\",\"kinds\":{},\"quantities\":[{}]}", "quantities.0"},
        {"{\"format\":\"salve-ranges\",\"kinds\":{},\"quantities\":[],\"pairs\":[{}]}", "pairs"},
        {UNIT("\"soft\":[\"1\",\"2\"]"), "quantities.0.units.0.hard"},
        {UNIT("\"soft\":[1,2],\"hard\":[\"1\",\"2\"]"), "quantities.0.units.0.soft"},
        {UNIT("\"soft\":[\"2\",\"1\"],\"hard\":[\"1\",\"2\"]"), "quantities.0.units.0.soft"},
        {UNIT("\"soft\":[\"0\",\"2\"],\"hard\":[\"1\",\"2\"]"), "quantities.0.units.0.soft"},
        {UNIT("\"soft\":[\"1\",\"2\"],\"hard\":[\"1\",\"2\"],\"usual\":[[\"m\",\"2\",\"1\"]]"),
         "quantities.0.units.0.usual"},
        {"{\"format\":\"salve-ranges\",\"kinds\":{},\"quantities\":[{\"name\":\"n\",\"codes\":{\"c\":\"k\"},\"units\":[{}]}]}",
         "codes"},
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct arena *mem = arena_open(1 << 20);
        const struct ranges *ranges = NULL;
        struct salve_err err = {0};
        assert_int_equal(ranges_read(str_of(broken[i][0]), mem, &ranges, &err), SALVE_E_INVALID);
        if (strstr(t_where(&err), broken[i][1]) == NULL) fail_msg("%s: %s", broken[i][0], t_where(&err));
        assert_null(ranges);
        arena_close(mem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_that_is_not_listed_is_no_number_to_judge),
        cmocka_unit_test(numbers_that_depend_on_each_other_are_both_refused),
        cmocka_unit_test(a_weight_that_only_fits_in_pounds_is_asked_about),
        cmocka_unit_test(ages_have_a_limit_by_kind),
        cmocka_unit_test(a_broken_table_is_refused_with_its_place),
    };
    return t_run(tests);
}
