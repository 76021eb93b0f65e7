/* SPDX-License-Identifier: Apache-2.0
 *
 * letter/form - an empty sheet of paper for a check: words, boxes to tick and places to write. Drawn by the same hand
 * as a letter (fonts, scripts, both directions). Nothing on it is filled in or ticked: a description has no place for
 * that.
 *
 *     letter_form_open(frame, title, mem, &form, err);
 *     letter_form_add(form, (struct letter_form_row){LETTER_FORM_CHOICE, .words = STR("Yes. I agree.")});
 *     letter_form_pdf(form, &buf, err);
 *
 * Texts live as long as the caller's; the form as long as its arena. */
#ifndef SALVE_LETTER_FORM_H
#define SALVE_LETTER_FORM_H

#include "letter/letter.h"

enum letter_form_kind {
    LETTER_FORM_HEADING,
    LETTER_FORM_TEXT,
    LETTER_FORM_SMALL,
    LETTER_FORM_CHOICE, /* a box to tick, then words; every choice is as large as every other */
    LETTER_FORM_ANSWER, /* words, then the two answers of `answers` with a box each */
    LETTER_FORM_VALUE,  /* words, then boxes for `boxes` numbers and their unit */
    LETTER_FORM_LINE,   /* a line to write on, words below */
    LETTER_FORM_CODE,   /* a QR code of the words, and the words below */
    LETTER_FORM_LINK,   /* words that lead to `unit`, a path of the same server; on paper the words alone */
};

struct letter_form_row {
    enum letter_form_kind kind;
    struct str words;
    struct str answers[2];
    struct str unit; /* may be empty */
    unsigned boxes;  /* 1 to 3 */
};

enum { LETTER_FORM_KINDS = LETTER_FORM_LINK + 1 };
enum { LETTER_FORM_ROWS_MAX = 200, LETTER_FORM_BOXES_MAX = 3 };

struct letter_form {
    struct letter page; /* language, fonts, paper, direction, title, details, banner; nothing else */
    struct letter_form_row rows[LETTER_FORM_ROWS_MAX];
    size_t count;
};

/* letter_form_open - an empty form in the language of the frame. E_MEMORY. letter_form_add - one more row; more than
 * LETTER_FORM_ROWS_MAX are an error of the caller. */
SALVE_MUST_USE enum salve_code letter_form_open(const struct letter_frame *frame, struct str title, struct arena *mem,
                                                struct letter_form **out, struct salve_err *err);
void letter_form_add(struct letter_form *form, struct letter_form_row row);

/* letter_form_html - one self-contained page; failures stick to `out`. letter_form_pdf - errors as letter_pdf. */
void letter_form_html(const struct letter_form *form, struct buf *out);
SALVE_MUST_USE enum salve_code letter_form_pdf(const struct letter_form *form, struct buf *out, struct salve_err *err);

#endif
