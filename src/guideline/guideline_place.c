/* SPDX-License-Identifier: Apache-2.0
 *
 * Where something stands in the files that an author writes. The ELM's own locators say where a define stands. Only
 * errors come here. */
#include <stdio.h>

#include "base/assert.h"
#include "base/limits.h"
#include "guideline/guideline_int.h"

void guideline_err_define(const struct guideline *guideline, struct str define, struct arena *mem,
                          struct salve_err *err)
{
    salve_assert(guideline->logic < guideline->file_count);
    const struct json_opts opts = {.bytes_max = SALVE_ELM_BYTES_MAX, .depth_max = SALVE_ELM_DEPTH_MAX};
    const struct json *root = NULL;
    struct str locator = STR("");
    const struct guideline_file *logic = &guideline->files[guideline->logic];
    if (json_read(logic->bytes, &opts, mem, &root, NULL) == SALVE_OK)
        for (const struct json *it = json_first(json_path(root, "library.statements.def")); it != NULL; it = it->next)
            if (str_eq(json_get_text(it, "name"), define)) locator = json_get_text(it, "locator");
    unsigned line = 0, column = 0;
    salve_err_in(err, "%.*s/logic.cql", STR_ARGS(guideline->info.id));
    if (elm_locator(locator, &line, &column)) salve_err_place(err, line, column);
}

struct str guideline_line_of(const struct guideline *guideline, const char *file, const struct json *node,
                             struct arena *mem)
{
    unsigned line = 1, column = 1;
    struct str text = STR("");
    for (size_t i = 0; i < guideline->file_count; i++)
        if (str_is(guideline->files[i].name, file)) text = guideline->files[i].bytes;
    if (node != NULL && text.len > 0) json_where(text, node->offset, &line, &column);
    return arena_printf(mem, "%.*s/%s:%u", STR_ARGS(guideline->info.id), file, line);
}
