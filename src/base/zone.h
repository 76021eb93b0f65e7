/* SPDX-License-Identifier: Apache-2.0
 *
 * zone - the calendar of a place: on which day an instant falls there. The rules are those of the IANA time zone
 * database as TZif (RFC 9636), read once into memory by a reader of our own: libc knows one zone a process, by an
 * environment variable that threads share, and opens files while it reckons.
 *
 *     code = zone_open(STR("Pacific/Auckland"), mem, &zone, err);
 *     struct zone_day day = zone_day(zone, now_unix_ms);
 *
 * Days follow each other without a gap. Where clocks are put back over midnight, the day begins at the later one. */
#ifndef SALVE_BASE_ZONE_H
#define SALVE_BASE_ZONE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

struct zone; /* immutable; threads may share it */

const struct zone *zone_utc(void);

/* zone_read - the rules of a TZif file, of any version. *out lives as long as mem.
 *   errors  E_INVALID names what is wrong with it; E_TOO_BIG; E_MEMORY */
SALVE_MUST_USE enum salve_code zone_read(struct str tzif, struct arena *mem, const struct zone **out,
                                         struct salve_err *err);

/* zone_open - the zone of that name of the system's database; "UTC" needs none.
 *   errors  E_NOT_FOUND there is no such zone, or no database; those of zone_read */
SALVE_MUST_USE enum salve_code zone_open(struct str name, struct arena *mem, const struct zone **out,
                                         struct salve_err *err);

/* zone_name_of_machine - what the machine is set to (TZ, else where /etc/localtime leads to); STR_NONE: not known. */
struct str zone_name_of_machine(struct arena *mem);

/* A calendar day: its first and last millisecond, its number (civil_days), and the offset from UTC at the instant that
 * was asked about. A day of a change of the clocks has 23 or 25 hours. */
struct zone_day {
    int64_t start_unix_ms, end_unix_ms, number;
    int32_t offset_minutes;
};
struct zone_day zone_day(const struct zone *zone, int64_t unix_ms);

/* zone_date_text - the date there, "2026-11-23", a view of `text`. */
struct str zone_date_text(const struct zone *zone, int64_t unix_ms, char text[CLOCK_TEXT_BYTES]);

#endif
