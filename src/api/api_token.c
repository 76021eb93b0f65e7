/* SPDX-License-Identifier: Apache-2.0
 * The addresses of OAuth 2.0 (RFC 6749, 7009, 7662): forms come in, JSON goes out, errors are codes of these. */
#include "api/api_int.h"

#include "crypto/crypto.h"
#include "records/apps.h"

enum { TEXT_BYTES_MAX = 16 << 10, ERROR_STATUS = 400, CLIENT_STATUS = 401 };
#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

/* --- the page ----------------------------------------------------------------------------------------------------- */

/* The person is asked by the app of this server; nothing is looked at before. */
enum salve_code api_authorize(struct api_call *call, struct salve_err *err)
{
    struct str query = call->request->query;
    struct str to = arena_printf(call->mem, "/connect%s%.*s", query.len > 0 ? "?" : "", STR_ARGS(query));
    if (to.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "query");
    call->reply->status = 303;
    http_reply_header(call->reply, "Location", to);
    return SALVE_OK;
}

/* --- errors ------------------------------------------------------------------------------------------------------- */

static enum salve_code answer_error(struct api_call *call, int status, const char *error, const char *why)
{
    struct buf out;
    struct json_writer w = {.out = &out};
    struct str json = STR("{}");
    buf_init(&out, call->mem, TEXT_BYTES_MAX);
    json_open(&w, NULL, '{');
    json_put_text(&w, "error", str_of(error));
    json_put_text(&w, "error_description", str_of(why));
    json_close(&w);
    (void)!buf_done(&out, &json, NULL);
    api_answer_json(call, status, json);
    return SALVE_OK;
}

/* What the gate refused; the rest is an error like any other. */
static enum salve_code answer_refused(struct api_call *call, enum salve_code code, struct salve_err *err)
{
    static const char *const errors[] = {"invalid_client", "invalid_grant", "invalid_scope", "invalid_request"};
    for (size_t i = 0; code == SALVE_E_INVALID && i < sizeof errors / sizeof errors[0]; i++) {
        if (!str_is(str_of(err->element), errors[i])) continue;
        return answer_error(call, i == 0 ? CLIENT_STATUS : ERROR_STATUS, errors[i], err->why);
    }
    if (code == SALVE_E_CLOCK || code == SALVE_E_BUSY || code == SALVE_E_QUOTA)
        return answer_error(call, 503, "temporarily_unavailable", salve_code_what(code));
    return code;
}

/* --- the form ----------------------------------------------------------------------------------------------------- */

static enum salve_code read_form(struct api_call *call, struct api_query *form, struct salve_err *err)
{
    TRY(api_body_is(call, "application/x-www-form-urlencoded", false, err));
    TRY(api_query_parse(call->request->body, call->mem, form, err));
    for (size_t i = 0; i < form->count; i++)
        for (size_t k = 0; k < i; k++)
            if (str_eq(form->list[i].name, form->list[k].name))
                return salve_refuse(err, SALVE_E_INVALID, "a parameter comes twice", "invalid_request");
    return SALVE_OK;
}

/* Which app it says that it is: by client_id, or by what it signed (RFC 7523, 3: the issuer). */
static enum salve_code read_client(struct api_call *call, const struct api_query *form, struct app_token_ask *ask,
                                   struct salve_err *err)
{
    struct str type = api_query_get(form, "client_assertion_type"), claims_text, head, rest;
    ask->client = api_query_get(form, "client_id");
    ask->assertion = api_query_get(form, "client_assertion");
    if (ask->assertion.len == 0) return SALVE_OK;
    if (!str_is(type, ASSERTION_TYPE))
        return salve_refuse(err, SALVE_E_INVALID, "client_assertion_type is that of JWT bearer", "invalid_request");
    if (ask->client.len > 0 || !str_split(ask->assertion, '.', &head, &rest) ||
        !str_split(rest, '.', &claims_text, &rest))
        return SALVE_OK;
    const struct json *claims = NULL;
    size_t len = 0;
    char *bytes = arena_alloc(call->mem, claims_text.len + CRYPTO_BASE64_SLACK);
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "form");
    if (crypto_base64url_parse(claims_text, bytes, claims_text.len, &len) &&
        json_read(str_make(bytes, len), NULL, call->mem, &claims, NULL) == SALVE_OK)
        ask->client = json_get_text(claims, "iss");
    return SALVE_OK;
}

static enum salve_code begin(struct api_call *call, struct api_query *form, struct app_token_ask *ask,
                             struct salve_err *err)
{
    *ask = (struct app_token_ask){.client = STR_NONE};
    TRY(read_form(call, form, err));
    TRY(read_client(call, form, ask, err));
    return api_site(call, err);
}

/* --- tokens ------------------------------------------------------------------------------------------------------- */

static enum salve_code put_tokens(struct api_call *call, const struct app_tokens *tokens, struct salve_err *err)
{
    struct buf out;
    struct json_writer w = {.out = &out};
    struct str json;
    buf_init(&out, call->mem, TEXT_BYTES_MAX);
    json_open(&w, NULL, '{');
    json_put_text(&w, "access_token", tokens->access);
    json_put_text(&w, "token_type", STR("Bearer"));
    json_put_i64(&w, "expires_in", tokens->expires_seconds);
    json_put_text(&w, "scope", tokens->scope);
    if (tokens->refresh.len > 0) json_put_text(&w, "refresh_token", tokens->refresh);
    if (tokens->id_token.len > 0) json_put_text(&w, "id_token", tokens->id_token);
    json_put_text(&w, "patient", tokens->patient);
    json_close(&w);
    TRY(buf_done(&out, &json, err));
    http_reply_header(call->reply, "Pragma", STR("no-cache"));
    api_answer_json(call, 200, json);
    return SALVE_OK;
}

static enum salve_code token(struct api_call *call, struct salve_err *err)
{
    struct api_query form;
    struct app_token_ask ask;
    struct app_tokens tokens;
    TRY(begin(call, &form, &ask, err));
    struct str type = api_query_get(&form, "grant_type");
    if (str_is(type, "authorization_code")) {
        ask.code = api_query_get(&form, "code");
        ask.redirect = api_query_get(&form, "redirect_uri");
        ask.verifier = api_query_get(&form, "code_verifier");
    } else if (str_is(type, "refresh_token")) {
        ask.refresh = api_query_get(&form, "refresh_token");
        ask.scope = api_query_get(&form, "scope");
    } else {
        return answer_error(call, ERROR_STATUS, "unsupported_grant_type", "authorization_code or refresh_token");
    }
    if (ask.code.len == 0 && ask.refresh.len == 0)
        return salve_refuse(err, SALVE_E_INVALID, "code or refresh_token is missing", "invalid_request");
    TRY(app_token(call->lent.visit->site, &ask, call->mem, &tokens, err));
    return put_tokens(call, &tokens, err);
}

static enum salve_code revoke(struct api_call *call, struct salve_err *err)
{
    struct api_query form;
    struct app_token_ask ask;
    TRY(begin(call, &form, &ask, err));
    TRY(app_revoke(call->lent.visit->site, &ask, api_query_get(&form, "token"), err));
    api_answer_json(call, 200, STR("{}"));
    return SALVE_OK;
}

static enum salve_code introspect(struct api_call *call, struct salve_err *err)
{
    struct api_query form;
    struct app_token_ask ask;
    struct app_seen seen;
    struct buf out;
    struct json_writer w = {.out = &out};
    struct str json;
    TRY(begin(call, &form, &ask, err));
    TRY(app_introspect(call->lent.visit->site, &ask, api_query_get(&form, "token"), call->mem, &seen, err));
    buf_init(&out, call->mem, TEXT_BYTES_MAX);
    json_open(&w, NULL, '{');
    json_put_bool(&w, "active", seen.is_active);
    if (seen.is_active) {
        json_put_text(&w, "scope", seen.scope);
        json_put_text(&w, "client_id", seen.client);
        json_put_i64(&w, "exp", seen.until_unix_s);
        json_put_text(&w, "patient", seen.patient);
    }
    json_close(&w);
    TRY(buf_done(&out, &json, err));
    api_answer_json(call, 200, json);
    return SALVE_OK;
}

/* --- the handlers ------------------------------------------------------------------------------------------------- */

enum salve_code api_token(struct api_call *call, struct salve_err *err)
{
    enum salve_code code = token(call, err);
    return code == SALVE_OK ? code : answer_refused(call, code, err);
}

enum salve_code api_revoke(struct api_call *call, struct salve_err *err)
{
    enum salve_code code = revoke(call, err);
    return code == SALVE_OK ? code : answer_refused(call, code, err);
}

enum salve_code api_introspect(struct api_call *call, struct salve_err *err)
{
    enum salve_code code = introspect(call, err);
    return code == SALVE_OK ? code : answer_refused(call, code, err);
}
