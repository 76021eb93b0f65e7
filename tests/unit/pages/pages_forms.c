/* SPDX-License-Identifier: Apache-2.0
 * The calls of forms: what a form looks like, what becomes of its answers, and that its alarms are told whatever is
 * wrong beside them. */
#include "pages_world.h"

#define KEY(n) "'key':'" #n "b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7'"

static const struct json *item_of(const struct json *items, const char *link)
{
    for (const struct json *item = json_first(items); item != NULL; item = item->next) {
        if (str_is(json_get_text(item, "link"), link)) return item;
        const struct json *inside = item_of(json_get(item, "items"), link);
        if (inside != NULL) return inside;
    }
    return NULL;
}

static void a_form_comes_in_a_language_with_its_first_answers(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    assert_error(call(&ben, "form", "{'person':'AAAAAAAAAAAAAAAAAAAAAA','form':'danger'}"), 403, "E_CONSENT");
    assert_status(browser_open(&ben, world->w.card), 200);
    struct answer answer = call(&ben, "form", "{'person':'%P','form':'danger','language':'ar'}");
    assert_status(answer, 200);
    assert_str(text_of(answer, "form.id"), "danger");
    assert_str(text_of(answer, "form.direction"), "rtl");
    const struct json *item = item_of(json_path(answer.json, "form.items"), "chest-pain");
    assert_str(json_get_text(item, "kind"), "boolean");
    assert_str(json_text(json_path(item, "code.code")), "chest-pain");
    assert_str(text_of(answer, "initial.0.link"), "cannot-be-pregnant"); /* she is 76 */
    assert_str(text_of(answer, "initial.0.values.0"), "true");
    assert_error(call(&ben, "form", "{'person':'%P','form':'../danger'}"), 404, "E_NOT_FOUND");
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void answers_are_kept_once_and_judged(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    assert_status(browser_open(&ben, world->w.card), 200);
    const char *asked =
        "{'person':'%P'," KEY(0) ",'form':'body','answers':[{'link':'height','values':['161']},"
                                 "{'link':'weight','values':['97.5']},{'link':'waist','values':['99']}]}";
    struct answer answer = call(&ben, "form-save", asked);
    assert_status(answer, 200);
    assert_str(text_of(answer, "state"), "stored");
    assert_str(json_number(json_path(answer.json, "kept")), "3");
    assert_true(count_of(answer, "findings") > 0);
    struct answer again = call(&ben, "form-save", asked); /* the answer was lost */
    assert_status(again, 200);
    assert_int_equal(count_of(again, "findings"), count_of(answer, "findings"));
    struct answer person = call(&ben, "person", "{'person':'%P'}");
    assert_int_equal(count_of(person, "today"), 3);
    assert_error(call(&ben, "form-save",
                      "{'person':'%P'," KEY(0) ",'form':'body','answers':[{'link':'height','values':['162']}]}"),
                 409, "E_CONFLICT");
    assert_int_equal(count_of(call(&ben, "person", "{'person':'%P'}"), "today"), 3);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void what_cannot_be_is_refused_and_what_is_unlikely_asked_about(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    assert_status(browser_open(&ben, world->w.card), 200);
    struct answer answer = call(&ben, "form-save",
                                "{'person':'%P'," KEY(1) ",'form':'body','answers':[{'link':'weight','values':['70']},"
                                                         "{'link':'height','values':['16']},"
                                                         "{'link':'waist','values':['9 parsecs']},"
                                                         "{'link':'girth','values':['1']}]}");
    assert_status(answer, 200);
    assert_str(text_of(answer, "state"), "refused");
    assert_int_equal(count_of(answer, "faults"), 3);
    assert_str(text_of(answer, "faults.0.why"), "unknown");
    assert_str(text_of(answer, "faults.1.why"), "unit");
    assert_str(text_of(answer, "faults.2.why"), "range");
    assert_str(text_of(answer, "faults.2.link"), "height");
    const char *head = "{'person':'%P'," KEY(1) ",'form':'body','answers':[{'link':'height','values':['139']}]";
    char body[300];
    (void)snprintf(body, sizeof body, "%s}", head);
    answer = call(&ben, "form-save", body);
    assert_str(text_of(answer, "state"), "asks");
    assert_str(text_of(answer, "doubts.0.link"), "height");
    assert_str(text_of(answer, "doubts.0.soft.0"), "140");
    (void)snprintf(body, sizeof body, "%s,'confirmed':[[0,0]]}", head);
    assert_str(text_of(call(&ben, "form-save", body), "state"), "stored");
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void an_alarm_of_a_form_is_told_whatever_else_is_wrong(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    static const char *const bodies[] = {
        "{'person':'AAAAAAAAAAAAAAAAAAAAAA'," KEY(
            2) ",'form':'danger','answers':[{'link':'chest-pain','values':['true']}]}",
        "{'person':'%P','key':'1','form':'danger','answers':[{'link':'chest-pain','values':['true']}]}",
        "{'person':'%P'," KEY(2) ",'form':'danger','answers':[{'link':'chest-pain','values':['true']},{'link':3}]}",
        "{'person':'%P'," KEY(2) ",'form':'danger','answers':[{'link':'chest-pain','values':['true']}],'other':1}"};
    static const char *const refused[] = {
        "{'person':'%P'," KEY(2) ",'form':'danger','answers':[{'link':'chest-pain','values':['true']},"
                                 "{'link':'seizure','values':['perhaps']}]}",
        "{'person':'%P'," KEY(2) ",'form':'danger','answers':[{'link':'chest-pain','values':['false']},"
                                 "{'link':'chest-pain','values':['true']}]}"};
    assert_status(browser_open(&ben, world->w.card), 200);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct answer answer = call(&ben, "form-save", bodies[i]);
        if (answer.status == 200 || count_of(answer, "alarms") == 0)
            fail_msg("%zu: %d %.*s", i, answer.status, STR_ARGS(answer.body));
    }
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct answer answer = call(&ben, "form-save", refused[i]);
        assert_str(text_of(answer, "state"), "refused");
        assert_true(count_of(answer, "alarms") > 0);
    }
    assert_error(call(&ben, "close", "{'person':'%P'}"), 409, "E_CONFLICT"); /* nobody dealt with it */
    assert_status(call(&ben, "not-told", "{'person':'%P','why':'call-clinician'}"), 200);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void what_is_not_asked_is_judged_and_not_kept(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben")), amina = browser_login(world, STR("dr-amina"));
    assert_status(browser_open(&ben, world->w.card), 200);
    struct answer answer =
        call(&ben, "form-save",
             "{'person':'%P'," KEY(3) ",'form':'phq-9','answers':[{'link':'phq-1','values':['LA6569-3']},"
                                      "{'link':'phq-9','values':['LA6568-5']},"
                                      "{'link':'self-harm-plan','values':['true']}]}");
    assert_status(answer, 200);
    assert_str(text_of(answer, "state"), "stored");
    assert_str(json_number(json_path(answer.json, "kept")), "0"); /* kept apart, and they did not tick that */
    assert_str(json_number(json_path(answer.json, "unkept")), "2");
    assert_str(json_number(json_path(answer.json, "unasked")), "1");
    assert_true(count_of(answer, "alarms") > 0);
    assert_error(call(&ben, "close", "{'person':'%P'}"), 409, "E_CONFLICT");
    assert_status(call(&ben, "not-told", "{'person':'%P','why':'call-clinician'}"), 200);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
    assert_status(browser_open(&amina, world->w.card), 200);
    assert_status(call(&amina, "close", "{'person':'%P'}"), 200);
}

#define JUDGE(answers)  "{'person':'%P','form':'danger','answers':[" answers "]}"
#define PAIN(value)     "{'link':'chest-pain','values':['" value "']}"
#define DAYS(link, how) "{'link':'" link "','values':['" how "']}"
#define SEIZURE         "{'link':'seizure','values':['false']}"

static bool waits(struct browser *who)
{
    return json_is_true(json_path(call(who, "person", "{'person':'%P'}").json, "waits"));
}

/* Nothing is sent, and what was answered is an alarm of the open person all the same. */
static void an_answer_is_judged_when_it_is_given(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    assert_status(browser_open(&ben, world->w.card), 200);
    size_t today = count_of(call(&ben, "person", "{'person':'%P'}"), "today");
    struct answer answer = call(&ben, "form-judge", JUDGE(SEIZURE));
    assert_status(answer, 200);
    assert_str(text_of(answer, "state"), "judged");
    assert_int_equal(count_of(answer, "alarms"), 0);
    assert_false(waits(&ben));
    assert_true(count_of(call(&ben, "form-judge", JUDGE(PAIN("true"))), "alarms") > 0);
    struct answer person = call(&ben, "person", "{'person':'%P'}"); /* the page is loaded anew */
    assert_int_equal(count_of(person, "pending"), 1);
    assert_int_equal(count_of(person, "today"), today);
    assert_true(text_of(person, "pending.0.words.headline").len > 0);
    assert_true(json_is_true(json_path(call(&ben, "session", "{}").json, "urgent")));
    assert_error(call(&ben, "close", "{'person':'%P'}"), 409, "E_CONFLICT");
    assert_error(call(&ben, "logout", "{}"), 409, "E_CONFLICT");
    assert_status(browser_open(&ben, world->w.card), 200); /* shown again: it stands */
    assert_int_equal(count_of(call(&ben, "person", "{'person':'%P'}"), "pending"), 1);
    assert_int_equal(count_of(call(&ben, "form-judge", JUDGE(PAIN("false"))), "alarms"), 0);
    assert_false(waits(&ben)); /* it was answered otherwise */
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void what_was_taken_back_still_wants_somebody_to_look(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    assert_status(browser_open(&ben, world->w.card), 200);
    assert_true(count_of(call(&ben, "form-judge", JUDGE(SEIZURE "," PAIN("true"))), "alarms") > 0);
    assert_status(call(&ben, "form-judge", JUDGE(SEIZURE)), 200);
    struct answer person = call(&ben, "person", "{'person':'%P'}");
    assert_int_equal(count_of(person, "pending"), 1);
    assert_str(text_of(person, "pending.0.item"), "taken-back"); /* not what it was */
    assert_str(text_of(person, "pending.0.urgency"), "emergency-now");
    assert_null(memmem(person.body.ptr, person.body.len, "chest", 5));
    assert_status(call(&ben, "form-judge", JUDGE("")), 200);
    assert_error(call(&ben, "close", "{'person':'%P'}"), 409, "E_CONFLICT");
    /* another form settles nothing of it */
    assert_status(
        call(&ben, "form-judge", "{'person':'%P','form':'body','answers':[{'link':'height','values':['170']}]}"), 200);
    assert_true(waits(&ben));
    assert_status(call(&ben, "not-told", "{'person':'%P','why':'left'}"), 200);
    assert_false(waits(&ben));
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void who_is_not_open_is_judged_as_somebody_who_is_not_known(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    struct answer answer =
        call(&ben, "form-judge", "{'person':'AAAAAAAAAAAAAAAAAAAAAA','form':'danger','answers':[" PAIN("true") "]}");
    assert_error(answer, 403, "E_CONSENT");
    assert_true(count_of(answer, "alarms") > 0);
    assert_error(call(&ben, "form-judge", "{'person':'%P','form':'nothing','answers':[]}"), 404, "E_NOT_FOUND");
}

/* What is not kept is in no record; the session has what was found, until they heard it. */
static void what_is_not_kept_is_there_until_it_was_heard(void **state)
{
    struct pages_world *world = *state;
    struct browser amina = browser_login(world, STR("dr-amina"));
    assert_status(browser_open(&amina, world->w.card), 200);
    struct answer answer = call(
        &amina, "form-save",
        "{'person':'%P'," KEY(6) ",'form':'phq-9','answers':[" DAYS("phq-1", "LA6570-1") "," DAYS("phq-2", "LA6570-1") "," DAYS("phq-3", "LA6570-1") "," DAYS(
            "phq-4",
            "LA6570-1") "," DAYS("phq-5",
                                 "LA6570-1") "," DAYS("phq-6",
                                                      "LA6570-1") "," DAYS("phq-7",
                                                                           "LA6568-5") "," DAYS("phq-8",
                                                                                                "LA6568-5") "," DAYS("phq-9",
                                                                                                                     "LA6568-5") "]}");
    assert_str(text_of(answer, "state"), "stored");
    assert_str(json_number(json_path(answer.json, "unkept")), "10");
    size_t said = count_of(answer, "said");
    assert_true(said > 0);
    struct answer person = call(&amina, "person", "{'person':'%P'}");
    assert_str(json_number(json_path(person.json, "unkept.answers")), "10");
    assert_int_equal(count_of(person, "unkept.said"), said);
    assert_str(text_of(person, "unkept.said.0.item"), "phq9");
    assert_status(browser_open(&amina, world->w.card), 200);
    assert_int_equal(count_of(call(&amina, "person", "{'person':'%P'}"), "unkept.said"), said);
    assert_error(call(&amina, "heard", "{'person':'AAAAAAAAAAAAAAAAAAAAAA'}"), 403, "E_CONSENT");
    assert_status(call(&amina, "heard", "{'person':'%P'}"), 200);
    assert_true(json_path(call(&amina, "person", "{'person':'%P'}").json, "unkept.said") == NULL);
    assert_status(call(&amina, "not-told", "{'person':'%P','why':'left'}"), 200);
    assert_status(call(&amina, "close", "{'person':'%P'}"), 200);
    assert_status(browser_open(&amina, world->w.card), 200);
    assert_true(json_path(call(&amina, "person", "{'person':'%P'}").json, "unkept.said") == NULL);
    assert_status(call(&amina, "close", "{'person':'%P'}"), 200);
}

static int make(void **state)
{
    *state = pages_world_make("pages-forms", true);
    accept_one(*state, "mood");
    return 0;
}

/* One question of the form is kept apart, and puts no other apart with it: a station sees what it may see. */
static void what_is_kept_apart_puts_nothing_else_apart(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    assert_status(browser_open(&ben, world->w.card), 200);
    struct answer answer =
        call(&ben, "form-save",
             "{'person':'%P'," KEY(4) ",'form':'danger','answers':[{'link':'seizure','values':['false']},"
                                      "{'link':'tb-danger-signs','values':['false']}]}");
    assert_status(answer, 200);
    assert_str(text_of(answer, "state"), "stored");
    struct answer person = call(&ben, "person", "{'person':'%P'}");
    bool has_seizure = false, has_apart = false;
    for (const struct json *one = json_first(json_path(person.json, "today")); one != NULL; one = one->next) {
        has_seizure = has_seizure || str_is(json_get_text(one, "word"), "seizure");
        has_apart = has_apart || str_is(json_get_text(one, "word"), "tb-danger-signs");
    }
    assert_true(has_seizure && !has_apart);
    assert_status(call(&ben, "form-save", "{'person':'%P'," KEY(5) ",'form':'danger','answers':[]}"), 200);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_comes_in_a_language_with_its_first_answers),
        cmocka_unit_test(answers_are_kept_once_and_judged),
        cmocka_unit_test(what_cannot_be_is_refused_and_what_is_unlikely_asked_about),
        cmocka_unit_test(an_alarm_of_a_form_is_told_whatever_else_is_wrong),
        cmocka_unit_test(what_is_not_asked_is_judged_and_not_kept),
        cmocka_unit_test(what_is_kept_apart_puts_nothing_else_apart),
        cmocka_unit_test(an_answer_is_judged_when_it_is_given),
        cmocka_unit_test(what_was_taken_back_still_wants_somebody_to_look),
        cmocka_unit_test(who_is_not_open_is_judged_as_somebody_who_is_not_known),
        cmocka_unit_test(what_is_not_kept_is_there_until_it_was_heard),
    };
    int count = (int)(sizeof tests / sizeof *tests);
    return t_close(_cmocka_run_group_tests("", tests, (size_t)count, make, pages_world_teardown), count);
}
