/* SPDX-License-Identifier: Apache-2.0
 * FHIRPath functions about time: the clock of the run, and the parts of dates and times (2.0.0, 5.9, later drafts). */
#include "fhirpath/fhirpath_int.h"

FN(fp_now) { return expr_temporal_value(VALUE_DATETIME, *expr_now(run), run->mem, out, run->err); }

FN(fp_today) { return expr_temporal_value(VALUE_DATE, expr_temporal_to_date(*expr_now(run)), run->mem, out, run->err); }

FN(fp_time_of_day)
{
    return expr_temporal_value(VALUE_TIME, expr_temporal_to_time(*expr_now(run)), run->mem, out, run->err);
}

static bool is_temporal(struct expr_value v)
{
    return v.kind == VALUE_DATE || v.kind == VALUE_DATETIME || v.kind == VALUE_TIME;
}

static enum salve_code want_temporal(struct expr_run *run, const struct expr_value *arg, struct expr_value *out)
{
    TRY(fp_one(run, arg, out));
    return out->kind == VALUE_NULL || is_temporal(*out) ? SALVE_OK
                                                        : expr_run_fail(run, SALVE_E_TYPE, "a date or time is wanted");
}

static enum salve_code component(struct expr_run *run, const struct expr_value *input, enum expr_precision part,
                                 struct expr_value *out)
{
    struct expr_value v;
    int number;
    TRY(fp_one(run, input, &v)); /* what has no such part gives none */
    *out = EXPR_NONE;
    if (is_temporal(v) && expr_temporal_component(v.as.temporal, part, &number)) *out = expr_integer(number);
    return SALVE_OK;
}

FN(fp_year_of) { return component(run, &args[0], EXPR_YEAR, out); }
FN(fp_month_of) { return component(run, &args[0], EXPR_MONTH, out); }
FN(fp_day_of) { return component(run, &args[0], EXPR_DAY, out); }
FN(fp_hour_of) { return component(run, &args[0], EXPR_HOUR, out); }
FN(fp_minute_of) { return component(run, &args[0], EXPR_MINUTE, out); }
FN(fp_second_of) { return component(run, &args[0], EXPR_SECOND, out); }
FN(fp_millisecond_of) { return component(run, &args[0], EXPR_MILLISECOND, out); }

FN(fp_offset_of)
{
    struct expr_value v;
    struct expr_decimal hours = {0};
    TRY(fp_one(run, &args[0], &v));
    *out = EXPR_NONE;
    if (v.kind != VALUE_DATETIME || v.as.temporal->offset_minutes == EXPR_NO_OFFSET) return SALVE_OK;
    if (!expr_decimal_div(expr_decimal_of_int(v.as.temporal->offset_minutes), expr_decimal_of_int(60), &hours))
        return SALVE_OK;
    return expr_decimal_value(hours, run->mem, out, run->err);
}

FN(fp_date_of)
{
    struct expr_value v;
    TRY(fp_one(run, &args[0], &v));
    *out = v.kind == VALUE_DATE ? v : EXPR_NONE;
    if (v.kind != VALUE_DATETIME) return SALVE_OK;
    return expr_temporal_value(VALUE_DATE, expr_temporal_to_date(*v.as.temporal), run->mem, out, run->err);
}

FN(fp_time_of)
{
    struct expr_value v;
    TRY(fp_one(run, &args[0], &v));
    *out = v.kind == VALUE_TIME ? v : EXPR_NONE;
    if (v.kind != VALUE_DATETIME || v.as.temporal->precision < EXPR_HOUR) return SALVE_OK;
    return expr_temporal_value(VALUE_TIME, expr_temporal_to_time(*v.as.temporal), run->mem, out, run->err);
}

typedef bool span(const struct expr_temporal *a, const struct expr_temporal *b, enum expr_precision unit, int offset,
                  int64_t *low, int64_t *high);

static enum salve_code between(struct expr_run *run, const struct expr_value *args, span *how, struct expr_value *out)
{
    struct expr_value a, b;
    struct str name;
    bool has, calendar;
    enum expr_precision unit;
    int64_t low, high;
    TRY(want_temporal(run, &args[0], &a));
    TRY(want_temporal(run, &args[1], &b));
    TRY(fp_one_text(run, &args[2], &has, &name));
    *out = EXPR_NONE;
    if (!has || a.kind == VALUE_NULL || b.kind == VALUE_NULL) return SALVE_OK;
    if (!expr_duration_unit(name, &unit, &calendar))
        return expr_run_fail(run, SALVE_E_TYPE, "this unit is no duration");
    if (how(a.as.temporal, b.as.temporal, unit, EXPR_NO_OFFSET, &low, &high) && low == high)
        *out = low < INT32_MIN || low > INT32_MAX ? expr_long(low) : expr_integer(low);
    return SALVE_OK;
}

FN(fp_duration) { return between(run, args, expr_temporal_duration, out); }
FN(fp_difference) { return between(run, args, expr_temporal_difference, out); }
