/* SPDX-License-Identifier: Apache-2.0
 *
 * A finding as FHIR and back, without a site: the Observation of each status, requests and tasks, what counts as a
 * draft of ours (docs/formats/findings.md). Uses blood-pressure of $BUILD/share. */
#include "t.h"

#include "base/zone.h"

#include <stdlib.h>

#include "fhir/fhir.h"
#include "screen/screen_int.h"

#define NOW_UNIX_MS 1795426200000 /* 2026-11-23T09:30:00Z */

static struct arena *mem;
static struct guideline *guideline;

static int set_up(void **state)
{
    char share[512];
    const char *build = getenv("BUILD");
    struct salve_err err = {0};
    (void)state;
    (void)snprintf(share, sizeof share, "%s/share", build == NULL ? "build" : build);
    mem = arena_open(256 << 20);
    if (guideline_load(share, STR("blood-pressure"), mem, &guideline, &err) == SALVE_OK) return 0;
    print_error("%s: %s\n", t_where(&err), err.why);
    return 1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(mem);
    return 0;
}

static const struct finding_input inputs[] = {
    {STR("systolic"), STR("148"), STR("mm[Hg]"), STR("2026-11-23T09:00:00Z"), STR("Observation/x.2")},
    {STR("diastolic"), STR("94"), STR("mm[Hg]"), STR("2026-11-23T09:00:00Z"), STR("Observation/x.2")},
    {STR("danger-symptoms"), STR("false"), STR(""), STR("2026-11-23"), STR("")},
    {STR("systolic"), STR("150"), STR("mm[Hg]"), STR("2026-11-23T09:05:00Z"), STR("Observation/x.3")},
};

static struct finding pressure(void)
{
    return (struct finding){.guideline = STR("blood-pressure"),
                            .version = STR("1.0.0"),
                            .item = STR("bp-category"),
                            .status = FINDING_ASSESSED,
                            .category = STR("hypertension"),
                            .action = STR("confirm-out-of-office"),
                            .urgency = URGENCY_ROUTINE,
                            .value = STR("149"),
                            .value2 = STR("94"),
                            .unit = STR("mm[Hg]"),
                            .define = STR("BP category"),
                            .inputs = inputs,
                            .input_count = 4};
}

static struct screen_draft draft_of(const struct finding *finding)
{
    return (struct screen_draft){.canonical = guideline_info(guideline)->canonical,
                                 .item = guideline_item(guideline, finding->item),
                                 .finding = finding,
                                 .patient = STR("Patient/x.1"),
                                 .id = STR("x.9"),
                                 .about = STR("Observation/x.8"),
                                 .zone = zone_utc(),
                                 .now_unix_ms = NOW_UNIX_MS};
}

static struct tape observation(const struct finding *finding)
{
    struct tape tape;
    struct screen_draft draft = draft_of(finding);
    assert_ok(screen_observation(&draft, mem, &tape, NULL));
    return tape;
}

static struct str at(const struct tape *tape, const char *path)
{
    tape_at found = tape_get(tape, tape_root(tape), path);
    return found == TAPE_NONE ? STR("") : tape_text(tape, found);
}

static struct str json(const struct tape *tape)
{
    struct buf out;
    buf_init(&out, mem, 1 << 20);
    fhir_write(tape, tape_root(tape), FHIR_COMPACT, &out);
    return buf_str(&out);
}

static bool holds(const struct tape *tape, const char *text) { return str_find(json(tape), str_of(text)) >= 0; }

static struct rec_resource resource(const char *type, const char *text)
{
    struct rec_resource one = {.id = STR("x.7"), .type = str_of(type)};
    assert_ok(fhir_read(str_of(text), NULL, mem, &one.tape, NULL, NULL));
    return one;
}

/* --- Observation -------------------------------------------------------------------------------------------------- */

static void a_pair_is_two_components(void **state)
{
    (void)state;
    struct finding finding = pressure();
    struct tape tape = observation(&finding);
    assert_str(at(&tape, "status"), "preliminary");
    assert_str(at(&tape, "subject.reference"), "Patient/x.1");
    assert_str(at(&tape, "effectiveDateTime"), "2026-11-23T09:30:00Z");
    assert_str(at(&tape, "interpretation.coding.code"), "hypertension");
    assert_str(at(&tape, "method.coding.code"), "BP category");
    assert_str(at(&tape, "method.coding.version"), "1.0.0");
    assert_str(at(&tape, "component.valueQuantity.value"), "149");
    assert_str(at(&tape, "component.valueQuantity.code"), "mm[Hg]");
    assert_str(at(&tape, "valueQuantity.value"), "");
    assert_true(holds(&tape, "\"value\":94"));
}

static void a_number_is_a_quantity_and_no_number_the_category(void **state)
{
    (void)state;
    struct finding finding = pressure();
    finding.value2 = STR("");
    struct tape tape = observation(&finding);
    assert_str(at(&tape, "valueQuantity.value"), "149");
    finding.value = STR("");
    tape = observation(&finding);
    assert_str(at(&tape, "valueCodeableConcept.coding.code"), "hypertension");
    assert_false(holds(&tape, "valueQuantity"));
}

static void why_there_is_no_value_is_coded(void **state)
{
    (void)state;
    static const struct {
        enum finding_status status;
        const char *reason;
    } cases[] = {{FINDING_NOT_ASSESSED, "unknown"},
                 {FINDING_QUERIED, "error"},
                 {FINDING_EXCLUDED, "not-applicable"},
                 {FINDING_NOT_JUDGED, "error"}};
    for (size_t i = 0; i < 3; i++) {
        struct finding finding = {.guideline = STR("blood-pressure"),
                                  .version = STR("1.0.0"),
                                  .item = STR("bp-category"),
                                  .status = cases[i].status,
                                  .urgency = URGENCY_NONE};
        struct tape tape = observation(&finding);
        assert_str(at(&tape, "dataAbsentReason.coding.code"), cases[i].reason);
        assert_false(holds(&tape, "interpretation"));
        assert_str(at(&tape, "method.coding.code"), "bp-category"); /* no define decided: the item stands for it */
    }
}

static void each_observation_that_was_used_is_named_once(void **state)
{
    (void)state;
    struct finding finding = pressure();
    struct tape tape = observation(&finding);
    struct str text = json(&tape);
    ptrdiff_t from = str_find(text, STR("\"derivedFrom\":["));
    assert_true(from > 0);
    text = str_cut(text, (size_t)from, text.len);
    text = str_cut(text, 0, (size_t)str_find(text, STR("]")));
    assert_str(text, "\"derivedFrom\":[{\"reference\":\"Observation/x.2\"},{\"reference\":\"Observation/x.3\"}");
}

static void a_finding_of_an_item_that_the_guideline_has_not_is_refused(void **state)
{
    (void)state;
    struct tape tape;
    struct finding finding = pressure();
    finding.item = STR("no-such-item");
    struct screen_draft draft = draft_of(&finding);
    assert_code(screen_observation(&draft, mem, &tape, NULL), SALVE_E_INVALID);
}

/* --- and back ----------------------------------------------------------------------------------------------------- */

static void what_is_kept_reads_back(void **state)
{
    (void)state;
    struct finding finding = pressure(), again = {0};
    struct tape tape = observation(&finding);
    assert_ok(screen_finding(&tape, screen_extension(&tape), mem, &again, NULL));
    assert_str(again.item, "bp-category");
    assert_str(again.value, "149");
    assert_str(again.value2, "94");
    assert_int_equal(again.status, FINDING_ASSESSED);
    assert_int_equal(again.urgency, URGENCY_ROUTINE);
    assert_int_equal(again.input_count, 4);
    assert_str(again.inputs[2].label, "danger-symptoms");
    assert_str(again.inputs[2].reference, "");
    assert_str(again.inputs[3].reference, "Observation/x.3");
    assert_true(again.source.ptr != NULL && again.source.len == 0); /* left out is empty, not nothing */
}

#define FINDING(parts)                                                                                                 \
    "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"extension\":[{\"url\":"        \
    "\"urn:salve:extension:finding\",\"extension\":[" parts "]}]}"
#define PART(name, value) "{\"url\":\"urn:salve:extension:" name "\",\"valueString\":\"" value "\"}"

static void a_kept_finding_that_is_not_whole_is_an_error(void **state)
{
    (void)state;
    static const struct {
        const char *parts;
        enum salve_code code;
    } cases[] = {
        {FINDING(PART("guideline", "g") "," PART("version", "1") "," PART("item", "i") "," PART(
             "status", "assessed") "," PART("urgency", "none")),
         SALVE_OK},
        {FINDING(PART("version", "1") "," PART("item", "i") "," PART("status", "assessed") "," PART("urgency", "none")),
         SALVE_E_INVALID},
        {FINDING(
             PART("guideline", "g") "," PART("item", "i") "," PART("status", "assessed") "," PART("urgency", "none")),
         SALVE_E_INVALID},
        {FINDING(PART("guideline", "g") "," PART("version", "1") "," PART("status", "assessed") "," PART("urgency",
                                                                                                         "none")),
         SALVE_E_INVALID},
        {FINDING(PART("guideline", "g") "," PART("version", "1") "," PART("item", "i") "," PART(
             "status", "sure") "," PART("urgency", "none")),
         SALVE_E_INVALID},
        {FINDING(PART("guideline", "g") "," PART("version", "1") "," PART("item", "i") "," PART("status", "assessed")),
         SALVE_E_INVALID},
        {FINDING(PART("guideline", "g") "," PART("version", "1") "," PART("item", "i") "," PART(
             "status", "assessed") "," PART("urgency", "yesterday")),
         SALVE_E_INVALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rec_resource one = resource("Observation", cases[i].parts);
        struct finding finding = {0};
        struct salve_err err = {0};
        tape_at extension = screen_extension(&one.tape);
        assert_true(extension != TAPE_NONE);
        assert_code(screen_finding(&one.tape, extension, mem, &finding, &err), cases[i].code);
    }
}

/* --- ServiceRequest and Task -------------------------------------------------------------------------------------- */

static void a_request_has_the_priority_and_the_days_of_its_urgency(void **state)
{
    (void)state;
    static const struct {
        enum urgency urgency;
        bool is_needed;
        const char *priority, *end;
    } cases[] = {{URGENCY_EMERGENCY_NOW, true, "stat", "2026-11-23"},
                 {URGENCY_SAME_DAY, true, "asap", "2026-11-23"},
                 {URGENCY_SOON, true, "urgent", "2026-12-07"},
                 {URGENCY_ROUTINE, true, "routine", "2027-02-22"},
                 {URGENCY_SELF_CARE, false, "", ""},
                 {URGENCY_NONE, false, "", ""}};
    assert_int_equal(sizeof cases / sizeof *cases, URGENCY_COUNT);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct finding finding = pressure();
        struct tape tape;
        finding.urgency = cases[i].urgency;
        assert_int_equal(screen_needs_request(&finding), cases[i].is_needed);
        if (!cases[i].is_needed) continue;
        struct screen_draft draft = draft_of(&finding);
        assert_ok(screen_request(&draft, mem, &tape, NULL));
        assert_str(at(&tape, "status"), "draft");
        assert_str(at(&tape, "intent"), "proposal");
        assert_str(at(&tape, "priority"), cases[i].priority);
        assert_str(at(&tape, "code.coding.system"), "urn:salve:guideline:blood-pressure:action");
        assert_str(at(&tape, "code.coding.code"), "confirm-out-of-office");
        assert_str(at(&tape, "occurrencePeriod.start"), "2026-11-23");
        assert_str(at(&tape, "occurrencePeriod.end"), cases[i].end);
        assert_str(at(&tape, "reasonReference.reference"), "Observation/x.8");
        finding.action = STR("");
        assert_false(screen_needs_request(&finding));
    }
}

static void a_task_asks_for_each_value_again(void **state)
{
    (void)state;
    static const struct str queried[] = {STR("height"), STR("weight")};
    struct finding finding = pressure();
    struct tape tape;
    assert_false(screen_needs_task(&finding));
    finding.queried = queried;
    finding.queried_count = 2;
    assert_true(screen_needs_task(&finding));
    struct screen_draft draft = draft_of(&finding);
    assert_ok(screen_task(&draft, mem, &tape, NULL));
    assert_str(at(&tape, "code.coding.code"), "measure-again");
    assert_str(at(&tape, "focus.reference"), "Observation/x.8");
    assert_str(at(&tape, "for.reference"), "Patient/x.1");
    assert_true(holds(&tape, "\"reasonCode\":{\"coding\":[{\"system\":\"urn:salve:input\",\"code\":\"height\"},"
                             "{\"system\":\"urn:salve:input\",\"code\":\"weight\"}]}"));
}

/* --- what is ours ------------------------------------------------------------------------------------------------- */

#define OTHER(type, rest) "{\"resourceType\":\"" type "\"," rest "}"

static void only_resources_of_ours_are_drafts(void **state)
{
    (void)state;
    static const struct str queried[] = {STR("height")};
    struct finding finding = pressure();
    struct screen_draft draft = draft_of(&finding);
    finding.queried = queried;
    finding.queried_count = 1;
    struct rec_resource mine[3] = {{.type = STR("Observation"), .id = STR("x.9")},
                                   {.type = STR("ServiceRequest"), .id = STR("x.9")},
                                   {.type = STR("Task"), .id = STR("x.9")}};
    static const enum screen_kind kinds[] = {SCREEN_OBSERVATION, SCREEN_REQUEST, SCREEN_TASK};
    assert_ok(screen_observation(&draft, mem, &mine[0].tape, NULL));
    assert_ok(screen_request(&draft, mem, &mine[1].tape, NULL));
    assert_ok(screen_task(&draft, mem, &mine[2].tape, NULL));
    for (size_t i = 0; i < 3; i++) {
        static const char *const after[][3] = {
            {"final", "cancelled"}, {"active", "revoked"}, {"requested", "cancelled"}};
        assert_int_equal(screen_kind(&mine[i]), kinds[i]);
        assert_true(screen_is_draft(&mine[i]));
        for (size_t s = 0; s < 2; s++) {
            struct rec_resource signed_one = mine[i];
            assert_ok(screen_with_status(&mine[i].tape, str_of(after[i][s]), mem, &signed_one.tape, NULL));
            assert_str(at(&signed_one.tape, "status"), after[i][s]);
            assert_false(screen_is_draft(&signed_one));
            assert_int_equal(screen_kind(&signed_one), kinds[i]);
        }
    }
    assert_str(screen_about(&mine[0], mem), "Observation/x.9");
    assert_str(screen_about(&mine[1], mem), "Observation/x.8");
    assert_str(screen_about(&mine[2], mem), "Observation/x.8");

    struct rec_resource other[] = {
        resource("Observation", OTHER("Observation", "\"status\":\"preliminary\",\"code\":{\"text\":\"x\"}")),
        resource("ServiceRequest", OTHER("ServiceRequest", "\"status\":\"draft\",\"intent\":\"proposal\",\"subject\":{"
                                                           "\"reference\":\"Patient/x.1\"},\"code\":{\"coding\":[{"
                                                           "\"system\":\"http://loinc.org\",\"code\":\"1\"}]}")),
        resource("Task", OTHER("Task", "\"status\":\"draft\",\"intent\":\"order\"")),
        resource("Patient", OTHER("Patient", "\"gender\":\"female\"")),
    };
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        assert_int_equal(screen_kind(&other[i]), SCREEN_OTHER);
        assert_false(screen_is_draft(&other[i]));
    }
}

static void another_status_changes_nothing_else(void **state)
{
    (void)state;
    struct finding finding = pressure();
    struct tape tape = observation(&finding), changed,
                none = resource("Patient", OTHER("Patient", "\"id\":\"x\"")).tape;
    assert_ok(screen_with_status(&tape, STR("final"), mem, &changed, NULL));
    assert_true(holds(&tape, "\"status\":\"preliminary\""));
    struct str before = json(&tape), after = json(&changed);
    ptrdiff_t where = str_find(before, STR("preliminary"));
    struct str want = arena_printf(mem, "%.*sfinal%.*s", STR_ARGS(str_cut(before, 0, (size_t)where)),
                                   STR_ARGS(str_cut(before, (size_t)where + 11, before.len)));
    assert_true(str_eq(after, want));
    assert_code(screen_with_status(&none, STR("final"), mem, &changed, NULL), SALVE_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_is_two_components),
        cmocka_unit_test(a_number_is_a_quantity_and_no_number_the_category),
        cmocka_unit_test(why_there_is_no_value_is_coded),
        cmocka_unit_test(each_observation_that_was_used_is_named_once),
        cmocka_unit_test(a_finding_of_an_item_that_the_guideline_has_not_is_refused),
        cmocka_unit_test(what_is_kept_reads_back),
        cmocka_unit_test(a_kept_finding_that_is_not_whole_is_an_error),
        cmocka_unit_test(a_request_has_the_priority_and_the_days_of_its_urgency),
        cmocka_unit_test(a_task_asks_for_each_value_again),
        cmocka_unit_test(only_resources_of_ours_are_drafts),
        cmocka_unit_test(another_status_changes_nothing_else),
    };
    int failed = _cmocka_run_group_tests("screen_kept", tests, sizeof tests / sizeof *tests, set_up, tear_down);
    return t_close(failed, (int)(sizeof tests / sizeof *tests));
}
