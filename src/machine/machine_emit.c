/* SPDX-License-Identifier: Apache-2.0
 * Making programs: instructions and the tables they point into grow side by side; at the end every routine is walked
 * once, so that the machine may trust the depth of its stack. See run.h. */
#include "base/assert.h"
#include "machine/run.h"

/* The array with room for one more item of `bytes` behind the `count` it has; NULL once the emitter has failed. */
static void *more(struct expr_emit *emit, const void *array, uint32_t *cap, uint32_t count, size_t bytes)
{
    if (emit->code != SALVE_OK) return NULL;
    if (count < *cap) return (void *)array;
    uint32_t grown = count < 8 ? 8 : count * 2;
    void *room = count > UINT32_MAX / 4 ? NULL : arena_grow(emit->work, (void *)array, count * bytes, grown * bytes);
    if (room == NULL)
        emit->code = salve_fail(emit->err, SALVE_E_MEMORY, "expression program");
    else
        *cap = grown;
    return room;
}

/* Appends `item` to that array of the program. */
#define ADD(emit, array, counter, type, item)                                                                          \
    do {                                                                                                               \
        type *room_ = more((emit), (emit)->p.array, &(emit)->caps.array, (emit)->p.counter, sizeof(type));             \
        if (room_ == NULL) return 0;                                                                                   \
        room_[(emit)->p.counter] = (item);                                                                             \
        (emit)->p.array = room_;                                                                                       \
        return (emit)->p.counter++;                                                                                    \
    } while (0)

void expr_emit_init(struct expr_emit *emit, struct arena *mem, struct salve_err *err)
{
    *emit = (struct expr_emit){.mem = mem, .work = mem, .err = err};
}

uint32_t expr_emit_declare(struct expr_emit *emit, uint16_t args)
{
    struct expr_routine routine = {.args = args, .slots = args};
    ADD(emit, routines, routine_count, struct expr_routine, routine);
}

static struct expr_routine *routine_of(struct expr_emit *emit, uint32_t routine)
{
    return (struct expr_routine *)&emit->p.routines[routine];
}

void expr_emit_begin(struct expr_emit *emit, uint32_t routine)
{
    emit->routine = routine;
    salve_assert(emit->code != SALVE_OK || routine < emit->p.routine_count);
    if (emit->code == SALVE_OK) routine_of(emit, routine)->entry = emit->p.code_count;
}

void expr_emit_end(struct expr_emit *emit) { (void)expr_emit(emit, EXPR_OP_RETURN, 0, 0, 0); }

uint16_t expr_emit_slots(struct expr_emit *emit, uint16_t count)
{
    if (emit->code != SALVE_OK) return 0;
    struct expr_routine *routine = routine_of(emit, emit->routine);
    if (routine->slots > UINT16_MAX - count) {
        emit->code = salve_refuse(emit->err, SALVE_E_TOO_BIG, "too many variables", "expression program");
        return 0;
    }
    uint16_t first = routine->slots;
    routine->slots = (uint16_t)(first + count);
    return first;
}

uint32_t expr_emit_define(struct expr_emit *emit, uint32_t routine)
{
    salve_assert(emit->code != SALVE_OK || routine < emit->p.routine_count);
    ADD(emit, defines, define_count, uint32_t, routine);
}

static uint32_t add_ins(struct expr_emit *emit, struct expr_ins ins)
{
    ADD(emit, code, code_count, struct expr_ins, ins);
}

uint32_t expr_emit(struct expr_emit *emit, enum expr_op op, uint8_t flags, uint16_t a, uint32_t b)
{
    salve_assert(op < EXPR_OP_COUNT);
    uint32_t *places = more(emit, emit->p.places, &emit->caps.places, emit->p.code_count, sizeof *places);
    if (places == NULL) return 0;
    places[emit->p.code_count] = emit->place;
    emit->p.has_text_calls = emit->p.has_text_calls || op == EXPR_OP_CALL_TEXT;
    emit->p.places = places;
    return add_ins(emit, (struct expr_ins){.op = (uint8_t)op, .flags = flags, .a = a, .b = b});
}

static uint32_t add_constant(struct expr_emit *emit, struct expr_value value)
{
    ADD(emit, constants, constant_count, struct expr_value, value);
}

void expr_emit_const(struct expr_emit *emit, struct expr_value value)
{
    uint32_t index = add_constant(emit, value);
    (void)expr_emit(emit, EXPR_OP_CONST, 0, 0, index);
}

void expr_emit_object(struct expr_emit *emit, const void *object)
{
    salve_assert(object != NULL);
    expr_emit_const(emit, (struct expr_value){.kind = VALUE_OPAQUE, .as.opaque = object});
}

static uint32_t add_function(struct expr_emit *emit, const struct expr_function *function)
{
    for (uint32_t i = 0; i < emit->p.function_count; i++)
        if (emit->p.functions[i] == function) return i;
    ADD(emit, functions, function_count, const struct expr_function *, function);
}

void expr_emit_call(struct expr_emit *emit, const struct expr_function *function, uint16_t args)
{
    salve_assert(function->name != NULL && function->call != NULL);
    uint32_t index = add_function(emit, function);
    (void)expr_emit(emit, EXPR_OP_CALL, 0, args, index);
}

uint32_t expr_emit_name(struct expr_emit *emit, fhir_name_id name) { ADD(emit, names, name_count, fhir_name_id, name); }

uint32_t expr_emit_type(struct expr_emit *emit, struct expr_type_test test)
{
    ADD(emit, types, type_count, struct expr_type_test, test);
}

static uint32_t add_shape(struct expr_emit *emit, struct expr_shape shape)
{
    ADD(emit, shapes, shape_count, struct expr_shape, shape);
}

uint32_t expr_emit_shape(struct expr_emit *emit, const struct str *names, uint32_t count)
{
    struct str *copy = arena_array(emit->mem, struct str, count);
    if (copy == NULL && emit->code == SALVE_OK)
        emit->code = salve_fail(emit->err, SALVE_E_MEMORY, "expression program");
    if (emit->code != SALVE_OK) return 0;
    for (uint32_t i = 0; i < count; i++) copy[i] = names[i];
    return add_shape(emit, (struct expr_shape){count, copy});
}

void expr_emit_target(struct expr_emit *emit, uint32_t jump)
{
    if (emit->code != SALVE_OK) return;
    salve_assert(jump < emit->p.code_count);
    ((struct expr_ins *)&emit->p.code[jump])->b = emit->p.code_count;
}

uint32_t expr_emit_loop(struct expr_emit *emit, enum expr_op closing, uint16_t slot)
{
    return expr_emit(emit, EXPR_OP_LOOP, (uint8_t)closing, slot, 0);
}

void expr_emit_loop_end(struct expr_emit *emit, uint32_t loop)
{
    if (emit->code != SALVE_OK) return;
    struct expr_ins open = emit->p.code[loop];
    salve_assert(open.op == EXPR_OP_LOOP);
    (void)expr_emit(emit, (enum expr_op)open.flags, 0, open.a, loop + 1);
    expr_emit_target(emit, loop);
}

/* Behind the closing instruction: the exit of a loop without turns moves along. */
void expr_emit_loop_skip(struct expr_emit *emit, uint32_t loop)
{
    if (emit->code != SALVE_OK) return;
    struct expr_ins open = emit->p.code[loop];
    salve_assert(open.op == EXPR_OP_LOOP);
    (void)expr_emit(emit, EXPR_OP_LOOP_SKIP, open.flags, open.a, loop + 1);
    expr_emit_target(emit, loop);
}

/* --- the check ---------------------------------------------------------------------------------------------------- */
static const int8_t pops_of[] = {
#define OP(name, pops, pushes, a, b, meaning) pops,
#include "machine/machine_ops.def"
#undef OP
};
static const int8_t pushes_of[] = {
#define OP(name, pops, pushes, a, b, meaning) pushes,
#include "machine/machine_ops.def"
#undef OP
};

/* What is known before an instruction. Objects of the compiler (VALUE_OPAQUE) on the stack are a chain: `object` is the
 * CONST that pushed the upper one, and what was known before that CONST has the next. */
struct state {
    int32_t depth;   /* operands on the stack; -1: not reached yet */
    uint32_t object; /* index of the CONST; NO_OBJECT: there is none */
};
enum { NO_OBJECT = UINT32_MAX };

struct check {
    const struct expr_program *p;
    uint32_t slots; /* of the routine */
    struct state *states;
    uint32_t *todo, todo_count;
};

static void reach(struct check *check, uint32_t at, int32_t depth, uint32_t object)
{
    salve_assert(at < check->p->code_count && depth >= 0);
    struct state *state = &check->states[at];
    if (state->depth == -1) {
        *state = (struct state){depth, object};
        check->todo[check->todo_count++] = at;
    }
    salve_assert(state->depth == depth && state->object == object);
}

static bool pushes_object(const struct expr_program *p, struct expr_ins ins)
{
    return ins.op == EXPR_OP_CONST && p->constants[ins.b].kind == VALUE_OPAQUE;
}

/* The uppermost object once the instruction has taken its operands. Only C functions take objects. */
static uint32_t object_below(const struct check *check, uint32_t at, int32_t depth)
{
    uint32_t object = check->states[at].object;
    while (object != NO_OBJECT && check->states[object].depth >= depth) {
        salve_assert(check->p->code[at].op == EXPR_OP_CALL);
        object = check->states[object].object;
    }
    return object;
}

/* What the instruction points to is there. */
static void check_operands(const struct check *check, struct expr_ins ins)
{
    const struct expr_program *p = check->p;
    switch (ins.op) {
    case EXPR_OP_CONST:
        salve_assert(ins.b < p->constant_count);
        break;
    case EXPR_OP_PATH_WHERE_TEXT:
    case EXPR_OP_PATH_EXISTS_TEXT:
        salve_assert(ins.b < p->constant_count && p->constants[ins.b].kind == VALUE_STRING);
        break;
    case EXPR_OP_LOCAL:
    case EXPR_OP_SET:
        salve_assert(ins.a < check->slots);
        break;
    case EXPR_OP_LOOP:
    case EXPR_OP_LOOP_SKIP: /* the item and the turn; of a fold the total */
        salve_assert(ins.a + (ins.flags == EXPR_OP_LOOP_FOLD ? 2u : 1u) < check->slots);
        break;
    case EXPR_OP_TUPLE:
        salve_assert(ins.b < p->shape_count && p->shapes[ins.b].count == ins.a);
        break;
    case EXPR_OP_CALL:
        salve_assert(ins.b < p->function_count);
        break;
    case EXPR_OP_CALL_TEXT:
        salve_assert(ins.b < p->routine_count && p->routines[ins.b].args == 1 && ins.a == 1);
        break;
    case EXPR_OP_CALL_CODE:
        salve_assert(ins.b < p->routine_count && p->routines[ins.b].args == ins.a);
        break;
    case EXPR_OP_DEFINE:
        salve_assert(ins.b < p->define_count);
        break;
    case EXPR_OP_PATH_LOCAL:
        salve_assert(ins.flags < check->slots && ins.b + ins.a <= p->name_count);
        break;
    case EXPR_OP_PATH:
        salve_assert(ins.b + ins.a <= p->name_count);
        break;
    case EXPR_OP_OF_TYPE:
        salve_assert(ins.b < p->type_count);
        break;
    default:
        break;
    }
}

/* One instruction: where it leads, with how many operands. Returns the most it has on the stack. */
static int32_t check_ins(struct check *check, uint32_t at)
{
    struct expr_ins ins = check->p->code[at];
    salve_assert(ins.op < EXPR_OP_COUNT);
    check_operands(check, ins);
    int32_t depth = check->states[at].depth, pops = pops_of[ins.op] < 0 ? ins.a : pops_of[ins.op];
    salve_assert(depth >= pops);
    int32_t after = depth - pops + pushes_of[ins.op];
    uint32_t object = object_below(check, at, depth - pops);
    if (pushes_object(check->p, ins)) object = at;
    switch (ins.op) {
    case EXPR_OP_RETURN:
        salve_assert(object == NO_OBJECT);
        break;
    case EXPR_OP_JUMP:
        reach(check, ins.b, after, object);
        break;
    case EXPR_OP_JUMP_FALSE:
    case EXPR_OP_JUMP_TRUE:
    case EXPR_OP_JUMP_NULL:
    case EXPR_OP_JUMP_NOT_NULL:
    case EXPR_OP_BRANCH:
    case EXPR_OP_IF_ELEMENT:
    case EXPR_OP_IF_TYPE:
        reach(check, ins.b, after, object);
        reach(check, at + 1, after, object);
        break;
    case EXPR_OP_LOOP:
        reach(check, ins.b, depth, object);
        reach(check, at + 1, after, object);
        break;
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
    case EXPR_OP_LOOP_KEYS:
        reach(check, ins.b, depth - 1, object);
        reach(check, at + 1, after, object);
        break;
    case EXPR_OP_LOOP_SKIP:
        reach(check, ins.b, depth, object);
        reach(check, at + 1, after, object);
        break;
    default:
        reach(check, at + 1, after, object);
        break;
    }
    return after > depth ? after : depth;
}

/* An array of `count` items of `bytes`, where the program stays. */
static enum salve_code keep(const struct expr_emit *emit, const void *array, uint32_t count, size_t bytes, void **out)
{
    *out = arena_alloc_array(emit->mem, bytes, (size_t)count + 1);
    if (*out == NULL) return salve_fail(emit->err, SALVE_E_MEMORY, "expression program");
    if (count > 0) memcpy(*out, array, count * bytes);
    return SALVE_OK;
}

static enum salve_code keep_all(struct expr_emit *emit)
{
    struct expr_program *p = &emit->p;
    void *kept = NULL;
#define KEEP(array, count)                                                                                             \
    do {                                                                                                               \
        TRY(keep(emit, p->array, count, sizeof *p->array, &kept));                                                     \
        p->array = kept;                                                                                               \
    } while (0)
    KEEP(code, p->code_count);
    KEEP(places, p->code_count);
    KEEP(constants, p->constant_count);
    KEEP(functions, p->function_count);
    KEEP(names, p->name_count);
    KEEP(types, p->type_count);
    KEEP(shapes, p->shape_count);
    KEEP(routines, p->routine_count);
    KEEP(defines, p->define_count);
#undef KEEP
    return SALVE_OK;
}

enum salve_code expr_emit_done(struct expr_emit *emit, const struct expr_program **out)
{
    if (emit->code != SALVE_OK) return emit->code;
    struct arena_mark mark = arena_mark(emit->work);
    struct check check = {.p = &emit->p};
    check.states = arena_array(emit->work, struct state, emit->p.code_count);
    check.todo = arena_array(emit->work, uint32_t, emit->p.code_count);
    if (check.states == NULL || check.todo == NULL) return salve_fail(emit->err, SALVE_E_MEMORY, "expression program");
    for (uint32_t i = 0; i < emit->p.code_count; i++) check.states[i] = (struct state){-1, NO_OBJECT};
    for (uint32_t r = 0; r < emit->p.routine_count; r++) {
        struct expr_routine *routine = routine_of(emit, r);
        int32_t most = 0;
        check.slots = routine->slots;
        reach(&check, routine->entry, 0, NO_OBJECT);
        while (check.todo_count > 0) {
            int32_t depth = check_ins(&check, check.todo[--check.todo_count]);
            if (depth > most) most = depth;
        }
        routine->stack_max = (uint32_t)most + 1;
    }
    arena_rewind(emit->work, mark);
    if (emit->work != emit->mem) TRY(keep_all(emit));
    struct expr_program *program = arena_new(emit->mem, struct expr_program);
    if (program == NULL) return salve_fail(emit->err, SALVE_E_MEMORY, "expression program");
    *program = emit->p;
    *out = program;
    return SALVE_OK;
}
