/* SPDX-License-Identifier: Apache-2.0
 *
 * A view for an app: the person's own purpose, cut to what they allowed, behind a leaf that names the app. What the
 * token stands for is looked at in the record itself, so no row that somebody put back opens anything. */
#include "records/apps_int.h"
#include "records/revoked_int.h"
#include "records/view_int.h"

static enum salve_code no_token(struct salve_err *err) { return salve_fail(err, SALVE_E_SESSION, "token"); }

static enum salve_code read_app(struct rec_view *view, const char *client, struct salve_err *err)
{
    struct rec_tx tx;
    struct smart_app *app = arena_new(view->mem, struct smart_app);
    if (app == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
    view->app = app;
    TRY(rec_tx_begin(view->site, true, view->mem, &tx, err));
    enum salve_code code = rec_app_find(&tx, str_of(client), app, err);
    rec_tx_abandon(&tx);
    return code;
}

static enum salve_code deliver(struct rec_view *view, const struct rec_app_of *of, struct salve_err *err)
{
    struct rec_gate *gate = &view->gate;
    const struct rec_app_grant *grant = rec_app_newest(gate, str_of(of->client));
    struct smart_scopes scopes;
    TRY(rec_app_sight_make(view->site, str_of(of->scope), view->mem, &view->sight, err));
    if (!rec_app_stands(gate, grant, view->app, gate->now_unix_ms) || grant->seq != of->seq || gate->is_suspect)
        return SALVE_E_SESSION;
    TRY(smart_scopes_read(str_of(of->scope), &scopes, err));
    view->classes = grant->is.classes & smart_scopes_classes(&scopes);
    view->stand.app_until_unix_s = grant->is.not_after_unix_s;
    struct consent_decision decision = rec_view_decision(view, gate->now_unix_ms);
    if (!decision.allowed) return SALVE_E_SESSION;
    return rec_gate_deliver(gate, PURPOSE_SELF, decision.classes, err);
}

static enum salve_code open_view(struct rec_view *view, const struct rec_app_token *token, struct salve_err *err)
{
    struct site *site = view->site;
    const struct rec_app_of of = token->of;
    int64_t left_ms = rec_app_token_left_ms(site, token);
    TRY(rec_renew(site, err));
    TRY(read_app(view, of.client, err));
    view->purpose = PURPOSE_SELF;
    view->classes = purpose_classes(PURPOSE_SELF);
    view->actor.role = ROLE_PARTICIPANT;
    TRY(arena_str(view->mem, site->settings.name, &view->actor.site, err));
    TRY(rec_stand_begin(site, of.id, false, &view->stand, err));
    view->stand.is_app = true;
    view->stand.app_left_ms = left_ms;
    const struct rec_gate_ask ask = {.actor = view->actor,
                                     .purpose = view->purpose,
                                     .classes = view->classes,
                                     .id = of.id,
                                     .counted = REC_COUNTED_APP,
                                     .app = view->app->name};
    TRY(rec_gate_open(site, &ask, view->mem, &view->gate, err));
    enum salve_code code = deliver(view, &of, err);
    if (code != SALVE_E_SESSION) return code;
    TRY(rec_note_denied(&view->gate, view->actor, view->purpose, view->classes, err));
    return no_token(err);
}

enum salve_code near_app_open(struct site *site, struct str access, struct arena *mem, struct app_seen *seen,
                              struct rec_view **out, struct salve_err *err)
{
    char patient[COMPARTMENT_TEXT_BYTES + 1];
    const struct rec_app_token *token = rec_app_token_find(site, access);
    if (token == NULL) return no_token(err);
    compartment_text(token->of.id, patient);
    *seen = (struct app_seen){.is_active = true, .until_unix_s = token->until_unix_s};
    TRY(arena_str(mem, str_of(token->of.client), &seen->client, err));
    TRY(arena_str(mem, str_of(token->of.scope), &seen->scope, err));
    seen->patient = arena_printf(mem, "%s.1", patient);
    struct rec_view *view = rec_view_new(site);
    if (view == NULL || seen->patient.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
    enum salve_code code = open_view(view, token, err);
    if (code == SALVE_OK) *out = view;
    if (code != SALVE_OK) (void)!near_rec_close(&view, NULL); /* nothing was read, so nothing is noted */
    return code == SALVE_E_INVALID || code == SALVE_E_NOT_FOUND ? no_token(err) : code;
}
