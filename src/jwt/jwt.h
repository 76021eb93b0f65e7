/* SPDX-License-Identifier: Apache-2.0
 *
 * jwt - JSON Web Keys (RFC 7517) and signed tokens (RFC 7515, RFC 7519), as far as SMART App Launch needs them: keys of
 * clients are read and what they signed is checked; tokens of this site are signed. Pure functions over bytes; whose a
 * key is, and what the claims have to say, is for the caller.
 *
 *     TRY(jwt_keys_read(set, mem, &keys, err));                     // {"keys":[..]}: public keys alone
 *     TRY(jwt_verify(token, &keys, mem, &claims, err));             // E_INVALID: it is not theirs
 *
 *     TRY(jwt_secret_make(JWT_RS256, secret, sizeof secret, &len, err));   // once; sealed by the caller
 *     TRY(jwt_signer_open(JWT_RS256, secret, &signer, err));
 *     TRY(jwt_sign(signer, claims_json, mem, &token, err));
 *     jwt_signer_close(&signer);
 *
 * A key is for one algorithm, whatever the head of a token says. Nothing of a token but its signature decides which
 * key it is checked by: `jku`, `jwk`, `x5u` and `crit` make it none of ours. */
#ifndef SALVE_JWT_JWT_H
#define SALVE_JWT_JWT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "json/json.h"

enum jwt_alg {
#define JWT_ALG(name, kty, crv, hash, coordinate, of_clients) JWT_##name,
#include "jwt/jwt_algs.def"
#undef JWT_ALG
    JWT_ALGS
};
const char *jwt_alg_text(enum jwt_alg alg); /* "RS256" */
bool jwt_alg_of_clients(enum jwt_alg alg);

enum {
    JWT_KEYS_MAX = 8,
    JWT_KID_BYTES_MAX = 128,
    JWT_TOKEN_BYTES_MAX = 8 << 10,
    JWT_RSA_BITS_MIN = 2048,
    JWT_RSA_BITS_MAX = 4096,
    JWT_SECRET_BYTES_MAX = 2048, /* of an RSA key of 2048 bits, in DER */
    JWT_KID_BYTES = 43,          /* of a key of this site: its thumbprint (RFC 7638) in base64url */
};

/* A public key. Of RSA `first` is the modulus and `second` the exponent, of EC they are x and y; big-endian. */
struct jwt_key {
    enum jwt_alg alg;
    struct str kid; /* may be empty */
    struct str first, second;
};
struct jwt_keys {
    struct jwt_key list[JWT_KEYS_MAX];
    size_t count;
};

/* jwt_keys_read - public keys out of a JWK Set; texts live in mem or with the set. Keys of other kinds and for other
 * uses are passed over; an RSA key that names no algorithm is for RS384, the one of SMART.
 *   errors   E_INVALID  a part of a secret key stands in it, a key is no point of its curve or too small, two have one
 *                       kid, there are too many or none */
SALVE_MUST_USE enum salve_code jwt_keys_read(const struct json *set, struct arena *mem, struct jwt_keys *out,
                                             struct salve_err *err);

/* jwt_key_write - one as an item of "keys", with its use and algorithm. */
void jwt_key_write(struct json_writer *w, const struct jwt_key *key);

/* jwt_verify - the claims of a token in compact form that one of the keys signed; they live in mem. What they say is
 * not looked at. E_INVALID, in the same words whatever was wrong; E_TOO_BIG. */
SALVE_MUST_USE enum salve_code jwt_verify(struct str token, const struct jwt_keys *keys, struct arena *mem,
                                          const struct json **claims, struct salve_err *err);

/* --- keys of this site -------------------------------------------------------------------------------------------- */

struct jwt_signer; /* a secret key, ready to sign */

/* jwt_secret_make - a new secret key in DER (RS256: 2048 bits; ES256), to be kept sealed. E_CRYPTO.
 * jwt_signer_open - reads it again. E_INTEGRITY. jwt_signer_close: NULL is fine. */
SALVE_MUST_USE enum salve_code jwt_secret_make(enum jwt_alg alg, uint8_t *der, size_t room, size_t *len,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code jwt_signer_open(enum jwt_alg alg, struct str der, struct jwt_signer **out,
                                               struct salve_err *err);
void jwt_signer_close(struct jwt_signer **signer);

/* jwt_signer_key - its public key, with its thumbprint as kid; texts in mem. jwt_sign - a token in compact form. */
SALVE_MUST_USE enum salve_code jwt_signer_key(const struct jwt_signer *signer, struct arena *mem, struct jwt_key *out,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code jwt_sign(const struct jwt_signer *signer, struct str claims, struct arena *mem,
                                        struct str *token, struct salve_err *err);

#endif
