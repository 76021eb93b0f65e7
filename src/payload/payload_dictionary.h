/* SPDX-License-Identifier: Apache-2.0
 *
 * The zstd dictionaries of record contents. Their bytes are part of the stored format: never change them; a better one
 * becomes number 3 with a coding of its own. Made by tests/bench/records/records_dictionary.c: number 1 from the
 * made-up resources of tools/dictionary_samples.mjs, number 2 from these and from visits as they are stored
 * (tests/bench/screen/visit_samples.c). Number 1 is read, and written no more. */
#ifndef SALVE_PAYLOAD_DICTIONARY_H
#define SALVE_PAYLOAD_DICTIONARY_H

#include <stddef.h>

extern const unsigned char rec_dictionary_1[];
extern const size_t rec_dictionary_1_bytes;
extern const unsigned char rec_dictionary_2[];
extern const size_t rec_dictionary_2_bytes;

#endif
