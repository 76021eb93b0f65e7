/* SPDX-License-Identifier: Apache-2.0
 *
 * How a site is, and what its own log says: who may ask, what is told, and that nothing of it is about a person. */
#include "records/health.h"
#include "t_site.h"
#include "tlog/tlog.h"

#define PAGES_MAX 100

static struct site_health health_of(struct t_site *t, struct actor who)
{
    struct site_health health;
    t_must(site_health(t->site, who, t->mem, &health, &err));
    return health;
}

/* All public entries, over as many pages as it takes. */
static size_t all_entries(struct t_site *t, struct actor who, struct site_entry *out, size_t room)
{
    struct site_entries page = {.next = SITE_ENTRIES_NEWEST};
    size_t count = 0;
    for (int pages = 0; page.next > 0; pages++) {
        assert_true(pages < PAGES_MAX);
        t_must(site_entries(t->site, who, page.next, t->mem, &page, &err));
        assert_true(page.count <= SITE_ENTRIES_MAX);
        for (size_t i = 0; i < page.count; i++) {
            assert_true(count < room);
            assert_true(count == 0 || page.list[i].row < out[count - 1].row);
            out[count++] = page.list[i];
        }
    }
    return count;
}

static size_t count_kind(const struct site_entry *list, size_t count, const char *kind)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) n += str_is(list[i].kind, kind);
    return n;
}

static bool has(struct str text, const char *part) { return str_find(text, str_of(part)) >= 0; }

static void those_who_run_it_may_ask_and_nobody_else(void **state)
{
    struct t_site *t = *state;
    struct site_health health;
    struct site_entries page;
    const struct actor others[] = {T_REGISTRAR, T_ASSISTANT, T_CLINICIAN, T_PERSON};
    struct actor forged = T_MANAGER;
    forged.pass[0] ^= 1;
    (void)health_of(t, T_MANAGER);
    (void)health_of(t, T_TECHNICIAN);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_code(site_health(t->site, others[i], t->mem, &health, NULL), SALVE_E_ROLE);
        assert_code(site_entries(t->site, others[i], SITE_ENTRIES_NEWEST, t->mem, &page, NULL), SALVE_E_ROLE);
    }
    assert_code(site_health(t->site, forged, t->mem, &health, NULL), SALVE_E_ROLE);
    assert_code(site_entries(t->site, forged, SITE_ENTRIES_NEWEST, t->mem, &page, NULL), SALVE_E_ROLE);
}

static void it_tells_when_it_was_verified_and_signed(void **state)
{
    struct t_site *t = *state;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    struct site_verify_result result;
    assert_true(health_of(t, T_MANAGER).verified_at_unix_ms == 0);
    t_must(site_verify(t->site, &ask, &result, &err));
    struct site_health health = health_of(t, T_MANAGER);
    assert_true(health.verified_at_unix_ms == T_SITE_NOW && health.now_unix_ms == T_SITE_NOW);
    assert_int_equal(health.verified_findings, 0);
    assert_false(health.is_clock_doubted);
    assert_true(health.disk_free_bytes > 0 && health.disk_free_bytes <= health.disk_bytes);
    t_site_close(t);
    t_site_open(t); /* both are kept */
    health = health_of(t, T_MANAGER);
    assert_true(health.verified_at_unix_ms == T_SITE_NOW && health.signed_at_unix_ms == T_SITE_NOW);
}

#ifndef T_SITE_FAR /* there a site is verified that nobody has open */
static void one_that_is_verified_while_it_is_closed_tells_too(void **state)
{
    struct t_site *t = *state;
    struct site_verify_ask ask = {.progress = NULL};
    struct site_verify_result result;
    t_site_close(t);
    t_must(site_verify_path(&t->options, &ask, &result, &err));
    t_site_open(t);
    assert_true(health_of(t, T_MANAGER).verified_at_unix_ms == T_SITE_NOW);
}
#endif

static void the_log_says_who_works_here_and_what_was_accepted(void **state)
{
    struct t_site *t = *state;
    struct site_entry list[400];
    struct staff_new leila = {.id = STR("leila"), .role = ROLE_REGISTRAR, .secret = STR("135791")};
    t_must(staff_register(t->site, T_MANAGER, &leila, &err));
    t_must(commons_put(t->site, T_CLINICIAN, STR("guideline"), STR("bp"),
                       STR("{\"acceptedBy\":\"dr-amina\",\"at\":\"2026-11-23T09:30:00Z\"}"), &err));
    t_must(staff_role_set(t->site, T_MANAGER, NULL, STR("leila"), ROLE_ASSISTANT, &err));
    size_t count = all_entries(t, T_MANAGER, list, 400);
    assert_true(count >= 3);
    assert_str(list[0].kind, "staff");
    assert_str(list[0].id, "leila");
    assert_int_equal(list[0].type, TLOG_ENTRY_HASH);
    assert_int_equal(list[0].version, 2);
    assert_true(has(list[0].facts, "\"by\":\"mia\"") && has(list[0].facts, "\"role\":\"assistant\""));
    assert_str(list[1].kind, "guideline");
    assert_true(has(list[1].facts, "dr-amina"));
    assert_int_equal(list[2].version, 1);
    assert_true(has(list[2].facts, "\"role\":\"registrar\""));
    assert_int_equal(count_kind(list, count, "site"), 1); /* its settings, as it was made */
    for (size_t i = 0; i < count; i++) assert_false(has(list[i].facts, "salt"));
}

static void nothing_of_a_person_is_in_it(void **state)
{
    struct t_site *t = *state;
    struct site_entry list[400];
    size_t before = all_entries(t, T_MANAGER, list, 400), forms = count_kind(list, before, "form");
    for (int i = 0; i < 5; i++) {
        struct str card = t_enrol(t, "Haddad", "1980-01-01").card;
        t_give(t, card, PURPOSE_CARE);
        struct rec_view *view = t_open(t, T_ASSISTANT, PURPOSE_CARE, card);
        (void)t_save_weight(t, view, "71");
        t_close_view(&view);
    }
    size_t after = all_entries(t, T_MANAGER, list, 400);
    assert_int_equal(after - before, count_kind(list, after, "form") - forms); /* the words that were agreed to */
    for (size_t i = 0; i < after; i++) {
        assert_true(list[i].type != TLOG_ENTRY_PRIVATE);
        assert_false(has(list[i].facts, "Haddad"));
        if (str_is(list[i].kind, "form")) assert_int_equal(list[i].facts.len, 0);
    }
}

/* Versions that are many are found, whatever lies between them. */
static void each_of_many_versions_is_told_as_it_was(void **state)
{
    enum { TIMES = 40 };
    struct t_site *t = *state;
    struct site_entry list[400];
    for (int i = 0; i < TIMES; i++) {
        struct str note = arena_printf(t->mem, "{\"note\":%d}", i);
        t_must(commons_put(t->site, T_CLINICIAN, STR("notes"), STR("one"), note, &err));
        if (i % 7 == 0) (void)t_enrol(t, "Haddad", "1980-01-01");
    }
    size_t count = all_entries(t, T_MANAGER, list, 400), seen = 0;
    for (size_t i = 0; i < count; i++) {
        if (!str_is(list[i].kind, "notes")) continue;
        struct str want = arena_printf(t->mem, "{\"note\":%zu}", TIMES - 1 - seen);
        assert_int_equal(list[i].version, TIMES - seen);
        assert_true(str_eq(list[i].facts, want));
        seen++;
    }
    assert_int_equal(seen, TIMES);
}

static int setup(void **state)
{
    *state = t_site_make("health", false);
    return 0;
}

static int teardown(void **state)
{
    t_site_drop(*state);
    return 0;
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(those_who_run_it_may_ask_and_nobody_else),          ROW(it_tells_when_it_was_verified_and_signed),
#ifndef T_SITE_FAR
        ROW(one_that_is_verified_while_it_is_closed_tells_too),
#endif
        ROW(the_log_says_who_works_here_and_what_was_accepted), ROW(nothing_of_a_person_is_in_it),
        ROW(each_of_many_versions_is_told_as_it_was),
    };
    return t_run(tests);
}
