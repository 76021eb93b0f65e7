/* SPDX-License-Identifier: Apache-2.0
 * The orders of open work beside its rows: how they are made of them, and what of them waited too long. */
#include "records/work_list_int.h"

#include <stdlib.h>

#include "base/assert.h"
#include "crypto/crypto.h"
#include "store/store.h"

enum {
    PIECE_ROWS = 128, /* some milliseconds, also where each is a page that is read */
    PIECE_BYTES = 16 << 20,
    STALE_ROWS = 32,    /* ended in one transaction */
    BAD_LOOKED_AT = 32, /* in one request */
    TRIES_MAX = 3,      /* to make them, where a commit that failed took them away meanwhile */
};

struct rec_work_bad {
    char name[REC_WORK_NAME_BYTES];
};

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
    if (list->bad_count == list->bad_room) {
        size_t room = list->bad_room == 0 ? 16 : 2 * list->bad_room;
        struct rec_work_bad *grown = realloc(list->bad, room * sizeof *grown);
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
    struct str row = rec_work_row_name(tx->site, id, name);
    for (size_t i = 0; i < list->bad_count; i++)
        if (str_is(row, list->bad[i].name)) return SALVE_OK;
    return bad_add(list, row, err);
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
