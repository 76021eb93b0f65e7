/* SPDX-License-Identifier: Apache-2.0
 *
 * The notes of views that were closed: each waits for the next commit of this site, or its closing, and costs none of
 * its own. The leaf of the look was durable before anything was read; what waits here says how much it was. */
#include <stdlib.h>

#include "keys/keys.h"
#include "records/closing_int.h"

enum { WORK_BYTES = 1 << 20, WAITING_MAX = 16 };

struct rec_closing {
    struct compartment id;
    struct rec_event event; /* its texts are in `texts` */
    struct rec_closing *next;
    char texts[];
};

static void clear(struct site *site)
{
    for (struct rec_closing *at = site->closing, *next; at != NULL; at = next) {
        next = at->next;
        free(at);
    }
    site->closing = NULL;
    site->closing_count = 0;
}

static enum salve_code put(struct rec_tx *tx, const struct rec_closing *closing, struct salve_err *err)
{
    struct rec_leaf leaf;
    struct rec_chain chain = {.id = closing->id};
    struct rec_event event = closing->event;
    enum salve_code code = rec_chain_load(tx, &chain, err);
    if (code == SALVE_OK) code = keys_ring_sealing(tx->site->keys, chain.id, &chain.ring, err);
    if (code == SALVE_OK) code = rec_note(tx, &chain, &event, &leaf, err);
    keys_ring_drop(&chain.ring);
    return code == SALVE_E_NOT_FOUND ? SALVE_OK : code; /* erased since: there is nobody left to tell */
}

enum salve_code rec_closing_carry(struct rec_tx *tx, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    for (const struct rec_closing *at = tx->site->closing; at != NULL && code == SALVE_OK; at = at->next)
        code = put(tx, at, err);
    if (code == SALVE_E_INTEGRITY) clear(tx->site); /* told once: damage of one person must not stop all others */
    return code;
}

void rec_closing_done(struct site *site) { clear(site); }

enum salve_code rec_closing_flush(struct site *site, struct salve_err *err)
{
    struct rec_tx tx;
    if (site->closing == NULL) return SALVE_OK;
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "note of a closed view");
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code == SALVE_OK) {
        code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    arena_close(mem);
    return code;
}

static struct str keep(char *at, struct str text)
{
    if (text.len > 0) memcpy(at, text.ptr, text.len);
    return str_make(at, text.len);
}

enum salve_code rec_closing_add(struct site *site, struct compartment id, const struct rec_event *event,
                                struct salve_err *err)
{
    struct rec_closing *made = calloc(1, sizeof *made + event->actor.id.len + event->app.len + 1);
    if (made == NULL) return salve_fail(err, SALVE_E_MEMORY, "note of a closed view");
    made->id = id;
    made->event = *event;
    made->event.actor.id = keep(made->texts, event->actor.id);
    made->event.app = keep(made->texts + event->actor.id.len, event->app);
    struct rec_closing **at = &site->closing;
    while (*at != NULL) at = &(*at)->next;
    *at = made;
    return ++site->closing_count < WAITING_MAX ? SALVE_OK : rec_closing_flush(site, err);
}
