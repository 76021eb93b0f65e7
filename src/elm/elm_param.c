/* SPDX-License-Identifier: Apache-2.0
 * Parameters from text, as people write them on a command line, read by the type that the library declares. */
#include "elm/elm_int.h"
#include "json/json.h"

/* Without a type the text says what it is. */
enum salve_code elm_text_param(struct str text, struct arena *mem, struct expr_value *out, struct salve_err *err)
{
    struct expr_decimal d;
    struct expr_temporal t;
    struct expr_quantity q;
    int64_t n;
    if (str_is(text, "true") || str_is(text, "false")) {
        *out = expr_boolean(str_is(text, "true"));
    } else if (str_to_i64(text, &n) && n >= INT32_MIN && n <= INT32_MAX) {
        *out = expr_integer(n);
    } else if (expr_decimal_parse(text, &d)) {
        return expr_decimal_value(d, mem, out, err);
    } else if (str_starts(text, STR("@")) && expr_temporal_parse(text, &t)) {
        enum expr_kind kind = t.kind == EXPR_DATE ? VALUE_DATE : t.kind == EXPR_TIME ? VALUE_TIME : VALUE_DATETIME;
        return expr_temporal_value(kind, t, mem, out, err);
    } else if (expr_quantity_parse(text, false, &q)) {
        return expr_quantity_value(q, mem, out, err);
    } else {
        if (text.len >= 2 && text.ptr[0] == '\'' && text.ptr[text.len - 1] == '\'')
            text = str_cut(text, 1, text.len - 2);
        *out = expr_string(text);
    }
    return SALVE_OK;
}

struct reading {
    struct str name;
    struct arena *mem;
    struct salve_err *err;
};

static enum salve_code refuse(const struct reading *r, const char *why)
{
    return salve_refuse(r->err, SALVE_E_INVALID, why, "parameter %.*s", STR_ARGS(r->name));
}

static enum salve_code read_value(const struct reading *r, const struct elm_type *type, struct str text,
                                  struct expr_value *out);

static enum salve_code read_temporal(const struct reading *r, enum expr_kind kind, struct str text,
                                     struct expr_value *out)
{
    struct expr_temporal t;
    enum expr_temporal_kind want = kind == VALUE_DATE ? EXPR_DATE : kind == VALUE_TIME ? EXPR_TIME : EXPR_DATETIME;
    if (str_starts(text, STR("@"))) text = str_cut(text, 1, text.len);
    if (kind == VALUE_TIME && str_starts(text, STR("T"))) text = str_cut(text, 1, text.len);
    if (!expr_temporal_parse_as(text, want, &t))
        return refuse(r, kind == VALUE_TIME ? "give a time: 14:30" : "give a date: 2026-01-31 or 2026-01-31T14:30:00Z");
    return expr_temporal_value(kind, t, r->mem, out, r->err);
}

/* "system|code" */
static enum salve_code read_code(const struct reading *r, struct str text, struct expr_value *out)
{
    struct expr_code *code = arena_new(r->mem, struct expr_code);
    ptrdiff_t bar = str_find(text, STR("|"));
    if (code == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "parameter");
    if (bar < 0) return refuse(r, "give a code as system|code");
    code->system = str_cut(text, 0, (size_t)bar);
    code->code = str_cut(text, (size_t)bar + 1, text.len);
    *out = (struct expr_value){.kind = VALUE_CODE, .as.code = code};
    return SALVE_OK;
}

static enum salve_code read_system(const struct reading *r, enum expr_kind kind, struct str text,
                                   struct expr_value *out)
{
    struct expr_decimal d;
    struct expr_quantity q;
    int64_t n;
    switch (kind) {
    case VALUE_BOOLEAN:
        *out = expr_boolean(str_is(text, "true"));
        return str_is(text, "true") || str_is(text, "false") ? SALVE_OK : refuse(r, "give true or false");
    case VALUE_INTEGER:
        if (!str_to_i64(text, &n) || n < INT32_MIN || n > INT32_MAX) return refuse(r, "give a whole number of 32 bits");
        *out = expr_integer(n);
        return SALVE_OK;
    case VALUE_LONG:
        if (str_ends(text, STR("L"))) text = str_cut(text, 0, text.len - 1);
        if (!str_to_i64(text, &n)) return refuse(r, "give a whole number of 64 bits");
        *out = expr_long(n);
        return SALVE_OK;
    case VALUE_DECIMAL:
        return expr_decimal_parse(text, &d) ? expr_decimal_value(d, r->mem, out, r->err)
                                            : refuse(r, "give a number: 5.0");
    case VALUE_QUANTITY:
        return expr_quantity_parse(text, false, &q) ? expr_quantity_value(q, r->mem, out, r->err)
                                                    : refuse(r, "give a number and a unit: 5 'mg'");
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        return read_temporal(r, kind, text, out);
    case VALUE_CODE:
        return read_code(r, text, out);
    case VALUE_STRING:
        if (text.len >= 2 && text.ptr[0] == '\'' && text.ptr[text.len - 1] == '\'')
            text = str_cut(text, 1, text.len - 2);
        *out = expr_string(text);
        return SALVE_OK;
    default:
        return refuse(r, "values of its type cannot be given as text");
    }
}

/* The text before the first comma that is in no quotes, brackets or braces; the rest stays. */
static struct str next_item(struct str *rest)
{
    size_t at = 0, depth = 0;
    bool is_quoted = false;
    for (; at < rest->len; at++) {
        char c = rest->ptr[at];
        if (c == '\'') is_quoted = !is_quoted;
        if (is_quoted) continue;
        if (c == '[' || c == '{' || c == '(') depth++;
        if ((c == ']' || c == '}' || c == ')') && depth > 0) depth--;
        if (c == ',' && depth == 0) break;
    }
    struct str item = str_trim(str_cut(*rest, 0, at));
    *rest = at < rest->len ? str_cut(*rest, at + 1, rest->len) : STR("");
    return item;
}

/* "Interval[a, b)" with or without the word, or "a/b" for a closed one. */
static enum salve_code read_interval(const struct reading *r, const struct elm_type *point, struct str text,
                                     struct expr_value *out)
{
    struct expr_interval *in = arena_new(r->mem, struct expr_interval);
    if (in == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "parameter");
    if (str_starts(text, STR("Interval"))) text = str_trim(str_cut(text, 8, text.len));
    struct str low, high;
    ptrdiff_t slash = str_find(text, STR("/"));
    char first = text.len > 1 ? text.ptr[0] : 0, last = text.len > 1 ? text.ptr[text.len - 1] : 0;
    in->low_closed = first != '(';
    in->high_closed = last != ')';
    if ((first == '[' || first == '(') && (last == ']' || last == ')')) {
        struct str rest = str_cut(text, 1, text.len - 2);
        low = next_item(&rest);
        high = str_trim(rest);
    } else if (slash >= 0) {
        low = str_cut(text, 0, (size_t)slash);
        high = str_cut(text, (size_t)slash + 1, text.len);
    } else {
        return refuse(r, "give an interval: [low, high], with ( or ) where the end does not belong to it, or low/high");
    }
    enum salve_code code = read_value(r, point, low, &in->low);
    if (code == SALVE_OK) code = read_value(r, point, high, &in->high);
    in->point = point->kind == ELM_SYSTEM ? point->system : in->low.kind;
    *out = (struct expr_value){.kind = VALUE_INTERVAL, .as.interval = in};
    return code;
}

static enum salve_code read_list(const struct reading *r, const struct elm_type *item, struct str text,
                                 struct expr_value *out)
{
    struct expr_build build = {0};
    if (text.len > 1 && text.ptr[0] == '{' && text.ptr[text.len - 1] == '}') text = str_cut(text, 1, text.len - 2);
    enum salve_code code = SALVE_OK;
    while (str_trim(text).len > 0 && code == SALVE_OK) {
        struct expr_value value;
        code = read_value(r, item, next_item(&text), &value);
        if (code == SALVE_OK) code = expr_build_add(&build, value, r->mem, r->err);
    }
    *out = expr_build_list(&build);
    return code;
}

static enum salve_code read_value(const struct reading *r, const struct elm_type *type, struct str text,
                                  struct expr_value *out)
{
    text = str_trim(text);
    *out = EXPR_NONE;
    if (str_is(text, "null")) return SALVE_OK;
    switch (type->kind) {
    case ELM_SYSTEM:
        return read_system(r, type->system, text, out);
    case ELM_INTERVAL:
        return read_interval(r, type->of, text, out);
    case ELM_LIST:
        return read_list(r, type->of, text, out);
    case ELM_ANY:
        return elm_text_param(text, r->mem, out, r->err);
    default:
        return refuse(r, "values of its type cannot be given as text");
    }
}

enum salve_code elm_param_read(const struct elm_program *program, struct str name, struct str text, struct arena *mem,
                               struct elm_param *out, struct salve_err *err)
{
    const struct reading r = {name, mem, err};
    *out = (struct elm_param){.library = STR_NONE, .name = name};
    for (uint32_t i = 0; i < program->parameter_count; i++)
        if (str_eq(program->parameters[i].name, name))
            return read_value(&r, program->parameters[i].type, text, &out->value);
    return salve_refuse(err, SALVE_E_UNKNOWN_NAME, "the library has no such parameter", "parameter %.*s",
                        STR_ARGS(name));
}
