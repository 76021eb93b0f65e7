/* SPDX-License-Identifier: Apache-2.0
 * What comes with a page: resources that its matches point to (_include) and that point to its matches (_revinclude),
 * with :iterate also of what came so (R4 search.html 3.1.1.5.4). Only resources that were given are found; nothing is
 * fetched. */
#include <stdlib.h>

#include "search/search_int.h"

struct name {
    struct str id;
    fhir_type_id type;
    uint32_t index;
};

struct gathering {
    const struct search *search;
    const struct search_resource *resources;
    size_t count;
    struct name *names; /* sorted by id and type */
    uint32_t *places;   /* of each resource, where it is in the list, from 1; 0: it is not */
    uint32_t *list;     /* matches of the page, then what came, in the order of coming */
    size_t match_count, list_count;
    bool is_cut;
};

static int name_cmp(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    int order = str_cmp(a->id, b->id);
    return order != 0 ? order : (int)a->type - (int)b->type;
}

static void add(struct gathering *g, size_t index)
{
    if (g->places[index] != 0) return;
    if (g->list_count - g->match_count == SEARCH_INCLUDED_MAX) {
        g->is_cut = true;
        return;
    }
    g->list[g->list_count++] = (uint32_t)index;
    g->places[index] = (uint32_t)g->list_count;
}

/* --- a reference and what it points to ---------------------------------------------------------------------------- */

struct following {
    struct gathering *g;
    const struct search_include *include;
    bool reaches;       /* reverse: does it point to somebody of the page? */
    size_t first, last; /* of the list: those who count as the page */
};

static const struct name *named(struct following *f, struct search_node node)
{
    struct search_pointer pointer;
    search_pointer_of(f->g->search->world, node, &pointer);
    if (!pointer.is_literal || pointer.reference.is_absolute) return NULL;
    struct name key = {.id = pointer.reference.id, .type = pointer.reference.type};
    if (f->include->target != 0 && f->include->target != key.type) return NULL;
    return bsearch(&key, f->g->names, f->g->count, sizeof key, name_cmp);
}

static bool visit_target(void *what, struct search_node node)
{
    struct following *f = what;
    const struct name *target = named(f, node);
    if (target != NULL) add(f->g, target->index);
    return false;
}

static bool visit_source(void *what, struct search_node node)
{
    struct following *f = what;
    const struct name *target = named(f, node);
    uint32_t place = target == NULL ? 0 : f->g->places[target->index];
    f->reaches = place > f->first && place <= f->last;
    return f->reaches;
}

static void follow(struct following *f, size_t index, search_visit *visit)
{
    const struct search_resource *resource = &f->g->resources[index];
    fhir_type_id type = tape_type(resource->tape, 0);
    size_t count;
    if (f->include->source != 0 && f->include->source != type) return;
    const struct search_param *params = search_params(type, &count);
    for (size_t i = 0; i < count && !f->reaches; i++) {
        bool is_asked = str_is(f->include->code, "*") || str_is(f->include->code, params[i].code);
        if (params[i].kind != SEARCH_REFERENCE || !is_asked) continue;
        (void)search_each(&params[i], (struct search_node){resource, 0}, visit, f);
    }
}

static void gather(struct gathering *g, const struct search_include *include, size_t first, size_t last)
{
    struct following f = {.g = g, .include = include, .first = first, .last = last};
    if (!include->is_reverse) {
        for (size_t i = first; i < last; i++) follow(&f, g->list[i], visit_target);
        return;
    }
    for (size_t i = 0; i < g->count; i++) {
        if (g->places[i] != 0) continue;
        f.reaches = false;
        follow(&f, i, visit_source);
        if (f.reaches) add(g, i);
    }
}

/* The first round looks at the matches, later ones at what came in the round before, for :iterate alone. Each adds at
 * least one resource, so they end. */
static void gather_all(struct gathering *g)
{
    size_t first = 0, last = g->list_count;
    for (bool is_later = false; first < last; is_later = true) {
        for (size_t i = 0; i < g->search->include_count; i++)
            if (!is_later || g->search->includes[i].is_repeated) gather(g, &g->search->includes[i], first, last);
        first = last;
        last = g->list_count;
    }
}

enum salve_code search_add_included(const struct search *search, const struct search_resource *resources, size_t count,
                                    struct arena *mem, struct search_found *found, struct salve_err *err)
{
    struct gathering g = {.search = search,
                          .resources = resources,
                          .count = count,
                          .match_count = found->match_count,
                          .list_count = found->match_count};
    if (search->include_count == 0 || found->match_count == 0) return SALVE_OK;
    g.names = arena_array(mem, struct name, count);
    g.places = arena_array(mem, uint32_t, count);
    g.list = arena_alloc_array(mem, sizeof *g.list, count);
    if (g.names == NULL || g.places == NULL || g.list == NULL) return salve_fail(err, SALVE_E_MEMORY, "search");
    for (size_t i = 0; i < count; i++)
        g.names[i] = (struct name){search_id(&resources[i]), tape_type(resources[i].tape, 0), (uint32_t)i};
    qsort(g.names, count, sizeof *g.names, name_cmp);
    for (size_t i = 0; i < found->match_count; i++) {
        g.list[i] = found->matches[i];
        g.places[g.list[i]] = (uint32_t)i + 1;
    }
    gather_all(&g);
    found->included = g.list + found->match_count;
    found->included_count = g.list_count - found->match_count;
    found->is_cut = g.is_cut;
    return SALVE_OK;
}
