/* SPDX-License-Identifier: Apache-2.0
 *
 * clock - the time as a value that is passed down, and the civil calendar (proleptic Gregorian, UTC).
 * Nothing in Salve asks the system for the time except through a struct clock, so a test can set it. */
#ifndef SALVE_BASE_CLOCK_H
#define SALVE_BASE_CLOCK_H

#include <stdint.h>

#include "base/str.h"

struct clock {
    int64_t (*now_unix_ms)(const struct clock *clock);
    int64_t fixed_unix_ms; /* for clock_fixed */
};

/* clock_system - the system's time. clock_fixed - always the same, for tests and for `--now`. */
struct clock clock_system(void);
struct clock clock_fixed(int64_t unix_ms);

static inline int64_t clock_ms(const struct clock *clock) { return clock->now_unix_ms(clock); }
static inline int64_t clock_s(const struct clock *clock) { return clock->now_unix_ms(clock) / 1000; }

struct civil {
    int32_t year;
    int32_t month, day;           /* 1..12, 1..31 */
    int32_t hour, minute, second; /* 0..23, 0..59, 0..59 */
    int32_t ms;
};

int64_t civil_days(int32_t year, int32_t month, int32_t day); /* days since 1970-01-01 */
struct civil civil_from_unix_ms(int64_t unix_ms);
int64_t civil_to_unix_ms(struct civil civil);
int32_t civil_month_days(int32_t year, int32_t month); /* 28..31 */

enum { CLOCK_TEXT_BYTES = 32 };
/* "2026-11-23T09:30:00Z"; the second form gives the date alone. Both return a view of `text`. */
struct str clock_text(int64_t unix_ms, char text[CLOCK_TEXT_BYTES]);
struct str clock_date_text(int64_t unix_ms, char text[CLOCK_TEXT_BYTES]);

/* clock_parse - "2026-11-23" or "2026-11-23T09:30[:00[.123]](Z|+03:00)" (RFC 3339); false if it is neither. */
bool clock_parse(struct str text, int64_t *unix_ms);

#endif
