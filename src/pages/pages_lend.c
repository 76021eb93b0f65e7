/* SPDX-License-Identifier: Apache-2.0
 * What another face (api) has of this process while it answers. */
#include <string.h>

#include "pages/pages_int.h"

/* --- lending ------------------------------------------------------------------------------------------------------ */

const char *pages_refuses(const struct pages *pages, const struct http_request *request)
{
    return pages_guard_host(pages, request);
}

static enum salve_code no_view(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_SESSION, "the view of this token is over", "Authorization");
}

/* Until the next second it may be found without asking. */
static enum salve_code lent_stands(struct pages_call *call, struct str token, struct salve_err *err)
{
    TRY(visit_hold_stands(&call->session->held, err));
    pages_known_note(call->pages, call->session, token);
    return SALVE_OK;
}

/* With the turn of the session it is looked at again: the view may have ended meanwhile, or have another token. */
static enum salve_code take_view(struct pages_call *call, struct str token, struct salve_err *err)
{
    call->has_token = pages_view_token_find(call->pages, token, call->token);
    if (!call->has_token) return no_view(err);
    TRY(pages_who_acts(call, PAGES_SESSION, err));
    TRY(pages_take_session(call, err));
    bool is_still = pages_view_token_is(call->session, token) && call->session->held.view != NULL;
    return is_still ? lent_stands(call, token, err) : no_view(err);
}

/* The token of a session that is for one view, which a command handed on (visit_token): the first request by it takes
 * the view over. That of any other session is no token of a view. */
static enum salve_code take_handed_on(struct pages_call *call, struct str token, struct salve_err *err)
{
    struct session look = {.lock_seconds = 0};
    TRY(pages_who_acts(call, PAGES_SESSION, err));
    TRY(pages_take_session(call, err));
    if (!call->session->is_for_view) {
        enum salve_code code = session_look(call->visit.site, call->token, call->visit.mem, &look, err);
        call->session->is_for_view = look.is_for_view;
        explicit_bzero(&look, sizeof look);
        if (code != SALVE_OK) return code;
    }
    if (!call->session->is_for_view) return no_view(err);
    pages_person_again(call);
    return call->session->held.view != NULL ? lent_stands(call, token, err) : no_view(err);
}

static bool is_handed_on(struct pages_call *call, struct str token)
{
    struct str head = STR(VISIT_TOKEN_HEAD);
    size_t len = 0;
    if (token.len != VISIT_TOKEN_TEXT_BYTES || !str_starts(token, head)) return false;
    call->has_token =
        crypto_base64url_parse(str_cut(token, head.len, token.len), call->token, sizeof call->token, &len);
    call->has_token = call->has_token && len == sizeof call->token;
    return call->has_token;
}

static enum salve_code take(struct pages_call *call, struct str token, struct salve_err *err)
{
    if (token.len > 0)
        return is_handed_on(call, token) ? take_handed_on(call, token, err) : take_view(call, token, err);
    return pages_take_site(call, call->worker->number, err) ? SALVE_OK : err->code;
}

enum salve_code pages_lend(struct pages *pages, unsigned worker, const struct http_request *request,
                           struct http_reply *reply, struct str token, struct pages_lent *out, struct salve_err *err)
{
    struct salve_err why = {0};
    salve_assert(worker < pages->config.workers);
    struct pages_call *call = arena_new(reply->mem, struct pages_call);
    if (call == NULL) return salve_fail(err, SALVE_E_MEMORY, "request");
    *call = (struct pages_call){.pages = pages, .worker = &pages->workers[worker], .request = request, .reply = reply};
    call->visit.mem = reply->mem;
    enum salve_code code = take(call, token, &why);
    if (code == SALVE_OK) {
        call->content = pages_content_take(pages);
        call->visit.content = call->content == NULL ? NULL : call->content->content;
        *out = (struct pages_lent){.visit = &call->visit, .call = call};
        return SALVE_OK;
    }
    pages_call_end(call);
    if (err != NULL) *err = why;
    return code;
}

void pages_lend_back(struct pages_lent *lent)
{
    if (lent->call != NULL) pages_call_end(lent->call);
    *lent = (struct pages_lent){0};
}

/* --- what is written by it ---------------------------------------------------------------------------------------- */

enum salve_code pages_lent_screening(struct pages_lent *lent, const struct visit_screening **out, struct salve_err *err)
{
    (void)pages_clinic(lent->call); /* an alarm says where to */
    return pages_screening(lent->call, out, err);
}

void pages_lent_hold(struct pages_lent *lent, const struct screen_found *alarms)
{
    struct pages_session *session = lent->call->session;
    if (session != NULL) pages_pending_add(session, alarms);
}

enum salve_code pages_lent_stored(struct pages_lent *lent, const struct screen_found *alarms, struct salve_err *err)
{
    const struct visit_screening *screening = NULL;
    salve_assert(lent->call->session != NULL);
    TRY(pages_lent_screening(lent, &screening, err));
    lent->call->alarms = *alarms;
    return pages_note_stored(lent->call, screening, err);
}
