/* SPDX-License-Identifier: Apache-2.0
 * The door to the work lists: what a view wants to stand, and the whole list for those who work on it. */
#include "base/limits.h"
#include "crypto/crypto.h"
#include "keys/keys.h"
#include "records/deeds_int.h"
#include "records/who_int.h"
#include "records/work_int.h"

enum { SALT_BYTES = 16 };

static const char *const task_texts[] = {
#define WORK(name, text, what) text,
#include "records/worklist.def"
#undef WORK
};

const char *work_task_text(enum work_task task) { return task < WORK_TASKS ? task_texts[task] : "?"; }

/* --- of one person ------------------------------------------------------------------------------------------------ */

void near_worklist_set(struct rec_view *view, enum work_part part, const struct work_entry *entries, size_t count)
{
    struct rec_work_change *change = &view->work;
    view->has_work = change->is_meant[part] = true;
    for (size_t task = 0; task < WORK_TASKS; task++) change->slots[task][part] = (struct rec_work_slot){0};
    for (size_t i = 0; i < count; i++) {
        salve_assert(entries[i].part == part && entries[i].task < WORK_TASKS);
        change->slots[entries[i].task][part] = (struct rec_work_slot){
            .is_open = true, .urgency = entries[i].urgency, .due_unix_ms = entries[i].due_unix_ms};
    }
}

enum salve_code rec_view_work(struct rec_view *view, struct rec_tx *tx, struct salve_err *err)
{
    const struct rec_work_change *work = &view->work;
    return work->is_checked ? rec_work_apply(tx, view->gate.chain.id, work, view->is_shown, err) : SALVE_OK;
}

void rec_view_work_done(struct rec_view *view)
{
    view->has_work = false;
    view->work = (struct rec_work_change){0};
}

enum salve_code near_worklist_write(struct rec_view *view, struct salve_err *err)
{
    struct rec_tx tx;
    if (!view->has_work) return SALVE_OK;
    TRY(rec_view_stands(view, err));
    TRY(rec_may(view->site, view->actor, ACT_WORK, view->purpose, err));
    if (!rec_view_may(view, ACT_WORK)) return rec_not_open(view->purpose, err);
    struct arena *work = arena_open_private(SALVE_REQUEST_BYTES_MAX);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "work");
    enum salve_code code = rec_deeds_check(view, NULL, NULL, 0, work, err);
    if (code == SALVE_OK) code = rec_tx_begin(view->site, false, work, &tx, err);
    if (code == SALVE_OK) {
        code = rec_view_work(view, &tx, err);
        if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    arena_close(work);
    if (code == SALVE_OK) rec_view_work_done(view);
    return code;
}

/* Who does not call people learns of no reminder. */
static void entries_of(const struct rec_work *work, bool calls, struct work *out)
{
    for (size_t task = 0; task < WORK_TASKS; task++)
        for (size_t part = 0; part < WORK_PARTS; part++) {
            const struct rec_work_slot *slot = &work->slots[task][part];
            if (!slot->is_open || (task == WORK_REMIND && !calls)) continue;
            out->entries[out->entry_count++] = (struct work_entry){.part = (enum work_part)part,
                                                                   .task = (enum work_task)task,
                                                                   .urgency = slot->urgency,
                                                                   .since_unix_ms = slot->since_unix_ms,
                                                                   .due_unix_ms = slot->due_unix_ms};
        }
}

static bool is_all_apart(const struct work *work)
{
    for (size_t i = 0; i < work->entry_count; i++)
        if (work->entries[i].part == WORK_KEPT) return false;
    return true;
}

/* Follow-up of results; what is kept of it for a reminder alone delivers none. */
static bool has_follow_up(struct site *site, const struct keys_granted granted[PURPOSE_LAST + 1])
{
    const struct keys_granted *one = &granted[PURPOSE_FOLLOW_UP];
    return (one->classes & CLASS_BIT(CLASS_CLIN)) != 0 &&
           (one->not_after_unix_s == 0 || one->not_after_unix_s > near_site_now_unix_ms(site) / 1000);
}

static bool has_purpose(struct site *site, const struct keys_granted granted[PURPOSE_LAST + 1], enum purpose purpose)
{
    const struct keys_granted *one = &granted[purpose];
    return one->classes != 0 &&
           (one->not_after_unix_s == 0 || one->not_after_unix_s > near_site_now_unix_ms(site) / 1000);
}

enum salve_code near_worklist_purpose(struct site *site, struct str ticket, struct arena *mem, enum purpose *out,
                                      struct salve_err *err)
{
    struct compartment id;
    struct keys_granted granted[PURPOSE_LAST + 1];
    bool is_shown = false;
    TRY(rec_work_who(site, ticket, mem, &id, &is_shown, err));
    TRY(keys_granted(site->keys, id, granted, err));
    *out = is_shown && has_purpose(site, granted, PURPOSE_CARE) ? PURPOSE_CARE : PURPOSE_FOLLOW_UP;
    if (*out == PURPOSE_CARE || has_follow_up(site, granted)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONSENT,
                        "it waits for the card: at the next visit, or by the station's paper list", "ticket");
}

/* Follow-up opens nothing of what is kept apart: that waits for the card. */
enum salve_code rec_work_tell(struct site *site, const struct rec_work *work, bool calls, struct arena *mem,
                              struct work *out, struct salve_err *err)
{
    struct keys_granted granted[PURPOSE_LAST + 1];
    struct rec_code ticket = {.kind = REC_CODE_TICKET};
    *out = (struct work){.reach = WORK_BY_CARD};
    memcpy(ticket.values, work->ticket, sizeof work->ticket);
    TRY(rec_code_out(&ticket, mem, &out->ticket, err));
    entries_of(work, calls, out);
    struct salve_err damage = {0};
    enum salve_code code = keys_granted(site->keys, work->id, granted, &damage);
    if (code == SALVE_E_INTEGRITY) return SALVE_OK; /* verify names it; nobody waits unseen for it */
    if (code != SALVE_OK) {
        if (err != NULL) *err = damage;
        return code;
    }
    if (has_follow_up(site, granted) && !is_all_apart(out)) out->reach = WORK_BY_TICKET;
    if (rec_work_lasts(site, work) && granted[PURPOSE_CARE].classes != 0 && out->reach == WORK_BY_CARD)
        out->reach = WORK_BY_SHOWN;
    return SALVE_OK;
}

enum salve_code near_worklist_mine(struct rec_view *view, struct arena *mem, struct work *out, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_work work;
    bool found = false;
    *out = (struct work){.ticket = STR("")};
    TRY(rec_view_stands(view, err));
    TRY(rec_tx_begin(view->site, true, mem, &tx, err));
    enum salve_code code = rec_work_get(&tx, view->gate.chain.id, &work, &found, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK || !found) return code;
    TRY(rec_work_tell(view->site, &work, view->is_reminder, mem, out, err));
    if (out->entry_count == 0) *out = (struct work){.ticket = STR("")};
    return SALVE_OK;
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

/* The salt keeps its public hash from being guessed. */
enum salve_code rec_work_noted(struct rec_tx *tx, const char *what, struct actor actor, size_t tickets,
                               struct salve_err *err)
{
    uint8_t salt[SALT_BYTES];
    char hex[2 * SALT_BYTES + 1], at[CLOCK_TEXT_BYTES];
    crypto_random(salt, sizeof salt);
    str_hex(salt, sizeof salt, hex);
    struct str when = clock_text(tx->now_unix_ms, at);
    struct str id = arena_printf(tx->mem, "%s-%.7s", what, when.ptr);
    struct str json = arena_printf(tx->mem, "{\"at\":\"%.*s\",\"by\":\"%.*s\",\"salt\":\"%s\",\"tickets\":%zu}",
                                   STR_ARGS(when), STR_ARGS(actor.id), hex, tickets);
    if (id.ptr == NULL || json.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "work");
    return rec_doc_put(tx, STR("work"), id, json, err);
}
