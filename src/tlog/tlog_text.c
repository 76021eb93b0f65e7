/* SPDX-License-Identifier: Apache-2.0
 * The text forms that C2SP formats share: hashes in base64, and decimals without leading zeros. */
#include "tlog/tlog_int.h"

bool tlog_hash_read(struct str text, struct tlog_hash *out)
{
    size_t len = 0;
    return text.len == TLOG_HASH_TEXT_BYTES && crypto_base64_parse(text, out->bytes, sizeof out->bytes, &len) &&
           len == sizeof out->bytes;
}

void tlog_hash_text(const struct tlog_hash *hash, char text[TLOG_HASH_TEXT_BYTES + 1])
{
    crypto_base64(hash->bytes, sizeof hash->bytes, text);
}

enum salve_code tlog_base64_text(struct str bytes, struct arena *mem, struct str *out, struct salve_err *err)
{
    size_t room = crypto_base64_bytes(bytes.len);
    char *text = arena_alloc_raw(mem, room, 1);
    if (text == NULL) return salve_fail(err, SALVE_E_MEMORY, "base64 text");
    crypto_base64(bytes.ptr, bytes.len, text);
    *out = str_make(text, room - 1);
    return SALVE_OK;
}

bool tlog_decimal_read(struct str text, uint64_t *out)
{
    if (text.len == 0 || text.len > 20 || (text.len > 1 && text.ptr[0] == '0')) return false;
    uint64_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!str_is_digit(text.ptr[i])) return false;
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(text.ptr[i] - '0'), &number))
            return false;
    }
    *out = number;
    return true;
}
