/* SPDX-License-Identifier: Apache-2.0
 * Verification of proofs: pure arithmetic over the arguments, the rules of RFC 9162 sections 2.1.3.2 and 2.1.4.2, and
 * of draft-ietf-plants-merkle-tree-certs for subtrees. Every hash has 32 bytes by type, and a consistency proof from
 * the empty tree is refused, since it would prove nothing. */
#include "tlog/tlog_int.h"

static enum salve_code refuse(struct salve_err *err, const char *what, const char *why)
{
    return salve_refuse(err, SALVE_E_INTEGRITY, why, "%s", what);
}

static enum salve_code compare(const struct tlog_hash *got, const struct tlog_hash *want, const char *what,
                               struct salve_err *err)
{
    return tlog_hash_eq(got, want) ? SALVE_OK : refuse(err, what, "the proof leads to another root");
}

enum salve_code tlog_check_inclusion(uint64_t index, uint64_t size, const struct tlog_hash *leaf,
                                     const struct tlog_hash *hashes, size_t count, const struct tlog_hash *root,
                                     struct salve_err *err)
{
    static const char WHAT[] = "inclusion proof";
    if (index >= size) return refuse(err, WHAT, "the index is not inside the tree");
    uint64_t fn = index, sn = size - 1;
    struct tlog_hash r = *leaf;
    for (size_t i = 0; i < count; i++) {
        if (sn == 0) return refuse(err, WHAT, "the proof is too long");
        bool is_right = (fn & 1) == 1 || fn == sn;
        r = is_right ? tlog_hash_node(&hashes[i], &r) : tlog_hash_node(&r, &hashes[i]);
        while (is_right && (fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
        fn >>= 1, sn >>= 1;
    }
    if (sn != 0) return refuse(err, WHAT, "the proof is too short");
    return compare(&r, root, WHAT, err);
}

enum salve_code tlog_check_consistency(uint64_t size_old, uint64_t size_new, const struct tlog_hash *root_old,
                                       const struct tlog_hash *root_new, const struct tlog_hash *hashes, size_t count,
                                       struct salve_err *err)
{
    if (size_old == 0) return refuse(err, "consistency proof", "an empty tree is a prefix of everything");
    return tlog_check_subtree_consistency(0, size_old, size_new, root_old, root_new, hashes, count, err);
}

/* [start, end) is a node of some tree, perhaps cut off on its right. */
static bool is_subtree(uint64_t start, uint64_t end)
{
    if (end <= start) return false;
    uint64_t width = end - start;
    uint64_t span = is_power_of_two(width) ? width : split_of(width) << 1; /* 0 stands for 2^64 */
    return start == 0 || (span != 0 && start % span == 0);
}

enum salve_code tlog_check_subtree_inclusion(uint64_t index, uint64_t start, uint64_t end, const struct tlog_hash *leaf,
                                             const struct tlog_hash *hashes, size_t count, const struct tlog_hash *root,
                                             struct salve_err *err)
{
    if (!is_subtree(start, end) || index < start)
        return refuse(err, "subtree inclusion proof", "not a subtree, or the leaf is not inside it");
    return tlog_check_inclusion(index - start, end - start, leaf, hashes, count, root, err);
}

/* One walk up the right edge of the subtree rebuilds both roots: fr stops at the subtree's, sr goes on to the tree's.
 * fn, sn and tn are the subtree's first, its last and the tree's last node on the level that the walk has reached. */
static enum salve_code walk(uint64_t fn, uint64_t sn, uint64_t tn, const struct tlog_hash *hashes, size_t count,
                            struct tlog_hash *fr, struct tlog_hash *sr, struct salve_err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (tn == 0) return refuse(err, "consistency proof", "the proof is too long");
        if ((sn & 1) == 1 || sn == tn) {
            if (fn < sn) *fr = tlog_hash_node(&hashes[i], fr);
            *sr = tlog_hash_node(&hashes[i], sr);
            while ((sn & 1) == 0 && sn != 0) fn >>= 1, sn >>= 1, tn >>= 1;
        } else {
            *sr = tlog_hash_node(sr, &hashes[i]);
        }
        fn >>= 1, sn >>= 1, tn >>= 1;
    }
    return tn == 0 ? SALVE_OK : refuse(err, "consistency proof", "the proof is too short");
}

static enum salve_code check_empty_subtree(uint64_t end, uint64_t size, const struct tlog_hash *root_subtree,
                                           const struct tlog_hash *root, size_t count, struct salve_err *err)
{
    struct tlog_hash empty = tlog_empty_root();
    if (end > size || count != 0 || !tlog_hash_eq(root_subtree, &empty))
        return refuse(err, "subtree consistency proof", "an empty subtree has the empty root and an empty proof");
    return size == 0 ? compare(root, &empty, "subtree consistency proof", err) : SALVE_OK;
}

enum salve_code tlog_check_subtree_consistency(uint64_t start, uint64_t end, uint64_t size,
                                               const struct tlog_hash *root_subtree, const struct tlog_hash *root,
                                               const struct tlog_hash *hashes, size_t count, struct salve_err *err)
{
    static const char WHAT[] = "consistency proof";
    if (start == end) return check_empty_subtree(end, size, root_subtree, root, count, err);
    if (end > size || !is_subtree(start, end)) return refuse(err, WHAT, "the sizes do not fit");
    if (start == 0 && end == size && count != 0) return refuse(err, WHAT, "equal sizes need no proof");
    uint64_t fn = start, sn = end - 1, tn = size - 1;
    if (sn == tn)
        while (fn != sn) fn >>= 1, sn >>= 1, tn >>= 1;
    else
        while (fn != sn && (sn & 1) == 1) fn >>= 1, sn >>= 1, tn >>= 1;
    struct tlog_hash fr = *root_subtree, sr = *root_subtree;
    if (fn != sn) { /* the subtree's root is not itself a node of the tree: the proof begins with one that is */
        if (count == 0) return refuse(err, WHAT, "the proof is too short");
        fr = sr = hashes[0];
        hashes++, count--;
    }
    enum salve_code code = walk(fn, sn, tn, hashes, count, &fr, &sr, err);
    if (code == SALVE_OK) code = compare(&fr, root_subtree, WHAT, err);
    return code == SALVE_OK ? compare(&sr, root, WHAT, err) : code;
}
