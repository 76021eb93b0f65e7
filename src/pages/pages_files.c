/* SPDX-License-Identifier: Apache-2.0
 * What needs no site: the files of the app, /healthz, /metrics. */
#include "pages/pages_int.h"

enum { ROUTE_FILE = 1, MORE_METRICS_BYTES_MAX = 64 << 10 };

static const struct pages_file *find(const struct pages *pages, struct str path)
{
    size_t low = 0, high = pages->config.file_count;
    if (str_is(path, "/")) path = STR("/index.html");
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(pages->config.files[middle].path, path);
        if (order == 0) return &pages->config.files[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void answer_file(const struct pages_file *file, struct http_reply *reply)
{
    reply->route = ROUTE_FILE;
    reply->type = file->type;
    reply->body = file->bytes;
    if (file->gzip.len > 0) reply->body_gzip = file->gzip;
    reply->etag = file->etag;
    http_reply_header(reply, "Cache-Control",
                      file->is_immutable ? STR("public, max-age=31536000, immutable") : STR("no-cache"));
}

static bool is_reading(const struct http_request *request)
{
    return request->method == HTTP_GET || request->method == HTTP_HEAD;
}

static void answer_metrics(const struct pages *pages, struct http_reply *reply)
{
    struct buf more;
    buf_init(&more, reply->mem, MORE_METRICS_BYTES_MAX);
    pages_times_metrics(&pages->times, &more);
    if (pages->config.metrics != NULL) pages->config.metrics(pages->config.with, &more);
    http_reply_metrics(reply, buf_code(&more) == SALVE_OK ? buf_str(&more) : STR(""));
}

/* Numbers of the server; none of them is about a person. */
static bool answer_numbers(const struct pages *pages, const struct http_request *request, struct http_reply *reply)
{
    if (str_is(request->path, "/healthz"))
        http_reply_health(reply, pages->config.health);
    else if (str_is(request->path, "/metrics") && (request->is_near || !pages->config.is_tls))
        answer_metrics(pages, reply);
    else
        return false;
    return true;
}

bool pages_quick(void *with, const struct http_request *request, struct http_reply *reply)
{
    struct pages *pages = with;
    if (pages_is_plain(pages, request) || str_starts(request->path, STR("/call/")) ||
        str_starts(request->path, STR("/letter/")))
        return false;
    pages_guard_lines(pages, reply, NULL);
    const struct pages_file *file = find(pages, request->path);
    if (pages_guard_host(pages, request) != NULL)
        http_reply_error(reply, 421);
    else if (!is_reading(request))
        http_reply_allow(reply, "GET, HEAD");
    else if (file != NULL)
        answer_file(file, reply);
    else if (!answer_numbers(pages, request, reply))
        http_reply_error(reply, 404);
    return true;
}
