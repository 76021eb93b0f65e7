/* SPDX-License-Identifier: Apache-2.0
 * What a request holds while it is answered: the site of a worker, the row of a session, who acts. Turns are taken in
 * one order: the session's, then the worker's. */
#include <string.h>

#include "pages/pages_int.h"

/* --- who asks ----------------------------------------------------------------------------------------------------- */

bool pages_take_site(struct pages_call *call, unsigned worker, struct salve_err *err)
{
    struct pages *pages = call->pages;
    call->at = &pages->workers[worker];
    (void)pthread_mutex_lock(&call->at->turn);
    struct site *site = pages->config.site == NULL ? NULL : pages->config.site(pages->config.with, worker, err);
    if (site != NULL) {
        call->visit.site = site;
        return true;
    }
    (void)pthread_mutex_unlock(&call->at->turn);
    call->at = NULL;
    if (err->code == SALVE_OK) (void)salve_refuse(err, SALVE_E_BUSY, "it is being started", "site");
    return false;
}

void pages_give_site(struct pages_call *call)
{
    if (call->at != NULL) (void)pthread_mutex_unlock(&call->at->turn);
    call->at = NULL;
    call->visit.site = NULL;
}

enum salve_code pages_who_acts(struct pages_call *call, enum pages_who who, struct salve_err *err)
{
    if (!call->has_token) return salve_refuse(err, SALVE_E_SESSION, "", "cookie");
    if (!pages_take_site(call, call->worker->number, err)) return err->code;
    enum salve_code code = session_actor(call->visit.site, call->token, call->visit.mem, &call->visit.actor, err);
    pages_give_site(call);
    if (who == PAGES_LOCKED && code == SALVE_E_LOCKED) return SALVE_OK;
    return code;
}

enum salve_code pages_take_session(struct pages_call *call, struct salve_err *err)
{
    TRY(pages_session_take(call->pages, call->token, &call->session, err));
    unsigned open_at = atomic_load(&call->session->open_at);
    if (!pages_take_site(call, open_at != 0 ? open_at - 1 : call->worker->number, err)) return err->code;
    call->visit.held = call->session->held.view != NULL ? &call->session->held : NULL;
    return SALVE_OK;
}

void pages_call_end(struct pages_call *call)
{
    if (call->session != NULL && call->at != NULL) pages_person_keep(call->session);
    if (call->at != NULL && call->visit.held != NULL) visit_hold_rest(call->visit.held);
    pages_give_site(call);
    if (call->session != NULL) pages_session_give(call->pages, call->session);
    if (call->content != NULL) pages_content_give(call->pages, call->content);
    explicit_bzero(call->token, sizeof call->token);
}
