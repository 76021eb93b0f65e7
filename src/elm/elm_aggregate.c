/* SPDX-License-Identifier: Apache-2.0
 * Aggregates (CQL 1.5 appendix B 11). Null elements do not count; without other elements the result is null (Count: 0,
 * AllTrue: true, AnyTrue: false). */
#include "elm/elm_int.h"

/* The elements that are not null. */
static enum salve_code known(struct expr_run *run, struct expr_value list, struct expr_build *out)
{
    if (list.kind != VALUE_LIST)
        return expr_run_fail(run, SALVE_E_TYPE, "a list is wanted, not %s", expr_kind_name(list.kind));
    for (uint32_t i = 0; i < list.aux; i++) {
        struct expr_value v = list.as.items[i];
        if (v.kind == VALUE_NODE) TRY(elm_plain(run, v, &v));
        if (v.kind != VALUE_NULL) TRY(expr_build_add(out, v, run->mem, run->err));
    }
    return expr_step(run, list.aux);
}

#define KNOWN(build)                                                                                                   \
    struct expr_build build = {0};                                                                                     \
    ELM_NULL_IF(1);                                                                                                    \
    TRY(known(run, args[0], &build));                                                                                  \
    if (build.count == 0) return SALVE_OK

ELM_CALL(elm_count)
{
    struct expr_build build = {0};
    *out = expr_integer(0);
    if (args[0].kind == VALUE_NULL) return SALVE_OK;
    TRY(known(run, args[0], &build));
    *out = expr_integer(build.count);
    return SALVE_OK;
}

static enum salve_code fold(struct expr_run *run, const struct expr_build *build, expr_call *f, struct expr_value *out)
{
    struct expr_value pair[2] = {build->items[0], EXPR_NONE};
    for (uint32_t i = 1; i < build->count; i++) {
        struct expr_value both; /* not pair[0]: f may clear its result before it reads its arguments */
        pair[1] = build->items[i];
        TRY(f(run, pair, 2, &both));
        pair[0] = both;
        if (pair[0].kind == VALUE_NULL) break;
    }
    *out = pair[0];
    return SALVE_OK;
}

ELM_CALL(elm_sum)
{
    KNOWN(build);
    return fold(run, &build, elm_add, out);
}
ELM_CALL(elm_product)
{
    KNOWN(build);
    return fold(run, &build, elm_multiply, out);
}

static enum salve_code extreme(struct expr_run *run, const struct expr_build *build, enum expr_order wanted,
                               struct expr_value *out)
{
    *out = build->items[0];
    for (uint32_t i = 1; i < build->count; i++) {
        enum expr_order order;
        TRY(elm_values_order(run, build->items[i], *out, EXPR_PRECISION_NONE, &order));
        if (order == wanted) *out = build->items[i];
    }
    return SALVE_OK;
}
ELM_CALL(elm_min)
{
    KNOWN(build);
    return extreme(run, &build, EXPR_LESS, out);
}
ELM_CALL(elm_max)
{
    KNOWN(build);
    return extreme(run, &build, EXPR_MORE, out);
}

static enum salve_code divide_by_count(struct expr_run *run, struct expr_value total, uint32_t n,
                                       struct expr_value *out)
{
    struct expr_value pair[2] = {total, EXPR_NONE};
    *out = EXPR_NONE;
    if (total.kind == VALUE_NULL) return SALVE_OK;
    TRY(expr_decimal_value(expr_decimal_of_int(n), run->mem, &pair[1], run->err));
    return elm_divide(run, pair, 2, out);
}

static enum salve_code mean(struct expr_run *run, const struct expr_build *build, struct expr_value *out)
{
    struct expr_value total;
    TRY(fold(run, build, elm_add, &total));
    return divide_by_count(run, total, build->count, out);
}
ELM_CALL(elm_avg)
{
    KNOWN(build);
    return mean(run, &build, out);
}

ELM_CALL(elm_median)
{
    const bool no = false;
    KNOWN(build);
    TRY(elm_sort_values(run, build.items, build.count, 1, &no, 1));
    struct expr_value *middle = &build.items[build.count / 2];
    *out = *middle;
    if (build.count % 2 == 1) return SALVE_OK;
    const struct expr_value pair[2] = {middle[-1], middle[0]};
    struct expr_value total;
    TRY(elm_add(run, pair, 2, &total));
    return divide_by_count(run, total, 2, out);
}

ELM_CALL(elm_mode)
{
    uint32_t most = 0;
    KNOWN(build);
    for (uint32_t i = 0; i < build.count; i++) {
        uint32_t same_count = 0;
        for (uint32_t k = 0; k < build.count; k++) {
            enum expr_truth same;
            TRY(elm_values_equal(run, build.items[i], build.items[k], &same));
            same_count += same == EXPR_TRUE;
        }
        if (same_count > most) *out = build.items[i];
        if (same_count > most) most = same_count;
    }
    return SALVE_OK;
}

/* --- spread: sums of squares in exact decimals -------------------------------------------------------------------- */
static enum salve_code variance(struct expr_run *run, const struct expr_build *build, uint32_t divisor,
                                struct expr_value *out)
{
    struct expr_value average, total = EXPR_NONE, pair[2];
    *out = EXPR_NONE;
    if (divisor == 0) return SALVE_OK;
    TRY(mean(run, build, &average));
    for (uint32_t i = 0; i < build->count && average.kind != VALUE_NULL; i++) {
        struct expr_value apart;
        pair[0] = build->items[i];
        pair[1] = average;
        TRY(elm_subtract(run, pair, 2, &apart));
        if (apart.kind == VALUE_NULL) return SALVE_OK;
        pair[0] = pair[1] = apart;
        if (apart.kind == VALUE_QUANTITY) { /* the unit stays that of the values */
            struct expr_decimal square;
            bool is_known = expr_decimal_mul(apart.as.quantity->value, apart.as.quantity->value, &square);
            TRY(elm_quantity(run, is_known, (struct expr_quantity){square, apart.as.quantity->unit}, &apart));
        } else {
            TRY(elm_multiply(run, pair, 2, &apart));
        }
        if (apart.kind == VALUE_NULL) return SALVE_OK;
        pair[0] = total;
        pair[1] = apart;
        if (i == 0)
            total = apart;
        else
            TRY(elm_add(run, pair, 2, &total)); /* total is no argument any more: pair has a copy */
    }
    return divide_by_count(run, total, divisor, out);
}

static enum salve_code root(struct expr_run *run, struct expr_value v, struct expr_value *out)
{
    struct expr_decimal d = {0};
    *out = EXPR_NONE;
    if (v.kind == VALUE_QUANTITY) {
        bool is_known = expr_decimal_sqrt(v.as.quantity->value, &d);
        return elm_quantity(run, is_known, (struct expr_quantity){d, v.as.quantity->unit}, out);
    }
    bool is_known = v.kind == VALUE_DECIMAL && expr_decimal_sqrt(*v.as.decimal, &d);
    return elm_decimal(run, is_known, d, out);
}

ELM_CALL(elm_variance)
{
    KNOWN(build);
    return variance(run, &build, build.count - 1, out);
}
ELM_CALL(elm_population_variance)
{
    KNOWN(build);
    return variance(run, &build, build.count, out);
}
ELM_CALL(elm_std_dev)
{
    struct expr_value v;
    KNOWN(build);
    TRY(variance(run, &build, build.count - 1, &v));
    return root(run, v, out);
}
ELM_CALL(elm_population_std_dev)
{
    struct expr_value v;
    KNOWN(build);
    TRY(variance(run, &build, build.count, &v));
    return root(run, v, out);
}

/* The n-th root of the product; through logarithms, so that the product may be large. */
ELM_CALL(elm_geometric_mean)
{
    struct expr_decimal d, product, total = expr_decimal_of_int(0), one = expr_decimal_of_int(1), power, result = {0};
    bool is_exact = true, is_known = true;
    KNOWN(build);
    product = one;
    for (uint32_t i = 0; i < build.count; i++) {
        struct expr_decimal log;
        if (!expr_to_decimal(build.items[i], &d))
            return expr_run_fail(run, SALVE_E_TYPE, "GeometricMean wants numbers");
        is_exact =
            is_exact && product.digits + d.digits <= EXPR_DECIMAL_DIGITS && expr_decimal_mul(product, d, &product);
        is_known = is_known && expr_decimal_ln(d, &log) && expr_decimal_add(total, log, &total);
    }
    if (!expr_decimal_div(one, expr_decimal_of_int(build.count), &power)) return SALVE_OK;
    if (is_exact && build.count == 2)
        is_known = expr_decimal_sqrt(product, &result);
    else if (is_exact)
        is_known = expr_decimal_power(product, power, &result);
    else
        is_known = is_known && expr_decimal_mul(total, power, &total) && expr_decimal_exp(total, &result);
    return elm_decimal(run, is_known, result, out);
}

/* --- truth -------------------------------------------------------------------------------------------------------- */
ELM_CALL(elm_all_true)
{
    *out = expr_boolean(true);
    for (uint32_t i = 0; args[0].kind == VALUE_LIST && i < args[0].aux; i++)
        if (expr_truth_of(args[0].as.items[i]) == EXPR_FALSE) *out = expr_boolean(false);
    return SALVE_OK;
}
ELM_CALL(elm_any_true)
{
    *out = expr_boolean(false);
    for (uint32_t i = 0; args[0].kind == VALUE_LIST && i < args[0].aux; i++)
        if (expr_truth_of(args[0].as.items[i]) == EXPR_TRUE) *out = expr_boolean(true);
    return SALVE_OK;
}
