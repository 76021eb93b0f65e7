/* SPDX-License-Identifier: Apache-2.0
 *
 * Signatures: ECDSA with P-256 and SHA-256, RSA PKCS #1 with 2048 bits and SHA-256, Ed25519. */
#include "crypto/public.h"
#include "passkey/passkey_int.h"

enum { UNCOMPRESSED = 4, RSA_BITS = 8 * 256 }; /* of a point (SEC 1, 2.3.3); every RSA key has 2048 bits */

static const uint8_t *bytes_of(struct str text) { return (const uint8_t *)text.ptr; }

/* The key is used up. */
static bool verifies(struct crypto_public *key, struct str message, struct str signature)
{
    bool is_theirs = crypto_public_signed(key, CRYPTO_SHA256, message, signature);
    crypto_public_free(key);
    return is_theirs;
}

/* NULL: it is no point of the curve. */
static struct crypto_public *point_key(const uint8_t point[PASSKEY_POINT_BYTES])
{
    struct str x = str_bytes(point + 1, CRYPTO_P256_BYTES), y = str_bytes(point + 1 + x.len, CRYPTO_P256_BYTES);
    return point[0] == UNCOMPRESSED ? crypto_public_point(CRYPTO_P256_BYTES, x, y) : NULL;
}

static struct crypto_public *key_point(struct str key)
{
    return crypto_public_point(CRYPTO_P256_BYTES, passkey_first(key, PASSKEY_ES256),
                               passkey_second(key, PASSKEY_ES256));
}

static bool is_key(struct crypto_public *key)
{
    crypto_public_free(key);
    return key != NULL;
}

bool passkey_point_is(const uint8_t point[PASSKEY_POINT_BYTES]) { return is_key(point_key(point)); }

static bool rsa_key_is(struct str key)
{
    static const uint8_t exponent[] = {1, 0, 1}; /* 65537, as every authenticator has it */
    struct str modulus = passkey_first(key, PASSKEY_RS256);
    return str_eq(passkey_second(key, PASSKEY_RS256), str_bytes(exponent, sizeof exponent)) &&
           (bytes_of(modulus)[0] & 0x80) != 0 && (bytes_of(modulus)[modulus.len - 1] & 1) != 0;
}

bool passkey_key_is(struct str key, enum passkey_alg alg)
{
    if (alg == PASSKEY_RS256) return rsa_key_is(key);
    return alg == PASSKEY_EDDSA || is_key(key_point(key)); /* crypto_sign_check refuses the points that are none */
}

bool passkey_signed(struct str key, enum passkey_alg alg, struct str message, struct str signature)
{
    struct str first = passkey_first(key, alg);
    if (alg == PASSKEY_EDDSA)
        return signature.len == CRYPTO_SIGN_BYTES && crypto_sign_check(bytes_of(first), message, bytes_of(signature));
    if (alg == PASSKEY_ES256) return verifies(key_point(key), message, signature);
    return verifies(crypto_public_rsa(first, passkey_second(key, alg), RSA_BITS, RSA_BITS), message, signature);
}

bool passkey_point_check(const uint8_t point[PASSKEY_POINT_BYTES], struct str message, struct str signature)
{
    struct crypto_public *key = point_key(point);
    bool is_theirs = crypto_public_halves(key, CRYPTO_P256_BYTES, CRYPTO_SHA256, message, signature);
    crypto_public_free(key);
    return is_theirs;
}
