/* SPDX-License-Identifier: Apache-2.0
 * Findings of a person with a record, and of one who wants nothing stored; their signing; who accepted a guideline. */
#include "visit/check.h"

#include "consent/may.h"
#include "visit/content.h"
#include "visit/held.h"
#include "visit/release_int.h"
#include "visit/visit_int.h"

enum { RUNS_MAX = 4 };

/* What is broken and relied on stops nothing: it is said in the findings of everybody. */
static enum salve_code add_broken(const struct visit *visit, struct visit_screening *made, struct salve_err *err)
{
    const struct visit_content *content = visit->content;
    for (size_t i = 0; i < content->broken_count; i++) {
        const struct visit_broken *broken = &content->broken[i];
        bool is_relied_on = screen_is_alarms(broken->id);
        if (!is_relied_on) TRY(screen_has_acceptance(visit->site, broken->id, visit->mem, &is_relied_on, err));
        if (is_relied_on) TRY(screen_broken(made->screen, broken->id, &broken->err, visit->mem, err));
        made->left_out += !is_relied_on;
    }
    return SALVE_OK;
}

enum salve_code visit_screening(const struct visit *visit, struct visit_screening *out, struct salve_err *err)
{
    const struct visit_content *content = visit->content;
    struct visit_screening made = {.left_out = 0};
    size_t refused = 0;
    TRY(screen_open(visit->site, content->guidelines, content->guideline_count, visit->mem, &made.screen, &refused,
                    err));
    TRY(add_broken(visit, &made, err));
    made.left_out += refused + content->left_out;
    *out = made;
    return SALVE_OK;
}

/* Two stations may be at one person at once: drafts that the other one ended meanwhile stand as they are, and what is
 * there now is judged once more. */
static enum salve_code run(const struct visit *visit, const struct visit_screening *screening, struct rec_view *view,
                           struct screen_found *out, struct salve_err *err)
{
    enum salve_code code = SALVE_E_CONFLICT;
    struct visit_held *held = visit->held != NULL && visit->held->view == view ? visit->held : NULL;
    if (held != NULL && held->memo == NULL) held->memo = screen_memo_open();
    struct screen_running how = {.memo = held == NULL ? NULL : held->memo};
    for (int tries = 0; code == SALVE_E_CONFLICT && tries < RUNS_MAX; tries++) {
        if (err != NULL) *err = (struct salve_err){0};
        how.writes_all = tries == RUNS_MAX - 1;
        code = screen_run(screening->screen, view, &how, visit->mem, out, err);
    }
    return code;
}

enum salve_code visit_screen(const struct visit *visit, const struct visit_screening *screening, struct str card,
                             struct screen_found *out, struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = run(visit, screening, view, out, err);
    return visit_view_close(visit, &view, code, err);
}

enum urgency visit_urgency(const struct screen_found *findings)
{
    enum urgency worst = URGENCY_NONE;
    for (size_t i = 0; i < findings->count; i++)
        if (findings->list[i].urgency < worst) worst = findings->list[i].urgency;
    return worst;
}

enum salve_code visit_all_judged(const struct screen_found *findings, struct salve_err *err)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *one = &findings->list[i];
        if (one->status != FINDING_NOT_JUDGED) continue;
        (void)salve_fail(err, SALVE_E_INVALID, "guideline %.*s", STR_ARGS(one->guideline));
        return salve_why(err, SALVE_E_INVALID, "it ended with an error and found nothing; the others were judged: %.*s",
                         STR_ARGS(one->because[0]));
    }
    return SALVE_OK;
}

static enum salve_code sign_in(const struct visit *visit, struct rec_view *view, const struct visit_sign_ask *ask,
                               struct visit_signed *out, struct salve_err *err)
{
    struct visit_talks talks = {.content = visit->content};
    struct screen_signing signing = {ask->leave, ask->leave_count, visit_waits_for_talk, &talks};
    bool may = consent_may(visit->actor.role, ACT_SIGN, PURPOSE_CARE) != NULL;
    if (may) TRY(visit_talks_read(visit, view, &talks, err));
    if (may && ask->confirm != NULL && talks.drafts.set.count > 0 && !ask->confirm(ask->with, &talks.drafts))
        return salve_refuse(err, SALVE_E_USAGE, "it was not confirmed; nothing was signed", "drafts");
    TRY(screen_sign(view, visit->actor, &signing, visit->mem, &out->count, err));
    return worklist_mine(view, visit->mem, &out->open, err);
}

enum salve_code visit_sign(const struct visit *visit, struct str card, const struct visit_sign_ask *ask,
                           struct visit_signed *out, struct salve_err *err)
{
    static const struct visit_sign_ask all = {0};
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = sign_in(visit, view, ask == NULL ? &all : ask, out, err);
    return visit_view_close(visit, &view, code, err);
}

/* --- acceptance --------------------------------------------------------------------------------------------------- */

enum salve_code visit_offer(const struct visit *visit, struct str id, struct visit_offer *out, struct salve_err *err)
{
    struct salve_err trouble = {0};
    struct guideline *kept = NULL;
    *out = (struct visit_offer){0};
    TRY(visit_guideline(visit->content, id, &out->here, err));
    out->has_before = screen_in_force(visit->site, id, visit->mem, &out->before, &trouble) == SALVE_OK;
    if (out->has_before && screen_load(visit->site, &out->before, NULL, visit->mem, &kept, &trouble) == SALVE_OK)
        out->in_force = kept;
    return SALVE_OK;
}

static struct str chosen(const struct guideline_switch *sw, const struct guideline_choice *choices, size_t count)
{
    for (size_t i = count; i > 0; i--)
        if (str_eq(choices[i - 1].name, sw->name)) return choices[i - 1].value;
    return STR("");
}

struct str visit_switch_value(const struct visit_offer *offer, const struct guideline_switch *sw,
                              const struct guideline_choice *choices, size_t count)
{
    struct str now = chosen(sw, choices, count);
    if (now.len > 0 || screen_is_alarms(guideline_info(offer->here)->id)) return now.len > 0 ? now : sw->initial;
    struct str before = chosen(sw, offer->before.choices, offer->before.choice_count);
    for (size_t i = 0; before.len > 0 && i < sw->value_count; i++)
        if (str_eq(sw->values[i], before)) return before;
    return sw->initial;
}

enum salve_code visit_accept(const struct visit *visit, struct str id, const struct guideline_choice *choices,
                             size_t count, const struct guideline **out, struct salve_err *err)
{
    TRY(visit_guideline(visit->content, id, out, err));
    return screen_accept(visit->site, visit->actor, *out, choices, count, visit->mem, err);
}

enum salve_code visit_accept_words(const struct visit *visit, struct str id, struct str language, struct salve_err *err)
{
    const struct guideline *guideline = NULL;
    TRY(visit_guideline(visit->content, id, &guideline, err));
    return screen_accept_words(visit->site, visit->actor, guideline, language, visit->mem, err);
}
