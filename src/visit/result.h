/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/result - the letter that a person takes home. */
#ifndef SALVE_VISIT_RESULT_H
#define SALVE_VISIT_RESULT_H

#include "records/worklist.h"
#include "visit/check.h"

/* One rendering; several of one letter cost one look at the record. */
struct visit_sheet {
    struct str language; /* of the frames of the content */
    bool is_pdf;         /* else HTML */
    bool is_text;        /* lines for a terminal instead */
    struct str bytes;    /* out */
    struct str next_day; /* out, of a letter: the day of the next check that it says, ISO; empty: none */
};

/* The letters of one look. */
struct visit_letters_ask {
    family_mask families; /* of what is kept apart: those that the person wants in the letter; 0: none */
    struct visit_sheet *sheets;
    size_t count;
    /* Where the letters go, before the record says that they are printed; NULL: the caller has them in `sheets`. */
    enum salve_code (*keep)(void *context, struct salve_err *err);
    void *context;
    bool is_untold;    /* print it although it is held: it then speaks as not yet told */
    bool *is_outdated; /* set where it is not NULL: something came into the record after what was signed */
};

/* visit_letters - the newest signed findings of the person with that card. Without a family what is kept apart is not
 * even opened; with one the look says so, and findings of no other family are printed. The letter gets a code of its
 * own (rec_letter_code), which ends the one of the letter before; *has_code is false where there is none, and may be
 * NULL. errors   E_CONFLICT: it is held, since something in it cannot wait and no record says that the person was told;
 * E_NOT_FOUND: nothing is signed; E_STALE: a value that it rests on was taken back or changed; E_CONSENT: a family, and
 * the agreement to care lacks its tick; those of visit_frame, letter_compose, or why a guideline is broken */
SALVE_MUST_USE enum salve_code visit_letters(const struct visit *visit, struct str card,
                                             const struct visit_letters_ask *letters, bool *has_code,
                                             struct salve_err *err);

/* A letter that was signed and not printed since. */
struct visit_waiting {
    struct str ticket;
    enum work_reach reach; /* WORK_BY_CARD: nobody opens it without the card */
    int64_t since_unix_ms;
};

/* visit_letter_queue - all of them, in the order of signing; that the list was read is noted in the log. Each is made
 * by visit_letters with its ticket: a look and a leaf of its own, and the quota of openings.
 * *unreadable (may be NULL): rows of open work that do not open. E_ROLE. */
SALVE_MUST_USE enum salve_code visit_letter_queue(const struct visit *visit, struct visit_waiting **out, size_t *count,
                                                  uint64_t *unreadable, struct salve_err *err);

/* visit_results - what the letter with that code said, once more, but for what is kept apart; without a code.
 * E_NOT_FOUND: of rec_letter_open. */
SALVE_MUST_USE enum salve_code visit_results(const struct visit *visit, struct str code, struct str birth_date,
                                             struct visit_sheet *sheets, size_t count, struct screen_found *out,
                                             struct salve_err *err);

/* visit_paper_letters - the same for a file about one person; nothing is stored, this sheet is the only copy.
 * E_ROLE: on paper a clinician, the actor, answers for the results. */
SALVE_MUST_USE enum salve_code visit_paper_letters(const struct visit *visit, const struct visit_screening *screening,
                                                   struct visit_paper *paper, const struct visit_letters_ask *letters,
                                                   struct salve_err *err);

/* visit_name_on_paper - a name as it may be printed: no control characters, nothing that turns the direction of what
 * follows. All of it, for a letter wraps it; of more
 * than 2,000 bytes the middle is left out. */
SALVE_MUST_USE enum salve_code visit_name_on_paper(struct str name, struct arena *mem, struct str *out,
                                                   struct salve_err *err);

#endif
