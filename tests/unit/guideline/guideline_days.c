/* SPDX-License-Identifier: Apache-2.0
 *
 * The visit by the site's calendar: what was measured this morning counts in Auckland and in Honolulu, what was measured
 * the evening before does not but for the hours that a visit outlasts its midnight, and a finding says the site's date. */
#include "t.h"

#include <stdlib.h>
#include <unistd.h>

#include "fhir/fhir.h"
#include "guideline/guideline_int.h"

static const char *share(void)
{
    static char path[512];
    const char *build = getenv("BUILD");
    (void)snprintf(path, sizeof path, "%s/share", build == NULL ? "build" : build);
    return path;
}

/* What lung-health finds of pack-years that were noted at `taken`, in a zone at `now`. */
static struct finding finding_in(const char *zone_name, const char *now, const char *taken, struct arena *mem)
{
    struct salve_err err = {0};
    struct guideline *guideline = NULL;
    const struct zone *zone = NULL;
    struct guideline_visit visit;
    struct finding *findings = NULL;
    size_t count = 0;
    struct tape tape;
    struct str person = arena_printf(
        mem,
        "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\","
        "\"id\":\"p\",\"birthDate\":\"1960-01-01\"}},{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o\","
        "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8664-5\"}]},"
        "\"effectiveDateTime\":\"%s\",\"valueQuantity\":{\"value\":31,\"code\":\"{pack-years}\"}}},{\"resource\":{"
        "\"resourceType\":\"Observation\",\"id\":\"q\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
        "\"urn:salve:question\",\"code\":\"known-copd\"}]},\"effectiveDateTime\":\"%s\",\"valueBoolean\":false}}]}",
        taken, taken);
    if (guideline_load(share(), STR("lung-health"), mem, &guideline, &err) != SALVE_OK) fail_msg("%s", err.why);
    assert_ok(fhir_read(person, NULL, mem, &tape, NULL, NULL));
    assert_ok(zone_open(str_of(zone_name), mem, &zone, NULL));
    struct guideline_ask ask = {.tapes = &tape, .tape_count = 1, .visit = &visit};
    assert_true(clock_parse(str_of(now), &ask.now_unix_ms));
    assert_ok(guideline_visit_find(&tape, 1, ask.now_unix_ms, zone, mem, &visit, NULL));
    if (guideline_evaluate(guideline, &ask, mem, &findings, &count, &err) != SALVE_OK)
        fail_msg("%s %s", t_where(&err), err.why);
    assert_int_equal(count, 1);
    return findings[0];
}

static void assert_counts(const char *zone, const char *now, const char *taken)
{
    struct arena *mem = arena_open(64 << 20);
    assert_int_equal(finding_in(zone, now, taken, mem).too_old_count, 0);
    arena_close(mem);
}

static void assert_too_old(const char *zone, const char *now, const char *taken, const char *on)
{
    struct arena *mem = arena_open(64 << 20);
    struct finding finding = finding_in(zone, now, taken, mem);
    assert_int_equal(finding.too_old_count, 1);
    assert_str(finding.too_old_on[0], on);
    arena_close(mem);
}

static void a_morning_counts_and_the_evening_before_does_not(void **state)
{
    (void)state;
    if (access("/usr/share/zoneinfo/Pacific/Auckland", R_OK) != 0) skip();
    const char *morning = "2026-11-22T20:30:00Z"; /* half past nine on the 23rd in Auckland */
    assert_counts("Pacific/Auckland", morning, "2026-11-22T20:00:00Z");
    assert_counts("Pacific/Auckland", morning, "2026-11-23T00:01:00+13:00");
    assert_too_old("Pacific/Auckland", morning, "2026-11-22T23:59:00+13:00", "2026-11-22");
    assert_too_old("Pacific/Auckland", morning, "2026-11-22T10:59:00Z", "2026-11-22");
    assert_counts("UTC", morning, "2026-11-22T10:59:00Z");
    const char *evening = "2026-11-24T05:00:00Z"; /* seven on the 23rd in Honolulu */
    assert_counts("Pacific/Honolulu", evening, "2026-11-23T10:01:00Z");
    assert_counts("Pacific/Honolulu", evening, "2026-11-24T00:30:00Z");
    assert_too_old("Pacific/Honolulu", evening, "2026-11-23T09:59:00Z", "2026-11-22");
    assert_too_old("UTC", evening, "2026-11-23T10:01:00Z", "2026-11-23");
}

static void a_date_alone_is_a_day_of_the_site(void **state)
{
    (void)state;
    if (access("/usr/share/zoneinfo/Pacific/Auckland", R_OK) != 0) skip();
    assert_counts("Pacific/Auckland", "2026-11-22T20:30:00Z", "2026-11-23");
    assert_too_old("Pacific/Auckland", "2026-11-22T20:30:00Z", "2026-11-22", "2026-11-22");
    assert_counts("Pacific/Honolulu", "2026-11-24T05:00:00Z", "2026-11-23");
}

static void a_day_of_25_hours_is_one_visit(void **state)
{
    (void)state;
    if (access("/usr/share/zoneinfo/Europe/Berlin", R_OK) != 0) skip();
    assert_counts("Europe/Berlin", "2026-10-25T22:59:00Z", "2026-10-24T22:00:00Z"); /* midnight to midnight */
    assert_too_old("Europe/Berlin", "2026-10-25T22:59:00Z", "2026-10-24T21:59:00Z", "2026-10-24");
    assert_counts("Europe/Berlin", "2026-03-29T21:59:00Z", "2026-03-28T23:00:00Z");
    assert_too_old("Europe/Berlin", "2026-03-29T21:59:00Z", "2026-03-28T22:59:00Z", "2026-03-28");
}

static void a_visit_goes_on_over_midnight(void **state)
{
    (void)state;
    if (access("/usr/share/zoneinfo/Europe/Athens", R_OK) != 0) skip();
    const char *late = "2026-11-23T21:58:00Z"; /* two minutes before midnight in Athens */
    assert_counts("Europe/Athens", "2026-11-23T22:01:00Z", late);
    assert_counts("Europe/Athens", "2026-11-24T05:58:00Z", late);
    assert_too_old("Europe/Athens", "2026-11-24T05:58:01Z", late, "2026-11-23");
    assert_too_old("Europe/Athens", "2026-11-23T22:01:00Z", "2026-11-23", "2026-11-23"); /* a date says no hour */
    assert_counts("Europe/Athens", "2026-11-23T21:59:00Z", "2026-11-22T22:00:00Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_morning_counts_and_the_evening_before_does_not),
        cmocka_unit_test(a_date_alone_is_a_day_of_the_site),
        cmocka_unit_test(a_day_of_25_hours_is_one_visit),
        cmocka_unit_test(a_visit_goes_on_over_midnight),
    };
    return t_run(tests);
}
