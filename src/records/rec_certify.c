/* SPDX-License-Identifier: Apache-2.0
 * The authority of a site: a document of the commons (tls/authority) with the certificate, and the sealed secret
 * "tls-authority" that its key is worked out of. */
#include "base/buf.h"
#include "json/json.h"
#include "records/certify.h"
#include "records/gate_int.h"
#include "records/tx_int.h"
#include "tls/tls.h"

enum {
    WORK_BYTES = 256 << 10,
    DOCUMENT_BYTES_MAX = 16 << 10,
    BASE64_BYTES = (TLS_DER_BYTES_MAX + 2) / 3 * 4 + 1,
    HOUR_MS = 60 * 60 * 1000,
};

/* --- the seed ----------------------------------------------------------------------------------------------------- */

/* Made the first time. may_make: as an authority is made. */
static enum salve_code open_seed(struct site *site, bool may_make, struct crypto_keys **out, struct salve_err *err)
{
    const struct str row = STR("tls-authority");
    struct salve_err trouble = {0};
    TRY(crypto_keys_new(1, out, err));
    struct crypto_key *seed = crypto_keys_at(*out, 0);
    enum salve_code code = keys_sealed_get(site->keys, row, seed, &trouble);
    if (code == SALVE_E_NOT_FOUND && may_make) {
        crypto_key_random(seed);
        code = keys_sealed_put(site->keys, row, seed, &trouble);
    }
    if (code == SALVE_OK) return SALVE_OK;
    crypto_keys_drop(out);
    if (err != NULL) *err = trouble;
    return code;
}

/* --- the document ------------------------------------------------------------------------------------------------- */

static enum salve_code write_document(struct actor actor, const struct tls_certificate *made, struct arena *mem,
                                      struct str *json, struct salve_err *err)
{
    struct buf out;
    struct json_writer w = {.out = &out};
    char *text = arena_alloc(mem, BASE64_BYTES);
    if (text == NULL) return salve_fail(err, SALVE_E_MEMORY, "authority");
    crypto_base64(made->der.ptr, made->der.len, text);
    buf_init(&out, mem, DOCUMENT_BYTES_MAX);
    json_open(&w, NULL, '{');
    json_put_text(&w, "by", actor.id);
    json_put_text(&w, "certificate", str_of(text));
    json_put_text(&w, "name", made->name);
    json_close(&w);
    return buf_done(&out, json, err);
}

static enum salve_code parse_document(struct str json, struct arena *mem, struct str *der, struct salve_err *err)
{
    size_t len = 0;
    const struct json *doc = NULL;
    TRY(json_read(json, NULL, mem, &doc, err));
    struct str text = json_get_text(doc, "certificate");
    char *bytes = arena_alloc(mem, TLS_DER_BYTES_MAX + CRYPTO_BASE64_SLACK);
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "authority");
    if (!crypto_base64_parse(text, bytes, TLS_DER_BYTES_MAX, &len))
        return salve_fail(err, SALVE_E_INTEGRITY, "certificate of the authority");
    *der = str_make(bytes, len);
    return SALVE_OK;
}

/* The certificate of today, checked by the seed. */
static enum salve_code read_authority(struct site *site, const struct crypto_key *seed, struct arena *mem,
                                      struct tls_certificate *out, struct salve_err *err)
{
    struct rec_tx tx;
    struct str json = STR_NONE, der = STR_NONE;
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = rec_doc_get(&tx, STR("tls"), STR("authority"), mem, &json, err);
    rec_tx_abandon(&tx);
    if (code == SALVE_OK) code = parse_document(json, mem, &der, err);
    return code == SALVE_OK ? tls_authority_read(der, seed, mem, out, err) : code;
}

static enum salve_code give(const struct tls_certificate *from, struct arena *mem, struct site_certificate *out,
                            struct salve_err *err)
{
    *out = (struct site_certificate){.from_unix_ms = from->from_unix_ms, .until_unix_ms = from->until_unix_ms};
    TRY(arena_str(mem, from->der, &out->der, err));
    return arena_str(mem, from->name, &out->name, err);
}

/* --- the doors ---------------------------------------------------------------------------------------------------- */

static enum salve_code make_in(struct site *site, struct actor actor, struct str name, const struct crypto_key *seed,
                               struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    struct str json;
    struct tls_certificate made;
    const struct tls_ask ask = {.name = name, .now_unix_ms = site_now_unix_ms(site)};
    TRY(tls_authority_make(&ask, seed, mem, &made, err));
    TRY(write_document(actor, &made, mem, &json, err));
    TRY(rec_tx_begin(site, false, mem, &tx, err));
    enum salve_code code = rec_actor_check(&tx, actor, err);
    if (code == SALVE_OK) code = rec_doc_put(&tx, STR("tls"), STR("authority"), json, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

enum salve_code near_site_authority_make(struct site *site, struct actor actor, struct str name, struct salve_err *err)
{
    struct crypto_keys *seed = NULL;
    TRY(rec_may(site, actor, ACT_AUTHORITY, PURPOSE_NONE, err));
    TRY(tls_name_check(name, "name", err));
    if (site_clock_suspect(site)) return salve_fail(err, SALVE_E_CLOCK, "authority");
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "authority");
    enum salve_code code = open_seed(site, true, &seed, err);
    if (code == SALVE_OK) code = make_in(site, actor, name, crypto_keys_at(seed, 0), mem, err);
    crypto_keys_drop(&seed);
    arena_close(mem);
    if (code == SALVE_OK) rec_changed(site);
    return code;
}

enum salve_code near_site_authority(struct site *site, struct arena *mem, struct site_certificate *out,
                                    struct salve_err *err)
{
    struct crypto_keys *seed = NULL;
    struct tls_certificate authority;
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "authority");
    enum salve_code code = open_seed(site, false, &seed, err);
    if (code == SALVE_OK) code = read_authority(site, crypto_keys_at(seed, 0), work, &authority, err);
    if (code == SALVE_OK) code = give(&authority, mem, out, err);
    crypto_keys_drop(&seed);
    arena_close(work);
    return code;
}

/* So many fade in an hour; what is over is somebody who collects them. */
static bool may_certify(struct site *site)
{
    int64_t now = site_now_unix_ms(site), since = now - site->certified_at_unix_ms;
    double faded = since < 0 ? 0 : (double)since * SITE_CERTIFIED_MAX / HOUR_MS;
    site->certified_count = (site->certified_count > faded ? site->certified_count - faded : 0) + 1;
    site->certified_at_unix_ms = now;
    return site->certified_count <= SITE_CERTIFIED_MAX;
}

enum salve_code near_site_certify(struct site *site, struct str point, struct arena *mem, struct site_certificate *out,
                                  struct salve_err *err)
{
    struct crypto_keys *seed = NULL;
    struct tls_certificate authority, made;
    if (point.len != TLS_POINT_BYTES) return salve_refuse(err, SALVE_E_INVALID, "65 bytes", "public key");
    if (!may_certify(site)) return salve_refuse(err, SALVE_E_QUOTA, "too many certificates in an hour", "certificate");
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "certificate");
    enum salve_code code = open_seed(site, false, &seed, err);
    const struct crypto_key *key = code == SALVE_OK ? crypto_keys_at(seed, 0) : NULL;
    if (code == SALVE_OK) code = read_authority(site, key, work, &authority, err);
    if (code == SALVE_OK)
        code = tls_certify(&authority, key, (const uint8_t *)point.ptr, site_now_unix_ms(site), work, &made, err);
    if (code == SALVE_OK) code = give(&made, mem, out, err);
    crypto_keys_drop(&seed);
    arena_close(work);
    return code;
}
