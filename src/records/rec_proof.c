/* SPDX-License-Identifier: Apache-2.0
 *
 * What is shown beside a secret, or without one, and whether it is enough (proof.h). */
#include "keys/keys.h"
#include "records/session_int.h"

enum { SECOND_MS = 1000 };

enum salve_code rec_try_at_tablets(struct str id, struct arena *mem, struct str *name, struct salve_err *err)
{
    *name = arena_printf(mem, "%.*s at a tablet", STR_ARGS(id)); /* no name of staff has a space */
    return name->ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "staff") : SALVE_OK;
}

/* --- beside a secret: before -------------------------------------------------------------------------------------- */

/* A code is a matter of time. */
static enum salve_code take_code(const struct site *site, struct str code, struct rec_beside *out,
                                 struct salve_err *err)
{
    if (code.len == 0) return SALVE_OK;
    if (near_site_clock_suspect(site)) return rec_clock_doubted(site, "code", err);
    out->has_code = code.len == sizeof out->code;
    if (out->has_code) memcpy(out->code, code.ptr, code.len);
    return SALVE_OK;
}

enum salve_code rec_beside_begin(struct site *site, struct str id, const struct proof *shown, struct arena *mem,
                                 struct rec_beside *out, struct salve_err *err)
{
    *out = (struct rec_beside){.is_here = shown == NULL || rec_mode(site) == SITE_LOCAL};
    if (out->is_here) return SALVE_OK;
    TRY(take_code(site, shown->code, out, err));
    TRY(rec_tablet_signed(site, id, shown, mem, &out->is_at_tablet, err));
    if (!out->is_at_tablet) return SALVE_OK;
    memcpy(out->tablet, shown->tablet.ptr, shown->tablet.len);
    memcpy(out->challenge, shown->challenge.ptr, sizeof out->challenge);
    return SALVE_OK;
}

/* --- beside a secret: after --------------------------------------------------------------------------------------- */

static struct str totp_name(const struct rec_staff *staff, char name[REC_ROW_NAME_BYTES])
{
    return rec_row_name("totp", staff->is.id, &staff->totp, name);
}

enum salve_code rec_totp_find(struct site *site, struct str row, struct str code, uint64_t used, uint64_t *step,
                              struct salve_err *err)
{
    struct crypto_keys *slots = NULL;
    TRY(crypto_keys_new(1, &slots, err));
    struct crypto_key *key = crypto_keys_at(slots, 0);
    enum salve_code found = keys_sealed_get(site->keys, row, key, err);
    if (found == SALVE_OK) found = totp_find(key, code, near_site_now_unix_ms(site) / SECOND_MS, used, step, err);
    crypto_keys_drop(&slots);
    return found;
}

static enum salve_code check_code(struct site *site, const struct rec_beside *beside, const struct rec_staff *staff,
                                  struct arena *mem, uint64_t *step, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_shown used;
    char name[REC_ROW_NAME_BYTES];
    struct str row = totp_name(staff, name);
    if (!beside->has_code) return SALVE_OK;
    if (near_site_clock_suspect(site)) return rec_clock_doubted(site, "code", err);
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = rec_shown_get(&tx, REC_SHOWN_TOTP, row, &used, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK) return code;
    return rec_totp_find(site, row, str_make(beside->code, sizeof beside->code), used.number, step, err);
}

static enum salve_code has_passkey(struct site *site, struct str id, struct arena *mem, bool *out,
                                   struct salve_err *err)
{
    struct rec_tx tx;
    size_t count = 0;
    struct passkey_kept *list = NULL;
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = rec_passkeys_of(&tx, id, mem, &list, &count, err);
    rec_tx_abandon(&tx);
    *out = count > 0;
    return code;
}

/* Whoever logs in at an enrolled tablet, by whatever secret, has a session that ends with it. */
static enum salve_code stay_at_tablet(struct site *site, const struct rec_beside *beside, struct rec_way *way,
                                      struct arena *mem, bool *stands, struct salve_err *err)
{
    *stands = false;
    if (!beside->is_at_tablet) return SALVE_OK;
    TRY(rec_tablet_stands(site, str_of(beside->tablet), mem, stands, err));
    if (*stands) memcpy(way->tablet, beside->tablet, sizeof way->tablet);
    return SALVE_OK;
}

/* A passphrase alone is enough to begin with, for who has nothing else yet, and for nothing but that. */
static enum salve_code check_phrase(struct site *site, struct rec_login *login, const struct rec_staff *staff,
                                    struct arena *mem, bool *is_enough, uint64_t *step, struct salve_err *err)
{
    bool is_set_up = false;
    if (staff->is.has_totp) {
        TRY(check_code(site, &login->beside, staff, mem, step, err));
        *is_enough = *step != 0;
        return SALVE_OK;
    }
    TRY(has_passkey(site, staff->is.id, mem, &is_set_up, err));
    *is_enough = login->way.must_set_up = !is_set_up;
    return SALVE_OK;
}

enum salve_code rec_beside_check(struct site *site, struct rec_login *login, const struct rec_staff *staff,
                                 struct arena *mem, bool *is_enough, uint64_t *step, struct salve_err *err)
{
    const struct rec_beside *beside = &login->beside;
    bool is_there = false;
    *is_enough = beside->is_here;
    *step = 0;
    login->way = (struct rec_way){.is_by_pin = !beside->is_here && login->is_pin};
    if (beside->is_here || staff->is.id.len == 0) return SALVE_OK;
    TRY(stay_at_tablet(site, beside, &login->way, mem, &is_there, err));
    if (!login->is_pin) return check_phrase(site, login, staff, mem, is_enough, step, err);
    *is_enough = is_there;
    return SALVE_OK;
}

enum salve_code rec_beside_use(struct site *site, const struct rec_login *login, const struct rec_staff *staff,
                               uint64_t step, struct arena *mem, struct salve_err *err)
{
    struct str at_tablets;
    char name[REC_ROW_NAME_BYTES];
    const struct rec_beside *beside = &login->beside;
    if (beside->is_here) return SALVE_OK;
    if (login->is_pin) {
        TRY(rec_challenge_use(site, str_bytes(beside->challenge, sizeof beside->challenge), err));
        return rec_tablet_note(site, str_of(beside->tablet), mem, err);
    }
    TRY(rec_try_at_tablets(staff->is.id, mem, &at_tablets, err));
    if (step != 0)
        TRY(rec_shown_set(site, REC_SHOWN_TOTP, totp_name(staff, name), &(struct rec_shown){.number = step}, mem, err));
    return login->way.must_set_up ? SALVE_OK : rec_try_forget(site, at_tablets, err);
}

/* --- a passkey ---------------------------------------------------------------------------------------------------- */

static enum salve_code not_theirs(struct salve_err *err) { return salve_fail(err, SALVE_E_PIN, "passkey"); }

void rec_passkey_said(struct site *site, struct str origins[SITE_ORIGINS_MAX], struct passkey_said *out)
{
    const struct rec_proofs *proofs = site->proofs; /* there since the challenge was looked at */
    for (size_t i = 0; i < proofs->origin_count; i++) origins[i] = str_of(proofs->origins[i]);
    out->rp_id = str_of(proofs->rp_id);
    out->origins = origins;
    out->origin_count = proofs->origin_count;
}

/* What is kept of the passkey, its member and its counter; E_PIN where there is none. */
struct held_passkey {
    struct passkey_kept is;
    struct rec_staff staff;
    struct rec_shown counter;
};

static enum salve_code find_in(struct rec_tx *tx, struct str credential, struct arena *mem, struct held_passkey *out,
                               struct salve_err *err)
{
    char id[KEPT_ID_BYTES + 1];
    kept_id(credential, id);
    TRY(rec_passkey_read(tx, str_of(id), mem, &out->is, err));
    TRY(rec_staff_read(tx, out->is.staff, mem, &out->staff, err));
    return rec_shown_get(tx, REC_SHOWN_PASSKEY, out->is.id, &out->counter, err);
}

static enum salve_code find_passkey(struct site *site, struct str credential, struct arena *mem,
                                    struct held_passkey *out, struct salve_err *err)
{
    struct rec_tx tx;
    struct salve_err trouble = {0};
    *out = (struct held_passkey){.is.id = STR_NONE};
    if (credential.len > PASSKEY_CREDENTIAL_BYTES_MAX) return not_theirs(err);
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = find_in(&tx, credential, mem, out, &trouble);
    rec_tx_abandon(&tx);
    if (code == SALVE_E_NOT_FOUND || (code == SALVE_OK && out->staff.is.retired)) return not_theirs(err);
    if (code != SALVE_OK && err != NULL) *err = trouble;
    return code;
}

/* One that goes back is of a copy: it is refused, and the member is told (account.h). Where an authenticator counts
 * nothing both are 0. */
static enum salve_code count_on(struct site *site, const struct held_passkey *held, uint32_t counter, struct arena *mem,
                                struct salve_err *err)
{
    struct rec_shown next = held->counter;
    bool goes_back = counter <= held->counter.number && (counter != 0 || held->counter.number != 0);
    if (!goes_back && counter == held->counter.number) return SALVE_OK;
    if (goes_back)
        next.at_unix_ms = near_site_now_unix_ms(site);
    else
        next.number = counter;
    TRY(rec_shown_set(site, REC_SHOWN_PASSKEY, held->is.id, &next, mem, err));
    if (!goes_back) return SALVE_OK;
    return salve_refuse(err, SALVE_E_PIN,
                        "its counter went back, so there may be a copy of it: remove it, make another", "passkey");
}

enum salve_code rec_passkey_log_in(struct site *site, struct str id, const struct proof *shown, struct arena *mem,
                                   struct rec_staff *out, struct rec_way *way, struct salve_err *err)
{
    struct held_passkey held;
    struct str origins[SITE_ORIGINS_MAX], at_tablets;
    uint32_t counter = 0;
    struct passkey_said said = {.challenge = shown->challenge,
                                .authenticator_data = shown->authenticator_data,
                                .client_data = shown->client_data};
    *way = (struct rec_way){.is_held = false};
    TRY(rec_challenge_check(site, shown->challenge, err));
    rec_passkey_said(site, origins, &said);
    TRY(find_passkey(site, shown->credential, mem, &held, err));
    if (id.len > 0 && !str_eq(id, held.staff.is.id)) return not_theirs(err);
    TRY(passkey_shown(&said, held.is.key, shown->signature, &counter, err));
    TRY(rec_challenge_use(site, shown->challenge, err));
    TRY(count_on(site, &held, counter, mem, err));
    TRY(rec_try_at_tablets(held.staff.is.id, mem, &at_tablets, err));
    *out = held.staff;
    return rec_try_forget(site, at_tablets, err);
}
