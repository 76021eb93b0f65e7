/* SPDX-License-Identifier: Apache-2.0
 * Parameters as a search, wherever they stand: in an address, in If-None-Exist, in the scope of an app. */
#include "api/api_int.h"
#include "records/site.h"
#include "search/search.h"

enum salve_code api_search_parse(struct api_call *call, const struct api_search_ask *asked, struct search **out,
                                 struct salve_err *err)
{
    size_t count = asked->query->count;
    struct search_fault fault;
    struct search_world *world = arena_new(call->mem, struct search_world);
    struct search_pair *pairs = arena_array(call->mem, struct search_pair, count + 1);
    if (pairs == NULL || world == NULL) return salve_fail(err, SALVE_E_MEMORY, "search");
    *world = (struct search_world){.base = call->base, .now_unix_ms = asked->now_unix_ms};
    TRY(site_zone(call->visit->site, &world->zone, err));
    for (size_t i = 0; i < count; i++)
        pairs[i] = (struct search_pair){asked->query->list[i].name, asked->query->list[i].value};
    struct search_ask ask = {
        .type = asked->type, .pairs = pairs, .pair_count = count, .world = world, .is_strict = asked->is_strict};
    enum salve_code code = search_parse(&ask, call->mem, out, &fault, err);
    return fault.rule == NULL ? code : api_never(call, fault.rule, fault.why, err);
}
