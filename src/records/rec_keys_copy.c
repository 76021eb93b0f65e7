/* SPDX-License-Identifier: Apache-2.0
 *
 * The copy of the keys in its place: made by a backup, brought up to date by every renewal of the keys. */
#include "base/file.h"
#include "json/json.h"
#include "records/backup_int.h"
#include "records/tx_int.h"

enum { WORK_BYTES = 192 << 20 };

/* --- the document site/backup ------------------------------------------------------------------------------------- */

enum salve_code rec_places_read(struct site *site, struct arena *mem, struct rec_places *out, struct salve_err *err)
{
    struct rec_tx tx;
    struct str json = STR_NONE;
    const struct json *doc = NULL;
    *out = (struct rec_places){0};
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = rec_doc_get(&tx, STR("site"), STR("backup"), mem, &json, err);
    rec_tx_abandon(&tx);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code == SALVE_OK) code = json_read(json, NULL, mem, &doc, err);
    if (code != SALVE_OK) return code;
    (void)!json_i64(json_get(doc, "at"), &out->at_unix_ms);
    TRY(arena_str(mem, json_get_text(doc, "data"), &out->data, err)); /* with the NUL that a path needs */
    return arena_str(mem, json_get_text(doc, "keys"), &out->keys, err);
}

/* --- the keys ----------------------------------------------------------------------------------------------------- */

/* With them the newest `revoked`: an older copy of the data is told what was taken back since. */
static enum salve_code copy_revoked(struct site *site, const char *folder, struct arena *mem, struct salve_err *err)
{
    char to[DB_PATH_BYTES];
    struct str bytes;
    TRY(db_path(folder, "revoked", to, err));
    if (!db_file_is_there(site->path, "revoked")) return SALVE_OK;
    TRY(rec_file_text(site, "revoked", WORK_BYTES / 2, mem, &bytes, err));
    return file_replace(to, bytes, 0600, err);
}

enum salve_code rec_keys_copy_files(struct site *site, const char *folder, const struct keys_copied *copied,
                                    struct arena *mem, struct salve_err *err)
{
    TRY(keys_copy_files(site->keys, folder, copied, err));
    static const char *const names[] = {"keys.copy", "revoked"}; /* the place is this site's; it was killed there */
    file_clear_left(folder, names, sizeof names / sizeof *names);
    return copy_revoked(site, folder, mem, err);
}

enum salve_code rec_keys_copy(struct site *site, const char *folder, bool may_begin, struct arena *mem,
                              struct salve_err *err)
{
    struct keys_copied copied;
    TRY(keys_copy_begin(site->keys, folder, may_begin, site->now_unix_ms / 1000, &copied, err));
    TRY(rec_keys_copy_files(site, folder, &copied, mem, err));
    return keys_copy_done(site->keys, &copied, err);
}

void rec_keys_copy_due(struct site *site)
{
    struct keys_copied copied;
    struct rec_places places;
    keys_copied(site->keys, &copied);
    site->keys_copy_err = (struct salve_err){0};
    if (copied.epoch == 0 || copied.epoch == keys_epoch_now(site->keys)) return;
    struct arena *mem = arena_open_private(WORK_BYTES);
    struct salve_err *err = &site->keys_copy_err;
    enum salve_code code = mem == NULL ? salve_fail(err, SALVE_E_MEMORY, "copy of the keys") : SALVE_OK;
    if (code == SALVE_OK) code = rec_places_read(site, mem, &places, err);
    if (code == SALVE_OK && places.keys.len > 0) code = rec_keys_copy(site, places.keys.ptr, false, mem, err);
    site->keys_copy_err.code = code;
    arena_close(mem);
}

const struct salve_err *near_site_keys_copy_error(const struct site *site)
{
    return site->keys_copy_err.code == SALVE_OK ? NULL : &site->keys_copy_err;
}
