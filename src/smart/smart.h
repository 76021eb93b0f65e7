/* SPDX-License-Identifier: Apache-2.0
 *
 * smart - what an app is, what it asks for and what a person lets it do: registrations, scopes, requests and grants of
 * SMART App Launch 2.2 (hl7.org/fhir/smart-app-launch), standalone launch. Pure functions over bytes: no person, no
 * token, no clock; the gate (records/apps.h) decides by them, and the face for clients shows them.
 *
 *     TRY(smart_app_read(document, mem, &app, err));                // of the commons: kind "app"
 *     TRY(smart_ask_check(&app, &ask, err));                        // a request for a code
 *     TRY(smart_scopes_read(ask.scope, &scopes, err));         // what can be granted of it
 *     TRY(smart_scopes_text(&scopes, chosen, mem, &text, err));     // what is left of it by what the person chose
 *
 * An app reads, and only of the person who let it: what it asks for beyond `patient/` and reading is left out, as RFC
 * 6749, 3.3 lets a server do. */
#ifndef SALVE_SMART_SMART_H
#define SALVE_SMART_SMART_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"
#include "jwt/jwt.h"

/* --- an app ------------------------------------------------------------------------------------------------------- */

enum {
    SMART_ID_BYTES_MAX = 64,
    SMART_NAME_BYTES_MAX = 80,
    SMART_URI_BYTES_MAX = 400,
    SMART_URIS_MAX = 8,
    SMART_DOCUMENT_BYTES_MAX = 32 << 10,
    SMART_ENDS_MAX = 0xffff,
};

/* A registration, made by a manager. Public: an app that can keep no secret, such as one in a browser; else it shows
 * that it is it with one of `keys` (private_key_jwt). */
struct smart_app {
    struct str id;   /* its client_id: 1 to 64 of a-z, 0-9, '.', '_', '-' */
    struct str name; /* as people know it; no control or direction character */
    struct str redirects[SMART_URIS_MAX];
    size_t redirect_count;
    struct str origins[SMART_URIS_MAX]; /* of pages that may call (CORS) */
    size_t origin_count;
    struct jwt_keys keys;    /* count 0: public */
    const struct json *jwks; /* the same as it was given; NULL: public */
    enum jwt_alg id_token;   /* JWT_RS256 or JWT_ES256 */
    bool is_ended;           /* it is registered no more */
    uint32_t ends;           /* how often it was ended so far; the gate counts */
};

/* smart_app_read - a registration as JSON: {"id","name","redirects":[],"origins":[],"jwks":{},"idToken":"RS256",
 * "ended":true}; the first three are needed, "by", "at" and "ends" are the gate's. Texts live in mem, or with the text.
 *   errors   E_SYNTAX, E_TOO_BIG; E_INVALID names the member: a redirect is https, or http of this machine, or a scheme
 *            of the app's own with a point in it (RFC 8252, 7.1), without a fragment; an origin has no path
 * smart_app_write - the reverse, with who wrote it and when. */
SALVE_MUST_USE enum salve_code smart_app_read(struct str json, struct arena *mem, struct smart_app *out,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code smart_app_write(const struct smart_app *app, struct str by, struct str at,
                                               struct arena *mem, struct str *json, struct salve_err *err);
bool smart_app_redirects(const struct smart_app *app, struct str uri); /* exactly one of them */
bool smart_app_has_origin(const struct smart_app *app, struct str origin);

/* smart_client_check - what the claims of a client's token have to say (RFC 7523, 3; SMART "Asymmetric
 * authentication"): iss and sub are its id, aud is `audience`, exp is to come and at most five minutes away, jti is
 * there. *jti, *until_unix_s: to be taken once. E_INVALID "client". */
SALVE_MUST_USE enum salve_code smart_client_check(const struct json *claims, struct str id, struct str audience,
                                                  int64_t now_unix_s, struct str *jti, int64_t *until_unix_s,
                                                  struct salve_err *err);

/* --- scopes ------------------------------------------------------------------------------------------------------- */

enum { SMART_SCOPES_MAX = 32, SMART_SCOPE_BYTES_MAX = 1024 };

/* "patient/Observation.rs?category=laboratory" */
struct smart_scope {
    struct str type;  /* "Observation"; "*" */
    struct str where; /* "category=laboratory"; may be empty */
    bool reads, searches;
};
struct smart_scopes {
    struct smart_scope list[SMART_SCOPES_MAX];
    size_t count;
    bool openid, fhir_user, launch, offline;
};

/* smart_scopes_read - what can be granted of a scope text: v2, and v1 (".read", ".*") as what it means in v2. What
 * cannot, such as user/, system/, writing, is left out. E_INVALID "scope": it is no scope text, has too many, or
 * nothing is left. */
SALVE_MUST_USE enum salve_code smart_scopes_read(struct str text, struct smart_scopes *out, struct salve_err *err);

/* smart_scope_classes - the classes that a scope may need; smart_scopes_classes - of all. A person chooses among these,
 * one by one. smart_type_classes - where resources of a type are kept. */
class_mask smart_type_classes(struct str type);
class_mask smart_scopes_classes(const struct smart_scopes *scopes);

/* smart_scopes_text - the scopes of which something is left with these classes, as a scope text; has_refresh: with
 * offline_access. *out in mem; empty where nothing is left. */
SALVE_MUST_USE enum salve_code smart_scopes_text(const struct smart_scopes *scopes, class_mask classes,
                                                 bool has_refresh, struct arena *mem, struct str *out,
                                                 struct salve_err *err);
/* What scopes let see.
 * smart_sight_make - read once, with their conditions as searches; *world outlives it. E_INVALID "invalid_scope": a
 *                    condition that is none.
 * smart_sight_is_even - do all of them let read and search alike?
 * smart_sight_shows - may the resource be seen by one of these rights? Errors are those of a search; then it may not */
enum { SMART_READS = 1, SMART_SEARCHES = 2 };
struct search_resource; /* search/search.h */
struct search_world;
struct smart_sight;
SALVE_MUST_USE enum salve_code smart_sight_make(struct str scope, const struct search_world *world, struct arena *mem,
                                                struct smart_sight **out, struct salve_err *err);
bool smart_sight_is_even(const struct smart_sight *sight);
SALVE_MUST_USE enum salve_code smart_sight_shows(const struct smart_sight *sight, unsigned rights,
                                                 const struct search_resource *resource, struct arena *mem, bool *out,
                                                 struct salve_err *err);

/* smart_scopes_within - are all of `inner` in `outer` as they stand? For a refresh that asks for less. */
bool smart_scopes_within(const struct smart_scopes *inner, const struct smart_scopes *outer);

/* --- a request for a code ----------------------------------------------------------------------------------------- */

enum {
    SMART_STATE_BYTES_MAX = 512,
    SMART_NONCE_BYTES_MAX = 255,
    SMART_CHALLENGE_BYTES = 43,
    SMART_VERIFIER_BYTES_MAX = 128
};

/* The parameters of RFC 6749, 4.1.1, RFC 7636, 4.3, OpenID Connect Core 3.1.2.1 and SMART. */
struct smart_ask {
    struct str client, redirect, response_type, scope, state, aud, challenge, challenge_method, nonce;
};

/* smart_ask_read - of the query of an address (application/x-www-form-urlencoded), texts in mem. What is not known is
 * passed over; a parameter that comes twice is E_INVALID "invalid_request". E_TOO_BIG: over 8 KiB.
 * smart_back - the redirect with `name`=`value` and the state behind it, for a browser to go to. */
enum { SMART_QUERY_BYTES_MAX = 8 << 10 };
SALVE_MUST_USE enum salve_code smart_ask_read(struct str query, struct arena *mem, struct smart_ask *out,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code smart_back(const struct smart_ask *ask, const char *name, struct str value,
                                          struct arena *mem, struct str *out, struct salve_err *err);

/* smart_ask_check - may it be shown to a person? `base`: the address of the FHIR face, which aud has to be. The error's
 * element is the error code of RFC 6749, 4.1.2.1, to be sent to the redirect; or "client", "redirect": then nothing is
 * sent anywhere, since nobody knows to whom. */
SALVE_MUST_USE enum salve_code smart_ask_check(const struct smart_app *app, const struct smart_ask *ask,
                                               struct str base, struct salve_err *err);

/* smart_verifier_fits - RFC 7636, 4.6, with S256 and no other method. */
bool smart_verifier_fits(struct str verifier, struct str challenge);
bool smart_is_challenge(struct str text);

/* --- what a person decided ---------------------------------------------------------------------------------------- */

/* A grant, or its end: a record of class consent. */
struct smart_grant {
    struct str app;  /* id */
    struct str name; /* of the app, as the person saw it */
    struct str scope;
    class_mask classes;
    int64_t at_unix_s, not_after_unix_s;
    uint32_t ends; /* of the registration then: once it was ended, what was allowed before stands no more */
    bool is_ended; /* it takes back the one before; scope and classes are empty */
};

/* smart_grant_write - canonical JSON (RFC 8785). smart_grant_read - the reverse; texts in mem. E_INTEGRITY. */
SALVE_MUST_USE enum salve_code smart_grant_write(const struct smart_grant *grant, struct arena *mem, struct str *json,
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code smart_grant_read(struct str json, struct arena *mem, struct smart_grant *out,
                                                struct salve_err *err);

#endif
