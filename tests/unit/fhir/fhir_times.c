/* SPDX-License-Identifier: Apache-2.0
 * The format of a dateTime: times as most are written are decided in one step, and never otherwise than step by step. */
#include "t.h"

#include <stdlib.h>

#include "fhir/fhir.h"

static bool is_date_time(const char *text, size_t len)
{
    char *exact = malloc(len); /* nothing behind it may be read */
    assert_non_null(exact);
    memcpy(exact, text, len);
    bool is_good = fhir_primitive_ok(FHIR_T_dateTime, str_make(exact, len));
    free(exact);
    return is_good;
}

/* Day 31 of January is never decided in one step, day 07 is; so that the day does not matter, the byte that changes is
 * another one. */
static void test_every_byte_of_a_time(void **state)
{
    (void)state;
    static const char *const usual[] = {"2020-01-07T08:30:59+02:00", "2020-01-07T08:30:59Z",
                                        "2020-01-07T08:30:59.000-13:59", "2020-01-07T23:00:60.5Z"};
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        size_t len = strlen(usual[i]);
        for (size_t at = 0; at < len; at++) {
            if (at >= 5 && at < 10) continue; /* month and day */
            for (unsigned byte = 0; byte < 256; byte++) {
                char one[40], other[40];
                memcpy(one, usual[i], len);
                one[at] = (char)byte;
                memcpy(other, one, len);
                memcpy(other + 8, "31", 2);
                assert_int_equal(is_date_time(one, len), is_date_time(other, len));
            }
        }
        for (size_t cut = 1; cut < len; cut++)
            assert_int_equal(is_date_time(usual[i], cut), cut == 4 || cut == 7 || cut == 10);
    }
}

static void test_days_and_months(void **state)
{
    (void)state;
    static const unsigned days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}; /* of 2020 */
    char text[40];
    for (unsigned month = 0; month < 20; month++)
        for (unsigned day = 0; day < 40; day++) {
            int len = snprintf(text, sizeof text, "2020-%02u-%02uT08:30:59Z", month, day);
            bool is_day = month >= 1 && month <= 12 && day >= 1 && day <= days[(month + 11) % 12];
            assert_int_equal(is_date_time(text, (size_t)len), is_day);
        }
    assert_false(is_date_time("0000-01-07T08:30:59Z", 20));
    assert_false(is_date_time("2020-01-07T24:00:00Z", 20));
    assert_false(is_date_time("2020-01-07T08:30:59.Z", 21));
    assert_false(is_date_time("2020-01-07T08:30:59.5", 21));
    assert_true(is_date_time("2020-01-07T08:30:59+14:00", 25));
    assert_false(is_date_time("2020-01-07T08:30:59+14:01", 25));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_byte_of_a_time),
        cmocka_unit_test(test_days_and_months),
    };
    return t_run(tests);
}
