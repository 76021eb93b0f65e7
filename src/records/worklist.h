/* SPDX-License-Identifier: Apache-2.0
 *
 * worklist - open work of a site: tickets, never people. The sixth door of the gate. A ticket is random, short enough
 * to say aloud ("K7M-2QX"), and means nothing outside; what is open about it are tasks with an urgency and times. No
 * name, no value, no finding, nobody who stayed away: tickets come of what was found, and of results that were signed
 * and not printed, and of nothing else (N11, N12).
 *
 *     worklist_set(view, WORK_KEPT, entries, count);                  // with the next save of this view
 *     rec_save(view, items, item_count, NULL, mem, err);                // one transaction: the reason and its work
 *     worklist_mine(view, mem, &mine, err);                            // mine.ticket
 *
 *     struct work_ask ask = {.list = WORK_LIST_OPEN, .most = WORK_PAGE_MAX};
 *     worklist_page(site, lina, &ask, mem, &page, err);                 // noted in the log of the site
 *     ask.after = page.next;                                            // until it is empty
 *     rec_open(.., .who = STR("K7M-2QX"))                                // rec.h: FOLLOW_UP; CARE while the card's
 *                                                                       // showing lasts
 *
 * What holds: an entry is written in the transaction of what made or ended its reason. With the last agreement that
 * lets staff open the record (care, follow-up), and with an erasure, all of it goes at once. Rows are sealed for the
 * gate alone, of one length (docs/formats/site.md). */
#ifndef SALVE_RECORDS_WORKLIST_H
#define SALVE_RECORDS_WORKLIST_H

#include "day/orders.h"
#include "records/rec.h"

enum work_task {
#define WORK(name, text, what) WORK_##name,
#include "records/worklist.def"
#undef WORK
    WORK_TASKS
};
const char *work_task_text(enum work_task task);

/* Whose work an entry is, so that who sees a part of a record ends no other part: of what is kept, of what is kept
 * apart, of what came and is not kept. */
enum work_part { WORK_KEPT, WORK_APART, WORK_NOT_KEPT, WORK_PARTS };
enum { WORK_ENTRIES_MAX = WORK_TASKS * WORK_PARTS };

enum { WORK_URGENT_MAX = 1 }; /* the urgencies of now and today */
struct work_entry {
    enum work_part part;
    enum work_task task;
    uint32_t urgency; /* 0 is the most urgent (guideline/finding.def) */
    int64_t since_unix_ms, due_unix_ms;
};

/* How the record behind a ticket opens. */
enum work_reach {
    WORK_BY_TICKET, /* the person agreed to follow-up */
    WORK_BY_CARD,   /* at the next visit, or by the station's paper list */
    WORK_BY_SHOWN,  /* the card was shown: by the ticket for the moment */
};

struct work {
    struct str ticket; /* empty: nothing is open */
    struct work_entry entries[WORK_ENTRIES_MAX];
    size_t entry_count;
    enum work_reach reach;
};

/* worklist_set - what is open of one part about the person behind the view from now on, in place of what was: it goes
 * with the next save of the view, or with worklist_write where nothing is saved. An entry that was there with the same
 * urgency keeps its times. since_unix_ms is the gate's to say, and so is what stays open: what the record shows to be
 * untold, unclosed or unsigned behind the save, and all but letters of what the view does not see. What was found and
 * is not kept ends only by having been told (E_CONFLICT), and then by a clinician (E_ROLE).
 * worklist_write - what still waits, in a transaction of its own; fine if nothing does. */
void worklist_set(struct rec_view *view, enum work_part part, const struct work_entry *entries, size_t count);
SALVE_MUST_USE enum salve_code worklist_write(struct rec_view *view, struct salve_err *err);

/* worklist_day_end_unix_ms - of the site's day on which the view was opened or resumed; of the day of UTC where the
 * zone of the site cannot be read. */
int64_t worklist_day_end_unix_ms(const struct rec_view *view);

/* worklist_due_unix_ms - when a task of that urgency has to be done (project choice). */
int64_t worklist_due_unix_ms(const struct rec_view *view, enum work_task task, uint32_t urgency);

/* worklist_mine - what is open about the person behind the view; the texts in mem. */
SALVE_MUST_USE enum salve_code worklist_mine(struct rec_view *view, struct arena *mem, struct work *out,
                                             struct salve_err *err);

/* worklist_purpose - what a ticket opens now: CARE while the card's showing lasts, else FOLLOW_UP. E_NOT_FOUND;
 * E_CONSENT: it waits for the card. */
SALVE_MUST_USE enum salve_code worklist_purpose(struct site *site, struct str ticket, struct arena *mem,
                                                enum purpose *out, struct salve_err *err);

enum { WORK_PAGE_MAX = 100 };
struct work_ask {
    enum work_list list;
    uint64_t most;    /* tickets, 1 to WORK_PAGE_MAX */
    struct str after; /* `next` of the page before; empty: the first page */
};
struct work_page {
    struct work *all; /* with all that is open about each, whichever list it is of */
    size_t count;
    struct str next;              /* empty: nothing is behind it */
    uint64_t total;               /* tickets in the list now */
    uint64_t groups[WORK_GROUPS]; /* in each group */
    uint64_t unreadable;          /* rows of open work that do not open: none of the lists has them */
    bool is_again;                /* it begins from the front once more: the place of `after` was lost */
};

/* worklist_page - a page of a list, in its order. What came or became more urgent since the page before, in front of
 * its end, stands before the rest of this page, so that who follows `next` to the end meets each ticket that was there
 * all the time at least once, whatever others write. A row that does not open is counted, and hides no other. A letter
 * that waited for 90 days since it was signed ends here: no list of those who never came for one grows (N9). That so
 * many were read, by whom and when is a document of the site, and so a public leaf; for each page. actor: REGISTRAR,
 * ASSISTANT or CLINICIAN (E_ROLE). E_INVALID: that is no `next`. */
SALVE_MUST_USE enum salve_code worklist_page(struct site *site, struct actor actor, const struct work_ask *ask,
                                             struct arena *mem, struct work_page *out, struct salve_err *err);

/* worklist_all - all pages of a list, each ticket once, in no order that says anything; *unreadable may be NULL. */
SALVE_MUST_USE enum salve_code worklist_all(struct site *site, struct actor actor, enum work_list list,
                                            struct arena *mem, struct work **out, size_t *count, uint64_t *unreadable,
                                            struct salve_err *err);

#endif
