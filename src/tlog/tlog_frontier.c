/* SPDX-License-Identifier: Apache-2.0
 * The frontier: the roots of the perfect subtrees of a growing tree. It is all that is needed to add a leaf and to say
 * the root, so neither ever reads the tree (RFC 9162, section 2.1.1, read from right to left). */
#include "tlog/tlog_int.h"

#include "base/assert.h"

enum salve_code frontier_add(struct frontier *tree, struct crypto_sha256 *hasher, const struct tlog_hash *leaf,
                             frontier_node *on_node, void *self, struct salve_err *err)
{
    salve_assert(tree->count < TLOG_FRONTIER_MAX && tree->size < UINT64_MAX);
    struct tlog_hash hash = *leaf;
    uint64_t index = tree->size;
    uint32_t height = 0;
    for (;; height++, index >>= 1) {
        enum salve_code code = on_node == NULL ? SALVE_OK : on_node(self, height, index, &hash, err);
        if (code != SALVE_OK) return code;
        if ((index & 1) == 0) break;
        hash = tlog_node_with(hasher, &tree->hashes[--tree->count], &hash);
    }
    tree->hashes[tree->count++] = hash;
    tree->size++;
    salve_assert(tree->count == (uint32_t)__builtin_popcountll(tree->size));
    return SALVE_OK;
}

struct tlog_hash frontier_root(const struct frontier *tree, struct crypto_sha256 *hasher)
{
    if (tree->count == 0) return tlog_empty_root();
    struct tlog_hash root = tree->hashes[tree->count - 1];
    for (uint32_t i = tree->count - 1; i-- > 0;) root = tlog_node_with(hasher, &tree->hashes[i], &root);
    return root;
}
