/* SPDX-License-Identifier: Apache-2.0
 * The write-ahead log that a killed process left behind, looked at before SQLite reads it. SQLite takes a log up to its
 * first bad frame and says nothing about the rest. That is right for a transaction that was being written when the
 * power went, and wrong for a damaged one that was acknowledged. The two can be told apart: a transaction is synced
 * before the next is written, so a bad frame with a finished transaction and then another one behind it was good once.
 * Layout and checksum: SQLite's file format document, "The Write-Ahead Log". */
#include <stdio.h>
#include <stdlib.h>

#include "crypto/crypto.h"
#include "db/db_int.h"

enum { WAL_HEADER_BYTES = 32, FRAME_HEADER_BYTES = 24, FRAME_BYTES = FRAME_HEADER_BYTES + DB_PAGE_BYTES };

struct wal {
    sqlite3_file *file;
    bool is_big_endian; /* of the words that are summed */
    uint8_t salt[8];
    uint32_t sum[2];
    uint8_t end[8]; /* page and size of the last frame that ended a transaction; a copy of it is no other end */
    uint8_t frame[FRAME_BYTES];
};

static uint32_t word(const struct wal *wal, const uint8_t *at)
{
    if (wal->is_big_endian) return crypto_get_u32(at);
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void add(struct wal *wal, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i += 8) {
        wal->sum[0] += word(wal, bytes + i) + wal->sum[1];
        wal->sum[1] += word(wal, bytes + i + 4) + wal->sum[0];
    }
}

static bool is_sum(const struct wal *wal, const uint8_t *at)
{
    return crypto_get_u32(at) == wal->sum[0] && crypto_get_u32(at + 4) == wal->sum[1];
}

static bool is_header_good(struct wal *wal, const uint8_t *header)
{
    uint32_t magic = crypto_get_u32(header);
    if ((magic & ~1u) != 0x377f0682u || crypto_get_u32(header + 4) != 3007000) return false;
    if (crypto_get_u32(header + 8) != DB_PAGE_BYTES) return false;
    wal->is_big_endian = (magic & 1) != 0;
    memcpy(wal->salt, header + 16, sizeof wal->salt);
    add(wal, header, 24);
    return is_sum(wal, header + 24);
}

static bool is_frame_good(struct wal *wal)
{
    if (memcmp(wal->frame + 8, wal->salt, sizeof wal->salt) != 0) return false;
    add(wal, wal->frame, 8);
    add(wal, wal->frame + FRAME_HEADER_BYTES, DB_PAGE_BYTES);
    return is_sum(wal, wal->frame + 16);
}

static void note_end(struct wal *wal, unsigned *ends)
{
    if (crypto_get_u32(wal->frame + 4) == 0) return;
    if (memcmp(wal->end, wal->frame, sizeof wal->end) != 0) ++*ends;
    memcpy(wal->end, wal->frame, sizeof wal->end);
}

/* Ends of transactions from frame `from` on. SQLite may write the last frame of one twice, to fill a sector. */
static int count_ends(struct wal *wal, int64_t from, int64_t frames, unsigned *ends)
{
    int code = SQLITE_OK;
    *ends = 0;
    for (int64_t i = from; code == SQLITE_OK && i < frames; i++) {
        code =
            wal->file->pMethods->xRead(wal->file, wal->frame, FRAME_HEADER_BYTES, WAL_HEADER_BYTES + i * FRAME_BYTES);
        bool is_ours = memcmp(wal->frame + 8, wal->salt, sizeof wal->salt) == 0;
        if (code == SQLITE_OK && is_ours) note_end(wal, ends);
    }
    return code;
}

/* *bad_frame: the first bad one of a log that was good once, from 1; 0 for the header; -1: nothing to complain about */
static int scan(struct wal *wal, int64_t *bad_frame)
{
    static const uint8_t zeros[WAL_HEADER_BYTES];
    sqlite3_int64 size = 0;
    unsigned ends = 0;
    uint8_t header[WAL_HEADER_BYTES];
    int code = wal->file->pMethods->xFileSize(wal->file, &size);
    int64_t frames = (size - WAL_HEADER_BYTES) / FRAME_BYTES, i = 0;
    *bad_frame = -1;
    if (code != SQLITE_OK || size < WAL_HEADER_BYTES + FRAME_BYTES) return code;
    code = wal->file->pMethods->xRead(wal->file, header, sizeof header, 0);
    if (code != SQLITE_OK || memcmp(header, zeros, sizeof zeros) == 0) return code; /* never synced: no frame was */
    if (!is_header_good(wal, header)) {
        *bad_frame = 0;
        return SQLITE_OK;
    }
    for (; code == SQLITE_OK && i < frames; i++) {
        code = wal->file->pMethods->xRead(wal->file, wal->frame, FRAME_BYTES, WAL_HEADER_BYTES + i * FRAME_BYTES);
        if (code == SQLITE_OK && !is_frame_good(wal)) break;
        if (code == SQLITE_OK) note_end(wal, &ends);
    }
    if (code == SQLITE_OK) code = count_ends(wal, i, frames, &ends);
    if (code == SQLITE_OK && ends > 1) *bad_frame = i + 1;
    return code;
}

static enum salve_code told(const char *path, int64_t bad_frame, struct salve_err *err)
{
    const char *why = "committed changes lie behind the damage; nothing was changed";
    if (bad_frame == 0) return salve_refuse(err, SALVE_E_INTEGRITY, why, "%s-wal header", path);
    return salve_refuse(err, SALVE_E_INTEGRITY, why, "%s-wal frame %lld", path, (long long)bad_frame);
}

enum salve_code db_wal_check(sqlite3_vfs *vfs, const char *path, struct salve_err *err)
{
    char name[4096 + 16] = {0};
    int is_there = 0;
    int64_t bad_frame = -1;
    struct wal wal = {.file = calloc(1, (size_t)vfs->szOsFile)};
    if (wal.file == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", path);
    int code = vfs->xFullPathname(vfs, path, 4096, name);
    size_t len = strlen(name);
    (void)snprintf(name + len, sizeof name - len, "-wal");
    if ((code & 0xff) == SQLITE_OK) code = vfs->xAccess(vfs, name, SQLITE_ACCESS_EXISTS, &is_there);
    if (code == SQLITE_OK && is_there) {
        code = vfs->xOpen(vfs, name, wal.file, SQLITE_OPEN_WAL | SQLITE_OPEN_READONLY, NULL);
        if (code == SQLITE_OK) code = scan(&wal, &bad_frame);
        if (wal.file->pMethods != NULL) (void)wal.file->pMethods->xClose(wal.file);
    }
    free(wal.file);
    if ((code & 0xff) != SQLITE_OK) return salve_fail(err, SALVE_E_IO, "%s-wal", path);
    return bad_frame < 0 ? SALVE_OK : told(path, bad_frame, err);
}
