/* SPDX-License-Identifier: Apache-2.0
 *
 * Of the table of ranges what a guideline reads: the quantities of its inputs, and the kinds that they name. That is
 * what an acceptance binds; a row that concerns another guideline asks for none of this one. */
#include "base/limits.h"
#include "guideline/guideline_int.h"

static bool is_input(const struct guideline *guideline, struct str code)
{
    for (size_t i = 0; i < guideline->info.input_count; i++)
        if (str_eq(guideline->info.inputs[i].code, code)) return true;
    return false;
}

static bool concerns(const struct guideline *guideline, const struct json *quantity)
{
    for (const struct json *code = json_first(json_get(quantity, "codes")); code != NULL; code = code->next)
        if (is_input(guideline, code->name)) return true;
    return false;
}

static bool is_named(const struct guideline *guideline, const struct json *quantities, struct str kind)
{
    for (const struct json *it = json_first(quantities); it != NULL; it = it->next)
        for (const struct json *code = json_first(json_get(it, "codes")); code != NULL; code = code->next)
            if (str_eq(json_text(code), kind) && concerns(guideline, it)) return true;
    return false;
}

static void put(struct json_writer *w, const struct json *value, struct arena *mem)
{
    struct buf text;
    struct str raw = STR_NONE;
    buf_init(&text, mem, SALVE_CONFIG_BYTES_MAX);
    json_write(value, false, &text);
    if (buf_done(&text, &raw, NULL) == SALVE_OK) json_put_raw(w, NULL, raw);
}

enum salve_code guideline_ranges(const struct guideline *guideline, struct str whole, struct arena *mem,
                                 struct str *rows, struct salve_err *err)
{
    const struct json *doc = NULL;
    struct buf out;
    struct json_writer w = {.out = &out};
    TRY(json_read(whole, NULL, mem, &doc, err));
    const struct json *quantities = json_get(doc, "quantities");
    buf_init(&out, mem, SALVE_CONFIG_BYTES_MAX);
    json_open(&w, NULL, '{');
    json_put_text(&w, "format", json_get_text(doc, "format"));
    json_open(&w, "kinds", '{');
    for (const struct json *it = json_first(json_get(doc, "kinds")); it != NULL; it = it->next) {
        if (!is_named(guideline, quantities, it->name)) continue;
        json_put_name(&w, it->name);
        put(&w, it, mem);
    }
    json_close(&w);
    json_open(&w, "quantities", '[');
    for (const struct json *it = json_first(quantities); it != NULL; it = it->next)
        if (concerns(guideline, it)) put(&w, it, mem);
    json_close(&w);
    json_close(&w);
    return buf_done(&out, rows, err);
}
