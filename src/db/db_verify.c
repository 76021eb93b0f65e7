/* SPDX-License-Identifier: Apache-2.0
 * Whole-file check: SQLite's own structure check, whose reads are summed; then the checksum of every page that this did
 * not read, free ones included, and the size against the header. What is wrong is looked for again in the other order
 * and told: pages first, since one explains the structure. It reads through the VFS and never through a descriptor of
 * its own, because closing one would drop the process's POSIX locks on the file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/crypto.h"
#include "db/db_int.h"

/* The page that holds SQLite's lock bytes (at 1 GiB) is never used and has no sum: it must be zeros. */
enum { LOCK_PAGE = (1 << 30) / DB_PAGE_BYTES + 1 };

struct scan {
    const char *path;
    db_report *report;
    void *who;
    sqlite3_file *file;
    uint64_t bad_count, pages;
    const struct db_seen *seen; /* pages that were read and found right already; NULL: none */
    int copy_fd;                /* where each page goes as well; -1: nowhere */
    const char *copy_path;
    int copy_errno; /* of the write that failed */
    uint8_t page[DB_PAGE_BYTES];
};

static void tell(struct scan *scan, uint64_t page, const char *what)
{
    char place[512];
    scan->bad_count++;
    if (page == 0)
        (void)snprintf(place, sizeof place, "%s", scan->path);
    else
        (void)snprintf(place, sizeof place, "%s page %llu", scan->path, (unsigned long long)page);
    if (scan->report != NULL) scan->report(scan->who, place, what);
}

/* The first one has the count of pages too. */
static bool was_seen(const struct scan *scan, uint64_t nr)
{
    return scan->seen != NULL && nr > 1 && nr <= scan->seen->pages && (scan->seen->bits[nr / 8] & 1u << nr % 8) != 0;
}

static bool is_page_right(const uint8_t *page, uint32_t nr)
{
    static const uint8_t zeros[DB_PAGE_BYTES];
    uint8_t sum[DB_PAGE_SUM_BYTES];
    if (nr == LOCK_PAGE) return memcmp(page, zeros, DB_PAGE_BYTES) == 0;
    db_sum_of_page(page, nr, sum);
    return memcmp(sum, page + DB_PAGE_BYTES - DB_PAGE_SUM_BYTES, sizeof sum) == 0;
}

static bool put_page(struct scan *scan)
{
    ssize_t put = 0;
    for (size_t at = 0; scan->copy_fd >= 0 && at < DB_PAGE_BYTES; at += (size_t)put) {
        do put = write(scan->copy_fd, scan->page + at, DB_PAGE_BYTES - at);
        while (put < 0 && errno == EINTR);
        scan->copy_errno = put < 0 ? errno : 0;
        if (put < 0) return false;
    }
    return true;
}

static int scan_pages(struct scan *scan)
{
    sqlite3_int64 size = 0;
    int code = scan->file->pMethods->xFileSize(scan->file, &size);
    scan->pages = (uint64_t)size / DB_PAGE_BYTES;
    if (code == SQLITE_OK && (size == 0 || size % DB_PAGE_BYTES != 0)) tell(scan, 0, "the file was cut or grew");
    for (uint64_t i = 0; code == SQLITE_OK && i < scan->pages; i++) {
        if (was_seen(scan, i + 1)) continue;
        code = scan->file->pMethods->xRead(scan->file, scan->page, DB_PAGE_BYTES, (sqlite3_int64)(i * DB_PAGE_BYTES));
        if (code == SQLITE_OK && !is_page_right(scan->page, (uint32_t)i + 1)) tell(scan, i + 1, "checksum");
        if (code == SQLITE_OK && !put_page(scan)) return SQLITE_IOERR_WRITE;
        if (code == SQLITE_OK && i == 0 && crypto_get_u32(scan->page + 28) != scan->pages)
            tell(scan, 0, "the file has not as many pages as its header says");
    }
    return code;
}

static enum salve_code bad_file(const char *path, uint64_t bad_count, struct salve_err *err)
{
    (void)salve_fail(err, SALVE_E_INTEGRITY, "%s", path);
    return salve_why(err, SALVE_E_INTEGRITY, "%llu damaged place(s)", (unsigned long long)bad_count);
}

static enum salve_code run_scan(struct scan *scan, sqlite3_vfs *vfs, struct salve_err *err)
{
    char full[4096 + 16] = {0}; /* SQLite wants the zeros behind a name */
    const char *path = scan->path;
    sqlite3_file *file = calloc(1, (size_t)vfs->szOsFile);
    if (file == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", path);
    int code = vfs->xFullPathname(vfs, path, 4096, full);
    int is_there = 0;
    if ((code & 0xff) == SQLITE_OK) code = vfs->xAccess(vfs, full, SQLITE_ACCESS_EXISTS, &is_there);
    if (code == SQLITE_OK && is_there)
        code = vfs->xOpen(vfs, full, file, SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READONLY, NULL);
    if (code == SQLITE_OK && is_there) {
        scan->file = file;
        code = scan_pages(scan);
        (void)file->pMethods->xClose(file);
    }
    free(file);
    errno = scan->copy_errno;
    if (scan->copy_errno != 0) return file_fail(err, scan->copy_path);
    if (code != SQLITE_OK) return salve_fail(err, SALVE_E_IO, "%s", path);
    if (!is_there) return salve_fail(err, SALVE_E_NOT_FOUND, "%s", path);
    return scan->bad_count == 0 ? SALVE_OK : bad_file(path, scan->bad_count, err);
}

enum salve_code db_scan_vfs(sqlite3_vfs *vfs, const char *path, db_report *report, void *who, struct salve_err *err)
{
    struct scan scan = {.path = path, .report = report, .who = who, .copy_fd = -1};
    return run_scan(&scan, vfs, err);
}

enum salve_code db_scan(const char *path, db_report *report, void *who, struct salve_err *err)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    if (vfs == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", path);
    return db_scan_vfs(vfs, path, report, who, err);
}

static void first_place(void *who, const char *place, const char *what)
{
    char *first = who;
    (void)what;
    if (first[0] == '\0') (void)snprintf(first, SALVE_ERR_TEXT_BYTES, "%s", place);
}

enum salve_code db_copy(struct db *db, const char *to, struct salve_err *err)
{
    char first[SALVE_ERR_TEXT_BYTES] = "";
    struct scan scan = {.path = db->path, .report = first_place, .who = first, .copy_path = to};
    if (db->is_frozen) return salve_fail(err, SALVE_E_BUSY, "%s", db->path);
    TRY(db_scrub(db, err));
    scan.copy_fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (scan.copy_fd < 0 && errno == EEXIST) return salve_fail(err, SALVE_E_CONFLICT, "%s", to);
    if (scan.copy_fd < 0) return file_fail(err, to);
    enum salve_code code = run_scan(&scan, db_sum_below(db->sums), err);
    if (code == SALVE_OK && fsync(scan.copy_fd) != 0) code = file_fail(err, to);
    if (close(scan.copy_fd) != 0 && code == SALVE_OK) code = file_fail(err, to);
    if (code == SALVE_E_INTEGRITY && first[0] != '\0')
        code = salve_refuse(err, code, "a page does not match its checksum; nothing was copied", "%s", first);
    if (code != SALVE_OK) (void)unlink(to);
    return code;
}

static enum salve_code check_structure(struct db *db, db_report *report, void *who, struct salve_err *err)
{
    bool row = false;
    uint64_t bad_count = 0;
    struct db_stmt *stmt = NULL;
    enum salve_code code = db_prepare(db, "PRAGMA integrity_check(100)", &stmt, err);
    if (code == SALVE_OK) code = db_step(stmt, &row, err);
    while (code == SALVE_OK && row) {
        if (!str_is(db_column_text(stmt, 0), "ok")) {
            bad_count++;
            if (report != NULL) report(who, db->path, "structure");
        }
        code = db_step(stmt, &row, err);
    }
    db_reset(stmt);
    return code == SALVE_OK && bad_count > 0 ? bad_file(db->path, bad_count, err) : code;
}

/* How many pages SQLite sees: those of the file, since the log was folded in. */
static uint64_t page_count(struct db *db)
{
    bool row = false;
    struct db_stmt *stmt = NULL;
    enum salve_code code = db_prepare(db, "PRAGMA page_count", &stmt, NULL);
    if (code == SALVE_OK) code = db_step(stmt, &row, NULL);
    uint64_t count = code == SALVE_OK && row ? (uint64_t)db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    return count;
}

/* Each page is read once: by SQLite's own check, which sums what it reads, and what that has no use for by us. false:
 * something is wrong, or could not be looked at so; nothing is told. */
static bool is_right(struct db *db)
{
    struct db_seen seen = {.pages = page_count(db)};
    seen.bits = seen.pages == 0 ? NULL : calloc(1, (size_t)(seen.pages / 8 + 1));
    if (seen.bits == NULL) return false;
    struct scan scan = {.path = db->path, .copy_fd = -1, .seen = &seen};
    db_sum_watch(db->sums, &seen);
    enum salve_code code = check_structure(db, NULL, NULL, NULL);
    db_sum_watch(db->sums, NULL);
    if (code == SALVE_OK) code = run_scan(&scan, db_sum_below(db->sums), NULL);
    free(seen.bits);
    return code == SALVE_OK;
}

static enum salve_code verify(struct db *db, db_report *report, void *who, struct salve_err *err)
{
    if (is_right(db)) return SALVE_OK;
    TRY(db_scan_vfs(db_sum_below(db->sums), db->path, report, who, err));
    return check_structure(db, report, who, err);
}

/* One that reads beside another looks at sums here alone, and begins with nothing that it read without. */
enum salve_code db_verify(struct db *db, db_report *report, void *who, struct salve_err *err)
{
    if (db->is_frozen) return salve_fail(err, SALVE_E_BUSY, "%s", db->path);
    TRY(db_scrub(db, err));
    if (db->own_disk != NULL) (void)sqlite3_db_release_memory(db->handle);
    db_sum_trust(db->sums, false);
    enum salve_code code = verify(db, report, who, err);
    db_sum_trust(db->sums, db->own_disk != NULL);
    return code;
}
