/* SPDX-License-Identifier: Apache-2.0
 *
 * A site is verified and backed up while people work: what is looked at is the site of one moment, whatever is saved,
 * decided or erased meanwhile, and whoever looks holds nobody up. */
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "door/door.h"
#include "door/serve_int.h"
#include "records/gate.h"
#include "t_site.h"

/* Seen by the fork too, which waits where the gate of a real site gives up its rights. */
struct shared {
    atomic_bool is_there, may_go, must_die;
};

static struct {
    struct t_site *t;
    struct site *near, *web, *command;
    struct door_server *server;
    pthread_t thread, asker;
    _Atomic bool is_over;
    struct shared *shared;
    struct session ben;
    struct actor tech;
    struct site_verify_result result;
    struct site_backup backup;
    char data[600], keys[600];
    enum salve_code code;
    unsigned findings, steps;
} g;

static enum salve_code wait_there(void *with, bool is_backup, struct salve_err *err)
{
    struct shared *shared = with;
    (void)is_backup, (void)err;
    atomic_store(&shared->is_there, true);
    while (!atomic_load(&shared->may_go)) (void)usleep(200);
    if (atomic_load(&shared->must_die)) (void)raise(SIGKILL);
    return SALVE_OK;
}

static void *serve(void *with)
{
    (void)with;
    while (!atomic_load(&g.is_over)) t_must(door_server_step(g.server, 5, &err));
    return NULL;
}

static struct site *far_end(int gate_fd, int fd)
{
    struct site *site = NULL;
    const struct door_connect ask = {.fds = &fd, .fd_count = 1, .page_fd = -1, .clock = g.t->options.clock};
    (void)gate_fd;
    t_must(door_connect(&ask, &site, &err));
    return site;
}

static int make(void **state)
{
    (void)state;
    int web[2], command[2];
    struct actor made;
    g.t = t_site_make("door-aside", false);
    g.near = g.t->site;
    atomic_store(&g.is_over, false);
    g.findings = g.steps = 0;
    g.shared = mmap(NULL, sizeof *g.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(g.shared != MAP_FAILED);
    const struct door_serve_ask ask = {.site = g.near, .confine = wait_there, .with = g.shared};
    t_must(door_server_open(&ask, &g.server, &err));
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, web) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, command) != 0)
        abort();
    t_must(door_server_add(g.server, web[0], DOOR_WEB, &err));
    t_must(door_server_add(g.server, command[0], DOOR_COMMAND, &err));
    if (pthread_create(&g.thread, NULL, serve, NULL) != 0) abort();
    g.web = far_end(web[0], web[1]);
    g.command = far_end(command[0], command[1]);
    t_must(session_begin(g.web, T_ASSISTANT.id, T_PIN, g.t->mem, &g.ben, &err));
    t_must(staff_login(g.command, T_TECHNICIAN.id, T_PIN, g.t->mem, &made, &err));
    g.tech = made;
    g.t->site = g.web;
    (void)snprintf(g.data, sizeof g.data, "%s-data", g.t->folder);
    (void)snprintf(g.keys, sizeof g.keys, "%s-keys", g.t->folder);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    (void)!site_close(&g.web, NULL);
    (void)!site_close(&g.command, NULL);
    atomic_store(&g.is_over, true);
    (void)pthread_join(g.thread, NULL);
    door_server_close(&g.server);
    g.t->site = g.near;
    t_site_drop(g.t);
    t_remove(g.data);
    t_remove(g.keys);
    (void)munmap(g.shared, sizeof *g.shared);
    return 0;
}

static void found(void *with, const struct site_finding *finding)
{
    (void)with, (void)finding;
    g.findings++;
}

static void stepped(void *with, const char *step, uint64_t done, uint64_t of)
{
    (void)with, (void)step, (void)done, (void)of;
    g.steps++;
}

static void *verify(void *with)
{
    (void)with;
    const struct site_verify_ask ask = {.actor = g.tech, .finding = found, .progress = stepped};
    g.code = site_verify(g.command, &ask, &g.result, NULL);
    return NULL;
}

static void *back_up(void *with)
{
    const struct site_backup_ask ask = {.actor = g.tech, .data = g.data, .keys = g.keys};
    g.code = site_backup(g.command, &ask, with, &g.backup, NULL);
    return NULL;
}

/* It is at its work, and stays there until it may go on. */
static void begin(void *(*what)(void *with))
{
    if (pthread_create(&g.asker, NULL, what, g.t->mem) != 0) abort();
    while (!atomic_load(&g.shared->is_there)) (void)usleep(200);
}

static void go_on(void)
{
    atomic_store(&g.shared->may_go, true);
    (void)pthread_join(g.asker, NULL);
    atomic_store(&g.shared->is_there, false);
    atomic_store(&g.shared->may_go, false);
}

static struct rec_enrolled carer(const char *family)
{
    struct rec_enrolled who = {0};
    struct actor rosa = T_REGISTRAR;
    struct tape patient = t_read(g.t->mem, arena_printf(g.t->mem,
                                                        "{\"resourceType\":\"Patient\",\"name\":[{\"family\":"
                                                        "\"%s\"}],\"birthDate\":\"1980-01-01\"}",
                                                        family)
                                               .ptr);
    struct session session;
    t_must(session_begin(g.web, rosa.id, T_PIN, g.t->mem, &session, &err));
    t_must(rec_enrol(g.web, session.actor, &patient, g.t->mem, &who, &err));
    struct consent_grant grant = t_grant(PURPOSE_CARE);
    t_must(rec_consent_give(g.web, session.actor, who.card, &grant, g.t->mem, NULL, &err));
    return who;
}

static void save_one(struct str card)
{
    struct rec_view *view = t_open(g.t, g.ben.actor, PURPOSE_CARE, card);
    t_save_weight(g.t, view, "81.5");
    t_close_view(&view);
}

static off_t log_bytes(void)
{
    struct stat info;
    char path[700];
    (void)snprintf(path, sizeof path, "%s/site.db-wal", g.t->folder);
    return stat(path, &info) == 0 ? info.st_size : 0;
}

/* --- tests -------------------------------------------------------------------------------------------------------- */

static void a_site_is_verified_while_people_work(void **state)
{
    (void)state;
    struct rec_enrolled who = carer("Haddad");
    save_one(who.card);
    begin(verify);
    uint64_t before = door_server_figures(g.server).requests;
    struct rec_enrolled other = carer("Okafor"); /* keys, consent, records: all of it goes on */
    for (int i = 0; i < 20; i++) save_one(i % 2 == 0 ? who.card : other.card);
    assert_true(door_server_figures(g.server).requests > before + 60);
    go_on();
    assert_code(g.code, SALVE_OK);
    assert_int_equal(g.findings, 0);
    assert_true(g.steps > 3);
    assert_int_equal(g.result.compartments, 1); /* of the moment at which it began */
    save_one(other.card);
    begin(verify);
    go_on();
    assert_code(g.code, SALVE_OK);
    assert_int_equal(g.result.compartments, 2);
}

static void what_is_damaged_is_told_all_the_same(void **state)
{
    (void)state;
    char path[700];
    save_one(carer("Haddad").card);
    (void)snprintf(path, sizeof path, "%s/checkpoint", g.t->folder);
    t_must(file_replace(path, STR("salve.made-up/1\n1\nAAAA\n"), 0644, &err));
    begin(verify);
    go_on();
    assert_code(g.code, SALVE_E_INTEGRITY);
    assert_true(g.findings > 0);
    assert_int_equal(g.result.findings, g.findings);
}

/* Whoever is erased has no keys from that moment; the records leave the file when nobody reads it any more. */
static void who_is_erased_meanwhile_is_gone_when_it_is_done(void **state)
{
    (void)state;
    struct rec_erasure erasure;
    struct rec_view *view = NULL;
    struct session rosa;
    struct rec_enrolled who = carer("Haddad");
    save_one(who.card);
    begin(verify);
    t_must(session_begin(g.web, T_REGISTRAR.id, T_PIN, g.t->mem, &rosa, &err));
    struct actor beside = {.role = ROLE_PARTICIPANT, .id = rosa.actor.id, .told = {"1980-01-01", 10}};
    memcpy(beside.pass, rosa.actor.pass, sizeof beside.pass);
    t_must(rec_erase(g.web, beside, who.card, g.t->mem, &erasure, &err));
    assert_code(t_open_code(g.t, g.ben.actor, PURPOSE_CARE, who.card, &view), SALVE_E_NOT_FOUND);
    assert_true(log_bytes() > 0);
    go_on();
    assert_code(g.code, SALVE_OK);
    assert_int_equal(g.result.compartments, 1);
    begin(verify);
    go_on();
    assert_code(g.code, SALVE_OK);
    assert_int_equal(g.result.compartments, 0);
    assert_int_equal(g.result.findings, 0);
}

static void there_is_one_at_a_time(void **state)
{
    (void)state;
    struct site_verify_result result;
    struct site_rotation rotation;
    int ends[2];
    save_one(carer("Haddad").card);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) abort();
    begin(verify);
    assert_code(site_rotate(g.near, T_TECHNICIAN, &rotation, NULL), SALVE_E_BUSY); /* the keys that it reads */
    assert_code(site_freeze(g.near, NULL), SALVE_E_BUSY);
    go_on();
    assert_code(g.code, SALVE_OK);
    const struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    assert_ok(site_verify(g.near, &ask, &result, NULL)); /* the file is as ever again */
    assert_ok(site_rotate(g.near, T_TECHNICIAN, &rotation, NULL));
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void one_that_is_killed_is_an_error_and_nothing_else(void **state)
{
    (void)state;
    struct rec_enrolled who = carer("Haddad");
    begin(verify);
    save_one(who.card);
    atomic_store(&g.shared->must_die, true);
    go_on();
    assert_code(g.code, SALVE_E_IO);
    atomic_store(&g.shared->must_die, false);
    save_one(who.card);
    begin(back_up);
    atomic_store(&g.shared->must_die, true);
    go_on();
    assert_code(g.code, SALVE_E_IO);
    atomic_store(&g.shared->must_die, false);
    begin(back_up); /* over what it left */
    go_on();
    assert_code(g.code, SALVE_OK);
}

static void a_backup_is_of_one_moment(void **state)
{
    (void)state;
    struct rec_enrolled who = carer("Haddad"), other = carer("Okafor");
    save_one(who.card);
    begin(back_up);
    for (int i = 0; i < 10; i++) save_one(other.card);
    (void)carer("Silva");
    go_on();
    assert_code(g.code, SALVE_OK);
    assert_int_equal(g.backup.verified.findings, 0);
    assert_int_equal(g.backup.verified.compartments, 2);
    struct site_backup_state kept;
    assert_ok(site_backup_state(g.command, g.t->mem, &kept, NULL));
    assert_int_equal(kept.at_unix_ms, g.backup.at_unix_ms);
    assert_code(kept.keys_code, SALVE_OK);
    begin(back_up); /* and again, into the same places */
    go_on();
    assert_code(g.code, SALVE_OK);
    assert_int_equal(g.backup.verified.compartments, 3);
}

static void it_ends_with_who_asked(void **state)
{
    (void)state;
    int ends[2];
    struct site *other = NULL;
    struct actor made;
    save_one(carer("Haddad").card);
    begin(verify);
    atomic_store(&g.shared->may_go, false);
    (void)shutdown(g.server->conns[1].fd, SHUT_RDWR); /* the command line is gone */
    (void)pthread_join(g.asker, NULL);
    assert_code(g.code, SALVE_E_IO);
    for (int i = 0; i < 1000 && g.server->aside.call != NULL; i++) (void)usleep(1000);
    assert_null(g.server->aside.call);
    atomic_store(&g.shared->may_go, true); /* it finds nobody, and ends */
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) abort();
    (void)usleep(20 * 1000);
    t_must(door_server_add(g.server, ends[0], DOOR_COMMAND, &err));
    other = far_end(ends[0], ends[1]);
    t_must(staff_login(other, T_TECHNICIAN.id, T_PIN, g.t->mem, &made, &err));
    (void)!site_close(&g.command, NULL);
    g.command = other;
    g.tech = made;
    (void)verify(NULL);
    assert_code(g.code, SALVE_OK);
}

#define aside_test(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        aside_test(a_site_is_verified_while_people_work),
        aside_test(what_is_damaged_is_told_all_the_same),
        aside_test(who_is_erased_meanwhile_is_gone_when_it_is_done),
        aside_test(there_is_one_at_a_time),
        aside_test(one_that_is_killed_is_an_error_and_nothing_else),
        aside_test(a_backup_is_of_one_moment),
        aside_test(it_ends_with_who_asked),
    };
    return t_run(tests);
}
