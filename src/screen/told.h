/* SPDX-License-Identifier: Apache-2.0
 *
 * told - that somebody heard of it: who was told of a finding, how, and what was agreed; that a clinician closed an
 * alarm. What is said to have happened is read from here and from nothing else.
 *
 *     screen_findings(view, SCREEN_SIGNED, mem, &set, err);
 *     screen_told_read(view, &set, mem, &told, err);                       // told[i] is about set.findings[i]
 *     if (screen_needs_told(&set.findings[i]) && !told[i].is_told) ...      // speak as not yet told
 *
 * Kept is a FHIR Communication (about the finding's Observation, sender, sent, medium, payload) and, for closing, a
 * Provenance (docs/formats/findings.md). Telling is about what was found then: it holds for a finding of a later run
 * that says the same of the same values and is not more urgent, and for no other. */
#ifndef SALVE_SCREEN_TOLD_H
#define SALVE_SCREEN_TOLD_H

#include "records/worklist.h"
#include "screen/screen.h"

enum screen_how {
#define SCREEN_HOW(name, text, code) SCREEN_HOW_##name,
#include "screen/told.def"
#undef SCREEN_HOW
    SCREEN_HOW_COUNT
};
const char *screen_how_text(enum screen_how how); /* "in-person", "telephone", "messenger" */
bool screen_how_find(struct str text, enum screen_how *out);

/* What is known of one finding. Texts live in mem. */
struct screen_told {
    bool is_told;
    bool is_guardian;  /* the guardian was told, for a child */
    bool is_in_person; /* they were told in person at some time, whatever the newest note says */
    enum screen_how how;
    struct str by;     /* pseudonym of who told; the printed name is the site's to find */
    struct str at;     /* FHIR instant */
    struct str agreed; /* in the words of who told; empty: nothing was noted */
    bool is_closed;    /* a clinician closed the alarm */
    struct str closed_by, closed_at;
    bool is_passed_on;           /* nobody told them yet, and that was passed on */
    struct str passed_by;        /* by whom at last: pseudonym */
    struct str passed_why;       /* "call-clinician", "left" */
    struct str passed_at, since; /* FHIR instants: at last; at first */
};

/* screen_is_alarm - same-day or above: it is not done until the person was told and a clinician closed it.
 * screen_needs_told - the same, but for a value that was refused: that is no finding about the person. */
bool screen_is_alarm(const struct finding *finding);
bool screen_needs_told(const struct finding *finding);

/* screen_told_read - one for each finding of the set, in its order. `view`: the one that the set was read through. */
SALVE_MUST_USE enum salve_code screen_told_read(struct rec_view *view, const struct screen_set *set, struct arena *mem,
                                                struct screen_told **out, struct salve_err *err);

/* screen_alarms_open - the alarms that the view shows and that are not done with: not told, or not closed; the most
 * urgent first. Texts in mem. */
struct screen_alarm {
    struct finding finding;
    struct str id; /* of its Observation */
    struct screen_told told;
    bool is_untold; /* or told, and what it rests on was taken back since: they are to be told again */
};
SALVE_MUST_USE enum salve_code screen_alarms_open(struct rec_view *view, struct arena *mem, struct screen_alarm **out,
                                                  size_t *count, struct salve_err *err);

/* screen_told_of - the same of one resource, whatever it was about: a Communication of Salve; is_told false: none. */
SALVE_MUST_USE enum salve_code screen_told_of(const struct rec_resource *one, struct arena *mem,
                                              struct screen_told *out, struct salve_err *err);

/* One telling. */
struct screen_tell {
    const struct str *items; /* of findings; none: every alarm that is not told yet */
    size_t item_count;
    enum screen_how how;
    bool is_guardian;
    struct str agreed; /* empty: nothing is noted */
};
/* screen_tell - notes that the actor, staff, told the person; now. *count: findings. What was agreed stands with what
 * is kept apart where that is among them.
 *   errors   E_NOT_FOUND an item that no kept finding has, or no alarm that is not told; E_NOT_ADMITTED the words of
 *            `agreed`; those of rec_save */
SALVE_MUST_USE enum salve_code screen_tell(struct rec_view *view, struct actor actor, const struct screen_tell *tell,
                                           struct arena *mem, size_t *count, struct salve_err *err);

/* screen_pass_on - notes that the person could not be told of the alarms that nobody told them of: why, by whom, when.
 * It ends nothing. Where there is no such alarm, nothing is written.
 *   why      SCREEN_PASSED_CALLED: a clinician goes on; SCREEN_PASSED_LEFT: the person left
 *   errors   E_INVALID another reason; those of rec_save */
#define SCREEN_PASSED_CALLED "call-clinician"
#define SCREEN_PASSED_LEFT   "left"
SALVE_MUST_USE enum salve_code screen_pass_on(struct rec_view *view, struct actor actor, struct str why,
                                              struct arena *mem, struct salve_err *err);

/* screen_work_came - something urgent came for the person behind the view: it has to be screened (WORK_SCREEN), or told
 * where it is not kept (WORK_NOT_KEPT, WORK_TELL). It goes into the work list with the next save of the view, or with
 * worklist_write. What is open already stays; the more urgent of two stands. */
SALVE_MUST_USE enum salve_code screen_work_came(struct rec_view *view, enum work_part part, enum work_task task,
                                                enum urgency urgency, struct arena *mem, struct salve_err *err);

/* screen_work_correcting - before a save that takes values back or changes them: where the record has alarms, it has
 * to be screened again today; where it has signed results, without hurry, so that nobody keeps a wrong letter.
 * screen_work_refresh - behind it: who was told of an alarm that rests on a value that was taken back is to be told
 * again; in a transaction of its own. */
SALVE_MUST_USE enum salve_code screen_work_correcting(struct rec_view *view, struct arena *mem, struct salve_err *err);
SALVE_MUST_USE enum salve_code screen_work_refresh(struct rec_view *view, struct arena *mem, struct salve_err *err);

/* screen_work_printed - the signed results are on paper: they wait no more to be printed (WORK_LETTER, from the signing
 * on). In a transaction of its own; fine if none waits. */
SALVE_MUST_USE enum salve_code screen_work_printed(struct rec_view *view, struct arena *mem, struct salve_err *err);

/* screen_work_talked - what is told in person was: that part of the record waits for no talk any more. In a transaction
 * of its own; fine if none waits. */
SALVE_MUST_USE enum salve_code screen_work_talked(struct rec_view *view, enum work_part part, struct arena *mem,
                                                  struct salve_err *err);

/* screen_close - the actor, a clinician, closes every open alarm that the view shows. *count: findings.
 *   errors   E_ROLE; E_NOT_FOUND no alarm is open; E_CONFLICT there is one that nobody was told of */
SALVE_MUST_USE enum salve_code screen_close(struct rec_view *view, struct actor actor, struct arena *mem, size_t *count,
                                            struct salve_err *err);

#endif
