/* SPDX-License-Identifier: Apache-2.0
 *
 * A backup of the data of a site: a folder with copies of its files and the file `backup`, which names each with its
 * length and SHA-256 and ends with a keyed hash, so that files of two backups or of two sites are not mixed
 * (docs/formats/site.md). */
#ifndef SALVE_RECORDS_BACKUP_INT_H
#define SALVE_RECORDS_BACKUP_INT_H

#include "crypto/crypto.h"
#include "keys/keys.h"
#include "records/site_int.h"

/* What is copied, where it is there. site.db comes first. */
enum { REC_BACKUP_FILES = 4 };
extern const char *const rec_backup_files[REC_BACKUP_FILES];

struct rec_backup_file {
    struct str name;
    uint64_t bytes;
    uint8_t sha256[CRYPTO_SHA256_BYTES];
};

struct rec_backup {
    int64_t at_unix_ms;
    struct str log; /* origin */
    uint64_t log_size;
    struct rec_backup_file files[REC_BACKUP_FILES];
    size_t file_count;
    struct str line; /* what the keyed hash is over */
    uint8_t token[KEYS_TOKEN_BYTES];
};

/* rec_backup_write - the file `backup` of a folder whose files are there. rec_backup_read - what it says; E_NOT_FOUND:
 * it is not there; E_INTEGRITY: it is damaged. rec_backup_check - every file against it. rec_backup_is_of - is it of
 * this site? E_INTEGRITY. */
SALVE_MUST_USE enum salve_code rec_backup_write(struct site *site, const char *folder, int64_t at_unix_ms,
                                                uint64_t log_size, struct arena *mem, struct rec_backup *out,
                                                struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_backup_read(const char *folder, struct arena *mem, struct rec_backup *out,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_backup_check(const char *folder, const struct rec_backup *backup,
                                                struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_backup_is_of(struct site *site, const char *folder, const struct rec_backup *backup,
                                                struct salve_err *err);

/* The document site/backup: the moment of the newest backup, and the two places, as absolute paths; zeros where there
 * was none. */
struct rec_places {
    int64_t at_unix_ms;
    struct str data, keys;
};
SALVE_MUST_USE enum salve_code rec_places_read(struct site *site, struct arena *mem, struct rec_places *out,
                                               struct salve_err *err);

/* rec_keys_copy - keys_copy with the newest `revoked` beside it. */
SALVE_MUST_USE enum salve_code rec_keys_copy(struct site *site, const char *folder, bool may_begin, struct arena *mem,
                                             struct salve_err *err);
/* rec_keys_copy_files - its second step, between keys_copy_begin and keys_copy_done. */
SALVE_MUST_USE enum salve_code rec_keys_copy_files(struct site *site, const char *folder,
                                                   const struct keys_copied *copied, struct arena *mem,
                                                   struct salve_err *err);
/* rec_keys_copy_due - brings the copy of the keys up to the newest renewal, where a place for it was named. What fails
 * is kept for site_keys_copy_error and tried again at the next opening. */
void rec_keys_copy_due(struct site *site);

#endif
