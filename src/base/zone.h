/* SPDX-License-Identifier: Apache-2.0
 *
 * zone - the calendar of a place: which day an instant falls on there. */
#ifndef SALVE_BASE_ZONE_H
#define SALVE_BASE_ZONE_H

#include <stdint.h>

struct zone; /* immutable; threads may share it */

/* zone_utc - days of UTC. zone_machine - those of the time zone of the system (TZ, else /etc/localtime). */
const struct zone *zone_utc(void);
const struct zone *zone_machine(void);

/* A calendar day: its first and last millisecond, and the offset from UTC at the instant that was asked about. A day of
 * a change of the clocks has 23 or 25 hours. */
struct zone_day {
    int64_t start_unix_ms, end_unix_ms;
    int32_t offset_minutes;
};
struct zone_day zone_day(const struct zone *zone, int64_t unix_ms);

#endif
