/* SPDX-License-Identifier: Apache-2.0
 *
 * Sessions of staff: what begins, locks, unlocks and ends one; what an actor with its token may, and what views do that
 * rest on it. */
#include "records/gate.h"
#include "records/ops.h"
#include "t_site.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, HOUR_MS = 60 * MINUTE_MS };
#define DAY_MS    ((int64_t)24 * HOUR_MS)
#define OTHER_PIN STR("864209")

static struct t_site *t;
static _Atomic int64_t wall_ms;
static _Atomic uint64_t generation;

static int64_t wall(const struct clock *clock)
{
    (void)clock;
    return wall_ms;
}

static void after(int64_t ms) { wall_ms += ms; }

static struct session begin(struct actor who)
{
    struct session session;
    t_must(session_begin(t->site, who.id, T_PIN, t->mem, &session, &err));
    return session;
}

static enum salve_code acts(const struct session *session)
{
    struct actor actor;
    return session_actor(t->site, session->token, t->mem, &actor, NULL);
}

static enum salve_code unlock(const struct session *session, struct str pin, struct session *out)
{
    return session_unlock(t->site, session->token, pin, t->mem, out, NULL);
}

static struct actor beside(void)
{
    struct actor person = T_BESIDE;
    person.told = T_PERSON.told;
    return person;
}

static struct str carer(void)
{
    struct str card = t_enrol(t, "Haddad", "1980-01-01").card;
    t_give(t, card, PURPOSE_CARE);
    return card;
}

/* --- beginning ---------------------------------------------------------------------------------------------------- */

static void a_login_gives_an_actor_that_the_gate_takes(void **state)
{
    (void)state;
    struct session session = begin(T_ASSISTANT);
    struct actor actor;
    struct str card = carer();
    assert_str(session.actor.id, "nurse-ben");
    assert_int_equal(session.actor.role, ROLE_ASSISTANT);
    assert_int_equal(session.lock_seconds, SESSION_LOCK_SECONDS);
    assert_true(session.ends_unix_ms == wall_ms + (int64_t)SESSION_HOURS_MAX * HOUR_MS);
    t_must(session_actor(t->site, session.token, t->mem, &actor, &err));
    assert_str(actor.id, "nurse-ben");
    struct rec_view *view = t_open(t, actor, PURPOSE_CARE, card);
    assert_true(t_count(view) > 0);
    (void)t_save_weight(t, view, "71");
    t_close_view(&view);
    struct actor beside = {.role = ROLE_PARTICIPANT, .id = actor.id}; /* and beside the person */
    memcpy(beside.pass, actor.pass, sizeof beside.pass);
    t_must(rec_consent_withdraw(t->site, beside, card, PURPOSE_CARE, t->mem, NULL, &err));
}

static void a_token_is_of_one_name_and_role(void **state)
{
    (void)state;
    struct session session = begin(T_ASSISTANT);
    struct str card = carer();
    struct rec_view *view;
    struct actor promoted = session.actor, renamed = session.actor, forged = session.actor;
    promoted.role = ROLE_CLINICIAN;
    renamed.id = T_REGISTRAR.id;
    forged.pass[5] ^= 1;
    assert_code(t_open_code(t, promoted, PURPOSE_CARE, card, &view), SALVE_E_ROLE);
    assert_code(t_open_code(t, renamed, PURPOSE_CARE, card, &view), SALVE_E_ROLE);
    assert_code(t_open_code(t, forged, PURPOSE_CARE, card, &view), SALVE_E_ROLE);
    assert_code(session_actor(t->site, forged.pass, t->mem, &forged, NULL), SALVE_E_SESSION);
    assert_code(session_actor(t->site, T_ASSISTANT.pass, t->mem, &forged, NULL), SALVE_E_SESSION); /* no token */
}

/* The same words for a name that nobody has; and the tries of a login and of an unlocking are one count. */
static void wrong_secrets_are_counted(void **state)
{
    (void)state;
    struct session session = begin(T_ASSISTANT), other;
    struct salve_err known = {0}, unknown = {0};
    assert_code(session_begin(t->site, T_ASSISTANT.id, OTHER_PIN, t->mem, &other, &known), SALVE_E_PIN);
    assert_code(session_begin(t->site, STR("nobody-here"), OTHER_PIN, t->mem, &other, &unknown), SALVE_E_PIN);
    assert_string_equal(known.element, unknown.element);
    assert_string_equal(known.why, unknown.why);
    for (int i = 0; i < 4; i++) assert_code(unlock(&session, OTHER_PIN, &other), SALVE_E_PIN);
    assert_code(unlock(&session, T_PIN, &other), SALVE_E_PIN); /* it has to wait */
    assert_code(session_begin(t->site, T_ASSISTANT.id, T_PIN, t->mem, &other, NULL), SALVE_E_PIN);
    assert_code(acts(&session), SALVE_OK); /* who is logged in goes on */
    after(61 * SECOND_MS);
    assert_code(unlock(&session, T_PIN, &other), SALVE_OK);
    assert_code(acts(&session), SALVE_E_SESSION);
    assert_code(acts(&other), SALVE_OK);
}

/* --- locking ------------------------------------------------------------------------------------------------------ */

static void a_locked_session_opens_nothing_until_its_secret(void **state)
{
    (void)state;
    struct session session = begin(T_ASSISTANT), next;
    struct str card = carer();
    struct rec_view *view = NULL;
    t_must(session_lock(t->site, session.token, &err));
    t_must(session_lock(t->site, session.token, &err));
    assert_code(acts(&session), SALVE_E_LOCKED);
    assert_code(t_open_code(t, session.actor, PURPOSE_CARE, card, &view), SALVE_E_LOCKED);
    assert_code(unlock(&session, OTHER_PIN, &next), SALVE_E_PIN);
    assert_code(acts(&session), SALVE_E_LOCKED);
    assert_code(unlock(&session, T_PIN, &next), SALVE_OK);
    assert_memory_not_equal(session.token, next.token, sizeof next.token);
    assert_code(acts(&session), SALVE_E_SESSION);
    assert_code(unlock(&session, T_PIN, &next), SALVE_E_SESSION);
}

static void it_locks_by_itself_and_use_puts_that_off(void **state)
{
    (void)state;
    struct session session = begin(T_ASSISTANT);
    for (int i = 0; i < 4; i++) {
        after((SESSION_LOCK_SECONDS - 1) * SECOND_MS);
        assert_code(acts(&session), SALVE_OK);
    }
    after(SESSION_LOCK_SECONDS * SECOND_MS);
    assert_code(acts(&session), SALVE_E_LOCKED);
    after(-SESSION_LOCK_SECONDS * SECOND_MS / 100); /* a second back: it stays locked */
    assert_code(acts(&session), SALVE_E_LOCKED);
}

static void the_site_says_after_how_long(void **state)
{
    (void)state;
    struct site_settings settings = *site_settings(t->site);
    settings.lock_seconds = 29;
    assert_code(site_settings_set(t->site, T_MANAGER, &settings, NULL), SALVE_E_CONFIG);
    settings.lock_seconds = 3601;
    assert_code(site_settings_set(t->site, T_MANAGER, &settings, NULL), SALVE_E_CONFIG);
    settings.lock_seconds = 30;
    t_must(site_settings_set(t->site, T_MANAGER, &settings, &err));
    t_site_close(t);
    t_site_open(t);
    assert_int_equal(site_settings(t->site)->lock_seconds, 30);
    struct session session = begin(T_ASSISTANT);
    assert_int_equal(session.lock_seconds, 30);
    after(30 * SECOND_MS);
    assert_code(acts(&session), SALVE_E_LOCKED);
}

static void what_is_held_does_not_lock(void **state)
{
    (void)state;
    struct session session;
    struct actor forged = T_ASSISTANT;
    forged.pass[0] ^= 1;
    assert_code(session_hold(t->site, forged, t->mem, &session, NULL), SALVE_E_ROLE);
    assert_code(session_hold(t->site, T_PERSON, t->mem, &session, NULL), SALVE_E_ROLE);
    t_must(session_hold(t->site, T_ASSISTANT, t->mem, &session, &err));
    after(2 * HOUR_MS);
    assert_code(acts(&session), SALVE_OK);
    after((int64_t)SESSION_HOURS_MAX * HOUR_MS);
    assert_code(acts(&session), SALVE_E_SESSION);
}

/* --- ending ------------------------------------------------------------------------------------------------------- */

static void it_ends_when_it_is_ended_and_after_eight_hours(void **state)
{
    (void)state;
    struct session session = begin(T_ASSISTANT), locked = begin(T_REGISTRAR), next;
    t_must(session_end(t->site, session.token, &err));
    assert_code(session_end(t->site, session.token, NULL), SALVE_E_SESSION);
    assert_code(session_lock(t->site, session.token, NULL), SALVE_E_SESSION);
    assert_code(acts(&session), SALVE_E_SESSION);
    after((int64_t)SESSION_HOURS_MAX * HOUR_MS - 1);
    assert_code(unlock(&locked, T_PIN, &next), SALVE_OK); /* locked till then, and that prolongs nothing */
    assert_true(next.ends_unix_ms == locked.ends_unix_ms);
    after(1);
    assert_code(acts(&next), SALVE_E_SESSION);
    assert_code(unlock(&next, T_PIN, &next), SALVE_E_SESSION);
}

static void a_site_that_is_opened_anew_knows_none(void **state)
{
    (void)state;
    struct session session = begin(T_ASSISTANT);
    t_site_close(t);
    t_site_open(t);
    assert_code(acts(&session), SALVE_E_SESSION);
}

static void a_change_of_the_member_ends_all_of_theirs(void **state)
{
    (void)state;
    const struct actor *second = &T_CLINICIAN;
    t_must(t_register(t->site, T_MANAGER, STR("ana"), ROLE_REGISTRAR, &err));
    const struct actor ana = {.id = STR("ana")};
    struct session one = begin(ana), two = begin(ana), other = begin(T_ASSISTANT);
    t_must(staff_role_set(t->site, T_MANAGER, second, ana.id, ROLE_ASSISTANT, &err));
    assert_code(acts(&one), SALVE_E_SESSION);
    assert_code(acts(&two), SALVE_E_SESSION);
    one = begin(ana);
    assert_int_equal(one.actor.role, ROLE_ASSISTANT);
    t_must(staff_pin_set(t->site, one.actor, NULL, ana.id, OTHER_PIN, &err)); /* their own, by a session */
    assert_code(acts(&one), SALVE_E_SESSION);
    t_must(session_begin(t->site, ana.id, OTHER_PIN, t->mem, &one, &err));
    t_must(staff_retire(t->site, T_MANAGER, NULL, ana.id, &err));
    assert_code(acts(&one), SALVE_E_SESSION);
    assert_code(acts(&other), SALVE_OK);
}

static void a_recovered_manager_begins_anew(void **state)
{
    (void)state;
    int64_t due_unix_ms = 0;
    struct session session;
    struct rec_view *view;
    t_must(staff_recover(t->site, T_MANAGER.id, OTHER_PIN, &due_unix_ms, &err));
    after(DAY_MS - 60 * SECOND_MS);
    session = begin(T_MANAGER);
    after(61 * SECOND_MS);
    (void)t_open_code(t, T_ASSISTANT, PURPOSE_CARE, carer(), &view); /* which looks what is due */
    t_close_view(&view);
    assert_code(acts(&session), SALVE_E_SESSION);
    t_must(session_begin(t->site, T_MANAGER.id, OTHER_PIN, t->mem, &session, &err));
}

/* --- how many ----------------------------------------------------------------------------------------------------- */

static void the_ninth_of_a_member_ends_the_least_used(void **state)
{
    (void)state;
    struct session all[SESSIONS_MEMBER_MAX + 1];
    for (size_t i = 0; i < SESSIONS_MEMBER_MAX; i++) {
        all[i] = begin(T_ASSISTANT);
        after(SECOND_MS);
    }
    assert_code(acts(&all[0]), SALVE_OK); /* the first is the last used now */
    all[SESSIONS_MEMBER_MAX] = begin(T_ASSISTANT);
    for (size_t i = 0; i <= SESSIONS_MEMBER_MAX; i++) assert_code(acts(&all[i]), i == 1 ? SALVE_E_SESSION : SALVE_OK);
}

static void held_ones_are_not_ended_by_others(void **state)
{
    (void)state;
    struct session all[SESSIONS_MEMBER_MAX], more;
    for (size_t i = 0; i < SESSIONS_MEMBER_MAX; i++) t_must(session_hold(t->site, T_ASSISTANT, t->mem, &all[i], &err));
    assert_code(session_begin(t->site, T_ASSISTANT.id, T_PIN, t->mem, &more, NULL), SALVE_E_QUOTA);
    t_must(session_end(t->site, all[3].token, &err));
    t_must(session_begin(t->site, T_ASSISTANT.id, T_PIN, t->mem, &more, &err));
}

static void a_full_site_ends_what_is_locked_and_nothing_else(void **state)
{
    (void)state;
    static struct session all[SESSIONS_MAX];
    struct session more;
    for (size_t m = 0; m * SESSIONS_MEMBER_MAX < SESSIONS_MAX; m++) {
        struct str id = arena_printf(t->mem, "member-%zu", m);
        t_must(t_register(t->site, T_MANAGER, id, ROLE_REGISTRAR, &err));
        for (size_t i = 0; i < SESSIONS_MEMBER_MAX; i++)
            all[m * SESSIONS_MEMBER_MAX + i] = begin((struct actor){.id = id});
    }
    assert_code(session_begin(t->site, T_ASSISTANT.id, T_PIN, t->mem, &more, NULL), SALVE_E_QUOTA);
    t_must(session_lock(t->site, all[77].token, &err));
    t_must(session_begin(t->site, T_ASSISTANT.id, T_PIN, t->mem, &more, &err));
    for (size_t i = 0; i < SESSIONS_MAX; i++) assert_code(acts(&all[i]), i == 77 ? SALVE_E_SESSION : SALVE_OK);
}

/* --- the clock ---------------------------------------------------------------------------------------------------- */

static void nothing_opens_while_the_clock_is_doubted(void **state)
{
    (void)state;
    struct session before = begin(T_ASSISTANT), keeper = begin(T_TECHNICIAN), late, held;
    struct str card = carer();
    struct rec_view *view = NULL;
    after(-MINUTE_MS); /* set back */
    assert_code(acts(&before), SALVE_E_CLOCK);
    assert_code(acts(&keeper), SALVE_E_CLOCK);
    assert_code(t_open_code(t, before.actor, PURPOSE_CARE, card, &view), SALVE_E_CLOCK);
    assert_code(unlock(&before, T_PIN, &late), SALVE_E_CLOCK);
    assert_code(session_begin(t->site, T_ASSISTANT.id, T_PIN, t->mem, &late, NULL), SALVE_E_CLOCK);
    t_must(session_hold(t->site, T_REGISTRAR, t->mem, &held, &err)); /* for as long as its command */
    assert_code(acts(&held), SALVE_OK);
    after(MINUTE_MS);
    assert_code(acts(&before), SALVE_OK);
}

static void who_can_confirm_the_clock_may_log_in_for_it(void **state)
{
    (void)state;
    struct session before = begin(T_TECHNICIAN), late;
    after(60 * DAY_MS); /* far ahead */
    assert_code(acts(&before), SALVE_E_SESSION);
    assert_code(session_begin(t->site, T_REGISTRAR.id, T_PIN, t->mem, &late, NULL), SALVE_E_CLOCK);
    late = begin(T_TECHNICIAN);
    assert_code(acts(&late), SALVE_OK);
    t_must(site_clock_confirm(t->site, late.actor, &err));
    assert_false(site_clock_suspect(t->site));
    assert_code(acts(&late), SALVE_E_SESSION); /* by the time that counts now it is two months old */
}

/* A clock that was set back a little prolongs nothing: more of the two counts. */
static void time_that_is_set_back_is_not_given_back(void **state)
{
    (void)state;
    struct session session = begin(T_ASSISTANT);
    after(SESSION_LOCK_SECONDS * SECOND_MS - SECOND_MS);
    t_close_view(&(struct rec_view *){t_open(t, T_ASSISTANT, PURPOSE_CARE, carer())}); /* the time is seen */
    after(-1500);
    assert_code(acts(&session), SALVE_OK);
    after(1500 + SESSION_LOCK_SECONDS * SECOND_MS - 1500);
    assert_code(acts(&session), SALVE_E_LOCKED);
}

/* --- views -------------------------------------------------------------------------------------------------------- */

static void a_view_ends_with_the_session_that_opened_it(void **state)
{
    (void)state;
    struct session session = begin(T_ASSISTANT), other = begin(T_ASSISTANT);
    struct str card = carer();
    const struct rec_resource *all = NULL;
    size_t count = 0;
    struct rec_view *view = t_open(t, session.actor, PURPOSE_CARE, card);
    struct rec_view *second = t_open(t, other.actor, PURPOSE_CARE, card);
    t_must(session_end(t->site, session.token, &err));
    assert_code(rec_all(view, 0, &all, &count, NULL), SALVE_E_SESSION);
    assert_code(rec_new_id(view, t->mem, &(struct str){.len = 0}, NULL), SALVE_E_SESSION);
    assert_true(t_count(second) > 0);
    t_close_view(&view);
    t_close_view(&second);
}

static void a_view_waits_while_its_session_is_locked(void **state)
{
    (void)state;
    struct session session = begin(T_ASSISTANT), next;
    const struct rec_resource *all = NULL;
    size_t count = 0;
    struct rec_view *view = t_open(t, session.actor, PURPOSE_CARE, carer());
    after(SESSION_LOCK_SECONDS * SECOND_MS);
    assert_code(rec_all(view, 0, &all, &count, NULL), SALVE_E_LOCKED);
    assert_code(unlock(&session, T_PIN, &next), SALVE_OK);
    assert_true(t_count(view) > 0); /* with the other token */
    (void)t_save_weight(t, view, "72");
    t_close_view(&view);
}

/* Who reads without asking asks again when time may have locked or ended the session, and no later. */
static void what_time_does_to_its_session_ends_what_is_known_of_a_view(void **state)
{
    (void)state;
    struct session session = begin(T_ASSISTANT);
    int64_t begun_ms = wall_ms;
    struct rec_view *view = t_open(t, session.actor, PURPOSE_CARE, carer());
    assert_int_equal(rec_view_until_unix_ms(view), begun_ms + SESSION_LOCK_SECONDS * SECOND_MS);
    after(10 * SECOND_MS);
    assert_code(acts(&session), SALVE_OK);
    assert_int_equal(rec_view_until_unix_ms(view), begun_ms + (10 + SESSION_LOCK_SECONDS) * SECOND_MS);
    t_close_view(&view);
}

static void a_remembered_login_outlives_its_session(void **state)
{
    (void)state;
    struct session session = begin(T_ASSISTANT);
    struct actor again;
    struct str sealed;
    t_must(staff_remember(t->site, session.actor, STR("tty"), t->mem, &sealed, &err));
    t_must(session_end(t->site, session.token, &err));
    assert_code(staff_remember(t->site, session.actor, STR("tty"), t->mem, &sealed, NULL), SALVE_E_ROLE);
    t_must(staff_recall(t->site, sealed, STR("tty"), t->mem, &again, &err));
    assert_str(again.id, "nurse-ben");
}

/* --- what others see ---------------------------------------------------------------------------------------------- */

static bool grew(void)
{
    static uint64_t seen;
    uint64_t now = generation;
    bool has = now != seen;
    seen = now;
    return has;
}

static void the_generation_grows_with_what_others_rest_on(void **state)
{
    (void)state;
    struct session session = begin(T_ASSISTANT), next;
    struct site_settings settings = *site_settings(t->site);
    struct rec_erasure erasure;
    site_generation_use(t->site, &generation);
    (void)grew();
    assert_code(acts(&session), SALVE_OK);
    struct str card = t_enrol(t, "Haddad", "1980-01-01").card, fresh = card;
    assert_false(grew());
    t_give(t, card, PURPOSE_CARE);
    assert_true(grew());
    struct rec_view *view = t_open(t, session.actor, PURPOSE_CARE, card);
    (void)t_save_weight(t, view, "71");
    assert_false(grew());
    t_must(rec_card_new(view, t->mem, &fresh, &err));
    assert_true(grew());
    t_close_view(&view);
    t_withdraw(t, fresh, PURPOSE_CARE);
    assert_true(grew());
    t_must(rec_erase(t->site, beside(), fresh, t->mem, &erasure, &err));
    assert_true(grew());
    t_must(session_lock(t->site, session.token, &err));
    assert_true(grew());
    assert_code(unlock(&session, T_PIN, &next), SALVE_OK);
    assert_false(grew());
    t_must(session_end(t->site, next.token, &err));
    assert_true(grew());
    t_must(site_settings_set(t->site, T_MANAGER, &settings, &err));
    assert_true(grew());
    t_must(t_register(t->site, T_MANAGER, STR("omar"), ROLE_REGISTRAR, &err));
    assert_true(grew());
}

/* --- running ------------------------------------------------------------------------------------------------------ */

static int setup(void **state)
{
    (void)state;
    t = t_site_make("session", false);
    wall_ms = T_SITE_NOW;
    t_site_close(t);
    t->options.clock = (struct clock){.now_unix_ms = wall};
    t_site_open(t);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    t_site_drop(t);
    return 0;
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(a_login_gives_an_actor_that_the_gate_takes),
        ROW(a_token_is_of_one_name_and_role),
        ROW(wrong_secrets_are_counted),
        ROW(a_locked_session_opens_nothing_until_its_secret),
        ROW(it_locks_by_itself_and_use_puts_that_off),
        ROW(the_site_says_after_how_long),
        ROW(what_is_held_does_not_lock),
        ROW(it_ends_when_it_is_ended_and_after_eight_hours),
        ROW(a_site_that_is_opened_anew_knows_none),
        ROW(a_change_of_the_member_ends_all_of_theirs),
        ROW(a_recovered_manager_begins_anew),
        ROW(the_ninth_of_a_member_ends_the_least_used),
        ROW(held_ones_are_not_ended_by_others),
        ROW(a_full_site_ends_what_is_locked_and_nothing_else),
        ROW(nothing_opens_while_the_clock_is_doubted),
        ROW(who_can_confirm_the_clock_may_log_in_for_it),
        ROW(time_that_is_set_back_is_not_given_back),
        ROW(a_view_ends_with_the_session_that_opened_it),
        ROW(a_view_waits_while_its_session_is_locked),
        ROW(what_time_does_to_its_session_ends_what_is_known_of_a_view),
        ROW(a_remembered_login_outlives_its_session),
        ROW(the_generation_grows_with_what_others_rest_on),
    };
    return t_run(tests);
}
