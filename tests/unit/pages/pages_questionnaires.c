/* SPDX-License-Identifier: Apache-2.0
 * Each questionnaire from its answers to what a guideline finds in them: the codes of forms/questionnaires are those
 * that admission lets through and that the logic reads. */
#include "pages_world.h"

enum { BODY_BYTES = 6000 };

#define ANSWER(link, value)       "{'link':'" link "','values':['" value "']},"
#define READING(row, link, value) "{'link':'" link "','in':[" row "],'values':['" value "']},"

#define FOUR_DAYS(value)    ANSWER("phq-1", value) ANSWER("phq-2", value) ANSWER("phq-3", value) ANSWER("phq-4", value)
#define MORE_DAYS(value)    ANSWER("phq-5", value) ANSWER("phq-6", value) ANSWER("phq-7", value) ANSWER("phq-8", value)
#define FOUR_WORRIES(value) ANSWER("gad-1", value) ANSWER("gad-2", value) ANSWER("gad-3", value) ANSWER("gad-4", value)
#define MORE_WORRIES(value) ANSWER("gad-5", value) ANSWER("gad-6", value) ANSWER("gad-7", value)
#define NONE                "LA6568-5"
#define SOME                "LA6569-3"

/* A woman of 51. What is found, and what is found as well; each form alone. */
static const struct row {
    const char *form, *answers, *item, *category, *also, *also_category;
} rows[] = {
    {"tobacco", ANSWER("smoking", "LA18976-3") ANSWER("tobacco-ready-30-days", "true"), "tobacco", "ready-to-stop",
     NULL, NULL},
    {"tobacco", ANSWER("smoking", "LA18978-9") ANSWER("smokeless-tobacco", "false"), "tobacco", "no-tobacco", NULL,
     NULL},
    {"tobacco",
     ANSWER("smoking", "LA18978-9") ANSWER("smokeless-tobacco", "true") ANSWER("tobacco-ready-30-days", "false"),
     "tobacco", "not-ready-yet", NULL, NULL},
    {"phq-9", FOUR_DAYS(SOME) MORE_DAYS(SOME) ANSWER("phq-9", NONE), "phq9", "mild", NULL, NULL},
    {"gad-7", FOUR_WORRIES("LA6571-9") MORE_WORRIES("LA6571-9"), "gad7", "severe", NULL, NULL},
    /* who never drinks is asked three questions, and has all points */
    {"audit", ANSWER("question-1", "never") ANSWER("question-9", "no") ANSWER("question-10", "no"), "audit", "I", NULL,
     NULL},
    {"audit",
     ANSWER("question-1", "monthly-or-less") ANSWER("question-2", "1-or-2") ANSWER("question-3", "never")
         ANSWER("question-9", "no") ANSWER("question-10", "last-year"),
     "audit", "I", NULL, NULL},
    {"audit",
     ANSWER("question-1", "4-a-week-or-more") ANSWER("question-2", "5-or-6") ANSWER("question-3", "weekly")
         ANSWER("question-4", "never") ANSWER("question-5", "never") ANSWER("question-6", "never")
             ANSWER("question-7", "never") ANSWER("question-8", "never") ANSWER("question-9", "not-last-year")
                 ANSWER("question-10", "no"),
     "audit", "II", NULL, NULL},
    {"w4ss",
     ANSWER("tb-cough", "true") ANSWER("tb-cough-2-weeks", "false") ANSWER("tb-fever", "false")
         ANSWER("tb-weight-loss", "false") ANSWER("tb-night-sweats", "false") ANSWER("tb-risk-group", "false"),
     "tb-screen", "positive", NULL, NULL},
    {"w4ss",
     ANSWER("tb-cough", "false") ANSWER("tb-fever", "false") ANSWER("tb-weight-loss", "false")
         ANSWER("tb-night-sweats", "false") ANSWER("tb-risk-group", "false"),
     "tb-screen", "negative", NULL, NULL},
    {"findrisc",
     ANSWER("active-30-minutes-daily", "false") ANSWER("physically-active", "false") ANSWER("vegetables-daily", "false")
         ANSWER("bp-medicine-ever", "true") ANSWER("high-bp-ever", "true") ANSWER("high-glucose-ever", "true")
             ANSWER("gestational-diabetes-ever", "true") ANSWER("diabetes-parent-sibling", "true")
                 ANSWER("diabetes-own-child", "false") ANSWER("diabetes-other-relative", "false")
                     ANSWER("known-diabetes", "false"),
     "findrisc", NULL, NULL, NULL}, /* weight, height and waist are wanted */
    {"cancer-checks",
     ANSWER("has-cervix", "true") ANSWER("cervical-symptoms", "false") ANSWER("cervical-screened", "false")
         ANSWER("colorectal-symptoms", "true") ANSWER("colorectal-heavy-bleeding", "false"),
     "cervical-screening", "due", "colorectal-screening", "refer-symptoms"},
    {"bones",
     ANSWER("after-menopause", "true") ANSWER("bone-risk-factor", "true") ANSWER("fragility-fracture-after-50", "true"),
     "fracture", "after-50", NULL, NULL},
    {"vision",
     ANSWER("distance-vision-right", "6/24") ANSWER("distance-vision-left", "6/60") ANSWER("near-vision", "12"),
     "distance-vision", "moderate", "near-vision", "worse"},
    {"hearing",
     ANSWER("right-500", "30") ANSWER("right-1000", "30") ANSWER("right-2000", "30") ANSWER("right-4000", "30")
         ANSWER("left-500", "30") ANSWER("left-1000", "30") ANSWER("left-2000", "30") ANSWER("left-4000", "30"),
     "hearing", "mild", NULL, NULL},
    {"hearing", ANSWER("hearing-screening-passed", "false") ANSWER("ear-signs", "true"), "ear-danger", "ear-signs",
     NULL, NULL},
    {"blood-viruses",
     ANSWER("known-hiv", "false") ANSWER("hiv-tested", "false") ANSWER("hiv-wish", "true") ANSWER("known-hcv", "true"),
     "hiv-offer", "test", "hcv-offer", "known-positive-link-to-care"},
    {"samples", ANSWER("glucose-fasting", "6.4"), "fasting-glucose", "prediabetes-range", NULL, NULL},
    /* the longest codes; nothing is found of them alone */
    {"your-health",
     ANSWER("known-diabetes", "false") ANSWER("high-risk-condition", "true")
         ANSWER("known-cardiovascular-disease", "false") ANSWER("known-heart-failure", "false")
             ANSWER("known-familial-hypercholesterolaemia", "true") ANSWER("dialysis", "false")
                 ANSWER("bp-treatment", "true") ANSWER("statin-treatment", "false")
                     ANSWER("unintended-weight-loss", "false") ANSWER("home-altitude", "120"),
     NULL, NULL, NULL, NULL},
    {"danger",
     ANSWER("acute-illness", "false") ANSWER("new-confusion-or-drowsiness", "false")
         ANSWER("diabetes-classic-symptoms", "false") ANSWER("tb-danger-signs", "false"),
     NULL, NULL, NULL, NULL},
    {"liver", ANSWER("liver-risk", "true") ANSWER("known-cirrhosis", "false") ANSWER("platelet-disorder", "false"),
     NULL, NULL, NULL, NULL},
    {"tobacco",
     ANSWER("smoking", "LA15920-4") ANSWER("usual-cigarettes-per-day", "20") ANSWER("smoking-years", "25")
         ANSWER("years-since-quitting", "3") ANSWER("smokeless-tobacco", "false"),
     "puma", NULL, NULL, NULL},
    {"blood-pressure",
     READING("0", "systolic", "134") READING("0", "diastolic", "84") READING("1", "systolic", "130")
         READING("1", "diastolic", "82") ANSWER("pulse", "72"),
     "bp-category", NULL, NULL, NULL},
    {"body", ANSWER("height", "160") ANSWER("weight", "80") ANSWER("waist", "95"), "bmi", NULL, NULL, NULL},
    {"lungs",
     ANSWER("heavy-biomass-smoke", "true") ANSWER("breathlessness", "true") ANSWER("chronic-phlegm", "true")
         ANSWER("chronic-cough", "true") ANSWER("spirometry-ever", "true") ANSWER("known-copd", "false"),
     "puma", NULL, NULL, NULL},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void accept_all(struct pages_world *world)
{
    static const char *const ids[] = {"tobacco",    "mood",   "alcohol", "diabetes-risk",       "cancer-screening",
                                      "bone",       "vision", "hearing", "blood-borne-viruses", "glycaemia",
                                      "lung-health"};
    static const struct guideline_choice tb = {{"tb-programme", 12}, {"general", 7}};
    const struct guideline *guideline = NULL;
    struct visit visit = world->w.visit;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) accept_one(world, ids[i]);
    visit.actor = T_CLINICIAN;
    t_must(visit_accept(&visit, STR("tuberculosis"), &tb, 1, &guideline, &err));
}

static const struct json *finding_of(struct answer answer, const char *item)
{
    for (const struct json *one = json_first(json_path(answer.json, "findings")); one != NULL; one = one->next)
        if (str_is(json_get_text(one, "item"), item)) return one;
    return NULL;
}

static void expect(const struct row *row, struct answer answer, const char *item, const char *category)
{
    const struct json *found = item == NULL ? NULL : finding_of(answer, item);
    if (item == NULL) return;
    if (found == NULL) fail_msg("%s: no finding %s\n%.*s", row->form, item, STR_ARGS(answer.body));
    if (category != NULL && !str_is(json_get_text(found, "category"), category))
        fail_msg("%s: %s is %.*s, want %s\n%.*s", row->form, item, STR_ARGS(json_get_text(found, "category")), category,
                 STR_ARGS(answer.body));
}

static struct answer save(struct browser *browser, size_t key, const char *form, const char *answers)
{
    char body[BODY_BYTES];
    size_t len = strlen(answers);
    (void)snprintf(body, sizeof body,
                   "{'person':'%%P','key':'%08zx-7f1a-4c3d-9e21-5a8f00c4d1e7','form':'%s','answers':[%.*s]}", key, form,
                   (int)(len - 1), answers); /* without the last comma */
    return call(browser, "form-save", body);
}

/* Codes of up to 36 characters: the id of their answer is admitted, whatever else hangs on it (N4). */
static void the_longest_code_is_kept(void **state)
{
    struct pages_world *world = *state;
    struct browser amina = browser_login(world, STR("dr-amina"));
    struct str card = t_enrol(world->w.t, "Cisse", "1975-01-01").card;
    t_give(world->w.t, card, PURPOSE_CARE);
    assert_status(browser_open(&amina, card), 200);
    for (size_t key = 0xa0a0a0a0; key < 0xa0a0a0a4; key++) {
        struct answer answer =
            save(&amina, key, "your-health",
                 ANSWER("high-risk-condition", "true") ANSWER("known-familial-hypercholesterolaemia", "true"));
        assert_str(text_of(answer, "state"), "stored");
        assert_str(json_number(json_path(answer.json, "kept")), "2");
    }
    assert_status(call(&amina, "close", "{'person':'%P'}"), 200);
}

static void answers_become_findings(void **state)
{
    struct pages_world *world = *state;
    struct browser amina = browser_login(world, STR("dr-amina"));
    accept_all(world);
    for (size_t i = 0; i < ROWS; i++) {
        struct str card = t_enrol(world->w.t, "Diop", "1975-01-01").card;
        t_give_apart(world->w.t, card);
        assert_status(browser_open(&amina, card), 200);
        struct answer answer = save(&amina, i, rows[i].form, rows[i].answers);
        if (answer.status != 200 || !str_is(text_of(answer, "state"), "stored"))
            fail_msg("%s: %.*s", rows[i].form, STR_ARGS(answer.body));
        expect(&rows[i], answer, rows[i].item, rows[i].category);
        expect(&rows[i], answer, rows[i].also, rows[i].also_category);
        assert_status(call(&amina, "close", "{'person':'%P'}"), 200);
    }
}

/* Both numbers are components of one Observation, and are read as typed ones are. */
static void a_pressure_of_a_form_is_one_measurement(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    struct str card = t_enrol(world->w.t, "Ba", "1975-01-01").card;
    t_give(world->w.t, card, PURPOSE_CARE);
    assert_status(browser_open(&ben, card), 200);
    struct answer answer =
        save(&ben, 920, "blood-pressure", READING("0", "systolic", "90") READING("0", "diastolic", "88"));
    assert_str(text_of(answer, "state"), "refused");
    assert_str(text_of(answer, "faults.0.why"), "check"); /* the pair does not fit */
    answer = save(&ben, 921, "blood-pressure", READING("0", "systolic", "900") READING("0", "diastolic", "88"));
    assert_str(text_of(answer, "state"), "refused");
    assert_str(text_of(answer, "faults.0.why"), "range");
    answer = save(&ben, 922, "blood-pressure", READING("0", "systolic", "210"));
    assert_str(text_of(answer, "state"), "refused"); /* the other number is wanted */
    assert_true(count_of(answer, "alarms") > 0);     /* and the one is an alarm */
    answer = save(&ben, 923, "blood-pressure",
                  READING("0", "systolic", "128") READING("0", "diastolic", "79") READING("1", "systolic", "124")
                      READING("1", "diastolic", "77"));
    assert_str(text_of(answer, "state"), "stored");
    answer = call(&ben, "person", "{'person':'%P'}");
    assert_int_equal(count_of(answer, "today"), 2);
    assert_str(text_of(answer, "today.0.word"), "bp");
    assert_int_equal(count_of(answer, "today.0.numbers"), 2);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

/* A thought of death is an alarm that holds, whoever typed it, and whatever else was left out. */
static void the_ninth_question_is_an_alarm(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    struct str card = t_enrol(world->w.t, "Sow", "1975-01-01").card;
    t_give(world->w.t, card, PURPOSE_CARE); /* without the tick: it is judged, and kept nowhere */
    assert_status(browser_open(&ben, card), 200);
    struct answer answer = save(&ben, 900, "phq-9", ANSWER("phq-9", SOME));
    assert_status(answer, 200);
    assert_true(has_item(answer, "alarms", "kept-apart"));
    assert_error(call(&ben, "close", "{'person':'%P'}"), 409, "E_CONFLICT");
    assert_status(call(&ben, "not-told", "{'person':'%P','why':'call-clinician'}"), 200);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static int number_of(struct answer answer, const char *name)
{
    int64_t number = -1;
    assert_true(json_i64(json_path(answer.json, name), &number));
    return (int)number;
}

/* What the person did not agree to keep is judged and said, to whoever may see it in its words; again where the answer
 * was lost; and it is kept nowhere. */
static void what_is_not_kept_is_said(void **state)
{
    struct pages_world *world = *state;
    struct browser amina = browser_login(world, STR("dr-amina")), ben = browser_login(world, STR("nurse-ben"));
    struct str card = t_enrol(world->w.t, "Fall", "1975-01-01").card;
    t_give(world->w.t, card, PURPOSE_CARE);
    assert_status(browser_open(&amina, card), 200);
    for (int i = 0; i < 2; i++) {
        struct answer answer = save(&amina, 910, "gad-7", FOUR_WORRIES("LA6571-9") MORE_WORRIES("LA6571-9"));
        assert_status(answer, 200);
        assert_str(text_of(answer, "state"), "stored");
        assert_int_equal(number_of(answer, "kept"), 0);
        assert_int_equal(number_of(answer, "unkept"), 8);
        assert_true(has_item(answer, "said", "gad7"));
        assert_false(has_item(answer, "findings", "gad7"));
    }
    assert_false(has_item(call(&amina, "screen", "{'person':'%P'}"), "drafts", "gad7"));
    struct answer plain = save(&amina, 911, "your-health", ANSWER("known-diabetes", "false"));
    assert_int_equal(number_of(plain, "kept"), 1);
    assert_int_equal(number_of(plain, "unkept"), 0);
    assert_status(call(&amina, "close", "{'person':'%P'}"), 200);
    assert_status(browser_open(&ben, card), 200);
    struct answer answer = save(&ben, 912, "gad-7", FOUR_WORRIES("LA6571-9") MORE_WORRIES("LA6571-9"));
    assert_int_equal(number_of(answer, "unkept"), 8);
    assert_true(has_item(answer, "said", "kept-apart"));
    assert_false(has_item(answer, "said", "gad7"));
    answer = save(&ben, 913, "gad-7", FOUR_WORRIES("LA6568-5") MORE_WORRIES("LA6568-5"));
    assert_int_equal(number_of(answer, "unkept"), 8);
    assert_false(has_item(answer, "said", "kept-apart"));
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
    t_give_apart(world->w.t, card);
    assert_status(browser_open(&ben, card), 200); /* they agree to keep it: it is, and nothing is said beside */
    answer = save(&ben, 914, "gad-7", FOUR_WORRIES("LA6571-9") MORE_WORRIES("LA6571-9"));
    assert_int_equal(number_of(answer, "unkept"), 0);
    assert_int_equal(number_of(answer, "kept"), 8);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void a_form_that_was_answered_is_no_longer_asked(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    struct str card = t_enrol(world->w.t, "Keita", "1975-01-01").card;
    t_give(world->w.t, card, PURPOSE_CARE);
    assert_status(browser_open(&ben, card), 200);
    assert_status(save(&ben, 901, "your-health", ANSWER("known-diabetes", "false")), 200);
    struct answer plan = call(&ben, "plan", "{'person':'%P'}");
    assert_str(text_of(plan, "asks.1.item"), "your-health");
    assert_str(text_of(plan, "asks.1.state"), "done");
    assert_str(text_of(plan, "asks.2.item"), "tobacco");
    assert_str(text_of(plan, "asks.2.state"), "missing");
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static int make(void **state)
{
    *state = pages_world_make("questionnaires", true);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_become_findings),        cmocka_unit_test(the_longest_code_is_kept),
        cmocka_unit_test(the_ninth_question_is_an_alarm), cmocka_unit_test(a_pressure_of_a_form_is_one_measurement),
        cmocka_unit_test(what_is_not_kept_is_said),       cmocka_unit_test(a_form_that_was_answered_is_no_longer_asked),
    };
    int count = (int)(sizeof tests / sizeof *tests);
    return t_close(_cmocka_run_group_tests("", tests, (size_t)count, make, pages_world_teardown), count);
}
