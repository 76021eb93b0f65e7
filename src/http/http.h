/* SPDX-License-Identifier: Apache-2.0
 *
 * http - a server of HTTP/1.1 over libuv, for one process and one thread: sockets that somebody else has opened come in,
 * requests are read strictly (http_read.h) and answered in the order they came, keep-alive and pipelined.
 *
 *     struct http_server *server;
 *     http_server_open(&config, mem, &server, err);        // config.answer is called for each request
 *     http_server_listen(server, fd, err);                 // a listening socket, TCP or UNIX
 *     http_server_run(server, err);                        // until http_server_drain was called and all is answered
 *     http_server_close(server);
 *
 * Bounded: connections, bytes of a head and a body, bytes that wait to be sent (nothing more is read meanwhile), seconds
 * for a head, for a body, without a request, for a client to take an answer. What is over a bound is closed or told with
 * its status; an answer that was begun is never followed by another one's bytes. Errors that Salve tells itself have a
 * body of one line and no word of what came. */
#ifndef SALVE_HTTP_HTTP_H
#define SALVE_HTTP_HTTP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "http/http_read.h"

/* What is answered. `mem` lives until the answer was sent; body and texts may be views of it or of what lives longer. */
struct http_reply {
    struct arena *mem;
    int status;       /* 200 if it is left alone */
    struct str type;  /* "application/fhir+json"; empty: no body */
    struct str body;  /* left out of the answer to HEAD, with its length */
    struct buf lines; /* more header lines, each with its CR LF: http_reply_header */
    bool closes;      /* the connection ends after it */
};

/* http_reply_header - one more header line. A value with a control character is a fault of ours: it is not sent. */
void http_reply_header(struct http_reply *reply, const char *name, struct str value);

/* http_status_text - "Not Found"; "" for one that has no row. */
const char *http_status_text(int status);

struct http_config {
    void (*answer)(void *with, const struct http_request *request, struct http_reply *reply);
    void *with;
    void (*noted)(void *with, const struct http_request *request, int status, uint64_t nanoseconds); /* may be NULL */
    size_t body_bytes_max;  /* of one request */
    size_t reply_bytes_max; /* arena of one answer */
    unsigned connections_max;
    unsigned head_seconds, body_seconds, idle_seconds, send_seconds;
};

/* Numbers since the start, for /metrics. */
struct http_counts {
    uint64_t connections, requests, refused; /* refused: bytes that were no request */
    uint64_t timeouts, turned_away;          /* turned_away: over connections_max */
    unsigned open;
};

struct http_server; /* opaque */

/* http_server_open - E_MEMORY, E_IO. The server lives in mem; http_server_close gives back what libuv holds. */
SALVE_MUST_USE enum salve_code http_server_open(const struct http_config *config, struct arena *mem,
                                                struct http_server **out, struct salve_err *err);
void http_server_close(struct http_server *server);

/* http_server_listen - takes over a listening socket. E_IO. */
SALVE_MUST_USE enum salve_code http_server_listen(struct http_server *server, int fd, struct salve_err *err);

/* http_server_run - answers until it was drained. http_server_drain (also from a signal handler or another thread): takes
 * no new connection, answers what has come, closes, and lets http_server_run return. */
SALVE_MUST_USE enum salve_code http_server_run(struct http_server *server, struct salve_err *err);
void http_server_drain(struct http_server *server);

const struct http_counts *http_server_counts(const struct http_server *server);

#endif
