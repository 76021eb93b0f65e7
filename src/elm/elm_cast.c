/* SPDX-License-Identifier: Apache-2.0
 * Is a value of a type? What Is, As, Convert and the choice of an overload ask when they run. */
#include "elm/elm_int.h"

static bool type_has(const struct elm_type *type, const struct expr_value *value);

static bool fhir_has(const struct elm_type *type, const struct expr_value *value)
{
    if (value->kind == VALUE_NODE) return fhir_type_is_a(tape_type(value->as.tape, value->aux), type->fhir);
    return value->kind == VALUE_TUPLE && value->tag != 0 && fhir_type_is_a(value->tag, type->fhir);
}

static bool items_have(const struct elm_type *of, struct expr_value list)
{
    for (uint32_t i = 0; i < list.aux; i++)
        if (list.as.items[i].kind != VALUE_NULL && !type_has(of, &list.as.items[i])) return false;
    return true;
}

static bool interval_has(const struct elm_type *of, const struct expr_interval *interval)
{
    bool has_low = interval->low.kind != VALUE_NULL, has_high = interval->high.kind != VALUE_NULL;
    if (has_low) return type_has(of, &interval->low);
    if (has_high) return type_has(of, &interval->high);
    return interval->point == VALUE_NULL || of->kind != ELM_SYSTEM || of->system == interval->point;
}

static bool tuple_has(const struct elm_type *type, const struct expr_value *value)
{
    if (value->kind != VALUE_TUPLE) return false;
    const struct expr_shape *shape = value->as.tuple->shape;
    if (shape->count != type->count) return false;
    for (uint32_t i = 0; i < type->count; i++) {
        uint32_t k = 0;
        while (k < shape->count && !str_eq(shape->names[k], type->names[i])) k++;
        if (k == shape->count) return false;
        const struct expr_value *element = &value->as.tuple->values[k];
        if (element->kind != VALUE_NULL && !type_has(&type->of[i], element)) return false;
    }
    return true;
}

static bool type_has(const struct elm_type *type, const struct expr_value *value)
{
    if (value->kind == VALUE_NULL) return false;
    switch ((enum elm_type_kind)type->kind) {
    case ELM_ANY:
        return true;
    case ELM_SYSTEM:
        return value->kind == type->system;
    case ELM_FHIR:
        return fhir_has(type, value);
    case ELM_FHIR_ENUM:
        return value->kind == VALUE_NODE && tape_kind(value->as.tape, value->aux) != TAPE_OBJECT;
    case ELM_LIST:
        return value->kind == VALUE_LIST && items_have(type->of, *value);
    case ELM_INTERVAL:
        return value->kind == VALUE_INTERVAL && interval_has(type->of, value->as.interval);
    case ELM_TUPLE:
        return tuple_has(type, value);
    case ELM_CHOICE:
        for (uint32_t i = 0; i < type->count; i++)
            if (type_has(&type->of[i], value)) return true;
        return false;
    case ELM_UNKNOWN:
        return false;
    }
    return false;
}

ELM_CALL(elm_is)
{
    salve_assert(count == 2);
    const struct elm_type *type = expr_object(args[1]);
    *out = expr_boolean(type_has(type, &args[0]));
    return SALVE_OK;
}

ELM_CALL(elm_as)
{
    salve_assert(count == 3 && args[2].kind == VALUE_BOOLEAN);
    const struct elm_type *type = expr_object(args[1]);
    *out = EXPR_NONE;
    if (args[0].kind == VALUE_NULL) return SALVE_OK;
    if (type_has(type, &args[0]))
        *out = args[0];
    else if (args[2].as.boolean)
        return expr_run_fail(run, SALVE_E_TYPE, "cast: the value is of another type");
    return SALVE_OK;
}
