/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds of deeds whoever asks: a note is in the name of who wrote it, at the time of the view, and stands; drafts
 * become results by a clinician's signing, which names them in the same save; an alarm that is open ends by what was
 * noted, or since what it rests on changed; none is closed while somebody has to be told. */
#include "fhir/fhir.h"
#include "records/deeds_int.h"

/* --- notes -------------------------------------------------------------------------------------------------------- */

/* Who writes it says who they are, and no other time than that of the view, or of its use again. */
static enum salve_code is_own(const struct rec_view *view, const struct tape *tape, struct salve_err *err)
{
    char now[CLOCK_TEXT_BYTES];
    bool is_telling = str_is(fhir_type_name(tape_type(tape, tape_root(tape))), "Communication");
    struct str system = rec_text_at(tape, is_telling ? "sender.identifier.system" : "agent.who.identifier.system");
    struct str who = rec_text_at(tape, is_telling ? "sender.identifier.value" : "agent.who.identifier.value");
    struct str at = rec_text_at(tape, is_telling ? "sent" : "recorded");
    if (!str_is(system, DEED_STAFF) || !str_eq(who, view->actor.id))
        return salve_refuse(err, SALVE_E_ROLE, "who noted something is who writes the note", "note");
    if (!str_eq(at, clock_text(near_rec_opened_at_unix_ms(view), now)))
        return salve_refuse(err, SALVE_E_INVALID, "a note has the time of the opening", "note");
    return SALVE_OK;
}

static enum salve_code may(const struct rec_view *view, enum act act, const char *what, struct salve_err *err)
{
    if (rec_view_may(view, act) && view->actor.id.len > 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_ROLE,
                        act == ACT_TELL ? "somebody who sees the finding notes that" : "a named clinician does that",
                        "%s", what);
}

/* Is it a draft that this save signs? */
static bool is_signed_now(const struct rec_stands *at)
{
    return at != NULL && at->seq == REC_SEQ_OF_SAVE && at->before != NULL && rec_deed_is_draftable(at->deed) &&
           rec_deed_state(&at->before->tape, at->deed) == DEED_DRAFT && rec_deed_state(at->tape, at->deed) == DEED_DONE;
}

static enum salve_code check_signing(const struct rec_outcome *outcome, const struct rec_stands *note,
                                     struct salve_err *err)
{
    struct str reference;
    for (tape_at at = rec_deed_next_target(note->tape, TAPE_NONE, &reference); at != TAPE_NONE;
         at = rec_deed_next_target(note->tape, at, &reference))
        if (!is_signed_now(rec_outcome_find(outcome, reference)))
            return salve_refuse(err, SALVE_E_CONFLICT, "a signing is of drafts, in the save that makes them results",
                                "signing");
    return SALVE_OK;
}

static enum salve_code nobody_waits(const struct rec_outcome *outcome, struct salve_err *err)
{
    struct rec_alarm *all = NULL;
    size_t count = 0;
    TRY(rec_alarms_all(outcome, &all, &count, err));
    for (size_t i = 0; i < count; i++)
        if (all[i].is_untold)
            return salve_refuse(err, SALVE_E_CONFLICT, "nobody has noted that the person was told of it", "closing");
    return SALVE_OK;
}

static enum salve_code check_note(const struct rec_outcome *outcome, const struct rec_stands *note,
                                  struct salve_err *err)
{
    TRY(is_own(outcome->view, note->tape, err));
    switch (note->deed) {
    case DEED_IS_SIGNED:
        TRY(may(outcome->view, ACT_SIGN, "signing", err));
        return check_signing(outcome, note, err);
    case DEED_IS_CLOSED:
        TRY(may(outcome->view, ACT_CLOSE, "closing", err));
        return nobody_waits(outcome, err);
    case DEED_IS_LEFT_OUT:
        return may(outcome->view, ACT_LEAVE_OUT, "leaving out", err);
    case DEED_IS_TOLD:
        return may(outcome->view, ACT_TELL, "telling", err);
    default:
        return SALVE_OK;
    }
}

/* --- drafts ------------------------------------------------------------------------------------------------------- */

/* As the record is before the save. */
static enum salve_code is_open(const struct rec_outcome *outcome, uint64_t number, bool *out, struct salve_err *err)
{
    struct rec_outcome before;
    struct rec_alarm *all = NULL;
    size_t count = 0;
    *out = false;
    TRY(rec_outcome_load(outcome->view, NULL, NULL, 0, outcome->mem, &before, err));
    TRY(rec_alarms_all(&before, &all, &count, err));
    for (size_t i = 0; i < count; i++)
        if (all[i].at->number == number) *out = all[i].is_untold || all[i].is_unclosed;
    return SALVE_OK;
}

static enum salve_code check_draft(const struct rec_outcome *outcome, const struct rec_stands *at,
                                   struct salve_err *err)
{
    bool was_open = false;
    if (rec_deed_state(&at->before->tape, at->deed) != DEED_DRAFT)
        return salve_refuse(err, SALVE_E_CONFLICT, "what was signed, or has ended, stands as it is", "finding");
    if (rec_deed_state(at->tape, at->deed) == DEED_DONE && !rec_outcome_is_signed(outcome, at, true))
        return salve_refuse(err, SALVE_E_ROLE, "a draft becomes a result when a clinician signs it", "finding");
    if (is_signed_now(at) && at->deed == DEED_IS_FINDING && rec_outcome_is_stale(outcome, at))
        return salve_refuse(err, SALVE_E_STALE, "something came into the record after them; nothing was signed",
                            "drafts");
    if (at->deed != DEED_IS_FINDING || rec_alarms_may_end(outcome, at)) return SALVE_OK;
    TRY(is_open(outcome, at->number, &was_open, err));
    if (!was_open) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFLICT,
                        "an alarm ends when the person was told and a clinician closed it, or what it rests on changed",
                        "finding");
}

static enum salve_code check_one(const struct rec_outcome *outcome, const struct rec_stands *at, struct salve_err *err)
{
    enum rec_deed was = at->before == NULL ? DEED_IS_NONE : rec_deed_of(&at->before->tape);
    if (rec_deed_is_note(was) || (was != DEED_IS_NONE && was != at->deed))
        return salve_refuse(err, SALVE_E_CONFLICT, "it stands as it was written", "note");
    if (rec_deed_is_note(at->deed)) return check_note(outcome, at, err);
    if (at->deed == DEED_IS_REFERRAL)
        return rec_referral_check(outcome, at, near_rec_opened_at_unix_ms(outcome->view), err);
    return rec_deed_is_draftable(was) ? check_draft(outcome, at, err) : SALVE_OK;
}

/* --- open work ---------------------------------------------------------------------------------------------------- */

static void demand(struct rec_view *view, enum work_task task, const struct rec_alarm *alarm)
{
    enum work_part part = alarm->at->class == CLASS_SENS ? WORK_APART : WORK_KEPT;
    struct rec_work_slot *slot = &view->work.least[task][part];
    if (slot->is_open && slot->urgency <= (uint32_t)alarm->urgency) return;
    *slot = (struct rec_work_slot){.is_open = true,
                                   .urgency = (uint32_t)alarm->urgency,
                                   .due_unix_ms = worklist_due_unix_ms(view, task, (uint32_t)alarm->urgency)};
}

/* Results that are signed wait to be printed. */
static void demand_letter(struct rec_view *view)
{
    int64_t due_unix_ms = worklist_due_unix_ms(view, WORK_LETTER, URGENCY_NONE);
    view->work.least[WORK_LETTER][WORK_KEPT] =
        (struct rec_work_slot){.is_open = true, .urgency = URGENCY_NONE, .due_unix_ms = due_unix_ms};
}

static enum salve_code demand_all(const struct rec_outcome *outcome, struct salve_err *err)
{
    struct rec_alarm *all = NULL;
    size_t count = 0;
    rec_referral_demand(outcome, near_worklist_day_end_unix_ms(outcome->view));
    TRY(rec_alarms_all(outcome, &all, &count, err));
    for (size_t i = 0; i < outcome->count; i++) /* what is kept apart is printed only for who is there and asks */
        if (outcome->list[i].class == CLASS_CLIN && is_signed_now(&outcome->list[i])) demand_letter(outcome->view);
    for (size_t i = 0; i < count; i++) {
        if (all[i].is_untold) demand(outcome->view, WORK_TELL, &all[i]);
        if (!all[i].is_untold && all[i].is_unclosed) demand(outcome->view, WORK_CLOSE, &all[i]);
        if (rec_deed_state(all[i].at->tape, DEED_IS_FINDING) == DEED_DRAFT) demand(outcome->view, WORK_SIGN, &all[i]);
    }
    return SALVE_OK;
}

/* Is something open that findings keep open? */
static enum salve_code has_work(struct rec_view *view, struct arena *mem, bool *out, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_work work;
    *out = false;
    if (!view->work.is_meant[WORK_KEPT] && !view->work.is_meant[WORK_APART]) return SALVE_OK;
    TRY(rec_tx_begin(view->site, true, mem, &tx, err));
    enum salve_code code = rec_work_get(&tx, view->gate.chain.id, &work, out, err);
    rec_tx_abandon(&tx);
    return code;
}

static bool is_deed(struct rec_view *view, const struct rec_item *item)
{
    struct str id = tape_child_text(item->tape, tape_root(item->tape), "id");
    if (rec_deed_of(item->tape) != DEED_IS_NONE) return true;
    for (size_t i = 0; i < view->shelf.count; i++) /* what it would be a version of was loaded for the look at its id */
        if (str_eq(view->shelf.all[i].is.id, id) && rec_deed_of(&view->shelf.all[i].is.tape) != DEED_IS_NONE)
            return true;
    return false;
}

enum salve_code rec_deeds_check(struct rec_view *view, const struct rec_item *items, const enum data_class *classes,
                                size_t count, struct arena *mem, struct salve_err *err)
{
    struct rec_outcome outcome;
    bool has_deed = false, has_open = false;
    struct rec_work_change *work = &view->work;
    for (size_t i = 0; i < count; i++) has_deed = has_deed || is_deed(view, &items[i]);
    work->is_checked = has_deed || view->has_work;
    work->may_close = rec_view_may(view, ACT_CLOSE);
    work->is_seen[WORK_KEPT] = (view->classes & CLASS_BIT(CLASS_CLIN)) != 0;
    work->is_seen[WORK_APART] = (view->classes & CLASS_BIT(CLASS_SENS)) != 0 || !near_rec_keeps_apart(view);
    memset(work->least, 0, sizeof work->least);
    work->is_loaded = false;
    work->noted_count = 0;
    if (!has_deed) TRY(has_work(view, mem, &has_open, err));
    if (!has_deed && !has_open) return SALVE_OK;
    TRY(rec_outcome_load(view, items, classes, count, mem, &outcome, err));
    for (size_t i = 0; i < outcome.count; i++)
        if (outcome.list[i].seq == REC_SEQ_OF_SAVE) TRY(check_one(&outcome, &outcome.list[i], err));
    work->is_loaded = true;
    return demand_all(&outcome, err);
}
