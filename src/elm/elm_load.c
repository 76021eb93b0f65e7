/* SPDX-License-Identifier: Apache-2.0
 * Loading ELM libraries: JSON, identifier, schema. What the expressions hold is checked when they are compiled. */
#include "base/limits.h"
#include "elm/elm_compile_int.h"

struct elm_set *elm_set_make(struct arena *mem) { return elm_set_make_apart(mem, mem); }

struct elm_set *elm_set_make_apart(struct arena *work, struct arena *mem)
{
    struct elm_set *set = arena_new(work, struct elm_set);
    if (set == NULL) return NULL;
    set->work = work;
    set->mem = mem;
    return set;
}

enum salve_code elm_library_read(struct str json, const char *shown, struct arena *work, struct arena *texts,
                                 const struct elm_library **out, struct salve_err *err)
{
    /* an expression level is two JSON levels: the object and its array of operands */
    const struct json_opts opts = {
        .bytes_max = SALVE_ELM_BYTES_MAX, .depth_max = 2 * SALVE_ELM_DEPTH_MAX + 20, .texts = texts};
    const struct json *doc;
    TRY(json_read(json, &opts, work, &doc, err));
    const struct json *root = json_get(doc, "library");
    if (root == NULL) root = doc;
    if (!json_is(root, JSON_OBJECT))
        return salve_refuse(err, SALVE_E_INVALID, "an ELM library is an object", "library");
    struct str id = json_get_text(json_get(root, "identifier"), "id");
    if (id.len == 0)
        return salve_refuse(err, SALVE_E_INVALID, "it is missing: this is not ELM", "library.identifier.id");
    if (!json_is(json_path(root, "schemaIdentifier.id"), JSON_STRING))
        return salve_refuse(err, SALVE_E_INVALID, "it is missing: this is not ELM", "library.schemaIdentifier");
    struct elm_library *library = arena_new(work, struct elm_library);
    if (library == NULL) return salve_fail(err, SALVE_E_MEMORY, "ELM library");
    *library = (struct elm_library){.shown = shown == NULL ? id : str_of(shown),
                                    .text = json,
                                    .id = id,
                                    .root = root,
                                    .version = json_get_text(json_get(root, "identifier"), "version")};
    *out = library;
    return elm_index_defs(library, work, err);
}

enum salve_code elm_library_add(struct elm_set *set, const struct elm_library *library, struct salve_err *err)
{
    struct elm_member *member = arena_new(set->work, struct elm_member);
    if (member == NULL) return salve_fail(err, SALVE_E_MEMORY, "ELM library");
    member->library = library;
    if (set->last == NULL)
        set->first = member;
    else
        set->last->next = member;
    set->last = member;
    return SALVE_OK;
}

enum salve_code elm_load(struct elm_set *set, struct str json, const char *name, struct salve_err *err)
{
    const struct elm_library *library;
    enum salve_code code = elm_library_read(json, name, set->work, set->mem, &library, err);
    if (code != SALVE_OK && name != NULL) salve_err_in(err, "%s", name);
    return code != SALVE_OK ? code : elm_library_add(set, library, err);
}

const struct json *elm_library_includes(const struct elm_library *library)
{
    return json_path(library->root, "includes.def");
}

struct str elm_newest(const struct elm_set *set) { return set->last == NULL ? STR_NONE : set->last->library->id; }

bool elm_locator(struct str locator, unsigned *line, unsigned *column)
{
    unsigned *part = line;
    *line = *column = 0;
    for (size_t i = 0; i < locator.len && locator.ptr[i] != '-'; i++) {
        char c = locator.ptr[i];
        if (c == ':' && part == line)
            part = column;
        else if (str_is_digit(c) && *part < 100000000)
            *part = *part * 10 + (unsigned)(c - '0');
        else
            return false;
    }
    return *line > 0;
}
