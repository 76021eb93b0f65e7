/* SPDX-License-Identifier: Apache-2.0
 * N1: what Salve can know about people does not grow silently. The effective allow list must equal the reviewed copy
 * allowlist.txt; a change needs the number of its impact assessment in the commit that changes the copy.
 * `never_allowlist print` prints the list as it is now. */
#include "t.h"

#include "base/file.h"
#include "admit/admit.h"

#define REVIEWED "tests/never/admit/allowlist.txt"

static struct str effective(struct arena *mem, const struct admit_site *site)
{
    struct admit_rules *rules;
    struct salve_err err = {0};
    struct buf out;
    struct str text = STR_NONE;
    buf_init(&out, mem, (size_t)1 << 20);
    if (admit_rules_make(site, mem, &rules, &err) != SALVE_OK) return STR_NONE;
    admit_rules_text(rules, &out);
    return buf_done(&out, &text, &err) == SALVE_OK ? text : STR_NONE;
}

static bool next_lines(struct str *a, struct str *b, struct str *line_a, struct str *line_b)
{
    bool has_a = str_next_line(a, line_a), has_b = str_next_line(b, line_b);
    if (!has_a) *line_a = STR("(end)");
    if (!has_b) *line_b = STR("(end)");
    return has_a || has_b;
}

static void list_equals_the_reviewed_copy(void **state)
{
    struct arena *mem = arena_open((size_t)16 << 20);
    struct salve_err err = {0};
    struct str reviewed, got = effective(mem, NULL), want_line, got_line;
    (void)state;
    assert_ok(file_read(REVIEWED, (size_t)1 << 20, mem, &reviewed, &err));
    while (next_lines(&reviewed, &got, &want_line, &got_line))
        if (!str_eq(want_line, got_line))
            fail_msg("reviewed: %.*s; now: %.*s", STR_ARGS(want_line), STR_ARGS(got_line));
    arena_close(mem);
}

static void site_additions_are_part_of_the_list(void **state)
{
    struct arena *mem = arena_open((size_t)16 << 20);
    struct str systems[] = {STR("urn:oid:1.2.3.4.5.99")}, patterns[] = {STR("999-99-9999")};
    struct admit_site site = {systems, 1, patterns, 1};
    (void)state;
    struct str text = effective(mem, &site);
    assert_true(str_find(text, STR("identifier person urn:oid:1.2.3.4.5.99\n")) >= 0);
    assert_true(str_find(text, STR("pattern salve-never/N7 999-99-9999\n")) >= 0);
    arena_close(mem);
}

static void list_holds_nothing_that_must_never_be_kept(void **state)
{
    static const char *const never[] = {"element Patient.photo",
                                        "element Patient.maritalStatus",
                                        "element Attachment.data",
                                        "valueSampledData",
                                        "type Media",
                                        "type MolecularSequence",
                                        "us-core",
                                        "us-ssn",
                                        " ssn",
                                        "element Patient.text",
                                        "http://loinc.org 882-1\ncode"};
    struct arena *mem = arena_open((size_t)16 << 20);
    struct str text = effective(mem, NULL);
    (void)state;
    assert_true(text.len > 0);
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        if (str_find(text, str_of(never[i])) >= 0) fail_msg("the list holds %s", never[i]);
    arena_close(mem);
}

static void patterns_and_systems_are_checked(void **state)
{
    struct arena *mem = arena_open((size_t)16 << 20);
    struct salve_err err = {0};
    struct admit_rules *rules;
    struct str short_pattern[] = {STR("99-99")}, wide[] = {STR("urn:*")}, strange[] = {STR("99999999\n")};
    (void)state;
    assert_code(admit_rules_make(&(struct admit_site){NULL, 0, short_pattern, 1}, mem, &rules, &err), SALVE_E_CONFIG);
    assert_code(admit_rules_make(&(struct admit_site){NULL, 0, strange, 1}, mem, &rules, &err), SALVE_E_CONFIG);
    assert_code(admit_rules_make(&(struct admit_site){wide, 1, NULL, 0}, mem, &rules, &err), SALVE_E_CONFIG);
    arena_close(mem);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_equals_the_reviewed_copy),
        cmocka_unit_test(site_additions_are_part_of_the_list),
        cmocka_unit_test(list_holds_nothing_that_must_never_be_kept),
        cmocka_unit_test(patterns_and_systems_are_checked),
    };
    if (argc == 2 && strcmp(argv[1], "print") == 0) {
        struct arena *mem = arena_open((size_t)16 << 20);
        struct str text = effective(mem, NULL);
        (void)fwrite(text.ptr, 1, text.len, stdout);
        arena_close(mem);
        return 0;
    }
    return t_run(tests);
}
