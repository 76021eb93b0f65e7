/* SPDX-License-Identifier: Apache-2.0
 *
 * letter/draw - who draws the PDFs of letters and empty forms: this process, or another one that a face has for it.
 * What is drawn is decided before; whoever draws gets the description alone. */
#ifndef SALVE_LETTER_DRAW_H
#define SALVE_LETTER_DRAW_H

#include "letter/form.h"
#include "letter/letter.h"

/* What is drawn: one of the two, the other NULL. */
struct letter_drawn {
    const struct letter *letter;
    const struct letter_form *form;
};

/* letter_drawn_check - is it fit to be drawn? What letter_compose and letter_form_open make is; a description that came
 * from elsewhere may not be. Its counts, enums and texts are those of their types. E_INVALID names the member. */
SALVE_MUST_USE enum salve_code letter_drawn_check(const struct letter_drawn *what, struct salve_err *err);

/* pdf - the bytes of what is drawn, in mem; errors as letter_pdf, and those of the way to whoever draws. NULL: this
 * process draws. */
struct letter_draw {
    enum salve_code (*pdf)(void *context, const struct letter_drawn *what, struct arena *mem, struct str *bytes,
                           struct salve_err *err);
    void *context;
};

/* letter_draw_pdf - by `draw`, or here. */
SALVE_MUST_USE enum salve_code letter_draw_pdf(const struct letter_draw *draw, const struct letter_drawn *what,
                                               struct arena *mem, struct str *bytes, struct salve_err *err);

/* letter_qr_lines - a QR code of the text as lines of half blocks, light ones drawn, for a dark terminal. E_TOO_BIG. */
SALVE_MUST_USE enum salve_code letter_qr_lines(struct str text, struct arena *mem, struct str *out,
                                               struct salve_err *err);

/* --- drawing without files ---------------------------------------------------------------------------------------- */

/* letter_fonts_warm - opens and keeps what drawing needs: configuration of fonts, their list, and the fonts of every
 * character in the words of the share folder, for each of its languages. After it a letter that says nothing else opens
 * no file, and fonts that come or go are not noticed. Its helper threads have ended when it returns.
 *   errors  those of letter_frame_load and letter_pdf; E_IO */
SALVE_MUST_USE enum salve_code letter_fonts_warm(const char *share, struct salve_err *err);

/* letter_fonts_folders - the folders that fonts lie in, each with all that is in it. E_MEMORY, E_CONFIG: there is no
 * configuration of fonts. */
SALVE_MUST_USE enum salve_code letter_fonts_folders(struct arena *mem, struct str **out, size_t *count,
                                                    struct salve_err *err);

#endif
