/* SPDX-License-Identifier: Apache-2.0
 * Reading the tree. Every hash of a perfect subtree is folded from one tile; a level-0 tile that can still grow is made
 * from its entries. The newest tile of each level stays in memory, so that the proofs of one person's history, whose
 * leaves lie close together, read each tile once. */
#include "tlog/tlog_int.h"

#include <stdlib.h>

#include "base/assert.h"

static enum salve_code wrong_tile(uint32_t level, uint64_t number, struct salve_err *err)
{
    return salve_fail(err, SALVE_E_INTEGRITY, "log tile %u/%llu", level, (unsigned long long)number);
}

uint32_t tlog_tile_width(uint32_t level, uint64_t number, uint64_t size)
{
    uint64_t hashes = size >> level * TLOG_TILE_HEIGHT; /* of that level, in the whole tree */
    if (number >= hashes / TLOG_TILE_WIDTH + 1) return 0;
    return number < hashes / TLOG_TILE_WIDTH ? TLOG_TILE_WIDTH : (uint32_t)(hashes % TLOG_TILE_WIDTH);
}

/* Hashes `width` entries from the tile's start into `bytes`. */
static enum salve_code tile_from_entries(struct tlog *log, uint64_t number, uint32_t width, uint8_t *bytes,
                                         struct salve_err *err)
{
    struct str *entries = arena_array(log->mem, struct str, width);
    if (entries == NULL) return salve_fail(err, SALVE_E_MEMORY, "log tile");
    enum salve_code code = log->io.read_entries(log->io.self, number * TLOG_TILE_WIDTH, width, log->mem, entries, err);
    for (uint32_t i = 0; i < width && code == SALVE_OK; i++) {
        struct tlog_hash hash = tlog_leaf_with(log->hasher, entries[i]);
        memcpy(bytes + (size_t)i * TLOG_HASH_BYTES, hash.bytes, TLOG_HASH_BYTES);
    }
    return code;
}

static enum salve_code tile_from_block(struct tlog *log, uint32_t level, uint64_t number, uint32_t width,
                                       uint8_t *bytes, struct salve_err *err)
{
    struct str block = STR_NONE;
    enum tlog_block kind = (enum tlog_block)(TLOG_BLOCK_TILE_0 + level);
    enum salve_code code = log->io.read_block(log->io.self, kind, number, log->mem, &block, err);
    if (code == SALVE_E_NOT_FOUND) return wrong_tile(level, number, err);
    if (code != SALVE_OK) return code;
    if (block.len != (size_t)width * TLOG_HASH_BYTES) return wrong_tile(level, number, err);
    memcpy(bytes, block.ptr, block.len);
    return SALVE_OK;
}

enum salve_code tlog_tile_load(struct tlog *log, uint32_t level, uint64_t number, const struct tile_cache **out,
                               struct salve_err *err)
{
    salve_assert(level < TLOG_LEVELS);
    tlog_many_hashes(log);
    struct tile_cache *tile = &log->tiles[level];
    if (tile->bytes == NULL) tile->bytes = malloc(TLOG_TILE_BYTES); /* not in the arena: callers rewind it */
    if (tile->bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "log tile");
    *out = tile;
    if (tile->is_loaded && tile->number == number) return SALVE_OK;
    uint32_t width = tlog_tile_width(level, number, log->tree.size);
    if (width == 0) return wrong_tile(level, number, err);
    tile->is_loaded = false;
    struct arena_mark mark = arena_mark(log->mem);
    enum salve_code code = level == 0 && width < TLOG_TILE_WIDTH
                               ? tile_from_entries(log, number, width, tile->bytes, err)
                               : tile_from_block(log, level, number, width, tile->bytes, err);
    arena_rewind(log->mem, mark);
    if (code != SALVE_OK) return code;
    tile->number = number;
    tile->width = width;
    tile->is_loaded = true;
    return SALVE_OK;
}

/* Root of `count` (a power of two, 256 at most) neighbouring hashes of a tile. */
static struct tlog_hash fold(struct crypto_sha256 *hasher, const uint8_t *hashes, uint32_t count)
{
    struct tlog_hash row[TLOG_TILE_WIDTH];
    salve_assert(is_power_of_two(count) && count <= TLOG_TILE_WIDTH);
    memcpy(row, hashes, (size_t)count * TLOG_HASH_BYTES);
    for (; count > 1; count /= 2)
        for (uint32_t i = 0; i < count / 2; i++) row[i] = tlog_node_with(hasher, &row[(size_t)2 * i], &row[2 * i + 1]);
    return row[0];
}

/* Hash of the perfect subtree of `height` whose index among those of its height is `index`. */
static enum salve_code node_hash(struct tlog *log, uint32_t height, uint64_t index, struct tlog_hash *out,
                                 struct salve_err *err)
{
    uint32_t level = height / TLOG_TILE_HEIGHT, inside = height % TLOG_TILE_HEIGHT;
    uint64_t first = index << inside; /* hash of the tile level that the subtree begins with */
    uint32_t at = (uint32_t)(first % TLOG_TILE_WIDTH), count = 1u << inside;
    const struct tile_cache *tile = NULL;
    enum salve_code code = tlog_tile_load(log, level, first / TLOG_TILE_WIDTH, &tile, err);
    if (code != SALVE_OK) return code;
    if (at + count > tile->width) return wrong_tile(level, first / TLOG_TILE_WIDTH, err);
    *out = fold(log->hasher, tile->bytes + (size_t)at * TLOG_HASH_BYTES, count);
    return SALVE_OK;
}

/* MTH of leaves [first, first + count), where `first` is where RFC 9162 would split: perfect subtrees from the left,
 * each smaller than the one before, folded from the right. */
enum salve_code tlog_range_root(struct tlog *log, uint64_t first, uint64_t count, struct tlog_hash *out,
                                struct salve_err *err)
{
    salve_assert(count > 0 && count <= log->tree.size && first <= log->tree.size - count);
    struct tlog_hash parts[TLOG_FRONTIER_MAX];
    uint32_t part_count = 0;
    for (; count > 0; part_count++) {
        uint32_t height = log2_of(count);
        enum salve_code code = node_hash(log, height, first >> height, &parts[part_count], err);
        if (code != SALVE_OK) return code;
        first += (uint64_t)1 << height;
        count -= (uint64_t)1 << height;
    }
    *out = parts[part_count - 1];
    for (uint32_t i = part_count - 1; i-- > 0;) *out = tlog_node_with(log->hasher, &parts[i], out);
    return SALVE_OK;
}

enum salve_code tlog_root_at(struct tlog *log, uint64_t size, struct tlog_hash *out, struct salve_err *err)
{
    if (size > log->tree.size) return salve_fail(err, SALVE_E_RANGE, "log size");
    if (size == log->tree.size) {
        *out = tlog_root(log);
        return SALVE_OK;
    }
    if (size > 0) return tlog_range_root(log, 0, size, out, err);
    *out = tlog_empty_root();
    return SALVE_OK;
}

enum salve_code tlog_entry(struct tlog *log, uint64_t index, struct arena *mem, struct str *out, struct salve_err *err)
{
    if (index >= log->tree.size) return salve_fail(err, SALVE_E_RANGE, "log index");
    return log->io.read_entries(log->io.self, index, 1, mem, out, err);
}
