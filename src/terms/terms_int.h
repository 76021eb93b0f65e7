/* SPDX-License-Identifier: Apache-2.0
 *
 * terms_int - inside: terms.c keeps and finds, terms_bag.c is the table of codes, terms_system.c reads code systems and
 * walks their hierarchy, terms_filter.c applies filters to them, terms_compose.c turns a definition into a set. */
#ifndef SALVE_TERMS_INT_H
#define SALVE_TERMS_INT_H

#include "terms/terms.h"

/* Codes in the order they were added, each once, with an open hash over their texts. */
struct terms_bag {
    struct expr_code *codes;
    uint32_t *hashes; /* of their texts */
    uint32_t count, cap;
    uint32_t *slots; /* number of a code + 1; 0: free */
    uint32_t mask;   /* slots - 1 */
};
SALVE_MUST_USE enum salve_code terms_bag_add(struct terms_bag *bag, const struct expr_code *code, struct arena *mem,
                                             struct salve_err *err);
/* Number of the first code with that text (and system, unless it is absent); UINT32_MAX: none. */
uint32_t terms_bag_find(const struct terms_bag *bag, struct str system, struct str code);

/* Neighbours in the hierarchy: those of concept i are to[first[i]] up to to[first[i + 1]]. */
struct terms_links {
    uint32_t *first, *to;
};
struct terms_concept {
    tape_at at; /* CodeSystem.concept */
    bool is_abstract, is_inactive;
};
struct terms_system {
    struct str url, version, value_set;
    const struct tape *tape;
    tape_at at;
    struct terms_bag bag; /* the codes; bag.codes[i] belongs to concepts[i] */
    struct terms_concept *concepts;
    uint32_t concept_cap;
    struct terms_links up, down;
    bool is_complete, is_hierarchy;
    struct terms_system *next;
};
/* terms_system_read - concepts and hierarchy of a CodeSystem. */
SALVE_MUST_USE enum salve_code terms_system_read(struct terms *v, struct terms_system *system, struct salve_err *err);
/* terms_walk - the concept itself and all above (links up) or below it (links down), each once. */
struct terms_reach {
    uint32_t *list, count;
    bool *has; /* by number of concept */
};
SALVE_MUST_USE enum salve_code terms_walk(const struct terms_system *system, const struct terms_links *links,
                                          uint32_t from, struct arena *mem, struct terms_reach *out,
                                          struct salve_err *err);

/* What a part of a compose selects. */
struct terms_urls {
    struct str *items;
    uint32_t count;
};
struct terms_choice {
    struct terms_bag bag;
    struct terms_urls systems; /* all codes of these */
    struct terms_urls maybe;   /* and it is not known which of these */
    bool is_partial;           /* nor which of any system */
};
enum terms_state { TERMS_NOT_YET, TERMS_BEING_MADE, TERMS_MADE };
struct terms_set {
    struct str url, version;
    uint32_t hash; /* of the url */
    const struct tape *tape;
    tape_at at; /* ValueSet; TAPE_NONE: all of `whole` */
    const struct terms_system *whole;
    struct terms_choice in, out; /* out: excluded, as far as `in` is no list */
    bool is_mixed;
    uint8_t state; /* enum terms_state */
    struct terms_set *next;
};
enum { TERMS_SLOTS = 1024, TERMS_SYSTEMS_MAX = 1000 };
struct terms {
    struct arena *mem;
    struct terms_set *sets[TERMS_SLOTS]; /* by hash of the url */
    struct terms_system *systems;
    size_t system_count;
    uint64_t code_count;
    bool only_missing;
    unsigned depth; /* of value sets that include each other */
};
struct terms_set *terms_find_own(const struct terms *v, struct str canonical, struct str version);
struct terms_system *terms_find_system(const struct terms *v, struct str url, struct str version);
/* terms_filter - keep[i] of each concept that does not pass all filters of an include becomes false. */
SALVE_MUST_USE enum salve_code terms_filter(const struct tape *tape, tape_at include, const struct terms_system *system,
                                            bool *keep, struct arena *mem, struct salve_err *err);
SALVE_MUST_USE enum salve_code terms_set_make(struct terms *v, struct terms_set *set, struct salve_err *err);
static inline bool terms_choice_is_known(const struct terms_choice *choice)
{
    return choice->maybe.count == 0 && !choice->is_partial;
}
enum expr_truth terms_choice_has(const struct terms_choice *choice, const struct expr_code *code);

#endif
