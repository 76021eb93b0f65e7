/* SPDX-License-Identifier: Apache-2.0
 * Dates, dateTimes and times with precision: reading, printing, parts, milliseconds and comparison. Arithmetic is in
 * value_temporal_math.c. Components past the precision always hold their lowest value. */
#include "value/value_temporal_int.h"

#include <stdio.h>
#include <strings.h>

#include "base/assert.h"
enum { OFFSET_MINUTES_MAX = 14 * 60 };

/* --- reading ------------------------------------------------------------------------------------------------------ */
struct reader {
    const char *at, *end;
};

static bool reader_number(struct reader *in, int digits, int *out)
{
    if (in->end - in->at < digits) return false;
    *out = 0;
    for (int i = 0; i < digits; i++) {
        int digit = in->at[i] - '0';
        if (digit < 0 || digit > 9) return false;
        *out = *out * 10 + digit;
    }
    in->at += digits;
    return true;
}

static bool reader_skip(struct reader *in, char c)
{
    if (in->at == in->end || *in->at != c) return false;
    in->at++;
    return true;
}

static bool read_offset(struct reader *in, struct expr_temporal *out)
{
    int hours, minutes;
    if (reader_skip(in, 'Z')) {
        out->offset_minutes = 0;
        return true;
    }
    bool is_west = reader_skip(in, '-');
    if (!is_west && !reader_skip(in, '+')) return true; /* none */
    if (!reader_number(in, 2, &hours) || !reader_skip(in, ':') || !reader_number(in, 2, &minutes) || minutes > 59)
        return false;
    int offset = hours * 60 + minutes;
    if (offset > OFFSET_MINUTES_MAX) return false;
    out->offset_minutes = (int16_t)(is_west ? -offset : offset);
    return true;
}

static bool read_fraction(struct reader *in, struct expr_temporal *out)
{
    int count = 0, value = 0;
    for (; in->at < in->end && str_is_digit(*in->at); in->at++, count++)
        if (count < 3) value = value * 10 + (*in->at - '0');
    for (int i = count; i < 3; i++) value *= 10;
    out->millisecond = (uint16_t)value;
    out->precision = EXPR_MILLISECOND;
    return count > 0;
}

static bool read_clock(struct reader *in, struct expr_temporal *out)
{
    int value;
    if (!reader_number(in, 2, &value)) return false;
    out->hour = (uint8_t)value;
    out->precision = EXPR_HOUR;
    if (!reader_skip(in, ':')) return true;
    if (!reader_number(in, 2, &value)) return false;
    out->minute = (uint8_t)value;
    out->precision = EXPR_MINUTE;
    if (!reader_skip(in, ':')) return true;
    if (!reader_number(in, 2, &value)) return false;
    out->second = (uint8_t)value;
    out->precision = EXPR_SECOND;
    return !reader_skip(in, '.') || read_fraction(in, out);
}

static bool read_date(struct reader *in, struct expr_temporal *out)
{
    int value;
    if (!reader_number(in, 4, &value)) return false;
    out->year = (int16_t)value;
    out->precision = EXPR_YEAR;
    if (!reader_skip(in, '-')) return true;
    if (!reader_number(in, 2, &value)) return false;
    out->month = (uint8_t)value;
    out->precision = EXPR_MONTH;
    if (!reader_skip(in, '-')) return true;
    if (!reader_number(in, 2, &value)) return false;
    out->day = (uint8_t)value;
    out->precision = EXPR_DAY;
    return true;
}

static bool read_time(struct reader *in, struct expr_temporal *out)
{
    *out = (struct expr_temporal){.offset_minutes = EXPR_NO_OFFSET, .kind = EXPR_TIME};
    return read_clock(in, out) && in->at == in->end && expr_temporal_valid(out);
}

bool expr_temporal_parse(struct str text, struct expr_temporal *out)
{
    struct reader in = {text.ptr, text.ptr + text.len};
    (void)reader_skip(&in, '@');
    if (reader_skip(&in, 'T')) return read_time(&in, out);
    if (in.end - in.at > 2 && in.at[2] == ':') return read_time(&in, out);
    *out = (struct expr_temporal){.month = 1, .day = 1, .offset_minutes = EXPR_NO_OFFSET, .kind = EXPR_DATE};
    if (!read_date(&in, out)) return false;
    if (reader_skip(&in, 'T')) {
        out->kind = EXPR_DATETIME;
        if (in.at < in.end && str_is_digit(*in.at) && (out->precision != EXPR_DAY || !read_clock(&in, out)))
            return false;
        if (!read_offset(&in, out)) return false;
    }
    return in.at == in.end && expr_temporal_valid(out);
}

bool expr_temporal_parse_as(struct str text, enum expr_temporal_kind kind, struct expr_temporal *out)
{
    if (kind == EXPR_TIME && text.len > 0 && text.ptr[0] != '@' && text.ptr[0] != 'T') {
        struct reader in = {text.ptr, text.ptr + text.len};
        return read_time(&in, out);
    }
    if (!expr_temporal_parse(text, out)) return false;
    if (kind == EXPR_DATETIME && out->kind == EXPR_DATE) out->kind = EXPR_DATETIME;
    return out->kind == kind;
}

bool expr_temporal_valid(const struct expr_temporal *t)
{
    bool is_clock_good = t->hour < 24 && t->minute < 60 && t->second < 60 && t->millisecond < 1000;
    if (t->kind == EXPR_TIME) return is_clock_good && t->precision >= EXPR_HOUR && t->precision <= EXPR_MILLISECOND;
    return is_clock_good && t->year >= 1 && t->year <= 9999 && t->month >= 1 && t->month <= 12 && t->day >= 1 &&
           t->day <= civil_month_days(t->year, t->month) &&
           t->precision <= (t->kind == EXPR_DATE ? EXPR_DAY : EXPR_MILLISECOND);
}

/* --- printing ----------------------------------------------------------------------------------------------------- */
/* By hand: findings are full of dates. Returns where it ends. */
static char *put_digits(char *to, int number, int digits)
{
    salve_assert(number >= 0);
    for (int i = digits - 1; i >= 0; i--, number /= 10) to[i] = (char)('0' + number % 10);
    salve_assert(number == 0); /* it has no more digits than that */
    return to + digits;
}

static char *put_part(char *to, char before, int number, int digits)
{
    *to = before;
    return put_digits(to + 1, number, digits);
}

static char *put_clock(const struct expr_temporal *t, char *to)
{
    salve_assert(t->precision >= EXPR_HOUR);
    to = put_digits(to, t->hour, 2);
    if (t->precision >= EXPR_MINUTE) to = put_part(to, ':', t->minute, 2);
    if (t->precision >= EXPR_SECOND) to = put_part(to, ':', t->second, 2);
    return t->precision > EXPR_SECOND ? put_part(to, '.', t->millisecond, 3) : to;
}

static char *put_offset(int offset_minutes, bool as_z, char *to)
{
    int minutes = offset_minutes < 0 ? -offset_minutes : offset_minutes;
    if (offset_minutes == EXPR_NO_OFFSET) return to;
    if (offset_minutes == 0 && as_z) {
        *to = 'Z';
        return to + 1;
    }
    to = put_part(to, offset_minutes < 0 ? '-' : '+', minutes / 60, 2);
    return put_part(to, ':', minutes % 60, 2);
}

struct str expr_temporal_text(const struct expr_temporal *t, bool as_z, char text[EXPR_TEMPORAL_TEXT_BYTES])
{
    char *to = text;
    if (t->kind != EXPR_TIME) {
        to = put_digits(to, t->year, 4);
        if (t->precision >= EXPR_MONTH) to = put_part(to, '-', t->month, 2);
        if (t->precision >= EXPR_DAY) to = put_part(to, '-', t->day, 2);
        if (t->precision >= EXPR_HOUR) *to++ = 'T';
    }
    if (t->kind == EXPR_TIME || t->precision >= EXPR_HOUR) to = put_clock(t, to);
    if (t->kind != EXPR_TIME && t->precision >= EXPR_HOUR) to = put_offset(t->offset_minutes, as_z, to);
    *to = '\0';
    return str_make(text, (size_t)(to - text));
}

/* --- parts -------------------------------------------------------------------------------------------------------- */
struct expr_temporal expr_temporal_cut(struct expr_temporal t, enum expr_precision p)
{
    if (p < EXPR_MONTH) t.month = 1;
    if (p < EXPR_DAY) t.day = 1;
    if (p < EXPR_HOUR) t.hour = 0;
    if (p < EXPR_MINUTE) t.minute = 0;
    if (p < EXPR_SECOND) t.second = 0;
    if (p < EXPR_MILLISECOND) t.millisecond = 0;
    if (t.kind == EXPR_TIME) t.month = t.day = 0;
    if (p < t.precision) t.precision = (uint8_t)p;
    return t;
}

struct expr_temporal expr_temporal_to_date(struct expr_temporal t)
{
    t = expr_temporal_cut(t, EXPR_DAY);
    t.kind = EXPR_DATE;
    t.offset_minutes = EXPR_NO_OFFSET;
    return t;
}

struct expr_temporal expr_temporal_to_time(struct expr_temporal t)
{
    t.kind = EXPR_TIME;
    t.year = 0;
    t.month = t.day = 0;
    t.offset_minutes = EXPR_NO_OFFSET;
    return t;
}

static int field_of(const struct expr_temporal *t, enum expr_precision part)
{
    switch (part) {
    case EXPR_YEAR:
        return t->year;
    case EXPR_MONTH:
        return t->month;
    case EXPR_DAY:
        return t->day;
    case EXPR_HOUR:
        return t->hour;
    case EXPR_MINUTE:
        return t->minute;
    case EXPR_SECOND:
        return t->second;
    default:
        return t->millisecond;
    }
}

bool expr_temporal_component(const struct expr_temporal *t, enum expr_precision part, int *out)
{
    if (part > t->precision || (t->kind == EXPR_TIME && part < EXPR_HOUR)) return false;
    *out = field_of(t, part);
    return true;
}

bool expr_temporal_same_fields(const struct expr_temporal *a, const struct expr_temporal *b)
{
    return a->kind == b->kind && a->precision == b->precision && a->year == b->year && a->month == b->month &&
           a->day == b->day && a->hour == b->hour && a->minute == b->minute && a->second == b->second &&
           a->millisecond == b->millisecond && a->offset_minutes == b->offset_minutes;
}

/* --- milliseconds ------------------------------------------------------------------------------------------------- */
int64_t expr_temporal_ms(const struct expr_temporal *t)
{
    int64_t ms = ((t->hour * 60LL + t->minute) * 60 + t->second) * 1000 + t->millisecond;
    return t->kind == EXPR_TIME ? ms : civil_days(t->year, t->month, t->day) * EXPR_DAY_MS + ms;
}

static void set_clock(struct expr_temporal *t, int64_t ms_of_day)
{
    t->millisecond = (uint16_t)(ms_of_day % 1000);
    t->second = (uint8_t)(ms_of_day / 1000 % 60);
    t->minute = (uint8_t)(ms_of_day / 60000 % 60);
    t->hour = (uint8_t)(ms_of_day / 3600000);
}

bool expr_temporal_set_ms(struct expr_temporal *t, int64_t ms)
{
    if (t->kind == EXPR_TIME) {
        ms %= EXPR_DAY_MS;
        set_clock(t, ms < 0 ? ms + EXPR_DAY_MS : ms);
        return true;
    }
    if (ms < -62135596800000 || ms > 253402300799999) return false;
    struct civil civil = civil_from_unix_ms(ms);
    t->year = (int16_t)civil.year;
    t->month = (uint8_t)civil.month;
    t->day = (uint8_t)civil.day;
    t->hour = (uint8_t)civil.hour;
    t->minute = (uint8_t)civil.minute;
    t->second = (uint8_t)civil.second;
    t->millisecond = (uint16_t)civil.ms;
    return true;
}

struct expr_temporal expr_temporal_of_unix_ms(int64_t unix_ms, int offset_minutes)
{
    struct expr_temporal t = {.month = 1,
                              .day = 1,
                              .year = 1,
                              .kind = EXPR_DATETIME,
                              .precision = EXPR_MILLISECOND,
                              .offset_minutes = (int16_t)offset_minutes};
    if (offset_minutes != EXPR_NO_OFFSET) unix_ms += offset_minutes * 60000LL;
    (void)expr_temporal_set_ms(&t, unix_ms);
    return t;
}

struct expr_temporal expr_temporal_at_offset(struct expr_temporal t, int offset_minutes)
{
    if (t.kind != EXPR_DATETIME || t.precision < EXPR_HOUR || t.offset_minutes == EXPR_NO_OFFSET ||
        t.offset_minutes == offset_minutes)
        return t;
    /* at the first and last day of the calendar the fields stay as they are */
    if (expr_temporal_set_ms(&t, expr_temporal_ms(&t) + (offset_minutes - t.offset_minutes) * 60000LL))
        t.offset_minutes = (int16_t)offset_minutes;
    return t;
}

/* --- comparison --------------------------------------------------------------------------------------------------- */
bool expr_temporal_align(struct expr_temporal *a, struct expr_temporal *b, int default_offset_minutes)
{
    if (a->kind == EXPR_TIME || b->kind == EXPR_TIME) return true;
    bool has_hours = a->precision >= EXPR_HOUR || b->precision >= EXPR_HOUR;
    if (!has_hours) return true;
    if (a->precision >= EXPR_HOUR && a->offset_minutes == EXPR_NO_OFFSET)
        a->offset_minutes = (int16_t)default_offset_minutes;
    if (b->precision >= EXPR_HOUR && b->offset_minutes == EXPR_NO_OFFSET)
        b->offset_minutes = (int16_t)default_offset_minutes;
    if (a->precision >= EXPR_HOUR && b->precision >= EXPR_HOUR) {
        if (a->offset_minutes == b->offset_minutes) return true;
        if (a->offset_minutes == EXPR_NO_OFFSET || b->offset_minutes == EXPR_NO_OFFSET) return false;
    }
    int to = default_offset_minutes == EXPR_NO_OFFSET ? 0 : default_offset_minutes;
    if (default_offset_minutes == EXPR_NO_OFFSET && (a->precision < EXPR_HOUR || b->precision < EXPR_HOUR)) return true;
    *a = expr_temporal_at_offset(*a, to);
    *b = expr_temporal_at_offset(*b, to);
    return true;
}

/* One has an offset and the other none: they compare only if more than the widest offset lies between them. */
static enum expr_order cmp_without_offset(const struct expr_temporal *a, const struct expr_temporal *b)
{
    int64_t apart = expr_temporal_ms(a) - expr_temporal_ms(b);
    if (a->offset_minutes != EXPR_NO_OFFSET) apart -= a->offset_minutes * 60000LL;
    if (b->offset_minutes != EXPR_NO_OFFSET) apart += b->offset_minutes * 60000LL;
    if (apart > EXPR_DAY_MS + OFFSET_MINUTES_MAX * 60000LL) return EXPR_MORE;
    if (apart < -EXPR_DAY_MS - OFFSET_MINUTES_MAX * 60000LL) return EXPR_LESS;
    return EXPR_UNKNOWN;
}

static enum expr_order compare(const struct expr_temporal *a, const struct expr_temporal *b, enum expr_precision to,
                               int default_offset_minutes, bool is_second_decimal)
{
    struct expr_temporal x = *a, y = *b;
    if ((a->kind == EXPR_TIME) != (b->kind == EXPR_TIME)) return EXPR_UNKNOWN;
    if (to == EXPR_WEEK) to = EXPR_DAY;
    if (to >= EXPR_HOUR && x.kind != EXPR_TIME && !expr_temporal_align(&x, &y, default_offset_minutes))
        return cmp_without_offset(a, b);
    if (to == EXPR_MILLISECOND && is_second_decimal) { /* seconds with milliseconds are one decimal */
        if (x.precision == EXPR_SECOND) x.precision = EXPR_MILLISECOND;
        if (y.precision == EXPR_SECOND) y.precision = EXPR_MILLISECOND;
    }
    for (int part = x.kind == EXPR_TIME ? EXPR_HOUR : EXPR_YEAR; part <= (int)to; part++) {
        bool has_x = part <= x.precision, has_y = part <= y.precision;
        if (!has_x && !has_y && to == EXPR_MILLISECOND) return EXPR_SAME;
        if (!has_x || !has_y) return EXPR_UNKNOWN;
        int one = field_of(&x, (enum expr_precision)part), two = field_of(&y, (enum expr_precision)part);
        if (one != two) return one < two ? EXPR_LESS : EXPR_MORE;
    }
    return EXPR_SAME;
}

enum expr_order expr_temporal_cmp(const struct expr_temporal *a, const struct expr_temporal *b, enum expr_precision to,
                                  int default_offset_minutes)
{
    return compare(a, b, to, default_offset_minutes, true);
}

enum expr_order expr_temporal_cmp_parts(const struct expr_temporal *a, const struct expr_temporal *b,
                                        enum expr_precision to, int default_offset_minutes)
{
    return compare(a, b, to, default_offset_minutes, false);
}

/* --- words -------------------------------------------------------------------------------------------------------- */
static const struct {
    const char *name, *ucum;
    enum expr_precision precision;
} precision_names[] = {
    {"year", "a", EXPR_YEAR},     {"month", "mo", EXPR_MONTH},
    {"week", "wk", EXPR_WEEK},    {"day", "d", EXPR_DAY},
    {"hour", "h", EXPR_HOUR},     {"minute", "min", EXPR_MINUTE},
    {"second", "s", EXPR_SECOND}, {"millisecond", "ms", EXPR_MILLISECOND},
};
enum { PRECISION_NAME_COUNT = sizeof precision_names / sizeof precision_names[0] };

bool expr_duration_unit(struct str unit, enum expr_precision *out, bool *is_calendar)
{
    for (int i = 0; i < PRECISION_NAME_COUNT; i++) {
        struct str name = str_of(precision_names[i].name);
        bool is_word =
            str_eq(unit, name) || (unit.len == name.len + 1 && unit.ptr[name.len] == 's' && str_starts(unit, name));
        if (!is_word && !str_is(unit, precision_names[i].ucum)) continue;
        *out = precision_names[i].precision;
        *is_calendar = is_word;
        return true;
    }
    return false;
}

const char *expr_precision_name(enum expr_precision p)
{
    for (int i = 0; i < PRECISION_NAME_COUNT; i++)
        if (precision_names[i].precision == p) return precision_names[i].name;
    return "";
}

bool expr_precision_find(struct str name, enum expr_precision *out)
{
    if (name.len > 1 && (name.ptr[name.len - 1] == 's')) name.len--;
    for (int i = 0; i < PRECISION_NAME_COUNT; i++) {
        const char *word = precision_names[i].name;
        if (name.len == strlen(word) && strncasecmp(name.ptr, word, name.len) == 0) {
            *out = precision_names[i].precision;
            return true;
        }
    }
    return false;
}
