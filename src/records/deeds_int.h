/* SPDX-License-Identifier: Apache-2.0
 *
 * What the gate looks at before it takes what staff says and does about a person (deeds.h). */
#ifndef SALVE_RECORDS_DEEDS_INT_H
#define SALVE_RECORDS_DEEDS_INT_H

#include "guideline/finding.h"
#include "records/deeds.h"
#include "records/view_int.h"

/* TOLD, SIGNED, CLOSED and LEFT_OUT are notes: they stand as they were written. STAFF: another Provenance or
 * Communication in the name of staff. */
enum rec_deed {
    DEED_IS_NONE,
    DEED_IS_FINDING,
    DEED_IS_REQUEST,
    DEED_IS_TASK,
    DEED_IS_REFERRAL,
    DEED_IS_TOLD,
    DEED_IS_SIGNED,
    DEED_IS_CLOSED,
    DEED_IS_LEFT_OUT,
    DEED_IS_STAFF
};
enum rec_deed_state { DEED_DRAFT, DEED_DONE, DEED_ENDED }; /* of a finding, a request, a task */

struct str rec_text_at(const struct tape *tape, const char *path); /* empty: there is nothing */
enum rec_deed rec_deed_of(const struct tape *tape);
enum rec_deed_state rec_deed_state(const struct tape *tape, enum rec_deed deed);
static inline bool rec_deed_is_draftable(enum rec_deed deed) { return deed >= DEED_IS_FINDING && deed <= DEED_IS_TASK; }
static inline bool rec_deed_is_note(enum rec_deed deed) { return deed >= DEED_IS_TOLD; }

/* rec_deed_next_target - the next that a note is about; TAPE_NONE: there is none behind `after`. */
tape_at rec_deed_next_target(const struct tape *tape, tape_at after, struct str *reference);

/* A resource of the person as it stands behind the save. */
#define REC_SEQ_OF_SAVE UINT64_MAX
struct rec_stands {
    uint64_t number; /* of its id */
    uint64_t seq;    /* of its record; REC_SEQ_OF_SAVE: it is in the save */
    enum data_class class;
    enum rec_deed deed;
    const struct tape *tape;
    const struct rec_resource *before; /* the newest stored version of what the save writes anew; NULL */
};

/* What the save would leave, of the classes that the view reads of CLIN, SENS and IDENT. */
struct rec_outcome {
    struct rec_view *view;
    struct arena *mem;
    struct rec_stands *list; /* by number */
    size_t count;
};
SALVE_MUST_USE enum salve_code rec_outcome_load(struct rec_view *view, const struct rec_item *items,
                                                const enum data_class *classes, size_t count, struct arena *mem,
                                                struct rec_outcome *out, struct salve_err *err);
/* rec_outcome_find - what a reference names; NULL: nothing that is seen. */
const struct rec_stands *rec_outcome_find(const struct rec_outcome *outcome, struct str reference);

/* An alarm, or another finding, as it stands (docs/formats/findings.md, "open"). */
struct rec_alarm {
    const struct rec_stands *at;
    enum urgency urgency;
    bool is_untold, is_unclosed;
};
/* rec_alarms_all - every finding that stands. rec_alarms_may_end - may the draft of `alarm`, which is open, be written
 * as it is in the save now? */
SALVE_MUST_USE enum salve_code rec_alarms_all(const struct rec_outcome *outcome, struct rec_alarm **out, size_t *count,
                                              struct salve_err *err);
bool rec_alarms_may_end(const struct rec_outcome *outcome, const struct rec_stands *at);

/* rec_finding_may_rest - may a run that finds a draft as it stands leave it unwritten? Never an alarm, or what is due
 * today: their own record says how far they were judged. */
bool rec_finding_may_rest(const struct tape *finding);

/* rec_outcome_is_signed - does a signing name it; is_now: one of the save. Signings are looked at when they are
 * written; a status alone is nobody's word. */
bool rec_outcome_is_signed(const struct rec_outcome *outcome, const struct rec_stands *what, bool is_now);

/* rec_outcome_is_stale - did something that a guideline looks at come into the record behind a draft that is signed? */
bool rec_outcome_is_stale(const struct rec_outcome *outcome, const struct rec_stands *draft);

/* rec_referral_check - may a referral be written as it is in the save? It is noted in view->work. rec_referral_demand -
 * what is open of those that go on (view->work.least). rec_referral_open - one that goes on;
 * E_NOT_FOUND. */
SALVE_MUST_USE enum salve_code rec_referral_check(const struct rec_outcome *outcome, const struct rec_stands *at,
                                                  int64_t opened_at_unix_ms, struct salve_err *err);
void rec_referral_demand(const struct rec_outcome *outcome, int64_t day_end_unix_ms);
struct rec_referral_at;
SALVE_MUST_USE enum salve_code rec_referral_open(struct rec_view *view, struct str referral, struct arena *mem,
                                                 struct rec_referral_at *out, struct salve_err *err);

/* rec_deeds_check - what staff says of themselves is so, and what only some may do is done by them; then view->work
 * knows what has to be open behind the save. Before the transaction. */
SALVE_MUST_USE enum salve_code rec_deeds_check(struct rec_view *view, const struct rec_item *items,
                                               const enum data_class *classes, size_t count, struct arena *mem,
                                               struct salve_err *err);

#endif
