/* SPDX-License-Identifier: Apache-2.0
 * What the decimal files share: powers of ten and 192-bit products. */
#ifndef SALVE_EXPR_DECIMAL_INT_H
#define SALVE_EXPR_DECIMAL_INT_H

#include <stdio.h>

#include "expr/scalar.h"

enum { EXPR_POW10_COUNT = 29, EXPR_UNITS_PER_ONE = 100000000 };

extern const expr_i128 expr_pow10[EXPR_POW10_COUNT]; /* 1e0 .. 1e28 */

/* expr_mul_div - a * b / c with a product of up to 256 bits, rounded half away from zero, or truncated. False if c is 0
 * or the quotient does not fit in 127 bits. */
bool expr_mul_div(expr_i128 a, expr_i128 b, expr_i128 c, bool is_truncated, expr_i128 *out);

#endif
