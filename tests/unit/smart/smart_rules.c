/* SPDX-License-Identifier: Apache-2.0
 *
 * What an app may be registered with, what it may ask for, and what is left of it. */
#include "base/arena.h"
#include "smart/smart.h"
#include "t.h"

static struct arena *mem;

static enum salve_code read_app(const char *redirects, const char *more, struct smart_app *out)
{
    struct str json =
        arena_printf(mem, "{\"id\":\"heart\",\"name\":\"Heart Diary\",\"redirects\":[%s]%s}", redirects, more);
    return smart_app_read(json, mem, out, NULL);
}

static void a_redirect_is_of_the_apps_own(void **state)
{
    (void)state;
    struct smart_app app;
    static const char *const good[] = {"https://heart.example/back", "https://heart.example:8443/back?x=1",
                                       "http://localhost:3000/back", "http://127.0.0.1/",
                                       "http://[::1]:3000/back",     "org.example.heart:/back"};
    static const char *const bad[] = {"http://heart.example/back", "https://",
                                      "https://a@heart.example/",  "heart:/back",
                                      "javascript:/alert(1)",      "https://heart.example/#a",
                                      "//heart.example/back",      "http://localhost.evil.example/",
                                      "https://heart.example/ b"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_ok(read_app(arena_printf(mem, "\"%s\"", good[i]).ptr, "", &app));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (read_app(arena_printf(mem, "\"%s\"", bad[i]).ptr, "", &app) != SALVE_E_INVALID) fail_msg("%s", bad[i]);
    assert_code(read_app("", "", &app), SALVE_E_INVALID);
    assert_code(read_app("\"https://a.example/\"", ",\"secret\":\"x\"", &app), SALVE_E_INVALID);
    assert_code(read_app("\"https://a.example/\"", ",\"origins\":[\"https://a.example/\"]", &app), SALVE_E_INVALID);
    assert_ok(read_app("\"https://a.example/b\"", ",\"origins\":[\"https://a.example\"]", &app));
    assert_true(smart_app_redirects(&app, STR("https://a.example/b")));
    assert_false(smart_app_redirects(&app, STR("https://a.example/b/")));
    assert_false(smart_app_redirects(&app, STR("https://a.example/B")));
}

static struct str granted(const char *asked, class_mask classes)
{
    struct smart_scopes scopes;
    struct str out;
    if (smart_scopes_read(str_of(asked), &scopes, NULL) != SALVE_OK) return STR("none");
    if (smart_scopes_text(&scopes, classes, false, mem, &out, NULL) != SALVE_OK) return STR("error");
    return out;
}

static void what_can_be_granted_is_reading_of_oneself(void **state)
{
    (void)state;
    static const struct {
        const char *asked, *granted;
    } cases[] = {
        {"patient/*.rs", "patient/*.rs"},
        {"patient/Observation.cruds", "patient/Observation.rs"},
        {"patient/Observation.r patient/Observation.s", "patient/Observation.rs"},
        {"patient/Patient.read", "patient/Patient.rs"},
        {"patient/*.*", "patient/*.rs"},
        {"patient/Observation.rs?category=laboratory", "patient/Observation.rs?category=laboratory"},
        {"openid fhirUser launch/patient patient/Patient.r", "launch/patient openid fhirUser patient/Patient.r"},
        {"user/*.rs patient/Patient.r system/*.rs", "patient/Patient.r"},
        {"patient/Patient.write", "none"},
        {"patient/Patient.cud", "none"},
        {"patient/Patient.sr", "none"}, /* the letters have an order */
        {"patient/patient.rs", "none"},
        {"patient/Observation.rs?", "none"},
        {"openid", "none"},
        {"", "none"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct str got = granted(cases[i].asked, ~(class_mask)0);
        if (!str_is(got, cases[i].granted)) fail_msg("%s: %.*s", cases[i].asked, STR_ARGS(got));
    }
    assert_str(granted("patient/Patient.rs patient/Observation.rs", CLASS_BIT(CLASS_IDENT)), "patient/Patient.rs");
    assert_str(granted("patient/AuditEvent.rs", CLASS_BIT(CLASS_CLIN)), "");
}

static void all_is_not_who_looked(void **state)
{
    (void)state;
    struct smart_scopes all, inner;
    assert_ok(smart_scopes_read(STR("patient/*.rs"), &all, NULL));
    assert_int_equal(smart_scopes_classes(&all),
                     CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN) | CLASS_BIT(CLASS_SENS));
    assert_ok(smart_scopes_read(STR("patient/Observation.r"), &inner, NULL));
    assert_true(smart_scopes_within(&inner, &all));
    assert_false(smart_scopes_within(&all, &inner));
    assert_ok(smart_scopes_read(STR("patient/AuditEvent.r"), &inner, NULL));
    assert_false(smart_scopes_within(&inner, &all));
}

static void pkce_is_s256(void **state)
{
    (void)state; /* RFC 7636, appendix B */
    struct str verifier = STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    struct str challenge = STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    assert_true(smart_is_challenge(challenge) && smart_verifier_fits(verifier, challenge));
    assert_false(smart_verifier_fits(challenge, challenge)); /* not plain */
    assert_false(smart_verifier_fits(str_cut(verifier, 0, 42), challenge));
    assert_false(smart_is_challenge(str_cut(challenge, 0, 42)));
}

static void a_parameter_that_comes_twice_is_none(void **state)
{
    (void)state;
    struct smart_ask ask;
    assert_ok(smart_ask_read(STR("?client_id=a&state=x%20y+z&other=1&other=2"), mem, &ask, NULL));
    assert_str(ask.client, "a");
    assert_str(ask.state, "x y z");
    assert_code(smart_ask_read(STR("client_id=a&client_id=b"), mem, &ask, NULL), SALVE_E_INVALID);
    assert_code(smart_ask_read(STR("state=%4"), mem, &ask, NULL), SALVE_E_INVALID);
}

static int open_memory(void **state)
{
    (void)state;
    mem = arena_open(16 << 20);
    return mem == NULL;
}

static int close_memory(void **state)
{
    (void)state;
    arena_close(mem);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_redirect_is_of_the_apps_own, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(what_can_be_granted_is_reading_of_oneself, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(all_is_not_who_looked, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(pkce_is_s256, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(a_parameter_that_comes_twice_is_none, open_memory, close_memory),
    };
    return t_run(tests);
}
