/* SPDX-License-Identifier: Apache-2.0
 *
 * Passkeys as they are kept: documents "passkey/<id>" of the commons. */
#include "json/json.h"
#include "records/proof_int.h"

enum { JSON_BYTES_MAX = 8 << 10 };

void rec_passkey_id(struct str credential, char id[REC_PASSKEY_ID_BYTES + 1])
{
    uint8_t hash[CRYPTO_SHA256_BYTES];
    crypto_sha256(credential, hash);
    str_hex(hash, REC_PASSKEY_ID_BYTES / 2, id);
}

enum salve_code rec_label_check(struct str label, struct salve_err *err)
{
    bool is_good = label.len > 0 && label.len <= ACCOUNT_LABEL_BYTES_MAX && str_is_utf8(label);
    for (struct str rest = label; is_good && rest.len > 0; rest = str_cut(rest, str_char_bytes(rest), rest.len))
        is_good = str_unprintable(rest) == 0;
    return is_good ? SALVE_OK : salve_refuse(err, SALVE_E_INVALID, "a name of 1 to 64 bytes that can be read", "label");
}

enum salve_code rec_doc_bytes(struct str bytes, struct arena *mem, struct str *out, struct salve_err *err)
{
    char *text = arena_alloc(mem, crypto_base64url_bytes(bytes.len));
    if (text == NULL) return salve_fail(err, SALVE_E_MEMORY, "commons");
    crypto_base64url(bytes.ptr, bytes.len, text);
    *out = str_of(text);
    return SALVE_OK;
}

bool rec_doc_bytes_read(struct str text, struct arena *mem, struct str *out)
{
    size_t len = 0;
    void *bytes = text.len == 0 ? NULL : arena_alloc(mem, text.len);
    if (bytes == NULL || !crypto_base64url_parse(text, bytes, text.len, &len)) return false;
    *out = str_bytes(bytes, len);
    return true;
}

static bool parts_read(const struct json *doc, struct arena *mem, struct rec_passkey *out)
{
    out->staff = json_get_text(doc, "staff");
    out->is_removed = json_is_true(json_get(doc, "removed"));
    if (!rec_doc_is_name(out->staff)) return false;
    if (out->is_removed) return true;
    out->label = json_get_text(doc, "label");
    return json_i64(json_get(doc, "added_ms"), &out->added_unix_ms) && out->label.len > 0 &&
           rec_doc_bytes_read(json_get_text(doc, "credential"), mem, &out->credential) &&
           rec_doc_bytes_read(json_get_text(doc, "key"), mem, &out->key);
}

/* Also one that was removed. */
static enum salve_code read_any(struct rec_tx *tx, struct str id, struct arena *mem, struct rec_passkey *out,
                                struct salve_err *err)
{
    struct str json;
    const struct json *doc = NULL;
    *out = (struct rec_passkey){.label = STR_NONE};
    TRY(rec_doc_get(tx, STR("passkey"), id, mem, &json, err));
    TRY(json_read(json, NULL, mem, &doc, err));
    TRY(arena_str(mem, id, &out->id, err));
    return parts_read(doc, mem, out) ? SALVE_OK : salve_fail(err, SALVE_E_INTEGRITY, "commons passkey");
}

enum salve_code rec_passkey_read(struct rec_tx *tx, struct str id, struct arena *mem, struct rec_passkey *out,
                                 struct salve_err *err)
{
    TRY(read_any(tx, id, mem, out, err));
    return out->is_removed ? salve_fail(err, SALVE_E_NOT_FOUND, "passkey") : SALVE_OK;
}

enum salve_code rec_passkey_write(struct rec_tx *tx, const struct rec_passkey *passkey, struct salve_err *err)
{
    struct buf out;
    struct str json, credential = STR_NONE, key = STR_NONE;
    buf_init(&out, tx->mem, JSON_BYTES_MAX);
    struct json_writer w = {.out = &out};
    json_open(&w, NULL, '{');
    if (!passkey->is_removed) {
        TRY(rec_doc_bytes(passkey->credential, tx->mem, &credential, err));
        TRY(rec_doc_bytes(passkey->key, tx->mem, &key, err));
        json_put_i64(&w, "added_ms", passkey->added_unix_ms);
        json_put_text(&w, "credential", credential);
        json_put_text(&w, "key", key);
        json_put_text(&w, "label", passkey->label);
    }
    json_put_bool(&w, "removed", passkey->is_removed);
    json_put_text(&w, "staff", passkey->staff);
    json_close(&w);
    TRY(buf_done(&out, &json, err));
    return rec_doc_put(tx, STR("passkey"), passkey->id, json, err);
}

enum salve_code rec_passkeys_of(struct rec_tx *tx, struct str staff, struct arena *mem, struct rec_passkey **out,
                                size_t *count, struct salve_err *err)
{
    struct str *ids = NULL;
    size_t n = 0;
    *count = 0;
    TRY(rec_doc_ids(tx, STR("passkey"), mem, &ids, &n, err));
    *out = arena_array(mem, struct rec_passkey, n + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "passkeys");
    for (size_t i = 0; i < n; i++) {
        struct rec_passkey *one = &(*out)[*count];
        TRY(read_any(tx, ids[i], mem, one, err));
        *count += !one->is_removed && (staff.len == 0 || str_eq(one->staff, staff));
    }
    return SALVE_OK;
}

enum salve_code rec_passkeys_remove(struct rec_tx *tx, struct str staff, struct salve_err *err)
{
    struct rec_passkey *list = NULL;
    size_t count = 0;
    TRY(rec_passkeys_of(tx, staff, tx->mem, &list, &count, err));
    for (size_t i = 0; i < count; i++) {
        list[i].is_removed = true;
        TRY(rec_passkey_write(tx, &list[i], err));
    }
    return SALVE_OK;
}
