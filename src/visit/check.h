/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/check - the accepted guidelines over a person's record, or over a file of somebody who wants nothing stored. */
#ifndef SALVE_VISIT_CHECK_H
#define SALVE_VISIT_CHECK_H

#include "admit/admit.h"
#include "records/worklist.h"
#include "screen/told.h"
#include "visit/visit.h"

/* The guidelines of the content that this site accepted, ready to evaluate. Opened once, used for many people. */
struct visit_screening {
    struct screen *screen;
    size_t left_out; /* guidelines that are not accepted here */
};

/* visit_screening - the alarms are always among them. A guideline that is accepted here and broken is said in every
 * finding list; it stops nothing. One that nobody uses here is left out. */
SALVE_MUST_USE enum salve_code visit_screening(const struct visit *visit, struct visit_screening *out,
                                               struct salve_err *err);

/* visit_screen - evaluates the person with that card and keeps the findings as drafts. What is kept apart is kept only
 * with the person's tick, and judged only by who may see it (screen.h). */
SALVE_MUST_USE enum salve_code visit_screen(const struct visit *visit, const struct visit_screening *screening,
                                            struct str card, struct screen_found *out, struct salve_err *err);

/* visit_evaluate - what the guidelines say of the person behind an open view now: nothing is kept. Who may not see what
 * is kept apart hears that a clinician is wanted, not what for. */
SALVE_MUST_USE enum salve_code visit_evaluate(const struct visit *visit, const struct visit_screening *screening,
                                              struct rec_view *view, struct screen_found *out, struct salve_err *err);

/* A file (Bundle, NDJSON or one resource) of somebody who wants nothing stored. It passes the same admission as an
 * import, and is refused where part of it is about somebody else; what is inadmissible is left out with `minimise`. */
struct fhir_issues;
struct visit_paper {
    struct str bytes;
    bool minimise;
    void (*issues)(void *with, const struct fhir_issues *issues);    /* why it was refused; NULL: nobody asks */
    void (*alarms)(void *with, const struct screen_found *findings); /* of a file that is refused, as it came; NULL */
    void *with;
    const struct admit_count *left_out; /* set: by rule */
    size_t rule_count;
};

/* visit_paper_screen - evaluates it and stores nothing. E_NOT_ADMITTED; those of the reader. */
SALVE_MUST_USE enum salve_code visit_paper_screen(const struct visit *visit, const struct visit_screening *screening,
                                                  struct visit_paper *paper, struct screen_found *out,
                                                  struct salve_err *err);

/* The item of an alarm that the actor may not see: it is about what is kept apart. */
#define VISIT_KEPT_APART "kept-apart"

/* visit_urgency - the most urgent of them. */
enum urgency visit_urgency(const struct screen_found *findings);

/* visit_all_judged - is there no finding of a guideline that ended with an error? Else E_INVALID, which names the first
 * one and its error; the other findings hold. */
SALVE_MUST_USE enum salve_code visit_all_judged(const struct screen_found *findings, struct salve_err *err);

/* What is about to be signed. */
struct visit_drafts {
    struct screen_set set;
    struct screen_told *told; /* of each */
    bool has_unjudged; /* something that is kept apart came after the last run of somebody who may see it: no draft is
                        * about it */
};

struct visit_sign_ask {
    const struct screen_leave *leave; /* drafts that end without a signature */
    size_t leave_count;
    bool (*confirm)(void *with, const struct visit_drafts *drafts); /* false: nothing is signed, E_USAGE; NULL: yes */
    void *with;
};

/* visit_sign - the actor, a clinician, signs the person's drafts. ask: NULL for all of them. */
struct visit_signed {
    size_t count;
    struct work open; /* what is open about the person now */
};
SALVE_MUST_USE enum salve_code visit_sign(const struct visit *visit, struct str card, const struct visit_sign_ask *ask,
                                          struct visit_signed *out, struct salve_err *err);

/* --- acceptance --------------------------------------------------------------------------------------------------- */

/* What a clinician accepts: the guideline of the content, the choices as they would stand, and what is in force. */
struct visit_offer {
    const struct guideline *here;
    bool has_before; /* an acceptance is in force */
    struct screen_acceptance before;
    const struct guideline *in_force; /* as it was accepted; NULL: not kept, or it cannot be read any more */
};
SALVE_MUST_USE enum salve_code visit_offer(const struct visit *visit, struct str id, struct visit_offer *out,
                                           struct salve_err *err);

/* visit_switch_value - what a switch will be: as chosen now, or else as it was accepted before where it still has that
 * value, or else its initial value; empty: it has to be chosen. Of the alarms nothing is taken over from before: what
 * makes them less strict is said each time. */
struct str visit_switch_value(const struct visit_offer *offer, const struct guideline_switch *sw,
                              const struct guideline_choice *choices, size_t count);

/* visit_accept - the actor, a clinician, takes responsibility for the rules and all words of a guideline of the content
 * at this site. Errors as screen_accept. visit_accept_words - for the words of one language alone. */
SALVE_MUST_USE enum salve_code visit_accept(const struct visit *visit, struct str id,
                                            const struct guideline_choice *choices, size_t count,
                                            const struct guideline **out, struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_accept_words(const struct visit *visit, struct str id, struct str language,
                                                  struct salve_err *err);

#endif
