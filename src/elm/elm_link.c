/* SPDX-License-Identifier: Apache-2.0
 * Linking: every define of the main library, and whatever it reaches, is compiled once; then the program is listed. */
#include "elm/elm_compile_int.h"

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
    TRY(elm_context_of(c, job->def, &c->is_job_unfiltered));
    if (c->is_job_unfiltered && !c->is_job_function) elm_note_further(c);
    expr_emit_begin(&c->emit, job->routine);
    if (json_get(job->def, "parameterTypeSpecifier") != NULL || json_get(job->def, "default") != NULL ||
        elm_find_def(job->library, "parameters", c->name) == job->def)
        TRY(compile_parameter(c, job));
    else if (elm_is_function(job->def))
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
        if (elm_is_function(def)) {
            if (json_get(def, "expression") == NULL || elm_operand_count(def) > 250) continue;
            TRY(elm_job_for(c, library, def, (uint16_t)elm_operand_count(def), false, &job));
            functions[program->function_count++] =
                (struct elm_function){name, job->routine, (uint16_t)elm_operand_count(def)};
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
    for (const struct elm_job *job = c->jobs; job != NULL; job = job->next) {
        salve_assert(job->routine < program->code->routine_count);
        routines[job->routine] = (struct elm_routine){job->library->shown, json_get_text(job->def, "name")};
    }
    program->routines = routines;
    return SALVE_OK;
}

/* Have the libraries defines of both contexts? */
static bool is_mixed(const struct elm_set *set)
{
    bool has[2] = {false, false};
    for (const struct elm_member *m = set->first; m != NULL; m = m->next) {
        const struct json *def = json_first(json_path(m->library->root, "statements.def"));
        for (; def != NULL; def = def->next) {
            struct str context = json_get_text(def, "context");
            if (!elm_is_function(def)) has[str_is(context, "Unfiltered") || str_is(context, "Population")] = true;
        }
    }
    return has[0] && has[1];
}

/* What is linked, and how; `jobs` comes back. */
struct linking {
    const struct elm_set *set;
    const struct elm_library *library;
    bool is_explained;
    const struct elm_job *plain, *jobs;
};

static enum salve_code link_library(struct linking *how, struct arena *mem, struct elm_program **out,
                                    struct salve_err *err)
{
    struct arena *work = how->set->work;
    struct elm_program *program = arena_new(mem, struct elm_program);
    struct elm_compile *c = arena_new(work, struct elm_compile);
    if (program == NULL || c == NULL) return salve_fail(err, SALVE_E_MEMORY, "ELM");
    *c = (struct elm_compile){.set = how->set,
                              .mem = mem,
                              .work = work,
                              .err = err,
                              .library = how->library,
                              .is_explained = how->is_explained,
                              .plain = how->plain,
                              .rows = elm_rows};
    TRY(elm_index_rows(c));
    program->id = how->library->id;
    c->is_mixed = is_mixed(how->set);
    expr_emit_init(&c->emit, mem, err);
    c->emit.work = c->work;
    TRY(list_main(c, how->library, program));
    TRY(list_parameters(c, how->library, program));
    for (const struct elm_job *job = c->jobs; job != NULL; job = job->next) TRY(compile_job(c, job));
    TRY(expr_emit_done(&c->emit, &program->code));
    TRY(list_routines(c, program));
    program->further = c->further;
    how->jobs = c->jobs;
    *out = program;
    return SALVE_OK;
}

static enum salve_code find_main(const struct elm_set *set, struct str id, struct str version, struct linking *out,
                                 struct salve_err *err)
{
    *out = (struct linking){.set = set, .library = elm_library_of(set, id, version)};
    if (out->library != NULL) return SALVE_OK;
    return salve_refuse(err, SALVE_E_UNKNOWN_NAME, "the library to run is not loaded", "library");
}

enum salve_code elm_link(const struct elm_set *set, struct str id, struct str version, struct arena *mem,
                         struct elm_program **out, struct salve_err *err)
{
    struct linking how;
    struct salve_err own_err = {0};
    if (err == NULL) err = &own_err; /* the compiler reads it */
    TRY(find_main(set, id, version, &how, err));
    return link_library(&how, mem, out, err);
}

enum salve_code elm_link_explained(const struct elm_set *set, struct str id, struct str version, struct arena *mem,
                                   struct elm_program **out, struct salve_err *err)
{
    struct linking how;
    struct salve_err own_err = {0};
    if (err == NULL) err = &own_err;
    TRY(find_main(set, id, version, &how, err));
    how.is_explained = true;
    return link_library(&how, mem, out, err);
}

enum salve_code elm_link_reasoned(const struct elm_set *set, struct str id, struct str version, struct arena *mem,
                                  struct elm_program **out, struct salve_err *err)
{
    struct linking how;
    struct elm_program *noted;
    struct salve_err own_err = {0};
    if (err == NULL) err = &own_err;
    TRY(find_main(set, id, version, &how, err));
    TRY(link_library(&how, mem, out, err));
    if ((*out)->further.ptr != NULL) return SALVE_OK;
    how.is_explained = true;
    how.plain = how.jobs;
    TRY(link_library(&how, mem, &noted, err));
    (*out)->noted = noted;
    return SALVE_OK;
}
