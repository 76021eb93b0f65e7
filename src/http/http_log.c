/* SPDX-License-Identifier: Apache-2.0
 * A line of JSON for each request. Texts are escaped, although all of them come from closed lists. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "http/http.h"

static void add_text(struct buf *out, const char *name, struct str text)
{
    buf_addf(out, ",\"%s\":\"", name);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte < 0x20 || byte >= 0x7F || byte == '"' || byte == '\\')
            buf_addf(out, "\\u%04x", byte);
        else
            buf_add_char(out, (char)byte);
    }
    buf_add_char(out, '"');
}

void http_log_line(const struct http_noted *noted, struct buf *out)
{
    struct civil at = civil_from_unix_ms(noted->at_unix_ms);
    buf_addf(out, "{\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\",\"level\":\"info\",\"kind\":\"request\"", at.year,
             at.month, at.day, at.hour, at.minute, at.second, at.ms);
    add_text(out, "method", str_of(noted->method));
    add_text(out, "route", str_of(noted->route));
    buf_addf(out, ",\"status\":%d,\"bytes\":%llu,\"ms\":%llu.%03llu", noted->status, (unsigned long long)noted->bytes,
             (unsigned long long)(noted->nanoseconds / 1000000),
             (unsigned long long)(noted->nanoseconds / 1000 % 1000));
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
