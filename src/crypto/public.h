/* SPDX-License-Identifier: Apache-2.0
 *
 * public - public keys that somebody sent, and whether a signature is theirs: ECDSA on P-256 and P-384, RSA PKCS #1
 * v1.5 (FIPS 186-5; RFC 8017), by OpenSSL. Which key, hash and size are taken is for the caller.
 *
 *     struct crypto_public *key = crypto_public_point(32, x, y);
 *     bool is_theirs = crypto_public_signed(key, CRYPTO_SHA256, message, signature);
 *     crypto_public_free(key);                                  // NULL is let go by all of these
 */
#ifndef SALVE_CRYPTO_PUBLIC_H
#define SALVE_CRYPTO_PUBLIC_H

#include "base/str.h"

struct crypto_public; /* opaque */
enum crypto_hash { CRYPTO_SHA256, CRYPTO_SHA384 };

enum { CRYPTO_P256_BYTES = 32, CRYPTO_P384_BYTES = 48 };

/* crypto_public_point - of the curve whose coordinates have that many bytes, 32 or 48; NULL: it is no point of it.
 * crypto_public_rsa - NULL: the modulus is even, of fewer or more bits, or the exponent is another than 65537. */
struct crypto_public *crypto_public_point(size_t half_bytes, struct str x, struct str y);
struct crypto_public *crypto_public_rsa(struct str modulus, struct str exponent, size_t bits_min, size_t bits_max);
void crypto_public_free(struct crypto_public *key);

/* crypto_public_signed - did the key make that signature of the message? Of a point as DER (SEC 1, C.5).
 * crypto_public_halves - the same of a point's r and s, one after the other with half_bytes each, as JOSE and WebCrypto
 * write them. */
bool crypto_public_signed(const struct crypto_public *key, enum crypto_hash hash, struct str message,
                          struct str signature);
bool crypto_public_halves(const struct crypto_public *key, size_t half_bytes, enum crypto_hash hash, struct str message,
                          struct str signature);

#endif
