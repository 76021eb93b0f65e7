/* SPDX-License-Identifier: Apache-2.0
 * The operations of RFC 6902 on a document. One that finds not what it names ends all of it. */
#include "base/limits.h"
#include "patch/patch_int.h"

/* An operation at work. */
struct applying {
    struct patch_tree *tree;
    const struct patch_step *step;
    size_t number; /* of the operation, from 1 */
    struct salve_err *err;
};

static enum salve_code conflict(const struct applying *in, const char *why)
{
    return salve_refuse(in->err, SALVE_E_CONFLICT, why, "operation %zu of the patch", in->number);
}

static enum salve_code not_there(const struct applying *in)
{
    return conflict(in, "the resource has nothing at this path");
}

/* --- finding ------------------------------------------------------------------------------------------------------ */

/* Digits without a leading zero; at most `last`. */
static bool index_of(struct str token, uint32_t last, uint32_t *out)
{
    uint64_t number = 0;
    if (token.len == 0 || token.len > 10 || (token.len > 1 && token.ptr[0] == '0')) return false;
    for (size_t i = 0; i < token.len; i++) {
        if (!str_is_digit(token.ptr[i])) return false;
        number = 10 * number + (uint64_t)(token.ptr[i] - '0');
    }
    if (number > last) return false;
    *out = (uint32_t)number;
    return true;
}

/* The link at which a child hangs: of a member that is there, or of an item 0..count-1. NULL: there is none. */
static struct patch_value **link_of(struct patch_value *parent, struct str token)
{
    struct patch_value **at = &parent->first;
    uint32_t index = 0;
    if (parent->type == JSON_OBJECT) {
        while (*at != NULL && !str_eq((*at)->name, token)) at = &(*at)->next;
        return *at == NULL ? NULL : at;
    }
    if (parent->type != JSON_ARRAY || parent->count == 0 || !index_of(token, parent->count - 1, &index)) return NULL;
    while (index-- > 0) at = &(*at)->next;
    return at;
}

/* The value that holds what the path names last. */
static enum salve_code parent_of(struct applying *in, const struct patch_path *path, struct patch_value **out)
{
    *out = in->tree->root;
    for (size_t i = 0; i + 1 < path->count; i++) {
        TRY(patch_step(in->tree, 1 + (uint64_t)(*out)->count, in->err));
        struct patch_value **link = link_of(*out, path->tokens[i]);
        if (link == NULL) return not_there(in);
        *out = *link;
    }
    return patch_step(in->tree, 1 + (uint64_t)(*out)->count, in->err);
}

static enum salve_code find(struct applying *in, const struct patch_path *path, struct patch_value **out)
{
    *out = in->tree->root;
    if (path->count == 0) return SALVE_OK;
    TRY(parent_of(in, path, out));
    struct patch_value **link = link_of(*out, path->tokens[path->count - 1]);
    if (link == NULL) return not_there(in);
    *out = *link;
    return SALVE_OK;
}

/* --- changing ----------------------------------------------------------------------------------------------------- */

static void insert(struct patch_value *parent, struct patch_value **at, struct patch_value *value)
{
    value->next = *at;
    *at = value;
    parent->count++;
}

/* An item stands before the one of that number, or last ("-"); a member takes the place of one of its name. */
static enum salve_code put(struct applying *in, struct patch_value *parent, struct str token, struct patch_value *value)
{
    struct patch_value **at = &parent->first;
    uint32_t index = parent->count;
    if (parent->type == JSON_OBJECT) {
        value->name = token;
        while (*at != NULL && !str_eq((*at)->name, token)) at = &(*at)->next;
        if (*at == NULL) return insert(parent, at, value), SALVE_OK;
        value->next = (*at)->next;
        *at = value;
        return SALVE_OK;
    }
    if (parent->type != JSON_ARRAY) return not_there(in);
    if (!str_is(token, "-") && !index_of(token, parent->count, &index)) return not_there(in);
    while (index-- > 0) at = &(*at)->next;
    value->name = STR_NONE;
    return insert(parent, at, value), SALVE_OK;
}

static enum salve_code add(struct applying *in, const struct patch_path *path, struct patch_value *value)
{
    struct patch_value *parent = NULL;
    unsigned depth = 0;
    TRY(patch_value_depth(in->tree, value, &depth, in->err));
    if (path->count + depth > SALVE_JSON_DEPTH_MAX)
        return salve_fail(in->err, SALVE_E_TOO_DEEP, "operation %zu of the patch", in->number);
    value->next = NULL;
    if (path->count == 0) {
        in->tree->root = value;
        return SALVE_OK;
    }
    TRY(parent_of(in, path, &parent));
    return put(in, parent, path->tokens[path->count - 1], value);
}

static enum salve_code cut(struct applying *in, const struct patch_path *path, struct patch_value **out)
{
    struct patch_value *parent = NULL;
    TRY(parent_of(in, path, &parent));
    struct patch_value **link = link_of(parent, path->tokens[path->count - 1]);
    if (link == NULL) return not_there(in);
    *out = *link;
    *link = (*link)->next;
    parent->count--;
    return SALVE_OK;
}

/* In its place: a member keeps its turn, an item its number. */
static enum salve_code replace(struct applying *in, struct patch_value *value)
{
    const struct patch_path *path = &in->step->path;
    struct patch_value *old = NULL;
    if (path->count == 0) return add(in, path, value);
    TRY(find(in, path, &old));
    unsigned depth = 0;
    TRY(patch_value_depth(in->tree, value, &depth, in->err));
    if (path->count + depth > SALVE_JSON_DEPTH_MAX)
        return salve_fail(in->err, SALVE_E_TOO_DEEP, "operation %zu of the patch", in->number);
    value->name = old->name;
    value->next = old->next;
    *old = *value;
    return SALVE_OK;
}

static enum salve_code move(struct applying *in)
{
    const struct patch_path *from = &in->step->from;
    struct patch_value *value = NULL;
    if (from->count == 0) return SALVE_OK; /* the whole onto itself: into a part of itself it was refused */
    TRY(cut(in, from, &value));
    return add(in, &in->step->path, value);
}

static enum salve_code copy(struct applying *in)
{
    struct patch_value *from = NULL, *value = NULL;
    TRY(find(in, &in->step->from, &from));
    TRY(patch_value_copy(in->tree, from, &value, in->err));
    return add(in, &in->step->path, value);
}

static enum salve_code test(struct applying *in)
{
    struct patch_value *value = NULL;
    bool is_same = false;
    TRY(find(in, &in->step->path, &value));
    TRY(patch_value_eq(in->tree, value, in->step->value, &is_same, in->err));
    return is_same ? SALVE_OK : conflict(in, "the test does not hold");
}

static enum salve_code apply(struct applying *in)
{
    struct patch_value *value = NULL;
    enum patch_op op = in->step->op;
    if (op == PATCH_test) return test(in);
    if (op == PATCH_move) return move(in);
    if (op == PATCH_copy) return copy(in);
    if (op == PATCH_remove) return cut(in, &in->step->path, &value);
    TRY(patch_value_of(in->tree, in->step->value, &value, in->err));
    return op == PATCH_replace ? replace(in, value) : add(in, &in->step->path, value);
}

enum salve_code patch_tree_apply(const struct patch *patch, struct patch_tree *tree, struct salve_err *err)
{
    for (size_t i = 0; i < patch->count; i++)
        TRY(apply(&(struct applying){.tree = tree, .step = &patch->steps[i], .number = i + 1, .err = err}));
    return SALVE_OK;
}

enum salve_code patch_apply(const struct patch *patch, struct str document, struct arena *mem, struct str *out,
                            struct salve_err *err)
{
    struct patch_tree tree;
    struct buf text;
    TRY(patch_tree_open(document, mem, &tree, err));
    TRY(patch_tree_apply(patch, &tree, err));
    buf_init(&text, mem, SALVE_RESOURCE_BYTES_MAX);
    patch_value_write(tree.root, &text);
    return buf_done(&text, out, err);
}
