/* SPDX-License-Identifier: Apache-2.0
 * Requests on worker threads: who waits for whom, and what happens to what is under way. */
#include <poll.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "http_case.h"

#define AGAIN "Host: a\r\n\r\n"
enum { WORKERS = 4, QUIET_MS = 150 };

static struct desk {
    atomic_int in_use;
} desks[WORKERS];
static void *const workers[WORKERS] = {&desks[0], &desks[1], &desks[2], &desks[3]};

static sem_t may_end; /* what /slow waits for */
static atomic_int begun, shared_desks, noted_cut, noted_all;
static atomic_int in_lane[4], lane_shared;

/* /slow waits; /lane?1 is alone in its lane; anything else is echoed. */
static void answer(void *worker, const struct http_request *request, struct http_reply *reply)
{
    struct desk *desk = worker;
    if (atomic_exchange(&desk->in_use, 1) != 0) atomic_fetch_add(&shared_desks, 1);
    reply->type = STR("text/plain");
    reply->route = 1;
    atomic_fetch_add(&begun, 1);
    if (str_is(request->path, "/slow"))
        while (sem_wait(&may_end) != 0) continue;
    if (str_is(request->path, "/lane")) {
        int lane = request->query.ptr[0] - '0';
        if (atomic_fetch_add(&in_lane[lane], 1) != 0) atomic_fetch_add(&lane_shared, 1);
        (void)usleep(500);
        atomic_fetch_sub(&in_lane[lane], 1);
    }
    reply->body = arena_printf(reply->mem, "%.*s?%.*s %.*s\n", STR_ARGS(request->path), STR_ARGS(request->query),
                               STR_ARGS(request->body));
    atomic_store(&desk->in_use, 0);
}

static bool quick(void *with, const struct http_request *request, struct http_reply *reply)
{
    (void)with;
    if (str_is(request->path, "/metrics")) http_reply_metrics(reply, STR_NONE);
    if (str_is(request->path, "/healthz")) http_reply_health(reply, STR_NONE);
    return reply->body.len > 0;
}

static uint64_t lane(void *with, const struct http_request *request)
{
    (void)with;
    return request->query.len > 0 ? (uint64_t)(request->query.ptr[0] - '0') : 0;
}

static void noted(void *with, const struct http_noted *note)
{
    (void)with;
    atomic_fetch_add(&noted_all, 1);
    if (note->is_cut) atomic_fetch_add(&noted_cut, 1);
}

static void open_case(struct http_case *run, unsigned waiting_max)
{
    static const char *const routes[] = {"none", "echo"};
    struct http_config config = http_config_usual();
    config.answer = answer;
    config.workers = workers;
    config.worker_count = WORKERS;
    config.quick = quick;
    config.lane = lane;
    config.noted = noted;
    config.routes = routes;
    config.route_count = 2;
    config.waiting_max = waiting_max;
    begun = noted_cut = noted_all = 0;
    assert_int_equal(sem_init(&may_end, 0, 0), 0);
    http_case_open(run, &config);
}

static bool is_quiet(int fd)
{
    struct pollfd wait = {fd, POLLIN, 0};
    return poll(&wait, 1, QUIET_MS) == 0;
}

static void let_end(int count)
{
    while (count-- > 0) assert_int_equal(sem_post(&may_end), 0);
}

static void a_slow_request_holds_up_its_own_connection(void **state)
{
    struct http_case run;
    (void)state;
    open_case(&run, 100);
    int slow = t_http_call(run.port);
    t_http_say(slow, "GET /slow HTTP/1.1\r\n" AGAIN "GET /behind HTTP/1.1\r\n" AGAIN);
    http_case_until(begun == 1);
    for (int i = 0; i < 20; i++) {
        int fd = t_http_call(run.port);
        t_http_say(fd, "GET /fast HTTP/1.1\r\n" AGAIN);
        assert_true(t_http_has(t_http_answer(fd, run.mem, false), "/fast?"));
        close(fd);
    }
    assert_true(is_quiet(slow));
    let_end(1);
    assert_true(t_http_has(t_http_answer(slow, run.mem, false), "/slow?"));
    assert_true(t_http_has(t_http_answer(slow, run.mem, false), "/behind?"));
    close(slow);
    http_case_close(&run);
}

/* What is answered without a worker is answered when all of them are busy. */
static void a_look_needs_no_worker(void **state)
{
    struct http_case run;
    int fds[WORKERS + 2];
    (void)state;
    open_case(&run, 100);
    for (int i = 0; i < WORKERS + 2; i++) {
        fds[i] = t_http_call(run.port);
        t_http_say(fds[i], "GET /slow HTTP/1.1\r\n" AGAIN);
    }
    http_case_until(begun == WORKERS && http_server_counts(run.server).waiting == 2);
    int fd = t_http_call(run.port);
    t_http_say(fd, "GET /healthz HTTP/1.1\r\n" AGAIN);
    assert_str(t_http_body(t_http_answer(fd, run.mem, false)), "{\"status\":\"ok\"}\n");
    t_http_say(fd, "GET /metrics HTTP/1.1\r\n" AGAIN);
    struct str metrics = t_http_answer(fd, run.mem, false);
    assert_true(t_http_has(metrics, "\nsalve_http_requests_running 4\n"));
    assert_true(t_http_has(metrics, "\nsalve_http_requests_waiting 2\n"));
    let_end(WORKERS + 2);
    for (int i = 0; i < WORKERS + 2; i++) {
        assert_true(t_http_has(t_http_answer(fds[i], run.mem, false), "/slow?"));
        close(fds[i]);
    }
    close(fd);
    http_case_close(&run);
}

static void too_many_that_wait_are_told_so(void **state)
{
    struct http_case run;
    int fds[WORKERS + 3];
    (void)state;
    open_case(&run, 2);
    for (int i = 0; i < WORKERS + 2; i++) {
        fds[i] = t_http_call(run.port);
        t_http_say(fds[i], "GET /slow HTTP/1.1\r\n" AGAIN);
        http_case_until(http_server_counts(run.server).waiting + http_server_counts(run.server).running ==
                        (unsigned)i + 1);
    }
    http_case_until(begun == WORKERS);
    int fd = t_http_call(run.port);
    t_http_say(fd, "GET /fast HTTP/1.1\r\n" AGAIN);
    struct str told = t_http_answer(fd, run.mem, false);
    assert_int_equal(t_http_status(told), 503);
    assert_str(t_http_field(told, "Retry-After"), "2");
    let_end(WORKERS + 2);
    for (int i = 0; i < WORKERS + 2; i++) {
        (void)t_http_answer(fds[i], run.mem, false);
        close(fds[i]);
    }
    t_http_say(fd, "GET /fast HTTP/1.1\r\n" AGAIN); /* the same connection is heard when there is room */
    assert_int_equal(t_http_status(t_http_answer(fd, run.mem, false)), 200);
    assert_int_equal(http_server_counts(run.server).turned_away, 1);
    close(fd);
    http_case_close(&run);
}

static void a_lane_has_one_at_a_time(void **state)
{
    struct http_case run;
    int one, same, other;
    (void)state;
    open_case(&run, 100);
    one = t_http_call(run.port), same = t_http_call(run.port), other = t_http_call(run.port);
    t_http_say(one, "GET /slow?1 HTTP/1.1\r\n" AGAIN);
    http_case_until(begun == 1);
    t_http_say(same, "GET /x?1 HTTP/1.1\r\n" AGAIN);
    t_http_say(other, "GET /x?2 HTTP/1.1\r\n" AGAIN);
    assert_true(t_http_has(t_http_answer(other, run.mem, false), "/x?2"));
    assert_true(is_quiet(same));
    let_end(1);
    assert_true(t_http_has(t_http_answer(one, run.mem, false), "/slow?1"));
    assert_true(t_http_has(t_http_answer(same, run.mem, false), "/x?1"));
    close(one), close(same), close(other);
    http_case_close(&run);
}

/* Many connections, each with many requests at once: each gets its answers, in its order; no desk and no lane is
 * shared. */
static void a_crowd_in_order(void **state)
{
    enum { CONNECTIONS = 12, EACH = 60 };
    struct http_case run;
    int fds[CONNECTIONS];
    char text[100];
    (void)state;
    open_case(&run, 100);
    for (int i = 0; i < CONNECTIONS; i++) fds[i] = t_http_call(run.port);
    for (int n = 0; n < EACH; n++)
        for (int i = 0; i < CONNECTIONS; i++) {
            (void)snprintf(text, sizeof text, "POST /lane?%d HTTP/1.1\r\nContent-Length: 4\r\nHost: a\r\n\r\n%04d",
                           1 + i % 3, n);
            t_http_say(fds[i], text);
        }
    for (int i = 0; i < CONNECTIONS; i++)
        for (int n = 0; n < EACH; n++) {
            (void)snprintf(text, sizeof text, "/lane?%d %04d\n", 1 + i % 3, n);
            assert_str(t_http_body(t_http_answer(fds[i], run.mem, false)), text);
        }
    for (int i = 0; i < CONNECTIONS; i++) close(fds[i]);
    http_case_close(&run);
    assert_int_equal(begun, CONNECTIONS * EACH);
    assert_int_equal(noted_all, CONNECTIONS * EACH);
    assert_int_equal(shared_desks, 0);
    assert_int_equal(lane_shared, 0);
}

static void draining_waits_for_what_runs(void **state)
{
    struct http_case run;
    (void)state;
    open_case(&run, 100);
    int fd = t_http_call(run.port), idle = t_http_call(run.port);
    t_http_say(fd, "GET /slow HTTP/1.1\r\n" AGAIN);
    http_case_until(begun == 1);
    http_server_drain(run.server);
    assert_int_equal(t_http_heard(idle, run.mem, NULL).len, 0);
    assert_true(is_quiet(fd));
    let_end(1);
    struct str last = t_http_heard(fd, run.mem, NULL);
    assert_true(t_http_has(last, "/slow?") && t_http_has(last, "\r\nConnection: close\r\n"));
    close(fd), close(idle);
    http_case_end(&run);
}

/* A client that is gone when its answer comes costs that answer and nothing else. */
static void a_client_that_is_gone(void **state)
{
    struct http_case run;
    struct linger at_once = {1, 0};
    (void)state;
    open_case(&run, 100);
    for (int i = 0; i < WORKERS; i++) {
        int fd = t_http_call(run.port);
        t_http_say(fd, "GET /slow HTTP/1.1\r\n" AGAIN "GET /behind HTTP/1.1\r\n" AGAIN);
        http_case_until(begun == i + 1);
        assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
        close(fd);
    }
    (void)usleep(QUIET_MS * 1000);
    let_end(WORKERS);
    http_case_until(http_server_counts(run.server).open == 0);
    assert_int_equal(noted_cut, WORKERS);
    assert_int_equal(begun, WORKERS);
    http_case_close(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_request_holds_up_its_own_connection),
        cmocka_unit_test(a_look_needs_no_worker),
        cmocka_unit_test(too_many_that_wait_are_told_so),
        cmocka_unit_test(a_lane_has_one_at_a_time),
        cmocka_unit_test(a_crowd_in_order),
        cmocka_unit_test(draining_waits_for_what_runs),
        cmocka_unit_test(a_client_that_is_gone),
    };
    return t_run(tests);
}
