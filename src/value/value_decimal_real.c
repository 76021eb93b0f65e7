/* SPDX-License-Identifier: Apache-2.0
 * Roots, powers, exponentials and logarithms of decimals, rounded once to the 8th digit. They are computed in whole
 * numbers of 128 bits: fixed point with 120 bits behind the point, or a mantissa with an exponent. A decimal has 93
 * bits at most, so that some 20 bits are to spare; long double, with 64, would be wrong in the last digits of what is
 * large. What is not: b * 2^-118 is the relative error of a power that is not whole, so for b past 2^20 and a result
 * of more than 20 digits the last ones are not certain. */
#include "base/assert.h"
#include "value/value_decimal_int.h"

typedef unsigned __int128 u128;

enum { FRACTION = 120 };                                                      /* bits behind the point */
static const u128 ln_2 = ((u128)0xB17217F7D1CF79 << 64) | 0xABC9E3B39803F2F7; /* ln 2 * 2^120 */
static const u128 one = (u128)1 << FRACTION;

static u128 mul_fixed(u128 a, u128 b)
{
    struct expr_u256 p = expr_mul_wide(a, b);
    return (p.high << (128 - FRACTION)) | (p.low >> FRACTION);
}

/* n / 2^bits, rounded; false if it does not fit a decimal. */
static bool shift_right(struct expr_u256 n, int64_t bits, expr_i128 *out)
{
    if (bits < 1) return false;
    *out = 0;
    if (bits > 255) return true;
    unsigned s = (unsigned)bits;
    if (s < 128 && n.high >> (s > 2 ? s - 2 : 0) != 0) return false;
    u128 whole = s > 127 ? n.high >> (s - 128) : (n.low >> s) | (s == 0 ? 0 : n.high << (128 - s));
    u128 half = s > 128 ? n.high >> (s - 129) & 1 : n.low >> (s - 1) & 1;
    if (whole >> 126 != 0) return false;
    *out = (expr_i128)(whole + half);
    return true;
}

static bool decimal_of(expr_i128 units, struct expr_decimal *out)
{
    if (!expr_decimal_of_units(units, 0, out)) return false;
    *out = expr_decimal_trim(*out);
    return true;
}

/* --- exponential and logarithm ------------------------------------------------------------------------------------ */
/* e^x in units of 1e-8; x in fixed point. x is k ln 2 + r, and e^r a series. False past the range of decimals. */
static bool exp_units(expr_i128 x, expr_i128 *units)
{
    expr_i128 ln2 = (expr_i128)ln_2, k = x / ln2 - (x % ln2 < 0);
    u128 r = (u128)(x - k * ln2), sum = one, term = one;
    for (unsigned n = 1; term != 0; n++) {
        term = mul_fixed(term, r) / n;
        sum += term;
    }
    return shift_right(expr_mul_wide(sum, EXPR_UNITS_PER_ONE), FRACTION - (int64_t)k, units);
}

/* ln of a positive number of units, in fixed point: k ln 2 + 2 artanh((m - 1) / (m + 1)) with m near 1. */
static expr_i128 ln_fixed(expr_i128 units)
{
    int k = 0;
    expr_i128 m = 0, scaled = units;
    salve_assert(units > 0);
    while (scaled >= (expr_i128)EXPR_UNITS_PER_ONE * 3 / 2) { /* m from 3/4 to 3/2 */
        scaled >>= 1;
        k++;
    }
    for (scaled = units; scaled < EXPR_UNITS_PER_ONE * 3 / 4; k--) scaled <<= 1;
    (void)expr_mul_div(scaled, (expr_i128)(one >> (k > 0 ? k : 0)), EXPR_UNITS_PER_ONE, false, &m);
    expr_i128 t = 0, distance = m - (expr_i128)one;
    (void)expr_mul_div(distance < 0 ? -distance : distance, (expr_i128)one, m + (expr_i128)one, false, &t);
    u128 square = mul_fixed((u128)t, (u128)t), power = (u128)t, sum = 0;
    for (unsigned n = 1; power != 0; n += 2, power = mul_fixed(power, square)) sum += power / n;
    return (expr_i128)k * (expr_i128)ln_2 + (distance < 0 ? -2 : 2) * (expr_i128)sum;
}

/* Past these the result is past the range of decimals, or 0. */
enum { EXP_MAX = 47, EXP_MIN = -20 };

bool expr_decimal_exp(struct expr_decimal a, struct expr_decimal *out)
{
    expr_i128 x, units = 0;
    expr_i128 in = expr_decimal_units(a);
    if (in > (expr_i128)EXP_MAX * EXPR_UNITS_PER_ONE) return false;
    if (in < (expr_i128)EXP_MIN * EXPR_UNITS_PER_ONE) return decimal_of(0, out);
    return expr_mul_div(in, (expr_i128)one, EXPR_UNITS_PER_ONE, false, &x) && exp_units(x, &units) &&
           decimal_of(units, out);
}

bool expr_decimal_ln(struct expr_decimal a, struct expr_decimal *out)
{
    expr_i128 units;
    return expr_decimal_units(a) > 0 &&
           expr_mul_div(ln_fixed(expr_decimal_units(a)), EXPR_UNITS_PER_ONE, (expr_i128)one, false, &units) &&
           decimal_of(units, out);
}

bool expr_decimal_log(struct expr_decimal a, struct expr_decimal base, struct expr_decimal *out)
{
    expr_i128 units;
    if (expr_decimal_units(a) <= 0 || expr_decimal_units(base) <= 0) return false;
    return expr_mul_div(ln_fixed(expr_decimal_units(a)), EXPR_UNITS_PER_ONE, ln_fixed(expr_decimal_units(base)), false,
                        &units) &&
           decimal_of(units, out);
}

/* --- roots -------------------------------------------------------------------------------------------------------- */
bool expr_decimal_sqrt(struct expr_decimal a, struct expr_decimal *out)
{
    if (expr_decimal_units(a) < 0) return false;
    u128 square = (u128)expr_decimal_units(a) * EXPR_UNITS_PER_ONE, root = 0; /* below 2^121 */
    for (u128 bit = (u128)1 << 60; bit != 0; bit >>= 1)
        if ((root | bit) * (root | bit) <= square) root |= bit;
    if (square - root * root > root) root++; /* above root + 1/2 */
    return decimal_of((expr_i128)root, out);
}

/* --- powers ------------------------------------------------------------------------------------------------------- */
struct real {
    u128 mantissa; /* from 2^127 */
    int64_t exponent;
};
enum { EXPONENT_MAX = 1 << 20 }; /* past it a power is past all decimals, or 0 */

static struct real real_of(u128 n)
{
    struct real r = {n, 0};
    while (r.mantissa >> 127 == 0) {
        r.mantissa <<= 1;
        r.exponent--;
    }
    return r;
}

static struct real real_mul(struct real a, struct real b)
{
    struct expr_u256 p = expr_mul_wide(a.mantissa, b.mantissa);
    struct real r = {p.high, a.exponent + b.exponent + 128};
    if (r.mantissa >> 127 == 0) {
        r.mantissa = (r.mantissa << 1) | (p.low >> 127);
        r.exponent--;
        p.low <<= 1;
    }
    if (p.low >> 127 != 0 && r.mantissa + 1 != 0) r.mantissa++;
    if (r.exponent > EXPONENT_MAX) r.exponent = EXPONENT_MAX;
    if (r.exponent < -EXPONENT_MAX) r.exponent = -EXPONENT_MAX;
    return r;
}

static struct real real_power(struct real base, uint64_t n)
{
    struct real result = real_of(1);
    for (; n != 0; n >>= 1) {
        if (n & 1) result = real_mul(result, base);
        base = real_mul(base, base);
    }
    return result;
}

/* (units / 1e8)^n, or its inverse, in units. */
static bool whole_power(u128 units, uint64_t n, bool is_inverse, expr_i128 *out)
{
    struct real top = real_of(is_inverse ? EXPR_UNITS_PER_ONE : units);
    struct real bottom = real_of(is_inverse ? units : EXPR_UNITS_PER_ONE);
    u128 rest;
    struct real base =
        real_of(expr_div_wide((struct expr_u256){top.mantissa >> 1, top.mantissa << 127}, bottom.mantissa, &rest));
    base.exponent += top.exponent - bottom.exponent - 127;
    struct real power = real_power(base, n);
    return shift_right(expr_mul_wide(power.mantissa, EXPR_UNITS_PER_ONE), -power.exponent, out);
}

/* Repeated squaring on exact decimals; false on overflow or when a digit past the 8th would be lost, so that the caller
 * can take the rounded way instead. */
static bool power_exact(expr_i128 base, uint64_t exponent, expr_i128 *out)
{
    expr_i128 result = EXPR_UNITS_PER_ONE;
    for (; exponent != 0; exponent >>= 1) {
        if ((exponent & 1) && !expr_mul_exact(result, base, &result)) return false;
        if (exponent > 1 && !expr_mul_exact(base, base, &base)) return false;
    }
    *out = result;
    return true;
}

/* a^b = e^(b ln a) for a > 0. */
static bool real_exponent(expr_i128 a, expr_i128 b, expr_i128 *units)
{
    expr_i128 ln = ln_fixed(a), x;
    *units = 0;
    bool is_small = (ln < 0) != (b < 0);
    if (!expr_mul_div(ln, b, EXPR_UNITS_PER_ONE, false, &x) || x > EXP_MAX * (expr_i128)one) return is_small;
    return x < EXP_MIN * (expr_i128)one || exp_units(x, units);
}

bool expr_decimal_power(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out)
{
    int64_t exponent;
    expr_i128 base = expr_decimal_units(a), units;
    bool is_whole = expr_decimal_to_i64(b, &exponent) && exponent != INT64_MIN;
    if (is_whole && exponent >= 0 && power_exact(base, (uint64_t)exponent, &units)) return decimal_of(units, out);
    if (base == 0) return expr_decimal_units(b) > 0 && decimal_of(0, out);
    if (!is_whole) return base > 0 && real_exponent(base, expr_decimal_units(b), &units) && decimal_of(units, out);
    bool is_negative = base < 0 && exponent % 2 != 0;
    if (!whole_power((u128)(base < 0 ? -base : base), (uint64_t)(exponent < 0 ? -exponent : exponent), exponent < 0,
                     &units))
        return false;
    return decimal_of(is_negative ? -units : units, out);
}
