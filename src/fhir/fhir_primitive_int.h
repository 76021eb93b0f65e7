/* SPDX-License-Identifier: Apache-2.0
 * What the reader and the builder know about each primitive type. Only for src/fhir/. */
#ifndef SALVE_FHIR_PRIMITIVE_INT_H
#define SALVE_FHIR_PRIMITIVE_INT_H

#include "fhir/elements.h"

enum fhir_json { FHIR_JSON_STRING, FHIR_JSON_NUMBER, FHIR_JSON_BOOLEAN };

struct fhir_format {
    enum fhir_json json; /* how its values look in JSON */
    const char *rule;    /* what fhir_primitive_ok asks, in words */
};

/* How a value of a type is read, by type. */
enum fhir_look {
    FHIR_LOOK_COMPLEX, /* no primitive */
    FHIR_LOOK_STRING,  /* any text that is not empty */
    FHIR_LOOK_TOKEN,   /* a text without blanks is right; others may be */
    FHIR_LOOK_TEXT,    /* a text with a format of its own */
    FHIR_LOOK_DECIMAL,
    FHIR_LOOK_BOOLEAN,
    FHIR_LOOK_OTHER, /* XHTML, whole numbers */
};
extern const uint8_t fhir_looks[]; /* enum fhir_look */

enum { FHIR_NUMBER_CHARS_MAX = 64 }; /* of a decimal */

/* Of a type of kind FHIR_PRIMITIVE. */
const struct fhir_format *fhir_primitive_format(fhir_type_id type);

#endif
