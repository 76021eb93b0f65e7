/* SPDX-License-Identifier: Apache-2.0
 * CQL equality, equivalence and order (CQL 1.5 appendix B 1 and 4).
 * An interval of integers where a number is expected is an uncertainty: a duration between imprecise dates. */
#include "elm/elm_int.h"

/* --- order -------------------------------------------------------------------------------------------------------- */
static enum expr_order order_of(int64_t a, int64_t b) { return a < b ? EXPR_LESS : a > b ? EXPR_MORE : EXPR_SAME; }

static bool is_uncertainty(struct expr_value v)
{
    return v.kind == VALUE_INTERVAL && v.as.interval->low.kind == VALUE_INTEGER &&
           v.as.interval->high.kind == VALUE_INTEGER;
}

static void range_of(struct expr_value v, int64_t *low, int64_t *high)
{
    *low = *high = v.as.integer;
    if (v.kind != VALUE_INTERVAL) return;
    *low = v.as.interval->low.as.integer;
    *high = v.as.interval->high.as.integer;
}

static enum expr_order order_uncertain(struct expr_value a, struct expr_value b)
{
    int64_t a_low, a_high, b_low, b_high;
    range_of(a, &a_low, &a_high);
    range_of(b, &b_low, &b_high);
    if (a_high < b_low) return EXPR_LESS;
    if (a_low > b_high) return EXPR_MORE;
    return a_low == b_low && a_high == b_high && a_low == a_high ? EXPR_SAME : EXPR_UNKNOWN;
}

static bool as_quantity(struct expr_value v, struct expr_quantity *out)
{
    if (v.kind == VALUE_QUANTITY) {
        *out = *v.as.quantity;
        return true;
    }
    out->unit = STR("1");
    return expr_to_decimal(v, &out->value);
}

enum salve_code elm_values_order(struct expr_run *run, struct expr_value a, struct expr_value b,
                                 enum expr_precision precision, enum expr_order *out)
{
    *out = EXPR_UNKNOWN;
    if (a.kind == VALUE_NODE) TRY(elm_plain(run, a, &a));
    if (b.kind == VALUE_NODE) TRY(elm_plain(run, b, &b));
    if (a.kind == VALUE_NULL || b.kind == VALUE_NULL) return SALVE_OK;
    if (expr_is_temporal(a) && expr_is_temporal(b)) {
        enum expr_precision to = precision == EXPR_PRECISION_NONE ? EXPR_MILLISECOND : precision;
        *out = expr_temporal_cmp_parts(a.as.temporal, b.as.temporal, to, elm_offset(run));
    } else if (expr_is_number(a) && expr_is_number(b)) {
        struct expr_decimal x, y;
        if (a.kind != VALUE_DECIMAL && b.kind != VALUE_DECIMAL)
            *out = order_of(a.as.integer, b.as.integer);
        else if (expr_to_decimal(a, &x) && expr_to_decimal(b, &y))
            *out = (enum expr_order)expr_decimal_cmp(x, y);
    } else if (a.kind == VALUE_STRING && b.kind == VALUE_STRING) {
        *out = order_of(str_cmp(expr_text(a), expr_text(b)), 0);
    } else if (a.kind == VALUE_QUANTITY || b.kind == VALUE_QUANTITY) {
        struct expr_quantity x, y;
        if (as_quantity(a, &x) && as_quantity(b, &y)) *out = expr_quantity_cmp(&x, &y);
    } else if (a.kind == VALUE_BOOLEAN && b.kind == VALUE_BOOLEAN) {
        *out = order_of(a.as.boolean, b.as.boolean);
    } else if ((is_uncertainty(a) && (is_uncertainty(b) || b.kind == VALUE_INTEGER)) ||
               (is_uncertainty(b) && a.kind == VALUE_INTEGER)) {
        *out = order_uncertain(a, b);
    } else if (!expr_is_unheld(a) && !expr_is_unheld(b)) {
        return expr_run_fail(run, SALVE_E_TYPE, "%s and %s have no order", expr_kind_name(a.kind),
                             expr_kind_name(b.kind));
    }
    return SALVE_OK;
}

static enum salve_code order_args(struct expr_run *run, const struct expr_value *args, enum expr_order *out)
{
    return elm_values_order(run, args[0], args[1], EXPR_PRECISION_NONE, out);
}

/* An uncertainty may not tell the order and still tell "not more" or "not less". */
static enum expr_truth truth_where(const struct expr_value *args, enum expr_order order, bool less, bool same,
                                   bool more)
{
    if (order != EXPR_UNKNOWN)
        return (order == EXPR_LESS ? less : order == EXPR_SAME ? same : more) ? EXPR_TRUE : EXPR_FALSE;
    if (!is_uncertainty(args[0]) && !is_uncertainty(args[1])) return EXPR_NULL_TRUTH;
    if ((args[0].kind != VALUE_INTEGER && !is_uncertainty(args[0])) ||
        (args[1].kind != VALUE_INTEGER && !is_uncertainty(args[1])))
        return EXPR_NULL_TRUTH;
    int64_t a_low, a_high, b_low, b_high;
    range_of(args[0], &a_low, &a_high);
    range_of(args[1], &b_low, &b_high);
    bool may_less = a_low<b_high, may_more = a_high> b_low, may_same = a_low <= b_high && b_low <= a_high;
    bool may_true = (less && may_less) || (same && may_same) || (more && may_more);
    bool may_false = (!less && may_less) || (!same && may_same) || (!more && may_more);
    return may_true && may_false ? EXPR_NULL_TRUTH : may_true ? EXPR_TRUE : EXPR_FALSE;
}

#define ORDER_FUNCTION(name, less, same, more)                                                                         \
    ELM_CALL(name)                                                                                                     \
    {                                                                                                                  \
        enum expr_order order;                                                                                         \
        ELM_NULL_IF(2);                                                                                                \
        TRY(order_args(run, args, &order));                                                                            \
        *out = expr_truth_value(truth_where(args, order, less, same, more));                                           \
        return SALVE_OK;                                                                                               \
    }
ORDER_FUNCTION(elm_less, true, false, false)
ORDER_FUNCTION(elm_less_or_equal, true, true, false)
ORDER_FUNCTION(elm_greater, false, false, true)
ORDER_FUNCTION(elm_greater_or_equal, false, true, true)

/* --- equality ----------------------------------------------------------------------------------------------------- */
/* Two elements of a list or tuple: both null are equal, one null is unknown. */
static enum salve_code elements_equal(struct expr_run *run, struct expr_value a, struct expr_value b,
                                      enum expr_truth *out)
{
    bool no_a = a.kind == VALUE_NULL, no_b = b.kind == VALUE_NULL;
    *out = no_a && no_b ? EXPR_TRUE : EXPR_NULL_TRUTH;
    return no_a || no_b ? SALVE_OK : elm_values_equal(run, a, b, out);
}

static enum salve_code lists_equal(struct expr_run *run, struct expr_value a, struct expr_value b, enum expr_truth *out)
{
    *out = expr_truth_if(a.aux == b.aux);
    for (uint32_t i = 0; i < a.aux && *out != EXPR_FALSE; i++) {
        enum expr_truth one;
        TRY(elements_equal(run, a.as.items[i], b.as.items[i], &one));
        *out = expr_truth_and(*out, one);
    }
    return SALVE_OK;
}

static const struct expr_value *tuple_element(const struct expr_tuple *tuple, struct str name)
{
    for (uint32_t i = 0; i < tuple->shape->count; i++)
        if (str_eq(tuple->shape->names[i], name)) return &tuple->values[i];
    return NULL;
}

/* A conjunction over the elements of a name, as of lists: what is known to be unequal decides, in whatever order. */
static enum salve_code tuples_equal(struct expr_run *run, const struct expr_tuple *a, const struct expr_tuple *b,
                                    enum expr_truth *out)
{
    *out = expr_truth_if(a->shape->count == b->shape->count);
    for (uint32_t i = 0; i < a->shape->count && *out != EXPR_FALSE; i++) {
        const struct expr_value *other = tuple_element(b, a->shape->names[i]);
        enum expr_truth one = EXPR_FALSE;
        if (other != NULL) TRY(elements_equal(run, a->values[i], *other, &one));
        *out = expr_truth_and(*out, one);
    }
    return SALVE_OK;
}

static enum salve_code intervals_equal(struct expr_run *run, struct expr_value a, struct expr_value b,
                                       enum expr_truth *out)
{
    struct expr_value a_low, a_high, b_low, b_high;
    enum expr_truth low, high;
    TRY(elm_start(run, &a, 1, &a_low));
    TRY(elm_start(run, &b, 1, &b_low));
    TRY(elm_end(run, &a, 1, &a_high));
    TRY(elm_end(run, &b, 1, &b_high));
    TRY(elements_equal(run, a_low, b_low, &low));
    TRY(elements_equal(run, a_high, b_high, &high));
    *out = expr_truth_and(low, high);
    return SALVE_OK;
}

/* One element of codes and concepts: not known where only one has it (CQL 1.5.3 B.12 Equal). */
static enum expr_truth texts_equal(struct str a, struct str b)
{
    if ((a.ptr == NULL) != (b.ptr == NULL)) return EXPR_NULL_TRUTH;
    return expr_truth_if(str_eq(a, b));
}

static enum expr_truth codes_equal(const struct expr_code *a, const struct expr_code *b)
{
    return expr_truth_and(expr_truth_and(texts_equal(a->code, b->code), texts_equal(a->system, b->system)),
                          expr_truth_and(texts_equal(a->version, b->version), texts_equal(a->display, b->display)));
}

static enum expr_truth concepts_equal(const struct expr_concept *a, const struct expr_concept *b)
{
    enum expr_truth result = texts_equal(a->display, b->display);
    if (a->code_count != b->code_count) return EXPR_FALSE;
    for (uint32_t i = 0; i < a->code_count; i++)
        result = expr_truth_and(result, codes_equal(&a->codes[i], &b->codes[i]));
    return result;
}

static bool vocabularies_equal(const struct expr_vocabulary *a, const struct expr_vocabulary *b)
{
    return str_eq(a->id, b->id) && str_eq(a->version, b->version) && a->is_code_system == b->is_code_system;
}

static enum expr_truth order_is_same(enum expr_order order)
{
    return order == EXPR_UNKNOWN ? EXPR_NULL_TRUTH : expr_truth_if(order == EXPR_SAME);
}

static enum expr_truth and_quantities(const struct expr_ratio *a, const struct expr_ratio *b)
{
    enum expr_order n = expr_quantity_cmp(&a->numerator, &b->numerator),
                    d = expr_quantity_cmp(&a->denominator, &b->denominator);
    return expr_truth_and(order_is_same(n), order_is_same(d));
}

static bool have_order(struct expr_value a, struct expr_value b)
{
    return (expr_is_number(a) && expr_is_number(b)) || (expr_is_temporal(a) && expr_is_temporal(b)) ||
           (a.kind == VALUE_STRING && b.kind == VALUE_STRING) || (a.kind == VALUE_BOOLEAN && b.kind == VALUE_BOOLEAN) ||
           (a.kind == VALUE_QUANTITY && (b.kind == VALUE_QUANTITY || expr_is_number(b))) ||
           (b.kind == VALUE_QUANTITY && expr_is_number(a)) || (is_uncertainty(a) && b.kind == VALUE_INTEGER) ||
           (is_uncertainty(b) && a.kind == VALUE_INTEGER);
}

enum salve_code elm_values_equal(struct expr_run *run, struct expr_value a, struct expr_value b, enum expr_truth *out)
{
    *out = EXPR_NULL_TRUTH;
    TRY(expr_step(run, 1));
    if (a.kind == VALUE_NODE) TRY(elm_plain(run, a, &a));
    if (b.kind == VALUE_NODE) TRY(elm_plain(run, b, &b));
    if (a.kind == VALUE_NULL || b.kind == VALUE_NULL) return SALVE_OK;
    if (a.kind == VALUE_STRING && b.kind == VALUE_STRING) { /* most that is compared; their lengths tell most apart */
        *out = expr_truth_if(str_eq(expr_text(a), expr_text(b)));
        return SALVE_OK;
    }
    if (have_order(a, b)) {
        enum expr_order order;
        TRY(elm_values_order(run, a, b, EXPR_PRECISION_NONE, &order));
        *out = order_is_same(order);
        return SALVE_OK;
    }
    if (a.kind == VALUE_NODE || b.kind == VALUE_NODE) return expr_item_equal(run, a, b, out);
    *out = EXPR_FALSE;
    if (a.kind != b.kind) return SALVE_OK;
    switch (a.kind) {
    case VALUE_LIST:
        return lists_equal(run, a, b, out);
    case VALUE_TUPLE:
        return tuples_equal(run, a.as.tuple, b.as.tuple, out);
    case VALUE_INTERVAL:
        return intervals_equal(run, a, b, out);
    case VALUE_CODE:
        *out = codes_equal(a.as.code, b.as.code);
        break;
    case VALUE_CONCEPT:
        *out = concepts_equal(a.as.concept, b.as.concept);
        break;
    case VALUE_VOCABULARY:
        *out = expr_truth_if(vocabularies_equal(a.as.vocabulary, b.as.vocabulary));
        break;
    case VALUE_RATIO:
        *out = and_quantities(a.as.ratio, b.as.ratio);
        break;
    default:
        break;
    }
    return SALVE_OK;
}

ELM_CALL(elm_equal)
{
    enum expr_truth result;
    ELM_NULL_IF(2);
    TRY(elm_values_equal(run, args[0], args[1], &result));
    *out = expr_truth_value(result);
    return SALVE_OK;
}

ELM_CALL(elm_not_equal)
{
    enum expr_truth result;
    ELM_NULL_IF(2);
    TRY(elm_values_equal(run, args[0], args[1], &result));
    *out = expr_truth_value(expr_truth_not(result));
    return SALVE_OK;
}

/* --- equivalence -------------------------------------------------------------------------------------------------- */
static bool codes_equivalent(const struct expr_code *a, const struct expr_code *b)
{
    return str_eq(a->code, b->code) && str_eq(a->system, b->system);
}

static bool concepts_equivalent(struct expr_value a, struct expr_value b)
{
    const struct expr_code *x = a.kind == VALUE_CODE ? a.as.code : a.as.concept->codes;
    const struct expr_code *y = b.kind == VALUE_CODE ? b.as.code : b.as.concept->codes;
    uint32_t n = a.kind == VALUE_CODE ? 1 : a.as.concept->code_count;
    uint32_t m = b.kind == VALUE_CODE ? 1 : b.as.concept->code_count;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < m; k++)
            if (codes_equivalent(&x[i], &y[k])) return true;
    return false;
}

static enum salve_code lists_equivalent(struct expr_run *run, struct expr_value a, struct expr_value b, bool *out)
{
    *out = a.aux == b.aux;
    for (uint32_t i = 0; i < a.aux && *out; i++) TRY(elm_values_equivalent(run, a.as.items[i], b.as.items[i], out));
    return SALVE_OK;
}

static enum salve_code tuples_equivalent(struct expr_run *run, const struct expr_tuple *a, const struct expr_tuple *b,
                                         bool *out)
{
    *out = a->shape->count == b->shape->count;
    for (uint32_t i = 0; i < a->shape->count && *out; i++) {
        const struct expr_value *other = tuple_element(b, a->shape->names[i]);
        *out = other != NULL;
        if (other != NULL) TRY(elm_values_equivalent(run, a->values[i], *other, out));
    }
    return SALVE_OK;
}

static enum salve_code intervals_equivalent(struct expr_run *run, struct expr_value a, struct expr_value b, bool *out)
{
    struct expr_value a_low, a_high, b_low, b_high;
    TRY(elm_start(run, &a, 1, &a_low));
    TRY(elm_start(run, &b, 1, &b_low));
    TRY(elm_end(run, &a, 1, &a_high));
    TRY(elm_end(run, &b, 1, &b_high));
    TRY(elm_values_equivalent(run, a_low, b_low, out));
    return *out ? elm_values_equivalent(run, a_high, b_high, out) : SALVE_OK;
}

/* a/b ~ c/d where a*d = c*b */
static bool ratios_equivalent(struct expr_run *run, const struct expr_ratio *a, const struct expr_ratio *b)
{
    struct expr_quantity x, y;
    return expr_quantity_mul(&a->numerator, &b->denominator, run->mem, &x) &&
           expr_quantity_mul(&b->numerator, &a->denominator, run->mem, &y) && expr_quantity_equivalent(&x, &y);
}

enum salve_code elm_values_equivalent(struct expr_run *run, struct expr_value a, struct expr_value b, bool *out)
{
    TRY(expr_step(run, 1));
    if (a.kind == VALUE_NODE) TRY(elm_plain(run, a, &a));
    if (b.kind == VALUE_NODE) TRY(elm_plain(run, b, &b));
    *out = a.kind == VALUE_NULL && b.kind == VALUE_NULL;
    if (a.kind == VALUE_NULL || b.kind == VALUE_NULL) return SALVE_OK;
    if (expr_is_temporal(a) && expr_is_temporal(b)) {
        *out = expr_temporal_cmp_parts(a.as.temporal, b.as.temporal, EXPR_MILLISECOND, elm_offset(run)) == EXPR_SAME;
        return SALVE_OK;
    }
    if ((a.kind == VALUE_CODE || a.kind == VALUE_CONCEPT) && (b.kind == VALUE_CODE || b.kind == VALUE_CONCEPT)) {
        *out = concepts_equivalent(a, b);
        return SALVE_OK;
    }
    if (a.kind == b.kind) {
        switch (a.kind) {
        case VALUE_LIST:
            return lists_equivalent(run, a, b, out);
        case VALUE_TUPLE:
            return tuples_equivalent(run, a.as.tuple, b.as.tuple, out);
        case VALUE_INTERVAL:
            return intervals_equivalent(run, a, b, out);
        case VALUE_RATIO:
            *out = ratios_equivalent(run, a.as.ratio, b.as.ratio);
            return SALVE_OK;
        case VALUE_VOCABULARY:
            *out = vocabularies_equal(a.as.vocabulary, b.as.vocabulary);
            return SALVE_OK;
        default:
            break;
        }
    }
    return expr_item_equivalent(run, a, b, out);
}

ELM_CALL(elm_equivalent)
{
    bool result;
    TRY(elm_values_equivalent(run, args[0], args[1], &result));
    *out = expr_boolean(result);
    return SALVE_OK;
}

/* --- null and truth ----------------------------------------------------------------------------------------------- */
ELM_CALL(elm_is_null)
{
    *out = expr_boolean(args[0].kind == VALUE_NULL);
    return SALVE_OK;
}
ELM_CALL(elm_is_true)
{
    *out = expr_boolean(expr_truth_of(args[0]) == EXPR_TRUE);
    return SALVE_OK;
}
ELM_CALL(elm_is_false)
{
    *out = expr_boolean(expr_truth_of(args[0]) == EXPR_FALSE);
    return SALVE_OK;
}
ELM_CALL(elm_coalesce_list)
{
    *out = args[0];
    if (args[0].kind != VALUE_LIST) return SALVE_OK;
    *out = EXPR_NONE;
    for (uint32_t i = 0; i < args[0].aux; i++)
        if (args[0].as.items[i].kind != VALUE_NULL) {
            *out = args[0].as.items[i];
            break;
        }
    return SALVE_OK;
}
