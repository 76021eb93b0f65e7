/* SPDX-License-Identifier: Apache-2.0
 * A read of one resource that web knows already, on the thread of the loop: no gate is asked, no worker woken, nothing
 * waited for. What is wished for beside the plain resource, and what is not certain, is for a worker. */
#include "api/api_int.h"

/* "/fhir/Observation/<id>", with nothing that would have to be decoded. */
static bool read_path(struct str path, struct api_call *call)
{
    struct str head = STR("/fhir/"), type, id;
    if (!str_starts(path, head) || memchr(path.ptr, '%', path.len) != NULL) return false;
    if (!str_split(str_cut(path, head.len, path.len), '/', &type, &id)) return false;
    call->type = api_type_find(type);
    call->type_name = type;
    call->id = id;
    return call->type != NULL && (call->type->may & (1u << API_READ)) != 0 && !api_is_of_gate(type);
}

static const struct api_route *route_of(void)
{
    size_t count = 0;
    const struct api_route *rows = api_table(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].interaction == API_READ && rows[i].handler == api_read) return &rows[i];
    return NULL;
}

/* Is it a plain read of a program that takes what is given? */
static bool is_plain(struct api_call *call)
{
    int status = 0;
    const struct http_request *request = call->request;
    bool is_read = request->method == HTTP_GET || request->method == HTTP_HEAD;
    if (!is_read || request->query.len > 0 || !read_path(request->path, call)) return false;
    if (http_request_header(request, "origin").ptr != NULL || pages_refuses(call->api->config.pages, request) != NULL)
        return false;
    call->route = route_of();
    return call->route != NULL && api_wants_read(call, &status, NULL) == SALVE_OK;
}

/* A resource that says that it is an error may be one that was deleted: that takes a look at the others. */
static bool answer_known(struct api_call *call, struct rec_view *view)
{
    const struct rec_resource *one = NULL;
    if (!rec_known(view, call->type_name, call->id, &one) || visit_may_be_deleted(one)) return false;
    return api_answer_stored(call, 200, one, NULL) == SALVE_OK;
}

bool api_quick(struct api *api, const struct http_request *request, struct http_reply *reply)
{
    struct pages_known known;
    size_t count = 0;
    struct http_reply made = *reply; /* where it comes to nothing, the reply is as it was */
    struct api_call call = {.api = api, .request = request, .reply = &made, .mem = reply->mem};
    if (!is_plain(&call) || !pages_lend_known(api->config.pages, api_bearer(request), &known)) return false;
    bool is_answered = answer_known(&call, known.view);
    pages_lend_known_back(&known);
    if (!is_answered) return false;
    api_put_lines(&call);
    made.route = api->config.first_route + 1 + (size_t)(call.route - api_table(&count));
    *reply = made;
    return true;
}
