/* SPDX-License-Identifier: Apache-2.0
 * What was judged of texts: the same text of the same kind has the same rule, and resources of one save say many things
 * in the same words. A full table, or one whose places near the hash are taken, judges anew. */
#include "admit/admit_int.h"
#include "base/assert.h"

enum { BITS = 9, PLACES = 1 << BITS, PROBES = 4, TEXT_BYTES_MIN = 8 };

struct judged {
    struct str text; /* ptr NULL: free */
    uint8_t kind, rule;
};

struct admit_seen {
    const struct admit_rules *rules; /* of the first text */
    struct judged at[PLACES];
};

struct admit_seen *admit_seen_make(struct arena *mem) { return arena_new(mem, struct admit_seen); }

/* By both ends, which texts of a resource differ in. */
static size_t place_of(struct str text, enum admit_text kind)
{
    uint64_t first, last;
    memcpy(&first, text.ptr, sizeof first);
    memcpy(&last, text.ptr + text.len - sizeof last, sizeof last);
    uint64_t mixed = (first ^ (text.len << 3 | (uint64_t)kind)) * 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ mixed >> 32 ^ last) * 0xc2b2ae3d27d4eb4fU;
    return (size_t)(mixed >> (64 - BITS));
}

enum admit_rule admit_seen_rule(struct admit_seen *seen, const struct admit_rules *rules, struct str text,
                                enum admit_text kind)
{
    if (seen == NULL || text.len < TEXT_BYTES_MIN) return admit_text_rule(rules, text, kind);
    if (seen->rules == NULL) seen->rules = rules;
    salve_assert(seen->rules == rules);
    size_t place = place_of(text, kind);
    for (size_t i = 0; i < PROBES; i++) {
        struct judged *judged = &seen->at[(place + i) % PLACES];
        if (judged->text.ptr == NULL) {
            enum admit_rule rule = admit_text_rule(rules, text, kind);
            *judged = (struct judged){.text = text, .kind = (uint8_t)kind, .rule = (uint8_t)rule};
            return rule;
        }
        if (judged->kind == kind && str_eq(judged->text, text)) return (enum admit_rule)judged->rule;
    }
    return admit_text_rule(rules, text, kind);
}
