/* SPDX-License-Identifier: Apache-2.0
 * The faces of the error table; see err.h. */
#include "base/err.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

struct code_row {
    const char *name;
    const char *issue;
    const char *what;
    const char *next;
    short slv, exit_status, http;
};

#define X(name, slv, exit_status, http, issue, what, next) {#name, issue, what, next, slv, exit_status, http},
static const struct code_row rows[SALVE_CODE_COUNT] = {SALVE_CODES(X)};
#undef X

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

enum salve_code salve_fail_at(struct salve_err *err, enum salve_code code, const char *file, int line, const char *fmt,
                              ...)
{
    if (err == NULL) return code;
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(err->at, sizeof err->at, fmt, args);
    va_end(args);
    err->why[0] = '\0';
    err->code = code;
    err->file = file;
    err->line = line;
    return code;
}

enum salve_code salve_why(struct salve_err *err, const char *fmt, ...)
{
    if (err == NULL) return SALVE_E_IO;
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(err->why, sizeof err->why, fmt, args);
    va_end(args);
    return err->code;
}
