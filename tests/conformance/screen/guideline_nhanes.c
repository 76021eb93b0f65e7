/* SPDX-License-Identifier: Apache-2.0
 *
 * 500 measured adults (shared/data/nhanes-sample, read through maps/nhanes.json) through all guidelines, in memory: the
 * counts per category must be those that an independent calculation with decimals gave, rule by rule. Nine women below
 * 56 have a high blood pressure and no answer about pregnancy or birth, so their action is not known: not assessed. */
#include "t.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "admit/import.h"
#include "guideline/guideline.h"

enum { PEOPLE = 500 };
#define NOW_UNIX_MS INT64_C(1795426200000) /* 2026-11-23T09:30:00Z */

static struct expected {
    const char *item, *category;
    unsigned want, got;
} counts[] = {
    {"bp-category", "non-elevated", 118, 0},
    {"bp-category", "elevated", 183, 0},
    {"bp-category", "hypertension", 28, 0},
    {"bp-category", "low", 9, 0},
    {"bp-category", "treated-controlled", 47, 0},
    {"bp-category", "treated", 31, 0},
    {"bp-category", "treated-not-controlled", 33, 0},
    {"bp-category", "not-assessed", 51, 0},
    {"bmi", "severe-thinness", 1, 0},
    {"bmi", "moderate-thinness", 1, 0},
    {"bmi", "mild-thinness", 5, 0},
    {"bmi", "normal", 139, 0},
    {"bmi", "pre-obese", 137, 0},
    {"bmi", "obese-1", 111, 0},
    {"bmi", "obese-2", 59, 0},
    {"bmi", "obese-3", 40, 0},
    {"bmi", "not-assessed", 7, 0},
    {"waist", "normal", 122, 0},
    {"waist", "increased", 82, 0},
    {"waist", "substantially-increased", 270, 0},
    {"waist", "not-assessed", 26, 0},
    {"whtr", "healthy", 76, 0},
    {"whtr", "increased", 177, 0},
    {"whtr", "high", 129, 0},
    {"whtr", "not-applicable", 92, 0},
    {"whtr", "not-assessed", 26, 0},
    {"glycaemia", "normal", 236, 0},
    {"glycaemia", "prediabetes", 166, 0},
    {"glycaemia", "diabetes-unconfirmed", 17, 0},
    {"glycaemia", "diabetes-criteria-met", 5, 0},
    {"glycaemia", "excluded", 60, 0},
    {"glycaemia", "not-assessed", 16, 0},
    {"egfr", "G1", 317, 0},
    {"egfr", "G2", 128, 0},
    {"egfr", "G3a", 19, 0},
    {"egfr", "G3b", 8, 0},
    {"egfr", "G4", 2, 0},
    {"egfr", "G5", 1, 0},
    {"egfr", "not-assessed", 25, 0},
};
enum { COUNTS = sizeof counts / sizeof counts[0] };

static void count(const struct finding *finding)
{
    struct str category =
        finding->status == FINDING_ASSESSED ? finding->category : str_of(finding_status_text(finding->status));
    static const char *const counted[] = {"blood-pressure", "body-measures", "glycaemia", "kidney"};
    bool is_counted = false;
    for (size_t i = 0; i < 4; i++) is_counted = is_counted || str_is(finding->guideline, counted[i]);
    for (size_t i = 0; is_counted && i < COUNTS; i++)
        counts[i].got += str_is(finding->item, counts[i].item) && str_is(category, counts[i].category);
}

static void broken(const char *what, const struct salve_err *err)
{
    t_fail("nhanes", "%s: %s: %s %s", what, salve_code_what(err->code), t_where(err), err->why);
}

/* one_person - a row as a Bundle through every guideline; false at the end of the file or a failure. */
static bool one_person(struct csv_import *csv, struct guideline **list, size_t n, int64_t now, struct arena *mem)
{
    struct salve_err err = {0};
    struct str subject, json;
    struct tape tape;
    bool more = false;
    enum salve_code code = csv_import_next(csv, mem, &subject, &json, &more, &err);
    if (code == SALVE_OK && more) code = fhir_read(json, NULL, mem, &tape, NULL, &err);
    for (size_t i = 0; code == SALVE_OK && more && i < n; i++) {
        struct guideline_ask ask = {.tapes = &tape, .tape_count = 1, .now_unix_ms = now};
        struct finding *findings = NULL;
        size_t found = 0;
        code = guideline_evaluate(list[i], &ask, mem, &findings, &found, &err);
        for (size_t f = 0; code == SALVE_OK && f < found; f++) count(&findings[f]);
    }
    if (code != SALVE_OK) broken("row", &err);
    return code == SALVE_OK && more;
}

static bool open_csv(const char *folder, struct arena *mem, struct csv_import *csv)
{
    struct salve_err err = {0};
    struct csv_map *map = NULL;
    struct admit_rules *rules = NULL;
    struct str json, text;
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/sample.csv", folder);
    enum salve_code code = file_read("maps/nhanes.json", SALVE_CONFIG_BYTES_MAX, mem, &json, &err);
    if (code == SALVE_OK) code = admit_rules_make(NULL, mem, &rules, &err);
    if (code == SALVE_OK) code = csv_map_read(rules, json, mem, &map, &err);
    if (code == SALVE_OK) code = file_read(path, 16 << 20, mem, &text, &err);
    if (code == SALVE_OK) code = csv_import_open(map, text, STR("2026-11-23T09:00:00Z"), mem, csv, &err);
    if (code != SALVE_OK) broken("map", &err);
    return code == SALVE_OK;
}

int main(void)
{
    char share[512];
    struct salve_err err = {0};
    struct csv_import csv;
    struct guideline **list = NULL;
    size_t n = 0, people = 0;
    const char *build = getenv("BUILD"), *folder = t_data("nhanes-sample");
    struct arena *mem = arena_open(256 << 20), *row = arena_open(64 << 20);
    (void)snprintf(share, sizeof share, "%s/share", build == NULL ? "build" : build);
    if (folder == NULL)
        t_skipped(COUNTS);
    else if (guideline_load_all(share, mem, &list, &n, &err) != SALVE_OK)
        broken("guidelines", &err);
    else if (open_csv(folder, mem, &csv)) {
        for (bool more = true; more; people += more) {
            struct arena_mark mark = arena_mark(row);
            more = one_person(&csv, list, n, NOW_UNIX_MS, row);
            arena_rewind(row, mark);
        }
        if (people != PEOPLE) t_fail("nhanes", "%zu people", people);
        for (size_t i = 0; i < COUNTS; i++) {
            printf("%-12s %-26s %4u\n", counts[i].item, counts[i].category, counts[i].got);
            if (counts[i].got == counts[i].want)
                t_pass();
            else
                t_fail(counts[i].item, "%s: %u, expected %u", counts[i].category, counts[i].got, counts[i].want);
        }
    }
    arena_close(row);
    arena_close(mem);
    return t_end();
}
