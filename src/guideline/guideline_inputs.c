/* SPDX-License-Identifier: Apache-2.0
 *
 * What SalveCommon is told of a guideline's inputs and of the site's calendar: rows and days, as tuples of CQL. */
#include "guideline/guideline_int.h"

enum { ROW_ELEMENTS = 8, DAY_ELEMENTS = 3 };

/* Names in the order of the values. */
#define NAME(literal)                                                                                                  \
    {                                                                                                                  \
        literal, sizeof literal - 1                                                                                    \
    }
static const struct str row_names[ROW_ELEMENTS] = {NAME("label"), NAME("code"), NAME("written"),  NAME("unit"),
                                                   NAME("low"),   NAME("high"), NAME("max_days"), NAME("is_question")};
static const struct str day_names[DAY_ELEMENTS] = {NAME("first"), NAME("last"), NAME("on_day")};
static const struct expr_shape shapes[] = {
    [GUIDELINE_ROW] = {ROW_ELEMENTS, row_names}, [GUIDELINE_DAY] = {DAY_ELEMENTS, day_names}};

enum salve_code guideline_tuple(enum guideline_tuple kind, const struct expr_value *values, struct arena *mem,
                                struct expr_value *out, struct salve_err *err)
{
    const struct expr_shape *shape = &shapes[kind];
    struct expr_tuple *tuple = arena_alloc(mem, sizeof *tuple + shape->count * sizeof *values);
    if (tuple == NULL) return salve_fail(err, SALVE_E_MEMORY, "inputs");
    tuple->shape = shape;
    for (uint32_t i = 0; i < shape->count; i++) tuple->values[i] = values[i];
    *out = (struct expr_value){.kind = VALUE_TUPLE, .as.tuple = tuple};
    return SALVE_OK;
}

static struct expr_value text_or_null(struct str text) { return text.len == 0 ? EXPR_NONE : expr_string(text); }

static enum salve_code number_or_null(struct str text, struct arena *mem, struct expr_value *out, struct salve_err *err)
{
    struct expr_decimal number;
    *out = EXPR_NONE;
    return expr_decimal_parse(text, &number) ? expr_decimal_value(number, mem, out, err) : SALVE_OK;
}

static enum salve_code add_rows(const struct guideline_input *input, const struct ranges *ranges,
                                struct expr_build *rows, struct arena *mem, struct salve_err *err)
{
    struct range_answer about = ranges_about(ranges, input->code, input->unit);
    struct expr_value row, values[ROW_ELEMENTS] = {
                               expr_string(input->label),
                               text_or_null(input->code),
                               EXPR_NONE,
                               text_or_null(input->unit),
                               EXPR_NONE,
                               EXPR_NONE,
                               input->max_age_days < 0 ? EXPR_NONE : expr_integer(input->max_age_days),
                               expr_boolean(input->code.len > 0 && input->is_question),
                           };
    TRY(number_or_null(about.hard[0], mem, &values[4], err));
    TRY(number_or_null(about.hard[1], mem, &values[5], err));
    for (size_t i = 0;; i++) {
        struct str written = ranges_spelling(ranges, input->code, input->unit, i);
        if (i > 0 && written.ptr == NULL) return SALVE_OK;
        values[2] = text_or_null(written);
        TRY(guideline_tuple(GUIDELINE_ROW, values, mem, &row, err));
        TRY(expr_build_add(rows, row, mem, err));
    }
}

enum salve_code guideline_inputs(const struct guideline *guideline, const struct ranges *ranges, struct arena *mem,
                                 struct expr_value *out, struct salve_err *err)
{
    static const struct guideline_input none = {.label = {"", 0}, .code = {"", 0}, .unit = {"", 0}};
    struct expr_build rows = {0};
    /* one that declares nothing reads nothing; without any row SalveCommon would take everything */
    if (guideline->info.input_count == 0) TRY(add_rows(&none, ranges, &rows, mem, err));
    for (size_t i = 0; i < guideline->info.input_count; i++)
        TRY(add_rows(&guideline->info.inputs[i], ranges, &rows, mem, err));
    *out = expr_build_list(&rows);
    return SALVE_OK;
}

bool guideline_is_question(const struct guideline *guideline, struct str label)
{
    for (size_t i = 0; i < guideline->info.input_count; i++) {
        const struct guideline_input *input = &guideline->info.inputs[i];
        if (str_eq(input->label, label)) return input->code.len > 0 && input->is_question;
    }
    return false;
}
