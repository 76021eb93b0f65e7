/* SPDX-License-Identifier: Apache-2.0
 * What the files of http share. */
#ifndef SALVE_HTTP_HTTP_INT_H
#define SALVE_HTTP_HTTP_INT_H

#include <stdatomic.h>

#include "http/http.h"

/* --- statuses and the head of an answer (http_reply.c) ------------------------------------------------------------ */

/* The rows of statuses, for tables by status; the last one stands for every other. */
size_t http_status_rows(void);
size_t http_status_row(int status);
int http_status_of_row(size_t row);

/* What of an answer goes out, when request and answer have met. */
struct http_choice {
    int status;
    struct str body; /* left out: empty, with length_bytes of what would be there */
    size_t length_bytes;
    bool is_gzip, varies;
};
/* http_choose - request NULL: there was none. */
struct http_choice http_choose(const struct http_reply *reply, const struct http_request *request);

enum http_ending { HTTP_KEEPS, HTTP_KEEPS_OLD, HTTP_CLOSES }; /* OLD: a client of HTTP/1.0 has to be told */
/* http_head_of - the head in reply->mem. date: "Mon, 30 Nov 2026 09:30:00 GMT". */
SALVE_MUST_USE enum salve_code http_head_of(const struct http_reply *reply, const struct http_choice *choice,
                                            struct str date, enum http_ending ending, struct str *out);

/* --- workers (http_crew.c) ---------------------------------------------------------------------------------------- */

/* A request that is given to the workers, and its answer. */
struct http_job {
    struct http_job *next;
    const struct http_request *request;
    struct http_reply reply;
    uint64_t lane;
};

struct http_crew; /* opaque */
/* http_crew_open - `ended` is called on a worker's thread when there is something for http_crew_ended. */
SALVE_MUST_USE enum salve_code http_crew_open(const struct http_config *config, void (*ended)(void *with), void *with,
                                              struct arena *mem, struct http_crew **out, struct salve_err *err);
SALVE_MUST_USE enum salve_code http_crew_start(struct http_crew *crew, struct salve_err *err);
/* http_crew_give - false: waiting_max is reached. http_crew_flush - what was given since is seen by the workers, and
 * one is woken; false: nothing was. http_crew_wake - one more is woken; false: nothing waits that one could take.
 * http_crew_ended - all jobs that were done since, a list. */
bool http_crew_give(struct http_crew *crew, struct http_job *job);
bool http_crew_flush(struct http_crew *crew);
bool http_crew_wake(struct http_crew *crew);
struct http_job *http_crew_ended(struct http_crew *crew);
void http_crew_close(struct http_crew *crew); /* ends the threads; what waits still is never answered */
void http_crew_counts(struct http_crew *crew, unsigned *waiting, unsigned *running);
bool http_crew_is_stuck(struct http_crew *crew);

/* --- numbers (http_metrics.c) ------------------------------------------------------------------------------------- */

/* Written by the thread of the loop, read by any. */
struct http_numbers {
    _Atomic uint64_t connections, requests, refused, timeouts, turned_away, buffers_bytes, sent_bytes, open;
    _Atomic uint64_t handshakes, handshakes_refused;
    size_t route_count;
    const char *const *routes;
    _Atomic uint64_t *answers;     /* route_count rows of http_status_rows */
    _Atomic uint64_t *buckets;     /* route_count rows of HTTP_BUCKETS, the last one for what is slower */
    _Atomic uint64_t *nanoseconds; /* sum, by route */
};
enum { HTTP_BUCKETS = 15 };

SALVE_MUST_USE enum salve_code http_numbers_open(struct http_numbers *numbers, const struct http_config *config,
                                                 struct arena *mem, struct salve_err *err);
void http_numbers_note(struct http_numbers *numbers, size_t route, int status, const struct http_noted *noted);
static inline void http_count(_Atomic uint64_t *number, uint64_t more)
{
    (void)atomic_fetch_add_explicit(number, more, memory_order_relaxed);
}

/* What others of this room read of the server. */
const struct http_numbers *http_server_numbers(const struct http_server *server);
bool http_server_is_draining(const struct http_server *server);
bool http_server_is_stuck(const struct http_server *server);

#endif
