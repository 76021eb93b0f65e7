/* SPDX-License-Identifier: Apache-2.0
 * Numbers of a running server in the text format of Prometheus, and whether it is well. Labels are of closed lists. */
#include "http/http_int.h"

/* Upper ends of the buckets; what is slower than all falls into one more. */
static const uint64_t bucket_us[HTTP_BUCKETS - 1] = {500,    1000,   2500,   5000,    10000,   25000,   50000,
                                                     100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000};
static const char *const bucket_texts[HTTP_BUCKETS] = {
    "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"};

enum salve_code http_numbers_open(struct http_numbers *numbers, const struct http_config *config, struct arena *mem,
                                  struct salve_err *err)
{
    numbers->route_count = config->route_count;
    numbers->routes = config->routes;
    numbers->answers = arena_array(mem, _Atomic uint64_t, config->route_count *http_status_rows());
    numbers->buckets = arena_array(mem, _Atomic uint64_t, config->route_count *HTTP_BUCKETS);
    numbers->nanoseconds = arena_array(mem, _Atomic uint64_t, config->route_count);
    bool has_all = numbers->answers != NULL && numbers->buckets != NULL && numbers->nanoseconds != NULL;
    return has_all ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "numbers of %zu routes", config->route_count);
}

void http_numbers_note(struct http_numbers *numbers, size_t route, int status, const struct http_noted *noted)
{
    size_t bucket = 0;
    while (bucket + 1 < HTTP_BUCKETS && noted->nanoseconds > bucket_us[bucket] * 1000) bucket++;
    http_count(&numbers->answers[route * http_status_rows() + http_status_row(status)], 1);
    http_count(&numbers->buckets[route * HTTP_BUCKETS + bucket], 1);
    http_count(&numbers->nanoseconds[route], noted->nanoseconds);
    http_count(&numbers->sent_bytes, noted->bytes);
}

static uint64_t now(const _Atomic uint64_t *number) { return atomic_load_explicit(number, memory_order_relaxed); }

/* --- /metrics ----------------------------------------------------------------------------------------------------- */

static void add_kind(struct buf *out, const char *name, const char *kind, const char *help)
{
    buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

static void add_number(struct buf *out, const char *name, const char *kind, uint64_t value, const char *help)
{
    add_kind(out, name, kind, help);
    buf_addf(out, "%s %llu\n", name, (unsigned long long)value);
}

static void add_answers(const struct http_numbers *numbers, struct buf *out)
{
    add_kind(out, "salve_http_requests_total", "counter", "answers, by route and status");
    for (size_t i = 0; i < numbers->route_count * http_status_rows(); i++) {
        uint64_t count = now(&numbers->answers[i]);
        if (count == 0) continue;
        buf_addf(out, "salve_http_requests_total{route=\"%s\",status=\"%d\"} %llu\n",
                 numbers->routes[i / http_status_rows()], http_status_of_row(i % http_status_rows()),
                 (unsigned long long)count);
    }
}

static void add_route_seconds(const struct http_numbers *numbers, size_t route, struct buf *out)
{
    const char *name = numbers->routes[route];
    uint64_t sum = 0, counts[HTTP_BUCKETS], nanoseconds = now(&numbers->nanoseconds[route]);
    for (size_t i = 0; i < HTTP_BUCKETS; i++) counts[i] = sum += now(&numbers->buckets[route * HTTP_BUCKETS + i]);
    if (sum == 0) return;
    for (size_t i = 0; i < HTTP_BUCKETS; i++)
        buf_addf(out, "salve_http_request_duration_seconds_bucket{route=\"%s\",le=\"%s\"} %llu\n", name,
                 bucket_texts[i], (unsigned long long)counts[i]);
    buf_addf(out, "salve_http_request_duration_seconds_sum{route=\"%s\"} %llu.%09llu\n", name,
             (unsigned long long)(nanoseconds / 1000000000), (unsigned long long)(nanoseconds % 1000000000));
    buf_addf(out, "salve_http_request_duration_seconds_count{route=\"%s\"} %llu\n", name, (unsigned long long)sum);
}

static void add_seconds(const struct http_numbers *numbers, struct buf *out)
{
    add_kind(out, "salve_http_request_duration_seconds", "histogram",
             "from a request that is whole to the last byte of its answer");
    for (size_t route = 0; route < numbers->route_count; route++) add_route_seconds(numbers, route, out);
}

enum { METRICS_BYTES_MAX = 1 << 20 };

void http_reply_metrics(struct http_reply *reply, struct str more)
{
    const struct http_numbers *numbers = http_server_numbers(reply->server);
    struct http_counts counts = http_server_counts(reply->server);
    struct buf out;
    buf_init(&out, reply->mem, METRICS_BYTES_MAX);
    add_answers(numbers, &out);
    add_seconds(numbers, &out);
    add_number(&out, "salve_http_sent_bytes_total", "counter", now(&numbers->sent_bytes), "of answers, heads included");
    add_number(&out, "salve_http_connections_total", "counter", counts.connections, "taken");
    add_number(&out, "salve_http_connections_open", "gauge", counts.open, "open now");
    add_number(&out, "salve_http_refused_total", "counter", counts.refused, "inputs that were no request");
    add_number(&out, "salve_http_handshakes_total", "counter", counts.handshakes, "of TLS, that were whole");
    add_number(&out, "salve_http_handshakes_refused_total", "counter", counts.handshakes_refused,
               "of TLS, that came to another end");
    add_number(&out, "salve_http_timeouts_total", "counter", counts.timeouts, "connections that were too slow");
    add_number(&out, "salve_http_turned_away_total", "counter", counts.turned_away, "over a limit of the server");
    add_number(&out, "salve_http_requests_waiting", "gauge", counts.waiting, "for a worker, now");
    add_number(&out, "salve_http_requests_running", "gauge", counts.running, "with a worker, now");
    add_number(&out, "salve_http_buffers_bytes", "gauge", counts.buffers_bytes, "of all connections, now");
    buf_add(&out, more);
    reply->type = STR("text/plain; version=0.0.4; charset=utf-8");
    if (buf_done(&out, &reply->body, NULL) != SALVE_OK) http_reply_error(reply, 500);
    http_reply_header(reply, "Cache-Control", STR("no-store"));
}

/* --- /healthz ----------------------------------------------------------------------------------------------------- */

void http_reply_health(struct http_reply *reply, struct str more)
{
    bool is_draining = http_server_is_draining(reply->server), is_stuck = http_server_is_stuck(reply->server);
    reply->status = is_draining || is_stuck ? 503 : 200;
    reply->type = STR("application/json");
    reply->body = arena_printf(reply->mem, "{\"status\":\"%s\"%.*s}\n",
                               is_draining ? "draining"
                               : is_stuck  ? "stuck"
                                           : "ok",
                               STR_ARGS(more));
    http_reply_header(reply, "Cache-Control", STR("no-store"));
}
