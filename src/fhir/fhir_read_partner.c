/* SPDX-License-Identifier: Apache-2.0
 * `_x`, the ids and extensions of primitives: they become children of the nodes of `x`, wherever the two keys stand.
 * Usually `_x` follows `x` and one value: then its children are simply written behind the node. Otherwise the nodes
 * from `x` on are written once more, with the children in their places. */
#include "fhir/fhir_read_int.h"

#define ORDER_MOVED 0x80000000u

uint32_t read_first_of(const struct reader *r, fhir_element_id element)
{
    uint32_t at = r->frame->node + 1;
    while (at < r->count && r->nodes[at].element != element) at += r->nodes[at].span;
    return at;
}

/* Key orders of objects in [from, to) move with their nodes. */
static void move_order(struct reader *r, uint32_t from, uint32_t to, uint32_t new_from)
{
    for (uint32_t i = 0; i < r->order_count; i += 2 + r->order[i + 1])
        if (r->order[i] >= from && r->order[i] < to) r->order[i] = (r->order[i] - from + new_from) | ORDER_MOVED;
}

static void settle_order(struct reader *r)
{
    for (uint32_t i = 0; i < r->order_count; i += 2 + r->order[i + 1]) r->order[i] &= ~ORDER_MOVED;
}

/* Copies `count` nodes of the old tape part from old[at] to the end of the new one. */
static void put_back(struct reader *r, const struct tape_node *old, uint32_t first, uint32_t at, uint32_t count)
{
    if (count == 0) return;
    if (r->order_count > 0) move_order(r, first + at, first + at + count, r->count);
    memcpy(&r->nodes[r->count], &old[at], count * sizeof *old);
    r->count += count;
}

/* Values of `x` stand from node `first` on, nodes of its partner from `partners` to the end, one for each place. */
static bool merge(struct reader *r, fhir_element_id element, uint32_t first, uint32_t partners)
{
    uint32_t total = r->count - first, value = 0, partner = partners - first, value_end = partner;
    struct arena_mark mark = arena_mark(r->mem);
    struct tape_node *old = arena_alloc_raw(r->mem, total * sizeof *old, 4);
    if (old == NULL) return read_no_memory(r);
    memcpy(old, &r->nodes[first], total * sizeof *old);
    r->count = first;
    while (value < value_end && old[value].element == element) {
        uint32_t node = r->count;
        put_back(r, old, first, value++, 1);
        if (partner < total) {
            if (r->order_count > 0) move_order(r, first + partner, first + partner + 1, node);
            put_back(r, old, first, partner + 1, old[partner].span - 1);
            partner += old[partner].span;
        }
        r->nodes[node].span = r->count - node;
    }
    put_back(r, old, first, partner, total - partner);
    put_back(r, old, first, value, value_end - value);
    settle_order(r);
    arena_rewind(r->mem, mark);
    return true;
}

/* The object of one partner, below `node`. */
static bool read_partner_object(struct reader *r, uint32_t node, fhir_element_id element)
{
    if (!read_nest(r)) return false;
    r->at++;
    bool is_good = read_object(r, node, fhir_elements[element].type, false);
    r->nesting--;
    return is_good;
}

/* An object or null of a partner list; *is_object says which. */
static bool read_partner_item(struct reader *r, fhir_element_id element, bool *is_object)
{
    *is_object = read_peek(r) == '{';
    if (!*is_object && *r->at != 'n')
        read_issue(r, "structure", "fhir-json-object", "must be a JSON object, or null in a list");
    uint32_t node = r->count;
    if (!read_push(r, element, TAPE_NULL, 0, 0)) return false;
    return *is_object ? read_partner_object(r, node, element) : read_skip(r);
}

/* From the bracket on; *count places. */
static bool read_partner_list(struct reader *r, fhir_element_id element, uint32_t *count)
{
    struct frame *frame = r->frame;
    bool has_object = false, is_object;
    if (!read_nest(r)) return false;
    r->at++;
    *count = 0;
    if (read_peek(r) == ']')
        r->at++;
    else
        for (frame->index = 0;; frame->index++) {
            if (read_peek(r) == '\0') return read_fail(r, SALVE_E_SYNTAX, "the text ends inside a list");
            if (!read_partner_item(r, element, &is_object)) return false;
            has_object |= is_object;
            ++*count;
            char c = read_peek(r);
            if (c != ',' && c != ']') return read_fail(r, SALVE_E_SYNTAX, "a comma or ] must follow");
            r->at++;
            if (c == ']') break;
        }
    frame->index = -1;
    r->nesting--;
    if (!has_object)
        read_issue(r, "structure", "fhir-partner-empty", "a list of ids and extensions must hold at least one");
    return true;
}

/* Places of the value list that starts at `first`. */
static uint32_t place_count(const struct reader *r, fhir_element_id element, uint32_t first, uint32_t end)
{
    uint32_t count = 0;
    for (uint32_t at = first; at < end && r->nodes[at].element == element; at += r->nodes[at].span) count++;
    return count;
}

static void different_lengths(struct reader *r)
{
    read_issue(r, "structure", "fhir-partner-length",
               "values and their ids and extensions must be lists of one length");
}

bool read_partner(struct reader *r, fhir_element_id element)
{
    struct frame *frame = r->frame;
    bool is_list = fhir_elements[element].flags & FHIR_MANY, is_object = true;
    bool has_value = bit_is_set(frame->seen, fhir_elements[element].choice);
    uint32_t first = has_value ? read_first_of(r, element) : r->count;
    uint32_t before = r->count, count = 1;
    char c = read_peek(r);
    if (c != (is_list ? '[' : '{')) {
        read_issue(r, "structure", "fhir-partner-shape", is_list ? "must be a JSON list" : "must be a JSON object");
        return read_skip(r);
    }
    if (!is_list && first + 1 == before) return read_partner_object(r, first, element);
    if (!(is_list ? read_partner_list(r, element, &count) : read_partner_item(r, element, &is_object))) return false;
    frame->has_null = true;
    if (first == before) return true;
    bool is_aligned = !is_list || place_count(r, element, first, before) == count;
    if (!merge(r, element, first, before)) return false;
    if (!is_aligned) different_lengths(r);
    return true;
}

/* One value into the node at `node`, which is past the end when there are too few. */
static bool read_into(struct reader *r, fhir_element_id element, uint32_t node)
{
    struct tape_node value = {0};
    bool is_value;
    if (!read_primitive(r, fhir_elements[element].type, &value, &is_value)) return false;
    if (is_value && node < r->count) {
        r->nodes[node].kind = value.kind;
        r->nodes[node].flags = value.flags;
        r->nodes[node].value = value.value;
    }
    return true;
}

bool read_into_partners(struct reader *r, fhir_element_id element)
{
    struct frame *frame = r->frame;
    uint32_t node = read_first_of(r, element);
    bool is_list = fhir_elements[element].flags & FHIR_MANY, is_aligned = true;
    if (read_peek(r) == '\0') return read_fail(r, SALVE_E_SYNTAX, "a value is missing");
    if (!is_list) return read_into(r, element, node);
    if (*r->at != '[') {
        read_issue(r, "structure", "fhir-json-list", "must be a JSON list, for it may repeat");
        return read_skip(r);
    }
    if (!read_nest(r)) return false;
    r->at++;
    for (frame->index = 0;; frame->index++) {
        char c = read_peek(r);
        if (c == '\0') return read_fail(r, SALVE_E_SYNTAX, "the text ends inside a list");
        bool has_node = node < r->count && r->nodes[node].element == element;
        is_aligned &= has_node;
        if (!(c == 'n' ? read_skip(r) : read_into(r, element, has_node ? node : r->count))) return false;
        if (has_node) node += r->nodes[node].span;
        c = read_peek(r);
        if (c != ',' && c != ']') return read_fail(r, SALVE_E_SYNTAX, "a comma or ] must follow");
        r->at++;
        if (c == ']') break;
    }
    frame->index = -1;
    r->nesting--;
    if (!is_aligned || (node < r->count && r->nodes[node].element == element)) different_lengths(r);
    return true;
}

/* Has the node an extension (a child that is no id)? */
static bool has_extension(const struct reader *r, uint32_t node)
{
    for (uint32_t at = node + 1; at < node + r->nodes[node].span; at += r->nodes[at].span)
        if (fhir_elements[r->nodes[at].element].name != FHIR_N_id) return true;
    return false;
}

void read_check_nulls(struct reader *r)
{
    struct frame *frame = r->frame;
    fhir_element_id before = 0;
    int32_t index = 0;
    for (uint32_t at = frame->node + 1; at < r->count; at += r->nodes[at].span) {
        fhir_element_id element = r->nodes[at].element;
        index = element == before ? index + 1 : 0;
        before = element;
        if (r->nodes[at].kind != TAPE_NULL || has_extension(r, at)) continue;
        frame->element = element;
        frame->index = fhir_elements[element].flags & FHIR_MANY ? index : -1;
        read_issue(r, "invariant", "ele-1", "a primitive needs a value or an extension");
    }
    frame->element = 0;
    frame->index = -1;
}
