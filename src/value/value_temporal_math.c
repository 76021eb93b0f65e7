/* SPDX-License-Identifier: Apache-2.0
 * Arithmetic of temporal values: adding durations by the calendar, durations and differences with their uncertainty,
 * boundaries, successor and predecessor. */
#include "base/assert.h"
#include "value/value_temporal_int.h"

/* --- adding ------------------------------------------------------------------------------------------------------- */
/* Milliseconds of a unit of fixed length; 0 for years and months. */
static int64_t unit_ms(enum expr_precision unit)
{
    switch (unit) {
    case EXPR_WEEK:
        return 7 * EXPR_DAY_MS;
    case EXPR_DAY:
        return EXPR_DAY_MS;
    case EXPR_HOUR:
        return 3600000;
    case EXPR_MINUTE:
        return 60000;
    case EXPR_SECOND:
        return 1000;
    case EXPR_MILLISECOND:
        return 1;
    default:
        return 0;
    }
}

/* A unit finer than the precision becomes whole units of it: 12 months or 365 days a year, 30 days a month. */
static void coarsen(enum expr_precision precision, int64_t *amount, enum expr_precision *unit)
{
    int64_t ms = unit_ms(*unit);
    if (*unit == EXPR_MONTH && precision == EXPR_YEAR) {
        *amount /= 12;
        *unit = EXPR_YEAR;
    } else if (ms != 0 && precision <= EXPR_SECOND && ms < (precision >= EXPR_DAY ? unit_ms(precision) : INT64_MAX)) {
        int64_t per = precision == EXPR_YEAR    ? 365 * EXPR_DAY_MS
                      : precision == EXPR_MONTH ? 30 * EXPR_DAY_MS
                                                : unit_ms(precision);
        *amount = (int64_t)((expr_i128)*amount * ms / per);
        *unit = precision;
    }
}

static bool add_months(struct expr_temporal *t, int64_t months)
{
    salve_assert(t->kind != EXPR_TIME && t->month >= 1);
    int64_t all = t->year * 12LL + (t->month - 1) + months;
    if (all < 12 || all >= 10000 * 12) return false;
    t->year = (int16_t)(all / 12);
    t->month = (uint8_t)(all % 12 + 1);
    int last = civil_month_days(t->year, t->month);
    if (t->day > last) t->day = (uint8_t)last;
    return true;
}

bool expr_temporal_add(struct expr_temporal t, int64_t amount, enum expr_precision unit, struct expr_temporal *out)
{
    const int64_t limit = INT64_C(1000000000000000);
    if (amount > limit || amount < -limit) return false;
    coarsen((enum expr_precision)t.precision, &amount, &unit);
    bool is_in_range = true;
    if (unit == EXPR_YEAR || unit == EXPR_MONTH) {
        if (t.kind == EXPR_TIME) return false;
        is_in_range = add_months(&t, unit == EXPR_YEAR ? amount * 12 : amount);
    } else {
        expr_i128 ms = (expr_i128)amount * unit_ms(unit);
        if (t.kind == EXPR_TIME) ms %= EXPR_DAY_MS;
        is_in_range = ms < limit && ms > -limit && expr_temporal_set_ms(&t, expr_temporal_ms(&t) + (int64_t)ms);
    }
    if (is_in_range) *out = t;
    return is_in_range;
}

/* --- boundaries --------------------------------------------------------------------------------------------------- */
struct expr_temporal expr_temporal_low(struct expr_temporal t, enum expr_precision p)
{
    if (t.precision < p) t.precision = (uint8_t)p; /* the fields past it are the lowest already */
    return t;
}

struct expr_temporal expr_temporal_high(struct expr_temporal t, enum expr_precision p)
{
    enum expr_precision had = (enum expr_precision)t.precision;
    if (had >= p) return t;
    if (t.kind != EXPR_TIME) {
        if (had < EXPR_MONTH && p >= EXPR_MONTH) t.month = 12;
        if (had < EXPR_DAY && p >= EXPR_DAY) t.day = (uint8_t)civil_month_days(t.year, t.month);
    }
    if (had < EXPR_HOUR && p >= EXPR_HOUR) t.hour = 23;
    if (had < EXPR_MINUTE && p >= EXPR_MINUTE) t.minute = 59;
    if (had < EXPR_SECOND && p >= EXPR_SECOND) t.second = 59;
    if (p >= EXPR_MILLISECOND) t.millisecond = 999;
    t.precision = (uint8_t)p;
    return t;
}

static const uint8_t date_digits[] = {4, 6, 8, 10, 12, 14, 17}, time_digits[] = {0, 0, 0, 2, 4, 6, 9};

bool expr_temporal_boundary(struct expr_temporal t, int digits, bool is_high, struct expr_temporal *out)
{
    const uint8_t *table = t.kind == EXPR_TIME ? time_digits : date_digits;
    int finest = t.kind == EXPR_DATE ? EXPR_DAY : EXPR_MILLISECOND, p = finest;
    if (digits != 0)
        for (p = 0; p <= EXPR_MILLISECOND && table[p] != digits;) p++;
    if (p > EXPR_MILLISECOND || digits < 0) return false;
    if (p > finest) t.kind = EXPR_DATETIME;
    t = is_high ? expr_temporal_high(t, (enum expr_precision)p) : expr_temporal_low(t, (enum expr_precision)p);
    *out = expr_temporal_cut(t, (enum expr_precision)p);
    return true;
}

int expr_temporal_digits(const struct expr_temporal *t)
{
    salve_assert(t->precision <= EXPR_MILLISECOND);
    return (t->kind == EXPR_TIME ? time_digits : date_digits)[t->precision];
}

bool expr_temporal_successor(struct expr_temporal t, struct expr_temporal *out)
{
    struct expr_temporal next;
    if (!expr_temporal_add(t, 1, (enum expr_precision)t.precision, &next)) return false;
    if (t.kind == EXPR_TIME && expr_temporal_ms(&next) < expr_temporal_ms(&t)) return false;
    *out = next;
    return true;
}

bool expr_temporal_predecessor(struct expr_temporal t, struct expr_temporal *out)
{
    struct expr_temporal next;
    if (!expr_temporal_add(t, -1, (enum expr_precision)t.precision, &next)) return false;
    if (t.kind == EXPR_TIME && expr_temporal_ms(&next) > expr_temporal_ms(&t)) return false;
    *out = next;
    return true;
}

/* --- durations and differences ------------------------------------------------------------------------------------ */
static int64_t floor_div(int64_t a, int64_t b)
{
    salve_assert(b > 0);
    return a / b - (a % b != 0 && a < 0);
}

/* Milliseconds of t into its month, on a day of that month. */
static int64_t ms_of_month(const struct expr_temporal *t, int day)
{
    return day * EXPR_DAY_MS + expr_temporal_ms(t) - civil_days(t->year, t->month, t->day) * EXPR_DAY_MS;
}

/* Whole months from a to b, both full, a before b. Where the month of b has no such day as a's, its last day is meant,
 * as in adding: a year from 29 February is full on 28 February, a month from 31 January on the last of February. */
static int64_t months_passed(const struct expr_temporal *a, const struct expr_temporal *b)
{
    int last = civil_month_days(b->year, b->month);
    bool is_short = ms_of_month(b, b->day) < ms_of_month(a, a->day < last ? a->day : last);
    return (b->year - a->year) * 12LL + (b->month - a->month) - is_short;
}

static int64_t whole_months(const struct expr_temporal *a, const struct expr_temporal *b)
{
    return expr_temporal_ms(a) <= expr_temporal_ms(b) ? months_passed(a, b) : -months_passed(b, a);
}

static int64_t whole_duration(const struct expr_temporal *a, const struct expr_temporal *b, enum expr_precision unit)
{
    if (unit == EXPR_YEAR) return whole_months(a, b) / 12;
    if (unit == EXPR_MONTH) return whole_months(a, b);
    return (expr_temporal_ms(b) - expr_temporal_ms(a)) / unit_ms(unit);
}

static int64_t crossed(const struct expr_temporal *a, const struct expr_temporal *b, enum expr_precision unit)
{
    if (unit == EXPR_YEAR) return b->year - a->year;
    if (unit == EXPR_MONTH) return (b->year - a->year) * 12LL + (b->month - a->month);
    int64_t from = expr_temporal_ms(a), to = expr_temporal_ms(b), size = unit_ms(unit);
    /* weeks begin on Sunday; 1970-01-01 was a Thursday */
    if (unit == EXPR_WEEK) from += 4 * EXPR_DAY_MS, to += 4 * EXPR_DAY_MS;
    return floor_div(to, size) - floor_div(from, size);
}

static bool is_measurable(const struct expr_temporal *a, const struct expr_temporal *b, enum expr_precision unit)
{
    if ((a->kind == EXPR_TIME) != (b->kind == EXPR_TIME) || unit > EXPR_WEEK) return false;
    return a->kind != EXPR_TIME || (unit >= EXPR_HOUR && unit != EXPR_WEEK);
}

/* Both directions of doubt: the shortest and the longest distance that a and b may have. */
static bool measure(const struct expr_temporal *a, const struct expr_temporal *b, enum expr_precision unit,
                    int default_offset_minutes, int64_t *low, int64_t *high,
                    int64_t (*distance)(const struct expr_temporal *, const struct expr_temporal *,
                                        enum expr_precision))
{
    struct expr_temporal x = *a, y = *b;
    bool as_written = distance == crossed && (unit < EXPR_HOUR || unit == EXPR_WEEK); /* the days, at any offset */
    if (!is_measurable(a, b, unit)) return false;
    if (!as_written && !expr_temporal_align(&x, &y, default_offset_minutes)) return false;
    enum expr_precision finest = x.kind == EXPR_DATE && y.kind == EXPR_DATE ? EXPR_DAY : EXPR_MILLISECOND;
    struct expr_temporal x_low = expr_temporal_low(x, finest), x_high = expr_temporal_high(x, finest);
    struct expr_temporal y_low = expr_temporal_low(y, finest), y_high = expr_temporal_high(y, finest);
    *low = distance(&x_high, &y_low, unit);
    *high = distance(&x_low, &y_high, unit);
    return true;
}

bool expr_temporal_duration(const struct expr_temporal *a, const struct expr_temporal *b, enum expr_precision unit,
                            int default_offset_minutes, int64_t *low, int64_t *high)
{
    return measure(a, b, unit, default_offset_minutes, low, high, whole_duration);
}

bool expr_temporal_difference(const struct expr_temporal *a, const struct expr_temporal *b, enum expr_precision unit,
                              int default_offset_minutes, int64_t *low, int64_t *high)
{
    return measure(a, b, unit, default_offset_minutes, low, high, crossed);
}
