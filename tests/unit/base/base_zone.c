/* SPDX-License-Identifier: Apache-2.0
 *
 * The calendar of places: days east and west of Greenwich and where the clocks change, every zone of the system's
 * database beside libc, and files that are none. */
#include "t.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/zone.h"

enum { HOUR_MS = 3600 * 1000 };

static int has_database(void) { return access("/usr/share/zoneinfo/Europe/London", R_OK) == 0; }

static struct zone_day day_in(const char *name, const char *instant)
{
    struct arena *mem = arena_open(1 << 20);
    const struct zone *zone = NULL;
    int64_t at = 0;
    assert_ok(zone_open(str_of(name), mem, &zone, NULL));
    assert_true(clock_parse(str_of(instant), &at));
    struct zone_day day = zone_day(zone, at);
    assert_true(day.start_unix_ms <= at && at <= day.end_unix_ms);
    arena_close(mem);
    return day;
}

static void assert_starts(struct zone_day day, const char *want, const char *date)
{
    char text[CLOCK_TEXT_BYTES];
    assert_str(clock_text(day.start_unix_ms, text), want);
    assert_str(clock_date_text(day.number * 24 * HOUR_MS, text), date);
}

static void a_morning_counts_east_and_west_of_greenwich(void **state)
{
    (void)state;
    if (!has_database()) skip();
    struct zone_day auckland = day_in("Pacific/Auckland", "2026-11-22T20:00:00Z"); /* 9 in the morning */
    assert_starts(auckland, "2026-11-22T11:00:00Z", "2026-11-23");
    assert_int_equal(auckland.offset_minutes, 13 * 60);
    struct zone_day honolulu = day_in("Pacific/Honolulu", "2026-11-24T05:00:00Z"); /* 7 in the evening */
    assert_starts(honolulu, "2026-11-23T10:00:00Z", "2026-11-23");
    assert_int_equal(honolulu.offset_minutes, -10 * 60);
    assert_starts(day_in("Asia/Kathmandu", "2026-11-23T18:20:00Z"), "2026-11-23T18:15:00Z", "2026-11-24");
    assert_starts(day_in("UTC", "2026-11-23T23:59:59.999Z"), "2026-11-23T00:00:00Z", "2026-11-23");
    assert_starts(day_in("UTC", "1969-12-31T23:59:59.999Z"), "1969-12-31T00:00:00Z", "1969-12-31");
}

static void assert_hours(const char *name, const char *instant, int64_t hours)
{
    struct zone_day day = day_in(name, instant);
    assert_int_equal((day.end_unix_ms - day.start_unix_ms + 1) / HOUR_MS, hours);
}

static void a_day_on_which_the_clocks_change_has_23_or_25_hours(void **state)
{
    (void)state;
    if (!has_database()) skip();
    assert_hours("Europe/Berlin", "2026-03-29T12:00:00Z", 23);
    assert_hours("Europe/Berlin", "2026-10-25T12:00:00Z", 25);
    assert_hours("Europe/Berlin", "2075-03-31T12:00:00Z", 23); /* by the rule of the last line */
    assert_hours("Pacific/Auckland", "2026-04-05T00:00:00Z", 25);
    assert_hours("Pacific/Auckland", "2026-09-27T00:00:00Z", 23);
    assert_hours("Asia/Beirut", "2026-03-29T12:00:00Z", 23); /* at midnight: the day begins at one */
    assert_starts(day_in("Asia/Beirut", "2026-03-29T12:00:00Z"), "2026-03-28T22:00:00Z", "2026-03-29");
    assert_hours("America/St_Johns", "2010-11-07T12:00:00Z", 24); /* a minute past midnight back over it */
    assert_hours("America/St_Johns", "2010-11-06T12:00:00Z", 25);
    assert_starts(day_in("Pacific/Apia", "2011-12-30T12:00:00Z"), "2011-12-30T10:00:00Z", "2011-12-31"); /* no 30th */
}

/* Days follow each other, and libc has the same date for every instant; but where the clocks go back over midnight libc
 * goes back a day. */
static int compare(const char *name, const struct zone *zone)
{
    int differ = 0;
    assert_int_equal(setenv("TZ", name, 1), 0);
    tzset();
    for (int64_t at = -2000000000; at < 6000000000; at += 5003 * 1009) {
        struct zone_day day = zone_day(zone, at * 1000), next = zone_day(zone, day.end_unix_ms + 1);
        time_t second = at;
        struct tm tm;
        assert_non_null(localtime_r(&second, &tm));
        assert_true(day.start_unix_ms <= at * 1000 && at * 1000 <= day.end_unix_ms);
        assert_true(next.start_unix_ms == day.end_unix_ms + 1);
        int64_t number = civil_days(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
        int64_t offset = tm.tm_gmtoff / 60 - (tm.tm_gmtoff % 60 < 0);
        differ += number != day.number || offset != day.offset_minutes;
    }
    return differ;
}

static void every_zone_of_the_system_is_as_libc_has_it(void **state)
{
    static const char *const folders[] = {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Pacific"};
    (void)state;
    if (!has_database()) skip();
    int zones = 0;
    struct arena *mem = arena_open(64 << 20);
    for (size_t f = 0; f < sizeof folders / sizeof *folders; f++) {
        struct str *names = NULL, folder = arena_printf(mem, "/usr/share/zoneinfo/%s", folders[f]);
        size_t count = 0;
        assert_ok(file_list(folder.ptr, mem, &names, &count, NULL));
        for (size_t i = 0; i < count; i++) {
            const struct zone *zone = NULL;
            struct str name = arena_printf(mem, "%s/%.*s", folders[f], STR_ARGS(names[i]));
            if (zone_open(name, mem, &zone, NULL) != SALVE_OK) continue; /* a folder */
            if (compare(name.ptr, zone) != 0) fail_msg("%s differs", name.ptr);
            zones++;
        }
    }
    assert_true(zones > 200);
    arena_close(mem);
}

/* --- files of our own --------------------------------------------------------------------------------------------- */

/* A version 2 file: one type, no change, a last line. */
#define HEAD(version) "TZif" version "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
#define TYPE          "\0\0\x0e\x10\0\0ABC\0"
#define FILE_OF(rule) HEAD("2") TYPE HEAD("2") TYPE "\n" rule "\n"

static enum salve_code read_zone(const char *bytes, size_t len, struct arena *mem, const struct zone **zone)
{
    return zone_read(str_make(bytes, len), mem, zone, NULL);
}
#define READ(bytes, mem, zone) read_zone(bytes, sizeof(bytes) - 1, mem, zone)

static void a_file_of_each_version_is_read(void **state)
{
    struct arena *mem = arena_open(1 << 20);
    const struct zone *zone = NULL;
    (void)state;
    assert_ok(READ(HEAD("\0") TYPE, mem, &zone));
    assert_int_equal(zone_day(zone, 0).offset_minutes, 60);
    assert_ok(READ(FILE_OF(""), mem, &zone));
    assert_int_equal(zone_day(zone, 0).offset_minutes, 60);
    assert_ok(READ(FILE_OF("<+0330>-3:30"), mem, &zone));
    assert_int_equal(zone_day(zone, 0).offset_minutes, 210);
    assert_ok(READ(FILE_OF("IST-1GMT0,M10.5.0,M3.5.0/1"), mem, &zone)); /* winter time is the other one */
    assert_int_equal(zone_day(zone, 1767225600000).offset_minutes, 0);
    assert_int_equal(zone_day(zone, 1782864000000).offset_minutes, 60);
    assert_ok(READ(FILE_OF("AAA3BBB,J60/0,300/-2:30:10"), mem, &zone));
    arena_close(mem);
}

static void what_is_no_zone_is_refused(void **state)
{
    struct arena *mem = arena_open(1 << 20);
    const struct zone *zone = NULL;
    const char whole[] = FILE_OF("AAA3BBB,M3.2.0,M11.1.0");
    (void)state;
    for (size_t len = 0; len < sizeof whole - 1; len++)
        assert_int_equal(read_zone(whole, len, mem, &zone), SALVE_E_INVALID);
    assert_int_equal(READ(FILE_OF("AAA"), mem, &zone), SALVE_E_INVALID);
    assert_int_equal(READ(FILE_OF("AA3"), mem, &zone), SALVE_E_INVALID);
    assert_int_equal(READ(FILE_OF("AAA26"), mem, &zone), SALVE_E_INVALID);
    assert_int_equal(READ(FILE_OF("AAA3BBB"), mem, &zone), SALVE_E_INVALID);
    assert_int_equal(READ(FILE_OF("AAA3BBB,M13.2.0,M11.1.0"), mem, &zone), SALVE_E_INVALID);
    assert_int_equal(READ(FILE_OF("AAA3BBB,M3.6.0,M11.1.0"), mem, &zone), SALVE_E_INVALID);
    assert_int_equal(READ(FILE_OF("AAA3BBB,M3.2.7,M11.1.0"), mem, &zone), SALVE_E_INVALID);
    assert_int_equal(READ(FILE_OF("AAA3BBB,J0,J1"), mem, &zone), SALVE_E_INVALID);
    assert_int_equal(READ(FILE_OF("AAA3BBB,M3.2.0/168,M11.1.0"), mem, &zone), SALVE_E_INVALID);
    assert_int_equal(READ(FILE_OF("AAA3BBB,M3.2.0,M11.1.0x"), mem, &zone), SALVE_E_INVALID);
    arena_close(mem);
}

static void a_name_leads_nowhere_else(void **state)
{
    static const char *const names[] = {"",        "/etc/passwd", "../../etc/passwd", "Europe//Berlin",
                                        "Europe/", "Europe",      "Europe/Berlin ",   "Europe/Nowhere",
                                        ".",       "tzdata.zi"};
    struct arena *mem = arena_open(1 << 20);
    const struct zone *zone = NULL;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(zone_open(str_of(names[i]), mem, &zone, NULL), SALVE_E_NOT_FOUND);
    arena_close(mem);
}

static void the_machine_says_where_it_stands(void **state)
{
    struct arena *mem = arena_open(1 << 20);
    (void)state;
    if (!has_database()) skip();
    assert_int_equal(setenv("TZ", "Asia/Tokyo", 1), 0);
    assert_str(zone_name_of_machine(mem), "Asia/Tokyo");
    assert_int_equal(setenv("TZ", ":/usr/share/zoneinfo/Asia/Tokyo", 1), 0);
    assert_str(zone_name_of_machine(mem), "Asia/Tokyo");
    assert_int_equal(setenv("TZ", "JST-9", 1), 0);
    assert_null(zone_name_of_machine(mem).ptr);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_morning_counts_east_and_west_of_greenwich),
        cmocka_unit_test(a_day_on_which_the_clocks_change_has_23_or_25_hours),
        cmocka_unit_test(every_zone_of_the_system_is_as_libc_has_it),
        cmocka_unit_test(a_file_of_each_version_is_read),
        cmocka_unit_test(what_is_no_zone_is_refused),
        cmocka_unit_test(a_name_leads_nowhere_else),
        cmocka_unit_test(the_machine_says_where_it_stands),
    };
    return t_run(tests);
}
