/* SPDX-License-Identifier: Apache-2.0
 * A day of checks: check-in, stations, the exit check. */
#include "visit/today.h"

#include "visit/remind.h"
#include "visit/visit_int.h"

/* --- what is left ------------------------------------------------------------------------------------------------- */

static bool is_settled(const struct queue_entry *entry, struct str item)
{
    bool is = false;
    for (size_t i = 0; i < entry->settled_count; i++) is = is || str_eq(entry->settled[i], item);
    return is;
}

static enum day_station station_of(const struct visit_asked *asked)
{
    enum day_station station = STATION_NONE;
    (void)station_find(asked->station, &station);
    return station;
}

/* Of what is kept apart nobody learns whether it was answered: the station that asks it says when it is done. */
static enum visit_exit_state state_of(const struct visit_asked *asked, const struct queue_entry *entry)
{
    enum day_station station = station_of(asked);
    bool is_done = station != STATION_NONE && (entry->done & STATION_BIT(station)) != 0;
    if (asked->state == VISIT_ASKED_DONE || asked->state == VISIT_ASKED_DRAWN) return VISIT_EXIT_DONE; /* for today */
    if (asked->state == VISIT_ASKED_UNSEEN && is_done) return VISIT_EXIT_DONE;
    return is_settled(entry, asked->item) ? VISIT_EXIT_SETTLED : VISIT_EXIT_MISSING;
}

static station_mask left_of(const struct visit_plan *plan, const struct queue_entry *entry, struct str settled_now)
{
    station_mask left = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct visit_asked *asked = &plan->list[i];
        enum day_station station = station_of(asked);
        bool is_missing = state_of(asked, entry) == VISIT_EXIT_MISSING && !str_eq(asked->item, settled_now);
        if (is_missing && station != STATION_NONE) left |= STATION_BIT(station);
    }
    return left;
}

/* Who sees nothing that was measured reckons once, when the day of the person begins: everything that is asked of
 * them. Where the packages ask nothing every station is left until it is done. */
static enum salve_code reckon(const struct visit *visit, struct rec_view *view, struct str who, struct queue_step *step,
                              struct salve_err *err)
{
    struct visit_facts facts;
    struct visit_plan plan;
    struct queue_entry entry;
    TRY(queue_mine(view, visit->mem, &entry, err));
    if (!rec_shows(view, CLASS_CLIN) && entry.ticket.len > 0) return SALVE_OK;
    TRY(visit_person_read(visit, who, &facts, err));
    TRY(visit_plan(visit, &facts, &plan, err));
    step->has_left = plan.count > 0;
    step->left = left_of(&plan, &entry, step->event == DAY_SETTLE ? step->item : STR_NONE);
    return SALVE_OK;
}

/* --- what happens ------------------------------------------------------------------------------------------------- */

static enum salve_code take(const struct visit *visit, struct str who, struct queue_step step, struct queue_entry *out,
                            struct salve_err *err)
{
    struct rec_view *view = NULL;
    bool is_going = step.event == DAY_FINISH || step.event == DAY_LEAVE;
    enum salve_code code = visit_view_open(visit, who, 0, &view, err);
    if (code == SALVE_OK && !is_going) code = reckon(visit, view, who, &step, err);
    if (code == SALVE_OK) code = queue_note(view, &step, visit->mem, out, err);
    return visit_view_close(visit, &view, code, err);
}

enum salve_code visit_check_in(const struct visit *visit, struct str who, struct queue_entry *out,
                               struct salve_err *err)
{
    return take(visit, who, (struct queue_step){.event = DAY_CHECK_IN, .station = STATION_RECEPTION}, out, err);
}

enum salve_code visit_at_station(const struct visit *visit, struct str who, enum day_station station,
                                 enum day_event event, struct queue_entry *out, struct salve_err *err)
{
    bool is_of_station = event == DAY_BEGIN || event == DAY_DONE || event == DAY_BACK || event == DAY_AGAIN;
    if (!is_of_station) return salve_refuse(err, SALVE_E_INVALID, "begin, done, back or again", "state");
    return take(visit, who, (struct queue_step){.event = event, .station = station}, out, err);
}

enum salve_code visit_settle(const struct visit *visit, struct str who, struct str item, struct str why,
                             struct queue_entry *out, struct salve_err *err)
{
    if (!day_is_why(why)) return salve_refuse(err, SALVE_E_INVALID, "none of the reasons of this list", "why");
    return take(visit, who, (struct queue_step){.event = DAY_SETTLE, .station = STATION_NONE, .item = item}, out, err);
}

enum salve_code visit_leave(const struct visit *visit, struct str who, bool is_finished, struct queue_entry *out,
                            struct salve_err *err)
{
    enum day_event event = is_finished ? DAY_FINISH : DAY_LEAVE;
    return take(visit, who, (struct queue_step){.event = event, .station = STATION_EXIT}, out, err);
}

enum salve_code visit_mine(const struct visit *visit, struct str who, struct queue_entry *out, struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, who, 0, &view, err);
    if (code == SALVE_OK) code = queue_mine(view, visit->mem, out, err);
    code = visit_view_close(visit, &view, code, err);
    if (code == SALVE_E_ROLE) *out = (struct queue_entry){.ticket = STR(""), .at = STATION_NONE};
    return code == SALVE_E_ROLE ? SALVE_OK : code;
}

/* --- the board ---------------------------------------------------------------------------------------------------- */

static void count_one(const struct queue_entry *entry, struct visit_today_station *stations)
{
    if (entry->at != STATION_NONE) {
        stations[entry->at].busy++;
        return;
    }
    for (unsigned station = 0; station < STATION_COUNT; station++)
        if ((entry->left & STATION_BIT(station)) != 0) stations[station].waiting++;
    if (entry->left == 0) stations[STATION_EXIT].waiting++;
}

/* Any free station: where nobody is now, else where fewest are and wait; of equal ones the first. */
static enum day_station next_of(const struct queue_entry *entry, const struct visit_today_station *stations)
{
    enum day_station best = STATION_EXIT;
    for (unsigned at = 0; at < STATION_COUNT; at++) {
        const struct visit_today_station *one = &stations[at], *other = &stations[best];
        if ((entry->left & STATION_BIT(at)) == 0) continue;
        bool is_freer = one->busy < other->busy || (one->busy == other->busy && one->waiting < other->waiting);
        if (best == STATION_EXIT || is_freer) best = (enum day_station)at;
    }
    return best;
}

enum salve_code visit_today(const struct visit *visit, struct visit_today *out, struct salve_err *err)
{
    struct queue_entry *list = NULL;
    *out = (struct visit_today){.count = 0};
    TRY(queue_read(visit->site, visit->actor, visit->mem, &list, &out->count, err));
    out->tickets = arena_array(visit->mem, struct visit_today_ticket, out->count + 1);
    if (out->tickets == NULL) return salve_fail(err, SALVE_E_MEMORY, "queue");
    for (size_t i = 0; i < out->count; i++) count_one(&list[i], out->stations);
    for (size_t i = 0; i < out->count; i++)
        out->tickets[i] = (struct visit_today_ticket){list[i], next_of(&list[i], out->stations)};
    return SALVE_OK;
}

/* --- the exit check ----------------------------------------------------------------------------------------------- */

const char *visit_exit_state_text(enum visit_exit_state state)
{
    static const char *const texts[] = {
        [VISIT_EXIT_DONE] = "done", [VISIT_EXIT_MISSING] = "missing", [VISIT_EXIT_SETTLED] = "settled"};
    return texts[state];
}

const char *visit_exit_letter_text(enum visit_exit_letter letter)
{
    static const char *const texts[] = {
        [VISIT_EXIT_CLINICIAN] = "clinician", [VISIT_EXIT_NOW] = "now", [VISIT_EXIT_NOTHING] = "nothing"};
    return texts[letter];
}

static bool has_task(const struct work *work, enum work_task task)
{
    bool has = false;
    for (size_t i = 0; i < work->entry_count; i++) has = has || work->entries[i].task == task;
    return has;
}

static enum visit_exit_letter letter_of(const struct work *work)
{
    if (has_task(work, WORK_SCREEN) || has_task(work, WORK_SIGN)) return VISIT_EXIT_CLINICIAN;
    return has_task(work, WORK_LETTER) ? VISIT_EXIT_NOW : VISIT_EXIT_NOTHING;
}

static enum salve_code check(const struct visit *visit, struct rec_view *view, struct str who, struct visit_exit *out,
                             struct salve_err *err)
{
    struct visit_facts facts;
    struct visit_plan plan;
    if (!rec_shows(view, CLASS_CLIN)) return salve_fail(err, SALVE_E_ROLE, "exit check");
    TRY(queue_mine(view, visit->mem, &out->entry, err));
    TRY(worklist_mine(view, visit->mem, &out->work, err));
    TRY(visit_person_read(visit, who, &facts, err));
    TRY(visit_plan(visit, &facts, &plan, err));
    out->items = arena_array(visit->mem, struct visit_exit_item, plan.count + 1);
    if (out->items == NULL) return salve_fail(err, SALVE_E_MEMORY, "exit check");
    for (; out->count < plan.count; out->count++) {
        const struct visit_asked *asked = &plan.list[out->count];
        out->items[out->count] = (struct visit_exit_item){asked->item, station_of(asked), state_of(asked, &out->entry)};
    }
    bool unused = false;
    out->letter = letter_of(&out->work);
    return visit_next_check(visit, &out->next_check, &unused, err);
}

enum salve_code visit_exit(const struct visit *visit, struct str who, struct visit_exit *out, struct salve_err *err)
{
    struct rec_view *view = NULL;
    *out = (struct visit_exit){.count = 0};
    enum salve_code code = visit_view_open(visit, who, 0, &view, err);
    if (code == SALVE_OK) code = check(visit, view, who, out, err);
    return visit_view_close(visit, &view, code, err);
}
