/* SPDX-License-Identifier: Apache-2.0
 * FHIRPath functions over numbers, and what a value of limited precision may stand for (2.0.0, 5.7; boundaries and
 * precision are of the later drafts). Results outside the range of decimals are empty. */
#include "fhirpath/fhirpath_int.h"

static enum salve_code want_number(struct expr_run *run, const struct expr_value *arg, struct expr_value *number,
                                   struct expr_decimal *decimal)
{
    TRY(fp_one(run, arg, number));
    if (number->kind == VALUE_NULL || expr_to_decimal(*number, decimal)) return SALVE_OK;
    return expr_run_fail(run, SALVE_E_TYPE, "a number is wanted");
}

static enum salve_code decimal_or_none(struct expr_run *run, bool has, struct expr_decimal d, struct expr_value *out)
{
    *out = EXPR_NONE;
    return has ? expr_decimal_value(d, run->mem, out, run->err) : SALVE_OK;
}

/* A whole decimal as an integer, where it fits. */
static enum salve_code integer_or_none(bool has, struct expr_decimal d, struct expr_value *out)
{
    int64_t whole;
    *out = EXPR_NONE;
    if (has && expr_decimal_to_i64(d, &whole))
        *out = whole < INT32_MIN || whole > INT32_MAX ? expr_long(whole) : expr_integer(whole);
    return SALVE_OK;
}

FN(fp_abs)
{
    struct expr_value v;
    TRY(fp_one(run, &args[0], &v));
    *out = EXPR_NONE;
    struct expr_quantity q;
    struct expr_decimal d = {0};
    if (v.kind == VALUE_NULL) return SALVE_OK;
    if (expr_is_whole(v)) {
        if (v.as.integer == INT64_MIN || (v.kind == VALUE_INTEGER && v.as.integer == INT32_MIN)) return SALVE_OK;
        v.as.integer = v.as.integer < 0 ? -v.as.integer : v.as.integer;
        *out = v;
        return SALVE_OK;
    }
    if (v.kind == VALUE_QUANTITY) {
        q = *v.as.quantity;
        return expr_decimal_abs(q.value, &q.value) ? expr_quantity_value(q, run->mem, out, run->err) : SALVE_OK;
    }
    if (!expr_to_decimal(v, &d)) return expr_run_fail(run, SALVE_E_TYPE, "a number is wanted");
    bool has = expr_decimal_abs(d, &d);
    return decimal_or_none(run, has, d, out);
}

typedef bool step_function(struct expr_decimal a, struct expr_decimal *out);

/* A quantity gives a quantity of the same unit. */
static enum salve_code whole_step(struct expr_run *run, const struct expr_value *input, step_function *how,
                                  struct expr_value *out)
{
    struct expr_value v;
    struct expr_decimal d = {0};
    TRY(fp_one(run, input, &v));
    *out = v;
    if (v.kind == VALUE_NULL || expr_is_whole(v)) return SALVE_OK;
    if (v.kind == VALUE_QUANTITY) {
        struct expr_quantity q = *v.as.quantity;
        *out = EXPR_NONE;
        return how(q.value, &q.value) ? expr_quantity_value(q, run->mem, out, run->err) : SALVE_OK;
    }
    TRY(want_number(run, input, &v, &d));
    bool has = how(d, &d);
    return integer_or_none(has, d, out);
}

FN(fp_ceiling) { return whole_step(run, &args[0], expr_decimal_ceiling, out); }
FN(fp_floor) { return whole_step(run, &args[0], expr_decimal_floor, out); }
FN(fp_truncate) { return whole_step(run, &args[0], expr_decimal_truncate, out); }

static enum salve_code decimal_step(struct expr_run *run, const struct expr_value *input, step_function *how,
                                    struct expr_value *out)
{
    struct expr_value v;
    struct expr_decimal d = {0};
    TRY(want_number(run, input, &v, &d));
    bool has = v.kind != VALUE_NULL && how(d, &d);
    return decimal_or_none(run, has, d, out);
}

FN(fp_exp) { return decimal_step(run, &args[0], expr_decimal_exp, out); }
FN(fp_ln) { return decimal_step(run, &args[0], expr_decimal_ln, out); }
FN(fp_sqrt) { return decimal_step(run, &args[0], expr_decimal_sqrt, out); }

FN(fp_log)
{
    struct expr_value v, base;
    struct expr_decimal dv = {0}, db = {0}, result = {0};
    TRY(want_number(run, &args[0], &v, &dv));
    TRY(want_number(run, &args[1], &base, &db));
    bool has = v.kind != VALUE_NULL && base.kind != VALUE_NULL && expr_decimal_log(dv, db, &result);
    return decimal_or_none(run, has, result, out);
}

FN(fp_power)
{
    struct expr_value v, exponent;
    struct expr_decimal dv = {0}, de = {0}, result = {0};
    TRY(want_number(run, &args[0], &v, &dv));
    TRY(want_number(run, &args[1], &exponent, &de));
    bool has = v.kind != VALUE_NULL && exponent.kind != VALUE_NULL && expr_decimal_power(dv, de, &result);
    if (expr_is_whole(v) && expr_is_whole(exponent) && exponent.as.integer >= 0) {
        TRY(integer_or_none(has, result, out));
        if (out->kind != VALUE_NULL) return SALVE_OK; /* else it is past the whole numbers, not past the decimals */
    }
    return decimal_or_none(run, has, result, out);
}

FN(fp_round)
{
    struct expr_value v;
    struct expr_decimal d = {0};
    int64_t digits = 0;
    bool has = true;
    if (count == 2) TRY(fp_one_integer(run, &args[1], &has, &digits));
    if (digits < 0) return expr_run_fail(run, SALVE_E_TYPE, "round() takes no negative precision");
    if (digits > EXPR_DECIMAL_DIGITS) digits = EXPR_DECIMAL_DIGITS;
    TRY(fp_one(run, &args[0], &v));
    *out = v;
    if (v.kind == VALUE_NULL || expr_is_whole(v)) return SALVE_OK;
    if (v.kind == VALUE_QUANTITY) {
        struct expr_quantity q = *v.as.quantity;
        *out = EXPR_NONE;
        return expr_decimal_round(q.value, (int)digits, &q.value) ? expr_quantity_value(q, run->mem, out, run->err)
                                                                  : SALVE_OK;
    }
    TRY(want_number(run, &args[0], &v, &d));
    has = expr_decimal_round(d, (int)digits, &d);
    return decimal_or_none(run, has, d, out);
}

/* --- over all items ----------------------------------------------------------------------------------------------- */
static enum salve_code fold(struct expr_run *run, const struct expr_value *input, enum fp_op op, struct expr_value *out)
{
    struct expr_items view = expr_items(input);
    *out = EXPR_NONE;
    for (uint32_t i = 0; i < view.count; i++) {
        struct expr_value pair[2] = {*out, view.items[i]}, sum;
        if (i == 0) {
            TRY(fp_one(run, &view.items[0], &sum));
            if (sum.kind != VALUE_NULL && sum.kind != VALUE_QUANTITY && !expr_is_number(sum))
                return expr_run_fail(run, SALVE_E_TYPE, "numbers or quantities are wanted");
        } else
            TRY(fp_operators[op].call(run, pair, 2, &sum));
        *out = sum;
        if (out->kind == VALUE_NULL) return SALVE_OK;
    }
    return expr_step(run, view.count);
}

static enum salve_code extreme(struct expr_run *run, const struct expr_value *input, enum expr_order better,
                               struct expr_value *out)
{
    struct expr_items view = expr_items(input);
    *out = view.count > 0 ? view.items[0] : EXPR_NONE;
    for (uint32_t i = 1; i < view.count; i++) {
        enum expr_order order;
        TRY(expr_compare(run, &view.items[i], out, &order));
        if (order == EXPR_UNKNOWN) { /* which one it is cannot be told */
            *out = EXPR_NONE;
            return SALVE_OK;
        }
        if (order == better) *out = view.items[i];
    }
    return expr_step(run, view.count);
}

FN(fp_sum) { return fold(run, &args[0], FP_PLUS, out); }
FN(fp_min) { return extreme(run, &args[0], EXPR_LESS, out); }
FN(fp_max) { return extreme(run, &args[0], EXPR_MORE, out); }

FN(fp_avg)
{
    struct expr_value pair[2];
    TRY(fold(run, &args[0], FP_PLUS, &pair[0]));
    pair[1] = expr_integer(expr_items(&args[0]).count);
    *out = EXPR_NONE;
    return pair[0].kind == VALUE_NULL ? SALVE_OK : fp_operators[FP_DIVIDE].call(run, pair, 2, out);
}

/* --- limited precision -------------------------------------------------------------------------------------------- */
enum { BOUNDARY_DIGITS_MAX = 28 };

static enum salve_code boundary(struct expr_run *run, const struct expr_value *args, uint32_t count, bool high,
                                struct expr_value *out)
{
    struct expr_value v;
    int64_t digits = -1;
    bool has = count == 1;
    TRY(fp_one(run, &args[0], &v));
    if (count == 2) TRY(fp_one_integer(run, &args[1], &has, &digits));
    *out = EXPR_NONE;
    if (!has || v.kind == VALUE_NULL || (count == 2 && (digits < 0 || digits > BOUNDARY_DIGITS_MAX))) return SALVE_OK;
    int decimal_digits = digits < 0 || digits > EXPR_DECIMAL_DIGITS ? EXPR_DECIMAL_DIGITS : (int)digits;
    struct expr_decimal d = {0};
    struct expr_temporal t;
    struct expr_quantity q;
    switch (v.kind) {
    case VALUE_INTEGER:
    case VALUE_LONG:
    case VALUE_DECIMAL:
        (void)expr_to_decimal(v, &d);
        has = expr_decimal_boundary(d, decimal_digits, high, &d);
        return decimal_or_none(run, has, d, out);
    case VALUE_QUANTITY:
        q = *v.as.quantity;
        if (!expr_decimal_boundary(q.value, decimal_digits, high, &q.value)) return SALVE_OK;
        return expr_quantity_value(q, run->mem, out, run->err);
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        if ((count == 2 && digits == 0) ||
            !expr_temporal_boundary(*v.as.temporal, digits < 0 ? 0 : (int)digits, high, &t))
            return SALVE_OK;
        if (t.kind == EXPR_DATETIME && t.precision >= EXPR_HOUR && t.offset_minutes == EXPR_NO_OFFSET)
            t.offset_minutes = high ? -12 * 60 : 14 * 60; /* the zone is not known either */
        return expr_temporal_value(t.kind == EXPR_DATE   ? VALUE_DATE
                                   : t.kind == EXPR_TIME ? VALUE_TIME
                                                         : VALUE_DATETIME,
                                   t, run->mem, out, run->err);
    default:
        return expr_run_fail(run, SALVE_E_TYPE, "a number, quantity, date or time is wanted");
    }
}

FN(fp_low_boundary) { return boundary(run, args, count, false, out); }
FN(fp_high_boundary) { return boundary(run, args, count, true, out); }

FN(fp_precision)
{
    struct expr_value v;
    struct expr_decimal d;
    TRY(fp_one(run, &args[0], &v));
    *out = EXPR_NONE;
    if (v.kind == VALUE_NULL) return SALVE_OK;
    if (v.kind == VALUE_DATE || v.kind == VALUE_DATETIME || v.kind == VALUE_TIME)
        *out = expr_integer(expr_temporal_digits(v.as.temporal));
    else if (expr_to_decimal(v, &d))
        *out = expr_integer(d.digits);
    else
        return expr_run_fail(run, SALVE_E_TYPE, "a number, date or time is wanted");
    return SALVE_OK;
}

FN(fp_comparable)
{
    struct expr_value a, b;
    TRY(fp_one(run, &args[0], &a));
    TRY(fp_one(run, &args[1], &b));
    *out = EXPR_NONE;
    if (a.kind == VALUE_NULL || b.kind == VALUE_NULL) return SALVE_OK;
    struct expr_quantity qa = {.unit = STR("1")}, qb = qa;
    if (a.kind == VALUE_QUANTITY) qa = *a.as.quantity;
    if (b.kind == VALUE_QUANTITY) qb = *b.as.quantity;
    if ((a.kind == VALUE_QUANTITY || expr_to_decimal(a, &qa.value)) &&
        (b.kind == VALUE_QUANTITY || expr_to_decimal(b, &qb.value)))
        *out = expr_boolean(expr_quantity_cmp(&qa, &qb) != EXPR_UNKNOWN);
    return SALVE_OK;
}
