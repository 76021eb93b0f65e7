/* SPDX-License-Identifier: Apache-2.0
 * The same answer of 1.2 kB in TLS 1.3 (AES-128-GCM), on the loop and by workers, beside a bare epoll server over
 * OpenSSL that sends the same bytes for whatever ends with an empty line. Arguments: clients, milliseconds of a turn,
 * turns. */
#include <fcntl.h>
#include <openssl/x509.h>

#include "http_race.h"
#include "tls_case.h"

enum { FDS_MAX = 4096 };
#define CIPHER "TLS_AES_128_GCM_SHA256"

static const char request[] = RACE_REQUEST("clinic.example");

static struct tls_case site;
static SSL_CTX *bare, *asking; /* of the bare server; of the clients */

static enum salve_code listen_tls(struct http_server *server, int fd, struct salve_err *err)
{
    return http_server_listen_tls(server, fd, site.server, err);
}

static void serve_loop(int fd) { serve(fd, false, listen_tls); }
static void serve_workers(int fd) { serve(fd, true, listen_tls); }

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

static void call(const struct sockaddr_in *at, struct client *c)
{
    c->fd = connected(at);
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
    const struct race race = {.title = "clients in TLS 1.3",
                              .peer = "epoll and OpenSSL",
                              .serves = {serve_loop, serve_workers, serve_epoll},
                              .learn_answer = learn_answer,
                              .load = load};
    prepare();
    return race_run(&race, argc, argv);
}
