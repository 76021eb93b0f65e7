/* SPDX-License-Identifier: Apache-2.0
 * The defines of one subject as one JSON object. */
#include "base/limits.h"
#include "elm/elm_int.h"
#include "json/json.h"

static bool is_wanted(const struct elm_define *define, const struct elm_wanted *wanted)
{
    bool is_unfiltered = str_is(define->context, "Unfiltered") || str_is(define->context, "Population");
    if (wanted->context != ELM_ANY_CONTEXT && is_unfiltered != (wanted->context == ELM_UNFILTERED)) return false;
    return wanted->define.ptr != NULL ? str_eq(define->name, wanted->define) : define->is_public;
}

bool elm_has_wanted(const struct elm_program *program, const struct elm_wanted *wanted)
{
    for (size_t i = 0; i < elm_define_count(program); i++)
        if (is_wanted(elm_define_at(program, i), wanted)) return true;
    return false;
}

static enum salve_code value_json(struct elm_run *run, size_t index, struct arena *mem, struct str *json,
                                  struct salve_err *err)
{
    struct expr_value value;
    struct buf text;
    TRY(elm_run_define_at(run, index, &value, err));
    buf_init(&text, mem, SALVE_REQUEST_BYTES_MAX);
    elm_json(&value, &text);
    return buf_done(&text, json, err);
}

static enum salve_code explained_json(struct elm_run *run, size_t index, struct arena *mem, struct str *json,
                                      struct salve_err *err)
{
    struct elm_explanation explanation;
    TRY(elm_explain(run, index, &explanation, err));
    return elm_explanation_json(&explanation, mem, json, err);
}

enum salve_code elm_defines_json(const struct elm_program *program, struct elm_subject *subject,
                                 const struct expr_env *env, const struct elm_param *params, size_t param_count,
                                 const struct elm_wanted *wanted, struct buf *out, struct salve_err *err)
{
    struct arena *mem = out->mem;
    struct elm_run *run = NULL;
    struct json_writer w = {.out = out};
    struct str json;
    json_open(&w, NULL, '{');
    for (size_t i = 0; i < elm_define_count(program); i++) {
        if (!is_wanted(elm_define_at(program, i), wanted)) continue;
        if (run == NULL || wanted->is_explained) /* an explanation needs a run that nothing else was asked of */
            TRY(elm_run_open(program, subject, env, params, param_count, mem, &run, err));
        TRY(wanted->is_explained ? explained_json(run, i, mem, &json, err) : value_json(run, i, mem, &json, err));
        json_put_name(&w, elm_define_at(program, i)->name);
        json_put_raw(&w, NULL, json);
    }
    json_close(&w);
    return SALVE_OK;
}
