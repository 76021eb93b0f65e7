/* SPDX-License-Identifier: Apache-2.0
 *
 * kill -9 in an upgrade of a site of layout 1 (tests/fixtures/layout-1), before each of its calls that change a file:
 * the site is byte for byte what it was, or it is upgraded; the same call goes on, nobody loses anything, nothing stays
 * beside it, and old files of layout 1 do not bring layout 1 back. */
#include <sys/mount.h>
#include <sys/stat.h>

#include "t_kill.h"
#include "t_site.h"

#define FIXTURE "tests/fixtures/layout-1"
#define MADE_AT 1795981500000 /* 2026-11-29T19:45:00Z, after the last look of the fixture */

static void fresh(struct t_site *t)
{
    char folder[200], beside[220];
    struct str key;
    struct arena *mem = arena_open(1 << 20);
    *t = (struct t_site){0};
    (void)snprintf(folder, sizeof folder, "%s/salve-upgrade-%d", t_tmp(), (int)getpid());
    (void)snprintf(t->key_file, sizeof t->key_file, "%s.key", folder);
    t_site_paths(t, folder);
    t->options.clock = clock_fixed(MADE_AT);
    (void)snprintf(beside, sizeof beside, "%s.upgrading", folder);
    t_remove(folder);
    t_remove(beside);
    t_copy(FIXTURE, folder);
    t_must(file_read(FIXTURE ".key", 4096, mem, &key, &err));
    t_must(file_write(t->key_file, key, 0600, &err));
    arena_close(mem);
}

static enum salve_code run_upgrade(struct t_site *t, bool is_trial)
{
    struct site_verify_ask ask = {.progress = NULL};
    struct site_verify_result result;
    return site_upgrade(&t->options, &ask, is_trial, &result, NULL);
}

static enum salve_code upgrade(struct t_site *t) { return run_upgrade(t, false); }

static bool is_beside(const struct t_site *t)
{
    char path[700];
    struct stat info;
    (void)snprintf(path, sizeof path, "%s.upgrading", t->folder);
    return lstat(path, &info) == 0;
}

/* Every file of the fixture, byte for byte. */
static void it_is_what_it_was(const struct t_site *t)
{
    struct str *names, old, now;
    size_t count;
    char path[700];
    struct arena *mem = arena_open((size_t)1 << 26);
    t_must(file_list(FIXTURE, mem, &names, &count, &err));
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(path, sizeof path, FIXTURE "/%s", names[i].ptr);
        t_must(file_read(path, (size_t)1 << 24, mem, &old, &err));
        (void)snprintf(path, sizeof path, "%s/%s", t->folder, names[i].ptr);
        t_must(file_read(path, (size_t)1 << 24, mem, &now, &err));
        assert_true(str_eq(old, now));
    }
    assert_true(count >= 6);
    arena_close(mem);
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
    for (bool was_killed = true; was_killed; nth += t_is_all() ? 1 : 11) {
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
            it_is_what_it_was(&t);
            assert_ok(upgrade(&t));
            halves++;
        }
        it_is_whole(&t);
        assert_false(is_beside(&t));
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

static void a_trial_changes_nothing(void **state)
{
    (void)state;
    struct t_site t;
    fresh(&t);
    assert_ok(run_upgrade(&t, true));
    it_is_what_it_was(&t);
    assert_false(is_beside(&t));
    assert_ok(upgrade(&t));
    it_is_whole(&t);
    t_remove(t.folder);
    unlink(t.key_file);
}

static void put(const char *folder, const char *name)
{
    char path[700];
    (void)snprintf(path, sizeof path, "%s%s", folder, name);
    t_must(file_write(path, STR("not ours"), 0644, &err));
}

/* What the upgrade did not make is neither removed nor left behind. */
static void files_of_others_stay(void **state)
{
    (void)state;
    struct t_site t;
    struct stat info;
    char path[700];
    fresh(&t);
    put(t.folder, ".upgrading");
    assert_code(upgrade(&t), SALVE_E_CONFLICT);
    (void)snprintf(path, sizeof path, "%s.upgrading", t.folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    put(path, "/letter");
    assert_code(upgrade(&t), SALVE_E_CONFLICT);
    t_remove(path);
    (void)snprintf(path, sizeof path, "%s/inside", t.folder);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_code(upgrade(&t), SALVE_E_CONFLICT);
    assert_int_equal(rmdir(path), 0);
    it_is_what_it_was(&t);
    put(t.folder, "/salve.conf");
    assert_ok(upgrade(&t));
    (void)snprintf(path, sizeof path, "%s/salve.conf", t.folder);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0644);
    it_is_whole(&t);
    t_remove(t.folder);
    unlink(t.key_file);
}

/* A disk with room for the site and less than its copy needs. */
static void a_full_disk_is_told_before_anything_is_copied(void **state)
{
    (void)state;
    struct t_site t;
    char folder[256];
    (void)snprintf(folder, sizeof folder, "%s/salve-upgrade-full-%d", t_tmp(), (int)getpid());
    mkdir(folder, 0700);
    if (mount("tmpfs", folder, "tmpfs", 0, "size=4m") != 0) {
        rmdir(folder);
        skip(); /* only root may make a small disk */
    }
    setenv("TMPDIR", folder, 1);
    fresh(&t);
    assert_code(upgrade(&t), SALVE_E_FULL);
    it_is_what_it_was(&t);
    assert_false(is_beside(&t));
    assert_int_equal(mount("tmpfs", folder, "tmpfs", MS_REMOUNT, "size=32m"), 0);
    assert_ok(upgrade(&t));
    it_is_whole(&t);
    unsetenv("TMPDIR");
    umount(folder);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_upgrade_that_is_killed_goes_on),
                                       cmocka_unit_test(a_trial_changes_nothing),
                                       cmocka_unit_test(a_full_disk_is_told_before_anything_is_copied),
                                       cmocka_unit_test(files_of_others_stay),
                                       cmocka_unit_test(old_files_do_not_bring_layout_1_back),
                                       cmocka_unit_test(a_site_with_a_fault_is_not_upgraded)};
    return t_run(tests);
}
