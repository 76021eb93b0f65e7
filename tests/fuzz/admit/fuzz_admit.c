/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as an import: what minimising leaves must be admissible, and what import makes of it must be valid FHIR and
 * admissible again. The validator must not mind anything either. */
#include <stdlib.h>

#include "fhir/fhir.h"
#include "admit/import.h"
#include "fhir/outcome.h"
#include "fhir/validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define COMPARTMENT STR("aaaaaaaaaaaaaaaaaaaaaaaaaa")

static uint64_t next_number(void *ctx) { return ++*(uint64_t *)ctx; }

static void check_resource(const struct admit_rules *rules, const struct tape *tape, struct arena *mem)
{
    struct buf json;
    struct tape again;
    struct fhir_issues issues;
    struct salve_err err = {0};
    fhir_issues_init(&issues, mem);
    buf_init(&json, mem, 8 << 20);
    fhir_write(tape, 0, FHIR_COMPACT, &json);
    if (buf_code(&json) != SALVE_OK) abort();
    if (fhir_read(buf_str(&json), NULL, mem, &again, &issues, &err) != SALVE_OK) abort();
    if (admit_check(rules, &again, COMPARTMENT, mem, &issues, &err) != SALVE_OK) abort();
}

/* What was judged of texts before changes nothing. */
static void check_seen(const struct admit_rules *rules, const struct tape *tape, struct arena *mem)
{
    struct fhir_issues issues, found;
    struct admit_seen *seen = admit_seen_make(mem);
    fhir_issues_init(&issues, mem);
    enum salve_code code = admit_check(rules, tape, COMPARTMENT, mem, &issues, NULL);
    for (int i = 0; i < 2; i++) {
        fhir_issues_init(&found, mem);
        if (admit_check_seen(rules, tape, COMPARTMENT, seen, mem, &found, NULL) != code) abort();
        if (found.count != issues.count) abort();
    }
}

static void import_all(const struct admit_rules *rules, const struct tape *bundle, struct arena *mem)
{
    struct import_done done;
    struct salve_err err = {0};
    uint64_t number = 0;
    struct import_ask ask = {
        .rules = rules, .compartment = COMPARTMENT, .next = next_number, .ctx = &number, .minimise = true};
    if (import_run(&ask, bundle, mem, &done, &err) != SALVE_OK) return;
    for (size_t i = 0; i < done.resource_count && i < 20; i++)
        if (done.resource_count == 1) check_resource(rules, &done.resources[i].tape, mem);
    ask.minimise = false;
    (void)!import_run(&ask, bundle, mem, &done, &err);
}

static const struct admit_rules *made_once(void)
{
    static struct arena *mem; /* reachable until the end, so that it is no leak */
    static struct admit_rules *rules;
    static struct str patterns[] = {STR("999-99-9999")};
    struct admit_site site = {.national_patterns = patterns, .national_pattern_count = 1};
    struct salve_err err = {0};
    if (mem == NULL) mem = arena_open(16 << 20);
    if (rules == NULL && admit_rules_make(&site, mem, &rules, &err) != SALVE_OK) abort();
    return rules;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(128 << 20);
    struct salve_err err = {0};
    struct admit_kept kept;
    const struct admit_rules *rules = made_once();
    struct fhir_issues issues;
    struct tape bundle;
    struct buf out;
    bool valid;
    uint32_t unread;
    fhir_issues_init(&issues, mem);
    buf_init(&out, mem, 8 << 20);
    enum salve_code code = import_read(str_make((const char *)data, size), mem, &bundle, &issues, &err);
    if ((code == SALVE_OK || code == SALVE_E_INVALID) && bundle.node_count > 0 &&
        fhir_validate(&bundle, mem, &issues, &valid, &err) != SALVE_OK)
        abort();
    if (code == SALVE_OK && import_answers(rules, &bundle, mem, &unread, &err) != SALVE_OK) code = err.code;
    if (code == SALVE_OK) {
        check_seen(rules, &bundle, mem);
        if (admit_minimise(rules, &bundle, COMPARTMENT, mem, &kept, &err) == SALVE_OK && kept.tape.node_count > 0 &&
            admit_check(rules, &kept.tape, COMPARTMENT, mem, &issues, &err) != SALVE_OK)
            abort();
        import_all(rules, &bundle, mem);
    }
    outcome_add(&issues, &out);
    arena_close(mem);
    return 0;
}
