/* SPDX-License-Identifier: Apache-2.0
 * What went wrong, as an OperationOutcome; and what asks for something that Salve never does. */
#include "api/api_int.h"

#include "fhir/outcome.h"

enum { OUTCOME_BYTES_MAX = 1 << 20 };

static struct str text_of(struct api_call *call, const struct salve_err *err)
{
    struct buf out;
    struct str body =
        STR("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"throttled\"}]}");
    buf_init(&out, call->mem, OUTCOME_BYTES_MAX);
    outcome_of(err, &call->issues, call->wants.is_pretty, &out);
    (void)!buf_done(&out, &body, NULL);
    return body;
}

static void answer(struct api_call *call, int status, const struct salve_err *err)
{
    api_answer_text(call, status, text_of(call, err));
}

/* Where issues say it, place by place, the error says nothing more. */
struct str api_outcome_text(struct api_call *call, const struct salve_err *err)
{
    return text_of(call, call->issues.error_count > 0 ? NULL : err);
}

void api_answer_outcome(struct api_call *call, int status) { answer(call, status, NULL); }

void api_answer_error(struct api_call *call, int status, const struct salve_err *err)
{
    bool is_told = call->issues.error_count > 0; /* the issues say it, place by place */
    answer(call, status != 0 ? status : salve_code_http(err->code), is_told ? NULL : err);
}

enum salve_code api_never(struct api_call *call, const char *rule, const char *why, struct salve_err *err)
{
    fhir_issue_add(&call->issues, FHIR_ERROR, "forbidden", STR(""), rule, why);
    return salve_refuse(err, SALVE_E_CONSENT, why, "%s", rule);
}
