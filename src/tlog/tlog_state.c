/* SPDX-License-Identifier: Apache-2.0
 * Opening a log: one block holds origin, size and frontier. It is written with every append, so it carries a checksum
 * of its own; everything else in the log is covered by the tree. */
#include "tlog/tlog_int.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/buf.h"

enum { CHECKSUM_BYTES = 16 }; /* the shortest BLAKE2b; the first 8 are kept */

static const struct str MAGIC = {"SLTS\x01", 5};

enum salve_code tlog_block_seal(struct str body, struct arena *mem, struct str *out, struct salve_err *err)
{
    uint8_t hash[CHECKSUM_BYTES];
    crypto_blake2b(body, hash, sizeof hash);
    struct buf buf;
    buf_init(&buf, mem, body.len + TLOG_CHECK_BYTES + 1);
    buf_add(&buf, body);
    buf_add(&buf, str_bytes(hash, TLOG_CHECK_BYTES));
    return buf_done(&buf, out, err);
}

enum salve_code tlog_block_unseal(struct str block, const char *what, struct str *body, struct salve_err *err)
{
    uint8_t hash[CHECKSUM_BYTES];
    size_t len = block.len < TLOG_CHECK_BYTES ? 0 : block.len - TLOG_CHECK_BYTES;
    crypto_blake2b(str_cut(block, 0, len), hash, sizeof hash);
    if (block.len < TLOG_CHECK_BYTES || memcmp(hash, block.ptr + len, TLOG_CHECK_BYTES) != 0)
        return salve_refuse(err, SALVE_E_INTEGRITY, "its checksum does not match", "%s", what);
    *body = str_cut(block, 0, len);
    return SALVE_OK;
}

bool tlog_origin_is_valid(struct str origin)
{
    static const char ALLOWED[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_/:";
    if (origin.len == 0 || origin.len > TLOG_NAME_BYTES_MAX) return false;
    for (size_t i = 0; i < origin.len; i++)
        if (memchr(ALLOWED, origin.ptr[i], sizeof ALLOWED - 1) == NULL) return false;
    return true;
}

enum salve_code tlog_state_write(struct tlog *log, struct salve_err *err)
{
    struct arena_mark mark = arena_mark(log->mem);
    uint8_t number[8];
    struct str block = STR_NONE;
    struct buf body;
    buf_init(&body, log->mem, 4096);
    buf_add(&body, MAGIC);
    crypto_put_u64(number, log->tree.size);
    buf_add(&body, str_bytes(number, 8));
    buf_add_char(&body, (char)(uint8_t)log->origin.len);
    buf_add(&body, log->origin);
    buf_add(&body, str_bytes(log->tree.hashes, log->tree.count * sizeof log->tree.hashes[0]));
    struct str text = STR_NONE;
    enum salve_code code = buf_done(&body, &text, err);
    if (code == SALVE_OK) code = tlog_block_seal(text, log->mem, &block, err);
    if (code == SALVE_OK) code = log->io.write_block(log->io.self, TLOG_BLOCK_STATE, 0, block, err);
    arena_rewind(log->mem, mark);
    return code;
}

static enum salve_code damaged(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_INTEGRITY, "its layout is wrong", "log state");
}

static enum salve_code state_parse(struct tlog *log, struct str block, struct salve_err *err)
{
    struct str body = STR_NONE;
    enum salve_code code = tlog_block_unseal(block, "log state", &body, err);
    if (code != SALVE_OK) return code;
    if (!str_starts(body, MAGIC) || body.len < MAGIC.len + 9) return damaged(err);
    struct str rest = str_cut(body, MAGIC.len, body.len);
    log->tree.size = crypto_get_u64((const uint8_t *)rest.ptr);
    size_t origin_len = (uint8_t)rest.ptr[8];
    struct str origin = str_cut(rest, 9, origin_len);
    struct str hashes = str_cut(rest, 9 + origin_len, rest.len);
    log->tree.count = (uint32_t)__builtin_popcountll(log->tree.size);
    if (origin.len != origin_len || hashes.len != log->tree.count * sizeof log->tree.hashes[0]) return damaged(err);
    memcpy(log->tree.hashes, hashes.ptr, hashes.len);
    if (str_eq(origin, log->origin)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFLICT, "the log belongs to another origin", "log state");
}

static enum salve_code state_read(struct tlog *log, struct salve_err *err)
{
    struct arena_mark mark = arena_mark(log->mem);
    struct salve_err ignored = {0};
    struct str block = STR_NONE;
    enum salve_code code = log->io.read_block(log->io.self, TLOG_BLOCK_STATE, 0, log->mem, &block, &ignored);
    if (code == SALVE_OK)
        code = state_parse(log, block, err);
    else if (code == SALVE_E_NOT_FOUND)
        code = SALVE_OK; /* nothing was ever written: the empty log */
    else if (err != NULL)
        *err = ignored;
    arena_rewind(log->mem, mark);
    return code;
}

static void close_log(void *what)
{
    struct tlog *log = what;
    crypto_sha256_close(log->hasher);
    for (size_t level = 0; level < TLOG_LEVELS; level++) free(log->tiles[level].bytes);
}

enum salve_code tlog_open(const struct tlog_io *io, struct str origin, struct arena *mem, struct tlog **out,
                          struct salve_err *err)
{
    salve_assert(io->read_entries != NULL && io->read_block != NULL); /* who only reads needs no more */
    if (!tlog_origin_is_valid(origin))
        return salve_refuse(err, SALVE_E_INVALID, "letters, digits and . - _ / : only, 255 at most", "log origin");
    struct tlog *log = arena_new(mem, struct tlog);
    if (log == NULL) return salve_fail(err, SALVE_E_MEMORY, "log");
    log->io = *io;
    log->mem = mem;
    enum salve_code code = arena_on_close(mem, close_log, log, err);
    if (code == SALVE_OK) code = arena_str(mem, origin, &log->origin, err);
    if (code == SALVE_OK) code = state_read(log, err);
    if (code == SALVE_OK) *out = log;
    return code;
}

void tlog_many_hashes(struct tlog *log)
{
    if (log->hasher == NULL) log->hasher = crypto_sha256_open();
}

uint64_t tlog_size(const struct tlog *log) { return log->tree.size; }

struct tlog_hash tlog_root(const struct tlog *log) { return frontier_root(&log->tree, log->hasher); }
