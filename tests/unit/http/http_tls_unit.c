/* SPDX-License-Identifier: Apache-2.0
 * What TLS adds to a server: handshakes that are slow, endless or none; requests that say that they came sealed; another
 * certificate under load; answers that a client takes slowly; and one port without TLS beside it. */
#include "t_http_tls.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "http_case.h"

#undef t_http_call
#undef http_server_listen

enum { BIG_BYTES = 6 << 20 };
#define AGAIN "Host: a\r\n\r\n"
#define LAST  "Host: a\r\nConnection: close\r\n\r\n"

static void answer(void *with, const struct http_request *request, struct http_reply *reply)
{
    (void)with;
    reply->type = STR("text/plain");
    reply->body = request->is_tls ? STR("sealed") : STR("plain");
    if (str_is(request->path, "/echo")) reply->body = request->body;
    if (!str_is(request->path, "/big")) return;
    char *big = arena_alloc(reply->mem, BIG_BYTES);
    for (size_t i = 0; big != NULL && i < BIG_BYTES; i++) big[i] = (char)('a' + i % 23);
    reply->body = str_make(big, BIG_BYTES);
}

struct both {
    struct http_case run;
    in_port_t plain;
};

static struct http_config usual(void)
{
    static int desk;
    static void *desks[] = {&desk};
    struct http_config config = http_config_usual();
    config.answer = answer;
    config.workers = desks;
    config.worker_count = 1;
    return config;
}

static void open_both(struct both *both, const struct http_config *config)
{
    struct http_case *run = &both->run;
    t_http_tls_open();
    run->mem = arena_open(64 << 20);
    assert_ok(http_server_open(config, run->mem, &run->server, NULL));
    assert_ok(http_server_listen_tls(run->server, t_http_listen(&run->port), t_http_tls_site.server, NULL));
    assert_ok(http_server_listen(run->server, t_http_listen(&both->plain), NULL));
    assert_int_equal(pthread_create(&run->thread, NULL, http_case_run, run), 0);
}

static void a_request_says_how_it_came(void **state)
{
    struct both both;
    const struct http_config config = usual();
    (void)state;
    open_both(&both, &config);
    struct arena *mem = arena_open(16 << 20);
    int plain = t_http_call(both.plain);
    t_http_say(plain, "GET / HTTP/1.1\r\n" LAST);
    assert_str(t_http_body(t_http_heard(plain, mem, NULL)), "plain");
    assert_str(t_http_body(t_http_tls_asked(both.run.port, mem, "GET / HTTP/1.1\r\n" LAST)), "sealed");
    close(plain);
    arena_close(mem);
    http_case_close(&both.run);
}

/* Nothing in clear ever comes out of the sealed port, nor anything but an end to who speaks in clear there. */
static void who_speaks_in_clear_is_told_nothing(void **state)
{
    struct both both;
    const struct http_config config = usual();
    (void)state;
    open_both(&both, &config);
    struct arena *mem = arena_open(1 << 20);
    int fd = t_http_call(both.run.port);
    t_http_say(fd, "GET / HTTP/1.1\r\n" LAST);
    struct str heard = t_http_heard(fd, mem, NULL);
    assert_true(heard.len <= 7); /* an alert at most (RFC 8446, 6) */
    assert_false(t_http_has(heard, "HTTP"));
    close(fd);
    http_case_until(http_server_counts(both.run.server).handshakes_refused == 1);
    assert_int_equal(http_server_counts(both.run.server).requests, 0);
    arena_close(mem);
    http_case_close(&both.run);
}

static void a_handshake_has_its_time_once(void **state)
{
    struct both both;
    struct http_config config = usual();
    (void)state;
    config.handshake_seconds = 1;
    config.idle_seconds = 30;
    open_both(&both, &config);
    struct arena *mem = arena_open(1 << 20);
    int silent = t_http_call(both.run.port), lively = t_http_call(both.run.port);
    t_http_say_bytes(lively, str_make("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
    for (int i = 0; i < 5; i++) { /* a byte now and then buys nothing */
        (void)usleep(150 * 1000);
        (void)send(lively, "x", 1, MSG_NOSIGNAL);
    }
    assert_int_equal(t_http_heard(silent, mem, NULL).len, 0);
    (void)t_http_heard(lively, mem, NULL);
    assert_int_equal(http_server_counts(both.run.server).timeouts, 2);
    assert_int_equal(http_server_counts(both.run.server).handshakes_refused, 2);
    close(silent);
    close(lively);
    arena_close(mem);
    http_case_close(&both.run);
}

/* Connections that never shake hands leave their seats to one that works. */
static void handshakes_that_wait_make_room(void **state)
{
    struct both both;
    struct http_config config = usual();
    int waiting[4];
    (void)state;
    config.connections_max = 4;
    config.spare_seconds = 1;
    open_both(&both, &config);
    struct arena *mem = arena_open(16 << 20);
    for (size_t i = 0; i < 4; i++) waiting[i] = t_http_call(both.run.port);
    http_case_until(http_server_counts(both.run.server).open == 4);
    (void)usleep(1200 * 1000);
    assert_str(t_http_body(t_http_tls_asked(both.run.port, mem, "GET / HTTP/1.1\r\n" LAST)), "sealed");
    for (size_t i = 0; i < 4; i++) close(waiting[i]);
    arena_close(mem);
    http_case_close(&both.run);
}

static void big_answers_and_bodies_go_through(void **state)
{
    struct both both;
    const struct http_config config = usual();
    static char body[900000];
    char head[128];
    uint64_t seed = 7;
    (void)state;
    open_both(&both, &config);
    struct arena *mem = arena_open(64 << 20);
    for (size_t i = 0; i < sizeof body; i++) body[i] = (char)t_random(&seed);
    int fd = t_http_tls_call(both.run.port);
    (void)snprintf(head, sizeof head, "POST /echo HTTP/1.1\r\nContent-Length: %zu\r\n" AGAIN, sizeof body);
    for (int i = 0; i < 3; i++) { /* three behind each other */
        t_http_say(fd, head);
        t_http_say_bytes(fd, str_make(body, sizeof body));
        struct str got = t_http_body(t_http_answer(fd, mem, false));
        assert_int_equal(got.len, sizeof body);
        assert_memory_equal(got.ptr, body, sizeof body);
    }
    t_http_say(fd, "GET /big HTTP/1.1\r\n" LAST);
    (void)usleep(300 * 1000); /* the kernel's buffers are full by then */
    struct str big = t_http_body(t_http_heard(fd, mem, NULL));
    assert_int_equal(big.len, BIG_BYTES);
    for (size_t i = 0; i < BIG_BYTES; i++)
        if (big.ptr[i] != (char)('a' + i % 23)) fail_msg("byte %zu", i);
    close(fd);
    arena_close(mem);
    http_case_close(&both.run);
}

static void who_takes_nothing_is_closed(void **state)
{
    struct both both;
    struct http_config config = usual();
    (void)state;
    config.send_seconds = 1;
    open_both(&both, &config);
    int fd = t_http_tls_call(both.run.port);
    t_http_say(fd, "GET /big HTTP/1.1\r\n" LAST);
    http_case_until(http_server_counts(both.run.server).timeouts == 1);
    http_case_until(http_server_counts(both.run.server).open == 0);
    close(fd);
    http_case_close(&both.run);
}

struct caller {
    in_port_t port;
    pthread_t thread;
    unsigned good;
};

static void *call_on(void *with)
{
    struct caller *caller = with;
    struct arena *mem = arena_open(64 << 20);
    for (int i = 0; i < 60; i++) {
        struct arena_mark mark = arena_mark(mem);
        struct str all = t_http_tls_asked(caller->port, mem, "GET / HTTP/1.1\r\n" AGAIN "GET / HTTP/1.1\r\n" LAST);
        caller->good += str_ends(all, STR("sealed"));
        arena_rewind(mem, mark);
    }
    arena_close(mem);
    return NULL;
}

static void another_certificate_loses_nobody(void **state)
{
    struct both both;
    struct caller callers[4];
    const struct http_config config = usual();
    (void)state;
    open_both(&both, &config);
    for (size_t i = 0; i < 4; i++) {
        callers[i] = (struct caller){.port = both.run.port};
        assert_int_equal(pthread_create(&callers[i].thread, NULL, call_on, &callers[i]), 0);
    }
    for (int i = 0; i < 40; i++) {
        (void)usleep(5000);
        assert_ok(tls_server_fresh(t_http_tls_site.server, NULL));
    }
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(callers[i].thread, NULL), 0);
        assert_int_equal(callers[i].good, 60);
    }
    assert_int_equal(http_server_counts(both.run.server).handshakes, 240);
    http_case_close(&both.run);
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
    if (http_server_open(&config, mem, &server, NULL) != SALVE_OK ||
        http_server_listen_tls(server, fd, t_http_tls_site.server, NULL) != SALVE_OK ||
        http_server_run(server, NULL) != SALVE_OK)
        _exit(1);
    _exit(0);
}

/* 1,000 handshakes with two requests each; the sanitizer keeps what was freed, so there its memory is not judged. */
static void memory_is_flat(void **state)
{
    int rounds = T_IS_SANITIZED ? 50 : 1000;
    in_port_t port;
    int fd = t_http_listen(&port);
    long before = 0;
    (void)state;
    t_http_tls_open();
    pid_t pid = fork();
    if (pid == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0) serve(fd);
    close(fd);
    for (int i = 0; i < rounds; i++) {
        struct arena *mem = arena_open(64 << 20);
        struct str all = t_http_tls_asked(port, mem, "GET / HTTP/1.1\r\n" AGAIN "GET / HTTP/1.1\r\n" LAST);
        assert_true(str_ends(all, STR("sealed")));
        arena_close(mem);
        if (i == rounds / 10) before = resident_kib(pid);
    }
    long after = resident_kib(pid);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    print_message("%d handshakes: %ld KiB resident, %ld after a tenth of them\n", rounds, after, before);
    assert_true(before > 0 && (T_IS_SANITIZED || after - before < 512));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_flat), /* first: it forks, and no thread is there yet */
        cmocka_unit_test(a_request_says_how_it_came),
        cmocka_unit_test(who_speaks_in_clear_is_told_nothing),
        cmocka_unit_test(a_handshake_has_its_time_once),
        cmocka_unit_test(handshakes_that_wait_make_room),
        cmocka_unit_test(big_answers_and_bodies_go_through),
        cmocka_unit_test(who_takes_nothing_is_closed),
        cmocka_unit_test(another_certificate_loses_nobody),
    };
    return t_run(tests);
}
