/* SPDX-License-Identifier: Apache-2.0
 * The index of a person: resources chained by type in the order of the data, made in one pass over the roots; and per
 * type and code element, on the first retrieve that asks, a hash of every code. */
#include "expr/elm_compile.h"
#include "expr/elm_subject_int.h"
#include "fhir_tables.h"

/* --- resources by type -------------------------------------------------------------------------------------------- */
enum { TYPES_MAX = 256 };

struct index {
    struct elm_entry *entries;
    uint32_t count, cap, group_count;
    struct arena *mem;
    struct salve_err *err;
    struct elm_group groups[TYPES_MAX], *last; /* last: of the resource before, most often that of the next */
};

static enum salve_code new_group(struct index *index, fhir_type_id type)
{
    if (index->group_count == TYPES_MAX) return salve_fail(index->err, SALVE_E_TOO_BIG, "subject");
    index->last = &index->groups[index->group_count++];
    *index->last = (struct elm_group){.type = type, .first = UINT32_MAX};
    return SALVE_OK;
}

static enum salve_code add_entry(struct index *index, const struct tape *tape, tape_at at)
{
    fhir_type_id type = tape_type(tape, at);
    uint32_t number = index->count;
    if (number == index->cap) {
        uint32_t cap = index->cap == 0 ? 64 : index->cap * 2;
        struct elm_entry *more = arena_grow(index->mem, index->entries, index->cap * sizeof *more, cap * sizeof *more);
        if (more == NULL) return salve_fail(index->err, SALVE_E_MEMORY, "subject");
        index->entries = more;
        index->cap = cap;
    }
    if (index->last == NULL || index->last->type != type) {
        struct elm_group *group = index->groups, *end = group + index->group_count;
        while (group < end && group->type != type) group++;
        index->last = group;
        if (group == end) TRY(new_group(index, type));
    }
    struct elm_group *group = index->last;
    if (group->count++ == 0)
        group->first = number;
    else
        index->entries[group->end].next = number;
    group->end = number;
    index->entries[number] = (struct elm_entry){tape, at, UINT32_MAX};
    index->count = number + 1;
    return SALVE_OK;
}

static enum salve_code add_bundle(struct index *index, const struct tape *tape)
{
    const struct tape_node *nodes = tape->nodes;
    uint32_t end = nodes[0].span;
    for (uint32_t e = 1; e < end; e += nodes[e].span) {
        if (fhir_elements[nodes[e].element].path_name != FHIR_N_entry) continue;
        uint32_t entry_end = e + nodes[e].span;
        for (uint32_t r = e + 1; r < entry_end; r += nodes[r].span)
            if (fhir_elements[nodes[r].element].path_name == FHIR_N_resource) TRY(add_entry(index, tape, r));
    }
    return SALVE_OK;
}

enum salve_code elm_subject_make(const struct tape *const *tapes, size_t count, struct arena *mem,
                                 struct elm_subject *out, struct salve_err *err)
{
    EXPR_UNINIT struct index index;
    index.entries = NULL;
    index.count = index.cap = index.group_count = 0;
    index.mem = mem;
    index.err = err;
    index.last = NULL;
    *out = (struct elm_subject){.mem = mem};
    for (size_t i = 0; i < count; i++) {
        if (tape_root(tapes[i]) == TAPE_NONE) continue;
        TRY(tape_type(tapes[i], 0) == FHIR_T_Bundle ? add_bundle(&index, tapes[i]) : add_entry(&index, tapes[i], 0));
    }
    size_t bytes = index.group_count * sizeof(struct elm_group);
    struct elm_group *groups = arena_alloc_raw(mem, bytes, 16);
    if (groups == NULL) return salve_fail(err, SALVE_E_MEMORY, "subject");
    if (bytes > 0) memcpy(groups, index.groups, bytes);
    out->groups = groups;
    out->group_count = index.group_count;
    out->entries = index.entries;
    return SALVE_OK;
}

const struct elm_group *elm_group_of(const struct elm_subject *subject, fhir_type_id type)
{
    for (uint32_t i = 0; i < subject->group_count; i++)
        if (subject->groups[i].type == type) return &subject->groups[i];
    return NULL;
}

/* --- codes of a type ---------------------------------------------------------------------------------------------- */
/* The first and the last bytes and the length: codes of one system differ in them, and what matches is compared. */
uint32_t elm_text_hash(struct str text)
{
    uint64_t first = 0, last = 0;
    if (text.len >= 8) {
        memcpy(&first, text.ptr, 8);
        memcpy(&last, text.ptr + text.len - 8, 8);
    } else if (text.len >= 4) {
        memcpy(&first, text.ptr, 4);
        memcpy(&last, text.ptr + text.len - 4, 4);
    } else if (text.len > 0) {
        first = (uint64_t)(uint8_t)text.ptr[0] | (uint64_t)(uint8_t)text.ptr[text.len / 2] << 8 |
                (uint64_t)(uint8_t)text.ptr[text.len - 1] << 16;
    }
    return (uint32_t)(((first ^ (last << 29 | last >> 35) ^ text.len) * UINT64_C(0x9E3779B97F4A7C15)) >> 32);
}

struct coding_list {
    struct elm_coding *items;
    uint32_t count, cap;
    struct arena *mem;
    struct salve_err *err;
};

static enum salve_code more_codings(struct coding_list *list)
{
    uint32_t cap = list->cap < 32 ? 32 : list->cap * 2;
    struct elm_coding *items = arena_grow(list->mem, list->items, list->cap * sizeof *items, cap * sizeof *items);
    if (items == NULL) return salve_fail(list->err, SALVE_E_MEMORY, "subject");
    list->items = items;
    list->cap = cap;
    return SALVE_OK;
}

static inline enum salve_code add_code(struct coding_list *list, const struct tape *tape, tape_at code, tape_at at,
                                       uint32_t entry)
{
    const struct tape_node *node = &tape->nodes[code];
    if (list->count == list->cap) TRY(more_codings(list));
    struct str text =
        node->flags != 255 ? str_make(tape->heap + node->value, node->flags) : tape_text(tape, code); /* 255: long */
    list->items[list->count++] = (struct elm_coding){elm_text_hash(text), entry, at};
    return SALVE_OK;
}

/* First child of that name, or `end`, the end of the subtree. */
static inline uint32_t child_of(const struct tape_node *nodes, uint32_t at, uint32_t end, fhir_name_id name)
{
    uint32_t c = at + 1;
    while (c < end && fhir_elements[nodes[c].element].path_name != name) c += nodes[c].span;
    return c;
}

/* Every code below a code element: of a Coding or CodeableConcept its codes, of a primitive its text. Items of one
 * element are neighbours, so behind them there is no more to find. */
static enum salve_code add_codings(struct coding_list *list, const struct tape *tape, tape_at at, uint32_t entry,
                                   unsigned depth)
{
    const struct tape_node *nodes = tape->nodes, *node = &nodes[at];
    uint32_t end = at + node->span;
    if (node->kind == TAPE_TEXT) return add_code(list, tape, at, at, entry);
    if (node->kind != TAPE_OBJECT) return SALVE_OK;
    if (node->value == FHIR_T_Coding) {
        uint32_t code = child_of(nodes, at, end, FHIR_N_code);
        return code < end && nodes[code].kind == TAPE_TEXT ? add_code(list, tape, code, at, entry) : SALVE_OK;
    }
    if (depth == 2) return SALVE_OK;
    for (uint32_t c = child_of(nodes, at, end, FHIR_N_coding);
         c < end && fhir_elements[nodes[c].element].path_name == FHIR_N_coding; c += nodes[c].span)
        TRY(add_codings(list, tape, c, entry, depth + 1));
    return SALVE_OK;
}

static enum salve_code codes_make(struct elm_subject *subject, fhir_type_id type, fhir_name_id path,
                                  struct elm_codes **out, struct salve_err *err)
{
    struct coding_list list = {.mem = subject->mem, .err = err};
    struct elm_codes *codes = arena_alloc_raw(subject->mem, sizeof *codes, 16);
    const struct elm_group *group = elm_group_of(subject, type);
    if (codes == NULL) return salve_fail(err, SALVE_E_MEMORY, "subject");
    for (uint32_t i = group == NULL ? UINT32_MAX : group->first; i != UINT32_MAX; i = subject->entries[i].next) {
        const struct elm_entry *entry = &subject->entries[i];
        const struct tape_node *nodes = entry->tape->nodes;
        uint32_t end = entry->at + nodes[entry->at].span;
        for (uint32_t c = child_of(nodes, entry->at, end, path);
             c < end && fhir_elements[nodes[c].element].path_name == path; c += nodes[c].span)
            TRY(add_codings(&list, entry->tape, c, i, 0));
    }
    *codes = (struct elm_codes){type, path, list.count, list.items, subject->codes};
    subject->codes = codes;
    *out = codes;
    return SALVE_OK;
}

enum salve_code elm_codes_for(struct elm_subject *subject, fhir_type_id type, fhir_name_id path, struct elm_codes **out,
                              struct salve_err *err)
{
    for (*out = subject->codes; *out != NULL; *out = (*out)->next)
        if ((*out)->type == type && (*out)->path == path) return SALVE_OK;
    return codes_make(subject, type, path, out, err);
}
