/* SPDX-License-Identifier: Apache-2.0
 * A finding in an answer: all of it, its words, how it lies on its number line, where its action takes the person, and
 * what was said of it. */
#include "pages/pages_int.h"

#include "chart/chart.h"
#include "letter/letter.h"
#include "visit/release.h"

#define TICKS_APART 0.11 /* of the line, so that numbers of four digits do not touch on a telephone */
enum { DAY_MS = 24 * 3600 * 1000 };

/* One finding on its way out. */
struct writing {
    struct pages_call *call;
    const struct finding *finding;
    struct visit_said_words words;
    struct str sex;
};

static void put_text(struct json_writer *w, const char *name, struct str text)
{
    json_put_text(w, name, text.len > 0 ? text : STR(""));
}

/* --- labels and units --------------------------------------------------------------------------------------------- */

/* Every key once, with its word; a key without one is its own. */
struct words_out {
    struct writing *of;
    const char *group;
    struct str seen[64];
    size_t count;
};

static void put_word(struct words_out *out, struct str key)
{
    const struct visit_said_words *words = &out->of->words;
    for (size_t i = 0; i < out->count; i++)
        if (str_eq(out->seen[i], key)) return;
    if (key.len == 0 || out->count == sizeof out->seen / sizeof out->seen[0]) return;
    out->seen[out->count++] = key;
    struct str word =
        words->guideline == NULL ? STR_NONE : guideline_word(words->guideline, words->language, out->group, key);
    json_put_name(&out->of->call->w, key);
    json_put_text(&out->of->call->w, NULL,
                  word.len > 0 ? letter_addressed(word, out->of->sex, out->of->call->visit.mem) : key);
}

static void put_labels(struct writing *of)
{
    const struct finding *finding = of->finding;
    const struct {
        const struct str *list;
        size_t count;
    } lists[] = {{finding->missing, finding->missing_count},
                 {finding->queried, finding->queried_count},
                 {finding->too_old, finding->too_old_count},
                 {finding->not_asked, finding->not_asked_count}};
    struct words_out out = {.of = of, .group = "inputs"};
    json_open(&of->call->w, "labels", '{');
    for (size_t i = 0; i < finding->input_count; i++) put_word(&out, finding->inputs[i].label);
    for (size_t l = 0; l < sizeof lists / sizeof lists[0]; l++)
        for (size_t i = 0; i < lists[l].count; i++) put_word(&out, lists[l].list[i]);
    json_close(&of->call->w);
}

static void put_units(struct writing *of)
{
    struct words_out out = {.of = of, .group = "units"};
    json_open(&of->call->w, "units", '{');
    put_word(&out, of->finding->unit);
    for (size_t i = 0; i < of->finding->input_count; i++) put_word(&out, of->finding->inputs[i].unit);
    json_close(&of->call->w);
}

static void put_words(struct writing *of)
{
    struct json_writer *w = &of->call->w;
    json_open(w, "words", '{');
    put_text(w, "name", of->words.name);
    put_text(w, "headline", of->words.headline);
    put_text(w, "meaning", of->words.meaning);
    put_text(w, "action", of->words.action);
    put_text(w, "when", of->words.when);
    put_text(w, "excluded", of->words.excluded);
    put_text(w, "meanwhile", of->words.meanwhile);
    put_labels(of);
    put_units(of);
    json_close(w);
}

/* --- how it lies -------------------------------------------------------------------------------------------------- */

static void put_mark(struct writing *of)
{
    static const char *const texts[] = {[GUIDELINE_NEUTRAL] = "neutral",
                                        [GUIDELINE_USUAL] = "usual",
                                        [GUIDELINE_WATCH] = "watch",
                                        [GUIDELINE_SEE] = "see"};
    const struct finding *finding = of->finding;
    enum guideline_mark mark = GUIDELINE_NEUTRAL;
    const struct guideline_item *item =
        of->words.guideline == NULL ? NULL : guideline_item(of->words.guideline, finding->item);
    if (item != NULL && finding->status == FINDING_ASSESSED) mark = guideline_mark(item, finding->category);
    json_put_text(&of->call->w, "mark", str_of(texts[mark]));
}

static void put_apart(struct writing *of)
{
    json_open(&of->call->w, "apart", '[');
    for (int family = 1; family <= FAMILY_LAST; family++)
        if (of->finding->apart & FAMILY_BIT(family))
            json_put_text(&of->call->w, NULL, str_of(family_text((enum family)family)));
    json_close(&of->call->w);
}

static void put_number(struct json_writer *w, const char *name, double number, struct arena *mem)
{
    json_put_raw(w, name, arena_printf(mem, "%.10g", number));
}

static void put_pieces(struct writing *of, const struct chart_piece *pieces, size_t count)
{
    struct json_writer *w = &of->call->w;
    json_open(w, "pieces", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(w, NULL, '{');
        json_put_i64(w, "band", (int64_t)pieces[i].band);
        put_number(w, "start", pieces[i].start, of->call->visit.mem);
        put_number(w, "size", pieces[i].size, of->call->visit.mem);
        json_close(w);
    }
    json_close(w);
}

/* Where all of it stands, so that the app draws what the letter draws. */
static void put_drawn(struct writing *of, const struct chart_line *line)
{
    static const char *const beyond[] = {[CHART_WITHIN] = NULL, [CHART_BELOW] = "below", [CHART_ABOVE] = "above"};
    struct json_writer *w = &of->call->w;
    struct arena *mem = of->call->visit.mem;
    struct chart_piece *pieces = arena_array(mem, struct chart_piece, line->limit_count + 1);
    struct chart_tick *ticks = arena_array(mem, struct chart_tick, line->limit_count + 2);
    struct chart_mark mark = chart_mark(line);
    if (pieces == NULL || ticks == NULL) return;
    json_open(w, "drawn", '{');
    put_pieces(of, pieces, chart_pieces(line, pieces));
    put_number(w, "at", mark.at, mem);
    json_put_text(w, "beyond", mark.beyond == CHART_WITHIN ? STR_NONE : str_of(beyond[mark.beyond]));
    json_open(w, "ticks", '[');
    size_t count = chart_ticks(line, TICKS_APART, ticks);
    for (size_t i = 0; i < count; i++) {
        json_open(w, NULL, '{');
        put_number(w, "at", ticks[i].at, mem);
        put_number(w, "number", ticks[i].number, mem);
        json_close(w);
    }
    json_close(w);
    json_close(w);
}

static void put_scale(struct writing *of, const struct letter_scale *scale)
{
    struct chart_line line;
    struct json_writer *w = &of->call->w;
    struct arena *mem = of->call->visit.mem;
    json_open(w, NULL, '{');
    put_text(w, "label", letter_addressed(scale->label, of->sex, mem));
    put_number(w, "from", scale->from, mem);
    put_number(w, "to", scale->to, mem);
    put_number(w, "at", scale->at, mem);
    json_open(w, "bands", '[');
    for (size_t i = 0; i < scale->band_count; i++) {
        json_open(w, NULL, '{');
        put_number(w, "to", scale->bands[i].to, mem);
        put_text(w, "name", scale->bands[i].word);
        json_put_bool(w, "here", scale->bands[i].is_here);
        json_close(w);
    }
    json_close(w);
    if (letter_chart(scale, mem, &line, NULL) == SALVE_OK) put_drawn(of, &line);
    json_close(w);
}

/* The number line of one number of the finding; false: there is none. */
static bool scale_of(const struct writing *of, size_t which, struct letter_scale *out)
{
    const struct finding *finding = of->finding;
    const struct guideline *guideline = of->words.guideline;
    const struct guideline_line *line = guideline == NULL ? NULL : guideline_line(guideline, finding->line);
    struct str value = which == 0 ? finding->value : finding->value2;
    return line != NULL && which < line->scale_count && value.len > 0 &&
           letter_scale_of(guideline, &line->scales[which], value, of->words.language, of->call->visit.mem, out,
                           NULL) == SALVE_OK;
}

static void put_scales(struct writing *of)
{
    struct letter_scale scale;
    json_open(&of->call->w, "scales", '[');
    for (size_t i = 0; i < 2; i++)
        if (scale_of(of, i, &scale)) put_scale(of, &scale);
    json_close(&of->call->w);
}

/* --- what it was before ------------------------------------------------------------------------------------------- */

/* A number of the finding over the days, before the bands of its line. */
struct trend {
    const struct visit_shown *shown;
    size_t which; /* number of a pair */
    struct str *texts, *dates;
    struct chart_value *values;
    size_t count;
};

static void add_value(struct trend *to, struct str date, struct str text)
{
    int64_t at = 0;
    double value;
    if (!str_to_double(text, &value) || !clock_parse(date, &at)) return;
    to->texts[to->count] = text;
    to->dates[to->count] = date;
    to->values[to->count++] = (struct chart_value){(double)(at / DAY_MS), value};
}

static bool trend_read(struct trend *to, struct arena *mem)
{
    const struct visit_shown *shown = to->shown;
    size_t room = shown->earlier_count + 1;
    to->texts = arena_array(mem, struct str, room);
    to->dates = arena_array(mem, struct str, room);
    to->values = arena_array(mem, struct chart_value, room);
    if (to->texts == NULL || to->dates == NULL || to->values == NULL) return false;
    for (size_t i = 0; i < shown->earlier_count; i++)
        add_value(to, shown->earlier[i].date, to->which == 0 ? shown->earlier[i].value : shown->earlier[i].value2);
    if (to->count == 0) return false; /* nothing to be beside */
    add_value(to, shown->date, to->which == 0 ? shown->finding.value : shown->finding.value2);
    return to->count > 1;
}

static void put_points(struct writing *of, const struct trend *trend, const struct chart_point *points)
{
    struct json_writer *w = &of->call->w;
    json_open(w, "points", '[');
    for (size_t i = 0; i < trend->count; i++) {
        json_open(w, NULL, '{');
        put_number(w, "x", points[i].x, of->call->visit.mem);
        put_number(w, "y", points[i].y, of->call->visit.mem);
        put_text(w, "date", trend->dates[i]);
        put_text(w, "value", trend->texts[i]);
        json_close(w);
    }
    json_close(w);
}

static void put_trend(struct writing *of, const struct trend *trend)
{
    struct letter_scale scale = {.band_count = 0};
    struct chart_line line;
    struct json_writer *w = &of->call->w;
    struct arena *mem = of->call->visit.mem;
    bool has = scale_of(of, trend->which, &scale) && letter_chart(&scale, mem, &line, NULL) == SALVE_OK;
    struct chart_point *points = arena_array(mem, struct chart_point, trend->count);
    struct chart_piece *pieces = arena_array(mem, struct chart_piece, scale.band_count + 1);
    if (points == NULL || pieces == NULL) return;
    struct chart_trend drawn = chart_trend(trend->values, trend->count, has ? &line : NULL, points, pieces);
    json_open(w, NULL, '{');
    put_text(w, "label", has ? letter_addressed(scale.label, of->sex, mem) : STR(""));
    put_number(w, "from", drawn.from, mem);
    put_number(w, "to", drawn.to, mem);
    put_pieces(of, pieces, drawn.piece_count);
    json_open(w, "bands", '[');
    for (size_t i = 0; has && i < scale.band_count; i++) put_text(w, NULL, scale.bands[i].word);
    json_close(w);
    put_points(of, trend, points);
    json_close(w);
}

static void put_trends(struct writing *of, const struct visit_shown *shown)
{
    json_open(&of->call->w, "trends", '[');
    for (size_t i = 0; i < 2; i++) {
        struct trend trend = {.shown = shown, .which = i};
        if (trend_read(&trend, of->call->visit.mem)) put_trend(of, &trend);
    }
    json_close(&of->call->w);
}

/* --- where it takes the person, and what was said ----------------------------------------------------------------- */

/* Of the action; beside ask-now that of what is certain. */
static void put_place(struct writing *of)
{
    struct visit_place place;
    struct pages_call *call = of->call;
    struct json_writer *w = &call->w;
    struct str action = of->finding->meanwhile.len > 0 ? of->finding->meanwhile : of->finding->action;
    const struct visit_clinic *clinic = action.len > 0 ? pages_clinic(call) : NULL;
    bool has = clinic != NULL && visit_place_of(&call->visit, clinic, action, &place);
    if (!has) {
        json_put_null(w, "place");
        return;
    }
    json_open(w, "place", '{');
    put_text(w, "name", place.name);
    put_text(w, "address", place.address);
    put_text(w, "telephone", place.telephone);
    put_text(w, "hours", place.hours);
    json_close(w);
}

static void put_told(struct json_writer *w, const struct screen_told *told)
{
    if (!told->is_told) {
        json_put_null(w, "told");
        return;
    }
    json_open(w, "told", '{');
    json_put_text(w, "by", told->by);
    json_put_text(w, "at", told->at);
    json_put_text(w, "how", str_of(screen_how_text(told->how)));
    put_text(w, "agreed", told->agreed);
    json_close(w);
}

static void put_passed(struct json_writer *w, const struct screen_told *told)
{
    if (!told->is_passed_on) {
        json_put_null(w, "passedOn");
        return;
    }
    json_open(w, "passedOn", '{');
    json_put_text(w, "by", told->passed_by);
    json_put_text(w, "why", told->passed_why);
    json_put_text(w, "at", told->passed_at);
    json_put_text(w, "since", told->since);
    json_close(w);
}

void pages_put_finding(struct pages_call *call, const char *name, const struct visit_shown *shown)
{
    struct writing of = {.call = call, .finding = &shown->finding};
    struct json_writer *w = &call->w;
    of.sex = call->session == NULL ? STR("") : str_of(call->session->sex);
    visit_finding_words(call->visit.content, call->languages, call->language_count, of.sex, of.finding, call->visit.mem,
                        &of.words);
    json_open(w, name, '{');
    finding_json_members(of.finding, w);
    json_put_text(w, "id", shown->id.len > 0 ? shown->id : STR_NONE);
    put_words(&of);
    put_mark(&of);
    put_apart(&of);
    put_scales(&of);
    put_trends(&of, shown);
    put_place(&of);
    put_told(w, &shown->told);
    put_passed(w, &shown->told);
    json_put_bool(w, "closed", shown->told.is_closed);
    json_put_text(w, "release", str_of(guideline_release_text(visit_release_of(call->visit.content, of.finding))));
    json_put_bool(w, "withheld", shown->is_withheld);
    json_put_bool(w, "stale", shown->is_stale);
    json_close(w);
}

void pages_put_findings(struct pages_call *call, const char *name, const struct visit_shown *list, size_t count)
{
    json_open(&call->w, name, '[');
    for (size_t i = 0; i < count; i++) pages_put_finding(call, NULL, &list[i]);
    json_close(&call->w);
}

void pages_put_found(struct pages_call *call, const char *name, const struct screen_found *found)
{
    json_open(&call->w, name, '[');
    for (size_t i = 0; i < found->count; i++)
        pages_put_finding(call, NULL, &(struct visit_shown){.finding = found->list[i]});
    json_close(&call->w);
}
