/* SPDX-License-Identifier: Apache-2.0
 *
 * tape - the one representation of FHIR data: a flat, position-independent array of typed nodes with a text heap. The
 * reader writes it in one pass over the JSON (fhir.h); the validator, the expression engine, the admission gate, the
 * store and the writer all walk it. Nothing is held as a tree of pointers.
 *
 *     Patient { name: [{family: "B"}, {family: "C"}], birthDate: "1990" }
 *
 *     at  element               kind     span
 *      0  Patient               OBJECT   6       span counts the node and everything below it, so skipping a subtree
 *      1  Patient.name          OBJECT   2       is one addition: next sibling of `at` = at + span
 *      2  HumanName.family      TEXT     1
 *      3  Patient.name          OBJECT   2       items of a JSON array are neighbouring nodes of the same element
 *      4  HumanName.family      TEXT     1
 *      5  Patient.birthDate     TEXT     1
 *
 * `_birthDate` (id and extensions of a primitive) are the children of the primitive's own node; a primitive that has
 * only extensions and no value has kind NULL. Decimals and integers keep their JSON text.
 *
 * Children stand in the order of their JSON keys. Where an object's keys do not follow the usual pattern (resourceType
 * first, `_x` right behind `x`), `key_order` says how they stood, so that writing is exact; only the writer needs it.
 *
 * A struct tape is a view; the bytes belong to whoever read or loaded it. Every accessor is O(1) except where said. */
#ifndef SALVE_FHIR_TAPE_H
#define SALVE_FHIR_TAPE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "fhir/elements.h"

typedef uint32_t tape_at; /* index of a node */
#define TAPE_NONE UINT32_MAX

enum tape_kind {
    TAPE_OBJECT, /* a resource, data type or backbone element */
    TAPE_TEXT,   /* JSON string */
    TAPE_NUMBER, /* JSON number, as text */
    TAPE_TRUE,
    TAPE_FALSE,
    TAPE_NULL, /* a primitive without a value; it has id or extensions below it */
};

struct tape_node {
    fhir_element_id element;
    uint8_t kind;
    uint8_t flags;  /* TEXT and NUMBER: its length, or 255: the four bytes before it in the heap say; else 0 */
    uint32_t span;  /* nodes in this subtree, itself included */
    uint32_t value; /* OBJECT: fhir_type_id; TEXT and NUMBER: where its text starts in the heap */
};

struct tape {
    const struct tape_node *nodes;
    const char *heap;
    uint32_t node_count, heap_bytes;
    const uint32_t *key_order; /* unusual key orders, see fhir_tape.c; NULL if there are none */
    uint32_t key_order_count;  /* words */
};

static inline tape_at tape_root(const struct tape *tape) { return tape->node_count == 0 ? TAPE_NONE : 0; }
static inline enum tape_kind tape_kind(const struct tape *tape, tape_at at)
{
    return (enum tape_kind)tape->nodes[at].kind;
}
static inline fhir_element_id tape_element(const struct tape *tape, tape_at at) { return tape->nodes[at].element; }

/* tape_type - the type of the value: "Patient", "HumanName", "date", ... */
static inline fhir_type_id tape_type(const struct tape *tape, tape_at at)
{
    const struct tape_node *node = &tape->nodes[at];
    return node->kind == TAPE_OBJECT ? (fhir_type_id)node->value : fhir_elements[node->element].type;
}

/* tape_path_name - the FHIRPath name of the element ("value" for valueQuantity); 0 for the root. */
static inline fhir_name_id tape_path_name(const struct tape *tape, tape_at at)
{
    return fhir_elements[tape->nodes[at].element].path_name;
}

/* Walking: for (tape_at c = tape_first(t, at); c != TAPE_NONE; c = tape_next(t, at, c)) ... */
static inline tape_at tape_first(const struct tape *tape, tape_at parent)
{
    return tape->nodes[parent].span > 1 ? parent + 1 : TAPE_NONE;
}
static inline tape_at tape_next(const struct tape *tape, tape_at parent, tape_at child)
{
    tape_at next = child + tape->nodes[child].span;
    return next < parent + tape->nodes[parent].span ? next : TAPE_NONE;
}

/* tape_child - first child with that FHIRPath name; TAPE_NONE if there is none. O(children). */
tape_at tape_child(const struct tape *tape, tape_at parent, fhir_name_id path_name);

/* tape_child_text - text of the first child of that JSON name, STR_NONE if absent: tape_child_text(t, at, "status") */
struct str tape_child_text(const struct tape *tape, tape_at parent, const char *json_name);

/* tape_get - first node down a dotted path of JSON names: tape_get(t, root, "code.coding.code"); TAPE_NONE if none. */
tape_at tape_get(const struct tape *tape, tape_at from, const char *dotted_path);

/* tape_text - the value of a TEXT (unescaped UTF-8) or NUMBER (as written) or "true"/"false"; STR_NONE for OBJECT and
 * NULL. A view that lives as long as the tape. */
struct str tape_text(const struct tape *tape, tape_at at);

/* tape_each_resource - of a Bundle the resources of its entries, else the one resource that the tape is, in order; a
 * Bundle inside a Bundle is one of them, contained resources are none. An empty tape has no resource.
 *     for (tape_at at = TAPE_NONE; tape_each_resource(tape, &at);) ...
 * tape_each_entry - the entries of a Bundle, those without a resource too; none where the tape is no Bundle.
 * tape_patient - the first Patient among the resources; TAPE_NONE if there is none. */
bool tape_each_resource(const struct tape *tape, tape_at *at);
bool tape_each_entry(const struct tape *tape, tape_at *entry);
tape_at tape_patient(const struct tape *tape);

/* tape_path - appends the FHIRPath of a node to `out`: "Patient.name[0].given[1]" (indexes on lists only, "value" for
 * valueQuantity). For messages; O(nodes before it). */
void tape_path(const struct tape *tape, tape_at at, struct buf *out);

/* tape_view - the subtree of `at` as a tape of its own, nothing copied: a Bundle.entry.resource, say. Its root has
 * element 0 only after tape_copy (tape_edit.h); walking works the same. */
static inline struct tape tape_view(const struct tape *tape, tape_at at)
{
    struct tape view = *tape;
    view.nodes += at;
    view.node_count = tape->nodes[at].span;
    view.key_order_count = 0;
    return view;
}

/* Storing: bytes that hold on any machine, documented in docs/formats/tape.md, about a third of the compact JSON.
 *   tape_bytes       appends them to `out`; what can fail is the ceiling of `out` (buf_done tells)
 *   tape_from_bytes  rebuilds the tape in mem; bytes that are not a tape are E_INTEGRITY, never worse; those of tables
 *                    with other rows are E_UNSUPPORTED */
void tape_bytes(const struct tape *tape, struct buf *out);
SALVE_MUST_USE enum salve_code tape_from_bytes(struct str bytes, struct arena *mem, struct tape *out,
                                               struct salve_err *err);

#endif
