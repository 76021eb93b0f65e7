/* SPDX-License-Identifier: Apache-2.0
 * Public keys of others, by OpenSSL. A struct crypto_public is an EVP_PKEY; outside it is opaque. */
#include "crypto/public.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

enum { DER_BYTES_MAX = 2 * CRYPTO_P384_BYTES + 16, POINT_BYTES_MAX = 2 * CRYPTO_P384_BYTES + 1 };

static const uint8_t *bytes_of(struct str text) { return (const uint8_t *)text.ptr; }

/* --- keys --------------------------------------------------------------------------------------------------------- */

static struct crypto_public *key_from(const char *kind, OSSL_PARAM *params)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = params == NULL ? NULL : EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
    if (context != NULL && EVP_PKEY_fromdata_init(context) == 1)
        (void)!EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX_free(context);
    return (struct crypto_public *)key;
}

/* EVP_PKEY_fromdata refuses what is not on the curve. */
struct crypto_public *crypto_public_point(size_t half_bytes, struct str x, struct str y)
{
    uint8_t point[POINT_BYTES_MAX] = {POINT_CONVERSION_UNCOMPRESSED};
    char p256[] = "prime256v1", p384[] = "secp384r1", *group = half_bytes == CRYPTO_P256_BYTES ? p256 : p384;
    if (half_bytes != CRYPTO_P256_BYTES && half_bytes != CRYPTO_P384_BYTES) return NULL;
    if (x.len != half_bytes || y.len != half_bytes) return NULL;
    memcpy(point + 1, x.ptr, half_bytes);
    memcpy(point + 1 + half_bytes, y.ptr, half_bytes);
    OSSL_PARAM params[] = {OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, strlen(group)),
                           OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * half_bytes), OSSL_PARAM_END};
    return key_from("EC", params);
}

struct crypto_public *crypto_public_rsa(struct str modulus, struct str exponent, size_t bits_min, size_t bits_max)
{
    OSSL_PARAM *params = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    BIGNUM *n = BN_bin2bn(bytes_of(modulus), (int)modulus.len, NULL);
    BIGNUM *e = BN_bin2bn(bytes_of(exponent), (int)exponent.len, NULL);
    bool is_good = build != NULL && n != NULL && e != NULL && (size_t)BN_num_bits(n) >= bits_min &&
                   (size_t)BN_num_bits(n) <= bits_max && BN_is_odd(n) && BN_is_word(e, RSA_F4);
    is_good = is_good && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
              OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1;
    if (is_good) params = OSSL_PARAM_BLD_to_param(build);
    struct crypto_public *key = key_from("RSA", params);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    BN_free(n);
    BN_free(e);
    return key;
}

void crypto_public_free(struct crypto_public *key) { EVP_PKEY_free((EVP_PKEY *)key); }

/* --- signatures --------------------------------------------------------------------------------------------------- */

bool crypto_public_signed(const struct crypto_public *key, enum crypto_hash hash, struct str message,
                          struct str signature)
{
    const EVP_MD *digest = hash == CRYPTO_SHA384 ? EVP_sha384() : EVP_sha256();
    EVP_MD_CTX *context = key == NULL ? NULL : EVP_MD_CTX_new();
    bool is_theirs = context != NULL && EVP_DigestVerifyInit(context, NULL, digest, NULL, (EVP_PKEY *)key) == 1 &&
                     EVP_DigestVerify(context, bytes_of(signature), signature.len, bytes_of(message), message.len) == 1;
    EVP_MD_CTX_free(context);
    return is_theirs;
}

/* OpenSSL reads r and s as DER. 0: they are none. */
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

bool crypto_public_halves(const struct crypto_public *key, size_t half_bytes, enum crypto_hash hash, struct str message,
                          struct str signature)
{
    uint8_t der[DER_BYTES_MAX];
    if (half_bytes > CRYPTO_P384_BYTES || signature.len != 2 * half_bytes) return false;
    size_t len = der_of(signature, half_bytes, der);
    return len > 0 && crypto_public_signed(key, hash, message, str_bytes(der, len));
}
