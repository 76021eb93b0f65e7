/* SPDX-License-Identifier: Apache-2.0
 * Views of bytes; see str.h. */
#include "base/str.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

void str_hex(const void *bytes, size_t len, char *out)
{
    const uint8_t *in = bytes;
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = str_hex_char(in[i] >> 4);
        out[2 * i + 1] = str_hex_char(in[i] & 15);
    }
    out[2 * len] = '\0';
}

bool str_hex_parse(struct str text, void *out, size_t len)
{
    uint8_t *to = out;
    if (text.len != len * 2) return false;
    for (size_t i = 0; i < len; i++) {
        int high = str_hex_digit(text.ptr[2 * i]), low = str_hex_digit(text.ptr[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        to[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

int str_cmp(struct str a, struct str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);
    if (order != 0) return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

ptrdiff_t str_find(struct str hay, struct str needle)
{
    if (needle.len == 0) return 0;
    if (hay.len < needle.len) return -1;
    const char *hit = memmem(hay.ptr, hay.len, needle.ptr, needle.len);
    return hit == NULL ? -1 : hit - hay.ptr;
}

struct str str_trim(struct str a)
{
    while (a.len > 0 && str_is_space(a.ptr[0])) a = str_cut(a, 1, a.len);
    while (a.len > 0 && str_is_space(a.ptr[a.len - 1])) a.len--;
    return a;
}

bool str_to_i64(struct str a, int64_t *out)
{
    size_t at = 0;
    bool is_negative = a.len > 0 && a.ptr[0] == '-';
    int64_t sum = 0;
    if (a.len > 0 && (a.ptr[0] == '-' || a.ptr[0] == '+')) at = 1;
    if (at == a.len) return false;
    for (; at < a.len; at++) {
        if (!str_is_digit(a.ptr[at])) return false;
        int digit = a.ptr[at] - '0';
        if (__builtin_mul_overflow(sum, (int64_t)10, &sum)) return false;
        if (__builtin_sub_overflow(sum, (int64_t)digit, &sum)) return false; /* negative sums reach INT64_MIN */
    }
    if (!is_negative && sum == INT64_MIN) return false;
    *out = is_negative ? sum : -sum;
    return true;
}

bool str_to_double(struct str a, double *out)
{
    char text[64];
    if (a.len == 0 || a.len >= sizeof text) return false;
    for (size_t i = 0; i < a.len; i++)
        if (strchr("0123456789+-.eE", a.ptr[i]) == NULL) return false;
    memcpy(text, a.ptr, a.len);
    text[a.len] = '\0';
    char *end = NULL;
    errno = 0;
    double value = strtod(text, &end);
    if (end != text + a.len || !isfinite(value)) return false;
    *out = value;
    return true;
}

/* Are the eight characters there ASCII, and none of them NUL? */
static inline bool are_plain(const char *at)
{
    uint64_t chars;
    memcpy(&chars, at, sizeof chars);
    return ((chars | (chars - 0x0101010101010101u)) & 0x8080808080808080u) == 0;
}

bool str_is_utf8(struct str a)
{
    for (size_t at = 0; at < a.len;) {
        if (a.len - at >= 8 && are_plain(a.ptr + at)) {
            at += 8;
            continue;
        }
        unsigned step = a.ptr[at] == '\0' ? 0 : str_utf8_bytes(a.ptr + at, a.ptr + a.len);
        if (step == 0) return false;
        at += step;
    }
    return true;
}

uint64_t str_hash(struct str a)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a, 64 bits */
    for (size_t i = 0; i < a.len; i++) hash = (hash ^ (unsigned char)a.ptr[i]) * 0x100000001b3u;
    return hash;
}

bool str_next_line(struct str *rest, struct str *line)
{
    if (rest->len == 0) return false;
    const char *end = memchr(rest->ptr, '\n', rest->len);
    size_t len = end == NULL ? rest->len : (size_t)(end - rest->ptr);
    *line = str_cut(*rest, 0, len);
    *rest = str_cut(*rest, len + (end != NULL), rest->len);
    if (line->len > 0 && line->ptr[line->len - 1] == '\r') line->len--;
    return true;
}

size_t str_char_bytes(struct str text)
{
    if (text.len == 0) return 0;
    unsigned char c = (unsigned char)text.ptr[0];
    size_t bytes = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
    return bytes > text.len ? text.len : bytes;
}

size_t str_unprintable(struct str text)
{
    const unsigned char *c = (const unsigned char *)text.ptr;
    size_t bytes = str_char_bytes(text);
    if (bytes == 0) return 0;
    if (c[0] < 0x80) return c[0] < 0x20 || c[0] == 0x7f;
    if (!str_is_utf8(str_cut(text, 0, bytes))) return 1;
    if (c[0] == 0xc2 && c[1] < 0xa0) return 2; /* U+0080 to U+009F */
    bool is_turn = c[0] == 0xe2 &&
                   ((c[1] == 0x80 && c[2] >= 0xa8 && c[2] <= 0xae) || (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
    return is_turn ? 3 : 0;
}

bool str_split(struct str text, char at, struct str *before, struct str *behind)
{
    ptrdiff_t found = str_find(text, str_make(&at, 1));
    if (found <= 0) return false;
    *before = str_cut(text, 0, (size_t)found);
    *behind = str_cut(text, (size_t)found + 1, text.len);
    return true;
}

unsigned str_distance(struct str a, struct str b)
{
    enum { MAX = 32 };
    unsigned row[MAX + 1];
    if (a.len > MAX || b.len > MAX) return MAX;
    for (unsigned j = 0; j <= b.len; j++) row[j] = j;
    for (unsigned i = 1; i <= a.len; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= b.len; j++) {
            unsigned best = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best) best = row[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[b.len];
}
