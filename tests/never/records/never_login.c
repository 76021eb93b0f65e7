/* SPDX-License-Identifier: Apache-2.0
 *
 * Who acts is who they say: nobody is staff without their PIN, and nobody is the person for having the card alone. What
 * was forged, put back, remembered elsewhere or tried too often opens nothing. */
#include "t_kill.h"
#include "t_site.h"

enum { MINUTE_MS = 60 * 1000, DAY_MS = 24 * 60 * MINUTE_MS };
#define NEXT_PIN STR("864209")

static struct t_site *t;

static enum salve_code login(const char *id, struct str pin)
{
    struct actor actor;
    return staff_login(t->site, str_of(id), pin, t->mem, &actor, NULL);
}

static struct str carer(void)
{
    struct str card = t_enrol(t, "Haddad", "1980-01-01").card;
    t_give(t, card, PURPOSE_CARE);
    return card;
}

static enum salve_code opens(struct actor actor, struct str card)
{
    struct rec_view *view;
    enum salve_code code = t_open_code(t, actor, PURPOSE_CARE, card, &view);
    if (code == SALVE_OK) t_close_view(&view);
    return code;
}

/* --- staff -------------------------------------------------------------------------------------------------------- */

static void an_actor_that_nobody_logged_in_as_is_nobody(void **state)
{
    (void)state;
    struct site_rotation rotation;
    struct site_verify_result result;
    struct str card = carer();
    struct actor forged = T_CLINICIAN, promoted = T_ASSISTANT, renamed = T_CLINICIAN, bare = T_TECHNICIAN;
    forged.pass[3] ^= 1;
    promoted.role = ROLE_CLINICIAN;
    renamed.id = T_REGISTRAR.id;
    memset(bare.pass, 0, sizeof bare.pass);
    assert_code(opens(forged, card), SALVE_E_ROLE);
    assert_code(opens(promoted, card), SALVE_E_ROLE);
    assert_code(opens(renamed, card), SALVE_E_ROLE);
    assert_code(site_rotate(t->site, bare, &rotation, NULL), SALVE_E_ROLE);
    assert_code(site_verify(t->site, &(struct site_verify_ask){.actor = bare}, &result, NULL), SALVE_E_ROLE);
    assert_code(commons_put(t->site, forged, STR("accepted"), STR("x"), STR("{}"), NULL), SALVE_E_ROLE);
    assert_code(opens(T_CLINICIAN, card), SALVE_OK);
}

static void wrong_pins_wait_and_a_restart_forgets_none(void **state)
{
    (void)state;
    for (int name = 0; name < 2; name++) {
        const char *id = name == 0 ? "nurse-ben" : "nobody-here"; /* alike */
        int64_t now_ms = site_now_unix_ms(t->site);
        for (int i = 0; i < 5; i++) {
            assert_code(login(id, NEXT_PIN), SALVE_E_PIN);
            t_site_at(t, now_ms + i);
        }
        struct actor actor;
        struct salve_err err = {0};
        assert_code(staff_login(t->site, str_of(id), T_PIN, t->mem, &actor, &err), SALVE_E_PIN);
        assert_non_null(strstr(err.why, "possible in 1 minutes"));
        t_site_at(t, now_ms + 2 * MINUTE_MS);
        assert_code(login(id, NEXT_PIN), SALVE_E_PIN); /* the sixth: twice as long from now on */
        assert_code(staff_login(t->site, str_of(id), T_PIN, t->mem, &actor, &err), SALVE_E_PIN);
        assert_non_null(strstr(err.why, "possible in 2 minutes"));
        t_site_at(t, now_ms + 5 * MINUTE_MS);
    }
    assert_code(login("nurse-ben", T_PIN), SALVE_OK);
    for (int i = 0; i < 4; i++) assert_code(login("nurse-ben", NEXT_PIN), SALVE_E_PIN);
    assert_code(login("nurse-ben", T_PIN), SALVE_OK); /* a right one begins anew */
}

static int try_in_child(int acks, void *with)
{
    (void)acks;
    (void)with;
    return login("desk-rosa", NEXT_PIN) == SALVE_E_PIN ? 0 : 1;
}

/* kill -9 before each call that changes a file: what was looked at was counted. */
static void a_try_that_is_killed_counts(void **state)
{
    (void)state;
    int64_t now_ms = site_now_unix_ms(t->site);
    for (int i = 0; i < 5; i++) {
        struct t_kill *job = calloc(1, sizeof *job);
        if (job == NULL) abort();
        *job = (struct t_kill){.nth = 3, .run = try_in_child}; /* opened, written; its sync */
        if (t_kill_run(job) != 0) skip();
        assert_true(job->killed != 0);
        free(job);
    }
    assert_code(login("desk-rosa", T_PIN), SALVE_E_PIN);
    t_site_at(t, now_ms + 2 * MINUTE_MS);
    assert_code(login("desk-rosa", T_PIN), SALVE_OK);
}

static void a_damaged_count_waits_and_is_named(void **state)
{
    (void)state;
    char path[600];
    struct site_verify_result result;
    struct site_verify_ask ask = {.progress = NULL};
    (void)snprintf(path, sizeof path, "%s/tries", t->folder);
    struct str bytes;
    t_must(file_read(path, 1 << 16, t->mem, &bytes, &err));
    char *changed = arena_alloc(t->mem, bytes.len);
    memset(changed, 7, bytes.len);
    int64_t now_ms = site_now_unix_ms(t->site);
    t_must(file_write(path, str_make(changed, bytes.len), 0600, &err));
    assert_code(site_verify(t->site, &ask, &result, NULL), SALVE_E_INTEGRITY);
    assert_code(login("dr-amina", T_PIN), SALVE_E_PIN);
    t_site_at(t, now_ms + 2 * MINUTE_MS);
    assert_code(login("dr-amina", T_PIN), SALVE_OK);
    t_must(file_write(path, bytes, 0600, &err));
    assert_code(site_verify(t->site, &ask, &result, NULL), SALVE_OK);
}

static void another_pin_ends_the_old_one_and_no_row_brings_it_back(void **state)
{
    (void)state;
    char kept[600], keys[600];
    struct str card = carer(), bytes;
    struct actor old = T_CLINICIAN;
    (void)snprintf(keys, sizeof keys, "%s/keys.db", t->folder);
    (void)snprintf(kept, sizeof kept, "%s.then", t->folder);
    t_site_close(t);
    t_must(file_read(keys, 1 << 24, t->mem, &bytes, &err));
    t_site_open(t);
    t_must(staff_pin_set(t->site, T_CLINICIAN, NULL, T_CLINICIAN.id, NEXT_PIN, &err));
    assert_code(opens(old, card), SALVE_E_ROLE);
    assert_code(login("dr-amina", T_PIN), SALVE_E_PIN);
    t_site_close(t);
    struct str today;
    t_must(file_read(keys, 1 << 24, t->mem, &today, &err));
    t_must(file_write(keys, bytes, 0600, &err)); /* the key store of before, with the old row */
    if (site_open(&t->options, &t->site, NULL) == SALVE_OK) {
        assert_int_not_equal(login("dr-amina", T_PIN), SALVE_OK);
        t_site_close(t);
    }
    t_must(file_write(keys, today, 0600, &err));
    t_site_open(t);
    assert_code(login("dr-amina", NEXT_PIN), SALVE_OK);
    t_must(staff_login(t->site, T_CLINICIAN.id, NEXT_PIN, t->mem, &old, &err));
    t_must(staff_pin_set(t->site, old, NULL, T_CLINICIAN.id, T_PIN, &err));
    t_login(t, &T_CLINICIAN);
}

static void a_login_is_remembered_for_one_place_and_ten_minutes(void **state)
{
    (void)state;
    const struct str place = STR("user 1 terminal 5"), others[] = {STR("user 2 terminal 5"), STR("user 1 terminal 6")};
    struct str sealed;
    struct actor actor;
    struct actor lina = {.id = STR("lina"), .role = ROLE_ASSISTANT};
    t_must(t_register(t->site, T_MANAGER, lina.id, lina.role, &err));
    t_login(t, &lina);
    assert_code(staff_remember(t->site, (struct actor){.id = STR("lina"), .role = ROLE_ASSISTANT}, place, t->mem,
                               &sealed, NULL),
                SALVE_E_ROLE); /* nothing to remember */
    t_must(staff_remember(t->site, lina, place, t->mem, &sealed, &err));
    t_must(staff_recall(t->site, sealed, place, t->mem, &actor, &err));
    assert_str(actor.id, "lina");
    for (size_t i = 0; i < 2; i++)
        assert_code(staff_recall(t->site, sealed, others[i], t->mem, &actor, NULL), SALVE_E_PIN);
    struct t_site *mine = t;
    struct actor saved[] = {T_MANAGER, T_REGISTRAR, T_ASSISTANT, T_CLINICIAN, T_TECHNICIAN, T_BESIDE};
    struct t_site *elsewhere = t_site_make("never-login-2", false);
    assert_code(staff_recall(elsewhere->site, sealed, place, elsewhere->mem, &actor, NULL), SALVE_E_PIN);
    assert_code(staff_retire(elsewhere->site, saved[0], NULL, T_ASSISTANT.id, NULL), SALVE_E_ROLE); /* nor a pass */
    t_site_drop(elsewhere);
    t = mine;
    T_MANAGER = saved[0], T_REGISTRAR = saved[1], T_ASSISTANT = saved[2], T_CLINICIAN = saved[3];
    T_TECHNICIAN = saved[4], T_BESIDE = saved[5];
    t_must(staff_role_set(t->site, T_MANAGER, NULL, lina.id, ROLE_REGISTRAR, &err));
    assert_code(staff_recall(t->site, sealed, place, t->mem, &actor, NULL), SALVE_E_PIN); /* another role */
    t_must(staff_role_set(t->site, T_MANAGER, NULL, lina.id, ROLE_ASSISTANT, &err));
    t_must(staff_recall(t->site, sealed, place, t->mem, &actor, &err));
    int64_t now_ms = site_now_unix_ms(t->site);
    t_site_at(t, now_ms + 11 * MINUTE_MS);
    assert_code(staff_recall(t->site, sealed, place, t->mem, &actor, NULL), SALVE_E_PIN); /* too old */
    t_must(staff_remember(t->site, lina, place, t->mem, &sealed, &err));
    t_must(staff_retire(t->site, T_MANAGER, NULL, lina.id, &err));
    assert_code(staff_recall(t->site, sealed, place, t->mem, &actor, NULL), SALVE_E_PIN); /* retired */
}

static void nobody_makes_themselves_what_they_are_not(void **state)
{
    (void)state;
    struct staff_new me_too = {.id = STR("me-too"), .role = ROLE_CLINICIAN, .secret = T_PIN};
    assert_code(staff_role_set(t->site, T_MANAGER, &T_CLINICIAN, T_MANAGER.id, ROLE_CLINICIAN, NULL), SALVE_E_ROLE);
    assert_code(staff_register(t->site, T_MANAGER, &me_too, NULL), SALVE_E_ROLE); /* nobody confirmed it */
    me_too.second = &T_MANAGER;
    assert_code(staff_register(t->site, T_MANAGER, &me_too, NULL), SALVE_E_ROLE); /* oneself */
    me_too.second = &T_ASSISTANT;
    assert_code(staff_register(t->site, T_MANAGER, &me_too, NULL), SALVE_E_ROLE);
    struct actor forged = T_CLINICIAN;
    forged.pass[0] ^= 1;
    me_too.second = &forged;
    assert_code(staff_register(t->site, T_MANAGER, &me_too, NULL), SALVE_E_ROLE);
    assert_code(staff_pin_set(t->site, T_MANAGER, NULL, T_CLINICIAN.id, NEXT_PIN, NULL),
                SALVE_OK); /* there is none else */
    assert_code(staff_role_set(t->site, T_MANAGER, NULL, T_ASSISTANT.id, ROLE_CLINICIAN, NULL), SALVE_E_ROLE);
    struct actor doctor;
    t_must(staff_login(t->site, T_CLINICIAN.id, NEXT_PIN, t->mem, &doctor, &err));
    t_must(staff_pin_set(t->site, doctor, NULL, T_CLINICIAN.id, T_PIN, &err));
    t_login(t, &T_CLINICIAN);
    /* the second manager by the first alone, the third by two */
    struct staff_new managers[] = {{.id = STR("max"), .role = ROLE_MANAGER, .secret = T_PIN},
                                   {.id = STR("may"), .role = ROLE_MANAGER, .secret = T_PIN}};
    struct actor max = {.id = STR("max"), .role = ROLE_MANAGER};
    t_must(staff_register(t->site, T_MANAGER, &managers[0], &err));
    assert_code(staff_register(t->site, T_MANAGER, &managers[1], NULL), SALVE_E_ROLE);
    managers[1].second = &T_CLINICIAN;
    assert_code(staff_register(t->site, T_MANAGER, &managers[1], NULL), SALVE_E_ROLE);
    t_login(t, &max);
    managers[1].second = &max;
    t_must(staff_register(t->site, T_MANAGER, &managers[1], &err));
    assert_code(staff_retire(t->site, T_MANAGER, NULL, STR("may"), NULL), SALVE_E_ROLE);
    t_must(staff_retire(t->site, T_MANAGER, &max, STR("may"), &err));
    t_must(staff_retire(t->site, max, NULL, STR("max"), &err));
}

static void a_recovery_needs_a_day_and_a_manager_stops_it(void **state)
{
    (void)state;
    struct str id;
    int64_t due_ms = 0, again_ms = 0;
    t_must(staff_recover(t->site, STR("joan"), NEXT_PIN, &due_ms, &err));
    assert_code(staff_recover(t->site, STR("jane"), NEXT_PIN, &again_ms, NULL), SALVE_E_CONFLICT);
    assert_code(login("joan", NEXT_PIN), SALVE_E_PIN);
    assert_code(staff_recover_stop(t->site, T_CLINICIAN, NULL), SALVE_E_ROLE);
    t_must(staff_recover_stop(t->site, T_MANAGER, &err));
    t_site_at(t, due_ms + MINUTE_MS);
    assert_code(login("joan", NEXT_PIN), SALVE_E_PIN);
    assert_code(staff_recover(t->site, T_CLINICIAN.id, NEXT_PIN, &due_ms, NULL), SALVE_E_CONFLICT);
    t_must(staff_recover(t->site, STR("joan"), NEXT_PIN, &due_ms, &err));
    t_site_at(t, due_ms - MINUTE_MS);
    assert_code(login("joan", NEXT_PIN), SALVE_E_PIN);
    t_must(staff_recovery(t->site, t->mem, &id, &again_ms, &err));
    assert_str(id, "joan");
    t_site_at(t, due_ms + MINUTE_MS);
    assert_code(login("joan", NEXT_PIN), SALVE_OK);
    t_must(staff_recovery(t->site, t->mem, &id, &again_ms, &err));
    assert_int_equal(id.len, 0);
    struct actor joan;
    t_must(staff_login(t->site, STR("joan"), NEXT_PIN, t->mem, &joan, &err));
    t_must(staff_retire(t->site, joan, NULL, joan.id, &err));
}

/* --- the person --------------------------------------------------------------------------------------------------- */

static enum salve_code own(struct actor actor, struct str card)
{
    struct rec_view *view;
    enum salve_code code = t_open_code(t, actor, PURPOSE_SELF, card, &view);
    if (code == SALVE_OK) t_close_view(&view);
    return code;
}

static void a_card_alone_is_not_the_person(void **state)
{
    (void)state;
    struct str card = carer();
    struct consent_grant grant = t_grant(PURPOSE_FOLLOW_UP);
    struct rec_erasure erasure;
    struct actor nobody = {.role = ROLE_PARTICIPANT}, forged = T_BESIDE, manager = T_MANAGER;
    forged.pass[0] ^= 1;
    manager.role = ROLE_PARTICIPANT; /* who opens no record vouches for nobody */
    const struct actor others[] = {nobody, t_person("1980-01-02"), forged, manager};
    const enum salve_code want[] = {SALVE_E_PIN, SALVE_E_PIN, SALVE_E_ROLE, SALVE_E_ROLE};
    for (size_t i = 0; i < 4; i++) {
        assert_code(own(others[i], card), want[i]);
        assert_code(rec_consent_withdraw(t->site, others[i], card, PURPOSE_CARE, t->mem, NULL, NULL), want[i]);
        assert_code(rec_erase_ask(t->site, others[i], card, t->mem, &erasure, NULL), want[i]);
        if (i == 1) assert_code(own(T_BESIDE, card), SALVE_OK); /* three were wrong; staff takes them back */
        assert_code(rec_consent_give(t->site, others[i], card, &grant, t->mem, NULL, NULL), want[i]);
    }
    assert_code(own(T_BESIDE, card), SALVE_OK);
    assert_code(own(T_PERSON, card), SALVE_OK);
}

static void five_wrong_dates_and_only_staff_helps(void **state)
{
    (void)state;
    struct str card = carer();
    int64_t now_ms = site_now_unix_ms(t->site);
    for (int i = 0; i < 5; i++) {
        assert_code(own(t_person("1981-01-01"), card), SALVE_E_PIN);
        t_site_at(t, now_ms + i);
    }
    assert_code(own(T_PERSON, card), SALVE_E_PIN);
    assert_code(own(T_BESIDE, card), SALVE_OK);
    struct rec_view *view = t_open(t, T_PERSON, PURPOSE_SELF, card);
    struct rec_look *looks;
    size_t count, missing, denied = 0, beside = 0;
    t_must(rec_looked(view, t->mem, &looks, &count, &missing, &err));
    for (size_t i = 0; i < count; i++) {
        denied += str_is(looks[i].kind, "denied");
        beside += looks[i].actor.role == ROLE_PARTICIPANT && str_eq(looks[i].actor.id, T_REGISTRAR.id);
    }
    assert_int_equal(denied, 6); /* the person sees that somebody tried, and who was there */
    assert_true(beside > 0);
    t_close_view(&view);
}

static void a_word_stands_where_no_birth_date_is_recorded(void **state)
{
    (void)state;
    struct rec_enrolled who;
    struct tape patient = t_read(t->mem, "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Word\"}]}");
    t_must(rec_enrol(t->site, T_REGISTRAR, &patient, t->mem, &who, &err));
    assert_code(own(t_person("1980-01-01"), who.card), SALVE_E_PIN);
    assert_code(rec_word_set(t->site, T_PERSON, who.card, STR("blue heron"), NULL), SALVE_E_ROLE);
    assert_code(rec_word_set(t->site, T_REGISTRAR, who.card, STR("blue"), NULL), SALVE_E_RANGE);
    t_must(rec_word_set(t->site, T_REGISTRAR, who.card, STR("Blue heron"), &err));
    assert_code(rec_word_set(t->site, T_REGISTRAR, who.card, STR("red heron"), NULL), SALVE_E_CONFLICT);
    assert_code(rec_word_set(t->site, T_REGISTRAR, carer(), STR("red heron"), NULL), SALVE_E_CONFLICT);
    assert_code(own(t_person("red heron"), who.card), SALVE_E_PIN);
    assert_code(own(t_person(" blue heron"), who.card), SALVE_OK);
}

/* --- a day before erasure ----------------------------------------------------------------------------------------- */

static void an_erasure_waits_a_day_and_then_needs_nobody(void **state)
{
    (void)state;
    struct rec_erasure erasure;
    struct rec_receipt receipt;
    struct str goes = carer(), stays = carer(), at_once = carer();
    int64_t now_ms = site_now_unix_ms(t->site);
    assert_code(rec_erase(t->site, T_PERSON, at_once, t->mem, &erasure, NULL), SALVE_E_ROLE);
    t_must(rec_erase(t->site, T_BESIDE, at_once, t->mem, &erasure, &err));
    assert_code(own(T_PERSON, at_once), SALVE_E_NOT_FOUND);
    assert_code(rec_erase_stop(t->site, T_PERSON, goes, t->mem, &receipt, NULL), SALVE_E_NOT_FOUND);
    t_must(rec_erase_ask(t->site, T_PERSON, goes, t->mem, &erasure, &err));
    t_must(rec_erase_ask(t->site, T_PERSON, stays, t->mem, &erasure, &err));
    assert_true(erasure.due_unix_ms >= now_ms + DAY_MS && erasure.receipt.text.len > 0);
    int64_t due_ms = erasure.due_unix_ms;
    t_site_at(t, now_ms + DAY_MS / 2);
    t_must(rec_erase_ask(t->site, T_PERSON, goes, t->mem, &erasure, &err)); /* asked again: the first time stands */
    assert_true(erasure.due_unix_ms <= due_ms);
    assert_code(own(T_PERSON, goes), SALVE_OK);
    assert_code(rec_erase_stop(t->site, t_person("1970-01-01"), stays, t->mem, &receipt, NULL), SALVE_E_PIN);
    t_must(rec_erase_stop(t->site, T_PERSON, stays, t->mem, &receipt, &err));
    t_site_at(t, due_ms + MINUTE_MS);
    assert_code(own(T_PERSON, goes), SALVE_E_NOT_FOUND);
    assert_code(opens(T_CLINICIAN, goes), SALVE_E_NOT_FOUND);
    assert_code(own(T_PERSON, stays), SALVE_OK);
    struct site_verify_result result;
    assert_code(site_verify(t->site, &(struct site_verify_ask){.actor = T_TECHNICIAN}, &result, NULL), SALVE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_actor_that_nobody_logged_in_as_is_nobody),
        cmocka_unit_test(wrong_pins_wait_and_a_restart_forgets_none),
        cmocka_unit_test(a_try_that_is_killed_counts),
        cmocka_unit_test(a_damaged_count_waits_and_is_named),
        cmocka_unit_test(another_pin_ends_the_old_one_and_no_row_brings_it_back),
        cmocka_unit_test(a_login_is_remembered_for_one_place_and_ten_minutes),
        cmocka_unit_test(nobody_makes_themselves_what_they_are_not),
        cmocka_unit_test(a_recovery_needs_a_day_and_a_manager_stops_it),
        cmocka_unit_test(a_card_alone_is_not_the_person),
        cmocka_unit_test(five_wrong_dates_and_only_staff_helps),
        cmocka_unit_test(a_word_stands_where_no_birth_date_is_recorded),
        cmocka_unit_test(an_erasure_waits_a_day_and_then_needs_nobody),
    };
    t = t_site_make("never-login", false);
    int failed = t_run(tests);
    t_site_drop(t);
    return failed;
}
