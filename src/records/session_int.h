/* SPDX-License-Identifier: Apache-2.0
 *
 * Sessions as the gate keeps them, and what rests on them. */
#ifndef SALVE_RECORDS_SESSION_INT_H
#define SALVE_RECORDS_SESSION_INT_H

#include "records/login_int.h"
#include "records/session.h"

/* rec_pass_of - the pass of staff_login behind an actor's: that of the member where it is the token of a session,
 * else the actor's own.
 *   errors  E_LOCKED, E_CLOCK; a session that ended gives the words of rec_not_staff */
SALVE_MUST_USE enum salve_code rec_pass_of(struct site *site, struct actor actor, uint8_t pass[ACTOR_PASS_BYTES],
                                           struct salve_err *err);
/* rec_pass_own - the same for what is the member's own: also of a session that must set up, which else is E_ROLE. */
SALVE_MUST_USE enum salve_code rec_pass_own(struct site *site, struct actor actor, uint8_t pass[ACTOR_PASS_BYTES],
                                            struct salve_err *err);

/* rec_pass_look - the same for nothing but to see who it is: also of a session that is for one view. */
SALVE_MUST_USE enum salve_code rec_pass_look(struct site *site, struct actor actor, uint8_t pass[ACTOR_PASS_BYTES],
                                             struct salve_err *err);

/* rec_session_for_view - it is for the view that it has, and for nothing else from now on; false: it is not one that
 * could be: none, held by a connection, locked. rec_session_view_over - the view is: it ends, where it was for it. */
bool rec_session_for_view(struct site *site, uint64_t number);
void rec_session_view_over(struct site *site, uint64_t number);

/* rec_session_actor - of the session with that token, whatever its state; E_SESSION. rec_session_used - it counts as
 * used now. */
SALVE_MUST_USE enum salve_code rec_session_actor(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES],
                                                 struct arena *mem, struct actor *out, struct salve_err *err);
void rec_session_used(struct site *site, uint64_t number);

/* rec_session_number - of the session with that token; 0: it is none. rec_session_stands - OK, E_LOCKED, or
 * E_SESSION: it ended. Number 0 stands. */
uint64_t rec_session_number(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES]);
enum salve_code rec_session_stands(struct site *site, uint64_t number);

/* rec_session_until_unix_ms - by the clock of the machine: when time alone locks or ends it, if nobody uses it until
 * then. INT64_MAX: never, or there is none. */
int64_t rec_session_until_unix_ms(struct site *site, uint64_t number);

/* rec_session_fresh - OK where the pass is the token of a session that was shown within ten minutes, or of none: what
 * staff_login gave never leaves the process that logged in. E_STEP_UP. rec_session_shown_unix_ms - when it was last
 * shown, by the guarded clock; now where it is no session. rec_session_shown - it was shown at that time. */
SALVE_MUST_USE enum salve_code rec_session_fresh(struct site *site, const uint8_t pass[ACTOR_PASS_BYTES],
                                                 struct salve_err *err);
int64_t rec_session_shown_unix_ms(struct site *site, const uint8_t pass[ACTOR_PASS_BYTES]);
void rec_session_shown(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES], int64_t shown_unix_ms);

/* rec_session_is_noted - that it reads the queue of the day stands in the log of the site since less than an hour.
 * rec_session_noted - from now on; nothing where the pass is of no session. */
bool rec_session_is_noted(struct site *site, const uint8_t pass[ACTOR_PASS_BYTES]);
void rec_session_noted(struct site *site, const uint8_t pass[ACTOR_PASS_BYTES]);

/* rec_session_openings - what is counted of the session with that number; of all that is opened without one,
 * together. NULL: no memory. */
struct rec_openings;
struct rec_openings *rec_session_openings(struct site *site, uint64_t number);

/* rec_session_member - the name and the try of the session that is to be unlocked; texts good until it ends. */
SALVE_MUST_USE enum salve_code rec_session_member(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES],
                                                  struct str *id, uint64_t *number, struct salve_err *err);

/* rec_session_new - for a member who showed enough. rec_session_open - the session goes on, unlocked, with another
 * token; rec_session_step - with its token, where it is not locked. E_SESSION: it ended meanwhile. */
SALVE_MUST_USE enum salve_code rec_session_new(struct site *site, const struct rec_staff *staff,
                                               const struct rec_way *way, struct arena *mem, struct session *out,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_session_open(struct site *site, uint64_t number, const struct rec_way *way,
                                                struct arena *mem, struct session *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_session_step(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES],
                                                const struct rec_way *way, struct arena *mem, struct session *out,
                                                struct salve_err *err);

/* rec_session_is_by_pin - a PIN at a tablet was shown last. rec_session_whole - it need not set up any more.
 * rec_session_at, rec_session_tablet - the tablet that it is at; empty: none. rec_sessions_end_but - all of a member
 * but that one; rec_sessions_end_at - all at a tablet. */
bool rec_session_is_by_pin(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES]);
void rec_session_whole(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES]);
void rec_session_at(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES], const char *tablet);
struct str rec_session_tablet(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES]);
void rec_sessions_end_but(struct site *site, struct str id, const uint8_t token[SESSION_TOKEN_BYTES]);
void rec_sessions_end_at(struct site *site, struct str tablet);

/* rec_sessions_end_of - all of a member; as soon as what ends them cannot be taken back. rec_sessions_lapse - locks
 * and ends what time locks and ends. rec_sessions_drop - frees them. */
void rec_sessions_end_of(struct site *site, struct str id);
void rec_sessions_lapse(struct site *site);
void rec_sessions_drop(struct site *site);

#endif
