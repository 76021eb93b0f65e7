/* SPDX-License-Identifier: Apache-2.0
 *
 * Calendar days of a place; see zone.h. An offset is that of the last change before an instant, or, after the last one
 * that the file lists, that of its rule (zone_rule.c). */
#include "base/zone.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/zone_int.h"

#define FOLDER "/usr/share/zoneinfo/"

enum { DAY_S = 24 * 3600, NAME_BYTES_MAX = 64 };

static const struct zone utc = {.type_count = 1};

const struct zone *zone_utc(void) { return &utc; }

/* --- offsets ------------------------------------------------------------------------------------------------------ */

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

static int32_t offset_s(const struct zone *zone, int64_t unix_s)
{
    size_t low = 0, high = zone->change_count; /* changes before `low` are at or before the instant */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->change_unix_s[middle] <= unix_s)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == zone->change_count && zone->rule.is_there) return zone_rule_offset_s(&zone->rule, unix_s);
    return zone->offsets_s[low == 0 ? 0 : zone->change_type[low - 1]];
}

/* The change of offset between two instants; one is expected within two days. */
static int64_t change_between(const struct zone *zone, int64_t low, int64_t high)
{
    int32_t before = offset_s(zone, low);
    while (low + 1 < high) {
        int64_t middle = low + (high - low) / 2;
        if (offset_s(zone, middle) == before)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* The first instant from which on it is day `number` there, or a later one. */
static int64_t day_start_s(const struct zone *zone, int64_t number)
{
    int64_t midnight = number * DAY_S;
    int64_t low = midnight - ZONE_OFFSET_S_MAX, high = midnight + ZONE_OFFSET_S_MAX;
    int64_t before = midnight - offset_s(zone, low), after = midnight - offset_s(zone, high);
    if (before == after) return before;
    int64_t change = change_between(zone, low, high);
    if (after > change) return after;
    return before < change ? before : change;
}

struct zone_day zone_day(const struct zone *zone, int64_t unix_ms)
{
    int64_t second = floor_div(unix_ms, 1000);
    int32_t offset = offset_s(zone, second);
    int64_t number = floor_div(second + offset, DAY_S), start = day_start_s(zone, number), end;
    while (second < start) start = day_start_s(zone, --number);
    while ((end = day_start_s(zone, number + 1)) <= second) {
        start = end;
        number++;
    }
    return (struct zone_day){start * 1000, end * 1000 - 1, number, (int32_t)floor_div(offset, 60)};
}

struct str zone_date_text(const struct zone *zone, int64_t unix_ms, char text[CLOCK_TEXT_BYTES])
{
    return clock_date_text(zone_day(zone, unix_ms).number * DAY_S * 1000, text);
}

/* --- names -------------------------------------------------------------------------------------------------------- */

/* "America/Argentina/Ushuaia": parts of letters, digits, '_', '+', '-', parted by '/'; never out of the folder. */
static bool is_name(struct str name)
{
    char before = '/';
    if (name.len == 0 || name.len > NAME_BYTES_MAX) return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_word = str_is_letter(c) || str_is_digit(c) || c == '_' || c == '+' || c == '-';
        if (!is_word && (c != '/' || before == '/')) return false;
        before = c;
    }
    return before != '/';
}

enum salve_code zone_open(struct str name, struct arena *mem, const struct zone **out, struct salve_err *err)
{
    char path[sizeof FOLDER + NAME_BYTES_MAX];
    struct str bytes;
    *out = &utc;
    if (str_is(name, "UTC")) return SALVE_OK;
    if (!is_name(name))
        return salve_refuse(err, SALVE_E_NOT_FOUND, "a name of the IANA time zone database is wanted: Europe/Berlin",
                            "time zone");
    (void)snprintf(path, sizeof path, FOLDER "%.*s", STR_ARGS(name));
    enum salve_code code = file_read(path, ZONE_BYTES_MAX, mem, &bytes, err);
    if (code == SALVE_E_NOT_FOUND || code == SALVE_E_IO)
        return salve_refuse(err, SALVE_E_NOT_FOUND,
                            access(FOLDER "Europe/London", R_OK) == 0
                                ? "the time zone database has no zone of this name"
                                : "there is no time zone database: install tzdata",
                            "time zone %.*s", STR_ARGS(name));
    return code == SALVE_OK ? zone_read(bytes, mem, out, err) : code;
}

struct str zone_name_of_machine(struct arena *mem)
{
    char link[PATH_MAX];
    const char *tz = getenv("TZ"), *found = tz;
    if (tz != NULL && *tz == ':') found = ++tz;
    if (tz == NULL) {
        ssize_t len = readlink("/etc/localtime", link, sizeof link - 1);
        if (len <= 0) return STR_NONE;
        link[len] = '\0';
        found = link;
    }
    const char *inside = strstr(found, "/zoneinfo/");
    struct str name = str_of(inside == NULL ? found : inside + sizeof "/zoneinfo/" - 1), copy;
    const struct zone *zone;
    if (str_is(name, "Etc/UTC")) name = STR("UTC");
    if (zone_open(name, mem, &zone, NULL) != SALVE_OK || arena_str(mem, name, &copy, NULL) != SALVE_OK) return STR_NONE;
    return copy;
}
