/* SPDX-License-Identifier: Apache-2.0
 *
 * One transaction of the gate: the store's, with a cursor of the log in it and the guarded clock. Records, head,
 * leaf and opening are added to it and commit together; nothing is acknowledged before that. */
#include "records/records_int.h"

/* --- the log's rows in the store -------------------------------------------------------------------------------- */

enum { BLOCK_LOG_SHIFT = 48 }; /* a block's number in the store: log number above, the log's own number below */

static enum salve_code read_entries(void *self, uint64_t first, uint32_t count, struct arena *mem, struct str *entries,
                                    struct salve_err *err)
{
    struct rec_tx *tx = self;
    if (tx->bound.end != 0 && tx->bound.base + first + count > tx->bound.end)
        return salve_fail(err, SALVE_E_NOT_FOUND, "log entry");
    return store_log_list(tx->store, tx->bound.base + first, count, mem, entries, err);
}

static enum salve_code write_entries(void *self, uint64_t first, const struct str *entries, uint32_t count,
                                     struct salve_err *err)
{
    struct rec_tx *tx = self;
    return store_log_append(tx->store, tx->bound.base + first, entries, count, err);
}

static uint64_t block_number(const struct rec_tx *tx, uint64_t number)
{
    salve_assert(number < (uint64_t)1 << BLOCK_LOG_SHIFT);
    return ((uint64_t)(tx->bound.number - 1) << BLOCK_LOG_SHIFT) | number;
}

static enum salve_code read_block(void *self, enum tlog_block kind, uint64_t number, struct arena *mem,
                                  struct str *bytes, struct salve_err *err)
{
    struct rec_tx *tx = self;
    return store_tile_get(tx->store, (uint32_t)kind, block_number(tx, number), mem, bytes, err);
}

static enum salve_code write_block(void *self, enum tlog_block kind, uint64_t number, struct str bytes,
                                   struct salve_err *err)
{
    struct rec_tx *tx = self;
    return store_tile_put(tx->store, (uint32_t)kind, block_number(tx, number), bytes, err);
}

enum salve_code rec_log_bind(struct rec_tx *tx, const struct rec_log *log, struct salve_err *err)
{
    struct tlog_io io = {.self = tx,
                         .read_entries = read_entries,
                         .write_entries = write_entries,
                         .read_block = read_block,
                         .write_block = write_block};
    tx->bound = *log;
    return tlog_open(&io, log->origin, tx->mem, &tx->log, err);
}

/* --- begin and end ---------------------------------------------------------------------------------------------- */

/* What every write transaction carries along: that this run wrote, and what an earlier one left to be tidied. */
static enum salve_code carry(struct rec_tx *tx, struct salve_err *err)
{
    struct site *site = tx->site;
    enum salve_code code = SALVE_OK;
    if (!site->is_marked_open) code = store_mark_put(tx->store, STR("open"), 1, err);
    if (code == SALVE_OK && site->pending_done.len > 0) code = store_commons_delete(tx->store, site->pending_done, err);
    if (code == SALVE_OK) code = store_mark_put(tx->store, STR("revoked"), site->revoked_done, err);
    return code;
}

enum salve_code rec_tx_begin(struct site *site, bool read_only, struct arena *mem, struct rec_tx *out,
                             struct salve_err *err)
{
    *out = (struct rec_tx){.site = site, .mem = mem, .is_read_only = read_only};
    enum salve_code code = store_begin(site->store, read_only, &out->store, err);
    if (code != SALVE_OK) return code;
    code = store_clock(out->store, clock_ms(&site->clock), &out->now_unix_ms, &out->is_suspect, err);
    if (code == SALVE_OK) code = rec_log_bind(out, &site->log, err);
    if (code == SALVE_OK && !read_only) code = carry(out, err);
    if (code != SALVE_OK) {
        rec_tx_abandon(out);
        return code;
    }
    site->now_unix_ms = out->now_unix_ms;
    site->is_suspect = out->is_suspect;
    return SALVE_OK;
}

enum salve_code rec_tx_commit(struct rec_tx *tx, struct salve_err *err)
{
    bool writes = !tx->is_read_only;
    enum salve_code code = store_commit(&tx->store, err);
    if (code == SALVE_OK && writes) {
        tx->site->is_marked_open = true;
        tx->site->pending_done = STR_NONE;
    }
    return code;
}

void rec_tx_abandon(struct rec_tx *tx) { store_abandon(&tx->store); }

/* --- chains and records ----------------------------------------------------------------------------------------- */

enum salve_code rec_chain_load(struct rec_tx *tx, struct rec_chain *chain, struct salve_err *err)
{
    enum salve_code code = store_head_get(tx->store, chain->id, &chain->head, err);
    if (code == SALVE_OK && chain->head.seq == 0) return salve_fail(err, SALVE_E_NOT_FOUND, "card");
    return code;
}

enum salve_code rec_put(struct rec_tx *tx, struct rec_chain *chain, enum data_class class,
                        const struct rec_payload *payload, struct salve_err *err)
{
    struct rec_payload full = *payload;
    struct str plain, record = STR_NONE;
    uint64_t seq = chain->head.seq + 1;
    full.at_unix_ms = tx->now_unix_ms;
    full.is_suspect = tx->is_suspect;
    full.log_number = tx->bound.number;
    enum salve_code code = rec_payload_pack(tx->site->codec, &full, tx->mem, &plain, err);
    if (code == SALVE_OK) code = keys_seal(chain->ring, class, seq, chain->head.sha256, plain, tx->mem, &record, err);
    if (code == SALVE_OK) code = store_record_append(tx->store, chain->id, seq, class, record, err);
    if (code != SALVE_OK) return code;
    chain->head.seq = seq;
    crypto_sha256(record, chain->head.sha256);
    return SALVE_OK;
}

/* E_INTEGRITY that says where: the random id and the number of the record, nothing else is known or told. */
static enum salve_code damaged(const struct rec_chain *chain, uint64_t seq, struct salve_err *err)
{
    char id[COMPARTMENT_TEXT_BYTES + 1];
    compartment_text(chain->id, id);
    return salve_refuse(err, SALVE_E_INTEGRITY, "the record does not open", "site.db: compartment %s, record %llu", id,
                        (unsigned long long)seq);
}

enum salve_code rec_unseal(struct rec_tx *tx, const struct rec_chain *chain, uint64_t seq, enum data_class class,
                           struct arena *mem, struct rec_payload *out, uint8_t sha256[32], struct salve_err *err)
{
    struct store_record record;
    struct str plain;
    enum salve_code code = store_record_get(tx->store, chain->id, seq, mem, &record, err);
    if (code != SALVE_OK) return code;
    if (sha256 != NULL) memcpy(sha256, record.sha256, 32);
    code = keys_unseal(chain->ring, class, seq, record.bytes, mem, &plain, NULL, err);
    if (code == SALVE_OK) code = rec_payload_unpack(tx->site->codec, plain, mem, out, err);
    return code == SALVE_E_INTEGRITY ? damaged(chain, seq, err) : code;
}

/* --- leaves ----------------------------------------------------------------------------------------------------- */

enum salve_code rec_leaf_add(struct rec_tx *tx, struct rec_event *event, struct rec_leaf *out, struct salve_err *err)
{
    uint8_t entry[TLOG_PRIVATE_ENTRY_BYTES];
    event->at_unix_s = tx->now_unix_ms / 1000;
    event->is_suspect = tx->is_suspect;
    event->actor.site = tx->site->settings.name;
    enum salve_code code = rec_event_write(event, tx->mem, &out->event, err);
    if (code != SALVE_OK) return code;
    crypto_random(out->salt, sizeof out->salt);
    tlog_commit_entry(out->salt, out->event, entry);
    struct str entry_str = str_make((const char *)entry, sizeof entry);
    out->hash = tlog_hash_leaf(entry_str);
    out->log_number = tx->bound.number;
    out->at_unix_ms = tx->now_unix_ms;
    return tlog_append(tx->log, &entry_str, 1, &out->index, err);
}

enum salve_code rec_note(struct rec_tx *tx, struct rec_chain *chain, struct rec_event *event, struct rec_leaf *out,
                         struct salve_err *err)
{
    event->head = chain->head;
    enum salve_code code = rec_leaf_add(tx, event, out, err);
    if (code != SALVE_OK) return code;
    size_t body_bytes = TLOG_SALT_BYTES + out->event.len;
    char *body = arena_alloc_raw(tx->mem, body_bytes, 1);
    if (body == NULL) return salve_fail(err, SALVE_E_MEMORY, "audit record");
    memcpy(body, out->salt, TLOG_SALT_BYTES);
    memcpy(body + TLOG_SALT_BYTES, out->event.ptr, out->event.len);
    struct rec_payload opening = {
        .kind = REC_KIND_OPENING, .leaf_index = out->index, .body = str_make(body, body_bytes)};
    return rec_put(tx, chain, CLASS_AUDIT, &opening, err);
}

enum salve_code rec_publish(struct rec_tx *tx, enum tlog_entry_type type, struct str json, struct salve_err *err)
{
    struct str entry;
    uint64_t index;
    enum salve_code code = tlog_public_entry(type, json, tx->mem, &entry, err);
    return code == SALVE_OK ? tlog_append(tx->log, &entry, 1, &index, err) : code;
}
