/* SPDX-License-Identifier: Apache-2.0
 *
 * A copy of a closed site beside it, in FOLDER.upgrading, and the exchange of the two. What is in that folder is never
 * needed: before the exchange it is an unfinished copy, after it what the site was, and the secrets of an epoch that is
 * closed by then do not stay readable. So whoever has the site for itself removes it. */
#ifndef SALVE_RECORDS_UPGRADE_INT_H
#define SALVE_RECORDS_UPGRADE_INT_H

#include "db/db.h"
#include "records/site_int.h"

struct rec_copy {
    char folder[REC_PATH_BYTES]; /* of the site, without links on the way */
    char beside[REC_PATH_BYTES];
    struct db_lock *lock; /* of the site as it was */
};

/* rec_copy_begin - takes the lock of the site in options->path and copies all of its files, with owner and mode.
 *   errors  E_CONFLICT there is something else than plain files in the folder, or something that is not ours in
 *           FOLDER.upgrading; E_FULL there is no room for the copy and its work; E_BUSY; E_NOT_FOUND; E_IO */
SALVE_MUST_USE enum salve_code rec_copy_begin(const struct site_options *options, struct rec_copy *out,
                                              struct salve_err *err);
/* rec_copy_exchange - the copy takes the place of the site in one step, durably; the site as it was is beside then.
 * E_UNSUPPORTED: the file system cannot, and nothing was changed. */
SALVE_MUST_USE enum salve_code rec_copy_exchange(struct rec_copy *copy, struct salve_err *err);
/* rec_copy_end - removes what is beside, and gives the lock back; also of a copy that was not begun whole. */
SALVE_MUST_USE enum salve_code rec_copy_end(struct rec_copy *copy, struct salve_err *err);

/* rec_copy_clear - removes FOLDER.upgrading of a site whose lock the caller has. What is not ours there stays. */
void rec_copy_clear(const char *folder);

#endif
