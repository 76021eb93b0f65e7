/* SPDX-License-Identifier: Apache-2.0
 * str, clock and ids: text in, values out, and nothing else accepted. */
#include "t.h"

#include "base/clock.h"
#include "base/ids.h"
#include "base/str.h"

static void views_are_cut_and_compared(void **state)
{
    (void)state;
    struct str text = STR("  salve\t\n");
    assert_str(str_trim(text), "salve");
    assert_true(str_trim(STR(" \r\n")).len == 0 && str_trim(STR_NONE).ptr == NULL);
    assert_str(str_cut(STR("abc"), 1, 9), "bc");
    assert_true(str_cut(STR("abc"), 9, 1).len == 0 && str_cut(STR_NONE, 0, 5).ptr == NULL);
    assert_true(str_cmp(STR("a"), STR("ab")) < 0 && str_cmp(STR("b"), STR("ab")) > 0 &&
                str_cmp(STR(""), STR_NONE) == 0);
    assert_true(str_cmp(STR("\x7f"), STR("\x80")) < 0);
    assert_int_equal(str_find(STR("aab"), STR("ab")), 1);
    assert_int_equal(str_find(STR("aab"), STR("abc")), -1);
    assert_int_equal(str_find(STR(""), STR("")), 0);
    assert_int_equal(str_find(STR_NONE, STR("a")), -1);
    assert_true(str_starts(STR("abc"), STR("")) && str_ends(STR("abc"), STR("bc")) && !str_ends(STR("c"), STR("bc")));
}

static void characters_are_of_ascii_alone(void **state)
{
    (void)state;
    for (int c = -128; c < 128; c++) {
        bool is_digit = c >= '0' && c <= '9', is_lower = c >= 'a' && c <= 'z', is_upper = c >= 'A' && c <= 'Z';
        assert_int_equal(str_is_digit((char)c), is_digit);
        assert_int_equal(str_is_space((char)c), c == ' ' || c == '\t' || c == '\n' || c == '\r');
        assert_int_equal(str_is_lower((char)c), is_lower);
        assert_int_equal(str_is_upper((char)c), is_upper);
        assert_int_equal(str_is_letter((char)c), is_lower || is_upper);
        assert_int_equal(str_lower((char)c), is_upper ? c + 32 : c);
        int digit = str_hex_digit((char)c);
        bool is_hex = is_digit || (c >= 'a' && c <= 'f');
        if (is_hex ? digit < 0 || str_hex_char((unsigned)digit) != c : digit != -1) fail_msg("%d is %d", c, digit);
    }
}

static void hex_is_whole_and_in_lower_case(void **state)
{
    (void)state;
    uint8_t bytes[3] = {0};
    char text[7];
    assert_true(str_hex_parse(STR("00ffa9"), bytes, 3) && memcmp(bytes, "\x00\xff\xa9", 3) == 0);
    str_hex(bytes, 3, text);
    assert_string_equal(text, "00ffa9");
    str_hex(bytes, 0, text);
    assert_string_equal(text, "");
    static const char *const BAD[] = {"", "00ff1", "00ff100", "00 f10", "0x0f10", "00FF10", "00fg10"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) assert_false(str_hex_parse(str_of(BAD[i]), bytes, 3));
    assert_true(str_hex_parse(STR_NONE, bytes, 0));
}

static void lines_end_with_lf_or_crlf_or_the_text(void **state)
{
    (void)state;
    struct str rest = STR("a\r\n\nb\rc\nd"), line;
    static const char *const WANT[] = {"a", "", "b\rc", "d"};
    for (size_t i = 0; i < 4; i++) {
        assert_true(str_next_line(&rest, &line));
        assert_str(line, WANT[i]);
    }
    assert_false(str_next_line(&rest, &line));
}

static void integers_are_whole_and_in_range(void **state)
{
    (void)state;
    int64_t number = 7;
    assert_true(str_to_i64(STR("-9223372036854775808"), &number) && number == INT64_MIN);
    assert_true(str_to_i64(STR("9223372036854775807"), &number) && number == INT64_MAX);
    assert_true(str_to_i64(STR("+0"), &number) && number == 0);
    static const char *const BAD[] = {
        "",   "-", "+", "1 ", " 1", "1.0", "0x1", "9223372036854775808", "-9223372036854775809", "99999999999999999999",
        "--1"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) assert_false(str_to_i64(str_of(BAD[i]), &number));
}

static void decimals_are_finite_and_plain(void **state)
{
    (void)state;
    double value = 0;
    assert_true(str_to_double(STR("-1.5e3"), &value) && value == -1500);
    assert_true(str_to_double(STR(".5"), &value) && value == 0.5);
    static const char *const BAD[] = {"", "nan", "inf", "0x1p3", "1e999", "1,5", "1 ", "e5", "1e", "--1"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) assert_false(str_to_double(str_of(BAD[i]), &value));
    assert_false(str_to_double(str_make("1\0", 2), &value));
}

static void utf8_has_one_form(void **state)
{
    (void)state;
    static const char *const GOOD[] = {"",
                                       "a",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const BAD[] = {"\x80",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xc2\x41",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xe2\x82",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xff"};
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) assert_true(str_is_utf8(str_of(GOOD[i])));
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) assert_false(str_is_utf8(str_of(BAD[i])));
    assert_false(str_is_utf8(str_make("a\0b", 3)));
}

/* Eight characters are looked at together: one that does not belong is seen wherever it stands among them. */
static void a_wrong_byte_is_seen_at_every_place(void **state)
{
    static const char wrong[] = {'\0', '\x80', '\xff', '\xc3'}; /* the last begins a character of two bytes */
    char text[24];
    (void)state;
    for (size_t len = 1; len <= sizeof text; len++)
        for (size_t at = 0; at < len; at++)
            for (size_t i = 0; i < sizeof wrong; i++) {
                memset(text, i % 2 == 0 ? 'a' : '\x7f', sizeof text);
                assert_true(str_is_utf8(str_make(text, len)));
                text[at] = wrong[i];
                assert_false(str_is_utf8(str_make(text, len)));
                if (wrong[i] != '\xc3' || at + 1 == len) continue;
                text[at + 1] = '\xa4';
                assert_true(str_is_utf8(str_make(text, len)));
            }
}

/* --- clock -------------------------------------------------------------------------------------------------------- */

static void days_and_dates_are_inverse_over_eight_centuries(void **state)
{
    (void)state;
    int64_t day = civil_days(1600, 1, 1);
    for (int32_t year = 1600; year < 2400; year++)
        for (int32_t month = 1; month <= 12; month++)
            for (int32_t d = 1; d <= civil_month_days(year, month); d++, day++) {
                struct civil civil = civil_from_unix_ms(day * 86400000 + 86399999);
                if (civil_days(year, month, d) != day || civil.year != year || civil.month != month || civil.day != d)
                    fail_msg("%d-%d-%d", year, month, d);
                assert_true(civil.hour == 23 && civil.minute == 59 && civil.second == 59 && civil.ms == 999);
            }
    assert_true(civil_days(1970, 1, 1) == 0 && civil_days(2000, 3, 1) == 11017);
}

static void times_are_read_and_written(void **state)
{
    (void)state;
    char text[CLOCK_TEXT_BYTES];
    int64_t ms = 0;
    static const struct {
        const char *text;
        int64_t ms;
    } GOOD[] = {
        {"1970-01-01", 0},
        {"1970-01-01T00:00Z", 0},
        {"1969-12-31T23:59:59.999Z", -1},
        {"2026-11-23T09:30:00Z", 1795426200000},
        {"2026-11-23T12:30:00+03:00", 1795426200000},
        {"2026-11-23T09:30:00.1234567Z", 1795426200123},
        {"2026-11-22T23:30:00-10:00", 1795426200000},
        {"2024-02-29", 1709164800000},
    };
    static const char *const BAD[] = {"",
                                      "2026",
                                      "2026-11",
                                      "2026-11-23T",
                                      "2026-11-23T09:30",
                                      "2026-11-23T24:00Z",
                                      "2026-11-23T09:60Z",
                                      "2026-11-23T09:30:60Z",
                                      "2026-02-29",
                                      "2026-00-01",
                                      "2026-13-01",
                                      "2026-04-31",
                                      "2026-1-1",
                                      "+026-01-01",
                                      "2026-11-23 09:30Z",
                                      "2026-11-23T09:30:00.Z",
                                      "2026-11-23T09:30+15:00",
                                      "2026-11-23T09:30+0300",
                                      "2026-11-23Z",
                                      "2026-11-23T09:30ZZ",
                                      "2026-11-23T-9:30Z"};
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++)
        if (!clock_parse(str_of(GOOD[i].text), &ms) || ms != GOOD[i].ms) fail_msg("%s", GOOD[i].text);
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        if (clock_parse(str_of(BAD[i]), &ms)) fail_msg("took %s", BAD[i]);
    assert_str(clock_text(-1, text), "1969-12-31T23:59:59Z");
    assert_str(clock_text(1795426200000, text), "2026-11-23T09:30:00Z");
    assert_str(clock_date_text(1795426200000, text), "2026-11-23");
    struct clock fixed = clock_fixed(1795426200999), system = clock_system();
    assert_true(clock_ms(&fixed) == 1795426200999 && clock_s(&fixed) == 1795426200);
    assert_true(clock_ms(&system) > 1700000000000);
}

/* --- ids ---------------------------------------------------------------------------------------------------------- */

static void a_compartment_has_one_text(void **state)
{
    (void)state;
    struct compartment id, again;
    char text[COMPARTMENT_TEXT_BYTES + 1];
    for (unsigned seed = 0; seed < 200; seed++) {
        for (size_t i = 0; i < COMPARTMENT_BYTES; i++) id.bytes[i] = (uint8_t)(seed * 37 + i * i * 11 + (seed >> 2));
        compartment_text(id, text);
        assert_int_equal(strlen(text), COMPARTMENT_TEXT_BYTES);
        assert_true(compartment_parse(str_of(text), &again) && compartment_eq(id, again));
        text[25]++; /* one of the two spare bits */
        assert_false(compartment_parse(str_of(text), &again) && compartment_eq(id, again));
    }
    memset(&id, 0, sizeof id);
    compartment_text(id, text);
    assert_string_equal(text, "aaaaaaaaaaaaaaaaaaaaaaaaaa");
    memset(&id, 0xff, sizeof id);
    compartment_text(id, text);
    assert_string_equal(text, "7777777777777777777777777"
                              "4");
    static const char *const BAD[] = {"",
                                      "aaaaaaaaaaaaaaaaaaaaaaaaa",
                                      "aaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                      "aaaaaaaaaaaaaaaaaaaaaaaaab",
                                      "AAAAAAAAAAAAAAAAAAAAAAAAAA",
                                      "aaaaaaaaaaaaaaaaaaaaaaaaa1",
                                      "aaaaaaaaaaaa=aaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) assert_false(compartment_parse(str_of(BAD[i]), &again));
}

static void lists_find_their_own_texts_and_nothing_else(void **state)
{
    (void)state;
    enum purpose purpose;
    enum role role;
    for (int i = 1; i <= PURPOSE_LAST; i++)
        assert_true(purpose_find(str_of(purpose_text((enum purpose)i)), &purpose) && (int)purpose == i);
    for (int i = 0; i < ROLE_COUNT; i++)
        assert_true(role_find(str_of(role_text((enum role)i)), &role) && (int)role == i);
    assert_int_equal(ROLE_COUNT, 9); /* a new role is a decision: docs/never.md N8 */
    static const char *const NEVER[] = {"",         "police",  "admin", "security", "insurer",
                                        "employer", "teacher", "Care",  "care "};
    for (size_t i = 0; i < sizeof NEVER / sizeof NEVER[0]; i++)
        assert_false(purpose_find(str_of(NEVER[i]), &purpose) || role_find(str_of(NEVER[i]), &role));
    assert_int_equal(purpose_classes(PURPOSE_STATISTICS), CLASS_BIT(CLASS_STAT));
    assert_int_equal(purpose_classes(PURPOSE_RESEARCH), CLASS_BIT(CLASS_CONTACT));
    assert_int_equal(purpose_classes(PURPOSE_HELPER) & CLASS_BIT(CLASS_SENS), 0);
}

static void a_text_is_split_once_and_is_near_to_another(void **state)
{
    struct str name = STR_NONE, value = STR_NONE;
    (void)state;
    assert_true(str_split(STR("a=b=c"), '=', &name, &value));
    assert_str(name, "a");
    assert_str(value, "b=c");
    assert_true(str_split(STR("a="), '=', &name, &value));
    assert_int_equal(value.len, 0);
    assert_false(str_split(STR("=b"), '=', &name, &value) || str_split(STR("ab"), '=', &name, &value));
    assert_int_equal(str_distance(STR("import"), STR("import")), 0);
    assert_int_equal(str_distance(STR("imprt"), STR("import")), 1);
    assert_int_equal(str_distance(STR("kitten"), STR("sitting")), 3);
    assert_int_equal(str_distance(STR(""), STR("abc")), 3);
    assert_int_equal(str_distance(STR("123456789012345678901234567890123"), STR("1")), 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_are_cut_and_compared),
        cmocka_unit_test(characters_are_of_ascii_alone),
        cmocka_unit_test(hex_is_whole_and_in_lower_case),
        cmocka_unit_test(lines_end_with_lf_or_crlf_or_the_text),
        cmocka_unit_test(integers_are_whole_and_in_range),
        cmocka_unit_test(decimals_are_finite_and_plain),
        cmocka_unit_test(utf8_has_one_form),
        cmocka_unit_test(a_wrong_byte_is_seen_at_every_place),
        cmocka_unit_test(days_and_dates_are_inverse_over_eight_centuries),
        cmocka_unit_test(times_are_read_and_written),
        cmocka_unit_test(a_compartment_has_one_text),
        cmocka_unit_test(lists_find_their_own_texts_and_nothing_else),
        cmocka_unit_test(a_text_is_split_once_and_is_near_to_another),
    };
    return t_run(tests);
}
