/* SPDX-License-Identifier: Apache-2.0
 * The words on receipts and of the check that stores nothing: forms/receipts/<lang>.json. A text names its fields,
 * and a field that is not filled, or filled but not there, is an error rather than a gap on paper. */
#include "consent/consent_int.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "json/json.h"

enum { FIELDS_MAX = 16, BODY_BYTES_MAX = 16 << 10 };

static enum salve_code bad(const char *name, const char *element, const char *rule, struct salve_err *err)
{
    (void)salve_refuse(err, SALVE_E_INVALID, rule, "%s", element);
    salve_err_in(err, "%s", name);
    return SALVE_E_INVALID;
}

/* Cuts the text before the next {name} and the name itself; false at the end. E: a brace without its pair. */
static bool next_field(struct str *rest, struct str *before, struct str *name, bool *is_broken)
{
    ptrdiff_t open = str_find(*rest, STR("{"));
    *is_broken = false;
    *before = open < 0 ? *rest : str_cut(*rest, 0, (size_t)open);
    if (open < 0) return false;
    struct str after = str_cut(*rest, (size_t)open + 1, rest->len);
    ptrdiff_t close = str_find(after, STR("}"));
    *is_broken = close <= 0;
    if (*is_broken) return false;
    *name = str_cut(after, 0, (size_t)close);
    *rest = str_cut(after, (size_t)close + 1, after.len);
    return true;
}

static bool holds_name(const struct str *names, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(names[i], name)) return true;
    return false;
}

/* The fields that the body uses are those that are declared. */
static bool fields_fit(struct str body, const struct str *fields, size_t count)
{
    struct str rest = body, before, name;
    bool is_broken = false, is_used[FIELDS_MAX] = {false};
    while (next_field(&rest, &before, &name, &is_broken)) {
        if (!holds_name(fields, count, name)) return false;
        for (size_t i = 0; i < count; i++) is_used[i] = is_used[i] || str_eq(fields[i], name);
    }
    for (size_t i = 0; i < count; i++)
        if (!is_used[i]) return false;
    return !is_broken;
}

static enum salve_code read_item(const char *file, const struct json *object, struct arena *mem,
                                 struct consent_texts *out, struct salve_err *err)
{
    const struct json *fields = json_get(object, "fields");
    struct str id = json_get_text(object, "id"), title = json_get_text(object, "title");
    struct str body = json_get_text(object, "body");
    if (id.len == 0 || title.len == 0 || body.len == 0 || !json_is(fields, JSON_ARRAY) || object->count != 4)
        return bad(file, "items", "id, title, body and fields", err);
    if (fields->count > FIELDS_MAX || body.len > BODY_BYTES_MAX) return bad(file, "items", "too long", err);
    struct str *names = arena_array(mem, struct str, (size_t)fields->count + 1);
    if (names == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", file);
    size_t count = 0;
    for (const struct json *it = json_first(fields); it != NULL; it = it->next) names[count++] = json_text(it);
    if (!fields_fit(body, names, count)) return bad(file, "items", "the fields in the body and the list differ", err);
    out->items[out->count].id = id;
    out->items[out->count].title = title;
    out->items[out->count].body = body;
    out->items[out->count].fields = names;
    out->items[out->count++].field_count = count;
    return SALVE_OK;
}

enum salve_code consent_texts_load(const char *forms, struct str lang, struct arena *mem, struct consent_texts *out,
                                   struct salve_err *err)
{
    struct str path = arena_printf(mem, "%s/receipts/%.*s.json", forms, STR_ARGS(lang)), text = STR_NONE;
    const struct json *doc = NULL;
    struct consent_texts texts = {.count = 0};
    if (path.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "receipt texts");
    if (lang.len == 0 || lang.len > 35 || str_find(lang, STR("/")) >= 0 || str_find(lang, STR(".")) >= 0)
        return consent_refuse(err, SALVE_E_NOT_FOUND, "receipt texts", "a language tag");
    enum salve_code code = file_read(path.ptr, SALVE_CONFIG_BYTES_MAX, mem, &text, err);
    if (code == SALVE_OK) code = json_read(text, NULL, mem, &doc, err);
    if (code != SALVE_OK) return code;
    const struct json *items = json_get(doc, "items");
    texts.bytes = text;
    texts.lang = json_get_text(doc, "lang");
    texts.direction = json_get_text(doc, "direction");
    if (!str_eq(texts.lang, lang)) return bad(path.ptr, "lang", "the language in the file's name", err);
    if (!str_is(texts.direction, "ltr") && !str_is(texts.direction, "rtl"))
        return bad(path.ptr, "direction", "ltr or rtl", err);
    if (!json_is(items, JSON_ARRAY)) return bad(path.ptr, "items", "a list", err);
    texts.items = arena_alloc_array(mem, sizeof *texts.items, (size_t)items->count + 1);
    if (texts.items == NULL) return salve_fail(err, SALVE_E_MEMORY, "receipt texts");
    for (const struct json *it = json_first(items); it != NULL && code == SALVE_OK; it = it->next)
        code = read_item(path.ptr, it, mem, &texts, err);
    if (code == SALVE_OK) *out = texts;
    return code;
}

static const struct str *value_of(const struct consent_field *values, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(values[i].name, name)) return &values[i].value;
    return NULL;
}

enum salve_code consent_texts_fill(const struct consent_texts *texts, struct str id, const struct consent_field *values,
                                   size_t count, struct arena *mem, struct str *title, struct str *body,
                                   struct salve_err *err)
{
    size_t at = 0;
    while (at < texts->count && !str_eq(texts->items[at].id, id)) at++;
    if (at == texts->count) return salve_fail(err, SALVE_E_NOT_FOUND, "receipt text %.*s", STR_ARGS(id));
    for (size_t i = 0; i < count; i++)
        if (!holds_name(texts->items[at].fields, texts->items[at].field_count, values[i].name))
            return consent_refuse(err, SALVE_E_INVALID, "receipt text", "a value that the text has no field for");
    struct str rest = texts->items[at].body, before, name;
    bool is_broken = false;
    struct buf out;
    buf_init(&out, mem, SALVE_CONFIG_BYTES_MAX);
    while (next_field(&rest, &before, &name, &is_broken)) {
        const struct str *value = value_of(values, count, name);
        if (value == NULL) return consent_refuse(err, SALVE_E_INVALID, "receipt text", "a field without a value");
        buf_add(&out, before);
        buf_add(&out, *value);
    }
    buf_add(&out, before);
    *title = texts->items[at].title;
    return buf_done(&out, body, err);
}
