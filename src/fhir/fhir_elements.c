/* SPDX-License-Identifier: Apache-2.0
 * Look-ups in the generated element tables; see elements.h. */
#include "base/assert.h"
#include "fhir/elements.h"

#include "fhir/fhir_tables_int.h"

struct str fhir_name(fhir_name_id name)
{
    salve_assert(name < FHIR_NAME_COUNT);
    uint32_t start = fhir_name_start[name];
    return str_make(fhir_name_text + start, fhir_name_start[name + 1] - start - 1);
}

fhir_name_id fhir_name_find(struct str text)
{
    for (uint32_t slot = str_hash_32(text) % FHIR_NAME_SLOTS;; slot = (slot + 1) % FHIR_NAME_SLOTS) {
        fhir_name_id name = fhir_name_slots[slot];
        if (name == 0 || str_eq(fhir_name(name), text)) return name;
    }
}

fhir_type_id fhir_type_by_hash(uint32_t hash)
{
    for (uint32_t slot = hash % FHIR_NAME_SLOTS; fhir_name_slots[slot] != 0; slot = (slot + 1) % FHIR_NAME_SLOTS) {
        fhir_name_id name = fhir_name_slots[slot];
        if (fhir_type_of_name[name] != 0 && str_hash_32(fhir_name(name)) == hash) return fhir_type_of_name[name];
    }
    return 0;
}

fhir_type_id fhir_type_find(struct str text) { return fhir_type_of_name[fhir_name_find(text)]; }

struct str fhir_type_name(fhir_type_id type) { return fhir_name(fhir_types[type].name); }

bool fhir_type_is_a(fhir_type_id type, fhir_type_id base)
{
    while (type != base && type != 0) type = fhir_types[type].base;
    return type == base;
}

fhir_element_id fhir_element_find(fhir_type_id type, struct str json_name)
{
    salve_assert(type < FHIR_TYPE_COUNT);
    fhir_name_id name = fhir_name_find(json_name);
    if (name == 0) return 0;
    fhir_element_id first = fhir_types[type].first_element;
    for (fhir_element_id at = first; at < first + fhir_types[type].element_count; at++)
        if (fhir_elements[at].name == name) return at;
    return 0;
}

/* As str_cmp of the text and the code, without looking for the text's end first. */
static int compare_code(const char *text, struct str code)
{
    for (size_t i = 0; i < code.len; i++) {
        unsigned char a = (unsigned char)text[i], b = (unsigned char)code.ptr[i];
        if (a == '\0') return -1;
        if (a != b) return a < b ? -1 : 1;
    }
    return text[code.len] != '\0';
}

/* First row of the value set whose code is not before `code`. */
static uint32_t code_lower_bound(const struct fhir_valueset *set, struct str code)
{
    uint32_t low = set->first_code, high = set->first_code + set->code_count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (compare_code(fhir_code_text + fhir_codes[mid].text, code) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

enum fhir_has fhir_valueset_has(uint16_t valueset, struct str system, struct str code)
{
    salve_assert(valueset > 0 && valueset < FHIR_VALUESET_COUNT);
    const struct fhir_valueset *set = &fhir_valuesets[valueset];
    uint32_t end = set->first_code + set->code_count;
    for (uint32_t at = code_lower_bound(set, code); at < end; at++) {
        if (compare_code(fhir_code_text + fhir_codes[at].text, code) != 0) break;
        if (system.ptr == NULL || str_is(system, fhir_systems[fhir_codes[at].system])) return FHIR_HAS;
    }
    if (!set->is_open) return FHIR_HAS_NOT;
    if (set->open_systems == 0 || system.ptr == NULL) return FHIR_HAS_UNKNOWN;
    for (const uint16_t *id = fhir_list(set->open_systems); *id != 0; id++)
        if (str_is(system, fhir_systems[*id])) return FHIR_HAS_UNKNOWN;
    return FHIR_HAS_NOT;
}
