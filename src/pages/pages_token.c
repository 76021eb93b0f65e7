/* SPDX-License-Identifier: Apache-2.0
 * The tokens by which another program is shown a view that is open in a session. Kept is a hash of the token; the token
 * of the session stands beside it only in a form that the token of the view opens, so that what is in memory here is
 * neither. */
#include <string.h>

#include "pages/pages_int.h"

#define VIEW_TOKEN_HEAD "v1."
#define FINDS           "salve view token 1"
#define MASKS           "salve view token 1 mask"
enum { HEAD_BYTES = sizeof VIEW_TOKEN_HEAD - 1, SECRET_BYTES = 32 };
_Static_assert((int)HEAD_BYTES + (int)PAGES_TOKEN_TEXT_BYTES == (int)PAGES_VIEW_TOKEN_TEXT_BYTES, "32 bytes");
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
    hash_of(MASKS, secret, stream);
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
    pages_known_end(session);
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
    char until[CLOCK_TEXT_BYTES];
    struct pages_session *session = call->session;
    TRY(visit_hold_stands(&session->held, err));
    crypto_random(secret, sizeof secret);
    pages_known_end(session);
    crypto_base64url(secret, sizeof secret, text + HEAD_BYTES);
    (void)pthread_mutex_lock(&session->view_lock);
    hash_of(FINDS, secret, session->view_hash);
    mask(secret, call->token, session->view_token);
    (void)pthread_mutex_unlock(&session->view_lock);
    json_put_text(&call->w, "viewToken", str_make(text, PAGES_VIEW_TOKEN_TEXT_BYTES));
    json_put_text(&call->w, "until", clock_text(session->held.ends_at_unix_ms, until));
    explicit_bzero(secret, sizeof secret);
    explicit_bzero(text, sizeof text);
    return SALVE_OK;
}

bool pages_view_token_find(struct pages *pages, struct str token, uint8_t out[SESSION_TOKEN_BYTES])
{
    uint8_t secret[SECRET_BYTES], hash[CRYPTO_SHA256_BYTES];
    bool is_found = false;
    if (!secret_of(token, secret)) return false;
    hash_of(FINDS, secret, hash);
    for (size_t i = 0; i < PAGES_SESSIONS_MAX && !is_found; i++) {
        struct pages_session *row = &pages->sessions[i];
        (void)pthread_mutex_lock(&row->view_lock);
        is_found = crypto_equal(row->view_hash, hash, sizeof hash);
        if (is_found) mask(secret, row->view_token, out);
        (void)pthread_mutex_unlock(&row->view_lock);
    }
    explicit_bzero(secret, sizeof secret);
    return is_found;
}

bool pages_view_token_is(struct pages_session *session, struct str token)
{
    uint8_t secret[SECRET_BYTES], hash[CRYPTO_SHA256_BYTES];
    if (!secret_of(token, secret)) return false;
    hash_of(FINDS, secret, hash);
    (void)pthread_mutex_lock(&session->view_lock);
    bool is = crypto_equal(session->view_hash, hash, sizeof hash);
    (void)pthread_mutex_unlock(&session->view_lock);
    explicit_bzero(secret, sizeof secret);
    return is;
}
