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

struct guideline_visit guideline_visit_find(const struct tape *tapes, size_t tape_count, int64_t now_unix_ms,
                                            struct clock_day day)
{
    struct encounter one, newest;
    struct guideline_visit visit = {day.start_unix_ms, day.end_unix_ms, day.offset_minutes};
    if (!newest_of(tapes, tape_count, now_unix_ms, &visit, &newest)) return visit;
    if (newest.start_unix_ms < visit.start_unix_ms) visit.start_unix_ms = newest.start_unix_ms;
    for (size_t i = 0; i < tape_count; i++) /* what an earlier visit of the day measured is not of this one */
        for (tape_at at = TAPE_NONE; tape_each_resource(&tapes[i], &at);)
            if (encounter_of(&tapes[i], at, now_unix_ms, &one) && one.end_unix_ms < newest.start_unix_ms &&
                one.end_unix_ms >= visit.start_unix_ms)
                visit.start_unix_ms = one.end_unix_ms + 1;
    return visit;
}

static enum salve_code instant(int64_t unix_ms, int32_t offset_minutes, struct arena *mem, struct expr_value *out,
                               struct salve_err *err)
{
    return expr_temporal_value(VALUE_DATETIME, expr_temporal_of_unix_ms(unix_ms, offset_minutes), mem, out, err);
}

/* The calendar days of UTC, for whoever names no visit: guideline authors. */
static struct clock_day utc_day(int64_t unix_ms)
{
    int64_t ms = 24 * 3600 * 1000, start = unix_ms / ms * ms - (unix_ms % ms < 0 ? ms : 0);
    return (struct clock_day){start, start + ms - 1, 0};
}

enum salve_code guideline_visit_params(const struct guideline_ask *ask, struct arena *mem,
                                       struct elm_param params[GUIDELINE_VISIT_PARAMS], struct salve_err *err)
{
    struct guideline_visit visit;
    if (ask->visit != NULL)
        visit = *ask->visit;
    else
        visit = guideline_visit_find(ask->tapes, ask->tape_count, ask->now_unix_ms, utc_day(ask->now_unix_ms));
    struct expr_temporal now = expr_temporal_of_unix_ms(ask->now_unix_ms, visit.offset_minutes);
    static const char *const names[] = {"Visit start", "Visit end", "Today"};
    for (size_t i = 0; i < GUIDELINE_VISIT_PARAMS; i++)
        params[i] = (struct elm_param){.library = STR(COMMON), .name = str_of(names[i])};
    TRY(instant(visit.start_unix_ms, visit.offset_minutes, mem, &params[0].value, err));
    TRY(instant(visit.end_unix_ms, visit.offset_minutes, mem, &params[1].value, err));
    return expr_temporal_value(VALUE_DATE, expr_temporal_to_date(now), mem, &params[2].value, err);
}
