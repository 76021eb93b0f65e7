/* SPDX-License-Identifier: Apache-2.0
 *
 * A site that stands still for who reads it beside the work: the file of the records by its descriptor, the keys and
 * the small files as they are at that moment, in memory. */
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "db/db.h"
#include "keys/keys.h"
#include "records/gate.h"
#include "records/revoked_int.h"
#include "store/store.h"

enum { KEYS_BYTES_MAX = 1 << 30, REVOKED_BYTES_MAX = 64 << 20 };

enum salve_code site_freeze(struct site *site, struct salve_err *err)
{
    if (site->is_frozen)
        return salve_refuse(err, SALVE_E_BUSY, "it is being verified or copied already; try again later", "site");
    TRY(rec_renew_rest(site, err));
    TRY(keys_fold(site->keys, err));
    TRY(store_freeze(site->store, err));
    site->is_frozen = true;
    return SALVE_OK;
}

void site_thaw(struct site *site)
{
    if (!site->is_frozen) return;
    site->is_frozen = false;
    store_thaw(site->store);
}

/* --- in the other process ----------------------------------------------------------------------------------------- */

static enum salve_code read_one(const struct site *site, const char *name, size_t bytes_max, struct arena *mem,
                                struct str *out, struct salve_err *err)
{
    struct salve_err why = {0};
    enum salve_code code = rec_file_text(site, name, bytes_max, mem, out, &why);
    if (code == SALVE_E_NOT_FOUND) *out = STR_NONE;
    if (code == SALVE_OK || code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (err != NULL) *err = why;
    return code;
}

/* keys.db, which goes on without waiting for the one who reads. */
static enum salve_code take_keys(const struct site *site, struct db_disk *disk, struct arena *mem,
                                 struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    struct str bytes;
    TRY(db_path(site->path, "keys.db", path, err));
    TRY(file_read_plain(path, KEYS_BYTES_MAX, mem, &bytes, err));
    return db_frozen_bytes(disk, "keys.db", bytes) ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "keys.db");
}

static enum salve_code take_records(const struct site *site, struct db_disk *disk, struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    int fd = -1;
    TRY(db_path(site->path, "site.db", path, err));
    TRY(file_open_plain(path, O_RDONLY, 0, &fd, err));
    if (db_frozen_file(disk, "site.db", fd)) return SALVE_OK;
    (void)close(fd);
    return salve_fail(err, SALVE_E_MEMORY, "site.db");
}

/* In an arena of its own, which ends with the process. */
enum salve_code site_frozen_open(struct site *site, struct site **out, struct salve_err *err)
{
    struct arena *mem = arena_open_private((size_t)KEYS_BYTES_MAX + REVOKED_BYTES_MAX);
    struct rec_frozen *frozen = mem == NULL ? NULL : arena_new(mem, struct rec_frozen);
    if (frozen != NULL) frozen->disk = db_frozen();
    if (frozen == NULL || frozen->disk == NULL) return salve_fail(err, SALVE_E_MEMORY, "site");
    TRY(take_keys(site, frozen->disk, mem, err));
    TRY(take_records(site, frozen->disk, err));
    TRY(read_one(site, "signed-head", SALVE_NOTE_BYTES_MAX, mem, &frozen->signed_head, err));
    TRY(read_one(site, "checkpoint", SALVE_NOTE_BYTES_MAX, mem, &frozen->checkpoint, err));
    TRY(read_one(site, "revoked", REVOKED_BYTES_MAX, mem, &frozen->revoked, err));
    return rec_site_frozen(site, frozen, out, err);
}
