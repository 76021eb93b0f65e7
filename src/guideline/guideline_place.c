/* SPDX-License-Identifier: Apache-2.0
 *
 * Where something stands in the files that an author writes: errors of the machine name library, define, line and
 * column; an author knows files. The ELM's own locators say where a define stands. Only errors come here. */
#include <stdio.h>

#include "base/limits.h"
#include "guideline/guideline_int.h"

/* The file of a library: logic.cql or vectors.cql of the folder, or one of lib/. */
static struct str file_of(const struct guideline *guideline, struct str library, struct arena *mem)
{
    for (size_t i = 0; i < guideline->library_count; i++) {
        struct str name = guideline->files[i].name; /* lib/<Name>.json */
        if (str_eq(str_cut(name, 4, name.len - 9), library))
            return arena_printf(mem, "lib/%.*s.cql", STR_ARGS(library));
    }
    bool is_vectors = str_ends(library, STR("Vectors")) && guideline->vectors.len > 0;
    return arena_printf(mem, "%.*s/%s.cql", STR_ARGS(guideline->info.id), is_vectors ? "vectors" : "logic");
}

static bool is_place(struct str text)
{
    size_t colons = 0;
    for (size_t i = 0; i < text.len; i++) {
        colons += text.ptr[i] == ':';
        if (text.ptr[i] != ':' && (text.ptr[i] < '0' || text.ptr[i] > '9')) return false;
    }
    return colons == 1 && text.len >= 3;
}

enum salve_code guideline_in_cql(const struct guideline *guideline, enum salve_code code, struct salve_err *err)
{
    if (code == SALVE_OK || err == NULL) return code;
    char scratch[sizeof err->at];
    memcpy(scratch, err->at, sizeof scratch);
    struct str at = str_of(scratch);
    const char *dot = memchr(at.ptr, '.', at.len), *space = strrchr(scratch, ' ');
    if (dot == NULL || space == NULL || space < dot || !is_place(str_of(space + 1))) return code;
    struct arena *mem = arena_open(1 << 12);
    if (mem == NULL) return code;
    struct str file = file_of(guideline, str_make(at.ptr, (size_t)(dot - at.ptr)), mem);
    struct str define = str_make(dot + 1, (size_t)(space - dot - 1));
    if (file.ptr != NULL)
        (void)snprintf(err->at, sizeof err->at, "%.*s:%s: %.100s", STR_ARGS(file), space + 1,
                       str_is(define, "") ? "" : arena_printf(mem, "%.*s", STR_ARGS(define)).ptr);
    arena_close(mem);
    return code;
}

struct str guideline_define_place(const struct guideline *guideline, struct str define, struct arena *mem)
{
    const struct json_opts opts = {.bytes_max = SALVE_ELM_BYTES_MAX, .depth_max = SALVE_ELM_DEPTH_MAX};
    const struct json *root = NULL;
    struct str locator = STR("");
    const struct guideline_file *logic = &guideline->files[guideline->logic];
    if (json_read(logic->bytes, &opts, mem, &root, NULL) == SALVE_OK)
        for (const struct json *it = json_first(json_path(root, "library.statements.def")); it != NULL; it = it->next)
            if (str_eq(json_get_text(it, "name"), define)) locator = json_get_text(it, "locator");
    ptrdiff_t dash = str_find(locator, STR("-"));
    if (dash > 0) locator = str_cut(locator, 0, (size_t)dash);
    if (locator.len == 0) return arena_printf(mem, "%.*s/logic.cql", STR_ARGS(guideline->info.id));
    return arena_printf(mem, "%.*s/logic.cql:%.*s", STR_ARGS(guideline->info.id), STR_ARGS(locator));
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
