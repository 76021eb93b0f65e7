/* SPDX-License-Identifier: Apache-2.0
 * CodeSystem: its concepts, the is-a hierarchy between them (nested concepts, properties parent and child), and walks
 * up or down that hierarchy. R4 codesystem.html. */
#include "base/assert.h"
#include "base/limits.h"
#include "terms/terms_int.h"

struct edge {
    uint32_t low, high; /* numbers of concepts */
};
struct reading {
    struct terms *v;
    struct terms_system *system;
    struct salve_err *err;
    struct edge *edges;
    uint32_t edge_count, edge_cap;
};

static enum salve_code add_edge(struct reading *r, uint32_t low, uint32_t high)
{
    if (r->edge_count == r->edge_cap) {
        uint32_t cap = r->edge_cap == 0 ? 64 : r->edge_cap * 2;
        if (cap > 2 * SALVE_VOCABULARY_CODES_MAX) return salve_fail(r->err, SALVE_E_TOO_BIG, "CodeSystem.concept");
        r->edges = arena_grow(r->v->mem, r->edges, r->edge_cap * sizeof *r->edges, cap * sizeof *r->edges);
        if (r->edges == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "CodeSystem");
        r->edge_cap = cap;
    }
    r->edges[r->edge_count++] = (struct edge){low, high};
    return SALVE_OK;
}

static enum salve_code add_concept(struct reading *r, tape_at at, uint32_t *number)
{
    struct terms_system *s = r->system;
    struct expr_code code = {.code = tape_child_text(s->tape, at, "code"),
                             .system = s->url,
                             .version = s->version,
                             .display = tape_child_text(s->tape, at, "display")};
    *number = s->bag.count;
    if (++r->v->code_count > SALVE_VOCABULARY_CODES_MAX)
        return salve_fail(r->err, SALVE_E_TOO_BIG, "CodeSystem.concept");
    TRY(terms_bag_add(&s->bag, &code, r->v->mem, r->err));
    if (s->bag.count == *number) { /* the code again */
        *number = terms_bag_find(&s->bag, STR_NONE, code.code);
        return SALVE_OK;
    }
    if (s->bag.count > s->concept_cap) {
        uint32_t cap = s->bag.cap;
        s->concepts =
            arena_grow(r->v->mem, s->concepts, s->concept_cap * sizeof *s->concepts, cap * sizeof *s->concepts);
        if (s->concepts == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "CodeSystem");
        s->concept_cap = cap;
    }
    s->concepts[*number] = (struct terms_concept){.at = at};
    return SALVE_OK;
}

/* The concepts below `parent` (of concept `above`, or UINT32_MAX), each before those below it. */
static enum salve_code add_concepts(struct reading *r, tape_at parent, uint32_t above)
{
    const struct tape *t = r->system->tape;
    for (tape_at c = tape_first(t, parent); c != TAPE_NONE; c = tape_next(t, parent, c)) {
        uint32_t number;
        if (tape_path_name(t, c) != FHIR_N_concept) continue;
        TRY(add_concept(r, c, &number));
        if (above != UINT32_MAX) TRY(add_edge(r, number, above));
        TRY(add_concepts(r, c, number));
    }
    return SALVE_OK;
}

static enum salve_code read_property(struct reading *r, uint32_t number, tape_at at)
{
    struct terms_system *s = r->system;
    struct str name = tape_child_text(s->tape, at, "code");
    tape_at value_at = tape_child(s->tape, at, FHIR_N_value);
    struct str value = value_at == TAPE_NONE ? STR_NONE : tape_text(s->tape, value_at);
    struct terms_concept *concept = &s->concepts[number];
    if (str_is(name, "notSelectable")) concept->is_abstract = str_is(value, "true");
    if (str_is(name, "inactive")) concept->is_inactive = str_is(value, "true");
    if (str_is(name, "status") && (str_is(value, "retired") || str_is(value, "inactive"))) concept->is_inactive = true;
    bool is_parent = str_is(name, "parent");
    if (!is_parent && !str_is(name, "child")) return SALVE_OK;
    uint32_t other = terms_bag_find(&s->bag, STR_NONE, value);
    if (other == UINT32_MAX) return SALVE_OK; /* of a fragment */
    return is_parent ? add_edge(r, number, other) : add_edge(r, other, number);
}

static enum salve_code read_properties(struct reading *r)
{
    const struct terms_system *s = r->system;
    for (uint32_t i = 0; i < s->bag.count; i++) {
        tape_at concept = s->concepts[i].at;
        for (tape_at c = tape_first(s->tape, concept); c != TAPE_NONE; c = tape_next(s->tape, concept, c))
            if (tape_path_name(s->tape, c) == FHIR_N_property) TRY(read_property(r, i, c));
    }
    return SALVE_OK;
}

/* The edges once by their lower end and once by their upper: neighbours of a concept stand side by side. */
static enum salve_code sort_edges(const struct reading *r, bool is_up, struct terms_links *out)
{
    uint32_t count = r->system->bag.count;
    out->first = arena_array(r->v->mem, uint32_t, (size_t)count + 2);
    out->to = arena_array(r->v->mem, uint32_t, (size_t)r->edge_count + 1);
    if (out->first == NULL || out->to == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "CodeSystem");
    /* first[i + 2] counts; summed up, first[i + 1] is where i's begin and, once they are placed, where they end */
    for (uint32_t i = 0; i < r->edge_count; i++) out->first[(is_up ? r->edges[i].low : r->edges[i].high) + 2]++;
    for (uint32_t i = 2; i < count + 2; i++) out->first[i] += out->first[i - 1];
    for (uint32_t i = 0; i < r->edge_count; i++) {
        uint32_t from = is_up ? r->edges[i].low : r->edges[i].high;
        out->to[out->first[from + 1]++] = is_up ? r->edges[i].high : r->edges[i].low;
    }
    return SALVE_OK;
}

enum salve_code terms_system_read(struct terms *v, struct terms_system *s, struct salve_err *err)
{
    salve_assert(s->bag.count == 0);
    struct reading r = {.v = v, .system = s, .err = err};
    struct str meaning = tape_child_text(s->tape, s->at, "hierarchyMeaning");
    s->is_complete = str_is(tape_child_text(s->tape, s->at, "content"), "complete");
    s->is_hierarchy = meaning.len == 0 || str_is(meaning, "is-a");
    TRY(add_concepts(&r, s->at, UINT32_MAX));
    TRY(read_properties(&r));
    TRY(sort_edges(&r, true, &s->up));
    return sort_edges(&r, false, &s->down);
}

enum salve_code terms_walk(const struct terms_system *s, const struct terms_links *links, uint32_t from,
                           struct arena *mem, struct terms_reach *out, struct salve_err *err)
{
    salve_assert(from < s->bag.count && links->first != NULL);
    out->list = arena_array(mem, uint32_t, s->bag.count);
    out->has = arena_array(mem, bool, s->bag.count);
    if (out->list == NULL || out->has == NULL) return salve_fail(err, SALVE_E_MEMORY, "CodeSystem");
    out->list[0] = from;
    out->has[from] = true;
    out->count = 1;
    for (uint32_t i = 0; i < out->count; i++) {
        uint32_t at = out->list[i];
        for (uint32_t k = links->first[at]; k < links->first[at + 1]; k++) {
            if (out->has[links->to[k]]) continue;
            out->has[links->to[k]] = true;
            out->list[out->count++] = links->to[k];
        }
    }
    return SALVE_OK;
}
