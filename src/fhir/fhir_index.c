/* SPDX-License-Identifier: Apache-2.0
 * The index of a Bundle and the splitting of references (R4: references.html 2.3.0.1, bundle.html 2.36.4). */
#include "base/assert.h"
#include "fhir/index.h"

#include <stdio.h>

#include "fhir/fhir.h"

/* --- references --------------------------------------------------------------------------------------------------- */

static bool is_id(struct str text) { return text.len > 0 && fhir_primitive_ok(FHIR_T_id, text); }

/* Cuts the last segment of a path off *rest; false if there is none. */
static bool cut_segment(struct str *rest, struct str *segment)
{
    if (rest->len == 0) return false;
    const char *slash = memrchr(rest->ptr, '/', rest->len);
    size_t at = slash == NULL ? 0 : (size_t)(slash - rest->ptr) + 1;
    *segment = str_cut(*rest, at, rest->len);
    *rest = str_cut(*rest, 0, at > 0 ? at - 1 : 0);
    return true;
}

bool fhir_reference_split(struct str text, struct fhir_reference *out)
{
    struct str rest = text, last, before;
    *out = (struct fhir_reference){0};
    if (text.len == 0 || memchr(text.ptr, '/', text.len) == NULL) return false; /* urn:uuid:..., say */
    if (!cut_segment(&rest, &last) || !cut_segment(&rest, &before)) return false;
    if (str_is(before, "_history")) {
        out->version = last;
        if (!is_id(last) || !cut_segment(&rest, &last) || !cut_segment(&rest, &before)) return false;
    }
    out->id = last;
    out->type = fhir_type_find(before);
    out->is_absolute = str_find(rest, STR(":")) >= 0;
    return is_id(last) && out->type != 0 && fhir_types[out->type].kind == FHIR_RESOURCE &&
           (rest.len == 0 || out->is_absolute);
}

/* --- the index ---------------------------------------------------------------------------------------------------- */

static uint64_t hash_of_id(fhir_type_id type, struct str id) { return str_hash(id) * 31u + type; }

static bool slot_is(const struct fhir_index *index, uint32_t entry, fhir_type_id type, struct str text)
{
    const struct fhir_entry *e = &index->entries[entry];
    return type == 0 ? str_eq(e->full_url, text) : e->type == type && str_eq(e->id, text);
}

/* Type 0 looks for a fullUrl. The first entry with a key keeps it. */
static uint32_t look_up(const struct fhir_index *index, fhir_type_id type, struct str text, uint32_t **empty)
{
    if (index->slot_count == 0 || text.len == 0) return FHIR_ENTRY_NONE;
    uint64_t slot = (type == 0 ? str_hash(text) : hash_of_id(type, text)) & (index->slot_count - 1);
    while (index->slots[slot] != 0) {
        uint32_t entry = index->slots[slot] - 1;
        if (slot_is(index, entry, type, text)) return entry;
        slot = (slot + 1) & (index->slot_count - 1);
    }
    if (empty != NULL) *empty = &index->slots[slot];
    return FHIR_ENTRY_NONE;
}

static void put(struct fhir_index *index, uint32_t entry, fhir_type_id type, struct str text)
{
    uint32_t *empty = NULL;
    if (text.len > 0 && look_up(index, type, text, &empty) == FHIR_ENTRY_NONE && empty != NULL) *empty = entry + 1;
}

static void fill(const struct tape *tape, tape_at entry, tape_at resource, struct fhir_entry *out)
{
    *out = (struct fhir_entry){.entry = entry, .resource = resource};
    if (entry != TAPE_NONE) out->full_url = tape_child_text(tape, entry, "fullUrl");
    if (resource == TAPE_NONE) return;
    out->type = tape_type(tape, resource);
    out->id = tape_child_text(tape, resource, "id");
}

enum salve_code fhir_index_build(const struct tape *tape, struct arena *mem, struct fhir_index *out,
                                 struct salve_err *err)
{
    salve_assert(tape->node_count > 0);
    bool is_bundle = tape_type(tape, 0) == FHIR_T_Bundle;
    uint32_t count = is_bundle ? 0 : 1, slots = 8;
    for (tape_at e = TAPE_NONE; tape_each_entry(tape, &e);) count++;
    while (slots < count * 4) slots *= 2;
    *out = (struct fhir_index){.tape = tape, .is_bundle = is_bundle, .slot_count = slots};
    out->entries = arena_array(mem, struct fhir_entry, count + 1);
    out->slots = arena_array(mem, uint32_t, slots);
    if (out->entries == NULL || out->slots == NULL) return salve_fail(err, SALVE_E_MEMORY, "index of a Bundle");
    if (!is_bundle) fill(tape, TAPE_NONE, 0, &out->entries[out->count++]);
    for (tape_at e = TAPE_NONE; tape_each_entry(tape, &e);)
        fill(tape, e, tape_child(tape, e, FHIR_N_resource), &out->entries[out->count++]);
    salve_assert(out->count == count);
    for (uint32_t i = 0; i < out->count; i++) {
        put(out, i, 0, out->entries[i].full_url);
        if (out->entries[i].type != 0) put(out, i, out->entries[i].type, out->entries[i].id);
    }
    return SALVE_OK;
}

uint32_t fhir_index_find_id(const struct fhir_index *index, fhir_type_id type, struct str id)
{
    return look_up(index, type, id, NULL);
}

uint32_t fhir_index_find(const struct fhir_index *index, struct str reference)
{
    uint32_t found = look_up(index, 0, reference, NULL);
    struct fhir_reference parts;
    if (found != FHIR_ENTRY_NONE || !fhir_reference_split(reference, &parts)) return found;
    if (!parts.is_absolute) return fhir_index_find_id(index, parts.type, parts.id);
    /* an absolute reference to a version means the entry whose fullUrl is the part before /_history */
    ptrdiff_t history = str_find(reference, STR("/_history/"));
    return history < 0 ? FHIR_ENTRY_NONE : look_up(index, 0, str_cut(reference, 0, (size_t)history), NULL);
}

/* --- paths -------------------------------------------------------------------------------------------------------- */

static size_t path_add(struct fhir_path *path, size_t used, struct str text)
{
    size_t room = FHIR_PATH_BYTES - used, len = text.len < room ? text.len : room;
    memcpy(path->text + used, text.ptr, len);
    return used + len;
}

void fhir_path_init(struct fhir_path *path, const struct tape *tape)
{
    path->tape = tape;
    path->depth = 0;
}

/* Up, until the parent of the node at hand has `at` below it and the node does not stand behind it. */
static void path_climb(struct fhir_path *path, tape_at at)
{
    while (path->depth > 0) {
        tape_at here = path->at[path->depth - 1], parent = path->depth > 1 ? path->at[path->depth - 2] : 0;
        if (here <= at && at < parent + path->tape->nodes[parent].span) return;
        path->depth--;
    }
}

void fhir_path_to(struct fhir_path *path, tape_at at)
{
    salve_assert(at < path->tape->node_count);
    const struct tape_node *nodes = path->tape->nodes;
    path_climb(path, at);
    if (at == 0) path->depth = 0;
    while (at != 0 && (path->depth == 0 || path->at[path->depth - 1] != at)) {
        tape_at here = path->depth == 0 ? 0 : path->at[path->depth - 1], next = here + nodes[here].span;
        if (at < next) {
            if (path->depth == FHIR_PATH_DEPTH) return;
            fhir_path_push(path, here + 1, 0);
            continue;
        }
        uint32_t *index = &path->index[path->depth - 1];
        *index = nodes[next].element == nodes[here].element ? *index + 1 : 0;
        path->at[path->depth - 1] = next;
    }
}

struct str fhir_path_str(struct fhir_path *path)
{
    size_t len = path_add(path, 0, fhir_type_name(tape_type(path->tape, 0)));
    for (unsigned i = 0; i < path->depth; i++) {
        const struct fhir_element *element = &fhir_elements[tape_element(path->tape, path->at[i])];
        char digits[16];
        len = path_add(path, len, STR("."));
        len = path_add(path, len, fhir_name(element->path_name));
        if ((element->flags & FHIR_MANY) == 0) continue;
        int count = snprintf(digits, sizeof digits, "[%u]", path->index[i]);
        len = path_add(path, len, str_make(digits, (size_t)count));
    }
    return str_make(path->text, len);
}
