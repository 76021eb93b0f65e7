/* SPDX-License-Identifier: Apache-2.0
 * What this server can do, as a CapabilityStatement (R4 capabilitystatement.html): made of the rows of api.def and
 * api_types.def, so it says what is there and nothing else. */
#include "api/api_int.h"

#include "fhir/tape_edit.h"
#include "search/search.h"

/* When the table was written down last; the program's version says the rest. */
#define STATEMENT_DATE STR("2026-11-30")

static void put_code(struct tape_builder *make, const char *element, const char *code)
{
    tape_open(make, element);
    tape_add_text(make, "code", str_of(code));
    tape_close(make);
}

/* "{type}" at that place, or the name of the type. */
static bool is_about(const struct api_route *row, const struct api_type *type)
{
    struct str rest = str_of(row->path), head = STR("/fhir/"), name;
    if (!str_starts(rest, head)) return false;
    rest = str_cut(rest, head.len, rest.len);
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '/') end++;
    name = str_cut(rest, 0, end);
    return str_is(name, "{type}") || str_is(name, type->name);
}

static bool has_route(enum api_interaction interaction, const struct api_type *type)
{
    size_t count = 0;
    const struct api_route *rows = api_table(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].interaction == interaction && (type == NULL || is_about(&rows[i], type))) return true;
    return false;
}

/* What it can be searched by; what a rule refuses is not said. */
static void put_search(struct api_call *call, struct tape_builder *make, const struct api_type *type)
{
    size_t count = 0;
    const struct search_param *params = search_params(type->id, &count);
    if ((type->may & (1u << API_SEARCH_TYPE)) == 0 || !has_route(API_SEARCH_TYPE, type)) return;
    for (size_t i = 0; i < count; i++) {
        if (params[i].kind != SEARCH_REFERENCE || search_refuses(type->id, str_of(params[i].code)) != NULL) continue;
        tape_add_text(make, "searchInclude", arena_printf(call->mem, "%s:%s", type->name, params[i].code));
    }
    for (size_t i = 0; i < count; i++) {
        if (search_refuses(type->id, str_of(params[i].code)) != NULL) continue;
        tape_open(make, "searchParam");
        tape_add_text(make, "name", str_of(params[i].code));
        tape_add_text(make, "definition", str_of(params[i].url));
        tape_add_text(make, "type", str_of(search_kind_text((enum search_kind)params[i].kind)));
        tape_close(make);
    }
}

/* What defines the operation that a row ends with; NULL: it is none. */
static const char *defines(const struct api_route *row, const char **name)
{
    static const struct {
        const char *name, *definition;
    } operations[] = {
#define API_OPERATION(name, definition) {name, definition},
#include "api/api_operations.def"
#undef API_OPERATION
    };
    const char *last = strrchr(row->path, '$');
    if (row->interaction != API_OPERATION || last == NULL) return NULL;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strcmp(last + 1, operations[i].name) == 0) return *name = operations[i].name, operations[i].definition;
    return NULL;
}

/* Of a type those with its name in their path, each once: by GET and POST, of the type and of one resource. */
static void put_operations(struct tape_builder *make, const struct api_type *type)
{
    size_t count = 0;
    const char *name = NULL, *before = NULL;
    const struct api_route *rows = api_table(&count);
    for (size_t i = 0; i < count; i++) {
        const char *definition = defines(&rows[i], &name);
        if (definition == NULL || !is_about(&rows[i], type) || name == before) continue;
        before = name;
        tape_open(make, "operation");
        tape_add_text(make, "name", str_of(name));
        tape_add_text(make, "definition", str_of(definition));
        tape_close(make);
    }
}

static bool may(const struct api_type *type, enum api_interaction interaction)
{
    return (type->may & (1u << interaction)) != 0 && has_route(interaction, type);
}

static void put_type(struct api_call *call, struct tape_builder *make, const struct api_type *type)
{
    bool has_versions = may(type, API_VREAD);
    struct str versioning = may(type, API_UPDATE) ? STR("versioned-update") : STR("versioned");
    tape_open(make, "resource");
    tape_add_text(make, "type", str_of(type->name));
    for (enum api_interaction i = 0; i < API_INTERACTION_COUNT; i++)
        if (api_interaction_where(i) == API_WHERE_TYPE && may(type, i))
            put_code(make, "interaction", api_interaction_code(i));
    if (api_is_of_gate(str_of(type->name)))
        tape_add_text(make, "documentation", STR("for a token of the person's own, and for nobody else"));
    tape_add_text(make, "versioning", has_versions ? versioning : STR("no-version"));
    tape_add_bool(make, "readHistory", has_versions);
    tape_add_bool(make, "updateCreate", false);
    tape_add_bool(make, "conditionalCreate", may(type, API_CREATE));
    tape_add_text(make, "conditionalRead", has_versions ? STR("full-support") : STR("not-supported"));
    tape_add_bool(make, "conditionalUpdate", may(type, API_UPDATE));
    tape_add_text(make, "conditionalDelete", may(type, API_DELETE) ? STR("single") : STR("not-supported"));
    put_search(call, make, type);
    put_operations(make, type);
    tape_close(make);
}

static void put_security(struct tape_builder *make)
{
    tape_open(make, "security");
    tape_add_text(make, "description",
                  STR("Authorization: Bearer. A token opens the record of one person, for as long as the look at it "
                      "lasts; there is no way from one person to another."));
    tape_close(make);
}

static void put_rest(struct api_call *call, struct tape_builder *make)
{
    size_t count = 0;
    const struct api_type *types = api_types(&count);
    tape_open(make, "rest");
    tape_add_text(make, "mode", STR("server"));
    put_security(make);
    for (size_t i = 0; i < count; i++) put_type(call, make, &types[i]);
    for (enum api_interaction i = 0; i < API_INTERACTION_COUNT; i++)
        if (api_interaction_where(i) == API_WHERE_SYSTEM && has_route(i, NULL))
            put_code(make, "interaction", api_interaction_code(i));
    tape_close(make);
}

static void put_head(struct api_call *call, struct tape_builder *make)
{
    tape_add_text(make, "status", STR("active"));
    tape_add_text(make, "date", STATEMENT_DATE);
    tape_add_text(make, "kind", STR("instance"));
    tape_open(make, "software");
    tape_add_text(make, "name", STR("Salve"));
    if (call->api->config.version.len > 0) tape_add_text(make, "version", call->api->config.version);
    tape_close(make);
    tape_open(make, "implementation");
    tape_add_text(make, "description", STR("Health checks, with the person's consent in charge"));
    tape_add_text(make, "url", call->base);
    tape_close(make);
    tape_add_text(make, "fhirVersion", STR("4.0.1"));
    tape_add_text(make, "format", STR("json"));
    tape_add_text(make, "format", STR("application/fhir+json"));
    if (has_route(API_PATCH, NULL)) tape_add_text(make, "patchFormat", STR("application/json-patch+json"));
}

enum salve_code api_metadata(struct api_call *call, struct salve_err *err)
{
    struct tape_builder make;
    struct tape tape;
    tape_build(&make, call->mem, FHIR_T_CapabilityStatement);
    put_head(call, &make);
    put_rest(call, &make);
    TRY(tape_built(&make, &tape, err));
    return api_answer_tape(call, 200, &tape, err);
}
