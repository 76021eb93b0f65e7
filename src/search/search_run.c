/* SPDX-License-Identifier: Apache-2.0
 * A search over resources: all that match, in order, of them one page, and what comes with it. */
#include "search/search_int.h"

enum salve_code search_matches(const struct search *search, const struct search_resource *resource, struct arena *mem,
                               bool *out, struct salve_err *err)
{
    return search_meets(search, resource, mem, out, err);
}

enum salve_code search_run(const struct search *search, const struct search_resource *resources, size_t count,
                           size_t skip, struct arena *mem, struct search_found *out, struct salve_err *err)
{
    uint32_t *indexes = arena_alloc_array(mem, sizeof *indexes, count + 1);
    *out = (struct search_found){.matches = indexes};
    if (indexes == NULL) return salve_fail(err, SALVE_E_MEMORY, "search");
    for (size_t i = 0; i < count; i++) {
        bool is_met = false;
        TRY(search_meets(search, &resources[i], mem, &is_met, err));
        if (is_met) indexes[out->total++] = (uint32_t)i;
    }
    TRY(search_order(search, resources, indexes, out->total, mem, err));
    size_t left = skip < out->total ? out->total - skip : 0;
    out->matches = indexes + (out->total - left);
    out->match_count = left < search->page_size ? left : search->page_size;
    return search_add_included(search, resources, count, mem, out, err);
}
