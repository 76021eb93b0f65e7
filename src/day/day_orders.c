/* SPDX-License-Identifier: Apache-2.0
 *
 * The orders of open work. Each order is a treap: a search tree by key that is a heap by a random weight, so it is as
 * deep as the logarithm of its entries whatever comes in which order (Seidel and Aragon, Randomized Search Trees,
 * Algorithmica 16, 1996). */
#include "day/orders.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "crypto/crypto.h"

enum { CHUNK = 1024, CHUNKS_MAX = 4096 }; /* 4 million people with open work */

/* 0 is no node. */
struct node {
    struct work_facts facts;
    uint64_t changed;
    uint32_t weight;
    uint32_t left[WORK_ORDERS], right[WORK_ORDERS];
};

enum pending_kind { PENDING_PUT, PENDING_TAKE, PENDING_SAVEPOINT, PENDING_NOTHING };
struct pending {
    enum pending_kind kind;
    struct work_facts facts;
};

struct work_orders {
    uint32_t root[WORK_ORDERS];
    uint32_t free, used; /* the first of those that were given back, by left[0]; so many nodes were ever in use */
    uint64_t groups[WORK_LISTS][WORK_GROUPS];
    uint64_t changes, mark;
    struct pending *pending; /* of the transaction that is open */
    size_t pending_count, pending_room;
    struct node *chunks[CHUNKS_MAX];
};

static struct node *at(const struct work_orders *orders, uint32_t n) { return &orders->chunks[n / CHUNK][n % CHUNK]; }

struct work_orders *work_orders_make(void)
{
    struct work_orders *orders = calloc(1, sizeof *orders);
    if (orders == NULL) return NULL;
    crypto_random(&orders->mark, sizeof orders->mark);
    orders->used = 1;
    return orders;
}

void work_orders_drop(struct work_orders **place)
{
    struct work_orders *orders = *place;
    *place = NULL;
    if (orders == NULL) return;
    work_orders_never(orders);
    free(orders->pending);
    for (size_t i = 0; i < CHUNKS_MAX && orders->chunks[i] != NULL; i++) {
        crypto_zero(orders->chunks[i], CHUNK * sizeof *orders->chunks[i]);
        free(orders->chunks[i]);
    }
    crypto_zero(orders, sizeof *orders);
    free(orders);
}

static uint32_t node_new(struct work_orders *orders)
{
    uint32_t n = orders->free;
    if (n != 0) {
        orders->free = at(orders, n)->left[0];
        return n;
    }
    n = orders->used;
    if (n / CHUNK >= CHUNKS_MAX) return 0;
    struct node **chunk = &orders->chunks[n / CHUNK];
    if (*chunk == NULL) *chunk = calloc(CHUNK, sizeof **chunk);
    if (*chunk == NULL) return 0;
    orders->used++;
    return n;
}

static void node_free(struct work_orders *orders, uint32_t n)
{
    struct node *node = at(orders, n);
    crypto_zero(node, sizeof *node);
    node->left[0] = orders->free;
    orders->free = n;
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

int work_key_cmp(struct work_key x, struct work_key y)
{
    if (x.a != y.a) return x.a < y.a ? -1 : 1;
    if (x.b != y.b) return x.b < y.b ? -1 : 1;
    return x.c < y.c ? -1 : x.c > y.c;
}

/* Times before 1970 stand before the others. */
static struct work_key place_key(const struct work_facts *facts, size_t place)
{
    uint64_t time = (uint64_t)facts->at_unix_ms[place] ^ (UINT64_C(1) << 63);
    return (struct work_key){facts->rank[place], time, facts->ticket};
}

struct work_key work_orders_key(const struct work_facts *facts, enum work_list list) { return place_key(facts, list); }

static struct work_key person_key(struct compartment id)
{
    return (struct work_key){crypto_get_u64(id.bytes), crypto_get_u64(id.bytes + 8), 0};
}

static struct work_key key_of(const struct node *node, enum work_order order)
{
    if (order == WORK_ORDER_PEOPLE) return person_key(node->facts.id);
    if (order == WORK_ORDER_CHANGED) return (struct work_key){0, node->changed, 0};
    return place_key(&node->facts, order);
}

static bool is_in(const struct node *node, enum work_order order)
{
    return order >= WORK_ORDER_CHANGED || (node->facts.in >> order & 1) != 0;
}

/* --- a tree ------------------------------------------------------------------------------------------------------- */

/* Two trees, all of l before all of r, as one. */
static uint32_t join(struct work_orders *orders, enum work_order order, uint32_t l, uint32_t r)
{
    if (l == 0 || r == 0) return l == 0 ? r : l;
    struct node *left = at(orders, l), *right = at(orders, r);
    if (left->weight > right->weight) {
        left->right[order] = join(orders, order, left->right[order], r);
        return l;
    }
    right->left[order] = join(orders, order, l, right->left[order]);
    return r;
}

/* What is before the key, and the rest. */
static void part(struct work_orders *orders, enum work_order order, uint32_t n, struct work_key key, uint32_t out[2])
{
    out[0] = out[1] = 0;
    if (n == 0) return;
    struct node *node = at(orders, n);
    uint32_t inner[2];
    if (work_key_cmp(key_of(node, order), key) < 0) {
        part(orders, order, node->right[order], key, inner);
        node->right[order] = inner[0];
        out[0] = n;
        out[1] = inner[1];
    } else {
        part(orders, order, node->left[order], key, inner);
        node->left[order] = inner[1];
        out[0] = inner[0];
        out[1] = n;
    }
}

static void tree_put(struct work_orders *orders, enum work_order order, uint32_t n)
{
    uint32_t parts[2];
    struct node *node = at(orders, n);
    node->left[order] = node->right[order] = 0;
    part(orders, order, orders->root[order], key_of(node, order), parts);
    orders->root[order] = join(orders, order, join(orders, order, parts[0], n), parts[1]);
}

static void tree_take(struct work_orders *orders, enum work_order order, uint32_t n)
{
    uint32_t *link = &orders->root[order];
    struct work_key key = key_of(at(orders, n), order);
    while (*link != n) {
        struct node *node = at(orders, *link);
        salve_assert(*link != 0);
        link = work_key_cmp(key_of(node, order), key) < 0 ? &node->right[order] : &node->left[order];
    }
    *link = join(orders, order, at(orders, n)->left[order], at(orders, n)->right[order]);
}

static uint32_t tree_next(const struct work_orders *orders, enum work_order order, const struct work_key *key)
{
    uint32_t found = 0;
    for (uint32_t n = orders->root[order]; n != 0;) {
        const struct node *node = at(orders, n);
        bool is_behind = key == NULL || work_key_cmp(key_of(node, order), *key) > 0;
        if (is_behind) found = n;
        n = is_behind ? node->left[order] : node->right[order];
    }
    return found;
}

static uint32_t find(const struct work_orders *orders, struct compartment id)
{
    struct work_key key = person_key(id);
    uint32_t n = orders->root[WORK_ORDER_PEOPLE];
    while (n != 0) {
        const struct node *node = at(orders, n);
        int cmp = work_key_cmp(person_key(node->facts.id), key);
        if (cmp == 0) return n;
        n = cmp < 0 ? node->right[WORK_ORDER_PEOPLE] : node->left[WORK_ORDER_PEOPLE];
    }
    return 0;
}

/* --- entries ------------------------------------------------------------------------------------------------------ */

static void count(struct work_orders *orders, const struct work_facts *facts, uint64_t by)
{
    for (size_t list = 0; list < WORK_LISTS; list++) {
        if ((facts->in >> list & 1) == 0) continue;
        size_t group = facts->rank[list] >> WORK_GROUP_SHIFT;
        orders->groups[list][group < WORK_GROUPS ? group : WORK_GROUP_REST] += by;
    }
}

static void enter(struct work_orders *orders, uint32_t n)
{
    for (int order = 0; order < WORK_ORDERS; order++)
        if (is_in(at(orders, n), (enum work_order)order)) tree_put(orders, (enum work_order)order, n);
    count(orders, &at(orders, n)->facts, 1);
}

static void leave(struct work_orders *orders, uint32_t n)
{
    for (int order = 0; order < WORK_ORDERS; order++)
        if (is_in(at(orders, n), (enum work_order)order)) tree_take(orders, (enum work_order)order, n);
    count(orders, &at(orders, n)->facts, UINT64_MAX);
}

/* Whether who reads the lists would see it at another place. */
static bool is_moved(const struct work_facts *old, const struct work_facts *fresh)
{
    if (old->ticket != fresh->ticket || old->in != fresh->in) return true;
    for (size_t i = 0; i < WORK_ORDER_PLACES; i++)
        if ((old->in >> i & 1) != 0 && work_key_cmp(place_key(old, i), place_key(fresh, i)) != 0) return true;
    return false;
}

bool work_orders_put(struct work_orders *orders, const struct work_facts *facts)
{
    uint32_t n = find(orders, facts->id);
    if (n != 0 && !is_moved(&at(orders, n)->facts, facts)) return true;
    if (n != 0)
        leave(orders, n);
    else
        n = node_new(orders);
    if (n == 0) return false;
    *at(orders, n) = (struct node){.facts = *facts, .changed = ++orders->changes};
    crypto_random(&at(orders, n)->weight, sizeof at(orders, n)->weight);
    enter(orders, n);
    return true;
}

void work_orders_take(struct work_orders *orders, struct compartment id)
{
    uint32_t n = find(orders, id);
    if (n == 0) return;
    leave(orders, n);
    node_free(orders, n);
}

bool work_orders_next(const struct work_orders *orders, enum work_order order, const struct work_key *key,
                      struct work_key *found, struct work_facts *out)
{
    uint32_t n = tree_next(orders, order, key);
    if (n == 0) return false;
    *found = key_of(at(orders, n), order);
    *out = at(orders, n)->facts;
    return true;
}

uint64_t work_orders_group(const struct work_orders *orders, enum work_list list, enum work_group group)
{
    return orders->groups[list][group];
}

uint64_t work_orders_changes(const struct work_orders *orders) { return orders->changes; }
uint64_t work_orders_mark(const struct work_orders *orders) { return orders->mark; }

/* --- a transaction ------------------------------------------------------------------------------------------------ */

static void pending_cut(struct work_orders *orders, size_t left)
{
    if (orders->pending_count > left)
        crypto_zero(orders->pending + left, (orders->pending_count - left) * sizeof *orders->pending);
    orders->pending_count = left;
}

/* What grows is people's data: it is wiped where it was. */
static bool pend(struct work_orders *orders, enum pending_kind kind, const struct work_facts *facts)
{
    if (orders->pending_count == orders->pending_room) {
        size_t count = orders->pending_count, room = count == 0 ? 16 : 2 * count;
        struct pending *grown = calloc(room, sizeof *grown);
        if (grown == NULL) return false;
        if (count > 0) memcpy(grown, orders->pending, count * sizeof *grown);
        pending_cut(orders, 0);
        free(orders->pending);
        orders->pending = grown;
        orders->pending_room = room;
        orders->pending_count = count;
    }
    orders->pending[orders->pending_count++] = (struct pending){kind, *facts};
    return true;
}

bool work_orders_later(struct work_orders *orders, const struct work_facts *facts, bool is_gone)
{
    return pend(orders, is_gone ? PENDING_TAKE : PENDING_PUT, facts);
}

bool work_orders_now(struct work_orders *orders)
{
    bool fits = true;
    for (size_t i = 0; fits && i < orders->pending_count; i++) {
        const struct pending *one = &orders->pending[i];
        if (one->kind == PENDING_PUT) fits = work_orders_put(orders, &one->facts);
        if (one->kind == PENDING_TAKE) work_orders_take(orders, one->facts.id);
    }
    pending_cut(orders, 0);
    return fits;
}

void work_orders_never(struct work_orders *orders) { pending_cut(orders, 0); }

bool work_orders_savepoint(struct work_orders *orders)
{
    const struct work_facts none = {0};
    return pend(orders, PENDING_SAVEPOINT, &none);
}

/* Where the orders began to be made after it, all that is pending came behind it. */
void work_orders_savepoint_end(struct work_orders *orders, bool keeps)
{
    size_t at = orders->pending_count;
    while (at > 0 && orders->pending[at - 1].kind != PENDING_SAVEPOINT) at--;
    if (!keeps) pending_cut(orders, at > 0 ? at - 1 : 0);
    if (keeps && at > 0) orders->pending[at - 1].kind = PENDING_NOTHING;
}
