/* SPDX-License-Identifier: Apache-2.0
 * Constraints that are broken are reported with their key and place, and those that are kept are not. */
#include "fhirpath/invariants.h"
#include "t.h"

#include "fhirpath/fhirpath.h"

enum { ARENA_BYTES = 64 << 20 };

struct seen {
    char keys[200], path[200];
    unsigned errors, warnings, unevaluated;
};

static struct seen check(const char *json)
{
    struct arena *mem = arena_open(ARENA_BYTES);
    struct invariants *rules;
    struct tape tape;
    struct fhir_issues issues;
    struct salve_err err = {0};
    struct seen seen = {0};
    assert_ok(invariants_make(mem, &rules, &err));
    assert_ok(fhir_read(str_of(json), NULL, mem, &tape, NULL, &err));
    fhir_issues_init(&issues, mem);
    assert_ok(invariants_check(rules, &tape, mem, &issues, &err));
    for (size_t i = 0; i < issues.count; i++) {
        const struct fhir_issue *issue = &issues.items[i];
        seen.errors += issue->severity == FHIR_ERROR;
        seen.warnings += issue->severity == FHIR_WARNING;
        seen.unevaluated += issue->severity == FHIR_INFORMATION;
        if (issue->severity != FHIR_ERROR) continue;
        size_t used = strlen(seen.keys);
        (void)snprintf(seen.keys + used, sizeof seen.keys - used, "%s%s", used > 0 ? " " : "", issue->rule);
        (void)snprintf(seen.path, sizeof seen.path, "%.*s", STR_ARGS(issue->path));
    }
    arena_close(mem);
    return seen;
}

static void names_the_rule_and_the_place(void **state)
{
    (void)state;
    struct seen seen =
        check("{\"resourceType\":\"Patient\",\"contact\":[{\"name\":{\"family\":\"A\"}},{\"gender\":\"male\"}]}");
    assert_string_equal(seen.keys, "pat-1");
    assert_string_equal(seen.path, "Patient.contact[1]");
    assert_int_equal(seen.errors, 1);
}

static void warns_where_the_rule_is_a_recommendation(void **state)
{
    (void)state;
    struct seen seen = check("{\"resourceType\":\"Patient\",\"active\":true}"); /* dom-6: narrative */
    assert_int_equal(seen.errors, 0);
    assert_int_equal(seen.warnings, 1);
}

static void compares_dates_of_a_period(void **state)
{
    (void)state;
    assert_string_equal(check("{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"A\",\"period\":"
                              "{\"start\":\"2020-05-02\",\"end\":\"2020-05-01\"}}]}")
                            .keys,
                        "per-1");
    assert_string_equal(check("{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"A\",\"period\":"
                              "{\"start\":\"2020\",\"end\":\"2020-05-01\"}}]}")
                            .keys,
                        "");
}

/* What the rule says of a period, by its expression. */
static bool is_kept_by_expression(const char *json)
{
    struct arena *mem = arena_open(ARENA_BYTES);
    struct fhirpath *path;
    struct tape tape;
    struct expr_value out;
    struct expr_env env = {0};
    struct salve_err err = {0};
    struct str rule =
        STR("name.period.where((start.hasValue().not() or end.hasValue().not() or (start <= end)) = false).empty()");
    assert_ok(fhir_read(str_of(json), NULL, mem, &tape, NULL, &err));
    assert_ok(fhirpath_compile(rule, FHIR_T_Patient, mem, &path, &err));
    assert_ok(fhirpath_run(path, &env, expr_node(&tape, 0), mem, &out, &err));
    bool is_kept = out.kind != VALUE_BOOLEAN || out.as.boolean;
    arena_close(mem);
    return is_kept;
}

/* Periods whose ends are written alike are decided without the expression: never otherwise than by it. */
static void a_period_is_in_order_as_its_expression_says(void **state)
{
    (void)state;
    static const char *const times[] = {"2020",
                                        "2020-05-01",
                                        "2020-05-02",
                                        "2020-05-01T08:00:00Z",
                                        "2020-05-01T08:00:01Z",
                                        "2020-05-01T08:00:00.5Z",
                                        "2020-05-01T08:00:00.25Z",
                                        "2020-05-01T08:00:00.500Z",
                                        "2020-05-01T08:00:00+02:00",
                                        "2020-05-01T09:00:00+02:00",
                                        "2020-05-01T07:30:00+01:00",
                                        "2020-05-01T08:00:00.250+02:00",
                                        "2020-05-01T08:00:00.500+02:00",
                                        "2020-05-01T08:00:00.500+01:00",
                                        "2020-05-01T08:00:60Z",
                                        "2020-05-01T08:00:60+02:00",
                                        "2020-05-01T08:00:00.1234Z",
                                        "2020-05-01T08:00:00.1235Z",
                                        "2020-05-01T08:00:00.12345678Z"};
    char json[400];
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        for (size_t k = 0; k < sizeof times / sizeof times[0]; k++) {
            (void)snprintf(json, sizeof json,
                           "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"A\",\"period\":"
                           "{\"start\":\"%s\",\"end\":\"%s\"}}]}",
                           times[i], times[k]);
            bool is_kept = is_kept_by_expression(json);
            struct seen seen = check(json);
            assert_string_equal(seen.keys, is_kept ? "" : "per-1");
            assert_int_equal(seen.unevaluated, 0);
        }
}

static void finds_contained_resources_of_the_right_container(void **state)
{
    (void)state;
    assert_string_equal(check("{\"resourceType\":\"Patient\",\"managingOrganization\":{\"reference\":\"#o\"}}").keys,
                        "ref-1");
    assert_string_equal(
        check("{\"resourceType\":\"Patient\",\"contained\":[{\"resourceType\":\"Organization\",\"id\":\"o\","
              "\"name\":\"x\"}],\"managingOrganization\":{\"reference\":\"#o\"}}")
            .keys,
        "");
    /* nobody refers to it */
    assert_string_equal(
        check("{\"resourceType\":\"Patient\",\"contained\":[{\"resourceType\":\"Organization\",\"id\":\"o\","
              "\"name\":\"x\"}]}")
            .keys,
        "dom-3");
    /* in a Bundle each entry is a container of its own */
    assert_string_equal(
        check("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
              "{\"resource\":{\"resourceType\":\"Patient\",\"contained\":[{\"resourceType\":\"Organization\","
              "\"id\":\"o\",\"name\":\"x\"}],\"managingOrganization\":{\"reference\":\"#o\"}}},"
              "{\"resource\":{\"resourceType\":\"Patient\",\"managingOrganization\":{\"reference\":\"#o\"}}}]}")
            .keys,
        "ref-1");
    /* a contained resource may point to its sibling */
    assert_string_equal(
        check("{\"resourceType\":\"Patient\",\"contained\":[{\"resourceType\":\"Organization\",\"id\":\"a\","
              "\"name\":\"x\",\"partOf\":{\"reference\":\"#b\"}},{\"resourceType\":\"Organization\",\"id\":\"b\","
              "\"name\":\"y\"}],\"managingOrganization\":{\"reference\":\"#a\"}}")
            .keys,
        "");
}

static void applies_the_rules_of_the_resource_of_each_entry(void **state)
{
    (void)state;
    struct seen seen = check("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":"
                             "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"},"
                             "\"valueString\":\"a\",\"dataAbsentReason\":{\"text\":\"b\"}}}]}");
    assert_string_equal(seen.keys, "obs-6");
    assert_string_equal(seen.path, "Bundle.entry[0].resource");
}

static void checks_quantities_and_their_kinds(void **state)
{
    (void)state;
    const char *obs =
        "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"valueQuantity\":"
        "{\"value\":1,\"code\":\"kg\"}}";
    assert_string_equal(check(obs).keys, "qty-3");
    const char *age = "{\"resourceType\":\"Condition\",\"subject\":{\"display\":\"x\"},\"onsetAge\":{\"value\":-1,"
                      "\"code\":\"a\",\"system\":\"http://unitsofmeasure.org\"}}";
    assert_string_equal(check(age).keys, "age-1");
}

static void leaves_good_questionnaires_alone(void **state)
{
    (void)state;
    struct seen seen =
        check("{\"resourceType\":\"Questionnaire\",\"status\":\"active\",\"item\":[{\"linkId\":\"1\","
              "\"type\":\"string\"},{\"linkId\":\"2\",\"type\":\"string\",\"enableWhen\":[{\"question\":\"1\","
              "\"operator\":\"exists\",\"answerBoolean\":true}]}]}");
    assert_string_equal(seen.keys, "");
    assert_int_equal(seen.unevaluated, 0);
    assert_string_equal(check("{\"resourceType\":\"Questionnaire\",\"status\":\"active\",\"item\":[{\"linkId\":\"1\","
                              "\"type\":\"string\"},{\"linkId\":\"1\",\"type\":\"string\"}]}")
                            .keys,
                        "que-2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_rule_and_the_place),
        cmocka_unit_test(warns_where_the_rule_is_a_recommendation),
        cmocka_unit_test(compares_dates_of_a_period),
        cmocka_unit_test(a_period_is_in_order_as_its_expression_says),
        cmocka_unit_test(finds_contained_resources_of_the_right_container),
        cmocka_unit_test(applies_the_rules_of_the_resource_of_each_entry),
        cmocka_unit_test(checks_quantities_and_their_kinds),
        cmocka_unit_test(leaves_good_questionnaires_alone),
    };
    return t_run(tests);
}
