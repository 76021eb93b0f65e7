/* SPDX-License-Identifier: Apache-2.0
 * Keys of this site: made once, kept sealed by the gate, and named by their thumbprints (RFC 7638). */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "crypto/crypto.h"
#include "jwt/jwt_int.h"

struct jwt_signer {
    enum jwt_alg alg;
    EVP_PKEY *key;
};

static enum salve_code no_crypto(struct salve_err *err) { return salve_fail(err, SALVE_E_CRYPTO, "key for tokens"); }

enum salve_code jwt_secret_make(enum jwt_alg alg, uint8_t *der, size_t room, size_t *len, struct salve_err *err)
{
    EVP_PKEY *key = jwt_algs[alg].coordinate > 0 ? EVP_EC_gen(jwt_algs[alg].crv) : EVP_RSA_gen(JWT_RSA_BITS_MIN);
    int bytes = key == NULL ? 0 : i2d_PrivateKey(key, NULL);
    bool is_done = bytes > 0 && (size_t)bytes <= room && i2d_PrivateKey(key, &der) == bytes;
    EVP_PKEY_free(key);
    *len = is_done ? (size_t)bytes : 0;
    return is_done ? SALVE_OK : no_crypto(err);
}

enum salve_code jwt_signer_open(enum jwt_alg alg, struct str der, struct jwt_signer **out, struct salve_err *err)
{
    const uint8_t *from = (const uint8_t *)der.ptr;
    int kind = jwt_algs[alg].coordinate > 0 ? EVP_PKEY_EC : EVP_PKEY_RSA;
    struct jwt_signer *signer = calloc(1, sizeof *signer);
    if (signer == NULL) return salve_fail(err, SALVE_E_MEMORY, "key for tokens");
    signer->alg = alg;
    signer->key = d2i_PrivateKey(kind, NULL, &from, (long)der.len);
    *out = signer;
    if (signer->key != NULL && from == (const uint8_t *)der.ptr + der.len) return SALVE_OK;
    jwt_signer_close(out);
    return salve_fail(err, SALVE_E_INTEGRITY, "key for tokens");
}

void jwt_signer_close(struct jwt_signer **signer)
{
    if (*signer == NULL) return;
    EVP_PKEY_free((*signer)->key);
    free(*signer);
    *signer = NULL;
}

/* --- its public key ----------------------------------------------------------------------------------------------- */

static enum salve_code number_of(const EVP_PKEY *key, const char *name, size_t bytes, struct arena *mem,
                                 struct str *out, struct salve_err *err)
{
    BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return no_crypto(err);
    size_t len = bytes > 0 ? bytes : (size_t)BN_num_bytes(number);
    uint8_t *to = arena_alloc(mem, len);
    bool is_done = to != NULL && BN_bn2binpad(number, to, (int)len) == (int)len;
    BN_free(number);
    *out = str_bytes(to, len);
    return is_done ? SALVE_OK : no_crypto(err);
}

/* The members that make the key, by name, without white space. */
static enum salve_code thumbprint(const struct jwt_key *key, struct arena *mem, struct str *out, struct salve_err *err)
{
    uint8_t hash[CRYPTO_SHA256_BYTES];
    struct str first, second, json;
    TRY(jwt_text(key->first, mem, &first, err));
    TRY(jwt_text(key->second, mem, &second, err));
    const struct jwt_alg_facts *facts = &jwt_algs[key->alg];
    json = facts->coordinate > 0 ? arena_printf(mem, "{\"crv\":\"%s\",\"kty\":\"EC\",\"x\":\"%.*s\",\"y\":\"%.*s\"}",
                                                facts->crv, STR_ARGS(first), STR_ARGS(second))
                                 : arena_printf(mem, "{\"e\":\"%.*s\",\"kty\":\"RSA\",\"n\":\"%.*s\"}",
                                                STR_ARGS(second), STR_ARGS(first));
    if (json.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "key for tokens");
    crypto_sha256(json, hash);
    return jwt_text(str_bytes(hash, sizeof hash), mem, out, err);
}

enum salve_code jwt_signer_key(const struct jwt_signer *signer, struct arena *mem, struct jwt_key *out,
                               struct salve_err *err)
{
    size_t half = jwt_algs[signer->alg].coordinate;
    *out = (struct jwt_key){.alg = signer->alg};
    TRY(number_of(signer->key, half > 0 ? OSSL_PKEY_PARAM_EC_PUB_X : OSSL_PKEY_PARAM_RSA_N, half, mem, &out->first,
                  err));
    TRY(number_of(signer->key, half > 0 ? OSSL_PKEY_PARAM_EC_PUB_Y : OSSL_PKEY_PARAM_RSA_E, half, mem, &out->second,
                  err));
    return thumbprint(out, mem, &out->kid, err);
}

/* --- tokens ------------------------------------------------------------------------------------------------------- */

enum salve_code jwt_sign(const struct jwt_signer *signer, struct str claims, struct arena *mem, struct str *token,
                         struct salve_err *err)
{
    struct jwt_key key;
    struct str head, body, last;
    uint8_t signature[JWT_SIGNATURE_BYTES_MAX];
    size_t len = 0;
    TRY(jwt_signer_key(signer, mem, &key, err));
    struct str head_json = arena_printf(mem, "{\"alg\":\"%s\",\"kid\":\"%.*s\",\"typ\":\"JWT\"}",
                                        jwt_algs[signer->alg].name, STR_ARGS(key.kid));
    if (head_json.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "token");
    TRY(jwt_text(head_json, mem, &head, err));
    TRY(jwt_text(claims, mem, &body, err));
    struct str message = arena_printf(mem, "%.*s.%.*s", STR_ARGS(head), STR_ARGS(body));
    if (message.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "token");
    TRY(jwt_signature(signer->key, signer->alg, message, signature, &len, err));
    TRY(jwt_text(str_bytes(signature, len), mem, &last, err));
    *token = arena_printf(mem, "%.*s.%.*s", STR_ARGS(message), STR_ARGS(last));
    return token->ptr != NULL ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "token");
}
