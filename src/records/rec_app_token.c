/* SPDX-License-Identifier: Apache-2.0
 *
 * What an app asks for at the addresses of tokens (RFC 6749, 7009, 7662; OpenID Connect Core 3.1.3). Nobody's record is
 * opened by any of it. */
#include "base/buf.h"
#include "base/clock.h"
#include "records/apps_int.h"
#include "records/login_int.h"
#include "store/store.h"

enum { WORK_BYTES = 1 << 20, ID_TOKEN_SECONDS = 600, SUBJECT_BYTES = 32 };

/* A request of an app, with memory of its own. */
struct app_request {
    struct site *site;
    struct app_token_ask ask;
    struct arena *work, *mem;
    struct smart_app app;
};

static enum salve_code refuse(const char *error, const char *why, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_INVALID, why, "%s", error);
}

static enum salve_code no_grant(struct salve_err *err)
{
    return refuse("invalid_grant", "it is not good, or not any more, or not for this app", err);
}

/* --- which app it is ---------------------------------------------------------------------------------------------- */

/* One that has keys signs, and one that has none does not. */
static enum salve_code show_client(struct app_request *r, struct salve_err *err)
{
    const struct json *claims = NULL;
    struct str audience, jti;
    int64_t until_unix_s = 0, now_unix_s = near_site_now_unix_ms(r->site) / 1000;
    struct str assertion = r->ask.assertion;
    if (r->app.keys.count == 0)
        return assertion.len == 0 ? SALVE_OK : refuse("invalid_client", "the app has no keys here", err);
    TRY(rec_app_base(r->site, "/oauth/token", r->work, &audience, err));
    bool is_theirs = jwt_verify(assertion, &r->app.keys, r->work, &claims, NULL) == SALVE_OK &&
                     smart_client_check(claims, r->app.id, audience, now_unix_s, &jti, &until_unix_s, NULL) == SALVE_OK;
    if (!is_theirs || !rec_app_jti(r->site, r->app.id, jti, until_unix_s))
        return refuse("invalid_client", "it was not shown that it is this app", err);
    return SALVE_OK;
}

/* The family and the secret of a refresh token; false: it is none. */
enum { TOKEN_BYTES = REC_APP_FAMILY_BYTES + REC_APP_SECRET_BYTES };
static bool read_refresh(struct str text, uint8_t token[TOKEN_BYTES + CRYPTO_BASE64_SLACK])
{
    size_t len = 0;
    return text.len == APP_REFRESH_BYTES && crypto_base64url_parse(text, token, TOKEN_BYTES, &len) &&
           len == TOKEN_BYTES;
}

/* A public app refreshes without its name (SMART App Launch 2.2, "Refresh access token"): the token says whose it
 * is. */
static enum salve_code name_client(struct app_request *r, struct rec_tx *tx, struct salve_err *err)
{
    struct rec_app_row row;
    uint8_t token[TOKEN_BYTES + CRYPTO_BASE64_SLACK];
    if (r->ask.client.len > 0 || r->ask.refresh.len == 0) return SALVE_OK;
    if (!read_refresh(r->ask.refresh, token)) return no_grant(err);
    enum salve_code code = rec_app_row_get(tx, token, &row, err);
    crypto_zero(token, sizeof token);
    if (code == SALVE_E_NOT_FOUND) return no_grant(err);
    return code == SALVE_OK ? arena_str(r->work, str_of(row.of.client), &r->ask.client, err) : code;
}

static enum salve_code find_client(struct app_request *r, struct salve_err *err)
{
    struct rec_tx tx;
    TRY(rec_tx_begin(r->site, true, r->work, &tx, err));
    enum salve_code code = name_client(r, &tx, err);
    if (code == SALVE_OK) code = rec_app_find(&tx, r->ask.client, &r->app, err);
    rec_tx_abandon(&tx);
    return code == SALVE_OK ? show_client(r, err) : code;
}

static bool is_of(const struct app_request *r, const struct rec_app_of *of)
{
    return str_is(r->app.id, of->client) && of->ends == r->app.ends;
}

/* --- what it gets ------------------------------------------------------------------------------------------------- */

static enum salve_code put_patient(struct compartment id, struct arena *mem, struct str *out, struct salve_err *err)
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(id, text);
    *out = arena_printf(mem, "%s.1", text);
    return out->ptr != NULL ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "token");
}

/* The same person is another subject to each app, so that two of them cannot put together what they have. */
static enum salve_code claims_of(struct app_request *r, const struct rec_app_code *from, bool has_user,
                                 struct str *json, struct salve_err *err)
{
    struct buf out;
    struct json_writer w = {.out = &out};
    uint8_t mac[SUBJECT_BYTES];
    char subject[2 * SUBJECT_BYTES];
    struct str issuer, patient;
    int64_t now_unix_s = near_site_now_unix_ms(r->site) / 1000;
    const struct str parts[] = {STR("SLV-app-v1 sub "), r->app.id, STR(" "), compartment_bytes(&from->of.id)};
    crypto_key_mac(rec_gate_key(r->site), parts, 4, mac, sizeof mac);
    crypto_base64url(mac, sizeof mac, subject);
    TRY(rec_app_base(r->site, "/fhir", r->work, &issuer, err));
    TRY(put_patient(from->of.id, r->work, &patient, err));
    struct str user = arena_printf(r->work, "%.*s/Patient/%.*s", STR_ARGS(issuer), STR_ARGS(patient));
    if (user.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "token");
    buf_init(&out, r->work, JWT_TOKEN_BYTES_MAX);
    json_open(&w, NULL, '{');
    json_put_text(&w, "iss", issuer);
    json_put_text(&w, "sub", str_of(subject));
    json_put_text(&w, "aud", r->app.id);
    json_put_i64(&w, "iat", now_unix_s);
    json_put_i64(&w, "exp", now_unix_s + ID_TOKEN_SECONDS);
    if (from->nonce[0] != '\0') json_put_text(&w, "nonce", str_of(from->nonce));
    if (has_user) json_put_text(&w, "fhirUser", user);
    json_close(&w);
    return buf_done(&out, json, err);
}

static enum salve_code put_id_token(struct app_request *r, const struct rec_app_code *from, struct app_tokens *out,
                                    struct salve_err *err)
{
    struct smart_scopes scopes;
    struct str claims;
    struct jwt_signer *signer = NULL;
    TRY(smart_scopes_read(str_of(from->of.scope), &scopes, err));
    if (!scopes.openid) return SALVE_OK;
    TRY(claims_of(r, from, scopes.fhir_user, &claims, err));
    TRY(rec_app_signer(r->site, r->app.id_token, r->work, &signer, err));
    enum salve_code code = jwt_sign(signer, claims, r->mem, &out->id_token, err);
    jwt_signer_close(&signer);
    return code;
}

static void hash_secret(struct site *site, const uint8_t *secret, uint8_t hash[REC_APP_HASH_BYTES])
{
    const struct str parts[] = {STR("SLV-app-v1 refresh "), str_bytes(secret, REC_APP_SECRET_BYTES)};
    crypto_key_mac(rec_gate_key(site), parts, 2, hash, REC_APP_HASH_BYTES);
}

/* The next refresh token of the family, and the row that knows it. */
static enum salve_code put_refresh(struct app_request *r, struct rec_app_row *row, struct app_tokens *out,
                                   struct salve_err *err)
{
    struct rec_tx tx;
    uint8_t token[REC_APP_FAMILY_BYTES + REC_APP_SECRET_BYTES];
    char *text = arena_alloc(r->mem, crypto_base64url_bytes(sizeof token));
    if (text == NULL) return salve_fail(err, SALVE_E_MEMORY, "token");
    memcpy(token, row->family, REC_APP_FAMILY_BYTES);
    crypto_random(token + REC_APP_FAMILY_BYTES, REC_APP_SECRET_BYTES);
    hash_secret(r->site, token + REC_APP_FAMILY_BYTES, row->secret);
    crypto_base64url(token, sizeof token, text);
    crypto_zero(token, sizeof token);
    TRY(rec_tx_begin(r->site, false, r->work, &tx, err));
    enum salve_code code = rec_app_row_put(&tx, row, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    out->refresh = str_of(text);
    return code;
}

static enum salve_code give(struct app_request *r, const struct rec_app_of *of, struct app_tokens *out,
                            struct salve_err *err)
{
    int64_t left_seconds = of->not_after_unix_s - near_site_now_unix_ms(r->site) / 1000;
    out->expires_seconds = left_seconds < APP_TOKEN_SECONDS ? left_seconds : APP_TOKEN_SECONDS;
    TRY(arena_str(r->mem, str_of(of->scope), &out->scope, err));
    TRY(put_patient(of->id, r->mem, &out->patient, err));
    return rec_app_token_keep(r->site, of, r->mem, &out->access, err);
}

/* --- a code ------------------------------------------------------------------------------------------------------- */

static bool code_fits(const struct app_request *r, const struct rec_app_code *code)
{
    return str_is(r->ask.redirect, code->redirect) && smart_verifier_fits(r->ask.verifier, str_of(code->challenge));
}

/* Does what it rests on still stand, and is it of this app, as it was registered then? */
static enum salve_code stands_now(struct app_request *r, const struct rec_app_of *of, bool *stands,
                                  struct salve_err *err)
{
    struct rec_tx tx;
    TRY(rec_tx_begin(r->site, true, r->work, &tx, err));
    enum salve_code code = rec_app_of_stands(&tx, of, stands, err);
    rec_tx_abandon(&tx);
    *stands = code == SALVE_OK && *stands && is_of(r, of);
    return code;
}

/* A code is looked at once, whatever comes of it. */
static enum salve_code by_code(struct app_request *r, struct app_tokens *out, struct salve_err *err)
{
    struct rec_app_code *held = rec_app_code_find(r->site, r->ask.code);
    if (held == NULL) return no_grant(err);
    struct rec_app_code code = *held;
    bool stands = false;
    held->is_used = true;
    if (code.is_used) {
        TRY(rec_app_stolen(r->site, &code.of, r->work, err));
        return no_grant(err);
    }
    TRY(stands_now(r, &code.of, &stands, err));
    if (!stands || !code_fits(r, &code)) return no_grant(err);
    struct rec_app_row row = {.of = code.of};
    crypto_random(row.family, sizeof row.family);
    if (code.days > 0) TRY(put_refresh(r, &row, out, err));
    TRY(put_id_token(r, &code, out, err));
    return give(r, &code.of, out, err);
}

/* --- a refresh token ---------------------------------------------------------------------------------------------- */

static enum salve_code find_row(struct app_request *r, struct str text, struct rec_app_row *row,
                                uint8_t secret[REC_APP_HASH_BYTES], struct salve_err *err)
{
    struct rec_tx tx;
    bool stands = false;
    uint8_t token[TOKEN_BYTES + CRYPTO_BASE64_SLACK];
    if (!read_refresh(text, token)) return no_grant(err);
    hash_secret(r->site, token + REC_APP_FAMILY_BYTES, secret);
    TRY(rec_tx_begin(r->site, true, r->work, &tx, err));
    enum salve_code code = rec_app_row_get(&tx, token, row, err);
    if (code == SALVE_OK) code = rec_app_of_stands(&tx, &row->of, &stands, err);
    crypto_zero(token, sizeof token);
    stands = stands && is_of(r, &row->of);
    rec_tx_abandon(&tx);
    return code == SALVE_E_NOT_FOUND || (code == SALVE_OK && !stands) ? no_grant(err) : code;
}

/* For this access token alone: the next one may have all of it again. */
static enum salve_code narrow(struct app_request *r, struct rec_app_of *of, struct salve_err *err)
{
    struct smart_scopes asked, has;
    struct str text;
    if (r->ask.scope.len == 0) return SALVE_OK;
    TRY(smart_scopes_read(r->ask.scope, &asked, err));
    TRY(smart_scopes_read(str_of(of->scope), &has, err));
    if (!smart_scopes_within(&asked, &has)) return refuse("invalid_scope", "it is more than was allowed", err);
    asked.launch = asked.launch && has.launch;
    TRY(smart_scopes_text(&asked, smart_scopes_classes(&asked), true, r->work, &text, err));
    if (text.len > SMART_SCOPE_BYTES_MAX) return refuse("invalid_scope", "it is too long", err);
    memset(of->scope, 0, sizeof of->scope);
    if (text.len > 0) memcpy(of->scope, text.ptr, text.len);
    return SALVE_OK;
}

static enum salve_code by_refresh(struct app_request *r, struct app_tokens *out, struct salve_err *err)
{
    struct rec_app_row row;
    uint8_t secret[REC_APP_HASH_BYTES];
    TRY(find_row(r, r->ask.refresh, &row, secret, err));
    if (!crypto_equal(secret, row.secret, sizeof secret)) {
        TRY(rec_app_stolen(r->site, &row.of, r->work, err));
        return no_grant(err);
    }
    struct rec_app_of of = row.of;
    TRY(narrow(r, &of, err));
    TRY(put_refresh(r, &row, out, err));
    return give(r, &of, out, err);
}

/* --- the doors ---------------------------------------------------------------------------------------------------- */

static enum salve_code begin(struct app_request *r, struct site *site, const struct app_token_ask *ask,
                             struct salve_err *err)
{
    *r = (struct app_request){.site = site, .ask = *ask, .work = arena_open_private(WORK_BYTES)};
    if (r->work == NULL) return salve_fail(err, SALVE_E_MEMORY, "token");
    return find_client(r, err);
}

enum salve_code near_app_token(struct site *site, const struct app_token_ask *ask, struct arena *mem,
                               struct app_tokens *out, struct salve_err *err)
{
    struct app_request r;
    *out = (struct app_tokens){.expires_seconds = 0};
    enum salve_code code = begin(&r, site, ask, err);
    r.mem = mem;
    if (code == SALVE_OK && site_clock_suspect(site)) code = rec_clock_doubted(site, "token", err);
    if (code == SALVE_OK) code = ask->code.len > 0 ? by_code(&r, out, err) : by_refresh(&r, out, err);
    arena_close(r.work);
    return code;
}

static enum salve_code revoke(struct app_request *r, struct str token, struct salve_err *err)
{
    struct rec_app_row row;
    uint8_t secret[REC_APP_HASH_BYTES];
    const struct rec_app_token *held = rec_app_token_find(r->site, token);
    if (held != NULL) {
        if (str_is(r->app.id, held->of.client)) rec_app_token_end(r->site, token);
        return SALVE_OK;
    }
    struct salve_err why = {0};
    enum salve_code code = find_row(r, token, &row, secret, &why);
    if (code == SALVE_E_INVALID) return SALVE_OK; /* it is none that is good: RFC 7009, 2.2 */
    if (code == SALVE_OK) return rec_app_stolen(r->site, &row.of, r->work, err);
    if (err != NULL) *err = why;
    return code;
}

enum salve_code near_app_revoke(struct site *site, const struct app_token_ask *ask, struct str token,
                                struct salve_err *err)
{
    struct app_request r;
    enum salve_code code = begin(&r, site, ask, err);
    if (code == SALVE_OK) code = revoke(&r, token, err);
    arena_close(r.work);
    return code;
}

enum salve_code near_app_introspect(struct site *site, const struct app_token_ask *ask, struct str token,
                                    struct arena *mem, struct app_seen *out, struct salve_err *err)
{
    struct app_request r;
    *out = (struct app_seen){.is_active = false};
    enum salve_code code = begin(&r, site, ask, err);
    const struct rec_app_token *held = code == SALVE_OK ? rec_app_token_find(site, token) : NULL;
    bool stands = false;
    if (held != NULL) code = stands_now(&r, &held->of, &stands, err);
    if (code == SALVE_OK && stands) {
        *out = (struct app_seen){.is_active = true, .until_unix_s = held->until_unix_s};
        code = arena_str(mem, str_of(held->of.client), &out->client, err);
        if (code == SALVE_OK) code = arena_str(mem, str_of(held->of.scope), &out->scope, err);
        if (code == SALVE_OK) code = put_patient(held->of.id, mem, &out->patient, err);
    }
    arena_close(r.work);
    return code;
}
