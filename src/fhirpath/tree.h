/* SPDX-License-Identifier: Apache-2.0
 *
 * tree - FHIRPath text as a tree, for whoever compiles a part of the language onto something else than the machine
 * (form/form_compile.c). The tree lives in an arena of its own and is gone when the program is made.
 *
 * Sources: FHIRPath 2.0.0, section 8 and grammar. */
#ifndef SALVE_FHIRPATH_TREE_H
#define SALVE_FHIRPATH_TREE_H

#include "machine/run.h"

enum fp_kind {
    FP_LITERAL,  /* literal; FHIRPath's {} is a literal NONE */
    FP_THIS,     /* $this */
    FP_INDEX,    /* $index */
    FP_TOTAL,    /* $total */
    FP_VARIABLE, /* %name */
    FP_CHILD,    /* [left.]name */
    FP_CALL,     /* [left.]name(args) */
    FP_INDEXER,  /* left[right] */
    FP_SIGN,     /* op left */
    FP_BINARY,   /* left op right */
    FP_TYPE,     /* left is|as name */
};

enum fp_op {
    FP_MULTIPLY,
    FP_DIVIDE,
    FP_DIV,
    FP_MOD,
    FP_PLUS,
    FP_MINUS,
    FP_CONCAT,
    FP_IS,
    FP_AS,
    FP_UNION,
    FP_LESS,
    FP_LESS_EQUAL,
    FP_MORE,
    FP_MORE_EQUAL,
    FP_EQUAL,
    FP_EQUIVALENT,
    FP_NOT_EQUAL,
    FP_NOT_EQUIVALENT,
    FP_IN,
    FP_CONTAINS,
    FP_AND,
    FP_OR,
    FP_XOR,
    FP_IMPLIES,
    FP_OP_COUNT,
};

enum { FP_SIGN_IS_DESC = 1 };
enum { FP_SORT_DESC = 32 }; /* sort: bit k, key k runs downwards; bit 32 + k, and its empty keys too */

struct fp_node {
    uint8_t kind;  /* enum fp_kind */
    uint8_t op;    /* enum fp_op */
    uint16_t args; /* of CALL; of SIGN: FP_SIGN_IS_DESC, written as desc behind a key of sort() */
    uint32_t place;
    struct str name;
    struct expr_value literal;
    struct fp_node *left, *right; /* right of CALL: first argument */
    struct fp_node *next;         /* next argument */
    struct fp_node *up;           /* for the compiler: back up the left spine */
};

/* fp_parse - the tree of the whole text in `tree`; literals and names in `mem`. E_SYNTAX, E_TOO_DEEP, E_TOO_BIG. */
SALVE_MUST_USE enum salve_code fp_parse(struct str text, struct arena *tree, struct arena *mem, struct fp_node **out,
                                        struct salve_err *err);

#endif
