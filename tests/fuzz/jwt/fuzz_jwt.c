/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a set of keys and as a token under it. Input: length of the set (u16), the set, the token. A key that is taken is a
 * public one of a known kind; a token that nobody signed is never theirs. */
#include <stdlib.h>

#include "crypto/crypto.h"
#include "jwt/jwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct jwt_keys keys;
    const struct json *set = NULL, *claims = NULL;
    if (size < 2 || crypto_init(NULL) != SALVE_OK) return 0;
    size_t len = (size_t)data[0] << 8 | data[1];
    struct str rest = str_bytes(data + 2, size - 2), text = str_cut(rest, 0, len);
    struct arena *mem = arena_open(1 << 20);
    if (mem == NULL) return 0;
    keys.count = 0;
    enum salve_code code = json_read(text, NULL, mem, &set, NULL);
    if (code == SALVE_OK) code = jwt_keys_read(set, mem, &keys, NULL);
    for (size_t i = 0; code == SALVE_OK && i < keys.count; i++)
        if (keys.list[i].alg >= JWT_ALGS || keys.list[i].first.len == 0) abort();
    code = jwt_verify(str_cut(rest, text.len, rest.len), &keys, mem, &claims, NULL);
    if ((code == SALVE_OK) != (claims != NULL)) abort();
    arena_close(mem);
    return 0;
}
