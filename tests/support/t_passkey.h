/* SPDX-License-Identifier: Apache-2.0
 *
 * t_passkey - an authenticator and a browser of a test: makes keys, writes what both write, signs. And the key of a
 * tablet.
 *
 *     struct t_passkey key = t_passkey_new(PASSKEY_ES256, "blue");
 *     t_passkey_make(&key, "clinic.example", "https://clinic.example", challenge);   // key.data, key.client
 *     t_passkey_show(&key, "clinic.example", "https://clinic.example", challenge);   // and key.signature
 *     t_passkey_drop(&key); */
#ifndef SALVE_TESTS_T_PASSKEY_H
#define SALVE_TESTS_T_PASSKEY_H

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "crypto/crypto.h"
#include "passkey/passkey.h"
#include "t.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

enum { T_UP = 1, T_UV = 4, T_BE = 8, T_BS = 16, T_AT = 64, T_ED = 128 };

struct t_bytes {
    uint8_t at[4096];
    size_t len;
};

struct t_passkey {
    EVP_PKEY *key;
    enum passkey_alg alg;
    struct t_bytes credential, cose;
    uint32_t counter;
    unsigned flags; /* beside those of AT */
    struct t_bytes data, client, signature;
};

static struct str t_str(const struct t_bytes *bytes) { return str_bytes(bytes->at, bytes->len); }

static void t_put(struct t_bytes *out, const void *bytes, size_t len)
{
    if (out->len + len > sizeof out->at) abort();
    memcpy(out->at + out->len, bytes, len);
    out->len += len;
}

#define T_PUT(out, literal) t_put((out), "" literal, sizeof(literal) - 1)

/* --- keys --------------------------------------------------------------------------------------------------------- */

static void t_point(EVP_PKEY *key, uint8_t point[PASSKEY_POINT_BYTES])
{
    size_t len = 0;
    if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, PASSKEY_POINT_BYTES, &len) != 1 ||
        len != PASSKEY_POINT_BYTES)
        abort();
}

static void t_cose_rsa(EVP_PKEY *key, struct t_bytes *out)
{
    uint8_t modulus[256];
    BIGNUM *n = NULL;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) != 1 || BN_bn2binpad(n, modulus, sizeof modulus) < 0)
        abort();
    BN_free(n);
    T_PUT(out, "\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00");
    t_put(out, modulus, sizeof modulus);
    T_PUT(out, "\x21\x43\x01\x00\x01");
}

/* As an authenticator writes it (CTAP2's canonical CBOR). */
static void t_cose(const struct t_passkey *of, struct t_bytes *out)
{
    uint8_t point[PASSKEY_POINT_BYTES];
    size_t len = sizeof point;
    out->len = 0;
    switch (of->alg) {
    case PASSKEY_ES256:
        t_point(of->key, point);
        T_PUT(out, "\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20");
        t_put(out, point + 1, 32);
        T_PUT(out, "\x22\x58\x20");
        t_put(out, point + 33, 32);
        return;
    case PASSKEY_EDDSA:
        if (EVP_PKEY_get_raw_public_key(of->key, point, &len) != 1 || len != 32) abort();
        T_PUT(out, "\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20");
        t_put(out, point, 32);
        return;
    default:
        t_cose_rsa(of->key, out);
    }
}

static struct t_passkey t_passkey_new(enum passkey_alg alg, const char *credential)
{
    struct t_passkey made = {.alg = alg, .flags = T_UP | T_UV};
    made.key = alg == PASSKEY_ES256   ? EVP_EC_gen("P-256")
               : alg == PASSKEY_EDDSA ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
                                      : EVP_RSA_gen(2048);
    if (made.key == NULL) abort();
    t_put(&made.credential, credential, strlen(credential));
    t_cose(&made, &made.cose);
    return made;
}

static void t_passkey_drop(struct t_passkey *key)
{
    EVP_PKEY_free(key->key);
    key->key = NULL;
}

static void t_sign_with(EVP_PKEY *key, bool is_hashed, struct str message, struct t_bytes *out)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    out->len = sizeof out->at;
    if (EVP_DigestSignInit(context, NULL, is_hashed ? EVP_sha256() : NULL, NULL, key) != 1 ||
        EVP_DigestSign(context, out->at, &out->len, (const uint8_t *)message.ptr, message.len) != 1)
        abort();
    EVP_MD_CTX_free(context);
}

/* --- what is written ---------------------------------------------------------------------------------------------- */

static void t_client(struct t_passkey *key, const char *type, const char *origin, struct str challenge)
{
    char text[PASSKEY_CHALLENGE_BYTES * 2];
    key->client.len = 0;
    crypto_base64url(challenge.ptr, challenge.len, text);
    key->client.len = (size_t)snprintf((char *)key->client.at, sizeof key->client.at,
                                       "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false}",
                                       type, text, origin);
}

static void t_data_head(struct t_passkey *key, const char *rp_id, unsigned flags)
{
    uint8_t hash[CRYPTO_SHA256_BYTES], tail[5];
    key->data.len = 0;
    crypto_sha256(str_of(rp_id), hash);
    tail[0] = (uint8_t)flags;
    crypto_put_u32(tail + 1, key->counter);
    t_put(&key->data, hash, sizeof hash);
    t_put(&key->data, tail, sizeof tail);
}

static void t_passkey_make(struct t_passkey *key, const char *rp_id, const char *origin, struct str challenge)
{
    const uint8_t aaguid[16] = {0}, length[2] = {(uint8_t)(key->credential.len >> 8), (uint8_t)key->credential.len};
    t_data_head(key, rp_id, key->flags | T_AT);
    t_put(&key->data, aaguid, sizeof aaguid);
    t_put(&key->data, length, sizeof length);
    t_put(&key->data, key->credential.at, key->credential.len);
    t_put(&key->data, key->cose.at, key->cose.len);
    t_client(key, "webauthn.create", origin, challenge);
}

/* Over data and client as they stand. */
static void t_passkey_sign(struct t_passkey *key)
{
    struct t_bytes message = key->data;
    uint8_t hash[CRYPTO_SHA256_BYTES];
    crypto_sha256(t_str(&key->client), hash);
    t_put(&message, hash, sizeof hash);
    t_sign_with(key->key, key->alg != PASSKEY_EDDSA, t_str(&message), &key->signature);
}

static void t_passkey_show(struct t_passkey *key, const char *rp_id, const char *origin, struct str challenge)
{
    t_data_head(key, rp_id, key->flags);
    t_client(key, "webauthn.get", origin, challenge);
    t_passkey_sign(key);
}

/* --- a tablet ----------------------------------------------------------------------------------------------------- */

/* r and s of 32 bytes each, as WebCrypto writes them. */
static void t_tablet_sign(EVP_PKEY *key, struct str message, uint8_t out[PASSKEY_POINT_SIGNATURE_BYTES])
{
    struct t_bytes der = {.len = 0};
    t_sign_with(key, true, message, &der);
    const unsigned char *at = der.at;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)der.len);
    if (pair == NULL || BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, 32) < 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + 32, 32) < 0)
        abort();
    ECDSA_SIG_free(pair);
}

#pragma GCC diagnostic pop

#endif
