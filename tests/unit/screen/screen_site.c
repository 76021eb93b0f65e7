/* SPDX-License-Identifier: Apache-2.0
 *
 * Screening at a site, through the gate: acceptance, drafts, a second run, signing, what the letter gets. Uses the real
 * guidelines of $BUILD/share (build/share). */
#include "fhir/validate.h"
#include "screen_case.h"

static void assert_same_text(const struct finding *of, const char *name, struct str a, struct str b)
{
    if (!str_eq(a, b)) fail_msg("%.*s: %s differs", STR_ARGS(of->item), name);
}

static void assert_same_list(const struct finding *of, const char *name, const struct str *a, size_t a_count,
                             const struct str *b, size_t b_count)
{
    if (a_count != b_count) fail_msg("%.*s: %s has %zu texts and %zu", STR_ARGS(of->item), name, a_count, b_count);
    for (size_t i = 0; i < a_count; i++) assert_same_text(of, name, a[i], b[i]);
}

static void assert_same_input(const struct finding *of, const struct finding_input *a, const struct finding_input *b)
{
#define FINDING_INPUT(name, ...) assert_same_text(of, "input " #name, a->name, b->name);
#include "guideline/finding.def"
}

static void assert_same(const struct finding *a, const struct finding *b)
{
#define FINDING_TEXT(name, ...) assert_same_text(a, #name, a->name, b->name);
#define FINDING_NUMBER          FINDING_TEXT
#define FINDING_WORD(name, ...) assert_int_equal(a->name, b->name);
#define FINDING_LIST(name, ...) assert_same_list(a, #name, a->name, a->name##_count, b->name, b->name##_count);
#define FINDING_INPUTS(name, ...)                                                                                      \
    assert_int_equal(a->input_count, b->input_count);                                                                  \
    for (size_t i = 0; i < a->input_count; i++) assert_same_input(a, &a->name[i], &b->name[i]);
#include "guideline/finding.def"
}

/* The rows of finding.def, to note which of them some finding has. */
enum row {
#define FINDING_TEXT(name, ...)  ROW_##name,
#define FINDING_NUMBER           FINDING_TEXT
#define FINDING_WORD             FINDING_TEXT
#define FINDING_LIST             FINDING_TEXT
#define FINDING_INPUTS           FINDING_TEXT
#define FINDING_INPUT(name, ...) ROW_INPUT_##name,
#include "guideline/finding.def"
    ROW_COUNT
};

static const char *const row_names[] = {
#define FINDING_TEXT(name, ...)  #name,
#define FINDING_NUMBER           FINDING_TEXT
#define FINDING_WORD             FINDING_TEXT
#define FINDING_LIST             FINDING_TEXT
#define FINDING_INPUTS           FINDING_TEXT
#define FINDING_INPUT(name, ...) "input " #name,
#include "guideline/finding.def"
};

static void note_rows(const struct finding *finding, bool has[ROW_COUNT])
{
#define FINDING_TEXT(name, ...)   has[ROW_##name] |= finding->name.len > 0;
#define FINDING_NUMBER            FINDING_TEXT
#define FINDING_WORD(name, ...)   has[ROW_##name] |= finding->name > 0;
#define FINDING_LIST(name, ...)   has[ROW_##name] |= finding->name##_count > 0;
#define FINDING_INPUTS(name, ...) has[ROW_##name] |= finding->input_count > 0;
#include "guideline/finding.def"
    for (size_t i = 0; i < finding->input_count; i++) {
#define FINDING_INPUT(name, ...) has[ROW_INPUT_##name] |= finding->inputs[i].name.len > 0;
#include "guideline/finding.def"
    }
}

/* Findings that ask for an appointment. */
static int requests_of(const struct finding *findings, size_t count)
{
    int requests = 0;
    for (size_t i = 0; i < count; i++)
        requests += findings[i].action.len > 0 && findings[i].urgency < URGENCY_SELF_CARE;
    return requests;
}

/* --- acceptance --------------------------------------------------------------------------------------------------- */

static void a_guideline_is_not_used_before_a_clinician_accepts_it(void **state)
{
    struct world w = world_make("screen-accept");
    struct screen_acceptance acceptance = {0};
    struct screen *screen = NULL;
    struct guideline_choice hearts = {STR("bp-scheme"), STR("HEARTS")}, wrong = {STR("bp-scheme"), STR("ESC1066")};
    size_t refused = 0;
    (void)state;
    t_must(screen_open(w.t->site, w.list, w.count, w.t->mem, &screen, &refused, &err)); /* the alarms are always on */
    assert_int_equal(refused, w.count - 1);
    assert_int_equal(screen_accepted(w.t->site, w.list[0], w.t->mem, &acceptance, NULL), SALVE_E_NOT_FOUND);
    assert_int_equal(screen_accept(w.t->site, T_ASSISTANT, w.list[0], NULL, 0, w.t->mem, NULL), SALVE_E_ROLE);
    assert_int_equal(screen_accept(w.t->site, T_CLINICIAN, w.list[0], &wrong, 1, w.t->mem, NULL), SALVE_E_INVALID);
    t_must(screen_accept(w.t->site, T_CLINICIAN, w.list[0], &hearts, 1, w.t->mem, &err));
    t_must(screen_accepted(w.t->site, w.list[0], w.t->mem, &acceptance, &err));
    assert_str(acceptance.accepted_by, "dr-amina");
    assert_int_equal(acceptance.digest.len, 64);
    assert_int_equal(acceptance.choice_count, guideline_info(w.list[0])->switch_count); /* all, with initial values */
    assert_str(acceptance.choices[0].value, "HEARTS");
    t_must(screen_open(w.t->site, w.list, w.count, w.t->mem, &screen, &refused, &err));
    assert_int_equal(refused, w.count - 2);
    t_site_drop(w.t);
}

static void other_content_than_was_accepted_is_not_used(void **state)
{
    struct world w = world_make("screen-content");
    struct screen_acceptance acceptance = {0};
    struct salve_err err = {0};
    (void)state;
    struct str text =
        STR("{\"guideline\":\"blood-pressure\",\"version\":\"1.0.0\",\"digest\":\"00\",\"acceptedBy\":\"dr-amina\","
            "\"at\":\"2026-11-01T00:00:00Z\",\"choices\":{}}");
    t_must(commons_put(w.t->site, T_CLINICIAN, STR("guideline"), STR("blood-pressure"), text, &err));
    assert_int_equal(screen_accepted(w.t->site, w.list[0], w.t->mem, &acceptance, &err), SALVE_E_CONFLICT);
    assert_non_null(strstr(err.why, "other"));
    t_site_drop(w.t);
}

/* --- drafts ------------------------------------------------------------------------------------------------------- */

static void a_run_keeps_its_findings_as_drafts(void **state)
{
    struct world w = world_make("screen-run");
    const struct finding *findings = NULL;
    size_t count = 0;
    (void)state;
    accept_all(&w);
    examine(&w);
    run(&w, &findings, &count);
    const struct finding *bp = of_item(findings, count, "bp-category"), *bmi = of_item(findings, count, "bmi");
    assert_str(bp->category, "hypertension");
    assert_str(bp->value, "149");
    assert_int_equal(bmi->status, FINDING_QUERIED);
    assert_str(of_item(findings, count, "egfr")->category, "G3a");
    struct rec_view *view = t_open(w.t, T_CLINICIAN, PURPOSE_CARE, w.person.card);
    struct screen_set drafts = kept(&w, view, SCREEN_DRAFT), none;
    assert_int_equal(drafts.count, count);
    for (size_t i = 0; i < count; i++) {
        char item[64];
        (void)snprintf(item, sizeof item, "%.*s", STR_ARGS(findings[i].item));
        assert_same(&findings[i], of_item(drafts.findings, drafts.count, item));
    }
    assert_str(drafts.signed_by, "");
    assert_str(drafts.checked_at, "2026-11-23T09:30:00Z");
    assert_int_equal(screen_findings(view, SCREEN_SIGNED, w.t->mem, &none, NULL), SALVE_E_NOT_FOUND);
    assert_int_equal(requests_of(findings, count), 2); /* blood pressure, kidneys */
    assert_int_equal(with_status(view, "ServiceRequest", "draft"), requests_of(findings, count));
    assert_true(with_status(view, "Task", "draft") >= 1); /* the height */
    t_close_view(&view);
    t_site_drop(w.t);
}

static void drafts_are_whole_fhir(void **state)
{
    struct world w = world_make("screen-fhir");
    const struct rec_resource *all = NULL;
    const struct finding *findings = NULL;
    size_t count = 0, finding_count = 0;
    (void)state;
    accept_all(&w);
    examine(&w);
    run(&w, &findings, &finding_count);
    sign(&w, &finding_count);
    struct rec_view *view = t_open(w.t, T_CLINICIAN, PURPOSE_CARE, w.person.card);
    t_must(rec_all(view, 0, &all, &count, &err));
    for (size_t i = 0; i < count; i++) {
        struct tape again;
        struct fhir_issues issues;
        bool is_valid = false;
        struct salve_err err = {0};
        fhir_issues_init(&issues, w.t->mem);
        if (fhir_read(t_json(w.t->mem, &all[i].tape), NULL, w.t->mem, &again, &issues, &err) != SALVE_OK)
            fail_msg("%.*s: %s %s", STR_ARGS(all[i].type), t_where(&err), err.why);
        t_must(fhir_validate(&again, w.t->mem, &issues, &is_valid, &err));
        if (!is_valid) fail_msg("%.*s: %s", STR_ARGS(all[i].type), issues.items[0].text);
    }
    t_close_view(&view);
    t_site_drop(w.t);
}

static void a_second_run_replaces_the_drafts(void **state)
{
    struct world w = world_make("screen-again");
    const struct finding *findings = NULL;
    size_t count = 0;
    (void)state;
    accept_all(&w);
    examine(&w);
    run(&w, &findings, &count);
    struct rec_view *view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    size_t before = t_count(view);
    measure_pressure(&w, view, 10, "116", "66");
    measure_pressure(&w, view, 12, "114", "64");
    t_close_view(&view);
    run(&w, &findings, &count);
    assert_str(of_item(findings, count, "bp-category")->category, "non-elevated");
    view = t_open(w.t, T_CLINICIAN, PURPOSE_CARE, w.person.card);
    assert_int_equal(t_count(view), before + 2);
    struct screen_set drafts = kept(&w, view, SCREEN_DRAFT);
    assert_str(of_item(drafts.findings, drafts.count, "bp-category")->value, "115");
    assert_int_equal(drafts.count, count);
    assert_int_equal(with_status(view, "ServiceRequest", "draft"), requests_of(findings, count));
    assert_true(with_status(view, "ServiceRequest", "revoked") >= 1);
    t_close_view(&view);
    t_site_drop(w.t);
}

static void what_salve_computed_is_no_reading(void **state)
{
    struct world w = world_make("screen-own");
    const struct finding *first = NULL, *second = NULL;
    size_t first_count = 0, second_count = 0, signed_count = 0;
    (void)state;
    accept_all(&w);
    examine(&w);
    run(&w, &first, &first_count);
    sign(&w, &signed_count);
    run(&w, &second, &second_count);
    assert_int_equal(first_count, second_count);
    for (size_t i = 0; i < first_count; i++) assert_same(&first[i], &second[i]);
    t_site_drop(w.t);
}

/* --- signing ------------------------------------------------------------------------------------------------------ */

static void only_a_clinician_signs(void **state)
{
    struct world w = world_make("screen-role");
    const struct finding *findings = NULL;
    size_t count = 0;
    (void)state;
    accept_all(&w);
    examine(&w);
    run(&w, &findings, &count);
    struct rec_view *view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    assert_int_equal(screen_sign(view, T_ASSISTANT, NULL, w.t->mem, &count, NULL), SALVE_E_ROLE);
    t_close_view(&view);
    t_site_drop(w.t);
}

static void signing_makes_results_and_names_the_clinician(void **state)
{
    struct world w = world_make("screen-sign");
    const struct finding *findings = NULL;
    size_t count = 0, signed_count = 0, again = 0;
    (void)state;
    accept_all(&w);
    examine(&w);
    run(&w, &findings, &count);
    sign(&w, &signed_count);
    assert_int_equal(signed_count, count);
    struct rec_view *view = t_open(w.t, T_CLINICIAN, PURPOSE_CARE, w.person.card);
    struct screen_set set = kept(&w, view, SCREEN_SIGNED), none;
    assert_int_equal(set.count, count);
    assert_str(set.signed_by, "dr-amina");
    assert_str(set.signed_at, "2026-11-23T09:30:00Z");
    assert_int_equal(screen_findings(view, SCREEN_DRAFT, w.t->mem, &none, NULL), SALVE_E_NOT_FOUND);
    assert_int_equal(screen_sign(view, T_CLINICIAN, NULL, w.t->mem, &again, NULL), SALVE_E_NOT_FOUND);
    assert_int_equal(with_status(view, "ServiceRequest", "active"), requests_of(findings, count));
    t_close_view(&view);
    t_site_drop(w.t);
}

/* What one run found of w->person is the same as a draft and as a signed result; `has` notes the fields. */
static void assert_kept_whole(struct world *w, bool has[ROW_COUNT])
{
    const struct finding *findings = NULL;
    size_t count = 0, signed_count = 0;
    run(w, &findings, &count);
    for (enum screen_state state = SCREEN_DRAFT; state <= SCREEN_SIGNED; state++) {
        if (state == SCREEN_SIGNED) sign(w, &signed_count);
        struct rec_view *view = t_open(w->t, T_CLINICIAN, PURPOSE_CARE, w->person.card);
        struct screen_set set = kept(w, view, state);
        assert_int_equal(set.count, count);
        for (size_t i = 0; i < count; i++) {
            char item[64];
            (void)snprintf(item, sizeof item, "%.*s", STR_ARGS(findings[i].item));
            const struct finding *again = of_item(set.findings, set.count, item);
            assert_same(&findings[i], again);
            if (state == SCREEN_SIGNED) note_rows(again, has);
        }
        t_close_view(&view);
    }
}

static void every_field_survives_drafting_signing_and_reading(void **state)
{
    struct world w = world_make("screen-fields");
    bool has[ROW_COUNT] = {false};
    (void)state;
    accept_all(&w);
    examine(&w);
    struct rec_view *view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    measure(&w, view, "4548-4", "5.2", "%"); /* to be measured again in some years */
    const struct t_value smoked = {"8664-5", "12", "{pack-years}"};
    keep(&w, view, t_observation_on(w.t, view, "2025-11-03T09:00:00Z", "8664-5", t_value_json(w.t->mem, smoked)));
    t_close_view(&view);
    assert_kept_whole(&w, has);
    w.person = t_enrol(w.t, "Okafor", "1990-02-01");
    t_give(w.t, w.person.card, PURPOSE_CARE);
    view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    measure(&w, view, "46098-0", "248152002", NULL);
    measure(&w, view, "82810-3", "77386006", NULL); /* pregnant: some items do not apply */
    measure(&w, view, "4548-4", "6.1", "%");
    measure_pressure(&w, view, 5, "185", "100"); /* nobody was asked about danger signs */
    measure(&w, view, "718-7", "230", "g/L");    /* past the line that this site took for its height */
    t_close_view(&view);
    const struct guideline_choice height = {STR("haemoglobin-high"), STR("220")};
    t_must(screen_accept(w.t->site, T_CLINICIAN, w.list[w.count - 1], &height, 1, w.t->mem, &err));
    t_must(screen_open(w.t->site, w.list, w.count, w.t->mem, &w.screen, NULL, &err));
    assert_kept_whole(&w, has);
    for (int row = 0; row < ROW_COUNT; row++)
        if (!has[row]) fail_msg("no finding of these people has %s: add one that does", row_names[row]);
    t_site_drop(w.t);
}

static void the_letter_gets_what_was_signed_and_nothing_newer(void **state)
{
    struct world w = world_make("screen-letter");
    const struct finding *findings = NULL;
    size_t count = 0, signed_count = 0;
    (void)state;
    accept_all(&w);
    examine(&w);
    run(&w, &findings, &count);
    sign(&w, &signed_count);
    struct rec_view *view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    measure_pressure(&w, view, 20, "116", "66");
    measure_pressure(&w, view, 22, "114", "64");
    t_close_view(&view);
    run(&w, &findings, &count);
    view = t_open(w.t, T_BESIDE, PURPOSE_SELF, w.person.card);
    struct screen_set set = kept(&w, view, SCREEN_SIGNED);
    assert_str(of_item(set.findings, set.count, "bp-category")->value, "149");
    set = kept(&w, view, SCREEN_DRAFT);
    assert_str(of_item(set.findings, set.count, "bp-category")->value, "115");
    t_close_view(&view);
    t_site_drop(w.t);
}

/* --- counting ----------------------------------------------------------------------------------------------------- */

static void counts_findings_by_category(void **state)
{
    struct arena *mem = arena_open(1 << 20);
    struct screen_counts counts = {0};
    struct finding some[3] = {{.guideline = STR("b"), .item = STR("x"), .category = STR("high")},
                              {.guideline = STR("a"), .item = STR("y"), .status = FINDING_QUERIED},
                              {.guideline = STR("b"), .item = STR("x"), .category = STR("high")}};
    (void)state;
    t_must(screen_counts_add(&counts, some, 3, mem, &err));
    t_must(screen_counts_add(&counts, some, 1, mem, &err));
    screen_counts_sort(&counts);
    assert_int_equal(counts.count, 2);
    assert_str(counts.rows[0].category, "queried");
    assert_int_equal(counts.rows[1].count, 3);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guideline_is_not_used_before_a_clinician_accepts_it),
        cmocka_unit_test(other_content_than_was_accepted_is_not_used),
        cmocka_unit_test(a_run_keeps_its_findings_as_drafts),
        cmocka_unit_test(drafts_are_whole_fhir),
        cmocka_unit_test(a_second_run_replaces_the_drafts),
        cmocka_unit_test(what_salve_computed_is_no_reading),
        cmocka_unit_test(only_a_clinician_signs),
        cmocka_unit_test(signing_makes_results_and_names_the_clinician),
        cmocka_unit_test(every_field_survives_drafting_signing_and_reading),
        cmocka_unit_test(the_letter_gets_what_was_signed_and_nothing_newer),
        cmocka_unit_test(counts_findings_by_category),
    };
    return t_run(tests);
}
