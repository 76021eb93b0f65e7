/* SPDX-License-Identifier: Apache-2.0
 * Relations and set operations of intervals (CQL 1.5 appendix B 9). A relation asks for the order of one or two pairs
 * of ends in three-valued logic; a point counts as the interval that holds only it. */
#include "elm/elm_interval_int.h"

/* --- comparisons of ends ------------------------------------------------------------------------------------------ */
enum order_bit { LESS = 1, SAME = 2, MORE = 4 };

/* Is the order of a and b one of `wanted`? Unknown where the order is. */
static enum salve_code is_order(struct expr_run *run, struct expr_value a, struct expr_value b,
                                enum expr_precision precision, unsigned wanted, enum expr_truth *out)
{
    enum expr_order order;
    TRY(elm_values_order(run, a, b, precision, &order));
    if (order == EXPR_UNKNOWN)
        *out = EXPR_NULL_TRUTH;
    else
        *out = expr_truth_if(wanted & (order == EXPR_LESS ? LESS : order == EXPR_SAME ? SAME : MORE));
    return SALVE_OK;
}

/* What an end may be. One that is not known lies between the limit of its type and the other end. */
struct range {
    struct expr_value least, most;
    bool is_known;
};
enum end { START, END };

static enum salve_code end_range(struct expr_run *run, const struct elm_ends *ends, enum end which, struct range *out)
{
    struct expr_value own = which == START ? ends->start : ends->end, other = which == START ? ends->end : ends->start;
    struct range range = {own, own, own.kind != VALUE_NULL};
    *out = range;
    if (range.is_known || other.kind == VALUE_NULL) return SALVE_OK;
    out->least = out->most = other;
    return elm_limit_like(run, other.kind, other, which == END, which == START ? &out->least : &out->most);
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
    if (v.as.interval->low_closed) TRY(elm_limit_like(run, like.kind, like, false, &ends->start));
    if (v.as.interval->high_closed) TRY(elm_limit_like(run, like.kind, like, true, &ends->end));
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

/* Is that end of a in one of the wanted orders to that end of b? */
struct question {
    enum end a, b;
    unsigned wanted; /* enum order_bit; 0: not asked */
};
/* A relation holds where all that is asked does. */
struct relation {
    struct question first, second;
};
/* clang-format off */
static const struct relation
    before          = {{END,   START, LESS}, {0}},
    after           = {{START, END,   MORE}, {0}},
    same_as         = {{START, START, SAME}, {END, END, SAME}},
    same_or_before  = {{END,   START, LESS | SAME}, {0}},
    same_or_after   = {{START, END,   MORE | SAME}, {0}},
    overlaps        = {{START, END,   LESS | SAME}, {END, START, MORE | SAME}},
    overlaps_before = {{START, START, LESS}, {END, START, MORE | SAME}},
    overlaps_after  = {{START, END,   LESS | SAME}, {END, END, MORE}},
    starts          = {{START, START, SAME}, {END, END, LESS | SAME}},
    ends            = {{START, START, MORE | SAME}, {END, END, SAME}},
    covers          = {{START, START, LESS | SAME}, {END, END, MORE | SAME}},
    surrounds       = {{START, START, LESS}, {END, END, MORE}}; /* a is longer on both sides */
/* clang-format on */

static enum salve_code ask(struct expr_run *run, const struct relation_args *r, struct question q, enum expr_truth *out)
{
    struct range a, b;
    TRY(end_range(run, &r->a, q.a, &a));
    TRY(end_range(run, &r->b, q.b, &b));
    return is_order_between(run, a, b, r->precision, q.wanted, out);
}

static enum salve_code ask_both(struct expr_run *run, const struct relation_args *r, const struct relation *relation,
                                enum expr_truth *first, enum expr_truth *second)
{
    TRY(ask(run, r, relation->first, first));
    return ask(run, r, relation->second, second);
}

static enum salve_code holds(struct expr_run *run, const struct relation_args *r, const struct relation *relation,
                             enum expr_truth *out)
{
    enum expr_truth second = EXPR_TRUE;
    TRY(ask(run, r, relation->first, out));
    if (relation->second.wanted != 0) TRY(ask(run, r, relation->second, &second));
    *out = expr_truth_and(*out, second);
    return SALVE_OK;
}

static enum salve_code relate(struct expr_run *run, const struct expr_value *args, uint32_t count,
                              const struct relation *relation, struct expr_value *out)
{
    struct relation_args r;
    enum expr_truth result;
    ELM_NULL_IF(2);
    TRY(relation_args(run, args, count, &r));
    TRY(holds(run, &r, relation, &result));
    *out = expr_truth_value(result);
    return SALVE_OK;
}

ELM_CALL(elm_before) { return relate(run, args, count, &before, out); }
ELM_CALL(elm_after) { return relate(run, args, count, &after, out); }
ELM_CALL(elm_same_as) { return relate(run, args, count, &same_as, out); }
ELM_CALL(elm_same_or_before) { return relate(run, args, count, &same_or_before, out); }
ELM_CALL(elm_same_or_after) { return relate(run, args, count, &same_or_after, out); }
ELM_CALL(elm_overlaps) { return relate(run, args, count, &overlaps, out); }
ELM_CALL(elm_overlaps_before) { return relate(run, args, count, &overlaps_before, out); }
ELM_CALL(elm_overlaps_after) { return relate(run, args, count, &overlaps_after, out); }
ELM_CALL(elm_starts) { return relate(run, args, count, &starts, out); }
ELM_CALL(elm_ends) { return relate(run, args, count, &ends, out); }

/* --- meeting ------------------------------------------------------------------------------------------------------ */
/* The interval before this one ends where the other starts. */
static enum salve_code touches(struct expr_run *run, struct elm_ends first, struct elm_ends second,
                               enum expr_precision precision, enum expr_truth *out)
{
    struct expr_value next = EXPR_NONE;
    bool is_known = true;
    /* at a precision, the next is the next year, month ...: [2003-03, 2003-09] meets no interval of 2003 by years */
    if (expr_is_temporal(first.end) && precision < (enum expr_precision)first.end.as.temporal->precision)
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

static enum salve_code meets(struct expr_run *run, const struct relation_args *r, enum expr_truth *out)
{
    enum expr_truth a_first, b_first;
    TRY(touches(run, r->a, r->b, r->precision, &a_first));
    TRY(touches(run, r->b, r->a, r->precision, &b_first));
    *out = expr_truth_or(a_first, b_first);
    return SALVE_OK;
}

ELM_CALL(elm_meets)
{
    struct relation_args r;
    enum expr_truth result;
    ELM_NULL_IF(2);
    TRY(relation_args(run, args, count, &r));
    TRY(meets(run, &r, &result));
    *out = expr_truth_value(result);
    return SALVE_OK;
}

static enum salve_code meets_one_way(struct expr_run *run, const struct expr_value *args, uint32_t count,
                                     bool is_before, struct expr_value *out)
{
    struct relation_args r;
    enum expr_truth result;
    ELM_NULL_IF(2);
    TRY(relation_args(run, args, count, &r));
    TRY(touches(run, is_before ? r.a : r.b, is_before ? r.b : r.a, r.precision, &result));
    *out = expr_truth_value(result);
    return SALVE_OK;
}
ELM_CALL(elm_meets_before) { return meets_one_way(run, args, count, true, out); }
ELM_CALL(elm_meets_after) { return meets_one_way(run, args, count, false, out); }

/* --- covering ----------------------------------------------------------------------------------------------------- */
static enum salve_code covers_properly(struct expr_run *run, const struct relation_args *r, enum expr_truth *out)
{
    enum expr_truth earlier, later, all;
    TRY(ask_both(run, r, &surrounds, &earlier, &later));
    TRY(holds(run, r, &covers, &all));
    *out = expr_truth_and(all, expr_truth_or(earlier, later));
    return SALVE_OK;
}

/* A point and an open end: compared with the end itself, not with its neighbour, which may know less (B.9 Contains). */
static enum salve_code is_within_end(struct expr_run *run, const struct relation_args *r,
                                     const struct expr_interval *interval, bool is_high, enum expr_truth *out)
{
    struct expr_value end = is_high ? interval->high : interval->low;
    bool is_closed = is_high ? interval->high_closed : interval->low_closed;
    if (end.kind == VALUE_NODE) TRY(elm_plain(run, end, &end));
    if (!is_closed && end.kind != VALUE_NULL)
        return is_order(run, end, r->b.start, r->precision, is_high ? MORE : LESS, out);
    return ask(run, r, is_high ? covers.second : covers.first, out);
}

static enum salve_code covers_point(struct expr_run *run, const struct relation_args *r,
                                    const struct expr_interval *interval, enum expr_truth *out)
{
    enum expr_truth low, high;
    TRY(is_within_end(run, r, interval, false, &low));
    TRY(is_within_end(run, r, interval, true, &high));
    *out = expr_truth_and(low, high);
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
        TRY(covers_point(run, &r, outer.as.interval, &result));
    else
        TRY(is_proper ? covers_properly(run, &r, &result) : holds(run, &r, &covers, &result));
    *out = expr_truth_value(result);
    return SALVE_OK;
}

static enum salve_code point_inside(struct expr_run *run, const struct expr_value *args, uint32_t count, bool is_turned,
                                    struct expr_value *out)
{
    struct relation_args r;
    enum expr_truth result;
    const struct expr_value turned[3] = {args[1], args[0], count > 2 ? args[2] : EXPR_NONE};
    TRY(relation_args(run, is_turned ? turned : args, count, &r));
    TRY(holds(run, &r, &surrounds, &result));
    *out = expr_truth_value(result);
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
    TRY(elm_want_interval(run, args[0]));
    TRY(elm_want_interval(run, args[1]));
    TRY(relation_args(run, args, 2, &r));
    TRY(holds(run, &r, &overlaps, &overlap));
    TRY(meets(run, &r, &meet));
    if (expr_truth_or(overlap, meet) != EXPR_TRUE) return SALVE_OK;
    TRY(ask_both(run, &r, &covers, &earlier, &later));
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
    TRY(elm_want_interval(run, args[0]));
    TRY(relation_args(run, args, 2, &r));
    TRY(holds(run, &r, &overlaps, &overlap));
    if (overlap == EXPR_FALSE) return SALVE_OK;
    TRY(ask(run, &r, (struct question){START, START, MORE | SAME}, &later));
    TRY(ask(run, &r, (struct question){END, END, LESS | SAME}, &earlier));
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
    TRY(elm_want_interval(run, args[0]));
    TRY(relation_args(run, args, 2, &r));
    TRY(holds(run, &r, &overlaps, &overlap));
    if (overlap == EXPR_FALSE) *out = args[0];
    if (overlap != EXPR_TRUE) return SALVE_OK;
    TRY(ask_both(run, &r, &surrounds, &left, &right)); /* something remains on the left, on the right */
    if (left == EXPR_NULL_TRUTH || right == EXPR_NULL_TRUTH || left == right) return SALVE_OK;
    if (left == EXPR_TRUE) {
        TRY(elm_step(run, r.b.start, false, &limit, &is_known));
        return elm_interval(run, r.a.start, true, limit, true, out);
    }
    TRY(elm_step(run, r.b.end, true, &limit, &is_known));
    return elm_interval(run, limit, true, r.a.end, true, out);
}
