/* SPDX-License-Identifier: Apache-2.0
 * The orders of open work beside its rows: what they know of a row, and how they keep up with what is written. */
#include <stdlib.h>

#include "crypto/crypto.h"
#include "guideline/finding.h"
#include "records/work_list_int.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)
enum {
    CHAR_BITS = 5, /* of a character of a ticket */
    RANK_MAX = (1 << WORK_GROUP_SHIFT) - 1
};

/* --- what the orders know of a row -------------------------------------------------------------------------------- */

static bool is_of_referral(size_t task) { return task == WORK_REFER || task == WORK_FOLLOW || task == WORK_REPLY; }

int64_t rec_work_ends_unix_ms(size_t task, const struct rec_work_slot *slot)
{
    if (is_of_referral(task)) return slot->since_unix_ms + WORK_REFERRAL_DAYS_MAX * DAY_MS;
    return task == WORK_LETTER ? slot->since_unix_ms + WORK_LETTER_DAYS_MAX * DAY_MS : INT64_MAX;
}

static enum work_list list_of(size_t task)
{
    if (task == WORK_LETTER) return WORK_LIST_LETTERS;
    if (task == WORK_REMIND) return WORK_LIST_REMINDERS;
    return is_of_referral(task) ? WORK_LIST_REFERRALS : WORK_LIST_OPEN;
}

static void enter(struct work_facts *facts, size_t place, int64_t at_unix_ms)
{
    bool is_in = (facts->in >> place & 1) != 0;
    if (!is_in || at_unix_ms < facts->at_unix_ms[place]) facts->at_unix_ms[place] = at_unix_ms;
    facts->in |= (uint8_t)(1u << place);
}

static uint8_t rank_of(uint32_t urgency, bool is_unscreened)
{
    enum work_group group = WORK_GROUP_REST;
    if (urgency > RANK_MAX) urgency = RANK_MAX;
    if (urgency <= URGENCY_SOON)
        group = (enum work_group)urgency;
    else if (is_unscreened)
        group = WORK_GROUP_INCOMPLETE;
    return (uint8_t)((uint32_t)group << WORK_GROUP_SHIFT | urgency);
}
_Static_assert((int)URGENCY_EMERGENCY_NOW == WORK_GROUP_NOW && (int)URGENCY_SAME_DAY == WORK_GROUP_TODAY &&
                   (int)URGENCY_SOON == WORK_GROUP_SOON,
               "the first groups are urgencies");

static void add_slot(struct work_facts *facts, const struct rec_work_slot *slot, size_t task)
{
    enum work_list list = list_of(task);
    bool by_due = list == WORK_LIST_REFERRALS || list == WORK_LIST_REMINDERS;
    int64_t at_unix_ms = by_due ? slot->due_unix_ms : slot->since_unix_ms;
    enter(facts, list, task == WORK_REPLY ? INT64_MAX : at_unix_ms); /* an answer is due by itself at no time */
    int64_t ends_unix_ms = rec_work_ends_unix_ms(task, slot);
    if (ends_unix_ms != INT64_MAX) enter(facts, WORK_ORDER_ENDS, ends_unix_ms);
}

struct work_facts rec_work_facts(const struct rec_work *work)
{
    struct work_facts facts = {.id = work->id};
    uint32_t urgency = URGENCY_NONE;
    bool is_unscreened = false, is_answered = false;
    for (size_t i = 0; i < DAY_TICKET_CHARS; i++) facts.ticket = facts.ticket << CHAR_BITS | work->ticket[i];
    for (size_t i = 0; i < WORK_ENTRIES_MAX; i++) {
        size_t task = i / WORK_PARTS;
        const struct rec_work_slot *slot = &work->slots[task][i % WORK_PARTS];
        if (!slot->is_open) continue;
        add_slot(&facts, slot, task);
        if (list_of(task) == WORK_LIST_OPEN && slot->urgency < urgency) urgency = slot->urgency;
        is_unscreened = is_unscreened || task == WORK_SCREEN;
        is_answered = is_answered || task == WORK_REPLY;
    }
    facts.rank[WORK_LIST_OPEN] = rank_of(urgency, is_unscreened);
    facts.rank[WORK_LIST_LETTERS] = facts.rank[WORK_LIST_REMINDERS] = WORK_GROUP_REST << WORK_GROUP_SHIFT;
    facts.rank[WORK_LIST_REFERRALS] = (uint8_t)(WORK_GROUP_REST << WORK_GROUP_SHIFT | (is_answered ? 0 : 1));
    return facts;
}

/* --- what a transaction changes ----------------------------------------------------------------------------------- */

void rec_work_list_lost(struct site *site)
{
    struct rec_work_list *list = site->work_list;
    site->work_list = NULL;
    if (list == NULL) return;
    work_orders_drop(&list->orders);
    free(list->bad);
    crypto_zero(list, sizeof *list);
    free(list);
}

/* Without room for what changes they are made anew. */
static void unless_lost(struct site *site, bool fits)
{
    if (!fits) rec_work_list_lost(site);
}

static struct work_orders *kept(const struct site *site)
{
    return site->work_list == NULL ? NULL : site->work_list->orders;
}

void rec_work_list_put(struct rec_tx *tx, const struct rec_work *work)
{
    if (kept(tx->site) == NULL) return;
    const struct work_facts facts = rec_work_facts(work);
    unless_lost(tx->site, work_orders_later(kept(tx->site), &facts, false));
}

void rec_work_list_take(struct rec_tx *tx, struct compartment id)
{
    const struct work_facts facts = {.id = id};
    if (kept(tx->site) != NULL) unless_lost(tx->site, work_orders_later(kept(tx->site), &facts, true));
}

void rec_work_list_committed(struct site *site)
{
    if (kept(site) != NULL) unless_lost(site, work_orders_now(kept(site)));
}

void rec_work_list_abandoned(struct site *site)
{
    if (kept(site) != NULL) work_orders_never(kept(site));
}

void rec_work_list_savepoint(struct site *site)
{
    if (kept(site) != NULL) unless_lost(site, work_orders_savepoint(kept(site)));
}

void rec_work_list_savepoint_keep(struct site *site)
{
    if (kept(site) != NULL) work_orders_savepoint_end(kept(site), true);
}

void rec_work_list_savepoint_undo(struct site *site)
{
    if (kept(site) != NULL) work_orders_savepoint_end(kept(site), false);
}
