/* SPDX-License-Identifier: Apache-2.0
 *
 * vocabulary - value sets and code systems that are at hand: FHIR R4 ValueSet and CodeSystem resources, read once,
 * turned into tables, then only asked. `in` and `expand` of CQL, memberOf and subsumes of FHIRPath ask it.
 *
 *     struct vocabulary *v = vocabulary_make(mem);
 *     code = vocabulary_add(v, &tape, err);               // each ValueSet, CodeSystem or Bundle of them, in any order
 *     code = vocabulary_done(v, err);                     // works everything out; from here on it is read-only
 *     env.vocabulary = v;                                 // threads may share it
 *
 * A value set is what its expansion lists; without an expansion, what its compose says (R4 valueset.html 4.9.5):
 * include less exclude, by lists of concepts, whole systems, filters and other value sets; the parts of one include
 * must all hold. Codes are the same when code and system are (CQL equivalence: versions and displays do not count).
 *
 * Three answers. A part that cannot be worked out from what is at hand (a filter on a code system that is not here, a
 * page of an expansion) makes the answer EXPR_NULL_TRUTH for the codes that it might hold, never false.
 *
 * The value sets of required bindings in the definitions of R4 are always at hand, also with no vocabulary at all. */
#ifndef SALVE_EXPR_VOCABULARY_H
#define SALVE_EXPR_VOCABULARY_H

#include "expr/expr.h"

struct vocabulary;
struct vocabulary_set; /* one value set */

struct vocabulary *vocabulary_make(struct arena *mem); /* NULL when out of memory; lives as long as mem */

/* vocabulary_add - the ValueSets and CodeSystems of one tape, which must outlive the vocabulary; other resources of a
 * Bundle are passed over. E_INVALID: a ValueSet or CodeSystem without url; two of one url and version. E_TOO_BIG: more
 * than SALVE_VOCABULARY_CODES_MAX codes. */
SALVE_MUST_USE enum salve_code vocabulary_add(struct vocabulary *v, const struct tape *tape, struct salve_err *err);

/* vocabulary_add_missing - as vocabulary_add, but what is there already (url and version) stays as it is. */
SALVE_MUST_USE enum salve_code vocabulary_add_missing(struct vocabulary *v, const struct tape *tape,
                                                      struct salve_err *err);

/* vocabulary_done - every value set worked out. E_INVALID: a value set that includes itself; E_SYNTAX: a filter whose
 * regular expression is none; err->at is the url of the value set. */
SALVE_MUST_USE enum salve_code vocabulary_done(struct vocabulary *v, struct salve_err *err);

/* vocabulary_find - by canonical, "url" or "url|version"; `version` STR_NONE: that of the canonical, else the latest
 * (dotted numbers count as numbers). NULL: not at hand. A CodeSystem's `valueSet` is found too. */
const struct vocabulary_set *vocabulary_find(const struct vocabulary *v, struct str url, struct str version);

/* vocabulary_set_has - is the code in the set? Without a system: any system. */
enum expr_truth vocabulary_set_has(const struct vocabulary_set *set, const struct expr_code *code);

/* vocabulary_set_codes - the codes of the set in the order of its definition; false when they cannot all be listed. */
bool vocabulary_set_codes(const struct vocabulary_set *set, const struct expr_code **codes, uint32_t *count);

/* vocabulary_set_is_mixed - has it codes of more than one system? A code without one is then ambiguous. */
bool vocabulary_set_is_mixed(const struct vocabulary_set *set);

/* vocabulary_member - vocabulary_find and vocabulary_set_has in one, the definitions of R4 asked last; v may be NULL.
 * EXPR_NULL_TRUTH: not known. *is_at_hand (may be NULL): is there such a value set at all? */
enum expr_truth vocabulary_member(const struct vocabulary *v, const struct expr_code *code, struct str url,
                                  struct str version, bool *is_at_hand);

/* vocabulary_in_system - does the code system have the code? Where its content is not at hand, a code that names the
 * system is believed; v may be NULL. */
enum expr_truth vocabulary_in_system(const struct vocabulary *v, const struct expr_code *code, struct str url,
                                     struct str version);

/* vocabulary_subsumes - is `b` the same as `a` or below it in an is-a hierarchy? NULL truth: other systems, unknown
 * codes or content that is not complete. `mem` for the walk; v may be NULL. */
enum expr_truth vocabulary_subsumes(const struct vocabulary *v, const struct expr_code *a, const struct expr_code *b,
                                    struct arena *mem);

#endif
