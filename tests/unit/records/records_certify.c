/* SPDX-License-Identifier: Apache-2.0
 *
 * The authority of a site: who may make one, what is kept of it and where, whom it certifies. */
#include "records/certify.h"
#include "records/health.h"
#include "t_site.h"
#include "tls/tls.h"

#define NAME STR("salve.home.arpa")

static struct site_certificate authority_of(struct t_site *t)
{
    struct site_certificate authority;
    t_must(site_authority(t->site, t->mem, &authority, &err));
    return authority;
}

static void those_who_run_it_make_one_and_nobody_else(void **state)
{
    struct t_site *t = *state;
    struct site_certificate authority;
    struct actor forged = T_MANAGER;
    const struct actor others[] = {T_REGISTRAR, T_ASSISTANT, T_CLINICIAN, T_AUDITOR, T_PERSON};
    forged.pass[0] ^= 1;
    assert_code(site_authority(t->site, t->mem, &authority, NULL), SALVE_E_NOT_FOUND);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_code(site_authority_make(t->site, others[i], NAME, NULL), SALVE_E_ROLE);
    assert_code(site_authority_make(t->site, forged, NAME, NULL), SALVE_E_ROLE);
    assert_code(site_authority(t->site, t->mem, &authority, NULL), SALVE_E_NOT_FOUND);
    assert_code(site_authority_make(t->site, T_MANAGER, STR("192.0.2.1"), NULL), SALVE_E_CONFIG);
    assert_code(site_authority_make(t->site, T_MANAGER, STR("a.b\",\"x\":\""), NULL), SALVE_E_CONFIG);
    t_must(site_authority_make(t->site, T_TECHNICIAN, NAME, &err));
    authority = authority_of(t);
    assert_str(authority.name, "salve.home.arpa");
    /* its document has no other door */
    assert_code(commons_put(t->site, T_MANAGER, STR("tls"), STR("authority"), STR("{}"), NULL), SALVE_E_INVALID);
}

static void it_stays_through_other_keys_and_a_new_start(void **state)
{
    struct t_site *t = *state;
    struct site_rotation turned;
    t_must(site_authority_make(t->site, T_MANAGER, NAME, &err));
    struct str before = authority_of(t).der;
    for (int i = 0; i < 3; i++) t_must(site_rotate(t->site, T_MANAGER, &turned, &err));
    t_site_close(t);
    t_site_open(t);
    assert_true(str_eq(before, authority_of(t).der));
}

static void another_one_takes_its_place_and_the_log_says_so(void **state)
{
    struct t_site *t = *state;
    size_t told = 0;
    struct site_entries page;
    t_must(site_authority_make(t->site, T_MANAGER, NAME, &err));
    struct str before = authority_of(t).der;
    t_must(site_authority_make(t->site, T_MANAGER, STR("other.home.arpa"), &err));
    assert_false(str_eq(before, authority_of(t).der));
    assert_str(authority_of(t).name, "other.home.arpa");
    t_must(site_entries(t->site, T_MANAGER, SITE_ENTRIES_NEWEST, t->mem, &page, &err));
    for (size_t i = 0; i < page.count; i++)
        told += str_is(page.list[i].kind, "tls") && str_is(page.list[i].id, "authority") &&
                str_find(page.list[i].facts, STR("\"by\":\"mia\"")) >= 0;
    assert_int_equal(told, 2);
}

#ifdef T_SITE_FAR
/* Whoever is at the socket of the command line gets nothing certified. */
static void the_command_line_gets_none(void **state)
{
    struct t_site *t = *state;
    struct tls_key *key;
    struct site_certificate made;
    t_must(site_authority_make(t->site, T_MANAGER, NAME, &err));
    t_must(tls_key_make(&key, &err));
    assert_code(site_certify(t->site, str_bytes(tls_key_point(key), TLS_POINT_BYTES), t->mem, &made, NULL),
                SALVE_E_ROLE);
    tls_key_drop(&key);
}
#else
static void it_certifies_its_name_for_a_week_and_not_for_ever(void **state)
{
    struct t_site *t = *state;
    struct tls_key *key;
    struct site_certificate made;
    t_must(tls_key_make(&key, &err));
    struct str point = str_bytes(tls_key_point(key), TLS_POINT_BYTES);
    assert_code(site_certify(t->site, point, t->mem, &made, NULL), SALVE_E_NOT_FOUND);
    t_must(site_authority_make(t->site, T_MANAGER, NAME, &err));
    assert_code(site_certify(t->site, STR("short"), t->mem, &made, NULL), SALVE_E_INVALID);
    t_must(site_certify(t->site, point, t->mem, &made, &err));
    assert_str(made.name, "salve.home.arpa");
    assert_true(made.until_unix_ms - site_now_unix_ms(t->site) <= 7 * INT64_C(86400000));
    struct tls_server *server;
    t_must(tls_server_open(NAME, &server, &err));
    const struct tls_own own = {.key = key, .leaf = made.der, .authority = authority_of(t).der};
    t_must(tls_server_use_own(server, &own, &err));
    tls_server_close(&server);
    enum salve_code code = SALVE_OK;
    size_t count = 0;
    for (; code == SALVE_OK && count < 2 * SITE_CERTIFIED_MAX; count++)
        code = site_certify(t->site, point, t->mem, &made, NULL);
    assert_code(code, SALVE_E_QUOTA);
    assert_true(count > SITE_CERTIFIED_MAX / 2);
    tls_key_drop(&key);
}

#endif

static int setup(void **state)
{
    *state = t_site_make("certify", false);
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
        ROW(those_who_run_it_make_one_and_nobody_else),
        ROW(it_stays_through_other_keys_and_a_new_start),
        ROW(another_one_takes_its_place_and_the_log_says_so),
#ifdef T_SITE_FAR
        ROW(the_command_line_gets_none),
#else
        ROW(it_certifies_its_name_for_a_week_and_not_for_ever),
#endif
    };
    return t_run(tests);
}
