/* SPDX-License-Identifier: Apache-2.0
 *
 * No request holds the gate for long, whatever it asks for: a record of thousands of resources, hundreds of looks with
 * their proofs, a name that is hashed slowly, a list of many tickets. Counted is the processor's time between one look
 * of the gate at its connections and the next. Prints what each took. */
#include <pthread.h>
#include <sys/socket.h>

#include "door/door.h"
#include "door/serve_int.h"
#include "records/worklist.h"
#include "t_site.h"

enum { LIMIT_US = 10 * 1000, BATCHES = T_IS_SANITIZED ? 20 : 150, LOOKS = T_IS_SANITIZED ? 40 : 300 };

static struct {
    struct t_site *t;
    struct site *near, *web, *command;
    struct door_server *server;
    pthread_t thread;
    _Atomic bool is_over;
    struct actor ben, rosa, mia, amina, tech;
} g;

static void *serve(void *with)
{
    (void)with;
    while (!atomic_load(&g.is_over)) t_must(door_server_step(g.server, 5, &err));
    return NULL;
}

static struct actor begin(struct str id)
{
    struct session session;
    t_must(session_begin(g.web, id, T_PIN, g.t->mem, &session, &err));
    return session.actor;
}

static void make(void)
{
    struct actor made;
    g.t = t_site_make("door-held", true);
    g.near = g.t->site;
    const struct door_serve_ask ask = {.site = g.near};
    t_must(door_server_open(&ask, &g.server, &err));
    struct door_server *server = g.server;
    int web[2], command[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, web) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, command) != 0)
        abort();
    t_must(door_server_add(server, web[0], DOOR_WEB, &err));
    t_must(door_server_add(server, command[0], DOOR_COMMAND, &err));
    if (pthread_create(&g.thread, NULL, serve, NULL) != 0) abort();
    struct door_connect connect = {.fds = &web[1], .fd_count = 1, .page_fd = -1, .clock = g.t->options.clock};
    t_must(door_connect(&connect, &g.web, &err));
    connect.fds = &command[1];
    t_must(door_connect(&connect, &g.command, &err));
    g.ben = begin(T_ASSISTANT.id);
    g.rosa = begin(T_REGISTRAR.id);
    g.mia = begin(T_MANAGER.id);
    g.amina = begin(T_CLINICIAN.id);
    t_must(staff_login(g.command, T_TECHNICIAN.id, T_PIN, g.t->mem, &made, &err));
    g.tech = made;
    g.t->site = g.web;
}

static struct str enrol(const char *family)
{
    struct rec_enrolled who;
    struct tape patient = t_read(g.t->mem, arena_printf(g.t->mem,
                                                        "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"%s\"}],"
                                                        "\"birthDate\":\"1980-01-01\"}",
                                                        family)
                                               .ptr);
    t_must(rec_enrol(g.web, g.rosa, &patient, g.t->mem, &who, &err));
    struct consent_grant grant = t_grant(PURPOSE_CARE);
    t_must(rec_consent_give(g.web, g.rosa, who.card, &grant, g.t->mem, NULL, &err));
    return who.card;
}

static void use(struct str card)
{
    const struct rec_resource *all = NULL;
    struct rec_look *looks = NULL;
    struct compartment *found = NULL;
    struct work *list = NULL;
    size_t count = 0, missing = 0;
    for (int i = 0; i < LOOKS; i++) {
        struct rec_view *look = t_open(g.t, g.ben, PURPOSE_CARE, card);
        t_close_view(&look);
    }
    struct rec_view *view = t_open(g.t, g.amina, PURPOSE_CARE, card);
    t_must(rec_all(view, 0, &all, &count, &err));
    assert_true(count >= BATCHES * T_FILL_EACH);
    t_close_view(&view);
    view = t_open(g.t, T_PERSON, PURPOSE_SELF, card);
    t_must(rec_looked(view, g.t->mem, &looks, &count, &missing, &err));
    assert_true(count > LOOKS && missing == 0);
    t_must(rec_take(view, g.t->mem, &all, &count, &err));
    t_close_view(&view);
    t_must(
        rec_find(g.web, g.rosa, STR("[{\"family\":\"Haddad\"}]"), STR("1980-01-01"), g.t->mem, &found, &count, &err));
    t_must(t_worklist(g.web, g.amina, g.t->mem, &list, &count, &err));
}

static void keep_up(void)
{
    struct site_verify_result result;
    const struct site_verify_ask ask = {.actor = g.tech};
    struct staff_new fresh = {
        .id = STR("new-one"), .role = ROLE_ASSISTANT, .secret = STR("135790"), .second = &g.amina};
    t_must(site_verify(g.command, &ask, &result, &err));
    t_must(staff_register(g.web, g.mia, &fresh, &err));
}

static void judge(void)
{
    for (size_t i = 0; i < DOOR_ASKS; i++) {
        uint64_t us = g.server->worst_us[i];
        if (us >= 1000) printf("%-24s %7.1f ms\n", door_rows[i].name, (double)us / 1000);
        if (us <= LIMIT_US || T_IS_SANITIZED)
            t_pass();
        else
            t_fail("held", "%s held the gate for %.1f ms", door_rows[i].name, (double)us / 1000);
    }
}

int main(void)
{
    make();
    struct str card = enrol("Haddad");
    t_fill(g.t, g.ben, card, BATCHES);
    use(card);
    keep_up();
    (void)!site_close(&g.web, NULL);
    (void)!site_close(&g.command, NULL);
    atomic_store(&g.is_over, true);
    (void)pthread_join(g.thread, NULL);
    judge();
    door_server_close(&g.server);
    g.t->site = g.near;
    t_site_drop(g.t);
    return t_end();
}
