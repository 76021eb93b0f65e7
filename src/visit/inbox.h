/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/inbox - that urgent findings reach the person: telling, closing. Rules:
 * - A finding of today or now is open until a member of staff noted that the person was told, and a clinician closed
 *   it; no acceptance, consent class, language or paper mode changes that.
 * - Telling holds for what was found then (screen/told.h). */
#ifndef SALVE_VISIT_INBOX_H
#define SALVE_VISIT_INBOX_H

#include "records/worklist.h"
#include "screen/told.h"
#include "visit/visit.h"

/* A ticket of the list; of each task the most urgent entry, whichever part it is of. */
struct visit_work {
    struct work work;
    enum urgency urgency; /* the most urgent of its entries that is no draft; of drafts alone URGENCY_NONE */
    int64_t due_unix_ms;  /* the earliest */
};

/* visit_inbox - all open work, read in pages, noted in the log: urgent first, then what is due first. *unreadable
 * (may be NULL): rows of open work that do not open. E_ROLE.
 * visit_inbox_page - a page of it, most urgent first, drafts too, then who waits longest (WORK_LIST_OPEN); page->all is
 * *out. `after`: page->next of the page before; empty: the first. E_INVALID: it is none. */
SALVE_MUST_USE enum salve_code visit_inbox(const struct visit *visit, struct visit_work **out, size_t *count,
                                           uint64_t *unreadable, struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_inbox_page(const struct visit *visit, struct str after, struct visit_work **out,
                                                struct work_page *page, struct salve_err *err);

/* visit_tell - the actor told the person with that card; *count: findings. visit_close - the actor, a clinician, closes
 * the person's alarms. errors   those of screen_tell and screen_close */
SALVE_MUST_USE enum salve_code visit_tell(const struct visit *visit, struct str card, const struct screen_tell *tell,
                                          size_t *count, struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_close(const struct visit *visit, struct str card, size_t *count,
                                           struct salve_err *err);

/* visit_pass_on - the person could not be told: that is noted beside the alarms that nobody told them of, and ends
 * nothing. Errors of screen_pass_on. */
SALVE_MUST_USE enum salve_code visit_pass_on(const struct visit *visit, struct str card, struct str why,
                                             struct salve_err *err);

/* What is known of the alarms among the newest signed findings, and among the drafts. */
struct visit_told {
    struct screen_set sets[2]; /* of enum screen_state; count 0: none */
    struct screen_told *told[2];
};
SALVE_MUST_USE enum salve_code visit_told(const struct visit *visit, struct str card, struct visit_told *out,
                                          struct salve_err *err);

#endif
