/* SPDX-License-Identifier: Apache-2.0
 * Generated tables that only the files of src/fhir/ use; what others may see is in elements.h. */
#ifndef SALVE_FHIR_TABLES_INT_H
#define SALVE_FHIR_TABLES_INT_H

#include "fhir/elements.h"

extern const char fhir_name_text[];      /* every name with a quote behind it, as it stands in JSON */
extern const uint32_t fhir_name_start[]; /* [id] .. [id + 1] - 1: text and quote */
extern const uint16_t fhir_name_slots[]; /* open hash over FNV-1a, linear probing */
extern const fhir_type_id fhir_type_of_name[];

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

/* What reading a member needs of its element, side by side. */
enum { FHIR_HEAD_BYTES = 16 };
struct fhir_member {
    char head[FHIR_HEAD_BYTES]; /* of its key in JSON, quotes and colon included; zero-filled */
    uint64_t bit;               /* of its choice, in that word of a set */
    fhir_type_id type;
    uint16_t head_mask; /* a bit for each byte of the head that counts */
    uint8_t word;
    uint8_t name_len; /* without quotes and colon */
    uint8_t look;
    char opens; /* the first byte of its value where read_object reads that itself: " of a text, { of one object, [ of a
                 * list of them, 0 for any digit of a decimal; else '\0' */
};
extern const struct fhir_member fhir_members[]; /* by element */
extern const uint64_t fhir_type_required[][4];  /* bit set of rows with min > 0; a choice by its first row */

/* What the validator asks of a value, by the element: one of the first, and some of the bits. */
enum fhir_ask {
    FHIR_ASK_NOTHING,
    FHIR_ASK_EXTENSION,
    FHIR_ASK_QUANTITY,
    FHIR_ASK_ATTACHMENT,
    FHIR_ASK_SYSTEM,
    FHIR_ASK_URI,
    FHIR_ASK_ARTIFACT,
    FHIR_ASK_REFERENCE,
    FHIR_ASK_ENTRY,
    FHIR_ASK_RESOURCE, /* of any type: contained, or of an entry or parameter */
    FHIR_ASK_ANY = 15,
    FHIR_ASK_BINDING = 16,   /* is its code in a value set that is required? */
    FHIR_ASK_ID = 32,        /* an id of an element, not of a resource: is it there once? */
    FHIR_ASK_CONTAINED = 64, /* contained resources */
    FHIR_ASK_TEXT = 128,     /* it is called text: of a resource, its narrative */
};
extern const uint8_t fhir_asks[]; /* by element */

fhir_type_id fhir_type_by_hash(uint32_t hash); /* the type whose name has that hash; 0 if there is none */

#endif
