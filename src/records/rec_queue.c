/* SPDX-License-Identifier: Apache-2.0
 * The door to the queue of the day: what happens with one person, and the whole of it for those who work there. */
#include <stdlib.h>

#include "base/limits.h"
#include "guideline/finding.h"
#include "records/queue_int.h"
#include "records/session_int.h"
#include "records/view_int.h"
#include "records/who_int.h"

enum { WORK_BYTES = 64 << 20 };

static enum salve_code copy_items(const struct day_entry *entry, struct arena *mem, struct queue_entry *out,
                                  struct salve_err *err)
{
    out->settled = arena_array(mem, struct str, entry->item_count + 1);
    if (out->settled == NULL) return salve_fail(err, SALVE_E_MEMORY, "queue");
    for (; out->settled_count < entry->item_count; out->settled_count++)
        TRY(arena_str(mem, str_of(entry->items[out->settled_count].word), &out->settled[out->settled_count], err));
    return SALVE_OK;
}

static enum salve_code tell(struct rec_tx *tx, const struct day_entry *entry, struct arena *mem,
                            struct queue_entry *out, struct salve_err *err)
{
    struct rec_code ticket = {.kind = REC_CODE_TICKET};
    *out = (struct queue_entry){.number = entry->number,
                                .since_unix_ms = entry->since_unix_ms,
                                .at = entry->at,
                                .at_unix_ms = entry->at_unix_ms,
                                .done = entry->done,
                                .left = entry->left & ~entry->done};
    memcpy(ticket.values, entry->ticket, sizeof entry->ticket);
    TRY(rec_code_out(&ticket, mem, &out->ticket, err));
    return rec_work_holds(tx, entry->id, &out->is_held, &out->urgency, err);
}

static enum salve_code tell_one(struct rec_tx *tx, const struct day_entry *entry, bool is_there, struct arena *mem,
                                struct queue_entry *out, struct salve_err *err)
{
    *out = (struct queue_entry){.ticket = STR(""), .at = STATION_NONE, .urgency = URGENCY_NONE};
    if (!is_there) return rec_work_holds(tx, entry->id, &out->is_held, &out->urgency, err);
    TRY(tell(tx, entry, mem, out, err));
    return copy_items(entry, mem, out, err);
}

/* --- one person --------------------------------------------------------------------------------------------------- */

/* The ticket of their open work, where there is any. */
static enum salve_code begin(struct rec_view *view, struct rec_tx *tx, struct day_entry *entry, struct salve_err *err)
{
    struct rec_work work;
    bool has_work = false;
    entry->id = view->gate.chain.id;
    TRY(rec_work_get(tx, entry->id, &work, &has_work, err));
    if (!has_work) return rec_ticket_make(tx, entry->ticket, err);
    memcpy(entry->ticket, work.ticket, sizeof entry->ticket);
    return SALVE_OK;
}

static enum salve_code note_in(struct rec_view *view, const struct queue_step *step, struct rec_tx *tx,
                               struct arena *mem, struct queue_entry *out, struct salve_err *err)
{
    struct day_entry entry;
    uint32_t urgency;
    bool was_there = false, is_there = false;
    struct day_step day = {.event = step->event,
                           .station = step->station,
                           .item = step->item,
                           .has_left = step->has_left,
                           .left = step->left,
                           .now_unix_ms = tx->now_unix_ms};
    TRY(rec_day_get(tx, view->gate.chain.id, &entry, &was_there, err));
    TRY(rec_work_holds(tx, view->gate.chain.id, &day.is_held, &urgency, err));
    TRY(day_take(&entry, &day, &is_there, err));
    if (is_there && !was_there) TRY(begin(view, tx, &entry, err));
    if (is_there) {
        entry.shown_unix_ms = tx->now_unix_ms;
        TRY(rec_day_put(tx, &entry, err));
    } else if (was_there)
        TRY(rec_day_end(tx, view->gate.chain.id, err));
    entry.id = view->gate.chain.id;
    return tell_one(tx, &entry, is_there, mem, out, err);
}

enum salve_code near_queue_note(struct rec_view *view, const struct queue_step *step, struct arena *mem,
                                struct queue_entry *out, struct salve_err *err)
{
    struct rec_tx tx;
    TRY(rec_view_stands(view, err));
    TRY(rec_may(view->site, view->actor, ACT_STATION, view->purpose, err));
    if (!view->is_shown) return salve_refuse(err, SALVE_E_CONSENT, "it waits for the card", "queue");
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "queue");
    bool begins = step->event == DAY_CHECK_IN || step->event == DAY_BEGIN;
    enum salve_code code = rec_day_ready(view->site, begins, work, err);
    if (code == SALVE_OK) code = rec_tx_begin(view->site, false, work, &tx, err);
    if (code == SALVE_OK) {
        code = note_in(view, step, &tx, mem, out, err);
        if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    arena_close(work);
    return code;
}

enum salve_code near_queue_mine(struct rec_view *view, struct arena *mem, struct queue_entry *out,
                                struct salve_err *err)
{
    struct rec_tx tx;
    struct day_entry entry;
    bool is_there = false;
    TRY(rec_view_stands(view, err));
    TRY(rec_may(view->site, view->actor, ACT_STATION, view->purpose, err));
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "queue");
    enum salve_code code = rec_tx_begin(view->site, true, work, &tx, err);
    if (code == SALVE_OK) {
        code = rec_day_get(&tx, view->gate.chain.id, &entry, &is_there, err);
        entry.id = view->gate.chain.id;
        if (code == SALVE_OK) code = tell_one(&tx, &entry, is_there, mem, out, err);
        rec_tx_abandon(&tx);
    }
    arena_close(work);
    return code;
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    const struct queue_entry *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

static enum salve_code read_in(struct rec_tx *tx, struct actor actor, bool is_noted, struct arena *mem,
                               struct queue_entry **out, size_t *count, struct salve_err *err)
{
    struct day_entry *all = NULL;
    size_t damaged = 0;
    TRY(rec_actor_check(tx, actor, err));
    TRY(rec_day_all(tx, &all, count, &damaged, err));
    *out = arena_array(mem, struct queue_entry, *count + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "queue");
    for (size_t i = 0; i < *count; i++) TRY(tell(tx, &all[i], mem, &(*out)[i], err));
    qsort(*out, *count, sizeof **out, by_number);
    return is_noted ? SALVE_OK : rec_work_noted(tx, "queue", actor, *count, err);
}

enum salve_code near_queue_read(struct site *site, struct actor actor, struct arena *mem, struct queue_entry **out,
                                size_t *count, struct salve_err *err)
{
    struct rec_tx tx;
    TRY(rec_may(site, actor, ACT_QUEUE, PURPOSE_NONE, err));
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "queue");
    bool is_noted = rec_session_is_noted(site, actor.pass);
    enum salve_code code = rec_day_ready(site, false, work, err);
    if (code == SALVE_OK) code = rec_tx_begin(site, is_noted, work, &tx, err);
    if (code == SALVE_OK) {
        code = read_in(&tx, actor, is_noted, mem, out, count, err);
        if (code == SALVE_OK && !is_noted) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    if (code == SALVE_OK && !is_noted) rec_session_noted(site, actor.pass);
    arena_close(work);
    return code;
}
