/* SPDX-License-Identifier: Apache-2.0
 * What another face (api) has of this process while it answers, and the tokens by which it is shown whose view is
 * asked for. Kept is a hash of the token; the token of the session stands beside it only in a form that the token of
 * the view opens, so that what is in memory here is neither. */
#include <string.h>

#include "pages/pages_int.h"

#define VIEW_TOKEN_HEAD "v1."
enum { HEAD_BYTES = sizeof VIEW_TOKEN_HEAD - 1, SECRET_BYTES = 32 };
_Static_assert((int)HEAD_BYTES + (int)PAGES_TOKEN_TEXT_BYTES == (int)PAGES_VIEW_TOKEN_TEXT_BYTES, "32 bytes in base64url");
_Static_assert((int)SESSION_TOKEN_BYTES == (int)CRYPTO_SHA256_BYTES, "a token is masked by one hash");

/* --- the token of a view ------------------------------------------------------------------------------------------ */

/* Of a secret of 256 random bits, with words in front: by one it is found, the other masks. */
static void hash_of(const char *what, const uint8_t secret[SECRET_BYTES], uint8_t out[CRYPTO_SHA256_BYTES])
{
    uint8_t text[32 + SECRET_BYTES] = {0};
    salve_assert(strlen(what) < 32);
    memcpy(text, what, strlen(what));
    memcpy(text + 32, secret, SECRET_BYTES);
    crypto_sha256(str_bytes(text, sizeof text), out);
    explicit_bzero(text, sizeof text);
}

static void mask(const uint8_t secret[SECRET_BYTES], const uint8_t in[SESSION_TOKEN_BYTES],
                 uint8_t out[SESSION_TOKEN_BYTES])
{
    uint8_t stream[CRYPTO_SHA256_BYTES];
    hash_of("salve view token 1 mask", secret, stream);
    for (size_t i = 0; i < SESSION_TOKEN_BYTES; i++) out[i] = in[i] ^ stream[i];
    explicit_bzero(stream, sizeof stream);
}

static bool secret_of(struct str token, uint8_t secret[SECRET_BYTES])
{
    size_t len = 0;
    return token.len == PAGES_VIEW_TOKEN_TEXT_BYTES && str_starts(token, STR(VIEW_TOKEN_HEAD)) &&
           crypto_base64url_parse(str_cut(token, HEAD_BYTES, token.len), secret, SECRET_BYTES, &len) &&
           len == SECRET_BYTES;
}

void pages_view_token_end(struct pages_session *session)
{
    (void)pthread_mutex_lock(&session->view_lock);
    explicit_bzero(session->view_hash, sizeof session->view_hash);
    explicit_bzero(session->view_token, sizeof session->view_token);
    (void)pthread_mutex_unlock(&session->view_lock);
}

/* A new one ends the one before. */
enum salve_code pages_call_view_token(struct pages_call *call, struct salve_err *err)
{
    uint8_t secret[SECRET_BYTES];
    char text[PAGES_VIEW_TOKEN_TEXT_BYTES + 1] = VIEW_TOKEN_HEAD;
    struct pages_session *session = call->session;
    TRY(visit_hold_stands(&session->held, err));
    crypto_random(secret, sizeof secret);
    crypto_base64url(secret, sizeof secret, text + HEAD_BYTES);
    (void)pthread_mutex_lock(&session->view_lock);
    hash_of("salve view token 1", secret, session->view_hash);
    mask(secret, call->token, session->view_token);
    (void)pthread_mutex_unlock(&session->view_lock);
    json_put_text(&call->w, "viewToken", str_make(text, PAGES_VIEW_TOKEN_TEXT_BYTES));
    pages_put_instant(call, "until", session->held.ends_at_unix_ms);
    explicit_bzero(secret, sizeof secret);
    explicit_bzero(text, sizeof text);
    return SALVE_OK;
}

/* The token of the session whose view it opens. */
static bool find_session(struct pages *pages, const uint8_t secret[SECRET_BYTES], uint8_t out[SESSION_TOKEN_BYTES])
{
    uint8_t hash[CRYPTO_SHA256_BYTES];
    bool is_found = false;
    hash_of("salve view token 1", secret, hash);
    for (size_t i = 0; i < PAGES_SESSIONS_MAX && !is_found; i++) {
        struct pages_session *row = &pages->sessions[i];
        (void)pthread_mutex_lock(&row->view_lock);
        is_found = crypto_equal(row->view_hash, hash, sizeof hash);
        if (is_found) mask(secret, row->view_token, out);
        (void)pthread_mutex_unlock(&row->view_lock);
    }
    return is_found;
}

/* --- lending ------------------------------------------------------------------------------------------------------ */

const char *pages_refuses(const struct pages *pages, const struct http_request *request)
{
    return pages_guard_host(pages, request);
}

static enum salve_code no_view(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_SESSION, "the view of this token is over", "Authorization");
}

/* With the turn of the session it is looked at again: the view may have ended meanwhile, or have another token. */
static enum salve_code take_view(struct pages_call *call, const uint8_t secret[SECRET_BYTES], struct salve_err *err)
{
    uint8_t hash[CRYPTO_SHA256_BYTES];
    call->has_token = find_session(call->pages, secret, call->token);
    if (!call->has_token) return no_view(err);
    TRY(pages_who_acts(call, PAGES_SESSION, err));
    TRY(pages_take_session(call, err));
    hash_of("salve view token 1", secret, hash);
    bool is_still = crypto_equal(call->session->view_hash, hash, sizeof hash) && call->session->held.view != NULL;
    return is_still ? visit_hold_stands(&call->session->held, err) : no_view(err);
}

static enum salve_code take(struct pages_call *call, struct str token, struct salve_err *err)
{
    uint8_t secret[SECRET_BYTES];
    enum salve_code code = SALVE_OK;
    if (token.len == 0)
        code = pages_take_site(call, call->worker->number, err) ? SALVE_OK : err->code;
    else
        code = secret_of(token, secret) ? take_view(call, secret, err) : no_view(err);
    explicit_bzero(secret, sizeof secret);
    return code;
}

enum salve_code pages_lend(struct pages *pages, unsigned worker, const struct http_request *request,
                           struct http_reply *reply, struct str token, struct pages_lent *out, struct salve_err *err)
{
    struct salve_err why = {0};
    salve_assert(worker < pages->config.workers);
    struct pages_call *call = arena_new(reply->mem, struct pages_call);
    if (call == NULL) return salve_fail(err, SALVE_E_MEMORY, "request");
    *call = (struct pages_call){.pages = pages, .worker = &pages->workers[worker], .request = request, .reply = reply};
    call->visit.mem = reply->mem;
    enum salve_code code = take(call, token, &why);
    if (code == SALVE_OK) {
        call->content = pages_content_take(pages);
        call->visit.content = call->content == NULL ? NULL : call->content->content;
        *out = (struct pages_lent){.visit = &call->visit, .call = call};
        return SALVE_OK;
    }
    pages_call_end(call);
    if (err != NULL) *err = why;
    return code;
}

void pages_lend_back(struct pages_lent *lent)
{
    if (lent->call != NULL) pages_call_end(lent->call);
    *lent = (struct pages_lent){0};
}

/* --- what is written by it ---------------------------------------------------------------------------------------- */

enum salve_code pages_lent_screening(struct pages_lent *lent, const struct visit_screening **out, struct salve_err *err)
{
    (void)pages_clinic(lent->call); /* an alarm says where to */
    return pages_screening(lent->call, out, err);
}

void pages_lent_hold(struct pages_lent *lent, const struct screen_found *alarms)
{
    struct pages_session *session = lent->call->session;
    if (session != NULL && pages_has_urgent(alarms)) session->is_pending = true;
}

/* What pages_put_stored says of it goes to nobody: the other face has its own words. */
enum salve_code pages_lent_stored(struct pages_lent *lent, const struct screen_found *alarms, struct salve_err *err)
{
    struct pages_call *call = lent->call;
    const struct visit_screening *screening = NULL;
    salve_assert(call->session != NULL);
    TRY(pages_lent_screening(lent, &screening, err));
    call->alarms = *alarms;
    buf_init(&call->out, call->visit.mem, PAGES_ANSWER_BYTES_MAX);
    call->w = (struct json_writer){.out = &call->out};
    json_open(&call->w, NULL, '{');
    enum salve_code code = pages_put_stored(call, screening, false, err);
    json_close(&call->w);
    return code;
}
