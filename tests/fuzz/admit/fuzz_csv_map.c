/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a CSV map, and as a CSV file through a fixed map (cut at the first NUL, if there is one: map, then file).
 * A row that comes out must be a Bundle that the reader takes; as a stream the file says the same. */
#include <stdlib.h>

#include "fhir/fhir.h"
#include "admit/import.h"
#include "csv_pair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char fixed_map[] =
    "{\"format\":\"salve-csv-map\",\"version\":1,\"subject\":\"id\",\"date\":{\"column\":\"d\"},"
    "\"patient\":{\"gender\":{\"column\":\"s\",\"values\":{\"m\":\"male\",\"f\":null}},\"birthDate\":{\"column\":\"b\"}},"
    "\"observations\":[{\"column\":\"q\",\"loinc\":\"718-7\",\"type\":\"quantity\",\"unit\":\"g/dL\"},"
    "{\"loinc\":\"85354-9\",\"components\":[{\"column\":\"i\",\"loinc\":\"8480-6\",\"type\":\"integer\"},"
    "{\"column\":\"y\",\"loinc\":\"8462-4\",\"type\":\"boolean\",\"values\":{\"y\":true,\"n\":false}}]}],"
    "\"conditions\":[{\"column\":\"y\",\"values\":{\"y\":{\"system\":\"http://snomed.info/sct\",\"code\":\"73211009\"},\"n\":null}}]}";

static const char results_map[] =
    "{\"format\":\"salve-csv-map\",\"version\":1,\"dialect\":{\"delimiter\":\";\",\"decimal\":\",\",\"encoding\":\"windows-1252\","
    "\"dates\":\"DD.MM.YYYY hh:mm:ss\",\"zone\":\"+05:30\"},\"person\":{\"column\":\"id\"},\"date\":{\"column\":\"d\"},"
    "\"results\":{\"test\":\"q\",\"value\":\"i\",\"unit\":{\"column\":\"y\",\"values\":{\"g\":\"g/dL\"}},\"tests\":{\"h\":["
    "{\"loinc\":\"718-7\",\"type\":\"quantity\",\"unit\":\"g/dL\"}],\"n\":null}}}";

static enum salve_code named_row(struct csv_import *csv, struct arena *mem, struct str *json, bool *more,
                                 struct salve_err *err)
{
    struct str key, born;
    enum salve_code code = csv_import_row(csv, mem, &key, &born, more, err);
    if (code == SALVE_OK && *more) code = csv_import_bundle(csv, STR("Patient/a"), mem, json, err);
    if (code == SALVE_OK && json->len == 0) *json = STR("{\"resourceType\":\"Patient\",\"id\":\"a\"}");
    return code;
}

static void rows(const struct csv_map *map, struct str csv_text, struct arena *mem)
{
    size_t count;
    struct arena_mark start = arena_mark(mem);
    if (csv_pair(map, csv_text, 1 + csv_text.len % 40, mem, &count) != NULL) abort();
    arena_rewind(mem, start);
    struct csv_import csv;
    struct salve_err err = {0};
    struct str subject, json;
    struct tape bundle;
    bool more = true;
    if (csv_import_open(map, csv_text, STR("2026"), mem, &csv, &err) != SALVE_OK) return;
    for (int i = 0; i < 200 && more; i++) {
        struct arena_mark mark = arena_mark(mem);
        more = false;
        enum salve_code code = csv_map_names_people(map) ? named_row(&csv, mem, &json, &more, &err)
                                                         : csv_import_next(&csv, mem, &subject, &json, &more, &err);
        if (code == SALVE_OK && more && import_read(json, mem, &bundle, NULL, &err) != SALVE_OK) abort();
        arena_rewind(mem, mark);
    }
}

static const struct admit_rules *made_once(void)
{
    static struct arena *mem; /* reachable until the end, so that it is no leak */
    static struct admit_rules *rules;
    struct salve_err err = {0};
    if (mem == NULL) mem = arena_open(16 << 20);
    if (rules == NULL && admit_rules_make(NULL, mem, &rules, &err) != SALVE_OK) abort();
    return rules;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct admit_rules *rules = made_once();
    struct arena *mem = arena_open(64 << 20);
    struct str text = str_make((const char *)data, size), map_text = text,
               csv_text = STR("id,d,s,b,q,i,y\n1,2,m,2,3,4,y\n");
    struct salve_err err = {0};
    struct csv_map *map;
    const char *cut = size == 0 ? NULL : memchr(data, 0, size);
    if (cut != NULL) {
        map_text = str_cut(text, 0, (size_t)(cut - text.ptr));
        csv_text = str_cut(text, map_text.len + 1, text.len);
    }
    if (csv_map_read(rules, map_text, mem, &map, &err) == SALVE_OK) rows(map, csv_text, mem);
    if (csv_map_read(rules, str_of(fixed_map), mem, &map, &err) != SALVE_OK) abort();
    rows(map, text, mem);
    rows(map, csv_text, mem);
    if (csv_map_read(rules, str_of(results_map), mem, &map, &err) != SALVE_OK) abort();
    rows(map, text, mem);
    rows(map, csv_text, mem);
    arena_close(mem);
    return 0;
}
