/* SPDX-License-Identifier: Apache-2.0
 *
 * Wraps that are still to be made (revoked_int.h). What is sealed is a text of one length:
 *     <compartment>/<purpose> {"classes":..,"not_after":..,"seq":..,"sha256":".."} and spaces
 * A row that an earlier Salve left has the first of these in its name, and the second as it is. */
#include <stdio.h>

#include "crypto/crypto.h"
#include "json/json.h"
#include "records/revoked_int.h"
#include "records/tx_int.h"
#include "store/store.h"

enum { NAME_BYTES = 16, TEXT_BYTES = 256 };

void rec_pending_done(struct site *site, struct str key)
{
    salve_assert(key.len < sizeof site->pending_text);
    memcpy(site->pending_text, key.ptr, key.len);
    site->pending_done = str_make(site->pending_text, key.len);
}

static const struct crypto_key *seal_key(const struct site *site)
{
    return crypto_keys_at(site->row_keys, SITE_KEY_PENDING);
}

enum salve_code rec_pending_put(struct rec_tx *tx, struct compartment id, const struct keys_grant *grant,
                                struct str *key, struct salve_err *err)
{
    char text[TEXT_BYTES + 1], longer[40] = "", id_text[COMPARTMENT_TEXT_BYTES + 1],
                               sha256[2 * CRYPTO_SHA256_BYTES + 1];
    char hex[2 * NAME_BYTES + 1];
    uint8_t name[NAME_BYTES], sealed[TEXT_BYTES + CRYPTO_SEAL_BYTES];
    compartment_text(id, id_text);
    str_hex(grant->consent.sha256, CRYPTO_SHA256_BYTES, sha256);
    if (grant->identity_until_unix_s != 0)
        (void)snprintf(longer, sizeof longer, "\"identity\":%lld,", (long long)grant->identity_until_unix_s);
    int len = snprintf(text, sizeof text, "%s/%d {\"classes\":%u,%s\"not_after\":%lld,\"seq\":%llu,\"sha256\":\"%s\"}",
                       id_text, (int)grant->purpose, (unsigned)grant->classes, longer,
                       (long long)grant->not_after_unix_s, (unsigned long long)grant->consent.seq, sha256);
    salve_assert(len > 0 && len <= TEXT_BYTES);
    memset(text + len, ' ', (size_t)(TEXT_BYTES - len));
    crypto_random(name, sizeof name);
    str_hex(name, sizeof name, hex);
    *key = arena_printf(tx->mem, "pending/%s", hex);
    if (key->ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "pending");
    crypto_seal(seal_key(tx->site), *key, str_make(text, TEXT_BYTES), sealed);
    return store_commons_put(tx->store, *key, str_bytes(sealed, sizeof sealed), true, err);
}

static bool read_text(struct str who, struct str json, struct arena *mem, struct compartment *id,
                      struct keys_grant *out)
{
    const struct json *doc = NULL;
    int64_t purpose = 0, classes = 0, seq = 0;
    *out = (struct keys_grant){0};
    bool good = json_read(json, NULL, mem, &doc, NULL) == SALVE_OK && who.len > COMPARTMENT_TEXT_BYTES + 1 &&
                compartment_parse(str_cut(who, 0, COMPARTMENT_TEXT_BYTES), id) &&
                str_to_i64(str_cut(who, COMPARTMENT_TEXT_BYTES + 1, who.len), &purpose) && purpose >= PURPOSE_CARE &&
                purpose <= PURPOSE_LAST && json_i64(json_get(doc, "classes"), &classes) &&
                json_i64(json_get(doc, "not_after"), &out->not_after_unix_s) && json_i64(json_get(doc, "seq"), &seq) &&
                str_hex_parse(json_get_text(doc, "sha256"), out->consent.sha256, CRYPTO_SHA256_BYTES);
    const struct json *longer = json_get(doc, "identity");
    good = good && (longer == NULL || json_i64(longer, &out->identity_until_unix_s));
    out->purpose = (enum purpose)purpose;
    out->classes = (class_mask)classes;
    out->consent.seq = (uint64_t)seq;
    return good;
}

enum salve_code rec_pending_read(struct site *site, struct str key, struct str bytes, struct arena *mem,
                                 struct compartment *id, struct keys_grant *out, struct salve_err *err)
{
    struct str who = str_cut(key, sizeof "pending/" - 1, key.len), json = bytes;
    bool good = true;
    if (bytes.len == TEXT_BYTES + CRYPTO_SEAL_BYTES) {
        uint8_t *text = arena_alloc_raw(mem, TEXT_BYTES, 1);
        if (text == NULL) return salve_fail(err, SALVE_E_MEMORY, "pending");
        good = crypto_open(seal_key(site), key, bytes, text, NULL) == SALVE_OK &&
               str_split(str_bytes(text, TEXT_BYTES), ' ', &who, &json);
    }
    return good && read_text(who, json, mem, id, out) ? SALVE_OK
                                                      : salve_fail(err, SALVE_E_INTEGRITY, "commons pending");
}
