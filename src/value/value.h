/* SPDX-License-Identifier: Apache-2.0
 *
 * value - what an expression works on and gives back, for FHIRPath and CQL alike. A value is 16 bytes: a kind, a length
 * or index, and a word that is the scalar itself or points to something in the run's arena, the program or the tape.
 * Copying the 16 bytes copies the value; nothing is ever changed after it was made.
 *
 * Collections. FHIRPath knows only collections, CQL knows null, single values and lists. Both share one form:
 *     no item      VALUE_NULL (CQL: null), or VALUE_LIST with count 0 (CQL: the empty list)
 *     one item     the item itself, or VALUE_LIST with count 1
 *     many items   VALUE_LIST: `count` values side by side at `items`
 * FHIRPath reads the two forms of a line as the same and never nests lists; CQL tells them apart and may nest them.
 * expr_items() gives the FHIRPath view of any value.
 *
 * FHIR data. VALUE_NODE is a node of a tape. It becomes a System value only where one is needed (expr_system). */
#ifndef SALVE_VALUE_VALUE_H
#define SALVE_VALUE_VALUE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "value/scalar.h"
#include "fhir/tape.h"

/* Three-valued truth: false, true, and CQL's null or FHIRPath's empty (CQL 1.5.3 B.3, FHIRPath 2.0.0 6.5). */
enum expr_truth { EXPR_FALSE, EXPR_TRUE, EXPR_NULL_TRUTH };

static inline enum expr_truth expr_truth_if(bool b) { return b ? EXPR_TRUE : EXPR_FALSE; }
static inline enum expr_truth expr_truth_not(enum expr_truth t)
{
    return t == EXPR_NULL_TRUTH ? t : t == EXPR_TRUE ? EXPR_FALSE : EXPR_TRUE;
}
static inline enum expr_truth expr_truth_and(enum expr_truth a, enum expr_truth b)
{
    if (a == EXPR_FALSE || b == EXPR_FALSE) return EXPR_FALSE;
    return a == EXPR_NULL_TRUTH || b == EXPR_NULL_TRUTH ? EXPR_NULL_TRUTH : EXPR_TRUE;
}
static inline enum expr_truth expr_truth_or(enum expr_truth a, enum expr_truth b)
{
    if (a == EXPR_TRUE || b == EXPR_TRUE) return EXPR_TRUE;
    return a == EXPR_NULL_TRUTH || b == EXPR_NULL_TRUTH ? EXPR_NULL_TRUTH : EXPR_FALSE;
}
static inline enum expr_truth expr_truth_xor(enum expr_truth a, enum expr_truth b)
{
    return a == EXPR_NULL_TRUTH || b == EXPR_NULL_TRUTH ? EXPR_NULL_TRUTH : expr_truth_if(a != b);
}
static inline enum expr_truth expr_truth_implies(enum expr_truth a, enum expr_truth b)
{
    return expr_truth_or(expr_truth_not(a), b);
}

/*    kind       name             the word holds */
#define EXPR_KINDS(X)                                                                                                  \
    X(NULL, "Any", "nothing: FHIRPath's empty, CQL's null")                                                            \
    X(BOOLEAN, "Boolean", "boolean")                                                                                   \
    X(INTEGER, "Integer", "integer, 32 bits")                                                                          \
    X(LONG, "Long", "integer, 64 bits")                                                                                \
    X(DECIMAL, "Decimal", "decimal ->")                                                                                \
    X(STRING, "String", "text ->, length in aux")                                                                      \
    X(DATE, "Date", "temporal ->")                                                                                     \
    X(DATETIME, "DateTime", "temporal ->")                                                                             \
    X(TIME, "Time", "temporal ->")                                                                                     \
    X(QUANTITY, "Quantity", "quantity ->")                                                                             \
    X(RATIO, "Ratio", "ratio ->")                                                                                      \
    X(CODE, "Code", "code ->")                                                                                         \
    X(CONCEPT, "Concept", "concept ->")                                                                                \
    X(VOCABULARY, "Vocabulary", "vocabulary ->: a value set or code system, not its content")                          \
    X(INTERVAL, "Interval", "interval ->")                                                                             \
    X(LIST, "List", "items ->, count in aux")                                                                          \
    X(TUPLE, "Tuple", "tuple ->")                                                                                      \
    X(NODE, "FHIR", "tape ->, node index in aux")                                                                      \
    X(OPAQUE, "object",                                                                                                \
      "opaque ->: what a compiler gives a C function; no value of a language (run.h, expr_emit_object)")

#define X(kind, name, holds) VALUE_##kind,
enum expr_kind { EXPR_KINDS(X) VALUE_KIND_COUNT };
#undef X

struct expr_value {
    uint8_t kind; /* enum expr_kind */
    uint8_t flags;
    uint16_t tag; /* free for the front end; 0 */
    uint32_t aux; /* STRING: bytes, LIST: items, NODE: tape_at */
    union {
        bool boolean;
        int64_t integer; /* INTEGER and LONG */
        const char *text;
        const struct expr_decimal *decimal;
        const struct expr_temporal *temporal;
        const struct expr_quantity *quantity;
        const struct expr_ratio *ratio;
        const struct expr_code *code;
        const struct expr_concept *concept;
        const struct expr_vocabulary *vocabulary;
        const struct expr_interval *interval;
        const struct expr_value *items;
        const struct expr_tuple *tuple;
        const struct tape *tape;
        const void *opaque;
    } as;
};
_Static_assert(sizeof(struct expr_value) == 16, "a value is two words");

struct expr_ratio {
    struct expr_quantity numerator, denominator;
};
struct expr_code {
    struct str code, system, version, display; /* STR_NONE: null */
};
struct expr_concept {
    struct str display;
    const struct expr_code *codes;
    uint32_t code_count;
};
struct expr_vocabulary {
    struct str id, version, name;
    bool is_code_system; /* else a value set */
};
struct expr_interval {
    struct expr_value low, high; /* VALUE_NULL: unknown (open) or the limit of the type (closed) */
    bool low_closed, high_closed;
    uint8_t point; /* enum expr_kind of the points, VALUE_NULL if not known */
};
/* Element names of a tuple, kept in the program; values are in the same order. */
struct expr_shape {
    uint32_t count;
    const struct str *names;
};
struct expr_tuple {
    const struct expr_shape *shape;
    struct expr_value values[];
};

const char *expr_kind_name(enum expr_kind kind); /* "Boolean" */

#define EXPR_NONE ((struct expr_value){.kind = VALUE_NULL})

static inline struct expr_value expr_boolean(bool b)
{
    return (struct expr_value){.kind = VALUE_BOOLEAN, .as.boolean = b};
}
/* A truth as a value, and the truth of a value: all but a BOOLEAN are unknown. */
static inline struct expr_value expr_truth_value(enum expr_truth t)
{
    return t == EXPR_NULL_TRUTH ? EXPR_NONE : expr_boolean(t == EXPR_TRUE);
}
static inline enum expr_truth expr_truth_of(struct expr_value v)
{
    return v.kind != VALUE_BOOLEAN ? EXPR_NULL_TRUTH : expr_truth_if(v.as.boolean);
}
static inline struct expr_value expr_integer(int64_t i)
{
    return (struct expr_value){.kind = VALUE_INTEGER, .as.integer = i};
}
static inline struct expr_value expr_long(int64_t i)
{
    return (struct expr_value){.kind = VALUE_LONG, .as.integer = i};
}
static inline struct expr_value expr_string(struct str text) /* a view: the text must outlive the value */
{
    return (struct expr_value){.kind = VALUE_STRING, .aux = (uint32_t)text.len, .as.text = text.ptr};
}
static inline struct expr_value expr_node(const struct tape *tape, tape_at at)
{
    return at == TAPE_NONE ? EXPR_NONE : (struct expr_value){.kind = VALUE_NODE, .aux = at, .as.tape = tape};
}
static inline struct expr_value expr_list(const struct expr_value *items, uint32_t count)
{
    return (struct expr_value){.kind = VALUE_LIST, .aux = count, .as.items = items};
}
static inline struct str expr_text(struct expr_value string) /* of a STRING */
{
    return str_make(string.as.text, string.aux);
}

static inline bool expr_is_whole(struct expr_value v) { return v.kind == VALUE_INTEGER || v.kind == VALUE_LONG; }
static inline bool expr_is_number(struct expr_value v) { return expr_is_whole(v) || v.kind == VALUE_DECIMAL; }
static inline bool expr_is_temporal(struct expr_value v)
{
    return v.kind == VALUE_DATE || v.kind == VALUE_DATETIME || v.kind == VALUE_TIME;
}

/* Scalars behind a pointer, copied into mem. E_MEMORY. */
SALVE_MUST_USE enum salve_code expr_decimal_value(struct expr_decimal decimal, struct arena *mem,
                                                  struct expr_value *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code expr_temporal_value(enum expr_kind kind, struct expr_temporal temporal,
                                                   struct arena *mem, struct expr_value *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code expr_quantity_value(struct expr_quantity quantity, struct arena *mem,
                                                   struct expr_value *out, struct salve_err *err);

/* The FHIRPath view: items of any value. Of a LIST its own; of NULL none; of anything else the value itself, so `value`
 * must live as long as the view. */
struct expr_items {
    const struct expr_value *items;
    uint32_t count;
};
static inline struct expr_items expr_items(const struct expr_value *value)
{
    if (value->kind == VALUE_LIST) return (struct expr_items){value->as.items, value->aux};
    return (struct expr_items){value, value->kind != VALUE_NULL};
}

bool expr_to_decimal(struct expr_value value, struct expr_decimal *out); /* INTEGER, LONG, DECIMAL; false for others */

/* A list that grows in an arena. Zero-initialise it; add; expr_build_done gives NULL, the item, or a LIST (FHIRPath
 * form); expr_build_list always a LIST. */
struct expr_build {
    struct expr_value *items;
    uint32_t count, cap;
};
SALVE_MUST_USE enum salve_code expr_build_grow(struct expr_build *build, struct arena *mem, uint32_t more,
                                               struct salve_err *err);
SALVE_MUST_USE static inline enum salve_code expr_build_add(struct expr_build *build, struct expr_value value,
                                                            struct arena *mem, struct salve_err *err)
{
    if (build->count == build->cap) {
        enum salve_code code = expr_build_grow(build, mem, 1, err);
        if (code != SALVE_OK) return code;
    }
    build->items[build->count++] = value;
    return SALVE_OK;
}
/* expr_build_flat - adds every item of `value` (FHIRPath view). */
SALVE_MUST_USE enum salve_code expr_build_flat(struct expr_build *build, const struct expr_value *value,
                                               struct arena *mem, struct salve_err *err);
static inline struct expr_value expr_build_list(const struct expr_build *build)
{
    return expr_list(build->items, build->count);
}
static inline struct expr_value expr_build_done(const struct expr_build *build)
{
    if (build->count == 0) return EXPR_NONE;
    return build->count == 1 ? build->items[0] : expr_list(build->items, build->count);
}

#endif
