/* SPDX-License-Identifier: Apache-2.0
 *
 * http - a server of HTTP/1.1 over libuv, plain or in TLS: sockets that somebody else has opened come in, requests are
 * read strictly (http_read.h), answered by worker threads, and the answers of a connection go out in the order of its
 * requests.
 *
 *     struct http_config config = http_config_usual();     // then: answer, workers, routes, clock
 *     struct http_server *server;
 *     TRY(http_server_open(&config, mem, &server, err));
 *     TRY(http_server_listen(server, fd, err));            // a listening socket, TCP or UNIX
 *     code = http_server_run(server, err);                 // until http_server_drain was called and all is answered
 *     http_server_close(server);
 *
 * One thread, that of http_server_run, reads and writes. A connection has one request under way at a time; those of
 * other connections do not wait for it. Bounded: connections, bytes of a head, of a body and of all buffers together,
 * requests that wait for a worker, seconds for a head, for a body, without a request, for a client to take an answer.
 * What is over a bound is told with its status or closed; nothing is ever sent behind an answer that was cut off. What
 * Salve says by itself is one line of fixed words. Buffers and answers are wiped before they are given back.
 *
 * The server does by itself: Date, Content-Length, HEAD, Connection, If-None-Match and 304, the choice between a body
 * and its gzip form with Vary, X-Request-Id, 400, 408, 413, 414, 417, 431, 501, 503, 505 (docs/internals/http.md). */
#ifndef SALVE_HTTP_HTTP_H
#define SALVE_HTTP_HTTP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "http/http_read.h"

struct http_server; /* opaque */
struct tls_server;  /* tls/tls.h */

enum {
    HTTP_WORKERS_MAX = 16,
    HTTP_ROUTES_MAX = 200,
    HTTP_ID_BYTES = 17,      /* of a request: 16 hexadecimal digits and NUL */
    HTTP_STUCK_SECONDS = 30, /* no worker has ended a request for so long, and all are at one: /healthz says so */
};

/* What is answered. `mem` lives until the answer was sent; body and texts are views of it or of what lives longer. */
struct http_reply {
    struct arena *mem;    /* a private one */
    int status;           /* 200 if it is left alone */
    struct str type;      /* "application/fhir+json"; empty: no body */
    struct str body;      /* left out of the answer to HEAD, with its length */
    struct str body_gzip; /* the same body in gzip (RFC 1952), for who takes it; absent: there is none */
    struct str etag;  /* letters, digits, '-', '_', '.': no quotes; absent: none. 200 becomes 304 where it is known */
    struct buf lines; /* more header lines: http_reply_header */
    size_t route;     /* row of config.routes that it belongs to; 0: to none */
    bool closes;      /* the connection ends after it */
    char id[HTTP_ID_BYTES]; /* of the request, for a log */
    const struct http_server *server;
};

/* http_reply_header - one more header line. A value with a control character is a fault of ours: it is not sent. */
void http_reply_header(struct http_reply *reply, const char *name, struct str value);

/* Answers of fixed words, one line of text, never kept by a cache; header lines that were added before stay.
 * http_reply_error - of that status. http_reply_allow - 405; `methods`: "GET, HEAD". http_reply_later - 503; `seconds`:
 * for Retry-After. */
void http_reply_error(struct http_reply *reply, int status);
void http_reply_allow(struct http_reply *reply, const char *methods);
void http_reply_later(struct http_reply *reply, unsigned seconds);

/* http_reply_health - for /healthz: 200 {"status":"ok"}, or 503 with "draining" or "stuck". `more`: members behind it
 * (",\"name\":true"), or empty. It may be called on any thread, and by config.quick.
 * http_reply_metrics - for /metrics: the server's numbers in the text format of Prometheus 0.0.4, names with
 * salve_http_, seconds and bytes, labelled with names of config.routes and statuses alone. `more`: lines of others
 * behind them. */
void http_reply_health(struct http_reply *reply, struct str more);
void http_reply_metrics(struct http_reply *reply, struct str more);

/* http_date - of a header line, a view of `text`: "Mon, 30 Nov 2026 09:30:00 GMT". */
enum { HTTP_DATE_BYTES = 30 };
struct str http_date(int64_t unix_ms, char text[HTTP_DATE_BYTES]);

/* http_status_text - "Not Found"; "" for one that has no row. */
const char *http_status_text(int status);

/* What a log may say of a request: nothing that its sender chose but the method, and that from a closed list. */
struct http_noted {
    int64_t at_unix_ms; /* when it was whole */
    const char *method; /* "GET"; "-" for bytes that were no request */
    const char *route;  /* of config.routes */
    int status;
    uint64_t bytes;       /* of the answer, its head included, that went out */
    uint64_t nanoseconds; /* from the whole request to the last byte of its answer */
    char id[HTTP_ID_BYTES];
    bool is_cut; /* the client was gone before all was sent */
};

/* http_log_line - one line of JSON with its line end: {"time":"2026-11-30T09:30:00.123Z","level":"info",
 * "kind":"request","method":"POST","route":"measure","status":200,"bytes":512,"ms":1.234,"id":"..."}.
 * http_log_write - the same to a file, pipe or socket; never waits. false: it could not be taken now and is lost. */
void http_log_line(const struct http_noted *noted, struct buf *out);
bool http_log_write(int fd, const struct http_noted *noted);

struct http_config {
    /* Answers on a worker thread; `worker` is that thread's row of `workers`. No two requests share a worker at a time.
     * worker_count 0: on the thread of http_server_run, with `with`. */
    void (*answer)(void *worker, const struct http_request *request, struct http_reply *reply);
    void *const *workers;
    unsigned worker_count;
    /* All of these run on the thread of http_server_run, must not wait for anything, and may be NULL.
     * quick - answers by itself (true) what needs no worker: files in memory, /healthz, /metrics; false: it has left
     *   the reply alone.
     * lane - requests of the same number, 0 excepted, are answered one after another: those of a session.
     * too_big - the answer (413) to a request whose body is over body_bytes_max, of which the head alone is there; its
     *   connection ends. NULL: fixed words.
     * noted - an answer has gone out, or broke off. */
    bool (*quick)(void *with, const struct http_request *request, struct http_reply *reply);
    uint64_t (*lane)(void *with, const struct http_request *request);
    void (*too_big)(void *with, const struct http_request *request, struct http_reply *reply);
    void (*noted)(void *with, const struct http_noted *noted);
    void *with;
    const char *const *routes; /* names for log and metrics, [a-z0-9_-]; row 0 for what belongs to none: "none" */
    size_t route_count;
    struct clock clock;
    size_t body_bytes_max;    /* of one request */
    size_t reply_bytes_max;   /* arena of one answer */
    size_t buffers_bytes_max; /* of all connections together; over it: 503 */
    unsigned connections_max; /* over it: 503, or the seat of one that has asked nothing for spare_seconds */
    unsigned waiting_max;     /* requests that wait for a worker; over it: 503 */
    unsigned handshake_seconds, head_seconds, body_seconds, idle_seconds, spare_seconds;
    unsigned send_seconds; /* in which a client takes at least HTTP_SEND_BYTES_MIN of an answer, HTTP_SENDS_MAX times */
};

enum { HTTP_SEND_BYTES_MIN = 16 << 10, HTTP_SENDS_MAX = 30 };

/* http_config_usual - the limits of docs/internals/http.md, one route, the system's clock. */
struct http_config http_config_usual(void);

/* Numbers since the start; exact once the server has drained. */
struct http_counts {
    uint64_t connections, requests, refused; /* refused: bytes that were no request */
    uint64_t handshakes, handshakes_refused; /* of TLS; whole, and those that came to another end */
    uint64_t timeouts, turned_away;          /* turned_away: over connections_max or waiting_max */
    uint64_t buffers_bytes;                  /* of all connections, now */
    unsigned open, waiting, running;         /* now */
};
struct http_counts http_server_counts(const struct http_server *server); /* on any thread */

/* http_server_open - E_MEMORY, E_IO. The server lives in mem; http_server_close gives back what libuv holds, and ends
 * what is open still. */
SALVE_MUST_USE enum salve_code http_server_open(const struct http_config *config, struct arena *mem,
                                                struct http_server **out, struct salve_err *err);
void http_server_close(struct http_server *server);

/* http_server_listen - takes over a listening socket. E_IO. http_server_listen_tls - what comes there is TLS; `tls`
 * (tls/tls.h) outlives the server, and may get another certificate at any time. E_MEMORY, E_IO. */
SALVE_MUST_USE enum salve_code http_server_listen(struct http_server *server, int fd, struct salve_err *err);
SALVE_MUST_USE enum salve_code http_server_listen_tls(struct http_server *server, int fd, struct tls_server *tls,
                                                      struct salve_err *err);

/* http_server_run - starts the workers (so a confinement that was put on this thread holds them too) and answers until
 * the server was drained. SIGPIPE is blocked on this thread from then on, every signal on the workers'. E_IO, E_MEMORY.
 * http_server_drain (also from a signal handler or another thread): takes no new connection, answers what has come,
 * closes, and lets http_server_run return. */
SALVE_MUST_USE enum salve_code http_server_run(struct http_server *server, struct salve_err *err);
void http_server_drain(struct http_server *server);

#endif
