/* SPDX-License-Identifier: Apache-2.0
 * Rows of the table of wraps: walked, read, written; and the mask of the presence token. */
#include <stdlib.h>

#include "keys/keys_int.h"

const struct crypto_key *keys_kek_of(struct keys *keys, const struct crypto_wrap *wrap)
{
    if (wrap->epoch == keys->epoch) return keys_slot(keys, SLOT_KEK_NOW + (unsigned)wrap->purpose);
    if (keys->has_old && wrap->epoch == keys->epoch - 1) return keys_slot(keys, SLOT_KEK_OLD + (unsigned)wrap->purpose);
    return NULL;
}

enum { REST_BYTES = CRYPTO_WRAP_BYTES - CRYPTO_WRAP_PLACE_BYTES };

/* What the key of a row says of its wrap. */
static struct crypto_wrap place_of(const struct keys_wrap_row *row)
{
    return (struct crypto_wrap){
        .purpose = row->purpose, .class = row->class, .compartment = row->id, .key_version = row->version};
}

/* A row has the wrap without what its key says; one from before has all of it. */
static enum salve_code take_row(struct keys *keys, struct db_stmt *stmt, struct keys_wrap_row *row,
                                struct salve_err *err)
{
    struct str id = db_column_blob(stmt, 0), bytes = db_column_blob(stmt, 5);
    int64_t purpose = db_column_i64(stmt, 1), class = db_column_i64(stmt, 2);
    bool is_whole = bytes.len == CRYPTO_WRAP_BYTES;
    if (id.len != COMPARTMENT_BYTES || (!is_whole && bytes.len != REST_BYTES) || purpose < 1 ||
        purpose > PURPOSE_LAST || class < 1 || class > CLASS_LAST)
        return salve_fail(err, SALVE_E_INTEGRITY, "%s, key wrap", keys->path);
    memcpy(row->id.bytes, id.ptr, id.len);
    row->purpose = (enum purpose)purpose;
    row->class = (enum data_class) class;
    row->version = (uint32_t)db_column_i64(stmt, 3);
    row->has_presence = db_column_i64(stmt, 4) != 0;
    struct crypto_wrap place = place_of(row);
    if (is_whole)
        memcpy(row->bytes, bytes.ptr, bytes.len);
    else
        crypto_wrap_whole(&place, bytes, row->bytes);
    return SALVE_OK;
}

struct str keys_wrap_kept(const struct keys_wrap_row *row)
{
    struct str rest;
    struct crypto_wrap place = place_of(row);
    return crypto_wrap_rest(&place, row->bytes, &rest) ? rest : str_bytes(row->bytes, sizeof row->bytes);
}

enum salve_code keys_wrap_page(struct keys *keys, const struct keys_wrap_row *after, struct keys_wrap_row rows[],
                               size_t max, size_t *count, struct salve_err *err)
{
    bool is_start = after->purpose == 0, row = true;
    db_bind_blob(keys->wrap_after, 1, is_start ? STR("") : compartment_bytes(&after->id));
    db_bind_i64(keys->wrap_after, 2, after->purpose);
    db_bind_i64(keys->wrap_after, 3, after->class);
    db_bind_i64(keys->wrap_after, 4, after->version);
    db_bind_i64(keys->wrap_after, 5, (int64_t)max);
    enum salve_code code = SALVE_OK;
    for (*count = 0; code == SALVE_OK && *count < max;) {
        code = db_step(keys->wrap_after, &row, err);
        if (code != SALVE_OK || !row) break;
        code = take_row(keys, keys->wrap_after, &rows[*count], err);
        *count += code == SALVE_OK;
    }
    db_reset(keys->wrap_after);
    return code;
}

enum salve_code keys_wrap_rows(struct keys *keys, struct compartment id, struct keys_wrap_row **out, size_t *count,
                               struct salve_err *err)
{
    struct keys_wrap_row *rows = NULL;
    size_t used = 0, cap = 0;
    bool row = true;
    enum salve_code code = SALVE_OK;
    db_bind_blob(keys->wrap_list, 1, compartment_bytes(&id));
    while (code == SALVE_OK) {
        code = db_step(keys->wrap_list, &row, err);
        if (code != SALVE_OK || !row) break;
        if (used == cap) {
            cap = cap == 0 ? 32 : cap * 2;
            struct keys_wrap_row *grown = realloc(rows, cap * sizeof *rows);
            if (grown == NULL)
                code = salve_fail(err, SALVE_E_MEMORY, "key wraps");
            else
                rows = grown;
        }
        if (code == SALVE_OK) code = take_row(keys, keys->wrap_list, &rows[used++], err);
    }
    db_reset(keys->wrap_list);
    if (code != SALVE_OK) free(rows), rows = NULL, used = 0;
    *out = rows;
    *count = used;
    return code;
}

enum salve_code keys_wrap_store(struct keys *keys, const struct crypto_wrap *wrap, bool has_presence,
                                const struct crypto_key *class_key, struct salve_err *err)
{
    struct keys_wrap_row row = {
        .id = wrap->compartment, .purpose = wrap->purpose, .class = wrap->class, .version = wrap->key_version};
    crypto_wrap_seal(keys_kek_of(keys, wrap), wrap, class_key, row.bytes);
    db_bind_blob(keys->wrap_put, 1, compartment_bytes(&wrap->compartment));
    db_bind_i64(keys->wrap_put, 2, wrap->purpose);
    db_bind_i64(keys->wrap_put, 3, wrap->class);
    db_bind_i64(keys->wrap_put, 4, wrap->key_version);
    db_bind_i64(keys->wrap_put, 5, has_presence);
    db_bind_blob(keys->wrap_put, 6, keys_wrap_kept(&row));
    return db_run(keys->wrap_put, err);
}

/* docs/formats/slvw.md: class, compartment and key version are in the mask, so no two wraps share one */
void keys_presence_mask(struct crypto_key *class_key, const uint8_t presence[KEYS_PRESENCE_BYTES],
                        const struct crypto_wrap *wrap, struct crypto_key *scratch)
{
    uint8_t token[CRYPTO_KEY_BYTES] = {0}, class = (uint8_t)wrap->class, version[4];
    memcpy(token, presence, KEYS_PRESENCE_BYTES);
    crypto_key_import(scratch, token);
    crypto_put_u32(version, wrap->key_version);
    const struct str parts[] = {STR("SLV-present-v1"), str_bytes(&class, 1), compartment_bytes(&wrap->compartment),
                                str_bytes(version, sizeof version)};
    crypto_key_mask(class_key, scratch, parts, 4);
    crypto_key_zero(scratch);
}
