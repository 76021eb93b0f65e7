/* SPDX-License-Identifier: Apache-2.0
 * The code of a letter: wraps of purpose LETTER whose mask is made of the code and the birth date, an index token of
 * the code, and a row of `secret` named "letter/<compartment>" that says which letter stands, up to which record it
 * reads, and how many birth dates were tried. There is one letter a person at a time. */
#include <stdio.h>

#include "keys/keys_int.h"

/* The row: index token, number of the last record u64, tries u32, zeros. Sealed like the secrets beside it, so the turn
 * of the epoch takes it along. */
enum { AT_THROUGH = KEYS_TOKEN_BYTES, AT_TRIES = AT_THROUGH + 8, NAME_BYTES = COMPARTMENT_TEXT_BYTES + 16 };

static struct str name_of(struct compartment id, char name[NAME_BYTES])
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(id, text);
    int len = snprintf(name, NAME_BYTES, KEYS_LETTER_ROWS "%s", text);
    return str_make(name, (size_t)len);
}

static enum salve_code row_put(struct keys *keys, struct compartment id, const struct keys_letter *letter,
                               struct salve_err *err)
{
    char name[NAME_BYTES];
    uint8_t row[CRYPTO_KEY_BYTES] = {0}, sealed[CRYPTO_SEALED_KEY_BYTES];
    struct str of = name_of(id, name);
    memcpy(row, letter->token, KEYS_TOKEN_BYTES);
    crypto_put_u64(row + AT_THROUGH, letter->through_seq);
    crypto_put_u32(row + AT_TRIES, letter->tries);
    crypto_seal(keys_slot(keys, SLOT_SEAL_NOW), of, str_bytes(row, sizeof row), sealed);
    db_bind_text(keys->secret_put, 1, of);
    db_bind_blob(keys->secret_put, 2, str_bytes(sealed, sizeof sealed));
    return db_run(keys->secret_put, err);
}

enum salve_code keys_letter_get(struct keys *keys, struct compartment id, struct keys_letter *out, bool *found,
                                struct salve_err *err)
{
    char name[NAME_BYTES];
    uint8_t row[CRYPTO_KEY_BYTES];
    struct str of = name_of(id, name);
    db_bind_text(keys->secret_get, 1, of);
    enum salve_code code = db_step(keys->secret_get, found, err);
    struct str sealed = code == SALVE_OK && *found ? db_column_blob(keys->secret_get, 0) : STR_NONE;
    if (code == SALVE_OK && *found && sealed.len != CRYPTO_SEALED_KEY_BYTES)
        code = salve_fail(err, SALVE_E_INTEGRITY, "%s, letter", keys->path);
    if (code == SALVE_OK && *found) code = crypto_open(keys_slot(keys, SLOT_SEAL_NOW), of, sealed, row, err);
    db_reset(keys->secret_get);
    if (code != SALVE_OK || !*found) return code;
    memcpy(out->token, row, KEYS_TOKEN_BYTES);
    out->through_seq = crypto_get_u64(row + AT_THROUGH);
    out->tries = crypto_get_u32(row + AT_TRIES);
    return SALVE_OK;
}

enum salve_code keys_letter_tried(struct keys *keys, struct compartment id, uint32_t tries, struct salve_err *err)
{
    struct keys_letter letter;
    bool found = false;
    enum salve_code code = keys_letter_get(keys, id, &letter, &found, err);
    if (code != SALVE_OK || !found) return code;
    letter.tries = tries;
    code = db_begin(keys->db, false, err);
    if (code == SALVE_OK) code = row_put(keys, id, &letter, err);
    if (code == SALVE_OK) code = keys_whole_settle(keys, id, 0, err);
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    return code;
}

void keys_letter_presence(struct keys *keys, struct str letter_code, struct str birth_date,
                          uint8_t presence[KEYS_PRESENCE_BYTES])
{
    uint8_t full[CRYPTO_KEY_BYTES];
    const struct str parts[] = {STR("SLV-letter-v1"), letter_code, STR("|"), birth_date};
    struct crypto_key *none = keys_slot(keys, SLOT_A);
    crypto_key_zero(none); /* the code itself is the secret */
    crypto_key_mac(none, parts, 4, full, sizeof full);
    memcpy(presence, full, KEYS_PRESENCE_BYTES);
    crypto_zero(full, sizeof full);
}

/* A row that does not open goes all the same: nothing may stand in the way of an erasure or a renewal. */
enum salve_code keys_letter_forget(struct keys *keys, struct compartment id, struct salve_err *err)
{
    char name[NAME_BYTES];
    struct keys_letter letter;
    bool found = false;
    enum salve_code code = SALVE_OK;
    if (keys_letter_get(keys, id, &letter, &found, NULL) == SALVE_OK && found)
        code = keys_token_drop_in(keys, id, letter.token, err);
    db_bind_text(keys->secret_drop, 1, name_of(id, name));
    return code == SALVE_OK ? db_run(keys->secret_drop, err) : code;
}

/* All of the letter that stands; inside the caller's transaction. */
static enum salve_code drop_in(struct keys *keys, struct compartment id, struct salve_err *err)
{
    enum salve_code code = keys_letter_forget(keys, id, err);
    return code == SALVE_OK ? keys_drop_purpose(keys, id, PURPOSE_LETTER, err) : code;
}

enum salve_code keys_letter_drop(struct keys *keys, struct compartment id, struct salve_err *err)
{
    struct keys_letter letter;
    bool found = true;
    if (keys_letter_get(keys, id, &letter, &found, NULL) == SALVE_OK && !found) return SALVE_OK;
    enum salve_code code = db_begin(keys->db, false, err);
    if (code != SALVE_OK) return code;
    code = drop_in(keys, id, err);
    if (code == SALVE_OK) code = keys_whole_settle(keys, id, 0, err);
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    return code == SALVE_OK ? db_scrub(keys->db, err) : code;
}

enum salve_code keys_letter_put(struct keys *keys, struct keys_ring *ring, const struct keys_grant *grant,
                                const struct keys_letter *letter, uint64_t since, struct salve_err *err)
{
    const struct keys_bound to = {.id = ring->id, .since = since};
    enum salve_code code = db_begin(keys->db, false, err);
    if (code != SALVE_OK) return code;
    code = drop_in(keys, ring->id, err);
    if (code == SALVE_OK) code = row_put(keys, ring->id, letter, err);
    if (code == SALVE_OK) code = keys_whole_settle(keys, ring->id, 0, err);
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    if (code == SALVE_OK) code = keys_grant(keys, ring, grant, 1, err);
    if (code != SALVE_OK) return code;
    return keys_token_put(keys, &to, (const uint8_t(*)[KEYS_TOKEN_BYTES])letter->token, 1, err);
}
