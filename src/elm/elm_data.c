/* SPDX-License-Identifier: Apache-2.0
 * The data of a person for ELM: codes and dates of FHIR data, elements of values and of FHIR data. */
#include "elm/elm_int.h"
#include "elm/elm_interval_int.h"

/* --- codes of nodes ----------------------------------------------------------------------------------------------- */
enum salve_code elm_codes_of(struct expr_run *run, struct expr_value node, struct expr_value *out)
{
    const struct tape *tape = node.as.tape;
    fhir_type_id type = tape_type(tape, node.aux);
    if (type == FHIR_T_Coding) {
        struct expr_code *code = arena_new(run->mem, struct expr_code);
        if (code == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "code");
        *code = expr_coding_of(tape, node.aux);
        *out = (struct expr_value){.kind = VALUE_CODE, .as.code = code};
        return SALVE_OK;
    }
    if (type != FHIR_T_CodeableConcept) return elm_plain(run, node, out);
    uint32_t count = 0;
    struct expr_concept *concept = arena_new(run->mem, struct expr_concept);
    for (tape_at c = tape_first(tape, node.aux); c != TAPE_NONE; c = tape_next(tape, node.aux, c)) count++;
    struct expr_code *codes = arena_array(run->mem, struct expr_code, count + 1);
    if (concept == NULL || codes == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "concept");
    for (tape_at c = tape_first(tape, node.aux); c != TAPE_NONE; c = tape_next(tape, node.aux, c)) {
        if (tape_path_name(tape, c) == FHIR_N_coding) codes[concept->code_count++] = expr_coding_of(tape, c);
        if (tape_path_name(tape, c) == FHIR_N_text) concept->display = tape_text(tape, c);
    }
    concept->codes = codes;
    *out = (struct expr_value){.kind = VALUE_CONCEPT, .as.concept = concept};
    return SALVE_OK;
}

/* Period and dateTime elements for the date filter. */
enum salve_code elm_date_value(struct expr_run *run, struct expr_value node, struct expr_value *out)
{
    if (node.kind != VALUE_NODE || tape_type(node.as.tape, node.aux) != FHIR_T_Period) return elm_plain(run, node, out);
    struct expr_value ends[2];
    const struct str names[2] = {STR("start"), STR("end")};
    for (int i = 0; i < 2; i++) {
        struct expr_value name = expr_string(names[i]);
        name.tag = i == 0 ? FHIR_N_start : FHIR_N_end;
        const struct expr_value pair[2] = {node, name};
        TRY(elm_property(run, pair, 2, &ends[i]));
        TRY(elm_plain(run, ends[i], &ends[i]));
    }
    *out = EXPR_NONE;
    if (ends[0].kind == VALUE_NULL && ends[1].kind == VALUE_NULL) return SALVE_OK;
    return elm_interval(run, ends[0], true, ends[1], true, out);
}

/* --- elements ----------------------------------------------------------------------------------------------------- */
static enum salve_code node_element(struct expr_run *run, struct expr_value node, struct expr_value name,
                                    struct expr_value *out)
{
    const struct tape *tape = node.as.tape;
    uint32_t end = node.aux + tape->nodes[node.aux].span, c = node.aux + 1;
    *out = EXPR_NONE;
    while (c < end && tape_path_name(tape, c) != name.tag) c += tape->nodes[c].span;
    if (c < end && name.tag != 0) {
        if (!(fhir_elements[tape->nodes[c].element].flags & FHIR_MANY)) {
            *out = expr_node(tape, c);
            return SALVE_OK;
        }
        struct expr_build build = {0};
        for (; c < end && tape_path_name(tape, c) == name.tag; c += tape->nodes[c].span)
            TRY(expr_build_add(&build, expr_node(tape, c), run->mem, run->err));
        *out = expr_build_list(&build);
        return expr_step(run, build.count);
    }
    if (name.tag == FHIR_N_value && tape_kind(tape, node.aux) != TAPE_OBJECT) {
        TRY(elm_plain(run, node, out));
        if (out->kind == VALUE_NODE) *out = expr_string(tape_text(tape, node.aux)); /* of a type that has no value */
    }
    return SALVE_OK;
}

static struct expr_value text_or_null(struct str text) { return text.ptr == NULL ? EXPR_NONE : expr_string(text); }

static enum salve_code code_element(const struct expr_code *code, struct str name, struct expr_value *out)
{
    *out = str_is(name, "code")      ? text_or_null(code->code)
           : str_is(name, "system")  ? text_or_null(code->system)
           : str_is(name, "version") ? text_or_null(code->version)
           : str_is(name, "display") ? text_or_null(code->display)
                                     : EXPR_NONE;
    return SALVE_OK;
}

static enum salve_code concept_element(struct expr_run *run, const struct expr_concept *concept, struct str name,
                                       struct expr_value *out)
{
    struct expr_build build = {0};
    *out = text_or_null(concept->display);
    if (!str_is(name, "codes")) return SALVE_OK;
    for (uint32_t i = 0; i < concept->code_count; i++)
        TRY(expr_build_add(&build, (struct expr_value){.kind = VALUE_CODE, .as.code = &concept->codes[i]}, run->mem,
                           run->err));
    *out = expr_build_list(&build);
    return SALVE_OK;
}

static enum salve_code interval_element(const struct expr_interval *interval, struct str name, struct expr_value *out)
{
    *out = str_is(name, "low")          ? interval->low
           : str_is(name, "high")       ? interval->high
           : str_is(name, "lowClosed")  ? expr_boolean(interval->low_closed)
           : str_is(name, "highClosed") ? expr_boolean(interval->high_closed)
                                        : EXPR_NONE;
    return SALVE_OK;
}

static enum salve_code tuple_value(struct expr_value tuple, struct str name, struct expr_value *out)
{
    const struct expr_shape *shape = tuple.as.tuple->shape;
    *out = EXPR_NONE;
    for (uint32_t i = shape->count; i > 0; i--) { /* of two by one name the last */
        const struct str *one = &shape->names[i - 1];
        bool may_be = one->len == name.len && (name.len == 0 || one->ptr[0] == name.ptr[0]);
        if (!may_be || !str_eq(*one, name)) continue;
        *out = tuple.as.tuple->values[i - 1];
        break;
    }
    return SALVE_OK;
}

/* args: source, name (tag: its FHIR name) */
ELM_CALL(elm_property)
{
    salve_assert(count == 2 && args[1].kind == VALUE_STRING);
    struct str name = expr_text(args[1]);
    struct expr_value v = args[0];
    struct expr_build build = {0};
    *out = EXPR_NONE;
    switch (v.kind) {
    case VALUE_NODE:
        return node_element(run, v, args[1], out);
    case VALUE_TUPLE:
        return tuple_value(v, name, out);
    case VALUE_CODE:
        return code_element(v.as.code, name, out);
    case VALUE_CONCEPT:
        return concept_element(run, v.as.concept, name, out);
    case VALUE_INTERVAL:
        return interval_element(v.as.interval, name, out);
    case VALUE_QUANTITY:
        if (str_is(name, "unit"))
            *out = expr_string(v.as.quantity->unit);
        else if (str_is(name, "value"))
            return expr_decimal_value(v.as.quantity->value, run->mem, out, run->err);
        return SALVE_OK;
    case VALUE_RATIO:
        if (str_is(name, "numerator")) return expr_quantity_value(v.as.ratio->numerator, run->mem, out, run->err);
        return expr_quantity_value(v.as.ratio->denominator, run->mem, out, run->err);
    case VALUE_VOCABULARY:
        *out = str_is(name, "id")        ? text_or_null(v.as.vocabulary->id)
               : str_is(name, "version") ? text_or_null(v.as.vocabulary->version)
                                         : text_or_null(v.as.vocabulary->name);
        return SALVE_OK;
    case VALUE_LIST:
        for (uint32_t i = 0; i < v.aux; i++) {
            const struct expr_value pair[2] = {v.as.items[i], args[1]};
            struct expr_value one;
            TRY(elm_property(run, pair, 2, &one));
            TRY(expr_build_flat(&build, &one, run->mem, run->err));
        }
        *out = expr_build_list(&build);
        return expr_step(run, v.aux);
    default:
        if (str_is(name, "value")) *out = v; /* a System value is the value of itself */
        return SALVE_OK;
    }
}

/* Is it sure that the element of the item is another text? `at`: where the item before had it, of that shape. */
static bool is_another(struct expr_value item, struct str name, struct str text, const struct expr_shape **shape,
                       uint32_t *at)
{
    if (item.kind != VALUE_TUPLE) return false;
    if (item.as.tuple->shape != *shape) {
        *shape = item.as.tuple->shape;
        for (*at = (*shape)->count; *at > 0 && !str_eq((*shape)->names[*at - 1], name); --*at) {
        }
    }
    if (*at == 0) return false;
    struct expr_value value = item.as.tuple->values[*at - 1];
    return value.kind == VALUE_STRING && !str_eq(expr_text(value), text);
}

/* args: a list, a text, the name of an element. The items of tuples whose element is not surely another text; what is
 * no list, or compared with no text, stays as it is. */
ELM_CALL(elm_sieve)
{
    salve_assert(count == 3 && args[2].kind == VALUE_STRING);
    const struct expr_shape *shape = NULL;
    struct expr_build build = {0};
    uint32_t at = 0;
    *out = args[0];
    if (args[0].kind != VALUE_LIST || args[1].kind != VALUE_STRING) return SALVE_OK;
    TRY(expr_step(run, args[0].aux / 8));
    for (uint32_t i = 0; i < args[0].aux; i++)
        if (!is_another(args[0].as.items[i], expr_text(args[2]), expr_text(args[1]), &shape, &at))
            TRY(expr_build_add(&build, args[0].as.items[i], run->mem, run->err));
    *out = expr_build_list(&build);
    return SALVE_OK;
}

/* --- instances of classes: System types become their values, FHIR types tuples that know their type --------------- */
static struct str text_element(struct expr_value tuple, const char *name)
{
    struct expr_value v;
    (void)tuple_value(tuple, str_of(name), &v);
    return v.kind == VALUE_STRING ? expr_text(v) : STR_NONE;
}

static struct str text_or_none(struct expr_value v) { return v.kind == VALUE_STRING ? expr_text(v) : STR_NONE; }

/* args: value, unit */
ELM_CALL(elm_new_quantity)
{
    salve_assert(count == 2);
    struct expr_quantity q = {.unit = text_or_none(args[1])};
    if (q.unit.len == 0) q.unit = STR("1");
    bool is_known = expr_to_decimal(args[0], &q.value);
    return elm_quantity(run, is_known, q, out);
}

/* args: code, system, version, display */
ELM_CALL(elm_new_code)
{
    salve_assert(count == 4);
    struct expr_code *code = arena_alloc_raw(run->mem, sizeof *code, 16);
    if (code == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "code");
    *code =
        (struct expr_code){text_or_none(args[0]), text_or_none(args[1]), text_or_none(args[2]), text_or_none(args[3])};
    *out = (struct expr_value){.kind = VALUE_CODE, .as.code = code};
    return SALVE_OK;
}

/* args: codes, display */
ELM_CALL(elm_new_concept)
{
    salve_assert(count == 2);
    struct expr_value codes = args[0].kind == VALUE_NULL ? expr_list(NULL, 0) : args[0];
    TRY(elm_to_concept(run, &codes, 1, out));
    if (out->kind != VALUE_CONCEPT) return SALVE_OK;
    struct expr_concept *concept = arena_alloc_raw(run->mem, sizeof *concept, 16);
    if (concept == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "concept");
    *concept = *out->as.concept;
    concept->display = text_or_none(args[1]);
    out->as.concept = concept;
    return SALVE_OK;
}

static enum salve_code system_instance(struct expr_run *run, struct expr_value tuple, enum expr_kind kind,
                                       struct expr_value *out)
{
    struct expr_value a, b;
    *out = tuple;
    if (kind == VALUE_QUANTITY || kind == VALUE_CODE || kind == VALUE_CONCEPT) {
        static const char *const names[][4] = {
            {"value", "unit", "", ""}, {"code", "system", "version", "display"}, {"codes", "display", "", ""}};
        int row = kind == VALUE_QUANTITY ? 0 : kind == VALUE_CODE ? 1 : 2;
        struct expr_value values[4];
        for (int i = 0; i < 4; i++) TRY(tuple_value(tuple, str_of(names[row][i]), &values[i]));
        return row == 0   ? elm_new_quantity(run, values, 2, out)
               : row == 1 ? elm_new_code(run, values, 4, out)
                          : elm_new_concept(run, values, 2, out);
    }
    if (kind == VALUE_RATIO) {
        struct expr_ratio *ratio = arena_new(run->mem, struct expr_ratio);
        if (ratio == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "ratio");
        TRY(tuple_value(tuple, STR("numerator"), &a));
        TRY(tuple_value(tuple, STR("denominator"), &b));
        *out = EXPR_NONE;
        if (a.kind != VALUE_QUANTITY || b.kind != VALUE_QUANTITY) return SALVE_OK;
        *ratio = (struct expr_ratio){*a.as.quantity, *b.as.quantity};
        *out = (struct expr_value){.kind = VALUE_RATIO, .as.ratio = ratio};
    } else if (kind == VALUE_VOCABULARY) {
        struct expr_vocabulary *vocabulary = arena_new(run->mem, struct expr_vocabulary);
        if (vocabulary == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "vocabulary");
        *vocabulary = (struct expr_vocabulary){text_element(tuple, "id"), text_element(tuple, "version"),
                                               text_element(tuple, "name"), false};
        *out = (struct expr_value){.kind = VALUE_VOCABULARY, .as.vocabulary = vocabulary};
    }
    return SALVE_OK;
}

ELM_CALL(elm_typed_instance)
{
    salve_assert(count == 2);
    const struct elm_type *type = expr_object(args[1]);
    if (type->kind == ELM_SYSTEM) return system_instance(run, args[0], type->system, out);
    *out = args[0];
    out->tag = type->fhir;
    return SALVE_OK;
}
