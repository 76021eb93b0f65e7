/* SPDX-License-Identifier: Apache-2.0
 * What the files that make tapes share: the layout of texts in the heap and of key orders. Only for src/fhir/. */
#ifndef SALVE_FHIR_TAPE_INT_H
#define SALVE_FHIR_TAPE_INT_H

#include "fhir/tape.h"

enum {
    TAPE_LONG = 255, /* flags of a text whose length stands in the four bytes before it */
    TAPE_LONG_BYTES = 4,
};

/* tape_key_order - count and keys of an object with unusual keys; NULL if it has none. O(log of such objects). The
 * layout is told in fhir_tape.c. */
const uint32_t *tape_key_order(const struct tape *tape, tape_at at);
#define KEY_PARTNER  0x10000u
#define KEY_RESOURCE 0u

static inline uint32_t tape_text_len(const char *heap, const struct tape_node *node)
{
    if (node->flags != TAPE_LONG) return node->flags;
    uint32_t len;
    memcpy(&len, heap + node->value - TAPE_LONG_BYTES, sizeof len);
    return len;
}

#endif
