/* SPDX-License-Identifier: Apache-2.0
 * $summary of the one person: an International Patient Summary (IPS 2.0.0, OperationDefinition summary). What is kept
 * apart is never in it: that goes out by the person's own hand alone ('salve take --ips --sensitive'). */
#include "api/api_int.h"
#include "ips/ips.h"
#include "visit/share.h"

enum { SUMMARY_BYTES_MAX = 64 << 20 };

/* "system|value" or a value alone is of the person? */
static bool is_identifier_of(const struct tape *patient, struct str wanted)
{
    struct str system = STR_NONE, value = wanted;
    tape_at root = tape_root(patient);
    size_t bar = 0;
    while (bar < wanted.len && wanted.ptr[bar] != '|') bar++;
    if (bar < wanted.len) {
        system = str_cut(wanted, 0, bar);
        value = str_cut(wanted, bar + 1, wanted.len);
    }
    for (tape_at c = tape_first(patient, root); c != TAPE_NONE; c = tape_next(patient, root, c)) {
        if (tape_path_name(patient, c) != FHIR_N_identifier) continue;
        bool is_system = system.ptr == NULL || str_eq(tape_child_text(patient, c, "system"), system);
        if (is_system && value.len > 0 && str_eq(tape_child_text(patient, c, "value"), value)) return true;
    }
    return false;
}

static enum salve_code check_person(struct api_call *call, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    struct str wanted = api_query_get(&call->query, "identifier");
    call->type_name = STR("Patient");
    if (call->id.ptr != NULL) return api_find(call, &all, err);
    if (wanted.ptr == NULL) return SALVE_OK; /* the token says who */
    TRY(rec_all(call->view, CLASS_BIT(CLASS_IDENT), &all, &count, err));
    for (size_t i = 0; i < count; i++)
        if (str_is(all[i].type, "Patient") && is_identifier_of(&all[i].tape, wanted)) return SALVE_OK;
    return api_find(call, &all, err); /* of no id: in the words of any that is not here */
}

static enum salve_code check_profile(struct api_call *call, struct salve_err *err)
{
    struct str profile = api_query_get(&call->query, "profile");
    if (profile.ptr == NULL || str_is(profile, IPS_COMPOSITION) || str_is(profile, IPS_COMPOSITION "|" IPS_VERSION))
        return SALVE_OK;
    call->error_status = 400;
    return salve_refuse(err, SALVE_E_UNSUPPORTED, "summaries are made by " IPS_COMPOSITION "|" IPS_VERSION " alone",
                        "profile");
}

enum salve_code api_person_summary(struct api_call *call, struct salve_err *err)
{
    struct str json;
    struct tape tape;
    const struct fhir_read_opts opts = {.bytes_max = SUMMARY_BYTES_MAX};
    TRY(api_params_plain(call, err));
    TRY(check_person(call, err));
    TRY(check_profile(call, err));
    TRY(visit_summary_of(call->visit, call->view, false, &json, err));
    if (!call->wants.is_pretty) return api_answer_text(call, 200, json), SALVE_OK;
    TRY(fhir_read(json, &opts, call->mem, &tape, NULL, err));
    return api_answer_tape(call, 200, &tape, err);
}
