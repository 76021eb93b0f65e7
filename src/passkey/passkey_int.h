/* SPDX-License-Identifier: Apache-2.0
 * Keys by their parts: include only from src/passkey/. */
#ifndef SALVE_PASSKEY_PASSKEY_INT_H
#define SALVE_PASSKEY_PASSKEY_INT_H

#include "passkey/passkey.h"

/* A COSE key: fixed bytes and parts, by turns. */
struct passkey_form {
    struct str head;
    size_t first;
    struct str between;
    size_t second;
};

enum { PASSKEY_CHALLENGE_TEXT_BYTES = PASSKEY_CHALLENGE_BYTES / 3 * 4 + 1 };

/* passkey_key_bytes - the length of every key of that kind. passkey_key_is - a key of that form can be one. */
size_t passkey_key_bytes(enum passkey_alg alg);
bool passkey_key_is(struct str key, enum passkey_alg alg);

/* passkey_alg_starts - whether bytes begin with a key; passkey_first, passkey_second - its parts: x and y of a point,
 * or the key, or modulus and exponent. */
bool passkey_alg_starts(struct str bytes, enum passkey_alg *out);
struct str passkey_first(struct str key, enum passkey_alg alg);
struct str passkey_second(struct str key, enum passkey_alg alg);

/* passkey_signed - whether the signature of the message is by that key. */
bool passkey_signed(struct str key, enum passkey_alg alg, struct str message, struct str signature);

#endif
