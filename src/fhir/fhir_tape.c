/* SPDX-License-Identifier: Apache-2.0
 * Walking a tape by name and by path, and its texts; see tape.h.
 *
 * key_order holds the objects whose JSON keys did not follow the usual pattern: how many they are, a node and a
 * position for each, sorted by node, and at each position the number of its keys and one word a key: element id, with
 * KEY_PARTNER set for `_x`; KEY_RESOURCE for resourceType. */
#include "base/assert.h"
#include "fhir/fhir_tables_int.h"
#include "fhir/fhir_tape_int.h"

const uint32_t *tape_key_order(const struct tape *tape, tape_at at)
{
    uint32_t low = 0, high = tape->key_order_count == 0 ? 0 : tape->key_order[0];
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        const uint32_t *entry = &tape->key_order[1 + 2 * mid];
        if (entry[0] == at) return &tape->key_order[entry[1]];
        if (entry[0] < at)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

struct str tape_text(const struct tape *tape, tape_at at)
{
    const struct tape_node *node = &tape->nodes[at];
    if (node->kind == TAPE_TEXT && node->flags != TAPE_LONG) return str_make(tape->heap + node->value, node->flags);
    switch (node->kind) {
    case TAPE_TEXT:
    case TAPE_NUMBER:
        return str_make(tape->heap + node->value, tape_text_len(tape->heap, node));
    case TAPE_TRUE:
        return STR("true");
    case TAPE_FALSE:
        return STR("false");
    default:
        return STR_NONE;
    }
}

tape_at tape_child(const struct tape *tape, tape_at parent, fhir_name_id path_name)
{
    for (tape_at c = tape_first(tape, parent); c != TAPE_NONE; c = tape_next(tape, parent, c))
        if (tape_path_name(tape, c) == path_name) return c;
    return TAPE_NONE;
}

static inline bool is_name(fhir_name_id name, struct str text)
{
    const char *at = fhir_name_text + fhir_name_start[name];
    size_t len = fhir_name_start[name + 1] - fhir_name_start[name] - 1; /* without the quote behind it */
    return len == text.len && *at == *text.ptr && memcmp(at, text.ptr, len) == 0;
}

/* First child with that JSON name. Children are few: looking at their names costs less than looking the name up. */
static tape_at child_named(const struct tape *tape, tape_at parent, struct str json_name)
{
    if (json_name.len == 0) return TAPE_NONE;
    for (tape_at c = tape_first(tape, parent); c != TAPE_NONE; c = tape_next(tape, parent, c))
        if (is_name(fhir_elements[tape_element(tape, c)].name, json_name)) return c;
    return TAPE_NONE;
}

struct str tape_child_text(const struct tape *tape, tape_at parent, const char *json_name)
{
    tape_at child = child_named(tape, parent, str_of(json_name));
    return child == TAPE_NONE ? STR_NONE : tape_text(tape, child);
}

tape_at tape_get(const struct tape *tape, tape_at from, const char *dotted_path)
{
    struct str path = str_of(dotted_path);
    while (from != TAPE_NONE && path.len > 0) {
        ptrdiff_t dot = str_find(path, STR("."));
        size_t len = dot < 0 ? path.len : (size_t)dot;
        from = child_named(tape, from, str_make(path.ptr, len));
        path = str_cut(path, len + 1, path.len);
    }
    return from;
}

bool tape_each_resource(const struct tape *tape, tape_at *at)
{
    tape_at next = *at == TAPE_NONE ? 0 : *at + tape->nodes[*at].span;
    bool is_bundle = tape->node_count > 0 && tape_type(tape, 0) == FHIR_T_Bundle;
    if (is_bundle && next == 0) next = 1;
    /* what stands between two resources is skipped whole, but for an entry, which is entered */
    while (is_bundle && next < tape->node_count && tape_element(tape, next) != FHIR_E_Bundle_entry_resource)
        next += tape_element(tape, next) == FHIR_E_Bundle_entry ? 1 : tape->nodes[next].span;
    if (next >= tape->node_count) return false;
    *at = next;
    return true;
}

bool tape_each_entry(const struct tape *tape, tape_at *entry)
{
    tape_at next = *entry == TAPE_NONE ? 1 : *entry + tape->nodes[*entry].span;
    if (tape->node_count == 0 || tape_type(tape, 0) != FHIR_T_Bundle) return false;
    while (next < tape->node_count && tape_element(tape, next) != FHIR_E_Bundle_entry) next += tape->nodes[next].span;
    if (next >= tape->node_count) return false;
    *entry = next;
    return true;
}

tape_at tape_patient(const struct tape *tape)
{
    for (tape_at at = TAPE_NONE; tape_each_resource(tape, &at);)
        if (tape_type(tape, at) == FHIR_T_Patient) return at;
    return TAPE_NONE;
}

/* The index of `at` among the siblings of its element. */
static uint32_t list_index(const struct tape *tape, tape_at parent, tape_at at)
{
    uint32_t index = 0;
    for (tape_at c = tape_first(tape, parent); c != at; c = tape_next(tape, parent, c))
        index += tape_element(tape, c) == tape_element(tape, at);
    return index;
}

void tape_path(const struct tape *tape, tape_at at, struct buf *out)
{
    salve_assert(at < tape->node_count);
    tape_at here = 0;
    buf_add(out, fhir_type_name(tape_type(tape, here)));
    while (here != at) {
        tape_at child = tape_first(tape, here);
        while (child + tape->nodes[child].span <= at) child = tape_next(tape, here, child);
        const struct fhir_element *element = &fhir_elements[tape_element(tape, child)];
        buf_add_char(out, '.');
        buf_add(out, fhir_name(element->path_name));
        if (element->flags & FHIR_MANY) {
            buf_add_char(out, '[');
            buf_add_u64(out, list_index(tape, here, child));
            buf_add_char(out, ']');
        }
        here = child;
    }
}
