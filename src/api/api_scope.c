/* SPDX-License-Identifier: Apache-2.0
 * What the scopes of an app let do (SMART App Launch 2.2, scopes-and-launch-context.html). The gate shows a view of an
 * app what any of its scopes lets see, and nothing else; here is what it cannot know: which row was asked for, and
 * whether that is a read or a search. Who has no scope is no app, and sees what the view shows. */
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

/* --- resources ---------------------------------------------------------------------------------------------------- */

/* Where a scope lets read and not search, or the other way round, the row decides which of them count. */
static enum salve_code of_right(struct api_call *call, const struct smart_sight *sight, struct rec_resource *list,
                                const struct rec_resource *all, size_t *count, struct salve_err *err)
{
    unsigned right = is_reading(call->route->interaction) ? SMART_READS : SMART_SEARCHES;
    size_t total = *count;
    *count = 0;
    for (size_t i = 0; i < total; i++) {
        const struct search_resource one = {&all[i].tape, all[i].id, all[i].saved_at_unix_ms};
        bool is_shown = false;
        TRY(smart_sight_shows(sight, right, &one, call->mem, &is_shown, err));
        if (is_shown) list[(*count)++] = all[i];
    }
    return SALVE_OK;
}

enum salve_code api_all(struct api_call *call, const struct rec_resource **out, size_t *count, struct salve_err *err)
{
    struct search_world *world = NULL;
    struct smart_sight *sight = NULL;
    TRY(rec_all(call->view, 0, out, count, err));
    if (call->scope.len == 0) return SALVE_OK;
    struct rec_resource *list = arena_array(call->mem, struct rec_resource, *count + 1);
    world = arena_new(call->mem, struct search_world);
    if (list == NULL || world == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
    world->now_unix_ms = site_now_unix_ms(call->visit->site);
    TRY(site_zone(call->visit->site, &world->zone, err));
    TRY(smart_sight_make(call->scope, world, call->mem, &sight, err));
    if (smart_sight_is_even(sight)) return SALVE_OK; /* the gate shows nothing else */
    TRY(of_right(call, sight, list, *out, count, err));
    *out = list;
    return SALVE_OK;
}
