/* SPDX-License-Identifier: Apache-2.0
 * Every official R4 example is valid. Files of SALVE_DATA/fhir-r4-examples; the ones that break a rule of R4 themselves
 * stand in known-gaps.txt with the rule. fhir_validate_examples DIR reads the .json files of another folder. */
#include "t.h"

#include "base/file.h"
#include "fhir/fhir.h"
#include "fhir/validate.h"

#define GAPS "tests/conformance/fhir/known-gaps.txt"

static void run_file(const char *folder, struct str file)
{
    char path[4096], name[256], first[512] = "";
    struct str text;
    struct tape tape;
    struct fhir_issues issues;
    struct salve_err err = {0};
    bool valid = false;
    struct arena *mem = arena_open((size_t)1 << 30);
    (void)snprintf(path, sizeof path, "%s/%.*s", folder, STR_ARGS(file));
    (void)snprintf(name, sizeof name, "%.*s", STR_ARGS(file));
    fhir_issues_init(&issues, mem);
    enum salve_code code = file_read(path, (size_t)64 << 20, mem, &text, &err);
    if (code == SALVE_OK) code = fhir_read(text, NULL, mem, &tape, &issues, &err);
    if (code == SALVE_OK) code = fhir_validate(&tape, mem, &issues, &valid, &err);
    for (size_t i = issues.count; i-- > 0;)
        if (issues.items[i].severity <= FHIR_ERROR)
            (void)snprintf(first, sizeof first, "%.*s %s", STR_ARGS(issues.items[i].path), issues.items[i].rule);
    bool is_good = code == SALVE_OK && valid, is_gap = t_known_gap(GAPS, name);
    if (is_good && is_gap)
        t_gap_passed(name);
    else if (is_good)
        t_pass();
    else if (is_gap)
        t_skipped(1);
    else
        t_fail(name, "%s %zu errors, first: %s", salve_code_name(code), issues.error_count, first);
    arena_close(mem);
}

static void run_folder(const char *folder)
{
    struct arena *mem = arena_open((size_t)16 << 20);
    struct str *names;
    size_t count;
    struct salve_err err = {0};
    if (file_list(folder, mem, &names, &count, &err) != SALVE_OK)
        t_fail(folder, "cannot be listed");
    else
        for (size_t i = 0; i < count; i++)
            if (str_ends(names[i], STR(".json"))) run_file(folder, names[i]);
    arena_close(mem);
}

int main(int argc, char **argv)
{
    const char *data = t_data("fhir-r4-examples");
    char folder[4096];
    if (argc > 1)
        run_folder(argv[1]);
    else if (data == NULL)
        t_skipped(451);
    else {
        (void)snprintf(folder, sizeof folder, "%s/official", data);
        run_folder(folder);
        (void)snprintf(folder, sizeof folder, "%s/fhir-test-cases", data);
        run_folder(folder);
    }
    return t_end();
}
