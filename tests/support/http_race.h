/* SPDX-License-Identifier: Apache-2.0
 *
 * http_race - Salve's server, on its loop and by its workers, in turns with a bare server that sends the same bytes.
 * Servers on core 0, clients on core 1; the figure is answers in a second of the server's processor. A bench brings how
 * a socket is taken, the bare server and its clients (struct race). */
#ifndef SALVE_TESTS_HTTP_RACE_H
#define SALVE_TESTS_HTTP_RACE_H

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "http/http.h"
#include "t.h"

enum { CLIENTS_MAX = 1000, ANSWER_BYTES_MAX = 4096, BODY_BYTES = 1200, SAMPLES_MAX = 4 << 20, WORKERS = 4 };

#define RACE_REQUEST(host)                                                                                             \
    "GET /x HTTP/1.1\r\nHost: " host "\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"                             \
    "Accept: application/json\r\nAccept-Language: en-GB,en;q=0.9\r\nAccept-Encoding: gzip, br\r\n"                     \
    "Cookie: sid=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n"                                 \
    "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nConnection: keep-alive\r\n\r\n"

#define must(claim)                                                                                                    \
    do {                                                                                                               \
        if (!(claim)) abort();                                                                                         \
    } while (0)

static char wanted[ANSWER_BYTES_MAX]; /* what Salve's server sent once */
static size_t wanted_bytes;
static float samples[SAMPLES_MAX]; /* of a turn: seconds from asking to the whole answer */
static size_t sample_count;

static inline double now_s(clockid_t clock)
{
    struct timespec at;
    must(clock_gettime(clock, &at) == 0);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static inline void stay_on(int core)
{
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    if (sched_setaffinity(0, sizeof cores, &cores) != 0) printf("(one core: server and clients share it)\n");
}

static inline int listening(struct sockaddr_in *at)
{
    socklen_t len = sizeof *at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    *at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    must(fd >= 0 && bind(fd, (struct sockaddr *)at, sizeof *at) == 0 && listen(fd, 1024) == 0);
    must(getsockname(fd, (struct sockaddr *)at, &len) == 0);
    return fd;
}

static inline int connected(const struct sockaddr_in *at)
{
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    must(fd >= 0 && connect(fd, (const struct sockaddr *)at, sizeof *at) == 0);
    must(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0);
    return fd;
}

/* --- Salve -------------------------------------------------------------------------------------------------------- */

static inline void answer(void *with, const struct http_request *r, struct http_reply *reply)
{
    (void)with;
    char *body = arena_alloc_raw(reply->mem, BODY_BYTES, 1);
    must(body != NULL && r->path.len == 2);
    memset(body, 'x', BODY_BYTES);
    reply->type = STR("application/fhir+json");
    reply->body = str_make(body, BODY_BYTES);
    http_reply_header(reply, "Cache-Control", STR("no-store"));
}

static inline bool answer_quickly(void *with, const struct http_request *r, struct http_reply *reply)
{
    answer(with, r, reply);
    return true;
}

static inline void serve(int fd, bool by_workers,
                         enum salve_code (*listens)(struct http_server *server, int fd, struct salve_err *err))
{
    static void *workers[WORKERS];
    struct http_config config = http_config_usual();
    struct http_server *server;
    config.answer = answer;
    config.connections_max = config.waiting_max = CLIENTS_MAX;
    config.workers = workers;
    config.worker_count = WORKERS;
    if (!by_workers) config.quick = answer_quickly;
    must(http_server_open(&config, arena_open(1 << 20), &server, NULL) == SALVE_OK);
    must(listens(server, fd, NULL) == SALVE_OK);
    must(http_server_run(server, NULL) == SALVE_OK);
}

/* --- the race ----------------------------------------------------------------------------------------------------- */

enum { RACERS = 3 }; /* the last one is the peer */

struct race {
    const char *title, *peer; /* "64 clients" goes before the one; the name of the other */
    void (*serves[RACERS])(int fd);
    void (*learn_answer)(const struct sockaddr_in *at); /* fills `wanted` from the first */
    /* So many answers came, each with its sample; all clients have theirs at the end. */
    size_t (*load)(const struct sockaddr_in *at, size_t count, double seconds);
};

struct figures {
    double answers, cpu_s, wall_s, p99_s;
};

static inline pid_t race_start(void (*serves)(int fd), struct sockaddr_in *at)
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

static inline int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

static inline void race_turn(const struct race *race, pid_t pid, const struct sockaddr_in *at, size_t count,
                             double seconds, struct figures *sum)
{
    clockid_t clock;
    must(clock_getcpuclockid(pid, &clock) == 0);
    double cpu = now_s(clock), wall = now_s(CLOCK_MONOTONIC);
    sample_count = 0;
    sum->answers += (double)race->load(at, count, seconds);
    sum->cpu_s += now_s(clock) - cpu;
    sum->wall_s += now_s(CLOCK_MONOTONIC) - wall;
    qsort(samples, sample_count, sizeof *samples, by_size);
    sum->p99_s += samples[sample_count * 99 / 100];
}

static inline void race_tell(const struct race *race, const struct figures *figures, int turns)
{
    const char *const names[RACERS] = {"salve, on its loop", "salve, by workers", race->peer};
    const struct figures *peer = &figures[RACERS - 1];
    for (int i = 0; i < RACERS; i++) {
        const struct figures *f = &figures[i];
        double rate = f->answers / f->cpu_s, peers = peer->answers / peer->cpu_s;
        printf("%-20s %9.0f answers a CPU-second, %8.0f a second, p99 %7.1f us; rate %.2f, p99 %.2f of %s\n", names[i],
               rate, f->answers / f->wall_s, f->p99_s / turns * 1e6, rate / peers, f->p99_s / peer->p99_s, race->peer);
    }
    printf("aim: rate at least 0.70, p99 with 64 clients at most 5\n");
}

/* Arguments of a bench: clients, milliseconds of a turn, turns. */
static inline int race_run(const struct race *race, int argc, char **argv)
{
    size_t count = argc > 1 ? (size_t)atoi(argv[1]) : 64;
    double seconds = (argc > 2 ? atoi(argv[2]) : 1000) / 1000.0;
    int turns = argc > 3 ? atoi(argv[3]) : 3;
    struct figures figures[RACERS] = {{0}};
    struct sockaddr_in at[RACERS];
    pid_t pids[RACERS];
    if (count == 0 || count > CLIENTS_MAX) return 2;
    (void)signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < RACERS; i++) {
        pids[i] = race_start(race->serves[i], &at[i]);
        if (i == 0) race->learn_answer(&at[0]);
    }
    stay_on(1);
    for (int n = 0; n < turns; n++)
        for (int i = 0; i < RACERS; i++) race_turn(race, pids[i], &at[i], count, seconds, &figures[i]);
    printf("%zu %s, an answer of %zu bytes\n", count, race->title, wanted_bytes);
    race_tell(race, figures, turns);
    for (int i = 0; i < RACERS; i++) {
        kill(pids[i], SIGKILL);
        (void)waitpid(pids[i], NULL, 0);
    }
    return 0;
}

#endif
