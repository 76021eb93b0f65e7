/* SPDX-License-Identifier: Apache-2.0
 *
 * str - a borrowed view of bytes, with its length. It owns nothing and ends with no NUL. Whoever returns one says of
 * what it is a view and until when it holds. A view with ptr NULL is "absent"; a view of length 0 is "empty". */
#ifndef SALVE_BASE_STR_H
#define SALVE_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_NONE     ((struct str){NULL, 0})
/* for printf: "%.*s", STR_ARGS(s) */
#define STR_ARGS(s) (int)(s).len, (s).ptr

static inline struct str str_make(const char *ptr, size_t len) { return (struct str){ptr, len}; }

/* str_bytes - a view of bytes of another type than char. */
static inline struct str str_bytes(const void *bytes, size_t len) { return (struct str){bytes, len}; }

/* str_of - a view of a NUL-terminated text, STR_NONE for NULL. */
static inline struct str str_of(const char *text) { return (struct str){text, text == NULL ? 0 : strlen(text)}; }

static inline bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_is(struct str a, const char *text) { return str_eq(a, str_of(text)); }

static inline bool str_starts(struct str a, struct str prefix)
{
    return a.len >= prefix.len && (prefix.len == 0 || memcmp(a.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool str_ends(struct str a, struct str suffix)
{
    return a.len >= suffix.len && (suffix.len == 0 || memcmp(a.ptr + a.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

/* str_cut - the part from `from` on, `len` bytes at most; both are clamped. */
static inline struct str str_cut(struct str a, size_t from, size_t len)
{
    if (from > a.len) from = a.len;
    if (len > a.len - from) len = a.len - from;
    return (struct str){a.ptr == NULL ? NULL : a.ptr + from, len};
}

/* Characters of ASCII, whatever the locale. */
static inline bool str_is_digit(char c) { return (unsigned char)(c - '0') < 10; }
static inline bool str_is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
static inline bool str_is_lower(char c) { return c >= 'a' && c <= 'z'; }
static inline bool str_is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static inline bool str_is_letter(char c) { return str_is_lower(c) || str_is_upper(c); }
static inline char str_lower(char c) { return str_is_upper(c) ? (char)(c - 'A' + 'a') : c; }

/* str_hex_digit - 0 to 15, -1 for what is no digit in lower case; str_hex_digit(str_lower(c)) takes both cases.
 * str_hex_char - the digit of 0 to 15. */
static inline int str_hex_digit(char c) { return str_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }
static inline char str_hex_char(unsigned digit) { return (char)(digit < 10 ? '0' + digit : 'a' + digit - 10); }

/* str_hex - lower-case hexadecimal text of bytes: len * 2 digits and a NUL.
 * str_hex_parse - the way back; false unless the text is len * 2 lower-case digits. */
void str_hex(const void *bytes, size_t len, char *out);
bool str_hex_parse(struct str text, void *out, size_t len);

int str_cmp(struct str a, struct str b);               /* bytewise order, <0 0 >0 */
ptrdiff_t str_find(struct str hay, struct str needle); /* byte offset of the first match, or -1 */
/* str_split - what stands before and behind the first `at`; false: there is none, or nothing stands before it. */
bool str_split(struct str text, char at, struct str *before, struct str *behind);
/* str_distance - how many bytes to put in, leave out or change to make b of a; 32 where one is longer than that. */
unsigned str_distance(struct str a, struct str b);
struct str str_trim(struct str a);             /* without ASCII white space at both ends */
bool str_to_i64(struct str a, int64_t *out);   /* all of it is one decimal integer in range */
bool str_to_double(struct str a, double *out); /* all of it is one finite decimal number, C locale */
bool str_is_utf8(struct str a);                /* well-formed UTF-8 without NUL, RFC 3629 */

/* What a person reads. str_char_bytes - bytes of the first character by its first byte, never more than there are; 0
 * for an empty text. str_unprintable - how many bytes at the start must not be printed, 0 if the first character may
 * be: a control character (tabs and line ends too), a mark that breaks lines or turns the direction of what follows
 * (U+2028 to U+202E, U+2066 to U+2069), a byte that is no UTF-8. */
size_t str_char_bytes(struct str text);
size_t str_unprintable(struct str text);
uint64_t str_hash(struct str a); /* for tables in memory only; not stable across builds */

/* str_hash_32 - FNV-1a, 32 bits: stored tapes and the generated tables of names rely on it. */
static inline uint32_t str_hash_32(struct str a)
{
    uint32_t hash = 0x811c9dc5u;
    for (size_t i = 0; i < a.len; i++) hash = (hash ^ (uint8_t)a.ptr[i]) * 0x01000193u;
    return hash;
}

/* str_utf8_bytes - length of the well-formed UTF-8 sequence at `at` (RFC 3629: no surrogates, no overlong form); 0 if
 * there is none before `end`. */
static inline unsigned str_utf8_bytes(const char *at, const char *end)
{
    const unsigned char *p = (const unsigned char *)at;
    size_t left = (size_t)(end - at);
    if (left >= 1 && p[0] < 0x80) return 1;
    if (left >= 2 && p[0] >= 0xC2 && p[0] <= 0xDF) return (p[1] & 0xC0) == 0x80 ? 2 : 0;
    if (left >= 3 && (p[0] & 0xF0) == 0xE0) {
        unsigned low = p[0] == 0xE0 ? 0xA0 : 0x80, high = p[0] == 0xED ? 0x9F : 0xBF;
        return p[1] >= low && p[1] <= high && (p[2] & 0xC0) == 0x80 ? 3 : 0;
    }
    if (left >= 4 && p[0] >= 0xF0 && p[0] <= 0xF4) {
        unsigned low = p[0] == 0xF0 ? 0x90 : 0x80, high = p[0] == 0xF4 ? 0x8F : 0xBF;
        return p[1] >= low && p[1] <= high && (p[2] & 0xC0) == 0x80 && (p[3] & 0xC0) == 0x80 ? 4 : 0;
    }
    return 0;
}

/* str_next_line - cuts the next line off *rest (without its end of line, LF or CRLF); false at the end. */
bool str_next_line(struct str *rest, struct str *line);

#endif
