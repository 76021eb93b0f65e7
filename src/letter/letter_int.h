/* SPDX-License-Identifier: Apache-2.0
 * letter_int - what the files of letter share: dates in words, the QR raster, colours. */
#ifndef SALVE_LETTER_LETTER_INT_H
#define SALVE_LETTER_LETTER_INT_H

#include "letter/letter.h"

/* letter_date_words - "23 November 2026" in the frame's language from an ISO date of any precision; the text itself if
 * it is none. */
struct str letter_date_words(const struct letter_frame *frame, struct str iso_date, struct arena *mem);

/* letter_date_after - the ISO date that is an ISO 8601 duration (P1Y, P6M, P2W, P14D) after another; false if either
 * cannot be read. The day is clamped to the month's end. */
bool letter_date_after(struct str iso_date, struct str duration, struct arena *mem, struct str *out);

/* letter_fill - `pattern` with each {key} replaced from pairs of key, value ending with NULL. */
struct str letter_fill(struct str pattern, struct arena *mem, const char *key, struct str value);

/* A QR code of the card: size x size modules, one byte each (1 is dark). */
struct letter_qr {
    uint8_t *modules;
    int size;
};
SALVE_MUST_USE enum salve_code letter_qr_make(struct str text, struct arena *mem, struct letter_qr *out,
                                              struct salve_err *err);

/* The palette; meaning never hangs on colour alone. */
#define LETTER_INK   "#1B1F23"
#define LETTER_TEAL  "#0B5C5A"
#define LETTER_AMBER "#8A5A00"
#define LETTER_BRICK "#9B2C1F"

#endif
