/* SPDX-License-Identifier: Apache-2.0
 * Tape to JSON: a walk over the nodes. Keys are written from the name table, where each already ends with its quote.
 * Objects whose keys stood in an unusual order carry that order in the tape (fhir_tape.c). */
#include "base/assert.h"
#include "fhir/fhir.h"
#include "fhir/fhir_tables_int.h"
#include "fhir/fhir_tape_int.h"
#include "json/json.h"

struct writer {
    const struct tape *tape;
    struct buf *out;
    unsigned depth;
    bool is_pretty;
    bool is_first; /* no comma before the next member or item */
};

static void write_node(struct writer *w, tape_at at);

static void line_break(struct writer *w)
{
    static const char blanks[] = "                                                                ";
    if (!w->is_pretty) return;
    buf_add_char(w->out, '\n');
    for (size_t left = w->depth * 2; left > 0;) {
        size_t part = left < sizeof blanks - 1 ? left : sizeof blanks - 1;
        buf_add(w->out, str_make(blanks, part));
        left -= part;
    }
}

static void open_bracket(struct writer *w, char bracket)
{
    buf_add_char(w->out, bracket);
    w->depth++;
    w->is_first = true;
}

static void close_bracket(struct writer *w, char bracket)
{
    w->depth--;
    if (!w->is_first) line_break(w);
    buf_add_char(w->out, bracket);
    w->is_first = false;
}

static void next_item(struct writer *w)
{
    if (!w->is_first) buf_add_char(w->out, ',');
    w->is_first = false;
    line_break(w);
}

static void write_key(struct writer *w, fhir_element_id element, bool is_partner)
{
    fhir_name_id name = fhir_elements[element].name;
    uint32_t start = fhir_name_start[name];
    next_item(w);
    buf_add(w->out, is_partner ? STR("\"_") : STR("\""));
    buf_add(w->out, str_make(fhir_name_text + start, fhir_name_start[name + 1] - start));
    buf_add(w->out, w->is_pretty ? STR(": ") : STR(":"));
}

static void write_resource_type(struct writer *w, fhir_type_id type)
{
    next_item(w);
    buf_add(w->out, w->is_pretty ? STR("\"resourceType\": \"") : STR("\"resourceType\":\""));
    buf_add(w->out, fhir_type_name(type));
    buf_add_char(w->out, '"');
}

/* First node behind the list (or single value) that starts at `at`, within the children that end at `end`. */
static tape_at list_end(const struct tape *tape, tape_at at, tape_at end)
{
    fhir_element_id element = tape_element(tape, at);
    do at += tape->nodes[at].span;
    while (at < end && tape_element(tape, at) == element);
    return at;
}

static void write_values(struct writer *w, tape_at at, tape_at end)
{
    bool is_list = fhir_elements[tape_element(w->tape, at)].flags & FHIR_MANY;
    if (!is_list) {
        write_node(w, at);
        return;
    }
    open_bracket(w, '[');
    for (; at < end; at += w->tape->nodes[at].span) {
        next_item(w);
        write_node(w, at);
    }
    close_bracket(w, ']');
}

static void write_members(struct writer *w, tape_at at);

/* Ids and extensions of the primitives from `at` to `end`. */
static void write_partners(struct writer *w, tape_at at, tape_at end)
{
    bool is_list = fhir_elements[tape_element(w->tape, at)].flags & FHIR_MANY;
    if (is_list) open_bracket(w, '[');
    for (; at < end; at += w->tape->nodes[at].span) {
        if (is_list) next_item(w);
        if (w->tape->nodes[at].span == 1) {
            buf_add(w->out, STR("null"));
            continue;
        }
        open_bracket(w, '{');
        write_members(w, at);
        close_bracket(w, '}');
    }
    if (is_list) close_bracket(w, ']');
}

static bool is_primitive(const struct tape *tape, tape_at at) { return tape->nodes[at].kind != TAPE_OBJECT; }

static bool has_values(const struct tape *tape, tape_at at, tape_at end)
{
    for (; at < end; at += tape->nodes[at].span)
        if (tape->nodes[at].kind != TAPE_NULL) return true;
    return false;
}

static bool has_partners(const struct tape *tape, tape_at at, tape_at end)
{
    if (!is_primitive(tape, at)) return false;
    for (; at < end; at += tape->nodes[at].span)
        if (tape->nodes[at].span > 1) return true;
    return false;
}

/* Children in the order of their keys. */
static void write_in_order(struct writer *w, tape_at at, const uint32_t *order)
{
    const struct tape *tape = w->tape;
    tape_at end = at + tape->nodes[at].span;
    for (uint32_t i = 1; i <= order[0]; i++) {
        fhir_element_id element = (fhir_element_id)(order[i] & 0xFFFF);
        if (order[i] == KEY_RESOURCE) {
            write_resource_type(w, tape_type(tape, at));
            continue;
        }
        tape_at child = at + 1;
        while (child < end && tape_element(tape, child) != element) child += tape->nodes[child].span;
        if (child == end) continue;
        bool is_partner = order[i] & KEY_PARTNER;
        write_key(w, element, is_partner);
        if (is_partner)
            write_partners(w, child, list_end(tape, child, end));
        else
            write_values(w, child, list_end(tape, child, end));
    }
}

/* Children in the usual order: `_x` right behind `x`. */
static void write_usual(struct writer *w, tape_at at)
{
    const struct tape *tape = w->tape;
    tape_at end = at + tape->nodes[at].span;
    fhir_type_id type = tape_type(tape, at);
    if (fhir_types[type].kind == FHIR_RESOURCE) write_resource_type(w, type);
    for (tape_at child = at + 1; child < end;) {
        fhir_element_id element = tape_element(tape, child);
        bool is_list = fhir_elements[element].flags & FHIR_MANY;
        tape_at after = is_list ? list_end(tape, child, end) : child + tape->nodes[child].span;
        if (has_values(tape, child, after)) {
            write_key(w, element, false);
            write_values(w, child, after);
        }
        if (has_partners(tape, child, after)) {
            write_key(w, element, true);
            write_partners(w, child, after);
        }
        child = after;
    }
}

static void write_members(struct writer *w, tape_at at)
{
    const uint32_t *order = tape_key_order(w->tape, at);
    if (order == NULL)
        write_usual(w, at);
    else
        write_in_order(w, at, order);
}

static void write_object(struct writer *w, tape_at at)
{
    open_bracket(w, '{');
    write_members(w, at);
    close_bracket(w, '}');
}

static void write_node(struct writer *w, tape_at at)
{
    switch (tape_kind(w->tape, at)) {
    case TAPE_OBJECT:
        write_object(w, at);
        break;
    case TAPE_TEXT:
        json_add_string(w->out, tape_text(w->tape, at));
        break;
    case TAPE_NUMBER:
    case TAPE_TRUE:
    case TAPE_FALSE:
        buf_add(w->out, tape_text(w->tape, at));
        break;
    case TAPE_NULL:
        buf_add(w->out, STR("null"));
        break;
    }
}

void fhir_write(const struct tape *tape, tape_at at, enum fhir_write_form form, struct buf *out)
{
    struct writer w = {.tape = tape, .out = out, .is_pretty = form == FHIR_PRETTY, .is_first = true};
    salve_assert(at == TAPE_NONE || at < tape->node_count);
    if (at != TAPE_NONE) write_node(&w, at);
}
