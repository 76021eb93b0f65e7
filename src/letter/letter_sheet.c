/* SPDX-License-Identifier: Apache-2.0
 * Texts on the pages of a PDF: Pango lays them out (right to left where the language asks for it), cairo draws them
 * and marks the structure. */
#include "letter/letter_sheet.h"

enum { FOOT = 24, FOOT_GAP = 10 };

const struct ink SHEET_INK = LETTER_RGB(LETTER_INK), SHEET_TEAL = LETTER_RGB(LETTER_TEAL),
                 SHEET_AMBER = LETTER_RGB(LETTER_AMBER), SHEET_BRICK = LETTER_RGB(LETTER_BRICK),
                 SHEET_GREY = LETTER_RGB(LETTER_GREY), SHEET_HERE = LETTER_RGB(LETTER_HERE);
const struct look SHEET_BODY = {11, false, &SHEET_INK, 4}, SHEET_SMALL = {9, false, &SHEET_GREY, 3};
static const struct look HEADING = {13, true, &SHEET_TEAL, 5};

void sheet_ink(const struct sheet *s, const struct ink *ink)
{
    cairo_set_source_rgb(s->cr, ink->red, ink->green, ink->blue);
}

/* --- layouts ------------------------------------------------------------------------------------------------------ */

/* A box with digits is no letter: the first character that no font has is kept, and the document is refused. */
static void note_unknown(const struct sheet *s, PangoLayout *layout)
{
    if (pango_layout_get_unknown_glyphs_count(layout) == 0 || *s->no_glyph != 0) return;
    PangoLayoutIter *at = pango_layout_get_iter(layout);
    do {
        PangoLayoutRun *run = pango_layout_iter_get_run_readonly(at);
        for (int i = 0; run != NULL && i < run->glyphs->num_glyphs && *s->no_glyph == 0; i++) {
            PangoGlyph glyph = run->glyphs->glyphs[i].glyph;
            if ((glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0) *s->no_glyph = glyph & ~PANGO_GLYPH_UNKNOWN_FLAG;
        }
    } while (pango_layout_iter_next_run(at));
    pango_layout_iter_free(at);
}

PangoLayout *sheet_layout_new(const struct sheet *s, struct str text, const struct look *look, double width)
{
    PangoLayout *layout = pango_layout_new(s->pango);
    PangoFontDescription *font = pango_font_description_from_string(s->fonts);
    pango_font_description_set_absolute_size(font, look->size * s->scale * PANGO_SCALE);
    pango_font_description_set_weight(font, look->is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_alignment(layout, s->letter->is_rtl ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    pango_layout_set_text(layout, text.ptr, (int)text.len);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    /* Below 1 for Arabic faces, which ask for half as much again as their letters need. */
    pango_layout_set_line_spacing(layout, (float)s->letter->line_spacing);
    if (width > 0) pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    note_unknown(s, layout);
    return layout;
}

void sheet_show(const struct sheet *s, PangoLayout *layout)
{
    if (s->page_count > 0) pango_cairo_show_layout(s->cr, layout);
}

/* Where lines stand closer than their face asks for, so do paragraphs: what is empty above the first line goes too. */
static double trim_of(const struct sheet *s, PangoLayout *layout)
{
    return s->letter->line_spacing < 1 ? (1 - s->letter->line_spacing) * sheet_baseline(layout) : 0;
}

double sheet_block_height(const struct sheet *s, PangoLayout *layout)
{
    return sheet_height(layout) - trim_of(s, layout);
}

double sheet_height(PangoLayout *layout)
{
    int height;
    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

double sheet_width(PangoLayout *layout)
{
    int width;
    pango_layout_get_size(layout, &width, NULL);
    return (double)width / PANGO_SCALE;
}

double sheet_baseline(PangoLayout *layout) { return (double)pango_layout_get_baseline(layout) / PANGO_SCALE; }

double sheet_text_width(const struct sheet *s, struct str words, const struct look *look)
{
    PangoLayout *layout = sheet_layout(s, words, look, 0);
    double width = sheet_width(layout);
    g_object_unref(layout);
    return width;
}

double sheet_text_height(const struct sheet *s, struct str words, const struct look *look, double width)
{
    if (words.len == 0) return 0;
    PangoLayout *layout = sheet_layout(s, words, look, width);
    double height = sheet_block_height(s, layout) + look->space_after;
    g_object_unref(layout);
    return height;
}

void letter_paper_size(enum letter_paper paper, double *width, double *height)
{
    *width = paper == LETTER_PAPER_US ? 612 : 595;
    *height = paper == LETTER_PAPER_US ? 792 : 842;
}

/* --- pages -------------------------------------------------------------------------------------------------------- */

/* A long name takes more lines: it is wrapped, never cut. */
static PangoLayout *footer_layout(const struct sheet *s, int page)
{
    const struct letter *letter = s->letter;
    struct str number = letter_digits(letter, arena_printf(s->mem, "%d", page), s->mem),
               count = letter_digits(letter, arena_printf(s->mem, "%d", s->page_count), s->mem);
    struct str words = letter_fill(letter->word_page, s->mem, "n", number);
    words = letter_fill(words, s->mem, "m", count);
    if (letter->person.len > 0)
        words = arena_printf(s->mem, "%.*s \u00b7 %.*s", STR_ARGS(letter->person), STR_ARGS(words));
    PangoLayout *layout = sheet_layout_new(s, words, &SHEET_SMALL, s->inner);
    pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    return layout;
}

static void footer(struct sheet *s)
{
    PangoLayout *layout = footer_layout(s, s->page);
    sheet_ink(s, &SHEET_GREY);
    cairo_move_to(s->cr, MARGIN, s->height - FOOT - sheet_height(layout));
    sheet_show(s, layout);
    g_object_unref(layout);
}

void sheet_start(struct sheet *s)
{
    PangoLayout *layout = footer_layout(s, 10);
    s->bottom = s->height - FOOT - sheet_height(layout) - FOOT_GAP;
    g_object_unref(layout);
    s->inner = s->width - 2 * MARGIN;
    s->y = MARGIN;
    s->page = 1;
    cairo_tag_begin(s->cr, "Document", NULL);
}

void sheet_end(struct sheet *s)
{
    cairo_tag_end(s->cr, "Document");
    footer(s);
}

void sheet_need(struct sheet *s, double height)
{
    if (s->y + height <= s->bottom || s->y <= MARGIN) return;
    footer(s);
    cairo_show_page(s->cr);
    s->page++;
    s->y = MARGIN;
}

/* --- texts -------------------------------------------------------------------------------------------------------- */

void sheet_put(struct sheet *s, const char *tag, PangoLayout *layout, const struct look *look, double x)
{
    double height = sheet_block_height(s, layout);
    sheet_need(s, height);
    cairo_tag_begin(s->cr, tag, NULL);
    sheet_ink(s, look->ink);
    cairo_move_to(s->cr, x, s->y - trim_of(s, layout));
    sheet_show(s, layout);
    cairo_tag_end(s->cr, tag);
    s->y += height + look->space_after;
    g_object_unref(layout);
}

void sheet_text_at(struct sheet *s, const char *tag, struct str text, const struct look *look, double x, double width)
{
    if (text.len > 0) sheet_put(s, tag, sheet_layout(s, text, look, width), look, x);
}

void sheet_text(struct sheet *s, const char *tag, struct str words, const struct look *look)
{
    sheet_text_at(s, tag, words, look, MARGIN, s->inner);
}

void sheet_heading(struct sheet *s, struct str words)
{
    sheet_need(s, 60);
    s->y += 8 * s->scale;
    sheet_text(s, "H2", words, &HEADING);
    sheet_ink(s, &SHEET_TEAL);
    cairo_set_line_width(s->cr, 1.2);
    cairo_move_to(s->cr, MARGIN, s->y - 3);
    cairo_line_to(s->cr, s->width - MARGIN, s->y - 3);
    cairo_stroke(s->cr);
    s->y += 4;
}

/* Draft, made up, paper: a line above the letter, no frame. */
static void banner(struct sheet *s)
{
    static const struct look look = {10, true, &SHEET_GREY, 3};
    static const double dash[] = {3, 3};
    if (s->letter->banner.len == 0) return;
    sheet_text(s, "P", s->letter->banner, &look);
    sheet_ink(s, &SHEET_GREY);
    cairo_set_line_width(s->cr, 0.8);
    cairo_set_dash(s->cr, dash, 2, 0);
    cairo_move_to(s->cr, MARGIN, s->y);
    cairo_line_to(s->cr, s->width - MARGIN, s->y);
    cairo_stroke(s->cr);
    cairo_set_dash(s->cr, NULL, 0, 0);
    s->y += 6;
}

void sheet_top(struct sheet *s)
{
    static const struct look title = {20, true, &SHEET_TEAL, 2}, name = {12, true, &SHEET_INK, 1};
    banner(s);
    sheet_text(s, "H1", s->letter->title, &title);
    sheet_text(s, "P", s->letter->person, &name);
    sheet_text(s, "P", s->letter->details, &SHEET_SMALL);
}

void sheet_centred(const struct sheet *s, struct str words, const struct look *look, double x, double y)
{
    PangoLayout *layout = sheet_layout(s, words, look, 0);
    double width = sheet_width(layout), left = x - width / 2;
    if (left < MARGIN) left = MARGIN;
    if (left + width > s->width - MARGIN) left = s->width - MARGIN - width;
    sheet_ink(s, look->ink);
    cairo_move_to(s->cr, left, y - sheet_baseline(layout));
    sheet_show(s, layout);
    g_object_unref(layout);
}

enum salve_code sheet_qr(struct sheet *s, struct str text, double x, double y, struct salve_err *err)
{
    struct letter_qr qr;
    enum salve_code code = letter_qr_make(text, s->mem, &qr, err);
    if (code != SALVE_OK) return code;
    double side = (double)QR_SIDE / (qr.size + 8); /* four modules of quiet zone on each side */
    cairo_tag_begin(s->cr, "Figure", NULL);
    cairo_set_source_rgb(s->cr, 0, 0, 0);
    for (int row = 0; row < qr.size; row++)
        for (int column = 0; column < qr.size; column++)
            if (qr.modules[row * qr.size + column] != 0)
                cairo_rectangle(s->cr, x + (column + 4) * side, y + (row + 4) * side, side, side);
    cairo_fill(s->cr);
    cairo_tag_end(s->cr, "Figure");
    return SALVE_OK;
}
