/* SPDX-License-Identifier: Apache-2.0
 * The constraints of base R4 over the official examples: every expression compiles, every one can be evaluated on what
 * it is for, and an example breaks only what known-gaps.txt names ("<file> <key>: reason").
 *     invariants_suite [FOLDER]          every *.json of it; by default fhir-r4-examples of the public data */
#include <stdlib.h>

#include "base/file.h"
#include "fhirpath/invariants.h"
#include "t.h"

enum { ARENA_BYTES = 512 << 20 };

static const char *gaps = "tests/conformance/fhirpath/known-gaps.txt";

static void judge(struct arena *mem, struct str name, const struct fhir_issues *issues)
{
    for (size_t i = 0; i < issues->count; i++) {
        const struct fhir_issue *issue = &issues->items[i];
        if (issue->severity == FHIR_WARNING) continue;
        struct str key = arena_printf(mem, "%.*s %s", STR_ARGS(name), issue->rule);
        if (t_known_gap(gaps, key.ptr))
            t_skipped(1);
        else
            t_fail(key.ptr, "%.*s: %s", STR_ARGS(issue->path), issue->text);
    }
}

static void check_file(struct invariants *rules, const char *folder, struct str name, struct arena *mem)
{
    struct salve_err err = {0};
    struct str json;
    struct tape tape;
    struct fhir_issues issues;
    if (!str_ends(name, STR(".json"))) return;
    struct str path = arena_printf(mem, "%s/%.*s", folder, STR_ARGS(name));
    assert_ok(file_read(path.ptr, 64 << 20, mem, &json, &err));
    if (fhir_read(json, NULL, mem, &tape, NULL, &err) != SALVE_OK) {
        t_skipped(1); /* the reader's own suite judges these */
        return;
    }
    fhir_issues_init(&issues, mem);
    enum salve_code code = invariants_check(rules, &tape, mem, &issues, &err);
    if (code != SALVE_OK)
        t_fail(path.ptr, "%s %s %s", salve_code_name(code), t_where(&err), err.why);
    else
        t_pass();
    judge(mem, name, &issues);
}

int main(int argc, char **argv)
{
    struct arena *kept = arena_open(ARENA_BYTES), *mem = arena_open(ARENA_BYTES);
    struct invariants *rules;
    struct salve_err err = {0};
    assert_ok(invariants_make(kept, &rules, &err));
    if (invariants_compile(rules, &err) != SALVE_OK)
        t_fail(t_where(&err), "%s", err.why);
    else
        t_pass();
    const char *data = t_data("fhir-r4-examples"), *folder = argc > 1 ? argv[1]
                                                             : data == NULL
                                                                 ? NULL
                                                                 : arena_printf(kept, "%s/official", data).ptr;
    struct str *names;
    size_t count = 0;
    if (folder == NULL || file_list(folder, kept, &names, &count, &err) != SALVE_OK) t_skipped(1);
    for (size_t i = 0; i < count; i++) {
        struct arena_mark mark = arena_mark(mem);
        check_file(rules, folder, names[i], mem);
        arena_rewind(mem, mark);
    }
    arena_close(mem);
    arena_close(kept);
    return t_end();
}
