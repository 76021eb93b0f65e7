/* SPDX-License-Identifier: Apache-2.0
 *
 * Who looked: the AUDIT records of the person's own view, each with the proof that its commitment stands in the signed
 * log. A line that cannot be proved is reported, not hidden. */
#include "records/closing_int.h"
#include "records/view_int.h"

enum { LOOKS_AT_ONCE = 8 };

/* One log of the site with its newest signed head; most sites have one. */
struct proving {
    struct rec_log log;
    struct str note;
    struct tlog_checkpoint head;
    bool is_signed;
};

static enum salve_code bind_proving(struct rec_tx *tx, struct proving *proving, struct salve_err *err)
{
    enum salve_code code = rec_log_bind(tx, &proving->log, err);
    if (code == SALVE_OK) code = tlog_newest_checkpoint(tx->log, tx->mem, &proving->note, NULL);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK) return salve_fail(err, code, "log checkpoint");
    uint64_t signed_by;
    proving->is_signed = tlog_note_verify(proving->note, &proving->log.vkey, 1, &signed_by, NULL, NULL) == SALVE_OK &&
                         tlog_checkpoint_parse(proving->note, &proving->head, NULL) == SALVE_OK;
    return SALVE_OK;
}

/* Inclusion of (salt, event) under the signed root: nothing but the opening and the proof is trusted. What came after
 * the newest signature is held against the log as it is. */
static void prove(struct rec_tx *tx, const struct proving *proving, const uint8_t *salt, struct str event,
                  struct rec_look *look)
{
    uint8_t entry[TLOG_PRIVATE_ENTRY_BYTES];
    struct tlog_hash leaf;
    struct tlog_proof proof;
    uint64_t index = look->leaf_index;
    bool is_signed = proving->is_signed && index < proving->head.size;
    bool is_old = proving->log.end != 0; /* it is signed no more (rec_successor.c) */
    if (!is_signed && index >= tlog_size(tx->log)) return;
    uint64_t size = is_signed ? proving->head.size : tlog_size(tx->log);
    struct tlog_hash root = is_signed ? proving->head.root : tlog_root(tx->log);
    tlog_commit_entry(salt, event, entry);
    leaf = tlog_hash_leaf(str_bytes(entry, sizeof entry));
    bool holds = tlog_prove(tx->log, index, size, &proof, NULL) == SALVE_OK &&
                 tlog_check_inclusion(index, size, &leaf, proof.hashes, proof.count, &root, NULL) == SALVE_OK;
    look->proved = holds && is_signed;
    look->is_unsigned = holds && !is_signed && !is_old;
    look->is_ended = holds && !is_signed && is_old;
}

static enum salve_code look_of(struct rec_tx *tx, const struct proving *proving, const struct payload *payload,
                               uint64_t seq, struct rec_look *out, struct rec_event *event, struct salve_err *err)
{
    if (payload->body.len <= TLOG_SALT_BYTES) return salve_fail(err, SALVE_E_INTEGRITY, "audit record");
    const uint8_t *salt = (const uint8_t *)payload->body.ptr;
    struct str json = str_cut(payload->body, TLOG_SALT_BYTES, payload->body.len);
    enum salve_code code = rec_event_read(json, tx->mem, event, err);
    if (code != SALVE_OK) return code;
    *out = (struct rec_look){.at_unix_ms = event->at_unix_s * 1000,
                             .clock_suspect = event->is_suspect,
                             .kind = str_of(rec_event_text(event->kind)),
                             .actor = event->actor,
                             .app = event->app,
                             .by = event->by,
                             .purpose = event->purpose,
                             .classes = event->classes,
                             .is_reminder = event->is_reminder,
                             .resource_count = (uint32_t)event->resource_count,
                             .leaf_index = payload->leaf_index,
                             .record_seq = seq};
    if (event->head.seq == seq - 1) prove(tx, proving, salt, json, out);
    if (!out->proved) return SALVE_OK;
    return tlog_receipt(tx->log, payload->leaf_index, salt, json, proving->note, tx->mem, &out->proof, err);
}

static enum salve_code add_look(struct rec_tx *tx, struct rec_view *view, const struct store_record *row,
                                struct proving *logs, size_t log_count, struct rec_look *list, size_t *n,
                                struct salve_err *err)
{
    struct payload payload;
    struct rec_event event;
    enum salve_code code = rec_unseal(tx, &view->gate.chain, row->seq, CLASS_AUDIT, tx->mem, &payload, NULL, err);
    if (code != SALVE_OK || payload.kind != PAYLOAD_OPENING) return code;
    struct proving *proving = NULL;
    for (size_t i = 0; i < log_count; i++)
        if (logs[i].log.number == payload.log_number) proving = &logs[i];
    if (proving == NULL) return salve_fail(err, SALVE_E_INTEGRITY, "audit record");
    if (tx->bound->number != proving->log.number) code = rec_log_bind(tx, &proving->log, err);
    if (code == SALVE_OK) code = look_of(tx, proving, &payload, row->seq, &list[*n], &event, err);
    if (code == SALVE_OK) (*n)++;
    return code;
}

/* Others, between two lines. */
static enum salve_code let_others(struct rec_view *view, struct rec_tx *tx, struct salve_err *err)
{
    if (view->site->pause == NULL) return SALVE_OK;
    struct arena *mem = tx->mem;
    rec_tx_abandon(tx);
    rec_breathe(view->site);
    TRY(rec_view_stands(view, err));
    return rec_tx_begin(view->site, true, mem, tx, err);
}

static enum salve_code looked_in(struct rec_view *view, struct rec_tx *tx, struct rec_look **out, size_t *count,
                                 struct salve_err *err)
{
    struct rec_log *logs = NULL;
    struct store_record *rows = NULL;
    size_t log_count = 0, row_count = 0, n = 0;
    enum salve_code code = rec_logs(tx, tx->mem, &logs, &log_count, err);
    struct proving *proving = arena_array(tx->mem, struct proving, log_count + 1);
    if (code == SALVE_OK && proving == NULL) code = salve_fail(err, SALVE_E_MEMORY, "looked");
    for (size_t i = 0; i < log_count && code == SALVE_OK; i++) {
        proving[i].log = logs[i];
        code = bind_proving(tx, &proving[i], err);
    }
    if (code == SALVE_OK)
        code = store_record_list(tx->store, view->gate.chain.id, CLASS_BIT(CLASS_AUDIT), 1, tx->mem, &rows, &row_count,
                                 err);
    struct rec_look *list = arena_array(tx->mem, struct rec_look, row_count + 1);
    if (code == SALVE_OK && list == NULL) code = salve_fail(err, SALVE_E_MEMORY, "looked");
    for (size_t i = 0; i < row_count && code == SALVE_OK; i++) {
        code = add_look(tx, view, &rows[i], proving, log_count, list, &n, err);
        if (code == SALVE_OK && i % LOOKS_AT_ONCE == LOOKS_AT_ONCE - 1) code = let_others(view, tx, err);
    }
    *out = list;
    *count = n;
    return code;
}

enum salve_code near_rec_looked(struct rec_view *view, struct arena *mem, struct rec_look **out, size_t *count,
                                size_t *missing, struct salve_err *err)
{
    struct rec_tx tx;
    enum salve_code code = rec_view_stands(view, err);
    if (code != SALVE_OK) return code;
    if (!rec_view_may(view, ACT_LOOKED)) return salve_fail(err, SALVE_E_CONSENT, "purpose self");
    code = rec_closing_flush(view->site, err); /* notes of other views of this run */
    if (code == SALVE_OK) code = rec_sign(view->site, REC_SIGN_DUE, mem, err);
    if (code == SALVE_OK) code = rec_tx_begin(view->site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = looked_in(view, &tx, out, count, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK) return code;
    size_t lost = 0;
    for (size_t i = 0; i < *count; i++) lost += !(*out)[i].proved && !(*out)[i].is_unsigned && !(*out)[i].is_ended;
    if (missing != NULL) *missing = lost;
    view->read_classes |= CLASS_BIT(CLASS_AUDIT);
    view->read_count += *count;
    return SALVE_OK;
}

int64_t near_rec_proofs_from_unix_ms(const struct rec_view *view) { return rec_proof_from_unix_ms(view->site); }
