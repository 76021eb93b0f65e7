/* SPDX-License-Identifier: Apache-2.0
 *
 * apps - apps that a person lets read their own record (SMART App Launch 2.2, standalone). A door of the gate; what is
 * pure about it is in smart/smart.h, docs/formats/apps.md has what is kept.
 *
 *     code = app_register(site, manager, json, err);                    // a public document of the commons
 *     code = app_allow(site, person, card, &allow, mem, &code_text, err);   // the person, with card and birth date
 *     code = app_token(site, &ask, mem, &tokens, err);                  // the app, with that code
 *     code = app_open(site, tokens.access, mem, &seen, &view, err);     // a view of SELF, cut to what was allowed
 *     code = app_end(site, person, card, STR("heart"), mem, err);       // no token of it opens anything from here on
 *
 * What holds:
 * - Only the person lets an app in, who decides for themself by their age: with the card, and the birth date or word.
 * - A grant ends at its time, when the person takes it back or gives another to the same app, with a new card, with the
 *   app's registration, at a restore, and with erasure. Each opening looks at all of it.
 * - Each opening by an app is a look of its own, under the app's name, and opens no class that was not allowed.
 *   60 people an hour are opened in this way (E_QUOTA).
 * - A code is good for 60 s, once; a second use ends the grant. An access token is good for ten minutes, and lives in
 *   the memory of the gate. A refresh token is used once: the answer has the next one, and one that comes again ends
 *   the grant, since somebody has a copy. Kept are hashes. */
#ifndef SALVE_RECORDS_APPS_H
#define SALVE_RECORDS_APPS_H

#include "records/rec.h"

enum {
    APP_CODE_SECONDS = 60,
    APP_TOKEN_SECONDS = 600,
    APP_TOKEN_BYTES = 43, /* of a code and an access token, in base64url */
    APP_REFRESH_BYTES = 64,
    APP_DAYS_MAX = 366,
    APPS_OF_PERSON_MAX = 8, /* that have a refresh token */
};

/* --- registrations ------------------------------------------------------------------------------------------------ */

/* app_register - a registration, or another version of one (smart/smart.h, smart_app_read). One with "ended": true ends
 * whatever people allowed it. actor: MANAGER (ACT_APPS). E_INVALID, E_ROLE, E_STEP_UP.
 * Documents of kind "app" are read by commons_get and commons_list. */
SALVE_MUST_USE enum salve_code app_register(struct site *site, struct actor actor, struct str json,
                                            struct salve_err *err);

/* app_keys - the public keys of this site for tokens, as a JWK Set: RS256 first, then ES256. They are made when the
 * first app is registered; E_NOT_FOUND before. */
SALVE_MUST_USE enum salve_code app_keys(struct site *site, struct arena *mem, struct str *json, struct salve_err *err);

/* --- the person --------------------------------------------------------------------------------------------------- */

struct app_allow {
    struct str client, redirect, challenge, nonce;
    struct str scope;   /* as it was asked for */
    class_mask classes; /* what the person said yes to, of smart_scopes_classes */
    uint32_t days;      /* for how long; 0: this once, without a refresh token */
};

/* app_allow - notes what the person decided and gives a code for it. In force when it returns.
 *   actor    PARTICIPANT, who shows that it is them (base/ids.h); who: the card
 *   errors   E_PIN, E_NOT_FOUND; E_CONSENT no class, or a person who does not decide alone by their age; E_INVALID
 *            "client", "redirect", "invalid_scope", "days"; E_QUOTA; E_CLOCK */
SALVE_MUST_USE enum salve_code app_allow(struct site *site, struct actor actor, struct str who,
                                         const struct app_allow *allow, struct arena *mem, struct str *code,
                                         struct salve_err *err);

/* app_grants - what the person allowed so far and what of it stands, oldest first; a view of SELF that is the person's
 * own (E_CONSENT). */
struct app_grant {
    struct str app, name, scope;
    class_mask classes;
    int64_t at_unix_ms, until_unix_ms;
    bool is_standing;
};
SALVE_MUST_USE enum salve_code app_grants(struct rec_view *view, struct arena *mem, struct app_grant **out,
                                          size_t *count, struct salve_err *err);

/* app_end - ends what the person allowed that app; empty: all apps. OK also where there is nothing to end, in the same
 * words. Who may: whoever may take an agreement back (ACT_WITHDRAW). Never E_CLOCK. */
SALVE_MUST_USE enum salve_code app_end(struct site *site, struct actor actor, struct str who, struct str app,
                                       struct salve_err *err);

/* --- the app ------------------------------------------------------------------------------------------------------ */

/* What comes to the address of the token, of revocation and introspection. `assertion` is the client's token
 * (private_key_jwt), which a public app has not. */
struct app_token_ask {
    struct str client, assertion;
    struct str code, redirect, verifier; /* of a code */
    struct str refresh, scope;           /* or of a refresh token; scope: empty, or a part of it */
};
struct app_tokens {
    struct str access, refresh, id_token; /* empty: there is none */
    struct str scope, patient;            /* "<compartment>.1" */
    int64_t expires_seconds;
};

/* app_token - an access token for a code or a refresh token.
 *   errors   E_INVALID with the error code of RFC 6749, 5.2 as element: "invalid_client", "invalid_grant",
 *            "invalid_scope"; E_QUOTA, E_IO, E_FULL */
SALVE_MUST_USE enum salve_code app_token(struct site *site, const struct app_token_ask *ask, struct arena *mem,
                                         struct app_tokens *out, struct salve_err *err);

/* app_revoke - RFC 7009: an access token is over; with a refresh token the grant ends. OK for one that is none.
 * app_seen - RFC 7662: what an access token is good for, to the app that has it; is_active false: nothing. Both show
 * the client as app_token does. */
struct app_seen {
    bool is_active;
    struct str client, scope, patient;
    int64_t until_unix_s;
};
SALVE_MUST_USE enum salve_code app_revoke(struct site *site, const struct app_token_ask *ask, struct str token,
                                          struct salve_err *err);
SALVE_MUST_USE enum salve_code app_introspect(struct site *site, const struct app_token_ask *ask, struct str token,
                                              struct arena *mem, struct app_seen *out, struct salve_err *err);

/* app_open - a view for an access token: purpose SELF, the classes of the grant, for as long as the token is good. It
 * reads and does nothing else. *seen in mem. E_SESSION: the token opens nothing, whatever the reason; E_QUOTA. */
SALVE_MUST_USE enum salve_code app_open(struct site *site, struct str access, struct arena *mem, struct app_seen *seen,
                                        struct rec_view **out, struct salve_err *err);

#endif
