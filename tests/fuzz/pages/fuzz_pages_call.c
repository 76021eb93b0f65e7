/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a call: the first says which one and which header lines come, the rest is the body. There is no site
 * behind it: what is answered is JSON, and never a success. The reader of bodies is asked beside it, with all
 * members. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "http/http.h"
#include "json/json.h"
#include "pages/pages.h"
#include "pages/pages_in_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pages *pages_of(void)
{
    static struct pages *pages;
    static const struct pages_config config = {.workers = 1, .share = ""};
    if (pages == NULL && pages_open(&config, &pages, NULL) != SALVE_OK) abort();
    return pages;
}

static void header(struct http_request *request, const char *name, struct str value)
{
    request->headers[request->header_count++] = (struct http_header){str_of(name), value};
}

static void read_body(struct str body)
{
    struct pages_in in;
    struct arena *mem = arena_open(4 << 20);
    size_t texts = 0;
    if (mem == NULL) return;
    if (pages_in_read(body, 0, ((pages_members)1 << PAGES_MEMBERS) - 1, mem, &in, NULL) == SALVE_E_MEMORY) abort();
    for (size_t i = 0; i < in.readings_count; i++) texts += in.readings[i].word.len + in.readings[i].text.len;
    for (size_t i = 0; i < in.leave_count; i++) texts += in.leave[i].item.len + in.leave[i].reason.len;
    for (size_t i = 0; i < in.items_count; i++) texts += in.items[i].len;
    for (size_t i = 0; i < in.confirmed_count; i++)
        if (in.confirmed[i].which > 1) abort();
    if (texts > 4 * body.len || in.person.len > 64 || in.secret.len > 256) abort();
    arena_close(mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count = 0;
    const char *const *routes = pages_routes(&count);
    char path[64];
    struct str body = size < 2 ? STR("") : str_bytes(data + 2, size - 2);
    unsigned which = size < 1 ? 0 : data[0], with = size < 2 ? 0 : data[1];
    struct http_request request = {.method = with & 1 ? HTTP_GET : HTTP_POST, .body = body};
    struct http_reply reply = {.mem = arena_open_private(16 << 20), .status = 200};
    const struct json *json = NULL;
    if (reply.mem == NULL) return 0;
    (void)snprintf(path, sizeof path, "/call/%s", routes[which % count]);
    request.path = which >= 200 ? body : str_of(path);
    if (str_is(request.path, "/healthz") || str_is(request.path, "/metrics"))
        request.path = STR("/"); /* the server's */
    header(&request, "Host", STR("localhost"));
    header(&request, "Origin", with & 2 ? body : STR("http://localhost"));
    if (with & 4) header(&request, "Cookie", with & 8 ? body : STR("sid=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    if (with & 16) header(&request, "Sec-Fetch-Site", body);
    header(&request, "Content-Type", with & 32 ? body : STR("application/json"));
    if (with & 64) header(&request, "Accept-Language", body);
    buf_init(&reply.lines, reply.mem, 64 << 10);
    (void)pages_lane(pages_of(), &request);
    pages_answer(pages_worker(pages_of(), 0), &request, &reply);
    if (reply.status < 400 && str_is(reply.type, "application/json"))
        abort(); /* a file of the app is one that there is */
    if (str_is(reply.type, "application/json") && json_read(reply.body, NULL, reply.mem, &json, NULL) != SALVE_OK)
        abort();
    arena_close(reply.mem);
    read_body(body);
    return 0;
}
