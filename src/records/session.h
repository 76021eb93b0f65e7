/* SPDX-License-Identifier: Apache-2.0
 *
 * session - a member of staff at one device: from the login until it is ended, with breaks in which it is locked. The
 * seventh door of the gate; who works here is in staff.h.
 *
 *     code = session_begin(site, STR("lina"), secret, mem, &session, err);    // E_PIN, E_CLOCK, E_QUOTA
 *     code = session_actor(site, session.token, mem, &lina, err);             // each request: E_SESSION, E_LOCKED
 *     code = rec_open(site, &(struct rec_ask){.actor = lina, ..}, &view, err);       // and so on
 *     code = session_lock(site, session.token, err);
 *     code = session_unlock(site, session.token, secret, mem, &session, err); // a new token; the old one is dead
 *     code = session_end(site, session.token, err);
 * What is shown may be more than a secret (proof.h): session_begin_by, session_unlock_by, session_step_up.
 *
 * A session is in the memory of the gate alone, and ends with it. Kept is a hash of its token. The pass of its actor
 * is the token, and the gate takes that for the member wherever it takes an actor, as long as the session is neither
 * ended nor locked.
 *
 * What ends a session: session_end; eight hours since the login; the member is retired, has another role or another
 * secret, at once; the ninth session of the same member ends the one that was used least recently. It locks by itself
 * when it was not used for the lock seconds of the site's settings. The time is the guarded one of the site, or that
 * of the machine where more of it went by. While the clock is doubted no session opens anything (E_CLOCK), but for
 * one that a manager or technician began since, who can confirm the clock, and one that is held.
 * What the table of roles marks (consent/may.h, MAY_FRESH: consent, transfer, erasure, staff, settings) is refused
 * with E_STEP_UP when it was not shown within the last ten minutes that it is them: by the login, by unlocking, by a
 * memory of staff_recall from the moment of its login on.
 * Views that a session opened end with it; a locked session reads nothing through them, and goes on when unlocked. */
#ifndef SALVE_RECORDS_SESSION_H
#define SALVE_RECORDS_SESSION_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"
#include "records/proof.h"
#include "records/staff.h"

struct site;

enum {
    SESSION_TOKEN_BYTES = ACTOR_PASS_BYTES,
    SESSION_LOCK_SECONDS = 120,                   /* where the settings of the site say nothing */
    SESSION_HOURS_MAX = 8,                        /* since the login */
    SESSIONS_MEMBER_MAX = 8,                      /* of one member of staff */
    SESSIONS_MAX = 256,                           /* of a site */
    SESSION_FRESH_MINUTES = STAFF_MEMORY_MINUTES, /* since the member showed that it is them */
};

struct session {
    uint8_t token[SESSION_TOKEN_BYTES];
    struct actor actor; /* its pass is the token; texts in the mem of the call */
    uint32_t lock_seconds;
    int64_t ends_unix_ms;        /* eight hours after the login */
    int64_t fresh_until_unix_ms; /* until then what needs it is done without asking again (E_STEP_UP) */
    bool is_for_view;            /* it does nothing but what the one view does that it has (rec_hand_on) */
    bool must_set_up;            /* its member has to set up a passkey or TOTP (account.h); it opens nobody */
};

/* session_begin - staff_login, and a session for it. The same words and the same work for a name that nobody has; a
 * try counts from before it is looked at.
 *   errors  E_PIN, E_IO, E_FULL as staff_login; E_CLOCK the clock is doubted, and the member is no manager and no
 *           technician; E_QUOTA there are too many sessions */
SALVE_MUST_USE enum salve_code session_begin(struct site *site, struct str id, struct str secret, struct arena *mem,
                                             struct session *out, struct salve_err *err);

/* session_begin_by - the same with what is shown (proof.h); with a passkey `id` is not looked at. A session of a
 * tablet ends when the tablet is locked or removed.
 *   errors  as session_begin; E_CLOCK also for a code while the clock is doubted */
SALVE_MUST_USE enum salve_code session_begin_by(struct site *site, struct str id, const struct proof *shown,
                                                struct arena *mem, struct session *out, struct salve_err *err);

/* session_look - a session as it is, locked or not, without another token; it is no use of it. E_SESSION. */
SALVE_MUST_USE enum salve_code session_look(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES],
                                            struct arena *mem, struct session *out, struct salve_err *err);

/* session_hold - a session for an actor of staff_login or staff_recall, which does not lock by itself: for a
 * connection that ends it. E_ROLE: nobody logged in as that; E_QUOTA. */
SALVE_MUST_USE enum salve_code session_hold(struct site *site, struct actor actor, struct arena *mem,
                                            struct session *out, struct salve_err *err);

/* session_actor - who acts; it counts as use.
 *   errors  E_SESSION there is none of that token, or it ended; E_LOCKED; E_CLOCK the clock is doubted */
SALVE_MUST_USE enum salve_code session_actor(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES],
                                             struct arena *mem, struct actor *out, struct salve_err *err);

/* session_lock - locked until session_unlock; fine where it is locked. E_SESSION.
 * session_unlock - the member's secret again: the session goes on with another token. Also one that is not locked.
 *   errors  E_SESSION; E_PIN as staff_login, and the session stays as it was; E_CLOCK
 * session_unlock_by - the same with what is shown. session_step_up - it is shown again in a session that goes on with
 * its token; E_LOCKED.
 * session_end - E_SESSION: it ended before. */
SALVE_MUST_USE enum salve_code session_lock(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES],
                                            struct salve_err *err);
SALVE_MUST_USE enum salve_code session_unlock(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES],
                                              struct str secret, struct arena *mem, struct session *out,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code session_unlock_by(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES],
                                                 const struct proof *shown, struct arena *mem, struct session *out,
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code session_step_up(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES],
                                               const struct proof *shown, struct arena *mem, struct session *out,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code session_end(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES],
                                           struct salve_err *err);

#endif
