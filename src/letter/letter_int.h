/* SPDX-License-Identifier: Apache-2.0
 * letter_int - what the files of letter share: dates in words, fonts, the QR raster, colours. */
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

/* letter_next_font - cuts the first family off a list such as "Noto Sans, Noto Sans Arabic"; false at its end. */
bool letter_next_font(struct str *fonts, struct str *family);

/* A QR code of a text: size x size modules, one byte each (1 is dark). */
struct letter_qr {
    uint8_t *modules;
    int size;
};
SALVE_MUST_USE enum salve_code letter_qr_make(struct str text, struct arena *mem, struct letter_qr *out,
                                              struct salve_err *err);

/* The palette of both renderings: red, green, blue as hexadecimal digits. Meaning never hangs on colour alone. */
#define LETTER_INK   1B, 1F, 23
#define LETTER_GREY  3D, 44, 4B /* small print */
#define LETTER_TEAL  0B, 5C, 5A /* headings, "as it should be" */
#define LETTER_AMBER 8A, 5A, 00 /* "keep an eye on it" */
#define LETTER_BRICK 9B, 2C, 1F /* "see a clinician", banners */
#define LETTER_HERE  BF, DA, D8 /* the band that holds the value */
#define LETTER_WHITE FF, FF, FF
#define LETTER_PAPER FB, FA, F7 /* behind the page on a screen */
#define LETTER_RULE  C9, C5, BA /* between two results on a screen */

/* LETTER_HEX(LETTER_INK) is "#1B1F23"; LETTER_RGB(LETTER_INK) an initialiser of three parts from 0 to 1. */
#define LETTER_HEX(colour)              LETTER_HEX_OF(colour)
#define LETTER_HEX_OF(red, green, blue) "#" #red #green #blue
#define LETTER_RGB(colour)              LETTER_RGB_OF(colour)
#define LETTER_RGB_OF(red, green, blue)                                                                                \
    {                                                                                                                  \
        0x##red / 255.0, 0x##green / 255.0, 0x##blue / 255.0                                                           \
    }

#endif
