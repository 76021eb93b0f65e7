/* SPDX-License-Identifier: Apache-2.0
 *
 * fhirpath - FHIRPath compiled onto the machine (machine/run.h) and run over tapes.
 *
 *     struct fhirpath *path;                                     // compile once: lives as long as `mem`
 *     code = fhirpath_compile(STR("name.given"), fhir_type_find(STR("Patient")), mem, &path, err);
 *
 *     struct expr_env env = {.clock = &clock};                   // run many times
 *     struct expr_value out;
 *     code = fhirpath_run(path, &env, expr_node(&tape, tape_root(&tape)), mem, &out, err);
 *
 * A run allocates only in the arena it is given: a caller that judges many resources takes arena_mark before and
 * arena_rewind after each, and memory stays flat. Programs are read-only after compiling; threads may share them, with
 * an arena each.
 *
 * Errors. Compiling: E_SYNTAX, E_UNKNOWN_NAME, E_TYPE, E_TOO_DEEP, E_TOO_BIG, E_MEMORY. Running: E_TYPE (an operation
 * met the wrong kind of value), E_STEPS, E_TOO_DEEP, E_MEMORY. Line and column are those of the step that failed.
 * Messages name functions and elements, never values.
 *
 * Sources: FHIRPath 2.0.0 and its continuous build for what R4 added; FHIR R4 "FHIRPath" page. */
#ifndef SALVE_FHIRPATH_FHIRPATH_H
#define SALVE_FHIRPATH_FHIRPATH_H

#include "machine/run.h"

struct fhirpath; /* compiled, opaque */

/* fhirpath_compile - text into a program in mem.
 *   context   type of the focus, for strict checking of element names; 0: not known, nothing is checked
 *   text      need not outlive the call */
SALVE_MUST_USE enum salve_code fhirpath_compile(struct str text, fhir_type_id context, struct arena *mem,
                                                struct fhirpath **out, struct salve_err *err);

/* fhirpath_run - evaluates on `focus` (a node, a value, or EXPR_NONE). *out is in the FHIRPath form of value.h and
 * lives as long as mem, the tape and the program. */
SALVE_MUST_USE enum salve_code fhirpath_run(const struct fhirpath *path, const struct expr_env *env,
                                            struct expr_value focus, struct arena *mem, struct expr_value *out,
                                            struct salve_err *err);

/* For tests. fhirpath_list - the program as text, one instruction a line. fhirpath_type_text - "System.Boolean",
 * "FHIR.Patient": the type of one item; a static text or a view of the tables joined in mem. */
void fhirpath_list(const struct fhirpath *path, struct buf *out);
struct str fhirpath_type_text(struct expr_value item, struct arena *mem);

#endif
