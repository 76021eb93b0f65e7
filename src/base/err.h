/* SPDX-License-Identifier: Apache-2.0
 *
 * err - how every part of Salve says that something went wrong.
 *
 * errors.def is the only place where a kind of error is described: its rows give the enum, the exit status, the HTTP
 * status, the FHIR issue type, the stable code shown to people (SLV-nnn) and the fixed words.
 *
 * A function that can fail returns `enum salve_code` (marked SALVE_MUST_USE) and fills `*err` once, at the place that
 * knows most; callers pass it up, and whoever knows what the place is in adds that with salve_err_in:
 *
 *     return salve_fail(err, SALVE_E_NOT_FOUND, "purpose %s", purpose_text(purpose));
 *     return salve_refuse(err, SALVE_E_CONFLICT, "it is not the next one", "record %llu", number);
 *     TRY(json_want(object, "id", JSON_STRING, "guideline", &member, err));
 *     if (code != SALVE_OK) salve_err_in(err, "%s/guideline.json", folder);
 *
 * TRY passes an error up where nothing is open. Where something has to be closed or undone whatever happens, write
 * `if (code == SALVE_OK) code = step(...);` a line a step, and the closing after them.
 *
 * Three kinds of bad news are kept apart: operating errors are returned, programmer's errors assert (assert.h), and
 * "unknown" is a value, never an error. An error holds fields, not sentences; words, JSON and OperationOutcome are made
 * from them at the edge. No field ever holds a value taken from a person's data. */
#ifndef SALVE_BASE_ERR_H
#define SALVE_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define SALVE_MUST_USE          __attribute__((warn_unused_result))
#define SALVE_UNUSED            __attribute__((unused))
#define SALVE_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

enum salve_code {
#define ERROR(name, slv, exit_status, http, issue, what, next) SALVE_##name,
#include "base/errors.def"
#undef ERROR
    SALVE_CODE_COUNT
};

enum { SALVE_ERR_TEXT_BYTES = 200, SALVE_ERR_WHERE_BYTES = 2 * SALVE_ERR_TEXT_BYTES + 32 };

/* One error. Zero-initialise it; a function that returns SALVE_OK leaves it alone. Any field but code may be empty. */
struct salve_err {
    enum salve_code code;
    char in[SALVE_ERR_TEXT_BYTES];      /* file, resource or library: "kidney/logic.cql", "people.csv" */
    unsigned line, column;              /* of it, from 1; 0: not known */
    char element[SALVE_ERR_TEXT_BYTES]; /* "Observation.value[x]", "--lang", "record 7"; never a value */
    char why[SALVE_ERR_TEXT_BYTES];     /* which rule, in fixed words */
    const char *source_file;            /* source position, for the log only */
    int source_line;
};

/* Facts of the table. Every returned string is static. */
const char *salve_code_name(enum salve_code code);  /* "E_CONSENT" */
const char *salve_code_what(enum salve_code code);  /* what happened */
const char *salve_code_next(enum salve_code code);  /* what to do next */
const char *salve_code_issue(enum salve_code code); /* FHIR issue-type code */
int salve_code_slv(enum salve_code code);           /* 401, shown as SLV-401 */
int salve_code_exit(enum salve_code code);          /* process exit status */
int salve_code_http(enum salve_code code);          /* HTTP status */

/* salve_fail, salve_refuse - fill *err and return `code`, also where err is NULL. Both forget what it held before.
 *   fmt     printf format of `element`; cut to fit
 *   why     the rule, a text as it is */
#define salve_fail(err, code, ...)        salve_fail_at((err), (code), __FILE__, __LINE__, NULL, __VA_ARGS__)
#define salve_refuse(err, code, why, ...) salve_fail_at((err), (code), __FILE__, __LINE__, (why), __VA_ARGS__)

enum salve_code salve_fail_at(struct salve_err *err, enum salve_code code, const char *file, int line, const char *why,
                              const char *fmt, ...) SALVE_PRINTF(6, 7);

/* salve_why - replaces the rule of an error that is filled, where it takes numbers or names; returns `code`. */
enum salve_code salve_why(struct salve_err *err, enum salve_code code, const char *fmt, ...) SALVE_PRINTF(3, 4);
enum salve_code salve_why_args(struct salve_err *err, enum salve_code code, const char *fmt, va_list args)
    SALVE_PRINTF(3, 0);

/* salve_err_place - line and column of what the error is in, whatever was noted before; column 0: the whole line. */
void salve_err_place(struct salve_err *err, unsigned line, unsigned column);

/* salve_err_in - what the place is in, and the only way to add context. What is named already stays behind it: "a: b".
 * err may be NULL or not filled: then nothing happens. */
void salve_err_in(struct salve_err *err, const char *fmt, ...) SALVE_PRINTF(2, 3);

/* salve_err_where - the place in one line: "kidney/logic.cql:12:5: eGFR category". Returns out, cut to fit. */
const char *salve_err_where(const struct salve_err *err, char out[SALVE_ERR_WHERE_BYTES]);

/* TRY - runs a step of a function in which nothing is open, and returns its error. */
#define TRY(step)                                                                                                      \
    do {                                                                                                               \
        enum salve_code try_ = (step);                                                                                 \
        if (try_ != SALVE_OK) return try_;                                                                             \
    } while (0)

#endif
