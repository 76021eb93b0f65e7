/* SPDX-License-Identifier: Apache-2.0
 *
 * tape_edit - making tapes without JSON text: the builder for resources that Salve itself writes, and the copier that
 * admission, import and consent use to replace texts and leave subtrees out.
 *
 *     struct tape_builder make;
 *     tape_build(&make, mem, FHIR_T_Observation);
 *     tape_add_text(&make, "status", STR("final"));
 *     tape_open(&make, "code");
 *     tape_open(&make, "coding");                          // lists: open or add once for each item
 *     tape_add_text(&make, "system", STR("http://loinc.org"));
 *     tape_close(&make);
 *     tape_close(&make);
 *     tape_open(&make, "valueQuantity");
 *     tape_add_number(&make, "value", STR("148"));
 *     tape_close(&make);
 *     code = tape_built(&make, &tape, err);
 *
 * The first mistake sticks, as in buf.h, and tape_built reports it: an unknown element or a wrong kind of value is
 * E_INVALID. The builder checks names, kinds and primitive formats (not min and max): fhir_read of what fhir_write made
 * from it is the full check, and tests do that. */
#ifndef SALVE_FHIR_TAPE_EDIT_H
#define SALVE_FHIR_TAPE_EDIT_H

#include "fhir/tape.h"

enum { TAPE_BUILD_DEPTH_MAX = 32 };

struct tape_builder {
    struct arena *mem;
    struct tape_node *nodes;
    char *heap;
    uint32_t node_count, node_room, heap_bytes, heap_room;
    uint32_t open[TAPE_BUILD_DEPTH_MAX]; /* nodes that are open, outermost first */
    unsigned depth;
    enum salve_code code;
    char at[64]; /* the name at which the first mistake happened */
    const char *why;
};

/* tape_build - starts a tape whose root is a resource or a data type. */
void tape_build(struct tape_builder *make, struct arena *mem, fhir_type_id type);

/* Elements of the innermost open object, by JSON name. */
void tape_open(struct tape_builder *make, const char *json_name); /* an object */
void tape_close(struct tape_builder *make);
void tape_add_text(struct tape_builder *make, const char *json_name, struct str text);
void tape_add_number(struct tape_builder *make, const char *json_name, struct str number); /* JSON number text */
void tape_add_bool(struct tape_builder *make, const char *json_name, bool value);

/* tape_open_resource - opens a resource under that name (contained, or that of an entry). */
void tape_open_resource(struct tape_builder *make, const char *json_name, fhir_type_id type);

/* tape_add_copy - a copy of a subtree of another tape under that name; the types must agree. */
void tape_add_copy(struct tape_builder *make, const char *json_name, const struct tape *from, tape_at at);

/* tape_add_child - the same under the name that it has there. tape_json_name - that name, with a NUL. */
void tape_add_child(struct tape_builder *make, const struct tape *from, tape_at at);
enum { TAPE_NAME_BYTES = 64 };
const char *tape_json_name(const struct tape *from, tape_at at, char text[static TAPE_NAME_BYTES]);

/* Objects that many resources hold.
 *   tape_add_concept     name: {coding: [{system, code}]}
 *   tape_add_reference   name: {reference} */
void tape_add_concept(struct tape_builder *make, const char *json_name, struct str system, struct str code);
void tape_add_reference(struct tape_builder *make, const char *json_name, struct str reference);

/* tape_built - closes what is open and hands out the tape, which lives in mem. E_INVALID, E_TOO_DEEP, E_MEMORY. */
SALVE_MUST_USE enum salve_code tape_built(struct tape_builder *make, struct tape *out, struct salve_err *err);

/* tape_copy - the subtree at `at` as a tape of its own, with changes.
 *   decide   asked for every node below the root, parents first; NULL: plain copy. For TAPE_REPLACE it sets *text, the
 *            new text of a TEXT or NUMBER node, which is copied. Children of a dropped node are not asked for. A parent
 *            from which everything was dropped goes too (FHIR knows no empty object), the root excepted.
 *   *out     nodes and heap in mem, nothing shared with `from`; at its root element is 0 */
enum tape_verdict { TAPE_KEEP, TAPE_DROP, TAPE_REPLACE };
typedef enum tape_verdict tape_decide(void *context, const struct tape *from, tape_at at, struct str *text);

SALVE_MUST_USE enum salve_code tape_copy(const struct tape *from, tape_at at, tape_decide *decide, void *context,
                                         struct arena *mem, struct tape *out, struct salve_err *err);

#endif
