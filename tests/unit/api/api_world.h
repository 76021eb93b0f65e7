/* SPDX-License-Identifier: Apache-2.0
 *
 * api_world - the small site of pages_world with the API in front of it, and programs that ask: each with the token of
 * a view that a browser has open. */
#ifndef SALVE_TESTS_API_WORLD_H
#define SALVE_TESTS_API_WORLD_H

#include "../pages/pages_world.h"

#include "api/api.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

struct api_world {
    struct pages_world *pages;
    struct api *api;
    struct browser browser; /* of whoever has the person open */
    char token[100];
};

/* Logged in as that, with the person of the world open, and a token of the view. */
static void api_world_open(struct api_world *world, const char *name)
{
    world->browser = browser_login(world->pages, str_of(name));
    assert_int_equal(browser_open(&world->browser, world->pages->w.card).status, 200);
    struct str token = text_of(call(&world->browser, "view-token", "{'person':'%P'}"), "viewToken");
    assert_int_equal(token.len, PAGES_VIEW_TOKEN_TEXT_BYTES);
    (void)snprintf(world->token, sizeof world->token, "Bearer %.*s", STR_ARGS(token));
}

static struct api_world *api_world_make(const char *name)
{
    struct api_world *world = calloc(1, sizeof *world);
    if (world == NULL) abort();
    world->pages = pages_world_make(name, false);
    t_must(api_open(&(struct api_config){.pages = world->pages->pages, .version = STR("0.1")}, &world->api, &err));
    return world;
}

static int api_world_teardown(void **state)
{
    struct api_world *world = *state;
    api_close(&world->api);
    pages_world_drop(world->pages);
    free(world);
    return 0;
}

/* A request with more header lines behind those that each has: "Name", "value", ..., NULL. */
struct api_ask {
    enum http_method method;
    const char *path, *query, *body, *token; /* token NULL: none */
    const char *lines[12];
};

static struct answer api_send(struct api_world *world, const struct api_ask *ask)
{
    struct http_reply reply = {.mem = arena_open_private((size_t)64 << 20), .status = 200};
    struct answer answer = {.status = 0};
    struct http_request request = {.method = ask->method, .path = str_of(ask->path), .query = str_of(ask->query)};
    request.host = STR("127.0.0.1:8080");
    request.body = str_of(ask->body);
    add_header(&request, "Host", "127.0.0.1:8080");
    add_header(&request, "Authorization", ask->token);
    for (size_t i = 0; ask->lines[i] != NULL; i += 2) add_header(&request, ask->lines[i], ask->lines[i + 1]);
    assert_true(api_is_ours(&request));
    buf_init(&reply.lines, reply.mem, 64 << 10);
    api_answer(world->api, pages_world_worker, &request, &reply);
    answer.status = reply.status;
    struct arena *mem = world->pages->w.t->mem;
    t_must(arena_str(mem, reply.type, &answer.type, &err));
    t_must(arena_str(mem, reply.body, &answer.body, &err));
    t_must(arena_str(mem, buf_str(&reply.lines), &answer.lines, &err));
    arena_close(reply.mem);
    if (answer.body.len > 0 && str_ends(answer.type, STR("json")))
        t_must(json_read(answer.body, &(struct json_opts){.bytes_max = 8 << 20}, mem, &answer.json, &err));
    return answer;
}

/* GET of what stands behind /fhir, by the token of the world. */
static struct answer api_get(struct api_world *world, const char *path)
{
    char whole[300], *query = NULL;
    (void)snprintf(whole, sizeof whole, "/fhir%s", path);
    char *mark = strchr(whole, '?');
    if (mark != NULL) *mark = '\0', query = mark + 1;
    return api_send(world, &(struct api_ask){.path = whole, .query = query, .token = world->token});
}

static bool has_line(struct answer answer, const char *line) { return str_find(answer.lines, str_of(line)) >= 0; }

/* An OperationOutcome of that status, whose first issue has that code and that rule or name of an error. */
#define assert_outcome(came, http, issue, rule)                                                                        \
    do {                                                                                                               \
        struct answer t_outcome_ = (came);                                                                             \
        assert_status(t_outcome_, http);                                                                               \
        assert_str(text_of(t_outcome_, "resourceType"), "OperationOutcome");                                           \
        assert_str(text_of(t_outcome_, "issue.0.code"), issue);                                                        \
        assert_str(text_of(t_outcome_, "issue.0.details.coding.0.code"), rule);                                        \
    } while (0)

#pragma GCC diagnostic pop

#endif
