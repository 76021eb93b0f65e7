/* SPDX-License-Identifier: Apache-2.0
 *
 * fhir - reading FHIR R4 JSON into a tape (tape.h) and writing it back.
 *
 *     struct fhir_issues issues;
 *     fhir_issues_init(&issues, mem);
 *     enum salve_code code = fhir_read(json, NULL, mem, &tape, &issues, &err);
 *     if (code == SALVE_OK) ...                       // tape obeys every rule listed below
 *     else if (code == SALVE_E_INVALID) ...           // issues says what is wrong, all of it; tape holds the rest
 *     else ...                                        // no tape: syntax, size, depth, memory; err and issues[0] say
 *
 * One pass checks: JSON syntax (RFC 8259), UTF-8, NUL, duplicate keys, depth, size; unknown elements; object, array or
 * primitive as the element asks; min and max; the format of every primitive; one alternative of a choice; `_x` partners
 * and the nulls that align them; no empty object, array or string; resource types of contained, Bundle.entry.resource
 * and Parameters.parameter.resource; the XHTML subset of a narrative (R4: json.html, datatypes.html, narrative.html).
 * Left to fhir_validate: bindings, reference targets, invariants. */
#ifndef SALVE_FHIR_FHIR_H
#define SALVE_FHIR_FHIR_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "fhir/elements.h"
#include "fhir/tape.h"

enum fhir_severity { FHIR_FATAL, FHIR_ERROR, FHIR_WARNING, FHIR_INFORMATION };

/* One thing found. Only `path` is copied; the other texts are static or live as long as the issues. No text ever holds
 * a value of the data. */
struct fhir_issue {
    enum fhir_severity severity;
    const char *code; /* FHIR issue-type: "structure", "required", "value", "invalid", "code-invalid" ... */
    struct str path;  /* FHIRPath: "Patient.name[0].given[1]" */
    const char *rule; /* stable id: "fhir-element-known", "pat-1" */
    const char *text; /* the rule in words */
};

/* What was found in one input, in the order of finding. Above SALVE_ISSUES_MAX only the counters go on. */
struct fhir_issues {
    struct arena *mem;
    struct fhir_issue *items;
    size_t count, capacity;
    size_t error_count; /* fatal and error, also those not kept */
    size_t left_out;    /* found but not kept */
};

void fhir_issues_init(struct fhir_issues *issues, struct arena *mem);

/* fhir_issue_add - copies path; everything else must live long enough. Out of memory counts as left out. */
void fhir_issue_add(struct fhir_issues *issues, enum fhir_severity severity, const char *code, struct str path,
                    const char *rule, const char *text);

/* A reader that is kept for many resources: its working memory, and which key follows which. Whoever reads one resource
 * after the other opens one; it makes reading a small resource about three times faster and changes no result. It
 * belongs to one thread. */
struct fhir_reader;
struct fhir_reader *fhir_reader_open(void); /* NULL: no memory */
void fhir_reader_close(struct fhir_reader *reader);

struct fhir_read_opts {
    fhir_type_id type;  /* 0: any resource, by its resourceType; else this resource, data type or backbone type */
    size_t bytes_max;   /* 0: SALVE_RESOURCE_BYTES_MAX */
    unsigned depth_max; /* 0: SALVE_JSON_DEPTH_MAX */
    struct fhir_reader *reader; /* NULL: one for this call alone */
};

/* fhir_read - JSON text to tape.
 *   opts      NULL: any resource, usual limits
 *   *out      nodes and heap in mem; set for SALVE_OK and E_INVALID
 *   issues    NULL: the first problem is only told by err
 *             (no nodes when not even a resource type was found: tape_root is TAPE_NONE)
 *   errors    E_INVALID (rules of FHIR), E_SYNTAX, E_TOO_BIG, E_TOO_DEEP, E_MEMORY; err->element: path of the first
 *   memory    the tape takes about as much as the compact JSON; reading, about twice the JSON as it is, and
 *             SALVE_REQUEST_BYTES_MAX at most for any input */
SALVE_MUST_USE enum salve_code fhir_read(struct str json, const struct fhir_read_opts *opts, struct arena *mem,
                                         struct tape *out, struct fhir_issues *issues, struct salve_err *err);

enum fhir_write_form { FHIR_COMPACT, FHIR_PRETTY /* two spaces, one element a line, no line end at the end */ };

/* fhir_write - appends the JSON of the subtree at `at` (tape_root for all): the same values in the same order as were
 * read, numbers with their text. */
void fhir_write(const struct tape *tape, tape_at at, enum fhir_write_form form, struct buf *out);

/* fhir_primitive_ok - does `text` have the format of that primitive type? `type` is a primitive other than xhtml. */
bool fhir_primitive_ok(fhir_type_id type, struct str text);

/* fhir_xhtml_ok - the narrative rules of R4 (narrative.html 2.4): one div of the XHTML namespace, well-formed, allowed
 * elements and attributes only, not empty. *rule names the first that is broken. */
bool fhir_xhtml_ok(struct str xhtml, const char **rule, const char **text);

#endif
