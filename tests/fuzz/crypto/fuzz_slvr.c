/* SPDX-License-Identifier: Apache-2.0
 * Any bytes into the SLVR reader: no crash, and nothing opens. Also its own writer's output with the input as plaintext
 * comes back, and with one byte changed it does not. */
#include <stdlib.h>

#include "crypto/crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct str input = {(const char *)data, len}, plain, record;
    struct crypto_record asked = {.seq = 1, .class = CLASS_CLIN, .key_version = 1}, head;
    struct crypto_keys *keys = NULL;
    struct arena *mem = arena_open(8 << 20);
    if (crypto_init(NULL) != SALVE_OK || crypto_keys_new(1, &keys, NULL) != SALVE_OK) abort();
    const struct crypto_key *key = crypto_keys_at(keys, 0); /* zeros */
    if (crypto_record_peek(input, &head, NULL) == SALVE_OK) asked = head;
    if (crypto_record_open(key, &asked, input, mem, &plain, &head, NULL) == SALVE_OK) {
        /* only our own writer can have made it: written again it has the same length and clear head */
        if (crypto_record_seal(key, &head, plain, mem, &record, NULL) != SALVE_OK || record.len != len) abort();
        if (memcmp(record.ptr, data, 112) != 0) abort();
    }
    if (crypto_record_whole(&asked, input, mem, &record, NULL) != SALVE_OK || record.len != len + 48) abort();
    if (crypto_record_rest(&asked, input, &plain) &&
        (crypto_record_whole(&asked, plain, mem, &record, NULL) != SALVE_OK || !str_eq(record, input)))
        abort();
    asked.key_version = 1;
    if (len < 1 << 20 && crypto_record_seal(key, &asked, input, mem, &record, NULL) == SALVE_OK) {
        if (crypto_record_open(key, &asked, record, mem, &plain, NULL, NULL) != SALVE_OK || !str_eq(plain, input))
            abort();
        char *bytes = (char *)(uintptr_t)record.ptr;
        bytes[(len * 7919) % record.len] ^= (char)(1 << len % 8);
        if (crypto_record_open(key, &asked, record, mem, &plain, NULL, NULL) == SALVE_OK) abort();
    }
    crypto_keys_drop(&keys);
    arena_close(mem);
    return 0;
}
