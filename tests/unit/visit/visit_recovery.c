/* SPDX-License-Identifier: Apache-2.0
 * The key of a site on paper: what is printed is read again, however it is typed; a slip of the finger is seen. */
#include "visit/recovery.h"

#include "t.h"

static void every_line_comes_back(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (int round = 0; round < 200; round++) {
        uint8_t key[VISIT_KEY_BYTES], part[VISIT_KEY_PART_BYTES];
        for (size_t i = 0; i < sizeof key; i++) key[i] = (uint8_t)t_random(&seed);
        for (unsigned i = 0; i < VISIT_KEY_LINES; i++) {
            char line[VISIT_KEY_LINE_CHARS];
            visit_key_line(key, i, line);
            assert_int_equal(strlen(line), VISIT_KEY_LINE_CHARS - 1);
            assert_ok(visit_key_line_read(str_of(line), i, part, NULL));
            assert_memory_equal(part, key + i * VISIT_KEY_PART_BYTES, sizeof part);
            assert_code(visit_key_line_read(str_of(line), (i + 1) % VISIT_KEY_LINES, part, NULL), SALVE_E_INVALID);
        }
    }
}

/* The format of the sheet does not change: sheets lie in safes. */
static void a_line_is_what_it_always_was(void **state)
{
    (void)state;
    char line[VISIT_KEY_LINE_CHARS];
    uint8_t key[VISIT_KEY_BYTES];
    for (size_t i = 0; i < sizeof key; i++) key[i] = (uint8_t)(i * 8);
    visit_key_line(key, 0, line);
    assert_string_equal(line, "0008 1018 2028 3038 f01e");
    visit_key_line(key, 3, line);
    assert_string_equal(line, "c0c8 d0d8 e0e8 f0f8 860b");
}

static void how_it_is_typed_does_not_matter(void **state)
{
    (void)state;
    char line[VISIT_KEY_LINE_CHARS], typed[64];
    uint8_t key[VISIT_KEY_BYTES] = {0x01, 0x10, 0xAB, 0xCD, 0xEF, 0x11, 0x00, 0x99}, part[VISIT_KEY_PART_BYTES];
    size_t at = 0;
    visit_key_line(key, 0, line);
    for (const char *c = line; *c != '\0'; c++) {
        if (*c == ' ') typed[at++] = '-';
        if (*c != ' ') typed[at++] = *c == '0' ? 'O' : *c == '1' ? 'l' : *c >= 'a' ? (char)(*c - 32) : *c;
    }
    typed[at++] = '\n';
    assert_ok(visit_key_line_read(str_make(typed, at), 0, part, NULL));
    assert_memory_equal(part, key, sizeof part);
}

static void one_wrong_digit_is_seen(void **state)
{
    (void)state;
    char line[VISIT_KEY_LINE_CHARS];
    uint8_t key[VISIT_KEY_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8}, part[VISIT_KEY_PART_BYTES];
    struct salve_err err = {0};
    unsigned missed = 0;
    visit_key_line(key, 0, line);
    for (size_t i = 0; line[i] != '\0'; i++)
        for (unsigned digit = 0; line[i] != ' ' && digit < 16; digit++) {
            char was = line[i];
            line[i] = str_hex_char(digit);
            if (line[i] != was) missed += visit_key_line_read(str_of(line), 0, part, &err) == SALVE_OK;
            line[i] = was;
        }
    assert_int_equal(missed, 0);
    assert_string_equal(err.element, "line 1");
    assert_code(visit_key_line_read(STR(""), 0, part, &err), SALVE_E_INVALID);
    assert_code(visit_key_line_read(STR("0001 0203 0405 0607 080"), 0, part, &err), SALVE_E_INVALID);
    assert_code(visit_key_line_read(STR("g001 0203 0405 0607 0809"), 0, part, &err), SALVE_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_comes_back),
        cmocka_unit_test(a_line_is_what_it_always_was),
        cmocka_unit_test(how_it_is_typed_does_not_matter),
        cmocka_unit_test(one_wrong_digit_is_seen),
    };
    return t_run(tests);
}
