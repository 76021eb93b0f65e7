/* SPDX-License-Identifier: Apache-2.0
 * Conversions (CQL 1.5 appendix B 5): one function a target type gives the converted value or null; Converts... asks
 * whether it is one. */
#include "elm/elm_int.h"

static bool is_one_of(struct str text, const char *const *words)
{
    char lower[8];
    if (text.len == 0 || text.len >= sizeof lower) return false;
    for (size_t i = 0; i < text.len; i++) lower[i] = str_lower(text.ptr[i]);
    for (; *words != NULL; words++)
        if (str_eq(str_make(lower, text.len), str_of(*words))) return true;
    return false;
}

static const char *const yes_words[] = {"true", "t", "yes", "y", "1", NULL}, *const no_words[] = {"false", "f", "no",
                                                                                                  "n",     "0", NULL};

ELM_CALL(elm_to_boolean)
{
    struct expr_decimal d;
    ELM_NULL_IF(1);
    struct expr_value v = args[0];
    if (v.kind == VALUE_NODE) TRY(elm_plain(run, v, &v));
    if (v.kind == VALUE_BOOLEAN) *out = v;
    if (v.kind == VALUE_STRING && is_one_of(expr_text(v), yes_words)) *out = expr_boolean(true);
    if (v.kind == VALUE_STRING && is_one_of(expr_text(v), no_words)) *out = expr_boolean(false);
    int64_t n;
    if (expr_is_number(v) && expr_to_decimal(v, &d) && expr_decimal_to_i64(d, &n) && (n == 0 || n == 1))
        *out = expr_boolean(n == 1);
    return SALVE_OK;
}

/* [+-]digits, nothing else */
static bool whole_text(struct str text, int64_t *out)
{
    text = str_trim(text);
    if (text.len > 0 && text.ptr[0] == '+') text = str_cut(text, 1, text.len);
    return text.len > 0 && (str_is_digit(text.ptr[0]) || text.ptr[0] == '-') && str_to_i64(text, out);
}

static enum salve_code to_whole(struct expr_run *run, const struct expr_value *args, uint32_t count, bool is_long,
                                struct expr_value *out)
{
    int64_t n;
    ELM_NULL_IF(1);
    struct expr_value v = args[0];
    if (v.kind == VALUE_NODE) TRY(elm_plain(run, v, &v));
    if (v.kind == VALUE_INTEGER || v.kind == VALUE_LONG)
        n = v.as.integer;
    else if (v.kind == VALUE_BOOLEAN)
        n = v.as.boolean;
    else if (v.kind != VALUE_STRING || !whole_text(expr_text(v), &n))
        return SALVE_OK;
    if (is_long)
        *out = expr_long(n);
    else if (n >= INT32_MIN && n <= INT32_MAX)
        *out = expr_integer(n);
    return SALVE_OK;
}
ELM_CALL(elm_to_integer) { return to_whole(run, args, count, false, out); }
ELM_CALL(elm_to_long) { return to_whole(run, args, count, true, out); }

ELM_CALL(elm_to_decimal)
{
    struct expr_decimal d = {0};
    ELM_NULL_IF(1);
    struct expr_value v = args[0];
    if (v.kind == VALUE_NODE) TRY(elm_plain(run, v, &v));
    if (v.kind == VALUE_DECIMAL) *out = v;
    if (v.kind == VALUE_DECIMAL) return SALVE_OK;
    bool is_known =
        expr_to_decimal(v, &d) || (v.kind == VALUE_STRING && expr_decimal_parse(str_trim(expr_text(v)), &d));
    if (v.kind == VALUE_BOOLEAN) {
        is_known = true;
        d = expr_decimal_of_int(v.as.boolean);
    }
    return elm_decimal(run, is_known, d, out);
}

static enum salve_code parse_temporal(struct expr_run *run, struct expr_value v, enum expr_temporal_kind kind,
                                      struct expr_value *out)
{
    struct expr_temporal t = {0};
    struct str text = expr_text(v);
    for (size_t i = 6; kind == EXPR_TIME && i < text.len; i++) /* an offset of a time means nothing */
        if (text.ptr[i] == 'Z' || text.ptr[i] == '+' || text.ptr[i] == '-') text.len = i;
    bool is_known = expr_temporal_parse_as(text, kind, &t);
    if (!is_known && kind == EXPR_DATE && expr_temporal_parse_as(text, EXPR_DATETIME, &t)) {
        t = expr_temporal_to_date(t);
        is_known = true;
    }
    return elm_temporal(run, is_known, t, out);
}

ELM_CALL(elm_to_date)
{
    ELM_NULL_IF(1);
    struct expr_value v = args[0];
    if (v.kind == VALUE_NODE) TRY(elm_plain(run, v, &v));
    if (v.kind == VALUE_STRING) return parse_temporal(run, v, EXPR_DATE, out);
    if (v.kind == VALUE_DATE) *out = v;
    if (v.kind != VALUE_DATETIME) return SALVE_OK;
    return elm_temporal(run, true, expr_temporal_to_date(*v.as.temporal), out);
}
ELM_CALL(elm_to_date_time)
{
    ELM_NULL_IF(1);
    struct expr_value v = args[0];
    if (v.kind == VALUE_NODE) TRY(elm_plain(run, v, &v));
    if (v.kind == VALUE_STRING) return parse_temporal(run, v, EXPR_DATETIME, out);
    if (v.kind == VALUE_DATETIME) *out = v;
    if (v.kind != VALUE_DATE) return SALVE_OK;
    struct expr_temporal t = *v.as.temporal;
    t.kind = EXPR_DATETIME; /* the hours stay unknown */
    return elm_temporal(run, true, t, out);
}
ELM_CALL(elm_to_time)
{
    ELM_NULL_IF(1);
    struct expr_value v = args[0];
    if (v.kind == VALUE_NODE) TRY(elm_plain(run, v, &v));
    if (v.kind == VALUE_STRING) return parse_temporal(run, v, EXPR_TIME, out);
    if (v.kind == VALUE_TIME) *out = v;
    if (v.kind != VALUE_DATETIME) return SALVE_OK;
    return elm_time_from(run, &v, 1, out);
}

ELM_CALL(elm_to_quantity)
{
    struct expr_quantity q = {.unit = STR("1")};
    ELM_NULL_IF(1);
    struct expr_value v = args[0];
    if (v.kind == VALUE_NODE) TRY(elm_plain(run, v, &v));
    if (v.kind == VALUE_QUANTITY) *out = v;
    if (v.kind == VALUE_QUANTITY) return SALVE_OK;
    if (v.kind == VALUE_STRING) {
        bool is_known = expr_quantity_parse(expr_text(v), false, &q);
        return elm_quantity(run, is_known, q, out);
    }
    if (v.kind == VALUE_RATIO) {
        bool is_known = expr_quantity_div(&v.as.ratio->numerator, &v.as.ratio->denominator, run->mem, &q);
        return elm_quantity(run, is_known, q, out);
    }
    bool is_known = expr_to_decimal(v, &q.value);
    return elm_quantity(run, is_known, q, out);
}

ELM_CALL(elm_to_ratio)
{
    ELM_NULL_IF(1);
    struct expr_value v = args[0];
    if (v.kind == VALUE_NODE) TRY(elm_plain(run, v, &v));
    if (v.kind == VALUE_RATIO) *out = v;
    if (v.kind != VALUE_STRING) return SALVE_OK;
    ptrdiff_t at = str_find(expr_text(v), STR(":"));
    struct expr_ratio *ratio = arena_new(run->mem, struct expr_ratio);
    if (ratio == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "ratio");
    if (at < 0 || !expr_quantity_parse(str_cut(expr_text(v), 0, (size_t)at), false, &ratio->numerator) ||
        !expr_quantity_parse(str_cut(expr_text(v), (size_t)at + 1, v.aux), false, &ratio->denominator))
        return SALVE_OK;
    *out = (struct expr_value){.kind = VALUE_RATIO, .as.ratio = ratio};
    return SALVE_OK;
}

ELM_CALL(elm_to_string)
{
    char text[EXPR_DECIMAL_TEXT_BYTES], when[EXPR_TEMPORAL_TEXT_BYTES];
    struct str s = STR_NONE;
    ELM_NULL_IF(1);
    struct expr_value v = args[0];
    if (v.kind == VALUE_NODE) TRY(elm_plain(run, v, &v));
    switch (v.kind) {
    case VALUE_STRING:
        *out = v;
        return SALVE_OK;
    case VALUE_BOOLEAN:
        *out = expr_string(v.as.boolean ? STR("true") : STR("false"));
        return SALVE_OK;
    case VALUE_INTEGER:
    case VALUE_LONG:
        s = arena_printf(run->mem, "%lld", (long long)v.as.integer);
        break;
    case VALUE_DECIMAL:
        return elm_text(run, expr_decimal_text(*v.as.decimal, text), out);
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        return elm_text(run, expr_temporal_text(v.as.temporal, false, when), out);
    case VALUE_QUANTITY:
        s = expr_quantity_text(v.as.quantity, run->mem);
        break;
    case VALUE_RATIO: {
        struct str n = expr_quantity_text(&v.as.ratio->numerator, run->mem),
                   d = expr_quantity_text(&v.as.ratio->denominator, run->mem);
        if (n.ptr != NULL && d.ptr != NULL) s = arena_printf(run->mem, "%.*s:%.*s", STR_ARGS(n), STR_ARGS(d));
        break;
    }
    default:
        return SALVE_OK;
    }
    if (s.ptr == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "text");
    *out = expr_string(s);
    return SALVE_OK;
}

ELM_CALL(elm_to_concept)
{
    ELM_NULL_IF(1);
    if (args[0].kind == VALUE_CONCEPT) *out = args[0];
    struct expr_concept *concept = arena_new(run->mem, struct expr_concept);
    if (concept == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "concept");
    if (args[0].kind == VALUE_CODE) {
        *concept =
            (struct expr_concept){.display = args[0].as.code->display, .codes = args[0].as.code, .code_count = 1};
        *out = (struct expr_value){.kind = VALUE_CONCEPT, .as.concept = concept};
    } else if (args[0].kind == VALUE_LIST) {
        struct expr_code *codes = arena_array(run->mem, struct expr_code, args[0].aux + 1);
        if (codes == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "concept");
        for (uint32_t i = 0; i < args[0].aux; i++)
            if (args[0].as.items[i].kind == VALUE_CODE) codes[concept->code_count++] = *args[0].as.items[i].as.code;
        concept->codes = codes;
        *out = (struct expr_value){.kind = VALUE_CONCEPT, .as.concept = concept};
    }
    return SALVE_OK;
}

/* --- is it one? --------------------------------------------------------------------------------------------------- */
#define CONVERTS(name, to)                                                                                             \
    ELM_CALL(elm_converts_##name)                                                                                      \
    {                                                                                                                  \
        struct expr_value result;                                                                                      \
        ELM_NULL_IF(1);                                                                                                \
        TRY(to(run, args, count, &result));                                                                            \
        *out = expr_boolean(result.kind != VALUE_NULL);                                                                \
        return SALVE_OK;                                                                                               \
    }
CONVERTS(to_boolean, elm_to_boolean)
CONVERTS(to_date, elm_to_date)
CONVERTS(to_date_time, elm_to_date_time)
CONVERTS(to_decimal, elm_to_decimal)
CONVERTS(to_integer, elm_to_integer)
CONVERTS(to_long, elm_to_long)
CONVERTS(to_quantity, elm_to_quantity)
CONVERTS(to_ratio, elm_to_ratio)
CONVERTS(to_string, elm_to_string)
CONVERTS(to_time, elm_to_time)

/* --- units -------------------------------------------------------------------------------------------------------- */
ELM_CALL(elm_convert_quantity)
{
    struct expr_quantity q = {0};
    ELM_NULL_IF(2);
    if (args[0].kind != VALUE_QUANTITY || args[1].kind != VALUE_STRING)
        return expr_run_fail(run, SALVE_E_TYPE, "ConvertQuantity wants a quantity and a unit");
    bool is_known = expr_quantity_to_unit(args[0].as.quantity, expr_text(args[1]), &q);
    return elm_quantity(run, is_known, q, out);
}
ELM_CALL(elm_can_convert_quantity)
{
    struct expr_value result;
    ELM_NULL_IF(2);
    TRY(elm_convert_quantity(run, args, count, &result));
    *out = expr_boolean(result.kind != VALUE_NULL);
    return SALVE_OK;
}
