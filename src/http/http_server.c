/* SPDX-License-Identifier: Apache-2.0
 * The loop: listening sockets, who is late, draining. */
#include "http/http_connection.h"

#include <signal.h>
#include <sys/random.h>

#include "base/assert.h"

enum {
    BACKLOG = 128,
    LAST_LOOK_MS = 50,
    LOOK_MS = 100,
    WAKE_MS = 1,
    TOLD_AT_ONCE_MAX = 16, /* connections over connections_max that are told so; the others wait in the kernel */
};

/* --- the numbers that others read --------------------------------------------------------------------------------- */

const struct http_numbers *http_server_numbers(const struct http_server *server) { return &server->numbers; }
bool http_server_is_draining(const struct http_server *server) { return server->is_draining; }
bool http_server_is_stuck(const struct http_server *server) { return http_crew_is_stuck(server->crew); }

struct http_counts http_server_counts(const struct http_server *server)
{
    const struct http_numbers *numbers = &server->numbers;
    struct http_counts counts = {.connections = numbers->connections,
                                 .requests = numbers->requests,
                                 .refused = numbers->refused,
                                 .handshakes = numbers->handshakes,
                                 .handshakes_refused = numbers->handshakes_refused,
                                 .timeouts = numbers->timeouts,
                                 .turned_away = numbers->turned_away,
                                 .buffers_bytes = numbers->buffers_bytes,
                                 .open = (unsigned)numbers->open};
    http_crew_counts(server->crew, &counts.waiting, &counts.running);
    return counts;
}

/* --- listening ---------------------------------------------------------------------------------------------------- */

static void on_look(uv_timer_t *timer);

static void look_now_and_then(struct http_server *server)
{
    if (!uv_is_active((uv_handle_t *)&server->look)) (void)uv_timer_start(&server->look, on_look, LOOK_MS, LOOK_MS);
}

/* libuv takes no further connection of this listener while this one waits. */
static void take_connection(struct http_server *server, struct listener *l)
{
    bool has_seat = server->numbers.open < server->config.connections_max + TOLD_AT_ONCE_MAX;
    l->holds = !has_seat || !connection_open(server, l);
    look_now_and_then(server);
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct listener *l = stream->data;
    if (status == 0 && !l->server->is_draining) take_connection(l->server, l);
}

static void on_look(uv_timer_t *timer)
{
    struct http_server *server = timer->data;
    bool holds = false;
    for (struct connection *c = server->connections; c != NULL; c = connection_next(c))
        connection_look(c, uv_now(&server->loop));
    for (struct listener *l = server->listeners; l != NULL && !server->is_draining; l = l->next) {
        if (l->holds) take_connection(server, l);
        holds = holds || l->holds;
    }
    if (server->connections == NULL && !holds) (void)uv_timer_stop(timer);
}

static enum salve_code listen_at(struct http_server *server, int fd, struct tls_server *tls, struct salve_err *err)
{
    struct listener *l = arena_new(server->mem, struct listener);
    if (l == NULL) return salve_fail(err, SALVE_E_MEMORY, "listener");
    bool is_tcp = uv_guess_handle(fd) == UV_TCP;
    int code = is_tcp ? uv_tcp_init(&server->loop, &l->handle.tcp) : uv_pipe_init(&server->loop, &l->handle.pipe, 0);
    if (code == 0) code = is_tcp ? uv_tcp_open(&l->handle.tcp, fd) : uv_pipe_open(&l->handle.pipe, fd);
    l->stream = is_tcp ? (uv_stream_t *)&l->handle.tcp : (uv_stream_t *)&l->handle.pipe;
    l->stream->data = l;
    l->server = server;
    l->tls = tls;
    l->next = server->listeners;
    server->listeners = l;
    if (code == 0) code = uv_listen(l->stream, BACKLOG, on_connection);
    return code == 0 ? SALVE_OK : salve_fail(err, SALVE_E_IO, "listening socket: %s", uv_strerror(code));
}

enum salve_code http_server_listen(struct http_server *server, int fd, struct salve_err *err)
{
    return listen_at(server, fd, NULL, err);
}

enum salve_code http_server_listen_tls(struct http_server *server, int fd, struct tls_server *tls,
                                       struct salve_err *err)
{
    if (server->scratch == NULL) server->scratch = arena_alloc(server->mem, HTTP_READ_BYTES);
    if (server->scratch == NULL) return salve_fail(err, SALVE_E_MEMORY, "listener");
    return listen_at(server, fd, tls, err);
}

/* --- draining ----------------------------------------------------------------------------------------------------- */

/* Connections that wait for a request end when what was under way to us has come; the others after their answer. */
static void on_last_look(uv_timer_t *timer)
{
    struct http_server *server = timer->data;
    uv_close((uv_handle_t *)timer, NULL);
    for (struct connection *c = server->connections; c != NULL; c = connection_next(c)) connection_drain(c);
}

static void on_drain(uv_async_t *async)
{
    struct http_server *server = async->data;
    if (server->is_draining) return;
    server->is_draining = true;
    for (struct listener *l = server->listeners; l != NULL; l = l->next) uv_close((uv_handle_t *)l->stream, NULL);
    uv_close((uv_handle_t *)&server->drain, NULL);
    (void)uv_timer_start(&server->last_look, on_last_look, LAST_LOOK_MS, 0);
}

void http_server_drain(struct http_server *server) { (void)uv_async_send(&server->drain); }

/* --- the server --------------------------------------------------------------------------------------------------- */

static void answer_none(void *worker, const struct http_request *request, struct http_reply *reply)
{
    (void)worker;
    (void)request;
    http_reply_error(reply, 404);
}

struct http_config http_config_usual(void)
{
    static const char *const routes[] = {"none"};
    return (struct http_config){.answer = answer_none,
                                .routes = routes,
                                .route_count = 1,
                                .clock = clock_system(),
                                .body_bytes_max = 1 << 20,
                                .reply_bytes_max = 16 << 20,
                                .buffers_bytes_max = 64 << 20,
                                .connections_max = 256,
                                .waiting_max = 256,
                                .handshake_seconds = 10,
                                .head_seconds = 10,
                                .body_seconds = 30,
                                .idle_seconds = 75,
                                .spare_seconds = 5,
                                .send_seconds = 20};
}

static void on_ended(uv_async_t *async)
{
    struct http_server *server = async->data;
    for (struct http_job *job = http_crew_ended(server->crew), *next; job != NULL; job = next) {
        next = job->next;
        connection_ended(job);
    }
}

static void on_wake(uv_timer_t *timer)
{
    struct http_server *server = timer->data;
    if (!http_crew_wake(server->crew)) (void)uv_timer_stop(timer);
}

static void on_flush(uv_check_t *check)
{
    struct http_server *server = check->data;
    if (http_crew_flush(server->crew) && !uv_is_active((uv_handle_t *)&server->wake))
        (void)uv_timer_start(&server->wake, on_wake, WAKE_MS, WAKE_MS);
}

static void tell_ended(void *with) { (void)uv_async_send(with); }

static int open_handles(struct http_server *server)
{
    int code = uv_loop_init(&server->loop);
    if (code == 0) code = uv_async_init(&server->loop, &server->drain, on_drain);
    if (code == 0) code = uv_async_init(&server->loop, &server->ended, on_ended);
    if (code == 0) code = uv_timer_init(&server->loop, &server->look);
    if (code == 0) code = uv_timer_init(&server->loop, &server->last_look);
    if (code == 0) code = uv_timer_init(&server->loop, &server->wake);
    if (code == 0) code = uv_check_init(&server->loop, &server->flush);
    if (code == 0) code = uv_check_start(&server->flush, on_flush);
    if (code != 0) return code;
    uv_unref((uv_handle_t *)&server->ended); /* connections are what keeps the loop */
    uv_unref((uv_handle_t *)&server->flush);
    uv_unref((uv_handle_t *)&server->wake);
    server->wake.data = server;
    server->drain.data = server->flush.data = server->ended.data = server->look.data = server->last_look.data = server;
    return code;
}

static void check_config(const struct http_config *config)
{
    salve_assert(config->answer != NULL && config->connections_max > 0 && config->body_bytes_max < SIZE_MAX / 4);
    salve_assert(config->route_count > 0 && config->route_count <= HTTP_ROUTES_MAX && config->routes != NULL);
    salve_assert(config->clock.now_unix_ms != NULL && config->reply_bytes_max > 0);
    salve_assert(config->buffers_bytes_max >= HTTP_HEAD_BYTES_MAX);
    salve_assert(config->worker_count == 0 || (config->workers != NULL && config->waiting_max > 0));
}

enum salve_code http_server_open(const struct http_config *config, struct arena *mem, struct http_server **out,
                                 struct salve_err *err)
{
    struct http_server *server = arena_new(mem, struct http_server);
    uint64_t seeds[2];
    check_config(config);
    if (server == NULL) return salve_fail(err, SALVE_E_MEMORY, "server");
    server->config = *config;
    server->mem = mem;
    TRY(http_numbers_open(&server->numbers, config, mem, err));
    TRY(http_crew_open(config, tell_ended, &server->ended, mem, &server->crew, err));
    if (getrandom(seeds, sizeof seeds, 0) != sizeof seeds) return salve_fail(err, SALVE_E_IO, "random numbers");
    server->next_id = seeds[0];
    server->source_key = seeds[1];
    int code = open_handles(server);
    if (code != 0) return salve_fail(err, SALVE_E_IO, "event loop: %s", uv_strerror(code));
    *out = server;
    return SALVE_OK;
}

/* A client that is gone is an error of its write, not a signal that ends the process. */
static void block_pipe_signal(void)
{
    sigset_t pipe;
    (void)sigemptyset(&pipe);
    (void)sigaddset(&pipe, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &pipe, NULL);
}

enum salve_code http_server_run(struct http_server *server, struct salve_err *err)
{
    block_pipe_signal();
    TRY(http_crew_start(server->crew, err));
    int left = uv_run(&server->loop, UV_RUN_DEFAULT);
    return left == 0 ? SALVE_OK : salve_fail(err, SALVE_E_IO, "event loop");
}

static void close_handle(uv_handle_t *handle, void *with)
{
    (void)with;
    if (!uv_is_closing(handle)) uv_close(handle, NULL);
}

/* Whatever is open still, when the server was not drained. */
void http_server_close(struct http_server *server)
{
    if (server == NULL) return;
    http_crew_close(server->crew);
    for (struct connection *c = server->connections; c != NULL; c = connection_next(c)) connection_abandon(c);
    uv_walk(&server->loop, close_handle, NULL);
    (void)uv_run(&server->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&server->loop);
    while (server->spare_count > 0) arena_close(server->spare[--server->spare_count]);
}
