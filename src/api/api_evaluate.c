/* SPDX-License-Identifier: Apache-2.0
 * $evaluate: what the guidelines that this site accepted say of the open person now, as Parameters. Nothing is kept and
 * nothing signed, so it is for those who work with findings; a person's own program reads results. */
#include "api/api_int.h"

#include "fhir/tape_edit.h"
#include "visit/check.h"

static void put_part(struct tape_builder *make, const char *name, struct str text)
{
    if (text.len == 0) return;
    tape_open(make, "part");
    tape_add_text(make, "name", str_of(name));
    tape_add_text(make, "valueString", text);
    tape_close(make);
}

static void put_list(struct tape_builder *make, const char *name, const struct str *list, size_t count)
{
    for (size_t i = 0; i < count; i++) put_part(make, name, list[i]);
}

static void put_inputs(struct tape_builder *make, const char *name, const struct finding_input *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tape_open(make, "part");
        tape_add_text(make, "name", str_of(name));
#define FINDING_INPUT(member, what) put_part(make, #member, list[i].member);
#include "guideline/finding.def"
        tape_close(make);
    }
}

/* The fields of finding.def by their names; an empty one is left out. */
static void put_finding(struct tape_builder *make, const struct finding *finding)
{
    tape_open(make, "parameter");
    tape_add_text(make, "name", STR("finding"));
#define FINDING_TEXT(name, ...)       put_part(make, #name, finding->name);
#define FINDING_NUMBER(name, ...)     put_part(make, #name, finding->name);
#define FINDING_WORD(name, type, ...) put_part(make, #name, str_of(type##_text(finding->name)));
#define FINDING_LIST(name, ...)       put_list(make, #name, finding->name, finding->name##_count);
#define FINDING_INPUTS(name, ...)     put_inputs(make, #name, finding->name, finding->input_count);
#include "guideline/finding.def"
    tape_close(make);
}

enum salve_code api_evaluate(struct api_call *call, struct salve_err *err)
{
    const struct rec_resource *person = NULL;
    const struct visit_screening *screening = NULL;
    struct screen_found found;
    struct tape_builder make;
    struct tape answer;
    size_t count = 0;
    TRY(api_params_plain(call, err));
    struct str guideline = api_query_get(&call->query, "guideline");
    call->type_name = STR("Patient");
    if (call->id.ptr != NULL) TRY(api_find(call, &person, err));
    if (call->visit->actor.role == ROLE_PARTICIPANT || !rec_shows(call->view, CLASS_CLIN))
        return salve_refuse(err, SALVE_E_ROLE, "findings are for those who judge them, until they are signed", "token");
    TRY(pages_lent_screening(&call->lent, &screening, err));
    TRY(visit_evaluate(call->visit, screening, call->view, &found, err));
    tape_build(&make, call->mem, FHIR_T_Parameters);
    for (size_t i = 0; i < found.count; i++) {
        bool is_wanted = guideline.ptr == NULL || str_eq(found.list[i].guideline, guideline);
        bool is_alarm = screen_is_alarms(found.list[i].guideline) && found.list[i].urgency <= URGENCY_SAME_DAY;
        if (!is_wanted && !is_alarm) continue; /* an alarm is told, whatever was asked */
        put_finding(&make, &found.list[i]);
        count += is_wanted;
    }
    if (guideline.ptr != NULL && count == 0)
        return salve_refuse(err, SALVE_E_NOT_FOUND, "no guideline of that id is in force here", "guideline");
    TRY(tape_built(&make, &answer, err));
    return api_answer_tape(call, 200, &answer, err);
}
