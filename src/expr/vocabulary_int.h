/* SPDX-License-Identifier: Apache-2.0
 *
 * vocabulary_int - inside: vocabulary.c keeps and finds, vocabulary_bag.c is the table of codes, vocabulary_system.c
 * reads code systems and walks their hierarchy, vocabulary_filter.c applies filters to them, vocabulary_compose.c turns
 * a definition into a set. */
#ifndef SALVE_EXPR_VOCABULARY_INT_H
#define SALVE_EXPR_VOCABULARY_INT_H

#include "expr/vocabulary.h"

#define VOCABULARY_TRY(call)                                                                                           \
    do {                                                                                                               \
        enum salve_code try_ = (call);                                                                                 \
        if (try_ != SALVE_OK) return try_;                                                                             \
    } while (0)

/* vocabulary_hash - of a code's text; what the tables are ordered by. FNV-1a, 32 bits. */
static inline uint32_t vocabulary_hash(struct str text)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < text.len; i++) hash = (hash ^ (uint8_t)text.ptr[i]) * 16777619u;
    return hash;
}

/* Codes in the order they were added, each once, with an open hash over their texts. */
struct vocabulary_bag {
    struct expr_code *codes;
    uint32_t *hashes; /* of their texts */
    uint32_t count, cap;
    uint32_t *slots; /* number of a code + 1; 0: free */
    uint32_t mask;   /* slots - 1 */
};
SALVE_MUST_USE enum salve_code vocabulary_bag_add(struct vocabulary_bag *bag, const struct expr_code *code,
                                                  struct arena *mem, struct salve_err *err);
/* Number of the first code with that text (and system, unless it is absent); UINT32_MAX: none. */
uint32_t vocabulary_bag_find(const struct vocabulary_bag *bag, struct str system, struct str code);

/* Neighbours in the hierarchy: those of concept i are to[first[i]] up to to[first[i + 1]]. */
struct vocabulary_links {
    uint32_t *first, *to;
};
struct vocabulary_concept {
    tape_at at; /* CodeSystem.concept */
    bool is_abstract, is_inactive;
};
struct vocabulary_system {
    struct str url, version, value_set;
    const struct tape *tape;
    tape_at at;
    struct vocabulary_bag bag; /* the codes; bag.codes[i] belongs to concepts[i] */
    struct vocabulary_concept *concepts;
    uint32_t concept_cap;
    struct vocabulary_links up, down;
    bool is_complete, is_hierarchy;
    struct vocabulary_system *next;
};
/* vocabulary_system_read - concepts and hierarchy of a CodeSystem. */
SALVE_MUST_USE enum salve_code vocabulary_system_read(struct vocabulary *v, struct vocabulary_system *system,
                                                      struct salve_err *err);
/* vocabulary_walk - the concept itself and all above (links up) or below it (links down), each once. */
struct vocabulary_reach {
    uint32_t *list, count;
    bool *has; /* by number of concept */
};
SALVE_MUST_USE enum salve_code vocabulary_walk(const struct vocabulary_system *system,
                                               const struct vocabulary_links *links, uint32_t from, struct arena *mem,
                                               struct vocabulary_reach *out, struct salve_err *err);

/* What a part of a compose selects. */
struct vocabulary_urls {
    struct str *items;
    uint32_t count;
};
struct vocabulary_choice {
    struct vocabulary_bag bag;
    struct vocabulary_urls systems; /* all codes of these */
    struct vocabulary_urls maybe;   /* and it is not known which of these */
    bool is_partial;                /* nor which of any system */
};
enum vocabulary_state { VOCABULARY_NOT_YET, VOCABULARY_BEING_MADE, VOCABULARY_MADE };
struct vocabulary_set {
    struct str url, version;
    uint32_t hash; /* of the url */
    const struct tape *tape;
    tape_at at; /* ValueSet; TAPE_NONE: all of `whole` */
    const struct vocabulary_system *whole;
    struct vocabulary_choice in, out; /* out: excluded, as far as `in` is no list */
    bool is_mixed;
    uint8_t state; /* enum vocabulary_state */
    struct vocabulary_set *next;
};
enum { VOCABULARY_SLOTS = 1024, VOCABULARY_SYSTEMS_MAX = 1000 };
struct vocabulary {
    struct arena *mem;
    struct vocabulary_set *sets[VOCABULARY_SLOTS]; /* by hash of the url */
    struct vocabulary_system *systems;
    size_t system_count;
    uint64_t code_count;
    bool only_missing;
    unsigned depth; /* of value sets that include each other */
};
struct vocabulary_set *vocabulary_find_own(const struct vocabulary *v, struct str canonical, struct str version);
struct vocabulary_system *vocabulary_find_system(const struct vocabulary *v, struct str url, struct str version);
/* vocabulary_filter - keep[i] of each concept that does not pass all filters of an include becomes false. */
SALVE_MUST_USE enum salve_code vocabulary_filter(const struct tape *tape, tape_at include,
                                                 const struct vocabulary_system *system, bool *keep, struct arena *mem,
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code vocabulary_set_make(struct vocabulary *v, struct vocabulary_set *set,
                                                   struct salve_err *err);
static inline bool vocabulary_choice_is_known(const struct vocabulary_choice *choice)
{
    return choice->maybe.count == 0 && !choice->is_partial;
}
enum expr_truth vocabulary_choice_has(const struct vocabulary_choice *choice, const struct expr_code *code);

#endif
