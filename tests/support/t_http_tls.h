/* SPDX-License-Identifier: Apache-2.0
 *
 * t_http_tls - a test of http once more, over TLS: the file that includes this and then the test has T_HTTP_TLS defined,
 * so that the server of http_case listens in TLS, and a connection of t_http_call goes through a thread that seals and
 * opens for it. The end of one side's bytes goes on as the end of the other's. */
#ifndef SALVE_TESTS_T_HTTP_TLS_H
#define SALVE_TESTS_T_HTTP_TLS_H

#define T_HTTP_TLS

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/http.h"
#include "t_http.h"
#include "tls_case.h"

/* The one site of the test program. */
static struct tls_case t_http_tls_site;

static inline void t_http_tls_open(void)
{
    (void)signal(SIGPIPE, SIG_IGN); /* a relay may write to a server that has just closed */
    if (t_http_tls_site.server != NULL) return;
    if (crypto_init(NULL) != SALVE_OK) fail_msg("crypto");
    tls_case_open(&t_http_tls_site);
}

struct t_relay {
    int near, far; /* the test's, the server's */
    SSL *ssl;
    bool near_is_over;
};

static inline bool t_relay_send(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        if (n <= 0) return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

static inline bool t_relay_out(struct t_relay *relay, bool is_gone)
{
    char bytes[16384];
    ssize_t n = recv(relay->near, bytes, sizeof bytes, 0);
    if (n > 0) return SSL_write(relay->ssl, bytes, (int)n) == n;
    if (is_gone) { /* for good, and so is the other side */
        const struct linger at_once = {1, 0};
        (void)setsockopt(relay->far, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        return false;
    }
    relay->near_is_over = true;
    return SSL_shutdown(relay->ssl) >= 0 && shutdown(relay->far, SHUT_WR) == 0;
}

static inline bool t_relay_in(struct t_relay *relay)
{
    char bytes[16384];
    do {
        int n = SSL_read(relay->ssl, bytes, sizeof bytes);
        if (n <= 0) return SSL_get_error(relay->ssl, n) == SSL_ERROR_WANT_READ; /* tickets, say */
        if (!t_relay_send(relay->near, bytes, (size_t)n)) return false;
    } while (SSL_pending(relay->ssl) > 0);
    return true;
}

static inline void *t_relay_run(void *with)
{
    struct t_relay *relay = with;
    bool goes_on = SSL_connect(relay->ssl) == 1;
    while (goes_on) {
        struct pollfd at[] = {{relay->near_is_over ? -1 : relay->near, POLLIN, 0}, {relay->far, POLLIN, 0}};
        if (poll(at, 2, T_HTTP_PATIENCE_MS) <= 0) break;
        if (at[1].revents != 0) goes_on = t_relay_in(relay);
        if (goes_on && at[0].revents != 0) goes_on = t_relay_out(relay, (at[0].revents & POLLHUP) != 0);
    }
    ERR_clear_error();
    SSL_free(relay->ssl);
    (void)shutdown(relay->near, SHUT_WR);
    close(relay->near);
    close(relay->far);
    free(relay);
    return NULL;
}

static inline int t_http_tls_call(in_port_t port)
{
    int pair[2];
    pthread_t thread;
    struct t_relay *relay = calloc(1, sizeof *relay);
    t_http_tls_open();
    if (relay == NULL || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) fail_msg("no relay");
    relay->near = pair[1];
    relay->far = t_http_call(port);
    relay->ssl = SSL_new(t_http_tls_site.context);
    (void)SSL_set_fd(relay->ssl, relay->far);
    (void)SSL_clear_mode(relay->ssl, SSL_MODE_AUTO_RETRY);
    (void)SSL_set_tlsext_host_name(relay->ssl, TLS_CASE_NAME);
    if (pthread_create(&thread, NULL, t_relay_run, relay) != 0 || pthread_detach(thread) != 0) fail_msg("no relay");
    return pair[0];
}

static inline struct str t_http_tls_asked(in_port_t port, struct arena *mem, const char *request)
{
    int fd = t_http_tls_call(port);
    t_http_say(fd, request);
    struct str all = t_http_heard(fd, mem, NULL);
    close(fd);
    return all;
}

static inline enum salve_code t_http_tls_listen(struct http_server *server, int fd, struct salve_err *err)
{
    t_http_tls_open();
    return http_server_listen_tls(server, fd, t_http_tls_site.server, err);
}

#define t_http_call        t_http_tls_call
#define t_http_asked       t_http_tls_asked
#define http_server_listen t_http_tls_listen

#endif
