/* SPDX-License-Identifier: Apache-2.0
 * Leaf and node hashes of RFC 9162, section 2.1.1, over the seam of crypto. */
#include "tlog/tlog_int.h"

struct tlog_hash tlog_leaf_with(struct crypto_sha256 *hasher, struct str entry)
{
    struct tlog_hash hash;
    crypto_sha256_leaf(hasher, entry, hash.bytes);
    return hash;
}

struct tlog_hash tlog_node_with(struct crypto_sha256 *hasher, const struct tlog_hash *left,
                                const struct tlog_hash *right)
{
    struct tlog_hash hash;
    crypto_sha256_node(hasher, left->bytes, right->bytes, hash.bytes);
    return hash;
}

struct tlog_hash tlog_hash_leaf(struct str entry) { return tlog_leaf_with(NULL, entry); }

struct tlog_hash tlog_hash_node(const struct tlog_hash *left, const struct tlog_hash *right)
{
    return tlog_node_with(NULL, left, right);
}

struct tlog_hash tlog_empty_root(void)
{
    struct tlog_hash hash;
    crypto_sha256(STR(""), hash.bytes);
    return hash;
}

bool tlog_hash_eq(const struct tlog_hash *a, const struct tlog_hash *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}
