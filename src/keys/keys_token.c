/* SPDX-License-Identifier: Apache-2.0
 * The blind index: keyed tokens that lead from a card code, or from a whole name with birth date, to a compartment.
 * They lie in the key store and not beside the records, and K_idx is sealed with the epoch, so that an old copy of
 * this file does not even answer who was here. */
#include "keys/keys_int.h"

enum salve_code keys_token(struct keys *keys, enum keys_token_kind kind, struct str text, uint8_t out[KEYS_TOKEN_BYTES],
                           struct salve_err *err)
{
    uint8_t salt[CRYPTO_SALT_BYTES], full[32];
    struct crypto_key *index = keys_slot(keys, SLOT_A), *slow = keys_slot(keys, SLOT_B);
    const struct str parts[] = {STR("SLV-card-v1"), text};
    enum salve_code code = keys_sealed_get(keys, STR("index"), index, err);
    if (code == SALVE_OK && kind == KEYS_TOKEN_CARD)
        crypto_key_mac(index, parts, 2, full, sizeof full);
    else if (code == SALVE_OK) {
        code = keys_meta_get(keys, "index salt", salt, sizeof salt, err);
        if (code == SALVE_OK) code = crypto_key_from_passphrase(slow, text, salt, CRYPTO_COST_INDEX, err);
        if (code == SALVE_OK) crypto_key_mac_key(index, slow, full, sizeof full);
    }
    if (code == SALVE_OK) memcpy(out, full, KEYS_TOKEN_BYTES);
    crypto_key_zero(index);
    crypto_key_zero(slow);
    return code;
}

static enum salve_code put_all(struct keys *keys, struct compartment id, const uint8_t (*tokens)[KEYS_TOKEN_BYTES],
                               size_t count, bool replace, struct salve_err *err)
{
    enum salve_code code = db_begin(keys->db, false, err);
    if (code != SALVE_OK) return code;
    if (replace) {
        db_bind_blob(keys->token_drop, 1, compartment_bytes(&id));
        code = db_run(keys->token_drop, err);
    }
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        db_bind_blob(keys->token_put, 1, str_bytes(tokens[i], KEYS_TOKEN_BYTES));
        db_bind_blob(keys->token_put, 2, compartment_bytes(&id));
        code = db_run(keys->token_put, err);
    }
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    return code == SALVE_OK && replace ? db_scrub(keys->db, err) : code;
}

enum salve_code keys_token_put(struct keys *keys, struct compartment id, const uint8_t (*tokens)[KEYS_TOKEN_BYTES],
                               size_t count, struct salve_err *err)
{
    return put_all(keys, id, tokens, count, false, err);
}

enum salve_code keys_token_replace(struct keys *keys, struct compartment id, const uint8_t (*tokens)[KEYS_TOKEN_BYTES],
                                   size_t count, struct salve_err *err)
{
    return put_all(keys, id, tokens, count, true, err);
}

enum salve_code keys_token_find(struct keys *keys, const uint8_t token[KEYS_TOKEN_BYTES], struct arena *mem,
                                struct compartment **out, size_t *count, struct salve_err *err)
{
    struct compartment *list = NULL;
    size_t used = 0;
    bool row = true;
    enum salve_code code = SALVE_OK;
    db_bind_blob(keys->token_find, 1, str_bytes(token, KEYS_TOKEN_BYTES));
    while (code == SALVE_OK) {
        code = db_step(keys->token_find, &row, err);
        if (code != SALVE_OK || !row) break;
        struct str id = db_column_blob(keys->token_find, 0);
        list = arena_grow(mem, list, used * sizeof *list, (used + 1) * sizeof *list); /* twins are few */
        if (list == NULL)
            code = salve_fail(err, SALVE_E_MEMORY, "look-up");
        else if (id.len != COMPARTMENT_BYTES)
            code = salve_fail(err, SALVE_E_INTEGRITY, "%s, token", keys->path);
        else
            memcpy(list[used++].bytes, id.ptr, id.len);
    }
    db_reset(keys->token_find);
    *out = list;
    *count = used;
    return code;
}
