/* SPDX-License-Identifier: Apache-2.0
 *
 * terms - value sets and code systems that are at hand: FHIR R4 ValueSet and CodeSystem resources, read once, turned
 * into tables, then only asked. `in` and `expand` of CQL, memberOf and subsumes of FHIRPath ask it.
 *
 *     struct terms *v = terms_make(mem);
 *     code = terms_add(v, &tape, err);               // each ValueSet, CodeSystem or Bundle of them, in any order
 *     code = terms_done(v, err);                     // works everything out; from here on it is read-only
 *     env.terms = v;                                 // threads may share it
 *
 * A value set is what its expansion lists; without an expansion, what its compose says (R4 valueset.html 4.9.5):
 * include less exclude, by lists of concepts, whole systems, filters and other value sets; the parts of one include
 * must all hold. Codes are the same when code and system are (CQL equivalence: versions and displays do not count).
 *
 * Three answers. A part that cannot be worked out from what is at hand (a filter on a code system that is not here, a
 * page of an expansion) makes the answer EXPR_NULL_TRUTH for the codes that it might hold, never false.
 *
 * The value sets of required bindings in the definitions of R4 are always at hand, also with no terms at all. */
#ifndef SALVE_TERMS_TERMS_H
#define SALVE_TERMS_TERMS_H

#include "base/arena.h"
#include "base/err.h"
#include "value/value.h"

struct terms;
struct terms_set; /* one value set */

struct terms *terms_make(struct arena *mem); /* NULL when out of memory; lives as long as mem */

/* terms_add - the ValueSets and CodeSystems of one tape, which must outlive the terms; other resources of a
 * Bundle are passed over. E_INVALID: a ValueSet or CodeSystem without url; two of one url and version. E_TOO_BIG: more
 * than SALVE_VOCABULARY_CODES_MAX codes. */
SALVE_MUST_USE enum salve_code terms_add(struct terms *v, const struct tape *tape, struct salve_err *err);

/* terms_add_missing - as terms_add, but what is there already (url and version) stays as it is. */
SALVE_MUST_USE enum salve_code terms_add_missing(struct terms *v, const struct tape *tape, struct salve_err *err);

/* terms_done - every value set worked out. E_INVALID: a value set that includes itself; E_SYNTAX: a filter whose
 * regular expression is none; the error's element is the url of the value set. */
SALVE_MUST_USE enum salve_code terms_done(struct terms *v, struct salve_err *err);

/* terms_find - by canonical, "url" or "url|version"; `version` STR_NONE: that of the canonical, else the latest
 * (dotted numbers count as numbers). NULL: not at hand. A CodeSystem's `valueSet` is found too. */
const struct terms_set *terms_find(const struct terms *v, struct str url, struct str version);

/* terms_set_has - is the code in the set? Without a system: any system. */
enum expr_truth terms_set_has(const struct terms_set *set, const struct expr_code *code);

/* terms_set_codes - the codes of the set in the order of its definition; false when they cannot all be listed. */
bool terms_set_codes(const struct terms_set *set, const struct expr_code **codes, uint32_t *count);

/* terms_set_is_mixed - has it codes of more than one system? A code without one is then ambiguous. */
bool terms_set_is_mixed(const struct terms_set *set);

/* terms_member - terms_find and terms_set_has in one, the definitions of R4 asked last; v may be NULL.
 * EXPR_NULL_TRUTH: not known. *is_at_hand (may be NULL): is there such a value set at all? */
enum expr_truth terms_member(const struct terms *v, const struct expr_code *code, struct str url, struct str version,
                             bool *is_at_hand);

/* terms_in_system - does the code system have the code? Where its content is not at hand, a code that names the
 * system is believed; v may be NULL. */
enum expr_truth terms_in_system(const struct terms *v, const struct expr_code *code, struct str url,
                                struct str version);

/* terms_subsumes - is `b` the same as `a` or below it in an is-a hierarchy? NULL truth: other systems, unknown
 * codes or content that is not complete. `mem` for the walk; v may be NULL. */
enum expr_truth terms_subsumes(const struct terms *v, const struct expr_code *a, const struct expr_code *b,
                               struct arena *mem);

#endif
