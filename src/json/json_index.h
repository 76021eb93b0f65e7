/* SPDX-License-Identifier: Apache-2.0
 *
 * json_index - where texts, and what follows white space, stand in JSON; found 64 bytes at a time, some kilobytes ahead
 * of whoever reads.
 *
 *     struct json_index index;
 *     json_index_start(&index, text, json_index_best());
 *     if (index.next > index.low) json_index_more(&index);   // next[0 .. JSON_INDEX_AHEAD - 1] may be looked at
 *
 * A place is the offset of
 *   - the quote that opens or closes a text,
 *   - the first byte behind white space, outside of texts,
 *   - in a text each backslash, control character and byte above ASCII.
 * So what stands behind white space is the next place, and a text whose next place is its closing quote is plain.
 * Behind the last place stands the length of the text, JSON_INDEX_AHEAD times.
 * Nothing is checked and nothing refused: the places are right up to the first byte at which a reader that goes from
 * token to token finds the text wrong. */
#ifndef SALVE_JSON_JSON_INDEX_H
#define SALVE_JSON_JSON_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum {
    JSON_INDEX_BLOCK = 64,  /* bytes looked at in one step */
    JSON_INDEX_WINDOW = 64, /* blocks looked at in one go */
    JSON_INDEX_AHEAD = 8,   /* places that are always there to look at */
    JSON_INDEX_ROOM = (JSON_INDEX_WINDOW + 2) * JSON_INDEX_BLOCK + 2 * JSON_INDEX_AHEAD,
};

/* What one block hands on to the next. */
struct json_index_state {
    uint64_t in_text;    /* all bits: the block begins inside a text */
    uint64_t is_escaped; /* 1: its first byte stands behind a backslash that counts */
    uint64_t is_behind;  /* 1: the byte before it was white space, or there is none */
};

/* Appends the places of `blocks` whole blocks at `at` to `out`, counted from `base`; returns their end. May write up to
 * 64 words more. */
typedef uint32_t *json_index_find(struct json_index_state *state, const char *at, size_t blocks, uint32_t base,
                                  uint32_t *out);

struct json_index {
    const char *text;
    uint32_t bytes, done; /* of the text; looked at so far */
    struct json_index_state state;
    json_index_find *find;
    uint32_t *next, *end; /* found and not taken yet: [next, end) */
    uint32_t *low;        /* with `next` behind this the text has to be looked at further */
    uint32_t places[JSON_INDEX_ROOM];
};

/* json_index_start - at the first places of the text, which must be shorter than 2 GiB and outlive the index.
 *   find  how: json_index_best, or another way */
void json_index_start(struct json_index *index, struct str text, json_index_find *find);

/* json_index_more - looks on until JSON_INDEX_AHEAD places or the rest of them are there. Places before `next` go. */
void json_index_more(struct json_index *index);

/* json_index_best - the best way of this machine; asks the machine. */
json_index_find *json_index_best(void);

/* The ways to find places, the best for this machine last; [0] is the portable one, which needs no particular machine.
 *   json_index_ways - how many this machine has, 1 at least
 *   json_index_way  - one of them; *name says which */
enum { JSON_INDEX_WAYS_MAX = 4 };
size_t json_index_ways(void);
json_index_find *json_index_way(size_t i, const char **name);

#endif
