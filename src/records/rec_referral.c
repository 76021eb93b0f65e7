/* SPDX-License-Identifier: Apache-2.0
 *
 * Referrals as they stand in the record: their states, what the gate looks at before it takes one, and the work that is
 * open while they go on. */
#include "base/clock.h"
#include "base/zone.h"
#include "consent/consent.h"
#include "fhir/fhir.h"
#include "records/deeds_int.h"
#include "records/referral.h"

/* --- what the gate looks at --------------------------------------------------------------------------------------- */

static enum referral_state state_of(const struct tape *tape)
{
    enum referral_state state = REFERRAL_STATES;
    (void)referral_of(rec_text_at(tape, "status"), &state);
    return state;
}

static bool may(const struct rec_view *view, enum act act) { return rec_view_may(view, act) && view->actor.id.len > 0; }

static bool is_of_staff(const struct tape *tape, const char *system, const char *value, struct str who)
{
    return str_is(rec_text_at(tape, system), DEED_STAFF) && str_eq(rec_text_at(tape, value), who);
}

/* Who notes a state is named as its owner, with the time of the view. */
static enum salve_code is_own(const struct rec_view *view, const struct tape *tape, int64_t opened_at_unix_ms,
                              struct salve_err *err)
{
    char now[CLOCK_TEXT_BYTES];
    if (!is_of_staff(tape, "owner.identifier.system", "owner.identifier.value", view->actor.id))
        return salve_refuse(err, SALVE_E_ROLE, "who notes what became of it is who owns it", "referral");
    if (!str_eq(rec_text_at(tape, "lastModified"), clock_text(opened_at_unix_ms, now)))
        return salve_refuse(err, SALVE_E_INVALID, "it has the time of the opening", "referral");
    return SALVE_OK;
}

static bool is_other_of(const struct rec_outcome *outcome, const struct rec_stands *at, struct str focus)
{
    for (size_t i = 0; i < outcome->count; i++) {
        const struct rec_stands *one = &outcome->list[i];
        if (one == at || one->deed != DEED_IS_REFERRAL || !referral_goes_on(state_of(one->tape))) continue;
        if (str_eq(rec_text_at(one->tape, "focus.reference"), focus)) return true;
    }
    return false;
}

static enum salve_code check_new(const struct rec_outcome *outcome, const struct rec_stands *at, struct salve_err *err)
{
    const struct rec_view *view = outcome->view;
    struct str focus = rec_text_at(at->tape, "focus.reference");
    const struct rec_stands *request = rec_outcome_find(outcome, focus);
    if (!may(view, ACT_REFER)) return salve_refuse(err, SALVE_E_ROLE, "a named clinician refers somebody", "referral");
    if (!is_of_staff(at->tape, "requester.identifier.system", "requester.identifier.value", view->actor.id))
        return salve_refuse(err, SALVE_E_ROLE, "who refers is who writes it", "referral");
    if (state_of(at->tape) != REFERRAL_SENT)
        return salve_refuse(err, SALVE_E_CONFLICT, "a referral begins as requested", "referral");
    if (request == NULL || request->deed != DEED_IS_REQUEST || request->class != at->class ||
        rec_deed_state(request->tape, request->deed) != DEED_DONE || !rec_outcome_is_signed(outcome, request, false))
        return salve_refuse(err, SALVE_E_CONFLICT, "a referral is of a request that a clinician signed", "referral");
    if (is_other_of(outcome, at, focus))
        return salve_refuse(err, SALVE_E_CONFLICT, "the request has a referral that goes on", "referral");
    return SALVE_OK;
}

/* Only state, dates, who notes it, the place and words change. */
static enum salve_code check_next(const struct rec_outcome *outcome, const struct rec_stands *at, struct salve_err *err)
{
    static const char *const fixed[] = {
        "focus.reference", "for.reference", "authoredOn", "code.coding.code", "requester.identifier.value", "priority"};
    const struct tape *before = &at->before->tape;
    if (!may(outcome->view, ACT_FOLLOW))
        return salve_refuse(err, SALVE_E_ROLE, "who may see to a referral notes that", "referral");
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (!str_eq(rec_text_at(before, fixed[i]), rec_text_at(at->tape, fixed[i])))
            return salve_refuse(err, SALVE_E_CONFLICT, "what was referred stands as it was written", "referral");
    if (!referral_may(state_of(before), state_of(at->tape)))
        return salve_refuse(err, SALVE_E_CONFLICT, "that does not follow the state that it is in", "referral");
    return SALVE_OK;
}

enum salve_code rec_referral_check(const struct rec_outcome *outcome, const struct rec_stands *at,
                                   int64_t opened_at_unix_ms, struct salve_err *err)
{
    struct rec_work_change *work = &outcome->view->work;
    TRY(is_own(outcome->view, at->tape, opened_at_unix_ms, err));
    TRY(at->before == NULL ? check_new(outcome, at, err) : check_next(outcome, at, err));
    if (work->noted_count < REC_REFERRALS_MAX)
        work->noted[work->noted_count++] =
            (struct rec_referral_noted){at->number, referral_goes_on(state_of(at->tape))};
    return SALVE_OK;
}

/* --- the work that is open ---------------------------------------------------------------------------------------- */

static uint32_t urgency_of(const struct tape *tape)
{
    static const struct {
        const char *priority;
        enum urgency urgency;
    } rows[] = {{"stat", URGENCY_EMERGENCY_NOW}, {"asap", URGENCY_SAME_DAY}, {"urgent", URGENCY_SOON}};
    struct str priority = rec_text_at(tape, "priority");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_is(priority, rows[i].priority)) return (uint32_t)rows[i].urgency;
    return URGENCY_ROUTINE;
}

/* The end of the site's day that the referral names; of the day of the view where it names none. */
static int64_t due_unix_ms(const struct rec_view *view, const struct tape *tape, int64_t day_end_unix_ms)
{
    enum { NOON_MS = 12 * 3600 * 1000 };
    int64_t day = 0;
    const struct zone *zone = view->site->zone;
    if (!clock_parse(rec_text_at(tape, "executionPeriod.end"), &day)) return day_end_unix_ms;
    return zone_day(zone != NULL ? zone : zone_utc(), day + NOON_MS).end_unix_ms;
}

static bool has_follow_up(const struct rec_view *view)
{
    int64_t now_unix_s = near_site_now_unix_ms(view->site) / 1000;
    return consent_stands(view->gate.grants, view->gate.grant_count, PURPOSE_FOLLOW_UP, now_unix_s, NULL).allowed;
}

/* Of several the most urgent, and the earliest date. */
void rec_referral_demand(const struct rec_outcome *outcome, int64_t day_end_unix_ms)
{
    struct rec_view *view = outcome->view;
    if (!has_follow_up(view)) return;
    for (size_t i = 0; i < outcome->count; i++) {
        const struct rec_stands *at = &outcome->list[i];
        enum referral_state state = at->deed == DEED_IS_REFERRAL ? state_of(at->tape) : REFERRAL_STATES;
        if (!referral_goes_on(state) || at->class != CLASS_CLIN) continue;
        enum work_task task = referral_work(state) == REFERRAL_WORK_REFER ? WORK_REFER : WORK_FOLLOW;
        struct rec_work_slot *slot = &view->work.least[task][WORK_KEPT];
        struct rec_work_slot one = {.is_open = true,
                                    .urgency = urgency_of(at->tape),
                                    .due_unix_ms = due_unix_ms(view, at->tape, day_end_unix_ms)};
        if (slot->is_open && slot->urgency < one.urgency) one.urgency = slot->urgency;
        if (slot->is_open && slot->due_unix_ms < one.due_unix_ms) one.due_unix_ms = slot->due_unix_ms;
        *slot = one;
    }
}

enum salve_code rec_referral_open(struct rec_view *view, struct str referral, struct arena *mem,
                                  struct rec_referral_at *out, struct salve_err *err)
{
    struct rec_outcome outcome;
    TRY(rec_outcome_load(view, NULL, NULL, 0, mem, &outcome, err));
    const struct rec_stands *at = rec_outcome_find(&outcome, referral);
    if (at == NULL || at->deed != DEED_IS_REFERRAL || !referral_goes_on(state_of(at->tape)))
        return salve_refuse(err, SALVE_E_NOT_FOUND, "no referral that goes on has this name", "referral");
    *out = (struct rec_referral_at){at->number, at->class != CLASS_CLIN};
    return SALVE_OK;
}
