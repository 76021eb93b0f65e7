/* SPDX-License-Identifier: Apache-2.0
 * The same answer of 1.2 kB in TLS 1.3 (AES-128-GCM), on the loop and by workers, beside a bare epoll server over OpenSSL that sends
 * the same bytes for whatever ends with an empty line. Servers on core 0, the clients on core 1, in turns; the figure is
 * answers in a second of the server's processor. Arguments: clients, milliseconds of a turn, turns. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/x509.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "http/http.h"
#include "tls_case.h"

enum {
    CLIENTS_MAX = 1000,
    ANSWER_BYTES_MAX = 4096,
    BODY_BYTES = 1200,
    SAMPLES_MAX = 4 << 20,
    WORKERS = 4,
    FDS_MAX = 4096
};
#define CIPHER "TLS_AES_128_GCM_SHA256"

static const char request[] =
    "GET /x HTTP/1.1\r\nHost: clinic.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
    "Accept: application/json\r\nAccept-Language: en-GB,en;q=0.9\r\nAccept-Encoding: gzip, br\r\n"
    "Cookie: sid=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n"
    "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nConnection: keep-alive\r\n\r\n";

static struct tls_case site;
static SSL_CTX *bare, *asking; /* of the bare server; of the clients */
static char wanted[ANSWER_BYTES_MAX];
static size_t wanted_bytes;

#define must(claim)                                                                                                    \
    do {                                                                                                               \
        if (!(claim)) abort();                                                                                         \
    } while (0)

static double now_s(clockid_t clock)
{
    struct timespec at;
    must(clock_gettime(clock, &at) == 0);
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
    must(fd >= 0 && bind(fd, (struct sockaddr *)at, sizeof *at) == 0 && listen(fd, 1024) == 0);
    must(getsockname(fd, (struct sockaddr *)at, &len) == 0);
    return fd;
}

/* --- Salve -------------------------------------------------------------------------------------------------------- */

static void answer(void *with, const struct http_request *r, struct http_reply *reply)
{
    (void)with;
    char *body = arena_alloc_raw(reply->mem, BODY_BYTES, 1);
    must(body != NULL && r->path.len == 2);
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
    config.answer = answer;
    config.connections_max = config.waiting_max = CLIENTS_MAX;
    config.workers = workers;
    config.worker_count = WORKERS;
    if (!by_workers) config.quick = answer_quickly;
    must(http_server_open(&config, arena_open(1 << 20), &server, NULL) == SALVE_OK);
    must(http_server_listen_tls(server, fd, site.server, NULL) == SALVE_OK);
    must(http_server_run(server, NULL) == SALVE_OK);
}

static void serve_loop(int fd) { serve(fd, false); }
static void serve_workers(int fd) { serve(fd, true); }

/* --- epoll and OpenSSL -------------------------------------------------------------------------------------------- */

static SSL *ssls[FDS_MAX];

static void take(int epoll, int listener)
{
    int one = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (fd < 0) return;
    must(fd < FDS_MAX && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0);
    ssls[fd] = SSL_new(bare);
    must(ssls[fd] != NULL && SSL_set_fd(ssls[fd], fd) == 1);
    SSL_set_accept_state(ssls[fd]);
    must(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
}

static void hear_bare(int fd)
{
    char got[4096];
    int n;
    while ((n = SSL_read(ssls[fd], got, sizeof got)) > 0)
        if (n >= 4 && memcmp(got + n - 4, "\r\n\r\n", 4) == 0)
            must(SSL_write(ssls[fd], wanted, (int)wanted_bytes) == (int)wanted_bytes);
    if (SSL_get_error(ssls[fd], n) == SSL_ERROR_WANT_READ) return;
    ERR_clear_error();
    SSL_free(ssls[fd]);
    close(fd);
}

static void serve_epoll(int listener)
{
    struct epoll_event events[256], event = {.events = EPOLLIN, .data.fd = listener};
    int epoll = epoll_create1(0);
    must(epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) == 0);
    for (;;) {
        int count = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < count; i++)
            if (events[i].data.fd == listener)
                take(epoll, listener);
            else
                hear_bare(events[i].data.fd);
    }
}

/* --- the clients -------------------------------------------------------------------------------------------------- */

static struct client {
    SSL *ssl;
    int fd;
    size_t got;
    double since;
} clients[CLIENTS_MAX];
static float samples[SAMPLES_MAX];
static size_t sample_count;

static void call(const struct sockaddr_in *at, struct client *c)
{
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    must(c->fd >= 0 && connect(c->fd, (const struct sockaddr *)at, sizeof *at) == 0);
    must(setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0);
    c->ssl = SSL_new(asking);
    must(SSL_set_fd(c->ssl, c->fd) == 1 && SSL_connect(c->ssl) == 1);
    must(fcntl(c->fd, F_SETFL, O_NONBLOCK) == 0);
}

static void ask(struct client *c)
{
    c->got = 0;
    c->since = now_s(CLOCK_MONOTONIC);
    must(SSL_write(c->ssl, request, sizeof request - 1) == sizeof request - 1);
}

/* True: the answer is whole. */
static bool hear(struct client *c, char *out)
{
    char text[ANSWER_BYTES_MAX];
    int n;
    while ((n = SSL_read(c->ssl, text, sizeof text)) > 0) {
        if (out != NULL) memcpy(out + c->got, text, (size_t)n);
        c->got += (size_t)n;
    }
    must(SSL_get_error(c->ssl, n) == SSL_ERROR_WANT_READ);
    return wanted_bytes > 0 ? c->got == wanted_bytes : c->got > BODY_BYTES + 100;
}

static size_t load(const struct sockaddr_in *at, size_t count, double seconds)
{
    struct epoll_event events[256];
    int epoll = epoll_create1(0);
    size_t asked = count, heard = 0;
    sample_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};
        call(at, &clients[i]);
        must(epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd, &event) == 0);
    }
    double until = now_s(CLOCK_MONOTONIC) + seconds;
    for (size_t i = 0; i < count; i++) ask(&clients[i]);
    while (heard < asked) {
        int ready = epoll_wait(epoll, events, 256, -1);
        bool goes_on = now_s(CLOCK_MONOTONIC) < until;
        for (int i = 0; i < ready; i++) {
            struct client *c = events[i].data.ptr;
            if (!hear(c, NULL)) continue;
            heard++;
            if (sample_count < SAMPLES_MAX) samples[sample_count++] = (float)(now_s(CLOCK_MONOTONIC) - c->since);
            if (!goes_on) continue;
            asked++;
            ask(c);
        }
    }
    for (size_t i = 0; i < count; i++) {
        SSL_free(clients[i].ssl);
        close(clients[i].fd);
    }
    close(epoll);
    return asked;
}

/* --- turns -------------------------------------------------------------------------------------------------------- */

struct figures {
    double answers, cpu_s, p99_s;
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
    must(clock_getcpuclockid(pid, &clock) == 0);
    double cpu = now_s(clock);
    sum->answers += (double)load(at, count, seconds);
    sum->cpu_s += now_s(clock) - cpu;
    qsort(samples, sample_count, sizeof *samples, by_size);
    sum->p99_s += samples[sample_count * 99 / 100];
}

static void learn_answer(const struct sockaddr_in *at)
{
    struct client c = {0};
    call(at, &c);
    ask(&c);
    while (!hear(&c, wanted)) (void)usleep(1000);
    wanted_bytes = c.got;
    SSL_free(c.ssl);
    close(c.fd);
}

/* A key and a certificate of the same kinds as Salve's. */
static void prepare(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x509 = X509_new();
    must(crypto_init(NULL) == SALVE_OK);
    tls_case_open(&site);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    (void)X509_gmtime_adj(X509_getm_notBefore(x509), 0);
    (void)X509_gmtime_adj(X509_getm_notAfter(x509), 86400);
    must(X509_set_pubkey(x509, key) == 1 && X509_sign(x509, key, EVP_sha256()) > 0);
    bare = SSL_CTX_new(TLS_server_method());
    must(SSL_CTX_use_certificate(bare, x509) == 1 && SSL_CTX_use_PrivateKey(bare, key) == 1);
    asking = SSL_CTX_new(TLS_client_method());
    must(SSL_CTX_set_ciphersuites(asking, CIPHER) == 1 && SSL_CTX_set_min_proto_version(asking, TLS1_3_VERSION) == 1);
    X509_free(x509);
    EVP_PKEY_free(key);
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"salve, on its loop", "salve, by workers", "epoll and OpenSSL"};
    void (*const serves[])(int fd) = {serve_loop, serve_workers, serve_epoll};
    size_t count = argc > 1 ? (size_t)atoi(argv[1]) : 64;
    double seconds = (argc > 2 ? atoi(argv[2]) : 1000) / 1000.0;
    int turns = argc > 3 ? atoi(argv[3]) : 3;
    struct figures figures[3] = {{0}};
    struct sockaddr_in at[3];
    pid_t pids[3];
    if (count == 0 || count > CLIENTS_MAX) return 2;
    (void)signal(SIGPIPE, SIG_IGN);
    prepare();
    for (int i = 0; i < 3; i++) {
        pids[i] = start(serves[i], &at[i]);
        if (i == 0) learn_answer(&at[0]);
    }
    stay_on(1);
    for (int n = 0; n < turns; n++)
        for (int i = 0; i < 3; i++) turn(pids[i], &at[i], count, seconds, &figures[i]);
    printf("%zu clients in TLS 1.3, an answer of %zu bytes\n", count, wanted_bytes);
    for (int i = 0; i < 3; i++) {
        struct figures *f = &figures[i], *peer = &figures[2];
        double rate = f->answers / f->cpu_s, peers = peer->answers / peer->cpu_s;
        printf("%-20s %9.0f answers a CPU-second, p99 %7.1f us; rate %.2f, p99 %.2f of epoll and OpenSSL\n", names[i],
               rate, f->p99_s / turns * 1e6, rate / peers, f->p99_s / peer->p99_s);
        kill(pids[i], SIGKILL);
        (void)waitpid(pids[i], NULL, 0);
    }
    printf("aim: rate at least 0.70, p99 with 64 clients at most 5\n");
    return 0;
}
