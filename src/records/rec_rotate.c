/* SPDX-License-Identifier: Apache-2.0
 *
 * The nightly turn of the key epoch, and the successor log after a restore that lost leaves. */
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "keys/keys.h"
#include "records/log_int.h"
#include "records/revoked_int.h"
#include "store/store.h"

enum { WORK_BYTES = 64 << 20 };

/* Whether the actor may, and the time of the rotation. */
static enum salve_code check_actor(struct site *site, struct actor actor, struct arena *mem, int64_t *now_unix_ms,
                                   struct salve_err *err)
{
    struct rec_tx tx;
    enum salve_code code = rec_actor_needs(actor, ROLES_UPKEEP, err);
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
    if (code != SALVE_OK || site->renewal.epoch == 0)
        return code == SALVE_OK ? rec_turn(site, now_ms, mem, out, err) : code;
    *out = site->renewal; /* this run turned it a moment ago: a second turn would end yesterday's backup of the keys */
    site->renewal.epoch = 0;
    return SALVE_OK;
}

enum salve_code site_rotate(struct site *site, struct actor actor, struct site_rotation *out, struct salve_err *err)
{
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "rotation");
    enum salve_code code = rotate(site, actor, mem, out, err);
    arena_close(mem);
    return code;
}

/* --- a successor log -------------------------------------------------------------------------------------------- */

/* What the key store knows of the present log; it may know of a later one. */
static enum salve_code larger_head(struct site *site, struct tlog_checkpoint *out, bool *found, struct salve_err *err)
{
    struct keys_signed known;
    enum salve_code code = keys_signed_get(site->keys, &known, err);
    if (code == SALVE_OK && known.log > site->log->number)
        return salve_refuse(err, SALVE_E_INTEGRITY, "a successor has begun since; bring the newest site.db back",
                            "keys.db: signed head");
    if (code != SALVE_OK || known.log < site->log->number || known.size == 0) return code;
    if (*found && known.size <= out->size) return code;
    *out = (struct tlog_checkpoint){.origin = site->log->origin, .size = known.size};
    memcpy(out->root.bytes, known.root, sizeof known.root);
    *found = true;
    return code;
}

/* The largest head that the present log is known to have signed: guard file, published checkpoint, archive, and what
 * the key store knows. */
static enum salve_code last_head(struct site *site, struct rec_tx *tx, struct tlog_checkpoint *out,
                                 struct salve_err *err)
{
    struct tlog_guard guard = rec_guard(site);
    struct str text;
    char path[REC_PATH_BYTES];
    struct tlog_checkpoint head;
    bool found = false;
    for (int from = 0; from < 3; from++) {
        enum salve_code code = SALVE_E_NOT_FOUND;
        if (from == 0) code = guard.read(guard.self, tx->mem, &text, NULL);
        if (from == 1 && rec_path(site->path, "checkpoint", path, NULL) == SALVE_OK)
            code = file_read_plain(path, SALVE_NOTE_BYTES_MAX, tx->mem, &text, NULL);
        if (from == 2) code = tlog_newest_checkpoint(tx->log, tx->mem, &text, NULL);
        if (code != SALVE_OK || tlog_checkpoint_parse(text, &head, NULL) != SALVE_OK) continue;
        if (!str_eq(head.origin, site->log->origin) || (found && head.size <= out->size)) continue;
        *out = head;
        found = true;
    }
    enum salve_code code = larger_head(site, out, &found, err);
    return code != SALVE_OK || found ? code : salve_fail(err, SALVE_E_NOT_FOUND, "signed head of the old log");
}

/* The new log's key and document, and its first leaf. */
static enum salve_code begin_next(struct site *site, struct rec_tx *tx, const struct tlog_checkpoint *last,
                                  struct rec_log *next, struct salve_err *err)
{
    uint8_t public_key[CRYPTO_SIGN_PUBLIC_BYTES];
    uint64_t kept = tlog_size(tx->log);
    *next = (struct rec_log){.number = site->log->number + 1};
    enum salve_code code = tlog_next_origin(site->log->origin, site->mem, &next->origin, err);
    if (code == SALVE_OK) code = store_log_size(tx->store, &next->base, err);
    crypto_key_random(crypto_keys_at(site->log_seed, 0));
    crypto_sign_public(crypto_keys_at(site->log_seed, 0), public_key);
    if (code == SALVE_OK) code = tlog_vkey_make(next->origin, TLOG_KEY_ED25519, public_key, &next->vkey, err);
    if (code == SALVE_OK) code = rec_log_begin(tx, next, err);
    if (code == SALVE_OK) code = rec_log_bind(tx, next, err);
    return code == SALVE_OK ? tlog_succeed(tx->log, last, kept, tx->now_unix_ms / 1000, err) : code;
}

static enum salve_code succeed(struct site *site, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_log *next = arena_new(site->mem, struct rec_log);
    struct tlog_checkpoint last = {0};
    struct tlog_guard guard = rec_guard(site);
    if (next == NULL) return salve_fail(err, SALVE_E_MEMORY, "log");
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = last_head(site, &tx, &last, err);
    if (code == SALVE_OK && last.size <= tlog_size(tx.log) && tlog_check_guard(tx.log, &guard, NULL) == SALVE_OK &&
        rec_log_known(&tx, NULL) == SALVE_OK)
        code = salve_fail(err, SALVE_E_CONFLICT, "the log goes on from what was signed; it needs no successor");
    if (code == SALVE_OK) code = begin_next(site, &tx, &last, next, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK) return code;
    rec_keep_old_heads(site, site->log->number);
    site->log = next;
    site->signed_size = 0;
    site->must_sign = true;
    return rec_recover(site, err);
}

enum salve_code site_log_successor(const struct site_options *options, struct salve_err *err)
{
    struct site *site = NULL;
    enum salve_code code = rec_site_open(options, true, &site, err);
    if (code == SALVE_OK && keys_layout(site->keys) != KEYS_LAYOUT) {
        rec_site_drop(&site);
        return salve_refuse(err, SALVE_E_UNSUPPORTED, "this site is of layout 1; 'salve upgrade' makes it new", "%s",
                            options->path);
    }
    if (code != SALVE_OK) return code;
    struct arena *mem = arena_open_private(WORK_BYTES);
    code = mem == NULL ? salve_fail(err, SALVE_E_MEMORY, "log") : succeed(site, mem, err);
    arena_close(mem);
    if (code == SALVE_OK) return site_close(&site, err);
    rec_site_drop(&site);
    return code;
}
