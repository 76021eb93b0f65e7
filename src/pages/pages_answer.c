/* SPDX-License-Identifier: Apache-2.0
 * One request: which row it is of, who asks, the answer. */
#include <string.h>

#include "pages/pages_int.h"

struct call_row {
    const char *name;
    pages_handler *handler;
    enum pages_who who;
    pages_members must, may;
};

#define IN(name) ((pages_members)1 << PAGES_IN_##name)
/* What is shown to show who it is (records/proof.h). */
#define AT_TABLET   (IN(challenge) | IN(tablet) | IN(tabletSignature))
#define PASSKEY_NEW (IN(challenge) | IN(authenticatorData) | IN(clientData))
#define PASSKEY     (PASSKEY_NEW | IN(credential) | IN(signature))
#define PROOF       (IN(secret) | IN(code) | AT_TABLET | PASSKEY)
#define SECOND      (IN(with) | IN(withSecret) | IN(code) | AT_TABLET | PASSKEY)
/* The card that is shown with the call, or the person who is open. */
#define AT_DESK (IN(card) | IN(person))
#define ABOUT   (IN(family) | IN(givenNames) | IN(birthDate) | IN(age))
#define PATIENT (ABOUT | IN(telephone) | IN(language) | IN(ownWord) | IN(sure))
#define AGREED                                                                                                         \
    (IN(version) | IN(method) | IN(witness) | IN(isGuardian) | IN(assent) | IN(keepApart) | IN(remind) |               \
     IN(agreedOn) | IN(ofAge))
#define PAPER                                     (ABOUT | IN(sex) | IN(language))
#define PAGES_CALL(name, handler, who, must, may) {name, handler, who, must, may},
static const struct call_row rows[] = {
#include "pages/pages.def"
};
#undef PAGES_CALL
#undef IN
#undef AT_TABLET
#undef PASSKEY_NEW
#undef PASSKEY
#undef PROOF
#undef SECOND
#undef AT_DESK
#undef PATIENT
#undef AGREED
#undef PAPER
#undef ABOUT

/* Names for log and metrics; a call is behind the first three, in the order of its row. */
enum { ROUTE_NONE, ROUTE_FILE, ROUTE_LETTER, ROUTE_CALLS, ROW_COUNT = sizeof rows / sizeof *rows };
static const char *const routes[] = {
    "none",
    "file",
    "letter",
#define PAGES_CALL(name, handler, who, must, may) name,
#include "pages/pages.def"
#undef PAGES_CALL
};

const char *const *pages_routes(size_t *count)
{
    *count = sizeof routes / sizeof *routes;
    return routes;
}

/* --- errors ------------------------------------------------------------------------------------------------------- */

/* Use cases name the finding that is not there as it was typed; here it may be anything, and is not said again. */
static struct str element_of(const struct pages_in *in, const struct salve_err *err)
{
    struct str element = str_of(err->element); /* cut where it was too long */
    if (str_starts(element, STR("language "))) return STR("language");
    if (in->id.len > 0 && str_starts(element, STR("guideline "))) return STR("id");
    for (size_t i = 0; i < in->items_count && element.len > 0; i++)
        if (str_starts(in->items[i], element)) return STR("items");
    for (size_t i = 0; i < in->leave_count && element.len > 0; i++)
        if (str_starts(in->leave[i].item, element)) return STR("leave");
    return element;
}

static void put_error(struct pages_call *call, const struct salve_err *err)
{
    struct json_writer *w = &call->w;
    json_open(w, "error", '{');
    json_put_text(w, "code", str_of(salve_code_name(err->code)));
    json_put_text(w, "element", element_of(&call->in, err));
    json_put_text(w, "why", str_of(err->why[0] != '\0' ? err->why : salve_code_what(err->code)));
    json_close(w);
}

/* Alarms of what was measured stand beside whatever went wrong. */
static void answer_error(struct pages_call *call, int status, const struct salve_err *err)
{
    struct http_reply *reply = call->reply;
    if (!call->has_lines) pages_guard_lines(call->pages, reply, NULL);
    buf_init(&call->out, reply->mem, PAGES_ANSWER_BYTES_MAX);
    call->w = (struct json_writer){.out = &call->out};
    json_open(&call->w, NULL, '{');
    put_error(call, err);
    if (call->alarms.count > 0) pages_put_found(call, "alarms", &call->alarms);
    json_close(&call->w);
    reply->status = status;
    reply->type = STR("application/json");
    if (buf_done(&call->out, &reply->body, NULL) != SALVE_OK)
        reply->body = STR("{\"error\":{\"code\":\"E_MEMORY\",\"element\":\"answer\",\"why\":\"\"}}");
}

static void answer_code(struct pages_call *call, const struct salve_err *err)
{
    answer_error(call, salve_code_http(err->code), err);
}

static void answer_refused(struct pages_call *call, int status, enum salve_code code, const char *element,
                           const char *why)
{
    struct salve_err err = {0};
    (void)salve_refuse(&err, code, why, "%s", element);
    answer_error(call, status, &err);
}

/* --- a call ------------------------------------------------------------------------------------------------------- */

static enum salve_code person_is_open(const struct pages_call *call, struct salve_err *err)
{
    const struct pages_session *session = call->session;
    bool is_theirs = session->person[0] != '\0' && str_is(call->in.person, session->person);
    if (is_theirs && session->held.view != NULL) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONSENT, is_theirs ? "it has ended; show the card again" : "nobody is open by it",
                        "person");
}

static enum salve_code run(struct pages_call *call, const struct call_row *row, struct salve_err *err)
{
    bool has_session = row->who != PAGES_NOBODY;
    if (has_session && row->who != PAGES_COOKIE && row->who != PAGES_LOCKED && call->has_token &&
        !pages_guard_has_header(call->request, call->token))
        return salve_refuse(err, SALVE_E_SESSION, "", "X-Salve-Token");
    if (has_session) TRY(pages_who_acts(call, row->who, err));
    call->in_code = pages_in_read(call->request->body, row->must, row->may, call->visit.mem, &call->in, &call->in_err);
    if (call->in_code != SALVE_OK && row->who != PAGES_JUDGED) return *err = call->in_err, call->in_code;
    if (has_session) TRY(pages_take_session(call, err));
    if (!has_session && !pages_take_site(call, call->worker->number, err)) return err->code;
    call->content = pages_content_take(call->pages);
    call->visit.content = call->content == NULL ? NULL : call->content->content;
    if (row->who == PAGES_JUDGED) (void)pages_clinic(call); /* an alarm says where to, whatever happens to the gate */
    if (has_session) pages_person_again(call);
    if (row->who == PAGES_PERSON) TRY(person_is_open(call, err));
    return row->handler(call, err);
}

static void answer_call(struct pages_call *call, size_t at)
{
    struct salve_err err = {0};
    buf_init(&call->out, call->reply->mem, PAGES_ANSWER_BYTES_MAX);
    call->w = (struct json_writer){.out = &call->out};
    json_open(&call->w, NULL, '{');
    enum salve_code code = run(call, &rows[at], &err);
    json_close(&call->w);
    call->reply->type = STR("application/json");
    if (code == SALVE_OK) code = buf_done(&call->out, &call->reply->body, &err);
    err.code = code;
    if (code != SALVE_OK) answer_code(call, &err);
    pages_call_end(call);
}

static bool is_json(struct str type)
{
    struct str head = STR("application/json");
    if (!str_starts(type, head)) return false;
    struct str rest = str_trim(str_cut(type, head.len, type.len));
    return rest.len == 0 || str_is(rest, "; charset=utf-8") || str_is(rest, ";charset=utf-8");
}

static void route_call(struct pages_call *call, struct str name)
{
    size_t at = 0;
    http_reply_header(call->reply, "Cache-Control", STR("no-store"));
    while (at < ROW_COUNT && !str_is(name, rows[at].name)) at++;
    if (at == ROW_COUNT) return answer_refused(call, 404, SALVE_E_NOT_FOUND, "call", "there is no such call");
    call->reply->route = ROUTE_CALLS + at;
    if (call->request->method != HTTP_POST) {
        http_reply_header(call->reply, "Allow", STR("POST"));
        return answer_refused(call, 405, SALVE_E_USAGE, "method", "it is called with POST");
    }
    if (!is_json(http_request_header(call->request, "content-type")))
        return answer_refused(call, 415, SALVE_E_USAGE, "Content-Type", "application/json is wanted");
    if (call->request->body.len > PAGES_BODY_BYTES_MAX)
        return answer_refused(call, 413, SALVE_E_TOO_BIG, "body", "it is too big");
    const char *wrong = pages_guard_origin(call->pages, call->request);
    if (wrong != NULL) return answer_refused(call, 403, SALVE_E_USAGE, wrong, "only a page of this server may call");
    answer_call(call, at);
}

/* --- a letter ----------------------------------------------------------------------------------------------------- */

/* A letter is fetched by a link: no second token, and no other site may lead here. */
static void route_letter(struct pages_call *call, struct str name)
{
    struct salve_err err = {0};
    struct str site = http_request_header(call->request, "sec-fetch-site");
    bool is_ours = site.len == 0 || str_is(site, "same-origin") || str_is(site, "none");
    call->reply->route = ROUTE_LETTER;
    http_reply_header(call->reply, "Cache-Control", STR("no-store"));
    if (call->request->method != HTTP_GET && call->request->method != HTTP_HEAD) {
        http_reply_header(call->reply, "Allow", STR("GET, HEAD"));
        return answer_refused(call, 405, SALVE_E_USAGE, "method", "it is fetched with GET");
    }
    bool has_origin = http_request_header(call->request, "origin").len > 0; /* a link sends none */
    const char *foreign = has_origin ? pages_guard_origin(call->pages, call->request) : NULL;
    if (!is_ours) foreign = "Sec-Fetch-Site";
    if (foreign != NULL)
        return answer_refused(call, 403, SALVE_E_USAGE, foreign, "only a page of this server may call");
    err.code = pages_who_acts(call, PAGES_SESSION, &err);
    if (err.code == SALVE_OK) err.code = pages_take_session(call, &err);
    if (err.code == SALVE_OK) err.code = pages_letter_get(call, name, &err);
    if (err.code != SALVE_OK) answer_code(call, &err);
    pages_give_site(call);
    if (call->session != NULL) pages_session_give(call->pages, call->session);
}

/* --- any request -------------------------------------------------------------------------------------------------- */

void pages_answer(void *worker, const struct http_request *request, struct http_reply *reply)
{
    struct pages_seat *own = worker;
    struct pages_call call = {.pages = own->pages, .worker = own, .request = request, .reply = reply};
    struct str call_path = STR("/call/"), letter_path = STR("/letter/");
    call.visit.mem = reply->mem;
    call.language_count =
        pages_guard_languages(request, call.languages, sizeof call.languages / sizeof call.languages[0]);
    bool is_letter = str_starts(request->path, letter_path);
    if (pages_is_plain(own->pages, request)) return pages_plain(own->pages, request, reply);
    if (!is_letter && pages_quick(own->pages, request, reply)) return;
    const char *wrong = pages_guard_host(own->pages, request);
    call.has_lines = !is_letter; /* a letter has its own */
    if (call.has_lines) pages_guard_lines(own->pages, reply, NULL);
    if (wrong != NULL) return answer_refused(&call, 421, SALVE_E_USAGE, wrong, "this server has another name");
    call.has_token = pages_guard_cookie(own->pages, request, call.token);
    if (str_starts(request->path, call_path))
        route_call(&call, str_cut(request->path, call_path.len, request->path.len));
    else
        route_letter(&call, str_cut(request->path, letter_path.len, request->path.len));
    explicit_bzero(call.token, sizeof call.token);
}

uint64_t pages_lane(void *pages, const struct http_request *request)
{
    uint8_t token[SESSION_TOKEN_BYTES], hash[CRYPTO_SHA256_BYTES];
    uint64_t lane = 0;
    if (!pages_guard_cookie(pages, request, token)) return 0;
    crypto_sha256(str_bytes(token, sizeof token), hash);
    memcpy(&lane, hash, sizeof lane);
    explicit_bzero(token, sizeof token);
    return lane == 0 ? 1 : lane;
}
