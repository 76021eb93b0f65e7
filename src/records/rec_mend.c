/* SPDX-License-Identifier: Apache-2.0
 *
 * Going on after a loss: lines of `revoked` that nobody has any more, and keys of people whose records are lost. Both
 * are noted in a public leaf. */
#include <stdio.h>

#include "db/db.h"
#include "records/backup_int.h"
#include "records/log_int.h"
#include "records/revoked_int.h"
#include "store/store.h"

enum { WORK_BYTES = 64 << 20, COPIES_MAX = 32 };

/* A document of the site: {"<name>":<number>}; its leaf is what the public sees. `mark` is put to 0 with it. */
static enum salve_code note(struct site *site, const char *id, const char *name, uint64_t number, const char *mark,
                            struct salve_err *err)
{
    struct rec_tx tx;
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", id);
    struct str json = arena_printf(mem, "{\"%s\":%llu}", name, (unsigned long long)number);
    enum salve_code code = json.ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "%s", id) : SALVE_OK;
    if (code == SALVE_OK) code = rec_tx_begin(site, false, mem, &tx, err);
    if (code == SALVE_OK) {
        code = rec_doc_put(&tx, STR("site"), str_of(id), json, err);
        if (code == SALVE_OK && mark != NULL) code = store_mark_put(tx.store, str_of(mark), 0, err);
        if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    arena_close(mem);
    return code;
}

/* --- revoked ------------------------------------------------------------------------------------------------------ */

/* What is left of the file comes first, so that its lines keep their numbers. */
static enum salve_code merge_here(const char *path, bool is_here, const char *const *copies, size_t copy_count,
                                  uint64_t *lines, struct salve_err *err)
{
    const char *all[COPIES_MAX + 1] = {path};
    if (copy_count > COPIES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "copies of revoked");
    for (size_t i = 0; i < copy_count; i++) all[i + 1] = copies[i];
    return rec_revoked_merge(is_here ? all : all + 1, is_here ? copy_count + 1 : copy_count, path, lines, err);
}

static enum salve_code mend_open(struct site *site, bool is_loss_accepted, uint64_t *lost, struct salve_err *err)
{
    *lost = site->revoked_done > site->revoked_count ? site->revoked_done - site->revoked_count : 0;
    if (*lost > 0 && !is_loss_accepted)
        return salve_refuse(err, SALVE_E_INTEGRITY, "no copy has these lines; the loss must be accepted",
                            "revoked: %llu lines", (unsigned long long)*lost);
    TRY(rec_replay_all(site, err));
    site->revoked_done = site->revoked_count;
    return note(site, "revoked", "lost", *lost, NULL, err);
}

/* The folder is locked, and the secret is right, before the file is touched; then the site is opened again with it. */
static enum salve_code merge_locked(const struct site_options *options, const char *const *copies, size_t copy_count,
                                    uint64_t *lines, struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    struct db_lock *lock = NULL;
    TRY(db_path(options->path, "lock", path, err));
    TRY(db_lock(path, NULL, &lock, err));
    enum salve_code code = db_path(options->path, "revoked", path, err);
    if (code == SALVE_OK)
        code = merge_here(path, db_file_is_there(options->path, "revoked"), copies, copy_count, lines, err);
    db_unlock(&lock);
    return code;
}

enum salve_code site_revoked_mend(const struct site_options *options, const char *const *copies, size_t copy_count,
                                  bool is_loss_accepted, uint64_t *lines, uint64_t *lost, struct salve_err *err)
{
    struct site *site = NULL;
    *lines = *lost = 0;
    if (!db_file_is_there(options->path, "site.db"))
        return salve_refuse(err, SALVE_E_NOT_FOUND, "there is no site in this folder", "%s", options->path);
    TRY(merge_locked(options, copies, copy_count, lines, err));
    TRY(rec_site_open(options, REC_OPEN_LENIENT, &site, err));
    enum salve_code code = mend_open(site, is_loss_accepted, lost, err);
    if (code == SALVE_OK) code = rec_log_check(site, err); /* before anything is signed */
    if (code == SALVE_OK) return near_site_close(&site, err);
    rec_site_drop(&site);
    return code;
}

/* --- keys without records ----------------------------------------------------------------------------------------- */

enum salve_code near_site_keys_forget(struct site *site, struct actor actor, uint64_t *dropped, struct salve_err *err)
{
    *dropped = 0;
    TRY(rec_may(site, actor, ACT_FORGET, PURPOSE_NONE, err));
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "keys");
    enum salve_code code = rec_actor_is(site, actor, mem, err);
    arena_close(mem);
    if (code == SALVE_OK) code = rec_keys_forget(site, dropped, err);
    if (code == SALVE_OK) code = note(site, "lost-keys", "dropped", *dropped, REC_MARK_KEYS_KEPT, err);
    if (code == SALVE_OK) site->keeps_keys = false;
    return code;
}
