/* SPDX-License-Identifier: Apache-2.0
 * What the files of jwt share. */
#ifndef SALVE_JWT_JWT_INT_H
#define SALVE_JWT_JWT_INT_H

#include <openssl/evp.h>

#include "crypto/public.h"
#include "jwt/jwt.h"

struct jwt_alg_facts {
    const char *name, *kty, *crv;
    enum crypto_hash hash;
    size_t coordinate; /* bytes; 0: RSA */
    bool of_clients;
};
extern const struct jwt_alg_facts jwt_algs[JWT_ALGS];

enum { JWT_SIGNATURE_BYTES_MAX = JWT_RSA_BITS_MAX / 8 };

/* jwt_public - a public key; NULL: it is none. crypto_public_free ends it. */
struct crypto_public *jwt_public(const struct jwt_key *key);

/* jwt_signed - whether the key made that signature of the message: of EC as r and s, one after the other (RFC 7518,
 * 3.4). jwt_signature - makes one; E_CRYPTO. */
bool jwt_signed(const struct jwt_key *key, struct str message, struct str signature);
SALVE_MUST_USE enum salve_code jwt_signature(EVP_PKEY *key, enum jwt_alg alg, struct str message,
                                             uint8_t out[JWT_SIGNATURE_BYTES_MAX], size_t *len, struct salve_err *err);

/* jwt_bytes - base64url of RFC 7515, 2, into mem; E_INVALID. jwt_text - the way back. */
SALVE_MUST_USE enum salve_code jwt_bytes(struct str text, size_t bytes_max, struct arena *mem, struct str *out,
                                         struct salve_err *err);
SALVE_MUST_USE enum salve_code jwt_text(struct str bytes, struct arena *mem, struct str *out, struct salve_err *err);

#endif
