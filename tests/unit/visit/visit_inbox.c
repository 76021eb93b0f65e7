/* SPDX-License-Identifier: Apache-2.0
 *
 * A finding that cannot wait, from its coming to its closing: by whom it is heard of, by what the record opens meanwhile,
 * and what ends it. */
#include "visit/inbox.h"

#include "visit/check.h"
#include "visit/measure.h"
#include "visit_world.h"

enum { DAY_MS = 24 * 3600 * 1000, HOUR_MS = 3600 * 1000 };

static struct visit_screening screening;

static struct world urgent_world(const char *name)
{
    struct world w = world_make(name, "alarms");
    t_must(visit_screening(&w.visit, &screening, &err));
    return w;
}

static void again_at(struct world *w, int64_t unix_ms)
{
    t_site_at(w->t, unix_ms);
    w->visit.site = w->t->site;
    t_must(visit_screening(&w->visit, &screening, &err));
}

/* One reading of blood pressure, as a file brings it. */
static void bring(struct world *w, struct str card, const char *id, const char *status, int systolic, const char *day)
{
    struct str file = arena_printf(
        w->t->mem,
        "{\"resourceType\":\"Observation\",\"id\":\"%s\",\"status\":\"%s\",\"code\":{\"coding\":[{\"system\":"
        "\"http://loinc.org\",\"code\":\"85354-9\"}]},\"effectiveDateTime\":\"%sT09:10:00Z\",\"subject\":{\"reference\":"
        "\"Patient/p\"},\"component\":[{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8480-6\"}]},"
        "\"valueQuantity\":{\"value\":%d,\"system\":\"http://unitsofmeasure.org\",\"code\":\"mm[Hg]\"}},{\"code\":{"
        "\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8462-4\"}]},\"valueQuantity\":{\"value\":98,\"system\":"
        "\"http://unitsofmeasure.org\",\"code\":\"mm[Hg]\"}}]}",
        id, status, day, systolic);
    struct str bundle = arena_printf(w->t->mem,
                                     "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{"
                                     "\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":[{\"family\":\"Adeyemi\","
                                     "\"given\":[\"Tala\"]}],\"birthDate\":\"1980-01-01\"}},{\"resource\":%.*s}]}",
                                     STR_ARGS(file));
    struct visit_import_ask ask = {.alarms = &screening};
    struct visit_imported sum = {0};
    t_must(visit_import(as(w, T_ASSISTANT), card, bundle, &ask, &sum, &err));
}

static void screen_as(struct world *w, struct actor actor, struct str who)
{
    struct screen_found found;
    t_must(visit_screen(as(w, actor), &screening, who, &found, &err));
}

/* "ticket: task task" of the whole list, in its order. */
static struct str listed(struct world *w)
{
    struct visit_work *list = NULL;
    struct buf out;
    struct str text;
    size_t count = 0;
    t_must(visit_inbox(as(w, T_CLINICIAN), &list, &count, NULL, &err));
    buf_init(&out, w->t->mem, 1 << 16);
    for (size_t i = 0; i < count; i++) {
        for (size_t e = 0; e < list[i].work.entry_count; e++)
            buf_addf(&out, "%s ", work_task_text(list[i].work.entries[e].task));
        buf_add(&out, STR("| "));
    }
    t_must(buf_done(&out, &text, &err));
    return text;
}

#define assert_listed(w, want) assert_str(listed(w), want)

static struct str ticket_of(struct world *w)
{
    struct visit_work *list = NULL;
    size_t count = 0;
    t_must(visit_inbox(as(w, T_CLINICIAN), &list, &count, NULL, &err));
    assert_true(count > 0);
    return list[0].work.ticket;
}

static enum salve_code tell_code(struct world *w, struct str who)
{
    size_t count = 0;
    struct screen_tell tell = {.how = SCREEN_HOW_TELEPHONE, .agreed = STR("comes at ten")};
    return visit_tell(as(w, T_CLINICIAN), who, &tell, &count, NULL);
}

static enum salve_code close_code(struct world *w, struct str who)
{
    size_t count = 0;
    return visit_close(as(w, T_CLINICIAN), who, &count, NULL);
}

static void who_left_is_told_by_telephone_next_morning(void **state)
{
    (void)state;
    struct world w = urgent_world("inbox-morning");
    struct visit_looks looks;
    size_t follow_up = 0;
    t_give(w.t, w.card, PURPOSE_FOLLOW_UP);
    bring(&w, w.card, "a", "final", 188, "2026-11-23");
    assert_listed(&w, "screen | ");
    screen_as(&w, T_ASSISTANT, w.card);
    assert_listed(&w, "tell sign | ");
    struct str ticket = ticket_of(&w);
    struct visit_work *list = NULL;
    size_t count = 0;
    t_must(visit_inbox(as(&w, T_CLINICIAN), &list, &count, NULL, &err));
    assert_int_equal(list[0].urgency, URGENCY_EMERGENCY_NOW); /* a birth within six weeks is not asked about */
    assert_int_equal(list[0].due_unix_ms, T_SITE_NOW);
    again_at(&w, T_SITE_NOW + 23 * HOUR_MS);
    /* another run, of another visit, finds nothing of it, and ends nothing of it */
    screen_as(&w, T_CLINICIAN, ticket);
    assert_listed(&w, "tell sign | ");
    assert_int_equal(close_code(&w, ticket), SALVE_E_CONFLICT);
    assert_int_equal(tell_code(&w, ticket), SALVE_OK);
    assert_listed(&w, "close sign | ");
    struct visit_signed done;
    t_must(visit_sign(as(&w, T_CLINICIAN), ticket, NULL, &done, &err));
    assert_listed(&w, "close | ");
    assert_int_equal(close_code(&w, ticket), SALVE_OK);
    assert_listed(&w, "");
    t_must(visit_looked(as(&w, T_BESIDE), w.card, &looks, &err));
    for (size_t i = 0; i < looks.count; i++)
        follow_up += looks.list[i].purpose == PURPOSE_FOLLOW_UP && str_is(looks.list[i].kind, "access");
    assert_int_equal(follow_up, 5); /* screened, two closings, told, signed: each look says what it was for */
    world_drop(&w);
}

static void without_follow_up_it_waits_for_the_card(void **state)
{
    (void)state;
    struct world w = urgent_world("inbox-waits");
    struct visit_work *list = NULL;
    size_t count = 0;
    bring(&w, w.card, "a", "final", 152, "2026-11-23");
    screen_as(&w, T_ASSISTANT, w.card);
    struct str ticket = ticket_of(&w);
    t_must(visit_inbox(as(&w, T_CLINICIAN), &list, &count, NULL, &err));
    assert_int_equal(list[0].urgency, URGENCY_SAME_DAY);
    assert_int_equal(list[0].due_unix_ms, T_SITE_NOW - T_SITE_NOW % DAY_MS + DAY_MS - 1); /* by the end of the day */
    again_at(&w, T_SITE_NOW + DAY_MS);
    assert_int_equal(tell_code(&w, ticket), SALVE_E_CONSENT);
    assert_listed(&w, "tell sign | ");
    assert_int_equal(tell_code(&w, w.card), SALVE_OK);
    assert_int_equal(close_code(&w, ticket), SALVE_OK); /* the card was just shown */
    world_drop(&w);
}

static void taking_follow_up_back_and_erasing(void **state)
{
    (void)state;
    struct world w = urgent_world("inbox-ends");
    struct str other = t_enrol(w.t, "Adeyemi", "1980-01-01").card;
    struct rec_erasure erasure;
    struct rec_receipt receipt = {0};
    t_give(w.t, other, PURPOSE_CARE);
    t_give(w.t, w.card, PURPOSE_FOLLOW_UP);
    bring(&w, w.card, "a", "final", 188, "2026-11-23");
    bring(&w, other, "a", "final", 192, "2026-11-23");
    assert_listed(&w, "screen | screen | ");
    struct str ticket = ticket_of(&w);
    t_must(rec_consent_withdraw(w.t->site, T_PERSON, w.card, PURPOSE_FOLLOW_UP, w.t->mem, &receipt, &err));
    assert_false(receipt.ends_untold);
    assert_listed(&w, "screen | screen | ");
    t_must(rec_consent_withdraw(w.t->site, T_PERSON, w.card, PURPOSE_CARE, w.t->mem, &receipt, &err));
    assert_true(receipt.ends_untold); /* nobody had told them, and they hear that */
    assert_listed(&w, "screen | ");
    t_must(rec_erase(w.t->site, T_BESIDE, other, w.t->mem, &erasure, &err));
    assert_true(erasure.receipt.ends_untold);
    assert_listed(&w, "");
    assert_int_equal(tell_code(&w, ticket), SALVE_E_NOT_FOUND);
    world_drop(&w);
}

/* Who heard of a value that was a mistake hears of the mistake. */
static void who_was_told_of_a_retracted_alarm_is_told_again(void **state)
{
    (void)state;
    struct world w = urgent_world("inbox-again");
    bring(&w, w.card, "a", "final", 188, "2026-11-23");
    screen_as(&w, T_ASSISTANT, w.card);
    assert_int_equal(tell_code(&w, w.card), SALVE_OK);
    assert_int_equal(close_code(&w, w.card), SALVE_OK);
    assert_listed(&w, "sign | ");
    bring(&w, w.card, "a", "entered-in-error", 188, "2026-11-23");
    assert_listed(&w, "screen tell sign | ");
    screen_as(&w, T_ASSISTANT, w.card); /* the draft ends; what was said of it does not */
    assert_listed(&w, "tell | ");
    assert_int_equal(tell_code(&w, w.card), SALVE_OK);
    assert_listed(&w, ""); /* there is nothing to close any more */
    screen_as(&w, T_ASSISTANT, w.card);
    assert_listed(&w, "");
    world_drop(&w);
}

/* Of a mistake that nobody was told of, nobody hears. */
static void a_retracted_alarm_that_nobody_heard_of_is_over(void **state)
{
    (void)state;
    struct world w = urgent_world("inbox-over");
    bring(&w, w.card, "a", "final", 188, "2026-11-23");
    screen_as(&w, T_ASSISTANT, w.card);
    bring(&w, w.card, "a", "entered-in-error", 188, "2026-11-23");
    screen_as(&w, T_ASSISTANT, w.card);
    assert_listed(&w, "");
    world_drop(&w);
}

static void a_restart_and_a_clock_set_back_change_nothing(void **state)
{
    (void)state;
    struct world w = urgent_world("inbox-restart");
    t_give(w.t, w.card, PURPOSE_FOLLOW_UP);
    bring(&w, w.card, "a", "final", 188, "2026-11-23");
    screen_as(&w, T_ASSISTANT, w.card);
    struct str ticket = ticket_of(&w);
    again_at(&w, T_SITE_NOW);
    assert_true(str_eq(ticket_of(&w), ticket));
    t_site_close(w.t);
    w.t->options.clock = clock_fixed(T_SITE_NOW - 3 * (int64_t)DAY_MS);
    t_site_open(w.t);
    w.visit.site = w.t->site;
    assert_listed(&w, "tell sign | ");
    assert_int_equal(tell_code(&w, ticket), SALVE_OK); /* by follow-up; the showing of the card is doubted */
    assert_listed(&w, "close sign | ");
    world_drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_left_is_told_by_telephone_next_morning),
        cmocka_unit_test(without_follow_up_it_waits_for_the_card),
        cmocka_unit_test(taking_follow_up_back_and_erasing),
        cmocka_unit_test(who_was_told_of_a_retracted_alarm_is_told_again),
        cmocka_unit_test(a_retracted_alarm_that_nobody_heard_of_is_over),
        cmocka_unit_test(a_restart_and_a_clock_set_back_change_nothing),
    };
    return t_run(tests);
}
