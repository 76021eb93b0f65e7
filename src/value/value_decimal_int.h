/* SPDX-License-Identifier: Apache-2.0
 * What the decimal files share: powers of ten and wide products. */
#ifndef SALVE_VALUE_DECIMAL_INT_H
#define SALVE_VALUE_DECIMAL_INT_H

#include <stdio.h>

#include "value/scalar.h"

enum { EXPR_POW10_COUNT = 29, EXPR_UNITS_PER_ONE = 100000000 };

extern const expr_i128 expr_pow10[EXPR_POW10_COUNT]; /* 1e0 .. 1e28 */

/* expr_mul_div - a * b / c with a product of up to 256 bits, rounded half away from zero, or truncated. False if c is 0
 * or the quotient does not fit in 127 bits. */
bool expr_mul_div(expr_i128 a, expr_i128 b, expr_i128 c, bool is_truncated, expr_i128 *out);

/* expr_mul_exact - a * b in units of 1e-8, false if a digit would be lost. */
bool expr_mul_exact(expr_i128 a, expr_i128 b, expr_i128 *out);

/* Products of 256 bits, and their quotient by d, which is above n.high. */
struct expr_u256 {
    unsigned __int128 high, low;
};
struct expr_u256 expr_mul_wide(unsigned __int128 a, unsigned __int128 b);
unsigned __int128 expr_div_wide(struct expr_u256 n, unsigned __int128 d, unsigned __int128 *rest);

#endif
