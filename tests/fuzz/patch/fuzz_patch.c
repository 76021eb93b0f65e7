/* SPDX-License-Identifier: Apache-2.0
 * A patch, NUL, a document: what comes out is JSON that reads back, and a test of the whole against it holds; of a
 * resource it is a resource of the same type and id. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "fhir/fhir.h"
#include "json/json.h"
#include "patch/patch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool claim)
{
    if (!claim) abort();
}

/* The document after the patch is the one that it is tested to be. */
static void holds(struct str made, struct arena *mem)
{
    struct patch *patch = NULL;
    struct buf text;
    struct str again;
    const struct json *doc = NULL;
    struct salve_err err = {0};
    need(json_read(made, &(struct json_opts){.bytes_max = SALVE_RESOURCE_BYTES_MAX}, mem, &doc, NULL) == SALVE_OK);
    buf_init(&text, mem, 64 << 20);
    buf_add(&text, STR("[{\"op\":\"test\",\"path\":\"\",\"value\":"));
    buf_add(&text, made);
    buf_add(&text, STR("}]"));
    enum salve_code code = patch_read(buf_str(&text), mem, &patch, &err);
    if (code == SALVE_E_TOO_DEEP || code == SALVE_E_MEMORY) return; /* two levels more than the document */
    need(code == SALVE_OK);
    code = patch_apply(patch, made, mem, &again, &err);
    need(code == SALVE_E_MEMORY || code == SALVE_E_STEPS || (code == SALVE_OK && str_eq(made, again)));
}

static void on_resource(const struct patch *patch, struct str document, struct arena *mem)
{
    struct tape tape, made;
    struct salve_err err = {0};
    if (fhir_read(document, NULL, mem, &tape, NULL, &err) != SALVE_OK) return;
    if (patch_tape(patch, &tape, mem, &made, NULL, &err) != SALVE_OK) return;
    need(tape_type(&tape, 0) == tape_type(&made, 0));
    need(str_eq(tape_child_text(&tape, 0, "id"), tape_child_text(&made, 0, "id")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(64 << 20);
    const uint8_t *cut = size == 0 ? NULL : memchr(data, 0, size);
    struct patch *patch = NULL;
    struct salve_err err = {0};
    struct str out;
    size_t first = cut == NULL ? size : (size_t)(cut - data);
    struct str document = cut == NULL ? STR("{}") : str_make((const char *)cut + 1, size - first - 1);
    if (patch_read(str_make((const char *)data, first), mem, &patch, &err) == SALVE_OK) {
        if (patch_apply(patch, document, mem, &out, &err) == SALVE_OK) holds(out, mem);
        on_resource(patch, document, mem);
    }
    arena_close(mem);
    return 0;
}
