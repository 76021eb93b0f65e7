/* SPDX-License-Identifier: Apache-2.0
 * FHIRPath operators (2.0.0, section 6). Each takes two collections of one item at most, apart from equality, union and
 * membership; an empty side gives empty, overflow and division by zero give empty. */
#include "fhirpath/fhirpath_int.h"

/* --- equality and order ------------------------------------------------------------------------------------------- */
static FN(op_equal)
{
    enum expr_truth same;
    TRY(expr_equal(run, &args[0], &args[1], &same));
    *out = expr_truth_value(same);
    return SALVE_OK;
}

static FN(op_not_equal)
{
    TRY(op_equal(run, args, count, out));
    if (out->kind == VALUE_BOOLEAN) out->as.boolean = !out->as.boolean;
    return SALVE_OK;
}

static FN(op_equivalent)
{
    bool same;
    TRY(expr_equivalent(run, &args[0], &args[1], &same));
    *out = expr_boolean(same);
    return SALVE_OK;
}

static FN(op_not_equivalent)
{
    TRY(op_equivalent(run, args, count, out));
    out->as.boolean = !out->as.boolean;
    return SALVE_OK;
}

static enum salve_code order(struct expr_run *run, const struct expr_value *args, enum expr_order *out)
{
    struct expr_items a = expr_items(&args[0]), b = expr_items(&args[1]);
    *out = EXPR_UNKNOWN;
    if (a.count > 1 || b.count > 1) return expr_run_fail(run, SALVE_E_TYPE, "more than one item has no order");
    return a.count == 0 || b.count == 0 ? SALVE_OK : expr_compare(run, a.items, b.items, out);
}

#define ORDER(name, claim)                                                                                             \
    static FN(name)                                                                                                    \
    {                                                                                                                  \
        enum expr_order is;                                                                                            \
        TRY(order(run, args, &is));                                                                                    \
        *out = is == EXPR_UNKNOWN ? EXPR_NONE : expr_boolean(claim);                                                   \
        return SALVE_OK;                                                                                               \
    }
ORDER(op_less, is == EXPR_LESS)
ORDER(op_less_equal, is != EXPR_MORE)
ORDER(op_more, is == EXPR_MORE)
ORDER(op_more_equal, is != EXPR_LESS)

/* --- arithmetic --------------------------------------------------------------------------------------------------- */
struct pair {
    union expr_room room_a, room_b;
    struct expr_value a, b;
    bool has; /* both are there */
};

static enum salve_code take_pair(struct expr_run *run, const struct expr_value *args, struct pair *p)
{
    TRY(fp_one_in(run, &args[0], &p->room_a, &p->a));
    TRY(fp_one_in(run, &args[1], &p->room_b, &p->b));
    p->has = p->a.kind != VALUE_NULL && p->b.kind != VALUE_NULL;
    return SALVE_OK;
}

static enum salve_code wrong_kinds(struct expr_run *run, const char *op)
{
    return expr_run_fail(run, SALVE_E_TYPE, "'%s' is not defined for these kinds of value", op);
}

static enum salve_code decimal_result(struct expr_run *run, bool has, struct expr_decimal value, struct expr_value *out)
{
    *out = EXPR_NONE;
    return has ? expr_decimal_value(value, run->mem, out, run->err) : SALVE_OK;
}

static enum salve_code quantity_result(struct expr_run *run, bool has, struct expr_quantity q, struct expr_value *out)
{
    *out = EXPR_NONE;
    return has ? expr_quantity_value(q, run->mem, out, run->err) : SALVE_OK;
}

/* Whole numbers: LONG if one of them is, else INTEGER; empty past the range. */
static struct expr_value whole_result(struct expr_value a, struct expr_value b, bool has, int64_t value)
{
    if (!has) return EXPR_NONE;
    if (a.kind == VALUE_LONG || b.kind == VALUE_LONG) return expr_long(value);
    return value < INT32_MIN || value > INT32_MAX ? EXPR_NONE : expr_integer(value);
}

/* A number beside a quantity: a quantity without a unit. */
static struct expr_quantity as_quantity(struct expr_value v)
{
    struct expr_quantity q = {.unit = STR("1")};
    if (v.kind == VALUE_QUANTITY) return *v.as.quantity;
    (void)expr_to_decimal(v, &q.value);
    return q;
}

static bool quantities(const struct pair *p)
{
    return (p->a.kind == VALUE_QUANTITY || p->b.kind == VALUE_QUANTITY) &&
           (p->a.kind == VALUE_QUANTITY || expr_is_number(p->a)) &&
           (p->b.kind == VALUE_QUANTITY || expr_is_number(p->b));
}

/* Is one of them a calendar duration, and the other neither without a unit nor, for a quotient, of the same unit? No
 * unit stands for "days times metres". */
static bool has_calendar_product(const struct expr_quantity *a, const struct expr_quantity *b, bool is_quotient)
{
    enum expr_precision unit;
    bool a_word = false, b_word = false;
    if (is_quotient && str_eq(a->unit, b->unit)) return false;
    a_word = expr_duration_unit(a->unit, &unit, &a_word) && a_word;
    b_word = expr_duration_unit(b->unit, &unit, &b_word) && b_word;
    return (a_word && (b_word || !str_is(b->unit, "1"))) || (b_word && (is_quotient || !str_is(a->unit, "1")));
}

/* Date or time and duration: calendar words, and the codes of seconds and milliseconds and what is a fixed count of
 * them; years and months as codes are averages, which no calendar has. */
static enum salve_code add_duration(struct expr_run *run, const struct pair *p, bool minus, struct expr_value *out)
{
    struct expr_quantity q = *p->b.as.quantity;
    enum expr_precision unit;
    bool calendar;
    *out = EXPR_NONE;
    if (!expr_duration_unit(q.unit, &unit, &calendar))
        return expr_run_fail(run, SALVE_E_TYPE, "this unit is no duration");
    if (!calendar && (unit == EXPR_YEAR || unit == EXPR_MONTH))
        return expr_run_fail(run, SALVE_E_TYPE, "a calendar duration is wanted: year or month as a word");
    if (p->a.kind == VALUE_TIME && (unit <= EXPR_DAY || unit == EXPR_WEEK))
        return expr_run_fail(run, SALVE_E_TYPE, "a time of day takes hours, minutes, seconds and milliseconds");
    if (unit == EXPR_SECOND && calendar && !expr_decimal_is_whole(q.value)) {
        unit = EXPR_MILLISECOND;
        if (!expr_decimal_mul(q.value, expr_decimal_of_int(1000), &q.value)) return SALVE_OK;
    }
    struct expr_decimal whole;
    int64_t amount;
    struct expr_temporal sum;
    if (!expr_decimal_truncate(q.value, &whole) || !expr_decimal_to_i64(whole, &amount)) return SALVE_OK;
    if (amount == INT64_MIN || !expr_temporal_add(*p->a.as.temporal, minus ? -amount : amount, unit, &sum))
        return SALVE_OK;
    return expr_temporal_value(p->a.kind, sum, run->mem, out, run->err);
}

static enum salve_code join_texts(struct expr_run *run, struct str a, struct str b, struct expr_value *out)
{
    char *text = arena_alloc_raw(run->mem, a.len + b.len + 1, 1);
    if (text == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "text");
    if (a.len > 0) memcpy(text, a.ptr, a.len);
    if (b.len > 0) memcpy(text + a.len, b.ptr, b.len);
    *out = expr_string(str_make(text, a.len + b.len));
    return expr_step(run, (a.len + b.len) / 16);
}

static enum salve_code add_or_subtract(struct expr_run *run, const struct expr_value *args, bool minus,
                                       struct expr_value *out)
{
    EXPR_UNINIT struct pair p;
    TRY(take_pair(run, args, &p));
    *out = EXPR_NONE;
    if (!p.has) return SALVE_OK;
    if (expr_is_whole(p.a) && expr_is_whole(p.b)) {
        int64_t sum;
        bool has = minus ? !__builtin_sub_overflow(p.a.as.integer, p.b.as.integer, &sum)
                         : !__builtin_add_overflow(p.a.as.integer, p.b.as.integer, &sum);
        *out = whole_result(p.a, p.b, has, has ? sum : 0);
        return SALVE_OK;
    }
    if (expr_is_number(p.a) && expr_is_number(p.b)) {
        struct expr_decimal a, b, sum = {0};
        (void)expr_to_decimal(p.a, &a);
        (void)expr_to_decimal(p.b, &b);
        bool has = minus ? expr_decimal_sub(a, b, &sum) : expr_decimal_add(a, b, &sum);
        return decimal_result(run, has, sum, out);
    }
    if (p.a.kind == VALUE_STRING && p.b.kind == VALUE_STRING && !minus)
        return join_texts(run, expr_text(p.a), expr_text(p.b), out);
    if (expr_is_temporal(p.a) && p.b.kind == VALUE_QUANTITY) return add_duration(run, &p, minus, out);
    if (quantities(&p)) {
        struct expr_quantity a = as_quantity(p.a), b = as_quantity(p.b), sum = {0};
        bool has = minus ? expr_quantity_sub(&a, &b, &sum) : expr_quantity_add(&a, &b, &sum);
        return quantity_result(run, has, sum, out);
    }
    return wrong_kinds(run, minus ? "-" : "+");
}

static FN(op_plus) { return add_or_subtract(run, args, false, out); }

static FN(op_minus) { return add_or_subtract(run, args, true, out); }

static FN(op_multiply)
{
    EXPR_UNINIT struct pair p;
    TRY(take_pair(run, args, &p));
    *out = EXPR_NONE;
    if (!p.has) return SALVE_OK;
    if (expr_is_whole(p.a) && expr_is_whole(p.b)) {
        int64_t product;
        bool has = !__builtin_mul_overflow(p.a.as.integer, p.b.as.integer, &product);
        *out = whole_result(p.a, p.b, has, has ? product : 0);
        return SALVE_OK;
    }
    if (quantities(&p)) {
        struct expr_quantity a = as_quantity(p.a), b = as_quantity(p.b), product = {0};
        bool has = !has_calendar_product(&a, &b, false) && expr_quantity_mul(&a, &b, run->mem, &product);
        return quantity_result(run, has, product, out);
    }
    struct expr_decimal a, b, product = {0};
    if (!expr_to_decimal(p.a, &a) || !expr_to_decimal(p.b, &b)) return wrong_kinds(run, "*");
    return decimal_result(run, expr_decimal_mul(a, b, &product), product, out);
}

static FN(op_divide)
{
    EXPR_UNINIT struct pair p;
    TRY(take_pair(run, args, &p));
    *out = EXPR_NONE;
    if (!p.has) return SALVE_OK;
    if (quantities(&p)) {
        struct expr_quantity a = as_quantity(p.a), b = as_quantity(p.b), quotient = {0};
        bool has = !has_calendar_product(&a, &b, true) && expr_quantity_div(&a, &b, run->mem, &quotient);
        return quantity_result(run, has, quotient, out);
    }
    struct expr_decimal a, b, quotient = {0};
    if (!expr_to_decimal(p.a, &a) || !expr_to_decimal(p.b, &b)) return wrong_kinds(run, "/");
    return decimal_result(run, expr_decimal_div(a, b, &quotient), quotient, out);
}

/* div and mod: whole numbers stay whole, decimals are truncated or keep their rest. */
static enum salve_code divide_whole(struct expr_run *run, const struct expr_value *args, bool rest,
                                    struct expr_value *out)
{
    EXPR_UNINIT struct pair p;
    TRY(take_pair(run, args, &p));
    *out = EXPR_NONE;
    if (!p.has) return SALVE_OK;
    if (expr_is_whole(p.a) && expr_is_whole(p.b)) {
        int64_t a = p.a.as.integer, b = p.b.as.integer;
        if (b == 0 || (a == INT64_MIN && b == -1)) return SALVE_OK;
        *out = whole_result(p.a, p.b, true, rest ? a % b : a / b);
        return SALVE_OK;
    }
    struct expr_decimal a, b, result = {0};
    if (!expr_to_decimal(p.a, &a) || !expr_to_decimal(p.b, &b)) return wrong_kinds(run, rest ? "mod" : "div");
    bool has = rest ? expr_decimal_mod(a, b, &result) : expr_decimal_int_div(a, b, &result);
    int64_t whole;
    if (has && !rest && expr_decimal_to_i64(result, &whole)) {
        *out = whole_result(expr_integer(0), expr_integer(0), true, whole);
        return SALVE_OK;
    }
    return decimal_result(run, has && rest, result, out);
}

static FN(op_div) { return divide_whole(run, args, false, out); }

static FN(op_mod) { return divide_whole(run, args, true, out); }

static FN(op_concat)
{
    struct str a = STR(""), b = STR("");
    bool has;
    TRY(fp_one_text(run, &args[0], &has, &a));
    TRY(fp_one_text(run, &args[1], &has, &b));
    return join_texts(run, a, b, out);
}

/* --- collections -------------------------------------------------------------------------------------------------- */
static FN(op_union) { return fp_union(run, args, count, out); }

/* Is the one item among the others? Empty if there is no item. */
static enum salve_code member(struct expr_run *run, const struct expr_value *one, const struct expr_value *others,
                              struct expr_value *out)
{
    struct expr_items a = expr_items(one), b = expr_items(others);
    *out = EXPR_NONE;
    if (a.count > 1) return expr_run_fail(run, SALVE_E_TYPE, "membership is asked for one item");
    if (a.count == 0) return SALVE_OK;
    enum expr_truth same = EXPR_FALSE;
    for (uint32_t i = 0; i < b.count && same != EXPR_TRUE; i++)
        TRY(expr_item_equal(run, a.items[0], b.items[i], &same));
    *out = expr_boolean(same == EXPR_TRUE);
    return SALVE_OK;
}

static FN(op_in) { return member(run, &args[0], &args[1], out); }

static FN(op_contains) { return member(run, &args[1], &args[0], out); }

const struct expr_function fp_operators[FP_OP_COUNT] = {
    [FP_MULTIPLY] = {"*", op_multiply},
    [FP_DIVIDE] = {"/", op_divide},
    [FP_DIV] = {"div", op_div},
    [FP_MOD] = {"mod", op_mod},
    [FP_PLUS] = {"+", op_plus},
    [FP_MINUS] = {"-", op_minus},
    [FP_CONCAT] = {"&", op_concat},
    [FP_UNION] = {"|", op_union},
    [FP_LESS] = {"<", op_less},
    [FP_LESS_EQUAL] = {"<=", op_less_equal},
    [FP_MORE] = {">", op_more},
    [FP_MORE_EQUAL] = {">=", op_more_equal},
    [FP_EQUAL] = {"=", op_equal},
    [FP_EQUIVALENT] = {"~", op_equivalent},
    [FP_NOT_EQUAL] = {"!=", op_not_equal},
    [FP_NOT_EQUIVALENT] = {"!~", op_not_equivalent},
    [FP_IN] = {"in", op_in},
    [FP_CONTAINS] = {"contains", op_contains},
};

/* --- one operand -------------------------------------------------------------------------------------------------- */
static FN(op_negate)
{
    struct expr_value v;
    TRY(fp_one(run, &args[0], &v));
    *out = EXPR_NONE;
    struct expr_decimal negative = {0};
    if (v.kind == VALUE_NULL) return SALVE_OK;
    if (expr_is_whole(v)) {
        *out = whole_result(v, v, v.as.integer != INT64_MIN, v.as.integer == INT64_MIN ? 0 : -v.as.integer);
        return SALVE_OK;
    }
    if (v.kind == VALUE_DECIMAL)
        return decimal_result(run, expr_decimal_negate(*v.as.decimal, &negative), negative, out);
    if (v.kind != VALUE_QUANTITY) return wrong_kinds(run, "-");
    struct expr_quantity q = *v.as.quantity;
    bool has = expr_decimal_negate(q.value, &q.value);
    return quantity_result(run, has, q, out);
}

static FN(op_positive)
{
    TRY(fp_one(run, &args[0], out));
    return out->kind == VALUE_NULL || expr_is_number(*out) || out->kind == VALUE_QUANTITY ? SALVE_OK
                                                                                          : wrong_kinds(run, "+");
}

static FN(op_index)
{
    struct expr_items view = expr_items(&args[0]);
    int64_t at;
    bool has;
    TRY(fp_one_integer(run, &args[1], &has, &at));
    *out = has && at >= 0 && at < view.count ? view.items[at] : EXPR_NONE;
    return SALVE_OK;
}

const struct expr_function fp_negate = {"-", op_negate}, fp_positive = {"+", op_positive}, fp_index = {"[]", op_index};
