/* SPDX-License-Identifier: Apache-2.0
 * Bundles in the shapes in which other programs give them (R4 bundle.html), as one collection of resources: a document,
 * what a search found, a history. What stands around the resources says nothing about the person and goes; of a history
 * the newest version of each resource counts, and one that was deleted since is a retraction. A medicine that stands in
 * a resource of its own is put where it is used. */
#include "admit/admit_int.h"
#include "admit/import.h"
#include "fhir/fhir.h"
#include "fhir/tape_edit.h"

enum form { FORM_PLAIN, FORM_DOCUMENT, FORM_SEARCHSET, FORM_HISTORY };

struct shaping {
    const struct tape *tape;
    struct fhir_index index;
    enum form form;
    bool *is_deleted; /* by entry: a later one of the history deletes it; a deletion: it was followed */
    bool *is_moved;   /* by entry: a medicine whose words stand where it is used */
    struct arena *mem;
    struct tape_builder make;
    struct salve_err *err;
};

static enum form form_of(const struct tape *tape)
{
    static const char *const names[] = {"", "document", "searchset", "history"};
    struct str type = tape_child_text(tape, 0, "type");
    for (size_t i = 1; i < sizeof names / sizeof names[0]; i++)
        if (str_is(type, names[i])) return (enum form)i;
    return FORM_PLAIN;
}

/* --- medicines in resources of their own -------------------------------------------------------------------------- */

static bool is_medicine_reference(const struct tape *tape, tape_at at)
{
    return tape_element(tape, at) == FHIR_E_MedicationStatement_medicationReference ||
           tape_element(tape, at) == FHIR_E_MedicationRequest_medicationReference;
}

static tape_at contained(const struct tape *tape, tape_at resource, struct str id)
{
    for (tape_at c = tape_first(tape, resource); c != TAPE_NONE; c = tape_next(tape, resource, c))
        if (tape_type(tape, c) == FHIR_T_Medication && str_eq(tape_child_text(tape, c, "id"), id)) return c;
    return TAPE_NONE;
}

/* The concept of the medicine that the reference means: beside it in the Bundle (*entry), or inside of its resource. */
static tape_at medicine_of(const struct shaping *s, tape_at resource, tape_at reference, uint32_t *entry)
{
    struct str text = tape_child_text(s->tape, reference, "reference");
    tape_at medicine = TAPE_NONE;
    *entry = fhir_index_find(&s->index, text);
    if (str_starts(text, STR("#")))
        medicine = contained(s->tape, resource, str_cut(text, 1, text.len));
    else if (*entry != FHIR_ENTRY_NONE && s->index.entries[*entry].type == FHIR_T_Medication)
        medicine = s->index.entries[*entry].resource;
    return medicine == TAPE_NONE ? TAPE_NONE : tape_get(s->tape, medicine, "code");
}

static void note_medicines(struct shaping *s)
{
    uint32_t entry;
    for (uint32_t e = 0; e < s->index.count; e++) {
        tape_at resource = s->index.entries[e].resource;
        if (resource == TAPE_NONE) continue;
        for (tape_at c = tape_first(s->tape, resource); c != TAPE_NONE; c = tape_next(s->tape, resource, c))
            if (is_medicine_reference(s->tape, c) && medicine_of(s, resource, c, &entry) != TAPE_NONE &&
                entry != FHIR_ENTRY_NONE)
                s->is_moved[entry] = true;
    }
}

/* --- what was deleted --------------------------------------------------------------------------------------------- */

static bool is_own_status(const struct tape *tape, tape_at at)
{
    const struct fhir_element *element = &fhir_elements[tape_element(tape, at)];
    return element->name == FHIR_N_status && fhir_types[element->owner].kind == FHIR_RESOURCE &&
           element->binding != 0 &&
           fhir_valueset_has(element->binding, STR_NONE, STR("entered-in-error")) != FHIR_HAS_NOT;
}

static bool is_verified(fhir_type_id type) { return type == FHIR_T_Condition || type == FHIR_T_AllergyIntolerance; }

static void add_never_was(struct tape_builder *make, fhir_type_id type)
{
    tape_add_concept(make, "verificationStatus",
                     type == FHIR_T_Condition
                         ? STR("http://terminology.hl7.org/CodeSystem/condition-ver-status")
                         : STR("http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"),
                     STR("entered-in-error"));
}

bool import_can_be_error(const struct tape *tape, tape_at resource)
{
    if (is_verified(tape_type(tape, resource))) return true;
    for (tape_at c = tape_first(tape, resource); c != TAPE_NONE; c = tape_next(tape, resource, c))
        if (is_own_status(tape, c)) return true;
    return false;
}

static void copy_deleted(struct tape_builder *make, const struct tape *tape, tape_at resource)
{
    fhir_type_id type = tape_type(tape, resource);
    for (tape_at c = tape_first(tape, resource); c != TAPE_NONE; c = tape_next(tape, resource, c)) {
        fhir_name_id name = tape_path_name(tape, c);
        if (is_own_status(tape, c))
            tape_add_text(make, "status", STR("entered-in-error"));
        else if (!is_verified(type) || (name != FHIR_N_verificationStatus && name != FHIR_N_clinicalStatus))
            tape_add_child(make, tape, c);
    }
    if (is_verified(type)) add_never_was(make, type);
}

enum salve_code import_error_of(const struct tape *tape, tape_at resource, struct arena *mem, struct tape *out,
                                struct salve_err *err)
{
    struct tape_builder make;
    tape_build(&make, mem, tape_type(tape, resource));
    copy_deleted(&make, tape, resource);
    return tape_built(&make, out, err);
}

/* --- one entry ---------------------------------------------------------------------------------------------------- */

/* Does the resource name a medicine that stands inside of it? */
static bool holds_medicine(const struct shaping *s, tape_at resource)
{
    uint32_t entry;
    for (tape_at c = tape_first(s->tape, resource); c != TAPE_NONE; c = tape_next(s->tape, resource, c))
        if (is_medicine_reference(s->tape, c) && medicine_of(s, resource, c, &entry) != TAPE_NONE)
            return entry == FHIR_ENTRY_NONE;
    return false;
}

static void copy_present(struct shaping *s, tape_at resource)
{
    uint32_t entry;
    bool is_held = holds_medicine(s, resource);
    for (tape_at c = tape_first(s->tape, resource); c != TAPE_NONE; c = tape_next(s->tape, resource, c)) {
        tape_at concept = is_medicine_reference(s->tape, c) ? medicine_of(s, resource, c, &entry) : TAPE_NONE;
        if (concept != TAPE_NONE)
            tape_add_copy(&s->make, "medicationCodeableConcept", s->tape, concept);
        else if (!is_held || tape_type(s->tape, c) != FHIR_T_Medication)
            tape_add_child(&s->make, s->tape, c);
    }
}

/* An older version, a deletion that was followed, a word about the search, or a medicine that was moved. */
static bool is_around(const struct shaping *s, uint32_t e)
{
    const struct fhir_entry *entry = &s->index.entries[e];
    if (entry->resource == TAPE_NONE || s->is_moved[e]) return s->is_moved[e] || s->is_deleted[e];
    if (entry->type == FHIR_T_OperationOutcome && s->form == FORM_SEARCHSET) return true;
    if (s->is_deleted[e] && !import_can_be_error(s->tape, entry->resource)) return true;
    return s->form == FORM_HISTORY && entry->id.len > 0 && fhir_index_find_id(&s->index, entry->type, entry->id) != e;
}

static void copy_entry(struct shaping *s, uint32_t e)
{
    const struct fhir_entry *entry = &s->index.entries[e];
    if (is_around(s, e)) return;
    tape_open(&s->make, "entry");
    for (tape_at c = tape_first(s->tape, entry->entry); c != TAPE_NONE; c = tape_next(s->tape, entry->entry, c)) {
        fhir_name_id name = tape_path_name(s->tape, c);
        bool is_ours = s->form == FORM_PLAIN || entry->resource == TAPE_NONE || name == FHIR_N_fullUrl;
        if (c != entry->resource && is_ours) tape_add_child(&s->make, s->tape, c);
        if (c != entry->resource) continue;
        tape_open_resource(&s->make, "resource", entry->type);
        if (s->is_deleted[e])
            copy_deleted(&s->make, s->tape, c);
        else
            copy_present(s, c);
        tape_close(&s->make);
    }
    tape_close(&s->make);
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

/* A deletion marks the newest version that is older than itself, and itself as followed. One whose resource is not in
 * the file stays for admission to refuse: nobody could tell what is to be taken back. */
static void follow_deletions(struct shaping *s)
{
    struct fhir_reference parts;
    for (uint32_t e = 0; e < s->index.count && s->form == FORM_HISTORY; e++) {
        const struct fhir_entry *entry = &s->index.entries[e];
        if (entry->resource != TAPE_NONE || entry->entry == TAPE_NONE) continue;
        tape_at method = tape_get(s->tape, entry->entry, "request.method");
        tape_at url = tape_get(s->tape, entry->entry, "request.url");
        if (method == TAPE_NONE || url == TAPE_NONE || !str_is(tape_text(s->tape, method), "DELETE")) continue;
        if (!fhir_reference_split(tape_text(s->tape, url), &parts)) continue;
        uint32_t newest = fhir_index_find_id(&s->index, parts.type, parts.id);
        if (newest == FHIR_ENTRY_NONE) continue;
        s->is_deleted[newest] |= newest > e;
        s->is_deleted[e] = true;
    }
}

static bool needs_shaping(const struct tape *tape, enum form form)
{
    if (form != FORM_PLAIN) return true;
    for (tape_at at = 0; at < tape->node_count; at++)
        if (is_medicine_reference(tape, at)) return true;
    return false;
}

static enum salve_code shape(struct shaping *s, struct tape *out)
{
    TRY(fhir_index_build(s->tape, s->mem, &s->index, s->err));
    s->is_deleted = arena_array(s->mem, bool, s->index.count + 1);
    s->is_moved = arena_array(s->mem, bool, s->index.count + 1);
    if (s->is_deleted == NULL || s->is_moved == NULL) return salve_fail(s->err, SALVE_E_MEMORY, "Bundle");
    follow_deletions(s);
    note_medicines(s);
    tape_build(&s->make, s->mem, FHIR_T_Bundle);
    if (s->form != FORM_PLAIN) tape_add_text(&s->make, "type", STR("collection"));
    for (tape_at c = tape_first(s->tape, 0); c != TAPE_NONE; c = tape_next(s->tape, 0, c))
        if (s->form == FORM_PLAIN && tape_element(s->tape, c) != FHIR_E_Bundle_entry)
            tape_add_child(&s->make, s->tape, c);
    for (uint32_t e = 0; e < s->index.count; e++) copy_entry(s, e);
    return tape_built(&s->make, out, s->err);
}

enum salve_code admit_form(struct tape *bundle, struct arena *mem, struct salve_err *err)
{
    struct tape came = *bundle;
    if (bundle->node_count == 0) return SALVE_OK;
    struct shaping s = {.tape = &came, .form = form_of(&came), .mem = mem, .err = err};
    return needs_shaping(&came, s.form) ? shape(&s, bundle) : SALVE_OK;
}
