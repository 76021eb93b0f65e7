/* SPDX-License-Identifier: Apache-2.0
 * Intervals (CQL 1.5 appendix B 9): ends, relations and set operations. A relation is a few comparisons of the starts
 * and ends in three-valued logic; a point counts as the interval that holds only it. */
#include "elm/elm_interval.h"

/* --- making ------------------------------------------------------------------------------------------------------- */
enum salve_code elm_interval(struct expr_run *run, struct expr_value low, bool low_closed, struct expr_value high,
                             bool high_closed, struct expr_value *out)
{
    struct expr_interval *interval = arena_new(run->mem, struct expr_interval);
    if (interval == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "interval");
    interval->low = low;
    interval->high = high;
    interval->low_closed = low_closed;
    interval->high_closed = high_closed;
    interval->point = low.kind != VALUE_NULL ? low.kind : high.kind;
    *out = (struct expr_value){.kind = VALUE_INTERVAL, .as.interval = interval};
    return SALVE_OK;
}

/* The selector. An interval whose start lies after its end is an error. */
ELM_CALL(elm_interval_of)
{
    struct expr_value start, end;
    enum expr_order order;
    (void)count;
    *out = EXPR_NONE;
    bool low_closed = elm_truth_of(args[1]) == EXPR_TRUE, high_closed = elm_truth_of(args[3]) == EXPR_TRUE;
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

/* The limit of a type; of quantities in the unit of `like`, so that it can be compared with it. */
static enum salve_code limit_like(struct expr_run *run, enum expr_kind kind, struct expr_value like, bool is_high,
                                  struct expr_value *out)
{
    (void)elm_limit(kind, is_high, run, out);
    if (like.kind == VALUE_NODE) TRY(elm_plain(run, like, &like));
    if (out->kind != VALUE_QUANTITY || like.kind != VALUE_QUANTITY) return SALVE_OK;
    return elm_quantity(run, true, (struct expr_quantity){out->as.quantity->value, like.as.quantity->unit}, out);
}

/* --- ends --------------------------------------------------------------------------------------------------------- */
static enum salve_code end_of(struct expr_run *run, const struct expr_interval *interval, bool is_high,
                              struct expr_value *out)
{
    struct expr_value limit = is_high ? interval->high : interval->low;
    bool is_closed = is_high ? interval->high_closed : interval->low_closed, is_known;
    *out = limit;
    if (limit.kind == VALUE_NODE) TRY(elm_plain(run, limit, out));
    if (out->kind == VALUE_NULL) {
        if (!is_closed) return SALVE_OK;
        return limit_like(run, interval->point, is_high ? interval->low : interval->high, is_high, out);
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

static enum salve_code want_interval(struct expr_run *run, struct expr_value v)
{
    return v.kind == VALUE_INTERVAL
               ? SALVE_OK
               : expr_run_fail(run, SALVE_E_TYPE, "an interval is wanted, not %s", elm_kind_name(v));
}

ELM_CALL(elm_start)
{
    ELM_NULL_IF(1);
    TRY(want_interval(run, args[0]));
    return end_of(run, args[0].as.interval, false, out);
}
ELM_CALL(elm_end)
{
    ELM_NULL_IF(1);
    TRY(want_interval(run, args[0]));
    return end_of(run, args[0].as.interval, true, out);
}

static enum salve_code width_of(struct expr_run *run, const struct expr_value *args, bool is_size,
                                struct expr_value *out)
{
    struct elm_ends ends;
    TRY(want_interval(run, args[0]));
    TRY(elm_ends_of(run, args[0], &ends));
    if (ends.start.kind == VALUE_NULL || ends.end.kind == VALUE_NULL) return SALVE_OK;
    if (elm_is_temporal(ends.start))
        return expr_run_fail(run, SALVE_E_TYPE, "the width of an interval of dates is not defined");
    const struct expr_value limits[2] = {ends.end, ends.start};
    TRY(elm_subtract(run, limits, 2, out));
    if (!is_size || out->kind == VALUE_NULL) return SALVE_OK;
    bool is_known;
    return elm_step(run, *out, true, out, &is_known);
}
ELM_CALL(elm_width)
{
    ELM_NULL_IF(1);
    return width_of(run, args, false, out);
}
ELM_CALL(elm_size)
{
    ELM_NULL_IF(1);
    return width_of(run, args, true, out);
}

ELM_CALL(elm_point_from)
{
    struct elm_ends ends;
    enum expr_truth same;
    ELM_NULL_IF(1);
    TRY(want_interval(run, args[0]));
    TRY(elm_ends_of(run, args[0], &ends));
    TRY(elm_values_equal(run, ends.start, ends.end, &same));
    if (same == EXPR_FALSE) return expr_run_fail(run, SALVE_E_RANGE, "the interval holds more than one point");
    if (same == EXPR_TRUE) *out = ends.start;
    return SALVE_OK;
}

/* --- comparisons of ends ------------------------------------------------------------------------------------------ */
enum relation { LESS = 1, SAME = 2, MORE = 4 };

/* Is the order of a and b one of `wanted`? Unknown where the order is. */
static enum salve_code is_order(struct expr_run *run, struct expr_value a, struct expr_value b,
                                enum expr_precision precision, unsigned wanted, enum expr_truth *out)
{
    enum expr_order order;
    TRY(elm_values_order(run, a, b, precision, &order));
    if (order == EXPR_UNKNOWN)
        *out = EXPR_NULL_TRUTH;
    else
        *out = wanted & (order == EXPR_LESS ? LESS : order == EXPR_SAME ? SAME : MORE) ? EXPR_TRUE : EXPR_FALSE;
    return SALVE_OK;
}

/* What an end may be. One that is not known lies between the limit of its type and the other end. */
struct range {
    struct expr_value least, most;
    bool is_known;
};
enum end { OF_start, OF_end };

static enum salve_code end_range(struct expr_run *run, const struct elm_ends *ends, enum end which, struct range *out)
{
    struct expr_value own = which == OF_start ? ends->start : ends->end,
                      other = which == OF_start ? ends->end : ends->start;
    struct range range = {own, own, own.kind != VALUE_NULL};
    *out = range;
    if (range.is_known || other.kind == VALUE_NULL) return SALVE_OK;
    out->least = out->most = other;
    return limit_like(run, other.kind, other, which == OF_end, which == OF_start ? &out->least : &out->most);
}

static enum salve_code is_order_between(struct expr_run *run, struct range a, struct range b,
                                        enum expr_precision precision, unsigned wanted, enum expr_truth *out)
{
    enum expr_order up, down;
    unsigned possible = LESS | SAME | MORE;
    if (a.is_known && b.is_known) return is_order(run, a.least, b.least, precision, wanted, out);
    TRY(elm_values_order(run, a.most, b.least, precision, &up));
    TRY(elm_values_order(run, a.least, b.most, precision, &down));
    if (up == EXPR_LESS) possible = LESS;
    if (up == EXPR_SAME) possible &= LESS | SAME;
    if (down == EXPR_MORE) possible = MORE;
    if (down == EXPR_SAME) possible &= SAME | MORE;
    *out = (possible & ~wanted) == 0 ? EXPR_TRUE : (possible & wanted) == 0 ? EXPR_FALSE : EXPR_NULL_TRUTH;
    return SALVE_OK;
}

struct relation_args {
    struct elm_ends a, b;
    enum expr_precision precision;
};

/* Closed ends that are null in an interval whose points have no type are the limits of the other one's type. */
static enum salve_code take_limits(struct expr_run *run, struct expr_value v, struct elm_ends *ends,
                                   const struct elm_ends *other)
{
    struct expr_value like = other->start.kind != VALUE_NULL ? other->start : other->end;
    if (v.kind != VALUE_INTERVAL || v.as.interval->point != VALUE_NULL) return SALVE_OK;
    if (v.as.interval->low_closed) TRY(limit_like(run, like.kind, like, false, &ends->start));
    if (v.as.interval->high_closed) TRY(limit_like(run, like.kind, like, true, &ends->end));
    return SALVE_OK;
}

static enum salve_code relation_args(struct expr_run *run, const struct expr_value *args, uint32_t count,
                                     struct relation_args *out)
{
    out->precision =
        count > 2 && args[2].kind == VALUE_INTEGER ? (enum expr_precision)args[2].as.integer : EXPR_PRECISION_NONE;
    TRY(elm_ends_of(run, args[0], &out->a));
    return elm_ends_of(run, args[1], &out->b);
}

/* Is that end of x in the wanted order to that end of y? */
#define IS(x, x_end, y, y_end, wanted, into)                                                                           \
    do {                                                                                                               \
        struct range x_range, y_range;                                                                                 \
        TRY(end_range(run, &r.x, OF_##x_end, &x_range));                                                               \
        TRY(end_range(run, &r.y, OF_##y_end, &y_range));                                                               \
        TRY(is_order_between(run, x_range, y_range, r.precision, (wanted), &(into)));                                  \
    } while (0)
#define RELATION(name)                                                                                                 \
    static enum salve_code name##_is(struct expr_run *run, const struct relation_args r, enum expr_truth *out);        \
    ELM_CALL(elm_##name)                                                                                               \
    {                                                                                                                  \
        struct relation_args r;                                                                                        \
        enum expr_truth result;                                                                                        \
        ELM_NULL_IF(2);                                                                                                \
        TRY(relation_args(run, args, count, &r));                                                                      \
        TRY(name##_is(run, r, &result));                                                                               \
        *out = elm_truth(result);                                                                                      \
        return SALVE_OK;                                                                                               \
    }                                                                                                                  \
    static enum salve_code name##_is(struct expr_run *run, const struct relation_args r, enum expr_truth *out)

RELATION(before)
{
    IS(a, end, b, start, LESS, *out);
    return SALVE_OK;
}
RELATION(after)
{
    IS(a, start, b, end, MORE, *out);
    return SALVE_OK;
}
RELATION(same_as)
{
    enum expr_truth starts, ends;
    IS(a, start, b, start, SAME, starts);
    IS(a, end, b, end, SAME, ends);
    *out = elm_and(starts, ends);
    return SALVE_OK;
}
RELATION(same_or_before)
{
    IS(a, end, b, start, LESS | SAME, *out);
    return SALVE_OK;
}
RELATION(same_or_after)
{
    IS(a, start, b, end, MORE | SAME, *out);
    return SALVE_OK;
}
static enum salve_code covers(struct expr_run *run, const struct relation_args r, enum expr_truth *out)
{
    enum expr_truth starts, ends;
    IS(a, start, b, start, LESS | SAME, starts);
    IS(a, end, b, end, MORE | SAME, ends);
    *out = elm_and(starts, ends);
    return SALVE_OK;
}
static enum salve_code covers_properly(struct expr_run *run, const struct relation_args r, enum expr_truth *out)
{
    enum expr_truth earlier, later, all;
    IS(a, start, b, start, LESS, earlier);
    IS(a, end, b, end, MORE, later);
    TRY(covers(run, r, &all));
    *out = elm_and(all, elm_or(earlier, later));
    return SALVE_OK;
}
/* The interval before this one ends where the other starts. */
static enum salve_code touches(struct expr_run *run, struct elm_ends first, struct elm_ends second,
                               enum expr_precision precision, enum expr_truth *out)
{
    struct expr_value next = EXPR_NONE;
    bool is_known = true;
    /* at a precision, the next is the next year, month ...: [2003-03, 2003-09] meets no interval of 2003 by years */
    if (elm_is_temporal(first.end) && precision < (enum expr_precision)first.end.as.temporal->precision)
        TRY(elm_temporal(run, true, expr_temporal_cut(*first.end.as.temporal, precision), &first.end));
    if (first.end.kind != VALUE_NULL) TRY(elm_step(run, first.end, true, &next, &is_known));
    *out = EXPR_FALSE;
    if (!is_known) return SALVE_OK; /* nothing starts behind the last value */
    if (first.end.kind == VALUE_NULL ||
        second.start.kind == VALUE_NULL) { /* not if the second starts at the latest before the first can end */
        struct expr_value least = first.end.kind != VALUE_NULL ? first.end : first.start;
        struct expr_value most = second.start.kind != VALUE_NULL ? second.start : second.end;
        TRY(is_order(run, most, least, precision, LESS | SAME, out));
        *out = *out == EXPR_TRUE ? EXPR_FALSE : EXPR_NULL_TRUTH;
        return SALVE_OK;
    }
    return is_order(run, next, second.start, precision, SAME, out);
}
RELATION(meets_before) { return touches(run, r.a, r.b, r.precision, out); }
RELATION(meets_after) { return touches(run, r.b, r.a, r.precision, out); }
RELATION(meets)
{
    enum expr_truth before, after;
    TRY(touches(run, r.a, r.b, r.precision, &before));
    TRY(touches(run, r.b, r.a, r.precision, &after));
    *out = elm_or(before, after);
    return SALVE_OK;
}
RELATION(overlaps)
{
    enum expr_truth starts, ends;
    IS(a, start, b, end, LESS | SAME, starts);
    IS(a, end, b, start, MORE | SAME, ends);
    *out = elm_and(starts, ends);
    return SALVE_OK;
}
RELATION(overlaps_before)
{
    enum expr_truth starts, ends;
    IS(a, start, b, start, LESS, starts);
    IS(a, end, b, start, MORE | SAME, ends);
    *out = elm_and(starts, ends);
    return SALVE_OK;
}
RELATION(overlaps_after)
{
    enum expr_truth starts, ends;
    IS(a, end, b, end, MORE, ends);
    IS(a, start, b, end, LESS | SAME, starts);
    *out = elm_and(starts, ends);
    return SALVE_OK;
}
RELATION(starts)
{
    enum expr_truth starts, ends;
    IS(a, start, b, start, SAME, starts);
    IS(a, end, b, end, LESS | SAME, ends);
    *out = elm_and(starts, ends);
    return SALVE_OK;
}
RELATION(ends)
{
    enum expr_truth starts, ends;
    IS(a, start, b, start, MORE | SAME, starts);
    IS(a, end, b, end, SAME, ends);
    *out = elm_and(starts, ends);
    return SALVE_OK;
}

/* A point and an open end: compared with the end itself, not with its neighbour, which may know less (B.9 Contains). */
static enum salve_code is_within_end(struct expr_run *run, const struct relation_args r,
                                     const struct expr_interval *interval, bool is_high, enum expr_truth *out)
{
    struct expr_value end = is_high ? interval->high : interval->low;
    bool is_closed = is_high ? interval->high_closed : interval->low_closed;
    if (end.kind == VALUE_NODE) TRY(elm_plain(run, end, &end));
    if (!is_closed && end.kind != VALUE_NULL)
        return is_order(run, end, r.b.start, r.precision, is_high ? MORE : LESS, out);
    if (is_high)
        IS(a, end, b, end, MORE | SAME, *out);
    else
        IS(a, start, b, start, LESS | SAME, *out);
    return SALVE_OK;
}

static enum salve_code covers_point(struct expr_run *run, const struct relation_args r,
                                    const struct expr_interval *interval, enum expr_truth *out)
{
    enum expr_truth low, high;
    TRY(is_within_end(run, r, interval, false, &low));
    TRY(is_within_end(run, r, interval, true, &high));
    *out = elm_and(low, high);
    return SALVE_OK;
}

/* --- membership; lists have their own (elm_list.c) ---------------------------------------------------------------- */
static enum salve_code membership(struct expr_run *run, const struct expr_value *args, uint32_t count, bool is_turned,
                                  bool is_proper, struct expr_value *out)
{
    struct relation_args r;
    enum expr_truth result;
    const struct expr_value turned[3] = {args[1], args[0], count > 2 ? args[2] : EXPR_NONE};
    TRY(relation_args(run, is_turned ? turned : args, count, &r));
    TRY(take_limits(run, args[is_turned ? 1 : 0], &r.a, &r.b));
    struct expr_value outer = args[is_turned ? 1 : 0], inner = args[is_turned ? 0 : 1];
    if (!is_proper && outer.kind == VALUE_INTERVAL && inner.kind != VALUE_INTERVAL)
        TRY(covers_point(run, r, outer.as.interval, &result));
    else
        TRY(is_proper ? covers_properly(run, r, &result) : covers(run, r, &result));
    *out = elm_truth(result);
    return SALVE_OK;
}

static enum salve_code point_inside(struct expr_run *run, const struct expr_value *args, uint32_t count, bool is_turned,
                                    struct expr_value *out)
{
    struct relation_args r;
    enum expr_truth after, before;
    const struct expr_value turned[3] = {args[1], args[0], count > 2 ? args[2] : EXPR_NONE};
    TRY(relation_args(run, is_turned ? turned : args, count, &r));
    IS(a, start, b, start, LESS, after);
    IS(a, end, b, end, MORE, before);
    *out = elm_truth(elm_and(after, before));
    return SALVE_OK;
}

static bool is_list(const struct expr_value *args, uint32_t at) { return args[at].kind == VALUE_LIST; }

/* A value is in no list or interval that is null. */
static bool is_in_nothing(const struct expr_value *args, uint32_t container, uint32_t item, struct expr_value *out)
{
    if (args[container].kind != VALUE_NULL || args[item].kind == VALUE_NULL || args[item].kind == VALUE_LIST)
        return false;
    *out = expr_boolean(false);
    return true;
}

ELM_CALL(elm_contains)
{
    if (is_list(args, 0)) return elm_list_contains(run, args[0], args[1], false, out);
    if (is_in_nothing(args, 0, 1, out)) return SALVE_OK;
    ELM_NULL_IF(2);
    return membership(run, args, count, false, false, out);
}
ELM_CALL(elm_in)
{
    if (is_list(args, 1)) return elm_list_contains(run, args[1], args[0], false, out);
    if (is_in_nothing(args, 1, 0, out)) return SALVE_OK;
    ELM_NULL_IF(2);
    return membership(run, args, count, true, false, out);
}
ELM_CALL(elm_proper_contains)
{
    if (is_list(args, 0)) return elm_list_contains(run, args[0], args[1], true, out);
    if (is_in_nothing(args, 0, 1, out)) return SALVE_OK;
    ELM_NULL_IF(2);
    return point_inside(run, args, count, false, out);
}
ELM_CALL(elm_proper_in)
{
    if (is_list(args, 1)) return elm_list_contains(run, args[1], args[0], true, out);
    if (is_in_nothing(args, 1, 0, out)) return SALVE_OK;
    ELM_NULL_IF(2);
    return point_inside(run, args, count, true, out);
}
static enum salve_code inclusion(struct expr_run *run, const struct expr_value *args, uint32_t count, bool is_turned,
                                 bool is_proper, struct expr_value *out)
{
    struct expr_value outer = args[is_turned ? 1 : 0], inner = args[is_turned ? 0 : 1];
    if (outer.kind == VALUE_LIST && inner.kind != VALUE_LIST && inner.kind != VALUE_NULL)
        return elm_list_contains(run, outer, inner, is_proper, out);
    ELM_NULL_IF(2);
    if (outer.kind == VALUE_LIST) return elm_list_includes(run, outer, inner, is_proper, out);
    return membership(run, args, count, is_turned, is_proper, out);
}
ELM_CALL(elm_includes) { return inclusion(run, args, count, false, false, out); }
ELM_CALL(elm_included_in) { return inclusion(run, args, count, true, false, out); }
ELM_CALL(elm_proper_includes) { return inclusion(run, args, count, false, true, out); }
ELM_CALL(elm_proper_included_in) { return inclusion(run, args, count, true, true, out); }

/* --- union, intersect, except ------------------------------------------------------------------------------------- */
/* From left to right; one alone is itself. */
static enum salve_code of_many(struct expr_run *run, const struct expr_value *args, uint32_t count, expr_call *two,
                               struct expr_value *out)
{
    *out = args[0];
    for (uint32_t i = 1; i < count; i++) {
        const struct expr_value pair[2] = {*out, args[i]};
        TRY(two(run, pair, 2, out));
    }
    return SALVE_OK;
}

ELM_CALL(elm_union)
{
    if (count != 2) return of_many(run, args, count, elm_union, out);
    struct relation_args r;
    enum expr_truth overlap, meet, earlier, later;
    if (args[0].kind == VALUE_LIST || args[1].kind == VALUE_LIST) return elm_list_union(run, args, out);
    ELM_NULL_IF(2);
    TRY(want_interval(run, args[0]));
    TRY(want_interval(run, args[1]));
    TRY(relation_args(run, args, 2, &r));
    TRY(overlaps_is(run, r, &overlap));
    TRY(meets_is(run, r, &meet));
    if (elm_or(overlap, meet) != EXPR_TRUE) return SALVE_OK;
    IS(a, start, b, start, LESS | SAME, earlier);
    IS(a, end, b, end, MORE | SAME, later);
    if (earlier == EXPR_NULL_TRUTH || later == EXPR_NULL_TRUTH) return SALVE_OK;
    const struct expr_interval *low = args[earlier == EXPR_TRUE ? 0 : 1].as.interval,
                               *high = args[later == EXPR_TRUE ? 0 : 1].as.interval;
    return elm_interval(run, low->low, low->low_closed, high->high, high->high_closed, out);
}

/* An end that is not known stays open and null. */
ELM_CALL(elm_intersect)
{
    if (count != 2) return of_many(run, args, count, elm_intersect, out);
    struct relation_args r;
    enum expr_truth overlap, later, earlier;
    if (args[0].kind == VALUE_LIST || args[1].kind == VALUE_LIST) return elm_list_intersect(run, args, out);
    ELM_NULL_IF(2);
    TRY(want_interval(run, args[0]));
    TRY(relation_args(run, args, 2, &r));
    TRY(overlaps_is(run, r, &overlap));
    if (overlap == EXPR_FALSE) return SALVE_OK;
    IS(a, start, b, start, MORE | SAME, later);
    IS(a, end, b, end, LESS | SAME, earlier);
    struct expr_value low = EXPR_NONE, high = EXPR_NONE;
    if (later != EXPR_NULL_TRUTH) low = later == EXPR_TRUE ? r.a.start : r.b.start;
    if (earlier != EXPR_NULL_TRUTH) high = earlier == EXPR_TRUE ? r.a.end : r.b.end;
    if (low.kind == VALUE_NULL && high.kind == VALUE_NULL) return SALVE_OK;
    return elm_interval(run, low, low.kind != VALUE_NULL, high, high.kind != VALUE_NULL, out);
}

ELM_CALL(elm_except)
{
    if (count != 2) return of_many(run, args, count, elm_except, out);
    struct relation_args r;
    enum expr_truth overlap, left, right;
    struct expr_value limit;
    bool is_known;
    if (args[0].kind == VALUE_LIST || args[1].kind == VALUE_LIST) return elm_list_except(run, args, out);
    ELM_NULL_IF(2);
    TRY(want_interval(run, args[0]));
    TRY(relation_args(run, args, 2, &r));
    TRY(overlaps_is(run, r, &overlap));
    if (overlap == EXPR_FALSE) *out = args[0];
    if (overlap != EXPR_TRUE) return SALVE_OK;
    IS(a, start, b, start, LESS, left); /* something remains on the left */
    IS(a, end, b, end, MORE, right);
    if (left == EXPR_NULL_TRUTH || right == EXPR_NULL_TRUTH || left == right) return SALVE_OK;
    if (left == EXPR_TRUE) {
        TRY(elm_step(run, r.b.start, false, &limit, &is_known));
        return elm_interval(run, r.a.start, true, limit, true, out);
    }
    TRY(elm_step(run, r.b.end, true, &limit, &is_known));
    return elm_interval(run, limit, true, r.a.end, true, out);
}
