/* SPDX-License-Identifier: Apache-2.0
 *
 * kill -9 while a site is made: before each of its calls that change a file. What is left is no site or a whole one
 * with its staff; the making can be repeated; and it never takes away what it did not make. */
#include "t_kill.h"
#include "t_site.h"

static enum salve_code first_manager(struct site *site, void *with, struct salve_err *err)
{
    (void)with;
    return t_register(site, T_MANAGER, T_MANAGER.id, ROLE_MANAGER, err);
}

static const struct site_first first = {first_manager, NULL};

static void fresh(struct t_site *t)
{
    char folder[200];
    *t = (struct t_site){0};
    (void)snprintf(folder, sizeof folder, "%s/salve-making-%d", t_tmp(), (int)getpid());
    (void)snprintf(t->key_file, sizeof t->key_file, "%s.key", folder);
    t_site_paths(t, folder);
    t->options.clock = clock_fixed(T_SITE_NOW);
    t->options.pin_cost = CRYPTO_COST_MIN;
    t_remove(folder);
    unlink(t->key_file);
}

static enum salve_code make(struct t_site *t, struct salve_err *err)
{
    struct site_settings settings = {.name = STR("Test site"), .log_name = STR("test"), .languages = STR("en")};
    return site_create(&t->options, &settings, &first, err);
}

static int make_in_child(int acks, void *with)
{
    (void)acks;
    return make(with, NULL) == SALVE_OK ? 0 : 1;
}

static void it_is_whole(struct t_site *t)
{
    struct staff *staff = NULL;
    struct site_verify_result result;
    struct site_verify_ask ask = {.progress = NULL};
    size_t count = 0;
    t_site_open(t);
    t_login(t, &T_MANAGER);
    ask.actor = T_MANAGER;
    t_must(staff_list(t->site, t->mem, &staff, &count, &err));
    assert_int_equal(count, 1);
    assert_ok(site_verify(t->site, &ask, &result, NULL));
    t_site_close(t);
}

static void a_making_that_is_killed_can_be_repeated(void **state)
{
    (void)state;
    struct t_site t;
    uint64_t nth = 1, whole = 0;
    for (bool was_killed = true; was_killed; nth++) {
        fresh(&t);
        t.mem = arena_open((size_t)1 << 28);
        struct t_kill *job = calloc(1, sizeof *job);
        if (job == NULL) abort();
        *job = (struct t_kill){.nth = nth, .run = make_in_child, .with = &t};
        if (t_kill_run(job) != 0) skip();
        was_killed = job->killed != 0;
        if (!was_killed) assert_int_equal(job->status, 0);
        free(job);
        struct salve_err err = {0};
        enum salve_code code = make(&t, &err); /* the same call once more */
        if (code != SALVE_OK) {
            assert_code(code, SALVE_E_CONFLICT);
            whole++;
        }
        it_is_whole(&t);
        char left[600];
        (void)snprintf(left, sizeof left, "%s/making", t.folder);
        if (code == SALVE_OK) assert_int_not_equal(access(left, F_OK), 0);
        arena_close(t.mem);
    }
    assert_true(nth > 40);
    assert_true(whole > 4); /* cut off while the files were moved up */
    t_remove(t.folder);
    unlink(t.key_file);
}

/* --- what it did not make ------------------------------------------------------------------------------------------ */

static const char *const parts[] = {"site.db", "keys.db", "keys.epoch", "checkpoint", "signed-head", "revoked"};
enum { PART_COUNT = sizeof parts / sizeof parts[0] };

/* Takes the parts of `mask` out of the folder, or brings them back. */
static void move_parts(const struct t_site *t, unsigned mask, bool is_back)
{
    char here[600], there[600];
    for (unsigned i = 0; i < PART_COUNT; i++) {
        (void)snprintf(here, sizeof here, "%s/%s", t->folder, parts[i]);
        (void)snprintf(there, sizeof there, "%s.away.%s", t->folder, parts[i]);
        if ((mask & 1u << i) != 0) assert_int_equal(is_back ? rename(there, here) : rename(here, there), 0);
    }
}

/* Each part of a site away, and each alone: nothing is touched, and the site opens when it is whole again. */
static void a_part_of_a_site_is_never_taken_away(void **state)
{
    (void)state;
    struct t_site t;
    struct salve_err err = {0};
    const unsigned all = (1u << PART_COUNT) - 1;
    fresh(&t);
    t.mem = arena_open((size_t)1 << 28);
    t_must(make(&t, &err));
    t_site_open(&t);
    t_login(&t, &T_MANAGER);
    t_must(t_register(t.site, T_MANAGER, T_REGISTRAR.id, ROLE_REGISTRAR, &err));
    t_login(&t, &T_REGISTRAR);
    (void)t_enrol(&t, "Haddad", "1980-01-01");
    t_site_close(&t);
    char path[600];
    (void)snprintf(path, sizeof path, "%s/revoked", t.folder); /* made by the first withdrawal only */
    if (access(path, F_OK) != 0) t_must(file_write(path, STR(""), 0600, &err));
    for (unsigned i = 0; i < 2 * PART_COUNT; i++) {
        unsigned away = i < PART_COUNT ? 1u << i : all & ~(1u << (i - PART_COUNT));
        move_parts(&t, away, false);
        assert_code(make(&t, &err), SALVE_E_CONFLICT);
        move_parts(&t, away, true);
        t_site_open(&t);
        t_site_close(&t);
    }
    t_remove(t.folder);
    unlink(t.key_file);
    arena_close(t.mem);
}

static enum salve_code fail_to_fill(struct site *site, void *with, struct salve_err *err)
{
    (void)site, (void)with;
    return salve_fail(err, SALVE_E_FULL, "staff");
}

static void an_error_leaves_nothing_of_it_and_all_else(void **state)
{
    (void)state;
    struct t_site t;
    struct salve_err err = {0};
    struct site_settings settings = {.name = STR("Test site"), .log_name = STR("test"), .languages = STR("en")};
    const struct site_first bad = {fail_to_fill, NULL};
    char note[600], making[600];
    fresh(&t);
    assert_code(site_create(&t.options, &settings, &bad, &err), SALVE_E_FULL);
    assert_int_not_equal(access(t.folder, F_OK), 0);
    assert_int_not_equal(access(t.key_file, F_OK), 0);
    assert_int_equal(mkdir(t.folder, 0700), 0); /* a folder with things of somebody else, and a key of theirs */
    (void)snprintf(note, sizeof note, "%s/note.txt", t.folder);
    (void)snprintf(making, sizeof making, "%s/making", t.folder);
    t_must(file_write(note, STR("mine"), 0600, &err));
    t_must(file_write(t.key_file, STR("another 32 bytes of another key!"), 0600, &err));
    assert_code(site_create(&t.options, &settings, &bad, &err), SALVE_E_FULL);
    assert_int_equal(access(note, F_OK), 0);
    assert_int_equal(access(t.key_file, F_OK), 0);
    assert_int_not_equal(access(making, F_OK), 0);
    assert_int_equal(symlink("/", making), 0); /* never through a link */
    assert_int_not_equal(site_create(&t.options, &settings, &first, &err), SALVE_OK);
    assert_int_equal(unlink(making), 0);
    assert_ok(site_create(&t.options, &settings, &first, &err));
    assert_int_equal(access(note, F_OK), 0);
    t_remove(t.folder);
    unlink(t.key_file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_making_that_is_killed_can_be_repeated),
        cmocka_unit_test(a_part_of_a_site_is_never_taken_away),
        cmocka_unit_test(an_error_leaves_nothing_of_it_and_all_else),
    };
    return t_run(tests);
}
