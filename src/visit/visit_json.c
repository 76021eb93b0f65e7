/* SPDX-License-Identifier: Apache-2.0
 * What a face hands out, as JSON and as text; and the Patient of a form. */
#include "base/buf.h"
#include "json/json.h"
#include "visit/clinic.h"
#include "visit/enrol.h"
#include "visit/import.h"
#include "visit/rights.h"
#include "visit/site.h"
#include "visit/visit_int.h"

void visit_bundle_begin(struct json_writer *w)
{
    json_open(w, NULL, '{');
    json_put_text(w, "resourceType", STR("Bundle"));
    json_put_text(w, "type", STR("collection"));
    json_open(w, "entry", '[');
}

void visit_consent_json(const struct rec_consent *consent, struct json_writer *w)
{
    char when[CLOCK_TEXT_BYTES];
    int64_t end_unix_s = consent->grant.not_after_unix_s;
    json_open(w, NULL, '{');
    json_put_text(w, "purpose", str_of(purpose_text(consent->grant.purpose)));
    json_put_bool(w, "inForce", consent->in_force);
    json_put_text(w, "at", clock_text(consent->at_unix_ms, when));
    if (end_unix_s != 0) json_put_text(w, "notAfter", clock_text(end_unix_s * 1000, when));
    if (consent->reminds_until_unix_s != 0) {
        json_put_text(w, "remindOn", consent->grant.remind_on);
        json_put_text(w, "remindsUntil", clock_text(consent->reminds_until_unix_s * 1000, when));
    }
    json_close(w);
}

void visit_classes_add(class_mask classes, struct buf *out)
{
    size_t start = out->len;
    for (int class = 1; class <= CLASS_LAST; class ++)
        if ((classes & CLASS_BIT(class)) != 0)
            buf_addf(out, "%s%s", out->len > start ? ", " : "", class_text((enum data_class) class));
}

enum salve_code visit_look_json(const struct visit_looks *looks, size_t at, struct arena *mem, struct json_writer *w,
                                struct salve_err *err)
{
    const struct rec_look *look = &looks->list[at];
    char when[CLOCK_TEXT_BYTES];
    struct buf text;
    struct str classes;
    buf_init(&text, mem, 1024);
    visit_classes_add(look->classes, &text);
    TRY(buf_done(&text, &classes, err));
    json_open(w, NULL, '{');
    json_put_text(w, "at", clock_text(look->at_unix_ms, when));
    json_put_text(w, "kind", look->kind);
    json_put_text(w, "role", str_of(role_text(look->actor.role)));
    json_put_text(w, "actor", look->actor.id);
    if (look->by.len > 0) json_put_text(w, "by", look->by);
    json_put_text(w, "site", look->actor.site);
    if (look->app.len > 0) json_put_text(w, "app", look->app);
    json_put_text(w, "purpose", look->purpose == 0 ? STR("") : str_of(purpose_text(look->purpose)));
    json_put_text(w, "classes", classes);
    json_put_i64(w, "resources", look->resource_count);
    json_put_i64(w, "leaf", (int64_t)look->leaf_index);
    json_put_bool(w, "proved", look->proved);
    if (look->is_ended) json_put_bool(w, "ended", true);
    if (look->is_unsigned) json_put_text(w, "proofFrom", clock_text(looks->proofs_from_unix_ms, when));
    json_close(w);
    return SALVE_OK;
}

void visit_proof_json(const struct rec_look *look, struct json_writer *w)
{
    char when[CLOCK_TEXT_BYTES];
    json_open(w, NULL, '{');
    json_put_text(w, "receipt", look->kind);
    json_put_text(w, "at", clock_text(look->at_unix_ms, when));
    if (look->purpose != 0) json_put_text(w, "purpose", str_of(purpose_text(look->purpose)));
    json_put_i64(w, "leaf", (int64_t)look->leaf_index);
    if (look->proved) json_put_text(w, "proof", look->proof);
    json_close(w);
}

void visit_version_json(const struct visit_version *version, struct json_writer *w)
{
    char when[CLOCK_TEXT_BYTES];
    json_open(w, NULL, '{');
    json_put_i64(w, "version", version->version);
    json_put_text(w, "savedAt", clock_text(version->saved_at_unix_ms, when));
    json_put_raw(w, "resource", version->json);
    json_close(w);
}

enum salve_code visit_receipt_text(const struct visit_receipt *receipt, struct arena *mem, struct str *out,
                                   struct salve_err *err)
{
    bool is_later = receipt->proof.text.len == 0;
    *out = arena_printf(mem, "%.*s\n\n%.*s\n\n%.*s%s", STR_ARGS(receipt->title), STR_ARGS(receipt->body),
                        STR_ARGS(is_later ? receipt->later : receipt->proof.text), is_later ? "\n" : "");
    return out->ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "receipt") : SALVE_OK;
}

enum salve_code visit_receipt_json(const struct visit_receipt *receipt, struct arena *mem, struct str *out,
                                   struct salve_err *err)
{
    struct buf json;
    char when[CLOCK_TEXT_BYTES];
    buf_init(&json, mem, 1 << 20);
    struct json_writer w = {.out = &json, .pretty = true};
    json_open(&w, NULL, '{');
    json_put_text(&w, "receipt", receipt->proof.kind);
    json_put_text(&w, "at", clock_text(receipt->proof.at_unix_ms, when));
    if (receipt->proof.purpose != 0) json_put_text(&w, "purpose", str_of(purpose_text(receipt->proof.purpose)));
    if (receipt->due.len > 0) json_put_text(&w, "erasedFrom", receipt->due);
    if (receipt->until.len > 0) json_put_text(&w, "keysGoneBy", receipt->until);
    json_put_i64(&w, "leaf", (int64_t)receipt->proof.leaf_index);
    if (receipt->body.len > 0)
        json_put_text(&w, "text",
                      arena_printf(mem, "%.*s\n\n%.*s\n", STR_ARGS(receipt->title), STR_ARGS(receipt->body)));
    if (receipt->proof.text.len > 0)
        json_put_text(&w, "proof", receipt->proof.text);
    else
        json_put_text(&w, "proofFrom", clock_text(receipt->proof.proof_from_unix_ms, when));
    json_close(&w);
    buf_add_char(&json, '\n');
    return buf_done(&json, out, err);
}

static void name_json(const struct visit_patient_form *form, struct json_writer *w)
{
    json_open(w, "name", '[');
    json_open(w, NULL, '{');
    if (form->family.len > 0) json_put_text(w, "family", form->family);
    if (form->given.len > 0) {
        json_open(w, "given", '[');
        json_put_text(w, NULL, form->given);
        json_close(w);
    }
    json_close(w);
    json_close(w);
}

static void telephone_json(struct str telephone, struct json_writer *w)
{
    json_open(w, "telecom", '[');
    json_open(w, NULL, '{');
    json_put_text(w, "system", STR("phone"));
    json_put_text(w, "value", telephone);
    json_close(w);
    json_close(w);
}

static void language_json(struct str language, struct json_writer *w)
{
    json_open(w, "communication", '[');
    json_open(w, NULL, '{');
    json_open(w, "language", '{');
    json_open(w, "coding", '[');
    json_open(w, NULL, '{');
    json_put_text(w, "system", STR("urn:ietf:bcp:47"));
    json_put_text(w, "code", language);
    json_close(w);
    json_close(w);
    json_close(w);
    json_put_bool(w, "preferred", true);
    json_close(w);
    json_close(w);
}

enum salve_code visit_patient_json(const struct visit_patient_form *form, struct arena *mem, struct str *out,
                                   struct salve_err *err)
{
    struct buf json;
    buf_init(&json, mem, 1 << 16);
    struct json_writer w = {.out = &json};
    json_open(&w, NULL, '{');
    json_put_text(&w, "resourceType", STR("Patient"));
    if (form->id.len > 0) json_put_text(&w, "id", form->id);
    if (form->family.len > 0 || form->given.len > 0) name_json(form, &w);
    if (form->birth_date.len > 0) json_put_text(&w, "birthDate", form->birth_date);
    if (form->sex.len > 0) json_put_text(&w, "gender", form->sex);
    if (form->telephone.len > 0) telephone_json(form->telephone, &w);
    if (form->language.len > 0) language_json(form->language, &w);
    json_close(&w);
    return buf_done(&json, out, err);
}

static void count_json(const struct screen_count *row, struct json_writer *w)
{
    json_open(w, NULL, '{');
    json_put_text(w, "guideline", row->guideline);
    json_put_text(w, "item", row->item);
    json_put_text(w, "category", row->category);
    json_put_i64(w, "count", row->count);
    json_close(w);
}

static void again_json(const struct visit_imported *sum, struct json_writer *w)
{
    const struct visit_again *again = &sum->again;
    json_open(w, "again", '{');
    json_put_i64(w, "here", (int64_t)again->here);
    json_put_i64(w, "older", (int64_t)again->older);
    json_put_i64(w, "renewed", (int64_t)again->renewed);
    json_put_i64(w, "takenBack", (int64_t)again->taken_back);
    json_put_i64(w, "namedNothing", (int64_t)again->named_nothing);
    json_put_i64(w, "ours", (int64_t)again->ours);
    json_put_i64(w, "otherCode", (int64_t)again->other_code);
    json_put_bool(w, "nameCorrected", again->name_corrected);
    json_put_bool(w, "birthDateCorrected", again->born_corrected);
    json_put_i64(w, "staleFindings", (int64_t)sum->stale);
    json_put_i64(w, "staleUrgent", (int64_t)sum->stale_urgent);
    json_close(w);
}

void visit_imported_json(struct visit_imported *sum, bool is_finished, struct json_writer *w)
{
    json_open(w, NULL, '{');
    json_put_i64(w, "people", (int64_t)sum->people);
    json_put_i64(w, "enrolledOnly", (int64_t)sum->enrolled_only);
    json_put_i64(w, "toConfirm", (int64_t)sum->waiting);
    json_put_i64(w, "refusedRows", (int64_t)sum->refused_rows);
    json_put_i64(w, "unreadAnswers", (int64_t)sum->unread_answers);
    json_put_i64(w, "lostUrgent", (int64_t)sum->less_urgent);
    json_put_i64(w, "emergencyNow", (int64_t)sum->emergency);
    json_put_i64(w, "sameDay", (int64_t)sum->same_day);
    json_put_i64(w, "resources", (int64_t)sum->resources_in);
    json_put_i64(w, "kept", (int64_t)sum->kept);
    json_open(w, "leftOut", '{');
    for (size_t i = 0; i < sum->rule_count; i++) json_put_i64(w, sum->left_out[i].rule, sum->left_out[i].count);
    json_close(w);
    json_open(w, "apart", '{');
    json_put_i64(w, "kept", (int64_t)sum->apart_kept);
    json_put_i64(w, "notKept", (int64_t)sum->apart_not_kept);
    json_put_i64(w, "findings", (int64_t)sum->apart_found);
    json_put_i64(w, "urgentPeople", (int64_t)sum->apart_urgent);
    json_close(w);
    again_json(sum, w);
    json_put_bool(w, "finished", is_finished);
    json_open(w, "counts", '[');
    screen_counts_sort(&sum->findings);
    for (size_t i = 0; i < sum->findings.count; i++) count_json(&sum->findings.rows[i], w);
    json_close(w);
    json_close(w);
}

void visit_settings_json(const struct site_settings *settings, const struct visit_clinic *clinic, struct json_writer *w)
{
    json_open(w, NULL, '{');
    json_put_text(w, "name", settings->name);
    json_put_text(w, "languages", settings->languages);
    json_put_i64(w, "assentAgeYears", settings->assent_age_years);
    json_put_i64(w, "consentAgeYears", settings->consent_age_years);
    json_put_i64(w, "majorityAgeYears", settings->majority_age_years);
    json_put_bool(w, "nameIndex", settings->name_index);
    json_put_text(w, "identifierSystems", settings->identifier_systems);
    json_put_text(w, "nationalPatterns", settings->national_patterns);
    json_put_text(w, "units", settings->units.ptr == NULL ? STR("") : settings->units);
    if (settings->lock_seconds > 0) json_put_i64(w, "lockSeconds", settings->lock_seconds);
    json_put_text(w, "zone", settings->zone.len == 0 ? STR("UTC") : settings->zone);
    json_put_name(w, STR("clinic"));
    visit_clinic_write(clinic, w);
    json_close(w);
}
