/* SPDX-License-Identifier: Apache-2.0
 * What all FHIRPath functions share: taking one item as a System value, and its text. */
#include "fhirpath/fhirpath_int.h"

enum salve_code fp_one_in(struct expr_run *run, const struct expr_value *arg, union expr_room *room,
                          struct expr_value *out)
{
    struct expr_items view = expr_items(arg);
    *out = EXPR_NONE;
    if (view.count > 1) return expr_run_fail(run, SALVE_E_TYPE, "more than one item where one is wanted");
    if (view.count == 1) *out = expr_system_in(view.items[0], room);
    if (out->kind == VALUE_NODE && expr_is_unheld(*out)) *out = EXPR_NONE;
    return SALVE_OK;
}

enum salve_code fp_one(struct expr_run *run, const struct expr_value *arg, struct expr_value *out)
{
    EXPR_UNINIT union expr_room room;
    struct expr_value value;
    TRY(fp_one_in(run, arg, &room, &value));
    return expr_keep(value, run->mem, out, run->err);
}

enum salve_code fp_one_text(struct expr_run *run, const struct expr_value *arg, bool *has, struct str *out)
{
    EXPR_UNINIT union expr_room room;
    struct expr_value one;
    TRY(fp_one_in(run, arg, &room, &one));
    *has = one.kind == VALUE_STRING;
    if (*has)
        *out = expr_text(one);
    else if (one.kind != VALUE_NULL)
        return expr_run_fail(run, SALVE_E_TYPE, "a text is wanted");
    return SALVE_OK;
}

enum salve_code fp_one_integer(struct expr_run *run, const struct expr_value *arg, bool *has, int64_t *out)
{
    EXPR_UNINIT union expr_room room;
    struct expr_value one;
    TRY(fp_one_in(run, arg, &room, &one));
    *has = one.kind == VALUE_INTEGER || one.kind == VALUE_LONG;
    if (*has)
        *out = one.as.integer;
    else if (one.kind != VALUE_NULL)
        return expr_run_fail(run, SALVE_E_TYPE, "an integer is wanted");
    return SALVE_OK;
}

static enum salve_code text_copy(struct expr_run *run, struct str text, struct expr_value *out)
{
    struct str copy;
    TRY(arena_str(run->mem, text, &copy, run->err));
    *out = expr_string(copy);
    return expr_step(run, text.len / 16);
}

bool fp_to_text(struct expr_run *run, struct expr_value value, struct str *out)
{
    char decimal[EXPR_DECIMAL_TEXT_BYTES], temporal[EXPR_TEMPORAL_TEXT_BYTES];
    struct expr_value copy;
    switch (value.kind) {
    case VALUE_STRING:
        *out = expr_text(value);
        return true;
    case VALUE_BOOLEAN:
        *out = value.as.boolean ? STR("true") : STR("false");
        return true;
    case VALUE_INTEGER:
    case VALUE_LONG:
        *out = arena_printf(run->mem, "%lld", (long long)value.as.integer);
        return true;
    case VALUE_QUANTITY:
        *out = expr_quantity_text(value.as.quantity, run->mem);
        return true;
    case VALUE_DECIMAL:
        *out = expr_decimal_text(*value.as.decimal, decimal);
        break;
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        *out = expr_temporal_text(value.as.temporal, true, temporal);
        break;
    default:
        return false;
    }
    if (text_copy(run, *out, &copy) != SALVE_OK) return false;
    *out = expr_text(copy);
    return true;
}
