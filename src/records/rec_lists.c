/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists that a view handed out. */
#include "base/limits.h"
#include "records/lists.h"
#include "records/rec.h"

static struct arena *memory(struct rec_lists *lists)
{
    if (lists->mem == NULL) lists->mem = arena_open_private(SALVE_REQUEST_BYTES_MAX);
    return lists->mem;
}

/* The row of these classes: theirs, or that of others, in turn. */
static struct rec_list *row_of(struct rec_lists *lists, class_mask classes)
{
    for (unsigned i = 0; i < REC_LISTS_PER_VIEW; i++)
        if (lists->rows[i].list != NULL && lists->rows[i].classes == classes) return &lists->rows[i];
    return &lists->rows[lists->next++ % REC_LISTS_PER_VIEW];
}

static bool make_room(struct rec_lists *lists, struct rec_list *row, size_t whole)
{
    if (row->list != NULL && whole <= row->room) return true;
    size_t room = whole + 1 + (row->list == NULL ? 0 : whole / 2);
    struct arena *mem = memory(lists);
    struct rec_resource *list = mem == NULL ? NULL : arena_array(mem, struct rec_resource, room);
    if (list == NULL) return false;
    if (row->count > 0) memcpy(list, row->list, row->count * sizeof *list);
    lists->has_old = lists->has_old || row->list != NULL;
    row->list = list;
    row->room = room;
    return true;
}

struct rec_list *rec_lists_row(struct rec_lists *lists, class_mask classes, uint64_t made, size_t whole)
{
    struct rec_list *row = row_of(lists, classes);
    bool is_other = row->list != NULL && (row->classes != classes || row->made != made || row->of > whole);
    if (is_other) lists->has_old = true;
    if (is_other || row->list == NULL) *row = (struct rec_list){.classes = classes, .made = made};
    return make_room(lists, row, whole) ? row : NULL;
}

struct rec_resource *rec_lists_one(struct rec_lists *lists)
{
    struct arena *mem = memory(lists);
    lists->has_old = true;
    return mem == NULL ? NULL : arena_new(mem, struct rec_resource);
}

void rec_lists_rest(struct rec_lists *lists)
{
    if (lists->has_old) rec_lists_end(lists);
}

void rec_lists_end(struct rec_lists *lists)
{
    arena_close(lists->mem);
    *lists = (struct rec_lists){.mem = NULL};
}
