/* SPDX-License-Identifier: Apache-2.0
 *
 * screen_int - the workshop of screen: how findings stand as FHIR (docs/formats/findings.md). Include only from
 * src/screen/. */
#ifndef SALVE_SCREEN_SCREEN_INT_H
#define SALVE_SCREEN_SCREEN_INT_H

#include "base/clock.h"
#include "fhir/tape_edit.h"
#include "records/deeds.h"
#include "records/worklist.h"
#include "screen/screen.h"

#define SCREEN_EXTENSION DEED_EXTENSION
#define SCREEN_FINDING   DEED_FINDING
#define SCREEN_INPUT     DEED_INPUT

/* A guideline that may be used here, with what the site chose. */
struct screen_member {
    const struct guideline *guideline;
    struct screen_acceptance acceptance;
};
/* A part of the alarm layer. guideline NULL: it is not there, or `why` has the error of its loading. */
struct screen_layer {
    struct screen_member member;  /* acceptance: empty where no clinician accepted this content */
    bool is_confirmed, is_wanted; /* wanted: it has to be there */
    struct salve_err why;
};
struct screen_trouble { /* a guideline that this site relies on, and that does not load */
    struct str id;
    struct salve_err why;
};
enum { SCREEN_LAYERS = 2, SCREEN_TROUBLES_MAX = 100, SCREEN_TAG_BYTES = 16 };
struct screen {
    const struct zone *zone;                   /* the site's */
    struct screen_layer layers[SCREEN_LAYERS]; /* SCREEN_ALARMS, SCREEN_ALARMS_SITE */
    struct screen_member *members;
    size_t count;
    struct screen_trouble *troubles;
    size_t trouble_count;
    uint8_t tag[SCREEN_TAG_BYTES]; /* random: no other one has it */
};

/* The alarm layer (screen_alarms.c). screen_layers_open finds its parts among the guidelines; screen_judge_layers gives
 * its findings, *list with no room to spare; screen_not_judged is the finding that `id` could not be judged. */
#define SCREEN_ALARMS_CANONICAL     "urn:salve:guideline:" SCREEN_ALARMS
#define SCREEN_GUIDELINE_NOT_JUDGED "guideline-not-judged"
void screen_layers_open(struct site *site, struct guideline *const *guidelines, size_t count, struct arena *mem,
                        struct screen *screen);
enum salve_code screen_judge_layers(const struct screen *screen, struct guideline_ask *ask, struct arena *mem,
                                    struct finding **list, size_t *count, struct salve_err *err);
enum salve_code screen_not_judged(const char *item, struct str id, const struct salve_err *why, struct arena *mem,
                                  struct finding *out, struct salve_err *err);

/* screen_asked - the question to a guideline, with the bounds of the visit. screen_twice - an evaluation, and a second
 * one without what is kept apart where there is any: a finding that differs is marked (finding.apart). */
enum salve_code screen_asked(const struct screen *screen, const struct screen_ask *ask, struct arena *mem,
                             struct guideline_visit *visit, struct guideline_ask *out, struct salve_err *err);
/* screen_person - the person made once for all guidelines of the question. Where that fails each makes its own, and
 * what ends one with an error is told as its finding, the alarms' above all. */
void screen_person(struct guideline_ask *ask, struct arena *mem);
typedef enum salve_code screen_judging(const struct screen *screen, const struct screen_ask *ask, struct arena *mem,
                                       struct finding **out, size_t *count, struct salve_err *err);
enum salve_code screen_twice(const struct screen *screen, const struct screen_ask *all, screen_judging *judging,
                             struct arena *mem, struct finding **out, size_t *count, struct salve_err *err);

/* What the last run on an open view found (screen_known.c); NULL: nobody keeps it. screen_memo_of - of the run with all
 * resources, or of that without what is kept apart. screen_mark_of - the version of a resource; false: it tells none.
 *
 *     screen_known_begin(known, screen, ask, all, mem);       // ask->marks NULL: nothing can be told
 *     screen_known_judge(known, member, guideline, all, ...); // as guideline_evaluate, of each member of the screen
 *     screen_known_end(known, screen, all);                   // only where all of them went well
 *
 * screen_known_spared - how many evaluations it took the place of, for tests. */
uint64_t screen_known_spared(const struct screen_known *known);
bool screen_mark_of(const struct rec_resource *one, struct screen_mark *out);
struct screen_known *screen_memo_of(struct screen_memo *memo, bool is_plain);
void screen_known_begin(struct screen_known *known, const struct screen *screen, const struct screen_ask *ask,
                        const struct guideline_ask *all, struct arena *mem);
enum salve_code screen_known_judge(struct screen_known *known, size_t member, const struct guideline *guideline,
                                   struct guideline_ask *ask, struct arena *mem, struct finding **out, size_t *count,
                                   struct salve_err *err);
void screen_known_end(struct screen_known *known, const struct screen *screen, const struct guideline_ask *all);

/* Who and when a draft is about. */
struct screen_draft {
    struct str canonical;              /* of the guideline: "urn:salve:guideline:kidney" */
    const struct guideline_item *item; /* NULL: its guideline does not load */
    const struct finding *finding;
    struct str patient; /* "Patient/<id>" */
    struct str id;      /* of the resource to make */
    struct str about;   /* ServiceRequest, Task: "Observation/<id>" of the finding */
    int64_t now_unix_ms;
    const struct zone *zone;
};

/* Finding to FHIR. */
enum salve_code screen_observation(const struct screen_draft *draft, struct arena *mem, struct tape *out,
                                   struct salve_err *err);
enum salve_code screen_request(const struct screen_draft *draft, struct arena *mem, struct tape *out,
                               struct salve_err *err);
enum salve_code screen_task(const struct screen_draft *draft, struct arena *mem, struct tape *out,
                            struct salve_err *err);
bool screen_needs_request(const struct finding *finding);
bool screen_needs_task(const struct finding *finding);

/* FHIR to finding. `at` is the finding extension of an Observation (TAPE_NONE: it holds none). */
tape_at screen_extension(const struct tape *tape);
enum salve_code screen_finding(const struct tape *tape, tape_at extension, struct arena *mem, struct finding *out,
                               struct salve_err *err);

/* screen_kept_urgency - of the finding that the extension holds, without reading the rest. */
enum urgency screen_kept_urgency(const struct tape *tape, tape_at extension);

/* screen_with_status - a copy of the resource with another status. */
enum salve_code screen_with_status(const struct tape *tape, struct str status, struct arena *mem, struct tape *out,
                                   struct salve_err *err);

/* What the drafts of a view are: Observations with the finding extension, ServiceRequests and Tasks that name one. */
enum screen_kind { SCREEN_OBSERVATION, SCREEN_REQUEST, SCREEN_TASK, SCREEN_OTHER };
enum screen_kind screen_kind(const struct rec_resource *resource);
bool screen_is_equal(const struct tape *a, const struct tape *b); /* node by node, text by text, in the same order */
bool screen_is_draft(const struct rec_resource *resource);        /* of these kinds and not signed, not cancelled */

/* screen_families - of what is kept apart; where no code of it says which, it is all of them. 0: it is not. */
family_mask screen_families(const struct rec_resource *resource);

/* --- notes about findings (screen_told.c) --- */
/* What stands about a kept finding: that somebody was told of it, that its alarm was closed, that its draft was left
 * out when the others were signed. */
#define SCREEN_CATEGORY  DEED_CATEGORY
#define SCREEN_MODE      "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode"
#define SCREEN_OPERATION DEED_OPERATION
#define SCREEN_STAFF     DEED_STAFF
/* Of a telling that did not come about: a clinician goes on with it; the person left. */
#define SCREEN_GOES_ON  "in-progress"
#define SCREEN_NOT_DONE "not-done"
enum screen_note_kind {
    SCREEN_NOTE_NONE,
    SCREEN_NOTE_TOLD,
    SCREEN_NOTE_CLOSED,
    SCREEN_NOTE_LEFT_OUT,
    SCREEN_NOTE_PASSED_ON
};
struct screen_note {
    enum screen_note_kind kind;
    const struct rec_resource *kept; /* Communication or Provenance */
    struct str about;                /* id of the Observation */
    struct finding finding;          /* as it stood then */
};
struct screen_notes {
    struct screen_note *list;
    size_t count;
};
enum salve_code screen_notes_read(struct rec_view *view, struct arena *mem, struct screen_notes *out,
                                  struct salve_err *err);
bool screen_is_note(const struct rec_resource *resource); /* is it one by its form? */
/* screen_note_of - the newest note of that kind that holds for the finding of the Observation `id`; NULL: none. */
const struct screen_note *screen_note_of(const struct screen_notes *notes, enum screen_note_kind kind, struct str id,
                                         const struct finding *finding);

/* screen_note_first - the oldest of them. */
const struct screen_note *screen_note_first(const struct screen_notes *notes, enum screen_note_kind kind, struct str id,
                                            const struct finding *finding);

/* screen_is_same - do two findings say the same of the same values? */
bool screen_is_same(const struct finding *a, const struct finding *b);

/* screen_is_taken_back - is it a value that counts nowhere any more? screen_is_named - is it the one of "Type/<id>"? */
bool screen_is_taken_back(const struct rec_resource *one);
bool screen_is_named(const struct rec_resource *one, struct str reference);

/* A finding that stands: a draft, signed, or left out at a signing as an alarm. */
struct screen_kept {
    const struct rec_resource *kept; /* the Observation */
    struct finding finding;
    const struct screen_note *told, *closed;  /* NULL: not yet */
    const struct screen_note *passed, *since; /* that it was passed on: at last, at first */
    bool is_retracted;                        /* a value that it rests on was taken back */
    bool is_untold; /* an alarm to tell; or to tell again, where it was retracted behind the telling */
    bool is_open;   /* an alarm that is not told, or not closed */
};
/* screen_kept_read - of all that the view shows, in the order of saving; or the alarms among them. */
enum screen_which { SCREEN_ALL, SCREEN_ALARMS_ONLY };
enum salve_code screen_kept_read(struct rec_view *view, const struct screen_notes *notes, enum screen_which which,
                                 struct arena *mem, struct screen_kept **out, size_t *count, struct salve_err *err);

/* What is open about a person, by task and part (screen_work.c). Begin with screen_work_begin, add every finding that
 * will stand after the save, then screen_work_set: it goes with that save. `is_screened`: what came was judged now.
 * Who does not see what is kept apart ends nothing of it. */
struct screen_work {
    enum urgency open[WORK_TASKS][WORK_PARTS]; /* URGENCY_COUNT: nothing */
    bool is_signing;                           /* what is to be told in person is said anew */
};
void screen_work_begin(struct screen_work *work);
void screen_work_alarm(struct screen_work *work, const struct finding *finding, bool is_told, bool is_closed);
void screen_work_draft(struct screen_work *work, const struct finding *finding);
void screen_work_talk(struct screen_work *work, const struct finding *finding);
struct work_entry screen_work_entry(const struct rec_view *view, enum work_part part, enum work_task task,
                                    enum urgency urgency);
struct screen_kept;
void screen_work_kept(struct screen_work *work, const struct screen_kept *kept);
enum salve_code screen_work_set(struct rec_view *view, const struct screen_work *work, bool is_screened,
                                struct arena *mem, struct salve_err *err);

/* screen_provenance - who did what with these targets, at the time of the view. `reason`: empty for none. */
struct screen_deed {
    const char *system, *code; /* of the activity */
    struct str reason;
    struct actor actor;
    const struct str *targets; /* "Observation/<id>" */
    size_t target_count;
};
enum salve_code screen_provenance(struct rec_view *view, const struct screen_deed *deed, struct arena *mem,
                                  struct tape *out, struct salve_err *err);

/* screen_is_input - may a guideline look at it? Signatures, notes and plans say nothing about the body. */
bool screen_is_input(const struct rec_resource *resource);

/* screen_is_of_alarms - is a draft what the alarm layer found, or asked for? */
bool screen_is_of_alarms(const struct rec_resource *draft);

/* screen_ages_of - up to which record the drafts of each class were judged (screen_stale.c). */
struct screen_ages {
    uint64_t judged_seq[CLASS_LAST + 1];
};
struct screen_ages screen_ages_of(const struct rec_resource *all, size_t count);

/* screen_newest_signing - a Provenance of the last signing; NULL: nothing was signed. screen_signing_before - of
 * the one before that. screen_belongs - is it a finding
 * of that signing; of the drafts where it is NULL? */
const struct rec_resource *screen_newest_signing(const struct rec_resource *all, size_t count);
const struct rec_resource *screen_signing_before(const struct rec_resource *all, size_t count,
                                                 const struct rec_resource *signing);
bool screen_belongs(const struct rec_resource *one, const struct rec_resource *all, size_t count,
                    const struct rec_resource *signing);

/* screen_about - the finding that a draft belongs to: "Observation/<id>", for an Observation its own. */
struct str screen_about(const struct rec_resource *resource, struct arena *mem);

#endif
