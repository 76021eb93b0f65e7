/* SPDX-License-Identifier: Apache-2.0
 * Names of other definitions: libraries, defines, parameters and functions. Whatever is named becomes a job, once. */
#include "elm/elm_compile_int.h"

/* --- finding ------------------------------------------------------------------------------------------------------ */
const struct elm_library *elm_library_of(const struct elm_set *set, struct str id, struct str version)
{
    const struct elm_library *found = NULL;
    for (const struct elm_member *m = set->first; m != NULL; m = m->next)
        if (str_eq(m->library->id, id) && (version.ptr == NULL || str_eq(m->library->version, version)))
            found = m->library;
    return found;
}

/* The library that `local` names in the current one; the current one for STR_NONE. NULL: not found, err is set. */
const struct elm_library *elm_find_library(struct elm_compile *c, const struct json *node, struct str local)
{
    if (local.ptr == NULL) return c->library;
    const struct json *def = json_first(json_get(json_get(c->library->root, "includes"), "def"));
    while (def != NULL && !str_eq(json_get_text(def, "localIdentifier"), local)) def = def->next;
    if (def == NULL) {
        (void)elm_bad(c, node, SALVE_E_UNKNOWN_NAME, "library %.*s is not included", STR_ARGS(local));
        return NULL;
    }
    struct str path = json_get_text(def, "path"), version = json_get_text(def, "version");
    for (size_t i = path.len; i > 0; i--)
        if (path.ptr[i - 1] == '/') {
            path = str_cut(path, i, path.len);
            break;
        }
    const struct elm_library *found = elm_library_of(c->set, path, version);
    if (found == NULL)
        (void)elm_bad(c, node, SALVE_E_UNKNOWN_NAME, "library %.*s %.*s is not loaded", STR_ARGS(path),
                      STR_ARGS(version));
    return found;
}

/* --- jobs --------------------------------------------------------------------------------------------------------- */
enum salve_code elm_job_for(struct elm_compile *c, const struct elm_library *library, const struct json *def,
                            uint16_t args, bool is_define, struct elm_job **out)
{
    for (*out = c->jobs; *out != NULL; *out = (*out)->next)
        if ((*out)->def == def) return SALVE_OK;
    struct elm_job *job = arena_new(c->work, struct elm_job);
    salve_assert(!is_define || args == 0);
    if (job == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    *job = (struct elm_job){.library = library, .def = def, .number = UINT32_MAX};
    job->routine = expr_emit_declare(&c->emit, args);
    if (is_define) job->number = expr_emit_define(&c->emit, job->routine);
    if (c->last_job == NULL)
        c->jobs = job;
    else
        c->last_job->next = job;
    c->last_job = job;
    *out = job;
    return c->emit.code;
}

static const struct json *find_statement(const struct elm_library *library, struct str name)
{
    const struct elm_def *found = elm_def_named(library, name, NULL);
    while (found != NULL && (found->is_function || !str_is(found->section, "statements")))
        found = elm_def_named(library, name, found);
    return found != NULL ? found->def : NULL;
}

/* Context names of CQL 1.2 and before: Population. A define that names none is of the one person. */
enum salve_code elm_context_of(struct elm_compile *c, const struct json *def, bool *is_unfiltered)
{
    struct str context = json_get_text(def, "context");
    *is_unfiltered = str_is(context, "Unfiltered") || str_is(context, "Population");
    if (*is_unfiltered || context.len == 0 || str_is(context, "Patient")) return SALVE_OK;
    return elm_bad(c, def, SALVE_E_UNSUPPORTED, "context %.*s", STR_ARGS(context));
}

void elm_note_further(struct elm_compile *c)
{
    if (c->further.ptr == NULL)
        c->further = arena_printf(c->mem, "%.*s.%.*s", STR_ARGS(c->library->id), STR_ARGS(c->name));
}

/* A define or parameter by its number there; a program without notes compiles all that one with notes does. */
static enum salve_code ask_plain(struct elm_compile *c, const struct json *def)
{
    const struct elm_job *job = c->plain;
    while (job != NULL && job->def != def) job = job->next;
    salve_assert(job != NULL && job->number != UINT32_MAX);
    expr_emit_const(&c->emit, expr_integer(job->number));
    expr_emit_const(&c->emit, expr_integer(ELM_ASK_PLAIN));
    elm_call(c, "ExpressionRef", elm_ask_define, 2);
    return c->emit.code;
}

/* Between defines the contexts are known. A function runs in the context of its caller, but a define that it names is
 * of the context in which the function was declared: only if that is another one, the other is asked. */
static enum salve_code ask_define(struct elm_compile *c, const struct elm_library *library, const struct json *def)
{
    struct elm_job *job;
    bool is_unfiltered;
    TRY(elm_job_for(c, library, def, 0, true, &job));
    TRY(elm_context_of(c, def, &is_unfiltered));
    bool is_other = is_unfiltered != c->is_job_unfiltered, is_list = false;
    uint32_t to_end = 0;
    enum elm_asking how = ELM_ASK_UNFILTERED;
    if (!is_unfiltered) {
        is_list = str_is(json_get_text(json_get(def, "resultTypeSpecifier"), "type"), "ListTypeSpecifier");
        how = !is_other ? ELM_ASK_PERSON : is_list ? ELM_ASK_EACH_LIST : ELM_ASK_EACH;
    }
    if (!is_other && !(c->is_job_function && c->is_mixed)) {
        (void)expr_emit(&c->emit, EXPR_OP_DEFINE, 0, 0, job->number);
        return SALVE_OK;
    }
    if (!is_other) {
        expr_emit_const(&c->emit, expr_boolean(is_unfiltered));
        elm_call(c, "ExpressionRef", elm_is_here, 1);
        uint32_t to_ask = expr_emit(&c->emit, EXPR_OP_BRANCH, 0, 0, 0);
        (void)expr_emit(&c->emit, EXPR_OP_DEFINE, 0, 0, job->number);
        to_end = expr_emit(&c->emit, EXPR_OP_JUMP, 0, 0, 0);
        expr_emit_target(&c->emit, to_ask);
    }
    expr_emit_const(&c->emit, expr_integer(job->number));
    expr_emit_const(&c->emit, expr_integer(how));
    elm_call(c, "ExpressionRef", elm_ask_define, 2);
    if (!is_other) expr_emit_target(&c->emit, to_end);
    return SALVE_OK;
}

enum salve_code elm_make_expression_ref(struct elm_compile *c, const struct json *node)
{
    struct str name;
    TRY(elm_want_text(c, node, "name", &name));
    const struct elm_library *library = elm_find_library(c, node, json_get_text(node, "libraryName"));
    if (library == NULL) return c->err->code;
    const struct json *def = find_statement(library, name);
    if (def == NULL) return elm_bad(c, node, SALVE_E_UNKNOWN_NAME, "no define %.*s", STR_ARGS(name));
    TRY(c->plain != NULL ? ask_plain(c, def) : ask_define(c, library, def));
    return library == c->library ? elm_note_define(c, node, name) : SALVE_OK;
}

/* A parameter is a define: what was given, or else its default. */
enum salve_code elm_make_parameter_ref(struct elm_compile *c, const struct json *node)
{
    struct str name;
    struct elm_job *job;
    TRY(elm_want_text(c, node, "name", &name));
    const struct elm_library *library = elm_find_library(c, node, json_get_text(node, "libraryName"));
    if (library == NULL) return c->err->code;
    const struct json *def = elm_find_def(library, "parameters", name);
    if (def == NULL) return elm_bad(c, node, SALVE_E_UNKNOWN_NAME, "no parameter %.*s", STR_ARGS(name));
    if (c->plain != NULL) return ask_plain(c, def);
    TRY(elm_job_for(c, library, def, 0, true, &job));
    (void)expr_emit(&c->emit, EXPR_OP_DEFINE, 0, 0, job->number);
    return SALVE_OK;
}

/* --- functions ---------------------------------------------------------------------------------------------------- */
static bool json_same(const struct json *a, const struct json *b)
{
    if (a == NULL || b == NULL) return a == b;
    if (a->type != b->type || a->count != b->count || !str_eq(a->text, b->text) || !str_eq(a->name, b->name))
        return false;
    const struct json *x = json_first(a), *y = json_first(b);
    for (; x != NULL && y != NULL; x = x->next, y = y->next)
        if (!json_same(x, y)) return false;
    return x == y;
}

/* The type of a specifier as text, places left out. */
static bool same_specifier(const struct json *a, const struct json *b)
{
    static const char *const members[] = {"type", "name", "elementType", "pointType", "choice", "element"};
    if (a == NULL || b == NULL) return a == b;
    if (json_is(a, JSON_STRING)) return json_is(b, JSON_STRING) && str_eq(a->text, b->text);
    if (json_is(a, JSON_ARRAY)) {
        const struct json *x = json_first(a), *y = json_first(b);
        for (; x != NULL && y != NULL; x = x->next, y = y->next)
            if (!same_specifier(x, y)) return false;
        return x == y;
    }
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const struct json *x = json_get(a, members[i]), *y = json_get(b, members[i]);
        if (json_is(x, JSON_ARRAY) && x->count == 0) x = NULL;
        if (json_is(y, JSON_ARRAY) && y->count == 0) y = NULL;
        if (!same_specifier(x, y)) return false;
    }
    return true;
}

static const struct json *operand_specifier(const struct json *operand)
{
    const struct json *spec = json_get(operand, "operandTypeSpecifier");
    return spec != NULL ? spec : json_get(operand, "operandType");
}

static bool fits_signature(const struct json *def, const struct json *signature)
{
    const struct json *operand = json_first(json_get(def, "operand")), *type = json_first(signature);
    for (; operand != NULL && type != NULL; operand = operand->next, type = type->next)
        if (!same_specifier(operand_specifier(operand), type)) return false;
    return operand == NULL && type == NULL;
}

enum { OVERLOADS_MAX = 1024 };

struct overloads {
    const struct elm_library *library;
    struct str name;
    uint32_t args, count;
    const struct elm_def *first;
};

static const struct elm_def *next_overload(const struct overloads *of, const struct elm_def *before)
{
    const struct elm_def *found = elm_def_named(of->library, of->name, before);
    while (found != NULL &&
           (!found->is_function || found->operands != of->args || !str_is(found->section, "statements")))
        found = elm_def_named(of->library, of->name, found);
    return found;
}

/* Do both functions of one operand read the same element of it? */
static bool same_body(const struct json *a, const struct json *b)
{
    const struct json *x = json_first(json_get(a, "operand")), *y = json_first(json_get(b, "operand"));
    const struct json *p = json_get(a, "expression"), *q = json_get(b, "expression");
    return str_eq(json_get_text(x, "name"), json_get_text(y, "name")) && str_is(json_get_text(p, "type"), "Property") &&
           str_is(json_get_text(q, "type"), "Property") && str_eq(json_get_text(p, "path"), json_get_text(q, "path")) &&
           json_same(json_get(json_get(p, "source"), "name"), json_get(json_get(q, "source"), "name"));
}

/* Functions of that name and count of operands; one alone if the signature tells, or if all have the same body. */
static void find_overloads(struct overloads *of, const struct json *signature)
{
    bool is_same_body = true, is_signed = json_is(signature, JSON_ARRAY) && signature->count > 0;
    for (const struct elm_def *at = next_overload(of, NULL); at != NULL && of->count < OVERLOADS_MAX;
         at = next_overload(of, at)) {
        if (is_signed && fits_signature(at->def, signature)) {
            of->first = at;
            of->count = 1;
            return;
        }
        if (of->count > 0 && is_same_body) is_same_body = of->args == 1 && same_body(at->def, of->first->def);
        if (of->count++ == 0) of->first = at;
    }
    if (is_same_body && of->count > 1) of->count = 1;
}

/* A function of one String: such are asked for the same few labels again and again. What is noted is not shortened. */
static bool is_of_text(const struct elm_compile *c, const struct json *def)
{
    const struct json *operand = json_first(json_get(def, "operand")), *type = operand_specifier(operand);
    struct str name = json_is(type, JSON_STRING) ? json_text(type) : json_get_text(type, "name");
    return !c->is_explained && operand != NULL && operand->next == NULL && !elm_flag(def, "external", false) &&
           str_is(name, "{urn:hl7-org:elm-types:r1}String");
}

static enum salve_code call_job(struct elm_compile *c, const struct elm_library *library, const struct json *def,
                                uint16_t args)
{
    struct elm_job *job;
    TRY(elm_job_for(c, library, def, args, false, &job));
    salve_assert(job->number == UINT32_MAX);
    (void)expr_emit(&c->emit, is_of_text(c, def) ? EXPR_OP_CALL_TEXT : EXPR_OP_CALL_CODE, 0, args, job->routine);
    return SALVE_OK;
}

/* Overloads that only the values can tell apart: the first whose types fit is called; null fits any type. */
static enum salve_code call_by_value(struct elm_compile *c, const struct overloads *found)
{
    static const struct expr_function is_null = {"IsNull", elm_is_null};
    uint16_t args = (uint16_t)found->args, first = expr_emit_slots(&c->emit, args);
    const struct elm_def *at = found->first;
    uint32_t *ends = arena_array(c->work, uint32_t, found->count);
    if (ends == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    for (uint16_t i = args; i > 0; i--) (void)expr_emit(&c->emit, EXPR_OP_SET, 0, (uint16_t)(first + i - 1), 0);
    for (uint32_t k = 0; k < found->count; k++, at = next_overload(found, at)) {
        const struct json *operand = json_first(json_get(at->def, "operand"));
        expr_emit_const(&c->emit, expr_boolean(true));
        for (uint16_t i = 0; i < args; i++, operand = operand->next) {
            const struct elm_type *type;
            TRY(elm_type_of(c, operand_specifier(operand), &type));
            (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, (uint16_t)(first + i), 0);
            expr_emit_call(&c->emit, &is_null, 1);
            (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, (uint16_t)(first + i), 0);
            elm_const_type(c, type);
            elm_call(c, "Is", elm_is, 2);
            (void)expr_emit(&c->emit, EXPR_OP_OR, 0, 0, 0);
            (void)expr_emit(&c->emit, EXPR_OP_AND, 0, 0, 0);
        }
        uint32_t next = expr_emit(&c->emit, EXPR_OP_BRANCH, 0, 0, 0);
        for (uint16_t i = 0; i < args; i++) (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, (uint16_t)(first + i), 0);
        TRY(call_job(c, found->library, at->def, args));
        ends[k] = expr_emit(&c->emit, EXPR_OP_JUMP, 0, 0, 0);
        expr_emit_target(&c->emit, next);
    }
    elm_call(c, "FunctionRef", elm_not_callable, 0);
    for (uint32_t k = 0; k < found->count; k++) expr_emit_target(&c->emit, ends[k]);
    return SALVE_OK;
}

enum salve_code elm_make_function_ref(struct elm_compile *c, const struct json *node)
{
    struct str name;
    uint16_t args = 0;
    TRY(elm_want_text(c, node, "name", &name));
    const struct elm_library *library = elm_find_library(c, node, json_get_text(node, "libraryName"));
    if (library == NULL) return c->err->code;
    for (const struct json *item = json_first(json_get(node, "operand")); item != NULL; item = item->next, args++) {
        if (args == 250) return elm_bad(c, node, SALVE_E_TOO_BIG, "more than 250 operands");
        TRY(elm_compile_node(c, item));
    }
    struct overloads found = {.library = library, .name = name, .args = args};
    find_overloads(&found, json_get(node, "signature"));
    if (found.count == 0 && json_get(node, "libraryName") == NULL && elm_call_operator(c, name, args)) return SALVE_OK;
    if (found.count == 0)
        return elm_bad(c, node, SALVE_E_UNKNOWN_NAME, "no function %.*s with %u operands", STR_ARGS(name), args);
    if (found.count == 1 && args == 1 && elm_is_accessor(c, found.first->def)) {
        elm_emit_element(c, STR("value"));
        return c->emit.code;
    }
    return found.count == 1 ? call_job(c, library, found.first->def, args) : call_by_value(c, &found);
}
