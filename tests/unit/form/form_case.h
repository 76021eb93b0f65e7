/* SPDX-License-Identifier: Apache-2.0
 *
 * form_case - forms and answers in tests: questions are written as JSON with ' for ". */
#ifndef SALVE_FORM_CASE_H
#define SALVE_FORM_CASE_H

#include "base/file.h"
#include "form/form.h"
#include "json/json.h"
#include "t.h"

static struct str quoted(struct arena *mem, const char *text)
{
    struct str out = arena_printf(mem, "%s", text);
    for (size_t i = 0; i < out.len; i++)
        if (out.ptr[i] == '\'') ((char *)out.ptr)[i] = '"';
    return out;
}

/* A questionnaire of these items: a JSON array without its brackets. ~ stands for ' in an expression. */
SALVE_UNUSED static enum salve_code form_of(struct arena *mem, const char *items, struct form **out,
                                            struct salve_err *err)
{
    struct str text = quoted(mem, items);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '~') ((char *)text.ptr)[i] = '\'';
    struct str json = arena_printf(mem,
                                   "{\"resourceType\":\"Questionnaire\",\"id\":\"t\",\"url\":\"urn:salve:form:t\","
                                   "\"version\":\"1\",\"status\":\"active\",\"title\":\"T\",\"item\":[%.*s]}",
                                   STR_ARGS(text));
    return form_read(json, NULL, mem, out, err);
}

SALVE_UNUSED static struct form *form_file(struct arena *mem, const char *path)
{
    struct form *form = NULL;
    struct str json;
    struct salve_err err = {0};
    assert_int_equal(file_read(path, 1 << 20, mem, &json, &err), SALVE_OK);
    if (form_read(json, NULL, mem, &form, &err) != SALVE_OK) fail_msg("%s: %s: %s", path, t_where(&err), err.why);
    return form;
}

SALVE_UNUSED static struct form_reckoned reckon(struct arena *mem, const struct form *form, const char *answers)
{
    const struct json *doc = NULL;
    struct form_answer *list = NULL;
    struct form_reckoned out;
    struct form_ask ask = {.today = STR("2026-11-30")};
    assert_int_equal(json_read(quoted(mem, answers), NULL, mem, &doc, NULL), SALVE_OK);
    assert_int_equal(form_answers_read(doc, mem, &list, &ask.count, NULL), SALVE_OK);
    ask.answers = list;
    assert_int_equal(form_reckon(form, &ask, mem, &out, NULL), SALVE_OK);
    return out;
}

/* The answers that count as "link=value;.." in the order of the form. */
SALVE_UNUSED static struct str said(struct arena *mem, const struct form_reckoned *of)
{
    struct buf out;
    buf_init(&out, mem, 1 << 16);
    for (size_t i = 0; i < of->kept_count; i++) {
        buf_addf(&out, "%.*s", STR_ARGS(of->kept[i].link));
        for (size_t k = 0; k < of->kept[i].in_count; k++) buf_addf(&out, ".%u", of->kept[i].in[k]);
        buf_addf(&out, "=%.*s", STR_ARGS(of->kept[i].value));
        if (of->kept[i].unit.len > 0) buf_addf(&out, " %.*s", STR_ARGS(of->kept[i].unit));
        buf_add(&out, STR(";"));
    }
    return buf_str(&out);
}

/* The faults as "link:why;..". */
SALVE_UNUSED static struct str faults(struct arena *mem, const struct form_reckoned *of)
{
    struct buf out;
    buf_init(&out, mem, 1 << 16);
    for (size_t i = 0; i < of->fault_count; i++)
        buf_addf(&out, "%.*s:%.*s;", STR_ARGS(of->faults[i].link), STR_ARGS(form_why_text(of->faults[i].why)));
    return buf_str(&out);
}

#endif
