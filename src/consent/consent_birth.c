/* SPDX-License-Identifier: Apache-2.0
 * What a birth date says about an age, where it is a day, a month, a year or nothing. */
#include "consent/consent_int.h"

#include "base/clock.h"

enum { YEAR_BYTES = 4, MONTH_BYTES = 7, DAY_BYTES = 10 };

struct consent_birth consent_birth_of_day(int64_t unix_s) { return (struct consent_birth){unix_s, unix_s}; }

struct consent_birth consent_birth_read(struct str text, int64_t at_unix_s)
{
    struct consent_birth unknown = {INT64_MIN, at_unix_s - at_unix_s % CONSENT_DAY_S};
    struct str year_text = str_cut(text, 0, YEAR_BYTES), month_text = str_cut(text, YEAR_BYTES + 1, MONTH_BYTES);
    int64_t year = 0, month = 0, ms = 0;
    if (text.len >= DAY_BYTES)
        return clock_parse(str_cut(text, 0, DAY_BYTES), &ms) ? consent_birth_of_day(ms / 1000) : unknown;
    if ((text.len != YEAR_BYTES && text.len != MONTH_BYTES) || !str_to_i64(year_text, &year) || year < 1)
        return unknown;
    int32_t first = 1, last = 12;
    if (text.len == MONTH_BYTES) {
        if (text.ptr[YEAR_BYTES] != '-' || !str_to_i64(month_text, &month) || month < 1 || month > 12) return unknown;
        first = last = (int32_t)month;
    }
    int32_t last_day = civil_month_days((int32_t)year, last);
    return (struct consent_birth){civil_days((int32_t)year, first, 1) * CONSENT_DAY_S,
                                  civil_days((int32_t)year, last, last_day) * CONSENT_DAY_S};
}

int32_t consent_age_youngest(const struct consent_birth *birth, int64_t at_unix_s)
{
    return consent_age_years(birth->latest_unix_s, at_unix_s);
}

int32_t consent_age_oldest(const struct consent_birth *birth, int64_t at_unix_s)
{
    return birth->earliest_unix_s == INT64_MIN ? INT32_MAX : consent_age_years(birth->earliest_unix_s, at_unix_s);
}
