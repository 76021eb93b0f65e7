/* SPDX-License-Identifier: Apache-2.0
 * Compiling ELM nodes: finding the row of a node kind, strict nodes, literals and selectors, branches. Names of other
 * definitions are in elm_link.c, queries in elm_query.c, types in elm_types.c. */
#include "elm/elm_explain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"

enum { P = 1 };
enum { ONE = 11, TWO = 22, THREE = 33, ONE_TWO = 12, MANY = 99 }; /* operands: least and most, a digit each */

static const struct elm_row {
    const char *type, *fields;
    unsigned operands, flags;
    elm_make *make; /* NULL: strict */
    struct expr_function function;
} rows[] = {
#define STRICT(type, fields, operands, flags, function) {#type, fields, operands, flags, NULL, {#type, function}},
#define NODE(type, function)                            {#type, "", 0, 0, function, {#type, NULL}},
#include "elm/elm_nodes.def"
#undef STRICT
#undef NODE
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

/* --- errors ------------------------------------------------------------------------------------------------------- */
enum salve_code elm_bad(struct elm_compile *c, const struct json *node, enum salve_code code, const char *why, ...)
{
    va_list args;
    unsigned line = 0, column = 0;
    (void)salve_fail(c->err, code, "%.*s", STR_ARGS(c->name));
    if (elm_locator(json_get_text(node, "locator"), &line, &column)) salve_err_place(c->err, line, column);
    salve_err_in(c->err, "%.*s", STR_ARGS(c->library->shown));
    va_start(args, why);
    (void)salve_why_args(c->err, code, why, args);
    va_end(args);
    return code;
}

enum salve_code elm_want_text(struct elm_compile *c, const struct json *node, const char *field, struct str *out)
{
    *out = json_get_text(node, field);
    if (out->ptr != NULL) return SALVE_OK;
    struct str type = json_get_text(node, "type");
    return elm_bad(c, node, SALVE_E_INVALID, "%.*s has no text field %s", STR_ARGS(type), field);
}

bool elm_flag(const struct json *node, const char *name, bool otherwise)
{
    const struct json *field = json_get(node, name);
    bool flag = otherwise;
    if (str_is(json_get_text(node, name), "true")) return true;
    if (str_is(json_get_text(node, name), "false")) return false;
    (void)json_bool(field, &flag);
    return flag;
}

/* --- helpers ------------------------------------------------------------------------------------------------------ */
void elm_call(struct elm_compile *c, const char *name, expr_call *call, uint16_t args)
{
    struct expr_function *function = arena_new(c->mem, struct expr_function);
    if (function == NULL) {
        if (c->emit.code == SALVE_OK) c->emit.code = salve_fail(c->err, SALVE_E_MEMORY, "ELM");
        return;
    }
    *function = (struct expr_function){name, call};
    expr_emit_call(&c->emit, function, args);
}

void elm_const_text(struct elm_compile *c, struct str text)
{
    struct expr_value value = expr_string(text);
    value.tag = fhir_name_find(text);
    expr_emit_const(&c->emit, value);
}

enum salve_code elm_push_scope(struct elm_compile *c, struct str name, uint16_t slot)
{
    struct elm_scope *scope = arena_new(c->mem, struct elm_scope);
    if (scope == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    *scope = (struct elm_scope){name, slot, c->scope};
    c->scope = scope;
    return SALVE_OK;
}

struct elm_scope *elm_find_scope(struct elm_compile *c, struct str name)
{
    struct elm_scope *scope = c->scope;
    while (scope != NULL && !str_eq(scope->name, name)) scope = scope->outer;
    return scope;
}

/* "12:5-12:30" -> line and column */
uint32_t elm_place_of(const struct json *node, uint32_t otherwise)
{
    unsigned line, column;
    if (!elm_locator(json_get_text(node, "locator"), &line, &column)) return otherwise;
    return line < (1u << 20) ? EXPR_PLACE(line, column) : otherwise;
}

/* For the instructions that follow. */
static void set_place(struct elm_compile *c, const struct json *node)
{
    c->emit.place = elm_place_of(node, c->emit.place);
}

bool elm_call_operator(struct elm_compile *c, struct str name, uint16_t args)
{
    for (int i = 0; i < ROW_COUNT; i++) {
        const struct elm_row *row = &rows[i];
        bool fits = row->make == NULL && row->flags == 0 && strcmp(row->fields, "operand") == 0 &&
                    args >= row->operands / 10 && args <= row->operands % 10;
        if (!fits || !str_is(name, row->type)) continue;
        expr_emit_call(&c->emit, &row->function, args);
        return true;
    }
    return false;
}

/* --- strict nodes ------------------------------------------------------------------------------------------------- */
/* Is it an expression of a list, also when its value is null? Only where the ELM tells. */
static bool is_list_typed(const struct elm_compile *c, const struct json *node, unsigned depth)
{
    static const char *const members[] = {"resultTypeSpecifier", "asTypeSpecifier"};
    static const char *const lists[] = {"List",   "Retrieve", "ToList", "Slice", "Distinct", "Flatten",
                                        "Filter", "ForEach",  "Repeat", "Sort",  "Collapse"};
    struct str type = json_get_text(node, "type");
    for (size_t i = 0; i < 2; i++)
        if (str_is(json_get_text(json_get(node, members[i]), "type"), "ListTypeSpecifier")) return true;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (str_is(type, lists[i])) return true;
    if (str_is(type, "Union") || str_is(type, "Intersect") || str_is(type, "Except"))
        return depth < 8 && is_list_typed(c, json_item(json_get(node, "operand"), 0), depth + 1);
    if (str_is(type, "Query"))
        for (const struct json *s = json_first(json_get(node, "source")); s != NULL && depth < 8; s = s->next)
            if (is_list_typed(c, json_get(s, "expression"), depth + 1)) return true;
    if (!str_is(type, "ExpressionRef") || json_get(node, "libraryName") != NULL || depth >= 8) return false;
    const struct json *def = elm_find_def(c->library, "statements", json_get_text(node, "name"));
    return def != NULL && (is_list_typed(c, def, 8) || is_list_typed(c, json_get(def, "expression"), depth + 1));
}

/* Operators of texts or intervals and of lists, for which a list that is null is an empty one (CQL 1.5.3 B.10 Length,
 * In, Contains, Union). */
static bool takes_null_list(const struct elm_row *row, uint32_t at)
{
    return (strcmp(row->type, "Length") == 0 && at == 0) || (strcmp(row->type, "In") == 0 && at == 1) ||
           (strcmp(row->type, "Contains") == 0 && at == 0) || strcmp(row->type, "Union") == 0;
}

static enum salve_code compile_operand(struct elm_compile *c, const struct elm_row *row, const struct json *item,
                                       uint32_t at)
{
    TRY(elm_compile_node(c, item));
    if (takes_null_list(row, at) && is_list_typed(c, item, 0)) elm_call(c, row->type, elm_null_as_empty, 1);
    return SALVE_OK;
}

static enum salve_code compile_operands(struct elm_compile *c, const struct elm_row *row, const struct json *node,
                                        const struct json *value, uint16_t *count)
{
    uint32_t have = json_is(value, JSON_ARRAY) ? value->count : value != NULL;
    bool fits =
        row->operands == MANY ? have >= 1 && have <= 250 : have >= row->operands / 10 && have <= row->operands % 10;
    if (!fits) return elm_bad(c, node, SALVE_E_INVALID, "%s has a wrong count of operands", row->type);
    *count = (uint16_t)(*count + have);
    if (!json_is(value, JSON_ARRAY)) return compile_operand(c, row, value, 0);
    uint32_t at = 0;
    for (const struct json *item = json_first(value); item != NULL; item = item->next)
        TRY(compile_operand(c, row, item, at++));
    return SALVE_OK;
}

/* The least Integer and Long are written as the negation of what is no Integer or Long. */
static bool least_number(struct elm_compile *c, const struct json *node)
{
    const struct json *operand = json_get(node, "operand");
    struct str type = json_get_text(operand, "valueType"), text = json_get_text(operand, "value");
    if (!str_is(json_get_text(node, "type"), "Negate")) return false;
    bool is_integer = str_ends(type, STR("}Integer")) && str_is(text, "2147483648");
    bool is_long = str_ends(type, STR("}Long")) && str_starts(text, STR("9223372036854775808"));
    if (is_integer) expr_emit_const(&c->emit, expr_integer(INT32_MIN));
    if (is_long) expr_emit_const(&c->emit, expr_long(INT64_MIN));
    return is_integer || is_long;
}

/* Aggregates over a property of the items, and First and Last in an order. */
static enum salve_code compile_source(struct elm_compile *c, const struct json *node)
{
    struct str path = json_get_text(node, "path"), order = json_get_text(node, "orderBy");
    if (order.len > 0) TRY(elm_emit_order_by(c, node, order));
    return path.len > 0 ? elm_emit_path(c, node, path) : SALVE_OK;
}

static enum salve_code compile_strict(struct elm_compile *c, const struct elm_row *row, const struct json *node)
{
    uint16_t count = 0;
    const char *at = row->fields;
    bool is_done = least_number(c, node);
    if (!is_done) TRY(elm_make_fused(c, &row->function, node, &is_done));
    if (is_done) return SALVE_OK;
    while (*at != '\0') {
        char field[32];
        size_t len = strcspn(at, " ");
        (void)snprintf(field, sizeof field, "%.*s", (int)len, at);
        const struct json *value = json_get(node, field);
        if (strcmp(field, "operand") == 0) {
            TRY(compile_operands(c, row, node, value, &count));
        } else {
            if (value == NULL && at == row->fields && row->fields[len] == '\0')
                return elm_bad(c, node, SALVE_E_INVALID, "%s has no %s", row->type, field);
            TRY(elm_compile_node(c, value));
            if (at == row->fields && strcmp(field, "source") == 0) TRY(compile_source(c, node));
            count++;
        }
        at += len + (at[len] == ' ');
    }
    if (row->flags & P) {
        enum expr_precision precision = EXPR_PRECISION_NONE;
        struct str name = json_get_text(node, "precision");
        if (name.ptr != NULL && !expr_precision_find(name, &precision))
            return elm_bad(c, node, SALVE_E_INVALID, "%s: unknown precision", row->type);
        expr_emit_const(&c->emit, expr_integer(precision));
        count++;
    }
    set_place(c, node);
    expr_emit_call(&c->emit, &row->function, count);
    return SALVE_OK;
}

static const struct elm_row *find_row(struct str type)
{
    for (int i = 0; i < ROW_COUNT; i++)
        if (str_is(type, rows[i].type)) return &rows[i];
    return NULL;
}

enum salve_code elm_compile_node(struct elm_compile *c, const struct json *node)
{
    if (node == NULL || node->type == JSON_NULL) {
        (void)expr_emit(&c->emit, EXPR_OP_NONE, 0, 0, 0);
        return c->emit.code;
    }
    struct str type = json_get_text(node, "type");
    if (type.ptr == NULL) return elm_bad(c, node, SALVE_E_INVALID, "an expression has no type");
    const struct elm_row *row = find_row(type);
    if (row == NULL) return elm_bad(c, node, SALVE_E_UNSUPPORTED, "unknown ELM node %.*s", STR_ARGS(type));
    if (++c->depth > SALVE_ELM_DEPTH_MAX)
        return elm_bad(c, node, SALVE_E_TOO_DEEP, "expressions are nested too deeply");
    uint32_t place = c->emit.place;
    set_place(c, node);
    enum salve_code code = row->make == NULL ? compile_strict(c, row, node) : row->make(c, node);
    c->emit.place = place;
    c->depth--;
    return code == SALVE_OK ? c->emit.code : code;
}

enum salve_code elm_compile_field(struct elm_compile *c, const struct json *node, const char *field)
{
    return elm_compile_node(c, json_get(node, field));
}

/* --- literals and selectors --------------------------------------------------------------------------------------- */
static enum salve_code literal(struct elm_compile *c, const struct json *node, struct str type, struct str text)
{
    struct expr_value value = EXPR_NONE;
    struct expr_decimal decimal;
    struct expr_temporal t;
    int64_t number;
    if (str_ends(type, STR("}Boolean"))) {
        if (!str_is(text, "true") && !str_is(text, "false")) goto bad;
        value = expr_boolean(str_is(text, "true"));
    } else if (str_ends(type, STR("}Integer"))) {
        if (!str_to_i64(text, &number) || number > INT32_MAX || number < INT32_MIN) goto bad;
        value = expr_integer(number);
    } else if (str_ends(type, STR("}Long"))) {
        if (str_ends(text, STR("L"))) text.len--;
        if (!str_to_i64(text, &number)) goto bad;
        value = expr_long(number);
    } else if (str_ends(type, STR("}Decimal"))) {
        ptrdiff_t point = str_find(text, STR("."));
        if (point >= 0 && text.len - (size_t)point - 1 > EXPR_DECIMAL_DIGITS) goto bad;
        if (!expr_decimal_parse(text, &decimal)) goto bad;
        TRY(expr_decimal_value(decimal, c->mem, &value, c->err));
    } else if (str_ends(type, STR("}Date")) || str_ends(type, STR("}DateTime")) || str_ends(type, STR("}Time"))) {
        enum expr_kind kind = str_ends(type, STR("}Date"))   ? VALUE_DATE
                              : str_ends(type, STR("}Time")) ? VALUE_TIME
                                                             : VALUE_DATETIME;
        enum expr_temporal_kind as = kind == VALUE_DATE ? EXPR_DATE : kind == VALUE_TIME ? EXPR_TIME : EXPR_DATETIME;
        if (!expr_temporal_parse_as(text, as, &t)) goto bad;
        TRY(expr_temporal_value(kind, t, c->mem, &value, c->err));
    } else if (str_ends(type, STR("}String"))) {
        value = expr_string(text);
    } else {
        return elm_bad(c, node, SALVE_E_UNSUPPORTED, "Literal of type %.*s", STR_ARGS(type));
    }
    expr_emit_const(&c->emit, value);
    return SALVE_OK;
bad:
    return elm_bad(c, node, SALVE_E_RANGE, "Literal is not of its type");
}

enum salve_code elm_make_literal(struct elm_compile *c, const struct json *node)
{
    struct str type, text = json_get_text(node, "value");
    TRY(elm_want_text(c, node, "valueType", &type));
    if (text.ptr == NULL) text = STR(""); /* an empty String */
    return literal(c, node, type, text);
}

enum salve_code elm_make_null(struct elm_compile *c, const struct json *node)
{
    (void)node;
    (void)expr_emit(&c->emit, EXPR_OP_NONE, 0, 0, 0);
    return SALVE_OK;
}

static enum salve_code quantity_of_node(struct elm_compile *c, const struct json *node, struct expr_quantity *out)
{
    const struct json *value = json_get(node, "value");
    struct str text = json_is(value, JSON_STRING) ? json_text(value) : json_number(value);
    out->unit = json_get_text(node, "unit");
    if (out->unit.len == 0) out->unit = STR("1");
    if (text.ptr == NULL || !expr_decimal_parse(text, &out->value))
        return elm_bad(c, node, SALVE_E_INVALID, "Quantity has no value");
    return SALVE_OK;
}

enum salve_code elm_make_quantity(struct elm_compile *c, const struct json *node)
{
    struct expr_quantity quantity;
    struct expr_value value;
    TRY(quantity_of_node(c, node, &quantity));
    TRY(expr_quantity_value(quantity, c->mem, &value, c->err));
    expr_emit_const(&c->emit, value);
    return SALVE_OK;
}

enum salve_code elm_make_ratio(struct elm_compile *c, const struct json *node)
{
    struct expr_ratio *ratio = arena_new(c->mem, struct expr_ratio);
    if (ratio == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    TRY(quantity_of_node(c, json_get(node, "numerator"), &ratio->numerator));
    TRY(quantity_of_node(c, json_get(node, "denominator"), &ratio->denominator));
    expr_emit_const(&c->emit, (struct expr_value){.kind = VALUE_RATIO, .as.ratio = ratio});
    return SALVE_OK;
}

enum salve_code elm_make_list(struct elm_compile *c, const struct json *node)
{
    uint32_t count = 0;
    const uint16_t block = 128;
    uint32_t start = expr_emit_here(&c->emit);
    /* long lists are made in blocks, so that the stack stays small */
    for (const struct json *item = json_first(json_get(node, "element")); item != NULL; item = item->next) {
        TRY(elm_compile_node(c, item));
        if (++count % block != 0) continue;
        (void)expr_emit(&c->emit, EXPR_OP_LIST, 0, block, 0);
        if (count > block) elm_call(c, "List", elm_as_list, 2); /* joins the two */
    }
    if (elm_fold_list(c, start, count)) return SALVE_OK;
    uint16_t rest = (uint16_t)(count % block);
    if (rest > 0 || count == 0) {
        (void)expr_emit(&c->emit, EXPR_OP_LIST, 0, rest, 0);
        if (count > block) elm_call(c, "List", elm_as_list, 2);
    }
    return SALVE_OK;
}

static enum salve_code element_values(struct elm_compile *c, const struct json *node, uint32_t *shape, uint16_t *count)
{
    struct str names[256];
    *count = 0;
    for (const struct json *item = json_first(json_get(node, "element")); item != NULL; item = item->next) {
        if (*count == 256) return elm_bad(c, node, SALVE_E_TOO_BIG, "more than 256 elements");
        TRY(elm_want_text(c, item, "name", &names[*count]));
        TRY(elm_compile_field(c, item, "value"));
        (*count)++;
    }
    *shape = expr_emit_shape(&c->emit, names, *count);
    return SALVE_OK;
}

enum salve_code elm_make_tuple(struct elm_compile *c, const struct json *node)
{
    uint32_t shape;
    uint16_t count;
    TRY(element_values(c, node, &shape, &count));
    (void)expr_emit(&c->emit, EXPR_OP_TUPLE, 0, count, shape);
    return SALVE_OK;
}

enum salve_code elm_make_instance(struct elm_compile *c, const struct json *node)
{
    const struct elm_type *type;
    struct str name;
    uint32_t shape;
    uint16_t count;
    TRY(elm_want_text(c, node, "classType", &name));
    TRY(elm_type_named(c, name, &type));
    bool is_done;
    TRY(elm_make_class(c, node, type, &is_done));
    if (is_done) return SALVE_OK;
    TRY(element_values(c, node, &shape, &count));
    (void)expr_emit(&c->emit, EXPR_OP_TUPLE, 0, count, shape);
    elm_const_type(c, type);
    elm_call(c, "Instance", elm_typed_instance, 2);
    return SALVE_OK;
}

static enum salve_code closed_flag(struct elm_compile *c, const struct json *node, const char *flag,
                                   const char *expression)
{
    if (elm_field(node, expression) != NULL) return elm_compile_field(c, node, expression);
    expr_emit_const(&c->emit, expr_boolean(elm_flag(node, flag, true)));
    return SALVE_OK;
}

enum salve_code elm_make_interval(struct elm_compile *c, const struct json *node)
{
    TRY(elm_compile_field(c, node, "low"));
    TRY(closed_flag(c, node, "lowClosed", "lowClosedExpression"));
    TRY(elm_compile_field(c, node, "high"));
    TRY(closed_flag(c, node, "highClosed", "highClosedExpression"));
    elm_call(c, "Interval", elm_interval_of, 4);
    return SALVE_OK;
}

enum salve_code elm_make_limit(struct elm_compile *c, const struct json *node)
{
    const struct elm_type *type;
    struct str name;
    TRY(elm_want_text(c, node, "valueType", &name));
    TRY(elm_type_named(c, name, &type));
    elm_const_type(c, type);
    expr_emit_const(&c->emit, expr_boolean(str_is(json_get_text(node, "type"), "MaxValue")));
    elm_call(c, "MinValue", elm_min_value, 2);
    return SALVE_OK;
}

/* --- truth and branches ------------------------------------------------------------------------------------------- */
static enum salve_code two_operands(struct elm_compile *c, const struct json *node, const struct json **a,
                                    const struct json **b)
{
    *a = json_item(json_get(node, "operand"), 0);
    *b = json_item(json_get(node, "operand"), 1);
    if (*a == NULL || *b == NULL) return elm_bad(c, node, SALVE_E_INVALID, "two operands are wanted");
    return SALVE_OK;
}

/* An operand with a note of its value; in `a and b and c` the inner `and` notes a and b itself. */
static enum salve_code truth_operand(struct elm_compile *c, const struct json *operand, enum expr_op op)
{
    const char *clause = op == EXPR_OP_AND ? "and" : op == EXPR_OP_OR ? "or" : op == EXPR_OP_XOR ? "xor" : "implies";
    const char *same = op == EXPR_OP_AND ? "And" : op == EXPR_OP_OR ? "Or" : "";
    TRY(elm_compile_node(c, operand));
    return str_is(json_get_text(operand, "type"), same) ? SALVE_OK : elm_note_value(c, operand, clause);
}

static enum salve_code binary_truth(struct elm_compile *c, const struct json *node, enum expr_op op, enum expr_op jump)
{
    const struct json *a, *b;
    TRY(two_operands(c, node, &a, &b));
    TRY(truth_operand(c, a, op));
    uint32_t out = jump == EXPR_OP_COUNT ? 0 : expr_emit(&c->emit, jump, 0, 0, 0);
    TRY(truth_operand(c, b, op));
    (void)expr_emit(&c->emit, op, 0, 0, 0);
    if (jump != EXPR_OP_COUNT) expr_emit_target(&c->emit, out);
    return SALVE_OK;
}

enum salve_code elm_make_and(struct elm_compile *c, const struct json *node)
{
    return binary_truth(c, node, EXPR_OP_AND, EXPR_OP_JUMP_FALSE);
}
enum salve_code elm_make_or(struct elm_compile *c, const struct json *node)
{
    return binary_truth(c, node, EXPR_OP_OR, EXPR_OP_JUMP_TRUE);
}
enum salve_code elm_make_xor(struct elm_compile *c, const struct json *node)
{
    return binary_truth(c, node, EXPR_OP_XOR, EXPR_OP_COUNT);
}
enum salve_code elm_make_implies(struct elm_compile *c, const struct json *node)
{
    return binary_truth(c, node, EXPR_OP_IMPLIES, EXPR_OP_COUNT);
}
enum salve_code elm_make_not(struct elm_compile *c, const struct json *node)
{
    TRY(elm_compile_field(c, node, "operand"));
    (void)expr_emit(&c->emit, EXPR_OP_NOT, 0, 0, 0);
    return SALVE_OK;
}

enum salve_code elm_make_if(struct elm_compile *c, const struct json *node)
{
    TRY(elm_compile_field(c, node, "condition"));
    TRY(elm_note_value(c, json_get(node, "condition"), "if"));
    uint32_t to_else = expr_emit(&c->emit, EXPR_OP_BRANCH, 0, 0, 0);
    TRY(elm_note_branch(c, json_get(node, "then"), "then"));
    TRY(elm_compile_field(c, node, "then"));
    uint32_t to_end = expr_emit(&c->emit, EXPR_OP_JUMP, 0, 0, 0);
    expr_emit_target(&c->emit, to_else);
    TRY(elm_note_branch(c, json_get(node, "else"), "else"));
    TRY(elm_compile_field(c, node, "else"));
    expr_emit_target(&c->emit, to_end);
    return SALVE_OK;
}

enum salve_code elm_make_case(struct elm_compile *c, const struct json *node)
{
    static const struct expr_function equal = {"Case", elm_equal};
    const struct json *comparand = elm_field(node, "comparand"), *items = json_get(node, "caseItem");
    uint16_t slot = 0;
    if (!json_is(items, JSON_ARRAY)) return elm_bad(c, node, SALVE_E_INVALID, "Case has no caseItem");
    uint32_t *ends = arena_array(c->mem, uint32_t, items->count + 1);
    if (ends == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    if (comparand != NULL) {
        TRY(elm_compile_node(c, comparand));
        slot = expr_emit_slots(&c->emit, 1);
        (void)expr_emit(&c->emit, EXPR_OP_SET, 0, slot, 0);
    }
    uint32_t count = 0;
    for (const struct json *item = json_first(items); item != NULL; item = item->next) {
        if (comparand != NULL) (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, slot, 0);
        TRY(elm_compile_field(c, item, "when"));
        if (comparand != NULL) expr_emit_call(&c->emit, &equal, 2);
        uint32_t next = expr_emit(&c->emit, EXPR_OP_BRANCH, 0, 0, 0);
        TRY(elm_note_branch(c, json_get(item, "when"), "when"));
        TRY(elm_compile_field(c, item, "then"));
        ends[count++] = expr_emit(&c->emit, EXPR_OP_JUMP, 0, 0, 0);
        expr_emit_target(&c->emit, next);
    }
    TRY(elm_note_branch(c, json_get(node, "else"), "else"));
    TRY(elm_compile_field(c, node, "else"));
    for (uint32_t i = 0; i < count; i++) expr_emit_target(&c->emit, ends[i]);
    return SALVE_OK;
}

enum salve_code elm_make_coalesce(struct elm_compile *c, const struct json *node)
{
    const struct json *operands = json_get(node, "operand");
    uint32_t jumps[250], count = 0;
    if (!json_is(operands, JSON_ARRAY) || operands->count == 0 || operands->count > 250)
        return elm_bad(c, node, SALVE_E_INVALID, "Coalesce wants 1 to 250 operands");
    for (const struct json *item = operands->first; item != NULL; item = item->next) {
        if (item != operands->first) (void)expr_emit(&c->emit, EXPR_OP_POP, 0, 0, 0);
        TRY(elm_compile_node(c, item));
        if (item->next != NULL) jumps[count++] = expr_emit(&c->emit, EXPR_OP_JUMP_NOT_NULL, 0, 0, 0);
    }
    for (uint32_t i = 0; i < count; i++) expr_emit_target(&c->emit, jumps[i]);
    if (operands->count == 1) elm_call(c, "Coalesce", elm_coalesce_list, 1);
    return SALVE_OK;
}
