/* SPDX-License-Identifier: Apache-2.0
 * Any bytes: json_read must give a tree that writes and reads back the same, or an error. */
#include <stdlib.h>

#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(16 << 20);
    const struct json *doc, *again;
    struct salve_err err = {0};
    if (json_read(str_make((const char *)data, size), NULL, mem, &doc, &err) == SALVE_OK) {
        struct buf first, second;
        struct str text;
        buf_init(&first, mem, 4 << 20);
        buf_init(&second, mem, 4 << 20);
        json_write(doc, true, &first);
        if (buf_done(&first, &text, &err) == SALVE_OK) {
            if (json_read(text, &(struct json_opts){.bytes_max = 4 << 20}, mem, &again, &err) != SALVE_OK) abort();
            json_write(again, true, &second);
            if (!str_eq(text, buf_str(&second))) abort();
        }
        (void)json_canonical(doc, mem, &second, &err);
    }
    arena_close(mem);
    return 0;
}
