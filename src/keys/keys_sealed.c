/* SPDX-License-Identifier: Apache-2.0
 * Rows that are sealed under the epoch: KEKs and named secrets. An epoch's sealing key needs the root secret and the
 * epoch's secret of keys.epoch; without the second, which is destroyed, a copy of the row stays closed for ever. */
#include "base/assert.h"
#include "keys/keys_int.h"

void keys_seal_key(const struct crypto_key *root, uint32_t epoch, const uint8_t secret[KEYS_EPOCH_SECRET_BYTES],
                   struct crypto_key *out)
{
    uint8_t number[4];
    crypto_put_u32(number, epoch);
    const struct str parts[] = {STR("SLV-epoch-v1"), str_bytes(number, sizeof number),
                                str_bytes(secret, KEYS_EPOCH_SECRET_BYTES)};
    crypto_key_derive(root, parts, 3, out);
}

enum salve_code keys_meta_get(struct keys *keys, const char *name, void *out, size_t len, struct salve_err *err)
{
    bool row = false;
    db_bind_text(keys->meta_get, 1, str_of(name));
    enum salve_code code = db_step(keys->meta_get, &row, err);
    struct str bytes = code == SALVE_OK && row ? db_column_blob(keys->meta_get, 0) : STR_NONE;
    if (code == SALVE_OK && bytes.len != len) code = salve_fail(err, SALVE_E_INTEGRITY, "%s, %s", keys->path, name);
    if (code == SALVE_OK) memcpy(out, bytes.ptr, len);
    db_reset(keys->meta_get);
    return code;
}

enum salve_code keys_meta_put(struct keys *keys, const char *name, struct str bytes, struct salve_err *err)
{
    db_bind_text(keys->meta_put, 1, str_of(name));
    db_bind_blob(keys->meta_put, 2, bytes);
    return db_run(keys->meta_put, err);
}

/* --- rows with a MAC of the epoch -------------------------------------------------------------------------------- */
/* Rows of meta that end with a BLAKE2b over their name and bytes, keyed with the epoch: nobody makes one without the
 * secret, and a row of an older epoch does not fit. */
enum { AT_TURNS = 8, DUE_BYTES = 12 }; /* "renewed": time u64, turns u32 */

void keys_row_mac(struct keys *keys, unsigned seal_slot, const char *name, struct str bytes,
                  uint8_t mac[KEYS_MAC_BYTES])
{
    const struct str label = STR("SLV-row-v1"), parts[] = {str_make(name, strlen(name) + 1), bytes};
    crypto_key_derive(keys_slot(keys, seal_slot), &label, 1, keys_slot(keys, SLOT_A));
    crypto_key_mac(keys_slot(keys, SLOT_A), parts, 2, mac, KEYS_MAC_BYTES);
    crypto_key_zero(keys_slot(keys, SLOT_A));
}

enum salve_code keys_row_put(struct keys *keys, unsigned seal_slot, const char *name, uint8_t *row, size_t len,
                             struct salve_err *err)
{
    keys_row_mac(keys, seal_slot, name, str_bytes(row, len), row + len);
    return keys_meta_put(keys, name, str_bytes(row, len + KEYS_MAC_BYTES), err);
}

enum salve_code keys_row_get(struct keys *keys, unsigned seal_slot, const char *name, uint8_t *row, size_t len,
                             struct salve_err *err)
{
    uint8_t mac[KEYS_MAC_BYTES];
    TRY(keys_meta_get(keys, name, row, len + KEYS_MAC_BYTES, err));
    keys_row_mac(keys, seal_slot, name, str_bytes(row, len), mac);
    if (crypto_equal(mac, row + len, KEYS_MAC_BYTES)) return SALVE_OK;
    return salve_fail(err, SALVE_E_INTEGRITY, "%s, %s", keys->path, name);
}

bool keys_due_fits(struct keys *keys)
{
    uint8_t row[DUE_BYTES + KEYS_MAC_BYTES];
    return keys_row_get(keys, SLOT_SEAL_NOW, "renewed", row, DUE_BYTES, NULL) == SALVE_OK;
}

/* Where the row does not fit they are due. */
enum salve_code keys_due_read(struct keys *keys, unsigned seal_slot, struct keys_due *out, struct salve_err *err)
{
    uint8_t row[DUE_BYTES + KEYS_MAC_BYTES];
    *out = (struct keys_due){0};
    enum salve_code code = keys_row_get(keys, seal_slot, "renewed", row, DUE_BYTES, err);
    if (code != SALVE_OK) return code == SALVE_E_INTEGRITY ? SALVE_OK : code;
    out->renewed_unix_s = (int64_t)crypto_get_u64(row);
    out->turns = crypto_get_u32(row + AT_TURNS);
    return SALVE_OK;
}

enum salve_code keys_due_write(struct keys *keys, unsigned seal_slot, struct keys_due due, struct salve_err *err)
{
    uint8_t row[DUE_BYTES + KEYS_MAC_BYTES];
    crypto_put_u64(row, (uint64_t)due.renewed_unix_s);
    crypto_put_u32(row + AT_TURNS, due.turns);
    return keys_row_put(keys, seal_slot, "renewed", row, DUE_BYTES, err);
}

void keys_due(struct keys *keys, struct keys_due *out) { (void)!keys_due_read(keys, SLOT_SEAL_NOW, out, NULL); }

enum { KEK_AAD_BYTES = 8 };
static struct str kek_aad(int purpose, uint32_t epoch, uint8_t out[KEK_AAD_BYTES])
{
    memcpy(out, "KEK", 3);
    out[3] = (uint8_t)purpose;
    crypto_put_u32(out + 4, epoch);
    return str_bytes(out, KEK_AAD_BYTES);
}

enum salve_code keys_kek_load(struct keys *keys, uint32_t epoch, unsigned first_slot, unsigned seal_slot, bool *found,
                              struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    uint8_t aad[KEK_AAD_BYTES];
    *found = true;
    for (int purpose = 1; code == SALVE_OK && *found && purpose <= PURPOSE_LAST; purpose++) {
        db_bind_i64(keys->kek_get, 1, purpose);
        db_bind_i64(keys->kek_get, 2, epoch);
        code = db_step(keys->kek_get, found, err);
        if (code == SALVE_OK && !*found && purpose == PURPOSE_LETTER && keys->layout != KEYS_LAYOUT) {
            crypto_key_random(
                keys_slot(keys, first_slot + PURPOSE_LETTER)); /* layout 1 has none; the upgrade keeps it */
            *found = true;
            db_reset(keys->kek_get);
            continue;
        }
        struct str sealed = code == SALVE_OK && *found ? db_column_blob(keys->kek_get, 0) : STR_NONE;
        if (code == SALVE_OK && *found && sealed.len != CRYPTO_SEALED_KEY_BYTES)
            code = salve_fail(err, SALVE_E_INTEGRITY, "%s, KEK", keys->path);
        if (code == SALVE_OK && *found)
            code = crypto_open_key(keys_slot(keys, seal_slot), kek_aad(purpose, epoch, aad),
                                   (const uint8_t *)sealed.ptr, keys_slot(keys, first_slot + (unsigned)purpose), err);
        db_reset(keys->kek_get);
    }
    return code;
}

enum salve_code keys_kek_store(struct keys *keys, uint32_t epoch, unsigned first_slot, unsigned seal_slot,
                               struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    uint8_t sealed[CRYPTO_SEALED_KEY_BYTES], aad[KEK_AAD_BYTES];
    for (int purpose = 1; code == SALVE_OK && purpose <= PURPOSE_LAST; purpose++) {
        crypto_seal_key(keys_slot(keys, seal_slot), kek_aad(purpose, epoch, aad),
                        keys_slot(keys, first_slot + (unsigned)purpose), sealed);
        db_bind_i64(keys->kek_put, 1, purpose);
        db_bind_i64(keys->kek_put, 2, epoch);
        db_bind_blob(keys->kek_put, 3, str_bytes(sealed, sizeof sealed));
        code = db_run(keys->kek_put, err);
    }
    return code;
}

static enum salve_code secret_write(struct keys *keys, struct str name, unsigned seal_slot,
                                    const struct crypto_key *secret, struct salve_err *err)
{
    uint8_t sealed[CRYPTO_SEALED_KEY_BYTES];
    crypto_seal_key(keys_slot(keys, seal_slot), name, secret, sealed);
    db_bind_text(keys->secret_put, 1, name);
    db_bind_blob(keys->secret_put, 2, str_bytes(sealed, sizeof sealed));
    return db_run(keys->secret_put, err);
}

static enum salve_code secret_read(struct keys *keys, struct str name, unsigned seal_slot, struct crypto_key *secret,
                                   struct salve_err *err)
{
    bool row = false;
    db_bind_text(keys->secret_get, 1, name);
    enum salve_code code = db_step(keys->secret_get, &row, err);
    struct str sealed = code == SALVE_OK && row ? db_column_blob(keys->secret_get, 0) : STR_NONE;
    if (code == SALVE_OK && !row)
        code = salve_fail(err, SALVE_E_NOT_FOUND, "%s, %.*s", keys->path, STR_ARGS(name));
    else if (code == SALVE_OK && sealed.len != CRYPTO_SEALED_KEY_BYTES)
        code = salve_fail(err, SALVE_E_INTEGRITY, "%s, %.*s", keys->path, STR_ARGS(name));
    else if (code == SALVE_OK)
        code = crypto_open_key(keys_slot(keys, seal_slot), name, (const uint8_t *)sealed.ptr, secret, err);
    db_reset(keys->secret_get);
    return code;
}

enum salve_code keys_sealed_put_in(struct keys *keys, struct str name, const struct crypto_key *secret,
                                   struct salve_err *err)
{
    return secret_write(keys, name, SLOT_SEAL_NOW, secret, err);
}

enum salve_code keys_sealed_put(struct keys *keys, struct str name, const struct crypto_key *secret,
                                struct salve_err *err)
{
    enum salve_code code = db_begin(keys->db, false, err);
    if (code == SALVE_OK) code = keys_sealed_put_in(keys, name, secret, err);
    if (code == SALVE_OK) code = keys_secrets_settle(keys, err);
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    return code;
}

enum salve_code keys_sealed_get(struct keys *keys, struct str name, struct crypto_key *secret, struct salve_err *err)
{
    return secret_read(keys, name, SLOT_SEAL_NOW, secret, err);
}

enum salve_code keys_sealed_drop(struct keys *keys, struct str name, struct salve_err *err)
{
    enum salve_code code = db_begin(keys->db, false, err);
    db_bind_text(keys->secret_drop, 1, name);
    if (code == SALVE_OK) code = db_run(keys->secret_drop, err);
    if (code == SALVE_OK) code = keys_secrets_settle(keys, err);
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    return code == SALVE_OK ? db_scrub(keys->db, err) : code;
}

void keys_of_rows(struct keys *keys, struct str label, struct crypto_key *out)
{
    crypto_key_derive(keys_slot(keys, SLOT_ROWS), &label, 1, out);
}

enum salve_code keys_secret_next(struct keys *keys, char name[KEYS_SECRET_NAME_MAX], struct str *last, bool *found,
                                 struct salve_err *err)
{
    db_bind_text(keys->secret_next, 1, *last);
    enum salve_code code = db_step(keys->secret_next, found, err);
    struct str next = code == SALVE_OK && *found ? db_column_text(keys->secret_next, 0) : STR_NONE;
    if (next.len > KEYS_SECRET_NAME_MAX) code = salve_fail(err, SALVE_E_INTEGRITY, "%s, name of a secret", keys->path);
    if (code == SALVE_OK && *found) {
        memmove(name, next.ptr, next.len);
        *last = str_make(name, next.len);
    }
    db_reset(keys->secret_next);
    return code;
}

enum salve_code keys_secret_check(struct keys *keys, struct str name, struct salve_err *err)
{
    enum salve_code code = secret_read(keys, name, SLOT_SEAL_NOW, keys_slot(keys, SLOT_A), err);
    crypto_key_zero(keys_slot(keys, SLOT_A));
    return code;
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

/* Names and contents, one after the other; letters stand with their compartment (keys_whole.c). The key of this hash is
 * in SLOT_B meanwhile. */
static enum salve_code secrets_mac(struct keys *keys, uint8_t mac[KEYS_SECRETS_MAC_BYTES], struct salve_err *err)
{
    char name[KEYS_SECRET_NAME_MAX];
    struct str last = STR("");
    uint8_t one[KEYS_SECRETS_MAC_BYTES];
    memset(mac, 0, KEYS_SECRETS_MAC_BYTES);
    for (bool found = true;;) {
        TRY(keys_secret_next(keys, name, &last, &found, err));
        if (!found) return SALVE_OK;
        if (str_starts(last, STR(KEYS_LETTER_ROWS))) continue;
        TRY(secret_read(keys, last, SLOT_SEAL_NOW, keys_slot(keys, SLOT_A), err));
        keys_of_rows(keys, STR("SLV-secrets-row-v1"), keys_slot(keys, SLOT_B));
        crypto_key_mac_key(keys_slot(keys, SLOT_B), keys_slot(keys, SLOT_A), one, sizeof one);
        const struct str parts[] = {str_bytes(mac, KEYS_SECRETS_MAC_BYTES), last, str_bytes(one, sizeof one)};
        crypto_key_mac(keys_slot(keys, SLOT_B), parts, 3, mac, KEYS_SECRETS_MAC_BYTES);
        crypto_key_zero(keys_slot(keys, SLOT_A));
        crypto_key_zero(keys_slot(keys, SLOT_B));
    }
}

enum salve_code keys_secrets_settle(struct keys *keys, struct salve_err *err)
{
    uint8_t mac[KEYS_SECRETS_MAC_BYTES];
    if (keys->layout != KEYS_LAYOUT) return SALVE_OK;
    TRY(secrets_mac(keys, mac, err));
    return keys_meta_put(keys, "secrets", str_bytes(mac, sizeof mac), err);
}

bool keys_secrets_fit(struct keys *keys)
{
    uint8_t mac[KEYS_SECRETS_MAC_BYTES], row[KEYS_SECRETS_MAC_BYTES];
    return secrets_mac(keys, mac, NULL) == SALVE_OK &&
           keys_meta_get(keys, "secrets", row, sizeof row, NULL) == SALVE_OK && crypto_equal(mac, row, sizeof mac);
}

/* A letter's row that does not open ends that letter; it must not keep everybody's keys from being renewed. */
static enum salve_code reseal(struct keys *keys, struct str name, unsigned from_slot, unsigned to_slot,
                              struct salve_err *err)
{
    enum salve_code code = secret_read(keys, name, from_slot, keys_slot(keys, SLOT_A), err);
    if (code == SALVE_E_INTEGRITY && str_starts(name, STR(KEYS_LETTER_ROWS))) {
        db_bind_text(keys->secret_drop, 1, name);
        return db_run(keys->secret_drop, err);
    }
    if (code == SALVE_OK) code = secret_write(keys, name, to_slot, keys_slot(keys, SLOT_A), err);
    crypto_key_zero(keys_slot(keys, SLOT_A));
    return code;
}

enum salve_code keys_secrets_reseal(struct keys *keys, unsigned from_slot, unsigned to_slot, struct salve_err *err)
{
    char name[KEYS_SECRET_NAME_MAX];
    struct str last = STR("");
    for (bool found = true;;) {
        enum salve_code code = keys_secret_next(keys, name, &last, &found, err);
        if (code != SALVE_OK || !found) return code;
        TRY(reseal(keys, last, from_slot, to_slot, err));
    }
}
