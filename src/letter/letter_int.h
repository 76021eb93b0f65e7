/* SPDX-License-Identifier: Apache-2.0
 * letter_int - what the files of letter share: a letter in the making, dates in words, fonts, the QR raster,
 * colours. */
#ifndef SALVE_LETTER_LETTER_INT_H
#define SALVE_LETTER_LETTER_INT_H

#include "letter/letter.h"

/* letter_date_words - "23 November 2026" in the frame's language from an ISO date of any precision; the text itself if
 * it is none. months: which names of them, where the frame has several ("month.levant.01"); empty: "month.01". */
struct str letter_date_words(const struct letter_frame *frame, struct str months, struct str iso_date,
                             struct arena *mem);

/* letter_fill - `pattern` with each {key} replaced from pairs of key, value ending with NULL. */
struct str letter_fill(struct str pattern, struct arena *mem, const char *key, struct str value);

/* letter_days_after - days from an ISO date to that date plus an ISO 8601 duration (P1Y, P6M, P2W, P14D), the day
 * clamped to the month's end; false if either cannot be read. letter_date_in - the ISO date so many days later. */
bool letter_days_after(struct str iso_date, struct str duration, int64_t *days);
struct str letter_date_in(struct str iso_date, int64_t days, struct arena *mem);

/* letter_next_font - cuts the first family off a list such as "Noto Sans, Noto Sans Arabic"; false at its end. */
bool letter_next_font(struct str *fonts, struct str *family);

/* What a frame, or a description that came from elsewhere, may say: names of fonts with commas between them, as they go
 * into a style sheet; a line spacing from 0.5 to 2; a short code of a language. */
bool letter_is_font_list(struct str text);
bool letter_is_line_spacing(double value);
bool letter_is_language(struct str language);

/* letter_digits - digits of a text as the letter writes them; what stands in a word with Latin letters (HbA1c, PHQ-9)
 * or is of the person or the clinic (between U+2068 and U+2069) stays. letter_all_digits - of the whole letter. */
struct str letter_digits(const struct letter *letter, struct str text, struct arena *mem);
void letter_all_digits(struct letter *letter, struct arena *mem);

/* letter_paper_size - of one page, in points. */
void letter_paper_size(enum letter_paper paper, double *width, double *height);

/* A word under a number line. The caller gives width and band; letter_labels_place finds row and left edge, so that
 * none touches another, and returns the number of rows. `labels` stand from left to right. */
struct letter_label {
    double width, centre, band_left, band_right;
    double left;
    int row;
};
enum { LETTER_LABEL_GAP = 5 };
int letter_labels_place(struct letter_label *labels, size_t count, double left, double right);

/* letter_set_frame - language, fonts, direction and what else a frame says of the page. */
void letter_set_frame(struct letter *letter, const struct letter_frame *frame);

/* letter_html_start - the head of the page, banner, title, person, details; letter_html_end closes it.
 * letter_html_text - escaped; letter_html_element - nothing for no text. */
void letter_html_start(const struct letter *letter, struct buf *out);
void letter_html_end(struct buf *out);
void letter_html_text(struct buf *out, struct str text);
/* letter_html_qr - a QR code of the text. */
void letter_html_qr(struct str text, struct buf *out);
void letter_html_element(struct buf *out, const char *tag, const char *class, struct str text);

/* letter_day - days since 1970 of a whole ISO date; false: it is none. */
bool letter_day(struct str iso_date, int64_t *days);

/* A QR code of a text: size x size modules, one byte each (1 is dark). */
struct letter_qr {
    uint8_t *modules;
    int size;
};
SALVE_MUST_USE enum salve_code letter_qr_make(struct str text, struct arena *mem, struct letter_qr *out,
                                              struct salve_err *err);

/* --- a letter in the making --------------------------------------------------------------------------------------- */

/* One finding, in the order of the letter. */
struct letter_item {
    const struct finding *finding;
    const struct guideline *guideline;
    struct guideline_words words;
    enum letter_mark mark;
    bool is_alarm;                   /* of the layer that looks for what cannot wait */
    bool is_quiet;                   /* not of this check: neither line nor note */
    const struct letter_item *under; /* said together with that one, which says the same or more; NULL: by itself */
};

#define LETTER_ASK_NOW "ask-now"

/* Around numbers; around names, which keep a direction of their own. */
#define LETTER_NUMBER_START "\u2066"
#define LETTER_NAME_START   "\u2068"
#define LETTER_ISOLATE_END  "\u2069"

struct composer {
    const struct letter_ask *ask;
    const struct letter_frame *frame;
    struct arena *mem;
    struct letter *letter;
    const struct guideline *alarms; /* NULL: not at hand */
    struct letter_item *items;
    size_t item_count;
    struct letter_tally tally;
    struct str usual, outside, unjudged; /* names for the answer, with commas */
};

/* letter_texts.c: words and values of one finding */
struct str letter_word(const struct composer *c, const char *key);
struct str letter_label(const struct composer *c, const struct guideline *guideline, struct str key);
struct str letter_isolated(const struct composer *c, struct str text);
struct str letter_name(const struct composer *c, struct str text); /* of the person or the clinic, kept by itself */
struct str letter_date(const struct composer *c, struct str iso_date);
struct str letter_address(const struct composer *c, struct str text); /* "{m|f}": as one speaks to this person */
struct guideline_words letter_finding_words(const struct composer *c, const struct guideline *guideline,
                                            const struct finding *finding);
struct str letter_number(const struct composer *c, const struct guideline *guideline, struct str number,
                         struct str unit);
struct str letter_value_words(const struct composer *c, const struct letter_item *item);
struct str letter_why_words(const struct composer *c, const struct letter_item *item);
struct str letter_value_name(const struct composer *c, const struct letter_value *value);
bool letter_is_number(struct str text); /* "148", "<5", ">33.3" */

/* A list of texts with commas, each once. */
struct letter_list {
    struct str *texts;
    size_t count, room;
};
enum salve_code letter_list_make(struct composer *c, size_t room, struct letter_list *out, struct salve_err *err);
void letter_list_add(struct letter_list *list, struct str text);
struct str letter_list_words(const struct composer *c, const struct letter_list *list);
struct str letter_list_short(const struct composer *c, const struct letter_list *list); /* "a, b and 5 more" */

/* letter_packages.c: what speaks, what is said once, which actions are the same */
bool letter_speaks(const struct composer *c, const struct letter_item *item);
bool letter_is_expected(const struct composer *c, struct str guideline, struct str label);
bool letter_says_once(const struct composer *c, const struct finding *said, const struct finding *other);
struct str letter_same_action(const struct composer *c, const struct finding *finding, struct str action);
bool letter_is_fact(const struct composer *c, struct str code);

/* letter_together.c: marks, and which findings stand under which. letter_uses - does the finding rest on that value?
 * letter_rests_on - on a value of that code? letter_is_of_visit - on anything of this visit? */
void letter_join(struct composer *c);
const struct letter_item *letter_top(const struct letter_item *item); /* itself, or the one that says it */
bool letter_uses(const struct finding *finding, const struct letter_value *value);
bool letter_rests_on(const struct composer *c, const struct finding *finding, struct str code);
bool letter_is_of_visit(const struct composer *c, const struct finding *finding);

/* letter_tally.c, letter_line.c, letter_before.c, letter_steps.c, letter_notes.c */
enum salve_code letter_count(struct composer *c, struct salve_err *err);
enum salve_code letter_add_lines(struct composer *c, struct salve_err *err);
void letter_add_before(const struct composer *c, const struct letter_item *item, struct letter_line *line);
enum salve_code letter_add_steps(struct composer *c, struct salve_err *err);
enum salve_code letter_add_notes(struct composer *c, struct salve_err *err);

/* letter_leaves_value - was something of this visit measured that the guideline looks at and no result speaks of? */
bool letter_leaves_value(const struct composer *c, const struct guideline *guideline);

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
