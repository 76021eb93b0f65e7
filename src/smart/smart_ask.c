/* SPDX-License-Identifier: Apache-2.0
 * Requests for a code, PKCE, and what a client's token says (RFC 6749, 7636, 7523). */
#include <string.h>

#include "crypto/crypto.h"
#include "smart/smart.h"

enum { CLIENT_SECONDS_MAX = 300, JTI_BYTES_MAX = 200, STATE_BYTES_MIN = 1 };

static bool is_unreserved(struct str text)
{
    bool is = text.len > 0;
    for (size_t i = 0; is && i < text.len; i++)
        is = str_is_letter(text.ptr[i]) || str_is_digit(text.ptr[i]) || strchr("-._~", text.ptr[i]) != NULL;
    return is;
}

bool smart_is_challenge(struct str text)
{
    size_t len = 0;
    uint8_t hash[CRYPTO_SHA256_BYTES + CRYPTO_BASE64_SLACK];
    return text.len == SMART_CHALLENGE_BYTES && crypto_base64url_parse(text, hash, CRYPTO_SHA256_BYTES, &len) &&
           len == CRYPTO_SHA256_BYTES;
}

bool smart_verifier_fits(struct str verifier, struct str challenge)
{
    uint8_t hash[CRYPTO_SHA256_BYTES];
    char text[SMART_CHALLENGE_BYTES + 1];
    if (verifier.len < SMART_CHALLENGE_BYTES || verifier.len > SMART_VERIFIER_BYTES_MAX || !is_unreserved(verifier))
        return false;
    crypto_sha256(verifier, hash);
    crypto_base64url(hash, sizeof hash, text);
    return challenge.len == SMART_CHALLENGE_BYTES && crypto_equal(text, challenge.ptr, SMART_CHALLENGE_BYTES);
}

/* What may stand in an address that is sent back: no control character (RFC 6749, appendix A). */
static bool is_visible(struct str text, size_t bytes_max)
{
    bool is = text.len <= bytes_max;
    for (size_t i = 0; is && i < text.len; i++) is = text.ptr[i] >= 0x20 && text.ptr[i] <= 0x7e;
    return is;
}

static enum salve_code refuse(const char *error, const char *why, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_INVALID, why, "%s", error);
}

enum salve_code smart_ask_check(const struct smart_app *app, const struct smart_ask *ask, struct str base,
                                struct salve_err *err)
{
    if (app->is_ended || !str_eq(app->id, ask->client)) return refuse("client", "no such app is registered here", err);
    if (!smart_app_redirects(app, ask->redirect))
        return refuse("redirect", "it is not one of those that the app is registered with, to the letter", err);
    if (!str_is(ask->response_type, "code"))
        return refuse("unsupported_response_type", "response_type is code, and nothing else", err);
    if (ask->state.len < STATE_BYTES_MIN || !is_visible(ask->state, SMART_STATE_BYTES_MAX))
        return refuse("invalid_request", "state is needed: 1 to 512 characters of ASCII", err);
    if (!str_is(ask->challenge_method, "S256") || !smart_is_challenge(ask->challenge))
        return refuse("invalid_request", "code_challenge with code_challenge_method S256 is needed (RFC 7636)", err);
    if (!is_visible(ask->nonce, SMART_NONCE_BYTES_MAX))
        return refuse("invalid_request", "nonce: at most 255 characters of ASCII", err);
    struct str aud = ask->aud;
    if (str_ends(aud, STR("/"))) aud = str_cut(aud, 0, aud.len - 1);
    if (!str_eq(aud, base))
        return refuse("invalid_request", "aud is the address of the FHIR server, to the letter", err);
    return SALVE_OK;
}

/* --- a client that shows that it is it ---------------------------------------------------------------------------- */

static bool is_for(const struct json *aud, struct str audience)
{
    if (str_eq(json_text(aud), audience)) return true;
    return json_is(aud, JSON_ARRAY) && aud->count == 1 && str_eq(json_text(json_first(aud)), audience);
}

enum salve_code smart_client_check(const struct json *claims, struct str id, struct str audience, int64_t now_unix_s,
                                   struct str *jti, int64_t *until_unix_s, struct salve_err *err)
{
    int64_t not_before = 0;
    *jti = json_get_text(claims, "jti");
    *until_unix_s = 0;
    if (!str_eq(json_get_text(claims, "iss"), id) || !str_eq(json_get_text(claims, "sub"), id))
        return refuse("client", "iss and sub are the client_id", err);
    if (!is_for(json_get(claims, "aud"), audience)) return refuse("client", "aud is the address of the token", err);
    if (!json_i64(json_get(claims, "exp"), until_unix_s) || *until_unix_s <= now_unix_s ||
        *until_unix_s > now_unix_s + CLIENT_SECONDS_MAX)
        return refuse("client", "exp is to come, and at most five minutes away", err);
    if (json_i64(json_get(claims, "nbf"), &not_before) && not_before > now_unix_s + CLIENT_SECONDS_MAX)
        return refuse("client", "nbf is to come", err);
    if (jti->len == 0 || jti->len > JTI_BYTES_MAX) return refuse("client", "jti: 1 to 200 bytes", err);
    return SALVE_OK;
}
