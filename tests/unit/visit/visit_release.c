/* SPDX-License-Identifier: Apache-2.0
 * When a person hears of a result: what is told in person stands in no letter before, an alarm always does, and who
 * signed sees what still waits. Results that correct earlier ones say so. */
#include "visit_world.h"

#include "visit/inbox.h"
#include "visit/person.h"
#include "visit/release.h"

#define DAY_MS (24ll * 3600 * 1000)

/* --- the rule ----------------------------------------------------------------------------------------------------- */

static enum guideline_release of(const struct visit_content *content, const char *guideline, const char *first,
                                 const char *second)
{
    struct finding_input inputs[] = {{.label = str_of(first)}, {.label = str_of(second)}};
    const struct finding finding = {.guideline = str_of(guideline), .inputs = inputs, .input_count = first ? 2 : 0};
    return visit_release_of(content, &finding);
}

static void the_strictest_of_the_tests_counts(void **state)
{
    (void)state;
    struct arena *mem = arena_open(256 << 20);
    const struct visit_content *content = content_of(share(), VISIT_GUIDELINES, "", mem);
    assert_int_equal(of(content, "blood-pressure", "systolic", "diastolic"), GUIDELINE_AT_ONCE);
    assert_int_equal(of(content, "blood-pressure", "systolic", "danger-symptoms"), GUIDELINE_AT_ONCE);
    assert_int_equal(of(content, "blood-pressure", "systolic", "creatinine"), GUIDELINE_AFTER_REVIEW);
    assert_int_equal(of(content, "blood-borne-viruses", "hiv", "age"), GUIDELINE_IN_PERSON);
    assert_int_equal(of(content, "blood-borne-viruses", "age", "known-hiv"), GUIDELINE_AFTER_REVIEW);
    assert_int_equal(of(content, "tuberculosis", "tb-cough", "tb-fever"), GUIDELINE_AFTER_REVIEW); /* answers alone */
    assert_int_equal(of(content, "kidney", NULL, NULL), GUIDELINE_AFTER_REVIEW);
    assert_int_equal(of(content, "no-such-guideline", "hiv", "hiv"), GUIDELINE_AFTER_REVIEW);
    assert_true(visit_is_told_in_person(content, STR("56888-1")));
    assert_false(visit_is_told_in_person(content, STR("8480-6")));
    arena_close(mem);
}

/* What is read to a person before the sample. */
static void every_test_is_named_once_and_the_strictest_first(void **state)
{
    (void)state;
    struct world w = empty_world("tests", NULL);
    struct visit_test *tests = NULL;
    size_t count = 0, in_person = 0, at_once = 0;
    const struct str languages[] = {STR("ar"), STR("en")};
    w.visit.content = content_of(share(), VISIT_ALL, "", w.t->mem);
    for (size_t l = 0; l < 2; l++) {
        t_must(visit_releases(&w.visit, languages + l, 2 - l, &tests, &count, &err));
        for (size_t i = 0; i < count; i++) {
            assert_true(tests[i].name.len > 0);
            for (size_t k = 0; k < i; k++) assert_false(str_eq(tests[i].name, tests[k].name));
            if (i > 0) assert_true(tests[i].release <= tests[i - 1].release);
            if (l == 1) in_person += tests[i].release == GUIDELINE_IN_PERSON;
            if (l == 1) at_once += tests[i].release == GUIDELINE_AT_ONCE;
            assert_false(str_is(tests[i].label, "age")); /* a fact is no test */
            if (str_is(tests[i].label, "weight")) assert_int_equal(tests[i].release, GUIDELINE_AT_ONCE);
            assert_false(str_is(tests[i].label, "systolic")); /* half a test */
        }
    }
    assert_int_equal(in_person, 3);
    assert_true(at_once > 5 && count > 20);
    world_drop(&w);
}

/* --- a site where the weight is told in person -------------------------------------------------------------------- */

static void tell_in_person(struct world *w, const char *label)
{
    const struct guideline *guideline = NULL;
    t_must(visit_guideline(w->visit.content, STR("body-measures"), &guideline, &err));
    const struct guideline_info *info = guideline_info(guideline);
    for (size_t i = 0; i < info->input_count; i++) {
        struct guideline_input *row = (struct guideline_input *)&info->inputs[i]; /* in the memory of this test */
        if (!str_is(row->label, label)) continue;
        row->release = GUIDELINE_IN_PERSON;
        row->has_release = true;
    }
}

static struct str replaced(struct world *w, struct str text, const char *from, const char *to)
{
    struct buf out;
    struct str done;
    buf_init(&out, w->t->mem, 1 << 20);
    for (ptrdiff_t at; (at = str_find(text, str_of(from))) >= 0;) {
        buf_addf(&out, "%.*s%s", (int)at, text.ptr, to);
        text = str_cut(text, (size_t)at + strlen(from), text.len);
    }
    buf_add(&out, text);
    t_must(buf_done(&out, &done, &err));
    return done;
}

/* A waist beside weight and height, so that something else stands in the letter too. */
static struct str with_waist(struct world *w)
{
    static const char waist[] =
        ",{\"resource\":{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
        "\"http://loinc.org\",\"code\":\"8280-0\"}]},\"effectiveDateTime\":\"2026-11-23T09:03:00Z\",\"subject\":{"
        "\"reference\":\"Patient/p\"},\"valueQuantity\":{\"value\":84,\"system\":\"http://unitsofmeasure.org\","
        "\"code\":\"cm\"}}}]}";
    struct str file = file_about(w, "1980-01-01", "");
    return arena_printf(w->t->mem, "%.*s%s", (int)file.len - 2, file.ptr, waist);
}

static struct world weighed(const char *name)
{
    struct world w = world_make(name, "body-measures");
    const struct guideline *guideline = NULL;
    t_must(visit_accept(as(&w, T_CLINICIAN), STR("body-measures"), NULL, 0, &guideline, &err));
    return w;
}

static struct str letter_of(struct world *w)
{
    struct visit_sheet sheet = {.language = STR("en")};
    struct visit_letters_ask one = {.sheets = &sheet, .count = 1};
    t_must(visit_letters(as(w, T_BESIDE), w->card, &one, NULL, &err));
    return sheet.bytes;
}

/* How many entries of the list are a telling; -1: the list names it otherwise. */
static int tellings(struct world *w)
{
    struct visit_work *list = NULL;
    size_t count = 0;
    int found = 0;
    t_must(visit_inbox(as(w, T_CLINICIAN), &list, &count, NULL, &err));
    for (size_t i = 0; i < count; i++)
        for (size_t e = 0; e < list[i].work.entry_count; e++) {
            if (list[i].work.entries[e].task == WORK_TALK) return -1;
            found += list[i].work.entries[e].task == WORK_TELL;
        }
    return found;
}

static size_t open_tasks(struct world *w, enum work_task task)
{
    struct visit_work *list = NULL;
    size_t count = 0, found = 0;
    t_must(visit_inbox(as(w, T_CLINICIAN), &list, &count, NULL, &err));
    for (size_t i = 0; i < count; i++)
        for (size_t e = 0; e < list[i].work.entry_count; e++) found += list[i].work.entries[e].task == task;
    return found;
}

static size_t tell(struct world *w, enum screen_how how, const char *item)
{
    const struct str items[] = {str_of(item)};
    struct screen_tell ask = {.items = items, .item_count = 1, .how = how};
    size_t count = 0;
    t_must(visit_tell(as(w, T_CLINICIAN), w->card, &ask, &count, &err));
    return count;
}

#define NOTE "There is something that we tell you in person"

static void no_letter_says_it_before_the_person_was_told_in_person(void **state)
{
    (void)state;
    struct world w = weighed("in-person");
    tell_in_person(&w, "weight");
    visit_once(&w, with_waist(&w));
    struct str html = letter_of(&w);
    assert_true(holds(html, NOTE));
    assert_false(holds(html, "25.3")); /* the index */
    assert_false(holds(html, "71.5")); /* nor the number itself, as one that nobody judged */
    assert_true(holds(html, "84 cm"));
    assert_int_equal(tellings(&w), 1);
    tell(&w, SCREEN_HOW_TELEPHONE, "bmi");
    assert_true(holds(letter_of(&w), NOTE));
    assert_int_equal(tellings(&w), 1);
    tell(&w, SCREEN_HOW_IN_PERSON, "bmi");
    html = letter_of(&w);
    assert_true(holds(html, "25.3 kg/m"));
    assert_false(holds(html, NOTE));
    assert_int_equal(tellings(&w), 0);
    tell(&w, SCREEN_HOW_TELEPHONE, "bmi"); /* once told in person it stays told */
    assert_false(holds(letter_of(&w), NOTE));
    world_drop(&w);
}

static void who_was_told_before_the_signing_is_not_on_the_list(void **state)
{
    (void)state;
    struct world w = weighed("told-first");
    struct visit_screening screening;
    struct visit_import_ask ask = {.minimise = false};
    struct visit_imported sum = {0};
    struct screen_found findings;
    struct visit_signed done;
    tell_in_person(&w, "weight");
    t_must(visit_screening(&w.visit, &screening, &err));
    t_must(visit_import(as(&w, T_ASSISTANT), w.card, with_waist(&w), &ask, &sum, &err));
    t_must(visit_screen(&w.visit, &screening, w.card, &findings, &err));
    tell(&w, SCREEN_HOW_IN_PERSON, "bmi");
    t_must(visit_sign(as(&w, T_CLINICIAN), w.card, NULL, &done, &err));
    assert_int_equal(tellings(&w), 0);
    assert_false(holds(letter_of(&w), NOTE));
    world_drop(&w);
}

/* Another number is another result: it is told anew. */
static void a_new_number_waits_again(void **state)
{
    (void)state;
    struct world w = weighed("anew");
    tell_in_person(&w, "weight");
    visit_once(&w, with_waist(&w));
    tell(&w, SCREEN_HOW_IN_PERSON, "bmi");
    assert_int_equal(tellings(&w), 0);
    visit_once(&w, replaced(&w, with_waist(&w), "71.5", "78.5"));
    assert_int_equal(tellings(&w), 1);
    assert_true(holds(letter_of(&w), NOTE));
    world_drop(&w);
}

static void what_is_not_told_in_person_waits_for_nothing(void **state)
{
    (void)state;
    struct world w = weighed("review");
    visit_once(&w, with_waist(&w));
    assert_int_equal(tellings(&w), 0);
    assert_true(holds(letter_of(&w), "25.3 kg/m"));
    assert_false(holds(letter_of(&w), NOTE));
    world_drop(&w);
}

/* An alarm is told by its own rules, and its letter is held for want of that alone. */
static void an_alarm_is_never_withheld(void **state)
{
    (void)state;
    struct arena *mem = arena_open(256 << 20);
    const struct visit_content *content = content_of(share(), VISIT_GUIDELINES, "", mem);
    struct finding_input input = {.label = STR("hiv")};
    struct finding finding = {.guideline = STR("blood-borne-viruses"), .inputs = &input, .input_count = 1};
    const struct screen_told nobody = {.is_told = false}, told = {.is_told = true, .is_in_person = true};
    for (int urgency = 0; urgency < URGENCY_COUNT; urgency++) {
        finding.urgency = (enum urgency)urgency;
        assert_int_equal(visit_is_withheld(content, &finding, &nobody), urgency > URGENCY_SAME_DAY);
        assert_false(visit_is_withheld(content, &finding, &told));
    }
    arena_close(mem);
}

/* --- corrections -------------------------------------------------------------------------------------------------- */

static struct str named(struct world *w, const char *status)
{
    struct str file = replaced(
        w, with_waist(w),
        "\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"29463-7\"",
        "\"resourceType\":\"Observation\",\"id\":\"one\",\"status\":\"WORD\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"29463-7\"");
    return replaced(w, file, "WORD", status);
}

#define CORRECTS "is corrected here"

static void a_letter_that_corrects_an_earlier_one_says_so(void **state)
{
    (void)state;
    struct world w = weighed("corrects");
    struct visit_import_ask ask = {.minimise = false};
    struct visit_imported sum = {0};
    struct visit_findings found;
    visit_once(&w, named(&w, "final"));
    assert_false(holds(letter_of(&w), CORRECTS));
    t_must(visit_import(as(&w, T_ASSISTANT), w.card, named(&w, "entered-in-error"), &ask, &sum, &err));
    t_must(visit_findings(as(&w, T_CLINICIAN), w.card, &found, &err));
    bool is_stale = false;
    for (size_t i = 0; i < found.signed_count; i++) is_stale = is_stale || found.signed_ones[i].is_stale;
    assert_true(is_stale && found.age == SCREEN_CORRECTED);
    assert_int_equal(open_tasks(&w, WORK_SCREEN), 1); /* nobody forgets that a letter is wrong */
    struct str right =
        replaced(&w, replaced(&w, named(&w, "final"), "\"id\":\"one\"", "\"id\":\"two\""), "71.5", "78.5");
    visit_once(&w, right);
    assert_int_equal(open_tasks(&w, WORK_SCREEN), 0);
    struct str html = letter_of(&w);
    assert_true(holds(html, "A value of 23 November 2026 was wrong") && holds(html, CORRECTS));
    assert_true(holds(html, "27.8 kg/m"));
    /* the letter of the year after corrects nothing */
    t_site_at(w.t, T_SITE_NOW + 365 * DAY_MS);
    w.visit.site = w.t->site;
    visit_once(&w, replaced(&w, replaced(&w, right, "2026-11-23", "2027-11-23"), "\"id\":\"two\"", "\"id\":\"three\""));
    assert_false(holds(letter_of(&w), CORRECTS));
    world_drop(&w);
}

/* The numbers of earlier days stand beside a draft, those of this day do not. */
static void earlier_days_stand_beside_a_draft(void **state)
{
    (void)state;
    struct world w = weighed("earlier");
    struct visit_screening screening;
    struct visit_import_ask ask = {.minimise = false};
    struct visit_imported sum = {0};
    struct screen_found findings;
    struct visit_findings found;
    visit_once(&w, with_waist(&w));
    t_site_at(w.t, T_SITE_NOW + 365 * DAY_MS);
    w.visit.site = w.t->site;
    struct str second = replaced(&w, replaced(&w, with_waist(&w), "2026-11-23", "2027-11-23"), "71.5", "78.5");
    t_must(visit_screening(&w.visit, &screening, &err));
    t_must(visit_import(as(&w, T_ASSISTANT), w.card, second, &ask, &sum, &err));
    t_must(visit_screen(&w.visit, &screening, w.card, &findings, &err));
    t_must(visit_findings(as(&w, T_CLINICIAN), w.card, &found, &err));
    size_t seen = 0;
    for (size_t i = 0; i < found.draft_count; i++) {
        const struct visit_shown *one = &found.drafts[i];
        if (!str_is(one->finding.item, "bmi")) continue;
        assert_int_equal(one->earlier_count, 1);
        assert_str(one->earlier[0].date, "2026-11-23");
        assert_str(one->date, "2027-11-23");
        assert_true(str_starts(one->earlier[0].value, STR("25.3")) && str_starts(one->finding.value, STR("27.8")));
        seen++;
    }
    assert_int_equal(seen, 1);
    for (size_t i = 0; i < found.signed_count; i++) assert_int_equal(found.signed_ones[i].earlier_count, 0);
    world_drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_strictest_of_the_tests_counts),
        cmocka_unit_test(every_test_is_named_once_and_the_strictest_first),
        cmocka_unit_test(no_letter_says_it_before_the_person_was_told_in_person),
        cmocka_unit_test(who_was_told_before_the_signing_is_not_on_the_list),
        cmocka_unit_test(a_new_number_waits_again),
        cmocka_unit_test(what_is_not_told_in_person_waits_for_nothing),
        cmocka_unit_test(an_alarm_is_never_withheld),
        cmocka_unit_test(a_letter_that_corrects_an_earlier_one_says_so),
        cmocka_unit_test(earlier_days_stand_beside_a_draft),
    };
    return t_run(tests);
}
