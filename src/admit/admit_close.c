/* SPDX-License-Identifier: Apache-2.0
 * Spreads marks until what is left is whole: from children to parents (a required element, a "!" or the last "+" went),
 * and along references between entries. Each round only looks again at entries that lost a reference, so the work is
 * bounded by links and entries; a step limit keeps hostile chains out. */
#include "admit/admit_int.h"
#include "base/assert.h"

enum { STEPS_A_NODE = 64, STEPS_MIN = 1 << 16 };

struct closing {
    struct admit_marks *marks;
    uint64_t steps;
};

static enum admit_rule close_node(struct closing *closing, tape_at at);

static uint8_t bits_of(const struct admit_marks *m, tape_at parent, tape_at at)
{
    fhir_element_id element = tape_element(m->tape, at);
    fhir_name_id name = fhir_elements[element].name;
    if (m->rule[at] == ADMIT_SYSTEM && admit_is_unit_code(m->tape, parent, at)) return 0;
    if (name == FHIR_N_modifierExtension || name == FHIR_N_implicitRules) return ADMIT_WHOLE;
    return m->rules->elements[element];
}

/* Is another alternative of the same required element still there? */
static bool has_kept(const struct admit_marks *m, tape_at parent, fhir_name_id path_name)
{
    for (tape_at c = tape_first(m->tape, parent); c != TAPE_NONE; c = tape_next(m->tape, parent, c))
        if (m->rule[c] == ADMIT_OK && tape_path_name(m->tape, c) == path_name) return true;
    return false;
}

/* Why the parent cannot stay when its children are as marked; OK if it can. */
static enum admit_rule cause_of(const struct admit_marks *m, tape_at parent)
{
    enum admit_rule one_of = ADMIT_OK, last = ADMIT_OK;
    uint32_t kept = 0, one_of_kept = 0;
    fhir_element_id checked = 0;
    for (tape_at c = tape_first(m->tape, parent); c != TAPE_NONE; c = tape_next(m->tape, parent, c)) {
        enum admit_rule rule = (enum admit_rule)m->rule[c];
        uint8_t bits = bits_of(m, parent, c);
        if (rule == ADMIT_OK) {
            kept++;
            one_of_kept += (bits & ADMIT_ONE_OF) != 0;
            continue;
        }
        last = rule;
        if (bits & ADMIT_WHOLE) return rule;
        if (bits & ADMIT_ONE_OF) one_of = rule;
        const struct fhir_element *element = &fhir_elements[tape_element(m->tape, c)];
        if (element->min > 0 && checked != tape_element(m->tape, c) && !has_kept(m, parent, element->path_name))
            return rule;
        checked = tape_element(m->tape, c);
    }
    if (one_of != ADMIT_OK && one_of_kept == 0) return one_of;
    bool needs_child = tape_kind(m->tape, parent) == TAPE_OBJECT || tape_kind(m->tape, parent) == TAPE_NULL;
    return kept == 0 && needs_child ? last : ADMIT_OK;
}

static enum admit_rule close_node(struct closing *closing, tape_at at)
{
    struct admit_marks *m = closing->marks;
    closing->steps++;
    if (m->rule[at] != ADMIT_OK || m->tape->nodes[at].span == 1) return (enum admit_rule)m->rule[at];
    bool has_gone = false;
    for (tape_at c = tape_first(m->tape, at); c != TAPE_NONE; c = tape_next(m->tape, at, c))
        has_gone |= close_node(closing, c) != ADMIT_OK;
    if (has_gone) m->rule[at] = (uint8_t)cause_of(m, at);
    return (enum admit_rule)m->rule[at];
}

/* --- references --------------------------------------------------------------------------------------------------- */

struct spread {
    struct closing closing;
    uint32_t *first; /* links into entry e: order[first[e]] .. order[first[e + 1] - 1] */
    uint32_t *order;
    uint32_t *gone, *dirty; /* entries of this round */
    uint32_t gone_count, dirty_count;
    bool *is_gone, *is_dirty;
    uint64_t steps_max;
};

static bool spread_init(struct spread *s, struct admit_marks *m)
{
    uint32_t entries = m->index.count;
    *s =
        (struct spread){.closing = {.marks = m}, .steps_max = STEPS_MIN + (uint64_t)STEPS_A_NODE * m->tape->node_count};
    s->first = arena_array(m->mem, uint32_t, entries + 2);
    s->order = arena_array(m->mem, uint32_t, m->link_count + 1);
    s->gone = arena_array(m->mem, uint32_t, entries + 1);
    s->dirty = arena_array(m->mem, uint32_t, entries + 1);
    s->is_gone = arena_array(m->mem, bool, entries + 1);
    s->is_dirty = arena_array(m->mem, bool, entries + 1);
    return s->first != NULL && s->order != NULL && s->gone != NULL && s->dirty != NULL && s->is_gone != NULL &&
           s->is_dirty != NULL;
}

static void sort_links(struct spread *s)
{
    struct admit_marks *m = s->closing.marks;
    for (uint32_t i = 0; i < m->link_count; i++) s->first[m->links[i].to + 2]++;
    for (uint32_t e = 2; e <= m->index.count; e++) s->first[e] += s->first[e - 1];
    for (uint32_t i = 0; i < m->link_count; i++) s->order[s->first[m->links[i].to + 1]++] = i;
}

static tape_at node_of(const struct fhir_entry *entry)
{
    return entry->entry != TAPE_NONE ? entry->entry : entry->resource;
}

static void close_entry(struct spread *s, uint32_t e)
{
    if (s->is_gone[e] || close_node(&s->closing, node_of(&s->closing.marks->index.entries[e])) == ADMIT_OK) return;
    s->is_gone[e] = true;
    s->gone[s->gone_count++] = e;
}

/* References to what went are gone as well; the entries that hold them have to be looked at again. */
static void cut_links(struct spread *s, uint32_t gone)
{
    struct admit_marks *m = s->closing.marks;
    for (uint32_t i = s->first[gone]; i < s->first[gone + 1]; i++) {
        const struct admit_link *link = &m->links[s->order[i]];
        if (s->is_gone[link->from]) continue;
        m->rule[link->at] = ADMIT_REFERENCE;
        if (!s->is_dirty[link->from]) s->dirty[s->dirty_count++] = link->from;
        s->is_dirty[link->from] = true;
    }
}

enum salve_code admit_close(struct admit_marks *m, struct salve_err *err)
{
    struct spread s;
    if (!spread_init(&s, m)) return salve_fail(err, SALVE_E_MEMORY, "admission");
    sort_links(&s);
    salve_assert(!m->hopeless);
    for (uint32_t e = 0; e < m->index.count; e++) close_entry(&s, e);
    while (s.gone_count > 0) {
        uint32_t count = s.gone_count;
        salve_assert(count <= m->index.count);
        for (uint32_t i = 0; i < count; i++) cut_links(&s, s.gone[i]);
        s.gone_count = 0;
        for (uint32_t i = 0; i < s.dirty_count; i++) {
            s.is_dirty[s.dirty[i]] = false;
            close_entry(&s, s.dirty[i]);
        }
        s.dirty_count = 0;
        if (s.closing.steps > s.steps_max) return salve_fail(err, SALVE_E_STEPS, "references between resources");
    }
    for (tape_at c = tape_first(m->tape, 0); m->index.is_bundle && c != TAPE_NONE; c = tape_next(m->tape, 0, c))
        if (tape_element(m->tape, c) != FHIR_E_Bundle_entry) close_node(&s.closing, c);
    return SALVE_OK;
}
