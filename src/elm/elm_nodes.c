/* SPDX-License-Identifier: Apache-2.0
 * The rows of elm_nodes.def: which C function compiles a node kind, or which one the compiled program calls. */
#include "elm/elm_compile_int.h"

const struct elm_row elm_rows[] = {
#define STRICT(type, fields, least, most, function, flags)                                                             \
    {#type, fields, least, most, flags, elm_make_strict, {#type, function}},
#define NODE(type, function, flags) {#type, "", 0, 0, flags, function, {#type, NULL}},
#include "elm/elm_nodes.def"
#undef STRICT
#undef NODE
    {.type = NULL},
};
