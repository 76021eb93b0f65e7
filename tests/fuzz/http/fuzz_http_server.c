/* SPDX-License-Identifier: Apache-2.0
 * A client that sends any bytes, in pieces, and goes in one of several ways. The first byte says how; the others are
 * sent. What is answered to a client that waits must be what the reader alone makes of the same bytes, in order, and
 * nothing may come behind a last answer. */
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_BYTES_MAX = 40000, HEARD_BYTES_MAX = 8 << 20, PATIENCE_MS = 30000, REQUESTS_MAX = 5000 };

static struct http_server *server;
static struct sockaddr_un at;
static socklen_t at_bytes;

static uint64_t mixed(uint64_t sum, struct str text) { return sum * 1099511628211u ^ (str_hash(text) + text.len); }

static uint64_t sum_of(const struct http_request *r)
{
    uint64_t sum = mixed(mixed(mixed(mixed(1, r->path), r->query), r->body), r->host) + (unsigned)r->method;
    for (size_t i = 0; i < r->header_count; i++) sum = mixed(mixed(sum, r->headers[i].name), r->headers[i].value);
    return sum;
}

/* --- the server --------------------------------------------------------------------------------------------------- */

static void answer(void *worker, const struct http_request *r, struct http_reply *reply)
{
    (void)worker;
    if (r->method == HTTP_HEAD) http_reply_header(reply, "X-Head", STR("1"));
    reply->type = STR("text/plain");
    reply->body = arena_printf(reply->mem, "%016llx", (unsigned long long)sum_of(r));
}

/* Some are answered on the loop. */
static bool quick(void *with, const struct http_request *r, struct http_reply *reply)
{
    if (r->path.len % 2 != 0) return false;
    answer(with, r, reply);
    return true;
}

static void *run(void *with)
{
    (void)with;
    if (http_server_run(server, NULL) != SALVE_OK) abort();
    return NULL;
}

static void start(void)
{
    static void *workers[2];
    struct http_config config = http_config_usual();
    pthread_t thread;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    at.sun_family = AF_UNIX;
    at_bytes = sizeof at;
    config.answer = answer;
    config.quick = quick;
    config.workers = workers;
    config.worker_count = 2;
    config.body_bytes_max = BODY_BYTES_MAX;
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at.sun_family) != 0 || /* a name of its own, in no folder */
        getsockname(fd, (struct sockaddr *)&at, &at_bytes) != 0 ||
        http_server_open(&config, arena_open(1 << 20), &server, NULL) != SALVE_OK ||
        http_server_listen(server, fd, NULL) != SALVE_OK || pthread_create(&thread, NULL, run, NULL) != 0)
        abort();
}

/* --- the client --------------------------------------------------------------------------------------------------- */

/* Sends all in pieces and hears what comes meanwhile, until the server closes. */
static struct str converse(int fd, struct str bytes, size_t at_once, struct arena *mem)
{
    struct buf heard;
    bool ends = bytes.len == 0;
    buf_init(&heard, mem, HEARD_BYTES_MAX);
    if (ends) (void)shutdown(fd, SHUT_WR);
    for (;;) {
        struct pollfd wait = {fd, ends ? POLLIN : POLLIN | POLLOUT, 0};
        if (poll(&wait, 1, PATIENCE_MS) != 1) abort();
        if ((wait.revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
            char *room = buf_room(&heard, 4096);
            ssize_t n = room == NULL ? 0 : recv(fd, room, 4096, 0);
            if (n <= 0) return buf_str(&heard);
            buf_took(&heard, (size_t)n);
        }
        if (ends || (wait.revents & POLLOUT) == 0) continue;
        ssize_t n = send(fd, bytes.ptr, bytes.len < at_once ? bytes.len : at_once, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) bytes = str_cut(bytes, (size_t)n, bytes.len);
        ends = n < 0 || bytes.len == 0;
        if (ends) (void)shutdown(fd, SHUT_WR);
    }
}

/* What the reader makes of them: sums of requests, how many of them are answered, and the status that it ends with. */
static size_t read_alone(struct str bytes, uint64_t sums[REQUESTS_MAX], int *status)
{
    struct http_reader reader;
    const struct http_request *r;
    size_t count = 0, bytes_max = 2 * HTTP_HEAD_BYTES_MAX + BODY_BYTES_MAX + bytes.len;
    char *buffer = malloc(bytes_max);
    if (buffer == NULL) abort();
    http_reader_open(&reader, buffer, bytes_max, BODY_BYTES_MAX);
    memcpy(buffer, bytes.ptr, bytes.len);
    http_reader_took(&reader, bytes.len);
    *status = 0;
    for (enum http_step step; (step = http_reader_next(&reader, &r)) != HTTP_MORE && count < REQUESTS_MAX;) {
        if (step == HTTP_BAD) *status = reader.status;
        if (step == HTTP_BAD) break;
        if (step == HTTP_CONTINUE) continue;
        if (step != HTTP_REQUEST) abort();
        sums[count++] = sum_of(r);
        if (!r->keeps_alive) break;
        http_reader_done(&reader);
    }
    free(buffer);
    return count;
}

static bool cut_head(struct str *rest, struct str *head)
{
    ptrdiff_t end = str_find(*rest, STR("\r\n\r\n"));
    if (end < 0) return false;
    *head = str_cut(*rest, 0, (size_t)end + 4);
    *rest = str_cut(*rest, (size_t)end + 4, rest->len);
    return true;
}

static bool has(struct str head, const char *line) { return str_find(head, str_of(line)) >= 0; }

/* One answer after another: the sums in their order, then the status if there is one, then nothing. */
static void check(struct str heard, const uint64_t *sums, size_t count, int status)
{
    struct str head;
    char sum[20], line[20];
    size_t n = 0;
    bool is_last = false;
    (void)snprintf(line, sizeof line, "HTTP/1.1 %d ", status);
    while (heard.len > 0) {
        if (is_last || !cut_head(&heard, &head)) abort();
        if (str_is(head, "HTTP/1.1 100 Continue\r\n\r\n")) continue;
        is_last = has(head, "\r\nConnection: close\r\n");
        if (n == count) {
            if (status == 0 || !is_last || !str_starts(head, str_of(line)) || heard.len > 100) abort();
            return;
        }
        (void)snprintf(sum, sizeof sum, "%016llx", (unsigned long long)sums[n++]);
        if (!str_starts(head, STR("HTTP/1.1 200 OK\r\n")) || !has(head, "\r\nContent-Length: 16\r\n")) abort();
        if (has(head, "\r\nX-Head: 1\r\n")) continue;
        if (!str_starts(heard, str_of(sum))) abort();
        heard = str_cut(heard, 16, heard.len);
    }
    if (n != count || status != 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint64_t sums[REQUESTS_MAX];
    static const size_t pieces[] = {SIZE_MAX, 1, 7, 100, 5000, 16384, 33, 2};
    struct arena *mem = arena_open(64 << 20);
    struct linger at_once = {1, 0};
    if (server == NULL) start();
    uint8_t how = size == 0 ? 0 : data[0];
    struct str bytes = size == 0 ? STR("") : str_make((const char *)data + 1, size - 1);
    int status, fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (mem == NULL || fd < 0 || connect(fd, (struct sockaddr *)&at, at_bytes) != 0) abort();
    if (how < 192) {
        size_t count = read_alone(bytes, sums, &status);
        struct str heard = converse(fd, bytes, pieces[how % 8], mem);
        if (count < REQUESTS_MAX) check(heard, sums, count, status);
    } else {
        (void)send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (how % 2 == 0) (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    close(fd);
    arena_close(mem);
    return 0;
}
