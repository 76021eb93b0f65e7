/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as what a browser says of a passkey. Input: lengths of client data and of a signature (u16 each), client data,
 * signature, authenticator data. What is taken for a key has one of the forms, and is one part of what came. */
#include <stdlib.h>

#include "passkey/passkey.h"

enum { HEAD_BYTES = 4 };

static const struct str origins[] = {{"https://example.org", 19}};

static size_t length(const uint8_t *at) { return (size_t)at[0] << 8 | at[1]; }

static void show(const struct passkey_said *said, struct str key, struct str signature)
{
    uint32_t counter = 0;
    enum salve_code code = passkey_shown(said, key, signature, &counter, NULL);
    if (code != SALVE_OK && code != SALVE_E_PIN) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct passkey_fresh made;
    enum passkey_alg alg;
    if (size < HEAD_BYTES || crypto_init(NULL) != SALVE_OK) return 0;
    struct str rest = str_bytes(data + HEAD_BYTES, size - HEAD_BYTES);
    struct passkey_said said = {.rp_id = STR("example.org"), .origins = origins, .origin_count = 1};
    said.client_data = str_cut(rest, 0, length(data));
    rest = str_cut(rest, said.client_data.len, rest.len);
    struct str signature = str_cut(rest, 0, length(data + 2));
    said.authenticator_data = str_cut(rest, signature.len, rest.len);
    said.challenge = STR("0123456789abcdef0123456789abcdef");
    enum salve_code code = passkey_made(&said, &made, NULL);
    if (code != SALVE_OK && code != SALVE_E_INVALID && code != SALVE_E_PIN) abort();
    if (made.key.len > 0) {
        const char *end = said.authenticator_data.ptr + said.authenticator_data.len;
        if (!passkey_alg_of(made.key, &alg) || made.key.ptr + made.key.len > end) abort();
        show(&said, made.key, signature);
    }
    show(&said, said.authenticator_data, signature);
    return 0;
}
