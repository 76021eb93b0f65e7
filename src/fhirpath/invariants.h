/* SPDX-License-Identifier: Apache-2.0
 *
 * invariants - the FHIRPath constraints of base R4, run over a whole tape. With the reader (fhir.h) and fhir_validate
 * this is the third and last part of base validation.
 *
 *     struct invariants *rules;
 *     code = invariants_make(mem, &rules, err);                       // once; compiled when they are first needed
 *     ...
 *     code = invariants_check(rules, &tape, scratch, &issues, err);   // per resource
 *
 * The compiled expressions live in `mem` and are kept by `rules`, so one `rules` serves any number of resources, in one
 * thread. Constraints that the reader already guarantees (ele-1: a value or children; txt-1, txt-2: narrative) are not
 * run again. Those that are wrong as published are run in a corrected form; docs/internals/fhirpath.md lists them. */
#ifndef SALVE_FHIRPATH_INVARIANTS_H
#define SALVE_FHIRPATH_INVARIANTS_H

#include "base/arena.h"
#include "base/err.h"
#include "fhir/fhir.h"

struct invariants;

SALVE_MUST_USE enum salve_code invariants_make(struct arena *mem, struct invariants **out, struct salve_err *err);

/* invariants_skip - leaves out the constraints whose key `covers` claims: invariants_skip(rules, fhir_validate_covers)
 * when fhir_validate has run on the same tape, so that nothing is checked and told twice. */
void invariants_skip(struct invariants *rules, bool (*covers)(const char *key));

/* invariants_check - every constraint of every element of the tape. A broken one adds an issue with its key ("pat-1")
 * as rule, code "invariant", severity error or warning as R4 says, and the element's path.
 *   scratch   used and given back, apart from the paths of issues; may be the arena of the issues
 *   errors    E_MEMORY, E_STEPS (one budget for the whole tape). A constraint that cannot be evaluated on this data is
 *             an issue of severity information, not an error. */
SALVE_MUST_USE enum salve_code invariants_check(struct invariants *rules, const struct tape *tape,
                                                struct arena *scratch, struct fhir_issues *issues,
                                                struct salve_err *err);

/* invariants_judge - all three parts of base validation over one JSON text, as `salve fhir validate` says them.
 *   rules    skip what fhir_validate covers
 *   reader   for one text after the other, or NULL
 *   issues   everything that is wrong with the text, also where it is no JSON; an error is the machine's, or a text
 *            that is too big (E_TOO_BIG) */
SALVE_MUST_USE enum salve_code invariants_judge(struct invariants *rules, struct str json, struct fhir_reader *reader,
                                                struct arena *mem, struct fhir_issues *issues, struct salve_err *err);

/* For tests. invariants_compile - compiles those that are not compiled yet; the first failure is returned, and the
 * error is in the key. */
SALVE_MUST_USE enum salve_code invariants_compile(struct invariants *rules, struct salve_err *err);

#endif
