/* SPDX-License-Identifier: Apache-2.0
 * $validate: would this be kept? Base R4 (reader, bindings, invariants), then admission, then what is done with its
 * type here. Nothing is kept; an alarm in it is said all the same (R4 resource-operation-validate.html). */
#include "api/api_int.h"

#include "admit/import.h"
#include "fhir/tape_edit.h"
#include "fhir/validate.h"
#include "fhirpath/invariants.h"

enum mode { MODE_NONE, MODE_CREATE, MODE_UPDATE, MODE_DELETE, MODE_PROFILE };

static enum salve_code read_mode(struct api_call *call, enum mode *out, struct salve_err *err)
{
    static const char *const words[] = {"", "create", "update", "delete", "profile"};
    struct str text = api_query_get(&call->query, "mode");
    *out = MODE_NONE;
    if (text.ptr == NULL) return SALVE_OK;
    for (size_t i = MODE_CREATE; i < sizeof words / sizeof *words; i++)
        if (str_is(text, words[i])) return *out = (enum mode)i, SALVE_OK;
    call->error_status = 400;
    return salve_refuse(err, SALVE_E_USAGE, "create, update, delete or profile", "mode");
}

/* Its type and its place here. */
static void check_place(struct api_call *call, const struct tape *tape, enum mode mode)
{
    static const enum api_interaction of[] = {
        [MODE_CREATE] = API_CREATE, [MODE_UPDATE] = API_UPDATE, [MODE_DELETE] = API_DELETE};
    bool is_done = mode == MODE_NONE || mode == MODE_PROFILE || (call->type->may & (1u << of[mode])) != 0;
    if (!is_done)
        fhir_issue_add(&call->issues, FHIR_ERROR, "not-supported", STR(""), "salve-mode",
                       "that is not done with this type here");
    if (mode == MODE_DELETE && is_done && !import_can_be_error(tape, 0))
        fhir_issue_add(&call->issues, FHIR_ERROR, "not-supported", STR(""), "salve-mode",
                       "R4 has no word for an error in this type");
    if (tape_type(tape, 0) != call->type->id)
        fhir_issue_add(&call->issues, FHIR_ERROR, "invalid", STR("resourceType"), "salve-type",
                       "it is of another type than its address");
    if (mode == MODE_UPDATE && call->id.ptr != NULL && !str_eq(tape_child_text(tape, 0, "id"), call->id))
        fhir_issue_add(&call->issues, FHIR_ERROR, "invalid", STR("id"), "salve-id", "it is the id of the address");
    if (api_query_get(&call->query, "profile").ptr != NULL)
        fhir_issue_add(&call->issues, FHIR_WARNING, "not-supported", STR(""), "salve-profile",
                       "no profile is checked here: base R4 and what may be kept are");
}

static enum salve_code check(struct api_call *call, const struct tape *tape, struct salve_err *err)
{
    struct invariants *rules = NULL;
    bool is_valid = false;
    TRY(fhir_validate(tape, call->mem, &call->issues, &is_valid, err));
    TRY(invariants_make(call->mem, &rules, err));
    invariants_skip(rules, fhir_validate_covers);
    TRY(invariants_check(rules, tape, call->mem, &call->issues, err));
    return visit_write_check(call->visit, call->visit->held->who, tape, &call->issues, err);
}

/* What came, or what is stored under the id of the address. */
static enum salve_code resource_of(struct api_call *call, const struct api_params *params, struct tape *out,
                                   struct salve_err *err)
{
    const struct rec_resource *stored = NULL;
    TRY(api_params_resource(call, params, "resource", out, err));
    if (out->node_count > 0) return SALVE_OK;
    if (call->id.ptr == NULL) {
        call->error_status = 400;
        return salve_refuse(err, SALVE_E_USAGE, "a resource is wanted, or the parameter resource", "resource");
    }
    TRY(api_find_standing(call, &stored, err));
    call->wants.summary = API_SUMMARY_FALSE;
    call->wants.elements = STR_NONE;
    return api_shape(call, stored, out, err);
}

enum salve_code api_validate(struct api_call *call, struct salve_err *err)
{
    struct api_params params;
    struct tape tape = {0};
    enum mode mode = MODE_NONE;
    struct salve_err why = {0};
    enum salve_code read = api_params_read(call, &params, &why);
    bool is_broken = read == SALVE_E_INVALID && call->wrong.code == SALVE_OK && call->issues.error_count > 0;
    if (read != SALVE_OK && !is_broken) return *err = why, read;
    call->error_status = 0;
    TRY(read_mode(call, &mode, err));
    TRY(is_broken ? api_params_resource(call, &params, "resource", &tape, err)
                  : resource_of(call, &params, &tape, err));
    if (tape.node_count > 0) check_place(call, &tape, mode);
    if (!is_broken && mode != MODE_DELETE) TRY(check(call, &tape, err));
    api_answer_outcome(call, 200);
    return SALVE_OK;
}
