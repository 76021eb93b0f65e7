/* SPDX-License-Identifier: Apache-2.0
 *
 * json_scan - the lexical rules of JSON that the document reader (json_read.c) and the resource reader (fhir) share.
 * Every function stays within [at, end). */
#ifndef SALVE_JSON_JSON_SCAN_H
#define SALVE_JSON_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* json_scan_number - the end of the number at `at` (RFC 8259, section 6); NULL if there is none. */
static inline const char *json_scan_number(const char *at, const char *end)
{
    if (at < end && *at == '-') at++;
    if (at == end || !str_is_digit(*at)) return NULL;
    if (*at == '0')
        at++;
    else
        while (at < end && str_is_digit(*at)) at++;
    if (at < end && *at == '.') {
        at++;
        if (at == end || !str_is_digit(*at)) return NULL;
        while (at < end && str_is_digit(*at)) at++;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-')) at++;
        if (at == end || !str_is_digit(*at)) return NULL;
        while (at < end && str_is_digit(*at)) at++;
    }
    return at;
}

/* json_scan_escape - decodes the escape behind a backslash.
 *   *at    behind the backslash; moved behind the escape
 *   *out   where the UTF-8 goes, 4 bytes at most (never more than the escape has); moved
 *   result NULL, or the rule that was broken */
const char *json_scan_escape(const char **at, const char *end, char **out);

#endif
