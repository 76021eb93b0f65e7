/* SPDX-License-Identifier: Apache-2.0
 * Marks what is inadmissible: one walk over a tape, each node judged by its element, its type and its text. A marked
 * node's subtree is not looked at further. References to other entries are noted for admit_close. */
#include "admit/admit_int.h"
#include "fhir/fhir.h"
#include "base/assert.h"
#include "base/ids.h"

#define UCUM "http://unitsofmeasure.org"

enum {
    BASE64_BYTES_MAX = 128, /* of Attachment.hash; anything longer is content */
    NUMBER_BYTES_MAX = 32,
    COMPONENTS_MAX = 40, /* of one Observation; more is a curve */
    UNIT_BYTES_MAX = 40,
    IDENTIFIER_BYTES_MAX = 64,
    STATE_DIGITS_MIN = 9,      /* a number without letters of that length may be one of the state */
    OWN_NUMBER_BYTES_MAX = 21, /* a dot and the number of a resource */
};

static void walk(struct admit_marks *marks, tape_at parent, uint8_t slot);

static bool is_text(const struct tape *tape, tape_at at, const char *want)
{
    return at != TAPE_NONE && str_is(tape_text(tape, at), want);
}

/* --- codes -------------------------------------------------------------------------------------------------------- */

/* The define of a guideline that decided: a name in its logic, not on any list. */
static bool is_define(struct str code)
{
    for (size_t i = 0; i < code.len; i++)
        if (!admit_is_alnum(code.ptr[i]) && (code.ptr[i] == '\0' || strchr(" -()/.,%<>=+:", code.ptr[i]) == NULL))
            return false;
    return code.len > 0 && code.len <= IDENTIFIER_BYTES_MAX;
}

static bool is_method(const struct admit_rules *rules, struct str system, struct str code)
{
    for (size_t i = 0; i < admit_method_count; i++)
        if (str_is(system, admit_methods[i]))
            return is_define(code) && admit_text_rule(rules, code, ADMIT_TEXT_LABEL) == ADMIT_OK;
    return false;
}

enum admit_rule admit_coding_rule(const struct admit_rules *rules, uint8_t set, struct str system, struct str code,
                                  struct str display)
{
    enum admit_rule rule = admit_never_code(rules, system, code);
    if (rule == ADMIT_OK) rule = admit_text_rule(rules, display, ADMIT_TEXT_LABEL);
    if (admit_rule_is_never(rule)) return rule;
    if (system.len == 0) return ADMIT_SYSTEM;
    if (set == rules->method_set && is_method(rules, system, code)) return ADMIT_OK;
    if (set == rules->method_set) set = ADMIT_SET_ANY;
    if (admit_fact_has(rules, set, system, code)) return ADMIT_OK;
    return admit_set_has_system(rules, set, system) ? ADMIT_CODE : ADMIT_SYSTEM;
}

static enum admit_rule judge_coding(const struct admit_marks *m, tape_at coding, uint8_t slot)
{
    return admit_coding_rule(m->rules, slot, tape_child_text(m->tape, coding, "system"),
                             tape_child_text(m->tape, coding, "code"), tape_child_text(m->tape, coding, "display"));
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
    enum admit_rule words = admit_text_rule(m->rules, tape_child_text(m->tape, concept, "text"), ADMIT_TEXT_LABEL);
    if (admit_rule_is_never(words)) return words;
    if (slot == ADMIT_SET_ANY || slot == m->rules->method_set || has_good) return ADMIT_OK;
    if (slot == m->rules->medicine_set && tape_child_text(m->tape, concept, "text").len > 0) return ADMIT_OK;
    return first == ADMIT_OK ? ADMIT_CODE : first;
}

static enum admit_rule judge_quantity(const struct admit_marks *m, tape_at quantity)
{
    struct str system = tape_child_text(m->tape, quantity, "system");
    struct str unit = tape_child_text(m->tape, quantity, "unit"), code = tape_child_text(m->tape, quantity, "code");
    if (unit.len > UNIT_BYTES_MAX || code.len > UNIT_BYTES_MAX) return ADMIT_TEXT;
    if (system.len == 0 || str_is(system, UCUM)) return ADMIT_OK;
    return unit.len > 0 ? ADMIT_OK : ADMIT_SYSTEM; /* beside the written unit, system and code go alone */
}

bool admit_is_unit_code(const struct tape *tape, tape_at quantity, tape_at at)
{
    fhir_name_id name = tape_path_name(tape, at);
    if ((name != FHIR_N_system && name != FHIR_N_code) || !fhir_type_is_a(tape_type(tape, quantity), FHIR_T_Quantity))
        return false;
    struct str system = tape_child_text(tape, quantity, "system");
    return system.len > 0 && !str_is(system, UCUM) && tape_child_text(tape, quantity, "unit").len > 0;
}

/* --- identifiers, extensions, attachments ------------------------------------------------------------------------- */

/* The form of a card code (docs/formats/card.md): 20 characters of base32, the last one a check over GF(32). */
static bool is_card(struct str text)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    unsigned sum = 0, count = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '-') continue;
        const char *place = text.ptr[i] == '\0' ? NULL : strchr(alphabet, text.ptr[i]);
        if (place == NULL || ++count > 20) return false;
        sum = (sum << 1) ^ ((sum & 16) != 0 ? 0x25U : 0) ^ (unsigned)(place - alphabet);
    }
    return count == 20 && sum == 0;
}

/* Letters, digits, '-', '.', '_'; and no long number alone, which might be one of the state. */
static bool is_foreign_id(struct str text)
{
    return text.len > 0 && text.len <= IDENTIFIER_BYTES_MAX && fhir_primitive_ok(FHIR_T_id, text) &&
           !admit_is_long_number(text);
}

bool admit_is_long_number(struct str text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (str_is_letter(text.ptr[i]) || (unsigned char)text.ptr[i] >= 0x80) return false;
        digits += str_is_digit(text.ptr[i]);
    }
    return digits >= STATE_DIGITS_MIN;
}

enum admit_rule admit_id_rule(const struct admit_rules *rules, fhir_type_id type, struct str id)
{
    if (id.len == 0 || id.len > IDENTIFIER_BYTES_MAX) return ADMIT_N7;
    if ((type == FHIR_T_Patient || type == FHIR_T_RelatedPerson) && !is_foreign_id(id)) return ADMIT_N7;
    return admit_text_rule(rules, id, ADMIT_TEXT_ID);
}

static enum admit_rule judge_identifier(const struct admit_marks *m, tape_at identifier)
{
    struct str system = tape_child_text(m->tape, identifier, "system"),
               value = tape_child_text(m->tape, identifier, "value");
    const struct admit_name *name = admit_name_find(&m->rules->identifiers, system);
    if (name == NULL || value.len > IDENTIFIER_BYTES_MAX) return ADMIT_N7;
    if (str_is(system, "urn:salve:card") && !is_card(value)) return ADMIT_N7;
    if (str_is(system, "urn:salve:imported") && m->is_patient && value.ptr != NULL && !is_foreign_id(value))
        return ADMIT_N7;
    return m->is_patient && name->tag != ADMIT_OWNER_PERSON ? ADMIT_N7 : ADMIT_OK;
}

struct extension_row {
    struct str where, url;
    const char *value;
};
static const struct extension_row extension_rows[] = {
#define X(where, url, value) {{where, sizeof where - 1}, {url, sizeof url - 1}, value},
    ADMIT_EXTENSIONS(X)
#undef X
};

static const struct extension_row *find_extension(struct str where, struct str url)
{
    for (size_t i = 0; i < sizeof extension_rows / sizeof extension_rows[0]; i++)
        if (str_eq(url, extension_rows[i].url) &&
            (extension_rows[i].where.len == 0 || str_eq(where, extension_rows[i].where)))
            return &extension_rows[i];
    return NULL;
}

/* The reasons of R4 why a value is not there. */
static bool is_absent_reason(struct str code)
{
    static const char *const reasons[] = {"unknown",       "asked-unknown",  "temp-unknown",     "not-asked",
                                          "masked",        "asked-declined", "not-applicable",   "unsupported",
                                          "as-text",       "error",          "not-a-number",     "negative-infinity",
                                          "not-performed", "not-permitted",  "positive-infinity"};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (str_is(code, reasons[i])) return true;
    return false;
}

/* An extension has its row, stands where the row says, and holds what the row says and nothing else. */
static enum admit_rule judge_extension(const struct admit_marks *m, tape_at parent, tape_at at)
{
    struct str where = tape_type(m->tape, parent) == FHIR_T_Extension ? tape_child_text(m->tape, parent, "url")
                                                                      : fhir_type_name(tape_type(m->tape, parent));
    const struct extension_row *row = find_extension(where, tape_child_text(m->tape, at, "url"));
    if (row == NULL || fhir_elements[tape_element(m->tape, at)].path_name != FHIR_N_extension) return ADMIT_N5;
    for (tape_at c = tape_first(m->tape, at); c != TAPE_NONE; c = tape_next(m->tape, at, c)) {
        fhir_name_id name = fhir_elements[tape_element(m->tape, c)].name;
        if (name == FHIR_N_url || name == FHIR_N_id) continue;
        if (!str_is(fhir_name(name), row->value)) return ADMIT_N5;
        if (name == FHIR_N_valueCode && !is_absent_reason(tape_text(m->tape, c))) return ADMIT_N5;
    }
    return ADMIT_OK;
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

bool admit_is_inside(struct str compartment, struct str id)
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
    return m->rules->owners[parts.type] == ADMIT_OWNER_PERSON && admit_is_inside(m->compartment, parts.id)
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

static enum admit_text kind_of(const struct admit_marks *m, tape_at at)
{
    fhir_element_id id = tape_element(m->tape, at);
    switch (fhir_elements[id].owner) {
    case FHIR_T_HumanName:
    case FHIR_T_Address:
    case FHIR_T_ContactPoint:
        return ADMIT_TEXT_NAME;
    case FHIR_T_Reference:
        return ADMIT_TEXT_URI;
    case FHIR_T_Identifier:
        if (id == FHIR_E_Identifier_value) return ADMIT_TEXT_ID;
        break;
    case FHIR_T_Coding:
    case FHIR_T_CodeableConcept:
    case FHIR_T_Quantity:
        if (tape_type(m->tape, at) == FHIR_T_string)
            return fhir_elements[id].name == FHIR_N_version ? ADMIT_TEXT_URI : ADMIT_TEXT_LABEL;
        break;
    default:
        break;
    }
    switch (tape_type(m->tape, at)) {
    case FHIR_T_uri:
    case FHIR_T_url:
    case FHIR_T_canonical:
    case FHIR_T_oid:
    case FHIR_T_uuid:
    case FHIR_T_id:
        return ADMIT_TEXT_URI;
    case FHIR_T_code:
        return ADMIT_TEXT_CODE;
    default:
        return ADMIT_TEXT_PROSE;
    }
}

/* "<compartment>.<number>" has Salve's own form, as an id and in references; others are judged as URIs. */
static bool is_own_id(const struct admit_marks *m, tape_at at)
{
    struct fhir_reference parts;
    if (tape_type(m->tape, at) == FHIR_T_id) return admit_is_inside(m->compartment, tape_text(m->tape, at));
    return tape_element(m->tape, at) == FHIR_E_Reference_reference &&
           fhir_reference_split(tape_text(m->tape, at), &parts) && admit_is_inside(m->compartment, parts.id);
}

/* The same as the whole of another text, such as what a finding rests on: the letters of a compartment are drawn by
 * lot, and spell now and then what no text may hold. */
static bool is_own_text(const struct admit_marks *m, tape_at at)
{
    struct str text = tape_text(m->tape, at);
    struct fhir_reference parts;
    if (!fhir_reference_split(text, &parts) || parts.is_absolute || parts.version.len > 0) return false;
    if (!admit_is_inside(m->compartment, parts.id)) return false;
    for (size_t i = m->compartment.len + 1; i < parts.id.len; i++)
        if (!str_is_digit(parts.id.ptr[i])) return false;
    return parts.id.len - m->compartment.len <= OWN_NUMBER_BYTES_MAX;
}

static bool is_time(fhir_type_id type)
{
    return type == FHIR_T_date || type == FHIR_T_dateTime || type == FHIR_T_instant || type == FHIR_T_time;
}

/* A primitive as it is written. */
static enum admit_rule judge_text(const struct admit_marks *m, tape_at at)
{
    fhir_type_id type = tape_type(m->tape, at);
    if (tape_kind(m->tape, at) == TAPE_NUMBER) {
        if (tape_text(m->tape, at).len > NUMBER_BYTES_MAX) return ADMIT_TEXT;
        bool is_whole = type == FHIR_T_integer || type == FHIR_T_positiveInt || type == FHIR_T_unsignedInt;
        return is_whole && admit_has_national(m->rules, tape_text(m->tape, at), ADMIT_TEXT_PROSE) ? ADMIT_N7 : ADMIT_OK;
    }
    if (tape_kind(m->tape, at) != TAPE_TEXT || type == FHIR_T_base64Binary || is_time(type)) return ADMIT_OK;
    if (is_own_id(m, at)) return ADMIT_OK;
    fhir_name_id name = fhir_elements[tape_element(m->tape, at)].name;
    enum admit_rule rule = admit_seen_rule(m->seen, m->rules, tape_text(m->tape, at), kind_of(m, at));
    if (rule != ADMIT_OK && is_own_text(m, at)) rule = ADMIT_OK;
    return rule == ADMIT_OK && name == FHIR_N_valueString && !m->is_worded ? ADMIT_TEXT : rule;
}

static enum admit_rule judge(struct admit_marks *m, tape_at parent, tape_at at, uint8_t slot)
{
    fhir_element_id id = tape_element(m->tape, at);
    const struct fhir_element *element = &fhir_elements[id];
    if (element->path_name == FHIR_N_extension || element->path_name == FHIR_N_modifierExtension)
        return judge_extension(m, parent, at);
    bool is_kept = (m->rules->elements[id] & ADMIT_KEPT) != 0 ||
                   (element->name == FHIR_N_id && fhir_types[element->owner].kind != FHIR_RESOURCE);
    if (!is_kept)
        return m->rules->element_rules[id] != 0 ? (enum admit_rule)m->rules->element_rules[id] : ADMIT_ELEMENT;
    if (admit_is_unit_code(m->tape, parent, at)) return ADMIT_SYSTEM;
    enum admit_rule rule = judge_text(m, at);
    return rule != ADMIT_OK ? rule : judge_value(m, at, slot);
}

static uint8_t slot_of(const struct admit_marks *m, tape_at at, uint8_t inherited)
{
    fhir_element_id id = tape_element(m->tape, at);
    return id == FHIR_E_CodeableConcept_coding ? inherited : m->rules->slots[id];
}

/* May the Observation or component have words as its value? Not where its code is admitted as another kind of value; a
 * code that is refused says so itself. Everything else that has a valueString may. */
static bool is_worded(const struct admit_marks *m, tape_at at, bool inherited)
{
    fhir_type_id type = tape_type(m->tape, at);
    tape_at code = TAPE_NONE;
    bool is_listed = false, is_worded = false;
    if (type == FHIR_T_Observation || type == FHIR_T_Observation_component) code = tape_get(m->tape, at, "code");
    if (code == TAPE_NONE) return inherited || type == FHIR_T_Extension;
    for (tape_at c = tape_first(m->tape, code); c != TAPE_NONE; c = tape_next(m->tape, code, c)) {
        if (tape_element(m->tape, c) != FHIR_E_CodeableConcept_coding) continue;
        struct str system = tape_child_text(m->tape, c, "system"), text = tape_child_text(m->tape, c, "code");
        is_listed |= admit_fact_has(m->rules, m->rules->observation_set, system, text);
        is_worded |= admit_code_worded(m->rules, system, text);
    }
    return is_worded || !is_listed;
}

static void walk(struct admit_marks *m, tape_at parent, uint8_t slot)
{
    bool was_worded = m->is_worded;
    uint32_t components = 0;
    m->is_worded = is_worded(m, parent, was_worded);
    for (tape_at c = tape_first(m->tape, parent); c != TAPE_NONE; c = tape_next(m->tape, parent, c)) {
        uint8_t own = slot_of(m, c, slot);
        enum admit_rule rule = judge(m, parent, c, own);
        if (tape_type(m->tape, c) == FHIR_T_Observation_component && ++components > COMPONENTS_MAX) rule = ADMIT_N4;
        m->rule[c] = (uint8_t)rule;
        if (rule == ADMIT_OK && m->tape->nodes[c].span > 1) walk(m, c, own);
    }
    m->is_worded = was_worded;
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
    m->is_worded = type != FHIR_T_Observation;
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
        enum admit_rule rule = judge(m, entry->entry, c, ADMIT_SET_ANY);
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
        rule = judge(m, 0, c, ADMIT_SET_ANY);
        m->rule[c] = (uint8_t)rule;
        if (rule == ADMIT_OK && m->tape->nodes[c].span > 1) walk(m, c, ADMIT_SET_ANY);
    }
}

enum salve_code admit_mark(struct admit_marks *m, const struct admit_rules *rules, const struct tape *tape,
                           struct str compartment, struct admit_seen *seen, struct arena *mem, struct salve_err *err)
{
    salve_assert(rules != NULL && (compartment.len == 0 || compartment.len == COMPARTMENT_TEXT_BYTES));
    *m = (struct admit_marks){.rules = rules, .tape = tape, .compartment = compartment, .seen = seen, .mem = mem};
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
