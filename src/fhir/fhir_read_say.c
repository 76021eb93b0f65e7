/* SPDX-License-Identifier: Apache-2.0
 * What the reader says: broken rules with their paths, and why reading ended. */
#include "base/limits.h"
#include "fhir/fhir_read_int.h"
#include "json/json.h"

enum { PATH_BYTES_MAX = 1024 };

static void add_step(struct buf *out, struct str name, int32_t index)
{
    buf_add_char(out, '.');
    buf_add(out, name);
    if (index >= 0) buf_addf(out, "[%d]", (int)index);
}

/* FHIRPath of the element being read, and below it `name` if it has one. `bytes` is the room for it. */
static struct str path_here(const struct reader *r, struct str name, struct buf *out)
{
    buf_add(out, r->root_type == 0 ? STR("Resource") : fhir_type_name(r->root_type));
    for (const struct frame *f = r->frames; r->frame != NULL && f <= r->frame; f++)
        if (f->element != 0) add_step(out, fhir_name(fhir_elements[f->element].path_name), f->index);
    if (name.ptr != NULL) add_step(out, name, -1);
    return buf_code(out) == SALVE_OK ? buf_str(out) : STR("(long path)");
}

static void note(struct reader *r, enum fhir_severity severity, struct str name, const char *code, const char *rule,
                 const char *text)
{
    struct buf path;
    if (r->code != SALVE_OK && (r->issues == NULL || r->issues->count >= SALVE_ISSUES_MAX)) { /* nobody will read it */
        if (r->issues != NULL) r->issues->error_count++, r->issues->left_out++;
        return;
    }
    buf_init(&path, NULL, PATH_BYTES_MAX);
    struct str where = path_here(r, name, &path);
    if (r->issues != NULL) fhir_issue_add(r->issues, severity, code, where, rule, text);
    if (r->err != NULL && r->code == SALVE_OK) {
        (void)salve_refuse(r->err, SALVE_E_INVALID, text, "%.*s", STR_ARGS(where));
    }
    if (r->code == SALVE_OK) r->code = SALVE_E_INVALID;
    buf_drop(&path);
}

void read_issue_below(struct reader *r, struct str name, const char *code, const char *rule, const char *text)
{
    note(r, FHIR_ERROR, name, code, rule, text);
}

void read_issue(struct reader *r, const char *code, const char *rule, const char *text)
{
    note(r, FHIR_ERROR, STR_NONE, code, rule, text);
}

bool read_fail(struct reader *r, enum salve_code code, const char *why)
{
    unsigned line, column;
    struct buf path;
    buf_init(&path, NULL, PATH_BYTES_MAX);
    struct str where = path_here(r, STR_NONE, &path);
    json_where(str_make(r->start, (size_t)(r->end - r->start)), (uint32_t)(r->at - r->start), &line, &column);
    if (r->issues != NULL) fhir_issue_add(r->issues, FHIR_FATAL, salve_code_issue(code), where, "json", why);
    (void)salve_refuse(r->err, code, why, "%.*s", STR_ARGS(where));
    salve_err_place(r->err, line, column);
    r->code = code;
    buf_drop(&path);
    return false;
}

bool read_no_memory(struct reader *r) { return read_fail(r, SALVE_E_MEMORY, "the resource does not fit"); }
