/* SPDX-License-Identifier: Apache-2.0
 * An empty form as a PDF. Boxes are squares with nothing in them, the same for every answer. */
#include <math.h>

#include "letter/form.h"
#include "letter/letter_sheet.h"

enum { BOX = 12, BOX_GAP = 8, BLANK_WIDTH = 66, BLANK_HEIGHT = 20, UNIT_WIDTH = 62, LINE_SPACE = 24, ROW_GAP = 5 };

static const struct look CHOICE = {12, true, &SHEET_INK, 6};

static void square(const struct sheet *s, double x, double y, double width, double height)
{
    sheet_ink(s, &SHEET_INK);
    cairo_set_line_width(s->cr, 1.2);
    cairo_rectangle(s->cr, x, y, width, height);
    cairo_stroke(s->cr);
}

/* The left edge of something `width` wide that begins `from` points after the side where reading starts. */
static double left_of(const struct sheet *s, double from, double width)
{
    return s->letter->is_rtl ? s->width - MARGIN - from - width : MARGIN + from;
}

static void choice(struct sheet *s, const struct letter_form_row *row)
{
    double indent = BOX + BOX_GAP, width = s->inner - indent;
    sheet_need(s, fmax(BOX, sheet_text_height(s, row->words, &CHOICE, width)));
    square(s, left_of(s, 0, BOX), s->y + 1, BOX, BOX);
    sheet_text_at(s, "P", row->words, &CHOICE, left_of(s, indent, width), width);
}

/* Words at the start side, in the middle of a row that leaves `rest` points at its end side; its height. */
static double row_words(struct sheet *s, struct str words, double rest)
{
    double width = s->inner - rest, height = sheet_text_height(s, words, &SHEET_BODY, width);
    double whole = fmax(height, BLANK_HEIGHT);
    sheet_need(s, whole + ROW_GAP);
    double top = s->y;
    s->y += (whole - height) / 2 + SHEET_BODY.space_after / 2;
    sheet_text_at(s, "P", words, &SHEET_BODY, left_of(s, 0, width), width);
    s->y = top;
    return whole;
}

/* One line of words in the middle of the row. */
static void beside(struct sheet *s, struct str words, double from, double width, double row_height)
{
    double top = s->y;
    s->y += (row_height - sheet_text_height(s, words, &SHEET_BODY, width) + SHEET_BODY.space_after) / 2;
    sheet_text_at(s, "P", words, &SHEET_BODY, left_of(s, from, width), width);
    s->y = top;
}

static void answer(struct sheet *s, const struct letter_form_row *row)
{
    double widths[2], rest = 0;
    for (size_t i = 0; i < 2; i++) {
        widths[i] = sheet_text_width(s, row->answers[i], &SHEET_BODY) + 14;
        rest += BOX + BOX_GAP + widths[i];
    }
    double height = row_words(s, row->words, rest), at = s->inner - rest;
    for (size_t i = 0; i < 2; i++) {
        square(s, left_of(s, at, BOX), s->y + (height - BOX) / 2, BOX, BOX);
        beside(s, row->answers[i], at + BOX + BOX_GAP, widths[i], height);
        at += BOX + BOX_GAP + widths[i];
    }
    s->y += height + ROW_GAP;
}

static void value(struct sheet *s, const struct letter_form_row *row)
{
    double rest = (double)row->boxes * (BLANK_WIDTH + BOX_GAP) + UNIT_WIDTH;
    double height = row_words(s, row->words, rest), at = s->inner - rest;
    for (unsigned i = 0; i < row->boxes; i++, at += BLANK_WIDTH + BOX_GAP)
        square(s, left_of(s, at, BLANK_WIDTH), s->y + (height - BLANK_HEIGHT) / 2, BLANK_WIDTH, BLANK_HEIGHT);
    beside(s, row->unit, at, UNIT_WIDTH, height);
    s->y += height + ROW_GAP;
}

static void line(struct sheet *s, const struct letter_form_row *row)
{
    sheet_need(s, LINE_SPACE + sheet_text_height(s, row->words, &SHEET_SMALL, s->inner));
    s->y += LINE_SPACE;
    sheet_ink(s, &SHEET_INK);
    cairo_set_line_width(s->cr, 0.8);
    cairo_move_to(s->cr, MARGIN, s->y);
    cairo_line_to(s->cr, s->width - MARGIN, s->y);
    cairo_stroke(s->cr);
    s->y += 2;
    sheet_text(s, "P", row->words, &SHEET_SMALL);
}

static enum salve_code draw_code(struct sheet *s, struct str words, struct salve_err *err)
{
    sheet_need(s, QR_SIDE + sheet_text_height(s, words, &SHEET_SMALL, s->inner));
    TRY(sheet_qr(s, words, left_of(s, 0, QR_SIDE), s->y, err));
    s->y += QR_SIDE;
    sheet_text(s, "P", arena_printf(s->mem, "\xe2\x81\xa8%.*s\xe2\x81\xa9", STR_ARGS(words)), &SHEET_SMALL);
    return SALVE_OK;
}

static enum salve_code draw_row(struct sheet *s, const struct letter_form_row *row, struct salve_err *err)
{
    switch (row->kind) {
    case LETTER_FORM_HEADING:
        sheet_heading(s, row->words);
        break;
    case LETTER_FORM_TEXT:
        sheet_text(s, "P", row->words, &SHEET_BODY);
        break;
    case LETTER_FORM_SMALL:
        sheet_text(s, "P", row->words, &SHEET_SMALL);
        break;
    case LETTER_FORM_CHOICE:
        choice(s, row);
        break;
    case LETTER_FORM_ANSWER:
        answer(s, row);
        break;
    case LETTER_FORM_VALUE:
        value(s, row);
        break;
    case LETTER_FORM_LINE:
        line(s, row);
        break;
    case LETTER_FORM_CODE:
        return draw_code(s, row->words, err);
    case LETTER_FORM_LINK:
        sheet_text(s, "P", row->words, &SHEET_BODY);
        break;
    }
    return SALVE_OK;
}

static double row_height(const struct sheet *s, const struct letter_form_row *row)
{
    switch (row->kind) {
    case LETTER_FORM_HEADING:
        return 40 * s->scale;
    case LETTER_FORM_TEXT:
        return sheet_text_height(s, row->words, &SHEET_BODY, s->inner);
    case LETTER_FORM_SMALL:
        return sheet_text_height(s, row->words, &SHEET_SMALL, s->inner);
    case LETTER_FORM_CHOICE:
        return sheet_text_height(s, row->words, &CHOICE, s->inner - BOX - BOX_GAP);
    case LETTER_FORM_LINE:
        return LINE_SPACE + 2 + sheet_text_height(s, row->words, &SHEET_SMALL, s->inner);
    case LETTER_FORM_CODE:
        return QR_SIDE + sheet_text_height(s, row->words, &SHEET_SMALL, s->inner);
    case LETTER_FORM_ANSWER:
    case LETTER_FORM_VALUE:
    case LETTER_FORM_LINK:
        break;
    }
    return fmax(BLANK_HEIGHT, sheet_text_height(s, row->words, &SHEET_BODY, s->inner / 2)) + ROW_GAP;
}

/* What stands under one heading stays on one page, yes and no with it; a long list may break. */
static void keep_together(struct sheet *s, size_t heading)
{
    static const double share_max = 0.6;
    const struct letter_form *form = s->form;
    double height = row_height(s, &form->rows[heading]);
    for (size_t i = heading + 1; i < form->count && form->rows[i].kind != LETTER_FORM_HEADING; i++)
        height += row_height(s, &form->rows[i]);
    if (height < share_max * s->height) sheet_need(s, height);
}

static enum salve_code draw(struct sheet *s, struct salve_err *err)
{
    const struct letter_form *form = s->form;
    sheet_start(s);
    sheet_top(s);
    s->y += 4;
    for (size_t i = 0; i < form->count; i++) {
        if (form->rows[i].kind == LETTER_FORM_HEADING) keep_together(s, i);
        TRY(draw_row(s, &form->rows[i], err));
    }
    sheet_end(s);
    return SALVE_OK;
}

enum salve_code letter_form_pdf(const struct letter_form *form, struct buf *out, struct salve_err *err)
{
    struct sheet sheet = {.letter = &form->page, .form = form, .draw = draw};
    return sheet_pdf(&sheet, out, err);
}
