/* SPDX-License-Identifier: Apache-2.0
 * Codes, concepts, value sets and code systems: their definitions and references at compile time; membership and
 * subsumption are asked from the environment at run time. */
#include "expr/elm_compile.h"

/* --- definitions -------------------------------------------------------------------------------------------------- */
static enum salve_code vocabulary_of(struct elm_compile *c, const struct json *ref, bool is_code_system,
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

static enum salve_code make_vocabulary_ref(struct elm_compile *c, const struct json *node, bool is_code_system)
{
    struct expr_vocabulary *vocabulary;
    TRY(vocabulary_of(c, node, is_code_system, &vocabulary));
    expr_emit_const(&c->emit, (struct expr_value){.kind = VALUE_VOCABULARY, .as.vocabulary = vocabulary});
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
    TRY(vocabulary_of(c, system, true, &vocabulary));
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

/* --- membership --------------------------------------------------------------------------------------------------- */
static enum expr_truth code_is_in(struct expr_run *run, const struct expr_code *code, const struct expr_vocabulary *in)
{
    if (in->is_code_system)
        return code->system.ptr == NULL ? EXPR_NULL_TRUTH : str_eq(code->system, in->id) ? EXPR_TRUE : EXPR_FALSE;
    return run->env->member_of == NULL ? EXPR_NULL_TRUTH : run->env->member_of(run->env->user, code, in->id);
}

static enum salve_code value_is_in(struct expr_run *run, struct expr_value v, const struct expr_vocabulary *in,
                                   enum expr_truth *out)
{
    *out = EXPR_FALSE;
    TRY(expr_step(run, 1));
    if (v.kind == VALUE_NODE) TRY(elm_codes_of(run, v, &v));
    if (v.kind == VALUE_CODE) {
        *out = code_is_in(run, v.as.code, in);
        if (*out == EXPR_NULL_TRUTH && !in->is_code_system)
            return expr_run_fail(run, SALVE_E_NOT_FOUND, "the value set %.*s is not at hand", STR_ARGS(in->id));
    } else if (v.kind == VALUE_STRING) {
        const struct expr_code code = {.code = expr_text(v)};
        *out = code_is_in(run, &code, in);
    } else if (v.kind == VALUE_CONCEPT) {
        for (uint32_t i = 0; i < v.as.concept->code_count && *out != EXPR_TRUE; i++) {
            const struct expr_value code = {.kind = VALUE_CODE, .as.code = &v.as.concept->codes[i]};
            TRY(value_is_in(run, code, in, out));
        }
    } else if (v.kind == VALUE_LIST) {
        for (uint32_t i = 0; i < v.aux && *out != EXPR_TRUE; i++) TRY(value_is_in(run, v.as.items[i], in, out));
    }
    return SALVE_OK;
}

ELM_CALL(elm_in_vocabulary)
{
    enum expr_truth result;
    (void)count;
    *out = expr_boolean(false);
    if (args[0].kind == VALUE_NULL) return SALVE_OK; /* null is in no value set */
    *out = EXPR_NONE;
    if (args[1].kind != VALUE_VOCABULARY) return SALVE_OK;
    TRY(value_is_in(run, args[0], args[1].as.vocabulary, &result));
    *out = elm_truth(result);
    return SALVE_OK;
}

static enum salve_code subsumption(struct expr_run *run, struct expr_value a, struct expr_value b,
                                   struct expr_value *out)
{
    const struct expr_code *x = a.kind == VALUE_CODE ? a.as.code : a.kind == VALUE_CONCEPT ? a.as.concept->codes : NULL;
    const struct expr_code *y = b.kind == VALUE_CODE ? b.as.code : b.kind == VALUE_CONCEPT ? b.as.concept->codes : NULL;
    if (x == NULL || y == NULL) return expr_run_fail(run, SALVE_E_TYPE, "Subsumes wants codes or concepts");
    enum expr_truth result = EXPR_FALSE;
    for (uint32_t i = 0; i < (a.kind == VALUE_CODE ? 1 : a.as.concept->code_count); i++)
        for (uint32_t k = 0; k < (b.kind == VALUE_CODE ? 1 : b.as.concept->code_count); k++) {
            bool is_same = str_eq(x[i].code, y[k].code) && str_eq(x[i].system, y[k].system);
            enum expr_truth one = is_same                      ? EXPR_TRUE
                                  : run->env->subsumes == NULL ? EXPR_NULL_TRUTH
                                                               : run->env->subsumes(run->env->user, &x[i], &y[k]);
            result = elm_or(result, one);
        }
    *out = elm_truth(result);
    return SALVE_OK;
}
ELM_CALL(elm_subsumes)
{
    ELM_NULL_IF(2);
    return subsumption(run, args[0], args[1], out);
}
ELM_CALL(elm_subsumed_by)
{
    ELM_NULL_IF(2);
    return subsumption(run, args[1], args[0], out);
}
