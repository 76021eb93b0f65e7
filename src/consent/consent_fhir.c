/* SPDX-License-Identifier: Apache-2.0
 * A decision as a FHIR R4 Consent: for the person's own copy and for the API. One purpose each, a permit at the root,
 * and no way to write `rejected`. */
#include "consent/consent_int.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/buf.h"
#include "base/clock.h"
#include "json/json.h"

#define TERMINOLOGY "http://terminology.hl7.org/CodeSystem/"

enum { FHIR_BYTES_MAX = 32 << 10, URI_BYTES_MAX = 1000 };

/* clang-format off */
/*    purpose     scope              category system           category    action */
#define FHIR_PURPOSES(X)                                                                                               \
    X(CARE,       "treatment",       "v3-ActCode",             "INFA",     "access")                                   \
    X(FOLLOW_UP,  "treatment",       "v3-ActCode",             "INFA",     "access")                                   \
    X(STATISTICS, "patient-privacy", "v3-ActCode",             "RSDID",    "use")                                      \
    X(RESEARCH,   "research",        "consentcategorycodes",   "research", "use")                                      \
    X(TRANSFER,   "patient-privacy", "v3-ActCode",             "IDSCL",    "disclose")                                 \
    X(HELPER,     "patient-privacy", "v3-ActCode",             "INFA",     "access")
/* clang-format on */

struct fhir_row {
    const char *scope, *category_system, *category, *action;
};

static const struct fhir_row *fhir_row(enum purpose purpose)
{
    static const struct fhir_row ROWS[PURPOSE_LAST + 1] = {
#define X(name, scope, system, category, action) [PURPOSE_##name] = {scope, TERMINOLOGY system, category, action},
        FHIR_PURPOSES(X)
#undef X
    };
    if ((int)purpose < 1 || purpose > PURPOSE_LAST || ROWS[purpose].scope == NULL) return NULL;
    return &ROWS[purpose];
}

static void put_coding(struct json_writer *w, const char *name, const char *system, const char *code)
{
    json_open(w, name, '{');
    json_put_text(w, "system", str_of(system));
    json_put_text(w, "code", str_of(code));
    json_close(w);
}

/* "name": {"coding": [{...}]}; name NULL in an array */
static void put_concept(struct json_writer *w, const char *name, const char *system, const char *code)
{
    json_open(w, name, '{');
    json_open(w, "coding", '[');
    put_coding(w, NULL, system, code);
    json_close(w);
    json_close(w);
}

static void put_time(struct json_writer *w, const char *name, int64_t unix_s)
{
    char text[CLOCK_TEXT_BYTES];
    json_put_text(w, name, clock_text(unix_s * 1000, text));
}

static void put_reference(struct json_writer *w, const char *name, struct str reference)
{
    json_open(w, name, '{');
    json_put_text(w, "reference", reference);
    json_close(w);
}

static void put_performers(struct json_writer *w, const struct consent_grant *grant, struct str patient,
                           const char *uri)
{
    json_open(w, "performer", '[');
    if (grant->by == CONSENT_BY_GUARDIAN) {
        json_open(w, NULL, '{');
        json_put_text(w, "type", STR("RelatedPerson"));
        json_put_text(w, "display", STR("guardian"));
        json_close(w);
    }
    json_open(w, NULL, '{');
    if (grant->by == CONSENT_BY_GUARDIAN) {
        json_open(w, "extension", '[');
        json_open(w, NULL, '{');
        json_put_text(w, "url", str_of(uri));
        json_put_text(w, "valueCode", str_of(consent_assent_text(grant->assent)));
        json_close(w);
        json_close(w);
    }
    json_put_text(w, "reference", patient);
    json_close(w);
    json_close(w);
}

/* Of follow-up: the day of the next check, before which the person wants to be called. */
static void put_reminder(struct json_writer *w, const struct consent_grant *grant, struct str form_base,
                         struct arena *mem)
{
    if (grant->remind_on.len == 0) return;
    json_open(w, "extension", '[');
    json_open(w, NULL, '{');
    json_put_text(w, "url", arena_printf(mem, "%.*s/remind-on", STR_ARGS(form_base)));
    json_put_text(w, "valueDate", grant->remind_on);
    json_close(w);
    json_close(w);
}

static void put_source(struct json_writer *w, const struct consent_form_ref *form, const char *uri)
{
    char title[7 + CONSENT_SHA256_BYTES * 2 + 1] = "sha256:";
    str_hex(form->sha256, CONSENT_SHA256_BYTES, title + 7);
    json_open(w, "sourceAttachment", '{');
    json_put_text(w, "contentType", STR("application/json"));
    json_put_text(w, "language", form->lang);
    json_put_text(w, "url", str_of(uri));
    json_put_text(w, "title", str_of(title));
    json_close(w);
}

static void put_actor(struct json_writer *w, const char *system, const char *code, struct str display)
{
    json_open(w, NULL, '{');
    put_concept(w, "role", system, code);
    json_open(w, "reference", '{');
    json_put_text(w, "display", display);
    json_close(w);
    json_close(w);
}

static void put_actors(struct json_writer *w, const struct consent_grant *grant)
{
    bool is_guardian = grant->by == CONSENT_BY_GUARDIAN;
    if (!is_guardian && grant->witness == CONSENT_WITNESS_NONE && grant->to.len == 0) return;
    json_open(w, "actor", '[');
    if (is_guardian) put_actor(w, TERMINOLOGY "v3-RoleClass", "GUARD", STR("guardian"));
    if (grant->witness == CONSENT_WITNESS_INDEPENDENT)
        put_actor(w, TERMINOLOGY "v3-ParticipationType", "WIT", STR("independent witness"));
    if (grant->witness == CONSENT_WITNESS_INTERPRETER)
        put_actor(w, TERMINOLOGY "v3-RoleCode", "INTPRTER", STR("interpreter"));
    if (grant->to.len > 0) put_actor(w, TERMINOLOGY "v3-ParticipationType", "IRCP", grant->to);
    json_close(w);
}

static void put_provision(struct json_writer *w, const struct consent_grant *grant, const char *class_system)
{
    json_open(w, "provision", '{');
    json_put_text(w, "type", STR("permit"));
    json_open(w, "period", '{');
    put_time(w, "start", grant->at_unix_s);
    /* FHIR's end is inside the period */
    if (grant->not_after_unix_s > grant->at_unix_s) put_time(w, "end", grant->not_after_unix_s - 1);
    json_close(w);
    put_actors(w, grant);
    json_open(w, "action", '[');
    put_concept(w, NULL, TERMINOLOGY "consentaction", fhir_row(grant->purpose)->action);
    json_close(w);
    if (grant->classes != 0) {
        json_open(w, "securityLabel", '[');
        for (int class = 1; class <= CLASS_LAST; class ++)
            if ((grant->classes & CLASS_BIT(class)) != 0)
                put_coding(w, NULL, class_system, class_text((enum data_class) class));
        json_close(w);
    }
    json_open(w, "purpose", '[');
    put_coding(w, NULL, TERMINOLOGY "v3-ActReason", purpose_reason(grant->purpose));
    json_close(w);
    json_close(w);
}

static void put_verification(struct json_writer *w, const struct consent_grant *grant, struct str patient)
{
    if (grant->teach_back != CONSENT_TEACH_BACK_DONE) return;
    json_open(w, "verification", '[');
    json_open(w, NULL, '{');
    json_put_bool(w, "verified", true);
    if (grant->by == CONSENT_BY_PARTICIPANT) put_reference(w, "verifiedWith", patient);
    put_time(w, "verificationDate", grant->at_unix_s);
    json_close(w);
    json_close(w);
}

enum salve_code consent_fhir(const struct consent_grant *grant, const struct consent_fhir_names *names,
                             int64_t now_unix_s, struct arena *mem, struct str *json, struct salve_err *err)
{
    const struct fhir_row *row = fhir_row(grant->purpose);
    salve_assert(names->form_base.len > 0);
    if (row == NULL) return consent_refuse(err, SALVE_E_INVALID, "Consent.purpose", "not a purpose that is agreed to");
    if (names->form_base.len + grant->form.id.len > URI_BYTES_MAX)
        return consent_refuse(err, SALVE_E_TOO_BIG, "Consent.policy", "the form's URI is too long");
    struct str form = arena_printf(mem, "%.*s/%.*s|%u.%u", STR_ARGS(names->form_base), STR_ARGS(grant->form.id),
                                   grant->form.major, grant->form.minor);
    struct str assent = arena_printf(mem, "%.*s/child-assent", STR_ARGS(names->form_base));
    struct str class_system = arena_printf(mem, "%.*s/data-class", STR_ARGS(names->form_base));
    if (form.ptr == NULL || assent.ptr == NULL || class_system.ptr == NULL)
        return salve_fail(err, SALVE_E_MEMORY, "Consent");
    bool is_active = consent_stands(grant, 1, grant->purpose, now_unix_s, NULL).allowed;
    struct buf out;
    struct json_writer w = {.out = &out};
    buf_init(&out, mem, FHIR_BYTES_MAX);
    json_open(&w, NULL, '{');
    json_put_text(&w, "resourceType", STR("Consent"));
    json_put_text(&w, "id", names->id);
    put_reminder(&w, grant, names->form_base, mem);
    json_put_text(&w, "status", is_active ? STR("active") : STR("inactive"));
    put_concept(&w, "scope", TERMINOLOGY "consentscope", row->scope);
    json_open(&w, "category", '[');
    put_concept(&w, NULL, row->category_system, row->category);
    json_close(&w);
    put_reference(&w, "patient", names->patient);
    if (grant->agreed_on.len > 0)
        json_put_text(&w, "dateTime", grant->agreed_on);
    else
        put_time(&w, "dateTime", grant->at_unix_s);
    put_performers(&w, grant, names->patient, assent.ptr);
    if (names->organization.len > 0) {
        json_open(&w, "organization", '[');
        put_reference(&w, NULL, names->organization);
        json_close(&w);
    }
    put_source(&w, &grant->form, form.ptr);
    json_open(&w, "policy", '[');
    json_open(&w, NULL, '{');
    json_put_text(&w, "uri", form);
    json_close(&w);
    json_close(&w);
    put_verification(&w, grant, names->patient);
    put_provision(&w, grant, class_system.ptr);
    json_close(&w);
    return buf_done(&out, json, err);
}
