/* SPDX-License-Identifier: Apache-2.0
 * Escapes of JSON strings; see json_scan.h. */
#include "json/json_scan.h"

/* Four hexadecimal digits; -1 if there are none. */
static int32_t hex4(const char *at, const char *end)
{
    int32_t value = 0;
    if (end - at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        int digit = str_hex_digit(str_lower(at[i]));
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

static char *put_utf8(char *out, uint32_t point)
{
    if (point < 0x80) {
        *out++ = (char)point;
    } else if (point < 0x800) {
        *out++ = (char)(0xC0 | (point >> 6));
        *out++ = (char)(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        *out++ = (char)(0xE0 | (point >> 12));
        *out++ = (char)(0x80 | ((point >> 6) & 0x3F));
        *out++ = (char)(0x80 | (point & 0x3F));
    } else {
        *out++ = (char)(0xF0 | (point >> 18));
        *out++ = (char)(0x80 | ((point >> 12) & 0x3F));
        *out++ = (char)(0x80 | ((point >> 6) & 0x3F));
        *out++ = (char)(0x80 | (point & 0x3F));
    }
    return out;
}

/* \uXXXX, with its second half for a surrogate pair. *at stands behind the u. */
static const char *unicode_escape(const char **at, const char *end, char **out)
{
    int32_t unit = hex4(*at, end);
    if (unit < 0) return "\\u needs four hexadecimal digits";
    if (unit == 0) return "a text must not contain NUL";
    *at += 4;
    uint32_t point = (uint32_t)unit;
    if (unit >= 0xD800 && unit <= 0xDFFF) {
        int32_t low = end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u' ? hex4(*at + 2, end) : -1;
        if (unit > 0xDBFF || low < 0xDC00 || low > 0xDFFF) return "a surrogate needs its other half";
        *at += 6;
        point = 0x10000u + (((uint32_t)unit - 0xD800u) << 10) + ((uint32_t)low - 0xDC00u);
    }
    *out = put_utf8(*out, point);
    return NULL;
}

const char *json_scan_escape(const char **at, const char *end, char **out)
{
    if (*at == end) return "the text is not closed";
    char c = *(*at)++;
    switch (c) {
    case '"':
    case '\\':
    case '/':
        break;
    case 'b':
        c = '\b';
        break;
    case 'f':
        c = '\f';
        break;
    case 'n':
        c = '\n';
        break;
    case 'r':
        c = '\r';
        break;
    case 't':
        c = '\t';
        break;
    case 'u':
        return unicode_escape(at, end, out);
    default:
        return "unknown escape";
    }
    *(*out)++ = c;
    return NULL;
}
