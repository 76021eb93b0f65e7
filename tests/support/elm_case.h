/* SPDX-License-Identifier: Apache-2.0
 *
 * elm_case - how tests/unit/elm/elm.cases writes literals. */
#ifndef SALVE_TESTS_ELM_CASE_H
#define SALVE_TESTS_ELM_CASE_H

#include <string.h>

#include "base/buf.h"

/* #5 and #'x' become literals */
static inline struct str spell_out(struct str text, struct arena *mem)
{
    struct buf out;
    buf_init(&out, mem, 1 << 20);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '#') {
            buf_add_char(&out, text.ptr[i]);
            continue;
        }
        bool is_text = text.ptr[i + 1] == '\'';
        size_t from = i + 1 + is_text, end = from;
        while (end < text.len && (is_text ? text.ptr[end] != '\'' : strchr("-0123456789", text.ptr[end]) != NULL))
            end++;
        buf_addf(&out, "{\"type\":\"Literal\",\"valueType\":\"{urn:hl7-org:elm-types:r1}%s\",\"value\":\"%.*s\"}",
                 is_text ? "String" : "Integer", (int)(end - from), text.ptr + from);
        i = is_text ? end : end - 1;
    }
    return buf_str(&out);
}

#endif
