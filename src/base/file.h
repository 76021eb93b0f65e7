/* SPDX-License-Identifier: Apache-2.0
 *
 * file - whole files in and out. Reading has a ceiling; writing is atomic (temporary file, fsync, rename, fsync of the
 * folder), so that a reader sees the old bytes or the new ones, never half. Who is killed while writing NAME leaves
 * NAME.XXXXXX.tmp beside it, six letters and digits for the X, 0600, with none, some or all of the new bytes; no later
 * writing looks at it. Who knows that nobody else writes in a folder clears that of its own files: file_left_of. */
#ifndef SALVE_BASE_FILE_H
#define SALVE_BASE_FILE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* file_read - the bytes of `path` ("-" is standard input) in mem, a NUL behind them. E_NOT_FOUND, E_TOO_BIG, E_IO. */
SALVE_MUST_USE enum salve_code file_read(const char *path, size_t bytes_max, struct arena *mem, struct str *out,
                                         struct salve_err *err);

/* file_open_plain - a descriptor of a file that nobody named on the command line, such as those of a site's folder: no
 * link is followed, and what is no plain file (a pipe, a device) is E_IO. flags and mode as for open(2); the caller
 * closes it. file_read_plain - file_read through it. */
SALVE_MUST_USE enum salve_code file_open_plain(const char *path, int flags, unsigned mode, int *fd,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code file_read_plain(const char *path, size_t bytes_max, struct arena *mem, struct str *out,
                                               struct salve_err *err);

/* file_read_secret - the bytes of `path` into `secret`, which the caller wipes; they are nowhere else. E_TOO_BIG: there
 * are more than bytes_max; E_NOT_FOUND, E_IO. */
SALVE_MUST_USE enum salve_code file_read_secret(const char *path, char *secret, size_t bytes_max, size_t *len,
                                                struct salve_err *err);

/* file_write - replaces `path` atomically; mode is e.g. 0644 or 0600. A device or pipe is written to instead. E_FULL
 * when the disk is, else E_IO. */
SALVE_MUST_USE enum salve_code file_write(const char *path, struct str bytes, unsigned mode, struct salve_err *err);

/* file_replace - the same, but nothing that lies under the name is written to: a link, pipe or device is replaced.
 * file_replace_unsynced - after a power cut there may be the old bytes or none: for what can be made again. */
SALVE_MUST_USE enum salve_code file_replace(const char *path, struct str bytes, unsigned mode, struct salve_err *err);
SALVE_MUST_USE enum salve_code file_replace_unsynced(const char *path, struct str bytes, unsigned mode,
                                                     struct salve_err *err);

/* file_left_of - the name of the file that was being written when `name` was left behind; STR_NONE: it is no such
 * left-over. file_clear_left - removes what was left in `folder` of files of these names; only where nobody is writing
 * them. What cannot be looked at or removed stays. */
struct str file_left_of(struct str name);
void file_clear_left(const char *folder, const char *const *names, size_t count);

/* file_sync_folder - makes what was made, renamed or removed in `folder` durable. file_sync_folder_of - in the folder
 * that `path` is in. */
SALVE_MUST_USE enum salve_code file_sync_folder(const char *folder, struct salve_err *err);
SALVE_MUST_USE enum salve_code file_sync_folder_of(const char *path, struct salve_err *err);

/* file_list - names in folder `path` (no "." and ".."), sorted bytewise. E_NOT_FOUND; E_IO, also when
 * something in it is neither a file nor a folder. */
SALVE_MUST_USE enum salve_code file_list(const char *path, struct arena *mem, struct str **names, size_t *count,
                                         struct salve_err *err);

/* file_fail - turns errno into the fitting code for `path`. */
enum salve_code file_fail(struct salve_err *err, const char *path);

#endif
