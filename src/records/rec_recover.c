/* SPDX-License-Identifier: Apache-2.0
 *
 * What the opening of a site completes: grants whose wraps were not made yet, withdrawals and erasures that one of
 * the two databases does not know (a crash, or a restored backup), and keys of an enrolment that never came to be. */
#include "crypto/crypto.h"
#include "keys/keys.h"
#include "records/revoked_int.h"
#include "records/tx_int.h"
#include "store/store.h"

enum { WORK_BYTES = 128 << 20 };

/* --- pending grants --------------------------------------------------------------------------------------------- */

/* Wraps that rest on a later decision than the pending one are not touched. */
static enum salve_code make_wraps(struct site *site, struct compartment id, const struct keys_grant *grant,
                                  struct salve_err *err)
{
    struct keys_granted granted[PURPOSE_LAST + 1];
    struct keys_ring *ring = NULL;
    enum salve_code code = keys_granted(site->keys, id, granted, err);
    if (code != SALVE_OK || granted[grant->purpose].consent.seq >= grant->consent.seq) return code;
    code = keys_ring_sealing(site->keys, id, &ring, err);
    if (code == SALVE_OK) code = keys_grant(site->keys, ring, grant, 1, err);
    keys_ring_drop(&ring);
    return code == SALVE_E_NOT_FOUND ? SALVE_OK : code; /* erased since */
}

static enum salve_code finish_grant(struct site *site, struct str key, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    struct str json;
    struct compartment id;
    struct keys_grant grant;
    enum salve_code code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = store_commons_get(tx.store, key, mem, &json, err);
    rec_tx_abandon(&tx);
    if (code == SALVE_OK) code = rec_pending_read(site, key, json, mem, &id, &grant, err);
    if (code == SALVE_OK) code = make_wraps(site, id, &grant, err);
    if (code == SALVE_OK) code = rec_tx_begin(site, false, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = store_commons_delete(tx.store, key, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

static enum salve_code finish_grants(struct site *site, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    struct str *keys = NULL;
    size_t count = 0;
    enum salve_code code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = store_commons_list(tx.store, STR("pending/"), mem, &keys, &count, err);
    rec_tx_abandon(&tx);
    for (size_t i = 0; i < count && code == SALVE_OK; i++) code = finish_grant(site, keys[i], mem, err);
    return code;
}

/* --- walking compartments --------------------------------------------------------------------------------------- */

/* All ids that have keys (or records): copied first, since the walk changes what it walks over. */
static enum salve_code keyed_ids(struct site *site, struct arena *mem, struct compartment **out, size_t *count,
                                 struct salve_err *err)
{
    size_t room = 0, n = 0;
    struct compartment id, *list = NULL;
    bool found = true;
    enum salve_code code = SALVE_OK;
    while (code == SALVE_OK) {
        code = keys_compartment_next(site->keys, n == 0 ? NULL : &list[n - 1], &id, &found, err);
        if (code != SALVE_OK || !found) break;
        if (n == room) {
            size_t more = room == 0 ? 256 : 2 * room;
            list = arena_grow(mem, list, room * sizeof *list, more * sizeof *list);
            if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "compartments");
            room = more;
        }
        list[n++] = id;
    }
    *out = list;
    *count = n;
    return code;
}

static enum salve_code stored_ids(struct site *site, struct arena *mem, struct compartment **out, size_t *count,
                                  struct salve_err *err)
{
    enum { PAGE = 256 };
    size_t room = 0, n = 0, used = PAGE;
    struct compartment *list = NULL;
    struct rec_tx tx;
    enum salve_code code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    for (; code == SALVE_OK && used == PAGE; n += used) {
        if (n + PAGE > room) {
            size_t more = room == 0 ? PAGE : 2 * room;
            list = arena_grow(mem, list, room * sizeof *list, more * sizeof *list);
            room = more;
        }
        used = 0;
        code = list == NULL
                   ? salve_fail(err, SALVE_E_MEMORY, "compartments")
                   : store_compartment_list(tx.store, n == 0 ? NULL : &list[n - 1], &list[n], PAGE, &used, err);
    }
    rec_tx_abandon(&tx);
    *out = list;
    *count = n;
    return code;
}

/* --- replay ----------------------------------------------------------------------------------------------------- */

static enum salve_code replay_purposes(struct site *site, const struct rec_revoked *revoked, struct compartment id,
                                       struct salve_err *err)
{
    struct keys_granted granted[PURPOSE_LAST + 1];
    enum salve_code code = keys_granted(site->keys, id, granted, err);
    for (int p = PURPOSE_CARE; p <= PURPOSE_LAST && code == SALVE_OK; p++) {
        bool is_revoked = false;
        if (granted[p].classes == 0 || p == PURPOSE_SELF) continue;
        uint64_t seq = granted[p].consent.seq;
        code = rec_revoked_has_purpose(site, revoked, id, (enum purpose)p, seq, &is_revoked, err);
        if (code == SALVE_OK && is_revoked) code = rec_withdraw_replay(site, id, (enum purpose)p, seq, err);
    }
    return code;
}

static enum salve_code replay(struct site *site, const struct rec_revoked *revoked, const struct compartment *ids,
                              size_t count, bool has_keys, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    bool were_put_back = revoked->from < site->revoked_done; /* rows of what this site.db knows as carried out */
    for (size_t i = 0; i < count && code == SALVE_OK; i++) {
        bool is_erased = false;
        code = rec_revoked_has_erasure(site, revoked, ids[i], &is_erased, err);
        if (code == SALVE_OK && is_erased)
            code = rec_erase_replay(site, ids[i], were_put_back, err);
        else if (code == SALVE_OK && has_keys)
            code = replay_purposes(site, revoked, ids[i], err);
    }
    return code;
}

/* Lines from `from` on, carried out on everybody they are about. */
static enum salve_code replay_revoked(struct site *site, uint64_t from, struct arena *mem, struct salve_err *err)
{
    struct rec_revoked revoked;
    struct compartment *ids = NULL;
    size_t count = 0;
    if (site->revoked_count == from) return SALVE_OK;
    enum salve_code code = rec_revoked_read(site, from, mem, &revoked, err);
    if (code == SALVE_OK) code = stored_ids(site, mem, &ids, &count, err);
    if (code == SALVE_OK) code = replay(site, &revoked, ids, count, false, err);
    if (code == SALVE_OK) code = keyed_ids(site, mem, &ids, &count, err);
    if (code == SALVE_OK) code = replay(site, &revoked, ids, count, true, err);
    return code;
}

/* Lines that the databases do not know as carried out, and then, where asked for, all of them once more. */
static enum salve_code replay_lines(struct site *site, bool with_all, struct arena *mem, struct salve_err *err)
{
    TRY(replay_revoked(site, site->revoked_done, mem, err));
    site->revoked_done = site->revoked_count;
    return with_all ? replay_revoked(site, 0, mem, err) : SALVE_OK;
}

/* Keys of a compartment that has no record: an enrolment that did not come to its end, or a person who was erased. Not
 * after records were lost with an older site.db: should a newer one be found, these keys open it. */
static enum salve_code drop_orphans(struct site *site, struct arena *mem, uint64_t *dropped, struct salve_err *err)
{
    struct compartment *ids = NULL;
    size_t count = 0;
    enum salve_code code = keyed_ids(site, mem, &ids, &count, err);
    for (size_t i = 0; i < count && code == SALVE_OK; i++) {
        struct rec_tx tx;
        struct store_head head;
        code = rec_tx_begin(site, true, mem, &tx, err);
        if (code != SALVE_OK) break;
        code = store_head_get(tx.store, ids[i], &head, err);
        rec_tx_abandon(&tx);
        if (code == SALVE_OK && head.seq == 0) code = keys_erase(site->keys, ids[i], err);
        if (code == SALVE_OK && head.seq == 0 && dropped != NULL) ++*dropped;
    }
    return code;
}

/* Tokens of a card that nobody has: a new one that did not come to its end, or an old one that did not go. */
static enum salve_code drop_tokens(struct site *site, struct arena *mem, struct salve_err *err)
{
    struct keys_token_row row, last;
    bool found = true;
    enum salve_code code = keys_token_next(site->keys, NULL, &row, &found, err);
    while (code == SALVE_OK && found) {
        struct rec_tx tx;
        struct store_head head;
        TRY(rec_tx_begin(site, true, mem, &tx, err));
        code = row.is_ours ? store_head_get(tx.store, row.to.id, &head, err) : SALVE_OK;
        rec_tx_abandon(&tx);
        bool is_stale = code == SALVE_OK && row.is_ours && head.seq > 0 && head.card != row.to.since;
        last = row;
        if (is_stale) code = keys_token_drop(site->keys, &row, err);
        if (code == SALVE_OK) code = keys_token_next(site->keys, &last, &row, &found, err);
    }
    return code;
}

enum salve_code rec_recover(struct site *site, struct salve_err *err)
{
    if (!site->was_open && site->revoked_count == site->revoked_done) return SALVE_OK;
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "recovery");
    enum salve_code code = finish_grants(site, mem, err);
    if (code == SALVE_OK) code = replay_lines(site, false, mem, err);
    if (code == SALVE_OK && site->was_open && !site->keeps_keys) code = drop_orphans(site, mem, NULL, err);
    if (code == SALVE_OK && site->was_open && !site->keeps_keys) code = drop_tokens(site, mem, err);
    arena_close(mem);
    return code;
}

enum salve_code rec_replay_all(struct site *site, struct salve_err *err)
{
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "recovery");
    enum salve_code code = replay_lines(site, true, mem, err);
    arena_close(mem);
    return code;
}

/* --- after a loss of records -------------------------------------------------------------------------------------- */

/* Whether the wraps of a purpose rest on a decision that is here. */
static enum salve_code is_resting(struct site *site, struct compartment id, const struct keys_consent *consent,
                                  struct arena *mem, bool *out, struct salve_err *err)
{
    struct rec_tx tx;
    struct store_record record = {0};
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = store_record_get(tx.store, id, consent->seq, mem, &record, err);
    rec_tx_abandon(&tx);
    *out = code == SALVE_OK && record.class == CLASS_CONSENT &&
           memcmp(record.sha256, consent->sha256, sizeof record.sha256) == 0;
    return code == SALVE_E_NOT_FOUND ? SALVE_OK : code;
}

static enum salve_code drop_grants(struct site *site, struct compartment id, struct arena *mem, uint64_t *dropped,
                                   struct salve_err *err)
{
    struct keys_granted granted[PURPOSE_LAST + 1];
    struct keys_ring *ring = NULL;
    enum salve_code code = keys_granted(site->keys, id, granted, err);
    for (int p = PURPOSE_CARE; p <= PURPOSE_LAST && code == SALVE_OK; p++) {
        bool rests = true;
        if (granted[p].classes == 0 || p == PURPOSE_SELF) continue;
        code = is_resting(site, id, &granted[p].consent, mem, &rests, err);
        if (code == SALVE_OK && !rests && ring == NULL) code = keys_ring_sealing(site->keys, id, &ring, err);
        if (code == SALVE_OK && !rests) code = keys_withdraw(site->keys, ring, (enum purpose)p, 0, err);
        *dropped += code == SALVE_OK && !rests;
    }
    keys_ring_drop(&ring);
    return code;
}

enum salve_code rec_keys_forget(struct site *site, uint64_t *dropped, struct salve_err *err)
{
    struct compartment *ids = NULL;
    size_t count = 0;
    *dropped = 0;
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "keys");
    enum salve_code code = drop_orphans(site, mem, dropped, err);
    if (code == SALVE_OK) code = keyed_ids(site, mem, &ids, &count, err);
    struct arena_mark mark = arena_mark(mem);
    for (size_t i = 0; i < count && code == SALVE_OK; i++) {
        code = drop_grants(site, ids[i], mem, dropped, err);
        arena_rewind(mem, mark);
    }
    arena_close(mem);
    return code;
}
