/* SPDX-License-Identifier: Apache-2.0
 *
 * json_scan - the lexical rules of JSON that the document reader (json_read.c) and the resource reader (fhir) share.
 * Every function stays within [at, end). */
#ifndef SALVE_JSON_JSON_SCAN_H
#define SALVE_JSON_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool json_is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
static inline bool json_is_digit(char c) { return (unsigned char)(c - '0') < 10; }

/* json_scan_utf8 - length of the well-formed UTF-8 sequence at `at` (RFC 3629: no surrogates, no overlong form); 0 if
 * there is none. */
static inline unsigned json_scan_utf8(const char *at, const char *end)
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

/* json_scan_number - the end of the number at `at` (RFC 8259, section 6); NULL if there is none. */
static inline const char *json_scan_number(const char *at, const char *end)
{
    if (at < end && *at == '-') at++;
    if (at == end || !json_is_digit(*at)) return NULL;
    if (*at == '0')
        at++;
    else
        while (at < end && json_is_digit(*at)) at++;
    if (at < end && *at == '.') {
        at++;
        if (at == end || !json_is_digit(*at)) return NULL;
        while (at < end && json_is_digit(*at)) at++;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-')) at++;
        if (at == end || !json_is_digit(*at)) return NULL;
        while (at < end && json_is_digit(*at)) at++;
    }
    return at;
}

/* json_scan_escape - decodes the escape behind a backslash.
 *   *at    behind the backslash; moved behind the escape
 *   *out   where the UTF-8 goes, 4 bytes at most (never more than the escape has); moved
 *   result NULL, or the rule that was broken */
const char *json_scan_escape(const char **at, const char *end, char **out);

#endif
