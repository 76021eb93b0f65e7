/* SPDX-License-Identifier: Apache-2.0
 *
 * The gate: what `revoked` says; quota, leaf and opening in one transaction, durable before any key; then the receipt
 * of the leaf makes the person's decisions readable, and who asks as the person has to show it (rec_person.c). Which
 * other classes become readable, the caller decides (rec_open.c, rec_consent.c). */
#include "crypto/crypto.h"
#include "records/apps_int.h"
#include "records/person_int.h"
#include "records/queue_int.h"
#include "records/revoked_int.h"
#include "records/who_int.h"
#include "records/work_int.h"

static enum salve_code leave_leaf(struct rec_gate *gate, const struct rec_gate_ask *ask, struct rec_tx *tx,
                                  struct salve_err *err)
{
    struct rec_event event = {.kind = ask->purpose == PURPOSE_LETTER ? REC_EVENT_BY_LETTER : REC_EVENT_ACCESS,
                              .actor = ask->actor,
                              .purpose = ask->purpose,
                              .classes = ask->classes,
                              .app = ask->app,
                              .is_reminder = ask->is_reminder};
    enum salve_code code = rec_actor_check(tx, ask->actor, err);
    if (code == SALVE_OK) code = keys_ring_sealing(gate->site->keys, ask->id, &gate->chain.ring, err);
    if (code == SALVE_OK) code = rec_chain_load(tx, &gate->chain, err);
    if (code == SALVE_OK) code = rec_chain_is_whole(tx, &gate->chain, err);
    if (code == SALVE_OK && rec_person_asks(ask)) code = rec_person_wrong(tx, ask->id, &gate->wrong_told, err);
    if (code == SALVE_OK) code = rec_openings_count(tx, ask, err);
    if (code == SALVE_OK && ask->is_shown) code = rec_work_shown(tx, ask->id, err);
    if (code == SALVE_OK && ask->is_shown) code = rec_day_shown(tx, ask->id, err);
    if (code == SALVE_OK && ask->is_shown) code = rec_reminder_came(tx, ask->id, err);
    if (code == SALVE_OK) code = rec_note(tx, &gate->chain, &event, &gate->leaf, err);
    return code;
}

static enum salve_code read_app(struct rec_gate *gate, const struct payload *payload, uint64_t seq,
                                struct salve_err *err)
{
    struct rec_app_grant *grant = &gate->apps[gate->app_count++];
    *grant = (struct rec_app_grant){.seq = seq, .log_number = payload->log_number};
    return smart_grant_read(payload->body, gate->mem, &grant->is, err);
}

static enum salve_code read_decision(struct rec_gate *gate, struct rec_tx *tx, const struct store_record *row,
                                     struct salve_err *err)
{
    struct payload payload;
    struct keys_consent rests = {.seq = row->seq};
    enum salve_code code =
        rec_unseal(tx, &gate->chain, row->seq, CLASS_CONSENT, gate->mem, &payload, rests.sha256, err);
    if (code != SALVE_OK) return code;
    if (payload.kind == PAYLOAD_ENROLMENT) {
        gate->newest[PURPOSE_SELF] = rests;
        return SALVE_OK;
    }
    if (payload.kind == PAYLOAD_APP) return read_app(gate, &payload, row->seq, err);
    struct consent_grant *grant = &gate->grants[gate->grant_count];
    code = consent_read(payload.body, gate->mem, grant, err);
    if (code != SALVE_OK) return code;
    salve_assert(grant->purpose >= PURPOSE_CARE && grant->purpose <= PURPOSE_LAST);
    grant->seq = row->seq;
    gate->grant_count++;
    gate->newest[grant->purpose] = rests;
    return SALVE_OK;
}

static enum salve_code read_decisions(struct rec_gate *gate, struct salve_err *err)
{
    struct rec_tx tx;
    struct store_record *rows = NULL;
    size_t count = 0;
    enum salve_code code = rec_tx_begin(gate->site, true, gate->mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = store_record_list(tx.store, gate->chain.id, CLASS_BIT(CLASS_CONSENT), 1, gate->mem, &rows, &count, err);
    gate->grants = arena_array(gate->mem, struct consent_grant, count + 1);
    gate->apps = arena_array(gate->mem, struct rec_app_grant, count + 1);
    if (code == SALVE_OK && (gate->grants == NULL || gate->apps == NULL))
        code = salve_fail(err, SALVE_E_MEMORY, "decisions");
    for (size_t i = 0; i < count && code == SALVE_OK; i++) code = read_decision(gate, &tx, &rows[i], err);
    rec_tx_abandon(&tx);
    return code;
}

enum salve_code rec_note_denied(struct rec_gate *gate, struct actor actor, enum purpose purpose, class_mask classes,
                                struct salve_err *err)
{
    struct rec_leaf leaf;
    struct rec_event event = {
        .kind = REC_EVENT_DENIED, .actor = actor, .purpose = purpose, .classes = classes, .app = gate->app};
    return rec_note_alone(gate->site, &gate->chain, &event, gate->mem, &leaf, err);
}

/* Nothing opens above the quota, but the person sees that somebody tried. */
static enum salve_code over_quota(struct rec_gate *gate, const struct rec_gate_ask *ask, struct salve_err *err)
{
    TRY(rec_note_denied(gate, ask->actor, ask->purpose, ask->classes, err));
    return salve_fail(err, SALVE_E_QUOTA, "opening of records");
}

enum salve_code rec_gate_open(struct site *site, const struct rec_gate_ask *ask, struct arena *mem,
                              struct rec_gate *out, struct salve_err *err)
{
    struct rec_tx tx;
    uint64_t size;
    *out = (struct rec_gate){.site = site, .mem = mem, .chain.id = ask->id, .app = ask->app};
    bool is_erased = false;
    TRY(rec_person_ready(ask, err));
    enum salve_code code = rec_revoked_has_erasure(site, site->revoked, ask->id, &is_erased, err);
    if (code == SALVE_OK && is_erased) code = rec_not_here(err);
    if (code == SALVE_OK) code = rec_tx_begin(site, false, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = leave_leaf(out, ask, &tx, err);
    size = tlog_size(tx.log);
    out->access_seq = out->chain.head.seq;
    out->now_unix_ms = tx.now_unix_ms;
    out->is_suspect = tx.is_suspect;
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    if (code == SALVE_E_QUOTA) code = over_quota(out, ask, err);
    if (code == SALVE_OK) {
        struct keys_receipt receipt = keys_receipt(ask->id, out->leaf.index, size, out->leaf.hash.bytes);
        code = keys_ring_admit(out->chain.ring, &receipt, err);
    }
    if (code == SALVE_OK) code = read_decisions(out, err);
    if (code == SALVE_OK) code = rec_person_check(out, ask, err);
    if (code != SALVE_OK) rec_gate_close(out);
    return code;
}

void rec_gate_close(struct rec_gate *gate)
{
    keys_ring_drop(&gate->chain.ring);
    if (gate->site == NULL) return;
    payload_codec_wipe(gate->site->codec);
    crypto_zero_stack();
}

enum salve_code rec_gate_deliver(struct rec_gate *gate, enum purpose purpose, class_mask classes, struct salve_err *err)
{
    bool is_revoked = false;
    struct site *site = gate->site;
    salve_assert(gate->chain.ring != NULL && purpose >= PURPOSE_CARE && purpose <= PURPOSE_LAST);
    const struct keys_consent *newest = &gate->newest[purpose];
    enum salve_code code = purpose == PURPOSE_SELF ? SALVE_OK
                                                   : rec_revoked_has_purpose(site, site->revoked, gate->chain.id,
                                                                             purpose, newest->seq, &is_revoked, err);
    if (code == SALVE_OK && is_revoked) code = salve_fail(err, SALVE_E_CONSENT, "purpose %s", purpose_text(purpose));
    if (code != SALVE_OK) return code;
    return keys_deliver(site->keys, gate->chain.ring, purpose, classes, newest, gate->now_unix_ms / 1000, NULL, err);
}
