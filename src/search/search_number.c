/* SPDX-License-Identifier: Apache-2.0
 * Numbers and quantities. What a resource holds is a point, or, with a comparator ("< 5") and in a Range, all that it
 * may be. Units of UCUM are turned into the one that was asked for (R4 search.html 3.1.1.4.6, 3.1.1.4.11). */
#include "search/search_int.h"

static const struct str ucum = {"http://unitsofmeasure.org", 25};

/* The digits of a search leave a range open for equal and not equal; for all others they are exact. */
static bool compare(const struct search_value *value, struct search_range target)
{
    const struct search_number *number = &value->number;
    expr_i128 tenth = number->exact < 0 ? -number->exact / 10 : number->exact / 10;
    struct search_range point = {number->exact, number->exact + 1};
    struct search_range near = {number->exact - tenth, number->exact + tenth + 1};
    if (number->range.low < near.low) near.low = number->range.low;
    if (number->range.high > near.high) near.high = number->range.high;
    bool is_ranged = value->prefix == SEARCH_EQ || value->prefix == SEARCH_NE;
    return search_within((enum search_prefix)value->prefix, is_ranged ? number->range : point, target, near);
}

static bool read_units(struct str text, expr_i128 *out)
{
    struct expr_decimal number;
    if (!expr_decimal_parse(text, &number)) return false;
    *out = expr_decimal_units(number);
    return true;
}

bool search_match_number(struct search_look *look, struct search_node node)
{
    expr_i128 units;
    return read_units(tape_text(search_tape(node), node.at), &units) &&
           compare(look->value, (struct search_range){units, units + 1});
}

/* --- quantities --------------------------------------------------------------------------------------------------- */

struct str search_unit(struct search_node node)
{
    return str_eq(search_child(node, FHIR_N_system), ucum) ? search_child(node, FHIR_N_code) : STR_NONE;
}

/* A value of a quantity in `unit`; STR_NONE: as it stands. */
static bool units_in(struct search_node node, struct str unit, expr_i128 *out)
{
    struct expr_decimal number, turned;
    if (!expr_decimal_parse(search_child(node, FHIR_N_value), &number)) return false;
    struct str own = search_unit(node);
    if (unit.ptr == NULL || str_eq(own, unit)) {
        *out = expr_decimal_units(number);
        return true;
    }
    if (own.ptr == NULL || !expr_ucum_convert(number, own, unit, &turned)) return false;
    *out = expr_decimal_units(turned);
    return true;
}

static bool range_amount(struct search_node node, struct str unit, struct search_range *out)
{
    const struct tape *tape = search_tape(node);
    tape_at low = tape_child(tape, node.at, FHIR_N_low), high = tape_child(tape, node.at, FHIR_N_high);
    expr_i128 end;
    *out = (struct search_range){-SEARCH_FAR, SEARCH_FAR};
    if (low != TAPE_NONE && !units_in((struct search_node){node.resource, low}, unit, &out->low)) return false;
    if (high == TAPE_NONE) return low != TAPE_NONE;
    if (!units_in((struct search_node){node.resource, high}, unit, &end)) return false;
    out->high = end + 1;
    return true;
}

bool search_amount(struct search_node node, struct str unit, struct search_range *out)
{
    if (tape_type(search_tape(node), node.at) == FHIR_T_Range) return range_amount(node, unit, out);
    expr_i128 units;
    if (!units_in(node, unit, &units)) return false;
    *out = (struct search_range){units, units + 1};
    struct str comparator = search_child(node, FHIR_N_comparator);
    if (str_is(comparator, "<")) *out = (struct search_range){-SEARCH_FAR, units};
    if (str_is(comparator, "<=")) out->low = -SEARCH_FAR;
    if (str_is(comparator, ">")) *out = (struct search_range){units + 1, SEARCH_FAR};
    if (str_is(comparator, ">=")) out->high = SEARCH_FAR;
    return true;
}

/* One of the quantities that say the unit: the node, or an end of a Range. */
static struct search_node with_unit(struct search_node node)
{
    const struct tape *tape = search_tape(node);
    if (tape_type(tape, node.at) != FHIR_T_Range) return node;
    tape_at end = tape_child(tape, node.at, FHIR_N_low);
    if (end == TAPE_NONE) end = tape_child(tape, node.at, FHIR_N_high);
    return end == TAPE_NONE ? node : (struct search_node){node.resource, end};
}

/* "5.4||mg": written so, as a code or in words; "5.4|system|": any unit of it. */
static bool is_written(const struct search_token *asked, struct search_node node)
{
    if (asked->system.len > 0 && !str_eq(search_child(node, FHIR_N_system), asked->system)) return false;
    if (asked->code.len == 0 || str_eq(search_child(node, FHIR_N_code), asked->code)) return true;
    return asked->system.len == 0 && str_eq(search_child(node, FHIR_N_unit), asked->code);
}

bool search_match_quantity(struct search_look *look, struct search_node node)
{
    const struct search_token *asked = &look->value->token;
    struct search_range target;
    bool is_turned = str_eq(asked->system, ucum) && asked->code.len > 0;
    if (!is_turned && !is_written(asked, with_unit(node))) return false;
    return search_amount(node, is_turned ? asked->code : STR_NONE, &target) && compare(look->value, target);
}
