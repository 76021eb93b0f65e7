/* SPDX-License-Identifier: Apache-2.0
 *
 * Owners of the rows of the log.
 *     tag    = BLAKE2b-128(K_tags, kind, id, number)                         the name of the row, found by an index
 *     nonce  = BLAKE2b-192(K_tags, 0xff, tag, row of the log, its entry)     so an owner is good for that entry alone
 *     sealed = XChaCha20-Poly1305(K_owners, nonce, kind, id, number)
 * Rows of padding look like those of people. An erased one gets a tag of its row, so a nonce never stands for two
 * texts. */
#include "records/owner_int.h"

#include "crypto/crypto.h"
#include "store/store.h"

enum { PLAIN_BYTES = 1 + COMPARTMENT_BYTES + 8, SEALED_BYTES = PLAIN_BYTES + CRYPTO_TAG_BYTES };
_Static_assert((int)SEALED_BYTES <= (int)STORE_OWNER_BYTES_MAX, "the store has room for an owner");

struct rec_owner rec_owner_person(struct compartment id, uint64_t first_seq)
{
    struct rec_owner owner = {.kind = REC_OWNER_PERSON, .number = first_seq};
    memcpy(owner.id, id.bytes, sizeof owner.id);
    return owner;
}

struct rec_owner rec_owner_document(const struct site *site, struct str kind, struct str id, uint64_t version)
{
    struct rec_owner owner = {.kind = REC_OWNER_DOCUMENT, .number = version};
    const struct str parts[] = {STR("\xfe"), kind, STR("/"), id};
    crypto_key_mac(crypto_keys_at(site->row_keys, SITE_KEY_TAGS), parts, 4, owner.id, sizeof owner.id);
    return owner;
}

struct rec_owner rec_owner_tombstone(struct compartment id)
{
    struct rec_owner owner = {.kind = REC_OWNER_TOMBSTONE};
    uint8_t hash[CRYPTO_SHA256_BYTES];
    crypto_sha256(compartment_bytes(&id), hash);
    memcpy(owner.id, hash, sizeof owner.id);
    return owner;
}

static void pack(const struct rec_owner *owner, uint8_t out[PLAIN_BYTES])
{
    out[0] = (uint8_t)owner->kind;
    memcpy(out + 1, owner->id, sizeof owner->id);
    crypto_put_u64(out + 1 + sizeof owner->id, owner->number);
}

static void tag_of(const struct site *site, const struct rec_owner *owner, uint8_t tag[STORE_OWNER_NAME_BYTES])
{
    uint8_t plain[PLAIN_BYTES];
    pack(owner, plain);
    struct str part = str_bytes(plain, sizeof plain);
    crypto_key_mac(crypto_keys_at(site->row_keys, SITE_KEY_TAGS), &part, 1, tag, STORE_OWNER_NAME_BYTES);
}

static void nonce_of(const struct site *site, const struct store_owner *row, struct str entry,
                     uint8_t nonce[CRYPTO_NONCE_BYTES])
{
    uint8_t index[8];
    crypto_put_u64(index, row->index);
    const struct str parts[] = {STR("\xff"), str_bytes(row->name, sizeof row->name), str_bytes(index, sizeof index),
                                entry};
    crypto_key_mac(crypto_keys_at(site->row_keys, SITE_KEY_TAGS), parts, 4, nonce, CRYPTO_NONCE_BYTES);
}

static bool is_of_row(enum rec_owner_kind kind)
{
    return kind == REC_OWNER_NOBODY || kind == REC_OWNER_ERASED || kind == REC_OWNER_EARLIER;
}

enum salve_code rec_owner_put(struct rec_tx *tx, uint64_t index, struct str entry, struct rec_owner owner,
                              struct salve_err *err)
{
    uint8_t plain[PLAIN_BYTES], nonce[CRYPTO_NONCE_BYTES];
    struct store_owner row = {.index = index, .bytes_len = SEALED_BYTES};
    if (is_of_row(owner.kind)) owner.number = index;
    tag_of(tx->site, &owner, row.name);
    nonce_of(tx->site, &row, entry, nonce);
    pack(&owner, plain);
    crypto_seal_at(crypto_keys_at(tx->site->row_keys, SITE_KEY_OWNERS), nonce, str_bytes(plain, sizeof plain),
                   row.bytes);
    return store_owner_put(tx->store, &row, err);
}

bool rec_owner_read(const struct site *site, const struct store_owner *row, struct str entry, struct rec_owner *out)
{
    uint8_t plain[PLAIN_BYTES], nonce[CRYPTO_NONCE_BYTES], tag[STORE_OWNER_NAME_BYTES];
    *out = (struct rec_owner){0};
    nonce_of(site, row, entry, nonce);
    if (row->bytes_len != SEALED_BYTES ||
        crypto_open_at(crypto_keys_at(site->row_keys, SITE_KEY_OWNERS), nonce, str_bytes(row->bytes, row->bytes_len),
                       plain, NULL) != SALVE_OK)
        return false;
    out->kind = (enum rec_owner_kind)plain[0];
    memcpy(out->id, plain + 1, sizeof out->id);
    out->number = crypto_get_u64(plain + 1 + sizeof out->id);
    tag_of(site, out, tag);
    return memcmp(tag, row->name, sizeof tag) == 0 && (!is_of_row(out->kind) || out->number == row->index);
}

enum salve_code rec_owner_row(struct rec_tx *tx, struct rec_owner owner, bool *found, uint64_t *row,
                              struct salve_err *err)
{
    uint8_t tag[STORE_OWNER_NAME_BYTES];
    tag_of(tx->site, &owner, tag);
    return store_owner_find(tx->store, tag, found, row, err);
}

enum salve_code rec_owner_is_there(struct rec_tx *tx, struct rec_owner owner, bool *out, struct salve_err *err)
{
    uint64_t row;
    return rec_owner_row(tx, owner, out, &row, err);
}

static enum salve_code forget_one(struct rec_tx *tx, struct compartment id, uint64_t seq, bool *found,
                                  struct salve_err *err)
{
    struct rec_owner person = rec_owner_person(id, seq), erased = {.kind = REC_OWNER_ERASED};
    uint8_t tag[STORE_OWNER_NAME_BYTES];
    uint64_t index;
    struct str entry;
    tag_of(tx->site, &person, tag);
    TRY(store_owner_find(tx->store, tag, found, &index, err));
    if (!*found) return SALVE_OK;
    struct arena_mark mark = arena_mark(tx->mem);
    enum salve_code code = store_log_list(tx->store, index, 1, tx->mem, &entry, err);
    if (code == SALVE_OK) code = store_owner_drop(tx->store, tag, err);
    if (code == SALVE_OK) code = rec_owner_put(tx, index, entry, erased, err);
    arena_rewind(tx->mem, mark);
    return code;
}

/* A save has a record for each class at most and one about itself, so the next one begins within so many; those behind
 * the last number are of records that somebody took away. */
enum { SAVE_RECORDS_MAX = CLASS_LAST + 1 };

enum salve_code rec_owner_forget(struct rec_tx *tx, struct compartment id, uint64_t last_seq, struct salve_err *err)
{
    uint64_t end = last_seq + SAVE_RECORDS_MAX;
    for (uint64_t seq = 1; seq <= end; seq++) {
        bool found = false;
        TRY(forget_one(tx, id, seq, &found, err));
        if (found && seq + SAVE_RECORDS_MAX > end) end = seq + SAVE_RECORDS_MAX;
    }
    return SALVE_OK;
}
