/* SPDX-License-Identifier: Apache-2.0
 * A line of the recovery sheet as somebody typed it: what is taken is printed as the same line. */
#include <stdlib.h>

#include "visit/recovery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t key[VISIT_KEY_BYTES] = {0}, again[VISIT_KEY_PART_BYTES];
    char line[VISIT_KEY_LINE_CHARS];
    struct salve_err err = {0};
    for (unsigned i = 0; i < VISIT_KEY_LINES; i++) {
        uint8_t *part = key + i * VISIT_KEY_PART_BYTES;
        if (visit_key_line_read(str_bytes(data, size), i, part, &err) != SALVE_OK) {
            if (err.element[0] == '\0' || err.why[0] == '\0') abort();
            continue;
        }
        visit_key_line(key, i, line);
        if (visit_key_line_read(str_of(line), i, again, NULL) != SALVE_OK) abort();
        if (memcmp(again, part, sizeof again) != 0) abort();
    }
    return 0;
}
