/* SPDX-License-Identifier: Apache-2.0
 *
 * The loop beside the site: connections, what comes over them, and what is due by the clock. It never waits for an
 * end that is slow: what that does not take is kept up to a limit, and then it is let go. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "door/serve_int.h"

static void pause_of(void *with, int until_fd);

enum { READ_BYTES = 64 << 10, KEPT_BYTES = 1 << 20, OUT_BYTES_MAX = DOOR_MESSAGE_BYTES_MAX / 2, LEFT_MS = 60 * 1000 };

/* --- the page ----------------------------------------------------------------------------------------------------- */

enum salve_code door_page_make(struct door_page **out, int *read_fd, struct salve_err *err)
{
    char path[64];
    void *page = MAP_FAILED;
    *read_fd = -1;
    int fd = memfd_create("salve-gate", MFD_CLOEXEC);
    if (fd >= 0 && ftruncate(fd, sizeof(struct door_page)) == 0)
        page = mmap(NULL, sizeof(struct door_page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (page != MAP_FAILED) *read_fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) (void)close(fd);
    if (page != MAP_FAILED && *read_fd >= 0) return *out = page, SALVE_OK;
    if (page != MAP_FAILED) (void)munmap(page, sizeof(struct door_page));
    return salve_fail(err, SALVE_E_IO, "page of the gate");
}

void door_page_drop(struct door_page *page)
{
    if (page != NULL) (void)munmap(page, sizeof *page);
}

/* --- beginning and end -------------------------------------------------------------------------------------------- */

enum salve_code door_server_open(const struct door_serve_ask *ask, struct door_server **out, struct salve_err *err)
{
    struct door_server *server = calloc(1, sizeof *server);
    if (server == NULL) return salve_fail(err, SALVE_E_MEMORY, "gate");
    server->site = ask->site;
    server->page = ask->page;
    server->confine = ask->confine;
    server->confine_with = ask->with;
    server->left_ms = LEFT_MS;
    for (size_t i = 0; i < DOOR_CONNECTIONS_MAX; i++) server->conns[i].fd = -1;
    enum salve_code code = desk_open(ask->site, &server->desk, err);
    if (code != SALVE_OK) {
        free(server);
        return code;
    }
    site_generation_use(ask->site, ask->page == NULL ? NULL : &ask->page->changes);
    site_pause_use(ask->site, pause_of, server);
    *out = server;
    return SALVE_OK;
}

/* Its views are closed, its sessions and its file ended. */
static void conn_drop(struct door_server *server, struct door_conn *conn)
{
    if (conn->fd < 0) return;
    door_aside_leave(conn);
    door_group_leave(conn);
    door_views_end(server, conn);
    for (size_t i = 0; i < conn->held_count; i++) (void)!session_end(server->site, conn->held[i], NULL);
    if (conn->rows != NULL) {
        struct rec_rows *others = rec_rows_swap(server->site, conn->rows);
        (void)!rec_rows_end(server->site, false, NULL);
        (void)!rec_rows_swap(server->site, others);
    }
    door_bytes_drop(&conn->in);
    door_bytes_drop(&conn->out);
    (void)close(conn->fd);
    crypto_zero(conn, sizeof *conn);
    conn->fd = -1;
    server->figures.connections--;
}

void door_server_close(struct door_server **at)
{
    struct door_server *server = *at;
    *at = NULL;
    if (server == NULL) return;
    for (size_t i = 0; i < DOOR_CONNECTIONS_MAX; i++) conn_drop(server, &server->conns[i]);
    door_views_close(server);
    desk_close(&server->desk);
    site_generation_use(server->site, NULL);
    site_pause_use(server->site, NULL, NULL);
    crypto_zero(server, sizeof *server);
    free(server);
}

enum salve_code door_server_add(struct door_server *server, int fd, enum door_kind kind, struct salve_err *err)
{
    struct door_conn *conn = NULL;
    for (size_t i = 0; i < DOOR_CONNECTIONS_MAX && conn == NULL; i++)
        if (server->conns[i].fd < 0) conn = &server->conns[i];
    int flags = fcntl(fd, F_GETFL);
    if (conn == NULL || flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
        (void)close(fd);
        return salve_refuse(err, SALVE_E_BUSY, "too many are connected", "gate");
    }
    *conn = (struct door_conn){.fd = fd, .kind = kind, .number = ++server->number};
    conn->owner = kind == DOOR_WEB ? server->web : conn->number;
    conn->in.max = DOOR_HEAD_BYTES + DOOR_MESSAGE_BYTES_MAX;
    server->figures.connections++;
    return SALVE_OK;
}

void door_server_new_web(struct door_server *server) { server->web = ++server->number; }

enum salve_code door_server_listen(struct door_server *server, int fd, enum door_kind kind, struct salve_err *err)
{
    if (server->listening_count == DOOR_WATCHED_MAX) return salve_fail(err, SALVE_E_BUSY, "gate");
    server->listening[server->listening_count++] = (struct door_listen){.fd = fd, .kind = kind};
    return SALVE_OK;
}

enum salve_code door_server_watch(struct door_server *server, int fd, void (*ready)(void *with), void *with,
                                  struct salve_err *err)
{
    if (server->watched_count == DOOR_WATCHED_MAX) return salve_fail(err, SALVE_E_BUSY, "gate");
    server->watched[server->watched_count++] = (struct door_watch){.fd = fd, .ready = ready, .with = with};
    return SALVE_OK;
}

struct door_figures door_server_figures(const struct door_server *server)
{
    const struct door_counts *now = &server->figures;
    return (struct door_figures){.requests = now->requests,
                                 .refused = now->refused,
                                 .broken = now->broken,
                                 .commits = now->commits,
                                 .grouped = now->grouped,
                                 .connections = now->connections,
                                 .views = now->views};
}

/* --- one connection ----------------------------------------------------------------------------------------------- */

/* What came is read as far as a whole message goes: more waits in the socket. */
static size_t wanted(const struct door_conn *conn)
{
    struct door_head head;
    if (conn->in.len < DOOR_HEAD_BYTES) return DOOR_HEAD_BYTES - conn->in.len;
    if (!door_head_read(conn->in.at, &head)) return 0;
    return DOOR_HEAD_BYTES + (size_t)head.bytes - conn->in.len;
}

static void receive(struct door_conn *conn)
{
    size_t want = wanted(conn);
    while (want > 0 && !conn->is_broken) {
        size_t part = want < READ_BYTES ? want : READ_BYTES;
        uint8_t *at = door_bytes_room(&conn->in, part);
        ssize_t got = at == NULL ? 0 : recv(conn->fd, at, part, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        conn->is_broken = got <= 0;
        if (got > 0) conn->in.len += (size_t)got;
        want = wanted(conn);
    }
}

static void transmit(struct door_conn *conn)
{
    while (conn->sent < conn->out.len && !conn->is_broken) {
        ssize_t sent = send(conn->fd, conn->out.at + conn->sent, conn->out.len - conn->sent, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        conn->is_broken = sent <= 0;
        if (sent > 0) conn->sent += (size_t)sent;
    }
    door_bytes_cut(&conn->out, conn->out.len);
    conn->sent = 0;
    if (conn->out.room > KEPT_BYTES) door_bytes_drop(&conn->out);
}

static uint64_t time_us(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static struct door_span span_now(void)
{
    return (struct door_span){.wall_us = time_us(CLOCK_MONOTONIC), .cpu_us = time_us(CLOCK_THREAD_CPUTIME_ID)};
}

static void count_one(struct door_held *held, uint64_t us)
{
    size_t step = 0;
    while (step < DOOR_STEPS && us > door_steps[step].us) step++;
    (void)atomic_fetch_add_explicit(&held->steps[step], 1, memory_order_relaxed);
    (void)atomic_fetch_add_explicit(&held->us, us, memory_order_relaxed);
}

static void count_held(struct door_server *server, enum door_request request, struct door_span from)
{
    struct door_span to = span_now();
    uint64_t worked_us = to.cpu_us - from.cpu_us;
    if (worked_us > server->worst_us[request]) server->worst_us[request] = worked_us;
    if (server->page == NULL) return;
    count_one(&server->page->held, to.wall_us - from.wall_us);
    count_one(&server->page->worked, worked_us);
}

/* A message that is there whole. What cannot be read as one ends the connection. */
static void take_request(struct door_server *server, struct door_conn *conn)
{
    struct door_head head;
    if (conn->is_waiting || conn->is_broken || conn->out.len > 0 || conn->in.len < DOOR_HEAD_BYTES) return;
    if (!door_head_read(conn->in.at, &head) || head.kind != DOOR_MESSAGE_ASK) {
        conn->is_broken = true;
        server->figures.broken++;
        return;
    }
    size_t bytes = DOOR_HEAD_BYTES + (size_t)head.bytes;
    if (conn->in.len < bytes) return;
    server->slice = span_now();
    struct str body = str_bytes(conn->in.at + DOOR_HEAD_BYTES, head.bytes);
    if (door_begin(server, conn, (enum door_request)head.request, body, NULL) != SALVE_OK) {
        conn->is_broken = true;
        server->figures.broken++;
    }
    if (conn->saving != NULL) return; /* what came stays until its commit, with which it counts */
    door_bytes_cut(&conn->in, bytes);
    if (conn->in.room > KEPT_BYTES) door_bytes_drop(&conn->in);
    count_held(server, (enum door_request)head.request, server->slice);
}

/* Saves that wait. Their answers go out at once. */
static void commit_group(struct door_server *server)
{
    struct door_span from = span_now();
    if (server->group_count == 0) return;
    door_group_commit(server);
    count_held(server, DOOR_ASK_rec_save, from);
    for (size_t i = 0; i < DOOR_CONNECTIONS_MAX; i++) {
        struct door_conn *conn = &server->conns[i];
        if (conn->fd < 0 || conn->is_waiting || conn->is_busy) continue;
        if (conn->out.len > 0) transmit(conn);
        if (conn->is_broken) conn_drop(server, conn);
    }
}

static void serve_conn(struct door_server *server, struct door_conn *conn, short ready)
{
    if ((ready & (POLLIN | POLLHUP | POLLERR)) != 0 && !conn->is_waiting && conn->out.len == 0) receive(conn);
    if ((ready & POLLERR) != 0 || (conn->is_waiting && (ready & POLLHUP) != 0)) conn->is_broken = true;
    take_request(server, conn);
    transmit(conn);
    if (conn->is_broken) conn_drop(server, conn);
}

/* --- the loop ----------------------------------------------------------------------------------------------------- */

enum { POLLED_MAX = DOOR_CONNECTIONS_MAX + 2 * DOOR_WATCHED_MAX + 2 };

struct polled {
    struct pollfd fds[POLLED_MAX];
    struct door_conn *conns[POLLED_MAX];
    size_t count;
};

static void poll_add(struct polled *polled, int fd, short events, struct door_conn *conn)
{
    polled->conns[polled->count] = conn;
    polled->fds[polled->count++] = (struct pollfd){.fd = fd, .events = events};
}

static void poll_all(struct door_server *server, struct polled *polled)
{
    polled->count = 0;
    poll_add(polled, desk_fd(server->desk), POLLIN, NULL);
    poll_add(polled, server->aside.call == NULL ? -1 : server->aside.fd, POLLIN, NULL);
    for (size_t i = 0; i < server->listening_count; i++) poll_add(polled, server->listening[i].fd, POLLIN, NULL);
    for (size_t i = 0; i < server->watched_count; i++) poll_add(polled, server->watched[i].fd, POLLIN, NULL);
    for (size_t i = 0; i < DOOR_CONNECTIONS_MAX; i++) {
        struct door_conn *conn = &server->conns[i];
        if (conn->fd < 0 || conn->is_busy) continue;
        poll_add(polled, conn->fd, (short)(conn->out.len > 0 ? POLLOUT : conn->is_waiting ? 0 : POLLIN), conn);
    }
}

static void take_connection(struct door_server *server, const struct door_listen *listening)
{
    int fd = accept4(listening->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) (void)!door_server_add(server, fd, listening->kind, NULL); /* whoever is too many hears nothing */
}

static void serve_all(struct door_server *server, const struct polled *polled)
{
    size_t at = 0;
    if (polled->fds[at++].revents != 0) door_desk_done(server);
    if (polled->fds[at++].revents != 0) door_aside_hear(server);
    for (size_t i = 0; i < server->listening_count; i++)
        if (polled->fds[at++].revents != 0) take_connection(server, &server->listening[i]);
    for (size_t i = 0; i < server->watched_count; i++)
        if (polled->fds[at++].revents != 0) server->watched[i].ready(server->watched[i].with);
    for (; at < polled->count; at++) /* one that ended in the middle of another is not that any more */
        if (polled->conns[at]->fd == polled->fds[at].fd) serve_conn(server, polled->conns[at], polled->fds[at].revents);
}

/* --- in the middle of a request ----------------------------------------------------------------------------------- */

enum { SLICE_US = 4000, DEPTH_MAX = 8 };

void door_serve_others(struct door_server *server, int timeout_ms)
{
    struct polled polled;
    poll_all(server, &polled);
    if (poll(polled.fds, polled.count, timeout_ms) > 0) serve_all(server, &polled);
    commit_group(server);
}

/* What it has done so far counts as one holding of the gate, and what comes as another. */
static void serve_between(struct door_server *server, int timeout_ms)
{
    struct door_call *outer = server->running;
    count_held(server, outer->request, server->slice);
    struct rec_rows *rows = rec_rows_swap(server->site, NULL); /* no commit of others is a row of its file */
    server->running = NULL;
    server->depth++;
    door_serve_others(server, timeout_ms);
    server->depth--;
    server->running = outer;
    (void)!rec_rows_swap(server->site, rows);
    server->slice = span_now();
}

static bool is_readable(int fd, int timeout_ms)
{
    struct pollfd at = {.fd = fd, .events = POLLIN};
    return poll(&at, 1, timeout_ms) > 0;
}

/* site_pause_use. A request deeper than the deepest waits like one of a gate that serves one at a time. */
static void pause_of(void *with, int until_fd)
{
    enum { LOOK_MS = 1 };
    struct door_server *server = with;
    bool may = server->running != NULL && server->depth < DEPTH_MAX;
    if (until_fd < 0) {
        if (may && time_us(CLOCK_MONOTONIC) - server->slice.wall_us >= SLICE_US) serve_between(server, 0);
        return;
    }
    while (!is_readable(until_fd, may ? 0 : -1)) serve_between(server, LOOK_MS);
}

/* --- the clock ---------------------------------------------------------------------------------------------------- */

/* What it could not do it tries again. */
static void tick(struct door_server *server)
{
    struct door_span from = span_now();
    uint64_t at_us = from.wall_us;
    bool is_due = server->ticked_us == 0 || at_us - server->ticked_us >= GATE_TICK_MS * (uint64_t)1000;
    if (!is_due && !server->has_more) return;
    server->ticked_us = at_us;
    server->has_more = false;
    door_views_lapse(server);
    (void)!site_tick(server->site, &server->has_more, NULL);
    if (server->page != NULL) count_one(&server->page->ticks, time_us(CLOCK_MONOTONIC) - at_us);
}

enum salve_code door_server_step(struct door_server *server, int timeout_ms, struct salve_err *err)
{
    struct polled polled;
    bool has_more = server->has_more || server->group_count > 0;
    poll_all(server, &polled);
    int ready = poll(polled.fds, polled.count, has_more ? 0 : timeout_ms);
    if (ready < 0 && errno != EINTR) return salve_fail(err, SALVE_E_IO, "gate");
    if (ready > 0) serve_all(server, &polled);
    commit_group(server);
    tick(server);
    return SALVE_OK;
}
