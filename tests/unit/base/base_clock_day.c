/* SPDX-License-Identifier: Apache-2.0
 * The calendar day of an instant by the system's time zone: east and west of Greenwich, and on days of 23 and 25 hours. */
#include "t.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/zone.h"

enum { HOUR_MS = 3600 * 1000 };

static struct zone_day day_in(const char *zone, const char *instant)
{
    int64_t at = 0;
    assert_int_equal(setenv("TZ", zone, 1), 0);
    tzset();
    assert_true(clock_parse(str_of(instant), &at));
    struct zone_day day = zone_day(zone_machine(), at);
    assert_true(day.start_unix_ms <= at && at <= day.end_unix_ms);
    return day;
}

static void assert_starts(struct zone_day day, const char *want)
{
    char text[CLOCK_TEXT_BYTES];
    assert_true(str_is(clock_text(day.start_unix_ms, text), want));
}

static void a_morning_counts_east_and_west_of_greenwich(void **state)
{
    (void)state;
    struct zone_day auckland = day_in("NZST-12NZDT,M9.5.0,M4.1.0/3", "2026-11-22T20:00:00Z"); /* 9 in the morning */
    assert_starts(auckland, "2026-11-22T11:00:00Z");
    assert_int_equal(auckland.offset_minutes, 13 * 60);
    struct zone_day honolulu = day_in("HST10", "2026-11-24T05:00:00Z"); /* 7 in the evening */
    assert_starts(honolulu, "2026-11-23T10:00:00Z");
    assert_int_equal(honolulu.offset_minutes, -10 * 60);
    struct zone_day kathmandu = day_in("NPT-5:45", "2026-11-23T18:20:00Z");
    assert_starts(kathmandu, "2026-11-23T18:15:00Z");
}

static void a_day_on_which_the_clocks_change_has_23_or_25_hours(void **state)
{
    (void)state;
    const char *berlin = "CET-1CEST,M3.5.0,M10.5.0/3";
    struct zone_day spring = day_in(berlin, "2026-03-29T12:00:00Z"), autumn = day_in(berlin, "2026-10-25T12:00:00Z");
    assert_int_equal(spring.end_unix_ms - spring.start_unix_ms + 1, 23 * HOUR_MS);
    assert_int_equal(autumn.end_unix_ms - autumn.start_unix_ms + 1, 25 * HOUR_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_morning_counts_east_and_west_of_greenwich),
        cmocka_unit_test(a_day_on_which_the_clocks_change_has_23_or_25_hours),
    };
    return t_run(tests);
}
