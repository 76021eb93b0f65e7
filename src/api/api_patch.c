/* SPDX-License-Identifier: Apache-2.0
 * patch: a JSON Patch on the resource as it is read here, then an update with what comes out (R4 http.html 3.1.0.6). */
#include "api/api_int.h"

#include "patch/patch.h"

static enum salve_code patched(struct api_call *call, const struct rec_resource *here, struct tape *out,
                               struct salve_err *err)
{
    struct tape before;
    struct patch *patch = NULL;
    struct api_wants wants = call->wants;
    call->wants.summary = API_SUMMARY_FALSE;
    call->wants.elements = STR_NONE;
    enum salve_code code = api_shape(call, here, &before, err);
    call->wants = wants;
    if (code != SALVE_OK) return code;
    call->error_status = 400;
    TRY(patch_read(call->request->body, call->mem, &patch, err));
    call->error_status = 0;
    return patch_tape(patch, &before, call->mem, out, &call->issues, err);
}

/* The version that the patch is meant for: that of If-Match, or the one that was read just now. */
static enum salve_code version_of(struct api_call *call, const struct rec_resource *here, uint32_t *version,
                                  struct salve_err *err)
{
    bool is_any = false;
    struct str if_match = http_request_header(call->request, "if-match");
    TRY(api_if_match(if_match, &is_any, version, err));
    if (if_match.ptr == NULL || is_any) *version = here->version;
    return SALVE_OK;
}

/* What is patched, and with what: *why is what is wrong with it so far. */
static void make(struct api_call *call, const struct rec_resource *here, struct visit_write *one, struct tape *tape,
                 struct salve_err *why)
{
    why->code = patched(call, here, tape, why);
    if (why->code != SALVE_OK) return;
    why->code = version_of(call, here, &one->version, why);
    if (why->code != SALVE_OK) call->error_status = 400;
}

/* `here`: the one that is meant; NULL: *why says why there is none. What was wrong before the body (of that status) is
 * the error, not what is wrong with it. A resource in the place of a patch is judged, too. */
static enum salve_code patch(struct api_call *call, const struct rec_resource *here, struct salve_err *why, int status,
                             struct salve_err *err)
{
    struct api_writing in = {.call = call, .is_precondition = true};
    struct visit_write one = {.act = VISIT_UPDATE, .id = call->id};
    struct tape tape = {0};
    struct salve_err other_type = {0};
    http_reply_header(call->reply, "Accept-Patch", STR("application/json-patch+json"));
    enum salve_code typed = api_body_is(call, "application/json-patch+json", false, &other_type);
    if (here != NULL) make(call, here, &one, &tape, why);
    if (typed != SALVE_OK && tape.node_count == 0)
        (void)!fhir_read(call->request->body, NULL, call->mem, &tape, NULL, NULL);
    if (typed != SALVE_OK && here != NULL) {
        *why = other_type;
        call->error_status = 415;
    }
    if (call->wrong.code != SALVE_OK) {
        *why = call->wrong;
        call->error_status = status;
    }
    TRY(api_write_one(&in, &one, &tape, why, err));
    return api_answer_written(&in, err);
}

enum salve_code api_patch(struct api_call *call, struct salve_err *err)
{
    const struct rec_resource *here = NULL;
    struct salve_err why = {0};
    int status = call->error_status;
    call->error_status = 0;
    why.code = api_find_standing(call, &here, &why);
    return patch(call, why.code == SALVE_OK ? here : NULL, &why, status, err);
}

enum salve_code api_patch_found(struct api_call *call, struct salve_err *err)
{
    const struct rec_resource *found = NULL;
    struct salve_err why = {0};
    int status = call->error_status;
    call->error_status = 0;
    why.code = api_match(call, call->type->id, call->request->query, &found, &why);
    if (why.code == SALVE_OK && found == NULL)
        why.code = salve_refuse(&why, SALVE_E_NOT_FOUND, "nothing is found", "condition");
    if (found != NULL) call->id = found->id;
    return patch(call, found, &why, status, err);
}
