/* SPDX-License-Identifier: Apache-2.0
 * $validate: would this be kept? Base R4 (reader, bindings, invariants), then admission. Nothing is kept; an alarm in
 * it is said all the same (R4 resource-operation-validate.html). */
#include "api/api_int.h"

#include "fhir/tape_edit.h"
#include "fhir/validate.h"
#include "fhirpath/invariants.h"

/* The resource: the body, or parameter "resource" of Parameters. */
static enum salve_code resource_of(struct api_call *call, const struct tape *body, struct tape *out,
                                   struct salve_err *err)
{
    if (body->node_count == 0 || tape_type(body, 0) != FHIR_T_Parameters) return *out = *body, SALVE_OK;
    for (tape_at p = tape_first(body, 0); p != TAPE_NONE; p = tape_next(body, 0, p)) {
        tape_at resource = tape_kind(body, p) == TAPE_OBJECT ? tape_get(body, p, "resource") : TAPE_NONE;
        if (resource != TAPE_NONE && str_is(tape_child_text(body, p, "name"), "resource"))
            return tape_copy(body, resource, NULL, NULL, call->mem, out, err);
    }
    return salve_refuse(err, SALVE_E_USAGE, "the parameter resource is wanted", "Parameters.parameter");
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

enum salve_code api_validate(struct api_call *call, struct salve_err *err)
{
    struct tape body, tape = {0};
    struct salve_err why = {0};
    struct api_writing in = {.call = call};
    enum salve_code read = api_body_resource(call, &body, &why);
    if (read != SALVE_OK && read != SALVE_E_INVALID) return *err = why, read;
    TRY(resource_of(call, &body, &tape, err));
    if (tape.node_count > 0 && call->type != NULL && tape_type(&tape, 0) != call->type->id)
        fhir_issue_add(&call->issues, FHIR_ERROR, "invalid", STR("resourceType"), "salve-type",
                       "it is of another type than its address");
    call->error_status = 0;
    if (tape.node_count > 0) TRY(api_judge(&in, &tape, err));
    if (read == SALVE_OK && tape.node_count > 0) TRY(check(call, &tape, err));
    api_answer_outcome(call, 200);
    return SALVE_OK;
}
