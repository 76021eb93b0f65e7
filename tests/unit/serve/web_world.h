/* SPDX-License-Identifier: Apache-2.0
 *
 * web_world - pages at the far end of a gate that a thread serves, as in web: one group of tests a program. */
#ifndef SALVE_TESTS_WEB_WORLD_H
#define SALVE_TESTS_WEB_WORLD_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "../pages/pages_world.h"
#include "door/door.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

enum { LINES = 2 };

static struct {
    struct pages_world *world;
    struct door_page *page;
    struct door_server *server;
    struct site *far;
    pthread_t thread;
    pthread_mutex_t step; /* held while the thread works */
    int page_fd, fds[LINES];
    _Atomic bool is_over;
} g;

static void *serve(void *with)
{
    (void)with;
    while (!atomic_load(&g.is_over)) {
        (void)pthread_mutex_lock(&g.step);
        t_must(door_server_step(g.server, 5, &err));
        (void)pthread_mutex_unlock(&g.step);
        (void)usleep(10);
    }
    return NULL;
}

static struct site *site_of_web(void *with, unsigned worker, struct salve_err *err)
{
    (void)with, (void)worker, (void)err;
    return g.far;
}

static bool is_still_there = true; /* the gate, as web sees it */
static bool site_is_of_web(void *with, unsigned worker)
{
    (void)with, (void)worker;
    return is_still_there;
}

static void web_begin(void)
{
    (void)pthread_mutex_lock(&g.step);
    door_server_new_web(g.server);
    for (size_t i = 0; i < LINES; i++) {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) abort();
        t_must(door_server_add(g.server, ends[0], DOOR_WEB, &err));
        g.fds[i] = ends[1];
    }
    (void)pthread_mutex_unlock(&g.step);
    const struct door_connect ask = {
        .fds = g.fds, .fd_count = LINES, .page_fd = g.page_fd, .clock = g.world->w.t->options.clock};
    t_must(door_connect(&ask, &g.far, &err));
    g.world->config.site = site_of_web;
    g.world->config.site_is = site_is_of_web;
    t_must(pages_open(&g.world->config, &g.world->pages, &err));
}

/* As if they were killed: the lines end first, so nothing that they had open is closed by them. */
static void web_lost(void)
{
    for (size_t i = 0; i < LINES; i++) (void)shutdown(g.fds[i], SHUT_RDWR);
    pages_close(&g.world->pages);
    (void)!site_close(&g.far, NULL);
    web_begin();
}

static int make(void **state)
{
    (void)state;
    g.world = pages_world_make("serve-again", true);
    pages_close(&g.world->pages);
    g.is_over = false;
    (void)pthread_mutex_init(&g.step, NULL);
    t_must(door_page_make(&g.page, &g.page_fd, &err));
    const struct door_serve_ask ask = {.site = g.world->w.t->site, .page = g.page};
    t_must(door_server_open(&ask, &g.server, &err));
    if (pthread_create(&g.thread, NULL, serve, NULL) != 0) abort();
    web_begin();
    return 0;
}

static int drop(void **state)
{
    (void)state;
    pages_close(&g.world->pages);
    (void)!site_close(&g.far, NULL);
    atomic_store(&g.is_over, true);
    (void)pthread_join(g.thread, NULL);
    door_server_close(&g.server);
    door_page_drop(g.page);
    (void)close(g.page_fd);
    g.world->config.site = site_of;
    g.world->config.site_is = NULL;
    t_must(pages_open(&g.world->config, &g.world->pages, &err));
    pages_world_drop(g.world);
    return 0;
}

#pragma GCC diagnostic pop

#endif
