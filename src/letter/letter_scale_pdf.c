/* SPDX-License-Identifier: Apache-2.0
 * The pictures of a result in the PDF: its number line, ten rows of dots, earlier values. */
#include <math.h>

#include "base/assert.h"
#include "letter/letter_scale_pdf.h"

/* From the top of a strip, where its value stands, to the bar; the bar; then a row of limits, rows of words. */
enum { VALUE_HEIGHT = 16, BAR = 9, TICKS = 17, WORDS = 27, ROW = 9 };

/* Where a scale is drawn, and the words under it. */
struct strip {
    const struct letter_scale *scale;
    double left, width;
    struct letter_label *labels; /* one a band */
    double label_size;
    int rows;
};

static double place(const struct strip *strip, double value)
{
    const struct letter_scale *scale = strip->scale;
    return strip->left + chart_share(scale->from, scale->to, value) * strip->width;
}

static struct look label_look(const struct strip *strip, size_t i)
{
    return (struct look){strip->label_size, strip->scale->bands[i].is_here, &SHEET_INK, 0};
}

/* Smaller words before a third row of them. */
static struct strip strip_of(const struct sheet *s, const struct letter_scale *scale, double left, double width)
{
    static const double sizes[] = {8.5, 8, 7.5};
    struct strip strip = {.scale = scale, .left = left, .width = width};
    strip.labels = arena_array(s->mem, struct letter_label, scale->band_count + 1);
    if (strip.labels == NULL) return strip;
    for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++) {
        double from = left;
        strip.label_size = sizes[size];
        for (size_t i = 0; i < scale->band_count; i++) {
            struct look look = label_look(&strip, i);
            double to = place(&strip, scale->bands[i].to);
            strip.labels[i] = (struct letter_label){.width = sheet_text_width(s, scale->bands[i].word, &look),
                                                    .centre = (from + to) / 2,
                                                    .band_left = from,
                                                    .band_right = to};
            from = to;
        }
        strip.rows = letter_labels_place(strip.labels, scale->band_count, left, left + width);
        if (strip.rows <= 2) break;
    }
    return strip;
}

double sheet_scale_height(const struct sheet *s, const struct letter_scale *scale, double width)
{
    struct strip strip = strip_of(s, scale, MARGIN, width);
    return VALUE_HEIGHT + WORDS + 3 + (strip.rows - 1) * ROW;
}

static void words(const struct sheet *s, const struct strip *strip, double top)
{
    for (size_t i = 0; i < strip->scale->band_count; i++) {
        const struct letter_label *label = &strip->labels[i];
        struct look look = label_look(strip, i);
        sheet_centred(s, strip->scale->bands[i].word, &look, label->left + label->width / 2,
                      top + WORDS + label->row * ROW);
    }
}

static void band(const struct sheet *s, const struct letter_band *one, double from, double to, double top)
{
    if (one->is_here) {
        sheet_ink(s, &SHEET_HERE);
        cairo_rectangle(s->cr, from, top, to - from, BAR);
        cairo_fill(s->cr);
    }
    sheet_ink(s, &SHEET_INK);
    cairo_set_line_width(s->cr, 0.8);
    cairo_rectangle(s->cr, from, top, to - from, BAR);
    cairo_stroke(s->cr);
}

static void bands(const struct sheet *s, const struct strip *strip, double top)
{
    static const struct look tick = {7.5, false, &SHEET_GREY, 0};
    struct chart_line line;
    struct chart_piece *pieces = arena_array(s->mem, struct chart_piece, strip->scale->band_count + 1);
    double written_to = 0;
    if (pieces == NULL || letter_chart(strip->scale, s->mem, &line, NULL) != SALVE_OK) return;
    size_t count = chart_pieces(&line, pieces);
    for (size_t i = 0; i < count; i++) {
        const struct letter_band *one = &strip->scale->bands[pieces[i].band];
        double from = strip->left + pieces[i].start * strip->width, to = from + pieces[i].size * strip->width;
        if (to <= from) continue;
        band(s, one, from, to, top);
        struct str number = letter_digits(s->letter, arena_printf(s->mem, "%g", one->to), s->mem);
        double half = sheet_text_width(s, number, &tick) / 2;
        if (pieces[i].band + 1 == strip->scale->band_count || to - half < written_to + 2) continue; /* no room */
        sheet_centred(s, number, &tick, to, top + TICKS);
        written_to = to + half;
    }
}

void sheet_scale(const struct sheet *s, const struct letter_scale *scale, double left, double width, double top)
{
    static const struct look value = {11, true, &SHEET_INK, 0};
    struct strip strip = strip_of(s, scale, left, width);
    double at = place(&strip, scale->at);
    if (strip.labels == NULL) return;
    top += VALUE_HEIGHT;
    cairo_tag_begin(s->cr, "Figure", NULL);
    bands(s, &strip, top);
    words(s, &strip, top);
    sheet_ink(s, &SHEET_INK);
    cairo_new_path(s->cr);
    cairo_move_to(s->cr, at, top);
    cairo_rel_line_to(s->cr, -5, -7);
    cairo_rel_line_to(s->cr, 10, 0);
    cairo_close_path(s->cr);
    cairo_fill(s->cr);
    sheet_centred(s, scale->at_text, &value, at, top - 9);
    cairo_tag_end(s->cr, "Figure");
}

/* --- dots --------------------------------------------------------------------------------------------------------- */

/* Ten rows of ten, full ones first from the side where reading starts, the words beside them. */
void sheet_dots(struct sheet *s, const struct letter_line *line, double left, double width)
{
    enum { STEP = SHEET_DOTS_SIDE / LETTER_DOTS_A_ROW };
    bool is_rtl = s->letter->is_rtl;
    double top = s->y, x = is_rtl ? left + width - SHEET_DOTS_SIDE : left;
    cairo_tag_begin(s->cr, "Figure", NULL);
    sheet_ink(s, &SHEET_INK);
    cairo_set_line_width(s->cr, 0.6);
    for (unsigned i = 0; i < LETTER_DOTS; i++) {
        unsigned column = i % LETTER_DOTS_A_ROW, row = i / LETTER_DOTS_A_ROW;
        if (is_rtl) column = LETTER_DOTS_A_ROW - 1 - column;
        cairo_new_path(s->cr);
        cairo_arc(s->cr, x + (column + 0.5) * STEP, top + (row + 0.5) * STEP, 2.8, 0, 6.2832);
        if (i < line->dots) cairo_fill_preserve(s->cr);
        cairo_stroke(s->cr);
    }
    cairo_tag_end(s->cr, "Figure");
    double words_left = is_rtl ? left : left + SHEET_DOTS_SIDE + 10, words_width = width - SHEET_DOTS_SIDE - 10;
    s->y = top + 4;
    sheet_text_at(s, "P", line->dots_words, &SHEET_BODY, words_left, words_width);
    s->y = fmax(s->y, top + SHEET_DOTS_SIDE + 4);
}

/* --- earlier values ----------------------------------------------------------------------------------------------- */

/* A line through the values, the oldest at the left as on every number line; today's is the big one. */
void sheet_trend(const struct sheet *s, const struct letter_line *line, double left, double top)
{
    enum { PAD = 4 };
    cairo_tag_begin(s->cr, "Figure", NULL);
    sheet_ink(s, &SHEET_INK);
    cairo_set_line_width(s->cr, 0.9);
    cairo_new_path(s->cr);
    for (size_t i = 0; i < line->point_count; i++)
        cairo_line_to(s->cr, left + PAD + line->points[i].x * (SHEET_TREND_WIDTH - 2 * PAD),
                      top + PAD + (1 - line->points[i].y) * (SHEET_TREND_HEIGHT - 2 * PAD));
    cairo_stroke(s->cr);
    for (size_t i = 0; i < line->point_count; i++) {
        cairo_new_path(s->cr);
        cairo_arc(s->cr, left + PAD + line->points[i].x * (SHEET_TREND_WIDTH - 2 * PAD),
                  top + PAD + (1 - line->points[i].y) * (SHEET_TREND_HEIGHT - 2 * PAD),
                  i + 1 == line->point_count ? 3.2 : 1.8, 0, 6.2832);
        cairo_fill(s->cr);
    }
    cairo_tag_end(s->cr, "Figure");
}
