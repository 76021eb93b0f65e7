/* SPDX-License-Identifier: Apache-2.0
 * FHIRPath tokens into a tree, by recursive descent with operator precedence (2.0.0, section 8 and grammar). Only what
 * is written inside something else costs depth; chains of steps and of operators are loops. */
#include "base/limits.h"
#include "fhirpath/fhirpath_int.h"

struct parser {
    struct fp_lexer lexer;
    struct fp_token token; /* the next one */
    struct arena *tree;
    struct salve_err *err;
    unsigned depth;
};

static enum salve_code parse_expression(struct parser *p, int least, struct fp_node **out);

static enum salve_code advance(struct parser *p) { return fp_lex(&p->lexer, &p->token); }

static enum salve_code fail(struct parser *p, const char *why)
{
    return fp_fail(p->err, SALVE_E_SYNTAX, p->token.place, "%s", why);
}

static bool at_sign(const struct parser *p, const char *sign)
{
    return p->token.kind == FP_PUNCTUATION && str_is(p->token.text, sign);
}
static bool at_word(const struct parser *p, const char *word)
{
    return p->token.kind == FP_NAME && str_is(p->token.text, word);
}

static enum salve_code expect(struct parser *p, const char *sign)
{
    if (!at_sign(p, sign)) return fp_fail(p->err, SALVE_E_SYNTAX, p->token.place, "'%s' is missing here", sign);
    return advance(p);
}

static enum salve_code new_node(struct parser *p, enum fp_kind kind, struct fp_node **out)
{
    struct fp_node *node = arena_new(p->tree, struct fp_node);
    if (node == NULL) return fp_fail(p->err, SALVE_E_TOO_BIG, p->token.place, "the expression is too long");
    node->kind = (uint8_t)kind;
    node->place = p->token.place;
    *out = node;
    return SALVE_OK;
}

static enum salve_code deeper(struct parser *p)
{
    if (++p->depth <= SALVE_FHIRPATH_DEPTH_MAX) return SALVE_OK;
    return fp_fail(p->err, SALVE_E_TOO_DEEP, p->token.place, "more than %d levels inside each other",
                   SALVE_FHIRPATH_DEPTH_MAX);
}

/* --- literals ----------------------------------------------------------------------------------------------------- */
static bool is_duration_word(const struct parser *p)
{
    enum expr_precision unit;
    bool calendar = false;
    return p->token.kind == FP_NAME && expr_duration_unit(p->token.text, &unit, &calendar) && calendar;
}

static enum salve_code quantity_literal(struct parser *p, struct str number, struct fp_node *node)
{
    struct expr_quantity quantity;
    if (!expr_decimal_parse(number, &quantity.value)) return fail(p, "this number is out of range");
    enum salve_code code = arena_str(p->lexer.mem, p->token.text, &quantity.unit, p->err);
    if (code == SALVE_OK) code = expr_quantity_value(quantity, p->lexer.mem, &node->literal, p->err);
    return code == SALVE_OK ? advance(p) : code;
}

static enum salve_code number_literal(struct parser *p, struct fp_node **out)
{
    struct fp_node *node;
    struct fp_token number = p->token;
    TRY(new_node(p, FP_LITERAL, &node));
    *out = node;
    TRY(advance(p));
    if (number.kind == FP_NUMBER && (p->token.kind == FP_STRING || is_duration_word(p)))
        return quantity_literal(p, number.text, node);
    int64_t whole;
    bool is_whole = str_find(number.text, STR(".")) < 0;
    if (is_whole && str_to_i64(number.text, &whole) && (number.kind == FP_LONG || whole <= INT32_MAX)) {
        node->literal = number.kind == FP_LONG ? expr_long(whole) : expr_integer(whole);
        return SALVE_OK;
    }
    struct expr_decimal decimal;
    if (is_whole && number.kind == FP_NUMBER && str_to_i64(number.text, &whole) && whole == (int64_t)INT32_MAX + 1) {
        node->literal = expr_integer(whole); /* only good behind a minus sign */
        return SALVE_OK;
    }
    if (is_whole || number.kind == FP_LONG || !expr_decimal_parse(number.text, &decimal))
        return fp_fail(p->err, SALVE_E_SYNTAX, number.place, "this number is out of range");
    return expr_decimal_value(decimal, p->lexer.mem, &node->literal, p->err);
}

static enum salve_code date_literal(struct parser *p, struct fp_node **out)
{
    struct expr_temporal t;
    TRY(new_node(p, FP_LITERAL, out));
    if (!expr_temporal_parse(p->token.text, &t)) return fail(p, "this date or time does not exist");
    enum expr_kind kind = t.kind == EXPR_DATE ? VALUE_DATE : t.kind == EXPR_TIME ? VALUE_TIME : VALUE_DATETIME;
    TRY(expr_temporal_value(kind, t, p->lexer.mem, &(*out)->literal, p->err));
    return advance(p);
}

static enum salve_code simple_literal(struct parser *p, struct expr_value value, struct fp_node **out)
{
    TRY(new_node(p, FP_LITERAL, out));
    (*out)->literal = value;
    return advance(p);
}

/* --- terms -------------------------------------------------------------------------------------------------------- */
/* A name that may begin or continue a path. Words that are operators elsewhere are names here. */
static bool is_name(const struct parser *p)
{
    static const char *const reserved[] = {"and", "or", "xor", "implies", "div", "mod", "true", "false"};
    if (p->token.kind == FP_QUOTED_NAME) return true;
    if (p->token.kind != FP_NAME) return false;
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (at_word(p, reserved[i])) return false;
    return true;
}

/* asc or desc behind a key of sort(): desc stands as a sign before the key. */
static enum salve_code sort_direction(struct parser *p, struct fp_node **key)
{
    struct fp_node *sign;
    bool down = at_word(p, "desc");
    if (!down && !at_word(p, "asc")) return SALVE_OK;
    TRY(advance(p));
    if (!down) return SALVE_OK;
    TRY(new_node(p, FP_SIGN, &sign));
    sign->op = FP_MINUS;
    sign->args = FP_SIGN_IS_DESC;
    sign->left = *key;
    *key = sign;
    return SALVE_OK;
}

static enum salve_code arguments(struct parser *p, struct fp_node *call)
{
    struct fp_node **last = &call->right;
    TRY(deeper(p));
    TRY(advance(p));
    while (!at_sign(p, ")")) {
        if (call->args > 0) TRY(expect(p, ","));
        if (call->args == UINT8_MAX) return fail(p, "too many arguments");
        TRY(parse_expression(p, 0, last));
        if (str_is(call->name, "sort")) TRY(sort_direction(p, last));
        call->args++;
        last = &(*last)->next;
    }
    p->depth--;
    return advance(p);
}

/* name or name(arguments), a step from `left` (NULL: from the focus). */
static enum salve_code step(struct parser *p, struct fp_node *left, struct fp_node **out)
{
    if (!is_name(p)) return fail(p, "a name is missing here");
    TRY(new_node(p, FP_CHILD, out));
    struct fp_node *node = *out;
    node->left = left;
    TRY(arena_str(p->lexer.mem, p->token.text, &node->name, p->err));
    TRY(advance(p));
    if (!at_sign(p, "(")) return SALVE_OK;
    node->kind = FP_CALL;
    return arguments(p, node);
}

static enum salve_code dollar(struct parser *p, struct fp_node **out)
{
    TRY(new_node(p, FP_THIS, out));
    TRY(advance(p));
    if (at_word(p, "this"))
        (*out)->kind = FP_THIS;
    else if (at_word(p, "index"))
        (*out)->kind = FP_INDEX;
    else if (at_word(p, "total"))
        (*out)->kind = FP_TOTAL;
    else
        return fail(p, "after $ comes this, index or total");
    return advance(p);
}

static enum salve_code percent(struct parser *p, struct fp_node **out)
{
    TRY(new_node(p, FP_VARIABLE, out));
    TRY(advance(p));
    if (p->token.kind != FP_STRING && p->token.kind != FP_NAME && p->token.kind != FP_QUOTED_NAME)
        return fail(p, "after % comes a name");
    TRY(arena_str(p->lexer.mem, p->token.text, &(*out)->name, p->err));
    return advance(p);
}

static enum salve_code term(struct parser *p, struct fp_node **out)
{
    if (at_word(p, "true")) return simple_literal(p, expr_boolean(true), out);
    if (at_word(p, "false")) return simple_literal(p, expr_boolean(false), out);
    if (p->token.kind == FP_STRING) return simple_literal(p, expr_string(p->token.text), out);
    if (p->token.kind == FP_NUMBER || p->token.kind == FP_LONG) return number_literal(p, out);
    if (p->token.kind == FP_DATE) return date_literal(p, out);
    if (at_sign(p, "$")) return dollar(p, out);
    if (at_sign(p, "%")) return percent(p, out);
    if (at_sign(p, "{")) {
        TRY(advance(p));
        if (!at_sign(p, "}")) return fail(p, "'}' is missing here");
        return simple_literal(p, EXPR_NONE, out);
    }
    if (at_sign(p, "(")) {
        TRY(deeper(p));
        TRY(advance(p));
        TRY(parse_expression(p, 0, out));
        p->depth--;
        return expect(p, ")");
    }
    if (p->token.kind == FP_END) return fail(p, "the expression ends too early");
    return step(p, NULL, out);
}

static enum salve_code postfix(struct parser *p, struct fp_node **out)
{
    TRY(term(p, out));
    for (;;) {
        struct fp_node *node;
        if (at_sign(p, ".")) {
            TRY(advance(p));
            TRY(step(p, *out, &node));
        } else if (at_sign(p, "[")) {
            TRY(new_node(p, FP_INDEXER, &node));
            node->left = *out;
            TRY(deeper(p));
            TRY(advance(p));
            TRY(parse_expression(p, 0, &node->right));
            TRY(expect(p, "]"));
            p->depth--;
        } else
            return SALVE_OK;
        *out = node;
    }
}

static enum salve_code unary(struct parser *p, struct fp_node **out)
{
    if (!at_sign(p, "-") && !at_sign(p, "+")) return postfix(p, out);
    struct fp_node *node;
    TRY(new_node(p, FP_SIGN, &node));
    node->op = at_sign(p, "-") ? FP_MINUS : FP_PLUS;
    TRY(deeper(p));
    TRY(advance(p));
    TRY(unary(p, &node->left));
    p->depth--;
    *out = node;
    return SALVE_OK;
}

/* --- operators ---------------------------------------------------------------------------------------------------- */
struct operator
{
    const char *text;
    uint8_t binds, op; /* binds: higher is tighter */
};
static const struct operator operators[] = {
    {"*", 10, FP_MULTIPLY},  {"/", 10, FP_DIVIDE},
    {"div", 10, FP_DIV},     {"mod", 10, FP_MOD},
    {"+", 9, FP_PLUS},       {"-", 9, FP_MINUS},
    {"&", 9, FP_CONCAT},     {"is", 8, FP_IS},
    {"as", 8, FP_AS},        {"|", 7, FP_UNION},
    {"<", 6, FP_LESS},       {"<=", 6, FP_LESS_EQUAL},
    {">", 6, FP_MORE},       {">=", 6, FP_MORE_EQUAL},
    {"=", 5, FP_EQUAL},      {"~", 5, FP_EQUIVALENT},
    {"!=", 5, FP_NOT_EQUAL}, {"!~", 5, FP_NOT_EQUIVALENT},
    {"in", 4, FP_IN},        {"contains", 4, FP_CONTAINS},
    {"and", 3, FP_AND},      {"or", 2, FP_OR},
    {"xor", 2, FP_XOR},      {"implies", 1, FP_IMPLIES},
};

static const struct operator* operator_here(const struct parser *p)
{
    if (p->token.kind != FP_NAME && p->token.kind != FP_PUNCTUATION) return NULL;
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (str_is(p->token.text, operators[i].text)) return &operators[i];
    return NULL;
}

/* Name[.name] behind is and as. */
static enum salve_code type_name(struct parser *p, struct fp_node *node)
{
    if (!is_name(p)) return fail(p, "a type name is missing here");
    TRY(arena_str(p->lexer.mem, p->token.text, &node->name, p->err));
    TRY(advance(p));
    if (!at_sign(p, ".")) return SALVE_OK;
    TRY(advance(p));
    if (!is_name(p)) return fail(p, "a type name is missing here");
    node->name = arena_printf(p->lexer.mem, "%.*s.%.*s", STR_ARGS(node->name), STR_ARGS(p->token.text));
    if (node->name.ptr == NULL) return fp_fail(p->err, SALVE_E_MEMORY, node->place, "type name");
    return advance(p);
}

static enum salve_code parse_expression(struct parser *p, int least, struct fp_node **out)
{
    TRY(unary(p, out));
    for (;;) {
        const struct operator* op = operator_here(p);
        if (op == NULL || op->binds < least) return SALVE_OK;
        struct fp_node *node;
        bool is_type = op->op == FP_IS || op->op == FP_AS;
        TRY(new_node(p, is_type ? FP_TYPE : FP_BINARY, &node));
        node->op = op->op;
        node->left = *out;
        TRY(advance(p));
        if (is_type)
            TRY(type_name(p, node));
        else
            TRY(parse_expression(p, op->binds + 1, &node->right));
        *out = node;
    }
}

enum salve_code fp_parse(struct str text, struct arena *tree, struct arena *mem, struct fp_node **out,
                         struct salve_err *err)
{
    if (text.len > SALVE_FHIRPATH_BYTES_MAX) {
        (void)salve_fail(err, SALVE_E_TOO_BIG, "expression");
        return salve_why(err, SALVE_E_TOO_BIG, "a FHIRPath expression may have %d bytes", SALVE_FHIRPATH_BYTES_MAX);
    }
    if (!str_is_utf8(text)) return fp_fail(err, SALVE_E_SYNTAX, EXPR_PLACE(1, 1), "the expression is not UTF-8");
    struct parser p = {.lexer = {.text = text, .line = 1, .mem = mem, .err = err}, .tree = tree, .err = err};
    TRY(advance(&p));
    TRY(parse_expression(&p, 0, out));
    if (p.token.kind != FP_END) return fail(&p, "the expression should end here");
    return SALVE_OK;
}
