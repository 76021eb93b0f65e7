/* SPDX-License-Identifier: Apache-2.0
 * Codes, concepts, value sets and code systems: their definitions and references at compile time; membership, expansion
 * and subsumption from terms at run time. */
#include "elm/elm_compile.h"
#include "terms/terms.h"

/* --- definitions -------------------------------------------------------------------------------------------------- */
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

/* --- membership --------------------------------------------------------------------------------------------------- */
static enum salve_code not_at_hand(struct expr_run *run, const struct expr_vocabulary *in)
{
    return expr_run_fail(run, SALVE_E_NOT_FOUND, "the value set %.*s is not at hand", STR_ARGS(in->id));
}

/* A value set that is not here is an error, not false: a wrong "not a member" would change advice (CQL 1.5, In
 * (Valueset)). A text names no system, so a value set of several systems is ambiguous for it. */
enum salve_code elm_code_is_in(struct expr_run *run, const struct expr_code *code, const struct expr_vocabulary *in,
                               enum expr_truth *out)
{
    const struct terms *v = run->env->terms;
    bool is_at_hand;
    if (in->is_code_system) {
        *out = terms_in_system(v, code, in->id, in->version);
        return SALVE_OK;
    }
    const struct terms_set *set = terms_find(v, in->id, in->version);
    if (code->system.ptr == NULL && set != NULL && terms_set_is_mixed(set))
        return expr_run_fail(run, SALVE_E_TYPE, "a code without its system is ambiguous in %.*s, which has several",
                             STR_ARGS(in->id));
    if (set != NULL) {
        *out = terms_set_has(set, code);
        return SALVE_OK;
    }
    *out = terms_member(NULL, code, in->id, in->version, &is_at_hand); /* of the definitions of R4 */
    return is_at_hand ? SALVE_OK : not_at_hand(run, in);
}

static enum salve_code value_is_in(struct expr_run *run, struct expr_value v, const struct expr_vocabulary *in,
                                   enum expr_truth *out)
{
    *out = EXPR_FALSE;
    TRY(expr_step(run, 1));
    if (v.kind == VALUE_NODE) TRY(elm_codes_of(run, v, &v));
    if (v.kind == VALUE_CODE) return elm_code_is_in(run, v.as.code, in, out);
    if (v.kind == VALUE_STRING) {
        const struct expr_code code = {.code = expr_text(v)};
        return elm_code_is_in(run, &code, in, out);
    }
    uint32_t count = v.kind == VALUE_CONCEPT ? v.as.concept->code_count : v.kind == VALUE_LIST ? v.aux : 0;
    for (uint32_t i = 0; i < count && *out != EXPR_TRUE; i++) {
        struct expr_value item = {.kind = VALUE_CODE};
        enum expr_truth one;
        if (v.kind == VALUE_CONCEPT)
        item.as.code = &v.as.concept->codes[i];
        else item = v.as.items[i];
        TRY(value_is_in(run, item, in, &one));
        *out = elm_or(*out, one);
    }
    return SALVE_OK;
}

enum salve_code elm_membership_unknown(struct expr_run *run, const struct expr_vocabulary *in)
{
    return expr_run_fail(run, SALVE_E_NOT_FOUND, "whether a code is in %.*s cannot be told from what is at hand",
                         STR_ARGS(in->id));
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

/* The codes of a value set, for CQL that takes one as a List<Code>. A set that cannot be listed whole is an error. */
ELM_CALL(elm_expand_value_set)
{
    const struct expr_code *codes;
    uint32_t code_count;
    ELM_NULL_IF(1);
    if (args[0].kind != VALUE_VOCABULARY || args[0].as.vocabulary->is_code_system)
        return expr_run_fail(run, SALVE_E_TYPE, "ExpandValueSet wants a value set");
    const struct expr_vocabulary *in = args[0].as.vocabulary;
    const struct terms_set *set = terms_find(run->env->terms, in->id, in->version);
    if (set == NULL) return not_at_hand(run, in);
    if (!terms_set_codes(set, &codes, &code_count))
        return expr_run_fail(run, SALVE_E_NOT_FOUND, "the codes of %.*s cannot all be listed from what is at hand",
                             STR_ARGS(in->id));
    TRY(expr_step(run, code_count));
    struct expr_value *items = arena_array(run->mem, struct expr_value, (size_t)code_count + 1);
    if (items == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "value set");
    for (uint32_t i = 0; i < code_count; i++) items[i] = (struct expr_value){.kind = VALUE_CODE, .as.code = &codes[i]};
    *out = expr_list(items, code_count);
    return SALVE_OK;
}

static const struct expr_code *codes_of(struct expr_value v, uint32_t *count)
{
    *count = v.kind == VALUE_CODE ? 1 : v.kind == VALUE_CONCEPT ? v.as.concept->code_count : 0;
    return v.kind == VALUE_CODE ? v.as.code : v.kind == VALUE_CONCEPT ? v.as.concept->codes : NULL;
}

/* Of concepts, any code of the one above any code of the other is enough. */
static enum salve_code subsumption(struct expr_run *run, struct expr_value a, struct expr_value b,
                                   struct expr_value *out)
{
    uint32_t high_count, low_count;
    const struct expr_code *high = codes_of(a, &high_count), *low = codes_of(b, &low_count);
    if (high == NULL || low == NULL) return expr_run_fail(run, SALVE_E_TYPE, "Subsumes wants codes or concepts");
    enum expr_truth result = EXPR_FALSE;
    for (uint32_t i = 0; i < high_count; i++)
        for (uint32_t k = 0; k < low_count; k++) {
            TRY(expr_step(run, 64));
            result = elm_or(result, terms_subsumes(run->env->terms, &high[i], &low[k], run->mem));
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
