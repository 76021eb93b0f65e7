/* SPDX-License-Identifier: Apache-2.0
 * Arithmetic of exact decimals: sums, products and quotients are exact or correctly rounded to 8 digits after the
 * point. */
#include "base/assert.h"
#include "value/value_decimal_int.h"

typedef unsigned __int128 u128;

struct expr_u256 expr_mul_wide(u128 a, u128 b)
{
    u128 a0 = (uint64_t)a, a1 = a >> 64, b0 = (uint64_t)b, b1 = b >> 64;
    u128 low = a0 * b0, mid1 = a1 * b0, mid2 = a0 * b1;
    u128 mid = (low >> 64) + (uint64_t)mid1 + (uint64_t)mid2;
    return (struct expr_u256){a1 * b1 + (mid1 >> 64) + (mid2 >> 64) + (mid >> 64), (mid << 64) | (uint64_t)low};
}

/* Long division bit by bit; only for products past 128 bits, which are rare. */
u128 expr_div_wide(struct expr_u256 n, u128 d, u128 *rest)
{
    u128 quotient = 0, r = n.high;
    salve_assert(r < d); /* else the quotient has more than 128 bits */
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
    struct expr_u256 product = expr_mul_wide(x, y);
    u128 quotient, rest;
    if (product.high == 0) {
        quotient = product.low / d;
        rest = product.low % d;
    } else {
        if (product.high >= d) return false;
        quotient = expr_div_wide(product, d, &rest);
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

bool expr_mul_exact(expr_i128 a, expr_i128 b, expr_i128 *out)
{
    /* the remainder is below 1e8, so equality modulo 2^128 decides */
    return expr_mul_div(a, b, EXPR_UNITS_PER_ONE, true, out) && (u128)*out * EXPR_UNITS_PER_ONE == (u128)a * (u128)b;
}
