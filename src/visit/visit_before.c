/* SPDX-License-Identifier: Apache-2.0
 * What stands beside a finding that somebody reviews: the numbers of earlier days, when the person hears of it, and
 * whether it still rests on what is in the record. */
#include <stdlib.h>

#include "visit/inbox.h"
#include "visit/release_int.h"
#include "visit/visit_int.h"

enum { EARLIER_MAX = 12 }; /* a picture of more has no room for them */

/* Numbers of earlier signings, each with its day. */
struct history {
    const struct visit *visit;
    struct history_row {
        const struct finding *finding;
        struct str date;
    } * rows;
    size_t count;
};

static enum salve_code add_row(struct history *in, const struct finding *finding, struct str checked_at,
                               struct salve_err *err)
{
    int64_t unix_ms = 0;
    if (finding->value.len == 0 || !clock_parse(checked_at, &unix_ms)) return SALVE_OK;
    struct history_row *to = &in->rows[in->count++];
    to->finding = finding;
    return visit_date(in->visit, unix_ms, &to->date, err);
}

static int by_date(const void *a, const void *b)
{
    return str_cmp(((const struct history_row *)a)->date, ((const struct history_row *)b)->date);
}

static enum salve_code read_rows(struct history *in, struct rec_view *view, const struct screen_set *newest,
                                 struct salve_err *err)
{
    struct screen_earlier *list = NULL;
    size_t count = 0;
    TRY(screen_earlier(view, in->visit->mem, &list, &count, err));
    in->rows = arena_array(in->visit->mem, struct history_row, count + newest->count + 1);
    if (in->rows == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    for (size_t i = 0; i < count; i++) TRY(add_row(in, &list[i].finding, list[i].checked_at, err));
    for (size_t i = 0; i < newest->count; i++) TRY(add_row(in, &newest->findings[i], newest->checked_at, err));
    qsort(in->rows, in->count, sizeof *in->rows, by_date);
    return SALVE_OK;
}

static bool is_same_item(const struct finding *a, const struct finding *b)
{
    return str_eq(a->guideline, b->guideline) && str_eq(a->item, b->item) && str_eq(a->unit, b->unit);
}

/* Of each day the last one; the newest days where there are too many. */
static enum salve_code fill_earlier(const struct history *in, struct visit_shown *shown, struct salve_err *err)
{
    struct visit_earlier *out = arena_array(in->visit->mem, struct visit_earlier, in->count + 1);
    size_t count = 0;
    if (out == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    for (size_t i = 0; i < in->count; i++) {
        const struct history_row *row = &in->rows[i];
        if (!is_same_item(row->finding, &shown->finding) || str_cmp(row->date, shown->date) >= 0) continue;
        if (count > 0 && str_eq(out[count - 1].date, row->date)) count--;
        out[count++] = (struct visit_earlier){row->date, row->finding->value, row->finding->value2};
    }
    size_t over = count > EARLIER_MAX ? count - EARLIER_MAX : 0;
    shown->earlier = out + over;
    shown->earlier_count = count - over;
    return SALVE_OK;
}

static bool is_stale(const struct screen_stale *stale, size_t count, struct str id)
{
    for (size_t i = 0; i < count; i++)
        if (str_ends(stale[i].id, id)) return true;
    return false;
}

struct beside {
    const struct history *history;
    const struct screen_stale *stale;
    size_t stale_count;
};

static enum salve_code fill(const struct beside *beside, struct visit_shown *list, size_t count, struct str checked_at,
                            struct salve_err *err)
{
    const struct visit *visit = beside->history->visit;
    int64_t unix_ms = 0;
    for (size_t i = 0; i < count; i++) {
        struct visit_shown *one = &list[i];
        one->is_withheld = visit_is_withheld(visit->content, &one->finding, &one->told);
        one->is_stale = is_stale(beside->stale, beside->stale_count, one->id);
        one->date = STR("");
        if (!clock_parse(checked_at, &unix_ms)) continue;
        TRY(visit_date(visit, unix_ms, &one->date, err));
        TRY(fill_earlier(beside->history, one, err));
    }
    return SALVE_OK;
}

enum salve_code visit_before(const struct visit *visit, struct rec_view *view, const struct visit_told *told,
                             struct visit_findings *out, struct salve_err *err)
{
    struct history history = {.visit = visit};
    struct screen_stale *stale = NULL;
    struct beside beside = {.history = &history};
    TRY(read_rows(&history, view, &told->sets[SCREEN_SIGNED], err));
    TRY(screen_stale(view, visit->mem, &stale, &beside.stale_count, err));
    beside.stale = stale;
    TRY(fill(&beside, out->drafts, out->draft_count, told->sets[SCREEN_DRAFT].checked_at, err));
    return fill(&beside, out->signed_ones, out->signed_count, told->sets[SCREEN_SIGNED].checked_at, err);
}
