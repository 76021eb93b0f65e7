/* SPDX-License-Identifier: Apache-2.0
 *
 * Codes and access tokens: in the memory of the gate alone, as hashes, so that the end of the process ends them. Time
 * is what the guarded clock says or that of the machine, whichever says more. */
#include <stdlib.h>

#include "records/apps_int.h"
#include "records/login_int.h"

enum { CODES_MAX = 64, TOKENS_MAX = 512, JTIS_MAX = 256, TEXT_BYTES = APP_TOKEN_BYTES, SECOND_MS = 1000 };

struct begun {
    int64_t guarded_ms, wall_ms;
};
struct slot {
    uint8_t hash[REC_APP_HASH_BYTES];
    struct begun begun; /* zeros: the slot is free */
};
struct rec_apps {
    struct slot codes[CODES_MAX], tokens[TOKENS_MAX];
    struct rec_app_code code[CODES_MAX];
    struct rec_app_token token[TOKENS_MAX];
    struct {
        uint8_t hash[REC_APP_HASH_BYTES];
        int64_t until_unix_s;
    } jtis[JTIS_MAX];
};

static struct begun now_of(struct site *site)
{
    return (struct begun){near_site_now_unix_ms(site), clock_ms(&site->clock)};
}

static int64_t age_ms(struct site *site, const struct slot *slot)
{
    struct begun now = now_of(site);
    int64_t guarded_ms = now.guarded_ms - slot->begun.guarded_ms, wall_ms = now.wall_ms - slot->begun.wall_ms;
    return guarded_ms > wall_ms ? guarded_ms : wall_ms;
}

static bool is_over(struct site *site, const struct slot *slot, int64_t seconds)
{
    return slot->begun.wall_ms == 0 || age_ms(site, slot) >= seconds * SECOND_MS;
}

static void hash_of(struct site *site, const char *what, struct str text, uint8_t hash[REC_APP_HASH_BYTES])
{
    const struct str parts[] = {STR("SLV-app-v1 "), str_of(what), STR(" "), text};
    crypto_key_mac(rec_gate_key(site), parts, 4, hash, REC_APP_HASH_BYTES);
}

static struct rec_apps *held(struct site *site)
{
    if (site->apps == NULL) site->apps = calloc(1, sizeof *site->apps);
    return site->apps;
}

void rec_apps_drop(struct site *site)
{
    if (site->apps == NULL) return;
    crypto_zero(site->apps, sizeof *site->apps);
    free(site->apps);
    site->apps = NULL;
}

/* The slot of that hash that is not over; count: none. */
static size_t find(struct site *site, const struct slot *slots, size_t count, int64_t seconds,
                   const uint8_t hash[REC_APP_HASH_BYTES])
{
    for (size_t i = 0; i < count; i++)
        if (!is_over(site, &slots[i], seconds) && crypto_equal(slots[i].hash, hash, REC_APP_HASH_BYTES)) return i;
    return count;
}

/* One that is free or over, else the oldest; *is_taken: it is still in use. */
static size_t free_slot(struct site *site, const struct slot *slots, size_t count, int64_t seconds, bool *is_taken)
{
    size_t oldest = 0;
    for (size_t i = 0; i < count; i++) {
        *is_taken = !is_over(site, &slots[i], seconds);
        if (!*is_taken) return i;
        if (slots[i].begun.wall_ms < slots[oldest].begun.wall_ms) oldest = i;
    }
    return oldest;
}

static enum salve_code make_text(struct site *site, const char *what, struct arena *mem, struct slot *slot,
                                 struct str *text, struct salve_err *err)
{
    uint8_t secret[REC_APP_SECRET_BYTES];
    char *to = arena_alloc(mem, crypto_base64url_bytes(sizeof secret));
    if (to == NULL) return salve_fail(err, SALVE_E_MEMORY, "token");
    crypto_random(secret, sizeof secret);
    crypto_base64url(secret, sizeof secret, to);
    crypto_zero(secret, sizeof secret);
    *text = str_of(to);
    hash_of(site, what, *text, slot->hash);
    slot->begun = now_of(site);
    return SALVE_OK;
}

/* --- codes -------------------------------------------------------------------------------------------------------- */

enum salve_code rec_app_code_keep(struct site *site, const struct rec_app_code *code, struct arena *mem,
                                  struct str *text, struct salve_err *err)
{
    bool is_taken = false;
    struct rec_apps *apps = held(site);
    if (apps == NULL) return salve_fail(err, SALVE_E_MEMORY, "code");
    size_t at = free_slot(site, apps->codes, CODES_MAX, APP_CODE_SECONDS, &is_taken);
    if (is_taken) return salve_refuse(err, SALVE_E_QUOTA, "too many codes wait to be used", "code");
    apps->code[at] = *code;
    return make_text(site, "code", mem, &apps->codes[at], text, err);
}

struct rec_app_code *rec_app_code_find(struct site *site, struct str text)
{
    uint8_t hash[REC_APP_HASH_BYTES];
    if (site->apps == NULL || text.len != TEXT_BYTES) return NULL;
    hash_of(site, "code", text, hash);
    size_t at = find(site, site->apps->codes, CODES_MAX, APP_CODE_SECONDS, hash);
    return at < CODES_MAX ? &site->apps->code[at] : NULL;
}

/* --- access tokens ------------------------------------------------------------------------------------------------ */

enum salve_code rec_app_token_keep(struct site *site, const struct rec_app_of *of, struct arena *mem, struct str *text,
                                   struct salve_err *err)
{
    bool is_taken = false;
    struct rec_apps *apps = held(site);
    int64_t until_unix_s = near_site_now_unix_ms(site) / SECOND_MS + APP_TOKEN_SECONDS;
    if (apps == NULL) return salve_fail(err, SALVE_E_MEMORY, "token");
    size_t at = free_slot(site, apps->tokens, TOKENS_MAX, APP_TOKEN_SECONDS, &is_taken);
    apps->token[at] = (struct rec_app_token){
        .of = *of, .until_unix_s = until_unix_s < of->not_after_unix_s ? until_unix_s : of->not_after_unix_s};
    return make_text(site, "token", mem, &apps->tokens[at], text, err);
}

static size_t token_at(struct site *site, struct str text)
{
    uint8_t hash[REC_APP_HASH_BYTES];
    if (site->apps == NULL || text.len != TEXT_BYTES) return TOKENS_MAX;
    hash_of(site, "token", text, hash);
    return find(site, site->apps->tokens, TOKENS_MAX, APP_TOKEN_SECONDS, hash);
}

const struct rec_app_token *rec_app_token_find(struct site *site, struct str text)
{
    size_t at = token_at(site, text);
    return at < TOKENS_MAX ? &site->apps->token[at] : NULL;
}

int64_t rec_app_token_left_ms(struct site *site, const struct rec_app_token *token)
{
    size_t at = (size_t)(token - site->apps->token);
    return (int64_t)APP_TOKEN_SECONDS * SECOND_MS - age_ms(site, &site->apps->tokens[at]);
}

static void forget(struct slot *slot, void *what, size_t bytes)
{
    crypto_zero(slot, sizeof *slot);
    crypto_zero(what, bytes);
}

void rec_app_token_end(struct site *site, struct str text)
{
    size_t at = token_at(site, text);
    if (at < TOKENS_MAX) forget(&site->apps->tokens[at], &site->apps->token[at], sizeof site->apps->token[at]);
}

static bool is_of(const struct rec_app_of *of, struct compartment id, uint64_t seq)
{
    return of->seq == seq && compartment_eq(of->id, id);
}

void rec_app_tokens_end(struct site *site, struct compartment id, uint64_t seq)
{
    struct rec_apps *apps = site->apps;
    for (size_t i = 0; apps != NULL && i < TOKENS_MAX; i++)
        if (is_of(&apps->token[i].of, id, seq)) forget(&apps->tokens[i], &apps->token[i], sizeof apps->token[i]);
    for (size_t i = 0; apps != NULL && i < CODES_MAX; i++)
        if (is_of(&apps->code[i].of, id, seq)) forget(&apps->codes[i], &apps->code[i], sizeof apps->code[i]);
}

void rec_app_client_end(struct site *site, struct str client)
{
    struct rec_apps *apps = site->apps;
    for (size_t i = 0; apps != NULL && i < TOKENS_MAX; i++)
        if (str_is(client, apps->token[i].of.client)) forget(&apps->tokens[i], &apps->token[i], sizeof apps->token[i]);
    for (size_t i = 0; apps != NULL && i < CODES_MAX; i++)
        if (str_is(client, apps->code[i].of.client)) forget(&apps->codes[i], &apps->code[i], sizeof apps->code[i]);
}

/* --- what clients sign, once -------------------------------------------------------------------------------------- */

bool rec_app_jti(struct site *site, struct str client, struct str jti, int64_t until_unix_s)
{
    uint8_t hash[REC_APP_HASH_BYTES];
    struct rec_apps *apps = held(site);
    int64_t now_unix_s = near_site_now_unix_ms(site) / SECOND_MS;
    size_t free = JTIS_MAX;
    const struct str parts[] = {STR("SLV-app-v1 jti "), client, STR(" "), jti};
    if (apps == NULL) return false;
    crypto_key_mac(rec_gate_key(site), parts, 4, hash, sizeof hash);
    for (size_t i = 0; i < JTIS_MAX; i++) {
        if (apps->jtis[i].until_unix_s < now_unix_s)
            free = i;
        else if (crypto_equal(apps->jtis[i].hash, hash, sizeof hash))
            return false;
    }
    if (free == JTIS_MAX) return false;
    memcpy(apps->jtis[free].hash, hash, sizeof hash);
    apps->jtis[free].until_unix_s = until_unix_s;
    return true;
}
