/* SPDX-License-Identifier: Apache-2.0
 * validator_suite [DIR] - compares "has an error", as `salve fhir validate` finds it, with the official Java validator on
 * inputs and outcomes laid out like shared/data/fhir-validator (index.json with name, file, errors). A disagreement is a line in known-gaps.txt with its
 * reason; one that is listed and agrees is a failure. Prints the counts of all four combinations. */
#include "t.h"

#include "base/file.h"
#include "fhir/fhir.h"
#include "fhir/validate.h"
#include "fhirpath/invariants.h"
#include "json/json.h"

#define GAPS "tests/conformance/fhir/known-gaps.txt"

static unsigned both_accept, both_reject, only_java_rejects, only_salve_rejects;

/* Reader, rules of elements, constraints: the three parts of `salve fhir validate`. `first`: the first error. */
static bool has_error(struct str text, struct invariants *rules, struct arena *mem, char *first, size_t first_bytes)
{
    struct fhir_issues issues;
    struct salve_err err = {0};
    fhir_issues_init(&issues, mem);
    enum salve_code code = invariants_judge(rules, text, NULL, mem, &issues, &err);
    (void)snprintf(first, first_bytes, "%s %s", t_where(&err), salve_code_name(code));
    for (size_t i = 0; i < issues.count; i++) {
        if (issues.items[i].severity > FHIR_ERROR) continue;
        (void)snprintf(first, first_bytes, "%.*s %s", STR_ARGS(issues.items[i].path), issues.items[i].rule);
        break;
    }
    return code != SALVE_OK || issues.error_count > 0;
}

static void judge(const char *name, bool java, bool salve, const char *first)
{
    both_accept += !java && !salve;
    both_reject += java && salve;
    only_java_rejects += java && !salve;
    only_salve_rejects += !java && salve;
    bool is_gap = t_known_gap(GAPS, name);
    if (java == salve && is_gap)
        t_gap_passed(name);
    else if (java == salve)
        t_pass();
    else if (is_gap)
        t_skipped(1);
    else
        t_fail(name, "the Java validator %s, Salve %s (%s)", java ? "rejects" : "accepts",
               salve ? "rejects" : "accepts", first);
}

static void run_case(const char *dir, struct invariants *rules, const struct json *row)
{
    char path[4096], name[256], first[512];
    struct str text, file = json_get_text(row, "file"), title = json_get_text(row, "name");
    struct salve_err err = {0};
    int64_t errors = 0;
    struct arena *mem = arena_open((size_t)1 << 30);
    (void)snprintf(path, sizeof path, "%s/%.*s", dir, STR_ARGS(file));
    (void)snprintf(name, sizeof name, "%.*s", STR_ARGS(title));
    (void)json_i64(json_get(row, "errors"), &errors);
    if (file_read(path, (size_t)64 << 20, mem, &text, &err) != SALVE_OK)
        t_fail(name, "cannot read its input");
    else {
        bool salve = has_error(text, rules, mem, first, sizeof first);
        judge(name, errors > 0, salve, first);
    }
    arena_close(mem);
}

int main(int argc, char **argv)
{
    const char *dir = t_suite(argc, argv, "fhir-validator");
    char path[4096];
    if (dir == NULL) {
        t_skipped(69);
        return t_end();
    }
    struct arena *mem = arena_open((size_t)256 << 20);
    struct salve_err err = {0};
    struct str text;
    const struct json *index = NULL;
    (void)snprintf(path, sizeof path, "%s/index.json", dir);
    if (file_read(path, (size_t)16 << 20, mem, &text, &err) != SALVE_OK ||
        json_read(text, &(struct json_opts){.bytes_max = (size_t)16 << 20}, mem, &index, &err) != SALVE_OK)
        t_fail("index.json", "cannot be read: %s", t_where(&err));
    struct invariants *rules = NULL;
    if (invariants_make(mem, &rules, &err) != SALVE_OK) {
        t_fail("constraints", "are not made: %s", t_where(&err));
        return t_end();
    }
    invariants_skip(rules, fhir_validate_covers);
    for (const struct json *row = json_first(index); row != NULL; row = row->next) run_case(dir, rules, row);
    printf("both accept %u, both reject %u, only the Java validator rejects %u, only Salve rejects %u\n", both_accept,
           both_reject, only_java_rejects, only_salve_rejects);
    arena_close(mem);
    return t_end();
}
