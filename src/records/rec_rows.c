/* SPDX-License-Identifier: Apache-2.0
 *
 * A file of many new people. How far it came stands in a document of the commons, written with each transaction of a
 * row, until the file is done: so a run that was cut off anywhere goes on, and nobody is enrolled twice. The document
 * has a count, the random id of the row under way, and keyed hashes; nothing of what is in the file. */
#include <stdio.h>
#include <stdlib.h>

#include "crypto/crypto.h"
#include "json/json.h"
#include "keys/keys.h"
#include "records/revoked_int.h"
#include "records/rec.h"
#include "records/rows_int.h"
#include "store/store.h"

enum { WORK_BYTES = 1 << 20 };

static enum salve_code token_of(struct site *site, const char *what, const uint8_t hash[CRYPTO_SHA256_BYTES],
                                char out[REC_ROWS_HEX_BYTES], struct salve_err *err)
{
    uint8_t token[KEYS_TOKEN_BYTES];
    char text[16 + 2 * CRYPTO_SHA256_BYTES + 1], hex[2 * CRYPTO_SHA256_BYTES + 1];
    str_hex(hash, CRYPTO_SHA256_BYTES, hex);
    int len = snprintf(text, sizeof text, "%s %s", what, hex);
    TRY(keys_token(site->keys, KEYS_TOKEN_CARD, str_make(text, (size_t)len), token, err));
    str_hex(token, sizeof token, out);
    return SALVE_OK;
}

/* --- the document ------------------------------------------------------------------------------------------------- */

/* What an earlier run left: nothing, or the count and perhaps a row under way with the head that its person had. */
static enum salve_code read_doc(struct site *site, struct rec_rows *rows, bool *is_touched, struct arena *mem,
                                struct salve_err *err)
{
    struct rec_tx tx;
    struct str bytes;
    struct store_head head = {0};
    const struct json *doc = NULL;
    int64_t done = 0, seq = 0;
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = store_commons_get(tx.store, str_of(rows->key), mem, &bytes, err);
    if (code == SALVE_OK) code = json_read(bytes, NULL, mem, &doc, err);
    if (code == SALVE_OK && (!json_i64(json_get(doc, "done"), &done) || !json_i64(json_get(doc, "head"), &seq)))
        code = salve_fail(err, SALVE_E_INTEGRITY, "commons batch");
    struct str id = json_get_text(doc, "begun"), token = json_get_text(doc, "rows");
    rows->has_begun = code == SALVE_OK && compartment_parse(id, &rows->begun);
    if (rows->has_begun) code = store_head_get(tx.store, rows->begun, &head, err);
    rec_tx_abandon(&tx);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK) return code;
    rows->hashed = rows->before = rows->done = (uint64_t)done;
    (void)snprintf(rows->want, sizeof rows->want, "%.*s", STR_ARGS(token));
    rows->is_undone = rows->has_begun && json_is_true(json_get(doc, "undo"));
    *is_touched = rows->has_begun && !rows->is_undone && head.seq != (uint64_t)seq;
    (void)snprintf(rows->of_done, sizeof rows->of_done, "%s", rows->want);
    return SALVE_OK;
}

/* That the row under way is to go is durable before anything of it goes: its record that is missing afterwards was not
 * used by anybody else. */
static enum salve_code undo(struct site *site, struct rec_rows *rows, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    struct store_head head;
    rows->is_undone = true;
    site->rows = rows;
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code == SALVE_OK) {
        code = store_head_get(tx.store, rows->begun, &head, err);
        if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    site->rows = NULL;
    if (code != SALVE_OK || head.seq == 0) return code;
    TRY(rec_revoke_erasure(site, rows->begun, err));
    TRY(rec_erase_replay(site, rows->begun, false, err));
    site->revoked_done = site->revoked_count;
    return SALVE_OK;
}

/* The row that was under way: what is there of it goes, and it is done again. Where somebody else has done something
 * with it since (claimed, opened, erased it), it stays and counts as done. */
static enum salve_code settle_begun(struct site *site, struct rec_rows *rows, bool is_touched,
                                    struct rec_rows_state *out, struct arena *mem, struct salve_err *err)
{
    if (!rows->has_begun) return SALVE_OK;
    out->is_kept = is_touched;
    out->is_redone = !is_touched;
    enum salve_code code = is_touched ? SALVE_OK : undo(site, rows, mem, err);
    rows->has_begun = rows->is_undone = false;
    return code;
}

/* --- a run -------------------------------------------------------------------------------------------------------- */

enum salve_code near_rec_rows_begin(struct site *site, struct str first, struct rec_rows_state *out,
                                    struct salve_err *err)
{
    uint8_t hash[CRYPTO_SHA256_BYTES];
    char token[REC_ROWS_HEX_BYTES];
    bool is_touched = false;
    *out = (struct rec_rows_state){0};
    salve_assert(site->rows == NULL);
    struct arena *mem = arena_open_private(WORK_BYTES);
    struct rec_rows *rows = mem == NULL ? NULL : calloc(1, sizeof *rows);
    enum salve_code code = rows == NULL ? salve_fail(err, SALVE_E_MEMORY, "import") : SALVE_OK;
    crypto_sha256(first, hash);
    if (code == SALVE_OK) code = token_of(site, "batch", hash, token, err);
    if (code == SALVE_OK) (void)snprintf(rows->key, sizeof rows->key, "batch/%s", token);
    if (code == SALVE_OK) code = read_doc(site, rows, &is_touched, mem, err);
    if (code == SALVE_OK) out->is_resumed = rows->before > 0 || rows->has_begun;
    if (code == SALVE_OK) code = settle_begun(site, rows, is_touched, out, mem, err);
    arena_close(mem);
    if (code != SALVE_OK) {
        free(rows);
        return code;
    }
    rows->before += out->is_kept;
    out->done = rows->done = rows->before;
    site->rows = rows;
    return SALVE_OK;
}

static enum salve_code not_these(const struct rec_rows *rows, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_CONFLICT,
                        "a file that begins like this one was cut off, and these are not the rows that came then",
                        "the first %llu rows", (unsigned long long)rows->before);
}

enum salve_code near_rec_rows_next(struct site *site, struct str row, bool *is_done, struct salve_err *err)
{
    struct rec_rows *rows = site->rows;
    struct str parts[] = {str_bytes(rows->running, sizeof rows->running), row};
    crypto_sha256_parts(NULL, parts, 2, rows->running);
    TRY(token_of(site, "rows", rows->running, rows->of_this, err));
    *is_done = ++rows->seen <= rows->before;
    if (rows->seen == rows->hashed && strcmp(rows->of_this, rows->want) != 0) {
        enum salve_code code = not_these(rows, err);
        site->rows = NULL; /* what is known of the right file stays as it is */
        free(rows);
        return code;
    }
    if (*is_done) memcpy(rows->of_done, rows->of_this, sizeof rows->of_done);
    return SALVE_OK;
}

struct rec_rows *rec_rows_swap(struct site *site, struct rec_rows *rows)
{
    struct rec_rows *before = site->rows;
    site->rows = rows;
    return before;
}

void near_rec_rows_done(struct site *site)
{
    struct rec_rows *rows = site->rows;
    rows->has_begun = false;
    rows->done = rows->seen;
    memcpy(rows->of_done, rows->of_this, sizeof rows->of_done);
}

enum salve_code near_rec_rows_end(struct site *site, bool is_complete, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_rows *rows = site->rows;
    if (rows == NULL) return SALVE_OK;
    struct arena *mem = arena_open_private(WORK_BYTES);
    enum salve_code code = mem == NULL ? salve_fail(err, SALVE_E_MEMORY, "import") : SALVE_OK;
    if (code == SALVE_OK && is_complete && rows->seen < rows->before) code = not_these(rows, err);
    if (code == SALVE_OK) code = rec_tx_begin(site, false, mem, &tx, err);
    if (code == SALVE_OK) {
        if (is_complete) site->rows = NULL; /* nothing of it stays */
        if (is_complete) code = store_commons_delete(tx.store, str_of(rows->key), err);
        if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    arena_close(mem);
    site->rows = NULL;
    free(rows);
    return code;
}
