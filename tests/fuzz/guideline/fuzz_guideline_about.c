/* SPDX-License-Identifier: Apache-2.0
 * The door through which a guideline.json comes: any bytes give a guideline's facts or an error, never more. */
#include "base/limits.h"
#include "guideline/guideline_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct arena *mem = arena_open(64 << 20);
    struct guideline guideline = {0};
    struct guideline_doc doc = {.file = "guideline.json", .text = str_make((const char *)bytes, count), .mem = mem};
    struct salve_err err = {0};
    if (mem == NULL) return 0;
    if (json_read(doc.text, NULL, mem, &doc.root, &err) == SALVE_OK)
        (void)!guideline_read_about(&doc, &guideline, &err);
    arena_close(mem);
    return 0;
}
