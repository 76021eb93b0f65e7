/* SPDX-License-Identifier: Apache-2.0
 * A disk in memory as a SQLite VFS; see db_fault.h. Each file has what was written and what was synced. A power cut
 * makes the first equal to the second, but for a random choice of 512-byte sectors when tearing is asked for. */
#include "db/db_fault.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "db/db_int.h"

enum { SECTOR_BYTES = 512, NAME_BYTES = 256, FILES_MAX = 16 };

struct image {
    uint8_t *ptr;
    size_t len;
};

struct disk_file {
    char name[NAME_BYTES];
    bool is_there;
    struct image now, synced;
};

struct disk {
    struct db_disk base;
    struct disk_file files[FILES_MAX];
    char name[40];
    unsigned ops;
    uint64_t left; /* operations until the failing one; 0: none */
    bool is_sticky, has_fired;
    enum salve_code how;
    uint32_t power; /* number of cuts: a handle from before is dead */
};

struct handle {
    sqlite3_file base;
    struct disk *disk;
    struct disk_file *file;
    uint32_t power;
};

static bool resize(struct image *image, size_t len)
{
    uint8_t *grown = realloc(image->ptr, len + 1);
    if (grown == NULL) return false;
    if (len > image->len) memset(grown + image->len, 0, len - image->len);
    *image = (struct image){grown, len};
    return true;
}

static bool copy_image(struct image *to, const struct image *from)
{
    if (!resize(to, from->len)) return false;
    if (from->len > 0) memcpy(to->ptr, from->ptr, from->len);
    return true;
}

static struct disk_file *find(struct disk *disk, const char *path, bool make)
{
    const char *name = db_memory_name(path);
    struct disk_file *room = NULL;
    for (size_t i = 0; i < FILES_MAX; i++) {
        struct disk_file *file = &disk->files[i];
        if (file->is_there && strcmp(file->name, name) == 0) return file;
        if (!file->is_there && room == NULL) room = file;
    }
    if (!make || room == NULL) return NULL;
    (void)snprintf(room->name, sizeof room->name, "%s", name);
    if (!resize(&room->now, 0) || !resize(&room->synced, 0)) return NULL;
    room->is_there = true;
    return room;
}

/* Counts the operation; true if it has to fail. */
static bool fails(struct disk *disk, enum db_disk_op op)
{
    if ((disk->ops & op) == 0) return false;
    if (disk->has_fired && disk->is_sticky) return true;
    if (disk->left == 0 || --disk->left > 0) return false;
    return disk->has_fired = true;
}

static int failure(const struct disk *disk, int code) { return disk->how == SALVE_E_FULL ? SQLITE_FULL : code; }
static bool is_dead(const struct handle *h) { return h->power != h->disk->power; }

static int disk_read(sqlite3_file *f, void *out, int bytes, sqlite3_int64 at)
{
    struct handle *h = (struct handle *)f;
    struct image *now = &h->file->now;
    if (is_dead(h) || fails(h->disk, DB_DISK_READ)) return SQLITE_IOERR_READ;
    size_t have = (size_t)at < now->len ? now->len - (size_t)at : 0;
    if (have > (size_t)bytes) have = (size_t)bytes;
    if (have > 0) memcpy(out, now->ptr + at, have);
    if (have == (size_t)bytes) return SQLITE_OK;
    memset((char *)out + have, 0, (size_t)bytes - have);
    return SQLITE_IOERR_SHORT_READ;
}

static int disk_write(sqlite3_file *f, const void *in, int bytes, sqlite3_int64 at)
{
    struct handle *h = (struct handle *)f;
    struct image *now = &h->file->now;
    if (is_dead(h) || fails(h->disk, DB_DISK_WRITE)) return failure(h->disk, SQLITE_IOERR_WRITE);
    size_t end = (size_t)at + (size_t)bytes;
    if (end > now->len && !resize(now, end)) return SQLITE_NOMEM;
    memcpy(now->ptr + at, in, (size_t)bytes);
    return SQLITE_OK;
}

static int disk_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    struct handle *h = (struct handle *)f;
    if (is_dead(h) || fails(h->disk, DB_DISK_TRUNCATE)) return SQLITE_IOERR_TRUNCATE;
    return resize(&h->file->now, (size_t)size) ? SQLITE_OK : SQLITE_NOMEM;
}

static int disk_sync(sqlite3_file *f, int flags)
{
    struct handle *h = (struct handle *)f;
    (void)flags;
    if (is_dead(h) || fails(h->disk, DB_DISK_SYNC)) return SQLITE_IOERR_FSYNC;
    return copy_image(&h->file->synced, &h->file->now) ? SQLITE_OK : SQLITE_NOMEM;
}

static int disk_size(sqlite3_file *f, sqlite3_int64 *out)
{
    struct handle *h = (struct handle *)f;
    if (is_dead(h)) return SQLITE_IOERR_FSTAT;
    *out = (sqlite3_int64)h->file->now.len;
    return SQLITE_OK;
}

static int disk_sector(sqlite3_file *f)
{
    (void)f;
    return SECTOR_BYTES;
}

static const sqlite3_io_methods disk_methods = {
    .iVersion = 1,
    .xClose = db_memory_close,
    .xRead = disk_read,
    .xWrite = disk_write,
    .xTruncate = disk_truncate,
    .xSync = disk_sync,
    .xFileSize = disk_size,
    .xLock = db_memory_lock,
    .xUnlock = db_memory_lock,
    .xCheckReservedLock = db_memory_reserved,
    .xFileControl = db_memory_control,
    .xSectorSize = disk_sector,
    .xDeviceCharacteristics = db_memory_traits,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *out, int flags, int *out_flags)
{
    struct disk *disk = (struct disk *)vfs;
    struct handle *h = (struct handle *)out;
    memset(h, 0, sizeof *h);
    if (fails(disk, DB_DISK_OPEN)) return failure(disk, SQLITE_CANTOPEN);
    h->disk = disk;
    h->power = disk->power;
    h->file = find(disk, name == NULL ? "temporary" : name, (flags & SQLITE_OPEN_CREATE) != 0);
    if (h->file == NULL) return SQLITE_CANTOPEN;
    if (out_flags != NULL) *out_flags = flags;
    h->base.pMethods = &disk_methods;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    struct disk *disk = (struct disk *)vfs;
    struct disk_file *file = find(disk, name, false);
    (void)sync;
    if (fails(disk, DB_DISK_DELETE)) return SQLITE_IOERR_DELETE;
    if (file == NULL) return SQLITE_IOERR_DELETE_NOENT;
    file->is_there = false;
    file->now.len = file->synced.len = 0;
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    (void)flags;
    *out = find((struct disk *)vfs, name, false) != NULL;
    return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *vfs, int len, char *out)
{
    (void)vfs;
    memset(out, 7, (size_t)len);
    return len;
}

static int vfs_time(sqlite3_vfs *vfs, double *out)
{
    (void)vfs;
    *out = 2461000.5;
    return SQLITE_OK;
}

struct db_disk *db_disk_open(void)
{
    struct disk *disk = calloc(1, sizeof *disk);
    if (disk == NULL || sqlite3_initialize() != SQLITE_OK) {
        free(disk);
        return NULL;
    }
    (void)snprintf(disk->name, sizeof disk->name, "salve-disk-%p", (void *)disk);
    disk->base.vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = sizeof(struct handle),
        .mxPathname = 4096,
        .zName = disk->name,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = db_memory_full,
        .xRandomness = vfs_random,
        .xSleep = db_memory_sleep,
        .xCurrentTime = vfs_time,
    };
    return &disk->base;
}

void db_disk_close(struct db_disk **base)
{
    struct disk *disk = (struct disk *)*base;
    if (disk == NULL) return;
    for (size_t i = 0; i < FILES_MAX; i++) {
        free(disk->files[i].now.ptr);
        free(disk->files[i].synced.ptr);
    }
    free(disk);
    *base = NULL;
}

void db_disk_fail(struct db_disk *base, unsigned ops, uint64_t nth, bool is_sticky, enum salve_code how)
{
    struct disk *disk = (struct disk *)base;
    salve_assert(how == SALVE_E_IO || how == SALVE_E_FULL);
    disk->ops = nth == 0 ? 0 : ops;
    disk->left = nth;
    disk->is_sticky = is_sticky;
    disk->has_fired = false;
    disk->how = how;
}

bool db_disk_fired(const struct db_disk *base) { return ((const struct disk *)base)->has_fired; }

/* xorshift64*: which sectors stay is chosen by the seed alone, so a failing run can be repeated */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 2685821657736338717u;
}

static bool lose(struct disk_file *file, uint64_t *state, enum db_disk_loss loss)
{
    struct image kept = {0};
    size_t len = file->synced.len;
    if (loss == DB_DISK_TORN && (next_random(state) & 1)) len = file->now.len;
    if (!copy_image(&kept, &file->synced) || !resize(&kept, len)) return false;
    for (size_t at = 0; loss == DB_DISK_TORN && at < len; at += SECTOR_BYTES) {
        size_t bytes = len - at < SECTOR_BYTES ? len - at : SECTOR_BYTES;
        if (at + bytes <= file->now.len && (next_random(state) & 1)) memcpy(kept.ptr + at, file->now.ptr + at, bytes);
    }
    free(file->now.ptr);
    file->now = kept;
    return copy_image(&file->synced, &file->now);
}

void db_disk_cut_power(struct db_disk *base, uint64_t seed, enum db_disk_loss loss)
{
    struct disk *disk = (struct disk *)base;
    uint64_t state = seed * 2 + 1;
    disk->power++;
    for (size_t i = 0; i < FILES_MAX; i++) {
        bool is_done = !disk->files[i].is_there || lose(&disk->files[i], &state, loss);
        salve_assert(is_done);
    }
}

uint8_t *db_disk_file(struct db_disk *base, const char *name, size_t *len)
{
    struct disk_file *file = find((struct disk *)base, name, false);
    if (file == NULL) return NULL;
    *len = file->now.len;
    return file->now.ptr;
}

bool db_disk_set(struct db_disk *base, const char *name, struct str bytes)
{
    struct disk_file *file = find((struct disk *)base, name, true);
    if (file == NULL || !resize(&file->now, bytes.len)) return false;
    if (bytes.len > 0) memcpy(file->now.ptr, bytes.ptr, bytes.len);
    return copy_image(&file->synced, &file->now);
}

size_t db_disk_file_count(const struct db_disk *base)
{
    const struct disk *disk = (const struct disk *)base;
    size_t count = 0;
    for (size_t i = 0; i < FILES_MAX; i++) count += disk->files[i].is_there;
    return count;
}
