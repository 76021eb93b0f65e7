/* SPDX-License-Identifier: Apache-2.0
 * What every answer has or does by itself: date, forms of a body, what is known already, HEAD, limits with their
 * status, numbers, health, the line of the log. */
#include <fcntl.h>

#include "http/http_int.h"
#include "http_case.h"
#include "json/json.h"

#define HOST  "Host: a\r\n"
#define LAST  "Connection: close\r\n\r\n"
#define PLAIN "the plain form"
#define GZIP  "\x1f\x8b and so on"

static const char *const routes[] = {"none", "file", "echo"};

static void answer_file(struct http_reply *reply)
{
    reply->route = 1;
    reply->type = STR("text/css");
    reply->body = STR(PLAIN);
    reply->body_gzip = STR(GZIP);
    reply->etag = STR("v1.a-b_c");
    http_reply_header(reply, "Cache-Control", STR("public, immutable"));
}

static void answer(void *with, const struct http_request *request, struct http_reply *reply)
{
    (void)with;
    if (str_is(request->path, "/file") && request->method != HTTP_GET && request->method != HTTP_HEAD) {
        http_reply_allow(reply, "GET, HEAD");
    } else if (str_is(request->path, "/file")) {
        answer_file(reply);
    } else if (str_is(request->path, "/post")) {
        answer_file(reply);
        reply->status = 201;
    } else if (str_is(request->path, "/echo")) {
        reply->route = 2;
        reply->type = STR("text/plain");
        reply->body = request->body; /* a view of the request holds until the answer has gone */
    } else if (str_is(request->path, "/greedy")) {
        while (arena_alloc(reply->mem, 4096) != NULL) continue;
        while (arena_alloc(reply->mem, 16) != NULL) continue;
    } else if (str_is(request->path, "/metrics")) {
        http_reply_metrics(reply, STR("salve_gate_up 1\n"));
    } else if (str_is(request->path, "/healthz")) {
        http_reply_health(reply, STR(",\"confined\":true"));
    } else {
        http_reply_error(reply, 404);
    }
}

static struct http_case run;
/* What was noted last; a connection that was heard to its end has been noted. */
static pthread_mutex_t noted_lock = PTHREAD_MUTEX_INITIALIZER;
static struct http_noted noted_last;
static void keep_noted(void *with, const struct http_noted *noted)
{
    (void)with;
    (void)pthread_mutex_lock(&noted_lock);
    noted_last = *noted;
    (void)pthread_mutex_unlock(&noted_lock);
}

static struct http_noted last_noted(void)
{
    (void)pthread_mutex_lock(&noted_lock);
    struct http_noted noted = noted_last;
    (void)pthread_mutex_unlock(&noted_lock);
    return noted;
}

static int set_up(void **state)
{
    struct http_config config = http_config_usual();
    (void)state;
    config.answer = answer;
    config.noted = keep_noted;
    config.routes = routes;
    config.route_count = 3;
    config.clock = clock_fixed(784111777000);
    config.body_bytes_max = 100000;
    config.reply_bytes_max = 256 << 10;
    config.buffers_bytes_max = 8 * HTTP_HEAD_BYTES_MAX;
    config.head_seconds = config.body_seconds = 5;
    http_case_open(&run, &config);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    http_case_close(&run);
    return 0;
}

static struct str asked(const char *request) { return t_http_asked(run.port, run.mem, request); }

/* GET /file with one more header line. */
static struct str file_with(const char *line)
{
    struct str request = arena_printf(run.mem, "GET /file HTTP/1.1\r\n" HOST "%s%s" LAST, line, *line ? "\r\n" : "");
    return asked(request.ptr);
}

static void the_date_is_told(void **state)
{
    static const struct {
        int64_t unix_ms;
        const char *text;
    } rows[] = {
        {784111777000, "Sun, 06 Nov 1994 08:49:37 GMT"}, /* the example of RFC 9110 5.6.7 */
        {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {951782399999, "Mon, 28 Feb 2000 23:59:59 GMT"},
        {951782400000, "Tue, 29 Feb 2000 00:00:00 GMT"},
        {1796031000000, "Mon, 30 Nov 2026 09:30:00 GMT"},
        {4102444799000, "Thu, 31 Dec 2099 23:59:59 GMT"},
    };
    char text[HTTP_DATE_BYTES];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) assert_str(http_date(rows[i].unix_ms, text), rows[i].text);
    assert_str(t_http_field(file_with(""), "Date"), rows[0].text);
}

static void the_form_is_the_clients_choice(void **state)
{
    static const struct {
        const char *line;
        bool is_gzip;
    } rows[] = {
        {"", false},
        {"Accept-Encoding: gzip", true},
        {"Accept-Encoding: GZip", true},
        {"Accept-Encoding: x-gzip", true},
        {"Accept-Encoding: deflate, br, gzip", true},
        {"Accept-Encoding: deflate, br", false},
        {"Accept-Encoding: br\r\nAccept-Encoding: gzip", true},
        {"Accept-Encoding:", false},
        {"Accept-Encoding: *", true},
        {"Accept-Encoding: *;q=0", false},
        {"Accept-Encoding: *;q=0, gzip", true},
        {"Accept-Encoding: gzip;q=0, *", false},
        {"Accept-Encoding: gzip;q=0", false},
        {"Accept-Encoding: gzip;q=0.000", false},
        {"Accept-Encoding: gzip;q=0.001", true},
        {"Accept-Encoding: gzip ; q=1.000", true},
        {"Accept-Encoding: gzip; Q=0.5, identity;q=0.4", true},
        {"Accept-Encoding: gzip;q=0.4, identity;q=0.5", false},
        {"Accept-Encoding: gzip;q=0.5, identity", false},
        {"Accept-Encoding: identity;q=0, gzip;q=0.1", true},
        {"Accept-Encoding: gzip;q=1.001", false},
        {"Accept-Encoding: gzip;q=2", false},
        {"Accept-Encoding: gzip;q=0.0001", false},
        {"Accept-Encoding: gzip;q=", false},
        {"Accept-Encoding: gzip;q=-1", false},
        {"Accept-Encoding: gzip;q", false},
        {"Accept-Encoding: gzip;level=9", false},
        {"Accept-Encoding: gzipped", false},
        {"Accept-Encoding: ,,;,gzip,", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str all = file_with(rows[i].line);
        if (!str_is(t_http_body(all), rows[i].is_gzip ? GZIP : PLAIN)) fail_msg("%s", rows[i].line);
        assert_str(t_http_field(all, "Vary"), "Accept-Encoding");
        assert_int_equal(t_http_has(all, "\r\nContent-Encoding: gzip\r\n"), rows[i].is_gzip);
        assert_str(t_http_field(all, "ETag"), rows[i].is_gzip ? "\"v1.a-b_c-gzip\"" : "\"v1.a-b_c\"");
    }
}

static void what_is_known_is_not_sent(void **state)
{
    static const struct {
        const char *line;
        int status;
    } rows[] = {
        {"If-None-Match: \"v1.a-b_c\"", 304},
        {"If-None-Match: W/\"v1.a-b_c\"", 304},
        {"If-None-Match: \"x\", \"v1.a-b_c\"", 304},
        {"If-None-Match: \"x\"\r\nIf-None-Match: \"v1.a-b_c\"", 304},
        {"If-None-Match: *", 304},
        {"If-None-Match: \"v1.a-b_c\"\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", 304},
        {"If-None-Match: \"v1.a-b_c-gzip\"\r\nAccept-Encoding: gzip", 304},
        {"If-None-Match: \"v1.a-b_c\"\r\nAccept-Encoding: gzip", 200}, /* another form is another thing */
        {"If-None-Match: \"v1.a-b_c-gzip\"", 200},
        {"If-None-Match: v1.a-b_c", 200},
        {"If-None-Match: \"v1.a-b_c", 200},
        {"If-None-Match: \"v1.a-b_cc\"", 200},
        {"If-None-Match: \"\"", 200},
        {"If-None-Match: \"", 200},
        {"If-None-Match:", 200},
        {"If-None-Match: w/\"v1.a-b_c\"", 200},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str all = file_with(rows[i].line);
        if (t_http_status(all) != rows[i].status) fail_msg("%s", rows[i].line);
        assert_true(t_http_field(all, "ETag").len > 0 && t_http_field(all, "Date").len > 0);
        assert_str(t_http_field(all, "Cache-Control"), "public, immutable");
        if (rows[i].status != 304) continue;
        assert_int_equal(t_http_body(all).len, 0);
        assert_true(!t_http_has(all, "Content-"));
    }
    struct str posted = asked("POST /post HTTP/1.1\r\n" HOST "If-None-Match: *\r\n" LAST);
    assert_int_equal(t_http_status(posted), 201);
}

/* An answer without the id that is its own. */
static struct str without_id(struct str head)
{
    ptrdiff_t at = str_find(head, STR("X-Request-Id: "));
    assert_true(at > 0);
    return arena_printf(run.mem, "%.*s%.*s", (int)at, head.ptr, (int)(head.len - (size_t)at - 30), head.ptr + at + 30);
}

static void head_is_get_without_a_body(void **state)
{
    static const char *const lines[] = {"", "Accept-Encoding: gzip\r\n", "If-None-Match: *\r\n"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct str get = asked(arena_printf(run.mem, "GET /file HTTP/1.1\r\n" HOST "%s" LAST, lines[i]).ptr);
        struct str head = asked(arena_printf(run.mem, "HEAD /file HTTP/1.1\r\n" HOST "%s" LAST, lines[i]).ptr);
        struct str got = str_cut(get, 0, get.len - t_http_body(get).len);
        assert_str(without_id(head), without_id(got).ptr);
    }
}

static void statuses_of_limits(void **state)
{
    struct str longer = arena_printf(run.mem, "GET /%05000d HTTP/1.1\r\n" HOST LAST, 0);
    struct str longest = arena_printf(run.mem, "GET /%020000d HTTP/1.1\r\n" HOST LAST, 0);
    struct str large = arena_printf(run.mem, "GET / HTTP/1.1\r\n" HOST "X: %020000d\r\n" LAST, 0);
    struct str answers;
    (void)state;
    assert_int_equal(t_http_status(asked(longer.ptr)), 414);
    assert_int_equal(t_http_status(asked(longest.ptr)), 414);
    assert_int_equal(t_http_status(asked(large.ptr)), 431);
    assert_int_equal(t_http_status(asked("POST / HTTP/1.1\r\n" HOST "Content-Length: 100001\r\n\r\n")), 413);
    assert_int_equal(t_http_status(asked("BREW / HTTP/1.1\r\n" HOST LAST)), 501);
    assert_int_equal(t_http_status(asked("GET / HTTP/2.0\r\n" HOST LAST)), 505);
    assert_int_equal(t_http_status(asked("GET / HTTP/1.1\r\n" HOST "Expect: x\r\n" LAST)), 417);
    assert_int_equal(t_http_status(asked("GET /else HTTP/1.1\r\n" HOST LAST)), 404);
    answers = asked("PUT /file HTTP/1.1\r\n" HOST LAST);
    assert_int_equal(t_http_status(answers), 405);
    assert_str(t_http_field(answers, "Allow"), "GET, HEAD");
    answers = asked("GET /greedy HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(t_http_status(answers), 500);
    assert_str(t_http_field(answers, "Connection"), "close");
}

static void slow_ones_are_told_so(void **state)
{
    static const char *const begun[] = {"GET / HT", "POST / HTTP/1.1\r\n" HOST "Content-Length: 10\r\n\r\nabc"};
    int fds[2];
    (void)state;
    for (size_t i = 0; i < 2; i++) t_http_say(fds[i] = t_http_call(run.port), begun[i]);
    for (size_t i = 0; i < 2; i++) {
        struct str all = t_http_heard(fds[i], run.mem, NULL);
        assert_int_equal(t_http_status(all), 408);
        assert_str(t_http_field(all, "Connection"), "close");
        close(fds[i]);
    }
    assert_int_equal(http_server_counts(run.server).timeouts, 2);
}

/* Bodies that wait together take no more than buffers_bytes_max. */
static void buffers_have_a_ceiling(void **state)
{
    int fd = t_http_call(run.port), other = t_http_call(run.port);
    (void)state;
    t_http_say(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 70000\r\n\r\nx");
    http_case_until(http_server_counts(run.server).buffers_bytes > 70000);
    t_http_say(other, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 70000\r\n\r\nx");
    struct str told = t_http_heard(other, run.mem, NULL);
    assert_int_equal(t_http_status(told), 503);
    assert_str(t_http_field(told, "Retry-After"), "2");
    close(other);
    t_http_say_bytes(fd, arena_printf(run.mem, "%069999d", 7));
    struct str echoed = t_http_answer(fd, run.mem, false);
    assert_int_equal(t_http_body(echoed).len, 70000);
    assert_true(str_ends(echoed, STR("00007")));
    http_case_until(http_server_counts(run.server).buffers_bytes == HTTP_HEAD_BYTES_MAX);
    t_http_say(fd, "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n4e20\r\n");
    t_http_say_bytes(fd, arena_printf(run.mem, "%020000d\r\n0\r\n\r\n", 9));
    assert_int_equal(t_http_body(t_http_answer(fd, run.mem, false)).len, 20000);
    close(fd);
}

static void old_clients_are_told_that_it_stays_open(void **state)
{
    int fd = t_http_call(run.port);
    (void)state;
    t_http_say(fd, "GET /file HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assert_str(t_http_field(t_http_answer(fd, run.mem, false), "Connection"), "keep-alive");
    t_http_say(fd, "GET /file HTTP/1.0\r\n\r\n");
    assert_str(t_http_field(t_http_heard(fd, run.mem, NULL), "Connection"), "close");
    close(fd);
}

static void every_answer_has_a_number_of_its_own(void **state)
{
    struct str ids[3] = {t_http_field(file_with(""), "X-Request-Id"), t_http_field(file_with(""), "X-Request-Id"),
                         t_http_field(asked("\r\n\r\n"), "X-Request-Id")};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        uint8_t bytes[8];
        assert_true(str_hex_parse(ids[i], bytes, sizeof bytes));
        assert_true(!str_eq(ids[i], ids[(i + 1) % 3]));
    }
    assert_str(ids[2], last_noted().id);
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */

/* A line of /metrics: its value, or -1. */
static int64_t value_of(struct str metrics, const char *name)
{
    struct str line;
    int64_t value = -1;
    while (str_next_line(&metrics, &line))
        if (str_starts(line, str_of(name)) && line.ptr[strlen(name)] == ' ')
            (void)str_to_i64(str_cut(line, strlen(name) + 1, line.len), &value);
    return value;
}

/* Names are ours, labels of closed lists, and every series has its HELP and TYPE before it. */
static void check_line(struct str line, struct str kind)
{
    struct str name, rest;
    if (str_is(line, "salve_gate_up 1")) return;
    assert_true(str_starts(line, STR("salve_http_")));
    for (size_t i = 0; i < line.len; i++)
        assert_true(str_is_lower(line.ptr[i]) || str_is_digit(line.ptr[i]) ||
                    strchr("_{}=\"., +", line.ptr[i]) != NULL || str_find(line, STR("+Inf")) >= 0);
    if (!str_split(line, '{', &name, &rest)) assert_true(str_split(line, ' ', &name, &rest));
    assert_true(str_starts(name, kind));
    bool is_route = str_starts(rest, STR("route=\"none\"")) || str_starts(rest, STR("route=\"file\"")) ||
                    str_starts(rest, STR("route=\"echo\""));
    assert_true(is_route || str_find(line, STR("{")) < 0);
}

static void numbers_are_told(void **state)
{
    struct str metrics, line, kind = STR_NONE;
    (void)state;
    int64_t before = value_of(asked("GET /metrics HTTP/1.1\r\n" HOST LAST),
                              "salve_http_requests_total{route=\"file\",status=\"200\"}");
    (void)asked("GET /secret?name=Ada HTTP/1.1\r\n" HOST LAST);
    (void)file_with("");
    (void)file_with("If-None-Match: *");
    metrics = asked("GET /metrics HTTP/1.1\r\n" HOST LAST);
    assert_str(t_http_field(metrics, "Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    metrics = t_http_body(metrics);
    assert_true(!t_http_has(metrics, "secret") && !t_http_has(metrics, "Ada"));
    assert_int_equal(value_of(metrics, "salve_http_requests_total{route=\"file\",status=\"200\"}"), before + 1);
    assert_true(value_of(metrics, "salve_http_requests_total{route=\"file\",status=\"304\"}") > 0);
    assert_true(value_of(metrics, "salve_http_requests_total{route=\"none\",status=\"404\"}") > 0);
    assert_int_equal(value_of(metrics, "salve_http_request_duration_seconds_bucket{route=\"file\",le=\"+Inf\"}"),
                     value_of(metrics, "salve_http_request_duration_seconds_count{route=\"file\"}"));
    assert_int_equal(value_of(metrics, "salve_gate_up"), 1);
    while (str_next_line(&metrics, &line)) {
        if (str_starts(line, STR("# TYPE "))) kind = str_cut(line, 7, (size_t)str_find(str_cut(line, 7, 99), STR(" ")));
        if (!str_starts(line, STR("#"))) check_line(line, kind);
    }
}

static void health_is_told(void **state)
{
    struct str all = asked("GET /healthz HTTP/1.1\r\n" HOST LAST);
    (void)state;
    assert_int_equal(t_http_status(all), 200);
    assert_str(t_http_body(all), "{\"status\":\"ok\",\"confined\":true}\n");
    assert_str(t_http_field(all, "Cache-Control"), "no-store");
}

/* --- the line of the log ------------------------------------------------------------------------------------------ */

static void the_log_says_what_it_may(void **state)
{
    struct buf line;
    (void)state;
    struct str all = asked("GET /file?name=Ada HTTP/1.1\r\nHost: secret\r\nCookie: sid=secret\r\n" LAST);
    struct http_noted noted = last_noted();
    assert_str(t_http_field(all, "X-Request-Id"), noted.id);
    assert_int_equal(noted.bytes, all.len);
    noted.nanoseconds = 1234567;
    buf_init(&line, run.mem, 4096);
    http_log_line(&noted, &line);
    struct str want = arena_printf(run.mem,
                                   "{\"time\":\"1994-11-06T08:49:37.000Z\",\"level\":\"info\",\"kind\":\"request\","
                                   "\"method\":\"GET\",\"route\":\"file\",\"status\":200,\"bytes\":%zu,\"ms\":1.234,"
                                   "\"id\":\"%s\"}\n",
                                   all.len, noted.id);
    assert_str(buf_str(&line), want.ptr);
}

/* Should a text ever come from outside: one line of JSON it stays, whatever its bytes. */
static void hostile_texts_stay_in_their_place(void **state)
{
    uint64_t seed = 7;
    (void)state;
    for (int n = 0; n < 20000; n++) {
        char method[12] = {0}, route[40] = {0};
        struct http_noted noted = {.method = method, .route = route, .status = (int)(t_random(&seed) % 1000)};
        for (size_t i = 0; i + 1 < sizeof method; i++) method[i] = (char)(1 + t_random(&seed) % 255);
        for (size_t i = 0; i + 1 < sizeof route; i++)
            route[i] = "\"\\\n\r\t\x1b{}:,\x7f\xc3\xa9x\x01\xff"[t_random(&seed) % 16];
        memset(noted.id, 0xff, sizeof noted.id); /* no end */
        noted.nanoseconds = t_random(&seed);
        noted.bytes = t_random(&seed);
        struct arena *mem = arena_open(1 << 20);
        struct buf line;
        const struct json *doc;
        buf_init(&line, mem, 4096);
        http_log_line(&noted, &line);
        struct str text = buf_str(&line);
        assert_ok(buf_code(&line));
        for (size_t i = 0; i + 1 < text.len; i++) assert_true(text.ptr[i] >= 0x20 && text.ptr[i] < 0x7f);
        assert_ok(json_read(text, NULL, mem, &doc, NULL));
        assert_true(doc->count == 9 && json_get_text(doc, "route").len >= strlen(route));
        arena_close(mem);
    }
}

static void a_full_pipe_holds_nobody_up(void **state)
{
    int fds[2];
    struct http_noted noted = {.method = "GET", .route = "file"};
    unsigned written = 0;
    char text[65536];
    (void)state;
    assert_int_equal(pipe(fds), 0);
    while (http_log_write(fds[1], &noted)) written++;
    assert_true(written > 10);
    assert_true(read(fds[0], text, sizeof text) > 0);
    assert_true(http_log_write(fds[1], &noted));
    close(fds[0]), close(fds[1]);
    assert_true(!http_log_write(fds[1], &noted));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_date_is_told),
        cmocka_unit_test(the_form_is_the_clients_choice),
        cmocka_unit_test(what_is_known_is_not_sent),
        cmocka_unit_test(head_is_get_without_a_body),
        cmocka_unit_test(statuses_of_limits),
        cmocka_unit_test(slow_ones_are_told_so),
        cmocka_unit_test(buffers_have_a_ceiling),
        cmocka_unit_test(old_clients_are_told_that_it_stays_open),
        cmocka_unit_test(every_answer_has_a_number_of_its_own),
        cmocka_unit_test(numbers_are_told),
        cmocka_unit_test(health_is_told),
        cmocka_unit_test(the_log_says_what_it_may),
        cmocka_unit_test(hostile_texts_stay_in_their_place),
        cmocka_unit_test(a_full_pipe_holds_nobody_up),
    };
    int failed = cmocka_run_group_tests(tests, set_up, tear_down);
    return t_close(failed, (int)(sizeof tests / sizeof *tests));
}
