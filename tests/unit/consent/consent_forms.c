/* SPDX-License-Identifier: Apache-2.0
 * The forms that the product comes with, and what makes a form unusable. Run from the top folder of the checkout. */
#include "t.h"

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "consent/consent.h"

static const struct str LANGS[] = {{"en", 2}, {"ar", 2}};
static const enum purpose OFFERED[] = {PURPOSE_CARE,     PURPOSE_FOLLOW_UP, PURPOSE_STATISTICS,
                                       PURPOSE_RESEARCH, PURPOSE_TRANSFER,  PURPOSE_HELPER};
enum { OFFERED_COUNT = sizeof OFFERED / sizeof OFFERED[0] };

static void every_purpose_has_a_form_in_both_languages(void **state)
{
    (void)state;
    struct arena *mem = arena_open(64 << 20);
    for (size_t i = 0; i < OFFERED_COUNT; i++) {
        struct consent_form_set set;
        struct salve_err err = {0};
        if (consent_form_load("forms", OFFERED[i], STR_NONE, LANGS, 2, mem, &set, &err) != SALVE_OK)
            fail_msg("%s: %s", t_where(&err), err.why);
        assert_int_equal(set.count, 2);
        for (size_t j = 0; j < set.count; j++) {
            const struct consent_form *form = &set.forms[j];
            bool is_arabic = str_is(form->ref.lang, "ar");
            assert_str(form->direction, is_arabic ? "rtl" : "ltr");
            assert_true(form->purpose == OFFERED[i] && form->ref.major == 1 &&
                        form->days <= consent_days_max(OFFERED[i]));
            assert_true(form->words > 60 && form->words <= CONSENT_FORM_WORDS_MAX);
            if (!is_arabic) assert_true(form->grade <= 6.0);
            for (size_t k = 0; k < CONSENT_SECTION_COUNT; k++) /* Arabic is written in Arabic */
                assert_true(((uint8_t)form->sections[k].text.ptr[0] >= 0x80) == is_arabic);
        }
        assert_non_null(consent_form_in(&set, STR("ar")));
        assert_null(consent_form_in(&set, STR("fr")));
    }
    arena_close(mem);
}

static void a_form_with_a_missing_language_is_not_used(void **state)
{
    (void)state;
    struct arena *mem = arena_open(64 << 20);
    struct consent_form_set set;
    struct salve_err err = {0};
    const struct str langs[] = {STR("en"), STR("ar"), STR("fr")};
    assert_code(consent_form_load("forms", PURPOSE_CARE, STR_NONE, langs, 3, mem, &set, &err), SALVE_E_CONFIG);
    assert_non_null(strstr(t_where(&err), "form.fr.json"));
    arena_close(mem);
}

static void a_version_that_is_not_there_is_not_found(void **state)
{
    (void)state;
    struct arena *mem = arena_open(64 << 20);
    struct consent_form_set set;
    static const char *const VERSIONS[] = {"9.0", "1", "1.0.0", "../1.0", "01.0", "", "1.00", "+1.0", "0.1"};
    for (size_t i = 0; i < sizeof VERSIONS / sizeof VERSIONS[0]; i++)
        assert_code(consent_form_load("forms", PURPOSE_CARE, str_of(VERSIONS[i]), LANGS, 2, mem, &set, NULL),
                    SALVE_E_NOT_FOUND);
    assert_code(consent_form_load("forms", PURPOSE_SELF, STR_NONE, LANGS, 2, mem, &set, NULL), SALVE_E_NOT_FOUND);
    arena_close(mem);
}

/* --- one form, changed in one place ------------------------------------------------------------------------------- */

static struct str read_form(struct arena *mem)
{
    struct str text;
    assert_ok(file_read("forms/statistics/1.0/form.en.json", SALVE_FORM_BYTES_MAX, mem, &text, NULL));
    return text;
}

static struct str replaced(struct arena *mem, struct str text, const char *from, const char *to)
{
    struct buf out;
    struct str done;
    ptrdiff_t at = str_find(text, str_of(from));
    if (at < 0) fail_msg("the form does not hold %s", from);
    buf_init(&out, mem, SALVE_FORM_BYTES_MAX * 2);
    buf_add(&out, str_cut(text, 0, (size_t)at));
    buf_add(&out, str_of(to));
    buf_add(&out, str_cut(text, (size_t)at + strlen(from), text.len));
    assert_ok(buf_done(&out, &done, NULL));
    return done;
}

static void a_form_with_one_fault_is_refused_and_the_fault_named(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *where;
    } FAULTS[] = {
        {"\"version\": \"1.0\"", "\"version\": \"1\"", "version"},
        {"\"version\": \"1.0\"", "\"version\": \"2.0\"", "changes"},
        {"\"lang\": \"en\"", "\"lang\": \"e\"", "lang"},
        {"\"direction\": \"ltr\"", "\"direction\": \"up\"", "direction"},
        {"\"purpose\": \"statistics\"", "\"purpose\": \"marketing\"", "purpose"},
        {"\"purpose\": \"statistics\"", "\"purpose\": \"self\"", "purpose"},
        {"\"purpose\": \"statistics\"", "\"purpose\": \"care\"", "form"},
        {"\"purpose\": \"statistics\"", "\"purpose\": [\"statistics\", \"care\"]", "purpose"},
        {"\"days\": 1827", "\"days\": 1828", "days"},
        {"\"days\": 1827", "\"days\": 0", "days"},
        {"\"days\": 1827", "\"days\": 1.5", "days"},
        {"\"id\": \"if_no\"", "\"id\": \"if_yes\"", "sections"},
        {"\"id\": \"withdraw\"", "\"id\": \"what\"", "sections"},
        {"\"dpia\": \"DPIA-1\"", "\"dpia\": \" \"", "dpia"},
        {"\"in_force\": \"2026-11-23\"", "\"in_force\": \"soon\"", "in_force"},
        {"\"changes\": \"\"", "\"changes\": \"\", \"checked\": true", "the file"},
        {"\"changes\": \"\"", "\"changes\": \"\", \"default\": \"yes\"", "the file"},
        {"\"changes\": \"\"", "\"change\": \"\"", "changes"},
        {"\"read_back\": [", "\"read_back\": [1, ", "ask"},
        {"\"grade\": ", "\"grade\": 1", "grade"},
        {"\"grade\": ", "\"grade\": \"easy\", \"g\": ", "grade"},
        {"\n", "\r\n", "the file"},
    };
    struct arena *mem = arena_open(64 << 20);
    struct str good = read_form(mem);
    struct consent_form form;
    struct salve_err err = {0};
    if (consent_form_parse(good, "form", mem, &form, &err) != SALVE_OK) fail_msg("%s: %s", t_where(&err), err.why);
    assert_true(str_eq(form.bytes, good));
    for (size_t i = 0; i < sizeof FAULTS / sizeof FAULTS[0]; i++) {
        err = (struct salve_err){0};
        struct str text = replaced(mem, good, FAULTS[i].from, FAULTS[i].to);
        if (consent_form_parse(text, "form", mem, &form, &err) != SALVE_E_INVALID) fail_msg("took: %s", FAULTS[i].to);
        if (strstr(t_where(&err), FAULTS[i].where) == NULL || strncmp(t_where(&err), "form: ", 6) != 0)
            fail_msg("%s was reported at %s", FAULTS[i].to, t_where(&err));
    }
    arena_close(mem);
}

static void a_form_cut_anywhere_is_refused(void **state)
{
    (void)state;
    struct arena *mem = arena_open(256 << 20);
    struct str good = read_form(mem);
    for (size_t len = 0; len < good.len; len++) {
        struct consent_form form;
        struct arena_mark mark = arena_mark(mem);
        assert_true(consent_form_parse(str_cut(good, 0, len), "form", mem, &form, NULL) != SALVE_OK);
        arena_rewind(mem, mark);
    }
    arena_close(mem);
}

static void too_many_words_too_hard_and_too_big_are_refused(void **state)
{
    (void)state;
    struct arena *mem = arena_open(64 << 20);
    struct str good = read_form(mem);
    struct consent_form form;
    struct buf many, hard;
    struct str text;
    buf_init(&many, mem, 1 << 16);
    buf_init(&hard, mem, 1 << 16);
    buf_add(&many, STR("\"yes\": \""));
    for (int i = 0; i < 300; i++) buf_add(&many, STR("Yes. "));
    buf_add(&hard, STR("\"yes\": \""));
    for (int i = 0; i < 60; i++) buf_add(&hard, STR("institutional organisational "));
    assert_ok(buf_done(&many, &text, NULL));
    assert_code(consent_form_parse(replaced(mem, good, "\"yes\": \"", text.ptr), "form", mem, &form, NULL),
                SALVE_E_INVALID);
    assert_ok(buf_done(&hard, &text, NULL));
    struct salve_err err = {0};
    assert_code(consent_form_parse(replaced(mem, good, "\"yes\": \"", text.ptr), "form", mem, &form, &err),
                SALVE_E_INVALID);
    assert_non_null(strstr(err.why, "harder"));
    char *big = calloc(1, SALVE_FORM_BYTES_MAX + 1);
    assert_code(consent_form_parse(str_make(big, SALVE_FORM_BYTES_MAX + 1), "form", mem, &form, NULL), SALVE_E_TOO_BIG);
    free(big);
    arena_close(mem);
}

/* --- plainness ---------------------------------------------------------------------------------------------------- */

static void the_grade_is_that_of_counting_by_hand(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double words, sentences, syllables;
    } TEXTS[] = {
        {"The cat sat on the mat.", 6, 1, 6},
        {"You need not say why. It works at once!", 9, 2, 9},
        {"A little table: people, examine it", 6, 2, 11}, /* a lit-tle ta-ble: peo-ple ex-am-ine it */
        {"We looked. We wanted it", 5, 2, 6},             /* looked 1, wanted 2 */
        {"The doctor (a nurse) \xe2\x80\x94 works here.\nNext line", 8, 2, 9},
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        double want = 0.39 * TEXTS[i].words / TEXTS[i].sentences + 11.8 * TEXTS[i].syllables / TEXTS[i].words - 15.59;
        double got = consent_form_grade(str_of(TEXTS[i].text));
        if (fabs(got - want) > 1e-9) fail_msg("\"%s\": %.3f, by hand %.3f", TEXTS[i].text, got, want);
        assert_int_equal(consent_word_count(str_of(TEXTS[i].text)), (int)TEXTS[i].words);
    }
    assert_true(consent_form_grade(STR("")) == 0);
}

static void words_are_counted_in_arabic_too(void **state)
{
    (void)state;
    assert_int_equal(consent_word_count(STR("أوافق على أن يُحفظ هذا.")), 5);
    assert_int_equal(consent_word_count(STR("  \xe2\x80\x94  -  \n . ")), 0);
}

/* --- receipts ----------------------------------------------------------------------------------------------------- */

static void receipts_exist_in_both_languages_with_the_same_fields(void **state)
{
    (void)state;
    struct arena *mem = arena_open(8 << 20);
    struct consent_texts en, ar;
    assert_ok(consent_texts_load("forms", STR("en"), mem, &en, NULL));
    assert_ok(consent_texts_load("forms", STR("ar"), mem, &ar, NULL));
    assert_int_equal(en.count, ar.count);
    for (size_t i = 0; i < en.count; i++) {
        assert_true(str_eq(en.items[i].id, ar.items[i].id));
        assert_int_equal(en.items[i].field_count, ar.items[i].field_count);
        for (size_t j = 0; j < en.items[i].field_count; j++)
            assert_true(str_eq(en.items[i].fields[j], ar.items[i].fields[j]));
    }
    arena_close(mem);
}

static void a_receipt_is_filled_whole_or_not_at_all(void **state)
{
    (void)state;
    struct arena *mem = arena_open(8 << 20);
    struct consent_texts texts;
    struct str title, body;
    struct consent_field fields[] = {
        {STR("at"), STR("2026-11-23")}, {STR("horizon"), STR("2026-12-07")}, {STR("name"), STR("x")}};
    assert_ok(consent_texts_load("forms", STR("en"), mem, &texts, NULL));
    assert_ok(consent_texts_fill(&texts, STR("erasure"), fields, 2, mem, &title, &body, NULL));
    assert_true(str_find(body, STR("2026-12-07")) > 0 && str_find(body, STR("{")) < 0);
    assert_code(consent_texts_fill(&texts, STR("erasure"), fields, 1, mem, &title, &body, NULL), SALVE_E_INVALID);
    assert_code(consent_texts_fill(&texts, STR("erasure"), fields, 3, mem, &title, &body, NULL), SALVE_E_INVALID);
    assert_code(consent_texts_fill(&texts, STR("nothing"), fields, 0, mem, &title, &body, NULL), SALVE_E_NOT_FOUND);
    assert_code(consent_texts_load("forms", STR("../receipts/en"), mem, &texts, NULL), SALVE_E_NOT_FOUND);
    assert_code(consent_texts_load("forms", STR("fr"), mem, &texts, NULL), SALVE_E_NOT_FOUND);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_purpose_has_a_form_in_both_languages),
        cmocka_unit_test(a_form_with_a_missing_language_is_not_used),
        cmocka_unit_test(a_version_that_is_not_there_is_not_found),
        cmocka_unit_test(a_form_with_one_fault_is_refused_and_the_fault_named),
        cmocka_unit_test(a_form_cut_anywhere_is_refused),
        cmocka_unit_test(too_many_words_too_hard_and_too_big_are_refused),
        cmocka_unit_test(the_grade_is_that_of_counting_by_hand),
        cmocka_unit_test(words_are_counted_in_arabic_too),
        cmocka_unit_test(receipts_exist_in_both_languages_with_the_same_fields),
        cmocka_unit_test(a_receipt_is_filled_whole_or_not_at_all),
    };
    return t_run(tests);
}
