/* SPDX-License-Identifier: Apache-2.0
 *
 * The visit: its bounds as instants, found from the Encounters of the record, and handed to the logic as parameters of
 * SalveCommon, which alone applies them. */
#include "fhir/elements.h"
#include "guideline/guideline_int.h"

#define COMMON "SalveCommon"

/* A check is no stay: an Encounter that began earlier before the site's day is a hospital's, or was never closed. Its
 * answers are not of today. */
enum { BEFORE_DAY_HOURS = 24 };

/* An Encounter with its bounds. One that has not ended goes on. */
struct encounter {
    int64_t start_unix_ms, end_unix_ms;
};

static bool encounter_of(const struct tape *tape, tape_at root, int64_t now_unix_ms, struct encounter *out)
{
    static const char *const never[] = {"planned", "cancelled", "entered-in-error"};
    if (tape_type(tape, root) != FHIR_T_Encounter) return false;
    struct str status = tape_child_text(tape, root, "status");
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (str_is(status, never[i])) return false;
    tape_at start = tape_get(tape, root, "period.start"), end = tape_get(tape, root, "period.end");
    if (start == TAPE_NONE || !clock_parse(tape_text(tape, start), &out->start_unix_ms)) return false;
    if (end == TAPE_NONE || !clock_parse(tape_text(tape, end), &out->end_unix_ms)) out->end_unix_ms = now_unix_ms;
    return out->start_unix_ms <= now_unix_ms;
}

/* The newest Encounter that touches the visit as it stands; false: there is none. */
static bool newest_of(const struct tape *tapes, size_t count, int64_t now_unix_ms, const struct guideline_visit *visit,
                      struct encounter *out)
{
    struct encounter one;
    out->start_unix_ms = INT64_MIN;
    for (size_t i = 0; i < count; i++)
        for (tape_at at = TAPE_NONE; tape_each_resource(&tapes[i], &at);)
            if (encounter_of(&tapes[i], at, now_unix_ms, &one) && one.end_unix_ms >= visit->start_unix_ms &&
                one.start_unix_ms >= visit->start_unix_ms - (int64_t)BEFORE_DAY_HOURS * 3600 * 1000 &&
                one.start_unix_ms > out->start_unix_ms)
                *out = one;
    return out->start_unix_ms != INT64_MIN;
}

/* When an Observation was taken, as it says; empty: it is none, or does not say. */
static struct str taken_text(const struct tape *tape, tape_at root)
{
    static const char *const times[] = {"effectiveDateTime", "effectiveInstant", "effectivePeriod.start", "issued"};
    if (tape_type(tape, root) != FHIR_T_Observation) return STR_NONE;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        tape_at at = tape_get(tape, root, times[i]);
        if (at != TAPE_NONE) return tape_text(tape, at);
    }
    return STR_NONE;
}

static bool instant_of(struct str taken, int64_t *unix_ms)
{
    return taken.len > sizeof "2026-11-23" - 1 && clock_parse(taken, unix_ms); /* a date is no instant */
}

/* Midnight ends no visit: what was measured a few hours ago is of it though the site's day has changed since. Else a
 * value that waited to be sent over midnight would be too old for its alarm. */
static void reach_back(const struct tape *tapes, size_t count, int64_t now_unix_ms, struct guideline_visit *visit)
{
    int64_t since_unix_ms = now_unix_ms - (int64_t)GUIDELINE_VISIT_LATE_HOURS * 3600 * 1000, at_unix_ms;
    if (since_unix_ms >= visit->start_unix_ms) return;
    for (size_t i = 0; i < count; i++)
        for (tape_at at = TAPE_NONE; tape_each_resource(&tapes[i], &at);)
            if (instant_of(taken_text(&tapes[i], at), &at_unix_ms) && at_unix_ms >= since_unix_ms &&
                at_unix_ms < visit->start_unix_ms)
                visit->start_unix_ms = at_unix_ms;
}

static void find_bounds(const struct tape *tapes, size_t tape_count, int64_t now_unix_ms, struct guideline_visit *visit)
{
    struct encounter one, newest;
    bool is_found = newest_of(tapes, tape_count, now_unix_ms, visit, &newest);
    if (is_found && newest.start_unix_ms < visit->start_unix_ms) visit->start_unix_ms = newest.start_unix_ms;
    reach_back(tapes, tape_count, now_unix_ms, visit);
    if (!is_found) return;
    for (size_t i = 0; i < tape_count; i++) /* what an earlier visit of the day measured is not of this one */
        for (tape_at at = TAPE_NONE; tape_each_resource(&tapes[i], &at);)
            if (encounter_of(&tapes[i], at, now_unix_ms, &one) && one.end_unix_ms < newest.start_unix_ms &&
                one.end_unix_ms >= visit->start_unix_ms)
                visit->start_unix_ms = one.end_unix_ms + 1;
}

/* --- days of the site --------------------------------------------------------------------------------------------- */

struct days {
    const struct zone *zone;
    struct zone_day *list;
    size_t count, room;
    struct arena *mem;
    struct salve_err *err;
};

static enum salve_code add_day(struct days *to, struct str taken)
{
    int64_t at;
    if (!instant_of(taken, &at)) return SALVE_OK;
    for (size_t i = 0; i < to->count; i++)
        if (to->list[i].start_unix_ms <= at && at <= to->list[i].end_unix_ms) return SALVE_OK;
    if (to->count == to->room) {
        size_t room = 2 * to->room + 16;
        struct zone_day *more = arena_array(to->mem, struct zone_day, room);
        if (more == NULL) return salve_fail(to->err, SALVE_E_MEMORY, "days");
        if (to->count > 0) memcpy(more, to->list, to->count * sizeof *more);
        to->list = more;
        to->room = room;
    }
    to->list[to->count++] = zone_day(to->zone, at);
    return SALVE_OK;
}

enum salve_code guideline_visit_find(const struct tape *tapes, size_t tape_count, int64_t now_unix_ms,
                                     const struct zone *zone, struct arena *mem, struct guideline_visit *out,
                                     struct salve_err *err)
{
    struct zone_day day = zone_day(zone, now_unix_ms);
    struct days days = {.zone = zone, .mem = mem, .err = err};
    *out = (struct guideline_visit){day.start_unix_ms, day.end_unix_ms, day.offset_minutes, zone, NULL, 0};
    find_bounds(tapes, tape_count, now_unix_ms, out);
    for (size_t i = 0; i < tape_count; i++)
        for (tape_at at = TAPE_NONE; tape_each_resource(&tapes[i], &at);)
            TRY(add_day(&days, taken_text(&tapes[i], at)));
    out->days = days.list;
    out->day_count = days.count;
    return SALVE_OK;
}

/* --- for the logic ------------------------------------------------------------------------------------------------ */

static enum salve_code instant(int64_t unix_ms, int32_t offset_minutes, struct arena *mem, struct expr_value *out,
                               struct salve_err *err)
{
    return expr_temporal_value(VALUE_DATETIME, expr_temporal_of_unix_ms(unix_ms, offset_minutes), mem, out, err);
}

static enum salve_code date_of(int64_t number, struct arena *mem, struct expr_value *out, struct salve_err *err)
{
    struct expr_temporal date = expr_temporal_to_date(expr_temporal_of_unix_ms(number * 24 * 3600 * 1000, 0));
    return expr_temporal_value(VALUE_DATE, date, mem, out, err);
}

static enum salve_code days_of(const struct guideline_visit *visit, struct arena *mem, struct expr_value *out,
                               struct salve_err *err)
{
    struct expr_build days = {0};
    for (size_t i = 0; i < visit->day_count; i++) {
        const struct zone_day *day = &visit->days[i];
        struct expr_value tuple, values[3];
        TRY(instant(day->start_unix_ms, day->offset_minutes, mem, &values[0], err));
        TRY(instant(day->end_unix_ms, day->offset_minutes, mem, &values[1], err));
        TRY(date_of(day->number, mem, &values[2], err));
        TRY(guideline_tuple(GUIDELINE_DAY, values, mem, &tuple, err));
        TRY(expr_build_add(&days, tuple, mem, err));
    }
    *out = expr_build_list(&days);
    return SALVE_OK;
}

enum salve_code guideline_visit_params(const struct guideline_visit *visit, int64_t now_unix_ms, struct arena *mem,
                                       struct elm_param params[GUIDELINE_VISIT_PARAMS], struct salve_err *err)
{
    static const char *const names[GUIDELINE_VISIT_PARAMS] = {"Visit start", "Visit end", "Today",
                                                              "Site days", [GUIDELINE_INPUTS_PARAM] = "Inputs"};
    for (size_t i = 0; i < GUIDELINE_VISIT_PARAMS; i++)
        params[i] = (struct elm_param){.library = STR(COMMON), .name = str_of(names[i])};
    TRY(instant(visit->start_unix_ms, visit->offset_minutes, mem, &params[0].value, err));
    TRY(instant(visit->end_unix_ms, visit->offset_minutes, mem, &params[1].value, err));
    TRY(date_of(zone_day(visit->zone, now_unix_ms).number, mem, &params[2].value, err));
    return days_of(visit, mem, &params[3].value, err);
}

enum salve_code guideline_person_make(const struct guideline_ask *ask, struct arena *mem, struct guideline_person **out,
                                      struct salve_err *err)
{
    struct guideline_person *person = arena_new(mem, struct guideline_person);
    const struct tape **tapes = arena_array(mem, const struct tape *, ask->tape_count + 1);
    if (person == NULL || tapes == NULL) return salve_fail(err, SALVE_E_MEMORY, "subject");
    salve_assert(ask->tapes != NULL || ask->tape_count == 0);
    for (size_t i = 0; i < ask->tape_count; i++) tapes[i] = &ask->tapes[i];
    person->tapes = ask->tapes;
    person->tape_count = ask->tape_count;
    person->now_unix_ms = ask->now_unix_ms;
    if (ask->visit == NULL)
        TRY(guideline_visit_find(ask->tapes, ask->tape_count, ask->now_unix_ms, zone_utc(), mem, &person->visit, err));
    else
        person->visit = *ask->visit;
    TRY(guideline_visit_params(&person->visit, ask->now_unix_ms, mem, person->params, err));
    TRY(elm_subject_make(tapes, ask->tape_count, mem, &person->subject, err));
    *out = person;
    return SALVE_OK;
}
