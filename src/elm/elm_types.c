/* SPDX-License-Identifier: Apache-2.0
 * Compiling types: reading specifiers, and the nodes that name one (Is, As, Convert). */
#include "elm/elm_compile_int.h"

static const struct {
    const char *name;
    uint8_t kind;
} system_types[] = {
    {"Boolean", VALUE_BOOLEAN},
    {"Integer", VALUE_INTEGER},
    {"Long", VALUE_LONG},
    {"Decimal", VALUE_DECIMAL},
    {"String", VALUE_STRING},
    {"Date", VALUE_DATE},
    {"DateTime", VALUE_DATETIME},
    {"Time", VALUE_TIME},
    {"Quantity", VALUE_QUANTITY},
    {"Ratio", VALUE_RATIO},
    {"Code", VALUE_CODE},
    {"Concept", VALUE_CONCEPT},
    {"ValueSet", VALUE_VOCABULARY},
    {"CodeSystem", VALUE_VOCABULARY},
    {"Vocabulary", VALUE_VOCABULARY},
};

static struct elm_type *new_type(struct elm_compile *c, enum elm_type_kind kind)
{
    struct elm_type *type = arena_new(c->mem, struct elm_type);
    if (type == NULL)
        (void)salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    else
        type->kind = (uint8_t)kind;
    return type;
}

/* Model names of backbone elements have capital parts: Observation.Component is Observation.component in FHIR. */
static fhir_type_id find_fhir(struct str name)
{
    char text[128];
    if (name.len == 0 || name.len >= sizeof text) return 0;
    memcpy(text, name.ptr, name.len);
    for (size_t i = 1; i < name.len; i++)
        if (text[i - 1] == '.') text[i] = str_lower(text[i]);
    fhir_type_id found = fhir_type_find(str_make(text, name.len));
    return found != 0 ? found : fhir_type_find(name);
}

enum salve_code elm_type_named(struct elm_compile *c, struct str name, const struct elm_type **out)
{
    struct elm_type *type = new_type(c, ELM_UNKNOWN);
    if (type == NULL) return SALVE_E_MEMORY;
    *out = type;
    struct str system = STR("{urn:hl7-org:elm-types:r1}"), fhir = STR("{http://hl7.org/fhir}");
    if (str_starts(name, system)) {
        name = str_cut(name, system.len, name.len);
        if (str_is(name, "Any")) type->kind = ELM_ANY;
        for (size_t i = 0; i < sizeof system_types / sizeof system_types[0]; i++)
            if (str_is(name, system_types[i].name)) {
                type->kind = ELM_SYSTEM;
                type->system = system_types[i].kind;
            }
    } else if (str_starts(name, fhir)) {
        type->fhir = find_fhir(str_cut(name, fhir.len, name.len));
        /* names that are no FHIR types are the model's enumerations: codes */
        type->kind = type->fhir != 0 ? ELM_FHIR : ELM_FHIR_ENUM;
    }
    return SALVE_OK;
}

static enum salve_code type_list(struct elm_compile *c, const struct json *array, const char *member,
                                 struct elm_type *type)
{
    uint32_t count = array == NULL ? 0 : array->count, at = 0;
    struct elm_type *of = arena_array(c->mem, struct elm_type, count + 1);
    struct str *names = arena_array(c->mem, struct str, count + 1);
    if (of == NULL || names == NULL) return salve_fail(c->err, SALVE_E_MEMORY, "ELM");
    for (const struct json *item = json_first(array); item != NULL; item = item->next, at++) {
        const struct elm_type *one;
        const struct json *spec = item;
        if (member != NULL) {
            spec = json_get(item, member);
            if (spec == NULL) spec = json_get(item, "type"); /* older spelling of elementType */
            names[at] = json_get_text(item, "name");
        }
        TRY(elm_type_of(c, spec, &one));
        of[at] = *one;
    }
    type->of = of;
    type->names = names;
    type->count = count;
    return SALVE_OK;
}

enum salve_code elm_type_of(struct elm_compile *c, const struct json *spec, const struct elm_type **out)
{
    if (json_is(spec, JSON_STRING)) return elm_type_named(c, json_text(spec), out);
    struct str kind = json_get_text(spec, "type");
    if (str_is(kind, "NamedTypeSpecifier")) {
        struct str name;
        TRY(elm_want_text(c, spec, "name", &name));
        return elm_type_named(c, name, out);
    }
    struct elm_type *type = new_type(c, ELM_ANY);
    if (type == NULL) return SALVE_E_MEMORY;
    if (++c->depth > 200) return elm_bad(c, spec, SALVE_E_TOO_DEEP, "types are nested too deeply");
    *out = type;
    if (str_is(kind, "ListTypeSpecifier") || str_is(kind, "IntervalTypeSpecifier")) {
        bool is_list = str_is(kind, "ListTypeSpecifier");
        type->kind = is_list ? ELM_LIST : ELM_INTERVAL;
        TRY(elm_type_of(c, json_get(spec, is_list ? "elementType" : "pointType"), &type->of));
        type->count = 1;
    } else if (str_is(kind, "ChoiceTypeSpecifier")) {
        type->kind = ELM_CHOICE;
        const struct json *choice = json_get(spec, "choice");
        TRY(type_list(c, choice != NULL ? choice : json_get(spec, "type"), NULL, type));
    } else if (str_is(kind, "TupleTypeSpecifier")) {
        type->kind = ELM_TUPLE;
        TRY(type_list(c, json_get(spec, "element"), "elementType", type));
    } else if (spec != NULL) {
        return elm_bad(c, spec, SALVE_E_INVALID, "unknown type specifier");
    }
    c->depth--;
    return SALVE_OK;
}

void elm_const_type(struct elm_compile *c, const struct elm_type *type) { expr_emit_object(&c->emit, type); }

/* --- nodes -------------------------------------------------------------------------------------------------------- */
static enum salve_code type_field(struct elm_compile *c, const struct json *node, const char *specifier,
                                  const char *name, const struct elm_type **out)
{
    const struct json *spec = json_get(node, specifier);
    if (spec == NULL) spec = json_get(node, name);
    if (spec == NULL) return elm_bad(c, node, SALVE_E_INVALID, "the node names no type");
    return elm_type_of(c, spec, out);
}

enum salve_code elm_make_is(struct elm_compile *c, const struct json *node)
{
    const struct elm_type *type;
    TRY(type_field(c, node, "isTypeSpecifier", "isType", &type));
    TRY(elm_compile_field(c, node, "operand"));
    elm_const_type(c, type);
    elm_call(c, "Is", elm_is, 2);
    return SALVE_OK;
}

enum salve_code elm_make_as(struct elm_compile *c, const struct json *node)
{
    const struct elm_type *type;
    const struct json *operand = json_get(node, "operand");
    TRY(type_field(c, node, "asTypeSpecifier", "asType", &type));
    TRY(elm_compile_node(c, operand));
    if (str_is(json_get_text(operand, "type"), "Null")) return SALVE_OK;
    bool is_fhir = type->kind == ELM_FHIR;
    uint32_t to_end = is_fhir ? expr_emit(&c->emit, EXPR_OP_IF_TYPE, 0, type->fhir, 0) : 0;
    elm_const_type(c, type);
    expr_emit_const(&c->emit, expr_boolean(elm_flag(node, "strict", false)));
    elm_call(c, "As", elm_as, 3);
    if (is_fhir) expr_emit_target(&c->emit, to_end);
    return SALVE_OK;
}

/* Convert to a named type is the To... function of that type. */
static const struct {
    uint8_t kind;
    expr_call *convert, *can;
} conversions[] = {
    {VALUE_BOOLEAN, elm_to_boolean, elm_converts_to_boolean},
    {VALUE_INTEGER, elm_to_integer, elm_converts_to_integer},
    {VALUE_LONG, elm_to_long, elm_converts_to_long},
    {VALUE_DECIMAL, elm_to_decimal, elm_converts_to_decimal},
    {VALUE_STRING, elm_to_string, elm_converts_to_string},
    {VALUE_DATE, elm_to_date, elm_converts_to_date},
    {VALUE_DATETIME, elm_to_date_time, elm_converts_to_date_time},
    {VALUE_TIME, elm_to_time, elm_converts_to_time},
    {VALUE_QUANTITY, elm_to_quantity, elm_converts_to_quantity},
    {VALUE_RATIO, elm_to_ratio, elm_converts_to_ratio},
    {VALUE_CONCEPT, elm_to_concept, NULL},
};

static enum salve_code make_conversion(struct elm_compile *c, const struct json *node, bool is_question)
{
    const struct elm_type *type;
    TRY(type_field(c, node, "toTypeSpecifier", "toType", &type));
    TRY(elm_compile_field(c, node, "operand"));
    for (size_t i = 0; i < sizeof conversions / sizeof conversions[0]; i++) {
        expr_call *call = is_question ? conversions[i].can : conversions[i].convert;
        if (type->kind != ELM_SYSTEM || type->system != conversions[i].kind || call == NULL) continue;
        elm_call(c, "Convert", call, 1);
        return SALVE_OK;
    }
    elm_const_type(c, type);
    if (is_question) {
        elm_call(c, "CanConvert", elm_is, 2);
    } else {
        expr_emit_const(&c->emit, expr_boolean(false));
        elm_call(c, "Convert", elm_as, 3);
    }
    return SALVE_OK;
}

enum salve_code elm_make_convert(struct elm_compile *c, const struct json *node)
{
    return make_conversion(c, node, false);
}
enum salve_code elm_make_can_convert(struct elm_compile *c, const struct json *node)
{
    return make_conversion(c, node, true);
}
