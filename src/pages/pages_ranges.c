/* SPDX-License-Identifier: Apache-2.0
 * What a station may type, with what is plausible of it, for the keypad: the numbers of ranges.json, words of
 * measure.def, and the questions of the alarm layer. */
#include "pages/pages_int.h"

#include "ranges/ranges.h"
#include "screen/screen.h"
#include "visit/measure.h"

static void put_range(struct json_writer *w, const char *name, const struct str range[2])
{
    if (range[0].len == 0 || range[1].len == 0) {
        json_put_null(w, name);
        return;
    }
    json_open(w, name, '[');
    json_put_text(w, NULL, range[0]);
    json_put_text(w, NULL, range[1]);
    json_close(w);
}

/* Digits behind the point of a text. */
static size_t decimals_of(struct str number)
{
    ptrdiff_t point = str_find(number, STR("."));
    return point < 0 ? 0 : number.len - (size_t)point - 1;
}

static int64_t decimals(const struct range_answer *range)
{
    size_t most = 0;
    const struct str texts[] = {range->soft[0], range->soft[1], range->hard[0], range->hard[1]};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (decimals_of(texts[i]) > most) most = decimals_of(texts[i]);
    return (int64_t)most;
}

static void put_part(struct json_writer *w, const struct ranges *ranges, const char *loinc)
{
    struct range_answer range = ranges_about(ranges, str_of(loinc), STR("mm[Hg]"));
    json_open(w, NULL, '{');
    json_put_text(w, "loinc", str_of(loinc));
    put_range(w, "hard", range.hard);
    put_range(w, "soft", range.soft);
    json_close(w);
}

/* Two numbers: each has its own ranges; those of the pair are those of the first. */
static void put_pressure(struct json_writer *w, const struct ranges *ranges)
{
    struct range_answer range = ranges_about(ranges, STR("8480-6"), STR("mm[Hg]"));
    json_open(w, NULL, '{');
    json_put_text(w, "word", STR("bp"));
    json_put_text(w, "loinc", STR("85354-9"));
    json_put_text(w, "unit", STR("mm[Hg]"));
    json_put_text(w, "kind", STR("pair"));
    put_range(w, "hard", range.hard);
    put_range(w, "soft", range.soft);
    json_open(w, "parts", '[');
    put_part(w, ranges, "8480-6");
    put_part(w, ranges, "8462-4");
    json_close(w);
    json_open(w, "units", '[');
    json_put_text(w, NULL, STR("mm[Hg]"));
    json_close(w);
    json_put_i64(w, "decimals", 0);
    json_close(w);
}

static void put_units(struct json_writer *w, struct str word, struct str first)
{
    struct str unit;
    json_open(w, "units", '[');
    json_put_text(w, NULL, first);
    for (size_t at = 0; visit_measure_unit(word, &at, &unit);)
        if (!str_eq(unit, first)) json_put_text(w, NULL, unit);
    json_close(w);
}

static void put_number(struct json_writer *w, const struct ranges *ranges, struct str word, struct str unit,
                       struct str loinc)
{
    struct range_answer range = ranges_about(ranges, loinc, unit);
    json_open(w, NULL, '{');
    json_put_text(w, "word", word);
    json_put_text(w, "loinc", loinc);
    json_put_text(w, "unit", unit);
    json_put_text(w, "kind", STR("number"));
    put_range(w, "hard", range.hard);
    put_range(w, "soft", range.soft);
    put_units(w, word, unit);
    json_put_i64(w, "decimals", decimals(&range));
    json_close(w);
}

/* Questions that have a code of LOINC are typed by a word of their own. */
static void put_question(struct json_writer *w, struct str word)
{
    json_open(w, NULL, '{');
    json_put_text(w, "word", word);
    json_put_text(w, "loinc", STR(""));
    json_put_text(w, "unit", STR(""));
    json_put_text(w, "kind", STR("question"));
    json_put_null(w, "hard");
    json_put_null(w, "soft");
    json_open(w, "units", '[');
    json_close(w);
    json_put_i64(w, "decimals", 0);
    json_close(w);
}

static void put_questions(struct pages_call *call)
{
    const struct guideline *alarms = NULL;
    put_question(&call->w, STR("pregnant"));
    if (visit_guideline(call->visit.content, STR(SCREEN_ALARMS), &alarms, NULL) != SALVE_OK) return;
    const struct guideline_info *info = guideline_info(alarms);
    for (size_t i = 0; i < info->input_count; i++)
        if (info->inputs[i].is_question && info->inputs[i].code.len > 0 && !str_is(info->inputs[i].code, "82810-3"))
            put_question(&call->w, info->inputs[i].code);
}

enum salve_code pages_call_ranges(struct pages_call *call, struct salve_err *err)
{
    const struct ranges *ranges = NULL;
    struct str word, unit, loinc, units = site_settings(call->visit.site)->units;
    TRY(visit_ranges(call->visit.content, &ranges, err));
    json_open(&call->w, "words", '[');
    put_pressure(&call->w, ranges);
    put_number(&call->w, ranges, STR("age"), STR("a"), STR("30525-0"));
    for (size_t at = 0; visit_measure_word(units, &at, &word, &unit, &loinc);)
        put_number(&call->w, ranges, word, unit, loinc);
    put_questions(call);
    json_close(&call->w);
    return SALVE_OK;
}
