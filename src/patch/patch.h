/* SPDX-License-Identifier: Apache-2.0
 *
 * patch - JSON Patch (RFC 6902) with JSON Pointer (RFC 6901), on one JSON document or on one resource.
 *
 *     struct patch *patch;
 *     code = patch_read(body, mem, &patch, err);                          // E_SYNTAX, E_INVALID: it is no patch
 *     code = patch_tape(patch, &resource, mem, &made, &issues, err);      // all operations, or nothing
 *
 * All operations of RFC 6902: add, remove, replace, move, copy, test. A patch is applied whole or not at all. What is
 * compared is compared as the RFC says: numbers by value (5.60 is 5.6), texts by their characters, objects whatever
 * the order of their members. What is not touched keeps its text and order. Messages name operations by their number,
 * from 1, and never a value or the text of a path. */
#ifndef SALVE_PATCH_PATCH_H
#define SALVE_PATCH_PATCH_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "fhir/tape.h"

struct fhir_issues;
struct patch; /* opaque: operations with their paths and values */

enum {
    PATCH_OPERATIONS_MAX = 1000,
    PATCH_NODES_MAX = 1000 * 1000,      /* values of the document and of all that was added or copied to it */
    PATCH_STEPS_MAX = 20 * 1000 * 1000, /* values and members looked at */
};

/* patch_read - the operations of one JSON Patch document.
 *   *out    lives as long as mem, and refers to `json`
 *   errors  E_SYNTAX, E_TOO_BIG, E_TOO_DEEP: as JSON; E_INVALID: no array of operations, an unknown `op`, a member
 *           that the operation needs and has not, a path that is no JSON Pointer; E_MEMORY */
SALVE_MUST_USE enum salve_code patch_read(struct str json, struct arena *mem, struct patch **out,
                                          struct salve_err *err);

/* patch_apply - for tests: the JSON text after all operations, in mem.
 *   errors  E_CONFLICT: the document has not what an operation names, or a test does not hold (err->element: which
 *           operation); E_TOO_DEEP, E_TOO_BIG, E_STEPS; those of reading `document`; E_MEMORY */
SALVE_MUST_USE enum salve_code patch_apply(const struct patch *patch, struct str document, struct arena *mem,
                                           struct str *out, struct salve_err *err);

/* patch_tape - the same for a resource. Lists and objects that a patch leaves empty are absent then, since FHIR knows
 * none. *out passed all that fhir_read checks; it is of the type that the resource was of, with its id.
 *   errors  those of patch_apply; E_INVALID: what comes out is no valid resource (issues say where), or is another
 *           one */
SALVE_MUST_USE enum salve_code patch_tape(const struct patch *patch, const struct tape *resource, struct arena *mem,
                                          struct tape *out, struct fhir_issues *issues, struct salve_err *err);

#endif
