/* SPDX-License-Identifier: Apache-2.0
 * Any bytes into the SLVW reader: no crash; what its clear part says is written back byte for byte. */
#include <stdlib.h>

#include "crypto/crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct str input = {(const char *)data, len}, rest;
    struct crypto_wrap wrap, again;
    struct crypto_keys *keys = NULL;
    uint8_t bytes[CRYPTO_WRAP_BYTES];
    if (crypto_init(NULL) != SALVE_OK || crypto_keys_new(2, &keys, NULL) != SALVE_OK) abort();
    struct crypto_key *kek = crypto_keys_at(keys, 0), *key = crypto_keys_at(keys, 1); /* zeros */
    if (crypto_wrap_peek(input, &wrap, NULL) == SALVE_OK) {
        (void)!crypto_wrap_open(kek, input, &again, key, NULL);
        if (!crypto_wrap_rest(&wrap, data, &rest)) abort();
        crypto_wrap_whole(&wrap, rest, bytes);
        if (memcmp(bytes, data, sizeof bytes) != 0) abort();
        crypto_wrap_seal(kek, &wrap, key, bytes);
        if (memcmp(bytes, data, 80) != 0) abort();
        if (crypto_wrap_open(kek, str_make((char *)bytes, sizeof bytes), &again, key, NULL) != SALVE_OK) abort();
        if (again.consent_seq != wrap.consent_seq || again.epoch != wrap.epoch) abort();
    }
    crypto_keys_drop(&keys);
    return 0;
}
