/* SPDX-License-Identifier: Apache-2.0
 * What a value of each kind looks like. */
#include "config/config_int.h"

#include <limits.h>

enum { HOST_BYTES_MAX = 240, LABEL_BYTES_MAX = 63 }; /* RFC 1035 2.3.4; "my." still fits before it */

static enum salve_code refuse(enum config_key key, const char *why, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_CONFIG, why, "[%s] %s", config_rows[key].section, config_rows[key].key);
}

/* Four numbers of a byte, no zeros before one: 192.0.2.1 */
static bool is_four(struct str host)
{
    size_t parts = 0;
    for (bool is_more = true; is_more; parts++) {
        int64_t number = 0;
        struct str part = host, rest;
        is_more = str_split(host, '.', &part, &rest);
        bool is_byte = part.len >= 1 && part.len <= 3 && str_is_digit(part.ptr[0]) && str_to_i64(part, &number) &&
                       number <= 255 && (part.len == 1 || part.ptr[0] != '0');
        if (!is_byte) return false;
        if (is_more) host = rest;
    }
    return parts == 4;
}

/* RFC 4291 2.2 without numbers of the older family at the end: eight groups of hexadecimal digits, or fewer and one
 * "::" for those of zeros. */
static bool is_six(struct str host)
{
    size_t groups = 0, digits = 0;
    bool is_shortened = false;
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        if (c != ':') {
            if (str_hex_digit(str_lower(c)) < 0 || ++digits > 4) return false;
            groups += digits == 1;
            continue;
        }
        bool is_double = i + 1 < host.len && host.ptr[i + 1] == ':';
        if (is_double ? is_shortened : digits == 0 || i + 1 == host.len) return false;
        is_shortened = is_shortened || is_double;
        i += is_double;
        digits = 0;
    }
    return is_shortened ? groups < 8 : groups == 8;
}

static bool is_number(struct str host)
{
    bool is_bracketed = host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    return is_bracketed ? is_six(str_cut(host, 1, host.len - 2)) : is_four(host);
}

static enum salve_code check_address(enum config_key key, struct str text, struct salve_err *err)
{
    int64_t port = -1;
    size_t colon = text.len;
    while (colon > 0 && text.ptr[colon - 1] != ':') colon--;
    struct str host = str_cut(text, 0, colon == 0 ? 0 : colon - 1), digits = str_cut(text, colon, text.len);
    bool is_address = colon > 0 && (str_is(host, "localhost") || is_number(host)) && digits.len > 0 &&
                      str_is_digit(digits.ptr[0]) && str_to_i64(digits, &port) && port <= 65535;
    if (is_address) return SALVE_OK;
    return refuse(key, "an address and a port, such as 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:443", err);
}

/* RFC 1123 2.1 in lower case: labels of letters, digits and hyphens inside; the last one has a letter. */
static bool is_host(struct str text)
{
    bool has_letter = false;
    size_t label = 0, dots = 0;
    if (text.len > HOST_BYTES_MAX) return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_edge = label == 0 || i + 1 == text.len || text.ptr[i + 1] == '.';
        if (c == '.') {
            if (label == 0) return false;
            label = 0;
            has_letter = false;
            dots++;
            continue;
        }
        if (!str_is_lower(c) && !str_is_digit(c) && (c != '-' || is_edge)) return false;
        if (++label > LABEL_BYTES_MAX) return false;
        has_letter = has_letter || str_is_lower(c);
    }
    return label > 0 && dots > 0 && has_letter;
}

static bool is_word(struct str words, struct str text)
{
    struct str word, rest = words;
    for (bool is_more = true; is_more;) {
        is_more = str_split(rest, ' ', &word, &rest);
        if (str_eq(is_more ? word : rest, text)) return true;
    }
    return false;
}

static enum salve_code check_word(enum config_key key, struct str text, struct salve_err *err)
{
    if (is_word(str_of(config_rows[key].words), text)) return SALVE_OK;
    (void)refuse(key, "", err);
    return salve_why(err, SALVE_E_CONFIG, "one of: %s", config_rows[key].words);
}

static enum salve_code check_path(enum config_key key, struct str text, enum config_source source,
                                  struct salve_err *err)
{
    if (text.len >= PATH_MAX) return refuse(key, "the path is too long", err);
    if (source == CONFIG_FROM_FILE && text.ptr[0] != '/') return refuse(key, "a path in this file begins with /", err);
    return SALVE_OK;
}

enum salve_code config_value_check(enum config_key key, struct str text, enum config_source source,
                                   struct salve_err *err)
{
    if (text.len == 0) return SALVE_OK;
    if (!str_is_utf8(text)) return refuse(key, "it is no text in UTF-8", err);
    for (struct str rest = text; rest.len > 0; rest = str_cut(rest, str_char_bytes(rest), rest.len))
        if (str_unprintable(rest) > 0) return refuse(key, "it holds a character that cannot be printed", err);
    switch (config_rows[key].kind) {
    case CONFIG_KIND_PATH:
        return check_path(key, text, source, err);
    case CONFIG_KIND_ADDRESS:
        return check_address(key, text, err);
    case CONFIG_KIND_WORD:
        return check_word(key, text, err);
    case CONFIG_KIND_HOST:
        if (is_host(text)) return SALVE_OK;
        return refuse(key, "a name in small letters with a dot, such as salve.home.arpa; never an address of numbers",
                      err);
    }
    return refuse(key, "it has no kind", err);
}
