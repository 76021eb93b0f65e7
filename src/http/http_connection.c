/* SPDX-License-Identifier: Apache-2.0
 * One connection: it reads a request, has it answered, sends the answer, and begins anew. What comes meanwhile waits in
 * its buffer, so answers keep their order and a slow client holds back itself alone. */
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "http/http_connection.h"

enum {
    HTTP_ONE_RECORD_BYTES = 16 << 10, /* of TLS (RFC 8446, 5.1) */
    LINGER_MS = 2000,           /* a client that is still sending hears why nobody listens, before the socket is gone */
    LINGER_BYTES_MAX = 1 << 20, /* and what it sends meanwhile is thrown away */
    RETRY_SECONDS = 2,
};

/* What is waited for: of the first four that the client sends something. */
enum stage { A_HANDSHAKE, A_REQUEST, ITS_HEAD, ITS_BODY, AN_ANSWER, ROOM_TO_SEND, THE_END };

struct connection {
    struct http_server *server;
    struct connection *next, *before;
    union {
        uv_tcp_t tcp;
        uv_pipe_t pipe;
        uv_stream_t stream;
        uv_handle_t handle;
    } socket;
    uv_write_t write;
    struct tls_pipe *pipe; /* NULL: plain */
    struct str rest[2];    /* of an answer, that the pipe has not taken yet */
    size_t writing;        /* sealed bytes that libuv has; the pipe is left alone meanwhile */
    struct http_reader reader;
    struct http_job job;
    struct arena_mark reply_mark; /* where the memory of the answer was empty */
    int64_t at_unix_ms;           /* when the request was whole */
    uint64_t began_ns;            /* the same */
    uint64_t late_ms;             /* of the loop's time; 0: it may take what it takes */
    size_t reply_bytes;           /* head and body */
    size_t unsent;                /* of them, when it was looked last */
    size_t ignored;               /* bytes, at the end */
    unsigned sends;               /* how often this answer got send_seconds */
    enum stage stage;
    int status;              /* of the answer as it went out */
    bool is_reading, is_out; /* is_out: the job is with a worker */
    bool has_ended;          /* the client sends no more */
    bool closes;             /* after this answer */
    bool is_closing, is_closed;
};

static void go_on(struct connection *c);

struct connection *connection_next(struct connection *c) { return c->next; }

/* --- the end of a connection -------------------------------------------------------------------------------------- */

/* The memory of a small answer serves the next one; that of a large one is given back. */
static void drop_reply(struct connection *c)
{
    struct http_server *server = c->server;
    struct arena *mem = c->job.reply.mem;
    c->job.reply.mem = NULL;
    if (mem == NULL) return;
    if (server->spare_count == HTTP_SPARE_MAX || arena_bytes(mem) > HTTP_SPARE_BYTES_MAX) {
        arena_close(mem);
        return;
    }
    arena_rewind(mem, c->reply_mark);
    server->spare[server->spare_count++] = mem;
}

static struct arena *reply_memory(struct http_server *server)
{
    if (server->spare_count > 0) return server->spare[--server->spare_count];
    return arena_open_private(server->config.reply_bytes_max);
}

static void free_buffer(struct connection *c)
{
    explicit_bzero(c->reader.buffer, c->reader.dirty);
    free(c->reader.buffer);
    http_count(&c->server->numbers.buffers_bytes, -(uint64_t)c->reader.size);
}

/* When the socket is closed and no worker looks at the request any more. */
static void free_connection(struct connection *c)
{
    struct http_server *server = c->server;
    if (!c->is_closed || c->is_out) return;
    if (c->before != NULL)
        c->before->next = c->next;
    else
        server->connections = c->next;
    if (c->next != NULL) c->next->before = c->before;
    http_count(&server->numbers.open, (uint64_t)-1);
    drop_reply(c);
    free_buffer(c);
    tls_pipe_close(c->pipe);
    free(c);
}

static void on_closed(uv_handle_t *handle)
{
    struct connection *c = handle->data;
    c->is_closed = true;
    free_connection(c);
}

static void connection_close(struct connection *c)
{
    if (c->is_closing) return;
    c->is_closing = true;
    uv_close(&c->socket.handle, on_closed);
}

void connection_abandon(struct connection *c)
{
    c->is_out = false;
    connection_close(c);
}

static void expect_within(struct connection *c, uint64_t ms)
{
    c->late_ms = ms == 0 ? 0 : uv_now(&c->server->loop) + ms;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    struct connection *c = handle->data;
    size_t room = c->reader.size;
    char *at = c->stage == THE_END ? c->reader.buffer : http_reader_room(&c->reader, &room);
    (void)suggested;
    if (c->pipe != NULL && room > 0) {
        at = c->server->scratch;
        room = c->writing > 0 ? 0 : HTTP_READ_BYTES;
    }
    *out = uv_buf_init(at, (unsigned)(room < HTTP_READ_BYTES ? room : HTTP_READ_BYTES));
}

static void stop_reading(struct connection *c)
{
    (void)uv_read_stop(&c->socket.stream);
    c->is_reading = false;
}

static void ignore(struct connection *c, size_t bytes)
{
    c->ignored += bytes;
    if (c->ignored > LINGER_BYTES_MAX) connection_close(c);
}

static void on_end(struct connection *c, bool is_good, bool waits)
{
    c->has_ended = true;
    stop_reading(c);
    if (!is_good || waits || c->stage == THE_END) connection_close(c);
}

static void on_sealed(struct connection *c, const char *bytes, size_t len, bool waits);

static void on_bytes(uv_stream_t *stream, ssize_t bytes, const uv_buf_t *buffer)
{
    struct connection *c = stream->data;
    bool waits = c->stage <= ITS_BODY;
    if (bytes == UV_ENOBUFS) { /* what waits fills the buffer: it is read on behind this answer */
        stop_reading(c);
    } else if (bytes < 0) {
        on_end(c, bytes == UV_EOF, waits);
    } else if (c->stage == THE_END) {
        ignore(c, (size_t)bytes);
    } else if (bytes > 0 && c->pipe != NULL) {
        on_sealed(c, buffer->base, (size_t)bytes, waits);
    } else if (bytes > 0) {
        http_reader_took(&c->reader, (size_t)bytes);
        if (waits) go_on(c);
    }
}

static void read_on(struct connection *c)
{
    if (c->is_reading) return;
    c->is_reading = uv_read_start(&c->socket.stream, on_room, on_bytes) == 0;
    if (!c->is_reading) connection_close(c);
}

static bool shakes_hands(const struct connection *c)
{
    return c->pipe != NULL && tls_pipe_state(c->pipe) == TLS_BEGINS;
}

static unsigned seconds_for(const struct http_config *config, enum stage stage)
{
    return stage == A_HANDSHAKE ? config->handshake_seconds
           : stage == A_REQUEST ? config->idle_seconds
           : stage == ITS_HEAD  ? config->head_seconds
                                : config->body_seconds;
}

/* A byte now and then buys no time: a stage has its time once. */
static void wait_for_bytes(struct connection *c)
{
    const struct http_config *config = &c->server->config;
    enum stage stage = shakes_hands(c)             ? A_HANDSHAKE
                       : c->reader.have == 0       ? A_REQUEST
                       : c->reader.head_bytes == 0 ? ITS_HEAD
                                                   : ITS_BODY;
    if (c->has_ended || (c->server->is_draining && stage <= A_REQUEST)) {
        connection_close(c);
        return;
    }
    if (stage != c->stage || c->late_ms == 0) expect_within(c, 1000 * (uint64_t)seconds_for(config, stage));
    c->stage = stage;
    read_on(c);
}

/* Another buffer; false: all connections together may not have so much. */
static bool move_buffer(struct connection *c, size_t size)
{
    struct http_server *server = c->server;
    char *old = c->reader.buffer;
    size_t old_size = c->reader.size, others = server->numbers.buffers_bytes - old_size;
    char *buffer = size > server->config.buffers_bytes_max - others ? NULL : malloc(size);
    if (buffer == NULL) return false;
    http_reader_move(&c->reader, buffer, size);
    free(old);
    http_count(&server->numbers.buffers_bytes, size - old_size);
    return true;
}

/* --- TLS ---------------------------------------------------------------------------------------------------------- */

/* What a handshake, an alert or an interim answer has to say: little, which the kernel takes at once, or the client has
 * long taken nothing. False: it is gone. */
static bool send_little(struct connection *c)
{
    struct str waits = c->writing > 0 ? STR("") : tls_pipe_waits(c->pipe);
    uv_buf_t part = uv_buf_init((char *)(uintptr_t)waits.ptr, (unsigned)waits.len);
    if (waits.len == 0) return true;
    int sent = uv_try_write(&c->socket.stream, &part, 1);
    if (sent > 0) tls_pipe_sent(c->pipe, (size_t)sent);
    return sent == (int)waits.len;
}

/* Clear bytes into the reader, as many as there is room for; false: there were none. */
static bool unseal(struct connection *c)
{
    size_t room, bytes, all = 0;
    for (char *at; at = http_reader_room(&c->reader, &room), (bytes = tls_pipe_take(c->pipe, at, room)) > 0;
         all += bytes)
        http_reader_took(&c->reader, bytes);
    if (tls_pipe_state(c->pipe) == TLS_ENDED) c->has_ended = true;
    return all > 0;
}

/* A handshake has come to its end, the one or the other. */
static void note_handshake(struct connection *c)
{
    bool is_whole = tls_pipe_state(c->pipe) == TLS_OPEN || tls_pipe_state(c->pipe) == TLS_ENDED;
    http_count(is_whole ? &c->server->numbers.handshakes : &c->server->numbers.handshakes_refused, 1);
}

static void on_sealed(struct connection *c, const char *bytes, size_t len, bool waits)
{
    bool began = shakes_hands(c);
    tls_pipe_came(c->pipe, bytes, len);
    if (began && !shakes_hands(c)) note_handshake(c);
    (void)unseal(c);
    bool is_there = send_little(c);
    if (!is_there || tls_pipe_state(c->pipe) == TLS_BROKEN)
        connection_close(c);
    else if (waits)
        go_on(c);
    else if (c->has_ended)
        stop_reading(c);
}

/* Says that nothing more comes, where the kernel takes it. */
static void end_pipe(struct connection *c)
{
    if (c->pipe == NULL) return;
    tls_pipe_end(c->pipe);
    (void)send_little(c);
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

/* The last answer is with the kernel: the client hears so, and what it sends still is not taken for a reason to break
 * the connection, which would cost it the answer. */
static void linger(struct connection *c)
{
    uv_os_fd_t fd;
    c->stage = THE_END;
    end_pipe(c);
    c->reader.dirty = c->reader.size;
    expect_within(c, LINGER_MS);
    if (c->has_ended || uv_fileno(&c->socket.handle, &fd) != 0 || shutdown(fd, SHUT_WR) != 0)
        connection_close(c);
    else
        read_on(c);
}

static void note(struct connection *c, size_t unsent)
{
    struct http_server *server = c->server;
    const struct http_reply *reply = &c->job.reply;
    size_t route = reply->route < server->config.route_count ? reply->route : 0;
    struct http_noted noted = {.at_unix_ms = c->at_unix_ms,
                               .method = c->job.request == NULL ? "-" : http_method_text(c->job.request->method),
                               .route = server->config.routes[route],
                               .status = c->status,
                               .bytes = c->reply_bytes - unsent,
                               .nanoseconds = uv_hrtime() - c->began_ns,
                               .is_cut = unsent > 0};
    memcpy(noted.id, reply->id, sizeof noted.id);
    http_numbers_note(&server->numbers, route, c->status, &noted);
    if (server->config.noted != NULL) server->config.noted(server->config.with, &noted);
}

/* An answer is with the kernel, or will never be. */
static void end_reply(struct connection *c, size_t unsent)
{
    note(c, unsent);
    drop_reply(c);
    c->rest[0] = c->rest[1] = STR_NONE;
    if (unsent > 0) {
        connection_close(c);
    } else if (c->closes) {
        linger(c);
    } else {
        http_reader_done(&c->reader);
        if (c->reader.size > HTTP_HEAD_BYTES_MAX && c->reader.have <= HTTP_HEAD_BYTES_MAX)
            (void)move_buffer(c, HTTP_HEAD_BYTES_MAX);
        c->stage = A_REQUEST;
        c->late_ms = 0;
    }
}

/* What the client has not got of an answer, about: sealing adds a little. */
static size_t left_of(const struct connection *c)
{
    size_t left = uv_stream_get_write_queue_size(&c->socket.stream) + c->rest[0].len + c->rest[1].len;
    return left < c->reply_bytes ? left : c->reply_bytes;
}

static void on_sent(uv_write_t *write, int status)
{
    struct connection *c = write->data;
    size_t left = left_of(c);
    end_reply(c, status == 0 ? 0 : left > 0 ? left : 1);
    if (!c->is_closing && c->stage == A_REQUEST) go_on(c);
}

/* What the kernel did not take at once. */
static void send_rest(struct connection *c, uv_buf_t parts[2], size_t sent)
{
    size_t first = sent < parts[0].len ? sent : parts[0].len;
    parts[0] = uv_buf_init(parts[0].base + first, (unsigned)(parts[0].len - first));
    if (parts[1].len > 0)
        parts[1] = uv_buf_init(parts[1].base + (sent - first), (unsigned)(parts[1].len - (sent - first)));
    c->unsent = c->reply_bytes - sent;
    c->sends = 1;
    c->stage = ROOM_TO_SEND;
    c->write.data = c;
    expect_within(c, (uint64_t)c->server->config.send_seconds * 1000);
    if (uv_write(&c->write, &c->socket.stream, parts, parts[1].len > 0 ? 2 : 1, on_sent) != 0) end_reply(c, c->unsent);
}

static void send_parts(struct connection *c, struct str head, struct str body)
{
    uv_buf_t parts[2] = {uv_buf_init((char *)(uintptr_t)head.ptr, (unsigned)head.len),
                         uv_buf_init((char *)(uintptr_t)body.ptr, (unsigned)body.len)};
    c->reply_bytes = head.len + body.len;
    int sent = uv_try_write(&c->socket.stream, parts, body.len > 0 ? 2 : 1);
    if (sent == UV_EAGAIN) sent = 0;
    if (sent < 0)
        end_reply(c, c->reply_bytes);
    else if ((size_t)sent == c->reply_bytes)
        end_reply(c, 0);
    else
        send_rest(c, parts, (size_t)sent);
}

/* --- sending in TLS ----------------------------------------------------------------------------------------------- */

static void send_sealed(struct connection *c);

/* Head and a small body are one record. */
static void seal_small(struct connection *c)
{
    char *scratch = c->server->scratch;
    struct str *head = &c->rest[0], *body = &c->rest[1];
    if (head->len == 0 || body->len == 0 || head->len + body->len > HTTP_ONE_RECORD_BYTES) return;
    memcpy(scratch, head->ptr, head->len);
    memcpy(scratch + head->len, body->ptr, body->len);
    size_t put = tls_pipe_put(c->pipe, str_make(scratch, head->len + body->len));
    explicit_bzero(scratch, head->len + body->len);
    size_t of_head = put < head->len ? put : head->len;
    *head = str_cut(*head, of_head, head->len);
    *body = str_cut(*body, put - of_head, body->len);
}

/* False: the pipe takes nothing more, ever. */
static bool seal_more(struct connection *c)
{
    seal_small(c);
    for (size_t i = 0; i < 2; i++) {
        if (c->rest[i].len > 0) c->rest[i] = str_cut(c->rest[i], tls_pipe_put(c->pipe, c->rest[i]), c->rest[i].len);
        if (c->rest[i].len > 0) break;
    }
    return tls_pipe_state(c->pipe) != TLS_BROKEN;
}

static void on_sealed_sent(uv_write_t *write, int status)
{
    struct connection *c = write->data;
    tls_pipe_sent(c->pipe, c->writing);
    c->writing = 0;
    if (status == 0)
        send_sealed(c);
    else
        end_reply(c, left_of(c) > 0 ? left_of(c) : 1);
    if (!c->is_closing && c->stage == A_REQUEST) go_on(c);
}

/* What the kernel did not take at once; the pipe keeps it in its place until it has. */
static bool wait_to_send(struct connection *c, struct str waits)
{
    uv_buf_t part = uv_buf_init((char *)(uintptr_t)waits.ptr, (unsigned)waits.len);
    if (c->stage != ROOM_TO_SEND) {
        c->unsent = c->reply_bytes;
        c->sends = 1;
        c->stage = ROOM_TO_SEND;
        expect_within(c, (uint64_t)c->server->config.send_seconds * 1000);
    }
    c->write.data = c;
    c->writing = waits.len;
    return uv_write(&c->write, &c->socket.stream, &part, 1, on_sealed_sent) == 0;
}

/* On with the answer, until it is with the kernel or the client has to take some of it first. */
static void send_sealed(struct connection *c)
{
    for (;;) {
        bool is_good = seal_more(c);
        struct str waits = tls_pipe_waits(c->pipe);
        uv_buf_t part = uv_buf_init((char *)(uintptr_t)waits.ptr, (unsigned)waits.len);
        if (is_good && waits.len == 0) {
            end_reply(c, 0);
            return;
        }
        int sent = is_good ? uv_try_write(&c->socket.stream, &part, 1) : UV_EPIPE;
        if (sent == UV_EAGAIN) sent = 0;
        if (sent > 0) tls_pipe_sent(c->pipe, (size_t)sent);
        if (sent >= 0 && (size_t)sent == waits.len) continue;
        if (sent >= 0 && wait_to_send(c, tls_pipe_waits(c->pipe))) return;
        c->writing = 0;
        end_reply(c, left_of(c) > 0 ? left_of(c) : 1);
        return;
    }
}

/* The date of when the request was whole, made anew once a second. */
static struct str date_of(struct http_server *server, int64_t now_ms)
{
    if (server->date_s == now_ms / 1000 && server->date[0] != '\0') return str_of(server->date);
    server->date_s = now_ms / 1000;
    return http_date(now_ms, server->date);
}

static bool send_reply(struct connection *c)
{
    const struct http_request *request = c->job.request;
    struct http_choice choice = http_choose(&c->job.reply, request);
    struct str head;
    c->closes = c->closes || c->job.reply.closes || c->server->is_draining;
    enum http_ending ending = c->closes ? HTTP_CLOSES : request->is_old ? HTTP_KEEPS_OLD : HTTP_KEEPS;
    c->status = choice.status;
    if (http_head_of(&c->job.reply, &choice, date_of(c->server, c->at_unix_ms), ending, &head) != SALVE_OK)
        return false;
    if (c->pipe == NULL) {
        send_parts(c, head, choice.body);
    } else {
        c->reply_bytes = head.len + choice.body.len;
        c->rest[0] = head;
        c->rest[1] = choice.body;
        send_sealed(c);
    }
    return true;
}

/* --- answering ---------------------------------------------------------------------------------------------------- */

static uint64_t mixed(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static bool open_reply(struct connection *c)
{
    struct http_server *server = c->server;
    struct http_reply *reply = &c->job.reply;
    uint64_t id = mixed(server->next_id++);
    *reply = (struct http_reply){.mem = reply_memory(server), .status = 200};
    reply->server = server;
    if (reply->mem == NULL) {
        connection_close(c);
        return false;
    }
    c->reply_mark = arena_mark(reply->mem);
    buf_init(&reply->lines, reply->mem, 32 << 10);
    for (int i = 0; i < HTTP_ID_BYTES - 1; i++) reply->id[i] = str_hex_char((id >> (60 - 4 * i)) & 15);
    c->stage = AN_ANSWER;
    expect_within(c, 0);
    c->at_unix_ms = clock_ms(&server->config.clock);
    c->began_ns = uv_hrtime();
    return true;
}

/* An answer that the server gives by itself, and the last one. */
static void refuse(struct connection *c, int status)
{
    drop_reply(c);
    c->job.request = NULL;
    c->closes = true;
    if (shakes_hands(c)) { /* nobody can be told anything yet */
        connection_close(c);
        return;
    }
    if (!open_reply(c)) return;
    const struct http_config *config = &c->server->config;
    const struct http_request *head = &c->reader.request;
    if (status == 413 && config->too_big != NULL && head->path.len > 0)
        config->too_big(config->with, head, &c->job.reply);
    else if (status == 503)
        http_reply_later(&c->job.reply, RETRY_SECONDS);
    else
        http_reply_error(&c->job.reply, status);
    if (!send_reply(c)) connection_close(c);
}

static void send_or_fail(struct connection *c)
{
    if (!send_reply(c)) refuse(c, 500); /* its memory was not enough for a head */
}

static void give(struct connection *c)
{
    struct http_server *server = c->server;
    const struct http_config *config = &server->config;
    c->job.lane = config->lane == NULL ? 0 : config->lane(config->with, c->job.request);
    c->is_out = http_crew_give(server->crew, &c->job);
    if (c->is_out) return;
    http_count(&server->numbers.turned_away, 1);
    http_reply_later(&c->job.reply, RETRY_SECONDS);
    send_or_fail(c);
}

static void answer(struct connection *c, const struct http_request *request)
{
    const struct http_config *config = &c->server->config;
    struct http_reply *reply = &c->job.reply;
    if (!open_reply(c)) return;
    http_count(&c->server->numbers.requests, 1);
    c->job.request = request;
    c->closes = !request->keeps_alive;
    if (config->quick != NULL && config->quick(config->with, request, reply)) {
        send_or_fail(c);
    } else if (config->worker_count == 0) {
        config->answer(config->with, request, reply);
        send_or_fail(c);
    } else {
        give(c);
    }
}

void connection_ended(struct http_job *job)
{
    struct connection *c = (struct connection *)(void *)((char *)job - offsetof(struct connection, job));
    c->is_out = false;
    if (c->is_closing) {
        c->reply_bytes = 1;
        c->status = job->reply.status;
        note(c, 1);
        free_connection(c);
        return;
    }
    send_or_fail(c);
    if (!c->is_closing && c->stage == A_REQUEST) go_on(c);
}

static void say_continue(struct connection *c)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    uv_buf_t part = uv_buf_init((char *)(uintptr_t)text, sizeof text - 1);
    bool is_said = c->pipe == NULL
                       ? uv_try_write(&c->socket.stream, &part, 1) == (int)sizeof text - 1
                       : tls_pipe_put(c->pipe, str_make(text, sizeof text - 1)) == sizeof text - 1 && send_little(c);
    if (!is_said) connection_close(c);
}

/* Looks what has come and does what is next, until something is waited for. */
static void go_on(struct connection *c)
{
    const struct http_request *request;
    do switch (http_reader_next(&c->reader, &request)) {
        case HTTP_MORE:
            if (c->pipe != NULL && unseal(c)) break;
            wait_for_bytes(c);
            return;
        case HTTP_CONTINUE:
            say_continue(c);
            break;
        case HTTP_REQUEST:
            answer(c, request);
            break;
        case HTTP_ROOM:
            if (!move_buffer(c, c->reader.wants)) refuse(c, 503);
            break;
        case HTTP_BAD:
            http_count(&c->server->numbers.refused, 1);
            refuse(c, c->reader.status);
            break;
        }
    while (!c->is_closing && c->stage <= ITS_BODY);
}

/* --- what is late ------------------------------------------------------------------------------------------------- */

/* A client that takes its answer takes HTTP_SEND_BYTES_MIN in send_seconds, and not for ever. */
static bool takes_enough(struct connection *c)
{
    size_t left = left_of(c);
    bool takes = left < c->unsent && c->unsent - left >= HTTP_SEND_BYTES_MIN;
    c->unsent = left;
    return takes && c->sends++ < HTTP_SENDS_MAX && !c->server->is_draining;
}

void connection_look(struct connection *c, uint64_t now_ms)
{
    if (c->is_closing || c->late_ms == 0 || now_ms < c->late_ms) return;
    if (c->stage == ROOM_TO_SEND && takes_enough(c)) {
        expect_within(c, (uint64_t)c->server->config.send_seconds * 1000);
        return;
    }
    if (c->stage != THE_END && c->stage != A_REQUEST) http_count(&c->server->numbers.timeouts, 1);
    if (c->stage == A_HANDSHAKE) http_count(&c->server->numbers.handshakes_refused, 1);
    if (c->stage == ITS_HEAD || c->stage == ITS_BODY)
        refuse(c, 408);
    else
        connection_close(c);
}

void connection_drain(struct connection *c)
{
    if (c->stage <= A_REQUEST && c->reader.have == 0) connection_close(c);
}

/* --- the beginning ------------------------------------------------------------------------------------------------ */

/* Where the client is: the number that tells it apart, and whether it is this machine. */
static void find_source(struct connection *c)
{
    struct sockaddr_storage at = {0};
    int len = sizeof at;
    uint64_t address = 0;
    struct http_request *request = &c->reader.request;
    request->is_near = c->socket.handle.type != UV_TCP;
    if (request->is_near || uv_tcp_getpeername(&c->socket.tcp, (struct sockaddr *)&at, &len) != 0) return;
    if (at.ss_family == AF_INET) {
        address = ((const struct sockaddr_in *)(const void *)&at)->sin_addr.s_addr;
        request->is_near = ntohl((uint32_t)address) >> 24 == 127;
    }
    if (at.ss_family == AF_INET6) { /* the network of a household or machine */
        const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)&at)->sin6_addr;
        memcpy(&address, six, sizeof address);
        request->is_near = IN6_IS_ADDR_LOOPBACK(six);
    }
    request->source = mixed(mixed(address ^ c->server->source_key) + c->server->source_key) | 1;
}

static bool init_socket(struct connection *c, const struct listener *listener)
{
    bool is_tcp = listener->stream->type == UV_TCP;
    uv_loop_t *loop = &c->server->loop;
    int code = is_tcp ? uv_tcp_init(loop, &c->socket.tcp) : uv_pipe_init(loop, &c->socket.pipe, 0);
    c->socket.handle.data = c;
    return code == 0;
}

static struct connection *make_connection(struct http_server *server, const struct listener *listener)
{
    struct connection *c = calloc(1, sizeof *c);
    bool fits = server->numbers.buffers_bytes + HTTP_HEAD_BYTES_MAX <= server->config.buffers_bytes_max;
    char *buffer = c == NULL || !fits ? NULL : malloc(HTTP_HEAD_BYTES_MAX);
    if (buffer != NULL) {
        c->server = server;
        http_reader_open(&c->reader, buffer, HTTP_HEAD_BYTES_MAX, server->config.body_bytes_max);
    }
    if (buffer != NULL && listener->tls != NULL) c->pipe = tls_pipe_open(listener->tls);
    bool is_made = buffer != NULL && (c->pipe != NULL || listener->tls == NULL);
    if (!is_made || !init_socket(c, listener)) {
        if (c != NULL) tls_pipe_close(c->pipe);
        free(buffer);
        free(c);
        return NULL;
    }
    c->next = server->connections;
    if (c->next != NULL) c->next->before = c;
    server->connections = c;
    http_count(&server->numbers.open, 1);
    http_count(&server->numbers.buffers_bytes, HTTP_HEAD_BYTES_MAX);
    return c;
}

/* How long it has been there without a request, or a handshake; below 0: it is not. */
static int64_t idle_ms(const struct connection *c)
{
    int64_t now_ms = (int64_t)uv_now(&c->server->loop),
            allowed_ms = 1000 * (int64_t)seconds_for(&c->server->config, c->stage);
    bool is_idle = c->stage <= A_REQUEST && !c->is_closing && c->late_ms != 0;
    return is_idle ? allowed_ms - ((int64_t)c->late_ms - now_ms) : -1;
}

/* Who has asked nothing for longest, and long enough, makes room. */
static bool free_seat(struct http_server *server)
{
    struct connection *longest = NULL;
    int64_t most_ms = 1000 * (int64_t)server->config.spare_seconds - 1;
    for (struct connection *c = server->connections; c != NULL; c = c->next) {
        if (idle_ms(c) <= most_ms) continue;
        most_ms = idle_ms(c);
        longest = c;
    }
    if (longest != NULL) connection_close(longest);
    return longest != NULL;
}

bool connection_open(struct http_server *server, const struct listener *listener)
{
    struct connection *c = make_connection(server, listener);
    if (c == NULL) return false;
    if (uv_accept(listener->stream, &c->socket.stream) != 0) {
        connection_close(c);
        return true;
    }
    http_count(&server->numbers.connections, 1);
    if (c->socket.handle.type == UV_TCP) (void)uv_tcp_nodelay(&c->socket.tcp, 1);
    find_source(c);
    c->reader.request.is_tls = c->pipe != NULL;
    if (server->numbers.open <= server->config.connections_max || free_seat(server)) {
        wait_for_bytes(c);
        return true;
    }
    http_count(&server->numbers.turned_away, 1);
    refuse(c, 503);
    return true;
}
