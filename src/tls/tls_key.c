/* SPDX-License-Identifier: Apache-2.0
 * Keys of P-256 over EVP, and what OpenSSL says when something fails. */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

#include "tls/tls_int.h"

#define CURVE "prime256v1"

enum salve_code tls_failed(const char *what, struct salve_err *err)
{
    unsigned long first = ERR_peek_error();
    const char *reason = first == 0 ? NULL : ERR_reason_error_string(first);
    ERR_clear_error();
    return salve_refuse(err, SALVE_E_CRYPTO, reason, "%s", what);
}

/* From the parts that are given; secret NULL: a public key. */
static EVP_PKEY *key_of(const uint8_t *point, const BIGNUM *secret)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM *params = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    bool is_built = build != NULL && OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, CURVE, 0) &&
                    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, TLS_POINT_BYTES) &&
                    (secret == NULL || OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, secret));
    if (is_built) params = OSSL_PARAM_BLD_to_param(build);
    if (params != NULL && context != NULL && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &key, secret == NULL ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR, params) != 1)
        key = NULL;
    OSSL_PARAM_free(params); /* which wipes what came from a secret BIGNUM */
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(context);
    return key;
}

EVP_PKEY *tls_point_key(const uint8_t point[TLS_POINT_BYTES])
{
    if (point[0] != POINT_CONVERSION_UNCOMPRESSED) return NULL;
    EVP_PKEY *key = key_of(point, NULL); /* a point that is not on the curve makes none */
    if (key == NULL) ERR_clear_error();
    return key;
}

/* secret = scalar mod (n - 1) + 1, and its point. */
static bool point_of(const uint8_t scalar[TLS_SCALAR_BYTES], BIGNUM *secret, uint8_t point[TLS_POINT_BYTES])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    BN_CTX *context = BN_CTX_secure_new();
    BIGNUM *less = BN_new();
    EC_POINT *at = group == NULL ? NULL : EC_POINT_new(group);
    bool is = context != NULL && less != NULL && at != NULL && BN_bin2bn(scalar, TLS_SCALAR_BYTES, secret) != NULL &&
              BN_copy(less, EC_GROUP_get0_order(group)) != NULL && BN_sub_word(less, 1) &&
              BN_mod(secret, secret, less, context) && BN_add_word(secret, 1);
    if (is) BN_set_flags(secret, BN_FLG_CONSTTIME);
    is = is && EC_POINT_mul(group, at, secret, NULL, NULL, context) &&
         EC_POINT_point2oct(group, at, POINT_CONVERSION_UNCOMPRESSED, point, TLS_POINT_BYTES, context) ==
             TLS_POINT_BYTES;
    EC_POINT_free(at);
    BN_free(less);
    BN_CTX_free(context);
    EC_GROUP_free(group);
    return is;
}

EVP_PKEY *tls_scalar_key(const uint8_t scalar[TLS_SCALAR_BYTES])
{
    uint8_t point[TLS_POINT_BYTES];
    BIGNUM *secret = BN_secure_new();
    EVP_PKEY *key = secret != NULL && point_of(scalar, secret, point) ? key_of(point, secret) : NULL;
    BN_clear_free(secret);
    return key;
}

enum salve_code tls_key_make(struct tls_key **out, struct salve_err *err)
{
    size_t bytes = 0;
    struct tls_key *key = calloc(1, sizeof *key);
    if (key == NULL) return salve_fail(err, SALVE_E_MEMORY, "key");
    key->pair = EVP_EC_gen(CURVE);
    if (key->pair == NULL ||
        EVP_PKEY_get_octet_string_param(key->pair, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, key->point, sizeof key->point,
                                        &bytes) != 1 ||
        bytes != TLS_POINT_BYTES) {
        tls_key_drop(&key);
        return tls_failed("key", err);
    }
    *out = key;
    return SALVE_OK;
}

const uint8_t *tls_key_point(const struct tls_key *key) { return key->point; }

void tls_key_drop(struct tls_key **key)
{
    if (*key == NULL) return;
    EVP_PKEY_free((*key)->pair); /* clears its number */
    free(*key);
    *key = NULL;
}
