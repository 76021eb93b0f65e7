/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as two dates and an amount, a line each. A date that is read prints and reads back the same; boundaries
 * enclose it; sums stay dates. */
#include <stdlib.h>

#include "value/scalar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct expr_temporal *t)
{
    char text[EXPR_TEMPORAL_TEXT_BYTES];
    struct expr_temporal again, low, high;
    if (!expr_temporal_valid(t)) abort();
    struct str printed = expr_temporal_text(t, false, text);
    if (!expr_temporal_parse_as(printed, (enum expr_temporal_kind)t->kind, &again)) abort();
    if (t->precision >= EXPR_HOUR && !expr_temporal_same_fields(t, &again)) abort();
    if (!expr_temporal_boundary(*t, 0, false, &low) || !expr_temporal_boundary(*t, 0, true, &high)) abort();
    if (expr_temporal_cmp(&low, &high, EXPR_MILLISECOND, 0) == EXPR_MORE) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_make((const char *)data, size), one, two, amount;
    struct expr_temporal a, b, sum;
    int64_t low, high, count = 1;
    if (!str_next_line(&rest, &one) || !expr_temporal_parse(one, &a)) return 0;
    check(&a);
    if (!str_next_line(&rest, &two) || !expr_temporal_parse(two, &b)) return 0;
    check(&b);
    if (str_next_line(&rest, &amount)) (void)str_to_i64(amount, &count);
    for (int unit = EXPR_YEAR; unit <= EXPR_WEEK; unit++) {
        if (expr_temporal_add(a, count, (enum expr_precision)unit, &sum)) check(&sum);
        if (expr_temporal_duration(&a, &b, (enum expr_precision)unit, 0, &low, &high) && low > high &&
            a.precision == b.precision && a.precision == EXPR_MILLISECOND)
            abort();
        (void)expr_temporal_difference(&a, &b, (enum expr_precision)unit, EXPR_NO_OFFSET, &low, &high);
        (void)expr_temporal_cmp(&a, &b, (enum expr_precision)unit, EXPR_NO_OFFSET);
    }
    if (expr_temporal_successor(a, &sum)) check(&sum);
    return 0;
}
