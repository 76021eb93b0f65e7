/* SPDX-License-Identifier: Apache-2.0
 * A connection, and what it knows of its server. */
#ifndef SALVE_HTTP_HTTP_CONNECTION_H
#define SALVE_HTTP_HTTP_CONNECTION_H

#include <uv.h>

#include "http/http_int.h"
#include "tls/tls.h"

enum { HTTP_SPARE_MAX = 16, HTTP_SPARE_BYTES_MAX = 16 << 10, HTTP_READ_BYTES = 64 << 10 };

struct listener {
    struct http_server *server;
    uv_stream_t *stream;
    union {
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } handle;
    struct tls_server *tls; /* NULL: plain */
    struct listener *next;
    bool holds; /* a connection waits that was not taken yet: there are too many */
};

struct http_server {
    struct http_config config;
    struct arena *mem;
    uv_loop_t loop;
    uv_async_t drain, ended; /* ended: workers have answers */
    uv_timer_t look;         /* while connections are open, for who is late; last_look: when draining begins */
    uv_timer_t last_look;
    uv_check_t
        flush; /* all requests that came at once go to the workers at once; wake: more workers, if they wait on */
    uv_timer_t wake;
    struct http_crew *crew;
    struct listener *listeners;
    struct connection *connections;
    char *scratch; /* HTTP_READ_BYTES, where TLS is spoken: for bytes on their way between a socket and a pipe */
    struct http_numbers numbers;
    _Atomic bool is_draining;
    struct arena *spare[HTTP_SPARE_MAX]; /* of answers that have gone: empty and wiped */
    unsigned spare_count;
    uint64_t next_id, source_key;
    int64_t date_s; /* of the text */
    char date[HTTP_DATE_BYTES];
};

/* connection_open - of a client that waits at the listener; false: there is no memory for it now.
 * connection_ended - the answer of a job is there. connection_look - ends what is late.
 * connection_drain - closes what waits for a request of which nothing has come.
 * connection_abandon - closes it, also where an answer is under way; no worker runs any more. */
bool connection_open(struct http_server *server, const struct listener *listener);
void connection_ended(struct http_job *job);
void connection_look(struct connection *c, uint64_t now_ms);
void connection_drain(struct connection *c);
void connection_abandon(struct connection *c);
struct connection *connection_next(struct connection *c);

#endif
