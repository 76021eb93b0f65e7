/* SPDX-License-Identifier: Apache-2.0
 * What the scopes of an app let through (SMART App Launch 2.2, scopes-and-launch-context.html): types, and within a
 * type what a search would find. It is asked of each resource before anything is made of it, so that nothing comes
 * along by an include, by everything, or by its id. Who has no scope is no app, and sees what the view shows. */
#include "api/api_int.h"
#include "search/search.h"
#include "smart/smart.h"

/* Which type a row is about: "*": all that there are. */
static struct str type_of(const struct api_call *call)
{
    bool is_whole = call->route->interaction == API_OPERATION && call->type_name.len == 0;
    if (is_whole) return STR("*");
    if (call->type_name.len > 0) return call->type_name;
    if (call->name.len > 0) return call->name;
    return call->type == NULL ? STR("*") : str_of(call->type->name);
}

static bool is_reading(enum api_interaction what)
{
    return what == API_READ || what == API_VREAD || what == API_HISTORY_INSTANCE;
}

/* What the gate makes for each request is asked by type alone, and so is a whole record: where a scope names less, it
 * is none for these. */
bool api_scope_covers(const struct api_call *call, const struct smart_scope *scope)
{
    enum api_interaction what = call->route->interaction;
    struct str type = type_of(call);
    bool is_of = str_is(scope->type, "*") || str_eq(scope->type, type);
    bool is_whole = str_is(type, "*") || api_is_of_gate(type);
    if (!is_of || (is_whole && scope->where.len > 0)) return false;
    if (is_reading(what)) return scope->reads;
    return scope->searches && (what == API_SEARCH_TYPE || what == API_SEARCH_SYSTEM || what == API_OPERATION);
}

/* --- one resource ------------------------------------------------------------------------------------------------- */

struct seeing {
    struct api_call *call;
    struct smart_scopes scopes;
    struct search *searches[SMART_SCOPES_MAX]; /* of those that name less than a type; NULL: the whole type */
};

/* A scope whose search cannot be read lets nothing through. */
static enum salve_code read_scopes(struct seeing *seeing, struct salve_err *err)
{
    struct api_call *call = seeing->call;
    TRY(smart_scopes_read(call->scope, &seeing->scopes, err));
    for (size_t i = 0; i < seeing->scopes.count; i++) {
        const struct smart_scope *one = &seeing->scopes.list[i];
        struct api_query query = {0};
        if (one->where.len == 0) continue;
        TRY(api_query_parse(one->where, call->mem, &query, err));
        struct api_search_ask ask = {fhir_type_find(str_is(one->type, "*") ? STR("") : one->type), &query,
                                     site_now_unix_ms(call->visit->site), true};
        TRY(api_search_parse(call, &ask, &seeing->searches[i], err));
    }
    return SALVE_OK;
}

static enum salve_code shows(struct seeing *seeing, const struct rec_resource *one, bool *out, struct salve_err *err)
{
    bool is_read = is_reading(seeing->call->route->interaction);
    const struct search_resource resource = {&one->tape, one->id, one->saved_at_unix_ms};
    *out = false;
    for (size_t i = 0; i < seeing->scopes.count && !*out; i++) {
        const struct smart_scope *scope = &seeing->scopes.list[i];
        bool may = is_read ? scope->reads : scope->searches;
        if (!may || !(str_is(scope->type, "*") || str_eq(scope->type, one->type))) continue;
        *out = seeing->searches[i] == NULL;
        if (!*out) TRY(search_matches(seeing->searches[i], &resource, seeing->call->mem, out, err));
    }
    return SALVE_OK;
}

enum salve_code api_all(struct api_call *call, const struct rec_resource **out, size_t *count, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t total = 0, kept = 0;
    struct seeing seeing = {.call = call};
    TRY(rec_all(call->view, 0, &all, &total, err));
    *out = all;
    *count = total;
    if (call->scope.len == 0) return SALVE_OK;
    struct rec_resource *list = arena_array(call->mem, struct rec_resource, total + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
    TRY(read_scopes(&seeing, err));
    for (size_t i = 0; i < total; i++) {
        bool is_shown = false;
        TRY(shows(&seeing, &all[i], &is_shown, err));
        if (is_shown) list[kept++] = all[i];
    }
    *out = list;
    *count = kept;
    return SALVE_OK;
}
