/* SPDX-License-Identifier: Apache-2.0
 *
 * Faults that people and machines make: wrong secret, second process, clock set back, full disk, older files
 * brought back, a bit flipped anywhere. Each gives a clear error and loses nothing. */
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "t_site.h"
#include "tlog/tlog.h"

enum { HOUR_MS = 3600 * 1000 };

/* --- opening ---------------------------------------------------------------------------------------------------- */

static void the_wrong_secret_opens_nothing_and_changes_nothing(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("wrong-secret", false);
    struct salve_err err = {0};
    struct site *site = NULL;
    t_site_close(t);
    struct site_options wrong = t->options;
    wrong.secret = (struct site_secret){.passphrase = STR("correct horse battery staple")};
    assert_code(site_open(&wrong, &site, &err), SALVE_E_SECRET);
    assert_null(site);
    char path[512];
    (void)snprintf(path, sizeof path, "%s.other", t->folder);
    t_must(file_write(path, STR("another 32 bytes of another key!"), 0600, &err));
    wrong.secret = (struct site_secret){.key_file = path};
    assert_code(site_open(&wrong, &site, &err), SALVE_E_SECRET);
    unlink(path);
    assert_int_not_equal(site_open(&wrong, &site, &err), SALVE_OK); /* the key file is not there: not made at opening */
    assert_int_not_equal(access(path, F_OK), 0);
    t_site_open(t);
    t_site_drop(t);
}

static void there_is_no_site_where_there_is_none_and_one_is_enough(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("one", false);
    struct site *site = NULL;
    struct site_options none = t->options;
    struct site_settings settings = *site_settings(t->site);
    none.path = "/nonexistent/folder";
    assert_code(site_open(&none, &site, NULL), SALVE_E_NOT_FOUND);
    assert_int_not_equal(site_create(&none, &settings, NULL, NULL), SALVE_OK);
    assert_code(site_create(&t->options, &settings, NULL, NULL), SALVE_E_CONFLICT);
    settings.log_name = STR("Not Good");
    assert_code(site_create(&t->options, &settings, NULL, NULL), SALVE_E_CONFIG);
    t_site_drop(t);
}

static void where_the_records_are_is_a_text_with_a_scheme(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("where", false);
    struct salve_err err = {0};
    struct site *site = NULL;
    struct site_options elsewhere = t->options;
    char here[600], there[600];
    (void)snprintf(here, sizeof here, "%s/site.db", t->folder);
    (void)snprintf(there, sizeof there, "%s/other.db", t->folder);
    t_site_close(t);
    assert_int_equal(rename(here, there), 0);
    assert_code(site_open(&t->options, &site, NULL), SALVE_E_NOT_FOUND);
    elsewhere.store = "postgres:clinic";
    assert_code(site_open(&elsewhere, &site, &err), SALVE_E_CONFIG);
    assert_non_null(strstr(err.why, "sqlite:"));
    elsewhere.store = "sqlite:other.db";
    assert_ok(site_open(&elsewhere, &site, NULL));
    assert_ok(site_close(&site, NULL));
    assert_int_equal(rename(there, here), 0);
    t_site_open(t);
    t_site_drop(t);
}

static void a_second_process_is_told_who_has_the_site(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("second", false);
    struct salve_err err = {0};
    struct site *site = NULL;
    char pid[32];
    (void)snprintf(pid, sizeof pid, "%d", (int)getpid());
    pid_t child = fork();
    if (child == 0) {
        enum salve_code code = site_open(&t->options, &site, &err);
        bool told = strstr(err.why, pid) != NULL || strstr(t_where(&err), pid) != NULL;
        _exit(code != SALVE_E_BUSY ? 1 : told ? 0 : 2);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    t_site_drop(t);
}

/* --- clock ------------------------------------------------------------------------------------------------------ */

static void a_clock_set_back_extends_nothing_and_keeps_reading(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("clock", false);
    struct rec_view *view;
    struct rec_enrolled out, who = t_enrol(t, "Haddad", "1980-01-01");
    struct consent_grant grant = t_grant(PURPOSE_FOLLOW_UP);
    struct tape patient = t_read(t->mem, "{\"resourceType\":\"Patient\"}");
    struct site_rotation rotation;
    struct rec_look *looks;
    size_t count, missing;
    t_give(t, who.card, PURPOSE_CARE);
    grant.not_after_unix_s = T_SITE_NOW / 1000 + 2 * 3600;
    t_must(rec_consent_give(t->site, T_REGISTRAR, who.card, &grant, t->mem, NULL, &err));
    t_site_at(t, T_SITE_NOW + 3 * HOUR_MS);
    assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_FOLLOW_UP, who.card, &view), SALVE_E_CONSENT);
    for (int i = 0; i < 2; i++) {
        t_site_at(t, i == 0 ? T_SITE_NOW : T_SITE_NOW - 365ll * 24 * HOUR_MS);
        assert_true(site_clock_suspect(t->site));
        assert_true(site_now_unix_ms(t->site) >= T_SITE_NOW + 3 * HOUR_MS);
        assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_FOLLOW_UP, who.card, &view), SALVE_E_CONSENT);
        assert_code(t_give_code(t, who.card, PURPOSE_RESEARCH), SALVE_E_CLOCK);
        assert_code(rec_enrol(t->site, T_REGISTRAR, &patient, t->mem, &out, NULL), SALVE_E_CLOCK);
        assert_code(site_rotate(t->site, T_TECHNICIAN, &rotation, NULL), SALVE_E_CLOCK);
        view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
        assert_int_equal(t_count(view), 1);
        t_close_view(&view);
        view = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
        t_must(rec_looked(view, t->mem, &looks, &count, &missing, &err));
        assert_true(looks[count - 1].clock_suspect);
        assert_int_equal(missing, 0);
        t_close_view(&view);
    }
    t_withdraw(t, who.card, PURPOSE_CARE);
    assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_CARE, who.card, &view), SALVE_E_CONSENT);
    t_site_at(t, T_SITE_NOW + 4 * HOUR_MS);
    assert_false(site_clock_suspect(t->site));
    t_give(t, who.card, PURPOSE_CARE);
    t_site_drop(t);
}

/* Ten years ahead for a while, as with an empty battery: the time stands, and nothing is lost when it is right again. */
static void a_clock_far_ahead_ends_nothing(void **state)
{
    (void)state;
    const int64_t day_ms = 24 * HOUR_MS;
    struct t_site *t = t_site_make("ahead", false);
    struct rec_view *view;
    struct rec_enrolled out, who = t_enrol(t, "Haddad", "1980-01-01");
    struct tape patient = t_read(t->mem, "{\"resourceType\":\"Patient\"}");
    struct site_rotation rotation;
    struct site_facts before, after;
    t_give(t, who.card, PURPOSE_CARE);
    t_site_close(t);
    t->options.clock = clock_fixed(T_SITE_NOW + 3650 * day_ms);
    t_site_open(t);
    t_must(site_facts(t->site, t->mem, &before, &err));
    assert_true(site_clock_suspect(t->site));
    assert_int_equal(site_now_unix_ms(t->site), T_SITE_NOW);
    assert_code(t_give_code(t, who.card, PURPOSE_RESEARCH), SALVE_E_CLOCK);
    assert_code(rec_enrol(t->site, T_REGISTRAR, &patient, t->mem, &out, NULL), SALVE_E_CLOCK);
    assert_code(site_rotate(t->site, T_TECHNICIAN, &rotation, NULL), SALVE_E_CLOCK);
    view = t_open(t, T_ASSISTANT, PURPOSE_CARE, who.card);
    assert_int_equal(t_count(view), 1);
    t_close_view(&view);
    assert_code(site_clock_confirm(t->site, T_CLINICIAN, NULL), SALVE_E_ROLE);
    t_site_close(t);
    t->options.clock = clock_fixed(T_SITE_NOW + HOUR_MS); /* right again: everything is as it was */
    t_site_open(t);
    assert_false(site_clock_suspect(t->site));
    t_give(t, who.card, PURPOSE_RESEARCH);
    t_must(rec_enrol(t->site, T_REGISTRAR, &patient, t->mem, &out, &err));
    t_must(site_facts(t->site, t->mem, &after, &err));
    assert_int_equal(after.kek_epoch, before.kek_epoch);
    t_site_close(t);
    t->options.clock = clock_fixed(T_SITE_NOW + 45 * day_ms); /* a pause of the clinic */
    t_site_open(t);
    assert_false(site_clock_suspect(t->site));
    t_must(rec_enrol(t->site, T_REGISTRAR, &patient, t->mem, &out, &err));
    t_site_close(t);
    t->options.clock = clock_fixed(T_SITE_NOW + 3650 * day_ms); /* really ten years later */
    t_site_open(t);
    assert_true(site_clock_suspect(t->site));
    t_must(site_clock_confirm(t->site, T_TECHNICIAN, &err));
    assert_false(site_clock_suspect(t->site));
    assert_code(t_open_code(t, T_ASSISTANT, PURPOSE_CARE, who.card, &view), SALVE_E_CONSENT);
    t_site_close(t);
    t_site_open(t);
    assert_false(site_clock_suspect(t->site));
    t_site_close(t);
    t->options.clock = clock_fixed(T_SITE_NOW); /* and no way back: what has ended has ended */
    t_site_open(t);
    assert_code(site_clock_confirm(t->site, T_TECHNICIAN, NULL), SALVE_E_CLOCK);
    assert_code(t_open_code(t, T_ASSISTANT, PURPOSE_CARE, who.card, &view), SALVE_E_CONSENT);
    t_site_drop(t);
}

/* --- full disk -------------------------------------------------------------------------------------------------- */

static uint64_t fill_until_full(struct t_site *t, struct rec_view *view)
{
    uint64_t saved = 0;
    enum salve_code code = SALVE_OK;
    while (code == SALVE_OK && saved < 3000) {
        struct str id;
        t_must(rec_new_id(view, t->mem, &id, &err));
        struct tape weight = t_weight(t, view, id, "60.5");
        code = t_save_code(t, view, &weight, 0);
        saved += code == SALVE_OK;
    }
    assert_code(code, SALVE_E_FULL);
    return saved;
}

static void a_full_disk_refuses_and_loses_nothing(void **state)
{
    (void)state;
    char folder[256];
    (void)snprintf(folder, sizeof folder, "%s/salve-full-%d", t_tmp(), (int)getpid());
    mkdir(folder, 0700);
    if (mount("tmpfs", folder, "tmpfs", 0, "size=1m") != 0) {
        rmdir(folder);
        skip(); /* only root may make a small disk */
    }
    setenv("TMPDIR", folder, 1);
    struct t_site *t = t_site_make("full", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    t_give(t, who.card, PURPOSE_CARE);
    struct rec_view *view = t_open(t, T_ASSISTANT, PURPOSE_CARE, who.card);
    uint64_t saved = fill_until_full(t, view);
    assert_true(saved > 0);
    (void)!rec_close(&view, NULL);
    (void)!site_close(&t->site, NULL);
    assert_int_equal(mount("tmpfs", folder, "tmpfs", MS_REMOUNT, "size=8m"), 0);
    t_site_open(t);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    assert_int_equal(t_count(view), saved + 1);
    t_close_view(&view);
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    assert_ok(site_verify(t->site, &ask, &result, NULL));
    t_site_drop(t);
    unsetenv("TMPDIR");
    umount(folder);
    rmdir(folder);
}

/* --- older files ------------------------------------------------------------------------------------------------ */

static void show(void *with, const struct site_finding *finding)
{
    (void)with;
    fprintf(stderr, "finding: %.*s %.*s %.*s: %.*s\n", STR_ARGS(finding->file), STR_ARGS(finding->compartment),
            STR_ARGS(finding->element), STR_ARGS(finding->what));
}

static void bring_back(const char *from, const char *to, const char *const *names)
{
    for (; *names != NULL; names++) {
        struct arena *mem = arena_open((size_t)1 << 28);
        struct str bytes;
        char path[1024];
        (void)snprintf(path, sizeof path, "%s/%s", from, *names);
        t_must(file_read(path, (size_t)1 << 27, mem, &bytes, &err));
        (void)snprintf(path, sizeof path, "%s/%s", to, *names);
        t_must(file_write(path, bytes, 0600, &err));
        arena_close(mem);
    }
}

/* An older site.db must not sign again; a successor log starts, says what was lost, and what was withdrawn or
 * erased after the backup is withdrawn and erased again. */
static void an_older_database_cannot_go_on_as_if_nothing_happened(void **state)
{
    (void)state;
    static const char *const all[] = {"site.db", "keys.db", "keys.epoch", NULL};
    struct t_site *t = t_site_make("restore", false);
    struct rec_view *view;
    struct salve_err err = {0};
    struct rec_erasure erasure;
    struct site_facts facts;
    struct rec_look *looks;
    size_t count, missing;
    char backup[512];
    struct rec_enrolled stays = t_enrol(t, "A", "1980-01-01"), withdraws = t_enrol(t, "B", "1980-01-01"),
                        goes = t_enrol(t, "C", "1980-01-01");
    t_give(t, stays.card, PURPOSE_CARE);
    t_give(t, withdraws.card, PURPOSE_CARE);
    t_give(t, goes.card, PURPOSE_CARE);
    t_sign(t); /* as a backup does: what a copy holds unsigned, no later log proves */
    t_site_close(t);
    (void)snprintf(backup, sizeof backup, "%s-backup", t->folder);
    t_copy(t->folder, backup);
    t_site_open(t);
    t_withdraw(t, withdraws.card, PURPOSE_CARE);
    t_must(rec_erase(t->site, T_BESIDE, goes.card, t->mem, &erasure, &err));
    t_site_close(t);
    bring_back(backup, t->folder, all);
    assert_code(site_open(&t->options, &t->site, &err), SALVE_E_INTEGRITY);
    assert_non_null(strstr(t_where(&err), "signed-head"));
    t_must(site_log_successor(&t->options, &err));
    t_site_open(t);
    assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_CARE, withdraws.card, &view), SALVE_E_CONSENT);
    assert_code(t_open_code(t, T_PERSON, PURPOSE_SELF, goes.card, &view), SALVE_E_NOT_FOUND);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, stays.card);
    assert_int_equal(t_count(view), 1);
    t_close_view(&view);
    view = t_open(t, T_PERSON, PURPOSE_SELF, stays.card);
    t_must(rec_looked(view, t->mem, &looks, &count, &missing, &err));
    assert_int_equal(missing, 0);
    t_close_view(&view);
    t_must(site_facts(t->site, t->mem, &facts, &err));
    assert_str(facts.origin, "salve.test/2");
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN, .finding = show};
    t_must(site_verify(t->site, &ask, &result, &err));
    t_site_close(t);
    assert_code(site_log_successor(&t->options, &err), SALVE_E_CONFLICT);
    t_site_open(t);
    t_remove(backup);
    t_site_drop(t);
}

static void an_older_key_store_revives_no_consent(void **state)
{
    (void)state;
    static const char *const keys[] = {"keys.db", "keys.epoch", NULL};
    struct t_site *t = t_site_make("oldkeys", false);
    struct rec_view *view;
    struct rec_erasure erasure;
    struct site_rotation rotation;
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    char backup[512];
    struct rec_enrolled a = t_enrol(t, "A", "1980-01-01"), b = t_enrol(t, "B", "1980-01-01");
    t_give(t, a.card, PURPOSE_CARE);
    t_site_close(t);
    (void)snprintf(backup, sizeof backup, "%s-backup", t->folder);
    t_copy(t->folder, backup);
    t_site_open(t);
    t_withdraw(t, a.card, PURPOSE_CARE);
    t_must(rec_erase(t->site, T_BESIDE, b.card, t->mem, &erasure, &err));
    t_site_close(t);
    bring_back(backup, t->folder, keys);
    t_site_open(t);
    assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_CARE, a.card, &view), SALVE_E_CONSENT);
    assert_code(t_open_code(t, T_PERSON, PURPOSE_SELF, b.card, &view), SALVE_E_NOT_FOUND);
    assert_code(site_verify(t->site, &ask, &result, NULL), SALVE_E_INTEGRITY);
    assert_int_equal(result.findings, 4); /* the wraps of both, B's card, and that A decided since */
    t_must(site_rotate(t->site, T_TECHNICIAN, &rotation, &err));
    t_must(site_verify(t->site, &ask, &result, &err));
    assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_CARE, a.card, &view), SALVE_E_CONSENT);
    t_remove(backup);
    t_site_drop(t);
}

/* --- bits ------------------------------------------------------------------------------------------------------- */

struct seen {
    const char *file;
    bool named;
};
static void note(void *with, const struct site_finding *finding)
{
    struct seen *seen = with;
    if (str_find(finding->file, str_of(seen->file)) >= 0 || str_find(finding->element, str_of(seen->file)) >= 0)
        seen->named = true;
}

static bool is_found(struct t_site *t, const char *file, struct salve_err *err)
{
    struct seen seen = {.file = file};
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN, .finding = note, .with = &seen};
    enum salve_code code = site_verify_path(&t->options, &ask, &result, err);
    return code == SALVE_E_INTEGRITY ? seen.named : code == SALVE_E_SECRET || code == SALVE_E_UNSUPPORTED;
}

/* Flips one bit in every byte (every step-th without ALL=1) of every file; verify must name the file. */
static void any_flipped_bit_is_found_and_named(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("bits", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01"), gone = t_enrol(t, "Okafor", "1980-01-01");
    struct rec_erasure erasure;
    struct str *names;
    size_t count;
    uint64_t tried = 0, missed = 0;
    t_give(t, who.card, PURPOSE_CARE);
    struct rec_view *view = t_open(t, T_ASSISTANT, PURPOSE_CARE, who.card);
    for (int i = 0; i < 5; i++) t_save_weight(t, view, "70");
    t_close_view(&view);
    t_must(rec_erase(t->site, T_BESIDE, gone.card, t->mem, &erasure, &err));
    t_site_close(t);
    t_must(file_list(t->folder, t->mem, &names, &count, &err));
    assert_true(count >= 6);
    for (size_t f = 0; f < count; f++) {
        char path[1024];
        struct str bytes;
        (void)snprintf(path, sizeof path, "%s/%.*s", t->folder, STR_ARGS(names[f]));
        t_must(file_read(path, (size_t)1 << 28, t->mem, &bytes, &err));
        size_t step = t_is_all() ? 1 + bytes.len / 20000 : 1 + bytes.len / 60;
        for (size_t at = f % 3; at < bytes.len; at += step) {
            struct salve_err err = {0};
            int fd = open(path, O_WRONLY);
            char changed = (char)(bytes.ptr[at] ^ (1 << (at / step % 8)));
            assert_int_equal(pwrite(fd, &changed, 1, (off_t)at), 1);
            bool found = is_found(t, arena_printf(t->mem, "%.*s", STR_ARGS(names[f])).ptr, &err);
            if (!found && missed++ < 20)
                printf("not found: bit %d of byte %zu of %.*s: %s\n", (int)(at / step % 8), at, STR_ARGS(names[f]),
                       t_where(&err));
            assert_int_equal(ftruncate(fd, (off_t)bytes.len), 0);
            assert_int_equal(pwrite(fd, bytes.ptr, bytes.len, 0), bytes.len);
            close(fd);
            tried++;
        }
    }
    printf("%llu bits flipped, %llu not found\n", (unsigned long long)tried, (unsigned long long)missed);
    assert_int_equal(missed, 0);
    t_site_open(t);
    t_site_drop(t);
}

/* A damaged page of records takes the people on it and nobody else: everybody else opens as before. */
static void damage_to_one_stays_with_one(void **state)
{
    (void)state;
    enum { PEOPLE = 24, SAVES = 6, FLIPS = 24 };
    struct t_site *t = t_site_make("others", false);
    struct str cards[PEOPLE];
    struct str bytes;
    char path[1024];
    int closed = 0, hit = 0, few = 0;
    for (int p = 0; p < PEOPLE; p++) {
        cards[p] = t_enrol(t, "Haddad", "1980-01-01").card;
        t_give(t, cards[p], PURPOSE_CARE);
        struct rec_view *view = t_open(t, T_ASSISTANT, PURPOSE_CARE, cards[p]);
        for (int i = 0; i < SAVES; i++) t_save_weight(t, view, "70");
        t_close_view(&view);
    }
    t_site_close(t);
    char master[512];
    (void)snprintf(master, sizeof master, "%s-master", t->folder);
    t_copy(t->folder, master);
    (void)snprintf(path, sizeof path, "%s/site.db", t->folder);
    t_must(file_read(path, (size_t)1 << 28, t->mem, &bytes, &err));
    for (int f = 0; f < FLIPS; f++) {
        t_remove(t->folder);
        t_copy(master, t->folder);
        size_t at = bytes.len / FLIPS * (size_t)f + 1000;
        int fd = open(path, O_WRONLY), affected = 0;
        char changed = (char)(bytes.ptr[at] ^ 4);
        assert_int_equal(pwrite(fd, &changed, 1, (off_t)at), 1);
        struct salve_err err = {0};
        enum salve_code code = site_open(&t->options, &t->site, &err);
        if (code == SALVE_OK) {
            for (int p = 0; p < PEOPLE; p++) {
                struct rec_view *view = NULL;
                const struct rec_resource *all;
                size_t count;
                code = t_open_code(t, T_CLINICIAN, PURPOSE_CARE, cards[p], &view);
                if (code == SALVE_OK) code = rec_all(view, 0, &all, &count, NULL);
                affected += code != SALVE_OK;
                assert_true(code == SALVE_OK || code == SALVE_E_INTEGRITY || code == SALVE_E_IO);
                (void)!rec_close(&view, NULL);
            }
            (void)!site_close(&t->site, NULL);
        } else {
            assert_code(code, SALVE_E_INTEGRITY);
            closed++;
        }
        close(fd);
        hit += affected > 0;
        few += affected > 0 && affected <= 3;
    }
    printf("%d flips in site.db (%zu bytes, %d people): %d stop the opening, %d reach people, %d of these 3 at most\n",
           FLIPS, bytes.len, PEOPLE, closed, hit, few);
    assert_true(hit > 0 && closed <= FLIPS / 4 && 2 * few >= hit); /* the others hit the log, which every look needs */
    t_remove(master);
    t_site_drop(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_wrong_secret_opens_nothing_and_changes_nothing),
        cmocka_unit_test(where_the_records_are_is_a_text_with_a_scheme),
        cmocka_unit_test(there_is_no_site_where_there_is_none_and_one_is_enough),
        cmocka_unit_test(a_second_process_is_told_who_has_the_site),
        cmocka_unit_test(a_clock_set_back_extends_nothing_and_keeps_reading),
        cmocka_unit_test(a_clock_far_ahead_ends_nothing),
        cmocka_unit_test(a_full_disk_refuses_and_loses_nothing),
        cmocka_unit_test(an_older_database_cannot_go_on_as_if_nothing_happened),
        cmocka_unit_test(an_older_key_store_revives_no_consent),
        cmocka_unit_test(any_flipped_bit_is_found_and_named),
        cmocka_unit_test(damage_to_one_stays_with_one),
    };
    return t_run(tests);
}
