/* SPDX-License-Identifier: Apache-2.0
 * A clock that is far ahead is right all the same: whoever keeps the site says so. */
#include "records/tx_int.h"
#include "store/store.h"

enum { WORK_BYTES = 8 << 20 };

/* Public, since everybody's agreements end by it: from which time to which. */
static enum salve_code confirm_in(struct rec_tx *tx, int64_t wall_ms, struct salve_err *err)
{
    char from[CLOCK_TEXT_BYTES], to[CLOCK_TEXT_BYTES];
    struct str json = arena_printf(tx->mem, "{\"from\":\"%.*s\",\"to\":\"%.*s\"}",
                                   STR_ARGS(clock_text(tx->now_unix_ms, from)), STR_ARGS(clock_text(wall_ms, to)));
    if (json.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "clock");
    tx->now_unix_ms = wall_ms;
    tx->is_suspect = false;
    TRY(store_mark_put(tx->store, STR("max_seen"), (uint64_t)wall_ms, err));
    return rec_doc_put(tx, STR("site"), STR("clock"), json, err);
}

static enum salve_code confirm(struct site *site, struct actor actor, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    int64_t wall_ms = clock_ms(&site->clock);
    TRY(rec_may(site, actor, ACT_CLOCK, PURPOSE_NONE, err));
    TRY(rec_tx_begin(site, false, mem, &tx, err));
    bool is_doubted = tx.is_suspect;
    enum salve_code code = rec_actor_check(&tx, actor, err);
    if (code == SALVE_OK && is_doubted && wall_ms < tx.now_unix_ms) code = rec_clock_doubted(site, "clock", err);
    if (code == SALVE_OK && is_doubted) code = confirm_in(&tx, wall_ms, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK || !is_doubted) return code;
    site->now_unix_ms = wall_ms;
    site->is_suspect = false;
    return SALVE_OK;
}

enum salve_code near_site_clock_confirm(struct site *site, struct actor actor, struct salve_err *err)
{
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "clock");
    enum salve_code code = confirm(site, actor, mem, err);
    arena_close(mem);
    return code;
}
