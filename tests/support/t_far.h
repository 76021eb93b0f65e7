/* SPDX-License-Identifier: Apache-2.0
 *
 * t_far - the site of t_site.h used through the door: a thread of this program serves it, the test has the far end.
 * Included by t_site.h where T_SITE_FAR is defined. Sessions end with the connection, so whoever logged in does so
 * again when the site is opened again. */
#ifndef SALVE_TESTS_T_FAR_H
#define SALVE_TESTS_T_FAR_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "door/door.h"
#include "records/session.h"

struct t_far {
    struct site *near;
    struct door_page *page;
    struct door_server *server;
    pthread_t thread;
    int wake[2]; /* closed: the thread ends */
    atomic_bool is_over;
};

static void t_far_over(void *with) { atomic_store((atomic_bool *)with, true); }

static void *t_far_serve(void *with)
{
    struct t_far *far = with;
    while (!atomic_load(&far->is_over)) t_must(door_server_step(far->server, 1000, &err));
    return NULL;
}

/* Sessions ended with the connection, and a doubted clock lets few begin. */
static void t_site_again(struct t_site *t)
{
    struct actor made;
    for (size_t i = 0; i < T_STAFF; i++)
        if (staff_login(t->site, t_all_staff[i]->id, T_PIN, t->mem, &made, NULL) == SALVE_OK)
            memcpy(t_all_staff[i]->pass, made.pass, sizeof made.pass);
    memcpy(T_BESIDE.pass, T_REGISTRAR.pass, sizeof T_BESIDE.pass);
}

/* It is shown once more that it is them, after some time of a moving clock. */
static void t_site_shown(struct t_site *t)
{
    struct session shown;
    for (size_t i = 0; i < T_STAFF; i++)
        if (session_unlock(t->site, t_all_staff[i]->pass, T_PIN, t->mem, &shown, NULL) == SALVE_OK)
            memcpy(t_all_staff[i]->pass, shown.token, sizeof shown.token);
    memcpy(T_BESIDE.pass, T_REGISTRAR.pass, sizeof T_BESIDE.pass);
}

static void t_site_open(struct t_site *t)
{
    int ends[2], page_fd;
    struct t_far *far = calloc(1, sizeof *far);
    if (far == NULL || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 || pipe(far->wake) != 0) abort();
    t->far = far;
    t_must(site_open(&t->options, &far->near, &err));
    t->site = far->near;
    if (!t->has_staff) t_site_staff(t); /* the first of a register are named where the site is open itself */
    t_must(door_page_make(&far->page, &page_fd, &err));
    struct door_serve_ask ask = {.site = far->near, .page = far->page};
    t_must(door_server_open(&ask, &far->server, &err));
    t_must(door_server_add(far->server, ends[0], DOOR_COMMAND, &err));
    t_must(door_server_watch(far->server, far->wake[0], t_far_over, &far->is_over, &err));
    if (pthread_create(&far->thread, NULL, t_far_serve, far) != 0) abort();
    struct door_connect connect = {.fds = &ends[1], .fd_count = 1, .page_fd = page_fd, .clock = t->options.clock};
    t_must(door_connect(&connect, &t->site, &err));
    (void)close(page_fd);
    t_site_again(t);
}

static void t_site_end(struct t_site *t)
{
    struct t_far *far = t->far;
    (void)!site_close(&t->site, NULL);
    if (far == NULL) return;
    (void)close(far->wake[1]);
    (void)pthread_join(far->thread, NULL);
    door_server_close(&far->server);
    t_must(site_close(&far->near, &err));
    door_page_drop(far->page);
    (void)close(far->wake[0]);
    free(far);
    t->far = NULL;
}

static void t_site_close(struct t_site *t) { t_site_end(t); }

#endif
