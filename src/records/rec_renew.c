/* SPDX-License-Identifier: Apache-2.0
 *
 * Turning the key epoch with its public leaf: when it is due, which needs nobody, and with another secret. */
#include <stdlib.h>

#include "keys/keys.h"
#include "records/backup_int.h"
#include "records/log_int.h"
#include "records/revoked_int.h"
#include "store/store.h"

enum { WORK_BYTES = 64 << 20, HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS, PIECE_ROWS = 256 };

/* A renewal in pieces (rec_renew_piece). */
struct rec_turning {
    struct keys_turn *turn; /* NULL: the next one is to begin */
    struct keys_rotated rotated;
    bool is_turned; /* its leaf is to be written */
    int64_t now_ms;
    uint32_t turns;
};

/* The public leaf 0x04: counts, nothing about anybody. */
static enum salve_code publish_counts(struct rec_tx *tx, const struct site_rotation *rotation, struct salve_err *err)
{
    struct str json =
        arena_printf(tx->mem, "{\"dropped\":%llu,\"epoch\":%u,\"tombstones\":%llu,\"wraps\":%llu}",
                     (unsigned long long)rotation->wraps_dropped, rotation->epoch,
                     (unsigned long long)rotation->tombstones, (unsigned long long)rotation->wraps_renewed);
    return json.ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "rotation") : rec_publish(tx, TLOG_ENTRY_KEYS, json, err);
}

/* The leaf about a turn, signed. */
static enum salve_code publish(struct site *site, const struct keys_rotated *rotated, int64_t now_ms, struct arena *mem,
                               struct site_rotation *out, struct salve_err *err)
{
    struct rec_tx tx;
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code != SALVE_OK) return code;
    *out = (struct site_rotation){.epoch = rotated->epoch,
                                  .wraps_renewed = rotated->rewrapped,
                                  .wraps_dropped = rotated->expired,
                                  .horizon_unix_ms = now_ms + (int64_t)REC_HORIZON_DAYS * DAY_MS};
    code = store_tombstone_count(tx.store, &out->tombstones, err);
    if (code == SALVE_OK) code = publish_counts(&tx, out, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    if (code == SALVE_OK) code = rec_sign(site, REC_SIGN_NOW, mem, err);
    return code == SALVE_OK ? rec_log_remember(site, mem, err) : code;
}

enum salve_code rec_turn(struct site *site, int64_t now_ms, struct arena *mem, struct site_rotation *out,
                         struct salve_err *err)
{
    struct keys_rotated rotated;
    enum salve_code code = rec_replay_all(site, err); /* what an old copy of keys.db brought back */
    if (code == SALVE_OK) code = keys_rotate(site->keys, now_ms / 1000, &rotated, err);
    return code == SALVE_OK ? publish(site, &rotated, now_ms, mem, out, err) : code;
}

/* Due: a day has passed, a change of the secret was cut off, or nobody can tell how old the keys are. After half the
 * horizon both living epochs go at once: so whenever the site is used after the day of a receipt, copies from before
 * the erasure are two turns old. A doubted clock renews nothing, since a renewal ends older copies and what has
 * expired. */
static uint32_t turns_due(struct site *site)
{
    struct keys_due due;
    if (site->is_suspect || site->now_unix_ms < site->renew_after_unix_ms) return 0;
    keys_due(site->keys, &due);
    site->renew_after_unix_ms = due.renewed_unix_s == 0 ? 0 : due.renewed_unix_s * 1000 + DAY_MS;
    if (due.turns > 0 || site->now_unix_ms <= site->renew_after_unix_ms) return due.turns;
    return site->now_unix_ms - due.renewed_unix_s * 1000 > (int64_t)REC_HORIZON_DAYS * DAY_MS / 2 ? 2 : 1;
}

/* Not under who reads the keys beside the work. */
bool rec_renewal_is_due(struct site *site)
{
    return !site->is_frozen && (site->turning != NULL || turns_due(site) > 0);
}

/* Where the clock renews, a request does it only when that has failed for an hour. */
static bool leaves_it(const struct site *site)
{
    return site->is_frozen || site->turning != NULL ||
           (site->is_ticking && site->now_unix_ms - site->renew_after_unix_ms < (int64_t)HOUR_MS);
}

enum salve_code rec_renew(struct site *site, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    uint32_t turns = turns_due(site);
    if (turns == 0 || leaves_it(site)) return SALVE_OK;
    struct arena *mem = arena_open(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "rotation");
    for (int64_t now_ms = site->now_unix_ms; turns > 0 && code == SALVE_OK; turns--)
        code = rec_turn(site, now_ms, mem, &site->renewal, err);
    arena_close(mem);
    if (code == SALVE_OK) rec_keys_copy_due(site);
    return code;
}

/* --- in pieces ---------------------------------------------------------------------------------------------------- */

static enum salve_code begin(struct site *site, struct salve_err *err)
{
    struct rec_turning *turning = calloc(1, sizeof *turning);
    if (turning == NULL) return salve_fail(err, SALVE_E_MEMORY, "rotation");
    *turning = (struct rec_turning){.now_ms = site->now_unix_ms, .turns = turns_due(site)};
    site->turning = turning;
    return SALVE_OK;
}

/* The last part of a turn: its leaf, signed. */
static enum salve_code end_turn(struct site *site, struct salve_err *err)
{
    struct rec_turning *turning = site->turning;
    struct arena *mem = arena_open(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "rotation");
    enum salve_code code = publish(site, &turning->rotated, turning->now_ms, mem, &site->renewal, err);
    arena_close(mem);
    if (code != SALVE_OK) return code;
    turning->is_turned = false;
    if (--turning->turns > 0) return SALVE_OK;
    rec_turning_drop(site);
    rec_keys_copy_due(site);
    return SALVE_OK;
}

enum salve_code rec_renew_piece(struct site *site, struct salve_err *err)
{
    bool is_done = false;
    if (site->turning == NULL) TRY(begin(site, err));
    struct rec_turning *turning = site->turning;
    if (turning->is_turned) return end_turn(site, err);
    if (turning->turn == NULL) {
        TRY(rec_replay_all(site, err)); /* what an old copy of keys.db brought back */
        return keys_turn_begin(turning->now_ms / 1000, &turning->turn, err);
    }
    TRY(keys_turn_step(site->keys, turning->turn, PIECE_ROWS, &is_done, err));
    if (!is_done) return SALVE_OK;
    keys_turn_end(&turning->turn, &turning->rotated);
    turning->is_turned = true;
    return SALVE_OK;
}

enum salve_code rec_renew_rest(struct site *site, struct salve_err *err)
{
    while (site->turning != NULL) TRY(rec_renew_piece(site, err));
    return SALVE_OK;
}

void rec_turning_drop(struct site *site)
{
    struct keys_rotated unused;
    if (site->turning == NULL) return;
    keys_turn_end(&site->turning->turn, &unused);
    free(site->turning);
    site->turning = NULL;
}

/* --- another secret --------------------------------------------------------------------------------------------- */

enum salve_code rec_secret_change(struct site *site, struct keys_secret old, struct keys_secret fresh,
                                  struct salve_err *err)
{
    struct keys_rotated rotated;
    struct site_rotation rotation;
    int64_t now_ms = site->now_unix_ms;
    struct arena *mem = arena_open(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "secret");
    enum salve_code code = rec_replay_all(site, err);
    if (code == SALVE_OK)
        code = keys_change_secret(site->keys, old, fresh, site->is_suspect ? 0 : now_ms / 1000, &rotated, err);
    if (code == SALVE_OK) code = publish(site, &rotated, now_ms, mem, &rotation, err);
    arena_close(mem);
    if (code == SALVE_OK) rec_keys_copy_due(site); /* the copy at the place still opens with the old one */
    return code;
}
