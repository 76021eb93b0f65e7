/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a resource: when the reader takes it, every constraint of R4 is answered or the budget ends, and no
 * constraint stops the others. */
#include <stdlib.h>

#include "fhirpath/invariants.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena *kept; /* the compiled constraints serve all inputs */
static struct invariants *rules;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct salve_err err = {0};
    if (rules == NULL) {
        kept = arena_open(64 << 20);
        if (kept == NULL || invariants_make(kept, &rules, &err) != SALVE_OK) abort();
    }
    struct arena *mem = arena_open(64 << 20);
    struct tape tape;
    struct fhir_issues issues;
    if (mem == NULL) abort();
    fhir_issues_init(&issues, mem);
    if (fhir_read(str_make((const char *)data, size), NULL, mem, &tape, NULL, &err) == SALVE_OK) {
        enum salve_code code = invariants_check(rules, &tape, mem, &issues, &err);
        if (code != SALVE_OK && code != SALVE_E_STEPS && code != SALVE_E_MEMORY) abort();
    }
    arena_close(mem);
    return 0;
}
