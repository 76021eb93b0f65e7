/* SPDX-License-Identifier: Apache-2.0
 * What one compartment has here, as one row: a MAC over all its wraps and tokens and its letter, and the number of the
 * newest decision that they follow. So what somebody takes away or puts back is missed. The epoch of a wrap is not in
 * it: a turn changes no such row, but where a wrap is past its time and goes. */
#include <stdlib.h>

#include "base/assert.h"
#include "keys/keys_int.h"

enum { MAC_BYTES = 16, PART_BYTES = 4 + 4 + 8 + 8 + CRYPTO_SHA256_BYTES };

struct whole {
    struct compartment id;
    uint64_t decided;
    uint8_t mac[MAC_BYTES];
};

/* What a wrap grants; its sealing binds the rest. */
static void put_wrap(const struct keys_wrap_row *row, uint8_t out[PART_BYTES])
{
    struct crypto_wrap wrap = {0};
    (void)!crypto_wrap_peek(str_bytes(row->bytes, sizeof row->bytes), &wrap, NULL); /* else zeros, as good as any */
    out[0] = 'w';
    out[1] = (uint8_t)row->purpose;
    out[2] = (uint8_t)row->class;
    out[3] = row->has_presence;
    crypto_put_u32(out + 4, row->version);
    crypto_put_u64(out + 8, (uint64_t)wrap.not_after_unix_s);
    crypto_put_u64(out + 16, wrap.consent_seq);
    memcpy(out + 24, wrap.consent_sha256, CRYPTO_SHA256_BYTES);
}

static uint8_t *grow(uint8_t *bytes, size_t *used, struct salve_err *err)
{
    uint8_t *grown = realloc(bytes, *used + PART_BYTES);
    if (grown == NULL) {
        free(bytes);
        (void)salve_fail(err, SALVE_E_MEMORY, "keys");
        return NULL;
    }
    memset(grown + *used, 0, PART_BYTES);
    *used += PART_BYTES;
    return grown;
}

static enum salve_code add_tokens(struct keys *keys, struct compartment id, uint8_t **bytes, size_t *used,
                                  struct salve_err *err)
{
    bool row = true;
    enum salve_code code = SALVE_OK;
    db_bind_blob(keys->token_list, 1, compartment_bytes(&id));
    while (code == SALVE_OK) {
        code = db_step(keys->token_list, &row, err);
        if (code != SALVE_OK || !row) break;
        struct str token = db_column_blob(keys->token_list, 0), bound = db_column_blob(keys->token_list, 1);
        *bytes = grow(*bytes, used, err);
        if (*bytes == NULL) code = SALVE_E_MEMORY;
        if (*bytes == NULL) break;
        uint8_t *part = *bytes + *used - PART_BYTES;
        part[0] = 't';
        memcpy(part + 8, token.ptr, token.len < KEYS_TOKEN_BYTES ? token.len : KEYS_TOKEN_BYTES);
        if (bound.len >= COMPARTMENT_BYTES + 8) memcpy(part + 24, bound.ptr + COMPARTMENT_BYTES, 8);
    }
    db_reset(keys->token_list);
    return code;
}

/* The letter that stands; one that does not open is as good as another. */
static enum salve_code add_letter(struct keys *keys, struct compartment id, uint8_t **bytes, size_t *used,
                                  struct salve_err *err)
{
    struct keys_letter letter = {.tries = 0};
    bool found = false;
    enum salve_code code = keys_letter_get(keys, id, &letter, &found, NULL);
    if (code == SALVE_OK && !found) return SALVE_OK;
    *bytes = grow(*bytes, used, err);
    if (*bytes == NULL) return SALVE_E_MEMORY;
    uint8_t *part = *bytes + *used - PART_BYTES;
    part[0] = 'l';
    crypto_put_u32(part + 4, letter.tries);
    crypto_put_u64(part + 8, letter.through_seq);
    memcpy(part + 16, letter.token, KEYS_TOKEN_BYTES);
    return SALVE_OK;
}

/* All that is there of a compartment, in its order; heap. */
static enum salve_code parts_of(struct keys *keys, struct compartment id, uint8_t **bytes, size_t *used,
                                struct salve_err *err)
{
    struct keys_wrap_row *rows = NULL;
    size_t count = 0;
    *bytes = NULL;
    *used = 0;
    enum salve_code code = keys_wrap_rows(keys, id, &rows, &count, err);
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        *bytes = grow(*bytes, used, err);
        if (*bytes == NULL)
            code = SALVE_E_MEMORY;
        else
            put_wrap(&rows[i], *bytes + *used - PART_BYTES);
    }
    free(rows);
    if (code == SALVE_OK) code = add_tokens(keys, id, bytes, used, err);
    return code == SALVE_OK ? add_letter(keys, id, bytes, used, err) : code;
}

static void mac_of(struct keys *keys, const struct whole *whole, const uint8_t *bytes, size_t used,
                   uint8_t mac[MAC_BYTES])
{
    uint8_t decided[8];
    crypto_put_u64(decided, whole->decided);
    const struct str parts[] = {compartment_bytes(&whole->id), str_bytes(decided, sizeof decided),
                                used == 0 ? STR("") : str_bytes(bytes, used)};
    keys_of_rows(keys, STR("SLV-compartment-row-v1"), keys_slot(keys, SLOT_A));
    crypto_key_mac(keys_slot(keys, SLOT_A), parts, 3, mac, MAC_BYTES);
    crypto_key_zero(keys_slot(keys, SLOT_A));
}

static enum salve_code whole_get(struct keys *keys, struct compartment id, struct whole *out, bool *found,
                                 struct salve_err *err)
{
    *out = (struct whole){.id = id};
    db_bind_blob(keys->whole_get, 1, compartment_bytes(&id));
    enum salve_code code = db_step(keys->whole_get, found, err);
    if (code == SALVE_OK && *found) {
        struct str mac = db_column_blob(keys->whole_get, 1);
        out->decided = (uint64_t)db_column_i64(keys->whole_get, 0);
        if (mac.len == MAC_BYTES) memcpy(out->mac, mac.ptr, MAC_BYTES);
    }
    db_reset(keys->whole_get);
    return code;
}

static enum salve_code whole_put(struct keys *keys, const struct whole *whole, struct salve_err *err)
{
    db_bind_blob(keys->whole_put, 1, compartment_bytes(&whole->id));
    db_bind_i64(keys->whole_put, 2, (int64_t)whole->decided);
    db_bind_blob(keys->whole_put, 3, str_bytes(whole->mac, MAC_BYTES));
    return db_run(keys->whole_put, err);
}

enum salve_code keys_whole_settle(struct keys *keys, struct compartment id, uint64_t decided, struct salve_err *err)
{
    struct whole whole;
    uint8_t *bytes = NULL;
    size_t used = 0;
    bool found = false;
    if (keys->whole_put == NULL) return SALVE_OK; /* layout 1 */
    enum salve_code code = whole_get(keys, id, &whole, &found, err);
    if (code == SALVE_OK) code = parts_of(keys, id, &bytes, &used, err);
    if (decided > whole.decided) whole.decided = decided;
    if (code == SALVE_OK && used > 0) {
        mac_of(keys, &whole, bytes, used, whole.mac);
        code = whole_put(keys, &whole, err);
    } else if (code == SALVE_OK) {
        db_bind_blob(keys->whole_drop, 1, compartment_bytes(&id));
        code = db_run(keys->whole_drop, err);
    }
    free(bytes);
    if (code != SALVE_OK) return code;
    code = keys_signed_settle(keys, err); /* as this writes anyway */
    return code == SALVE_E_INTEGRITY ? SALVE_OK : code;
}

enum salve_code keys_whole_decided(struct keys *keys, struct compartment id, uint64_t *decided, struct salve_err *err)
{
    struct whole whole;
    bool found = false;
    enum salve_code code = whole_get(keys, id, &whole, &found, err);
    *decided = whole.decided;
    return code;
}

enum salve_code keys_whole_check(struct keys *keys, struct compartment id, bool *is_whole, uint64_t *decided,
                                 struct salve_err *err)
{
    struct whole whole;
    uint8_t *bytes = NULL, mac[MAC_BYTES];
    size_t used = 0;
    bool found = false;
    enum salve_code code = whole_get(keys, id, &whole, &found, err);
    if (code == SALVE_OK) code = parts_of(keys, id, &bytes, &used, err);
    if (code == SALVE_OK) mac_of(keys, &whole, bytes, used, mac);
    *is_whole = code == SALVE_OK && found && used > 0 && crypto_equal(mac, whole.mac, MAC_BYTES);
    *decided = whole.decided;
    free(bytes);
    return code;
}

enum salve_code keys_whole_next(struct keys *keys, const struct compartment *after, struct compartment *out,
                                bool *found, struct salve_err *err)
{
    db_bind_blob(keys->whole_next, 1, after == NULL ? STR("") : compartment_bytes(after));
    enum salve_code code = db_step(keys->whole_next, found, err);
    struct str id = code == SALVE_OK && *found ? db_column_blob(keys->whole_next, 0) : STR_NONE;
    *found = *found && id.len > 0; /* a minimum of nothing */
    if (code == SALVE_OK && *found && id.len != COMPARTMENT_BYTES)
        code = salve_fail(err, SALVE_E_INTEGRITY, "%s, compartment", keys->path);
    else if (code == SALVE_OK && *found)
        memcpy(out->bytes, id.ptr, id.len);
    db_reset(keys->whole_next);
    return code;
}
