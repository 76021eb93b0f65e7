/* SPDX-License-Identifier: Apache-2.0
 * A JSON document that changes: copies, comparisons and its text. Depth is bounded by the reader and by each operation,
 * so what recurses here stays shallow. */
#include "base/limits.h"
#include "patch/patch_int.h"

enum salve_code patch_step(struct patch_tree *tree, uint64_t count, struct salve_err *err)
{
    tree->steps += count;
    return tree->steps <= PATCH_STEPS_MAX ? SALVE_OK : salve_fail(err, SALVE_E_STEPS, "patch");
}

static enum salve_code value_new(struct patch_tree *tree, struct patch_value **out, struct salve_err *err)
{
    TRY(patch_step(tree, 1, err));
    if (++tree->nodes > PATCH_NODES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "what the patch makes");
    *out = arena_new(tree->mem, struct patch_value);
    return *out != NULL ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "patch");
}

enum salve_code patch_value_of(struct patch_tree *tree, const struct json *from, struct patch_value **out,
                               struct salve_err *err)
{
    TRY(value_new(tree, out, err));
    struct patch_value **end = &(*out)->first;
    (*out)->type = from->type;
    (*out)->text = from->text;
    (*out)->count = from->count;
    for (const struct json *c = json_first(from); c != NULL; c = c->next) {
        TRY(patch_value_of(tree, c, end, err));
        (*end)->name = c->name;
        end = &(*end)->next;
    }
    return SALVE_OK;
}

enum salve_code patch_value_copy(struct patch_tree *tree, const struct patch_value *from, struct patch_value **out,
                                 struct salve_err *err)
{
    TRY(value_new(tree, out, err));
    struct patch_value *made = *out;
    *made = (struct patch_value){.type = from->type, .text = from->text, .count = from->count};
    struct patch_value **end = &made->first;
    for (const struct patch_value *c = from->first; c != NULL; c = c->next) {
        TRY(patch_value_copy(tree, c, end, err));
        (*end)->name = c->name;
        end = &(*end)->next;
    }
    return SALVE_OK;
}

enum salve_code patch_value_depth(struct patch_tree *tree, const struct patch_value *value, unsigned *out,
                                  struct salve_err *err)
{
    unsigned deepest = 0, below = 0;
    TRY(patch_step(tree, 1, err));
    for (const struct patch_value *c = value->first; c != NULL; c = c->next) {
        TRY(patch_value_depth(tree, c, &below, err));
        if (below > deepest) deepest = below;
    }
    *out = deepest + 1;
    return SALVE_OK;
}

/* Members by name, whatever their order; items one by one. */
static enum salve_code parts_eq(struct patch_tree *tree, const struct patch_value *value, const struct json *with,
                                bool *out, struct salve_err *err)
{
    const struct json *item = json_first(with);
    *out = value->count == with->count;
    for (const struct patch_value *c = value->first; c != NULL && *out; c = c->next) {
        const struct json *other = value->type == JSON_OBJECT ? json_get_str(with, c->name) : item;
        TRY(patch_step(tree, value->type == JSON_OBJECT ? 1 + with->count : 1, err));
        if (other == NULL) return *out = false, SALVE_OK;
        TRY(patch_value_eq(tree, c, other, out, err));
        if (item != NULL) item = item->next;
    }
    return SALVE_OK;
}

enum salve_code patch_value_eq(struct patch_tree *tree, const struct patch_value *value, const struct json *with,
                               bool *out, struct salve_err *err)
{
    TRY(patch_step(tree, 1, err));
    *out = value->type == with->type;
    if (!*out) return SALVE_OK;
    if (value->type == JSON_STRING) *out = str_eq(value->text, with->text);
    if (value->type == JSON_NUMBER) *out = json_number_eq(value->text, with->text);
    return value->type >= JSON_ARRAY ? parts_eq(tree, value, with, out, err) : SALVE_OK;
}

/* Items beside a list of primitives are told by their place: one that is empty stays as null. */
static bool holds_places(const struct patch_value *value)
{
    return value->type == JSON_ARRAY && str_starts(value->name, STR("_"));
}

bool patch_value_prune(struct patch_value *value)
{
    if (value->type < JSON_ARRAY) return true;
    for (struct patch_value **at = &value->first; *at != NULL;) {
        bool is_left = patch_value_prune(*at);
        if (!is_left && holds_places(value)) (*at)->type = JSON_NULL;
        if (is_left || holds_places(value)) {
            at = &(*at)->next;
            continue;
        }
        *at = (*at)->next;
        value->count--;
    }
    return value->count > 0;
}

static void write_scalar(const struct patch_value *value, struct buf *out)
{
    static const char *const words[] = {[JSON_NULL] = "null", [JSON_FALSE] = "false", [JSON_TRUE] = "true"};
    if (value->type == JSON_STRING)
        json_add_string(out, value->text);
    else
        buf_add(out, value->type == JSON_NUMBER ? value->text : str_of(words[value->type]));
}

void patch_value_write(const struct patch_value *value, struct buf *out)
{
    if (value->type < JSON_ARRAY) {
        write_scalar(value, out);
        return;
    }
    buf_add_char(out, value->type == JSON_ARRAY ? '[' : '{');
    for (const struct patch_value *c = value->first; c != NULL; c = c->next) {
        if (c != value->first) buf_add_char(out, ',');
        if (value->type == JSON_OBJECT) {
            json_add_string(out, c->name);
            buf_add_char(out, ':');
        }
        patch_value_write(c, out);
    }
    buf_add_char(out, value->type == JSON_ARRAY ? ']' : '}');
}

enum salve_code patch_tree_open(struct str document, struct arena *mem, struct patch_tree *out, struct salve_err *err)
{
    const struct json *json = NULL;
    struct json_opts opts = {.bytes_max = SALVE_RESOURCE_BYTES_MAX};
    *out = (struct patch_tree){.mem = mem};
    TRY(json_read(document, &opts, mem, &json, err));
    return patch_value_of(out, json, &out->root, err);
}
