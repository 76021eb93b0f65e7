/* SPDX-License-Identifier: Apache-2.0
 * Issues and errors as an OperationOutcome (R4: operationoutcome.html). Everything printed is a path or fixed words. */
#include "base/assert.h"
#include "fhir/outcome.h"

#include <stdio.h>

#include "fhir/fhir.h"
#include "json/json.h"

static const char *severity_text(enum fhir_severity severity)
{
    static const char *const texts[] = {"fatal", "error", "warning", "information"};
    return texts[severity];
}

static void open_issue(struct json_writer *w, const char *severity, const char *code)
{
    json_open(w, NULL, '{');
    json_put_text(w, "severity", str_of(severity));
    json_put_text(w, "code", str_of(code));
}

static void put_details(struct json_writer *w, const char *rule, struct str text)
{
    json_open(w, "details", '{');
    if (rule != NULL && rule[0] != '\0') {
        json_open(w, "coding", '[');
        json_open(w, NULL, '{');
        json_put_text(w, "system", STR("urn:salve:rule"));
        json_put_text(w, "code", str_of(rule));
        json_close(w);
        json_close(w);
    }
    json_put_text(w, "text", text);
    json_close(w);
}

static void put_path(struct json_writer *w, struct str path)
{
    if (path.len == 0) return;
    json_open(w, "expression", '[');
    json_put_text(w, NULL, path);
    json_close(w);
}

static void put_issue(struct json_writer *w, const struct fhir_issue *issue)
{
    open_issue(w, severity_text(issue->severity), issue->code);
    put_details(w, issue->rule, str_of(issue->text));
    put_path(w, issue->path);
    json_close(w);
}

static void put_fixed(struct json_writer *w, const char *severity, const char *code, const char *text)
{
    open_issue(w, severity, code);
    put_details(w, NULL, str_of(text));
    json_close(w);
}

static void open_outcome(struct json_writer *w)
{
    json_open(w, NULL, '{');
    json_put_text(w, "resourceType", STR("OperationOutcome"));
    json_open(w, "issue", '[');
}

static void put_issues(struct json_writer *w, const struct fhir_issues *issues)
{
    for (size_t i = 0; i < issues->count; i++) put_issue(w, &issues->items[i]);
    if (issues->left_out > 0)
        put_fixed(w, issues->error_count > 0 ? "error" : "warning", "too-long", "more problems than are listed");
}

/* May it stand in `expression`? "Bundle.entry[1].resource.value" may; "--lang", "record 7" and "value[x]" may not. */
static bool is_element_path(struct str text)
{
    size_t name_len = 0;
    while (name_len < text.len && str_is_letter(text.ptr[name_len])) name_len++;
    if (fhir_type_find(str_cut(text, 0, name_len)) == 0) return false;
    for (size_t i = name_len; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_index = i > 0 && text.ptr[i - 1] == '[' ? str_is_digit(c) : true;
        if (!is_index || (!str_is_letter(c) && !str_is_digit(c) && c != '.' && c != '[' && c != ']')) return false;
    }
    return true;
}

/* The order of R4: diagnostics, location, expression. */
static void put_error_place(struct json_writer *w, const struct salve_err *err)
{
    char text[SALVE_ERR_WHERE_BYTES];
    struct str element = str_of(err->element);
    bool is_path = is_element_path(element);
    const char *other = is_path ? "" : err->element;
    int len = snprintf(text, sizeof text, "%s%s%s", err->in, err->in[0] != '\0' && other[0] != '\0' ? ": " : "", other);
    if (len > 0) json_put_text(w, "diagnostics", str_make(text, (size_t)len));
    if (err->line > 0) {
        len = snprintf(text, sizeof text, err->column > 0 ? "Line[%u] Col[%u]" : "Line[%u]", err->line, err->column);
        json_open(w, "location", '[');
        json_put_text(w, NULL, str_make(text, (size_t)len));
        json_close(w);
    }
    if (is_path) put_path(w, element);
}

static void put_error(struct json_writer *w, const struct salve_err *err)
{
    const char *why = err->why[0] != '\0' ? err->why : salve_code_what(err->code);
    salve_assert(err->code != SALVE_OK);
    open_issue(w, "error", salve_code_issue(err->code));
    put_details(w, salve_code_name(err->code), str_of(why));
    put_error_place(w, err);
    json_close(w);
}

void outcome_of(const struct salve_err *err, const struct fhir_issues *issues, bool is_pretty, struct buf *out)
{
    struct json_writer w = {.out = out, .pretty = is_pretty};
    bool has_any = err != NULL || (issues != NULL && (issues->count > 0 || issues->left_out > 0));
    open_outcome(&w);
    if (err != NULL) put_error(&w, err);
    if (issues != NULL) put_issues(&w, issues);
    if (!has_any) put_fixed(&w, "information", "informational", "no problem found");
    json_close(&w);
    json_close(&w);
}

void outcome_add(const struct fhir_issues *issues, struct buf *out) { outcome_of(NULL, issues, true, out); }

void outcome_of_error(const struct salve_err *err, struct buf *out) { outcome_of(err, NULL, true, out); }
