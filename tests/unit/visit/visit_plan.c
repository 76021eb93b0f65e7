/* SPDX-License-Identifier: Apache-2.0
 * What a person is asked at a visit: by the packages of the site, their age and sex, and what was noted. */
#include "visit_world.h"

#include "visit/clinic.h"
#include "visit/measure.h"
#include "visit/order.h"
#include "visit/plan.h"
#include "visit/today.h"

enum { DAY_MS = 24 * 3600 * 1000 };

static void choose(struct world *w, const char *packages)
{
    struct visit_clinic clinic = {0};
    struct visit *visit = as(w, T_CLINICIAN);
    t_must(visit_clinic(visit, &clinic, &err));
    t_must(visit_clinic_set(visit, STR("packages"), str_of(packages), &clinic, &err));
    t_must(visit_clinic_keep(visit, &clinic, &err));
}

static struct visit_plan plan_of(struct world *w, struct actor actor)
{
    struct visit_facts facts;
    struct visit_plan plan;
    struct visit *visit = as(w, actor);
    visit->site = w->t->site;
    t_must(visit_person_read(visit, w->card, &facts, &err));
    t_must(visit_plan(visit, &facts, &plan, &err));
    return plan;
}

static const struct visit_asked *asked(const struct visit_plan *plan, const char *item)
{
    for (size_t i = 0; i < plan->count; i++)
        if (str_is(plan->list[i].item, item)) return &plan->list[i];
    return NULL;
}

static enum visit_asked_state state_of(const struct visit_plan *plan, const char *item)
{
    const struct visit_asked *one = asked(plan, item);
    if (one == NULL) fail_msg("%s is not asked", item);
    return one == NULL ? VISIT_ASKED_COUNT : one->state;
}

static void type(struct world *w, const struct visit_typed *typed, size_t count)
{
    struct visit_reading *readings = NULL;
    struct visit_measure_ask ask = {.confirm = NULL};
    size_t read = 0, kept = 0;
    struct visit *visit = as(w, T_ASSISTANT);
    t_must(visit_measure_typed(visit->content, STR(""), typed, count, visit->mem, &readings, &read, &err));
    t_must(visit_measure(visit, w->card, readings, read, &ask, &kept, &err));
    assert_int_equal(kept, count);
}

static void what_was_measured_is_there_and_the_rest_is_missing(void **state)
{
    struct world w = world_make("plan-basic", "body-measures");
    static const struct visit_typed some[] = {{.word = {"height", 6}, .text = {"161", 3}},
                                              {.word = {"weight", 6}, .text = {"60", 2}},
                                              {.word = {"glucose-fasting", 15}, .text = {"5.1", 3}}};
    (void)state;
    struct visit_plan plan = plan_of(&w, T_ASSISTANT);
    assert_int_equal(visit_plan_left(&plan, STR_NONE), plan.count);
    assert_int_equal(visit_plan_left(&plan, STR("body")), 3);
    assert_str(asked(&plan, "bp")->station, "pressure");
    assert_true(asked(&plan, "danger")->is_form && !asked(&plan, "waist")->is_form);
    type(&w, some, 3);
    plan = plan_of(&w, T_ASSISTANT);
    assert_int_equal(state_of(&plan, "height"), VISIT_ASKED_DONE);
    assert_int_equal(state_of(&plan, "glucose"), VISIT_ASKED_DONE); /* one of four does */
    assert_int_equal(state_of(&plan, "waist"), VISIT_ASKED_MISSING);
    assert_int_equal(visit_plan_left(&plan, STR("body")), 1);
    t_site_at(w.t, T_SITE_NOW + (int64_t)400 * DAY_MS);
    t_give(w.t, w.card, PURPOSE_CARE); /* it holds a year */
    plan = plan_of(&w, T_CLINICIAN);
    assert_int_equal(state_of(&plan, "height"), VISIT_ASKED_DONE); /* good for five years */
    assert_int_equal(state_of(&plan, "weight"), VISIT_ASKED_MISSING);
    t_site_at(w.t, T_SITE_NOW + (int64_t)1828 * DAY_MS);
    t_give(w.t, w.card, PURPOSE_CARE); /* it holds a year */
    plan = plan_of(&w, T_CLINICIAN);
    assert_int_equal(state_of(&plan, "height"), VISIT_ASKED_MISSING);
    world_drop(&w);
}

static void danger_is_asked_until_every_question_or_none_of_these_was_answered(void **state)
{
    static const char *const open[] = {"chest-pain",
                                       "breathless-at-rest",
                                       "stroke-signs",
                                       "new-confusion-or-drowsiness",
                                       "seizure",
                                       "face-neck-swelling",
                                       "eye-danger-signs",
                                       "severe-headache",
                                       "visual-disturbance",
                                       "abdominal-pain",
                                       "persistent-vomiting",
                                       "sudden-swelling",
                                       "heavy-bleeding",
                                       "fainting",
                                       "coughing-blood",
                                       "jaundice",
                                       "passing-no-urine",
                                       "hearing-sudden-loss",

                                       "liver-danger-signs",
                                       "diabetes-classic-symptoms"};
    enum { OPEN = sizeof open / sizeof *open };
    struct visit_typed typed[OPEN], none = {.word = STR("no-danger-signs"), .text = STR("yes")};
    struct world w = world_make("plan-danger", NULL);
    (void)state;
    for (size_t i = 0; i < OPEN; i++) typed[i] = (struct visit_typed){.word = str_of(open[i]), .text = STR("no")};
    type(&w, typed, OPEN - 1);
    struct visit_plan plan = plan_of(&w, T_ASSISTANT);
    assert_int_equal(state_of(&plan, "danger"), VISIT_ASKED_MISSING);
    type(&w, typed + OPEN - 1, 1);
    plan = plan_of(&w, T_ASSISTANT);
    assert_int_equal(state_of(&plan, "danger"), VISIT_ASKED_DONE);
    w.card = t_enrol(w.t, "Other", "1980-01-01").card;
    t_give(w.t, w.card, PURPOSE_CARE);
    type(&w, &none, 1);
    plan = plan_of(&w, T_ASSISTANT);
    assert_int_equal(state_of(&plan, "danger"), VISIT_ASKED_DONE);
    t_site_at(w.t, T_SITE_NOW + (int64_t)2 * DAY_MS);
    plan = plan_of(&w, T_CLINICIAN);
    assert_int_equal(state_of(&plan, "danger"), VISIT_ASKED_MISSING); /* it answers for its day alone */
    world_drop(&w);
}

static void packages_are_for_whom_they_are(void **state)
{
    struct world w = world_make("plan-packages", NULL);
    (void)state;
    choose(&w, "basic women men heart");
    struct visit_plan plan = plan_of(&w, T_ASSISTANT);
    assert_non_null(asked(&plan, "cholesterol")); /* 46 years */
    assert_non_null(asked(&plan, "haemoglobin"));
    assert_null(asked(&plan, "phq-9"));
    for (size_t i = 0; i < plan.count; i++)
        for (size_t k = 0; k < i; k++) assert_false(str_eq(plan.list[i].item, plan.list[k].item));
    w.card = t_enrol(w.t, "Young", "2001-01-01").card;
    t_give(w.t, w.card, PURPOSE_CARE);
    plan = plan_of(&w, T_ASSISTANT);
    assert_null(asked(&plan, "cholesterol"));
    w.card = t_enrol(w.t, "Unknown", "1986").card; /* 39 or 40: what is not known keeps nothing from anybody */
    struct consent_grant grant = t_grant(PURPOSE_CARE);
    grant.of_age_by = T_CLINICIAN.id;
    t_must(rec_consent_give(w.t->site, T_CLINICIAN, w.card, &grant, w.t->mem, NULL, &err));
    plan = plan_of(&w, T_ASSISTANT);
    assert_non_null(asked(&plan, "cholesterol"));
    world_drop(&w);
}

static void a_sample_that_was_drawn_waits_for_its_result_under_its_label(void **state)
{
    static const struct str tests[] = {{"cholesterol", 11}, {"hdl", 3}, {"haemoglobin", 11}, {"hdl", 3}};
    static const struct visit_typed result[] = {{.word = {"hdl", 3}, .text = {"1.3", 3}}};
    struct world w = world_make("plan-order", NULL);
    struct visit_order *orders = NULL, *again = NULL;
    size_t count = 0;
    (void)state;
    choose(&w, "heart women");
    t_must(visit_order(as(&w, T_ASSISTANT), w.card, tests, 4, &orders, &count, &err));
    assert_int_equal(count, 2); /* serum and EDTA */
    assert_str(orders[0].tube, "serum");
    assert_int_equal(orders[0].test_count, 2);
    assert_true(visit_label_fits(orders[0].label) && visit_label_fits(orders[1].label));
    assert_false(str_eq(orders[0].label, orders[1].label));
    struct visit_plan plan = plan_of(&w, T_CLINICIAN);
    assert_int_equal(state_of(&plan, "hdl"), VISIT_ASKED_DRAWN);
    assert_true(str_eq(asked(&plan, "hdl")->labels[0], orders[0].label));
    assert_int_equal(visit_plan_left(&plan, STR("samples")), 0);
    struct visit_exit out;
    t_must(visit_exit(as(&w, T_ASSISTANT), w.card, &out, &err));
    for (size_t i = 0; i < out.count; i++)
        if (str_is(out.items[i].item, "hdl")) assert_int_equal(out.items[i].state, VISIT_EXIT_DONE); /* for today */
    assert_true(out.count > 0);
    type(&w, result, 1);
    plan = plan_of(&w, T_CLINICIAN);
    assert_int_equal(state_of(&plan, "hdl"), VISIT_ASKED_DONE);
    assert_int_equal(asked(&plan, "hdl")->labels[0].len, 0);
    assert_int_equal(state_of(&plan, "cholesterol"), VISIT_ASKED_DRAWN);
    t_must(visit_order(as(&w, T_ASSISTANT), w.card, tests, 1, &again, &count, &err)); /* the tube was spilt */
    plan = plan_of(&w, T_CLINICIAN);
    assert_false(str_eq(again[0].label, orders[0].label));
    assert_code(visit_order(as(&w, T_ASSISTANT), w.card, tests, 0, &again, &count, NULL), SALVE_E_INVALID);
    const struct str none = STR("height");
    assert_code(visit_order(as(&w, T_ASSISTANT), w.card, &none, 1, &again, &count, NULL), SALVE_E_USAGE);
    assert_false(holds(record_of(&w, w.card), "height"));
    world_drop(&w);
}

static void a_label_with_a_slip_does_not_fit(void **state)
{
    static const struct str test = {"hdl", 3};
    struct world w = world_make("plan-label", NULL);
    struct visit_order *orders = NULL;
    size_t count = 0;
    (void)state;
    t_must(visit_order(as(&w, T_ASSISTANT), w.card, &test, 1, &orders, &count, &err));
    char label[32];
    size_t len = orders[0].label.len, wrong = 0;
    for (size_t i = 0; i < len; i++)
        for (const char *c = "BCDFGHJKMNPQRTVWXAZ19-"; *c != '\0'; c++) {
            (void)snprintf(label, sizeof label, "%s", orders[0].label.ptr);
            if (label[i] == *c) continue;
            label[i] = *c;
            assert_false(visit_label_fits(str_of(label)));
            wrong++;
        }
    for (size_t i = 0; i + 1 < len; i++) {
        (void)snprintf(label, sizeof label, "%s", orders[0].label.ptr);
        char first = label[i];
        if (label[i] == label[i + 1]) continue;
        label[i] = label[i + 1];
        label[i + 1] = first;
        assert_false(visit_label_fits(str_of(label)));
    }
    assert_true(wrong > 200);
    world_drop(&w);
}

/* The site's numbers of the state are 999-99-9999: a lot may look like one, and a number is not lost for it. */
static void a_lot_stands_beside_its_number_or_is_left_out(void **state)
{
    static const struct visit_typed kits[] = {
        {.word = {"glucose", 7}, .text = {"6.1", 3}, .lot = {"AB12-7", 6}, .expires = {"2027-03-31", 10}},
        {.word = {"haemoglobin", 11}, .text = {"131", 3}, .lot = {"<script>", 8}, .expires = {"soon", 4}},
    };
    struct world w = world_make("plan-lots", NULL);
    (void)state;
    type(&w, kits, 2);
    struct str record = record_of(&w, w.card);
    assert_true(holds(record, "lot AB12-7, good until 2027-03-31"));
    assert_false(holds(record, "script"));
    struct site_settings settings = *site_settings(w.t->site);
    settings.national_patterns = STR("999-99-9999");
    t_must(site_settings_set(w.t->site, T_MANAGER, &settings, &err));
    static const struct visit_typed state_like[] = {
        {.word = {"hdl", 3}, .text = {"1.2", 3}, .lot = {"123-45-6789", 11}, .expires = {"2027-03-31", 10}}};
    type(&w, state_like, 1);
    record = record_of(&w, w.card);
    assert_true(holds(record, "1.2"));
    assert_false(holds(record, "6789"));
    world_drop(&w);
}

/* The same bytes for a clinician and an assistant, with and without the tick: nobody is shown that it was left out. */
static void what_is_kept_apart_is_never_missing(void **state)
{
    struct world w = world_make("plan-apart", NULL);
    static const char *const forms[] = {"phq-9", "gad-7", "audit", "w4ss", "blood-viruses"};
    (void)state;
    choose(&w, "mind infection");
    const struct actor actors[] = {T_ASSISTANT, T_CLINICIAN};
    for (size_t a = 0; a < 2; a++) {
        struct visit_plan plan = plan_of(&w, actors[a]);
        assert_int_equal(plan.count, 5);
        for (size_t i = 0; i < 5; i++) assert_int_equal(state_of(&plan, forms[i]), VISIT_ASKED_UNSEEN);
        assert_int_equal(visit_plan_left(&plan, STR_NONE), 0);
    }
    world_drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_measured_is_there_and_the_rest_is_missing),
        cmocka_unit_test(danger_is_asked_until_every_question_or_none_of_these_was_answered),
        cmocka_unit_test(packages_are_for_whom_they_are),
        cmocka_unit_test(a_sample_that_was_drawn_waits_for_its_result_under_its_label),
        cmocka_unit_test(a_label_with_a_slip_does_not_fit),
        cmocka_unit_test(a_lot_stands_beside_its_number_or_is_left_out),
        cmocka_unit_test(what_is_kept_apart_is_never_missing),
    };
    return t_run(tests);
}
