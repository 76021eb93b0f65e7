/* SPDX-License-Identifier: Apache-2.0
 * Characters of texts: positions and lengths count code points, not bytes. */
#include <utf8proc.h>

#include "machine/run.h"

size_t expr_char_bytes(struct str text, size_t at)
{
    size_t end = at + 1;
    while (end < text.len && ((unsigned char)text.ptr[end] & 0xC0) == 0x80) end++;
    return end - at;
}

int64_t expr_char_count(struct str text)
{
    int64_t count = 0;
    for (size_t i = 0; i < text.len; i++) count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return count;
}

size_t expr_char_offset(struct str text, int64_t n)
{
    size_t at = 0;
    while (n-- > 0 && at < text.len) at += expr_char_bytes(text, at);
    return at;
}

void expr_map_chars(struct str text, expr_char_map *map, struct buf *out)
{
    while (text.len > 0) {
        utf8proc_int32_t c;
        utf8proc_uint8_t bytes[4];
        utf8proc_ssize_t took = utf8proc_iterate((const utf8proc_uint8_t *)text.ptr, (utf8proc_ssize_t)text.len, &c);
        if (took <= 0) break;
        utf8proc_ssize_t made = utf8proc_encode_char(map(c), bytes);
        buf_add(out, str_bytes(bytes, (size_t)made));
        text = str_cut(text, (size_t)took, text.len);
    }
}
