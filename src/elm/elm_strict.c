/* SPDX-License-Identifier: Apache-2.0
 * Strict nodes: the fields are evaluated in the order of their row, then one C function is called. */
#include "elm/elm_compile_int.h"

#include <stdio.h>

/* Is it an expression of a list, also when its value is null? Only where the ELM tells. */
static bool is_list_typed(const struct elm_compile *c, const struct json *node, unsigned depth)
{
    static const char *const members[] = {"resultTypeSpecifier", "asTypeSpecifier"};
    struct str type = json_get_text(node, "type");
    for (size_t i = 0; i < 2; i++)
        if (str_is(json_get_text(json_get(node, members[i]), "type"), "ListTypeSpecifier")) return true;
    const struct elm_row *row = elm_find_row(c, type);
    unsigned flags = row == NULL ? 0 : row->flags;
    if (flags & ELM_GIVES_LIST) return true;
    if (flags & ELM_LIST_OF_LIST)
        return depth < 8 && is_list_typed(c, json_item(json_get(node, "operand"), 0), depth + 1);
    if (str_is(type, "Query"))
        for (const struct json *s = json_first(json_get(node, "source")); s != NULL && depth < 8; s = s->next)
            if (is_list_typed(c, json_get(s, "expression"), depth + 1)) return true;
    if (!str_is(type, "ExpressionRef") || json_get(node, "libraryName") != NULL || depth >= 8) return false;
    const struct json *def = elm_find_def(c->library, "statements", json_get_text(node, "name"));
    return def != NULL && (is_list_typed(c, def, 8) || is_list_typed(c, json_get(def, "expression"), depth + 1));
}

/* Operators of texts or intervals and of lists take a list that is null as an empty one. */
static bool takes_null_list(const struct elm_row *row, uint32_t at)
{
    return row->flags & (ELM_NULL_LISTS | (at == 0 ? ELM_NULL_LIST_0 : at == 1 ? ELM_NULL_LIST_1 : 0));
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
    if (have < row->least || have > row->most)
        return elm_bad(c, node, SALVE_E_INVALID, "%s has a wrong count of operands", row->type);
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

enum salve_code elm_make_strict(struct elm_compile *c, const struct json *node)
{
    const struct elm_row *row = c->row;
    uint16_t count = 0;
    salve_assert(row->function.call != NULL && row->least <= row->most);
    const char *at = row->fields;
    bool is_done = least_number(c, node);
    if (!is_done) TRY(elm_make_fused(c, &row->function, node, &is_done));
    if (is_done) return SALVE_OK;
    while (*at != '\0') {
        char field[32];
        size_t len = strcspn(at, " ");
        salve_assert(len > 0 && len < sizeof field);
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
    if (row->flags & ELM_PRECISION) {
        enum expr_precision precision = EXPR_PRECISION_NONE;
        struct str name = json_get_text(node, "precision");
        if (name.ptr != NULL && !expr_precision_find(name, &precision))
            return elm_bad(c, node, SALVE_E_INVALID, "%s: unknown precision", row->type);
        expr_emit_const(&c->emit, expr_integer(precision));
        count++;
    }
    elm_set_place(c, node);
    expr_emit_call(&c->emit, &row->function, count);
    return SALVE_OK;
}
