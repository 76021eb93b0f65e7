/* SPDX-License-Identifier: Apache-2.0
 *
 * search_int - inside a search: the generated tables, what a parameter was parsed into, and how one value of a resource
 * is compared with it. A row of the table leads to nodes of a tape (search_path.c); each kind of parameter has one
 * function that reads a text and one that looks at a node. */
#ifndef SALVE_SEARCH_INT_H
#define SALVE_SEARCH_INT_H

#include "fhir/index.h"
#include "search/search.h"
#include "value/scalar.h"

/* --- tables, made by the build --------------------------------------------------------------------------- */

enum { SEARCH_STEPS_MAX = 4 };
enum search_keeps { SEARCH_KEEPS_ALL, SEARCH_KEEPS_POINTS_TO, SEARCH_KEEPS_OF_SYSTEM, SEARCH_KEEPS_IS_SO };
struct search_path {
    struct {
        fhir_name_id name; /* FHIRPath name */
        fhir_type_id as;   /* of a choice; 0: any */
    } steps[SEARCH_STEPS_MAX];
    uint8_t step_count, keeps; /* enum search_keeps: which of the nodes at the end count */
    fhir_type_id points_to;    /* references to this type */
    const char *system;        /* contact points of it */
};
struct search_type {
    fhir_type_id type;
    uint16_t first, count;
};
extern const struct search_path search_paths[];
extern const struct search_param search_table[], search_parts[];
extern const struct search_type search_types[];

/* --- parsed ------------------------------------------------------------------------------------------------------- */

enum search_modifier {
    SEARCH_PLAIN,
#define SEARCH_MODIFIER(name, text, kinds) SEARCH_##name,
#include "search/search_modifiers.def"
#undef SEARCH_MODIFIER
    SEARCH_OF_RESOURCE, /* subject:Patient */
    SEARCH_MODIFIERS
};

enum search_prefix {
#define SEARCH_PREFIX(name, text) SEARCH_##name,
#include "search/search_prefixes.def"
#undef SEARCH_PREFIX
    SEARCH_PREFIXES
};

/* Where something is on a line of numbers or of time. Numbers: 1e-8 of the unit; times: ms. Low is inside, high is not
 * (of times), or is the last one (of numbers). */
struct search_range {
    expr_i128 low, high;
};
#define SEARCH_FAR ((expr_i128)1 << 120) /* no limit on that side */

struct search_token {
    struct str system, code, value; /* value: of system|code|value */
    bool has_system;                /* a bar stood there: an empty system is then "none" */
};
struct search_number {
    expr_i128 exact;
    struct search_range range; /* what its digits leave open: low <= x < high */
};
struct search_pointer {
    struct str canonical, version;   /* as written, before and behind a bar; version STR_NONE: any */
    struct str text;                 /* without the own address */
    struct fhir_reference reference; /* its parts, of text, where is_literal; else text is an id alone, or a urn */
    bool is_literal;
};

struct search_value {
    struct str text; /* unescaped */
    uint8_t prefix;  /* enum search_prefix */
    struct search_number number;
    struct search_range time;
    struct search_token token; /* of a quantity: its unit */
    struct search_pointer pointer;
    const struct search_value *parts; /* of a composite, one for each part of the parameter */
};

struct search_test {
    const struct search_param *param;
    struct search_value *values; /* alternatives */
    size_t value_count;
    const struct terms_set **sets; /* of :in and :not-in, one a value; NULL: only R4 itself may know it */
    fhir_type_id of_type;          /* of SEARCH_OF_RESOURCE */
    uint8_t modifier;              /* enum search_modifier */
    bool is_missing;               /* of :missing */
};

struct search_sort {
    const struct search_param *param; /* of the type; found by code for each resource where there is none */
    bool is_falling;
};

struct search_include {
    fhir_type_id source, target; /* 0: any */
    struct str code;             /* "*": every reference */
    bool is_reverse, is_repeated;
};

enum { SEARCH_TYPES_MAX = 32 };
struct search {
    fhir_type_id type;
    const struct search_world *world;
    struct search_test *tests;
    struct search_sort sorts[SEARCH_SORTS_MAX];
    struct search_include includes[SEARCH_INCLUDES_MAX];
    size_t test_count, sort_count, include_count;
    fhir_type_id types[SEARCH_TYPES_MAX]; /* of _type, 0 behind the last; none: every type */
    size_t page_size;
    bool counts;
    bool *used;
};

/* --- nodes (search_path.c) ---------------------------------------------------------------------------------------- */

struct search_node {
    const struct search_resource *resource;
    tape_at at;
};
typedef bool search_visit(void *what, struct search_node node); /* true: enough */
/* search_each - the nodes that a row leads to below `from`, until one is enough; tells whether one was. */
bool search_each(const struct search_param *param, struct search_node from, search_visit *visit, void *what);

static inline const struct tape *search_tape(struct search_node node) { return node.resource->tape; }
static inline struct str search_child(struct search_node node, fhir_name_id name)
{
    tape_at child = tape_child(search_tape(node), node.at, name);
    return child == TAPE_NONE ? STR_NONE : tape_text(search_tape(node), child);
}
struct str search_id(const struct search_resource *resource);

/* --- what a parameter asks, read and compared --------------------------------------------------------------------- */

/* A matcher sees one test, one of its alternatives, one node; `mem` is for folded texts, and its caller rewinds it. */
struct search_look {
    const struct search *search;
    const struct search_test *test;
    const struct search_value *value;
    const struct terms_set *set;
    struct arena *mem;
    enum salve_code code; /* what went wrong; then nothing matches any more */
};

/* Reading: `text` is one alternative with its escapes. E_SYNTAX: it is none; E_MEMORY. */
enum salve_code search_read_value(const struct search_ask *ask, const struct search_param *param, uint8_t modifier,
                                  fhir_type_id of_type, struct str text, struct arena *mem, struct search_value *out,
                                  struct salve_err *err);
enum search_prefix search_take_prefix(struct str *text);
bool search_read_number(struct str text, struct search_number *out);
bool search_read_time(struct str text, const struct zone *zone, struct search_range *out);
void search_read_token(struct str text, struct search_token *out); /* views of text, escapes kept */
void search_read_pointer(struct str text, struct str base, struct search_pointer *out);

/* The next piece before an unescaped `at`; false at the end. Escapes stay. search_plain takes them off (R4
 * 3.1.1.4.17). */
bool search_piece(struct str *rest, char at, struct str *piece);
enum salve_code search_plain(struct str text, struct arena *mem, struct str *out, struct salve_err *err);

/* Comparing. search_within: by prefix, on a line. search_span: what a date, time, Period or Timing covers;
 * search_amount: what a number or quantity covers in that unit; false: nothing that can be compared. */
bool search_within(enum search_prefix prefix, struct search_range value, struct search_range target,
                   struct search_range near);
bool search_match_date(struct search_look *look, struct search_node node);
bool search_match_number(struct search_look *look, struct search_node node);
bool search_match_quantity(struct search_look *look, struct search_node node);
bool search_match_string(struct search_look *look, struct search_node node);
bool search_match_token(struct search_look *look, struct search_node node);
bool search_match_reference(struct search_look *look, struct search_node node);
bool search_match_uri(struct search_look *look, struct search_node node);
bool search_span(const struct search_world *world, struct search_node node, struct search_range *out);
bool search_amount(struct search_node node, struct str unit, struct search_range *out);
struct str search_unit(struct search_node node); /* of a quantity: its UCUM code, else STR_NONE */
void search_pointer_of(const struct search_world *world, struct search_node node, struct search_pointer *out);

/* search_fold - a text without case, marks, punctuation and needless white space; STR_NONE: no memory. */
struct str search_fold(struct str text, struct arena *mem);

/* --- the whole ---------------------------------------------------------------------------------------------------- */

/* search_meets - do all tests hold? search_order - sorts indexes; search_add_included - fills found->included. */
enum salve_code search_meets(const struct search *search, const struct search_resource *resource, struct arena *mem,
                             bool *out, struct salve_err *err);
enum salve_code search_order(const struct search *search, const struct search_resource *resources, uint32_t *indexes,
                             size_t count, struct arena *mem, struct salve_err *err);
enum salve_code search_add_included(const struct search *search, const struct search_resource *resources, size_t count,
                                    struct arena *mem, struct search_found *found, struct salve_err *err);

#endif
