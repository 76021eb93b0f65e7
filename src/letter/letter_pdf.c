/* SPDX-License-Identifier: Apache-2.0
 * The letter as a tagged A4 PDF: Pango lays the text out (right to left where the language asks for it), cairo draws
 * it, marks the structure and embeds subsets of the fonts. The same order of parts as letter_html.c. */
#include <cairo-pdf.h>
#include <math.h>
#include <pango/pangocairo.h>

#include "base/assert.h"
#include "letter/letter_int.h"

/* Points. */
enum { PAGE_WIDTH = 595, PAGE_HEIGHT = 842, MARGIN = 45, FOOTER = 28, QR_SIDE = 99 /* 35 mm */ };
enum { TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN };

/* Type is set smaller, a step at a time, where a letter would else have more pages than this; results and steps
 * decide. */
enum { SHORT = 20, PAGES_SHORT = 2, PAGES_LONG = 3 };
static const double scales[] = {1, 0.94, 0.88, 0.83};

struct sheet {
    const struct letter *letter;
    const char *fonts, *language; /* those of the letter, as C strings */
    cairo_t *cr;
    PangoContext *pango;
    struct arena *mem;
    double scale; /* of all letters: a long letter is set a little smaller */
    double y;
    int page, page_count; /* page_count 0: the first pass, which only counts */
};

struct ink {
    double red, green, blue;
};
static const struct ink INK = LETTER_RGB(LETTER_INK), TEAL = LETTER_RGB(LETTER_TEAL), AMBER = LETTER_RGB(LETTER_AMBER),
                        BRICK = LETTER_RGB(LETTER_BRICK), GREY = LETTER_RGB(LETTER_GREY),
                        HERE = LETTER_RGB(LETTER_HERE);

struct look {
    double size;
    bool is_bold;
    const struct ink *ink;
    double space_after;
};
static const struct look TITLE = {20, true, &TEAL, 2}, ANSWER = {14, true, &INK, 8}, HEADING = {13, true, &TEAL, 5},
                         NAME = {12, true, &INK, 1}, BRIEF = {10.5, true, &INK, 1}, BODY = {11, false, &INK, 4},
                         SMALL = {9, false, &GREY, 3}, OVERLINE = {9, true, &GREY, 0};

static void set_ink(const struct sheet *s, const struct ink *ink)
{
    cairo_set_source_rgb(s->cr, ink->red, ink->green, ink->blue);
}

/* --- text --------------------------------------------------------------------------------------------------------- */

static PangoLayout *layout_of(const struct sheet *s, struct str text, const struct look *look, double width)
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
    return layout;
}

static double height_of(PangoLayout *layout)
{
    int height;
    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

static double baseline_of(PangoLayout *layout) { return (double)pango_layout_get_baseline(layout) / PANGO_SCALE; }

static double width_of(PangoLayout *layout)
{
    int width;
    pango_layout_get_size(layout, &width, NULL);
    return (double)width / PANGO_SCALE;
}

static void footer(struct sheet *s)
{
    struct str words = letter_fill(s->letter->word_page, s->mem, "n", arena_printf(s->mem, "%d", s->page));
    words = letter_fill(words, s->mem, "m", arena_printf(s->mem, "%d", s->page_count));
    if (s->letter->person.len > 0)
        words = arena_printf(s->mem, "%.*s \u00b7 %.*s", STR_ARGS(s->letter->person), STR_ARGS(words));
    PangoLayout *layout = layout_of(s, words, &SMALL, TEXT_WIDTH);
    pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    set_ink(s, &GREY);
    cairo_move_to(s->cr, MARGIN, PAGE_HEIGHT - FOOTER - 8);
    pango_cairo_show_layout(s->cr, layout);
    g_object_unref(layout);
}

static void new_page(struct sheet *s)
{
    footer(s);
    cairo_show_page(s->cr);
    s->page++;
    s->y = MARGIN;
}

/* Starts a page when `height` more would not fit. */
static void need(struct sheet *s, double height)
{
    if (s->y + height > PAGE_HEIGHT - MARGIN - FOOTER / 2.0 && s->y > MARGIN) new_page(s);
}

/* A block of text at x, the width given, with a structure tag; it moves to the next page as a whole. */
static void text_at(struct sheet *s, const char *tag, struct str text, const struct look *look, double x, double width)
{
    if (text.len == 0) return;
    PangoLayout *layout = layout_of(s, text, look, width);
    double height = height_of(layout);
    need(s, height);
    cairo_tag_begin(s->cr, tag, NULL);
    set_ink(s, look->ink);
    cairo_move_to(s->cr, x, s->y);
    pango_cairo_show_layout(s->cr, layout);
    cairo_tag_end(s->cr, tag);
    s->y += height + look->space_after;
    g_object_unref(layout);
}

static void text(struct sheet *s, const char *tag, struct str words, const struct look *look)
{
    text_at(s, tag, words, look, MARGIN, TEXT_WIDTH);
}

static void heading(struct sheet *s, struct str words)
{
    need(s, 60); /* a heading never stands alone at the foot of a page */
    s->y += 8;
    text(s, "H2", words, &HEADING);
    set_ink(s, &TEAL);
    cairo_set_line_width(s->cr, 1.2);
    cairo_move_to(s->cr, MARGIN, s->y - 3);
    cairo_line_to(s->cr, PAGE_WIDTH - MARGIN, s->y - 3);
    cairo_stroke(s->cr);
    s->y += 4;
}

/* Words around x, standing on the base line y. */
static void centred(const struct sheet *s, struct str words, const struct look *look, double x, double y)
{
    PangoLayout *layout = layout_of(s, words, look, 0);
    double width = width_of(layout), left = x - width / 2;
    if (left < MARGIN) left = MARGIN;
    if (left + width > PAGE_WIDTH - MARGIN) left = PAGE_WIDTH - MARGIN - width;
    set_ink(s, look->ink);
    cairo_move_to(s->cr, left, y - baseline_of(layout));
    pango_cairo_show_layout(s->cr, layout);
    g_object_unref(layout);
}

static double text_width(const struct sheet *s, struct str words, const struct look *look)
{
    PangoLayout *layout = layout_of(s, words, look, 0);
    double width = width_of(layout);
    g_object_unref(layout);
    return width;
}

/* --- number lines ------------------------------------------------------------------------------------------------- */

enum { SCALE_HEIGHT = 46, SCALE_GAP = 18 };

/* Where a scale is drawn. */
struct strip {
    const struct letter_scale *scale;
    double left, width, top;
};

static double place(const struct strip *strip, double value)
{
    const struct letter_scale *scale = strip->scale;
    double share = scale->to > scale->from ? (value - scale->from) / (scale->to - scale->from) : 0;
    return strip->left + fmin(1, fmax(0, share)) * strip->width;
}

/* The word under the band that holds the value always; that of another band where it fits and stays readable. */
static void band_word(const struct sheet *s, const struct letter_band *band, double from, double to, double y)
{
    struct look look = {8.5, band->is_here, &INK, 0};
    double width = text_width(s, band->word, &look);
    if (!band->is_here && width > to - from - 4) look.size *= (to - from - 4) / width;
    if (look.size >= 6.5) centred(s, band->word, &look, (from + to) / 2, y);
}

static void band(const struct sheet *s, const struct letter_band *one, double from, double to, double top)
{
    if (one->is_here) {
        set_ink(s, &HERE);
        cairo_rectangle(s->cr, from, top, to - from, 9);
        cairo_fill(s->cr);
    }
    set_ink(s, &INK);
    cairo_set_line_width(s->cr, 0.8);
    cairo_rectangle(s->cr, from, top, to - from, 9);
    cairo_stroke(s->cr);
    band_word(s, one, from, to, top + 18);
}

static void bands(const struct sheet *s, const struct strip *strip)
{
    static const struct look tick = {7.5, false, &GREY, 0};
    double from = strip->left, written_to = 0;
    for (size_t i = 0; i < strip->scale->band_count; i++) {
        const struct letter_band *one = &strip->scale->bands[i];
        double to = place(strip, one->to);
        if (to <= from) continue;
        band(s, one, from, to, strip->top);
        from = to;
        struct str number = arena_printf(s->mem, "%g", one->to);
        double half = text_width(s, number, &tick) / 2;
        if (i + 1 == strip->scale->band_count || to - half < written_to + 2) continue; /* no room for this one */
        centred(s, number, &tick, to, strip->top + 27);
        written_to = to + half;
    }
}

static void number_line(const struct sheet *s, const struct strip *strip)
{
    static const struct look value = {11, true, &INK, 0};
    double at = place(strip, strip->scale->at);
    cairo_tag_begin(s->cr, "Figure", NULL);
    bands(s, strip);
    set_ink(s, &INK);
    cairo_new_path(s->cr);
    cairo_move_to(s->cr, at, strip->top);
    cairo_rel_line_to(s->cr, -5, -7);
    cairo_rel_line_to(s->cr, 10, 0);
    cairo_close_path(s->cr);
    cairo_fill(s->cr);
    centred(s, strip->scale->at_text, &value, at, strip->top - 9);
    cairo_tag_end(s->cr, "Figure");
}

/* Two scales stand side by side, each under its label; the first at the side where reading starts. */
static void scale_pair(struct sheet *s, const struct letter_line *line)
{
    double width = (TEXT_WIDTH - SCALE_GAP) / 2.0, start = s->y;
    for (size_t i = 0; i < 2; i++) {
        bool is_right = (i == 1) != s->letter->is_rtl;
        struct strip strip = {&line->scales[i], MARGIN + (is_right ? width + SCALE_GAP : 0), width, 0};
        s->y = start;
        text_at(s, "P", line->scales[i].label, &SMALL, strip.left, width);
        strip.top = s->y + 16;
        number_line(s, &strip);
    }
    s->y += SCALE_HEIGHT;
}

/* --- parts -------------------------------------------------------------------------------------------------------- */

static const struct ink *mark_ink(enum letter_mark mark)
{
    static const struct ink *const inks[LETTER_MARK_COUNT] = {&TEAL, &AMBER, &BRICK, &GREY};
    return inks[mark];
}

static void mark_shape(const struct sheet *s, enum letter_mark mark, double x, double y)
{
    set_ink(s, mark_ink(mark));
    cairo_new_path(s->cr);
    if (mark == LETTER_MARK_USUAL) {
        cairo_arc(s->cr, x + 4, y + 4, 4, 0, 6.2832);
    } else if (mark == LETTER_MARK_NEUTRAL) {
        cairo_arc(s->cr, x + 4, y + 4, 3.4, 0, 6.2832);
        cairo_set_line_width(s->cr, 1.2);
        cairo_stroke(s->cr);
        return;
    } else if (mark == LETTER_MARK_WATCH) {
        cairo_move_to(s->cr, x + 4, y);
        cairo_line_to(s->cr, x + 8.5, y + 8);
        cairo_line_to(s->cr, x - 0.5, y + 8);
        cairo_close_path(s->cr);
    } else {
        cairo_rectangle(s->cr, x, y, 8, 8);
    }
    cairo_fill(s->cr);
}

/* A brief result has its name in front: "Waist: your waist is in the usual range". */
static struct str headline_words(const struct sheet *s, const struct letter_line *line)
{
    if (!line->is_brief) return line->headline;
    return arena_printf(s->mem, "%.*s: %.*s", STR_ARGS(line->name), STR_ARGS(line->headline));
}

/* The headline with its mark at the start side, the value at the end side, on one base line. */
static void headline(struct sheet *s, const struct letter_line *line)
{
    struct look look = line->is_brief ? BRIEF : NAME, value_look = {line->is_brief ? 11 : 14, true, &INK, 0};
    bool is_rtl = s->letter->is_rtl;
    look.ink = mark_ink(line->mark);
    PangoLayout *value = layout_of(s, line->value, &value_look, 0);
    double value_width = width_of(value), width = TEXT_WIDTH - value_width - 22;
    PangoLayout *words = layout_of(s, headline_words(s, line), &look, width);
    double base = fmax(baseline_of(value), baseline_of(words));
    mark_shape(s, line->mark, is_rtl ? PAGE_WIDTH - MARGIN - 8 : MARGIN, s->y + base - 8);
    cairo_tag_begin(s->cr, "H3", NULL);
    set_ink(s, look.ink);
    cairo_move_to(s->cr, is_rtl ? MARGIN + value_width + 8 : MARGIN + 14, s->y + base - baseline_of(words));
    pango_cairo_show_layout(s->cr, words);
    cairo_tag_end(s->cr, "H3");
    cairo_tag_begin(s->cr, "P", NULL);
    set_ink(s, &INK);
    cairo_move_to(s->cr, is_rtl ? MARGIN : PAGE_WIDTH - MARGIN - value_width, s->y + base - baseline_of(value));
    pango_cairo_show_layout(s->cr, value);
    cairo_tag_end(s->cr, "P");
    s->y += base - baseline_of(words) + height_of(words) + 2;
    g_object_unref(words);
    g_object_unref(value);
}

static struct str why_words(const struct sheet *s, const struct letter_line *line)
{
    struct str used = line->why.len == 0 ? STR("") : s->letter->word_used;
    if (line->source == 0) return arena_printf(s->mem, "%.*s %.*s", STR_ARGS(used), STR_ARGS(line->why));
    return arena_printf(s->mem, "%.*s %.*s [%u]", STR_ARGS(used), STR_ARGS(line->why), line->source);
}

enum { DOT_STEP = 8, DOTS_SIDE = LETTER_DOTS_A_ROW * DOT_STEP };

/* Ten rows of ten below the number line, full ones first from the side where reading starts, the words beside them. */
static void dots(struct sheet *s, const struct letter_line *line, double left, double width)
{
    bool is_rtl = s->letter->is_rtl;
    double top = s->y, x = is_rtl ? left + width - DOTS_SIDE : left;
    cairo_tag_begin(s->cr, "Figure", NULL);
    set_ink(s, &INK);
    cairo_set_line_width(s->cr, 0.6);
    for (unsigned i = 0; i < LETTER_DOTS; i++) {
        unsigned column = i % LETTER_DOTS_A_ROW, row = i / LETTER_DOTS_A_ROW;
        if (is_rtl) column = LETTER_DOTS_A_ROW - 1 - column;
        cairo_new_path(s->cr);
        cairo_arc(s->cr, x + (column + 0.5) * DOT_STEP, top + (row + 0.5) * DOT_STEP, 2.8, 0, 6.2832);
        if (i < line->dots) cairo_fill_preserve(s->cr);
        cairo_stroke(s->cr);
    }
    cairo_tag_end(s->cr, "Figure");
    double words_left = is_rtl ? left : left + DOTS_SIDE + 10, words_width = width - DOTS_SIDE - 10;
    s->y = top + 4;
    text_at(s, "P", line->dots_words, &BODY, words_left, words_width);
    s->y = fmax(s->y, top + DOTS_SIDE + 4);
}

/* Words at the start side, one number line beside them; a pair of them goes below, over the whole width. */
static void body(struct sheet *s, const struct letter_line *line)
{
    salve_assert(line->scale_count <= 2); /* a finding has two values at most */
    bool is_beside = line->scale_count == 1;
    double width = is_beside ? TEXT_WIDTH * 0.45 : TEXT_WIDTH, start = s->y;
    double left = is_beside && s->letter->is_rtl ? PAGE_WIDTH - MARGIN - width : MARGIN;
    text_at(s, "P", line->meaning, &BODY, left, width);
    if (line->scale_count > 1) scale_pair(s, line);
    if (!is_beside && line->dots_words.len > 0) dots(s, line, MARGIN, TEXT_WIDTH);
    if (!is_beside) return;
    double strip_width = TEXT_WIDTH - width - SCALE_GAP;
    struct strip strip = {&line->scales[0], s->letter->is_rtl ? MARGIN : PAGE_WIDTH - MARGIN - strip_width, strip_width,
                          start + 16};
    number_line(s, &strip);
    double words_end = s->y;
    s->y = start + SCALE_HEIGHT;
    if (line->dots_words.len > 0) dots(s, line, strip.left, strip_width);
    s->y = fmax(s->y, words_end);
}

static double block_height(const struct sheet *s, struct str words, const struct look *look, double width)
{
    if (words.len == 0) return 0;
    PangoLayout *layout = layout_of(s, words, look, width);
    double height = height_of(layout) + look->space_after;
    g_object_unref(layout);
    return height;
}

static double brief_height(const struct sheet *s, const struct letter_line *line)
{
    return block_height(s, headline_words(s, line), &BRIEF, TEXT_WIDTH * 0.7) + 3;
}

static double line_height(const struct sheet *s, const struct letter_line *line)
{
    if (line->is_brief) return brief_height(s, line);
    bool is_beside = line->scale_count == 1;
    double words = block_height(s, line->meaning, &BODY, is_beside ? TEXT_WIDTH * 0.45 : TEXT_WIDTH);
    double height = 12 + 20 + block_height(s, line->headline, &NAME, TEXT_WIDTH * 0.7) +
                    block_height(s, why_words(s, line), &SMALL, TEXT_WIDTH);
    double picture = line->dots_words.len > 0 ? DOTS_SIDE + 4 : 0;
    if (is_beside) return height + fmax(words, SCALE_HEIGHT + picture);
    return height + words + picture + (line->scale_count > 1 ? SCALE_HEIGHT + 16 : 0);
}

static void result(struct sheet *s, const struct letter_line *line)
{
    need(s, line_height(s, line)); /* a result stays on one page */
    cairo_tag_begin(s->cr, "Sect", NULL);
    if (!line->is_brief) text(s, "P", line->name, &OVERLINE);
    headline(s, line);
    if (!line->is_brief) {
        body(s, line);
        text(s, "P", why_words(s, line), &SMALL);
    }
    cairo_tag_end(s->cr, "Sect");
    s->y += line->is_brief ? 0 : 5;
}

/* The steps from `from` to before `to`, numbered as one list. */
static void steps(struct sheet *s, size_t from, size_t to, double x, double width)
{
    const struct letter *letter = s->letter;
    for (size_t i = from; i < to; i++) {
        const struct letter_step *step = &letter->steps[i];
        text_at(s, "P",
                arena_printf(s->mem, "%zu. %.*s %.*s %.*s", i + 1, STR_ARGS(step->what), STR_ARGS(step->when),
                             STR_ARGS(step->why)),
                &BODY, x, width);
        text_at(s, "P", step->where, &BODY, x, width);
    }
}

static double steps_height(const struct sheet *s, size_t to, double width)
{
    double height = 0;
    for (size_t i = 0; i < to; i++) {
        const struct letter_step *step = &s->letter->steps[i];
        struct str words = arena_printf(s->mem, "%zu. %.*s %.*s %.*s", i + 1, STR_ARGS(step->what),
                                        STR_ARGS(step->when), STR_ARGS(step->why));
        height += block_height(s, words, &BODY, width) + block_height(s, step->where, &BODY, width);
    }
    return height;
}

/* The answer. Where something is urgent it stands with what to do in a double frame, the only one of the letter, which
 * black and white shows as well. */
static void answer(struct sheet *s)
{
    static const struct look told = {11, true, &INK, 5};
    enum { PAD = 10 };
    const struct letter *letter = s->letter;
    double width = TEXT_WIDTH - 2 * PAD, left = MARGIN + PAD;
    if (!letter->is_urgent) {
        text(s, "P", letter->answer, &ANSWER);
        return;
    }
    double height = block_height(s, letter->answer, &ANSWER, width) + block_height(s, letter->told, &told, width) +
                    steps_height(s, letter->urgent_step_count, width) + 2.0 * PAD;
    need(s, height);
    double top = s->y;
    s->y += PAD;
    text_at(s, "P", letter->answer, &ANSWER, left, width);
    text_at(s, "P", letter->told, &told, left, width);
    steps(s, 0, letter->urgent_step_count, left, width);
    set_ink(s, &INK);
    for (int i = 0; i < 2; i++) {
        double inset = i == 0 ? 0 : 4;
        cairo_set_line_width(s->cr, i == 0 ? 2.5 : 0.8);
        cairo_rectangle(s->cr, MARGIN + inset, top + inset, TEXT_WIDTH - 2 * inset, s->y - top - 2 * inset + 4);
        cairo_stroke(s->cr);
    }
    s->y += 12;
}

static void notes(struct sheet *s)
{
    const struct letter *letter = s->letter;
    if (letter->note_count == 0) return;
    heading(s, letter->heading_notes);
    for (size_t i = 0; i < letter->note_count; i++)
        text(s, "P",
             arena_printf(s->mem, "%.*s: %.*s", STR_ARGS(letter->notes[i].name), STR_ARGS(letter->notes[i].text)),
             &BODY);
}

static enum salve_code qr_code(struct sheet *s, double x, double y, struct salve_err *err)
{
    struct letter_qr qr;
    enum salve_code code = letter_qr_make(s->letter->code, s->mem, &qr, err);
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

static struct str source_words(const struct sheet *s)
{
    const struct letter *letter = s->letter;
    struct str list = STR("");
    for (size_t i = 0; i < letter->source_count; i++)
        list = arena_printf(s->mem, "%.*s%s[%zu] %.*s", STR_ARGS(list), i == 0 ? "" : " \u00b7 ", i + 1,
                            STR_ARGS(letter->sources[i]));
    if (letter->source_count == 0) return list;
    /* Names of guidelines are Latin: one isolate keeps their order in Arabic. */
    return arena_printf(s->mem, "%.*s \u2066%.*s\u2069", STR_ARGS(letter->word_sources), STR_ARGS(list));
}

static enum salve_code record(struct sheet *s, struct salve_err *err)
{
    static const struct look look = {12, true, &INK, 4};
    const struct letter *letter = s->letter;
    bool has_code = letter->code.len > 0;
    need(s, has_code ? QR_SIDE + 70 : 70);
    heading(s, letter->heading_record);
    double top = s->y, indent = has_code ? QR_SIDE + 10 : 0;
    enum salve_code code = SALVE_OK;
    if (has_code) code = qr_code(s, letter->is_rtl ? PAGE_WIDTH - MARGIN - QR_SIDE : MARGIN, top, err);
    double x = letter->is_rtl ? MARGIN : MARGIN + indent;
    text_at(s, "P", letter->code_words, &BODY, x, TEXT_WIDTH - indent);
    text_at(s, "P", letter->code, &look, x, TEXT_WIDTH - indent);
    text_at(s, "P", letter->record, &BODY, x, TEXT_WIDTH - indent);
    if (has_code && s->y < top + QR_SIDE + 4) s->y = top + QR_SIDE + 4;
    text(s, "P", letter->signed_by, &SMALL);
    text(s, "P", source_words(s), &SMALL);
    text(s, "P", letter->log_head, &SMALL);
    return code;
}

/* Draft, made up, paper: a line above the letter, no frame. */
static void banner(struct sheet *s)
{
    static const struct look look = {10, true, &GREY, 3};
    static const double dash[] = {3, 3};
    if (s->letter->banner.len == 0) return;
    text(s, "P", s->letter->banner, &look);
    set_ink(s, &GREY);
    cairo_set_line_width(s->cr, 0.8);
    cairo_set_dash(s->cr, dash, 2, 0);
    cairo_move_to(s->cr, MARGIN, s->y);
    cairo_line_to(s->cr, PAGE_WIDTH - MARGIN, s->y);
    cairo_stroke(s->cr);
    cairo_set_dash(s->cr, NULL, 0, 0);
    s->y += 6;
}

static enum salve_code draw(struct sheet *s, struct salve_err *err)
{
    const struct letter *letter = s->letter;
    cairo_tag_begin(s->cr, "Document", NULL);
    banner(s);
    text(s, "H1", letter->title, &TITLE);
    text(s, "P", letter->person, &NAME);
    text(s, "P", letter->details, &SMALL);
    s->y += 4;
    answer(s);
    text(s, "P", letter->unconfirmed, &SMALL);
    text(s, "P", letter->apart, &SMALL);
    size_t first = letter->is_urgent ? letter->urgent_step_count : 0;
    if (first < letter->step_count) heading(s, letter->heading_steps);
    steps(s, first, letter->step_count, MARGIN, TEXT_WIDTH);
    if (letter->line_count > 0) {
        need(s, 40 + line_height(s, &letter->lines[0])); /* not without its first result */
        heading(s, letter->heading_lines);
    }
    for (size_t i = 0; i < letter->line_count; i++) result(s, &letter->lines[i]);
    notes(s);
    heading(s, letter->heading_next);
    text(s, "P", letter->next_check, &BODY);
    heading(s, letter->heading_worse);
    text(s, "P", letter->worse, &BODY);
    text(s, "P", letter->diagnosis, &BODY);
    text(s, "P", letter->contact, &BODY);
    enum salve_code code = record(s, err);
    cairo_tag_end(s->cr, "Document");
    footer(s);
    return code;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

static cairo_status_t to_buf(void *closure, const unsigned char *bytes, unsigned length)
{
    struct buf *out = closure;
    buf_add(out, str_bytes(bytes, length));
    return buf_code(out) == SALVE_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void set_metadata(cairo_surface_t *surface, const struct letter *letter)
{
    char title[256];
    (void)snprintf(title, sizeof title, "%.*s", STR_ARGS(letter->title));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Salve");
}

static enum salve_code failed(cairo_status_t status, const struct buf *out, struct salve_err *err)
{
    bool is_written = out == NULL || buf_code(out) == SALVE_OK; /* cairo forgets a failed write when it finishes */
    if (status == CAIRO_STATUS_SUCCESS && is_written) return SALVE_OK;
    enum salve_code code = out != NULL && buf_code(out) != SALVE_OK ? buf_code(out) : SALVE_E_IO;
    if (status == CAIRO_STATUS_NO_MEMORY) code = SALVE_E_MEMORY;
    return salve_refuse(err, code, cairo_status_to_string(status), "PDF of the letter");
}

/* One pass over all pages; with page_count 0 it only finds out how many there are. */
static enum salve_code pass(struct sheet s, struct buf *out, int *page_count, struct salve_err *err)
{
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(out == NULL ? NULL : to_buf, out, PAGE_WIDTH, PAGE_HEIGHT);
    set_metadata(surface, s.letter);
    s.cr = cairo_create(surface);
    s.pango = pango_cairo_create_context(s.cr);
    s.y = MARGIN;
    s.page = 1;
    s.page_count = *page_count;
    pango_context_set_base_dir(s.pango, s.letter->is_rtl ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    pango_context_set_language(s.pango, pango_language_from_string(s.language));
    enum salve_code code = draw(&s, err);
    *page_count = s.page;
    g_object_unref(s.pango);
    cairo_destroy(s.cr);
    cairo_surface_finish(surface);
    if (code == SALVE_OK) code = failed(cairo_surface_status(surface), out, err);
    cairo_surface_destroy(surface);
    return code;
}

static bool has_family(struct str family)
{
    PangoFontFamily **families;
    int count;
    bool is_found = false;
    pango_font_map_list_families(pango_cairo_font_map_get_default(), &families, &count);
    for (int i = 0; i < count; i++) is_found = is_found || str_is(family, pango_font_family_get_name(families[i]));
    g_free(families);
    return is_found;
}

/* Without its fonts a letter would be a page of boxes. */
static enum salve_code fonts_are_here(struct str fonts, struct salve_err *err)
{
    struct str family;
    while (letter_next_font(&fonts, &family)) {
        if (has_family(family)) continue;
        return salve_refuse(err, SALVE_E_CONFIG, "it is missing; install the Debian package fonts-noto-core",
                            "font %.*s", STR_ARGS(family));
    }
    return SALVE_OK;
}

/* The largest type with which the letter has no more pages than it may, or else the largest with the fewest pages. */
static enum salve_code fit(struct sheet *sheet, int *page_count, struct salve_err *err)
{
    enum { COUNT = sizeof scales / sizeof *scales };
    const struct letter *letter = sheet->letter;
    int pages_max = letter->line_count + letter->step_count <= SHORT ? PAGES_SHORT : PAGES_LONG, pages[COUNT] = {0};
    size_t best = 0;
    for (size_t i = 0; i < COUNT; i++) {
        sheet->scale = scales[i];
        TRY(pass(*sheet, NULL, &pages[i], err));
        if (pages[i] < pages[best]) best = i;
        if (pages[best] <= pages_max) break;
    }
    sheet->scale = scales[best];
    *page_count = pages[best];
    return SALVE_OK;
}

enum salve_code letter_pdf(const struct letter *letter, struct buf *out, struct salve_err *err)
{
    TRY(fonts_are_here(letter->fonts, err));
    struct arena *mem = arena_open_private(16 << 20);
    struct str fonts, language;
    int page_count = 0;
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "PDF of the letter");
    enum salve_code code = arena_str(mem, letter->fonts, &fonts, err);
    if (code == SALVE_OK) code = arena_str(mem, letter->language, &language, err);
    struct sheet sheet = {.letter = letter, .fonts = fonts.ptr, .language = language.ptr, .mem = mem};
    if (code == SALVE_OK) code = fit(&sheet, &page_count, err);
    if (code == SALVE_OK) code = pass(sheet, out, &page_count, err);
    arena_close(mem);
    return code;
}
