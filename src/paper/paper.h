/* SPDX-License-Identifier: Apache-2.0
 *
 * paper - draws letters and empty forms in a process of its own. Whoever composes a letter has people's data and no
 * fonts; whoever draws it has fonts and nothing else. Between them goes a description (docs/formats/letter.md): every
 * field of struct letter or struct letter_form, checked when it is read.
 *
 *     paper_pair(&ends, err);                              // before the processes part: one end each
 *
 *     paper_warm(share, err);                              // the process that draws: whatever it has to open later
 *     confine_enter(&what, &state, err);                   // fonts alone, to read: letter_fonts_folders
 *     paper_serve(ends.draws, err);                        // until the other end is closed
 *
 *     struct paper_asker asker = {.fd = ends.asks};        // the process that asks; several threads may use one end
 *     struct visit visit = {..., .draw = paper_draw(&asker)};
 *
 * Each letter has a connection of its own, which the asker makes and hands over through its end. So letters of several
 * threads never mix; one that was cut off leaves nothing behind; and a process that takes the place of one that died
 * goes on with the same end, as long as somebody (the supervisor) kept it open. */
#ifndef SALVE_PAPER_PAPER_H
#define SALVE_PAPER_PAPER_H

#include "letter/draw.h"

/* --- the description ---------------------------------------------------------------------------------------------- */

/* paper_write - `what` as bytes behind `out`; failures stick to it. E_TOO_BIG: a text or list passes its limit. */
SALVE_MUST_USE enum salve_code paper_write(const struct letter_drawn *what, struct buf *out, struct salve_err *err);

/* paper_read - the description that the bytes hold; texts are views into them, the rest lives in mem. What is read is
 * fit to be drawn: counts, numbers and enums inside their ranges, texts UTF-8.
 *   errors  E_UNSUPPORTED another version; E_SYNTAX cut off, or something behind it; E_INVALID, E_TOO_BIG: err names
 *           the field; E_MEMORY */
SALVE_MUST_USE enum salve_code paper_read(struct str bytes, struct arena *mem, struct letter_drawn *out,
                                          struct salve_err *err);

/* --- the process that draws --------------------------------------------------------------------------------------- */

struct paper_ends {
    int asks, draws; /* the caller closes both */
};

/* paper_pair - the two ends, closed in programs that this one runs. E_IO. */
SALVE_MUST_USE enum salve_code paper_pair(struct paper_ends *out, struct salve_err *err);

/* paper_warm - letter_fonts_warm, and from then on the process may have PAPER_MEMORY_BYTES of memory, no more: it ends
 * where a letter would need it. Errors as letter_fonts_warm. */
SALVE_MUST_USE enum salve_code paper_warm(const char *share, struct salve_err *err);

/* paper_serve - draws one letter after the other, until the other end is closed. A letter has PAPER_SECONDS_MAX of this
 * process's time, or the process ends; the connection of one who sends too slowly or too much is dropped. E_IO. */
SALVE_MUST_USE enum salve_code paper_serve(int draws, struct salve_err *err);

/* --- the process that asks ---------------------------------------------------------------------------------------- */

enum {
    PAPER_MEMORY_BYTES = 1 << 30, /* addresses; drawing takes 350 MB of them, each large font some 40 more */
    PAPER_SECONDS_MAX = 5,        /* to draw one; a long one takes 0.2 s */
    PAPER_WAIT_SECONDS = 15       /* until the asker gives up: letters of others are drawn before */
};

struct paper_asker {
    int fd;           /* paper_ends.asks */
    int wait_seconds; /* 0: PAPER_WAIT_SECONDS */
};

/* paper_ask - the PDF, in mem. If the process that draws ends meanwhile, it is asked once more.
 *   errors  those of letter_pdf and paper_write; E_BUSY: not within the time, or nobody draws */
SALVE_MUST_USE enum salve_code paper_ask(const struct paper_asker *asker, const struct letter_drawn *what,
                                         struct arena *mem, struct str *bytes, struct salve_err *err);

/* paper_draw - the same for struct visit; `asker` outlives it. */
struct letter_draw paper_draw(struct paper_asker *asker);

#endif
