/* SPDX-License-Identifier: Apache-2.0
 *
 * pages_world - a small site behind the pages, and browsers that call: each keeps its cookie and its token as a browser
 * does. A test says what is asked in one line and looks at the JSON that came. */
#ifndef SALVE_TESTS_PAGES_WORLD_H
#define SALVE_TESTS_PAGES_WORLD_H

#include "../visit/visit_world.h"

#include "http/http.h"
#include "json/json.h"
#include "pages/pages.h"
#include "records/session.h"
#include "visit/check.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

#ifdef T_SITE_FAR
enum { PAGES_WORLD_WORKERS = 4 }; /* the far end of a site may be used by many threads */
#else
enum { PAGES_WORLD_WORKERS = 1 };
#endif

struct pages_world {
    struct world w;
    struct pages *pages;
    struct pages_config config;
};

/* What a browser has. */
struct browser {
    struct pages_world *world;
    char cookie[100], token[100], person[60];
    const char *origin; /* NULL: none is sent */
    const char *language;
};

/* What came. */
struct answer {
    int status;
    struct str type, body, lines;
    const struct json *json;
};

static struct site *site_of(void *with, unsigned worker, struct salve_err *err)
{
    (void)worker;
    (void)err;
    return ((struct pages_world *)with)->w.t->site;
}

static void accept_one(struct pages_world *world, const char *id)
{
    const struct guideline *guideline = NULL;
    struct visit visit = world->w.visit;
    visit.actor = T_CLINICIAN;
    t_must(visit_accept(&visit, str_of(id), NULL, 0, &guideline, &err));
}

static struct str test_page = {"<!doctype html><title>Salve</title>", 35};

static struct pages_world *pages_world_make(const char *name, bool is_made_up)
{
    static const struct pages_demo demo[] = {{{"Rosa", 4}, {"registrar", 9}, {"246802", 6}}};
    static struct pages_file files[2];
    struct pages_world *world = calloc(1, sizeof *world);
    if (world == NULL) abort();
    t_made_up = is_made_up;
    world->w = world_make(name, "");
    world->w.card = t_enrol(world->w.t, "Adeyemi", "1950-01-01").card; /* nothing is asked about pregnancy */
    t_give(world->w.t, world->w.card, PURPOSE_CARE);
    accept_one(world, "alarms");
    accept_one(world, "blood-pressure");
    accept_one(world, "body-measures");
    files[0] = (struct pages_file){.path = STR("/assets/app-1.js"),
                                   .type = STR("text/javascript"),
                                   .bytes = STR("1"),
                                   .gzip = STR("z"),
                                   .etag = STR("b"),
                                   .is_immutable = true};
    files[1] = (struct pages_file){
        .path = STR("/index.html"), .type = STR("text/html; charset=utf-8"), .bytes = test_page, .etag = STR("a")};
    world->config = (struct pages_config){.share = share(),
                                          .site = site_of,
                                          .with = world,
                                          .workers = PAGES_WORLD_WORKERS,
                                          .files = files,
                                          .file_count = 2,
                                          .demo = demo,
                                          .demo_count = 1,
                                          .version = STR("0.1")};
    t_must(pages_open(&world->config, &world->pages, &err));
    return world;
}

static void pages_world_drop(struct pages_world *world)
{
    pages_close(&world->pages);
    world_drop(&world->w);
    free(world);
}

/* As the teardown of a test, or of a group, whose state it is. */
static inline int pages_world_teardown(void **state)
{
    pages_world_drop(*state);
    return 0;
}

/* --- requests ----------------------------------------------------------------------------------------------------- */

static void add_header(struct http_request *request, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0') return;
    request->headers[request->header_count++] = (struct http_header){str_of(name), str_of(value)};
}

/* On which worker a thread asks. */
static _Thread_local unsigned pages_world_worker;

static struct answer pages_ask(struct pages_world *world, const struct http_request *request)
{
    struct http_reply reply = {.mem = arena_open_private((size_t)64 << 20), .status = 200};
    struct answer answer = {.status = 0};
    buf_init(&reply.lines, reply.mem, 64 << 10);
    pages_answer(pages_worker(world->pages, pages_world_worker), request, &reply);
    answer.status = reply.status;
    t_must(arena_str(world->w.t->mem, reply.type, &answer.type, &err));
    t_must(arena_str(world->w.t->mem, reply.body, &answer.body, &err));
    t_must(arena_str(world->w.t->mem, buf_str(&reply.lines), &answer.lines, &err));
    arena_close(reply.mem);
    if (str_is(answer.type, "application/json"))
        t_must(json_read(answer.body, &(struct json_opts){.bytes_max = 8 << 20}, world->w.t->mem, &answer.json, &err));
    return answer;
}

static void keep_cookie(struct browser *browser, struct str lines)
{
    struct str head = STR("Set-Cookie: ");
    ptrdiff_t at = str_find(lines, head);
    if (at < 0) return;
    struct str rest = str_cut(lines, (size_t)at + head.len, lines.len);
    ptrdiff_t end = str_find(rest, STR(";"));
    (void)snprintf(browser->cookie, sizeof browser->cookie, "%.*s", (int)end, rest.ptr);
}

static struct answer call_with(struct browser *browser, const char *name, struct str body)
{
    char path[80];
    struct http_request request = {.method = HTTP_POST, .body = body};
    (void)snprintf(path, sizeof path, "/call/%s", name);
    request.path = str_of(path);
    add_header(&request, "Host", "127.0.0.1:8080");
    add_header(&request, "Origin", browser->origin);
    add_header(&request, "Sec-Fetch-Site", "same-origin");
    add_header(&request, "Content-Type", "application/json");
    add_header(&request, "Accept-Language", browser->language);
    add_header(&request, "Cookie", browser->cookie);
    add_header(&request, "X-Salve-Token", browser->token);
    struct answer answer = pages_ask(browser->world, &request);
    keep_cookie(browser, answer.lines);
    struct str token = json_get_text(answer.json, "token"), person = json_get_text(answer.json, "person");
    if (token.len > 0) (void)snprintf(browser->token, sizeof browser->token, "%.*s", STR_ARGS(token));
    if (person.len > 0) (void)snprintf(browser->person, sizeof browser->person, "%.*s", STR_ARGS(person));
    return answer;
}

/* `body`: JSON with ' for ", and %P for the handle of the open person. */
static struct answer call(struct browser *browser, const char *name, const char *body)
{
    struct buf text;
    buf_init(&text, browser->world->w.t->mem, 1 << 20);
    for (const char *at = body; *at != '\0'; at++)
        if (at[0] == '%' && at[1] == 'P') {
            buf_add(&text, str_of(browser->person));
            at++;
        } else
            buf_add_char(&text, *at == '\'' ? '"' : *at);
    return call_with(browser, name, buf_str(&text));
}

static struct browser browser_new(struct pages_world *world)
{
    return (struct browser){.world = world, .origin = "http://127.0.0.1:8080", .language = "en"};
}

static struct browser browser_login(struct pages_world *world, struct str name)
{
    struct browser browser = browser_new(world);
    char body[200];
    (void)snprintf(body, sizeof body, "{'name':'%.*s','secret':'246802'}", STR_ARGS(name));
    struct answer answer = call(&browser, "login", body);
    assert_int_equal(answer.status, 200);
    return browser;
}

static struct answer browser_open(struct browser *browser, struct str who)
{
    char body[100];
    (void)snprintf(body, sizeof body, "{'who':'%.*s'}", STR_ARGS(who));
    return call(browser, "open", body);
}

static struct answer fetch_page(struct browser *browser, const char *path)
{
    struct http_request request = {.method = HTTP_GET, .path = str_of(path)};
    add_header(&request, "Host", "127.0.0.1:8080");
    add_header(&request, "Cookie", browser->cookie);
    return pages_ask(browser->world, &request);
}

/* --- looking at answers ------------------------------------------------------------------------------------------- */

static struct str text_of(struct answer answer, const char *path) { return json_text(json_path(answer.json, path)); }

static size_t count_of(struct answer answer, const char *path)
{
    const struct json *list = json_path(answer.json, path);
    return list == NULL ? 0 : list->count;
}

#define assert_status(came, want)                                                                                      \
    do {                                                                                                               \
        struct answer t_answer_ = (came);                                                                              \
        if (t_answer_.status != (want))                                                                                \
            fail_msg("got %d, want %d: %.*s", t_answer_.status, (want), STR_ARGS(t_answer_.body));                     \
    } while (0)
#define assert_error(came, http, name)                                                                                 \
    do {                                                                                                               \
        struct answer t_error_ = (came);                                                                               \
        assert_status(t_error_, http);                                                                                 \
        assert_str(text_of(t_error_, "error.code"), name);                                                             \
    } while (0)

static bool has_item(struct answer answer, const char *list, const char *item)
{
    for (const struct json *one = json_first(json_path(answer.json, list)); one != NULL; one = one->next)
        if (str_is(json_get_text(one, "item"), item)) return true;
    return false;
}

#pragma GCC diagnostic pop

#endif
