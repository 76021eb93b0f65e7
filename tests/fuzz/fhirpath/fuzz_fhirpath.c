/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a FHIRPath expression, compiled with and without a context and run on a small resource with a step and a
 * memory budget: an error or a result, never a crash, and the result can be printed. */
#include <stdlib.h>

#include "base/clock.h"
#include "fhirpath/fhirpath.h"
#include "fhir/fhir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char patient[] =
    "{\"resourceType\":\"Patient\",\"id\":\"a\",\"contained\":[{\"resourceType\":\"Organization\",\"id\":\"o\","
    "\"name\":\"n\"}],"
    "\"extension\":[{\"url\":\"u\",\"valueQuantity\":{\"value\":1.70,\"code\":\"m\","
    "\"system\":\"http://unitsofmeasure.org\"}},{\"url\":\"v\",\"valueDecimal\":1e21},{\"url\":\"w\","
    "\"valueQuantity\":{\"value\":5,\"comparator\":\"<\",\"unit\":\"m\"}}],"
    "\"active\":true,\"name\":[{\"use\":\"official\",\"family\":\"B\",\"given\":[\"A\",\"M\"],"
    "\"period\":{\"start\":\"2001-05-06\","
    "\"end\":\"2002\"}},{\"given\":[\"C\"]}],\"gender\":\"female\",\"birthDate\":\"1970-03-28\","
    "\"multipleBirthInteger\":2,"
    "\"managingOrganization\":{\"reference\":\"#o\"}}";

static void run(struct str text, const struct tape *tape, fhir_type_id context, struct arena *mem)
{
    struct fhirpath *path;
    struct expr_value result;
    struct salve_err err = {0};
    struct buf out;
    struct clock clock = clock_fixed(1795426200000);
    struct expr_env env = {.clock = &clock, .steps_max = 20 * 1000};
    if (fhirpath_compile(text, context, mem, &path, &err) != SALVE_OK) {
        if (err.code == SALVE_OK || err.line == 0) abort(); /* an error has a code and a place */
        return;
    }
    if (fhirpath_run(path, &env, expr_node(tape, 0), mem, &result, &err) != SALVE_OK) {
        if (err.code == SALVE_OK) abort();
        return;
    }
    buf_init(&out, mem, 1 << 20);
    expr_json(&result, &out);
    if (buf_code(&out) == SALVE_OK && !str_is_utf8(buf_str(&out))) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(8 << 20);
    struct tape tape;
    struct salve_err err = {0};
    if (mem == NULL || fhir_read(str_of(patient), NULL, mem, &tape, NULL, &err) != SALVE_OK) abort();
    struct str text = str_make((const char *)data, size);
    run(text, &tape, 0, mem);
    run(text, &tape, tape_type(&tape, 0), mem);
    arena_close(mem);
    return 0;
}
