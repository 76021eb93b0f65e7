/* SPDX-License-Identifier: Apache-2.0
 *
 * expr - FHIRPath (and ELM, elm.h) compiled into one small instruction set, run by one machine over tapes.
 *
 *     struct fhirpath *path;                                     // compile once: lives as long as `mem`
 *     code = fhirpath_compile(STR("name.where(use = 'official').given"), fhir_type_find(STR("Patient")), mem, &path,
 *     err);
 *
 *     struct expr_env env = {.clock = &clock};                   // run many times
 *     struct expr_value out;
 *     code = fhirpath_run(path, &env, expr_node(&tape, tape_root(&tape)), mem, &out, err);
 *
 * A run allocates only in the arena it is given: a caller that judges many resources takes arena_mark before and
 * arena_rewind after each, and memory stays flat. Programs are read-only after compiling; threads may share them, with
 * an arena each.
 *
 * Errors. Compiling: E_SYNTAX, E_UNKNOWN_NAME, E_TYPE, E_TOO_DEEP, E_TOO_BIG, E_MEMORY; `at` is "line:column". Running:
 * E_TYPE (an operation met the wrong kind of value), E_STEPS, E_TOO_DEEP, E_MEMORY; `at` is the line and column of the
 * step that failed. Messages name functions and elements, never values.
 *
 * Sources: FHIRPath 2.0.0 (N1) and its continuous build for what R4 added; FHIR R4 "FHIRPath" page; CQL 1.5 for ELM. */
#ifndef SALVE_EXPR_EXPR_H
#define SALVE_EXPR_EXPR_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "value/value.h"

struct fhirpath;   /* compiled, opaque */
struct vocabulary; /* vocabulary.h */

/* Everything a run may ask from outside. Zero is fine for every member. Callbacks must not keep what they are given. */
struct expr_env {
    const struct clock *clock; /* now(), today(); NULL: the system's, asked once a run */
    int offset_minutes;        /* time zone of now() and of texts without one (CQL); FHIRPath leaves them apart */
    uint64_t steps_max;        /* 0: SALVE_EXPR_STEPS_MAX */
    uint64_t *steps; /* not NULL: the budget of several runs, counted down by each; then steps_max does not count */
    struct expr_value resource; /* %resource; NULL: the root of the focus's tape */
    struct expr_value root;     /* %rootResource; NULL: as %resource's container */
    struct expr_value context;  /* %context; NULL: the focus */

    void *user; /* given to the callbacks */
    /* trace(name, values) */
    void (*trace)(void *user, struct str name, const struct expr_value *values);
    /* %name that is not of the language; false: not known */
    bool (*variable)(void *user, struct str name, struct expr_value *out);
    /* resolve(): the node that the reference names; false: not at hand. References inside the tape (contained,
     * Bundle.entry.fullUrl) are resolved before this is asked. */
    bool (*resolve)(void *user, struct str reference, struct expr_value *out);
    /* value sets and code systems at hand (vocabulary.h); those of the definitions of R4 always are */
    const struct vocabulary *vocabulary;
    /* ELM Retrieve: all resources of `type`; may use `codes` and `path` to give fewer (the machine filters again).
     * NULL: resources of the focus's Bundle. */
    enum salve_code (*retrieve)(void *user, fhir_type_id type, fhir_name_id code_path, const struct expr_value *codes,
                                struct arena *mem, struct expr_value *out, struct salve_err *err);
    /* ELM: a function that its library declares external. E_UNKNOWN_NAME: it is not supplied. What *out points to must
     * live as long as mem. NULL: none is supplied. */
    enum salve_code (*external)(void *user, struct str library, struct str name, const struct expr_value *args,
                                uint32_t count, struct arena *mem, struct expr_value *out, struct salve_err *err);
};

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

/* fhirpath_test - as fhirpath_run, and then: is the result true? (singleton evaluation; empty is false) */
SALVE_MUST_USE enum salve_code fhirpath_test(const struct fhirpath *path, const struct expr_env *env,
                                             struct expr_value focus, struct arena *mem, bool *out,
                                             struct salve_err *err);

/* expr_json - a JSON array of the items: FHIR objects as FHIR JSON, numbers as numbers, dates and quantities as the
 * texts FHIRPath's toString gives. expr_json_value - the one value (lists as arrays, null as null). */
void expr_json(const struct expr_value *value, struct buf *out);
void expr_json_value(const struct expr_value *value, struct buf *out);

/* expr_type_text - "System.Boolean", "FHIR.Patient": the type of one item; a static text or a view of the tables joined
 * in mem. */
struct str expr_type_text(struct expr_value item, struct arena *mem);

/* fhirpath_list - the program as text, one instruction a line, for `salve fhirpath --code` and for the tests. */
void fhirpath_list(const struct fhirpath *path, struct buf *out);

#endif
