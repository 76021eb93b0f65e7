/* SPDX-License-Identifier: Apache-2.0
 * A ring: the class keys of one compartment, what may be read with them, and sealing and opening records. */
#include <stdlib.h>

#include "base/assert.h"
#include "keys/keys_int.h"

struct keys_receipt keys_receipt(struct compartment id, uint64_t leaf_index, uint64_t durable_size,
                                 const uint8_t leaf_hash[CRYPTO_SHA256_BYTES])
{
    struct keys_receipt receipt = {.compartment = id, .leaf_index = leaf_index, .durable_size = durable_size};
    memcpy(receipt.leaf_hash, leaf_hash, sizeof receipt.leaf_hash);
    return receipt;
}

static enum salve_code ring_make(struct compartment id, size_t count, struct keys_ring **out, struct salve_err *err)
{
    salve_assert(count > 0);
    struct keys_ring *ring = calloc(1, sizeof *ring);
    if (ring != NULL) ring->entries = calloc(count, sizeof *ring->entries);
    if (ring == NULL || ring->entries == NULL) {
        free(ring);
        return salve_fail(err, SALVE_E_MEMORY, "keys of a compartment");
    }
    ring->id = id;
    ring->count = count;
    enum salve_code code = crypto_keys_new(count, &ring->keys, err);
    if (code != SALVE_OK) keys_ring_drop(&ring);
    *out = ring;
    return code;
}

void keys_ring_drop(struct keys_ring **ring)
{
    if (*ring == NULL) return;
    crypto_keys_drop(&(*ring)->keys);
    free((*ring)->entries);
    free(*ring);
    *ring = NULL;
}

enum salve_code keys_ring_new(struct keys *keys, struct compartment id, struct keys_ring **out, struct salve_err *err)
{
    (void)keys;
    enum salve_code code = ring_make(id, CLASS_LAST, out, err);
    if (code != SALVE_OK) return code;
    (*out)->is_new = true;
    for (size_t i = 0; i < CLASS_LAST; i++) {
        (*out)->entries[i] = (struct keys_entry){.class = (enum data_class)(i + 1), .version = 1, .is_readable = true};
        crypto_key_random(crypto_keys_at((*out)->keys, i));
    }
    return SALVE_OK;
}

static enum salve_code open_row(struct keys *keys, const struct keys_wrap_row *row, struct crypto_wrap *wrap,
                                struct crypto_key *out, struct salve_err *err)
{
    enum salve_code code = crypto_wrap_peek(str_bytes(row->bytes, sizeof row->bytes), wrap, err);
    if (code != SALVE_OK) return code;
    const struct crypto_key *kek = keys_kek_of(keys, wrap);
    bool is_row = wrap->purpose == row->purpose && wrap->class == row->class && wrap->key_version == row->version &&
                  compartment_eq(wrap->compartment, row->id);
    if (kek == NULL || !is_row) return salve_fail(err, SALVE_E_INTEGRITY, "key wrap");
    return crypto_wrap_open(kek, str_bytes(row->bytes, sizeof row->bytes), wrap, out, err);
}

/* All versions of all classes are in the wraps of SELF, which every compartment has from its first moment. */
static enum salve_code fill_from_self(struct keys *keys, const struct keys_wrap_row *rows, size_t count,
                                      struct keys_ring *ring, struct salve_err *err)
{
    size_t used = 0;
    enum salve_code code = SALVE_OK;
    struct crypto_wrap wrap;
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        if (rows[i].purpose != PURPOSE_SELF) continue;
        code = open_row(keys, &rows[i], &wrap, crypto_keys_at(ring->keys, used), err);
        ring->entries[used++] = (struct keys_entry){.class = rows[i].class, .version = rows[i].version};
    }
    return code;
}

enum salve_code keys_ring_sealing(struct keys *keys, struct compartment id, struct keys_ring **out,
                                  struct salve_err *err)
{
    struct keys_wrap_row *rows = NULL;
    struct keys_ring *ring = NULL;
    size_t count = 0, own = 0;
    enum salve_code code = keys_wrap_rows(keys, id, &rows, &count, err);
    for (size_t i = 0; i < count; i++) own += rows[i].purpose == PURPOSE_SELF;
    if (code == SALVE_OK && own == 0) code = salve_fail(err, SALVE_E_NOT_FOUND, "keys of a compartment");
    if (code == SALVE_OK) code = ring_make(id, own, &ring, err);
    if (code == SALVE_OK) code = fill_from_self(keys, rows, count, ring, err);
    if (rows != NULL) crypto_zero(rows, count * sizeof *rows);
    free(rows);
    if (code != SALVE_OK)
        keys_ring_drop(&ring);
    else
        *out = ring;
    return code;
}

static void let_read(struct keys_ring *ring, enum data_class class)
{
    for (size_t i = 0; i < ring->count; i++)
        if (ring->entries[i].class == class) ring->entries[i].is_readable = true;
}

static bool is_receipt_good(const struct keys_receipt *receipt, struct compartment id)
{
    static const uint8_t zeros[CRYPTO_SHA256_BYTES];
    return !receipt->is_used && receipt->leaf_index < receipt->durable_size &&
           compartment_eq(receipt->compartment, id) && memcmp(receipt->leaf_hash, zeros, sizeof zeros) != 0;
}

enum salve_code keys_ring_admit(struct keys_ring *ring, struct keys_receipt *receipt, struct salve_err *err)
{
    salve_assert(!ring->is_new); /* its maker reads what they seal, and no leaf is about them yet */
    if (!is_receipt_good(receipt, ring->id))
        return salve_refuse(err, SALVE_E_CONSENT, "no key without a durable leaf about this access",
                            "receipt of the log");
    receipt->is_used = true;
    let_read(ring, CLASS_CONSENT);
    return SALVE_OK;
}

enum salve_code keys_ring_open(struct keys *keys, struct keys_receipt *receipt, struct keys_ring **out,
                               struct salve_err *err)
{
    struct keys_ring *ring = NULL;
    enum salve_code code = keys_ring_sealing(keys, receipt->compartment, &ring, err);
    if (code == SALVE_OK) code = keys_ring_admit(ring, receipt, err);
    if (code == SALVE_OK)
        *out = ring;
    else
        keys_ring_drop(&ring);
    return code;
}

/* --- delivery --- */
static size_t entry_of(const struct keys_ring *ring, enum data_class class, uint32_t version)
{
    for (size_t i = 0; i < ring->count; i++)
        if (ring->entries[i].class == class && ring->entries[i].version == version) return i;
    return ring->count;
}

/* The words do not tell a purpose that was never asked from one that was taken back (N17). */
static enum salve_code no_consent(enum purpose purpose, struct salve_err *err)
{
    return salve_fail(err, SALVE_E_CONSENT, "purpose %s", purpose_text(purpose));
}

struct delivery {
    const struct keys_consent *newest;
    int64_t now_unix_s;
    const uint8_t *presence;
};

/* Is a wrap alive and made by the newest decision? It gives the index of the key that it holds. */
static enum salve_code check_row(struct keys *keys, const struct keys_ring *ring, const struct keys_wrap_row *row,
                                 const struct delivery *delivery, size_t *index, struct salve_err *err)
{
    struct crypto_wrap wrap;
    struct crypto_key *key = keys_slot(keys, SLOT_A);
    enum salve_code code = open_row(keys, row, &wrap, key, err);
    if (code != SALVE_OK) return code;
    bool is_live = wrap.not_after_unix_s == 0 || delivery->now_unix_s <= wrap.not_after_unix_s;
    bool is_newest = wrap.consent_seq == delivery->newest->seq && delivery->newest->seq > 0 &&
                     memcmp(wrap.consent_sha256, delivery->newest->sha256, CRYPTO_SHA256_BYTES) == 0;
    if (row->has_presence && delivery->presence != NULL)
        keys_presence_mask(key, delivery->presence, &wrap, keys_slot(keys, SLOT_B));
    *index = entry_of(ring, wrap.class, wrap.key_version);
    bool is_same = *index < ring->count && crypto_key_equal(key, crypto_keys_at(ring->keys, *index));
    crypto_key_zero(key);
    return is_live && is_newest && is_same ? SALVE_OK : no_consent(row->purpose, err);
}

enum salve_code keys_deliver(struct keys *keys, struct keys_ring *ring, enum purpose purpose, class_mask classes,
                             const struct keys_consent *newest, int64_t now_unix_s, const uint8_t *presence,
                             struct salve_err *err)
{
    const struct delivery delivery = {newest, now_unix_s, presence};
    salve_assert(purpose >= 1 && purpose <= PURPOSE_LAST);
    struct keys_wrap_row *rows = NULL;
    size_t count = 0, index = 0;
    class_mask got = 0;
    bool *let = calloc(ring->count, sizeof *let);
    if (let == NULL) return salve_fail(err, SALVE_E_MEMORY, "keys of a compartment");
    enum salve_code code = keys_wrap_rows(keys, ring->id, &rows, &count, err);
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        if (rows[i].purpose != purpose || (classes & CLASS_BIT(rows[i].class)) == 0) continue;
        code = check_row(keys, ring, &rows[i], &delivery, &index, err);
        if (code == SALVE_OK) let[index] = true;
        got |= CLASS_BIT(rows[i].class);
    }
    if (code == SALVE_OK && (got != classes || classes == 0)) code = no_consent(purpose, err);
    for (size_t i = 0; code == SALVE_OK && i < ring->count; i++)
        if (let[i]) ring->entries[i].is_readable = true;
    free(rows);
    free(let);
    return code;
}

class_mask keys_ring_readable(const struct keys_ring *ring)
{
    class_mask classes = 0;
    for (size_t i = 0; i < ring->count; i++)
        if (ring->entries[i].is_readable) classes |= CLASS_BIT(ring->entries[i].class);
    return classes;
}

/* --- sealing and opening --- */
size_t keys_ring_newest(const struct keys_ring *ring, enum data_class class)
{
    size_t newest = ring->count;
    for (size_t i = 0; i < ring->count; i++)
        if (ring->entries[i].class == class &&
            (newest == ring->count || ring->entries[i].version > ring->entries[newest].version))
            newest = i;
    return newest;
}

enum salve_code keys_ring_turn(struct keys_ring *ring, class_mask classes, struct salve_err *err)
{
    struct keys_ring *wider = NULL;
    size_t more = 0;
    for (int class = 1; class <= CLASS_LAST; class ++) more += (classes & CLASS_BIT(class)) != 0;
    enum salve_code code = ring_make(ring->id, ring->count + more, &wider, err);
    if (code != SALVE_OK) return code;
    size_t used = ring->count;
    for (size_t i = 0; i < ring->count; i++) {
        wider->entries[i] = ring->entries[i];
        crypto_key_copy(crypto_keys_at(wider->keys, i), crypto_keys_at(ring->keys, i));
    }
    for (int class = 1; class <= CLASS_LAST; class ++) {
        if ((classes & CLASS_BIT(class)) == 0) continue;
        size_t newest = keys_ring_newest(ring, (enum data_class) class);
        salve_assert(newest < ring->count);
        wider->entries[used] = ring->entries[newest];
        wider->entries[used].version++;
        crypto_key_random(crypto_keys_at(wider->keys, used++));
    }
    struct keys_ring narrower = *ring;
    wider->is_new = ring->is_new;
    *ring = *wider;
    *wider = narrower;
    keys_ring_drop(&wider);
    return SALVE_OK;
}

enum salve_code keys_seal(const struct keys_ring *ring, enum data_class class, uint64_t seq,
                          const uint8_t prev[CRYPTO_SHA256_BYTES], struct str plaintext, struct arena *mem,
                          struct str *record, struct salve_err *err)
{
    size_t newest = keys_ring_newest(ring, class);
    salve_assert(newest < ring->count && seq > 0);
    struct crypto_record head = {
        .compartment = ring->id, .seq = seq, .class = class, .key_version = ring->entries[newest].version};
    memcpy(head.prev, prev, sizeof head.prev);
    return crypto_record_seal(crypto_keys_at(ring->keys, newest), &head, plaintext, mem, record, err);
}

enum salve_code keys_unseal(const struct keys_ring *ring, enum data_class class, uint64_t seq, struct str record,
                            struct arena *mem, struct str *plaintext, struct crypto_record *head, struct salve_err *err)
{
    struct crypto_record clear, asked = {.compartment = ring->id, .seq = seq, .class = class};
    if ((keys_ring_readable(ring) & CLASS_BIT(class)) == 0)
        return salve_fail(err, SALVE_E_CONSENT, "class %s", class_text(class));
    enum salve_code code = crypto_record_peek(record, &clear, err);
    if (code != SALVE_OK) return code;
    size_t index = entry_of(ring, class, clear.key_version);
    if (index == ring->count) return salve_fail(err, SALVE_E_INTEGRITY, "sealed record");
    if (!ring->entries[index].is_readable) return salve_fail(err, SALVE_E_CONSENT, "class %s", class_text(class));
    return crypto_record_open(crypto_keys_at(ring->keys, index), &asked, record, mem, plaintext, head, err);
}
