/* SPDX-License-Identifier: Apache-2.0
 * A patch on a resource: its JSON, the operations, and all that the reader checks of what comes out. */
#include "base/limits.h"
#include "fhir/fhir.h"
#include "patch/patch_int.h"

static enum salve_code is_same_one(const struct tape *before, const struct tape *after, struct salve_err *err)
{
    if (tape_type(before, 0) != tape_type(after, 0))
        return salve_refuse(err, SALVE_E_INVALID, "a patch makes no other type of a resource", "resourceType");
    if (str_eq(tape_child_text(before, 0, "id"), tape_child_text(after, 0, "id"))) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INVALID, "a patch does not change the id", "id");
}

enum salve_code patch_tape(const struct patch *patch, const struct tape *resource, struct arena *mem, struct tape *out,
                           struct fhir_issues *issues, struct salve_err *err)
{
    struct patch_tree tree;
    struct buf before, after;
    struct str text;
    buf_init(&before, mem, SALVE_RESOURCE_BYTES_MAX);
    buf_init(&after, mem, SALVE_RESOURCE_BYTES_MAX);
    fhir_write(resource, tape_root(resource), FHIR_COMPACT, &before);
    TRY(buf_done(&before, &text, err));
    TRY(patch_tree_open(text, mem, &tree, err));
    TRY(patch_tree_apply(patch, &tree, err));
    (void)patch_value_prune(tree.root);
    patch_value_write(tree.root, &after);
    TRY(buf_done(&after, &text, err));
    TRY(fhir_read(text, NULL, mem, out, issues, err));
    return is_same_one(resource, out, err);
}
