/* SPDX-License-Identifier: Apache-2.0
 * Who works here: the register, seen by who runs the site and changed by managers, some of it with a second member of
 * staff who shows that it is them in the same call. */
#include <string.h>

#include "pages/pages_int.h"

#include "records/staff.h"
#include "visit/health.h"
#include "visit/site.h"

/* --- who works here ----------------------------------------------------------------------------------------------- */

static void put_member(struct pages_call *call, const struct staff *staff)
{
    struct json_writer *w = &call->w;
    json_open(w, NULL, '{');
    json_put_text(w, "name", staff->id);
    json_put_text(w, "printed", call->has_clinic ? visit_printed_name(&call->clinic, staff->id) : staff->id);
    json_put_text(w, "role", str_of(role_text(staff->role)));
    json_put_bool(w, "retired", staff->retired);
    json_put_bool(w, "pin", staff->has_pin);
    json_put_bool(w, "phrase", staff->has_phrase);
    json_put_i64(w, "passkeys", staff->passkeys);
    json_put_bool(w, "totp", staff->has_totp);
    json_close(w);
}

/* A recovery that is asked for concerns everybody who works here. */
static enum salve_code put_recovery(struct pages_call *call, struct salve_err *err)
{
    struct str id = STR_NONE;
    int64_t due_unix_ms = 0;
    TRY(staff_recovery(call->visit.site, call->visit.mem, &id, &due_unix_ms, err));
    if (id.len == 0) {
        json_put_null(&call->w, "recovery");
        return SALVE_OK;
    }
    json_open(&call->w, "recovery", '{');
    json_put_text(&call->w, "name", id);
    pages_put_instant(call, "due", due_unix_ms);
    json_close(&call->w);
    return SALVE_OK;
}

enum salve_code pages_call_staff(struct pages_call *call, struct salve_err *err)
{
    struct staff *all = NULL;
    size_t count = 0;
    TRY(visit_may(&call->visit, ACT_STAFF_LIST, err));
    TRY(staff_list(call->visit.site, call->visit.mem, &all, &count, err));
    json_open(&call->w, "staff", '[');
    for (size_t i = 0; i < count; i++) put_member(call, &all[i]);
    json_close(&call->w);
    return put_recovery(call, err);
}

/* --- changes ------------------------------------------------------------------------------------------------------ */

/* The second one's session lives as long as the call. */
struct second {
    struct session session;
    const struct actor *actor; /* NULL: nobody was named */
};

/* What the second one shows is good once: it is not taken for a change that the first one has to ask for again. */
static enum salve_code is_fresh(struct pages_call *call, struct salve_err *err)
{
    struct session session;
    TRY(session_look(call->visit.site, call->token, call->visit.mem, &session, err));
    if (session.fresh_until_unix_ms > site_now_unix_ms(call->visit.site)) return SALVE_OK;
    return salve_fail(err, SALVE_E_STEP_UP, "session");
}

static enum salve_code second_begin(struct pages_call *call, struct second *out, struct salve_err *err)
{
    *out = (struct second){.actor = NULL};
    struct proof shown = pages_proof(&call->in);
    bool is_shown = call->in.with.len > 0 || shown.credential.len > 0;
    shown.secret = call->in.withSecret;
    enum salve_code code = is_shown ? is_fresh(call, err) : SALVE_OK;
    if (code == SALVE_OK && is_shown)
        code = session_begin_by(call->visit.site, call->in.with, &shown, call->visit.mem, &out->session, err);
    pages_wipe(&call->in.withSecret);
    if (code == SALVE_OK && is_shown) out->actor = &out->session.actor;
    return code;
}

static void second_end(struct pages_call *call, struct second *second)
{
    if (second->actor != NULL) (void)!session_end(call->visit.site, second->session.token, NULL);
    explicit_bzero(&second->session, sizeof second->session);
}

typedef enum salve_code staff_change(struct pages_call *call, const struct actor *second, struct salve_err *err);

static enum salve_code change(struct pages_call *call, staff_change *run, struct salve_err *err)
{
    struct second second;
    enum salve_code code = second_begin(call, &second, err);
    if (code == SALVE_OK) code = run(call, second.actor, err);
    second_end(call, &second);
    pages_wipe(&call->in.secret);
    return code;
}

static enum salve_code read_role(const struct pages_call *call, enum role *out, struct salve_err *err)
{
    if (role_find(call->in.role, out)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INVALID, "a role of staff is wanted", "role");
}

static enum salve_code add(struct pages_call *call, const struct actor *second, struct salve_err *err)
{
    struct visit_member member = {.id = call->in.name, .secret = call->in.secret};
    TRY(read_role(call, &member.role, err));
    return visit_staff_add(&call->visit, second, &member, 1, err);
}

static enum salve_code set_role(struct pages_call *call, const struct actor *second, struct salve_err *err)
{
    enum role role;
    TRY(read_role(call, &role, err));
    return staff_role_set(call->visit.site, call->visit.actor, second, call->in.name, role, err);
}

static enum salve_code retire(struct pages_call *call, const struct actor *second, struct salve_err *err)
{
    return staff_retire(call->visit.site, call->visit.actor, second, call->in.name, err);
}

static enum salve_code restart(struct pages_call *call, const struct actor *second, struct salve_err *err)
{
    return staff_restart(call->visit.site, call->visit.actor, second, call->in.name, call->in.secret, err);
}

enum salve_code pages_call_staff_add(struct pages_call *call, struct salve_err *err) { return change(call, add, err); }

enum salve_code pages_call_staff_role(struct pages_call *call, struct salve_err *err)
{
    return change(call, set_role, err);
}

enum salve_code pages_call_staff_retire(struct pages_call *call, struct salve_err *err)
{
    return change(call, retire, err);
}

enum salve_code pages_call_staff_restart(struct pages_call *call, struct salve_err *err)
{
    return change(call, restart, err);
}

enum salve_code pages_call_staff_recover_stop(struct pages_call *call, struct salve_err *err)
{
    return staff_recover_stop(call->visit.site, call->visit.actor, err);
}
