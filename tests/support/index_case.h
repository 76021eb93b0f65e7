/* SPDX-License-Identifier: Apache-2.0
 * The places of a JSON text byte by byte, as json_index.h says what they are, and whether every way of this machine finds
 * them. For the unit test and the fuzz target. */
#ifndef SALVE_TESTS_INDEX_CASE_H
#define SALVE_TESTS_INDEX_CASE_H

#include <stdlib.h>

#include "json/json_index.h"

/* Into `out`, which has room for text.len; the number of them. */
static inline size_t places_of(struct str text, uint32_t *out)
{
    bool in_text = false, is_escaped = false, is_behind = true;
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_quote = c == '"' && !is_escaped, is_space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        bool is_special = c == '\\' || (unsigned char)c < 0x20 || (unsigned char)c >= 0x80;
        if (is_quote || (in_text ? is_special : is_behind && !is_space)) out[count++] = (uint32_t)i;
        is_behind = is_space;
        is_escaped = c == '\\' && !is_escaped;
        if (is_quote) in_text = !in_text;
    }
    return count;
}

/* Is what the index gives, taken `step` places at a time, what is expected, and nothing more? */
static inline bool gives(struct json_index *index, const uint32_t *expected, size_t count, size_t step)
{
    for (size_t at = 0; at <= count;) {
        for (size_t i = 0; i < JSON_INDEX_AHEAD; i++)
            if (index->next[i] != (at + i < count ? expected[at + i] : index->bytes)) return false;
        if (at == count) break;
        size_t take = step < count - at ? step : count - at;
        for (size_t i = 0; i < take; i++, at++) {
            index->next++;
            if (index->next > index->low) json_index_more(index);
        }
    }
    return index->next == index->end;
}

/* NULL, or the name of a way that finds other places in the text. */
static inline const char *other_way(struct str text, size_t step)
{
    struct json_index *index = malloc(sizeof *index);
    uint32_t *expected = malloc((text.len + 1) * sizeof *expected);
    char *bytes = malloc(text.len + 1); /* without anything behind it that could be read */
    const char *wrong = NULL, *name;
    if (index == NULL || expected == NULL || bytes == NULL) abort();
    size_t count = places_of(text, expected);
    char *exact = bytes + 1; /* not aligned */
    if (text.len > 0) memcpy(exact, text.ptr, text.len);
    for (size_t way = 0; way < json_index_ways(); way++) {
        json_index_find *find = json_index_way(way, &name);
        json_index_start(index, str_make(exact, text.len), find);
        if (!gives(index, expected, count, step)) wrong = name;
    }
    free(bytes);
    free(expected);
    free(index);
    return wrong;
}

#endif
