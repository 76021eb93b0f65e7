/* SPDX-License-Identifier: Apache-2.0
 *
 * http_case - a server of src/http on a thread of the test, so that a sanitizer sees both ends.
 *
 *     struct http_case run;
 *     http_case_open(&run, &config);
 *     ... t_http_call(run.port) ...
 *     http_case_close(&run);           // drains; fails the test if that does not end well */
#ifndef SALVE_TESTS_HTTP_CASE_H
#define SALVE_TESTS_HTTP_CASE_H

#include <pthread.h>
#include <unistd.h>

#include "http/http.h"
#include "t.h"
#include "t_http.h"

struct http_case {
    struct arena *mem;
    struct http_server *server;
    pthread_t thread;
    in_port_t port;
    enum salve_code code; /* of http_server_run */
};

static void *http_case_run(void *with)
{
    struct http_case *run = with;
    run->code = http_server_run(run->server, NULL);
    return NULL;
}

static inline void http_case_open(struct http_case *run, const struct http_config *config)
{
    run->mem = arena_open(64 << 20);
    assert_ok(http_server_open(config, run->mem, &run->server, NULL));
    assert_ok(http_server_listen(run->server, t_http_listen(&run->port), NULL));
    assert_int_equal(pthread_create(&run->thread, NULL, http_case_run, run), 0);
}

static inline void http_case_end(struct http_case *run)
{
    assert_int_equal(pthread_join(run->thread, NULL), 0);
    assert_code(run->code, SALVE_OK);
    assert_int_equal(http_server_counts(run->server).open, 0);
    assert_int_equal(http_server_counts(run->server).buffers_bytes, 0);
    http_server_close(run->server);
    arena_close(run->mem);
}

static inline void http_case_close(struct http_case *run)
{
    http_server_drain(run->server);
    http_case_end(run);
}

/* Waits until `claim` holds, for something that another thread does. */
#define http_case_until(claim)                                                                                         \
    do {                                                                                                               \
        int left_ = T_HTTP_PATIENCE_MS;                                                                                \
        for (; left_ > 0 && !(claim); left_--) (void)usleep(1000);                                                     \
        if (left_ == 0) fail_msg("never: %s", #claim);                                                                 \
    } while (0)

#endif
