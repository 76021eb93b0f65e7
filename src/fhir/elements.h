/* SPDX-License-Identifier: Apache-2.0
 *
 * elements - the R4 element tables, generated at build from the pinned definitions (tools/fhir_tables.mjs) into
 * build/gen/fhir_tables.{h,c}. Names are interned: equal text has equal id, so the engine compares numbers.
 *
 * Every type (primitive, data type, backbone element, resource) is a row; its elements are consecutive rows, inherited
 * ones included, choice types expanded (Observation.valueQuantity and Observation.valueString are two rows that share
 * the path name "value"). */
#ifndef SALVE_FHIR_ELEMENTS_H
#define SALVE_FHIR_ELEMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef uint16_t fhir_name_id;    /* 0: no such name */
typedef uint16_t fhir_type_id;    /* 0: no such type */
typedef uint16_t fhir_element_id; /* 0: the root of a tape */

enum fhir_type_kind { FHIR_PRIMITIVE, FHIR_COMPLEX, FHIR_BACKBONE, FHIR_RESOURCE, FHIR_SYSTEM };

enum {
    FHIR_MANY = 1,   /* max > 1: a JSON array */
    FHIR_CHOICE = 2, /* one of a choice [x] */
};

struct fhir_element {
    fhir_name_id name;      /* JSON name: "valueQuantity" */
    fhir_name_id path_name; /* FHIRPath name: "value" */
    fhir_type_id owner;     /* the type that has it */
    fhir_type_id type;      /* the type of its values; Resource for contained and Bundle.entry.resource */
    uint8_t      min;
    uint8_t      flags;
};

struct fhir_type {
    fhir_name_id        name; /* "Patient", "HumanName", "Patient.contact", "string" */
    fhir_type_id        base; /* "DomainResource"; 0 at the top */
    uint8_t             kind; /* enum fhir_type_kind */
    uint16_t            element_count;
    fhir_element_id     first_element;
};

extern const struct fhir_element fhir_elements[];
extern const struct fhir_type    fhir_types[];

struct str   fhir_name(fhir_name_id name);
fhir_name_id fhir_name_find(struct str text); /* O(1), a perfect or open hash */
fhir_type_id fhir_type_find(struct str text); /* "Patient", "HumanName", "string", "Patient.contact" */
struct str   fhir_type_name(fhir_type_id type);
bool         fhir_type_is_a(fhir_type_id type, fhir_type_id base); /* itself or a descendant */

/* fhir_element_find - the row of `type` with that JSON name; 0 if there is none. */
fhir_element_id fhir_element_find(fhir_type_id type, struct str json_name);

#endif
