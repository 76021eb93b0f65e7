/* SPDX-License-Identifier: Apache-2.0
 *
 * screen - from what is recorded about a person to findings that a clinician signs: evaluates the guidelines that this
 * site accepted, keeps what they say as FHIR drafts in the person's own record, and turns drafts into signed results.
 *
 *     screen_accept(site, dr_amina, bp, choices, choice_count, mem, err);      // once per site and guideline version
 *
 *     screen_open(site, guidelines, guideline_count, mem, &screen, err);       // refuses what is not accepted
 *     screen_run(screen, view, NULL, mem, &found, err);                        // view of purpose CARE
 *     screen_sign(view, dr_amina, NULL, mem, &signed_count, err);
 *     screen_findings(view, SCREEN_SIGNED, mem, &set, err);                    // what the letter prints
 *
 * What is kept (docs/formats/findings.md): one Observation a finding (status preliminary, then final), a proposed
 * ServiceRequest for each action that needs an appointment, a Task for each value to be measured again, and a
 * Provenance that names who signed. They go through the gate like everything else, so the person sees, takes and
 * erases them. Findings of the letter are rebuilt from these resources: the letter prints what was signed, nothing
 * newer. */
#ifndef SALVE_SCREEN_SCREEN_H
#define SALVE_SCREEN_SCREEN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"
#include "guideline/guideline.h"
#include "records/rec.h"

/* --- acceptance: a named clinician takes responsibility for one version at one site -------------------------------

 * Rules (guideline.json, logic, libraries, value sets, ranges) and words (letter.<language>.json) are accepted apart: a
 * translation that is new or changed leaves the rules in force, and the words before it too. What is accepted is kept
 * in the commons by its hash and loaded from there, whatever becomes of the share folder. */

/* A file of the rules as it was accepted; the words of one language, and who accepted them. */
struct screen_file {
    struct str name;
    uint8_t sha256[32];
};
struct screen_words {
    struct str language, accepted_by, at;
    uint8_t sha256[32];
};
struct screen_acceptance {
    struct str guideline, version, title;
    struct str digest;      /* SHA-256 of the rules, hex; without kept files of all files */
    struct str accepted_by; /* staff pseudonym */
    struct str at;          /* ISO dateTime */
    const struct guideline_choice *choices;
    size_t choice_count; /* the programme's switches, all of them: a clinical decision too */
    const struct screen_file *files;
    size_t file_count; /* 0: accepted before files were kept; it binds the share folder while that agrees */
    const struct screen_words *words;
    size_t word_count;
};

/* screen_digest - what an acceptance binds of the rules: the id, version and every file but the words; 64 hex
 * characters. */
SALVE_MUST_USE enum salve_code screen_digest(const struct guideline *guideline, struct arena *mem, struct str *hex,
                                             struct salve_err *err);

/* screen_accept - writes the acceptance of rules and all words to the commons, and keeps the files, all or nothing.
 *   choices  switches that are not among them have their initial value
 *   errors   E_ROLE the actor is no clinician; E_INVALID unknown switch; E_USAGE a switch without an initial value is
 *            not among the choices (names it and its values) */
SALVE_MUST_USE enum salve_code screen_accept(struct site *site, struct actor actor, const struct guideline *guideline,
                                             const struct guideline_choice *choices, size_t choice_count,
                                             struct arena *mem, struct salve_err *err);

/* screen_accept_words - the same for the words of one language alone, beside rules that are in force as they are in
 * `guideline`. E_NOT_FOUND: no such language, or its rules were never accepted; E_CONFLICT: other rules are in force */
SALVE_MUST_USE enum salve_code screen_accept_words(struct site *site, struct actor actor,
                                                   const struct guideline *guideline, struct str language,
                                                   struct arena *mem, struct salve_err *err);

/* screen_take_back - the guideline is used here no more; its acceptances stay in the log. E_ROLE, E_NOT_FOUND */
SALVE_MUST_USE enum salve_code screen_take_back(struct site *site, struct actor actor, struct str id, struct arena *mem,
                                                struct salve_err *err);

/* screen_in_force - the acceptance that stands for guideline `id`, of any version. E_NOT_FOUND: there is none.
 * screen_all_in_force - of every guideline, sorted by id. */
SALVE_MUST_USE enum salve_code screen_in_force(struct site *site, struct str id, struct arena *mem,
                                               struct screen_acceptance *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code screen_all_in_force(struct site *site, struct arena *mem, struct str **ids,
                                                   size_t *count, struct salve_err *err);

/* screen_load - the guideline as it was accepted, rules and words, out of the commons. E_NOT_FOUND: it was accepted
 * before files were kept; E_INTEGRITY; those of guideline_load
 *   shelf    files that several guidelines share are read once; zeros before the first call, NULL: for one alone */
struct commons_file;
struct screen_shelf {
    struct commons_file *files;
    size_t count, room;
    struct guideline_libraries *libraries; /* NULL: each guideline reads its own */
};
SALVE_MUST_USE enum salve_code screen_load(struct site *site, const struct screen_acceptance *acceptance,
                                           struct screen_shelf *shelf, struct arena *mem, struct guideline **out,
                                           struct salve_err *err);

/* screen_agrees - are these the rules that were accepted? screen_words_stand - of the words in a language. */
SALVE_MUST_USE enum salve_code screen_agrees(const struct screen_acceptance *acceptance,
                                             const struct guideline *guideline, struct arena *mem, bool *out,
                                             struct salve_err *err);
enum screen_words_state { SCREEN_WORDS_ACCEPTED, SCREEN_WORDS_CHANGED, SCREEN_WORDS_NEW };
enum screen_words_state screen_words_stand(const struct screen_acceptance *acceptance,
                                           const struct guideline *guideline, struct str language);

/* screen_accepted - the acceptance that stands, where it is of these rules.
 *   errors   E_NOT_FOUND never accepted; E_CONFLICT other rules are in force */
SALVE_MUST_USE enum salve_code screen_accepted(struct site *site, const struct guideline *guideline, struct arena *mem,
                                               struct screen_acceptance *out, struct salve_err *err);

/* screen_has_acceptance - was any version of the guideline `id` accepted here? Needs no guideline: a broken folder that
 * a site relies on is not the same as one that nobody uses. */
SALVE_MUST_USE enum salve_code screen_has_acceptance(struct site *site, struct str id, struct arena *mem, bool *out,
                                                     struct salve_err *err);

/* --- evaluation --------------------------------------------------------------------------------------------------- */

/* The alarm layer: the guideline of this id, and the one that a site may add to it. Both are judged before all others,
 * for everybody, accepted or not; what is not accepted says so in finding.standing ("unconfirmed"), and its switches
 * then keep their initial values. If one cannot be judged, that is a finding of its own, SAME_DAY. */
#define SCREEN_ALARMS            "alarms"
#define SCREEN_ALARMS_SITE       "alarms-site" /* uses the items, categories and actions of SCREEN_ALARMS, no others */
#define SCREEN_ALARMS_NOT_JUDGED "alarms-not-judged"
#define SCREEN_UNCONFIRMED       "unconfirmed"
#define SCREEN_REFUSED_VALUE     DEED_REFUSED /* its item for a value that cannot be used */
bool screen_is_alarms(struct str id);

/* screen_first - findings in the order in which people hear of them: by urgency, what is certain before what asks, then
 * as they were found. */
void screen_first(struct finding *findings, size_t count);

/* screen_holds - may no letter be made of these findings? True where the alarm layer could not be judged. */
bool screen_holds(const struct finding *findings, size_t count);

struct screen; /* opaque: guidelines that may be used here, with the site's choices */

/* screen_open - of the given guidelines those that are accepted here, and the alarm layer as it is; *refused_count (may
 * be NULL) says how many are not accepted and were left out. */
SALVE_MUST_USE enum salve_code screen_open(struct site *site, struct guideline *const *guidelines, size_t count,
                                           struct arena *mem, struct screen **out, size_t *refused_count,
                                           struct salve_err *err);

/* screen_broken - a guideline that this site relies on does not load, and why: it is said in the findings. E_MEMORY */
SALVE_MUST_USE enum salve_code screen_broken(struct screen *screen, struct str id, const struct salve_err *why,
                                             struct arena *mem, struct salve_err *err);

/* What an evaluation works on: one Patient and all else that is known. */
struct screen_ask {
    const struct tape *tapes;
    size_t tape_count;
    const family_mask *families; /* of each tape; not 0: it is kept apart */
    int64_t now_unix_ms;
    const struct screen_mark *marks; /* of each tape, the version of the record that it is; NULL: it is not of one */
    struct screen_known *known, *known_plain; /* of screen_run */
};
struct screen_mark {
    uint64_t number, record_seq;
    uint32_t version;
};

/* screen_evaluate - the evaluation on resources in memory, nothing stored. A finding is kept apart (finding.apart)
 * that is of a guideline which is, or that would be another one without what is kept apart: so no finding of the
 * other class says anything about it. A guideline that ends with an error stops no other: its items have status
 * NOT_JUDGED (guideline.h), here and in screen_run.
 * The most urgent stand first (screen_first). Of resources that are one, one counts (admit/same.h), and none that was
 * taken back; the later ones of `tapes` are the newer. */
SALVE_MUST_USE enum salve_code screen_evaluate(const struct screen *screen, const struct screen_ask *ask,
                                               struct arena *mem, struct finding **out, size_t *count,
                                               struct salve_err *err);

/* screen_alarms - the findings of the alarm layer alone, on resources in memory: of a file before anything in it was
 * refused, left out or kept. Findings that are about what is kept apart are marked as in screen_evaluate. Fails for
 * E_MEMORY only: what cannot be judged is a finding. */
SALVE_MUST_USE enum salve_code screen_alarms(const struct screen *screen, const struct screen_ask *ask,
                                             struct arena *mem, struct finding **out, size_t *count,
                                             struct salve_err *err);

/* What a run found, and what became of what is kept apart. */
struct screen_found {
    const struct finding *list;
    size_t count;
    uint32_t unread_answers; /* of a file's questionnaires: nobody judges them */
    size_t said_count;       /* of them: kept apart and therefore not kept, since the person did not tick that */
    bool is_blind;           /* the person ticked it and this role may not see it: what is kept apart was not judged */
};

/* screen_memo - what the last run on a view found, and by what: the next one on it evaluates the guidelines alone that
 * look at something new, or at something that is not so any more; the alarms always. It is about the person of that
 * view and for no other: open one beside the view, and close it with it. Wiped when it is closed; NULL where there is
 * no memory, which is fine. */
struct screen_memo;
struct screen_memo *screen_memo_open(void);
void screen_memo_close(struct screen_memo **memo);

/* screen_run - evaluates the person behind the view and keeps the findings as drafts; the list outlives the view.
 * Drafts of an earlier run that were not signed are replaced. Signed results stay as they are. E_CONSENT and E_ROLE
 * come from the gate; E_CONFLICT: another run was there meanwhile, and nothing was written. `how` may be NULL. */
struct screen_running {
    struct screen_memo *memo; /* of this view; NULL: all is evaluated */
    bool writes_all;          /* drafts too that stand as they are, whatever others wrote meanwhile */
};
SALVE_MUST_USE enum salve_code screen_run(const struct screen *screen, struct rec_view *view,
                                          const struct screen_running *how, struct arena *mem, struct screen_found *out,
                                          struct salve_err *err);

/* A draft that is left out at a signing, and why: in the words of the clinician. */
struct screen_leave {
    struct str item, reason;
};

/* What is signed, and how. `talks`: is that a result which is told in person, and was not yet? The work list has it
 * then until it was (screen_work_talked), or the results are signed anew. NULL: none is. */
struct screen_signing {
    const struct screen_leave *leave;
    size_t leave_count;
    bool (*talks)(void *with, const struct finding *finding, struct str id);
    void *with;
};

/* screen_sign - every draft becomes final (Observation) or active (ServiceRequest, Task), with a Provenance that names
 * the clinician; ask: NULL for all of them. Those that are left out end, with a Provenance that says why; an alarm
 * among them stays open until the person was told and it was closed (told.h). E_ROLE: no clinician. E_NOT_FOUND: there
 * is no draft, or none of that item. E_USAGE: no reason. E_STALE: the record is newer than the drafts. *count: findings
 * signed. */
SALVE_MUST_USE enum salve_code screen_sign(struct rec_view *view, struct actor actor, const struct screen_signing *ask,
                                           struct arena *mem, size_t *count, struct salve_err *err);

/* --- what came after ---------------------------------------------------------------------------------------------- */

/* screen_is_own - has it the form of what is made here: a finding, what follows from one, a signing, a note that
 * somebody was told? screen_is_word - of what the staff of this site alone can say: a draft to sign, a signing, a
 * note, a referral. */
bool screen_is_own(const struct rec_resource *resource);
bool screen_is_word(const struct rec_resource *resource);

/* screen_finding_of - the finding that an Observation keeps, copied into mem. E_NOT_FOUND: it is none. */
SALVE_MUST_USE enum salve_code screen_finding_of(const struct rec_resource *resource, struct arena *mem,
                                                 struct finding *out, struct salve_err *err);

/* screen_age - does what the view shows agree with the record as it is? NEWER: something that a guideline may look at
 * came after it. CORRECTED: what it rests on was taken back or changed. Drafts: the oldest of them counts; signed: the
 * newest signing. CURRENT where there are none. */
enum screen_state { SCREEN_DRAFT, SCREEN_SIGNED };
enum screen_age { SCREEN_CURRENT, SCREEN_NEWER, SCREEN_CORRECTED };
SALVE_MUST_USE enum salve_code screen_age(struct rec_view *view, enum screen_state state, struct arena *mem,
                                          enum screen_age *out, struct salve_err *err);

/* A finding that rests on something that was taken back or changed after it was made. */
struct screen_stale {
    struct finding finding;
    struct str id;     /* "Observation/<id>" of the finding */
    bool is_signed;    /* of the newest signing; else a draft */
    bool is_withdrawn; /* taken back; else changed */
};

/* screen_stale - the stale findings that the view shows, drafts and those of the newest signing; texts in mem. Whoever
 * was told of an urgent one is to be told again. */
SALVE_MUST_USE enum salve_code screen_stale(struct rec_view *view, struct arena *mem, struct screen_stale **out,
                                            size_t *count, struct salve_err *err);

/* screen_corrected - the check whose results the newest signing corrects: of the signing before it, something rests on
 * a value that was taken back or changed since. *checked_at: FHIR dateTime, in mem; empty: it corrects none. */
SALVE_MUST_USE enum salve_code screen_corrected(struct rec_view *view, struct arena *mem, struct str *checked_at,
                                                struct salve_err *err);

/* screen_unjudged - is there something kept apart, which the view shows, that came after the last findings about such
 * things? Then a run as somebody who may see it is due; whoever signs is told. */
SALVE_MUST_USE enum salve_code screen_unjudged(struct rec_view *view, bool *out, struct salve_err *err);

/* Findings as they are kept. Those of one signing belong together; SCREEN_SIGNED gives those of the newest one. */
struct screen_set {
    const struct finding *findings;
    const struct str *ids; /* of the Observation that keeps each */
    size_t count;
    struct str signed_by, signed_at; /* staff pseudonym, FHIR instant; empty for drafts */
    struct str checked_at;           /* when the evaluation ran, FHIR dateTime */
};

/* screen_findings - rebuilt from the stored resources; all texts are copies in mem, good after the view is closed.
 * E_NOT_FOUND: none in that state; E_INVALID: a stored finding breaks docs/formats/findings.md. */
SALVE_MUST_USE enum salve_code screen_findings(struct rec_view *view, enum screen_state state, struct arena *mem,
                                               struct screen_set *out, struct salve_err *err);

/* A finding with a number that was signed before the newest signing. */
struct screen_earlier {
    struct finding finding;
    struct str checked_at; /* FHIR dateTime */
};

/* screen_earlier - all of them that the view shows, but those that rest on something taken back or changed since; in no
 * order; texts in mem. */
SALVE_MUST_USE enum salve_code screen_earlier(struct rec_view *view, struct arena *mem, struct screen_earlier **out,
                                              size_t *count, struct salve_err *err);

/* --- counting one run --------------------------------------------------------------------------------------------- */

/* Counts of findings in memory, for the operator's own import run: they are of the file just read, they are not read
 * from the site and not stored anywhere. */
struct screen_count {
    struct str guideline, item, category; /* category also "not-assessed", "queried", "excluded" */
    uint32_t count;
};
struct screen_counts {
    struct screen_count *rows;
    size_t count, room;
};

/* screen_counts_add - adds the findings of one person but those that are kept apart. Texts are copied into mem. */
SALVE_MUST_USE enum salve_code screen_counts_add(struct screen_counts *counts, const struct finding *findings,
                                                 size_t finding_count, struct arena *mem, struct salve_err *err);
/* screen_counts_sort - by guideline, item, category. */
void screen_counts_sort(struct screen_counts *counts);

#endif
