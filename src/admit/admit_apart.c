/* SPDX-License-Identifier: Apache-2.0
 * What is kept apart: the families of a resource by its codes, and of a Bundle's entries by what they refer to.
 * Where nobody can tell what an answer or a medicine is, it counts as kept apart. */
#include "admit/admit_int.h"
#include "fhir/fhir.h"

enum { ROUNDS_MAX = 64 };

#define LOINC  STR("http://loinc.org")
#define RXNORM STR("http://www.nlm.nih.gov/research/umls/rxnorm")

/* --- medicines by name -------------------------------------------------------------------------------------------- */

struct medicine_row {
    const char *names;
    uint8_t family;
};
static const struct medicine_row medicine_rows[] = {
#define X(family, names) {names, FAMILY_##family},
    ADMIT_APART_MEDICINES(X)
#undef X
};

static char small(char c) { return str_is_upper(c) ? (char)(c - 'A' + 'a') : c; }

/* Is the name, which is in small letters, anywhere in the text? */
static bool names(struct str text, const char *name, size_t len)
{
    for (size_t i = 0; i + len <= text.len; i++) {
        size_t n = 0;
        while (n < len && small(text.ptr[i + n]) == name[n]) n++;
        if (n == len) return true;
    }
    return false;
}

static family_mask named_families(struct str text)
{
    family_mask families = 0;
    for (size_t i = 0; i < sizeof medicine_rows / sizeof medicine_rows[0]; i++)
        for (const char *at = medicine_rows[i].names; *at != '\0';) {
            size_t len = strcspn(at, " ");
            if (names(text, at, len)) families |= FAMILY_BIT(medicine_rows[i].family);
            at += len + (at[len] == ' ');
        }
    return families;
}

static bool has_letters(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (str_is_letter(text.ptr[i])) return true;
    return false;
}

/* Is the medicine known by its names alone: RxNorm has no groups, and what stands in words only has no code? */
static bool is_by_name(const struct admit_rules *rules, const struct tape *tape, tape_at concept)
{
    bool has_code = false;
    for (tape_at c = tape_first(tape, concept); c != TAPE_NONE; c = tape_next(tape, concept, c)) {
        if (tape_type(tape, c) != FHIR_T_Coding) continue;
        struct str system = tape_child_text(tape, c, "system");
        if (str_eq(system, RXNORM)) return true;
        has_code |= admit_set_has_system(rules, rules->medicine_set, system);
    }
    return !has_code && tape_path_name(tape, concept) == FHIR_N_medication;
}

/* Every name beside the codes. */
static family_mask medicine_families(const struct admit_rules *rules, const struct tape *tape, tape_at concept)
{
    if (!is_by_name(rules, tape, concept)) return 0;
    struct str text = tape_child_text(tape, concept, "text");
    family_mask families = named_families(text);
    bool is_named = has_letters(text);
    for (tape_at c = tape_first(tape, concept); c != TAPE_NONE; c = tape_next(tape, concept, c)) {
        if (tape_type(tape, c) != FHIR_T_Coding) continue;
        struct str display = tape_child_text(tape, c, "display");
        is_named |= has_letters(display);
        families |= named_families(display);
    }
    return is_named ? families : FAMILY_BIT(FAMILY_OTHER);
}

/* --- answers of questionnaires ------------------------------------------------------------------------------------ */

bool admit_next_token(struct str *text, struct str *token)
{
    size_t len = 0;
    while (text->len > 0 && !admit_is_alnum(text->ptr[0]) && text->ptr[0] != '-') *text = str_cut(*text, 1, text->len);
    while (len < text->len && (admit_is_alnum(text->ptr[len]) || text->ptr[len] == '-')) len++;
    *token = str_cut(*text, 0, len);
    *text = str_cut(*text, len, text->len);
    return len > 0;
}

/* Families of the codes in a text such as "/44250-9", "http://loinc.org/q/44249-1" or "tb-cough". *is_known: there
 * is one that observations are admitted under, so it is known what is asked. */
static family_mask token_families(const struct admit_rules *rules, struct str text, bool *is_known)
{
    const struct str systems[] = {LOINC, STR("urn:salve:question")};
    family_mask families = 0;
    struct str token;
    while (admit_next_token(&text, &token))
        for (size_t i = 0; i < 2; i++) {
            families |= admit_code_families(rules, systems[i], token);
            *is_known |= admit_fact_has(rules, rules->observation_set, systems[i], token);
        }
    return families;
}

static family_mask answer_families(const struct admit_rules *rules, const struct tape *tape, tape_at at)
{
    bool is_known = false;
    family_mask families = 0;
    switch (tape_type(tape, at)) {
    case FHIR_T_QuestionnaireResponse:
        return token_families(rules, tape_child_text(tape, at, "questionnaire"), &is_known);
    case FHIR_T_QuestionnaireResponse_item:
        if (tape_get(tape, at, "answer") == TAPE_NONE) return 0;
        families |= token_families(rules, tape_child_text(tape, at, "linkId"), &is_known);
        families |= token_families(rules, tape_child_text(tape, at, "definition"), &is_known);
        return families != 0 || is_known ? families : FAMILY_BIT(FAMILY_OTHER);
    default:
        return 0;
    }
}

/* --- a resource --------------------------------------------------------------------------------------------------- */

static family_mask node_families(const struct admit_rules *rules, const struct tape *tape, tape_at at)
{
    switch (tape_type(tape, at)) {
    case FHIR_T_Coding:
        return admit_code_families(rules, tape_child_text(tape, at, "system"), tape_child_text(tape, at, "code"));
    case FHIR_T_CodeableConcept:
        return medicine_families(rules, tape, at);
    default:
        return answer_families(rules, tape, at);
    }
}

family_mask admit_families(const struct admit_rules *rules, const struct tape *tape, tape_at resource)
{
    family_mask families = 0;
    fhir_type_id type = tape_type(tape, resource);
    if (type == FHIR_T_Patient || type == FHIR_T_RelatedPerson || type == FHIR_T_AllergyIntolerance) return 0;
    for (tape_at at = resource; at < resource + tape->nodes[resource].span; at++)
        if (tape_kind(tape, at) == TAPE_OBJECT) families |= node_families(rules, tape, at);
    return families;
}

/* --- a Bundle ----------------------------------------------------------------------------------------------------- */

/* Does a reference say what the resource is about? Where and of whom it was made says nothing of it. */
static bool is_about(const struct tape *tape, tape_at reference)
{
    fhir_name_id name = tape_path_name(tape, reference);
    return name != FHIR_N_encounter && name != FHIR_N_context && name != FHIR_N_subject && name != FHIR_N_patient &&
           name != FHIR_N_for;
}

static bool can_be_apart(const struct admit_marks *m, uint32_t entry)
{
    fhir_type_id type = m->index.entries[entry].type;
    return m->index.entries[entry].resource != TAPE_NONE && m->rules->owners[type] == ADMIT_OWNER_PERSON &&
           type != FHIR_T_Patient && type != FHIR_T_RelatedPerson;
}

/* Families of the entries that an entry refers to. */
static family_mask referred_families(const struct admit_marks *m, uint32_t entry, const family_mask *families)
{
    const struct tape *tape = m->tape;
    tape_at resource = m->index.entries[entry].resource;
    family_mask more = 0;
    uint32_t to;
    for (tape_at at = resource + 1; at < resource + tape->nodes[resource].span; at++)
        if (tape_kind(tape, at) == TAPE_OBJECT && tape_type(tape, at) == FHIR_T_Reference && is_about(tape, at) &&
            admit_target_of(m, at, &to) == ADMIT_TARGET_ENTRY)
            more |= families[to];
    return more;
}

enum salve_code admit_entry_families(const struct admit_marks *m, family_mask **out, struct salve_err *err)
{
    family_mask *families = arena_array(m->mem, family_mask, m->index.count + 1);
    bool has_grown = false;
    if (families == NULL) return salve_fail(err, SALVE_E_MEMORY, "admission");
    for (uint32_t e = 0; e < m->index.count; e++) {
        if (can_be_apart(m, e)) families[e] = admit_families(m->rules, m->tape, m->index.entries[e].resource);
        has_grown |= families[e] != 0;
    }
    for (uint32_t round = 0; has_grown; round++) { /* at most one more than the longest chain of references */
        if (round == ROUNDS_MAX) return salve_fail(err, SALVE_E_STEPS, "references between resources");
        has_grown = false;
        for (uint32_t e = 0; e < m->index.count; e++) {
            family_mask more = can_be_apart(m, e) ? referred_families(m, e, families) & ~families[e] : 0;
            families[e] |= more;
            has_grown |= more != 0;
        }
    }
    *out = families;
    return SALVE_OK;
}

enum salve_code admit_mark_apart(struct admit_marks *m, struct salve_err *err)
{
    family_mask *families = NULL;
    enum salve_code code = admit_entry_families(m, &families, err);
    for (uint32_t e = 0; code == SALVE_OK && e < m->index.count; e++)
        if (families[e] != 0) m->rule[m->index.entries[e].resource] = ADMIT_APART;
    return code;
}
