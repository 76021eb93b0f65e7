/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/measure - what was measured at a station, typed as words: "bp 148/94 146/92 height 161 chest-pain no". Rules:
 * - A number that cannot be right (the hard range, a pair that does not fit) is refused, and with it everything that
 *   was typed: it is measured or entered again.
 * - A number that is unlikely (the soft range of an adult) is asked about once more, with the unit in which it would be
 *   usual; it is never changed. Under 18 only the hard range holds; where the age is not known it is asked about.
 * - A bound ("<5") is never refused.
 * - Several numbers of one word are several readings, in the order typed.
 * - A request that is made again, since its answer was lost, keeps nothing twice: its key stands in the source ids of
 *   its readings (admit/same.h), for good. What is kept apart and not shown to the actor is the exception: it is kept a
 *   second time under the same source id, so it counts once.
 * - The lot of a test kit stands beside its number as a note. Where admission takes the lot for something else (it may
 *   look like a national number, N7) the number is kept without it.
 * - What was noted wrongly is taken back by the same words: of readings with that number the newest becomes
 *   entered-in-error. It stays in the history and counts nowhere. */
#ifndef SALVE_VISIT_MEASURE_H
#define SALVE_VISIT_MEASURE_H

#include "visit/content.h"
#include "visit/import.h"

enum { VISIT_READINGS_MAX = 200 };

/* One reading: a number, two of a blood pressure, or the answer to a question. */
struct visit_reading {
    struct str word;               /* as typed: "bp", "height", "chest-pain" */
    struct str loinc, unit;        /* of a number: of LOINC, or the word of a question; STR_NONE for an answer */
    struct str comparator;         /* "<" "<=" ">=" ">", else STR_NONE */
    struct str numbers[2];         /* [1] of a blood pressure, an age by sight, and sight (6/12) */
    struct str answer;             /* "yes", "no", "female", "male"; else STR_NONE */
    struct range_answer ranges[2]; /* of the numbers */
    struct str lot, expires;       /* of the test kit: at most 20 characters of A-Z a-z 0-9 . / _ -, and a date */
};

/* visit_measure_read - the words as readings, with their ranges.
 *   units    of the site: "hba1c=% glucose=mg/dL", a space between; a unit written at a number ("110mg/dL") wins
 *   errors   E_USAGE names the word: no such measurement, no number, an unknown unit; E_RANGE (also named): a number
 *            that cannot be right; all readings are in *out then, for their alarms (visit_measure_ask.impossible) */
SALVE_MUST_USE enum salve_code visit_measure_read(const struct visit_content *content, struct str units,
                                                  const struct str *words, size_t count, struct arena *mem,
                                                  struct visit_reading **out, size_t *out_count, struct salve_err *err);

/* visit_measure_typed - the same of a form: word and text of each reading, which need not be of one line. What cannot
 * be read, or be right, hinders no other: *err has the first such error, and *out all that could be read, for their
 * alarms. Where there is no error, out[i] is of typed[i]. */
struct visit_typed {
    struct str word, text;
    struct str lot, expires; /* of the test kit, as its box says; empty: none */
};
SALVE_MUST_USE enum salve_code visit_measure_typed(const struct visit_content *content, struct str units,
                                                   const struct visit_typed *typed, size_t count, struct arena *mem,
                                                   struct visit_reading **out, size_t *out_count,
                                                   struct salve_err *err);

/* visit_wrong_read - the same for what is to be taken back: any number is read. */
SALVE_MUST_USE enum salve_code visit_wrong_read(struct str units, const struct str *words, size_t count,
                                                struct arena *mem, struct visit_reading **out, size_t *out_count,
                                                struct salve_err *err);

/* visit_units_check - are these units of measurements, each once? E_USAGE names the one that is not. */
SALVE_MUST_USE enum salve_code visit_units_check(struct str units, struct salve_err *err);

/* visit_measure_word - the next measurement of measure.def, in the unit of a site with these units; false: there is no
 * further one. *at starts at 0. */
bool visit_measure_word(struct str units, size_t *at, struct str *word, struct str *unit, struct str *loinc);

/* visit_measure_unit - the next unit in which a word may be typed; false: there is no further one. *at starts at 0. */
bool visit_measure_unit(struct str word, size_t *at, struct str *unit);

/* visit_measure_has - is the code one of that word, in any unit? */
bool visit_measure_has(struct str word, struct str loinc);

/* A number that a person has to confirm. */
struct visit_doubt {
    const struct visit_reading *reading;
    size_t which;          /* of reading->numbers */
    struct str other_unit; /* in which it would be usual; STR_NONE */
    bool is_age_not_known; /* perhaps it is a child's */
};

struct visit_measure_ask {
    /* true: the number stands. NULL: nothing that has to be confirmed is kept. */
    bool (*confirm)(void *with, const struct visit_doubt *doubt);
    /* What the alarm layer finds in the readings and the record, before anything is asked, refused or kept; where the
     * record does not open, in the readings alone. Both NULL: nothing is judged. */
    const struct visit_screening *screening;
    void (*alarms)(void *with, const struct screen_found *findings);
    /* The error of reading, where one of the numbers cannot be right or be read: alarms are told, and then that is the
     * answer; nothing is kept. NULL: all can be. */
    const struct salve_err *impossible;
    bool asks_all;  /* every number that has to be confirmed is asked about, also behind one that was not */
    struct str key; /* of the request, at most 50 hexadecimal digits in lower case and hyphens; STR_NONE: it is not
    * made again */
    bool *was_kept; /* set where it is not NULL: that request was kept before, and nothing is kept now */
    void *with;
};

/* visit_measure - keeps the readings in the record of the person with that card, as measured now; *kept of them.
 *   errors   E_RANGE: one was not confirmed, and nothing is kept; E_CONFLICT: the key is of other readings; those of
 *            visit_import */
SALVE_MUST_USE enum salve_code visit_measure(const struct visit *visit, struct str card,
                                             const struct visit_reading *readings, size_t count,
                                             const struct visit_measure_ask *ask, size_t *kept, struct salve_err *err);

/* visit_measure_paper - the same of somebody who wants nothing stored: *bundle is a file about one person, who told
 * what `who` has (its id is filled), to be judged by visit_paper_screen. Nothing is kept. Errors of visit_measure
 * without those of a record. */
struct visit_patient_form;
SALVE_MUST_USE enum salve_code visit_measure_paper(const struct visit *visit, const struct visit_patient_form *who,
                                                   const struct visit_reading *readings, size_t count,
                                                   const struct visit_measure_ask *ask, struct str *bundle,
                                                   struct salve_err *err);

/* What came of taking something back. */
struct visit_wronged {
    size_t taken_back;
    uint64_t stale, stale_urgent; /* findings that rest on it; of these, those that are due today or now */
};

/* visit_wrong - takes readings back, each the newest one that has its number or answer.
 *   errors   E_NOT_FOUND names the word: the view shows no such reading, and nothing was taken back */
SALVE_MUST_USE enum salve_code visit_wrong(const struct visit *visit, struct str card,
                                           const struct visit_reading *readings, size_t count,
                                           struct visit_wronged *out, struct salve_err *err);

#endif
