/* SPDX-License-Identifier: Apache-2.0
 * Answers as JSON, in and out (docs/formats/questionnaires.md). */
#include "form/form_int.h"
#include "json/json.h"

static enum salve_code wrong(struct salve_err *err, const char *what)
{
    return salve_refuse(err, SALVE_E_INVALID, "an answer is {link, in, values}", "answers: %s", what);
}

static enum salve_code read_path(const struct json *list, struct form_answer *out, struct salve_err *err)
{
    if (list == NULL) return SALVE_OK;
    if (!json_is(list, JSON_ARRAY) || list->count > FORM_DEPTH_MAX) return wrong(err, "in");
    for (const struct json *item = json_first(list); item != NULL; item = item->next) {
        int64_t number = 0;
        if (!json_i64(item, &number) || number < 0 || number >= FORM_MOST) return wrong(err, "in");
        out->in[out->in_count++] = (uint32_t)number;
    }
    return SALVE_OK;
}

static enum salve_code read_values(const struct json *list, struct arena *mem, struct form_answer *out,
                                   struct salve_err *err)
{
    if (!json_is(list, JSON_ARRAY) || list->count > FORM_VALUES_MAX) return wrong(err, "values");
    struct str *values = arena_array(mem, struct str, list->count + 1);
    if (values == NULL) return salve_fail(err, SALVE_E_MEMORY, "answers");
    out->values = values;
    for (const struct json *item = json_first(list); item != NULL; item = item->next) {
        if (!json_is(item, JSON_STRING)) return wrong(err, "values");
        values[out->value_count++] = json_text(item);
    }
    return SALVE_OK;
}

enum salve_code form_answer_read(const struct json *json, struct arena *mem, struct form_answer *out,
                                 struct salve_err *err)
{
    *out = (struct form_answer){.link = json_get_text(json, "link")};
    size_t members = 2u + (json_get(json, "in") != NULL);
    if (!json_is(json, JSON_OBJECT) || json->count != members) return wrong(err, "it has other members");
    if (out->link.len == 0 || out->link.len > FORM_LINK_BYTES_MAX) return wrong(err, "link");
    TRY(read_path(json_get(json, "in"), out, err));
    return read_values(json_get(json, "values"), mem, out, err);
}

enum salve_code form_answers_read(const struct json *json, struct arena *mem, struct form_answer **out, size_t *count,
                                  struct salve_err *err)
{
    struct salve_err first = {0}, now = {0};
    *count = 0;
    if (!json_is(json, JSON_ARRAY)) return wrong(err, "a list is wanted");
    *out = arena_array(mem, struct form_answer, json->count + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "answers");
    for (const struct json *item = json_first(json); item != NULL && *count < FORM_ANSWERS_MAX; item = item->next)
        if (form_answer_read(item, mem, &(*out)[*count], &now) == SALVE_OK)
            ++*count;
        else if (first.code == SALVE_OK)
            first = now;
    if (json->count > FORM_ANSWERS_MAX && first.code == SALVE_OK)
        return salve_refuse(err, SALVE_E_TOO_BIG, "too many", "answers");
    if (first.code != SALVE_OK && err != NULL) *err = first;
    return first.code;
}

/* --- out ---------------------------------------------------------------------------------------------------------- */

void form_path_write(struct json_writer *w, const uint32_t *path, size_t count)
{
    if (count == 0) return;
    json_open(w, "in", '[');
    for (size_t i = 0; i < count; i++) json_put_i64(w, NULL, path[i]);
    json_close(w);
}

void form_answer_write(const struct form_answer *answer, struct json_writer *w)
{
    json_open(w, NULL, '{');
    json_put_text(w, "link", answer->link);
    form_path_write(w, answer->in, answer->in_count);
    json_open(w, "values", '[');
    for (size_t k = 0; k < answer->value_count; k++) json_put_text(w, NULL, answer->values[k]);
    json_close(w);
    json_close(w);
}

void form_answers_write(const struct form_answer *answers, size_t count, const char *name, struct json_writer *w)
{
    json_open(w, name, '[');
    for (size_t i = 0; i < count; i++) form_answer_write(&answers[i], w);
    json_close(w);
}
