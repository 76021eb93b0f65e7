/* SPDX-License-Identifier: Apache-2.0
 * Compiling literals and selectors: what becomes a constant, a list, a tuple, an instance or an interval. */
#include "elm/elm_compile_int.h"

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
