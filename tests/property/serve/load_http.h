/* SPDX-License-Identifier: Apache-2.0
 *
 * load_http - the connection of one station: a request goes out, and its answer is taken as it comes, without waiting.
 *
 *     line_ask(&line, port, request);                      // opens it where the server has closed it
 *     if (line_hear(&line, &answer)) ...                   // the answer is whole; its views last until the next request */
#ifndef SALVE_TESTS_LOAD_HTTP_H
#define SALVE_TESTS_LOAD_HTTP_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "t_http.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

enum { LINE_ANSWER_BYTES_MAX = 8 << 20, LINE_READ_BYTES = 64 << 10 };

struct line {
    int fd; /* -1: there is none */
    char *bytes;
    size_t len, room, whole; /* whole: bytes of the answer; 0: its head has not come */
    double since_s;          /* when it was asked */
};

struct line_answer {
    int status; /* 0: the connection broke */
    struct str head, body;
    double seconds;
};

static double load_now_s(void)
{
    struct timespec at;
    if (clock_gettime(CLOCK_MONOTONIC, &at) != 0) abort();
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static void line_drop(struct line *line)
{
    if (line->fd >= 0) (void)close(line->fd);
    line->fd = -1;
}

static bool line_dial(struct line *line, in_port_t port, int epoll, void *with)
{
    int one = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_port = port};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = with};
    line->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is = line->fd >= 0 && connect(line->fd, (struct sockaddr *)&at, sizeof at) == 0 &&
              setsockopt(line->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0 &&
              fcntl(line->fd, F_SETFL, O_NONBLOCK) == 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, line->fd, &event) == 0;
    if (!is) line_drop(line);
    return is;
}

/* A connection that the server has closed meanwhile is readable, with nothing in it. */
static bool is_closed(const struct line *line)
{
    char byte;
    return line->fd < 0 || recv(line->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

/* line_ask - sends a request, on a new connection where there is none. `with` is what epoll gives. */
static bool line_ask(struct line *line, in_port_t port, int epoll, struct str request, void *with)
{
    if (is_closed(line)) line_drop(line);
    if (line->fd < 0 && !line_dial(line, port, epoll, with)) return false;
    line->len = line->whole = 0;
    line->since_s = load_now_s();
    return send(line->fd, request.ptr, request.len, MSG_NOSIGNAL) == (ssize_t)request.len;
}

static bool line_room(struct line *line)
{
    if (line->room - line->len >= LINE_READ_BYTES) return true;
    size_t room = 2 * line->room + LINE_READ_BYTES;
    char *more = room > LINE_ANSWER_BYTES_MAX ? NULL : realloc(line->bytes, room);
    if (more == NULL) return false;
    line->bytes = more;
    line->room = room;
    return true;
}

static void line_look(struct line *line)
{
    struct str all = str_make(line->bytes, line->len);
    int64_t length = 0;
    ptrdiff_t end = str_find(all, STR("\r\n\r\n"));
    if (end < 0) return;
    (void)str_to_i64(t_http_field(all, "Content-Length"), &length);
    line->whole = (size_t)end + 4 + (size_t)length;
}

/* line_hear - takes what came; true: *out is whole, or the connection broke (status 0). */
static bool line_hear(struct line *line, struct line_answer *out)
{
    *out = (struct line_answer){.status = 0};
    ssize_t n = line_room(line) ? recv(line->fd, line->bytes + line->len, line->room - line->len, 0) : 0;
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    out->seconds = load_now_s() - line->since_s;
    if (n <= 0) {
        line_drop(line);
        return true;
    }
    line->len += (size_t)n;
    if (line->whole == 0) line_look(line);
    if (line->whole == 0 || line->len < line->whole) return false;
    struct str all = str_make(line->bytes, line->len);
    out->status = t_http_status(all);
    out->body = t_http_body(all);
    out->head = str_cut(all, 0, all.len - out->body.len);
    return true;
}

/* line_text - the text of the first member of that name in JSON; absent: there is none. No escapes are in what is
 * looked for here: tokens, handles, addresses, states, codes. */
static struct str line_text(struct str json, const char *name)
{
    char wanted[60];
    (void)snprintf(wanted, sizeof wanted, "\"%s\":\"", name);
    ptrdiff_t at = str_find(json, str_of(wanted));
    if (at < 0) return STR_NONE;
    struct str rest = str_cut(json, (size_t)at + strlen(wanted), json.len);
    ptrdiff_t end = str_find(rest, STR("\""));
    return end < 0 ? STR_NONE : str_cut(rest, 0, (size_t)end);
}

/* line_cookie - "sid=..." of what the answer sets. */
static struct str line_cookie(struct str head)
{
    struct str before = STR_NONE, behind = STR_NONE, all = t_http_field(head, "Set-Cookie");
    return str_split(all, ';', &before, &behind) ? before : all;
}

#pragma GCC diagnostic pop
#endif
