/* SPDX-License-Identifier: Apache-2.0
 *
 * Decisions of the person. Giving: CONSENT record and leaf, then the wraps that rest on it. Taking back: the line in
 * `revoked`, CONSENT record and leaf, then the wraps go and the classes get new keys. What a crash leaves between
 * two of these steps the next opening completes (rec_recover.c); until then the wraps do not fit the newest
 * decision and open nothing. A refusal has no function here. */
#include "crypto/crypto.h"
#include "records/queue_int.h"
#include "records/revoked_int.h"
#include "records/rights.h"
#include "records/view_int.h"
#include "records/who_int.h"
#include "records/work_int.h"

enum { WORK_BYTES = 64 << 20 };

/* A person with their card in front of somebody who may take down a choice; or, for what nobody chooses now, the gate
 * of a view that is open. */
struct choice {
    struct site *site;
    struct arena *work;
    struct actor actor;
    struct rec_gate *gate;
    bool ends_untold; /* of taking back: something urgent that the person was not told of ended with it */
};

/* Grants are timed to the minute. */
static int64_t to_minute_unix_s(int64_t unix_ms) { return unix_ms / 60000 * 60; }

static enum salve_code open_choice(struct choice *choice, struct str who, enum act act, struct salve_err *err)
{
    bool is_present;
    struct rec_gate_ask ask = {
        .actor = choice->actor, .purpose = PURPOSE_SELF, .classes = CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CONSENT)};
    TRY(rec_may(choice->site, choice->actor, act, PURPOSE_NONE, err));
    if (act == ACT_GIVE) ask.counted = REC_COUNTED_CARD;
    enum salve_code code = rec_who(choice->site, who, choice->work, &ask.id, &is_present, err);
    if (code == SALVE_OK && !is_present)
        return salve_refuse(err, SALVE_E_NOT_FOUND, "a choice needs the person's card", "card");
    return code == SALVE_OK ? rec_gate_open(choice->site, &ask, choice->work, choice->gate, err) : code;
}

/* The grant of the newest decision for a purpose; NULL: none. */
static const struct consent_grant *newest_grant(const struct rec_gate *gate, enum purpose purpose)
{
    const struct consent_grant *found = NULL;
    for (size_t i = 0; i < gate->grant_count; i++)
        if (gate->grants[i].purpose == purpose) found = &gate->grants[i];
    return found;
}

/* Lines about the decisions on a purpose up to number `last`, newest first: those that were replaced, too, since rows
 * of their time could be put back. What has a line already gets no other. */
static enum salve_code revoke(struct choice *choice, enum purpose purpose, uint64_t last, struct salve_err *err)
{
    struct site *site = choice->site;
    struct compartment id = choice->gate->chain.id;
    uint64_t seqs[REC_REVOKE_MAX];
    size_t count = 0;
    enum salve_code code = SALVE_OK;
    for (size_t i = choice->gate->grant_count; i-- > 0 && count < REC_REVOKE_MAX && code == SALVE_OK;) {
        const struct consent_grant *grant = &choice->gate->grants[i];
        bool has_line = false;
        if (grant->purpose != purpose || grant->state != CONSENT_GIVEN || grant->seq > last) continue;
        code = rec_revoked_has_purpose(site, site->revoked, id, purpose, grant->seq, &has_line, err);
        if (code == SALVE_OK && !has_line) seqs[count++] = grant->seq;
    }
    return code == SALVE_OK && count > 0 ? rec_revoke_purpose(site, id, purpose, seqs, count, err) : code;
}

/* --- giving ----------------------------------------------------------------------------------------------------- */

static enum salve_code birth_of(struct choice *choice, struct consent_birth *out, struct salve_err *err)
{
    struct rec_shelf shelf = {0};
    struct str born;
    TRY(rec_gate_deliver(choice->gate, PURPOSE_SELF, CLASS_BIT(CLASS_IDENT), err));
    TRY(rec_birth_date(choice->gate, &shelf, &born, err));
    *out = consent_birth_read(born, to_minute_unix_s(choice->gate->now_unix_ms));
    return SALVE_OK;
}

static struct consent_ages ages_of(const struct site *site)
{
    return (struct consent_ages){.assent_years = site->settings.assent_age_years,
                                 .own_consent_years = site->settings.consent_age_years,
                                 .majority_years = site->settings.majority_age_years};
}

/* What the gate itself says about the grant: time, end, who took it down. */
static void complete_grant(const struct choice *choice, const struct consent_birth *birth, struct consent_grant *grant)
{
    struct consent_ages ages = ages_of(choice->site);
    int64_t asked_end = grant->not_after_unix_s;
    grant->seq = 0;
    grant->state = CONSENT_GIVEN;
    grant->at_unix_s = to_minute_unix_s(choice->gate->now_unix_ms);
    if (grant->classes == 0) grant->classes = purpose_classes(grant->purpose);
    grant->majority_unix_s = 0;
    if (grant->by == CONSENT_BY_GUARDIAN) grant->majority_unix_s = consent_majority(birth->latest_unix_s, &ages);
    int64_t agreed_unix_s = consent_agreed_unix_s(grant);
    grant->not_after_unix_s = consent_end(grant->purpose, agreed_unix_s, 0, grant->majority_unix_s);
    if (asked_end != 0 && (grant->not_after_unix_s == 0 || asked_end < grant->not_after_unix_s))
        grant->not_after_unix_s = asked_end;
    grant->taken_by = rec_role_is_staff(choice->actor.role) ? choice->actor.id : STR("");
    bool is_open = consent_age_youngest(birth, grant->at_unix_s) < ages.own_consent_years;
    grant->of_age_by = grant->of_age_by.len > 0 && is_open ? choice->actor.id : STR_NONE; /* where it says something */
}

static enum salve_code put_decision(struct choice *choice, struct rec_tx *tx, const struct consent_grant *grant,
                                    enum rec_event_kind kind, struct keys_consent *rests, struct rec_leaf *leaf,
                                    struct salve_err *err)
{
    struct rec_chain *chain = &choice->gate->chain;
    struct payload payload = {.kind = PAYLOAD_GRANT, .leaf_index = choice->gate->leaf.index};
    struct rec_event event = {
        .kind = kind, .actor = choice->actor, .purpose = grant->purpose, .classes = grant->classes};
    enum salve_code code = rec_chain_load(tx, chain, err);
    if (code == SALVE_OK) code = consent_write(grant, choice->work, &payload.body, err);
    if (code == SALVE_OK) code = rec_put(tx, chain, CLASS_CONSENT, &payload, err);
    if (code != SALVE_OK) return code;
    rests->seq = event.consent_seq = chain->head.seq;
    memcpy(rests->sha256, chain->head.sha256, sizeof rests->sha256);
    return rec_note(tx, chain, &event, leaf, err);
}

static enum salve_code give_in(struct choice *choice, const struct consent_grant *grant, struct rec_leaf *leaf,
                               struct salve_err *err)
{
    struct rec_tx tx;
    struct str pending = STR_NONE;
    int64_t remind_end = consent_remind_end(grant); /* may be earlier than the rest ends */
    struct keys_grant wraps = {.purpose = grant->purpose,
                               .classes = grant->classes,
                               .not_after_unix_s = grant->not_after_unix_s,
                               .identity_until_unix_s = remind_end > grant->not_after_unix_s ? remind_end : 0};
    enum salve_code code = rec_tx_begin(choice->site, false, choice->work, &tx, err);
    if (code != SALVE_OK) return code;
    code = rec_form_bind(&tx, &grant->form, err);
    if (code == SALVE_OK) code = put_decision(choice, &tx, grant, REC_EVENT_CONSENT, &wraps.consent, leaf, err);
    if (code == SALVE_OK) code = rec_reminder_decided(&tx, choice->gate->chain.id, grant, err);
    if (code == SALVE_OK) code = rec_pending_put(&tx, choice->gate->chain.id, &wraps, &pending, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    if (code == SALVE_OK) rec_decided_purpose(choice->site, choice->gate->chain.id, grant->purpose);
    if (code != SALVE_OK) return code;
    code = keys_grant(choice->site->keys, choice->gate->chain.ring, &wraps, 1, err);
    if (code == SALVE_OK)
        rec_pending_done(choice->site, pending);
    else
        choice->site->has_leftovers = true; /* the decision stands: the next opening makes the wraps */
    return code;
}

/* To agree to less than before takes the rest back. */
static bool is_narrower(const struct consent_grant *grant, const struct consent_grant *before)
{
    bool ends_earlier = grant->not_after_unix_s != 0 &&
                        (before->not_after_unix_s == 0 || grant->not_after_unix_s < before->not_after_unix_s);
    bool reminds_less = consent_remind_end(grant) < consent_remind_end(before);
    return (before->classes & ~grant->classes) != 0 || ends_earlier || reminds_less;
}

static enum salve_code give(struct choice *choice, const struct consent_grant *asked, struct rec_leaf *leaf,
                            struct salve_err *err)
{
    struct consent_birth birth;
    struct consent_grant grant = *asked;
    struct consent_ages ages = ages_of(choice->site);
    if (choice->gate->is_suspect) return rec_clock_doubted(choice->site, "consent", err);
    if (asked->of_age_by.len > 0 && !rec_role_may(choice->actor.role, ACT_OF_AGE))
        return salve_refuse(err, SALVE_E_ROLE, "only a clinician states that somebody is of age", "Consent.of_age_by");
    TRY(birth_of(choice, &birth, err));
    complete_grant(choice, &birth, &grant);
    const struct consent_grant *before = newest_grant(choice->gate, grant.purpose);
    bool takes_back = before != NULL && before->state == CONSENT_GIVEN && is_narrower(&grant, before);
    TRY(consent_check(&grant, &birth, &ages, err));
    if (takes_back) TRY(revoke(choice, grant.purpose, before->seq, err));
    TRY(give_in(choice, &grant, leaf, err));
    if (takes_back) choice->site->revoked_done = choice->site->revoked_count;
    return SALVE_OK;
}

enum salve_code near_rec_consent_give(struct site *site, struct actor actor, struct str who,
                                      const struct consent_grant *grant, struct arena *mem, struct rec_receipt *receipt,
                                      struct salve_err *err)
{
    struct rec_leaf leaf;
    if (!consent_is_asked(grant->purpose)) return salve_fail(err, SALVE_E_INVALID, "Consent.purpose");
    struct rec_gate gate = {0};
    struct choice choice = {.site = site, .actor = actor, .work = arena_open_private(WORK_BYTES), .gate = &gate};
    if (choice.work == NULL) return salve_fail(err, SALVE_E_MEMORY, "consent");
    enum salve_code code = open_choice(&choice, who, ACT_GIVE, err);
    if (code == SALVE_OK) code = give(&choice, grant, &leaf, err);
    rec_gate_close(&gate);
    if (code == SALVE_OK) code = rec_receipt_make(site, &leaf, REC_SIGN_DUE, mem, receipt, err);
    arena_close(choice.work);
    return code;
}

/* --- taking back ------------------------------------------------------------------------------------------------ */

/* The statistics projection is not needed without the purpose: its bytes go, the chain keeps the hashes. */
static enum salve_code blank_statistics(struct choice *choice, struct rec_tx *tx, struct salve_err *err)
{
    struct store_record *rows = NULL;
    size_t count = 0;
    enum salve_code code = store_record_list(tx->store, choice->gate->chain.id, CLASS_BIT(CLASS_STAT), 1, choice->work,
                                             &rows, &count, err);
    for (size_t i = 0; i < count && code == SALVE_OK; i++)
        if (!rows[i].is_blank) code = store_record_blank(tx->store, choice->gate->chain.id, rows[i].seq, err);
    return code;
}

static enum salve_code withdraw_in(struct choice *choice, const struct consent_grant *grant, enum rec_event_kind kind,
                                   struct rec_leaf *leaf, struct salve_err *err)
{
    struct rec_tx tx;
    struct keys_consent rests;
    struct consent_grant taken_back;
    struct rec_gate *gate = choice->gate;
    consent_withdrawal(grant, to_minute_unix_s(gate->now_unix_ms),
                       rec_role_is_staff(choice->actor.role) ? choice->actor.id : STR(""), &taken_back);
    if (kind == REC_EVENT_USED) taken_back.state = CONSENT_USED;
    enum salve_code code = rec_tx_begin(choice->site, false, choice->work, &tx, err);
    if (code != SALVE_OK) return code;
    code = put_decision(choice, &tx, &taken_back, kind, &rests, leaf, err);
    if (code == SALVE_OK && grant->purpose == PURPOSE_STATISTICS) code = blank_statistics(choice, &tx, err);
    if (code == SALVE_OK) code = rec_work_withdrawn(&tx, gate->chain.id, grant->purpose, &choice->ends_untold, err);
    if (code == SALVE_OK && grant->purpose == PURPOSE_CARE) code = rec_day_end(&tx, gate->chain.id, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code == SALVE_OK ? keys_withdraw(choice->site->keys, gate->chain.ring, grant->purpose, rests.seq, err)
                            : code;
}

/* The line in `revoked` is the moment from which it is taken back: what fails after it is completed at the next
 * opening of the site. What is not in force is left as it is. */
static enum salve_code take_back(struct choice *choice, enum purpose purpose, enum rec_event_kind kind,
                                 struct rec_leaf *leaf, struct salve_err *err)
{
    struct site *site = choice->site;
    struct compartment id = choice->gate->chain.id;
    const struct consent_grant *grant = newest_grant(choice->gate, purpose);
    if (grant == NULL || grant->state != CONSENT_GIVEN) return SALVE_OK;
    enum salve_code code = revoke(choice, purpose, grant->seq, err);
    if (code != SALVE_OK) return code;
    rec_decided_purpose(site, id, purpose);
    code = withdraw_in(choice, grant, kind, leaf, err);
    if (code == SALVE_OK) site->revoked_done = site->revoked_count;
    return code;
}

enum salve_code near_rec_consent_withdraw(struct site *site, struct actor actor, struct str who, enum purpose purpose,
                                          struct arena *mem, struct rec_receipt *receipt, struct salve_err *err)
{
    struct rec_leaf leaf = {0}; /* stays so where there is nothing to take back */
    if (!consent_is_asked(purpose)) return salve_fail(err, SALVE_E_INVALID, "Consent.purpose");
    struct rec_gate gate = {0};
    struct choice choice = {.site = site, .actor = actor, .work = arena_open_private(WORK_BYTES), .gate = &gate};
    if (choice.work == NULL) return salve_fail(err, SALVE_E_MEMORY, "consent");
    if (receipt != NULL) *receipt = (struct rec_receipt){0};
    enum salve_code code = open_choice(&choice, who, ACT_WITHDRAW, err);
    if (code == SALVE_OK) code = take_back(&choice, purpose, REC_EVENT_WITHDRAWAL, &leaf, err);
    rec_gate_close(&gate);
    if (code == SALVE_OK && leaf.event.ptr != NULL)
        code = rec_receipt_make(site, &leaf, REC_SIGN_DUE, mem, receipt, err);
    if (receipt != NULL) receipt->ends_untold = choice.ends_untold;
    arena_close(choice.work);
    return code;
}

/* Where the chain is damaged or cut: what was taken back goes all the same. */
static enum salve_code withdraw_keys_alone(struct site *site, struct compartment id, enum purpose purpose,
                                           struct salve_err *err)
{
    struct keys_ring *ring = NULL;
    enum salve_code code = keys_ring_sealing(site->keys, id, &ring, err);
    if (code == SALVE_OK) code = keys_withdraw(site->keys, ring, purpose, 0, err);
    keys_ring_drop(&ring);
    return code;
}

/* The person's own will, carried out once more: the leaf says so, and a decision that is there already is not
 * repeated. */
enum salve_code rec_withdraw_replay(struct site *site, struct compartment id, enum purpose purpose,
                                    uint64_t consent_seq, struct salve_err *err)
{
    struct rec_leaf leaf;
    struct rec_gate gate = {0};
    struct rec_gate_ask ask = {.actor = {.role = ROLE_PARTICIPANT},
                               .purpose = PURPOSE_SELF,
                               .classes = CLASS_BIT(CLASS_CONSENT),
                               .id = id,
                               .is_gates_own = true};
    struct choice choice = {.site = site, .actor = ask.actor, .work = arena_open_private(WORK_BYTES), .gate = &gate};
    if (choice.work == NULL) return salve_fail(err, SALVE_E_MEMORY, "consent");
    enum salve_code code = rec_gate_open(site, &ask, choice.work, &gate, err);
    if (code == SALVE_OK) {
        const struct consent_grant *grant = newest_grant(&gate, purpose);
        rec_decided_purpose(site, id, purpose);
        if (grant != NULL && grant->state == CONSENT_GIVEN && grant->seq == consent_seq)
            code = withdraw_in(&choice, grant, REC_EVENT_WITHDRAWAL, &leaf, err);
        else
            code = keys_withdraw(site->keys, gate.chain.ring, purpose, gate.newest[purpose].seq, err);
    }
    rec_gate_close(&gate);
    arena_close(choice.work);
    return code == SALVE_E_INTEGRITY ? withdraw_keys_alone(site, id, purpose, err) : code;
}

enum salve_code rec_follow_up_used(struct rec_view *view, struct salve_err *err)
{
    struct rec_leaf leaf;
    struct choice choice = {
        .site = view->site, .actor = view->actor, .work = arena_open_private(WORK_BYTES), .gate = &view->gate};
    if (choice.work == NULL) return salve_fail(err, SALVE_E_MEMORY, "consent");
    enum salve_code code = take_back(&choice, PURPOSE_FOLLOW_UP, REC_EVENT_USED, &leaf, err);
    arena_close(choice.work);
    return code;
}

/* A transfer is for one use: what a view of it has read, no later view reads. */
enum salve_code rec_transfer_used(struct rec_view *view, struct salve_err *err)
{
    struct rec_leaf leaf;
    struct choice choice = {
        .site = view->site, .actor = view->actor, .work = arena_open_private(WORK_BYTES), .gate = &view->gate};
    salve_assert(view->purpose == PURPOSE_TRANSFER && rec_stand_holds(&view->stand, PURPOSE_TRANSFER));
    if (choice.work == NULL) return salve_fail(err, SALVE_E_MEMORY, "consent");
    enum salve_code code = take_back(&choice, PURPOSE_TRANSFER, REC_EVENT_USED, &leaf, err);
    arena_close(choice.work);
    return code;
}

/* --- the person's own view of it -------------------------------------------------------------------------------- */

enum salve_code near_rec_consents(struct rec_view *view, struct arena *mem, struct rec_consent **out, size_t *count,
                                  struct salve_err *err)
{
    const struct rec_gate *gate = &view->gate;
    if (!rec_view_may(view, ACT_CONSENTS)) return salve_fail(err, SALVE_E_CONSENT, "purpose self");
    enum salve_code code = rec_view_stands(view, err);
    if (code != SALVE_OK) return code;
    struct rec_consent *list = arena_array(mem, struct rec_consent, gate->grant_count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "decisions");
    for (size_t i = 0; i < gate->grant_count; i++) {
        const struct consent_grant *grant = &gate->grants[i];
        struct consent_decision stands =
            consent_stands(gate->grants, gate->grant_count, grant->purpose, gate->now_unix_ms / 1000, NULL);
        list[i].grant = *grant;
        if (grant->remind_on.len > 0) TRY(arena_str(mem, grant->remind_on, &list[i].grant.remind_on, err));
        list[i].at_unix_ms = grant->at_unix_s * 1000;
        list[i].in_force = stands.allowed && stands.grant == grant;
        struct consent_decision reminds =
            consent_reminds(gate->grants, gate->grant_count, gate->now_unix_ms / 1000, NULL);
        list[i].reminds_until_unix_s = reminds.allowed && reminds.grant == grant ? consent_remind_end(grant) : 0;
    }
    *out = list;
    *count = gate->grant_count;
    return SALVE_OK;
}
