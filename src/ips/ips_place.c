/* SPDX-License-Identifier: Apache-2.0
 * What of a record belongs into a summary, and into which of its sections. */
#include <stdlib.h>

#include "base/clock.h"
#include "fhir/index.h"
#include "ips/ips_int.h"

#define LOINC    "http://loinc.org"
#define CATEGORY "http://terminology.hl7.org/CodeSystem/observation-category"

/* --- what counts -------------------------------------------------------------------------------------------------- */

/* Is the text among words with a space between? */
static bool is_among(struct str text, const char *words)
{
    struct str rest = str_of(words);
    while (rest.len > 0) {
        ptrdiff_t space = str_find(rest, STR(" "));
        struct str word = str_cut(rest, 0, space < 0 ? rest.len : (size_t)space);
        if (str_eq(word, text)) return true;
        rest = str_cut(rest, word.len + 1, rest.len);
    }
    return false;
}

static struct str code_of(const struct tape *tape, const char *element)
{
    struct str system, code;
    return ips_code(tape, element, &system, &code) ? code : STR_NONE;
}

/* A status that a type may have to be in a summary. */
static const struct {
    fhir_type_id type;
    const char *statuses;
} COUNTING[] = {
    {FHIR_T_MedicationStatement, "active intended on-hold unknown"},
    {FHIR_T_MedicationRequest, "active on-hold unknown"},
    {FHIR_T_Immunization, "completed"},
    {FHIR_T_Procedure, "in-progress completed unknown"},
    {FHIR_T_Observation, "final amended corrected"},
    {FHIR_T_DiagnosticReport, "final amended corrected appended"},
};

static bool is_wanted_order(const struct tape *tape)
{
    tape_at forbids = tape_get(tape, tape_root(tape), "doNotPerform");
    struct str intent = tape_child_text(tape, tape_root(tape), "intent");
    return (forbids == TAPE_NONE || tape_kind(tape, forbids) != TAPE_TRUE) && !is_among(intent, "proposal plan option");
}

bool ips_counts(const struct tape *tape)
{
    fhir_type_id type = tape_type(tape, tape_root(tape));
    struct str status = tape_child_text(tape, tape_root(tape), "status");
    if (type == FHIR_T_Condition || type == FHIR_T_AllergyIntolerance)
        return !is_among(code_of(tape, "verificationStatus"), "entered-in-error refuted");
    if (type == FHIR_T_MedicationRequest && !is_wanted_order(tape)) return false;
    for (size_t i = 0; i < sizeof COUNTING / sizeof COUNTING[0]; i++)
        if (COUNTING[i].type == type) return is_among(status, COUNTING[i].statuses);
    return false;
}

/* --- which section ------------------------------------------------------------------------------------------------ */

bool ips_code(const struct tape *tape, const char *element, struct str *system, struct str *code)
{
    tape_at concept = tape_get(tape, tape_root(tape), element);
    tape_at coding = concept == TAPE_NONE ? TAPE_NONE : tape_get(tape, concept, "coding");
    if (coding == TAPE_NONE) return false;
    *system = tape_child_text(tape, coding, "system");
    *code = tape_child_text(tape, coding, "code");
    return code->len > 0;
}

/* Has an Observation that category? */
static bool has_category(const struct tape *tape, const char *category)
{
    tape_at root = tape_root(tape);
    for (tape_at c = tape_first(tape, root); c != TAPE_NONE; c = tape_next(tape, root, c)) {
        if (tape_path_name(tape, c) != FHIR_N_category) continue;
        for (tape_at coding = tape_first(tape, c); coding != TAPE_NONE; coding = tape_next(tape, c, coding))
            if (tape_path_name(tape, coding) == FHIR_N_coding &&
                str_is(tape_child_text(tape, coding, "code"), category) &&
                str_is(tape_child_text(tape, coding, "system"), CATEGORY))
                return true;
    }
    return false;
}

/* LOINC codes that go to a section whatever category the Observation has or lacks. */
#define PREGNANCY_CODES                                                                                                \
    "82810-3 11778-8 11779-6 11780-4 11636-8 11637-6 11638-4 11639-2 11640-0 11612-9 11613-7 11614-5 33065-4"
#define SOCIAL_CODES "72166-2 74013-4"
#define VITAL_CODES                                                                                                    \
    "85353-1 85354-9 96607-7 8480-6 8462-4 8867-4 9279-1 8310-5 2708-6 59408-5 8302-2 29463-7 39156-5 8280-0 9843-4"

static enum ips_section place_observation(const struct tape *tape)
{
    struct str system = STR_NONE, code = STR_NONE;
    tape_at absent = tape_get(tape, tape_root(tape), "dataAbsentReason");
    if (absent != TAPE_NONE || !ips_code(tape, "code", &system, &code)) return IPS_NOWHERE;
    if (str_starts(system, STR("urn:salve:question"))) return IPS_NOWHERE; /* an answer, which a finding goes by */
    if (str_is(system, LOINC)) {
        if (is_among(code, PREGNANCY_CODES)) return IPS_PREGNANCY;
        if (is_among(code, SOCIAL_CODES)) return IPS_SOCIAL_HISTORY;
        if (is_among(code, VITAL_CODES)) return IPS_VITAL_SIGNS;
    }
    if (has_category(tape, "vital-signs")) return IPS_VITAL_SIGNS;
    if (has_category(tape, "social-history")) return IPS_SOCIAL_HISTORY;
    return has_category(tape, "survey") ? IPS_NOWHERE : IPS_RESULTS;
}

enum ips_section ips_place(const struct tape *tape)
{
    if (!ips_counts(tape)) return IPS_NOWHERE;
    switch (tape_type(tape, tape_root(tape))) {
    case FHIR_T_Condition:
        return is_among(code_of(tape, "clinicalStatus"), "inactive remission resolved") ? IPS_PAST_PROBLEMS
                                                                                        : IPS_PROBLEMS;
    case FHIR_T_AllergyIntolerance:
        return IPS_ALLERGIES;
    case FHIR_T_MedicationStatement:
    case FHIR_T_MedicationRequest:
        return IPS_MEDICATIONS;
    case FHIR_T_Immunization:
        return IPS_IMMUNIZATIONS;
    case FHIR_T_Procedure:
        return IPS_PROCEDURES;
    case FHIR_T_DiagnosticReport:
        return IPS_RESULTS;
    case FHIR_T_Observation:
        return place_observation(tape);
    default:
        return IPS_NOWHERE;
    }
}

/* --- when --------------------------------------------------------------------------------------------------------- */

int64_t ips_at(const struct tape *tape)
{
    static const char *const elements[] = {"effectiveDateTime",
                                           "effectiveInstant",
                                           "effectivePeriod.end",
                                           "effectivePeriod.start",
                                           "occurrenceDateTime",
                                           "performedDateTime",
                                           "performedPeriod.end",
                                           "performedPeriod.start",
                                           "authoredOn",
                                           "onsetDateTime",
                                           "recordedDate",
                                           "dateAsserted",
                                           "issued"};
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        char day[11] = "0000-01-01";
        int64_t at_unix_ms;
        tape_at at = tape_get(tape, tape_root(tape), elements[i]);
        struct str text = at == TAPE_NONE ? STR_NONE : tape_text(tape, at);
        if (text.len == 0) continue;
        if (text.len >= 10) return clock_parse(text, &at_unix_ms) ? at_unix_ms : INT64_MIN;
        memcpy(day, text.ptr, text.len); /* a year, or a month */
        return clock_parse(str_make(day, 10), &at_unix_ms) ? at_unix_ms : INT64_MIN;
    }
    return INT64_MIN;
}

/* --- which of them ------------------------------------------------------------------------------------------------ */

/* Of one kind together, the newest first; of the same moment the one that was saved later is newer. */
static int by_kind(const void *left, const void *right)
{
    const struct ips_item *a = *(const struct ips_item *const *)left, *b = *(const struct ips_item *const *)right;
    int order = (int)a->section - (int)b->section;
    if (order == 0) order = str_cmp(a->of->type, b->of->type);
    if (order == 0) order = str_cmp(a->system, b->system);
    if (order == 0) order = str_cmp(a->code, b->code);
    if (order != 0) return order;
    if (a->at_unix_ms != b->at_unix_ms) return a->at_unix_ms > b->at_unix_ms ? -1 : 1;
    return a > b ? -1 : 1;
}

static bool is_same_kind(const struct ips_item *a, const struct ips_item *b)
{
    return a->section == b->section && str_eq(a->of->type, b->of->type) && str_eq(a->system, b->system) &&
           str_eq(a->code, b->code);
}

/* Of measurements and results the newest are enough; conditions, allergies and medicines are all of them. */
static bool is_many(enum ips_section section)
{
    return section == IPS_RESULTS || section == IPS_VITAL_SIGNS || section == IPS_SOCIAL_HISTORY ||
           section == IPS_PREGNANCY;
}

static void take_newest(struct ips_item **sorted, size_t count)
{
    size_t before = 0;
    for (size_t i = 0; i < count; i++) {
        before = i > 0 && is_same_kind(sorted[i - 1], sorted[i]) ? before + 1 : 0;
        sorted[i]->is_in =
            sorted[i]->section != IPS_NOWHERE && (!is_many(sorted[i]->section) || before < IPS_NEWEST_OF_EACH);
        sorted[i]->is_listed = sorted[i]->is_in;
    }
}

static void bring(struct ips_item *items, size_t count, struct str reference)
{
    struct fhir_reference to;
    if (!fhir_reference_split(reference, &to)) return;
    for (size_t i = 0; i < count; i++)
        if (!items[i].is_in && str_eq(items[i].of->id, to.id) &&
            str_eq(items[i].of->type, fhir_name(fhir_types[to.type].name)) && ips_counts(items[i].of->tape))
            items[i].is_in = true;
}

/* What a report or a panel is made of comes with it. */
static void bring_parts(struct ips_item *items, size_t count, const struct tape *tape)
{
    tape_at root = tape_root(tape);
    for (tape_at c = tape_first(tape, root); c != TAPE_NONE; c = tape_next(tape, root, c))
        if (tape_path_name(tape, c) == FHIR_N_result || tape_path_name(tape, c) == FHIR_N_hasMember)
            bring(items, count, tape_child_text(tape, c, "reference"));
}

void ips_choose(struct ips_item *items, size_t count, struct ips_item **sorted)
{
    for (size_t i = 0; i < count; i++) sorted[i] = &items[i];
    qsort(sorted, count, sizeof sorted[0], by_kind);
    take_newest(sorted, count);
    for (size_t i = 0; i < count; i++)
        if (items[i].is_listed) bring_parts(items, count, items[i].of->tape);
}
