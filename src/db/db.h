/* SPDX-License-Identifier: Apache-2.0
 *
 * db - a thin seam over SQLite: opened one way only, every page checksummed, SQLite's codes turned into Salve's.
 *
 * Every file is opened with WAL, synchronous=FULL, secure_delete, trusted_schema=OFF, cell_size_check, foreign_keys and
 * DEFENSIVE, without triggers and views (docs/internals/db.md), 4096-byte pages of which the last 16 bytes are a
 * checksum over page number and content. A flipped bit anywhere in the file is E_INTEGRITY naming file and page, at the
 * read that meets it and in db_verify. A closed file is one file: the write-ahead log is folded in and removed. One
 * that a killed process left is checked before it is used, and E_INTEGRITY names its frame.
 *
 * A struct db belongs to one thread at a time and to one process (exclusive locking; a second gets E_BUSY).
 * Errors: E_FULL, E_BUSY, E_INTEGRITY, E_CONFLICT (a UNIQUE or other constraint), E_MEMORY, E_NOT_FOUND, E_IO. */
#ifndef SALVE_DB_H
#define SALVE_DB_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { DB_PAGE_BYTES = 4096, DB_PAGE_SUM_BYTES = 16 };

struct db;
struct db_stmt;
struct db_disk; /* a simulated disk, db_fault.h; NULL is the real one */

struct db_options {
    bool create;             /* make the file if it is not there; without it a missing file is E_NOT_FOUND */
    struct db_disk *disk;    /* tests only */
    const char *schema;      /* statements run when the file is new, in one transaction */
    uint32_t schema_version; /* kept in the file (user_version); another one is E_UNSUPPORTED, never rewritten */
};

SALVE_MUST_USE enum salve_code db_open(const char *path, const struct db_options *options, struct db **out,
                                       struct salve_err *err);
/* db_close - folds the write-ahead log in and closes. Sets NULL; NULL is fine. An error leaves the log in place: it is
 * read at the next open, nothing is lost. */
SALVE_MUST_USE enum salve_code db_close(struct db **db, struct salve_err *err);
void db_abandon(struct db **db); /* the same without a report, for error paths */

/* db_is_there - whether there is a file of this name, of whatever kind. */
bool db_is_there(const char *path, struct db_disk *disk);

/* --- statements --------------------------------------------------------------------------------------------------- */
/* db_prepare - a statement that is kept until the db closes; `sql` is a literal of ours. Reset it after each use.
 * Parameters count from 1, columns from 0. Bound bytes must live until db_reset. */
SALVE_MUST_USE enum salve_code db_prepare(struct db *db, const char *sql, struct db_stmt **out, struct salve_err *err);
void db_bind_i64(struct db_stmt *stmt, int nr, int64_t number);
void db_bind_blob(struct db_stmt *stmt, int nr, struct str bytes);
void db_bind_text(struct db_stmt *stmt, int nr, struct str text);

/* db_step - *row is true when a row is there to be read. */
SALVE_MUST_USE enum salve_code db_step(struct db_stmt *stmt, bool *row, struct salve_err *err);
int64_t db_column_i64(struct db_stmt *stmt, int nr);
struct str db_column_blob(struct db_stmt *stmt, int nr); /* until the next step or reset */
struct str db_column_text(struct db_stmt *stmt, int nr);
void db_reset(struct db_stmt *stmt); /* also forgets what was bound; NULL is fine */

/* db_run - step once and reset; for statements without rows. db_exec - a literal without parameters. */
SALVE_MUST_USE enum salve_code db_run(struct db_stmt *stmt, struct salve_err *err);
SALVE_MUST_USE enum salve_code db_exec(struct db *db, const char *sql, struct salve_err *err);

/* --- transactions ------------------------------------------------------------------------------------------------- */
/* When db_commit returns OK the changes are on the disk; when it fails nothing of them is, and the transaction is over.
 * After an error of the disk (E_IO, E_FULL in commit) a db refuses to write until it was opened again: a sync is
 * never tried twice. */
/* db_has_failed - the disk failed, and it writes no more. */
bool db_has_failed(const struct db *db);
SALVE_MUST_USE enum salve_code db_begin(struct db *db, bool read_only, struct salve_err *err);
SALVE_MUST_USE enum salve_code db_commit(struct db *db, struct salve_err *err);
void db_rollback(struct db *db); /* cannot fail; nothing happens outside a transaction */

/* Savepoints of a transaction, a stack of them: take one; forget the newest; go back to it and forget it, also after a
 * statement that failed. After an error of the disk there is no way back: db_savepoint_undo is E_IO then. */
SALVE_MUST_USE enum salve_code db_savepoint(struct db *db, struct salve_err *err);
SALVE_MUST_USE enum salve_code db_savepoint_keep(struct db *db, struct salve_err *err);
SALVE_MUST_USE enum salve_code db_savepoint_undo(struct db *db, struct salve_err *err);

/* db_scrub - folds the write-ahead log in and cuts it to nothing, so that what was deleted is in no file any more. */
SALVE_MUST_USE enum salve_code db_scrub(struct db *db, struct salve_err *err);

/* db_fold_each - the log is folded in by the commit with which it has so many pages; 0: as ever. Fewer are less work at
 * a time, and more syncs. */
void db_fold_each(struct db *db, unsigned pages);

/* db_freeze - folds the log in; from then on the file itself stays as it is, and what is committed stays in the log, so
 * that others may read the file as of this moment. A scrub waits for db_thaw, and so do db_verify and db_copy (E_BUSY).
 * db_thaw - the end of it, with the scrub that was asked for. What fails of that is tried by the next one. */
SALVE_MUST_USE enum salve_code db_freeze(struct db *db, struct salve_err *err);
void db_thaw(struct db *db);

/* db_frozen - a disk to read from alone, for db_options.disk: files that are frozen, by the last part of their names,
 * each from its bytes (which live as long) or from a descriptor (closed with the disk). What a statement needs beside
 * them is in memory. NULL, false: no memory. db_frozen_drop - for tests: else it ends with its process. */
struct db_disk *db_frozen(void);
bool db_frozen_bytes(struct db_disk *disk, const char *name, struct str bytes);
bool db_frozen_file(struct db_disk *disk, const char *name, int fd);
void db_frozen_drop(struct db_disk **disk);

/* db_beside - another connection for another thread, to read the file as it is now: the log is folded in first. Until
 * it is closed, which is before `db` is, nothing is written through `db`. It looks at the checksums of pages in its
 * db_verify alone: what it reads otherwise is to be believed only where one such connection, or `db`, has verified the
 * file meanwhile. E_UNSUPPORTED: not on this disk. E_BUSY: it is frozen. E_IO: the file has lost its name. */
SALVE_MUST_USE enum salve_code db_beside(struct db *db, struct db **out, struct salve_err *err);

/* --- verify ------------------------------------------------------------------------------------------------------- */
/* db_verify - the checksum of every page of the file, free ones included, and SQLite's own structure check. Where all
 * is well each page is read once.
 *   report   called once for each bad place with a text such as "keys.db page 7"; may be NULL
 * E_INTEGRITY if there was any. Folds the write-ahead log in first. */
typedef void db_report(void *who, const char *place, const char *what);
SALVE_MUST_USE enum salve_code db_verify(struct db *db, db_report *report, void *who, struct salve_err *err);

/* db_scan - the checksum part alone, on a file that need not open. E_NOT_FOUND, E_INTEGRITY, E_IO. */
SALVE_MUST_USE enum salve_code db_scan(const char *path, db_report *report, void *who, struct salve_err *err);

/* db_copy - the file as it stands, with all that was committed, as the new file `to` (0600, synced), each page checked
 * on the way. Not in a transaction. E_INTEGRITY names the page; E_CONFLICT: `to` is there; E_FULL; E_IO. An error
 * leaves no file. */
SALVE_MUST_USE enum salve_code db_copy(struct db *db, const char *to, struct salve_err *err);

/* --- one process a site ------------------------------------------------------------------------------------------- */
/* How long to wait for the process that has the lock. `tell` hears of it once (pid, and the name of its program, which
 * may be empty); `is_over` ends the waiting early. Both may be NULL. */
struct db_wait {
    uint32_t seconds;
    void (*tell)(void *with, int64_t pid, const char *program);
    bool (*is_over)(void *with);
    void *with;
};

/* db_lock - takes `path` (an empty file, made when missing) for this process, until db_unlock or its end, however it
 * ends. E_BUSY names the process that has it. wait NULL: at once or not at all. */
struct db_lock;
SALVE_MUST_USE enum salve_code db_lock(const char *path, const struct db_wait *wait, struct db_lock **out,
                                       struct salve_err *err);
void db_unlock(struct db_lock **lock);

#endif
