/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/remind - the next check, and who wants to be called before it. Rules:
 * - The day is the programme's interval from today, and what the letter says: where results ask for an earlier one, the
 *   reminder follows the letter.
 * - Only who said yes to the question of its own in the form of follow-up is called, once, by a registrar, who sees the
 *   name and the telephone and nothing else. What became of the call decides whether it is tried again, and is kept
 *   nowhere (records/reminder.h).
 * - Whoever reads the list sees tickets; nothing tells who came and who did not (N9).
 *
 *     visit_reminders(&registrar, &list, &count, err);
 *     visit_hold_reminder(&registrar, ticket, &held, err);
 *     visit_reminder(&registrar, held.view, &who, err);
 *     visit_reminded(held.view, REMINDER_REACHED, err); */
#ifndef SALVE_VISIT_REMIND_H
#define SALVE_VISIT_REMIND_H

#include "records/reminder.h"
#include "records/worklist.h"
#include "visit/visit.h"

/* visit_next_check - today, on the site's day, and the interval of the programme: "2027-11-30".
 * *may_remind: a reminder of it can be kept (consent.h). E_CONFIG: the zone of the site cannot be read. */
SALVE_MUST_USE enum salve_code visit_next_check(const struct visit *visit, struct str *day, bool *may_remind,
                                                struct salve_err *err);

/* visit_grant_reminder - an agreement to follow-up (visit_grant) gets its tick: they are called before that day.
 * E_USAGE: its form does not ask for it, or that day is too far ahead, or too near, to be reminded of. */
struct consent_grant;
SALVE_MUST_USE enum salve_code visit_grant_reminder(const struct visit *visit, struct consent_grant *grant,
                                                    struct salve_err *err);

/* A ticket of somebody who is to be called. */
struct visit_to_remind {
    struct str ticket;
    int64_t due_unix_ms; /* the day of the check */
};
/* visit_reminders - those that are due, by the day of the check; noted in the log of the site.
 * *unreadable (may be NULL): rows of open work that do not open. E_ROLE. */
SALVE_MUST_USE enum salve_code visit_reminders(const struct visit *visit, struct visit_to_remind **out, size_t *count,
                                               uint64_t *unreadable, struct salve_err *err);

/* visit_hold_reminder - opens who it is, for a call; a look of its own (held.h). E_NOT_FOUND: no ticket of a reminder;
 * E_ROLE; E_CONSENT; E_QUOTA.
 * visit_reminder - what is needed to call; texts may be empty, and move and turn nothing. */
struct visit_held;
struct visit_reminder {
    struct str name;
    struct str telephones; /* with commas between */
    struct str language;   /* that the person speaks, a code */
    struct str next_check; /* the day, "2027-11-30" */
};
SALVE_MUST_USE enum salve_code visit_hold_reminder(const struct visit *visit, struct str ticket,
                                                   struct visit_held *held, struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_reminder(const struct visit *visit, struct rec_view *view,
                                              struct visit_reminder *out, struct salve_err *err);

/* visit_reminded - what became of the call. Errors of reminder_note. */
SALVE_MUST_USE enum salve_code visit_reminded(struct rec_view *view, enum reminder_said said, struct salve_err *err);

#endif
