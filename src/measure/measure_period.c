/* SPDX-License-Identifier: Apache-2.0
 *
 * The measurement period from its two dates, which count whole: to the last millisecond of the last. */
#include "measure/measure_int.h"
#include "value/scalar.h"

enum salve_code measure_period(struct str text, struct arena *mem, struct measure_facts *facts, struct elm_param *out,
                               struct salve_err *err)
{
    struct expr_temporal low, high;
    struct expr_interval *in = arena_new(mem, struct expr_interval);
    ptrdiff_t slash = str_find(text, STR("/"));
    if (in == NULL) return salve_fail(err, SALVE_E_MEMORY, "period");
    facts->start = str_cut(text, 0, slash < 0 ? 0 : (size_t)slash);
    facts->end = str_cut(text, facts->start.len + 1, text.len);
    bool is_good = expr_temporal_parse_as(facts->start, EXPR_DATETIME, &low) &&
                   expr_temporal_parse_as(facts->end, EXPR_DATETIME, &high);
    if (is_good) {
        low = expr_temporal_low(low, EXPR_MILLISECOND);
        high = expr_temporal_high(high, EXPR_MILLISECOND);
        if (low.offset_minutes == EXPR_NO_OFFSET) low.offset_minutes = 0;
        if (high.offset_minutes == EXPR_NO_OFFSET) high.offset_minutes = 0;
    }
    if (!is_good || expr_temporal_cmp(&low, &high, EXPR_MILLISECOND, 0) == EXPR_MORE)
        return salve_refuse(err, SALVE_E_USAGE, "give two dates, the first not after the second: 2026-01-01/2026-12-31",
                            "period");
    *in = (struct expr_interval){.low_closed = true, .high_closed = true, .point = VALUE_DATETIME};
    TRY(expr_temporal_value(VALUE_DATETIME, low, mem, &in->low, err));
    TRY(expr_temporal_value(VALUE_DATETIME, high, mem, &in->high, err));
    *out = (struct elm_param){STR_NONE, STR("Measurement Period"), {.kind = VALUE_INTERVAL, .as.interval = in}};
    return SALVE_OK;
}
