/* SPDX-License-Identifier: Apache-2.0
 * Tokens in compact form (RFC 7515, 7.1): head, claims and signature in base64url with points between. */
#include "crypto/crypto.h"
#include "jwt/jwt_int.h"

enum { DEPTH_MAX = 8 };

static enum salve_code not_theirs(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_INVALID, "no key that is registered signed it", "token");
}

static enum salve_code read_json(struct str text, struct arena *mem, const struct json **out, struct salve_err *err)
{
    struct str bytes;
    const struct json_opts opts = {.bytes_max = JWT_TOKEN_BYTES_MAX, .depth_max = DEPTH_MAX};
    TRY(jwt_bytes(text, JWT_TOKEN_BYTES_MAX, mem, &bytes, err));
    TRY(json_read(bytes, &opts, mem, out, err));
    return json_is(*out, JSON_OBJECT) ? SALVE_OK : salve_fail(err, SALVE_E_INVALID, "token");
}

/* What would choose its own key, or has to be understood, is not looked at any further. */
static bool head_is_plain(const struct json *head)
{
    static const char *const others[] = {"crit", "jku", "jwk", "x5u", "x5c", "b64", "zip"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (json_get(head, others[i]) != NULL) return false;
    struct str typ = json_get_text(head, "typ");
    return typ.ptr == NULL || str_is(typ, "JWT");
}

static bool fits(const struct jwt_key *key, const struct json *head)
{
    struct str kid = json_get_text(head, "kid");
    return str_is(json_get_text(head, "alg"), jwt_algs[key->alg].name) &&
           (kid.ptr == NULL || key->kid.len == 0 || str_eq(kid, key->kid));
}

enum salve_code jwt_verify(struct str token, const struct jwt_keys *keys, struct arena *mem, const struct json **claims,
                           struct salve_err *err)
{
    struct str head_text, rest, claims_text, signature_text, signature;
    const struct json *head = NULL;
    bool is_theirs = false;
    *claims = NULL;
    if (token.len > JWT_TOKEN_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "token");
    if (!str_split(token, '.', &head_text, &rest) || !str_split(rest, '.', &claims_text, &signature_text))
        return not_theirs(err);
    struct str message = str_cut(token, 0, head_text.len + 1 + claims_text.len);
    if (read_json(head_text, mem, &head, NULL) != SALVE_OK || !head_is_plain(head) ||
        jwt_bytes(signature_text, JWT_SIGNATURE_BYTES_MAX, mem, &signature, NULL) != SALVE_OK)
        return not_theirs(err);
    for (size_t i = 0; i < keys->count && !is_theirs; i++)
        is_theirs = fits(&keys->list[i], head) && jwt_signed(&keys->list[i], message, signature);
    if (!is_theirs || read_json(claims_text, mem, claims, NULL) != SALVE_OK) return not_theirs(err);
    return SALVE_OK;
}
