/* SPDX-License-Identifier: Apache-2.0
 * Linking: finding libraries and definitions by name, compiling every define of the main library and whatever it
 * reaches, each once. */
#include "elm/elm_explain.h"

#include "base/limits.h"

/* --- finding ------------------------------------------------------------------------------------------------------ */
static const struct elm_library *library_of(const struct elm_set *set, struct str id, struct str version)
{
    const struct elm_library *found = NULL;
    for (const struct elm_library *l = set->first; l != NULL; l = l->next)
        if (str_eq(l->id, id) && (version.ptr == NULL || str_eq(l->version, version))) found = l;
    return found;
}

/* The library that `local` names in the current one; the current one for STR_NONE. NULL: not found, err is set. */
const struct elm_library *elm_find_library(struct elm_compile *c, const struct json *node, struct str local)
{
    if (local.ptr == NULL) return c->library;
    const struct json *def = json_first(json_path(c->library->root, "includes.def"));
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
    const struct elm_library *found = library_of(c->set, path, version);
    if (found == NULL)
        (void)elm_bad(c, node, SALVE_E_UNKNOWN_NAME, "library %.*s %.*s is not loaded", STR_ARGS(path),
                      STR_ARGS(version));
    return found;
}

const struct json *elm_find_def(const struct elm_library *library, const char *section, struct str name)
{
    const struct json *def = json_first(json_get(json_get(library->root, section), "def"));
    while (def != NULL && !str_eq(json_get_text(def, "name"), name)) def = def->next;
    return def;
}

static bool is_function(const struct json *def) { return str_is(json_get_text(def, "type"), "FunctionDef"); }

/* --- jobs --------------------------------------------------------------------------------------------------------- */
enum salve_code elm_job_for(struct elm_compile *c, const struct elm_library *library, const struct json *def,
                            uint16_t args, bool is_define, struct elm_job **out)
{
    for (*out = c->jobs; *out != NULL; *out = (*out)->next)
        if ((*out)->def == def) return SALVE_OK;
    struct elm_job *job = arena_new(c->mem, struct elm_job);
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
    const struct json *def = json_first(json_path(library->root, "statements.def"));
    while (def != NULL && (is_function(def) || !str_eq(json_get_text(def, "name"), name))) def = def->next;
    return def;
}

/* Context names of CQL 1.2 and before: Population. A define that names none is of the one person. */
static enum salve_code context_of(struct elm_compile *c, const struct json *def, bool *is_unfiltered)
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

/* Between defines the contexts are known. A function runs in the context of its caller, but a define that it names is
 * of the context in which the function was declared: only if that is another one, the other is asked. */
static enum salve_code ask_define(struct elm_compile *c, const struct json *def, const struct elm_job *job)
{
    bool is_unfiltered;
    TRY(context_of(c, def, &is_unfiltered));
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
    struct elm_job *job;
    TRY(elm_want_text(c, node, "name", &name));
    const struct elm_library *library = elm_find_library(c, node, json_get_text(node, "libraryName"));
    if (library == NULL) return c->err->code;
    const struct json *def = find_statement(library, name);
    if (def == NULL) return elm_bad(c, node, SALVE_E_UNKNOWN_NAME, "no define %.*s", STR_ARGS(name));
    TRY(elm_job_for(c, library, def, 0, true, &job));
    TRY(ask_define(c, def, job));
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

static uint32_t operand_count(const struct json *def)
{
    const struct json *operands = json_get(def, "operand");
    return json_is(operands, JSON_ARRAY) ? operands->count : 0;
}

enum { OVERLOADS_MAX = 1024 };

struct overloads {
    const struct json *defs[OVERLOADS_MAX];
    uint32_t count;
};

/* Functions of that name and count of operands; one alone if the signature tells, or if all have the same body. */
static void find_overloads(const struct elm_library *library, struct str name, uint32_t args,
                           const struct json *signature, struct overloads *out)
{
    bool is_same_body = true;
    out->count = 0;
    const struct json *def = json_first(json_path(library->root, "statements.def"));
    for (; def != NULL && out->count < OVERLOADS_MAX; def = def->next) {
        if (!is_function(def) || !str_eq(json_get_text(def, "name"), name) || operand_count(def) != args) continue;
        if (json_is(signature, JSON_ARRAY) && signature->count > 0 && fits_signature(def, signature)) {
            out->defs[0] = def;
            out->count = 1;
            return;
        }
        if (out->count > 0) {
            const struct json *x = json_first(json_get(def, "operand")),
                              *y = json_first(json_get(out->defs[0], "operand"));
            bool is_same = args == 1 && str_eq(json_get_text(x, "name"), json_get_text(y, "name"));
            const struct json *p = json_get(def, "expression"), *q = json_get(out->defs[0], "expression");
            is_same = is_same && str_is(json_get_text(p, "type"), "Property") &&
                      str_is(json_get_text(q, "type"), "Property") &&
                      str_eq(json_get_text(p, "path"), json_get_text(q, "path")) &&
                      json_same(json_get(json_get(p, "source"), "name"), json_get(json_get(q, "source"), "name"));
            is_same_body = is_same_body && is_same;
        }
        out->defs[out->count++] = def;
    }
    if (is_same_body && out->count > 1) out->count = 1;
}

static enum salve_code call_job(struct elm_compile *c, const struct elm_library *library, const struct json *def,
                                uint16_t args)
{
    struct elm_job *job;
    TRY(elm_job_for(c, library, def, args, false, &job));
    (void)expr_emit(&c->emit, EXPR_OP_CALL_CODE, 0, args, job->routine);
    return SALVE_OK;
}

/* Overloads that only the values can tell apart: the first whose types fit is called; null fits any type. */
static enum salve_code call_by_value(struct elm_compile *c, const struct elm_library *library,
                                     const struct overloads *found, uint16_t args)
{
    static const struct expr_function is_null = {"IsNull", elm_is_null};
    uint16_t first = expr_emit_slots(&c->emit, args);
    uint32_t *ends = arena_array(c->mem, uint32_t, found->count);
    if (ends == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    for (uint16_t i = args; i > 0; i--) (void)expr_emit(&c->emit, EXPR_OP_SET, 0, (uint16_t)(first + i - 1), 0);
    for (uint32_t k = 0; k < found->count; k++) {
        const struct json *operand = json_first(json_get(found->defs[k], "operand"));
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
        TRY(call_job(c, library, found->defs[k], args));
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
    struct overloads *found = arena_new(c->mem, struct overloads);
    if (found == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    find_overloads(library, name, args, json_get(node, "signature"), found);
    if (found->count == 0 && json_get(node, "libraryName") == NULL && elm_call_operator(c, name, args)) return SALVE_OK;
    if (found->count == 0)
        return elm_bad(c, node, SALVE_E_UNKNOWN_NAME, "no function %.*s with %u operands", STR_ARGS(name), args);
    if (found->count == 1 && args == 1 && elm_is_accessor(c, found->defs[0])) {
        elm_emit_element(c, STR("value"));
        return c->emit.code;
    }
    if (found->count == 1) return call_job(c, library, found->defs[0], args);
    return call_by_value(c, library, found, args);
}

/* --- compiling jobs ----------------------------------------------------------------------------------------------- */
static enum salve_code compile_parameter(struct elm_compile *c, const struct elm_job *job)
{
    elm_const_text(c, job->library->id);
    elm_const_text(c, json_get_text(job->def, "name"));
    elm_call(c, "ParameterRef", elm_param_is_given, 2);
    uint32_t to_default = expr_emit(&c->emit, EXPR_OP_BRANCH, 0, 0, 0);
    elm_const_text(c, job->library->id);
    elm_const_text(c, json_get_text(job->def, "name"));
    elm_call(c, "ParameterRef", elm_param_value, 2);
    uint32_t to_end = expr_emit(&c->emit, EXPR_OP_JUMP, 0, 0, 0);
    expr_emit_target(&c->emit, to_default);
    TRY(elm_compile_field(c, job->def, "default"));
    expr_emit_target(&c->emit, to_end);
    return SALVE_OK;
}

/* Asked from the environment when it is called; its result must be of the type that the library says. */
static enum salve_code compile_external(struct elm_compile *c, const struct elm_job *job, uint16_t args)
{
    const struct elm_type *type;
    const struct json *result = json_get(job->def, "resultTypeSpecifier");
    if (result == NULL) result = json_get(job->def, "resultTypeName");
    elm_const_text(c, job->library->id);
    elm_const_text(c, json_get_text(job->def, "name"));
    for (uint16_t i = 0; i < args; i++) (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, i, 0);
    elm_call(c, "FunctionRef", elm_call_external, (uint16_t)(args + 2));
    if (result == NULL) return SALVE_OK;
    TRY(elm_type_of(c, result, &type));
    elm_const_type(c, type);
    expr_emit_const(&c->emit, expr_boolean(true));
    elm_call(c, "FunctionRef", elm_as, 3);
    return SALVE_OK;
}

static enum salve_code compile_function(struct elm_compile *c, const struct elm_job *job)
{
    uint16_t slot = 0;
    for (const struct json *operand = json_first(json_get(job->def, "operand")); operand != NULL;
         operand = operand->next) {
        struct str name;
        TRY(elm_want_text(c, operand, "name", &name));
        TRY(elm_push_scope(c, name, slot++));
    }
    if (elm_flag(job->def, "external", false)) return compile_external(c, job, slot);
    return elm_compile_field(c, job->def, "expression");
}

static enum salve_code compile_job(struct elm_compile *c, const struct elm_job *job)
{
    c->library = job->library;
    c->name = json_get_text(job->def, "name");
    c->scope = NULL;
    c->this_slot = c->total_slot = UINT16_MAX;
    c->depth = 0;
    c->emit.place = 0;
    c->is_job_function = job->number == UINT32_MAX;
    TRY(context_of(c, job->def, &c->is_job_unfiltered));
    if (c->is_job_unfiltered && !c->is_job_function) elm_note_further(c);
    expr_emit_begin(&c->emit, job->routine);
    if (json_get(job->def, "parameterTypeSpecifier") != NULL || json_get(job->def, "default") != NULL ||
        elm_find_def(job->library, "parameters", c->name) == job->def)
        TRY(compile_parameter(c, job));
    else if (is_function(job->def))
        TRY(compile_function(c, job));
    else
        TRY(elm_compile_field(c, job->def, "expression"));
    expr_emit_end(&c->emit);
    return c->emit.code;
}

/* --- the program -------------------------------------------------------------------------------------------------- */
static enum salve_code list_main(struct elm_compile *c, const struct elm_library *library, struct elm_program *program)
{
    const struct json *statements = json_path(library->root, "statements.def");
    uint32_t count = statements == NULL ? 0 : statements->count;
    struct elm_define *defines = arena_array(c->mem, struct elm_define, count + 1);
    uint32_t *numbers = arena_array(c->mem, uint32_t, count + 1);
    struct elm_function *functions = arena_array(c->mem, struct elm_function, count + 1);
    struct elm_place *places = arena_array(c->mem, struct elm_place, count + 1);
    if (defines == NULL || numbers == NULL || functions == NULL || places == NULL)
        return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    for (const struct json *def = json_first(statements); def != NULL; def = def->next) {
        struct elm_job *job;
        struct str name;
        TRY(elm_want_text(c, def, "name", &name));
        if (is_function(def)) {
            if (json_get(def, "expression") == NULL || operand_count(def) > 250) continue;
            TRY(elm_job_for(c, library, def, (uint16_t)operand_count(def), false, &job));
            functions[program->function_count++] =
                (struct elm_function){name, job->routine, (uint16_t)operand_count(def)};
            continue;
        }
        TRY(elm_job_for(c, library, def, 0, true, &job));
        numbers[program->define_count] = job->number;
        uint32_t place = elm_place_of(def, 0);
        places[program->define_count] = (struct elm_place){library->id, place >> 12, place & 4095};
        defines[program->define_count++] = (struct elm_define){name, json_get_text(def, "context"),
                                                               !str_is(json_get_text(def, "accessLevel"), "Private")};
    }
    program->defines = defines;
    program->numbers = numbers;
    program->places = places;
    program->functions = functions;
    return SALVE_OK;
}

static enum salve_code list_parameters(struct elm_compile *c, const struct elm_library *library,
                                       struct elm_program *program)
{
    const struct json *defs = json_path(library->root, "parameters.def");
    struct elm_parameter *list =
        arena_array(c->mem, struct elm_parameter, (defs == NULL ? 0 : defs->count) + (size_t)1);
    if (list == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    for (const struct json *def = json_first(defs); def != NULL; def = def->next) {
        struct elm_parameter *one = &list[program->parameter_count];
        const struct json *type = json_get(def, "parameterTypeSpecifier");
        TRY(elm_want_text(c, def, "name", &one->name));
        TRY(elm_type_of(c, type != NULL ? type : json_get(def, "parameterType"), &one->type));
        program->parameter_count++;
    }
    program->parameters = list;
    return SALVE_OK;
}

static enum salve_code list_routines(struct elm_compile *c, struct elm_program *program)
{
    struct elm_routine *routines = arena_array(c->mem, struct elm_routine, program->code->routine_count + 1);
    if (routines == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    for (const struct elm_job *job = c->jobs; job != NULL; job = job->next)
        routines[job->routine] = (struct elm_routine){job->library->shown, json_get_text(job->def, "name")};
    program->routines = routines;
    return SALVE_OK;
}

/* Have the libraries defines of both contexts? */
static bool is_mixed(const struct elm_set *set)
{
    bool has[2] = {false, false};
    for (const struct elm_library *l = set->first; l != NULL; l = l->next) {
        const struct json *def = json_first(json_path(l->root, "statements.def"));
        for (; def != NULL; def = def->next) {
            struct str context = json_get_text(def, "context");
            if (!is_function(def)) has[str_is(context, "Unfiltered") || str_is(context, "Population")] = true;
        }
    }
    return has[0] && has[1];
}

static enum salve_code link_library(const struct elm_set *set, struct str id, struct str version, bool is_explained,
                                    struct arena *mem, struct elm_program **out, struct salve_err *err)
{
    struct salve_err own_err = {0};
    if (err == NULL) err = &own_err;
    const struct elm_library *library = library_of(set, id, version);
    if (library == NULL) return salve_refuse(err, SALVE_E_UNKNOWN_NAME, "the library to run is not loaded", "library");
    struct elm_program *program = arena_new(mem, struct elm_program);
    struct elm_compile *c = arena_new(mem, struct elm_compile);
    if (program == NULL || c == NULL) return salve_fail(err, SALVE_E_MEMORY, "ELM");
    *c = (struct elm_compile){.set = set, .mem = mem, .err = err, .library = library, .is_explained = is_explained};
    program->id = library->id;
    program->version = library->version;
    c->is_mixed = is_mixed(set);
    expr_emit_init(&c->emit, mem, err);
    TRY(list_main(c, library, program));
    TRY(list_parameters(c, library, program));
    for (const struct elm_job *job = c->jobs; job != NULL; job = job->next) TRY(compile_job(c, job));
    TRY(expr_emit_done(&c->emit, &program->code));
    TRY(list_routines(c, program));
    program->further = c->further;
    *out = program;
    return SALVE_OK;
}

enum salve_code elm_link(const struct elm_set *set, struct str id, struct str version, struct arena *mem,
                         struct elm_program **out, struct salve_err *err)
{
    return link_library(set, id, version, false, mem, out, err);
}

enum salve_code elm_link_explained(const struct elm_set *set, struct str id, struct str version, struct arena *mem,
                                   struct elm_program **out, struct salve_err *err)
{
    return link_library(set, id, version, true, mem, out, err);
}

size_t elm_define_count(const struct elm_program *program) { return program->define_count; }
const struct elm_define *elm_define_at(const struct elm_program *program, size_t index)
{
    return index < program->define_count ? &program->defines[index] : NULL;
}
bool elm_define_find(const struct elm_program *program, struct str name, size_t *index)
{
    for (size_t i = 0; i < program->define_count; i++)
        if (str_eq(program->defines[i].name, name)) {
            *index = i;
            return true;
        }
    return false;
}
bool elm_looks_further(const struct elm_program *program, struct str *where)
{
    *where = program->further;
    return program->further.ptr != NULL;
}
struct str elm_library_id(const struct elm_program *program) { return program->id; }
struct str elm_library_version(const struct elm_program *program) { return program->version; }
