/* SPDX-License-Identifier: Apache-2.0
 * Counts per category over the findings of one import run, in memory only. */
#include <stdlib.h>

#include "screen/screen_int.h"

static struct str category_of(const struct finding *finding)
{
    return finding->status == FINDING_ASSESSED ? finding->category : str_of(finding_status_text(finding->status));
}

static enum salve_code new_row(struct screen_counts *counts, const struct finding *finding, struct arena *mem,
                               struct screen_count **out, struct salve_err *err)
{
    if (counts->count == counts->room) {
        size_t room = counts->room == 0 ? 64 : counts->room * 2;
        struct screen_count *rows = arena_grow(mem, counts->rows, counts->room * sizeof *rows, room * sizeof *rows);
        if (rows == NULL) return salve_fail(err, SALVE_E_MEMORY, "counts");
        counts->rows = rows;
        counts->room = room;
    }
    struct screen_count *row = &counts->rows[counts->count];
    *row = (struct screen_count){0};
    TRY(arena_str(mem, finding->guideline, &row->guideline, err));
    TRY(arena_str(mem, finding->item, &row->item, err));
    TRY(arena_str(mem, category_of(finding), &row->category, err));
    counts->count++;
    *out = row;
    return SALVE_OK;
}

static enum salve_code count_one(struct screen_counts *counts, const struct finding *finding, struct arena *mem,
                                 struct salve_err *err)
{
    struct str category = category_of(finding);
    struct screen_count *row = NULL;
    for (size_t i = 0; row == NULL && i < counts->count; i++)
        if (str_eq(counts->rows[i].category, category) && str_eq(counts->rows[i].item, finding->item) &&
            str_eq(counts->rows[i].guideline, finding->guideline))
            row = &counts->rows[i];
    if (row == NULL) TRY(new_row(counts, finding, mem, &row, err));
    row->count++;
    return SALVE_OK;
}

enum salve_code screen_counts_add(struct screen_counts *counts, const struct finding *findings, size_t finding_count,
                                  struct arena *mem, struct salve_err *err)
{
    for (size_t i = 0; i < finding_count; i++)
        if (findings[i].apart == 0) TRY(count_one(counts, &findings[i], mem, err));
    return SALVE_OK;
}

static int by_name(const void *a, const void *b)
{
    const struct screen_count *x = a, *y = b;
    int order = str_cmp(x->guideline, y->guideline);
    if (order == 0) order = str_cmp(x->item, y->item);
    return order != 0 ? order : str_cmp(x->category, y->category);
}

void screen_counts_sort(struct screen_counts *counts)
{
    if (counts->count > 1) qsort(counts->rows, counts->count, sizeof counts->rows[0], by_name);
}
