/* SPDX-License-Identifier: Apache-2.0
 * Signatures, by OpenSSL: RSASSA-PKCS1-v1_5 and ECDSA, of which JOSE writes r and s one after the other. */
#include <openssl/ec.h>
#include <string.h>

#include "jwt/jwt_int.h"

const struct jwt_alg_facts jwt_algs[JWT_ALGS] = {
#define JWT_ALG(name, kty, crv, hash, coordinate, of_clients) {#name, kty, crv, CRYPTO_##hash, coordinate, of_clients},
#include "jwt/jwt_algs.def"
#undef JWT_ALG
};

const char *jwt_alg_text(enum jwt_alg alg) { return jwt_algs[alg].name; }
bool jwt_alg_of_clients(enum jwt_alg alg) { return jwt_algs[alg].of_clients; }

static const uint8_t *bytes_of(struct str text) { return (const uint8_t *)text.ptr; }

/* --- keys of others ----------------------------------------------------------------------------------------------- */

struct crypto_public *jwt_public(const struct jwt_key *key)
{
    size_t half = jwt_algs[key->alg].coordinate;
    if (half > 0) return crypto_public_point(half, key->first, key->second);
    return crypto_public_rsa(key->first, key->second, JWT_RSA_BITS_MIN, JWT_RSA_BITS_MAX);
}

bool jwt_signed(const struct jwt_key *key, struct str message, struct str signature)
{
    const struct jwt_alg_facts *alg = &jwt_algs[key->alg];
    struct crypto_public *public_key = jwt_public(key);
    bool is_theirs = alg->coordinate > 0
                         ? crypto_public_halves(public_key, alg->coordinate, alg->hash, message, signature)
                         : crypto_public_signed(public_key, alg->hash, message, signature);
    crypto_public_free(public_key);
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
    const EVP_MD *hash = jwt_algs[alg].hash == CRYPTO_SHA384 ? EVP_sha384() : EVP_sha256();
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_done = context != NULL && EVP_DigestSignInit(context, NULL, hash, NULL, key) == 1 &&
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
