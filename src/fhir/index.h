/* SPDX-License-Identifier: Apache-2.0
 *
 * index - what a Bundle holds, by fullUrl and by "Type/id", and what a reference points to; the path of a node while
 * walking. Validation, admission and import share it. */
#ifndef SALVE_FHIR_INDEX_H
#define SALVE_FHIR_INDEX_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "fhir/tape.h"

struct fhir_entry {
    tape_at entry;     /* Bundle.entry node; TAPE_NONE for a resource that stands alone */
    tape_at resource;  /* TAPE_NONE: an entry without one */
    fhir_type_id type; /* of the resource; 0 without one */
    struct str full_url, id;
};

struct fhir_index {
    const struct tape *tape;
    struct fhir_entry *entries;
    uint32_t count;
    bool is_bundle;
    uint32_t *slots; /* open hash of entry number + 1, by fullUrl and by "Type/id" */
    uint32_t slot_count;
};

SALVE_MUST_USE enum salve_code fhir_index_build(const struct tape *tape, struct arena *mem, struct fhir_index *out,
                                                struct salve_err *err);

/* The entry that a reference's text means: an equal fullUrl, else "Type/id" (with or without /_history/n). */
#define FHIR_ENTRY_NONE UINT32_MAX
uint32_t fhir_index_find(const struct fhir_index *index, struct str reference);
uint32_t fhir_index_find_id(const struct fhir_index *index, fhir_type_id type, struct str id);

/* The parts of "Type/id" or "Type/id/_history/n", also behind a base URL; false if it is neither. */
struct fhir_reference {
    fhir_type_id type;
    struct str id, version;
    bool is_absolute;
};
bool fhir_reference_split(struct str text, struct fhir_reference *out);

/* --- the path of the node at hand, noted while walking downwards and written out only when an issue needs it ----- */

enum { FHIR_PATH_BYTES = 1024, FHIR_PATH_DEPTH = 64 };
struct fhir_path {
    const struct tape *tape;
    unsigned depth;
    tape_at at[FHIR_PATH_DEPTH];
    uint32_t index[FHIR_PATH_DEPTH]; /* among the items of its list */
    char text[FHIR_PATH_BYTES];
};

void fhir_path_init(struct fhir_path *path, const struct tape *tape);

/* fhir_path_to - the path of any node. Going from node to node forwards costs each node before the last one once. */
void fhir_path_to(struct fhir_path *path, tape_at at);
struct str fhir_path_str(struct fhir_path *path); /* valid until the next call */

static inline void fhir_path_push(struct fhir_path *path, tape_at at, uint32_t index)
{
    if (path->depth == FHIR_PATH_DEPTH) return; /* never: tapes are at most SALVE_JSON_DEPTH_MAX deep */
    path->at[path->depth] = at;
    path->index[path->depth++] = index;
}

static inline void fhir_path_pop(struct fhir_path *path)
{
    if (path->depth > 0) path->depth--;
}

/* Counts the items of lists while the children of one object are walked in order. */
struct fhir_items {
    fhir_element_id element;
    uint32_t next;
};
static inline uint32_t fhir_items_next(struct fhir_items *items, fhir_element_id element)
{
    if (items->element != element) *items = (struct fhir_items){element, 0};
    return items->next++;
}

#endif
