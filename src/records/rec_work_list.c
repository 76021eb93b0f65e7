/* SPDX-License-Identifier: Apache-2.0
 * The orders of open work beside its rows: how they are made, and how they keep up with what is written. */
#include "records/work_list_int.h"

#include <stdlib.h>

#include "base/assert.h"
#include "crypto/crypto.h"
#include "guideline/finding.h"
#include "store/store.h"

enum {
    PIECE_ROWS = 128, /* some milliseconds, also where each is a page that is read */
    PIECE_BYTES = 16 << 20,
    STALE_ROWS = 32,    /* ended in one transaction */
    BAD_LOOKED_AT = 32, /* in one request */
    TRIES_MAX = 3,      /* to make them, where a commit that failed took them away meanwhile */
    CHAR_BITS = 5,      /* of a character of a ticket */
    RANK_MAX = (1 << WORK_GROUP_SHIFT) - 1
};

enum pending_kind { PENDING_PUT, PENDING_TAKE, PENDING_SAVEPOINT, PENDING_NOTHING };
struct pending {
    enum pending_kind kind;
    struct work_facts facts;
};

struct bad_row {
    char name[REC_WORK_NAME_BYTES];
};

struct rec_work_list {
    struct work_orders *orders;
    bool is_whole;
    char to[REC_WORK_NAME_BYTES]; /* the row up to which the walk came */
    struct pending *pending;      /* of the transaction that is open */
    size_t pending_count, pending_room;
    struct bad_row *bad; /* rows that do not open */
    size_t bad_count, bad_room, bad_next;
};

/* --- what the orders know of a row -------------------------------------------------------------------------------- */

static bool is_of_referral(size_t task) { return task == WORK_REFER || task == WORK_FOLLOW || task == WORK_REPLY; }

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
    int64_t ends_unix_ms = rec_work_slot_ends_unix_ms((enum work_task)task, slot);
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

static void pending_clear(struct rec_work_list *list)
{
    if (list->pending_count > 0) crypto_zero(list->pending, list->pending_count * sizeof *list->pending);
    list->pending_count = 0;
}

void rec_work_list_lost(struct site *site)
{
    struct rec_work_list *list = site->work_list;
    site->work_list = NULL;
    if (list == NULL) return;
    pending_clear(list);
    work_orders_drop(&list->orders);
    free(list->pending);
    free(list->bad);
    crypto_zero(list, sizeof *list);
    free(list);
}

/* Without room for what changes they are made anew. What grows is people's data: it moves, and is wiped where it was. */
static void pend(struct site *site, const struct pending *one)
{
    struct rec_work_list *list = site->work_list;
    if (list == NULL) return;
    if (list->pending_count == list->pending_room) {
        size_t room = list->pending_room == 0 ? 16 : 2 * list->pending_room;
        struct pending *grown = calloc(room, sizeof *grown);
        if (grown == NULL) {
            rec_work_list_lost(site);
            return;
        }
        if (list->pending_count > 0) memcpy(grown, list->pending, list->pending_count * sizeof *grown);
        if (list->pending_count > 0) crypto_zero(list->pending, list->pending_count * sizeof *grown);
        free(list->pending);
        list->pending = grown;
        list->pending_room = room;
    }
    list->pending[list->pending_count++] = *one;
}

void rec_work_list_put(struct rec_tx *tx, const struct rec_work *work)
{
    if (tx->site->work_list == NULL) return;
    const struct pending one = {.kind = PENDING_PUT, .facts = rec_work_facts(work)};
    pend(tx->site, &one);
}

void rec_work_list_take(struct rec_tx *tx, struct compartment id)
{
    const struct pending one = {.kind = PENDING_TAKE, .facts = {.id = id}};
    pend(tx->site, &one);
}

void rec_work_list_committed(struct site *site)
{
    struct rec_work_list *list = site->work_list;
    bool fits = true;
    for (size_t i = 0; list != NULL && fits && i < list->pending_count; i++) {
        const struct pending *one = &list->pending[i];
        if (one->kind == PENDING_PUT) fits = work_orders_put(list->orders, &one->facts);
        if (one->kind == PENDING_TAKE) work_orders_take(list->orders, one->facts.id);
    }
    if (list != NULL) pending_clear(list);
    if (!fits) rec_work_list_lost(site);
}

void rec_work_list_abandoned(struct site *site)
{
    if (site->work_list != NULL) pending_clear(site->work_list);
}

void rec_work_list_savepoint(struct site *site)
{
    const struct pending one = {.kind = PENDING_SAVEPOINT};
    pend(site, &one);
}

static size_t newest_savepoint(const struct rec_work_list *list)
{
    size_t at = list->pending_count;
    while (at > 0 && list->pending[at - 1].kind != PENDING_SAVEPOINT) at--;
    return at;
}

void rec_work_list_savepoint_keep(struct site *site)
{
    if (site->work_list == NULL) return;
    size_t at = newest_savepoint(site->work_list);
    if (at > 0) site->work_list->pending[at - 1].kind = PENDING_NOTHING;
}

/* Where the orders began to be made after it, all of what is pending was. */
void rec_work_list_savepoint_undo(struct site *site)
{
    struct rec_work_list *list = site->work_list;
    if (list == NULL) return;
    size_t at = newest_savepoint(list);
    size_t left = at > 0 ? at - 1 : 0;
    if (list->pending_count > left)
        crypto_zero(list->pending + left, (list->pending_count - left) * sizeof *list->pending);
    list->pending_count = left;
}

/* --- how they are made -------------------------------------------------------------------------------------------- */

const struct work_orders *rec_work_list_orders(const struct site *site)
{
    return site->work_list == NULL || !site->work_list->is_whole ? NULL : site->work_list->orders;
}

bool rec_work_list_waits(const struct site *site) { return rec_work_list_orders(site) == NULL; }

static enum salve_code begin(struct site *site, struct salve_err *err)
{
    if (site->work_list != NULL) return SALVE_OK;
    struct rec_work_list *list = calloc(1, sizeof *list);
    if (list != NULL) list->orders = work_orders_make();
    if (list == NULL || list->orders == NULL) {
        free(list);
        return salve_fail(err, SALVE_E_MEMORY, "work");
    }
    site->work_list = list;
    return SALVE_OK;
}

static enum salve_code bad_add(struct rec_work_list *list, struct str name, struct salve_err *err)
{
    for (size_t i = 0; i < list->bad_count; i++)
        if (str_is(name, list->bad[i].name)) return SALVE_OK;
    if (list->bad_count == list->bad_room) {
        size_t room = list->bad_room == 0 ? 16 : 2 * list->bad_room;
        struct bad_row *grown = realloc(list->bad, room * sizeof *grown);
        if (grown == NULL) return salve_fail(err, SALVE_E_MEMORY, "work");
        list->bad = grown;
        list->bad_room = room;
    }
    salve_assert(name.len < REC_WORK_NAME_BYTES);
    memcpy(list->bad[list->bad_count].name, name.ptr, name.len);
    list->bad[list->bad_count++].name[name.len] = '\0';
    return SALVE_OK;
}

/* A row that does not open keeps nobody from the others. */
static enum salve_code take_row(struct rec_tx *tx, struct rec_work_list *list, struct str name, struct salve_err *err)
{
    struct rec_work work;
    enum salve_code code = rec_work_row(tx, name, &work, err);
    if (code == SALVE_E_INTEGRITY) return bad_add(list, name, err);
    if (code != SALVE_OK) return code;
    const struct work_facts facts = rec_work_facts(&work);
    return work_orders_put(list->orders, &facts) ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "work");
}

static enum salve_code walk_on(struct rec_tx *tx, struct rec_work_list *list, struct salve_err *err)
{
    struct str *names = NULL;
    size_t count = 0;
    TRY(rec_work_names(tx, str_of(list->to), PIECE_ROWS, &names, &count, err));
    for (size_t i = 0; i < count; i++) TRY(take_row(tx, list, names[i], err));
    list->is_whole = count < PIECE_ROWS;
    if (count == 0) return SALVE_OK;
    struct str last = names[count - 1];
    salve_assert(last.len < sizeof list->to);
    memcpy(list->to, last.ptr, last.len);
    list->to[last.len] = '\0';
    return SALVE_OK;
}

enum salve_code rec_work_list_piece(struct site *site, struct arena *mem, bool *has_more, struct salve_err *err)
{
    struct rec_tx tx;
    TRY(begin(site, err));
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = walk_on(&tx, site->work_list, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK) rec_work_list_lost(site);
    *has_more = code == SALVE_OK && !site->work_list->is_whole;
    return code;
}

enum salve_code rec_work_list_whole(struct site *site, struct salve_err *err)
{
    for (int tries = 0; rec_work_list_waits(site);) {
        bool has_more = false, is_begun = site->work_list != NULL;
        if (!is_begun && tries++ == TRIES_MAX) return salve_fail(err, SALVE_E_BUSY, "work");
        struct arena *mem = arena_open_private(PIECE_BYTES);
        if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "work");
        enum salve_code code = rec_work_list_piece(site, mem, &has_more, err);
        arena_close(mem);
        if (code != SALVE_OK) return code;
        rec_breathe(site);
    }
    return SALVE_OK;
}

/* --- rows that do not open ---------------------------------------------------------------------------------------- */

size_t rec_work_list_bad_count(const struct site *site)
{
    return site->work_list == NULL ? 0 : site->work_list->bad_count;
}

enum salve_code rec_work_list_bad(struct rec_tx *tx, struct compartment id, struct salve_err *err)
{
    char name[REC_WORK_NAME_BYTES];
    struct rec_work_list *list = tx->site->work_list;
    if (list == NULL) return SALVE_OK;
    work_orders_take(list->orders, id);
    return bad_add(list, rec_work_row_name(tx->site, id, name), err);
}

static enum salve_code look_at_bad(struct rec_tx *tx, struct rec_work_list *list, size_t at, struct salve_err *err)
{
    struct rec_work work;
    enum salve_code code = rec_work_row(tx, str_of(list->bad[at].name), &work, err);
    if (code == SALVE_E_INTEGRITY) list->bad_next++;
    if (code == SALVE_E_INTEGRITY) return SALVE_OK;
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) return code;
    if (code == SALVE_OK) {
        const struct work_facts facts = rec_work_facts(&work);
        if (!work_orders_put(list->orders, &facts)) return salve_fail(err, SALVE_E_MEMORY, "work");
    }
    list->bad[at] = list->bad[--list->bad_count];
    return SALVE_OK;
}

/* Some of them, by turns. */
enum salve_code rec_work_list_bad_look(struct rec_tx *tx, struct salve_err *err)
{
    struct rec_work_list *list = tx->site->work_list;
    size_t all = list == NULL ? 0 : list->bad_count;
    for (size_t i = 0; i < all && i < BAD_LOOKED_AT; i++)
        TRY(look_at_bad(tx, list, list->bad_next % list->bad_count, err));
    return SALVE_OK;
}

/* --- what waited too long ----------------------------------------------------------------------------------------- */

static enum salve_code end_some(struct rec_tx *tx, size_t *ended, struct salve_err *err)
{
    struct work_key key, *after = NULL;
    struct work_facts facts;
    const struct work_orders *orders = tx->site->work_list->orders;
    *ended = 0;
    while (*ended < STALE_ROWS && work_orders_next(orders, WORK_ORDER_ENDS, after, &key, &facts)) {
        if (tx->is_suspect || facts.at_unix_ms[WORK_ORDER_ENDS] >= tx->now_unix_ms) break;
        after = &key;
        enum salve_code code = rec_work_stale_end(tx, facts.id, err);
        if (code == SALVE_E_INTEGRITY) code = rec_work_list_bad(tx, facts.id, err);
        if (code != SALVE_OK) return code;
        *ended += 1;
    }
    return SALVE_OK;
}

static bool has_stale(const struct site *site)
{
    struct work_key key;
    struct work_facts facts;
    const struct work_orders *orders = rec_work_list_orders(site);
    return orders != NULL && work_orders_next(orders, WORK_ORDER_ENDS, NULL, &key, &facts) &&
           !near_site_clock_suspect(site) && facts.at_unix_ms[WORK_ORDER_ENDS] < near_site_now_unix_ms(site);
}

static enum salve_code end_piece(struct site *site, size_t *ended, struct salve_err *err)
{
    struct rec_tx tx;
    struct arena *mem = arena_open_private(PIECE_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "work");
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code == SALVE_OK) {
        code = end_some(&tx, ended, err);
        if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    arena_close(mem);
    return code;
}

enum salve_code rec_work_list_stale_end(struct site *site, struct salve_err *err)
{
    size_t ended = 1;
    while (ended > 0 && has_stale(site)) {
        TRY(end_piece(site, &ended, err));
        rec_breathe(site);
    }
    return SALVE_OK;
}
