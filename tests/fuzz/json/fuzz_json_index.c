/* SPDX-License-Identifier: Apache-2.0
 * Any bytes: every way to find places finds those of the definition, also where the text is longer than a window. */
#include "index_case.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_make((const char *)data, size);
    if (other_way(text, 1 + size % 9) != NULL) abort();
    size_t times = size == 0 ? 0 : (size_t)3 * JSON_INDEX_WINDOW * JSON_INDEX_BLOCK / size;
    if (times < 2 || times > 64) return 0;
    char *many = malloc(size * times);
    if (many == NULL) return 0;
    for (size_t i = 0; i < times; i++) memcpy(many + i * size, data, size);
    if (other_way(str_make(many, size * times), 5) != NULL) abort();
    free(many);
    return 0;
}
