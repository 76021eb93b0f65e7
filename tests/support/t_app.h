/* SPDX-License-Identifier: Apache-2.0
 *
 * t_app - an app that a site knows, and what it asks a person and the gate for. */
#ifndef SALVE_TESTS_T_APP_H
#define SALVE_TESTS_T_APP_H

#include "records/apps.h"
#include "records/gate.h"
#include "smart/smart.h"
#include "t_site.h"

#define T_APP_REDIRECT "https://heart.example/back"
#define T_APP_BASE     "http://localhost:8080"
#define T_APP_VERIFIER "a-verifier-of-forty-three-characters-or-more-1"
#define T_APP_SCOPE    "launch/patient openid fhirUser offline_access patient/*.rs patient/AuditEvent.rs"
#define T_APP_PLAIN    (CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN))

/* A registration; more: members behind the others, with a comma before. */
static inline struct str t_app_json(struct t_site *t, const char *id, const char *more)
{
    return arena_printf(t->mem,
                        "{\"id\":\"%s\",\"name\":\"Heart Diary\",\"redirects\":[\"" T_APP_REDIRECT
                        "\"],\"origins\":[\"https://heart.example\"]%s}",
                        id, more);
}

/* The name that browsers reach the site by; after each opening of it. */
static inline void t_app_names(struct t_site *t)
{
    struct site_names names = {.rp_id = STR("localhost"), .origins = {STR(T_APP_BASE)}, .origin_count = 1};
#ifdef T_SITE_FAR
    t_must(site_names_use(t->far->near, &names, &err)); /* before anybody asks for it */
#else
    t_must(site_names_use(t->site, &names, &err));
#endif
}

static inline struct app_allow t_app_asked(struct t_site *t, class_mask classes, uint32_t days)
{
    uint8_t hash[CRYPTO_SHA256_BYTES];
    char *challenge = arena_alloc(t->mem, SMART_CHALLENGE_BYTES + 1);
    assert_non_null(challenge);
    crypto_sha256(STR(T_APP_VERIFIER), hash);
    crypto_base64url(hash, sizeof hash, challenge);
    return (struct app_allow){.client = STR("heart"),
                              .redirect = STR(T_APP_REDIRECT),
                              .challenge = str_of(challenge),
                              .nonce = STR("n-1"),
                              .scope = STR(T_APP_SCOPE),
                              .classes = classes,
                              .days = days};
}

static inline struct app_token_ask t_app_by_code(struct str code)
{
    return (struct app_token_ask){
        .client = STR("heart"), .code = code, .redirect = STR(T_APP_REDIRECT), .verifier = STR(T_APP_VERIFIER)};
}

/* The person with that card lets the app in, which fetches its tokens. */
static inline struct app_tokens t_app_let_in(struct t_site *t, struct str card, uint32_t days)
{
    struct str code;
    struct app_tokens tokens;
    const struct app_allow asked = t_app_asked(t, T_APP_PLAIN, days);
    t_must(app_allow(t->site, T_PERSON, card, &asked, t->mem, &code, &err));
    const struct app_token_ask ask = t_app_by_code(code);
    t_must(app_token(t->site, &ask, t->mem, &tokens, &err));
    return tokens;
}

/* How many of the person's apps are shown as on; who does not open has none. */
static inline size_t t_app_standing(struct t_site *t, struct str card)
{
    struct rec_view *view = NULL;
    struct app_grant *grants;
    size_t count = 0, n = 0;
    if (t_open_code(t, T_PERSON, PURPOSE_SELF, card, &view) != SALVE_OK) return 0;
    t_must(app_grants(view, t->mem, &grants, &count, &err));
    for (size_t i = 0; i < count; i++) n += grants[i].is_standing;
    t_close_view(&view);
    return n;
}

#endif
