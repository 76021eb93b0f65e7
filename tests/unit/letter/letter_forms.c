/* SPDX-License-Identifier: Apache-2.0
 * Empty forms: nothing is filled in, yes and no stay on one page, scripts without a font are named. */
#include "letter_case.h"

#include "letter/form.h"

static struct letter_form *open_form(const char *language)
{
    struct letter_frame *frame = NULL;
    struct letter_form *form = NULL;
    assert_ok(letter_frame_load(share, str_of(language), mem, &frame, NULL));
    assert_ok(letter_form_open(frame, STR("A form"), mem, &form, NULL));
    return form;
}

static void add(struct letter_form *form, enum letter_form_kind kind, const char *words)
{
    letter_form_add(form, (struct letter_form_row){.kind = kind, .words = str_of(words)});
}

static struct str form_html(const struct letter_form *form)
{
    struct str text;
    struct buf out;
    buf_init(&out, mem, 1 << 20);
    letter_form_html(form, &out);
    assert_ok(buf_done(&out, &text, NULL));
    return text;
}

static size_t form_pages(const struct letter_form *form)
{
    struct str pdf;
    struct buf out;
    buf_init(&out, mem, 8 << 20);
    assert_ok(letter_form_pdf(form, &out, NULL));
    assert_ok(buf_done(&out, &pdf, NULL));
    return pages_of(pdf);
}

static void words_are_escaped(void **state)
{
    (void)state;
    struct letter_form *form = open_form("en");
    for (int kind = LETTER_FORM_HEADING; kind < LETTER_FORM_KINDS; kind++)
        letter_form_add(form, (struct letter_form_row){.kind = (enum letter_form_kind)kind,
                                                       .words = STR("<b>"),
                                                       .answers = {STR("<b>"), STR("<b>")},
                                                       .unit = STR("<b>"),
                                                       .boxes = 1});
    struct str html = form_html(form);
    assert_int_equal(str_find(html, STR("<b>")), -1);
    assert_true(str_find(html, STR("&lt;b&gt;")) > 0);
}

static void both_answers_have_an_empty_box(void **state)
{
    (void)state;
    struct letter_form *form = open_form("ar");
    letter_form_add(
        form, (struct letter_form_row){.kind = LETTER_FORM_ANSWER, .words = STR("q"), .answers = {STR("1"), STR("2")}});
    struct str html = form_html(form);
    assert_true(str_find(html, STR("<span class=\"box\"></span> 1 <span class=\"box\"></span> 2")) > 0);
    assert_true(str_find(html, STR("dir=\"rtl\"")) > 0);
    assert_int_equal(form_pages(form), 1);
}

static void a_long_list_goes_on_the_next_page(void **state)
{
    (void)state;
    size_t before = 0;
    for (size_t rows = 5; rows <= 150; rows += 29) {
        struct letter_form *form = open_form("en");
        for (size_t i = 0; i < rows; i++)
            letter_form_add(form,
                            (struct letter_form_row){
                                .kind = LETTER_FORM_VALUE, .words = STR("Height"), .unit = STR("cm"), .boxes = 2});
        add(form, LETTER_FORM_HEADING, "You decide");
        add(form, LETTER_FORM_CHOICE, "Yes.");
        add(form, LETTER_FORM_CHOICE, "No.");
        size_t pages = form_pages(form);
        assert_true(pages >= before);
        before = pages;
    }
    assert_in_range(before, 3, 7);
}

static void a_script_without_a_font_is_named(void **state)
{
    (void)state;
    struct salve_err err = {0};
    struct letter_form *form = open_form("en");
    struct buf out;
    add(form, LETTER_FORM_CHOICE, "\xF3\xBF\xBF\xBD"); /* a code point that is no character of any font */
    buf_init(&out, mem, 8 << 20);
    assert_code(letter_form_pdf(form, &out, &err), SALVE_E_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_escaped),
        cmocka_unit_test(both_answers_have_an_empty_box),
        cmocka_unit_test(a_long_list_goes_on_the_next_page),
        cmocka_unit_test(a_script_without_a_font_is_named),
    };
    return letter_run(tests);
}
