/* SPDX-License-Identifier: Apache-2.0
 * What an app has to know before it asks: SMART App Launch 2.2 ("Conformance"), OpenID Connect Discovery, keys; and
 * which pages of apps may call at all (CORS). All of it is for anybody. */
#include "api/api_int.h"

#include <stdio.h>

#include "records/apps.h"
#include "records/proof.h"
#include "visit/apps.h"

enum { TEXT_BYTES_MAX = 16 << 10 };

enum salve_code api_site(struct api_call *call, struct salve_err *err)
{
    if (call->lent.call != NULL) return SALVE_OK;
    return pages_lend(call->api->config.pages, call->worker, call->request, call->reply, STR_NONE, &call->lent, err);
}

void api_answer_json(struct api_call *call, int status, struct str json)
{
    call->reply->status = status;
    call->reply->type = STR("application/json");
    call->reply->body = json;
}

/* --- discovery ---------------------------------------------------------------------------------------------------- */

static void put_list(struct json_writer *w, const char *name, const char *const *list, size_t count)
{
    json_open(w, name, '[');
    for (size_t i = 0; i < count; i++) json_put_text(w, NULL, str_of(list[i]));
    json_close(w);
}
#define PUT(name, ...)                                                                                                 \
    do {                                                                                                               \
        static const char *const list_[] = {__VA_ARGS__};                                                              \
        put_list(w, name, list_, sizeof list_ / sizeof list_[0]);                                                      \
    } while (0)

static void put_address(struct json_writer *w, const char *name, struct str origin, const char *path)
{
    char text[SITE_ORIGIN_BYTES_MAX + 64];
    int len = snprintf(text, sizeof text, "%.*s%s", STR_ARGS(origin), path);
    json_put_text(w, name, str_make(text, (size_t)len));
}

/* What both documents say. */
static void put_endpoints(struct json_writer *w, struct str origin)
{
    put_address(w, "issuer", origin, "/fhir");
    put_address(w, "jwks_uri", origin, "/.well-known/jwks.json");
    put_address(w, "authorization_endpoint", origin, "/oauth/authorize");
    put_address(w, "token_endpoint", origin, "/oauth/token");
    put_address(w, "revocation_endpoint", origin, "/oauth/revoke");
    put_address(w, "introspection_endpoint", origin, "/oauth/introspect");
    PUT("token_endpoint_auth_methods_supported", "none", "private_key_jwt");
    PUT("token_endpoint_auth_signing_alg_values_supported", "ES384", "RS384");
    PUT("grant_types_supported", "authorization_code", "refresh_token");
    PUT("response_types_supported", "code");
    PUT("response_modes_supported", "query");
    PUT("code_challenge_methods_supported", "S256");
    PUT("scopes_supported", "openid", "fhirUser", "launch/patient", "offline_access", "patient/*.rs");
}

static void put_smart(struct json_writer *w)
{
    PUT("capabilities", "launch-standalone", "client-public", "client-confidential-asymmetric", "sso-openid-connect",
        "context-standalone-patient", "permission-patient", "permission-offline", "permission-v1", "permission-v2");
}

static void put_openid(struct json_writer *w)
{
    PUT("subject_types_supported", "pairwise");
    PUT("id_token_signing_alg_values_supported", "RS256", "ES256");
    PUT("claims_supported", "iss", "sub", "aud", "exp", "iat", "nonce", "fhirUser");
}

static enum salve_code answer_discovery(struct api_call *call, void (*more)(struct json_writer *w),
                                        struct salve_err *err)
{
    struct buf out;
    struct json_writer w = {.out = &out};
    struct site_names names;
    struct str json;
    TRY(api_site(call, err));
    TRY(site_names_get(call->lent.visit->site, call->mem, &names, err));
    if (names.origin_count == 0) return salve_fail(err, SALVE_E_UNSUPPORTED, "apps without an address");
    buf_init(&out, call->mem, TEXT_BYTES_MAX);
    json_open(&w, NULL, '{');
    put_endpoints(&w, names.origins[0]);
    more(&w);
    json_close(&w);
    TRY(buf_done(&out, &json, err));
    api_answer_json(call, 200, json);
    return SALVE_OK;
}

enum salve_code api_smart_configuration(struct api_call *call, struct salve_err *err)
{
    return answer_discovery(call, put_smart, err);
}

enum salve_code api_openid_configuration(struct api_call *call, struct salve_err *err)
{
    return answer_discovery(call, put_openid, err);
}

/* Before the first app is registered there are none. */
enum salve_code api_jwks(struct api_call *call, struct salve_err *err)
{
    struct str json;
    struct salve_err why = {0};
    TRY(api_site(call, err));
    enum salve_code code = app_keys(call->lent.visit->site, call->mem, &json, &why);
    if (code == SALVE_E_NOT_FOUND) json = STR("{\"keys\":[]}");
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) return *err = why, code;
    api_answer_json(call, 200, json);
    return SALVE_OK;
}

/* --- CORS --------------------------------------------------------------------------------------------------------- */

static bool is_open_address(const struct api_call *call)
{
    struct str path = call->request->path;
    return !str_is(path, "/oauth/authorize") && !str_is(path, "/oauth/introspect");
}

static bool is_registered(struct api_call *call, struct str origin)
{
    struct smart_app *apps = NULL;
    size_t count = 0;
    bool is = false;
    if (api_site(call, NULL) != SALVE_OK || visit_apps(call->lent.visit, &apps, &count, NULL) != SALVE_OK) return false;
    for (size_t i = 0; i < count && !is; i++) is = smart_app_has_origin(&apps[i], origin);
    return is;
}

bool api_cors(struct api_call *call)
{
    struct str origin = http_request_header(call->request, "origin");
    struct str method = http_request_header(call->request, "access-control-request-method");
    if (origin.len == 0 || !is_open_address(call)) return false;
    http_reply_header(call->reply, "Vary", STR("Origin"));
    bool is_theirs = is_registered(call, origin);
    pages_lend_back(&call->lent);
    if (is_theirs) {
        http_reply_header(call->reply, "Access-Control-Allow-Origin", origin);
        http_reply_header(call->reply, "Access-Control-Expose-Headers",
                          STR("ETag, Last-Modified, Location, WWW-Authenticate, X-Request-Id"));
    }
    if (call->request->method != HTTP_OPTIONS || method.len == 0) return false;
    if (is_theirs) {
        http_reply_header(call->reply, "Access-Control-Allow-Methods", STR("GET, HEAD, POST"));
        http_reply_header(call->reply, "Access-Control-Allow-Headers",
                          STR("Authorization, Content-Type, Accept, Prefer, If-None-Match, If-Modified-Since, "
                              "Cache-Control"));
        http_reply_header(call->reply, "Access-Control-Max-Age", STR("600"));
    }
    call->reply->status = 204;
    return true;
}
