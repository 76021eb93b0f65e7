/* SPDX-License-Identifier: Apache-2.0
 * The workshop of db: what its files share. The only place besides them that sees sqlite3.h. */
#ifndef SALVE_DB_INT_H
#define SALVE_DB_INT_H

#include <sqlite3.h>

#include "db/db.h"

struct db_stmt {
    struct db *db;
    sqlite3_stmt *stmt;
    int bind_code; /* the first bind that failed; told by the next step */
    struct db_stmt *next;
};

struct db_sum_vfs; /* db_sum.c */

struct db {
    sqlite3 *handle;
    char *path;
    struct db_sum_vfs *sums;
    struct db_stmt *stmts;
    struct db_stmt *begin_read, *begin_write, *commit, *rollback;
    struct db_stmt *savepoint, *release, *go_back; /* made when the first savepoint is taken */
    bool is_broken;                                /* the disk failed: no writing until it is opened again */
    bool is_frozen, wants_scrub;
    unsigned fold_pages; /* db_fold_each; 0: as ever */
    int beside_fd;       /* of those that read beside it; closed behind the handle, whose locks a close would end; -1 */
    struct db_disk *own_disk; /* of one that reads beside another; dropped with it */
};

/* Another disk than the machine's is a VFS: a simulated one (db_fault.c, linked by tests only), one to read frozen
 * files from (db_frozen.c). The seam needs to know only that it starts with one. */
struct db_disk {
    sqlite3_vfs vfs;
};

/* db_frozen.c: a file by a descriptor that somebody else closes, later than the disk ends; whether a disk is one of
 * those; another one with the same files, which it only borrows. */
bool db_frozen_lend(struct db_disk *disk, const char *name, int fd);
bool db_is_frozen_disk(const sqlite3_vfs *vfs);
struct db_disk *db_frozen_twin(const sqlite3_vfs *vfs);

/* db_memory.c: methods that are the same on both of these, and the name under which they keep a file of a path. */
const char *db_memory_name(const char *path);
int db_memory_close(sqlite3_file *f);
int db_memory_lock(sqlite3_file *f, int level);
int db_memory_reserved(sqlite3_file *f, int *out);
int db_memory_control(sqlite3_file *f, int op, void *arg);
int db_memory_traits(sqlite3_file *f);
int db_memory_full(sqlite3_vfs *vfs, const char *name, int len, char *out);
int db_memory_sleep(sqlite3_vfs *vfs, int us);

/* db_sum.c: the VFS that adds and checks page checksums, one for each open file, so that it can say which page was bad.
 * `below` is the disk; close after the handle that uses it. */
SALVE_MUST_USE enum salve_code db_sum_open(sqlite3_vfs *below, struct db_sum_vfs **out, struct salve_err *err);
void db_sum_close(struct db_sum_vfs *sums);
const char *db_sum_name(const struct db_sum_vfs *sums);
sqlite3_vfs *db_sum_below(const struct db_sum_vfs *sums);
uint32_t db_sum_bad_page(const struct db_sum_vfs *sums); /* the last one met, from 1; 0: none */
/* db_sum_watch - from here on each page whose sum was right is noted in `seen`, a bit a page up to `pages`; NULL: no
 * more. db_sum_trust - whether sums are looked at (db_trust). */
struct db_seen {
    uint8_t *bits;
    uint64_t pages;
};
void db_sum_watch(struct db_sum_vfs *sums, struct db_seen *seen);
void db_sum_trust(struct db_sum_vfs *sums, bool is_trusted);
/* the checksum of page `nr` (from 1) */
void db_sum_of_page(const uint8_t page[DB_PAGE_BYTES], uint32_t nr, uint8_t out[DB_PAGE_SUM_BYTES]);

/* db_fail (db_error.c) - SQLite's code as ours, with the file (and page) as the place. */
enum salve_code db_fail(struct db *db, int sqlite_code, struct salve_err *err);

/* db_wal_check - the log that a killed process left: E_INTEGRITY if committed changes would be lost in silence. */
SALVE_MUST_USE enum salve_code db_wal_check(sqlite3_vfs *vfs, const char *path, struct salve_err *err);

/* db_scan_vfs - db_scan on any disk. */
SALVE_MUST_USE enum salve_code db_scan_vfs(sqlite3_vfs *vfs, const char *path, db_report *report, void *who,
                                           struct salve_err *err);

#endif
