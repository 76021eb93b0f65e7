/* SPDX-License-Identifier: Apache-2.0
 * Collapse and Expand of lists of intervals (CQL 1.5 appendix B 9). Both take an optional quantity `per`. */
#include <limits.h>

#include "elm/elm_interval_int.h"

/* The intervals of a list, those that are null or have no known end left out, sorted by start. */
static enum salve_code known_intervals(struct expr_run *run, struct expr_value list, struct expr_build *out)
{
    const bool no = false;
    for (uint32_t i = 0; i < list.aux; i++) {
        struct elm_ends ends;
        if (list.as.items[i].kind != VALUE_INTERVAL) continue;
        TRY(elm_ends_of(run, list.as.items[i], &ends));
        if (ends.start.kind == VALUE_NULL || ends.end.kind == VALUE_NULL) continue;
        TRY(expr_build_add(out, ends.start, run->mem, run->err));
        TRY(expr_build_add(out, ends.end, run->mem, run->err));
    }
    return elm_sort_values(run, out->items, out->count / 2, 2, &no, 1);
}

/* A list of intervals (of Expand also one interval), and a quantity or nothing. */
static enum salve_code want_args(struct expr_run *run, const struct expr_value *args, uint32_t count)
{
    bool is_good = args[0].kind == VALUE_LIST || args[0].kind == VALUE_INTERVAL;
    if (count > 1) is_good = is_good && (args[1].kind == VALUE_NULL || args[1].kind == VALUE_QUANTITY);
    return is_good ? SALVE_OK : expr_run_fail(run, SALVE_E_TYPE, "intervals and a quantity are wanted");
}

static bool is_present(const struct expr_value *args, uint32_t count)
{
    return count > 1 && args[1].kind != VALUE_NULL;
}

/* The precision that `per` asks for: of a duration its unit. */
static enum expr_precision per_precision(const struct expr_value *args, uint32_t count)
{
    enum expr_precision p = EXPR_PRECISION_NONE;
    bool is_word;
    if (is_present(args, count)) (void)expr_duration_unit(args[1].as.quantity->unit, &p, &is_word);
    return p;
}

/* Does an interval that ends at `end` reach one that starts at `start`? They may be `per` apart, or meet. */
static enum salve_code reaches(struct expr_run *run, const struct expr_value *args, uint32_t count,
                               struct expr_value end, struct expr_value start, bool *out)
{
    enum expr_order order;
    bool is_known = true;
    if (is_present(args, count)) {
        struct expr_value pair[2] = {end, args[1]};
        if (!expr_is_temporal(end) && end.kind != VALUE_QUANTITY)
            TRY(expr_decimal_value(args[1].as.quantity->value, run->mem, &pair[1], run->err));
        TRY(elm_add(run, pair, 2, &end));
        is_known = end.kind != VALUE_NULL;
    } else {
        struct expr_value next;
        TRY(elm_step(run, end, true, &next, &is_known));
        if (is_known) end = next;
    }
    *out = !is_known;
    if (!is_known) return SALVE_OK;
    TRY(elm_values_order(run, end, start, per_precision(args, count), &order));
    *out = order == EXPR_MORE || order == EXPR_SAME;
    return SALVE_OK;
}

ELM_CALL(elm_collapse)
{
    struct expr_build ends = {0}, result = {0};
    ELM_NULL_IF(1);
    TRY(want_args(run, args, count));
    if (args[0].kind != VALUE_LIST) return expr_run_fail(run, SALVE_E_TYPE, "Collapse wants a list");
    TRY(known_intervals(run, args[0], &ends));
    for (uint32_t i = 0; i < ends.count; i += 2) {
        struct expr_value start = ends.items[i], end = ends.items[i + 1], one;
        for (; i + 2 < ends.count; i += 2) {
            bool is_joined;
            enum expr_order order;
            TRY(reaches(run, args, count, end, ends.items[i + 2], &is_joined));
            if (!is_joined) break;
            TRY(elm_values_order(run, ends.items[i + 3], end, EXPR_PRECISION_NONE, &order));
            if (order == EXPR_MORE) end = ends.items[i + 3];
        }
        TRY(elm_interval(run, start, true, end, true, &one));
        TRY(expr_build_add(&result, one, run->mem, run->err));
    }
    *out = expr_build_list(&result);
    return SALVE_OK;
}

/* --- expand ------------------------------------------------------------------------------------------------------- */
/* `per` where none is given: one step of the coarsest precision of all ends. */
static enum salve_code default_per(struct expr_run *run, const struct expr_build *ends, struct expr_value *out)
{
    struct expr_quantity q = {expr_decimal_of_int(1), STR("1")};
    unsigned coarsest = UINT_MAX, digits = EXPR_DECIMAL_DIGITS;
    for (uint32_t i = 0; i < ends->count; i++) {
        struct expr_value end = ends->items[i];
        if (expr_is_temporal(end)) {
            if (end.as.temporal->precision < coarsest) coarsest = end.as.temporal->precision;
        } else if (end.kind == VALUE_DECIMAL) {
            if (end.as.decimal->digits < digits) digits = end.as.decimal->digits;
        } else if (end.kind == VALUE_QUANTITY) {
            if (end.as.quantity->value.digits < digits) digits = end.as.quantity->value.digits;
            q.unit = end.as.quantity->unit;
        } else {
            digits = 0;
        }
    }
    expr_i128 units = 100000000;
    for (unsigned i = 0; i < digits; i++) units /= 10;
    (void)expr_decimal_of_units(units, digits, &q.value);
    if (coarsest != UINT_MAX) q = (struct expr_quantity){expr_decimal_of_int(1), str_of(expr_precision_name(coarsest))};
    return expr_quantity_value(q, run->mem, out, run->err);
}

/* start + per; the value without a unit where the points have none. */
static enum salve_code next_start(struct expr_run *run, struct expr_value start, struct expr_value per,
                                  struct expr_value *out)
{
    struct expr_value pair[2] = {start, per};
    int64_t n;
    if (start.kind == VALUE_INTEGER || start.kind == VALUE_LONG) {
        if (expr_decimal_to_i64(per.as.quantity->value, &n))
            pair[1] = start.kind == VALUE_LONG ? expr_long(n) : expr_integer(n);
        else
            TRY(expr_decimal_value(per.as.quantity->value, run->mem, &pair[1], run->err));
    } else if (start.kind == VALUE_DECIMAL) {
        TRY(expr_decimal_value(per.as.quantity->value, run->mem, &pair[1], run->err));
    }
    return elm_add(run, pair, 2, out);
}

static bool is_fitting(struct elm_ends ends, struct expr_value per)
{
    enum expr_precision p;
    bool is_word;
    struct expr_decimal zero = expr_decimal_of_int(0);
    const struct expr_quantity *q = per.as.quantity;
    if (expr_decimal_cmp(q->value, zero) <= 0) return false;
    bool is_duration = expr_duration_unit(q->unit, &p, &is_word);
    if (!expr_is_temporal(ends.start)) return ends.start.kind == VALUE_QUANTITY || str_is(q->unit, "1");
    if (!is_duration) return false;
    uint8_t have = ends.start.as.temporal->precision, other = ends.end.as.temporal->precision;
    if (other < have) have = other;
    if (p == EXPR_WEEK) p = EXPR_DAY;
    return p <= (enum expr_precision)have; /* finer steps than the ends know give nothing */
}

static enum salve_code truncate_to_per(struct expr_run *run, struct elm_ends *ends, struct expr_value per)
{
    enum expr_precision p;
    bool is_word;
    if (expr_is_temporal(ends->start) && expr_duration_unit(per.as.quantity->unit, &p, &is_word)) {
        if (p == EXPR_WEEK) p = EXPR_DAY;
        TRY(elm_temporal(run, true, expr_temporal_cut(*ends->start.as.temporal, p), &ends->start));
        return elm_temporal(run, true, expr_temporal_cut(*ends->end.as.temporal, p), &ends->end);
    }
    struct expr_decimal whole;
    if (ends->start.kind == VALUE_DECIMAL && per.as.quantity->value.digits == 0) {
        int64_t n;
        if (expr_decimal_truncate(*ends->start.as.decimal, &whole) && expr_decimal_to_i64(whole, &n))
            ends->start = expr_integer(n);
        if (expr_decimal_truncate(*ends->end.as.decimal, &whole) && expr_decimal_to_i64(whole, &n))
            ends->end = expr_integer(n);
    } else if ((ends->start.kind == VALUE_INTEGER) && per.as.quantity->value.digits > 0) {
        /* finer steps: the last point reaches to the end of its unit */
        struct expr_decimal high;
        TRY(expr_decimal_value(expr_decimal_of_int(ends->start.as.integer), run->mem, &ends->start, run->err));
        if (expr_decimal_fill(expr_decimal_of_int(ends->end.as.integer), per.as.quantity->value.digits, true, &high))
            TRY(expr_decimal_value(high, run->mem, &ends->end, run->err));
    }
    return SALVE_OK;
}

static enum salve_code expand_one(struct expr_run *run, struct elm_ends ends, struct expr_value per, bool is_points,
                                  struct expr_build *out)
{
    enum expr_order order;
    if (!is_fitting(ends, per)) return SALVE_OK;
    TRY(truncate_to_per(run, &ends, per));
    for (struct expr_value start = ends.start;;) {
        struct expr_value next, last, one;
        bool is_known;
        TRY(expr_step(run, 1));
        TRY(next_start(run, start, per, &next));
        if (next.kind == VALUE_NULL) break;
        if (next.kind == VALUE_DECIMAL && start.kind == VALUE_DECIMAL) {
            struct expr_decimal d = *next.as.decimal;
            /* one step of the written precision back */
            expr_i128 step = 100000000;
            for (unsigned i = 0; i < d.digits; i++) step /= 10;
            is_known = expr_decimal_of_units(expr_decimal_units(d) - step, d.digits, &d);
            TRY(elm_decimal(run, is_known, d, &last));
        } else if (next.kind == VALUE_QUANTITY) {
            struct expr_quantity q = *next.as.quantity;
            expr_i128 step = 100000000;
            for (unsigned i = 0; i < q.value.digits; i++) step /= 10;
            is_known = expr_decimal_of_units(expr_decimal_units(q.value) - step, q.value.digits, &q.value);
            TRY(elm_quantity(run, is_known, q, &last));
        } else {
            TRY(elm_step(run, next, false, &last, &is_known));
        }
        if (last.kind == VALUE_NULL) break;
        TRY(elm_values_order(run, last, ends.end, EXPR_PRECISION_NONE, &order));
        if (order != EXPR_LESS && order != EXPR_SAME) break;
        one = start;
        if (!is_points) TRY(elm_interval(run, start, true, last, true, &one));
        TRY(expr_build_add(out, one, run->mem, run->err));
        start = next;
    }
    return SALVE_OK;
}

ELM_CALL(elm_expand)
{
    struct expr_build result = {0}, ends = {0};
    ELM_NULL_IF(1);
    TRY(want_args(run, args, count));
    bool is_points = args[0].kind == VALUE_INTERVAL;
    struct expr_value per = is_present(args, count) ? args[1] : EXPR_NONE;
    TRY(known_intervals(run, is_points ? expr_list(args, 1) : args[0], &ends));
    if (is_points && ends.count == 0) return SALVE_OK;
    if (per.kind == VALUE_NULL) TRY(default_per(run, &ends, &per));
    for (uint32_t i = 0; i < ends.count; i += 2)
        TRY(expand_one(run, (struct elm_ends){ends.items[i], ends.items[i + 1]}, per, is_points, &result));
    *out = expr_build_list(&result);
    if (ends.count <= 2) return SALVE_OK;
    const struct expr_value all = *out; /* a set: what two intervals share is there once */
    return elm_distinct(run, &all, 1, out);
}
