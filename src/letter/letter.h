/* SPDX-License-Identifier: Apache-2.0
 *
 * letter - what a person takes home: the answer first, then one number line a result with words, the reason, the next
 * step and the date of the next check. One description (struct letter) is composed from signed findings and the texts
 * of their guidelines; HTML, PDF and plain text are renderings of it, so they cannot say different things.
 *
 *     struct letter_frame *frame;                               // words that every letter shares, one file a language
 *     letter_frame_load(share, STR("ar"), mem, &frame, err);
 *     letter_compose(&ask, frame, mem, &letter, err);
 *     letter_html(letter, &buf);                                // accessible, printable, no script
 *     letter_pdf(letter, &buf, err);                            // tagged, fonts embedded as subsets
 *
 * Every letter says that a screening result is not a diagnosis. It never shows which purposes were refused. All texts
 * of a struct letter live as long as the arena it was composed in. */
#ifndef SALVE_LETTER_LETTER_H
#define SALVE_LETTER_LETTER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "chart/chart.h"
#include "guideline/finding.h"
#include "guideline/guideline.h"

struct letter_frame; /* opaque: <share>/letters/frame.<language>.json */

/* letter_frame_load - E_NOT_FOUND: no letter in that language; E_INVALID: a word is missing (err names it). */
SALVE_MUST_USE enum salve_code letter_frame_load(const char *share, struct str language, struct arena *mem,
                                                 struct letter_frame **out, struct salve_err *err);

/* letter_frame_bytes - the file's bytes, as they were loaded. */
struct str letter_frame_bytes(const struct letter_frame *frame);

/* letter_frame_word - a word of the frame by key; STR_NONE if there is none. */
struct str letter_frame_word(const struct letter_frame *frame, const char *key);

/* letter_frame_value - the word for a LOINC code that no guideline here has a word for; STR_NONE: there is none. */
struct str letter_frame_value(const struct letter_frame *frame, struct str code);

/* What a letter speaks of: <share>/packages.json (docs/formats/packages.md). */
struct letter_packages; /* opaque */

/* letter_packages_load - E_NOT_FOUND; E_SYNTAX, E_INVALID: err names file and element. */
SALVE_MUST_USE enum salve_code letter_packages_load(const char *share, struct arena *mem, struct letter_packages **out,
                                                    struct salve_err *err);
/* letter_packages_know - is every one of the words, a space between, a package? E_USAGE names the first that is none,
 * and in its rule those that there are. */
SALVE_MUST_USE enum salve_code letter_packages_know(const struct letter_packages *packages, struct str words,
                                                    struct arena *mem, struct salve_err *err);
/* letter_packages_is_fact - is the LOINC code a fact about a person and no result? */
bool letter_packages_is_fact(const struct letter_packages *packages, struct str code);
struct str letter_packages_bytes(const struct letter_packages *packages);

/* letter_package_next - the package behind `after` (NULL: the first) that is chosen and meant for such a person, as the
 * file has it (docs/formats/packages.md); NULL: there is no further one. What is not known of the person keeps no
 * package from them. */
struct letter_person {
    struct str packages; /* that are offered, a space between; empty: the file's default */
    struct str sex;      /* "female", "male"; empty: not known */
    int64_t age_years;   /* completed; -1: not known */
};
const struct json *letter_package_next(const struct letter_packages *packages, const struct letter_person *person,
                                       const struct json *after);

/* letter_packages_each - the same of all packages, whomever they are for. */
const struct json *letter_packages_each(const struct letter_packages *packages, const struct json *after);

/* letter_packages_tube - what a sample for that measurement is drawn into; STR_NONE: no laboratory does it. */
struct str letter_packages_tube(const struct letter_packages *packages, struct str word);

/* letter_packages_have - does one of these packages, a space between, name the guideline? */
bool letter_packages_have(const struct letter_packages *packages, struct str words, struct str guideline);

/* One measurement, result or answer of this visit, whoever judges it. */
struct letter_value {
    struct str code;      /* LOINC, or of the questions of the check */
    struct str reference; /* "Observation/<id>", as findings name their inputs */
    struct str name;      /* printed where Salve has no word for the code */
    struct str value, unit, date;
    bool is_answer; /* of a question: no result */
    bool is_yes;
};

/* A result that was signed at an earlier visit. */
struct letter_earlier {
    struct str guideline, item, value, value2, unit, date; /* of the check, ISO */
};

/* The record that somebody told the person of what is urgent. */
struct letter_told {
    struct str by, at; /* printed name; FHIR dateTime */
    struct str how;    /* "in-person", "telephone", "messenger" */
    struct str agreed; /* what was agreed, as it was written down; may be empty */
    bool is_guardian;  /* the guardian was told, for a child */
};

/* Where an action takes the person. `name` "here": the clinic itself. Parts may be empty. */
struct letter_place {
    struct str action, name, address, telephone, hours;
};
#define LETTER_HERE_NAME   "here"
#define LETTER_AFTER_HOURS "after-hours" /* the action whose place holds outside the hours */

/* What the site gave for its letters; all of it may be empty. */
struct letter_clinic {
    struct str address, telephone, hours, crisis; /* crisis: a number for somebody who thinks of harming themself */
    struct str interval;                          /* from one check to the next, ISO 8601; empty: P1Y */
    struct str packages;                          /* names, a space between; empty: the file's default */
    struct str digits, months, paper;             /* "arabic"; "levant", "maghreb"; "letter"; else the usual ones */
    const struct letter_place *places;
    size_t place_count;
};

struct letter_ask {
    struct str person_name;     /* may be empty; a birth date opens the code, so no letter prints one */
    struct str code;            /* of this letter, as text and QR; never the card's. Empty: there is none */
    struct str code_until;      /* ISO date on which it ends */
    struct str site, clinician; /* who signed, as printed; empty: a draft, marked on every page */
    struct str date;            /* ISO date of the check */
    struct str birth_date, sex; /* for the packages: ISO date of any precision, "female" or "male"; empty: not known */
    const struct finding *findings;
    size_t finding_count;
    const struct letter_value *values; /* of this visit; NULL: not known, and the findings stand for them */
    size_t value_count;
    const struct str *firsts; /* references of first results of any day, which wait to be confirmed */
    size_t first_count;
    struct guideline *const *guidelines;
    size_t guideline_count;
    const struct letter_earlier *earlier; /* the newest first */
    size_t earlier_count;
    const struct letter_packages *packages; /* NULL: everything that was found speaks */
    const struct letter_told *told;         /* of all that is urgent; NULL: no record says so */
    struct letter_clinic clinic;
    struct str log_head; /* "size root" of the log, so that paper can be compared; may be empty */
    bool is_paper;       /* nothing was stored; this sheet is the only copy */
    bool is_outdated;    /* something came into the record after it was judged; said on top */
    bool is_withheld;    /* something is told in person, and does not stand here yet; a note says so */
    struct str corrects; /* ISO date of the check whose results these correct; said on top. Empty: none */
    bool is_demo;        /* of a made-up site; said on top */
};

/* --- the headline, on plain values -------------------------------------------------------------------------------- */

enum letter_headline {
#define HEADLINE(name, text) LETTER_##name,
#include "letter/headlines.def"
    LETTER_HEADLINE_COUNT
};

/* What a visit came to. `measured` counts every value and questionnaire, also what nobody judges. */
struct letter_tally {
    uint32_t measured, judged, usual; /* usual: judged, and inside its usual band */
    bool danger_yes;                  /* a danger question was answered with yes */
    enum urgency urgency;             /* the most urgent of all findings */
    bool told;                        /* a record says who told the person, when and how */
};

/* letter_headline - the first rule that fits. letter_words - how it may speak: "spoken" only with the record of it,
 * "go-now", "contact-today", "letter". letter_is_held - may it not be printed before somebody has told the person? */
enum letter_headline letter_headline(const struct letter_tally *tally);
const char *letter_headline_text(enum letter_headline headline);
const char *letter_words(const struct letter_tally *tally);
bool letter_is_held(const struct letter_tally *tally);

/* --- the next check, on plain values ------------------------------------------------------------------------------ */

#define LETTER_DUE_PROGRAMME "programme"

/* When something is to be looked at again, in days after this check, and because of what. */
struct letter_due {
    int64_t days;
    struct str reason;
};

/* letter_next_check - the earliest of `dues`, which stand in the order of the letter, and never later than the
 * programme's interval. Of equal ones the first, the programme before all. */
struct letter_due letter_next_check(int64_t programme_days, const struct letter_due *dues, size_t count);

/* --- the description ---------------------------------------------------------------------------------------------- */

enum letter_paper { LETTER_PAPER_A4, LETTER_PAPER_US }; /* 210 x 297 mm; 8.5 x 11 inches */

/* Circle, triangle, square, ring: how a result lies to what is usual, never how urgent it is. */
enum letter_mark { LETTER_MARK_USUAL, LETTER_MARK_WATCH, LETTER_MARK_SEE, LETTER_MARK_NEUTRAL, LETTER_MARK_COUNT };

struct letter_band {
    double to;       /* upper end on the scale */
    struct str word; /* under the band */
    bool is_here;
};

struct letter_scale {
    struct str label; /* "upper number" */
    double from, to, at;
    struct str at_text; /* "148" */
    struct letter_band *bands;
    size_t band_count;
};

struct letter_line {
    struct str name, headline, value; /* "Blood pressure", "higher than ...", "148 / 92 mmHg" */
    struct str meaning, why;          /* why: the values that were used, with their dates */
    unsigned source;                  /* number of its source in letter.sources, from 1 */
    enum letter_mark mark;
    enum urgency urgency;
    bool is_brief; /* as it should be, in a letter with much to say: one line is enough, without scales and reason */
    struct letter_scale *scales;
    size_t scale_count;
    struct str before; /* "Last time, on 3 June 2025: 152 / 96 mmHg. Now lower"; empty: nothing earlier */
    const struct chart_point *points; /* the earlier values and this one, the oldest first; none without two dates */
    size_t point_count;
    unsigned dots;         /* full ones of 100, counted from where reading starts */
    struct str dots_words; /* what the ten rows of ten dots say; empty: no such picture */
};

enum { LETTER_DOTS_A_ROW = 10, LETTER_DOTS = 100 };

struct letter_step {
    struct str what, when;
    struct str why;   /* the results that ask for it: "(Blood pressure, Blood sugar)" */
    struct str where; /* "Where: North Clinic, 1 Main Road, 0123 456." Empty where it is not known */
    enum urgency urgency;
};

struct letter_note { /* what was not done, not judged, to be measured again; one of a kind */
    struct str name, text;
};

struct letter {
    struct str language, comma, fonts; /* fonts: families by preference, "Noto Sans, Noto Sans Arabic" */
    double line_spacing;               /* of those fonts in print */
    enum letter_paper paper;
    bool has_arabic_digits;
    bool is_rtl;
    struct str title, answer, banner; /* banner: draft, demo or paper notice; may be empty */
    struct str person, details;       /* name; "Check on ... - North Clinic" */
    bool is_urgent;           /* answer, told and the urgent steps stand in one frame, the only one of the page */
    size_t urgent_step_count; /* the first so many steps */
    struct str told;          /* urgent: what was agreed, or that nobody has spoken with the person yet */
    struct str unconfirmed;   /* that no clinician here accepted the lines of what is urgent; or empty */
    struct letter_line *lines;
    size_t line_count;
    struct letter_step *steps; /* what to do: all of it, the most urgent first */
    size_t step_count;
    struct str *sources; /* guidelines that the results rest on */
    size_t source_count;
    struct letter_note *notes;
    size_t note_count;
    struct str next_check;       /* a sentence with the date */
    struct str next_day;         /* that date, ISO; empty: the sentence has none */
    struct str worse;            /* where to go if it gets worse */
    struct str diagnosis;        /* that this is not one */
    struct str apart;            /* that what is kept apart stands here only if asked for: the same in every letter */
    struct str contact;          /* address, telephone and hours of the clinic; may be empty */
    struct str record;           /* what the person can do with the record */
    struct str code, code_words; /* what the code opens; the QR stands beside it. Empty: there is none */
    struct str signed_by, log_head;
    struct str heading_lines, heading_steps, heading_notes, heading_next, heading_worse, heading_record;
    struct str word_used, word_sources, word_page, word_shown_as;
    struct str mark_words[LETTER_MARK_COUNT]; /* by enum letter_mark: the shape is never alone */
};

/* letter_compose - most urgent line first. The same ask gives the same letter. E_INVALID: a finding of a guideline that
 * is not among ask->guidelines, or one whose words are missing in the frame's language. */
SALVE_MUST_USE enum salve_code letter_compose(const struct letter_ask *ask, const struct letter_frame *frame,
                                              struct arena *mem, struct letter **out, struct salve_err *err);

/* letter_tally_of - what the visit came to, on which letter_is_held decides; `told` as ask->told is. Errors as
 * letter_compose. */
SALVE_MUST_USE enum salve_code letter_tally_of(const struct letter_ask *ask, const struct letter_frame *frame,
                                               struct arena *mem, struct letter_tally *out, struct salve_err *err);

/* letter_addressed - words of a guideline or frame with "{m|f}" as one speaks to a person of that sex ("female": the
 * second form). letter_scale_of - a number line of a guideline with a value on it, in a language. E_MEMORY. */
struct str letter_addressed(struct str text, struct str sex, struct arena *mem);
SALVE_MUST_USE enum salve_code letter_scale_of(const struct guideline *guideline, const struct guideline_scale *from,
                                               struct str value, struct str language, struct arena *mem,
                                               struct letter_scale *to, struct salve_err *err);

/* letter_chart - where the bands and the number of a number line stand. E_MEMORY. */
SALVE_MUST_USE enum salve_code letter_chart(const struct letter_scale *scale, struct arena *mem, struct chart_line *out,
                                            struct salve_err *err);

/* letter_html - one self-contained page. Failures stick to `out` (buf_done tells). */
void letter_html(const struct letter *letter, struct buf *out);

/* letter_text - lines for a terminal; without the code, which is for paper. Failures as letter_html. */
void letter_text(const struct letter *letter, struct buf *out);

/* letter_pdf - at most a few pages. E_MEMORY, E_TOO_BIG, E_CONFIG when a font is missing: that of the language, or of a
 * script that a name is written in (err names it and the package to install). */
SALVE_MUST_USE enum salve_code letter_pdf(const struct letter *letter, struct buf *out, struct salve_err *err);

#endif
