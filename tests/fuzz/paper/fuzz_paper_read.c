/* SPDX-License-Identifier: Apache-2.0
 * Descriptions of letters. What reads is written again as it came, and is a letter that HTML can be made of; a short one is drawn. */
#include <stdlib.h>

#include "letter/draw.h"
#include "paper/paper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool claim)
{
    if (!claim) abort();
}

enum { DRAWN_BYTES_MAX = 1500 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(64 << 20);
    struct str bytes = str_bytes(data, size), pdf;
    struct letter_drawn what;
    struct buf again, html;
    if (paper_read(bytes, mem, &what, NULL) == SALVE_OK) {
        static const struct letter_draw here = {0};
        buf_init(&again, mem, 4 << 20);
        buf_init(&html, mem, 32 << 20);
        need(paper_write(&what, &again, NULL) == SALVE_OK && str_eq(buf_str(&again), bytes));
        if (what.letter != NULL) letter_html(what.letter, &html);
        if (what.form != NULL) letter_form_html(what.form, &html);
        if (size <= DRAWN_BYTES_MAX) (void)!letter_draw_pdf(&here, &what, mem, &pdf, NULL);
    }
    arena_close(mem);
    return 0;
}
