/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/recovery - the key of a site on paper: lines that are typed again where every copy of the key file is lost.
 *
 * A line is eight bytes of the key and two that tell whether it was typed right (of SHA-256 over "salve key line N" and
 * the eight): "3f2a 91bc 0d44 7e10 a91f". Whoever has the sheet has the key. */
#ifndef SALVE_VISIT_RECOVERY_H
#define SALVE_VISIT_RECOVERY_H

#include "visit/content.h"
#include "visit/result.h"

enum { VISIT_KEY_LINES = 4, VISIT_KEY_PART_BYTES = 8, VISIT_KEY_BYTES = VISIT_KEY_LINES * VISIT_KEY_PART_BYTES };
enum { VISIT_KEY_LINE_CHARS = 25 }; /* with a NUL */

/* visit_key_line - line `number` (from 0) of a key. visit_key_line_read - back again: blanks, hyphens and capitals do
 * not matter, and o, i, l are taken for the digits that they look like. E_INVALID: it was not typed right. `part` is
 * the caller's to wipe. */
void visit_key_line(const uint8_t key[VISIT_KEY_BYTES], unsigned number, char out[VISIT_KEY_LINE_CHARS]);
SALVE_MUST_USE enum salve_code visit_key_line_read(struct str text, unsigned number, uint8_t part[VISIT_KEY_PART_BYTES],
                                                   struct salve_err *err);

/* visit_code_lines - letter_qr_lines: the address of a server, for a telephone that looks at the terminal. */
SALVE_MUST_USE enum salve_code visit_code_lines(struct str text, struct arena *mem, struct str *out,
                                                struct salve_err *err);

/* visit_recovery_sheet - the sheet, to print and to lock away. Of the visit: content with VISIT_FRAMES, mem (private)
 * and draw alone. errors   those of visit_frame and letter_draw_pdf */
struct visit_recovery {
    struct str name, made_on; /* of the site; the day */
    const uint8_t *key;       /* VISIT_KEY_BYTES; NULL: a passphrase opens it, and there is a line to write on */
};
SALVE_MUST_USE enum salve_code visit_recovery_sheet(const struct visit *visit, const struct visit_recovery *ask,
                                                    struct visit_sheet *sheet, struct salve_err *err);

#endif
