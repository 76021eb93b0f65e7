/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/held - a look at a person that lasts from one request to the next, as at a station: one look, one leaf, one
 * count in the quota. Every use case of a visit that has it, with the same key and actor and for all that the purpose
 * delivers, works in it; any other looks for itself, and so does a letter. Whether the look still stands is the gate's
 * to say, each time. A face that keeps one keeps it for one session alone.
 *
 *     struct visit_held held = {0};
 *     visit_hold(&visit, card, &held, err);          // as visit_view_open: E_CONSENT, E_NOT_FOUND, E_QUOTA, ...
 *     visit.held = &held;                            // of this request and the next ones
 *     visit_measure(&visit, held.who, ...);
 *     visit_release(&held, err);                     // in every case
 *
 * A face that may end without releasing it (a process that crashed) keeps a note with the look, and asks for both again
 * with the same session (rec_again):
 *
 *     visit_hold_keep(&held, note, err);
 *     visit_hold_again(&visit, &held, &note, err);   // held.view stays NULL: nobody was open */
#ifndef SALVE_VISIT_HELD_H
#define SALVE_VISIT_HELD_H

#include "records/rec.h"
#include "visit/visit.h"

struct screen_memo;
struct visit_held {
    struct rec_view *view; /* NULL: nobody is open */
    struct str who;        /* card code or ticket, in `text` */
    char text[REC_CODE_TEXT_BYTES + 8];
    struct str actor; /* id of who looks, in `id` */
    char id[128];
    enum role role;
    bool is_by_ticket;
    bool is_reminder;         /* to call them before their next check (remind.h) */
    int64_t ends_at_unix_ms;  /* at the latest */
    struct screen_memo *memo; /* of the last run in this look (screen.h); NULL: there was none */
};

/* visit_hold - opens it. Nobody is held by it before. visit_release - closes it and wipes it; nothing open is fine. */
SALVE_MUST_USE enum salve_code visit_hold(const struct visit *visit, struct str who, struct visit_held *held,
                                          struct salve_err *err);
/* visit_hold_keep - a note of at most VISIT_NOTE_BYTES for whoever holds it next; E_TOO_BIG and those of rec_keep.
 * visit_hold_hand_on - as rec_hand_on, without a note: another process holds it from then on.
 * visit_hold_again - as rec_again; the note is in visit->mem, empty where there was none. */
enum { VISIT_NOTE_BYTES = 64 };
SALVE_MUST_USE enum salve_code visit_hold_keep(const struct visit_held *held, struct str note, struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_hold_hand_on(struct visit_held *held, struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_hold_again(const struct visit *visit, struct visit_held *held, struct str *note,
                                                struct salve_err *err);
/* visit_hold_stands - OK, or why the look is over (rec.h), as the gate says now: before what was made then is given. */
SALVE_MUST_USE enum salve_code visit_hold_stands(const struct visit_held *held, struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_release(struct visit_held *held, struct salve_err *err);
/* visit_hold_rest - the request is answered (rec_rest); nothing open is fine. */
void visit_hold_rest(const struct visit_held *held);

/* visit_token - a member of staff logs in with their secret, opens the person, and hands the look on (rec_hand_on): the
 * token is that of a session which is for this look alone; whoever shows it to the running server has the look. The
 * token is for the caller to wipe.
 *   errors   those of session_begin, visit_hold and rec_hand_on; nobody is open then */
#define VISIT_TOKEN_HEAD "s1."
enum { VISIT_TOKEN_TEXT_BYTES = 46 }; /* "s1." and 32 bytes in base64url */
struct visit_token {
    char text[VISIT_TOKEN_TEXT_BYTES + 1];
    int64_t until_unix_ms; /* at the latest */
};
SALVE_MUST_USE enum salve_code visit_token(const struct visit *visit, struct str id, struct str secret, struct str card,
                                           struct visit_token *out, struct salve_err *err);

#endif
