/* SPDX-License-Identifier: Apache-2.0
 *
 * err - how every part of Salve says that something went wrong.
 *
 * One table is the only place where an error is described. The enum, the exit status, the HTTP status, the FHIR issue
 * type, the stable code shown to people (SLV-nnn) and the fixed words all come from its rows.
 *
 * A function that can fail returns `enum salve_code` (marked SALVE_MUST_USE) and fills `*err` once, at the place that
 * knows most; callers pass it up untouched. Three kinds of bad news are kept apart: operating errors are returned,
 * programmer's errors assert (assert.h), and "unknown" is a value, never an error.
 *
 * `at` names where (an element path, a file, a line, an option) and `why` says what rule was broken. Neither ever holds
 * a value taken from a person's data: logs and messages hold no health data and no names. */
#ifndef SALVE_BASE_ERR_H
#define SALVE_BASE_ERR_H

#include <stdbool.h>

#define SALVE_MUST_USE          __attribute__((warn_unused_result))
#define SALVE_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* clang-format off */
/*    name            SLV exit http  FHIR issue      what happened                                    what to do next */
#define SALVE_CODES(X)                                                                                                \
    X(OK,               0, 0, 200, "informational", "done",                                                           \
      "")                                                                                                             \
    X(E_USAGE,        101, 2, 400, "invalid",       "the command line is not understood",                             \
      "see 'salve help' for the commands and their options")                                                          \
    X(E_CONFIG,       102, 3, 500, "exception",     "the set-up of this site is wrong",                               \
      "correct the named setting; 'salve doctor' checks all of them")                                                 \
    X(E_NOT_FOUND,    103, 4, 404, "not-found",     "that does not exist here",                                       \
      "check the name, path or card code")                                                                            \
    X(E_SYNTAX,       201, 1, 400, "structure",     "the input is not well-formed",                                   \
      "correct the input at the named place")                                                                         \
    X(E_INVALID,      202, 1, 422, "invalid",       "the input breaks a rule of its format",                          \
      "correct the named element")                                                                                    \
    X(E_NOT_ADMITTED, 203, 5, 422, "business-rule", "the input holds something that Salve does not accept",           \
      "leave the named element out, or use 'salve import --minimise'")                                                \
    X(E_RANGE,        204, 1, 400, "value",         "a number is outside its range",                                  \
      "correct the named number")                                                                                     \
    X(E_TYPE,         205, 1, 400, "invalid",       "an operation met a value of the wrong type",                     \
      "correct the expression at the named place")                                                                    \
    X(E_UNKNOWN_NAME, 206, 1, 400, "not-found",     "a name is not known",                                            \
      "correct the name; it is shown with its place")                                                                 \
    X(E_TOO_BIG,      301, 1, 413, "too-long",      "the input passes a stated size limit",                           \
      "split the input; the limits are in docs/formats/limits.md")                                                    \
    X(E_TOO_DEEP,     302, 1, 400, "too-costly",    "the input is nested too deeply",                                 \
      "flatten the input; the limits are in docs/formats/limits.md")                                                  \
    X(E_STEPS,        303, 1, 422, "too-costly",    "the work passes its step limit",                                 \
      "simplify the expression or raise the step limit")                                                              \
    X(E_MEMORY,       304, 9, 503, "throttled",     "this request needs more memory than it may use",                 \
      "try again, or split the input")                                                                                \
    X(E_CONSENT,      401, 7, 403, "forbidden",     "the person's consent does not cover this",                       \
      "ask the person; nothing can be opened without their agreement")                                                \
    X(E_ROLE,         402, 7, 403, "forbidden",     "this role may not do that",                                      \
      "ask someone whose role covers it")                                                                             \
    X(E_QUOTA,        403, 7, 429, "throttled",     "too many people were opened in a short time",                    \
      "wait; the limit protects everybody's record")                                                                  \
    X(E_SECRET,       404, 1, 401, "login",         "the passphrase or key file does not open this site",             \
      "try again with the right one; nothing was changed")                                                            \
    X(E_CONFLICT,     501, 6, 409, "conflict",      "the record changed or already exists",                           \
      "read it again, then repeat the change")                                                                        \
    X(E_BUSY,         502, 6, 503, "lock-error",    "another process is using this site",                             \
      "wait until it has finished, or stop it")                                                                       \
    X(E_INTEGRITY,    503, 8, 500, "exception",     "stored data does not match its checksum or chain",               \
      "run 'salve verify'; restore the named part from a backup")                                                     \
    X(E_CLOCK,        504, 9, 503, "transient",     "the clock was set back",                                         \
      "set the clock right, then try again")                                                                          \
    X(E_FULL,         505, 9, 507, "no-store",      "the disk is full",                                               \
      "free some room; nothing half-done was kept")                                                                   \
    X(E_IO,           506, 1, 500, "exception",     "reading or writing failed",                                      \
      "check the file or disk that is named")                                                                         \
    X(E_CRYPTO,       507, 1, 500, "exception",     "a cryptographic step failed",                                    \
      "run 'salve doctor'")                                                                                           \
    X(E_UNSUPPORTED,  601, 1, 501, "not-supported", "this is not supported",                                          \
      "see the documentation for what is")
/* clang-format on */

#define X(name, slv, exit_status, http, issue, what, next) SALVE_##name,
enum salve_code { SALVE_CODES(X) SALVE_CODE_COUNT };
#undef X

enum { SALVE_ERR_TEXT_BYTES = 200 };

/* One error. Zero-initialise it; a function that returns SALVE_OK leaves it alone. */
struct salve_err {
    enum salve_code code;
    char at[SALVE_ERR_TEXT_BYTES];  /* where: "Observation.value[x]", "letter.ar.json:12"; never a value */
    char why[SALVE_ERR_TEXT_BYTES]; /* which rule, in fixed words; may be empty */
    const char *file;               /* source position, for the log only */
    int line;
};

/* Facts of the table. Every returned string is static. */
const char *salve_code_name(enum salve_code code);  /* "E_CONSENT" */
const char *salve_code_what(enum salve_code code);  /* what happened */
const char *salve_code_next(enum salve_code code);  /* what to do next */
const char *salve_code_issue(enum salve_code code); /* FHIR issue-type code */
int salve_code_slv(enum salve_code code);           /* 401, shown as SLV-401 */
int salve_code_exit(enum salve_code code);          /* process exit status, ux 4.6 */
int salve_code_http(enum salve_code code);          /* HTTP status */

/* salve_fail - fill *err and return its code, so that a caller can write `return salve_fail(err, E, "at %s", x);`
 *   err     may be NULL, then only the code is returned
 *   fmt     printf format for `at`; cut to fit, never a person's data */
#define salve_fail(err, code, ...) salve_fail_at((err), (code), __FILE__, __LINE__, __VA_ARGS__)

enum salve_code salve_fail_at(struct salve_err *err, enum salve_code code, const char *file, int line, const char *fmt,
                              ...) SALVE_PRINTF(5, 6);

/* salve_why - add the rule that was broken to an error that salve_fail filled; returns err->code (or E_IO if NULL). */
enum salve_code salve_why(struct salve_err *err, const char *fmt, ...) SALVE_PRINTF(2, 3);

#endif
