/* SPDX-License-Identifier: Apache-2.0
 * From what another system sent to resources of a compartment: one Bundle, admitted; an id for each resource; then each
 * resource is made anew with that id, its old id as an identifier, and its references rewritten. */
#include "admit/import.h"

#include <inttypes.h>

#include "base/assert.h"
#include "base/ids.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "admit/admit_int.h"
#include "admit/same.h"
#include "fhir/tape_edit.h"

/* --- one Bundle out of bytes -------------------------------------------------------------------------------------- */

/* The first JSON object of *rest, by its brackets; false if there is none. What it holds is the reader's business. */
static bool cut_object(struct str *rest, struct str *object)
{
    size_t depth = 0, i = 0;
    bool in_string = false;
    while (rest->len > 0 && str_is_space(rest->ptr[0])) *rest = str_cut(*rest, 1, rest->len);
    if (rest->len == 0 || rest->ptr[0] != '{') return false;
    for (; i < rest->len; i++) {
        char c = rest->ptr[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"')
            in_string = true;
        else if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && --depth == 0)
            break;
    }
    if (i >= rest->len) return false;
    *object = str_cut(*rest, 0, i + 1);
    *rest = str_cut(*rest, i + 1, rest->len);
    return true;
}

static enum salve_code wrap(struct str bytes, struct arena *mem, struct str *out, struct salve_err *err)
{
    struct buf buf;
    struct str object;
    uint32_t line = 0;
    buf_init(&buf, mem, SALVE_RESOURCE_BYTES_MAX);
    buf_add(&buf, STR("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["));
    while (str_trim(bytes).len > 0) {
        line++;
        if (!cut_object(&bytes, &object))
            return salve_fail(err, SALVE_E_SYNTAX, "resource %" PRIu32 " of the file", line);
        buf_add(&buf, line == 1 ? STR("{\"resource\":") : STR(",{\"resource\":"));
        buf_add(&buf, object);
        buf_add_char(&buf, '}');
    }
    buf_add(&buf, STR("]}"));
    return buf_done(&buf, out, err);
}

enum salve_code import_read(struct str bytes, struct arena *mem, struct tape *bundle, struct fhir_issues *issues,
                            struct salve_err *err)
{
    struct str rest = bytes, first, wrapped;
    if (bytes.len > SALVE_RESOURCE_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "the input");
    if (!cut_object(&rest, &first) || str_trim(rest).len == 0) {
        TRY(fhir_read(bytes, NULL, mem, bundle, issues, err));
        if (bundle->node_count > 0 && tape_type(bundle, 0) == FHIR_T_Bundle) return admit_form(bundle, mem, err);
    }
    TRY(wrap(bytes, mem, &wrapped, err));
    TRY(fhir_read(wrapped, NULL, mem, bundle, issues, err));
    return admit_form(bundle, mem, err);
}

enum salve_code import_shape(struct tape *bundle, struct arena *mem, struct salve_err *err)
{
    return admit_form(bundle, mem, err);
}

/* --- ids ---------------------------------------------------------------------------------------------------------- */

struct importing {
    const struct import_ask *ask;
    struct arena *mem;
    struct admit_marks marks; /* of the admitted tape: index and targets */
    struct str *new_ids;      /* by entry; absent for commons */
    struct str *old_ids;      /* by entry: as it is kept; absent where it may not be */
    fhir_type_id type;        /* of the resource at hand */
    family_mask *families;    /* by entry */
    struct import_done *done;
    struct salve_err *err;
    enum salve_code code; /* E_MEMORY while rewriting */
};

static bool is_person(const struct importing *in, uint32_t entry)
{
    const struct fhir_entry *e = &in->marks.index.entries[entry];
    return e->resource != TAPE_NONE && in->ask->rules->owners[e->type] == ADMIT_OWNER_PERSON;
}

/* The id that it had where it came from: its own, else the UUID of its fullUrl. None where that may not be kept, so
 * that what an import makes itself never stands in its way. */
static struct str old_id(const struct importing *in, const struct fhir_entry *entry)
{
    struct str id = entry->id, prefix = STR("urn:uuid:");
    if (id.len > 0 && admit_is_long_number(id)) return STR("");
    if (id.len == 0 && str_starts(entry->full_url, prefix))
        id = str_cut(entry->full_url, prefix.len, entry->full_url.len);
    if (id.len == 0 || admit_is_inside(in->ask->compartment, id)) return id;
    return admit_id_rule(in->ask->rules, entry->type, id) == ADMIT_OK ? id : STR("");
}

static enum salve_code find_old_ids(struct importing *in)
{
    const struct fhir_index *index = &in->marks.index;
    in->old_ids = arena_array(in->mem, struct str, index->count + 1);
    if (in->old_ids == NULL) return salve_fail(in->err, SALVE_E_MEMORY, "import");
    for (uint32_t i = 0; i < index->count; i++) in->old_ids[i] = old_id(in, &index->entries[i]);
    return SALVE_OK;
}

/* An entry before this one that has the same source id; FHIR_ENTRY_NONE: there is none. */
static uint32_t entry_before(const struct importing *in, uint32_t entry)
{
    const struct fhir_index *index = &in->marks.index;
    const struct fhir_entry *e = &index->entries[entry];
    struct same_mark mark, other;
    uint32_t found = e->id.len > 0 ? fhir_index_find_id(index, e->type, e->id) : fhir_index_find(index, e->full_url);
    if (found == FHIR_ENTRY_NONE || found >= entry || in->new_ids[found].len == 0) return FHIR_ENTRY_NONE;
    same_mark(in->marks.tape, e->resource, &mark);
    same_mark(in->marks.tape, index->entries[found].resource, &other);
    bool is_one = same_code(&mark, &other) && (in->families[entry] != 0) == (in->families[found] != 0);
    return is_one ? found : FHIR_ENTRY_NONE;
}

static struct str make_id(const struct importing *in, uint32_t entry)
{
    const struct import_ask *ask = in->ask;
    const struct fhir_entry *e = &in->marks.index.entries[entry];
    struct str known = STR_NONE;
    if (e->type == FHIR_T_Patient && ask->patient_id.len > 0) return ask->patient_id;
    uint32_t before = entry_before(in, entry);
    if (before != FHIR_ENTRY_NONE) return in->new_ids[before];
    if (ask->known != NULL && e->type != FHIR_T_Patient)
        known = ask->known(ask->ctx, in->marks.tape, e->resource, in->old_ids[entry], in->families[entry] != 0);
    if (known.len > 0) return known;
    return arena_printf(in->mem, "%.*s.%" PRIu64, STR_ARGS(ask->compartment), ask->next(ask->ctx));
}

/* --- rewriting ---------------------------------------------------------------------------------------------------- */

static void copy_object(struct importing *in, struct tape_builder *make, tape_at parent);

/* Without its id where that may not be kept in this resource: then its type is all that is said. */
static void add_logical(const struct importing *in, struct tape_builder *make, struct str type, struct str id)
{
    if (type.len > 0) tape_add_text(make, "type", type);
    if (id.len == 0 || admit_id_rule(in->ask->rules, in->type, id) != ADMIT_OK) return;
    tape_open(make, "identifier");
    tape_add_text(make, "system", SAME_IMPORTED);
    tape_add_text(make, "value", id);
    tape_close(make);
}

static void copy_rest_of_reference(struct importing *in, struct tape_builder *make, tape_at at, struct str new_text)
{
    const struct tape *tape = in->marks.tape;
    if (new_text.ptr == NULL) {
        in->code = SALVE_E_MEMORY;
        return;
    }
    for (tape_at c = tape_first(tape, at); c != TAPE_NONE; c = tape_next(tape, at, c)) {
        if (tape_element(tape, c) == FHIR_E_Reference_reference)
            tape_add_text(make, "reference", new_text);
        else
            tape_add_child(make, tape, c);
    }
    in->done->references++;
}

/* A Reference whose object is open in the builder. */
static void copy_reference(struct importing *in, struct tape_builder *make, tape_at at)
{
    const struct tape *tape = in->marks.tape;
    struct fhir_reference parts;
    uint32_t entry;
    enum admit_target target = admit_target_of(&in->marks, at, &entry);
    struct str text = tape_child_text(tape, at, "reference");
    if (target == ADMIT_TARGET_ENTRY && is_person(in, entry)) {
        struct str type = fhir_type_name(in->marks.index.entries[entry].type), id = in->new_ids[entry];
        copy_rest_of_reference(in, make, at, arena_printf(in->mem, "%.*s/%.*s", STR_ARGS(type), STR_ARGS(id)));
    } else if (target == ADMIT_TARGET_ENTRY) {
        add_logical(in, make, fhir_type_name(in->marks.index.entries[entry].type), in->old_ids[entry]);
    } else if (target == ADMIT_TARGET_COMMONS && text.len > 0 && fhir_reference_split(text, &parts)) {
        add_logical(in, make, fhir_type_name(parts.type), parts.id);
    } else {
        for (tape_at c = tape_first(tape, at); c != TAPE_NONE; c = tape_next(tape, at, c))
            tape_add_child(make, tape, c);
    }
}

static bool has_reference(const struct tape *tape, tape_at at)
{
    for (tape_at n = at; n < at + tape->nodes[at].span; n++)
        if (tape_element(tape, n) == FHIR_E_Reference_reference) return true;
    return false;
}

static void copy_child(struct importing *in, struct tape_builder *make, tape_at at)
{
    const struct tape *tape = in->marks.tape;
    char name[TAPE_NAME_BYTES];
    if (tape_kind(tape, at) != TAPE_OBJECT || !has_reference(tape, at)) {
        tape_add_child(make, tape, at);
        return;
    }
    tape_open(make, tape_json_name(tape, at, name));
    if (tape_type(tape, at) == FHIR_T_Reference)
        copy_reference(in, make, at);
    else
        copy_object(in, make, at);
    tape_close(make);
}

static void copy_object(struct importing *in, struct tape_builder *make, tape_at parent)
{
    const struct tape *tape = in->marks.tape;
    for (tape_at c = tape_first(tape, parent); c != TAPE_NONE; c = tape_next(tape, parent, c)) copy_child(in, make, c);
}

/* --- one resource ------------------------------------------------------------------------------------------------- */

static bool has_identifier(const struct tape *tape, tape_at resource, struct str id)
{
    for (tape_at c = tape_first(tape, resource); c != TAPE_NONE; c = tape_next(tape, resource, c))
        if (tape_path_name(tape, c) == FHIR_N_identifier && str_eq(tape_child_text(tape, c, "system"), SAME_IMPORTED) &&
            str_eq(tape_child_text(tape, c, "value"), id))
            return true;
    return false;
}

/* Can the old id be kept? QuestionnaireResponse has room for one identifier only, Provenance for none. */
static bool takes_identifier(const struct tape *tape, tape_at resource)
{
    fhir_element_id element = fhir_element_find(tape_type(tape, resource), STR("identifier"));
    if (element == 0) return false;
    return (fhir_elements[element].flags & FHIR_MANY) != 0 ||
           tape_child(tape, resource, FHIR_N_identifier) == TAPE_NONE;
}

static void add_identifier(struct tape_builder *make, struct str id)
{
    tape_open(make, "identifier");
    tape_add_text(make, "system", SAME_IMPORTED);
    tape_add_text(make, "value", id);
    tape_close(make);
}

/* Elements that stand before `identifier` in every resource. */
static bool is_head(fhir_name_id name)
{
    return name == FHIR_N_id || name == FHIR_N_meta || name == FHIR_N_implicitRules || name == FHIR_N_language ||
           name == FHIR_N_text || name == FHIR_N_contained || name == FHIR_N_extension ||
           name == FHIR_N_modifierExtension;
}

static enum salve_code rewrite(struct importing *in, uint32_t entry, struct import_resource *out)
{
    const struct tape *tape = in->marks.tape;
    const struct fhir_entry *e = &in->marks.index.entries[entry];
    struct tape_builder make;
    struct str old = in->old_ids[entry];
    bool keeps_id = e->type != 0 && old.len > 0 && !str_eq(old, in->new_ids[entry]) &&
                    takes_identifier(tape, e->resource) && !has_identifier(tape, e->resource, old);
    bool joins = tape_child(tape, e->resource, FHIR_N_identifier) != TAPE_NONE; /* items of a list stand together */
    in->type = e->type;
    tape_build(&make, in->mem, e->type);
    tape_add_text(&make, "id", in->new_ids[entry]);
    for (tape_at c = tape_first(tape, e->resource); c != TAPE_NONE; c = tape_next(tape, e->resource, c)) {
        fhir_name_id name = fhir_elements[tape_element(tape, c)].name;
        if (keeps_id && (joins ? name == FHIR_N_identifier : !is_head(name))) {
            add_identifier(&make, old);
            keeps_id = false;
        }
        if (name != FHIR_N_id) copy_child(in, &make, c);
    }
    if (keeps_id) add_identifier(&make, old);
    in->done->apart_count += in->families[entry] != 0;
    *out = (struct import_resource){fhir_type_name(e->type), in->new_ids[entry], old, in->families[entry], {0}};
    if (in->code != SALVE_OK) return salve_fail(in->err, in->code, "import");
    return tape_built(&make, &out->tape, in->err);
}

static enum salve_code number_all(struct importing *in, uint32_t *person_count)
{
    const struct fhir_index *index = &in->marks.index;
    *person_count = 0;
    in->new_ids = arena_array(in->mem, struct str, index->count + 1);
    if (in->new_ids == NULL) return salve_fail(in->err, SALVE_E_MEMORY, "import");
    for (int pass = 0; pass < 2; pass++) /* the Patient has the lowest number */
        for (uint32_t i = 0; i < index->count; i++) {
            if (!is_person(in, i) || (index->entries[i].type == FHIR_T_Patient) != (pass == 0)) continue;
            in->new_ids[i] = make_id(in, i);
            if (in->new_ids[i].ptr == NULL) return salve_fail(in->err, SALVE_E_MEMORY, "import");
            ++*person_count;
        }
    in->done->commons = index->count - *person_count;
    return SALVE_OK;
}

static enum salve_code rewrite_all(struct importing *in, uint32_t count)
{
    const struct fhir_index *index = &in->marks.index;
    struct import_resource *resources = arena_array(in->mem, struct import_resource, count + 1);
    uint32_t next = 0;
    enum salve_code code = SALVE_OK;
    if (resources == NULL) return salve_fail(in->err, SALVE_E_MEMORY, "import");
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < index->count && code == SALVE_OK; i++)
            if (is_person(in, i) && (index->entries[i].type == FHIR_T_Patient) == (pass == 0))
                code = rewrite(in, i, &resources[next++]);
    in->done->resources = resources;
    in->done->resource_count = next;
    return code;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static enum salve_code admit(const struct import_ask *ask, const struct tape *bundle, struct arena *mem,
                             struct tape *admitted, struct import_done *out, struct salve_err *err)
{
    *admitted = *bundle;
    if (!ask->minimise) return admit_check(ask->rules, bundle, ask->compartment, mem, out->issues, err);
    struct admit_kept kept;
    enum salve_code code = admit_minimise(ask->rules, bundle, ask->compartment, mem, &kept, err);
    if (code == SALVE_E_NOT_ADMITTED) return admit_check(ask->rules, bundle, ask->compartment, mem, out->issues, err);
    if (code != SALVE_OK) return code;
    *admitted = kept.tape;
    out->rejects = kept.rejects;
    out->counts = kept.counts;
    out->rule_count = kept.rule_count;
    return SALVE_OK;
}

/* What is left without what is kept apart; how much that was is the caller's to tell. */
static enum salve_code leave_apart(const struct import_ask *ask, struct tape *bundle, struct arena *mem,
                                   struct import_done *out, struct salve_err *err)
{
    struct admit_kept kept;
    if (!ask->leave_apart) return SALVE_OK;
    TRY(admit_leave_apart(ask->rules, bundle, ask->compartment, mem, &kept, err));
    out->apart_count = kept.resources_in - kept.resources_kept;
    *bundle = kept.tape;
    return SALVE_OK;
}

/* The Coding that holds a node. */
static tape_at coding_of(const struct tape *tape, tape_at at)
{
    tape_at parent = at;
    while (parent > 0 && (tape_type(tape, parent) != FHIR_T_Coding || parent + tape->nodes[parent].span <= at))
        parent--;
    return parent;
}

/* What a sender says beside a code is not needed: its name comes from Salve's own table where there is one, else it
 * stays; names of Salve's codes, versions of code systems (a guideline's own apart), profiles and policies go. */
static enum tape_verdict without_words(void *context, const struct tape *from, tape_at at, struct str *text)
{
    bool is_own = false;
    struct str name;
    tape_at parent = coding_of(from, at);
    (void)context;
    switch (tape_element(from, at)) {
    case FHIR_E_Meta_profile:
    case FHIR_E_Provenance_policy:
        return TAPE_DROP;
    case FHIR_E_Coding_version:
        (void)admit_display(tape_child_text(from, parent, "system"), STR(""), &is_own);
        return is_own ? TAPE_KEEP : TAPE_DROP;
    case FHIR_E_Coding_display:
        if (tape_kind(from, at) != TAPE_TEXT) return TAPE_DROP;
        name = admit_display(tape_child_text(from, parent, "system"), tape_child_text(from, parent, "code"), &is_own);
        if (name.len == 0) return is_own ? TAPE_DROP : TAPE_KEEP;
        *text = name;
        return TAPE_REPLACE;
    default:
        return TAPE_KEEP;
    }
}

enum salve_code import_run(const struct import_ask *ask, const struct tape *bundle, struct arena *mem,
                           struct import_done *out, struct salve_err *err)
{
    struct tape admitted, kept;
    struct importing in = {.ask = ask, .mem = mem, .done = out, .err = err};
    uint32_t person_count = 0;
    salve_assert(ask->rules != NULL && ask->next != NULL && ask->compartment.len == COMPARTMENT_TEXT_BYTES);
    *out = (struct import_done){.issues = arena_new(mem, struct fhir_issues)};
    if (out->issues == NULL) return salve_fail(err, SALVE_E_MEMORY, "import");
    fhir_issues_init(out->issues, mem);
    for (tape_at e = TAPE_NONE; tape_each_entry(bundle, &e);) out->resources_in++;
    enum salve_code code = admit(ask, bundle, mem, &kept, out, err);
    if (code == SALVE_OK) code = leave_apart(ask, &kept, mem, out, err);
    if (code == SALVE_OK) code = tape_copy(&kept, 0, without_words, NULL, mem, &admitted, err);
    if (code != SALVE_OK) return code;
    in.marks =
        (struct admit_marks){.rules = ask->rules, .tape = &admitted, .compartment = ask->compartment, .mem = mem};
    code = fhir_index_build(&admitted, mem, &in.marks.index, err);
    if (code == SALVE_OK) code = admit_entry_families(&in.marks, &in.families, err);
    if (code == SALVE_OK) code = find_old_ids(&in);
    if (code == SALVE_OK) code = number_all(&in, &person_count);
    if (code == SALVE_OK) code = rewrite_all(&in, person_count);
    return code;
}
