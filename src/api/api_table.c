/* SPDX-License-Identifier: Apache-2.0
 * The tables of api: routes, types, interactions. */
#include "api/api_int.h"

/* --- routes ------------------------------------------------------------------------------------------------------- */

#define API_ROUTE(name, method, path, handler, interaction, who)                                                       \
    {name, HTTP_##method, path, handler, API_##interaction, API_##who, NULL, NULL},
#define API_NEVER(name, method, path, rule, why) {name, HTTP_##method, path, NULL, API_NONE, API_PERSON, rule, why},
static const struct api_route table[] = {
#include "api/api.def"
};
#undef API_ROUTE
#undef API_NEVER

static const char *const names[] = {
    "fhir-none", /* what has no row */
#define API_ROUTE(name, method, path, handler, interaction, who) name,
#define API_NEVER(name, method, path, rule, why)                 name,
#include "api/api.def"
#undef API_ROUTE
#undef API_NEVER
};

const struct api_route *api_table(size_t *count)
{
    *count = sizeof table / sizeof *table;
    return table;
}

const char *const *api_routes(size_t *count)
{
    *count = sizeof names / sizeof *names;
    return names;
}

/* --- interactions ------------------------------------------------------------------------------------------------- */

static const struct {
    const char *code;
    enum api_where where;
} interactions[] = {
#define API_INTERACTION(name, code, where) [API_##name] = {code, API_WHERE_##where},
#include "api/api_interactions.def"
#undef API_INTERACTION
};

const char *api_interaction_code(enum api_interaction interaction) { return interactions[interaction].code; }
enum api_where api_interaction_where(enum api_interaction interaction) { return interactions[interaction].where; }

/* --- types -------------------------------------------------------------------------------------------------------- */

#define BIT(interaction)    (1u << API_##interaction)
#define OF_RECORD           (BIT(READ) | BIT(VREAD) | BIT(HISTORY_INSTANCE) | BIT(SEARCH_TYPE))
#define WRITTEN             (BIT(CREATE) | BIT(UPDATE) | BIT(PATCH) | BIT(DELETE))
#define API_TYPE(type, may) {FHIR_T_##type, #type, may},
static const struct api_type types[] = {
#include "api/api_types.def"
};
#undef API_TYPE
#undef WRITTEN
#undef OF_RECORD
#undef BIT

const struct api_type *api_types(size_t *count)
{
    *count = sizeof types / sizeof *types;
    return types;
}

const struct api_type *api_type_find(struct str name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_is(name, types[i].name)) return &types[i];
    return NULL;
}
