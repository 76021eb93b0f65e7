/* SPDX-License-Identifier: Apache-2.0
 * What the files of the compiler stand on: errors, names that are visible, small emitters, notes, and one node by its
 * row. It knows the rows only through the compilation that it is given, so nothing here looks up to them. */
#include "elm/elm_compile_int.h"

#include <stdarg.h>

#include "base/limits.h"

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
    salve_assert(name != NULL && call != NULL);
    for (uint32_t i = 0; i < c->emit.p.function_count; i++) {
        const struct expr_function *known = c->emit.p.functions[i];
        if (known->call != call || known->name != name) continue;
        expr_emit_call(&c->emit, known, args);
        return;
    }
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
    struct elm_scope *scope = arena_new(c->work, struct elm_scope);
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

void elm_set_place(struct elm_compile *c, const struct json *node)
{
    c->emit.place = elm_place_of(node, c->emit.place);
}

/* --- nodes -------------------------------------------------------------------------------------------------------- */
static size_t row_place(struct str type)
{
    size_t first = (uint8_t)type.ptr[0], last = (uint8_t)type.ptr[type.len - 1];
    return (first + 7 * last + 31 * type.len) % ELM_ROW_PLACES;
}

enum salve_code elm_index_rows(struct elm_compile *c)
{
    uint16_t count = 0;
    while (c->rows[count].type != NULL) count++;
    c->row_next = arena_array(c->work, uint16_t, count + (size_t)1);
    if (c->row_next == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    for (uint16_t i = count; i > 0; i--) { /* of two rows of a type the first is found */
        uint16_t *first = &c->row_first[row_place(str_of(c->rows[i - 1].type))];
        c->row_next[i - 1] = *first;
        *first = i;
    }
    return SALVE_OK;
}

const struct elm_row *elm_find_row(const struct elm_compile *c, struct str type)
{
    if (type.len == 0) return NULL;
    for (uint16_t i = c->row_first[row_place(type)]; i > 0; i = c->row_next[i - 1])
        if (str_is(type, c->rows[i - 1].type)) return &c->rows[i - 1];
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
    const struct elm_row *row = elm_find_row(c, type);
    if (row == NULL) return elm_bad(c, node, SALVE_E_UNSUPPORTED, "unknown ELM node %.*s", STR_ARGS(type));
    if (++c->depth > SALVE_ELM_DEPTH_MAX)
        return elm_bad(c, node, SALVE_E_TOO_DEEP, "expressions are nested too deeply");
    uint32_t place = c->emit.place;
    elm_set_place(c, node);
    c->row = row;
    const struct elm_scope *scope = c->scope;
    enum salve_code code = row->make(c, node);
    salve_assert(code != SALVE_OK || c->scope == scope); /* names are visible inside their node only */
    c->emit.place = place;
    c->depth--;
    return code == SALVE_OK ? c->emit.code : code;
}

enum salve_code elm_compile_field(struct elm_compile *c, const struct json *node, const char *field)
{
    return elm_compile_node(c, json_get(node, field));
}

bool elm_call_operator(struct elm_compile *c, struct str name, uint16_t args)
{
    const struct elm_row *row = elm_find_row(c, name);
    bool fits = row != NULL && row->function.call != NULL && !(row->flags & ELM_PRECISION) &&
                strcmp(row->fields, "operand") == 0 && args >= row->least && args <= row->most;
    if (fits) expr_emit_call(&c->emit, &row->function, args);
    return fits;
}

/* --- notes of programs that are explained ------------------------------------------------------------------------- */
static enum salve_code emit_note(struct elm_compile *c, const struct json *node, const char *clause, struct str define,
                                 bool has_value)
{
    struct elm_note *note = arena_new(c->mem, struct elm_note);
    if (note == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    *note = (struct elm_note){c->library->id, elm_place_of(node, c->emit.place), clause, define, has_value};
    expr_emit_object(&c->emit, note);
    elm_call(c, clause, elm_take_note, 2);
    return SALVE_OK;
}

enum salve_code elm_note_value(struct elm_compile *c, const struct json *node, const char *clause)
{
    return c->is_explained ? emit_note(c, node, clause, STR_NONE, true) : SALVE_OK;
}

enum salve_code elm_note_branch(struct elm_compile *c, const struct json *node, const char *clause)
{
    if (!c->is_explained) return SALVE_OK;
    (void)expr_emit(&c->emit, EXPR_OP_NONE, 0, 0, 0);
    TRY(emit_note(c, node, clause, STR_NONE, false));
    (void)expr_emit(&c->emit, EXPR_OP_POP, 0, 0, 0);
    return SALVE_OK;
}

enum salve_code elm_note_define(struct elm_compile *c, const struct json *node, struct str name)
{
    return c->is_explained ? emit_note(c, node, "define", name, false) : SALVE_OK;
}
