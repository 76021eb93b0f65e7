/* SPDX-License-Identifier: Apache-2.0
 * A JSON Patch document as operations, with its JSON Pointers cut into their tokens. */
#include "base/limits.h"
#include "patch/patch_int.h"

/* What an operation needs beside its path (RFC 6902, 4). */
static const struct {
    const char *name;
    bool needs_value, needs_from;
} rows[] = {
    [PATCH_add] = {"add", true, false},         [PATCH_remove] = {"remove", false, false},
    [PATCH_replace] = {"replace", true, false}, [PATCH_move] = {"move", false, true},
    [PATCH_copy] = {"copy", false, true},       [PATCH_test] = {"test", true, false},
};

static enum salve_code wrong(size_t number, const char *why, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_INVALID, why, "operation %zu of the patch", number);
}

/* ~1 is a slash, ~0 a tilde; anything else behind a tilde is no pointer. */
static bool unescape(struct str escaped, struct arena *mem, struct str *out)
{
    char *text = arena_alloc_raw(mem, escaped.len + 1, 1);
    size_t len = 0;
    if (text == NULL) return false;
    for (size_t i = 0; i < escaped.len; i++) {
        char c = escaped.ptr[i];
        if (c == '~') {
            if (++i == escaped.len || (escaped.ptr[i] != '0' && escaped.ptr[i] != '1')) return false;
            c = escaped.ptr[i] == '0' ? '~' : '/';
        }
        text[len++] = c;
    }
    *out = str_make(text, len);
    return true;
}

static enum salve_code read_path(struct str text, size_t number, struct arena *mem, struct patch_path *out,
                                 struct salve_err *err)
{
    size_t count = 0, from = 1;
    *out = (struct patch_path){0};
    if (text.len == 0) return SALVE_OK;
    if (text.ptr[0] != '/') return wrong(number, "a path is empty or begins with a slash (RFC 6901)", err);
    for (size_t i = 0; i < text.len; i++) count += text.ptr[i] == '/';
    if (count >= SALVE_JSON_DEPTH_MAX) return salve_fail(err, SALVE_E_TOO_DEEP, "operation %zu of the patch", number);
    struct str *tokens = arena_array(mem, struct str, count);
    if (tokens == NULL) return salve_fail(err, SALVE_E_MEMORY, "patch");
    for (size_t i = 0; i < count; i++) {
        size_t to = from;
        while (to < text.len && text.ptr[to] != '/') to++;
        if (!unescape(str_cut(text, from, to - from), mem, &tokens[i]))
            return wrong(number, "behind a tilde of a path stands 0 or 1 (RFC 6901)", err);
        from = to + 1;
    }
    *out = (struct patch_path){tokens, count};
    return SALVE_OK;
}

static enum salve_code member_path(const struct json *operation, const char *name, size_t number, struct arena *mem,
                                   struct patch_path *out, struct salve_err *err)
{
    const struct json *member = json_get(operation, name);
    if (!json_is(member, JSON_STRING))
        return wrong(number, str_is(str_of(name), "path") ? "it has no path" : "it has no from", err);
    return read_path(json_text(member), number, mem, out, err);
}

static bool find_op(struct str name, enum patch_op *out)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (str_is(name, rows[i].name)) return *out = (enum patch_op)i, true;
    return false;
}

/* A value does not go into a part of itself. */
static bool is_inside(const struct patch_path *path, const struct patch_path *of)
{
    if (path->count <= of->count) return false;
    for (size_t i = 0; i < of->count; i++)
        if (!str_eq(path->tokens[i], of->tokens[i])) return false;
    return true;
}

static enum salve_code read_step(const struct json *operation, size_t number, struct arena *mem, struct patch_step *out,
                                 struct salve_err *err)
{
    if (!json_is(operation, JSON_OBJECT)) return wrong(number, "it is no object", err);
    if (!find_op(json_get_text(operation, "op"), &out->op))
        return wrong(number, "op is one of add, remove, replace, move, copy, test", err);
    TRY(member_path(operation, "path", number, mem, &out->path, err));
    if (rows[out->op].needs_from) TRY(member_path(operation, "from", number, mem, &out->from, err));
    out->value = json_get(operation, "value");
    if (rows[out->op].needs_value && out->value == NULL) return wrong(number, "it has no value", err);
    if (out->op == PATCH_move && is_inside(&out->path, &out->from))
        return wrong(number, "nothing is moved into a part of itself", err);
    if (out->op == PATCH_remove && out->path.count == 0)
        return wrong(number, "the whole document cannot be removed", err);
    return SALVE_OK;
}

enum salve_code patch_read(struct str json, struct arena *mem, struct patch **out, struct salve_err *err)
{
    const struct json *document = NULL;
    struct json_opts opts = {.bytes_max = SALVE_RESOURCE_BYTES_MAX};
    size_t count = 0;
    TRY(json_read(json, &opts, mem, &document, err));
    if (!json_is(document, JSON_ARRAY))
        return salve_refuse(err, SALVE_E_INVALID, "a JSON Patch is an array of operations", "patch");
    if (document->count > PATCH_OPERATIONS_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "operations of the patch");
    struct patch_step *steps = arena_array(mem, struct patch_step, document->count + (size_t)1);
    struct patch *patch = arena_new(mem, struct patch);
    if (steps == NULL || patch == NULL) return salve_fail(err, SALVE_E_MEMORY, "patch");
    for (const struct json *it = json_first(document); it != NULL; it = it->next, count++)
        TRY(read_step(it, count + 1, mem, &steps[count], err));
    *patch = (struct patch){steps, count};
    *out = patch;
    return SALVE_OK;
}
