/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything the person may have: the resources exactly as they were saved, then the gate's own records as FHIR: one
 * Consent a decision, one AuditEvent a line of "who looked". */
#include <stdio.h>

#include "fhir/fhir.h"
#include "fhir/tape_edit.h"
#include "records/view_int.h"

#define FORM_BASE        STR("urn:salve:form")
#define AUDIT_LEAF_URL   STR("urn:salve:extension:leaf-index")
#define AUDIT_PROVED_URL STR("urn:salve:extension:leaf-proved")
#define AUDIT_PROOF_URL  STR("urn:salve:extension:leaf-proof") /* c2sp.org/tlog-proof@v1 */

static void describe(struct str id, const char *type, enum data_class class, int64_t at_unix_ms, uint64_t seq,
                     struct rec_resource *out)
{
    out->id = id;
    out->type = str_of(type);
    out->class = class;
    out->saved_at_unix_ms = at_unix_ms;
    out->record_seq = seq;
    out->version = 1;
}

static struct str own_id(struct rec_view *view, const char *what, uint64_t seq, struct arena *mem)
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(view->gate.chain.id, text);
    return arena_printf(mem, "%s.%s-%llu", text, what, (unsigned long long)seq);
}

/* --- Consent ---------------------------------------------------------------------------------------------------- */

static enum salve_code take_consent(struct rec_view *view, const struct consent_grant *grant, struct str patient,
                                    struct arena *mem, struct rec_resource *out, struct salve_err *err)
{
    struct str json, id = own_id(view, "consent", grant->seq, mem);
    const struct consent_fhir_names names = {.id = id, .patient = patient, .form_base = FORM_BASE};
    enum salve_code code = consent_fhir(grant, &names, view->gate.now_unix_ms / 1000, mem, &json, err);
    if (code == SALVE_OK) code = fhir_read(json, NULL, mem, &out->tape, NULL, err);
    describe(id, "Consent", CLASS_CONSENT, grant->at_unix_s * 1000, grant->seq, out);
    return code;
}

/* --- AuditEvent ------------------------------------------------------------------------------------------------- */

static const char *action_of(struct str kind)
{
    if (str_is(kind, "write") || str_is(kind, "consent") || str_is(kind, "withdrawal")) return "U";
    if (str_is(kind, "share-ended")) return "D";
    if (str_is(kind, "enrolment") || str_is(kind, "card") || str_is(kind, "shared")) return "C";
    return str_is(kind, "look-up") ? "E" : "R";
}

static void put_coding(struct tape_builder *make, const char *name, const char *system, struct str code)
{
    tape_open(make, name);
    tape_add_text(make, "system", str_of(system));
    tape_add_text(make, "code", code);
    tape_close(make);
}

/* An app that the person let in looks by itself; letting it in, and ending it, is the person's doing. */
static bool is_by_app(const struct rec_look *look)
{
    return look->app.len > 0 && !str_is(look->kind, "consent") && !str_is(look->kind, "withdrawal");
}

static void put_app(struct tape_builder *make, const struct rec_look *look)
{
    if (look->app.len == 0) return;
    tape_open(make, "agent");
    tape_open(make, "type");
    put_coding(make, "coding", "http://dicom.nema.org/resources/ontology/DCM", STR("110150")); /* Application */
    tape_close(make);
    tape_add_text(make, "name", look->app);
    tape_add_bool(make, "requestor", is_by_app(look));
    tape_close(make);
}

static void put_agent(struct tape_builder *make, const struct rec_look *look)
{
    tape_open(make, "agent");
    tape_open(make, "role");
    put_coding(make, "coding", "urn:salve:role", str_of(role_text(look->actor.role)));
    tape_close(make);
    if (look->actor.id.len > 0) {
        tape_open(make, "who");
        tape_open(make, "identifier");
        tape_add_text(make, "system", STR("urn:salve:staff"));
        tape_add_text(make, "value", look->actor.id);
        tape_close(make);
        tape_close(make);
    }
    if (look->by.len > 0) tape_add_text(make, "name", look->by);
    tape_add_bool(make, "requestor", !is_by_app(look));
    tape_close(make);
    put_app(make, look);
}

static void put_entity(struct tape_builder *make, const struct rec_look *look, struct str patient)
{
    tape_open(make, "entity");
    tape_add_reference(make, "what", patient);
    for (int c = CLASS_IDENT; c <= CLASS_LAST; c++)
        if (look->classes & CLASS_BIT(c))
            put_coding(make, "securityLabel", "urn:salve:class", str_of(class_text((enum data_class)c)));
    tape_close(make);
}

static void put_extensions(struct tape_builder *make, const struct rec_look *look, struct arena *mem)
{
    tape_open(make, "extension");
    tape_add_text(make, "url", AUDIT_LEAF_URL);
    tape_add_text(make, "valueString", arena_printf(mem, "%llu", (unsigned long long)look->leaf_index));
    tape_close(make);
    if (look->is_unsigned || look->is_ended) return; /* true or false is known when it is signed */
    tape_open(make, "extension");
    tape_add_text(make, "url", AUDIT_PROVED_URL);
    tape_add_bool(make, "valueBoolean", look->proved);
    tape_close(make);
    if (!look->proved) return;
    tape_open(make, "extension");
    tape_add_text(make, "url", AUDIT_PROOF_URL);
    tape_add_text(make, "valueString", look->proof);
    tape_close(make);
}

/* Elements in the order of the definition: type, subtype, action, recorded, outcome, purposeOfEvent, agent, source,
 * entity. */
static enum salve_code take_look(struct rec_view *view, const struct rec_look *look, struct str patient,
                                 struct arena *mem, struct rec_resource *out, struct salve_err *err)
{
    struct tape_builder make;
    char at[CLOCK_TEXT_BYTES];
    struct str id = own_id(view, "audit", look->record_seq, mem);
    tape_build(&make, mem, FHIR_T_AuditEvent);
    tape_add_text(&make, "id", id);
    put_extensions(&make, look, mem);
    put_coding(&make, "type", "http://terminology.hl7.org/CodeSystem/audit-event-type", STR("rest"));
    put_coding(&make, "subtype", "urn:salve:event", look->kind);
    tape_add_text(&make, "action", str_of(action_of(look->kind)));
    tape_add_text(&make, "recorded", clock_text(look->at_unix_ms, at));
    tape_add_text(&make, "outcome", str_is(look->kind, "denied") ? STR("4") : STR("0"));
    if (look->is_reminder) tape_add_text(&make, "outcomeDesc", STR("to remind the person of their next check"));
    if (look->purpose != 0) {
        tape_open(&make, "purposeOfEvent");
        put_coding(&make, "coding", "http://terminology.hl7.org/CodeSystem/v3-ActReason",
                   str_of(purpose_reason(look->purpose)));
        tape_close(&make);
    }
    put_agent(&make, look);
    tape_open(&make, "source");
    tape_open(&make, "observer");
    tape_add_text(&make, "display", look->actor.site);
    tape_close(&make);
    tape_close(&make);
    put_entity(&make, look, patient);
    describe(id, "AuditEvent", CLASS_AUDIT, look->at_unix_ms, look->record_seq, out);
    return tape_built(&make, &out->tape, err);
}

/* --- all of it -------------------------------------------------------------------------------------------------- */

/* "Patient/<id>" of the person's own Patient resource; where that is not read, the one of the enrolment. */
static struct str patient_reference(const struct rec_view *view, const struct rec_resource *all, size_t count,
                                    struct arena *mem)
{
    char id[COMPARTMENT_TEXT_BYTES + 1];
    for (size_t i = 0; i < count; i++)
        if (str_is(all[i].type, "Patient")) return arena_printf(mem, "Patient/%.*s", STR_ARGS(all[i].id));
    compartment_text(view->gate.chain.id, id);
    return arena_printf(mem, "Patient/%s.1", id);
}

static enum salve_code keep_text(struct rec_resource *resource, struct arena *mem, struct salve_err *err)
{
    enum salve_code code = arena_str(mem, resource->id, &resource->id, err);
    return code == SALVE_OK
               ? tape_copy(&resource->tape, tape_root(&resource->tape), NULL, NULL, mem, &resource->tape, err)
               : code;
}

enum salve_code near_rec_take(struct rec_view *view, struct arena *mem, const struct rec_resource **out, size_t *count,
                              struct salve_err *err)
{
    const struct rec_resource *stored = NULL;
    struct rec_look *looks = NULL;
    size_t stored_count = 0, look_count = 0, missing = 0, n = 0;
    bool is_all = rec_view_may(view, ACT_TAKE);
    if (!is_all && !rec_view_may(view, ACT_LOOKED)) return salve_fail(err, SALVE_E_CONSENT, "purpose self");
    enum salve_code code = is_all ? near_rec_all(view, 0, &stored, &stored_count, err) : SALVE_OK;
    if (code == SALVE_OK) code = near_rec_looked(view, mem, &looks, &look_count, &missing, err);
    if (code != SALVE_OK) return code;
    const struct rec_gate *gate = &view->gate;
    size_t grant_count = is_all ? gate->grant_count : 0;
    struct rec_resource *list = arena_array(mem, struct rec_resource, stored_count + grant_count + look_count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "take");
    struct str patient = patient_reference(view, stored, stored_count, mem);
    for (size_t i = 0; i < stored_count && code == SALVE_OK; i++) {
        list[n] = stored[i];
        code = keep_text(&list[n++], mem, err);
        rec_breathe(view->site);
    }
    for (size_t i = 0; i < grant_count && code == SALVE_OK; i++)
        code = take_consent(view, &gate->grants[i], patient, mem, &list[n++], err);
    for (size_t i = 0; i < look_count && code == SALVE_OK; i++) {
        code = take_look(view, &looks[i], patient, mem, &list[n++], err);
        rec_breathe(view->site);
    }
    if (code == SALVE_OK) code = rec_view_stands(view, err);
    salve_assert(code != SALVE_OK || n == stored_count + grant_count + look_count);
    *out = list;
    *count = n;
    return code;
}
