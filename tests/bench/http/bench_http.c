/* SPDX-License-Identifier: Apache-2.0
 * An answer of 1.2 kB from Salve's server, on its loop and by its workers, beside a bare epoll server that sends the
 * same bytes for whatever ends with an empty line. Servers on core 0, the clients on core 1, in turns; the figure is
 * answers in a second of the server's processor. Arguments: clients, milliseconds of a turn, turns. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "t.h"

#include "http/http.h"

enum { CLIENTS_MAX = 1000, ANSWER_BYTES_MAX = 4096, BODY_BYTES = 1200, SAMPLES_MAX = 4 << 20, WORKERS = 4 };

static const char request[] =
    "GET /x HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
    "Accept: application/json\r\nAccept-Language: en-GB,en;q=0.9\r\nAccept-Encoding: gzip, br\r\n"
    "Cookie: sid=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n"
    "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nConnection: keep-alive\r\n\r\n";

static double now_s(clockid_t clock)
{
    struct timespec at;
    if (clock_gettime(clock, &at) != 0) abort();
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static void stay_on(int core)
{
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    if (sched_setaffinity(0, sizeof cores, &cores) != 0) printf("(one core: server and clients share it)\n");
}

static int listening(struct sockaddr_in *at)
{
    socklen_t len = sizeof *at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    *at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (fd < 0 || bind(fd, (struct sockaddr *)at, sizeof *at) != 0 || listen(fd, 1024) != 0 ||
        getsockname(fd, (struct sockaddr *)at, &len) != 0)
        abort();
    return fd;
}

/* --- the servers -------------------------------------------------------------------------------------------------- */

static void answer(void *with, const struct http_request *r, struct http_reply *reply)
{
    (void)with;
    char *body = arena_alloc_raw(reply->mem, BODY_BYTES, 1);
    if (body == NULL || r->path.len != 2) abort();
    memset(body, 'x', BODY_BYTES);
    reply->type = STR("application/fhir+json");
    reply->body = str_make(body, BODY_BYTES);
    http_reply_header(reply, "Cache-Control", STR("no-store"));
}

static bool answer_quickly(void *with, const struct http_request *r, struct http_reply *reply)
{
    answer(with, r, reply);
    return true;
}

static void serve(int fd, bool by_workers)
{
    static void *workers[WORKERS];
    struct http_config config = http_config_usual();
    struct http_server *server;
    struct arena *mem = arena_open(1 << 20);
    config.answer = answer;
    config.connections_max = CLIENTS_MAX;
    config.waiting_max = CLIENTS_MAX;
    config.workers = workers;
    config.worker_count = WORKERS;
    if (!by_workers) config.quick = answer_quickly;
    if (http_server_open(&config, mem, &server, NULL) != SALVE_OK || http_server_listen(server, fd, NULL) != SALVE_OK ||
        http_server_run(server, NULL) != SALVE_OK)
        abort();
}

static void serve_loop(int fd) { serve(fd, false); }
static void serve_workers(int fd) { serve(fd, true); }

static char wanted[ANSWER_BYTES_MAX]; /* what Salve's server sent once */
static size_t wanted_bytes;

static void take(int epoll, int listener)
{
    int one = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (fd < 0) return;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) abort();
}

static void serve_epoll(int listener)
{
    struct epoll_event events[256], event = {.events = EPOLLIN, .data.fd = listener};
    int epoll = epoll_create1(0);
    char got[4096];
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0) abort();
    for (;;) {
        int count = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                take(epoll, fd);
                continue;
            }
            ssize_t n = read(fd, got, sizeof got);
            if (n <= 0)
                close(fd);
            else if (n >= 4 && memcmp(got + n - 4, "\r\n\r\n", 4) == 0 &&
                     write(fd, wanted, wanted_bytes) != (ssize_t)wanted_bytes)
                close(fd);
        }
    }
}

/* --- the clients -------------------------------------------------------------------------------------------------- */

static struct client {
    int fd;
    size_t got;
    double since;
} clients[CLIENTS_MAX];
static float samples[SAMPLES_MAX];
static size_t sample_count;

static void ask(struct client *c)
{
    c->got = 0;
    c->since = now_s(CLOCK_MONOTONIC);
    if (write(c->fd, request, sizeof request - 1) != (ssize_t)sizeof request - 1) abort();
}

static int call(const struct sockaddr_in *at)
{
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)at, sizeof *at) != 0) abort();
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void hear(struct client *c, bool asks_again)
{
    char text[ANSWER_BYTES_MAX];
    ssize_t n = read(c->fd, text, sizeof text);
    if (n <= 0) abort();
    c->got += (size_t)n;
    if (c->got > wanted_bytes) abort();
    if (c->got < wanted_bytes) return;
    if (sample_count < SAMPLES_MAX) samples[sample_count++] = (float)(now_s(CLOCK_MONOTONIC) - c->since);
    c->got = 0;
    if (asks_again) ask(c);
}

/* So many answers came; all clients have theirs at the end. */
static size_t load(const struct sockaddr_in *at, size_t count, double seconds)
{
    struct epoll_event events[256];
    int epoll = epoll_create1(0);
    double until = now_s(CLOCK_MONOTONIC) + seconds;
    size_t asked = count;
    sample_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};
        clients[i].fd = call(at);
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd, &event) != 0) abort();
    }
    for (size_t i = 0; i < count; i++) ask(&clients[i]);
    for (size_t heard = 0; heard < asked;) {
        int ready = epoll_wait(epoll, events, 256, -1);
        bool goes_on = now_s(CLOCK_MONOTONIC) < until;
        for (int i = 0; i < ready; i++) {
            size_t before = sample_count;
            hear(events[i].data.ptr, goes_on);
            if (sample_count == before) continue;
            heard++;
            asked += goes_on;
        }
    }
    for (size_t i = 0; i < count; i++) close(clients[i].fd);
    close(epoll);
    return asked;
}

/* --- turns -------------------------------------------------------------------------------------------------------- */

struct figures {
    double answers, cpu_s, wall_s, p99_s;
};

static pid_t start(void (*serves)(int fd), struct sockaddr_in *at)
{
    int fd = listening(at);
    pid_t pid = fork();
    if (pid == 0) {
        stay_on(0);
        serves(fd);
        _exit(1);
    }
    close(fd);
    return pid;
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

static void turn(pid_t pid, const struct sockaddr_in *at, size_t count, double seconds, struct figures *sum)
{
    clockid_t clock;
    if (clock_getcpuclockid(pid, &clock) != 0) abort();
    double cpu = now_s(clock), wall = now_s(CLOCK_MONOTONIC);
    sum->answers += (double)load(at, count, seconds);
    sum->cpu_s += now_s(clock) - cpu;
    sum->wall_s += now_s(CLOCK_MONOTONIC) - wall;
    qsort(samples, sample_count, sizeof *samples, by_size);
    sum->p99_s += samples[sample_count * 99 / 100];
}

static void learn_answer(const struct sockaddr_in *at)
{
    int fd = call(at);
    ssize_t n = 0;
    if (write(fd, request, sizeof request - 1) < 0) abort();
    while (wanted_bytes < BODY_BYTES + 100) {
        n = read(fd, wanted + wanted_bytes, sizeof wanted - wanted_bytes);
        if (n <= 0) abort();
        wanted_bytes += (size_t)n;
    }
    close(fd);
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"salve, on its loop", "salve, by workers", "bare epoll"};
    void (*const serves[])(int fd) = {serve_loop, serve_workers, serve_epoll};
    size_t count = argc > 1 ? (size_t)atoi(argv[1]) : 64;
    double seconds = (argc > 2 ? atoi(argv[2]) : 1000) / 1000.0;
    int turns = argc > 3 ? atoi(argv[3]) : 3;
    struct figures figures[3] = {{0}};
    struct sockaddr_in at[3];
    pid_t pids[3];
    if (count == 0 || count > CLIENTS_MAX) return 2;
    (void)signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < 3; i++) {
        pids[i] = start(serves[i], &at[i]);
        if (i == 0) learn_answer(&at[0]);
    }
    stay_on(1);
    for (int n = 0; n < turns; n++)
        for (int i = 0; i < 3; i++) turn(pids[i], &at[i], count, seconds, &figures[i]);
    printf("%zu clients, an answer of %zu bytes\n", count, wanted_bytes);
    for (int i = 0; i < 3; i++) {
        struct figures *f = &figures[i], *peer = &figures[2];
        double rate = f->answers / f->cpu_s, peers = peer->answers / peer->cpu_s;
        printf("%-20s %9.0f answers a CPU-second, %8.0f a second, p99 %7.1f us; rate %.2f, p99 %.2f of bare epoll\n",
               names[i], rate, f->answers / f->wall_s, f->p99_s / turns * 1e6, rate / peers, f->p99_s / peer->p99_s);
        kill(pids[i], SIGKILL);
        (void)waitpid(pids[i], NULL, 0);
    }
    printf("aim: rate at least 0.70, p99 with 64 clients at most 5\n");
    return 0;
}
