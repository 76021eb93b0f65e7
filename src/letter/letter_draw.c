/* SPDX-License-Identifier: Apache-2.0
 * PDFs by whoever draws; draw.h. */
#include "letter/draw.h"

enum { PDF_BYTES_MAX = 64 << 20 };

enum salve_code letter_draw_pdf(const struct letter_draw *draw, const struct letter_drawn *what, struct arena *mem,
                                struct str *bytes, struct salve_err *err)
{
    struct buf out;
    if (draw->pdf != NULL) return draw->pdf(draw->context, what, mem, bytes, err);
    buf_init(&out, mem, PDF_BYTES_MAX);
    TRY(what->form != NULL ? letter_form_pdf(what->form, &out, err) : letter_pdf(what->letter, &out, err));
    return buf_done(&out, bytes, err);
}
