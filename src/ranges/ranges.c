/* SPDX-License-Identifier: Apache-2.0
 *
 * See ranges.h. The document stays the tree that json_read made of it: a few dozen rows, asked by name. */
#include "json/json.h"
#include "ranges/ranges.h"

struct ranges {
    const struct json *kinds, *quantities, *pairs;
};

static const char *const state_texts[] = {"no-range", "ok", "confirm", "refused", "other-unit"};

const char *range_state_text(enum range_state state) { return state_texts[state]; }

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* The place of something wrong, as a path in the document. */
struct place {
    struct salve_err *err;
    const char *list;
    unsigned row, unit;
};

static enum salve_code wrong(const struct place *at, const char *member, const char *why)
{
    return salve_refuse(at->err, SALVE_E_INVALID, why, "%s.%u.units.%u.%s", at->list, at->row, at->unit, member);
}

static bool is_number(const struct json *value, struct expr_decimal *out)
{
    return expr_decimal_parse(json_text(value), out);
}

/* [low, high], decimals as texts, low below high. */
static enum salve_code check_span(const struct json *span, const char *member, const struct place *at,
                                  struct expr_decimal out[2])
{
    if (!json_is(span, JSON_ARRAY) || span->count != 2 || !is_number(json_item(span, 0), &out[0]) ||
        !is_number(json_item(span, 1), &out[1]))
        return wrong(at, member, "two decimals as texts are wanted");
    if (expr_decimal_cmp(out[0], out[1]) >= 0) return wrong(at, member, "the first must be below the second");
    return SALVE_OK;
}

static enum salve_code check_usual(const struct json *usual, const struct place *at)
{
    for (const struct json *it = json_first(usual); it != NULL; it = it->next) {
        struct expr_decimal low, high;
        if (!json_is(it, JSON_ARRAY) || it->count != 3 || !expr_ucum_valid(json_text(json_item(it, 0))) ||
            !is_number(json_item(it, 1), &low) || !is_number(json_item(it, 2), &high) ||
            expr_decimal_cmp(low, high) >= 0)
            return wrong(at, "usual", "a UCUM unit and two decimals as texts are wanted");
    }
    return SALVE_OK;
}

static enum salve_code check_unit(const struct json *unit, const struct place *at)
{
    struct expr_decimal soft[2], hard[2];
    if (!expr_ucum_valid(json_get_text(unit, "unit"))) return wrong(at, "unit", "this is no UCUM unit");
    for (const struct json *it = json_first(json_get(unit, "same")); it != NULL; it = it->next)
        if (!expr_ucum_valid(json_text(it))) return wrong(at, "same", "this is no UCUM unit");
    enum salve_code code = check_span(json_get(unit, "soft"), "soft", at, soft);
    if (code == SALVE_OK) code = check_span(json_get(unit, "hard"), "hard", at, hard);
    if (code == SALVE_OK) code = check_usual(json_get(unit, "usual"), at);
    if (code != SALVE_OK) return code;
    if (expr_decimal_cmp(hard[0], soft[0]) > 0 || expr_decimal_cmp(soft[1], hard[1]) > 0)
        return wrong(at, "soft", "it must lie inside the hard range");
    return SALVE_OK;
}

static enum salve_code check_quantity(const struct ranges *ranges, const struct json *quantity, struct place *at)
{
    const struct json *codes = json_get(quantity, "codes"), *units = json_get(quantity, "units");
    if (json_get_text(quantity, "name").len == 0 || json_first(codes) == NULL || !json_is(codes, JSON_OBJECT) ||
        json_first(units) == NULL || !json_is(units, JSON_ARRAY))
        return salve_refuse(at->err, SALVE_E_INVALID, "name, codes and units are wanted", "%s.%u", at->list, at->row);
    for (const struct json *it = json_first(codes); it != NULL; it = it->next)
        if (json_get_str(ranges->kinds, json_text(it)) == NULL)
            return salve_refuse(at->err, SALVE_E_INVALID, "its kind is not listed", "%s.%u.codes", at->list, at->row);
    at->unit = 0;
    for (const struct json *it = json_first(units); it != NULL; it = it->next, at->unit++) TRY(check_unit(it, at));
    return SALVE_OK;
}

static enum salve_code check_kinds(const struct ranges *ranges, struct salve_err *err)
{
    for (const struct json *it = json_first(ranges->kinds); it != NULL; it = it->next) {
        int64_t days;
        if (it->type != JSON_NULL && (!json_i64(it, &days) || days < 0))
            return salve_refuse(err, SALVE_E_INVALID, "days, or null for no limit", "kinds.%.*s", STR_ARGS(it->name));
    }
    return SALVE_OK;
}

static enum salve_code check_pairs(const struct ranges *ranges, struct salve_err *err)
{
    for (const struct json *it = json_first(ranges->pairs); it != NULL; it = it->next) {
        struct expr_decimal by;
        if (json_get_text(it, "larger").len == 0 || json_get_text(it, "smaller").len == 0 ||
            !is_number(json_get(it, "by"), &by))
            return salve_refuse(err, SALVE_E_INVALID, "larger, smaller and by are wanted", "pairs");
    }
    return SALVE_OK;
}

enum salve_code ranges_read(struct str text, struct arena *mem, const struct ranges **out, struct salve_err *err)
{
    const struct json *doc;
    struct ranges *ranges = arena_new(mem, struct ranges);
    struct place at = {.err = err, .list = "quantities"};
    if (ranges == NULL) return salve_fail(err, SALVE_E_MEMORY, "ranges");
    TRY(json_read(text, NULL, mem, &doc, err));
    if (!str_is(json_get_text(doc, "format"), "salve-ranges"))
        return salve_refuse(err, SALVE_E_INVALID, "this is no table of ranges", "format");
    TRY(json_want(doc, "kinds", JSON_OBJECT, "ranges", &ranges->kinds, err));
    TRY(json_want(doc, "quantities", JSON_ARRAY, "ranges", &ranges->quantities, err));
    ranges->pairs = json_get(doc, "pairs");
    TRY(check_kinds(ranges, err));
    TRY(check_pairs(ranges, err));
    for (const struct json *it = json_first(ranges->quantities); it != NULL; it = it->next, at.row++)
        TRY(check_quantity(ranges, it, &at));
    *out = ranges;
    return SALVE_OK;
}

/* --- judging ------------------------------------------------------------------------------------------------------ */

static bool is_within(const struct json *span, size_t first, struct expr_decimal value)
{
    struct expr_decimal low, high;
    return is_number(json_item(span, first), &low) && is_number(json_item(span, first + 1), &high) &&
           expr_decimal_cmp(low, value) <= 0 && expr_decimal_cmp(value, high) <= 0;
}

static bool is_written(const struct json *row, struct str unit)
{
    if (str_eq(json_get_text(row, "unit"), unit)) return true;
    const struct json *it = json_first(json_get(row, "same"));
    while (it != NULL && !str_eq(json_text(it), unit)) it = it->next;
    return it != NULL;
}

static const struct json *unit_of(const struct json *quantity, struct str unit)
{
    const struct json *it = json_first(json_get(quantity, "units"));
    while (it != NULL && !is_written(it, unit)) it = it->next;
    return it;
}

static void name_other_unit(const struct json *row, struct expr_decimal value, struct range_answer *out)
{
    const struct json *it = json_first(json_get(row, "usual"));
    while (it != NULL && !is_within(it, 1, value)) it = it->next;
    out->other_unit = json_text(json_item(it, 0));
}

static void judge(const struct json *row, struct expr_decimal value, struct range_answer *out)
{
    bool is_usual = is_within(json_get(row, "soft"), 0, value),
         is_possible = is_within(json_get(row, "hard"), 0, value);
    out->state = is_usual ? RANGE_OK : is_possible ? RANGE_CONFIRM : RANGE_REFUSED;
    if (out->state != RANGE_OK) name_other_unit(row, value, out);
}

/* What is said of a code, and the row of the unit; NULL: there is none. */
static const struct json *row_of(const struct ranges *ranges, struct str code, struct str unit,
                                 struct range_answer *out)
{
    *out = (struct range_answer){.state = RANGE_NONE};
    for (const struct json *it = json_first(ranges->quantities); it != NULL; it = it->next) {
        const struct json *kind = json_get_str(json_get(it, "codes"), code);
        if (kind == NULL) continue;
        const struct json *row = unit_of(it, unit);
        *out = (struct range_answer){
            .state = row == NULL ? RANGE_UNIT : RANGE_OK, .name = json_get_text(it, "name"), .kind = json_text(kind)};
        for (size_t i = 0; row != NULL && i < 2; i++) {
            out->soft[i] = json_text(json_item(json_get(row, "soft"), i));
            out->hard[i] = json_text(json_item(json_get(row, "hard"), i));
        }
        return row;
    }
    return NULL;
}

struct range_answer ranges_about(const struct ranges *ranges, struct str code, struct str unit)
{
    struct range_answer out;
    (void)row_of(ranges, code, unit, &out);
    return out;
}

struct str ranges_spelling(const struct ranges *ranges, struct str code, struct str unit, size_t number)
{
    struct range_answer about;
    const struct json *row = row_of(ranges, code, unit, &about);
    if (number == 0) return row == NULL ? unit : json_get_text(row, "unit");
    return row == NULL ? STR_NONE : json_text(json_item(json_get(row, "same"), number - 1));
}

struct range_answer ranges_judge(const struct ranges *ranges, struct str code, struct expr_decimal value,
                                 struct str unit)
{
    struct range_answer out;
    const struct json *row = row_of(ranges, code, unit, &out);
    if (row != NULL) judge(row, value, &out);
    return out;
}

static const struct json *pair_of(const struct ranges *ranges, struct str larger, struct str smaller)
{
    const struct json *it = json_first(ranges->pairs);
    while (it != NULL &&
           !(str_eq(json_get_text(it, "larger"), larger) && str_eq(json_get_text(it, "smaller"), smaller)))
        it = it->next;
    return it;
}

bool ranges_pair_fits(const struct ranges *ranges, struct str name_a, struct expr_decimal a, struct str name_b,
                      struct expr_decimal b)
{
    const struct json *pair = pair_of(ranges, name_a, name_b);
    struct expr_decimal by, difference;
    if (pair == NULL && pair_of(ranges, name_b, name_a) != NULL) return ranges_pair_fits(ranges, name_b, b, name_a, a);
    if (pair == NULL) return true;
    if (!is_number(json_get(pair, "by"), &by) || !expr_decimal_sub(a, b, &difference)) return false;
    int order = expr_decimal_cmp(difference, by);
    return order > 0 || (order == 0 && json_is_true(json_get(pair, "at-least")));
}

/* The index of one who weighs that much at that height, in kg/m2. */
static bool body_mass_index(struct expr_decimal weight_kg, struct expr_decimal height_cm, struct expr_decimal *out)
{
    struct expr_decimal metres, square;
    return expr_decimal_div(height_cm, expr_decimal_of_int(100), &metres) &&
           expr_decimal_mul(metres, metres, &square) && expr_decimal_div(weight_kg, square, out);
}

static bool is_between(struct expr_decimal value, int low, int high)
{
    return expr_decimal_cmp(expr_decimal_of_int(low), value) <= 0 &&
           expr_decimal_cmp(value, expr_decimal_of_int(high)) <= 0;
}

bool ranges_weight_in_pounds(struct expr_decimal weight_kg, struct expr_decimal height_cm)
{
    struct expr_decimal pound_kg, as_pounds, index;
    return body_mass_index(weight_kg, height_cm, &index) && !is_between(index, 15, 50) &&
           expr_decimal_parse(STR("0.45359237"), &pound_kg) && expr_decimal_mul(weight_kg, pound_kg, &as_pounds) &&
           body_mass_index(as_pounds, height_cm, &index) && is_between(index, 17, 40);
}

/* --- ages and units ----------------------------------------------------------------------------------------------- */

bool ranges_kind_days(const struct ranges *ranges, struct str kind, int64_t *days)
{
    const struct json *row = json_get_str(ranges->kinds, kind);
    if (row == NULL) return false;
    if (!json_i64(row, days)) *days = -1;
    return true;
}
