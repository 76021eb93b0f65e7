/* SPDX-License-Identifier: Apache-2.0
 * What a letter says: words, reasons, order, steps, notes, sources and the frame around them, before any rendering. */
#include "letter_case.h"

static struct finding sugar(const char *item, const char *category, const char *action, enum urgency urgency)
{
    return (struct finding){.guideline = STR("glycaemia"),
                            .version = STR("1.0.0"),
                            .item = str_of(item),
                            .status = FINDING_ASSESSED,
                            .category = str_of(category),
                            .action = str_of(action),
                            .urgency = urgency,
                            .value = STR("7.1"),
                            .unit = STR("%"),
                            .source = STR("ADA")};
}

static struct letter *letter_of(struct finding *findings, size_t count)
{
    struct letter_ask ask = {.findings = findings, .finding_count = count};
    return compose(&ask, "en");
}

static enum salve_code compose_code(const struct finding *finding, const char *language, struct salve_err *err)
{
    struct letter_frame *frame = NULL;
    struct letter *letter = NULL;
    struct letter_ask ask = {.findings = finding,
                             .finding_count = 1,
                             .guidelines = guidelines,
                             .guideline_count = guideline_count,
                             .date = STR("2026-11-20")};
    assert_ok(letter_frame_load(share, str_of(language), mem, &frame, err));
    return letter_compose(&ask, frame, mem, &letter, err);
}

static void a_result_is_said_in_the_words_of_its_guideline(void **state)
{
    (void)state;
    struct finding finding = pressure("hypertension", "confirm-out-of-office", URGENCY_ROUTINE, "");
    struct letter_line *line = &letter_of(&finding, 1)->lines[0];
    assert_str(line->name, "Blood pressure");
    assert_str(line->headline, "Your blood pressure is higher than it should be");
    assert_true(says(line->meaning, "It can be treated well."));
    assert_str(line->value, "148 / 94 mmHg");
    assert_str(line->why, "upper number 148 mmHg, lower number 94 mmHg (on 20 November 2026)");
}

static void values_of_one_day_share_their_date_and_others_do_not(void **state)
{
    (void)state;
    struct finding_input inputs[] = {pressure_inputs[0], pressure_inputs[1]};
    struct finding finding = pressure("hypertension", "routine", URGENCY_NONE, "");
    finding.inputs = inputs;
    inputs[1].date = STR("2026-11-21");
    assert_str(letter_of(&finding, 1)->lines[0].why,
               "upper number 148 mmHg (on 20 November 2026), lower number 94 mmHg (on 21 November 2026)");
    inputs[1].date = STR("");
    assert_str(letter_of(&finding, 1)->lines[0].why,
               "upper number 148 mmHg (on 20 November 2026), lower number 94 mmHg");
}

static void the_same_finding_is_said_in_the_language_of_the_letter(void **state)
{
    (void)state;
    struct finding finding = pressure("hypertension", "confirm-out-of-office", URGENCY_ROUTINE, "");
    struct letter_ask ask = {.findings = &finding, .finding_count = 1};
    struct letter *english = compose(&ask, "en"), *arabic = compose(&ask, "ar");
    assert_str(arabic->language, "ar");
    assert_false(english->is_rtl);
    assert_false(str_eq(arabic->lines[0].headline, english->lines[0].headline));
    assert_true(says(arabic->lines[0].why, "، "));
    assert_false(says(arabic->lines[0].why, ", "));
    assert_true(says(arabic->lines[0].why, "نوفمبر 2026"));
}

static void missing_words_are_an_error_and_no_gap(void **state)
{
    (void)state;
    struct salve_err err = {0};
    struct finding finding = pressure("no-such-category", "routine", URGENCY_NONE, "");
    assert_code(compose_code(&finding, "en", &err), SALVE_E_INVALID);
    assert_non_null(strstr(t_where(&err), "blood-pressure"));
    finding = pressure("hypertension", "routine", URGENCY_NONE, "");
    finding.item = STR("no-such-item");
    assert_code(compose_code(&finding, "ar", &err), SALVE_E_INVALID);
    finding = pressure("", "", URGENCY_NONE, "");
    finding.status = FINDING_EXCLUDED;
    finding.excluded = STR("no-such-reason");
    assert_code(compose_code(&finding, "en", &err), SALVE_E_INVALID);
    finding.excluded = STR("age-under-18");
    assert_code(compose_code(&finding, "en", &err), SALVE_OK);
}

static void a_finding_of_an_unknown_guideline_is_an_error(void **state)
{
    (void)state;
    struct salve_err err = {0};
    struct finding finding = pressure("hypertension", "routine", URGENCY_NONE, "");
    finding.guideline = STR("somebody-elses");
    assert_code(compose_code(&finding, "en", &err), SALVE_E_INVALID);
    assert_non_null(strstr(t_where(&err), "somebody-elses"));
}

static void results_stand_by_urgency_and_else_as_they_came(void **state)
{
    (void)state;
    struct finding findings[] = {pressure("normal", "routine", URGENCY_NONE, ""),
                                 sugar("glycaemia", "prediabetes", "lifestyle-programme", URGENCY_ROUTINE),
                                 pressure("hypertension", "same-day", URGENCY_SAME_DAY, ""),
                                 sugar("hba1c", "below", "none", URGENCY_NONE),
                                 pressure("elevated", "confirm-out-of-office", URGENCY_ROUTINE, "")};
    static const struct {
        enum urgency urgency;
        const char *name;
    } want[] = {{URGENCY_SAME_DAY, "pressure"},
                {URGENCY_ROUTINE, "sugar"},
                {URGENCY_ROUTINE, "pressure"},
                {URGENCY_NONE, "pressure"},
                {URGENCY_NONE, "sugar"}};
    struct letter *letter = letter_of(findings, 5);
    assert_int_equal(letter->line_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(letter->lines[i].urgency, want[i].urgency);
        assert_true(says(letter->lines[i].name, want[i].name));
    }
}

static void each_urgency_has_its_answer(void **state)
{
    (void)state;
    static const char *const answers[URGENCY_COUNT] = {"an emergency", "a clinician today", "within two weeks",
                                                       "no hurry",     "yourself.",         "as it should be."};
    for (int u = 0; u < URGENCY_COUNT; u++) {
        struct finding findings[] = {pressure("normal", "routine", URGENCY_NONE, ""),
                                     pressure("hypertension", "same-day", (enum urgency)u, "")};
        struct str answer = letter_of(findings, 2)->answer;
        if (!says(answer, answers[u])) fail_msg("urgency %d: %.*s", u, STR_ARGS(answer));
    }
    assert_true(says(letter_of(NULL, 0)->answer, "could not work out a result"));
}

static void marks_go_with_urgency(void **state)
{
    (void)state;
    static const enum letter_mark want[URGENCY_COUNT] = {LETTER_MARK_SEE,   LETTER_MARK_SEE,   LETTER_MARK_SEE,
                                                         LETTER_MARK_WATCH, LETTER_MARK_WATCH, LETTER_MARK_USUAL};
    for (int u = 0; u < URGENCY_COUNT; u++) {
        struct finding finding = pressure("hypertension", "same-day", (enum urgency)u, "");
        assert_int_equal(letter_of(&finding, 1)->lines[0].mark, want[u]);
    }
}

/* "See the conclusion" has no urgency of its own: the mark is that of the conclusion, of the same guideline alone. */
static void a_value_is_marked_like_its_conclusion(void **state)
{
    (void)state;
    struct finding findings[] = {sugar("hba1c", "diabetes-range", "see-conclusion", URGENCY_NONE),
                                 sugar("glycaemia", "diabetes-unconfirmed", "repeat-test", URGENCY_SOON)};
    struct letter *letter = letter_of(findings, 2);
    assert_int_equal(letter->lines[1].urgency, URGENCY_NONE);
    assert_int_equal(letter->lines[1].mark, LETTER_MARK_SEE);
    findings[1] = pressure("hypertension", "confirm-within-1-month", URGENCY_SOON, "");
    assert_int_equal(letter_of(findings, 2)->lines[1].mark, LETTER_MARK_USUAL);
    findings[0].action = STR("none");
    findings[1] = sugar("glycaemia", "diabetes-unconfirmed", "repeat-test", URGENCY_SOON);
    assert_int_equal(letter_of(findings, 2)->lines[1].mark, LETTER_MARK_USUAL);
}

static void three_steps_stand_on_top_and_each_is_said_once(void **state)
{
    (void)state;
    struct finding findings[] = {
        pressure("hypertension", "confirm-out-of-office", URGENCY_ROUTINE, ""),
        pressure("hypertension", "confirm-out-of-office", URGENCY_ROUTINE, ""),
        pressure("hypertension", "same-day", URGENCY_SAME_DAY, ""),
        pressure("hypertension", "confirm-within-1-month", URGENCY_SOON, ""),
        pressure("elevated", "take-second-reading", URGENCY_ROUTINE, ""),
        pressure("elevated", "review-treatment", URGENCY_SELF_CARE, ""),
        pressure("normal", "routine", URGENCY_NONE, ""),
    };
    struct letter *letter = letter_of(findings, 7);
    assert_int_equal(letter->step_count, LETTER_STEPS_MAX);
    assert_true(says(letter->steps[0].what, "need a doctor today"));
    assert_true(says(letter->steps[0].when, "Today."));
    assert_true(says(letter->steps[1].what, "see a doctor with the numbers"));
    assert_true(says(letter->steps[2].what, "at home for 7 days"));
    for (size_t i = 0; i < 4; i++) assert_int_equal(letter->lines[i].next.len, 0);
    assert_true(says(letter->lines[4].next, "only one reading")); /* there was no room on top */
    assert_true(says(letter->lines[4].when, "before you leave"));
    assert_int_equal(letter->lines[6].next.len, 0); /* nothing is asked for */
}

static void self_care_stays_with_its_result(void **state)
{
    (void)state;
    struct finding finding = pressure("elevated", "review-treatment", URGENCY_SELF_CARE, "");
    struct letter *letter = letter_of(&finding, 1);
    assert_int_equal(letter->step_count, 0);
    assert_true(letter->lines[0].next.len > 0);
}

static void the_next_check_is_the_earliest_or_is_agreed_on(void **state)
{
    (void)state;
    struct finding findings[] = {pressure("normal", "routine", URGENCY_NONE, "P1Y"),
                                 pressure("normal", "routine", URGENCY_NONE, "P2W"),
                                 pressure("normal", "routine", URGENCY_NONE, "P6M")};
    assert_true(says(letter_of(findings, 3)->next_check, "4 December 2026"));
    assert_true(says(letter_of(findings, 1)->next_check, "20 November 2027"));
    findings[0].recheck = STR("");
    assert_true(says(letter_of(findings, 1)->next_check, "We will agree"));
    findings[0].recheck = STR("next spring");
    assert_true(says(letter_of(findings, 1)->next_check, "We will agree"));
}

static void what_could_not_be_worked_out_is_a_note(void **state)
{
    (void)state;
    static const struct str labels[] = {STR("systolic"), STR("age")};
    struct finding finding = pressure("", "", URGENCY_NONE, "P1M");
    finding.status = FINDING_NOT_ASSESSED;
    finding.missing = labels;
    finding.missing_count = 2;
    struct letter *letter = letter_of(&finding, 1);
    assert_int_equal(letter->line_count, 0);
    assert_int_equal(letter->note_count, 1);
    assert_str(letter->notes[0].name, "Blood pressure");
    assert_str(letter->notes[0].text, "We could not work this out, because we do not have: upper number, age.");
    assert_true(says(letter->next_check, "We will agree")); /* only a result sets a date */

    finding.status = FINDING_QUERIED;
    finding.missing_count = 0;
    finding.queried = labels;
    finding.queried_count = 1;
    assert_str(letter_of(&finding, 1)->notes[0].text,
               "One number did not look right, so we did not use it. We want to measure again: upper number.");

    finding.status = FINDING_NOT_JUDGED;
    finding.queried_count = 0;
    assert_str(letter_of(&finding, 1)->notes[0].text,
               "We could not work this out because of a fault in our program. Please ask at the clinic about it.");

    finding.status = FINDING_EXCLUDED;
    finding.queried_count = 0;
    finding.excluded = STR("age-under-18");
    assert_str(letter_of(&finding, 1)->notes[0].text,
               "These numbers are for adults. For people under 18 other tables are used.");
}

/* What is known can call for action before the category is sure. */
static void an_open_question_does_not_hide_an_urgent_step(void **state)
{
    (void)state;
    static const struct str labels[] = {STR("danger-symptoms")};
    struct finding finding = pressure("", "same-day", URGENCY_SAME_DAY, "");
    finding.status = FINDING_NOT_ASSESSED;
    finding.missing = labels;
    finding.missing_count = 1;
    struct finding findings[] = {pressure("normal", "routine", URGENCY_NONE, ""), finding};
    struct letter *letter = letter_of(findings, 2);
    assert_true(says(letter->answer, "a clinician today"));
    assert_int_equal(letter->step_count, 1);
    assert_int_equal(letter->note_count, 1);
}

static void a_source_stands_once_and_results_name_its_number(void **state)
{
    (void)state;
    struct finding findings[] = {pressure("normal", "routine", URGENCY_NONE, ""),
                                 sugar("glycaemia", "normal", "none", URGENCY_NONE),
                                 sugar("hba1c", "below", "see-conclusion", URGENCY_NONE)};
    struct letter *letter = letter_of(findings, 3);
    assert_int_equal(letter->source_count, 2);
    assert_str(letter->sources[0], "ESC 2024");
    assert_int_equal(letter->lines[0].source, 1);
    assert_int_equal(letter->lines[1].source, 2);
    assert_int_equal(letter->lines[2].source, 2);
    findings[0].source = STR("");
    assert_int_equal(letter_of(findings, 1)->lines[0].source, 0);
}

static void one_number_has_one_scale_and_its_value_is_kept_inside(void **state)
{
    (void)state;
    struct finding finding = pressure("hypertension", "same-day", URGENCY_SAME_DAY, "");
    finding.value = STR("290");
    finding.value2 = STR("");
    struct letter_line *line = &letter_of(&finding, 1)->lines[0];
    assert_int_equal(line->scale_count, 1);
    assert_str(line->scales[0].label, "upper number");
    assert_true(line->scales[0].bands[line->scales[0].band_count - 1].is_here);
    assert_str(line->scales[0].at_text, "290"); /* as measured; only its place on the line is at the end */
    finding.value = STR("120");
    line = &letter_of(&finding, 1)->lines[0];
    assert_false(line->scales[0].bands[1].is_here); /* "below 120" does not hold 120 */
    assert_true(line->scales[0].bands[2].is_here);
    finding.value = STR("");
    assert_int_equal(letter_of(&finding, 1)->lines[0].scale_count, 0);
}

static void the_frame_says_who_when_and_what_kind_of_sheet(void **state)
{
    (void)state;
    struct finding finding = pressure("normal", "routine", URGENCY_NONE, "");
    struct letter_ask ask = {.findings = &finding,
                             .finding_count = 1,
                             .person_name = STR("Amina Haddad"),
                             .site = STR("North Clinic"),
                             .code = STR("AAAA-BBBB"),
                             .code_until = STR("2027-02-18"),
                             .clinician = STR("dr-amina"),
                             .log_head = STR("12 abc")};
    struct letter *letter = compose(&ask, "en");
    assert_str(letter->person, "Amina Haddad");
    assert_str(letter->details, "Check on 20 November 2026 \u00b7 North Clinic");
    assert_str(letter->signed_by, "Looked at and signed by dr-amina");
    assert_str(letter->log_head, "State of the access log: 12 abc");
    assert_str(letter->code, "AAAA-BBBB");
    assert_true(says(letter->code_words, "until 18 February 2027"));
    assert_int_equal(letter->banner.len, 0);
    assert_true(says(letter->diagnosis, "not a diagnosis"));

    struct letter_ask bare = {.findings = &finding, .finding_count = 1, .is_demo = true, .is_paper = true};
    letter = compose(&bare, "en");
    assert_str(letter->details, "Check on 20 November 2026");
    assert_int_equal(letter->signed_by.len, 0);
    assert_int_equal(letter->log_head.len, 0);
    assert_true(says(letter->banner, "MADE-UP PERSON"));
    assert_true(says(letter->banner, "DRAFT"));
    assert_true(says(letter->banner, "Paper check"));
    assert_true(says(letter->record, "Nothing about this check was stored"));
}

static void a_date_is_said_as_exactly_as_it_is_known(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"1972", "1972"},
                                           {"1972-03", "March 1972"},
                                           {"1972-03-04", "4 March 1972"},
                                           {"2026-11-20T08:36:00Z", "20 November 2026"},
                                           {"", ""},
                                           {"1972-13", "1972-13"},
                                           {"1972-03-40", "1972-03-40"},
                                           {"in spring", "in spring"}};
    struct letter_frame *frame = NULL;
    assert_ok(letter_frame_load(share, STR("en"), mem, &frame, NULL));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(letter_date_words(frame, str_of(cases[i][0]), mem), cases[i][1]);
}

static void a_pattern_is_filled_once_or_left_alone(void **state)
{
    (void)state;
    assert_str(letter_fill(STR("on {date}."), mem, "date", STR("Monday")), "on Monday.");
    assert_str(letter_fill(STR("{a}{b}"), mem, "b", STR("{a}")), "{a}{a}");
    assert_str(letter_fill(STR("no key"), mem, "date", STR("Monday")), "no key");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_is_said_in_the_words_of_its_guideline),
        cmocka_unit_test(values_of_one_day_share_their_date_and_others_do_not),
        cmocka_unit_test(the_same_finding_is_said_in_the_language_of_the_letter),
        cmocka_unit_test(missing_words_are_an_error_and_no_gap),
        cmocka_unit_test(a_finding_of_an_unknown_guideline_is_an_error),
        cmocka_unit_test(results_stand_by_urgency_and_else_as_they_came),
        cmocka_unit_test(each_urgency_has_its_answer),
        cmocka_unit_test(marks_go_with_urgency),
        cmocka_unit_test(a_value_is_marked_like_its_conclusion),
        cmocka_unit_test(three_steps_stand_on_top_and_each_is_said_once),
        cmocka_unit_test(self_care_stays_with_its_result),
        cmocka_unit_test(the_next_check_is_the_earliest_or_is_agreed_on),
        cmocka_unit_test(what_could_not_be_worked_out_is_a_note),
        cmocka_unit_test(an_open_question_does_not_hide_an_urgent_step),
        cmocka_unit_test(a_source_stands_once_and_results_name_its_number),
        cmocka_unit_test(one_number_has_one_scale_and_its_value_is_kept_inside),
        cmocka_unit_test(the_frame_says_who_when_and_what_kind_of_sheet),
        cmocka_unit_test(a_date_is_said_as_exactly_as_it_is_known),
        cmocka_unit_test(a_pattern_is_filled_once_or_left_alone),
    };
    return letter_run(tests);
}
