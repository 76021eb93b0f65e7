/* SPDX-License-Identifier: Apache-2.0
 * delete, which is a correction: the next version says that it never was, and stays in the history (R4 http.html
 * 3.1.0.7); also of the one resource that a search finds. */
#include "api/api_int.h"

enum salve_code api_delete(struct api_call *call, struct salve_err *err)
{
    struct visit_write one = {.act = VISIT_DELETE, .type = call->type->id, .id = call->id};
    struct api_writing in = {.call = call, .list = &one, .count = 1, .is_precondition = true};
    const struct rec_resource *gone = NULL;
    bool is_any = false;
    call->error_status = 400;
    TRY(api_if_match(http_request_header(call->request, "if-match"), &is_any, &one.version, err));
    call->error_status = 0;
    TRY(api_write(&in, NULL, err));
    TRY(api_write_stored(&in, err));
    TRY(api_written(&in, 0, &gone, err));
    if (gone != NULL) http_reply_header(call->reply, "ETag", api_tag(call->mem, gone->version));
    if (in.has_alarm || call->wants.returned == API_RETURN_OUTCOME) {
        api_answer_outcome(call, 200);
        return SALVE_OK;
    }
    call->reply->status = 204;
    return SALVE_OK;
}

/* Where nothing is found, nothing is left to do. */
enum salve_code api_delete_found(struct api_call *call, struct salve_err *err)
{
    const struct rec_resource *found = NULL;
    TRY(api_match(call, call->type->id, call->request->query, &found, err));
    if (found != NULL) {
        call->id = found->id;
        return api_delete(call, err);
    }
    call->reply->status = 204;
    return SALVE_OK;
}
