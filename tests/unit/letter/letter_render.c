/* SPDX-License-Identifier: Apache-2.0
 * The letter from hand-made findings over the real guidelines: order, answer, number lines, dates, both renderings. */
#include "letter_case.h"

static void answers_first_with_the_most_urgent_result(void **state)
{
    (void)state;
    struct finding findings[] = {pressure("non-elevated", "routine", URGENCY_NONE, "P1Y"),
                                 pressure("hypertension", "confirm-within-1-month", URGENCY_SOON, "P1M")};
    struct letter_ask ask = {.findings = findings, .finding_count = 2};
    struct letter *letter = compose(&ask, "en");
    assert_int_equal(letter->line_count, 2);
    assert_int_equal(letter->lines[0].urgency, URGENCY_SOON);
    assert_true(str_find(letter->answer, STR("within two weeks")) > 0);
    assert_true(str_find(letter->next_check, STR("20 December 2026")) > 0); /* the earliest of the two */
}

static void says_that_it_is_a_draft_until_someone_signed(void **state)
{
    (void)state;
    struct finding finding = pressure("non-elevated", "routine", URGENCY_NONE, "P1Y");
    struct letter_ask ask = {.findings = &finding, .finding_count = 1};
    assert_true(str_find(compose(&ask, "en")->banner, STR("DRAFT")) >= 0);
    ask.clinician = STR("dr-amina");
    assert_int_equal(compose(&ask, "en")->banner.len, 0);
}

static void marks_the_band_that_holds_the_value(void **state)
{
    (void)state;
    struct finding finding = pressure("hypertension", "confirm-out-of-office", URGENCY_ROUTINE, "");
    struct letter_ask ask = {.findings = &finding, .finding_count = 1};
    struct letter *letter = compose(&ask, "en");
    assert_int_equal(letter->lines[0].scale_count, 2);
    for (size_t s = 0; s < 2; s++) {
        size_t here = 0;
        for (size_t b = 0; b < letter->lines[0].scales[s].band_count; b++)
            here += letter->lines[0].scales[s].bands[b].is_here;
        assert_int_equal(here, 1);
    }
}

static void keeps_numbers_in_order_inside_arabic(void **state)
{
    (void)state;
    struct finding finding = pressure("hypertension", "confirm-out-of-office", URGENCY_ROUTINE, "");
    struct letter_ask ask = {.findings = &finding, .finding_count = 1};
    struct letter *letter = compose(&ask, "ar");
    assert_true(letter->is_rtl);
    assert_true(str_find(letter->lines[0].value, STR("\u2066"
                                                     "148 / 94"
                                                     "\u2069")) == 0);
}

static void paper_letters_have_no_code(void **state)
{
    (void)state;
    struct finding finding = pressure("non-elevated", "routine", URGENCY_NONE, "P1Y");
    struct letter_ask ask = {.findings = &finding, .finding_count = 1, .code = STR("AAAA-BBBB"), .is_paper = true};
    assert_int_equal(compose(&ask, "en")->code.len, 0);
    assert_int_equal(compose(&ask, "en")->code_words.len, 0);
}

static void renderings_escape_what_a_name_holds(void **state)
{
    (void)state;
    struct finding finding = pressure("non-elevated", "routine", URGENCY_NONE, "P1Y");
    struct letter_ask ask = {.findings = &finding, .finding_count = 1, .person_name = STR("<script>\"&'")};
    struct buf out;
    struct str html;
    buf_init(&out, mem, 1 << 20);
    letter_html(compose(&ask, "en"), &out);
    assert_ok(buf_done(&out, &html, NULL));
    assert_int_equal(str_find(html, STR("<script")), -1);
    assert_true(str_find(html, STR("&lt;script&gt;&quot;&amp;'")) > 0);
}

static void writes_a_pdf_in_both_languages(void **state)
{
    (void)state;
    struct finding both[] = {pressure("hypertension", "confirm-out-of-office", URGENCY_ROUTINE, "P1M"), risk("12")};
    struct letter_ask ask = {.findings = both, .finding_count = 2, .code = STR("AAAA-BBBB")};
    const char *const languages[] = {"en", "ar"};
    for (int i = 0; i < 2; i++) {
        struct buf out;
        struct salve_err err = {0};
        buf_init(&out, mem, 8 << 20);
        assert_ok(letter_pdf(compose(&ask, languages[i]), &out, &err));
        assert_true(str_starts(buf_str(&out), STR("%PDF-1.")));
        assert_true(str_find(buf_str(&out), STR("StructTreeRoot")) > 0);
    }
}

static void a_risk_is_so_many_full_dots_of_100(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        unsigned full;
    } cases[] = {{"0", 0},   {"0.4", 0},    {"0.5", 1},   {"2.4", 2}, {"7.5", 8},
                 {"12", 12}, {"99.6", 100}, {"150", 100}, {"-3", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct finding finding = risk(cases[i].value);
        struct letter_ask ask = {.findings = &finding, .finding_count = 1};
        struct letter *letter = compose(&ask, "en");
        struct buf out;
        assert_int_equal(letter->lines[0].dots, cases[i].full);
        assert_true(str_find(letter->lines[0].dots_words, arena_printf(mem, "About %u fall ill", cases[i].full)) > 0);
        assert_true(str_find(letter->lines[0].dots_words, arena_printf(mem, "About %u do not", 100 - cases[i].full)) >
                    0);
        buf_init(&out, mem, 1 << 20);
        letter_html(letter, &out);
        assert_int_equal(times_in(buf_str(&out), STR("r=\"5\" fill=\"" LETTER_HEX(LETTER_INK))), cases[i].full);
        assert_int_equal(times_in(buf_str(&out), STR("<circle")), 100);
    }
}

static void dots_start_where_reading_starts(void **state)
{
    (void)state;
    struct finding finding = risk("1");
    struct letter_ask ask = {.findings = &finding, .finding_count = 1};
    struct buf out;
    buf_init(&out, mem, 1 << 20);
    letter_html(compose(&ask, "en"), &out);
    assert_true(str_find(buf_str(&out), STR("cx=\"8\" cy=\"8\" r=\"5\" fill=\"" LETTER_HEX(LETTER_INK))) > 0);
    buf_init(&out, mem, 1 << 20);
    letter_html(compose(&ask, "ar"), &out);
    assert_true(str_find(buf_str(&out), STR("cx=\"152\" cy=\"8\" r=\"5\" fill=\"" LETTER_HEX(LETTER_INK))) > 0);
}

static void other_numbers_have_no_dots(void **state)
{
    (void)state;
    struct finding finding = pressure("hypertension", "confirm-out-of-office", URGENCY_ROUTINE, "");
    struct letter_ask ask = {.findings = &finding, .finding_count = 1};
    assert_int_equal(compose(&ask, "en")->lines[0].dots_words.len, 0);
}

static void a_ceiling_is_an_error_not_half_a_file(void **state)
{
    (void)state;
    struct finding finding = pressure("non-elevated", "routine", URGENCY_NONE, "P1Y");
    struct letter_ask ask = {.findings = &finding, .finding_count = 1};
    struct buf out;
    struct salve_err err = {0};
    buf_init(&out, mem, 4096);
    assert_code(letter_pdf(compose(&ask, "en"), &out, &err), SALVE_E_TOO_BIG);
}

static void next_dates_follow_the_calendar(void **state)
{
    (void)state;
    static const char *const cases[][3] = {{"2026-11-20", "P1Y", "2027-11-20"}, {"2026-01-31", "P1M", "2026-02-28"},
                                           {"2024-02-29", "P1Y", "2025-02-28"}, {"2026-12-31", "P14D", "2027-01-14"},
                                           {"2026-12-25", "P2W", "2027-01-08"}, {"2026-11-20", "P1Y6M", "2028-05-20"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t days;
        assert_true(letter_days_after(str_of(cases[i][0]), str_of(cases[i][1]), &days));
        assert_str(letter_date_in(str_of(cases[i][0]), days, mem), cases[i][2]);
    }
    static const char *const bad[] = {"", "P", "1Y", "P1", "PY", "PT1H", "P99999Y"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t days;
        assert_false(letter_days_after(STR("2026-11-20"), str_of(bad[i]), &days));
    }
}

static void unknown_languages_are_refused(void **state)
{
    (void)state;
    struct letter_frame *frame = NULL;
    struct salve_err err = {0};
    assert_code(letter_frame_load(share, STR("xx"), mem, &frame, &err), SALVE_E_NOT_FOUND);
    assert_code(letter_frame_load(share, STR("../en"), mem, &frame, &err), SALVE_E_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_first_with_the_most_urgent_result),
        cmocka_unit_test(says_that_it_is_a_draft_until_someone_signed),
        cmocka_unit_test(marks_the_band_that_holds_the_value),
        cmocka_unit_test(keeps_numbers_in_order_inside_arabic),
        cmocka_unit_test(paper_letters_have_no_code),
        cmocka_unit_test(renderings_escape_what_a_name_holds),
        cmocka_unit_test(writes_a_pdf_in_both_languages),
        cmocka_unit_test(a_risk_is_so_many_full_dots_of_100),
        cmocka_unit_test(dots_start_where_reading_starts),
        cmocka_unit_test(other_numbers_have_no_dots),
        cmocka_unit_test(a_ceiling_is_an_error_not_half_a_file),
        cmocka_unit_test(next_dates_follow_the_calendar),
        cmocka_unit_test(unknown_languages_are_refused),
    };
    return letter_run(tests);
}
