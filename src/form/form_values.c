/* SPDX-License-Identifier: Apache-2.0
 * The texts of answers as values, by the kind of their item, and back. */
#include "form/form_int.h"

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* [-]digits[.digits]: what people write, no exponent, no sign in front but minus. */
static bool is_number(struct str text)
{
    size_t at = text.len > 0 && text.ptr[0] == '-', digits = 0, points = 0;
    if (text.len > 32) return false;
    for (; at < text.len; at++) {
        points += text.ptr[at] == '.';
        digits += str_is_digit(text.ptr[at]);
        if (!str_is_digit(text.ptr[at]) && !(text.ptr[at] == '.' && points == 1 && digits > 0)) return false;
    }
    return digits > 0 && text.ptr[text.len - 1] != '.';
}

static size_t decimals_of(struct str text)
{
    struct str before, behind;
    return str_split(text, '.', &before, &behind) ? behind.len : 0;
}

static bool read_number(const struct form_item *item, struct str text, struct form_value *out)
{
    bool is = is_number(text) && expr_decimal_parse(text, &out->number);
    out->kind = FORM_IS_NUMBER;
    if (item->kind == FORM_INTEGER) return is && decimals_of(text) == 0;
    return is && decimals_of(text) <= (item->decimals < 0 ? 8 : (size_t)item->decimals);
}

static bool read_quantity(const struct form_item *item, struct str text, struct form_value *out, enum form_why *why)
{
    struct str number = text, unit = STR_NONE;
    bool has_unit = str_split(text, ' ', &number, &unit);
    if (!read_number(item, number, out)) return false;
    out->kind = FORM_IS_QUANTITY;
    out->text = item->units[0].code;
    for (uint16_t i = 0; i < item->unit_count; i++)
        if (!has_unit || str_eq(item->units[i].code, unit)) return out->text = item->units[i].code, true;
    *why = FORM_WHY_UNIT;
    return false;
}

static bool read_option(const struct form_item *item, struct str text, struct form_value *out)
{
    for (uint16_t i = 0; i < item->option_count; i++) {
        const struct form_option *option = &item->options[i];
        if (!str_eq(option->value, text)) continue;
        *out = (struct form_value){
            .kind = option->kind, .number = option->number, .text = option->value, .option = option};
        return true;
    }
    return false;
}

static bool read_text(const struct form_item *item, struct str text, struct form_value *out, enum form_why *why)
{
    size_t chars = 0;
    *out = (struct form_value){.kind = FORM_IS_TEXT, .text = text};
    if (text.len == 0 || !str_is_utf8(text)) return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == 127 || (c < 32 && !(item->has_lines && c == '\n'))) return false;
        chars += (c & 0xc0) != 0x80;
    }
    *why = FORM_WHY_LENGTH;
    return text.len <= FORM_TEXT_BYTES_MAX && chars <= item->length;
}

bool form_value_read(const struct form_item *item, struct str text, struct form_value *out, enum form_why *why)
{
    *out = (struct form_value){.kind = FORM_IS_BOOLEAN};
    *why = FORM_WHY_FORM;
    switch (item->kind) {
    case FORM_BOOLEAN:
        out->boolean = str_is(text, "true");
        return out->boolean || str_is(text, "false");
    case FORM_INTEGER:
    case FORM_DECIMAL:
        return read_number(item, text, out);
    case FORM_QUANTITY:
        return read_quantity(item, text, out, why);
    case FORM_DATE:
        out->kind = FORM_IS_DATE;
        return text.len > 0 && text.ptr[0] != '@' && expr_temporal_parse_as(text, EXPR_DATE, &out->date);
    case FORM_CHOICE:
        *why = FORM_WHY_OPTION;
        return read_option(item, text, out);
    case FORM_TEXT:
        return read_text(item, text, out, why);
    default:
        *why = FORM_WHY_UNKNOWN;
        return false;
    }
}

/* --- bounds ------------------------------------------------------------------------------------------------------- */

static int order_of(const struct form_value *a, const struct form_value *b)
{
    if (a->kind != FORM_IS_DATE) return expr_decimal_cmp(a->number, b->number);
    enum expr_order order = expr_temporal_cmp(&a->date, &b->date, EXPR_MILLISECOND, 0);
    return order == EXPR_UNKNOWN ? 0 : (int)order; /* 2026 may be on either side of 2026-05 */
}

/* A quantity in another unit than the first is compared in the first. */
static bool in_first_unit(const struct form_item *item, const struct form_value *value, struct form_value *out)
{
    *out = *value;
    if (value->kind != FORM_IS_QUANTITY || str_eq(value->text, item->units[0].code)) return true;
    return expr_ucum_convert(value->number, value->text, item->units[0].code, &out->number);
}

bool form_in_range(const struct form_item *item, const struct form_value *value)
{
    struct form_value bound, own;
    enum form_why why;
    if (!in_first_unit(item, value, &own)) return true; /* mass and amount of a substance, say */
    if (item->min.len > 0 && form_value_read(item, item->min, &bound, &why) && order_of(&own, &bound) < 0) return false;
    return item->max.len == 0 || !form_value_read(item, item->max, &bound, &why) || order_of(&own, &bound) <= 0;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static struct str number_text(const struct form_item *item, const struct form_value *value, struct arena *mem)
{
    char text[EXPR_DECIMAL_TEXT_BYTES];
    struct str out = STR_NONE;
    struct expr_decimal number = expr_decimal_trim(value->number);
    if (item->kind == FORM_INTEGER && !expr_decimal_is_whole(number)) return STR_NONE;
    if (item->decimals >= 0 && !expr_decimal_round(number, item->decimals, &number)) return STR_NONE;
    return arena_str(mem, expr_decimal_text(expr_decimal_trim(number), text), &out, NULL) == SALVE_OK ? out : STR_NONE;
}

static struct str option_text(const struct form_item *item, const struct form_value *value)
{
    for (uint16_t i = 0; i < item->option_count; i++) {
        const struct form_option *option = &item->options[i];
        bool is = value->option == option || (value->kind == FORM_IS_TEXT && str_eq(value->text, option->value)) ||
                  (value->kind == FORM_IS_NUMBER && option->kind == FORM_IS_NUMBER &&
                   expr_decimal_cmp(value->number, option->number) == 0);
        if (is) return option->value;
    }
    return STR_NONE;
}

struct str form_value_text(const struct form_item *item, const struct form_value *value, struct arena *mem)
{
    char text[EXPR_TEMPORAL_TEXT_BYTES];
    struct str out = STR_NONE;
    switch (item->kind) {
    case FORM_BOOLEAN:
        if (value->kind != FORM_IS_BOOLEAN) return STR_NONE;
        return value->boolean ? STR("true") : STR("false");
    case FORM_INTEGER:
    case FORM_DECIMAL:
    case FORM_QUANTITY:
        return value->kind == FORM_IS_NUMBER ? number_text(item, value, mem) : STR_NONE;
    case FORM_DATE:
        if (value->kind != FORM_IS_DATE) return STR_NONE;
        (void)!arena_str(mem, expr_temporal_text(&value->date, false, text), &out, NULL);
        return out;
    case FORM_CHOICE:
        return option_text(item, value);
    case FORM_TEXT:
        return value->kind == FORM_IS_TEXT ? value->text : STR_NONE;
    default:
        return STR_NONE;
    }
}
