/* SPDX-License-Identifier: Apache-2.0
 * All pages of a list of open work, for those who need it whole; through whichever making the site goes. */
#include <stdlib.h>

#include "base/limits.h"
#include "records/worklist.h"

/* A ticket as it was met at last. */
struct met {
    struct work work;
    size_t number;
};

struct meeting {
    struct met *all;
    size_t count, room;
};

static int by_ticket_newest_first(const void *a, const void *b)
{
    const struct met *x = a, *y = b;
    int cmp = str_cmp(x->work.ticket, y->work.ticket);
    return cmp != 0 ? cmp : x->number < y->number ? 1 : -1;
}

static enum salve_code meet(struct meeting *meeting, const struct work_page *page, struct arena *work,
                            struct salve_err *err)
{
    size_t needed = meeting->count + page->count;
    if (needed > meeting->room) {
        size_t room = needed > page->total ? 2 * needed : (size_t)page->total + WORK_PAGE_MAX;
        meeting->all =
            arena_grow(work, meeting->all, meeting->room * sizeof *meeting->all, room * sizeof *meeting->all);
        if (meeting->all == NULL) return salve_fail(err, SALVE_E_MEMORY, "work");
        meeting->room = room;
    }
    for (size_t i = 0; i < page->count; i++, meeting->count++)
        meeting->all[meeting->count] = (struct met){page->all[i], meeting->count};
    return SALVE_OK;
}

static enum salve_code keep(const struct meeting *meeting, struct arena *mem, struct work **out, size_t *count,
                            struct salve_err *err)
{
    size_t kept = 0;
    if (meeting->count > 1) qsort(meeting->all, meeting->count, sizeof *meeting->all, by_ticket_newest_first);
    for (size_t i = 0; i < meeting->count; i++)
        if (kept == 0 || !str_eq(meeting->all[kept - 1].work.ticket, meeting->all[i].work.ticket))
            meeting->all[kept++] = meeting->all[i];
    *out = arena_array(mem, struct work, kept + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "work");
    for (size_t i = 0; i < kept; i++) {
        (*out)[i] = meeting->all[i].work;
        TRY(arena_str(mem, meeting->all[i].work.ticket, &(*out)[i].ticket, err));
    }
    *count = kept;
    return SALVE_OK;
}

enum salve_code worklist_all(struct site *site, struct actor actor, enum work_list list, struct arena *mem,
                             struct work **out, size_t *count, uint64_t *unreadable, struct salve_err *err)
{
    struct work_ask ask = {.list = list, .most = WORK_PAGE_MAX, .after = STR("")};
    struct work_page page = {0};
    struct meeting meeting = {0};
    struct arena *work = arena_open_private(SALVE_REQUEST_BYTES_MAX);
    enum salve_code code = work == NULL ? salve_fail(err, SALVE_E_MEMORY, "work") : SALVE_OK;
    for (bool has_more = code == SALVE_OK; code == SALVE_OK && has_more; has_more = page.next.len > 0) {
        code = worklist_page(site, actor, &ask, work, &page, err);
        if (code == SALVE_OK) code = meet(&meeting, &page, work, err);
        ask.after = page.next;
    }
    if (code == SALVE_OK) code = keep(&meeting, mem, out, count, err);
    if (unreadable != NULL) *unreadable = page.unreadable;
    arena_close(work);
    return code;
}
