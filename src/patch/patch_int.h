/* SPDX-License-Identifier: Apache-2.0
 * The workshop of patch: include only from src/patch/. */
#ifndef SALVE_PATCH_PATCH_INT_H
#define SALVE_PATCH_PATCH_INT_H

#include "json/json.h"
#include "patch/patch.h"

/* --- a document that changes (patch_tree.c) ----------------------------------------------------------------------- */

struct patch_value {
    enum json_type type;
    uint32_t count; /* members or items */
    struct str name, text;
    struct patch_value *first, *next;
};

/* One document and what may still be done to it. */
struct patch_tree {
    struct arena *mem;
    struct patch_value *root;
    uint64_t nodes, steps; /* used so far */
};

/* patch_step - counts work. E_STEPS. */
SALVE_MUST_USE enum salve_code patch_step(struct patch_tree *tree, uint64_t count, struct salve_err *err);

/* patch_value_of - a JSON value as one that may change. patch_value_copy - the same of another one. `next` and the name
 * are the caller's to set. E_TOO_BIG, E_STEPS, E_MEMORY. */
SALVE_MUST_USE enum salve_code patch_value_of(struct patch_tree *tree, const struct json *from,
                                              struct patch_value **out, struct salve_err *err);
SALVE_MUST_USE enum salve_code patch_value_copy(struct patch_tree *tree, const struct patch_value *from,
                                                struct patch_value **out, struct salve_err *err);

/* patch_value_depth - levels below and with it: a text has 1. */
SALVE_MUST_USE enum salve_code patch_value_depth(struct patch_tree *tree, const struct patch_value *value,
                                                 unsigned *out, struct salve_err *err);

/* patch_value_eq - as RFC 6902 4.6 compares. */
SALVE_MUST_USE enum salve_code patch_value_eq(struct patch_tree *tree, const struct patch_value *value,
                                              const struct json *with, bool *out, struct salve_err *err);

/* patch_value_prune - without lists and objects that have nothing in them; false: nothing is left of the value. */
bool patch_value_prune(struct patch_value *value);

void patch_value_write(const struct patch_value *value, struct buf *out);

/* --- operations (patch_read.c) ------------------------------------------------------------------------------------ */

#define PATCH_OPS(X) X(add) X(remove) X(replace) X(move) X(copy) X(test)
enum patch_op {
#define OP(name) PATCH_##name,
    PATCH_OPS(OP)
#undef OP
};

/* The reference tokens of a JSON Pointer, unescaped; none: the whole document. */
struct patch_path {
    const struct str *tokens;
    size_t count;
};

struct patch_step {
    enum patch_op op;
    struct patch_path path, from;
    const struct json *value;
};

struct patch {
    const struct patch_step *steps;
    size_t count;
};

/* patch_tree_apply - all operations on a tree. */
SALVE_MUST_USE enum salve_code patch_tree_apply(const struct patch *patch, struct patch_tree *tree,
                                                struct salve_err *err);

/* patch_tree_open - a document as a tree. */
SALVE_MUST_USE enum salve_code patch_tree_open(struct str document, struct arena *mem, struct patch_tree *out,
                                               struct salve_err *err);

#endif
