/* SPDX-License-Identifier: Apache-2.0
 * update of the version that the client has seen (R4 http.html 3.1.0.4, 3.1.0.5). No client chooses an id. */
#include "api/api_int.h"

/* If-Match says it, or else the body: it was read somewhere. */
enum salve_code api_version_wanted(struct api_writing *in, struct str if_match, const struct tape *tape,
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

enum salve_code api_update(struct api_call *call, struct salve_err *err)
{
    struct api_writing in = {.call = call};
    struct visit_write one = {.act = VISIT_UPDATE, .id = call->id};
    struct tape tape;
    struct salve_err why = {0};
    why.code = api_body_resource(call, &tape, &why);
    if (why.code == SALVE_OK) {
        why.code = api_version_wanted(&in, http_request_header(call->request, "if-match"), &tape, &one.version, &why);
        if (why.code != SALVE_OK) call->error_status = 400;
    }
    TRY(api_write_one(&in, &one, &tape, &why, err));
    return api_answer_written(&in, err);
}
