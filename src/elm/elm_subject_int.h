/* SPDX-License-Identifier: Apache-2.0
 *
 * elm_subject_int - the index of a person, for the files that retrieve (elm_subject.c makes it). */
#ifndef SALVE_ELM_SUBJECT_INT_H
#define SALVE_ELM_SUBJECT_INT_H

#include "elm/elm.h"

struct elm_entry {
    const struct tape *tape;
    tape_at at;
    uint32_t next; /* entry of the same type; UINT32_MAX: none */
};
struct elm_group {
    fhir_type_id type;
    uint32_t first, end, count; /* chain of entries; end: the last one */
};
struct elm_coding {
    uint32_t hash, entry;
    tape_at at; /* the Coding, or the primitive itself */
};
struct elm_rows { /* of a type's elements those of one FHIRPath name, neighbours; last < first: none */
    fhir_element_id first, last;
};
struct elm_codes {
    fhir_type_id type;
    struct elm_rows rows;
    uint32_t count;
    const struct elm_coding *codings; /* in the order of the entries */
    struct elm_codes *next;
};

const struct elm_group *elm_group_of(const struct elm_subject *subject, fhir_type_id type); /* NULL: none */
uint32_t elm_text_hash(struct str text);
struct elm_rows elm_rows_of(fhir_type_id type, fhir_name_id path);
/* elm_codes_for - all codes of the entries of a type in those elements; made on the first call. */
SALVE_MUST_USE enum salve_code elm_codes_for(struct elm_subject *subject, fhir_type_id type, struct elm_rows rows,
                                             struct elm_codes **out, struct salve_err *err);

#endif
