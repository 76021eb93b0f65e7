/* SPDX-License-Identifier: Apache-2.0
 *
 * Apps that are registered here, as documents of the commons, and the keys of this site for tokens: sealed rows
 * "app-key/<algorithm>" of one length, made with the first app. */
#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "records/apps_int.h"
#include "records/login_int.h"
#include "records/revoked_int.h"
#include "store/store.h"

enum { WORK_BYTES = 64 << 20, LENGTH_BYTES = 4, KEY_ROW_BYTES = LENGTH_BYTES + JWT_SECRET_BYTES_MAX };
static const enum jwt_alg algs[] = {JWT_RS256, JWT_ES256};
enum { ALGS = sizeof algs / sizeof algs[0], KEY_NAME_BYTES = 16 };

/* --- the site ----------------------------------------------------------------------------------------------------- */

enum salve_code rec_app_base(struct site *site, const char *path, struct arena *mem, struct str *out,
                             struct salve_err *err)
{
    struct site_names names;
    TRY(near_site_names_get(site, mem, &names, err));
    if (names.origin_count == 0) return salve_fail(err, SALVE_E_UNSUPPORTED, "apps without a server");
    *out = arena_printf(mem, "%.*s%s", STR_ARGS(names.origins[0]), path);
    return out->ptr != NULL ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "app");
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

static struct str key_name(enum jwt_alg alg, char name[KEY_NAME_BYTES])
{
    int len = snprintf(name, KEY_NAME_BYTES, "app-key/%s", jwt_alg_text(alg));
    return str_make(name, (size_t)len);
}

static enum salve_code make_key(struct rec_tx *tx, enum jwt_alg alg, struct salve_err *err)
{
    uint8_t plain[KEY_ROW_BYTES] = {0};
    char name[KEY_NAME_BYTES];
    size_t len = 0;
    enum salve_code code = jwt_secret_make(alg, plain + LENGTH_BYTES, JWT_SECRET_BYTES_MAX, &len, err);
    crypto_put_u32(plain, (uint32_t)len);
    if (code == SALVE_OK)
        code = rec_sealed_put(tx, rec_gate_key(tx->site), key_name(alg, name), str_bytes(plain, sizeof plain), err);
    crypto_zero(plain, sizeof plain);
    return code;
}

static enum salve_code read_key(struct rec_tx *tx, enum jwt_alg alg, struct jwt_signer **out, struct salve_err *err)
{
    uint8_t plain[KEY_ROW_BYTES];
    char name[KEY_NAME_BYTES];
    enum salve_code code = rec_sealed_get(tx, rec_gate_key(tx->site), key_name(alg, name), plain, sizeof plain, err);
    uint32_t len = code == SALVE_OK ? crypto_get_u32(plain) : 0;
    if (len > JWT_SECRET_BYTES_MAX) code = salve_fail(err, SALVE_E_INTEGRITY, "commons %s", name);
    if (code == SALVE_OK) code = jwt_signer_open(alg, str_bytes(plain + LENGTH_BYTES, len), out, err);
    crypto_zero(plain, sizeof plain);
    return code;
}

enum salve_code rec_app_signer(struct site *site, enum jwt_alg alg, struct arena *mem, struct jwt_signer **out,
                               struct salve_err *err)
{
    struct rec_tx tx;
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = read_key(&tx, alg, out, err);
    rec_tx_abandon(&tx);
    return code;
}

static enum salve_code make_keys(struct rec_tx *tx, struct salve_err *err)
{
    for (size_t i = 0; i < ALGS; i++) {
        struct jwt_signer *signer = NULL;
        struct salve_err trouble = {0};
        enum salve_code code = read_key(tx, algs[i], &signer, &trouble);
        jwt_signer_close(&signer);
        if (code == SALVE_E_NOT_FOUND) code = make_key(tx, algs[i], &trouble);
        if (code != SALVE_OK && err != NULL) *err = trouble;
        if (code != SALVE_OK) return code;
    }
    return SALVE_OK;
}

static enum salve_code put_key(struct json_writer *w, struct site *site, enum jwt_alg alg, struct arena *mem,
                               struct salve_err *err)
{
    struct jwt_key key;
    struct jwt_signer *signer = NULL;
    TRY(rec_app_signer(site, alg, mem, &signer, err));
    enum salve_code code = jwt_signer_key(signer, mem, &key, err);
    jwt_signer_close(&signer);
    if (code == SALVE_OK) jwt_key_write(w, &key);
    return code;
}

enum salve_code near_app_keys(struct site *site, struct arena *mem, struct str *json, struct salve_err *err)
{
    struct buf out;
    struct json_writer w = {.out = &out};
    buf_init(&out, mem, 4 * JWT_SECRET_BYTES_MAX);
    json_open(&w, NULL, '{');
    json_open(&w, "keys", '[');
    for (size_t i = 0; i < ALGS; i++) TRY(put_key(&w, site, algs[i], mem, err));
    json_close(&w);
    json_close(&w);
    return buf_done(&out, json, err);
}

/* --- registering -------------------------------------------------------------------------------------------------- */

/* How often it was ended so far, this time included: what was allowed before does not come back with a registration. */
static enum salve_code count_ends(struct rec_tx *tx, struct smart_app *app, struct salve_err *err)
{
    struct str json;
    struct smart_app before = {.ends = 0};
    struct salve_err why = {0};
    enum salve_code code = rec_doc_get(tx, STR("app"), app->id, tx->mem, &json, &why);
    if (code == SALVE_OK) code = smart_app_read(json, tx->mem, &before, &why);
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) {
        if (err != NULL) *err = why;
        return code;
    }
    app->ends = before.ends + (app->is_ended && !before.is_ended);
    bool is_over = true; /* ended, and a copy of before was brought back */
    for (; is_over; app->ends += is_over) TRY(rec_app_is_over(tx->site, app, &is_over, err));
    if (app->ends <= SMART_ENDS_MAX) return SALVE_OK;
    return salve_refuse(err, SALVE_E_RANGE, "it was ended too often: register it under another id", "app");
}

/* The line is the moment from which an end holds. */
static enum salve_code revoke(struct site *site, const struct smart_app *app, struct salve_err *err)
{
    char text[REC_APP_LINE_BYTES];
    if (!app->is_ended) return SALVE_OK;
    TRY(rec_revoke_text(site, rec_app_registration_line(app, app->ends, text), err));
    rec_app_client_end(site, app->id);
    site->registrations++;
    rec_changed(site);
    return SALVE_OK;
}

static enum salve_code register_in(struct site *site, struct actor actor, struct str given, struct arena *mem,
                                   struct salve_err *err)
{
    struct rec_tx tx;
    struct smart_app app;
    struct str json;
    char at[CLOCK_TEXT_BYTES];
    TRY(smart_app_read(given, mem, &app, err));
    TRY(rec_tx_begin(site, false, mem, &tx, err));
    enum salve_code code = rec_actor_check(&tx, actor, err);
    if (code == SALVE_OK) code = count_ends(&tx, &app, err);
    if (code == SALVE_OK)
        code = smart_app_write(&app, actor.id, clock_text(tx.now_unix_ms / 1000 * 1000, at), mem, &json, err);
    if (code == SALVE_OK) code = make_keys(&tx, err);
    if (code == SALVE_OK) code = revoke(site, &app, err);
    if (code == SALVE_OK) code = rec_doc_put(&tx, STR("app"), app.id, json, err);
    if (code == SALVE_OK && app.is_ended) code = rec_app_rows_of(&tx, app.id, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK) return code;
    if (app.is_ended) rec_revoke_text_done(site);
    site->registrations++;
    rec_changed(site);
    return SALVE_OK;
}

enum salve_code near_app_register(struct site *site, struct actor actor, struct str json, struct salve_err *err)
{
    TRY(rec_may(site, actor, ACT_APPS, PURPOSE_NONE, err));
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "app");
    enum salve_code code = register_in(site, actor, json, mem, err);
    arena_close(mem);
    return code;
}
