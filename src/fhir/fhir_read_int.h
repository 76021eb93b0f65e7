/* SPDX-License-Identifier: Apache-2.0
 *
 * The reader's state, shared by fhir_read*.c: where it stands in the JSON, the objects that are open, the tape so far.
 * A function that returns bool says false only after read_fail: then reading ends. What breaks a rule of FHIR goes to
 * read_issue instead, and reading goes on. */
#ifndef SALVE_FHIR_READ_INT_H
#define SALVE_FHIR_READ_INT_H

#include "fhir/fhir.h"
#include "fhir/fhir_tables_int.h"
#include "fhir/fhir_tape_int.h"
#include "json/json_scan.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
    FRAME_KEYS_MAX = 512,  /* 255 rows, each with a partner, and resourceType */
    KEY_OF_RESOURCE = 511, /* in frame.keys: resourceType; else row * 2, + 1 for the partner */
    READ_SLACK = 32,       /* readable input needed for a fast step; writable heap behind the last text */
};

/* One open object. For a partner (`_birthDate`) the node is that of the primitive. */
struct frame {
    uint32_t node;
    fhir_type_id type;
    fhir_element_id first;   /* of the type */
    fhir_element_id element; /* being read; 0: none */
    int32_t index;           /* of the item being read; -1: no list */
    bool is_resource, is_unusual, has_null, has_unknown;
    uint16_t key_count;
    uint32_t last_first; /* first node of the key before, for a partner right behind it */
    uint8_t *skip;       /* the next key will be that of row + *skip */
    uint8_t row, row_count;
    uint64_t seen[4], partners[4]; /* bit sets by fhir_element.choice */
    uint16_t keys[FRAME_KEYS_MAX]; /* in their order; only [0 .. key_count - 1] is set */
};

struct reader {
    const char *start, *at, *end;
    struct tape_node *nodes;
    uint32_t count, room;
    char *heap, *to;             /* `to`: where the next text goes */
    size_t heap_bytes;           /* room of the heap */
    struct frame *frame;         /* innermost open object; NULL before the root */
    struct frame *frames;        /* outermost */
    unsigned nesting, depth_max; /* open JSON objects and lists */
    uint8_t *next_row;           /* learned: rows skipped behind an element or, behind those, at a type's start */
    uint32_t *order;             /* key_order so far */
    uint32_t order_count, order_room;
    fhir_type_id root_type; /* for the path */
    struct arena *mem;
    struct fhir_issues *issues;
    struct salve_err *err;
    enum salve_code code;
    bool has_control; /* the last text holds control characters that FHIR does not allow */
};

/* --- problems ----------------------------------------------------------------------------------------------------- */

/* Ends reading. Returns false. */
bool read_fail(struct reader *r, enum salve_code code, const char *why);
bool read_no_memory(struct reader *r);

/* A broken rule at the element being read (or at `name` below the open object). */
void read_issue(struct reader *r, const char *code, const char *rule, const char *text);
void read_issue_below(struct reader *r, struct str name, const char *code, const char *rule, const char *text);

/* --- tokens ------------------------------------------------------------------------------------------------------- */

/* A text into the heap, decoded and checked. r->at is behind the opening quote and then behind the closing one. */
bool read_text(struct reader *r, struct str *text);
/* Keeps the text that read_text put at r->to; *flags and *value are those of its node. */
static inline void read_keep(struct reader *r, size_t len, uint8_t *flags, uint32_t *value);
/* Any value, checked for syntax only and forgotten. */
bool read_skip(struct reader *r);

/* The length of a long text goes before it, and pays one more copy. */
void read_keep_long(struct reader *r, uint32_t len);
static inline void read_keep(struct reader *r, size_t len, uint8_t *flags, uint32_t *value)
{
    if (len >= TAPE_LONG) read_keep_long(r, (uint32_t)len);
    *flags = (uint8_t)(len >= TAPE_LONG ? TAPE_LONG : len);
    *value = (uint32_t)(r->to - r->heap);
    r->to += len;
}

/* A usual text, of printable ASCII without escapes, to r->to: the end behind its closing quote, r->at being untouched.
 * NULL: read_text must look at it. `at` is behind the opening quote. */
static inline const char *read_plain(const struct reader *r, const char *at, size_t *len, bool *has_blank)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), back = _mm_set1_epi8('\\'), low = _mm_set1_epi8(0x20);
    const __m128i blank = _mm_set1_epi8(' ');
    const char *start = at;
    unsigned blanks = 0;
    for (char *to = r->to; r->end - at >= 16; at += 16, to += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)at);
        _mm_storeu_si128((__m128i *)to, v);
        __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, back)),
                                       _mm_cmplt_epi8(v, low)); /* signed: bytes from 0x80 on are below, too */
        unsigned mask = (unsigned)_mm_movemask_epi8(special);
        unsigned here = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, blank));
        if (mask == 0) {
            blanks |= here;
            continue;
        }
        unsigned plain = (unsigned)__builtin_ctz(mask);
        if (at[plain] != '"') return NULL;
        *has_blank = (blanks | (here & (mask ^ (mask - 1)))) != 0;
        *len = (size_t)(at - start) + plain;
        return at + plain + 1;
    }
#endif
    (void)r, (void)at, (void)len, (void)has_blank;
    return NULL;
}

static inline bool read_is_fast(const struct reader *r) { return r->end - r->at >= READ_SLACK; }

void read_space_slow(struct reader *r);
static inline void read_space(struct reader *r)
{
    if (r->at < r->end && (unsigned char)*r->at > ' ') return;
    read_space_slow(r);
}

/* The next character that is no white space; 0 at the end. */
static inline char read_peek(struct reader *r)
{
    read_space(r);
    return r->at < r->end ? *r->at : '\0';
}

/* --- nodes -------------------------------------------------------------------------------------------------------- */

bool read_grow(struct reader *r);
static inline bool read_push(struct reader *r, fhir_element_id element, enum tape_kind kind, uint8_t flags,
                             uint32_t value)
{
    if (r->count == r->room && !read_grow(r)) return false;
    r->nodes[r->count++] = (struct tape_node){element, (uint8_t)kind, flags, 1, value};
    return true;
}

static inline bool read_nest(struct reader *r)
{
    if (r->nesting == r->depth_max) return read_fail(r, SALVE_E_TOO_DEEP, "nested too deeply");
    r->nesting++;
    return true;
}

static inline bool bit_is_set(const uint64_t set[4], unsigned bit) { return set[bit >> 6] >> (bit & 63) & 1; }
static inline void bit_put(uint64_t set[4], unsigned bit) { set[bit >> 6] |= UINT64_C(1) << (bit & 63); }

/* --- parts -------------------------------------------------------------------------------------------------------- */

/* The members of an object whose node exists, behind its opening brace, to behind its closing one. */
bool read_object(struct reader *r, uint32_t node, fhir_type_id type, bool is_resource);

/* The type of the resource at the brace; 0 after an issue, and then the object was skipped. */
bool read_resource_type(struct reader *r, fhir_type_id *type);

/* One primitive value: *kind, *flags, *value of its node. *is_value is false if it was no primitive (said already). */
bool read_primitive(struct reader *r, fhir_type_id type, struct tape_node *node, bool *is_value);

/* `x` whose `_x` stood before it: its values go into the nodes that the partner made. */
bool read_into_partners(struct reader *r, fhir_element_id element);
/* `_x`. */
bool read_partner(struct reader *r, fhir_element_id element);
/* First node of `element` in the open object; r->count if there is none. */
uint32_t read_first_of(const struct reader *r, fhir_element_id element);
/* At the end of an object that has nodes without value: each needs more than an id. */
void read_check_nulls(struct reader *r);

/* Keys in unusual order, kept at the end of an object. */
bool read_keep_order(struct reader *r);

#endif
