/* SPDX-License-Identifier: Apache-2.0
 *
 * The zstd dictionary number 1 of record contents. Its bytes are part of the stored format: never change them; a better
 * one becomes number 2 with a coding of its own. Made by
 * tests/bench/records/records_dictionary.c from the made-up resources of tools/dictionary_samples.mjs. */
#ifndef SALVE_RECORDS_DICTIONARY_H
#define SALVE_RECORDS_DICTIONARY_H

#include <stddef.h>

extern const unsigned char rec_dictionary_1[];
extern const size_t rec_dictionary_1_bytes;

#endif
