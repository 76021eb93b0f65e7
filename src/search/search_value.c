/* SPDX-License-Identifier: Apache-2.0
 * One alternative of a parameter, read by the kind of the parameter. What cannot be one is an error, never "matches
 * nothing": a mistyped date must not look like an empty record. */
#include "search/search_int.h"

static enum salve_code no_value(struct salve_err *err, const struct search_param *param, const char *why)
{
    return salve_refuse(err, SALVE_E_SYNTAX, why, "%s", param->code);
}

static enum salve_code read_token(const struct search_param *param, struct str text, struct arena *mem,
                                  struct search_token *out, struct salve_err *err)
{
    search_read_token(text, out);
    if (out->code.len == 0 && out->system.len == 0) return no_value(err, param, "it is a code, system|code or system|");
    TRY(search_plain(out->system, mem, &out->system, err));
    TRY(search_plain(out->code, mem, &out->code, err));
    return search_plain(out->value, mem, &out->value, err);
}

static enum salve_code read_of_type(const struct search_param *param, struct str text, struct arena *mem,
                                    struct search_token *out, struct salve_err *err)
{
    TRY(read_token(param, text, mem, out, err));
    if (out->system.len > 0 && out->code.len > 0 && out->value.len > 0) return SALVE_OK;
    return no_value(err, param, ":of-type takes system|code|value");
}

static enum salve_code read_folded(const struct search_param *param, struct arena *mem, struct str *text,
                                   struct salve_err *err)
{
    struct str folded = search_fold(*text, mem);
    if (folded.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "search");
    if (folded.len == 0) return no_value(err, param, "it has no letter or digit to look for");
    *text = folded;
    return SALVE_OK;
}

static enum salve_code read_number(const struct search_param *param, struct str text, struct search_value *out,
                                   struct salve_err *err)
{
    out->prefix = (uint8_t)search_take_prefix(&text);
    return search_read_number(text, &out->number) ? SALVE_OK : no_value(err, param, "it is no number");
}

static enum salve_code read_quantity(const struct search_param *param, struct str text, struct arena *mem,
                                     struct search_value *out, struct salve_err *err)
{
    struct str rest = text, number = STR_NONE;
    (void)search_piece(&rest, '|', &number);
    TRY(read_number(param, number, out, err));
    if (rest.ptr == NULL) return SALVE_OK;
    if (memchr(rest.ptr, '|', rest.len) == NULL) return no_value(err, param, "it is number|system|code");
    struct search_token unit;
    search_read_token(rest, &unit);
    TRY(search_plain(unit.system, mem, &unit.system, err));
    TRY(search_plain(unit.code, mem, &unit.code, err));
    out->token = unit;
    bool is_ucum = str_is(unit.system, "http://unitsofmeasure.org") && unit.code.len > 0;
    return !is_ucum || expr_ucum_valid(unit.code) ? SALVE_OK : no_value(err, param, "its unit is none of UCUM");
}

static enum salve_code read_date(const struct search_ask *ask, const struct search_param *param, struct str text,
                                 struct search_value *out, struct salve_err *err)
{
    out->prefix = (uint8_t)search_take_prefix(&text);
    if (search_read_time(text, ask->world->zone, &out->time)) return SALVE_OK;
    return no_value(err, param, "it is no date (yyyy, yyyy-mm, yyyy-mm-dd, yyyy-mm-ddThh:mm[:ss][Z|+hh:mm])");
}

/* "Observation/7" of subject:Patient=7 */
static enum salve_code read_reference(const struct search_ask *ask, const struct search_param *param,
                                      fhir_type_id of_type, struct arena *mem, struct search_value *out,
                                      struct salve_err *err)
{
    search_read_pointer(out->text, ask->world->base, &out->pointer);
    if (out->text.len == 0) return no_value(err, param, "it is an id, Type/id or an address");
    if (of_type == 0 || out->pointer.is_literal) return SALVE_OK;
    struct str type = fhir_type_name(of_type);
    struct str whole = arena_printf(mem, "%.*s/%.*s", STR_ARGS(type), STR_ARGS(out->text));
    if (whole.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "search");
    search_read_pointer(whole, STR_NONE, &out->pointer);
    return SALVE_OK;
}

static enum salve_code read_composite(const struct search_ask *ask, const struct search_param *param, struct str text,
                                      struct arena *mem, struct search_value *out, struct salve_err *err)
{
    struct search_value *parts = arena_array(mem, struct search_value, param->part_count);
    struct str piece;
    unsigned count = 0;
    if (parts == NULL) return salve_fail(err, SALVE_E_MEMORY, "search");
    while (search_piece(&text, '$', &piece)) {
        if (count == param->part_count) return no_value(err, param, "it has too many parts");
        const struct search_param *part = &search_parts[param->first_part + count];
        TRY(search_read_value(ask, part, SEARCH_PLAIN, 0, piece, mem, &parts[count++], err));
    }
    out->parts = parts;
    return count == param->part_count ? SALVE_OK : no_value(err, param, "it has too few parts, separated by $");
}

static enum salve_code read_by_token(const struct search_param *param, uint8_t modifier, struct str text,
                                     struct arena *mem, struct search_value *out, struct salve_err *err)
{
    if (modifier == SEARCH_TEXT) return read_folded(param, mem, &out->text, err);
    if (modifier == SEARCH_OF_TYPE) return read_of_type(param, text, mem, &out->token, err);
    if (modifier != SEARCH_IN && modifier != SEARCH_NOT_IN) return read_token(param, text, mem, &out->token, err);
    return out->text.len > 0 ? SALVE_OK : no_value(err, param, "it is the address of a value set");
}

enum salve_code search_read_value(const struct search_ask *ask, const struct search_param *param, uint8_t modifier,
                                  fhir_type_id of_type, struct str text, struct arena *mem, struct search_value *out,
                                  struct salve_err *err)
{
    TRY(search_plain(text, mem, &out->text, err));
    if (modifier == SEARCH_IDENTIFIER) return read_token(param, text, mem, &out->token, err);
    switch ((enum search_kind)param->kind) {
    case SEARCH_NUMBER:
        return read_number(param, text, out, err);
    case SEARCH_QUANTITY:
        return read_quantity(param, text, mem, out, err);
    case SEARCH_DATE:
        return read_date(ask, param, text, out, err);
    case SEARCH_STRING:
        return modifier == SEARCH_EXACT ? SALVE_OK : read_folded(param, mem, &out->text, err);
    case SEARCH_TOKEN:
        return read_by_token(param, modifier, text, mem, out, err);
    case SEARCH_REFERENCE:
        return read_reference(ask, param, of_type, mem, out, err);
    case SEARCH_COMPOSITE:
        return read_composite(ask, param, text, mem, out, err);
    case SEARCH_URI:
    case SEARCH_KINDS:
        break;
    }
    search_read_pointer(out->text, STR_NONE, &out->pointer);
    return SALVE_OK;
}
