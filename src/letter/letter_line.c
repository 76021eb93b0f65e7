/* SPDX-License-Identifier: Apache-2.0
 * The results: one line a thing, the most urgent first. What is said together lends its number line. */
#include <math.h>

#include "base/assert.h"
#include "letter/letter_int.h"

/* A letter of so many results has a picture for each; in a longer one what is as it should be is brief, and of the
 * others the most urgent have theirs. */
enum { FULL_LINES_MAX = 4, PICTURES_MAX = 5 };

static double number(struct str text, double otherwise)
{
    double value;
    return str_to_double(text, &value) ? value : otherwise;
}

/* --- number lines ------------------------------------------------------------------------------------------------- */

enum salve_code letter_scale_of(const struct guideline *guideline, const struct guideline_scale *from, struct str value,
                                struct str language, struct arena *mem, struct letter_scale *to, struct salve_err *err)
{
    salve_assert(from->band_count > 0);
    to->label = guideline_word(guideline, language, "inputs", from->label);
    if (to->label.ptr == NULL) to->label = from->label;
    to->from = number(from->from, 0);
    to->to = number(from->to, to->from + 1);
    to->at = number(value, to->from);
    to->at_text = value;
    to->band_count = from->band_count;
    to->bands = arena_array(mem, struct letter_band, from->band_count);
    if (to->bands == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    bool is_found = false;
    for (size_t i = 0; i < from->band_count; i++) {
        const struct guideline_band *band = &from->bands[i];
        double limit = number(band->limit, to->to);
        bool is_below = band->limit.len == 0 || to->at < limit || (band->inclusive && to->at <= limit);
        struct str shown = guideline_word(guideline, language, "bands", band->name);
        to->bands[i] = (struct letter_band){limit, shown.ptr == NULL ? band->name : shown, !is_found && is_below};
        is_found = is_found || is_below;
    }
    return SALVE_OK;
}

enum salve_code letter_chart(const struct letter_scale *scale, struct arena *mem, struct chart_line *out,
                             struct salve_err *err)
{
    double *limits = arena_array(mem, double, scale->band_count + 1);
    if (limits == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    *out = (struct chart_line){
        .from = scale->from, .to = scale->to, .at = scale->at, .limits = limits, .limit_count = scale->band_count};
    for (size_t i = 0; i < scale->band_count; i++) {
        limits[i] = scale->bands[i].to;
        if (scale->bands[i].is_here) out->here = i;
    }
    return SALVE_OK;
}

/* Whole people, half up; both numbers are said, so that nothing hangs on counting dots. */
static void fill_dots(const struct composer *c, const struct finding *finding, struct letter_line *line)
{
    double count = floor(number(finding->value, 0) + 0.5);
    line->dots = (unsigned)fmin(LETTER_DOTS, fmax(0, count));
    struct str full = arena_printf(c->mem, "%u", line->dots),
               others = arena_printf(c->mem, "%u", LETTER_DOTS - line->dots);
    line->dots_words = letter_fill(letter_word(c, "dots"), c->mem, "full", letter_isolated(c, full));
    line->dots_words = letter_fill(line->dots_words, c->mem, "others", letter_isolated(c, others));
}

static enum salve_code fill_scales(const struct composer *c, const struct letter_item *item, struct letter_line *line,
                                   struct salve_err *err)
{
    const struct finding *finding = item->finding;
    const struct guideline_line *number_line = guideline_line(item->guideline, finding->line);
    if (number_line == NULL || finding->value.len == 0) return SALVE_OK;
    size_t count = number_line->scale_count;
    if (number_line->has_dots) fill_dots(c, finding, line);
    if (count > 1 && finding->value2.len == 0) count = 1;
    line->scales = arena_array(c->mem, struct letter_scale, count + 1);
    if (line->scales == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    line->scale_count = count;
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; i < count && code == SALVE_OK; i++) {
        const struct guideline_scale *from = &number_line->scales[i];
        code = letter_scale_of(item->guideline, from, i == 0 ? finding->value : finding->value2, c->letter->language,
                               c->mem, &line->scales[i], err);
        if (code == SALVE_OK) line->scales[i].label = letter_label(c, item->guideline, from->label);
    }
    return code;
}

/* --- one result --------------------------------------------------------------------------------------------------- */

static unsigned source_number(struct composer *c, struct str source)
{
    struct letter *letter = c->letter;
    if (source.len == 0) return 0;
    for (size_t i = 0; i < letter->source_count; i++)
        if (str_eq(letter->sources[i], source)) return (unsigned)i + 1;
    salve_assert(letter->source_count < c->item_count);
    letter->sources[letter->source_count++] = source;
    return (unsigned)letter->source_count;
}

static bool has_scales(const struct letter_item *item)
{
    return item->finding->value.len > 0 && guideline_line(item->guideline, item->finding->line) != NULL;
}

static bool shares_input(const struct finding *a, const struct finding *b)
{
    for (size_t i = 0; i < a->input_count; i++)
        for (size_t k = 0; k < b->input_count; k++)
            if (a->inputs[i].reference.len > 0 && str_eq(a->inputs[i].reference, b->inputs[k].reference)) return true;
    return false;
}

/* May a result without a picture of its own borrow that one? An alarm shows the value that raised it, and no other. */
static bool lends(const struct letter_item *from, const struct letter_item *to)
{
    const struct finding *a = from->finding, *b = to->finding;
    if (from->under == NULL || letter_top(from) != to || !has_scales(from)) return false;
    if (b->value.len > 0) return str_eq(a->value, b->value) && str_eq(a->value2, b->value2);
    return str_eq(a->guideline, b->guideline) || shares_input(a, b);
}

/* Whose number line stands with the result: its own; else the most telling of what is said under it. */
static const struct letter_item *shown_by(const struct composer *c, const struct letter_item *item)
{
    const struct letter_item *best = NULL;
    if (has_scales(item)) return item;
    for (size_t i = 0; i < c->item_count; i++) {
        const struct letter_item *other = &c->items[i];
        bool is_more = best == NULL || (other->mark != LETTER_MARK_NEUTRAL && other->mark > best->mark);
        if (lends(other, item) && is_more) best = other;
    }
    return best;
}

/* Does an alarm for today rest on a number of this result? */
static bool is_beside_alarm(const struct composer *c, const struct letter_item *item)
{
    for (size_t i = 0; i < c->item_count; i++)
        if (c->items[i].is_alarm && c->items[i].finding->urgency <= URGENCY_SAME_DAY &&
            shares_input(c->items[i].finding, item->finding))
            return true;
    return false;
}

/* Does the alarm rest on a number that nobody has confirmed yet? The one that raised it stands first. */
static bool is_first_result(const struct composer *c, const struct letter_item *item)
{
    const struct finding *finding = item->finding;
    if (!item->is_alarm || finding->input_count == 0 || finding->inputs[0].unit.len == 0) return false;
    for (size_t i = 0; i < c->ask->first_count; i++)
        if (str_eq(c->ask->firsts[i], finding->inputs[0].reference)) return true;
    return false;
}

/* What a category means is written for a result that can wait; beside "today" it would make less of it. */
static struct str meaning_of(const struct composer *c, const struct letter_item *item)
{
    struct str meaning = item->words.meaning;
    bool is_urgent = item->finding->urgency <= URGENCY_SAME_DAY || is_beside_alarm(c, item);
    if (is_urgent && !item->is_alarm) meaning = STR("");
    if (str_is(item->finding->standing, "site-lines"))
        meaning = arena_printf(c->mem, "%.*s %.*s", STR_ARGS(meaning), STR_ARGS(letter_word(c, "site-lines")));
    if (is_first_result(c, item))
        meaning = arena_printf(c->mem, "%.*s %.*s", STR_ARGS(letter_word(c, "first-result")), STR_ARGS(meaning));
    return meaning;
}

static enum salve_code add_line(struct composer *c, const struct letter_item *item, struct salve_err *err)
{
    const struct letter_item *shown = shown_by(c, item);
    salve_assert(c->letter->line_count < c->item_count);
    struct letter_line *line = &c->letter->lines[c->letter->line_count++];
    line->name = item->words.name;
    line->headline = item->words.headline;
    line->meaning = meaning_of(c, item);
    line->value = letter_value_words(c, item);
    if (line->value.len == 0 && shown != NULL) line->value = letter_value_words(c, shown);
    line->urgency = item->finding->urgency;
    line->mark = item->mark;
    line->why = letter_why_words(c, item);
    line->source = source_number(c, item->finding->source);
    letter_add_before(c, shown != NULL ? shown : item, line);
    return shown == NULL ? SALVE_OK : fill_scales(c, shown, line, err);
}

static void make_brief(struct letter *letter)
{
    size_t full = 0;
    if (letter->line_count <= FULL_LINES_MAX) return;
    for (size_t i = 0; i < letter->line_count; i++) {
        struct letter_line *line = &letter->lines[i];
        bool is_plain =
            line->mark == LETTER_MARK_USUAL || line->mark == LETTER_MARK_NEUTRAL || line->urgency == URGENCY_NONE;
        bool has_place = line->urgency <= URGENCY_SAME_DAY || full < PICTURES_MAX;
        line->is_brief = line->dots_words.len == 0 && ((is_plain && line->urgency > URGENCY_ROUTINE) || !has_place);
        full += !line->is_brief;
    }
}

enum salve_code letter_add_lines(struct composer *c, struct salve_err *err)
{
    for (size_t i = 0; i < c->item_count; i++) {
        const struct letter_item *item = &c->items[i];
        if (item->finding->status != FINDING_ASSESSED || item->under != NULL || item->is_quiet) continue;
        TRY(add_line(c, item, err));
    }
    make_brief(c->letter);
    return SALVE_OK;
}
