/* SPDX-License-Identifier: Apache-2.0
 * A line of JSON for each request. Texts are escaped, although all of them come from closed lists. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "http/http.h"

static void add_text(struct buf *out, const char *name, struct str text)
{
    buf_add(out, STR(",\""));
    buf_add(out, str_of(name));
    buf_add(out, STR("\":\""));
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte < 0x20 || byte >= 0x7F || byte == '"' || byte == '\\')
            buf_addf(out, "\\u%04x", byte);
        else
            buf_add_char(out, (char)byte);
    }
    buf_add_char(out, '"');
}

/* With zeros in front, `before` it. */
static void add_digits(struct buf *out, const char *before, uint64_t number, int width)
{
    char text[20];
    for (int i = width; i-- > 0; number /= 10) text[i] = (char)('0' + number % 10);
    buf_add(out, str_of(before));
    buf_add(out, str_make(text, (size_t)width));
}

static void add_number(struct buf *out, const char *before, uint64_t number)
{
    buf_add(out, str_of(before));
    buf_add_u64(out, number);
}

void http_log_line(const struct http_noted *noted, struct buf *out)
{
    struct civil at = civil_from_unix_ms(noted->at_unix_ms);
    add_digits(out, "{\"time\":\"", (uint64_t)at.year, 4);
    add_digits(out, "-", (uint64_t)at.month, 2);
    add_digits(out, "-", (uint64_t)at.day, 2);
    add_digits(out, "T", (uint64_t)at.hour, 2);
    add_digits(out, ":", (uint64_t)at.minute, 2);
    add_digits(out, ":", (uint64_t)at.second, 2);
    add_digits(out, ".", (uint64_t)at.ms, 3);
    buf_add(out, STR("Z\",\"level\":\"info\",\"kind\":\"request\""));
    add_text(out, "method", str_of(noted->method));
    add_text(out, "route", str_of(noted->route));
    add_number(out, ",\"status\":", (uint64_t)noted->status);
    add_number(out, ",\"bytes\":", noted->bytes);
    add_number(out, ",\"ms\":", noted->nanoseconds / 1000000);
    add_digits(out, ".", noted->nanoseconds / 1000 % 1000, 3);
    add_text(out, "id", str_make(noted->id, strnlen(noted->id, HTTP_ID_BYTES)));
    if (noted->is_cut) buf_add(out, STR(",\"cut\":true"));
    buf_add(out, STR("}\n"));
}

/* A pipe that is told to be writable takes a page whole. */
enum { LINE_BYTES_MAX = 4096 };

bool http_log_write(int fd, const struct http_noted *noted)
{
    struct pollfd ready = {fd, POLLOUT, 0};
    struct buf line;
    ssize_t wrote = -1;
    buf_init(&line, NULL, LINE_BYTES_MAX);
    http_log_line(noted, &line);
    if (buf_code(&line) == SALVE_OK && poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0) do
            wrote = write(fd, line.ptr, line.len);
        while (wrote < 0 && errno == EINTR);
    bool is_written = wrote == (ssize_t)line.len;
    buf_drop(&line);
    return is_written;
}
