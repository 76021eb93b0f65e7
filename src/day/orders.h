/* SPDX-License-Identifier: Apache-2.0
 *
 * orders - who has open work, in the order of each list, in memory: what rows of open work say and nothing more.
 * Ordered trees over the same entries, so that an entry comes, goes or moves in steps that grow with the depth of a
 * tree, and a walk begins anywhere. One thread. What leaves is wiped. */
#ifndef SALVE_DAY_ORDERS_H
#define SALVE_DAY_ORDERS_H

#include "base/err.h"
#include "base/ids.h"

/* The lists that are made of open work, each in its order; of equals by ticket. */
enum work_list {
    WORK_LIST_OPEN,      /* by group and urgency, drafts too; who waits longest first. All but what is in the others */
    WORK_LIST_LETTERS,   /* who was signed first, first */
    WORK_LIST_REFERRALS, /* those that were answered, then what is due first */
    WORK_LIST_REMINDERS, /* by the day of the check. Of who calls people (E_ROLE) */
    WORK_LISTS
};
/* Groups of WORK_LIST_OPEN: now, today, soon; what was not judged yet and is less urgent; the rest. Of the other lists
 * all is in the last. */
enum work_group {
    WORK_GROUP_NOW,
    WORK_GROUP_TODAY,
    WORK_GROUP_SOON,
    WORK_GROUP_INCOMPLETE,
    WORK_GROUP_REST,
    WORK_GROUPS
};

enum work_order {
    WORK_ORDER_ENDS = WORK_LISTS, /* behind the lists, as enum work_list has them: by when something waited too long */
    WORK_ORDER_CHANGED,           /* by when it changed its place in a list: a number that grows */
    WORK_ORDER_PEOPLE,            /* by compartment */
    WORK_ORDERS
};
enum { WORK_ORDER_PLACES = WORK_ORDER_ENDS + 1, WORK_GROUP_SHIFT = 4 };

/* A place in an order: by rank, then time, then ticket. Of people a and b are the compartment. */
struct work_key {
    uint64_t a, b;
    uint32_t c;
};

/* What the orders need to know of a row. In a list it is in rank[] begins with its group. */
struct work_facts {
    struct compartment id;
    uint32_t ticket;
    uint8_t in; /* a bit for each of the places */
    uint8_t rank[WORK_ORDER_PLACES];
    int64_t at_unix_ms[WORK_ORDER_PLACES];
};

struct work_orders;

/* work_orders_make - empty; NULL: no memory. work_orders_drop: NULL is fine. */
struct work_orders *work_orders_make(void);
void work_orders_drop(struct work_orders **at);

/* work_orders_put - it stands like that from now on, in place of what was of that compartment; false: no memory.
 * work_orders_take - nothing is open about them any more. */
SALVE_MUST_USE bool work_orders_put(struct work_orders *orders, const struct work_facts *facts);
void work_orders_take(struct work_orders *orders, struct compartment id);

/* A transaction: what it changes counts later. work_orders_later - in place of put, or take (is_gone: of facts only the
 * id counts). work_orders_now - it is durable; work_orders_never - it did not happen. work_orders_savepoint, a stack of
 * them; _end: the newest is kept, or what came behind it did not happen. false: no memory, and the orders are to be
 * dropped. */
SALVE_MUST_USE bool work_orders_later(struct work_orders *orders, const struct work_facts *facts, bool is_gone);
SALVE_MUST_USE bool work_orders_now(struct work_orders *orders);
void work_orders_never(struct work_orders *orders);
SALVE_MUST_USE bool work_orders_savepoint(struct work_orders *orders);
void work_orders_savepoint_end(struct work_orders *orders, bool keeps);

/* work_orders_next - the first behind *key in that order (NULL: the first of all); false: there is none. *found is its
 * key. */
bool work_orders_next(const struct work_orders *orders, enum work_order order, const struct work_key *key,
                      struct work_key *found, struct work_facts *out);
/* work_orders_key - where these facts stand in a list. */
struct work_key work_orders_key(const struct work_facts *facts, enum work_list list);
int work_key_cmp(struct work_key x, struct work_key y);

/* How many there are in each group of a list; the number of the newest change; a random number of these orders. */
uint64_t work_orders_group(const struct work_orders *orders, enum work_list list, enum work_group group);
uint64_t work_orders_changes(const struct work_orders *orders);
uint64_t work_orders_mark(const struct work_orders *orders);

#endif
