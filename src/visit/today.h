/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/today - a day of checks: who is here as tickets and numbers, what is left for each, and the exit check.
 *
 *     visit_check_in(&visit, card, &entry, err);                            // "you are number 17"
 *     visit_at_station(&visit, who, STATION_BODY, DAY_BEGIN, &entry, err);
 *     visit_at_station(&visit, who, STATION_BODY, DAY_DONE, &entry, err);
 *     visit_settle(&visit, who, STR("waist"), STR("wish"), &entry, err);       // not done today; why is kept nowhere
 *     visit_exit(&visit, who, &exit, err);
 *     visit_leave(&visit, who, true, &entry, err);
 *
 * What is left is reckoned by the plan (plan.h) by whoever sees the clinical class; stations without anything left are
 * not asked for. Nobody is held up by it: any station may see anybody, and the exit check ends whatever is missing
 * (N18). Only an alarm that nobody told the person of holds them. */
#ifndef SALVE_VISIT_TODAY_H
#define SALVE_VISIT_TODAY_H

#include "records/queue.h"
#include "records/worklist.h"
#include "visit/plan.h"
#include "visit/visit.h"

/* visit_check_in, visit_at_station (BEGIN, DONE, BACK, AGAIN), visit_settle, visit_leave - *out as it stands then; its
 * ticket is empty where they are not in the queue any more. errors   those of rec_open and queue_note; E_INVALID: why
 * is none of day/whys.def, or another event */
SALVE_MUST_USE enum salve_code visit_check_in(const struct visit *visit, struct str who, struct queue_entry *out,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_at_station(const struct visit *visit, struct str who, enum day_station station,
                                                enum day_event event, struct queue_entry *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_settle(const struct visit *visit, struct str who, struct str item, struct str why,
                                            struct queue_entry *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_leave(const struct visit *visit, struct str who, bool is_finished,
                                           struct queue_entry *out, struct salve_err *err);

/* visit_mine - where the person stands in the queue of today; the ticket is empty where they do not, and for a look
 * that has nothing to do with it. */
SALVE_MUST_USE enum salve_code visit_mine(const struct visit *visit, struct str who, struct queue_entry *out,
                                          struct salve_err *err);

/* One station, and one person who is here. */
struct visit_today_station {
    uint32_t waiting, busy; /* people who wait and have something left here; who are here now */
};
struct visit_today_ticket {
    struct queue_entry is;
    enum day_station next; /* of those that are left the one with the fewest people; EXIT: nothing is left */
};
struct visit_today {
    struct visit_today_station stations[STATION_COUNT];
    struct visit_today_ticket *tickets; /* by their numbers */
    size_t count;
};

/* visit_today - E_ROLE. */
SALVE_MUST_USE enum salve_code visit_today(const struct visit *visit, struct visit_today *out, struct salve_err *err);

/* The exit check. An item that is kept apart is settled as soon as its station is done: whether it was answered is not
 * shown (plan.h). */
enum visit_exit_state { VISIT_EXIT_DONE, VISIT_EXIT_MISSING, VISIT_EXIT_SETTLED };
struct visit_exit_item {
    struct str item;
    enum day_station station; /* STATION_NONE: the packages name one that there is not */
    enum visit_exit_state state;
};
/* What becomes of the letter: a clinician has to sign first; it can be printed; there is nothing to print. */
enum visit_exit_letter { VISIT_EXIT_CLINICIAN, VISIT_EXIT_NOW, VISIT_EXIT_NOTHING };
struct visit_exit {
    struct queue_entry entry; /* ticket empty: they are not in today's queue */
    struct visit_exit_item *items;
    size_t count;
    struct work work;
    enum visit_exit_letter letter;
    struct str next_check; /* the day by the programme, ISO; a letter may say an earlier one */
};
const char *visit_exit_state_text(enum visit_exit_state state);
const char *visit_exit_letter_text(enum visit_exit_letter letter);

/* visit_exit - nothing happens by it. E_ROLE: a look that does not show what was measured. */
SALVE_MUST_USE enum salve_code visit_exit(const struct visit *visit, struct str who, struct visit_exit *out,
                                          struct salve_err *err);

#endif
