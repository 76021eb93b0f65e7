/* SPDX-License-Identifier: Apache-2.0
 * update of the version that the client has seen (R4 http.html 3.1.0.4, 3.1.0.5), or of the one resource that a search
 * finds (3.1.0.4.3). No client chooses an id. */
#include "api/api_int.h"

/* If-Match says it, or else the body: it was read somewhere. */
static enum salve_code version_wanted(struct api_writing *in, struct str if_match, const struct tape *tape,
                                      uint32_t *version, struct salve_err *err)
{
    bool is_any = false;
    const struct rec_resource *here = NULL;
    TRY(api_if_match(if_match, &is_any, version, err));
    in->is_precondition = if_match.ptr != NULL;
    if (is_any && api_find(in->call, &here, NULL) == SALVE_OK) *version = here->version;
    if (if_match.ptr == NULL) *version = api_meta_version(tape);
    return SALVE_OK;
}

/* --- of the one that is found ------------------------------------------------------------------------------------- */

enum salve_code api_update_of(struct api_call *call, const struct rec_resource *found, const struct tape *tape,
                              struct visit_write *one, struct salve_err *err)
{
    struct str id = tape->node_count == 0 ? STR_NONE : tape_child_text(tape, 0, "id");
    one->act = found == NULL ? VISIT_CREATE : VISIT_UPDATE;
    if (found == NULL && one->version != 0) {
        call->error_status = 412;
        return salve_refuse(err, SALVE_E_CONFLICT, "nothing is found, so it has no such version", "condition");
    }
    if (found == NULL && id.len > 0) {
        call->error_status = 405;
        return salve_refuse(err, SALVE_E_NOT_FOUND, "nothing is found, and no client chooses an id: leave it out",
                            "id");
    }
    if (found == NULL) return SALVE_OK;
    one->id = found->id;
    if (one->version == 0) one->version = found->version;
    if (id.len == 0 || str_eq(id, found->id)) return SALVE_OK;
    call->error_status = 400;
    return salve_refuse(err, SALVE_E_USAGE, "another one is found than the body is", "id");
}

enum salve_code api_update_found(struct api_call *call, struct salve_err *err)
{
    struct api_writing in = {.call = call, .is_found = true};
    struct visit_write one = {.act = VISIT_CREATE};
    struct tape tape;
    struct salve_err why = {0};
    const struct rec_resource *found = NULL;
    why.code = api_body_resource(call, &tape, &why);
    if (why.code == SALVE_OK) why.code = api_match(call, call->type->id, call->request->query, &found, &why);
    if (found != NULL) call->id = found->id;
    if (why.code == SALVE_OK) {
        why.code = version_wanted(&in, http_request_header(call->request, "if-match"), &tape, &one.version, &why);
        if (why.code != SALVE_OK) call->error_status = 400;
    }
    if (why.code == SALVE_OK) why.code = api_update_of(call, found, &tape, &one, &why);
    TRY(api_write_one(&in, &one, &tape, &why, err));
    return api_answer_written(&in, err);
}

/* --- of the one that is named ------------------------------------------------------------------------------------- */

enum salve_code api_update(struct api_call *call, struct salve_err *err)
{
    struct api_writing in = {.call = call};
    struct visit_write one = {.act = VISIT_UPDATE, .id = call->id};
    struct tape tape;
    struct salve_err why = {0};
    why.code = api_body_resource(call, &tape, &why);
    if (why.code == SALVE_OK) {
        why.code = version_wanted(&in, http_request_header(call->request, "if-match"), &tape, &one.version, &why);
        if (why.code != SALVE_OK) call->error_status = 400;
    }
    TRY(api_write_one(&in, &one, &tape, &why, err));
    return api_answer_written(&in, err);
}
