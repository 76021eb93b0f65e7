/* SPDX-License-Identifier: Apache-2.0
 *
 * fhirpath_compile_int - the compiler's state, shared by the walk over the tree (fhirpath_compile.c) and the forms that
 * emit code for functions which take expressions (fhirpath_forms.c). */
#ifndef SALVE_FHIRPATH_COMPILE_INT_H
#define SALVE_FHIRPATH_COMPILE_INT_H

#include "fhirpath/fhirpath_int.h"

enum { FP_VARIABLES_MAX = 64, FP_COALESCE_MAX = 16, FP_NO_SLOT = UINT16_MAX };

struct fp_variable_slot {
    struct str name;
    uint16_t slot;
    struct fp_type type;
};

/* What $this, $index and $total stand for at a place. */
struct fp_scope {
    uint16_t this_slot, index_slot, total_slot;
    struct fp_type this_type;
};

struct fp_compiler {
    struct expr_emit emit;
    struct arena *mem;
    struct salve_err *err;
    const struct fp_function *functions; /* fp_functions */
    bool strict;
    struct fp_scope scope;
    struct fp_variable_slot variables[FP_VARIABLES_MAX];
    unsigned variable_count;
};

/* fp_expression - code that leaves the value of `node` on the stack. */
enum salve_code fp_expression(struct fp_compiler *c, const struct fp_node *node, struct fp_type *type);
/* fp_body - the same in a scope where $this is in `slot` (and, for a loop, $index behind it). */
enum salve_code fp_body(struct fp_compiler *c, const struct fp_node *node, uint16_t slot, bool is_loop,
                        struct fp_type this_type, struct fp_type *type);
/* fp_truth - makes the top a truth, unless its type says that it is one. */
void fp_truth(struct fp_compiler *c, struct fp_type type);
static inline struct fp_type fp_system_type(enum expr_kind kind)
{
    return (struct fp_type){.kind = (uint8_t)kind, .known = true};
}

/* fp_child_type - the type of that element of `from`. E_UNKNOWN_NAME if checking is on and it has none. */
enum salve_code fp_child_type(struct fp_compiler *c, const struct fp_node *node, struct fp_type from,
                              struct fp_type *out);
/* fp_type_test - "Patient", "FHIR.string", "System.Boolean". E_UNKNOWN_NAME. */
enum salve_code fp_type_test(struct fp_compiler *c, struct str name, uint32_t place, struct expr_type_test *out);
struct fp_type fp_tested_type(struct expr_type_test test);
/* The test packed into an integer constant for fp_is and fp_as. */
struct expr_value fp_packed_test(struct expr_type_test test);

#endif
