/* SPDX-License-Identifier: Apache-2.0
 * FHIRPath conversions (2.0.0, 5.5): each toX has a convertsToX that asks whether it would give anything. */
#include "fhirpath/fhirpath_int.h"

/* A conversion of one System value; NULL where there is none. */
typedef enum salve_code conversion(struct expr_run *run, struct expr_value from, struct expr_value *out);

static enum salve_code convert(struct expr_run *run, const struct expr_value *input, conversion *to,
                               struct expr_value *out)
{
    struct expr_value from;
    TRY(fp_one(run, input, &from));
    *out = EXPR_NONE;
    return from.kind == VALUE_NULL ? SALVE_OK : to(run, from, out);
}

static enum salve_code converts(struct expr_run *run, const struct expr_value *input, conversion *to,
                                struct expr_value *out)
{
    struct expr_value result;
    *out = EXPR_NONE;
    TRY(convert(run, input, to, &result));
    if (expr_items(input).count > 0) *out = expr_boolean(result.kind != VALUE_NULL);
    return SALVE_OK;
}

static bool any_of(struct str text, const char *const *list, size_t count)
{
    char lower[8];
    if (text.len >= sizeof lower) return false;
    for (size_t i = 0; i < text.len; i++) lower[i] = str_lower(text.ptr[i]);
    for (size_t i = 0; i < count; i++)
        if (str_eq(str_make(lower, text.len), str_of(list[i]))) return true;
    return false;
}

static enum salve_code to_boolean(SALVE_UNUSED struct expr_run *run, struct expr_value from, struct expr_value *out)
{
    static const char *const yes[] = {"true", "t", "yes", "y", "1", "1.0"}, *const no[] = {"false", "f", "no",
                                                                                           "n",     "0", "0.0"};
    struct expr_decimal number;
    if (from.kind == VALUE_BOOLEAN)
        *out = from;
    else if (from.kind == VALUE_STRING) {
        if (any_of(expr_text(from), yes, 6))
            *out = expr_boolean(true);
        else if (any_of(expr_text(from), no, 6))
            *out = expr_boolean(false);
    } else if (expr_to_decimal(from, &number)) {
        if (expr_decimal_cmp(number, expr_decimal_of_int(1)) == 0)
            *out = expr_boolean(true);
        else if (expr_decimal_cmp(number, expr_decimal_of_int(0)) == 0)
            *out = expr_boolean(false);
    }
    return SALVE_OK;
}

static bool whole_text(struct str text, int64_t *out)
{
    if (text.len > 1 && text.ptr[0] == '+' && str_is_digit(text.ptr[1])) text = str_cut(text, 1, SIZE_MAX);
    return str_to_i64(text, out);
}

static bool whole_number(struct expr_value from, int64_t *out)
{
    if (from.kind == VALUE_BOOLEAN)
        *out = from.as.boolean;
    else if (from.kind == VALUE_INTEGER || from.kind == VALUE_LONG)
        *out = from.as.integer;
    else
        return from.kind == VALUE_STRING && whole_text(expr_text(from), out);
    return true;
}

static enum salve_code to_integer(SALVE_UNUSED struct expr_run *run, struct expr_value from, struct expr_value *out)
{
    int64_t whole;
    if (whole_number(from, &whole) && whole >= INT32_MIN && whole <= INT32_MAX) *out = expr_integer(whole);
    return SALVE_OK;
}

static enum salve_code to_long(SALVE_UNUSED struct expr_run *run, struct expr_value from, struct expr_value *out)
{
    int64_t whole;
    if (whole_number(from, &whole)) *out = expr_long(whole);
    return SALVE_OK;
}

static bool decimal_text(struct str text, struct expr_decimal *out)
{
    for (size_t i = 0; i < text.len; i++) /* no exponent in a FHIRPath decimal */
        if (text.ptr[i] == 'e' || text.ptr[i] == 'E') return false;
    return expr_decimal_parse(text, out);
}

static enum salve_code to_decimal(struct expr_run *run, struct expr_value from, struct expr_value *out)
{
    struct expr_decimal number;
    bool has = from.kind == VALUE_STRING ? decimal_text(expr_text(from), &number) : expr_to_decimal(from, &number);
    if (from.kind == VALUE_BOOLEAN) {
        number = expr_decimal_of_int(from.as.boolean);
        number.digits = 1;
        has = true;
    }
    return has ? expr_decimal_value(number, run->mem, out, run->err) : SALVE_OK;
}

static enum salve_code to_quantity(struct expr_run *run, struct expr_value from, struct expr_value *out)
{
    struct expr_quantity q = {.unit = STR("1")};
    bool has =
        from.kind == VALUE_STRING ? expr_quantity_parse(expr_text(from), false, &q) : expr_to_decimal(from, &q.value);
    if (from.kind == VALUE_QUANTITY) {
        *out = from;
        return SALVE_OK;
    }
    if (from.kind == VALUE_BOOLEAN) {
        q.value = expr_decimal_of_int(from.as.boolean);
        q.value.digits = 1;
        has = true;
    }
    return has ? expr_quantity_value(q, run->mem, out, run->err) : SALVE_OK;
}

static enum salve_code to_string(struct expr_run *run, struct expr_value from, struct expr_value *out)
{
    struct str text;
    if (fp_to_text(run, from, &text)) *out = expr_string(text);
    return SALVE_OK;
}

static enum salve_code temporal(struct expr_run *run, enum expr_kind kind, struct expr_temporal t,
                                struct expr_value *out)
{
    return expr_temporal_value(kind, t, run->mem, out, run->err);
}

static enum salve_code to_date(struct expr_run *run, struct expr_value from, struct expr_value *out)
{
    struct expr_temporal t;
    if (from.kind == VALUE_DATE)
        *out = from;
    else if (from.kind == VALUE_DATETIME)
        return temporal(run, VALUE_DATE, expr_temporal_to_date(*from.as.temporal), out);
    else if (from.kind == VALUE_STRING && expr_temporal_parse_as(expr_text(from), EXPR_DATE, &t))
        return temporal(run, VALUE_DATE, t, out);
    return SALVE_OK;
}

static enum salve_code to_datetime(struct expr_run *run, struct expr_value from, struct expr_value *out)
{
    struct expr_temporal t;
    if (from.kind == VALUE_DATETIME)
        *out = from;
    else if (from.kind == VALUE_DATE) {
        t = *from.as.temporal;
        t.kind = EXPR_DATETIME;
        t.offset_minutes = EXPR_NO_OFFSET;
        return temporal(run, VALUE_DATETIME, t, out);
    } else if (from.kind == VALUE_STRING && expr_temporal_parse_as(expr_text(from), EXPR_DATETIME, &t))
        return temporal(run, VALUE_DATETIME, t, out);
    return SALVE_OK;
}

static enum salve_code to_time(struct expr_run *run, struct expr_value from, struct expr_value *out)
{
    struct expr_temporal t;
    if (from.kind == VALUE_TIME)
        *out = from;
    else if (from.kind == VALUE_STRING && expr_temporal_parse_as(expr_text(from), EXPR_TIME, &t))
        return temporal(run, VALUE_TIME, t, out);
    return SALVE_OK;
}

#define CONVERSION(to, asks, how)                                                                                      \
    FN(to) { return convert(run, &args[0], how, out); }                                                                \
    FN(asks) { return converts(run, &args[0], how, out); }
CONVERSION(fp_to_boolean, fp_converts_to_boolean, to_boolean)
CONVERSION(fp_to_integer, fp_converts_to_integer, to_integer)
CONVERSION(fp_to_long, fp_converts_to_long, to_long)
CONVERSION(fp_to_decimal, fp_converts_to_decimal, to_decimal)
CONVERSION(fp_to_string, fp_converts_to_string, to_string)
CONVERSION(fp_to_date, fp_converts_to_date, to_date)
CONVERSION(fp_to_datetime, fp_converts_to_datetime, to_datetime)
CONVERSION(fp_to_time, fp_converts_to_time, to_time)

FN(fp_to_quantity)
{
    struct str unit;
    bool has = false;
    if (count == 2) TRY(fp_one_text(run, &args[1], &has, &unit));
    TRY(convert(run, &args[0], to_quantity, out));
    if (!has || out->kind == VALUE_NULL) return SALVE_OK;
    struct expr_quantity converted;
    if (!expr_quantity_to_unit(out->as.quantity, unit, &converted)) {
        *out = EXPR_NONE;
        return SALVE_OK;
    }
    return expr_quantity_value(converted, run->mem, out, run->err);
}

FN(fp_converts_to_quantity)
{
    struct expr_value result;
    TRY(fp_to_quantity(run, args, count, &result));
    *out = expr_items(&args[0]).count == 0 ? EXPR_NONE : expr_boolean(result.kind != VALUE_NULL);
    return SALVE_OK;
}
