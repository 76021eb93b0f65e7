/* SPDX-License-Identifier: Apache-2.0
 *
 * run - the machine that both languages run on: what a run may ask from outside (struct expr_env), what a program is,
 * how a compiler makes one (expr_emit_*), and what a C function of the languages sees of a run. The front ends fhirpath
 * and elm emit; machine_run.c runs. machine_ops.def has the instructions. What a caller of the languages needs of this
 * is struct expr_env and expr_json; the rest is for front ends. */
#ifndef SALVE_MACHINE_RUN_H
#define SALVE_MACHINE_RUN_H

#include "base/arena.h"
#include "base/assert.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "value/value.h"

struct terms; /* terms.h; the machine only passes it on */

/* Everything a run may ask from outside. Zero is fine for every member. Callbacks must not keep what they are given. */
struct expr_env {
    const struct clock *clock; /* now(), today(); NULL: the system's, asked once a run */
    int offset_minutes;        /* time zone of now() and of texts without one (CQL); FHIRPath leaves them apart */
    uint64_t steps_max;        /* 0: SALVE_EXPR_STEPS_MAX */
    uint64_t *steps; /* not NULL: the budget of several runs, counted down by each; then steps_max does not count */
    struct expr_value resource; /* %resource; NULL: the root of the focus's tape */
    struct expr_value root;     /* %rootResource; NULL: as %resource's container */
    struct expr_value context;  /* %context; NULL: the focus */

    void *user; /* given to the callbacks */
    /* trace(name, values) */
    void (*trace)(void *user, struct str name, const struct expr_value *values);
    /* %name that is not of the language; false: not known */
    bool (*variable)(void *user, struct str name, struct expr_value *out);
    /* resolve(): the node that the reference names; false: not at hand. References inside the tape (contained,
     * Bundle.entry.fullUrl) are resolved before this is asked. */
    bool (*resolve)(void *user, struct str reference, struct expr_value *out);
    /* value sets and code systems at hand (terms.h); those of the definitions of R4 always are */
    const struct terms *terms;
    /* ELM Retrieve: all resources of `type`; may use `codes` and `path` to give fewer (the machine filters again).
     * NULL: resources of the focus's Bundle. */
    enum salve_code (*retrieve)(void *user, fhir_type_id type, fhir_name_id code_path, const struct expr_value *codes,
                                struct arena *mem, struct expr_value *out, struct salve_err *err);
    /* ELM: a function that its library declares external. E_UNKNOWN_NAME: it is not supplied. What *out points to must
     * live as long as mem. NULL: none is supplied. */
    enum salve_code (*external)(void *user, struct str library, struct str name, const struct expr_value *args,
                                uint32_t count, struct arena *mem, struct expr_value *out, struct salve_err *err);
};

/* expr_json - a JSON array of the items: FHIR objects as FHIR JSON, numbers as numbers, dates and quantities as the
 * texts FHIRPath's toString gives. expr_json_value, for tests - the one value (lists as arrays, null as null). */
void expr_json(const struct expr_value *value, struct buf *out);
void expr_json_value(const struct expr_value *value, struct buf *out);

enum expr_op {
#define OP(name, pops, pushes, a, b, meaning) EXPR_OP_##name,
#include "machine/machine_ops.def"
#undef OP
    EXPR_OP_COUNT
};

struct expr_ins {
    uint8_t op;
    uint8_t flags;
    uint16_t a;
    uint32_t b;
};

/* Not zeroed by -ftrivial-auto-var-init: for large locals of hot functions that are written before they are read. */
#if defined(__has_attribute)
#if __has_attribute(uninitialized)
#define EXPR_UNINIT __attribute__((uninitialized))
#endif
#endif
#ifndef EXPR_UNINIT
#define EXPR_UNINIT
#endif

/* --- functions of the languages -------------------------------------------------------------------------------------
 * A C function takes its evaluated arguments (for FHIRPath args[0] is the input) and fills *out. It allocates in
 * run->mem, counts long work with expr_step, and reports with expr_run_fail. args stay valid during the call only; what
 * they point to lives as long as the run. */
struct expr_run;
typedef enum salve_code expr_call(struct expr_run *run, const struct expr_value *args, uint32_t count,
                                  struct expr_value *out);
#define EXPR_CALL(name) /* a definition; a function need not use all that it is given */                               \
    enum salve_code name(SALVE_UNUSED struct expr_run *run, SALVE_UNUSED const struct expr_value *args,                \
                         SALVE_UNUSED uint32_t count, SALVE_UNUSED struct expr_value *out)
struct expr_function {
    const char *name; /* as users know it, for messages */
    expr_call *call;
};

/* --- programs ----------------------------------------------------------------------------------------------------- */
/* A node matches fhir or a descendant of it, another value matches kind; 0 and NULL match nothing. */
enum { EXPR_KIND_ANY = VALUE_KIND_COUNT }; /* in a test: System.Any, every item */
struct expr_type_test {
    fhir_type_id fhir;
    uint8_t kind; /* enum expr_kind */
};
struct expr_routine {
    uint32_t entry;
    uint16_t args, slots; /* arguments are the first slots */
    uint32_t stack_max;   /* operands, above the slots; found by expr_emit_done */
};
struct expr_program {
    const struct expr_ins *code;
    const uint32_t *places; /* per instruction: EXPR_PLACE(line, column) */
    const struct expr_value *constants;
    const struct expr_function *const *functions;
    const fhir_name_id *names;
    const struct expr_type_test *types;
    const struct expr_shape *shapes;
    const struct expr_routine *routines;
    const uint32_t *defines; /* routine of each DEFINE */
    bool has_text_calls;     /* CALL_TEXT is among the instructions */
    uint32_t code_count, constant_count, function_count, name_count, type_count, shape_count, routine_count,
        define_count;
};
#define EXPR_PLACE(line, column) (((uint32_t)(line) << 12) | ((uint32_t)(column) > 4095 ? 4095u : (uint32_t)(column)))

/* --- making programs. The first failure sticks in emit->code; expr_emit_done reports it. -------------------------- */
struct expr_emit {
    struct arena *mem, *work; /* the program; its arrays while they grow. expr_emit_init makes both the same */
    struct salve_err *err;
    enum salve_code code;
    struct expr_program p; /* what was made so far; arrays grow in work */
    struct {               /* room in each array of p */
        uint32_t code, places, constants, functions, names, types, shapes, routines, defines;
    } caps;
    uint32_t place;   /* for the instructions emitted next */
    uint32_t routine; /* being emitted */
};
void expr_emit_init(struct expr_emit *emit, struct arena *mem, struct salve_err *err);
/* Routines are emitted one after the other, never inside each other. _declare gives the number (to call it before it is
 * made); _begin starts its code; _end emits RETURN. */
uint32_t expr_emit_declare(struct expr_emit *emit, uint16_t args);
void expr_emit_begin(struct expr_emit *emit, uint32_t routine);
void expr_emit_end(struct expr_emit *emit);
uint16_t expr_emit_slots(struct expr_emit *emit, uint16_t count); /* fresh local slots of this routine; first of them */
uint32_t expr_emit_define(struct expr_emit *emit, uint32_t routine); /* number for DEFINE */
uint32_t expr_emit(struct expr_emit *emit, enum expr_op op, uint8_t flags, uint16_t a, uint32_t b); /* its index */
void expr_emit_const(struct expr_emit *emit, struct expr_value value); /* what it points to must outlive the program */
/* expr_emit_object - pushes something of the compiler's own (a type, a plan, a pattern) for the C function that takes
 * it with expr_object. No other instruction may take it, no routine gives it back: expr_emit_done asserts that. */
void expr_emit_object(struct expr_emit *emit, const void *object);
void expr_emit_call(struct expr_emit *emit, const struct expr_function *function, uint16_t args);
uint32_t expr_emit_name(struct expr_emit *emit, fhir_name_id name);                        /* appended; index */
uint32_t expr_emit_type(struct expr_emit *emit, struct expr_type_test test);               /* index for OF_TYPE */
uint32_t expr_emit_shape(struct expr_emit *emit, const struct str *names, uint32_t count); /* copies the array */
void expr_emit_target(struct expr_emit *emit, uint32_t jump);                              /* that jump goes here */
static inline uint32_t expr_emit_here(const struct expr_emit *emit) { return emit->p.code_count; }
/* expr_emit_loop / _loop_end - `closing` over the popped value; the body, emitted between, finds the item in slot and
 * the turn in slot + 1 (FOLD: the total in slot + 2). */
uint32_t expr_emit_loop(struct expr_emit *emit, enum expr_op closing, uint16_t slot);
void expr_emit_loop_end(struct expr_emit *emit, uint32_t loop);
void expr_emit_loop_skip(struct expr_emit *emit, uint32_t loop); /* another end of the body: adds nothing */
/* expr_emit_done - checks the stack depth of every routine and gives the program. */
SALVE_MUST_USE enum salve_code expr_emit_done(struct expr_emit *emit, const struct expr_program **out);

/* --- runs --------------------------------------------------------------------------------------------------------- */
struct expr_memo {
    struct expr_value value;
    uint8_t state; /* 0 not asked, 1 being evaluated, 2 known */
};
struct expr_loop {
    struct expr_value single; /* the source when it is one item */
    struct expr_value kept;   /* WHERE: the first item, until there is a second */
    const struct expr_value *items;
    uint32_t count, turn;
    bool has_kept;
    struct expr_build build;
};
struct expr_frame {
    uint32_t back, base, memo; /* return address, caller's slots, memo to fill + 1 */
};
/* What CALL_TEXT was asked: its result is in the memo of the same number behind those of the defines. */
enum { EXPR_TEXT_CALLS = 32 };
struct expr_text_call {
    uint32_t routine;
    struct str text;
};
struct expr_run {
    const struct expr_program *program;
    const struct expr_env *env;
    struct arena *mem;
    struct salve_err *err;
    uint64_t steps_left;
    const struct expr_ins *at; /* the instruction being run, for messages */
    struct expr_value focus, resource, root;
    struct expr_value *stack;
    struct expr_loop *loops;
    struct expr_frame *frames;
    uint32_t stack_cap, loop_cap, frame_cap, stack_count, loop_count, frame_count;
    struct expr_memo *memo; /* per define, then per text call */
    uint32_t memo_count;
    struct expr_text_call *text_calls; /* EXPR_TEXT_CALLS, by hash; NULL: the program has none */
    struct expr_temporal now;          /* kind 0 and year 0: not asked yet */
    bool has_now;
    bool is_cql; /* CQL reading of null and lists in shared functions */
    void *front; /* of the front end */
};
/* expr_run_refill - the budget of steps is as when the run was opened. */
void expr_run_refill(struct expr_run *run);
/* expr_run_open - a run in mem. Several routines may be evaluated one after the other; defines are remembered. */
SALVE_MUST_USE enum salve_code expr_run_open(struct expr_run *run, const struct expr_program *program,
                                             const struct expr_env *env, struct expr_value focus, struct arena *mem,
                                             struct salve_err *err);
SALVE_MUST_USE enum salve_code expr_run_routine(struct expr_run *run, uint32_t routine, const struct expr_value *args,
                                                uint32_t count, struct expr_value *out);

static inline const void *expr_object(struct expr_value value) /* of expr_emit_object */
{
    salve_assert(value.kind == VALUE_OPAQUE);
    return value.as.opaque;
}

/* For C functions. expr_run_fail names the place of the instruction; the format is the rule that was broken. */
enum salve_code expr_run_fail(struct expr_run *run, enum salve_code code, const char *why, ...) SALVE_PRINTF(3, 4);
SALVE_MUST_USE static inline enum salve_code expr_step(struct expr_run *run, uint64_t steps)
{
    if (run->steps_left < steps) return expr_run_fail(run, SALVE_E_STEPS, "step limit");
    run->steps_left -= steps;
    return SALVE_OK;
}
const struct expr_temporal *expr_now(struct expr_run *run); /* dateTime with milliseconds and the env's offset */

/* --- shared by both languages (machine_compare.c, machine_system.c, machine_run.c) -------------------------------- */
/* expr_system - the System value of a FHIR primitive or Quantity (and its kinds), by the type of the node; other nodes
 * and all other values come back as they are. A primitive without a value gives NULL. Texts and units stay views of the
 * tape. Text that is not of its type, and a Quantity with a comparator, stay nodes. E_MEMORY. */
SALVE_MUST_USE enum salve_code expr_system(struct expr_value value, struct arena *mem, struct expr_value *out,
                                           struct salve_err *err);

/* expr_is_unheld - is `system`, what expr_system gave, still a node of a type that has System values? A number past
 * Decimal, a date that does not exist, a Quantity with a comparator: a value is there, and the languages cannot hold
 * it. In comparisons and sums it is null (CQL) or empty (FHIRPath), never an error; as an element it exists. */
bool expr_is_unheld(struct expr_value system);

enum expr_kind expr_type_kind(fhir_type_id type); /* System kind of a FHIR primitive or Quantity; NULL for others */

/* expr_system without an arena: what the value points to is in `room`. expr_keep copies such a value into mem. */
union expr_room {
    struct expr_decimal decimal;
    struct expr_temporal temporal;
    struct expr_quantity quantity;
};
struct expr_value expr_system_in(struct expr_value value, union expr_room *room);
SALVE_MUST_USE enum salve_code expr_keep(struct expr_value value, struct arena *mem, struct expr_value *out,
                                         struct salve_err *err);

/* FHIRPath equality of two collections and of two items; EXPR_NULL_TRUTH is the empty answer. Nodes are taken as System
 * values where they have one. CQL equality is built on expr_item_equal with run->is_cql. */
SALVE_MUST_USE enum salve_code expr_equal(struct expr_run *run, const struct expr_value *a, const struct expr_value *b,
                                          enum expr_truth *out);
SALVE_MUST_USE enum salve_code expr_equivalent(struct expr_run *run, const struct expr_value *a,
                                               const struct expr_value *b, bool *out);
SALVE_MUST_USE enum salve_code expr_item_equal(struct expr_run *run, struct expr_value a, struct expr_value b,
                                               enum expr_truth *out);
SALVE_MUST_USE enum salve_code expr_item_equivalent(struct expr_run *run, struct expr_value a, struct expr_value b,
                                                    bool *out);
/* Order of two single values: LESS, SAME, MORE, UNKNOWN. E_TYPE when the kinds cannot be ordered. */
SALVE_MUST_USE enum salve_code expr_compare(struct expr_run *run, const struct expr_value *a,
                                            const struct expr_value *b, enum expr_order *out);

/* Characters (code points) of UTF-8. expr_char_bytes - bytes of the one that begins at `at`; _offset: where number `n`
 * begins, text.len if there are fewer. expr_map_chars - each through `map` (utf8proc_toupper), while it is UTF-8. */
typedef int32_t expr_char_map(int32_t c);
size_t expr_char_bytes(struct str text, size_t at);
int64_t expr_char_count(struct str text);
size_t expr_char_offset(struct str text, int64_t n);
void expr_map_chars(struct str text, expr_char_map *map, struct buf *out);

struct expr_code expr_coding_of(const struct tape *tape, tape_at at); /* of a Coding; views of the tape */
bool expr_is_type(struct expr_value item, struct expr_type_test test);
bool expr_is_exactly(struct expr_value item, struct expr_type_test test); /* for primitives, no subtypes: ofType, as */
/* Children of a node by FHIRPath name, added to build. */
SALVE_MUST_USE enum salve_code expr_children(struct expr_run *run, struct expr_value item, fhir_name_id name,
                                             struct expr_build *build);

#endif
