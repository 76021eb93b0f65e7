/* SPDX-License-Identifier: Apache-2.0
 * paper_int - the fields of a description, as tables that writer and reader both walk. */
#ifndef SALVE_PAPER_PAPER_INT_H
#define SALVE_PAPER_PAPER_INT_H

#include <stdint.h>

#include "paper/paper.h"

enum { PAPER_VERSION = 1, PAPER_LETTER = 1, PAPER_FORM = 2 }; /* the first two bytes of a description */

enum paper_kind {
    PAPER_TEXT,   /* struct str: length (4 bytes), UTF-8 without NUL */
    PAPER_FLAG,   /* bool: one byte, 0 or 1 */
    PAPER_CHOICE, /* enum: one byte below max */
    PAPER_COUNT,  /* unsigned or size_t, by `bytes`: 4 bytes, max at most */
    PAPER_NUMBER, /* double: the 8 bytes of IEEE 754 binary64; finite */
    PAPER_LIST,   /* count (4 bytes, max at most), then so many structs of a layout; a pointer to them in memory */
    PAPER_ROWS,   /* the same, but in memory the structs themselves stand there, max of them */
    PAPER_PART    /* a struct of a layout */
};

struct paper_layout;

struct paper_field {
    const char *name; /* of the member, for errors */
    enum paper_kind kind;
    size_t at, count_at; /* offsets in the struct: of the member, and of the count of a list (size_t) */
    size_t bytes;        /* sizeof the member */
    uint32_t max;
    const struct paper_layout *of;
};

struct paper_layout {
    size_t bytes; /* sizeof the struct */
    const struct paper_field *fields;
    size_t field_count;
};

extern const struct paper_layout paper_letter_layout, paper_form_layout;

/* Numbers as they stand in descriptions and frames: the lowest byte first. */
static inline void paper_put(uint8_t *to, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) to[i] = (uint8_t)(number >> 8 * i);
}

static inline uint64_t paper_get(const uint8_t *from, size_t bytes)
{
    uint64_t number = 0;
    for (size_t i = 0; i < bytes; i++) number |= (uint64_t)from[i] << 8 * i;
    return number;
}

#endif
