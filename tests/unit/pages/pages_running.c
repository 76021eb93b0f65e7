/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls of those who run a site: who may ask, what is told, what is changed; and that nothing of a person is in it. */
#include "pages_world.h"

static struct browser comes(struct pages_world *world, const char *name) { return browser_login(world, str_of(name)); }

static void out(struct browser *browser) { assert_status(call(browser, "logout", "{}"), 200); }

static const struct json *member_of(struct answer answer, const char *name)
{
    const struct json *list = json_path(answer.json, "staff");
    for (const struct json *it = json_first(list); it != NULL; it = it->next)
        if (str_is(json_get_text(it, "name"), name)) return it;
    return NULL;
}

static bool has_value(struct answer answer, const char *list, const char *name, const char *value)
{
    for (const struct json *it = json_first(json_path(answer.json, list)); it != NULL; it = it->next)
        if (str_is(json_get_text(it, name), value)) return true;
    return false;
}

static bool is_in(struct answer answer, const char *text) { return str_find(answer.body, str_of(text)) >= 0; }

static void who_works_with_people_sees_none_of_it(void **state)
{
    struct pages_world *world = *state;
    static const char *const calls[] = {"health", "settings", "site-log", "staff"};
    static const char *const names[] = {"desk-rosa", "nurse-ben", "dr-amina"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct browser browser = comes(world, names[i]);
        for (size_t k = 0; k < sizeof calls / sizeof calls[0]; k++)
            assert_error(call(&browser, calls[k], "{}"), 403, "E_ROLE");
        assert_error(call(&browser, "staff-add", "{'name':'leila','role':'registrar','secret':'135791'}"), 403,
                     "E_ROLE");
        assert_error(call(&browser, "staff-recover-stop", "{}"), 403, "E_ROLE");
        out(&browser);
    }
    struct browser nobody = browser_new(world);
    for (size_t k = 0; k < sizeof calls / sizeof calls[0]; k++)
        assert_error(call(&nobody, calls[k], "{}"), 401, "E_SESSION");
}

/* Staff send times of tasks, and nothing else with them; who runs the site sees what they say. */
static void times_of_tasks_come_from_the_tablets_and_name_nobody(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = comes(world, "nurse-ben"), none = browser_new(world);
    const char *two = "{'times':[{'task':'body','ms':9000},{'task':'open','ms':700}]}";
    assert_error(call(&none, "times", two), 401, "E_SESSION");
    for (int i = 0; i < 12; i++) assert_status(call(&ben, "times", two), 200);
    assert_error(call(&ben, "times", "{'times':[{'task':'Tala','ms':5}]}"), 422, "E_INVALID");
    assert_error(call(&ben, "times", "{'times':[{'task':'open','ms':700000}]}"), 422, "E_INVALID");
    assert_error(call(&ben, "times", "{'times':[{'task':'open','ms':5,'person':'x'}]}"), 422, "E_INVALID");
    assert_error(call(&ben, "health", "{}"), 403, "E_ROLE");
    out(&ben);
    struct browser mia = comes(world, "mia");
    struct answer answer = call(&mia, "health", "{}");
    assert_str(text_of(answer, "times.0.task"), "open");
    assert_str(json_number(json_path(answer.json, "times.0.count")), "12");
    assert_str(json_number(json_path(answer.json, "times.0.halfAim")), "1000");
    assert_true(json_is(json_path(answer.json, "times.0.half"), JSON_NUMBER));
    assert_str(text_of(answer, "times.1.task"), "register");
    assert_true(json_is(json_path(answer.json, "times.1.half"), JSON_NULL)); /* none was timed */
    out(&mia);
}

static void the_health_of_the_site_is_judged(void **state)
{
    struct pages_world *world = *state;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    struct site_verify_result result;
    struct browser mia = comes(world, "mia");
    struct answer answer = call(&mia, "health", "{}");
    assert_status(answer, 200);
    assert_str(text_of(answer, "checks.0.check"), "backup");
    assert_str(text_of(answer, "checks.0.state"), "look"); /* none yet, of a new site */
    assert_true(json_is(json_path(answer.json, "backup.at"), JSON_NULL));
    assert_str(text_of(answer, "checks.2.state"), "look");
    t_must(site_verify(world->w.t->site, &ask, &result, &err));
    answer = call(&mia, "health", "{}");
    assert_str(text_of(answer, "checks.2.check"), "verify");
    assert_str(text_of(answer, "checks.2.state"), "good");
    assert_str(text_of(answer, "verify.at"), "2026-11-23T09:30:00Z");
    assert_str(text_of(answer, "now"), "2026-11-23T09:30:00Z");
    assert_str(text_of(answer, "version"), "0.1");
    assert_false(is_in(answer, "Adeyemi"));
    out(&mia);
    static const char *const calls[] = {"health", "settings", "site-log", "staff"};
    struct browser eva = comes(world, "eva"); /* an auditor sees the same, changes nothing and opens nobody */
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) assert_status(call(&eva, calls[i], "{}"), 200);
    assert_error(call(&eva, "staff-retire", "{'name':'nurse-ben'}"), 403, "E_ROLE");
    assert_error(browser_open(&eva, world->w.card), 403, "E_ROLE");
    assert_error(call(&eva, "inbox", "{}"), 403, "E_ROLE");
    out(&eva);
    struct browser li = comes(world, "tech-li");
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) assert_status(call(&li, calls[i], "{}"), 200);
    assert_error(call(&li, "staff-retire", "{'name':'nurse-ben'}"), 403, "E_ROLE");
    out(&li);
}

static void the_log_of_the_site_is_read_page_by_page(void **state)
{
    struct pages_world *world = *state;
    struct browser mia = comes(world, "mia");
    struct answer answer = call(&mia, "site-log", "{}");
    assert_status(answer, 200);
    assert_true(count_of(answer, "entries") > 3);
    assert_true(has_value(answer, "entries", "kind", "staff") && has_value(answer, "entries", "kind", "guideline"));
    assert_false(is_in(answer, "salt") || is_in(answer, "Adeyemi"));
    struct answer older = call(&mia, "site-log", "{'from':'1'}");
    assert_status(older, 200);
    assert_true(count_of(older, "entries") <= 1);
    assert_true(json_is(json_path(older.json, "next"), JSON_NULL));
    assert_error(call(&mia, "site-log", "{'from':'-1'}"), 422, "E_INVALID");
    assert_error(call(&mia, "site-log", "{'from':'x'}"), 422, "E_INVALID");
    out(&mia);
}

static void a_manager_adds_changes_and_retires(void **state)
{
    struct pages_world *world = *state;
    struct browser mia = comes(world, "mia");
    assert_status(call(&mia, "staff-add", "{'name':'leila','role':'registrar','secret':'135791'}"), 200);
    struct answer answer = call(&mia, "staff", "{}");
    assert_str(json_get_text(member_of(answer, "leila"), "role"), "registrar");
    assert_true(json_is(json_path(answer.json, "recovery"), JSON_NULL));
    assert_false(is_in(answer, "135791") || is_in(answer, "salt"));
    assert_error(call(&mia, "staff-add", "{'name':'leila','role':'registrar','secret':'135791'}"), 409, "E_CONFLICT");
    assert_error(call(&mia, "staff-add", "{'name':'guest','role':'participant','secret':'135791'}"), 403, "E_ROLE");
    assert_error(call(&mia, "staff-add", "{'name':'guest','role':'king','secret':'135791'}"), 422, "E_INVALID");
    struct browser leila = browser_new(world);
    assert_status(call(&leila, "login", "{'name':'leila','secret':'135791'}"), 200);
    assert_status(call(&mia, "staff-role", "{'name':'leila','role':'assistant'}"), 200);
    assert_error(call(&leila, "session", "{}"), 401, "E_SESSION"); /* at once */
    assert_status(call(&mia, "staff-retire", "{'name':'leila'}"), 200);
    answer = call(&mia, "staff", "{}");
    assert_true(json_is_true(json_get(member_of(answer, "leila"), "retired")));
    assert_error(call(&leila, "login", "{'name':'leila','secret':'135791'}"), 401, "E_PIN");
    out(&mia);
}

/* A clinician is confirmed by another one, who shows in the same call that it is them; nothing of that session stays. */
static void a_second_one_confirms_in_the_same_call(void **state)
{
    struct pages_world *world = *state;
    struct browser mia = comes(world, "mia");
    assert_error(call(&mia, "staff-add", "{'name':'dr-omar','role':'clinician','secret':'135791'}"), 403, "E_ROLE");
    assert_error(call(&mia, "staff-add",
                      "{'name':'dr-omar','role':'clinician','secret':'135791','with':'dr-amina',"
                      "'withSecret':'000000'}"),
                 401, "E_PIN");
    assert_error(call(&mia, "staff-add",
                      "{'name':'dr-omar','role':'clinician','secret':'135791','with':'nurse-ben',"
                      "'withSecret':'246802'}"),
                 403, "E_ROLE");
    assert_status(call(&mia, "staff-add",
                       "{'name':'dr-omar','role':'clinician','secret':'135791','with':'dr-amina',"
                       "'withSecret':'246802'}"),
                  200);
    struct answer answer = call(&mia, "staff", "{}");
    assert_str(json_get_text(member_of(answer, "dr-omar"), "role"), "clinician");
    out(&mia);
}

static void a_new_start_takes_two_in_person(void **state)
{
    struct pages_world *world = *state;
    struct browser mia = comes(world, "mia"), ben = comes(world, "nurse-ben");
    assert_error(call(&mia, "staff-restart", "{'name':'nurse-ben','secret':'975310'}"), 403, "E_ROLE");
    assert_status(call(&ben, "session", "{}"), 200);
    assert_status(call(&mia, "staff-restart",
                       "{'name':'nurse-ben','secret':'975310','with':'desk-rosa','withSecret':"
                       "'246802'}"),
                  200);
    assert_error(call(&ben, "session", "{}"), 401, "E_SESSION");
    assert_error(call(&ben, "login", "{'name':'nurse-ben','secret':'246802'}"), 401, "E_PIN");
    assert_status(call(&ben, "login", "{'name':'nurse-ben','secret':'975310'}"), 200);
    out(&ben);
    out(&mia);
}

static int setup(void **state)
{
    *state = pages_world_make("running", true);
    return 0;
}

static int teardown(void **state)
{
    pages_world_drop(*state);
    return 0;
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(who_works_with_people_sees_none_of_it),
        ROW(the_health_of_the_site_is_judged),
        ROW(times_of_tasks_come_from_the_tablets_and_name_nobody),
        ROW(the_log_of_the_site_is_read_page_by_page),
        ROW(a_manager_adds_changes_and_retires),
        ROW(a_second_one_confirms_in_the_same_call),
        ROW(a_new_start_takes_two_in_person),
    };
    return t_run(tests);
}
