/* SPDX-License-Identifier: Apache-2.0
 * FHIR data as System values: the type of a node says what its text means. FHIR R4 "FHIRPath" page, "Using FHIR types
 * in expressions"; CQL's FHIRHelpers does the same for more types, in ELM. */
#include "machine/run.h"

enum expr_kind expr_type_kind(fhir_type_id type)
{
    switch (type) {
    case FHIR_T_boolean:
        return VALUE_BOOLEAN;
    case FHIR_T_integer:
    case FHIR_T_positiveInt:
    case FHIR_T_unsignedInt:
        return VALUE_INTEGER;
    case FHIR_T_decimal:
        return VALUE_DECIMAL;
    case FHIR_T_date:
        return VALUE_DATE;
    case FHIR_T_dateTime:
    case FHIR_T_instant:
        return VALUE_DATETIME;
    case FHIR_T_time:
        return VALUE_TIME;
    case FHIR_T_string:
    case FHIR_T_code:
    case FHIR_T_id:
    case FHIR_T_markdown:
    case FHIR_T_uri:
    case FHIR_T_url:
    case FHIR_T_canonical:
    case FHIR_T_oid:
    case FHIR_T_uuid:
    case FHIR_T_base64Binary:
    case FHIR_T_xhtml:
        return VALUE_STRING;
    case FHIR_T_Quantity:
    case FHIR_T_Age:
    case FHIR_T_Count:
    case FHIR_T_Distance:
    case FHIR_T_Duration:
        return VALUE_QUANTITY;
    default:
        return VALUE_NULL;
    }
}

static struct expr_value temporal_in(enum expr_kind kind, struct str text, struct expr_value node,
                                     struct expr_temporal *room)
{
    enum expr_temporal_kind as = kind == VALUE_DATE ? EXPR_DATE : kind == VALUE_TIME ? EXPR_TIME : EXPR_DATETIME;
    if (!expr_temporal_parse_as(text, as, room)) return node;
    return (struct expr_value){.kind = (uint8_t)kind, .as.temporal = room};
}

/* Quantity: value with the UCUM code, or the unit's text where there is no code. A comparator makes it no exact value.
 */
static struct expr_value quantity_in(struct expr_value node, struct expr_quantity *room)
{
    const struct tape *tape = node.as.tape;
    struct str number = STR_NONE, code = STR_NONE, unit = STR_NONE;
    for (tape_at c = tape_first(tape, node.aux); c != TAPE_NONE; c = tape_next(tape, node.aux, c)) {
        switch (tape_path_name(tape, c)) {
        case FHIR_N_value:
            number = tape_text(tape, c);
            break;
        case FHIR_N_code:
            code = tape_text(tape, c);
            break;
        case FHIR_N_unit:
            unit = tape_text(tape, c);
            break;
        case FHIR_N_comparator:
            return node;
        default:
            break;
        }
    }
    if (!expr_decimal_parse(number, &room->value)) return node;
    room->unit = code.ptr != NULL ? code : unit.ptr != NULL ? unit : STR("1");
    return (struct expr_value){.kind = VALUE_QUANTITY, .as.quantity = room};
}

static struct expr_value number_in(enum expr_kind kind, struct str text, struct expr_value node,
                                   struct expr_decimal *room)
{
    int64_t whole;
    if (kind == VALUE_INTEGER)
        return str_to_i64(text, &whole) && whole >= INT32_MIN && whole <= INT32_MAX ? expr_integer(whole) : node;
    if (!expr_decimal_parse(text, room)) return node;
    return (struct expr_value){.kind = VALUE_DECIMAL, .as.decimal = room};
}

struct expr_value expr_system_in(struct expr_value value, union expr_room *room)
{
    if (value.kind != VALUE_NODE) return value;
    const struct tape *tape = value.as.tape;
    enum tape_kind node = tape_kind(tape, value.aux);
    if (node == TAPE_TRUE || node == TAPE_FALSE) return expr_boolean(node == TAPE_TRUE);
    if (node == TAPE_NULL) return EXPR_NONE;
    enum expr_kind kind = expr_type_kind(tape_type(tape, value.aux));
    if (node == TAPE_OBJECT) return kind == VALUE_QUANTITY ? quantity_in(value, &room->quantity) : value;
    struct str text = tape_text(tape, value.aux);
    switch (kind) {
    case VALUE_STRING:
        return expr_string(text);
    case VALUE_INTEGER:
    case VALUE_DECIMAL:
        return number_in(kind, text, value, &room->decimal);
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        return temporal_in(kind, text, value, &room->temporal);
    default:
        return value;
    }
}

bool expr_is_unheld(struct expr_value system)
{
    return system.kind == VALUE_NODE && expr_type_kind(tape_type(system.as.tape, system.aux)) != VALUE_NULL;
}

enum salve_code expr_keep(struct expr_value value, struct arena *mem, struct expr_value *out, struct salve_err *err)
{
    switch (value.kind) {
    case VALUE_DECIMAL:
        return expr_decimal_value(*value.as.decimal, mem, out, err);
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        return expr_temporal_value(value.kind, *value.as.temporal, mem, out, err);
    case VALUE_QUANTITY:
        return expr_quantity_value(*value.as.quantity, mem, out, err);
    default:
        *out = value;
        return SALVE_OK;
    }
}

enum salve_code expr_system(struct expr_value value, struct arena *mem, struct expr_value *out, struct salve_err *err)
{
    if (value.kind != VALUE_NODE) {
        *out = value;
        return SALVE_OK;
    }
    union expr_room room;
    return expr_keep(expr_system_in(value, &room), mem, out, err);
}

bool expr_is_type(struct expr_value item, struct expr_type_test test)
{
    if (test.kind == EXPR_KIND_ANY) return true;
    if (item.kind == VALUE_NODE) return test.fhir != 0 && fhir_type_is_a(tape_type(item.as.tape, item.aux), test.fhir);
    return test.kind != VALUE_NULL && item.kind == test.kind;
}

bool expr_is_exactly(struct expr_value item, struct expr_type_test test)
{
    if (item.kind == VALUE_NODE && test.fhir != 0 && tape_type(item.as.tape, item.aux) == test.fhir) return true;
    if (!expr_is_type(item, test)) return false;
    if (item.kind != VALUE_NODE || test.kind == EXPR_KIND_ANY || fhir_types[test.fhir].kind != FHIR_PRIMITIVE)
        return true;
    return tape_type(item.as.tape, item.aux) == test.fhir;
}

enum salve_code expr_children(struct expr_run *run, struct expr_value item, fhir_name_id name, struct expr_build *build)
{
    if (item.kind != VALUE_NODE) return SALVE_OK;
    const struct tape *tape = item.as.tape;
    uint32_t end = item.aux + tape->nodes[item.aux].span, seen = 0;
    bool was = false;
    for (uint32_t c = item.aux + 1; c < end; c += tape->nodes[c].span, seen++) {
        if (tape_path_name(tape, c) != name) {
            if (was) break; /* items of one element are neighbours */
            continue;
        }
        was = true;
        enum salve_code code = expr_build_add(build, expr_node(tape, c), run->mem, run->err);
        if (code != SALVE_OK) return code;
    }
    if (!was && name == FHIR_N_value && tape_kind(tape, item.aux) != TAPE_OBJECT) { /* the value of a primitive */
        struct expr_value value;
        enum salve_code code = expr_system(item, run->mem, &value, run->err);
        if (code == SALVE_OK && value.kind != VALUE_NODE) code = expr_build_flat(build, &value, run->mem, run->err);
        if (code != SALVE_OK) return code;
    }
    return expr_step(run, seen + 1);
}

struct expr_code expr_coding_of(const struct tape *tape, tape_at at)
{
    struct expr_code code = {0};
    for (tape_at c = tape_first(tape, at); c != TAPE_NONE; c = tape_next(tape, at, c)) {
        switch (tape_path_name(tape, c)) {
        case FHIR_N_system:
            code.system = tape_text(tape, c);
            break;
        case FHIR_N_version:
            code.version = tape_text(tape, c);
            break;
        case FHIR_N_code:
            code.code = tape_text(tape, c);
            break;
        case FHIR_N_display:
            code.display = tape_text(tape, c);
            break;
        default:
            break;
        }
    }
    return code;
}
