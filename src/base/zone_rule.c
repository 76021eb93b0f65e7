/* SPDX-License-Identifier: Apache-2.0
 *
 * The rule of a zone for the years that its file does not list (POSIX TZ; RFC 9636, 3.3.1). */
#include "base/clock.h"
#include "base/zone_int.h"

enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S, HOURS_MAX = 167 };

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool take(struct str *text, char c)
{
    if (text->len == 0 || text->ptr[0] != c) return false;
    *text = str_cut(*text, 1, text->len);
    return true;
}

static bool number(struct str *text, int32_t low, int32_t high, int32_t *out)
{
    size_t digits = 0;
    *out = 0;
    while (digits < text->len && digits < 4 && str_is_digit(text->ptr[digits]))
        *out = *out * 10 + text->ptr[digits++] - '0';
    *text = str_cut(*text, digits, text->len);
    return digits > 0 && low <= *out && *out <= high;
}

/* Three letters or more, or anything in < >. */
static bool name(struct str *text)
{
    size_t len = 0;
    bool is_quoted = take(text, '<');
    while (len < text->len && (is_quoted ? text->ptr[len] != '>' : str_is_letter(text->ptr[len]))) len++;
    *text = str_cut(*text, len, text->len);
    return len >= 3 && (!is_quoted || take(text, '>'));
}

/* [+-]hh[:mm[:ss]] */
static bool hours(struct str *text, int32_t hours_max, int32_t *out_s)
{
    int32_t h = 0, m = 0, s = 0;
    bool is_negative = take(text, '-');
    if (!is_negative) (void)take(text, '+');
    if (!number(text, 0, hours_max, &h)) return false;
    if (take(text, ':') && !number(text, 0, 59, &m)) return false;
    if (take(text, ':') && !number(text, 0, 59, &s)) return false;
    *out_s = (h * HOUR_S + m * 60 + s) * (is_negative ? -1 : 1);
    return true;
}

static bool weekday(struct str *text, struct zone_when *out)
{
    out->kind = ZONE_WEEKDAY;
    return number(text, 1, 12, &out->month) && take(text, '.') && number(text, 1, 5, &out->week) && take(text, '.') &&
           number(text, 0, 6, &out->day);
}

static bool when(struct str *text, struct zone_when *out)
{
    bool is_good;
    out->time_s = 2 * HOUR_S;
    if (take(text, 'M')) {
        is_good = weekday(text, out);
    } else if (take(text, 'J')) {
        out->kind = ZONE_JULIAN;
        is_good = number(text, 1, 365, &out->day);
    } else {
        out->kind = ZONE_DAY;
        is_good = number(text, 0, 365, &out->day);
    }
    return is_good && (!take(text, '/') || hours(text, HOURS_MAX, &out->time_s));
}

bool zone_rule_read(struct str text, struct zone_rule *out)
{
    int32_t west_s = 0;
    *out = (struct zone_rule){.is_there = true};
    if (!name(&text) || !hours(&text, 25, &west_s)) return false;
    out->standard_s = -west_s;
    if (text.len == 0) return true;
    out->has_summer = true;
    if (!name(&text)) return false;
    out->summer_s = out->standard_s + HOUR_S;
    if (text.len > 0 && text.ptr[0] != ',') {
        if (!hours(&text, 25, &west_s)) return false;
        out->summer_s = -west_s;
    }
    return take(&text, ',') && when(&text, &out->start) && take(&text, ',') && when(&text, &out->end) && text.len == 0;
}

/* --- reckoning ---------------------------------------------------------------------------------------------------- */

static bool is_leap(int32_t year) { return civil_month_days(year, 2) == 29; }

/* Days since 1970-01-01. */
static int64_t day_of(const struct zone_when *at, int32_t year)
{
    int64_t first = civil_days(year, 1, 1);
    if (at->kind == ZONE_JULIAN) return first + at->day - 1 + (is_leap(year) && at->day >= 60);
    if (at->kind == ZONE_DAY) return first + at->day;
    int64_t month = civil_days(year, at->month, 1);
    int64_t weekday = (month % 7 + 11) % 7; /* 1970-01-01 was a Thursday; 0 is Sunday */
    int64_t day = (at->day - weekday + 7) % 7 + 7 * (at->week - 1);
    return month + (day < civil_month_days(year, at->month) ? day : day - 7);
}

int32_t zone_rule_offset_s(const struct zone_rule *rule, int64_t unix_s)
{
    if (!rule->has_summer) return rule->standard_s;
    int32_t year = civil_from_unix_ms((unix_s + rule->standard_s) * 1000).year;
    int64_t start = day_of(&rule->start, year) * DAY_S + rule->start.time_s - rule->standard_s;
    int64_t end = day_of(&rule->end, year) * DAY_S + rule->end.time_s - rule->summer_s;
    bool is_summer = start < end ? start <= unix_s && unix_s < end : !(end <= unix_s && unix_s < start);
    return is_summer ? rule->summer_s : rule->standard_s;
}
