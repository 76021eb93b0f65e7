/* SPDX-License-Identifier: Apache-2.0
 * Names in every script and direction, the forms of address of a language, its digits and months. */
#include "letter_case.h"

static struct finding high(void) { return pressure("hypertension", "confirm-out-of-office", URGENCY_ROUTINE, "P1M"); }

static struct letter *letter_for(const char *name, const char *language)
{
    struct finding *finding = arena_new(mem, struct finding);
    *finding = high();
    struct letter_ask ask = {.findings = finding, .finding_count = 1, .person_name = str_of(name)};
    return compose(&ask, language);
}

/* --- names -------------------------------------------------------------------------------------------------------- */

#define ISOLATED(name) LETTER_NAME_START name LETTER_ISOLATE_END

/* A full stop at the end of a name would else go to the other end of the line. */
static void a_name_keeps_its_own_direction(void **state)
{
    (void)state;
    static const struct {
        const char *name, *language, *want;
    } cases[] = {{"Ann (Nan) Smith Jr.", "ar", ISOLATED("Ann (Nan) Smith Jr.")},
                 {"Ann (Nan) Smith Jr.", "en", "Ann (Nan) Smith Jr."},
                 {"أمينة حداد.", "en", ISOLATED("أمينة حداد.")},
                 {"أمينة حداد.", "ar", ISOLATED("أمينة حداد.")},
                 {"דוד כהן!", "en", ISOLATED("דוד כהן!")},
                 {"Дмитрий", "en", "Дмитрий"},
                 {"王小明", "en", "王小明"},
                 {"ﷺ", "en", ISOLATED("ﷺ")}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct letter *letter = letter_for(cases[i].name, cases[i].language);
        assert_str(letter->person, cases[i].want);
        assert_true(says(html_of(letter), cases[i].want));
    }
}

static void what_the_clinic_gave_keeps_its_direction_too(void **state)
{
    (void)state;
    struct finding finding = high();
    const struct letter_place places[] = {{STR("clinician-today"), STR("Ward 3."), STR(""), STR("+49 30"), STR("")}};
    struct letter_ask ask = {.findings = &finding,
                             .finding_count = 1,
                             .clinician = STR("Dr. Said Jr."),
                             .site = STR("Clinic No. 1!"),
                             .clinic = {.address = STR("1 Main Rd."),
                                        .telephone = STR("0123 456"),
                                        .hours = STR("Mo-Fr."),
                                        .places = places,
                                        .place_count = 1}};
    struct letter *letter = compose(&ask, "ar");
    assert_true(says(letter->signed_by, ISOLATED("Dr. Said Jr.")));
    assert_true(says(letter->details, ISOLATED("Clinic No. 1!")));
    assert_true(says(letter->contact, ISOLATED("1 Main Rd.")));
    assert_true(says(letter->contact, ISOLATED("0123 456")));
    assert_true(says(letter->contact, ISOLATED("Mo-Fr.")));
}

/* Scripts of fonts-noto-core. */
static void a_name_is_drawn_in_every_script_that_the_fonts_have(void **state)
{
    (void)state;
    static const char *const names[] = {"Nguyễn Thị Ánh", "Дмитрий Шостакович",
                                        "Ελένη",          "אברהם",
                                        "أمينة",          "नरेन्द्र",
                                        "অমর্ত্য",          "ፀሐይ ተስፋዬ",
                                        "สมชาย",          "တင်",
                                        "ខ្មែរ",           "ქეთევან",
                                        "Արամ",           "தமிழ்",
                                        "ಕನ್ನಡ",           "ආරියරත්න",
                                        "ܡܪܝܡ",           "ߒߞߏ"};
    static const char *const languages[] = {"en", "ar"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t l = 0; l < 2; l++) {
            struct salve_err err = {0};
            struct buf out;
            buf_init(&out, mem, 16 << 20);
            if (letter_pdf(letter_for(names[i], languages[l]), &out, &err) != SALVE_OK)
                fail_msg("%s: %s %s", names[i], t_where(&err), err.why);
        }
}

/* No font has it: the script is named, and no page of boxes is made. The page for a screen needs no font here. */
static void a_script_without_a_font_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *name, *where, *why;
    } cases[] = {{"\U000F1234", "U+F1234", "fonts-noto-core"}, {"\uE001", "U+E001", "HTML"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct letter *letter = letter_for(cases[i].name, "en");
        struct salve_err err = {0};
        struct buf out;
        buf_init(&out, mem, 16 << 20);
        assert_code(letter_pdf(letter, &out, &err), SALVE_E_CONFIG);
        assert_non_null(strstr(t_where(&err), cases[i].where));
        assert_non_null(strstr(err.why, cases[i].why));
        assert_int_equal(buf_str(&out).len, 0);
        assert_true(says(html_of(letter), cases[i].name));
    }
}

/* Where the fonts for it are not installed the script is named with their package; where they are, it is drawn. */
static void a_chinese_name_is_drawn_or_its_package_named(void **state)
{
    (void)state;
    static const char *const names[][2] = {{"王小明", "han"}, {"山田はな", ""}, {"김민수", "hangul"}};
    for (size_t i = 0; i < 3; i++) {
        struct salve_err err = {0};
        struct buf out;
        buf_init(&out, mem, 64 << 20);
        enum salve_code code = letter_pdf(letter_for(names[i][0], "ar"), &out, &err);
        if (code == SALVE_OK) continue;
        assert_code(code, SALVE_E_CONFIG);
        assert_non_null(strstr(err.why, "fonts-noto-cjk"));
        assert_non_null(strstr(t_where(&err), names[i][1]));
    }
}

/* --- forms of address --------------------------------------------------------------------------------------------- */

static void a_woman_is_addressed_as_one(void **state)
{
    (void)state;
    static const struct {
        const char *sex, *want, *never;
    } cases[] = {{"female", "قيسي ضغطك", "قِس ضغطك"}, {"male", "قِس ضغطك", "قيسي ضغطك"}, {"", "قِس ضغطك", "قيسي ضغطك"}};
    for (size_t i = 0; i < 3; i++) {
        struct finding finding = high();
        struct letter_ask ask = {.findings = &finding, .finding_count = 1, .sex = str_of(cases[i].sex)};
        struct str html = html_of(compose(&ask, "ar"));
        assert_true(says(html, cases[i].want));
        assert_false(says(html, cases[i].never));
        assert_false(says(html, "|"));
    }
}

static void only_pairs_of_forms_are_chosen_from(void **state)
{
    (void)state;
    struct letter_ask ask = {.sex = STR("female")};
    struct composer c = {.ask = &ask, .mem = mem};
    static const char *const cases[][2] = {{"no form", "no form"}, {"{date} {a|b} {n}", "{date} b {n}"},
                                           {"{a|b}{c|d}", "bd"},   {"a | b", "a | b"},
                                           {"{a|b", "{a|b"},       {"x {a}|{b|c} y", "x {a}|c y"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(letter_address(&c, str_of(cases[i][0])), cases[i][1]);
    ask.sex = STR("male");
    assert_str(letter_address(&c, STR("{date} {a|b} {n}")), "{date} a {n}");
}

/* --- digits and months -------------------------------------------------------------------------------------------- */

static void digits_are_those_of_the_site(void **state)
{
    (void)state;
    struct letter letter = {.has_arabic_digits = true};
    static const char *const cases[][2] = {{"148", "١٤٨"},
                                           {"5.6", "٥٫٦"},
                                           {"2.", "٢."},
                                           {"148 / 94", "١٤٨\u200E / \u200E٩٤"},
                                           {"HbA1c 6.1 %", "HbA1c ٦٫١ %"},
                                           {"PHQ-9: 12", "PHQ-9: ١٢"},
                                           {"SCORE2", "SCORE2"},
                                           {ISOLATED("1 Main Road") " 2", ISOLATED("1 Main Road") " ٢"},
                                           {"", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(letter_digits(&letter, str_of(cases[i][0]), mem), cases[i][1]);
    letter.has_arabic_digits = false;
    assert_str(letter_digits(&letter, STR("148"), mem), "148");
}

/* Every digit that the letter says is one of them; codes and sources, which are typed or looked up, keep theirs. */
static void a_letter_has_one_kind_of_digits(void **state)
{
    (void)state;
    struct finding finding = high();
    struct letter_ask ask = {.findings = &finding,
                             .finding_count = 1,
                             .code = STR("AAAA-2222"),
                             .code_until = STR("2027-11-20"),
                             .clinic = {.digits = STR("arabic"), .telephone = STR("0123 456")}};
    struct letter *letter = compose(&ask, "ar");
    const struct str said[] = {letter->details,
                               letter->lines[0].value,
                               letter->lines[0].why,
                               letter->next_check,
                               letter->lines[0].scales[0].at_text,
                               letter->code_words};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        for (size_t b = 0; b < said[i].len; b++)
            if (str_is_digit(said[i].ptr[b])) fail_msg("%.*s", STR_ARGS(said[i]));
    assert_true(says(letter->contact, "0123 456"));
    assert_str(letter->code, "AAAA-2222");
    assert_str(letter->sources[0], "ESC 2024");
    ask.clinic.digits = STR("latin");
    assert_true(says(compose(&ask, "ar")->details, "20"));
    ask.clinic.digits = STR("arabic");
    assert_true(says(compose(&ask, "en")->details, "20"));
}

static void months_are_those_of_the_site(void **state)
{
    (void)state;
    static const char *const cases[][3] = {{"", "ar", "نوفمبر"},
                                           {"standard", "ar", "نوفمبر"},
                                           {"levant", "ar", "تشرين الثاني"},
                                           {"maghreb", "ar", "نوفمبر"},
                                           {"levant", "en", "November"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct finding finding = high();
        struct letter_ask ask = {.findings = &finding, .finding_count = 1, .clinic = {.months = str_of(cases[i][0])}};
        assert_true(says(compose(&ask, cases[i][1])->details, cases[i][2]));
    }
}

/* --- the page ----------------------------------------------------------------------------------------------------- */

static void no_text_has_two_spaces_or_an_empty_reason(void **state)
{
    (void)state;
    static const char *const languages[] = {"en", "ar"};
    for (size_t l = 0; l < 2; l++) {
        struct str html = html_of(letter_for("Ann", languages[l]));
        ptrdiff_t at = str_find(html, STR("</style>"));
        assert_true(at > 0);
        assert_false(says(str_cut(html, (size_t)at, html.len), "  "));
    }
}

static void sources_stand_one_a_line_each_by_itself(void **state)
{
    (void)state;
    struct finding findings[] = {high(), risk("12")};
    struct letter_ask ask = {.findings = findings, .finding_count = 2};
    struct str html = html_of(compose(&ask, "ar"));
    assert_int_equal(times_in(html, STR("<div class=\"small\">[")), 2);
    assert_true(says(html, "<div class=\"small\">[1] <bdi>ESC 2024</bdi></div>"));
}

static void the_sheet_is_the_size_of_the_site(void **state)
{
    (void)state;
    struct finding finding = high();
    struct letter_ask ask = {.findings = &finding, .finding_count = 1};
    struct letter *letter = compose(&ask, "en");
    assert_true(says(pdf_of(letter), "/MediaBox [ 0 0 595 842 ]"));
    assert_true(says(html_of(letter), "size:A4"));
    ask.clinic.paper = STR("letter");
    letter = compose(&ask, "en");
    assert_true(says(pdf_of(letter), "/MediaBox [ 0 0 612 792 ]"));
    assert_true(says(html_of(letter), "size:letter"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_keeps_its_own_direction),
        cmocka_unit_test(what_the_clinic_gave_keeps_its_direction_too),
        cmocka_unit_test(a_name_is_drawn_in_every_script_that_the_fonts_have),
        cmocka_unit_test(a_script_without_a_font_is_named),
        cmocka_unit_test(a_chinese_name_is_drawn_or_its_package_named),
        cmocka_unit_test(a_woman_is_addressed_as_one),
        cmocka_unit_test(only_pairs_of_forms_are_chosen_from),
        cmocka_unit_test(digits_are_those_of_the_site),
        cmocka_unit_test(a_letter_has_one_kind_of_digits),
        cmocka_unit_test(months_are_those_of_the_site),
        cmocka_unit_test(no_text_has_two_spaces_or_an_empty_reason),
        cmocka_unit_test(sources_stand_one_a_line_each_by_itself),
        cmocka_unit_test(the_sheet_is_the_size_of_the_site),
    };
    return letter_run(tests);
}
