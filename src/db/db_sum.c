/* SPDX-License-Identifier: Apache-2.0
 * A SQLite VFS between SQLite and the disk that puts a checksum into the reserved bytes at the end of every page of a
 * database file when it is written, and checks it when it is read. The number of the page is part of the sum, so a page
 * in the wrong place is found as well. The content of the write-ahead log passes through: its frames have checksums of
 * their own. Journals pass through whole.
 *
 * A sync of a file that was not written since its last one goes no further, nor does that of the header of a log that
 * this opening made: what was there before it is another file, so no old frame can stand behind the new header, and
 * a header that is missing after a cut means that no transaction was acknowledged (db_wal.c). The sync of the first
 * transaction takes both.
 *
 * Page size and reserved bytes are constants here, not read from the file, so no bit of page 1 can talk its way out.
 * The short reads that SQLite makes of the first 100 bytes before it knows the page size are checked against those
 * constants only: a power cut during a checkpoint may leave page 1 torn while its good copy is in the write-ahead
 * log, and the whole of page 1 is checked when it is taken from the file for use. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/file.h"
#include "crypto/crypto.h"
#include "db/db_int.h"

enum { CONTENT_BYTES = DB_PAGE_BYTES - DB_PAGE_SUM_BYTES, HEADER_BYTES = 100, LOG_HEADER_BYTES = 32, WAL_FORMAT = 2 };

struct db_sum_vfs {
    sqlite3_vfs vfs;
    sqlite3_vfs *below;
    uint32_t bad_page;
    struct db_seen *seen;
    bool is_trusted;
    char name[40];
};

struct sum_file {
    sqlite3_file base;
    struct db_sum_vfs *sums;
    uint8_t page[DB_PAGE_BYTES];
    bool is_synced;       /* nothing was written since */
    bool is_new_log;      /* made by this opening, and nothing but its header is in it */
    const char *new_name; /* of a log whose name is not durable yet; SQLite's, as long as the file is open */
    sqlite3_file *below;  /* behind this struct */
};

static sqlite3_file *below_of(sqlite3_file *file) { return ((struct sum_file *)file)->below; }

void db_sum_of_page(const uint8_t page[DB_PAGE_BYTES], uint32_t nr, uint8_t out[DB_PAGE_SUM_BYTES])
{
    uint8_t copy[CONTENT_BYTES + 4];
    memcpy(copy, page, CONTENT_BYTES);
    crypto_put_u32(copy + CONTENT_BYTES, nr);
    crypto_blake2b(str_bytes(copy, sizeof copy), out, DB_PAGE_SUM_BYTES);
}

static int bad(struct sum_file *file, uint32_t nr)
{
    file->sums->bad_page = nr;
    return SQLITE_IOERR_DATA;
}

static bool is_page(int bytes, sqlite3_int64 at) { return bytes == DB_PAGE_BYTES && at % DB_PAGE_BYTES == 0; }

/* What SQLite reads of page 1 before it knows the page size: the constants must be in it, and no format of a later
 * SQLite, of which ours would take one for a file that can only be read. */
static int check_header(struct sum_file *file, const uint8_t *header, int bytes, sqlite3_int64 at)
{
    if (at != 0 || bytes < 21) return SQLITE_OK;
    bool is_right = header[16] == DB_PAGE_BYTES >> 8 && header[17] == 0 && header[20] == DB_PAGE_SUM_BYTES &&
                    header[18] <= WAL_FORMAT && header[19] <= WAL_FORMAT;
    return is_right ? SQLITE_OK : bad(file, 1);
}

/* A disk that cannot read is no file that somebody damaged, which SQLite takes some errors for. */
static int read_below(sqlite3_file *below, void *out, int bytes, sqlite3_int64 at)
{
    int code = below->pMethods->xRead(below, out, bytes, at);
    return code == SQLITE_IOERR_CORRUPTFS ? SQLITE_IOERR_READ : code;
}

static void see(struct db_seen *seen, uint32_t nr)
{
    if (seen != NULL && nr <= seen->pages) seen->bits[nr / 8] |= (uint8_t)(1u << nr % 8);
}

static int sum_read(sqlite3_file *base, void *out, int bytes, sqlite3_int64 at)
{
    struct sum_file *file = (struct sum_file *)base;
    uint8_t sum[DB_PAGE_SUM_BYTES];
    uint32_t nr = (uint32_t)(at / DB_PAGE_BYTES) + 1;
    int code = read_below(file->below, out, bytes, at);
    if (code != SQLITE_OK) return code; /* a short read too: the caller knows what to do with a new file */
    if (!is_page(bytes, at)) return at + bytes <= HEADER_BYTES ? check_header(file, out, bytes, at) : bad(file, nr);
    if (file->sums->is_trusted) return SQLITE_OK;
    db_sum_of_page(out, nr, sum);
    if (memcmp(sum, (uint8_t *)out + CONTENT_BYTES, sizeof sum) != 0) return bad(file, nr);
    see(file->sums->seen, nr);
    return SQLITE_OK;
}

/* A quota that is used up, or a file that may not grow, is a full disk, which SQLite knows by ENOSPC alone. */
static int with_quota(sqlite3_file *below, int code)
{
    int number = 0;
    if (code != SQLITE_IOERR_WRITE) return code;
    bool is_told = below->pMethods->xFileControl(below, SQLITE_FCNTL_LAST_ERRNO, &number) == SQLITE_OK;
    return is_told && (number == EDQUOT || number == EFBIG) ? SQLITE_FULL : code;
}

static int sum_write(sqlite3_file *base, const void *in, int bytes, sqlite3_int64 at)
{
    struct sum_file *file = (struct sum_file *)base;
    if (!is_page(bytes, at)) return SQLITE_IOERR_WRITE; /* SQLite writes whole pages to a database file */
    file->is_synced = false;
    memcpy(file->page, in, CONTENT_BYTES);
    db_sum_of_page(file->page, (uint32_t)(at / DB_PAGE_BYTES) + 1, file->page + CONTENT_BYTES);
    return with_quota(file->below, file->below->pMethods->xWrite(file->below, file->page, bytes, at));
}

static int log_read(sqlite3_file *f, void *out, int bytes, sqlite3_int64 at)
{
    return read_below(below_of(f), out, bytes, at);
}

static int log_write(sqlite3_file *base, const void *in, int bytes, sqlite3_int64 at)
{
    struct sum_file *file = (struct sum_file *)base;
    file->is_synced = false;
    file->is_new_log = file->is_new_log && at + bytes <= LOG_HEADER_BYTES;
    return with_quota(file->below, file->below->pMethods->xWrite(file->below, in, bytes, at));
}

static int sum_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct sum_file *file = (struct sum_file *)base;
    file->is_synced = file->is_new_log = false;
    return file->below->pMethods->xTruncate(file->below, size);
}

static int sum_sync(sqlite3_file *base, int flags)
{
    struct sum_file *file = (struct sum_file *)base;
    if (file->is_synced || file->is_new_log) return SQLITE_OK;
    int code = file->below->pMethods->xSync(file->below, flags);
    if (code == SQLITE_OK && file->new_name != NULL && file_sync_folder_of(file->new_name, NULL) != SALVE_OK)
        code = SQLITE_IOERR_DIR_FSYNC;
    if (code == SQLITE_OK) file->new_name = NULL;
    file->is_synced = code == SQLITE_OK;
    return code;
}

/* Everything else goes down as it is. */
static int sum_close(sqlite3_file *f) { return below_of(f)->pMethods->xClose(below_of(f)); }
static int sum_size(sqlite3_file *f, sqlite3_int64 *out) { return below_of(f)->pMethods->xFileSize(below_of(f), out); }
static int sum_lock(sqlite3_file *f, int level) { return below_of(f)->pMethods->xLock(below_of(f), level); }
static int sum_unlock(sqlite3_file *f, int level) { return below_of(f)->pMethods->xUnlock(below_of(f), level); }
static int sum_reserved(sqlite3_file *f, int *out)
{
    return below_of(f)->pMethods->xCheckReservedLock(below_of(f), out);
}
static int sum_control(sqlite3_file *f, int op, void *arg)
{
    if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK; /* no pages without a sum */
    return below_of(f)->pMethods->xFileControl(below_of(f), op, arg);
}
static int sum_sector(sqlite3_file *f) { return below_of(f)->pMethods->xSectorSize(below_of(f)); }
static int sum_traits(sqlite3_file *f) { return below_of(f)->pMethods->xDeviceCharacteristics(below_of(f)); }

/* Version 1: no memory maps, which would read past the check, and no shared memory, which exclusive locking does not
 * need. */
#define METHODS(read, write)                                                                                           \
    {                                                                                                                  \
        .iVersion = 1, .xClose = sum_close, .xRead = read, .xWrite = write, .xTruncate = sum_truncate,                 \
        .xSync = sum_sync, .xFileSize = sum_size, .xLock = sum_lock, .xUnlock = sum_unlock,                            \
        .xCheckReservedLock = sum_reserved, .xFileControl = sum_control, .xSectorSize = sum_sector,                    \
        .xDeviceCharacteristics = sum_traits                                                                           \
    }
static const sqlite3_io_methods sum_methods = METHODS(sum_read, sum_write);
static const sqlite3_io_methods log_methods = METHODS(log_read, log_write);

static size_t file_bytes(void) { return (sizeof(struct sum_file) + 15) / 16 * 16; }

/* SQLite syncs the folder of a new log by itself, but lets it go by where the folder cannot be opened or synced, and
 * what is committed then may lie in a file without a name. So the log is opened as one that is there, and the folder
 * is ours. */
static int take_name(struct sum_file *file, const char *name, int flags, int *out_flags)
{
    sqlite3_vfs *below = file->sums->below;
    (void)file->below->pMethods->xClose(file->below);
    file->below->pMethods = NULL;
    file->new_name = name;
    return below->xOpen(below, name, file->below, flags & ~SQLITE_OPEN_CREATE, out_flags);
}

static int sum_vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *out, int flags, int *out_flags)
{
    struct db_sum_vfs *sums = vfs->pAppData;
    bool is_log = (flags & SQLITE_OPEN_WAL) != 0;
    int is_there = 1;
    if (!is_log && (flags & SQLITE_OPEN_MAIN_DB) == 0)
        return sums->below->xOpen(sums->below, name, out, flags, out_flags);
    struct sum_file *file = (struct sum_file *)out;
    memset(file, 0, sizeof *file);
    file->sums = sums;
    file->below = (sqlite3_file *)(void *)((char *)out + file_bytes());
    if (is_log && sums->below->xAccess(sums->below, name, SQLITE_ACCESS_EXISTS, &is_there) != SQLITE_OK) is_there = 1;
    int code = sums->below->xOpen(sums->below, name, file->below, flags, out_flags);
    file->is_new_log = is_there == 0;
    if (code == SQLITE_OK && file->is_new_log && sums->below == sqlite3_vfs_find(NULL))
        code = take_name(file, name, flags, out_flags);
    if (code == SQLITE_OK)
        file->base.pMethods = is_log ? &log_methods : &sum_methods;
    else if (file->below->pMethods != NULL)
        (void)file->below->pMethods->xClose(file->below);
    return code;
}

static sqlite3_vfs *below_vfs(sqlite3_vfs *vfs) { return ((struct db_sum_vfs *)vfs->pAppData)->below; }
static int vfs_delete(sqlite3_vfs *v, const char *name, int sync)
{
    return below_vfs(v)->xDelete(below_vfs(v), name, sync);
}
static int vfs_access(sqlite3_vfs *v, const char *name, int flags, int *out)
{
    return below_vfs(v)->xAccess(below_vfs(v), name, flags, out);
}
static int vfs_full(sqlite3_vfs *v, const char *name, int len, char *out)
{
    return below_vfs(v)->xFullPathname(below_vfs(v), name, len, out);
}
static int vfs_random(sqlite3_vfs *v, int len, char *out) { return below_vfs(v)->xRandomness(below_vfs(v), len, out); }
static int vfs_sleep(sqlite3_vfs *v, int us) { return below_vfs(v)->xSleep(below_vfs(v), us); }
static int vfs_time(sqlite3_vfs *v, double *out) { return below_vfs(v)->xCurrentTime(below_vfs(v), out); }
static int vfs_last_error(sqlite3_vfs *v, int len, char *out)
{
    return below_vfs(v)->xGetLastError == NULL ? 0 : below_vfs(v)->xGetLastError(below_vfs(v), len, out);
}

enum salve_code db_sum_open(sqlite3_vfs *below, struct db_sum_vfs **out, struct salve_err *err)
{
    struct db_sum_vfs *sums = calloc(1, sizeof *sums);
    if (sums == NULL) return salve_fail(err, SALVE_E_MEMORY, "database");
    (void)snprintf(sums->name, sizeof sums->name, "salve-%p", (void *)sums);
    sums->below = below;
    sums->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)file_bytes() + below->szOsFile,
        .mxPathname = below->mxPathname,
        .zName = sums->name,
        .pAppData = sums,
        .xOpen = sum_vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_last_error,
    };
    if (sqlite3_vfs_register(&sums->vfs, 0) != SQLITE_OK) {
        free(sums);
        return salve_fail(err, SALVE_E_MEMORY, "database");
    }
    *out = sums;
    return SALVE_OK;
}

void db_sum_close(struct db_sum_vfs *sums)
{
    if (sums == NULL) return;
    (void)sqlite3_vfs_unregister(&sums->vfs);
    free(sums);
}

const char *db_sum_name(const struct db_sum_vfs *sums) { return sums->name; }
sqlite3_vfs *db_sum_below(const struct db_sum_vfs *sums) { return sums->below; }
uint32_t db_sum_bad_page(const struct db_sum_vfs *sums) { return sums->bad_page; }
void db_sum_watch(struct db_sum_vfs *sums, struct db_seen *seen) { sums->seen = seen; }
void db_sum_trust(struct db_sum_vfs *sums, bool is_trusted) { sums->is_trusted = is_trusted; }
