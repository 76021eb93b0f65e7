/* SPDX-License-Identifier: Apache-2.0
 * Connections over libuv. One request of a connection is answered at a time; the next one is read from its buffer when the
 * bytes of the answer are with the kernel, so answers keep their order and a slow client holds back itself alone. */
#include <stdlib.h>
#include <uv.h>

#include "base/assert.h"
#include "http/http.h"

enum { BACKLOG = 128, READ_BYTES = 64 << 10, LAST_LOOK_MS = 50 };

struct listener {
    uv_stream_t *stream;
    union {
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } handle;
    struct listener *next;
};

struct http_server {
    struct http_config config;
    struct arena *mem;
    uv_loop_t loop;
    uv_async_t drain;
    uv_timer_t last_look;
    struct listener *listeners;
    struct connection *connections;
    struct http_counts counts;
    bool is_draining;
};

struct connection {
    struct http_server *server;
    struct connection *next, *before;
    union {
        uv_tcp_t tcp;
        uv_pipe_t pipe;
        uv_stream_t stream;
        uv_handle_t handle;
    } socket;
    uv_timer_t timer;
    uv_write_t write;
    unsigned handles_open; /* socket and timer; the memory goes with the last one */
    struct http_reader reader;
    struct arena *reply_mem; /* of the answer that is being sent */
    bool is_sending, is_reading, closes, is_closing;
    bool has_ended; /* the client sends no more */
    uint8_t stage;  /* what is waited for: a request, its head, its body */
    char *buffer;
};

static void go_on(struct connection *c);

/* --- the end of a connection -------------------------------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle)
{
    struct connection *c = handle->data;
    if (--c->handles_open > 0) return;
    struct http_server *server = c->server;
    if (c->before != NULL)
        c->before->next = c->next;
    else
        server->connections = c->next;
    if (c->next != NULL) c->next->before = c->before;
    server->counts.open--;
    if (c->reply_mem != NULL) arena_close(c->reply_mem);
    free(c->buffer);
    free(c);
}

static void close_connection(struct connection *c)
{
    if (c->is_closing) return;
    c->is_closing = true;
    uv_close(&c->socket.handle, on_closed);
    uv_close((uv_handle_t *)&c->timer, on_closed);
}

static void on_late(uv_timer_t *timer)
{
    struct connection *c = timer->data;
    c->server->counts.timeouts++;
    close_connection(c);
}

/* Seconds until the connection is closed, unless something happens before. */
static void expect_within(struct connection *c, unsigned seconds)
{
    (void)uv_timer_start(&c->timer, on_late, (uint64_t)seconds * 1000, 0);
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

static void on_sent(uv_write_t *write, int status)
{
    struct connection *c = write->data;
    c->is_sending = false;
    arena_close(c->reply_mem);
    c->reply_mem = NULL;
    if (status < 0 || c->closes) {
        close_connection(c);
        return;
    }
    go_on(c);
}

static bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

/* The head of an answer; the date is the sender's business only where it has a clock that is right (RFC 9110 6.6.1). */
static enum salve_code head_of(const struct http_reply *reply, bool closes, struct str *out, struct salve_err *err)
{
    struct buf head;
    buf_init(&head, reply->mem, 64 << 10);
    buf_addf(&head, "HTTP/1.1 %d %s\r\n", reply->status, http_status_text(reply->status));
    if (reply->type.len > 0) buf_addf(&head, "Content-Type: %.*s\r\n", STR_ARGS(reply->type));
    if (has_body(reply->status)) buf_addf(&head, "Content-Length: %zu\r\n", reply->body.len);
    buf_add(&head, buf_str(&reply->lines));
    if (closes) buf_add(&head, STR("Connection: close\r\n"));
    buf_add(&head, STR("\r\n"));
    return buf_done(&head, out, err);
}

static void send_reply(struct connection *c, const struct http_reply *reply, bool is_head)
{
    struct str head;
    struct salve_err err = {0};
    uv_buf_t parts[2];
    c->closes = c->closes || reply->closes || c->server->is_draining;
    if (buf_code(&reply->lines) != SALVE_OK || head_of(reply, c->closes, &head, &err) != SALVE_OK) {
        close_connection(c);
        return;
    }
    bool sends_body = !is_head && has_body(reply->status) && reply->body.len > 0;
    parts[0] = uv_buf_init((char *)(uintptr_t)head.ptr, (unsigned)head.len);
    parts[1] = uv_buf_init((char *)(uintptr_t)reply->body.ptr, sends_body ? (unsigned)reply->body.len : 0);
    c->is_sending = true;
    c->write.data = c;
    expect_within(c, c->server->config.send_seconds);
    if (uv_write(&c->write, &c->socket.stream, parts, sends_body ? 2 : 1, on_sent) != 0) close_connection(c);
}

/* An answer that Salve gives by itself: one line, and no word of what came. */
static void refuse(struct connection *c, int status)
{
    struct http_reply reply = {.mem = c->reply_mem, .status = status, .type = STR("text/plain"), .closes = true};
    buf_init(&reply.lines, reply.mem, 1024);
    reply.body = arena_printf(reply.mem, "%s\n", http_status_text(status));
    c->server->counts.refused++;
    send_reply(c, &reply, false);
}

static bool open_reply(struct connection *c)
{
    c->reply_mem = arena_open_private(c->server->config.reply_bytes_max);
    if (c->reply_mem == NULL) close_connection(c);
    return c->reply_mem != NULL;
}

static void answer(struct connection *c, const struct http_request *request)
{
    const struct http_config *config = &c->server->config;
    struct http_reply reply = {.mem = c->reply_mem, .status = 200};
    uint64_t began = uv_hrtime();
    bool is_head = request->method == HTTP_HEAD;
    buf_init(&reply.lines, reply.mem, 32 << 10);
    c->server->counts.requests++;
    c->closes = c->closes || !request->keeps_alive;
    config->answer(config->with, request, &reply);
    if (config->noted != NULL) config->noted(config->with, request, reply.status, uv_hrtime() - began);
    http_reader_done(&c->reader);
    send_reply(c, &reply, is_head);
}

static void say_continue(struct connection *c)
{
    static char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    uv_buf_t part = uv_buf_init(text, sizeof text - 1);
    if (uv_try_write(&c->socket.stream, &part, 1) != (int)sizeof text - 1) close_connection(c);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    struct connection *c = handle->data;
    size_t room;
    char *at = http_reader_room(&c->reader, &room);
    (void)suggested;
    *out = uv_buf_init(at, (unsigned)(room < READ_BYTES ? room : READ_BYTES));
}

static void on_bytes(uv_stream_t *stream, ssize_t bytes, const uv_buf_t *buffer)
{
    struct connection *c = stream->data;
    (void)buffer;
    if (bytes < 0) {
        c->has_ended = true;
        (void)uv_read_stop(stream);
        c->is_reading = false;
        if (!c->is_sending) close_connection(c);
        return;
    }
    http_reader_took(&c->reader, (size_t)bytes);
    if (!c->is_sending) go_on(c);
}

static void read_more(struct connection *c)
{
    const struct http_config *config = &c->server->config;
    if (c->has_ended || (c->server->is_draining && c->reader.have == 0)) {
        close_connection(c);
        return;
    }
    bool was_waiting = c->is_reading;
    bool is_first = c->reader.have == 0;
    unsigned seconds = is_first                    ? config->idle_seconds
                       : c->reader.head_bytes == 0 ? config->head_seconds
                                                   : config->body_seconds;
    uint8_t stage = is_first ? 1 : c->reader.head_bytes == 0 ? 2 : 3;
    if (!was_waiting || stage != c->stage) expect_within(c, seconds); /* a byte now and then buys no time */
    c->stage = stage;
    if (!was_waiting && uv_read_start(&c->socket.stream, on_room, on_bytes) != 0) close_connection(c);
    c->is_reading = !c->is_closing;
}

/* Looks what has come and does what is next: read, answer, refuse. */
static void go_on(struct connection *c)
{
    const struct http_request *request;
    enum http_step step = http_reader_next(&c->reader, &request);
    if (step == HTTP_CONTINUE) say_continue(c);
    if (step == HTTP_CONTINUE || step == HTTP_MORE) {
        if (!c->is_closing) read_more(c);
        return;
    }
    (void)uv_read_stop(&c->socket.stream);
    c->is_reading = false;
    if (!open_reply(c)) return;
    if (step == HTTP_BAD)
        refuse(c, c->reader.status);
    else
        answer(c, request);
}

/* --- the beginning ------------------------------------------------------------------------------------------------ */

static bool init_socket(struct connection *c, const uv_stream_t *listener)
{
    bool is_tcp = listener->type == UV_TCP;
    int code =
        is_tcp ? uv_tcp_init(&c->server->loop, &c->socket.tcp) : uv_pipe_init(&c->server->loop, &c->socket.pipe, 0);
    if (code != 0) return false;
    c->socket.handle.data = c;
    if (is_tcp) (void)uv_tcp_nodelay(&c->socket.tcp, 1);
    return true;
}

static struct connection *make_connection(struct http_server *server, uv_stream_t *listener)
{
    struct connection *c = calloc(1, sizeof *c);
    size_t size = HTTP_HEAD_BYTES_MAX + server->config.body_bytes_max;
    char *buffer = c == NULL ? NULL : malloc(size);
    if (buffer == NULL) {
        free(c);
        return NULL;
    }
    c->server = server;
    c->buffer = buffer;
    http_reader_open(&c->reader, buffer, size, server->config.body_bytes_max);
    if (!init_socket(c, listener) || uv_timer_init(&server->loop, &c->timer) != 0) abort(); /* they cannot fail */
    c->timer.data = c;
    c->handles_open = 2;
    c->next = server->connections;
    if (c->next != NULL) c->next->before = c;
    server->connections = c;
    server->counts.open++;
    server->counts.connections++;
    return c;
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct http_server *server = listener->data;
    if (status < 0 || server->is_draining) return;
    struct connection *c = make_connection(server, listener);
    if (c == NULL) return;
    if (uv_accept(listener, &c->socket.stream) != 0) {
        close_connection(c);
        return;
    }
    if (server->counts.open > server->config.connections_max) {
        server->counts.turned_away++;
        if (open_reply(c)) refuse(c, 503);
        return;
    }
    read_more(c);
}

enum salve_code http_server_listen(struct http_server *server, int fd, struct salve_err *err)
{
    struct listener *l = arena_new(server->mem, struct listener);
    if (l == NULL) return salve_fail(err, SALVE_E_MEMORY, "listener");
    bool is_tcp = uv_guess_handle(fd) == UV_TCP;
    int code = is_tcp ? uv_tcp_init(&server->loop, &l->handle.tcp) : uv_pipe_init(&server->loop, &l->handle.pipe, 0);
    if (code == 0) code = is_tcp ? uv_tcp_open(&l->handle.tcp, fd) : uv_pipe_open(&l->handle.pipe, fd);
    l->stream = is_tcp ? (uv_stream_t *)&l->handle.tcp : (uv_stream_t *)&l->handle.pipe;
    l->stream->data = server;
    l->next = server->listeners;
    server->listeners = l;
    if (code == 0) code = uv_listen(l->stream, BACKLOG, on_connection);
    return code == 0 ? SALVE_OK : salve_fail(err, SALVE_E_IO, "listening socket: %s", uv_strerror(code));
}

/* --- the server --------------------------------------------------------------------------------------------------- */

/* Connections that wait for a request end when what was under way to us has come; the others after their answer. */
static void on_last_look(uv_timer_t *timer)
{
    struct http_server *server = timer->data;
    uv_close((uv_handle_t *)timer, NULL);
    for (struct connection *c = server->connections; c != NULL; c = c->next)
        if (!c->is_sending && c->reader.have == 0) close_connection(c);
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

enum salve_code http_server_open(const struct http_config *config, struct arena *mem, struct http_server **out,
                                 struct salve_err *err)
{
    struct http_server *server = arena_new(mem, struct http_server);
    salve_assert(config->answer != NULL && config->connections_max > 0);
    if (server == NULL) return salve_fail(err, SALVE_E_MEMORY, "server");
    server->config = *config;
    server->mem = mem;
    int code = uv_loop_init(&server->loop);
    if (code == 0) code = uv_async_init(&server->loop, &server->drain, on_drain);
    if (code == 0) code = uv_timer_init(&server->loop, &server->last_look);
    if (code != 0) return salve_fail(err, SALVE_E_IO, "event loop: %s", uv_strerror(code));
    server->drain.data = server->last_look.data = server;
    *out = server;
    return SALVE_OK;
}

enum salve_code http_server_run(struct http_server *server, struct salve_err *err)
{
    int left = uv_run(&server->loop, UV_RUN_DEFAULT);
    return left == 0 ? SALVE_OK : salve_fail(err, SALVE_E_IO, "event loop");
}

void http_server_drain(struct http_server *server) { (void)uv_async_send(&server->drain); }

static void close_handle(uv_handle_t *handle, void *with)
{
    (void)with;
    if (!uv_is_closing(handle)) uv_close(handle, NULL);
}

/* Whatever is open still, when the server was not drained. */
void http_server_close(struct http_server *server)
{
    if (server == NULL) return;
    for (struct connection *c = server->connections; c != NULL; c = c->next) close_connection(c);
    uv_walk(&server->loop, close_handle, NULL);
    (void)uv_run(&server->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&server->loop);
}

const struct http_counts *http_server_counts(const struct http_server *server) { return &server->counts; }
