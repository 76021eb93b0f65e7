/* SPDX-License-Identifier: Apache-2.0
 *
 * The calls by which staff shows who they are, on a site that is reached by a name; docs/formats/calls.md. */
#include "pages_world.h"
#include "records/gate.h"
#include "t_passkey.h"

#define RP     "clinic.example"
#define ORIGIN "https://clinic.example"
#define PHRASE "a river under the old bridge"

static uint8_t challenge_bytes[PROOF_CHALLENGE_BYTES];

static const char *b64(struct str bytes)
{
    static char texts[8][8192];
    static unsigned next;
    char *text = texts[next++ % 8];
    crypto_base64url(bytes.ptr, bytes.len, text);
    return text;
}

static struct str challenge(struct browser *browser)
{
    size_t len = 0;
    struct answer answer = call(browser, "challenge", "{}");
    assert_status(answer, 200);
    assert_true(crypto_base64url_parse(text_of(answer, "challenge"), challenge_bytes, sizeof challenge_bytes, &len));
    assert_int_equal(len, sizeof challenge_bytes);
    return str_bytes(challenge_bytes, sizeof challenge_bytes);
}

__attribute__((format(printf, 3, 4))) static struct answer say(struct browser *browser, const char *name,
                                                               const char *fmt, ...)
{
    static char body[32768];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(body, sizeof body, fmt, args);
    va_end(args);
    return call(browser, name, body);
}

static struct answer add(struct browser *browser, struct t_passkey *key, const char *label)
{
    struct str asked = challenge(browser);
    t_passkey_make(key, RP, ORIGIN, asked);
    return say(browser, "passkey-add", "{'challenge':'%s','authenticatorData':'%s','clientData':'%s','label':'%s'}",
               b64(asked), b64(t_str(&key->data)), b64(t_str(&key->client)), label);
}

static struct answer show(struct browser *browser, const char *name, struct t_passkey *key)
{
    struct str asked = challenge(browser);
    t_passkey_show(key, RP, ORIGIN, asked);
    return say(browser, name,
               "{'challenge':'%s','credential':'%s','authenticatorData':'%s','clientData':'%s','signature':'%s'}",
               b64(asked), b64(t_str(&key->credential)), b64(t_str(&key->data)), b64(t_str(&key->client)),
               b64(t_str(&key->signature)));
}

static void is_reached_by(struct pages_world *world, enum site_mode mode)
{
    struct site_names names = {.mode = mode, .rp_id = STR(RP), .origins = {STR(ORIGIN)}, .origin_count = 1};
    t_must(site_names_use(world->w.t->site, &names, &err));
}

static bool is_true(struct answer answer, const char *path) { return json_is_true(json_path(answer.json, path)); }

/* --- the calls ---------------------------------------------------------------------------------------------------- */

static void the_site_says_how(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_new(world);
    struct answer answer = call(&ben, "site", "{}");
    assert_str(text_of(answer, "mode"), "local");
    assert_true(is_true(answer, "pin"));
    is_reached_by(world, SITE_PUBLIC);
    answer = call(&ben, "site", "{}");
    assert_str(text_of(answer, "mode"), "public");
    assert_str(text_of(answer, "rpId"), RP);
    assert_false(is_true(answer, "pin"));
    assert_error(call(&ben, "login", "{'name':'nurse-ben','secret':'246802'}"), 401, "E_PIN");
    is_reached_by(world, SITE_LOCAL);
}

static void a_passphrase_then_a_passkey(void **state)
{
    struct pages_world *world = *state;
    struct t_passkey key = t_passkey_new(PASSKEY_ES256, "of-the-clinician");
    struct browser amina = browser_login(world, STR("dr-amina"));
    assert_status(call(&amina, "secret-set", "{'secret':'" PHRASE "'}"), 200);
    assert_error(call(&amina, "inbox", "{}"), 401, "E_SESSION"); /* its sessions ended */
    is_reached_by(world, SITE_SITE);
    struct browser again = browser_new(world);
    struct answer answer = call(&again, "login", "{'name':'dr-amina','secret':'" PHRASE "'}");
    assert_status(answer, 200);
    assert_true(is_true(answer, "mustSetUp"));
    assert_str(text_of(answer, "id"), "dr-amina");
    assert_error(call(&again, "inbox", "{}"), 403, "E_ROLE");
    assert_error(browser_open(&again, world->w.card), 403, "E_ROLE");
    answer = call(&again, "session", "{}");
    assert_true(is_true(answer, "mustSetUp"));
    answer = call(&again, "account", "{}");
    assert_true(is_true(answer, "phrase") && is_true(answer, "pin") && !is_true(answer, "totp"));
    assert_int_equal(text_of(answer, "handle").len, 22);
    assert_status(add(&again, &key, "blue key"), 200);
    assert_error(add(&again, &key, "blue key"), 409, "E_CONFLICT");
    assert_status(call(&again, "inbox", "{}"), 200);
    answer = call(&again, "account", "{}");
    assert_int_equal(count_of(answer, "passkeys"), 1);
    assert_str(text_of(answer, "passkeys.0.label"), "blue key");
    assert_str(text_of(answer, "passkeys.0.credential"), b64(t_str(&key.credential)));
    assert_status(call(&again, "logout", "{}"), 200);
    struct browser fresh = browser_new(world);
    answer = show(&fresh, "login-passkey", &key);
    assert_status(answer, 200);
    assert_str(text_of(answer, "id"), "dr-amina");
    assert_false(is_true(answer, "mustSetUp"));
    int64_t fresh_until = 0;
    assert_true(json_i64(json_path(answer.json, "freshUntil"), &fresh_until) && fresh_until > T_SITE_NOW);
    assert_status(browser_open(&fresh, world->w.card), 200);
    assert_status(call(&fresh, "lock", "{}"), 200);
    assert_error(show(&fresh, "step-up", &key), 423, "E_LOCKED");
    assert_status(show(&fresh, "unlock", &key), 200);
    answer = show(&fresh, "step-up", &key);
    assert_status(answer, 200);
    assert_true(json_i64(json_path(answer.json, "freshUntil"), &fresh_until));
    assert_error(call(&fresh, "step-up", "{}"), 422, "E_INVALID");
    assert_error(call(&fresh, "unlock", "{}"), 422, "E_INVALID");
    assert_status(call(&fresh, "close", "{'person':'%P'}"), 200);
    answer = call(&fresh, "account", "{}");
    struct str id = text_of(answer, "passkeys.0.id");
    assert_status(say(&fresh, "passkey-remove", "{'id':'%.*s'}", STR_ARGS(id)), 200);
    assert_error(say(&fresh, "passkey-remove", "{'id':'%.*s'}", STR_ARGS(id)), 404, "E_NOT_FOUND");
    is_reached_by(world, SITE_LOCAL);
    t_passkey_drop(&key);
}

static void what_is_no_base64url_is_named(void **state)
{
    struct pages_world *world = *state;
    static const char *const wrong[] = {"AA==", "A", "AB", "+AAA", "AA AA"};
    struct browser ben = browser_new(world);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct answer answer = say(&ben, "login", "{'name':'nurse-ben','secret':'246802','challenge':'%s'}", wrong[i]);
        assert_error(answer, 422, "E_INVALID");
        assert_str(text_of(answer, "error.element"), "challenge");
    }
    assert_error(call(&ben, "login-passkey",
                      "{'challenge':'','credential':'','authenticatorData':'','clientData':'','signature':''}"),
                 422, "E_INVALID");
    assert_error(call(&ben, "login-passkey", "{'challenge':''}"), 422, "E_INVALID");
    assert_error(call(&ben, "login-passkey",
                      "{'challenge':'','credential':'AAAA','authenticatorData':'','clientData':'','signature':''}"),
                 401, "E_PIN");
}

static void a_generator_is_set_up(void **state)
{
    struct pages_world *world = *state;
    struct browser ben = browser_login(world, STR("nurse-ben"));
    assert_error(call(&ben, "totp-confirm", "{'code':'123456'}"), 404, "E_NOT_FOUND");
    struct answer answer = call(&ben, "totp-begin", "{}");
    assert_status(answer, 200);
    assert_int_equal(text_of(answer, "secret").len, 32);
    assert_true(str_find(text_of(answer, "uri"), text_of(answer, "secret")) > 0);
    assert_error(call(&ben, "totp-confirm", "{'code':'12345'}"), 401, "E_PIN");
    assert_error(call(&ben, "totp-confirm", "{'code':'1234567'}"), 422, "E_INVALID");
    assert_error(call(&ben, "secret-set", "{'secret':'12345'}"), 400, "E_RANGE");
}

static void tablets_are_enrolled_by_a_manager(void **state)
{
    struct pages_world *world = *state;
    uint8_t point[PASSKEY_POINT_BYTES], signature[PASSKEY_POINT_SIGNATURE_BYTES];
    EVP_PKEY *device = EVP_EC_gen("P-256");
    t_point(device, point);
    struct browser ben = browser_login(world, STR("nurse-ben")), mia = browser_login(world, STR("mia"));
    assert_error(call(&ben, "tablets", "{}"), 403, "E_ROLE");
    assert_error(say(&mia, "tablet-enrol", "{'label':'Tablet 3','publicKey':'AAAA'}"), 422, "E_INVALID");
    struct answer answer =
        say(&mia, "tablet-enrol", "{'label':'Tablet 3','publicKey':'%s'}", b64(str_bytes(point, sizeof point)));
    assert_status(answer, 200);
    struct str id = text_of(answer, "id");
    answer = call(&mia, "tablets", "{}");
    assert_int_equal(count_of(answer, "tablets"), 1);
    assert_str(text_of(answer, "tablets.0.label"), "Tablet 3");
    assert_true(is_true(answer, "tablets.0.here") && !is_true(answer, "tablets.0.locked"));
    is_reached_by(world, SITE_SITE);
    struct browser at = browser_new(world);
    struct str asked = challenge(&at);
    struct str text = arena_printf(world->w.t->mem, "salve tablet 1\n%s\nnurse-ben", b64(asked));
    t_tablet_sign(device, text, signature);
    answer = say(&at, "login",
                 "{'name':'nurse-ben','secret':'246802','challenge':'%s','tablet':'%.*s','tabletSignature':'%s'}",
                 b64(asked), STR_ARGS(id), b64(str_bytes(signature, sizeof signature)));
    assert_status(answer, 200);
    assert_false(is_true(answer, "mustSetUp"));
    assert_status(browser_open(&at, world->w.card), 200);
    assert_status(say(&mia, "tablet-lock", "{'id':'%.*s','locked':true}", STR_ARGS(id)), 200);
    assert_error(call(&mia, "tablets", "{}"), 401, "E_SESSION"); /* it was at it, too */
    assert_error(call(&at, "person", "{'person':'%P'}"), 401, "E_SESSION");
    is_reached_by(world, SITE_LOCAL);
    mia = browser_login(world, STR("mia"));
    assert_true(is_true(call(&mia, "tablets", "{}"), "tablets.0.locked"));
    assert_status(say(&mia, "tablet-remove", "{'id':'%.*s'}", STR_ARGS(id)), 200);
    assert_int_equal(count_of(call(&mia, "tablets", "{}"), "tablets"), 0);
    EVP_PKEY_free(device);
}

static int make(void **state)
{
    *state = pages_world_make("shows", true);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_site_says_how),
        cmocka_unit_test(a_passphrase_then_a_passkey),
        cmocka_unit_test(what_is_no_base64url_is_named),
        cmocka_unit_test(a_generator_is_set_up),
        cmocka_unit_test(tablets_are_enrolled_by_a_manager),
    };
    int count = (int)(sizeof tests / sizeof *tests);
    return t_close(_cmocka_run_group_tests("", tests, (size_t)count, make, pages_world_teardown), count);
}
