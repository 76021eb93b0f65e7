/* SPDX-License-Identifier: Apache-2.0
 * Signatures, by OpenSSL: RSASSA-PKCS1-v1_5 and ECDSA, of which JOSE writes r and s one after the other. */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

#include "jwt/jwt_int.h"

enum { DER_BYTES_MAX = 2 * JWT_COORDINATE_BYTES_MAX + 16, POINT_BYTES_MAX = 2 * JWT_COORDINATE_BYTES_MAX + 1 };

const struct jwt_alg_facts jwt_algs[JWT_ALGS] = {
#define JWT_ALG(name, kty, crv, hash, coordinate, of_clients) {#name, kty, crv, EVP_##hash, coordinate, of_clients},
#include "jwt/jwt_algs.def"
#undef JWT_ALG
};

const char *jwt_alg_text(enum jwt_alg alg) { return jwt_algs[alg].name; }
bool jwt_alg_of_clients(enum jwt_alg alg) { return jwt_algs[alg].of_clients; }

static const uint8_t *bytes_of(struct str text) { return (const uint8_t *)text.ptr; }

/* --- public keys -------------------------------------------------------------------------------------------------- */

static EVP_PKEY *key_from(const char *kind, OSSL_PARAM *params)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = params == NULL ? NULL : EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
    if (context != NULL && EVP_PKEY_fromdata_init(context) == 1)
        (void)!EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX_free(context);
    return key;
}

/* Without a check of the point EVP_PKEY_fromdata would do, since it refuses what is not on the curve. */
static EVP_PKEY *point_key(const struct jwt_key *key)
{
    uint8_t point[POINT_BYTES_MAX] = {POINT_CONVERSION_UNCOMPRESSED};
    size_t half = jwt_algs[key->alg].coordinate;
    char p256[] = "prime256v1", p384[] = "secp384r1", *group = half == 32 ? p256 : p384;
    if (key->first.len != half || key->second.len != half) return NULL;
    memcpy(point + 1, key->first.ptr, half);
    memcpy(point + 1 + half, key->second.ptr, half);
    OSSL_PARAM params[] = {OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, strlen(group)),
                           OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * half), OSSL_PARAM_END};
    return key_from("EC", params);
}

static EVP_PKEY *rsa_key(const struct jwt_key *from)
{
    OSSL_PARAM *params = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    BIGNUM *n = BN_bin2bn(bytes_of(from->first), (int)from->first.len, NULL);
    BIGNUM *e = BN_bin2bn(bytes_of(from->second), (int)from->second.len, NULL);
    bool is_good = build != NULL && n != NULL && e != NULL && BN_num_bits(n) >= JWT_RSA_BITS_MIN &&
                   BN_num_bits(n) <= JWT_RSA_BITS_MAX && BN_is_odd(n) && BN_is_word(e, RSA_F4);
    is_good = is_good && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
              OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1;
    if (is_good) params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY *key = key_from("RSA", params);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    BN_free(n);
    BN_free(e);
    return key;
}

EVP_PKEY *jwt_public(const struct jwt_key *key)
{
    return jwt_algs[key->alg].coordinate > 0 ? point_key(key) : rsa_key(key);
}

/* --- checking ----------------------------------------------------------------------------------------------------- */

/* OpenSSL reads r and s as DER. */
static size_t der_of(struct str signature, size_t half, uint8_t der[DER_BYTES_MAX])
{
    int len = 0;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(bytes_of(signature), (int)half, NULL);
    BIGNUM *s = BN_bin2bn(bytes_of(signature) + half, (int)half, NULL);
    if (pair != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(pair, r, s) == 1) {
        r = s = NULL; /* the pair's now */
        uint8_t *to = der;
        if (i2d_ECDSA_SIG(pair, NULL) <= DER_BYTES_MAX) len = i2d_ECDSA_SIG(pair, &to);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(pair);
    return len > 0 ? (size_t)len : 0;
}

bool jwt_signed(const struct jwt_key *key, struct str message, struct str signature)
{
    uint8_t der[DER_BYTES_MAX];
    size_t half = jwt_algs[key->alg].coordinate;
    if (half > 0) {
        if (signature.len != 2 * half) return false;
        signature = str_bytes(der, der_of(signature, half, der));
    }
    EVP_PKEY *public_key = jwt_public(key);
    EVP_MD_CTX *context = public_key == NULL ? NULL : EVP_MD_CTX_new();
    bool is_theirs = context != NULL &&
                     EVP_DigestVerifyInit(context, NULL, jwt_algs[key->alg].hash(), NULL, public_key) == 1 &&
                     EVP_DigestVerify(context, bytes_of(signature), signature.len, bytes_of(message), message.len) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(public_key);
    return is_theirs;
}

/* --- making ------------------------------------------------------------------------------------------------------- */

static bool halves_of(const uint8_t *der, size_t len, size_t half, uint8_t *out)
{
    const uint8_t *from = der;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &from, (long)len);
    bool is_done = pair != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, (int)half) == (int)half &&
                   BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + half, (int)half) == (int)half;
    ECDSA_SIG_free(pair);
    return is_done;
}

enum salve_code jwt_signature(EVP_PKEY *key, enum jwt_alg alg, struct str message, uint8_t out[JWT_SIGNATURE_BYTES_MAX],
                              size_t *len, struct salve_err *err)
{
    uint8_t made[JWT_SIGNATURE_BYTES_MAX];
    size_t half = jwt_algs[alg].coordinate, made_len = sizeof made;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_done = context != NULL && EVP_DigestSignInit(context, NULL, jwt_algs[alg].hash(), NULL, key) == 1 &&
                   EVP_DigestSign(context, made, &made_len, bytes_of(message), message.len) == 1;
    EVP_MD_CTX_free(context);
    if (is_done && half > 0) {
        is_done = halves_of(made, made_len, half, out);
        *len = 2 * half;
    } else if (is_done) {
        memcpy(out, made, made_len);
        *len = made_len;
    }
    return is_done ? SALVE_OK : salve_fail(err, SALVE_E_CRYPTO, "signature of a token");
}
