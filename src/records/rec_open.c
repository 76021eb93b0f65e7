/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening a view, in the order that makes the promises hold:
 *   0 keys that are due are renewed (rec_renew.c), and erasures carried out whose day is over (rec_erasing.c)
 *   1 actor and role          nothing about the person is looked at for somebody whose role opens nothing
 *   2 quota, leaf, opening    one transaction; durable before any key (rec_gate.c)
 *   3 receipt -> ring         the person's decisions become readable
 *   4 consent decides         consent_decide, a pure function; asked again at every reading (rec_stand.c)
 *   5 keys deliver            only what the wraps of this purpose deliver, resting on the newest decision */
#include "base/limits.h"
#include "records/closing_int.h"
#include "records/erasing_int.h"
#include "records/revoked_int.h"
#include "records/session_int.h"
#include "records/view_int.h"
#include "records/who_int.h"
#include "records/work_int.h"

static enum salve_code role_opens_nothing(const struct rec_ask *ask, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_ROLE, "this role does not open this purpose", "%s, purpose %s",
                        role_text(ask->actor.role), purpose_text(ask->purpose));
}

static enum salve_code may_open(struct site *site, const struct rec_ask *ask, struct salve_err *err)
{
    if (ask->purpose < PURPOSE_CARE || ask->purpose > PURPOSE_LAST || ask->actor.role >= ROLE_COUNT)
        return salve_fail(err, SALVE_E_ROLE, "unknown purpose or role");
    const struct may *may = consent_may(ask->actor.role, ACT_OPEN, ask->purpose);
    if (ask->is_reminder && consent_may(ask->actor.role, ACT_REMIND, ask->purpose) == NULL)
        return role_opens_nothing(ask, err);
    if (may == NULL || (may->needs & MAY_CODE) != 0) return role_opens_nothing(ask, err); /* CODE: rec_letter_open */
    return rec_may(site, ask->actor, ACT_OPEN, ask->purpose, err);
}

/* What is asked for: named, or all that the wraps deliver and the role may see. */
static enum salve_code wanted_classes(struct site *site, const struct rec_ask *ask, struct compartment id,
                                      class_mask *out, struct salve_err *err)
{
    struct keys_granted granted[PURPOSE_LAST + 1];
    class_mask role = consent_role_classes(ask->actor.role, ask->purpose);
    *out = ask->is_reminder ? CLASS_BIT(CLASS_IDENT) : ask->classes;
    if (*out != 0) return SALVE_OK;
    enum salve_code code = keys_granted(site->keys, id, granted, err);
    *out = granted[ask->purpose].classes & role;
    if (*out == 0) *out = role & (purpose_classes(ask->purpose) | CLASS_BIT(CLASS_IDENT));
    return code;
}

static enum salve_code decide(struct rec_view *view, struct salve_err *err)
{
    const struct may *may = consent_may(view->actor.role, ACT_OPEN, view->purpose);
    if (may == NULL || ((may->needs & MAY_CARD) != 0 && !view->stand.is_present)) return SALVE_E_CONSENT;
    struct consent_decision decision = rec_view_decision(view, view->gate.now_unix_ms);
    if (!decision.allowed) return SALVE_E_CONSENT;
    return rec_gate_deliver(&view->gate, view->purpose, decision.classes, err);
}

static enum salve_code copy_actor(struct rec_view *view, struct actor actor, struct salve_err *err)
{
    view->actor = actor;
    view->actor.told = STR_NONE;
    enum salve_code code = rec_pass_of(view->site, actor, view->actor.pass, err);
    if (code == SALVE_OK) code = arena_str(view->mem, actor.id, &view->actor.id, err);
    return code == SALVE_OK ? arena_str(view->mem, view->site->settings.name, &view->actor.site, err) : code;
}

/* Frees the view and wipes its keys. */
static void drop(struct rec_view *view)
{
    rec_session_view_over(view->site, view->stand.session);
    rec_gate_close(&view->gate);
    rec_stand_end(view->site, &view->stand);
    rec_lists_end(&view->lists);
    arena_close(view->mem);
}

/* A ticket is for staff: it takes the place of the card in care while the card's showing lasts. */
static enum salve_code who(struct rec_view *view, const struct rec_ask *ask, struct compartment *id, bool *is_present,
                           struct salve_err *err)
{
    if (ask->is_reminder) {
        *is_present = false;
        view->is_by_ticket = view->is_reminder = true;
        return rec_work_to_remind(view->site, ask->who, view->mem, id, err);
    }
    bool is_work = ask->purpose == PURPOSE_CARE || ask->purpose == PURPOSE_FOLLOW_UP;
    if (!is_work || !rec_code_valid(REC_CODE_TICKET, ask->who))
        return rec_who(view->site, ask->who, view->mem, id, is_present, err);
    view->is_by_ticket = true;
    return rec_work_who(view->site, ask->who, view->mem, id, is_present, err);
}

static enum salve_code open_view(struct rec_view *view, const struct rec_ask *ask, struct salve_err *err)
{
    bool is_present;
    struct rec_gate_ask gate = {.purpose = ask->purpose};
    enum salve_code code = rec_renew(view->site, err);
    if (code == SALVE_OK) code = rec_due(view->site, err);
    if (code == SALVE_OK) code = who(view, ask, &gate.id, &is_present, err);
    if (code == SALVE_OK) code = wanted_classes(view->site, ask, gate.id, &view->classes, err);
    if (code == SALVE_OK) code = copy_actor(view, ask->actor, err);
    if (code == SALVE_OK) code = rec_stand_begin(view->site, gate.id, is_present, &view->stand, err);
    if (code != SALVE_OK) return code;
    view->stand.session = rec_session_number(view->site, ask->actor.pass);
    gate.actor = view->actor;
    gate.actor.told = ask->actor.told;
    gate.classes = view->classes;
    gate.session = view->stand.session;
    gate.is_by_ticket = view->is_by_ticket;
    gate.is_reminder = view->is_reminder;
    gate.counted = is_present && !view->is_by_ticket ? REC_COUNTED_CARD : REC_COUNTED_AWAY;
    gate.is_shown = view->is_shown = is_present && ask->purpose == PURPOSE_CARE && !ask->is_away;
    view->purpose = ask->purpose;
    code = rec_gate_open(view->site, &gate, view->mem, &view->gate, err);
    if (code != SALVE_OK) return code;
    code = decide(view, err);
    if (code != SALVE_E_CONSENT) return code;
    code = rec_note_denied(&view->gate, view->actor, view->purpose, view->classes, err);
    return code == SALVE_OK ? rec_not_open(ask->purpose, err) : code;
}

struct rec_view *rec_view_new(struct site *site)
{
    struct arena *mem = arena_open_private(SALVE_REQUEST_BYTES_MAX);
    struct rec_view *view = mem == NULL ? NULL : arena_new(mem, struct rec_view);
    if (view == NULL) {
        arena_close(mem);
        return NULL;
    }
    view->ops = &rec_near_ops;
    view->site = site;
    view->mem = mem;
    return view;
}

enum salve_code near_rec_open(struct site *site, const struct rec_ask *ask, struct rec_view **out,
                              struct salve_err *err)
{
    TRY(may_open(site, ask, err));
    struct rec_view *view = rec_view_new(site);
    if (view == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
    enum salve_code code = open_view(view, ask, err);
    if (code != SALVE_OK)
        drop(view);
    else
        *out = view;
    return code;
}

/* --- closing ------------------------------------------------------------------------------------------------------ */

/* What was read is noted also when the view was over before and has no keys any more: sealing needs none that read. */
enum salve_code rec_view_note_read(const struct rec_view *view, struct salve_err *err)
{
    struct rec_event event = {.kind = REC_EVENT_READ,
                              .actor = view->actor,
                              .purpose = view->purpose,
                              .classes = view->read_classes,
                              .is_reminder = view->is_reminder,
                              .resource_count = view->read_count,
                              .app = view->gate.app};
    return rec_closing_add(view->site, view->gate.chain.id, &event, err);
}

enum salve_code near_rec_close(struct rec_view **view, struct salve_err *err)
{
    if (*view == NULL) return SALVE_OK;
    enum salve_code code = (*view)->read_count == 0 ? SALVE_OK : rec_view_note_read(*view, err);
    drop(*view);
    *view = NULL;
    return code;
}

struct compartment near_rec_compartment(const struct rec_view *view) { return view->gate.chain.id; }
bool near_rec_shows(const struct rec_view *view, enum data_class class)
{
    return (view->classes & CLASS_BIT(class)) != 0;
}
class_mask near_rec_classes(const struct rec_view *view) { return view->classes; }
int64_t near_rec_opened_at_unix_ms(const struct rec_view *view)
{
    return view->resumed_at_unix_ms > 0 ? view->resumed_at_unix_ms : view->gate.now_unix_ms;
}

/* What an earlier use set and did not save was of a deed that failed. */
void near_rec_resume(struct rec_view *view)
{
    view->resumed_at_unix_ms = near_site_now_unix_ms(view->site);
    rec_view_work_done(view);
}
