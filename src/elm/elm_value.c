/* SPDX-License-Identifier: Apache-2.0
 * What all functions of ELM make their results with. */
#include "elm/elm_int.h"

int elm_offset(const struct expr_run *run) { return run->env->offset_minutes; }

enum salve_code elm_plain(struct expr_run *run, struct expr_value value, struct expr_value *out)
{
    TRY(expr_system(value, run->mem, out, run->err));
    bool is_object = out->kind == VALUE_NODE && tape_kind(out->as.tape, out->aux) == TAPE_OBJECT;
    if (!is_object && expr_is_unheld(*out)) *out = EXPR_NONE; /* objects still have elements to compare */
    return SALVE_OK;
}

enum salve_code elm_decimal(struct expr_run *run, bool is_known, struct expr_decimal d, struct expr_value *out)
{
    *out = EXPR_NONE;
    return is_known ? expr_decimal_value(d, run->mem, out, run->err) : SALVE_OK;
}

enum salve_code elm_quantity(struct expr_run *run, bool is_known, struct expr_quantity q, struct expr_value *out)
{
    *out = EXPR_NONE;
    return is_known ? expr_quantity_value(q, run->mem, out, run->err) : SALVE_OK;
}

enum salve_code elm_temporal(struct expr_run *run, bool is_known, struct expr_temporal t, struct expr_value *out)
{
    enum expr_kind kind = t.kind == EXPR_DATE ? VALUE_DATE : t.kind == EXPR_TIME ? VALUE_TIME : VALUE_DATETIME;
    *out = EXPR_NONE;
    return is_known ? expr_temporal_value(kind, t, run->mem, out, run->err) : SALVE_OK;
}

enum salve_code elm_text(struct expr_run *run, struct str text, struct expr_value *out)
{
    struct str copy;
    TRY(arena_str(run->mem, text, &copy, run->err));
    *out = expr_string(copy);
    return SALVE_OK;
}

enum salve_code elm_interval(struct expr_run *run, struct expr_value low, bool low_closed, struct expr_value high,
                             bool high_closed, struct expr_value *out)
{
    struct expr_interval *interval = arena_new(run->mem, struct expr_interval);
    if (interval == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "interval");
    interval->low = low;
    interval->high = high;
    interval->low_closed = low_closed;
    interval->high_closed = high_closed;
    interval->point = low.kind != VALUE_NULL ? low.kind : high.kind;
    *out = (struct expr_value){.kind = VALUE_INTERVAL, .as.interval = interval};
    return SALVE_OK;
}
