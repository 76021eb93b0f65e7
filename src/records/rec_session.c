/* SPDX-License-Identifier: Apache-2.0
 *
 * Sessions: a table in memory, found by a keyed hash of the token. A session is bound to name, role and PIN of its
 * member as the login saw them; what the register says is looked at again wherever the session is used. */
#include <stdlib.h>

#include "records/openings_int.h"
#include "records/session_int.h"

enum { ID_BYTES = 64, SECOND_MS = 1000, MINUTE_MS = 60 * 1000, HOUR_MS = 3600 * 1000 };

/* Two clocks that began together: the guarded one stands still while the clock is doubted, that of the machine may be
 * set back. */
struct moment {
    int64_t guarded_ms, wall_ms;
};

struct rec_session {
    uint64_t number; /* never given twice; 0: free */
    uint8_t hash[CRYPTO_SHA256_BYTES];
    char id[ID_BYTES];
    size_t id_bytes;
    struct rec_staff staff;           /* its name is in `id` */
    struct moment begun, used, shown; /* shown: that it is them */
    bool is_locked;
    struct rec_way way; /* as it was shown last */
    bool is_of_doubt;   /* begun while the clock was doubted */
    bool is_noted;      /* that it reads the queue of the day, at `noted` */
    struct moment noted;
    struct rec_openings openings;
};

struct rec_sessions {
    uint64_t given;
    struct rec_session list[SESSIONS_MAX];
};

/* --- time --------------------------------------------------------------------------------------------------------- */

static struct moment moment_now(const struct site *site)
{
    return (struct moment){near_site_now_unix_ms(site), clock_ms(&site->clock)};
}

static int64_t since(struct moment then, struct moment now)
{
    int64_t guarded_ms = now.guarded_ms - then.guarded_ms, wall_ms = now.wall_ms - then.wall_ms;
    return guarded_ms > wall_ms ? guarded_ms : wall_ms;
}

static uint32_t lock_seconds(const struct site *site) { return site->settings.lock_seconds; }

static void end(struct site *site, struct rec_session *session)
{
    crypto_zero(session, sizeof *session);
    rec_changed(site);
}

/* Who leaves it alone for long has to show that it is them. */
static bool locks(const struct rec_session *session) { return !session->way.is_held && !session->way.is_for_view; }

/* What time does to a session. */
static void lapse(struct site *site, struct rec_session *session)
{
    struct moment now = moment_now(site);
    if (session->number == 0) return;
    if (since(session->begun, now) >= (int64_t)SESSION_HOURS_MAX * HOUR_MS) {
        end(site, session);
        return;
    }
    bool is_idle = since(session->used, now) >= (int64_t)lock_seconds(site) * SECOND_MS;
    if (session->is_locked || !locks(session) || !is_idle) return;
    session->is_locked = true;
    rec_changed(site);
}

void rec_sessions_lapse(struct site *site)
{
    for (size_t i = 0; site->sessions != NULL && i < SESSIONS_MAX; i++) lapse(site, &site->sessions->list[i]);
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

static void hash_of(const struct site *site, const uint8_t token[SESSION_TOKEN_BYTES],
                    uint8_t hash[CRYPTO_SHA256_BYTES])
{
    const struct str parts[] = {STR("SLV-session-v1"), str_bytes(token, SESSION_TOKEN_BYTES)};
    crypto_key_mac(rec_gate_key(site), parts, 2, hash, CRYPTO_SHA256_BYTES);
}

/* As time has left it; NULL: there is none. */
static struct rec_session *find(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES])
{
    uint8_t hash[CRYPTO_SHA256_BYTES];
    struct rec_session *found = NULL;
    if (site->sessions == NULL) return NULL;
    hash_of(site, token, hash);
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        struct rec_session *one = &site->sessions->list[i];
        if (one->number != 0 && crypto_equal(one->hash, hash, sizeof hash)) found = one;
    }
    if (found != NULL) lapse(site, found);
    return found == NULL || found->number == 0 ? NULL : found;
}

static struct rec_session *numbered(struct site *site, uint64_t number)
{
    for (size_t i = 0; site->sessions != NULL && i < SESSIONS_MAX; i++) {
        struct rec_session *one = &site->sessions->list[i];
        if (one->number != number) continue;
        lapse(site, one);
        return one->number == number ? one : NULL;
    }
    return NULL;
}

static enum salve_code no_session(struct salve_err *err) { return salve_fail(err, SALVE_E_SESSION, "session"); }

/* The clock says who may act no longer, so nobody acts by a clock that is doubted, but for who can put it right; what
 * is held is no older than its connection. */
static enum salve_code clock_lets(const struct site *site, const struct rec_session *session, struct salve_err *err)
{
    if (!near_site_clock_suspect(site) || session->way.is_held || session->is_of_doubt) return SALVE_OK;
    return rec_clock_doubted(site, "session", err);
}

void rec_sessions_end_of(struct site *site, struct str id)
{
    for (size_t i = 0; site->sessions != NULL && i < SESSIONS_MAX; i++) {
        struct rec_session *one = &site->sessions->list[i];
        if (one->number != 0 && str_eq(str_make(one->id, one->id_bytes), id)) end(site, one);
    }
}

void rec_sessions_end_but(struct site *site, struct str id, const uint8_t token[SESSION_TOKEN_BYTES])
{
    uint64_t kept = rec_session_number(site, token);
    for (size_t i = 0; site->sessions != NULL && i < SESSIONS_MAX; i++) {
        struct rec_session *one = &site->sessions->list[i];
        bool is_other = one->number != 0 && one->number != kept;
        if (is_other && str_eq(str_make(one->id, one->id_bytes), id)) end(site, one);
    }
}

void rec_sessions_end_at(struct site *site, struct str tablet)
{
    for (size_t i = 0; site->sessions != NULL && i < SESSIONS_MAX; i++) {
        struct rec_session *one = &site->sessions->list[i];
        if (one->number != 0 && str_is(tablet, one->way.tablet)) end(site, one);
    }
}

void rec_session_at(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES], const char *tablet)
{
    struct rec_session *session = find(site, token);
    if (session != NULL) memcpy(session->way.tablet, tablet, sizeof session->way.tablet);
}

struct str rec_session_tablet(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES])
{
    const struct rec_session *session = find(site, token);
    return session == NULL ? STR_NONE : str_of(session->way.tablet);
}

bool rec_session_is_by_pin(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES])
{
    const struct rec_session *session = find(site, token);
    return session != NULL && session->way.is_by_pin;
}

void rec_session_whole(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES])
{
    struct rec_session *session = find(site, token);
    if (session != NULL) session->way.must_set_up = false;
}

void rec_sessions_drop(struct site *site)
{
    if (site->sessions != NULL) crypto_zero(site->sessions, sizeof *site->sessions);
    free(site->sessions);
    free(site->openings);
    site->sessions = NULL;
    site->openings = NULL;
}

/* --- a place in it ------------------------------------------------------------------------------------------------ */

static bool is_of(const struct rec_session *session, struct str id)
{
    return session->number != 0 && (id.len == 0 || str_eq(str_make(session->id, session->id_bytes), id));
}

/* The least recently used one of a member, or of all the locked ones; NULL: there is none that may end. */
static struct rec_session *oldest(struct site *site, struct str id, size_t *count)
{
    struct rec_session *found = NULL;
    *count = 0;
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        struct rec_session *one = &site->sessions->list[i];
        if (!is_of(one, id)) continue;
        ++*count;
        bool may_end = !one->way.is_held && (id.len > 0 || one->is_locked);
        if (may_end && (found == NULL || one->used.guarded_ms < found->used.guarded_ms)) found = one;
    }
    return found;
}

static enum salve_code free_one(struct site *site, struct str id, size_t room, struct salve_err *err)
{
    size_t count = 0;
    struct rec_session *last = oldest(site, id, &count);
    if (count < room) return SALVE_OK;
    if (last == NULL) return salve_fail(err, SALVE_E_QUOTA, "sessions");
    end(site, last);
    return SALVE_OK;
}

static enum salve_code place_for(struct site *site, struct str id, struct rec_session **out, struct salve_err *err)
{
    if (site->sessions == NULL) site->sessions = calloc(1, sizeof *site->sessions);
    if (site->sessions == NULL) return salve_fail(err, SALVE_E_MEMORY, "sessions");
    rec_sessions_lapse(site);
    TRY(free_one(site, id, SESSIONS_MEMBER_MAX, err));
    TRY(free_one(site, STR(""), SESSIONS_MAX, err));
    size_t at = 0;
    while (site->sessions->list[at].number != 0) at++;
    *out = &site->sessions->list[at];
    return SALVE_OK;
}

/* --- what others rest on ------------------------------------------------------------------------------------------ */

static enum salve_code actor_of(struct site *site, const struct rec_session *session,
                                const uint8_t token[SESSION_TOKEN_BYTES], struct arena *mem, struct actor *out,
                                struct salve_err *err)
{
    *out = (struct actor){.role = session->staff.is.role};
    TRY(arena_str(mem, str_make(session->id, session->id_bytes), &out->id, err));
    TRY(arena_str(mem, site->settings.name, &out->site, err));
    memcpy(out->pass, token, SESSION_TOKEN_BYTES);
    return SALVE_OK;
}

enum pass_for { PASS_ACT, PASS_OWN, PASS_LOOK };

static enum salve_code pass_of(struct site *site, struct actor actor, enum pass_for for_what,
                               uint8_t pass[ACTOR_PASS_BYTES], struct salve_err *err)
{
    const struct rec_session *session = find(site, actor.pass);
    memcpy(pass, actor.pass, ACTOR_PASS_BYTES);
    if (session == NULL) return SALVE_OK;
    if (session->is_locked) return salve_fail(err, SALVE_E_LOCKED, "session");
    TRY(clock_lets(site, session, err));
    if (session->way.is_for_view && for_what != PASS_LOOK)
        return salve_refuse(err, SALVE_E_ROLE, "this token is for the view of one person and for nothing else",
                            "session");
    if (session->way.must_set_up && for_what == PASS_ACT)
        return salve_refuse(err, SALVE_E_ROLE,
                            "set up a passkey or a code generator first: a passphrase alone was shown", "session");
    rec_pass(site, &session->staff, pass);
    return SALVE_OK;
}

enum salve_code rec_pass_of(struct site *site, struct actor actor, uint8_t pass[ACTOR_PASS_BYTES],
                            struct salve_err *err)
{
    return pass_of(site, actor, PASS_ACT, pass, err);
}

enum salve_code rec_pass_own(struct site *site, struct actor actor, uint8_t pass[ACTOR_PASS_BYTES],
                             struct salve_err *err)
{
    return pass_of(site, actor, PASS_OWN, pass, err);
}

enum salve_code rec_pass_look(struct site *site, struct actor actor, uint8_t pass[ACTOR_PASS_BYTES],
                              struct salve_err *err)
{
    return pass_of(site, actor, PASS_LOOK, pass, err);
}

enum salve_code rec_session_actor(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES], struct arena *mem,
                                  struct actor *out, struct salve_err *err)
{
    const struct rec_session *session = find(site, token);
    return session == NULL ? no_session(err) : actor_of(site, session, token, mem, out, err);
}

void rec_session_used(struct site *site, uint64_t number)
{
    struct rec_session *session = numbered(site, number);
    if (session == NULL) return;
    session->used = moment_now(site);
    rec_tablet_seen(site, str_of(session->way.tablet));
}

enum salve_code rec_session_fresh(struct site *site, const uint8_t pass[ACTOR_PASS_BYTES], struct salve_err *err)
{
    const struct rec_session *session = find(site, pass);
    if (session == NULL || since(session->shown, moment_now(site)) < (int64_t)SESSION_FRESH_MINUTES * MINUTE_MS)
        return SALVE_OK;
    return salve_fail(err, SALVE_E_STEP_UP, "session");
}

int64_t rec_session_shown_unix_ms(struct site *site, const uint8_t pass[ACTOR_PASS_BYTES])
{
    const struct rec_session *session = find(site, pass);
    return session == NULL ? near_site_now_unix_ms(site) : session->shown.guarded_ms;
}

void rec_session_shown(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES], int64_t shown_unix_ms)
{
    struct rec_session *session = find(site, token);
    struct moment now = moment_now(site);
    int64_t age_ms = now.guarded_ms - shown_unix_ms;
    if (session != NULL) session->shown = (struct moment){shown_unix_ms, now.wall_ms - age_ms};
}

uint64_t rec_session_number(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES])
{
    const struct rec_session *session = find(site, token);
    return session == NULL ? 0 : session->number;
}

bool rec_session_is_noted(struct site *site, const uint8_t pass[ACTOR_PASS_BYTES])
{
    const struct rec_session *session = find(site, pass);
    return session != NULL && session->is_noted && since(session->noted, moment_now(site)) < HOUR_MS;
}

void rec_session_noted(struct site *site, const uint8_t pass[ACTOR_PASS_BYTES])
{
    struct rec_session *session = find(site, pass);
    if (session == NULL) return;
    session->is_noted = true;
    session->noted = moment_now(site);
}

struct rec_openings *rec_session_openings(struct site *site, uint64_t number)
{
    struct rec_session *session = number == 0 ? NULL : numbered(site, number);
    if (session != NULL) return &session->openings;
    if (site->openings == NULL) site->openings = calloc(1, sizeof *site->openings);
    return site->openings;
}

enum salve_code rec_session_stands(struct site *site, uint64_t number)
{
    if (number == 0) return SALVE_OK;
    const struct rec_session *session = numbered(site, number);
    if (session == NULL) return SALVE_E_SESSION;
    return session->is_locked ? SALVE_E_LOCKED : SALVE_OK;
}

int64_t rec_session_until_unix_ms(struct site *site, uint64_t number)
{
    const struct rec_session *session = number == 0 ? NULL : numbered(site, number);
    if (session == NULL) return INT64_MAX;
    int64_t end_ms = session->begun.wall_ms + (int64_t)SESSION_HOURS_MAX * HOUR_MS;
    int64_t lock_ms = session->used.wall_ms + (int64_t)lock_seconds(site) * SECOND_MS;
    return locks(session) && lock_ms < end_ms ? lock_ms : end_ms;
}

bool rec_session_for_view(struct site *site, uint64_t number)
{
    struct rec_session *session = number == 0 ? NULL : numbered(site, number);
    if (session == NULL || session->way.is_held || session->is_locked) return false;
    session->way.is_for_view = true;
    return true;
}

void rec_session_view_over(struct site *site, uint64_t number)
{
    struct rec_session *session = number == 0 ? NULL : numbered(site, number);
    if (session != NULL && session->way.is_for_view) end(site, session);
}

/* --- the door ----------------------------------------------------------------------------------------------------- */

/* `token` may be that of *out. */
static enum salve_code tell(struct site *site, const struct rec_session *session,
                            const uint8_t token[SESSION_TOKEN_BYTES], struct arena *mem, struct session *out,
                            struct salve_err *err)
{
    struct session told = {.lock_seconds = lock_seconds(site),
                           .ends_unix_ms = session->begun.guarded_ms + (int64_t)SESSION_HOURS_MAX * HOUR_MS,
                           .is_for_view = session->way.is_for_view,
                           .must_set_up = session->way.must_set_up};
    told.fresh_until_unix_ms = session->shown.guarded_ms + (int64_t)SESSION_FRESH_MINUTES * MINUTE_MS;
    memcpy(told.token, token, sizeof told.token);
    enum salve_code code = actor_of(site, session, told.token, mem, &told.actor, err);
    *out = told;
    crypto_zero(&told, sizeof told);
    return code;
}

/* A new token: whoever has the one before has nothing. */
static enum salve_code show(struct site *site, struct rec_session *session, struct arena *mem, struct session *out,
                            struct salve_err *err)
{
    uint8_t token[SESSION_TOKEN_BYTES];
    crypto_random(token, sizeof token);
    hash_of(site, token, session->hash);
    session->is_locked = false;
    session->used = moment_now(site);
    enum salve_code code = tell(site, session, token, mem, out, err);
    crypto_zero(token, sizeof token);
    return code;
}

enum salve_code rec_session_new(struct site *site, const struct rec_staff *staff, const struct rec_way *way,
                                struct arena *mem, struct session *out, struct salve_err *err)
{
    struct rec_session *session = NULL;
    bool is_doubted = near_site_clock_suspect(site);
    salve_assert(staff->is.id.len <= ID_BYTES);
    if (is_doubted && !way->is_held && !rec_role_may(staff->is.role, ACT_LOG_IN_DOUBTED))
        return rec_clock_doubted(site, "session", err);
    TRY(place_for(site, staff->is.id, &session, err));
    *session = (struct rec_session){.id_bytes = staff->is.id.len,
                                    .staff = *staff,
                                    .begun = moment_now(site),
                                    .shown = moment_now(site),
                                    .way = *way,
                                    .is_of_doubt = is_doubted};
    memcpy(session->id, staff->is.id.ptr, staff->is.id.len);
    session->staff.is.id = str_make(session->id, session->id_bytes);
    session->number = ++site->sessions->given;
    return show(site, session, mem, out, err);
}

enum salve_code rec_session_member(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES], struct str *id,
                                   uint64_t *number, struct salve_err *err)
{
    const struct rec_session *session = find(site, token);
    if (session == NULL) return no_session(err);
    *id = session->staff.is.id;
    *number = session->number;
    return SALVE_OK;
}

/* What it is good for is what was shown now; at a tablet it stays one of that tablet. */
static void shown_anew(struct site *site, struct rec_session *session, const struct rec_way *way)
{
    char tablet[sizeof session->way.tablet];
    memcpy(tablet, way->tablet[0] != '\0' ? way->tablet : session->way.tablet, sizeof tablet);
    session->way.must_set_up = way->must_set_up;
    session->way.is_by_pin = way->is_by_pin;
    memcpy(session->way.tablet, tablet, sizeof tablet);
    session->shown = moment_now(site);
}

enum salve_code rec_session_open(struct site *site, uint64_t number, const struct rec_way *way, struct arena *mem,
                                 struct session *out, struct salve_err *err)
{
    struct rec_session *session = numbered(site, number);
    if (session == NULL) return no_session(err);
    TRY(clock_lets(site, session, err));
    shown_anew(site, session, way);
    return show(site, session, mem, out, err);
}

enum salve_code rec_session_step(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES], const struct rec_way *way,
                                 struct arena *mem, struct session *out, struct salve_err *err)
{
    struct rec_session *session = find(site, token);
    if (session == NULL) return no_session(err);
    if (session->is_locked) return salve_fail(err, SALVE_E_LOCKED, "session");
    TRY(clock_lets(site, session, err));
    shown_anew(site, session, way);
    session->used = session->shown;
    return tell(site, session, token, mem, out, err);
}

enum salve_code near_session_look(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES], struct arena *mem,
                                  struct session *out, struct salve_err *err)
{
    const struct rec_session *session = find(site, token);
    return session == NULL ? no_session(err) : tell(site, session, token, mem, out, err);
}

enum salve_code near_session_lock(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES], struct salve_err *err)
{
    struct rec_session *session = find(site, token);
    if (session == NULL) return no_session(err);
    if (!session->is_locked) rec_changed(site);
    session->is_locked = true;
    return SALVE_OK;
}

enum salve_code near_session_end(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES], struct salve_err *err)
{
    struct rec_session *session = find(site, token);
    if (session == NULL) return no_session(err);
    end(site, session);
    return SALVE_OK;
}
