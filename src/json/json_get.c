/* SPDX-License-Identifier: Apache-2.0
 * Accessors of the tree; see json.h. */
#include "json/json.h"

const struct json *json_get_str(const struct json *object, struct str name)
{
    if (!json_is(object, JSON_OBJECT)) return NULL;
    for (const struct json *m = object->first; m != NULL; m = m->next) /* most names differ by their length or here */
        if (m->name.len == name.len && (name.len == 0 || (m->name.ptr[0] == name.ptr[0] && str_eq(m->name, name))))
            return m;
    return NULL;
}

const struct json *json_get(const struct json *object, const char *name) { return json_get_str(object, str_of(name)); }

const struct json *json_item(const struct json *array, size_t index)
{
    if (!json_is(array, JSON_ARRAY) || index >= array->count) return NULL;
    const struct json *item = array->first;
    while (index-- > 0) item = item->next;
    return item;
}

const struct json *json_path(const struct json *from, const char *dotted)
{
    struct str path = str_of(dotted);
    while (from != NULL && path.len > 0) {
        ptrdiff_t dot = str_find(path, STR("."));
        struct str step = str_cut(path, 0, dot < 0 ? path.len : (size_t)dot);
        int64_t index;
        if (from->type == JSON_ARRAY)
            from = str_to_i64(step, &index) && index >= 0 ? json_item(from, (size_t)index) : NULL;
        else
            from = json_get_str(from, step);
        path = str_cut(path, step.len + 1, path.len);
    }
    return from;
}

struct str json_text(const struct json *value) { return json_is(value, JSON_STRING) ? value->text : STR_NONE; }
struct str json_number(const struct json *value) { return json_is(value, JSON_NUMBER) ? value->text : STR_NONE; }

bool json_i64(const struct json *value, int64_t *out)
{
    return json_is(value, JSON_NUMBER) && str_to_i64(value->text, out);
}

bool json_double(const struct json *value, double *out)
{
    return json_is(value, JSON_NUMBER) && str_to_double(value->text, out);
}

bool json_bool(const struct json *value, bool *out)
{
    if (!json_is(value, JSON_TRUE) && !json_is(value, JSON_FALSE)) return false;
    *out = value->type == JSON_TRUE;
    return true;
}

bool json_is_true(const struct json *value) { return json_is(value, JSON_TRUE); }

static const char *type_words(enum json_type type)
{
    static const char *const words[] = {
        [JSON_NULL] = "null",     [JSON_FALSE] = "false",  [JSON_TRUE] = "true",        [JSON_NUMBER] = "a number",
        [JSON_STRING] = "a text", [JSON_ARRAY] = "a list", [JSON_OBJECT] = "an object",
    };
    return words[type];
}

enum salve_code json_want(const struct json *object, const char *name, enum json_type type, const char *where,
                          const struct json **out, struct salve_err *err)
{
    const struct json *member = json_get(object, name);
    if (json_is(member, type)) {
        *out = member;
        return SALVE_OK;
    }
    (void)salve_fail(err, SALVE_E_INVALID, "%s.%s", where, name);
    return salve_why(err, SALVE_E_INVALID, "%s: must be %s", member == NULL ? "missing" : "wrong type",
                     type_words(type));
}

enum salve_code json_want_text(const struct json *object, const char *name, const char *where, struct str *out,
                               struct salve_err *err)
{
    const struct json *member;
    enum salve_code code = json_want(object, name, JSON_STRING, where, &member, err);
    if (code == SALVE_OK) *out = member->text;
    return code;
}
