/* SPDX-License-Identifier: Apache-2.0
 * The input of an operation (R4 operations.html 3.2.0.5): by GET in its address, by POST as Parameters, or as the one
 * resource that it takes. Whatever came is judged for alarms before anything is said about it. */
#include "api/api_int.h"

#include "fhir/tape_edit.h"

/* --- alarms ------------------------------------------------------------------------------------------------------- */

/* What holds other resources and says nothing of a person itself. */
static bool is_around(fhir_type_id type) { return type == FHIR_T_Parameters || type == FHIR_T_Bundle; }

/* The next resource at any depth, outermost first; false: no more. */
static bool each_resource(const struct tape *tape, tape_at *at)
{
    tape_at next = *at == TAPE_NONE ? 0 : *at + tape->nodes[*at].span;
    while (next < tape->node_count && (tape_kind(tape, next) != TAPE_OBJECT || is_around(tape_type(tape, next)) ||
                                       fhir_types[tape_type(tape, next)].kind != FHIR_RESOURCE))
        next++;
    *at = next;
    return next < tape->node_count;
}

static enum salve_code judge_all(struct api_call *call, struct api_params *params, struct salve_err *err)
{
    struct api_writing in = {.call = call, .is_trial = true};
    size_t room = 0;
    for (tape_at at = TAPE_NONE; each_resource(&params->body, &at);) room++;
    if (room == 0) return SALVE_OK;
    in.list = arena_array(call->mem, struct visit_write, room);
    struct tape *tapes = arena_array(call->mem, struct tape, room);
    if (in.list == NULL || tapes == NULL) return salve_fail(err, SALVE_E_MEMORY, "parameters");
    for (tape_at at = TAPE_NONE; each_resource(&params->body, &at);) {
        struct tape *one = &tapes[in.count];
        TRY(tape_copy(&params->body, at, NULL, NULL, call->mem, one, err));
        in.list[in.count++] = (struct visit_write){.act = VISIT_CREATE, .type = tape_type(one, 0), .resource = one};
    }
    params->resource_count = in.count;
    return api_write(&in, NULL, err);
}

/* --- values ------------------------------------------------------------------------------------------------------- */

/* "valueCode" and all other primitives, and of a reference what it refers to. */
static struct str value_of(const struct tape *tape, tape_at parameter)
{
    for (tape_at c = tape_first(tape, parameter); c != TAPE_NONE; c = tape_next(tape, parameter, c)) {
        if (tape_path_name(tape, c) != FHIR_N_value) continue;
        if (tape_kind(tape, c) != TAPE_OBJECT) return tape_text(tape, c);
        if (tape_type(tape, c) == FHIR_T_Reference) return tape_child_text(tape, c, "reference");
    }
    return STR_NONE;
}

/* Behind those of the address. */
static enum salve_code add_values(struct api_call *call, const struct tape *body, struct salve_err *err)
{
    size_t room = call->query.count, count = room;
    int status = 0;
    for (tape_at p = tape_first(body, 0); p != TAPE_NONE; p = tape_next(body, 0, p)) room++;
    struct api_param *list = arena_array(call->mem, struct api_param, room + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "parameters");
    for (size_t i = 0; i < count; i++) list[i] = call->query.list[i];
    for (tape_at p = tape_first(body, 0); p != TAPE_NONE; p = tape_next(body, 0, p)) {
        if (tape_path_name(body, p) != FHIR_N_parameter || tape_kind(body, p) != TAPE_OBJECT) continue;
        struct api_param one = {tape_child_text(body, p, "name"), value_of(body, p)};
        if (one.name.len > 0 && one.value.len > 0) list[count++] = one;
    }
    if (count > API_PARAMS_MAX)
        return salve_refuse(err, SALVE_E_TOO_BIG, "there are too many parameters", "parameters");
    call->query = (struct api_query){list, count};
    enum salve_code code = api_wants_read(call, &status, err);
    if (code != SALVE_OK) call->error_status = status;
    return code;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

enum salve_code api_params_read(struct api_call *call, struct api_params *out, struct salve_err *err)
{
    struct salve_err why = {0};
    *out = (struct api_params){0};
    if (call->request->body.len == 0 && call->wrong.code != SALVE_OK) return *err = call->wrong, err->code;
    if (call->request->body.len == 0 || call->request->method != HTTP_POST) return SALVE_OK;
    enum salve_code code = api_body_resource(call, &out->body, &why);
    int status = call->error_status;
    out->is_bare = out->body.node_count > 0 && tape_type(&out->body, 0) != FHIR_T_Parameters;
    TRY(judge_all(call, out, err));
    call->error_status = status;
    if (code != SALVE_OK) return *err = why, code;
    return out->is_bare ? SALVE_OK : add_values(call, &out->body, err);
}

enum salve_code api_params_plain(struct api_call *call, struct salve_err *err)
{
    struct api_params params;
    TRY(api_params_read(call, &params, err));
    if (!params.is_bare && params.resource_count == 0) return SALVE_OK;
    call->error_status = 400;
    return salve_refuse(err, SALVE_E_USAGE, "Parameters without a resource are wanted: nothing of it is kept", "body");
}

enum salve_code api_params_resource(struct api_call *call, const struct api_params *params, const char *name,
                                    struct tape *out, struct salve_err *err)
{
    const struct tape *body = &params->body;
    *out = (struct tape){0};
    if (params->is_bare) return *out = *body, SALVE_OK;
    if (body->node_count == 0) return SALVE_OK;
    for (tape_at p = tape_first(body, 0); p != TAPE_NONE; p = tape_next(body, 0, p)) {
        tape_at resource = tape_kind(body, p) == TAPE_OBJECT ? tape_get(body, p, "resource") : TAPE_NONE;
        if (resource != TAPE_NONE && str_is(tape_child_text(body, p, "name"), name))
            return tape_copy(body, resource, NULL, NULL, call->mem, out, err);
    }
    return SALVE_OK;
}
