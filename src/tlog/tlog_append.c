/* SPDX-License-Identifier: Apache-2.0
 * Adding entries. An append writes the entries and the state block; once in 256 leaves it also writes a full level-0
 * tile and adds one hash to a tile above. Nothing of the tree is read. */
#include "tlog/tlog_int.h"

#include "base/assert.h"

/* A level-0 tile is full: hash its 256 entries, which are all written by now. */
static enum salve_code write_leaf_tile(struct tlog *log, uint64_t number, struct salve_err *err)
{
    tlog_many_hashes(log);
    struct str *entries = arena_array(log->mem, struct str, TLOG_TILE_WIDTH);
    uint8_t *tile = arena_alloc_raw(log->mem, TLOG_TILE_BYTES, 1);
    if (entries == NULL || tile == NULL) return salve_fail(err, SALVE_E_MEMORY, "log tile");
    enum salve_code code =
        log->io.read_entries(log->io.self, number * TLOG_TILE_WIDTH, TLOG_TILE_WIDTH, log->mem, entries, err);
    if (code != SALVE_OK) return code;
    for (size_t i = 0; i < TLOG_TILE_WIDTH; i++) {
        struct tlog_hash hash = tlog_leaf_with(log->hasher, entries[i]);
        memcpy(tile + i * TLOG_HASH_BYTES, hash.bytes, TLOG_HASH_BYTES);
    }
    return log->io.write_block(log->io.self, TLOG_BLOCK_TILE_0, number, str_bytes(tile, TLOG_TILE_BYTES), err);
}

/* One more hash for a tile above level 0: the root of a full tile of the level below. */
static enum salve_code extend_tile(struct tlog *log, uint32_t level, uint64_t index, const struct tlog_hash *hash,
                                   struct salve_err *err)
{
    enum tlog_block kind = (enum tlog_block)(TLOG_BLOCK_TILE_0 + level);
    uint64_t number = index / TLOG_TILE_WIDTH;
    size_t len = index % TLOG_TILE_WIDTH * TLOG_HASH_BYTES;
    struct str before = STR_NONE;
    enum salve_code code = SALVE_OK;
    if (len > 0) code = log->io.read_block(log->io.self, kind, number, log->mem, &before, err);
    if (code != SALVE_OK) return code;
    if (before.len != len)
        return salve_fail(err, SALVE_E_INTEGRITY, "log tile %u/%llu", level, (unsigned long long)number);
    char *bytes = arena_alloc_raw(log->mem, len + TLOG_HASH_BYTES, 1);
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "log tile");
    if (len > 0) memcpy(bytes, before.ptr, len);
    memcpy(bytes + len, hash->bytes, TLOG_HASH_BYTES);
    return log->io.write_block(log->io.self, kind, number, str_make(bytes, len + TLOG_HASH_BYTES), err);
}

static enum salve_code on_node(void *self, uint32_t height, uint64_t index, const struct tlog_hash *hash,
                               struct salve_err *err)
{
    struct tlog *log = self;
    if (height == 0 || height % TLOG_TILE_HEIGHT != 0) return SALVE_OK;
    struct arena_mark mark = arena_mark(log->mem);
    uint32_t level = height / TLOG_TILE_HEIGHT;
    enum salve_code code = level == 1 ? write_leaf_tile(log, index, err) : SALVE_OK;
    if (code == SALVE_OK && level < TLOG_LEVELS) code = extend_tile(log, level, index, hash, err);
    arena_rewind(log->mem, mark);
    return code;
}

static enum salve_code check_entries(const struct tlog *log, const struct str *entries, uint32_t count,
                                     struct salve_err *err)
{
    if (count == 0 || count > UINT64_MAX - log->tree.size) return salve_fail(err, SALVE_E_RANGE, "log entries");
    for (uint32_t i = 0; i < count; i++) {
        if (entries[i].len == 0) return salve_fail(err, SALVE_E_RANGE, "log entry %u", i);
        if (entries[i].len > TLOG_ENTRY_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "log entry %u", i);
    }
    return SALVE_OK;
}

enum salve_code tlog_append(struct tlog *log, const struct str *entries, uint32_t count, uint64_t *first,
                            struct salve_err *err)
{
    salve_assert(log->io.write_entries != NULL && log->io.write_block != NULL);
    enum salve_code code = check_entries(log, entries, count, err);
    enum { MANY = 16 };
    uint64_t at = log->tree.size;
    if (count >= MANY) tlog_many_hashes(log);
    for (size_t level = 0; level < TLOG_LEVELS; level++) log->tiles[level].is_loaded = false;
    if (code == SALVE_OK) code = log->io.write_entries(log->io.self, at, entries, count, err);
    for (uint32_t i = 0; i < count && code == SALVE_OK; i++) {
        struct tlog_hash leaf = tlog_leaf_with(log->hasher, entries[i]);
        code = frontier_add(&log->tree, log->hasher, &leaf, on_node, log, err);
    }
    if (code == SALVE_OK) code = tlog_state_write(log, err);
    if (code == SALVE_OK && first != NULL) *first = at;
    return code;
}

enum salve_code tlog_fill(struct tlog *log, uint32_t count, struct salve_err *err)
{
    enum { DUMMIES_MAX = 256 };
    salve_assert(count <= DUMMIES_MAX);
    uint8_t bytes[DUMMIES_MAX][TLOG_PRIVATE_ENTRY_BYTES];
    struct str entries[DUMMIES_MAX];
    for (uint32_t i = 0; i < count; i++) {
        tlog_dummy_entry(bytes[i]);
        entries[i] = str_bytes(bytes[i], TLOG_PRIVATE_ENTRY_BYTES);
    }
    return count == 0 ? SALVE_OK : tlog_append(log, entries, count, NULL, err);
}

enum salve_code tlog_pad(struct tlog *log, uint32_t multiple, uint32_t *added, struct salve_err *err)
{
    salve_assert(multiple > 0);
    *added = (uint32_t)((multiple - log->tree.size % multiple) % multiple);
    return tlog_fill(log, *added, err);
}
