/* SPDX-License-Identifier: Apache-2.0
 * The workshop of crypto: what its files share. Tests of the byte formats include it for the fixed nonces. */
#ifndef SALVE_CRYPTO_INT_H
#define SALVE_CRYPTO_INT_H

#include "crypto/crypto.h"

struct crypto_key {
    uint8_t bytes[CRYPTO_KEY_BYTES];
};

static inline const uint8_t *crypto_bytes(struct str text) { return (const uint8_t *)text.ptr; }

/* The sealing functions with the nonce given, so that the known-answer vectors can be computed. Never outside tests:
 * the doors draw a random nonce each time. */
SALVE_MUST_USE enum salve_code crypto_record_seal_nonce(const struct crypto_key *class_key,
                                                        const struct crypto_record *head, struct str plaintext,
                                                        const uint8_t nonce[CRYPTO_NONCE_BYTES], struct arena *mem,
                                                        struct str *record, struct salve_err *err);
void crypto_wrap_seal_nonce(const struct crypto_key *kek, const struct crypto_wrap *wrap,
                            const struct crypto_key *class_key, const uint8_t nonce[CRYPTO_NONCE_BYTES],
                            uint8_t out[CRYPTO_WRAP_BYTES]);

#endif
