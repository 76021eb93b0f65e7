/* SPDX-License-Identifier: Apache-2.0
 * The faces of the error table and the fields of one error; see err.h. */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

struct code_row {
    const char *name;
    const char *issue;
    const char *what;
    const char *next;
    short slv, exit_status, http;
};

static const struct code_row rows[SALVE_CODE_COUNT] = {
#define ERROR(name, slv, exit_status, http, issue, what, next) {#name, issue, what, next, slv, exit_status, http},
#include "base/errors.def"
#undef ERROR
};

static const struct code_row *row_of(enum salve_code code)
{
    return &rows[(unsigned)code < SALVE_CODE_COUNT ? code : SALVE_E_IO];
}

const char *salve_code_name(enum salve_code code) { return row_of(code)->name; }
const char *salve_code_what(enum salve_code code) { return row_of(code)->what; }
const char *salve_code_next(enum salve_code code) { return row_of(code)->next; }
const char *salve_code_issue(enum salve_code code) { return row_of(code)->issue; }
int salve_code_slv(enum salve_code code) { return row_of(code)->slv; }
int salve_code_exit(enum salve_code code) { return row_of(code)->exit_status; }
int salve_code_http(enum salve_code code) { return row_of(code)->http; }

enum salve_code salve_fail_at(struct salve_err *err, enum salve_code code, const char *file, int line, const char *why,
                              const char *fmt, ...)
{
    if (err == NULL) return code;
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(err->element, sizeof err->element, fmt, args);
    va_end(args);
    (void)snprintf(err->why, sizeof err->why, "%s", why == NULL ? "" : why);
    err->in[0] = '\0';
    err->line = err->column = 0;
    err->code = code;
    err->source_file = file;
    err->source_line = line;
    return code;
}

enum salve_code salve_why_args(struct salve_err *err, enum salve_code code, const char *fmt, va_list args)
{
    if (err != NULL) (void)vsnprintf(err->why, sizeof err->why, fmt, args);
    return code;
}

enum salve_code salve_why(struct salve_err *err, enum salve_code code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    code = salve_why_args(err, code, fmt, args);
    va_end(args);
    return code;
}

void salve_err_place(struct salve_err *err, unsigned line, unsigned column)
{
    if (err == NULL || err->code == SALVE_OK) return;
    err->line = line;
    err->column = column;
}

void salve_err_in(struct salve_err *err, const char *fmt, ...)
{
    char inner[sizeof err->in];
    va_list args;
    if (err == NULL || err->code == SALVE_OK) return;
    memcpy(inner, err->in, sizeof inner);
    va_start(args, fmt);
    (void)vsnprintf(err->in, sizeof err->in, fmt, args);
    va_end(args);
    size_t used = strlen(err->in);
    if (inner[0] != '\0') (void)snprintf(err->in + used, sizeof err->in - used, ": %s", inner);
}

const char *salve_err_where(const struct salve_err *err, char out[SALVE_ERR_WHERE_BYTES])
{
    char place[32] = "";
    const char *colon = err->in[0] == '\0' ? "" : ":";
    if (err->line > 0 && err->column > 0)
        (void)snprintf(place, sizeof place, "%s%u:%u", colon, err->line, err->column);
    else if (err->line > 0)
        (void)snprintf(place, sizeof place, "%s%u", err->in[0] == '\0' ? "line " : ":", err->line);
    bool has_place = err->in[0] != '\0' || place[0] != '\0';
    (void)snprintf(out, SALVE_ERR_WHERE_BYTES, "%s%s%s%s", err->in, place,
                   has_place && err->element[0] != '\0' ? ": " : "", err->element);
    return out;
}
