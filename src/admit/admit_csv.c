/* SPDX-License-Identifier: Apache-2.0
 * CSV rows to Bundles of one person, through a map: the records of RFC 4180, and the resources of one record as JSON
 * text, which then goes the way of every other import (import_read, import_run). */
#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "admit/admit_csv_int.h"
#include "base/zone.h"
#include "json/json.h"

#define PERSON "urn:salve:row" /* fullUrl of the row's person; no UUID, so import keeps no old id from it */

/* --- records ------------------------------------------------------------------------------------------------------ */

/* A quoted cell; *rest stands behind its opening quote. */
static enum salve_code quoted_cell(struct str *rest, struct arena *mem, struct str *cell, uint32_t *lines,
                                   struct salve_err *err)
{
    size_t end = 0, doubled = 0;
    for (;; end++) {
        if (end > SALVE_CSV_LINE_BYTES_MAX)
            return salve_refuse(err, SALVE_E_TOO_BIG, "a row has 64 KiB at most; a quote may not close", "row");
        if (end >= rest->len) return salve_refuse(err, SALVE_E_SYNTAX, "a quote does not close", "row");
        if (rest->ptr[end] == '\n') ++*lines;
        if (rest->ptr[end] != '"') continue;
        if (end + 1 >= rest->len || rest->ptr[end + 1] != '"') break;
        end++;
        doubled++;
    }
    *cell = str_cut(*rest, 0, end);
    *rest = str_cut(*rest, end + 1, rest->len);
    if (doubled == 0) return SALVE_OK;
    char *text = arena_alloc_raw(mem, end, 1);
    if (text == NULL) return salve_fail(err, SALVE_E_MEMORY, "csv");
    size_t len = 0;
    for (size_t i = 0; i < cell->len; i++) {
        text[len++] = cell->ptr[i];
        if (cell->ptr[i] == '"') i++;
    }
    *cell = str_make(text, len);
    return SALVE_OK;
}

static enum salve_code plain_cell(struct str *rest, char delimiter, struct str *cell, struct salve_err *err)
{
    size_t end = 0;
    while (end < rest->len && rest->ptr[end] != delimiter && rest->ptr[end] != '\n' && rest->ptr[end] != '\r') {
        if (end > SALVE_CSV_LINE_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "row");
        if (rest->ptr[end] == '"') return salve_refuse(err, SALVE_E_SYNTAX, "a quote stands inside a cell", "row");
        end++;
    }
    *cell = str_cut(*rest, 0, end);
    *rest = str_cut(*rest, end, rest->len);
    return SALVE_OK;
}

static bool cut_line_end(struct str *rest)
{
    size_t len = str_starts(*rest, STR("\r\n"))                                 ? 2
                 : str_starts(*rest, STR("\n")) || str_starts(*rest, STR("\r")) ? 1
                                                                                : 0;
    *rest = str_cut(*rest, len, rest->len);
    return len > 0;
}

enum salve_code csv_record(struct str *rest, char delimiter, struct arena *mem, struct str cells[CSV_COLUMNS_MAX],
                           size_t *count, uint32_t *lines, struct salve_err *err)
{
    struct str start = *rest;
    *count = 0;
    if (rest->len == 0) return SALVE_OK;
    for (;;) {
        if (*count == CSV_COLUMNS_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "more than %d columns", CSV_COLUMNS_MAX);
        bool is_quoted = str_starts(*rest, STR("\""));
        enum salve_code code;
        if (is_quoted) *rest = str_cut(*rest, 1, rest->len);
        code = is_quoted ? quoted_cell(rest, mem, &cells[*count], lines, err)
                         : plain_cell(rest, delimiter, &cells[*count], err);
        if (code != SALVE_OK) return code;
        ++*count;
        if (start.len - rest->len > SALVE_CSV_LINE_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "row");
        if (rest->len > 0 && rest->ptr[0] == delimiter)
            *rest = str_cut(*rest, 1, rest->len);
        else if (rest->len == 0 || cut_line_end(rest))
            break;
        else
            return salve_refuse(err, SALVE_E_SYNTAX, "text stands behind a closing quote", "row");
    }
    ++*lines;
    return SALVE_OK;
}

/* --- the header --------------------------------------------------------------------------------------------------- */

static enum salve_code find_columns(struct csv_import *csv, const struct str *header, struct arena *mem,
                                    struct salve_err *err)
{
    const struct csv_map *map = csv->map;
    uint16_t *columns = arena_array(mem, uint16_t, (size_t)map->name_count + 1);
    if (columns == NULL) return salve_fail(err, SALVE_E_MEMORY, "csv");
    for (uint16_t i = 0; i < map->name_count; i++) {
        columns[i] = CSV_NO_COLUMN;
        for (uint16_t j = 0; j < csv->file_columns; j++) {
            if (!str_eq(str_trim(header[j]), map->names[i])) continue;
            if (columns[i] != CSV_NO_COLUMN)
                return salve_refuse(err, SALVE_E_INVALID, "the header names it twice", "column %.*s",
                                    STR_ARGS(map->names[i]));
            columns[i] = j;
        }
        if (columns[i] == CSV_NO_COLUMN)
            return salve_refuse(err, SALVE_E_INVALID, "the map needs it and the header does not have it", "column %.*s",
                                STR_ARGS(map->names[i]));
    }
    csv->columns = columns;
    return SALVE_OK;
}

/* The header line of what is at hand. */
static enum salve_code open_at(const struct csv_map *map, struct csv_window *window, struct str text, struct str date,
                               struct arena *mem, struct csv_import *out, struct salve_err *err)
{
    struct str header[CSV_COLUMNS_MAX], mark = STR("\xEF\xBB\xBF");
    size_t count = 0;
    bool is_marked = !map->dialect.is_windows && str_starts(text, mark);
    *out = (struct csv_import){.map = map,
                               .window = window,
                               .rest = str_cut(text, is_marked ? mark.len : 0, text.len),
                               .date = map->date_value.len > 0 ? map->date_value : date,
                               .line = 1};
    if (map->date == CSV_NO_COLUMN && !fhir_primitive_ok(FHIR_T_dateTime, out->date))
        return salve_refuse(err, SALVE_E_INVALID, "the map names no date, so one has to be given, as a FHIR dateTime",
                            "date");
    enum salve_code code = csv_record(&out->rest, map->dialect.delimiter, mem, header, &count, &out->next_line, err);
    out->next_line++;
    out->file_columns = (uint32_t)count;
    if (code == SALVE_OK) code = find_columns(out, header, mem, err);
    if (code == SALVE_OK) code = arena_str(mem, str_cut(text, 0, text.len - out->rest.len), &out->head, err);
    if (code != SALVE_OK) salve_err_place(err, 1, 0);
    return code;
}

enum salve_code csv_import_open(const struct csv_map *map, struct str text, struct str date, struct arena *mem,
                                struct csv_import *out, struct salve_err *err)
{
    TRY(csv_utf8(&map->dialect, &text, mem, err));
    return open_at(map, NULL, text, date, mem, out, err);
}

enum salve_code csv_import_stream(const struct csv_map *map, const struct csv_source *file, struct str date,
                                  struct arena *mem, struct csv_import *out, struct salve_err *err)
{
    struct csv_window *window = NULL;
    struct str text;
    TRY(csv_window_open(map, file, mem, &window, &text, err));
    return open_at(map, window, text, date, mem, out, err);
}

/* --- one row ------------------------------------------------------------------------------------------------------ */

struct row {
    const struct csv_import *csv;
    uint64_t content; /* of the row, but for the key */
    uint32_t made;    /* observations so far */
    uint32_t count;   /* resources so far, but for the Patient */
    struct arena *mem;
    struct str reference; /* of the subject */
    struct json_writer w;
    struct str date;
    struct salve_err *err;
    enum salve_code code;
};

static struct str cell_of(const struct row *row, uint16_t column)
{
    return column == CSV_NO_COLUMN ? STR("") : str_trim(row->csv->cells[row->csv->columns[column]]);
}

static void bad_cell(struct row *row, uint16_t column, const char *why)
{
    salve_assert(column != CSV_NO_COLUMN);
    if (row->code != SALVE_OK) return;
    row->code = salve_refuse(row->err, SALVE_E_INVALID, why, "column %.*s", STR_ARGS(row->csv->map->names[column]));
    salve_err_place(row->err, row->csv->line, 0);
}

/* What the cell means; NULL for an empty cell, for one that says nothing, and for one that is not listed (an error). */
static const struct csv_value *meaning_of(struct row *row, uint16_t column, const struct csv_values *values)
{
    struct str cell = cell_of(row, column);
    if (cell.len == 0) return NULL;
    for (size_t i = 0; i < values->count; i++)
        if (str_eq(values->items[i].cell, cell)) return values->items[i].says_nothing ? NULL : &values->items[i];
    bad_cell(row, column, "the map does not say what this means");
    return NULL;
}

static void put_coding(struct json_writer *w, const struct csv_code *code)
{
    json_put_text(w, "system", code->system);
    json_put_text(w, "code", code->code);
    if (code->display.len > 0) json_put_text(w, "display", code->display);
}

static void put_concept(struct json_writer *w, const char *name, const struct csv_code *code)
{
    json_open(w, name, '{');
    json_open(w, "coding", '[');
    json_open(w, NULL, '{');
    put_coding(w, code);
    json_close(w);
    json_close(w);
    json_close(w);
}

static void put_quantity(struct row *row, const struct csv_rule *rule, uint16_t column)
{
    struct csv_number number;
    if (!csv_number(&row->csv->map->dialect, cell_of(row, column), row->mem, &number)) {
        bad_cell(row, column, "a decimal number is wanted");
        return;
    }
    json_open(&row->w, "valueQuantity", '{');
    json_put_raw(&row->w, "value", number.value);
    if (number.comparator.len > 0) json_put_text(&row->w, "comparator", number.comparator);
    json_put_text(&row->w, "unit", rule->unit);
    json_put_text(&row->w, "system", STR("http://unitsofmeasure.org"));
    json_put_text(&row->w, "code", rule->unit);
    json_close(&row->w);
}

/* Has this rule anything to say in this row? A bad cell counts: its writing reports it. */
static bool says_something(struct row *row, const struct csv_rule *rule)
{
    if (rule->column == CSV_NO_COLUMN) {
        for (size_t i = 0; i < rule->component_count; i++)
            if (says_something(row, &rule->components[i])) return true;
        return false;
    }
    if (rule->type == CSV_QUANTITY || rule->type == CSV_INTEGER) return cell_of(row, rule->column).len > 0;
    return meaning_of(row, rule->column, &rule->values) != NULL;
}

static void put_value(struct row *row, const struct csv_rule *rule, uint16_t column)
{
    const struct csv_value *value;
    struct str cell = cell_of(row, column);
    switch (rule->type) {
    case CSV_QUANTITY:
        put_quantity(row, rule, column);
        break;
    case CSV_INTEGER:
        if (fhir_primitive_ok(FHIR_T_integer, cell))
            json_put_raw(&row->w, "valueInteger", cell);
        else
            bad_cell(row, column, "a whole number is wanted");
        break;
    case CSV_BOOLEAN:
        value = meaning_of(row, column, &rule->values);
        if (value != NULL) json_put_bool(&row->w, "valueBoolean", value->truth);
        break;
    case CSV_CODE:
        value = meaning_of(row, column, &rule->values);
        if (value != NULL) put_concept(&row->w, "valueCodeableConcept", &value->code);
        break;
    }
}

/* A result without a number of its own gets one of what its row says: the same row again is the same result, whatever
 * file it stands in. */
static void put_id(struct row *row, struct str own)
{
    if (row->csv->map->person == CSV_NO_COLUMN && own.len == 0) return;
    struct str made = arena_printf(row->mem, "row-%016" PRIx64 "-%" PRIu32, row->content, row->made++);
    json_put_text(&row->w, "id", own.len > 0 ? own : made);
}

static void open_resource(struct row *row, const char *type)
{
    row->count++;
    json_open(&row->w, NULL, '{');
    json_open(&row->w, "resource", '{');
    json_put_text(&row->w, "resourceType", str_of(type));
}

static void close_resource(struct row *row)
{
    json_close(&row->w);
    json_close(&row->w);
}

static void put_subject(struct row *row)
{
    json_open(&row->w, "subject", '{');
    json_put_text(&row->w, "reference", row->reference);
    json_close(&row->w);
}

static void put_category(struct row *row, const struct csv_rule *rule)
{
    struct str given = rule->category;
    if (given.len == 0) given = rule->type == CSV_QUANTITY ? STR("laboratory") : STR("survey");
    struct csv_code category = {STR("http://terminology.hl7.org/CodeSystem/observation-category"), given, STR("")};
    json_open(&row->w, "category", '[');
    put_concept(&row->w, NULL, &category);
    json_close(&row->w);
}

static void put_observation(struct row *row, const struct csv_rule *rule)
{
    if (!says_something(row, rule)) return;
    open_resource(row, "Observation");
    put_id(row, STR(""));
    json_put_text(&row->w, "status", STR("final"));
    put_category(row, rule);
    put_concept(&row->w, "code", &rule->code);
    put_subject(row);
    json_put_text(&row->w, "effectiveDateTime", row->date);
    if (rule->column != CSV_NO_COLUMN)
        put_value(row, rule, rule->column);
    else {
        json_open(&row->w, "component", '[');
        for (size_t i = 0; i < rule->component_count; i++) {
            if (!says_something(row, &rule->components[i])) continue;
            json_open(&row->w, NULL, '{');
            put_concept(&row->w, "code", &rule->components[i].code);
            put_value(row, &rule->components[i], rule->components[i].column);
            json_close(&row->w);
        }
        json_close(&row->w);
    }
    close_resource(row);
}

static void put_condition(struct row *row, const struct csv_rule *rule)
{
    const struct csv_value *value = meaning_of(row, rule->column, &rule->values);
    struct csv_code active = {STR("http://terminology.hl7.org/CodeSystem/condition-clinical"), STR("active"), STR("")};
    struct csv_code reported = {STR("http://terminology.hl7.org/CodeSystem/condition-ver-status"), STR("unconfirmed"),
                                STR("")};
    if (value == NULL) return;
    open_resource(row, "Condition");
    put_concept(&row->w, "clinicalStatus", &active);
    put_concept(&row->w, "verificationStatus", &reported);
    put_concept(&row->w, "code", &value->code);
    put_subject(row);
    json_put_text(&row->w, "recordedDate", row->date);
    close_resource(row);
}

/* As a date of FHIR: of the map's dates the day, or a year or a month as such. */
static bool birth_date(struct row *row, struct str *born)
{
    const struct csv_map *map = row->csv->map;
    bool is_date = fhir_primitive_ok(FHIR_T_date, *born);
    if (!is_date && map->dialect.dates.len > 0)
        is_date = csv_date(&map->dialect, NULL, *born, row->mem, born) && fhir_primitive_ok(FHIR_T_date, *born);
    if (!is_date)
        bad_cell(row, map->birth_date, "a date YYYY, YYYY-MM or YYYY-MM-DD, or one as the map says, is wanted");
    return is_date;
}

static void put_patient(struct row *row, struct str subject)
{
    const struct csv_map *map = row->csv->map;
    struct str born = cell_of(row, map->birth_date);
    json_open(&row->w, NULL, '{');
    json_put_text(&row->w, "fullUrl", STR(PERSON));
    json_open(&row->w, "resource", '{');
    json_put_text(&row->w, "resourceType", STR("Patient"));
    if (subject.len > 0) json_put_text(&row->w, "id", subject);
    const struct csv_value *gender = map->gender == CSV_NO_COLUMN ? NULL : meaning_of(row, map->gender, &map->genders);
    json_put_text(&row->w, "gender", gender == NULL ? STR("unknown") : gender->code.code);
    if (born.len > 0 && birth_date(row, &born)) json_put_text(&row->w, "birthDate", born);
    close_resource(row);
}

static void check_row(struct row *row, struct str subject)
{
    const struct csv_map *map = row->csv->map;
    if (map->date != CSV_NO_COLUMN) {
        if (!csv_date(&map->dialect, row->csv->zone == NULL ? zone_utc() : row->csv->zone, cell_of(row, map->date),
                      row->mem, &row->date))
            bad_cell(row, map->date, "a FHIR date or dateTime, or one as the map says, is wanted");
    }
    if (subject.len > 0 && !fhir_primitive_ok(FHIR_T_id, subject))
        bad_cell(row, map->subject, "an id has letters, digits, - and ., 64 at most");
}

/* --- one result a row --------------------------------------------------------------------------------------------- */

static const struct csv_test *test_of(struct row *row, const struct csv_results *results)
{
    struct str cell = cell_of(row, results->test);
    for (size_t i = 0; i < results->test_count; i++)
        if (str_eq(results->tests[i].cell, cell)) return results->tests[i].rule_count > 0 ? &results->tests[i] : NULL;
    bad_cell(row, results->test, "the map does not say what this means");
    return NULL;
}

/* The rule of the test for the unit that stands there; a test that has no unit takes none. */
static const struct csv_rule *rule_of(struct row *row, const struct csv_test *test)
{
    const struct csv_results *results = &row->csv->map->results;
    struct str unit = cell_of(row, results->unit);
    for (size_t i = 0; i < results->units.count; i++)
        if (str_eq(results->units.items[i].cell, unit)) unit = results->units.items[i].code.code;
    for (size_t i = 0; i < test->rule_count; i++)
        if (test->rules[i].type != CSV_QUANTITY || str_eq(test->rules[i].unit, unit)) return &test->rules[i];
    if (results->unit == CSV_NO_COLUMN && test->rule_count == 1) return &test->rules[0];
    bad_cell(row, results->unit == CSV_NO_COLUMN ? results->test : results->unit,
             "the map does not have this test in this unit");
    return NULL;
}

static void put_result(struct row *row)
{
    const struct csv_results *results = &row->csv->map->results;
    const struct csv_test *test = test_of(row, results);
    const struct csv_rule *rule = test == NULL ? NULL : rule_of(row, test);
    struct str id = cell_of(row, results->id);
    if (rule == NULL || cell_of(row, results->value).len == 0) return;
    const struct csv_value *status =
        results->status == CSV_NO_COLUMN ? NULL : meaning_of(row, results->status, &results->statuses);
    if (id.len > 0 && !fhir_primitive_ok(FHIR_T_id, id))
        bad_cell(row, results->id, "an id has letters, digits, - and ., 64 at most");
    open_resource(row, "Observation");
    put_id(row, id);
    json_put_text(&row->w, "status", status == NULL ? STR("final") : status->code.code);
    put_category(row, rule);
    put_concept(&row->w, "code", &rule->code);
    put_subject(row);
    json_put_text(&row->w, "effectiveDateTime", row->date);
    put_value(row, rule, results->value);
    close_resource(row);
}

/* --- the whole row ------------------------------------------------------------------------------------------------ */

static void put_row(struct row *row, struct str subject)
{
    const struct csv_map *map = row->csv->map;
    json_open(&row->w, NULL, '{');
    json_put_text(&row->w, "resourceType", STR("Bundle"));
    json_put_text(&row->w, "type", STR("collection"));
    json_open(&row->w, "entry", '[');
    if (map->person == CSV_NO_COLUMN) put_patient(row, subject);
    for (size_t i = 0; i < map->observation_count; i++) put_observation(row, &map->observations[i]);
    if (map->results.test != CSV_NO_COLUMN) put_result(row);
    for (size_t i = 0; i < map->condition_count; i++) put_condition(row, &map->conditions[i]);
    json_close(&row->w);
    json_close(&row->w);
}

/* The next record, an empty line too. *from is where the row began, which may be moved. */
static enum salve_code next_record(struct csv_import *csv, const char **from, struct arena *mem, size_t *count,
                                   struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    bool is_full = csv->rest.ptr - *from >= SALVE_CSV_LINE_BYTES_MAX;
    size_t before = is_full ? 0 : (size_t)(csv->rest.ptr - *from); /* of empty lines no more are kept */
    csv->line = csv->next_line;
    if (csv->window != NULL) code = csv_window_fill(csv->window, csv->rest.ptr - before, &csv->rest, err);
    *from = csv->rest.ptr - before;
    if (code == SALVE_E_INVALID) /* of the file, and no row's */
        code = salve_refuse(err, SALVE_E_SYNTAX, "the file is not in the letters that the map says", "text");
    if (code == SALVE_OK)
        code = csv_record(&csv->rest, csv->map->dialect.delimiter, mem, csv->cells, count, &csv->next_line, err);
    if (code != SALVE_OK) salve_err_place(err, csv->line, 0);
    return code;
}

/* The cells of the next row that is not empty. */
static enum salve_code next_cells(struct csv_import *csv, struct arena *mem, bool *more, struct salve_err *err)
{
    size_t count = 0;
    const char *from = csv->rest.ptr;
    salve_assert(csv->map != NULL && csv->columns != NULL);
    csv->cells = arena_array(mem, struct str, CSV_COLUMNS_MAX);
    if (csv->cells == NULL) return salve_fail(err, SALVE_E_MEMORY, "csv");
    do TRY(next_record(csv, &from, mem, &count, err));
    while (count == 1 && csv->cells[0].len == 0); /* an empty line */
    csv->row = str_make(from, (size_t)(csv->rest.ptr - from));
    *more = count > 0;
    if (!*more || count == csv->file_columns) return SALVE_OK;
    (void)salve_refuse(err, SALVE_E_INVALID, "another number of cells than the header has", "row");
    salve_err_place(err, csv->line, 0);
    return SALVE_E_INVALID;
}

static uint64_t content_of(const struct csv_import *csv)
{
    uint64_t content = 0;
    for (uint32_t i = 0; i < csv->file_columns; i++) {
        bool is_key = csv->map->person != CSV_NO_COLUMN && csv->columns[csv->map->person] == i;
        if (!is_key) content = content * 31 + str_hash(str_trim(csv->cells[i]));
    }
    return content;
}

static enum salve_code row_json(const struct csv_import *csv, struct str subject, struct str reference,
                                struct arena *mem, struct str *json, struct salve_err *err)
{
    struct buf out;
    buf_init(&out, mem, SALVE_RESOURCE_BYTES_MAX);
    struct row row = {
        .csv = csv, .mem = mem, .reference = reference, .w = {.out = &out}, .date = csv->date, .err = err};
    row.content = content_of(csv);
    check_row(&row, subject);
    if (row.code == SALVE_OK) put_row(&row, subject);
    *json = STR("");
    bool says_nothing = row.count == 0 && csv->map->person != CSV_NO_COLUMN;
    return row.code != SALVE_OK || says_nothing ? row.code : buf_done(&out, json, err);
}

enum salve_code csv_import_next(struct csv_import *csv, struct arena *mem, struct str *subject, struct str *bundle_json,
                                bool *more, struct salve_err *err)
{
    TRY(next_cells(csv, mem, more, err));
    if (!*more) return SALVE_OK;
    struct row row = {.csv = csv, .mem = mem};
    *subject = cell_of(&row, csv->map->subject);
    csv->consent_count = 0;
    for (size_t i = 0; i < csv->map->consent_count; i++) {
        struct str cell = cell_of(&row, csv->map->consents[i].column);
        if (cell.len > 0)
            csv->consents[csv->consent_count++] = (struct csv_consent){csv->map->consents[i].purpose, cell};
    }
    return row_json(csv, *subject, STR(PERSON), mem, bundle_json, err);
}

/* --- rows about people who have a record -------------------------------------------------------------------------- */

bool csv_map_names_people(const struct csv_map *map) { return map->person != CSV_NO_COLUMN; }

enum salve_code csv_import_row(struct csv_import *csv, struct arena *mem, struct str *key, struct str *born, bool *more,
                               struct salve_err *err)
{
    salve_assert(csv_map_names_people(csv->map));
    TRY(next_cells(csv, mem, more, err));
    if (!*more) return SALVE_OK;
    struct row row = {.csv = csv, .mem = mem, .err = err};
    *key = cell_of(&row, csv->map->person);
    *born = cell_of(&row, csv->map->birth_date);
    if (key->len == 0) bad_cell(&row, csv->map->person, "the row names nobody");
    if (born->len > 0) (void)birth_date(&row, born);
    return row.code;
}

enum salve_code csv_import_bundle(const struct csv_import *csv, struct str reference, struct arena *mem,
                                  struct str *bundle_json, struct salve_err *err)
{
    return row_json(csv, STR(""), reference, mem, bundle_json, err);
}
