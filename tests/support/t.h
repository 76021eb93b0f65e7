/* SPDX-License-Identifier: Apache-2.0
 *
 * t - what every test program starts with: cmocka, and a closing line that the runner adds up.
 *
 *     static void reads_back_what_it_wrote(void **state) { (void)state; assert_true(...); }
 *     int main(void)
 *     {
 *         const struct CMUnitTest tests[] = {cmocka_unit_test(reads_back_what_it_wrote)};
 *         return t_run(tests);
 *     }
 *
 * A test that reads public data asks t_data("merkle"); NULL means that the data are not here and the test is skipped,
 * with t_skipped(count). Suites that count cases by themselves use t_pass, t_fail and t_end instead of cmocka. */
#ifndef SALVE_TESTS_T_H
#define SALVE_TESTS_T_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"

/* T_IS_SANITIZED - 1 in the sanitizer build, where a test that takes long looks at less. */
#ifdef __SANITIZE_ADDRESS__
#define T_IS_SANITIZED 1
#elif defined(__has_feature)
#define T_IS_SANITIZED __has_feature(address_sanitizer)
#else
#define T_IS_SANITIZED 0
#endif

/* t_where - the place of an error in one line (salve_err_where); good until the next call. */
const char *t_where(const struct salve_err *err);

#define t_run(tests)                                                                                                   \
    t_close(_cmocka_run_group_tests("", (tests), sizeof(tests) / sizeof((tests)[0]), NULL, NULL),                      \
            (int)(sizeof(tests) / sizeof((tests)[0])))

/* t_close - prints the closing line of a cmocka program with `count` tests of which `failed` failed. */
int t_close(int failed, int count);

/* Counting by hand. t_fail prints the name and the reason. t_end prints the closing line and returns main's status. */
void t_pass(void);
void t_fail(const char *name, const char *fmt, ...) SALVE_PRINTF(2, 3);
void t_skipped(unsigned count);
int t_end(void);

/* t_is_all - the exhaustive form was asked for: ALL=1. tools/check sets ALL to 0 or 1, so that it is set says nothing. */
bool t_is_all(void);

/* t_random - a splitmix64 stream, so that a failing run can be repeated from its seed. */
uint64_t t_random(uint64_t *state);

/* t_data - folder of public data: $SALVE_DATA/<name>, by default ../shared/data/<name>; NULL if it is not there. */
const char *t_data(const char *name);

/* t_suite - the suite to run: the first argument from wherever the program is called, else t_data(name). The program then
 * works in the folder of the project, where gaps and helpers are. NULL: neither is there. */
const char *t_suite(int argc, char **argv, const char *name);

/* t_known_gap - true if `name` stands in tests/conformance/<module>/known-gaps.txt ("name: reason" a line). A case that
 * is listed and passes is reported by t_gap_passed, which counts as a failure until the line is taken out. */
bool t_known_gap(const char *file, const char *name);
void t_gap_passed(const char *name);

#define assert_ok(call)                                                                                                \
    do {                                                                                                               \
        struct salve_err t_err_ = {0};                                                                                 \
        (void)t_err_;                                                                                                  \
        enum salve_code t_code_ = (call);                                                                              \
        if (t_code_ != SALVE_OK) fail_msg("%s: %s", #call, salve_code_name(t_code_));                                  \
    } while (0)
#define assert_code(call, want) assert_string_equal(salve_code_name(call), salve_code_name(want))
#define assert_str(got, want)                                                                                          \
    do {                                                                                                               \
        struct str t_got_ = (got), t_want_ = str_of(want);                                                             \
        if (!str_eq(t_got_, t_want_)) fail_msg("got \"%.*s\", want \"%.*s\"", STR_ARGS(t_got_), STR_ARGS(t_want_));    \
    } while (0)

#endif
