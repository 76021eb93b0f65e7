/* SPDX-License-Identifier: Apache-2.0
 * Intervals and their ends (CQL 1.5 appendix B 9): the selector, Start, End, Width, Size and PointFrom. */
#include "elm/elm_interval_int.h"

/* The selector. An interval whose start lies after its end is an error. */
ELM_CALL(elm_interval_of)
{
    salve_assert(count == 4);
    struct expr_value start, end;
    enum expr_order order;
    *out = EXPR_NONE;
    bool low_closed = expr_truth_of(args[1]) == EXPR_TRUE, high_closed = expr_truth_of(args[3]) == EXPR_TRUE;
    TRY(elm_interval(run, args[0], low_closed, args[2], high_closed, out));
    if (args[0].kind == VALUE_NULL || args[2].kind == VALUE_NULL) return SALVE_OK;
    struct elm_ends ends;
    TRY(elm_ends_of(run, *out, &ends));
    start = ends.start;
    end = ends.end;
    if (start.kind == VALUE_NULL || end.kind == VALUE_NULL)
        return expr_run_fail(run, SALVE_E_RANGE, "the interval holds nothing");
    TRY(elm_values_order(run, start, end, EXPR_PRECISION_NONE, &order));
    if (order == EXPR_MORE) return expr_run_fail(run, SALVE_E_RANGE, "the interval ends before it starts");
    return SALVE_OK;
}

enum salve_code elm_limit_like(struct expr_run *run, enum expr_kind kind, struct expr_value like, bool is_high,
                               struct expr_value *out)
{
    (void)elm_limit(kind, is_high, out);
    if (like.kind == VALUE_NODE) TRY(elm_plain(run, like, &like));
    if (out->kind != VALUE_QUANTITY || like.kind != VALUE_QUANTITY) return SALVE_OK;
    return elm_quantity(run, true, (struct expr_quantity){out->as.quantity->value, like.as.quantity->unit}, out);
}

static enum salve_code end_of(struct expr_run *run, const struct expr_interval *interval, bool is_high,
                              struct expr_value *out)
{
    struct expr_value limit = is_high ? interval->high : interval->low;
    bool is_closed = is_high ? interval->high_closed : interval->low_closed, is_known;
    *out = limit;
    if (limit.kind == VALUE_NODE) TRY(elm_plain(run, limit, out));
    if (out->kind == VALUE_NULL) {
        if (!is_closed) return SALVE_OK;
        return elm_limit_like(run, interval->point, is_high ? interval->low : interval->high, is_high, out);
    }
    return is_closed ? SALVE_OK : elm_step(run, *out, !is_high, out, &is_known);
}

enum salve_code elm_ends_of(struct expr_run *run, struct expr_value v, struct elm_ends *out)
{
    out->start = out->end = v;
    if (v.kind != VALUE_INTERVAL) return SALVE_OK;
    TRY(end_of(run, v.as.interval, false, &out->start));
    return end_of(run, v.as.interval, true, &out->end);
}

enum salve_code elm_want_interval(struct expr_run *run, struct expr_value v)
{
    return v.kind == VALUE_INTERVAL
               ? SALVE_OK
               : expr_run_fail(run, SALVE_E_TYPE, "an interval is wanted, not %s", expr_kind_name(v.kind));
}

ELM_CALL(elm_start)
{
    ELM_NULL_IF(1);
    TRY(elm_want_interval(run, args[0]));
    return end_of(run, args[0].as.interval, false, out);
}
ELM_CALL(elm_end)
{
    ELM_NULL_IF(1);
    TRY(elm_want_interval(run, args[0]));
    return end_of(run, args[0].as.interval, true, out);
}

static enum salve_code width_of(struct expr_run *run, const struct expr_value *args, uint32_t count, bool is_size,
                                struct expr_value *out)
{
    struct elm_ends ends;
    ELM_NULL_IF(1);
    TRY(elm_want_interval(run, args[0]));
    TRY(elm_ends_of(run, args[0], &ends));
    if (ends.start.kind == VALUE_NULL || ends.end.kind == VALUE_NULL) return SALVE_OK;
    if (expr_is_temporal(ends.start))
        return expr_run_fail(run, SALVE_E_TYPE, "the width of an interval of dates is not defined");
    const struct expr_value limits[2] = {ends.end, ends.start};
    TRY(elm_subtract(run, limits, 2, out));
    if (!is_size || out->kind == VALUE_NULL) return SALVE_OK;
    bool is_known;
    return elm_step(run, *out, true, out, &is_known);
}
ELM_CALL(elm_width) { return width_of(run, args, count, false, out); }
ELM_CALL(elm_size) { return width_of(run, args, count, true, out); }

ELM_CALL(elm_point_from)
{
    struct elm_ends ends;
    enum expr_truth same;
    ELM_NULL_IF(1);
    TRY(elm_want_interval(run, args[0]));
    TRY(elm_ends_of(run, args[0], &ends));
    TRY(elm_values_equal(run, ends.start, ends.end, &same));
    if (same == EXPR_FALSE) return expr_run_fail(run, SALVE_E_RANGE, "the interval holds more than one point");
    if (same == EXPR_TRUE) *out = ends.start;
    return SALVE_OK;
}
