/* SPDX-License-Identifier: Apache-2.0
 *
 * The signed head of the log: dummy leaves up to a multiple of 16, the guard file `signed-head` (so that an older
 * database can never sign again), the signature, and the file `checkpoint` for everybody. Receipts are made against
 * it. */
#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "keys/keys.h"
#include "records/event_int.h"
#include "records/log_int.h"
#include "records/rec.h"

enum { SIGN_BYTES = 64 << 20 };

static enum salve_code guard_read(void *self, struct arena *mem, struct str *text, struct salve_err *err)
{
    struct site *site = self;
    char path[REC_PATH_BYTES];
    enum salve_code code = rec_path(site->path, "signed-head", path, err);
    return code == SALVE_OK ? file_read_plain(path, SALVE_NOTE_BYTES_MAX, mem, text, err) : code;
}

static enum salve_code guard_write(void *self, struct str text, struct salve_err *err)
{
    struct site *site = self;
    char path[REC_PATH_BYTES];
    enum salve_code code = rec_path(site->path, "signed-head", path, err);
    return code == SALVE_OK ? file_replace(path, text, 0644, err) : code;
}

struct tlog_guard rec_guard(struct site *site)
{
    return (struct tlog_guard){.self = site, .read = guard_read, .write = guard_write};
}

static enum salve_code sign_message(void *self, struct str message, uint8_t signature[TLOG_SIGNATURE_BYTES],
                                    struct salve_err *err)
{
    struct site *site = self;
    (void)err;
    crypto_sign_make(crypto_keys_at(site->log_seed, 0), message, signature);
    return SALVE_OK;
}

/* Dummy leaves in a transaction of their own: only what is durable is signed. */
static enum salve_code pad(struct site *site, struct arena *mem, uint64_t *size, struct salve_err *err)
{
    struct rec_tx tx;
    uint32_t added = 0;
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code != SALVE_OK) return code;
    if (tlog_size(tx.log) > 0) code = tlog_pad(tx.log, TLOG_PAD_MULTIPLE, &added, err);
    *size = tlog_size(tx.log);
    if (code == SALVE_OK && added > 0) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

static enum salve_code publish_note(struct site *site, struct str note, struct salve_err *err)
{
    char path[REC_PATH_BYTES];
    enum salve_code code = rec_path(site->path, "checkpoint", path, err);
    return code == SALVE_OK ? file_replace(path, note, 0644, err) : code;
}

enum salve_code rec_sign(struct site *site, struct arena *mem, struct str *note, struct salve_err *err)
{
    struct rec_tx tx;
    struct str made = STR_NONE;
    uint64_t size = 0;
    struct tlog_signer signer = {.vkey = site->log->vkey, .self = site, .sign = sign_message};
    struct tlog_guard guard = rec_guard(site);
    enum salve_code code = pad(site, mem, &size, err);
    if (code != SALVE_OK || size == 0) return code;
    bool is_signed = size == site->signed_size;
    code = rec_tx_begin(site, is_signed, mem, &tx, err);
    if (code != SALVE_OK) return code;
    if (is_signed)
        code = tlog_newest_checkpoint(tx.log, mem, &made, err);
    else
        code = tlog_sign(tx.log, &signer, &guard, mem, &made, err);
    if (code == SALVE_OK && !is_signed) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    if (code == SALVE_OK && !is_signed) code = publish_note(site, made, err);
    if (code != SALVE_OK) return code;
    site->signed_size = size;
    if (note != NULL) *note = made;
    return SALVE_OK;
}

enum salve_code rec_receipt_make(struct site *site, const struct rec_leaf *leaf, struct arena *mem,
                                 struct rec_receipt *out, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_event event;
    struct str note = STR_NONE;
    if (out == NULL) return SALVE_OK;
    salve_assert(leaf->event.ptr != NULL && leaf->log_number == site->log->number);
    enum salve_code code = rec_event_read(leaf->event, mem, &event, err);
    if (code == SALVE_OK) code = rec_sign(site, mem, &note, err);
    if (code == SALVE_OK) code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = tlog_receipt(tx.log, leaf->index, leaf->salt, leaf->event, note, mem, &out->text, err);
    rec_tx_abandon(&tx);
    out->kind = str_of(rec_event_text(event.kind));
    out->purpose = event.purpose;
    out->leaf_index = leaf->index;
    out->at_unix_ms = leaf->at_unix_ms;
    return code;
}

/* --- at the opening of a site ----------------------------------------------------------------------------------- */

static void keep_old(const struct site *site, const char *name, uint32_t number)
{
    char from[REC_PATH_BYTES], to_name[64], to[REC_PATH_BYTES];
    snprintf(to_name, sizeof to_name, "%s.%u", name, number);
    if (rec_path(site->path, name, from, NULL) == SALVE_OK && rec_path(site->path, to_name, to, NULL) == SALVE_OK)
        (void)!rename(from, to);
}

void rec_keep_old_heads(const struct site *site, uint32_t number)
{
    keep_old(site, "checkpoint", number);
    keep_old(site, "signed-head", number);
}

/* After a successor log began, the head of the old one is kept under another name; a crash may have left that to do. */
static void keep_old_head(struct site *site, struct arena *mem)
{
    struct tlog_guard guard = rec_guard(site);
    struct tlog_checkpoint head;
    struct str text;
    if (site->log->number > 1 && guard.read(guard.self, mem, &text, NULL) == SALVE_OK &&
        tlog_checkpoint_parse(text, &head, NULL) == SALVE_OK && !str_eq(head.origin, site->log->origin))
        rec_keep_old_heads(site, site->log->number - 1);
}

static enum salve_code is_older(const char *file, struct salve_err *err)
{
    return salve_refuse(
        err, SALVE_E_INTEGRITY,
        "the log in site.db is older than, or other than, what was signed: bring the newest site.db back, or "
        "start a successor log ('salve log successor')",
        "%s", file);
}

/* The file `checkpoint`, where it is a note of ours: it may have survived where signed-head did not. */
static enum salve_code check_published(struct site *site, struct rec_tx *tx, struct salve_err *err)
{
    char path[REC_PATH_BYTES];
    struct str note;
    struct tlog_checkpoint head;
    struct tlog_hash root;
    uint64_t signed_by;
    enum salve_code code = rec_path(site->path, "checkpoint", path, err);
    if (code != SALVE_OK || file_read_plain(path, SALVE_NOTE_BYTES_MAX, tx->mem, &note, NULL) != SALVE_OK ||
        tlog_note_verify(note, &site->log->vkey, 1, &signed_by, NULL, NULL) != SALVE_OK ||
        tlog_checkpoint_parse(note, &head, NULL) != SALVE_OK)
        return code; /* verify tells about the file itself */
    if (head.size > tlog_size(tx->log)) return is_older("checkpoint", err);
    code = tlog_root_at(tx->log, head.size, &root, err);
    return code == SALVE_OK && !tlog_hash_eq(&root, &head.root) ? is_older("checkpoint", err) : code;
}

static enum salve_code check_guard(struct site *site, struct rec_tx *tx, struct salve_err *err)
{
    struct str text, archived;
    struct tlog_checkpoint head;
    struct tlog_guard guard = rec_guard(site);
    enum salve_code code = tlog_check_guard(tx->log, &guard, err);
    if (code == SALVE_E_CONFLICT) return is_older("signed-head", err);
    if (code != SALVE_OK && code != SALVE_E_INVALID && code != SALVE_E_INTEGRITY) return code;
    if (code == SALVE_OK && guard.read(guard.self, tx->mem, &text, NULL) == SALVE_OK &&
        tlog_checkpoint_parse(text, &head, NULL) == SALVE_OK) {
        site->signed_size = head.size;
        return SALVE_OK;
    }
    if (code == SALVE_OK && tlog_newest_checkpoint(tx->log, tx->mem, &archived, NULL) != SALVE_OK) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INTEGRITY,
                        "the file is missing or damaged, though the log was signed before: bring it back, or start a "
                        "successor log ('salve log successor')",
                        "signed-head");
}

/* site.db, signed-head and checkpoint of one backup agree with each other; the key store of today knows better. */
enum salve_code rec_log_known(struct rec_tx *tx, struct salve_err *err)
{
    struct keys_signed known;
    struct tlog_hash root;
    uint32_t number = tx->site->log->number;
    enum salve_code code = keys_signed_get(tx->site->keys, &known, err);
    if (code != SALVE_OK || known.log < number) return code;
    if (known.log > number || known.size > tlog_size(tx->log)) return is_older("keys.db: signed head", err);
    code = known.size == 0 ? SALVE_OK : tlog_root_at(tx->log, known.size, &root, err);
    bool is_other = code == SALVE_OK && known.size > 0 && memcmp(root.bytes, known.root, sizeof known.root) != 0;
    return is_other ? is_older("keys.db: signed head", err) : code;
}

enum salve_code rec_log_remember(struct site *site, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    struct tlog_hash root;
    struct keys_signed head = {.log = site->log->number, .size = site->signed_size};
    if (head.size == 0) return SALVE_OK;
    enum salve_code code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = tlog_root_at(tx.log, head.size, &root, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK) return code;
    memcpy(head.root, root.bytes, sizeof head.root);
    return keys_signed_put(site->keys, &head, err);
}

enum salve_code rec_log_check(struct site *site, struct salve_err *err)
{
    struct rec_tx tx;
    struct arena *mem = arena_open_private(SIGN_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "log");
    keep_old_head(site, mem);
    enum salve_code code = rec_tx_begin(site, true, mem, &tx, err);
    if (code == SALVE_OK) {
        code = check_guard(site, &tx, err);
        if (code == SALVE_OK) code = check_published(site, &tx, err);
        if (code == SALVE_OK) code = rec_log_known(&tx, err);
        rec_tx_abandon(&tx);
    }
    arena_close(mem);
    return code;
}
