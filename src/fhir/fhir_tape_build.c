/* SPDX-License-Identifier: Apache-2.0
 * Making tapes node by node; see tape_edit.h. Nodes and heap grow in the arena by doubling. */
#include <stdio.h>

#include "base/assert.h"
#include "fhir/fhir.h"
#include "fhir/fhir_primitive_int.h"
#include "fhir/fhir_tape_int.h"
#include "fhir/tape_edit.h"

enum { NODES_MIN = 32, HEAP_BYTES_MIN = 512, HEAP_BYTES_MAX = 1 << 30 };

static void mistake(struct tape_builder *make, enum salve_code code, const char *name, const char *why)
{
    if (make->code != SALVE_OK) return;
    make->code = code;
    make->why = why;
    (void)snprintf(make->at, sizeof make->at, "%s", name);
}

static bool heap_room(struct tape_builder *make, size_t bytes)
{
    size_t room = make->heap_room == 0 ? HEAP_BYTES_MIN : make->heap_room;
    if (bytes <= make->heap_room - make->heap_bytes) return true;
    if (bytes > HEAP_BYTES_MAX - make->heap_bytes) return false;
    while (room - make->heap_bytes < bytes) room *= 2;
    char *heap = arena_grow(make->mem, make->heap, make->heap_room, room);
    if (heap == NULL) return false;
    make->heap = heap;
    make->heap_room = (uint32_t)room;
    return true;
}

/* A new node at the end; NULL after a mistake. */
static struct tape_node *push(struct tape_builder *make, fhir_element_id element, enum tape_kind kind)
{
    if (make->node_count == make->node_room) {
        uint32_t room = make->node_room == 0 ? NODES_MIN : make->node_room * 2;
        struct tape_node *nodes =
            arena_grow(make->mem, make->nodes, make->node_room * sizeof *nodes, room * sizeof *nodes);
        if (nodes == NULL) {
            mistake(make, SALVE_E_MEMORY, "tape", "no room for more");
            return NULL;
        }
        make->nodes = nodes;
        make->node_room = room;
    }
    struct tape_node *node = &make->nodes[make->node_count++];
    *node = (struct tape_node){.element = element, .kind = (uint8_t)kind, .span = 1};
    return node;
}

static void put_text(struct tape_builder *make, struct tape_node *node, struct str text)
{
    if (!heap_room(make, text.len + TAPE_LONG_BYTES)) {
        mistake(make, SALVE_E_MEMORY, "tape", "no room for more");
        return;
    }
    uint32_t len = (uint32_t)text.len;
    if (len >= TAPE_LONG) {
        memcpy(make->heap + make->heap_bytes, &len, sizeof len);
        make->heap_bytes += TAPE_LONG_BYTES;
    }
    node->flags = (uint8_t)(len >= TAPE_LONG ? TAPE_LONG : len);
    node->value = make->heap_bytes;
    if (len > 0) memcpy(make->heap + make->heap_bytes, text.ptr, len);
    make->heap_bytes += len;
}

void tape_build(struct tape_builder *make, struct arena *mem, fhir_type_id type)
{
    *make = (struct tape_builder){.mem = mem};
    salve_assert(type != 0 && fhir_types[type].kind != FHIR_PRIMITIVE && !fhir_types[type].is_abstract);
    struct tape_node *root = push(make, 0, TAPE_OBJECT);
    if (root != NULL) root->value = type;
    make->depth = 1;
}

/* The element of that name in the innermost open object; 0 after a mistake. */
static fhir_element_id find_element(struct tape_builder *make, const char *json_name)
{
    if (make->code != SALVE_OK) return 0;
    if (make->depth == 0) {
        mistake(make, SALVE_E_INVALID, json_name, "everything is closed already");
        return 0;
    }
    const struct tape_node *open = &make->nodes[make->open[make->depth - 1]];
    fhir_type_id type = open->kind == TAPE_OBJECT ? (fhir_type_id)open->value : fhir_elements[open->element].type;
    fhir_element_id element = fhir_element_find(type, str_of(json_name));
    if (element == 0) mistake(make, SALVE_E_INVALID, json_name, "this type has no element of that name");
    return element;
}

static void open_node(struct tape_builder *make, const char *json_name, fhir_element_id element, fhir_type_id type)
{
    if (fhir_types[type].kind == FHIR_PRIMITIVE || fhir_types[type].is_abstract) {
        mistake(make, SALVE_E_INVALID, json_name, "is no object of a known type");
        return;
    }
    if (make->depth == TAPE_BUILD_DEPTH_MAX) {
        mistake(make, SALVE_E_TOO_DEEP, json_name, "nested too deeply");
        return;
    }
    struct tape_node *node = push(make, element, TAPE_OBJECT);
    if (node == NULL) return;
    node->value = type;
    make->open[make->depth++] = make->node_count - 1;
}

void tape_open(struct tape_builder *make, const char *json_name)
{
    fhir_element_id element = find_element(make, json_name);
    if (element != 0) open_node(make, json_name, element, fhir_elements[element].type);
}

void tape_open_resource(struct tape_builder *make, const char *json_name, fhir_type_id type)
{
    fhir_element_id element = find_element(make, json_name);
    if (element == 0) return;
    salve_assert(type < FHIR_TYPE_COUNT);
    if (fhir_types[type].kind != FHIR_RESOURCE || !fhir_type_is_a(type, fhir_elements[element].type))
        mistake(make, SALVE_E_INVALID, json_name, "takes no resource of that type");
    else
        open_node(make, json_name, element, type);
}

static void close_innermost(struct tape_builder *make)
{
    salve_assert(make->depth > 0 && make->depth <= TAPE_BUILD_DEPTH_MAX);
    uint32_t at = make->open[--make->depth];
    make->nodes[at].span = make->node_count - at;
}

void tape_close(struct tape_builder *make)
{
    if (make->code != SALVE_OK) return;
    if (make->depth == 0)
        mistake(make, SALVE_E_INVALID, "tape_close", "everything is closed already");
    else
        close_innermost(make);
}

/* A primitive of that JSON shape whose text must have the format of its type. */
static void add_primitive(struct tape_builder *make, const char *json_name, enum fhir_json json, enum tape_kind kind,
                          struct str text)
{
    fhir_element_id element = find_element(make, json_name);
    if (element == 0) return;
    fhir_type_id type = fhir_elements[element].type;
    if (fhir_types[type].kind != FHIR_PRIMITIVE || fhir_primitive_format(type)->json != json) {
        mistake(make, SALVE_E_INVALID, json_name, "takes another kind of value");
        return;
    }
    const char *rule, *words = fhir_primitive_format(type)->rule;
    bool is_ok = type == FHIR_T_xhtml ? fhir_xhtml_ok(text, &rule, &words) : fhir_primitive_ok(type, text);
    if (!is_ok || !str_is_utf8(text)) {
        mistake(make, SALVE_E_INVALID, json_name, words == NULL ? "must be UTF-8" : words);
        return;
    }
    struct tape_node *node = push(make, element, kind);
    if (node != NULL && json != FHIR_JSON_BOOLEAN) put_text(make, node, text);
}

void tape_add_text(struct tape_builder *make, const char *json_name, struct str text)
{
    add_primitive(make, json_name, FHIR_JSON_STRING, TAPE_TEXT, text);
}

void tape_add_number(struct tape_builder *make, const char *json_name, struct str number)
{
    add_primitive(make, json_name, FHIR_JSON_NUMBER, TAPE_NUMBER, number);
}

void tape_add_bool(struct tape_builder *make, const char *json_name, bool value)
{
    add_primitive(make, json_name, FHIR_JSON_BOOLEAN, value ? TAPE_TRUE : TAPE_FALSE,
                  value ? STR("true") : STR("false"));
}

const char *tape_json_name(const struct tape *from, tape_at at, char text[static TAPE_NAME_BYTES])
{
    struct str name = fhir_name(fhir_elements[tape_element(from, at)].name);
    salve_assert(name.len < TAPE_NAME_BYTES); /* names of R4 are shorter */
    memcpy(text, name.ptr, name.len);
    text[name.len] = '\0';
    return text;
}

void tape_add_child(struct tape_builder *make, const struct tape *from, tape_at at)
{
    char name[TAPE_NAME_BYTES];
    tape_add_copy(make, tape_json_name(from, at, name), from, at);
}

void tape_add_concept(struct tape_builder *make, const char *json_name, struct str system, struct str code)
{
    tape_open(make, json_name);
    tape_open(make, "coding");
    tape_add_text(make, "system", system);
    tape_add_text(make, "code", code);
    tape_close(make);
    tape_close(make);
}

void tape_add_reference(struct tape_builder *make, const char *json_name, struct str reference)
{
    tape_open(make, json_name);
    tape_add_text(make, "reference", reference);
    tape_close(make);
}

void tape_add_copy(struct tape_builder *make, const char *json_name, const struct tape *from, tape_at at)
{
    salve_assert(at < from->node_count && from->nodes != make->nodes);
    fhir_element_id element = find_element(make, json_name);
    if (element == 0) return;
    if (!fhir_type_is_a(tape_type(from, at), fhir_elements[element].type)) {
        mistake(make, SALVE_E_INVALID, json_name, "takes a value of another type");
        return;
    }
    uint32_t first = make->node_count;
    for (tape_at n = at; n < at + from->nodes[at].span; n++) {
        struct tape_node source = from->nodes[n];
        struct tape_node *node = push(make, source.element, (enum tape_kind)source.kind);
        if (node == NULL) return;
        node->span = source.span;
        if (source.kind == TAPE_TEXT || source.kind == TAPE_NUMBER)
            put_text(make, node, tape_text(from, n));
        else
            node->value = source.value;
    }
    make->nodes[first].element = element;
}

enum salve_code tape_built(struct tape_builder *make, struct tape *out, struct salve_err *err)
{
    if (make->code != SALVE_OK) return salve_refuse(err, make->code, make->why, "%s", make->at);
    while (make->depth > 0) close_innermost(make);
    *out = (struct tape){.nodes = make->nodes,
                         .heap = make->heap == NULL ? "" : make->heap,
                         .node_count = make->node_count,
                         .heap_bytes = make->heap_bytes};
    return SALVE_OK;
}
