/* SPDX-License-Identifier: Apache-2.0
 * Shorter code for what guidelines do most; each form gives the values of the plain one. Programs that explain keep the
 * plain forms, because they note each step. */
#include "elm/elm_compile_int.h"

/* IsNull is an instruction. */
static enum salve_code is_null(struct elm_compile *c, const struct json *operand)
{
    TRY(elm_compile_node(c, operand));
    (void)expr_emit(&c->emit, EXPR_OP_IS_NULL, 0, 0, 0);
    return SALVE_OK;
}

/* exists of a retrieve that is known when linking: the first resource is enough. */
static bool first_is_enough(struct elm_compile *c)
{
    const struct expr_program *p = &c->emit.p;
    if (c->emit.code != SALVE_OK || p->code_count == 0) return false;
    struct expr_ins last = p->code[p->code_count - 1];
    return last.op == EXPR_OP_CALL && p->functions[last.b]->call == elm_retrieve_planned;
}

static enum salve_code exists(struct elm_compile *c, const struct json *operand, bool *is_done)
{
    struct str type = json_get_text(operand, "type");
    if (str_is(type, "Retrieve")) {
        TRY(elm_compile_node(c, operand));
        if (first_is_enough(c)) {
            c->emit.p.code_count--;
            elm_call(c, "Retrieve", elm_retrieve_any, 1);
        } else {
            elm_call(c, "Exists", elm_exists, 1);
        }
        *is_done = true;
        return c->emit.code;
    }
    return str_is(type, "Query") ? elm_make_exists_query(c, operand, is_done) : SALVE_OK;
}

/* A conversion of a constant is a constant. */
static enum salve_code convert_constant(struct elm_compile *c, expr_call *call, const struct json *operand,
                                        const char *name)
{
    TRY(elm_compile_node(c, operand));
    const struct expr_program *p = &c->emit.p;
    salve_assert(p->code_count > 0);
    struct expr_ins last = p->code[p->code_count - 1];
    struct str type = json_get_text(operand, "type");
    bool is_constant = last.op == EXPR_OP_CONST && (str_is(type, "CodeRef") || str_is(type, "ConceptRef"));
    if (!is_constant) {
        elm_call(c, name, call, 1);
        return c->emit.code;
    }
    struct expr_run run = {.mem = c->mem, .err = c->err, .steps_left = UINT32_MAX};
    struct expr_value result;
    TRY(call(&run, &p->constants[last.b], 1, &result));
    c->emit.p.code_count--;
    expr_emit_const(&c->emit, result);
    return c->emit.code;
}

enum salve_code elm_make_fused(struct elm_compile *c, const struct expr_function *function, const struct json *node,
                               bool *is_done)
{
    const struct json *operand = json_get(node, "operand");
    expr_call *call = function->call;
    *is_done = false;
    if (c->is_explained) return SALVE_OK;
    if (call == elm_first || call == elm_last) { /* a sort below it need not be finished */
        const struct json *source = json_get(node, "source");
        bool has_more = json_get(node, "orderBy") != NULL || json_get(node, "path") != NULL;
        if (has_more || !str_is(json_get_text(source, "type"), "Query")) return SALVE_OK;
        *is_done = true;
        TRY(elm_make_end_query(c, source, call == elm_last));
        expr_emit_call(&c->emit, function, 1);
        return c->emit.code;
    }
    if (!json_is(operand, JSON_OBJECT)) return SALVE_OK;
    if (call == elm_exists) return exists(c, operand, is_done);
    *is_done = call == elm_is_null || call == elm_to_list || call == elm_to_concept;
    if (call == elm_is_null) return is_null(c, operand);
    return *is_done ? convert_constant(c, call, operand, function->name) : SALVE_OK;
}

/* Something that is there before the query begins, and is had for nothing: an operand, an outer alias, a text. */
static bool is_at_hand(const struct json *node, struct str alias)
{
    struct str type = json_get_text(node, "type");
    if (str_is(type, "Literal")) return true;
    return (str_is(type, "OperandRef") || str_is(type, "AliasRef")) && !str_eq(json_get_text(node, "name"), alias);
}

static bool is_element_of(const struct json *node, struct str alias)
{
    struct str path = json_get_text(node, "path");
    return str_is(json_get_text(node, "type"), "Property") && str_eq(json_get_text(node, "scope"), alias) &&
           path.len > 0 && str_find(path, STR(".")) < 0 && str_find(path, STR("[")) < 0;
}

enum salve_code elm_emit_sieve(struct elm_compile *c, const struct json *query, struct str alias)
{
    const struct json *where = elm_field(query, "where");
    if (c->is_explained || json_first(json_get(query, "let")) != NULL ||
        json_first(json_get(query, "relationship")) != NULL)
        return SALVE_OK;
    while (where != NULL && str_is(json_get_text(where, "type"), "And"))
        where = json_item(json_get(where, "operand"), 0); /* false there is false, whatever else is asked */
    const struct json *a = json_item(json_get(where, "operand"), 0), *b = json_item(json_get(where, "operand"), 1);
    if (where == NULL || !str_is(json_get_text(where, "type"), "Equal")) return SALVE_OK;
    const struct json *element = is_element_of(a, alias) ? a : b, *text = element == a ? b : a;
    if (!is_element_of(element, alias) || !is_at_hand(text, alias)) return SALVE_OK;
    TRY(elm_compile_node(c, text));
    elm_const_text(c, json_get_text(element, "path"));
    elm_call(c, "Query", elm_sieve, 3);
    return c->emit.code;
}

/* { 'a', 'b' }: the constants since instruction `start` become one. */
bool elm_fold_list(struct elm_compile *c, uint32_t start, uint32_t count)
{
    struct expr_program *p = &c->emit.p;
    if (c->emit.code != SALVE_OK || count == 0 || p->code_count - start != count) return false;
    for (uint32_t i = start; i < p->code_count; i++)
        if (p->code[i].op != EXPR_OP_CONST) return false;
    struct expr_value *items = arena_array(c->mem, struct expr_value, count);
    if (items == NULL) return false;
    for (uint32_t i = 0; i < count; i++) items[i] = p->constants[p->code[start + i].b];
    p->code_count = start;
    expr_emit_const(&c->emit, expr_list(items, count));
    return true;
}

/* System.Quantity { value, unit } and its kin without a tuple between: the elements in the order of the class, null for
 * those that are not written. False: they are written in another order, or there are others. */
static const struct {
    uint8_t kind;
    const char *names[5];
    expr_call *call;
} classes[] = {
    {VALUE_QUANTITY, {"value", "unit"}, elm_new_quantity},
    {VALUE_CODE, {"code", "system", "version", "display"}, elm_new_code},
    {VALUE_CONCEPT, {"codes", "display"}, elm_new_concept},
};

static bool fits_class(const struct json *elements, const char *const *names)
{
    const struct json *item = json_first(elements);
    for (; *names != NULL; names++)
        if (item != NULL && str_is(json_get_text(item, "name"), *names)) item = item->next;
    return item == NULL;
}

enum salve_code elm_make_class(struct elm_compile *c, const struct json *node, const struct elm_type *type,
                               bool *is_done)
{
    const struct json *elements = json_get(node, "element"), *item = json_first(elements);
    *is_done = false;
    for (size_t i = 0; i < sizeof classes / sizeof classes[0] && type->kind == ELM_SYSTEM; i++) {
        if (type->system != classes[i].kind || !fits_class(elements, classes[i].names)) continue;
        uint16_t count = 0;
        for (; classes[i].names[count] != NULL; count++) {
            bool is_written = item != NULL && str_is(json_get_text(item, "name"), classes[i].names[count]);
            TRY(elm_compile_node(c, is_written ? json_get(item, "value") : NULL));
            if (is_written) item = item->next;
        }
        elm_call(c, "Instance", classes[i].call, count);
        *is_done = true;
        return c->emit.code;
    }
    return SALVE_OK;
}

/* A function that only gives an element of its one operand (FHIRHelpers.ToString): that element. */
bool elm_is_accessor(const struct elm_compile *c, const struct json *def)
{
    const struct json *operand = json_first(json_get(def, "operand")), *body = json_get(def, "expression"),
                      *source = json_get(body, "source");
    return !c->is_explained && operand != NULL && operand->next == NULL && !json_is_true(json_get(def, "external")) &&
           str_is(json_get_text(body, "type"), "Property") && json_get_text(body, "scope").ptr == NULL &&
           str_is(json_get_text(body, "path"), "value") && str_is(json_get_text(source, "type"), "OperandRef") &&
           str_eq(json_get_text(source, "name"), json_get_text(operand, "name"));
}
