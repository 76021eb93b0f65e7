/* SPDX-License-Identifier: Apache-2.0
 * Which resources scopes let see: types, and within a type what the condition of the scope finds as a FHIR search. */
#include "base/query.h"
#include "fhir/fhir.h"
#include "search/search.h"
#include "smart/smart.h"

enum { PAIRS_MAX = 16 };

struct smart_sight {
    const struct search_world *world;
    size_t count;
    struct {
        fhir_type_id type; /* 0: every one */
        unsigned rights;
        struct search *where; /* NULL: all of them */
    } list[SMART_SCOPES_MAX];
};

/* "category=laboratory&status=final" */
static enum salve_code read_pairs(struct str where, struct arena *mem, struct search_pair *out, size_t *count,
                                  struct salve_err *err)
{
    struct str name, value;
    *count = 0;
    while (query_next(&where, &name, &value)) {
        struct search_pair *pair = &out[*count];
        if (*count == PAIRS_MAX)
            return salve_refuse(err, SALVE_E_INVALID, "a scope has 16 conditions at most", "invalid_scope");
        enum salve_code code = query_decode(name, true, mem, &pair->name, err);
        if (code == SALVE_OK) code = query_decode(value, true, mem, &pair->value, err);
        if (code == SALVE_E_INVALID)
            return salve_refuse(err, code, "a condition of a scope is written as in an address", "invalid_scope");
        if (code != SALVE_OK) return code;
        if (pair->name.len == 0 || pair->name.ptr[0] == '_')
            return salve_refuse(err, SALVE_E_INVALID, "a condition of a scope is a search parameter", "invalid_scope");
        (*count)++;
    }
    return SALVE_OK;
}

/* A condition that tells nothing apart is none that anybody meant. */
static enum salve_code read_where(const struct smart_sight *sight, struct str where, fhir_type_id type,
                                  struct arena *mem, struct search **out, struct salve_err *err)
{
    struct search_fault fault;
    struct search_pair *pairs = arena_array(mem, struct search_pair, PAIRS_MAX);
    struct search_ask ask = {.type = type, .pairs = pairs, .world = sight->world, .is_strict = true};
    if (pairs == NULL) return salve_fail(err, SALVE_E_MEMORY, "scope");
    TRY(read_pairs(where, mem, pairs, &ask.pair_count, err));
    bool is_read = type != 0 && search_parse(&ask, mem, out, &fault, NULL) == SALVE_OK;
    if (is_read && search_criteria(*out) > 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INVALID, "its condition is no search of that type that is known here",
                        "invalid_scope");
}

enum salve_code smart_sight_make(struct str scope, const struct search_world *world, struct arena *mem,
                                 struct smart_sight **out, struct salve_err *err)
{
    struct smart_scopes scopes;
    TRY(smart_scopes_read(scope, &scopes, err));
    struct smart_sight *sight = arena_new(mem, struct smart_sight);
    if (sight == NULL) return salve_fail(err, SALVE_E_MEMORY, "scope");
    sight->world = world;
    for (size_t i = 0; i < scopes.count; i++) {
        const struct smart_scope *one = &scopes.list[i];
        fhir_type_id type = str_is(one->type, "*") ? 0 : fhir_type_find(one->type);
        if (type == 0 && !str_is(one->type, "*")) continue; /* there is none of it to see */
        sight->list[sight->count].type = type;
        sight->list[sight->count].rights = (one->reads ? SMART_READS : 0) | (one->searches ? SMART_SEARCHES : 0);
        if (one->where.len > 0) TRY(read_where(sight, one->where, type, mem, &sight->list[sight->count].where, err));
        sight->count++;
    }
    *out = sight;
    return SALVE_OK;
}

bool smart_sight_is_even(const struct smart_sight *sight)
{
    for (size_t i = 0; i < sight->count; i++)
        if (sight->list[i].rights != (SMART_READS | SMART_SEARCHES)) return false;
    return true;
}

enum salve_code smart_sight_shows(const struct smart_sight *sight, unsigned rights,
                                  const struct search_resource *resource, struct arena *mem, bool *out,
                                  struct salve_err *err)
{
    fhir_type_id type = tape_type(resource->tape, tape_root(resource->tape));
    *out = false;
    for (size_t i = 0; i < sight->count && !*out; i++) {
        bool is_of = sight->list[i].type == 0 || sight->list[i].type == type;
        if (!is_of || (sight->list[i].rights & rights) == 0) continue;
        *out = sight->list[i].where == NULL;
        if (!*out) TRY(search_matches(sight->list[i].where, resource, mem, out, err));
    }
    return SALVE_OK;
}
