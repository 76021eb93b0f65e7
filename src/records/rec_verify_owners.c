/* SPDX-License-Identifier: Apache-2.0
 * verify: the owners of the rows of the log, and the tokens of cards and names. */
#include <stdio.h>
#include <stdlib.h>

#include "crypto/crypto.h"
#include "json/json.h"
#include "keys/keys.h"
#include "records/log_int.h"
#include "records/owner_int.h"
#include "records/verify_int.h"
#include "store/store.h"

/* The rows lie in the order of their names, which are hashes: entry and person of each are anywhere. So they are taken
 * a batch at a time, and entries and heads are read in their own order. DENSE: where a batch has one entry in so many,
 * those between are read along. */
enum { PAGE = 64, ELEMENT_BYTES = 48, BATCH = 2048 * PAGE, DENSE = 32 };

struct held {
    struct store_owner row;
    struct rec_owner owner;
    struct str entry;  /* of a document; in the arena of verify */
    uint64_t head_seq; /* of a person */
    bool is_read, has_entry, does_open;
    bool has_head, is_head_damaged;
};

/* One of a batch, and what it is sorted by. */
struct place {
    uint8_t key[COMPARTMENT_BYTES];
    uint32_t at;
};

struct owners {
    struct verify *v;
    struct rec_tx *tx;
    uint64_t size;
    uint8_t *seen; /* a bit for each row of the log */
    struct held *held;
    struct place *places;
    size_t room, count; /* of the batch */
    struct store_entries entries;
};

static void found_at(struct owners *o, uint64_t index, const char *what)
{
    char element[ELEMENT_BYTES];
    int len = snprintf(element, sizeof element, "log entry %llu", (unsigned long long)index);
    rec_found(o->v, "site.db", STR_NONE, str_make(element, (size_t)len), what);
}

/* --- what an owner says ------------------------------------------------------------------------------------------- */

static void check_person(struct owners *o, const struct held *held)
{
    struct compartment id;
    char element[ELEMENT_BYTES];
    memcpy(id.bytes, held->owner.id, sizeof id.bytes);
    if (held->is_head_damaged || held->head_seq >= held->owner.number)
        return; /* a damaged one is told with the heads */
    (void)snprintf(element, sizeof element, "record %llu, log entry %llu", (unsigned long long)held->owner.number,
                   (unsigned long long)held->row.index);
    rec_found_in(o->v, "site.db", id, element,
                 held->head_seq == 0 ? "all records of a person were taken away; no erasure is noted"
                                     : "newer records of this person were taken away");
}

static enum salve_code check_tombstone(struct owners *o, uint64_t index, const struct rec_owner *owner,
                                       struct salve_err *err)
{
    uint8_t from[CRYPTO_SHA256_BYTES] = {0}, hash[1][CRYPTO_SHA256_BYTES];
    size_t count = 0;
    memcpy(from, owner->id, sizeof owner->id);
    TRY(store_tombstone_list(o->tx->store, from, hash, 1, &count, err));
    if (count == 0 || memcmp(hash[0], owner->id, sizeof owner->id) != 0)
        found_at(o, index, "the tombstone of this erasure is missing");
    return SALVE_OK;
}

/* The public entry says kind, id and hash of a version of a document: it must be there, and be that. */
static enum salve_code check_document(struct owners *o, uint64_t index, const struct rec_owner *owner, struct str entry,
                                      struct salve_err *err)
{
    enum tlog_entry_type type;
    struct str payload, document = STR_NONE;
    const struct json *doc = NULL;
    uint8_t said[CRYPTO_SHA256_BYTES], is[CRYPTO_SHA256_BYTES];
    if (tlog_entry_read(entry, &type, &payload, NULL) != SALVE_OK || type != TLOG_ENTRY_HASH ||
        json_read(payload, NULL, o->v->mem, &doc, NULL) != SALVE_OK ||
        !str_hex_parse(json_get_text(doc, "sha256"), said, sizeof said)) {
        found_at(o, index, "it is no entry about a document, as its owner says");
        return SALVE_OK;
    }
    struct str kind = json_get_text(doc, "kind"), id = json_get_text(doc, "id");
    struct rec_owner of = rec_owner_document(o->tx->site, kind, id, owner->number);
    struct str key = arena_printf(o->v->mem, "doc/%.*s/%.*s/%08llu", STR_ARGS(kind), STR_ARGS(id),
                                  (unsigned long long)owner->number);
    if (key.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "verify");
    enum salve_code code = store_commons_get(o->tx->store, key, o->v->mem, &document, err);
    bool is_there = code == SALVE_OK && memcmp(of.id, owner->id, sizeof of.id) == 0;
    if (is_there) crypto_sha256(document, is);
    if (!is_there || memcmp(said, is, sizeof is) != 0) {
        struct str element = arena_printf(o->v->mem, "commons/%.*s", STR_ARGS(key));
        rec_found(o->v, "site.db", STR_NONE, element, "the log has an entry for it; it was taken away or replaced");
    }
    return code == SALVE_E_NOT_FOUND || code == SALVE_E_INTEGRITY ? SALVE_OK : code;
}

static enum salve_code check_says(struct owners *o, const struct held *held, struct salve_err *err)
{
    if (!held->has_entry) return SALVE_OK; /* a missing entry is told with the log */
    if (!held->does_open) {
        found_at(o, held->row.index, "whose it is does not open");
        return SALVE_OK;
    }
    if (held->owner.kind == REC_OWNER_PERSON) check_person(o, held);
    if (held->owner.kind == REC_OWNER_TOMBSTONE) return check_tombstone(o, held->row.index, &held->owner, err);
    if (held->owner.kind == REC_OWNER_DOCUMENT)
        return check_document(o, held->row.index, &held->owner, held->entry, err);
    return SALVE_OK;
}

/* --- what is read for a batch of them, each table in its own order ------------------------------------------------ */

static int by_key(const void *a, const void *b)
{
    return memcmp(((const struct place *)a)->key, ((const struct place *)b)->key, sizeof((const struct place *)a)->key);
}

static bool is_person(const struct held *held) { return held->does_open && held->owner.kind == REC_OWNER_PERSON; }

static enum salve_code open_one(struct owners *o, struct held *held, struct salve_err *err)
{
    struct str entry;
    if (held->is_read || held->row.index >= o->size) return SALVE_OK;
    enum salve_code code = store_entries_at(&o->entries, held->row.index, &entry, err);
    held->is_read = code == SALVE_OK || code == SALVE_E_NOT_FOUND;
    held->has_entry = code == SALVE_OK;
    if (code != SALVE_OK) return held->is_read ? SALVE_OK : code;
    held->does_open = rec_owner_read(o->tx->site, &held->row, entry, &held->owner);
    if (!held->does_open || held->owner.kind != REC_OWNER_DOCUMENT) return SALVE_OK;
    return arena_str(o->v->mem, entry, &held->entry, err);
}

static enum salve_code open_owners(struct owners *o, struct salve_err *err)
{
    size_t used = 0;
    for (size_t i = 0; i < o->count; i++) {
        if (o->held[i].row.index >= o->size) continue;
        o->places[used] = (struct place){.at = (uint32_t)i};
        crypto_put_u64(o->places[used++].key, o->held[i].row.index);
    }
    qsort(o->places, used, sizeof *o->places, by_key);
    for (size_t i = 0; i < used; i++) TRY(open_one(o, &o->held[o->places[i].at], err));
    return SALVE_OK;
}

static enum salve_code read_head(struct owners *o, struct held *held, struct salve_err *err)
{
    struct compartment id;
    struct store_head head = {0};
    if (held->has_head || !is_person(held)) return SALVE_OK;
    memcpy(id.bytes, held->owner.id, sizeof id.bytes);
    enum salve_code code = store_head_get(o->tx->store, id, &head, err);
    held->is_head_damaged = code == SALVE_E_INTEGRITY;
    held->has_head = code == SALVE_OK || held->is_head_damaged;
    held->head_seq = head.seq;
    return held->has_head ? SALVE_OK : code;
}

static enum salve_code read_heads(struct owners *o, struct salve_err *err)
{
    size_t used = 0;
    for (size_t i = 0; i < o->count; i++) {
        if (!is_person(&o->held[i])) continue;
        o->places[used] = (struct place){.at = (uint32_t)i};
        memcpy(o->places[used++].key, o->held[i].owner.id, COMPARTMENT_BYTES);
    }
    qsort(o->places, used, sizeof *o->places, by_key);
    for (size_t i = 0; i < used; i++) {
        struct held *held = &o->held[o->places[i].at];
        const struct held *before = i == 0 ? NULL : &o->held[o->places[i - 1].at];
        bool is_same = i > 0 && by_key(&o->places[i - 1], &o->places[i]) == 0;
        if (is_same) {
            held->head_seq = before->head_seq;
            held->is_head_damaged = before->is_head_damaged;
            held->has_head = true;
        }
        TRY(read_head(o, held, err));
    }
    return SALVE_OK;
}

/* --- all rows ----------------------------------------------------------------------------------------------------- */

static enum salve_code check_owner(struct owners *o, struct held *held, struct salve_err *err)
{
    uint64_t index = held->row.index;
    if (index >= o->size) {
        found_at(o, index, "an owner without an entry");
        return SALVE_OK;
    }
    uint8_t *byte = &o->seen[index / 8], bit = (uint8_t)(1u << index % 8);
    if (*byte & bit) found_at(o, index, "it has two owners");
    *byte |= bit;
    TRY(open_one(o, held, err)); /* what could not be read with the batch stops it here, behind what was found */
    TRY(read_head(o, held, err));
    struct arena_mark mark = arena_mark(o->v->mem);
    enum salve_code code = check_says(o, held, err);
    arena_rewind(o->v->mem, mark);
    return code;
}

static enum salve_code read_batch(struct owners *o, struct store_owner *last, bool *has_more, struct salve_err *err)
{
    size_t count = PAGE;
    struct store_owner rows[PAGE];
    for (o->count = 0; count == PAGE && o->count + PAGE <= o->room; o->count += count) {
        TRY(store_owner_list(o->tx->store, last, rows, PAGE, &count, err));
        for (size_t i = 0; i < count; i++) o->held[o->count + i] = (struct held){.row = rows[i]};
        if (count > 0) *last = rows[count - 1];
    }
    *has_more = count == PAGE;
    return SALVE_OK;
}

static enum salve_code check_batch(struct owners *o, struct salve_err *err)
{
    struct arena_mark mark = arena_mark(o->v->mem);
    o->entries.is_dense = o->count * DENSE >= o->size;
    if (open_owners(o, NULL) == SALVE_OK) (void)!read_heads(o, NULL);
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; code == SALVE_OK && i < o->count; i++) code = check_owner(o, &o->held[i], err);
    arena_rewind(o->v->mem, mark);
    return code;
}

static enum salve_code check_all(struct owners *o, struct salve_err *err)
{
    struct store_owner last = {0};
    bool has_more = true;
    TRY(store_log_size(o->tx->store, &o->size, err));
    o->room = o->size < BATCH ? (size_t)o->size + PAGE : BATCH;
    o->seen = arena_alloc(o->v->mem, (size_t)(o->size / 8 + 1));
    o->held = arena_array(o->v->mem, struct held, o->room);
    o->places = arena_array(o->v->mem, struct place, o->room);
    if (o->seen == NULL || o->held == NULL || o->places == NULL) return salve_fail(err, SALVE_E_MEMORY, "verify");
    while (has_more) {
        TRY(read_batch(o, &last, &has_more, err));
        TRY(check_batch(o, err));
    }
    for (uint64_t i = 0; i < o->size; i++)
        if ((o->seen[i / 8] & (1u << i % 8)) == 0) found_at(o, i, "whose it is was taken away");
    return SALVE_OK;
}

enum salve_code rec_verify_owners(struct verify *v, struct salve_err *err)
{
    struct rec_tx tx;
    struct owners owners = {.v = v, .tx = &tx};
    if (v->site->layout != STORE_LAYOUT) return SALVE_OK;
    TRY(rec_tx_begin(v->site, true, v->mem, &tx, err));
    enum salve_code code = store_entries_open(tx.store, &owners.entries, err);
    if (code == SALVE_OK) code = check_all(&owners, err);
    store_entries_close(&owners.entries);
    rec_tx_abandon(&tx);
    return code;
}

/* --- tokens ------------------------------------------------------------------------------------------------------- */

static enum salve_code check_token(struct verify *v, struct rec_tx *tx, const struct keys_token_row *row,
                                   struct salve_err *err)
{
    struct store_head head;
    if (!row->is_ours) {
        rec_found_in(v, "keys.db", row->to.id, "token", "it leads to somebody whom it was not made for");
        return SALVE_OK;
    }
    enum salve_code code = store_head_get(tx->store, row->to.id, &head, err);
    if (code == SALVE_OK && row->to.since > head.seq && v->site->keeps_keys)
        return SALVE_OK; /* of a person or card whose record was lost with an older site.db: counted with the wraps */
    if (code == SALVE_OK && head.seq == 0)
        rec_found_in(v, "keys.db", row->to.id, "token", "it leads to nobody");
    else if (code == SALVE_OK && head.card != row->to.since)
        rec_found_in(v, "keys.db", row->to.id, "token", "it is of an earlier card; it opens nothing");
    return code == SALVE_E_INTEGRITY ? SALVE_OK : code;
}

enum salve_code rec_verify_tokens(struct verify *v, struct salve_err *err)
{
    struct rec_tx tx;
    struct keys_token_row row, *after = NULL, last;
    bool found = true;
    if (keys_layout(v->site->keys) != KEYS_LAYOUT) return SALVE_OK;
    TRY(rec_tx_begin(v->site, true, v->mem, &tx, err));
    enum salve_code code = SALVE_OK;
    while (code == SALVE_OK && found) {
        code = keys_token_next(v->site->keys, after, &row, &found, err);
        if (code == SALVE_OK && found) code = check_token(v, &tx, &row, err);
        last = row;
        after = &last;
    }
    rec_tx_abandon(&tx);
    return code;
}
