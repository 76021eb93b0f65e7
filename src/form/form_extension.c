/* SPDX-License-Identifier: Apache-2.0
 * The extensions that items and options may have, a row each. Another one is refused by its name: it may change what a
 * question means. */
#include "form/form_int.h"

#define SDC  "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
#define FHIR "http://hl7.org/fhir/StructureDefinition/"

typedef enum salve_code extension_reader(const struct form_reading *r, struct form_item *item, tape_at value,
                                         const char *what);

/* --- values ------------------------------------------------------------------------------------------------------- */

static enum salve_code want_flag(const struct form_reading *r, const struct form_item *item, tape_at value,
                                 const char *what, bool *out)
{
    bool is = value != TAPE_NONE && tape_type(r->tape, value) == FHIR_T_boolean;
    if (!is) return form_bad(r, item, what, "true or false is wanted");
    *out = tape_kind(r->tape, value) == TAPE_TRUE;
    return SALVE_OK;
}

static enum salve_code want_count(const struct form_reading *r, const struct form_item *item, tape_at value,
                                  const char *what, int64_t most, int64_t *out)
{
    if (value == TAPE_NONE || !str_to_i64(tape_text(r->tape, value), out) || *out < 0 || *out > most)
        return form_bad(r, item, what, "a whole number in its bounds is wanted");
    return SALVE_OK;
}

/* The FHIRPath of a valueExpression. */
static enum salve_code want_expression(const struct form_reading *r, const struct form_item *item, tape_at value,
                                       const char *what, struct str *out)
{
    bool is = value != TAPE_NONE && tape_type(r->tape, value) == FHIR_T_Expression;
    *out = is ? tape_child_text(r->tape, value, "expression") : STR_NONE;
    if (!is || out->len == 0 || !str_is(tape_child_text(r->tape, value, "language"), "text/fhirpath"))
        return form_bad(r, item, what, "an expression in text/fhirpath is wanted");
    if (out->len > FORM_EXPRESSION_BYTES_MAX) return form_bad(r, item, what, "more than 4000 bytes");
    return SALVE_OK;
}

static bool is_url(const struct tape *tape, tape_at extension, const char *url)
{
    return str_is(tape_child_text(tape, extension, "url"), url);
}

static tape_at part_of(const struct tape *tape, tape_at extension, const char *url)
{
    for (tape_at c = tape_first(tape, extension); c != TAPE_NONE; c = tape_next(tape, extension, c))
        if (tape_type(tape, c) == FHIR_T_Extension && is_url(tape, c, url)) return c;
    return TAPE_NONE;
}

/* --- of items, as they stand -------------------------------------------------------------------------------------- */

#define READER(name)                                                                                                   \
    static enum salve_code name(SALVE_UNUSED const struct form_reading *r, SALVE_UNUSED struct form_item *item,        \
                                SALVE_UNUSED tape_at value, SALVE_UNUSED const char *what)

READER(read_hidden) { return want_flag(r, item, value, what, &item->is_hidden); }
/* A code says how what is extracted belongs to what the group around it gives (SDC 4.0). */
READER(read_extract)
{
    bool is_extracted = true;
    if (value != TAPE_NONE && tape_type(r->tape, value) == FHIR_T_code) {
        item->is_part = str_is(tape_text(r->tape, value), "component");
        return item->is_part ? SALVE_OK : form_bad(r, item, what, "of its codes component alone");
    }
    TRY(want_flag(r, item, value, what, &is_extracted));
    item->is_left = !is_extracted;
    return SALVE_OK;
}
READER(read_control) /* how it looks is the page's; `help` was taken where its item is read */
{
    tape_at code = tape_get(r->tape, value, "coding.code");
    return form_unknown(r, item, code == TAPE_NONE ? STR("itemControl") : tape_text(r->tape, code));
}

READER(read_decimals)
{
    int64_t count = 0;
    TRY(want_count(r, item, value, what, 8, &count));
    if (item->kind != FORM_DECIMAL && item->kind != FORM_QUANTITY) return form_bad(r, item, what, "it has no decimals");
    item->decimals = (int32_t)count;
    return SALVE_OK;
}

READER(read_most)
{
    int64_t count = 0;
    TRY(want_count(r, item, value, what, FORM_MOST, &count));
    if (count == 0) return form_bad(r, item, what, "at least 1");
    item->most = (uint32_t)count;
    return SALVE_OK;
}

READER(read_min) { return item->min = tape_text(r->tape, value), SALVE_OK; }
READER(read_max) { return item->max = tape_text(r->tape, value), SALVE_OK; }

READER(read_unit)
{
    struct form_unit unit = {.code = tape_child_text(r->tape, value, "code")};
    tape_at display = tape_get(r->tape, value, "display");
    if (!str_is(tape_child_text(r->tape, value, "system"), "http://unitsofmeasure.org") || !expr_ucum_valid(unit.code))
        return form_bad(r, item, what, "a unit of UCUM is wanted");
    if (item->unit_count == FORM_UNITS_MAX) return form_bad(r, item, what, "too many units");
    unit.text.in[0] = unit.code;
    if (display != TAPE_NONE) TRY(form_words_read(r, item, display, what, &unit.text));
    for (uint16_t i = 0; i < item->unit_count; i++)
        if (str_eq(item->units[i].code, unit.code)) return SALVE_OK; /* the usual one among the options */
    if (item->units == NULL) item->units = arena_array(r->mem, struct form_unit, FORM_UNITS_MAX);
    if (item->units == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "form");
    item->units[item->unit_count++] = unit;
    return SALVE_OK;
}

READER(read_period)
{
    static const struct {
        const char *code;
        int32_t days;
    } units[] = {{"d", 1}, {"wk", 7}, {"mo", 30}, {"a", 365}};
    struct str code = tape_child_text(r->tape, value, "code");
    int64_t count = 0;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (str_is(code, units[i].code) && str_to_i64(tape_child_text(r->tape, value, "value"), &count) && count > 0 &&
            count <= 36500 / units[i].days)
            return item->link_period_days = (int32_t)count * units[i].days, SALVE_OK;
    return form_bad(r, item, what, "a whole number of d, wk, mo or a is wanted, of a hundred years at most");
}

READER(read_later) { return SALVE_OK; }
READER(read_first)
{
    TRY(want_expression(r, item, value, what, &item->first_expression));
    enum salve_code code = fhirpath_compile(item->first_expression, 0, r->mem, &item->first, r->err);
    if (code != SALVE_OK) salve_err_in(r->err, "item %.*s: %s", STR_ARGS(item->link), what);
    return code;
}

/* --- of items, once all are there --------------------------------------------------------------------------------- */

static uint16_t number_of(const struct form_reading *r, const struct form_item *item)
{
    return (uint16_t)(item - r->form->items);
}

READER(compile_calculated)
{
    struct str text = STR_NONE;
    TRY(want_expression(r, item, value, what, &text));
    if (item->kind == FORM_GROUP || item->kind == FORM_DISPLAY) return form_bad(r, item, what, "it is no question");
    if (item->calculated != FORM_NONE) return form_bad(r, item, what, "it is there twice");
    item->is_read_only = true;
    return form_compile(r, number_of(r, item), text, what, &item->calculated);
}

READER(compile_when)
{
    struct str text = STR_NONE;
    TRY(want_expression(r, item, value, what, &text));
    if (item->when != FORM_NONE) return form_bad(r, item, what, "there is an enableWhen already");
    return form_compile(r, number_of(r, item), text, what, &item->when);
}

static enum salve_code add_check(const struct form_reading *r, struct form_item *item, struct str expression,
                                 tape_at human, struct str severity, const char *what)
{
    struct form_check check = {.is_warning = str_is(severity, "warning")};
    if (human == TAPE_NONE) return form_bad(r, item, what, "it has no words");
    if (!check.is_warning && !str_is(severity, "error")) return form_bad(r, item, what, "severity: error or warning");
    if (expression.len == 0 || expression.len > FORM_EXPRESSION_BYTES_MAX)
        return form_bad(r, item, what, "an expression of at most 4000 bytes is wanted");
    if (item->check_count == FORM_CHECKS_MAX) return form_bad(r, item, what, "more than 8");
    TRY(form_words_read(r, item, human, what, &check.say));
    TRY(form_compile(r, number_of(r, item), expression, what, &check.program));
    if (item->checks == NULL) item->checks = arena_array(r->mem, struct form_check, FORM_CHECKS_MAX);
    if (item->checks == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "form");
    item->checks[item->check_count++] = check;
    return SALVE_OK;
}

static tape_at value_of_part(const struct tape *tape, tape_at extension, const char *url)
{
    tape_at part = part_of(tape, extension, url);
    return part == TAPE_NONE ? TAPE_NONE : form_value_of(tape, part);
}

/* questionnaire-constraint has its expression as a text, targetConstraint as an Expression. */
static enum salve_code compile_check(const struct form_reading *r, struct form_item *item, tape_at extension,
                                     const char *what)
{
    static const char *const parts[] = {"key", "severity", "expression", "human", "requirements"};
    for (tape_at c = tape_first(r->tape, extension); c != TAPE_NONE; c = tape_next(r->tape, extension, c)) {
        bool is_known = tape_type(r->tape, c) != FHIR_T_Extension;
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) is_known = is_known || is_url(r->tape, c, parts[i]);
        if (!is_known) return form_unknown(r, item, tape_child_text(r->tape, c, "url"));
    }
    tape_at expression = value_of_part(r->tape, extension, "expression");
    tape_at severity = value_of_part(r->tape, extension, "severity");
    struct str text = STR_NONE;
    if (expression != TAPE_NONE && tape_type(r->tape, expression) == FHIR_T_Expression)
        TRY(want_expression(r, item, expression, what, &text));
    else if (expression != TAPE_NONE)
        text = tape_text(r->tape, expression);
    return add_check(r, item, text, value_of_part(r->tape, extension, "human"),
                     severity == TAPE_NONE ? STR_NONE : tape_text(r->tape, severity), what);
}

/* --- the rows ----------------------------------------------------------------------------------------------------- */

static const struct row {
    const char *url, *name;
    extension_reader *read, *compile;
} rows[] = {
    {SDC "initialExpression", "initialExpression", read_first, NULL},
    {SDC "calculatedExpression", "calculatedExpression", read_later, compile_calculated},
    {SDC "enableWhenExpression", "enableWhenExpression", read_later, compile_when},
    {SDC "observationExtract", "observationExtract", read_extract, NULL},
    {SDC "observationLinkPeriod", "observationLinkPeriod", read_period, NULL},
    {FHIR "questionnaire-hidden", "hidden", read_hidden, NULL},
    {FHIR "questionnaire-unit", "unit", read_unit, NULL},
    {FHIR "questionnaire-unitOption", "unitOption", read_unit, NULL},
    {FHIR "questionnaire-maxOccurs", "maxOccurs", read_most, NULL},
    {FHIR "questionnaire-itemControl", "itemControl", read_control, NULL},
    {FHIR "minValue", "minValue", read_min, NULL},
    {FHIR "maxValue", "maxValue", read_max, NULL},
    {FHIR "maxDecimalPlaces", "maxDecimalPlaces", read_decimals, NULL},
};

static const struct row *row_of(const struct tape *tape, tape_at extension)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (is_url(tape, extension, rows[i].url)) return &rows[i];
    return NULL;
}

static bool is_check(const struct tape *tape, tape_at extension)
{
    return is_url(tape, extension, FHIR "questionnaire-constraint") || is_url(tape, extension, FHIR "targetConstraint");
}

enum salve_code form_extension_read(const struct form_reading *r, struct form_item *item, tape_at extension)
{
    const struct row *row = row_of(r->tape, extension);
    tape_at value = form_value_of(r->tape, extension);
    if (is_check(r->tape, extension)) return SALVE_OK;
    if (is_url(r->tape, extension, FHIR "variable")) return form_variable_read(r, item, extension);
    if (row == NULL) return form_unknown(r, item, tape_child_text(r->tape, extension, "url"));
    if (value == TAPE_NONE) return form_bad(r, item, row->name, "it has no value");
    return row->read(r, item, value, row->name);
}

enum salve_code form_extension_compile(const struct form_reading *r, struct form_item *item, tape_at extension)
{
    const struct row *row = row_of(r->tape, extension);
    if (is_check(r->tape, extension)) return compile_check(r, item, extension, "constraint");
    if (row == NULL || row->compile == NULL) return SALVE_OK;
    return row->compile(r, item, form_value_of(r->tape, extension), row->name);
}

static bool is_name(struct str name)
{
    bool is = name.len > 0 && name.len <= FORM_LINK_BYTES_MAX && str_is_letter(name.ptr[0]);
    for (size_t i = 0; i < name.len; i++)
        is = is && (str_is_letter(name.ptr[i]) || str_is_digit(name.ptr[i]) || name.ptr[i] == '_');
    return is;
}

enum salve_code form_variable_read(const struct form_reading *r, struct form_item *item, tape_at extension)
{
    static const char *const taken[] = {"resource", "rootResource",  "context", "ucum",   "sct",
                                        "loinc",    "questionnaire", "qitem",   "patient"};
    struct form *form = r->form;
    struct form_variable variable = {.item = number_of(r, item), .program = FORM_NONE};
    tape_at value = form_value_of(r->tape, extension);
    if (!is_url(r->tape, extension, FHIR "variable"))
        return form_unknown(r, item, tape_child_text(r->tape, extension, "url"));
    if (item->kind != FORM_GROUP) return form_bad(r, item, "variable", "it stands at the form or at a group");
    TRY(want_expression(r, item, value, "variable", &variable.expression));
    variable.name = tape_child_text(r->tape, value, "name");
    if (!is_name(variable.name)) return form_bad(r, item, "variable", "a name of letters and digits is wanted");
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        if (str_is(variable.name, taken[i])) return form_bad(r, item, "variable", "its name has another meaning");
    for (uint16_t i = 0; i < form->variable_count; i++)
        if (form->variables[i].item == variable.item && str_eq(form->variables[i].name, variable.name))
            return form_bad(r, item, "variable", "it is there twice");
    if (form->variable_count == FORM_VARIABLES_MAX) return form_bad(r, item, "variable", "more than 64 in the form");
    form->variables[form->variable_count++] = variable;
    return SALVE_OK;
}

/* --- of options --------------------------------------------------------------------------------------------------- */

enum salve_code form_option_extension(const struct form_reading *r, const struct form_item *item, tape_at extension,
                                      struct form_option *out)
{
    tape_at value = form_value_of(r->tape, extension);
    bool is_score = is_url(r->tape, extension, FHIR "ordinalValue") || is_url(r->tape, extension, FHIR "itemWeight");
    if (is_url(r->tape, extension, FHIR "questionnaire-optionExclusive"))
        return want_flag(r, item, value, "optionExclusive", &out->is_alone);
    if (!is_score) return form_unknown(r, item, tape_child_text(r->tape, extension, "url"));
    out->has_score = value != TAPE_NONE && expr_decimal_parse(tape_text(r->tape, value), &out->score);
    return out->has_score ? SALVE_OK : form_bad(r, item, "ordinalValue", "a number is wanted");
}
