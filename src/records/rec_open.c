/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening a compartment, in the order that makes the promises hold:
 *   1 actor and role          nothing about the person is looked at for somebody whose role opens nothing
 *   2 quota, leaf, opening    one transaction; durable before any key
 *   3 receipt -> ring         the person's decisions become readable
 *   4 consent decides         consent_decide, a pure function
 *   5 keys deliver            only what the wraps of this purpose deliver, resting on the newest decision */
#include "records/records_int.h"

/* --- the gate --------------------------------------------------------------------------------------------------- */

static enum salve_code leave_leaf(struct rec_gate *gate, const struct rec_gate_ask *ask, struct rec_tx *tx,
                                  struct salve_err *err)
{
    struct rec_event event = {
        .kind = REC_EVENT_ACCESS, .actor = ask->actor, .purpose = ask->purpose, .classes = ask->classes};
    enum salve_code code = rec_actor_check(tx, ask->actor, err);
    if (code == SALVE_OK) code = keys_ring_sealing(gate->site->keys, ask->id, &gate->chain.ring, err);
    if (code == SALVE_OK) code = rec_chain_load(tx, &gate->chain, err);
    if (code == SALVE_OK && ask->is_counted)
        code = store_quota_take(tx->store, ask->id, tx->now_unix_ms, REC_QUOTA_COMPARTMENTS, err);
    if (code == SALVE_OK) code = rec_note(tx, &gate->chain, &event, &gate->leaf, err);
    return code;
}

static enum salve_code read_decision(struct rec_gate *gate, struct rec_tx *tx, const struct store_record *row,
                                     struct salve_err *err)
{
    struct rec_payload payload;
    struct keys_consent rests = {.seq = row->seq};
    enum salve_code code =
        rec_unseal(tx, &gate->chain, row->seq, CLASS_CONSENT, gate->mem, &payload, rests.sha256, err);
    if (code != SALVE_OK) return code;
    if (payload.kind == REC_KIND_ENROLMENT) {
        gate->newest[PURPOSE_SELF] = rests;
        return SALVE_OK;
    }
    struct consent_grant *grant = &gate->grants[gate->grant_count];
    code = consent_read(payload.body, gate->mem, grant, err);
    if (code != SALVE_OK) return code;
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
    if (code == SALVE_OK && gate->grants == NULL) code = salve_fail(err, SALVE_E_MEMORY, "decisions");
    for (size_t i = 0; i < count && code == SALVE_OK; i++) code = read_decision(gate, &tx, &rows[i], err);
    rec_tx_abandon(&tx);
    return code;
}

/* Nothing opens above the quota, but the person sees that somebody tried. */
static enum salve_code note_over_quota(struct rec_gate *gate, const struct rec_gate_ask *ask, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_event event = {
        .kind = REC_EVENT_DENIED, .actor = ask->actor, .purpose = ask->purpose, .classes = ask->classes};
    enum salve_code code = rec_tx_begin(gate->site, false, gate->mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = rec_chain_load(&tx, &gate->chain, err);
    if (code == SALVE_OK) code = rec_note(&tx, &gate->chain, &event, &gate->leaf, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code == SALVE_OK ? salve_fail(err, SALVE_E_QUOTA, "opening of records") : code;
}

enum salve_code rec_gate_open(struct site *site, const struct rec_gate_ask *ask, struct arena *mem,
                              struct rec_gate *out, struct salve_err *err)
{
    struct rec_tx tx;
    uint64_t size;
    *out = (struct rec_gate){.site = site, .mem = mem, .chain.id = ask->id};
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = leave_leaf(out, ask, &tx, err);
    size = tlog_size(tx.log);
    out->access_seq = out->chain.head.seq;
    out->now_unix_ms = tx.now_unix_ms;
    out->is_suspect = tx.is_suspect;
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    if (code == SALVE_E_QUOTA) code = note_over_quota(out, ask, err);
    if (code == SALVE_OK) {
        struct keys_receipt receipt = keys_receipt(ask->id, out->leaf.index, size, out->leaf.hash.bytes);
        code = keys_ring_admit(out->chain.ring, &receipt, err);
    }
    if (code == SALVE_OK) code = read_decisions(out, err);
    if (code != SALVE_OK) rec_gate_close(out);
    return code;
}

void rec_gate_close(struct rec_gate *gate) { keys_ring_drop(&gate->chain.ring); }

enum salve_code rec_gate_deliver(struct rec_gate *gate, enum purpose purpose, class_mask classes, struct salve_err *err)
{
    return keys_deliver(gate->site->keys, gate->chain.ring, purpose, classes, &gate->newest[purpose],
                        gate->now_unix_ms / 1000, NULL, err);
}

/* --- a view ----------------------------------------------------------------------------------------------------- */

/* The same code and the same words whether the person was never asked, refused, or took it back (N17). */
static enum salve_code not_open(enum purpose purpose, struct salve_err *err)
{
    return salve_fail(err, SALVE_E_CONSENT, "purpose %s", purpose_text(purpose));
}

static enum salve_code role_opens_nothing(const struct rec_ask *ask, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_ROLE, "this role does not open this purpose", "%s, purpose %s",
                        role_text(ask->actor.role), purpose_text(ask->purpose));
}

/* What is asked for: named, or all that the wraps deliver and the role may see. */
static enum salve_code wanted_classes(struct site *site, const struct rec_ask *ask, struct compartment id,
                                      class_mask *out, struct salve_err *err)
{
    struct keys_granted granted[PURPOSE_LAST + 1];
    class_mask role = consent_role_classes(ask->actor.role, ask->purpose);
    *out = ask->classes;
    if (ask->classes != 0) return SALVE_OK;
    enum salve_code code = keys_granted(site->keys, id, granted, err);
    *out = granted[ask->purpose].classes & role;
    if (*out == 0) *out = role & (purpose_classes(ask->purpose) | CLASS_BIT(CLASS_IDENT));
    return code;
}

static enum salve_code note_denied(struct rec_view *view, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_leaf leaf;
    struct rec_event event = {
        .kind = REC_EVENT_DENIED, .actor = view->actor, .purpose = view->purpose, .classes = view->classes};
    enum salve_code code = rec_tx_begin(view->site, false, view->mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = rec_chain_load(&tx, &view->gate.chain, err);
    if (code == SALVE_OK) code = rec_note(&tx, &view->gate.chain, &event, &leaf, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

static enum salve_code decide(struct rec_view *view, bool is_present, struct salve_err *err)
{
    struct rec_gate *gate = &view->gate;
    struct consent_ask ask = {.actor = view->actor,
                              .purpose = view->purpose,
                              .classes = view->classes,
                              .now_unix_s = gate->now_unix_ms / 1000,
                              .is_present = is_present};
    struct consent_decision decision = consent_decide(gate->grants, gate->grant_count, &ask);
    if (!decision.allowed) return SALVE_E_CONSENT;
    return rec_gate_deliver(gate, view->purpose, decision.classes, err);
}

static enum salve_code copy_actor(struct rec_view *view, struct actor actor, struct salve_err *err)
{
    view->actor.role = actor.role;
    enum salve_code code = arena_str(view->mem, actor.id, &view->actor.id, err);
    return code == SALVE_OK ? arena_str(view->mem, view->site->settings.name, &view->actor.site, err) : code;
}

static enum salve_code open_view(struct rec_view *view, const struct rec_ask *ask, struct salve_err *err)
{
    bool is_present;
    struct rec_gate_ask gate = {.purpose = ask->purpose, .is_counted = rec_role_is_staff(ask->actor.role)};
    enum salve_code code = rec_who(view->site, ask->who, view->mem, &gate.id, &is_present, err);
    if (code == SALVE_OK) code = wanted_classes(view->site, ask, gate.id, &view->classes, err);
    if (code == SALVE_OK) code = copy_actor(view, ask->actor, err);
    if (code != SALVE_OK) return code;
    gate.actor = view->actor;
    gate.classes = view->classes;
    view->purpose = ask->purpose;
    code = rec_gate_open(view->site, &gate, view->mem, &view->gate, err);
    if (code != SALVE_OK) return code;
    if (ask->purpose == PURPOSE_SELF && !is_present)
        code = SALVE_E_CONSENT;
    else
        code = decide(view, is_present, err);
    if (code == SALVE_E_CONSENT) {
        code = note_denied(view, err);
        if (code == SALVE_OK) code = not_open(ask->purpose, err);
    }
    if (code != SALVE_OK) rec_gate_close(&view->gate);
    return code;
}

enum salve_code rec_open(struct site *site, const struct rec_ask *ask, struct rec_view **out, struct salve_err *err)
{
    if (ask->purpose < PURPOSE_CARE || ask->purpose > PURPOSE_LAST || ask->actor.role >= ROLE_COUNT)
        return salve_fail(err, SALVE_E_ROLE, "unknown purpose or role");
    if (consent_role_classes(ask->actor.role, ask->purpose) == 0) return role_opens_nothing(ask, err);
    struct arena *mem = arena_open(SALVE_REQUEST_BYTES_MAX);
    struct rec_view *view = mem == NULL ? NULL : arena_new(mem, struct rec_view);
    if (view == NULL) {
        arena_close(mem);
        return salve_fail(err, SALVE_E_MEMORY, "view");
    }
    view->site = site;
    view->mem = mem;
    enum salve_code code = open_view(view, ask, err);
    if (code != SALVE_OK)
        arena_close(mem);
    else
        *out = view;
    return code;
}

static enum salve_code note_read(struct rec_view *view, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_leaf leaf;
    struct rec_event event = {.kind = REC_EVENT_READ,
                              .actor = view->actor,
                              .purpose = view->purpose,
                              .classes = view->read_classes,
                              .resource_count = view->read_count};
    enum salve_code code = rec_tx_begin(view->site, false, view->mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = rec_chain_load(&tx, &view->gate.chain, err);
    if (code == SALVE_OK) code = rec_note(&tx, &view->gate.chain, &event, &leaf, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

enum salve_code rec_close(struct rec_view **view, struct salve_err *err)
{
    struct rec_view *v = *view;
    if (v == NULL) return SALVE_OK;
    enum salve_code code = v->read_count > 0 ? note_read(v, err) : SALVE_OK;
    if (code == SALVE_OK && v->read_count > 0 && v->purpose == PURPOSE_TRANSFER) code = rec_transfer_used(v, err);
    if (code == SALVE_E_NOT_FOUND) code = SALVE_OK; /* erased while it was open: there is nobody left to tell */
    rec_gate_close(&v->gate);
    arena_close(v->mem);
    *view = NULL;
    return code;
}

struct compartment rec_compartment(const struct rec_view *view) { return view->gate.chain.id; }
enum purpose rec_purpose(const struct rec_view *view) { return view->purpose; }
class_mask rec_classes(const struct rec_view *view) { return view->classes; }
int64_t rec_opened_at_unix_ms(const struct rec_view *view) { return view->gate.now_unix_ms; }
