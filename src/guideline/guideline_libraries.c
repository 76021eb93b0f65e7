/* SPDX-License-Identifier: Apache-2.0
 *
 * Libraries that several guidelines include, read once while they are loaded one after the other. */
#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/turns.h"
#include "guideline/guideline_int.h"
#include "guideline/shared.h"

enum { PATH_BYTES = 4096 };

enum salve_code guideline_libraries_open(struct arena *mem, struct guideline_libraries **out, struct salve_err *err)
{
    struct arena *work = arena_open(4 * (size_t)SALVE_REQUEST_BYTES_MAX);
    struct arena *turn = arena_open_repeated(SALVE_REQUEST_BYTES_MAX);
    struct guideline_libraries *made = work == NULL ? NULL : arena_new(work, struct guideline_libraries);
    *out = NULL;
    if (made == NULL || turn == NULL) {
        arena_close(turn);
        arena_close(work);
        return salve_fail(err, SALVE_E_MEMORY, "libraries");
    }
    made->work = work;
    made->turn = turn;
    made->mem = mem;
    *out = made;
    return SALVE_OK;
}

void guideline_libraries_close(struct guideline_libraries **libraries)
{
    if (*libraries == NULL) return;
    arena_close((*libraries)->turn);
    arena_close((*libraries)->work);
    *libraries = NULL;
}

/* The same file, byte for byte: another guideline may have been accepted with another version of it. */
static bool is_it(const struct guideline_library *one, struct str file, struct str bytes)
{
    if (!str_eq(one->file, file) || one->bytes.len != bytes.len) return false;
    return one->bytes.ptr == bytes.ptr || memcmp(one->bytes.ptr, bytes.ptr, bytes.len) == 0;
}

enum salve_code guideline_library(struct guideline_libraries *in, struct str file, struct str *bytes,
                                  const struct elm_library **out, struct salve_err *err)
{
    for (size_t i = 0; i < in->count; i++) {
        if (!is_it(&in->list[i], file, *bytes)) continue;
        *bytes = in->list[i].bytes;
        *out = in->list[i].library;
        return SALVE_OK;
    }
    struct guideline_library *list = in->list;
    if (in->count == in->room) {
        size_t room = 2 * in->room + 16;
        list = arena_grow(in->work, in->list, in->room * sizeof *list, room * sizeof *list);
        if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "libraries");
        in->list = list;
        in->room = room;
    }
    struct guideline_library *one = &list[in->count];
    *one = (struct guideline_library){.bytes = *bytes};
    struct str shown = arena_printf(in->mem, "lib/%.*s.cql", (int)file.len - 5, file.ptr); /* without .json */
    TRY(arena_str(in->work, file, &one->file, err));
    if (shown.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "libraries");
    TRY(elm_library_read(*bytes, shown.ptr, in->work, in->mem, &one->library, err));
    in->count++;
    *out = one->library;
    return SALVE_OK;
}

/* --- the share folder --------------------------------------------------------------------------------------------- */

void guideline_libraries_share(struct guideline_libraries *libraries, const char *share) { libraries->share = share; }

bool guideline_shared_file(const struct guideline_libraries *libraries, struct str id, struct str name,
                           struct arena *mem, struct str *out)
{
    char path[PATH_BYTES];
    bool is_library = str_starts(name, STR("lib/"));
    if (libraries == NULL || libraries->share == NULL || str_find(name, STR("..")) >= 0) return false;
    if (id.len == 0 || id.ptr[0] == '.' || memchr(id.ptr, '/', id.len) != NULL) return false;
    int bytes = is_library ? snprintf(path, sizeof path, "%s/guidelines/%.*s", libraries->share, STR_ARGS(name))
                           : snprintf(path, sizeof path, "%s/guidelines/%.*s/%.*s", libraries->share, STR_ARGS(id),
                                      STR_ARGS(name));
    return bytes > 0 && bytes < PATH_BYTES && file_read_plain(path, SALVE_ELM_BYTES_MAX, mem, out, NULL) == SALVE_OK;
}
