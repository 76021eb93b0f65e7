/* SPDX-License-Identifier: Apache-2.0
 * Calls before the next check, through the browser's calls: from the question at the desk to the call a year later; who
 * may, and what no answer says. */
#include "pages_world.h"

#include "records/rec.h"
#include "visit/clinic.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)
enum { DUE_DAYS = 365 };

/* The same site so many days later, with other pages; whoever was logged in is not any more. */
static void at_day(struct pages_world *world, int days)
{
    pages_close(&world->pages);
    t_site_at(world->w.t, T_SITE_NOW + days * DAY_MS);
    world->w.visit.site = world->w.t->site;
    t_must(pages_open(&world->config, &world->pages, &err));
}

static struct answer of_card(struct browser *browser, const char *name, struct str card, const char *more)
{
    char body[300];
    (void)snprintf(body, sizeof body, "{'card':'%.*s'%s}", STR_ARGS(card), more);
    return call(browser, name, body);
}

static struct str choices_of(struct browser *browser, struct str card)
{
    struct answer answer = of_card(browser, "consent", card, ",'language':'en'");
    assert_status(answer, 200);
    return answer.body;
}

static struct str somebody(struct pages_world *world, const char *family)
{
    struct rec_enrolled out;
    struct str json = arena_printf(
        world->w.t->mem,
        "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"%s\",\"given\":[\"Amal\"]}],\"gender\":\"female\","
        "\"birthDate\":\"1980-01-01\",\"telecom\":[{\"system\":\"phone\",\"value\":\"0100 555\"}],\"communication\":"
        "[{\"language\":{\"coding\":[{\"system\":\"urn:ietf:bcp:47\",\"code\":\"ar\"}]}}]}",
        family);
    struct tape patient = t_read(world->w.t->mem, json.ptr);
    t_must(rec_enrol(world->w.t->site, T_REGISTRAR, &patient, world->w.t->mem, &out, &err));
    t_give(world->w.t, out.card, PURPOSE_CARE);
    return out.card;
}

#define FOLLOW_UP ",'purpose':'follow-up','language':'en','rounds':'1'"

static void from_the_question_at_the_desk_to_the_call(void **state)
{
    struct pages_world *world = *state;
    struct str card = somebody(world, "Haddad");
    struct browser rosa = browser_login(world, T_REGISTRAR.id);
    struct answer asked = of_card(&rosa, "consent", card, ",'language':'en'");
    assert_str(text_of(asked, "purposes.1.reminder.nextDate"), "2027-11-23");
    assert_true(text_of(asked, "purposes.1.reminder.yes").len > 0);
    assert_true(json_is(json_path(asked.json, "purposes.0.reminder"), JSON_NULL));
    assert_error(of_card(&rosa, "consent-give", card, ",'purpose':'care','language':'en','rounds':'1','remind':true"),
                 400, "E_USAGE");
    assert_status(of_card(&rosa, "consent-give", card, FOLLOW_UP ",'remind':true"), 200);
    assert_str(text_of(of_card(&rosa, "consent", card, ",'language':'en'"), "purposes.1.remindOn"), "2027-11-23");
    assert_int_equal(count_of(call(&rosa, "reminders", "{}"), "tickets"), 0);
    at_day(world, DUE_DAYS - 7);
    rosa = browser_login(world, T_REGISTRAR.id);
    struct answer list = call(&rosa, "reminders", "{}");
    assert_int_equal(count_of(list, "tickets"), 1);
    assert_str(text_of(list, "tickets.0.due"), "2027-11-23");
    assert_int_equal(str_find(list.body, STR("Haddad")), -1);
    assert_int_equal(count_of(call(&rosa, "inbox", "{}"), "tickets"), 0); /* a list of its own */
    char who[60];
    (void)snprintf(who, sizeof who, "{'who':'%.*s'}", STR_ARGS(text_of(list, "tickets.0.ticket")));
    assert_error(call(&rosa, "open", who), 404, "E_NOT_FOUND"); /* it opens nothing in another way */
    struct answer open = call(&rosa, "remind", who);
    assert_status(open, 200);
    assert_str(text_of(open, "name"), "Amal Haddad");
    struct answer again = call(&rosa, "session", "{}"); /* the page was loaded again: it knows what that look is for */
    assert_true(json_is_true(json_path(again.json, "open.reminder")));
    assert_str(text_of(open, "telephones"), "0100 555");
    assert_str(text_of(open, "language"), "ar");
    assert_str(text_of(open, "nextDate"), "2027-11-23");
    assert_error(call(&rosa, "reminded", "{'person':'%P','said':'later'}"), 422, "E_INVALID");
    assert_status(call(&rosa, "reminded", "{'person':'%P','said':'reached'}"), 200);
    assert_error(call(&rosa, "reminded", "{'person':'%P','said':'reached'}"), 403, "E_CONSENT"); /* nobody is open */
    assert_int_equal(count_of(call(&rosa, "reminders", "{}"), "tickets"), 0);
    assert_error(call(&rosa, "remind", who), 404, "E_NOT_FOUND");
}

static void registrars_alone_call(void **state)
{
    struct pages_world *world = *state;
    struct str card = somebody(world, "Okoro");
    struct browser rosa = browser_login(world, T_REGISTRAR.id);
    assert_status(of_card(&rosa, "consent-give", card, FOLLOW_UP ",'remind':true"), 200);
    at_day(world, DUE_DAYS);
    rosa = browser_login(world, T_REGISTRAR.id);
    struct answer list = call(&rosa, "reminders", "{}");
    char who[60];
    (void)snprintf(who, sizeof who, "{'who':'%.*s'}", STR_ARGS(text_of(list, "tickets.0.ticket")));
    const struct str others[] = {T_ASSISTANT.id, T_CLINICIAN.id};
    for (size_t i = 0; i < 2; i++) {
        struct browser other = browser_login(world, others[i]);
        assert_error(call(&other, "reminders", "{}"), 403, "E_ROLE");
        assert_error(call(&other, "remind", who), 403, "E_ROLE");
        assert_int_equal(count_of(call(&other, "inbox", "{}"), "tickets"), 0);
    }
    /* with somebody open for a call nothing of a station is done, and nothing is noted of them by another call */
    assert_status(call(&rosa, "remind", who), 200);
    assert_error(call(&rosa, "check-in", "{'person':'%P'}"), 403, "E_ROLE");
    assert_error(call(&rosa, "consent", "{'person':'%P','language':'en'}"), 404, "E_NOT_FOUND");
    assert_status(call(&rosa, "close", "{'person':'%P'}"), 200);
    assert_status(browser_open(&rosa, card), 200); /* they came */
    assert_error(call(&rosa, "reminded", "{'person':'%P','said':'reached'}"), 403, "E_CONSENT");
    assert_int_equal(count_of(call(&rosa, "reminders", "{}"), "tickets"), 0);
}

/* N17: to the byte, half a year later, when follow-up of results has ended for everybody. */
static void a_no_to_the_call_cannot_be_seen(void **state)
{
    struct pages_world *world = *state;
    struct str never = somebody(world, "A"), no = somebody(world, "B"), yes = somebody(world, "C"),
               back = somebody(world, "D");
    struct browser rosa = browser_login(world, T_REGISTRAR.id);
    assert_status(of_card(&rosa, "consent-give", no, FOLLOW_UP), 200);
    assert_status(of_card(&rosa, "consent-give", yes, FOLLOW_UP ",'remind':true"), 200);
    assert_status(of_card(&rosa, "consent-give", back, FOLLOW_UP ",'remind':true"), 200);
    assert_status(of_card(&rosa, "consent-withdraw", back, ",'purpose':'follow-up','language':'en'"), 200);
    at_day(world, 200);
    rosa = browser_login(world, T_REGISTRAR.id);
    struct str same = choices_of(&rosa, never);
    const struct str others[] = {no, yes, back};
    for (size_t i = 0; i < 3; i++) assert_true(str_eq(choices_of(&rosa, others[i]), same));
    assert_int_equal(count_of(call(&rosa, "reminders", "{}"), "tickets"), 0);
}

/* A programme of two years is further ahead than a reminder lasts: then nobody is asked. */
static void what_cannot_be_reminded_of_is_not_asked(void **state)
{
    struct pages_world *world = *state;
    struct visit_clinic clinic;
    struct visit visit = world->w.visit;
    struct str card = somebody(world, "Silva");
    visit.actor = T_MANAGER;
    t_must(visit_clinic(&visit, &clinic, &err));
    t_must(visit_clinic_set(&visit, STR("interval"), STR("P2Y"), &clinic, &err));
    t_must(visit_clinic_keep(&visit, &clinic, &err));
    struct browser rosa = browser_login(world, T_REGISTRAR.id);
    assert_true(
        json_is(json_path(of_card(&rosa, "consent", card, ",'language':'en'").json, "purposes.1.reminder"), JSON_NULL));
    assert_error(of_card(&rosa, "consent-give", card, FOLLOW_UP ",'remind':true"), 400, "E_USAGE");
    struct browser ben = browser_login(world, T_ASSISTANT.id);
    assert_status(browser_open(&ben, card), 200);
    assert_str(text_of(call(&ben, "exit", "{'person':'%P'}"), "nextDate"), "2028-11-23");
}

static int setup(void **state)
{
    *state = pages_world_make("pages-remind", false);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(from_the_question_at_the_desk_to_the_call, setup, pages_world_teardown),
        cmocka_unit_test_setup_teardown(registrars_alone_call, setup, pages_world_teardown),
        cmocka_unit_test_setup_teardown(a_no_to_the_call_cannot_be_seen, setup, pages_world_teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_reminded_of_is_not_asked, setup, pages_world_teardown),
    };
    return t_run(tests);
}
