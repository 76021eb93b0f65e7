/* SPDX-License-Identifier: Apache-2.0
 * What fhirpath_gates says without running is what running says: over the official examples, every constraint of R4
 * that is called certain on a node is evaluated there, whatever the node's type, and is never false. Some nodes of each
 * example with some of the constraints, chosen by number; ALL=1 takes all of them. */
#include <stdlib.h>

#include "base/file.h"
#include "fhirpath/fhirpath_int.h"
#include "fhir/fhir.h"
#include "t.h"

enum { ARENA_BYTES = 512 << 20 };

static struct fhirpath *paths[FHIR_INVARIANT_COUNT];
static unsigned long certain_count, run_count;

static bool is_certain(const struct tape *tape, tape_at at, const struct fp_gates *gates)
{
    for (unsigned i = 0; i < gates->absent.count; i++)
        if (tape_child(tape, at, gates->absent.names[i]) == TAPE_NONE) return true;
    for (unsigned i = 0; i < gates->present.count; i++)
        if (tape_child(tape, at, gates->present.names[i]) != TAPE_NONE) return true;
    return false;
}

static void check_node(const struct tape *tape, tape_at at, unsigned id, struct arena *mem)
{
    struct salve_err err = {0};
    struct expr_value result;
    run_count++;
    if (!is_certain(tape, at, fhirpath_gates(paths[id]))) return;
    certain_count++;
    struct arena_mark mark = arena_mark(mem);
    enum salve_code code = fhirpath_run(paths[id], NULL, expr_node(tape, at), mem, &result, &err);
    if (code == SALVE_OK && result.kind == VALUE_BOOLEAN && !result.as.boolean)
        t_fail(fhir_invariants[id].key, "called certain, but false: %s", fhir_invariants[id].expression);
    arena_rewind(mem, mark);
}

static void check_file(const char *path, struct arena *mem, unsigned stride)
{
    struct salve_err err = {0};
    struct str json;
    struct tape tape;
    assert_ok(file_read(path, 64 << 20, mem, &json, &err));
    if (fhir_read(json, NULL, mem, &tape, NULL, &err) != SALVE_OK) return;
    for (tape_at at = 0; at < tape.node_count; at++)
        for (unsigned id = 1 + at % stride; tape_kind(&tape, at) == TAPE_OBJECT && id < FHIR_INVARIANT_COUNT;
             id += stride)
            check_node(&tape, at, id, mem);
}

int main(void)
{
    struct arena *kept = arena_open(ARENA_BYTES), *mem = arena_open(ARENA_BYTES);
    struct salve_err err = {0};
    struct str *names;
    size_t count = 0;
    const char *data = t_data("fhir-r4-examples");
    unsigned stride = t_is_all() ? 1 : 37;
    for (unsigned id = 1; id < FHIR_INVARIANT_COUNT; id++)
        assert_ok(fhirpath_compile(str_of(fhir_invariants[id].expression), 0, kept, &paths[id], &err));
    struct str folder = data == NULL ? STR_NONE : arena_printf(kept, "%s/official", data);
    if (data == NULL || file_list(folder.ptr, kept, &names, &count, &err) != SALVE_OK) t_skipped(1);
    for (size_t i = 0; i < count; i++) {
        struct arena_mark mark = arena_mark(mem);
        if (str_ends(names[i], STR(".json")))
            check_file(arena_printf(mem, "%s/%s", folder.ptr, names[i].ptr).ptr, mem, stride);
        arena_rewind(mem, mark);
    }
    printf("%lu of %lu were certain without running\n", certain_count, run_count);
    if (certain_count > 0) t_pass();
    arena_close(mem);
    arena_close(kept);
    return t_end();
}
