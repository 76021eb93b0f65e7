/* SPDX-License-Identifier: Apache-2.0
 * Tokens: codes, identifiers, contact points, booleans (R4 search.html 3.1.1.4.10). Case does not count, as R4 asks for
 * where it is not known whether it does: rather one too many than one too few. It counts for UCUM. */
#include "search/search_int.h"

/* system, code and system|code|value, cut at bars; escapes stay. */
void search_read_token(struct str text, struct search_token *out)
{
    struct str rest = text, first = STR_NONE, second, third;
    *out = (struct search_token){.system = STR_NONE};
    (void)search_piece(&rest, '|', &first);
    if (!search_piece(&rest, '|', &second)) {
        out->code = first;
        return;
    }
    out->has_system = true;
    out->system = first;
    out->code = second;
    if (search_piece(&rest, '|', &third)) out->value = third;
}

static bool same_without_case(struct str a, struct str b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (str_lower(a.ptr[i]) != str_lower(b.ptr[i])) return false;
    return true;
}

static bool same_code(struct str system, struct str a, struct str b)
{
    return str_is(system, "http://unitsofmeasure.org") ? str_eq(a, b) : same_without_case(a, b);
}

/* --- codes -------------------------------------------------------------------------------------------------------- */

static bool code_is(const struct search_token *asked, struct str system, struct str code)
{
    if (asked->has_system && asked->system.len == 0 && system.len > 0) return false;
    if (asked->system.len > 0 && !str_eq(asked->system, system)) return false;
    return (asked->code.len == 0 && asked->system.len > 0) || (code.len > 0 && same_code(system, asked->code, code));
}

static bool code_in(const struct search_look *look, struct str system, struct str code)
{
    struct expr_code asked = {.code = code, .system = system};
    if (look->set != NULL) return terms_set_has(look->set, &asked) == EXPR_TRUE;
    return terms_member(NULL, &asked, look->value->text, STR_NONE, NULL) == EXPR_TRUE;
}

/* A code element says no system: its binding does. */
static bool bound_code_is(const struct search_token *asked, struct search_node node, struct str code)
{
    if (!asked->has_system || asked->system.len == 0) return same_without_case(asked->code, code);
    uint16_t binding = fhir_elements[tape_element(search_tape(node), node.at)].binding;
    return binding != 0 && (asked->code.len == 0 || str_eq(asked->code, code)) &&
           fhir_valueset_has(binding, asked->system, code) == FHIR_HAS;
}

static bool primitive_is(const struct search_look *look, struct search_node node)
{
    struct str text = tape_text(search_tape(node), node.at);
    const struct search_token *asked = &look->value->token;
    if (text.ptr == NULL) return false;
    if (look->test->modifier == SEARCH_IN || look->test->modifier == SEARCH_NOT_IN)
        return code_in(look, STR_NONE, text);
    fhir_type_id type = tape_type(search_tape(node), node.at);
    if (type == FHIR_T_code) return bound_code_is(asked, node, text);
    if (asked->has_system) return false;
    return type == FHIR_T_id ? str_eq(asked->code, text) : same_without_case(asked->code, text);
}

static bool coding_is(const struct search_look *look, struct search_node node)
{
    struct str system = search_child(node, FHIR_N_system), code = search_child(node, FHIR_N_code);
    if (look->test->modifier == SEARCH_IN || look->test->modifier == SEARCH_NOT_IN) return code_in(look, system, code);
    return code_is(&look->value->token, system, code);
}

static bool concept_is(const struct search_look *look, struct search_node node)
{
    const struct tape *tape = search_tape(node);
    for (tape_at c = tape_first(tape, node.at); c != TAPE_NONE; c = tape_next(tape, node.at, c))
        if (tape_path_name(tape, c) == FHIR_N_coding && coding_is(look, (struct search_node){node.resource, c}))
            return true;
    return false;
}

/* --- identifiers -------------------------------------------------------------------------------------------------- */

static bool is_of_type(const struct search_token *asked, struct search_node node)
{
    const struct tape *tape = search_tape(node);
    tape_at type = tape_child(tape, node.at, FHIR_N_type);
    if (type == TAPE_NONE || !same_without_case(asked->value, search_child(node, FHIR_N_value))) return false;
    for (tape_at c = tape_first(tape, type); c != TAPE_NONE; c = tape_next(tape, type, c)) {
        struct search_node coding = {node.resource, c};
        if (tape_path_name(tape, c) == FHIR_N_coding &&
            code_is(asked, search_child(coding, FHIR_N_system), search_child(coding, FHIR_N_code)))
            return true;
    }
    return false;
}

static bool identifier_is(const struct search_look *look, struct search_node node)
{
    const struct search_token *asked = &look->value->token;
    if (look->test->modifier == SEARCH_OF_TYPE) return is_of_type(asked, node);
    return code_is(asked, search_child(node, FHIR_N_system), search_child(node, FHIR_N_value));
}

/* --- words of a code ---------------------------------------------------------------------------------------------- */

static bool begins(struct search_look *look, struct str text)
{
    struct str folded = search_fold(text, look->mem);
    if (folded.ptr == NULL) look->code = SALVE_E_MEMORY;
    return text.len > 0 && folded.ptr != NULL && str_starts(folded, look->value->text);
}

static bool words_of(struct search_look *look, struct search_node node)
{
    const struct tape *tape = search_tape(node);
    if (begins(look, search_child(node, FHIR_N_text)) || begins(look, search_child(node, FHIR_N_display))) return true;
    for (tape_at c = tape_first(tape, node.at); c != TAPE_NONE; c = tape_next(tape, node.at, c)) {
        fhir_name_id name = tape_path_name(tape, c);
        struct search_node child = {node.resource, c};
        if (name == FHIR_N_coding && begins(look, search_child(child, FHIR_N_display))) return true;
        if (name == FHIR_N_type && begins(look, search_child(child, FHIR_N_text))) return true; /* of an Identifier */
    }
    return false;
}

bool search_match_token(struct search_look *look, struct search_node node)
{
    if (look->test->modifier == SEARCH_TEXT) return words_of(look, node);
    switch (tape_type(search_tape(node), node.at)) {
    case FHIR_T_CodeableConcept:
        return concept_is(look, node);
    case FHIR_T_Coding:
        return coding_is(look, node);
    case FHIR_T_Identifier:
        return identifier_is(look, node);
    case FHIR_T_ContactPoint: {
        const struct search_token *asked = &look->value->token;
        return !asked->has_system && same_without_case(asked->code, search_child(node, FHIR_N_value));
    }
    default:
        return primitive_is(look, node);
    }
}
