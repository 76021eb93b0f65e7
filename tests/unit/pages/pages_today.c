/* SPDX-License-Identifier: Apache-2.0
 * The calls of a day: check-in, stations, what is not done today, the exit check; who may, and what no answer says. */
#include "pages_world.h"

#define KEY "'key':'5b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7'"

static const char *const REASONS[] = {"wish", "unable", "device", "time", "elsewhere"};

static const struct json *item_of(struct answer answer, const char *item)
{
    for (const struct json *one = json_first(json_path(answer.json, "items")); one != NULL; one = one->next)
        if (str_is(json_get_text(one, "item"), item)) return one;
    fail_msg("the exit check has no %s: %.*s", item, STR_ARGS(answer.body));
    return NULL;
}

static struct str state_of(struct answer answer, const char *item)
{
    return json_get_text(item_of(answer, item), "state");
}

static int64_t number_of(struct answer answer)
{
    int64_t number = 0;
    return json_i64(json_path(answer.json, "number"), &number) ? number : -1;
}

static void a_visit_from_check_in_to_exit(void **state)
{
    struct pages_world *world = *state;
    struct browser kofi = browser_login(world, T_REGISTRAR.id), ben = browser_login(world, T_ASSISTANT.id);
    assert_true(json_is(json_path(browser_open(&kofi, world->w.card).json, "queue.ticket"), JSON_NULL));
    struct answer in = call(&kofi, "check-in", "{'person':'%P'}");
    assert_status(in, 200);
    assert_int_equal(number_of(in), 1);
    assert_int_equal(number_of(call(&kofi, "check-in", "{'person':'%P'}")), 1);
    assert_error(call(&kofi, "exit", "{'person':'%P'}"), 403, "E_ROLE"); /* reception sees nothing measured */
    struct answer board = call(&kofi, "queue", "{}");
    assert_int_equal(count_of(board, "tickets"), 1);
    assert_int_equal(count_of(board, "stations"), 8);
    assert_str(text_of(board, "tickets.0.ticket"),
               arena_printf(world->w.t->mem, "%.*s", STR_ARGS(text_of(in, "ticket"))).ptr);
    assert_status(call(&kofi, "close", "{'person':'%P'}"), 200);
    /* the station opens them by the ticket */
    assert_str(text_of(browser_open(&ben, text_of(in, "ticket")), "queue.urgency"), "none");
    struct answer at = call(&ben, "at-station", "{'person':'%P','station':'body','state':'begin'}");
    assert_str(text_of(at, "at"), "body");
    assert_str(state_of(call(&ben, "exit", "{'person':'%P'}"), "height"), "missing");
    assert_status(call(&ben, "measure", "{'person':'%P'," KEY ",'readings':[{'word':'height','text':'161'}]}"), 200);
    assert_str(state_of(call(&ben, "exit", "{'person':'%P'}"), "height"), "done");
    assert_status(call(&ben, "settle", "{'person':'%P','item':'waist','why':'wish'}"), 200);
    at = call(&ben, "at-station", "{'person':'%P','station':'body','state':'done'}");
    assert_true(json_is(json_path(at.json, "at"), JSON_NULL));
    assert_str(text_of(at, "done.0"), "body");
    struct answer exit = call(&ben, "exit", "{'person':'%P'}");
    assert_str(state_of(exit, "waist"), "settled");
    assert_str(state_of(exit, "weight"), "missing");
    /* home, whatever is missing; said twice it is the same */
    assert_true(json_is(json_path(call(&ben, "leave", "{'person':'%P','how':'finished'}").json, "ticket"), JSON_NULL));
    assert_status(call(&ben, "leave", "{'person':'%P','how':'finished'}"), 200);
    assert_int_equal(count_of(call(&ben, "queue", "{}"), "tickets"), 0);
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

/* N17: whatever the reason, what is answered then and afterwards is the same to the byte, but for times. */
static void no_answer_says_why_something_was_not_done(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, T_ASSISTANT.id);
    struct str first = STR_NONE;
    char body[100];
    assert_status(browser_open(&ben, world->w.card), 200);
    for (size_t i = 0; i < sizeof REASONS / sizeof REASONS[0]; i++) {
        assert_status(call(&ben, "check-in", "{'person':'%P'}"), 200);
        (void)snprintf(body, sizeof body, "{'person':'%%P','item':'waist','why':'%s'}", REASONS[i]);
        struct answer settled = call(&ben, "settle", body), exit = call(&ben, "exit", "{'person':'%P'}");
        assert_status(settled, 200);
        for (size_t k = 0; k < sizeof REASONS / sizeof REASONS[0]; k++) {
            assert_int_equal(str_find(settled.body, str_of(REASONS[k])), -1);
            assert_int_equal(str_find(exit.body, str_of(REASONS[k])), -1);
        }
        ptrdiff_t end = str_find(exit.body, STR("\"entry\""));
        assert_true(end > 0);
        struct str items = str_cut(exit.body, 0, (size_t)end);
        if (first.len == 0) first = items;
        assert_true(str_eq(items, first));
        assert_status(call(&ben, "leave", "{'person':'%P','how':'left'}"), 200);
    }
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static void what_is_wrong_is_refused(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, T_ASSISTANT.id), mia = browser_login(world, T_MANAGER.id);
    assert_error(call(&mia, "queue", "{}"), 403, "E_ROLE");
    assert_error(call(&ben, "check-in", "{'person':'nobody'}"), 403, "E_CONSENT");
    assert_status(browser_open(&ben, world->w.card), 200);
    assert_error(call(&ben, "at-station", "{'person':'%P','station':'roof','state':'begin'}"), 422, "E_INVALID");
    assert_error(call(&ben, "at-station", "{'person':'%P','station':'body','state':'finished'}"), 422, "E_INVALID");
    assert_error(call(&ben, "settle", "{'person':'%P','item':'waist','why':'late'}"), 422, "E_INVALID");
    assert_error(call(&ben, "settle", "{'person':'%P','item':'waist','why':'time'}"), 409, "E_CONFLICT");
    assert_error(call(&ben, "leave", "{'person':'%P','how':'gone'}"), 422, "E_INVALID");
    assert_status(call(&ben, "close", "{'person':'%P'}"), 200);
}

static int make(void **state)
{
    *state = pages_world_make("pages-today", false);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_visit_from_check_in_to_exit, make, pages_world_teardown),
        cmocka_unit_test_setup_teardown(no_answer_says_why_something_was_not_done, make, pages_world_teardown),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_refused, make, pages_world_teardown),
    };
    return t_run(tests);
}
