/* SPDX-License-Identifier: Apache-2.0
 *
 * Records of a chain, and leaves with their openings: added to a transaction, durable with its commit. */
#include "crypto/crypto.h"
#include "keys/keys.h"
#include "records/chain_int.h"
#include "records/owner_int.h"

/* --- chains and records ----------------------------------------------------------------------------------------- */

enum salve_code rec_chain_load(struct rec_tx *tx, struct rec_chain *chain, struct salve_err *err)
{
    enum salve_code code = store_head_get(tx->store, chain->id, &chain->head, err);
    chain->first_seq = 0;
    if (code == SALVE_OK && chain->head.seq == 0) return rec_not_here(err);
    return code;
}

enum salve_code rec_chain_is_whole(struct rec_tx *tx, const struct rec_chain *chain, struct salve_err *err)
{
    bool is_cut = false;
    char id[COMPARTMENT_TEXT_BYTES + 1];
    TRY(rec_owner_is_there(tx, rec_owner_person(chain->id, chain->head.seq + 1), &is_cut, err));
    if (!is_cut) return SALVE_OK;
    compartment_text(chain->id, id);
    return salve_refuse(err, SALVE_E_INTEGRITY,
                        "newer records of this person were taken away, with the looks they tell of; the log still has "
                        "their entries. Bring the newest site.db back",
                        "site.db: compartment %s, records after %llu", id, (unsigned long long)chain->head.seq);
}

enum salve_code rec_put(struct rec_tx *tx, struct rec_chain *chain, enum data_class class,
                        const struct payload *payload, struct salve_err *err)
{
    struct payload full = *payload;
    struct str plain, record = STR_NONE;
    uint64_t seq = chain->head.seq + 1;
    salve_assert(chain->ring != NULL && !tx->is_read_only && class >= CLASS_IDENT && class <= CLASS_LAST);
    full.at_unix_ms = tx->now_unix_ms;
    full.is_suspect = tx->is_suspect;
    full.log_number = tx->bound->number;
    enum salve_code code = payload_pack(tx->site->codec, &full, tx->mem, &plain, err);
    if (code == SALVE_OK) code = keys_seal(chain->ring, class, seq, chain->head.sha256, plain, tx->mem, &record, err);
    if (code == SALVE_OK) code = store_record_append(tx->store, chain->id, seq, class, record, err);
    if (code != SALVE_OK) return code;
    if (chain->first_seq == 0) chain->first_seq = seq;
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
                           struct arena *mem, struct payload *out, uint8_t sha256[32], struct salve_err *err)
{
    struct store_record record;
    struct str plain;
    salve_assert(chain->ring != NULL && seq > 0);
    enum salve_code code = store_record_get(tx->store, chain->id, seq, mem, &record, err);
    if (code != SALVE_OK) return code;
    if (sha256 != NULL) memcpy(sha256, record.sha256, 32);
    code = keys_unseal(chain->ring, class, seq, record.bytes, mem, &plain, NULL, err);
    if (code == SALVE_OK) code = payload_unpack(tx->site->codec, plain, mem, out, err);
    return code == SALVE_E_INTEGRITY ? damaged(chain, seq, err) : code;
}

/* --- leaves ----------------------------------------------------------------------------------------------------- */

enum salve_code rec_leaf_add(struct rec_tx *tx, struct rec_event *event, struct rec_leaf *out, struct salve_err *err)
{
    uint8_t entry[TLOG_PRIVATE_ENTRY_BYTES];
    salve_assert(!tx->is_read_only && event->kind < REC_EVENT_COUNT);
    event->at_unix_s = tx->now_unix_ms / 1000;
    event->is_suspect = tx->is_suspect;
    event->is_made_up = keys_is_made_up(tx->site->keys);
    event->actor.site = tx->site->settings.name;
    enum salve_code code = rec_event_write(event, tx->mem, &out->event, err);
    if (code != SALVE_OK) return code;
    crypto_random(out->salt, sizeof out->salt);
    tlog_commit_entry(out->salt, out->event, entry);
    struct str entry_str = str_bytes(entry, sizeof entry);
    out->hash = tlog_hash_leaf(entry_str);
    out->log_number = tx->bound->number;
    out->at_unix_ms = tx->now_unix_ms;
    return tlog_append(tx->log, &entry_str, 1, &out->index, err);
}

enum salve_code rec_note(struct rec_tx *tx, struct rec_chain *chain, struct rec_event *event, struct rec_leaf *out,
                         struct salve_err *err)
{
    salve_assert(chain->head.seq > 0); /* loaded, or the first record was put */
    event->head = chain->head;
    tx->owner = rec_owner_person(chain->id, chain->first_seq == 0 ? chain->head.seq + 1 : chain->first_seq);
    enum salve_code code = rec_leaf_add(tx, event, out, err);
    if (code != SALVE_OK) return code;
    size_t body_bytes = TLOG_SALT_BYTES + out->event.len;
    char *body = arena_alloc_raw(tx->mem, body_bytes, 1);
    if (body == NULL) return salve_fail(err, SALVE_E_MEMORY, "audit record");
    memcpy(body, out->salt, TLOG_SALT_BYTES);
    memcpy(body + TLOG_SALT_BYTES, out->event.ptr, out->event.len);
    struct payload opening = {.kind = PAYLOAD_OPENING, .leaf_index = out->index, .body = str_make(body, body_bytes)};
    code = rec_put(tx, chain, CLASS_AUDIT, &opening, err);
    chain->first_seq = 0;
    return code;
}

enum salve_code rec_note_alone(struct site *site, struct rec_chain *chain, struct rec_event *event, struct arena *mem,
                               struct rec_leaf *out, struct salve_err *err)
{
    struct rec_tx tx;
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = rec_chain_load(&tx, chain, err);
    if (code == SALVE_OK) code = rec_note(&tx, chain, event, out, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}
