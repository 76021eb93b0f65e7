/* SPDX-License-Identifier: Apache-2.0
 * Records, heads, erasure: one append-only sequence a compartment. The head moves in the transaction of its record. */
#include "base/assert.h"
#include "crypto/crypto.h"
#include "store/store_int.h"

enum { HEAD_BYTES = 8 + STORE_HASH_BYTES };

static struct store_row record_row(const struct compartment *id, uint64_t seq)
{
    return (struct store_row){.table = STORE_RECORD, .name = store_id(id), .number = seq};
}

enum salve_code store_head_get(struct store_tx *tx, struct compartment id, struct store_head *out,
                               struct salve_err *err)
{
    struct salve_err ignored = {0};
    struct arena_mark mark = arena_mark(tx->store->scratch);
    struct store_row row = {.table = STORE_HEAD, .name = store_id(&id)};
    enum salve_code code = store_get(tx, &row, tx->store->scratch, &ignored);
    *out = (struct store_head){0};
    if (code == SALVE_E_NOT_FOUND)
        code = SALVE_OK;
    else if (code == SALVE_OK && row.bytes.len != HEAD_BYTES)
        code = salve_fail(err, SALVE_E_INTEGRITY, "head");
    else if (code == SALVE_OK) {
        out->seq = crypto_get_u64((const uint8_t *)row.bytes.ptr);
        memcpy(out->sha256, row.bytes.ptr + 8, STORE_HASH_BYTES);
    } else if (err != NULL)
        *err = ignored;
    arena_rewind(tx->store->scratch, mark);
    return code;
}

static enum salve_code head_put(struct store_tx *tx, const struct compartment *id, const struct store_head *head,
                                struct salve_err *err)
{
    uint8_t bytes[HEAD_BYTES];
    crypto_put_u64(bytes, head->seq);
    memcpy(bytes + 8, head->sha256, STORE_HASH_BYTES);
    struct store_row row = {.table = STORE_HEAD, .name = store_id(id), .bytes = store_bytes(bytes, sizeof bytes)};
    return store_put(tx, &row, false, err);
}

enum salve_code store_record_append(struct store_tx *tx, struct compartment id, uint64_t seq, enum data_class class,
                                    struct str bytes, struct salve_err *err)
{
    struct store_head head;
    enum salve_code code = store_head_get(tx, id, &head, err);
    if (code != SALVE_OK) return code;
    if (seq != head.seq + 1) return salve_refuse(err, SALVE_E_CONFLICT, "another record was appended first", "record");
    struct store_row row = record_row(&id, seq);
    row.tag = (uint32_t) class;
    row.bytes = bytes;
    code = store_put(tx, &row, true, err);
    if (code != SALVE_OK) return code;
    head.seq = seq;
    crypto_sha256(bytes, head.sha256);
    return head_put(tx, &id, &head, err);
}

static void fill(struct store_record *out, const struct store_row *row)
{
    *out = (struct store_record){.seq = row->number,
                                 .class = (enum data_class)(row->tag & 0xff),
                                 .is_blank = (row->tag & STORE_TAG_BLANK) != 0,
                                 .bytes_len = row->bytes_len};
}

enum salve_code store_record_get(struct store_tx *tx, struct compartment id, uint64_t seq, struct arena *mem,
                                 struct store_record *out, struct salve_err *err)
{
    struct store_row row = record_row(&id, seq);
    enum salve_code code = store_get(tx, &row, mem, err);
    if (code != SALVE_OK) return code;
    row.bytes_len = row.bytes.len;
    fill(out, &row);
    if (out->is_blank) {
        if (row.bytes.len != STORE_HASH_BYTES) return salve_fail(err, SALVE_E_INTEGRITY, "record");
        memcpy(out->sha256, row.bytes.ptr, STORE_HASH_BYTES);
        out->bytes_len = 0;
        return SALVE_OK;
    }
    crypto_sha256(row.bytes, out->sha256);
    out->bytes = row.bytes;
    return SALVE_OK;
}

/* The rows of one compartment, one call each. */
static enum salve_code next_of(struct store_tx *tx, const struct compartment *id, struct store_row *row, unsigned flags,
                               bool *found, struct arena *mem, struct salve_err *err)
{
    enum salve_code code = store_next(tx, row, flags, found, mem, err);
    if (code == SALVE_OK && *found && !str_eq(row->name, store_id(id))) *found = false;
    return code;
}

enum salve_code store_record_list(struct store_tx *tx, struct compartment id, class_mask classes, uint64_t from,
                                  struct arena *mem, struct store_record **out, size_t *count, struct salve_err *err)
{
    struct store_record *list = NULL;
    struct store_row row = record_row(&id, from);
    size_t cap = 0, used = 0;
    bool found = true;
    unsigned flags = STORE_FROM_START;
    struct arena_mark mark = arena_mark(tx->store->scratch);
    while (found) {
        enum salve_code code = next_of(tx, &id, &row, flags, &found, tx->store->scratch, err);
        struct store_record record;
        if (code != SALVE_OK) return code;
        fill(&record, &row);
        row.name = store_id(&id);
        flags = 0;
        arena_rewind(tx->store->scratch, mark);
        if (!found || (classes & CLASS_BIT(record.class)) == 0) continue;
        if (used == cap) {
            size_t grown = cap == 0 ? 16 : cap * 2;
            list = arena_grow(mem, list, cap * sizeof *list, grown * sizeof *list);
            if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "list of records");
            cap = grown;
        }
        if (record.is_blank) record.bytes_len = 0;
        list[used++] = record;
    }
    *out = list;
    *count = used;
    return SALVE_OK;
}

enum salve_code store_record_blank(struct store_tx *tx, struct compartment id, uint64_t seq, struct salve_err *err)
{
    struct store_record record;
    struct arena_mark mark = arena_mark(tx->store->scratch);
    enum salve_code code = store_record_get(tx, id, seq, tx->store->scratch, &record, err);
    struct store_row row = record_row(&id, seq);
    if (code == SALVE_OK && !record.is_blank) {
        row.tag = (uint32_t)record.class | STORE_TAG_BLANK;
        row.bytes = store_bytes(record.sha256, STORE_HASH_BYTES);
        code = store_put(tx, &row, false, err);
        tx->has_dropped = true;
    }
    arena_rewind(tx->store->scratch, mark);
    return code;
}

enum salve_code store_compartment_next(struct store_tx *tx, const struct compartment *after, struct compartment *out,
                                       bool *found, struct salve_err *err)
{
    struct arena_mark mark = arena_mark(tx->store->scratch);
    struct store_row row = {.table = STORE_HEAD, .name = after == NULL ? STR("") : store_id(after)};
    enum salve_code code = store_next(tx, &row, 0, found, tx->store->scratch, err);
    if (code == SALVE_OK && *found && row.name.len != COMPARTMENT_BYTES)
        code = salve_fail(err, SALVE_E_INTEGRITY, "head");
    if (code == SALVE_OK && *found) memcpy(out->bytes, row.name.ptr, COMPARTMENT_BYTES);
    arena_rewind(tx->store->scratch, mark);
    return code;
}

enum salve_code store_compartment_erase(struct store_tx *tx, struct compartment id, struct str note,
                                        struct salve_err *err)
{
    uint8_t hash[STORE_HASH_BYTES];
    crypto_sha256(store_id(&id), hash);
    struct store_row row = {.table = STORE_TOMBSTONE, .name = store_bytes(hash, sizeof hash), .bytes = note};
    enum salve_code code = store_drop(tx, STORE_RECORD, store_id(&id), err);
    if (code == SALVE_OK) code = store_drop(tx, STORE_HEAD, store_id(&id), err);
    if (code == SALVE_OK) code = store_put(tx, &row, false, err);
    return code;
}

enum salve_code store_tombstone_get(struct store_tx *tx, struct compartment id, bool *is_erased, struct salve_err *err)
{
    uint8_t hash[STORE_HASH_BYTES];
    struct salve_err ignored = {0};
    struct arena_mark mark = arena_mark(tx->store->scratch);
    crypto_sha256(store_id(&id), hash);
    struct store_row row = {.table = STORE_TOMBSTONE, .name = store_bytes(hash, sizeof hash)};
    enum salve_code code = store_get(tx, &row, tx->store->scratch, &ignored);
    *is_erased = code == SALVE_OK;
    arena_rewind(tx->store->scratch, mark);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK && err != NULL) *err = ignored;
    return code;
}

enum salve_code store_tombstone_count(struct store_tx *tx, uint64_t *out, struct salve_err *err)
{
    return tx->store->place->backend->count(tx->store->place, STORE_TOMBSTONE, out, err);
}

enum salve_code store_tombstone_next(struct store_tx *tx, const uint8_t *after, uint8_t out[32], bool *found,
                                     struct salve_err *err)
{
    struct arena_mark mark = arena_mark(tx->store->scratch);
    struct store_row row = {.table = STORE_TOMBSTONE, .name = store_bytes(after, after == NULL ? 0 : 32)};
    enum salve_code code = store_next(tx, &row, 0, found, tx->store->scratch, err);
    if (code == SALVE_OK && *found && row.name.len != STORE_HASH_BYTES)
        code = salve_fail(err, SALVE_E_INTEGRITY, "tombstone");
    if (code == SALVE_OK && *found) memcpy(out, row.name.ptr, STORE_HASH_BYTES);
    arena_rewind(tx->store->scratch, mark);
    return code;
}
