/* SPDX-License-Identifier: Apache-2.0
 *
 * Erasure: the line in `revoked`, then one transaction (leaf, tombstone, records gone), then the keys and tokens. The
 * opening of the leaf goes to the person with the receipt and nowhere else. What a crash leaves undone the next opening
 * completes (rec_recover.c). */
#include "consent/consent.h"
#include "keys/keys.h"
#include "records/chain_int.h"
#include "records/owner_int.h"
#include "records/revoked_int.h"
#include "records/rights.h"
#include "records/stand_int.h"
#include "records/who_int.h"

enum { WORK_BYTES = 32 << 20, DAY_MS = 24 * 3600 * 1000 };

struct erasing {
    struct compartment id;
    bool were_put_back; /* it was erased before */
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
    if (code == SALVE_OK) code = store_compartment_erase(tx.store, what->id, what->were_put_back, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

static enum salve_code erase(struct site *site, struct actor actor, struct str who, struct arena *work,
                             struct rec_leaf *leaf, struct salve_err *err)
{
    struct compartment id;
    bool is_present;
    enum salve_code code = rec_who(site, who, work, &id, &is_present, err);
    if (code == SALVE_OK && !is_present)
        code = salve_refuse(err, SALVE_E_NOT_FOUND, "erasure needs the person's card", "card");
    if (code == SALVE_OK) code = rec_actor_is(site, actor, work, err); /* before the line that cannot be taken back */
    if (code == SALVE_OK) code = rec_revoke_erasure(site, id, err);
    if (code == SALVE_OK) rec_decided_erasure(site, id);
    if (code == SALVE_OK) code = erase_records(site, actor, &(struct erasing){.id = id}, work, leaf, err);
    if (code == SALVE_OK) code = keys_erase(site->keys, id, err);
    if (code == SALVE_OK) site->revoked_done = site->revoked_count;
    return code;
}

enum salve_code rec_erase(struct site *site, struct actor actor, struct str who, struct arena *mem,
                          struct rec_erasure *out, struct salve_err *err)
{
    struct rec_leaf leaf;
    if (actor.role >= ROLE_COUNT || !consent_may_take(actor.role)) return rec_actor_needs(actor, 0, err);
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "erasure");
    enum salve_code code = erase(site, actor, who, work, &leaf, err);
    if (code == SALVE_OK) {
        out->erased_at_unix_ms = leaf.at_unix_ms;
        out->horizon_unix_ms = leaf.at_unix_ms + (int64_t)REC_HORIZON_DAYS * DAY_MS;
        /* at once: with the record goes what could prove it later */
        code = rec_receipt_make(site, &leaf, REC_SIGN_NOW, mem, &out->receipt, err);
    }
    arena_close(work);
    return code;
}

enum salve_code rec_erase_replay(struct site *site, struct compartment id, bool were_put_back, struct salve_err *err)
{
    const struct erasing what = {id, were_put_back};
    struct rec_leaf leaf;
    struct actor person = {.role = ROLE_PARTICIPANT};
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "erasure");
    rec_decided_erasure(site, id);
    enum salve_code code = erase_records(site, person, &what, work, &leaf, err);
    if (code == SALVE_OK) code = keys_erase(site->keys, id, err);
    arena_close(work);
    return code;
}
