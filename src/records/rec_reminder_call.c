/* SPDX-License-Identifier: Apache-2.0
 *
 * What became of a call before the next check, and a letter that asks for an earlier one. */
#include "records/reminder.h"

#include "base/clock.h"
#include "records/login_int.h"
#include "records/view_int.h"
#include "records/work_int.h"

enum { WORK_BYTES = 16 << 20 };

static const struct {
    const char *text;
    bool is_over;
} saids[] = {
#define REMINDER(name, text, is_over, what) {text, is_over},
#include "records/reminder.def"
#undef REMINDER
};

const char *reminder_said_text(enum reminder_said said) { return said < REMINDER_SAIDS ? saids[said].text : "?"; }

bool reminder_said_find(struct str text, enum reminder_said *out)
{
    for (int i = 0; i < REMINDER_SAIDS; i++)
        if (str_is(text, saids[i].text)) {
            *out = (enum reminder_said)i;
            return true;
        }
    return false;
}

static enum salve_code note(struct rec_view *view, enum reminder_said said, struct arena *work, bool *is_over,
                            struct salve_err *err)
{
    struct rec_tx tx;
    TRY(rec_tx_begin(view->site, false, work, &tx, err));
    enum salve_code code = rec_actor_check(&tx, view->actor, err);
    if (code == SALVE_OK) code = rec_reminder_called(&tx, view->gate.chain.id, saids[said].is_over, is_over, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

/* The keys that were kept for the call go with it, where follow-up itself had ended. */
enum salve_code near_reminder_note(struct rec_view *view, enum reminder_said said, struct salve_err *err)
{
    bool is_over = false;
    if (said >= REMINDER_SAIDS) return salve_fail(err, SALVE_E_INVALID, "reminder");
    if (!view->is_reminder || !rec_view_may(view, ACT_REMIND)) return rec_not_open(PURPOSE_FOLLOW_UP, err);
    TRY(rec_view_stands(view, err));
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "reminder");
    enum salve_code code = note(view, said, work, &is_over, err);
    arena_close(work);
    if (code != SALVE_OK || !is_over) return code;
    int64_t now_unix_s = near_site_now_unix_ms(view->site) / 1000;
    struct consent_decision stands =
        consent_stands(view->gate.grants, view->gate.grant_count, PURPOSE_FOLLOW_UP, now_unix_s, NULL);
    return stands.allowed ? SALVE_OK : rec_follow_up_used(view, err);
}

enum salve_code near_reminder_earlier(struct rec_view *view, struct str day, struct salve_err *err)
{
    struct rec_tx tx;
    int64_t due_unix_ms = 0;
    bool changes = false;
    TRY(rec_view_stands(view, err));
    if (day.len != sizeof "2026-01-31" - 1 || !clock_parse(day, &due_unix_ms))
        return salve_fail(err, SALVE_E_INVALID, "day of the next check");
    if (!rec_view_may(view, ACT_WORK)) return SALVE_OK;
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "reminder");
    enum salve_code code = rec_tx_begin(view->site, false, work, &tx, err);
    if (code == SALVE_OK) {
        code = rec_reminder_sooner(&tx, view->gate.chain.id, due_unix_ms, &changes, err);
        if (code == SALVE_OK && changes) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    arena_close(work);
    return code;
}
