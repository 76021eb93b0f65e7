/* SPDX-License-Identifier: Apache-2.0
 * Tapes made and changed without JSON text: tape_edit.h; and walking: tape.h. */
#include "t.h"

#include "fhir/fhir.h"
#include "fhir/tape_edit.h"

static struct str json_of(struct arena *mem, const struct tape *tape)
{
    struct buf out;
    struct str text = STR_NONE;
    buf_init(&out, mem, 1 << 20);
    fhir_write(tape, tape_root(tape), FHIR_COMPACT, &out);
    assert_ok(buf_done(&out, &text, NULL));
    return text;
}

static struct tape tape_of(struct arena *mem, const char *json)
{
    struct tape tape;
    struct salve_err err = {0};
    if (fhir_read(str_of(json), NULL, mem, &tape, NULL, &err) != SALVE_OK) fail_msg("%s: %s", t_where(&err), err.why);
    return tape;
}

static void build_observation(struct tape_builder *make, struct arena *mem)
{
    tape_build(make, mem, FHIR_T_Observation);
    tape_add_text(make, "id", STR("a1"));
    tape_add_text(make, "status", STR("final"));
    tape_open(make, "code");
    for (int i = 0; i < 2; i++) {
        tape_open(make, "coding");
        tape_add_text(make, "system", STR("http://loinc.org"));
        tape_add_text(make, "code", i == 0 ? STR("8480-6") : STR("85354-9"));
        tape_close(make);
    }
    tape_close(make);
    tape_open(make, "valueQuantity");
    tape_add_number(make, "value", STR("148.0"));
    tape_close(make);
    tape_open_resource(make, "contained", FHIR_T_Patient);
    tape_add_bool(make, "active", true);
    tape_close(make);
}

static void built_tape_is_what_the_reader_makes_of_its_json(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct tape_builder make;
    struct tape tape;
    struct salve_err err = {0};
    build_observation(&make, mem);
    assert_ok(tape_built(&make, &tape, &err));
    const char *json =
        "{\"resourceType\":\"Observation\",\"id\":\"a1\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
        "\"http://loinc.org\",\"code\":\"8480-6\"},{\"system\":\"http://loinc.org\",\"code\":\"85354-9\"}]},"
        "\"valueQuantity\":{\"value\":148.0},\"contained\":[{\"resourceType\":\"Patient\",\"active\":true}]}";
    assert_str(json_of(mem, &tape), json);
    struct tape read = tape_of(mem, json);
    assert_int_equal(read.node_count, tape.node_count);
    assert_memory_equal(read.nodes, tape.nodes, tape.node_count * sizeof *tape.nodes);
    arena_close(mem);
}

static void builder_keeps_its_first_mistake(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool is_text;
        const char *value;
    } wrong[] = {
        {"colour", true, "x"}, {"status", false, "1"},   {"status", true, " x"},
        {"code", true, "x"},   {"issued", true, "2024"},
    };
    struct arena *mem = arena_open(1 << 20);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct tape_builder make;
        struct tape tape;
        struct salve_err err = {0};
        tape_build(&make, mem, FHIR_T_Observation);
        if (wrong[i].is_text)
            tape_add_text(&make, wrong[i].name, str_of(wrong[i].value));
        else
            tape_add_number(&make, wrong[i].name, str_of(wrong[i].value));
        tape_open(&make, "nothing");
        tape_close(&make);
        assert_code(tape_built(&make, &tape, &err), SALVE_E_INVALID);
        assert_string_equal(t_where(&err), wrong[i].name);
    }
    arena_close(mem);
}

static void builder_copies_subtrees_of_the_right_type_only(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct tape from =
        tape_of(mem, "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"B\",\"_family\":{\"id\":\"x\"}}]}");
    struct tape_builder make;
    struct tape tape;
    tape_build(&make, mem, FHIR_T_Practitioner);
    tape_add_copy(&make, "name", &from, tape_get(&from, 0, "name"));
    tape_add_bool(&make, "active", false);
    assert_ok(tape_built(&make, &tape, NULL));
    assert_str(json_of(mem, &tape),
               "{\"resourceType\":\"Practitioner\",\"name\":[{\"family\":\"B\",\"_family\":{\"id\":\"x\"}}],"
               "\"active\":false}");
    tape_build(&make, mem, FHIR_T_Practitioner);
    tape_add_copy(&make, "address", &from, tape_get(&from, 0, "name"));
    assert_code(tape_built(&make, &tape, NULL), SALVE_E_INVALID);
    arena_close(mem);
}

/* Drops elements called "family", renames references. */
static enum tape_verdict decide(void *context, const struct tape *from, tape_at at, struct str *text)
{
    (void)context;
    if (tape_path_name(from, at) == FHIR_N_family) return TAPE_DROP;
    if (tape_path_name(from, at) != FHIR_N_reference) return TAPE_KEEP;
    *text = STR("Organization/new");
    return TAPE_REPLACE;
}

static void copy_replaces_drops_and_leaves_no_empty_object(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct tape copy, from = tape_of(mem, "{\"id\":\"p\",\"resourceType\":\"Patient\",\"name\":[{\"family\":\"B\"},"
                                          "{\"family\":\"C\",\"use\":\"old\"}],"
                                          "\"managingOrganization\":{\"reference\":\"Organization/1\"}}");
    assert_ok(tape_copy(&from, 0, decide, NULL, mem, &copy, NULL));
    assert_str(json_of(mem, &copy), "{\"id\":\"p\",\"resourceType\":\"Patient\",\"name\":[{\"use\":\"old\"}],"
                                    "\"managingOrganization\":{\"reference\":\"Organization/new\"}}");
    assert_null(memmem(copy.heap, copy.heap_bytes, "Organization/1", 14)); /* nothing dropped stays in the heap */
    assert_ok(tape_copy(&from, tape_get(&from, 0, "name"), NULL, NULL, mem, &copy, NULL));
    assert_int_equal(copy.node_count, 2);
    assert_int_equal(tape_element(&copy, 0), 0);
    arena_close(mem);
}

static void walking_finds_children_texts_and_paths(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct tape tape =
        tape_of(mem, "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"B\"},{\"given\":[\"C\",\"D\"]}],"
                     "\"deceasedBoolean\":false,\"birthDate\":\"1990\"}");
    struct buf path;
    buf_init(&path, mem, 1000);
    tape_at given = tape_get(&tape, tape_child(&tape, 0, FHIR_N_name) + 2, "given");
    assert_str(tape_text(&tape, given), "C");
    tape_path(&tape, given + 1, &path);
    assert_str(buf_str(&path), "Patient.name[1].given[1]");
    assert_str(tape_child_text(&tape, 0, "birthDate"), "1990");
    assert_str(tape_text(&tape, tape_child(&tape, 0, FHIR_N_deceased)), "false");
    assert_null(tape_child_text(&tape, 0, "gender").ptr);
    assert_int_equal(tape_get(&tape, 0, "name.period.start"), TAPE_NONE);
    struct tape view = tape_view(&tape, tape_get(&tape, 0, "name"));
    assert_str(tape_child_text(&view, 0, "family"), "B");
    arena_close(mem);
}

/* "Basic Patient!": the types of the nodes where a walk stops; the Patient with its mark. */
static struct str stops(struct arena *mem, const char *json, bool (*each)(const struct tape *, tape_at *))
{
    struct tape tape = tape_of(mem, json);
    struct buf out;
    struct str text = STR_NONE;
    buf_init(&out, mem, 1 << 10);
    for (tape_at at = TAPE_NONE; each(&tape, &at);) {
        buf_add(&out, fhir_type_name(tape_type(&tape, at)));
        buf_add_char(&out, at == tape_patient(&tape) ? '!' : ' ');
    }
    assert_ok(buf_done(&out, &text, NULL));
    return text;
}

static void resources_stand_alone_or_in_the_entries_of_a_bundle(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    const char *bundle =
        "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"link\":[{\"relation\":\"self\",\"url\":\"a\"}],\"entry\":["
        "{\"fullUrl\":\"urn:a\",\"resource\":{\"resourceType\":\"Basic\",\"id\":\"a\",\"code\":{\"text\":\"b\"},"
        "\"contained\":[{\"resourceType\":\"Patient\",\"id\":\"c\"}]},\"search\":{\"mode\":\"match\"}},"
        "{\"request\":{\"method\":\"DELETE\",\"url\":\"Basic/d\"}},"
        "{\"resource\":{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
        "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"e\"}}]}},"
        "{\"response\":{\"status\":\"200\",\"outcome\":{\"resourceType\":\"OperationOutcome\",\"issue\":["
        "{\"severity\":\"error\",\"code\":\"invalid\"}]}},\"resource\":{\"resourceType\":\"Patient\",\"id\":\"f\"}},"
        "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"g\"}}]}";
    const char *alone =
        "{\"resourceType\":\"Patient\",\"contained\":[{\"resourceType\":\"Basic\",\"id\":\"a\",\"code\":"
        "{\"text\":\"b\"}}]}";
    assert_str(stops(mem, bundle, tape_each_resource), "Basic Bundle Patient!Patient ");
    assert_str(stops(mem, bundle, tape_each_entry),
               "Bundle.entry Bundle.entry Bundle.entry Bundle.entry Bundle.entry ");
    assert_str(stops(mem, alone, tape_each_resource), "Patient!");
    assert_str(stops(mem, alone, tape_each_entry), "");
    assert_str(stops(mem, "{\"resourceType\":\"Bundle\",\"type\":\"batch\"}", tape_each_resource), "");
    struct tape empty = {0}, whole = tape_of(mem, bundle);
    tape_at at = TAPE_NONE;
    assert_false(tape_each_resource(&empty, &at) || tape_each_entry(&empty, &at));
    assert_int_equal(tape_patient(&empty), TAPE_NONE);
    /* a view of the inner Bundle walks its own entries only */
    while (tape_each_resource(&whole, &at) && tape_type(&whole, at) != FHIR_T_Bundle) {
    }
    struct tape inner = tape_view(&whole, at);
    assert_str(tape_child_text(&inner, tape_patient(&inner), "id"), "e");
    arena_close(mem);
}

static void tables_know_value_sets_targets_and_rules(void **state)
{
    (void)state;
    uint16_t gender = fhir_elements[FHIR_E_Patient_gender].binding;
    assert_int_equal(fhir_valueset_has(gender, STR_NONE, STR("female")), FHIR_HAS);
    assert_int_equal(fhir_valueset_has(gender, STR_NONE, STR("weiblich")), FHIR_HAS_NOT);
    assert_int_equal(fhir_valueset_has(gender, STR("http://hl7.org/fhir/administrative-gender"), STR("male")),
                     FHIR_HAS);
    assert_int_equal(fhir_valueset_has(gender, STR("http://x"), STR("male")), FHIR_HAS_NOT);
    assert_int_equal(
        fhir_valueset_has(fhir_elements[FHIR_E_Attachment_contentType].binding, STR_NONE, STR("text/plain")),
        FHIR_HAS_UNKNOWN);
    const uint16_t *target = fhir_list(fhir_elements[FHIR_E_Patient_managingOrganization].targets);
    assert_int_equal(target[0], FHIR_T_Organization);
    assert_int_equal(target[1], 0);
    const uint16_t *rule = fhir_list(fhir_types[FHIR_T_Patient_contact].invariants);
    assert_string_equal(fhir_invariants[rule[0]].key, "pat-1");
    assert_int_equal(fhir_elements[FHIR_E_Questionnaire_item_item].type, FHIR_T_Questionnaire_item);
    assert_true(fhir_type_is_a(FHIR_T_Patient, FHIR_T_Resource));
    assert_false(fhir_type_is_a(FHIR_T_Bundle, FHIR_T_DomainResource));
    assert_int_equal(fhir_type_find(STR("SubscriptionStatus")), 0);
    assert_int_equal(fhir_element_find(FHIR_T_Meta, STR("project")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_tape_is_what_the_reader_makes_of_its_json),
        cmocka_unit_test(builder_keeps_its_first_mistake),
        cmocka_unit_test(builder_copies_subtrees_of_the_right_type_only),
        cmocka_unit_test(copy_replaces_drops_and_leaves_no_empty_object),
        cmocka_unit_test(walking_finds_children_texts_and_paths),
        cmocka_unit_test(resources_stand_alone_or_in_the_entries_of_a_bundle),
        cmocka_unit_test(tables_know_value_sets_targets_and_rules),
    };
    return t_run(tests);
}
