/* SPDX-License-Identifier: Apache-2.0
 * How vector files are read and compared, over a guideline whose one define gives its one parameter back. */
#include "t.h"

#include "guideline_case.h"

static char last_why[256], last_name[64];

static void note(void *ctx, struct str name, bool passed, struct str why)
{
    (void)ctx;
    (void)snprintf(last_name, sizeof last_name, "%.*s", STR_ARGS(name));
    if (!passed) (void)snprintf(last_why, sizeof last_why, "%.*s", STR_ARGS(why));
}

static struct guideline_tally test(const char *csv)
{
    struct guideline_tally tally = {0};
    struct salve_err err = {0};
    last_why[0] = last_name[0] = '\0';
    if (guideline_test_vectors(&one_line, STR("f"), str_of(csv), note, NULL, &tally, &err) != SALVE_OK)
        fail_msg("%s: %s %s", salve_code_name(err.code), t_where(&err), err.why);
    return tally;
}

static void compares_numbers_as_decimals(void **state)
{
    (void)state;
    struct guideline_tally tally = test("case_id,a,exp_b,tol,source\nx-1,1.50,1.5,exact,\nx-2,1.5,1.50,exact,s\n");
    assert_int_equal(tally.passed, 2);
    tally = test("case_id,a,exp_b,tol,source\nx-3,1.51,1.5,exact,\n");
    assert_int_equal(tally.failed, 1);
    assert_string_equal(last_name, "x-3");
    assert_string_equal(last_why, "exp_b: got 1.51, expected 1.5");
}

static void takes_the_tolerance_as_absolute_and_inclusive(void **state)
{
    (void)state;
    struct guideline_tally tally = test("a,exp_b,tol\n1.51,1.5,0.01\n1.49,1.5,0.01\n1.511,1.5,0.01\n");
    assert_int_equal(tally.passed, 2);
    assert_int_equal(tally.failed, 1);
}

static void takes_an_empty_cell_as_no_value_and_no_result(void **state)
{
    (void)state;
    struct guideline_tally tally = test("a,exp_b,tol\n,,exact\n,1,exact\n1,,exact\n");
    assert_int_equal(tally.passed, 1);
    assert_int_equal(tally.failed, 2);
}

static void reads_quotes_line_ends_and_empty_last_cells(void **state)
{
    (void)state;
    struct guideline_tally tally = test("a,exp_b,tol,source\r\n\"1\",1,exact,\"a \"\"b\"\", c\"\r\n2,2,exact,\r\n\r\n");
    assert_int_equal(tally.passed, 2);
    assert_int_equal(tally.failed, 0);
}

static void tells_a_cell_that_is_not_of_its_type(void **state)
{
    (void)state;
    struct guideline_tally tally = test("a,exp_b\none,1\n");
    assert_int_equal(tally.failed, 1);
    assert_string_equal(last_why, "a is not of its type");
}

static void refused(const char *csv, enum salve_code code, const char *at)
{
    struct guideline_tally tally = {0};
    struct salve_err err = {0};
    assert_int_equal(guideline_test_vectors(&one_line, STR("f"), str_of(csv), NULL, NULL, &tally, &err), code);
    if (strstr(t_where(&err), at) == NULL) fail_msg("at is \"%s\"", t_where(&err));
}

static void refuses_a_broken_file_with_its_line(void **state)
{
    (void)state;
    refused("", SALVE_E_SYNTAX, "line 1: header");
    refused("a,exp_b\n1\n", SALVE_E_SYNTAX, "line 2");
    refused("a,exp_b\n1,1\n1,\"1\n", SALVE_E_SYNTAX, "line 3");
    refused("a,exp_b\n1,1,1\n", SALVE_E_SYNTAX, "line 2");
    refused("a,exp_b,colour\n1,1,red\n", SALVE_E_INVALID, "colour");
    refused("a,source\n1,x\n", SALVE_E_INVALID, "header");
}

static void refuses_a_family_that_is_not_declared(void **state)
{
    struct guideline_tally tally = {0};
    (void)state;
    assert_int_equal(guideline_test_vectors(&one_line, STR("g"), STR("a\n"), NULL, NULL, &tally, NULL),
                     SALVE_E_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_numbers_as_decimals),
        cmocka_unit_test(takes_the_tolerance_as_absolute_and_inclusive),
        cmocka_unit_test(takes_an_empty_cell_as_no_value_and_no_result),
        cmocka_unit_test(reads_quotes_line_ends_and_empty_last_cells),
        cmocka_unit_test(tells_a_cell_that_is_not_of_its_type),
        cmocka_unit_test(refuses_a_broken_file_with_its_line),
        cmocka_unit_test(refuses_a_family_that_is_not_declared),
    };
    return t_run(tests);
}
