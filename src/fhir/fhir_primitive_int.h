/* SPDX-License-Identifier: Apache-2.0
 * What the reader and the builder know about each primitive type. Only for src/fhir/. */
#ifndef SALVE_FHIR_PRIMITIVE_INT_H
#define SALVE_FHIR_PRIMITIVE_INT_H

#include "fhir/fhir_tables_int.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum fhir_json { FHIR_JSON_STRING, FHIR_JSON_NUMBER, FHIR_JSON_BOOLEAN };

struct fhir_format {
    enum fhir_json json; /* how its values look in JSON */
    const char *rule;    /* what fhir_primitive_ok asks, in words */
};

enum { FHIR_NUMBER_CHARS_MAX = 64 }; /* of a decimal */

/* Is there no byte up to and including the blank in a text that is not empty? Then it is right as FHIR_LOOK_TOKEN. */
bool fhir_has_no_blank(struct str text);

/* The same for a text of printable characters behind which 64 bytes can be read. */
static inline bool fhir_is_token(struct str text)
{
#ifdef __SSE2__
    const __m128i blank = _mm_set1_epi8(' '), *at = (const __m128i *)(const void *)text.ptr;
    if (text.len <= 64) {
        uint64_t a = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(at), blank));
        uint64_t b = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(at + 1), blank));
        uint64_t c = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(at + 2), blank));
        uint64_t d = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(at + 3), blank));
        return (a | b << 16 | c << 32 | d << 48) << (64 - text.len) == 0;
    }
#endif
    return fhir_has_no_blank(text);
}

/* Of a type of kind FHIR_PRIMITIVE. */
const struct fhir_format *fhir_primitive_format(fhir_type_id type);

#endif
