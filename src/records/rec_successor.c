/* SPDX-License-Identifier: Apache-2.0
 *
 * A successor log: after a restore, after a loss of leaves, or where nobody can tell any more what was signed. The old
 * log never signs again, so that there are never two histories of one name. */
#include "base/file.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "keys/keys.h"
#include "records/log_int.h"
#include "records/revoked_int.h"
#include "records/share_int.h"
#include "store/store.h"

enum { WORK_BYTES = 64 << 20 };

static bool is_larger(const struct site *site, const struct tlog_checkpoint *head, const struct tlog_checkpoint *than)
{
    return str_eq(head->origin, site->log->origin) && head->size > than->size;
}

/* The largest head that the present log is known to have signed: of the guard file, the published checkpoint, the
 * archive, and the key store. Size 0: none. */
static enum salve_code last_head(struct site *site, struct rec_tx *tx, struct tlog_checkpoint *out,
                                 struct salve_err *err)
{
    struct tlog_guard guard = rec_guard(site);
    struct str text;
    char path[DB_PATH_BYTES];
    struct tlog_checkpoint head;
    struct keys_signed known;
    *out = (struct tlog_checkpoint){.origin = site->log->origin};
    for (int from = 0; from < 3; from++) {
        enum salve_code code = SALVE_E_NOT_FOUND;
        if (from == 0) code = guard.read(guard.self, tx->mem, &text, NULL);
        if (from == 1 && db_path(site->path, "checkpoint", path, NULL) == SALVE_OK)
            code = file_read_plain(path, SALVE_NOTE_BYTES_MAX, tx->mem, &text, NULL);
        if (from == 2) code = tlog_newest_checkpoint(tx->log, tx->mem, &text, NULL);
        if (code != SALVE_OK || tlog_checkpoint_parse(text, &head, NULL) != SALVE_OK) continue;
        if (is_larger(site, &head, out)) *out = head;
    }
    enum salve_code code = keys_signed_get(site->keys, &known, err);
    if (code != SALVE_OK || known.log != site->log->number || known.size <= out->size) return code;
    *out = (struct tlog_checkpoint){.origin = site->log->origin, .size = known.size};
    memcpy(out->root.bytes, known.root, sizeof known.root);
    return SALVE_OK;
}

/* The number of the new log. Where the key store knows a later one than site.db (an older site.db was used meanwhile),
 * the new one comes behind that. */
static enum salve_code next_number(struct site *site, bool is_restore, uint32_t *out, struct salve_err *err)
{
    struct keys_signed known;
    TRY(keys_signed_get(site->keys, &known, err));
    if (known.log > site->log->number && !is_restore)
        return salve_refuse(err, SALVE_E_INTEGRITY,
                            "a successor has begun since: bring the newest site.db back with 'salve restore'",
                            "keys.db: signed head");
    *out = (known.log > site->log->number ? known.log : site->log->number) + 1;
    return SALVE_OK;
}

static bool goes_on(struct site *site, struct rec_tx *tx)
{
    struct str text;
    struct tlog_guard guard = rec_guard(site);
    return guard.read(guard.self, tx->mem, &text, NULL) == SALVE_OK &&
           tlog_check_guard(tx->log, &guard, NULL) == SALVE_OK && rec_log_known(tx, NULL) == SALVE_OK;
}

/* The new log's key and document, and its first leaf. */
static enum salve_code begin_next(struct site *site, struct rec_tx *tx, const struct rec_succession *succession,
                                  struct rec_log *next, struct salve_err *err)
{
    uint8_t public_key[CRYPTO_SIGN_PUBLIC_BYTES];
    next->origin = site->log->origin;
    for (uint32_t number = site->log->number; number < next->number; number++)
        TRY(tlog_next_origin(next->origin, site->mem, &next->origin, err));
    TRY(store_log_size(tx->store, &next->base, err));
    crypto_key_random(crypto_keys_at(site->log_seed, 0));
    crypto_sign_public(crypto_keys_at(site->log_seed, 0), public_key);
    TRY(tlog_vkey_make(next->origin, TLOG_KEY_ED25519, public_key, &next->vkey, err));
    TRY(rec_log_begin(tx, next, err));
    TRY(rec_log_bind(tx, next, err));
    return tlog_succeed(tx->log, &succession->last, succession->kept, tx->now_unix_ms / 1000, err);
}

static enum salve_code succeed_in(struct site *site, struct rec_tx *tx, bool is_restore, struct rec_log *next,
                                  struct rec_succession *out, struct salve_err *err)
{
    TRY(last_head(site, tx, &out->last, err));
    if (out->last.size == 0) return salve_fail(err, SALVE_E_NOT_FOUND, "signed head of the old log");
    TRY(next_number(site, is_restore, &next->number, err));
    if (!is_restore && goes_on(site, tx))
        return salve_fail(err, SALVE_E_CONFLICT, "the log goes on from what was signed; it needs no successor");
    out->kept = tlog_size(tx->log) < out->last.size ? tlog_size(tx->log) : out->last.size;
    TRY(begin_next(site, tx, out, next, err));
    out->origin = next->origin;
    TRY(store_mark_put(tx->store, STR(REC_MARK_KEYS_KEPT), 1, err));
    TRY(rec_shares_forget(tx, err));
    return rec_tx_commit(tx, err);
}

enum salve_code rec_succeed(struct site *site, bool is_restore, struct arena *mem, struct rec_succession *out,
                            struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_log *next = arena_new(site->mem, struct rec_log);
    *out = (struct rec_succession){0};
    if (next == NULL) return salve_fail(err, SALVE_E_MEMORY, "log");
    TRY(rec_tx_begin(site, false, mem, &tx, err));
    enum salve_code code = succeed_in(site, &tx, is_restore, next, out, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK) return code;
    rec_keep_old_heads(site, site->log->number);
    site->log = next;
    site->signed_size = 0;
    site->must_sign = true;
    site->keeps_keys = true;
    return rec_recover(site, err);
}

enum salve_code site_log_successor(const struct site_options *options, struct salve_err *err)
{
    struct site *site = NULL;
    struct rec_succession succession;
    TRY(rec_site_open(options, REC_OPEN_LENIENT, &site, err));
    if (keys_layout(site->keys) != KEYS_LAYOUT) {
        rec_site_drop(&site);
        return salve_refuse(err, SALVE_E_UNSUPPORTED, "this site is of layout 1; 'salve upgrade' makes it new", "%s",
                            options->path);
    }
    struct arena *mem = arena_open_private(WORK_BYTES);
    enum salve_code code =
        mem == NULL ? salve_fail(err, SALVE_E_MEMORY, "log") : rec_succeed(site, false, mem, &succession, err);
    arena_close(mem);
    if (code == SALVE_OK) return near_site_close(&site, err);
    rec_site_drop(&site);
    return code;
}
