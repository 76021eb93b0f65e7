/* SPDX-License-Identifier: Apache-2.0
 * Time and the civil calendar; see clock.h. Day arithmetic counts 400-year eras of 146,097 days. */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t system_now(const struct clock *clock)
{
    (void)clock;
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t fixed_now(const struct clock *clock) { return clock->fixed_unix_ms; }

struct clock clock_system(void) { return (struct clock){system_now, 0}; }
struct clock clock_fixed(int64_t unix_ms) { return (struct clock){fixed_now, unix_ms}; }

/* Years start in March here, so that the leap day is the last of its year. */
int64_t civil_days(int32_t year, int32_t month, int32_t day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void civil_from_days(int64_t days, struct civil *out)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    out->day = (int32_t)(day_of_year - (153 * shifted + 2) / 5 + 1);
    out->month = (int32_t)(shifted < 10 ? shifted + 3 : shifted - 9);
    out->year = (int32_t)(year_of_era + era * 400 + (out->month <= 2));
}

struct civil civil_from_unix_ms(int64_t unix_ms)
{
    int64_t days = unix_ms / 86400000, ms = unix_ms % 86400000;
    if (ms < 0) {
        ms += 86400000;
        days--;
    }
    struct civil civil = {.hour = (int32_t)(ms / 3600000),
                          .minute = (int32_t)(ms / 60000 % 60),
                          .second = (int32_t)(ms / 1000 % 60),
                          .ms = (int32_t)(ms % 1000)};
    civil_from_days(days, &civil);
    return civil;
}

int64_t civil_to_unix_ms(struct civil civil)
{
    int64_t days = civil_days(civil.year, civil.month, civil.day);
    return ((days * 24 + civil.hour) * 60 + civil.minute) * 60000 + (int64_t)civil.second * 1000 + civil.ms;
}

int32_t civil_month_days(int32_t year, int32_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && is_leap);
}

struct str clock_text(int64_t unix_ms, char text[CLOCK_TEXT_BYTES])
{
    struct civil c = civil_from_unix_ms(unix_ms);
    int len = snprintf(text, CLOCK_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour,
                       c.minute, c.second);
    return str_make(text, (size_t)len);
}

struct str clock_date_text(int64_t unix_ms, char text[CLOCK_TEXT_BYTES])
{
    struct civil c = civil_from_unix_ms(unix_ms);
    return str_make(text, (size_t)snprintf(text, CLOCK_TEXT_BYTES, "%04d-%02d-%02d", c.year, c.month, c.day));
}

static bool take_number(struct str *text, size_t digits, int32_t *out)
{
    int64_t number;
    if (text->len < digits || !str_to_i64(str_cut(*text, 0, digits), &number) || text->ptr[0] < '0') return false;
    *out = (int32_t)number;
    *text = str_cut(*text, digits, text->len);
    return true;
}

static bool take_char(struct str *text, char c)
{
    if (text->len == 0 || text->ptr[0] != c) return false;
    *text = str_cut(*text, 1, text->len);
    return true;
}

static bool take_fraction(struct str *text, int32_t *ms)
{
    if (!take_char(text, '.')) return true;
    int32_t weight = 100, digits = 0;
    for (; text->len > 0 && str_is_digit(text->ptr[0]); digits++, weight /= 10) {
        *ms += (text->ptr[0] - '0') * weight;
        *text = str_cut(*text, 1, text->len);
    }
    return digits > 0;
}

static bool take_offset(struct str *text, int32_t *minutes)
{
    if (take_char(text, 'Z')) return true;
    bool is_west = text->len > 0 && text->ptr[0] == '-';
    int32_t hours = 0, rest = 0;
    if (!take_char(text, is_west ? '-' : '+')) return false;
    if (!take_number(text, 2, &hours) || !take_char(text, ':') || !take_number(text, 2, &rest)) return false;
    *minutes = (hours * 60 + rest) * (is_west ? -1 : 1);
    return hours <= 14 && rest <= 59;
}

static bool take_date(struct str *text, struct civil *c)
{
    return take_number(text, 4, &c->year) && take_char(text, '-') && take_number(text, 2, &c->month) &&
           take_char(text, '-') && take_number(text, 2, &c->day) && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
           c->day <= civil_month_days(c->year, c->month);
}

bool clock_parse(struct str text, int64_t *unix_ms)
{
    struct civil c = {0};
    int32_t offset_minutes = 0;
    if (!take_date(&text, &c)) return false;
    if (text.len > 0) {
        if (!take_char(&text, 'T') || !take_number(&text, 2, &c.hour) || !take_char(&text, ':') ||
            !take_number(&text, 2, &c.minute))
            return false;
        if (take_char(&text, ':') && (!take_number(&text, 2, &c.second) || !take_fraction(&text, &c.ms))) return false;
        if (!take_offset(&text, &offset_minutes)) return false;
    }
    if (text.len > 0 || c.hour > 23 || c.minute > 59 || c.second > 59) return false;
    *unix_ms = civil_to_unix_ms(c) - (int64_t)offset_minutes * 60000;
    return true;
}
