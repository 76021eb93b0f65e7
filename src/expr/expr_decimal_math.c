/* SPDX-License-Identifier: Apache-2.0
 * Arithmetic of exact decimals. Sums, products and quotients are exact or correctly rounded to 8 digits after the
 * point; logarithms, exponentials and roots go through long double and are rounded once. */
#include <math.h>

#include "expr/expr_decimal_int.h"

typedef unsigned __int128 u128;

struct u256 {
    u128 high, low;
};

static struct u256 mul_u128(u128 a, u128 b)
{
    u128 a0 = (uint64_t)a, a1 = a >> 64, b0 = (uint64_t)b, b1 = b >> 64;
    u128 low = a0 * b0, mid1 = a1 * b0, mid2 = a0 * b1;
    u128 mid = (low >> 64) + (uint64_t)mid1 + (uint64_t)mid2;
    return (struct u256){a1 * b1 + (mid1 >> 64) + (mid2 >> 64) + (mid >> 64), (mid << 64) | (uint64_t)low};
}

/* Long division bit by bit; only for products past 128 bits, which are rare. */
static u128 div_u256(struct u256 n, u128 d, u128 *rest)
{
    u128 quotient = 0, r = n.high; /* the caller made sure that n.high < d */
    for (int i = 127; i >= 0; i--) {
        bool carry = (r >> 127) != 0;
        r = (r << 1) | ((n.low >> i) & 1);
        if (carry || r >= d) {
            r -= d;
            quotient |= (u128)1 << i;
        }
    }
    *rest = r;
    return quotient;
}

bool expr_mul_div(expr_i128 a, expr_i128 b, expr_i128 c, bool is_truncated, expr_i128 *out)
{
    if (c == 0) return false;
    bool is_negative = ((a < 0) != (b < 0)) != (c < 0);
    u128 x = a < 0 ? -(u128)a : (u128)a, y = b < 0 ? -(u128)b : (u128)b, d = c < 0 ? -(u128)c : (u128)c;
    struct u256 product = mul_u128(x, y);
    u128 quotient, rest;
    if (product.high == 0) {
        quotient = product.low / d;
        rest = product.low % d;
    } else {
        if (product.high >= d) return false;
        quotient = div_u256(product, d, &rest);
    }
    if (!is_truncated && rest >= d - rest) quotient++;
    if (quotient >> 126 != 0) return false;
    *out = is_negative ? -(expr_i128)quotient : (expr_i128)quotient;
    return true;
}

static unsigned more_digits(struct expr_decimal a, struct expr_decimal b)
{
    return a.digits > b.digits ? a.digits : b.digits;
}

bool expr_decimal_add(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out)
{
    return expr_decimal_of_units(expr_decimal_units(a) + expr_decimal_units(b), more_digits(a, b), out);
}

bool expr_decimal_sub(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out)
{
    return expr_decimal_of_units(expr_decimal_units(a) - expr_decimal_units(b), more_digits(a, b), out);
}

bool expr_decimal_mul(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out)
{
    expr_i128 units;
    return expr_mul_div(expr_decimal_units(a), expr_decimal_units(b), EXPR_UNITS_PER_ONE, false, &units) &&
           expr_decimal_of_units(units, (unsigned)a.digits + b.digits, out);
}

bool expr_decimal_div(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out)
{
    expr_i128 units;
    if (!expr_mul_div(expr_decimal_units(a), EXPR_UNITS_PER_ONE, expr_decimal_units(b), false, &units) ||
        !expr_decimal_of_units(units, 0, out))
        return false;
    *out = expr_decimal_trim(*out);
    return true;
}

bool expr_decimal_int_div(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out)
{
    expr_i128 divisor = expr_decimal_units(b), quotient;
    if (divisor == 0) return false;
    quotient = expr_decimal_units(a) / divisor;
    if (quotient >= expr_pow10[20] || quotient <= -expr_pow10[20]) return false;
    return expr_decimal_of_units(quotient * EXPR_UNITS_PER_ONE, 0, out);
}

bool expr_decimal_mod(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out)
{
    expr_i128 divisor = expr_decimal_units(b);
    return divisor != 0 && expr_decimal_of_units(expr_decimal_units(a) % divisor, more_digits(a, b), out);
}

bool expr_decimal_negate(struct expr_decimal a, struct expr_decimal *out)
{
    return expr_decimal_of_units(-expr_decimal_units(a), a.digits, out);
}

bool expr_decimal_abs(struct expr_decimal a, struct expr_decimal *out)
{
    expr_i128 units = expr_decimal_units(a);
    return expr_decimal_of_units(units < 0 ? -units : units, a.digits, out);
}

static bool of_long_double(long double number, struct expr_decimal *out)
{
    if (!isfinite(number) || number >= 1e20L || number <= -1e20L) return false;
    long double whole = truncl(number);
    expr_i128 units = (expr_i128)whole * EXPR_UNITS_PER_ONE + (expr_i128)roundl((number - whole) * 1e8L);
    if (!expr_decimal_of_units(units, 0, out)) return false;
    *out = expr_decimal_trim(*out);
    return true;
}

static long double to_long_double(struct expr_decimal d) { return (long double)expr_decimal_units(d) / 1e8L; }

/* a * b in 1e-8 units if no digit is lost. The remainder is below 1e8, so equality modulo 2^128 decides. */
static bool mul_exact(expr_i128 a, expr_i128 b, expr_i128 *out)
{
    return expr_mul_div(a, b, EXPR_UNITS_PER_ONE, true, out) && (u128)*out * EXPR_UNITS_PER_ONE == (u128)a * (u128)b;
}

/* Repeated squaring on exact decimals; false on overflow or when a digit past the 8th would be lost, so that the caller
 * can take the rounded way instead. */
static bool power_exact(expr_i128 base, uint64_t exponent, expr_i128 *out)
{
    expr_i128 result = EXPR_UNITS_PER_ONE;
    for (; exponent != 0; exponent >>= 1) {
        if ((exponent & 1) && !mul_exact(result, base, &result)) return false;
        if (exponent > 1 && !mul_exact(base, base, &base)) return false;
    }
    *out = result;
    return true;
}

bool expr_decimal_power(struct expr_decimal a, struct expr_decimal b, struct expr_decimal *out)
{
    int64_t exponent;
    expr_i128 units;
    if (expr_decimal_to_i64(b, &exponent) && exponent >= 0 &&
        power_exact(expr_decimal_units(a), (uint64_t)exponent, &units)) {
        if (!expr_decimal_of_units(units, 0, out)) return false;
        *out = expr_decimal_trim(*out);
        return true;
    }
    return of_long_double(powl(to_long_double(a), to_long_double(b)), out);
}

bool expr_decimal_exp(struct expr_decimal a, struct expr_decimal *out)
{
    return of_long_double(expl(to_long_double(a)), out);
}

bool expr_decimal_ln(struct expr_decimal a, struct expr_decimal *out)
{
    return expr_decimal_units(a) > 0 && of_long_double(logl(to_long_double(a)), out);
}

bool expr_decimal_log(struct expr_decimal a, struct expr_decimal base, struct expr_decimal *out)
{
    if (expr_decimal_units(a) <= 0 || expr_decimal_units(base) <= 0) return false;
    long double divisor = logl(to_long_double(base));
    return divisor != 0.0L && of_long_double(logl(to_long_double(a)) / divisor, out);
}

bool expr_decimal_sqrt(struct expr_decimal a, struct expr_decimal *out)
{
    return expr_decimal_units(a) >= 0 && of_long_double(sqrtl(to_long_double(a)), out);
}
