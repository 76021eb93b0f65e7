/* SPDX-License-Identifier: Apache-2.0
 * The same table as an OpenAPI 3.0 file, for programs that make clients of one. */
#include "api/api_int.h"

enum { FILE_BYTES_MAX = 1 << 20 };

static const char *method_word(enum http_method method)
{
    static const char *const words[HTTP_METHODS] = {
        [HTTP_GET] = "get",     [HTTP_HEAD] = "head",     [HTTP_POST] = "post",      [HTTP_PUT] = "put",
        [HTTP_PATCH] = "patch", [HTTP_DELETE] = "delete", [HTTP_OPTIONS] = "options"};
    return words[method];
}

/* --- parameters --------------------------------------------------------------------------------------------------- */

static void put_text_schema(struct json_writer *w, const char *name)
{
    json_open(w, name, '{');
    json_put_text(w, "type", STR("string"));
    json_close(w);
}

/* The types that the row serves, as the values that {type} may have. */
static void put_type_schema(struct json_writer *w, const struct api_route *row)
{
    size_t count = 0;
    const struct api_type *types = api_types(&count);
    bool is_of_type = api_interaction_where(row->interaction) == API_WHERE_TYPE;
    json_open(w, "schema", '{');
    json_put_text(w, "type", STR("string"));
    json_open(w, "enum", '[');
    for (size_t i = 0; i < count; i++)
        if (!is_of_type || (types[i].may & (1u << row->interaction)) != 0)
            json_put_text(w, NULL, str_of(types[i].name));
    json_close(w);
    json_close(w);
}

static void put_parameter(struct json_writer *w, const struct api_route *row, struct str name)
{
    json_open(w, NULL, '{');
    json_put_text(w, "name", name);
    json_put_text(w, "in", STR("path"));
    json_put_bool(w, "required", true);
    if (str_is(name, "type"))
        put_type_schema(w, row);
    else
        put_text_schema(w, "schema");
    json_close(w);
}

static void put_parameters(struct json_writer *w, const struct api_route *row)
{
    struct str rest = str_of(row->path);
    json_open(w, "parameters", '[');
    for (ptrdiff_t at = str_find(rest, STR("{")); at >= 0; at = str_find(rest, STR("{"))) {
        rest = str_cut(rest, (size_t)at + 1, rest.len);
        put_parameter(w, row, str_cut(rest, 0, (size_t)str_find(rest, STR("}"))));
    }
    json_close(w);
}

/* --- operations --------------------------------------------------------------------------------------------------- */

static void put_response(struct json_writer *w, const char *status, const char *what)
{
    json_open(w, status, '{');
    json_put_text(w, "description", str_of(what));
    json_open(w, "content", '{');
    json_open(w, "application/fhir+json", '{');
    json_open(w, "schema", '{');
    json_put_text(w, "type", STR("object"));
    json_close(w);
    json_close(w);
    json_close(w);
    json_close(w);
}

static void put_operation(struct json_writer *w, const struct api_route *row)
{
    const char *code = api_interaction_code(row->interaction);
    json_open(w, method_word(row->method), '{');
    json_put_text(w, "summary", str_of(code[0] != '\0' ? code : row->name));
    if (row->who == API_ANYBODY) {
        json_open(w, "security", '[');
        json_close(w);
    }
    put_parameters(w, row);
    json_open(w, "responses", '{');
    put_response(w, "default", "the resource that was asked for, or an OperationOutcome");
    json_close(w);
    json_close(w);
}

/* Each path once, with all its methods. */
static void put_paths(struct json_writer *w)
{
    size_t count = 0;
    const struct api_route *rows = api_table(&count);
    json_open(w, "paths", '{');
    for (size_t i = 0; i < count; i++) {
        bool is_first = rows[i].handler != NULL;
        for (size_t k = 0; k < i; k++)
            if (rows[k].handler != NULL && strcmp(rows[k].path, rows[i].path) == 0) is_first = false;
        if (!is_first) continue;
        json_open(w, rows[i].path, '{');
        for (size_t k = i; k < count; k++)
            if (rows[k].handler != NULL && strcmp(rows[k].path, rows[i].path) == 0) put_operation(w, &rows[k]);
        json_close(w);
    }
    json_close(w);
}

static void put_security(struct json_writer *w)
{
    json_open(w, "components", '{');
    json_open(w, "securitySchemes", '{');
    json_open(w, "bearer", '{');
    json_put_text(w, "type", STR("http"));
    json_put_text(w, "scheme", STR("bearer"));
    json_close(w);
    json_close(w);
    json_close(w);
    json_open(w, "security", '[');
    json_open(w, NULL, '{');
    json_open(w, "bearer", '[');
    json_close(w);
    json_close(w);
    json_close(w);
}

enum salve_code api_openapi(struct api_call *call, struct salve_err *err)
{
    struct buf out;
    struct str json;
    struct str server = str_cut(call->base, 0, call->base.len - (sizeof "/fhir" - 1));
    struct str version = call->api->config.version;
    buf_init(&out, call->mem, FILE_BYTES_MAX);
    struct json_writer w = {.out = &out, .pretty = call->wants.is_pretty};
    json_open(&w, NULL, '{');
    json_put_text(&w, "openapi", STR("3.0.3"));
    json_open(&w, "info", '{');
    json_put_text(&w, "title", STR("Salve: FHIR R4, one person at a time"));
    json_put_text(&w, "version", version.len > 0 ? version : STR("0"));
    json_close(&w);
    json_open(&w, "servers", '[');
    json_open(&w, NULL, '{');
    json_put_text(&w, "url", server);
    json_close(&w);
    json_close(&w);
    put_paths(&w);
    put_security(&w);
    json_close(&w);
    TRY(buf_done(&out, &json, err));
    api_answer_text(call, 200, json);
    call->reply->type = STR("application/json");
    return SALVE_OK;
}
