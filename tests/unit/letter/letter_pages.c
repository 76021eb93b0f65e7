/* SPDX-License-Identifier: Apache-2.0
 * What stands on the page: the HTML twin as people and screen readers get it, pages of the PDF, long names, both
 * directions. */
#include "letter_case.h"

static struct letter *letter_with(struct finding *findings, size_t count, const char *language)
{
    struct letter_ask ask = {.findings = findings,
                             .finding_count = count,
                             .person_name = STR("Amina Haddad"),
                             .code = STR("AAAA-BBBB-CCCC"),
                             .clinician = STR("dr-amina")};
    return compose(&ask, language);
}

static void the_page_says_its_language_and_direction(void **state)
{
    (void)state;
    struct finding finding = pressure("hypertension", "same-day", URGENCY_SAME_DAY, "");
    assert_true(says(html_of(letter_with(&finding, 1, "en")), "<html lang=\"en\" dir=\"ltr\">"));
    assert_true(says(html_of(letter_with(&finding, 1, "ar")), "<html lang=\"ar\" dir=\"rtl\">"));
}

/* Numbers and the code read left to right in every language. */
static void numbers_run_left_to_right_on_an_arabic_page(void **state)
{
    (void)state;
    struct finding finding = pressure("hypertension", "same-day", URGENCY_SAME_DAY, "");
    struct str html = html_of(letter_with(&finding, 1, "ar"));
    assert_int_equal(times_in(html, STR("<svg class=\"scale\" viewBox=\"0 0 340 ")), 2);
    assert_int_equal(times_in(html, STR("direction=\"ltr\"")), 2);
    assert_true(says(html, "<p class=\"code\" dir=\"ltr\">AAAA-BBBB-CCCC</p>"));
    assert_true(says(html, "\u2066"
                           "148 / 94"
                           "\u2069"));
}

static void the_page_needs_nothing_from_outside_and_runs_nothing(void **state)
{
    (void)state;
    struct finding finding = pressure("hypertension", "same-day", URGENCY_SAME_DAY, "");
    struct str html = html_of(letter_with(&finding, 1, "en"));
    static const char *const never[] = {"<script",  "<link", "<img",    "http://",
                                        "https://", "url(",  "@import", " onload"};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (says(html, never[i])) fail_msg("the page holds %s", never[i]);
    assert_true(says(html, "default-src 'none'"));
}

static void a_number_line_is_spoken(void **state)
{
    (void)state;
    struct finding finding = pressure("hypertension", "same-day", URGENCY_SAME_DAY, "");
    struct str html = html_of(letter_with(&finding, 1, "en"));
    assert_true(says(html, "role=\"img\" aria-label=\"upper number: 148. Zone: high.\""));
    assert_true(says(html, "aria-label=\"lower number: 94. Zone: high.\""));
}

/* The shape beside the headline is never alone; read out are the words for it. Its colour comes from its class. */
static void a_mark_is_a_shape_beside_words(void **state)
{
    (void)state;
    static const struct {
        const char *category, *mark;
    } cases[] = {{"normal", "usual\"><span role=\"img\" aria-label=\"as it should be\">\u25CF"},
                 {"elevated", "watch\"><span role=\"img\" aria-label=\"a little outside the usual\">\u25B2"},
                 {"hypertension", "see\"><span role=\"img\" aria-label=\"outside the usual\">\u25A0"},
                 {"ok", "neutral\"><span role=\"img\" aria-label=\"not judged\">\u25CB"}};
    for (size_t i = 0; i < 4; i++) {
        struct finding finding = pressure(cases[i].category, "routine", URGENCY_NONE, "");
        if (i == 3) finding.item = STR("bp-average");
        struct letter *letter = letter_with(&finding, 1, "en");
        struct str html = html_of(letter);
        assert_true(says(html, cases[i].mark));
        assert_true(says(html, arena_printf(mem, "</span> %.*s", STR_ARGS(letter->lines[0].headline)).ptr));
    }
}

static void every_text_of_the_page_is_escaped(void **state)
{
    (void)state;
    static const char bad[] = "<b>&\"", good[] = "&lt;b&gt;&amp;&quot;";
    struct finding finding = pressure("hypertension", "same-day", URGENCY_SAME_DAY, "");
    struct letter_ask ask = {.findings = &finding,
                             .finding_count = 1,
                             .person_name = str_of(bad),
                             .site = str_of(bad),
                             .clinician = str_of(bad),
                             .code = str_of(bad),
                             .log_head = str_of(bad)};
    finding.value = str_of(bad);
    finding.source = str_of(bad);
    struct str html = html_of(compose(&ask, "en"));
    assert_int_equal(times_in(html, str_of(bad)), 0);
    assert_true(times_in(html, str_of(good)) >= 7);
}

static void a_part_that_is_empty_has_no_heading(void **state)
{
    (void)state;
    struct finding finding = pressure("normal", "routine", URGENCY_NONE, "");
    struct str html = html_of(letter_with(&finding, 1, "en"));
    assert_false(says(html, "What to do now"));
    assert_false(says(html, "What we could not work out"));
    assert_false(says(html, "class=\"banner\""));
    html = html_of(letter_with(NULL, 0, "en"));
    assert_false(says(html, "Your results"));
}

static void a_letter_has_its_code_and_a_picture_of_it(void **state)
{
    (void)state;
    struct letter_qr qr;
    struct finding finding = pressure("normal", "routine", URGENCY_NONE, "");
    assert_ok(letter_qr_make(STR("AAAA-BBBB-CCCC"), mem, &qr, NULL));
    assert_int_equal(qr.size, 21); /* version 1 at error correction M */
    size_t dark = 0;
    for (int i = 0; i < qr.size * qr.size; i++) dark += qr.modules[i];
    struct str html = html_of(letter_with(&finding, 1, "en"));
    assert_true(says(html, "viewBox=\"-4 -4 29 29\" role=\"img\" aria-label=\"QR\""));
    assert_int_equal(times_in(html, STR("h1v1h-1z")), dark);
    char *text = arena_alloc(mem, 5000);
    memset(text, 'A', 5000);
    assert_code(letter_qr_make(str_make(text, 5000), mem, &qr, NULL), SALVE_E_TOO_BIG);
}

/* The plain lines say what the page says; the code is for paper. */
static void plain_lines_say_what_the_page_says(void **state)
{
    (void)state;
    struct finding findings[] = {pressure("hypertension", "confirm-out-of-office", URGENCY_ROUTINE, "P1M"), risk("12")};
    static const char *const languages[] = {"en", "ar"};
    for (int l = 0; l < 2; l++) {
        struct letter *letter = letter_with(findings, 2, languages[l]);
        struct buf out;
        buf_init(&out, mem, 1 << 20);
        letter_text(letter, &out);
        struct str text = buf_str(&out);
        const struct str parts[] = {letter->title,
                                    letter->person,
                                    letter->answer,
                                    letter->steps[0].what,
                                    letter->steps[0].why,
                                    letter->lines[0].value,
                                    letter->lines[0].headline,
                                    letter->lines[0].meaning,
                                    letter->lines[1].dots_words,
                                    letter->next_check,
                                    letter->diagnosis,
                                    letter->signed_by};
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
            if (parts[i].len == 0 || str_find(text, parts[i]) < 0) fail_msg("part %zu", i);
        assert_int_equal(str_find(text, STR("AAAA-BBBB-CCCC")), -1);
    }
}

static void a_short_letter_has_two_pages_at_most(void **state)
{
    (void)state;
    struct finding findings[] = {pressure("hypertension", "same-day", URGENCY_SAME_DAY, "P1M"), risk("12")};
    static const char *const languages[] = {"en", "ar"};
    for (int i = 0; i < 2; i++) {
        size_t pages = pages_of(pdf_of(letter_with(findings, 2, languages[i])));
        assert_in_range(pages, 1, 2);
    }
}

/* A result is not cut: where all are alike, each page after the first ones holds the same number of them. */
static void a_result_stays_on_one_page(void **state)
{
    (void)state;
    enum { FIRST = 16, COUNT = 46 }; /* from the first on all are set alike, and urgent ones have their pictures */
    struct finding findings[COUNT];
    size_t before = 0, turns[COUNT], turn_count = 0;
    for (size_t i = 0; i < COUNT; i++) {
        findings[i] = pressure("hypertension", "same-day", URGENCY_SAME_DAY, "P1M");
        findings[i].value = arena_printf(mem, "%zu", 141 + i);
    }
    for (size_t i = FIRST; i <= COUNT; i++) {
        size_t pages = pages_of(pdf_of(letter_with(findings, i, "en")));
        if (i > FIRST) assert_true(pages == before || pages == before + 1);
        if (i > FIRST && pages > before) turns[turn_count++] = i;
        before = pages;
    }
    assert_in_range(turn_count, 3, 10);
    for (size_t i = 2; i < turn_count; i++)
        assert_in_range(turns[i] - turns[i - 1], turns[1] - turns[0] - 1, turns[1] - turns[0] + 1);
}

/* Names of 200 letters, with and without a place to break, stay inside the page and take no page of their own. */
static void a_long_name_is_wrapped(void **state)
{
    (void)state;
    struct finding finding = pressure("normal", "routine", URGENCY_NONE, "");
    struct str usual = pdf_of(letter_with(&finding, 1, "en"));
    char words[201], one[201];
    for (size_t i = 0; i < 200; i++) {
        words[i] = i % 8 == 7 ? ' ' : 'm';
        one[i] = 'm';
    }
    words[200] = one[200] = '\0';
    const char *const names[] = {words, one};
    for (size_t i = 0; i < 2; i++) {
        struct letter_ask ask = {.findings = &finding, .finding_count = 1, .person_name = str_of(names[i])};
        struct letter *letter = compose(&ask, "en");
        assert_true(says(html_of(letter), names[i]));
        assert_in_range(pages_of(pdf_of(letter)), pages_of(usual), pages_of(usual) + 1);
    }
}

static void a_letter_is_the_same_each_time_but_for_its_time(void **state)
{
    (void)state;
    struct finding finding = pressure("hypertension", "same-day", URGENCY_SAME_DAY, "");
    struct letter *letter = letter_with(&finding, 1, "ar");
    assert_true(str_eq(html_of(letter), html_of(letter)));
    assert_int_equal(pdf_of(letter).len, pdf_of(letter).len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_says_its_language_and_direction),
        cmocka_unit_test(numbers_run_left_to_right_on_an_arabic_page),
        cmocka_unit_test(the_page_needs_nothing_from_outside_and_runs_nothing),
        cmocka_unit_test(a_number_line_is_spoken),
        cmocka_unit_test(a_mark_is_a_shape_beside_words),
        cmocka_unit_test(every_text_of_the_page_is_escaped),
        cmocka_unit_test(a_part_that_is_empty_has_no_heading),
        cmocka_unit_test(a_letter_has_its_code_and_a_picture_of_it),
        cmocka_unit_test(plain_lines_say_what_the_page_says),
        cmocka_unit_test(a_short_letter_has_two_pages_at_most),
        cmocka_unit_test(a_result_stays_on_one_page),
        cmocka_unit_test(a_long_name_is_wrapped),
        cmocka_unit_test(a_letter_is_the_same_each_time_but_for_its_time),
    };
    return letter_run(tests);
}
