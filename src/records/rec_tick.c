/* SPDX-License-Identifier: Apache-2.0
 *
 * What a gate that runs for long does by the clock, one thing a call, so that no request waits for more than one of
 * them. */
#include "records/gate.h"

#include "keys/keys.h"
#include "records/erasing_int.h"
#include "records/log_int.h"
#include "records/revoked_int.h"
#include "records/session_int.h"
#include "records/work_list_int.h"
#include "store/store.h"

enum { WORK_BYTES = 64 << 20 };

/* The time of the newest transaction is what work is due by; on a site that nobody uses there is none. */
static enum salve_code look_at_clock(struct site *site, struct arena *mem, uint64_t *log_size, struct salve_err *err)
{
    struct rec_tx tx;
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    *log_size = tlog_size(tx.log);
    rec_tx_abandon(&tx);
    return SALVE_OK;
}

static enum salve_code tick(struct site *site, struct arena *mem, bool *has_more, struct salve_err *err)
{
    uint64_t log_size = 0;
    TRY(look_at_clock(site, mem, &log_size, err));
    if (rec_renewal_is_due(site)) {
        *has_more = true;
        return rec_renew_piece(site, err);
    }
    if (rec_is_due(site)) return rec_due_one(site, has_more, err);
    if (rec_reminders_wait(site)) TRY(rec_reminders_piece(site, mem, has_more, err));
    if (!*has_more && rec_replies_wait(site)) TRY(rec_replies_piece(site, mem, has_more, err));
    if (!*has_more && rec_work_list_waits(site)) (void)!rec_work_list_piece(site, mem, has_more, NULL);
    return *has_more ? SALVE_OK : rec_sign_tick(site, log_size, mem, err);
}

bool site_has_failed(const struct site *site)
{
    salve_assert(site->ops == &rec_near_ops);
    return store_has_failed(site->store) || keys_have_failed(site->keys);
}

enum salve_code site_tick(struct site *site, bool *has_more, struct salve_err *err)
{
    salve_assert(site->ops == &rec_near_ops);
    *has_more = false;
    site->is_ticking = true;
    rec_sessions_lapse(site);
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "clock");
    enum salve_code code = tick(site, mem, has_more, err);
    arena_close(mem);
    return code;
}
