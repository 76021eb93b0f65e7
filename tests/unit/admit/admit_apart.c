/* SPDX-License-Identifier: Apache-2.0
 * What is kept apart: which families a resource belongs to, what goes with it, and what is left without it. */
#include "t.h"

#include "admit/import.h"
#include "fhir/fhir.h"

#define COMPARTMENT "aaaaaaaaaaaaaaaaaaaaaaaaaa"
#define M           FAMILY_BIT(FAMILY_MOOD)
#define A           FAMILY_BIT(FAMILY_ALCOHOL)
#define I           FAMILY_BIT(FAMILY_INFECTIONS)
#define O           FAMILY_BIT(FAMILY_OTHER)

struct world {
    struct arena *mem;
    struct admit_rules *rules;
    uint64_t number;
};

static uint64_t next_number(void *ctx) { return ++((struct world *)ctx)->number; }

static int set_up(void **state)
{
    static struct world world;
    struct salve_err err = {0};
    world = (struct world){.mem = arena_open((size_t)256 << 20)};
    *state = &world;
    return admit_rules_make(NULL, world.mem, &world.rules, &err) == SALVE_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    arena_close(((struct world *)*state)->mem);
    return 0;
}

static family_mask families_of(struct world *w, const char *json)
{
    struct tape tape;
    enum salve_code code = fhir_read(str_of(json), NULL, w->mem, &tape, NULL, NULL);
    assert_true(code == SALVE_OK || code == SALVE_E_INVALID); /* parts that R4 asks for are left out here */
    return admit_families(w->rules, &tape, 0);
}

static family_mask coded(struct world *w, const char *type, const char *element, const char *system, const char *code)
{
    return families_of(
        w, arena_printf(w->mem, "{\"resourceType\":\"%s\",\"%s\":{\"coding\":[{\"system\":\"%s\",\"code\":\"%s\"}]}}",
                        type, element, system, code)
               .ptr);
}

/* --- one resource ------------------------------------------------------------------------------------------------- */

static void codes_say_what_is_kept_apart(void **state)
{
    static const struct {
        const char *type, *element, *system, *code;
        family_mask want;
    } rows[] = {
        {"Observation", "code", "http://loinc.org", "85354-9", 0},
        {"Observation", "code", "http://loinc.org", "44260-8", M},
        {"Observation", "code", "http://loinc.org", "75624-7", A},
        {"Observation", "code", "http://loinc.org", "56888-1", I},
        {"Observation", "code", "http://loinc.org", "72166-2", 0}, /* tobacco */
        {"Observation", "code", "http://loinc.org", "21440-3", 0}, /* papilloma virus, for the cervix */
        {"Observation", "code", "urn:salve:question", "tb-cough", I},
        {"Observation", "code", "urn:salve:question", "chest-pain", 0},
        {"Observation", "code", "urn:salve:item", "phq9", M},
        {"Observation", "code", "urn:salve:item", "bmi", 0},
        {"ServiceRequest", "code", "urn:salve:guideline:mood:action", "talk-today", M},
        {"ServiceRequest", "code", "http://loinc.org", "16128-1", I}, /* an order tells as much as a result */
        {"DiagnosticReport", "code", "http://loinc.org", "69737-5", M},
        {"Procedure", "code", "http://snomed.info/sct", "171207006", M},
        {"Condition", "code", "http://snomed.info/sct", "86406008", I},
        {"Condition", "code", "http://snomed.info/sct", "44054006", 0},
        {"Condition", "code", "http://hl7.org/fhir/sid/icd-10", "F32.1", M},
        {"Condition", "code", "http://hl7.org/fhir/sid/icd-10-cm", "F32.1", M},
        {"Condition", "code", "http://hl7.org/fhir/sid/icd-10", "F10.2", A},
        {"Condition", "code", "http://hl7.org/fhir/sid/icd-10", "F17.2", 0},
        {"Condition", "code", "http://hl7.org/fhir/sid/icd-10", "F00.1", 0}, /* dementia */
        {"Condition", "code", "http://hl7.org/fhir/sid/icd-10", "K70.3", A},
        {"Condition", "code", "http://hl7.org/fhir/sid/icd-10", "K76.0", 0},
        {"Condition", "code", "http://hl7.org/fhir/sid/icd-10", "B20", I},
        {"Condition", "code", "http://hl7.org/fhir/sid/icd-10", "A53.9", I},
        {"Condition", "code", "http://hl7.org/fhir/sid/icd-10", "A09", 0},
        {"Condition", "code", "http://hl7.org/fhir/sid/icd-10", "Z21", I},
        {"Condition", "code", "http://id.who.int/icd/release/11/mms", "6A70", M},
        {"Condition", "code", "http://id.who.int/icd/release/11/mms", "6C40.2", A},
        {"Condition", "code", "http://id.who.int/icd/release/11/mms", "6C4A", 0},
        {"Condition", "code", "http://id.who.int/icd/release/11/mms", "1C62", I},
        {"Condition", "code", "http://id.who.int/icd/release/11/mms", "BA00", 0},
        {"MedicationStatement", "medicationCodeableConcept", "http://www.whocc.no/atc", "N06AB03", M},
        {"MedicationStatement", "medicationCodeableConcept", "http://www.whocc.no/atc", "N06DA02", 0},
        {"MedicationRequest", "medicationCodeableConcept", "http://www.whocc.no/atc", "J05AR13", I},
        {"MedicationRequest", "medicationCodeableConcept", "http://www.whocc.no/atc", "J05AB01", 0},
        {"MedicationRequest", "medicationCodeableConcept", "http://www.whocc.no/atc", "N07BB01", A},
        {"MedicationRequest", "medicationCodeableConcept", "http://www.whocc.no/atc", "N07BA01", 0},
        {"AllergyIntolerance", "code", "http://www.whocc.no/atc", "N06AB06", 0}, /* has to be seen */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        family_mask got = coded(*state, rows[i].type, rows[i].element, rows[i].system, rows[i].code);
        if (got != rows[i].want) fail_msg("%s %s: %u, want %u", rows[i].type, rows[i].code, got, rows[i].want);
    }
}

static void the_code_may_stand_anywhere(void **state)
{
    struct world *w = *state;
    static const char weight[] = "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"29463-7\"}]}";
#define HIV      "{\"coding\":[{\"system\":\"http://hl7.org/fhir/sid/icd-10\",\"code\":\"B24\"}]}"
#define OF(more) arena_printf(w->mem, "{\"resourceType\":\"Observation\",%s,%s}", weight, more).ptr
    assert_int_equal(families_of(w, OF("\"valueInteger\":1")), 0);
    assert_int_equal(families_of(w, OF("\"valueCodeableConcept\":" HIV)), I);
    assert_int_equal(
        families_of(w, OF("\"component\":[{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":"
                          "\"44250-9\"}]},\"valueInteger\":1},{\"code\":" HIV "}]")),
        M | I);
    assert_int_equal(families_of(w, OF("\"meta\":{\"security\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/"
                                       "v3-Confidentiality\",\"code\":\"R\"}]}")),
                     O);
    assert_int_equal(families_of(w, OF("\"meta\":{\"security\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/"
                                       "v3-Confidentiality\",\"code\":\"N\"}]}")),
                     0);
    assert_int_equal(families_of(w, "{\"resourceType\":\"Encounter\",\"reasonCode\":[" HIV "]}"), I);
    assert_int_equal(families_of(w, "{\"resourceType\":\"MedicationRequest\",\"reasonCode\":[" HIV "]}"), I);
    assert_int_equal(families_of(w, "{\"resourceType\":\"Patient\",\"communication\":[{\"language\":" HIV "}]}"), 0);
}

static family_mask medicine(struct world *w, const char *display, const char *text)
{
    return families_of(
        w,
        arena_printf(w->mem,
                     "{\"resourceType\":\"MedicationRequest\",\"medicationCodeableConcept\":{\"coding\":[{\"system\":"
                     "\"http://www.nlm.nih.gov/research/umls/rxnorm\",\"code\":\"310385\"%s%s%s}]%s%s%s}}",
                     *display ? ",\"display\":\"" : "", display, *display ? "\"" : "", *text ? ",\"text\":\"" : "",
                     text, *text ? "\"" : "")
            .ptr);
}

static void medicines_without_an_order_of_codes_go_by_name(void **state)
{
    struct world *w = *state;
    assert_int_equal(medicine(w, "FLUoxetine 20 MG Oral Capsule", ""), M);
    assert_int_equal(medicine(w, "", "Escitalopram"), M);
    assert_int_equal(medicine(w, "efavirenz / emtricitabine / tenofovir disoproxil", ""), I);
    assert_int_equal(medicine(w, "Simvastatin 20 MG Oral Tablet", ""), 0);
    assert_int_equal(medicine(w, "", ""), O); /* nobody can tell */
}

static family_mask answered(struct world *w, const char *item)
{
    return families_of(w, arena_printf(w->mem, "{\"resourceType\":\"QuestionnaireResponse\",\"item\":[%s]}", item).ptr);
}

static void answers_go_by_their_questions(void **state)
{
    struct world *w = *state;
    assert_int_equal(answered(w, "{\"linkId\":\"/44249-1/44260-8\",\"answer\":[{\"valueInteger\":3}]}"), M);
    assert_int_equal(answered(w, "{\"linkId\":\"8302-2\",\"answer\":[{\"valueInteger\":170}]}"), 0);
    assert_int_equal(answered(w, "{\"linkId\":\"tb-cough\",\"answer\":[{\"valueBoolean\":true}]}"), I);
    assert_int_equal(answered(w, "{\"linkId\":\"chest-pain\",\"answer\":[{\"valueBoolean\":true}]}"), 0);
    assert_int_equal(answered(w, "{\"linkId\":\"q1\",\"definition\":\"http://loinc.org/68518-0\",\"answer\":[{"
                                 "\"valueInteger\":2}]}"),
                     A);
    assert_int_equal(answered(w, "{\"linkId\":\"q1\",\"answer\":[{\"valueInteger\":2}]}"), O); /* asked what? */
    assert_int_equal(answered(w, "{\"linkId\":\"group\",\"item\":[{\"linkId\":\"8302-2\",\"answer\":[{\"valueInteger\":"
                                 "170}]}]}"),
                     0);
    assert_int_equal(families_of(w, "{\"resourceType\":\"QuestionnaireResponse\",\"questionnaire\":"
                                    "\"http://loinc.org/q/44249-1\"}"),
                     M);
}

/* --- a Bundle ----------------------------------------------------------------------------------------------------- */

#define PERSON  "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"1970-01-01\"}}"
#define SUBJECT "\"subject\":{\"reference\":\"Patient/p\"}"
#define VISIT                                                                                                          \
    ",{\"resource\":{\"resourceType\":\"Encounter\",\"id\":\"visit\",\"status\":\"finished\",\"class\":{\"system\":"   \
    "\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"AMB\"}," SUBJECT "%s}}"
#define LOW_MOOD                                                                                                       \
    ",{\"resource\":{\"resourceType\":\"Condition\",\"id\":\"low\",\"code\":{\"coding\":[{\"system\":"                 \
    "\"http://hl7.org/fhir/sid/icd-10\",\"code\":\"F32.9\"}]}," SUBJECT                                                \
    ",\"encounter\":{\"reference\":\"Encounter/visit\"}"                                                               \
    ",\"note\":[{\"text\":\"quokka\"}]}}"
#define WEIGHT                                                                                                              \
    ",{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"w\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":" \
    "\"http://loinc.org\",\"code\":\"29463-7\"}]}," SUBJECT ",\"encounter\":{\"reference\":\"Encounter/visit\"}"            \
    ",\"valueQuantity\":{\"value\":70,\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}}}"
#define REQUEST                                                                                                        \
    ",{\"resource\":{\"resourceType\":\"ServiceRequest\",\"id\":\"r\",\"status\":\"active\",\"intent\":\"order\","     \
    "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"718-7\"}]}," SUBJECT                            \
    ",\"reasonReference\":[{\"reference\":\"Condition/low\"}]}}"
#define TASK                                                                                                           \
    ",{\"resource\":{\"resourceType\":\"Task\",\"id\":\"t\",\"status\":\"requested\",\"intent\":\"order\",\"code\":{"  \
    "\"coding\":[{\"system\":\"urn:salve:task\",\"code\":\"measure-again\"}]},\"for\":{\"reference\":\"Patient/p\"},"  \
    "\"focus\":{\"reference\":\"ServiceRequest/r\"}}}"

static struct import_done import(struct world *w, struct str bundle, bool leave_apart)
{
    struct tape tape;
    struct import_done done;
    struct salve_err err = {0};
    struct import_ask ask = {
        .rules = w->rules, .compartment = STR(COMPARTMENT), .next = next_number, .ctx = w, .leave_apart = leave_apart};
    assert_ok(import_read(bundle, w->mem, &tape, NULL, &err));
    assert_ok(import_run(&ask, &tape, w->mem, &done, &err));
    return done;
}

static struct str text_of(struct world *w, const struct import_done *done)
{
    struct buf out;
    struct str text;
    buf_init(&out, w->mem, 1 << 20);
    for (size_t i = 0; i < done->resource_count; i++) fhir_write(&done->resources[i].tape, 0, FHIR_COMPACT, &out);
    assert_ok(buf_done(&out, &text, NULL));
    return text;
}

static const struct import_resource *of_type(const struct import_done *done, const char *type)
{
    for (size_t i = 0; i < done->resource_count; i++)
        if (str_is(done->resources[i].type, type)) return &done->resources[i];
    return NULL;
}

/* What refers to it goes with it, over any number of steps; that something was measured at the same visit says nothing. */
static void what_refers_to_it_is_kept_apart_as_well(void **state)
{
    struct world *w = *state;
    struct str bundle = arena_printf(
        w->mem,
        "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[" PERSON TASK REQUEST LOW_MOOD WEIGHT VISIT
        "]}",
        "");
    struct import_done all = import(w, bundle, false), rest = import(w, bundle, true);
    assert_int_equal(all.resource_count, 6);
    assert_int_equal(all.apart_count, 3);
    assert_int_equal(of_type(&all, "Condition")->families, M);
    assert_int_equal(of_type(&all, "ServiceRequest")->families, M);
    assert_int_equal(of_type(&all, "Task")->families, M);
    assert_int_equal(of_type(&all, "Observation")->families, 0);
    assert_int_equal(of_type(&all, "Encounter")->families, 0);
    assert_int_equal(rest.apart_count, 3);
    assert_int_equal(rest.resource_count, 3);
    assert_true(str_find(text_of(w, &rest), STR("Encounter/" COMPARTMENT)) >= 0);
    assert_true(str_find(text_of(w, &rest), STR("quokka")) < 0);
    for (size_t i = 0; i < rest.resource_count; i++) assert_int_equal(rest.resources[i].families, 0);
}

/* A visit because of it goes too; what was measured then stays, without the visit. */
static void a_visit_because_of_it_goes_and_the_rest_stays(void **state)
{
    struct world *w = *state;
    struct str bundle = arena_printf(
        w->mem, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[" PERSON LOW_MOOD WEIGHT VISIT "]}",
        ",\"diagnosis\":[{\"condition\":{\"reference\":\"Condition/low\"}}]");
    struct import_done rest = import(w, bundle, true);
    assert_int_equal(rest.apart_count, 2);
    assert_int_equal(rest.resource_count, 2);
    assert_non_null(of_type(&rest, "Observation"));
    assert_true(str_find(text_of(w, &rest), STR("Encounter")) < 0);
}

/* Values of what is kept apart do not stand among what was left out either, whatever the rule. */
static void what_was_left_out_has_no_values_of_it(void **state)
{
    struct world *w = *state;
    struct tape tape;
    struct admit_kept kept, rest;
    assert_ok(import_read(
        STR("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[" PERSON
            ",{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"q\",\"status\":\"final\",\"text\":{"
            "\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">quokka</div>\"},"
            "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"44261-6\"}]}," SUBJECT
            ",\"valueInteger\":21}},{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"v\",\"status\":"
            "\"final\",\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml"
            "\\\">wombat</div>\"},\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8302-2\"}]}," SUBJECT
            ",\"valueInteger\":170}}]}"),
        w->mem, &tape, NULL, NULL));
    assert_ok(admit_minimise(w->rules, &tape, STR(COMPARTMENT), w->mem, &kept, NULL));
    assert_true(str_find(kept.rejects, STR("wombat")) >= 0);
    assert_true(str_find(kept.rejects, STR("Bundle.entry[1].resource.text")) >= 0);
    assert_true(str_find(kept.rejects, STR("quokka")) < 0);
    assert_ok(admit_leave_apart(w->rules, &kept.tape, STR(COMPARTMENT), w->mem, &rest, NULL));
    assert_str(rest.rejects, "{\"path\":\"Bundle.entry[1]\",\"rule\":\"salve-admit/apart\"}\n");
    assert_int_equal(rest.resources_kept, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(codes_say_what_is_kept_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_code_may_stand_anywhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(medicines_without_an_order_of_codes_go_by_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_go_by_their_questions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_refers_to_it_is_kept_apart_as_well, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_visit_because_of_it_goes_and_the_rest_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_left_out_has_no_values_of_it, set_up, tear_down),
    };
    return t_run(tests);
}
