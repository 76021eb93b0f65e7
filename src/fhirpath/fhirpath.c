/* SPDX-License-Identifier: Apache-2.0
 * The doors of FHIRPath: compiling a text, running what was compiled, listing its instructions. */
#include "fhirpath/fhirpath_compile_int.h"

struct fhirpath {
    const struct expr_program *program;
    uint32_t routine;
    struct fp_gates gates;
};

enum { TREE_BYTES_MAX = 256 << 20 };

static enum salve_code compile_in(struct str text, fhir_type_id context, struct arena *tree, struct arena *mem,
                                  struct fhirpath **out, struct salve_err *err)
{
    struct fp_node *root;
    struct fp_type type;
    TRY(fp_parse(text, tree, mem, &root, err));
    struct fp_compiler *c = arena_new(tree, struct fp_compiler);
    struct fhirpath *path = arena_new(mem, struct fhirpath);
    if (c == NULL || path == NULL) return salve_fail(err, SALVE_E_MEMORY, "expression");
    c->mem = mem;
    c->err = err;
    c->strict = context != 0;
    c->scope = (struct fp_scope){.this_slot = 0, .index_slot = FP_NO_SLOT, .total_slot = FP_NO_SLOT};
    c->scope.this_type = fp_tested_type((struct expr_type_test){context, 0});
    c->functions = fp_functions;
    expr_emit_init(&c->emit, mem, err);
    path->routine = expr_emit_declare(&c->emit, 1);
    expr_emit_begin(&c->emit, path->routine);
    TRY(fp_expression(c, root, &type));
    expr_emit_end(&c->emit);
    TRY(expr_emit_done(&c->emit, &path->program));
    path->gates = fp_gates_of(root);
    *out = path;
    return SALVE_OK;
}

const struct fp_gates *fhirpath_gates(const struct fhirpath *path) { return &path->gates; }

enum salve_code fhirpath_compile(struct str text, fhir_type_id context, struct arena *mem, struct fhirpath **out,
                                 struct salve_err *err)
{
    struct arena *tree = arena_open(TREE_BYTES_MAX);
    if (tree == NULL) return salve_fail(err, SALVE_E_MEMORY, "expression");
    enum salve_code code = compile_in(text, context, tree, mem, out, err);
    arena_close(tree);
    return code;
}

enum salve_code fhirpath_run(const struct fhirpath *path, const struct expr_env *env, struct expr_value focus,
                             struct arena *mem, struct expr_value *out, struct salve_err *err)
{
    /* room of the usual run on the C stack; the machine moves to the arena when it needs more */
    EXPR_UNINIT struct expr_value stack[32];
    EXPR_UNINIT struct expr_loop loops[3];
    EXPR_UNINIT struct expr_frame frames[1];
    EXPR_UNINIT struct expr_run run;
    TRY(expr_run_open(&run, path->program, env, focus, mem, err));
    run.stack = stack;
    run.stack_cap = sizeof stack / sizeof stack[0];
    run.loops = loops;
    run.loop_cap = sizeof loops / sizeof loops[0];
    run.frames = frames;
    run.frame_cap = 1;
    return expr_run_routine(&run, path->routine, &focus, 1, out);
}

void fhirpath_list(const struct fhirpath *path, struct buf *out)
{
    static const char *const names[] = {
#define OP(name, pops, pushes, a, b, meaning) #name,
#include "machine/machine_ops.def"
#undef OP
    };
    const struct expr_program *p = path->program;
    for (uint32_t i = 0; i < p->code_count; i++) {
        struct expr_ins ins = p->code[i];
        salve_assert(ins.op < EXPR_OP_COUNT);
        buf_addf(out, "%4u  %-16s %u %u", i, names[ins.op], ins.a, ins.b);
        if (ins.op == EXPR_OP_CALL) buf_addf(out, "  %s", p->functions[ins.b]->name);
        if (ins.op == EXPR_OP_CHILD || ins.op == EXPR_OP_PATH_WHERE_TEXT || ins.op == EXPR_OP_PATH_EXISTS_TEXT)
            buf_addf(out, "  %.*s", STR_ARGS(fhir_name(ins.a)));
        if (ins.op == EXPR_OP_PATH || ins.op == EXPR_OP_PATH_LOCAL)
            for (uint32_t n = 0; n < ins.a; n++)
                buf_addf(out, "%s%.*s", n == 0 ? "  " : ".", STR_ARGS(fhir_name(p->names[ins.b + n])));
        buf_add_char(out, '\n');
    }
}
