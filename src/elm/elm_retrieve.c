/* SPDX-License-Identifier: Apache-2.0
 * Compiling retrieves: what the index of a subject can answer becomes one call (elm_retrieve, elm_data.c), every
 * further filter a call over its result. Source: ELM clinicalexpression.xsd r1, Retrieve. */
#include "elm/elm_compile_int.h"

struct filter { /* of codes or dates */
    struct str property, low, high, comparator, value_set;
    const struct json *value;
};

static enum salve_code emit_filter(struct elm_compile *c, const struct json *node, const struct filter *f, bool is_date)
{
    if (is_date && f->low.ptr != NULL && f->high.ptr == NULL)
        return elm_bad(c, node, SALVE_E_INVALID, "Retrieve has dateLowProperty but not dateHighProperty");
    elm_const_text(c, is_date && f->low.ptr != NULL ? f->low : f->property);
    elm_const_text(c, is_date ? (f->high.ptr == NULL ? STR("") : f->high) : f->comparator);
    if (!is_date) elm_const_text(c, f->value_set.ptr == NULL ? STR("") : f->value_set);
    TRY(elm_compile_node(c, f->value));
    elm_call(c, "Retrieve", is_date ? elm_filter_dates : elm_filter_codes, is_date ? 4 : 5);
    return SALVE_OK;
}

static bool is_simple(struct str property)
{
    return fhir_name_find(property) != 0 && str_find(property, STR(".")) < 0 && str_find(property, STR("[")) < 0;
}

static enum salve_code code_filter_of(struct elm_compile *c, const struct json *node, const struct json *from,
                                      bool is_element, struct filter *out)
{
    *out = (struct filter){.property = json_get_text(from, is_element ? "property" : "codeProperty"),
                           .comparator = json_get_text(from, is_element ? "comparator" : "codeComparator"),
                           .value_set = json_get_text(from, "valueSetProperty"),
                           .value = elm_field(from, is_element ? "value" : "codes")};
    if (out->comparator.ptr == NULL) out->comparator = STR("in");
    if (str_is(json_get_text(out->value, "type"), "ExpandValueSet"))
        out->value = json_get(out->value, "operand"); /* asked, not listed */
    if (!str_is(out->comparator, "in") && !str_is(out->comparator, "=") && !str_is(out->comparator, "~"))
        return elm_bad(c, node, SALVE_E_INVALID, "Retrieve has an unknown code comparator");
    if (out->value == NULL) return elm_bad(c, node, SALVE_E_INVALID, "Retrieve has a code filter without a value");
    if (out->property.len == 0)
        return elm_bad(c, node,
                       elm_field(from, is_element ? "search" : "codeSearch") != NULL ? SALVE_E_UNSUPPORTED
                                                                                     : SALVE_E_INVALID,
                       "Retrieve filters codes without a property");
    return SALVE_OK;
}

static enum salve_code date_filter_of(struct elm_compile *c, const struct json *node, const struct json *from,
                                      bool is_element, struct filter *out)
{
    *out = (struct filter){.property = json_get_text(from, is_element ? "property" : "dateProperty"),
                           .low = json_get_text(from, is_element ? "lowProperty" : "dateLowProperty"),
                           .high = json_get_text(from, is_element ? "highProperty" : "dateHighProperty"),
                           .value = elm_field(from, is_element ? "value" : "dateRange")};
    if (out->value == NULL) return elm_bad(c, node, SALVE_E_INVALID, "Retrieve has a date filter without a value");
    if (out->property.len == 0 && out->low.len == 0)
        return elm_bad(c, node,
                       elm_field(from, is_element ? "search" : "dateSearch") != NULL ? SALVE_E_UNSUPPORTED
                                                                                     : SALVE_E_INVALID,
                       "Retrieve filters dates without a property");
    return SALVE_OK;
}

/* What only servers with searches have, and what no translator writes and the specification gives no meaning: a list of
 * one type cannot hold the data of another that `include` would add. */
static enum salve_code check_retrieve(struct elm_compile *c, const struct json *node)
{
    static const char *const refused[] = {"include", "otherFilter"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const struct json *field = elm_field(node, refused[i]);
        if (field != NULL && (!json_is(field, JSON_ARRAY) || field->count > 0))
            return elm_bad(c, node, SALVE_E_UNSUPPORTED, "Retrieve with %s", refused[i]);
    }
    if (elm_field(node, "id") != NULL && elm_field(node, "idSearch") != NULL)
        return elm_bad(c, node, SALVE_E_UNSUPPORTED, "Retrieve with idSearch");
    return SALVE_OK;
}

/* The filter that the index answers: the first, if it is a plain one. */
static bool is_by_index(const struct filter *f)
{
    return f != NULL && is_simple(f->property) && !str_is(f->comparator, "=") && f->value_set.ptr == NULL;
}

/* Its path and codes. */
static enum salve_code first_codes(struct elm_compile *c, const struct filter *f, bool is_indexed)
{
    elm_const_text(c, is_indexed ? f->property : STR(""));
    if (!is_indexed) {
        (void)expr_emit(&c->emit, EXPR_OP_NONE, 0, 0, 0);
        return SALVE_OK;
    }
    TRY(elm_compile_node(c, f->value));
    elm_call(c, "Retrieve", elm_null_as_empty, 1);
    return SALVE_OK;
}

static enum salve_code id_filter(struct elm_compile *c, const struct json *node)
{
    struct str property = json_get_text(node, "idProperty");
    elm_const_text(c, property.ptr == NULL ? STR("id") : property);
    TRY(elm_compile_field(c, node, "id"));
    elm_call(c, "Retrieve", elm_filter_ids, 3);
    return SALVE_OK;
}

/* The codes of a retrieve when they are written out as one code or a value set, as the translator does. */
static enum salve_code constant_codes(struct elm_compile *c, const struct json *codes, struct expr_value *out,
                                      bool *is_constant)
{
    *out = EXPR_NONE;
    *is_constant = codes == NULL;
    if (*is_constant) return SALVE_OK;
    if (str_is(json_get_text(codes, "type"), "ValueSetRef")) {
        *is_constant = true;
        return elm_value_set_of_ref(c, codes, out);
    }
    const struct json *code = str_is(json_get_text(codes, "type"), "ToList") ? json_get(codes, "operand") : NULL;
    if (!json_is(code, JSON_OBJECT) || !str_is(json_get_text(code, "type"), "CodeRef")) return SALVE_OK;
    struct expr_value *item = arena_new(c->mem, struct expr_value);
    if (item == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    TRY(elm_code_of_ref(c, code, item));
    *out = expr_list(item, 1);
    *is_constant = true;
    return SALVE_OK;
}

/* A retrieve whose codes are known now (none, one code, a value set) is planned; *is_done false: they are not. */
static enum salve_code make_plan(struct elm_compile *c, fhir_type_id type, struct str code_path,
                                 const struct json *codes, bool *is_done)
{
    struct expr_value constant;
    TRY(constant_codes(c, codes, &constant, is_done));
    if (!*is_done) return SALVE_OK;
    const struct elm_plan *plan = elm_plan_make(type, fhir_name_find(code_path), constant, c->mem);
    if (plan == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    expr_emit_object(&c->emit, plan);
    elm_call(c, "Retrieve", elm_retrieve_planned, 1);
    return SALVE_OK;
}
enum { FILTERS_MAX = 64 };

struct filters {
    struct filter codes[FILTERS_MAX], dates[FILTERS_MAX];
    uint32_t code_count, date_count;
};

/* If codeFilter or dateFilter elements are there, they hold what the attributes say as well. */
static enum salve_code read_filters(struct elm_compile *c, const struct json *node, struct filters *out)
{
    const struct json *code = json_first(elm_field(node, "codeFilter")),
                      *date = json_first(elm_field(node, "dateFilter"));
    for (; code != NULL; code = code->next) {
        if (out->code_count == FILTERS_MAX) return elm_bad(c, node, SALVE_E_TOO_BIG, "more than 64 code filters");
        TRY(code_filter_of(c, node, code, true, &out->codes[out->code_count++]));
    }
    for (; date != NULL; date = date->next) {
        if (out->date_count == FILTERS_MAX) return elm_bad(c, node, SALVE_E_TOO_BIG, "more than 64 date filters");
        TRY(date_filter_of(c, node, date, true, &out->dates[out->date_count++]));
    }
    if (out->code_count == 0 && elm_field(node, "codes") != NULL)
        TRY(code_filter_of(c, node, node, false, &out->codes[out->code_count++]));
    if (out->date_count == 0 && elm_field(node, "dateRange") != NULL)
        TRY(date_filter_of(c, node, node, false, &out->dates[out->date_count++]));
    return SALVE_OK;
}

/* Codes or dates are worked out in each run, or the data are another person's. */
static enum salve_code unplanned(struct elm_compile *c, const struct json *node, fhir_type_id type,
                                 const struct filters *f, bool is_indexed, bool is_plain_date)
{
    bool is_related = elm_field(node, "context") != NULL;
    expr_emit_const(&c->emit, expr_integer(type));
    TRY(first_codes(c, f->code_count > 0 ? &f->codes[0] : NULL, is_indexed));
    elm_const_text(c, is_plain_date ? f->dates[0].property : STR(""));
    TRY(elm_compile_node(c, is_plain_date ? f->dates[0].value : NULL));
    if (is_related) {
        elm_note_further(c);
        TRY(elm_compile_field(c, node, "context"));
    }
    elm_call(c, "Retrieve", is_related ? elm_retrieve_related : elm_retrieve, is_related ? 6 : 5);
    return SALVE_OK;
}

enum salve_code elm_make_retrieve(struct elm_compile *c, const struct json *node)
{
    const struct elm_type *type;
    struct str name;
    bool is_indexed, is_related = elm_field(node, "context") != NULL;
    TRY(elm_want_text(c, node, "dataType", &name));
    TRY(elm_type_named(c, name, &type));
    if (type->kind != ELM_FHIR) return elm_bad(c, node, SALVE_E_UNKNOWN_NAME, "%.*s is no FHIR type", STR_ARGS(name));
    TRY(check_retrieve(c, node));
    struct filters *f = arena_new(c->work, struct filters);
    if (f == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    TRY(read_filters(c, node, f));
    bool is_plain_date = f->date_count > 0 && is_simple(f->dates[0].property), is_planned = false;
    const struct filter *first = f->code_count > 0 ? &f->codes[0] : NULL;
    is_indexed = is_by_index(first);
    if (!is_related && !is_plain_date && (first == NULL || is_indexed))
        TRY(make_plan(c, type->fhir, is_indexed ? first->property : STR(""), is_indexed ? first->value : NULL,
                      &is_planned));
    if (!is_planned) TRY(unplanned(c, node, type->fhir, f, is_indexed, is_plain_date));
    for (uint32_t i = is_indexed; i < f->code_count; i++) TRY(emit_filter(c, node, &f->codes[i], false));
    for (uint32_t i = is_plain_date; i < f->date_count; i++) TRY(emit_filter(c, node, &f->dates[i], true));
    return json_get(node, "id") != NULL ? id_filter(c, node) : SALVE_OK;
}
