/* SPDX-License-Identifier: Apache-2.0
 * The whole log, hashed again from its entries: every tile, the state block and every archived checkpoint must be what
 * the entries make them. One pass; memory is one tile a level and the list of checkpoint sizes. */
#include "tlog/tlog_int.h"

enum { PROGRESS_EVERY = 1 << 16 };

struct check {
    struct tlog *log;
    struct frontier tree;
    uint8_t *tiles[TLOG_LEVELS]; /* as rebuilt; level 0 first */
    uint64_t *sizes;             /* of archived checkpoints, newest first; taken from the end */
    size_t sizes_left;
    const struct tlog_vkey *vkey;
    struct tlog_report *report;
};

static enum salve_code differs(struct salve_err *err, const char *what, uint64_t number)
{
    return salve_fail(err, SALVE_E_INTEGRITY, "%s %llu", what, (unsigned long long)number);
}

static enum salve_code compare_tile(struct check *check, uint32_t level, uint64_t number, uint32_t width,
                                    struct salve_err *err)
{
    struct tlog *log = check->log;
    struct arena_mark mark = arena_mark(log->mem);
    struct str block = STR_NONE;
    enum tlog_block kind = (enum tlog_block)(TLOG_BLOCK_TILE_0 + level);
    enum salve_code code = log->io.read_block(log->io.self, kind, number, log->mem, &block, err);
    bool is_same = code == SALVE_OK && str_eq(block, str_bytes(check->tiles[level], (size_t)width * TLOG_HASH_BYTES));
    arena_rewind(log->mem, mark);
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) return code;
    if (!is_same) return salve_fail(err, SALVE_E_INTEGRITY, "log tile %u/%llu", level, (unsigned long long)number);
    check->report->tiles++;
    return SALVE_OK;
}

static enum salve_code on_node(void *self, uint32_t height, uint64_t index, const struct tlog_hash *hash,
                               struct salve_err *err)
{
    struct check *check = self;
    if (height % TLOG_TILE_HEIGHT != 0 || height / TLOG_TILE_HEIGHT >= TLOG_LEVELS) return SALVE_OK;
    uint32_t level = height / TLOG_TILE_HEIGHT;
    uint64_t at = index % TLOG_TILE_WIDTH;
    memcpy(check->tiles[level] + at * TLOG_HASH_BYTES, hash->bytes, TLOG_HASH_BYTES);
    return at + 1 == TLOG_TILE_WIDTH ? compare_tile(check, level, index / TLOG_TILE_WIDTH, TLOG_TILE_WIDTH, err)
                                     : SALVE_OK;
}

/* --- checkpoints -------------------------------------------------------------------------------------------------- */

static enum salve_code check_checkpoint(struct check *check, uint64_t size, struct salve_err *err)
{
    struct tlog *log = check->log;
    struct arena_mark mark = arena_mark(log->mem);
    struct archived archived;
    struct tlog_checkpoint head;
    uint64_t signed_by = 0;
    enum salve_code code = tlog_archive_read(log, size, log->mem, &archived, err);
    if (code == SALVE_OK) code = tlog_note_verify(archived.note, check->vkey, 1, &signed_by, NULL, err);
    if (code == SALVE_OK) code = tlog_checkpoint_parse(archived.note, &head, err);
    if (code == SALVE_OK) {
        struct tlog_hash root = frontier_root(&check->tree, log->hasher);
        if (head.size != size || !tlog_hash_eq(&head.root, &root) || !str_eq(head.origin, log->origin))
            code = differs(err, "checkpoint", size);
    } else if (code == SALVE_E_INVALID) {
        code = differs(err, "checkpoint", size);
    }
    arena_rewind(log->mem, mark);
    if (code == SALVE_OK) check->report->checkpoints++;
    return code;
}

static enum salve_code checkpoints_here(struct check *check, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    while (code == SALVE_OK && check->sizes_left > 0 && check->sizes[check->sizes_left - 1] == check->tree.size)
        code = check_checkpoint(check, check->sizes[--check->sizes_left], err);
    return code;
}

/* The sizes of all archived checkpoints, following their chain from the newest. */
static enum salve_code list_checkpoints(struct check *check, struct salve_err *err)
{
    struct tlog *log = check->log;
    struct salve_err ignored = {0};
    uint64_t size = 0;
    size_t count = 0, room = 0;
    enum salve_code code = tlog_archive_newest(log, log->mem, &size, &ignored);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK && err != NULL) *err = ignored;
    if (code == SALVE_OK && size > log->tree.size) return differs(err, "checkpoint", size);
    while (code == SALVE_OK && size > 0) {
        if (count == room) {
            size_t more = room == 0 ? 64 : room * 2;
            uint64_t *sizes = arena_grow(log->mem, check->sizes, room * sizeof *sizes, more * sizeof *sizes);
            if (sizes == NULL) return salve_fail(err, SALVE_E_MEMORY, "list of checkpoints");
            check->sizes = sizes;
            room = more;
        }
        check->sizes[count++] = size;
        struct arena_mark mark = arena_mark(log->mem);
        struct archived archived = {.size_before = 0};
        code = tlog_archive_read(log, size, log->mem, &archived, err);
        arena_rewind(log->mem, mark);
        size = archived.size_before;
    }
    check->sizes_left = count;
    return code;
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

static enum salve_code absent(struct tlog *log, uint32_t level, uint64_t number, struct salve_err *err)
{
    struct str block;
    struct salve_err ignored = {0};
    enum tlog_block kind = (enum tlog_block)(TLOG_BLOCK_TILE_0 + level);
    enum salve_code code = log->io.read_block(log->io.self, kind, number, log->mem, &block, &ignored);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    return salve_fail(err, SALVE_E_INTEGRITY, "log tile %u/%llu", level, (unsigned long long)number);
}

/* What can still grow: partial tiles above level 0, nothing behind the last leaf, and the state block itself. */
static enum salve_code check_edge(struct check *check, struct salve_err *err)
{
    struct tlog *log = check->log;
    struct salve_err ignored = {0};
    struct str entry;
    enum salve_code code = SALVE_OK;
    for (uint32_t level = 0; level < TLOG_LEVELS && code == SALVE_OK; level++) {
        uint64_t hashes = log->tree.size >> level * TLOG_TILE_HEIGHT, number = hashes / TLOG_TILE_WIDTH;
        uint32_t width = (uint32_t)(hashes % TLOG_TILE_WIDTH);
        code =
            width > 0 && level > 0 ? compare_tile(check, level, number, width, err) : absent(log, level, number, err);
    }
    if (code != SALVE_OK) return code;
    if (log->io.read_entries(log->io.self, log->tree.size, 1, log->mem, &entry, &ignored) != SALVE_E_NOT_FOUND)
        return differs(err, "log entry", log->tree.size);
    if (memcmp(check->tree.hashes, log->tree.hashes, check->tree.count * sizeof check->tree.hashes[0]) == 0)
        return SALVE_OK;
    return salve_refuse(err, SALVE_E_INTEGRITY, "it is not what the entries make it", "log state");
}

static enum salve_code read_span(struct check *check, uint64_t first, uint32_t count, struct salve_err *err)
{
    struct tlog *log = check->log;
    struct arena_mark mark = arena_mark(log->mem);
    struct str *entries = arena_array(log->mem, struct str, count);
    if (entries == NULL) return salve_fail(err, SALVE_E_MEMORY, "log entries");
    enum salve_code code = log->io.read_entries(log->io.self, first, count, log->mem, entries, err);
    if (code == SALVE_E_NOT_FOUND) code = differs(err, "log entries from", first);
    for (uint32_t i = 0; i < count && code == SALVE_OK; i++) {
        struct tlog_hash leaf = tlog_leaf_with(log->hasher, entries[i]);
        code = frontier_add(&check->tree, log->hasher, &leaf, on_node, check, err);
        if (code == SALVE_OK) code = checkpoints_here(check, err);
    }
    arena_rewind(log->mem, mark);
    return code;
}

enum salve_code tlog_verify(struct tlog *log, const struct tlog_vkey *vkey,
                            void (*progress)(void *self, uint64_t done, uint64_t total), void *self,
                            struct tlog_report *report, struct salve_err *err)
{
    struct check check = {.log = log, .vkey = vkey, .report = report};
    struct arena_mark mark = arena_mark(log->mem);
    tlog_many_hashes(log);
    uint8_t *tiles = arena_alloc(log->mem, (size_t)TLOG_LEVELS * TLOG_TILE_BYTES);
    if (tiles == NULL) return salve_fail(err, SALVE_E_MEMORY, "log tiles");
    for (size_t level = 0; level < TLOG_LEVELS; level++) check.tiles[level] = tiles + level * TLOG_TILE_BYTES;
    *report = (struct tlog_report){.entries = 0};
    enum salve_code code = list_checkpoints(&check, err);
    while (code == SALVE_OK && check.tree.size < log->tree.size) {
        uint64_t left = log->tree.size - check.tree.size;
        code = read_span(&check, check.tree.size, left < TLOG_TILE_WIDTH ? (uint32_t)left : TLOG_TILE_WIDTH, err);
        if (progress != NULL && check.tree.size % PROGRESS_EVERY == 0) progress(self, check.tree.size, log->tree.size);
    }
    if (code == SALVE_OK) code = check_edge(&check, err);
    report->entries = check.tree.size;
    report->root = frontier_root(&check.tree, log->hasher);
    arena_rewind(log->mem, mark);
    return code;
}
