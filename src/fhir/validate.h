/* SPDX-License-Identifier: Apache-2.0
 *
 * validate - what base R4 says about a resource beyond what the reader checks while it reads (fhir.h: syntax, types,
 * cardinality, primitive formats, choice types): required bindings, reference targets and formats, contained resources,
 * Bundles, extensions, repeated ids. FHIRPath invariants are run by fhirpath/invariants.h; profiles, terminology
 * servers and implementation guides are out of scope (docs/internals/fhir-validation.md). */
#ifndef SALVE_FHIR_VALIDATE_H
#define SALVE_FHIR_VALIDATE_H

#include "base/arena.h"
#include "base/err.h"
#include "fhir/tape.h"

struct fhir_issues;

/* fhir_validate - checks one resource (or Bundle) as read, adding to `issues`; *valid: none of them is an error.
 *   errors   E_MEMORY only: what is wrong with the resource is an issue, not an error of the call */
SALVE_MUST_USE enum salve_code fhir_validate(const struct tape *tape, struct arena *mem, struct fhir_issues *issues,
                                             bool *valid, struct salve_err *err);

/* fhir_validate_covers - true for invariants of the definitions that fhir_validate checks by itself, because they are
 * about every resource (ext-1, ref-1, qty-3, att-1, dom-2 to dom-6) or about a whole Bundle (bdl-1 to bdl-12). Whoever
 * runs the FHIRPath invariants leaves these out. */
bool fhir_validate_covers(const char *key);

#endif
