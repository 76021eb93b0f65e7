/* SPDX-License-Identifier: Apache-2.0
 * Parameters of addresses and forms, and their escapes. */
#include "base/query.h"

#include <string.h>

static size_t find(struct str text, char c)
{
    size_t at = 0;
    while (at < text.len && text.ptr[at] != c) at++;
    return at;
}

bool query_next(struct str *rest, struct str *name, struct str *value)
{
    while (rest->len > 0) {
        size_t end = find(*rest, '&');
        struct str one = str_cut(*rest, 0, end);
        *rest = str_cut(*rest, end + 1, rest->len);
        if (one.len == 0) continue;
        size_t equals = find(one, '=');
        *name = str_cut(one, 0, equals);
        *value = equals == one.len ? STR_NONE : str_cut(one, equals + 1, one.len);
        return true;
    }
    return false;
}

/* The byte that is written at `at`: by itself, or by an escape; -1: it is none. */
static int byte_at(struct str text, size_t at)
{
    if (text.ptr[at] != '%') return (unsigned char)text.ptr[at];
    if (at + 2 >= text.len) return -1;
    int high = str_hex_digit(str_lower(text.ptr[at + 1])), low = str_hex_digit(str_lower(text.ptr[at + 2]));
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

enum salve_code query_decode(struct str text, bool is_form, struct arena *mem, struct str *out, struct salve_err *err)
{
    char *to = arena_alloc(mem, text.len + 1);
    size_t len = 0;
    if (to == NULL) return salve_fail(err, SALVE_E_MEMORY, "parameter");
    for (size_t i = 0; i < text.len; i++) {
        int byte = byte_at(text, i);
        if (byte < 0) return salve_refuse(err, SALVE_E_INVALID, "an escape is two hexadecimal digits", "parameter");
        if (byte == 0) return salve_refuse(err, SALVE_E_INVALID, "a text has no NUL", "parameter");
        to[len++] = is_form && text.ptr[i] == '+' ? ' ' : (char)byte;
        if (text.ptr[i] == '%') i += 2;
    }
    *out = str_make(to, len);
    if (str_is_utf8(*out)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INVALID, "a text is UTF-8", "parameter");
}

void query_put(struct buf *out, struct str text, const char *plain)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (str_is_letter(c) || str_is_digit(c) || (c != '\0' && strchr(plain, c) != NULL))
            buf_add_char(out, c);
        else
            buf_addf(out, "%%%02X", (unsigned)(unsigned char)c);
    }
}
