/* SPDX-License-Identifier: Apache-2.0
 * References and contained resources (R4: references.html). */
#include <stdlib.h>

#include "fhir/fhir_validate_int.h"

static int compare_locals(const void *a, const void *b)
{
    const struct fhir_local *left = a, *right = b;
    int order = str_cmp(left->id, right->id);
    return order != 0 ? order : (left->at > right->at) - (left->at < right->at);
}

static const struct fhir_local *find_local(const struct fhir_local *items, uint32_t count, struct str id)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (str_cmp(items[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && str_eq(items[low].id, id) ? &items[low] : NULL;
}

/* The type that the text points to; 0 if it cannot be told. `parts` are those of the text, NULL if it has none. */
static fhir_type_id type_behind(const struct fhir_check *check, struct str text, const struct fhir_reference *parts)
{
    if (str_eq(text, STR("#"))) return tape_type(check->tape, check->scope.container);
    if (text.ptr[0] == '#') {
        const struct fhir_local *local =
            find_local(check->scope.contained, check->scope.contained_count, str_cut(text, 1, text.len));
        return local == NULL ? 0 : tape_type(check->tape, local->at);
    }
    uint32_t entry = check->index.is_bundle ? fhir_index_find(&check->index, text) : FHIR_ENTRY_NONE;
    if (entry != FHIR_ENTRY_NONE) return check->index.entries[entry].type;
    return parts == NULL ? 0 : parts->type;
}

static bool is_target(fhir_list_id targets, fhir_type_id type)
{
    if (targets == 0 || type == 0) return true;
    for (const uint16_t *id = fhir_list(targets); *id != 0; id++)
        if (fhir_type_is_a(type, *id)) return true;
    return false;
}

/* A reference without parts that is neither absolute, nor local, nor a search ("Patient?identifier=...")? */
static bool is_malformed(struct str text)
{
    return text.ptr[0] != '#' && memchr(text.ptr, ':', text.len) == NULL && memchr(text.ptr, '?', text.len) == NULL;
}

struct str fhir_without_fragment(struct str reference)
{
    const char *hash = reference.len == 0 ? NULL : memchr(reference.ptr, '#', reference.len);
    return hash == NULL || hash == reference.ptr ? reference : str_make(reference.ptr, (size_t)(hash - reference.ptr));
}

/* Reference.type names the type that the text points to, or one above it ("both SHALL be consistent"). Absolute URLs
 * other than FHIR's own are of logical models, and say nothing here. */
static bool is_consistent(struct str named, fhir_type_id type)
{
    const struct str base = STR("http://hl7.org/fhir/StructureDefinition/");
    if (named.len == 0 || type == 0) return true;
    if (str_starts(named, base)) named = str_cut(named, base.len, named.len);
    if (memchr(named.ptr, ':', named.len) != NULL) return true;
    fhir_type_id claimed = fhir_type_find(named);
    return claimed != 0 && fhir_type_is_a(type, claimed);
}

void fhir_check_reference(struct fhir_check *check, tape_at at)
{
    struct str text = STR_NONE, named = STR_NONE;
    for (tape_at c = tape_first(check->tape, at); c != TAPE_NONE; c = tape_next(check->tape, at, c)) {
        fhir_name_id name = tape_path_name(check->tape, c);
        if (name == FHIR_N_reference) text = fhir_without_fragment(tape_text(check->tape, c));
        if (name == FHIR_N_type) named = tape_text(check->tape, c);
    }
    if (text.len == 0) return;
    struct fhir_reference parts;
    bool has_parts = text.ptr[0] != '#' && fhir_reference_split(text, &parts);
    if (!has_parts && is_malformed(text))
        fhir_check_fail(check, "invalid", "fhir-reference-format",
                        "a relative reference is Type/id or Type/id/_history/version");
    if (text.len > 1 && text.ptr[0] == '#' &&
        find_local(check->scope.contained, check->scope.contained_count, str_cut(text, 1, text.len)) == NULL)
        fhir_check_fail(check, "invariant", "ref-1", "a local reference points to a contained resource");
    fhir_type_id type = type_behind(check, text, has_parts ? &parts : NULL);
    if (!is_target(fhir_elements[tape_element(check->tape, at)].targets, type))
        fhir_check_fail(check, "structure", "fhir-reference-target", "R4 does not allow a reference to this type here");
    if (!is_consistent(named, type))
        fhir_check_fail(check, "value", "fhir-reference-type", "type and reference of a Reference name the same type");
}

/* --- contained ---------------------------------------------------------------------------------------------------- */

static bool is_contained(const struct tape *tape, tape_at at)
{
    return (fhir_asks[tape_element(tape, at)] & FHIR_ASK_CONTAINED) != 0;
}

static inline bool is_local(const struct tape *tape, const struct tape_node *node)
{
    return node->kind == TAPE_TEXT && node->flags != 0 && tape->heap[node->value] == '#';
}

/* Lists the contained resources, and every text of the container that starts with "#". */
static bool collect(struct fhir_check *check, tape_at container, uint32_t contained)
{
    const struct tape *tape = check->tape;
    struct fhir_scope *scope = &check->scope;
    const struct tape_node *first = &tape->nodes[container], *end = first + first->span;
    uint32_t local = 0;
    for (const struct tape_node *node = first; node < end; node++) local += is_local(tape, node);
    scope->contained = arena_array(check->mem, struct fhir_local, contained);
    scope->local = arena_array(check->mem, struct fhir_local, local + 1);
    if (scope->contained == NULL || scope->local == NULL) return false;
    for (tape_at c = tape_first(tape, container); c != TAPE_NONE; c = tape_next(tape, container, c))
        if (is_contained(tape, c))
            scope->contained[scope->contained_count++] = (struct fhir_local){fhir_child_text(tape, c, FHIR_N_id), c};
    for (const struct tape_node *node = first; local > 0 && node < end; node++) {
        if (!is_local(tape, node)) continue;
        tape_at at = (tape_at)(node - tape->nodes);
        struct str text = tape_text(tape, at);
        scope->local[scope->local_count++] = (struct fhir_local){str_cut(text, 1, text.len), at};
        local--;
    }
    qsort(scope->contained, scope->contained_count, sizeof scope->contained[0], compare_locals);
    qsort(scope->local, scope->local_count, sizeof scope->local[0], compare_locals);
    return true;
}

/* A contained resource may also refer to its container: "#". */
static bool refers_to_container(const struct tape *tape, tape_at contained)
{
    for (tape_at n = contained; n < contained + tape->nodes[contained].span; n++)
        if (tape_kind(tape, n) == TAPE_TEXT && str_is(tape_text(tape, n), "#")) return true;
    return false;
}

static void check_contained_one(struct fhir_check *check, tape_at at)
{
    const struct tape *tape = check->tape;
    const struct fhir_scope *scope = &check->scope;
    struct str id = fhir_child_text(tape, at, FHIR_N_id);
    tape_at meta = tape_child(tape, at, FHIR_N_meta);
    if (tape_child(tape, at, FHIR_N_contained) != TAPE_NONE)
        fhir_check_fail(check, "invariant", "dom-2", "a contained resource does not contain resources");
    if (id.len == 0)
        fhir_check_warn(check, "required", "fhir-contained-id", "a contained resource should have an id");
    else if (find_local(scope->contained, scope->contained_count, id)->at != at)
        fhir_check_fail(check, "duplicate", "fhir-contained-id", "the ids of contained resources differ");
    else if (find_local(scope->local, scope->local_count, id) == NULL && !refers_to_container(tape, at))
        fhir_check_fail(check, "invariant", "dom-3", "a contained resource is referred to, or refers to its container");
    if (meta == TAPE_NONE) return;
    if (tape_child(tape, meta, FHIR_N_versionId) != TAPE_NONE ||
        tape_child(tape, meta, FHIR_N_lastUpdated) != TAPE_NONE)
        fhir_check_fail(check, "invariant", "dom-4", "a contained resource has no version and no lastUpdated");
    if (tape_child(tape, meta, FHIR_N_security) != TAPE_NONE)
        fhir_check_fail(check, "invariant", "dom-5", "a contained resource has no security label");
}

/* --- ids of elements ---------------------------------------------------------------------------------------------- */

/* Lists each id of an element (not of a resource) of the container, contained resources left out. */
static uint32_t element_ids(const struct tape *tape, tape_at container, struct fhir_local *out)
{
    const struct tape_node *nodes = tape->nodes, *end = nodes + container + nodes[container].span;
    uint32_t count = 0;
    for (const struct tape_node *node = nodes + container + 1; node < end; node++) {
        unsigned asks = fhir_asks[node->element];
        if ((asks & (FHIR_ASK_ID | FHIR_ASK_CONTAINED)) == 0) continue;
        if (asks & FHIR_ASK_CONTAINED) {
            node += node->span - 1;
        } else if (node->kind == TAPE_TEXT) {
            tape_at at = (tape_at)(node - nodes);
            if (out != NULL) out[count] = (struct fhir_local){tape_text(tape, at), at};
            count++;
        }
    }
    return count;
}

void fhir_check_ids(struct fhir_check *check, tape_at container)
{
    /* A StructureDefinition says each element twice, in snapshot and differential, with one id. */
    if (tape_type(check->tape, container) == FHIR_T_StructureDefinition) return;
    uint32_t count = element_ids(check->tape, container, NULL);
    if (count < 2) return;
    struct fhir_local *ids = arena_array(check->mem, struct fhir_local, count);
    if (ids == NULL) {
        check->code = SALVE_E_MEMORY;
        return;
    }
    element_ids(check->tape, container, ids);
    qsort(ids, count, sizeof ids[0], compare_locals);
    for (uint32_t i = 1; i < count; i++)
        if (str_eq(ids[i].id, ids[i - 1].id)) {
            fhir_check_fail(check, "duplicate", "fhir-element-id", "the ids of elements differ within a resource");
            return;
        }
}

void fhir_check_contained(struct fhir_check *check, tape_at container)
{
    const struct tape *tape = check->tape;
    uint32_t contained = 0;
    unsigned asks = 0;
    for (tape_at c = tape_first(tape, container); c != TAPE_NONE; c = tape_next(tape, container, c)) {
        contained += is_contained(tape, c);
        asks |= fhir_asks[tape_element(tape, c)];
    }
    check->scope.contained_count = check->scope.local_count = 0;
    if (contained > 0 && !collect(check, container, contained)) {
        check->code = SALVE_E_MEMORY;
        return;
    }
    for (uint32_t i = 0, c = container + 1; i < contained; c += tape->nodes[c].span) {
        if (!is_contained(tape, c)) continue;
        check->at = c;
        check_contained_one(check, c);
        i++;
    }
    check->at = container;
    /* A warning for each resource of a large Bundle would crowd out what matters. */
    if (container == 0 && (asks & FHIR_ASK_TEXT) == 0)
        fhir_check_warn(check, "invariant", "dom-6", "a resource should have narrative");
}
