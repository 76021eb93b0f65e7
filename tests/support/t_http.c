/* SPDX-License-Identifier: Apache-2.0
 * A client of HTTP for tests; see t_http.h. */
#include "t_http.h"

#include <arpa/inet.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "t.h"

enum { HEARD_BYTES_MAX = 64 << 20 };

int t_http_listen(in_port_t *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0)
        fail_msg("no listening socket");
    *port = at.sin_port;
    return fd;
}

int t_http_call(in_port_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_port = port};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0) fail_msg("no connection");
    return fd;
}

void t_http_say_bytes(int fd, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n <= 0) fail_msg("the server has closed");
        bytes = str_cut(bytes, (size_t)n, bytes.len);
    }
}

void t_http_say(int fd, const char *text) { t_http_say_bytes(fd, str_of(text)); }

/* Adds what comes next, at most so much; false: the server has closed. */
static bool hear(int fd, struct buf *out, size_t bytes)
{
    struct pollfd wait = {fd, POLLIN, 0};
    char *room = buf_room(out, bytes);
    if (room == NULL || poll(&wait, 1, T_HTTP_PATIENCE_MS) != 1)
        fail_msg("nothing came, and the connection stays open");
    ssize_t n = recv(fd, room, bytes, 0);
    if (n > 0) buf_took(out, (size_t)n);
    return n > 0;
}

struct str t_http_heard(int fd, struct arena *mem, const char *end)
{
    struct buf out;
    buf_init(&out, mem, HEARD_BYTES_MAX);
    while (hear(fd, &out, 64 << 10))
        if (end != NULL && str_ends(buf_str(&out), str_of(end))) break;
    return buf_str(&out);
}

struct str t_http_answer(int fd, struct arena *mem, bool is_head)
{
    struct buf out;
    int64_t length = 0;
    buf_init(&out, mem, HEARD_BYTES_MAX);
    while (!str_ends(buf_str(&out), STR("\r\n\r\n")))
        if (!hear(fd, &out, 1)) fail_msg("the server has closed before a head was whole");
    size_t head = out.len;
    if (!is_head) (void)str_to_i64(t_http_field(buf_str(&out), "Content-Length"), &length);
    while (out.len < head + (size_t)length)
        if (!hear(fd, &out, head + (size_t)length - out.len)) fail_msg("the server has closed inside of a body");
    return buf_str(&out);
}

struct str t_http_asked(in_port_t port, struct arena *mem, const char *request)
{
    int fd = t_http_call(port);
    t_http_say(fd, request);
    struct str all = t_http_heard(fd, mem, NULL);
    close(fd);
    return all;
}

struct str t_http_field(struct str answer, const char *name)
{
    struct str line;
    size_t len = strlen(name);
    while (str_next_line(&answer, &line)) {
        line = str_trim(line);
        if (line.len == 0) break;
        if (line.len > len && line.ptr[len] == ':' && strncasecmp(line.ptr, name, len) == 0)
            return str_trim(str_cut(line, len + 1, line.len));
    }
    return STR_NONE;
}

int t_http_status(struct str answer)
{
    int64_t status = 0;
    if (!str_starts(answer, STR("HTTP/1.1 ")) || !str_to_i64(str_cut(answer, 9, 3), &status)) return 0;
    return (int)status;
}

struct str t_http_body(struct str answer)
{
    ptrdiff_t end = str_find(answer, STR("\r\n\r\n"));
    return end < 0 ? STR_NONE : str_cut(answer, (size_t)end + 4, answer.len);
}

bool t_http_has(struct str text, const char *part) { return str_find(text, str_of(part)) >= 0; }
