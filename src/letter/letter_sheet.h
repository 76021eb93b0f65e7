/* SPDX-License-Identifier: Apache-2.0
 * letter_sheet - a page that is written from the top down: texts, headings, number lines. For the files that draw a
 * PDF. Sizes are points. */
#ifndef SALVE_LETTER_LETTER_SHEET_H
#define SALVE_LETTER_LETTER_SHEET_H

#include <pango/pangocairo.h>

#include "letter/letter_int.h"

enum { MARGIN = 45, QR_SIDE = 99 /* 35 mm */ };

struct sheet {
    const struct letter *letter;
    const struct letter_form *form; /* NULL: it is a letter */
    enum salve_code (*draw)(struct sheet *s, struct salve_err *err);
    const char *fonts, *language; /* those of the letter, as C strings */
    cairo_t *cr;
    PangoContext *pango;   /* of all passes */
    struct sheet_set *set; /* texts that are set; of all passes */
    struct arena *mem;
    double width, height; /* of the page */
    double inner;         /* of the text */
    double bottom;        /* where the text ends and the footer begins */
    double scale;         /* of all letters: a long letter is set a little smaller */
    double y;
    int page, page_count; /* page_count 0: a pass that only counts */
    gunichar *no_glyph;   /* the first character that no font here has; 0: none */
};

struct sheet_set;
struct ink {
    double red, green, blue;
};
extern const struct ink SHEET_INK, SHEET_TEAL, SHEET_AMBER, SHEET_BRICK, SHEET_GREY, SHEET_HERE;

struct look {
    double size;
    bool is_bold;
    const struct ink *ink;
    double space_after;
};
extern const struct look SHEET_BODY, SHEET_SMALL;

/* sheet_layout - text set in a look; width 0: in one line. It is the same one each time, and nobody changes it; text
 * stays as long as the sheet. sheet_layout_new - one to change. The caller unrefs both.
 * sheet_height, sheet_width, sheet_baseline - of a layout. */
PangoLayout *sheet_layout(const struct sheet *s, struct str text, const struct look *look, double width);
PangoLayout *sheet_layout_new(const struct sheet *s, struct str text, const struct look *look, double width);
double sheet_height(PangoLayout *layout);
double sheet_block_height(const struct sheet *s, PangoLayout *layout); /* as sheet_put writes it */
double sheet_width(PangoLayout *layout);
double sheet_baseline(PangoLayout *layout);
double sheet_text_width(const struct sheet *s, struct str words, const struct look *look);
double sheet_text_height(const struct sheet *s, struct str words, const struct look *look, double width);

/* sheet_show - a layout where the pen is; a pass that only counts pages shows none. */
void sheet_show(const struct sheet *s, PangoLayout *layout);

/* sheet_set_open - the table of sheet_layout. sheet_set_empty - lets all of it go; at the end, too. */
SALVE_MUST_USE enum salve_code sheet_set_open(struct arena *mem, struct sheet_set **out, struct salve_err *err);
void sheet_set_empty(struct sheet_set *set);

/* sheet_need - starts a page when `height` more would not fit. */
void sheet_need(struct sheet *s, double height);

/* sheet_put - a layout at x with a structure tag, as a whole on one page; unrefs it. sheet_text_at, sheet_text - words
 * at x, or over the whole width; nothing for none. sheet_heading - never alone at the foot of a page. sheet_centred -
 * around x, standing on the base line y, inside the margins. */
void sheet_put(struct sheet *s, const char *tag, PangoLayout *layout, const struct look *look, double x);
void sheet_text_at(struct sheet *s, const char *tag, struct str text, const struct look *look, double x, double width);
void sheet_text(struct sheet *s, const char *tag, struct str words, const struct look *look);
void sheet_heading(struct sheet *s, struct str words);
void sheet_centred(const struct sheet *s, struct str words, const struct look *look, double x, double y);
void sheet_ink(const struct sheet *s, const struct ink *ink);

/* sheet_start, sheet_end - of a document. The name of the person and the page stand at the foot of every page. */
void sheet_start(struct sheet *s);
void sheet_top(struct sheet *s); /* banner, title, person, details */
void sheet_end(struct sheet *s);

/* sheet_pdf - the PDF of a sheet with letter, form and draw alone; the other members are set here. Errors as
 * letter_pdf. */
SALVE_MUST_USE enum salve_code sheet_pdf(struct sheet *sheet, struct buf *out, struct salve_err *err);

/* sheet_qr - a QR code of the text, QR_SIDE wide, its corner at x, y. E_TOO_BIG, E_MEMORY. */
SALVE_MUST_USE enum salve_code sheet_qr(struct sheet *s, struct str text, double x, double y, struct salve_err *err);

#endif
