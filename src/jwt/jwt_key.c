/* SPDX-License-Identifier: Apache-2.0
 * Public keys of clients: a JWK Set (RFC 7517, 5), read once when an app is registered and again when it shows that it
 * is it. */
#include "crypto/crypto.h"
#include "jwt/jwt_int.h"

enum { NUMBER_BYTES_MAX = JWT_RSA_BITS_MAX / 8 };

enum salve_code jwt_bytes(struct str text, size_t bytes_max, struct arena *mem, struct str *out, struct salve_err *err)
{
    size_t len = 0;
    char *bytes = arena_alloc(mem, bytes_max + CRYPTO_BASE64_SLACK);
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "token");
    if (!crypto_base64url_parse(text, bytes, bytes_max, &len)) return salve_fail(err, SALVE_E_INVALID, "base64url");
    *out = str_make(bytes, len);
    return SALVE_OK;
}

enum salve_code jwt_text(struct str bytes, struct arena *mem, struct str *out, struct salve_err *err)
{
    char *text = arena_alloc(mem, crypto_base64url_bytes(bytes.len));
    if (text == NULL) return salve_fail(err, SALVE_E_MEMORY, "token");
    crypto_base64url(bytes.ptr, bytes.len, text);
    *out = str_of(text);
    return SALVE_OK;
}

static enum salve_code refuse(const char *why, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_INVALID, why, "jwks");
}

static bool has_secret_part(const struct json *key)
{
    static const char *const parts[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (json_get(key, parts[i]) != NULL) return true;
    return false;
}

/* Which signatures the key makes; JWT_ALGS: none that is known here. */
static enum jwt_alg alg_of(const struct json *key)
{
    struct str named = json_get_text(key, "alg"), use = json_get_text(key, "use");
    struct str kty = json_get_text(key, "kty"), crv = json_get_text(key, "crv");
    if (use.ptr != NULL && !str_is(use, "sig")) return JWT_ALGS;
    if (named.ptr == NULL && str_is(kty, "RSA")) return JWT_RS384;
    for (int a = 0; a < JWT_ALGS; a++) {
        bool fits = str_is(kty, jwt_algs[a].kty) && (jwt_algs[a].coordinate == 0 || str_is(crv, jwt_algs[a].crv));
        if (fits && (named.ptr == NULL || str_is(named, jwt_algs[a].name))) return (enum jwt_alg)a;
    }
    return JWT_ALGS;
}

static enum salve_code read_key(const struct json *from, enum jwt_alg alg, struct arena *mem, struct jwt_key *out,
                                struct salve_err *err)
{
    bool is_point = jwt_algs[alg].coordinate > 0;
    const char *first = is_point ? "x" : "n", *second = is_point ? "y" : "e";
    *out = (struct jwt_key){.alg = alg, .kid = json_get_text(from, "kid")};
    if (out->kid.len > JWT_KID_BYTES_MAX) return refuse("kid: at most 128 bytes", err);
    bool is_read = jwt_bytes(json_get_text(from, first), NUMBER_BYTES_MAX, mem, &out->first, err) == SALVE_OK &&
                   jwt_bytes(json_get_text(from, second), NUMBER_BYTES_MAX, mem, &out->second, err) == SALVE_OK;
    struct crypto_public *key = is_read ? jwt_public(out) : NULL;
    crypto_public_free(key);
    return key != NULL ? SALVE_OK
                       : refuse("a key is no point of its curve, or no RSA key of 2048 to 4096 bits with e 65537", err);
}

static bool has_kid(const struct jwt_keys *keys, struct str kid)
{
    for (size_t i = 0; i < keys->count; i++)
        if (kid.len > 0 && str_eq(keys->list[i].kid, kid)) return true;
    return false;
}

enum salve_code jwt_keys_read(const struct json *set, struct arena *mem, struct jwt_keys *out, struct salve_err *err)
{
    const struct json *keys = json_get(set, "keys");
    out->count = 0;
    if (!json_is(keys, JSON_ARRAY)) return refuse("a JWK Set is {\"keys\":[..]}", err);
    for (const struct json *it = json_first(keys); it != NULL; it = it->next) {
        if (!json_is(it, JSON_OBJECT)) return refuse("a key is an object", err);
        if (has_secret_part(it)) return refuse("a part of a secret key stands in it: give the public keys alone", err);
        enum jwt_alg alg = alg_of(it);
        if (alg == JWT_ALGS) continue;
        if (out->count == JWT_KEYS_MAX) return refuse("at most 8 keys", err);
        TRY(read_key(it, alg, mem, &out->list[out->count], err));
        if (has_kid(out, out->list[out->count].kid)) return refuse("two keys have one kid", err);
        out->count++;
    }
    return out->count > 0 ? SALVE_OK : refuse("no key for RS256, RS384, ES256 or ES384", err);
}

static void put_bytes(struct json_writer *w, const char *name, struct str bytes)
{
    char text[NUMBER_BYTES_MAX * 2];
    crypto_base64url(bytes.ptr, bytes.len, text);
    json_put_text(w, name, str_of(text));
}

void jwt_key_write(struct json_writer *w, const struct jwt_key *key)
{
    const struct jwt_alg_facts *facts = &jwt_algs[key->alg];
    bool is_point = facts->coordinate > 0;
    json_open(w, NULL, '{');
    json_put_text(w, "kty", str_of(facts->kty));
    if (is_point) json_put_text(w, "crv", str_of(facts->crv));
    put_bytes(w, is_point ? "x" : "n", key->first);
    put_bytes(w, is_point ? "y" : "e", key->second);
    json_put_text(w, "use", STR("sig"));
    json_put_text(w, "alg", str_of(facts->name));
    if (key->kid.len > 0) json_put_text(w, "kid", key->kid);
    json_close(w);
}
