/* SPDX-License-Identifier: Apache-2.0
 *
 * Tablets: documents "tablet/<id>" of the commons. One that was removed stays as such. */
#include "records/session_int.h"

enum { WORK_BYTES = 8 << 20, DAY_MS = 24 * 3600 * 1000 };

static enum salve_code tablet_read(struct rec_tx *tx, struct str id, struct arena *mem, struct tablet_kept *out,
                                   struct salve_err *err)
{
    struct str json;
    TRY(rec_doc_get(tx, STR("tablet"), id, mem, &json, err));
    TRY(tablet_kept_read(json, mem, out, err));
    return arena_str(mem, id, &out->id, err);
}

static enum salve_code tablet_write(struct rec_tx *tx, const struct tablet_kept *tablet, struct salve_err *err)
{
    struct str json;
    TRY(tablet_kept_write(tablet, tx->mem, &json, err));
    return rec_doc_put(tx, STR("tablet"), tablet->id, json, err);
}

/* --- who signs ---------------------------------------------------------------------------------------------------- */

/* E_NOT_FOUND: it is none. */
static enum salve_code look_up(struct site *site, struct str id, struct arena *mem, struct tablet_kept *out,
                               struct salve_err *err)
{
    struct rec_tx tx;
    if (!kept_is_id(id)) return salve_fail(err, SALVE_E_NOT_FOUND, "tablet");
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = tablet_read(&tx, id, mem, out, err);
    rec_tx_abandon(&tx);
    return code;
}

enum salve_code rec_tablet_stands(struct site *site, struct str tablet, struct arena *mem, bool *out,
                                  struct salve_err *err)
{
    struct tablet_kept kept;
    enum salve_code code = look_up(site, tablet, mem, &kept, err);
    *out = code == SALVE_OK && kept.state == TABLET_ENROLLED;
    return code == SALVE_E_NOT_FOUND ? SALVE_OK : code;
}

enum salve_code rec_tablet_signed(struct site *site, struct str id, const struct proof *shown, struct arena *mem,
                                  bool *is_signed, struct salve_err *err)
{
    struct tablet_kept kept;
    struct str text;
    *is_signed = false;
    if (shown->tablet.len == 0 || rec_challenge_check(site, shown->challenge, NULL) != SALVE_OK) return SALVE_OK;
    enum salve_code code = look_up(site, shown->tablet, mem, &kept, err);
    if (code != SALVE_OK) return code == SALVE_E_NOT_FOUND ? SALVE_OK : code;
    TRY(tablet_text(shown->challenge, id, mem, &text, err));
    *is_signed = kept.state == TABLET_ENROLLED &&
                 passkey_point_check((const uint8_t *)kept.key.ptr, text, shown->tablet_signature);
    return SALVE_OK;
}

/* --- when it was seen --------------------------------------------------------------------------------------------- */

/* Its row, else a free one; NULL: there is none. */
static struct rec_seen *seen_row(struct site *site, struct str tablet)
{
    struct rec_seen *found = NULL;
    for (size_t i = 0; site->proofs != NULL && i < TABLETS_MAX; i++) {
        struct rec_seen *one = &site->proofs->seen[i];
        if (str_is(tablet, one->tablet)) return one;
        if (found == NULL && one->tablet[0] == '\0') found = one;
    }
    return found;
}

static int64_t seen_at_unix_ms(struct site *site, struct str tablet)
{
    const struct rec_seen *row = seen_row(site, tablet);
    return row == NULL || row->tablet[0] == '\0' ? 0 : row->at_unix_ms;
}

void rec_tablet_seen(struct site *site, struct str tablet)
{
    struct rec_seen *row = tablet.len == KEPT_ID_BYTES ? seen_row(site, tablet) : NULL;
    if (row == NULL) return;
    memcpy(row->tablet, tablet.ptr, tablet.len);
    row->at_unix_ms = near_site_now_unix_ms(site);
}

static void seen_no_more(struct site *site, struct str tablet)
{
    struct rec_seen *row = seen_row(site, tablet);
    if (row != NULL) *row = (struct rec_seen){.at_unix_ms = 0};
}

enum salve_code rec_tablet_note(struct site *site, struct str tablet, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_shown before, now = {.at_unix_ms = near_site_now_unix_ms(site)};
    rec_tablet_seen(site, tablet);
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = rec_shown_get(&tx, REC_SHOWN_TABLET, tablet, &before, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK || now.at_unix_ms - before.at_unix_ms < DAY_MS) return code;
    return rec_shown_set(site, REC_SHOWN_TABLET, tablet, &now, mem, err);
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

struct all {
    struct tablet_kept *list;
    int64_t *seen_unix_ms;
    size_t count;
};

static enum salve_code read_all(struct rec_tx *tx, struct arena *mem, struct all *out, struct salve_err *err)
{
    struct str *ids = NULL;
    size_t n = 0;
    out->count = 0;
    TRY(rec_doc_ids(tx, STR("tablet"), mem, &ids, &n, err));
    out->list = arena_array(mem, struct tablet_kept, n + 1);
    out->seen_unix_ms = arena_array(mem, int64_t, n + 1);
    if (out->list == NULL || out->seen_unix_ms == NULL) return salve_fail(err, SALVE_E_MEMORY, "tablets");
    for (size_t i = 0; i < n; i++) {
        struct rec_shown seen;
        struct tablet_kept *one = &out->list[out->count];
        TRY(tablet_read(tx, ids[i], mem, one, err));
        if (one->state == TABLET_REMOVED) continue;
        TRY(rec_shown_get(tx, REC_SHOWN_TABLET, one->id, &seen, err));
        int64_t now_unix_ms = seen_at_unix_ms(tx->site, one->id);
        out->seen_unix_ms[out->count++] = now_unix_ms > seen.at_unix_ms ? now_unix_ms : seen.at_unix_ms;
    }
    return SALVE_OK;
}

static void tell(struct site *site, struct actor actor, const struct all *all, struct tablet *out)
{
    struct str here = rec_session_tablet(site, actor.pass);
    for (size_t i = 0; i < all->count; i++) {
        const struct tablet_kept *one = &all->list[i];
        out[i] = (struct tablet){.id = one->id,
                                 .label = one->label,
                                 .by = one->by,
                                 .enrolled_unix_ms = one->at_unix_ms,
                                 .seen_unix_ms = all->seen_unix_ms[i],
                                 .is_locked = one->state == TABLET_LOCKED,
                                 .is_here = str_eq(here, one->id)};
    }
}

enum salve_code near_tablet_list(struct site *site, struct actor actor, struct arena *mem, struct tablet **out,
                                 size_t *count, struct salve_err *err)
{
    struct rec_tx tx;
    struct all all = {.count = 0};
    if (!rec_role_may(actor.role, ACT_TABLETS)) return rec_may(site, actor, ACT_TABLETS, PURPOSE_NONE, err);
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = rec_actor_check(&tx, actor, err);
    if (code == SALVE_OK) code = read_all(&tx, mem, &all, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK) return code;
    *count = all.count;
    *out = arena_array(mem, struct tablet, all.count + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "tablets");
    tell(site, actor, &all, *out);
    return SALVE_OK;
}

/* --- changes ------------------------------------------------------------------------------------------------------ */

typedef enum salve_code change_in(struct rec_tx *tx, struct actor actor, void *with, struct salve_err *err);

static enum salve_code change(struct site *site, struct actor actor, change_in *run, void *with, struct salve_err *err)
{
    struct rec_tx tx;
    TRY(rec_may(site, actor, ACT_TABLETS, PURPOSE_NONE, err));
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "tablet");
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code == SALVE_OK) {
        code = rec_actor_check(&tx, actor, err);
        if (code == SALVE_OK) code = run(&tx, actor, with, err);
        if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    arena_close(mem);
    return code;
}

struct enrolment {
    const struct tablet_new *fresh;
    char id[KEPT_ID_BYTES + 1];
};

static enum salve_code enrol_in(struct rec_tx *tx, struct actor actor, void *with, struct salve_err *err)
{
    struct enrolment *enrolment = with;
    struct all all;
    struct str key = str_bytes(enrolment->fresh->public_key, TABLET_KEY_BYTES);
    TRY(read_all(tx, tx->mem, &all, err));
    if (all.count >= TABLETS_MAX) return salve_refuse(err, SALVE_E_QUOTA, "64 at most", "tablets");
    for (size_t i = 0; i < all.count; i++)
        if (str_eq(all.list[i].key, key)) return salve_refuse(err, SALVE_E_CONFLICT, "it is enrolled", "tablet");
    kept_id(key, enrolment->id);
    struct tablet_kept fresh = {.id = str_of(enrolment->id),
                                .label = enrolment->fresh->label,
                                .by = actor.id,
                                .key = key,
                                .at_unix_ms = tx->now_unix_ms,
                                .state = TABLET_ENROLLED};
    return tablet_write(tx, &fresh, err);
}

enum salve_code near_tablet_enrol(struct site *site, struct actor actor, const struct tablet_new *fresh,
                                  struct arena *mem, struct str *id, struct salve_err *err)
{
    struct enrolment enrolment = {.fresh = fresh};
    struct rec_proofs *proofs = NULL;
    TRY(kept_label_check(fresh->label, err));
    if (!passkey_point_is(fresh->public_key))
        return salve_refuse(err, SALVE_E_INVALID, "it is no point of P-256", "publicKey");
    TRY(rec_proofs_of(site, &proofs, err));
    TRY(change(site, actor, enrol_in, &enrolment, err));
    rec_session_at(site, actor.pass, enrolment.id);
    rec_tablet_seen(site, str_of(enrolment.id));
    return arena_str(mem, str_of(enrolment.id), id, err);
}

struct turn {
    struct str id;
    enum tablet_state state;
};

static enum salve_code turn_in(struct rec_tx *tx, struct actor actor, void *with, struct salve_err *err)
{
    const struct turn *turn = with;
    struct tablet_kept kept;
    (void)actor;
    if (!kept_is_id(turn->id)) return salve_fail(err, SALVE_E_NOT_FOUND, "tablet");
    TRY(tablet_read(tx, turn->id, tx->mem, &kept, err));
    if (kept.state == TABLET_REMOVED) return salve_fail(err, SALVE_E_NOT_FOUND, "tablet");
    if (kept.state == turn->state) return SALVE_OK;
    kept.state = turn->state;
    return tablet_write(tx, &kept, err);
}

static enum salve_code turn_to(struct site *site, struct actor actor, struct str id, enum tablet_state state,
                               struct salve_err *err)
{
    struct turn turn = {id, state};
    TRY(change(site, actor, turn_in, &turn, err));
    if (state != TABLET_ENROLLED) rec_sessions_end_at(site, id);
    if (state == TABLET_REMOVED) seen_no_more(site, id);
    return SALVE_OK;
}

enum salve_code near_tablet_lock(struct site *site, struct actor actor, struct str id, bool is_locked,
                                 struct salve_err *err)
{
    return turn_to(site, actor, id, is_locked ? TABLET_LOCKED : TABLET_ENROLLED, err);
}

enum salve_code near_tablet_remove(struct site *site, struct actor actor, struct str id, struct salve_err *err)
{
    return turn_to(site, actor, id, TABLET_REMOVED, err);
}
