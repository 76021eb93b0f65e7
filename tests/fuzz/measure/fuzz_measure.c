/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a Measure or a Bundle of them: refused with a reason, or evaluated over one person and reported. */
#include <stdlib.h>

#include "measure/measure.h"
#include "fhir/fhir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char elm[] =
    "{\"library\":{\"identifier\":{\"id\":\"T\"},\"schemaIdentifier\":{\"id\":\"urn:hl7-org:elm\"},\"statements\":"
    "{\"def\":[{\"name\":\"yes\",\"context\":\"Patient\",\"expression\":{\"type\":\"Literal\",\"valueType\":"
    "\"{urn:hl7-org:elm-types:r1}Boolean\",\"value\":\"true\"}},{\"name\":\"all\",\"context\":\"Patient\","
    "\"expression\":{\"type\":\"Retrieve\",\"dataType\":\"{http://hl7.org/fhir}Patient\"}},{\"name\":\"One\",\"type\":"
    "\"FunctionDef\",\"expression\":{\"type\":\"Literal\",\"valueType\":\"{urn:hl7-org:elm-types:r1}Integer\","
    "\"value\":\"1\"}}]}}}";

static enum salve_code report_all(const struct measure_set *set, const struct tape *person, struct arena *mem,
                                  struct salve_err *err)
{
    const struct expr_env env = {.steps_max = 50000};
    const struct measure_facts facts = {STR("2026-01-01"), STR("2026-12-31"), STR("2027-01-01"), STR_NONE};
    struct measure_tally *all, *one;
    enum salve_code code = measure_tally_make(set, mem, &all, err);
    for (int i = 0; i < 3 && code == SALVE_OK; i++) {
        code = measure_person(set, person, &env, NULL, 0, mem, &one, err);
        if (code == SALVE_OK) code = measure_tally_add(set, all, one, err);
    }
    for (size_t i = 0; i < measure_count(set) && code == SALVE_OK; i++) {
        struct buf out;
        buf_init(&out, mem, 1 << 22);
        code = measure_report(set, all, i, &facts, &out, err);
    }
    return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(64 << 20);
    struct salve_err err = {0}, ignored = {0};
    struct tape bundle, person;
    struct measure_set *set;
    const struct str logic = str_of(elm);
    enum salve_code code = fhir_read(str_make((const char *)data, size), NULL, mem, &bundle, NULL, &ignored);
    if (fhir_read(STR("{\"resourceType\":\"Patient\",\"id\":\"p\"}"), NULL, mem, &person, NULL, &ignored) == SALVE_OK &&
        (code == SALVE_OK || code == SALVE_E_INVALID)) {
        code = measure_open(&bundle, &logic, 1, NULL, mem, &set, &err);
        if (code == SALVE_OK) code = report_all(set, &person, mem, &err);
        if (code != SALVE_OK && err.code != code) abort(); /* an error says what it is */
    }
    arena_close(mem);
    return 0;
}
