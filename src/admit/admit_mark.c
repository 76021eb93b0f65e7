/* SPDX-License-Identifier: Apache-2.0
 * Marks what is inadmissible: one walk over a tape, each node judged by its element, its type and its text. A marked
 * node's subtree is not looked at further. References to other entries are noted for admit_close. */
#include "admit/admit_int.h"
#include "base/assert.h"
#include "base/ids.h"

enum { BASE64_BYTES_MAX = 128 }; /* of Attachment.hash; anything longer is content */

static void walk(struct admit_marks *marks, tape_at parent, uint8_t slot);

static bool is_text(const struct tape *tape, tape_at at, const char *want)
{
    return at != TAPE_NONE && str_is(tape_text(tape, at), want);
}

/* --- codes -------------------------------------------------------------------------------------------------------- */

static enum admit_rule never_coding(const struct admit_marks *m, tape_at coding)
{
    struct str system = tape_child_text(m->tape, coding, "system"), code = tape_child_text(m->tape, coding, "code");
    enum admit_rule rule = admit_never_code(m->rules, system, code);
    return rule != ADMIT_OK ? rule : admit_words_rule(m->rules, tape_child_text(m->tape, coding, "display"));
}

static enum admit_rule judge_coding(const struct admit_marks *m, tape_at coding, uint8_t slot)
{
    struct str system = tape_child_text(m->tape, coding, "system"), code = tape_child_text(m->tape, coding, "code");
    enum admit_rule rule = never_coding(m, coding);
    if (rule != ADMIT_OK) return rule;
    if (system.len == 0) return ADMIT_SYSTEM;
    if (admit_fact_has(m->rules, slot, system, code)) return ADMIT_OK;
    return slot != ADMIT_SET_ANY && admit_set_has_system(m->rules, slot, system) ? ADMIT_CODE : ADMIT_SYSTEM;
}

/* A concept goes as a whole when any of its codings or its words must never be there: its text would tell the same. */
static enum admit_rule judge_concept(const struct admit_marks *m, tape_at concept, uint8_t slot)
{
    enum admit_rule first = ADMIT_OK;
    bool has_good = false;
    for (tape_at c = tape_first(m->tape, concept); c != TAPE_NONE; c = tape_next(m->tape, concept, c)) {
        if (tape_element(m->tape, c) != FHIR_E_CodeableConcept_coding) continue;
        enum admit_rule rule = judge_coding(m, c, slot);
        if (admit_rule_is_never(rule)) return rule;
        if (rule == ADMIT_OK)
            has_good = true;
        else if (first == ADMIT_OK)
            first = rule;
    }
    enum admit_rule words = admit_words_rule(m->rules, tape_child_text(m->tape, concept, "text"));
    if (words != ADMIT_OK) return words;
    if (slot == ADMIT_SET_ANY || has_good) return ADMIT_OK;
    return first == ADMIT_OK ? ADMIT_CODE : first;
}

static enum admit_rule judge_quantity(const struct admit_marks *m, tape_at quantity)
{
    struct str system = tape_child_text(m->tape, quantity, "system");
    return system.len == 0 || str_is(system, "http://unitsofmeasure.org") ? ADMIT_OK : ADMIT_SYSTEM;
}

/* --- identifiers, extensions, attachments ------------------------------------------------------------------------- */

static enum admit_rule judge_identifier(const struct admit_marks *m, tape_at identifier)
{
    const struct admit_name *name =
        admit_name_find(&m->rules->identifiers, tape_child_text(m->tape, identifier, "system"));
    if (name == NULL) return ADMIT_N7;
    return m->is_patient && name->tag != ADMIT_OWNER_PERSON ? ADMIT_N7 : ADMIT_OK;
}

/* Extensions inside an accepted one have local names and go with it. */
static enum admit_rule judge_extension(const struct admit_marks *m, tape_at at)
{
    if (tape_element(m->tape, at) == FHIR_E_Extension_extension) return ADMIT_OK;
    bool is_known = admit_name_find(&m->rules->extensions, tape_child_text(m->tape, at, "url")) != NULL;
    return is_known ? ADMIT_OK : ADMIT_N5;
}

static enum admit_rule judge_attachment(const struct admit_marks *m, tape_at at)
{
    static const char *const kinds[] = {"image/", "video/", "audio/", "application/dicom"};
    struct str type = tape_child_text(m->tape, at, "contentType");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_starts(type, str_of(kinds[i]))) return ADMIT_N2;
    return str_starts(tape_child_text(m->tape, at, "url"), STR("data:")) ? ADMIT_N2 : ADMIT_OK;
}

/* --- references --------------------------------------------------------------------------------------------------- */

/* "<compartment>.<number>" */
static bool is_inside(struct str compartment, struct str id)
{
    return compartment.len > 0 && id.len > compartment.len + 1 && str_starts(id, compartment) &&
           id.ptr[compartment.len] == '.';
}

enum admit_target admit_target_of(const struct admit_marks *m, tape_at reference, uint32_t *entry)
{
    struct str text = tape_child_text(m->tape, reference, "reference");
    struct fhir_reference parts;
    *entry = FHIR_ENTRY_NONE;
    if (text.ptr == NULL) return ADMIT_TARGET_COMMONS; /* logical: its identifier is judged by itself */
    *entry = fhir_index_find(&m->index, text);
    if (*entry != FHIR_ENTRY_NONE) return ADMIT_TARGET_ENTRY;
    if (!fhir_reference_split(text, &parts) || parts.is_absolute) return ADMIT_TARGET_BAD;
    if (m->rules->owners[parts.type] == ADMIT_OWNER_COMMONS) return ADMIT_TARGET_COMMONS;
    return m->rules->owners[parts.type] == ADMIT_OWNER_PERSON && is_inside(m->compartment, parts.id)
               ? ADMIT_TARGET_INSIDE
               : ADMIT_TARGET_BAD;
}

static void add_link(struct admit_marks *m, tape_at reference, uint32_t to)
{
    if (m->link_count == m->link_room) {
        uint32_t room = m->link_room == 0 ? 64 : m->link_room * 2;
        struct admit_link *links = arena_grow(m->mem, m->links, m->link_room * sizeof *links, room * sizeof *links);
        if (links == NULL) {
            m->code = SALVE_E_MEMORY;
            return;
        }
        m->links = links;
        m->link_room = room;
    }
    m->links[m->link_count++] = (struct admit_link){m->entry, to, reference};
}

static enum admit_rule judge_reference(struct admit_marks *m, tape_at at)
{
    uint32_t entry;
    switch (admit_target_of(m, at, &entry)) {
    case ADMIT_TARGET_BAD:
        return ADMIT_REFERENCE;
    case ADMIT_TARGET_ENTRY:
        add_link(m, at, entry);
        return ADMIT_OK;
    default:
        return ADMIT_OK;
    }
}

/* --- one node ----------------------------------------------------------------------------------------------------- */

/* A code outside the closed list that R4 gives for its element is free text. */
static enum admit_rule judge_code(const struct admit_marks *m, tape_at at)
{
    uint16_t set = fhir_elements[tape_element(m->tape, at)].binding;
    if (set == 0 || tape_kind(m->tape, at) != TAPE_TEXT) return ADMIT_OK;
    return fhir_valueset_has(set, STR_NONE, tape_text(m->tape, at)) == FHIR_HAS_NOT ? ADMIT_CODE : ADMIT_OK;
}

static enum admit_rule judge_value(struct admit_marks *m, tape_at at, uint8_t slot)
{
    switch (tape_type(m->tape, at)) {
    case FHIR_T_Coding:
        return judge_coding(m, at, slot);
    case FHIR_T_CodeableConcept:
        return judge_concept(m, at, slot);
    case FHIR_T_Quantity:
    case FHIR_T_Age:
    case FHIR_T_Count:
    case FHIR_T_Duration:
        return judge_quantity(m, at);
    case FHIR_T_Identifier:
        return judge_identifier(m, at);
    case FHIR_T_Reference:
        return judge_reference(m, at);
    case FHIR_T_Attachment:
        return judge_attachment(m, at);
    case FHIR_T_code:
        return judge_code(m, at);
    case FHIR_T_base64Binary:
        return tape_text(m->tape, at).len > BASE64_BYTES_MAX ? ADMIT_N4 : ADMIT_OK;
    default:
        return ADMIT_OK;
    }
}

static enum admit_rule judge(struct admit_marks *m, tape_at at, uint8_t slot)
{
    fhir_element_id id = tape_element(m->tape, at);
    const struct fhir_element *element = &fhir_elements[id];
    if (element->path_name == FHIR_N_extension || element->path_name == FHIR_N_modifierExtension)
        return judge_extension(m, at);
    bool is_kept = (m->rules->elements[id] & ADMIT_KEPT) != 0 ||
                   (element->name == FHIR_N_id && fhir_types[element->owner].kind != FHIR_RESOURCE);
    if (!is_kept)
        return m->rules->element_rules[id] != 0 ? (enum admit_rule)m->rules->element_rules[id] : ADMIT_ELEMENT;
    if (tape_kind(m->tape, at) == TAPE_TEXT && tape_type(m->tape, at) != FHIR_T_base64Binary) {
        enum admit_rule rule = admit_text_rule(m->rules, tape_text(m->tape, at));
        if (rule != ADMIT_OK) return rule;
    }
    return judge_value(m, at, slot);
}

static uint8_t slot_of(const struct admit_marks *m, tape_at at, uint8_t inherited)
{
    fhir_element_id id = tape_element(m->tape, at);
    return id == FHIR_E_CodeableConcept_coding ? inherited : m->rules->slots[id];
}

static void walk(struct admit_marks *m, tape_at parent, uint8_t slot)
{
    for (tape_at c = tape_first(m->tape, parent); c != TAPE_NONE; c = tape_next(m->tape, parent, c)) {
        uint8_t own = slot_of(m, c, slot);
        enum admit_rule rule = judge(m, c, own);
        m->rule[c] = (uint8_t)rule;
        if (rule == ADMIT_OK && m->tape->nodes[c].span > 1) walk(m, c, own);
    }
}

/* --- whole resources ---------------------------------------------------------------------------------------------- */

static bool is_the_person(const struct admit_marks *m, tape_at reference)
{
    uint32_t entry;
    struct fhir_reference parts;
    switch (admit_target_of(m, reference, &entry)) {
    case ADMIT_TARGET_ENTRY:
        return m->index.entries[entry].type == FHIR_T_Patient;
    case ADMIT_TARGET_INSIDE:
        return fhir_reference_split(tape_child_text(m->tape, reference, "reference"), &parts) &&
               parts.type == FHIR_T_Patient;
    default:
        return false;
    }
}

/* Appointments name the person as one of their participants; all others have one element for it. */
static bool names_the_person(const struct admit_marks *m, tape_at resource, const char *subject)
{
    if (!str_is(str_of(subject), "participant.actor")) {
        tape_at reference = tape_get(m->tape, resource, subject);
        return reference != TAPE_NONE && is_the_person(m, reference);
    }
    for (tape_at c = tape_first(m->tape, resource); c != TAPE_NONE; c = tape_next(m->tape, resource, c)) {
        tape_at actor =
            tape_element(m->tape, c) == FHIR_E_Appointment_participant ? tape_get(m->tape, c, "actor") : TAPE_NONE;
        if (actor != TAPE_NONE && is_the_person(m, actor)) return true;
    }
    return false;
}

static enum admit_rule judge_profiles(const struct admit_marks *m, tape_at resource)
{
    tape_at meta = tape_get(m->tape, resource, "meta");
    if (meta == TAPE_NONE) return ADMIT_OK;
    for (tape_at c = tape_first(m->tape, meta); c != TAPE_NONE; c = tape_next(m->tape, meta, c))
        for (size_t i = 0; tape_element(m->tape, c) == FHIR_E_Meta_profile && i < m->rules->profiles.count; i++)
            if (str_find(tape_text(m->tape, c), m->rules->profiles.items[i].text) >= 0)
                return (enum admit_rule)m->rules->profiles.items[i].tag;
    return ADMIT_OK;
}

static enum admit_rule judge_consent(const struct admit_marks *m, tape_at consent)
{
    uint32_t purposes = 0;
    if (is_text(m->tape, tape_get(m->tape, consent, "status"), "rejected")) return ADMIT_N9;
    if (is_text(m->tape, tape_get(m->tape, consent, "provision.type"), "deny")) return ADMIT_N9;
    for (tape_at n = consent; n < consent + m->tape->nodes[consent].span; n++)
        purposes += tape_element(m->tape, n) == FHIR_E_Consent_provision_purpose;
    return purposes == 1 ? ADMIT_OK : ADMIT_N19;
}

static enum admit_rule judge_score(const struct admit_marks *m, tape_at score)
{
    static const fhir_element_id named[] = {FHIR_E_RiskAssessment_method, FHIR_E_RiskAssessment_code};
    for (tape_at c = tape_first(m->tape, score); c != TAPE_NONE; c = tape_next(m->tape, score, c))
        for (size_t i = 0; i < 2; i++)
            if (tape_element(m->tape, c) == named[i] && judge_concept(m, c, m->rules->slots[named[i]]) == ADMIT_OK)
                return ADMIT_OK;
    return ADMIT_N23;
}

enum admit_rule admit_resource_rule(const struct admit_marks *m, tape_at resource)
{
    fhir_type_id type = tape_type(m->tape, resource);
    enum admit_rule rule = (enum admit_rule)m->rules->type_rules[type];
    if (rule != ADMIT_OK) return rule;
    if (m->rules->owners[type] == ADMIT_OWNER_NONE) return ADMIT_TYPE;
    rule = judge_profiles(m, resource);
    if (rule == ADMIT_OK && type == FHIR_T_Consent) rule = judge_consent(m, resource);
    if (rule == ADMIT_OK && type == FHIR_T_RiskAssessment) rule = judge_score(m, resource);
    const char *subject = m->rules->subjects[type];
    if (rule == ADMIT_OK && subject != NULL && !names_the_person(m, resource, subject)) rule = ADMIT_SUBJECT;
    return rule;
}

static void mark_resource(struct admit_marks *m, tape_at resource)
{
    fhir_type_id type = tape_type(m->tape, resource);
    enum admit_rule rule = admit_resource_rule(m, resource);
    m->rule[resource] = (uint8_t)rule;
    m->is_patient = type == FHIR_T_Patient || type == FHIR_T_RelatedPerson;
    if (rule == ADMIT_OK) walk(m, resource, ADMIT_SET_ANY);
}

/* --- Bundles ------------------------------------------------------------------------------------------------------ */

static bool is_write(const struct tape *tape, tape_at entry)
{
    tape_at method = tape_get(tape, entry, "request.method");
    return method == TAPE_NONE || is_text(tape, method, "POST") || is_text(tape, method, "PUT");
}

static void mark_entry(struct admit_marks *m, const struct fhir_entry *entry)
{
    if (entry->resource == TAPE_NONE || !is_write(m->tape, entry->entry)) {
        m->rule[entry->entry] = ADMIT_BUNDLE;
        return;
    }
    for (tape_at c = tape_first(m->tape, entry->entry); c != TAPE_NONE; c = tape_next(m->tape, entry->entry, c)) {
        if (c == entry->resource) {
            mark_resource(m, c);
            continue;
        }
        enum admit_rule rule = judge(m, c, ADMIT_SET_ANY);
        m->rule[c] = (uint8_t)rule;
        if (rule == ADMIT_OK && m->tape->nodes[c].span > 1) walk(m, c, ADMIT_SET_ANY);
    }
}

static enum admit_rule judge_bundle(const struct admit_marks *m)
{
    tape_at type = tape_get(m->tape, 0, "type");
    uint32_t patients = 0;
    if (!is_text(m->tape, type, "transaction") && !is_text(m->tape, type, "batch") &&
        !is_text(m->tape, type, "collection"))
        return ADMIT_BUNDLE;
    for (uint32_t i = 0; i < m->index.count; i++) patients += m->index.entries[i].type == FHIR_T_Patient;
    if (patients > 1) return ADMIT_N11;
    return patients == 0 && m->compartment.len == 0 ? ADMIT_SUBJECT : ADMIT_OK;
}

static void mark_bundle(struct admit_marks *m)
{
    enum admit_rule rule = judge_bundle(m);
    m->rule[0] = (uint8_t)rule;
    m->hopeless = rule != ADMIT_OK;
    if (m->hopeless) return;
    m->entry = 0;
    for (tape_at c = tape_first(m->tape, 0); c != TAPE_NONE; c = tape_next(m->tape, 0, c)) {
        if (tape_element(m->tape, c) == FHIR_E_Bundle_entry) {
            mark_entry(m, &m->index.entries[m->entry]);
            m->entry++;
            continue;
        }
        rule = judge(m, c, ADMIT_SET_ANY);
        m->rule[c] = (uint8_t)rule;
        if (rule == ADMIT_OK && m->tape->nodes[c].span > 1) walk(m, c, ADMIT_SET_ANY);
    }
}

enum salve_code admit_mark(struct admit_marks *m, const struct admit_rules *rules, const struct tape *tape,
                           struct str compartment, struct arena *mem, struct salve_err *err)
{
    salve_assert(rules != NULL && (compartment.len == 0 || compartment.len == COMPARTMENT_TEXT_BYTES));
    *m = (struct admit_marks){.rules = rules, .tape = tape, .compartment = compartment, .mem = mem};
    if (tape->node_count == 0) return salve_fail(err, SALVE_E_INVALID, "an empty tape");
    m->rule = arena_array(mem, uint8_t, tape->node_count);
    if (m->rule == NULL) return salve_fail(err, SALVE_E_MEMORY, "marks of admission");
    enum salve_code code = fhir_index_build(tape, mem, &m->index, err);
    if (code != SALVE_OK) return code;
    if (m->index.is_bundle)
        mark_bundle(m);
    else
        mark_resource(m, 0);
    return m->code == SALVE_OK ? SALVE_OK : salve_fail(err, m->code, "links of admission");
}
