/* SPDX-License-Identifier: Apache-2.0
 *
 * The making of a site: everything is made in the folder `making` of the site's folder, and moved up when it is whole.
 * What lies in `making` was made there, so a making that was cut off can be removed and begun again; nothing else ever
 * is. */
#ifndef SALVE_RECORDS_MAKING_INT_H
#define SALVE_RECORDS_MAKING_INT_H

#include "records/site.h"
#include "records/site_int.h"

struct rec_making {
    struct site_options inside; /* the options with `making` as the folder */
    const char *folder;
    char path[DB_PATH_BYTES];
    struct db_lock *lock;
    bool has_made_folder, has_made_key;
};

/* rec_making_begin - makes the folders and the key file, and removes what an earlier making left. Ends an earlier one
 * that was cut off while it moved its files. E_CONFLICT: there is a site in the folder, or a part of one; nothing was
 * touched. E_BUSY: somebody is making it. */
SALVE_MUST_USE enum salve_code rec_making_begin(const struct site_options *options, struct rec_making *out,
                                                struct salve_err *err);
/* rec_making_keep - moves the whole and closed site up. rec_making_undo - removes what was made. One of them ends what
 * was begun. */
SALVE_MUST_USE enum salve_code rec_making_keep(struct rec_making *making, struct salve_err *err);
void rec_making_undo(struct rec_making *making);

/* rec_making_is_there - a making was cut off in this folder. */
bool rec_making_is_there(const char *folder);

#endif
