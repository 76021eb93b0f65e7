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

/* A finding of the alarm layer about one value, that of Observation/<id>. */
static struct finding alarm_of(const char *item, const char *action, enum urgency urgency, const char *value,
                               const char *unit, const char *id)
{
    struct finding_input *input = arena_new(mem, struct finding_input);
    *input = (struct finding_input){STR("glucose"), str_of(value), str_of(unit), STR("2026-11-20"),
                                    arena_printf(mem, "Observation/%s", id)};
    return (struct finding){.guideline = STR("alarms"),
                            .version = STR("1.0.0"),
                            .item = str_of(item),
                            .status = FINDING_ASSESSED,
                            .category = STR("alarm"),
                            .action = str_of(action),
                            .urgency = urgency,
                            .value = str_of(value),
                            .unit = str_of(unit),
                            .source = STR("lines"),
                            .inputs = input,
                            .input_count = 1};
}

static const struct letter_packages *packages_of_share(void)
{
    struct letter_packages *packages = NULL;
    assert_ok(letter_packages_load(share, mem, &packages, NULL));
    return packages;
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

static void the_answer_goes_by_what_was_judged(void **state)
{
    (void)state;
    static const char *const answers[URGENCY_COUNT] = {"is an emergency", "a clinician today", "within two weeks",
                                                       "no hurry",        "yourself.",         "is as it should be."};
    for (int u = 0; u < URGENCY_COUNT; u++) {
        bool is_usual = u == URGENCY_NONE;
        struct finding findings[] = {pressure("normal", "routine", URGENCY_NONE, ""),
                                     pressure(is_usual ? "normal" : "hypertension", "same-day", (enum urgency)u, "")};
        struct str answer = letter_of(findings, 2)->answer;
        if (!says(answer, answers[u])) fail_msg("urgency %d: %.*s", u, STR_ARGS(answer));
    }
    struct finding high = pressure("hypertension", "routine", URGENCY_NONE, "");
    assert_str(letter_of(&high, 1)->answer, "These are not as they should be: Blood pressure.");
    assert_true(says(letter_of(NULL, 0)->answer, "We measured nothing"));
    high.status = FINDING_EXCLUDED;
    high.category = STR("");
    high.excluded = STR("age-under-18");
    assert_true(says(letter_of(&high, 1)->answer, "could not judge what we measured: Blood pressure."));
}

static void a_mark_goes_with_the_band_and_never_with_urgency(void **state)
{
    (void)state;
    static const struct {
        const char *category;
        enum letter_mark mark;
    } want[] = {{"normal", LETTER_MARK_USUAL},
                {"elevated", LETTER_MARK_WATCH},
                {"hypertension", LETTER_MARK_SEE},
                {"ok", LETTER_MARK_NEUTRAL}}; /* how well readings agree: no band of a value */
    for (int u = URGENCY_SELF_CARE; u < URGENCY_COUNT; u++)
        for (size_t i = 0; i < 4; i++) {
            struct finding finding = pressure(want[i].category, "routine", (enum urgency)u, "");
            if (want[i].mark == LETTER_MARK_NEUTRAL) finding.item = STR("bp-average");
            assert_int_equal(letter_of(&finding, 1)->lines[0].mark, want[i].mark);
        }
    /* what asks for something is not marked as it should be */
    struct finding finding = pressure("normal", "take-second-reading", URGENCY_ROUTINE, "");
    assert_int_equal(letter_of(&finding, 1)->lines[0].mark, LETTER_MARK_WATCH);
}

/* "See the conclusion" is judged where that conclusion is, and stands under it; else nobody judged the value. */
static void a_value_is_judged_by_its_conclusion(void **state)
{
    (void)state;
    struct finding findings[] = {sugar("hba1c", "diabetes-range", "see-conclusion", URGENCY_NONE),
                                 sugar("glycaemia", "diabetes-unconfirmed", "repeat-test", URGENCY_SOON)};
    findings[0].line = STR("hba1c-percent");
    findings[1].value = STR("");
    struct letter *letter = letter_of(findings, 2);
    assert_int_equal(letter->line_count, 1);
    assert_int_equal(letter->lines[0].mark, LETTER_MARK_SEE);
    assert_str(letter->lines[0].value, "7.1 %"); /* and lends it its value and its number line */
    assert_int_equal(letter->lines[0].scale_count, 1);
    findings[1].status = FINDING_EXCLUDED;
    findings[1].category = findings[1].action = STR("");
    findings[1].urgency = URGENCY_NONE;
    findings[1].excluded = STR("known-diabetes");
    letter = letter_of(findings, 2);
    assert_int_equal(letter->line_count, 1);
    assert_int_equal(letter->lines[0].mark, LETTER_MARK_NEUTRAL);
    assert_true(says(letter->answer, "could not judge"));
}

static void all_steps_stand_in_one_list_and_each_is_said_once(void **state)
{
    (void)state;
    struct finding findings[] = {
        pressure("hypertension", "confirm-out-of-office", URGENCY_ROUTINE, ""),
        pressure("elevated", "confirm-out-of-office", URGENCY_ROUTINE, ""),
        pressure("hypertension", "same-day", URGENCY_SAME_DAY, ""),
        pressure("hypertension", "confirm-within-1-month", URGENCY_SOON, ""),
        pressure("elevated", "take-second-reading", URGENCY_ROUTINE, ""),
        pressure("elevated", "review-treatment", URGENCY_SELF_CARE, ""),
        pressure("normal", "routine", URGENCY_NONE, ""),
        sugar("glycaemia", "diabetes-unconfirmed", "repeat-test", URGENCY_SOON),
    };
    static const char *const want[] = {"need a doctor today",      "see a doctor with the numbers",
                                       "blood sugar tested again", "at home for 7 days",
                                       "only one reading",         "treats your blood pressure"};
    struct letter *letter = letter_of(findings, 8);
    assert_int_equal(letter->step_count, 6);
    for (size_t i = 0; i < 6; i++)
        if (!says(letter->steps[i].what, want[i])) fail_msg("%zu: %.*s", i, STR_ARGS(letter->steps[i].what));
    assert_true(says(letter->steps[0].when, "Today."));
    assert_true(says(letter->steps[0].why, "Blood pressure 148 / 94 mmHg"));
    assert_true(says(letter->steps[2].why, "Blood sugar 7.1 %")); /* which blood test */
    assert_true(says(letter->steps[3].why, "Blood pressure"));
    assert_int_equal(letter->urgent_step_count, 1);
}

/* The same action of several findings, whatever guideline they are of, is one step with all reasons. */
static void one_action_names_all_that_it_is_for(void **state)
{
    (void)state;
    struct finding findings[] = {alarm_of("potassium-high", "clinician-today", URGENCY_SAME_DAY, "6.2", "mmol/L", "a"),
                                 alarm_of("crp-high", "clinician-today", URGENCY_SAME_DAY, "310", "mg/L", "b"),
                                 pressure("hypertension", "same-day", URGENCY_SAME_DAY, "")};
    struct letter_ask ask = {.findings = findings, .finding_count = 3, .packages = packages_of_share()};
    struct letter *letter = compose(&ask, "en");
    assert_int_equal(letter->step_count, 1);
    assert_true(says(letter->steps[0].what, "A doctor or nurse needs to see you."));
    assert_true(says(letter->steps[0].why, "Potassium in the blood 6.2 mmol/L, "));
    assert_true(says(letter->steps[0].why, "310 mg/L, Blood pressure 148 / 94 mmHg"));
    struct letter_place places[] = {{STR("clinician-today"), STR("here"), STR(""), STR(""), STR("")},
                                    {STR("after-hours"), STR("Emergency room"), STR("2 Hill Road"), STR(""), STR("")}};
    ask.site = STR("North Clinic");
    ask.clinic = (struct letter_clinic){.address = STR("1 Main Road"),
                                        .telephone = STR("0123 456"),
                                        .hours = STR("8 to 17"),
                                        .places = places,
                                        .place_count = 2};
    letter = compose(&ask, "en");
    assert_str(letter->steps[0].where, "Where: North Clinic, 1 Main Road, 0123 456, 8 to 17. "
                                       "When it is closed: Emergency room, 2 Hill Road.");
    assert_str(letter->contact, "Our clinic: 1 Main Road, telephone 0123 456, 8 to 17.");
}

static void what_is_asked_stands_behind_what_is_certain(void **state)
{
    (void)state;
    static const struct str labels[] = {STR("chest-pain"), STR("age")};
    struct finding findings[] = {alarm_of("bp-very-high", "ask-now", URGENCY_SAME_DAY, "190", "mm[Hg]", "a"),
                                 alarm_of("potassium-high", "clinician-today", URGENCY_SAME_DAY, "6.2", "mmol/L", "b")};
    findings[0].meanwhile = STR("clinician-today");
    findings[0].missing = labels;
    findings[0].missing_count = 2;
    struct letter *letter = letter_of(findings, 2);
    assert_int_equal(letter->step_count, 2);
    assert_true(says(letter->steps[0].what, "needs to see you"));
    assert_true(says(letter->steps[0].why, "Potassium in the blood 6.2 mmol/L, Blood pressure 190 mmHg"));
    assert_true(says(letter->steps[1].what, "We need to know: chest pain, your age."));
}

/* "One check is not enough to be sure" never stands beside "today". */
static void an_alarm_speaks_for_what_is_as_urgent_about_its_numbers(void **state)
{
    (void)state;
    struct finding findings[] = {alarm_of("bp-very-high", "clinician-today", URGENCY_SAME_DAY, "148", "mm[Hg]", "r"),
                                 pressure("hypertension", "confirm-within-1-month", URGENCY_SOON, "")};
    struct finding_input inputs[] = {pressure_inputs[0], pressure_inputs[1]};
    inputs[0].reference = inputs[1].reference = STR("Observation/r");
    findings[1].inputs = inputs;
    struct letter *letter = letter_of(findings, 2);
    assert_int_equal(letter->line_count, 1);
    assert_int_equal(letter->step_count, 1);
    assert_true(says(letter->lines[0].headline, "very high"));
    findings[1].urgency = URGENCY_EMERGENCY_NOW; /* more urgent than the alarm: it speaks for itself */
    findings[1].action = STR("emergency-now");
    letter = letter_of(findings, 2);
    assert_int_equal(letter->line_count, 2);
    for (size_t i = 0; i < 2; i++) assert_false(says(letter->lines[i].meaning, "not enough to be sure"));
}

static void self_care_is_a_step_too(void **state)
{
    (void)state;
    struct finding finding = pressure("elevated", "review-treatment", URGENCY_SELF_CARE, "");
    struct letter *letter = letter_of(&finding, 1);
    assert_int_equal(letter->step_count, 1);
    assert_int_equal(letter->urgent_step_count, 0);
    assert_false(letter->is_urgent);
}

static void the_next_check_is_never_later_than_the_programme_says(void **state)
{
    (void)state;
    struct finding findings[] = {pressure("normal", "routine", URGENCY_NONE, "P1Y"),
                                 pressure("normal", "routine", URGENCY_NONE, "P2W"),
                                 pressure("normal", "routine", URGENCY_NONE, "P6M")};
    struct letter_ask ask = {.findings = findings, .finding_count = 1};
    assert_true(says(letter_of(findings, 3)->next_check, "4 December 2026"));
    assert_true(says(letter_of(findings, 3)->next_check, "because of: Blood pressure"));
    assert_str(letter_of(findings, 1)->next_check,
               "Please come again on or soon after 20 November 2027. The check is free.");
    findings[0].recheck = STR("P3Y");
    assert_true(says(letter_of(findings, 1)->next_check, "20 November 2027"));
    findings[0].recheck = STR("next spring");
    assert_true(says(letter_of(findings, 1)->next_check, "20 November 2027"));
    ask.clinic.interval = STR("P6M");
    assert_true(says(compose(&ask, "en")->next_check, "20 May 2027"));
    ask.clinic.interval = STR("whenever");
    assert_true(says(compose(&ask, "en")->next_check, "20 November 2027"));
}

static void an_urgent_letter_does_not_speak_of_next_year(void **state)
{
    (void)state;
    struct finding findings[] = {pressure("hypertension", "same-day", URGENCY_SAME_DAY, "P1Y"),
                                 sugar("glycaemia", "normal", "none", URGENCY_NONE)};
    struct letter *letter = letter_of(findings, 2);
    assert_true(says(letter->next_check, "First do what stands on top."));
    assert_false(says(letter->next_check, "2027"));
    findings[1].recheck = STR("P2W");
    letter = letter_of(findings, 2);
    assert_true(says(letter->next_check, "First do what stands on top."));
    assert_true(says(letter->next_check, "4 December 2026"));
}

static void what_happened_is_said_from_its_record_alone(void **state)
{
    (void)state;
    struct finding finding = pressure("hypertension", "same-day", URGENCY_SAME_DAY, "");
    struct letter_told told = {.by = STR("Dr Amina Said"),
                               .at = STR("2026-11-20T09:00:00Z"),
                               .how = STR("telephone"),
                               .agreed = STR("comes back at noon")};
    struct letter_ask ask = {.findings = &finding, .finding_count = 1};
    struct letter *letter = compose(&ask, "en");
    assert_true(letter->is_urgent);
    assert_true(says(letter->told, "Come to us or ring us today. We are trying to reach you."));
    assert_false(says(letter->told, "spoke with you about this on"));
    ask.is_paper = true; /* nobody has a record to reach them by */
    assert_false(says(compose(&ask, "en")->told, "trying to reach you"));
    ask.is_paper = false;
    ask.told = &told;
    assert_str(compose(&ask, "en")->told, "Dr Amina Said spoke with you about this on 20 November 2026, by telephone. "
                                          "This was agreed: comes back at noon");
    told.is_guardian = true;
    assert_true(says(compose(&ask, "en")->told, "with your parent or guardian"));
    ask.told = NULL;
    finding.urgency = URGENCY_EMERGENCY_NOW;
    assert_true(says(compose(&ask, "en")->told, "Go now, and do not go alone."));
    finding.urgency = URGENCY_SOON;
    assert_int_equal(compose(&ask, "en")->told.len, 0);
    assert_false(compose(&ask, "en")->is_urgent);
}

static void a_number_that_is_promised_is_printed_or_not_promised(void **state)
{
    (void)state;
    struct finding finding = alarm_of("item-9", "crisis-safety", URGENCY_SAME_DAY, "", "", "a");
    struct letter_ask ask = {.findings = &finding, .finding_count = 1};
    assert_false(says(compose(&ask, "en")->steps[0].what, "crisis"));
    assert_false(says(compose(&ask, "en")->steps[0].what, "{"));
    ask.clinic.crisis = STR("116 123");
    assert_true(says(compose(&ask, "en")->steps[0].what, "116 123"));
    assert_true(says(compose(&ask, "ar")->steps[0].what, "116 123"));
}

static const struct letter_note *note(const struct letter *letter, const char *name)
{
    for (size_t i = 0; i < letter->note_count; i++)
        if (says(letter->notes[i].name, name)) return &letter->notes[i];
    fail_msg("there is no note %s", name);
    return NULL;
}

static void what_is_no_result_is_one_line_a_kind(void **state)
{
    (void)state;
    static const struct str labels[] = {STR("systolic")}, asked[] = {STR("bp-treatment")}, old[] = {STR("diastolic")};
    static const struct str on[] = {STR("2025-11-03")}, why[] = {STR("out-of-range")};
    struct finding finding = pressure("", "", URGENCY_NONE, "P1M");
    finding.status = FINDING_NOT_ASSESSED;
    finding.missing = labels;
    finding.missing_count = 1;
    finding.not_asked = asked;
    finding.not_asked_count = 1;
    finding.too_old = old;
    finding.too_old_on = on;
    finding.too_old_count = finding.too_old_on_count = 1;
    struct finding findings[] = {finding, finding};
    struct letter *letter = letter_of(findings, 2);
    assert_int_equal(letter->line_count, 0);
    assert_int_equal(letter->note_count, 3);
    assert_str(note(letter, "Not done today")->text, "upper number.");
    assert_str(note(letter, "Too old")->text, "lower number (3 November 2025).");
    assert_str(note(letter, "Not asked")->text, "whether you take medicine for blood pressure.");
    assert_true(says(letter->next_check, "20 November 2027")); /* only a result sets an earlier date */

    finding.status = FINDING_QUERIED;
    finding.missing_count = finding.not_asked_count = finding.too_old_count = 0;
    finding.queried = labels;
    finding.queried_why = why;
    finding.queried_count = finding.queried_why_count = 1;
    assert_str(note(letter_of(&finding, 1), "measure it again")->text, "upper number (the number cannot be right).");

    finding.status = FINDING_NOT_JUDGED;
    finding.queried_count = 0;
    assert_str(note(letter_of(&finding, 1), "fault in our program")->text, "Blood pressure.");

    finding.status = FINDING_EXCLUDED;
    finding.excluded = STR("age-under-18");
    assert_true(says(note(letter_of(&finding, 1), "Not judged here")->text, "for adults."));
    findings[0] = finding;
    findings[1] = alarm_of("bp-under-18", "clinician-today", URGENCY_SAME_DAY, "148", "mm[Hg]", "a");
    letter = letter_of(findings, 2); /* never beside an alarm */
    assert_int_equal(letter->note_count, 0);
}

static void what_nobody_judges_is_named_and_counts(void **state)
{
    (void)state;
    struct finding finding = pressure("normal", "routine", URGENCY_NONE, "");
    struct finding_input inputs[] = {pressure_inputs[0], pressure_inputs[1]};
    struct letter_value values[] = {
        {.code = STR("85354-9"), .reference = STR("Observation/1"), .value = STR("118 / 70"), .unit = STR("mm[Hg]")},
        {.code = STR("85354-9"), .reference = STR("Observation/2"), .value = STR("116 / 68"), .unit = STR("mm[Hg]")},
        {.code = STR("danger-symptoms"), .reference = STR("Observation/3"), .value = STR("false"), .is_answer = true},
        {.code = STR("2075-0"), .reference = STR("Observation/4"), .value = STR("102"), .unit = STR("mmol/L")}};
    struct letter_ask ask = {.findings = &finding, .finding_count = 1, .values = values, .value_count = 3};
    inputs[0].reference = inputs[1].reference = STR("Observation/2"); /* the mean rests on the last readings */
    finding.inputs = inputs;
    struct letter *letter = compose(&ask, "en");
    assert_true(says(letter->answer, "is as it should be."));
    assert_int_equal(letter->note_count, 0);
    ask.value_count = 4;
    letter = compose(&ask, "en");
    assert_str(letter->answer, "These are as they should be: Blood pressure. These we could not judge: chloride.");
    assert_str(note(letter, "not judged here")->text, "chloride 102 mmol/L.");
    values[2].is_yes = true; /* and a danger sign that no finding carries is a fault, treated as something for today */
    letter = compose(&ask, "en");
    assert_true(letter->is_urgent);
    assert_true(says(letter->answer, "a clinician today"));
}

static void a_letter_speaks_of_the_packages_of_its_visit(void **state)
{
    (void)state;
    static const struct str labels[] = {STR("waist")}, other[] = {STR("total-cholesterol")};
    static const struct finding_input old = {STR("triglycerides"), STR("120"), STR("mg/dL"), STR("2026-01-02"),
                                             STR("Observation/9")};
    struct finding findings[] = {pressure("normal", "routine", URGENCY_NONE, ""), pressure("", "", URGENCY_NONE, ""),
                                 pressure("", "", URGENCY_NONE, ""), pressure("", "", URGENCY_NONE, "")};
    struct letter_ask ask = {.findings = findings, .finding_count = 4, .packages = packages_of_share()};
    for (size_t i = 1; i < 3; i++) findings[i].status = FINDING_NOT_ASSESSED, findings[i].missing_count = 1;
    findings[1].guideline = STR("body-measures"), findings[1].item = STR("waist"), findings[1].missing = labels;
    findings[2].guideline = STR("cvd-risk"), findings[2].item = STR("score2"), findings[2].missing = other;
    findings[3] = (struct finding){.guideline = STR("lipids"),
                                   .version = STR("1.0.0"),
                                   .item = STR("triglycerides"),
                                   .status = FINDING_ASSESSED,
                                   .category = STR("normal"),
                                   .urgency = URGENCY_NONE,
                                   .inputs = &old,
                                   .input_count = 1};
    ask.values = (const struct letter_value[]){{.code = STR("x")}};
    struct letter *letter = compose(&ask, "en");
    assert_int_equal(letter->line_count, 1); /* lipids: not of this check, nothing of this visit, nothing to do */
    assert_str(note(letter, "Not done today")->text, "waist.");
    assert_str(note(letter, "Not part of this check")->text, "Heart and blood vessels, Fats in the blood.");
    ask.clinic.packages = STR("basic heart");
    letter = compose(&ask, "en");
    assert_int_equal(letter->line_count, 2);
    assert_str(note(letter, "Not done today")->text, "waist, total cholesterol.");
    ask.birth_date = STR("1990-01-01"); /* the package is for people from 40 on */
    assert_int_equal(compose(&ask, "en")->line_count, 1);
    findings[3].urgency = URGENCY_ROUTINE; /* what asks for something is never left out */
    findings[3].action = STR("triglycerides-self-care");
    assert_int_equal(compose(&ask, "en")->line_count, 2);
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

static void a_long_letter_is_brief_about_what_is_as_it_should_be(void **state)
{
    (void)state;
    struct finding findings[] = {pressure("hypertension", "confirm-out-of-office", URGENCY_ROUTINE, ""),
                                 pressure("normal", "routine", URGENCY_NONE, ""),
                                 sugar("glycaemia", "normal", "none", URGENCY_NONE),
                                 sugar("hba1c", "prediabetes-range", "none", URGENCY_NONE), risk("3.2")};
    struct letter *letter = letter_of(findings, 4);
    for (size_t i = 0; i < letter->line_count; i++) assert_false(letter->lines[i].is_brief);
    letter = letter_of(findings, 5);
    for (size_t i = 0; i < letter->line_count; i++) {
        const struct letter_line *line = &letter->lines[i];
        assert_int_equal(line->is_brief, line->mark == LETTER_MARK_USUAL || line->urgency == URGENCY_NONE);
    }
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
        assert_str(letter_date_words(frame, STR(""), str_of(cases[i][0]), mem), cases[i][1]);
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
        cmocka_unit_test(the_answer_goes_by_what_was_judged),
        cmocka_unit_test(a_mark_goes_with_the_band_and_never_with_urgency),
        cmocka_unit_test(a_value_is_judged_by_its_conclusion),
        cmocka_unit_test(all_steps_stand_in_one_list_and_each_is_said_once),
        cmocka_unit_test(one_action_names_all_that_it_is_for),
        cmocka_unit_test(what_is_asked_stands_behind_what_is_certain),
        cmocka_unit_test(an_alarm_speaks_for_what_is_as_urgent_about_its_numbers),
        cmocka_unit_test(self_care_is_a_step_too),
        cmocka_unit_test(the_next_check_is_never_later_than_the_programme_says),
        cmocka_unit_test(an_urgent_letter_does_not_speak_of_next_year),
        cmocka_unit_test(what_happened_is_said_from_its_record_alone),
        cmocka_unit_test(a_number_that_is_promised_is_printed_or_not_promised),
        cmocka_unit_test(what_is_no_result_is_one_line_a_kind),
        cmocka_unit_test(what_nobody_judges_is_named_and_counts),
        cmocka_unit_test(a_letter_speaks_of_the_packages_of_its_visit),
        cmocka_unit_test(an_open_question_does_not_hide_an_urgent_step),
        cmocka_unit_test(a_long_letter_is_brief_about_what_is_as_it_should_be),
        cmocka_unit_test(a_source_stands_once_and_results_name_its_number),
        cmocka_unit_test(one_number_has_one_scale_and_its_value_is_kept_inside),
        cmocka_unit_test(the_frame_says_who_when_and_what_kind_of_sheet),
        cmocka_unit_test(a_date_is_said_as_exactly_as_it_is_known),
        cmocka_unit_test(a_pattern_is_filled_once_or_left_alone),
    };
    return letter_run(tests);
}
