/* SPDX-License-Identifier: Apache-2.0
 * Functions that take expressions, types or unevaluated arguments: each emits code. The input is on the stack when a
 * form begins, the result when it ends; *type is the input's type before and the result's after. */
#include "fhirpath/fhirpath_compile_int.h"

/* A loop over the popped input with the first argument as its body. */
static enum salve_code loop_over(struct fp_compiler *c, const struct fp_node *call, enum expr_op closing,
                                 bool wants_truth, struct fp_type item, struct fp_type *body)
{
    salve_assert(call->right != NULL);
    uint16_t slot = expr_emit_slots(&c->emit, 2);
    uint32_t loop = expr_emit_loop(&c->emit, closing, slot);
    TRY(fp_body(c, call->right, slot, true, item, body));
    c->emit.place = call->place;
    if (wants_truth) fp_truth(c, *body);
    expr_emit_loop_end(&c->emit, loop);
    return SALVE_OK;
}

/* where(name = 'text') and exists(name = 'text') in one instruction: is the argument of that form? */
static bool is_text_test(const struct fp_node *arg, fhir_name_id *name)
{
    if (arg->kind != FP_BINARY || arg->op != FP_EQUAL || arg->left->kind != FP_CHILD || arg->left->left != NULL)
        return false;
    if (arg->right->kind != FP_LITERAL || arg->right->literal.kind != VALUE_STRING) return false;
    char first = arg->left->name.len == 0 ? 'A' : arg->left->name.ptr[0];
    if (str_is_upper(first)) return false;
    *name = fhir_name_find(arg->left->name);
    return *name != 0;
}

static enum salve_code emit_text_test(struct fp_compiler *c, const struct fp_node *arg, fhir_name_id name,
                                      enum expr_op op, struct fp_type item)
{
    struct fp_type ignored;
    TRY(fp_child_type(c, arg->left, item, &ignored));
    expr_emit_const(&c->emit, arg->right->literal); /* for its place in the table of constants */
    if (c->emit.code != SALVE_OK) return c->emit.code;
    salve_assert(c->emit.p.constant_count > 0 && c->emit.p.code_count > 0);
    uint32_t constant = c->emit.p.constant_count - 1;
    c->emit.p.code_count--;
    (void)expr_emit(&c->emit, op, 0, name, constant);
    return SALVE_OK;
}

enum salve_code fp_form_empty(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    (void)call;
    (void)expr_emit(&c->emit, EXPR_OP_EMPTY, 0, 0, 0);
    *type = fp_system_type(VALUE_BOOLEAN);
    return SALVE_OK;
}

enum salve_code fp_form_exists(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    struct fp_type item = *type, body;
    fhir_name_id name;
    *type = fp_system_type(VALUE_BOOLEAN);
    if (call->args == 0) {
        (void)expr_emit(&c->emit, EXPR_OP_EXISTS, 0, 0, 0);
        return SALVE_OK;
    }
    if (is_text_test(call->right, &name)) return emit_text_test(c, call->right, name, EXPR_OP_PATH_EXISTS_TEXT, item);
    return loop_over(c, call, EXPR_OP_LOOP_EXISTS, true, item, &body);
}

enum salve_code fp_form_all(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    struct fp_type item = *type, body;
    *type = fp_system_type(VALUE_BOOLEAN);
    return loop_over(c, call, EXPR_OP_LOOP_ALL, true, item, &body);
}

enum salve_code fp_form_where(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    struct fp_type body;
    fhir_name_id name;
    if (is_text_test(call->right, &name)) return emit_text_test(c, call->right, name, EXPR_OP_PATH_WHERE_TEXT, *type);
    return loop_over(c, call, EXPR_OP_LOOP_WHERE, true, *type, &body);
}

enum salve_code fp_form_select(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    struct fp_type item = *type;
    TRY(loop_over(c, call, EXPR_OP_LOOP_SELECT, false, item, type));
    if (type->fhir == 0) *type = (struct fp_type){0}; /* many items now, whatever one was */
    return SALVE_OK;
}

/* The body sees the input first and its own result later, so its focus has the input's type only if that is the
 * result's. */
static enum salve_code repeat(struct fp_compiler *c, const struct fp_node *call, enum expr_op closing,
                              struct fp_type *type)
{
    struct fp_type body;
    TRY(loop_over(c, call, closing, false, (struct fp_type){0}, &body));
    *type = (struct fp_type){0};
    return SALVE_OK;
}

enum salve_code fp_form_repeat(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    return repeat(c, call, EXPR_OP_LOOP_REPEAT, type);
}

enum salve_code fp_form_repeat_all(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    return repeat(c, call, EXPR_OP_LOOP_REPEAT_ALL, type);
}

enum salve_code fp_form_aggregate(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    struct fp_type item = *type, ignored;
    uint16_t slot = expr_emit_slots(&c->emit, 3), outer = c->scope.total_slot;
    if (call->args == 2)
        TRY(fp_expression(c, call->right->next, &ignored));
    else
        (void)expr_emit(&c->emit, EXPR_OP_NONE, 0, 0, 0);
    (void)expr_emit(&c->emit, EXPR_OP_SET, 0, (uint16_t)(slot + 2), 0);
    uint32_t loop = expr_emit_loop(&c->emit, EXPR_OP_LOOP_FOLD, slot);
    c->scope.total_slot = (uint16_t)(slot + 2);
    TRY(fp_body(c, call->right, slot, true, item, &ignored));
    c->scope.total_slot = outer;
    expr_emit_loop_end(&c->emit, loop);
    *type = (struct fp_type){0};
    return SALVE_OK;
}

/* sort(key, -key, key desc): each item with a LIST of its keys, then one call that orders them. */
enum salve_code fp_form_sort(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    uint16_t slot = expr_emit_slots(&c->emit, 2), keys = call->args;
    int64_t downwards = 0;
    uint32_t loop = expr_emit_loop(&c->emit, EXPR_OP_LOOP_KEYS, slot);
    if (keys == 0) {
        keys = 1;
        (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, slot, 0);
    }
    unsigned nth = 0;
    for (const struct fp_node *key = call->right; key != NULL; key = key->next, nth++) {
        struct fp_type ignored;
        bool down = key->kind == FP_SIGN && key->op == FP_MINUS;
        if (down) downwards |= (int64_t)1 << nth;
        if (down && key->args == FP_SIGN_IS_DESC) downwards |= (int64_t)1 << (nth + FP_SORT_DESC);
        TRY(fp_body(c, down ? key->left : key, slot, true, *type, &ignored));
    }
    (void)expr_emit(&c->emit, EXPR_OP_LIST, 0, keys, 0);
    expr_emit_loop_end(&c->emit, loop);
    expr_emit_const(&c->emit, expr_integer(downwards));
    c->emit.place = call->place;
    expr_emit_call(&c->emit, &fp_sort_by, 2);
    return SALVE_OK;
}

/* iif(condition, then[, else]): $this is the input, which may have one item at most; one branch is evaluated. */
enum salve_code fp_form_iif(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    struct fp_type item = *type, condition, yes, no = {0};
    const struct fp_node *then = call->right->next;
    uint16_t slot = expr_emit_slots(&c->emit, 1);
    if (call->left != NULL) expr_emit_call(&c->emit, &fp_single_input, 1);
    (void)expr_emit(&c->emit, EXPR_OP_SET, 0, slot, 0);
    TRY(fp_body(c, call->right, slot, false, item, &condition));
    c->emit.place = call->right->place;
    if (c->strict && condition.known && condition.fhir == 0 && condition.kind != VALUE_BOOLEAN)
        return fp_fail(c->err, SALVE_E_TYPE, call->right->place, "iif() wants a condition that is true or false");
    fp_truth(c, condition);
    uint32_t branch = expr_emit(&c->emit, EXPR_OP_BRANCH, 0, 0, 0);
    TRY(fp_body(c, then, slot, false, item, &yes));
    uint32_t jump = expr_emit(&c->emit, EXPR_OP_JUMP, 0, 0, 0);
    expr_emit_target(&c->emit, branch);
    if (call->args == 3)
        TRY(fp_body(c, then->next, slot, false, item, &no));
    else
        (void)expr_emit(&c->emit, EXPR_OP_NONE, 0, 0, 0);
    expr_emit_target(&c->emit, jump);
    bool same = yes.known && no.known && yes.fhir == no.fhir && yes.kind == no.kind;
    *type = same ? yes : (struct fp_type){0};
    return SALVE_OK;
}

/* coalesce(a, b, ...): the first that is not empty; the ones behind it are not evaluated. */
enum salve_code fp_form_coalesce(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    uint32_t found[FP_COALESCE_MAX];
    unsigned count = 0;
    struct fp_type ignored;
    (void)expr_emit(&c->emit, EXPR_OP_POP, 0, 0, 0); /* the input: the arguments begin at the focus */
    for (const struct fp_node *arg = call->right; arg != NULL; arg = arg->next) {
        TRY(fp_expression(c, arg, &ignored));
        if (arg->next == NULL) break;
        (void)expr_emit(&c->emit, EXPR_OP_DUP, 0, 0, 0);
        (void)expr_emit(&c->emit, EXPR_OP_EXISTS, 0, 0, 0);
        uint32_t next = expr_emit(&c->emit, EXPR_OP_BRANCH, 0, 0, 0);
        found[count++] = expr_emit(&c->emit, EXPR_OP_JUMP, 0, 0, 0);
        expr_emit_target(&c->emit, next);
        (void)expr_emit(&c->emit, EXPR_OP_POP, 0, 0, 0);
    }
    while (count > 0) expr_emit_target(&c->emit, found[--count]);
    *type = (struct fp_type){0};
    return SALVE_OK;
}

/* trace(name[, projection]): shows the input, or the projection of it, and gives the input. */
enum salve_code fp_form_trace(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    struct fp_type ignored;
    TRY(fp_expression(c, call->right, &ignored));
    uint16_t slot = expr_emit_slots(&c->emit, 4);
    (void)expr_emit(&c->emit, EXPR_OP_SET, 0, slot, 0);
    (void)expr_emit(&c->emit, EXPR_OP_SET, 0, (uint16_t)(slot + 1), 0);
    (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, (uint16_t)(slot + 1), 0);
    (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, slot, 0);
    (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, (uint16_t)(slot + 1), 0);
    if (call->args == 2) {
        uint32_t loop = expr_emit_loop(&c->emit, EXPR_OP_LOOP_SELECT, (uint16_t)(slot + 2));
        TRY(fp_body(c, call->right->next, (uint16_t)(slot + 2), true, *type, &ignored));
        expr_emit_loop_end(&c->emit, loop);
    }
    c->emit.place = call->place;
    expr_emit_call(&c->emit, &fp_trace_call, 3);
    return SALVE_OK;
}

static bool is_taken(const struct fp_compiler *c, struct str name)
{
    static const char *const fixed[] = {"context", "resource", "rootResource", "ucum", "sct", "loinc"};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        if (str_is(name, fixed[i])) return true;
    for (unsigned i = 0; i < c->variable_count; i++)
        if (str_eq(c->variables[i].name, name)) return true;
    return false;
}

/* defineVariable(name[, value]): %name holds the value, or the input, in what follows in the chain; gives the input. */
enum salve_code fp_form_define(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    const struct fp_node *name = call->right;
    if (name->kind != FP_LITERAL || name->literal.kind != VALUE_STRING)
        return fp_fail(c->err, SALVE_E_TYPE, name->place, "the name of a variable is written as a text");
    if (is_taken(c, expr_text(name->literal)))
        return fp_fail(c->err, SALVE_E_TYPE, name->place, "this variable is defined already");
    if (c->variable_count == FP_VARIABLES_MAX)
        return fp_fail(c->err, SALVE_E_TOO_BIG, name->place, "too many variables");
    struct fp_type value = *type;
    uint16_t slot = expr_emit_slots(&c->emit, 2);
    (void)expr_emit(&c->emit, EXPR_OP_DUP, 0, 0, 0);
    (void)expr_emit(&c->emit, EXPR_OP_SET, 0, slot, 0);
    if (call->args == 2)
        TRY(fp_body(c, name->next, slot, false, *type, &value));
    else
        (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, slot, 0);
    (void)expr_emit(&c->emit, EXPR_OP_SET, 0, (uint16_t)(slot + 1), 0);
    c->variables[c->variable_count++] =
        (struct fp_variable_slot){.name = expr_text(name->literal), .slot = (uint16_t)(slot + 1), .type = value};
    return SALVE_OK;
}

/* --- types as arguments ------------------------------------------------------------------------------------------- */
static enum salve_code type_argument(struct fp_compiler *c, const struct fp_node *call, struct expr_type_test *test)
{
    const struct fp_node *arg = call->right;
    struct str name = arg->name;
    bool plain =
        arg->kind == FP_CHILD && (arg->left == NULL || (arg->left->kind == FP_CHILD && arg->left->left == NULL));
    if (!plain) return fp_fail(c->err, SALVE_E_TYPE, arg->place, "a type name is missing here");
    if (arg->left != NULL) name = arena_printf(c->mem, "%.*s.%.*s", STR_ARGS(arg->left->name), STR_ARGS(arg->name));
    if (name.ptr == NULL) return fp_fail(c->err, SALVE_E_MEMORY, arg->place, "type name");
    return fp_type_test(c, name, arg->place, test);
}

enum salve_code fp_form_of_type(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    struct expr_type_test test;
    TRY(type_argument(c, call, &test));
    (void)expr_emit(&c->emit, EXPR_OP_OF_TYPE, 0, 0, expr_emit_type(&c->emit, test));
    *type = fp_tested_type(test);
    return SALVE_OK;
}

static enum salve_code type_call(struct fp_compiler *c, const struct fp_node *call,
                                 const struct expr_function *function, struct expr_type_test *test)
{
    TRY(type_argument(c, call, test));
    expr_emit_const(&c->emit, fp_packed_test(*test));
    expr_emit_call(&c->emit, function, 2);
    return SALVE_OK;
}

enum salve_code fp_form_is(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    struct expr_type_test test;
    *type = fp_system_type(VALUE_BOOLEAN);
    return type_call(c, call, &fp_is, &test);
}

enum salve_code fp_form_as(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    struct expr_type_test test;
    TRY(type_call(c, call, &fp_as, &test));
    *type = fp_tested_type(test);
    return SALVE_OK;
}
