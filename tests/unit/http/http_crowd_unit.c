/* SPDX-License-Identifier: Apache-2.0
 * Many clients, and bad ones: more than are allowed, half closed, killed in the middle, slow but willing; and that
 * memory stays flat. */
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "http_case.h"

#define AGAIN "Host: a\r\n\r\n"
enum { BIG_BYTES = 6 << 20 };

static void answer(void *with, const struct http_request *request, struct http_reply *reply)
{
    (void)with;
    reply->type = STR("text/plain");
    reply->body = arena_printf(reply->mem, "%.*s %.*s\n", STR_ARGS(request->path), STR_ARGS(request->body));
    if (!str_is(request->path, "/big")) return;
    char *big = arena_alloc(reply->mem, BIG_BYTES);
    if (big != NULL) memset(big, 'x', BIG_BYTES);
    reply->body = str_make(big, BIG_BYTES);
}

static struct http_config usual(void)
{
    static char desks[4];
    static void *const workers[4] = {&desks[0], &desks[1], &desks[2], &desks[3]};
    struct http_config config = http_config_usual();
    config.answer = answer;
    config.workers = workers;
    config.worker_count = 4;
    return config;
}

/* 20 are answered, 16 are told that there are too many, the others wait for one of these to go and are told then. */
static void more_than_are_allowed(void **state)
{
    enum { ALLOWED = 20, ALL = 60 };
    struct http_case run;
    struct http_config config = usual();
    int fds[ALL], answered = 0;
    (void)state;
    config.connections_max = ALLOWED;
    http_case_open(&run, &config);
    for (int i = 0; i < ALL; i++) fds[i] = t_http_call(run.port);
    for (int i = 0; i < ALLOWED; i++) {
        t_http_say(fds[i], "GET /x HTTP/1.1\r\n" AGAIN);
        answered += t_http_status(t_http_answer(fds[i], run.mem, false)) == 200;
    }
    assert_int_equal(answered, ALLOWED);
    for (int i = ALLOWED; i < ALL; i++) {
        assert_true(http_server_counts(run.server).open <= ALLOWED + 16);
        struct str told = t_http_heard(fds[i], run.mem, NULL);
        assert_int_equal(t_http_status(told), 503);
        assert_true(t_http_field(told, "Retry-After").len > 0);
        close(fds[i]);
    }
    for (int i = 0; i < ALLOWED; i++) close(fds[i]);
    http_case_until(http_server_counts(run.server).open == 0);
    assert_int_equal(t_http_status(t_http_asked(run.port, run.mem, "GET /x HTTP/1.0\r\n\r\n")), 200);
    http_case_close(&run);
}

/* Who has asked nothing for a while goes when the seat is needed, the longest first; who is asking stays. */
static void idle_ones_make_room(void **state)
{
    struct http_case run;
    struct http_config config = usual();
    int fds[3];
    (void)state;
    config.connections_max = 3;
    config.spare_seconds = 3;
    http_case_open(&run, &config);
    for (int i = 0; i < 3; i++) {
        fds[i] = t_http_call(run.port);
        t_http_say(fds[i], "GET /x HTTP/1.1\r\n" AGAIN);
        assert_int_equal(t_http_status(t_http_answer(fds[i], run.mem, false)), 200);
        (void)usleep(20000);
    }
    assert_int_equal(t_http_status(t_http_asked(run.port, run.mem, "GET /x HTTP/1.0\r\n\r\n")), 503);
    (void)usleep(3300000);
    t_http_say(fds[0], "GET /begun HT");
    (void)usleep(50000);
    assert_int_equal(t_http_status(t_http_asked(run.port, run.mem, "GET /x HTTP/1.0\r\n\r\n")), 200);
    assert_int_equal(t_http_heard(fds[1], run.mem, NULL).len, 0);
    t_http_say(fds[0], "TP/1.1\r\n" AGAIN);
    assert_true(t_http_has(t_http_answer(fds[0], run.mem, false), "/begun"));
    t_http_say(fds[2], "GET /x HTTP/1.1\r\n" AGAIN);
    assert_int_equal(t_http_status(t_http_answer(fds[2], run.mem, false)), 200);
    for (int i = 0; i < 3; i++) close(fds[i]);
    http_case_close(&run);
}

/* A client that has said all it wants and shuts its side gets all its answers. */
static void half_closed(void **state)
{
    struct http_case run;
    struct http_config config = usual();
    (void)state;
    http_case_open(&run, &config);
    for (int n = 0; n < 20; n++) {
        int fd = t_http_call(run.port);
        t_http_say(fd, "GET /1 HTTP/1.1\r\n" AGAIN "GET /2 HTTP/1.1\r\n" AGAIN "GET /3 HTTP/1.1\r\n" AGAIN "GET /4 HT");
        assert_int_equal(shutdown(fd, SHUT_WR), 0);
        struct str all = t_http_heard(fd, run.mem, NULL);
        assert_true(t_http_has(all, "\r\n\r\n/1 \nHTTP/1.1 200") && t_http_has(all, "\r\n\r\n/2 \nHTTP/1.1 200"));
        assert_true(str_ends(all, STR("\r\n\r\n/3 \n")));
        close(fd);
    }
    http_case_close(&run);
}

/* Connections that are reset wherever it may be leave nothing behind. */
static void killed_in_the_middle(void **state)
{
    static const char text[] =
        "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
        "POST /y HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        "GET /big HTTP/1.1\r\nHost: a\r\n\r\nGET /z HTTP/1.1\r\nHost: a\r\n\r\n";
    struct http_case run;
    struct http_config config = usual();
    struct linger at_once = {1, 0};
    (void)state;
    http_case_open(&run, &config);
    for (size_t cut = 0; cut <= sizeof text - 1; cut++) {
        int fd = t_http_call(run.port);
        t_http_say_bytes(fd, str_make(text, cut));
        if (cut % 3 == 0) (void)usleep(500);
        if (cut % 2 == 0) assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
        close(fd);
    }
    http_case_until(http_server_counts(run.server).open == 0);
    assert_int_equal(t_http_status(t_http_asked(run.port, run.mem, "GET /x HTTP/1.0\r\n\r\n")), 200);
    http_case_close(&run);
}

/* Who is refused while it is still sending hears why, and what it sends then is not kept. */
static void told_while_it_sends(void **state)
{
    struct http_case run;
    struct http_config config = usual();
    char more[4096];
    (void)state;
    memset(more, 'x', sizeof more);
    http_case_open(&run, &config);
    int fd = t_http_call(run.port);
    t_http_say(fd, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n");
    for (int i = 0; i < 50; i++) t_http_say_bytes(fd, str_make(more, sizeof more));
    struct str told = t_http_heard(fd, run.mem, NULL);
    assert_int_equal(t_http_status(told), 413);
    assert_true(str_ends(told, STR("Content Too Large\n")));
    ssize_t sent = 1; /* and it does not go on for ever */
    for (int i = 0; i < 100000 && sent > 0; i++) sent = send(fd, more, sizeof more, MSG_NOSIGNAL);
    assert_true(sent <= 0);
    close(fd);
    http_case_close(&run);
}

/* A client that takes 100 kB now and then takes all of it, although that lasts longer than send_seconds. */
static void slow_but_willing(void **state)
{
    struct http_case run;
    struct http_config config = usual();
    int small = 64 << 10;
    char text[100000];
    ssize_t n, all = 0;
    (void)state;
    config.send_seconds = 1;
    http_case_open(&run, &config);
    int fd = t_http_call(run.port);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    t_http_say(fd, "GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    while ((n = recv(fd, text, sizeof text, 0)) > 0) {
        all += n;
        (void)usleep(40000);
    }
    assert_true(all > BIG_BYTES);
    close(fd);
    http_case_close(&run);
}

/* --- memory ------------------------------------------------------------------------------------------------------- */

static long resident_kib(pid_t pid)
{
    char path[40], line[200];
    long pages = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    FILE *file = fopen(path, "r");
    if (file != NULL && fgets(line, sizeof line, file) != NULL) (void)sscanf(line, "%*d %ld", &pages);
    if (file != NULL) (void)fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void serve(int fd)
{
    struct http_config config = usual();
    struct arena *mem = arena_open(1 << 20);
    struct http_server *server;
    if (http_server_open(&config, mem, &server, NULL) != SALVE_OK || http_server_listen(server, fd, NULL) != SALVE_OK ||
        http_server_run(server, NULL) != SALVE_OK)
        _exit(1);
    _exit(0);
}

/* A hundred requests of three kinds, at once and on one connection: so many good answers. */
static size_t a_hundred(in_port_t port, struct arena *mem)
{
    struct buf text;
    size_t good = 0;
    int fd = t_http_call(port);
    buf_init(&text, mem, 1 << 20);
    for (int i = 0; i < 100; i++) {
        if (i % 3 == 0) buf_add(&text, STR("GET /x?y HTTP/1.1\r\nAccept-Encoding: gzip\r\n"));
        if (i % 3 == 1) buf_add(&text, STR("POST /x HTTP/1.1\r\nContent-Length: 20\r\n"));
        if (i % 3 == 2) buf_add(&text, STR("POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"));
        buf_add(&text, i == 99 ? STR("Host: a\r\nConnection: close\r\n\r\n") : STR(AGAIN));
        if (i % 3 == 1) buf_add(&text, STR("abcdefghijklmnopqrst"));
        if (i % 3 == 2) buf_add(&text, STR("a\r\nabcdefghij\r\na\r\nklmnopqrst\r\n0\r\n\r\n"));
    }
    t_http_say_bytes(fd, buf_str(&text));
    struct str all = t_http_heard(fd, mem, NULL);
    for (ptrdiff_t at; (at = str_find(all, STR("HTTP/1.1 200 OK\r\n"))) >= 0; good++)
        all = str_cut(all, (size_t)at + 1, all.len);
    close(fd);
    return good;
}

/* 100,000 requests; the sanitizer keeps what was freed, so there fewer are sent and its memory is not judged. */
static void memory_is_flat(void **state)
{
    int rounds = T_IS_SANITIZED ? 50 : 1000;
    in_port_t port;
    int fd = t_http_listen(&port);
    pid_t pid = fork();
    long before = 0;
    (void)state;
    if (pid == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0) serve(fd);
    close(fd);
    for (int i = 0; i < rounds; i++) {
        struct arena *mem = arena_open(64 << 20);
        assert_int_equal(a_hundred(port, mem), 100);
        arena_close(mem);
        if (i == rounds / 10) before = resident_kib(pid);
    }
    long after = resident_kib(pid);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    print_message("%d requests: %ld KiB resident, %ld after a tenth of them\n", rounds * 100, after, before);
    assert_true(before > 0 && (T_IS_SANITIZED || after - before < 512));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_flat), /* first: it forks, and no thread is there yet */
        cmocka_unit_test(more_than_are_allowed), cmocka_unit_test(idle_ones_make_room),
        cmocka_unit_test(half_closed),           cmocka_unit_test(killed_in_the_middle),
        cmocka_unit_test(told_while_it_sends),   cmocka_unit_test(slow_but_willing),
    };
    return t_run(tests);
}
