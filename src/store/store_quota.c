/* SPDX-License-Identifier: Apache-2.0
 * The quota of openings: one mark with a row for each compartment that was opened within the hour: 8 bytes of
 * SHA-256(id),
 * 8 bytes of the minute; QUOTA_FREE is set in the minute of a row that does not count. Rows of more than an hour ago
 * are dropped as the next is written, and of those that do not count the newest are kept, so that each of a file of
 * many new people costs the same. The mark is sealed and padded to 64 rows: whose record was opened, when, and how
 * many were, is for who has the key of rows alone. */
#include "base/assert.h"
#include "crypto/crypto.h"
#include "store/store_int.h"

enum {
    QUOTA_ROW_BYTES = 16,
    QUOTA_COUNTED_MAX = 10000,
    QUOTA_FREE_MAX = 1000,
    QUOTA_MINUTES = 60,
    QUOTA_PAD_BYTES = 64 * QUOTA_ROW_BYTES
};
#define QUOTA_FREE ((uint64_t)1 << 63)

struct quota {
    struct str name; /* of the mark */
    uint8_t hash[STORE_HASH_BYTES];
    uint8_t *rows; /* of the last hour, with room for one more; in the store's scratch */
    size_t used, counted;
    bool has_row; /* of this compartment */
};

static const struct crypto_key *seal_key(struct store *store)
{
    const struct str label = STR("SLV-quota-v1");
    struct crypto_key *key = crypto_keys_at(store->own_keys, STORE_KEY_SEAL);
    crypto_key_derive(store->row_key, &label, 1, key);
    return key;
}

/* The rows of the mark, which stay as they are where they are those of layout 1: no sealed ones are of such a length.
 * */
static enum salve_code open_rows(struct store_tx *tx, struct str name, struct str *rows, struct salve_err *err)
{
    struct str sealed = *rows;
    if (sealed.len % QUOTA_ROW_BYTES == 0 || sealed.len < CRYPTO_SEAL_BYTES) return SALVE_OK;
    uint8_t *plain = arena_alloc_raw(tx->scratch, sealed.len, 16);
    if (plain == NULL) return salve_fail(err, SALVE_E_MEMORY, "quota");
    *rows = str_bytes(plain, sealed.len - CRYPTO_SEAL_BYTES);
    enum salve_code code = crypto_open(seal_key(tx->store), name, sealed, plain, NULL);
    return code == SALVE_OK ? code : salve_fail(err, SALVE_E_INTEGRITY, "mark %.*s", STR_ARGS(name));
}

static enum salve_code quota_read(struct store_tx *tx, struct str name, struct compartment id, uint64_t minute,
                                  struct quota *out, struct salve_err *err)
{
    struct str old = STR_NONE;
    enum salve_code code = store_mark_read(tx, name, tx->scratch, &old, err);
    if (code == SALVE_OK) code = open_rows(tx, name, &old, err);
    *out = (struct quota){.name = name, .rows = arena_alloc(tx->scratch, old.len + QUOTA_PAD_BYTES)};
    if (code == SALVE_OK && out->rows == NULL) return salve_fail(err, SALVE_E_MEMORY, "quota");
    crypto_sha256(compartment_bytes(&id), out->hash);
    for (size_t at = 0; code == SALVE_OK && at + QUOTA_ROW_BYTES <= old.len; at += QUOTA_ROW_BYTES) {
        uint64_t when = crypto_get_u64((const uint8_t *)old.ptr + at + 8);
        if (when == 0 || (when & ~QUOTA_FREE) + QUOTA_MINUTES <= minute) continue; /* 0: only fills up */
        memcpy(out->rows + out->used, old.ptr + at, QUOTA_ROW_BYTES);
        if (memcmp(out->rows + out->used, out->hash, 8) == 0) out->has_row = true;
        out->counted += (when & QUOTA_FREE) == 0;
        out->used += QUOTA_ROW_BYTES;
    }
    return code;
}

static enum salve_code quota_add(struct store_tx *tx, struct quota *quota, uint64_t minute, struct salve_err *err)
{
    size_t used = quota->used + QUOTA_ROW_BYTES, len = (used + QUOTA_PAD_BYTES - 1) / QUOTA_PAD_BYTES * QUOTA_PAD_BYTES;
    uint8_t *sealed = arena_alloc_raw(tx->scratch, len + CRYPTO_SEAL_BYTES, 16);
    if (sealed == NULL) return salve_fail(err, SALVE_E_MEMORY, "quota");
    memcpy(quota->rows + quota->used, quota->hash, 8);
    crypto_put_u64(quota->rows + quota->used + 8, minute);
    memset(quota->rows + used, 0, len - used);
    crypto_seal(seal_key(tx->store), quota->name, str_bytes(quota->rows, len), sealed);
    struct store_row row = {
        .table = STORE_MARK, .key.name = quota->name, .bytes = str_bytes(sealed, len + CRYPTO_SEAL_BYTES)};
    return store_put(tx, &row, false, err);
}

enum salve_code store_quota_take(struct store_tx *tx, struct compartment id, int64_t guarded_unix_ms, uint32_t limit,
                                 struct salve_err *err)
{
    return store_quota_take_of(tx, STR("quota"), id, guarded_unix_ms, limit, err);
}

enum salve_code store_quota_take_of(struct store_tx *tx, struct str name, struct compartment id,
                                    int64_t guarded_unix_ms, uint32_t limit, struct salve_err *err)
{
    struct quota quota;
    uint64_t minute = (uint64_t)(guarded_unix_ms / 60000);
    struct arena_mark mark = arena_mark(tx->scratch);
    salve_assert(limit < QUOTA_COUNTED_MAX);
    enum salve_code code = quota_read(tx, name, id, minute, &quota, err);
    if (code == SALVE_OK && !quota.has_row && quota.counted >= limit)
        code = salve_fail(err, SALVE_E_QUOTA, "opening of records");
    if (code == SALVE_OK && !quota.has_row) code = quota_add(tx, &quota, minute, err);
    arena_rewind(tx->scratch, mark);
    return code;
}

/* Drops the oldest row that does not count. */
static void quota_make_room(struct quota *quota)
{
    size_t at = 0;
    if (quota->used / QUOTA_ROW_BYTES - quota->counted < QUOTA_FREE_MAX) return;
    while ((crypto_get_u64(quota->rows + at + 8) & QUOTA_FREE) == 0) at += QUOTA_ROW_BYTES;
    quota->used -= QUOTA_ROW_BYTES;
    memmove(quota->rows + at, quota->rows + at + QUOTA_ROW_BYTES, quota->used - at);
}

enum salve_code store_quota_free(struct store_tx *tx, struct compartment id, int64_t guarded_unix_ms,
                                 struct salve_err *err)
{
    struct quota quota;
    uint64_t minute = (uint64_t)(guarded_unix_ms / 60000);
    struct arena_mark mark = arena_mark(tx->scratch);
    enum salve_code code = quota_read(tx, STR("quota"), id, minute, &quota, err);
    if (code == SALVE_OK) quota_make_room(&quota);
    if (code == SALVE_OK && !quota.has_row) code = quota_add(tx, &quota, minute | QUOTA_FREE, err);
    arena_rewind(tx->scratch, mark);
    return code;
}
