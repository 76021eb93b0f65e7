/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a view still stands (N16): the numbers of stand_int.h, the person's decision asked again at the time of the
 * site's clock, and the age of the view. */
#include <stdlib.h>

#include "base/limits.h"
#include "records/apps_int.h"
#include "records/session_int.h"
#include "records/view_int.h"
#include "records/who_int.h"

enum { MINUTE_MS = 60 * 1000 };

/* --- numbers of a compartment ------------------------------------------------------------------------------------- */

static struct rec_decided *find(struct site *site, struct compartment id)
{
    struct rec_decided *at = site->decided;
    while (at != NULL && !compartment_eq(at->id, id)) at = at->next;
    return at;
}

enum salve_code rec_stand_begin(struct site *site, struct compartment id, bool is_present, struct rec_stand *out,
                                struct salve_err *err)
{
    struct rec_decided *decided = find(site, id);
    if (decided == NULL) {
        decided = calloc(1, sizeof *decided);
        if (decided == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
        decided->id = id;
        decided->next = site->decided;
        site->decided = decided;
    }
    decided->view_count++;
    *out = (struct rec_stand){.decided = decided,
                              .cards = decided->cards,
                              .apps = decided->apps,
                              .retirements = site->retirements,
                              .registrations = site->registrations,
                              .opened_wall_ms = clock_ms(&site->clock),
                              .is_present = is_present};
    memcpy(out->of, decided->of, sizeof out->of);
    return SALVE_OK;
}

void rec_stand_end(struct site *site, struct rec_stand *stand)
{
    struct rec_decided *decided = stand->decided, **at = &site->decided;
    if (decided == NULL) return;
    salve_assert(decided->view_count > 0);
    stand->decided = NULL;
    if (--decided->view_count > 0) return;
    while (*at != decided) at = &(*at)->next;
    *at = decided->next;
    free(decided);
}

bool rec_stand_holds(const struct rec_stand *stand, enum purpose purpose)
{
    salve_assert(purpose >= PURPOSE_CARE && purpose <= PURPOSE_LAST);
    return !stand->decided->is_erased && stand->of[purpose] == stand->decided->of[purpose];
}

void rec_decided_purpose(struct site *site, struct compartment id, enum purpose purpose)
{
    struct rec_decided *decided = find(site, id);
    salve_assert(purpose >= PURPOSE_CARE && purpose <= PURPOSE_LAST);
    if (decided != NULL) decided->of[purpose]++;
    rec_changed(site);
}

void rec_decided_app(struct site *site, struct compartment id)
{
    struct rec_decided *decided = find(site, id);
    if (decided != NULL) decided->apps++;
    rec_changed(site);
}

void rec_decided_erasure(struct site *site, struct compartment id)
{
    struct rec_decided *decided = find(site, id);
    if (decided != NULL) decided->is_erased = true;
    rec_changed(site);
}

void rec_decided_card(struct site *site, struct compartment id, struct rec_stand *by)
{
    struct rec_decided *decided = find(site, id);
    salve_assert(decided != NULL && by->decided == decided);
    by->cards = ++decided->cards;
    rec_changed(site);
}

/* --- a view ----------------------------------------------------------------------------------------------------- */

enum salve_code rec_not_open(enum purpose purpose, struct salve_err *err)
{
    return salve_fail(err, SALVE_E_CONSENT, "purpose %s", purpose_text(purpose));
}

struct consent_decision rec_view_decision(const struct rec_view *view, int64_t now_unix_ms)
{
    const struct consent_ask ask = {.actor = view->actor,
                                    .purpose = view->purpose,
                                    .classes = view->classes,
                                    .now_unix_s = now_unix_ms / 1000,
                                    .is_present = view->stand.is_present,
                                    .is_reminder = view->is_reminder};
    return consent_decide(view->gate.grants, view->gate.grant_count, &ask);
}

static int64_t life_ms(const struct rec_view *view)
{
    int minutes = view->stand.is_present ? SALVE_VIEW_MINUTES_MAX : SALVE_VIEW_AWAY_MINUTES_MAX;
    int64_t most_ms = (int64_t)minutes * MINUTE_MS;
    return view->stand.is_app && view->stand.app_left_ms < most_ms ? view->stand.app_left_ms : most_ms;
}

static void no_later(int64_t *until_unix_ms, int64_t end_unix_s)
{
    if (end_unix_s != 0 && end_unix_s * 1000 < *until_unix_ms) *until_unix_ms = end_unix_s * 1000;
}

int64_t rec_view_until_unix_ms(const struct rec_view *view)
{
    int64_t until_unix_ms = view->stand.opened_wall_ms + life_ms(view);
    int64_t session_unix_ms = rec_session_until_unix_ms(view->site, view->stand.session);
    if (session_unix_ms < until_unix_ms) until_unix_ms = session_unix_ms;
    struct consent_decision decision = rec_view_decision(view, near_site_now_unix_ms(view->site));
    if (view->stand.is_app) no_later(&until_unix_ms, view->stand.app_until_unix_s);
    if (decision.grant == NULL) return until_unix_ms;
    bool is_longer = view->is_reminder; /* than follow-up itself */
    no_later(&until_unix_ms, is_longer ? consent_remind_end(decision.grant) : decision.grant->not_after_unix_s);
    no_later(&until_unix_ms, decision.grant->majority_unix_s);
    return until_unix_ms;
}

static bool is_too_old(const struct rec_view *view, int64_t now_unix_ms)
{
    int64_t guarded_ms = now_unix_ms - view->gate.now_unix_ms;
    int64_t wall_ms = clock_ms(&view->site->clock) - view->stand.opened_wall_ms;
    return (guarded_ms > wall_ms ? guarded_ms : wall_ms) >= life_ms(view);
}

/* Somebody of the staff was retired since: is it the one who looks? Reads in a transaction, but only then. */
static enum salve_code check_staff(struct rec_view *view, struct salve_err *err)
{
    uint64_t retirements = view->site->retirements;
    if (view->stand.retirements == retirements || !rec_role_is_staff(view->actor.role)) return SALVE_OK;
    struct arena_mark mark = arena_mark(view->mem);
    enum salve_code code = rec_actor_is(view->site, view->actor, view->mem, err);
    arena_rewind(view->mem, mark);
    if (code == SALVE_OK) view->stand.retirements = retirements;
    return code;
}

/* Some app was registered anew or ended since: was it the one that looks? Reads in a transaction, but only then. */
static enum salve_code check_app(struct rec_view *view, struct salve_err *err)
{
    struct rec_tx tx;
    struct smart_app app;
    uint64_t registrations = view->site->registrations;
    if (view->stand.registrations == registrations || !view->stand.is_app) return SALVE_OK;
    struct arena_mark mark = arena_mark(view->mem);
    TRY(rec_tx_begin(view->site, true, view->mem, &tx, err));
    enum salve_code code = rec_app_find(&tx, view->app->id, &app, err);
    if (code == SALVE_OK && app.ends != view->app->ends) code = SALVE_E_CONSENT;
    rec_tx_abandon(&tx);
    arena_rewind(view->mem, mark);
    if (code == SALVE_OK) view->stand.registrations = registrations;
    return code == SALVE_E_INVALID ? SALVE_E_CONSENT : code;
}

/* A view of an app rests on what the person let it do, and on their card of that day. */
static bool app_stands(const struct rec_stand *stand, int64_t now_unix_ms)
{
    if (!stand->is_app) return true;
    return stand->apps == stand->decided->apps && stand->cards == stand->decided->cards &&
           (stand->app_until_unix_s == 0 || now_unix_ms / 1000 < stand->app_until_unix_s);
}

static enum salve_code look(struct rec_view *view, struct salve_err *err)
{
    const struct rec_stand *stand = &view->stand;
    int64_t now_unix_ms = near_site_now_unix_ms(view->site);
    TRY(check_staff(view, err)); /* first: who is retired hears that, and not that their session ended with it */
    enum salve_code code = rec_session_stands(view->site, stand->session);
    if (code != SALVE_OK) return salve_fail(err, code, "session");
    if (stand->decided->is_erased) return SALVE_E_NOT_FOUND;
    if (!rec_stand_holds(stand, view->purpose)) return SALVE_E_CONSENT;
    if (stand->is_present && stand->cards != stand->decided->cards) return SALVE_E_CONSENT;
    TRY(check_app(view, err));
    if (!app_stands(stand, now_unix_ms) || is_too_old(view, now_unix_ms)) return SALVE_E_CONSENT;
    return rec_view_decision(view, now_unix_ms).allowed ? SALVE_OK : SALVE_E_CONSENT;
}

enum salve_code rec_view_stands(struct rec_view *view, struct salve_err *err)
{
    enum salve_code over = view->stand.over;
    salve_assert(over != SALVE_OK || view->gate.chain.ring != NULL);
    if (over == SALVE_OK) over = look(view, err);
    bool is_over =
        over == SALVE_E_ROLE || over == SALVE_E_CONSENT || over == SALVE_E_NOT_FOUND || over == SALVE_E_SESSION;
    if (!is_over) return over;
    view->stand.over = over;
    rec_gate_close(&view->gate);
    if (over == SALVE_E_SESSION) return salve_fail(err, over, "session");
    if (over == SALVE_E_ROLE) return rec_not_staff(view->actor.role, err);
    return over == SALVE_E_NOT_FOUND ? rec_not_here(err) : rec_not_open(view->purpose, err);
}
