/* SPDX-License-Identifier: Apache-2.0
 * create, also where something alike is not here yet (R4 http.html 3.1.0.8). */
#include "api/api_int.h"

/* What is there already of the condition is the answer; an alarm in what came is, before that. */
static enum salve_code answer_found(struct api_writing *in, struct visit_write *one, const struct tape *tape,
                                    const struct rec_resource *found, struct salve_err *err)
{
    struct api_call *call = in->call;
    one->resource = tape;
    one->type = tape_type(tape, 0);
    in->list = one;
    in->count = 1;
    TRY(api_judge_unkept(in, err));
    http_reply_header(call->reply, "Location", api_location(call, found));
    if (!in->has_alarm) return api_answer_stored(call, 200, found, err);
    api_answer_outcome(call, 200);
    return SALVE_OK;
}

enum salve_code api_create(struct api_call *call, struct salve_err *err)
{
    struct api_writing in = {.call = call};
    struct visit_write one = {.act = VISIT_CREATE};
    struct tape tape;
    struct salve_err why = {0};
    const struct rec_resource *found = NULL;
    struct str condition = http_request_header(call->request, "if-none-exist");
    why.code = api_body_resource(call, &tape, &why);
    if (why.code == SALVE_OK && condition.ptr != NULL) {
        why.code = api_match(call, call->type->id, condition, &found, &why);
        if (found != NULL) return answer_found(&in, &one, &tape, found, err);
    }
    TRY(api_write_one(&in, &one, &tape, &why, err));
    return api_answer_written(&in, err);
}
