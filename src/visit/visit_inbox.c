/* SPDX-License-Identifier: Apache-2.0
 * Telling, and closing of alarms. */
#include "visit/inbox.h"

#include <stdlib.h>

#include "visit/check.h"
#include "visit/refer.h"
#include "visit/release_int.h"
#include "visit/visit_int.h"

/* --- the list ----------------------------------------------------------------------------------------------------- */

/* One entry a task: who reads the list learns nothing of what is kept apart. */
static void merge(struct work *work)
{
    size_t count = 0;
    for (size_t i = 0; i < work->entry_count; i++) {
        struct work_entry one = work->entries[i];
        size_t at = 0;
        if (one.task == WORK_TALK) one.task = WORK_TELL; /* which tests those are nobody reads in a list */
        if (one.task == WORK_LETTER || one.task == WORK_REMIND || visit_is_follow_up(one.task))
            continue; /* lists of their own */
        while (at < count && work->entries[at].task != one.task) at++;
        struct work_entry *kept = &work->entries[at];
        if (at == count) {
            work->entries[count++] = one;
            continue;
        }
        if (one.urgency < kept->urgency) kept->urgency = one.urgency;
        if (one.since_unix_ms < kept->since_unix_ms) kept->since_unix_ms = one.since_unix_ms;
        if (one.due_unix_ms < kept->due_unix_ms) kept->due_unix_ms = one.due_unix_ms;
    }
    work->entry_count = count;
}

static void weigh(struct visit_work *one)
{
    one->urgency = URGENCY_NONE;
    one->due_unix_ms = INT64_MAX;
    for (size_t i = 0; i < one->work.entry_count; i++) {
        const struct work_entry *entry = &one->work.entries[i];
        if (entry->task != WORK_SIGN && entry->urgency < (uint32_t)one->urgency)
            one->urgency = (enum urgency)entry->urgency;
        if (entry->due_unix_ms < one->due_unix_ms) one->due_unix_ms = entry->due_unix_ms;
    }
}

static int by_urgency(const void *a, const void *b)
{
    const struct visit_work *x = a, *y = b;
    if (x->urgency != y->urgency) return x->urgency < y->urgency ? -1 : 1;
    if (x->due_unix_ms != y->due_unix_ms) return x->due_unix_ms < y->due_unix_ms ? -1 : 1;
    return str_cmp(x->work.ticket, y->work.ticket);
}

static enum salve_code weigh_all(const struct visit *visit, const struct work *list, size_t count,
                                 struct visit_work **out, size_t *kept, struct salve_err *err)
{
    *kept = 0;
    *out = arena_array(visit->mem, struct visit_work, count + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "inbox");
    for (size_t i = 0; i < count; i++) {
        struct visit_work *one = &(*out)[*kept];
        one->work = list[i];
        merge(&one->work);
        weigh(one);
        *kept += one->work.entry_count > 0;
    }
    return SALVE_OK;
}

enum salve_code visit_inbox(const struct visit *visit, struct visit_work **out, size_t *count, uint64_t *unreadable,
                            struct salve_err *err)
{
    struct work *list = NULL;
    size_t all = 0;
    TRY(worklist_all(visit->site, visit->actor, WORK_LIST_OPEN, visit->mem, &list, &all, unreadable, err));
    TRY(weigh_all(visit, list, all, out, count, err));
    qsort(*out, *count, sizeof **out, by_urgency);
    return SALVE_OK;
}

enum salve_code visit_inbox_page(const struct visit *visit, struct str after, struct visit_work **out,
                                 struct work_page *page, struct salve_err *err)
{
    const struct work_ask ask = {.list = WORK_LIST_OPEN, .most = WORK_PAGE_MAX, .after = after};
    TRY(worklist_page(visit->site, visit->actor, &ask, visit->mem, page, err));
    return weigh_all(visit, page->all, page->count, out, &page->count, err);
}

/* --- told, closed ------------------------------------------------------------------------------------------------- */

enum salve_code visit_tell(const struct visit *visit, struct str card, const struct screen_tell *tell, size_t *count,
                           struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = screen_tell(view, visit->actor, tell, visit->mem, count, err);
    if (code == SALVE_OK) code = visit_talked(visit, view, err);
    return visit_view_close(visit, &view, code, err);
}

enum salve_code visit_pass_on(const struct visit *visit, struct str card, struct str why, struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = screen_pass_on(view, visit->actor, why, visit->mem, err);
    return visit_view_close(visit, &view, code, err);
}

enum salve_code visit_close(const struct visit *visit, struct str card, size_t *count, struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = screen_close(view, visit->actor, visit->mem, count, err);
    return visit_view_close(visit, &view, code, err);
}

static enum salve_code read_told(const struct visit *visit, struct rec_view *view, enum screen_state state,
                                 struct visit_told *out, struct salve_err *err)
{
    struct screen_set *set = &out->sets[state];
    enum salve_code code = screen_findings(view, state, visit->mem, set, err);
    if (code == SALVE_E_NOT_FOUND) *set = (struct screen_set){0};
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    return code == SALVE_OK ? screen_told_read(view, set, visit->mem, &out->told[state], err) : code;
}

enum salve_code visit_told_read(const struct visit *visit, struct rec_view *view, struct visit_told *out,
                                struct salve_err *err)
{
    TRY(read_told(visit, view, SCREEN_DRAFT, out, err));
    return read_told(visit, view, SCREEN_SIGNED, out, err);
}

enum salve_code visit_told(const struct visit *visit, struct str card, struct visit_told *out, struct salve_err *err)
{
    struct rec_view *view = NULL;
    *out = (struct visit_told){0};
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = visit_told_read(visit, view, out, err);
    return visit_view_close(visit, &view, code, err);
}

/* --- what came ---------------------------------------------------------------------------------------------------- */

static enum urgency most_urgent(const struct screen_found *alarms, bool is_apart)
{
    enum urgency worst = URGENCY_NONE;
    for (size_t i = 0; i < alarms->count; i++)
        if ((alarms->list[i].apart != 0) == is_apart && alarms->list[i].urgency < worst)
            worst = alarms->list[i].urgency;
    return worst;
}

enum salve_code visit_work_before(const struct visit *visit, struct rec_view *view, const struct screen_found *alarms,
                                  struct salve_err *err)
{
    enum urgency plain = most_urgent(alarms, false), apart = most_urgent(alarms, true);
    if (plain <= URGENCY_SAME_DAY) TRY(screen_work_came(view, WORK_KEPT, WORK_SCREEN, plain, visit->mem, err));
    if (apart <= URGENCY_SAME_DAY && rec_keeps_apart(view))
        TRY(screen_work_came(view, WORK_APART, WORK_SCREEN, apart, visit->mem, err));
    return SALVE_OK;
}

static bool has_like(const struct screen_found *all, const struct finding *one)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct finding *other = &all->list[i];
        if (str_eq(other->guideline, one->guideline) && str_eq(other->item, one->item) &&
            str_eq(other->value, one->value) && str_eq(other->value2, one->value2) && other->urgency <= one->urgency)
            return true;
    }
    return false;
}

enum salve_code visit_work_after(const struct visit *visit, const struct visit_screening *screening,
                                 struct rec_view *view, const struct screen_found *alarms, struct salve_err *err)
{
    struct screen_found kept = {0};
    enum urgency lost = URGENCY_NONE;
    if (visit_urgency(alarms) > URGENCY_SAME_DAY) return SALVE_OK;
    TRY(visit_alarms(visit, screening, view, NULL, &kept, err));
    for (size_t i = 0; i < alarms->count; i++)
        if (screen_needs_told(&alarms->list[i]) && !has_like(&kept, &alarms->list[i]) && alarms->list[i].urgency < lost)
            lost = alarms->list[i].urgency;
    if (lost <= URGENCY_SAME_DAY) TRY(screen_work_came(view, WORK_NOT_KEPT, WORK_TELL, lost, visit->mem, err));
    return worklist_write(view, err);
}
