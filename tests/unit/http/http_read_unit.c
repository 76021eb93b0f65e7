/* SPDX-License-Identifier: Apache-2.0
 * Runs tests/unit/http/requests/: bytes and what becomes of them, whole and byte by byte. A case is lines of bytes with
 * \r \n \t \xHH, then "is:" for each request, "bad:" with the status, or "more". */
#include "t.h"

#include "base/buf.h"
#include "base/file.h"
#include "http/http_read.h"

#define FOLDER "tests/unit/http/requests"
enum { BODY_BYTES_MAX = 1000 };

static void add_escaped(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c != '\\' || i + 1 == text.len) {
            buf_add_char(out, c);
            continue;
        }
        c = text.ptr[++i];
        if (c == 'x' && i + 2 < text.len) {
            buf_add_char(out, (char)(str_hex_digit(text.ptr[i + 1]) * 16 + str_hex_digit(text.ptr[i + 2])));
            i += 2;
        } else
            buf_add_char(out, c == 'r' ? '\r' : c == 'n' ? '\n' : c == 't' ? '\t' : c);
    }
}

static void tell_request(const struct http_request *r, struct buf *out)
{
    buf_addf(out, "is: %s %.*s", http_method_text(r->method), STR_ARGS(r->path));
    if (r->query.ptr != NULL) buf_addf(out, " ?%.*s", STR_ARGS(r->query));
    buf_add(out, r->keeps_alive ? STR(" keep") : STR(" close"));
    if (r->body.len > 0) buf_addf(out, " body %.*s", STR_ARGS(r->body));
    buf_add_char(out, '\n');
}

/* What the reader makes of the bytes, given `at_once` of them at a time. */
static struct str told(struct arena *mem, struct str bytes, size_t at_once)
{
    static char buffer[HTTP_HEAD_BYTES_MAX + BODY_BYTES_MAX], larger[sizeof buffer + 100];
    struct http_reader reader;
    const struct http_request *request;
    struct buf out;
    size_t room;
    enum http_step step = HTTP_MORE;
    buf_init(&out, mem, 1 << 20);
    http_reader_open(&reader, buffer, sizeof buffer, BODY_BYTES_MAX);
    while (step != HTTP_BAD && (bytes.len > 0 || step != HTTP_MORE)) {
        char *to = http_reader_room(&reader, &room);
        size_t n = bytes.len < at_once ? bytes.len : at_once;
        if (n > room) n = room;
        memcpy(to, bytes.ptr, n);
        http_reader_took(&reader, n);
        bytes = str_cut(bytes, n, bytes.len);
        while ((step = http_reader_next(&reader, &request)) == HTTP_REQUEST || step == HTTP_ROOM) {
            if (step == HTTP_ROOM) {
                http_reader_move(&reader, larger, sizeof larger);
                continue;
            }
            tell_request(request, &out);
            http_reader_done(&reader);
        }
    }
    if (step == HTTP_BAD) buf_addf(&out, "bad: %d\n", reader.status);
    if (step == HTTP_MORE && reader.have > 0) buf_add(&out, STR("more\n"));
    return buf_str(&out);
}

static void run_case(struct arena *mem, struct str name, struct str bytes, struct str want)
{
    char label[200];
    static const size_t sizes[] = {1 << 20, 1, 2, 7};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct str got = told(mem, bytes, sizes[i]);
        (void)snprintf(label, sizeof label, "%.*s, %zu at once", STR_ARGS(name), sizes[i]);
        if (str_eq(got, want))
            t_pass();
        else
            t_fail(label, "%.*s", STR_ARGS(got));
    }
}

static void run_file(struct arena *mem, struct str rest)
{
    struct str line, name = STR_NONE;
    struct buf bytes, want;
    for (bool more = true; more;) {
        more = str_next_line(&rest, &line);
        if (!more || str_starts(line, STR("=== "))) {
            if (name.ptr != NULL) run_case(mem, name, buf_str(&bytes), buf_str(&want));
            name = str_cut(line, 4, line.len);
            buf_init(&bytes, mem, 1 << 20);
            buf_init(&want, mem, 1 << 20);
        } else if (str_starts(line, STR("is:")) || str_starts(line, STR("bad:")) || str_is(line, "more")) {
            buf_add(&want, line);
            buf_add_char(&want, '\n');
        } else
            add_escaped(&bytes, line);
    }
}

/* A head, and a body, of every size around the limits. */
static void limits(struct arena *mem)
{
    for (size_t bytes = HTTP_HEAD_BYTES_MAX - 3; bytes <= HTTP_HEAD_BYTES_MAX + 3; bytes++) {
        struct buf request;
        struct str head = STR("GET / HTTP/1.1\r\nHost: a\r\nX: ");
        buf_init(&request, mem, 1 << 20);
        buf_add(&request, head);
        for (size_t i = head.len; i < bytes - 4; i++) buf_add_char(&request, 'x');
        buf_add(&request, STR("\r\n\r\n"));
        struct str got = told(mem, buf_str(&request), 4096);
        if (str_is(got, bytes <= HTTP_HEAD_BYTES_MAX ? "is: GET / keep\n" : "bad: 431\n"))
            t_pass();
        else
            t_fail("head", "%zu bytes: %.*s", bytes, STR_ARGS(got));
    }
    for (unsigned bytes = BODY_BYTES_MAX - 1; bytes <= BODY_BYTES_MAX + 1; bytes++) {
        struct buf request;
        buf_init(&request, mem, 1 << 20);
        buf_addf(&request, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: %u\r\n\r\n", bytes);
        for (unsigned i = 0; i < bytes; i++) buf_add_char(&request, 'x');
        struct str got = told(mem, buf_str(&request), 100);
        if (str_starts(got, bytes <= BODY_BYTES_MAX ? STR("is: PUT / keep body xx") : STR("bad: 413\n")))
            t_pass();
        else
            t_fail("body", "%u bytes: %.*s", bytes, STR_ARGS(got));
    }
}

/* One target, and one header, more than are taken. */
static void numbers(struct arena *mem)
{
    for (unsigned bytes = HTTP_TARGET_BYTES_MAX - 1; bytes <= HTTP_TARGET_BYTES_MAX + 1; bytes++) {
        struct str got = told(mem, arena_printf(mem, "GET /%0*u HTTP/1.1\r\nHost: a\r\n\r\n", (int)bytes - 1, 0), 100);
        if (str_starts(got, bytes <= HTTP_TARGET_BYTES_MAX ? STR("is: GET /000") : STR("bad: 414\n")))
            t_pass();
        else
            t_fail("target", "%u bytes: %.*s", bytes, STR_ARGS(got));
    }
    for (unsigned count = HTTP_HEADERS_MAX - 1; count <= HTTP_HEADERS_MAX + 1; count++) {
        struct buf request;
        buf_init(&request, mem, 1 << 20);
        buf_add(&request, STR("GET / HTTP/1.1\r\nHost: a\r\n"));
        for (unsigned i = 1; i < count; i++) buf_add(&request, STR("X: y\r\n"));
        buf_add(&request, STR("\r\n"));
        struct str got = told(mem, buf_str(&request), 100);
        if (str_is(got, count <= HTTP_HEADERS_MAX ? "is: GET / keep\n" : "bad: 431\n"))
            t_pass();
        else
            t_fail("headers", "%u: %.*s", count, STR_ARGS(got));
    }
}

/* What was answered is nowhere in the buffer any more; what came behind it is. */
static void wiped(void)
{
    static char buffer[HTTP_HEAD_BYTES_MAX];
    const char *text = "POST / HTTP/1.1\r\nHost: a\r\nCookie: secret\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "6\r\nsecret\r\n6\r\nsecret\r\n0\r\n\r\nGET /behind HT";
    struct http_reader reader;
    const struct http_request *request;
    size_t room;
    memset(buffer, 0, sizeof buffer);
    http_reader_open(&reader, buffer, sizeof buffer, BODY_BYTES_MAX);
    memcpy(http_reader_room(&reader, &room), text, strlen(text));
    http_reader_took(&reader, strlen(text));
    bool is_read = http_reader_next(&reader, &request) == HTTP_REQUEST;
    if (is_read) http_reader_done(&reader);
    bool is_wiped = is_read && str_starts(str_make(buffer, sizeof buffer), STR("GET /behind HT"));
    for (size_t i = strlen("GET /behind HT"); i < sizeof buffer; i++) is_wiped = is_wiped && buffer[i] == 0;
    if (is_wiped)
        t_pass();
    else
        t_fail("wiped", "bytes are left");
}

int main(void)
{
    struct arena *mem = arena_open((size_t)256 << 20);
    struct salve_err err = {0};
    struct str text;
    if (file_read(FOLDER "/requests.cases", 1 << 20, mem, &text, &err) != SALVE_OK)
        t_fail(FOLDER, "cannot be read");
    else
        run_file(mem, text);
    limits(mem);
    numbers(mem);
    wiped();
    arena_close(mem);
    return t_end();
}
