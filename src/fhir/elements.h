/* SPDX-License-Identifier: Apache-2.0
 *
 * elements - the R4 element tables, generated at build from the pinned definitions (tools/fhir_tables.mjs) into
 * build/gen/fhir_tables.{h,c}. Names are interned: equal text has equal id, so the engine compares numbers.
 *
 * Every type (primitive, data type, backbone element, resource) is a row; its elements are consecutive rows, inherited
 * ones included, choice types expanded (Observation.valueQuantity and Observation.valueString are two rows that share
 * the path name "value").
 *
 * The ids are constants, for code that names elements (the generated fhir_tables.h, which comes with this header):
 * FHIR_T_Patient, FHIR_T_Patient_contact (types), FHIR_N_family (names), FHIR_E_Patient_birthDate,
 * FHIR_E_Observation_valueQuantity (elements). They change with the definitions; never store them. Finding an id by its
 * text is for text that comes from outside. */
#ifndef SALVE_FHIR_ELEMENTS_H
#define SALVE_FHIR_ELEMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "fhir_tables.h"

typedef uint16_t fhir_name_id;    /* 0: no such name */
typedef uint16_t fhir_type_id;    /* 0: no such type */
typedef uint16_t fhir_element_id; /* 0: the root of a tape */
typedef uint16_t fhir_list_id;    /* 0: the empty list; see fhir_list */

enum fhir_type_kind { FHIR_PRIMITIVE, FHIR_COMPLEX, FHIR_BACKBONE, FHIR_RESOURCE };

enum {
    FHIR_MANY = 1,    /* max > 1: a JSON array */
    FHIR_CHOICE = 2,  /* one of a choice [x] */
    FHIR_SUMMARY = 4, /* the definitions give it in a summary */
};

struct fhir_element {
    fhir_name_id name;      /* JSON name: "valueQuantity" */
    fhir_name_id path_name; /* FHIRPath name: "value" */
    fhir_type_id owner;     /* the type that has it */
    fhir_type_id type;      /* the type of its values; Resource for contained and Bundle.entry.resource */
    uint8_t min;
    uint8_t flags;
    uint8_t choice;       /* of a choice: row of the first alternative, counted from the owner's first; else its own */
    uint16_t binding;     /* required binding: index into fhir_valuesets; 0: none (weaker bindings are not kept) */
    fhir_list_id targets; /* Reference and canonical: allowed type ids (Resource: any); 0: nothing stated */
    fhir_list_id invariants; /* beyond those of its type: indexes into fhir_invariants */
};

struct fhir_type {
    fhir_name_id name; /* "Patient", "HumanName", "Patient.contact", "string" */
    fhir_type_id base; /* "DomainResource"; 0 at the top */
    uint8_t kind;      /* enum fhir_type_kind */
    bool is_abstract;
    uint16_t element_count;
    fhir_element_id first_element;
    fhir_list_id invariants; /* of every value of this type; inherited ones (dom-*) included */
};

/* One FHIRPath rule of the definitions. ele-1 is not here: the reader itself refuses an element without content. */
struct fhir_invariant {
    const char *key;        /* "pat-1" */
    const char *expression; /* FHIRPath, evaluated with the element as context; must be true */
    const char *human;      /* what it asks for, in words */
    bool is_error;          /* else a warning */
};

/* A value set of a required binding. Its codes are fhir_codes[first_code ...], sorted by code text, then system. */
struct fhir_valueset {
    const char *url;
    uint32_t first_code, code_count;
    fhir_list_id open_systems; /* systems that belong to it whose codes the definitions do not list: fhir_systems ids */
    bool is_open;              /* not all of its content is known (mime types, currencies, UCUM) */
};

struct fhir_code {
    uint32_t text;   /* where it starts in fhir_code_text; NUL behind it */
    uint16_t system; /* index into fhir_systems */
};

extern const struct fhir_element fhir_elements[];
extern const struct fhir_type fhir_types[];
extern const struct fhir_invariant fhir_invariants[];
extern const struct fhir_valueset fhir_valuesets[];
extern const struct fhir_code fhir_codes[];
extern const char fhir_code_text[];
extern const char *const fhir_systems[]; /* code system URLs; [0] is NULL */
extern const uint16_t fhir_lists[];

/* fhir_list - the ids of a list, 0 behind the last:
 *     for (const uint16_t *id = fhir_list(element->targets); *id != 0; id++) ... */
static inline const uint16_t *fhir_list(fhir_list_id list) { return &fhir_lists[list]; }

struct str fhir_name(fhir_name_id name);
fhir_name_id fhir_name_find(struct str text); /* O(1), open hash */
fhir_type_id fhir_type_find(struct str text); /* "Patient", "HumanName", "string", "Patient.contact"; O(1) */
struct str fhir_type_name(fhir_type_id type);
bool fhir_type_is_a(fhir_type_id type, fhir_type_id base); /* itself or a descendant */

/* fhir_element_find - the row of `type` with that JSON name; 0 if there is none. O(rows of the type). */
fhir_element_id fhir_element_find(fhir_type_id type, struct str json_name);

/* fhir_valueset_has - is the code in the value set of a required binding?
 *   system   STR_NONE for a code element, whose system the binding implies */
enum fhir_has { FHIR_HAS_NOT, FHIR_HAS, FHIR_HAS_UNKNOWN /* the definitions do not list all of it */ };
enum fhir_has fhir_valueset_has(uint16_t valueset, struct str system, struct str code);

#endif
