/* SPDX-License-Identifier: Apache-2.0
 *
 * Findings as FHIR: an Observation with what every reader understands (code, value, interpretation, derivedFrom) and
 * one extension that holds the whole finding, a proposed ServiceRequest, a Task to measure again.
 * docs/formats/findings.md. */
#include "base/assert.h"
#include "base/zone.h"
#include "screen/screen_int.h"

#define UCUM "http://unitsofmeasure.org"

/* --- small parts -------------------------------------------------------------------------------------------------- */

static void add_coding(struct tape_builder *make, struct str system, struct str version, struct str code)
{
    tape_open(make, "coding");
    tape_add_text(make, "system", system);
    if (version.len > 0) tape_add_text(make, "version", version);
    tape_add_text(make, "code", code);
    tape_close(make);
}

static void add_concept(struct tape_builder *make, const char *name, struct str system, struct str version,
                        struct str code)
{
    tape_open(make, name);
    add_coding(make, system, version, code);
    tape_close(make);
}

static void add_reference(struct tape_builder *make, const char *name, struct str reference)
{
    tape_open(make, name);
    tape_add_text(make, "reference", reference);
    tape_close(make);
}

static void add_quantity(struct tape_builder *make, struct str value, struct str unit)
{
    tape_open(make, "valueQuantity");
    tape_add_number(make, "value", value);
    if (unit.len > 0) {
        tape_add_text(make, "unit", unit);
        tape_add_text(make, "system", STR(UCUM));
        tape_add_text(make, "code", unit);
    }
    tape_close(make);
}

/* part - one leaf of the finding extension; an empty text is left out. */
static void part(struct tape_builder *make, const char *url, struct str text)
{
    if (text.len == 0) return;
    tape_open(make, "extension");
    tape_add_text(make, "url", str_of(url));
    tape_add_text(make, "valueString", text);
    tape_close(make);
}

/* --- the extension ------------------------------------------------------------------------------------------------ */

static void add_input(struct tape_builder *make, const struct finding_input *input)
{
    tape_open(make, "extension");
    tape_add_text(make, "url", STR(SCREEN_INPUT));
#define FINDING_INPUT(name, what) part(make, SCREEN_EXTENSION #name, input->name);
#include "guideline/finding.def"
    tape_close(make);
}

static void parts(struct tape_builder *make, const char *url, const struct str *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) part(make, url, texts[i]);
}

static void add_finding(struct tape_builder *make, const struct finding *finding)
{
    tape_open(make, "extension");
    tape_add_text(make, "url", STR(SCREEN_FINDING));
#define FINDING_TEXT(name, ...)       part(make, SCREEN_EXTENSION #name, finding->name);
#define FINDING_NUMBER(name, ...)     part(make, SCREEN_EXTENSION #name, finding->name);
#define FINDING_WORD(name, type, ...) part(make, SCREEN_EXTENSION #name, str_of(type##_text(finding->name)));
#define FINDING_LIST(name, ...)       parts(make, SCREEN_EXTENSION #name, finding->name, finding->name##_count);
#define FINDING_INPUTS(name, ...)                                                                                      \
    for (size_t i = 0; i < finding->input_count; i++) add_input(make, &finding->name[i]);
#include "guideline/finding.def"
    tape_close(make);
}

/* --- Observation -------------------------------------------------------------------------------------------------- */

static const char *absent_reason(enum finding_status status)
{
    if (status == FINDING_QUERIED || status == FINDING_NOT_JUDGED) return "error";
    return status == FINDING_EXCLUDED ? "not-applicable" : "unknown";
}

/* The value: a pair as components, a number as a quantity, else the category. */
static void add_value(struct tape_builder *make, const struct finding *finding)
{
    if (finding->value2.len > 0) return;
    if (finding->status == FINDING_ASSESSED && finding->value.len > 0)
        add_quantity(make, finding->value, finding->unit);
    else if (finding->status == FINDING_ASSESSED)
        add_concept(make, "valueCodeableConcept", STR("urn:salve:category"), STR(""), finding->category);
    else
        add_concept(make, "dataAbsentReason", STR("http://terminology.hl7.org/CodeSystem/data-absent-reason"), STR(""),
                    str_of(absent_reason(finding->status)));
}

static void add_component(struct tape_builder *make, const struct guideline_item *item, size_t index, struct str value,
                          struct str unit)
{
    tape_open(make, "component");
    tape_open(make, "code");
    if (item != NULL && index < item->part_count)
        add_coding(make, item->system, STR(""), item->parts[index]);
    else
        add_coding(make, STR("urn:salve:part"), STR(""), index == 0 ? STR("first") : STR("second"));
    tape_close(make);
    add_quantity(make, value, unit);
    tape_close(make);
}

/* derivedFrom: every Observation that was used, once. */
static void add_derived_from(struct tape_builder *make, const struct finding *finding)
{
    for (size_t i = 0; i < finding->input_count; i++) {
        bool is_first = str_starts(finding->inputs[i].reference, STR("Observation/"));
        for (size_t j = 0; j < i; j++)
            is_first = is_first && !str_eq(finding->inputs[i].reference, finding->inputs[j].reference);
        if (is_first) add_reference(make, "derivedFrom", finding->inputs[i].reference);
    }
}

enum salve_code screen_observation(const struct screen_draft *draft, struct arena *mem, struct tape *out,
                                   struct salve_err *err)
{
    const struct finding *finding = draft->finding;
    const struct guideline_item *item = draft->item;
    char now[CLOCK_TEXT_BYTES];
    struct tape_builder make;
    if (item == NULL && finding->status != FINDING_NOT_JUDGED)
        return salve_fail(err, SALVE_E_INVALID, "finding of %.*s", STR_ARGS(finding->guideline));
    tape_build(&make, mem, FHIR_T_Observation);
    tape_add_text(&make, "id", draft->id);
    add_finding(&make, finding);
    tape_add_text(&make, "status", STR("preliminary"));
    tape_open(&make, "code");
    add_coding(&make, STR("urn:salve:item"), STR(""), finding->item);
    if (item != NULL && item->code.len > 0) add_coding(&make, item->system, STR(""), item->code);
    tape_close(&make);
    add_reference(&make, "subject", draft->patient);
    tape_add_text(&make, "effectiveDateTime", clock_text(draft->now_unix_ms, now));
    add_value(&make, finding);
    if (finding->category.len > 0)
        add_concept(&make, "interpretation", STR("urn:salve:category"), STR(""), finding->category);
    /* What does not apply to a person may be decided before any define was: then the item stands for it. */
    add_concept(&make, "method", draft->canonical, finding->version,
                finding->define.len > 0 ? finding->define : finding->item);
    add_derived_from(&make, finding);
    if (finding->value2.len > 0) {
        add_component(&make, item, 0, finding->value, finding->unit);
        add_component(&make, item, 1, finding->value2, finding->unit);
    }
    return tape_built(&make, out, err);
}

/* --- ServiceRequest and Task -------------------------------------------------------------------------------------- */

bool screen_needs_request(const struct finding *finding)
{
    return finding->action.len > 0 && finding->urgency < URGENCY_SELF_CARE;
}

bool screen_needs_task(const struct finding *finding) { return finding->queried_count > 0; }

static const char *priority(enum urgency urgency)
{
    switch (urgency) {
    case URGENCY_EMERGENCY_NOW:
        return "stat";
    case URGENCY_SAME_DAY:
        return "asap";
    case URGENCY_SOON:
        return "urgent";
    default:
        return "routine";
    }
}

static int days_until(enum urgency urgency)
{
    switch (urgency) {
    case URGENCY_EMERGENCY_NOW:
    case URGENCY_SAME_DAY:
        return 0;
    case URGENCY_SOON:
        return 14;
    default:
        return 91;
    }
}

enum salve_code screen_request(const struct screen_draft *draft, struct arena *mem, struct tape *out,
                               struct salve_err *err)
{
    salve_assert(screen_needs_request(draft->finding));
    const struct finding *finding = draft->finding;
    struct tape_builder make;
    char now[CLOCK_TEXT_BYTES], day[CLOCK_TEXT_BYTES];
    int64_t end = draft->now_unix_ms + (int64_t)days_until(finding->urgency) * 24 * 3600 * 1000;
    struct str system = arena_printf(mem, "%.*s:action", STR_ARGS(draft->canonical));
    if (system.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "ServiceRequest");
    tape_build(&make, mem, FHIR_T_ServiceRequest);
    tape_add_text(&make, "id", draft->id);
    tape_add_text(&make, "status", STR("draft"));
    tape_add_text(&make, "intent", STR("proposal"));
    tape_add_text(&make, "priority", str_of(priority(finding->urgency)));
    add_concept(&make, "code", system, finding->version, finding->action);
    add_reference(&make, "subject", draft->patient);
    tape_open(&make, "occurrencePeriod");
    tape_add_text(&make, "start", zone_date_text(draft->zone, draft->now_unix_ms, day));
    tape_add_text(&make, "end", zone_date_text(draft->zone, end, day));
    tape_close(&make);
    tape_add_text(&make, "authoredOn", clock_text(draft->now_unix_ms, now));
    add_reference(&make, "reasonReference", draft->about);
    return tape_built(&make, out, err);
}

enum salve_code screen_task(const struct screen_draft *draft, struct arena *mem, struct tape *out,
                            struct salve_err *err)
{
    salve_assert(screen_needs_task(draft->finding));
    struct tape_builder make;
    char now[CLOCK_TEXT_BYTES];
    tape_build(&make, mem, FHIR_T_Task);
    tape_add_text(&make, "id", draft->id);
    tape_add_text(&make, "status", STR("draft"));
    tape_add_text(&make, "intent", STR("proposal"));
    add_concept(&make, "code", STR("urn:salve:task"), STR(""), STR("measure-again"));
    add_reference(&make, "focus", draft->about);
    add_reference(&make, "for", draft->patient);
    tape_add_text(&make, "authoredOn", clock_text(draft->now_unix_ms, now));
    tape_open(&make, "reasonCode");
    for (size_t q = 0; q < draft->finding->queried_count; q++)
        add_coding(&make, STR("urn:salve:input"), STR(""), draft->finding->queried[q]);
    tape_close(&make);
    return tape_built(&make, out, err);
}
