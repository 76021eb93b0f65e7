/* SPDX-License-Identifier: Apache-2.0
 *
 * Test vectors: rows of a CSV file go into the parameters of vectors.cql, its defines are compared with the exp_
 * columns. Numbers are compared as decimals, `tol` is an absolute tolerance or "exact"; an empty exp_ cell means no
 * result. */
#include <stdio.h>

#include "base/assert.h"
#include "base/limits.h"
#include "guideline/guideline_int.h"

enum { COLUMNS_MAX = 64 };

/* --- CSV (RFC 4180) ----------------------------------------------------------------------------------------------- */

/* cell_next - one cell, quotes taken off; *rest is behind its comma. False at a broken quote. */
static bool cell_next(struct str *rest, struct arena *mem, struct str *cell)
{
    if (rest->len == 0 || rest->ptr[0] != '"') {
        const char *comma = memchr(rest->ptr == NULL ? "" : rest->ptr, ',', rest->len);
        size_t len = comma == NULL ? rest->len : (size_t)(comma - rest->ptr);
        *cell = str_cut(*rest, 0, len);
        *rest = str_cut(*rest, len + 1, rest->len);
        return memchr(cell->ptr == NULL ? "" : cell->ptr, '"', cell->len) == NULL;
    }
    char *text = arena_alloc_raw(mem, rest->len, 1);
    size_t len = 0, i = 1;
    if (text == NULL) return false;
    for (; i < rest->len; i++) {
        if (rest->ptr[i] == '"' && (i + 1 == rest->len || rest->ptr[i + 1] != '"')) break;
        i += rest->ptr[i] == '"';
        text[len++] = rest->ptr[i];
    }
    if (i >= rest->len || (i + 1 < rest->len && rest->ptr[i + 1] != ',')) return false;
    *cell = str_make(text, len);
    *rest = str_cut(*rest, i + 2, rest->len);
    return true;
}

/* cells_of - the cells of a line; false if it is broken or has too many. */
static bool cells_of(struct str line, struct arena *mem, struct str cells[COLUMNS_MAX], size_t *count)
{
    bool has_more = true;
    *count = 0;
    while (has_more) {
        if (*count == COLUMNS_MAX) return false;
        const char *before = line.ptr;
        size_t len = line.len;
        if (!cell_next(&line, mem, &cells[(*count)++])) return false;
        /* a comma at the very end opens one more, empty cell */
        has_more = line.len > 0 || (len > 0 && before[len - 1] == ',' && cells[*count - 1].ptr != before + len);
        if (line.len == 0 && has_more) {
            if (*count == COLUMNS_MAX) return false;
            cells[(*count)++] = STR("");
            has_more = false;
        }
    }
    return true;
}

/* --- values ------------------------------------------------------------------------------------------------------- */

static bool cell_value(struct str cell, enum guideline_type type, struct arena *mem, struct expr_value *out)
{
    struct expr_decimal decimal;
    int64_t integer;
    *out = EXPR_NONE;
    if (cell.len == 0) return true;
    switch (type) {
    case GUIDELINE_DECIMAL:
        return expr_decimal_parse(cell, &decimal) && expr_decimal_value(decimal, mem, out, NULL) == SALVE_OK;
    case GUIDELINE_INTEGER:
        *out = expr_integer(str_to_i64(cell, &integer) ? integer : 0);
        return str_to_i64(cell, &integer);
    case GUIDELINE_BOOLEAN:
        *out = expr_boolean(str_is(cell, "yes"));
        return str_is(cell, "yes") || str_is(cell, "no");
    default:
        *out = expr_string(cell);
        return true;
    }
}

static bool numbers_agree(struct expr_decimal got, struct expr_decimal want, struct str tolerance)
{
    struct expr_decimal allowed, off, size;
    if (str_is(tolerance, "exact")) return expr_decimal_cmp(got, want) == 0;
    return expr_decimal_parse(tolerance, &allowed) && expr_decimal_sub(got, want, &off) &&
           expr_decimal_abs(off, &size) && expr_decimal_cmp(size, allowed) <= 0;
}

static bool agrees(struct expr_value got, struct str want, struct str tolerance)
{
    struct expr_decimal wanted;
    switch (got.kind) {
    case VALUE_NULL:
        return want.len == 0;
    case VALUE_STRING:
        return str_eq(expr_text(got), want);
    case VALUE_BOOLEAN:
        return str_is(want, got.as.boolean ? "yes" : "no");
    case VALUE_INTEGER:
        return expr_decimal_parse(want, &wanted) &&
               numbers_agree(expr_decimal_of_int(got.as.integer), wanted, tolerance);
    case VALUE_DECIMAL:
        return expr_decimal_parse(want, &wanted) && numbers_agree(*got.as.decimal, wanted, tolerance);
    default:
        return false;
    }
}

static struct str shown(struct expr_value value, struct arena *mem)
{
    struct buf out;
    buf_init(&out, mem, 4096);
    elm_json(&value, &out);
    return buf_code(&out) == SALVE_OK ? buf_str(&out) : STR("?");
}

/* --- one family --------------------------------------------------------------------------------------------------- */

struct vectors {
    guideline_answer *answer; /* of a family of plain functions; NULL: vectors.cql answers */
    void *with;
    struct str *names; /* of the columns, for the plain functions */
    const struct guideline *guideline;
    const struct guideline_family *family;
    const struct elm_program *program;
    struct arena *mem;
    size_t column_count;
    const struct guideline_column *columns[COLUMNS_MAX]; /* of the file's columns; NULL: none of the family's */
    size_t id_at, tolerance_at;                          /* COLUMNS_MAX: the file has no such column */
    struct clock clock;
};

static const struct guideline_column *column_named(const struct guideline_family *family, struct str name)
{
    for (size_t i = 0; i < family->column_count; i++)
        if (str_eq(family->columns[i].name, name)) return &family->columns[i];
    return NULL;
}

static bool is_expected(struct str column) { return str_starts(column, STR("exp_")); }

static enum salve_code read_header(struct vectors *to, struct str line, struct salve_err *err)
{
    struct str *cells = arena_array(to->mem, struct str, COLUMNS_MAX);
    size_t outputs = 0;
    if (cells == NULL) return salve_fail(err, SALVE_E_MEMORY, "vectors");
    if (!cells_of(line, to->mem, cells, &to->column_count)) return salve_fail(err, SALVE_E_SYNTAX, "header");
    to->names = cells;
    to->id_at = to->tolerance_at = COLUMNS_MAX;
    for (size_t i = 0; i < to->column_count; i++) {
        to->columns[i] = to->family == NULL ? NULL : column_named(to->family, cells[i]);
        if (to->columns[i] != NULL)
            outputs += to->columns[i]->is_output;
        else if (to->answer != NULL && is_expected(cells[i]))
            outputs++;
        else if (str_is(cells[i], "case_id"))
            to->id_at = i;
        else if (str_is(cells[i], "tol"))
            to->tolerance_at = i;
        else if (to->answer == NULL && !str_is(cells[i], "source"))
            return salve_refuse(err, SALVE_E_INVALID, "the family declares no such column", "column %.*s",
                                STR_ARGS(str_cut(cells[i], 0, 40)));
    }
    if (outputs > 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INVALID, "there is no exp_ column of the family", "header");
}

static enum salve_code run_row(const struct vectors *to, const struct str *cells, struct elm_run **run, struct str *why,
                               struct salve_err *err)
{
    struct expr_env env = {.clock = &to->clock, .terms = to->guideline->terms};
    struct elm_param *params = arena_array(to->mem, struct elm_param, to->column_count + 1);
    size_t count = 0;
    if (params == NULL) return salve_fail(err, SALVE_E_MEMORY, "vectors");
    for (size_t i = 0; i < to->column_count; i++) {
        const struct guideline_column *column = to->columns[i];
        if (column == NULL || column->is_output) continue;
        params[count].library = STR_NONE;
        params[count].name = column->target;
        if (!cell_value(cells[i], column->type, to->mem, &params[count++].value))
            *why = arena_printf(to->mem, "%.*s is not of its type", STR_ARGS(column->name));
    }
    struct expr_env *kept = arena_new(to->mem, struct expr_env);
    if (kept == NULL) return salve_fail(err, SALVE_E_MEMORY, "vectors");
    *kept = env;
    return elm_run_open(to->program, NULL, kept, params, count, to->mem, run, err);
}

/* A row of plain functions. */
struct guideline_row {
    const struct vectors *of;
    const struct str *cells;
};

struct str guideline_cell(const struct guideline_row *row, const char *column)
{
    for (size_t i = 0; i < row->of->column_count; i++)
        if (str_is(row->of->names[i], column)) return row->cells[i];
    return STR_NONE;
}

static bool texts_agree(struct str got, struct str want, struct str tolerance)
{
    struct expr_decimal a, b;
    if (str_eq(got, want)) return true;
    return expr_decimal_parse(got, &a) && expr_decimal_parse(want, &b) && numbers_agree(a, b, tolerance);
}

static void test_plain_row(const struct vectors *to, const struct str *cells, struct str tolerance, struct str *why)
{
    struct guideline_row row = {to, cells};
    for (size_t i = 0; why->ptr == NULL && i < to->column_count; i++) {
        if (!is_expected(to->names[i])) continue;
        struct str got = to->answer(to->with, &row, to->names[i]);
        if (!texts_agree(got, cells[i], tolerance))
            *why = arena_printf(to->mem, "%.*s: got %.*s, expected %.*s", STR_ARGS(to->names[i]), STR_ARGS(got),
                                STR_ARGS(cells[i]));
    }
}

/* test_row - *why stays absent if the row passes. */
static enum salve_code test_row(const struct vectors *to, const struct str *cells, struct str *why,
                                struct salve_err *err)
{
    struct elm_run *run = NULL;
    struct str tolerance = to->tolerance_at == COLUMNS_MAX ? STR("exact") : cells[to->tolerance_at];
    if (to->answer != NULL) {
        test_plain_row(to, cells, tolerance, why);
        return SALVE_OK;
    }
    enum salve_code code = run_row(to, cells, &run, why, err);
    for (size_t i = 0; code == SALVE_OK && why->ptr == NULL && i < to->column_count; i++) {
        struct expr_value got;
        if (to->columns[i] == NULL || !to->columns[i]->is_output) continue;
        code = elm_run_define(run, to->columns[i]->target, &got, err);
        if (code == SALVE_OK && !agrees(got, cells[i], tolerance))
            *why = arena_printf(to->mem, "%.*s: got %.*s, expected %.*s", STR_ARGS(to->columns[i]->name),
                                STR_ARGS(shown(got, to->mem)), STR_ARGS(cells[i]));
    }
    return code;
}

static enum salve_code test_rows(struct vectors *to, struct str csv, guideline_report *report, void *ctx,
                                 struct guideline_tally *tally, struct salve_err *err)
{
    struct str line, cells[COLUMNS_MAX];
    size_t count = 0;
    unsigned number = 1;
    enum salve_code code = str_next_line(&csv, &line)
                               ? read_header(to, line, err)
                               : salve_refuse(err, SALVE_E_SYNTAX, "the file is empty", "header");
    if (code != SALVE_OK) salve_err_place(err, 1, 0);
    while (code == SALVE_OK && str_next_line(&csv, &line)) {
        number++;
        if (line.len == 0) continue;
        struct arena_mark mark = arena_mark(to->mem);
        struct str why = STR_NONE;
        if (line.len > SALVE_CSV_LINE_BYTES_MAX || !cells_of(line, to->mem, cells, &count) ||
            count != to->column_count) {
            (void)salve_refuse(err, SALVE_E_SYNTAX, "the row has not as many cells as the header, or a broken quote",
                               "row");
            salve_err_place(err, number, 0);
            return SALVE_E_SYNTAX;
        }
        code = test_row(to, cells, &why, err);
        if (code != SALVE_OK) break;
        tally->passed += why.ptr == NULL;
        tally->failed += why.ptr != NULL;
        if (report != NULL)
            report(ctx, to->id_at == COLUMNS_MAX ? line : cells[to->id_at], why.ptr == NULL,
                   why.ptr == NULL ? STR("") : why);
        arena_rewind(to->mem, mark);
    }
    return code;
}

/* program_of - vectors.json linked with the logic that it includes. */
static enum salve_code program_of(const struct guideline *guideline, struct arena *mem, struct elm_program **out,
                                  struct salve_err *err)
{
    salve_assert(guideline->logic < guideline->file_count);
    struct guideline_file texts[2] = {guideline->files[guideline->logic], {STR("vectors.json"), guideline->vectors}};
    if (guideline->vectors.len == 0) return salve_fail(err, SALVE_E_NOT_FOUND, "vectors.json");
    return guideline_compile(guideline, texts, mem, out, err);
}

enum salve_code guideline_test_vectors(const struct guideline *guideline, struct str family, struct str csv,
                                       guideline_report *report, void *ctx, struct guideline_tally *tally,
                                       struct salve_err *err)
{
    struct vectors to = {.guideline = guideline, .clock = clock_fixed(0)};
    struct elm_program *program = NULL;
    salve_assert(tally != NULL);
    for (size_t i = 0; i < guideline->info.family_count; i++)
        if (str_eq(guideline->families[i].name, family)) to.family = &guideline->families[i];
    if (to.family == NULL)
        return salve_fail(err, SALVE_E_NOT_FOUND, "%.*s: vector family", STR_ARGS(guideline->info.id));
    to.mem = arena_open(GUIDELINE_EVALUATION_BYTES_MAX);
    if (to.mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "vectors");
    enum salve_code code = program_of(guideline, to.mem, &program, err);
    to.program = program;
    if (code == SALVE_OK) code = test_rows(&to, csv, report, ctx, tally, err);
    arena_close(to.mem);
    return code;
}

enum salve_code guideline_test_plain(struct str csv, guideline_answer *answer, void *with, guideline_report *report,
                                     void *ctx, struct guideline_tally *tally, struct salve_err *err)
{
    struct vectors to = {.answer = answer, .with = with};
    salve_assert(tally != NULL && answer != NULL);
    to.mem = arena_open(GUIDELINE_EVALUATION_BYTES_MAX);
    if (to.mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "vectors");
    enum salve_code code = test_rows(&to, csv, report, ctx, tally, err);
    arena_close(to.mem);
    return code;
}
