/* SPDX-License-Identifier: Apache-2.0
 * Collecting what is wrong with an input; see fhir.h. */
#include "base/assert.h"
#include "base/limits.h"
#include "fhir/fhir.h"

void fhir_issues_init(struct fhir_issues *issues, struct arena *mem) { *issues = (struct fhir_issues){.mem = mem}; }

static bool has_room(struct fhir_issues *issues)
{
    if (issues->count >= SALVE_ISSUES_MAX) return false;
    if (issues->count < issues->capacity) return true;
    size_t capacity = issues->capacity == 0 ? 8 : issues->capacity * 2;
    struct fhir_issue *items =
        arena_grow(issues->mem, issues->items, issues->capacity * sizeof *items, capacity * sizeof *items);
    if (items == NULL) return false;
    issues->items = items;
    issues->capacity = capacity;
    return true;
}

void fhir_issue_add(struct fhir_issues *issues, enum fhir_severity severity, const char *code, struct str path,
                    const char *rule, const char *text)
{
    struct str copy;
    salve_assert(code != NULL && rule != NULL && text != NULL);
    if (severity <= FHIR_ERROR) issues->error_count++;
    if (!has_room(issues) || arena_str(issues->mem, path, &copy, NULL) != SALVE_OK) {
        issues->left_out++;
        return;
    }
    issues->items[issues->count++] = (struct fhir_issue){severity, code, copy, rule, text};
}
