/* SPDX-License-Identifier: Apache-2.0
 * Texts: names and addresses by each of their parts, everything else as it stands (R4 search.html 3.1.1.4.8). */
#include "search/search_int.h"

static bool begins_with(struct str text, struct str asked, bool by_words)
{
    if (str_starts(text, asked)) return true;
    for (size_t i = 1; by_words && i < text.len; i++)
        if (text.ptr[i - 1] == ' ' && str_starts(str_cut(text, i, SIZE_MAX), asked)) return true;
    return false;
}

/* by_words: each name of "Carreno Quinones" is found by its beginning. */
static bool text_is(struct search_look *look, struct str text, bool by_words)
{
    if (text.ptr == NULL) return false;
    if (look->test->modifier == SEARCH_EXACT) return str_eq(text, look->value->text);
    struct str folded = search_fold(text, look->mem);
    if (folded.ptr == NULL) {
        look->code = SALVE_E_MEMORY;
        return false;
    }
    if (look->test->modifier == SEARCH_CONTAINS) return str_find(folded, look->value->text) >= 0;
    return begins_with(folded, look->value->text, by_words);
}

/* The elements of type string, not use and period. */
static bool parts_are(struct search_look *look, struct search_node node)
{
    const struct tape *tape = search_tape(node);
    for (tape_at c = tape_first(tape, node.at); c != TAPE_NONE; c = tape_next(tape, node.at, c))
        if (tape_type(tape, c) == FHIR_T_string && text_is(look, tape_text(tape, c), true)) return true;
    return false;
}

bool search_match_string(struct search_look *look, struct search_node node)
{
    const struct tape *tape = search_tape(node);
    switch (tape_type(tape, node.at)) {
    case FHIR_T_HumanName:
    case FHIR_T_Address:
        return parts_are(look, node);
    case FHIR_T_CodeableConcept:
        return text_is(look, search_child(node, FHIR_N_text), false);
    default:
        break;
    }
    fhir_type_id owner = fhir_elements[tape_element(tape, node.at)].owner;
    return text_is(look, tape_text(tape, node.at), owner == FHIR_T_HumanName);
}
