/* SPDX-License-Identifier: Apache-2.0
 * Apps that people let read their own record. */
#include "records/commons.h"
#include "records/proof.h"
#include "visit/apps.h"
#include "visit/visit_int.h"

static enum salve_code read_app(const struct visit *visit, struct str id, struct smart_app *out, struct salve_err *err)
{
    struct str json;
    struct salve_err why = {0};
    bool is_name = id.len > 0 && id.len <= SMART_ID_BYTES_MAX;
    enum salve_code code =
        is_name ? commons_get(visit->site, STR("app"), id, visit->mem, &json, &why) : SALVE_E_NOT_FOUND;
    if (code == SALVE_E_NOT_FOUND || code == SALVE_E_INVALID)
        return salve_refuse(err, SALVE_E_INVALID, "no such app is registered here", "client");
    if (code == SALVE_OK) code = smart_app_read(json, visit->mem, out, &why);
    if (code != SALVE_OK && err != NULL) *err = why;
    return code;
}

static enum salve_code fhir_base(const struct visit *visit, struct str *out, struct salve_err *err)
{
    struct site_names names;
    TRY(site_names_get(visit->site, visit->mem, &names, err));
    if (names.origin_count == 0) return salve_fail(err, SALVE_E_UNSUPPORTED, "apps without a server");
    *out = arena_printf(visit->mem, "%.*s/fhir", STR_ARGS(names.origins[0]));
    return out->ptr != NULL ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "app");
}

/* Nothing goes to an address that is not known to be the app's. */
static bool may_be_told(const struct salve_err *err)
{
    struct str element = str_of(err->element);
    return err->code == SALVE_E_INVALID && !str_is(element, "client") && !str_is(element, "redirect");
}

enum salve_code visit_app_asked(const struct visit *visit, struct str query, struct visit_app_asked *out,
                                struct salve_err *err)
{
    struct str base;
    struct salve_err why = {0};
    *out = (struct visit_app_asked){.classes = 0};
    TRY(smart_ask_read(query, visit->mem, &out->ask, err));
    TRY(read_app(visit, out->ask.client, &out->app, err));
    TRY(fhir_base(visit, &base, err));
    enum salve_code code = smart_ask_check(&out->app, &out->ask, base, &why);
    if (code == SALVE_OK) code = smart_scopes_read(out->ask.scope, &out->scopes, &why);
    out->classes = smart_scopes_classes(&out->scopes);
    struct str said = code == SALVE_OK ? STR("access_denied") : str_of(why.element);
    if (code == SALVE_OK || may_be_told(&why))
        TRY(smart_back(&out->ask, "error", said, visit->mem, &out->refused, err));
    if (code != SALVE_OK && err != NULL) *err = why;
    return code;
}

enum salve_code visit_app_allow(const struct visit *visit, struct str query, const struct visit_app_told *told,
                                struct str *back, struct salve_err *err)
{
    struct visit_app_asked asked;
    struct str code;
    TRY(visit_app_asked(visit, query, &asked, err));
    const struct app_allow allow = {.client = asked.ask.client,
                                    .redirect = asked.ask.redirect,
                                    .challenge = asked.ask.challenge,
                                    .nonce = asked.ask.nonce,
                                    .scope = asked.ask.scope,
                                    .classes = told->classes,
                                    .days = told->days};
    TRY(app_allow(visit->site, visit_person(visit->site, told->told), told->card, &allow, visit->mem, &code, err));
    return smart_back(&asked.ask, "code", code, visit->mem, back, err);
}

enum salve_code visit_apps(const struct visit *visit, struct smart_app **out, size_t *count, struct salve_err *err)
{
    struct str *ids = NULL;
    size_t all = 0;
    *count = 0;
    TRY(commons_list(visit->site, STR("app"), visit->mem, &ids, &all, err));
    *out = arena_array(visit->mem, struct smart_app, all + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "apps");
    for (size_t i = 0; i < all; i++) {
        TRY(read_app(visit, ids[i], &(*out)[*count], err));
        if (!(*out)[*count].is_ended) ++*count;
    }
    return SALVE_OK;
}

/* --- who registers ------------------------------------------------------------------------------------------------ */

enum salve_code visit_app_register(const struct visit *visit, struct str json, struct smart_app *out,
                                   struct salve_err *err)
{
    TRY(smart_app_read(json, visit->mem, out, err));
    return app_register(visit->site, visit->actor, json, err);
}

enum salve_code visit_app_end(const struct visit *visit, struct str id, struct smart_app *out, struct salve_err *err)
{
    struct str json;
    struct salve_err why = {0};
    enum salve_code code = read_app(visit, id, out, &why);
    if (code == SALVE_E_INVALID || (code == SALVE_OK && out->is_ended))
        return salve_refuse(err, SALVE_E_NOT_FOUND, "no such app is registered here", "app");
    if (code != SALVE_OK) return *err = why, code;
    out->is_ended = true;
    TRY(smart_app_write(out, STR(""), STR(""), visit->mem, &json, err));
    return app_register(visit->site, visit->actor, json, err);
}

enum salve_code visit_app_document(const struct visit *visit, const struct smart_app *app, struct str *json,
                                   struct salve_err *err)
{
    return smart_app_write(app, STR(""), STR(""), visit->mem, json, err);
}

/* --- the person's own --------------------------------------------------------------------------------------------- */

enum salve_code visit_let_in(const struct visit *visit, struct str card, struct app_grant **out, size_t *count,
                             struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, CLASS_BIT(CLASS_CONSENT), &view, err);
    if (code == SALVE_OK) code = app_grants(view, visit->mem, out, count, err);
    return visit_view_close(visit, &view, code, err);
}

enum salve_code visit_let_in_end(const struct visit *visit, struct str card, struct str app, struct salve_err *err)
{
    return app_end(visit->site, visit->actor, card, app, err);
}
