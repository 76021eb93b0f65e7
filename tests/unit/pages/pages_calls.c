/* SPDX-License-Identifier: Apache-2.0
 * Every call of the app, over a site in a folder: what it answers, and what it keeps. */
#include "pages_world.h"

#define KEY  "'key':'0b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7'"
#define KEY3 "'key':'2b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7'"
#define KEY2 "'key':'1b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7'"

static void anybody_may_know_the_site_and_nothing_else(void **state)
{
    struct pages_world *world = *state;
    struct browser browser = browser_new(world);
    struct answer answer = call(&browser, "site", "{}");
    assert_status(answer, 200);
    assert_str(text_of(answer, "name"), "Test site");
    assert_true(json_is_true(json_path(answer.json, "madeUp")));
    assert_str(text_of(answer, "languages.1"), "ar");
    assert_str(text_of(answer, "demo.0.role"), "registrar");
    assert_error(call(&browser, "session", "{}"), 401, "E_SESSION");
    assert_error(call(&browser, "inbox", "{}"), 401, "E_SESSION");
    assert_error(call(&browser, "login", "{'name':'nurse-ben','secret':'000000'}"), 401, "E_PIN");
    assert_error(call(&browser, "login", "{'name':'nobody-here','secret':'000000'}"), 401, "E_PIN");
}

static void a_login_gives_a_cookie_and_a_token_that_a_reload_gets_again(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    char token[100];
    (void)snprintf(token, sizeof token, "%s", ben.token);
    assert_int_equal(strlen(ben.cookie), sizeof "sid=" - 1 + 43);
    ben.token[0] = '\0'; /* the page was loaded again */
    assert_error(call(&ben, "inbox", "{}"), 401, "E_SESSION");
    struct answer answer = call(&ben, "session", "{}");
    assert_status(answer, 200);
    assert_string_equal(ben.token, token);
    assert_str(text_of(answer, "role"), "assistant");
    assert_true(json_is(json_path(answer.json, "open"), JSON_NULL));
    assert_status(call(&ben, "inbox", "{}"), 200);
    assert_status(call(&ben, "logout", "{}"), 200);
    assert_error(call(&ben, "session", "{}"), 401, "E_SESSION");
}

static void a_locked_session_opens_nothing_until_the_secret_is_there_again(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben")), old;
    assert_status(browser_open(&ben, world->w.card), 200);
    assert_status(call(&ben, "lock", "{}"), 200);
    assert_error(call(&ben, "session", "{}"), 423, "E_LOCKED");
    assert_error(call(&ben, "person", "{'person':'%P'}"), 423, "E_LOCKED");
    assert_error(call(&ben, "unlock", "{'secret':'111111'}"), 401, "E_PIN");
    old = ben;
    struct answer answer = call(&ben, "unlock", "{'secret':'246802'}");
    assert_status(answer, 200);
    assert_string_not_equal(old.cookie, ben.cookie);
    assert_error(call(&old, "session", "{}"), 401, "E_SESSION");
    assert_status(call(&ben, "person", "{'person':'%P'}"), 200); /* who was open is open */
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
    assert_status(call(&ben, "logout", "{}"), 200);
}

static void a_person_is_shown_as_a_station_needs_them(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    assert_error(browser_open(&ben, STR("not a card")), 404, "E_NOT_FOUND");
    struct answer answer = browser_open(&ben, world->w.card);
    assert_status(answer, 200);
    assert_str(text_of(answer, "name"), "Tala Adeyemi");
    assert_str(text_of(answer, "birthDate"), "1950-01-01");
    assert_str(json_number(json_path(answer.json, "ageYears")), "76");
    assert_str(text_of(answer, "sex"), "female");
    assert_str(text_of(answer, "by"), "card");
    assert_str(text_of(answer, "endsAt"), "2026-11-23T10:00:00Z");
    assert_int_equal(count_of(answer, "today"), 0);
    assert_error(call(&ben, "person", "{'person':'AAAAAAAAAAAAAAAAAAAAAA'}"), 403, "E_CONSENT");
    assert_error(call(&ben, "person", "{}"), 422, "E_INVALID");
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200); /* again: the answer was lost */
    assert_error(call(&ben, "person", "{'person':'%P'}"), 403, "E_CONSENT");
    assert_status(call(&ben, "logout", "{}"), 200);
}

static void what_is_measured_is_kept_once_and_judged(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    assert_status(browser_open(&ben, world->w.card), 200);
    const char *asked =
        "{'person':'%P'," KEY ",'readings':[{'word':'bp','text':'148/92'},{'word':'height','text':'161'},"
        "{'word':'chest-pain','text':'no'}]}";
    struct answer answer = call(&ben, "measure", asked);
    assert_status(answer, 200);
    assert_str(text_of(answer, "state"), "stored");
    assert_str(json_number(json_path(answer.json, "kept")), "3");
    assert_true(has_item(answer, "findings", "bp-category"));
    const struct json *first = json_path(answer.json, "findings.0");
    assert_true(json_get_text(first, "id").len > 0);
    assert_true(json_text(json_path(first, "words.headline")).len > 0);
    struct answer again = call(&ben, "measure", asked); /* the answer was lost */
    assert_status(again, 200);
    assert_str(text_of(again, "state"), "stored");
    assert_str(json_number(json_path(again.json, "kept")), "3");
    assert_int_equal(count_of(again, "findings"), count_of(answer, "findings"));
    struct answer person = call(&ben, "person", "{'person':'%P'}");
    assert_int_equal(count_of(person, "today"), 3);
    assert_error(call(&ben, "measure", "{'person':'%P'," KEY ",'readings':[{'word':'bp','text':'128/82'}]}"), 409,
                 "E_CONFLICT"); /* the key of other readings */
    assert_int_equal(count_of(call(&ben, "person", "{'person':'%P'}"), "today"), 3);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void a_request_is_known_again_by_another_process(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    assert_status(browser_open(&ben, world->w.card), 200);
    pages_close(&world->pages); /* the web and the gate, one behind the other */
    t_site_close(world->w.t);
    t_site_open(world->w.t);
    t_must(pages_open(&world->config, &world->pages, &err));
    ben = browser_login(world, STR("nurse-ben"));
    assert_status(browser_open(&ben, world->w.card), 200);
    struct answer answer = call(&ben, "measure",
                                "{'person':'%P'," KEY ",'readings':[{'word':'bp','text':'148/92'},{'word':'height',"
                                "'text':'161'},{'word':'chest-pain','text':'no'}]}");
    assert_status(answer, 200);
    assert_str(json_number(json_path(answer.json, "kept")), "3");
    assert_int_equal(count_of(call(&ben, "person", "{'person':'%P'}"), "today"), 3);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void an_unlikely_number_is_asked_about_and_all_of_them_at_once(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    static const char *const unread[] = {"148/", "-1", "NaN", "1e400", "148/92/1", "148/92 <b>", "0x10/1"};
    assert_status(browser_open(&ben, world->w.card), 200);
    const char *head =
        "{'person':'%P'," KEY2
        ",'readings':[{'word':'height','text':'139'},{'word':'waist','text':'160'},{'word':'weight','text':'70'}]";
    char body[400];
    (void)snprintf(body, sizeof body, "%s}", head);
    struct answer answer = call(&ben, "measure", body);
    assert_status(answer, 200);
    assert_str(text_of(answer, "state"), "asks");
    assert_int_equal(count_of(answer, "doubts"), 2);
    assert_str(text_of(answer, "doubts.1.word"), "waist");
    assert_str(text_of(answer, "doubts.0.soft.0"), "140");
    (void)snprintf(body, sizeof body, "%s,'confirmed':[[0,0]]}", head);
    answer = call(&ben, "measure", body);
    assert_int_equal(count_of(answer, "doubts"), 1);
    (void)snprintf(body, sizeof body, "%s,'confirmed':[[0,0],[1,0]]}", head);
    answer = call(&ben, "measure", body);
    assert_str(text_of(answer, "state"), "stored");
    answer =
        call(&ben, "measure",
             "{'person':'%P','key':'2b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7','readings':[{'word':'height','text':'16'}]}");
    assert_status(answer, 200);
    assert_str(text_of(answer, "state"), "refused");
    assert_str(text_of(answer, "word"), "height");
    for (size_t i = 0; i < sizeof unread / sizeof *unread; i++) {
        (void)snprintf(body, sizeof body, "{'person':'%%P'," KEY2 ",'readings':[{'word':'bp','text':'%s'}]}",
                       unread[i]);
        answer = call(&ben, "measure", body);
        assert_error(answer, 400, "E_USAGE");
        assert_str(text_of(answer, "error.element"), "word 1");
    }
    answer = call(&ben, "wrong",
                  "{'person':'%P','readings':[{'word':'height','text':'139'},{'word':'waist','text':'160'}]}");
    assert_status(answer, 200);
    assert_str(json_number(json_path(answer.json, "takenBack")), "2");
    assert_error(call(&ben, "wrong", "{'person':'%P','readings':[{'word':'height','text':'139'}]}"), 404,
                 "E_NOT_FOUND");
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void an_alarm_is_told_whatever_else_is_wrong(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    static const char *const bodies[] = {
        "{'person':'AAAAAAAAAAAAAAAAAAAAAA'," KEY2 ",'readings':[{'word':'bp','text':'230/140'}]}", /* nobody is open */
        "{'person':'%P','key':'1','readings':[{'word':'bp','text':'230/140'}]}",
        "{'person':'%P'," KEY2 ",'readings':[{'word':'bp','text':'230/140'},{'word':'nothing','text':'3'}]}",
        "{'person':'%P'," KEY2 ",'readings':[{'word':'bp','text':'230/140'},{'text':3}]}",
        "{'person':'%P'," KEY2 ",'readings':[{'word':'bp','text':'230/140'}],'other':1}",
    };
    assert_status(browser_open(&ben, world->w.card), 200);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct answer answer = call(&ben, "measure", bodies[i]);
        if (answer.status == 200 || !has_item(answer, "alarms", "bp-very-high"))
            fail_msg("%zu: %d %.*s", i, answer.status, STR_ARGS(answer.body));
    }
    struct answer answer =
        call(&ben, "measure",
             "{'person':'%P'," KEY2 ",'readings':[{'word':'bp','text':'230/140'},{'word':'height','text':'9'}]}");
    assert_str(text_of(answer, "state"), "refused");
    assert_true(has_item(answer, "alarms", "bp-very-high"));
    assert_error(call(&ben, "close", "{'person':'%P'}"), 409,
                 "E_CONFLICT"); /* it was typed, and nobody dealt with it */
    assert_error(call(&ben, "told", "{'person':'%P','how':'in-person'}"), 404, "E_NOT_FOUND");
    assert_status(call(&ben, "not-told", "{'person':'%P','why':'call-clinician'}"), 200);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void only_an_outcome_ends_an_alarm(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben")), amina = browser_login(world, STR("dr-amina"));
    struct str other = t_enrol(world->w.t, "Okafor", "1975-05-05").card;
    t_give(world->w.t, other, PURPOSE_CARE);
    assert_status(browser_open(&ben, world->w.card), 200);
    struct answer answer = call(&ben, "measure",
                                "{'person':'%P','key':'3b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7','confirmed':[[0,0],[0,1]],"
                                "'readings':[{'word':'bp','text':'210/130'}]}");
    assert_str(text_of(answer, "state"), "stored");
    assert_true(has_item(answer, "alarms", "bp-very-high"));
    assert_int_equal(count_of(call(&ben, "person", "{'person':'%P'}"), "urgent") > 0, true);
    assert_true(json_is_true(json_path(call(&ben, "session", "{}").json, "urgent")));
    assert_error(call(&ben, "close", "{'person':'%P'}"), 409, "E_CONFLICT");
    assert_error(browser_open(&ben, other), 409, "E_CONFLICT");
    assert_error(call(&ben, "logout", "{}"), 409, "E_CONFLICT");
    assert_status(browser_open(&ben, world->w.card), 200); /* the same person again */
    assert_error(call(&ben, "told", "{'person':'%P','how':'pigeon'}"), 422, "E_INVALID");
    /* passed on: the next station sees by whom, why and since when, and the alarm is open there all the same */
    assert_true(json_path(call(&ben, "person", "{'person':'%P'}").json, "urgent.0.passedOn.by") == NULL);
    assert_error(call(&ben, "not-told", "{'person':'%P','why':'tired'}"), 422, "E_INVALID");
    assert_status(call(&ben, "not-told", "{'person':'%P','why':'call-clinician'}"), 200);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
    assert_status(browser_open(&amina, world->w.card), 200);
    answer = call(&amina, "person", "{'person':'%P'}");
    assert_str(text_of(answer, "urgent.0.passedOn.why"), "call-clinician");
    assert_str(text_of(answer, "urgent.0.passedOn.by"), "nurse-ben");
    assert_true(text_of(answer, "urgent.0.passedOn.since").len > 0);
    assert_error(call(&amina, "close", "{'person':'%P'}"), 409, "E_CONFLICT");
    assert_status(call(&amina, "not-told", "{'person':'%P','why':'left'}"), 200);
    answer = call(&amina, "person", "{'person':'%P'}");
    assert_str(text_of(answer, "urgent.0.passedOn.why"), "left"); /* at last; since when does not change */
    assert_status(call(&amina, "close", "{'person':'%P'}"), 200);
    assert_status(browser_open(&ben, world->w.card), 200);
    assert_error(call(&amina, "end-alarm", "{'person':'%P'}"), 403, "E_CONSENT");
    answer = call(&ben, "told", "{'person':'%P','how':'in-person','agreed':'goes to the hospital with her sister'}");
    assert_status(answer, 200);
    assert_false(json_is_true(json_path(call(&ben, "session", "{}").json, "urgent")));
    answer = call(&ben, "findings", "{'person':'%P'}");
    assert_true(text_of(answer, "drafts.0.told.by").len > 0);
    assert_true(json_path(answer.json, "drafts.0.passedOn.by") == NULL); /* they were told */
    answer = call(&ben, "inbox", "{}");
    assert_int_equal(count_of(answer, "tickets"), 1);
    assert_true(str_find(answer.body, STR("Adeyemi")) < 0);
    assert_error(call(&ben, "end-alarm", "{'person':'%P'}"), 403, "E_ROLE");
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
    assert_status(browser_open(&amina, world->w.card), 200);
    assert_status(call(&amina, "end-alarm", "{'person':'%P'}"), 200);
    assert_status(call(&amina, "close", "{'person':'%P'}"), 200);
}

static void what_is_signed_was_shown_and_the_letter_is_for_one_session(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben")), amina = browser_login(world, STR("dr-amina"));
    assert_status(browser_open(&amina, world->w.card), 200);
    assert_error(call(&amina, "sign", "{'person':'%P','leave':[]}"), 409, "E_STALE"); /* nothing was shown */
    struct answer answer = call(&amina, "findings", "{'person':'%P'}");
    assert_status(answer, 200);
    assert_true(text_of(answer, "age").len > 0);
    answer = call(&amina, "screen", "{'person':'%P'}");
    assert_status(answer, 200);
    assert_str(text_of(answer, "age"), "current");
    assert_true(count_of(answer, "drafts") > 0);
    assert_error(call(&amina, "letter", "{'person':'%P','language':'en'}"), 404, "E_NOT_FOUND"); /* nothing is signed */
    answer = call(&amina, "sign", "{'person':'%P','leave':[]}");
    assert_status(answer, 200);
    answer = call(&amina, "findings", "{'person':'%P'}");
    assert_true(count_of(answer, "signed") > 0);
    assert_int_equal(count_of(answer, "drafts"), 0);
    answer = call(&amina, "letter", "{'person':'%P','language':'en','untold':true}");
    assert_status(answer, 200);
    char path[100];
    (void)snprintf(path, sizeof path, "%.*s", STR_ARGS(text_of(answer, "html")));
    struct answer page = fetch_page(&amina, path);
    assert_status(page, 200);
    assert_true(str_find(page.body, STR("Adeyemi")) > 0);
    assert_true(str_find(page.lines, STR("style-src 'sha256-")) > 0);
    assert_true(str_find(page.lines, STR("Cache-Control: no-store")) >= 0);
    page = fetch_page(&ben, path); /* another session */
    assert_int_equal(page.status, 404);
    assert_true(str_find(page.body, STR("Adeyemi")) < 0);
    struct browser nobody = browser_new(world);
    assert_int_equal(fetch_page(&nobody, path).status, 401);
    (void)snprintf(path, sizeof path, "%.*s", STR_ARGS(text_of(answer, "pdf")));
    page = fetch_page(&amina, path);
    assert_str(page.type, "application/pdf");
    assert_true(str_starts(page.body, STR("%PDF")));
    assert_status(call(&amina, "close", "{'person':'%P'}"), 200);
    assert_int_equal(fetch_page(&amina, path).status, 404); /* nobody is open */
}

static void one_look_is_one_leaf(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    struct visit_looks before, after;
    struct visit own = world->w.visit;
    own.actor = t_person("1950-01-01");
    own.site = world->w.t->site;
    t_must(visit_looked(&own, world->w.card, &before, &err));
    assert_status(browser_open(&ben, world->w.card), 200);
    for (int i = 0; i < 20; i++) assert_status(call(&ben, "person", "{'person':'%P'}"), 200);
    assert_status(call(&ben, "findings", "{'person':'%P'}"), 200);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
    t_must(visit_looked(&own, world->w.card, &after, &err));
    size_t looks = 0;
    for (size_t i = before.count; i < after.count; i++)
        looks += str_is(after.list[i].kind, "access") && str_is(after.list[i].actor.id, "nurse-ben");
    assert_int_equal(looks, 1);
}

static void a_withdrawal_ends_the_open_page_with_its_next_answer(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    struct str card = t_enrol(world->w.t, "Mbeki", "1980-01-01").card;
    t_give(world->w.t, card, PURPOSE_CARE);
    assert_status(browser_open(&ben, card), 200);
    t_withdraw(world->w.t, card, PURPOSE_CARE);
    struct answer answer = call(&ben, "person", "{'person':'%P'}");
    assert_error(answer, 403, "E_CONSENT");
    assert_true(str_find(answer.body, STR("Mbeki")) < 0);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void a_retired_member_gets_no_further_answer(void **state)
{
    struct pages_world *world = *state;
    t_must(t_register(world->w.t->site, T_MANAGER, STR("nurse-two"), ROLE_ASSISTANT, &err));
    struct browser two = browser_login(world, STR("nurse-two"));
    assert_status(browser_open(&two, world->w.card), 200);
    t_must(staff_retire(world->w.t->site, T_MANAGER, NULL, STR("nurse-two"), &err));
    assert_error(call(&two, "person", "{'person':'%P'}"), 401, "E_SESSION");
}

static void a_manager_opens_nobody(void **state)
{
    struct pages_world *world = *state;
    struct browser mia = browser_login(world, STR("mia"));
    assert_error(browser_open(&mia, world->w.card), 403, "E_ROLE");
    assert_error(call(&mia, "inbox", "{}"), 403, "E_ROLE");
}

static void the_words_of_a_finding_are_in_the_language_asked_for(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    ben.language = "ar-EG,en;q=0.5";
    assert_status(browser_open(&ben, world->w.card), 200);
    struct answer answer = call(&ben, "screen", "{'person':'%P'}");
    struct str words = text_of(answer, "drafts.0.words.headline");
    assert_true(words.len > 0 && (unsigned char)words.ptr[0] >= 0xD8 && (unsigned char)words.ptr[0] <= 0xDB);
    ben.language = "xx";
    words = text_of(call(&ben, "screen", "{'person':'%P'}"), "drafts.0.words.headline");
    assert_true(words.len > 0 && (unsigned char)words.ptr[0] < 0x80);
    (void)call(&ben, "not-told", "{'person':'%P','why':'left'}");
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void the_keypad_knows_what_is_plausible(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    struct answer answer = call(&ben, "ranges", "{}");
    assert_status(answer, 200);
    assert_str(text_of(answer, "words.0.word"), "bp");
    assert_str(text_of(answer, "words.0.kind"), "pair");
    assert_str(text_of(answer, "words.0.parts.1.soft.1"), "120");
    bool has_question = false, has_glucose = false;
    for (const struct json *one = json_first(json_path(answer.json, "words")); one != NULL; one = one->next) {
        has_question = has_question || (str_is(json_get_text(one, "word"), "chest-pain") &&
                                        str_is(json_get_text(one, "kind"), "question"));
        has_glucose =
            has_glucose || (str_is(json_get_text(one, "word"), "glucose") && json_path(one, "units.1") != NULL);
    }
    assert_true(has_question && has_glucose);
}

static void what_is_kept_apart_is_said_to_who_may_see_it(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben")), amina = browser_login(world, STR("dr-amina"));
    struct str without = t_enrol(world->w.t, "Sow", "1950-01-01").card,
               with = t_enrol(world->w.t, "Diop", "1950-01-01").card;
    const char *asked =
        "{'person':'%P','key':'5b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7','readings':[{'word':'self-harm-plan','text':'yes'}]}";
    t_give(world->w.t, without, PURPOSE_CARE);
    t_give_apart(world->w.t, with);
    struct str cards[] = {without, with};
    for (size_t i = 0; i < 2; i++) {
        assert_status(browser_open(&ben, cards[i]), 200);
        struct answer answer = call(&ben, "measure", asked);
        assert_str(text_of(answer, "state"), "stored");
        assert_str(json_number(json_path(answer.json, "kept")), i == 0 ? "0" : "1");
        assert_true(has_item(answer, "alarms", "kept-apart")); /* a clinician has to be called; not why */
        assert_true(str_find(answer.body, STR("self-harm")) < 0);
        assert_error(call(&ben, "close", "{'person':'%P'}"), 409, "E_CONFLICT");
        answer = call(&ben, "person", "{'person':'%P'}");
        assert_int_equal(count_of(answer, "today"), 0);
        assert_status(call(&ben, "not-told", "{'person':'%P','why':'call-clinician'}"), 200);
        assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
    }
    assert_status(browser_open(&amina, with), 200);
    struct answer answer = call(&amina, "screen", "{'person':'%P'}");
    assert_true(has_item(answer, "drafts", "q-self-harm-plan"));
    const struct json *apart = json_path(answer.json, "drafts.0.apart.0");
    assert_str(json_text(apart), "mood");
    assert_error(call(&amina, "close", "{'person':'%P'}"), 409, "E_CONFLICT");
    assert_status(call(&amina, "told", "{'person':'%P','how':'in-person'}"), 200);
    assert_status(call(&amina, "close", "{'person':'%P'}"), 200);
}

static void none_of_the_danger_questions_is_one_answer(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    struct str card = t_enrol(world->w.t, "Keita", "1950-01-01").card;
    t_give(world->w.t, card, PURPOSE_CARE);
    assert_status(browser_open(&ben, card), 200);
    struct answer answer =
        call(&ben, "measure",
             "{'person':'%P','key':'6b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7','readings':[{'word':'no-danger-"
             "signs','text':'yes'},{'word':'bp','text':'182/104'}],'confirmed':[[1,0],[1,1]]}");
    assert_str(text_of(answer, "state"), "stored");
    assert_str(text_of(answer, "alarms.0.item"), "bp-very-high");
    assert_str(text_of(answer, "alarms.0.action"), "clinician-today"); /* unasked it would be ask-now */
    assert_status(call(&ben, "told", "{'person':'%P','how':'in-person'}"), 200);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void the_app_that_was_built_is_there_where_no_other_is_given(void **state)
{
    struct pages_world *world = *state;
    struct pages_world other = *world;
    struct browser browser = browser_new(&other);
    other.config.files = NULL;
    other.config.file_count = 0;
    t_must(pages_open(&other.config, &other.pages, &err));
    struct answer page = fetch_page(&browser, "/");
    assert_status(page, 200);
    assert_true(str_find(page.body, STR("<script")) >= 0);
    pages_close(&other.pages);
}

static void files_are_served_and_nothing_else(void **state)
{
    struct pages_world *world = *state;
    struct browser browser = browser_new(world);
    struct answer answer = fetch_page(&browser, "/");
    assert_status(answer, 200);
    assert_true(str_eq(answer.body, test_page));
    assert_true(str_find(answer.lines, STR("trusted-types salve")) > 0);
    assert_true(str_find(answer.lines, STR("camera=()")) > 0);
    assert_true(str_find(answer.lines, STR("no-cache")) > 0);
    assert_true(str_find(answer.lines, STR("Strict-Transport-Security")) < 0);
    answer = fetch_page(&browser, "/assets/app-1.js");
    assert_true(str_find(answer.lines, STR("immutable")) > 0);
    assert_int_equal(fetch_page(&browser, "/assets/../index.html").status, 404);
    assert_int_equal(fetch_page(&browser, "/call/site").status, 405);
    assert_int_equal(fetch_page(&browser, "/letter/AAAAAAAAAAAAAAAAAAAAAA").status, 401);
}

/* Each thing that is asked, at its station; what was measured is no longer missing. */
static void the_plan_says_what_is_asked_and_what_is_left(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    assert_error(call(&ben, "plan", "{'person':'nobody'}"), 403, "E_CONSENT");
    assert_status(browser_open(&ben, world->w.card), 200);
    struct answer before = call(&ben, "plan", "{'person':'%P'}");
    assert_status(before, 200);
    assert_str(text_of(before, "asks.0.item"), "danger");
    assert_str(text_of(before, "asks.0.kind"), "form");
    assert_str(text_of(before, "asks.3.item"), "bp");
    assert_str(text_of(before, "asks.3.station"), "pressure");
    assert_str(text_of(before, "asks.6.item"), "waist");
    assert_str(text_of(before, "asks.6.state"), "missing");
    assert_str(text_of(before, "asks.7.any.1"), "glucose-fasting");
    assert_status(call(&ben, "measure", "{'person':'%P'," KEY3 ",'readings':[{'word':'waist','text':'88'}]}"), 200);
    struct answer after = call(&ben, "plan", "{'person':'%P'}");
    assert_str(text_of(after, "asks.6.state"), "done");
    int64_t left = 0, was = 0;
    assert_true(json_i64(json_path(before.json, "left"), &was) && json_i64(json_path(after.json, "left"), &left));
    assert_true(left == was - 1 && left > 0);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
    assert_status(call(&ben, "logout", "{}"), 200);
}

static int make(void **state)
{
    *state = pages_world_make("pages-calls", true);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(anybody_may_know_the_site_and_nothing_else),
        cmocka_unit_test(a_login_gives_a_cookie_and_a_token_that_a_reload_gets_again),
        cmocka_unit_test(a_locked_session_opens_nothing_until_the_secret_is_there_again),
        cmocka_unit_test(a_person_is_shown_as_a_station_needs_them),
        cmocka_unit_test(what_is_measured_is_kept_once_and_judged),
        cmocka_unit_test(a_request_is_known_again_by_another_process),
        cmocka_unit_test(an_unlikely_number_is_asked_about_and_all_of_them_at_once),
        cmocka_unit_test(an_alarm_is_told_whatever_else_is_wrong),
        cmocka_unit_test(only_an_outcome_ends_an_alarm),
        cmocka_unit_test(what_is_signed_was_shown_and_the_letter_is_for_one_session),
        cmocka_unit_test(one_look_is_one_leaf),
        cmocka_unit_test(a_withdrawal_ends_the_open_page_with_its_next_answer),
        cmocka_unit_test(a_retired_member_gets_no_further_answer),
        cmocka_unit_test(a_manager_opens_nobody),
        cmocka_unit_test(the_words_of_a_finding_are_in_the_language_asked_for),
        cmocka_unit_test(the_keypad_knows_what_is_plausible),
        cmocka_unit_test(what_is_kept_apart_is_said_to_who_may_see_it),
        cmocka_unit_test(none_of_the_danger_questions_is_one_answer),
        cmocka_unit_test(the_app_that_was_built_is_there_where_no_other_is_given),
        cmocka_unit_test(files_are_served_and_nothing_else),
        cmocka_unit_test(the_plan_says_what_is_asked_and_what_is_left),
    };
    int count = (int)(sizeof tests / sizeof *tests);
    return t_close(_cmocka_run_group_tests("", tests, (size_t)count, make, pages_world_teardown), count);
}
