/* SPDX-License-Identifier: Apache-2.0
 *
 * Every vector row and every case of every guideline, and that each folder is whole. Reads $BUILD/share (build/share),
 * which `make share` fills, and tests/vectors/<family>.csv. With an argument: only that family. */
#include "t.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "guideline/guideline.h"

static void count(void *ctx, struct str name, bool passed, struct str why)
{
    struct str guideline = guideline_info(ctx)->id;
    if (passed)
        t_pass();
    else
        t_fail("guideline", "%.*s %.*s: %.*s", STR_ARGS(guideline), STR_ARGS(name), STR_ARGS(why));
}

static void broken(const char *what, struct str which, const struct salve_err *err)
{
    t_fail("guideline", "%s %.*s: %s: %s %s", what, STR_ARGS(which), salve_code_what(err->code), t_where(err),
           err->why);
}

static void test_family(struct guideline *guideline, struct str family, struct arena *mem)
{
    struct salve_err err = {0};
    struct guideline_tally tally = {0};
    struct str csv;
    char path[512];
    (void)snprintf(path, sizeof path, "tests/vectors/%.*s.csv", STR_ARGS(family));
    enum salve_code code = file_read(path, SALVE_CONFIG_BYTES_MAX, mem, &csv, &err);
    if (code == SALVE_OK) code = guideline_test_vectors(guideline, family, csv, count, guideline, &tally, &err);
    if (code != SALVE_OK)
        broken("vectors", family, &err);
    else
        printf("%-24.*s %4u rows, %u failed\n", STR_ARGS(family), tally.passed + tally.failed, tally.failed);
}

static void test_folder(const char *share, struct guideline *guideline)
{
    struct salve_err err = {0};
    struct guideline_tally cases = {0}, rules = {0};
    struct str id = guideline_info(guideline)->id;
    if (guideline_test_cases(share, guideline, count, guideline, &cases, &err) != SALVE_OK) broken("cases", id, &err);
    if (guideline_check(share, guideline, count, guideline, &rules, &err) != SALVE_OK) broken("check", id, &err);
    if (rules.failed == 0) t_pass();
    printf("%-24.*s %4u cases, %u failed; %u texts and rules checked\n", STR_ARGS(id), cases.passed + cases.failed,
           cases.failed, rules.passed);
}

int main(int argc, char **argv)
{
    char share[512];
    struct salve_err err = {0};
    struct guideline **list = NULL;
    size_t n = 0;
    const char *build = getenv("BUILD");
    struct arena *mem = arena_open(256 << 20);
    (void)snprintf(share, sizeof share, "%s/share", build == NULL ? "build" : build);
    if (guideline_load_all(share, mem, &list, &n, &err) != SALVE_OK) broken("load", str_of(share), &err);
    for (size_t i = 0; i < n; i++) {
        const struct guideline_info *info = guideline_info(list[i]);
        for (size_t f = 0; f < info->family_count; f++)
            if (argc < 2 || str_is(info->families[f], argv[1])) test_family(list[i], info->families[f], mem);
        if (argc < 2) test_folder(share, list[i]);
    }
    if (n == 0) t_fail("guideline", "there is no guideline in %s", share);
    arena_close(mem);
    return t_end();
}
