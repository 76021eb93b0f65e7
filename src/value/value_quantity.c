/* SPDX-License-Identifier: Apache-2.0
 * Quantities: a decimal with a UCUM unit or a calendar word. Comparison, conversion, sums, products, reading, text. */
#include "base/assert.h"
#include "base/limits.h"
#include "base/buf.h"
#include "value/value_decimal_int.h"
#include "value/value_ucum_int.h"

/* What a unit text means: the UCUM code, and which calendar word it is. A calendar year is 12 months or 365 days and a
 * month 30 days (FHIRPath 2.0.0 5.5.7), UCUM's a and mo are 365.25 and 30.4375 days; for week and below both are the
 * same. */
struct unit_meaning {
    struct str ucum;
    enum expr_precision word; /* EXPR_PRECISION_NONE: a UCUM code */
};

static struct unit_meaning unit_meaning(struct str unit)
{
    enum expr_precision p;
    bool is_word;
    if (unit.len < 3 || !expr_duration_unit(unit, &p, &is_word) || !is_word)
        return (struct unit_meaning){unit, EXPR_PRECISION_NONE};
    static const struct str codes[] = {{"a", 1},   {"mo", 2}, {"d", 1},  {"h", 1},
                                       {"min", 3}, {"s", 1},  {"ms", 2}, {"wk", 2}};
    salve_assert(p <= EXPR_WEEK);
    return (struct unit_meaning){codes[p], p};
}

static bool is_word(struct unit_meaning m) { return m.word != EXPR_PRECISION_NONE; }
static bool is_year_or_month(struct unit_meaning m) { return str_is(m.ucum, "a") || str_is(m.ucum, "mo"); }

/* May two units of time not be compared or added? A calendar year or month beside a UCUM code is of unknown length, and
 * so is UCUM's a or mo beside a calendar word. */
static bool is_mixed_calendar(struct unit_meaning x, struct unit_meaning y)
{
    return is_word(x) != is_word(y) && (is_year_or_month(x) || is_year_or_month(y));
}

static bool is_unit_one(struct str unit) { return unit.len == 0 || str_is(unit, "1"); }

/* The value of a calendar quantity in a unit on the other side of the line between months and weeks. */
static bool convert_calendar(struct expr_decimal value, struct unit_meaning from, struct unit_meaning to,
                             struct expr_decimal *out)
{
    struct unit_meaning longer = is_year_or_month(from) ? from : to;
    struct expr_decimal days = expr_decimal_of_int(str_is(longer.ucum, "a") ? 365 : 30);
    if (!is_year_or_month(from))
        return expr_ucum_convert(value, from.ucum, STR("d"), &value) && expr_decimal_div(value, days, out);
    return expr_decimal_mul(value, days, &value) && expr_ucum_convert(value, STR("d"), to.ucum, out);
}

static bool convert_meaning(struct expr_decimal value, struct unit_meaning from, struct unit_meaning to,
                            struct expr_decimal *out)
{
    *out = value;
    if (str_eq(from.ucum, to.ucum) || (is_unit_one(from.ucum) && is_unit_one(to.ucum))) return true;
    if (is_word(from) && is_year_or_month(from) != is_year_or_month(to)) return convert_calendar(value, from, to, out);
    return expr_ucum_convert(value, from.ucum, to.ucum, out);
}

/* Compares x in unit u with y in unit v without rounding where both factors are exact: cross-multiplied. */
static enum expr_order cmp_meaning(const struct expr_quantity *a, const struct expr_quantity *b, bool is_loose)
{
    if (str_eq(a->unit, b->unit) || (is_unit_one(a->unit) && is_unit_one(b->unit)))
        return (enum expr_order)expr_decimal_cmp(a->value, b->value);
    struct unit_meaning x = unit_meaning(a->unit), y = unit_meaning(b->unit);
    struct expr_decimal there, back;
    if (is_mixed_calendar(x, y) && !is_loose) return EXPR_UNKNOWN;
    if (!convert_meaning(a->value, x, y, &there)) return EXPR_UNKNOWN;
    int order = expr_decimal_cmp(there, b->value);
    if (order != 0) return (enum expr_order)order;
    /* equal after rounding: the other direction shows a difference that was rounded away */
    if (!convert_meaning(b->value, y, x, &back)) return EXPR_SAME;
    return (enum expr_order)expr_decimal_cmp(a->value, back);
}

enum expr_order expr_quantity_cmp(const struct expr_quantity *a, const struct expr_quantity *b)
{
    return cmp_meaning(a, b, false);
}

bool expr_quantity_equivalent(const struct expr_quantity *a, const struct expr_quantity *b)
{
    /* compared in the larger of the two units, so that "4 g" is about "4040 mg" from both sides */
    struct expr_quantity there, one = {expr_decimal_of_int(1), a->unit};
    if (expr_quantity_to_unit(&one, b->unit, &there) && expr_decimal_cmp(there.value, one.value) > 0) {
        const struct expr_quantity *swap = a;
        a = b;
        b = swap;
    }
    if (expr_quantity_to_unit(a, b->unit, &there)) return expr_decimal_equivalent(there.value, b->value);
    return cmp_meaning(a, b, true) == EXPR_SAME;
}

bool expr_quantity_to_unit(const struct expr_quantity *a, struct str unit, struct expr_quantity *out)
{
    struct expr_decimal value;
    if (!convert_meaning(a->value, unit_meaning(a->unit), unit_meaning(unit), &value)) return false;
    *out = (struct expr_quantity){value, unit};
    return true;
}

/* Which unit a sum has: the finer one, so that nothing is lost; the left one where they are the same. There is no sum
 * where only an approximate factor leads from one unit to the other (months and days). */
static bool common_unit(const struct expr_quantity *a, const struct expr_quantity *b, struct expr_quantity *x,
                        struct expr_quantity *y)
{
    *x = *a;
    *y = *b;
    if (str_eq(a->unit, b->unit) || (is_unit_one(a->unit) && is_unit_one(b->unit))) return true;
    struct unit_meaning left = unit_meaning(a->unit), right = unit_meaning(b->unit);
    struct ucum_unit u, v;
    if (is_mixed_calendar(left, right)) return false;
    if (is_word(left) && is_word(right) && is_year_or_month(left) != is_year_or_month(right)) return false;
    if (!ucum_parse(left.ucum, &u) || !ucum_parse(right.ucum, &v) || !ucum_same_dimension(&u, &v)) return false;
    if (v.approximate < u.approximate) return expr_quantity_to_unit(a, b->unit, x);
    return expr_quantity_to_unit(b, a->unit, y);
}

bool expr_quantity_add(const struct expr_quantity *a, const struct expr_quantity *b, struct expr_quantity *out)
{
    struct expr_quantity x, y;
    if (!common_unit(a, b, &x, &y) || !expr_decimal_add(x.value, y.value, &x.value)) return false;
    *out = x;
    return true;
}

bool expr_quantity_sub(const struct expr_quantity *a, const struct expr_quantity *b, struct expr_quantity *out)
{
    struct expr_quantity x, y;
    if (!common_unit(a, b, &x, &y) || !expr_decimal_sub(x.value, y.value, &x.value)) return false;
    *out = x;
    return true;
}

/* --- products: the symbols of both units, exponents added --------------------------------------------------------- */
enum { SYMBOLS_MAX = 16 };

struct symbol {
    struct str text;
    int exponent;
};
struct product {
    struct symbol symbols[SYMBOLS_MAX];
    int count;
};

static bool add_symbol(struct product *product, struct str text, int exponent)
{
    for (int i = 0; i < product->count; i++)
        if (str_eq(product->symbols[i].text, text)) {
            product->symbols[i].exponent += exponent;
            return true;
        }
    if (product->count == SYMBOLS_MAX) return false;
    product->symbols[product->count++] = (struct symbol){text, exponent};
    return true;
}

/* One component of a flat unit: symbol and exponent. A symbol that ends in brackets or "10*" keeps its text. */
static bool add_component(struct product *product, struct str text, int sign)
{
    size_t cut = text.len;
    while (cut > 0 && str_is_digit(text.ptr[cut - 1])) cut--;
    if (cut > 0 && (text.ptr[cut - 1] == '-' || text.ptr[cut - 1] == '+') && cut < text.len) cut--;
    if (cut == 0 || text.ptr[cut - 1] == '*' || text.ptr[cut - 1] == '^' || cut == text.len) {
        if (str_is(text, "1")) return true;
        return add_symbol(product, text, sign);
    }
    int64_t exponent;
    struct str digits = str_cut(text, cut, text.len);
    if (digits.ptr[0] == '+') digits = str_cut(digits, 1, digits.len);
    return str_to_i64(digits, &exponent) && exponent > -100 && exponent < 100 &&
           add_symbol(product, str_cut(text, 0, cut), sign * (int)exponent);
}

static bool add_unit(struct product *product, struct str unit, int sign)
{
    int depth = 0, own = sign;
    size_t from = 0;
    for (size_t i = 0; i <= unit.len; i++) {
        char c = i < unit.len ? unit.ptr[i] : '.';
        if (c == '[' || c == '{') depth++;
        if (c == ']' || c == '}') depth--;
        if (c == '(' || c == ')') return false;
        if (depth > 0 || (c != '.' && c != '/')) continue;
        if (i > from && !add_component(product, str_cut(unit, from, i - from), own)) return false;
        own = c == '/' ? -sign : sign;
        from = i + 1;
    }
    return true;
}

static bool product_text(const struct product *product, struct arena *mem, struct str *out)
{
    struct buf text;
    buf_init(&text, mem, 1024);
    for (int i = 0; i < product->count; i++) {
        const struct symbol *s = &product->symbols[i];
        if (s->exponent <= 0) continue;
        if (text.len > 0) buf_add_char(&text, '.');
        buf_add(&text, s->text);
        if (s->exponent > 1) buf_addf(&text, "%d", s->exponent);
    }
    for (int i = 0; i < product->count; i++) {
        const struct symbol *s = &product->symbols[i];
        if (s->exponent >= 0) continue;
        buf_add_char(&text, '/');
        buf_add(&text, s->text);
        if (s->exponent < -1) buf_addf(&text, "%d", -s->exponent);
    }
    if (text.len == 0) buf_add_char(&text, '1');
    struct salve_err err = {0};
    return buf_done(&text, out, &err) == SALVE_OK;
}

/* May the unit be multiplied with another? Special units (Cel, [degF]) may not (UCUM 21, 22), nor what is no unit. */
static bool is_factor(struct str unit)
{
    struct ucum_unit u;
    return ucum_parse(unit, &u) && u.function == UCUM_NONE;
}

static bool combine_units(struct str a, struct str b, int sign, struct arena *mem, struct str *out)
{
    struct product product = {.count = 0};
    struct str x = unit_meaning(a).ucum, y = unit_meaning(b).ucum;
    if (is_unit_one(y)) {
        *out = a.len == 0 ? STR("1") : a;
        return true;
    }
    if (is_unit_one(x) && sign > 0) {
        *out = b;
        return true;
    }
    if (!is_factor(x) || !is_factor(y)) return false;
    if (add_unit(&product, x, 1) && add_unit(&product, y, sign)) return product_text(&product, mem, out);
    *out = arena_printf(mem, "(%.*s)%c(%.*s)", STR_ARGS(x), sign > 0 ? '.' : '/', STR_ARGS(y));
    return out->ptr != NULL;
}

bool expr_quantity_mul(const struct expr_quantity *a, const struct expr_quantity *b, struct arena *mem,
                       struct expr_quantity *out)
{
    struct expr_quantity result;
    if (!expr_decimal_mul(a->value, b->value, &result.value) || !combine_units(a->unit, b->unit, 1, mem, &result.unit))
        return false;
    *out = result;
    return true;
}

bool expr_quantity_div(const struct expr_quantity *a, const struct expr_quantity *b, struct arena *mem,
                       struct expr_quantity *out)
{
    struct expr_quantity result, divisor = *b, same;
    /* like divided by like has no unit: 1 'g' / 1 'mg' is 1000 */
    if (!str_eq(a->unit, b->unit) && expr_quantity_to_unit(b, a->unit, &same) && expr_decimal_units(same.value) != 0)
        divisor = same;
    if (!expr_decimal_div(a->value, divisor.value, &result.value) ||
        !combine_units(a->unit, divisor.unit, -1, mem, &result.unit))
        return false;
    *out = result;
    return true;
}

/* --- text --------------------------------------------------------------------------------------------------------- */
bool expr_quantity_parse(struct str text, bool bare_unit, struct expr_quantity *out)
{
    size_t at = 0;
    text = str_trim(text);
    while (at < text.len && strchr("+-.0123456789", text.ptr[at]) != NULL) at++;
    if (!expr_decimal_parse(str_cut(text, 0, at), &out->value)) return false;
    struct str unit = str_trim(str_cut(text, at, text.len));
    out->unit = STR("1");
    if (unit.len == 0) return at == text.len || at > 0;
    enum expr_precision p;
    bool is_word;
    if (unit.len >= 2 && unit.ptr[0] == '\'' && unit.ptr[unit.len - 1] == '\'') {
        out->unit = str_cut(unit, 1, unit.len - 2);
        return expr_ucum_valid(out->unit);
    }
    out->unit = unit;
    if (expr_duration_unit(unit, &p, &is_word) && is_word) return true;
    return bare_unit && expr_ucum_valid(unit);
}

struct str expr_quantity_text(const struct expr_quantity *q, struct arena *mem)
{
    char number[EXPR_DECIMAL_TEXT_BYTES];
    struct str value = expr_decimal_text(q->value, number);
    enum expr_precision p;
    bool is_word;
    if (expr_duration_unit(q->unit, &p, &is_word) && is_word)
        return arena_printf(mem, "%.*s %.*s", STR_ARGS(value), STR_ARGS(q->unit));
    return arena_printf(mem, "%.*s '%.*s'", STR_ARGS(value), STR_ARGS(q->unit.len == 0 ? STR("1") : q->unit));
}
