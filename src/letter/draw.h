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

#endif
