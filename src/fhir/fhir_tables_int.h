/* SPDX-License-Identifier: Apache-2.0
 * Generated tables that only the files of src/fhir/ use; what others may see is in elements.h. */
#ifndef SALVE_FHIR_TABLES_INT_H
#define SALVE_FHIR_TABLES_INT_H

#include "fhir/elements.h"

extern const char fhir_name_text[];      /* every name with a quote behind it, as it stands in JSON */
extern const uint32_t fhir_name_start[]; /* [id] .. [id + 1] - 1: text and quote */
extern const uint16_t fhir_name_slots[]; /* open hash over FNV-1a, linear probing */
extern const fhir_type_id fhir_type_of_name[];
extern const uint64_t fhir_element_prefix[];   /* first 8 bytes of name and quote, little endian, zero-filled */
extern const uint8_t fhir_element_name_len[];  /* without the quote */
extern const uint64_t fhir_type_required[][4]; /* bit set of rows with min > 0; a choice by its first row */

fhir_type_id fhir_type_by_hash(uint32_t hash); /* the type whose name has that hash; 0 if there is none */

#endif
