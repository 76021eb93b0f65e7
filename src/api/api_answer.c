/* SPDX-License-Identifier: Apache-2.0
 * One request: which row it is of, what is wanted, who asks, the answer. */
#include "api/api_int.h"

#include "crypto/crypto.h"

/* What an answer tells a browser: it is data, of nobody's page. */
enum { LINES_BYTES_MAX = 4096 }; /* of an answer within another */
#define POLICY "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

bool api_is_ours(const struct http_request *request)
{
    static const char *const heads[] = {"/fhir", "/.well-known", "/oauth", "/shl"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct str head = str_of(heads[i]), rest = str_cut(request->path, head.len, request->path.len);
        if (str_starts(request->path, head) && (rest.len == 0 || rest.ptr[0] == '/')) return true;
    }
    return false;
}

/* --- who asks ----------------------------------------------------------------------------------------------------- */

struct str api_bearer(const struct http_request *request)
{
    struct str value = http_request_header(request, "authorization"), word = STR("bearer ");
    bool is = value.len > word.len;
    for (size_t i = 0; is && i < word.len; i++) is = str_lower(value.ptr[i]) == word.ptr[i];
    return is ? str_trim(str_cut(value, word.len, value.len)) : STR_NONE;
}

uint64_t api_lane(const struct http_request *request)
{
    uint8_t hash[CRYPTO_SHA256_BYTES];
    uint64_t lane = 0;
    struct str token = api_bearer(request);
    if (token.len == 0) return 0;
    crypto_sha256(token, hash);
    memcpy(&lane, hash, sizeof lane);
    return lane == 0 ? 1 : lane;
}

/* A token that is no good any more is told apart from none (RFC 6750 3.1), and from nothing else. */
static int answer_unknown(struct api_call *call, enum salve_code code, bool has_token)
{
    if (code != SALVE_E_SESSION && code != SALVE_E_LOCKED && code != SALVE_E_CONSENT && code != SALVE_E_NOT_FOUND)
        return 0;
    http_reply_header(call->reply, "WWW-Authenticate",
                      has_token ? STR("Bearer realm=\"fhir\", error=\"invalid_token\"") : STR("Bearer realm=\"fhir\""));
    return 401;
}

static enum salve_code take_view(struct api_call *call, int *status, struct salve_err *err)
{
    struct str token = api_bearer(call->request);
    enum salve_code code = SALVE_E_SESSION;
    bool is_of_view = str_starts(token, STR("v1.")) || str_starts(token, STR(VISIT_TOKEN_HEAD));
    if (token.len == 0) {
        static const char why[] = "a token is wanted: Authorization: Bearer ...";
        (void)salve_refuse(err, code, why, "Authorization");
        fhir_issue_add(&call->issues, FHIR_ERROR, "login", STR(""), salve_code_name(code), why);
    } else if (!is_of_view)
        code = api_app_take(call, token, err);
    else
        code = pages_lend(call->api->config.pages, call->worker, call->request, call->reply, token, &call->lent, err);
    if (code != SALVE_OK) return *status = answer_unknown(call, code, token.len > 0), code;
    call->visit = call->lent.visit;
    call->view = call->visit->held->view;
    return api_app_may(call, err);
}

/* --- a request ---------------------------------------------------------------------------------------------------- */

static const struct api_route none = {.name = "fhir-none", .interaction = API_NONE, .who = API_PERSON};

/* What has no row is told to who may ask here at all. */
static enum salve_code find_route(struct api_call *call, struct str *allow, struct salve_err *err)
{
    enum salve_code code = api_route_find(call, allow, err);
    size_t count = 0;
    const struct api_route *rows = api_table(&count);
    if (code == SALVE_OK)
        call->reply->route = call->api->config.first_route + 1 + (size_t)(call->route - rows);
    else
        call->route = &none;
    if (call->route == &none) call->reply->route = call->api->config.first_route;
    return code;
}

/* The value of a header line of an answer; empty: it has none. */
static struct str header_of(const struct http_reply *reply, struct str head)
{
    struct str rest = buf_str(&reply->lines), line;
    while (str_next_line(&rest, &line))
        if (str_starts(line, head)) return str_cut(line, head.len, line.len);
    return STR("");
}

/* Prefer: handling=strict: what a read or a history takes, and no other; searches have their own. */
static enum salve_code takes_all(const struct api_call *call, struct salve_err *err)
{
    static const char *const known[] = {"_format", "_pretty", "_summary", "_elements",
                                        "_since",  "_at",     "_count",   "_page"};
    enum api_interaction is = call->route->interaction;
    if (!call->wants.is_strict || (is != API_READ && is != API_VREAD && is != API_HISTORY_INSTANCE)) return SALVE_OK;
    size_t count = is == API_HISTORY_INSTANCE ? 8 : 4;
    for (size_t i = 0; i < call->query.count; i++) {
        bool is_known = false;
        for (size_t k = 0; k < count; k++) is_known = is_known || str_is(call->query.list[i].name, known[k]);
        if (!is_known) return salve_refuse(err, SALVE_E_USAGE, "it is not known here", "parameter %zu", i + 1);
    }
    return SALVE_OK;
}

static enum salve_code read_params(struct api_call *call, int *status, struct salve_err *err)
{
    *status = 400;
    TRY(api_query_parse(call->request->query, call->mem, &call->query, err));
    if (!str_starts(call->request->path, STR("/fhir"))) return SALVE_OK; /* those have media types of their own */
    TRY(api_wants_read(call, status, err));
    return takes_all(call, err);
}

/* Values come with it: they are judged whatever is wrong with the rest. */
static bool is_write(const struct api_route *row)
{
    return row->handler != NULL && row->method != HTTP_GET &&
           (row->interaction == API_CREATE || row->interaction == API_UPDATE || row->interaction == API_PATCH ||
            row->interaction == API_TRANSACTION || row->interaction == API_BATCH || row->interaction == API_OPERATION);
}

static enum salve_code run(struct api_call *call, int *status, struct salve_err *err)
{
    struct str allow = STR_NONE;
    struct salve_err no_row = {0};
    enum salve_code found = find_route(call, &allow, &no_row);
    enum salve_code code = read_params(call, status, err);
    if (code != SALVE_OK && !is_write(call->route)) return code;
    if (code != SALVE_OK) call->wrong = *err;
    if (code != SALVE_OK) call->error_status = *status;
    *status = 0;
    if (call->route->who == API_PERSON) TRY(take_view(call, status, err));
    if (found != SALVE_OK) {
        if (allow.len > 0) http_reply_header(call->reply, "Allow", allow);
        *status = found == SALVE_E_UNSUPPORTED ? 405 : 0;
        return *err = no_row, found;
    }
    if (call->route->handler == NULL) return api_never(call, call->route->rule, call->route->why, err);
    code = call->route->handler(call, err);
    *status = call->error_status;
    return code;
}

/* The row's answer; `found` is what finding it and its parameters said. */
static enum salve_code run_inner(struct api_call *inner, enum salve_code found, const struct tape *resource,
                                 int *status, struct salve_err *err)
{
    struct api_writing judged = {.call = inner};
    struct salve_err second = {0};
    bool is_taken = found == SALVE_OK && is_write(inner->route);
    if (!is_taken && resource->node_count > 0) { /* at an entry that takes none */
        enum salve_code code = api_judge(&judged, resource, &second);
        inner->error_status = 0;
        if (code != SALVE_OK) return *status = 0, *err = second, code;
    }
    if (found != SALVE_OK) return found;
    if (inner->route->handler == NULL) return api_never(inner, inner->route->rule, inner->route->why, err);
    enum salve_code code = inner->route->handler(inner, err);
    *status = inner->error_status;
    return code;
}

void api_inner(struct api_call *call, const struct http_request *request, const struct tape *resource,
               struct api_inner *out)
{
    struct str allow = STR_NONE;
    struct salve_err err = {0};
    struct http_reply reply = {.mem = call->mem, .status = 200};
    struct api_call inner = *call;
    int status = 0;
    inner.request = request;
    inner.reply = &reply;
    inner.error_status = 0;
    inner.wants.elements = STR_NONE;
    inner.wants.summary = API_SUMMARY_FALSE;
    fhir_issues_init(&inner.issues, call->mem);
    buf_init(&reply.lines, call->mem, LINES_BYTES_MAX);
    enum salve_code code = find_route(&inner, &allow, &err);
    if (code == SALVE_E_UNSUPPORTED) status = 405;
    if (code == SALVE_OK) code = read_params(&inner, &status, &err);
    if (code == SALVE_OK) status = 0;
    code = run_inner(&inner, code, resource, &status, &err);
    if (code != SALVE_OK) api_answer_error(&inner, status, &err);
    *out = (struct api_inner){.status = reply.status, .body = reply.body, .etag = header_of(&reply, STR("ETag: "))};
    bool is_beside = code == SALVE_OK && inner.issues.count > 0 && !is_write(inner.route);
    if (is_beside) out->outcome = api_outcome_text(&inner, NULL);
}

void api_put_lines(const struct api_call *call)
{
    struct http_reply *reply = call->reply;
    http_reply_header(reply, "Cache-Control", STR("no-store"));
    http_reply_header(reply, "Content-Security-Policy", call->policy == NULL ? STR(POLICY) : str_of(call->policy));
    http_reply_header(reply, "X-Content-Type-Options", STR("nosniff"));
    http_reply_header(reply, "Referrer-Policy", STR("no-referrer"));
    if (call->api->config.is_tls)
        http_reply_header(reply, "Strict-Transport-Security", STR("max-age=63072000; includeSubDomains"));
}

void api_too_big(struct api *api, const struct http_request *request, struct http_reply *reply)
{
    struct salve_err err = {0};
    struct api_call call = {.api = api, .request = request, .reply = reply, .mem = reply->mem};
    (void)salve_refuse(&err, SALVE_E_TOO_BIG, "a request has at most 1 MiB: send it in parts", "body");
    reply->route = api->config.first_route;
    fhir_issues_init(&call.issues, call.mem);
    api_answer_error(&call, 413, &err);
    api_put_lines(&call);
}

void api_answer(struct api *api, unsigned worker, const struct http_request *request, struct http_reply *reply)
{
    int status = 421;
    struct salve_err err = {0};
    struct api_call call = {.api = api, .worker = worker, .request = request, .reply = reply, .mem = reply->mem};
    const char *wrong = pages_refuses(api->config.pages, request);
    enum salve_code code = SALVE_E_USAGE;
    reply->route = api->config.first_route;
    fhir_issues_init(&call.issues, call.mem);
    call.base =
        arena_printf(call.mem, "%s://%.*s/fhir", api->config.is_tls ? "https" : "http", STR_ARGS(request->host));
    if (wrong != NULL)
        (void)salve_refuse(&err, code, "this server has another name", "%s", wrong);
    else
        code = api_cors(&call) ? SALVE_OK : run(&call, &status, &err);
    if (code != SALVE_OK) api_answer_error(&call, status, &err);
    api_put_lines(&call);
    pages_lend_back(&call.lent);
}
