/* SPDX-License-Identifier: Apache-2.0
 *
 * Erasure: asked for, with a day to think it over; or at once. Then the line in `revoked`, one transaction (leaf,
 * tombstone, records gone), the keys and tokens. The opening of that leaf goes to the person with the receipt of an
 * erasure at once, and nowhere else. What a crash leaves undone the next opening completes (rec_recover.c). */
#include "keys/keys.h"
#include "records/apps_int.h"
#include "records/chain_int.h"
#include "records/erasing_int.h"
#include "records/owner_int.h"
#include "records/person_int.h"
#include "records/queue_int.h"
#include "records/revoked_int.h"
#include "records/rights.h"
#include "records/share_int.h"
#include "records/stand_int.h"
#include "records/who_int.h"
#include "records/work_int.h"

enum { WORK_BYTES = 32 << 20, DAY_MS = 24 * 3600 * 1000 };

struct erasing {
    struct compartment id;
    bool were_put_back; /* it was erased before */
    bool *ends_untold;  /* something urgent that the person was not told of ends with it */
};

/* Records out, tombstone in; *leaf about it. */
static enum salve_code erase_records(struct site *site, struct actor actor, const struct erasing *what,
                                     struct arena *work, struct rec_leaf *leaf, struct salve_err *err)
{
    struct rec_tx tx;
    struct store_head head;
    struct rec_event event = {.kind = REC_EVENT_ERASURE, .actor = actor};
    enum salve_code code = rec_tx_begin(site, false, work, &tx, err);
    if (code != SALVE_OK) return code;
    code = rec_actor_check(&tx, actor, err);
    if (code == SALVE_OK) code = store_head_get(tx.store, what->id, &head, err);
    if (code == SALVE_OK) code = rec_owner_forget(&tx, what->id, head.seq, err);
    tx.owner = rec_owner_tombstone(what->id);
    if (code == SALVE_OK) code = rec_leaf_add(&tx, &event, leaf, err);
    if (code == SALVE_OK) code = rec_erasing_drop(&tx, what->id, err);
    if (code == SALVE_OK) code = rec_work_end(&tx, what->id, 0, what->ends_untold, err);
    if (code == SALVE_OK) code = rec_reminder_end(&tx, what->id, err);
    if (code == SALVE_OK) code = rec_day_end(&tx, what->id, err);
    if (code == SALVE_OK) code = rec_app_rows_end(&tx, what->id, err);
    if (code == SALVE_OK) code = rec_shares_end(&tx, what->id, err);
    if (code == SALVE_OK) code = store_compartment_erase(tx.store, what->id, what->were_put_back, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

/* Keys, tokens and the word. */
static enum salve_code erase_keys(struct site *site, struct compartment id, struct salve_err *err)
{
    TRY(keys_erase(site->keys, id, err));
    return rec_word_forget(site, id, err);
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

/* The person with the card, shown to be them behind a leaf, as for every look of their own. */
static enum salve_code open_gate(struct site *site, struct actor actor, enum act act, struct str who,
                                 struct arena *work, struct rec_gate *gate, struct salve_err *err)
{
    bool is_present = false;
    struct rec_gate_ask ask = {.actor = actor,
                               .purpose = PURPOSE_SELF,
                               .classes = CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CONSENT),
                               .counted = REC_COUNTED_CARD};
    TRY(rec_may(site, actor, act, PURPOSE_NONE, err));
    TRY(rec_due(site, err));
    TRY(rec_who(site, who, work, &ask.id, &is_present, err));
    if (!is_present) return salve_refuse(err, SALVE_E_NOT_FOUND, "erasure needs the person's card", "card");
    return rec_gate_open(site, &ask, work, gate, err);
}

static void tell(const struct rec_leaf *leaf, int64_t due_unix_ms, struct rec_erasure *out)
{
    *out = (struct rec_erasure){.at_unix_ms = leaf->at_unix_ms,
                                .due_unix_ms = due_unix_ms,
                                .horizon_unix_ms = due_unix_ms + (int64_t)REC_HORIZON_DAYS * DAY_MS};
}

static enum salve_code ask_in(struct rec_gate *gate, struct actor actor, struct arena *work, struct rec_leaf *leaf,
                              int64_t *due_unix_ms, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_event event = {.kind = REC_EVENT_ERASURE_ASKED, .actor = actor, .purpose = PURPOSE_SELF};
    TRY(rec_tx_begin(gate->site, false, work, &tx, err));
    enum salve_code code = rec_erasing_put(&tx, gate->chain.id, due_unix_ms, err);
    if (code == SALVE_OK) code = rec_chain_load(&tx, &gate->chain, err);
    if (code == SALVE_OK) code = rec_note(&tx, &gate->chain, &event, leaf, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

enum salve_code near_rec_erase_ask(struct site *site, struct actor actor, struct str who, struct arena *mem,
                                   struct rec_erasure *out, struct salve_err *err)
{
    struct rec_leaf leaf;
    struct rec_gate gate = {0};
    int64_t due_unix_ms = 0;
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "erasure");
    enum salve_code code = open_gate(site, actor, ACT_ERASE_ASK, who, work, &gate, err);
    if (code == SALVE_OK) code = ask_in(&gate, actor, work, &leaf, &due_unix_ms, err);
    rec_gate_close(&gate);
    if (code == SALVE_OK) {
        if (due_unix_ms < site->due_unix_ms) site->due_unix_ms = due_unix_ms;
        tell(&leaf, due_unix_ms, out);
        code = rec_receipt_make(site, &leaf, REC_SIGN_NOW, mem, &out->receipt, err); /* before the record goes */
    }
    arena_close(work);
    return code;
}

static enum salve_code stop_in(struct rec_gate *gate, struct actor actor, struct arena *work, struct rec_leaf *leaf,
                               struct salve_err *err)
{
    struct rec_tx tx;
    int64_t due_unix_ms = 0;
    struct rec_event event = {.kind = REC_EVENT_ERASURE_STOPPED, .actor = actor, .purpose = PURPOSE_SELF};
    TRY(rec_tx_begin(gate->site, false, work, &tx, err));
    enum salve_code code = rec_erasing_find(&tx, gate->chain.id, &due_unix_ms, err);
    if (code == SALVE_E_NOT_FOUND)
        code = salve_refuse(err, code, "no erasure was asked for: there is nothing to take back", "erasure");
    if (code == SALVE_OK) code = rec_erasing_drop(&tx, gate->chain.id, err);
    if (code == SALVE_OK) code = rec_chain_load(&tx, &gate->chain, err);
    if (code == SALVE_OK) code = rec_note(&tx, &gate->chain, &event, leaf, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

enum salve_code near_rec_erase_stop(struct site *site, struct actor actor, struct str who, struct arena *mem,
                                    struct rec_receipt *receipt, struct salve_err *err)
{
    struct rec_leaf leaf;
    struct rec_gate gate = {0};
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "erasure");
    enum salve_code code = open_gate(site, actor, ACT_ERASE_STOP, who, work, &gate, err);
    if (code == SALVE_OK) code = stop_in(&gate, actor, work, &leaf, err);
    rec_gate_close(&gate);
    if (code == SALVE_OK) code = rec_receipt_make(site, &leaf, REC_SIGN_DUE, mem, receipt, err);
    arena_close(work);
    return code;
}

/* --- at once ------------------------------------------------------------------------------------------------------ */

static enum salve_code erase(struct site *site, struct actor actor, struct str who, struct arena *work,
                             struct rec_leaf *leaf, bool *ends_untold, struct salve_err *err)
{
    struct rec_gate gate = {0};
    TRY(open_gate(site, actor, ACT_ERASE, who, work, &gate, err)); /* before the line that cannot be taken back */
    const struct erasing what = {.id = gate.chain.id, .ends_untold = ends_untold};
    rec_gate_close(&gate);
    TRY(rec_revoke_erasure(site, what.id, err));
    rec_decided_erasure(site, what.id);
    TRY(erase_records(site, actor, &what, work, leaf, err));
    TRY(erase_keys(site, what.id, err));
    site->revoked_done = site->revoked_count;
    return SALVE_OK;
}

enum salve_code near_rec_erase(struct site *site, struct actor actor, struct str who, struct arena *mem,
                               struct rec_erasure *out, struct salve_err *err)
{
    struct rec_leaf leaf;
    if (actor.id.len == 0)
        return salve_refuse(err, SALVE_E_ROLE,
                            "there is a day to think it over; at once it is only with a member of staff who is there",
                            "erasure");
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "erasure");
    bool ends_untold = false;
    enum salve_code code = erase(site, actor, who, work, &leaf, &ends_untold, err);
    if (code == SALVE_OK) {
        tell(&leaf, leaf.at_unix_ms, out);
        /* at once: with the record goes what could prove it later */
        code = rec_receipt_make(site, &leaf, REC_SIGN_NOW, mem, &out->receipt, err);
        out->receipt.ends_untold = ends_untold;
    }
    arena_close(work);
    return code;
}

enum salve_code rec_erase_replay(struct site *site, struct compartment id, bool were_put_back, struct salve_err *err)
{
    bool ends_untold = false;
    const struct erasing what = {id, were_put_back, &ends_untold};
    struct rec_leaf leaf;
    struct actor person = {.role = ROLE_PARTICIPANT};
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "erasure");
    rec_decided_erasure(site, id);
    enum salve_code code = erase_records(site, person, &what, work, &leaf, err);
    if (code == SALVE_OK) code = erase_keys(site, id, err);
    arena_close(work);
    return code;
}
