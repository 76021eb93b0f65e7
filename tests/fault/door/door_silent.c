/* SPDX-License-Identifier: Apache-2.0
 *
 * A gate that says nothing: whoever asks hears so in time, and when it answers again everything is as before, with each
 * answer to its own question. */
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

#include "door/door.h"
#include "t_site.h"

enum { LINES = 2, WAIT_MS = 300, LATE_MS = 10 * 1000 };

static struct {
    struct t_site *t;
    struct door_page *page;
    struct door_server *server;
    struct site *far;
    pthread_t thread;
    pthread_mutex_t answers; /* whoever holds it silences the gate */
    _Atomic bool is_over;
} g;

static void *serve(void *with)
{
    (void)with;
    while (!atomic_load(&g.is_over)) {
        (void)pthread_mutex_lock(&g.answers);
        t_must(door_server_step(g.server, 2, &err));
        (void)pthread_mutex_unlock(&g.answers);
        (void)usleep(10); /* lets the test in */
    }
    return NULL;
}

static int make(void **state)
{
    int fds[LINES], page_fd;
    (void)state;
    g.t = t_site_make("door-silent", false);
    atomic_store(&g.is_over, false);
    (void)pthread_mutex_init(&g.answers, NULL);
    t_must(door_page_make(&g.page, &page_fd, &err));
    const struct door_serve_ask serving = {.site = g.t->site, .page = g.page};
    t_must(door_server_open(&serving, &g.server, &err));
    for (size_t i = 0; i < LINES; i++) {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) abort();
        t_must(door_server_add(g.server, ends[0], DOOR_WEB, &err));
        fds[i] = ends[1];
    }
    if (pthread_create(&g.thread, NULL, serve, NULL) != 0) abort();
    const struct door_connect ask = {
        .fds = fds, .fd_count = LINES, .page_fd = page_fd, .clock = g.t->options.clock, .wait_ms = WAIT_MS};
    t_must(door_connect(&ask, &g.far, &err));
    (void)close(page_fd);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    (void)!site_close(&g.far, NULL);
    atomic_store(&g.is_over, true);
    (void)pthread_join(g.thread, NULL);
    door_server_close(&g.server);
    t_site_drop(g.t);
    door_page_drop(g.page);
    return 0;
}

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void each_answers_its_own(void)
{
    struct staff *all = NULL;
    size_t count = 0;
    struct site_facts facts;
    for (int i = 0; i < 2 * LINES; i++) {
        assert_ok(staff_list(g.far, g.t->mem, &all, &count, NULL));
        assert_int_equal(count, T_STAFF);
        assert_ok(site_facts(g.far, g.t->mem, &facts, NULL));
        assert_true(facts.log_size > 0);
    }
}

static void a_silent_gate_is_told_in_time(void **state)
{
    (void)state;
    struct site_facts facts;
    each_answers_its_own();
    for (int round = 0; round < 3; round++) {
        (void)pthread_mutex_lock(&g.answers);
        int64_t from_ms = now_ms();
        for (int i = 0; i < 3 * LINES; i++) assert_code(site_facts(g.far, g.t->mem, &facts, NULL), SALVE_E_BUSY);
        assert_true(now_ms() - from_ms >= WAIT_MS);
        assert_true(now_ms() - from_ms < LATE_MS);
        (void)pthread_mutex_unlock(&g.answers);
        each_answers_its_own();
    }
}

/* More than a socket takes: half of it is sent when nobody waits any more. */
static void what_was_half_sent_is_sent_whole(void **state)
{
    (void)state;
    enum { BYTES = 8 << 20 };
    struct salve_err err = {0};
    char *bytes = arena_alloc(g.t->mem, BYTES);
    memset(bytes, 'x', BYTES);
    struct str large = str_make(bytes, BYTES);
    (void)pthread_mutex_lock(&g.answers);
    for (int i = 0; i < LINES; i++)
        assert_code(commons_put(g.far, T_CLINICIAN, STR("accepted"), STR("bp"), large, &err), SALVE_E_BUSY);
    assert_string_equal(err.element, "gate");
    (void)pthread_mutex_unlock(&g.answers);
    each_answers_its_own();
    assert_int_equal(door_server_figures(g.server).connections, LINES);
    assert_int_equal(door_server_figures(g.server).broken, 0);
}

/* With the gate gone it is gone, not late. */
static void the_end_is_told_as_the_end(void **state)
{
    (void)state;
    struct site_facts facts;
    (void)pthread_mutex_lock(&g.answers);
    assert_code(site_facts(g.far, g.t->mem, &facts, NULL), SALVE_E_BUSY);
    door_server_close(&g.server);
    for (int i = 0; i < 2 * LINES; i++) assert_code(site_facts(g.far, g.t->mem, &facts, NULL), SALVE_E_IO);
    const struct door_serve_ask serving = {.site = g.t->site, .page = g.page};
    t_must(door_server_open(&serving, &g.server, &err));
    (void)pthread_mutex_unlock(&g.answers);
}

#define silent_test(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        silent_test(a_silent_gate_is_told_in_time),
        silent_test(what_was_half_sent_is_sent_whole),
        silent_test(the_end_is_told_as_the_end),
    };
    return t_run(tests);
}
