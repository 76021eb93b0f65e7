/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading in a view. What is handed out is counted for the closing note. */
#include <string.h>

#include "records/apps_int.h"
#include "records/ids_int.h"
#include "records/view_int.h"

/* A transfer is over before anything of it is handed out: it stays used however this run ends. This view goes on. */
static enum salve_code load(struct rec_view *view, class_mask classes, struct salve_err *err)
{
    enum salve_code code = rec_gate_read(&view->gate, classes, &view->shelf, err);
    if (code == SALVE_OK) code = rec_view_stands(view, err); /* others may have been served meanwhile */
    if (code != SALVE_OK || view->purpose != PURPOSE_TRANSFER || view->is_used || view->shelf.count == 0) return code;
    code = rec_transfer_used(view, err);
    if (code != SALVE_OK) return code;
    view->is_used = true;
    view->stand.of[PURPOSE_TRANSFER] = view->stand.decided->of[PURPOSE_TRANSFER];
    return SALVE_OK;
}

/* A version that is asked for again was read once. */
static struct rec_resource hand_out(struct rec_view *view, struct rec_version *version)
{
    view->read_classes |= CLASS_BIT(version->is.class);
    view->read_count += !version->is_handed_out;
    version->is_handed_out = true;
    return version->is;
}

/* The newest versions of some classes. A view that is used for long is asked for the same list many times. */
static const struct rec_list *list_of(struct rec_view *view, class_mask classes)
{
    struct rec_shelf *shelf = &view->shelf;
    struct rec_list *row = rec_lists_row(&view->lists, classes, shelf->made, shelf->count);
    if (row == NULL) return NULL;
    for (size_t i = row->of; i < shelf->count; i++) {
        const struct rec_version *v = &shelf->all[i];
        if (!v->is_first || (classes & CLASS_BIT(v->is.class)) == 0) continue;
        if (!rec_app_sees(view, &shelf->all[v->newest].is)) continue;
        row->list[row->count++] = hand_out(view, &shelf->all[v->newest]);
    }
    row->of = shelf->count;
    return row;
}

/* Whoever has the site at hand has nobody to ask. */
bool near_rec_known(struct rec_view *view, struct str type, struct str id, const struct rec_resource **out)
{
    (void)view;
    (void)type;
    (void)id;
    *out = NULL;
    return false;
}

void near_rec_rest(struct rec_view *view) { rec_lists_rest(&view->lists); }

enum salve_code near_rec_all(struct rec_view *view, class_mask classes, const struct rec_resource **out, size_t *count,
                             struct salve_err *err)
{
    enum salve_code code = rec_view_stands(view, err);
    if (code != SALVE_OK) return code;
    if (classes == 0) classes = view->classes;
    if ((classes & ~view->classes) != 0) return salve_fail(err, SALVE_E_CONSENT, "classes of the view");
    code = load(view, classes, err);
    if (code != SALVE_OK) return code;
    const struct rec_list *known = list_of(view, classes);
    if (known == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
    *out = known->list;
    *count = known->count;
    return SALVE_OK;
}

static const struct rec_version *first_version(const struct rec_shelf *shelf, uint64_t number)
{
    for (size_t i = 0; i < shelf->count; i++)
        if (shelf->all[i].number == number && shelf->all[i].is_first) return &shelf->all[i];
    return NULL;
}

static enum salve_code find(struct rec_view *view, struct str id, const struct rec_version **out, struct salve_err *err)
{
    uint64_t number;
    enum salve_code code = rec_view_stands(view, err);
    if (code != SALVE_OK) return code;
    code = rec_id_number(view->gate.chain.id, id, &number, NULL);
    if (code != SALVE_OK) return salve_fail(err, SALVE_E_NOT_FOUND, "resource of this compartment");
    code = load(view, view->classes, err);
    if (code != SALVE_OK) return code;
    *out = first_version(&view->shelf, number);
    ptrdiff_t slash = str_find(id, STR("/"));
    if (*out == NULL || (view->classes & CLASS_BIT((*out)->is.class)) == 0 ||
        !rec_app_sees(view, &view->shelf.all[(*out)->newest].is) ||
        (slash >= 0 && !str_eq(str_cut(id, 0, (size_t)slash), (*out)->is.type)))
        return salve_fail(err, SALVE_E_NOT_FOUND, "resource of this compartment");
    return SALVE_OK;
}

enum salve_code near_rec_read(struct rec_view *view, struct str id, const struct rec_resource **out,
                              struct salve_err *err)
{
    const struct rec_version *first = NULL;
    enum salve_code code = find(view, id, &first, err);
    if (code != SALVE_OK) return code;
    struct rec_resource *one = rec_lists_one(&view->lists);
    if (one == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
    *one = hand_out(view, &view->shelf.all[first->newest]);
    *out = one;
    return SALVE_OK;
}

enum salve_code near_rec_history(struct rec_view *view, struct str id, struct arena *mem,
                                 const struct rec_resource ***out, size_t *count, struct salve_err *err)
{
    struct rec_shelf *shelf = &view->shelf;
    const struct rec_version *first = NULL;
    enum salve_code code = find(view, id, &first, err);
    if (code != SALVE_OK) return code;
    size_t room = shelf->all[first->newest].is.version, n = 0, seen = 0;
    const struct rec_resource **list = arena_array(mem, const struct rec_resource *, room);
    struct rec_resource *copies = arena_array(mem, struct rec_resource, room);
    if (list == NULL || copies == NULL) return salve_fail(err, SALVE_E_MEMORY, "history");
    for (size_t i = 0; i < shelf->count && seen < room; i++) {
        if (shelf->all[i].number != first->number) continue;
        seen++;
        salve_assert(view->classes & CLASS_BIT(shelf->all[i].is.class)); /* versions of one id are of one class */
        if (!rec_app_sees(view, &shelf->all[i].is)) continue; /* what it said before may be nothing for this app */
        copies[n] = hand_out(view, &shelf->all[i]);
        list[n] = &copies[n];
        n++;
    }
    salve_assert(seen == room);
    *out = list;
    *count = n;
    return SALVE_OK;
}
