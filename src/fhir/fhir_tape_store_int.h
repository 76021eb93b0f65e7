/* SPDX-License-Identifier: Apache-2.0
 * The stored form of a tape: what its writer and its loader share. The format is told in docs/formats/tape.md. */
#ifndef SALVE_FHIR_TAPE_STORE_INT_H
#define SALVE_FHIR_TAPE_STORE_INT_H

#include "fhir/fhir_tape_int.h"

enum {
    STORE_MAGIC = 'T',
    STORE_VERSION = 1,
    STORE_HEAD_BYTES = 6,     /* magic, version, fingerprint of the tables */
    STORE_SMALL = 15,         /* counts from here on go on as a varint */
    STORE_SAME_ELEMENT = 8,   /* bit of the head byte: the element of the sibling before */
    STORE_TEXT_BYTES_MIN = 4, /* shorter texts are not numbered */
    STORE_UUID_BYTES = 16,
    STORE_UUID_CHARS = 36,
};

/* Low three bits of a head byte; the high four are the count. */
enum store_kind {
    STORE_OBJECT,  /* count: children */
    STORE_TEXT,    /* count: bytes; the text follows */
    STORE_NUMBER,  /* count: bytes; the text follows */
    STORE_WORD,    /* count: 0 false, 1 true, 2 null */
    STORE_KNOWN,   /* count: number in fhir_dictionary.def */
    STORE_EARLIER, /* count: number of an earlier text of this tape */
    STORE_PARTNER, /* count: children of the primitive whose head follows */
    STORE_UUID,    /* count: 0 bare, 1 behind "urn:uuid:"; 16 bytes follow */
};

struct store_dictionary {
    const struct str *texts;
    uint32_t count;
};
struct store_dictionary tape_dictionary(void);

/* tape_fingerprint - of the table rows that stored tapes rely on: which elements each type has, in which order. */
uint32_t tape_fingerprint(void);

/* tape_type_hash - how stored tapes name the type of a root or resource: FNV-1a of its name. */
uint32_t tape_type_hash(fhir_type_id type);

#endif
