/* SPDX-License-Identifier: Apache-2.0
 * CSV through a map: the 500 adults of SALVE_DATA/nhanes-sample through maps/nhanes.json, each admissible as it comes
 * and with the numbers that the file has; then small maps and files, good and bad. */
#include "t.h"

#include "base/file.h"
#include "fhir/fhir.h"
#include "admit/import.h"

#define COMPARTMENT "aaaaaaaaaaaaaaaaaaaaaaaaaa"

static uint64_t next_number(void *ctx) { return ++*(uint64_t *)ctx; }

struct tally {
    unsigned people, observations, components, ages, answers;
};

static void count_resource(struct tally *tally, const struct tape *tape)
{
    struct str type = fhir_type_name(tape_type(tape, 0));
    tally->people += str_is(type, "Patient");
    tally->observations += str_is(type, "Observation");
    for (tape_at n = 1; n < tape->node_count; n++) {
        struct str name = fhir_name(fhir_elements[tape_element(tape, n)].name);
        tally->components += str_is(name, "component");
        tally->answers += str_is(name, "valueBoolean");
        tally->ages += str_is(name, "code") && str_is(tape_text(tape, n), "30525-0");
    }
}

static const char *import_row(struct str json, const struct admit_rules *rules, struct arena *mem, struct tally *tally)
{
    struct tape bundle;
    struct fhir_issues issues;
    struct import_done done;
    struct salve_err err = {0};
    uint64_t number = 0;
    fhir_issues_init(&issues, mem);
    struct import_ask ask = {.rules = rules, .compartment = STR(COMPARTMENT), .next = next_number, .ctx = &number};
    if (import_read(json, mem, &bundle, &issues, &err) != SALVE_OK) return "the Bundle is not valid";
    if (import_run(&ask, &bundle, mem, &done, &err) != SALVE_OK) return "the Bundle is not admissible";
    for (size_t i = 0; i < done.resource_count; i++) count_resource(tally, &done.resources[i].tape);
    return NULL;
}

static void nhanes(const char *dir, const struct admit_rules *rules)
{
    struct arena *mem = arena_open((size_t)256 << 20);
    struct str map_text, csv_text, subject, json;
    struct csv_map *map;
    struct csv_import csv;
    struct salve_err err = {0};
    struct tally tally = {0};
    char path[4096];
    bool more = true;
    (void)snprintf(path, sizeof path, "%s/sample.csv", dir);
    if (file_read("maps/nhanes.json", (size_t)1 << 20, mem, &map_text, &err) != SALVE_OK ||
        file_read(path, (size_t)16 << 20, mem, &csv_text, &err) != SALVE_OK ||
        csv_map_read(rules, map_text, mem, &map, &err) != SALVE_OK ||
        csv_import_open(map, csv_text, STR("2026-11-23"), mem, &csv, &err) != SALVE_OK)
        t_fail("nhanes", "%s %s", t_where(&err), err.why);
    else
        while (more) {
            struct arena_mark mark = arena_mark(mem);
            char name[64];
            enum salve_code code = csv_import_next(&csv, mem, &subject, &json, &more, &err);
            (void)snprintf(name, sizeof name, "nhanes line %u", (unsigned)csv.line);
            const char *why = code != SALVE_OK ? t_where(&err) : more ? import_row(json, rules, mem, &tally) : NULL;
            if (why != NULL)
                t_fail(name, "%s", why);
            else if (more)
                t_pass();
            if (code != SALVE_OK && !more) break;
            arena_rewind(mem, mark);
        }
    printf("%u people, %u observations, %u components, %u ages, %u yes or no\n", tally.people, tally.observations,
           tally.components, tally.ages, tally.answers);
    /* counted in the file: 500 rows, 500 ages, 458 rows with blood pressure, 500 + 498 answers */
    if (tally.people != 500 || tally.ages != 500 || tally.components != 2 * 458 || tally.answers != 998)
        t_fail("nhanes", "other counts than the file has");
    else
        t_pass();
    arena_close(mem);
}

/* --- small cases -------------------------------------------------------------------------------------------------- */

#define MAP                                                                                                                                      \
    "{\"format\":\"salve-csv-map\",\"version\":1,\"subject\":\"id\",\"date\":{\"column\":\"day\"},"                                              \
    "\"patient\":{\"gender\":{\"column\":\"sex\",\"values\":{\"m\":\"male\",\"f\":\"female\",\"-\":null}},\"birthDate\":{\"column\":\"born\"}}," \
    "\"observations\":[{\"column\":\"hb\",\"loinc\":\"718-7\",\"type\":\"quantity\",\"unit\":\"g/dL\"},"                                         \
    "{\"column\":\"n\",\"loinc\":\"64218-1\",\"type\":\"integer\"}],"                                                                            \
    "\"conditions\":[{\"column\":\"dm\",\"values\":{\"yes\":{\"system\":\"http://snomed.info/sct\",\"code\":\"73211009\"},\"no\":null}}]}"
#define HEAD "id,day,sex,born,hb,n,dm\n"

static const struct admit_rules *the_rules(struct arena *mem)
{
    struct admit_rules *rules = NULL;
    struct salve_err err = {0};
    if (admit_rules_make(NULL, mem, &rules, &err) != SALVE_OK) t_fail("rules", "%s", t_where(&err));
    return rules;
}

static enum salve_code first_row(const char *map_text, const char *csv_text, struct arena *mem, struct str *json,
                                 struct salve_err *err)
{
    struct csv_map *map;
    struct csv_import csv;
    struct str subject;
    bool more;
    enum salve_code code = csv_map_read(the_rules(mem), str_of(map_text), mem, &map, err);
    if (code == SALVE_OK) code = csv_import_open(map, str_of(csv_text), STR_NONE, mem, &csv, err);
    return code == SALVE_OK ? csv_import_next(&csv, mem, &subject, json, &more, err) : code;
}

static void good(const char *name, const char *csv_text, const char *part)
{
    struct arena *mem = arena_open((size_t)16 << 20);
    struct salve_err err = {0};
    struct str json = STR("");
    enum salve_code code = first_row(MAP, csv_text, mem, &json, &err);
    if (code != SALVE_OK)
        t_fail(name, "%s %s", t_where(&err), err.why);
    else if (str_find(json, str_of(part)) < 0)
        t_fail(name, "%.*s", STR_ARGS(json));
    else
        t_pass();
    arena_close(mem);
}

static void bad(const char *name, const char *map_text, const char *csv_text, enum salve_code want, const char *at)
{
    struct arena *mem = arena_open((size_t)16 << 20);
    struct salve_err err = {0};
    struct str json;
    enum salve_code code = first_row(map_text, csv_text, mem, &json, &err);
    if (code != want)
        t_fail(name, "%s", salve_code_name(code));
    else if (strstr(t_where(&err), at) == NULL)
        t_fail(name, "at: %s", t_where(&err));
    else if (strstr(t_where(&err), "CANARY") != NULL || strstr(err.why, "CANARY") != NULL)
        t_fail(name, "the message tells a value");
    else
        t_pass();
    arena_close(mem);
}

#define ONE(rest) "{\"format\":\"salve-csv-map\",\"version\":1,\"observations\":[{\"column\":\"a\"," rest "}]}"

static void small_cases(void)
{
    good("decimals keep their text", HEAD "a,2024-05,m,1980,13.50,,\n", "\"value\":13.50,\"unit\":\"g/dL\"");
    good("dates keep their precision", HEAD "a,2024-05,m,1980,13.50,,\n", "\"effectiveDateTime\":\"2024-05\"");
    good("birth dates keep their precision", HEAD "a,2024-05,m,1980-03,,,\n", "\"birthDate\":\"1980-03\"");
    good("an unknown sex is unknown", HEAD "a,2024,-,,,,\n", "\"gender\":\"unknown\"");
    good("a yes becomes a condition", HEAD "a,2024,f,,,,yes\n", "\"code\":\"73211009\"");
    good("a no says nothing", HEAD "a,2024,f,,,,no\n", "\"gender\":\"female\"}}]}");
    good("columns may stand in any order", "dm,n,hb,born,sex,day,id\nno,7,,,f,2024,a\n", "\"valueInteger\":7");
    good("quoted cells", "\"id\",day,sex,born,hb,n,dm\r\n\"a\",\"2024\",\"f\",,\"1.0\",,\r\n", "\"value\":1.0");
    good("cells the map does not name are not read", "id,day,sex,born,hb,n,dm,ssn\na,2024,f,,,,,\"123,\"\"45\"\n",
         "\"id\":\"a\"");
    bad("an unknown answer", MAP, HEAD "a,2024,f,,,,CANARY\n", SALVE_E_INVALID, "line 2: column dm");
    bad("a word for a number", MAP, HEAD "a,2024,f,,CANARY,,\n", SALVE_E_INVALID, "line 2: column hb");
    bad("a decimal for an integer", MAP, HEAD "a,2024,f,,,1.5,\n", SALVE_E_INVALID, "line 2: column n");
    bad("a bad date", MAP, HEAD "a,2024-13,f,,,,\n", SALVE_E_INVALID, "line 2: column day");
    bad("a bad birth date", MAP, HEAD "a,2024,f,80,,,\n", SALVE_E_INVALID, "line 2: column born");
    bad("a bad id", MAP, HEAD "a CANARY,2024,f,,,,\n", SALVE_E_INVALID, "line 2: column id");
    bad("a cell too many", MAP, HEAD "a,2024,f,,,,,CANARY\n", SALVE_E_INVALID, "line 2");
    bad("a missing column", MAP, "id,day,sex,born,hb,n\na\n", SALVE_E_INVALID, "column dm");
    bad("a column twice", MAP, "id,day,sex,born,hb,n,dm,dm\na\n", SALVE_E_INVALID, "column dm");
    bad("a quote that does not close", MAP, HEAD "a,\"CANARY\n", SALVE_E_SYNTAX, "line 2: row");
    bad("a quote inside a cell", MAP, HEAD "a,20\"24,f,,,,\n", SALVE_E_SYNTAX, "line 2: row");
    bad("bytes that are not UTF-8", MAP, "id\xff,day\n", SALVE_E_INVALID, "text");
    bad("a misspelt key", "{\"format\":\"salve-csv-map\",\"version\":1,\"observation\":[]}", HEAD, SALVE_E_INVALID,
        "the file");
    bad("another version", "{\"format\":\"salve-csv-map\",\"version\":2,\"observations\":[]}", HEAD, SALVE_E_INVALID,
        "format");
    bad("a quantity without a unit",
        "{\"format\":\"salve-csv-map\",\"version\":1,\"observations\":[{\"column\":\"a\",\"loinc\":\"1-8\",\"type\":\"quantity\"}]}",
        HEAD, SALVE_E_INVALID, "observations[0]");
#define AGREED(rest) "{\"format\":\"salve-csv-map\",\"version\":1,\"observations\":[],\"consents\":" rest "}"
    bad("an agreement to what nobody is asked", AGREED("{\"self\":{\"column\":\"a\"}}"), HEAD, SALVE_E_INVALID,
        "consents");
    bad("an agreement to a letter's code", AGREED("{\"letter\":{\"column\":\"a\"}}"), HEAD, SALVE_E_INVALID,
        "consents");
    bad("an agreement to an unknown purpose", AGREED("{\"police\":{\"column\":\"a\"}}"), HEAD, SALVE_E_INVALID,
        "consents");
    bad("two purposes in one column", AGREED("{\"care\":{\"column\":\"a\"},\"follow-up\":{\"column\":\"a\"}}"), HEAD,
        SALVE_E_INVALID, "consents");
    bad("an agreement for the whole file", AGREED("{\"care\":{\"value\":\"1.0/en signed 2026-01-31 none 1\"}}"), HEAD,
        SALVE_E_INVALID, "consents");
    bad("an agreement without a column", AGREED("{\"care\":{}}"), HEAD, SALVE_E_INVALID, "consents");
    bad("a blood group", ONE("\"loinc\":\"882-1\",\"type\":\"integer\""), HEAD, SALVE_E_NOT_ADMITTED,
        "observations[0]");
    bad("a made-up code system", ONE("\"system\":\"urn:salve:ethnicity\",\"code\":\"CANARY\",\"type\":\"integer\""),
        HEAD, SALVE_E_NOT_ADMITTED, "observations[0]");
    bad("a question that nobody asks",
        ONE("\"system\":\"urn:salve:question\",\"code\":\"CANARY\",\"type\":\"integer\""), HEAD, SALVE_E_NOT_ADMITTED,
        "observations[0]");
    bad("a DNA locus", ONE("\"system\":\"urn:salve:d3s1358\",\"code\":\"alleles\",\"type\":\"integer\""), HEAD,
        SALVE_E_NOT_ADMITTED, "observations[0]");
    bad("a religion as the name of a code",
        ONE("\"loinc\":\"718-7\",\"display\":\"Religion CANARY\",\"type\":\"integer\""), HEAD, SALVE_E_NOT_ADMITTED,
        "observations[0]");
    bad("words under a quantity", ONE("\"loinc\":\"718-7\",\"type\":\"string\""), HEAD, SALVE_E_INVALID,
        "observations[0]");
    bad("a group as the meaning of a cell",
        ONE("\"loinc\":\"72166-2\",\"type\":\"code\",\"values\":{\"1\":{\"system\":\"urn:oid:2.16.840.1.113883.6.238\","
            "\"code\":\"2106-3\"}}"),
        HEAD, SALVE_E_NOT_ADMITTED, "observations[0]");
    bad("a blood type as a condition",
        "{\"format\":\"salve-csv-map\",\"version\":1,\"observations\":[],\"conditions\":[{\"column\":\"a\",\"values\":{\"1\":"
        "{\"system\":\"http://hl7.org/fhir/sid/icd-10-cm\",\"code\":\"Z67.10\"}}}]}",
        HEAD, SALVE_E_NOT_ADMITTED, "conditions[0]");
    bad("no date at all", "{\"format\":\"salve-csv-map\",\"version\":1,\"observations\":[]}", "id\na\n",
        SALVE_E_INVALID, "date");
}

/* A result of a laboratory: what a cell becomes in a dialect. */
static void dialect(const char *rules, const char *cells, const char *part)
{
    char map_text[1024], csv_text[256];
    struct arena *mem = arena_open((size_t)16 << 20);
    struct salve_err err = {0};
    struct csv_map *map;
    struct csv_import csv;
    struct str key, born, json = STR("");
    bool more;
    (void)snprintf(
        map_text, sizeof map_text,
        "{\"format\":\"salve-csv-map\",\"version\":1,\"dialect\":{%s},\"person\":{\"column\":\"p\"},"
        "\"date\":{\"column\":\"d\"},\"results\":{\"test\":\"t\",\"value\":\"v\",\"tests\":{\"h\":[{\"loinc\":"
        "\"718-7\",\"type\":\"quantity\",\"unit\":\"g/dL\"}]}}}",
        rules);
    (void)snprintf(csv_text, sizeof csv_text, "p|d|t|v\nkey|%s\n", cells);
    enum salve_code code = csv_map_read(the_rules(mem), str_of(map_text), mem, &map, &err);
    if (code == SALVE_OK) code = csv_import_open(map, str_of(csv_text), STR_NONE, mem, &csv, &err);
    if (code == SALVE_OK) code = csv_import_row(&csv, mem, &key, &born, &more, &err);
    if (code == SALVE_OK) code = csv_import_bundle(&csv, STR("Patient/x"), mem, &json, &err);
    bool is_as_wanted = part == NULL ? code == SALVE_E_INVALID : code == SALVE_OK && str_find(json, str_of(part)) >= 0;
    if (is_as_wanted)
        t_pass();
    else
        t_fail(cells, "%s at %s: %.*s", salve_code_name(code), t_where(&err), STR_ARGS(json));
    arena_close(mem);
}

#define BAR   "\"delimiter\":\"|\""
#define COMMA BAR ",\"decimal\":\",\",\"dates\":\"DD.MM.YYYY hh:mm\",\"zone\":\"-03:30\""

static void dialects(void)
{
    dialect(BAR, "2026-11-23|h|13.50", "\"value\":13.50,\"unit\":\"g/dL\"");
    dialect(BAR, "2026-11-23|h|13,50", NULL);
    dialect(COMMA, "23.11.2026|h|13,50", "\"value\":13.50,\"unit\"");
    dialect(COMMA, "23.11.2026|h|13.50", NULL);
    dialect(COMMA, "23.11.2026|h|1.013,5", NULL);
    dialect(COMMA, "23.11.2026|h|<0,5", "\"value\":0.5,\"comparator\":\"<\"");
    dialect(COMMA, "23.11.2026|h|>= 20", "\"value\":20,\"comparator\":\">=\"");
    dialect(COMMA, "23.11.2026|h|\xE2\x89\xA4 20", "\"comparator\":\"<=\"");
    dialect(COMMA, "23.11.2026|h|<<20", NULL);
    dialect(COMMA, "23.11.2026|h|<", NULL);
    dialect(COMMA, "23.11.2026|h|+20", "\"value\":20,");
    dialect(COMMA, "23.11.2026|h|1e400000000000000000000000000000000000000000000000000000000000000", NULL);
    dialect(COMMA, "23.11.2026 08:05|h|13,5", "\"effectiveDateTime\":\"2026-11-23T08:05:00-03:30\"");
    dialect(COMMA, "23.11.2026|h|13,5", "\"effectiveDateTime\":\"2026-11-23\"");
    dialect(COMMA, "23.11.2026 08|h|13,5", NULL);
    dialect(COMMA, "23.11.2026 24:05|h|13,5", NULL);
    dialect(COMMA, "31.11.2026|h|13,5", NULL);
    dialect(COMMA, "3.11.2026|h|13,5", NULL);
    dialect(COMMA, "2026-11-23|h|13,5", NULL);
    dialect(COMMA, "23.11.|h|13,5", NULL);
    dialect(COMMA, "|h|13,5", NULL);
    dialect(BAR ",\"dates\":\"YYYYMMDDhhmm\",\"zone\":\"Z\"", "202611230805|h|1",
            "\"effectiveDateTime\":\"2026-11-23T08:05:00+00:00\"");
    dialect(BAR ",\"dates\":\"MM/DD/YYYY hh:mm:ss\",\"zone\":\"Z\"", "11/23/2026 08:05|h|1",
            "\"effectiveDateTime\":\"2026-11-23T08:05:00+00:00\"");
    dialect(BAR ",\"dates\":\"DD.MM.YY\"", "23.11.26|h|1", NULL);
    dialect(BAR ",\"zone\":\"Berlin\"", "2026-11-23|h|1", NULL);
    dialect(BAR ",\"encoding\":\"utf-16\"", "2026-11-23|h|1", NULL);
    dialect(BAR ",\"decimal\":\";\"", "2026-11-23|h|1", NULL);
}

int main(void)
{
    const char *dir = t_data("nhanes-sample");
    struct arena *mem = arena_open((size_t)64 << 20);
    struct admit_rules *rules;
    struct salve_err err = {0};
    if (admit_rules_make(NULL, mem, &rules, &err) != SALVE_OK)
        t_fail("rules", "%s", t_where(&err));
    else if (dir == NULL)
        t_skipped(501);
    else
        nhanes(dir, rules);
    small_cases();
    dialects();
    arena_close(mem);
    return t_end();
}
