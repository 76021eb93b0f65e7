/* SPDX-License-Identifier: Apache-2.0
 *
 * The code on the slip of a referral, the answer that comes with it, and what staff see of that (referral.h). */
#include "crypto/crypto.h"
#include "records/deeds_int.h"
#include "records/login_int.h"
#include "records/referral.h"
#include "records/who_int.h"
#include "records/work_int.h"

enum { WORK_BYTES = 32 << 20 };

/* --- a code ------------------------------------------------------------------------------------------------------- */

static enum salve_code make_in(struct rec_view *view, struct str referral, const struct rec_code *code,
                               struct arena *work, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_referral_at of = {0};
    TRY(rec_referral_open(view, referral, work, &of, err));
    TRY(rec_tx_begin(view->site, false, work, &tx, err));
    enum salve_code result = rec_actor_check(&tx, view->actor, err);
    if (result == SALVE_OK) result = rec_reply_make(&tx, view->gate.chain.id, of, code, err);
    if (result == SALVE_OK) result = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return result;
}

enum salve_code near_referral_code(struct rec_view *view, struct str referral, struct arena *mem, struct str *code,
                                   struct salve_err *err)
{
    struct rec_code made;
    *code = STR("");
    TRY(rec_view_stands(view, err));
    if (!rec_view_may(view, ACT_REFER) || view->actor.id.len == 0)
        return salve_refuse(err, SALVE_E_ROLE, "a named clinician refers somebody", "referral");
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "referral");
    rec_code_make(REC_CODE_REPLY, &made);
    enum salve_code result = make_in(view, referral, &made, work, err);
    if (result == SALVE_OK) result = rec_code_out(&made, mem, code, err);
    crypto_zero(&made, sizeof made);
    arena_close(work);
    return result;
}

/* --- an answer ---------------------------------------------------------------------------------------------------- */

static enum salve_code no_such_code(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_NOT_FOUND,
                        "no slip that is in use has this code: it may be typed otherwise, old, or followed by another",
                        "code");
}

enum salve_code near_referral_answer(struct site *site, struct str text, enum referral_said said, struct salve_err *err)
{
    struct rec_code code;
    struct rec_tx tx;
    struct compartment id;
    bool is_apart = false;
    if (said == REFERRAL_SAID_NOTHING || said >= REFERRAL_SAIDS)
        return salve_refuse(err, SALVE_E_INVALID, "there is no such answer", "said");
    if (!rec_code_read(REC_CODE_REPLY, text, &code)) return no_such_code(err);
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "referral");
    enum salve_code result = rec_tx_begin(site, false, work, &tx, err);
    if (result == SALVE_OK) {
        result = rec_reply_take(&tx, &code, (uint8_t)said, &id, &is_apart, err);
        if (result == SALVE_OK && !is_apart) result = rec_work_answered(&tx, id, err);
        if (result == SALVE_OK) result = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    crypto_zero(&code, sizeof code);
    arena_close(work);
    if (result != SALVE_E_NOT_FOUND) return result;
    rec_guess_note(site);
    return no_such_code(err);
}

enum salve_code near_referral_answers(struct rec_view *view, struct arena *mem, struct referral_answer **out,
                                      size_t *count, struct salve_err *err)
{
    struct rec_tx tx;
    bool sees_apart = (view->classes & CLASS_BIT(CLASS_SENS)) != 0;
    *count = 0;
    TRY(rec_view_stands(view, err));
    *out = arena_array(mem, struct referral_answer, REC_REFERRALS_MAX);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "referral");
    if (!rec_view_may(view, ACT_FOLLOW)) return SALVE_OK;
    TRY(rec_tx_begin(view->site, true, mem, &tx, err));
    enum salve_code code = rec_reply_list(&tx, view->gate.chain.id, sees_apart, *out, count, err);
    rec_tx_abandon(&tx);
    return code;
}
