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
#include "json/json_index.h"
#include "json/json_scan.h"

enum {
    FRAME_KEYS_MAX = 512,  /* 255 rows, each with a partner, and resourceType */
    KEY_OF_RESOURCE = 511, /* in frame.keys: resourceType; else row * 2, + 1 for the partner */
    READ_SLACK = 64,       /* readable input needed for a fast step; writable heap behind the last text */
    READ_TYPES_BITS = 6,   /* of the table of types that were seen */
    READ_SHAPES_MAX = 4096,
};

/* The keys that objects of a type had so far, in their order: those of the parent and one more (fhir_read_shape.c). */
struct read_shape {
    uint16_t child; /* the longer shape that was met last; 0: none */
    uint16_t sibling, parent;
    fhir_element_id element; /* of the last key; 0: no key yet */
};

struct read_shapes { /* [0] is none */
    struct read_shape *all;
    bool *closes;     /* an object with these keys has all that it must have */
    uint16_t *starts; /* of an object without keys, by its type */
    uint32_t count;
};

/* One open object. For a partner (`_birthDate`) the node is that of the primitive. As long as it has a shape, that says
 * which keys it had, and what is marked so is not kept. */
struct frame {
    uint32_t node;
    fhir_type_id type;
    fhir_element_id first;   /* of the type */
    fhir_element_id element; /* being read; 0: none */
    int32_t index;           /* of the item being read; -1: no list */
    bool is_resource, is_unusual, has_null, has_unknown, has_partner;
    bool has_type; /* its first key is resourceType */
    uint16_t shape;
    uint16_t key_count;            /* (shape) */
    uint8_t row;                   /* (shape) behind that of the last key */
    uint64_t seen[4], partners[4]; /* (shape) bit sets by fhir_element.choice */
    uint16_t keys[FRAME_KEYS_MAX]; /* (shape) in their order; only [0 .. key_count - 1] is set */
};

struct reader {
    const char *start, *at, *end;
    const char *fast_end;     /* up to here READ_SLACK bytes can be read from the next byte on */
    struct json_index *index; /* its next place may lie before `at`: it is caught up where it is needed */
    const uint32_t *stop;     /* from there on places are for the general functions: see read_set_stop */
    const char *type_end;     /* behind the resourceType of the resource at hand, where it comes first; else NULL */
    struct tape_node *nodes;
    uint32_t count, room;
    char *heap, *to;             /* `to`: where the next text goes */
    size_t heap_bytes;           /* room of the heap */
    struct frame *frame;         /* innermost open object; NULL before the root */
    struct frame *frames;        /* outermost */
    unsigned nesting, depth_max; /* open JSON objects and lists */
    struct read_shapes *shapes;  /* learned */
    fhir_type_id *types;         /* learned: types of resources by their names, 1 << READ_TYPES_BITS of them */
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

/* Fast steps may begin at a place before r->stop: the JSON_INDEX_AHEAD from it on are found, and behind each of them
 * READ_SLACK bytes can be read. The places must have been found anew. */
void read_set_stop(struct reader *r);

/* The places from r->at on, JSON_INDEX_AHEAD of them; r->at is at the start of a token or of white space. */
const uint32_t *read_places_slow(struct reader *r);
static inline const uint32_t *read_places(struct reader *r)
{
    struct json_index *index = r->index;
    uint32_t *next = index->next, here = (uint32_t)(r->at - r->start);
    while (*next < here) next++; /* behind the last stands the end of the text */
    index->next = next;
    return __builtin_expect(next <= index->low, true) ? next : read_places_slow(r);
}

/* To the next place: between two tokens there is nothing else that is no white space. */
static inline void read_space(struct reader *r)
{
    if (r->at == r->end || (unsigned char)*r->at > ' ' || !str_is_space(*r->at)) return;
    const char *next = r->start + *read_places(r);
    r->at = next < r->end ? next : r->end;
}

/* The next character that is no white space; 0 at the end. */
static inline char read_peek(struct reader *r)
{
    if (r->at <= r->fast_end && (unsigned char)*r->at > ' ') return *r->at;
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

/* The node of a text of 1 to TAPE_LONG - 1 bytes at r->to; there is room for it. */
static inline void read_push_text(struct reader *r, fhir_element_id element, size_t len)
{
    struct tape_node *node = &r->nodes[r->count++];
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ /* in two stores */
    uint64_t head = element | (uint64_t)TAPE_TEXT << 16 | (uint64_t)len << 24 | UINT64_C(1) << 32;
    memcpy(node, &head, sizeof head);
    node->value = (uint32_t)(r->to - r->heap);
#else
    *node = (struct tape_node){element, TAPE_TEXT, (uint8_t)len, 1, (uint32_t)(r->to - r->heap)};
#endif
    r->to += len;
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

/* The members of an object whose node exists, behind its opening brace, to behind its closing one. Usual members and
 * objects inside are read in fast steps, the rest by the functions behind. */
bool read_object(struct reader *r, uint32_t node, fhir_type_id type, bool is_resource);

/* A text as most are, plain and in the format of its type, from its opening quote at r->at to behind the closing one.
 * False: nothing was done. */
bool read_usual_text(struct reader *r, fhir_element_id element, fhir_type_id type);
/* A decimal at r->at, likewise. */
bool read_usual_decimal(struct reader *r, fhir_element_id element);
/* Any member; r->at is at the opening quote of its key. */
bool read_found_member(struct reader *r);
/* The value behind the colon. */
bool read_member_value(struct reader *r, fhir_element_id element);
/* The list behind its opening bracket. */
bool read_list_rest(struct reader *r, fhir_element_id element);
/* The items of the list from that of frame->index on, to behind its bracket. */
bool read_items(struct reader *r, fhir_element_id element);

bool frame_has_key(const struct frame *frame, uint16_t key);
/* At the end of an object: required elements that it lacks; is there anything in it? */
void read_say_missing(struct reader *r, const struct frame *frame, unsigned word, uint64_t missing);
void read_check_content(struct reader *r, struct frame *frame);

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

bool read_shapes_make(struct read_shapes *shapes, struct arena *mem);
/* Before a text is read: where they are many, they are learned anew. */
void read_shapes_tidy(struct read_shapes *shapes);
/* The shape of objects of a type before their first key; 0 if there is no room. */
uint16_t read_shape_start(struct reader *r, fhir_type_id type);
/* The keys of the shape of a frame, written into it. */
void read_write_keys(const struct reader *r, struct frame *frame);
/* The frame had that shape and keys_before keys, and another member was read: its shape now, 0 if it has none. */
void read_shape_on(struct reader *r, uint16_t shape, unsigned keys_before);

/* Keys in unusual order, kept at the end of an object. */
bool read_keep_order(struct reader *r);

#endif
