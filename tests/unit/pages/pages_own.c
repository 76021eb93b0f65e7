/* SPDX-License-Identifier: Apache-2.0
 * What others get of a record by the person's own word, through the browser's calls: apps are registered and ended by a
 * manager, seen and ended by the person; health links are made, seen and ended by the person alone. */
#include "pages_world.h"

#include "../../support/t_app.h"
#include "records/share.h"

static struct str person_card(struct pages_world *world)
{
    struct str card = t_enrol(world->w.t, "Haddad", "1980-01-01").card;
    t_give(world->w.t, card, PURPOSE_CARE);
    t_app_names(world->w.t);
    return card;
}

/* A call with the card and what the person says. */
static struct answer own_call(struct browser *browser, const char *name, struct str card, const char *told,
                              const char *more)
{
    char body[400];
    (void)snprintf(body, sizeof body, "{'card':'%.*s','ownWord':'%s'%s}", STR_ARGS(card), told, more);
    return call(browser, name, body);
}
#define BORN "1980-01-01"

static struct answer register_app(struct browser *browser, struct pages_world *world, const char *id)
{
    char body[1200], text[1000];
    struct str json = t_app_json(world->w.t, id, "");
    assert_true(json.len < 700);
    crypto_base64url((const uint8_t *)json.ptr, json.len, text);
    (void)snprintf(body, sizeof body, "{'document':'%s'}", text);
    return call(browser, "app-add", body);
}

static void a_manager_registers_and_ends_apps(void **state)
{
    struct pages_world *world = *state;
    (void)person_card(world);
    struct browser maria = browser_login(world, T_MANAGER.id), rosa = browser_login(world, T_REGISTRAR.id);
    assert_error(register_app(&rosa, world, "heart"), 403, "E_ROLE");
    assert_error(call(&maria, "app-add", "{'document':'e30'}"), 422, "E_INVALID");
    assert_status(register_app(&maria, world, "heart"), 200);
    struct answer list = call(&maria, "apps", "{}");
    assert_int_equal(count_of(list, "apps"), 1);
    assert_str(text_of(list, "apps.0.name"), "Heart Diary");
    assert_true(str_find(text_of(list, "apps.0.document"), STR("heart.example/back")) > 0);
    assert_error(call(&rosa, "app-end", "{'id':'heart'}"), 403, "E_ROLE");
    assert_status(call(&maria, "app-end", "{'id':'heart'}"), 200);
    assert_error(call(&maria, "app-end", "{'id':'heart'}"), 404, "E_NOT_FOUND");
    assert_int_equal(count_of(call(&maria, "apps", "{}"), "apps"), 0);
}

static void a_person_sees_and_ends_what_an_app_may(void **state)
{
    struct pages_world *world = *state;
    struct str card = person_card(world);
    struct browser maria = browser_login(world, T_MANAGER.id), home = browser_new(world);
    assert_status(register_app(&maria, world, "heart"), 200);
    (void)t_app_let_in(world->w.t, card, 30);
    assert_error(own_call(&home, "own", card, "1980-01-02", ""), 401, "E_PIN");
    assert_error(own_call(&home, "own", STR("0000-0000-0000-0000-0000"), BORN, ""), 404, "E_NOT_FOUND");
    struct answer own = own_call(&home, "own", card, BORN, "");
    assert_str(text_of(own, "apps.0.name"), "Heart Diary");
    assert_true(json_is_true(json_path(own.json, "apps.0.on")));
    assert_str(text_of(own, "apps.0.scopes.0.type"), "*");
    assert_int_equal(count_of(own, "apps.0.classes"), 2);
    assert_status(own_call(&home, "own-app-end", card, BORN, ",'id':'heart'"), 200);
    own = own_call(&home, "own", card, BORN, "");
    assert_false(json_is_true(json_path(own.json, "apps.0.on")));
    (void)t_app_let_in(world->w.t, card, 30);
    assert_status(call(&maria, "app-end", "{'id':'heart'}"), 200); /* a manager ends it for everybody */
    own = own_call(&home, "own", card, BORN, "");
    for (int i = 0; i < 2; i++) assert_false(json_is_true(json_path(own.json, i == 0 ? "apps.0.on" : "apps.1.on")));
}

static void the_desk_ends_all_apps_and_learns_nothing(void **state)
{
    struct pages_world *world = *state;
    struct str card = person_card(world), other = t_enrol(world->w.t, "Okoro", BORN).card;
    struct browser maria = browser_login(world, T_MANAGER.id), rosa = browser_login(world, T_REGISTRAR.id);
    assert_status(register_app(&maria, world, "heart"), 200);
    (void)t_app_let_in(world->w.t, card, 30);
    char body[80];
    struct str said[2];
    const struct str cards[] = {card, other};
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(body, sizeof body, "{'card':'%.*s'}", STR_ARGS(cards[i]));
        struct answer answer = call(&rosa, "apps-off", body);
        assert_status(answer, 200);
        said[i] = answer.body;
        assert_error(call(&maria, "apps-off", body), 403, "E_ROLE");
    }
    assert_true(str_eq(said[0], said[1]));
    assert_int_equal(t_app_standing(world->w.t, card), 0);
}

static void a_link_is_the_persons_alone(void **state)
{
    struct pages_world *world = *state;
    struct str card = person_card(world);
    struct browser home = browser_new(world), rosa = browser_login(world, T_REGISTRAR.id);
    struct share_opened opened;
    static const char *const wrong[] = {",'days':'0','keepApart':false", ",'days':'31','keepApart':false",
                                        ",'days':'x','keepApart':false"};
    for (size_t i = 0; i < 3; i++) assert_error(own_call(&home, "own-link", card, BORN, wrong[i]), 422, "E_INVALID");
    assert_error(own_call(&home, "own-link", card, BORN, ",'days':'7'"), 422,
                 "E_INVALID"); /* nothing is chosen for them */
    assert_error(own_call(&home, "own-link", card, "1980-01-02", ",'days':'7','keepApart':false"), 401, "E_PIN");
    struct answer made = own_call(&rosa, "own-link", card, BORN, ",'days':'7','keepApart':false,'label':'for Dr. O'");
    assert_status(made, 200); /* at the desk, whoever is logged in there */
    assert_true(str_starts(text_of(made, "link"), STR("shlink:/")));
    assert_int_equal(text_of(made, "passcode").len, 9);
    struct answer own = own_call(&home, "own", card, BORN, "");
    assert_int_equal(count_of(own, "links"), 1);
    assert_str(text_of(own, "links.0.label"), "for Dr. O");
    assert_true(str_starts(text_of(own, "links.0.until"), STR("2026-11-30")));
    assert_true(json_is_true(json_path(own.json, "mayLink")));
    assert_true(str_find(own.body, text_of(made, "passcode")) < 0);
    assert_error(own_call(&home, "own-link-end", card, BORN, ",'id':'2'"), 404, "E_NOT_FOUND");
    assert_status(own_call(&home, "own-link-end", card, BORN, ",'id':'1'"), 200);
    assert_int_equal(count_of(own_call(&home, "own", card, BORN, ""), "links"), 0);
    const struct share_by by = {.recipient = STR("Dr. Okafor"), .passcode = text_of(made, "passcode")};
    struct str token = STR("0000000000000000000000000000000000000000000");
    assert_code(share_open(world->w.t->site, token, &by, world->w.t->mem, &opened, NULL), SALVE_E_NOT_FOUND);
}

static int make(void **state)
{
    *state = pages_world_make("pages-own", false);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_manager_registers_and_ends_apps, make, pages_world_teardown),
        cmocka_unit_test_setup_teardown(a_person_sees_and_ends_what_an_app_may, make, pages_world_teardown),
        cmocka_unit_test_setup_teardown(the_desk_ends_all_apps_and_learns_nothing, make, pages_world_teardown),
        cmocka_unit_test_setup_teardown(a_link_is_the_persons_alone, make, pages_world_teardown),
    };
    return t_run(tests);
}
