/* SPDX-License-Identifier: Apache-2.0
 *
 * One transaction of the gate: the store's, with a cursor of the log in it and the guarded clock. What is added to it
 * commits together; nothing is acknowledged before that. */
#include "records/closing_int.h"
#include "records/rows_int.h"
#include "records/work_list_int.h"
#include "store/store.h"

/* What every write transaction carries along: that this run wrote, what an earlier one left to be tidied, and the notes
 * of views that were closed since. */
static enum salve_code carry(struct rec_tx *tx, struct salve_err *err)
{
    struct site *site = tx->site;
    enum salve_code code = SALVE_OK;
    if (!site->is_marked_open) code = store_mark_put(tx->store, STR("open"), 1, err);
    if (code == SALVE_OK && site->pending_done.len > 0)
        code = store_commons_delete_soon(tx->store, site->pending_done, err);
    if (code == SALVE_OK) code = store_mark_put(tx->store, STR("revoked"), site->revoked_done, err);
    return code == SALVE_OK ? rec_closing_carry(tx, err) : code;
}

/* The row of marks has the size of the log, and the log has its own: marks of another time do not fit it. */
static enum salve_code marks_fit(struct rec_tx *tx, struct salve_err *err)
{
    uint64_t size = 0;
    TRY(store_log_size(tx->store, &size, err));
    if (tx->bound->base + tlog_size(tx->log) == size) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INTEGRITY,
                        "clock, quota and counts are of another time than the log: bring the newest site.db back",
                        "site.db: marks");
}

enum salve_code rec_tx_begin(struct site *site, bool read_only, struct arena *mem, struct rec_tx *out,
                             struct salve_err *err)
{
    *out = (struct rec_tx){.site = site, .mem = mem, .is_read_only = read_only};
    enum salve_code code = store_begin(site->store, read_only, &out->store, err);
    if (code != SALVE_OK) return code;
    code = store_clock(out->store, clock_ms(&site->clock), &out->now_unix_ms, &out->is_suspect, err);
    if (code == SALVE_OK) code = rec_log_bind(out, site->log, err);
    if (code == SALVE_OK) code = marks_fit(out, err);
    if (code == SALVE_OK && !read_only) code = carry(out, err);
    if (code != SALVE_OK) {
        rec_tx_abandon(out);
        return code;
    }
    site->has_tx = true;
    site->now_unix_ms = out->now_unix_ms;
    site->is_suspect = out->is_suspect;
    return SALVE_OK;
}

enum salve_code rec_tx_commit(struct rec_tx *tx, struct salve_err *err)
{
    bool writes = !tx->is_read_only;
    enum salve_code code = writes ? rec_rows_put(tx, err) : SALVE_OK;
    if (code == SALVE_OK) code = store_commit(&tx->store, err);
    if (code != SALVE_OK && writes) rec_work_list_lost(tx->site);
    if (code == SALVE_OK && writes) {
        rec_work_list_committed(tx->site);
        tx->site->is_marked_open = tx->site->has_written = true;
        tx->site->pending_done = STR_NONE;
        rec_closing_done(tx->site);
    }
    return code;
}

enum salve_code rec_tx_mark_open(struct site *site, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    if (site->is_marked_open) return SALVE_OK;
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

void rec_tx_abandon(struct rec_tx *tx)
{
    store_abandon(&tx->store);
    if (!tx->is_read_only) rec_work_list_abandoned(tx->site);
    tx->site->has_tx = false;
}

enum salve_code rec_tx_savepoint(struct rec_tx *tx, struct salve_err *err)
{
    TRY(store_savepoint(tx->store, err));
    rec_work_list_savepoint(tx->site);
    return SALVE_OK;
}

enum salve_code rec_tx_savepoint_keep(struct rec_tx *tx, struct salve_err *err)
{
    TRY(store_savepoint_keep(tx->store, err));
    rec_work_list_savepoint_keep(tx->site);
    return SALVE_OK;
}

enum salve_code rec_tx_savepoint_undo(struct rec_tx *tx, struct salve_err *err)
{
    TRY(store_savepoint_undo(tx->store, err));
    rec_work_list_savepoint_undo(tx->site);
    return rec_log_bind(tx, tx->bound, err);
}
