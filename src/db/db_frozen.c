/* SPDX-License-Identifier: Apache-2.0
 * A disk to read from alone: a VFS over bytes and descriptors of files that stay as they are. SQLite opens them as
 * ever (exclusive, so that the index of the write-ahead log is in its memory); the log, which is empty, and what it
 * needs for a moment are files in memory. Interface: SQLite's documentation of sqlite3_vfs and sqlite3_io_methods. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "db/db_int.h"

enum { FILES_MAX = 8, NAME_BYTES = 64, SECTOR_BYTES = 4096 };

struct frozen_file {
    char name[NAME_BYTES];
    bool is_there;
    bool is_fixed; /* frozen: bytes or fd */
    bool is_lent;  /* the fd is of another disk */
    int fd;        /* -1: none */
    struct str bytes;
    uint8_t *own; /* of a file in memory */
    size_t len, room;
};

struct frozen {
    struct db_disk base;
    char name[40];
    struct frozen_file files[FILES_MAX];
};

struct handle {
    sqlite3_file base;
    struct frozen_file *file;
};

static struct frozen_file *file_of(sqlite3_file *f) { return ((struct handle *)f)->file; }

static struct frozen_file *find(struct frozen *disk, const char *path, bool make)
{
    const char *name = db_memory_name(path);
    struct frozen_file *room = NULL;
    for (size_t i = 0; i < FILES_MAX; i++) {
        struct frozen_file *file = &disk->files[i];
        if (file->is_there && strcmp(file->name, name) == 0) return file;
        if (!file->is_there && room == NULL) room = file;
    }
    if (!make || room == NULL || strlen(name) >= NAME_BYTES) return NULL;
    *room = (struct frozen_file){.is_there = true, .fd = -1};
    (void)snprintf(room->name, sizeof room->name, "%s", name);
    return room;
}

/* --- a file ------------------------------------------------------------------------------------------------------- */

static int read_fd(int fd, uint8_t *out, size_t bytes, sqlite3_int64 at, size_t *have)
{
    *have = 0;
    while (*have < bytes) {
        ssize_t got = pread(fd, out + *have, bytes - *have, (off_t)at + (off_t)*have);
        if (got < 0) return SQLITE_IOERR_READ;
        if (got == 0) break;
        *have += (size_t)got;
    }
    return SQLITE_OK;
}

static int file_read(sqlite3_file *f, void *out, int wanted, sqlite3_int64 at)
{
    const struct frozen_file *file = file_of(f);
    size_t bytes = (size_t)wanted, have = 0;
    const uint8_t *from = file->is_fixed ? (const uint8_t *)file->bytes.ptr : file->own;
    size_t len = file->is_fixed ? file->bytes.len : file->len;
    int code = file->fd >= 0 ? read_fd(file->fd, out, bytes, at, &have) : SQLITE_OK;
    if (file->fd < 0 && (size_t)at < len) {
        have = len - (size_t)at < bytes ? len - (size_t)at : bytes;
        memcpy(out, from + at, have);
    }
    if (code != SQLITE_OK || have == bytes) return code;
    memset((char *)out + have, 0, bytes - have);
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *f, const void *in, int bytes, sqlite3_int64 at)
{
    struct frozen_file *file = file_of(f);
    size_t end = (size_t)at + (size_t)bytes;
    if (file->is_fixed) return SQLITE_READONLY;
    if (end > file->room) {
        uint8_t *more = realloc(file->own, 2 * end);
        if (more == NULL) return SQLITE_NOMEM;
        memset(more + file->room, 0, 2 * end - file->room);
        file->own = more;
        file->room = 2 * end;
    }
    memcpy(file->own + at, in, (size_t)bytes);
    if (end > file->len) file->len = end;
    return SQLITE_OK;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    struct frozen_file *file = file_of(f);
    if (file->is_fixed) return SQLITE_READONLY;
    if ((size_t)size < file->len) file->len = (size_t)size;
    return SQLITE_OK;
}

static int file_sync(sqlite3_file *f, int flags)
{
    (void)f, (void)flags;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *out)
{
    const struct frozen_file *file = file_of(f);
    *out = (sqlite3_int64)(file->is_fixed ? file->bytes.len : file->len);
    if (file->fd >= 0) *out = (sqlite3_int64)lseek(file->fd, 0, SEEK_END);
    return *out < 0 ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

static int file_sector(sqlite3_file *f)
{
    (void)f;
    return SECTOR_BYTES;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = db_memory_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = db_memory_lock,
    .xUnlock = db_memory_lock,
    .xCheckReservedLock = db_memory_reserved,
    .xFileControl = db_memory_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = db_memory_traits,
};

/* --- the disk ----------------------------------------------------------------------------------------------------- */

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *out, int flags, int *out_flags)
{
    struct handle *h = (struct handle *)out;
    *h = (struct handle){.file = find((struct frozen *)vfs, name == NULL ? "temporary" : name,
                                      (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_CREATE)) == SQLITE_OPEN_CREATE)};
    if (h->file == NULL) return SQLITE_CANTOPEN;
    if (out_flags != NULL) *out_flags = flags;
    h->base.pMethods = &methods;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    struct frozen_file *file = find((struct frozen *)vfs, name, false);
    (void)sync;
    if (file == NULL) return SQLITE_IOERR_DELETE_NOENT;
    if (file->is_fixed) return SQLITE_IOERR_DELETE;
    free(file->own);
    *file = (struct frozen_file){.fd = -1};
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    (void)flags;
    *out = find((struct frozen *)vfs, name, false) != NULL;
    return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *vfs, int len, char *out)
{
    (void)vfs;
    memset(out, 0, (size_t)len); /* salts of an empty log in memory */
    return len;
}

static int vfs_time(sqlite3_vfs *vfs, double *out)
{
    (void)vfs;
    *out = 2440587.5; /* nothing asks for it */
    return SQLITE_OK;
}

struct db_disk *db_frozen(void)
{
    struct frozen *disk = calloc(1, sizeof *disk);
    if (disk == NULL || sqlite3_initialize() != SQLITE_OK) {
        free(disk);
        return NULL;
    }
    (void)snprintf(disk->name, sizeof disk->name, "salve-frozen-%p", (void *)disk);
    for (size_t i = 0; i < FILES_MAX; i++) disk->files[i].fd = -1;
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

static struct frozen_file *add(struct db_disk *disk, const char *name)
{
    struct frozen_file *file = find((struct frozen *)disk, name, true);
    if (file != NULL) file->is_fixed = true;
    return file;
}

bool db_frozen_bytes(struct db_disk *disk, const char *name, struct str bytes)
{
    struct frozen_file *file = add(disk, name);
    if (file != NULL) file->bytes = bytes;
    return file != NULL;
}

bool db_frozen_file(struct db_disk *disk, const char *name, int fd)
{
    struct frozen_file *file = add(disk, name);
    if (file != NULL) file->fd = fd;
    return file != NULL;
}

bool db_frozen_lend(struct db_disk *disk, const char *name, int fd)
{
    struct frozen_file *file = add(disk, name);
    if (file != NULL) file->fd = fd;
    if (file != NULL) file->is_lent = true;
    return file != NULL;
}

bool db_is_frozen_disk(const sqlite3_vfs *vfs) { return vfs->xOpen == vfs_open; }

struct db_disk *db_frozen_twin(const sqlite3_vfs *vfs)
{
    const struct frozen *from = (const struct frozen *)vfs;
    struct db_disk *disk = db_frozen();
    if (disk == NULL) return NULL;
    for (size_t i = 0; i < FILES_MAX; i++) {
        struct frozen_file *file = &((struct frozen *)disk)->files[i];
        if (!from->files[i].is_fixed) continue;
        *file = from->files[i];
        file->is_lent = true;
    }
    return disk;
}

void db_frozen_drop(struct db_disk **at)
{
    struct frozen *disk = (struct frozen *)*at;
    *at = NULL;
    if (disk == NULL) return;
    for (size_t i = 0; i < FILES_MAX; i++) {
        if (disk->files[i].fd >= 0 && !disk->files[i].is_lent) (void)close(disk->files[i].fd);
        free(disk->files[i].own);
    }
    free(disk);
}
