/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a type and a query over one person's resources: refused with a reason, or answered with matches of that type
 * alone, each once, no more than asked for; the same again for the next page; nothing included that is a match of it. */
#include <stdlib.h>

#include "fhir/fhir.h"
#include "search_case.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const texts[] = {
    "{\"resourceType\":\"Patient\",\"id\":\"c.1\",\"name\":[{\"family\":\"Ada\"}],\"birthDate\":\"1970\"}",
    "{\"resourceType\":\"Observation\",\"id\":\"c.2\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
    "\"http://loinc.org\",\"code\":\"14749-6\"}],\"text\":\"Zucker\"},\"subject\":{\"reference\":\"Patient/c.1\"},"
    "\"effectivePeriod\":{\"start\":\"2026-01\"},\"valueQuantity\":{\"value\":5.4,\"comparator\":\"<\",\"unit\":\"mmol/L\","
    "\"system\":\"http://unitsofmeasure.org\",\"code\":\"mmol/L\"}}",
    "{\"resourceType\":\"Observation\",\"id\":\"c.3\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"hasMember\":[{"
    "\"reference\":\"Observation/c.2\"}],\"component\":[{\"code\":{\"text\":\"y\"},\"valueString\":\"\\u00c4 b\"}]}",
    "{\"resourceType\":\"Condition\",\"id\":\"c.4\",\"subject\":{\"reference\":\"Patient/c.1\"},\"onsetRange\":{\"low\":{"
    "\"value\":3,\"system\":\"http://unitsofmeasure.org\",\"code\":\"a\"}},\"recordedDate\":\"9999\"}",
};
enum { COUNT = sizeof texts / sizeof texts[0] };

static void check(const struct search *search, fhir_type_id type, const struct search_resource *resources,
                  struct arena *mem)
{
    struct search_found found = {0};
    struct salve_err err = {0};
    unsigned seen[COUNT] = {0};
    for (size_t skip = 0; skip <= COUNT; skip += search_page_size(search) + (search_page_size(search) == 0)) {
        if (search_run(search, resources, COUNT, skip, mem, &found, &err) != SALVE_OK) return;
        if (found.match_count > search_page_size(search) || found.total > COUNT) abort();
        for (size_t i = 0; i < found.match_count; i++) {
            if (seen[found.matches[i]]++ > 0) abort();
            if (type != 0 && tape_type(resources[found.matches[i]].tape, 0) != type) abort();
            for (size_t k = 0; k < found.included_count; k++)
                if (found.included[k] == found.matches[i]) abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(64 << 20);
    struct salve_err err = {0};
    struct tape tapes[COUNT];
    struct search_resource resources[COUNT];
    struct search_case pairs = {.count = 0};
    struct search_world world = {.base = STR("https://a.example/fhir"), .now_unix_ms = INT64_C(1796040000000)};
    struct search_fault fault = {.name = STR_NONE};
    struct search *search;
    struct str query = str_make((const char *)data, size);
    for (size_t i = 0; i < COUNT; i++) {
        if (fhir_read(str_of(texts[i]), NULL, mem, &tapes[i], NULL, &err) != SALVE_OK) abort();
        resources[i] = (struct search_resource){.tape = &tapes[i]};
    }
    bool is_strict = size > 0 && data[0] == '!';
    ptrdiff_t mark = str_find(query, STR("?"));
    fhir_type_id type = mark < 0 ? 0 : fhir_type_find(str_cut(query, is_strict, (size_t)mark - is_strict));
    query = str_cut(query, (size_t)(mark + 1), SIZE_MAX);
    search_case_read(query, mem, &pairs);
    struct search_ask ask = {.type = type, .pairs = pairs.pairs, .world = &world, .is_strict = is_strict};
    ask.pair_count = pairs.count;
    enum salve_code code = search_parse(&ask, mem, &search, &fault, &err);
    if (code == SALVE_OK) check(search, type, resources, mem);
    if (code != SALVE_OK && err.code != code) abort(); /* an error says what it is */
    arena_close(mem);
    return 0;
}
