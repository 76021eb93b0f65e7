/* SPDX-License-Identifier: Apache-2.0
 * What a station needs of a person: a look that lasts, readings in the words that typed them, a request made again. */
#include "visit_world.h"

#include "visit/held.h"
#include "visit/measure.h"
#include "visit/person.h"

#define KEY STR("0b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7")

static const struct visit_typed three[] = {{.word = {"bp", 2}, .text = {"148/92", 6}},
                                           {.word = {"height", 6}, .text = {"161", 3}},
                                           {.word = {"chest-pain", 10}, .text = {"no", 2}}};

static struct visit acting(struct world *w, struct actor actor)
{
    w->visit.actor = actor;
    return w->visit;
}

static size_t read_typed(const struct visit *visit, const struct visit_typed *typed, size_t count,
                         struct visit_reading **out)
{
    size_t read = 0;
    t_must(visit_measure_typed(visit->content, STR(""), typed, count, visit->mem, out, &read, &err));
    return read;
}

static enum salve_code measure(const struct visit *visit, struct str who, const struct visit_typed *typed, size_t count,
                               bool *was_kept, size_t *kept)
{
    struct visit_reading *readings = NULL;
    struct visit_measure_ask ask = {.key = KEY, .was_kept = was_kept};
    size_t read = read_typed(visit, typed, count, &readings);
    return visit_measure(visit, who, readings, read, &ask, kept, NULL);
}

static void readings_come_back_in_the_words_that_typed_them(void **state)
{
    struct world w = world_make("station-words", NULL);
    struct visit visit = acting(&w, T_ASSISTANT);
    struct visit_facts facts;
    bool was_kept = false;
    size_t kept = 0;
    (void)state;
    assert_int_equal(measure(&visit, w.card, three, 3, &was_kept, &kept), SALVE_OK);
    assert_true(!was_kept && kept == 3);
    t_must(visit_person_read(&visit, w.card, &facts, &err));
    assert_str(facts.name, "Tala Adeyemi");
    assert_int_equal(facts.age_years, 46);
    assert_int_equal(facts.today_count, 3);
    assert_int_equal(facts.last_count, 0);
    for (size_t i = 0; i < 3; i++) {
        const struct visit_reading *one = &facts.today[i].reading;
        const struct visit_typed *typed = &three[2 - i]; /* the newest first */
        assert_true(str_eq(one->word, typed->word));
        if (one->answer.len > 0) assert_true(str_eq(one->answer, typed->text));
    }
    assert_str(facts.today[2].reading.numbers[0], "148");
    assert_str(facts.today[2].reading.numbers[1], "92");
    t_site_at(w.t, T_SITE_NOW + (int64_t)2 * 24 * 3600 * 1000);
    visit.site = w.t->site;
    visit.actor = T_ASSISTANT; /* who logged in again, where that is needed */
    t_must(visit_person_read(&visit, w.card, &facts, &err));
    assert_int_equal(facts.today_count, 0);
    assert_int_equal(facts.last_count, 3);
    world_drop(&w);
}

static void a_request_that_is_made_again_keeps_nothing_twice(void **state)
{
    struct world w = world_make("station-again", NULL);
    struct visit visit = acting(&w, T_ASSISTANT);
    static const struct visit_typed other[] = {{.word = {"bp", 2}, .text = {"128/82", 6}}};
    struct visit_facts facts;
    bool was_kept = false;
    size_t kept = 0;
    (void)state;
    assert_int_equal(measure(&visit, w.card, three, 3, &was_kept, &kept), SALVE_OK);
    t_site_close(w.t);
    t_site_open(w.t);
    visit.site = w.t->site;
    visit.actor = T_ASSISTANT;
    assert_int_equal(measure(&visit, w.card, three, 3, &was_kept, &kept), SALVE_OK);
    assert_true(was_kept && kept == 3);
    assert_int_equal(measure(&visit, w.card, other, 1, &was_kept, &kept), SALVE_E_CONFLICT);
    assert_int_equal(measure(&visit, w.card, three, 2, &was_kept, &kept), SALVE_E_CONFLICT);
    t_must(visit_person_read(&visit, w.card, &facts, &err));
    assert_int_equal(facts.today_count, 3);
    world_drop(&w);
}

static void sight_and_hearing_come_back_as_they_were_typed(void **state)
{
    struct world w = world_make("station-senses", "vision");
    struct visit visit = acting(&w, T_ASSISTANT);
    static const struct visit_typed typed[] = {{.word = {"distance-vision-right", 21}, .text = {"6/18", 4}},
                                               {.word = {"distance-vision-left", 20}, .text = {"0/60", 4}},
                                               {.word = {"near-vision", 11}, .text = {"8", 1}},
                                               {.word = {"hearing-left-4000", 17}, .text = {"45", 2}}};
    struct visit_reading *readings = NULL;
    struct visit_measure_ask ask = {.key = KEY};
    struct visit_facts facts;
    struct visit_wronged wronged;
    size_t read = read_typed(&visit, typed, 4, &readings), kept = 0;
    (void)state;
    for (int again = 0; again < 2; again++) {
        t_must(visit_measure(&visit, w.card, readings, read, &ask, &kept, &err));
        assert_int_equal(kept, 4);
    }
    t_must(visit_person_read(&visit, w.card, &facts, &err));
    assert_int_equal(facts.today_count, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct visit_reading *one = &facts.today[i].reading;
        assert_true(str_eq(one->word, typed[3 - i].word));
        struct str number = one->numbers[1].len > 0 ? arena_printf(w.t->mem, "%.*s/%.*s", STR_ARGS(one->numbers[0]),
                                                                   STR_ARGS(one->numbers[1]))
                                                    : one->numbers[0];
        assert_true(str_eq(number, typed[3 - i].text));
    }
    assert_str(facts.today[1].reading.unit, "{N}");
    t_must(visit_wrong(&visit, w.card, readings + 1, 1, &wronged, &err));
    assert_int_equal(wronged.taken_back, 1);
    t_must(visit_person_read(&visit, w.card, &facts, &err));
    assert_int_equal(facts.today_count, 3);
    world_drop(&w);
}

static void a_line_that_no_chart_has_is_refused(void **state)
{
    static const struct {
        const char *text;
        enum salve_code code;
    } rows[] = {{"6/12", SALVE_OK},       {"20/40", SALVE_OK},       {"12/6", SALVE_OK},        {"13/6", SALVE_E_RANGE},
                {"6/0", SALVE_E_RANGE},   {"6/1001", SALVE_E_RANGE}, {"6", SALVE_E_USAGE},      {"6/", SALVE_E_USAGE},
                {"6/12m", SALVE_E_USAGE}, {"/12", SALVE_E_USAGE},    {"6/12/18", SALVE_E_USAGE}};
    struct world w = world_make("station-lines", NULL);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct visit_typed typed = {.word = STR("distance-vision-right"), .text = str_of(rows[i].text)};
        struct visit_reading *readings = NULL;
        size_t read = 0;
        enum salve_code code =
            visit_measure_typed(w.visit.content, STR(""), &typed, 1, w.t->mem, &readings, &read, NULL);
        if (code != rows[i].code) fail_msg("%s: %s", rows[i].text, salve_code_name(code));
    }
    world_drop(&w);
}

static size_t looks_of(const struct world *w, const struct visit *visit)
{
    struct visit_looks looks;
    struct visit own = *visit;
    size_t count = 0;
    own.actor = T_PERSON;
    own.held = NULL;
    t_must(visit_looked(&own, w->card, &looks, &err));
    for (size_t i = 0; i < looks.count; i++)
        count += str_is(looks.list[i].kind, "access") && looks.list[i].actor.role == ROLE_ASSISTANT;
    return count;
}

static void a_key_of_digits_alone_is_one_too(void **state)
{
    struct world w = world_make("station-digits", NULL);
    struct visit visit = acting(&w, T_ASSISTANT);
    struct visit_measure_ask ask = {.key = STR("12345678-1234-1234-1234-123456789012")};
    struct visit_reading *readings = NULL;
    struct visit_facts facts;
    size_t kept = 0, read = read_typed(&visit, three, 3, &readings);
    (void)state;
    for (int i = 0; i < 3; i++) t_must(visit_measure(&visit, w.card, readings, read, &ask, &kept, &err));
    assert_int_equal(kept, 3);
    t_must(visit_person_read(&visit, w.card, &facts, &err));
    assert_int_equal(facts.today_count, 3);
    world_drop(&w);
}

static void a_look_that_is_held_is_one_leaf_and_of_one_actor(void **state)
{
    struct world w = world_make("station-held", NULL);
    struct visit visit = acting(&w, T_ASSISTANT);
    struct visit_held held = {0};
    struct visit_facts facts;
    bool was_kept = false;
    size_t kept = 0;
    (void)state;
    t_must(visit_hold(&visit, w.card, &held, &err));
    visit.held = &held;
    for (int i = 0; i < 5; i++) t_must(visit_person_read(&visit, held.who, &facts, &err));
    assert_int_equal(measure(&visit, held.who, three, 3, &was_kept, &kept), SALVE_OK);
    t_must(visit_person_read(&visit, held.who, &facts, &err));
    assert_int_equal(facts.today_count, 3);
    assert_int_equal(looks_of(&w, &visit), 1);
    visit.actor = T_CLINICIAN; /* another one looks for themself */
    t_must(visit_person_read(&visit, held.who, &facts, &err));
    assert_non_null(held.view);
    visit.actor = T_ASSISTANT;
    t_withdraw(w.t, w.card, PURPOSE_CARE);
    assert_code(visit_person_read(&visit, held.who, &facts, NULL), SALVE_E_CONSENT);
    t_must(visit_release(&held, &err));
    assert_null(held.view);
    assert_int_equal(held.text[0], '\0');
    world_drop(&w);
}

static void a_slip_in_one_reading_leaves_the_others(void **state)
{
    struct world w = world_make("station-slips", NULL);
    struct visit visit = acting(&w, T_ASSISTANT);
    static const struct visit_typed typed[] = {{.word = {"bp", 2}, .text = {"230/140", 7}},
                                               {.word = {"height", 6}, .text = {"x", 1}},
                                               {.word = {"146/90", 6}, .text = {"1", 1}},
                                               {.word = {"weight", 6}, .text = {"9999", 4}}};
    struct visit_reading *readings = NULL;
    struct salve_err why = {0};
    size_t count = 0;
    (void)state;
    assert_code(visit_measure_typed(visit.content, STR(""), typed, 4, visit.mem, &readings, &count, &why),
                SALVE_E_USAGE);
    assert_string_equal(why.element, "word 2");
    assert_int_equal(count, 2); /* the pressure, and the weight that cannot be right */
    assert_str(readings[0].numbers[0], "230");
    assert_code(visit_measure_typed(visit.content, STR(""), &typed[3], 1, visit.mem, &readings, &count, &why),
                SALVE_E_RANGE);
    assert_int_equal(count, 1);
    world_drop(&w);
}

static void an_age_is_that_of_the_day_or_none(void **state)
{
    static const struct {
        const char *born;
        int age;
    } rows[] = {{"1980-11-23", 46}, {"1980-11-24", 45}, {"1980-02-29", 46}, {"1980-11", -1},
                {"1980-10", 46},    {"1980", -1},       {"2026-11-23", 0}};
    struct world w = empty_world("station-ages", NULL);
    struct visit visit = acting(&w, T_ASSISTANT);
    struct visit_facts facts;
    size_t looked = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct str card = t_enrol(w.t, "Adeyemi", rows[i].born).card;
        struct consent_grant grant = t_grant(PURPOSE_CARE);
        if (strlen(rows[i].born) < 10) grant.of_age_by = T_CLINICIAN.id; /* it is not known to the day */
        if (rec_consent_give(w.t->site, strlen(rows[i].born) < 10 ? T_CLINICIAN : T_REGISTRAR, card, &grant, w.t->mem,
                             NULL, NULL) != SALVE_OK)
            continue;
        t_must(visit_person_read(&visit, card, &facts, &err));
        if (facts.age_years != rows[i].age) fail_msg("%s: %d", rows[i].born, facts.age_years);
        looked++;
    }
    assert_true(looked >= 6); /* the newborn has a guardian */
    world_drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings_come_back_in_the_words_that_typed_them),
        cmocka_unit_test(sight_and_hearing_come_back_as_they_were_typed),
        cmocka_unit_test(a_line_that_no_chart_has_is_refused),
        cmocka_unit_test(a_request_that_is_made_again_keeps_nothing_twice),
        cmocka_unit_test(a_key_of_digits_alone_is_one_too),
        cmocka_unit_test(a_look_that_is_held_is_one_leaf_and_of_one_actor),
        cmocka_unit_test(a_slip_in_one_reading_leaves_the_others),
        cmocka_unit_test(an_age_is_that_of_the_day_or_none),
    };
    return t_run(tests);
}
