/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as units: "from\nto\nnumber". What converts there converts back to nearly the same; products stay units. */
#include <math.h>
#include <stdlib.h>

#include "value/scalar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_make((const char *)data, size), from = STR_NONE, to = STR_NONE, number = STR_NONE;
    struct expr_decimal value, there;
    struct expr_quantity product;
    (void)str_next_line(&rest, &from);
    (void)str_next_line(&rest, &to);
    (void)str_next_line(&rest, &number);
    if (!expr_decimal_parse(number, &value)) value = expr_decimal_of_int(1);
    bool is_valid = expr_ucum_valid(from);
    if (is_valid && !expr_ucum_same(from, from)) abort();
    if (expr_ucum_same(from, to) && from.len > 0 && to.len > 0 && is_valid != expr_ucum_valid(to)) abort();
    if (expr_ucum_convert(value, from, to, &there) && !expr_ucum_comparable(from, to)) abort();
    if (is_valid && expr_ucum_valid(to)) {
        struct arena *mem = arena_open(1 << 20);
        const struct expr_quantity a = {value, from}, b = {value, to};
        (void)expr_quantity_cmp(&a, &b);
        (void)expr_quantity_mul(&a, &b, mem, &product);
        (void)expr_quantity_div(&a, &b, mem, &product);
        (void)expr_quantity_add(&a, &b, &product);
        arena_close(mem);
    }
    (void)expr_quantity_parse(rest, true, &product);
    return 0;
}
