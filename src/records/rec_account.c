/* SPDX-License-Identifier: Apache-2.0
 *
 * What a member of staff shows themselves with, set up by themselves (account.h). */
#include <stdio.h>

#include "keys/keys.h"
#include "records/session_int.h"

enum { WORK_BYTES = 8 << 20 };

_Static_assert((int)ACCOUNT_TOTP_TEXT_BYTES == (int)TOTP_SECRET_TEXT_BYTES, "secret of a generator");
_Static_assert((int)ACCOUNT_TOTP_URI_BYTES == (int)TOTP_URI_BYTES, "address of a generator");
_Static_assert((int)ACCOUNT_LABEL_BYTES_MAX == (int)KEPT_LABEL_BYTES_MAX, "label");

/* --- reading ------------------------------------------------------------------------------------------------------ */

static enum salve_code tell_passkeys(struct rec_tx *tx, struct str staff, struct arena *mem, struct account *out,
                                     struct salve_err *err)
{
    struct passkey_kept *list = NULL;
    TRY(rec_passkeys_of(tx, staff, mem, &list, &out->passkey_count, err));
    out->passkeys = arena_array(mem, struct account_passkey, out->passkey_count + 1);
    if (out->passkeys == NULL) return salve_fail(err, SALVE_E_MEMORY, "passkeys");
    for (size_t i = 0; i < out->passkey_count; i++) {
        struct rec_shown counter;
        TRY(rec_shown_get(tx, REC_SHOWN_PASSKEY, list[i].id, &counter, err));
        out->passkeys[i] = (struct account_passkey){.id = list[i].id,
                                                    .label = list[i].label,
                                                    .credential = list[i].credential,
                                                    .added_unix_ms = list[i].added_unix_ms,
                                                    .went_back_unix_ms = counter.at_unix_ms};
    }
    return SALVE_OK;
}

static enum salve_code tell(struct rec_tx *tx, struct actor actor, struct arena *mem, struct account *out,
                            struct salve_err *err)
{
    struct rec_staff staff;
    TRY(rec_actor_own(tx, actor, &staff, err));
    const struct str parts[] = {STR("SLV-handle-v1"), staff.is.id};
    *out = (struct account){.role = staff.is.role,
                            .has_pin = staff.is.has_pin,
                            .has_phrase = staff.is.has_phrase,
                            .has_totp = staff.is.has_totp};
    TRY(arena_str(mem, staff.is.id, &out->name, err));
    crypto_key_mac(rec_gate_key(tx->site), parts, 2, out->handle, sizeof out->handle);
    return tell_passkeys(tx, staff.is.id, mem, out, err);
}

enum salve_code near_account_read(struct site *site, struct actor actor, struct arena *mem, struct account *out,
                                  struct salve_err *err)
{
    struct rec_tx tx;
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = tell(&tx, actor, mem, out, err);
    rec_tx_abandon(&tx);
    return code;
}

/* --- changing ----------------------------------------------------------------------------------------------------- */

struct change {
    struct rec_staff staff; /* of the actor */
    struct rec_staff old;   /* rows of secrets that it says it has go afterwards */
    const void *with;
    char id[KEPT_ID_BYTES + 1];
};
typedef enum salve_code change_in(struct rec_tx *tx, struct actor actor, struct change *change, struct salve_err *err);

/* A PIN is enough at its tablet. Where there is more to show, it is no way to something that is enough elsewhere. */
static enum salve_code is_shown(struct rec_tx *tx, struct actor actor, const struct rec_staff *staff,
                                struct salve_err *err)
{
    struct passkey_kept *list = NULL;
    size_t count = 0;
    if (!rec_session_is_by_pin(tx->site, actor.pass)) return SALVE_OK;
    TRY(rec_passkeys_of(tx, actor.id, tx->mem, &list, &count, err));
    if (!staff->is.has_totp && count == 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_ROLE, "a PIN is not enough for that: show the passkey, or passphrase and code",
                        "session");
}

/* By a member who showed themselves a moment ago, also one who must set up. */
static enum salve_code change_own(struct site *site, struct actor actor, change_in *run, struct change *change,
                                  struct salve_err *err)
{
    struct rec_tx tx;
    TRY(rec_may(site, actor, ACT_OWN_SECRET, PURPOSE_NONE, err));
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "account");
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code == SALVE_OK) {
        code = rec_actor_own(&tx, actor, &change->staff, err);
        if (code == SALVE_OK) code = is_shown(&tx, actor, &change->staff, err);
        if (code == SALVE_OK) code = run(&tx, actor, change, err);
        if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    if (code == SALVE_OK) code = rec_pin_drop(site, &change->old, err);
    change->staff.is.id = change->old.is.id = STR_NONE; /* they go with mem */
    arena_close(mem);
    return code;
}

/* --- passkeys ----------------------------------------------------------------------------------------------------- */

struct fresh_passkey {
    const struct passkey_new *said;
    struct passkey_fresh made;
};

static enum salve_code add_in(struct rec_tx *tx, struct actor actor, struct change *change, struct salve_err *err)
{
    const struct fresh_passkey *fresh = change->with;
    struct passkey_kept *list = NULL, there;
    size_t count = 0;
    TRY(rec_passkeys_of(tx, actor.id, tx->mem, &list, &count, err));
    if (count >= ACCOUNT_PASSKEYS_MAX) return salve_refuse(err, SALVE_E_QUOTA, "eight at most", "passkeys");
    kept_id(fresh->made.credential, change->id);
    enum salve_code code = rec_passkey_read(tx, str_of(change->id), tx->mem, &there, NULL);
    if (code == SALVE_OK) return salve_refuse(err, SALVE_E_CONFLICT, "it is there already", "passkey");
    if (code != SALVE_E_NOT_FOUND) return salve_fail(err, code, "commons passkey");
    TRY(rec_challenge_use(tx->site, fresh->said->challenge, err));
    struct rec_shown counter = {.number = fresh->made.counter};
    TRY(rec_shown_put(tx, REC_SHOWN_PASSKEY, str_of(change->id), &counter, err));
    struct passkey_kept made = {.id = str_of(change->id),
                                .staff = actor.id,
                                .label = fresh->said->label,
                                .credential = fresh->made.credential,
                                .key = fresh->made.key,
                                .added_unix_ms = tx->now_unix_ms};
    return rec_passkey_write(tx, &made, err);
}

enum salve_code near_account_passkey_add(struct site *site, struct actor actor, const struct passkey_new *fresh,
                                         struct arena *mem, struct str *id, struct salve_err *err)
{
    struct str origins[SITE_ORIGINS_MAX];
    struct fresh_passkey made = {.said = fresh};
    struct change change = {.with = &made};
    struct passkey_said said = {.challenge = fresh->challenge,
                                .authenticator_data = fresh->authenticator_data,
                                .client_data = fresh->client_data};
    TRY(kept_label_check(fresh->label, err));
    TRY(rec_challenge_check(site, fresh->challenge, err));
    rec_passkey_said(site, origins, &said);
    TRY(passkey_made(&said, &made.made, err));
    TRY(change_own(site, actor, add_in, &change, err));
    rec_session_whole(site, actor.pass);
    return arena_str(mem, str_of(change.id), id, err);
}

static enum salve_code remove_in(struct rec_tx *tx, struct actor actor, struct change *change, struct salve_err *err)
{
    struct passkey_kept passkey;
    const struct str *id = change->with;
    enum salve_code code = rec_passkey_read(tx, *id, tx->mem, &passkey, NULL);
    bool is_theirs = code == SALVE_OK && str_eq(passkey.staff, actor.id);
    if (code == SALVE_E_NOT_FOUND || (code == SALVE_OK && !is_theirs))
        return salve_fail(err, SALVE_E_NOT_FOUND, "passkey");
    if (code != SALVE_OK) return salve_fail(err, code, "commons passkey");
    passkey.is_removed = true;
    return rec_passkey_write(tx, &passkey, err);
}

enum salve_code near_account_passkey_remove(struct site *site, struct actor actor, struct str id, struct salve_err *err)
{
    struct change change = {.with = &id};
    TRY(change_own(site, actor, remove_in, &change, err));
    rec_sessions_end_but(site, actor.id, actor.pass);
    return SALVE_OK;
}

/* --- TOTP --------------------------------------------------------------------------------------------------------- */

/* One that was begun: of each member one. */
static struct str next_row(struct str id, char name[REC_ROW_NAME_BYTES])
{
    int len = snprintf(name, REC_ROW_NAME_BYTES, "totp/%.*s/next", STR_ARGS(id));
    salve_assert(len > 0 && len < REC_ROW_NAME_BYTES);
    return str_make(name, (size_t)len);
}

static enum salve_code begin_in(struct rec_tx *tx, struct actor actor, struct change *change, struct salve_err *err)
{
    char name[REC_ROW_NAME_BYTES];
    (void)change;
    uint8_t secret[CRYPTO_KEY_BYTES] = {0};
    struct account_totp *out = (struct account_totp *)(uintptr_t)change->with;
    struct crypto_keys *slots = NULL;
    TRY(crypto_keys_new(1, &slots, err));
    crypto_random(secret, TOTP_SECRET_BYTES);
    totp_text(secret, out->secret);
    crypto_key_import(crypto_keys_at(slots, 0), secret);
    enum salve_code code = keys_sealed_put(tx->site->keys, next_row(actor.id, name), crypto_keys_at(slots, 0), err);
    crypto_keys_drop(&slots);
    if (code == SALVE_OK) totp_uri(tx->site->settings.name, actor.id, out->secret, out->uri);
    return code;
}

enum salve_code near_account_totp_begin(struct site *site, struct actor actor, struct account_totp *out,
                                        struct salve_err *err)
{
    struct change change = {.with = out};
    return change_own(site, actor, begin_in, &change, err);
}

static enum salve_code confirm_in(struct rec_tx *tx, struct actor actor, struct change *change, struct salve_err *err)
{
    uint64_t step = 0;
    struct crypto_keys *slots = NULL;
    struct rec_staff staff = change->staff;
    char next[REC_ROW_NAME_BYTES], name[REC_ROW_NAME_BYTES];
    if (tx->is_suspect) return rec_clock_doubted(tx->site, "code", err);
    enum salve_code code =
        rec_totp_find(tx->site, next_row(actor.id, next), *(const struct str *)change->with, 0, &step, NULL);
    if (code == SALVE_E_NOT_FOUND) return salve_refuse(err, SALVE_E_NOT_FOUND, "none was begun", "code");
    if (code != SALVE_OK) return salve_fail(err, code, "code");
    if (step == 0) return salve_refuse(err, SALVE_E_PIN, "that is not what the generator shows now", "code");
    change->old.is = (struct staff){.id = actor.id, .has_totp = staff.is.has_totp};
    change->old.totp = staff.totp;
    crypto_random(staff.totp.salt, sizeof staff.totp.salt);
    staff.is.has_totp = true;
    TRY(crypto_keys_new(1, &slots, err));
    struct crypto_key *key = crypto_keys_at(slots, 0);
    struct str row = rec_row_name("totp", staff.is.id, &staff.totp, name);
    code = keys_sealed_get(tx->site->keys, str_of(next), key, err);
    if (code == SALVE_OK) code = keys_sealed_put(tx->site->keys, row, key, err);
    crypto_keys_drop(&slots);
    if (code == SALVE_OK) code = rec_shown_put(tx, REC_SHOWN_TOTP, row, &(struct rec_shown){.number = step}, err);
    return code == SALVE_OK ? rec_staff_write(tx, &staff, actor, err) : code;
}

enum salve_code near_account_totp_confirm(struct site *site, struct actor actor, struct str code, struct salve_err *err)
{
    char next[REC_ROW_NAME_BYTES];
    struct change change = {.with = &code};
    TRY(change_own(site, actor, confirm_in, &change, err));
    if (change.old.is.has_totp) rec_sessions_end_but(site, actor.id, actor.pass);
    rec_session_whole(site, actor.pass);
    return keys_sealed_drop(site->keys, next_row(actor.id, next), err);
}
