/* SPDX-License-Identifier: Apache-2.0
 *
 * search_case - the query of an address ("a=1&b=%20") as the pairs that search_parse takes, for tests of the room alone. */
#ifndef SALVE_TESTS_SEARCH_CASE_H
#define SALVE_TESTS_SEARCH_CASE_H

#include "search/search.h"

struct search_case {
    struct search_pair pairs[SEARCH_PAIRS_MAX];
    size_t count;
};

static inline struct str search_case_text(struct str text, struct arena *mem)
{
    char *bytes = arena_alloc_raw(mem, text.len + 1, 1);
    size_t len = 0;
    for (size_t i = 0; bytes != NULL && i < text.len; i++) {
        char c = text.ptr[i] == '+' ? ' ' : text.ptr[i];
        bool is_escape = c == '%' && i + 2 < text.len;
        int high = is_escape ? str_hex_digit(str_lower(text.ptr[i + 1])) : -1;
        int low = is_escape ? str_hex_digit(str_lower(text.ptr[i + 2])) : -1;
        if (high >= 0 && low >= 0) {
            c = (char)(high * 16 + low);
            i += 2;
        }
        bytes[len++] = c;
    }
    return str_make(bytes, bytes == NULL ? 0 : len);
}

static inline void search_case_read(struct str query, struct arena *mem, struct search_case *out)
{
    while (query.len > 0 && out->count < SEARCH_PAIRS_MAX) {
        const char *end = memchr(query.ptr, '&', query.len);
        size_t len = end == NULL ? query.len : (size_t)(end - query.ptr);
        struct str pair = str_cut(query, 0, len);
        query = str_cut(query, len + 1, SIZE_MAX);
        const char *equals = pair.len == 0 ? NULL : memchr(pair.ptr, '=', pair.len);
        size_t name_len = equals == NULL ? pair.len : (size_t)(equals - pair.ptr);
        out->pairs[out->count].name = search_case_text(str_cut(pair, 0, name_len), mem);
        out->pairs[out->count++].value = search_case_text(str_cut(pair, name_len + 1, SIZE_MAX), mem);
    }
}

#endif
