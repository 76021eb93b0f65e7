/* SPDX-License-Identifier: Apache-2.0
 * Arithmetic of ELM (CQL 1.5 appendix B 6, and sums of dates and quantities). Overflow, division by zero and arguments
 * out of range give null. */
#include "elm/elm_int.h"

static bool in_integer(int64_t n) { return n >= INT32_MIN && n <= INT32_MAX; }

static struct expr_value whole(enum expr_kind kind, int64_t n)
{
    if (kind == VALUE_LONG) return expr_long(n);
    return in_integer(n) ? expr_integer(n) : EXPR_NONE;
}

static enum salve_code no_sum(struct expr_run *run, const struct expr_value *args)
{
    return expr_run_fail(run, SALVE_E_TYPE, "no arithmetic on %s and %s", expr_kind_name(args[0].kind),
                         expr_kind_name(args[1].kind));
}

/* --- two numbers -------------------------------------------------------------------------------------------------- */
enum op { ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, INT_DIVIDE, MODULO };

static bool power_whole(int64_t base, int64_t exponent, int64_t *out)
{
    *out = 1;
    while (exponent > 0) {
        if ((exponent & 1) && __builtin_mul_overflow(*out, base, out)) return false;
        exponent >>= 1;
        if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) return false;
    }
    return true;
}

static bool compute_whole(enum op op, int64_t a, int64_t b, int64_t *out)
{
    switch (op) {
    case ADD:
        return !__builtin_add_overflow(a, b, out);
    case SUBTRACT:
        return !__builtin_sub_overflow(a, b, out);
    case MULTIPLY:
        return !__builtin_mul_overflow(a, b, out);
    case POWER:
        return power_whole(a, b, out);
    case INT_DIVIDE:
        if (b == 0 || (a == INT64_MIN && b == -1)) return false;
        *out = a / b;
        return true;
    default:
        if (b == 0) return false;
        *out = b == -1 ? 0 : a % b;
        return true;
    }
}

static bool compute_decimal(enum op op, struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out)
{
    switch (op) {
    case ADD:
        return expr_decimal_add(a, b, out);
    case SUBTRACT:
        return expr_decimal_sub(a, b, out);
    case MULTIPLY:
        return expr_decimal_mul(a, b, out);
    case DIVIDE:
        return expr_decimal_div(a, b, out);
    case POWER:
        return expr_decimal_power(a, b, out);
    case INT_DIVIDE:
        return expr_decimal_int_div(a, b, out);
    default:
        return expr_decimal_mod(a, b, out);
    }
}

static enum salve_code compute(struct expr_run *run, enum op op, const struct expr_value *args, struct expr_value *out)
{
    struct expr_decimal a, b, result = {0};
    bool is_whole = args[0].kind != VALUE_DECIMAL && args[1].kind != VALUE_DECIMAL && op != DIVIDE;
    if (is_whole && !(op == POWER && args[1].as.integer < 0)) {
        int64_t n;
        enum expr_kind kind = args[0].kind == VALUE_LONG || args[1].kind == VALUE_LONG ? VALUE_LONG : VALUE_INTEGER;
        *out = compute_whole(op, args[0].as.integer, args[1].as.integer, &n) ? whole(kind, n) : EXPR_NONE;
        return SALVE_OK;
    }
    bool is_known = expr_to_decimal(args[0], &a) && expr_to_decimal(args[1], &b) && compute_decimal(op, a, b, &result);
    return elm_decimal(run, is_known, result, out);
}

/* --- dates and quantities ----------------------------------------------------------------------------------------- */
/* Whole units of a duration; of seconds, milliseconds. */
static enum salve_code shift_date(struct expr_run *run, const struct expr_value *args, bool is_minus,
                                  struct expr_value *out)
{
    const struct expr_quantity *q = args[1].as.quantity;
    enum expr_precision unit;
    bool is_word;
    struct expr_temporal t = *args[0].as.temporal, result = {0};
    struct expr_decimal amount = q->value, thousand = expr_decimal_of_int(1000);
    int64_t count;
    if (!expr_duration_unit(q->unit, &unit, &is_word))
        return expr_run_fail(run, SALVE_E_TYPE, "a date is moved by a duration only");
    if (unit == EXPR_SECOND && !expr_decimal_is_whole(amount)) {
        unit = EXPR_MILLISECOND;
        if (!expr_decimal_mul(amount, thousand, &amount)) return SALVE_OK;
    }
    bool is_known = expr_decimal_truncate(amount, &amount) && expr_decimal_to_i64(amount, &count) &&
                    count != INT64_MIN && expr_temporal_add(t, is_minus ? -count : count, unit, &result);
    return elm_temporal(run, is_known, result, out);
}

static bool is_range(struct expr_value v)
{
    return v.kind == VALUE_INTEGER || (v.kind == VALUE_INTERVAL && v.as.interval->low.kind == VALUE_INTEGER &&
                                       v.as.interval->high.kind == VALUE_INTEGER);
}

/* Arithmetic on uncertain numbers: the least and the greatest of the four combinations of limits. */
static enum salve_code compute_range(struct expr_run *run, enum op op, const struct expr_value *args,
                                     struct expr_value *out)
{
    int64_t ends[2][2], low = INT64_MAX, high = INT64_MIN;
    for (int i = 0; i < 2; i++) {
        ends[i][0] = args[i].kind == VALUE_INTEGER ? args[i].as.integer : args[i].as.interval->low.as.integer;
        ends[i][1] = args[i].kind == VALUE_INTEGER ? args[i].as.integer : args[i].as.interval->high.as.integer;
    }
    for (int i = 0; i < 4; i++) {
        int64_t n;
        if (!compute_whole(op, ends[0][i & 1], ends[1][i >> 1], &n) || !in_integer(n)) return SALVE_OK;
        if (n < low) low = n;
        if (n > high) high = n;
    }
    return elm_interval(run, expr_integer(low), true, expr_integer(high), true, out);
}

static bool as_quantity(struct expr_value v, struct expr_quantity *out)
{
    if (v.kind == VALUE_QUANTITY)
        *out = *v.as.quantity;
    else
        out->unit = STR("1");
    return v.kind == VALUE_QUANTITY || expr_to_decimal(v, &out->value);
}

static bool both_quantities(const struct expr_value *args, struct expr_quantity *a, struct expr_quantity *b)
{
    return (args[0].kind == VALUE_QUANTITY || args[1].kind == VALUE_QUANTITY) && as_quantity(args[0], a) &&
           as_quantity(args[1], b);
}

static bool compute_quantity(enum op op, const struct expr_quantity *a, const struct expr_quantity *b,
                             struct arena *mem, struct expr_quantity *out)
{
    struct expr_quantity there;
    switch (op) {
    case ADD:
        return expr_quantity_add(a, b, out);
    case SUBTRACT:
        return expr_quantity_sub(a, b, out);
    case MULTIPLY:
        return expr_quantity_mul(a, b, mem, out);
    case DIVIDE:
        return expr_quantity_div(a, b, mem, out);
    default: /* both in the unit of the left one */
        out->unit = a->unit;
        return expr_quantity_to_unit(b, a->unit, &there) && compute_decimal(op, a->value, there.value, &out->value);
    }
}

static enum salve_code arithmetic(struct expr_run *run, enum op op, const struct expr_value *args, uint32_t count,
                                  struct expr_value *out)
{
    struct expr_quantity a, b, result = {0};
    ELM_NULL_IF(2);
    if (expr_is_number(args[0]) && expr_is_number(args[1])) return compute(run, op, args, out);
    if (op != POWER && both_quantities(args, &a, &b)) {
        bool is_known = compute_quantity(op, &a, &b, run->mem, &result);
        return elm_quantity(run, is_known, result, out);
    }
    if (expr_is_temporal(args[0]) && args[1].kind == VALUE_QUANTITY && op <= SUBTRACT)
        return shift_date(run, args, op == SUBTRACT, out);
    if (is_range(args[0]) && is_range(args[1]) && op <= MULTIPLY) return compute_range(run, op, args, out);
    return no_sum(run, args);
}

ELM_CALL(elm_add)
{
    bool are_texts = count == 2 && args[0].kind == VALUE_STRING && args[1].kind == VALUE_STRING;
    return are_texts ? elm_concatenate(run, args, count, out) : arithmetic(run, ADD, args, count, out);
}
ELM_CALL(elm_subtract) { return arithmetic(run, SUBTRACT, args, count, out); }
ELM_CALL(elm_multiply) { return arithmetic(run, MULTIPLY, args, count, out); }
ELM_CALL(elm_divide) { return arithmetic(run, DIVIDE, args, count, out); }
ELM_CALL(elm_truncated_divide) { return arithmetic(run, INT_DIVIDE, args, count, out); }
ELM_CALL(elm_modulo) { return arithmetic(run, MODULO, args, count, out); }
ELM_CALL(elm_power) { return arithmetic(run, POWER, args, count, out); }

/* --- one number --------------------------------------------------------------------------------------------------- */
typedef bool decimal_function(struct expr_decimal a, struct expr_decimal *out);

static enum salve_code of_decimal(struct expr_run *run, const struct expr_value *args, uint32_t count,
                                  decimal_function *f, struct expr_value *out)
{
    struct expr_decimal a, result = {0};
    ELM_NULL_IF(1);
    if (args[0].kind == VALUE_INTERVAL && is_range(args[0])) return SALVE_OK; /* of an uncertain number: not known */
    if (!expr_to_decimal(args[0], &a))
        return expr_run_fail(run, SALVE_E_TYPE, "a number is wanted, not %s", expr_kind_name(args[0].kind));
    bool is_known = f(a, &result);
    return elm_decimal(run, is_known, result, out);
}

/* Of an uncertain number the least and greatest value. */
static enum salve_code signed_range(struct expr_run *run, const struct expr_interval *range, bool is_abs,
                                    struct expr_value *out)
{
    int64_t low = range->low.as.integer, high = range->high.as.integer, least = -high, greatest = -low;
    if (is_abs && low >= 0)
        least = low, greatest = high;
    else if (is_abs && high > 0)
        least = 0, greatest = -low > high ? -low : high;
    if (!in_integer(least) || !in_integer(greatest)) return SALVE_OK;
    return elm_interval(run, expr_integer(least), true, expr_integer(greatest), true, out);
}

/* Ceiling, Floor and Truncate give an Integer. */
static enum salve_code to_whole(struct expr_run *run, const struct expr_value *args, uint32_t count,
                                decimal_function *f, struct expr_value *out)
{
    struct expr_value result;
    int64_t n;
    ELM_NULL_IF(1);
    if (args[0].kind == VALUE_INTEGER || args[0].kind == VALUE_LONG) {
        *out = args[0];
        return SALVE_OK;
    }
    TRY(of_decimal(run, args, count, f, &result));
    *out = result.kind == VALUE_DECIMAL && expr_decimal_to_i64(*result.as.decimal, &n) ? whole(VALUE_INTEGER, n)
                                                                                       : EXPR_NONE;
    return SALVE_OK;
}

ELM_CALL(elm_ceiling) { return to_whole(run, args, count, expr_decimal_ceiling, out); }
ELM_CALL(elm_floor) { return to_whole(run, args, count, expr_decimal_floor, out); }
ELM_CALL(elm_truncate) { return to_whole(run, args, count, expr_decimal_truncate, out); }
ELM_CALL(elm_exp) { return of_decimal(run, args, count, expr_decimal_exp, out); }
ELM_CALL(elm_ln) { return of_decimal(run, args, count, expr_decimal_ln, out); }

ELM_CALL(elm_log)
{
    struct expr_decimal a, base, result = {0};
    ELM_NULL_IF(2);
    if (!expr_to_decimal(args[0], &a) || !expr_to_decimal(args[1], &base)) return no_sum(run, args);
    bool is_known = expr_decimal_log(a, base, &result);
    return elm_decimal(run, is_known, result, out);
}

static enum salve_code signed_value(struct expr_run *run, const struct expr_value *args, uint32_t count, bool is_abs,
                                    struct expr_value *out)
{
    ELM_NULL_IF(1);
    if (args[0].kind == VALUE_INTEGER || args[0].kind == VALUE_LONG) {
        int64_t n = args[0].as.integer;
        if (n == INT64_MIN) return SALVE_OK;
        *out = whole(args[0].kind, is_abs && n >= 0 ? n : -n);
        return SALVE_OK;
    }
    if (args[0].kind == VALUE_INTERVAL && is_range(args[0])) return signed_range(run, args[0].as.interval, is_abs, out);
    decimal_function *f = is_abs ? expr_decimal_abs : expr_decimal_negate;
    if (args[0].kind != VALUE_QUANTITY) return of_decimal(run, args, count, f, out);
    struct expr_quantity q = *args[0].as.quantity;
    bool is_known = f(q.value, &q.value);
    return elm_quantity(run, is_known, q, out);
}

ELM_CALL(elm_abs) { return signed_value(run, args, count, true, out); }
ELM_CALL(elm_negate) { return signed_value(run, args, count, false, out); }

ELM_CALL(elm_round)
{
    struct expr_decimal a, result = {0};
    ELM_NULL_IF(1);
    int64_t digits = count > 1 && args[1].kind == VALUE_INTEGER ? args[1].as.integer : 0;
    if (args[0].kind == VALUE_QUANTITY) {
        struct expr_quantity q = *args[0].as.quantity;
        bool is_known = expr_decimal_round(q.value, (int)(digits > 8 ? 8 : digits < -28 ? -28 : digits), &q.value);
        return elm_quantity(run, is_known, q, out);
    }
    if (!expr_to_decimal(args[0], &a)) return expr_run_fail(run, SALVE_E_TYPE, "Round wants a number");
    bool is_known = expr_decimal_round(a, (int)(digits > 8 ? 8 : digits < -28 ? -28 : digits), &result);
    return elm_decimal(run, is_known, result, out);
}

/* --- limits ------------------------------------------------------------------------------------------------------- */
enum salve_code elm_step(struct expr_run *run, struct expr_value v, bool is_up, struct expr_value *out, bool *is_known)
{
    struct expr_decimal d = {0};
    struct expr_temporal t = {0};
    struct expr_quantity q;
    *is_known = true;
    *out = EXPR_NONE;
    switch (v.kind) {
    case VALUE_INTEGER:
        *out = whole(VALUE_INTEGER, v.as.integer + (is_up ? 1 : -1));
        *is_known = out->kind != VALUE_NULL;
        return SALVE_OK;
    case VALUE_LONG:
        *is_known = v.as.integer != (is_up ? INT64_MAX : INT64_MIN);
        if (*is_known) *out = expr_long(v.as.integer + (is_up ? 1 : -1));
        return SALVE_OK;
    case VALUE_DECIMAL:
        *is_known = is_up ? expr_decimal_add(*v.as.decimal, EXPR_DECIMAL_STEP, &d)
                          : expr_decimal_sub(*v.as.decimal, EXPR_DECIMAL_STEP, &d);
        return elm_decimal(run, *is_known, d, out);
    case VALUE_QUANTITY:
        q = *v.as.quantity;
        *is_known = is_up ? expr_decimal_add(q.value, EXPR_DECIMAL_STEP, &q.value)
                          : expr_decimal_sub(q.value, EXPR_DECIMAL_STEP, &q.value);
        return elm_quantity(run, *is_known, q, out);
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        *is_known = is_up ? expr_temporal_successor(*v.as.temporal, &t) : expr_temporal_predecessor(*v.as.temporal, &t);
        return elm_temporal(run, *is_known, t, out);
    default:
        return expr_run_fail(run, SALVE_E_TYPE, "%s has no successor or predecessor", expr_kind_name(v.kind));
    }
}

/* Past the limit of the type: null (CQL 1.5.3 B.4 Predecessor, Successor). */
static enum salve_code stepped(struct expr_run *run, const struct expr_value *args, uint32_t count, bool is_up,
                               struct expr_value *out)
{
    bool is_known;
    ELM_NULL_IF(1);
    TRY(elm_step(run, args[0], is_up, out, &is_known));
    if (!is_known) *out = EXPR_NONE;
    return SALVE_OK;
}
ELM_CALL(elm_successor) { return stepped(run, args, count, true, out); }
ELM_CALL(elm_predecessor) { return stepped(run, args, count, false, out); }

static const struct expr_temporal least_dates[] = {
    {.year = 1, .month = 1, .day = 1, .kind = EXPR_DATE, .precision = EXPR_DAY, .offset_minutes = EXPR_NO_OFFSET},
    {.year = 1,
     .month = 1,
     .day = 1,
     .kind = EXPR_DATETIME,
     .precision = EXPR_MILLISECOND,
     .offset_minutes = EXPR_NO_OFFSET},
    {.kind = EXPR_TIME, .precision = EXPR_MILLISECOND, .offset_minutes = EXPR_NO_OFFSET},
};
static const struct expr_temporal greatest_dates[] = {
    {.year = 9999, .month = 12, .day = 31, .kind = EXPR_DATE, .precision = EXPR_DAY, .offset_minutes = EXPR_NO_OFFSET},
    {.year = 9999,
     .month = 12,
     .day = 31,
     .hour = 23,
     .minute = 59,
     .second = 59,
     .millisecond = 999,
     .kind = EXPR_DATETIME,
     .precision = EXPR_MILLISECOND,
     .offset_minutes = EXPR_NO_OFFSET},
    {.hour = 23,
     .minute = 59,
     .second = 59,
     .millisecond = 999,
     .kind = EXPR_TIME,
     .precision = EXPR_MILLISECOND,
     .offset_minutes = EXPR_NO_OFFSET},
};
/* EXPR_DECIMAL_MIN and _MAX with the unit 1 */
static const struct expr_quantity limit_quantities[] = {
    {{~0x3E2502610FFFFFFFULL + 1, ~0x204FCE5E, 8}, {"1", 1}},
    {{0x3E2502610FFFFFFFULL, 0x204FCE5E, 8}, {"1", 1}},
};

bool elm_limit(enum expr_kind kind, bool is_high, struct expr_value *out)
{
    const struct expr_temporal *dates = is_high ? greatest_dates : least_dates;
    *out = (struct expr_value){.kind = (uint8_t)kind};
    switch (kind) {
    case VALUE_INTEGER:
        out->as.integer = is_high ? INT32_MAX : INT32_MIN;
        return true;
    case VALUE_LONG:
        out->as.integer = is_high ? INT64_MAX : INT64_MIN;
        return true;
    case VALUE_DECIMAL:
        out->as.decimal = is_high ? &EXPR_DECIMAL_MAX : &EXPR_DECIMAL_MIN;
        return true;
    case VALUE_DATE:
        out->as.temporal = &dates[0];
        return true;
    case VALUE_DATETIME:
        out->as.temporal = &dates[1];
        return true;
    case VALUE_TIME:
        out->as.temporal = &dates[2];
        return true;
    case VALUE_QUANTITY:
        out->as.quantity = &limit_quantities[is_high];
        return true;
    default:
        *out = EXPR_NONE;
        return false;
    }
}

ELM_CALL(elm_min_value)
{
    salve_assert(count == 2 && args[1].kind == VALUE_BOOLEAN);
    const struct elm_type *type = expr_object(args[0]);
    if (type->kind == ELM_SYSTEM && elm_limit(type->system, args[1].as.boolean, out)) return SALVE_OK;
    return expr_run_fail(run, SALVE_E_TYPE, "the type has no least and greatest value");
}

/* --- precision and boundaries ------------------------------------------------------------------------------------- */
ELM_CALL(elm_precision)
{
    ELM_NULL_IF(1);
    if (args[0].kind == VALUE_DECIMAL)
        *out = expr_integer(args[0].as.decimal->digits);
    else if (expr_is_temporal(args[0]))
        *out = expr_integer(expr_temporal_digits(args[0].as.temporal));
    else if (args[0].kind == VALUE_INTEGER)
        *out = expr_integer(0);
    else
        return expr_run_fail(run, SALVE_E_TYPE, "Precision of %s", expr_kind_name(args[0].kind));
    return SALVE_OK;
}

static enum salve_code boundary(struct expr_run *run, const struct expr_value *args, uint32_t count, bool is_high,
                                struct expr_value *out)
{
    struct expr_decimal d;
    struct expr_temporal t = {0};
    ELM_NULL_IF(1);
    bool has_digits = count > 1 && args[1].kind == VALUE_INTEGER;
    int digits = has_digits                  ? (int)args[1].as.integer /* an Integer has 32 bits */
                 : expr_is_temporal(args[0]) ? 0
                                             : EXPR_DECIMAL_DIGITS;
    if (expr_is_temporal(args[0])) {
        bool is_known = expr_temporal_boundary(*args[0].as.temporal, digits, is_high, &t);
        return elm_temporal(run, is_known, t, out);
    }
    if (!expr_to_decimal(args[0], &d))
        return expr_run_fail(run, SALVE_E_TYPE, "boundary of %s", expr_kind_name(args[0].kind));
    bool is_known = expr_decimal_fill(d, digits, is_high, &d);
    return elm_decimal(run, is_known, d, out);
}
ELM_CALL(elm_low_boundary) { return boundary(run, args, count, false, out); }
ELM_CALL(elm_high_boundary) { return boundary(run, args, count, true, out); }
