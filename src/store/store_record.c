/* SPDX-License-Identifier: Apache-2.0
 * Records, heads, erasure: one append-only sequence a compartment. The head moves in the transaction of its record. */
#include "base/assert.h"
#include "crypto/crypto.h"
#include "store/store_int.h"

enum { HEAD_BYTES_1 = 8 + STORE_HASH_BYTES, HEAD_BYTES = HEAD_BYTES_1 + 16 };

static struct store_row record_row(const struct compartment *id, uint64_t seq)
{
    return (struct store_row){.table = STORE_RECORD, .key = {compartment_bytes(id), seq}};
}

/* Of a row as it may be written: a class that there is, and no other bits. */
static bool is_known(const struct store_row *row)
{
    uint32_t class = row->tag & ~(uint32_t)(STORE_TAG_REST | STORE_TAG_BLANK);
    return class >= 1 && class <= CLASS_LAST;
}

static enum data_class class_of(const struct store_row *row)
{
    return (enum data_class)(row->tag & 0xff & ~(uint32_t)STORE_TAG_REST);
}

bool store_head_read(struct str bytes, struct store_head *out)
{
    bool is_new = bytes.len == HEAD_BYTES;
    const uint8_t *at = (const uint8_t *)bytes.ptr;
    *out = (struct store_head){0};
    if (!is_new && bytes.len != HEAD_BYTES_1) return false;
    out->seq = crypto_get_u64(at);
    memcpy(out->sha256, at + 8, STORE_HASH_BYTES);
    out->card = is_new ? crypto_get_u64(at + HEAD_BYTES_1) : 1;
    if (is_new) out->decided = crypto_get_u64(at + HEAD_BYTES_1 + 8);
    return true;
}

enum salve_code store_head_get(struct store_tx *tx, struct compartment id, struct store_head *out,
                               struct salve_err *err)
{
    struct salve_err ignored = {0};
    struct arena_mark mark = arena_mark(tx->scratch);
    struct store_row row = {.table = STORE_HEAD, .key.name = compartment_bytes(&id)};
    enum salve_code code = store_get(tx, &row, tx->scratch, &ignored);
    size_t bytes = tx->store->layout == STORE_LAYOUT ? HEAD_BYTES : HEAD_BYTES_1;
    *out = (struct store_head){0};
    if (code == SALVE_E_NOT_FOUND)
        code = SALVE_OK;
    else if (code == SALVE_OK && (row.bytes.len != bytes || !store_head_read(row.bytes, out)))
        code = store_not_ours(&row, err);
    else if (code != SALVE_OK && err != NULL)
        *err = ignored;
    arena_rewind(tx->scratch, mark);
    return code;
}

static enum salve_code head_put(struct store_tx *tx, const struct compartment *id, const struct store_head *head,
                                struct salve_err *err)
{
    uint8_t bytes[HEAD_BYTES];
    crypto_put_u64(bytes, head->seq);
    memcpy(bytes + 8, head->sha256, STORE_HASH_BYTES);
    crypto_put_u64(bytes + HEAD_BYTES_1, head->card);
    crypto_put_u64(bytes + HEAD_BYTES_1 + 8, head->decided);
    struct store_row row = {
        .table = STORE_HEAD, .key.name = compartment_bytes(id), .bytes = str_bytes(bytes, sizeof bytes)};
    return store_put(tx, &row, false, err);
}

/* The row that keeps a record: without what the row says anyway, where that is what the record says. */
static enum salve_code shorten(struct store_tx *tx, const struct compartment *id, struct store_row *row,
                               struct salve_err *err)
{
    struct str rest;
    struct crypto_record place = {.compartment = *id, .seq = row->key.number, .class = (enum data_class)row->tag};
    if (!crypto_record_rest(&place, row->bytes, &rest) || place.key_version > UINT8_MAX) return SALVE_OK;
    uint8_t *bytes = arena_alloc_raw(tx->scratch, 1 + rest.len, 1);
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "record");
    bytes[0] = (uint8_t)place.key_version;
    memcpy(bytes + 1, rest.ptr, rest.len);
    row->bytes = str_bytes(bytes, 1 + rest.len);
    row->tag |= STORE_TAG_REST;
    return SALVE_OK;
}

/* The way back: the record of a row, in mem where the row does not have all of it. */
static enum salve_code lengthen(const struct store_row *row, struct arena *mem, struct str *out, struct salve_err *err)
{
    struct crypto_record place = {.seq = row->key.number, .class = class_of(row)};
    *out = row->bytes;
    if ((row->tag & STORE_TAG_REST) == 0) return SALVE_OK;
    if (row->key.name.len != COMPARTMENT_BYTES || row->bytes.len == 0)
        return salve_fail(err, SALVE_E_INTEGRITY, "record");
    memcpy(place.compartment.bytes, row->key.name.ptr, COMPARTMENT_BYTES);
    place.key_version = (uint8_t)row->bytes.ptr[0];
    return crypto_record_whole(&place, str_cut(row->bytes, 1, row->bytes.len), mem, out, err);
}

static enum salve_code record_put(struct store_tx *tx, const struct compartment *id, struct store_row *row,
                                  struct salve_err *err)
{
    struct arena_mark mark = arena_mark(tx->scratch);
    enum salve_code code = shorten(tx, id, row, err);
    if (code == SALVE_OK) code = store_put(tx, row, true, err);
    arena_rewind(tx->scratch, mark);
    return code;
}

enum salve_code store_record_append(struct store_tx *tx, struct compartment id, uint64_t seq, enum data_class class,
                                    struct str bytes, struct salve_err *err)
{
    struct store_head head;
    salve_assert(class >= 1 && class <= CLASS_LAST);
    enum salve_code code = store_head_get(tx, id, &head, err);
    if (code != SALVE_OK) return code;
    if (seq != head.seq + 1) return salve_refuse(err, SALVE_E_CONFLICT, "another record was appended first", "record");
    struct store_row row = record_row(&id, seq);
    row.tag = (uint32_t) class;
    row.bytes = bytes;
    code = record_put(tx, &id, &row, err);
    if (code != SALVE_OK) return code;
    head.seq = seq;
    if (seq == 1) head.card = 1;
    if (class == CLASS_CONSENT) head.decided = seq;
    crypto_sha256(bytes, head.sha256);
    return head_put(tx, &id, &head, err);
}

enum salve_code store_head_card(struct store_tx *tx, struct compartment id, struct salve_err *err)
{
    struct store_head head;
    TRY(store_head_get(tx, id, &head, err));
    if (head.seq == 0) return salve_fail(err, SALVE_E_NOT_FOUND, "head");
    head.card = head.seq;
    return head_put(tx, &id, &head, err);
}

enum salve_code store_head_decided(struct store_tx *tx, struct compartment id, uint64_t decided, struct salve_err *err)
{
    struct store_head head;
    TRY(store_head_get(tx, id, &head, err));
    if (head.seq == 0) return salve_fail(err, SALVE_E_NOT_FOUND, "head");
    head.decided = decided;
    return head_put(tx, &id, &head, err);
}

static bool is_blank_right(const struct store_row *row, struct store_record *out)
{
    if (row->bytes.len != STORE_HASH_BYTES) return false;
    memcpy(out->sha256, row->bytes.ptr, STORE_HASH_BYTES);
    return true;
}

enum salve_code store_record_fill(const struct store_row *row, bool with_bytes, struct crypto_sha256 *hasher,
                                  struct arena *mem, struct store_record *out, struct salve_err *err)
{
    bool is_rest = (row->tag & STORE_TAG_REST) != 0;
    if (!is_known(row)) return salve_fail(err, SALVE_E_INTEGRITY, "record");
    *out = (struct store_record){
        .seq = row->key.number, .class = class_of(row), .is_blank = (row->tag & STORE_TAG_BLANK) != 0};
    if (!out->is_blank) out->bytes_len = row->bytes_len + (is_rest ? CRYPTO_RECORD_PLACE_BYTES - 1 : 0);
    if (!with_bytes) return SALVE_OK;
    if (out->is_blank) return is_blank_right(row, out) ? SALVE_OK : salve_fail(err, SALVE_E_INTEGRITY, "record");
    TRY(lengthen(row, mem, &out->bytes, err));
    if (hasher == NULL)
        crypto_sha256(out->bytes, out->sha256);
    else
        crypto_sha256_parts(hasher, &out->bytes, 1, out->sha256);
    return SALVE_OK;
}

enum salve_code store_record_get(struct store_tx *tx, struct compartment id, uint64_t seq, struct arena *mem,
                                 struct store_record *out, struct salve_err *err)
{
    struct store_row row = record_row(&id, seq);
    struct arena_mark mark = arena_mark(tx->scratch);
    enum salve_code code = store_get(tx, &row, tx->scratch, err); /* mem gets the record once */
    row.bytes_len = row.bytes.len;
    if (code == SALVE_OK) code = store_record_fill(&row, true, NULL, mem, out, err);
    if (code == SALVE_OK && out->bytes.ptr != NULL && out->bytes.ptr == row.bytes.ptr)
        code = arena_str(mem, row.bytes, &out->bytes, err);
    if (mem != tx->scratch) arena_rewind(tx->scratch, mark);
    return code;
}

struct record_list {
    struct store_record *at;
    size_t count, cap;
};

static enum salve_code list_add(struct record_list *list, const struct store_record *record, struct arena *mem,
                                struct salve_err *err)
{
    if (list->count == list->cap) {
        size_t grown = list->cap == 0 ? 16 : list->cap * 2;
        list->at = arena_grow(mem, list->at, list->cap * sizeof *list->at, grown * sizeof *list->at);
        if (list->at == NULL) return salve_fail(err, SALVE_E_MEMORY, "list of records");
        list->cap = grown;
    }
    list->at[list->count++] = *record;
    return SALVE_OK;
}

/* The next record of a chain is the next number, up to the head: what somebody took out is told where it is missed. */
static enum salve_code missing(const struct compartment *id, uint64_t seq, struct salve_err *err)
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(*id, text);
    return salve_refuse(err, SALVE_E_INTEGRITY, "the record is missing", "site.db: compartment %s, record %llu", text,
                        (unsigned long long)seq);
}

enum salve_code store_record_list(struct store_tx *tx, struct compartment id, class_mask classes, uint64_t from,
                                  struct arena *mem, struct store_record **out, size_t *count, struct salve_err *err)
{
    struct record_list list = {0};
    struct store_row rows[STORE_PAGE_ROWS];
    struct store_scan scan = {.table = STORE_RECORD,
                              .from = {compartment_bytes(&id), from},
                              .to = {compartment_bytes(&id), STORE_NUMBER_END}};
    struct arena_mark mark = arena_mark(tx->scratch);
    struct store_head head;
    TRY(store_head_get(tx, id, &head, err));
    uint64_t next = from;
    while (!scan.is_done) {
        size_t used = 0;
        enum salve_code code = store_scan_rows(tx, &scan, rows, STORE_PAGE_ROWS, &used, tx->scratch, err);
        for (size_t i = 0; code == SALVE_OK && i < used; i++, next++) {
            struct store_record record;
            code = rows[i].key.number == next ? store_record_fill(&rows[i], false, NULL, mem, &record, err)
                                              : missing(&id, next, err);
            if (code == SALVE_OK && (classes & CLASS_BIT(record.class)) != 0) code = list_add(&list, &record, mem, err);
        }
        scan.from.name = compartment_bytes(&id);
        arena_rewind(tx->scratch, mark);
        if (code != SALVE_OK) return code;
    }
    if (next <= head.seq) return missing(&id, next, err);
    *out = list.at;
    *count = list.count;
    return SALVE_OK;
}

enum salve_code store_record_blank(struct store_tx *tx, struct compartment id, uint64_t seq, struct salve_err *err)
{
    struct store_record record;
    struct arena_mark mark = arena_mark(tx->scratch);
    enum salve_code code = store_record_get(tx, id, seq, tx->scratch, &record, err);
    struct store_row row = record_row(&id, seq);
    if (code == SALVE_OK && !record.is_blank) {
        row.tag = (uint32_t)record.class | STORE_TAG_BLANK;
        row.bytes = str_bytes(record.sha256, STORE_HASH_BYTES);
        code = store_put(tx, &row, false, err);
        tx->has_dropped = true;
    }
    arena_rewind(tx->scratch, mark);
    return code;
}

/* A page of names, all of the same length, of a table that has one row a name. */
static enum salve_code list_names(struct store_tx *tx, enum store_table table, struct str after, uint8_t *names,
                                  size_t name_bytes, size_t max, size_t *count, struct salve_err *err)
{
    struct store_row rows[STORE_PAGE_ROWS];
    struct store_scan scan = {.table = table, .from = {after, after.len > 0}};
    struct arena_mark mark = arena_mark(tx->scratch);
    enum salve_code code = SALVE_OK;
    *count = 0;
    while (code == SALVE_OK && *count < max && !scan.is_done) {
        size_t used = 0, room = max - *count < STORE_PAGE_ROWS ? max - *count : STORE_PAGE_ROWS;
        code = store_scan_rows(tx, &scan, rows, room, &used, tx->scratch, err);
        for (size_t i = 0; code == SALVE_OK && i < used; i++, ++*count) {
            if (rows[i].key.name.len != name_bytes) code = salve_fail(err, SALVE_E_INTEGRITY, "head or tombstone");
            if (code == SALVE_OK) memcpy(names + *count * name_bytes, rows[i].key.name.ptr, name_bytes);
        }
    }
    arena_rewind(tx->scratch, mark);
    return code;
}

enum salve_code store_compartment_list(struct store_tx *tx, const struct compartment *after, struct compartment ids[],
                                       size_t max, size_t *count, struct salve_err *err)
{
    struct str name = after == NULL ? STR_NONE : compartment_bytes(after);
    return list_names(tx, STORE_HEAD, name, ids[0].bytes, sizeof ids[0], max, count, err);
}

enum salve_code store_compartment_erase(struct store_tx *tx, struct compartment id, bool were_put_back,
                                        struct salve_err *err)
{
    uint8_t hash[STORE_HASH_BYTES];
    crypto_sha256(compartment_bytes(&id), hash);
    struct store_row row = {.table = STORE_TOMBSTONE, .key.name = str_bytes(hash, sizeof hash), .bytes = STR("")};
    tx->is_sum_held = were_put_back;
    enum salve_code code = store_drop(tx, STORE_RECORD, compartment_bytes(&id), err);
    if (code == SALVE_OK) code = store_drop(tx, STORE_HEAD, compartment_bytes(&id), err);
    if (code == SALVE_OK) code = store_put(tx, &row, false, err);
    tx->is_sum_held = false;
    return code;
}

enum salve_code store_tombstone_get(struct store_tx *tx, struct compartment id, bool *is_erased, struct salve_err *err)
{
    uint8_t hash[STORE_HASH_BYTES];
    struct salve_err ignored = {0};
    struct arena_mark mark = arena_mark(tx->scratch);
    crypto_sha256(compartment_bytes(&id), hash);
    struct store_row row = {.table = STORE_TOMBSTONE, .key.name = str_bytes(hash, sizeof hash)};
    enum salve_code code = store_get(tx, &row, tx->scratch, &ignored);
    *is_erased = code == SALVE_OK;
    arena_rewind(tx->scratch, mark);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK && err != NULL) *err = ignored;
    return code;
}

enum salve_code store_tombstone_count(struct store_tx *tx, uint64_t *out, struct salve_err *err)
{
    return store_count(tx, STORE_TOMBSTONE, out, err);
}

enum salve_code store_tombstone_list(struct store_tx *tx, const uint8_t *after, uint8_t hashes[][32], size_t max,
                                     size_t *count, struct salve_err *err)
{
    struct str name = after == NULL ? STR_NONE : str_bytes(after, STORE_HASH_BYTES);
    return list_names(tx, STORE_TOMBSTONE, name, hashes[0], STORE_HASH_BYTES, max, count, err);
}
