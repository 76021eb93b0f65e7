/* SPDX-License-Identifier: Apache-2.0
 * Compiling truth and branches: and, or, If, Case, Coalesce. What an explained program notes is noted here. */
#include "elm/elm_compile_int.h"

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
    uint32_t *ends = arena_array(c->work, uint32_t, items->count + 1);
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
