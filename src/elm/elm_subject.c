/* SPDX-License-Identifier: Apache-2.0
 * The index of a person: resources chained by type in the order of the data, made in one pass over the roots; and per
 * type and code element, on the first retrieve that asks, a hash of every code. */
#include "elm/elm_int.h"
#include "elm/elm_subject_int.h"

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

static enum salve_code more_entries(struct index *index)
{
    uint32_t cap = index->cap == 0 ? 64 : index->cap * 2;
    struct elm_entry *more = arena_grow(index->mem, index->entries, index->cap * sizeof *more, cap * sizeof *more);
    if (more == NULL) return salve_fail(index->err, SALVE_E_MEMORY, "subject");
    index->entries = more;
    index->cap = cap;
    return SALVE_OK;
}

static enum salve_code find_group(struct index *index, fhir_type_id type)
{
    for (uint32_t i = 0; i < index->group_count; i++)
        if (index->groups[i].type == type) {
            index->last = &index->groups[i];
            return SALVE_OK;
        }
    return new_group(index, type);
}

static inline enum salve_code add_entry(struct index *index, const struct tape *tape, tape_at at, fhir_type_id type)
{
    uint32_t number = index->count;
    if (number == index->cap) TRY(more_entries(index));
    if (index->last == NULL || index->last->type != type) TRY(find_group(index, type));
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

/* By hand and not with tape_each_resource: this loop is most of the work of a short expression. */
static enum salve_code add_bundle(struct index *index, const struct tape *tape)
{
    const struct tape_node *nodes = tape->nodes, *end = nodes + nodes->span;
    for (const struct tape_node *e = nodes + 1; e < end; e += e->span) {
        if (e->element != FHIR_E_Bundle_entry) continue;
        const struct tape_node *r = e + 1, *entry_end = e + e->span;
        while (r < entry_end && r->element != FHIR_E_Bundle_entry_resource) r += r->span;
        if (r < entry_end) TRY(add_entry(index, tape, (tape_at)(r - nodes), (fhir_type_id)r->value));
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
        fhir_type_id type = tape_type(tapes[i], 0);
        TRY(type == FHIR_T_Bundle ? add_bundle(&index, tapes[i]) : add_entry(&index, tapes[i], 0, type));
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
static inline uint32_t ends_hash(struct str text)
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
uint32_t elm_text_hash(struct str text) { return ends_hash(text); }

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

/* The text node `code` of the value at `at`. */
static inline enum salve_code add_code(struct coding_list *list, const struct tape *tape, const struct tape_node *code,
                                       const struct tape_node *at, uint32_t entry)
{
    if (list->count == list->cap) TRY(more_codings(list));
    struct str text = str_make(tape->heap + code->value, code->flags);
    if (code->flags == 255) text = tape_text(tape, (tape_at)(code - tape->nodes)); /* a long one */
    list->items[list->count++] = (struct elm_coding){ends_hash(text), entry, (tape_at)(at - tape->nodes)};
    return SALVE_OK;
}

static inline enum salve_code add_coding(struct coding_list *list, const struct tape *tape, const struct tape_node *at,
                                         uint32_t entry)
{
    const struct tape_node *code = at + 1, *end = at + at->span;
    while (code < end && code->element != FHIR_E_Coding_code) code += code->span;
    return code < end && code->kind == TAPE_TEXT ? add_code(list, tape, code, at, entry) : SALVE_OK;
}

/* Every code below a code element: of a Coding or CodeableConcept its codes, of a primitive its text. Items of one
 * element are neighbours, so behind them there is no more to find. */
static inline enum salve_code add_codings(struct coding_list *list, const struct tape *tape, const struct tape_node *at,
                                          uint32_t entry)
{
    if (at->kind == TAPE_TEXT) return add_code(list, tape, at, at, entry);
    if (at->kind != TAPE_OBJECT) return SALVE_OK;
    if (at->value == FHIR_T_Coding) return add_coding(list, tape, at, entry);
    const struct tape_node *c = at + 1, *end = at + at->span;
    while (c < end && c->element != FHIR_E_CodeableConcept_coding) c += c->span;
    for (; c < end && c->element == FHIR_E_CodeableConcept_coding; c += c->span) TRY(add_coding(list, tape, c, entry));
    return SALVE_OK;
}

/* The rows of a type that have the FHIRPath name: alternatives of a choice are neighbours. last < first: none. */
struct elm_rows elm_rows_of(fhir_type_id type, fhir_name_id path)
{
    struct elm_rows rows = {1, 0};
    for (uint16_t i = 0; i < fhir_types[type].element_count; i++) {
        fhir_element_id row = (fhir_element_id)(fhir_types[type].first_element + i);
        if (fhir_elements[row].path_name != path) continue;
        if (rows.last == 0) rows.first = row;
        rows.last = row;
    }
    return rows;
}

static enum salve_code codes_make(struct elm_subject *subject, fhir_type_id type, struct elm_rows rows,
                                  struct elm_codes **out, struct salve_err *err)
{
    struct coding_list list = {.mem = subject->mem, .err = err};
    struct elm_codes *codes = arena_alloc_raw(subject->mem, sizeof *codes, 16);
    const struct elm_group *group = elm_group_of(subject, type);
    const fhir_element_id first = rows.first, last = rows.last;
    if (codes == NULL) return salve_fail(err, SALVE_E_MEMORY, "subject");
    for (uint32_t i = group == NULL ? UINT32_MAX : group->first; i != UINT32_MAX; i = subject->entries[i].next) {
        const struct tape *tape = subject->entries[i].tape;
        const struct tape_node *at = tape->nodes + subject->entries[i].at, *c = at + 1, *end = at + at->span;
        while (c < end && (c->element < first || c->element > last)) c += c->span;
        for (; c < end && c->element >= first && c->element <= last; c += c->span) TRY(add_codings(&list, tape, c, i));
    }
    *codes = (struct elm_codes){type, rows, list.count, list.items, subject->codes};
    subject->codes = codes;
    *out = codes;
    return SALVE_OK;
}

enum salve_code elm_codes_for(struct elm_subject *subject, fhir_type_id type, struct elm_rows rows,
                              struct elm_codes **out, struct salve_err *err)
{
    for (*out = subject->codes; *out != NULL; *out = (*out)->next)
        if ((*out)->type == type && (*out)->rows.first == rows.first) return SALVE_OK;
    return codes_make(subject, type, rows, out, err);
}
