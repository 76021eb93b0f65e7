/* SPDX-License-Identifier: Apache-2.0
 *
 * passkey - is it them? The checks behind a passkey (WebAuthn, server side), a code of a TOTP generator (RFC 6238)
 * and the signature of an enrolled device, as pure functions: bytes in, an answer out. No clock, no store, no
 * network.
 *
 *     struct passkey_fresh made;                                           // the browser made one
 *     passkey_made(&(struct passkey_said){.rp_id = ..}, &made, err);       // E_INVALID, E_PIN
 *     keep(made.credential, made.key);
 *
 *     bool is_them = passkey_shown(&said, key, signature, &counter, err);  // and now it is shown
 *
 * Nothing is parsed that could be read in two ways:
 * - What the browser says (clientDataJSON) is compared with what it has to begin with, built here: WebAuthn level 2,
 *   5.8.1.2, "limited verification algorithm". Members that stand behind it are not looked at.
 * - authenticatorData has a fixed layout (WebAuthn level 2, 6.1). The public key at its end is compared with the
 *   forms of passkey_algs.def. There is no CBOR reader. Outputs of extensions, which authenticators put there
 *   unasked, are bytes that are bounded, signed and not read.
 * - There is no attestation: what made the key is not asked for.
 * No authenticator has to look at a body: user verification is the authenticator's own, and a PIN always does. */
#ifndef SALVE_PASSKEY_H
#define SALVE_PASSKEY_H

#include "base/err.h"
#include "base/str.h"
#include "crypto/crypto.h"

enum passkey_alg {
#define PASSKEY_ALG(name, number, head, first, between, second) PASSKEY_##name,
#include "passkey/passkey_algs.def"
#undef PASSKEY_ALG
    PASSKEY_ALGS
};

enum {
    PASSKEY_CREDENTIAL_BYTES_MAX = 1023, /* WebAuthn level 2, 5.8.3 */
    PASSKEY_KEY_BYTES_MAX = 272,         /* RS256: 2048 bits */
    PASSKEY_DATA_BYTES_MAX = 2048,       /* authenticatorData */
    PASSKEY_CLIENT_BYTES_MAX = 4096,     /* clientDataJSON */
    PASSKEY_SIGNATURE_BYTES_MAX = 256,
};

/* What a browser says about a passkey, and for whom it has to be. */
struct passkey_said {
    struct str rp_id;          /* "clinic.example" */
    const struct str *origins; /* one of these: "https://clinic.example" */
    size_t origin_count;
    struct str challenge;          /* 48 bytes at most */
    struct str authenticator_data; /* as getAuthenticatorData() gives it when it was made */
    struct str client_data;        /* clientDataJSON */
};

/* A passkey that was made: views of authenticator_data. */
struct passkey_fresh {
    struct str credential; /* its id */
    struct str key;        /* COSE, in one of the forms of passkey_algs.def */
    enum passkey_alg alg;
    uint32_t counter;
};

/* passkey_made - WebAuthn level 2, 7.1, for attestation "none".
 *   errors  E_INVALID it cannot be read, or has another kind of key, or no user verification; E_PIN it is not for
 *   this
 *           challenge, name or origin */
SALVE_MUST_USE enum salve_code passkey_made(const struct passkey_said *said, struct passkey_fresh *out,
                                            struct salve_err *err);

/* passkey_shown - WebAuthn level 2, 7.2: it is for this challenge, name and origin, the user was verified, and the
 * signature is by `key` (passkey_fresh.key). *counter is the authenticator's, which the caller compares with the one
 * before: 0 where it counts nothing. E_PIN, whatever is wrong. */
SALVE_MUST_USE enum salve_code passkey_shown(const struct passkey_said *said, struct str key, struct str signature,
                                             uint32_t *counter, struct salve_err *err);

/* passkey_alg_of - which form a COSE key has; false: none. */
bool passkey_alg_of(struct str key, enum passkey_alg *out);

/* --- signatures of a device: ECDSA with P-256 and SHA-256, as WebCrypto makes them -------------------------------- */

enum { PASSKEY_POINT_BYTES = 65, PASSKEY_POINT_SIGNATURE_BYTES = 64 };

/* passkey_point_is - an uncompressed point of the curve. passkey_point_check - its signature, r and s. */
bool passkey_point_is(const uint8_t point[PASSKEY_POINT_BYTES]);
bool passkey_point_check(const uint8_t point[PASSKEY_POINT_BYTES], struct str message, struct str signature);

/* --- TOTP: RFC 6238 over RFC 4226, SHA-1, six digits, 30 seconds, as every generator makes them ------------------- */

enum {
    TOTP_SECRET_BYTES = 20,
    TOTP_SECRET_TEXT_BYTES = 33, /* in base32, and NUL */
    TOTP_DIGITS = 6,
    TOTP_STEP_SECONDS = 30,
    TOTP_STEPS_AROUND = 1, /* a clock that is 30 seconds off, to either side, is good enough */
};

/* totp_code - of one step of time: seconds since 1970 by 30. The key is the secret, and zeros behind it. E_CRYPTO.
 * totp_find - *step is the step around `unix_s` whose code it is, later than `used`; 0: none. */
SALVE_MUST_USE enum salve_code totp_code(const struct crypto_key *key, uint64_t step, char out[TOTP_DIGITS + 1],
                                         struct salve_err *err);
SALVE_MUST_USE enum salve_code totp_find(const struct crypto_key *key, struct str code, int64_t unix_s, uint64_t used,
                                         uint64_t *step, struct salve_err *err);

/* totp_text - a secret in base32 (RFC 4648), as it is typed into a generator. */
void totp_text(const uint8_t secret[TOTP_SECRET_BYTES], char out[TOTP_SECRET_TEXT_BYTES]);

/* --- challenges --------------------------------------------------------------------------------------------------- */

/* Random bytes, the time by two clocks, and a MAC: nothing is kept of a challenge that was given. What is remembered
 * is that one was used, which takes a proof that fits. The two clocks are a guarded one, which stands still while it
 * is doubted, and that of the machine, which may be set back. */
enum { PASSKEY_CHALLENGE_BYTES = 48, PASSKEY_CHALLENGE_SECONDS = 60, PASSKEY_USED_MAX = 1024 };
struct passkey_moment {
    int64_t guarded_ms, wall_ms;
};
struct passkey_challenges; /* opaque; with a key that was never anywhere else */

SALVE_MUST_USE enum salve_code passkey_challenges_new(struct passkey_challenges **out, struct salve_err *err);
void passkey_challenges_drop(struct passkey_challenges **challenges); /* sets NULL; NULL is fine */

/* passkey_challenge - a new one. passkey_challenge_is - it is of these, not over and not used. passkey_challenge_use
 * - from now on it is used. E_PIN it was no good; E_BUSY 1024 were used within a minute. */
void passkey_challenge(const struct passkey_challenges *challenges, struct passkey_moment now,
                       uint8_t out[PASSKEY_CHALLENGE_BYTES]);
bool passkey_challenge_is(const struct passkey_challenges *challenges, struct passkey_moment now, struct str challenge);
SALVE_MUST_USE enum salve_code passkey_challenge_use(struct passkey_challenges *challenges, struct passkey_moment now,
                                                     struct str challenge, struct salve_err *err);

#endif
