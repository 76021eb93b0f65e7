/* SPDX-License-Identifier: Apache-2.0
 * The definitions of a library by their names: hundreds of references look for each, and of functions all that have
 * the name. */
#include "elm/elm_compile_int.h"

bool elm_is_function(const struct json *def) { return str_is(json_get_text(def, "type"), "FunctionDef"); }

uint32_t elm_operand_count(const struct json *def)
{
    const struct json *operands = json_get(def, "operand");
    return json_is(operands, JSON_ARRAY) ? operands->count : 0;
}

static uint32_t count_defs(const struct json *root)
{
    uint32_t count = 0;
    for (const struct json *section = json_first(root); section != NULL; section = section->next)
        for (const struct json *def = json_first(json_get(section, "def")); def != NULL; def = def->next) count++;
    return count;
}

enum salve_code elm_index_defs(struct elm_library *library, struct arena *work, struct salve_err *err)
{
    uint32_t count = count_defs(library->root), places = 16, at = 0;
    while (places < count) places *= 2;
    struct elm_def *defs = arena_array(work, struct elm_def, count + (size_t)1);
    library->first_def = arena_array(work, uint32_t, places);
    if (defs == NULL || library->first_def == NULL) return salve_fail(err, SALVE_E_MEMORY, "ELM library");
    for (const struct json *section = json_first(library->root); section != NULL; section = section->next)
        for (const struct json *def = json_first(json_get(section, "def")); def != NULL; def = def->next)
            defs[at++] = (struct elm_def){.def = def,
                                          .section = section->name,
                                          .name = json_get_text(def, "name"),
                                          .operands = elm_operand_count(def),
                                          .is_function = elm_is_function(def)};
    library->defs = defs;
    library->place_mask = places - 1;
    for (; at > 0; at--) { /* from the last one, so that the first one is found first */
        uint32_t *first = &library->first_def[str_hash_32(defs[at - 1].name) & library->place_mask];
        defs[at - 1].next = *first;
        *first = at;
    }
    return SALVE_OK;
}

const struct elm_def *elm_def_named(const struct elm_library *library, struct str name, const struct elm_def *before)
{
    uint32_t at = before != NULL ? before->next : library->first_def[str_hash_32(name) & library->place_mask];
    while (at > 0 && !str_eq(library->defs[at - 1].name, name)) at = library->defs[at - 1].next;
    return at > 0 ? &library->defs[at - 1] : NULL;
}

const struct json *elm_find_def(const struct elm_library *library, const char *section, struct str name)
{
    const struct elm_def *found = elm_def_named(library, name, NULL);
    while (found != NULL && !str_is(found->section, section)) found = elm_def_named(library, name, found);
    return found != NULL ? found->def : NULL;
}
