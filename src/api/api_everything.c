/* SPDX-License-Identifier: Apache-2.0
 * $everything of the one person (R4 operation-patient-everything.html): what the token shows of the record, with the
 * pages of a search. */
#include "api/api_int.h"

static bool is_told(const struct api_query *query, const char *name) { return api_query_get(query, name).ptr != NULL; }

/* _since is the time of the newest version, as a search says it. */
static enum salve_code as_search(struct api_call *call, struct salve_err *err)
{
    size_t count = call->query.count;
    struct api_param *list = arena_array(call->mem, struct api_param, count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "everything");
    for (size_t i = 0; i < count; i++) {
        list[i] = call->query.list[i];
        if (!str_is(list[i].name, "_since")) continue;
        list[i] = (struct api_param){STR("_lastUpdated"), arena_printf(call->mem, "ge%.*s", STR_ARGS(list[i].value))};
    }
    call->query = (struct api_query){list, count};
    return SALVE_OK;
}

enum salve_code api_everything(struct api_call *call, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    TRY(api_params_plain(call, err));
    if (call->id.ptr != NULL) {
        call->type_name = STR("Patient");
        TRY(api_find(call, &all, err));
    }
    if (is_told(&call->query, "start") || is_told(&call->query, "end")) {
        call->error_status = 400;
        return salve_refuse(err, SALVE_E_UNSUPPORTED, "dates of care are not told apart here: leave start and end out",
                            "start, end");
    }
    TRY(as_search(call, err));
    TRY(api_all(call, &all, &count, err));
    return api_search_in(call, 0, all, count, false, err);
}
