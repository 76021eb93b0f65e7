/* SPDX-License-Identifier: Apache-2.0
 * The workshop of tlog: include only from src/tlog/. */
#ifndef SALVE_TLOG_INT_H
#define SALVE_TLOG_INT_H

#include <stdbool.h>

#include "base/assert.h"
#include "crypto/crypto.h"
#include "tlog/tlog.h"

enum {
    TLOG_LEVELS = 8,      /* tile levels 0..7: 256^8 leaves are 2^64 */
    TLOG_TILE_HEIGHT = 8, /* tree levels in a tile */
    TLOG_FRONTIER_MAX = 64,
    TLOG_CHECK_BYTES = 8, /* checksum behind every block that no other hash covers */
    TLOG_KEY_ID_BYTES = 4,
    TLOG_SIGNATURE_LINE_BYTES_MAX = 16384, /* post-quantum lines of others are 5 KB */
};

/* The roots of the perfect subtrees that make up a tree of `size`, largest (leftmost) first. */
struct frontier {
    uint64_t size;
    uint32_t count;
    struct tlog_hash hashes[TLOG_FRONTIER_MAX];
};

/* The newest tile read of a level, as wide as the log has it. */
struct tile_cache {
    bool is_loaded;
    uint64_t number;
    uint32_t width;
    uint8_t *bytes; /* TLOG_TILE_BYTES from malloc on first use, freed when the cursor's arena closes */
};

struct tlog {
    struct tlog_io io;
    struct arena *mem;
    struct crypto_sha256 *hasher; /* NULL until many hashes are to come, see tlog_many_hashes */
    struct str origin;
    struct frontier tree;
    struct tile_cache tiles[TLOG_LEVELS];
};

/* tlog_hash.c - the same with a hasher kept open, for many hashes in a row. */
struct tlog_hash tlog_leaf_with(struct crypto_sha256 *hasher, struct str entry);
struct tlog_hash tlog_node_with(struct crypto_sha256 *hasher, const struct tlog_hash *left,
                                const struct tlog_hash *right);

/* tlog_frontier.c - on_node hears of every perfect subtree that an added leaf completes: its height, its index among
 * those of that height, and its hash. */
typedef enum salve_code frontier_node(void *self, uint32_t height, uint64_t index, const struct tlog_hash *hash,
                                      struct salve_err *err);
SALVE_MUST_USE enum salve_code frontier_add(struct frontier *tree, struct crypto_sha256 *hasher,
                                            const struct tlog_hash *leaf, frontier_node *on_node, void *self,
                                            struct salve_err *err);
struct tlog_hash frontier_root(const struct frontier *tree, struct crypto_sha256 *hasher);

/* tlog_state.c
 * tlog_many_hashes - opens the hasher: worth it for a tile, not for the three hashes of a small append. */
void tlog_many_hashes(struct tlog *log);
SALVE_MUST_USE enum salve_code tlog_state_write(struct tlog *log, struct salve_err *err);
SALVE_MUST_USE enum salve_code tlog_block_seal(struct str body, struct arena *mem, struct str *out,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code tlog_block_unseal(struct str block, const char *what, struct str *body,
                                                 struct salve_err *err);
bool tlog_origin_is_valid(struct str origin);

/* tlog_tile.c */
SALVE_MUST_USE enum salve_code tlog_tile_load(struct tlog *log, uint32_t level, uint64_t number,
                                              const struct tile_cache **out, struct salve_err *err);
SALVE_MUST_USE enum salve_code tlog_range_root(struct tlog *log, uint64_t first, uint64_t count, struct tlog_hash *out,
                                               struct salve_err *err);
uint32_t tlog_tile_width(uint32_t level, uint64_t number, uint64_t size);

/* tlog_checkpoint.c - archived notes form a chain from the newest to the oldest. */
struct archived {
    uint64_t size, size_before; /* 0: the first */
    struct str note;
};
SALVE_MUST_USE enum salve_code tlog_archive_newest(struct tlog *log, struct arena *mem, uint64_t *size,
                                                   struct salve_err *err);
SALVE_MUST_USE enum salve_code tlog_archive_read(struct tlog *log, uint64_t size, struct arena *mem,
                                                 struct archived *out, struct salve_err *err);

/* tlog_text.c - read strictly, so that a text has one spelling only. */
SALVE_MUST_USE bool tlog_hash_read(struct str text, struct tlog_hash *out); /* exactly 44 characters */
enum { TLOG_HASH_TEXT_BYTES = 44 };
void tlog_hash_text(const struct tlog_hash *hash, char text[TLOG_HASH_TEXT_BYTES + 1]);
SALVE_MUST_USE bool tlog_decimal_read(struct str text, uint64_t *out);
SALVE_MUST_USE enum salve_code tlog_base64_text(struct str bytes, struct arena *mem, struct str *out,
                                                struct salve_err *err);

static inline void put_u16(uint8_t *at, uint16_t number)
{
    at[0] = (uint8_t)(number >> 8);
    at[1] = (uint8_t)number;
}

/* The largest power of two below n (n >= 2): where RFC 9162 splits a tree. */
static inline uint64_t split_of(uint64_t n)
{
    salve_assert(n >= 2);
    return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

static inline uint32_t log2_of(uint64_t n)
{
    salve_assert(n > 0);
    return (uint32_t)(63 - __builtin_clzll(n));
}

static inline bool is_power_of_two(uint64_t n) { return n != 0 && (n & (n - 1)) == 0; }

#endif
