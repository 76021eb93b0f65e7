/* SPDX-License-Identifier: Apache-2.0
 *
 * Signatures, by OpenSSL: ECDSA with P-256 and SHA-256, RSA PKCS #1 with 2048 bits and SHA-256; Ed25519 by crypto. */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "passkey/passkey_int.h"

enum { HALF_BYTES = 32, DER_BYTES_MAX = 80 };

static const uint8_t *bytes_of(struct str text) { return (const uint8_t *)text.ptr; }

static EVP_PKEY *key_from(const char *kind, OSSL_PARAM *params)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = params == NULL ? NULL : EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
    if (context != NULL && EVP_PKEY_fromdata_init(context) == 1)
        (void)!EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX_free(context);
    return key;
}

/* NULL: it is no point of the curve. */
static EVP_PKEY *point_key(const uint8_t point[PASSKEY_POINT_BYTES])
{
    char group[] = "prime256v1";
    uint8_t copy[PASSKEY_POINT_BYTES];
    memcpy(copy, point, sizeof copy);
    OSSL_PARAM params[] = {OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group - 1),
                           OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof copy), OSSL_PARAM_END};
    return point[0] == POINT_CONVERSION_UNCOMPRESSED ? key_from("EC", params) : NULL;
}

static EVP_PKEY *rsa_key(struct str modulus, struct str exponent)
{
    OSSL_PARAM *params = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    BIGNUM *n = BN_bin2bn(bytes_of(modulus), (int)modulus.len, NULL);
    BIGNUM *e = BN_bin2bn(bytes_of(exponent), (int)exponent.len, NULL);
    bool is_good = build != NULL && n != NULL && e != NULL && BN_num_bits(n) == 8 * (int)modulus.len && BN_is_odd(n);
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

/* The key is used up. */
static bool verifies(EVP_PKEY *key, struct str message, struct str signature)
{
    EVP_MD_CTX *context = key == NULL ? NULL : EVP_MD_CTX_new();
    bool is_theirs = context != NULL && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                     EVP_DigestVerify(context, bytes_of(signature), signature.len, bytes_of(message), message.len) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return is_theirs;
}

bool passkey_point_is(const uint8_t point[PASSKEY_POINT_BYTES])
{
    EVP_PKEY *key = point_key(point);
    EVP_PKEY_free(key);
    return key != NULL;
}

static void point_of(struct str key, uint8_t point[PASSKEY_POINT_BYTES])
{
    struct str x = passkey_first(key, PASSKEY_ES256), y = passkey_second(key, PASSKEY_ES256);
    point[0] = POINT_CONVERSION_UNCOMPRESSED;
    memcpy(point + 1, x.ptr, x.len);
    memcpy(point + 1 + x.len, y.ptr, y.len);
}

static bool rsa_key_is(struct str key)
{
    static const uint8_t exponent[] = {1, 0, 1}; /* 65537, as every authenticator has it */
    struct str modulus = passkey_first(key, PASSKEY_RS256);
    return str_eq(passkey_second(key, PASSKEY_RS256), str_bytes(exponent, sizeof exponent)) &&
           (bytes_of(modulus)[0] & 0x80) != 0 && (bytes_of(modulus)[modulus.len - 1] & 1) != 0;
}

bool passkey_key_is(struct str key, enum passkey_alg alg)
{
    uint8_t point[PASSKEY_POINT_BYTES];
    if (alg == PASSKEY_RS256) return rsa_key_is(key);
    if (alg == PASSKEY_EDDSA) return true; /* crypto_sign_check refuses the points that are none */
    point_of(key, point);
    return passkey_point_is(point);
}

bool passkey_signed(struct str key, enum passkey_alg alg, struct str message, struct str signature)
{
    uint8_t point[PASSKEY_POINT_BYTES];
    struct str first = passkey_first(key, alg);
    if (alg == PASSKEY_EDDSA)
        return signature.len == CRYPTO_SIGN_BYTES && crypto_sign_check(bytes_of(first), message, bytes_of(signature));
    if (alg == PASSKEY_RS256)
        return rsa_key_is(key) && verifies(rsa_key(first, passkey_second(key, alg)), message, signature);
    point_of(key, point);
    return verifies(point_key(point), message, signature);
}

/* WebCrypto writes r and s one after the other; OpenSSL reads them as DER. */
static size_t der_of(struct str signature, uint8_t der[DER_BYTES_MAX])
{
    int len = 0;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(bytes_of(signature), HALF_BYTES, NULL);
    BIGNUM *s = BN_bin2bn(bytes_of(signature) + HALF_BYTES, HALF_BYTES, NULL);
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

bool passkey_point_check(const uint8_t point[PASSKEY_POINT_BYTES], struct str message, struct str signature)
{
    uint8_t der[DER_BYTES_MAX];
    if (signature.len != PASSKEY_POINT_SIGNATURE_BYTES) return false;
    size_t len = der_of(signature, der);
    return len > 0 && verifies(point_key(point), message, str_bytes(der, len));
}
