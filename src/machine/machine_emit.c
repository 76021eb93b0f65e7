/* SPDX-License-Identifier: Apache-2.0
 * Making programs: instructions and the tables they point into grow side by side; at the end every routine is walked
 * once, so that the machine may trust the depth of its stack. See run.h. */
#include "base/assert.h"
#include "machine/run.h"

enum { CODE, PLACES, CONSTANTS, FUNCTIONS, NAMES, TYPES, SHAPES, ROUTINES, DEFINES };

/* Room for one more item of `bytes` in the array that holds `count`; NULL once the emitter has failed. */
static void *more(struct expr_emit *emit, const void *array_of, unsigned which, uint32_t count, size_t bytes)
{
    void *array;
    memcpy(&array, array_of, sizeof array);
    if (emit->code != SALVE_OK) return NULL;
    if (count == emit->caps[which]) {
        uint32_t cap = count < 8 ? 8 : count * 2;
        array = count > UINT32_MAX / 4 ? NULL : arena_grow(emit->mem, array, count * bytes, cap * bytes);
        if (array == NULL) {
            emit->code = salve_fail(emit->err, SALVE_E_MEMORY, "expression program");
            return NULL;
        }
        emit->caps[which] = cap;
    }
    return array;
}

/* Appends `item` to member `array` of the program. */
#define ADD(emit, array, counter, which, type, item)                                                                   \
    do {                                                                                                               \
        type *array_ = more((emit), &(emit)->p.array, (which), (emit)->p.counter, sizeof(type));                       \
        if (array_ == NULL) return 0;                                                                                  \
        array_[(emit)->p.counter] = (item);                                                                            \
        (emit)->p.array = (void *)array_;                                                                              \
        return (emit)->p.counter++;                                                                                    \
    } while (0)

void expr_emit_init(struct expr_emit *emit, struct arena *mem, struct salve_err *err)
{
    *emit = (struct expr_emit){.mem = mem, .err = err};
}

uint32_t expr_emit_declare(struct expr_emit *emit, uint16_t args)
{
    struct expr_routine routine = {.args = args, .slots = args};
    ADD(emit, routines, routine_count, ROUTINES, struct expr_routine, routine);
}

static struct expr_routine *routine_of(struct expr_emit *emit, uint32_t routine)
{
    return (struct expr_routine *)&emit->p.routines[routine];
}

void expr_emit_begin(struct expr_emit *emit, uint32_t routine)
{
    emit->routine = routine;
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
    ADD(emit, defines, define_count, DEFINES, uint32_t, routine);
}

static uint32_t add_ins(struct expr_emit *emit, struct expr_ins ins)
{
    ADD(emit, code, code_count, CODE, struct expr_ins, ins);
}

uint32_t expr_emit(struct expr_emit *emit, enum expr_op op, uint8_t flags, uint16_t a, uint32_t b)
{
    uint32_t *places = more(emit, &emit->p.places, PLACES, emit->p.code_count, sizeof *places);
    if (places == NULL) return 0;
    places[emit->p.code_count] = emit->place;
    emit->p.places = places;
    return add_ins(emit, (struct expr_ins){.op = (uint8_t)op, .flags = flags, .a = a, .b = b});
}

static uint32_t add_constant(struct expr_emit *emit, struct expr_value value)
{
    ADD(emit, constants, constant_count, CONSTANTS, struct expr_value, value);
}

void expr_emit_const(struct expr_emit *emit, struct expr_value value)
{
    uint32_t index = add_constant(emit, value);
    (void)expr_emit(emit, EXPR_OP_CONST, 0, 0, index);
}

static uint32_t add_function(struct expr_emit *emit, const struct expr_function *function)
{
    for (uint32_t i = 0; i < emit->p.function_count; i++)
        if (emit->p.functions[i] == function) return i;
    ADD(emit, functions, function_count, FUNCTIONS, const struct expr_function *, function);
}

void expr_emit_call(struct expr_emit *emit, const struct expr_function *function, uint16_t args)
{
    uint32_t index = add_function(emit, function);
    (void)expr_emit(emit, EXPR_OP_CALL, 0, args, index);
}

uint32_t expr_emit_name(struct expr_emit *emit, fhir_name_id name)
{
    ADD(emit, names, name_count, NAMES, fhir_name_id, name);
}

uint32_t expr_emit_type(struct expr_emit *emit, struct expr_type_test test)
{
    ADD(emit, types, type_count, TYPES, struct expr_type_test, test);
}

static uint32_t add_shape(struct expr_emit *emit, struct expr_shape shape)
{
    ADD(emit, shapes, shape_count, SHAPES, struct expr_shape, shape);
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
    if (emit->code == SALVE_OK) ((struct expr_ins *)&emit->p.code[jump])->b = emit->p.code_count;
}

uint32_t expr_emit_loop(struct expr_emit *emit, enum expr_op closing, uint16_t slot)
{
    return expr_emit(emit, EXPR_OP_LOOP, (uint8_t)closing, slot, 0);
}

void expr_emit_loop_end(struct expr_emit *emit, uint32_t loop)
{
    if (emit->code != SALVE_OK) return;
    struct expr_ins open = emit->p.code[loop];
    (void)expr_emit(emit, (enum expr_op)open.flags, 0, open.a, loop + 1);
    expr_emit_target(emit, loop);
}

/* Behind the closing instruction: the exit of a loop without turns moves along. */
void expr_emit_loop_skip(struct expr_emit *emit, uint32_t loop)
{
    if (emit->code != SALVE_OK) return;
    struct expr_ins open = emit->p.code[loop];
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

struct check {
    const struct expr_program *p;
    int32_t *depth; /* operands on the stack before each instruction; -1 not reached yet */
    uint32_t *todo, todo_count;
};

static void reach(struct check *check, uint32_t at, int32_t depth)
{
    salve_assert(at < check->p->code_count && depth >= 0);
    if (check->depth[at] == -1) {
        check->depth[at] = depth;
        check->todo[check->todo_count++] = at;
    }
    salve_assert(check->depth[at] == depth);
}

/* One instruction: where it leads, with how many operands. Returns the most it has on the stack. */
static int32_t check_ins(struct check *check, uint32_t at)
{
    struct expr_ins ins = check->p->code[at];
    salve_assert(ins.op < EXPR_OP_COUNT);
    int32_t depth = check->depth[at], pops = pops_of[ins.op] < 0 ? ins.a : pops_of[ins.op];
    salve_assert(depth >= pops);
    int32_t after = depth - pops + pushes_of[ins.op];
    switch (ins.op) {
    case EXPR_OP_RETURN:
        break;
    case EXPR_OP_JUMP:
        reach(check, ins.b, after);
        break;
    case EXPR_OP_JUMP_FALSE:
    case EXPR_OP_JUMP_TRUE:
    case EXPR_OP_JUMP_NULL:
    case EXPR_OP_JUMP_NOT_NULL:
    case EXPR_OP_BRANCH:
    case EXPR_OP_IF_ELEMENT:
    case EXPR_OP_IF_TYPE:
        reach(check, ins.b, after);
        reach(check, at + 1, after);
        break;
    case EXPR_OP_LOOP:
        reach(check, ins.b, depth);
        reach(check, at + 1, after);
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
        reach(check, ins.b, depth - 1);
        reach(check, at + 1, after);
        break;
    case EXPR_OP_LOOP_SKIP:
        reach(check, ins.b, depth);
        reach(check, at + 1, after);
        break;
    default:
        reach(check, at + 1, after);
        break;
    }
    return after > depth ? after : depth;
}

enum salve_code expr_emit_done(struct expr_emit *emit, const struct expr_program **out)
{
    if (emit->code != SALVE_OK) return emit->code;
    struct arena_mark mark = arena_mark(emit->mem);
    struct check check = {.p = &emit->p};
    check.depth = arena_array(emit->mem, int32_t, emit->p.code_count);
    check.todo = arena_array(emit->mem, uint32_t, emit->p.code_count);
    if (check.depth == NULL || check.todo == NULL) return salve_fail(emit->err, SALVE_E_MEMORY, "expression program");
    for (uint32_t i = 0; i < emit->p.code_count; i++) check.depth[i] = -1;
    for (uint32_t r = 0; r < emit->p.routine_count; r++) {
        struct expr_routine *routine = routine_of(emit, r);
        int32_t most = 0;
        reach(&check, routine->entry, 0);
        while (check.todo_count > 0) {
            int32_t depth = check_ins(&check, check.todo[--check.todo_count]);
            if (depth > most) most = depth;
        }
        routine->stack_max = (uint32_t)most + 1;
    }
    arena_rewind(emit->mem, mark);
    struct expr_program *program = arena_new(emit->mem, struct expr_program);
    if (program == NULL) return salve_fail(emit->err, SALVE_E_MEMORY, "expression program");
    *program = emit->p;
    *out = program;
    return SALVE_OK;
}
