/* SPDX-License-Identifier: Apache-2.0
 *
 * That a member of staff is who they say: the hash of what they type, the pass that a login gives, and the sealed
 * memory of one. What else is shown is looked at in rec_proof.c. */
#include <stdio.h>

#include "keys/keys.h"
#include "records/session_int.h"

enum { WORK_BYTES = 8 << 20, MINUTE_MS = 60 * 1000 };

/* --- the hash ----------------------------------------------------------------------------------------------------- */

enum salve_code staff_secret_check(struct str secret, struct salve_err *err)
{
    size_t digits = 0;
    while (digits < secret.len && str_is_digit(secret.ptr[digits])) digits++;
    bool is_good = digits == secret.len ? digits >= STAFF_PIN_DIGITS_MIN : secret.len >= STAFF_PHRASE_BYTES_MIN;
    if (is_good && secret.len <= STAFF_SECRET_BYTES_MAX) return SALVE_OK;
    return salve_refuse(err, SALVE_E_RANGE, "6 digits or more, or another text of 12 to 256 bytes", "PIN");
}

bool rec_secret_is_pin(struct str secret)
{
    for (size_t i = 0; i < secret.len; i++)
        if (!str_is_digit(secret.ptr[i])) return false;
    return true;
}

struct str rec_row_name(const char *kind, struct str id, const struct rec_secret *secret, char name[REC_ROW_NAME_BYTES])
{
    char salt[2 * CRYPTO_SALT_BYTES + 1];
    str_hex(secret->salt, sizeof secret->salt, salt);
    int len = snprintf(name, REC_ROW_NAME_BYTES, "%s/%.*s/%s", kind, STR_ARGS(id), salt);
    salve_assert(len > 0 && len < REC_ROW_NAME_BYTES);
    return str_make(name, (size_t)len);
}

enum salve_code rec_pin_make(struct site *site, struct str secret, struct rec_pin *out, struct salve_err *err)
{
    *out = (struct rec_pin){.is_pin = rec_secret_is_pin(secret), .is = {.cost = site->pin_cost}};
    TRY(staff_secret_check(secret, err));
    TRY(crypto_keys_new(1, &out->slots, err));
    crypto_random(out->is.salt, sizeof out->is.salt);
    return rec_slow_key(site, secret, out->is.salt, out->is.cost, crypto_keys_at(out->slots, 0), err);
}

enum salve_code rec_pin_put(struct site *site, const struct rec_pin *made, struct rec_staff *staff,
                            struct salve_err *err)
{
    char name[REC_ROW_NAME_BYTES];
    struct rec_secret *fresh = made->is_pin ? &staff->pin : &staff->phrase;
    *fresh = made->is;
    staff->is.has_pin = staff->is.has_pin || made->is_pin;
    staff->is.has_phrase = staff->is.has_phrase || !made->is_pin;
    struct str row = rec_row_name("pin", staff->is.id, fresh, name);
    return keys_sealed_put(site->keys, row, crypto_keys_at(made->slots, 0), err);
}

enum salve_code rec_pin_drop(struct site *site, const struct rec_staff *staff, struct salve_err *err)
{
    char name[REC_ROW_NAME_BYTES];
    const struct staff *is = &staff->is;
    if (is->has_pin) TRY(keys_sealed_drop(site->keys, rec_row_name("pin", is->id, &staff->pin, name), err));
    if (is->has_phrase) TRY(keys_sealed_drop(site->keys, rec_row_name("pin", is->id, &staff->phrase, name), err));
    if (is->has_totp) TRY(keys_sealed_drop(site->keys, rec_row_name("totp", is->id, &staff->totp, name), err));
    return SALVE_OK;
}

/* --- logging in --------------------------------------------------------------------------------------------------- */

/* Of a name that nobody has, or has no more, a member who has nothing. */
static enum salve_code find_staff(struct site *site, struct str id, struct arena *mem, struct rec_staff *out,
                                  struct salve_err *err)
{
    struct rec_tx tx;
    *out = (struct rec_staff){.is.id = STR_NONE};
    if (!rec_doc_is_name(id)) return SALVE_OK;
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = rec_staff_read(&tx, id, mem, out, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_E_NOT_FOUND && (code != SALVE_OK || !out->is.retired)) return code;
    *out = (struct rec_staff){.is.id = STR_NONE};
    return SALVE_OK;
}

/* What such a secret of theirs is hashed with; where they have none, what it would be. In a register from before
 * there were two kinds the one there is may be either. */
static struct rec_secret secret_of(const struct site *site, const struct rec_staff *staff, bool is_pin, bool *has)
{
    bool is_phrase = !is_pin && staff->is.has_phrase;
    *has = is_phrase || staff->is.has_pin;
    if (!*has) return (struct rec_secret){.cost = site->pin_cost};
    return is_phrase ? staff->phrase : staff->pin;
}

enum salve_code rec_login_actor(struct site *site, const struct rec_staff *staff, struct arena *mem, struct actor *out,
                                struct salve_err *err)
{
    *out = (struct actor){.role = staff->is.role};
    TRY(arena_str(mem, staff->is.id, &out->id, err));
    TRY(arena_str(mem, site->settings.name, &out->site, err));
    rec_pass(site, staff, out->pass);
    return SALVE_OK;
}

/* The name in mem too: `login` may go before what is read. */
static enum salve_code read_staff(struct site *site, const struct rec_login *login, struct rec_staff *out,
                                  struct arena *mem, struct salve_err *err)
{
    struct str id;
    TRY(arena_str(mem, str_make(login->id, login->id_bytes), &id, err));
    return find_staff(site, id, mem, out, err);
}

/* Wrong PINs at a tablet, which only who has the tablet can try, are counted by themselves. */
static enum salve_code begin_try(struct site *site, struct str id, struct rec_login *login, struct arena *mem,
                                 struct salve_err *err)
{
    struct str name = STR_NONE;
    if (!login->beside.is_at_tablet || !login->is_pin) return rec_try_begin(site, id, REC_TRY_WAITS, &login->try, err);
    TRY(rec_try_at_tablets(id, mem, &name, err));
    return rec_try_begin(site, name, REC_TRY_CLOSES, &login->try, err);
}

enum salve_code rec_login_begin(struct site *site, struct str id, struct str secret, const struct proof *shown,
                                struct rec_login *out, struct salve_err *err)
{
    struct rec_staff staff;
    bool has = false;
    *out = (struct rec_login){.id_bytes = rec_doc_is_name(id) ? id.len : 0, .is_pin = rec_secret_is_pin(secret)};
    salve_assert(out->id_bytes <= sizeof out->id);
    if (out->id_bytes > 0) memcpy(out->id, id.ptr, id.len);
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "staff");
    enum salve_code code = read_staff(site, out, &staff, work, err);
    if (code == SALVE_OK) code = rec_beside_begin(site, id, shown, work, &out->beside, err);
    if (code == SALVE_OK) out->with = secret_of(site, &staff, out->is_pin, &has);
    if (code == SALVE_OK) code = crypto_keys_new(2, &out->slots, err);
    if (code == SALVE_OK) code = begin_try(site, id, out, work, err);
    if (code != SALVE_OK) crypto_keys_drop(&out->slots);
    arena_close(work);
    return code;
}

void rec_login_hash(struct rec_login *login, struct str secret)
{
    login->code = crypto_key_from_passphrase(crypto_keys_at(login->slots, 0), secret, login->with.salt,
                                             login->with.cost, &login->err);
}

/* By the register as it is now: it may have changed while the secret was hashed. */
static enum salve_code compare(struct site *site, struct rec_login *login, struct arena *mem, struct rec_staff *out,
                               bool *fits, struct salve_err *err)
{
    char name[REC_ROW_NAME_BYTES];
    bool has = false;
    struct crypto_key *kept = crypto_keys_at(login->slots, 1);
    *fits = false;
    if (login->code != SALVE_OK) {
        if (err != NULL) *err = login->err;
        return login->code;
    }
    TRY(read_staff(site, login, out, mem, err));
    struct rec_secret now = secret_of(site, out, login->is_pin, &has);
    if (!has || memcmp(now.salt, login->with.salt, sizeof now.salt) != 0) return SALVE_OK;
    enum salve_code code = keys_sealed_get(site->keys, rec_row_name("pin", out->is.id, &now, name), kept, err);
    if (code == SALVE_OK) *fits = crypto_key_equal(crypto_keys_at(login->slots, 0), kept);
    return code == SALVE_E_NOT_FOUND ? SALVE_OK : code;
}

/* What is beside the secret is looked at whether the secret fits or not. */
static enum salve_code look(struct site *site, struct rec_login *login, struct arena *mem, struct rec_staff *out,
                            bool *fits, struct salve_err *err)
{
    bool is_enough = false;
    uint64_t step = 0;
    TRY(compare(site, login, mem, out, fits, err));
    TRY(rec_beside_check(site, login, out, mem, &is_enough, &step, err));
    *fits = *fits && is_enough;
    if (!*fits) return SALVE_OK;
    enum salve_code code = rec_beside_use(site, login, out, step, mem, err);
    *fits = code == SALVE_OK;
    return code == SALVE_E_PIN ? SALVE_OK : code; /* another one used it meanwhile */
}

enum salve_code rec_login_end(struct site *site, struct rec_login *login, struct arena *mem, struct rec_staff *out,
                              struct salve_err *err)
{
    bool fits = false;
    enum salve_code code = look(site, login, mem, out, &fits, err);
    enum rec_try_end how = code != SALVE_OK ? REC_TRY_NONE : fits ? REC_TRY_RIGHT : REC_TRY_WRONG;
    enum salve_code counted = rec_try_done(site, &login->try, how, code == SALVE_OK ? err : NULL);
    crypto_keys_drop(&login->slots);
    if (code == SALVE_OK) code = counted;
    return code != SALVE_OK || fits ? code : salve_fail(err, SALVE_E_PIN, "staff name and PIN");
}

void rec_login_drop(struct site *site, struct rec_login *login)
{
    (void)!rec_try_done(site, &login->try, REC_TRY_NONE, NULL);
    crypto_keys_drop(&login->slots);
}

static enum salve_code log_in(struct site *site, struct str id, struct str secret, const struct proof *shown,
                              struct rec_login *login, struct arena *mem, struct rec_staff *out, struct salve_err *err)
{
    TRY(rec_login_begin(site, id, secret, shown, login, err));
    login->code =
        rec_slow_key(site, secret, login->with.salt, login->with.cost, crypto_keys_at(login->slots, 0), &login->err);
    return rec_login_end(site, login, mem, out, err);
}

enum salve_code rec_log_in(struct site *site, struct str id, const struct proof *shown, struct arena *mem,
                           struct rec_staff *out, struct rec_way *way, struct salve_err *err)
{
    struct rec_login login;
    if (shown->credential.len > 0) return rec_passkey_log_in(site, id, shown, mem, out, way, err);
    TRY(log_in(site, id, shown->secret, shown, &login, mem, out, err));
    *way = login.way;
    return SALVE_OK;
}

enum salve_code near_staff_login(struct site *site, struct str id, struct str secret, struct arena *mem,
                                 struct actor *out, struct salve_err *err)
{
    struct rec_login login;
    struct rec_staff staff;
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "staff");
    enum salve_code code = log_in(site, id, secret, NULL, &login, work, &staff, err);
    if (code == SALVE_OK) code = rec_login_actor(site, &staff, mem, out, err);
    arena_close(work);
    return code;
}

/* --- the memory of a login ---------------------------------------------------------------------------------------- */

/* Time of remembering u64, time of the login u64, pass, role as one byte, name: sealed under the gate's key for one
 * place. */
enum { AT_SHOWN = 8, AT_PASS = 16, AT_ROLE = AT_PASS + ACTOR_PASS_BYTES, AT_NAME, MEMORY_BYTES_MAX = AT_NAME + 64 };

static enum salve_code memory_aad(struct str place, struct arena *mem, struct str *aad, struct salve_err *err)
{
    *aad = arena_printf(mem, "SLV-memory-v1 %.*s", STR_ARGS(place));
    return aad->ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "login") : SALVE_OK;
}

enum salve_code near_staff_remember(struct site *site, struct actor actor, struct str place, struct arena *mem,
                                    struct str *sealed, struct salve_err *err)
{
    uint8_t plain[MEMORY_BYTES_MAX];
    struct str aad;
    const struct crypto_key *key = rec_gate_key(site);
    size_t bytes = AT_NAME + actor.id.len;
    TRY(rec_actor_is(site, actor, mem, err));
    int64_t shown_unix_ms = rec_session_shown_unix_ms(site, actor.pass);
    TRY(rec_pass_of(site, actor, actor.pass, err)); /* not the token of a session, which ends before */
    salve_assert(bytes <= sizeof plain);
    TRY(memory_aad(place, mem, &aad, err));
    uint8_t *out = arena_alloc(mem, bytes + CRYPTO_SEAL_BYTES);
    if (out == NULL) return salve_fail(err, SALVE_E_MEMORY, "login");
    crypto_put_u64(plain, (uint64_t)near_site_now_unix_ms(site));
    crypto_put_u64(plain + AT_SHOWN, (uint64_t)shown_unix_ms);
    memcpy(plain + AT_PASS, actor.pass, ACTOR_PASS_BYTES);
    plain[AT_ROLE] = (uint8_t)actor.role;
    memcpy(plain + AT_NAME, actor.id.ptr, actor.id.len);
    crypto_seal(key, aad, str_bytes(plain, bytes), out);
    crypto_zero(plain, sizeof plain);
    *sealed = str_bytes(out, bytes + CRYPTO_SEAL_BYTES);
    return SALVE_OK;
}

static enum salve_code not_remembered(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_PIN, "it is not remembered", "login");
}

/* What is sealed: the actor of staff_login, and when. */
struct memory {
    struct actor actor;
    int64_t at_unix_ms, shown_unix_ms;
};

static enum salve_code memory_read(struct site *site, struct str sealed, struct str place, struct arena *mem,
                                   struct memory *out, struct salve_err *err)
{
    uint8_t plain[MEMORY_BYTES_MAX];
    struct str aad;
    if (sealed.len <= AT_NAME + CRYPTO_SEAL_BYTES || sealed.len > sizeof plain + CRYPTO_SEAL_BYTES)
        return not_remembered(err);
    TRY(memory_aad(place, mem, &aad, err));
    if (crypto_open(rec_gate_key(site), aad, sealed, plain, NULL) != SALVE_OK) return not_remembered(err);
    *out = (struct memory){.actor.role = (enum role)plain[AT_ROLE],
                           .at_unix_ms = (int64_t)crypto_get_u64(plain),
                           .shown_unix_ms = (int64_t)crypto_get_u64(plain + AT_SHOWN)};
    memcpy(out->actor.pass, plain + AT_PASS, ACTOR_PASS_BYTES);
    enum salve_code code =
        arena_str(mem, str_bytes(plain + AT_NAME, sealed.len - CRYPTO_SEAL_BYTES - AT_NAME), &out->actor.id, err);
    crypto_zero(plain, sizeof plain);
    return code == SALVE_OK ? arena_str(mem, site->settings.name, &out->actor.site, err) : code;
}

/* A session, which knows how long ago it was shown that it is them: a memory is renewed by its use, that is not. */
enum salve_code near_staff_recall(struct site *site, struct str sealed, struct str place, struct arena *mem,
                                  struct actor *out, struct salve_err *err)
{
    struct memory memory;
    struct session session;
    TRY(memory_read(site, sealed, place, mem, &memory, err));
    int64_t age_ms = near_site_now_unix_ms(site) - memory.at_unix_ms;
    bool is_fresh = age_ms >= 0 && age_ms < STAFF_MEMORY_MINUTES * MINUTE_MS && !site->is_suspect;
    enum salve_code code = is_fresh ? near_session_hold(site, memory.actor, mem, &session, err) : SALVE_E_ROLE;
    crypto_zero(memory.actor.pass, sizeof memory.actor.pass);
    if (code == SALVE_E_ROLE) return not_remembered(err);
    if (code != SALVE_OK) return code;
    rec_session_shown(site, session.token, memory.shown_unix_ms);
    *out = session.actor;
    return SALVE_OK;
}
