/* SPDX-License-Identifier: Apache-2.0
 * Who works here: login, the session after a reload, lock, unlock, logout; what anybody may know of the site. */
#include <string.h>

#include "pages/pages_int.h"

enum salve_code pages_call_site(struct pages_call *call, struct salve_err *err)
{
    struct json_writer *w = &call->w;
    const struct pages_config *config = &call->pages->config;
    const struct site_settings *settings = site_settings(call->visit.site);
    struct str rest = settings->languages;
    bool is_made_up = site_is_made_up(call->visit.site);
    (void)err;
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
static void wipe(struct str *secret)
{
    if (secret->len > 0) explicit_bzero((char *)secret->ptr, secret->len);
    *secret = STR_NONE;
}

static void answer_login(struct pages_call *call, struct session *session)
{
    call->visit.actor = session->actor;
    pages_guard_set(call->pages, session->token, call->reply);
    pages_put_login(call, session->token);
    explicit_bzero(session->token, sizeof session->token);
}

enum salve_code pages_call_login(struct pages_call *call, struct salve_err *err)
{
    struct session session;
    enum salve_code code =
        session_begin(call->visit.site, call->in.name, call->in.secret, call->visit.mem, &session, err);
    wipe(&call->in.secret);
    if (code == SALVE_OK) answer_login(call, &session);
    return code;
}

/* The page was loaded again: it knows its second token no more, and who was open. */
enum salve_code pages_call_session(struct pages_call *call, struct salve_err *err)
{
    struct json_writer *w = &call->w;
    const struct pages_session *session = call->session;
    (void)err;
    pages_put_login(call, call->token);
    if (session->person[0] == '\0')
        json_put_null(w, "open");
    else {
        json_open(w, "open", '{');
        json_put_text(w, "person", str_of(session->person));
        json_close(w);
    }
    json_put_bool(w, "urgent", pages_alarms_wait(session));
    return SALVE_OK;
}

enum salve_code pages_call_unlock(struct pages_call *call, struct salve_err *err)
{
    struct session session;
    enum salve_code code =
        session_unlock(call->visit.site, call->token, call->in.secret, call->visit.mem, &session, err);
    wipe(&call->in.secret);
    if (code != SALVE_OK) return code;
    pages_session_rename(call->pages, call->session, session.token);
    answer_login(call, &session);
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
