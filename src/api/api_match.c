/* SPDX-License-Identifier: Apache-2.0
 * Conditions of a write: the one resource of the record that a search finds (R4 http.html 3.1.0.8.1, 3.1.0.11.2). */
#include "api/api_int.h"

#include "records/site.h"
#include "search/search.h"
#include "visit/write.h"

/* What is searched: resources that stand, without what was deleted. */
static enum salve_code standing(struct api_call *call, const struct rec_resource **all, struct search_resource **out,
                                size_t **at, size_t *count, struct salve_err *err)
{
    size_t all_count = 0;
    TRY(rec_all(call->view, 0, all, &all_count, err));
    bool *is_deleted = arena_array(call->mem, bool, all_count + 1);
    *out = arena_array(call->mem, struct search_resource, all_count + 1);
    *at = arena_array(call->mem, size_t, all_count + 1);
    if (is_deleted == NULL || *out == NULL || *at == NULL) return salve_fail(err, SALVE_E_MEMORY, "search");
    visit_deleted(*all, all_count, is_deleted);
    *count = 0;
    for (size_t i = 0; i < all_count; i++) {
        if (is_deleted[i]) continue;
        (*at)[*count] = i;
        (*out)[(*count)++] = (struct search_resource){&(*all)[i].tape, (*all)[i].id, (*all)[i].saved_at_unix_ms};
    }
    return SALVE_OK;
}

static enum salve_code parse(struct api_call *call, fhir_type_id type, struct str query, struct search **out,
                             struct salve_err *err)
{
    struct api_query asked;
    call->error_status = 400;
    TRY(api_query_parse(query, call->mem, &asked, err));
    struct api_search_ask ask = {type, &asked, site_now_unix_ms(call->visit->site), true};
    enum salve_code code = api_search_parse(call, &ask, out, err);
    if (code == SALVE_OK && search_criteria(*out) == 0)
        return salve_refuse(err, SALVE_E_USAGE, "a condition that names nothing fits everything", "condition");
    if (code == SALVE_OK || code == SALVE_E_CONSENT) call->error_status = 0;
    return code;
}

enum salve_code api_match(struct api_call *call, fhir_type_id type, struct str query, const struct rec_resource **out,
                          struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    struct search_resource *list = NULL;
    struct search *search = NULL;
    struct search_found found;
    size_t *at = NULL, count = 0;
    *out = NULL;
    if (str_starts(query, STR("?"))) query = str_cut(query, 1, query.len);
    TRY(parse(call, type, query, &search, err));
    TRY(standing(call, &all, &list, &at, &count, err));
    TRY(search_run(search, list, count, 0, call->mem, &found, err));
    if (found.total > 1) {
        call->error_status = 412;
        return salve_refuse(err, SALVE_E_CONFLICT, "more than one resource is found: say more", "condition");
    }
    if (found.match_count == 1) *out = &all[at[found.matches[0]]];
    return SALVE_OK;
}
