/* SPDX-License-Identifier: Apache-2.0
 * Calendar days of a place; see zone.h. */
#include "base/zone.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct zone {
    bool is_machine;
};

static const struct zone utc, machine = {true};

const struct zone *zone_utc(void) { return &utc; }
const struct zone *zone_machine(void) { return &machine; }

static struct zone_day machine_day(int64_t unix_ms)
{
    time_t second = (time_t)(unix_ms / 1000 - (unix_ms % 1000 < 0));
    struct tm tm;
    struct zone_day day = {unix_ms - 86400000, unix_ms + 86400000, 0}; /* a year that the system cannot reckon with */
    if (localtime_r(&second, &tm) == NULL) return day;
    day.offset_minutes = (int32_t)(tm.tm_gmtoff / 60);
    tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
    tm.tm_isdst = -1;
    struct tm next = tm;
    next.tm_mday++;
    day.start_unix_ms = (int64_t)mktime(&tm) * 1000;
    day.end_unix_ms = (int64_t)mktime(&next) * 1000 - 1;
    return day;
}

struct zone_day zone_day(const struct zone *zone, int64_t unix_ms)
{
    if (zone->is_machine) return machine_day(unix_ms);
    int64_t ms = 86400000, start = unix_ms / ms * ms - (unix_ms % ms < 0 ? ms : 0);
    return (struct zone_day){start, start + ms - 1, 0};
}
