/* SPDX-License-Identifier: Apache-2.0
 * What a program says of itself. */
#include "elm/elm_int.h"

size_t elm_define_count(const struct elm_program *program) { return program->define_count; }
const struct elm_define *elm_define_at(const struct elm_program *program, size_t index)
{
    return index < program->define_count ? &program->defines[index] : NULL;
}
bool elm_define_find(const struct elm_program *program, struct str name, size_t *index)
{
    for (size_t i = 0; i < program->define_count; i++)
        if (str_eq(program->defines[i].name, name)) {
            *index = i;
            return true;
        }
    return false;
}
bool elm_looks_further(const struct elm_program *program, struct str *where)
{
    *where = program->further;
    return program->further.ptr != NULL;
}
struct str elm_library_id(const struct elm_program *program) { return program->id; }
