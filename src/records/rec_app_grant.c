/* SPDX-License-Identifier: Apache-2.0
 *
 * What a person lets apps do: records of class consent, each with its leaf. The newest about an app stands, until its
 * time, a new card, another log (which every restore begins, since what was ended after the copy is not known), or its
 * end. */
#include <stdio.h>

#include "records/apps_int.h"
#include "records/login_int.h"
#include "records/revoked_int.h"
#include "records/stand_int.h"
#include "records/view_int.h"
#include "records/who_int.h"
#include "store/store.h"

enum { WORK_BYTES = 32 << 20, DAY_SECONDS = 24 * 3600, ONCE_SECONDS = APP_CODE_SECONDS + APP_TOKEN_SECONDS };

/* --- ended for good ----------------------------------------------------------------------------------------------- */

enum salve_code rec_app_revoke(struct site *site, const struct rec_app_of *of, struct salve_err *err)
{
    char text[REC_APP_LINE_BYTES];
    TRY(rec_revoke_text(site, rec_app_line(of, text), err));
    rec_app_tokens_end(site, of->id, of->seq);
    rec_decided_app(site, of->id);
    return SALVE_OK;
}

static struct rec_app_of of_grant(const struct rec_gate *gate, const struct rec_app_grant *grant)
{
    return (struct rec_app_of){.id = gate->chain.id, .seq = grant->seq, .log_number = grant->log_number};
}

static enum salve_code revoke_grant(const struct rec_gate *gate, const struct rec_app_grant *grant,
                                    struct salve_err *err)
{
    const struct rec_app_of of = of_grant(gate, grant);
    return rec_app_revoke(gate->site, &of, err);
}

/* --- what stands -------------------------------------------------------------------------------------------------- */

const struct rec_app_grant *rec_app_newest(const struct rec_gate *gate, struct str app)
{
    const struct rec_app_grant *found = NULL;
    for (size_t i = 0; i < gate->app_count; i++)
        if (str_eq(gate->apps[i].is.app, app)) found = &gate->apps[i];
    return found;
}

bool rec_app_stands(const struct rec_gate *gate, const struct rec_app_grant *grant, const struct smart_app *app,
                    int64_t now_unix_ms)
{
    bool is_revoked = true;
    if (grant == NULL) return false;
    const struct rec_app_of of = of_grant(gate, grant);
    if (rec_app_is_revoked(gate->site, &of, &is_revoked, NULL) != SALVE_OK) return false;
    return !is_revoked && grant == rec_app_newest(gate, grant->is.app) && !grant->is.is_ended && app != NULL &&
           !app->is_ended && grant->is.ends == app->ends && grant->log_number == gate->site->log->number &&
           gate->chain.head.card < grant->seq && grant->is.not_after_unix_s > now_unix_ms / 1000;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

/* The word itself and its leaf. */
static enum salve_code put_grant(struct rec_tx *tx, struct rec_chain *chain, const struct smart_grant *grant,
                                 struct actor actor, uint64_t *seq, struct salve_err *err)
{
    struct rec_leaf leaf;
    struct payload payload = {.kind = PAYLOAD_APP, .leaf_index = tlog_size(tx->log)};
    struct rec_event event = {.kind = grant->is_ended ? REC_EVENT_WITHDRAWAL : REC_EVENT_CONSENT,
                              .actor = actor,
                              .purpose = PURPOSE_SELF,
                              .classes = grant->classes,
                              .app = grant->name};
    TRY(smart_grant_write(grant, tx->mem, &payload.body, err));
    uint64_t decided = chain->head.decided; /* no wraps rest on it */
    TRY(rec_put(tx, chain, CLASS_CONSENT, &payload, err));
    TRY(store_head_decided(tx->store, chain->id, decided, err));
    *seq = event.consent_seq = chain->head.seq;
    return rec_note(tx, chain, &event, &leaf, err);
}

/* The end of a grant in the person's record, with its leaf and without its row. The chain needs no class that reads. */
static enum salve_code close_grant(struct rec_tx *tx, struct rec_chain *chain, struct actor actor, struct str app,
                                   struct str name, struct salve_err *err)
{
    uint64_t ignored;
    int64_t now_unix_s = tx->now_unix_ms / 1000;
    const struct smart_grant end = {
        .app = app, .name = name, .at_unix_s = now_unix_s, .not_after_unix_s = now_unix_s, .is_ended = true};
    TRY(put_grant(tx, chain, &end, actor, &ignored, err));
    return rec_app_row_drop(tx, chain->id, app, err);
}

enum salve_code rec_app_stolen(struct site *site, const struct rec_app_of *of, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    struct smart_app app;
    struct rec_chain chain = {.id = of->id};
    const struct actor nobody = {.role = ROLE_PARTICIPANT, .site = site->settings.name};
    struct str name = str_of(of->client);
    TRY(rec_tx_begin(site, false, mem, &tx, err));
    if (rec_app_find(&tx, name, &app, NULL) == SALVE_OK) name = app.name;
    enum salve_code code = rec_chain_load(&tx, &chain, err);
    if (code == SALVE_OK) code = rec_app_revoke(site, of, err);
    if (code == SALVE_OK) code = keys_ring_sealing(site->keys, chain.id, &chain.ring, err);
    if (code == SALVE_OK) code = close_grant(&tx, &chain, nobody, str_of(of->client), name, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    keys_ring_drop(&chain.ring);
    if (code == SALVE_OK) rec_revoke_text_done(site);
    return code == SALVE_E_NOT_FOUND ? SALVE_OK : code; /* erased since */
}

/* --- allowing ----------------------------------------------------------------------------------------------------- */

/* A person who lets an app in, behind the leaf of their own look. */
struct allowing {
    struct site *site;
    struct actor actor;
    const struct app_allow *asked;
    struct arena *work;
    struct rec_gate gate;
    struct rec_app_code code;
    struct smart_grant grant;
};

static enum salve_code refuse(const char *element, const char *why, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_INVALID, why, "%s", element);
}

/* What was asked for is looked at before anybody is: the same as the face for clients did before it showed it. */
static enum salve_code check_asked(struct allowing *a, struct smart_app *app, struct salve_err *err)
{
    struct rec_tx tx;
    struct smart_scopes scopes;
    const struct app_allow *asked = a->asked;
    TRY(rec_tx_begin(a->site, true, a->work, &tx, err));
    enum salve_code code = rec_app_find(&tx, asked->client, app, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK) return code;
    if (!smart_app_redirects(app, asked->redirect)) return refuse("redirect", "it is none of the app's", err);
    if (!smart_is_challenge(asked->challenge)) return refuse("invalid_request", "code_challenge", err);
    if (asked->nonce.len > SMART_NONCE_BYTES_MAX) return refuse("invalid_request", "nonce", err);
    if (asked->days > APP_DAYS_MAX) return refuse("days", "at most 366", err);
    TRY(smart_scopes_read(asked->scope, &scopes, err));
    struct rec_app_sight *sight;
    TRY(rec_app_sight_make(a->site, asked->scope, a->work, &sight, err));
    if (asked->days > 0 && !scopes.offline) return refuse("days", "the app did not ask to go on reading", err);
    if (asked->classes == 0) return salve_refuse(err, SALVE_E_CONSENT, "nothing was chosen", "app");
    if ((asked->classes & ~smart_scopes_classes(&scopes)) != 0)
        return refuse("classes", "they were not asked for", err);
    TRY(smart_scopes_text(&scopes, asked->classes, asked->days > 0, a->work, &a->grant.scope, err));
    return a->grant.scope.len <= SMART_SCOPE_BYTES_MAX ? SALVE_OK : refuse("invalid_scope", "it is too long", err);
}

/* Whoever may be a child by the birth date lets nobody in alone. */
static enum salve_code check_age(struct allowing *a, struct salve_err *err)
{
    struct rec_shelf shelf = {0};
    struct str born;
    int64_t now_unix_s = a->gate.now_unix_ms / 1000;
    TRY(rec_gate_deliver(&a->gate, PURPOSE_SELF, CLASS_BIT(CLASS_IDENT), err));
    TRY(rec_birth_date(&a->gate, &shelf, &born, err));
    const struct consent_birth birth = consent_birth_read(born, now_unix_s);
    if (consent_age_youngest(&birth, now_unix_s) >= a->site->settings.consent_age_years) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONSENT, "who lets an app in is of an age at which they decide alone", "app");
}

/* Zeros are there; the length fits. */
static void copy(char *to, struct str from)
{
    if (from.len > 0) memcpy(to, from.ptr, from.len);
}

static enum salve_code put_allowed(struct allowing *a, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_gate *gate = &a->gate;
    TRY(rec_tx_begin(a->site, false, a->work, &tx, err));
    enum salve_code code = rec_chain_load(&tx, &gate->chain, err);
    if (code == SALVE_OK) code = put_grant(&tx, &gate->chain, &a->grant, a->actor, &a->code.of.seq, err);
    if (code == SALVE_OK) code = rec_app_row_drop(&tx, gate->chain.id, a->grant.app, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

static enum salve_code allow(struct allowing *a, struct str who, struct arena *mem, struct str *text,
                             struct salve_err *err)
{
    struct smart_app app;
    bool is_present = false;
    const struct app_allow *asked = a->asked;
    struct rec_gate_ask ask = {.actor = a->actor,
                               .purpose = PURPOSE_SELF,
                               .classes = CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CONSENT),
                               .counted = REC_COUNTED_CARD};
    TRY(check_asked(a, &app, err));
    TRY(rec_who(a->site, who, a->work, &ask.id, &is_present, err));
    if (!is_present) return salve_refuse(err, SALVE_E_NOT_FOUND, "a choice needs the person's card", "card");
    TRY(rec_gate_open(a->site, &ask, a->work, &a->gate, err));
    if (a->gate.is_suspect) return rec_clock_doubted(a->site, "app", err);
    TRY(check_age(a, err));
    a->grant.app = app.id;
    a->grant.name = app.name;
    a->grant.ends = app.ends;
    a->grant.classes = asked->classes;
    a->grant.at_unix_s = a->gate.now_unix_ms / 1000;
    a->grant.not_after_unix_s =
        a->grant.at_unix_s + (asked->days > 0 ? (int64_t)asked->days * DAY_SECONDS : ONCE_SECONDS);
    const struct rec_app_grant *before = rec_app_newest(&a->gate, app.id);
    bool is_instead = before != NULL && !before->is.is_ended;
    if (is_instead) TRY(revoke_grant(&a->gate, before, err));
    TRY(put_allowed(a, err));
    if (is_instead)
        rec_revoke_text_done(a->site);
    else
        rec_decided_app(a->site, ask.id); /* a view of what was ended before may be there still */
    a->code.of.id = ask.id;
    a->code.days = asked->days;
    a->code.of.ends = app.ends;
    a->code.of.log_number = a->site->log->number;
    a->code.of.not_after_unix_s = a->grant.not_after_unix_s;
    copy(a->code.of.client, app.id);
    copy(a->code.of.scope, a->grant.scope);
    copy(a->code.redirect, asked->redirect);
    copy(a->code.challenge, asked->challenge);
    copy(a->code.nonce, asked->nonce);
    return rec_app_code_keep(a->site, &a->code, mem, text, err);
}

enum salve_code near_app_allow(struct site *site, struct actor actor, struct str who, const struct app_allow *asked,
                               struct arena *mem, struct str *code_text, struct salve_err *err)
{
    TRY(rec_may(site, actor, ACT_APP_ALLOW, PURPOSE_NONE, err));
    if (actor.id.len > 0)
        return salve_refuse(err, SALVE_E_ROLE, "the person lets an app in, and nobody for them", "app");
    struct allowing a = {.site = site, .actor = actor, .asked = asked, .work = arena_open_private(WORK_BYTES)};
    if (a.work == NULL) return salve_fail(err, SALVE_E_MEMORY, "app");
    enum salve_code code = allow(&a, who, mem, code_text, err);
    rec_gate_close(&a.gate);
    arena_close(a.work);
    return code;
}

/* --- ending ------------------------------------------------------------------------------------------------------- */

static enum salve_code end_one(struct rec_gate *gate, struct actor actor, const struct rec_app_grant *grant,
                               struct arena *work, struct salve_err *err)
{
    struct rec_tx tx;
    struct site *site = gate->site;
    TRY(revoke_grant(gate, grant, err));
    TRY(rec_tx_begin(site, false, work, &tx, err));
    enum salve_code code = rec_chain_load(&tx, &gate->chain, err);
    if (code == SALVE_OK) code = close_grant(&tx, &gate->chain, actor, grant->is.app, grant->is.name, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    if (code == SALVE_OK) rec_revoke_text_done(site);
    return code;
}

static enum salve_code end_in(struct site *site, struct actor actor, struct str who, struct str app, struct arena *work,
                              struct rec_gate *gate, struct salve_err *err)
{
    bool is_present = false;
    struct rec_gate_ask ask = {
        .actor = actor, .purpose = PURPOSE_SELF, .classes = CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CONSENT)};
    TRY(rec_who(site, who, work, &ask.id, &is_present, err));
    if (!is_present) return salve_refuse(err, SALVE_E_NOT_FOUND, "a choice needs the person's card", "card");
    TRY(rec_gate_open(site, &ask, work, gate, err));
    for (size_t i = 0; i < gate->app_count; i++) {
        const struct rec_app_grant *grant = &gate->apps[i];
        bool is_meant = app.len == 0 || str_eq(app, grant->is.app);
        bool is_newest = grant == rec_app_newest(gate, grant->is.app);
        if (is_meant && is_newest && !grant->is.is_ended) TRY(end_one(gate, actor, grant, work, err));
    }
    return SALVE_OK;
}

enum salve_code near_app_end(struct site *site, struct actor actor, struct str who, struct str app,
                             struct salve_err *err)
{
    struct rec_gate gate = {0};
    TRY(rec_may(site, actor, ACT_WITHDRAW, PURPOSE_NONE, err));
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "app");
    enum salve_code code = end_in(site, actor, who, app, work, &gate, err);
    rec_gate_close(&gate);
    arena_close(work);
    return code;
}

static enum salve_code show(const struct rec_view *view, struct rec_tx *tx, const struct rec_app_grant *grant,
                            struct arena *mem, struct app_grant *out, struct salve_err *err)
{
    struct smart_app app;
    struct salve_err why = {0};
    enum salve_code code = rec_app_find(tx, grant->is.app, &app, &why);
    const struct smart_app *registered = code == SALVE_OK ? &app : NULL;
    if (code != SALVE_OK && code != SALVE_E_INVALID) {
        if (err != NULL) *err = why;
        return code;
    }
    *out = (struct app_grant){.classes = grant->is.classes,
                              .at_unix_ms = grant->is.at_unix_s * 1000,
                              .until_unix_ms = grant->is.not_after_unix_s * 1000,
                              .is_standing = rec_app_stands(&view->gate, grant, registered, tx->now_unix_ms)};
    TRY(arena_str(mem, grant->is.app, &out->app, err));
    TRY(arena_str(mem, grant->is.name, &out->name, err));
    return arena_str(mem, grant->is.scope, &out->scope, err);
}

enum salve_code near_app_grants(struct rec_view *view, struct arena *mem, struct app_grant **out, size_t *count,
                                struct salve_err *err)
{
    struct rec_tx tx;
    const struct rec_gate *gate = &view->gate;
    TRY(rec_view_stands(view, err));
    if (!rec_view_may(view, ACT_CONSENTS)) return salve_fail(err, SALVE_E_CONSENT, "purpose self");
    struct app_grant *list = arena_array(mem, struct app_grant, gate->app_count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "apps");
    *count = 0;
    *out = list;
    TRY(rec_tx_begin(view->site, true, mem, &tx, err));
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; code == SALVE_OK && i < gate->app_count; i++)
        if (!gate->apps[i].is.is_ended) code = show(view, &tx, &gate->apps[i], mem, &list[(*count)++], err);
    rec_tx_abandon(&tx);
    return code;
}
