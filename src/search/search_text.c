/* SPDX-License-Identifier: Apache-2.0
 * Texts of a request: pieces between separators, escapes; and folding, so that texts compare
 * without case, marks, punctuation and needless white space (R4 search.html 3.1.1.4.8, 3.1.1.4.17). */
#include <utf8proc.h>

#include "search/search_int.h"

/* --- pieces ------------------------------------------------------------------------------------------------------- */

bool search_piece(struct str *rest, char at, struct str *piece)
{
    if (rest->ptr == NULL) return false;
    for (size_t i = 0; i < rest->len; i++) {
        if (rest->ptr[i] == '\\') {
            i++;
            continue;
        }
        if (rest->ptr[i] != at) continue;
        *piece = str_cut(*rest, 0, i);
        *rest = str_cut(*rest, i + 1, SIZE_MAX);
        return true;
    }
    *piece = *rest;
    *rest = STR_NONE;
    return true;
}

enum salve_code search_plain(struct str text, struct arena *mem, struct str *out, struct salve_err *err)
{
    if (text.len == 0 || memchr(text.ptr, '\\', text.len) == NULL) {
        *out = text;
        return SALVE_OK;
    }
    char *bytes = arena_alloc_raw(mem, text.len, 1);
    size_t len = 0;
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "search");
    for (size_t i = 0; i < text.len; i++) {
        bool is_escape = text.ptr[i] == '\\' && i + 1 < text.len && strchr("\\,|$", text.ptr[i + 1]) != NULL;
        bytes[len++] = text.ptr[is_escape ? ++i : i];
    }
    *out = str_make(bytes, len);
    return SALVE_OK;
}

/* --- folding ------------------------------------------------------------------------------------------------------ */

static bool is_ignored(utf8proc_int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

/* White space is one space, none at the ends; punctuation goes. */
static struct str put_together(const utf8proc_int32_t *chars, size_t count, char *bytes)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        utf8proc_category_t category = utf8proc_category(chars[i]);
        bool is_space = category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_CC;
        if (is_space && (len == 0 || bytes[len - 1] == ' ')) continue;
        if (!is_space && is_ignored(chars[i])) continue;
        if (is_space)
            bytes[len++] = ' ';
        else
            len += (size_t)utf8proc_encode_char(chars[i], (utf8proc_uint8_t *)bytes + len);
    }
    if (len > 0 && bytes[len - 1] == ' ') len--;
    return str_make(bytes, len);
}

struct str search_fold(struct str text, struct arena *mem)
{
    const utf8proc_option_t options = (utf8proc_option_t)(UTF8PROC_CASEFOLD | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                                          UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
    if (text.len == 0) return STR("");
    const utf8proc_uint8_t *from = (const utf8proc_uint8_t *)text.ptr;
    utf8proc_ssize_t need = utf8proc_decompose(from, (utf8proc_ssize_t)text.len, NULL, 0, options);
    if (need < 0) return STR(""); /* no UTF-8: the reader has let none through */
    utf8proc_int32_t *chars = arena_alloc_raw(mem, (size_t)need * sizeof *chars + sizeof *chars, 4);
    char *bytes = arena_alloc_raw(mem, (size_t)need * 4 + 1, 1);
    if (chars == NULL || bytes == NULL) return STR_NONE;
    need = utf8proc_decompose(from, (utf8proc_ssize_t)text.len, chars, need, options);
    return put_together(chars, need < 0 ? 0 : (size_t)need, bytes);
}
