/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether an actor is who they say: members of staff as they are kept, and the pass that a login gives them. */
#include "json/json.h"
#include "keys/keys.h"
#include "records/session_int.h"

bool rec_role_may(enum role role, enum act act) { return consent_may(role, act, PURPOSE_NONE) != NULL; }
bool rec_role_is_staff(enum role role) { return rec_role_may(role, ACT_LOG_IN); }

/* --- a member ----------------------------------------------------------------------------------------------------- */

/* "cost" and "salt" of an object; true also where there are none. */
static bool secret_read(const struct json *object, struct rec_secret *out, bool *has)
{
    int64_t cost = 0;
    struct str salt = json_get_text(object, "salt");
    *has = salt.ptr != NULL;
    if (!*has) return true;
    out->cost = CRYPTO_COST_MODERATE;
    if (!json_i64(json_get(object, "cost"), &cost) || cost < CRYPTO_COST_MODERATE || cost > CRYPTO_COST_MIN)
        return false;
    out->cost = (enum crypto_cost)cost;
    return str_hex_parse(salt, out->salt, sizeof out->salt);
}

/* A register from before there were PINs has none; one from before there were two kinds has either in the place of the
 * PIN. */
static bool secrets_read(const struct json *doc, struct rec_staff *out)
{
    const struct json *phrase = json_get(doc, "phrase");
    struct str totp = json_get_text(doc, "totp");
    out->is.has_totp = totp.ptr != NULL;
    return secret_read(doc, &out->pin, &out->is.has_pin) &&
           (phrase == NULL || secret_read(phrase, &out->phrase, &out->is.has_phrase)) &&
           (!out->is.has_totp || str_hex_parse(totp, out->totp.salt, sizeof out->totp.salt));
}

enum salve_code rec_staff_read(struct rec_tx *tx, struct str id, struct arena *mem, struct rec_staff *out,
                               struct salve_err *err)
{
    struct str json;
    const struct json *doc = NULL;
    *out = (struct rec_staff){.is.id = id};
    enum salve_code code = rec_doc_get(tx, STR("staff"), id, mem, &json, err);
    if (code == SALVE_E_NOT_FOUND) return salve_fail(err, code, "name of staff"); /* what was typed may be anybody's */
    TRY(code);
    TRY(json_read(json, NULL, mem, &doc, err));
    out->is.retired = json_is_true(json_get(doc, "retired"));
    bool is_good = role_find(json_get_text(doc, "role"), &out->is.role) && secrets_read(doc, out);
    return is_good ? SALVE_OK : salve_fail(err, SALVE_E_INTEGRITY, "commons staff");
}

/* --- who acts ----------------------------------------------------------------------------------------------------- */

enum salve_code rec_may(struct site *site, struct actor actor, enum act act, enum purpose purpose,
                        struct salve_err *err)
{
    const struct may *may = consent_may(actor.role, act, purpose);
    if (may == NULL)
        return salve_fail(err, SALVE_E_ROLE, "%s", actor.role < ROLE_COUNT ? role_text(actor.role) : "unknown role");
    return (may->needs & MAY_FRESH) != 0 ? rec_session_fresh(site, actor.pass, err) : SALVE_OK;
}

enum salve_code rec_not_staff(enum role role, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_ROLE, "nobody logged in under that name and role, or they may act no more", "%s",
                        role_text(role));
}

/* By the register of now; `pass` is what a login gives. */
static enum salve_code is_theirs(struct rec_tx *tx, struct actor actor, struct rec_staff *out, struct salve_err *err)
{
    uint8_t pass[ACTOR_PASS_BYTES] = {0};
    enum salve_code code =
        rec_doc_is_name(actor.id) ? rec_staff_read(tx, actor.id, tx->mem, out, err) : SALVE_E_NOT_FOUND;
    if (code == SALVE_E_NOT_FOUND) return rec_not_staff(actor.role, err);
    if (code != SALVE_OK) return code;
    rec_pass(tx->site, out, pass);
    bool is_good = crypto_equal(pass, actor.pass, sizeof pass) && (out->is.has_pin || out->is.has_phrase);
    crypto_zero(pass, sizeof pass);
    return is_good && !out->is.retired ? SALVE_OK : rec_not_staff(actor.role, err);
}

enum salve_code rec_actor_check(struct rec_tx *tx, struct actor actor, struct salve_err *err)
{
    struct rec_staff staff;
    if (actor.role >= ROLE_COUNT) return salve_fail(err, SALVE_E_ROLE, "unknown role");
    bool is_staff = rec_role_is_staff(actor.role);
    if (!is_staff && (actor.id.len == 0 || actor.role == ROLE_HELPER)) return SALVE_OK;
    TRY(rec_pass_of(tx->site, actor, actor.pass, err));
    TRY(is_theirs(tx, actor, &staff, err));
    /* beside the person stands somebody who works with people, whatever the role of the actor is */
    bool has_role = is_staff ? staff.is.role == actor.role : rec_role_may(staff.is.role, ACT_BESIDE);
    return has_role ? SALVE_OK : rec_not_staff(actor.role, err);
}

enum salve_code rec_actor_seen(struct rec_tx *tx, struct actor actor, struct rec_staff *out, struct salve_err *err)
{
    if (!rec_role_is_staff(actor.role)) return rec_not_staff(actor.role, err);
    TRY(rec_pass_look(tx->site, actor, actor.pass, err));
    TRY(is_theirs(tx, actor, out, err));
    return out->is.role == actor.role ? SALVE_OK : rec_not_staff(actor.role, err);
}

enum salve_code rec_actor_own(struct rec_tx *tx, struct actor actor, struct rec_staff *out, struct salve_err *err)
{
    if (!rec_role_is_staff(actor.role)) return rec_not_staff(actor.role, err);
    TRY(rec_pass_own(tx->site, actor, actor.pass, err));
    TRY(is_theirs(tx, actor, out, err));
    return out->is.role == actor.role ? SALVE_OK : rec_not_staff(actor.role, err);
}

enum salve_code rec_actor_is(struct site *site, struct actor actor, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    enum salve_code code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = rec_actor_check(&tx, actor, err);
    rec_tx_abandon(&tx);
    return code;
}

enum salve_code rec_actor_staff(struct site *site, struct actor actor, struct arena *mem, struct rec_staff *out,
                                struct salve_err *err)
{
    struct rec_tx tx;
    enum salve_code code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = rec_actor_check(&tx, actor, err);
    if (code == SALVE_OK) code = rec_staff_read(&tx, actor.id, mem, out, err);
    rec_tx_abandon(&tx);
    return code;
}
