/* SPDX-License-Identifier: Apache-2.0
 * Running ELM programs: parameters, defines, functions, messages, and where an error happened. */
#include "elm/elm_int.h"

#include <stdio.h>

/* --- parameters --------------------------------------------------------------------------------------------------- */
static const struct elm_param *find_param(struct expr_run *run, const struct expr_value *args)
{
    struct elm_run *front = elm_front(run);
    salve_assert(args[0].kind == VALUE_STRING && args[1].kind == VALUE_STRING);
    for (size_t i = 0; i < front->param_count; i++) {
        struct str library = front->params[i].library;
        if (library.ptr == NULL) library = front->program->id;
        if (str_eq(library, expr_text(args[0])) && str_eq(front->params[i].name, expr_text(args[1])))
            return &front->params[i];
    }
    return NULL;
}

ELM_CALL(elm_param_is_given)
{
    *out = expr_boolean(find_param(run, args) != NULL);
    return SALVE_OK;
}

ELM_CALL(elm_param_value)
{
    const struct elm_param *param = find_param(run, args);
    *out = param == NULL ? EXPR_NONE : param->value;
    return SALVE_OK;
}

ELM_CALL(elm_not_callable) { return expr_run_fail(run, SALVE_E_TYPE, "no function with that name takes these values"); }

/* args: library, name, the operands */
ELM_CALL(elm_call_external)
{
    salve_assert(count >= 2 && args[0].kind == VALUE_STRING && args[1].kind == VALUE_STRING);
    const struct expr_env *env = run->env;
    struct salve_err err = {0};
    enum salve_code code = SALVE_E_UNKNOWN_NAME;
    *out = EXPR_NONE;
    if (env->external != NULL)
        code =
            env->external(env->user, expr_text(args[0]), expr_text(args[1]), args + 2, count - 2, run->mem, out, &err);
    if (code == SALVE_OK) return SALVE_OK;
    if (code == SALVE_E_UNKNOWN_NAME)
        return expr_run_fail(run, code, "the external function %.*s.%.*s is not supplied", STR_ARGS(expr_text(args[0])),
                             STR_ARGS(expr_text(args[1])));
    return expr_run_fail(run, code, "external function %.*s.%.*s: %s", STR_ARGS(expr_text(args[0])),
                         STR_ARGS(expr_text(args[1])), err.why);
}

/* Message: source, condition, code, severity, text. Errors stop the run; the rest goes to env->trace. */
ELM_CALL(elm_message)
{
    *out = args[0];
    if (count < 5 || expr_truth_of(args[1]) != EXPR_TRUE) return SALVE_OK;
    struct str severity = args[3].kind == VALUE_STRING ? expr_text(args[3]) : STR("Message");
    struct str text = args[4].kind == VALUE_STRING ? expr_text(args[4]) : STR("");
    if (str_is(severity, "Error")) return expr_run_fail(run, SALVE_E_INVALID, "Message with severity Error");
    if (run->env->trace != NULL) run->env->trace(run->env->user, text, &args[0]);
    return SALVE_OK;
}

/* --- runs --------------------------------------------------------------------------------------------------------- */
enum salve_code elm_run_open(const struct elm_program *program, struct elm_subject *subject, const struct expr_env *env,
                             const struct elm_param *params, size_t param_count, struct arena *mem,
                             struct elm_run **out, struct salve_err *err)
{
    struct elm_run *run = arena_alloc_raw(mem, sizeof *run, 16);
    if (run == NULL) return salve_fail(err, SALVE_E_MEMORY, "ELM run");
    TRY(expr_run_open(&run->run, program->code, env, EXPR_NONE, mem, err));
    run->run.is_cql = true;
    run->run.front = run;
    run->run.stack = run->stack_room;
    run->run.loops = run->loop_room;
    run->run.frames = run->frame_room;
    run->run.stack_cap = sizeof run->stack_room / sizeof run->stack_room[0];
    run->run.loop_cap = sizeof run->loop_room / sizeof run->loop_room[0];
    run->run.frame_cap = sizeof run->frame_room / sizeof run->frame_room[0];
    run->program = program;
    run->subject = subject;
    run->params = params;
    run->param_count = param_count;
    run->notes = NULL;
    run->watch = NULL;
    run->noted = run->plain = NULL;
    run->crossings = 0;
    run->is_placed = false;
    run->touched = (struct expr_build){run->touched_room, 0, sizeof run->touched_room / sizeof run->touched_room[0]};
    *out = run;
    return SALVE_OK;
}

/* What failed is in the routine whose code holds the instruction. */
static enum salve_code name_place(const struct elm_run *run, enum salve_code code, struct salve_err *err)
{
    const struct expr_program *p = run->program->code;
    if (code == SALVE_OK || err == NULL || run->run.at == NULL || run->is_placed) return code;
    uint32_t at = (uint32_t)(run->run.at - p->code), best = 0;
    salve_assert(at < p->code_count && p->routine_count > 0);
    for (uint32_t r = 1; r < p->routine_count; r++)
        if (p->routines[r].entry <= at && p->routines[r].entry >= p->routines[best].entry) best = r;
    const struct elm_routine *routine = &run->program->routines[best];
    if (err->line == 0) salve_err_place(err, p->places[at] >> 12, p->places[at] & 4095);
    /* arenas and lists that cannot grow know no place, only what did not fit */
    if (err->why[0] == '\0') (void)snprintf(err->why, sizeof err->why, "%s", err->element);
    (void)snprintf(err->element, sizeof err->element, "%.*s", STR_ARGS(routine->name));
    salve_err_in(err, "%.*s", STR_ARGS(routine->shown));
    return code;
}

void elm_run_failed(struct elm_run *run, enum salve_code code, struct salve_err *err)
{
    for (uint32_t i = 0; i < run->run.memo_count; i++) /* they may be asked again, and fail again */
        if (run->run.memo[i].state == 1) run->run.memo[i].state = 0;
    run->run.stack_count = run->run.frame_count = run->run.loop_count = 0;
    (void)name_place(run, code, err);
    run->is_placed = false;
}

static enum salve_code run_routine(struct elm_run *run, uint32_t routine, const struct expr_value *args, uint32_t count,
                                   struct expr_value *out, struct salve_err *err)
{
    run->run.err = err;
    enum salve_code code = expr_run_routine(&run->run, routine, args, count, out);
    if (code != SALVE_OK) elm_run_failed(run, code, err);
    return code;
}

enum salve_code elm_run_define_at(struct elm_run *run, size_t index, struct expr_value *out, struct salve_err *err)
{
    if (index >= run->program->define_count) return salve_fail(err, SALVE_E_UNKNOWN_NAME, "define");
    uint32_t number = run->program->numbers[index];
    salve_assert(number < run->program->code->define_count);
    struct expr_memo *memo = &run->run.memo[number];
    struct str context = run->program->defines[index].context;
    bool is_unfiltered = str_is(context, "Unfiltered") || str_is(context, "Population");
    if (!elm_is_alone(run) && is_unfiltered != (run->subject->number == UINT32_MAX)) {
        run->run.err = err;
        run->run.at = NULL;
        enum salve_code code = elm_ask(run, number, is_unfiltered ? ELM_ASK_UNFILTERED : ELM_ASK_EACH, out);
        run->is_placed = false;
        return code;
    }
    if (memo->state != 2) {
        memo->state = 1;
        TRY(run_routine(run, run->program->code->defines[number], NULL, 0, &memo->value, err));
        memo->state = 2;
    }
    *out = memo->value;
    return SALVE_OK;
}

enum salve_code elm_run_define(struct elm_run *run, struct str name, struct expr_value *out, struct salve_err *err)
{
    size_t index;
    if (elm_define_find(run->program, name, &index)) return elm_run_define_at(run, index, out, err);
    return salve_fail(err, SALVE_E_UNKNOWN_NAME, "%.*s.%.*s", STR_ARGS(run->program->id), STR_ARGS(name));
}

enum salve_code elm_run_function(struct elm_run *run, struct str name, const struct expr_value *args, uint32_t count,
                                 struct expr_value *out, struct salve_err *err)
{
    for (uint32_t i = 0; i < run->program->function_count; i++) {
        const struct elm_function *f = &run->program->functions[i];
        if (str_eq(f->name, name) && f->args == count) return run_routine(run, f->routine, args, count, out, err);
    }
    return salve_fail(err, SALVE_E_UNKNOWN_NAME, "%.*s.%.*s", STR_ARGS(run->program->id), STR_ARGS(name));
}

bool elm_same(struct elm_run *run, struct expr_value a, struct expr_value b)
{
    bool result = false;
    return elm_values_equivalent(&run->run, a, b, &result) == SALVE_OK && result;
}
