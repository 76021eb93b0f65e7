/* SPDX-License-Identifier: Apache-2.0
 *
 * folder - the files of a folder with databases as files: copied, wiped, and the whole folder exchanged for a copy of
 * it that was worked on. Nothing here looks into a file.
 *
 *     TRY(db_copy_begin(path, &wait, &copy, err));          // PATH.upgrading
 *     code = work_on(copy.beside, err);
 *     if (code == SALVE_OK) code = db_copy_exchange(&copy, err);
 *     end_code = db_copy_end(&copy, err);                   // in every case
 *
 * What is in PATH.upgrading is never needed: before the exchange it is an unfinished copy, after it what the folder
 * was, and the secrets of an epoch that is closed by then do not stay readable. So whoever has the lock removes it. */
#ifndef SALVE_DB_FOLDER_H
#define SALVE_DB_FOLDER_H

#include "db/db.h"

enum { DB_PATH_BYTES = 4096 };

/* db_path - of a file in `folder`, into `path`. E_CONFIG: it is too long. */
SALVE_MUST_USE enum salve_code db_path(const char *folder, const char *name, char path[DB_PATH_BYTES],
                                       struct salve_err *err);

/* db_file_is_there - of any kind, a dangling link too. */
bool db_file_is_there(const char *folder, const char *name);

/* db_file_pieces - a plain file, piece by piece. E_NOT_FOUND; E_IO; what `run` says. */
typedef enum salve_code db_on_piece(void *with, struct str piece, struct salve_err *err);
SALVE_MUST_USE enum salve_code db_file_pieces(const char *path, db_on_piece *run, void *with, struct salve_err *err);

/* db_file_copy - a plain file as the new file `to` (0600, synced). E_NOT_FOUND; E_CONFLICT: `to` is there; E_FULL;
 * E_IO. An error leaves no file. */
SALVE_MUST_USE enum salve_code db_file_copy(const char *from, const char *to, struct salve_err *err);

/* db_file_wipe - over the first 256 bytes of a plain file, synced: a secret that lies there does not stay in free
 * blocks. */
SALVE_MUST_USE enum salve_code db_file_wipe(const char *path, struct salve_err *err);

struct db_copy {
    char folder[DB_PATH_BYTES]; /* without links on the way */
    char beside[DB_PATH_BYTES];
    struct db_lock *lock; /* of the folder as it was */
};

/* db_copy_begin - takes the file `lock` in the folder `path` and copies all its files, with owner and mode.
 *   errors  E_CONFLICT there is something else than plain files in the folder, or something that is not ours in
 *           PATH.upgrading; E_FULL there is no room for the copy and its work; E_BUSY; E_NOT_FOUND; E_IO */
SALVE_MUST_USE enum salve_code db_copy_begin(const char *path, const struct db_wait *wait, struct db_copy *out,
                                             struct salve_err *err);
/* db_copy_exchange - the copy takes the place of the folder in one step, durably; the folder as it was is beside then.
 * E_UNSUPPORTED: the file system cannot, and nothing was changed. */
SALVE_MUST_USE enum salve_code db_copy_exchange(struct db_copy *copy, struct salve_err *err);
/* db_copy_end - removes what is beside, and gives the lock back; also of a copy that was not begun whole. */
SALVE_MUST_USE enum salve_code db_copy_end(struct db_copy *copy, struct salve_err *err);

/* db_copy_clear - removes PATH.upgrading of a folder whose lock the caller has. What is not ours there stays. */
void db_copy_clear(const char *folder);

#endif
