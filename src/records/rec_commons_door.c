/* SPDX-License-Identifier: Apache-2.0
 * The door to the documents of the commons, for those whose role may write them. */
#include <string.h>

#include "crypto/crypto.h"
#include "payload/payload.h"
#include "records/commons.h"
#include "records/tx_int.h"
#include "store/store.h"

enum { COMMONS_WORK_BYTES = 64 << 20 };
#define FILE_PREFIX "file/" /* file/<64 hex characters> */
enum { FILE_KEY_BYTES = sizeof FILE_PREFIX + 2 * COMMONS_SHA256_BYTES };

static struct str file_key(const uint8_t sha256[COMMONS_SHA256_BYTES], char key[FILE_KEY_BYTES])
{
    memcpy(key, FILE_PREFIX, sizeof FILE_PREFIX - 1);
    str_hex(sha256, COMMONS_SHA256_BYTES, key + sizeof FILE_PREFIX - 1);
    return str_of(key);
}

/* One that is there already is the same: its name is the hash of its bytes. */
static enum salve_code keep_file(struct rec_tx *tx, const struct commons_file *file, struct salve_err *err)
{
    char key[FILE_KEY_BYTES];
    uint8_t is[COMMONS_SHA256_BYTES];
    struct str packed;
    struct salve_err trouble = {0};
    struct arena_mark mark = arena_mark(tx->mem);
    crypto_sha256(file->bytes, is);
    if (memcmp(is, file->sha256, sizeof is) != 0) return salve_fail(err, SALVE_E_INVALID, "hash of a file");
    enum salve_code code = store_commons_get(tx->store, file_key(file->sha256, key), tx->mem, &packed, &trouble);
    if (code == SALVE_E_NOT_FOUND) {
        code = payload_bytes_pack(file->bytes, tx->mem, &packed, err);
        if (code == SALVE_OK) code = store_commons_put(tx->store, str_of(key), packed, true, err);
    } else if (code != SALVE_OK && err != NULL) {
        *err = trouble;
    }
    arena_rewind(tx->mem, mark);
    return code;
}

static enum salve_code put_in(struct rec_tx *tx, struct actor actor, struct str kind, struct str id, struct str bytes,
                              const struct commons_file *files, size_t count, struct salve_err *err)
{
    TRY(rec_actor_check(tx, actor, err));
    for (size_t i = 0; i < count; i++) TRY(keep_file(tx, &files[i], err));
    TRY(rec_doc_put(tx, kind, id, bytes, err));
    return rec_tx_commit(tx, err);
}

static enum act act_of(struct str kind)
{
    return str_is(kind, "guideline") ? ACT_GUIDELINE : str_is(kind, "clinic") ? ACT_CLINIC : ACT_DOCUMENT;
}

/* Kinds that have doors of their own. */
bool rec_doc_has_door(struct str kind)
{
    static const char *const kinds[] = {"site", "staff", "passkey", "tablet", "log",
                                        "form", "work",  "alert",   "tls",    "app"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_is(kind, kinds[i])) return true;
    return false;
}

static enum salve_code not_here(struct str kind, struct salve_err *err)
{
    return salve_fail(err, SALVE_E_INVALID, "document kind %.*s", STR_ARGS(kind));
}

enum salve_code near_commons_put_with(struct site *site, struct actor actor, struct str kind, struct str id,
                                      struct str bytes, const struct commons_file *files, size_t count,
                                      struct salve_err *err)
{
    struct rec_tx tx;
    if (rec_doc_has_door(kind)) return not_here(kind, err);
    enum salve_code code = rec_may(site, actor, act_of(kind), PURPOSE_NONE, err);
    if (code != SALVE_OK) return code;
    struct arena *mem = arena_open_private(COMMONS_WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "commons");
    code = rec_tx_begin(site, false, mem, &tx, err);
    if (code == SALVE_OK) {
        code = put_in(&tx, actor, kind, id, bytes, files, count, err);
        rec_tx_abandon(&tx);
    }
    arena_close(mem);
    return code;
}

enum salve_code near_commons_put(struct site *site, struct actor actor, struct str kind, struct str id,
                                 struct str bytes, struct salve_err *err)
{
    return near_commons_put_with(site, actor, kind, id, bytes, NULL, 0, err);
}

static enum salve_code read_file(struct rec_tx *tx, struct commons_file *file, size_t bytes_max, struct salve_err *err)
{
    char key[FILE_KEY_BYTES];
    struct str packed;
    uint8_t is[COMMONS_SHA256_BYTES];
    TRY(store_commons_get(tx->store, file_key(file->sha256, key), tx->mem, &packed, err));
    enum salve_code code = payload_bytes_unpack(tx->site->codec, packed, bytes_max, tx->mem, &file->bytes, err);
    if (code == SALVE_OK) crypto_sha256(file->bytes, is);
    if (code == SALVE_OK && memcmp(is, file->sha256, sizeof is) == 0) return SALVE_OK;
    return salve_fail(err, code == SALVE_OK ? SALVE_E_INTEGRITY : code, "commons/%s", key);
}

enum salve_code near_commons_files(struct site *site, struct commons_file *files, size_t count, size_t bytes_max,
                                   struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    enum salve_code code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        code = read_file(&tx, &files[i], bytes_max, err);
        if (code == SALVE_OK) bytes_max -= files[i].bytes.len;
    }
    rec_tx_abandon(&tx);
    return code;
}

enum salve_code near_commons_get(struct site *site, struct str kind, struct str id, struct arena *mem,
                                 struct str *bytes, struct salve_err *err)
{
    struct rec_tx tx;
    bool is_staff = str_is(kind, "staff") || str_is(kind, "passkey") || str_is(kind, "tablet");
    if (is_staff) return not_here(kind, err); /* have the salts of PINs; staff.h and account.h say what may be known */
    enum salve_code code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = rec_doc_get(&tx, kind, id, mem, bytes, err);
    rec_tx_abandon(&tx);
    return code;
}

enum salve_code near_commons_list(struct site *site, struct str kind, struct arena *mem, struct str **ids,
                                  size_t *count, struct salve_err *err)
{
    struct rec_tx tx;
    enum salve_code code = rec_doc_is_name(kind) ? SALVE_OK : salve_fail(err, SALVE_E_INVALID, "kind of a document");
    if (code == SALVE_OK) code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = rec_doc_ids(&tx, kind, mem, ids, count, err);
    rec_tx_abandon(&tx);
    return code;
}
