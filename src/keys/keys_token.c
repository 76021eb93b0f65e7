/* SPDX-License-Identifier: Apache-2.0
 * The blind index: keyed tokens that lead from a card code, or from a whole name with birth date, to a compartment.
 * They lie in the key store and not beside the records, and K_idx is sealed with the epoch, so that an old copy of
 * this file does not even answer who was here. */
#include "keys/keys_int.h"

enum { MAC_BYTES = 16 };

static void salt_mac(struct keys *keys, const uint8_t salt[CRYPTO_SALT_BYTES], uint8_t mac[MAC_BYTES])
{
    struct str part = str_bytes(salt, CRYPTO_SALT_BYTES);
    keys_of_rows(keys, STR("SLV-salt-row-v1"), keys_slot(keys, SLOT_B));
    crypto_key_mac(keys_slot(keys, SLOT_B), &part, 1, mac, MAC_BYTES);
    crypto_key_zero(keys_slot(keys, SLOT_B));
}

enum salve_code keys_salt_put(struct keys *keys, const uint8_t salt[CRYPTO_SALT_BYTES], struct salve_err *err)
{
    uint8_t row[CRYPTO_SALT_BYTES + MAC_BYTES];
    memcpy(row, salt, CRYPTO_SALT_BYTES);
    salt_mac(keys, salt, row + CRYPTO_SALT_BYTES);
    return keys_meta_put(keys, "index salt", str_bytes(row, sizeof row), err);
}

enum salve_code keys_salt_get(struct keys *keys, uint8_t salt[CRYPTO_SALT_BYTES], struct salve_err *err)
{
    uint8_t row[CRYPTO_SALT_BYTES + MAC_BYTES], mac[MAC_BYTES];
    TRY(keys_meta_get(keys, "index salt", row, sizeof row, err));
    salt_mac(keys, row, mac);
    if (!crypto_equal(mac, row + CRYPTO_SALT_BYTES, MAC_BYTES))
        return salve_refuse(err, SALVE_E_INTEGRITY, "it is not what the key store wrote there", "%s, index salt",
                            keys->path);
    memcpy(salt, row, CRYPTO_SALT_BYTES);
    return SALVE_OK;
}

void keys_slow_use(struct keys *keys, keys_slow *slow, void *with)
{
    keys->slow = slow;
    keys->slow_with = with;
}

/* What a name makes of itself, before the secret of the index is known to be needed. */
static enum salve_code slow_key(struct keys *keys, struct str text, struct crypto_keys **out, struct salve_err *err)
{
    uint8_t salt[CRYPTO_SALT_BYTES];
    TRY(keys_salt_get(keys, salt, err));
    TRY(crypto_keys_new(1, out, err));
    struct crypto_key *key = crypto_keys_at(*out, 0);
    enum salve_code code = keys->slow == NULL ? crypto_key_from_passphrase(key, text, salt, CRYPTO_COST_INDEX, err)
                                              : keys->slow(keys->slow_with, text, salt, CRYPTO_COST_INDEX, key, err);
    if (code != SALVE_OK) crypto_keys_drop(out);
    return code;
}

enum salve_code keys_token(struct keys *keys, enum keys_token_kind kind, struct str text, uint8_t out[KEYS_TOKEN_BYTES],
                           struct salve_err *err)
{
    uint8_t full[32];
    struct crypto_key *index = keys_slot(keys, SLOT_A);
    const struct str parts[] = {STR("SLV-card-v1"), text};
    struct crypto_keys *slots = NULL;
    if (kind != KEYS_TOKEN_CARD)
        TRY(slow_key(keys, text, &slots, err)); /* takes long; others use the slots meanwhile */
    enum salve_code code = keys_sealed_get(keys, STR("index"), index, err);
    if (code == SALVE_OK && kind == KEYS_TOKEN_CARD) crypto_key_mac(index, parts, 2, full, sizeof full);
    if (code == SALVE_OK && kind != KEYS_TOKEN_CARD)
        crypto_key_mac_key(index, crypto_keys_at(slots, 0), full, sizeof full);
    if (code == SALVE_OK) memcpy(out, full, KEYS_TOKEN_BYTES);
    crypto_key_zero(index);
    crypto_keys_drop(&slots);
    return code;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */
/* What stands beside a token: compartment, the number of the record that made it good, a MAC of both and the token. */
enum { AT_SINCE = COMPARTMENT_BYTES, AT_MAC = AT_SINCE + 8 };
_Static_assert(KEYS_BOUND_BYTES == AT_MAC + MAC_BYTES, "the row is as long as its parts");

static void token_mac(struct keys *keys, const uint8_t token[KEYS_TOKEN_BYTES], const struct keys_bound *to,
                      uint8_t mac[MAC_BYTES])
{
    uint8_t since[8];
    crypto_put_u64(since, to->since);
    const struct str parts[] = {str_bytes(token, KEYS_TOKEN_BYTES), compartment_bytes(&to->id),
                                str_bytes(since, sizeof since)};
    keys_of_rows(keys, STR("SLV-token-row-v1"), keys_slot(keys, SLOT_A));
    crypto_key_mac(keys_slot(keys, SLOT_A), parts, 3, mac, MAC_BYTES);
    crypto_key_zero(keys_slot(keys, SLOT_A));
}

enum salve_code keys_token_store(struct keys *keys, const uint8_t token[KEYS_TOKEN_BYTES], const struct keys_bound *to,
                                 struct salve_err *err)
{
    uint8_t row[KEYS_BOUND_BYTES];
    memcpy(row, to->id.bytes, COMPARTMENT_BYTES);
    crypto_put_u64(row + AT_SINCE, to->since);
    token_mac(keys, token, to, row + AT_MAC);
    TRY(keys_token_drop_in(keys, to->id, token, err)); /* there is one for a token and its compartment */
    db_bind_blob(keys->token_put, 1, str_bytes(token, KEYS_TOKEN_BYTES));
    db_bind_blob(keys->token_put, 2, str_bytes(row, sizeof row));
    return db_run(keys->token_put, err);
}

static enum salve_code put_all(struct keys *keys, const struct keys_bound *to,
                               const uint8_t (*tokens)[KEYS_TOKEN_BYTES], size_t count, bool replace,
                               struct salve_err *err)
{
    enum salve_code code = db_begin(keys->db, false, err);
    if (code != SALVE_OK) return code;
    if (replace) {
        db_bind_blob(keys->token_drop, 1, compartment_bytes(&to->id));
        code = db_run(keys->token_drop, err);
    }
    for (size_t i = 0; code == SALVE_OK && i < count; i++) code = keys_token_store(keys, tokens[i], to, err);
    if (code == SALVE_OK) code = keys_whole_settle(keys, to->id, 0, err);
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    return code == SALVE_OK && replace ? db_scrub(keys->db, err) : code;
}

enum salve_code keys_token_put(struct keys *keys, const struct keys_bound *to,
                               const uint8_t (*tokens)[KEYS_TOKEN_BYTES], size_t count, struct salve_err *err)
{
    return put_all(keys, to, tokens, count, false, err);
}

enum salve_code keys_token_replace(struct keys *keys, const struct keys_bound *to,
                                   const uint8_t (*tokens)[KEYS_TOKEN_BYTES], size_t count, struct salve_err *err)
{
    return put_all(keys, to, tokens, count, true, err);
}

enum salve_code keys_token_drop_in(struct keys *keys, struct compartment id, const uint8_t token[KEYS_TOKEN_BYTES],
                                   struct salve_err *err)
{
    db_bind_blob(keys->token_drop_one, 1, str_bytes(token, KEYS_TOKEN_BYTES));
    db_bind_blob(keys->token_drop_one, 2, compartment_bytes(&id));
    return db_run(keys->token_drop_one, err);
}

enum salve_code keys_token_end(struct keys *keys, struct compartment id, const uint8_t token[KEYS_TOKEN_BYTES],
                               struct salve_err *err)
{
    enum salve_code code = db_begin(keys->db, false, err);
    if (code != SALVE_OK) return code;
    code = keys_token_drop_in(keys, id, token, err);
    if (code == SALVE_OK) code = keys_whole_settle(keys, id, 0, err);
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    return code;
}

static bool read_bound(struct keys *keys, struct str row, const uint8_t token[KEYS_TOKEN_BYTES], struct keys_bound *out)
{
    uint8_t mac[MAC_BYTES];
    *out = (struct keys_bound){.since = 0};
    if (row.len != KEYS_BOUND_BYTES) return false;
    memcpy(out->id.bytes, row.ptr, COMPARTMENT_BYTES);
    out->since = crypto_get_u64((const uint8_t *)row.ptr + AT_SINCE);
    token_mac(keys, token, out, mac);
    return crypto_equal(mac, row.ptr + AT_MAC, MAC_BYTES);
}

enum salve_code keys_token_find(struct keys *keys, const uint8_t token[KEYS_TOKEN_BYTES], struct arena *mem,
                                struct keys_bound **out, size_t *count, struct salve_err *err)
{
    struct keys_bound *list = NULL;
    size_t used = 0;
    bool row = true;
    enum salve_code code = SALVE_OK;
    db_bind_blob(keys->token_find, 1, str_bytes(token, KEYS_TOKEN_BYTES));
    while (code == SALVE_OK) {
        code = db_step(keys->token_find, &row, err);
        if (code != SALVE_OK || !row) break;
        list = arena_grow(mem, list, used * sizeof *list, (used + 1) * sizeof *list); /* twins are few */
        if (list == NULL)
            code = salve_fail(err, SALVE_E_MEMORY, "look-up");
        else if (!read_bound(keys, db_column_blob(keys->token_find, 0), token, &list[used++]))
            code = salve_refuse(err, SALVE_E_INTEGRITY, "the card or name leads to somebody whom it was not made for",
                                "%s, token", keys->path);
    }
    db_reset(keys->token_find);
    *out = list;
    *count = used;
    return code;
}

enum salve_code keys_token_next(struct keys *keys, const struct keys_token_row *after, struct keys_token_row *out,
                                bool *found, struct salve_err *err)
{
    struct keys_token_row from = {0};
    if (after != NULL) from = *after;
    db_bind_blob(keys->token_next, 1, after == NULL ? STR("") : str_bytes(from.token, sizeof from.token));
    db_bind_blob(keys->token_next, 2, after == NULL ? STR("") : str_bytes(from.row, from.row_bytes));
    enum salve_code code = db_step(keys->token_next, found, err);
    struct str token = code == SALVE_OK && *found ? db_column_blob(keys->token_next, 0) : STR_NONE;
    struct str row = code == SALVE_OK && *found ? db_column_blob(keys->token_next, 1) : STR_NONE;
    *out = (struct keys_token_row){0};
    if (code == SALVE_OK && *found && (token.len != KEYS_TOKEN_BYTES || row.len > KEYS_BOUND_BYTES))
        code = salve_fail(err, SALVE_E_INTEGRITY, "%s, token", keys->path);
    if (code == SALVE_OK && *found) {
        memcpy(out->token, token.ptr, token.len);
        out->row_bytes = row.len;
        if (row.len > 0) memcpy(out->row, row.ptr, row.len);
        out->is_ours = read_bound(keys, row, out->token, &out->to);
    }
    db_reset(keys->token_next);
    return code;
}

/* Who was not whole before stays so: what somebody took away is not settled by tidying up. */
enum salve_code keys_token_drop(struct keys *keys, const struct keys_token_row *row, struct salve_err *err)
{
    bool was_whole = false;
    uint64_t decided;
    TRY(db_begin(keys->db, false, err));
    enum salve_code code = keys_whole_check(keys, row->to.id, &was_whole, &decided, err);
    if (code == SALVE_OK) code = keys_token_drop_in(keys, row->to.id, row->token, err);
    if (code == SALVE_OK && was_whole) code = keys_whole_settle(keys, row->to.id, 0, err);
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    return code == SALVE_OK ? db_scrub(keys->db, err) : code;
}
