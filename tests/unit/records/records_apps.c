/* SPDX-License-Identifier: Apache-2.0
 *
 * Apps that a person lets read: what a code and a token open, what ends them, and what is seen of them. */
#include "base/buf.h"
#include "jwt/jwt.h"
#include "records/apps.h"
#include "records/gate.h"
#include "smart/smart.h"
#include "t_app.h"
#include "t_site.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, DAY_MS = 24 * 60 * MINUTE_MS };
#define PLAIN T_APP_PLAIN

/* --- a site with an app and a person ------------------------------------------------------------------------------ */

static _Atomic int64_t clock_now_ms; /* the gate may be another thread */
static int64_t moving_clock(const struct clock *clock)
{
    (void)clock;
    return clock_now_ms;
}

struct world {
    struct t_site *t;
    struct rec_enrolled person;
};

static struct world world_make(const char *name)
{
    struct world w = {.t = t_site_make(name, true)};
    clock_now_ms = T_SITE_NOW;
    t_site_close(w.t);
    w.t->options.clock = (struct clock){.now_unix_ms = moving_clock};
    t_site_open(w.t);
    t_site_again(w.t);
    t_app_names(w.t);
    t_must(app_register(w.t->site, T_MANAGER, t_app_json(w.t, "heart", ""), &err));
    w.person = t_enrol(w.t, "Haddad", "1980-01-01");
    t_give_apart(w.t, w.person.card);
    struct rec_view *view = t_open(w.t, T_CLINICIAN, PURPOSE_CARE, w.person.card);
    (void)t_save_weight(w.t, view, "61");
    t_close_view(&view);
    return w;
}

static struct str allow(struct world *w, class_mask classes, uint32_t days)
{
    struct str code;
    const struct app_allow allowed = t_app_asked(w->t, classes, days);
    t_must(app_allow(w->t->site, T_PERSON, w->person.card, &allowed, w->t->mem, &code, &err));
    assert_int_equal(code.len, APP_TOKEN_BYTES);
    return code;
}

static enum salve_code ask_token(struct world *w, const struct app_token_ask *ask, struct app_tokens *out)
{
    struct salve_err err = {0};
    enum salve_code code = app_token(w->t->site, ask, w->t->mem, out, &err);
    if (code == SALVE_E_INVALID && ask->assertion.len == 0) assert_string_equal(err.element, "invalid_grant");
    return code;
}

static struct app_tokens tokens_of(struct world *w, class_mask classes, uint32_t days)
{
    struct app_tokens tokens;
    const struct app_token_ask ask = t_app_by_code(allow(w, classes, days));
    assert_ok(ask_token(w, &ask, &tokens));
    return tokens;
}

static enum salve_code refresh(struct world *w, struct str token, struct app_tokens *out)
{
    const struct app_token_ask ask = {.client = STR("heart"), .refresh = token};
    return ask_token(w, &ask, out);
}

static enum salve_code open_code(struct world *w, struct str access, struct rec_view **view)
{
    struct app_seen seen;
    *view = NULL;
    return app_open(w->t->site, access, w->t->mem, &seen, view, NULL);
}

static void assert_opens(struct world *w, struct str access)
{
    struct rec_view *view;
    assert_ok(open_code(w, access, &view));
    assert_true(t_count(view) > 0);
    t_close_view(&view);
}

static void assert_opens_nothing(struct world *w, struct str access)
{
    struct rec_view *view;
    assert_code(open_code(w, access, &view), SALVE_E_SESSION);
    assert_null(view);
}

static void verify(struct world *w)
{
    struct site_verify_result result;
    t_must(site_verify(w->t->site, &(struct site_verify_ask){.actor = T_MANAGER}, &result, &err));
    assert_int_equal(result.findings, 0);
}

/* --- what is opened ----------------------------------------------------------------------------------------------- */

static void a_token_opens_what_was_allowed(void **state)
{
    (void)state;
    struct world w = world_make("apps-open");
    struct app_tokens tokens = tokens_of(&w, PLAIN, 30);
    struct rec_view *view;
    struct app_seen seen;
    struct rec_look *looks;
    size_t count, missing, of_app = 0;
    assert_true(str_find(tokens.scope, STR("patient/*.rs")) >= 0 && str_find(tokens.scope, STR("Audit")) < 0);
    assert_true(tokens.refresh.len == APP_REFRESH_BYTES && tokens.id_token.len > 0);
    assert_int_equal(tokens.expires_seconds, 600);
    assert_ok(app_open(w.t->site, tokens.access, w.t->mem, &seen, &view, &(struct salve_err){0}));
    assert_true(seen.is_active && str_eq(seen.patient, tokens.patient) && str_is(seen.client, "heart"));
    assert_int_equal(rec_classes(view), PLAIN);
    assert_int_equal(t_count(view), 2);
    t_close_view(&view);
    view = t_open(w.t, T_PERSON, PURPOSE_SELF, w.person.card);
    t_must(rec_looked(view, w.t->mem, &looks, &count, &missing, &err));
    for (size_t i = 0; i < count; i++) of_app += str_is(looks[i].app, "Heart Diary") && looks[i].actor.id.len == 0;
    assert_int_equal(of_app, 3); /* it was let in; it looked; it read */
    assert_int_equal(missing, 0);
    struct app_grant *grants;
    t_must(app_grants(view, w.t->mem, &grants, &count, &err));
    assert_true(count == 1 && grants[0].is_standing && grants[0].classes == PLAIN && str_is(grants[0].app, "heart"));
    t_close_view(&view);
    verify(&w);
    t_site_drop(w.t);
}

static void an_app_does_nothing_but_read(void **state)
{
    (void)state;
    struct world w = world_make("apps-only");
    struct app_tokens tokens = tokens_of(&w, PLAIN | CLASS_BIT(CLASS_SENS), 0);
    struct rec_view *view;
    struct str text;
    int64_t until;
    size_t count, missing;
    struct rec_look *looks;
    struct app_grant *grants;
    struct rec_consent *consents;
    const struct rec_resource *all;
    assert_int_equal(tokens.refresh.len, 0);
    assert_ok(open_code(&w, tokens.access, &view));
    struct tape tape = t_weight(w.t, view, arena_printf(w.t->mem, "%.*s", STR_ARGS(tokens.patient)), "62");
    assert_true(t_save_code(w.t, view, &tape, CLASS_CLIN) != SALVE_OK);
    assert_true(rec_card_new(view, w.t->mem, &text, NULL) != SALVE_OK);
    assert_true(rec_letter_code(view, w.t->mem, &text, &until, NULL) != SALVE_OK);
    assert_true(rec_looked(view, w.t->mem, &looks, &count, &missing, NULL) != SALVE_OK);
    assert_true(app_grants(view, w.t->mem, &grants, &count, NULL) != SALVE_OK);
    assert_true(rec_consents(view, w.t->mem, &consents, &count, NULL) != SALVE_OK);
    assert_true(rec_take(view, w.t->mem, &all, &count, NULL) != SALVE_OK);
    t_close_view(&view);
    t_site_drop(w.t);
}

static size_t seen_with(struct world *w, const char *scope)
{
    struct str code;
    struct app_tokens tokens;
    struct rec_view *view;
    struct app_allow allowed = t_app_asked(w->t, CLASS_BIT(CLASS_CLIN), 0);
    allowed.scope = str_of(scope);
    t_must(app_allow(w->t->site, T_PERSON, w->person.card, &allowed, w->t->mem, &code, &err));
    const struct app_token_ask ask = t_app_by_code(code);
    assert_ok(ask_token(w, &ask, &tokens));
    assert_ok(open_code(w, tokens.access, &view));
    size_t count = t_count(view);
    t_close_view(&view);
    return count;
}

static void a_condition_of_a_scope_is_held_at_the_gate(void **state)
{
    (void)state;
    struct world w = world_make("apps-where");
    assert_int_equal(seen_with(&w, "patient/Observation.rs"), 1);
    assert_int_equal(seen_with(&w, "patient/Observation.rs?code=http://loinc.org|29463-7"), 1);
    assert_int_equal(seen_with(&w, "patient/Observation.rs?code=http%3A%2F%2Floinc.org%7C29463-7"), 1);
    assert_int_equal(seen_with(&w, "patient/Observation.rs?code=8480-6"), 0);
    assert_int_equal(seen_with(&w, "patient/Condition.rs"), 0);
    struct app_allow allowed = t_app_asked(w.t, CLASS_BIT(CLASS_CLIN), 0);
    struct str code;
    static const char *const wrong[] = {"patient/Observation.rs?nothing=1", "patient/Observation.rs?_id=1",
                                        "patient/Observation.rs?subject:Patient.name=x", "patient/*.rs?code=1"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        allowed.scope = str_of(wrong[i]);
        enum salve_code said = app_allow(w.t->site, T_PERSON, w.person.card, &allowed, w.t->mem, &code, NULL);
        if (said != SALVE_E_INVALID) fail_msg("%s: %s", wrong[i], salve_code_name(said));
    }
    t_site_drop(w.t);
}

static void an_earlier_version_that_a_condition_leaves_out_is_not_shown(void **state)
{
    (void)state;
    struct world w = world_make("apps-before");
    struct t_site *t = w.t;
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, w.person.card);
    struct str id = t_save_weight(t, view, "71"), code;
    struct tape tape = t_weight(t, view, id, "62");
    assert_ok(t_save_code(t, view, &tape, CLASS_CLIN));
    t_close_view(&view);
    struct app_tokens tokens;
    struct app_allow allowed = t_app_asked(w.t, CLASS_BIT(CLASS_CLIN), 0);
    allowed.scope = STR("patient/Observation.rs?value-quantity=62");
    t_must(app_allow(t->site, T_PERSON, w.person.card, &allowed, t->mem, &code, &err));
    const struct app_token_ask ask = t_app_by_code(code);
    assert_ok(ask_token(&w, &ask, &tokens));
    assert_ok(open_code(&w, tokens.access, &view));
    const struct rec_resource **list = NULL;
    size_t count = 0;
    t_must(rec_history(view, id, t->mem, &list, &count, &err));
    assert_int_equal(count, 1);
    assert_int_equal(list[0]->version, 2);
    t_close_view(&view);
    t_site_drop(t);
}

/* The calendar of the site goes with its settings; a view that is open goes on by the one that is there. */
static void a_condition_on_dates_outlives_a_change_of_settings(void **state)
{
    (void)state;
    struct world w = world_make("apps-settings");
    struct t_site *t = w.t;
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, w.person.card);
    struct str id = t_save_weight(t, view, "71"), code;
    t_close_view(&view);
    struct app_tokens tokens;
    struct app_allow allowed = t_app_asked(t, CLASS_BIT(CLASS_CLIN), 0);
    allowed.scope = STR("patient/Observation.rs?date=ge2000");
    t_must(app_allow(t->site, T_PERSON, w.person.card, &allowed, t->mem, &code, &err));
    const struct app_token_ask ask = t_app_by_code(code);
    assert_ok(ask_token(&w, &ask, &tokens));
    assert_ok(open_code(&w, tokens.access, &view));
    const struct rec_resource **list = NULL;
    size_t count = 0;
    for (int i = 0; i < 3; i++) {
        struct site_settings settings = *site_settings(t->site);
        t_must(rec_history(view, id, t->mem, &list, &count, &err));
        assert_int_equal(count, 1);
        t_must(site_settings_set(t->site, T_MANAGER, &settings, &err));
    }
    t_close_view(&view);
    t_site_drop(t);
}

static void who_looked_is_shown_where_it_was_allowed(void **state)
{
    (void)state;
    struct world w = world_make("apps-audit");
    struct app_tokens tokens = tokens_of(&w, CLASS_BIT(CLASS_AUDIT), 0);
    struct rec_view *view;
    size_t count, missing;
    struct rec_look *looks;
    assert_ok(open_code(&w, tokens.access, &view));
    assert_int_equal(rec_classes(view), CLASS_BIT(CLASS_AUDIT));
    assert_ok(rec_looked(view, w.t->mem, &looks, &count, &missing, &(struct salve_err){0}));
    t_close_view(&view);
    t_site_drop(w.t);
}

/* --- codes and tokens --------------------------------------------------------------------------------------------- */

static void a_code_is_good_once(void **state)
{
    (void)state;
    struct world w = world_make("apps-once");
    struct app_tokens first, second;
    const struct app_token_ask ask = t_app_by_code(allow(&w, PLAIN, 30));
    assert_ok(ask_token(&w, &ask, &first));
    assert_opens(&w, first.access);
    assert_code(ask_token(&w, &ask, &second), SALVE_E_INVALID); /* somebody has a copy: all of it ends */
    assert_opens_nothing(&w, first.access);
    assert_code(refresh(&w, first.refresh, &second), SALVE_E_INVALID);
    verify(&w);
    t_site_drop(w.t);
}

static void a_code_is_for_who_asked_for_it(void **state)
{
    (void)state;
    struct world w = world_make("apps-pkce");
    struct app_tokens tokens;
    t_must(app_register(w.t->site, T_MANAGER, t_app_json(w.t, "other", ""), &err));
    for (int i = 0; i < 4; i++) {
        struct app_token_ask ask = t_app_by_code(allow(&w, PLAIN, 30));
        if (i == 0) ask.verifier = STR("another-verifier-of-forty-three-characters-or-more");
        if (i == 1) ask.redirect = STR(T_APP_REDIRECT "/");
        if (i == 2) ask.client = STR("other");
        if (i == 3) clock_now_ms += APP_CODE_SECONDS * SECOND_MS;
        assert_code(ask_token(&w, &ask, &tokens), SALVE_E_INVALID);
        if (i == 3) clock_now_ms = T_SITE_NOW;
        const struct app_token_ask right = t_app_by_code(ask.code);
        if (i != 3) assert_code(ask_token(&w, &right, &tokens), SALVE_E_INVALID); /* it was looked at once */
    }
    t_site_drop(w.t);
}

static void a_token_is_good_for_ten_minutes(void **state)
{
    (void)state;
    struct world w = world_make("apps-minutes");
    struct app_tokens tokens = tokens_of(&w, PLAIN, 1), next;
    struct rec_view *view;
    clock_now_ms += 4 * MINUTE_MS;
    assert_ok(open_code(&w, tokens.access, &view));
    clock_now_ms += 6 * MINUTE_MS - SECOND_MS;
    const struct rec_resource *all;
    size_t count;
    assert_ok(rec_all(view, 0, &all, &count, &(struct salve_err){0}));
    clock_now_ms += SECOND_MS;
    assert_code(rec_all(view, 0, &all, &count, NULL), SALVE_E_CONSENT); /* a view lives no longer than its token */
    t_close_view(&view);
    assert_opens_nothing(&w, tokens.access);
    assert_ok(refresh(&w, tokens.refresh, &next));
    assert_opens(&w, next.access);
    clock_now_ms = T_SITE_NOW + DAY_MS;
    assert_code(refresh(&w, next.refresh, &tokens), SALVE_E_INVALID);
    t_site_drop(w.t);
}

static void a_refresh_token_that_comes_again_ends_all(void **state)
{
    (void)state;
    struct world w = world_make("apps-reuse");
    struct app_tokens first = tokens_of(&w, PLAIN, 30), second, third;
    assert_ok(refresh(&w, first.refresh, &second));
    assert_false(str_eq(first.refresh, second.refresh));
    assert_ok(refresh(&w, second.refresh, &third));
    assert_opens(&w, third.access);
    assert_code(refresh(&w, first.refresh, &second), SALVE_E_INVALID);
    assert_opens_nothing(&w, third.access);
    assert_code(refresh(&w, third.refresh, &second), SALVE_E_INVALID);
    verify(&w);
    t_site_drop(w.t);
}

static void a_refresh_may_ask_for_less_and_not_for_more(void **state)
{
    (void)state;
    struct world w = world_make("apps-less");
    struct app_tokens first = tokens_of(&w, PLAIN, 30), next;
    struct rec_view *view;
    struct app_token_ask ask = {
        .client = STR("heart"), .refresh = first.refresh, .scope = STR("patient/Patient.rs patient/AuditEvent.rs")};
    struct salve_err err = {0};
    assert_code(app_token(w.t->site, &ask, w.t->mem, &next, &err), SALVE_E_INVALID);
    assert_string_equal(err.element, "invalid_scope");
    ask.scope = STR("patient/Patient.r");
    assert_ok(ask_token(&w, &ask, &next));
    assert_ok(open_code(&w, next.access, &view));
    assert_int_equal(rec_classes(view), CLASS_BIT(CLASS_IDENT));
    t_close_view(&view);
    t_site_drop(w.t);
}

static void a_restart_ends_codes_and_tokens_and_no_grant(void **state)
{
    (void)state;
    struct world w = world_make("apps-restart");
    struct app_tokens first = tokens_of(&w, PLAIN, 30), next;
    t_site_close(w.t);
    t_site_open(w.t);
    t_site_again(w.t);
    t_app_names(w.t);
    assert_opens_nothing(&w, first.access);
    assert_ok(refresh(&w, first.refresh, &next));
    assert_opens(&w, next.access);
    t_site_drop(w.t);
}

/* --- what ends a grant -------------------------------------------------------------------------------------------- */

static void end_by_person(struct world *w)
{
    t_must(app_end(w->t->site, T_PERSON, w->person.card, STR("heart"), &err));
}

static void end_at_desk(struct world *w) { t_must(app_end(w->t->site, T_REGISTRAR, w->person.card, STR(""), &err)); }

static void end_by_another(struct world *w) { (void)allow(w, CLASS_BIT(CLASS_IDENT), 30); }

static void end_by_card(struct world *w)
{
    struct rec_view *view = t_open(w->t, T_PERSON, PURPOSE_SELF, w->person.card);
    t_must(rec_card_new(view, w->t->mem, &w->person.card, &err));
    t_close_view(&view);
}

static void end_by_manager(struct world *w)
{
    t_must(app_register(w->t->site, T_MANAGER, t_app_json(w->t, "heart", ",\"ended\":true"), &err));
}

static void end_by_erasure(struct world *w)
{
    struct rec_erasure erasure;
    t_must(rec_erase(w->t->site, T_BESIDE, w->person.card, w->t->mem, &erasure, &err));
}

static void end_by_app(struct world *w) { (void)w; /* with the token itself, below */ }

static size_t standing(struct world *w) { return t_app_standing(w->t, w->person.card); }

static bool is_active(struct world *w, struct str access)
{
    struct app_seen seen = {0};
    const struct app_token_ask ask = {.client = STR("heart")};
    enum salve_code code = app_introspect(w->t->site, &ask, access, w->t->mem, &seen, NULL);
    assert_true(code == SALVE_OK || code == SALVE_E_INVALID); /* invalid: there is no such app */
    return code == SALVE_OK && seen.is_active;
}

static void what_ends_it_ends_all_of_it(void **state)
{
    (void)state;
    static void (*const ends[])(struct world * w) = {end_by_person,  end_at_desk,    end_by_another, end_by_card,
                                                     end_by_manager, end_by_erasure, end_by_app};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct world w = world_make("apps-end");
        struct app_tokens tokens = tokens_of(&w, PLAIN, 30), next;
        struct rec_view *view;
        const struct rec_resource *all;
        size_t count;
        assert_ok(open_code(&w, tokens.access, &view));
        assert_true(standing(&w) == 1 && is_active(&w, tokens.access));
        ends[i](&w);
        if (ends[i] == end_by_app) {
            const struct app_token_ask ask = {.client = STR("heart")};
            t_must(app_revoke(w.t->site, &ask, tokens.refresh, &err));
        }
        enum salve_code read = rec_all(view, 0, &all, &count, NULL);
        assert_true(read == SALVE_E_CONSENT || read == SALVE_E_NOT_FOUND);
        assert_int_equal(standing(&w), ends[i] == end_by_another ? 1 : 0);
        assert_false(is_active(&w, tokens.access));
        (void)!rec_close(&view, NULL);
        assert_opens_nothing(&w, tokens.access);
        struct salve_err err = {0};
        const struct app_token_ask ask = {.client = STR("heart"), .refresh = tokens.refresh};
        assert_code(app_token(w.t->site, &ask, w.t->mem, &next, &err), SALVE_E_INVALID);
        verify(&w);
        t_site_drop(w.t);
    }
}

static void assert_is_over(struct world *w, const struct app_tokens *tokens)
{
    struct app_tokens next;
    assert_int_equal(standing(w), 0);
    assert_false(is_active(w, tokens->access));
    assert_opens_nothing(w, tokens->access);
    assert_code(refresh(w, tokens->refresh, &next), SALVE_E_INVALID);
}

static void what_an_app_had_does_not_come_back_with_its_registration(void **state)
{
    (void)state;
    struct world w = world_make("apps-anew");
    struct app_tokens tokens = tokens_of(&w, PLAIN, 30), next;
    struct str code = allow(&w, PLAIN, 30);
    const struct app_token_ask ask = t_app_by_code(code);
    assert_ok(ask_token(&w, &ask, &tokens));
    code = allow(&w, PLAIN, 30); /* a code that waits */
    const struct app_token_ask late = t_app_by_code(code);
    end_by_manager(&w);
    t_must(app_register(w.t->site, T_MANAGER, t_app_json(w.t, "heart", ""), &err));
    assert_code(ask_token(&w, &late, &next), SALVE_E_INVALID);
    assert_is_over(&w, &tokens);
    t_site_close(w.t);
    t_site_open(w.t);
    t_site_again(w.t);
    t_app_names(w.t);
    assert_is_over(&w, &tokens);
    verify(&w);
    tokens = tokens_of(&w, PLAIN, 30); /* the person may let it in anew, and another version of it changes nothing */
    struct rec_view *view;
    const struct rec_resource *all;
    size_t count;
    assert_ok(open_code(&w, tokens.access, &view));
    t_must(app_register(w.t->site, T_MANAGER, t_app_json(w.t, "heart", ",\"idToken\":\"ES256\",\"ends\":0"), &err));
    t_must(app_register(w.t->site, T_MANAGER, t_app_json(w.t, "other", ",\"ended\":true"), &err));
    assert_ok(rec_all(view, 0, &all, &count, &(struct salve_err){0}));
    t_close_view(&view);
    assert_opens(&w, tokens.access);
    assert_true(standing(&w) == 1 && is_active(&w, tokens.access));
    assert_ok(refresh(&w, tokens.refresh, &next));
    t_site_drop(w.t);
}

static void a_token_is_good_no_longer_than_what_was_allowed(void **state)
{
    (void)state;
    struct world w = world_make("apps-last");
    struct app_tokens first = tokens_of(&w, PLAIN, 1), last, next;
    struct app_seen seen;
    const struct app_token_ask me = {.client = STR("heart")};
    assert_int_equal(first.expires_seconds, APP_TOKEN_SECONDS);
    clock_now_ms = T_SITE_NOW + DAY_MS - MINUTE_MS;
    assert_ok(refresh(&w, first.refresh, &last));
    assert_int_equal(last.expires_seconds, 60);
    t_must(app_introspect(w.t->site, &me, last.access, w.t->mem, &seen, &err));
    assert_true(seen.is_active && seen.until_unix_s == (T_SITE_NOW + DAY_MS) / SECOND_MS);
    clock_now_ms = T_SITE_NOW + DAY_MS;
    assert_is_over(&w, &last);
    assert_code(refresh(&w, last.refresh, &next), SALVE_E_INVALID);
    t_site_drop(w.t);
}

static void allow_many(struct world *w, size_t from, size_t count, uint32_t days)
{
    for (size_t i = from; i < from + count; i++) {
        struct str code, id = arena_printf(w->t->mem, "app-%zu", i);
        struct app_allow allowed = t_app_asked(w->t, PLAIN, days);
        struct app_tokens tokens;
        t_must(app_register(w->t->site, T_MANAGER, t_app_json(w->t, id.ptr, ""), &err));
        allowed.client = id;
        t_must(app_allow(w->t->site, T_PERSON, w->person.card, &allowed, w->t->mem, &code, &err));
        struct app_token_ask ask = t_app_by_code(code);
        ask.client = id;
        enum salve_code said = app_token(w->t->site, &ask, w->t->mem, &tokens, NULL);
        assert_int_equal(said, i < APPS_OF_PERSON_MAX || days > 1 ? SALVE_OK : SALVE_E_QUOTA);
    }
}

static void apps_that_are_over_are_in_nobodys_way(void **state)
{
    (void)state;
    struct world w = world_make("apps-eight");
    allow_many(&w, 0, APPS_OF_PERSON_MAX + 1, 1);
    clock_now_ms = T_SITE_NOW + DAY_MS;
    t_site_again(w.t);
    assert_int_equal(standing(&w), 0);
    allow_many(&w, APPS_OF_PERSON_MAX, APPS_OF_PERSON_MAX, 30);
    assert_int_equal(standing(&w), APPS_OF_PERSON_MAX);
    verify(&w);
    t_site_drop(w.t);
}

static void ending_nothing_says_the_same(void **state)
{
    (void)state;
    struct world w = world_make("apps-none");
    assert_ok(app_end(w.t->site, T_REGISTRAR, w.person.card, STR("heart"), &(struct salve_err){0}));
    assert_ok(app_end(w.t->site, T_REGISTRAR, w.person.card, STR("nobody-has-this"), &(struct salve_err){0}));
    t_site_drop(w.t);
}

/* --- who may ------------------------------------------------------------------------------------------------------ */

static enum salve_code try_allow(struct world *w, struct actor actor, struct str card, const struct app_allow *allowed)
{
    struct str code;
    return app_allow(w->t->site, actor, card, allowed, w->t->mem, &code, NULL);
}

static void only_the_person_lets_an_app_in(void **state)
{
    (void)state;
    struct world w = world_make("apps-who");
    struct app_allow allowed = t_app_asked(w.t, PLAIN, 30);
    assert_code(try_allow(&w, t_person("1980-01-02"), w.person.card, &allowed), SALVE_E_PIN);
    assert_code(try_allow(&w, T_BESIDE, w.person.card, &allowed), SALVE_E_ROLE);
    assert_code(try_allow(&w, T_CLINICIAN, w.person.card, &allowed), SALVE_E_ROLE);
    struct rec_enrolled child = t_enrol(w.t, "Okafor", "2015-01-01");
    assert_code(try_allow(&w, t_person("2015-01-01"), child.card, &allowed), SALVE_E_CONSENT);
    allowed.classes = 0;
    assert_code(try_allow(&w, T_PERSON, w.person.card, &allowed), SALVE_E_CONSENT);
    allowed.classes = CLASS_BIT(CLASS_CONTACT);
    assert_code(try_allow(&w, T_PERSON, w.person.card, &allowed), SALVE_E_INVALID);
    allowed = t_app_asked(w.t, PLAIN, APP_DAYS_MAX + 1);
    assert_code(try_allow(&w, T_PERSON, w.person.card, &allowed), SALVE_E_INVALID);
    allowed = t_app_asked(w.t, PLAIN, 30);
    allowed.scope = STR("patient/*.rs"); /* it did not ask to go on */
    assert_code(try_allow(&w, T_PERSON, w.person.card, &allowed), SALVE_E_INVALID);
    allowed = t_app_asked(w.t, PLAIN, 30);
    allowed.redirect = STR("https://heart.example/other");
    assert_code(try_allow(&w, T_PERSON, w.person.card, &allowed), SALVE_E_INVALID);
    assert_code(app_register(w.t->site, T_CLINICIAN, t_app_json(w.t, "mine", ""), NULL), SALVE_E_ROLE);
    t_site_drop(w.t);
}

/* --- an app with keys --------------------------------------------------------------------------------------------- */

struct keyed {
    struct jwt_signer *signer;
    uint8_t secret[JWT_SECRET_BYTES_MAX];
};

static void register_keyed(struct world *w, struct keyed *k)
{
    size_t len = 0;
    struct jwt_key key;
    struct buf out;
    struct json_writer writer = {.out = &out};
    t_must(jwt_secret_make(JWT_ES384, k->secret, sizeof k->secret, &len, &err));
    t_must(jwt_signer_open(JWT_ES384, str_bytes(k->secret, len), &k->signer, &err));
    t_must(jwt_signer_key(k->signer, w->t->mem, &key, &err));
    buf_init(&out, w->t->mem, 4096);
    jwt_key_write(&writer, &key);
    struct str more = arena_printf(w->t->mem, ",\"jwks\":{\"keys\":[%.*s]}", STR_ARGS(buf_str(&out)));
    t_must(app_register(w->t->site, T_MANAGER, t_app_json(w->t, "heart", more.ptr), &err));
}

static struct str assertion(struct world *w, struct keyed *k, const char *jti, const char *aud, int64_t seconds)
{
    struct str token,
        claims =
            arena_printf(w->t->mem, "{\"iss\":\"heart\",\"sub\":\"heart\",\"aud\":\"%s\",\"exp\":%lld,\"jti\":\"%s\"}",
                         aud, (long long)(clock_now_ms / SECOND_MS + seconds), jti);
    t_must(jwt_sign(k->signer, claims, w->t->mem, &token, &err));
    return token;
}

static void an_app_with_keys_shows_that_it_is_it(void **state)
{
    (void)state;
    struct world w = world_make("apps-keys");
    struct keyed k = {0};
    struct app_tokens tokens;
    register_keyed(&w, &k);
    struct app_token_ask ask = t_app_by_code(allow(&w, PLAIN, 30));
    const char *token_url = T_APP_BASE "/oauth/token";
    struct str bad[] = {STR("a.b.c"), assertion(&w, &k, "1", T_APP_BASE "/fhir", 60),
                        assertion(&w, &k, "2", token_url, 600), assertion(&w, &k, "3", token_url, -1)};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct salve_err err = {0};
        ask.assertion = bad[i];
        assert_code(app_token(w.t->site, &ask, w.t->mem, &tokens, &err), SALVE_E_INVALID);
        assert_string_equal(err.element, "invalid_client");
    }
    ask.assertion = assertion(&w, &k, "4", token_url, 60);
    assert_ok(ask_token(&w, &ask, &tokens)); /* what was not theirs did not use up the code */
    assert_opens(&w, tokens.access);
    const struct app_token_ask again = {.client = STR("heart"), .refresh = tokens.refresh, .assertion = ask.assertion};
    assert_code(ask_token(&w, &again, &tokens), SALVE_E_INVALID); /* it is good once */
    jwt_signer_close(&k.signer);
    t_site_drop(w.t);
}

static void an_app_sees_what_its_token_is_good_for(void **state)
{
    (void)state;
    struct world w = world_make("apps-seen");
    struct app_tokens tokens = tokens_of(&w, PLAIN, 0);
    struct app_seen seen;
    struct app_token_ask ask = {.client = STR("heart")};
    t_must(app_introspect(w.t->site, &ask, tokens.access, w.t->mem, &seen, &err));
    assert_true(seen.is_active && str_eq(seen.scope, tokens.scope) && str_eq(seen.patient, tokens.patient));
    t_must(app_register(w.t->site, T_MANAGER, t_app_json(w.t, "other", ""), &err));
    ask.client = STR("other");
    t_must(app_introspect(w.t->site, &ask, tokens.access, w.t->mem, &seen, &err));
    assert_false(seen.is_active);
    t_must(app_revoke(w.t->site, &ask, tokens.access, &err)); /* it is not theirs */
    assert_opens(&w, tokens.access);
    ask.client = STR("heart");
    t_must(app_revoke(w.t->site, &ask, tokens.access, &err));
    assert_opens_nothing(&w, tokens.access);
    t_site_drop(w.t);
}

static void the_id_token_is_signed_by_the_site(void **state)
{
    (void)state;
    struct world w = world_make("apps-id");
    struct app_tokens tokens = tokens_of(&w, PLAIN, 0);
    struct str set;
    const struct json *keys_json, *claims;
    struct jwt_keys keys;
    t_must(app_keys(w.t->site, w.t->mem, &set, &err));
    t_must(json_read(set, NULL, w.t->mem, &keys_json, &err));
    t_must(jwt_keys_read(keys_json, w.t->mem, &keys, &err));
    assert_true(keys.count == 2 && keys.list[0].alg == JWT_RS256 && keys.list[1].alg == JWT_ES256);
    t_must(jwt_verify(tokens.id_token, &keys, w.t->mem, &claims, &err));
    assert_true(str_is(json_get_text(claims, "iss"), T_APP_BASE "/fhir") &&
                str_is(json_get_text(claims, "aud"), "heart"));
    assert_true(str_is(json_get_text(claims, "nonce"), "n-1"));
    assert_true(str_ends(json_get_text(claims, "fhirUser"), tokens.patient));
    assert_int_equal(json_get_text(claims, "sub").len, 43);
    t_site_drop(w.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_opens_what_was_allowed),
        cmocka_unit_test(an_app_does_nothing_but_read),
        cmocka_unit_test(a_condition_of_a_scope_is_held_at_the_gate),
        cmocka_unit_test(an_earlier_version_that_a_condition_leaves_out_is_not_shown),
        cmocka_unit_test(a_condition_on_dates_outlives_a_change_of_settings),
        cmocka_unit_test(who_looked_is_shown_where_it_was_allowed),
        cmocka_unit_test(a_code_is_good_once),
        cmocka_unit_test(a_code_is_for_who_asked_for_it),
        cmocka_unit_test(a_token_is_good_for_ten_minutes),
        cmocka_unit_test(a_refresh_token_that_comes_again_ends_all),
        cmocka_unit_test(a_refresh_may_ask_for_less_and_not_for_more),
        cmocka_unit_test(a_restart_ends_codes_and_tokens_and_no_grant),
        cmocka_unit_test(what_ends_it_ends_all_of_it),
        cmocka_unit_test(what_an_app_had_does_not_come_back_with_its_registration),
        cmocka_unit_test(a_token_is_good_no_longer_than_what_was_allowed),
        cmocka_unit_test(apps_that_are_over_are_in_nobodys_way),
        cmocka_unit_test(ending_nothing_says_the_same),
        cmocka_unit_test(only_the_person_lets_an_app_in),
        cmocka_unit_test(an_app_with_keys_shows_that_it_is_it),
        cmocka_unit_test(an_app_sees_what_its_token_is_good_for),
        cmocka_unit_test(the_id_token_is_signed_by_the_site),
    };
    return t_run(tests);
}
