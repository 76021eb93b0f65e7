/* SPDX-License-Identifier: Apache-2.0
 *
 * db_fault - a disk in memory for tests: it fails the n-th operation, or loses its power. Pass it as db_options.disk
 * (or store_options.disk, keys_options.disk). Nothing in Salve refers to it, so it is not linked into the program.
 *
 *     struct db_disk *disk = db_disk_open();
 *     db_disk_fail(disk, DB_DISK_WRITE | DB_DISK_SYNC, 7, false, SALVE_E_IO); // the 7th write or sync from now fails
 *     db_disk_cut_power(disk, seed, DB_DISK_TORN);                           // a random part of unsynced sectors stays
 *
 * Files live on the disk until it is closed, over any number of db_open. Names are durable at once; contents when
 * synced. */
#ifndef SALVE_DB_FAULT_H
#define SALVE_DB_FAULT_H

#include "db/db.h"

enum db_disk_op {
    DB_DISK_READ = 1,
    DB_DISK_WRITE = 2,
    DB_DISK_SYNC = 4,
    DB_DISK_DELETE = 8,
    DB_DISK_OPEN = 16,
    DB_DISK_TRUNCATE = 32,
    DB_DISK_ANY = 63,
};
enum db_disk_loss { DB_DISK_LOSE_ALL, DB_DISK_TORN }; /* every unsynced byte, or a random part in 512-byte sectors */

struct db_disk *db_disk_open(void); /* NULL without memory */
void db_disk_close(struct db_disk **disk);

/* db_disk_fail - the nth operation (from 1) of these kinds from now fails with E_IO or E_FULL; sticky: all later ones
 * too. nth 0: none fails any more. */
void db_disk_fail(struct db_disk *disk, unsigned ops, uint64_t nth, bool is_sticky, enum salve_code how);
bool db_disk_fired(const struct db_disk *disk); /* since the last db_disk_fail */

/* db_disk_cut_power - contents that were not synced are lost; files that are open answer every call with an error. */
void db_disk_cut_power(struct db_disk *disk, uint64_t seed, enum db_disk_loss loss);

/* db_disk_file - the bytes of a file as they are now, to look at or to flip; NULL if it is not there. Names are the
 * last part of the path. */
uint8_t *db_disk_file(struct db_disk *disk, const char *name, size_t *len);
/* db_disk_set - puts a file on the disk (a restored backup), durable. */
bool db_disk_set(struct db_disk *disk, const char *name, struct str bytes);
size_t db_disk_file_count(const struct db_disk *disk);

#endif
