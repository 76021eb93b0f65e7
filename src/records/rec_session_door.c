/* SPDX-License-Identifier: Apache-2.0
 *
 * The door of sessions: what needs the register of staff beside the table (rec_session.c). */
#include "records/session_int.h"

enum { WORK_BYTES = 8 << 20 };

enum salve_code near_session_begin_by(struct site *site, struct str id, const struct proof *shown, struct arena *mem,
                                      struct session *out, struct salve_err *err)
{
    struct rec_staff staff;
    struct rec_way way;
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "staff");
    if (shown->credential.len > 0) id = STR_NONE;
    enum salve_code code = rec_log_in(site, id, shown, work, &staff, &way, err);
    if (code == SALVE_OK) code = rec_session_new(site, &staff, &way, mem, out, err);
    arena_close(work);
    return code;
}

enum salve_code near_session_begin(struct site *site, struct str id, struct str secret, struct arena *mem,
                                   struct session *out, struct salve_err *err)
{
    return near_session_begin_by(site, id, &(struct proof){.secret = secret}, mem, out, err);
}

enum salve_code near_session_unlock_by(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES],
                                       const struct proof *shown, struct arena *mem, struct session *out,
                                       struct salve_err *err)
{
    struct rec_staff staff;
    struct rec_way way;
    struct str id;
    uint64_t number = 0;
    TRY(rec_session_member(site, token, &id, &number, err));
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "staff");
    enum salve_code code = rec_log_in(site, id, shown, work, &staff, &way, err);
    if (code == SALVE_OK) code = rec_session_open(site, number, &way, mem, out, err);
    arena_close(work);
    return code;
}

enum salve_code near_session_unlock(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES], struct str secret,
                                    struct arena *mem, struct session *out, struct salve_err *err)
{
    return near_session_unlock_by(site, token, &(struct proof){.secret = secret}, mem, out, err);
}

enum salve_code near_session_step_up(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES],
                                     const struct proof *shown, struct arena *mem, struct session *out,
                                     struct salve_err *err)
{
    struct rec_staff staff;
    struct rec_way way;
    struct str id;
    uint64_t number = 0;
    TRY(rec_session_member(site, token, &id, &number, err));
    if (rec_session_stands(site, number) == SALVE_E_LOCKED) return salve_fail(err, SALVE_E_LOCKED, "session");
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "staff");
    enum salve_code code = rec_log_in(site, id, shown, work, &staff, &way, err);
    if (code == SALVE_OK) code = rec_session_step(site, token, &way, mem, out, err);
    arena_close(work);
    return code;
}

enum salve_code near_session_hold(struct site *site, struct actor actor, struct arena *mem, struct session *out,
                                  struct salve_err *err)
{
    struct rec_staff staff;
    const struct rec_way way = {.is_held = true};
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "staff");
    enum salve_code code = rec_role_is_staff(actor.role) ? SALVE_OK : rec_not_staff(actor.role, err);
    if (code == SALVE_OK) code = rec_actor_staff(site, actor, work, &staff, err);
    int64_t shown_unix_ms = rec_session_shown_unix_ms(site, actor.pass); /* to hold is not to show */
    if (code == SALVE_OK) code = rec_session_new(site, &staff, &way, mem, out, err);
    if (code == SALVE_OK) rec_session_shown(site, out->token, shown_unix_ms);
    arena_close(work);
    return code;
}

/* The register is looked at too: what ends sessions ends them at once, and this is the second look. */
enum salve_code near_session_actor(struct site *site, const uint8_t token[SESSION_TOKEN_BYTES], struct arena *mem,
                                   struct actor *out, struct salve_err *err)
{
    struct rec_tx tx;
    struct actor actor;
    struct rec_staff staff;
    TRY(rec_session_actor(site, token, mem, &actor, err));
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "session");
    enum salve_code code = rec_tx_begin(site, true, work, &tx, err);
    if (code == SALVE_OK) {
        code = rec_actor_seen(&tx, actor, &staff, err);
        rec_tx_abandon(&tx);
    }
    arena_close(work);
    if (code == SALVE_E_ROLE) {
        (void)!near_session_end(site, token, NULL);
        return salve_fail(err, SALVE_E_SESSION, "session");
    }
    if (code != SALVE_OK) return code;
    rec_session_used(site, rec_session_number(site, token));
    *out = actor;
    return SALVE_OK;
}
