/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading in a view. Records are opened class by class when first asked for and stay in the view's memory; the newest
 * version of an id stands. What is handed out is counted for the closing note. */
#include <stdlib.h>

#include "records/records_int.h"

/* --- loading ---------------------------------------------------------------------------------------------------- */

static enum salve_code add_version(struct rec_view *view, const struct tape *tape, enum data_class class, uint64_t seq,
                                   int64_t at_unix_ms, struct salve_err *err)
{
    if (view->all_count == view->all_room) {
        size_t room = view->all_room == 0 ? 64 : 2 * view->all_room;
        void *more = arena_grow(view->mem, view->all, view->all_room * sizeof *view->all, room * sizeof *view->all);
        if (more == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
        view->all = more;
        view->all_room = room;
    }
    struct rec_version *version = &view->all[view->all_count];
    *version = (struct rec_version){.is = {.id = tape_child_text(tape, tape_root(tape), "id"),
                                           .type = fhir_type_name(tape_type(tape, tape_root(tape))),
                                           .class = class,
                                           .saved_at_unix_ms = at_unix_ms,
                                           .record_seq = seq,
                                           .tape = *tape},
                                    .order = (uint32_t)view->all_count};
    enum salve_code code = rec_id_number(view, version->is.id, &version->number, err);
    if (code == SALVE_OK) view->all_count++;
    return code == SALVE_E_INVALID ? salve_fail(err, SALVE_E_INTEGRITY, "record content: id") : code;
}

static enum salve_code load_record(struct rec_view *view, struct rec_tx *tx, const struct store_record *row,
                                   struct salve_err *err)
{
    struct rec_payload payload;
    struct tape *tapes = NULL;
    size_t count = 0;
    enum salve_code code = rec_unseal(tx, &view->gate.chain, row->seq, row->class, view->mem, &payload, NULL, err);
    if (code != SALVE_OK || payload.kind != REC_KIND_RESOURCES) return code;
    code = rec_tapes_unpack(payload.body, view->mem, &tapes, &count, err);
    for (size_t i = 0; i < count && code == SALVE_OK; i++)
        code = add_version(view, &tapes[i], row->class, row->seq, payload.at_unix_ms, err);
    return code;
}

static enum salve_code load_class(struct rec_view *view, struct rec_tx *tx, enum data_class class,
                                  struct salve_err *err)
{
    struct store_record *rows = NULL;
    size_t count = 0;
    enum salve_code code = store_record_list(tx->store, view->gate.chain.id, CLASS_BIT(class),
                                             view->loaded_seq[class] + 1, view->mem, &rows, &count, err);
    for (size_t i = 0; i < count && code == SALVE_OK; i++) {
        if (!rows[i].is_blank) code = load_record(view, tx, &rows[i], err);
        view->loaded_seq[class] = rows[i].seq;
    }
    return code;
}

/* --- versions --------------------------------------------------------------------------------------------------- */

static int by_saving(const void *a, const void *b)
{
    const struct rec_version *x = a, *y = b;
    if (x->is.record_seq != y->is.record_seq) return x->is.record_seq < y->is.record_seq ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Numbers versions of equal ids, through a table of the newest index so far. */
static enum salve_code number_versions(struct rec_view *view, struct salve_err *err)
{
    size_t room = 16;
    while (room < 2 * view->all_count) room *= 2;
    struct arena_mark mark = arena_mark(view->mem);
    uint32_t *table = arena_array(view->mem, uint32_t, room); /* index + 1 of the first version */
    if (table == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
    for (uint32_t i = 0; i < view->all_count; i++) {
        struct rec_version *v = &view->all[i];
        size_t at = (size_t)(v->number * 0x9E3779B97F4A7C15u >> 20) & (room - 1);
        while (table[at] != 0 && view->all[table[at] - 1].number != v->number) at = (at + 1) & (room - 1);
        v->is_first = table[at] == 0;
        if (v->is_first) table[at] = i + 1;
        struct rec_version *first = &view->all[table[at] - 1];
        v->is.version = v->is_first ? 1 : view->all[first->newest].is.version + 1;
        first->newest = i;
    }
    arena_rewind(view->mem, mark);
    return SALVE_OK;
}

enum salve_code rec_load(struct rec_view *view, class_mask classes, struct salve_err *err)
{
    struct rec_tx tx;
    size_t had = view->all_count;
    enum salve_code code = rec_tx_begin(view->site, true, view->mem, &tx, err);
    if (code != SALVE_OK) return code;
    for (int c = CLASS_IDENT; c <= CLASS_LAST && code == SALVE_OK; c++)
        if (classes & view->classes & CLASS_BIT(c)) code = load_class(view, &tx, (enum data_class)c, err);
    rec_tx_abandon(&tx);
    if (code != SALVE_OK || view->all_count == had) return code;
    qsort(view->all, view->all_count, sizeof *view->all, by_saving);
    return number_versions(view, err);
}

/* --- the door --------------------------------------------------------------------------------------------------- */

static void count_read(struct rec_view *view, const struct rec_resource *resource)
{
    view->read_classes |= CLASS_BIT(resource->class);
    view->read_count++;
}

enum salve_code rec_all(struct rec_view *view, class_mask classes, const struct rec_resource **out, size_t *count,
                        struct salve_err *err)
{
    if (classes == 0) classes = view->classes;
    if ((classes & ~view->classes) != 0) return salve_fail(err, SALVE_E_CONSENT, "classes of the view");
    enum salve_code code = rec_load(view, classes, err);
    if (code != SALVE_OK) return code;
    struct rec_resource *list = arena_array(view->mem, struct rec_resource, view->all_count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
    size_t n = 0;
    for (size_t i = 0; i < view->all_count; i++) {
        const struct rec_version *v = &view->all[i];
        if (!v->is_first || (classes & CLASS_BIT(v->is.class)) == 0) continue;
        list[n] = view->all[v->newest].is;
        count_read(view, &list[n++]);
    }
    *out = list;
    *count = n;
    return SALVE_OK;
}

static const struct rec_version *first_version(const struct rec_view *view, uint64_t number)
{
    for (size_t i = 0; i < view->all_count; i++)
        if (view->all[i].number == number && view->all[i].is_first) return &view->all[i];
    return NULL;
}

static enum salve_code find(struct rec_view *view, struct str id, const struct rec_version **out, struct salve_err *err)
{
    uint64_t number;
    enum salve_code code = rec_id_number(view, id, &number, NULL);
    if (code != SALVE_OK) return salve_fail(err, SALVE_E_NOT_FOUND, "resource of this compartment");
    code = rec_load(view, view->classes, err);
    if (code != SALVE_OK) return code;
    *out = first_version(view, number);
    ptrdiff_t slash = str_find(id, STR("/"));
    if (*out == NULL || (slash >= 0 && !str_eq(str_cut(id, 0, (size_t)slash), (*out)->is.type)))
        return salve_fail(err, SALVE_E_NOT_FOUND, "resource of this compartment");
    return SALVE_OK;
}

enum salve_code rec_read(struct rec_view *view, struct str id, const struct rec_resource **out, struct salve_err *err)
{
    const struct rec_version *first = NULL;
    enum salve_code code = find(view, id, &first, err);
    if (code != SALVE_OK) return code;
    struct rec_resource *one = arena_new(view->mem, struct rec_resource);
    if (one == NULL) return salve_fail(err, SALVE_E_MEMORY, "view");
    *one = view->all[first->newest].is;
    count_read(view, one);
    *out = one;
    return SALVE_OK;
}

enum salve_code rec_history(struct rec_view *view, struct str id, struct arena *mem, const struct rec_resource ***out,
                            size_t *count, struct salve_err *err)
{
    const struct rec_version *first = NULL;
    enum salve_code code = find(view, id, &first, err);
    if (code != SALVE_OK) return code;
    size_t room = view->all[first->newest].is.version, n = 0;
    const struct rec_resource **list = arena_array(mem, const struct rec_resource *, room);
    struct rec_resource *copies = arena_array(mem, struct rec_resource, room);
    if (list == NULL || copies == NULL) return salve_fail(err, SALVE_E_MEMORY, "history");
    for (size_t i = 0; i < view->all_count && n < room; i++) {
        if (view->all[i].number != first->number) continue;
        copies[n] = view->all[i].is;
        list[n] = &copies[n];
        count_read(view, list[n++]);
    }
    *out = list;
    *count = n;
    return SALVE_OK;
}
