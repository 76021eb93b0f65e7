/* SPDX-License-Identifier: Apache-2.0
 *
 * fhirpath_int - inside the FHIRPath front end: text -> tokens -> tree (fhirpath_parse.c) -> program
 * (fhirpath_compile.c). The tree lives in an arena of its own and is gone when the program is made. */
#ifndef SALVE_FHIRPATH_INT_H
#define SALVE_FHIRPATH_INT_H

#include "fhirpath/fhirpath.h"
#include "fhirpath/tree.h"

/* --- what is certain before running (fhirpath_gates.c) ------------------------------------------------------------ */
enum { FP_NAMES_MAX = 12 };
struct fp_names {
    fhir_name_id names[FP_NAMES_MAX];
    uint8_t count;
};
struct fp_gates {
    struct fp_names absent;  /* without any one of these elements in the focus the result is not false */
    struct fp_names present; /* with any one of these it is true */
};
struct fp_gates fp_gates_of(const struct fp_node *root);
const struct fp_gates *fhirpath_gates(const struct fhirpath *path);

/* --- tokens ------------------------------------------------------------------------------------------------------- */
enum fp_token_kind { FP_END, FP_NAME, FP_QUOTED_NAME, FP_STRING, FP_NUMBER, FP_LONG, FP_DATE, FP_PUNCTUATION };

struct fp_token {
    enum fp_token_kind kind;
    struct str text; /* unescaped */
    uint32_t place;
};

struct fp_lexer {
    struct str text;
    size_t at;
    uint32_t line;
    size_t line_start;
    struct arena *mem;
    struct salve_err *err;
};
SALVE_MUST_USE enum salve_code fp_lex(struct fp_lexer *lexer, struct fp_token *out);
enum salve_code fp_fail(struct salve_err *err, enum salve_code code, uint32_t place, const char *why, ...)
    SALVE_PRINTF(4, 5);

/* --- functions ---------------------------------------------------------------------------------------------------- */
/* What is known about an expression's items while compiling; all zero: nothing. */
struct fp_type {
    fhir_type_id fhir; /* nodes of this type */
    uint8_t kind;      /* or System values of this kind */
    bool known;        /* fhir or kind says it */
};

struct fp_compiler;
typedef enum salve_code fp_form(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type);

struct fp_function {
    struct expr_function function; /* call NULL: `form` emits it instead */
    uint8_t args_min, args_max;
    uint8_t result; /* enum expr_kind; FP_SAME; FP_ANY */
    fp_form *form;
};
enum { FP_SAME = 100, FP_ANY = 101 }; /* type of the input; not known */

extern const struct fp_function fp_functions[]; /* fhirpath_functions.c; the last one has no name */

/* The functions of the table: calls are C functions of a run, forms take their arguments unevaluated. */
#define CALL(name, min, max, result, function, meaning) expr_call function;
#define FORM(name, min, max, result, function, meaning) fp_form function;
#include "fhirpath/fhirpath_functions.def"
#undef CALL
#undef FORM

/* Operators, as functions of two arguments. */
extern const struct expr_function fp_operators[FP_OP_COUNT];
extern const struct expr_function fp_negate, fp_positive, fp_index, fp_single_input, fp_variable, fp_sort_by, fp_is,
    fp_as, fp_trace_call;

/* --- for the functions -------------------------------------------------------------------------------------------- */
#define FN(name) EXPR_CALL(name)

/* One item as a System value: NULL when empty; E_TYPE when there are more. */
SALVE_MUST_USE enum salve_code fp_one(struct expr_run *run, const struct expr_value *arg, struct expr_value *out);
SALVE_MUST_USE enum salve_code fp_one_in(struct expr_run *run, const struct expr_value *arg, union expr_room *room,
                                         struct expr_value *out); /* without the arena */
/* fp_one that wants a string or integer: *has is false when empty, E_TYPE for other kinds. */
SALVE_MUST_USE enum salve_code fp_one_text(struct expr_run *run, const struct expr_value *arg, bool *has,
                                           struct str *out);
SALVE_MUST_USE enum salve_code fp_one_integer(struct expr_run *run, const struct expr_value *arg, bool *has,
                                              int64_t *out);
/* The System value of one item turned into text as toString() does; false if it has none. */
bool fp_to_text(struct expr_run *run, struct expr_value value, struct str *out);

#endif
