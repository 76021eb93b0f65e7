/* SPDX-License-Identifier: Apache-2.0
 * The machine: one dispatch function over the instructions of machine_ops.def. Operands lie on a value stack, local
 * slots below them, one frame a routine; loops have a stack of their own. Every turn, call and visited node costs a
 * step. */
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"
#include "machine/run.h"

enum salve_code expr_run_fail(struct expr_run *run, enum salve_code code, const char *why, ...)
{
    uint32_t place = run->at == NULL ? 0 : run->program->places[run->at - run->program->code];
    va_list args;
    (void)salve_fail(run->err, code, "%s", "");
    salve_err_place(run->err, place >> 12, place & 4095);
    va_start(args, why);
    (void)salve_why_args(run->err, code, why, args);
    va_end(args);
    return code;
}

const struct expr_temporal *expr_now(struct expr_run *run)
{
    if (!run->has_now) {
        struct clock system = clock_system();
        const struct clock *clock = run->env->clock == NULL ? &system : run->env->clock;
        run->now = expr_temporal_of_unix_ms(clock_ms(clock), run->env->offset_minutes);
        run->has_now = true;
    }
    return &run->now;
}

/* --- room --------------------------------------------------------------------------------------------------------- */
/* A stack of the run with room for `need` items, at least `first`. */
static enum salve_code grow(struct expr_run *run, void **stack, uint32_t *cap, uint32_t need, uint32_t first,
                            size_t bytes, uint32_t limit)
{
    if (need > limit) return expr_run_fail(run, SALVE_E_TOO_DEEP, "too many calls or loops inside each other");
    uint32_t more = *cap * 2 < first ? first : *cap * 2;
    if (more < need) more = need;
    *stack = arena_grow(run->mem, *stack, *cap * bytes, more * bytes);
    if (*stack == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "stack");
    *cap = more;
    return SALVE_OK;
}

#define GROWS(name, stack, cap, first, limit)                                                                          \
    __attribute__((noinline)) static enum salve_code name(struct expr_run *run, uint32_t need)                         \
    {                                                                                                                  \
        void *room = run->stack;                                                                                       \
        TRY(grow(run, &room, &run->cap, need, first, sizeof *run->stack, limit));                                      \
        run->stack = room;                                                                                             \
        return SALVE_OK;                                                                                               \
    }
GROWS(more_stack, stack, stack_cap, 16, SALVE_EXPR_STACK_MAX)
GROWS(more_loops, loops, loop_cap, 4, SALVE_EXPR_LOOPS_MAX)
GROWS(more_frames, frames, frame_cap, 4, SALVE_EXPR_FRAMES_MAX)

static enum salve_code room_for_stack(struct expr_run *run, uint32_t need)
{
    return need <= run->stack_cap ? SALVE_OK : more_stack(run, need);
}

void expr_run_refill(struct expr_run *run)
{
    run->steps_left = run->env->steps != NULL    ? *run->env->steps
                      : run->env->steps_max == 0 ? SALVE_EXPR_STEPS_MAX
                                                 : run->env->steps_max;
}

enum salve_code expr_run_open(struct expr_run *run, const struct expr_program *program, const struct expr_env *env,
                              struct expr_value focus, struct arena *mem, struct salve_err *err)
{
    static const struct expr_env nothing = {0};
    run->program = program;
    run->env = env == NULL ? &nothing : env;
    run->mem = mem;
    run->err = err;
    run->at = NULL;
    run->focus = focus;
    run->stack = NULL;
    run->loops = NULL;
    run->frames = NULL;
    run->stack_cap = run->loop_cap = run->frame_cap = run->stack_count = run->loop_count = run->frame_count = 0;
    run->memo = NULL;
    run->has_now = false;
    run->is_cql = false;
    run->front = NULL;
    expr_run_refill(run);
    run->resource = run->env->resource;
    if (run->resource.kind == VALUE_NULL && focus.kind == VALUE_NODE) run->resource = expr_node(focus.as.tape, 0);
    run->root = run->env->root.kind == VALUE_NULL ? run->resource : run->env->root;
    run->memo_count = program->define_count + (program->has_text_calls ? EXPR_TEXT_CALLS : 0);
    run->text_calls = NULL;
    if (run->memo_count == 0) return SALVE_OK;
    run->memo = arena_array(mem, struct expr_memo, run->memo_count);
    if (run->memo == NULL) return salve_fail(err, SALVE_E_MEMORY, "expression");
    if (!program->has_text_calls) return SALVE_OK;
    run->text_calls = arena_alloc_raw(mem, EXPR_TEXT_CALLS * sizeof *run->text_calls, alignof(struct expr_text_call));
    return run->text_calls == NULL ? salve_fail(err, SALVE_E_MEMORY, "expression") : SALVE_OK;
}

/* --- paths -------------------------------------------------------------------------------------------------------- */
enum { PATH_DEPTH_MAX = 16 };

/* Collections of a few items are built on the C stack; most are of one item and never reach the arena. */
enum { FEW = 4 };

static enum salve_code few_done(struct expr_run *run, const struct expr_build *build, const struct expr_value *few,
                                struct expr_value *out)
{
    if (build->items != few || build->count < 2) {
        *out = expr_build_done(build);
        return SALVE_OK;
    }
    struct expr_value *items = arena_alloc_raw(run->mem, build->count * sizeof *items, alignof(struct expr_value));
    if (items == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "collection");
    memcpy(items, few, build->count * sizeof *items);
    *out = expr_list(items, build->count);
    return SALVE_OK;
}

/* All nodes at the end of `names` below `at`, depth first, without lists between the steps. */
static enum salve_code path_node(struct expr_run *run, struct expr_value item, const fhir_name_id *names,
                                 uint32_t count, struct expr_build *build)
{
    const struct tape *tape = item.as.tape;
    const struct tape_node *nodes = tape->nodes;
    EXPR_UNINIT uint32_t next[PATH_DEPTH_MAX], end[PATH_DEPTH_MAX];
    uint32_t level = 0, seen = 0;
    next[0] = item.aux + 1;
    end[0] = item.aux + nodes[item.aux].span;
    for (;;) {
        uint32_t c = next[level];
        if (c >= end[level]) {
            if (level == 0) break;
            level--;
            continue;
        }
        seen++;
        uint32_t after = c + nodes[c].span;
        next[level] = after;
        if (fhir_elements[nodes[c].element].path_name != names[level]) continue;
        /* items of one element are neighbours: behind the last there is no more to find */
        if (after < end[level] && fhir_elements[nodes[after].element].path_name != names[level]) end[level] = after;
        if (level + 1 == count) {
            TRY(expr_build_add(build, (struct expr_value){.kind = VALUE_NODE, .aux = c, .as.tape = tape}, run->mem,
                               run->err));
        } else if (names[level + 1] == FHIR_N_value && nodes[c].kind != TAPE_OBJECT) {
            struct expr_build one = {0}, *into = level + 2 == count ? build : &one;
            TRY(expr_children(run, expr_node(tape, c), FHIR_N_value, into));
        } else {
            level++;
            next[level] = c + 1;
            end[level] = after;
        }
    }
    return expr_step(run, seen + 1);
}

static enum salve_code tuple_element(struct expr_run *run, const struct expr_value *item, struct str name,
                                     struct expr_build *build)
{
    const struct expr_tuple *tuple = item->as.tuple;
    for (uint32_t i = 0; i < tuple->shape->count; i++)
        if (str_eq(tuple->shape->names[i], name)) return expr_build_flat(build, &tuple->values[i], run->mem, run->err);
    return SALVE_OK;
}

static enum salve_code element(struct expr_run *run, const struct expr_value *from, struct str name,
                               struct expr_value *out)
{
    struct expr_items view = expr_items(from);
    struct expr_build build = {0};
    for (uint32_t i = 0; i < view.count; i++)
        if (view.items[i].kind == VALUE_TUPLE) TRY(tuple_element(run, &view.items[i], name, &build));
    *out = expr_build_done(&build);
    return SALVE_OK;
}

static enum salve_code path(struct expr_run *run, const struct expr_value *from, const fhir_name_id *names,
                            uint32_t count, struct expr_value *out)
{
    struct expr_items view = expr_items(from);
    EXPR_UNINIT struct expr_value few[FEW];
    struct expr_build build = {.items = few, .cap = FEW};
    for (uint32_t i = 0; i < view.count; i++) {
        const struct expr_value *item = &view.items[i];
        if (item->kind == VALUE_TUPLE && count == 1) TRY(tuple_element(run, item, fhir_name(names[0]), &build));
        if (item->kind != VALUE_NODE) continue;
        if (tape_kind(item->as.tape, item->aux) != TAPE_OBJECT && names[0] == FHIR_N_value) {
            if (count == 1) TRY(expr_children(run, *item, FHIR_N_value, &build));
        } else
            TRY(path_node(run, *item, names, count, &build));
    }
    return few_done(run, &build, few, out);
}

static enum salve_code tuple_is_text(struct expr_run *run, struct expr_value item, fhir_name_id name,
                                     const struct expr_value *text, bool *out)
{
    struct expr_build build = {0};
    TRY(tuple_element(run, &item, fhir_name(name), &build));
    struct expr_value found = expr_build_done(&build);
    enum expr_truth same;
    TRY(expr_equal(run, &found, text, &same));
    *out = same == EXPR_TRUE;
    return SALVE_OK;
}

/* Does the item have exactly one child of that name, equal to the text? */
static enum salve_code child_is_text(struct expr_run *run, struct expr_value item, fhir_name_id name,
                                     const struct expr_value *text, bool *out)
{
    *out = false;
    if (item.kind == VALUE_TUPLE) return tuple_is_text(run, item, name, text, out);
    if (item.kind != VALUE_NODE) return SALVE_OK;
    const struct tape *tape = item.as.tape;
    if (name == FHIR_N_value && tape_kind(tape, item.aux) != TAPE_OBJECT) {
        EXPR_UNINIT union expr_room room; /* the value of a primitive is the primitive itself */
        struct expr_value own = expr_system_in(item, &room);
        *out = own.kind == VALUE_STRING && str_eq(expr_text(own), expr_text(*text));
        return SALVE_OK;
    }
    const struct tape_node *nodes = tape->nodes;
    uint32_t end = item.aux + nodes[item.aux].span, seen = 0;
    for (uint32_t c = item.aux + 1; c < end; c += nodes[c].span) {
        seen++;
        if (fhir_elements[nodes[c].element].path_name != name) continue;
        uint32_t after = c + nodes[c].span;
        if (after < end && fhir_elements[nodes[after].element].path_name == name) break;
        *out = nodes[c].kind == TAPE_TEXT && expr_type_kind(fhir_elements[nodes[c].element].type) == VALUE_STRING &&
               str_eq(tape_text(tape, c), expr_text(*text));
        break;
    }
    return expr_step(run, seen + 1);
}

static enum salve_code where_text(struct expr_run *run, const struct expr_value *from, fhir_name_id name,
                                  const struct expr_value *text, bool is_exists, struct expr_value *out)
{
    struct expr_items view = expr_items(from);
    EXPR_UNINIT struct expr_value few[FEW];
    struct expr_build build = {.items = few, .cap = FEW};
    for (uint32_t i = 0; i < view.count; i++) {
        bool keep;
        TRY(child_is_text(run, view.items[i], name, text, &keep));
        if (!keep) continue;
        if (is_exists) {
            *out = expr_boolean(true);
            return SALVE_OK;
        }
        TRY(expr_build_add(&build, view.items[i], run->mem, run->err));
    }
    if (!is_exists) return few_done(run, &build, few, out);
    *out = expr_boolean(false);
    return SALVE_OK;
}

static enum salve_code of_type(struct expr_run *run, const struct expr_value *from, struct expr_type_test test,
                               struct expr_value *out)
{
    struct expr_items view = expr_items(from);
    EXPR_UNINIT struct expr_value few[FEW];
    struct expr_build build = {.items = few, .cap = FEW};
    for (uint32_t i = 0; i < view.count; i++)
        if (expr_is_exactly(view.items[i], test)) TRY(expr_build_add(&build, view.items[i], run->mem, run->err));
    TRY(few_done(run, &build, few, out));
    return expr_step(run, view.count + 1);
}

/* The one element of a node by name, null, or the text that a primitive is; false: it takes more than that. */
static inline bool quick_element(struct expr_value *value, fhir_name_id name)
{
    const struct tape *tape = value->as.tape;
    const struct tape_node *nodes = tape->nodes, *own = &nodes[value->aux];
    uint32_t end = value->aux + own->span;
    for (uint32_t c = value->aux + 1; c < end; c += nodes[c].span) {
        const struct fhir_element *element = &fhir_elements[nodes[c].element];
        if (element->path_name != name) continue;
        if (element->flags & FHIR_MANY) return false;
        value->aux = c;
        value->tag = 0;
        return true;
    }
    if (name == FHIR_N_value && own->kind != TAPE_OBJECT) {
        if (own->kind != TAPE_TEXT || expr_type_kind(fhir_elements[own->element].type) != VALUE_STRING) return false;
        *value = expr_string(tape_text(tape, value->aux));
        return true;
    }
    *value = EXPR_NONE;
    return true;
}

/* --- loops -------------------------------------------------------------------------------------------------------- */
static struct expr_value loop_item(const struct expr_loop *loop)
{
    if (loop->turn >= loop->count)
        return loop->build.items[loop->turn - loop->count]; /* REPEAT visits its own result */
    return loop->items == NULL ? loop->single : loop->items[loop->turn];
}

static void loop_enter_turn(const struct expr_loop *loop, struct expr_value *slot)
{
    slot[0] = loop_item(loop);
    slot[1] = expr_integer(loop->turn);
}

/* LOOP: true if there is a first turn. */
static enum salve_code loop_open(struct expr_run *run, struct expr_value source, struct expr_value *slot, bool *turns)
{
    struct expr_items view = expr_items(&source);
    *turns = view.count > 0;
    if (view.count == 0) return SALVE_OK;
    if (run->loop_count == run->loop_cap) TRY(more_loops(run, run->loop_count + 1));
    struct expr_loop *loop = &run->loops[run->loop_count++];
    loop->items = NULL;
    loop->count = view.count;
    loop->turn = 0;
    loop->has_kept = false;
    loop->build = (struct expr_build){0};
    if (source.kind == VALUE_LIST)
        loop->items = source.as.items;
    else
        loop->single = source;
    loop_enter_turn(loop, slot);
    return SALVE_OK;
}

static bool is_true(struct expr_value v) { return v.kind == VALUE_BOOLEAN && v.as.boolean; }

/* Adds the items of `top` that the loop has not seen. */
static enum salve_code repeat_add(struct expr_run *run, struct expr_loop *loop, const struct expr_value *top, bool all)
{
    struct expr_items fresh = expr_items(top);
    for (uint32_t i = 0; i < fresh.count; i++) {
        enum expr_truth same = EXPR_FALSE;
        for (uint32_t k = 0; k < loop->build.count && same != EXPR_TRUE && !all; k++)
            TRY(expr_item_equal(run, fresh.items[i], loop->build.items[k], &same));
        if (same != EXPR_TRUE) TRY(expr_build_add(&loop->build, fresh.items[i], run->mem, run->err));
    }
    return expr_step(run, fresh.count);
}

static enum salve_code where_keep(struct expr_run *run, struct expr_loop *loop)
{
    if (!loop->has_kept) {
        loop->kept = loop_item(loop);
        loop->has_kept = true;
        return SALVE_OK;
    }
    if (loop->build.count == 0) {
        uint32_t rest = loop->count - loop->turn + 1;
        TRY(expr_build_grow(&loop->build, run->mem, rest < 8 ? rest : 8, run->err));
        TRY(expr_build_add(&loop->build, loop->kept, run->mem, run->err));
    }
    return expr_build_add(&loop->build, loop_item(loop), run->mem, run->err);
}

/* Takes what the body left; *early is set when the result is known before the last item. */
static enum salve_code loop_take(struct expr_run *run, struct expr_loop *loop, enum expr_op op,
                                 const struct expr_value *top, struct expr_value *slot, bool *early)
{
    switch (op) {
    case EXPR_OP_LOOP_WHERE:
        return is_true(*top) ? where_keep(run, loop) : SALVE_OK;
    case EXPR_OP_LOOP_FILTER:
        return is_true(*top) ? expr_build_add(&loop->build, loop_item(loop), run->mem, run->err) : SALVE_OK;
    case EXPR_OP_LOOP_GATHER:
    case EXPR_OP_LOOP_SELECT:
        return expr_build_flat(&loop->build, top, run->mem, run->err);
    case EXPR_OP_LOOP_FIRST:
        *early = true;
        return expr_build_add(&loop->build, *top, run->mem, run->err);
    case EXPR_OP_LOOP_MAP:
        return expr_build_add(&loop->build, *top, run->mem, run->err);
    case EXPR_OP_LOOP_KEYS: {
        enum salve_code code = expr_build_add(&loop->build, loop_item(loop), run->mem, run->err);
        return code != SALVE_OK ? code : expr_build_add(&loop->build, *top, run->mem, run->err);
    }
    case EXPR_OP_LOOP_ALL:
        *early = !is_true(*top);
        return SALVE_OK;
    case EXPR_OP_LOOP_EXISTS:
        *early = is_true(*top);
        return SALVE_OK;
    case EXPR_OP_LOOP_FOLD:
        slot[2] = *top;
        return SALVE_OK;
    default:
        return repeat_add(run, loop, top, op == EXPR_OP_LOOP_REPEAT_ALL);
    }
}

static const struct expr_loop without_turns = {.count = 0};

static struct expr_value loop_result(const struct expr_loop *loop, enum expr_op op, bool early,
                                     const struct expr_value *slot)
{
    switch (op) {
    case EXPR_OP_LOOP_ALL:
        return expr_boolean(!early);
    case EXPR_OP_LOOP_EXISTS:
        return expr_boolean(early);
    case EXPR_OP_LOOP_FOLD:
        return slot[2];
    case EXPR_OP_LOOP_GATHER:
    case EXPR_OP_LOOP_MAP:
    case EXPR_OP_LOOP_FIRST:
    case EXPR_OP_LOOP_FILTER:
    case EXPR_OP_LOOP_KEYS:
        return expr_build_list(&loop->build);
    case EXPR_OP_LOOP_WHERE:
        if (loop->build.count == 0) return loop->has_kept ? loop->kept : EXPR_NONE;
        return expr_build_done(&loop->build);
    default:
        return expr_build_done(&loop->build);
    }
}

/* LOOP_SKIP: a turn that adds nothing. */
static enum salve_code loop_skip(struct expr_run *run, enum expr_op op, struct expr_value *slot, bool *again,
                                 struct expr_value *result)
{
    struct expr_loop *loop = &run->loops[run->loop_count - 1];
    TRY(expr_step(run, 1));
    *again = ++loop->turn < loop->count;
    if (*again) {
        loop_enter_turn(loop, slot);
    } else {
        *result = loop_result(loop, op, false, slot);
        run->loop_count--;
    }
    return SALVE_OK;
}

/* Closing instruction: true if there is another turn; else *result is set and the loop is gone. */
static enum salve_code loop_close(struct expr_run *run, enum expr_op op, const struct expr_value *top,
                                  struct expr_value *slot, bool *again, struct expr_value *result)
{
    struct expr_loop *loop = &run->loops[run->loop_count - 1];
    bool early = false;
    TRY(expr_step(run, 1));
    TRY(loop_take(run, loop, op, top, slot, &early));
    loop->turn++;
    uint32_t visits = loop->count;
    if (op == EXPR_OP_LOOP_REPEAT || op == EXPR_OP_LOOP_REPEAT_ALL) visits += loop->build.count;
    *again = !early && loop->turn < visits;
    if (*again) {
        loop_enter_turn(loop, slot);
        return SALVE_OK;
    }
    *result = loop_result(loop, op, early, slot);
    run->loop_count--;
    return SALVE_OK;
}

/* --- truth -------------------------------------------------------------------------------------------------------- */
static enum expr_truth combine(enum expr_op op, enum expr_truth a, enum expr_truth b)
{
    switch (op) {
    case EXPR_OP_AND:
        return expr_truth_and(a, b);
    case EXPR_OP_OR:
        return expr_truth_or(a, b);
    case EXPR_OP_XOR:
        return expr_truth_xor(a, b);
    default:
        return expr_truth_implies(a, b);
    }
}

/* FHIRPath singleton evaluation of collections where a truth is wanted. */
static enum salve_code singleton_truth(struct expr_run *run, struct expr_value *top)
{
    if (top->kind == VALUE_BOOLEAN || top->kind == VALUE_NULL) return SALVE_OK;
    struct expr_items view = expr_items(top);
    if (view.count > 1) return expr_run_fail(run, SALVE_E_TYPE, "more than one item where true or false is wanted");
    if (view.count == 0) {
        *top = EXPR_NONE;
        return SALVE_OK;
    }
    union expr_room room;
    struct expr_value one = expr_system_in(view.items[0], &room);
    *top = one.kind == VALUE_BOOLEAN || one.kind == VALUE_NULL ? one : expr_boolean(true);
    return SALVE_OK;
}

/* --- frames ------------------------------------------------------------------------------------------------------- */
/* A frame of the routine whose arguments are the `args` top values; slots behind the arguments become null. */
static enum salve_code frame_open(struct expr_run *run, uint32_t routine, uint32_t *base, uint32_t back, uint32_t memo)
{
    const struct expr_routine *r = &run->program->routines[routine];
    if (run->frame_count == run->frame_cap) TRY(more_frames(run, run->frame_count + 1));
    TRY(room_for_stack(run, run->stack_count - r->args + r->slots + r->stack_max));
    run->frames[run->frame_count++] = (struct expr_frame){back, *base, memo};
    *base = run->stack_count - r->args;
    for (uint32_t i = r->args; i < r->slots; i++) run->stack[*base + i] = EXPR_NONE;
    run->stack_count = *base + r->slots;
    return SALVE_OK;
}

static enum salve_code define_open(struct expr_run *run, uint32_t define, uint32_t *base, uint32_t back)
{
    if (run->memo[define].state == 1) return expr_run_fail(run, SALVE_E_TOO_DEEP, "a define asks for itself");
    run->memo[define].state = 1;
    return frame_open(run, run->program->defines[define], base, back, define + 1);
}

/* The number of the memo of a call with that text, + 1: known, or to be filled by this call. 0: it is an ordinary
 * call, because the argument is no text, somebody listens to what it does on its way, or its place is waiting for a
 * result. */
static uint32_t text_call(const struct expr_run *run, uint32_t routine, struct expr_value arg)
{
    struct str text = expr_text(arg);
    if (arg.kind != VALUE_STRING || run->env->trace != NULL || run->env->external != NULL) return 0;
    uint32_t hash = routine * 31 + (uint32_t)text.len;
    if (text.len > 0) hash += (uint32_t)(uint8_t)text.ptr[0] * 7 + (uint32_t)(uint8_t)text.ptr[text.len - 1] * 3;
    uint32_t at = hash % EXPR_TEXT_CALLS, number = run->program->define_count + at;
    struct expr_text_call *call = &run->text_calls[at];
    struct expr_memo *memo = &run->memo[number];
    if (memo->state == 1) return 0;
    if (memo->state == 2 && call->routine == routine && str_eq(call->text, text)) return number + 1;
    *call = (struct expr_text_call){routine, text};
    memo->state = 1;
    return number + 1;
}

static enum salve_code make_list(struct expr_run *run, const struct expr_value *from, uint32_t count,
                                 struct expr_value *out)
{
    struct expr_value *items = arena_alloc_raw(run->mem, count * sizeof *items, alignof(struct expr_value));
    if (items == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "list");
    if (count > 0) memcpy(items, from, count * sizeof *items);
    *out = expr_list(items, count);
    return expr_step(run, count);
}

static enum salve_code make_tuple(struct expr_run *run, const struct expr_value *from, uint32_t count,
                                  const struct expr_shape *shape, struct expr_value *out)
{
    struct expr_tuple *tuple = arena_alloc_raw(run->mem, sizeof *tuple + count * sizeof *from, 16);
    if (tuple == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "tuple");
    tuple->shape = shape;
    if (count > 0) memcpy(tuple->values, from, count * sizeof *from);
    *out = (struct expr_value){.kind = VALUE_TUPLE, .as.tuple = tuple};
    return expr_step(run, count);
}

/* --- dispatch ----------------------------------------------------------------------------------------------------- */
/* Runs until the frame above `frames` returns. sp is the first free place; slots are base[0...]. Both are kept as
 * pointers here and written back before anything that may move the stack. */
static enum salve_code dispatch(struct expr_run *run, uint32_t entry, uint32_t base_at, uint32_t frames,
                                struct expr_value *out)
{
    /* tidy: dispatch */
    const struct expr_program *p = run->program;
    const struct expr_ins *ip = p->code + entry;
    struct expr_value *base = run->stack + base_at, *sp = run->stack + run->stack_count;
    uint32_t memo;
    for (;;) {
        const struct expr_ins ins = *ip;
        run->at = ip++;
        switch ((enum expr_op)ins.op) {
        case EXPR_OP_CONST:
            *sp++ = p->constants[ins.b];
            break;
        case EXPR_OP_NONE:
            *sp++ = EXPR_NONE;
            break;
        case EXPR_OP_LOCAL:
            *sp++ = base[ins.a];
            break;
        case EXPR_OP_SET:
            base[ins.a] = *--sp;
            break;
        case EXPR_OP_POP:
            sp--;
            break;
        case EXPR_OP_DUP:
            sp[0] = sp[-1];
            sp++;
            break;
        case EXPR_OP_LIST:
            sp -= ins.a;
            TRY(make_list(run, sp, ins.a, sp));
            sp++;
            break;
        case EXPR_OP_TUPLE:
            sp -= ins.a;
            TRY(make_tuple(run, sp, ins.a, &p->shapes[ins.b], sp));
            sp++;
            break;

        case EXPR_OP_JUMP:
            ip = p->code + ins.b;
            break;
        case EXPR_OP_JUMP_FALSE:
            if (sp[-1].kind == VALUE_BOOLEAN && !sp[-1].as.boolean) ip = p->code + ins.b;
            break;
        case EXPR_OP_JUMP_TRUE:
            if (is_true(sp[-1])) ip = p->code + ins.b;
            break;
        case EXPR_OP_JUMP_NULL:
            if (sp[-1].kind == VALUE_NULL || (sp[-1].kind == VALUE_LIST && sp[-1].aux == 0)) ip = p->code + ins.b;
            break;
        case EXPR_OP_JUMP_NOT_NULL:
            if (sp[-1].kind != VALUE_NULL) ip = p->code + ins.b;
            break;
        case EXPR_OP_BRANCH:
            if (!is_true(*--sp)) ip = p->code + ins.b;
            break;
        case EXPR_OP_IF_ELEMENT:
            if (sp[-1].kind == VALUE_NODE ? quick_element(&sp[-1], ins.a) : sp[-1].kind == VALUE_NULL)
                ip = p->code + ins.b;
            break;
        case EXPR_OP_IF_TYPE:
            if (sp[-1].kind == VALUE_NODE ? tape_type(sp[-1].as.tape, sp[-1].aux) == ins.a : sp[-1].kind == VALUE_NULL)
                ip = p->code + ins.b;
            break;
        case EXPR_OP_CALL: {
            EXPR_UNINIT struct expr_value result;
            sp -= ins.a;
            run->stack_count = (uint32_t)(sp - run->stack) + ins.a;
            TRY(expr_step(run, 1));
            TRY(p->functions[ins.b]->call(run, sp, ins.a, &result));
            *sp++ = result;
            break;
        }
        case EXPR_OP_DEFINE:
            if (run->memo[ins.b].state == 2) {
                *sp++ = run->memo[ins.b].value;
                break;
            }
            TRY(expr_step(run, 1));
            base_at = (uint32_t)(base - run->stack);
            run->stack_count = (uint32_t)(sp - run->stack);
            TRY(define_open(run, ins.b, &base_at, (uint32_t)(ip - p->code)));
            base = run->stack + base_at;
            sp = run->stack + run->stack_count;
            ip = p->code + p->routines[p->defines[ins.b]].entry;
            break;
        case EXPR_OP_CALL_TEXT:
            memo = text_call(run, ins.b, sp[-1]);
            if (memo > 0 && run->memo[memo - 1].state == 2) {
                sp[-1] = run->memo[memo - 1].value;
                break;
            }
            TRY(expr_step(run, 1));
            base_at = (uint32_t)(base - run->stack);
            run->stack_count = (uint32_t)(sp - run->stack);
            TRY(frame_open(run, ins.b, &base_at, (uint32_t)(ip - p->code), memo));
            base = run->stack + base_at;
            sp = run->stack + run->stack_count;
            ip = p->code + p->routines[ins.b].entry;
            break;
        case EXPR_OP_CALL_CODE:
            TRY(expr_step(run, 1));
            base_at = (uint32_t)(base - run->stack);
            run->stack_count = (uint32_t)(sp - run->stack);
            TRY(frame_open(run, ins.b, &base_at, (uint32_t)(ip - p->code), 0));
            base = run->stack + base_at;
            sp = run->stack + run->stack_count;
            ip = p->code + p->routines[ins.b].entry;
            break;
        case EXPR_OP_RETURN: {
            struct expr_value result = sp[-1];
            struct expr_frame frame = run->frames[--run->frame_count];
            salve_assert(result.kind != VALUE_OPAQUE); /* a C function gave it back */
            if (frame.memo > 0) run->memo[frame.memo - 1] = (struct expr_memo){result, 2};
            sp = base;
            base = run->stack + frame.base;
            if (run->frame_count == frames) {
                run->stack_count = (uint32_t)(sp - run->stack);
                *out = result;
                return SALVE_OK;
            }
            *sp++ = result;
            ip = p->code + frame.back;
            break;
        }

        case EXPR_OP_AND:
        case EXPR_OP_OR:
        case EXPR_OP_XOR:
        case EXPR_OP_IMPLIES:
            sp--;
            sp[-1] = expr_truth_value(combine((enum expr_op)ins.op, expr_truth_of(sp[-1]), expr_truth_of(sp[0])));
            break;
        case EXPR_OP_NOT:
            if (sp[-1].kind == VALUE_BOOLEAN)
                sp[-1].as.boolean = !sp[-1].as.boolean;
            else
                sp[-1] = EXPR_NONE;
            break;
        case EXPR_OP_IS_NULL:
            sp[-1] = expr_boolean(sp[-1].kind == VALUE_NULL);
            break;
        case EXPR_OP_TRUTH:
            TRY(singleton_truth(run, &sp[-1]));
            break;
        case EXPR_OP_EXISTS:
            sp[-1] = expr_boolean(expr_items(&sp[-1]).count > 0);
            break;
        case EXPR_OP_EMPTY:
            sp[-1] = expr_boolean(expr_items(&sp[-1]).count == 0);
            break;

        case EXPR_OP_LOOP: {
            bool turns;
            sp--;
            TRY(loop_open(run, *sp, base + ins.a, &turns));
            if (turns) break;
            *sp++ = loop_result(&without_turns, (enum expr_op)ins.flags, false, base + ins.a);
            ip = p->code + ins.b;
            break;
        }
        case EXPR_OP_LOOP_WHERE:
        case EXPR_OP_LOOP_SELECT:
        case EXPR_OP_LOOP_GATHER:
        case EXPR_OP_LOOP_MAP:
        case EXPR_OP_LOOP_FIRST:
        case EXPR_OP_LOOP_FILTER:
        case EXPR_OP_LOOP_ALL:
        case EXPR_OP_LOOP_EXISTS:
        case EXPR_OP_LOOP_FOLD:
        case EXPR_OP_LOOP_REPEAT:
        case EXPR_OP_LOOP_REPEAT_ALL:
        case EXPR_OP_LOOP_KEYS: {
            bool again;
            EXPR_UNINIT struct expr_value result;
            sp--;
            TRY(loop_close(run, (enum expr_op)ins.op, sp, base + ins.a, &again, &result));
            if (again)
                ip = p->code + ins.b;
            else
                *sp++ = result;
            break;
        }

        case EXPR_OP_LOOP_SKIP: {
            bool again;
            EXPR_UNINIT struct expr_value result;
            TRY(loop_skip(run, (enum expr_op)ins.flags, base + ins.a, &again, &result));
            if (again)
                ip = p->code + ins.b;
            else
                *sp++ = result;
            break;
        }

        case EXPR_OP_CHILD: {
            fhir_name_id name = ins.a;
            TRY(path(run, &sp[-1], &name, 1, &sp[-1]));
            break;
        }
        case EXPR_OP_PATH:
            TRY(path(run, &sp[-1], p->names + ins.b, ins.a, &sp[-1]));
            break;
        case EXPR_OP_PATH_LOCAL:
            TRY(path(run, &base[ins.flags], p->names + ins.b, ins.a, sp));
            sp++;
            break;
        case EXPR_OP_ELEMENT:
            sp--;
            TRY(element(run, &sp[-1], expr_text(sp[0]), &sp[-1]));
            break;
        case EXPR_OP_OF_TYPE:
            TRY(of_type(run, &sp[-1], p->types[ins.b], &sp[-1]));
            break;
        case EXPR_OP_PATH_WHERE_TEXT:
        case EXPR_OP_PATH_EXISTS_TEXT:
            TRY(where_text(run, &sp[-1], ins.a, &p->constants[ins.b], ins.op == EXPR_OP_PATH_EXISTS_TEXT, &sp[-1]));
            break;
        case EXPR_OP_COUNT:
        default:
            __builtin_unreachable(); /* the check of the emitter has seen every instruction */
        }
    }
}

enum salve_code expr_run_routine(struct expr_run *run, uint32_t routine, const struct expr_value *args, uint32_t count,
                                 struct expr_value *out)
{
    uint32_t frames = run->frame_count, base = run->stack_count, loops = run->loop_count;
    TRY(room_for_stack(run, run->stack_count + count));
    for (uint32_t i = 0; i < count; i++) run->stack[run->stack_count++] = args[i];
    TRY(frame_open(run, routine, &base, 0, 0));
    enum salve_code code = dispatch(run, run->program->routines[routine].entry, base, frames, out);
    run->loop_count = loops;
    if (run->env->steps != NULL) *run->env->steps = run->steps_left;
    return code;
}
