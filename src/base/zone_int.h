/* SPDX-License-Identifier: Apache-2.0
 *
 * zone_int - what a zone is in memory: the changes that its file lists, and the rule for what comes after them. */
#ifndef SALVE_BASE_ZONE_INT_H
#define SALVE_BASE_ZONE_INT_H

#include <stdbool.h>

#include "base/zone.h"

enum { ZONE_OFFSET_S_MAX = 26 * 3600 }; /* RFC 9636, 3.2: at most 25:59:59 */
enum { ZONE_BYTES_MAX = 256 << 10 };    /* the largest of the database has 4 KB */
enum { ZONE_TYPES_MAX = 256 };

/* When the clocks change in a year (POSIX TZ): a day, and seconds after its midnight. */
struct zone_when {
    enum { ZONE_JULIAN, ZONE_DAY, ZONE_WEEKDAY } kind; /* Jn: 1-365 without the leap day; n: 0-365; Mm.w.d */
    int32_t day, month, week;                          /* of ZONE_WEEKDAY: 0 Sunday; 1-12; 1-5, 5 the last */
    int32_t time_s;
};
struct zone_rule {
    bool is_there, has_summer;
    int32_t standard_s, summer_s; /* east of Greenwich */
    struct zone_when start, end;  /* of summer time */
};

struct zone {
    const int64_t *change_unix_s; /* rising */
    const uint8_t *change_type;
    size_t change_count;
    int32_t offsets_s[ZONE_TYPES_MAX]; /* by type; type 0 before the first change */
    size_t type_count;
    struct zone_rule rule;
};

/* zone_rule_read - a POSIX TZ text with the extensions of RFC 9636, 3.3.1: "NZST-12NZDT,M9.5.0,M4.1.0/3". */
bool zone_rule_read(struct str text, struct zone_rule *out);
int32_t zone_rule_offset_s(const struct zone_rule *rule, int64_t unix_s);

#endif
