/* SPDX-License-Identifier: Apache-2.0
 * Import of one person: ids, kept old ids, references, NDJSON and single resources, what is refused. */
#include "t.h"

#include "fhir/fhir.h"
#include "admit/import.h"

#define COMPARTMENT "aaaaaaaaaaaaaaaaaaaaaaaaaa"

struct world {
    struct arena *mem;
    struct admit_rules *rules;
    struct import_done done;
    struct salve_err err;
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

static enum salve_code run(struct world *w, const char *text, bool minimise, const char *patient_id)
{
    struct tape bundle;
    struct fhir_issues issues;
    fhir_issues_init(&issues, w->mem);
    w->err = (struct salve_err){0};
    w->done = (struct import_done){0};
    struct import_ask ask = {.rules = w->rules,
                             .compartment = STR(COMPARTMENT),
                             .patient_id = str_of(patient_id),
                             .next = next_number,
                             .ctx = w,
                             .minimise = minimise};
    enum salve_code code = import_read(str_of(text), w->mem, &bundle, &issues, &w->err);
    return code == SALVE_OK ? import_run(&ask, &bundle, w->mem, &w->done, &w->err) : code;
}

static struct str json_of(struct world *w, size_t i)
{
    struct buf out;
    struct str text = STR_NONE;
    buf_init(&out, w->mem, (size_t)1 << 20);
    fhir_write(&w->done.resources[i].tape, 0, FHIR_COMPACT, &out);
    return buf_done(&out, &text, NULL) == SALVE_OK ? text : STR_NONE;
}

#define OBSERVATION(id, more)                                                                                          \
    "{\"resourceType\":\"Observation\",\"id\":\"" id "\",\"status\":\"final\"," more                                   \
    "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"718-7\"}]},\"subject\":{\"reference\":\"Patient/p\"}}"
#define PATIENT "{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"male\"}"

static void gives_ids_and_rewrites_references(void **state)
{
    struct world *w = *state;
    assert_ok(run(
        w,
        "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
        "{\"fullUrl\":\"urn:uuid:11111111-1111-4111-8111-111111111111\",\"resource\":{\"resourceType\":\"Observation\",\"status\":\"final\","
        "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"718-7\"}]},\"subject\":{\"reference\":\"urn:uuid:22222222-2222-4222-8222-222222222222\"},"
        "\"encounter\":{\"reference\":\"Encounter/e/_history/3\"},\"performer\":[{\"reference\":\"urn:uuid:33333333-3333-4333-8333-333333333333\"},"
        "{\"reference\":\"Organization/lab\"}]},\"request\":{\"method\":\"POST\",\"url\":\"Observation\"}},"
        "{\"fullUrl\":\"urn:uuid:22222222-2222-4222-8222-222222222222\",\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p1\",\"meta\":{\"versionId\":\"1\"},\"gender\":\"female\"},\"request\":{\"method\":\"POST\",\"url\":\"Patient\"}},"
        "{\"fullUrl\":\"urn:uuid:33333333-3333-4333-8333-333333333333\",\"resource\":{\"resourceType\":\"Practitioner\",\"id\":\"dr\"},\"request\":{\"method\":\"POST\",\"url\":\"Practitioner\"}},"
        "{\"resource\":{\"resourceType\":\"Encounter\",\"id\":\"e\",\"status\":\"finished\",\"class\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"AMB\"},"
        "\"subject\":{\"reference\":\"Patient/p1\"}},\"request\":{\"method\":\"POST\",\"url\":\"Encounter\"}}]}",
        false, ""));
    assert_int_equal(w->done.resource_count, 3);
    assert_int_equal(w->done.commons, 1);
    assert_int_equal(w->done.references, 3);
    assert_str(w->done.resources[0].type, "Patient");
    assert_str(json_of(w, 0),
               "{\"resourceType\":\"Patient\",\"id\":\"" COMPARTMENT ".1\",\"meta\":{\"versionId\":\"1\"},"
               "\"identifier\":[{\"system\":\"urn:salve:imported\",\"value\":\"p1\"}],\"gender\":\"female\"}");
    assert_str(w->done.resources[1].imported_id, "11111111-1111-4111-8111-111111111111");
    assert_str(
        json_of(w, 1),
        "{\"resourceType\":\"Observation\",\"id\":\"" COMPARTMENT ".2\","
        "\"identifier\":[{\"system\":\"urn:salve:imported\",\"value\":\"11111111-1111-4111-8111-111111111111\"}],\"status\":\"final\","
        "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"718-7\"}]},\"subject\":{\"reference\":\"Patient/" COMPARTMENT
        ".1\"},"
        "\"encounter\":{\"reference\":\"Encounter/" COMPARTMENT ".3\"},\"performer\":["
        "{\"type\":\"Practitioner\",\"identifier\":{\"system\":\"urn:salve:imported\",\"value\":\"dr\"}},"
        "{\"type\":\"Organization\",\"identifier\":{\"system\":\"urn:salve:imported\",\"value\":\"lab\"}}]}");
}

/* A UUID of digits alone is a long number, and a word of an id may be one that is never kept: what an import makes of such
 * ids must not keep the rest away. */
static void an_old_id_that_may_not_be_kept_is_left_out(void **state)
{
    struct world *w = *state;
    assert_ok(run(w,
                  "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
                  "{\"fullUrl\":\"urn:uuid:00000000-0000-4000-8000-000000000001\",\"resource\":{\"resourceType\":"
                  "\"Patient\",\"gender\":\"male\",\"generalPractitioner\":[{\"reference\":\"Practitioner/"
                  "1234567890\"}]}},"
                  "{\"fullUrl\":\"urn:uuid:religion\",\"resource\":{\"resourceType\":\"Observation\","
                  "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":"
                  "\"718-7\"}]},\"subject\":{\"reference\":\"urn:uuid:00000000-0000-4000-8000-000000000001\"},"
                  "\"performer\":[{\"reference\":\"Practitioner/1234567890\"}]}}]}",
                  false, ""));
    assert_str(json_of(w, 0), "{\"resourceType\":\"Patient\",\"id\":\"" COMPARTMENT
                              ".1\",\"gender\":\"male\",\"generalPractitioner\":[{\"type\":\"Practitioner\"}]}");
    assert_str(json_of(w, 1),
               "{\"resourceType\":\"Observation\",\"id\":\"" COMPARTMENT
               ".2\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"718-7\"}]},"
               "\"subject\":{\"reference\":\"Patient/" COMPARTMENT
               ".1\"},\"performer\":[{\"type\":\"Practitioner\",\"identifier\":{\"system\":\"urn:salve:imported\","
               "\"value\":\"1234567890\"}}]}");
    assert_int_equal(w->done.resources[0].imported_id.len + w->done.resources[1].imported_id.len, 0);
}

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* An id of one of the forms that exporters give: UUIDs, with a word before them, numbers, letters. */
static void make_id(uint64_t *seed, char *out, size_t room)
{
    static const char *const heads[] = {"", "", "", "Observation-", "p.", "1-"};
    static const char hex[] = "0123456789abcdef";
    size_t kind = next_random(seed) % 8, len = 0;
    len = (size_t)snprintf(out, room, "%s", heads[next_random(seed) % 6]);
    for (size_t i = 0; kind < 5 && i < 36; i++) {
        char c = i == 8 || i == 13 || i == 18 || i == 23 ? '-' : hex[next_random(seed) % (kind == 4 ? 10 : 16)];
        if (i == 14) c = '4';
        if (i == 19) c = "89ab"[next_random(seed) % 4];
        out[len++] = c;
    }
    for (size_t i = 0, count = 1 + next_random(seed) % 40; kind >= 5 && i < count; i++)
        out[len++] = kind == 5 ? hex[next_random(seed) % 10] : (char)('a' + next_random(seed) % 26);
    out[len] = '\0';
}

static bool is_of_chance(const char *id)
{
    size_t letters = 0;
    for (size_t i = 0; id[i] != '\0'; i++) letters += str_is_letter(id[i]);
    return strlen(id) == 36 && id[8] == '-' && id[13] == '-' && letters >= 4;
}

/* What import_run gives is admissible as it is, whatever the ids were; and UUIDs are no numbers of a state, also where
 * a state's numbers are eight digits, or groups of four. */
static void what_an_import_makes_is_admissible(void **state)
{
    enum { FILES = 3000 };
    struct world *w = *state;
    struct str patterns[] = {STR("99999999"), STR("9999-9999-9999"), STR("999999999999")};
    struct admit_site site = {.national_patterns = patterns, .national_pattern_count = 3};
    struct salve_err err = {0};
    uint64_t seed = 7;
    size_t uuids = 0, refused = 0;
    struct arena *kept = w->mem;
    assert_ok(admit_rules_make(&site, w->mem, &w->rules, &err));
    for (int n = 0; n < FILES; n++) {
        char patient[80], observation[80], text[1200];
        w->mem = arena_open((size_t)8 << 20);
        make_id(&seed, patient, sizeof patient);
        make_id(&seed, observation, sizeof observation);
        bool has_ids = n % 2 == 0;
        (void)snprintf(
            text, sizeof text,
            "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"fullUrl\":\"urn:uuid:%s\",\"resource\":{"
            "\"resourceType\":\"Patient\",%s%s%s\"gender\":\"male\"}},{\"fullUrl\":\"urn:uuid:%s\",\"resource\":{"
            "\"resourceType\":\"Observation\",%s%s%s\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
            "\"http://loinc.org\",\"code\":\"718-7\"}]},\"subject\":{\"reference\":\"urn:uuid:%s\"}}}]}",
            patient, has_ids ? "\"id\":\"" : "", has_ids ? patient : "", has_ids ? "\"," : "", observation,
            has_ids ? "\"id\":\"" : "", has_ids ? observation : "", has_ids ? "\"," : "", patient);
        bool is_uuid = is_of_chance(patient) && is_of_chance(observation);
        enum salve_code code = run(w, text, false, "");
        uuids += is_uuid;
        refused += is_uuid && code != SALVE_OK;
        for (size_t i = 0; code == SALVE_OK && i < w->done.resource_count; i++)
            assert_ok(admit_check(w->rules, &w->done.resources[i].tape, STR(COMPARTMENT), w->mem, NULL, &err));
        arena_close(w->mem);
        w->mem = kept;
    }
    assert_true(uuids > 100);
    assert_int_equal(refused, 0);
    assert_code(run(w, "{\"resourceType\":\"Patient\",\"id\":\"12345678-0000-4000-8000-000000000000\"}", false, ""),
                SALVE_E_NOT_ADMITTED);
    assert_code(run(w, "{\"resourceType\":\"Patient\",\"id\":\"x-12345678\"}", false, ""), SALVE_E_NOT_ADMITTED);
    assert_ok(run(w, "{\"resourceType\":\"Patient\",\"id\":\"12345678-8f7e-46f7-bb99-577a6623e59a\"}", false, ""));
    assert_code(run(w, "{\"resourceType\":\"Patient\",\"id\":\"12345678-8f7e-46f7-bb99-577a6623e59\"}", false, ""),
                SALVE_E_NOT_ADMITTED);
    assert_code(run(w, "{\"resourceType\":\"Patient\",\"id\":\"12345678-8f7e-06f7-bb99-577a6623e59a\"}", false, ""),
                SALVE_E_NOT_ADMITTED);
}

static void ndjson_and_single_resources_become_one_bundle(void **state)
{
    struct world *w = *state;
    assert_ok(run(w,
                  PATIENT "\n" OBSERVATION("o1", "") "\r\n\n" OBSERVATION(
                      "o2", "\"derivedFrom\":[{\"reference\":\"Observation/o1\"}],") "\n",
                  false, ""));
    assert_int_equal(w->done.resource_count, 3);
    assert_true(str_find(json_of(w, 2), STR("\"derivedFrom\":[{\"reference\":\"Observation/" COMPARTMENT ".2\"}]")) >
                0);
    w->number = 0;
    assert_ok(run(w, PATIENT, false, ""));
    assert_int_equal(w->done.resource_count, 1);
    assert_str(w->done.resources[0].id, COMPARTMENT ".1");
}

static void patient_of_the_compartment_keeps_its_id(void **state)
{
    struct world *w = *state;
    w->number = 40;
    assert_ok(run(w, PATIENT "\n" OBSERVATION("o1", ""), false, COMPARTMENT ".7"));
    assert_str(w->done.resources[0].id, COMPARTMENT ".7");
    assert_str(w->done.resources[1].id, COMPARTMENT ".41");
    assert_true(str_find(json_of(w, 1), STR("Patient/" COMPARTMENT ".7")) > 0);
    assert_ok(run(
        w,
        "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"718-7\"}]},"
        "\"subject\":{\"reference\":\"Patient/" COMPARTMENT ".7\"}}",
        false, COMPARTMENT ".7"));
    assert_int_equal(w->done.resource_count, 1);
}

static void own_export_comes_back_without_a_second_identifier(void **state)
{
    struct world *w = *state;
    assert_ok(run(
        w,
        "{\"resourceType\":\"Patient\",\"id\":\"x\",\"identifier\":[{\"system\":\"urn:salve:imported\",\"value\":\"x\"}]}",
        false, ""));
    assert_str(json_of(w, 0), "{\"resourceType\":\"Patient\",\"id\":\"" COMPARTMENT ".1\","
                              "\"identifier\":[{\"system\":\"urn:salve:imported\",\"value\":\"x\"}]}");
}

static void old_ids_join_the_identifiers_that_are_there(void **state)
{
    struct world *w = *state;
    assert_ok(run(
        w,
        "{\"resourceType\":\"Patient\",\"id\":\"x\",\"name\":[{\"family\":\"B\"}],\"identifier\":[{\"system\":\"urn:salve:card\",\"value\":\"8BKR-ZTYY-RT61-ZP8R-VXKG\"}]}",
        false, ""));
    struct str text = json_of(w, 0);
    struct tape again;
    struct fhir_issues issues;
    fhir_issues_init(&issues, w->mem);
    assert_ok(fhir_read(text, NULL, w->mem, &again, &issues, &w->err));
    assert_true(str_find(text, STR("{\"system\":\"urn:salve:imported\",\"value\":\"x\"}")) > 0);
    assert_true(str_find(text, STR("{\"system\":\"urn:salve:card\",\"value\":\"8BKR-ZTYY-RT61-ZP8R-VXKG\"}")) > 0);
}

static void dangling_references_are_named_or_left_out(void **state)
{
    struct world *w = *state;
    const char *text = PATIENT "\n" OBSERVATION("o1", "\"derivedFrom\":[{\"reference\":\"Observation/SECRET\"}],");
    assert_code(run(w, text, false, ""), SALVE_E_NOT_ADMITTED);
    assert_string_equal(t_where(&w->err), "Bundle.entry[1].resource.derivedFrom[0]");
    assert_int_equal(w->done.issues->count, 1);
    assert_string_equal(w->done.issues->items[0].rule, "salve-admit/reference");
    assert_int_equal(w->number, 0);
    assert_ok(run(w, text, true, ""));
    assert_int_equal(w->done.rule_count, 1);
    assert_string_equal(w->done.counts[0].rule, "salve-admit/reference");
    assert_str(w->done.rejects,
               "{\"path\":\"Bundle.entry[1].resource.derivedFrom[0]\",\"rule\":\"salve-admit/reference\","
               "\"value\":{\"reference\":\"Observation/SECRET\"}}\n");
}

static void two_people_are_refused_even_when_minimising(void **state)
{
    struct world *w = *state;
    const char *text = PATIENT "\n{\"resourceType\":\"Patient\",\"id\":\"q\",\"gender\":\"male\"}";
    assert_code(run(w, text, false, ""), SALVE_E_NOT_ADMITTED);
    assert_code(run(w, text, true, ""), SALVE_E_NOT_ADMITTED);
    assert_string_equal(w->done.issues->items[0].rule, "salve-never/N11");
}

static void a_file_of_nobody_is_refused(void **state)
{
    struct world *w = *state;
    assert_code(
        run(w,
            "{\"resourceType\":\"Practitioner\",\"id\":\"dr\"}\n{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"718-7\"}]},\"subject\":{\"reference\":\"Patient/zzz\"}}",
            false, ""),
        SALVE_E_NOT_ADMITTED);
    assert_string_equal(w->done.issues->items[0].rule, "salve-admit/subject");
}

static void broken_files_are_errors_with_a_place(void **state)
{
    struct world *w = *state;
    assert_code(run(w, PATIENT "\n{\"resourceType\":\"Patient\"", false, ""), SALVE_E_SYNTAX);
    assert_code(run(w, PATIENT "\n[]", false, ""), SALVE_E_SYNTAX);
    assert_code(run(w, PATIENT "\n{}", false, ""), SALVE_E_INVALID);
    assert_code(run(w, "", false, ""), SALVE_E_SYNTAX);
    assert_code(run(w,
                    "{\"resourceType\":\"Patient\",\"gender\":\"male\"}},{\"resource\":{\"resourceType\":\"Patient\"}",
                    false, ""),
                SALVE_E_SYNTAX);
}

/* A refused observation, a chain of Provenances that hang on it, and (hostile) one resource that refers to all of them. */
static struct str chain_of(struct world *w, unsigned links, bool is_hostile)
{
    struct buf out;
    buf_init(&out, w->mem, (size_t)32 << 20);
    buf_add(
        &out,
        STR(PATIENT
            "\n{\"resourceType\":\"Observation\",\"id\":\"v0\",\"status\":\"final\",\"code\":{\"coding\":"
            "[{\"system\":\"http://loinc.org\",\"code\":\"882-1\"}]},\"subject\":{\"reference\":\"Patient/p\"}}\n"));
    for (unsigned i = 1; i <= links; i++)
        buf_addf(&out,
                 "{\"resourceType\":\"Provenance\",\"id\":\"v%u\",\"target\":[{\"reference\":\"%s/v%u\"}],"
                 "\"recorded\":\"2026-11-23T10:00:00Z\",\"agent\":[{\"who\":{\"reference\":\"Patient/p\"}}]}\n",
                 i, i == 1 ? "Observation" : "Provenance", i - 1);
    if (is_hostile) {
        buf_add(
            &out,
            STR("{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
                "\"code\":\"718-7\"}]},\"subject\":{\"reference\":\"Patient/p\"},\"derivedFrom\":["));
        for (unsigned i = 1; i <= links; i++)
            buf_addf(&out, "%s{\"reference\":\"Provenance/v%u\"}", i == 1 ? "" : ",", i);
        buf_add(&out, STR("]}\n"));
    }
    return buf_str(&out);
}

static void what_hangs_on_a_refused_resource_goes_to_the_last_link(void **state)
{
    struct world *w = *state;
    assert_ok(run(w, chain_of(w, 2000, false).ptr, true, ""));
    assert_int_equal(w->done.resource_count, 1);
    assert_int_equal(w->done.resources_in, 2002);
}

static void hostile_chains_meet_a_step_limit(void **state)
{
    struct world *w = *state;
    assert_code(run(w, chain_of(w, 3000, true).ptr, true, ""), SALVE_E_STEPS);
}

/* Whatever allocation fails, the import says so and nothing else happens. */
static void every_failing_allocation_is_reported(void **state)
{
    struct world *w = *state;
    const char *text = PATIENT
        "\n" OBSERVATION("o1", "") "\n" OBSERVATION("o2", "\"derivedFrom\":[{\"reference\":\"Observation/x\"}],");
    unsigned failed = 0;
    for (uint64_t nth = 0;; nth++) {
        struct arena *mem = arena_open((size_t)64 << 20), *kept = w->mem;
        w->mem = mem;
        arena_fail_after(mem, nth);
        enum salve_code code = run(w, text, true, "");
        arena_fail_after(mem, UINT64_MAX);
        size_t count = w->done.resource_count;
        w->mem = kept;
        arena_close(mem);
        if (code == SALVE_OK) {
            assert_int_equal(count, 3);
            break;
        }
        assert_code(code, SALVE_E_MEMORY);
        failed++;
    }
    assert_true(failed > 20);
}

/* A finding that rests on `rests_on`, in the record of a compartment. */
static enum salve_code check_finding(struct world *w, const char *compartment, const char *rests_on)
{
    struct tape tape;
    struct str json = arena_printf(
        w->mem,
        "{\"resourceType\":\"Observation\",\"id\":\"%s.2\",\"extension\":[{\"url\":\"urn:salve:extension:finding\","
        "\"extension\":[{\"url\":\"urn:salve:extension:input\",\"extension\":[{\"url\":\"urn:salve:extension:reference\","
        "\"valueString\":\"%s\"}]}]}],\"status\":\"preliminary\",\"code\":{\"coding\":[{\"system\":\"urn:salve:item\","
        "\"code\":\"bmi\"}]},\"subject\":{\"reference\":\"Patient/%s.1\"}}",
        compartment, rests_on, compartment);
    assert_ok(fhir_read(json, NULL, w->mem, &tape, NULL, &w->err));
    return admit_check(w->rules, &tape, str_of(compartment), w->mem, NULL, NULL);
}

/* Ids are drawn by lot: one of some 200,000 begins like a locus of a forensic profile. Nothing else may say so. */
static void an_id_that_spells_something_is_an_id(void **state)
{
    static const char *const spelled[] = {"d3s1358aaaaaaaaaaaaaaaaaaa", "d24s32l6ugezjhuitgylapfu5e",
                                          "dys391aaaaaaaaaaaaaaaaaaaa"};
    struct world *w = *state;
    for (size_t i = 0; i < sizeof spelled / sizeof *spelled; i++) {
        const char *own = arena_printf(w->mem, "Observation/%s.65537", spelled[i]).ptr;
        assert_ok(check_finding(w, spelled[i], own));
        assert_code(check_finding(w, COMPARTMENT, own), SALVE_E_NOT_ADMITTED);
    }
    static const char *const smuggled[] = {
        "Observation/" COMPARTMENT ".rs1799853", "Observation/" COMPARTMENT ".1/_history/rs1799853",
        "https://a.example/Observation/" COMPARTMENT ".rs1799853", "Observation/" COMPARTMENT ".1 rs1799853",
        "rs1799853 Observation/" COMPARTMENT ".1"};
    for (size_t i = 0; i < sizeof smuggled / sizeof *smuggled; i++)
        assert_code(check_finding(w, COMPARTMENT, smuggled[i]), SALVE_E_NOT_ADMITTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gives_ids_and_rewrites_references, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_old_id_that_may_not_be_kept_is_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_an_import_makes_is_admissible, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ndjson_and_single_resources_become_one_bundle, set_up, tear_down),
        cmocka_unit_test_setup_teardown(patient_of_the_compartment_keeps_its_id, set_up, tear_down),
        cmocka_unit_test_setup_teardown(own_export_comes_back_without_a_second_identifier, set_up, tear_down),
        cmocka_unit_test_setup_teardown(old_ids_join_the_identifiers_that_are_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(dangling_references_are_named_or_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_people_are_refused_even_when_minimising, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_of_nobody_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(broken_files_are_errors_with_a_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_hangs_on_a_refused_resource_goes_to_the_last_link, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hostile_chains_meet_a_step_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_reported, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_id_that_spells_something_is_an_id, set_up, tear_down),
    };
    return t_run(tests);
}
