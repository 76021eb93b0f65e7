/* SPDX-License-Identifier: Apache-2.0
 * Compiling codes, concepts, value sets and code systems: their definitions, selectors and references. */
#include "elm/elm_compile_int.h"

static enum salve_code terms_of(struct elm_compile *c, const struct json *ref, bool is_code_system,
                                struct expr_vocabulary **out)
{
    struct str name;
    TRY(elm_want_text(c, ref, "name", &name));
    const struct elm_library *library = elm_find_library(c, ref, json_get_text(ref, "libraryName"));
    if (library == NULL) return c->err->code;
    const struct json *def = elm_find_def(library, is_code_system ? "codeSystems" : "valueSets", name);
    if (def == NULL)
        return elm_bad(c, ref, SALVE_E_UNKNOWN_NAME, "no %s %.*s", is_code_system ? "code system" : "value set",
                       STR_ARGS(name));
    *out = arena_new(c->mem, struct expr_vocabulary);
    if (*out == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    **out = (struct expr_vocabulary){json_get_text(def, "id"), json_get_text(def, "version"), name, is_code_system};
    return SALVE_OK;
}

static enum salve_code terms_value(struct elm_compile *c, const struct json *node, bool is_code_system,
                                   struct expr_value *out)
{
    struct expr_vocabulary *vocabulary;
    TRY(terms_of(c, node, is_code_system, &vocabulary));
    *out = (struct expr_value){.kind = VALUE_VOCABULARY, .as.vocabulary = vocabulary};
    return SALVE_OK;
}
enum salve_code elm_value_set_of_ref(struct elm_compile *c, const struct json *node, struct expr_value *out)
{
    return terms_value(c, node, false, out);
}

static enum salve_code make_vocabulary_ref(struct elm_compile *c, const struct json *node, bool is_code_system)
{
    struct expr_value value;
    TRY(terms_value(c, node, is_code_system, &value));
    expr_emit_const(&c->emit, value);
    return SALVE_OK;
}
enum salve_code elm_make_value_set_ref(struct elm_compile *c, const struct json *node)
{
    return make_vocabulary_ref(c, node, false);
}
enum salve_code elm_make_code_system_ref(struct elm_compile *c, const struct json *node)
{
    return make_vocabulary_ref(c, node, true);
}

/* The code of a code definition, or of a Code selector: both have id or code, display and a code system. */
static enum salve_code code_of(struct elm_compile *c, const struct elm_library *library, const struct json *def,
                               struct expr_code *out)
{
    const struct elm_library *current = c->library;
    const struct json *system = json_get(def, "codeSystem");
    if (system == NULL) system = json_get(def, "system");
    out->code = json_get_text(def, "id");
    if (out->code.ptr == NULL) out->code = json_get_text(def, "code");
    out->display = json_get_text(def, "display");
    out->system = out->version = STR_NONE;
    if (system == NULL) return SALVE_OK;
    struct expr_vocabulary *vocabulary;
    c->library = library;
    TRY(terms_of(c, system, true, &vocabulary));
    c->library = current;
    out->system = vocabulary->id;
    out->version = vocabulary->version;
    return SALVE_OK;
}

static enum salve_code emit_code(struct elm_compile *c, const struct elm_library *library, const struct json *def)
{
    struct expr_code *code = arena_new(c->mem, struct expr_code);
    if (code == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    TRY(code_of(c, library, def, code));
    expr_emit_const(&c->emit, (struct expr_value){.kind = VALUE_CODE, .as.code = code});
    return SALVE_OK;
}

enum salve_code elm_make_code(struct elm_compile *c, const struct json *node) { return emit_code(c, c->library, node); }

static enum salve_code find_named(struct elm_compile *c, const struct json *node, const char *section,
                                  const struct elm_library **library, const struct json **def)
{
    struct str name;
    TRY(elm_want_text(c, node, "name", &name));
    *library = elm_find_library(c, node, json_get_text(node, "libraryName"));
    if (*library == NULL) return c->err->code;
    *def = elm_find_def(*library, section, name);
    if (*def == NULL)
        return elm_bad(c, node, SALVE_E_UNKNOWN_NAME, "no definition %.*s in %s", STR_ARGS(name), section);
    return SALVE_OK;
}

enum salve_code elm_make_code_ref(struct elm_compile *c, const struct json *node)
{
    const struct elm_library *library;
    const struct json *def;
    TRY(find_named(c, node, "codes", &library, &def));
    return emit_code(c, library, def);
}

/* The CODE that a CodeRef names. */
enum salve_code elm_code_of_ref(struct elm_compile *c, const struct json *node, struct expr_value *out)
{
    const struct elm_library *library;
    const struct json *def;
    struct expr_code *code = arena_new(c->mem, struct expr_code);
    if (code == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    TRY(find_named(c, node, "codes", &library, &def));
    TRY(code_of(c, library, def, code));
    *out = (struct expr_value){.kind = VALUE_CODE, .as.code = code};
    return SALVE_OK;
}

/* codes: of a concept definition references, of a Concept selector selectors. */
static enum salve_code emit_concept(struct elm_compile *c, const struct elm_library *library, const struct json *def)
{
    const struct json *items = json_get(def, "code");
    struct expr_concept *concept = arena_new(c->mem, struct expr_concept);
    struct expr_code *codes = arena_array(c->mem, struct expr_code, items == NULL ? 1 : items->count + 1);
    const struct elm_library *current = c->library;
    if (concept == NULL || codes == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    for (const struct json *item = json_first(items); item != NULL; item = item->next) {
        const struct elm_library *where = library;
        const struct json *code = item;
        c->library = library;
        if (json_get(item, "code") == NULL && json_get(item, "id") == NULL)
            TRY(find_named(c, item, "codes", &where, &code));
        TRY(code_of(c, where, code, &codes[concept->code_count++]));
        c->library = current;
    }
    concept->codes = codes;
    concept->display = json_get_text(def, "display");
    expr_emit_const(&c->emit, (struct expr_value){.kind = VALUE_CONCEPT, .as.concept = concept});
    return SALVE_OK;
}

enum salve_code elm_make_concept(struct elm_compile *c, const struct json *node)
{
    return emit_concept(c, c->library, node);
}
enum salve_code elm_make_concept_ref(struct elm_compile *c, const struct json *node)
{
    const struct elm_library *library;
    const struct json *def;
    TRY(find_named(c, node, "concepts", &library, &def));
    return emit_concept(c, library, def);
}

/* InValueSet and its kin: code or codes, then the vocabulary as a reference or an expression. */
enum salve_code elm_make_in_vocabulary(struct elm_compile *c, const struct json *node)
{
    bool is_code_system = str_ends(json_get_text(node, "type"), STR("CodeSystem"));
    bool is_any = str_starts(json_get_text(node, "type"), STR("Any"));
    const struct json *ref = json_get(node, is_code_system ? "codesystem" : "valueset");
    const struct json *expression = json_get(node, is_code_system ? "codesystemExpression" : "valuesetExpression");
    TRY(elm_compile_field(c, node, is_any ? "codes" : "code"));
    if (json_get_text(ref, "name").ptr != NULL)
        TRY(make_vocabulary_ref(c, ref, is_code_system));
    else
        TRY(elm_compile_node(c, expression));
    elm_call(c, "InValueSet", elm_in_vocabulary, 2);
    return SALVE_OK;
}
