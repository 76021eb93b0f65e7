/* SPDX-License-Identifier: Apache-2.0
 * Dates and times (CQL 1.5 appendix B 8) and ages. */
#include "elm/elm_int.h"

static enum salve_code want_temporal(struct expr_run *run, struct expr_value v)
{
    return expr_is_temporal(v)
               ? SALVE_OK
               : expr_run_fail(run, SALVE_E_TYPE, "a date or time is wanted, not %s", expr_kind_name(v.kind));
}

/* --- selectors: components up to the first that is missing -------------------------------------------------------- */
static enum salve_code of_components(struct expr_run *run, const struct expr_value *args, uint32_t count,
                                     enum expr_temporal_kind kind, struct expr_value *out)
{
    int first = kind == EXPR_TIME ? EXPR_HOUR : EXPR_YEAR, last = kind == EXPR_DATE ? EXPR_DAY : EXPR_MILLISECOND;
    int64_t fields[EXPR_MILLISECOND + 1] = {0, 1, 1, 0, 0, 0, 0};
    struct expr_temporal t = {.kind = (uint8_t)kind, .offset_minutes = EXPR_NO_OFFSET};
    int p = first;
    *out = EXPR_NONE;
    for (; p <= last && (uint32_t)(p - first) < count && args[p - first].kind != VALUE_NULL; p++) {
        if (args[p - first].kind != VALUE_INTEGER) return expr_run_fail(run, SALVE_E_TYPE, "components are integers");
        fields[p] = args[p - first].as.integer;
        if (fields[p] < 0 || fields[p] > 9999)
            return expr_run_fail(run, SALVE_E_RANGE, "a component is out of its range");
    }
    if (p == first) return SALVE_OK;
    t.year = (int16_t)fields[EXPR_YEAR];
    t.month = (uint8_t)(fields[EXPR_MONTH] > 255 ? 255 : fields[EXPR_MONTH]);
    t.day = (uint8_t)(fields[EXPR_DAY] > 255 ? 255 : fields[EXPR_DAY]);
    t.hour = (uint8_t)(fields[EXPR_HOUR] > 255 ? 255 : fields[EXPR_HOUR]);
    t.minute = (uint8_t)(fields[EXPR_MINUTE] > 255 ? 255 : fields[EXPR_MINUTE]);
    t.second = (uint8_t)(fields[EXPR_SECOND] > 255 ? 255 : fields[EXPR_SECOND]);
    t.millisecond = (uint16_t)fields[EXPR_MILLISECOND];
    t.precision = (uint8_t)(p - 1);
    if (kind == EXPR_TIME) t.month = t.day = 0;
    if (!expr_temporal_valid(&t)) return expr_run_fail(run, SALVE_E_RANGE, "a component is out of its range");
    return elm_temporal(run, true, t, out);
}

ELM_CALL(elm_date) { return of_components(run, args, count, EXPR_DATE, out); }
ELM_CALL(elm_time) { return of_components(run, args, count, EXPR_TIME, out); }
ELM_CALL(elm_date_time)
{
    struct expr_decimal hours, minutes;
    int64_t whole;
    TRY(of_components(run, args, count < 7 ? count : 7, EXPR_DATETIME, out));
    if (out->kind != VALUE_DATETIME || count < 8 || args[7].kind == VALUE_NULL) return SALVE_OK;
    if (!expr_to_decimal(args[7], &hours) || !expr_decimal_mul(hours, expr_decimal_of_int(60), &minutes) ||
        !expr_decimal_round(minutes, 0, &minutes) || !expr_decimal_to_i64(minutes, &whole) || whole < -840 ||
        whole > 840)
        return expr_run_fail(run, SALVE_E_RANGE, "a time zone offset is out of its range");
    struct expr_temporal t = *out->as.temporal;
    t.offset_minutes = (int16_t)whole;
    return elm_temporal(run, true, t, out);
}

/* --- now ---------------------------------------------------------------------------------------------------------- */
ELM_CALL(elm_now) { return elm_temporal(run, true, *expr_now(run), out); }
ELM_CALL(elm_today) { return elm_temporal(run, true, expr_temporal_to_date(*expr_now(run)), out); }
ELM_CALL(elm_time_of_day) { return elm_temporal(run, true, expr_temporal_to_time(*expr_now(run)), out); }

/* --- parts -------------------------------------------------------------------------------------------------------- */
ELM_CALL(elm_date_from)
{
    ELM_NULL_IF(1);
    TRY(want_temporal(run, args[0]));
    return elm_temporal(run, args[0].kind != VALUE_TIME, expr_temporal_to_date(*args[0].as.temporal), out);
}
ELM_CALL(elm_time_from)
{
    ELM_NULL_IF(1);
    TRY(want_temporal(run, args[0]));
    const struct expr_temporal *t = args[0].as.temporal;
    return elm_temporal(run, t->kind == EXPR_TIME || t->precision >= EXPR_HOUR, expr_temporal_to_time(*t), out);
}
ELM_CALL(elm_timezone_offset_from)
{
    struct expr_decimal hours;
    ELM_NULL_IF(1);
    TRY(want_temporal(run, args[0]));
    int minutes = args[0].as.temporal->offset_minutes;
    if (minutes == EXPR_NO_OFFSET) minutes = elm_offset(run);
    bool is_known = expr_decimal_div(expr_decimal_of_int(minutes), expr_decimal_of_int(60), &hours);
    return elm_decimal(run, is_known, hours, out);
}
ELM_CALL(elm_component_from)
{
    int part;
    ELM_NULL_IF(1);
    TRY(want_temporal(run, args[0]));
    if (expr_temporal_component(args[0].as.temporal, (enum expr_precision)args[count - 1].as.integer, &part))
        *out = expr_integer(part);
    return SALVE_OK;
}

/* --- durations: an uncertainty is an interval of integers --------------------------------------------------------- */
static enum salve_code measured(struct expr_run *run, bool is_known, int64_t low, int64_t high, struct expr_value *out)
{
    *out = EXPR_NONE;
    if (!is_known || low < INT32_MIN || high > INT32_MAX) return SALVE_OK;
    if (low > high) {
        int64_t swap = low;
        low = high;
        high = swap;
    }
    *out = expr_integer(low);
    return low == high ? SALVE_OK : elm_interval(run, expr_integer(low), true, expr_integer(high), true, out);
}

typedef bool distance(const struct expr_temporal *a, const struct expr_temporal *b, enum expr_precision unit,
                      int default_offset_minutes, int64_t *low, int64_t *high);

static enum salve_code between(struct expr_run *run, const struct expr_value *args, uint32_t count, distance *measure,
                               struct expr_value *out)
{
    int64_t low = 0, high = 0;
    ELM_NULL_IF(2);
    TRY(want_temporal(run, args[0]));
    TRY(want_temporal(run, args[1]));
    enum expr_precision unit = (enum expr_precision)args[count - 1].as.integer;
    bool is_known = measure(args[0].as.temporal, args[1].as.temporal, unit, elm_offset(run), &low, &high);
    return measured(run, is_known, low, high, out);
}
ELM_CALL(elm_duration_between) { return between(run, args, count, expr_temporal_duration, out); }
ELM_CALL(elm_difference_between) { return between(run, args, count, expr_temporal_difference, out); }

/* --- ages --------------------------------------------------------------------------------------------------------- */
static enum salve_code age(struct expr_run *run, struct expr_value birth, struct expr_value at,
                           enum expr_precision unit, struct expr_value *out)
{
    *out = EXPR_NONE;
    if (birth.kind == VALUE_NODE) TRY(elm_plain(run, birth, &birth));
    if (birth.kind == VALUE_NULL || at.kind == VALUE_NULL) return SALVE_OK;
    TRY(want_temporal(run, birth));
    TRY(want_temporal(run, at));
    int64_t low = 0, high = 0;
    struct expr_temporal from = *birth.as.temporal, to = *at.as.temporal;
    if (unit == EXPR_PRECISION_NONE) unit = EXPR_YEAR;
    /* a date of birth counts as its midnight where hours are asked for; otherwise days decide */
    if (from.kind == EXPR_DATE && to.kind == EXPR_DATETIME && (unit <= EXPR_DAY || unit == EXPR_WEEK))
        to = expr_temporal_to_date(to);
    if (to.kind == EXPR_DATE && from.kind == EXPR_DATETIME && (unit <= EXPR_DAY || unit == EXPR_WEEK))
        from = expr_temporal_to_date(from);
    bool is_known = expr_temporal_duration(&from, &to, unit, elm_offset(run), &low, &high);
    return measured(run, is_known, low, high, out);
}

ELM_CALL(elm_calculate_age)
{
    struct expr_value at;
    enum expr_precision unit = (enum expr_precision)args[count - 1].as.integer;
    if (unit >= EXPR_HOUR && unit <= EXPR_MILLISECOND)
        TRY(elm_now(run, NULL, 0, &at));
    else
        TRY(elm_today(run, NULL, 0, &at));
    return age(run, args[0], at, unit, out);
}
ELM_CALL(elm_calculate_age_at)
{
    return age(run, args[0], args[1], (enum expr_precision)args[count - 1].as.integer, out);
}
