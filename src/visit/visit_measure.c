/* SPDX-License-Identifier: Apache-2.0
 * Words of a station to readings, readings to Observations. They take the same way into a record as a file does. */
#include <stdlib.h>
#include <string.h>

#include "admit/same.h"
#include "base/buf.h"
#include "base/clock.h"
#include "fhir/fhir.h"
#include "json/json.h"
#include "records/rec.h"
#include "visit/known_int.h"
#include "visit/measure.h"
#include "visit/enrol.h"
#include "visit/visit_int.h"

static const struct measure_row {
    const char *word, *unit, *loinc;
} rows[] = {
#define MEASURE(word, unit, loinc) {word, unit, loinc},
#include "visit/measure.def"
#undef MEASURE
};
enum { ROW_COUNT = sizeof rows / sizeof *rows, WORD_BYTES_MAX = 60 };

/* --- words -------------------------------------------------------------------------------------------------------- */

struct reading_words {
    const struct ranges *ranges; /* NULL: whatever the numbers are */
    struct str units;
    struct visit_reading *list;
    size_t count;
    size_t at; /* number of the word, from 1 */
    struct arena *mem;
    struct salve_err *err;
    struct salve_err impossible; /* the first number that cannot be right; the others are read on */
};

static enum salve_code wrong(const struct reading_words *in, enum salve_code code, const char *why)
{
    return salve_refuse(in->err, code, why, "word %zu", in->at);
}

static bool is_value(struct str word)
{
    return word.len > 0 && ((word.ptr[0] >= '0' && word.ptr[0] <= '9') || word.ptr[0] == '<' || word.ptr[0] == '>' ||
                            word.ptr[0] == '.' || word.ptr[0] == '-');
}

static bool is_measured(struct str word)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (str_is(word, rows[i].word)) return true;
    return str_is(word, "bp") || str_is(word, "age") || visit_is_fraction(word);
}

/* The next "word=unit" of the site's; false at the end. */
static bool next_unit(struct str *units, struct str *word, struct str *unit)
{
    size_t end = 0, equals = 0;
    if (units->len == 0) return false;
    while (end < units->len && units->ptr[end] != ' ') end++;
    struct str one = str_cut(*units, 0, end);
    while (equals < one.len && one.ptr[equals] != '=') equals++;
    *word = str_cut(one, 0, equals);
    *unit = str_cut(one, equals + 1, one.len);
    *units = str_cut(*units, end + 1, units->len);
    return true;
}

/* The unit that the site chose for a word; STR_NONE: it chose none. */
static struct str chosen_unit(struct str units, struct str word)
{
    struct str name, unit;
    while (next_unit(&units, &name, &unit))
        if (str_eq(name, word)) return unit;
    return STR_NONE;
}

static const struct measure_row *row_of(struct str word, struct str unit)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (str_is(word, rows[i].word) && (unit.len == 0 || str_is(unit, rows[i].unit))) return &rows[i];
    return NULL;
}

bool visit_measure_word(struct str units, size_t *at, struct str *word, struct str *unit, struct str *loinc)
{
    size_t i = *at;
    while (i > 0 && i < ROW_COUNT && strcmp(rows[i].word, rows[i - 1].word) == 0) i++;
    if (i >= ROW_COUNT) return false;
    const struct measure_row *row = row_of(str_of(rows[i].word), chosen_unit(units, str_of(rows[i].word)));
    if (row == NULL) row = &rows[i];
    *word = str_of(row->word);
    *unit = str_of(row->unit);
    *loinc = str_of(row->loinc);
    *at = i + 1;
    return true;
}

bool visit_measure_unit(struct str word, size_t *at, struct str *unit)
{
    while (*at < ROW_COUNT && !str_is(word, rows[*at].word)) ++*at;
    if (*at == ROW_COUNT) return false;
    *unit = str_of(rows[(*at)++].unit);
    return true;
}

bool visit_measure_has(struct str word, struct str loinc)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (str_is(word, rows[i].word) && str_is(loinc, rows[i].loinc)) return true;
    return false;
}

bool visit_measure_of(struct str loinc, struct str unit, struct str *word)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (str_is(loinc, rows[i].loinc) && str_is(unit, rows[i].unit)) return *word = str_of(rows[i].word), true;
    return false;
}

enum salve_code visit_units_check(struct str units, struct salve_err *err)
{
    struct str rest = units, word, unit;
    while (next_unit(&rest, &word, &unit)) {
        if (unit.len == 0 || row_of(word, unit) == NULL)
            return salve_refuse(err, SALVE_E_USAGE, "a measurement and one of its units are wanted: hba1c=%",
                                "unit %.*s=%.*s", STR_ARGS(str_cut(word, 0, 40)), STR_ARGS(str_cut(unit, 0, 40)));
        if (!str_eq(chosen_unit(units, word), unit))
            return salve_refuse(err, SALVE_E_USAGE, "it has one unit already", "unit %.*s=%.*s", STR_ARGS(word),
                                STR_ARGS(unit));
    }
    return SALVE_OK;
}

/* A decimal at the start of *rest, a comma read as the point. */
static bool take_number(struct str *rest, struct arena *mem, struct str *out)
{
    size_t len = 0, points = 0;
    while (len < rest->len &&
           ((rest->ptr[len] >= '0' && rest->ptr[len] <= '9') || rest->ptr[len] == '.' || rest->ptr[len] == ','))
        points += rest->ptr[len] == '.' || rest->ptr[len] == ',', len++;
    struct str text = arena_printf(mem, "%.*s", STR_ARGS(str_cut(*rest, 0, len)));
    if (len == 0 || points > 1 || text.ptr == NULL || rest->ptr[0] == '.' || rest->ptr[0] == ',' ||
        rest->ptr[len - 1] == '.' || rest->ptr[len - 1] == ',')
        return false;
    char *comma = memchr((char *)text.ptr, ',', text.len);
    if (comma != NULL) *comma = '.';
    *out = text;
    *rest = str_cut(*rest, len, rest->len);
    return true;
}

static struct str take_comparator(struct str *rest)
{
    size_t len = 0;
    while (len < 2 && len < rest->len && strchr(len == 0 ? "<>" : "=", rest->ptr[len]) != NULL) len++;
    struct str out = len == 0 ? STR_NONE : str_cut(*rest, 0, len);
    *rest = str_cut(*rest, len, rest->len);
    return out;
}

/* The range of one number; a bound is never refused (its side may be anything). */
static enum salve_code judge(const struct reading_words *in, struct visit_reading *to, size_t which, const char *loinc)
{
    struct expr_decimal value;
    if (!expr_decimal_parse(to->numbers[which], &value)) return wrong(in, SALVE_E_USAGE, "this is no number");
    if (in->ranges == NULL) return SALVE_OK; /* it is to be taken back */
    to->ranges[which] = ranges_judge(in->ranges, str_of(loinc), value, to->unit);
    if (to->comparator.len > 0 || to->ranges[which].state != RANGE_REFUSED) return SALVE_OK;
    const struct range_answer *range = &to->ranges[which];
    struct str other = range->other_unit;
    (void)wrong(in, SALVE_E_RANGE, "");
    return salve_why(in->err, SALVE_E_RANGE, "%.*s in %.*s is between %.*s and %.*s; measure or enter it again%s%.*s",
                     STR_ARGS(range->name), STR_ARGS(to->unit), STR_ARGS(range->hard[0]), STR_ARGS(range->hard[1]),
                     other.len > 0 ? ", or write its unit: " : "", STR_ARGS(other));
}

static enum salve_code read_pressure(const struct reading_words *in, struct str rest, struct visit_reading *to)
{
    struct expr_decimal systolic, diastolic;
    to->loinc = STR("85354-9");
    to->unit = STR("mm[Hg]");
    if (!take_number(&rest, in->mem, &to->numbers[0]) || rest.len == 0 || rest.ptr[0] != '/')
        return wrong(in, SALVE_E_USAGE, "a blood pressure is written as 148/94");
    rest = str_cut(rest, 1, rest.len);
    if (!take_number(&rest, in->mem, &to->numbers[1]) || rest.len > 0)
        return wrong(in, SALVE_E_USAGE, "a blood pressure is written as 148/94");
    TRY(judge(in, to, 0, "8480-6"));
    TRY(judge(in, to, 1, "8462-4"));
    if (in->ranges == NULL) return SALVE_OK;
    if (expr_decimal_parse(to->numbers[0], &systolic) && expr_decimal_parse(to->numbers[1], &diastolic) &&
        ranges_pair_fits(in->ranges, to->ranges[0].name, systolic, to->ranges[1].name, diastolic))
        return SALVE_OK;
    return wrong(in, SALVE_E_RANGE, "the upper number must exceed the lower by 5 at least; measure it again");
}

/* An age in years, or from which to which it is by sight: 18-55. */
static enum salve_code read_age(const struct reading_words *in, struct str rest, struct visit_reading *to)
{
    struct expr_decimal low, high;
    to->loinc = STR("30525-0");
    to->unit = STR("a");
    bool is_read = take_number(&rest, in->mem, &to->numbers[0]);
    bool is_band = is_read && rest.len > 0 && rest.ptr[0] == '-';
    if (is_band) {
        rest = str_cut(rest, 1, rest.len);
        is_read = take_number(&rest, in->mem, &to->numbers[1]);
    }
    if (!is_read || rest.len > 0)
        return wrong(in, SALVE_E_USAGE, "an age is written in years, 45, or by sight as 18-55");
    TRY(judge(in, to, 0, "30525-0"));
    if (!is_band) return SALVE_OK;
    TRY(judge(in, to, 1, "30525-0"));
    if (!expr_decimal_parse(to->numbers[0], &low) || !expr_decimal_parse(to->numbers[1], &high) ||
        expr_decimal_cmp(low, high) > 0)
        return wrong(in, SALVE_E_USAGE, "the lower age stands first");
    return SALVE_OK;
}

/* No line at all is 0 of something; nobody sees twice as sharp as 6/6. */
static enum salve_code read_fraction(const struct reading_words *in, struct str rest, struct visit_reading *to)
{
    struct expr_decimal top, bottom, zero = {0}, most = {0};
    to->loinc = to->word;
    bool is_read = take_number(&rest, in->mem, &to->numbers[0]) && rest.len > 1 && rest.ptr[0] == '/';
    if (is_read) rest = str_cut(rest, 1, rest.len);
    if (!is_read || !take_number(&rest, in->mem, &to->numbers[1]) || rest.len > 0 ||
        !expr_decimal_parse(to->numbers[0], &top) || !expr_decimal_parse(to->numbers[1], &bottom))
        return wrong(in, SALVE_E_USAGE, "sight is written as it stands on the chart: 6/12");
    (void)expr_decimal_parse(STR("1000"), &most);
    bool fits = expr_decimal_cmp(bottom, zero) > 0 && expr_decimal_cmp(bottom, most) <= 0;
    struct expr_decimal twice = bottom;
    fits = fits && expr_decimal_add(bottom, bottom, &twice) && expr_decimal_cmp(top, twice) <= 0;
    return fits || in->ranges == NULL ? SALVE_OK : wrong(in, SALVE_E_RANGE, "no chart has that line; read it again");
}

static enum salve_code read_number(const struct reading_words *in, struct str rest, struct visit_reading *to)
{
    if (str_is(to->word, "bp")) return read_pressure(in, rest, to);
    if (str_is(to->word, "age")) return read_age(in, rest, to);
    if (visit_is_fraction(to->word)) return read_fraction(in, rest, to);
    to->comparator = take_comparator(&rest);
    if (!take_number(&rest, in->mem, &to->numbers[0])) return wrong(in, SALVE_E_USAGE, "this is no number");
    const struct measure_row *row = row_of(to->word, rest.len > 0 ? rest : chosen_unit(in->units, to->word));
    if (row == NULL) return wrong(in, SALVE_E_USAGE, "this is no unit of that measurement");
    to->loinc = str_of(row->loinc);
    to->unit = str_of(row->unit);
    return judge(in, to, 0, row->loinc);
}

static bool is_answer(struct str word, struct str answer)
{
    return str_is(word, "sex") ? str_is(answer, "female") || str_is(answer, "male")
                               : str_is(answer, "yes") || str_is(answer, "no");
}

static enum salve_code add(struct reading_words *in, struct str word, struct str value)
{
    if (in->count == VISIT_READINGS_MAX) return wrong(in, SALVE_E_TOO_BIG, "too many readings for one visit");
    struct visit_reading *to = &in->list[in->count];
    *to = (struct visit_reading){.word = word};
    if (!is_measured(word)) {
        if (!is_answer(word, value)) return wrong(in, SALVE_E_USAGE, "there is no such measurement or answer");
        to->answer = value;
    } else {
        enum salve_code code = read_number(in, value, to);
        if (code == SALVE_E_RANGE && in->impossible.code == SALVE_OK) in->impossible = *in->err;
        if (code != SALVE_OK && code != SALVE_E_RANGE) return code;
    }
    in->count++;
    return SALVE_OK;
}

/* Cholesterol and HDL of one typing depend on each other. */
static enum salve_code check_pairs(struct reading_words *in)
{
    for (size_t a = 0; a < in->count; a++)
        for (size_t b = 0; b < a; b++) {
            const struct visit_reading *x = &in->list[a], *y = &in->list[b];
            struct expr_decimal first, second;
            if (x->answer.len > 0 || y->answer.len > 0 || x->comparator.len > 0 || y->comparator.len > 0 ||
                !str_eq(x->unit, y->unit) || !expr_decimal_parse(x->numbers[0], &first) ||
                !expr_decimal_parse(y->numbers[0], &second))
                continue;
            if (!ranges_pair_fits(in->ranges, x->ranges[0].name, first, y->ranges[0].name, second))
                return salve_refuse(in->err, SALVE_E_RANGE, "these two do not fit each other; enter both again",
                                    "%.*s and %.*s", STR_ARGS(y->word), STR_ARGS(x->word));
        }
    return SALVE_OK;
}

static enum salve_code read_words(struct reading_words *in, const struct str *words, size_t count)
{
    struct str word = STR_NONE;
    bool has_value = true;
    in->list = arena_array(in->mem, struct visit_reading, VISIT_READINGS_MAX);
    if (in->list == NULL) return salve_fail(in->err, SALVE_E_MEMORY, "readings");
    for (size_t i = 0; i < count; i++) {
        bool ends_word = word.len > 0 && (is_value(words[i]) || (!is_measured(word) && !has_value));
        in->at = i + 1;
        if (ends_word) {
            TRY(add(in, word, words[i]));
            has_value = true;
            continue;
        }
        if (!has_value) return in->at--, wrong(in, SALVE_E_USAGE, "a number is missing behind it");
        word = words[i];
        has_value = false;
        if (is_value(word)) return wrong(in, SALVE_E_USAGE, "first comes what was measured, then the number");
    }
    return has_value ? SALVE_OK : wrong(in, SALVE_E_USAGE, "a number or an answer is missing behind it");
}

enum salve_code visit_measure_read(const struct visit_content *content, struct str units, const struct str *words,
                                   size_t count, struct arena *mem, struct visit_reading **out, size_t *out_count,
                                   struct salve_err *err)
{
    struct salve_err own = {0};
    struct reading_words in = {.units = units, .mem = mem, .err = err == NULL ? &own : err};
    *out_count = 0;
    TRY(visit_ranges(content, &in.ranges, err));
    TRY(read_words(&in, words, count));
    *out = in.list;
    *out_count = in.count;
    if (in.impossible.code == SALVE_OK) return check_pairs(&in);
    *in.err = in.impossible;
    return SALVE_E_RANGE;
}

/* The word of a form is one of a measurement or question; it begins with a letter. */
static bool is_word(struct str word)
{
    bool is = word.len > 0 && word.len <= WORD_BYTES_MAX && str_is_lower(word.ptr[0]);
    for (size_t i = 0; i < word.len; i++)
        is = is && (str_is_lower(word.ptr[i]) || str_is_digit(word.ptr[i]) || word.ptr[i] == '-');
    return is;
}

/* What is not written like a lot, or no date, is no part of the number. */
static void add_kit(struct visit_reading *to, const struct visit_typed *typed)
{
    enum { LOT_CHARS_MAX = 20 };
    int64_t unix_ms = 0;
    bool is_lot = typed->lot.len > 0 && typed->lot.len <= LOT_CHARS_MAX;
    for (size_t i = 0; is_lot && i < typed->lot.len; i++)
        is_lot = str_is_digit(typed->lot.ptr[i]) || str_is_lower(str_lower(typed->lot.ptr[i])) ||
                 memchr("./_-", typed->lot.ptr[i], 4) != NULL;
    if (is_lot) to->lot = typed->lot;
    bool is_date = typed->expires.len == sizeof "2026-11-23" - 1 && clock_parse(typed->expires, &unix_ms);
    if (is_date) to->expires = typed->expires;
}

enum salve_code visit_measure_typed(const struct visit_content *content, struct str units,
                                    const struct visit_typed *typed, size_t count, struct arena *mem,
                                    struct visit_reading **out, size_t *out_count, struct salve_err *err)
{
    struct salve_err own = {0}, first = {0};
    struct reading_words in = {.units = units, .mem = mem, .err = &own};
    *out_count = 0;
    TRY(visit_ranges(content, &in.ranges, err));
    in.list = arena_array(mem, struct visit_reading, VISIT_READINGS_MAX);
    if (in.list == NULL) return salve_fail(err, SALVE_E_MEMORY, "readings");
    for (size_t i = 0; i < count; i++) {
        in.at = i + 1;
        enum salve_code code = is_word(typed[i].word)
                                   ? add(&in, typed[i].word, typed[i].text)
                                   : wrong(&in, SALVE_E_USAGE, "there is no such measurement or answer");
        if (code != SALVE_OK && first.code == SALVE_OK) first = own;
        if (code == SALVE_OK) add_kit(&in.list[in.count - 1], &typed[i]);
    }
    *out = in.list;
    *out_count = in.count;
    if (first.code == SALVE_OK) first = in.impossible;
    if (err != NULL) in.err = err;
    if (first.code == SALVE_OK) return check_pairs(&in);
    *in.err = first;
    return first.code;
}

enum salve_code visit_wrong_read(struct str units, const struct str *words, size_t count, struct arena *mem,
                                 struct visit_reading **out, size_t *out_count, struct salve_err *err)
{
    struct reading_words in = {.units = units, .mem = mem, .err = err};
    TRY(read_words(&in, words, count));
    *out = in.list;
    *out_count = in.count;
    return SALVE_OK;
}

/* --- what is unlikely --------------------------------------------------------------------------------------------- */

struct measuring {
    const struct visit *visit;
    const struct visit_reading *readings;
    size_t count;
    const struct visit_measure_ask *ask;
    struct str patient_id, patient; /* patient: JSON that the file begins with; empty: the record has it */
    struct screen_found alarms;     /* of what was typed and the record */
    bool has_no_kits;               /* the lots are left out */
    bool has_doubt;                 /* a number was not confirmed */
};

static bool is_in_pounds(const struct measuring *in, const struct visit_reading *weight)
{
    struct expr_decimal kg, cm;
    if (!str_is(weight->word, "weight") || !expr_decimal_parse(weight->numbers[0], &kg)) return false;
    for (size_t i = 0; i < in->count; i++)
        if (str_is(in->readings[i].word, "height") && expr_decimal_parse(in->readings[i].numbers[0], &cm))
            return ranges_weight_in_pounds(kg, cm);
    return false;
}

static enum salve_code ask_about(struct measuring *in, const struct visit_doubt *doubt, struct salve_err *err)
{
    if (in->ask->confirm != NULL && in->ask->confirm(in->ask->with, doubt)) return SALVE_OK;
    in->has_doubt = true;
    if (in->ask->asks_all && in->ask->confirm != NULL) return SALVE_OK; /* the refusal comes behind the last one */
    return salve_refuse(err, SALVE_E_RANGE, "it was not confirmed, and nothing was kept", "%.*s",
                        STR_ARGS(doubt->reading->word));
}

static enum salve_code confirm_all(struct measuring *in, const struct tape *patient, struct salve_err *err)
{
    struct visit_grown grown = visit_grown(patient, site_now_unix_ms(in->visit->site));
    for (size_t i = 0; i < in->count; i++)
        for (size_t n = 0; n < 2; n++) {
            const struct visit_reading *reading = &in->readings[i];
            struct visit_doubt doubt = {reading, n, reading->ranges[n].other_unit,
                                        grown.may_be_adult && grown.may_be_child};
            bool in_pounds = n == 0 && is_in_pounds(in, reading);
            if (in_pounds) doubt.other_unit = STR("[lb_av]");
            bool is_unlikely = reading->ranges[n].state == RANGE_CONFIRM && grown.may_be_adult;
            if (is_unlikely || in_pounds) TRY(ask_about(in, &doubt, err));
        }
    if (!in->has_doubt) return SALVE_OK;
    return salve_refuse(err, SALVE_E_RANGE, "it was not confirmed, and nothing was kept", "readings");
}

/* --- Observations ------------------------------------------------------------------------------------------------- */

static void put_coding(struct json_writer *w, const char *name, struct str system, struct str code)
{
    json_open(w, name, '{');
    json_open(w, "coding", '[');
    json_open(w, NULL, '{');
    json_put_text(w, "system", system);
    json_put_text(w, "code", code);
    json_close(w);
    json_close(w);
    json_close(w);
}

static void put_quantity(struct json_writer *w, const char *name, const struct visit_reading *reading, size_t which)
{
    json_open(w, name, '{');
    json_put_raw(w, "value", reading->numbers[which]);
    if (reading->comparator.len > 0) json_put_text(w, "comparator", reading->comparator);
    json_put_text(w, "unit", reading->unit);
    json_put_text(w, "system", STR("http://unitsofmeasure.org"));
    json_put_text(w, "code", reading->unit);
    json_close(w);
}

static void put_component(struct json_writer *w, const struct visit_reading *reading, size_t which, const char *loinc)
{
    json_open(w, NULL, '{');
    put_coding(w, "code", STR("http://loinc.org"), str_of(loinc));
    put_quantity(w, "valueQuantity", reading, which);
    json_close(w);
}

static void put_part(struct json_writer *w, const char *name, struct str number)
{
    json_open(w, name, '{');
    json_put_raw(w, "value", number);
    json_close(w);
}

static void put_fraction(struct json_writer *w, const struct visit_reading *reading)
{
    json_open(w, "valueRatio", '{');
    put_part(w, "numerator", reading->numbers[0]);
    put_part(w, "denominator", reading->numbers[1]);
    json_close(w);
}

static void put_number(struct json_writer *w, const struct visit_reading *reading)
{
    put_coding(w, "code", visit_reading_system(reading), reading->loinc);
    if (visit_is_fraction(reading->word)) {
        put_fraction(w, reading);
        return;
    }
    if (reading->numbers[1].len == 0) {
        put_quantity(w, "valueQuantity", reading, 0);
        return;
    }
    if (str_is(reading->word, "age")) {
        json_open(w, "valueRange", '{');
        put_quantity(w, "low", reading, 0);
        put_quantity(w, "high", reading, 1);
        json_close(w);
        return;
    }
    json_open(w, "component", '[');
    put_component(w, reading, 0, "8480-6");
    put_component(w, reading, 1, "8462-4");
    json_close(w);
}

struct visit_said visit_said_of(const struct visit_reading *reading)
{
    bool is_yes = str_is(reading->answer, "yes");
    struct visit_said answer = {.system = STR("http://loinc.org"), .value_system = STR("http://snomed.info/sct")};
    if (str_is(reading->word, "sex")) {
        answer.code = STR("46098-0");
        answer.value_code = str_is(reading->answer, "female") ? STR("248152002") : STR("248153007");
    } else if (str_is(reading->word, "pregnant")) {
        answer.code = STR("82810-3");
        answer.value_code = is_yes ? STR("77386006") : STR("60001007");
    } else
        answer = (struct visit_said){.system = STR("urn:salve:question"), .code = reading->word, .is_yes = is_yes};
    return answer;
}

static void put_answer(struct json_writer *w, const struct visit_reading *reading)
{
    struct visit_said answer = visit_said_of(reading);
    put_coding(w, "code", answer.system, answer.code);
    if (answer.value_code.len > 0)
        put_coding(w, "valueCodeableConcept", answer.value_system, answer.value_code);
    else
        json_put_bool(w, "valueBoolean", answer.is_yes);
}

static void put_kit(struct json_writer *w, const struct visit_reading *reading, struct arena *mem)
{
    if (reading->lot.len == 0 && reading->expires.len == 0) return;
    json_open(w, "note", '[');
    json_open(w, NULL, '{');
    json_put_text(w, "text",
                  arena_printf(mem, "lot %.*s, good until %.*s", STR_ARGS(reading->lot), STR_ARGS(reading->expires)));
    json_close(w);
    json_close(w);
}

/* What a reading of the request is called, in every try. Digits are written as letters, 0 to 9 as g to p: an id with a
 * run of digits could be somebody's number, and would not be kept (N7). */
static struct str source_of(const struct measuring *in, size_t at)
{
    struct str text = arena_printf(in->visit->mem, "m-%.*s-%zu", STR_ARGS(in->ask->key), at);
    char *c = (char *)text.ptr;
    for (size_t i = 0; i < text.len; i++)
        if (str_is_digit(c[i])) c[i] = (char)(c[i] - '0' + 'g');
    return text;
}

/* Readings that were typed together have no times of their own: the last is of now, each before it a second earlier,
 * which keeps their order and tells equal ones apart. */
static void put_observation(struct json_writer *w, const struct measuring *in, size_t at, int64_t now_unix_ms)
{
    char when[CLOCK_TEXT_BYTES];
    const struct visit_reading *reading = &in->readings[at];
    json_open(w, NULL, '{');
    json_open(w, "resource", '{');
    json_put_text(w, "resourceType", STR("Observation"));
    if (in->ask->key.len > 0) json_put_text(w, "id", source_of(in, at));
    json_put_text(w, "status", STR("final"));
    json_open(w, "subject", '{');
    json_put_text(w, "reference", arena_printf(in->visit->mem, "Patient/%.*s", STR_ARGS(in->patient_id)));
    json_close(w);
    json_put_text(w, "effectiveDateTime", clock_text(now_unix_ms - (int64_t)(in->count - 1 - at) * 1000, when));
    if (reading->answer.len > 0)
        put_answer(w, reading);
    else
        put_number(w, reading);
    if (!in->has_no_kits) put_kit(w, reading, in->visit->mem);
    json_close(w);
    json_close(w);
}

static enum salve_code bundle_of(const struct measuring *in, struct str *out, struct salve_err *err)
{
    struct buf text;
    buf_init(&text, in->visit->mem, 1 << 20);
    struct json_writer w = {.out = &text};
    visit_bundle_begin(&w);
    if (in->patient.len > 0) {
        json_open(&w, NULL, '{');
        json_put_raw(&w, "resource", in->patient);
        json_close(&w);
    }
    for (size_t i = 0; i < in->count; i++) put_observation(&w, in, i, site_now_unix_ms(in->visit->site));
    json_close(&w);
    json_close(&w);
    return buf_done(&text, out, err);
}

static enum salve_code tell_alarms(struct measuring *in, struct rec_view *view, struct str bytes, struct salve_err *err)
{
    struct tape tape;
    if (in->ask->screening == NULL || in->ask->alarms == NULL) return SALVE_OK;
    TRY(import_read(bytes, in->visit->mem, &tape, NULL, err));
    TRY(visit_alarms(in->visit, in->ask->screening, view, &tape, &in->alarms, err));
    if (in->alarms.count > 0) in->ask->alarms(in->ask->with, &in->alarms);
    return SALVE_OK;
}

/* --- a request that is made again --------------------------------------------------------------------------------- */

static const struct rec_resource *kept_as(const struct rec_resource *all, size_t count, struct str source)
{
    for (size_t i = 0; i < count; i++) {
        struct same_mark mark;
        if (!str_is(all[i].type, "Observation")) continue;
        same_mark(&all[i].tape, tape_root(&all[i].tape), &mark);
        if (str_eq(mark.source, source)) return &all[i];
    }
    return NULL;
}

/* Is the reading there as it is typed now? What is kept apart may be there and not be shown. */
static bool is_there(const struct visit_reading *reading, const struct rec_resource *one, const struct rec_view *view)
{
    struct visit_reading kept;
    if (one != NULL) return visit_reading_of(&one->tape, &kept) && visit_reading_same(&kept, reading);
    return reading->answer.len > 0 && !(rec_shows(view, CLASS_SENS) && rec_keeps_apart(view));
}

/* *kept: how many readings of this request the record has already; 0: it is new. */
static enum salve_code find_kept(const struct measuring *in, struct rec_view *view, size_t *kept, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0, there = 0;
    *kept = 0;
    if (in->ask->key.len == 0) return SALVE_OK;
    TRY(rec_all(view, 0, &all, &count, err));
    for (size_t i = 0; i <= in->count; i++) {
        const struct rec_resource *one = kept_as(all, count, source_of(in, i));
        *kept += one != NULL;
        there += i < in->count ? is_there(&in->readings[i], one, view) : one == NULL;
    }
    if (*kept == 0 || there == in->count + 1) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFLICT, "it was used for other readings; nothing was kept", "key");
}

static bool has_kits(const struct measuring *in)
{
    bool has = false;
    for (size_t i = 0; i < in->count; i++) has = has || in->readings[i].lot.len > 0;
    return has && !in->has_no_kits;
}

/* A lot that is not admitted takes no number with it. */
static enum salve_code keep(struct measuring *in, struct rec_view *view, struct str bytes, struct visit_imported *sum,
                            struct salve_err *err)
{
    enum salve_code code = visit_import_into(in->visit, view, bytes, &in->alarms, sum, err);
    if (code != SALVE_E_NOT_ADMITTED || !has_kits(in)) return code;
    if (err != NULL) *err = (struct salve_err){0};
    *sum = (struct visit_imported){0};
    in->has_no_kits = true;
    TRY(bundle_of(in, &bytes, err));
    return visit_import_into(in->visit, view, bytes, &in->alarms, sum, err);
}

static enum salve_code measure_in(struct measuring *in, struct rec_view *view, size_t *kept, struct salve_err *err)
{
    const struct rec_resource *patient = NULL;
    struct visit_imported sum = {0};
    struct str bytes;
    TRY(visit_patient(view, &patient, err));
    if (patient == NULL) return salve_fail(err, SALVE_E_NOT_FOUND, "Patient");
    TRY(arena_str(in->visit->mem, patient->id, &in->patient_id, err)); /* outlives the view */
    TRY(bundle_of(in, &bytes, err));
    TRY(tell_alarms(in, view, bytes, err));
    if (in->ask->impossible != NULL) {
        if (err != NULL) *err = *in->ask->impossible;
        return in->ask->impossible->code;
    }
    TRY(find_kept(in, view, kept, err));
    if (in->ask->was_kept != NULL) *in->ask->was_kept = *kept > 0;
    if (*kept > 0) return SALVE_OK;
    TRY(confirm_all(in, &patient->tape, err)); /* who waits for an answer has heard of the alarm */
    TRY(keep(in, view, bytes, &sum, err));
    *kept = sum.kept;
    return in->ask->screening == NULL ? SALVE_OK
                                      : visit_work_after(in->visit, in->ask->screening, view, &in->alarms, err);
}

/* The record stays shut, and nothing is kept; what was measured is an alarm all the same, of somebody not known. */
static void tell_unopened(struct measuring *in)
{
    struct str bytes;
    in->patient_id = STR("p");
    if (bundle_of(in, &bytes, NULL) == SALVE_OK) (void)!tell_alarms(in, NULL, bytes, NULL);
}

enum salve_code visit_measure(const struct visit *visit, struct str card, const struct visit_reading *readings,
                              size_t count, const struct visit_measure_ask *ask, size_t *kept, struct salve_err *err)
{
    struct measuring in = {.visit = visit, .readings = readings, .count = count, .ask = ask};
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK)
        code = measure_in(&in, view, kept, err);
    else
        tell_unopened(&in);
    return visit_view_close(visit, &view, code, err);
}

enum salve_code visit_measure_paper(const struct visit *visit, const struct visit_patient_form *who,
                                    const struct visit_reading *readings, size_t count,
                                    const struct visit_measure_ask *ask, struct str *bundle, struct salve_err *err)
{
    struct measuring in = {.visit = visit, .readings = readings, .count = count, .ask = ask, .patient_id = STR("p")};
    struct visit_patient_form told = *who;
    struct tape patient;
    told.id = in.patient_id;
    TRY(visit_patient_json(&told, visit->mem, &in.patient, err));
    TRY(bundle_of(&in, bundle, err));
    TRY(tell_alarms(&in, NULL, *bundle, err));
    if (ask->impossible != NULL) {
        if (err != NULL) *err = *ask->impossible;
        return ask->impossible->code;
    }
    struct fhir_issues issues;
    struct fhir_read_opts opts = {.type = FHIR_T_Patient};
    fhir_issues_init(&issues, visit->mem);
    TRY(fhir_read(in.patient, &opts, visit->mem, &patient, &issues, err));
    return confirm_all(&in, &patient, err);
}
