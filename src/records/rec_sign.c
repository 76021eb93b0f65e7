/* SPDX-License-Identifier: Apache-2.0
 *
 * The signed head of the log: dummy leaves up to a multiple of 16, the guard file `signed-head` (so that an older
 * database can never sign again), the signature, and the file `checkpoint` for everybody. Receipts are made against
 * it. */
#include "records/records_int.h"

static enum salve_code guard_read(void *self, struct arena *mem, struct str *text, struct salve_err *err)
{
    struct site *site = self;
    char path[REC_PATH_BYTES];
    enum salve_code code = rec_path(site->path, "signed-head", path, err);
    return code == SALVE_OK ? file_read(path, SALVE_NOTE_BYTES_MAX, mem, text, err) : code;
}

static enum salve_code guard_write(void *self, struct str text, struct salve_err *err)
{
    struct site *site = self;
    char path[REC_PATH_BYTES];
    enum salve_code code = rec_path(site->path, "signed-head", path, err);
    return code == SALVE_OK ? file_write(path, text, 0644, err) : code;
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
    return code == SALVE_OK ? file_write(path, note, 0644, err) : code;
}

enum salve_code rec_sign(struct site *site, struct arena *mem, struct str *note, struct salve_err *err)
{
    struct rec_tx tx;
    struct str made = STR_NONE;
    uint64_t size = 0;
    struct tlog_signer signer = {.vkey = site->log.vkey, .self = site, .sign = sign_message};
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
    struct str note = STR_NONE;
    if (out == NULL) return SALVE_OK;
    enum salve_code code = rec_sign(site, mem, &note, err);
    if (code == SALVE_OK) code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = tlog_receipt(tx.log, leaf->index, leaf->salt, leaf->event, note, mem, &out->text, err);
    rec_tx_abandon(&tx);
    out->leaf_index = leaf->index;
    out->at_unix_ms = leaf->at_unix_ms;
    return code;
}
