/* SPDX-License-Identifier: Apache-2.0
 * The letter as one accessible page: headings, lists, number lines as SVG with a text twin, logical CSS, no script, no
 * outside asset. The value axis of a number line runs left to right in every language. */
#include <math.h>

#include "base/assert.h"
#include "letter/letter_int.h"

/* The style sheet, before and after the fonts of the language. */
/* clang-format off */
static const char style_start[] =
    ":root{color-scheme:light;--ink:" LETTER_HEX(LETTER_INK) ";--teal:" LETTER_HEX(LETTER_TEAL)
    ";--amber:" LETTER_HEX(LETTER_AMBER) ";--brick:" LETTER_HEX(LETTER_BRICK) "}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:" LETTER_HEX(LETTER_PAPER) ";color:var(--ink);font:18px/1.5 ";
static const char style_rest[] =
    "sans-serif}"
    "main{max-inline-size:44rem;margin-inline:auto;padding:1.5rem}"
    "h1{font-size:1.6rem;line-height:1.25;margin-block:0 .25rem;color:var(--teal)}"
    "h2{font-size:1.2rem;margin-block:2rem .5rem;border-block-end:2px solid var(--teal);padding-block-end:.2rem}"
    "h3{font-size:1.05rem;margin-block:0}p{margin-block:.35rem}"
    ".banner{color:" LETTER_HEX(LETTER_GREY) ";font-weight:700;border-block-end:1px dashed;padding-block-end:.35rem}"
    ".urgent{border:4px double var(--ink);outline:2px solid var(--ink);outline-offset:3px;padding:.5rem 1rem;"
    "margin-block:1.25rem}"
    ".urgent .answer{border:0;padding:0}"
    ".answer{font-size:1.25rem;font-weight:700;margin-block:1rem;border-inline-start:6px solid var(--teal);"
    "padding-inline-start:.75rem}"
    ".line{padding-block:.75rem;border-block-end:1px solid " LETTER_HEX(LETTER_RULE) ";break-inside:avoid}"
    ".head{display:flex;flex-wrap:wrap;gap:.25rem 1rem;justify-content:space-between;align-items:baseline}"
    ".value{font-size:1.3rem;font-weight:700;font-variant-numeric:tabular-nums}"
    ".mark{font-weight:700}.usual{color:var(--teal)}.watch{color:var(--amber)}.see{color:var(--brick)}"
    ".neutral{color:" LETTER_HEX(LETTER_GREY) "}.brief{padding-block:.3rem}"
    ".why{font-size:.9rem;color:" LETTER_HEX(LETTER_GREY) "}svg{display:block;max-inline-size:100%;block-size:auto}"
    ".scale{inline-size:100%;max-inline-size:28rem}.arabic{list-style-type:arabic-indic}"
    ".before{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center}p{overflow-wrap:anywhere}"
    "ol,ul{padding-inline-start:1.5rem}li{margin-block:.4rem}"
    ".dots{display:flex;gap:1rem;align-items:center;margin-block:.5rem}.dots svg{flex:0 0 auto}"
    ".record{display:flex;gap:1rem;align-items:flex-start;break-inside:avoid}"
    ".record svg{flex:0 0 35mm;inline-size:35mm}"
    ".code{font-family:'Noto Sans Mono',monospace;font-size:1rem}"
    ".small{font-size:.85rem;color:" LETTER_HEX(LETTER_GREY) ";overflow-wrap:anywhere}"
    ".box{display:inline-block;inline-size:1.1em;block-size:1.1em;border:2px solid;vertical-align:-.15em}"
    ".choice{font-weight:700}.row{display:flex;justify-content:space-between;gap:1rem;align-items:center}"
    ".blank{display:inline-block;inline-size:5rem;block-size:1.8rem;border:2px solid;vertical-align:middle}"
    ".unit{display:inline-block;inline-size:5rem}.write{margin-block-start:2.2rem;border-block-start:1px solid}"
    "@media print{body{background:#fff;font-size:12pt}main{padding:0;max-inline-size:none}}"
    "@page{margin:18mm;size:";
/* clang-format on */

void letter_html_text(struct buf *out, struct str text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *entity = NULL;
        switch (text.ptr[i]) {
        case '&':
            entity = "&amp;";
            break;
        case '<':
            entity = "&lt;";
            break;
        case '>':
            entity = "&gt;";
            break;
        case '"':
            entity = "&quot;";
            break;
        default:
            continue;
        }
        buf_add(out, str_cut(text, from, i - from));
        buf_add(out, str_of(entity));
        from = i + 1;
    }
    buf_add(out, str_cut(text, from, text.len));
}

void letter_html_element(struct buf *out, const char *tag, const char *class, struct str text)
{
    if (text.len == 0) return;
    buf_addf(out, "<%s%s%s%s>", tag, class == NULL ? "" : " class=\"", class == NULL ? "" : class,
             class == NULL ? "" : "\"");
    letter_html_text(out, text);
    buf_addf(out, "</%s>\n", tag);
}

/* What a screen reader says of a number line: "upper number: 148. Zone: high." */
static struct str spoken(const struct letter *letter, const struct letter_scale *scale, struct arena *mem)
{
    struct str zone = STR("");
    for (size_t i = 0; i < scale->band_count; i++)
        if (scale->bands[i].is_here) zone = scale->bands[i].word;
    struct str text = letter_fill(letter->word_shown_as, mem, "label", scale->label);
    text = letter_fill(text, mem, "value", scale->at_text);
    return letter_fill(text, mem, "zone", zone);
}

/* About as wide as the text of a telephone that is held upright, so that no word is smaller there than 11 pixels. */
enum { SCALE_WIDTH = 340, SCALE_PAD = 8, BAR = 26, BAR_HEIGHT = 14, TICKS = 52, WORDS = 67, ROW = 14 };
#define WORD_SIZE 11.6

static double place(const struct letter_scale *scale, double value)
{
    return SCALE_PAD + chart_share(scale->from, scale->to, value) * (SCALE_WIDTH - 2 * SCALE_PAD);
}

/* An upper bound: a page does not know the face that it is shown in. */
static double width_of(struct str text, double size)
{
    double width = 0;
    for (struct str rest = text; rest.len > 0; rest = str_cut(rest, str_char_bytes(rest), rest.len))
        width += (rest.ptr[0] == 'm' || rest.ptr[0] == 'w' ? 0.9 : 0.58) * size;
    return width;
}

/* The words under the bands; the one that holds the value is bold. Returns the height of the picture. */
static int place_words(const struct letter_scale *scale, struct letter_label *labels)
{
    double from = place(scale, scale->from);
    for (size_t i = 0; i < scale->band_count; i++) {
        double to = place(scale, scale->bands[i].to);
        labels[i] = (struct letter_label){width_of(scale->bands[i].word, WORD_SIZE), (from + to) / 2, from, to, 0, 0};
        from = to;
    }
    return WORDS + 5 + (letter_labels_place(labels, scale->band_count, 0, SCALE_WIDTH) - 1) * ROW;
}

static void band_word(const struct letter_band *band, const struct letter_label *label, struct buf *out)
{
    buf_addf(out, "<text x=\"%.1f\" y=\"%d\" font-size=\"%g\" text-anchor=\"middle\" font-weight=\"%s\">",
             label->left + label->width / 2, WORDS + label->row * ROW, WORD_SIZE, band->is_here ? "700" : "400");
    letter_html_text(out, band->word);
    buf_add(out, STR("</text>\n"));
}

static void bands(const struct letter *letter, const struct letter_scale *scale, struct arena *mem, struct buf *out)
{
    enum { LENGTH = SCALE_WIDTH - 2 * SCALE_PAD };
    struct chart_line line;
    struct chart_piece *pieces = arena_array(mem, struct chart_piece, scale->band_count + 1);
    double written_to = 0;
    if (pieces == NULL || letter_chart(scale, mem, &line, NULL) != SALVE_OK) return;
    size_t count = chart_pieces(&line, pieces);
    for (size_t i = 0; i < count; i++) {
        const struct letter_band *band = &scale->bands[pieces[i].band];
        double start = SCALE_PAD + pieces[i].start * LENGTH, end = start + pieces[i].size * LENGTH;
        if (end <= start) continue;
        buf_addf(out,
                 "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\" stroke=\"" LETTER_HEX(
                     LETTER_INK) "\"/>\n",
                 start, BAR, end - start, BAR_HEIGHT,
                 band->is_here ? LETTER_HEX(LETTER_HERE) : LETTER_HEX(LETTER_WHITE));
        struct str tick = letter_digits(letter, arena_printf(mem, "%g", band->to), mem);
        double half = width_of(tick, WORD_SIZE) / 2;
        if (pieces[i].band + 1 == scale->band_count || end - half < written_to + 2) continue; /* no room for it */
        written_to = end + half;
        buf_addf(out, "<text x=\"%.1f\" y=\"%d\" font-size=\"%g\" text-anchor=\"middle\">%.*s</text>\n", end, TICKS,
                 WORD_SIZE, STR_ARGS(tick));
    }
}

static void draw_scale(const struct letter *letter, const struct letter_scale *scale, struct arena *mem,
                       struct buf *out)
{
    struct letter_label *labels = arena_array(mem, struct letter_label, scale->band_count + 1);
    if (labels == NULL) return;
    int height = place_words(scale, labels);
    double at = place(scale, scale->at);
    buf_addf(out, "<svg class=\"scale\" viewBox=\"0 0 %d %d\" direction=\"ltr\" role=\"img\" aria-label=\"",
             SCALE_WIDTH, height);
    letter_html_text(out, spoken(letter, scale, mem));
    buf_add(out, STR("\">\n"));
    bands(letter, scale, mem, out);
    for (size_t i = 0; i < scale->band_count; i++) band_word(&scale->bands[i], &labels[i], out);
    buf_addf(out, "<path d=\"M%.1f %dl-7 -10h14z\" fill=\"" LETTER_HEX(LETTER_INK) "\"/>", at, BAR);
    buf_addf(out, "<text x=\"%.1f\" y=\"13\" font-size=\"15\" font-weight=\"700\" text-anchor=\"middle\">",
             fmin(SCALE_WIDTH - 24, fmax(24, at)));
    letter_html_text(out, scale->at_text);
    buf_add(out, STR("</text></svg>\n"));
}

static void number_line(const struct letter *letter, const struct letter_scale *scale, struct buf *out)
{
    struct arena *mem = arena_open_private(1 << 18);
    if (mem == NULL) return;
    letter_html_element(out, "p", "small", scale->label);
    draw_scale(letter, scale, mem, out);
    arena_close(mem);
}

/* What it was before, and a line through all of it, today's the big dot; the words say the same. */
static void before(const struct letter_line *line, struct buf *out)
{
    enum { WIDTH = 120, HEIGHT = 32, PAD = 5 };
    if (line->before.len == 0) return;
    buf_add(out, STR("<div class=\"before\">"));
    letter_html_element(out, "p", "why", line->before);
    if (line->point_count > 0) {
        buf_addf(out, "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" aria-hidden=\"true\"><polyline points=\"",
                 WIDTH, HEIGHT, WIDTH, HEIGHT);
        for (size_t i = 0; i < line->point_count; i++)
            buf_addf(out, "%.1f,%.1f ", PAD + line->points[i].x * (WIDTH - 2 * PAD),
                     PAD + (1 - line->points[i].y) * (HEIGHT - 2 * PAD));
        buf_add(out, STR("\" fill=\"none\" stroke=\"" LETTER_HEX(LETTER_INK) "\"/>"));
        for (size_t i = 0; i < line->point_count; i++)
            buf_addf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%s\"/>", PAD + line->points[i].x * (WIDTH - 2 * PAD),
                     PAD + (1 - line->points[i].y) * (HEIGHT - 2 * PAD), i + 1 == line->point_count ? "4" : "2.2");
        buf_add(out, STR("</svg>"));
    }
    buf_add(out, STR("</div>\n"));
}

enum { DOT_STEP = 16 };

/* Ten rows of ten, full ones first from the side where reading starts: discs and rings, so that black on white is
 * enough. The words beside them say the same to everybody; the picture itself is passed over by a screen reader. */
static void dots(const struct letter *letter, const struct letter_line *line, struct buf *out)
{
    int side = LETTER_DOTS_A_ROW * DOT_STEP;
    if (line->dots_words.len == 0) return;
    buf_addf(out, "<div class=\"dots\"><svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" aria-hidden=\"true\">\n",
             side, side, side, side);
    for (unsigned i = 0; i < LETTER_DOTS; i++) {
        int column = (int)i % LETTER_DOTS_A_ROW, row = (int)i / LETTER_DOTS_A_ROW;
        if (letter->is_rtl) column = LETTER_DOTS_A_ROW - 1 - column;
        buf_addf(out, "<circle cx=\"%d\" cy=\"%d\" r=\"5\" fill=\"%s\" stroke=\"" LETTER_HEX(LETTER_INK) "\"/>",
                 column * DOT_STEP + DOT_STEP / 2, row * DOT_STEP + DOT_STEP / 2,
                 i < line->dots ? LETTER_HEX(LETTER_INK) : LETTER_HEX(LETTER_WHITE));
    }
    buf_add(out, STR("</svg>\n"));
    letter_html_element(out, "p", NULL, line->dots_words);
    buf_add(out, STR("</div>\n"));
}

/* The shape, and what is said of the value; the words of the shape for those who do not see it. */
static void mark(const struct letter *letter, const struct letter_line *line, struct buf *out)
{
    static const char *const classes[LETTER_MARK_COUNT] = {"usual", "watch", "see", "neutral"};
    static const char *const shapes[LETTER_MARK_COUNT] = {"\u25CF", "\u25B2", "\u25A0", "\u25CB"};
    salve_assert(line->mark < LETTER_MARK_COUNT);
    buf_addf(out, "<p class=\"mark %s\"><span role=\"img\" aria-label=\"", classes[line->mark]);
    letter_html_text(out, letter->mark_words[line->mark]);
    buf_addf(out, "\">%s</span> ", shapes[line->mark]);
    letter_html_text(out, line->headline);
    buf_add(out, STR("</p>\n"));
}

static void why(const struct letter *letter, const struct letter_line *line, struct buf *out)
{
    buf_add(out, STR("<p class=\"why\">"));
    if (line->why.len > 0) {
        letter_html_text(out, letter->word_used);
        buf_add_char(out, ' ');
        letter_html_text(out, line->why);
        buf_add(out, STR(". "));
    }
    if (line->source > 0) buf_addf(out, "[%u]", line->source);
    buf_add(out, STR("</p>\n"));
}

static void result(const struct letter *letter, const struct letter_line *line, struct buf *out)
{
    buf_addf(out, "<section class=\"line%s\">\n<div class=\"head\">", line->is_brief ? " brief" : "");
    letter_html_element(out, "h3", NULL, line->name);
    letter_html_element(out, "span", "value", line->value);
    buf_add(out, STR("</div>\n"));
    mark(letter, line, out);
    for (size_t i = 0; i < line->scale_count && !line->is_brief; i++) number_line(letter, &line->scales[i], out);
    if (!line->is_brief) {
        dots(letter, line, out);
        letter_html_element(out, "p", NULL, line->meaning);
    }
    before(line, out);
    if (!line->is_brief) why(letter, line, out);
    buf_add(out, STR("</section>\n"));
}

/* The steps from `from` to before `to`, numbered as one list. */
static void steps(const struct letter *letter, size_t from, size_t to, struct buf *out)
{
    if (from == to) return;
    letter_html_element(out, "h2", NULL, letter->heading_steps);
    buf_addf(out, "<ol start=\"%zu\"%s>\n", from + 1, letter->has_arabic_digits ? " class=\"arabic\"" : "");
    for (size_t i = from; i < to; i++) {
        const struct letter_step *step = &letter->steps[i];
        buf_add(out, STR("<li>"));
        letter_html_text(out, step->what);
        buf_add_char(out, ' ');
        letter_html_element(out, "strong", NULL, step->when);
        letter_html_element(out, "span", "why", step->why);
        letter_html_element(out, "div", NULL, step->where);
        buf_add(out, STR("</li>\n"));
    }
    buf_add(out, STR("</ol>\n"));
}

/* The answer; where something is urgent in a frame with what to do, the only one of the page. */
static void answer(const struct letter *letter, struct buf *out)
{
    if (letter->is_urgent) buf_add(out, STR("<div class=\"urgent\">\n"));
    letter_html_element(out, "p", "answer", letter->answer);
    letter_html_element(out, "p", NULL, letter->told);
    if (!letter->is_urgent) return;
    steps(letter, 0, letter->urgent_step_count, out);
    buf_add(out, STR("</div>\n"));
}

static void notes(const struct letter *letter, struct buf *out)
{
    if (letter->note_count == 0) return;
    letter_html_element(out, "h2", NULL, letter->heading_notes);
    buf_add(out, STR("<ul>\n"));
    for (size_t i = 0; i < letter->note_count; i++) {
        buf_add(out, STR("<li><strong>"));
        letter_html_text(out, letter->notes[i].name);
        buf_add(out, STR("</strong>: "));
        letter_html_text(out, letter->notes[i].text);
        buf_add(out, STR("</li>\n"));
    }
    buf_add(out, STR("</ul>\n"));
}

void letter_html_qr(struct str text, struct buf *out)
{
    struct arena *mem = arena_open_private(1 << 18);
    struct letter_qr qr;
    if (mem == NULL) return;
    if (letter_qr_make(text, mem, &qr, NULL) == SALVE_OK) {
        buf_addf(
            out,
            "<svg viewBox=\"-4 -4 %d %d\" role=\"img\" aria-label=\"QR\" shape-rendering=\"crispEdges\"><path d=\"",
            qr.size + 8, qr.size + 8);
        for (int y = 0; y < qr.size; y++)
            for (int x = 0; x < qr.size; x++)
                if (qr.modules[y * qr.size + x] != 0) buf_addf(out, "M%d %dh1v1h-1z", x, y);
        buf_add(out, STR("\"/></svg>\n"));
    }
    arena_close(mem);
}

/* One a line: titles are Latin in every language, and each keeps its order. */
static void sources(const struct letter *letter, struct buf *out)
{
    letter_html_element(out, "p", "small", letter->source_count == 0 ? STR("") : letter->word_sources);
    for (size_t i = 0; i < letter->source_count; i++) {
        buf_addf(out, "<div class=\"small\">[%zu] <bdi>", i + 1);
        letter_html_text(out, letter->sources[i]);
        buf_add(out, STR("</bdi></div>\n"));
    }
}

static void record(const struct letter *letter, struct buf *out)
{
    letter_html_element(out, "h2", NULL, letter->heading_record);
    if (letter->code.len > 0) {
        buf_add(out, STR("<div class=\"record\">"));
        letter_html_qr(letter->code, out);
        buf_add(out, STR("<div>"));
        letter_html_element(out, "p", NULL, letter->code_words);
        buf_add(out, STR("<p class=\"code\" dir=\"ltr\">"));
        letter_html_text(out, letter->code);
        buf_add(out, STR("</p>\n</div></div>\n"));
    }
    letter_html_element(out, "p", NULL, letter->record);
    letter_html_element(out, "p", "small", letter->signed_by);
    sources(letter, out);
    letter_html_element(out, "p", "small", letter->log_head);
}

static void style_sheet(const struct letter *letter, struct buf *out)
{
    struct str fonts = letter->fonts, family;
    buf_addf(out, "<style>%s", style_start);
    while (letter_next_font(&fonts, &family)) buf_addf(out, "'%.*s',", STR_ARGS(family));
    buf_addf(out, "%s%s}</style>", style_rest, letter->paper == LETTER_PAPER_US ? "letter" : "A4");
}

void letter_html_start(const struct letter *letter, struct buf *out)
{
    buf_addf(out, "<!DOCTYPE html>\n<html lang=\"%.*s\" dir=\"%s\">\n<head><meta charset=\"utf-8\">",
             STR_ARGS(letter->language), letter->is_rtl ? "rtl" : "ltr");
    buf_add(
        out,
        STR("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
            "<meta name=\"referrer\" content=\"no-referrer\">"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"));
    letter_html_element(out, "title", NULL, letter->title);
    style_sheet(letter, out);
    buf_add(out, STR("</head>\n<body><main>\n"));
    letter_html_element(out, "p", "banner", letter->banner);
    letter_html_element(out, "h1", NULL, letter->title);
    letter_html_element(out, "p", NULL, letter->person);
    letter_html_element(out, "p", "small", letter->details);
}

void letter_html_end(struct buf *out) { buf_add(out, STR("</main></body>\n</html>\n")); }

void letter_html(const struct letter *letter, struct buf *out)
{
    letter_html_start(letter, out);
    answer(letter, out);
    letter_html_element(out, "p", "small", letter->unconfirmed);
    letter_html_element(out, "p", "small", letter->apart);
    steps(letter, letter->is_urgent ? letter->urgent_step_count : 0, letter->step_count, out);
    if (letter->line_count > 0) letter_html_element(out, "h2", NULL, letter->heading_lines);
    for (size_t i = 0; i < letter->line_count; i++) result(letter, &letter->lines[i], out);
    notes(letter, out);
    letter_html_element(out, "h2", NULL, letter->heading_next);
    letter_html_element(out, "p", NULL, letter->next_check);
    letter_html_element(out, "h2", NULL, letter->heading_worse);
    letter_html_element(out, "p", NULL, letter->worse);
    letter_html_element(out, "p", NULL, letter->diagnosis);
    letter_html_element(out, "p", NULL, letter->contact);
    record(letter, out);
    letter_html_end(out);
}
