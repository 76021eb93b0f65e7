/* SPDX-License-Identifier: Apache-2.0
 * Any Bundle that R4 allows, as the record of a person: its summary is a Bundle that R4 allows. */
#include <stdlib.h>

#include "fhir/fhir.h"
#include "ips/ips.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool claim)
{
    if (!claim) abort();
}

enum { RESOURCES_MAX = 200 };

static size_t resources_of(const struct tape *file, struct arena *mem, struct ips_resource *list)
{
    size_t count = 0;
    for (tape_at at = TAPE_NONE; count < RESOURCES_MAX && tape_each_resource(file, &at);) {
        struct tape *view = arena_new(mem, struct tape);
        need(view != NULL);
        *view = tape_view(file, at);
        list[count++] = (struct ips_resource){
            .type = fhir_name(fhir_types[tape_type(view, 0)].name), .id = tape_child_text(view, 0, "id"), .tape = view};
        if (list[count - 1].id.len == 0) count--; /* what is kept has one */
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(256 << 20);
    struct ips_resource list[RESOURCES_MAX];
    struct tape file, back;
    struct str json;
    need(mem != NULL);
    if (fhir_read(str_bytes(data, size), NULL, mem, &file, NULL, NULL) == SALVE_OK) {
        const struct ips_ask ask = {.resources = list,
                                    .count = resources_of(&file, mem, list),
                                    .custodian = STR("clinic"),
                                    .uuid = STR("6f1c0d5e-2b1a-4c3e-9a55-0c8f3b7d2e11"),
                                    .now_unix_ms = 1795426200000};
        if (ips_write(&ask, mem, &json, NULL) == SALVE_OK)
            need(fhir_read(json, NULL, mem, &back, NULL, NULL) == SALVE_OK);
    }
    arena_close(mem);
    return 0;
}
