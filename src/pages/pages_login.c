/* SPDX-License-Identifier: Apache-2.0
 * Who works here: login, the session after a reload, lock, unlock, showing again who it is, logout; what anybody may
 * know of the site. */
#include <string.h>

#include "pages/pages_int.h"

/* How somebody shows here who they are. */
static enum salve_code put_names(struct pages_call *call, struct salve_err *err)
{
    struct json_writer *w = &call->w;
    struct site_names names;
    TRY(site_names_get(call->visit.site, call->visit.mem, &names, err));
    json_put_text(w, "mode", str_of(site_mode_text(names.mode)));
    json_put_text(w, "rpId", names.rp_id);
    json_put_bool(w, "pin", names.mode == SITE_LOCAL);
    return SALVE_OK;
}

enum salve_code pages_call_site(struct pages_call *call, struct salve_err *err)
{
    struct json_writer *w = &call->w;
    const struct pages_config *config = &call->pages->config;
    const struct site_settings *settings = site_settings(call->visit.site);
    struct str rest = settings->languages;
    bool is_made_up = site_is_made_up(call->visit.site);
    json_put_text(w, "name", settings->name);
    json_put_bool(w, "madeUp", is_made_up);
    json_open(w, "languages", '[');
    while (rest.len > 0) {
        size_t end = 0;
        while (end < rest.len && rest.ptr[end] != ' ') end++;
        if (end > 0) json_put_text(w, NULL, str_cut(rest, 0, end));
        rest = str_cut(rest, end + 1, rest.len);
    }
    json_close(w);
    json_put_text(w, "version", config->version.len > 0 ? config->version : STR(""));
    json_put_text(w, "build", config->build.len > 0 ? config->build : STR(""));
    TRY(put_names(call, err));
    if (!is_made_up || config->demo_count == 0) return SALVE_OK;
    json_open(w, "demo", '[');
    for (size_t i = 0; i < config->demo_count; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "name", config->demo[i].name);
        json_put_text(w, "role", config->demo[i].role);
        json_put_text(w, "secret", config->demo[i].secret);
        json_close(w);
    }
    json_close(w);
    return SALVE_OK;
}

/* What was typed is nowhere any more when the answer is written. */
void pages_wipe(struct str *secret)
{
    if (secret->len > 0) explicit_bzero((char *)secret->ptr, secret->len);
    *secret = STR_NONE;
}

struct proof pages_proof(const struct pages_in *in)
{
    return (struct proof){.secret = in->secret,
                          .code = in->code,
                          .challenge = in->challenge,
                          .tablet = in->tablet,
                          .tablet_signature = in->tabletSignature,
                          .credential = in->credential,
                          .authenticator_data = in->authenticatorData,
                          .client_data = in->clientData,
                          .signature = in->signature};
}

static enum salve_code shows_something(const struct pages_call *call, struct salve_err *err)
{
    if (call->in.secret.len > 0 || call->in.credential.len > 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INVALID, "it is missing", "secret");
}

static void answer_login(struct pages_call *call, struct session *session)
{
    call->visit.actor = session->actor;
    pages_guard_set(call->pages, session->token, call->reply);
    pages_put_login(call, session);
    explicit_bzero(session->token, sizeof session->token);
}

static enum salve_code begin(struct pages_call *call, struct str id, struct salve_err *err)
{
    struct session session;
    struct proof shown = pages_proof(&call->in);
    enum salve_code code = session_begin_by(call->visit.site, id, &shown, call->visit.mem, &session, err);
    pages_wipe(&call->in.secret);
    if (code == SALVE_OK) answer_login(call, &session);
    return code;
}

enum salve_code pages_call_login(struct pages_call *call, struct salve_err *err)
{
    return begin(call, call->in.name, err);
}

enum salve_code pages_call_login_passkey(struct pages_call *call, struct salve_err *err)
{
    if (call->in.credential.len == 0) return salve_refuse(err, SALVE_E_INVALID, "it is empty", "credential");
    return begin(call, STR_NONE, err);
}

enum salve_code pages_call_challenge(struct pages_call *call, struct salve_err *err)
{
    uint8_t challenge[PROOF_CHALLENGE_BYTES];
    TRY(proof_challenge(call->visit.site, challenge, err));
    pages_put_bytes(call, "challenge", str_bytes(challenge, sizeof challenge));
    return SALVE_OK;
}

/* The page was loaded again: it knows its second token no more, and who was open. */
enum salve_code pages_call_session(struct pages_call *call, struct salve_err *err)
{
    struct json_writer *w = &call->w;
    const struct pages_session *session = call->session;
    struct session look;
    TRY(session_look(call->visit.site, call->token, call->visit.mem, &look, err));
    pages_put_login(call, &look);
    explicit_bzero(look.token, sizeof look.token);
    if (session->person[0] == '\0')
        json_put_null(w, "open");
    else {
        json_open(w, "open", '{');
        json_put_text(w, "person", str_of(session->person));
        json_put_bool(w, "reminder", session->held.is_reminder);
        json_close(w);
    }
    json_put_bool(w, "urgent", pages_alarms_wait(session));
    json_put_bool(w, "paper", session->is_paper_pending);
    return SALVE_OK;
}

enum salve_code pages_call_unlock(struct pages_call *call, struct salve_err *err)
{
    struct session session;
    struct proof shown = pages_proof(&call->in);
    TRY(shows_something(call, err));
    enum salve_code code = session_unlock_by(call->visit.site, call->token, &shown, call->visit.mem, &session, err);
    pages_wipe(&call->in.secret);
    if (code != SALVE_OK) return code;
    pages_session_rename(call->pages, call->session, session.token);
    answer_login(call, &session);
    return SALVE_OK;
}

enum salve_code pages_call_step_up(struct pages_call *call, struct salve_err *err)
{
    struct session session;
    struct proof shown = pages_proof(&call->in);
    TRY(shows_something(call, err));
    enum salve_code code = session_step_up(call->visit.site, call->token, &shown, call->visit.mem, &session, err);
    pages_wipe(&call->in.secret);
    if (code != SALVE_OK) return code;
    json_put_i64(&call->w, "freshUntil", session.fresh_until_unix_ms);
    explicit_bzero(session.token, sizeof session.token);
    return SALVE_OK;
}

enum salve_code pages_call_lock(struct pages_call *call, struct salve_err *err)
{
    return session_lock(call->visit.site, call->token, err);
}

enum salve_code pages_call_logout(struct pages_call *call, struct salve_err *err)
{
    TRY(pages_may_leave(call, err));
    pages_session_end(call->pages, call->session);
    call->visit.held = NULL;
    pages_guard_set(call->pages, NULL, call->reply);
    return session_end(call->visit.site, call->token, err);
}
