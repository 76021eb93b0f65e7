/* SPDX-License-Identifier: Apache-2.0
 * The FHIRPath tree into a program. A left spine (a.b.c, a + b + c) is walked down and up again in loops, so only what
 * stands inside parentheses, arguments and brackets recurses. Steps that follow each other become one PATH. Types are
 * carried along where they are known: they find unknown elements before anything runs, and spare conversions. Functions
 * are known only through the table that the compiler was given, since some of them call the compiler. */
#include "fhirpath/fhirpath_compile_int.h"

/* --- types -------------------------------------------------------------------------------------------------------- */
/* A type whose values may have elements that the type itself does not list. */
static bool is_open_type(fhir_type_id type)
{
    return type == FHIR_T_Resource || type == FHIR_T_DomainResource || type == FHIR_T_Element ||
           type == FHIR_T_BackboneElement;
}

enum salve_code fp_child_type(struct fp_compiler *c, const struct fp_node *node, struct fp_type from,
                              struct fp_type *out)
{
    *out = (struct fp_type){0};
    if (!from.known) return SALVE_OK;
    fhir_name_id name = fhir_name_find(node->name);
    unsigned found = 0;
    if (from.fhir != 0) {
        if (is_open_type(from.fhir)) return SALVE_OK;
        const struct fhir_type *type = &fhir_types[from.fhir];
        for (uint32_t i = 0; i < type->element_count; i++) {
            const struct fhir_element *element = &fhir_elements[type->first_element + i];
            if (name == 0 || element->path_name != name) continue;
            found++;
            *out = (struct fp_type){.fhir = element->type, .known = !is_open_type(element->type)};
        }
        if (found == 0 && type->kind == FHIR_PRIMITIVE && name == FHIR_N_value) {
            *out = fp_system_type(expr_type_kind(from.fhir));
            found = 1;
        }
    }
    if (found > 1) *out = (struct fp_type){0}; /* a choice */
    if (found > 0 || !c->strict) return SALVE_OK;
    struct str owner = from.fhir == 0 ? STR("this value") : fhir_type_name(from.fhir);
    return fp_fail(c->err, SALVE_E_UNKNOWN_NAME, node->place, "%.*s has no element '%.*s'", STR_ARGS(owner),
                   STR_ARGS(node->name));
}

static enum expr_kind system_kind(struct str name)
{
    for (enum expr_kind k = VALUE_BOOLEAN; k <= VALUE_QUANTITY; k++)
        if (str_is(name, expr_kind_name(k))) return k;
    return VALUE_NULL;
}

enum salve_code fp_type_test(struct fp_compiler *c, struct str name, uint32_t place, struct expr_type_test *out)
{
    *out = (struct expr_type_test){0};
    if (str_starts(name, STR("System."))) {
        out->kind = (uint8_t)(str_is(name, "System.Any") ? EXPR_KIND_ANY : system_kind(str_cut(name, 7, SIZE_MAX)));
        return SALVE_OK; /* an unknown System type has no values */
    }
    if (str_starts(name, STR("FHIR.")))
        name = str_cut(name, 5, SIZE_MAX);
    else
        out->kind = (uint8_t)system_kind(name);
    if (str_is(name, "SimpleQuantity") || str_is(name, "MoneyQuantity")) name = STR("Quantity");
    out->fhir = fhir_type_find(name);
    if (out->fhir != 0 || out->kind != 0) return SALVE_OK;
    return fp_fail(c->err, SALVE_E_UNKNOWN_NAME, place, "no type is named '%.*s'", STR_ARGS(name));
}

struct fp_type fp_tested_type(struct expr_type_test test)
{
    if (test.fhir != 0 && !is_open_type(test.fhir)) return (struct fp_type){.fhir = test.fhir, .known = true};
    return (struct fp_type){0};
}

struct expr_value fp_packed_test(struct expr_type_test test) { return expr_integer(test.fhir << 8 | test.kind); }

/* --- pieces ------------------------------------------------------------------------------------------------------- */
void fp_truth(struct fp_compiler *c, struct fp_type type)
{
    if (type.known && type.fhir == 0 && type.kind == VALUE_BOOLEAN) return;
    (void)expr_emit(&c->emit, EXPR_OP_TRUTH, 0, 0, 0);
}

enum salve_code fp_body(struct fp_compiler *c, const struct fp_node *node, uint16_t slot, bool is_loop,
                        struct fp_type this_type, struct fp_type *type)
{
    struct fp_scope outer = c->scope;
    c->scope.this_slot = slot;
    c->scope.this_type = this_type;
    if (is_loop) c->scope.index_slot = (uint16_t)(slot + 1);
    enum salve_code code = fp_expression(c, node, type);
    c->scope = outer;
    return code;
}

static enum salve_code emit_this(struct fp_compiler *c, struct fp_type *type)
{
    (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, c->scope.this_slot, 0);
    *type = c->scope.this_type;
    return SALVE_OK;
}

/* The type a path may begin with, as in Patient.name; 0 if the name is not one. */
static fhir_type_id leading_type(const struct fp_node *node)
{
    if (node->kind != FP_CHILD || node->left != NULL || node->name.len == 0) return 0;
    char first = node->name.ptr[0];
    return str_is_upper(first) ? fhir_type_find(node->name) : 0;
}

static enum salve_code emit_leading_type(struct fp_compiler *c, const struct fp_node *node, fhir_type_id named,
                                         struct fp_type *type)
{
    struct fp_type is = c->scope.this_type;
    (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, c->scope.this_slot, 0);
    bool fits = !is.known || (is.fhir != 0 && (fhir_type_is_a(is.fhir, named) || fhir_type_is_a(named, is.fhir)));
    if (c->strict && !fits)
        return fp_fail(c->err, SALVE_E_TYPE, node->place, "the path begins with a type that the focus is not");
    if (!is.known || !fhir_type_is_a(is.fhir, named))
        (void)expr_emit(&c->emit, EXPR_OP_OF_TYPE, 0, 0, expr_emit_type(&c->emit, (struct expr_type_test){named, 0}));
    *type = is.known && fhir_type_is_a(is.fhir, named) ? is : fp_tested_type((struct expr_type_test){named, 0});
    return SALVE_OK;
}

static enum salve_code emit_fixed(struct fp_compiler *c, struct str text)
{
    struct str copy;
    enum salve_code code = arena_str(c->mem, text, &copy, c->err);
    if (code == SALVE_OK) expr_emit_const(&c->emit, expr_string(copy));
    return code;
}

/* %name: the fixed ones, those of defineVariable, else asked for at run time. */
static enum salve_code emit_variable(struct fp_compiler *c, const struct fp_node *node, struct fp_type *type)
{
    struct str name = node->name;
    *type = fp_system_type(VALUE_STRING);
    if (str_is(name, "ucum")) return emit_fixed(c, STR("http://unitsofmeasure.org"));
    if (str_is(name, "sct")) return emit_fixed(c, STR("http://snomed.info/sct"));
    if (str_is(name, "loinc")) return emit_fixed(c, STR("http://loinc.org"));
    struct str tail = str_cut(name, str_starts(name, STR("vs-")) ? 3 : 4, SIZE_MAX);
    if (str_starts(name, STR("vs-")))
        return emit_fixed(c, arena_printf(c->mem, "http://hl7.org/fhir/ValueSet/%.*s", STR_ARGS(tail)));
    if (str_starts(name, STR("ext-")))
        return emit_fixed(c, arena_printf(c->mem, "http://hl7.org/fhir/StructureDefinition/%.*s", STR_ARGS(tail)));
    for (unsigned i = c->variable_count; i-- > 0;) {
        if (!str_eq(c->variables[i].name, name)) continue;
        *type = c->variables[i].type;
        (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, c->variables[i].slot, 0);
        return SALVE_OK;
    }
    *type = (struct fp_type){0};
    expr_emit_const(&c->emit, expr_string(name));
    expr_emit_call(&c->emit, &fp_variable, 1);
    return SALVE_OK;
}

static enum salve_code emit_slot(struct fp_compiler *c, const struct fp_node *node, uint16_t slot, const char *name)
{
    if (slot == FP_NO_SLOT) return fp_fail(c->err, SALVE_E_UNKNOWN_NAME, node->place, "%s has no meaning here", name);
    (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, slot, 0);
    return SALVE_OK;
}

static enum salve_code emit_literal(struct fp_compiler *c, const struct fp_node *node, struct fp_type *type)
{
    if (node->literal.kind == VALUE_INTEGER && node->literal.as.integer > INT32_MAX)
        return fp_fail(c->err, SALVE_E_SYNTAX, node->place, "this number is out of range");
    *type = node->literal.kind == VALUE_NULL ? (struct fp_type){0} : fp_system_type(node->literal.kind);
    if (node->literal.kind == VALUE_NULL)
        (void)expr_emit(&c->emit, EXPR_OP_NONE, 0, 0, 0);
    else
        expr_emit_const(&c->emit, node->literal);
    return SALVE_OK;
}

static enum salve_code emit_sign(struct fp_compiler *c, const struct fp_node *node, struct fp_type *type)
{
    const struct fp_node *operand = node->left;
    if (node->op == FP_MINUS && operand->kind == FP_LITERAL && operand->literal.kind == VALUE_INTEGER) {
        expr_emit_const(&c->emit, expr_integer(-operand->literal.as.integer));
        *type = fp_system_type(VALUE_INTEGER);
        return SALVE_OK;
    }
    TRY(fp_expression(c, operand, type));
    c->emit.place = node->place;
    expr_emit_call(&c->emit, node->op == FP_MINUS ? &fp_negate : &fp_positive, 1);
    return SALVE_OK;
}

/* --- steps of a spine --------------------------------------------------------------------------------------------- */
/* What the last instruction is, when the next step may be folded into it. */
enum tail { TAIL_OTHER, TAIL_LOCAL, TAIL_PATH };

enum { PATH_NAMES_MAX = 15 };

/* Takes one name onto the path: a longer PATH, a PATH_LOCAL for the LOCAL before, or a fresh PATH. */
static void emit_name(struct fp_compiler *c, fhir_name_id name, enum tail *tail)
{
    struct expr_emit *e = &c->emit;
    if (e->code != SALVE_OK) return;
    salve_assert(*tail == TAIL_OTHER || e->p.code_count > 0);
    struct expr_ins *last = e->p.code_count == 0 ? NULL : (struct expr_ins *)&e->p.code[e->p.code_count - 1];
    if (*tail == TAIL_PATH && last->a < PATH_NAMES_MAX) {
        (void)expr_emit_name(e, name);
        last->a++;
        return;
    }
    uint32_t index = expr_emit_name(e, name);
    if (*tail == TAIL_LOCAL && last->a <= UINT8_MAX)
        *last = (struct expr_ins){.op = EXPR_OP_PATH_LOCAL, .flags = (uint8_t)last->a, .a = 1, .b = index};
    else
        (void)expr_emit(e, EXPR_OP_PATH, 0, 1, index);
    *tail = TAIL_PATH;
}

static enum salve_code emit_child(struct fp_compiler *c, const struct fp_node *node, struct fp_type *type,
                                  enum tail *tail)
{
    struct fp_type from = *type;
    TRY(fp_child_type(c, node, from, type));
    fhir_name_id name = fhir_name_find(node->name);
    if (name != 0) {
        emit_name(c, name, tail);
        return SALVE_OK;
    }
    expr_emit_const(&c->emit, expr_string(node->name));
    (void)expr_emit(&c->emit, EXPR_OP_ELEMENT, 0, 0, 0);
    *tail = TAIL_OTHER;
    return SALVE_OK;
}

static enum salve_code wrong_count(struct fp_compiler *c, const struct fp_node *node,
                                   const struct fp_function *function)
{
    const char *name = function->function.name;
    unsigned least = function->args_min, most = function->args_max;
    if (most == 0) return fp_fail(c->err, SALVE_E_TYPE, node->place, "%s() takes no argument", name);
    if (least == most)
        return fp_fail(c->err, SALVE_E_TYPE, node->place, "%s() takes %u argument%s", name, most, most == 1 ? "" : "s");
    return fp_fail(c->err, SALVE_E_TYPE, node->place, "%s() takes %u to %u arguments", name, least, most);
}

static enum salve_code emit_call(struct fp_compiler *c, const struct fp_node *node, struct fp_type *type)
{
    const struct fp_function *function = c->functions;
    while (function->function.name != NULL && !str_is(node->name, function->function.name)) function++;
    if (function->function.name == NULL)
        return fp_fail(c->err, SALVE_E_UNKNOWN_NAME, node->place, "no function is named '%.*s'", STR_ARGS(node->name));
    if (node->args < function->args_min || node->args > function->args_max) return wrong_count(c, node, function);
    struct fp_type input = *type;
    if (function->result == FP_ANY)
        *type = (struct fp_type){0};
    else if (function->result != FP_SAME)
        *type = fp_system_type(function->result);
    if (function->form != NULL) {
        *type = input;
        return function->form(c, node, type);
    }
    for (const struct fp_node *arg = node->right; arg != NULL; arg = arg->next) {
        struct fp_type ignored;
        TRY(fp_expression(c, arg, &ignored));
    }
    c->emit.place = node->place;
    expr_emit_call(&c->emit, &function->function, (uint16_t)(node->args + 1));
    return SALVE_OK;
}

/* and, or, implies: the right side is skipped where the left decides. */
static enum salve_code emit_logic(struct fp_compiler *c, const struct fp_node *node, struct fp_type *type)
{
    enum expr_op op = node->op == FP_AND ? EXPR_OP_AND : node->op == FP_XOR ? EXPR_OP_XOR : EXPR_OP_OR;
    fp_truth(c, *type);
    if (node->op == FP_IMPLIES) (void)expr_emit(&c->emit, EXPR_OP_NOT, 0, 0, 0);
    uint32_t jump = 0;
    if (op != EXPR_OP_XOR)
        jump = expr_emit(&c->emit, op == EXPR_OP_AND ? EXPR_OP_JUMP_FALSE : EXPR_OP_JUMP_TRUE, 0, 0, 0);
    TRY(fp_expression(c, node->right, type));
    c->emit.place = node->place;
    fp_truth(c, *type);
    (void)expr_emit(&c->emit, op, 0, 0, 0);
    if (op != EXPR_OP_XOR) expr_emit_target(&c->emit, jump);
    *type = fp_system_type(VALUE_BOOLEAN);
    return SALVE_OK;
}

static struct fp_type binary_type(enum fp_op op, struct fp_type left, struct fp_type right)
{
    if (op == FP_CONCAT) return fp_system_type(VALUE_STRING);
    if (op == FP_EQUIVALENT || op == FP_NOT_EQUIVALENT || op == FP_EQUAL || op == FP_NOT_EQUAL || op == FP_IN ||
        op == FP_CONTAINS || (op >= FP_LESS && op <= FP_MORE_EQUAL))
        return fp_system_type(VALUE_BOOLEAN);
    if (op == FP_UNION && left.known && right.known && left.fhir == right.fhir && left.fhir != 0) return left;
    return (struct fp_type){0};
}

static enum salve_code emit_binary(struct fp_compiler *c, const struct fp_node *node, struct fp_type *type)
{
    if (node->op >= FP_AND) return emit_logic(c, node, type);
    struct fp_type right;
    TRY(fp_expression(c, node->right, &right));
    c->emit.place = node->place;
    salve_assert(node->op < FP_OP_COUNT);
    expr_emit_call(&c->emit, &fp_operators[node->op], 2);
    *type = binary_type((enum fp_op)node->op, *type, right);
    return SALVE_OK;
}

static enum salve_code emit_type_operator(struct fp_compiler *c, const struct fp_node *node, struct fp_type *type)
{
    struct expr_type_test test;
    TRY(fp_type_test(c, node->name, node->place, &test));
    expr_emit_const(&c->emit, fp_packed_test(test));
    expr_emit_call(&c->emit, node->op == FP_IS ? &fp_is : &fp_as, 2);
    *type = node->op == FP_IS ? fp_system_type(VALUE_BOOLEAN) : fp_tested_type(test);
    return SALVE_OK;
}

/* The left end of a spine, complete. */
static enum salve_code emit_leaf(struct fp_compiler *c, const struct fp_node *node, struct fp_type *type,
                                 enum tail *tail)
{
    *tail = TAIL_OTHER;
    fhir_type_id named = leading_type(node);
    switch ((enum fp_kind)node->kind) {
    case FP_LITERAL:
        return emit_literal(c, node, type);
    case FP_THIS:
        *tail = TAIL_LOCAL;
        return emit_this(c, type);
    case FP_INDEX:
        *type = fp_system_type(VALUE_INTEGER);
        return emit_slot(c, node, c->scope.index_slot, "$index");
    case FP_TOTAL:
        *type = (struct fp_type){0};
        return emit_slot(c, node, c->scope.total_slot, "$total");
    case FP_VARIABLE:
        return emit_variable(c, node, type);
    case FP_SIGN:
        return emit_sign(c, node, type);
    case FP_CHILD:
        if (named != 0) {
            TRY(emit_leading_type(c, node, named, type));
            if (c->emit.code == SALVE_OK && c->emit.p.code[c->emit.p.code_count - 1].op == EXPR_OP_LOCAL)
                *tail = TAIL_LOCAL;
            return SALVE_OK;
        }
        TRY(emit_this(c, type));
        *tail = TAIL_LOCAL;
        return emit_child(c, node, type, tail);
    default: /* a function of the focus */
        TRY(emit_this(c, type));
        return emit_call(c, node, type);
    }
}

/* One step up the spine; what is left of it is on the stack. */
static enum salve_code emit_step(struct fp_compiler *c, const struct fp_node *node, struct fp_type *type,
                                 enum tail *tail)
{
    enum tail before = *tail;
    *tail = TAIL_OTHER;
    switch ((enum fp_kind)node->kind) {
    case FP_CHILD:
        *tail = before;
        return emit_child(c, node, type, tail);
    case FP_CALL:
        return emit_call(c, node, type);
    case FP_INDEXER: {
        struct fp_type index;
        TRY(fp_expression(c, node->right, &index));
        c->emit.place = node->place;
        expr_emit_call(&c->emit, &fp_index, 2);
        return SALVE_OK;
    }
    case FP_TYPE:
        return emit_type_operator(c, node, type);
    default:
        return emit_binary(c, node, type);
    }
}

static bool has_spine(const struct fp_node *node) { return node->left != NULL && node->kind != FP_SIGN; }

enum salve_code fp_expression(struct fp_compiler *c, const struct fp_node *root, struct fp_type *type)
{
    unsigned variables = c->variable_count;
    salve_assert(root != NULL && variables <= FP_VARIABLES_MAX);
    struct fp_node *node = (struct fp_node *)root, *top = node->up;
    while (has_spine(node)) {
        node->left->up = node;
        node = node->left;
    }
    enum tail tail;
    c->emit.place = node->place;
    TRY(emit_leaf(c, node, type, &tail));
    while (node != root) {
        node = node->up;
        c->emit.place = node->place;
        if (node->kind == FP_BINARY)
            c->variable_count = variables; /* variables of one operand are not seen in the other */
        TRY(emit_step(c, node, type, &tail));
        if (c->emit.code != SALVE_OK) return c->emit.code;
    }
    ((struct fp_node *)root)->up = top;
    c->variable_count = variables;
    return c->emit.code;
}
