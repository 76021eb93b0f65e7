/* SPDX-License-Identifier: Apache-2.0
 *
 * kill -9 in an upgrade of a site of layout 1 (tests/fixtures/layout-1), before each of its calls that change a file:
 * the same call goes on, nobody loses anything, and old files of layout 1 do not bring layout 1 back. */
#include "t_kill.h"
#include "t_site.h"

#define FIXTURE "tests/fixtures/layout-1"
#define MADE_AT 1795981500000 /* 2026-11-29T19:45:00Z, after the last look of the fixture */

static void fresh(struct t_site *t)
{
    char folder[200];
    struct str key;
    struct arena *mem = arena_open(1 << 20);
    *t = (struct t_site){0};
    (void)snprintf(folder, sizeof folder, "%s/salve-upgrade-%d", t_tmp(), (int)getpid());
    (void)snprintf(t->key_file, sizeof t->key_file, "%s.key", folder);
    t_site_paths(t, folder);
    t->options.clock = clock_fixed(MADE_AT);
    t_remove(folder);
    t_copy(FIXTURE, folder);
    t_must(file_read(FIXTURE ".key", 4096, mem, &key, &err));
    t_must(file_write(t->key_file, key, 0600, &err));
    arena_close(mem);
}

static enum salve_code upgrade(struct t_site *t)
{
    struct site_verify_ask ask = {.progress = NULL};
    struct site_verify_result result;
    return site_upgrade(&t->options, &ask, &result, NULL);
}

static int upgrade_in_child(int acks, void *with)
{
    (void)acks;
    return upgrade(with) == SALVE_OK ? 0 : 1;
}

/* Everybody who took something along then takes as much now; findings of verify are none. */
static void it_is_whole(struct t_site *t)
{
    struct str *names;
    size_t count, people = 0;
    struct site_facts facts;
    struct site_verify_result result;
    const struct site_verify_ask ask = {.progress = NULL};
    t->mem = arena_open((size_t)1 << 28);
    t_site_open(t);
    t_must(site_facts(t->site, t->mem, &facts, &err));
    assert_int_equal(facts.layout, 2);
    t_must(file_list(FIXTURE "-taken", t->mem, &names, &count, &err));
    for (size_t i = 0; i < count; i++) {
        if (!str_ends(names[i], STR(".json"))) continue;
        struct rec_view *view = t_open(t, t_person("1972-03-14"), PURPOSE_SELF, str_cut(names[i], 0, names[i].len - 5));
        assert_true(t_count(view) > 0);
        t_close_view(&view);
        people++;
    }
    assert_int_equal(people, 3);
    t_site_close(t);
    t_must(site_verify_path(&t->options, &ask, &result, &err));
    arena_close(t->mem);
}

static void an_upgrade_that_is_killed_goes_on(void **state)
{
    (void)state;
    struct t_site t;
    uint64_t nth = 1, halves = 0;
    struct t_kill *job = calloc(1, sizeof *job);
    if (job == NULL) abort();
    for (bool was_killed = true; was_killed; nth += t_is_all() ? 1 : 5) {
        fresh(&t);
        *job = (struct t_kill){.nth = nth, .run = upgrade_in_child, .with = &t};
        if (t_kill_run(job) != 0) skip();
        was_killed = job->killed != 0;
        if (!was_killed) assert_int_equal(job->status, 0);
        enum salve_code before = site_open(&t.options, &t.site, NULL);
        if (before == SALVE_OK) {
            t_site_close(&t);
            assert_code(upgrade(&t), SALVE_E_CONFLICT);
        } else {
            assert_code(before, SALVE_E_UNSUPPORTED);
            assert_ok(upgrade(&t));
            halves++;
        }
        it_is_whole(&t);
    }
    assert_true(nth > 60);
    assert_true(halves > 5);
    free(job);
    t_remove(t.folder);
    unlink(t.key_file);
}

/* Files of layout 1, one by one and together, beside those of layout 2. */
static void old_files_do_not_bring_layout_1_back(void **state)
{
    (void)state;
    static const char *const sets[][4] = {
        {"site.db"}, {"keys.db"}, {"site.db", "signed-head", "checkpoint", "revoked"}, {"site.db", "keys.db"}};
    struct t_site t;
    for (size_t s = 0; s < sizeof sets / sizeof sets[0]; s++) {
        struct arena *mem = arena_open((size_t)1 << 26);
        struct site_verify_ask ask = {.progress = NULL};
        struct site_verify_result result;
        fresh(&t);
        assert_ok(upgrade(&t));
        for (size_t i = 0; i < 4 && sets[s][i] != NULL; i++) {
            char path[700];
            struct str bytes;
            (void)snprintf(path, sizeof path, FIXTURE "/%s", sets[s][i]);
            t_must(file_read(path, (size_t)1 << 25, mem, &bytes, &err));
            (void)snprintf(path, sizeof path, "%s/%s", t.folder, sets[s][i]);
            t_must(file_write(path, bytes, 0600, &err));
        }
        assert_int_not_equal(site_open(&t.options, &t.site, NULL), SALVE_OK);
        assert_int_not_equal(upgrade(&t), SALVE_OK);
        assert_int_not_equal(site_verify_path(&t.options, &ask, &result, NULL), SALVE_OK);
        arena_close(mem);
    }
    t_remove(t.folder);
    unlink(t.key_file);
}

/* A fault is named before anything is changed. */
static void a_site_with_a_fault_is_not_upgraded(void **state)
{
    (void)state;
    struct t_site t;
    char path[700];
    fresh(&t);
    (void)snprintf(path, sizeof path, "%s/site.db", t.folder);
    int fd = open(path, O_RDWR);
    uint8_t byte = 0;
    assert_int_equal(pread(fd, &byte, 1, 40000), 1);
    byte ^= 4;
    assert_int_equal(pwrite(fd, &byte, 1, 40000), 1);
    close(fd);
    assert_int_not_equal(upgrade(&t), SALVE_OK);
    byte ^= 4;
    fd = open(path, O_RDWR);
    assert_int_equal(pwrite(fd, &byte, 1, 40000), 1);
    close(fd);
    assert_code(site_open(&t.options, &t.site, NULL), SALVE_E_UNSUPPORTED);
    assert_ok(upgrade(&t));
    it_is_whole(&t);
    t_remove(t.folder);
    unlink(t.key_file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_upgrade_that_is_killed_goes_on),
                                       cmocka_unit_test(old_files_do_not_bring_layout_1_back),
                                       cmocka_unit_test(a_site_with_a_fault_is_not_upgraded)};
    return t_run(tests);
}
