/* SPDX-License-Identifier: Apache-2.0
 * The pages behind the real server, on a port of this machine: files as a browser asks for them, calls one behind the
 * other, what is too much, a letter. */
#include "../../unit/pages/pages_world.h"

#include <pthread.h>
#include <unistd.h>

#include "t_http.h"

struct served {
    struct pages_world *world;
    struct http_server *server;
    struct arena *mem;
    pthread_t thread;
    in_port_t port;
    void *workers[1];
    char cookie[100], token[100];
};

static void *run(void *with)
{
    struct served *s = with;
    t_must(http_server_run(s->server, &err));
    return NULL;
}

static int make(void **state)
{
    struct served *s = calloc(1, sizeof *s);
    struct http_config config = http_config_usual();
    if (s == NULL) return -1;
    s->world = pages_world_make("pages-http", true);
    s->mem = arena_open_private((size_t)64 << 20);
    s->workers[0] = pages_worker(s->world->pages, 0);
    config.answer = pages_answer;
    config.workers = s->workers;
    config.worker_count = 1;
    config.quick = pages_quick;
    config.lane = pages_lane;
    config.with = s->world->pages;
    config.routes = pages_routes(&config.route_count);
    config.body_bytes_max = PAGES_BODY_BYTES_MAX;
    t_must(http_server_open(&config, s->mem, &s->server, &err));
    t_must(http_server_listen(s->server, t_http_listen(&s->port), &err));
    *state = s;
    return pthread_create(&s->thread, NULL, run, s);
}

static int drop(void **state)
{
    struct served *s = *state;
    http_server_drain(s->server);
    (void)pthread_join(s->thread, NULL);
    http_server_close(s->server);
    pages_world_drop(s->world);
    arena_close(s->mem);
    free(s);
    return 0;
}

static struct str request_of(struct served *s, const char *name, const char *body)
{
    return arena_printf(
        s->mem,
        "POST /call/%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nOrigin: http://127.0.0.1:%u\r\n"
        "Sec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s%s%s%s%s%s\r\n%s",
        name, ntohs(s->port), ntohs(s->port), strlen(body), s->cookie[0] != '\0' ? "Cookie: " : "", s->cookie,
        s->cookie[0] != '\0' ? "\r\n" : "", s->token[0] != '\0' ? "X-Salve-Token: " : "", s->token,
        s->token[0] != '\0' ? "\r\n" : "", body);
}

static const struct json *json_of(struct served *s, struct str answer)
{
    const struct json *json = NULL;
    t_must(json_read(t_http_body(answer), NULL, s->mem, &json, &err));
    return json;
}

static struct str asked(struct served *s, int fd, const char *name, const char *body)
{
    t_http_say_bytes(fd, request_of(s, name, body));
    return t_http_answer(fd, s->mem, false);
}

static void login(struct served *s, int fd)
{
    struct str answer = asked(s, fd, "login", "{\"name\":\"dr-amina\",\"secret\":\"246802\"}");
    assert_int_equal(t_http_status(answer), 200);
    struct str cookie = t_http_field(answer, "Set-Cookie");
    ptrdiff_t end = str_find(cookie, STR(";"));
    assert_true(t_http_has(cookie, "HttpOnly; SameSite=Strict"));
    (void)snprintf(s->cookie, sizeof s->cookie, "%.*s", (int)end, cookie.ptr);
    (void)snprintf(s->token, sizeof s->token, "%.*s", STR_ARGS(json_get_text(json_of(s, answer), "token")));
}

static void files_come_as_a_browser_asks_for_them(void **state)
{
    struct served *s = *state;
    struct str answer = t_http_asked(s->port, s->mem, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_int_equal(t_http_status(answer), 200);
    assert_true(str_eq(t_http_body(answer), test_page));
    assert_true(t_http_has(t_http_field(answer, "Content-Security-Policy"), "require-trusted-types-for 'script'"));
    answer = t_http_asked(s->port, s->mem, "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_int_equal(t_http_body(answer).len, 0);
    answer = t_http_asked(s->port, s->mem,
                          "GET / HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: \"a\"\r\nConnection: close\r\n\r\n");
    assert_int_equal(t_http_status(answer), 304);
    answer = t_http_asked(
        s->port, s->mem,
        "GET /assets/app-1.js HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
    assert_true(t_http_has(t_http_field(answer, "Content-Encoding"), "gzip"));
    assert_true(t_http_has(t_http_field(answer, "Cache-Control"), "immutable"));
    answer = t_http_asked(s->port, s->mem, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_true(t_http_has(answer, "\"status\":\"ok\""));
}

static void a_visit_goes_over_one_connection(void **state)
{
    struct served *s = *state;
    char body[300];
    int fd = t_http_call(s->port);
    login(s, fd);
    (void)snprintf(body, sizeof body, "{\"who\":\"%.*s\"}", STR_ARGS(s->world->w.card));
    struct str answer = asked(s, fd, "open", body);
    assert_int_equal(t_http_status(answer), 200);
    struct str person = json_get_text(json_of(s, answer), "person");
    (void)snprintf(body, sizeof body,
                   "{\"person\":\"%.*s\",\"key\":\"0b6d1c2e-7f1a-4c3d-9e21-5a8f00c4d1e7\","
                   "\"readings\":[{\"word\":\"bp\",\"text\":\"148/92\"}]}",
                   STR_ARGS(person));
    answer = asked(s, fd, "measure", body);
    assert_str(json_get_text(json_of(s, answer), "state"), "stored");
    (void)snprintf(body, sizeof body, "{\"person\":\"%.*s\"}", STR_ARGS(person));
    t_http_say_bytes(fd, request_of(s, "findings", body)); /* three at once: they are answered in their order */
    t_http_say_bytes(fd, request_of(s, "sign", body));
    t_http_say_bytes(fd, request_of(s, "findings", body));
    const struct json *first = json_of(s, t_http_answer(fd, s->mem, false));
    const struct json *second = json_of(s, t_http_answer(fd, s->mem, false));
    const struct json *third = json_of(s, t_http_answer(fd, s->mem, false));
    assert_true(json_get(first, "drafts")->count > 0 && json_get(third, "drafts")->count == 0);
    assert_non_null(json_get(second, "signed"));
    (void)snprintf(body, sizeof body, "{\"person\":\"%.*s\",\"language\":\"ar\"}", STR_ARGS(person));
    answer = asked(s, fd, "letter", body);
    struct str address = json_get_text(json_of(s, answer), "html");
    assert_true(address.len > 0);
    t_http_say_bytes(fd, arena_printf(s->mem, "GET %.*s HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\n\r\n",
                                      STR_ARGS(address), s->cookie));
    answer = t_http_answer(fd, s->mem, false);
    assert_true(t_http_has(answer, "dir=\"rtl\"") && t_http_has(t_http_field(answer, "Cache-Control"), "no-store"));
    (void)close(fd);
}

static void too_much_and_too_little_is_refused(void **state)
{
    struct served *s = *state;
    int fd = t_http_call(s->port);
    /* the head says how much comes; it is answered before any of it */
    t_http_say(fd, "POST /call/site HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                   "Content-Length: 65537\r\n\r\n");
    assert_int_equal(t_http_status(t_http_answer(fd, s->mem, false)), 413);
    (void)close(fd);
    struct str answer =
        t_http_asked(s->port, s->mem, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_true(t_http_has(answer, "route=\"measure\""));
    assert_false(t_http_has(answer, "Adeyemi") || t_http_has(answer, "148/92") || t_http_has(answer, "dr-amina") ||
                 str_find(answer, s->world->w.card) >= 0 || t_http_has(answer, s->token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_come_as_a_browser_asks_for_them),
        cmocka_unit_test(a_visit_goes_over_one_connection),
        cmocka_unit_test(too_much_and_too_little_is_refused),
    };
    int count = (int)(sizeof tests / sizeof *tests);
    return t_close(_cmocka_run_group_tests("", tests, (size_t)count, make, drop), count);
}
