/* SPDX-License-Identifier: Apache-2.0
 * The letter as a tagged PDF with subsets of its fonts. The same order of parts as letter_html.c. */
#include <math.h>

#include "base/assert.h"
#include "letter/letter_scale_pdf.h"

static const struct look ANSWER = {14, true, &SHEET_INK, 8}, NAME = {12, true, &SHEET_INK, 1},
                         BRIEF = {10.5, true, &SHEET_INK, 1}, OVERLINE = {9, true, &SHEET_GREY, 0};

/* --- parts -------------------------------------------------------------------------------------------------------- */

static const struct ink *mark_ink(enum letter_mark mark)
{
    static const struct ink *const inks[LETTER_MARK_COUNT] = {&SHEET_TEAL, &SHEET_AMBER, &SHEET_BRICK, &SHEET_GREY};
    return inks[mark];
}

static void mark_shape(const struct sheet *s, enum letter_mark mark, double x, double y)
{
    sheet_ink(s, mark_ink(mark));
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
    struct look look = line->is_brief ? BRIEF : NAME, value_look = {line->is_brief ? 11 : 14, true, &SHEET_INK, 0};
    bool is_rtl = s->letter->is_rtl;
    look.ink = mark_ink(line->mark);
    PangoLayout *value = sheet_layout(s, line->value, &value_look, 0);
    double value_width = sheet_width(value), width = s->inner - value_width - 22;
    PangoLayout *words = sheet_layout(s, headline_words(s, line), &look, width);
    double base = fmax(sheet_baseline(value), sheet_baseline(words));
    mark_shape(s, line->mark, is_rtl ? s->width - MARGIN - 8 : MARGIN, s->y + base - 8);
    cairo_tag_begin(s->cr, "H3", NULL);
    sheet_ink(s, look.ink);
    cairo_move_to(s->cr, is_rtl ? MARGIN + value_width + 8 : MARGIN + 14, s->y + base - sheet_baseline(words));
    sheet_show(s, words);
    cairo_tag_end(s->cr, "H3");
    cairo_tag_begin(s->cr, "P", NULL);
    sheet_ink(s, &SHEET_INK);
    cairo_move_to(s->cr, is_rtl ? MARGIN : s->width - MARGIN - value_width, s->y + base - sheet_baseline(value));
    sheet_show(s, value);
    cairo_tag_end(s->cr, "P");
    s->y += base - sheet_baseline(words) + sheet_block_height(s, words) + 2;
    g_object_unref(words);
    g_object_unref(value);
}

/* "We used: ... [2]", of what there is. */
static struct str why_words(const struct sheet *s, const struct letter_line *line)
{
    struct str why = line->why;
    if (why.len > 0) why = arena_printf(s->mem, "%.*s %.*s", STR_ARGS(s->letter->word_used), STR_ARGS(why));
    if (line->source == 0) return why;
    return arena_printf(s->mem, "%.*s%s[%u]", STR_ARGS(why), why.len > 0 ? " " : "", line->source);
}

/* Two scales stand side by side, each under its label; the first at the side where reading starts. */
static double pair_width(const struct sheet *s) { return (s->inner - SHEET_SCALE_GAP) / 2; }

static double pair_height(const struct sheet *s, const struct letter_line *line)
{
    double height = 0, width = pair_width(s);
    for (size_t i = 0; i < 2; i++)
        height = fmax(height, sheet_text_height(s, line->scales[i].label, &SHEET_SMALL, width) +
                                  sheet_scale_height(s, &line->scales[i], width));
    return height;
}

static void scale_pair(struct sheet *s, const struct letter_line *line)
{
    double width = pair_width(s), start = s->y, height = pair_height(s, line);
    for (size_t i = 0; i < 2; i++) {
        bool is_right = (i == 1) != s->letter->is_rtl;
        double left = MARGIN + (is_right ? width + SHEET_SCALE_GAP : 0);
        s->y = start;
        sheet_text_at(s, "P", line->scales[i].label, &SHEET_SMALL, left, width);
        sheet_scale(s, &line->scales[i], left, width, s->y);
    }
    s->y = start + height;
}

/* Words at the start side, one number line beside them; a pair of them goes below, over the whole width. */
static double words_width(const struct sheet *s) { return s->inner * 0.45; }
static double strip_width(const struct sheet *s) { return s->inner - words_width(s) - SHEET_SCALE_GAP; }

static void body(struct sheet *s, const struct letter_line *line)
{
    salve_assert(line->scale_count <= 2); /* a finding has two values at most */
    bool is_beside = line->scale_count == 1, is_rtl = s->letter->is_rtl;
    double width = is_beside ? words_width(s) : s->inner, start = s->y;
    sheet_text_at(s, "P", line->meaning, &SHEET_BODY, is_beside && is_rtl ? s->width - MARGIN - width : MARGIN, width);
    if (line->scale_count > 1) scale_pair(s, line);
    if (!is_beside && line->dots_words.len > 0) sheet_dots(s, line, MARGIN, s->inner);
    if (!is_beside) return;
    double words_end = s->y, left = is_rtl ? MARGIN : s->width - MARGIN - strip_width(s);
    sheet_scale(s, &line->scales[0], left, strip_width(s), start);
    s->y = start + sheet_scale_height(s, &line->scales[0], strip_width(s));
    if (line->dots_words.len > 0) sheet_dots(s, line, left, strip_width(s));
    s->y = fmax(s->y, words_end);
}

enum { BEFORE_GAP = 4 };

/* What it was before, in words; the picture at the end side. */
static double before_width(const struct sheet *s, const struct letter_line *line)
{
    return line->point_count > 0 ? s->inner - SHEET_TREND_WIDTH - 10 : s->inner;
}

static double before_height(const struct sheet *s, const struct letter_line *line)
{
    double words = sheet_text_height(s, line->before, &SHEET_SMALL, before_width(s, line));
    if (line->before.len == 0) return 0;
    words += BEFORE_GAP;
    return line->point_count > 0 ? fmax(words, SHEET_TREND_HEIGHT) : words;
}

static void before(struct sheet *s, const struct letter_line *line)
{
    if (line->before.len == 0) return;
    bool is_rtl = s->letter->is_rtl;
    double start = s->y, width = before_width(s, line), height = before_height(s, line);
    s->y += BEFORE_GAP;
    if (line->point_count > 0) sheet_trend(s, line, is_rtl ? MARGIN : s->width - MARGIN - SHEET_TREND_WIDTH, start);
    sheet_text_at(s, "P", line->before, &SHEET_SMALL, is_rtl ? s->width - MARGIN - width : MARGIN, width);
    s->y = start + height;
}

static double brief_height(const struct sheet *s, const struct letter_line *line)
{
    return sheet_text_height(s, headline_words(s, line), &BRIEF, s->inner * 0.7) + before_height(s, line) + 3;
}

static double line_height(const struct sheet *s, const struct letter_line *line)
{
    if (line->is_brief) return brief_height(s, line);
    bool is_beside = line->scale_count == 1;
    double words = sheet_text_height(s, line->meaning, &SHEET_BODY, is_beside ? words_width(s) : s->inner);
    double height = sheet_text_height(s, line->name, &OVERLINE, s->inner) +
                    sheet_text_height(s, line->headline, &NAME, s->inner * 0.7) + 6 * s->scale +
                    sheet_text_height(s, why_words(s, line), &SHEET_SMALL, s->inner) + before_height(s, line);
    double picture = line->dots_words.len > 0 ? SHEET_DOTS_SIDE + 4 : 0;
    if (is_beside) return height + fmax(words, sheet_scale_height(s, &line->scales[0], strip_width(s)) + picture);
    return height + words + picture + (line->scale_count > 1 ? pair_height(s, line) : 0);
}

static void result(struct sheet *s, const struct letter_line *line)
{
    sheet_need(s, line_height(s, line)); /* a result stays on one page */
    cairo_tag_begin(s->cr, "Sect", NULL);
    if (!line->is_brief) sheet_text(s, "P", line->name, &OVERLINE);
    headline(s, line);
    if (!line->is_brief) body(s, line);
    before(s, line);
    if (!line->is_brief) sheet_text(s, "P", why_words(s, line), &SHEET_SMALL);
    cairo_tag_end(s->cr, "Sect");
    s->y += line->is_brief ? 0 : 5 * s->scale;
}

/* "2. What to do. When. - Why", the time in bold. */
static PangoLayout *step_layout(const struct sheet *s, size_t i, double width)
{
    const struct letter_step *step = &s->letter->steps[i];
    struct str number = letter_digits(s->letter, arena_printf(s->mem, "%zu", i + 1), s->mem);
    struct str start = arena_printf(s->mem, "%.*s. %.*s ", STR_ARGS(number), STR_ARGS(step->what));
    struct str words = arena_printf(s->mem, "%.*s%.*s%s%.*s", STR_ARGS(start), STR_ARGS(step->when),
                                    step->when.len > 0 ? " " : "", STR_ARGS(step->why));
    PangoLayout *layout = sheet_layout_new(s, words, &SHEET_BODY, width);
    PangoAttrList *list = pango_attr_list_new();
    PangoAttribute *bold = pango_attr_weight_new(PANGO_WEIGHT_BOLD);
    bold->start_index = (guint)start.len;
    bold->end_index = (guint)(start.len + step->when.len);
    pango_attr_list_insert(list, bold);
    pango_layout_set_attributes(layout, list);
    pango_attr_list_unref(list);
    return layout;
}

/* The steps from `from` to before `to`, numbered as one list. */
static void steps(struct sheet *s, size_t from, size_t to, double x, double width)
{
    for (size_t i = from; i < to; i++) {
        sheet_put(s, "P", step_layout(s, i, width), &SHEET_BODY, x);
        sheet_text_at(s, "P", s->letter->steps[i].where, &SHEET_BODY, x, width);
    }
}

static double steps_height(const struct sheet *s, size_t to, double width)
{
    double height = 0;
    for (size_t i = 0; i < to; i++) {
        PangoLayout *layout = step_layout(s, i, width);
        height += sheet_block_height(s, layout) + SHEET_BODY.space_after +
                  sheet_text_height(s, s->letter->steps[i].where, &SHEET_BODY, width);
        g_object_unref(layout);
    }
    return height;
}

/* The answer. Where something is urgent it stands with what to do in a double frame, the only one of the letter, which
 * black and white shows as well. */
static void answer(struct sheet *s)
{
    static const struct look told = {11, true, &SHEET_INK, 5};
    enum { PAD = 10 };
    const struct letter *letter = s->letter;
    double width = s->inner - 2 * PAD, left = MARGIN + PAD;
    if (!letter->is_urgent) {
        sheet_text(s, "P", letter->answer, &ANSWER);
        return;
    }
    double height = sheet_text_height(s, letter->answer, &ANSWER, width) +
                    sheet_text_height(s, letter->told, &told, width) +
                    steps_height(s, letter->urgent_step_count, width) + 2.0 * PAD;
    sheet_need(s, height);
    double top = s->y;
    s->y += PAD;
    sheet_text_at(s, "P", letter->answer, &ANSWER, left, width);
    sheet_text_at(s, "P", letter->told, &told, left, width);
    steps(s, 0, letter->urgent_step_count, left, width);
    sheet_ink(s, &SHEET_INK);
    for (int i = 0; i < 2; i++) {
        double inset = i == 0 ? 0 : 4;
        cairo_set_line_width(s->cr, i == 0 ? 2.5 : 0.8);
        cairo_rectangle(s->cr, MARGIN + inset, top + inset, s->inner - 2 * inset, s->y - top - 2 * inset + 4);
        cairo_stroke(s->cr);
    }
    s->y += 12;
}

static void notes(struct sheet *s)
{
    const struct letter *letter = s->letter;
    if (letter->note_count == 0) return;
    sheet_heading(s, letter->heading_notes);
    for (size_t i = 0; i < letter->note_count; i++)
        sheet_text(s, "P",
                   arena_printf(s->mem, "%.*s: %.*s", STR_ARGS(letter->notes[i].name), STR_ARGS(letter->notes[i].text)),
                   &SHEET_BODY);
}

/* One a line: titles are Latin in every language, and each keeps its order. */
static void sources(struct sheet *s)
{
    static const struct look look = {8.5, false, &SHEET_GREY, 1};
    const struct letter *letter = s->letter;
    if (letter->source_count == 0) return;
    sheet_text(s, "P", letter->word_sources, &look);
    for (size_t i = 0; i < letter->source_count; i++)
        sheet_text(s, "P",
                   arena_printf(s->mem, "[%zu] " LETTER_NAME_START "%.*s" LETTER_ISOLATE_END, i + 1,
                                STR_ARGS(letter->sources[i])),
                   &look);
    s->y += 2;
}

static enum salve_code record(struct sheet *s, struct salve_err *err)
{
    static const struct look look = {12, true, &SHEET_INK, 4};
    const struct letter *letter = s->letter;
    bool has_code = letter->code.len > 0;
    sheet_need(s, has_code ? QR_SIDE + 70 : 70);
    sheet_heading(s, letter->heading_record);
    double top = s->y, indent = has_code ? QR_SIDE + 10 : 0;
    enum salve_code code = SALVE_OK;
    if (has_code) code = sheet_qr(s, letter->code, letter->is_rtl ? s->width - MARGIN - QR_SIDE : MARGIN, top, err);
    double x = letter->is_rtl ? MARGIN : MARGIN + indent;
    sheet_text_at(s, "P", letter->code_words, &SHEET_BODY, x, s->inner - indent);
    sheet_text_at(s, "P", letter->code, &look, x, s->inner - indent);
    sheet_text_at(s, "P", letter->record, &SHEET_BODY, x, s->inner - indent);
    if (has_code && s->y < top + QR_SIDE + 4) s->y = top + QR_SIDE + 4;
    sheet_text(s, "P", letter->signed_by, &SHEET_SMALL);
    sources(s);
    sheet_text(s, "P", letter->log_head, &SHEET_SMALL);
    return code;
}

static enum salve_code draw(struct sheet *s, struct salve_err *err)
{
    const struct letter *letter = s->letter;
    sheet_start(s);
    sheet_top(s);
    s->y += 4;
    answer(s);
    sheet_text(s, "P", letter->unconfirmed, &SHEET_SMALL);
    sheet_text(s, "P", letter->apart, &SHEET_SMALL);
    size_t first = letter->is_urgent ? letter->urgent_step_count : 0;
    if (first < letter->step_count) sheet_heading(s, letter->heading_steps);
    steps(s, first, letter->step_count, MARGIN, s->inner);
    if (letter->line_count > 0) {
        sheet_need(s, 40 + line_height(s, &letter->lines[0])); /* not without its first result */
        sheet_heading(s, letter->heading_lines);
    }
    for (size_t i = 0; i < letter->line_count; i++) result(s, &letter->lines[i]);
    notes(s);
    sheet_heading(s, letter->heading_next);
    sheet_text(s, "P", letter->next_check, &SHEET_BODY);
    sheet_heading(s, letter->heading_worse);
    sheet_text(s, "P", letter->worse, &SHEET_BODY);
    sheet_text(s, "P", letter->diagnosis, &SHEET_BODY);
    sheet_text(s, "P", letter->contact, &SHEET_BODY);
    enum salve_code code = record(s, err);
    sheet_end(s);
    return code;
}

enum salve_code letter_pdf(const struct letter *letter, struct buf *out, struct salve_err *err)
{
    struct sheet sheet = {.letter = letter, .draw = draw};
    return sheet_pdf(&sheet, out, err);
}
