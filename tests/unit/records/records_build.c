/* SPDX-License-Identifier: Apache-2.0
 * Which program runs a site stands in its log (N24): once for each, in the order in which they ran. */
#include "records/gate.h"
#include "records/health.h"
#include "t_site.h"

#define ONE   "1f8ac10f23c5b5bc1167bda84b833e5c057a77d2b8e1f7c8a3d6c0a5e4f3b2a1"
#define OTHER "2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6"

/* Programs that public entries of the log name, newest first: as many, and the newest. */
static size_t programs(struct t_site *t, struct str *newest)
{
    struct site_entries page;
    size_t count = 0;
    *newest = STR("");
    t_must(site_entries(t->site, T_MANAGER, SITE_ENTRIES_NEWEST, t->mem, &page, &err));
    assert_true(page.next == 0);
    for (size_t i = 0; i < page.count; i++) {
        if (!str_is(page.list[i].kind, "build") || !str_is(page.list[i].id, "program")) continue;
        if (count++ == 0) *newest = page.list[i].facts;
    }
    return count;
}

static struct str told(struct t_site *t)
{
    struct site_health health;
    t_must(site_health(t->site, T_MANAGER, t->mem, &health, &err));
    return health.build;
}

static void use(struct t_site *t, const char *sha256, const char *version)
{
    const struct site_build build = {.version = str_of(version), .sha256 = str_of(sha256)};
    t_must(site_build_use(t->site, &build, &err));
}

static void each_program_is_in_the_log_once(void **state)
{
    struct str newest;
    struct t_site *t = *state;
    assert_str(told(t), "");
    assert_int_equal(programs(t, &newest), 0);
    use(t, ONE, "1.0");
    assert_str(told(t), ONE);
    assert_int_equal(programs(t, &newest), 1);
    assert_true(str_find(newest, STR(ONE)) > 0 && str_find(newest, STR("\"1.0\"")) > 0);
    use(t, ONE, "1.0");
    assert_int_equal(programs(t, &newest), 1);
    use(t, OTHER, "1.0");
    assert_int_equal(programs(t, &newest), 2);
    assert_true(str_find(newest, STR(OTHER)) > 0);
    use(t, ONE, "1.0"); /* the one before, again: that is a change, too */
    assert_int_equal(programs(t, &newest), 3);
    assert_true(str_find(newest, STR(ONE)) > 0);
}

static void it_is_told_of_the_program_that_runs_now(void **state)
{
    struct str newest;
    struct t_site *t = *state;
    use(t, OTHER, "1.1");
    size_t count = programs(t, &newest);
    t_site_close(t);
    t_site_open(t);
    assert_str(told(t), ""); /* a command */
    use(t, OTHER, "1.1");
    assert_str(told(t), OTHER);
    assert_int_equal(programs(t, &newest), count);
}

static void what_is_no_hash_is_refused(void **state)
{
    struct str newest;
    struct t_site *t = *state;
    size_t count = programs(t, &newest);
    static const char longer[] = ONE "00";
    const char *const bad[] = {"", "abc", longer, "zz"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct site_build build = {.version = STR("1"), .sha256 = str_of(bad[i])};
        assert_code(site_build_use(t->site, &build, NULL), SALVE_E_INVALID);
    }
    assert_int_equal(programs(t, &newest), count);
}

static int make(void **state)
{
    *state = t_site_make("build", false);
    return 0;
}

static int drop(void **state)
{
    t_site_drop(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_program_is_in_the_log_once),
        cmocka_unit_test(it_is_told_of_the_program_that_runs_now),
        cmocka_unit_test(what_is_no_hash_is_refused),
    };
    return t_close(cmocka_run_group_tests_name("", tests, make, drop), (int)(sizeof tests / sizeof tests[0]));
}
