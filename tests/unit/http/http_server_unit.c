/* SPDX-License-Identifier: Apache-2.0
 * A server in a child process, and clients that behave and misbehave. */
#include "t.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/http.h"
#include "t_http.h"

enum { BIG_BYTES = 8 << 20 };

static struct http_server *serving;
static in_port_t port;
static pid_t server;
static struct arena *heard_mem;

static void stop(int signal_number)
{
    (void)signal_number;
    http_server_drain(serving);
}

/* Echoes the path and the body; /big is large, /none has no body. */
static void answer(void *with, const struct http_request *request, struct http_reply *reply)
{
    (void)with;
    reply->type = STR("text/plain");
    if (str_is(request->path, "/big")) {
        struct buf big;
        buf_init(&big, reply->mem, BIG_BYTES + 1);
        for (size_t i = 0; i < BIG_BYTES / 16; i++) buf_add(&big, STR("0123456789abcdef"));
        reply->body = buf_str(&big);
        return;
    }
    if (str_is(request->path, "/none")) {
        reply->status = 204;
        reply->type = STR_NONE;
        return;
    }
    http_reply_header(reply, "X-Bad", STR("a\r\nX-Evil: b"));
    http_reply_header(reply, "X-Good", STR("yes"));
    reply->body = arena_printf(reply->mem, "%s %.*s %.*s\n", http_method_text(request->method), STR_ARGS(request->path),
                               STR_ARGS(request->body));
}

static void serve(int fd)
{
    struct arena *mem = arena_open((size_t)1 << 20);
    struct http_config config = http_config_usual();
    config.answer = answer;
    config.body_bytes_max = 4096;
    config.connections_max = 20;
    config.head_seconds = config.body_seconds = 4;
    config.idle_seconds = 30;
    config.send_seconds = 1;
    struct salve_err err = {0};
    if (http_server_open(&config, mem, &serving, &err) != SALVE_OK) _exit(1);
    (void)signal(SIGTERM, stop);
    if (http_server_listen(serving, fd, &err) != SALVE_OK) _exit(2);
    if (http_server_run(serving, &err) != SALVE_OK) _exit(3);
    http_server_close(serving);
    arena_close(mem);
    _exit(0);
}

static int set_up(void **state)
{
    int fd = t_http_listen(&port);
    (void)state;
    heard_mem = arena_open((size_t)256 << 20);
    server = fork();
    if (server == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0) serve(fd);
    close(fd);
    return server > 0 && heard_mem != NULL ? 0 : -1;
}

static int call(void) { return t_http_call(port); }
static void say(int fd, const char *text) { t_http_say(fd, text); }
static struct str heard(int fd, const char *end) { return t_http_heard(fd, heard_mem, end); }

#define AGAIN "Host: a\r\n\r\n"
#define LAST  "Host: a\r\nConnection: close\r\n\r\n"

static void answers_in_order(void **state)
{
    int fd = call();
    (void)state;
    say(fd, "GET /1 HTTP/1.1\r\n" AGAIN "GET /2 HTTP/1.1\r\n" AGAIN "GET /none HTTP/1.1\r\n" AGAIN
            "GET /3 HTTP/1.1\r\n" LAST);
    struct str all = heard(fd, NULL);
    ptrdiff_t one = str_find(all, STR("GET /1")), two = str_find(all, STR("GET /2")),
              three = str_find(all, STR("GET /3"));
    assert_true(one > 0 && one < two && two < three);
    assert_true(str_find(all, STR("HTTP/1.1 204 No Content\r\nConn")) < 0);
    assert_true(str_find(all, STR("X-Good: yes\r\n")) > 0 && str_find(all, STR("X-Evil")) < 0);
    close(fd);
}

static void head_has_the_length_and_no_body(void **state)
{
    int fd = call();
    (void)state;
    say(fd, "HEAD /x HTTP/1.1\r\n" LAST);
    struct str all = heard(fd, NULL);
    assert_true(str_find(all, STR("Content-Length: 9\r\n")) > 0 && str_ends(all, STR("\r\n\r\n")));
    close(fd);
}

static void a_body_in_pieces(void **state)
{
    int fd = call();
    (void)state;
    say(fd, "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    assert_true(str_is(heard(fd, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n"));
    say(fd, "he");
    say(fd, "llo");
    assert_true(str_ends(heard(fd, "hello\n"), STR("POST /x hello\n")));
    close(fd);
}

static void nonsense_is_told_once_and_closed(void **state)
{
    int fd = call();
    (void)state;
    say(fd, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nGET /2 HTTP/1.1\r\n" AGAIN);
    struct str all = heard(fd, NULL);
    assert_true(str_starts(all, STR("HTTP/1.1 400 Bad Request\r\n")) && str_ends(all, STR("\r\n\r\nBad Request\n")));
    close(fd);
}

/* Who never ends a head, or a body, is dropped, however lively. */
static void slow_senders_are_dropped(void **state)
{
    static const char *const begun[] = {"GET / HTTP/1.1\r\nX: ",
                                        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        int fd = call();
        struct pollfd wait = {fd, POLLIN, 0};
        bool is_dropped = false;
        say(fd, begun[i]);
        for (int n = 0; n < 4000 && !is_dropped; n++) {
            char c;
            is_dropped = poll(&wait, 1, 50) == 1 && recv(fd, &c, 1, 0) <= 0;
            if (!is_dropped && send(fd, "x", 1, MSG_NOSIGNAL) != 1) is_dropped = true;
        }
        assert_true(is_dropped);
        close(fd);
    }
}

static void who_takes_no_answer_is_dropped(void **state)
{
    int fd = call();
    char gone[65536];
    ssize_t n, all = 0;
    (void)state;
    say(fd, "GET /big HTTP/1.1\r\n" AGAIN "GET /big HTTP/1.1\r\n" AGAIN);
    sleep(3);
    while ((n = recv(fd, gone, sizeof gone, 0)) > 0) all += n;
    assert_true(all < 2 * BIG_BYTES);
    close(fd);
}

static void too_many_are_turned_away(void **state)
{
    int fds[24];
    unsigned busy = 0;
    (void)state;
    for (size_t i = 0; i < 24; i++) {
        fds[i] = call();
        say(fds[i], "GET / HTTP/1.1\r\n" AGAIN);
        busy += str_starts(heard(fds[i], "\n"), STR("HTTP/1.1 503"));
    }
    assert_true(busy == 4);
    for (size_t i = 0; i < 24; i++) {
        (void)shutdown(fds[i], SHUT_WR);
        (void)heard(fds[i], NULL); /* until it has seen that nobody is there */
        close(fds[i]);
    }
}

/* What has begun is answered, nothing new is taken, and the process ends clean. */
static void drains(void **state)
{
    int fd = call(), idle = call(), status = -1;
    (void)state;
    say(idle, "GET / HTTP/1.1\r\n" AGAIN);
    (void)heard(idle, "\n");
    say(fd, "POST /last HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nh");
    (void)heard(fd, "100 Continue\r\n\r\n");
    kill(server, SIGTERM);
    assert_int_equal(heard(idle, NULL).len, 0);
    say(fd, "i");
    assert_true(str_find(heard(fd, NULL), STR("POST /last hi")) > 0);
    assert_int_equal(waitpid(server, &status, 0), server);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    server = 0;
    close(fd);
    close(idle);
}

static int tear_down(void **state)
{
    (void)state;
    if (server > 0) kill(server, SIGKILL);
    arena_close(heard_mem);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_in_order),         cmocka_unit_test(head_has_the_length_and_no_body),
        cmocka_unit_test(a_body_in_pieces),         cmocka_unit_test(nonsense_is_told_once_and_closed),
        cmocka_unit_test(slow_senders_are_dropped), cmocka_unit_test(who_takes_no_answer_is_dropped),
        cmocka_unit_test(too_many_are_turned_away), cmocka_unit_test(drains),
    };
    int failed = cmocka_run_group_tests(tests, set_up, tear_down);
    return t_close(failed, (int)(sizeof tests / sizeof *tests));
}
