/* SPDX-License-Identifier: Apache-2.0
 * Forms of the one person: $populate, the first answers of a questionnaire out of the record, and $extract, the
 * Observations that its answers are (SDC 3.0, OperationDefinitions Questionnaire-populate and
 * QuestionnaireResponse-extract). Neither keeps anything; an alarm in the answers is said all the same. */
#include "api/api_int.h"

#include "admit/import.h"
#include "fhir/index.h"
#include "fhir/tape_edit.h"
#include "form/form.h"
#include "records/site.h"
#include "visit/answers.h"
#include "visit/content.h"

/* --- $populate ---------------------------------------------------------------------------------------------------- */

/* Whoever names a subject means the person who is open. */
static enum salve_code check_subject(struct api_call *call, struct str reference, struct salve_err *err)
{
    const struct rec_resource *person = NULL;
    struct fhir_reference to;
    if (reference.ptr == NULL) return SALVE_OK;
    struct str questionnaire = call->id;
    call->type_name = STR("Patient");
    call->id = fhir_reference_split(reference, &to) && to.type == FHIR_T_Patient ? to.id : STR("none");
    enum salve_code code = api_find(call, &person, err);
    call->id = questionnaire;
    return code;
}

/* The questionnaire of the address, else the one that is named: `canonical`, or `questionnaireRef`. */
static enum salve_code questionnaire_of(struct api_call *call, struct salve_err *err)
{
    struct fhir_reference to;
    struct str canonical = api_query_get(&call->query, "canonical");
    struct str reference = api_query_get(&call->query, "questionnaireRef");
    if (call->id.ptr != NULL) return SALVE_OK;
    if (canonical.ptr != NULL) return api_questionnaire_find(call, canonical, &call->id, err);
    if (fhir_reference_split(reference, &to) && to.type == FHIR_T_Questionnaire) return call->id = to.id, SALVE_OK;
    call->error_status = 400;
    return salve_refuse(err, SALVE_E_USAGE, "the parameter canonical or questionnaireRef is wanted", "canonical");
}

static void put_resource(struct tape_builder *make, const char *name, const struct tape *tape)
{
    tape_open(make, "parameter");
    tape_add_text(make, "name", str_of(name));
    tape_add_copy(make, "resource", tape, tape_root(tape));
    tape_close(make);
}

/* What is told beside it: alarms, and answers that nobody will judge. */
static void put_issues(struct api_call *call, struct tape_builder *make)
{
    static const char *const severities[] = {"fatal", "error", "warning", "information"};
    if (call->issues.count == 0) return;
    tape_open(make, "parameter");
    tape_add_text(make, "name", STR("issues"));
    tape_open_resource(make, "resource", FHIR_T_OperationOutcome);
    for (size_t i = 0; i < call->issues.count; i++) {
        const struct fhir_issue *one = &call->issues.items[i];
        tape_open(make, "issue");
        tape_add_text(make, "severity", str_of(severities[one->severity]));
        tape_add_text(make, "code", str_of(one->code));
        tape_open(make, "details");
        tape_open(make, "coding");
        tape_add_text(make, "code", str_of(one->rule));
        tape_close(make);
        tape_add_text(make, "text", str_of(one->text));
        tape_close(make);
        tape_close(make);
    }
    tape_close(make);
    tape_close(make);
}

enum salve_code api_populate(struct api_call *call, struct salve_err *err)
{
    const struct form *form = NULL;
    struct tape_builder make;
    struct tape response, answer;
    struct str json;
    struct api_params params;
    TRY(api_params_read(call, &params, err));
    if (params.is_bare) return salve_refuse(err, SALVE_E_USAGE, "Parameters are wanted", "resourceType");
    TRY(questionnaire_of(call, err));
    TRY(check_subject(call, api_query_get(&call->query, "subject"), err));
    TRY(visit_questionnaire(call->visit->content, call->id, &form, err));
    TRY(visit_populate(call->visit, call->visit->held->who, form, &json, err));
    TRY(fhir_read(json, NULL, call->mem, &response, NULL, err));
    tape_build(&make, call->mem, FHIR_T_Parameters);
    put_resource(&make, "response", &response);
    put_issues(call, &make);
    TRY(tape_built(&make, &answer, err));
    return api_answer_tape(call, 200, &answer, err);
}

/* --- $extract ----------------------------------------------------------------------------------------------------- */

/* The response: the body, parameter "questionnaire-response" of Parameters, or the stored one of the address. */
static enum salve_code response_of(struct api_call *call, struct tape *out, struct salve_err *err)
{
    const struct rec_resource *stored = NULL;
    struct api_params params;
    call->type_name = STR("QuestionnaireResponse");
    TRY(api_params_read(call, &params, err));
    TRY(api_params_resource(call, &params, "questionnaire-response", out, err));
    call->error_status = 0;
    if (out->node_count == 0 && call->id.ptr != NULL) {
        struct api_writing judged = {.call = call};
        TRY(api_find(call, &stored, err));
        *out = stored->tape;
        TRY(api_judge(&judged, out, err));
    }
    if (out->node_count > 0 && tape_type(out, 0) == FHIR_T_QuestionnaireResponse) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "a QuestionnaireResponse is wanted, or a parameter of that name",
                        "questionnaire-response");
}

/* As an import reads it: one response, and what is made of its answers behind it. */
static enum salve_code observations_of(struct api_call *call, const struct tape *response, struct tape *bundle,
                                       uint32_t *unread, struct salve_err *err)
{
    struct buf out;
    struct str json;
    buf_init(&out, call->mem, 2 * API_BODY_BYTES_MAX);
    fhir_write(response, tape_root(response), FHIR_COMPACT, &out);
    TRY(buf_done(&out, &json, err));
    TRY(import_read(json, call->mem, bundle, NULL, err));
    return import_answers(site_admission(call->visit->site), bundle, call->mem, unread, err);
}

static void put_entries(struct tape_builder *make, const struct tape *bundle)
{
    for (tape_at at = TAPE_NONE; tape_each_resource(bundle, &at);) {
        if (tape_type(bundle, at) != FHIR_T_Observation) continue;
        tape_open(make, "entry");
        tape_add_copy(make, "resource", bundle, at);
        tape_open(make, "request");
        tape_add_text(make, "method", STR("POST"));
        tape_add_text(make, "url", STR("Observation"));
        tape_close(make);
        tape_close(make);
    }
}

enum salve_code api_extract(struct api_call *call, struct salve_err *err)
{
    struct tape response, bundle, answer;
    struct tape_builder make;
    uint32_t unread = 0;
    TRY(response_of(call, &response, err));
    TRY(observations_of(call, &response, &bundle, &unread, err));
    if (unread > 0)
        fhir_issue_add(&call->issues, FHIR_WARNING, "informational", STR("QuestionnaireResponse.item"),
                       "salve-form/unread", "some answers have no code that observations are admitted under");
    tape_build(&make, call->mem, FHIR_T_Parameters);
    tape_open(&make, "parameter");
    tape_add_text(&make, "name", STR("return"));
    tape_open_resource(&make, "resource", FHIR_T_Bundle);
    tape_add_text(&make, "type", STR("transaction"));
    put_entries(&make, &bundle);
    tape_close(&make);
    tape_close(&make);
    put_issues(call, &make);
    TRY(tape_built(&make, &answer, err));
    return api_answer_tape(call, 200, &answer, err);
}
