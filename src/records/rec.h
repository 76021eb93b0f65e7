/* SPDX-License-Identifier: Apache-2.0
 *
 * rec - a person's record: enrolling, opening, reading and saving. The third door of the gate; a site is opened with
 * site.h, choices and erasure are in rights.h.
 *
 *     struct rec_view *view = NULL;                                         // authority is a value you must hold
 *     struct rec_ask ask = {.actor = nurse, .purpose = PURPOSE_CARE, .who = card};
 *     code = rec_open(site, &ask, &view, err);                              // E_CONSENT, E_ROLE, E_QUOTA, ...
 *     if (code == SALVE_OK) code = rec_all(view, 0, &all, &count, err);     // newest version of each resource
 *     if (code == SALVE_OK) code = rec_new_id(view, mem, &id, err);         // "<compartment>.<number>"
 *     struct rec_item items[] = {{.tape = observation(view, id)}};          // a resource with that id
 *     if (code == SALVE_OK) code = rec_save(view, items, 1, NULL, mem, err);   // durable, or nothing happened
 *     close_code = rec_close(&view, err);                                   // notes what was read; NULL is fine
 *
 * What holds:
 * - No key leaves the key store before the commitment to that look is durable in the log; the look's opening is in the
 *   person's own AUDIT class in the same transaction. So every look of a view is in `rec_looked`.
 * - A purpose opens what a consent record allows, and only until it is withdrawn, replaced or expired: a view that is
 *   open then reads and writes nothing more. Never asked, refused and withdrawn give the same code with the same words
 *   (N17). There is no call to note a refusal (N9).
 * - One save is one transaction: its records, the head of the chain, the leaf, and the opening.
 * - Everything saved passes the admission gate again (admit/admit.h), whoever called.
 * - Nothing lists people. A person is found by the card, or exactly by all names and birth date where the site has
 *   switched that on (docs/internals/keys.md, "Blind index"); every such look-up is a leaf too.
 *
 * "Paper mode" (a check that stores nothing) has no call here: a person who does not enrol has no compartment, and the
 * evaluation works on tapes in memory. */
#ifndef SALVE_RECORDS_REC_H
#define SALVE_RECORDS_REC_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"
#include "fhir/tape.h"

struct site;
struct rec_view; /* an open compartment, for one actor and one purpose */

/* --- receipts ----------------------------------------------------------------------------------------------------- */

/* Proof that a leaf is in the log: c2sp.org/tlog-proof@v1 text with the signed checkpoint inside; `extra` of it opens
 * the commitment. The log is signed once a minute: what came since has its proof from proof_from_unix_ms on, in
 * rec_looked. kind and purpose are read from that opening, so whoever writes words for a receipt writes them for
 * what it proves. Lives as long as the arena of the call. */
struct rec_receipt {
    struct str text;            /* empty: not yet */
    int64_t proof_from_unix_ms; /* 0: `text` has it */
    struct str kind;            /* of the event that `extra` opens: "consent", "withdrawal", "erasure", ... */
    enum purpose purpose;       /* of that event; 0: none */
    uint64_t leaf_index;
    int64_t at_unix_ms;
    bool ends_untold; /* with what it attests ended something urgent that the person was not told of (worklist.h) */
};

/* --- enrolment ---------------------------------------------------------------------------------------------------- */

/* What people carry on paper: "7QK4-M2ZP-9XTR-C5HW-A3NE" is a card; docs/formats/card.md has the others. */
enum rec_code_kind {
#define CODE(name, what, chars, group, opens) REC_CODE_##name,
#include "records/codes.def"
#undef CODE
};
enum { REC_CODE_TEXT_BYTES = 24 }; /* at most */

struct rec_enrolled {
    struct compartment compartment;
    struct str card; /* shown once; only a keyed hash of it is kept */
    struct str slip; /* of rec_enrol_slip: handed out in place of the card */
    struct rec_receipt receipt;
};

/* rec_enrol - a new compartment for one person, with the means of own access and nothing else: every optional purpose
 * is off. Two compartments for one person are legal; this call never says that somebody is known (N10).
 *   actor    REGISTRAR, ASSISTANT or CLINICIAN, registered
 *   patient  a Patient tape; it passes admission; its id, if it has one, is replaced by one of the compartment
 *   errors   E_ROLE, E_NOT_ADMITTED, E_INVALID, E_CLOCK, E_FULL, E_IO */
SALVE_MUST_USE enum salve_code rec_enrol(struct site *site, struct actor actor, const struct tape *patient,
                                         struct arena *mem, struct rec_enrolled *out, struct salve_err *err);

/* rec_enrol_told - the same, and the sex for reference ranges ("female", "male"; empty: not told) was asked for in
 * these words: kept beside the Patient, as the Observation 46098-0 of class IDENT, so that it counts as recorded. */
SALVE_MUST_USE enum salve_code rec_enrol_told(struct site *site, struct actor actor, const struct tape *patient,
                                              struct str sex, struct arena *mem, struct rec_enrolled *out,
                                              struct salve_err *err);

/* rec_enrol_slip - the same for somebody who is not there: out->slip is handed out, and out->card is for this program
 * alone, which may put down what came with the person and then calls rec_slip_done, after which no card opens the
 * record. A slip opens nothing. What a crash leaves of the card nobody has seen, and the claim takes it away.
 * rec_slip_claim - at the desk, with the person there: a slip is changed for a card, once. It leaves leaves of staff
 * and at most 60 slips of a site are changed in an hour (E_QUOTA). actor: as for rec_enrol. E_NOT_FOUND: no such
 * slip, or it was changed already, alike. */
SALVE_MUST_USE enum salve_code rec_enrol_slip(struct site *site, struct actor actor, const struct tape *patient,
                                              struct arena *mem, struct rec_enrolled *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_slip_done(struct site *site, const struct rec_enrolled *enrolled,
                                             struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_slip_claim(struct site *site, struct actor actor, struct str slip, struct arena *mem,
                                              struct str *card, struct salve_err *err);

/* Files of many new people. A run that is cut off goes on with the same file and enrols nobody twice.
 *
 *     code = rec_rows_begin(site, first, &state, err);        // first: tells this file from others:
 *     while (..) {                                             // such as its head and first row
 *         code = rec_rows_next(site, row, &is_done, err);      // row: its bytes
 *         if (is_done) continue;                               // by the run before
 *         ...                                                  // at most one enrolment, and what belongs to it
 *         rec_rows_done(site);
 *     }
 *     code = rec_rows_end(site, is_complete, err);             // in every case; complete: the file is forgotten
 *
 * Kept is a document of the commons with a count, a random id and keyed hashes (docs/formats/site.md).
 *   errors   rec_rows_next: E_CONFLICT: the rows that were done are not these */
struct rec_rows_state {
    uint64_t done;   /* rows that the run before has done */
    bool is_resumed; /* there was one */
    bool is_redone;  /* it was cut off within the row after them: what was there of that person is erased */
    bool is_kept;    /* the same, but somebody has used that record since: it stays, and its row counts as done */
};
SALVE_MUST_USE enum salve_code rec_rows_begin(struct site *site, struct str first, struct rec_rows_state *out,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_rows_next(struct site *site, struct str row, bool *is_done, struct salve_err *err);
void rec_rows_done(struct site *site);
SALVE_MUST_USE enum salve_code rec_rows_end(struct site *site, bool is_complete, struct salve_err *err);

/* rec_card_valid - whether a text has the form of a card code and its check character; tells nothing about people. */
bool rec_card_valid(struct str text);
/* rec_code_valid - the same for a code of any kind. */
bool rec_code_valid(enum rec_code_kind kind, struct str text);

/* rec_find - exact look-up by the whole Patient.name list and birth date, where the site has name_index. Writes the
 * compartments that match (usually 0 or 1); each match gets a leaf of kind look-up. E_QUOTA: 20 an hour for an actor,
 * 200 a day for the site. E_UNSUPPORTED when the site has it off. */
SALVE_MUST_USE enum salve_code rec_find(struct site *site, struct actor actor, struct str names, struct str birth_date,
                                        struct arena *mem, struct compartment **out, size_t *count,
                                        struct salve_err *err);

/* --- a view ------------------------------------------------------------------------------------------------------- */

struct rec_ask {
    struct actor actor; /* staff must be registered under that role; the person's side has an empty id */
    enum purpose purpose;
    struct str who;     /* card code (the person is present), or the text of the compartment id (staff, purposes
                            * that do not need presence: FOLLOW_UP, RESEARCH). CARE and SELF need the card; for CARE
                            * and FOLLOW_UP also a ticket (worklist.h) */
    class_mask classes; /* 0: all that the purpose delivers; asking for more than it delivers is E_CONSENT */
    bool is_away;       /* the card code stands in a file: no card was shown (worklist.h) */
    bool is_reminder;   /* FOLLOW_UP by a ticket, to call the person before their next check (reminder.h) */
};

/* rec_open - a view, or a reason. Who may: consent/may.h. Without the card 60 different compartments an hour for a site
 * (E_QUOTA), but for tickets of what is urgent; those that were enrolled within the hour do not count. With it as many
 * as come, and more than 120 of a session are told in the log of the site.
 *   errors  E_NOT_FOUND no such card; E_ROLE; E_CONSENT; E_QUOTA; E_INTEGRITY; E_FULL, E_IO: nothing was opened */
SALVE_MUST_USE enum salve_code rec_open(struct site *site, const struct rec_ask *ask, struct rec_view **out,
                                        struct salve_err *err);

/* rec_close - notes which classes and how many resources were read (a TRANSFER that was read is over then), frees
 * the view, wipes its keys; *view becomes NULL in every case. */
SALVE_MUST_USE enum salve_code rec_close(struct rec_view **view, struct salve_err *err);

struct compartment rec_compartment(const struct rec_view *view);
int64_t rec_opened_at_unix_ms(const struct rec_view *view); /* or when it was resumed */

/* rec_resume - a view that was open for a while is used again, for something else: rec_opened_at_unix_ms is now, and
 * open work that was set and never saved is forgotten. The view lives no longer for it. */
void rec_resume(struct rec_view *view);

/* rec_rest - the request is answered: nobody reads any more what rec_all and rec_read handed out before. A view that
 * works for long without it grows with each change of what it hands out. */
void rec_rest(struct rec_view *view);

/* rec_keep - a text that the view has with it for rec_again, in place of the one before; wiped with the view. Empty:
 * none, and nobody gets the view again. E_TOO_BIG.
 * rec_again - a view of this session (actor.pass is its token) whose process ended without closing it, with the text
 * that it had with it, in mem: the same view, under the leaf of its opening, for a minute at most. What was read of it
 * is noted first, as at a closing, also where it is nothing: the person sees that it was handed out again. *out is
 * NULL where there is none; always where the site is open in this process, as views end with it.
 *   errors  E_SESSION, E_LOCKED; E_FULL, E_IO it could not be noted, and the view is closed */
/* rec_hand_on - the view is left, with such a text, to the process that faces the browsers: whoever shows it the token
 * of the session that opened it gets it by rec_again, within a minute. From now on that session does what this view
 * does and nothing else, neither locks by itself nor opens anybody, and ends with the view. *view becomes NULL in every
 * case; after an error it is closed.
 *   errors   E_UNSUPPORTED no server runs; E_SESSION it was opened in no session of its own (session_begin); E_TOO_BIG
 */
enum { REC_KEPT_BYTES = 192 };
SALVE_MUST_USE enum salve_code rec_keep(struct rec_view *view, struct str kept, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_hand_on(struct rec_view **view, struct str kept, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_again(struct site *site, struct actor actor, struct arena *mem,
                                         struct rec_view **out, struct str *kept, struct salve_err *err);

bool rec_shows(const struct rec_view *view, enum data_class class); /* does the view read that class? */
/* For tests: what the view reads. */
class_mask rec_classes(const struct rec_view *view);

/* --- the code of a letter (docs/formats/card.md) --- */
/* rec_letter_code - a code for a letter about what stands in the view's record now: with the birth date it opens the
 * identity and the clinical results up to here, for reading only, until *until_unix_s (90 days), the next letter, a new
 * card, erasure, or ten wrong dates. Empty where there can be none: the birth date is not known to the day, the clock
 * is doubted, or the view is of FOLLOW_UP. `view`: of SELF, or of CARE that sees both classes (E_ROLE); it leaves a
 * leaf of kind letter.
 * rec_letter_open - a view of purpose LETTER, which reads and does nothing else; its leaf is of kind by-letter, and
 * 60 an hour are opened at a site (E_QUOTA). E_NOT_FOUND, in the same words whatever does not fit; a wrong date is
 * counted durably. */
SALVE_MUST_USE enum salve_code rec_letter_code(struct rec_view *view, struct arena *mem, struct str *code,
                                               int64_t *until_unix_s, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_letter_open(struct site *site, struct str code, struct str birth_date,
                                               struct rec_view **out, struct salve_err *err);

/* A stored resource. Views live as long as the struct rec_view. */
struct rec_resource {
    struct str id;   /* "<compartment>.<number>" */
    struct str type; /* "Observation" */
    enum data_class class;
    family_mask families; /* of what is kept apart, by its codes; 0 with class SENS: none of its codes says which */
    int64_t saved_at_unix_ms;
    uint64_t record_seq;
    uint32_t version; /* 1.. ; the newest one stands */
    struct tape tape;
};

/* Each call below first looks whether the view still stands, which costs no transaction. It ends for good when the
 * person's decision is withdrawn, replaced or used up (E_CONSENT), expires (E_CONSENT), when the person is erased
 * (E_NOT_FOUND), when somebody else's view made a new card and this one was opened with the card (E_CONSENT), when the
 * staff member is retired (E_ROLE), and SALVE_VIEW_MINUTES_MAX after opening, SALVE_VIEW_AWAY_MINUTES_MAX where it was
 * opened without the card (E_CONSENT). Its keys are wiped then and nothing but rec_close is of use. The words are those
 * of an opening that is refused. What was handed out before stays readable until rec_rest or rec_close. */

/* rec_all - newest version of every resource of `classes` (0: all of the view) in the order they were first saved.
 * rec_read - for tests: one by id ("Observation/<id>" or "<id>"). E_NOT_FOUND.
 * rec_history - all versions of one, oldest first. */
SALVE_MUST_USE enum salve_code rec_all(struct rec_view *view, class_mask classes, const struct rec_resource **out,
                                       size_t *count, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_read(struct rec_view *view, struct str id, const struct rec_resource **out,
                                        struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_history(struct rec_view *view, struct str id, struct arena *mem,
                                           const struct rec_resource ***out, size_t *count, struct salve_err *err);

/* rec_known - the newest version of one, where the view stands and rec_all would give it now, and that is certain
 * without asking anybody or waiting for anything; false: it may all the same be there. */
SALVE_MUST_USE bool rec_known(struct rec_view *view, struct str type, struct str id, const struct rec_resource **out);

/* rec_next_number - the number of the next new id; same counter as rec_new_id; the shape that admit/import.h asks for
 * (`view` is the struct rec_view). Ids end with ".<number>". */
uint64_t rec_next_number(void *view);

/* rec_new_id - an id for a resource to come, unique in the compartment, so that a batch can refer to itself. */
SALVE_MUST_USE enum salve_code rec_new_id(struct rec_view *view, struct arena *mem, struct str *id,
                                          struct salve_err *err);

/* One resource to save. Its `id` must be one of rec_new_id (new) or the id of a stored resource of the same type and
 * class (a new version of it). `class` 0: IDENT for Patient and RelatedPerson, SENS for what its codes put apart
 * (admit_families), else CLIN. Consent and AuditEvent come from the gate alone (E_NOT_ADMITTED). SENS is saved only
 * while the person's agreement to care has its tick (E_CONSENT), also by staff who may not read it. */
struct rec_item {
    const struct tape *tape;
    enum data_class class;
    uint64_t after_seq; /* record_seq of the version that it is the next one of; another one since: E_CONFLICT. 0: of
                         * whichever is the newest */
};

/* rec_keeps_apart - does the agreement to care have the tick for what is kept apart, so that it may be saved? */
bool rec_keeps_apart(const struct rec_view *view);

/* rec_save - one batch, durable when it returns; after an error nothing of it is there. At most 65,536 ids a view.
 *   errors  E_NOT_ADMITTED, E_ROLE (a manager or helper writes nothing), E_CONSENT (a class the view has not),
 *           E_INVALID (id missing or not of this compartment), E_TOO_BIG, E_FULL, E_IO */
SALVE_MUST_USE enum salve_code rec_save(struct rec_view *view, const struct rec_item *items, size_t item_count,
                                        struct rec_receipt *receipt_or_null, struct arena *mem, struct salve_err *err);

/* One of many saves: what rec_save takes, and what became of it. */
struct rec_batch {
    struct rec_view *view;
    const struct rec_item *items;
    size_t item_count;
    struct rec_receipt *receipt; /* filled; NULL: none is wanted */
    enum salve_code code;        /* set: what rec_save would have returned */
    struct salve_err err;        /* filled when code is not OK */
};

/* rec_save_many - saves that wait, of one or many people, in one commit and one sync; durable when it returns. Each
 * stands or falls by itself, with its own leaf and its own code: one that is refused, or fails while it is written,
 * leaves the others. Of one person each has a commit of its own, in the order given, since what one leaves decides on
 * the next. Anything but OK means that a commit failed (E_FULL, E_IO, E_MEMORY): then it is the code of all that were
 * neither saved nor refused before, and nothing of those is there. */
SALVE_MUST_USE enum salve_code rec_save_many(struct site *site, struct rec_batch *batches, size_t count,
                                             struct arena *mem, struct salve_err *err);

/* --- who looked, and taking it all (views of purpose SELF) -------------------------------------------------------- */

/* One line of "who looked". */
struct rec_look {
    int64_t at_unix_ms;
    bool clock_suspect;
    struct str kind;      /* of events.def: enrolment, access, denied, read, write, consent, ... */
    struct actor actor;   /* id empty: the person */
    struct str app;       /* name of the app that looked, or that was let in or ended; empty: none */
    struct str by;        /* who they say they are, proved by nothing (share.h); else empty */
    enum purpose purpose; /* 0: none */
    class_mask classes;
    bool is_reminder;        /* to call the person before their next check */
    uint32_t resource_count; /* kind read: how many were read */
    uint64_t leaf_index;
    uint64_t record_seq; /* of the AUDIT record that holds the opening */
    bool proved;         /* the inclusion proof against the signed checkpoint holds */
    bool is_unsigned;    /* it is in the log as it should be, which is not signed that far yet */
    bool is_ended;       /* the same, in a log that ended before it was signed that far: a loss, and a successor */
    struct str proof;    /* its c2sp.org/tlog-proof@v1 text; empty if not proved */
};

/* rec_looked - the whole access history, oldest first. A line whose leaf is missing or different in the log is neither
 * proved nor unsigned nor ended; `missing` counts them.
 * rec_proofs_from_unix_ms - when unsigned lines have their proof. */
int64_t rec_proofs_from_unix_ms(const struct rec_view *view);
SALVE_MUST_USE enum salve_code rec_looked(struct rec_view *view, struct arena *mem, struct rec_look **out,
                                          size_t *count, size_t *missing, struct salve_err *err);

/* rec_take - everything the person may have: exactly what was saved, resource by resource (newest versions), then the
 * Consent and AuditEvent resources made from the gate's own records. An app that is shown who looked, and nothing else
 * of this, gets the AuditEvents alone. */
SALVE_MUST_USE enum salve_code rec_take(struct rec_view *view, struct arena *mem, const struct rec_resource **out,
                                        size_t *count, struct salve_err *err);

#endif
