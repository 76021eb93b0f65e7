/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages that are lost with what they had open, and others that take their place at the same gate: a browser goes on
 * where it was, but for what only the lost ones knew. */
#include "web_world.h"

static struct str open_now(struct browser *browser) { return text_of(call(browser, "session", "{}"), "open.person"); }

/* --- what goes on ------------------------------------------------------------------------------------------------- */

static void a_station_goes_on_with_whom_it_had_open(void **state)
{
    (void)state;
    struct browser ben = browser_login(g.world, STR("nurse-ben")), amina = browser_login(g.world, STR("dr-amina"));
    assert_status(browser_open(&ben, g.world->w.card), 200);
    web_lost();
    assert_int_equal(open_now(&amina).len, 0); /* they are nobody of hers */
    assert_error(call_with(&amina, "person", arena_printf(g.world->w.t->mem, "{\"person\":\"%s\"}", ben.person)), 403,
                 "E_CONSENT");
    struct answer answer = call(&ben, "measure",
                                "{'person':'%P','key':'3b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7','confirmed':[[0,0],[0,1]],"
                                "'readings':[{'word':'bp','text':'210/130'}]}");
    assert_str(text_of(answer, "state"), "stored");
    assert_true(str_is(open_now(&ben), ben.person));
    web_lost();
    answer = call(&ben, "session", "{}");
    assert_true(str_is(text_of(answer, "open.person"), ben.person));
    assert_true(json_is_true(json_path(answer.json, "urgent")));
    web_lost();
    assert_error(call(&ben, "logout", "{}"), 409, "E_CONFLICT"); /* the first that is asked, too */
    assert_error(call(&ben, "close", "{'person':'%P'}"), 409, "E_CONFLICT");
    assert_status(call(&ben, "told", "{'person':'%P','how':'in-person','agreed':'goes to the hospital'}"), 200);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
    web_lost();
    assert_int_equal(open_now(&ben).len, 0);
}

static void an_alarm_of_what_is_not_kept_waits_on(void **state)
{
    (void)state;
    struct browser ben = browser_login(g.world, STR("nurse-ben"));
    assert_status(browser_open(&ben, g.world->w.card), 200);
    struct answer answer =
        call(&ben, "measure",
             "{'person':'%P','key':'none','readings':[{'word':'bp','text':'212/131'}],'confirmed':[[0,0],[0,1]]}");
    assert_true(has_item(answer, "alarms", "bp-very-high"));
    assert_int_equal(answer.status, 422);
    web_lost();
    assert_error(call(&ben, "close", "{'person':'%P'}"), 409, "E_CONFLICT");
    assert_status(call(&ben, "not-told", "{'person':'%P','why':'left'}"), 200);
    web_lost(); /* that the list has it is not kept: it is said again, if the record has an alarm */
    assert_false(json_is_true(json_path(call(&ben, "session", "{}").json, "urgent")));
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

/* What it was is gone with the pages that knew it; that there was something is not. */
static void what_was_found_and_is_not_kept_is_said_to_be_lost(void **state)
{
    (void)state;
    struct browser ben = browser_login(g.world, STR("nurse-ben"));
    assert_status(browser_open(&ben, g.world->w.card), 200);
    struct answer answer =
        call(&ben, "form-judge",
             "{'person':'%P','form':'danger','answers':[{'link':'chest-pain','values':['true']}]}"); /* never sent */
    assert_true(has_item(answer, "alarms", "q-chest-pain"));
    web_lost();
    answer = call(&ben, "person", "{'person':'%P'}");
    assert_true(json_is_true(json_path(answer.json, "waits")));
    assert_int_equal(count_of(answer, "pending"), 0);
    assert_error(call(&ben, "close", "{'person':'%P'}"), 409, "E_CONFLICT");
    assert_status(call(&ben, "not-told", "{'person':'%P','why':'left'}"), 200);
    answer = call(&ben, "form-save",
                  "{'person':'%P','key':'4b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7','form':'phq-9','answers':["
                  "{'link':'phq-1','values':['LA6569-3']}]}");
    assert_str(text_of(answer, "state"), "stored");
    assert_str(json_number(json_path(call(&ben, "person", "{'person':'%P'}").json, "unkept.answers")), "1");
    web_lost();
    answer = call(&ben, "person", "{'person':'%P'}");
    assert_true(json_is_true(json_path(answer.json, "unkept.lost")));
    assert_false(json_is_true(json_path(answer.json, "waits")));
    assert_status(call(&ben, "heard", "{'person':'%P'}"), 200);
    web_lost();
    assert_null(json_path(call(&ben, "person", "{'person':'%P'}").json, "unkept.lost"));
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void what_others_showed_is_not_signed(void **state)
{
    (void)state;
    struct browser amina = browser_login(g.world, STR("dr-amina"));
    assert_status(browser_open(&amina, g.world->w.card), 200);
    assert_true(count_of(call(&amina, "screen", "{'person':'%P'}"), "drafts") > 0);
    web_lost();
    assert_error(call(&amina, "sign", "{'person':'%P','leave':[]}"), 409, "E_STALE");
    assert_true(count_of(call(&amina, "findings", "{'person':'%P'}"), "drafts") > 0);
    assert_status(call(&amina, "sign", "{'person':'%P','leave':[]}"), 200);
    assert_status(call(&amina, "close", "{'person':'%P'}"), 200);
}

static void a_locked_session_has_it_again_when_unlocked(void **state)
{
    (void)state;
    struct browser ben = browser_login(g.world, STR("nurse-ben"));
    assert_status(browser_open(&ben, g.world->w.card), 200);
    assert_status(call(&ben, "lock", "{}"), 200);
    web_lost();
    assert_error(call(&ben, "person", "{'person':'%P'}"), 423, "E_LOCKED");
    assert_status(call(&ben, "unlock", "{'secret':'246802'}"), 200);
    assert_status(call(&ben, "person", "{'person':'%P'}"), 200);
    web_lost();
    assert_status(call(&ben, "person", "{'person':'%P'}"), 200);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void a_withdrawal_meanwhile_ends_it(void **state)
{
    (void)state;
    struct browser ben = browser_login(g.world, STR("nurse-ben"));
    assert_status(browser_open(&ben, g.world->w.card), 200);
    web_lost();
    (void)pthread_mutex_lock(&g.step);
    t_must(rec_consent_withdraw(g.world->w.t->site, t_person("1950-01-01"), g.world->w.card, PURPOSE_CARE,
                                g.world->w.t->mem, NULL, &err));
    (void)pthread_mutex_unlock(&g.step);
    struct answer answer = call(&ben, "person", "{'person':'%P'}");
    assert_error(answer, 403, "E_CONSENT");
    assert_true(str_find(answer.body, STR("Adeyemi")) < 0);
    assert_int_equal(open_now(&ben).len, 0);
}

#define again_test(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        again_test(a_station_goes_on_with_whom_it_had_open),
        again_test(an_alarm_of_what_is_not_kept_waits_on),
        again_test(what_others_showed_is_not_signed),
        again_test(a_locked_session_has_it_again_when_unlocked),
        again_test(a_withdrawal_meanwhile_ends_it),
        again_test(what_was_found_and_is_not_kept_is_said_to_be_lost),
    };
    return t_run(tests);
}
