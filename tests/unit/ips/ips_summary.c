/* SPDX-License-Identifier: Apache-2.0
 *
 * A summary: what stands in which section, what does not count, what an empty section says, and that the document is
 * one of R4. */
#include "base/buf.h"
#include "fhir/fhir.h"
#include "fhir/validate.h"
#include "ips/ips.h"
#include "json/json.h"
#include "t.h"

#define UUID "6f1c0d5e-2b1a-4c3e-9a55-0c8f3b7d2e11"
#define NOW  1795426200000 /* 2026-11-23T09:30:00Z */

static struct arena *mem;
static struct ips_resource list[200];
static struct tape tapes[200];
static size_t count;

static int begin(void **state)
{
    (void)state;
    mem = arena_open_private((size_t)256 << 20);
    count = 0;
    return mem == NULL;
}
static int end(void **state)
{
    (void)state;
    arena_close(mem);
    return 0;
}

static void has(const char *json)
{
    struct tape *tape = &tapes[count];
    assert_ok(fhir_read(str_of(json), NULL, mem, tape, NULL, NULL));
    list[count++] = (struct ips_resource){.type = fhir_name(fhir_types[tape_type(tape, tape_root(tape))].name),
                                          .id = tape_child_text(tape, tape_root(tape), "id"),
                                          .tape = tape};
}

static void has_patient(void)
{
    has("{\"resourceType\":\"Patient\",\"id\":\"p.1\",\"name\":[{\"family\":\"Adeyemi\"}],\"birthDate\":\"1980-01-01\"}");
}

#define OF_P "\"subject\":{\"reference\":\"Patient/p.1\"}"
static void has_observation(const char *id, const char *status, const char *category, const char *code, const char *at,
                            const char *more)
{
    has(arena_printf(mem,
                     "{\"resourceType\":\"Observation\",\"id\":\"%s\",\"status\":\"%s\",\"category\":[{\"coding\":[{"
                     "\"system\":\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"%s\"}]}],"
                     "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"%s\"}]}," OF_P
                     ",\"effectiveDateTime\":\"%s\"%s}",
                     id, status, category, code, at, more)
            .ptr);
}

static void has_condition(const char *id, const char *clinical, const char *verification, const char *words)
{
    has(arena_printf(mem,
                     "{\"resourceType\":\"Condition\",\"id\":\"%s\",\"clinicalStatus\":{\"coding\":[{\"system\":"
                     "\"http://terminology.hl7.org/CodeSystem/condition-clinical\",\"code\":\"%s\"}]},"
                     "\"verificationStatus\":{\"coding\":[{\"system\":"
                     "\"http://terminology.hl7.org/CodeSystem/condition-ver-status\",\"code\":\"%s\"}]},"
                     "\"code\":{\"text\":\"%s\"}," OF_P "}",
                     id, clinical, verification, words)
            .ptr);
}

static const struct json *document(void)
{
    const struct ips_ask ask = {
        .resources = list, .count = count, .custodian = STR("Tent <4> & co"), .uuid = STR(UUID), .now_unix_ms = NOW};
    struct str json;
    const struct json *doc = NULL;
    struct tape tape;
    struct fhir_issues issues;
    bool valid = false;
    const struct json_opts opts = {.bytes_max = 64 << 20};
    assert_ok(ips_write(&ask, mem, &json, NULL));
    fhir_issues_init(&issues, mem);
    assert_ok(fhir_read(json, NULL, mem, &tape, &issues, NULL));
    assert_ok(fhir_validate(&tape, mem, &issues, &valid, NULL));
    for (size_t i = 0; i < issues.count; i++)
        if (issues.items[i].severity <= FHIR_ERROR)
            print_message("%.*s %s: %s\n", STR_ARGS(issues.items[i].path), issues.items[i].rule, issues.items[i].text);
    assert_true(valid);
    assert_ok(json_read(json, &opts, mem, &doc, NULL));
    return doc;
}

static const struct json *section(const struct json *doc, const char *loinc)
{
    const struct json *all = json_path(doc, "entry.0.resource.section");
    for (const struct json *it = json_first(all); it != NULL; it = it->next)
        if (str_is(json_text(json_path(it, "code.coding.0.code")), loinc)) return it;
    return NULL;
}

static bool names(const struct json *of, const char *reference)
{
    for (const struct json *it = json_first(json_get(of, "entry")); it != NULL; it = it->next)
        if (str_is(json_get_text(it, "reference"), reference)) return true;
    return false;
}

static size_t entries(const struct json *of)
{
    const struct json *entry = json_get(of, "entry");
    return entry == NULL ? 0 : entry->count;
}

static bool is_in(const struct json *doc, const char *id)
{
    for (const struct json *it = json_first(json_get(doc, "entry")); it != NULL; it = it->next)
        if (str_is(json_get_text(json_get(it, "resource"), "id"), id)) return true;
    return false;
}

static void says_not_asked_where_nothing_is_recorded(void **state)
{
    static const char *const always[] = {"11450-4", "48765-2", "10160-0", "11369-6", "30954-2", "47519-4", "46264-8"};
    static const char *const sometimes[] = {"8716-3", "11348-0", "29762-2", "10162-6"};
    (void)state;
    has_patient();
    const struct json *doc = document();
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++) {
        const struct json *of = section(doc, always[i]);
        assert_non_null(of);
        assert_str(json_text(json_path(of, "emptyReason.coding.0.code")), "notasked");
        assert_null(json_get(of, "entry"));
        assert_true(json_get_text(of, "title").len > 0);
        assert_true(json_text(json_path(of, "text.div")).len > 0);
    }
    for (size_t i = 0; i < sizeof sometimes / sizeof sometimes[0]; i++) assert_null(section(doc, sometimes[i]));
}

static void is_a_document_by_the_clinic_about_the_person(void **state)
{
    (void)state;
    has_patient();
    const struct json *doc = document(), *first = json_path(doc, "entry.0.resource");
    assert_str(json_get_text(doc, "type"), "document");
    assert_str(json_text(json_path(doc, "identifier.value")), "urn:uuid:" UUID);
    assert_str(json_get_text(doc, "timestamp"), "2026-11-23T09:30:00Z");
    assert_str(json_text(json_path(doc, "meta.profile.0")), IPS_BUNDLE "|2.0.0");
    assert_str(json_get_text(first, "resourceType"), "Composition");
    assert_str(json_text(json_path(first, "type.coding.0.code")), "60591-5");
    assert_str(json_text(json_path(first, "subject.reference")), "Patient/p.1");
    assert_str(json_text(json_path(doc, "entry.1.resource.id")), "p.1");
    assert_str(json_text(json_path(doc, "entry.2.resource.name")), "Tent <4> & co");
    assert_str(json_text(json_path(first, "author.0.reference")), "Organization/" UUID "-clinic");
    for (const struct json *it = json_first(json_get(doc, "entry")); it != NULL; it = it->next)
        assert_true(json_get_text(it, "fullUrl").len > 0);
}

static void puts_each_thing_into_its_section(void **state)
{
    (void)state;
    has_patient();
    has_condition("c.1", "active", "confirmed", "asthma");
    has_condition("c.2", "resolved", "confirmed", "a broken leg");
    has("{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a.1\",\"code\":{\"text\":\"penicillin\"},"
        "\"patient\":{\"reference\":\"Patient/p.1\"}}");
    has("{\"resourceType\":\"MedicationStatement\",\"id\":\"m.1\",\"status\":\"active\","
        "\"medicationCodeableConcept\":{\"text\":\"salbutamol\"}," OF_P "}");
    has("{\"resourceType\":\"Immunization\",\"id\":\"i.1\",\"status\":\"completed\",\"vaccineCode\":{\"text\":\"tetanus\"},"
        "\"patient\":{\"reference\":\"Patient/p.1\"},\"occurrenceDateTime\":\"2020\"}");
    has("{\"resourceType\":\"Procedure\",\"id\":\"r.1\",\"status\":\"completed\",\"code\":{\"text\":\"appendectomy\"}," OF_P
        "}");
    has_observation("o.1", "final", "laboratory", "4548-4", "2026-11-20",
                    ",\"valueQuantity\":{\"value\":5.60,\"unit\":\"%\"}");
    has_observation("o.2", "final", "vital-signs", "8867-4", "2026-11-20", ",\"valueQuantity\":{\"value\":71}");
    has_observation("o.3", "final", "laboratory", "72166-2", "2026-11-20", ",\"valueString\":\"never\"");
    has_observation("o.4", "final", "exam", "82810-3", "2026-11-20", ",\"valueString\":\"no\"");
    const struct json *doc = document();
    assert_true(names(section(doc, "11450-4"), "Condition/c.1"));
    assert_true(names(section(doc, "11348-0"), "Condition/c.2"));
    assert_true(names(section(doc, "48765-2"), "AllergyIntolerance/a.1"));
    assert_true(names(section(doc, "10160-0"), "MedicationStatement/m.1"));
    assert_true(names(section(doc, "11369-6"), "Immunization/i.1"));
    assert_true(names(section(doc, "47519-4"), "Procedure/r.1"));
    assert_true(names(section(doc, "30954-2"), "Observation/o.1"));
    assert_true(names(section(doc, "8716-3"), "Observation/o.2"));
    assert_true(names(section(doc, "29762-2"), "Observation/o.3"));
    assert_true(names(section(doc, "10162-6"), "Observation/o.4"));
    struct str result = json_text(json_path(section(doc, "30954-2"), "text.div"));
    assert_true(str_find(result, STR("5.60 %")) >= 0 && str_find(result, STR("2026-11-20")) >= 0);
    assert_true(str_find(json_text(json_path(section(doc, "11450-4"), "text.div")), STR("asthma")) >= 0);
}

static void leaves_out_what_does_not_count(void **state)
{
    static const char *const no_status[] = {"preliminary", "registered", "cancelled", "entered-in-error"};
    (void)state;
    has_patient();
    for (size_t i = 0; i < 4; i++)
        has_observation(arena_printf(mem, "o.%zu", i).ptr, no_status[i], "laboratory", "4548-4", "2026-11-20", "");
    has_observation("o.9", "final", "laboratory", "4548-4", "2026-11-20",
                    ",\"dataAbsentReason\":{\"text\":\"not done\"}");
    has_condition("c.1", "active", "refuted", "plague");
    has_condition("c.2", "active", "entered-in-error", "plague");
    has("{\"resourceType\":\"MedicationStatement\",\"id\":\"m.1\",\"status\":\"entered-in-error\","
        "\"medicationCodeableConcept\":{\"text\":\"x\"}," OF_P "}");
    has("{\"resourceType\":\"MedicationRequest\",\"id\":\"m.2\",\"status\":\"active\",\"intent\":\"order\","
        "\"doNotPerform\":true,\"medicationCodeableConcept\":{\"text\":\"x\"}," OF_P "}");
    has("{\"resourceType\":\"MedicationRequest\",\"id\":\"m.3\",\"status\":\"active\",\"intent\":\"proposal\","
        "\"medicationCodeableConcept\":{\"text\":\"x\"}," OF_P "}");
    has("{\"resourceType\":\"Immunization\",\"id\":\"i.1\",\"status\":\"not-done\",\"vaccineCode\":{\"text\":\"x\"},"
        "\"patient\":{\"reference\":\"Patient/p.1\"},\"occurrenceString\":\"x\"}");
    has("{\"resourceType\":\"Procedure\",\"id\":\"r.1\",\"status\":\"not-done\",\"code\":{\"text\":\"x\"}," OF_P "}");
    has("{\"resourceType\":\"Communication\",\"id\":\"z.1\",\"status\":\"completed\"," OF_P "}");
    const struct json *doc = document();
    assert_int_equal(json_get(doc, "entry")->count, 3);
}

static void keeps_the_newest_of_each_measurement_and_every_condition(void **state)
{
    (void)state;
    has_patient();
    for (size_t i = 0; i < 40; i++) {
        struct str id = arena_printf(mem, "o.%zu", i), at = arena_printf(mem, "20%02zu-03-01", (i * 7) % 40);
        has_observation(id.ptr, "final", "laboratory", i % 2 == 0 ? "4548-4" : "718-7", at.ptr, "");
    }
    for (size_t i = 0; i < 40; i++) has_condition(arena_printf(mem, "c.%zu", i).ptr, "active", "confirmed", "asthma");
    const struct json *doc = document(), *results = section(doc, "30954-2");
    assert_int_equal(entries(results), 2 * IPS_NEWEST_OF_EACH);
    assert_int_equal(entries(section(doc, "11450-4")), 40);
    for (size_t i = 0; i < 40; i++) {
        size_t year = (i * 7) % 40, newer = 0;
        for (size_t k = i % 2; k < 40; k += 2) newer += (k * 7) % 40 > year;
        struct str reference = arena_printf(mem, "Observation/o.%zu", i);
        assert_true(names(results, reference.ptr) == (newer < IPS_NEWEST_OF_EACH));
    }
}

static void brings_the_parts_of_a_report_and_drops_references_that_lead_nowhere(void **state)
{
    (void)state;
    has_patient();
    for (size_t i = 0; i < 5; i++) /* older than what is listed of them */
        has_observation(arena_printf(mem, "o.%zu", i).ptr, "final", "laboratory", "4548-4",
                        arena_printf(mem, "201%zu", i).ptr, "");
    has_observation("o.7", "preliminary", "laboratory", "718-7", "2010", "");
    has("{\"resourceType\":\"DiagnosticReport\",\"id\":\"d.1\",\"status\":\"final\",\"code\":{\"text\":\"blood\"}," OF_P
        ",\"encounter\":{\"reference\":\"Encounter/e.1\"},\"result\":[{\"reference\":\"Observation/o.0\"},"
        "{\"reference\":\"Observation/o.7\"},{\"reference\":\"Observation/elsewhere.1\"}]}");
    const struct json *doc = document();
    assert_true(is_in(doc, "o.0"));
    assert_false(names(section(doc, "30954-2"), "Observation/o.0"));
    assert_false(is_in(doc, "o.1"));
    assert_false(is_in(doc, "o.7"));
    for (const struct json *it = json_first(json_get(doc, "entry")); it != NULL; it = it->next) {
        const struct json *report = json_get(it, "resource");
        if (!str_is(json_get_text(report, "id"), "d.1")) continue;
        assert_null(json_get(report, "encounter"));
        assert_int_equal(json_get(report, "result")->count, 1);
        assert_str(json_text(json_path(report, "result.0.reference")), "Observation/o.0");
        return;
    }
    fail();
}

static void says_that_a_name_or_a_birth_date_is_not_known(void **state)
{
    (void)state;
    has("{\"resourceType\":\"Patient\",\"id\":\"p.1\"}");
    const struct json *patient = json_path(document(), "entry.1.resource");
    assert_str(json_text(json_path(patient, "_birthDate.extension.0.valueCode")), "unknown");
    assert_str(json_text(json_path(patient, "name.0._text.extension.0.valueCode")), "unknown");
}

static void takes_words_as_words(void **state)
{
    (void)state;
    has_patient();
    has_condition("c.1", "active", "confirmed", "<script>alert('x')</script> & more");
    struct str div = json_text(json_path(section(document(), "11450-4"), "text.div"));
    assert_true(str_find(div, STR("<script")) < 0);
    assert_true(str_find(div, STR("&lt;script&gt;")) >= 0);
}

static void needs_a_patient(void **state)
{
    (void)state;
    const struct ips_ask ask = {.custodian = STR("x"), .uuid = STR(UUID), .now_unix_ms = NOW};
    struct str json;
    assert_code(ips_write(&ask, mem, &json, NULL), SALVE_E_NOT_FOUND);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(says_not_asked_where_nothing_is_recorded),
        CASE(is_a_document_by_the_clinic_about_the_person),
        CASE(puts_each_thing_into_its_section),
        CASE(leaves_out_what_does_not_count),
        CASE(keeps_the_newest_of_each_measurement_and_every_condition),
        CASE(brings_the_parts_of_a_report_and_drops_references_that_lead_nowhere),
        CASE(says_that_a_name_or_a_birth_date_is_not_known),
        CASE(takes_words_as_words),
        CASE(needs_a_patient),
    };
    return t_run(tests);
}
