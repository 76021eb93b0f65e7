/* SPDX-License-Identifier: Apache-2.0
 *
 * The nightly turn of the key epoch. */
#include "keys/keys.h"
#include "records/backup_int.h"
#include "records/log_int.h"
#include "records/revoked_int.h"
#include "store/store.h"

enum { WORK_BYTES = 64 << 20 };

/* Whether the actor may, and the time of the rotation. */
static enum salve_code check_actor(struct site *site, struct actor actor, struct arena *mem, int64_t *now_unix_ms,
                                   struct salve_err *err)
{
    struct rec_tx tx;
    enum salve_code code = rec_may(site, actor, ACT_ROTATE, PURPOSE_NONE, err);
    if (code == SALVE_OK) code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    *now_unix_ms = tx.now_unix_ms;
    code = rec_actor_check(&tx, actor, err);
    if (code == SALVE_OK && tx.is_suspect) code = rec_clock_doubted(site, "key rotation", err);
    rec_tx_abandon(&tx);
    return code;
}

static enum salve_code rotate(struct site *site, struct actor actor, struct arena *mem, struct site_rotation *out,
                              struct salve_err *err)
{
    int64_t now_ms = 0;
    enum salve_code code = check_actor(site, actor, mem, &now_ms, err);
    if (code == SALVE_OK && site->is_frozen)
        code = salve_refuse(err, SALVE_E_BUSY, "it is being verified or copied; try again later", "site");
    if (code == SALVE_OK) code = rec_renew_rest(site, err);
    if (code == SALVE_OK && site->renewal.epoch == 0) {
        code = rec_turn(site, now_ms, mem, out, err);
        if (code == SALVE_OK) rec_keys_copy_due(site);
        return code;
    }
    if (code != SALVE_OK) return code;
    *out = site->renewal; /* this run turned it a moment ago: a second turn would end yesterday's backup of the keys */
    site->renewal.epoch = 0;
    return SALVE_OK;
}

enum salve_code near_site_rotate(struct site *site, struct actor actor, struct site_rotation *out,
                                 struct salve_err *err)
{
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "rotation");
    enum salve_code code = rotate(site, actor, mem, out, err);
    arena_close(mem);
    return code;
}
