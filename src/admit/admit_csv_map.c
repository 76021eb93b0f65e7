/* SPDX-License-Identifier: Apache-2.0
 * Reads a CSV map (docs/formats/csv-map.md) from JSON and checks all of it before any row is looked at. */
#include <stdio.h>

#include "fhir/fhir.h"
#include "admit/admit_csv_int.h"
#include "admit/admit_int.h"
#include "json/json.h"

struct reading {
    const struct admit_rules *rules;
    struct csv_map *map;
    struct arena *mem;
    struct salve_err *err;
};

static enum salve_code refuse(struct reading *r, const char *where, const char *why)
{
    return salve_refuse(r->err, SALVE_E_INVALID, why, "%s", where);
}

static enum salve_code no_memory(struct reading *r) { return salve_fail(r->err, SALVE_E_MEMORY, "csv map"); }

/* The number of a column in the map's list; the first mention adds it. */
static enum salve_code column_of(struct reading *r, const struct json *value, const char *where, uint16_t *out)
{
    struct str name = json_text(value);
    if (name.len == 0) return refuse(r, where, "a column is named by its header");
    for (uint16_t i = 0; i < r->map->name_count; i++)
        if (str_eq(r->map->names[i], name)) {
            *out = i;
            return SALVE_OK;
        }
    if (r->map->name_count == CSV_COLUMNS_MAX) return refuse(r, where, "too many columns");
    *out = r->map->name_count;
    r->map->names[r->map->name_count++] = name;
    return SALVE_OK;
}

static bool is_known_key(const char *const *known, struct str name)
{
    for (; *known != NULL; known++)
        if (str_is(name, *known)) return true;
    return false;
}

/* A misspelt key must not be silence. */
static enum salve_code only_keys(struct reading *r, const struct json *object, const char *where,
                                 const char *const *known)
{
    if (!json_is(object, JSON_OBJECT)) return refuse(r, where, "an object is wanted here");
    for (const struct json *member = json_first(object); member != NULL; member = member->next)
        if (!is_known_key(known, member->name)) return refuse(r, where, "a key that maps do not have");
    return SALVE_OK;
}

/* --- codes and values --------------------------------------------------------------------------------------------- */

static enum salve_code read_code(struct reading *r, const struct json *object, const char *where, struct csv_code *out)
{
    struct str loinc = json_get_text(object, "loinc");
    *out = (struct csv_code){json_get_text(object, "system"), json_get_text(object, "code"),
                             json_get_text(object, "display")};
    if (loinc.len > 0 && out->system.ptr == NULL && out->code.ptr == NULL)
        *out = (struct csv_code){STR("http://loinc.org"), loinc, out->display};
    if (out->system.len == 0 || out->code.len == 0) return refuse(r, where, "a code has loinc, or system and code");
    if (!fhir_primitive_ok(FHIR_T_uri, out->system) || !fhir_primitive_ok(FHIR_T_code, out->code))
        return refuse(r, where, "system is a uri and code a code");
    return SALVE_OK;
}

/* May this code be kept there at all? Asked when the map is read, before any row. */
static enum salve_code admitted(struct reading *r, const char *where, uint8_t set, const struct csv_code *code)
{
    enum admit_rule rule = admit_coding_rule(r->rules, set, code->system, code->code, code->display);
    if (rule == ADMIT_OK) return SALVE_OK;
    (void)salve_fail(r->err, SALVE_E_NOT_ADMITTED, "%s", where);
    return salve_why(r->err, SALVE_E_NOT_ADMITTED, "%s: %s", admit_rule_id(rule), admit_rule_text(rule));
}

enum value_kind { VALUE_GENDER, VALUE_TRUTH, VALUE_CODE, VALUE_CONDITION };

static enum salve_code read_coded(struct reading *r, const struct json *member, const char *where, enum value_kind kind,
                                  struct csv_code *out)
{
    static const char *const keys[] = {"system", "code", "display", "loinc", NULL};
    uint8_t set = kind == VALUE_CONDITION ? r->rules->slots[FHIR_E_Condition_code] : ADMIT_SET_ANY;
    enum salve_code code = only_keys(r, member, where, keys);
    if (code == SALVE_OK) code = read_code(r, member, where, out);
    return code == SALVE_OK ? admitted(r, where, set, out) : code;
}

static enum salve_code read_value(struct reading *r, const struct json *member, const char *where, enum value_kind kind,
                                  struct csv_value *out)
{
    out->cell = member->name;
    out->says_nothing = json_is(member, JSON_NULL);
    if (out->says_nothing) return SALVE_OK;
    if (kind == VALUE_TRUTH)
        return json_bool(member, &out->truth) ? SALVE_OK
                                              : refuse(r, where, "cells of a boolean mean true, false or null");
    if (kind == VALUE_GENDER) {
        out->code.code = json_text(member);
        bool is_gender = str_is(out->code.code, "male") || str_is(out->code.code, "female") ||
                         str_is(out->code.code, "other") || str_is(out->code.code, "unknown");
        return is_gender ? SALVE_OK : refuse(r, where, "a gender is male, female, other or unknown");
    }
    return read_coded(r, member, where, kind, &out->code);
}

static enum salve_code read_values(struct reading *r, const struct json *object, const char *where,
                                   enum value_kind kind, struct csv_values *out)
{
    if (!json_is(object, JSON_OBJECT) || object->count == 0)
        return refuse(r, where, "values says what each cell means");
    if (object->count > CSV_VALUES_MAX) return refuse(r, where, "too many values");
    struct csv_value *items = arena_array(r->mem, struct csv_value, object->count);
    if (items == NULL) return no_memory(r);
    enum salve_code code = SALVE_OK;
    size_t count = 0;
    for (const struct json *m = json_first(object); m != NULL && code == SALVE_OK; m = m->next)
        code = read_value(r, m, where, kind, &items[count++]);
    *out = (struct csv_values){items, count};
    return code;
}

/* --- observations and conditions ---------------------------------------------------------------------------------- */

static bool find_type(struct str text, enum csv_type *out)
{
    static const char *const names[] = {"quantity", "integer", "boolean", "code"};
    for (int i = 0; i < 4; i++)
        if (str_is(text, names[i])) {
            *out = (enum csv_type)i;
            return true;
        }
    return false;
}

static enum salve_code read_type(struct reading *r, const struct json *row, const char *where, struct csv_rule *out)
{
    if (!find_type(json_get_text(row, "type"), &out->type))
        return refuse(r, where, "type is quantity, integer, boolean or code");
    out->unit = json_get_text(row, "unit");
    if ((out->type == CSV_QUANTITY) != (out->unit.len > 0))
        return refuse(r, where, "a quantity has a unit, others have none");
    bool has_values = out->type == CSV_BOOLEAN || out->type == CSV_CODE;
    if (!has_values && json_get(row, "values") != NULL) return refuse(r, where, "only boolean and code have values");
    if (!has_values) return SALVE_OK;
    return read_values(r, json_get(row, "values"), where, out->type == CSV_CODE ? VALUE_CODE : VALUE_TRUTH,
                       &out->values);
}

static enum salve_code read_leaf(struct reading *r, const struct json *row, const char *where, struct csv_rule *out)
{
    TRY(column_of(r, json_get(row, "column"), where, &out->column));
    return read_type(r, row, where, out);
}

static enum salve_code read_rule(struct reading *r, const struct json *row, const char *where, bool is_component,
                                 struct csv_rule *out);

static enum salve_code read_admitted(struct reading *r, const struct json *row, const char *where, bool is_component,
                                     struct csv_rule *out)
{
    enum salve_code code = read_rule(r, row, where, is_component, out);
    return code == SALVE_OK ? admitted(r, where, r->rules->observation_set, &out->code) : code;
}

static enum salve_code read_rules(struct reading *r, const struct json *list, const char *where, bool is_component,
                                  const struct csv_rule **out, size_t *count)
{
    char place[160];
    if (!json_is(list, JSON_ARRAY)) return refuse(r, where, "a list is wanted here");
    if (list->count > CSV_RULES_MAX) return refuse(r, where, "too many rows");
    struct csv_rule *rules = arena_array(r->mem, struct csv_rule, list->count + 1);
    if (rules == NULL) return no_memory(r);
    enum salve_code code = SALVE_OK;
    for (const struct json *row = json_first(list); row != NULL && code == SALVE_OK; row = row->next) {
        (void)snprintf(place, sizeof place, "%s[%zu]", where, *count);
        code = read_admitted(r, row, place, is_component, &rules[(*count)++]);
    }
    *out = rules;
    return code;
}

static enum salve_code read_rule(struct reading *r, const struct json *row, const char *where, bool is_component,
                                 struct csv_rule *out)
{
    static const char *const keys[] = {"column", "loinc",    "system", "code",       "display", "type",
                                       "unit",   "category", "values", "components", NULL};
    const struct json *components = json_get(row, "components");
    enum salve_code code = only_keys(r, row, where, keys);
    out->column = CSV_NO_COLUMN;
    if (code == SALVE_OK) code = read_code(r, row, where, &out->code);
    if (code != SALVE_OK) return code;
    out->category = json_get_text(row, "category");
    if (out->category.len > 0 && (is_component || !fhir_primitive_ok(FHIR_T_code, out->category)))
        return refuse(r, where, "category is a code, and not of a component");
    if (components == NULL) return read_leaf(r, row, where, out);
    if (is_component || json_get(row, "column") != NULL || json_get(row, "type") != NULL ||
        json_get(row, "values") != NULL)
        return refuse(r, where, "components stand instead of a column, one level deep");
    return read_rules(r, components, where, true, &out->components, &out->component_count);
}

static enum salve_code read_conditions(struct reading *r, const struct json *list)
{
    static const char *const keys[] = {"column", "values", NULL};
    if (list == NULL) return SALVE_OK;
    if (!json_is(list, JSON_ARRAY) || list->count > CSV_RULES_MAX)
        return refuse(r, "conditions", "a list is wanted here");
    struct csv_rule *rules = arena_array(r->mem, struct csv_rule, list->count + 1);
    if (rules == NULL) return no_memory(r);
    for (const struct json *row = json_first(list); row != NULL; row = row->next) {
        char place[32];
        (void)snprintf(place, sizeof place, "conditions[%zu]", r->map->condition_count);
        struct csv_rule *rule = &rules[r->map->condition_count++];
        enum salve_code code = only_keys(r, row, "conditions", keys);
        if (code == SALVE_OK) code = column_of(r, json_get(row, "column"), "conditions", &rule->column);
        if (code == SALVE_OK) code = read_values(r, json_get(row, "values"), place, VALUE_CONDITION, &rule->values);
        if (code != SALVE_OK) return code;
    }
    r->map->conditions = rules;
    return SALVE_OK;
}

/* --- how a laboratory writes -------------------------------------------------------------------------------------- */

static enum salve_code read_dialect(struct reading *r, const struct json *dialect)
{
    static const char *const keys[] = {"delimiter", "decimal", "encoding", "dates", "zone", NULL};
    struct csv_dialect *out = &r->map->dialect;
    *out = (struct csv_dialect){.delimiter = ',', .decimal = '.', .is_site_zone = true};
    if (dialect == NULL) return SALVE_OK;
    TRY(only_keys(r, dialect, "dialect", keys));
    struct str delimiter = json_get_text(dialect, "delimiter"), decimal = json_get_text(dialect, "decimal");
    struct str encoding = json_get_text(dialect, "encoding"), zone = json_get_text(dialect, "zone");
    if (delimiter.len > 0) out->delimiter = delimiter.ptr[0];
    if (decimal.len > 0) out->decimal = decimal.ptr[0];
    if (delimiter.len > 1 || strchr(",;|\t", out->delimiter) == NULL)
        return refuse(r, "dialect.delimiter", "it is a comma, a semicolon, a bar or a tab");
    if (decimal.len > 1 || strchr(".,", out->decimal) == NULL)
        return refuse(r, "dialect.decimal", "it is a point or a comma");
    out->is_windows = str_is(encoding, "windows-1252") || str_is(encoding, "iso-8859-1");
    if (encoding.len > 0 && !out->is_windows && !str_is(encoding, "utf-8"))
        return refuse(r, "dialect.encoding", "it is utf-8, windows-1252 or iso-8859-1");
    out->dates = json_get_text(dialect, "dates");
    if (out->dates.len > 0 && !csv_pattern_ok(out->dates))
        return refuse(r, "dialect.dates", "a pattern such as DD.MM.YYYY hh:mm is wanted");
    out->is_site_zone = zone.len == 0 || str_is(zone, "site");
    if (!out->is_site_zone && !csv_offset(zone, &out->offset_minutes))
        return refuse(r, "dialect.zone", "it is site, Z or an offset such as +01:00");
    return SALVE_OK;
}

/* --- one result a row --------------------------------------------------------------------------------------------- */

static enum salve_code read_test_rule(struct reading *r, const struct json *row, const char *where,
                                      struct csv_rule *out)
{
    static const char *const keys[] = {"loinc", "system", "code",     "display", "type",
                                       "unit",  "values", "category", NULL};
    *out = (struct csv_rule){.column = CSV_NO_COLUMN, .category = json_get_text(row, "category")};
    TRY(only_keys(r, row, where, keys));
    TRY(read_code(r, row, where, &out->code));
    if (out->category.len > 0 && !fhir_primitive_ok(FHIR_T_code, out->category))
        return refuse(r, where, "category is a code");
    TRY(read_type(r, row, where, out));
    return admitted(r, where, r->rules->observation_set, &out->code);
}

/* [{code, type, unit}, ..]: one for each unit that the test may come in; null: of no use here. */
static enum salve_code read_test(struct reading *r, const struct json *member, struct csv_test *out)
{
    char where[160];
    *out = (struct csv_test){.cell = member->name};
    if (json_is(member, JSON_NULL)) return SALVE_OK;
    (void)snprintf(where, sizeof where, "results.tests.%.*s", STR_ARGS(member->name));
    if (!json_is(member, JSON_ARRAY) || member->count == 0 || member->count > CSV_RULES_MAX)
        return refuse(r, where, "a list is wanted here, of one code for each unit");
    struct csv_rule *rules = arena_array(r->mem, struct csv_rule, member->count);
    if (rules == NULL) return no_memory(r);
    for (const struct json *row = json_first(member); row != NULL; row = row->next)
        TRY(read_test_rule(r, row, where, &rules[out->rule_count++]));
    out->rules = rules;
    return SALVE_OK;
}

static enum salve_code read_tests(struct reading *r, const struct json *tests)
{
    struct csv_results *out = &r->map->results;
    if (!json_is(tests, JSON_OBJECT) || tests->count == 0 || tests->count > CSV_VALUES_MAX)
        return refuse(r, "results.tests", "it says what each test is");
    struct csv_test *items = arena_array(r->mem, struct csv_test, tests->count);
    if (items == NULL) return no_memory(r);
    for (const struct json *m = json_first(tests); m != NULL; m = m->next)
        TRY(read_test(r, m, &items[out->test_count++]));
    out->tests = items;
    return SALVE_OK;
}

/* {cell: word}: a unit in UCUM, a status of R4. */
static enum salve_code read_words(struct reading *r, const struct json *object, const char *where,
                                  struct csv_values *out)
{
    if (!json_is(object, JSON_OBJECT) || object->count == 0 || object->count > CSV_VALUES_MAX)
        return refuse(r, where, "values says what each cell means");
    struct csv_value *items = arena_array(r->mem, struct csv_value, object->count);
    if (items == NULL) return no_memory(r);
    *out = (struct csv_values){items, 0};
    for (const struct json *m = json_first(object); m != NULL; m = m->next) {
        struct csv_value *item = &items[out->count++];
        *item = (struct csv_value){.cell = m->name, .code = {.code = json_text(m)}};
        if (item->code.code.len == 0) return refuse(r, where, "a word is wanted here");
    }
    return SALVE_OK;
}

static enum salve_code column_with_words(struct reading *r, const struct json *object, const char *where,
                                         uint16_t *column, struct csv_values *out)
{
    static const char *const keys[] = {"column", "values", NULL};
    if (object == NULL) return SALVE_OK;
    TRY(only_keys(r, object, where, keys));
    TRY(column_of(r, json_get(object, "column"), where, column));
    return json_get(object, "values") == NULL ? SALVE_OK : read_words(r, json_get(object, "values"), where, out);
}

static enum salve_code check_statuses(struct reading *r)
{
    const struct csv_values *statuses = &r->map->results.statuses;
    if (r->map->results.status != CSV_NO_COLUMN && statuses->count == 0)
        return refuse(r, "results.status", "values says what each cell means");
    for (size_t i = 0; i < statuses->count; i++)
        if (fhir_valueset_has(fhir_elements[FHIR_E_Observation_status].binding, STR_NONE,
                              statuses->items[i].code.code) == FHIR_HAS_NOT)
            return refuse(r, "results.status", "a status of an Observation is wanted, such as final");
    return SALVE_OK;
}

static enum salve_code read_results(struct reading *r, const struct json *results)
{
    static const char *const keys[] = {"test", "value", "unit", "status", "id", "tests", NULL};
    struct csv_results *out = &r->map->results;
    out->test = out->value = out->unit = out->status = out->id = CSV_NO_COLUMN;
    if (results == NULL) return SALVE_OK;
    TRY(only_keys(r, results, "results", keys));
    TRY(column_of(r, json_get(results, "test"), "results.test", &out->test));
    TRY(column_of(r, json_get(results, "value"), "results.value", &out->value));
    if (json_get(results, "id") != NULL) TRY(column_of(r, json_get(results, "id"), "results.id", &out->id));
    TRY(column_with_words(r, json_get(results, "unit"), "results.unit", &out->unit, &out->units));
    TRY(column_with_words(r, json_get(results, "status"), "results.status", &out->status, &out->statuses));
    TRY(check_statuses(r));
    return read_tests(r, json_get(results, "tests"));
}

/* Who the rows are about: new people, or people who have a record and are named by a key. */
static enum salve_code read_person(struct reading *r, const struct json *person)
{
    static const char *const keys[] = {"column", NULL};
    if (person == NULL) return SALVE_OK;
    TRY(only_keys(r, person, "person", keys));
    if (r->map->subject != CSV_NO_COLUMN || r->map->consent_count > 0 || r->map->gender != CSV_NO_COLUMN)
        return refuse(r, "person",
                      "subject, gender and consents are of new people; a key is of people who have a record");
    return column_of(r, json_get(person, "column"), "person", &r->map->person);
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static enum salve_code read_patient(struct reading *r, const struct json *patient)
{
    static const char *const keys[] = {"gender", "birthDate", NULL}, *const gender_keys[] = {"column", "values", NULL},
                             *const date_keys[] = {"column", NULL};
    const struct json *gender = json_get(patient, "gender"), *birth = json_get(patient, "birthDate");
    if (patient == NULL) return SALVE_OK;
    enum salve_code code = only_keys(r, patient, "patient", keys);
    if (code == SALVE_OK && gender != NULL) {
        code = only_keys(r, gender, "patient.gender", gender_keys);
        if (code == SALVE_OK) code = column_of(r, json_get(gender, "column"), "patient.gender", &r->map->gender);
        if (code == SALVE_OK)
            code = read_values(r, json_get(gender, "values"), "patient.gender", VALUE_GENDER, &r->map->genders);
    }
    if (code == SALVE_OK && birth != NULL) {
        code = only_keys(r, birth, "patient.birthDate", date_keys);
        if (code == SALVE_OK) code = column_of(r, json_get(birth, "column"), "patient.birthDate", &r->map->birth_date);
    }
    return code;
}

/* {"care": {"column": C}, ..}: one purpose a column, one column a purpose. */
static enum salve_code read_consents(struct reading *r, const struct json *consents)
{
    static const char *const keys[] = {"column", NULL};
    if (consents == NULL) return SALVE_OK;
    if (!json_is(consents, JSON_OBJECT)) return refuse(r, "consents", "an object is wanted here");
    for (const struct json *member = json_first(consents); member != NULL; member = member->next) {
        struct csv_consent_rule rule;
        bool is_asked = purpose_find(member->name, &rule.purpose) && rule.purpose != PURPOSE_SELF &&
                        rule.purpose != PURPOSE_LETTER && r->map->consent_count < PURPOSE_LAST;
        if (!is_asked) return refuse(r, "consents", "a key is a purpose that people agree to");
        enum salve_code code = only_keys(r, member, "consents", keys);
        if (code == SALVE_OK) code = column_of(r, json_get(member, "column"), "consents", &rule.column);
        if (code != SALVE_OK) return code;
        for (size_t i = 0; i < r->map->consent_count; i++)
            if (r->map->consents[i].purpose == rule.purpose || r->map->consents[i].column == rule.column)
                return refuse(r, "consents", "one purpose a column, and one column a purpose");
        r->map->consents[r->map->consent_count++] = rule;
    }
    return SALVE_OK;
}

static enum salve_code read_date(struct reading *r, const struct json *date)
{
    static const char *const keys[] = {"column", "value", NULL};
    if (date == NULL) return SALVE_OK;
    enum salve_code code = only_keys(r, date, "date", keys);
    if (code != SALVE_OK) return code;
    r->map->date_value = json_get_text(date, "value");
    bool has_column = json_get(date, "column") != NULL, has_value = json_get(date, "value") != NULL;
    if (has_column == has_value) return refuse(r, "date", "a date has a column or a value");
    if (has_column) return column_of(r, json_get(date, "column"), "date", &r->map->date);
    return fhir_primitive_ok(FHIR_T_dateTime, r->map->date_value) ? SALVE_OK
                                                                  : refuse(r, "date", "the value is a FHIR dateTime");
}

static enum salve_code read_map(struct reading *r, const struct json *doc)
{
    static const char *const keys[] = {"format",  "version", "title",        "notes",      "subject",
                                       "date",    "patient", "observations", "conditions", "consents",
                                       "dialect", "person",  "results",      NULL};
    int64_t version = 0;
    enum salve_code code = only_keys(r, doc, "the file", keys);
    if (code != SALVE_OK) return code;
    if (!str_is(json_get_text(doc, "format"), "salve-csv-map") || !json_i64(json_get(doc, "version"), &version) ||
        version != 1)
        return refuse(r, "format", "format is salve-csv-map and version 1");
    code = read_dialect(r, json_get(doc, "dialect"));
    if (code == SALVE_OK && json_get(doc, "subject") != NULL)
        code = column_of(r, json_get(doc, "subject"), "subject", &r->map->subject);
    if (code == SALVE_OK) code = read_date(r, json_get(doc, "date"));
    if (code == SALVE_OK) code = read_patient(r, json_get(doc, "patient"));
    if (code == SALVE_OK) code = read_consents(r, json_get(doc, "consents"));
    if (code == SALVE_OK) code = read_person(r, json_get(doc, "person"));
    if (code == SALVE_OK) code = read_results(r, json_get(doc, "results"));
    if (code == SALVE_OK && (json_get(doc, "observations") != NULL || json_get(doc, "results") == NULL))
        code = read_rules(r, json_get(doc, "observations"), "observations", false, &r->map->observations,
                          &r->map->observation_count);
    return code == SALVE_OK ? read_conditions(r, json_get(doc, "conditions")) : code;
}

enum salve_code csv_map_read(const struct admit_rules *rules, struct str json, struct arena *mem, struct csv_map **out,
                             struct salve_err *err)
{
    struct csv_map *map = arena_new(mem, struct csv_map);
    struct reading reading = {rules, map, mem, err};
    const struct json *doc;
    struct str text;
    if (map == NULL) return salve_fail(err, SALVE_E_MEMORY, "csv map");
    map->subject = map->gender = map->birth_date = map->date = map->person = CSV_NO_COLUMN;
    enum salve_code code = arena_str(mem, json, &text, err);
    if (code == SALVE_OK) code = json_read(text, NULL, mem, &doc, err);
    if (code == SALVE_OK) code = read_map(&reading, doc);
    if (code == SALVE_OK) *out = map;
    return code;
}
