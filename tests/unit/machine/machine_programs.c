/* SPDX-License-Identifier: Apache-2.0
 * Programs made by hand: what the emitter lets through, and what it takes for a programmer's error. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine/run.h"
#include "t.h"

static const int thing = 7;

/* args: a value, and the object that the compiler left with it */
static EXPR_CALL(add_thing)
{
    *out = expr_integer(args[0].as.integer + *(const int *)expr_object(args[count - 1]));
    return SALVE_OK;
}
static const struct expr_function adds = {"adds", add_thing};

static EXPR_CALL(give_back)
{
    *out = args[0];
    return SALVE_OK;
}
static const struct expr_function gives_back = {"gives back", give_back};

/* A routine of one argument whose body is made by `body`; NULL: the emitter refused it. */
static const struct expr_program *make(void (*body)(struct expr_emit *e), struct arena *mem)
{
    struct salve_err err = {0};
    struct expr_emit e;
    const struct expr_program *program;
    expr_emit_init(&e, mem, &err);
    uint32_t routine = expr_emit_declare(&e, 1);
    expr_emit_begin(&e, routine);
    body(&e);
    expr_emit_end(&e);
    return expr_emit_done(&e, &program) == SALVE_OK ? program : NULL;
}

static enum salve_code run(const struct expr_program *program, struct arena *mem, struct expr_value *out)
{
    struct salve_err err = {0};
    struct expr_run run;
    const struct expr_value one = expr_integer(1);
    enum salve_code code = expr_run_open(&run, program, NULL, EXPR_NONE, mem, &err);
    return code == SALVE_OK ? expr_run_routine(&run, 0, &one, 1, out) : code;
}

/* Does making and running that end in a broken invariant? In a child, since the process ends. */
static bool is_refused(void (*body)(struct expr_emit *e))
{
    int status = 0;
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct arena *mem = arena_open(1 << 20);
        struct expr_value out;
        if (freopen("/dev/null", "w", stderr) == NULL) _exit(2);
        const struct expr_program *program = make(body, mem);
        _exit(program == NULL || run(program, mem, &out) != SALVE_OK);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void push_one(struct expr_emit *e) { expr_emit_const(e, expr_integer(1)); }
static void push_thing(struct expr_emit *e) { expr_emit_object(e, &thing); }

/* --- where an object may go --------------------------------------------------------------------------------------- */
static void to_its_function(struct expr_emit *e)
{
    push_one(e);
    push_thing(e);
    expr_emit_call(e, &adds, 2);
}
/* Other values, and branches, may come between the object and its call. */
static EXPR_CALL(add_thing_first)
{
    *out = expr_integer(args[1].as.integer + *(const int *)expr_object(args[0]));
    return SALVE_OK;
}
static const struct expr_function adds_first = {"adds", add_thing_first};

static void past_a_branch(struct expr_emit *e)
{
    push_thing(e);
    expr_emit_const(e, expr_boolean(true));
    uint32_t to_else = expr_emit(e, EXPR_OP_BRANCH, 0, 0, 0);
    push_one(e);
    uint32_t to_end = expr_emit(e, EXPR_OP_JUMP, 0, 0, 0);
    expr_emit_target(e, to_else);
    (void)expr_emit(e, EXPR_OP_LOCAL, 0, 0, 0);
    expr_emit_target(e, to_end);
    expr_emit_call(e, &adds_first, 2);
}

static void an_object_goes_to_the_function_that_takes_it(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    for (int i = 0; i < 2; i++) {
        struct expr_value out;
        const struct expr_program *program = make(i == 0 ? to_its_function : past_a_branch, mem);
        assert_non_null(program);
        assert_int_equal(run(program, mem, &out), SALVE_OK);
        assert_int_equal(out.kind, VALUE_INTEGER);
        assert_int_equal(out.as.integer, 8);
    }
    arena_close(mem);
}

/* --- where it may not --------------------------------------------------------------------------------------------- */
static void as_the_result(struct expr_emit *e) { push_thing(e); }
static void below_the_result(struct expr_emit *e)
{
    push_thing(e);
    push_one(e);
}
static void into_a_local(struct expr_emit *e)
{
    push_thing(e);
    (void)expr_emit(e, EXPR_OP_SET, 0, 0, 0);
    push_one(e);
}
static void into_a_list(struct expr_emit *e)
{
    push_one(e);
    push_thing(e);
    (void)expr_emit(e, EXPR_OP_LIST, 0, 2, 0);
}
static void negated(struct expr_emit *e)
{
    push_thing(e);
    (void)expr_emit(e, EXPR_OP_NOT, 0, 0, 0);
}
static void compared_with_null(struct expr_emit *e)
{
    push_thing(e);
    (void)expr_emit(e, EXPR_OP_IS_NULL, 0, 0, 0);
}
static void looped_over(struct expr_emit *e)
{
    push_thing(e);
    uint32_t loop = expr_emit_loop(e, EXPR_OP_LOOP_SELECT, expr_emit_slots(e, 2));
    push_one(e);
    expr_emit_loop_end(e, loop);
}
static void given_to_a_routine(struct expr_emit *e)
{
    push_thing(e);
    (void)expr_emit(e, EXPR_OP_CALL_CODE, 0, 1, 0);
}
static void on_one_way_only(struct expr_emit *e)
{
    expr_emit_const(e, expr_boolean(true));
    uint32_t to_else = expr_emit(e, EXPR_OP_BRANCH, 0, 0, 0);
    push_one(e);
    uint32_t to_end = expr_emit(e, EXPR_OP_JUMP, 0, 0, 0);
    expr_emit_target(e, to_else);
    push_thing(e);
    expr_emit_target(e, to_end);
    expr_emit_call(e, &gives_back, 1);
}
/* The emitter cannot see what a C function does; the end of the run can. */
static void given_back_by_a_function(struct expr_emit *e)
{
    push_thing(e);
    expr_emit_call(e, &gives_back, 1);
}

static void an_object_cannot_leave_a_program(void **state)
{
    (void)state;
    assert_false(is_refused(to_its_function));
    assert_true(is_refused(as_the_result));
    assert_true(is_refused(below_the_result));
    assert_true(is_refused(into_a_local));
    assert_true(is_refused(into_a_list));
    assert_true(is_refused(negated));
    assert_true(is_refused(compared_with_null));
    assert_true(is_refused(looped_over));
    assert_true(is_refused(given_to_a_routine));
    assert_true(is_refused(on_one_way_only));
    assert_true(is_refused(given_back_by_a_function));
}

static void print_thing(struct expr_emit *e)
{
    (void)e;
    char text[64];
    struct arena *mem = arena_open(1 << 20);
    struct buf out;
    const struct expr_value value = {.kind = VALUE_OPAQUE, .as.opaque = text};
    buf_init(&out, mem, sizeof text);
    expr_json_value(&value, &out);
}
static void take_a_number(struct expr_emit *e)
{
    push_one(e);
    push_one(e);
    expr_emit_call(e, &adds, 2);
}

static void an_object_is_not_printed_and_a_number_is_no_object(void **state)
{
    (void)state;
    assert_true(is_refused(print_thing));
    assert_true(is_refused(take_a_number));
}

/* --- truth -------------------------------------------------------------------------------------------------------- */
static void truth_has_three_values(void **state)
{
    static const char text[] = "FTN";
    static const struct {
        enum expr_truth (*of)(enum expr_truth a, enum expr_truth b);
        const char *answers; /* FF FT FN TF TT TN NF NT NN */
    } tables[] = {
        {expr_truth_and, "FFFFTNFNN"},
        {expr_truth_or, "FTNTTTNTN"},
        {expr_truth_xor, "FTNTFNNNN"},
        {expr_truth_implies, "TTTFTNNTN"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        for (unsigned a = 0; a < 3; a++)
            for (unsigned b = 0; b < 3; b++)
                assert_int_equal(text[tables[i].of((enum expr_truth)a, (enum expr_truth)b)],
                                 tables[i].answers[a * 3 + b]);
    assert_int_equal(expr_truth_not(EXPR_FALSE), EXPR_TRUE);
    assert_int_equal(expr_truth_not(EXPR_TRUE), EXPR_FALSE);
    assert_int_equal(expr_truth_not(EXPR_NULL_TRUTH), EXPR_NULL_TRUTH);
    assert_int_equal(expr_truth_value(EXPR_NULL_TRUTH).kind, VALUE_NULL);
    assert_int_equal(expr_truth_of(expr_truth_value(EXPR_TRUE)), EXPR_TRUE);
    assert_int_equal(expr_truth_of(expr_truth_value(EXPR_FALSE)), EXPR_FALSE);
    assert_int_equal(expr_truth_of(expr_integer(1)), EXPR_NULL_TRUTH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_goes_to_the_function_that_takes_it),
        cmocka_unit_test(an_object_cannot_leave_a_program),
        cmocka_unit_test(an_object_is_not_printed_and_a_number_is_no_object),
        cmocka_unit_test(truth_has_three_values),
    };
    return t_run(tests);
}
