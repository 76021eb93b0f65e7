/* SPDX-License-Identifier: Apache-2.0
 * An empty form and its HTML. */
#include "letter/form.h"

#include "base/assert.h"
#include "letter/letter_int.h"

enum salve_code letter_form_open(const struct letter_frame *frame, struct str title, struct arena *mem,
                                 struct letter_form **out, struct salve_err *err)
{
    struct letter_form *form = arena_new(mem, struct letter_form);
    if (form == NULL) return salve_fail(err, SALVE_E_MEMORY, "form");
    letter_set_frame(&form->page, frame);
    form->page.title = title;
    *out = form;
    return SALVE_OK;
}

void letter_form_add(struct letter_form *form, struct letter_form_row row)
{
    salve_assert(form->count < LETTER_FORM_ROWS_MAX && row.boxes <= LETTER_FORM_BOXES_MAX);
    form->rows[form->count++] = row;
}

/* --- HTML --------------------------------------------------------------------------------------------------------- */

#define BOX STR("<span class=\"box\"></span> ")

static void answers(const struct letter_form_row *row, struct buf *out)
{
    buf_add(out, STR("<p class=\"row\"><span>"));
    letter_html_text(out, row->words);
    buf_add(out, STR("</span><span>"));
    for (size_t i = 0; i < 2; i++) {
        buf_add(out, BOX);
        letter_html_text(out, row->answers[i]);
        buf_add(out, STR(" "));
    }
    buf_add(out, STR("</span></p>\n"));
}

static void value(const struct letter_form_row *row, struct buf *out)
{
    buf_add(out, STR("<p class=\"row\"><span>"));
    letter_html_text(out, row->words);
    buf_add(out, STR("</span><span>"));
    for (unsigned i = 0; i < row->boxes; i++) buf_add(out, STR("<span class=\"blank\"></span> "));
    buf_add(out, STR("<bdi class=\"unit\">"));
    letter_html_text(out, row->unit);
    buf_add(out, STR("</bdi></span></p>\n"));
}

static void code(struct str words, struct buf *out)
{
    letter_html_qr(words, out);
    buf_add(out, STR("<p class=\"small\"><bdi>"));
    letter_html_text(out, words);
    buf_add(out, STR("</bdi></p>\n"));
}

static void link_to(const struct letter_form_row *row, struct buf *out)
{
    buf_add(out, STR("<p><a href=\""));
    letter_html_text(out, row->unit);
    buf_add(out, STR("\">"));
    letter_html_text(out, row->words);
    buf_add(out, STR("</a></p>\n"));
}

static void row_html(const struct letter_form_row *row, struct buf *out)
{
    switch (row->kind) {
    case LETTER_FORM_HEADING:
        letter_html_element(out, "h2", NULL, row->words);
        break;
    case LETTER_FORM_TEXT:
        letter_html_element(out, "p", NULL, row->words);
        break;
    case LETTER_FORM_SMALL:
        letter_html_element(out, "p", "small", row->words);
        break;
    case LETTER_FORM_CHOICE:
        buf_add(out, STR("<p class=\"choice\">"));
        buf_add(out, BOX);
        letter_html_text(out, row->words);
        buf_add(out, STR("</p>\n"));
        break;
    case LETTER_FORM_ANSWER:
        answers(row, out);
        break;
    case LETTER_FORM_VALUE:
        value(row, out);
        break;
    case LETTER_FORM_LINE:
        letter_html_element(out, "p", "write small", row->words);
        break;
    case LETTER_FORM_CODE:
        code(row->words, out);
        break;
    case LETTER_FORM_LINK:
        link_to(row, out);
        break;
    }
}

void letter_form_html(const struct letter_form *form, struct buf *out)
{
    letter_html_start(&form->page, out);
    for (size_t i = 0; i < form->count; i++) row_html(&form->rows[i], out);
    letter_html_end(out);
}
