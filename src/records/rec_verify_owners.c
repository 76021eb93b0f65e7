/* SPDX-License-Identifier: Apache-2.0
 * verify: the owners of the rows of the log, and the tokens of cards and names. */
#include <stdio.h>

#include "crypto/crypto.h"
#include "json/json.h"
#include "keys/keys.h"
#include "records/log_int.h"
#include "records/owner_int.h"
#include "records/verify_int.h"
#include "store/store.h"

enum { PAGE = 64, ELEMENT_BYTES = 48 };

struct owners {
    struct verify *v;
    struct rec_tx *tx;
    uint64_t size;
    uint8_t *seen; /* a bit for each row of the log */
};

static void found_at(struct owners *o, uint64_t index, const char *what)
{
    char element[ELEMENT_BYTES];
    int len = snprintf(element, sizeof element, "log entry %llu", (unsigned long long)index);
    rec_found(o->v, "site.db", STR_NONE, str_make(element, (size_t)len), what);
}

/* --- what an owner says ------------------------------------------------------------------------------------------- */

static enum salve_code check_person(struct owners *o, uint64_t index, const struct rec_owner *owner,
                                    struct salve_err *err)
{
    struct store_head head;
    struct compartment id;
    char element[ELEMENT_BYTES];
    memcpy(id.bytes, owner->id, sizeof id.bytes);
    enum salve_code code = store_head_get(o->tx->store, id, &head, err);
    if (code == SALVE_E_INTEGRITY) return SALVE_OK; /* told with the heads */
    if (code != SALVE_OK || head.seq >= owner->number) return code;
    (void)snprintf(element, sizeof element, "record %llu, log entry %llu", (unsigned long long)owner->number,
                   (unsigned long long)index);
    rec_found_in(o->v, "site.db", id, element,
                 head.seq == 0 ? "all records of a person were taken away; no erasure is noted"
                               : "newer records of this person were taken away");
    return SALVE_OK;
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

static enum salve_code check_says(struct owners *o, const struct store_owner *row, struct str entry,
                                  struct salve_err *err)
{
    struct rec_owner owner;
    if (!rec_owner_read(o->tx->site, row, entry, &owner)) {
        found_at(o, row->index, "whose it is does not open");
        return SALVE_OK;
    }
    if (owner.kind == REC_OWNER_PERSON) return check_person(o, row->index, &owner, err);
    if (owner.kind == REC_OWNER_TOMBSTONE) return check_tombstone(o, row->index, &owner, err);
    if (owner.kind == REC_OWNER_DOCUMENT) return check_document(o, row->index, &owner, entry, err);
    return SALVE_OK;
}

/* --- all rows ----------------------------------------------------------------------------------------------------- */

static enum salve_code check_owner(struct owners *o, const struct store_owner *row, struct salve_err *err)
{
    struct str entry;
    if (row->index >= o->size) {
        found_at(o, row->index, "an owner without an entry");
        return SALVE_OK;
    }
    uint8_t *byte = &o->seen[row->index / 8], bit = (uint8_t)(1u << row->index % 8);
    if (*byte & bit) found_at(o, row->index, "it has two owners");
    *byte |= bit;
    struct arena_mark mark = arena_mark(o->v->mem);
    enum salve_code code = store_log_list(o->tx->store, row->index, 1, o->v->mem, &entry, err);
    if (code == SALVE_OK) code = check_says(o, row, entry, err);
    arena_rewind(o->v->mem, mark);
    return code == SALVE_E_NOT_FOUND ? SALVE_OK : code; /* a missing entry is told with the log */
}

static enum salve_code check_all(struct owners *o, struct salve_err *err)
{
    struct store_owner rows[PAGE], last = {0};
    size_t count = PAGE;
    TRY(store_log_size(o->tx->store, &o->size, err));
    o->seen = arena_alloc(o->v->mem, (size_t)(o->size / 8 + 1));
    if (o->seen == NULL) return salve_fail(err, SALVE_E_MEMORY, "verify");
    while (count == PAGE) {
        TRY(store_owner_list(o->tx->store, &last, rows, PAGE, &count, err));
        for (size_t i = 0; i < count; i++) TRY(check_owner(o, &rows[i], err));
        if (count > 0) last = rows[count - 1];
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
    enum salve_code code = check_all(&owners, err);
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
