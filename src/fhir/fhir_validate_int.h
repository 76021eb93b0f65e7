/* SPDX-License-Identifier: Apache-2.0
 * What the files of the validator share. Only for src/fhir/. */
#ifndef SALVE_FHIR_VALIDATE_INT_H
#define SALVE_FHIR_VALIDATE_INT_H

#include "fhir/fhir.h"
#include "fhir/fhir_tables_int.h"
#include "fhir/index.h"
#include "fhir/validate.h"

struct fhir_local { /* a contained resource, or a text "#id" (without its #) */
    struct str id;
    tape_at at;
};

struct fhir_scope {
    tape_at container;            /* resource that is not contained, the one at hand is in */
    struct fhir_local *contained; /* of the container, sorted by id, then place */
    struct fhir_local *local;     /* texts of the container that start with #, sorted */
    uint32_t contained_count, local_count;
};

struct fhir_check {
    const struct tape *tape;
    struct arena *mem;
    struct fhir_issues *issues;
    tape_at at;              /* the node at hand: where issues are */
    struct fhir_path *path;  /* of the last issue; NULL before it is needed */
    struct fhir_index index; /* of a Bundle that is the whole input; else empty */
    struct fhir_scope scope;
    enum salve_code code;
};

/* Text of the first child with that name, which is no choice. */
static inline struct str fhir_child_text(const struct tape *tape, tape_at parent, fhir_name_id name)
{
    for (tape_at c = tape_first(tape, parent); c != TAPE_NONE; c = tape_next(tape, parent, c))
        if (tape_path_name(tape, c) == name) return tape_text(tape, c);
    return STR_NONE;
}

/* An issue at the node at hand. */
void fhir_check_fail(struct fhir_check *check, const char *code, const char *rule, const char *text);
void fhir_check_warn(struct fhir_check *check, const char *code, const char *rule, const char *text);

void fhir_check_binding(struct fhir_check *check, tape_at at); /* fhir_validate_value.c */
void fhir_check_urn(struct fhir_check *check, tape_at uri);    /* of an OID or UUID without urn: */
void fhir_check_value(struct fhir_check *check, enum fhir_ask ask, tape_at at);
void fhir_check_reference(struct fhir_check *check, tape_at reference); /* fhir_validate_reference.c */
void fhir_check_contained(struct fhir_check *check, tape_at container);
void fhir_check_ids(struct fhir_check *check, tape_at container);
struct str fhir_without_fragment(struct str reference);           /* "Patient/1#x" -> "Patient/1"; "#x" stays */
void fhir_check_bundle(struct fhir_check *check, tape_at bundle); /* fhir_validate_bundle.c */
void fhir_check_entry(struct fhir_check *check, tape_at bundle, tape_at entry);

#endif
